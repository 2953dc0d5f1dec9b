/*
 * Reading how losses in an asset are converted. See markets_rows.h.
 *
 * The terms of an asset are in its object "conversion"; without one its debts
 * are not converted and it is not sold. How much losses may borrow and the
 * worst price must be there; without the others all is paid back, at no cost.
 */
#include <string.h>

#include "engine/listing.h"
#include "engine/rc.h"
#include "ops/json.h"
#include "ops/markets_rows.h"

#define RATE_DECIMALS 9

static const struct {
	const char *field;
	const char *need;
} needs[] = {
	{"auto_borrow", "must be from 0 on"},
	{"repay_to", "must be from 0 to auto_borrow"},
	{"cost", "must be from 0 on and below 1"},
	{"band", "must be above 0 and below 1"},
};

static int refuse(struct rk_json *json, const json_t *object, const char *field)
{
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (strcmp(needs[i].field, field) == 0)
			return rk_json_fail(json, object, field, needs[i].need);
	return rk_json_fail(json, object, field, "cannot work");
}

static int read_terms(struct rk_json *json, const json_t *object,
		      uint8_t decimals, struct rk_conversion *terms)
{
	const char *field;
	int r = rk_json_decimal(json, object, "auto_borrow", decimals,
				&terms->auto_borrow.raw);

	if (r == 0 && rk_json_has(object, "repay_to"))
		r = rk_json_decimal(json, object, "repay_to", decimals,
				    &terms->repay_to.raw);
	if (r == 0 && rk_json_has(object, "cost"))
		r = rk_json_decimal(json, object, "cost", RATE_DECIMALS,
				    &terms->cost.raw);
	if (r == 0)
		r = rk_json_decimal(json, object, "band", RATE_DECIMALS,
				    &terms->band.raw);
	if (r < 0)
		return r;
	terms->enabled = true;
	if (rk_listing_check_conversion(terms, &field) != RK_OK)
		return refuse(json, object, field);
	return 0;
}

int rk_markets_read_conversion(struct rk_json *json, const json_t *object,
			       const struct rk_cmd_asset *asset,
			       struct rk_conversion *terms)
{
	static const char *const keys[] = {"auto_borrow", "repay_to", "cost",
					   "band", NULL};
	json_t *conversion = json_object_get(object, "conversion");
	int r;

	memset(terms, 0, sizeof(*terms));
	if (!conversion)
		return 0;
	rk_json_enter_object(json, "conversion");
	r = rk_json_only(json, conversion, keys);
	if (r == 0)
		r = read_terms(json, conversion, asset->decimals, terms);
	if (r == 0)
		rk_json_leave(json);
	return r;
}

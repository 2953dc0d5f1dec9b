/*
 * Reading how an asset is lent. See markets_rows.h.
 *
 * The terms of an asset are in its object "lending"; without one it is not
 * lent. Rates and the interval must be there: what nobody wrote down would be
 * charged. Caps may be left out, then there are none.
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
	{"base", "must be from 0 to 10, for one year"},
	{"slope_low", "must be from 0 on; with base at most 10"},
	{"slope_high", "must be from 0 on; with base and slope_low at most 10"},
	{"kink", "must be above 0 and below 1"},
	{"reserve", "must be from 0 to 1"},
	{"borrow_cap", "must be above 0; left out, there is none"},
	{"supply_cap", "must be above 0; left out, there is none"},
	{"interval", "must be from 1s to 3652d"},
};

static int refuse(struct rk_json *json, const json_t *object, const char *field)
{
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (strcmp(needs[i].field, field) == 0)
			return rk_json_fail(json, object, field, needs[i].need);
	return rk_json_fail(json, object, field, "cannot work");
}

static int read_rates(struct rk_json *json, const json_t *object,
		      struct rk_lending *terms)
{
	const struct {
		const char *key;
		int64_t *to;
	} rates[] = {
		{"base", &terms->base.raw},
		{"slope_low", &terms->slope_low.raw},
		{"slope_high", &terms->slope_high.raw},
		{"kink", &terms->kink.raw},
		{"reserve", &terms->reserve.raw},
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(rates) / sizeof(rates[0]); i++)
		r = rk_json_decimal(json, object, rates[i].key, RATE_DECIMALS,
				    rates[i].to);
	return r;
}

/* To the engine, a cap of 0 is none: nobody writes that by chance. */
static int read_cap(struct rk_json *json, const json_t *object, const char *key,
		    uint8_t decimals, rk_amt *ret_cap)
{
	int r;

	ret_cap->raw = 0;
	if (!rk_json_has(object, key))
		return 0;
	r = rk_json_decimal(json, object, key, decimals, &ret_cap->raw);
	if (r < 0)
		return r;
	return ret_cap->raw > 0 ? 0 : refuse(json, object, key);
}

static int read_terms(struct rk_json *json, const json_t *object,
		      uint8_t decimals, struct rk_lending *terms)
{
	const char *field;
	int r = rk_json_duration(json, object, "interval", &terms->interval_ns);

	if (r == 0)
		r = read_rates(json, object, terms);
	if (r == 0)
		r = read_cap(json, object, "borrow_cap", decimals,
			     &terms->borrow_cap);
	if (r == 0)
		r = read_cap(json, object, "supply_cap", decimals,
			     &terms->supply_cap);
	if (r < 0)
		return r;
	terms->lendable = true;
	if (rk_listing_check_lending(terms, &field) != RK_OK)
		return refuse(json, object, field);
	return 0;
}

int rk_markets_read_lending(struct rk_json *json, const json_t *object,
			    const struct rk_cmd_asset *asset,
			    struct rk_lending *terms)
{
	static const char *const keys[] = {
		"base",       "slope_low",  "slope_high", "kink", "reserve",
		"borrow_cap", "supply_cap", "interval",   NULL};
	json_t *lending = json_object_get(object, "lending");
	int r;

	memset(terms, 0, sizeof(*terms));
	if (!lending)
		return 0;
	rk_json_enter_object(json, "lending");
	r = rk_json_only(json, lending, keys);
	if (r == 0)
		r = read_terms(json, lending, asset->decimals, terms);
	if (r == 0)
		rk_json_leave(json);
	return r;
}

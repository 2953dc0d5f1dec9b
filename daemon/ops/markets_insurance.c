/*
 * Reading what the insurance fund of an asset takes and pays. See
 * markets_rows.h.
 *
 * The terms of an asset are in its object "insurance"; without one its fund
 * takes no fee and pays nothing. With one it pays, if nothing else is said, a
 * quarter of what it holds in an hour.
 */
#include <string.h>

#include "engine/listing.h"
#include "engine/rc.h"
#include "ops/json.h"
#include "ops/markets_rows.h"

#define RATE_DECIMALS 9
#define DRAW_CAP      (RK_RATE_ONE / 4)

static int read_terms(struct rk_json *json, const json_t *object,
		      struct rk_insurance_terms *terms)
{
	const char *field;
	int r = 0;

	terms->draw_cap.raw = DRAW_CAP;
	if (rk_json_has(object, "draw_cap"))
		r = rk_json_decimal(json, object, "draw_cap", RATE_DECIMALS,
				    &terms->draw_cap.raw);
	if (r == 0 && rk_json_has(object, "liquidation_fee"))
		r = rk_json_decimal(json, object, "liquidation_fee",
				    RATE_DECIMALS, &terms->liquidation_fee.raw);
	if (r < 0)
		return r;
	if (rk_listing_check_insurance(terms, &field) == RK_OK)
		return 0;
	return rk_json_fail(json, object, field,
			    strcmp(field, "draw_cap") == 0
				    ? "must be from 0 to 1"
				    : "must be from 0 on and below 1");
}

int rk_markets_read_insurance(struct rk_json *json, const json_t *object,
			      struct rk_insurance_terms *terms)
{
	static const char *const keys[] = {"draw_cap", "liquidation_fee", NULL};
	json_t *insurance = json_object_get(object, "insurance");
	int r;

	memset(terms, 0, sizeof(*terms));
	if (!insurance)
		return 0;
	rk_json_enter_object(json, "insurance");
	r = rk_json_only(json, insurance, keys);
	if (r == 0)
		r = read_terms(json, insurance, terms);
	if (r == 0)
		rk_json_leave(json);
	return r;
}

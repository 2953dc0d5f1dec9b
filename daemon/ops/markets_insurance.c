/*
 * Reading what the insurance fund of an asset takes and pays. See
 * markets_rows.h.
 *
 * The terms of an asset are in its object "insurance"; without one its fund
 * takes no fee and pays nothing, and withdrawals have no gate. With one it
 * pays, if nothing else is said, a quarter of what it holds in an hour, and
 * withdrawals wait while bankrupt accounts owe more than a hundredth of it.
 */
#include <string.h>

#include "engine/listing.h"
#include "engine/rc.h"
#include "ops/json.h"
#include "ops/markets_rows.h"

#define RATE_DECIMALS 9
#define DRAW_CAP      (RK_RATE_ONE / 4)
#define GATE          (RK_RATE_ONE / 100)

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
	terms->withdrawal_gate.raw = GATE;
	if (r == 0 && rk_json_has(object, "withdrawal_gate"))
		r = rk_json_decimal(json, object, "withdrawal_gate",
				    RATE_DECIMALS, &terms->withdrawal_gate.raw);
	if (r < 0)
		return r;
	if (rk_listing_check_insurance(terms, &field) == RK_OK)
		return 0;
	return rk_json_fail(json, object, field,
			    strcmp(field, "liquidation_fee") == 0
				    ? "must be from 0 on and below 1"
				    : "must be from 0 to 1");
}

int rk_markets_read_insurance(struct rk_json *json, const json_t *object,
			      struct rk_insurance_terms *terms)
{
	static const char *const keys[] = {"draw_cap", "liquidation_fee",
					   "withdrawal_gate", NULL};
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

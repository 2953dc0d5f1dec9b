/*
 * Reading what kind of contract a market is. See markets_rows.h.
 *
 * The four figures of it are the same for ever, so each has one form only: a
 * multiplier of "1.0" is that of "1". What they may be is asked of the
 * engine's check, once price_max is known.
 */
#include <stdio.h>
#include <string.h>

#include "engine/contract.h"
#include "engine/decimal.h"
#include "ops/json.h"
#include "ops/markets_rows.h"

static int read_kind(struct rk_json *json, const json_t *object,
		     struct rk_cmd_market *market)
{
	const char *kind;
	int r;

	if (!rk_json_has(object, "contract"))
		return 0;
	r = rk_json_string(json, object, "contract", &kind);
	if (r < 0)
		return r;
	if (strcmp(kind, "inverse") == 0)
		market->contract = RK_CONTRACT_INVERSE;
	else if (strcmp(kind, "linear") != 0)
		return rk_json_fail(json, object, "contract",
				    "must be \"linear\" or \"inverse\"");
	return 0;
}

/* With as many decimals as it is written with, at most those there can be. */
static int read_multiplier(struct rk_json *json, const json_t *object,
			   struct rk_cmd_market *market)
{
	uint8_t decimals = RK_DECIMALS_MAX;
	const char *text;
	const char *point;
	int64_t raw;
	int r;

	if (!rk_json_has(object, "multiplier"))
		return 0;
	r = rk_json_string(json, object, "multiplier", &text);
	if (r < 0)
		return r;
	point = strchr(text, '.');
	if (!point)
		decimals = 0;
	else if (strlen(point + 1) < RK_DECIMALS_MAX)
		decimals = (uint8_t)strlen(point + 1);
	r = rk_json_decimal(json, object, "multiplier", decimals, &raw);
	if (r < 0)
		return r;
	/* To the engine, none is 1. */
	if (raw <= 0)
		return rk_json_fail(json, object, "multiplier",
				    RK_MULTIPLIER_NEED);
	while (decimals > 0 && raw % 10 == 0) {
		raw /= 10;
		decimals--;
	}
	market->multiplier = raw;
	market->multiplier_decimals = decimals;
	return 0;
}

static int read_price_min(struct rk_json *json, const json_t *object,
			  struct rk_cmd_market *market)
{
	int r;

	if (!rk_json_has(object, "price_min")) {
		if (market->contract == RK_CONTRACT_LINEAR)
			return 0;
		return rk_json_fail(json, object, "price_min",
				    "must be there, as the contract is "
				    "inverse: a position is worth most at "
				    "this price");
	}
	r = rk_json_decimal(json, object, "price_min", market->price_decimals,
			    &market->price_min.raw);
	if (r < 0)
		return r;
	if (market->price_min.raw <= 0)
		return rk_json_fail(json, object, "price_min",
				    RK_PRICE_MIN_NEED);
	return 0;
}

int rk_markets_read_contract(struct rk_json *json, const json_t *object,
			     struct rk_cmd_market *market)
{
	int r;

	rk_contract_default(market);
	r = read_kind(json, object, market);
	if (r == 0)
		r = read_multiplier(json, object, market);
	if (r == 0)
		r = read_price_min(json, object, market);
	return r;
}

int rk_markets_refuse_value(struct rk_json *json, const json_t *object,
			    const struct rk_cmd_market *market,
			    const char *field)
{
	bool inverse = market->contract == RK_CONTRACT_INVERSE;
	char most[RK_DECIMAL_SIZE];
	char need[256];

	(void)rk_decimal_format(RK_POSITION_VALUE_MAX, RK_USD_DECIMALS, most,
				sizeof(most));
	if (inverse)
		(void)snprintf(
			need, sizeof(need),
			"must be smaller: at price_min, and %s at its "
			"highest, it would be worth more than %s USD; or "
			"price_min must be higher, or the price_max of "
			"%s lower",
			market->settle, most, market->settle);
	else
		(void)snprintf(need, sizeof(need),
			       "must be smaller: at price_max, and %s at its "
			       "highest, it would be worth more than %s USD",
			       market->settle, most);
	return rk_json_fail(json, object, field, need);
}

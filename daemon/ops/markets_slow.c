/*
 * Reading how slowly prices are believed: slow prices, what the price of a
 * market follows, and how an asset counts for less the more there is. See
 * markets_rows.h.
 *
 * An object "slow_price", even an empty one, switches the slow price on; a key
 * that it lacks is what Mango v4 has.
 */
#include <string.h>

#include "engine/rc.h"
#include "engine/slow.h"
#include "ops/json.h"
#include "ops/markets.h"
#include "ops/markets_rows.h"

#define RATE_DECIMALS   9
#define FACTOR_DECIMALS 18

static const struct {
	const char *field;
	const char *need;
} needs[] = {
	{"interval", "must be from 1m to 7d"},
	{"delay_limit", "must be above 0 and at most 1, for one interval"},
	{"limit", "must be above 0 and at most 1, for one second, and not make "
		  "more than 1 in a time of max"},
	{"min", "must be at most max"},
	{"max", "must be above 0, at least min and at most interval"},
};

static int refuse(struct rk_json *json, const json_t *object, const char *field)
{
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (strcmp(needs[i].field, field) == 0)
			return rk_json_fail(json, object, field, needs[i].need);
	return rk_json_fail(json, object, field, "cannot work");
}

static int read_terms(struct rk_json *json, const json_t *object,
		      struct rk_slow_terms *terms)
{
	const struct {
		const char *key;
		int64_t *to;
		bool duration;
	} rows[] = {
		{"interval", &terms->interval_ns, true},
		{"delay_limit", &terms->delay_limit.raw, false},
		{"limit", &terms->limit.raw, false},
		{"min", &terms->min_ns, true},
		{"max", &terms->max_ns, true},
	};
	const char *field;
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!rk_json_has(object, rows[i].key))
			continue;
		r = rows[i].duration
			    ? rk_json_duration(json, object, rows[i].key,
					       rows[i].to)
			    : rk_json_decimal(json, object, rows[i].key,
					      RATE_DECIMALS, rows[i].to);
	}
	if (r < 0)
		return r;
	/* To the engine, an interval of 0 is no slow price at all. */
	if (terms->interval_ns == 0)
		return refuse(json, object, "interval");
	if (rk_slow_check(terms, &field) != RK_OK)
		return refuse(json, object, field);
	return 0;
}

int rk_markets_read_slow(struct rk_json *json, const json_t *object,
			 struct rk_markets_slow *slow)
{
	static const char *const keys[] = {"interval", "delay_limit", "limit",
					   "min",      "max",         NULL};
	json_t *terms = json_object_get(object, "slow_price");
	int r;

	memset(slow, 0, sizeof(*slow));
	if (!terms)
		return 0;
	if (rk_json_has(object, "fixed_price"))
		return rk_json_fail(json, object, "slow_price",
				    "must be left out, as the asset has a "
				    "fixed_price");
	rk_slow_default(&slow->terms);
	rk_json_enter_object(json, "slow_price");
	r = rk_json_only(json, terms, keys);
	if (r == 0)
		r = read_terms(json, terms, &slow->terms);
	if (r == 0)
		rk_json_leave(json);
	return r;
}

int rk_markets_read_underlying(struct rk_json *json, const json_t *market,
			       const struct rk_markets *before,
			       struct rk_markets_slow *slow)
{
	const char *name;
	int r;

	if (!rk_json_has(market, "underlying"))
		return 0;
	r = rk_json_string(json, market, "underlying", &name);
	if (r < 0)
		return r;
	for (uint32_t i = 0; i < before->assets_n; i++) {
		if (strcmp(before->assets[i].name, name) != 0)
			continue;
		memcpy(slow->underlying, before->assets[i].name, RK_NAME_SIZE);
		return 0;
	}
	return rk_json_fail(json, market, "underlying",
			    "must be the name of one of $.assets");
}

/* One that is there: to the engine, 0 means that nothing is said of it. */
static int read_above_0(struct rk_json *json, const json_t *object,
			const char *key, uint8_t decimals, int64_t *ret_raw)
{
	const char *need = "must be above 0, in USD";
	int r;

	if (!rk_json_has(object, key))
		return 0;
	if (strcmp(key, RK_SIZE_FACTOR) == 0)
		need = "must be above 0 and at most 1";
	if (strcmp(key, RK_DEPOSIT_CAP) == 0)
		need = "must be above 0, in whole units of the asset";
	r = rk_json_decimal(json, object, key, decimals, ret_raw);
	if (r < 0)
		return r;
	return *ret_raw > 0 ? 0 : rk_json_fail(json, object, key, need);
}

int rk_markets_read_scale(struct rk_json *json, const json_t *object,
			  const struct rk_cmd_asset *asset,
			  struct rk_collateral_scale *scale)
{
	const json_t *terms = json_object_get(object, "collateral");
	const struct {
		const char *key;
		uint8_t decimals;
		int64_t *to;
	} rows[] = {
		{RK_SCALE_HELD, RK_USD_DECIMALS, &scale->held.raw},
		{RK_SCALE_OWED, RK_USD_DECIMALS, &scale->owed.raw},
		{RK_SIZE_FACTOR, FACTOR_DECIMALS, &scale->size_factor},
		{RK_DEPOSIT_CAP, asset->decimals, &scale->deposit_cap.raw},
	};
	int r = 0;

	memset(scale, 0, sizeof(*scale));
	if (!terms)
		return 0;
	rk_json_enter_object(json, "collateral");
	for (size_t i = 0; r == 0 && i < sizeof(rows) / sizeof(rows[0]); i++)
		r = read_above_0(json, terms, rows[i].key, rows[i].decimals,
				 rows[i].to);
	if (r == 0 && scale->size_factor > RK_FACTOR_ONE)
		r = rk_json_fail(json, terms, RK_SIZE_FACTOR,
				 "must be above 0 and at most 1");
	if (r == 0)
		rk_json_leave(json);
	return r;
}

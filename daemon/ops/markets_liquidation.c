/*
 * Reading how liquidation orders of a market follow each other. See
 * markets_rows.h.
 *
 * The terms of a market are in its object "liquidation"; without one, one
 * order closes all that is wanted of a position. With one, stages are a fifth
 * of a position and 10 000 USD at least, if nothing else is said. What a market
 * takes in a minute is told, or it is found from its volume and volatility:
 * what moves the price by no more than `impact`.
 */
#include <string.h>

#include "engine/fx.h"
#include "engine/pace.h"
#include "engine/rc.h"
#include "ops/json.h"
#include "ops/markets_rows.h"

#define RATE_DECIMALS 9

#define STAGE_USUAL     (RK_RATE_ONE / 5)
#define STAGE_MIN_USUAL (INT64_C(10000) * 100000000)

#define STAGE      "stage"
#define STAGE_MIN  "stage_min"
#define COOLDOWN   "cooldown"
#define VOLATILITY "volatility"
#define DUST       "dust"
#define VELOCITY   "velocity"
#define VOLUME     "volume"
#define IMPACT     "impact"
#define CLAIM_MAX  "claim_max"

/* A field of the engine's has the name of its key. */
static const struct {
	const char *key;
	const char *need;
} needs[] = {
	{STAGE, "must be above 0 and at most 1, a share of a position"},
	{STAGE_MIN, "must be 0 or more, in USD"},
	{COOLDOWN, "must be above 0 and at most 3652 days: without one, that "
		   "of the risk holds"},
	{VOLATILITY, "must be above 0 and at most 10, per day"},
	{DUST, "must be above 0, in USD: without one, leave it out"},
	{VELOCITY, "must be above 0 and at most 23058430092.13693952, in USD: "
		   "without a limit, leave it out"},
	{VOLUME, "must be above 0, in USD"},
	{IMPACT, "must be above 0 and at most 1"},
	{CLAIM_MAX, "must be above 0 and at most 3652 days: without one, "
		    "orders are not claimed"},
};

static int refuse(struct rk_json *json, const json_t *object, const char *key)
{
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (strcmp(needs[i].key, key) == 0)
			return rk_json_fail(json, object, key, needs[i].need);
	return rk_json_fail(json, object, key, "cannot work");
}

/* Keys that mean nothing without another one, and those that exclude it. */
static int check_keys(struct rk_json *json, const json_t *object)
{
	bool volume = rk_json_has(object, VOLUME);

	if (volume && rk_json_has(object, VELOCITY))
		return rk_json_fail(json, object, VELOCITY,
				    "must not be there, as " VOLUME
				    " says what a minute takes");
	if (volume && !rk_json_has(object, IMPACT))
		return rk_json_fail(json, object, IMPACT,
				    "must be there, as " VOLUME " is");
	if (volume && !rk_json_has(object, VOLATILITY))
		return rk_json_fail(json, object, VOLATILITY,
				    "must be there, as " VOLUME " is");
	if (!volume && rk_json_has(object, IMPACT))
		return rk_json_fail(json, object, VOLUME,
				    "must be there, as " IMPACT " is");
	return 0;
}

/*
 * What moves a price by `impact` at most, by the square root of its share of a
 * day's volume: V * (b / sigma)^2, rounded down, and at least the smallest
 * amount. More than the engine's largest is that.
 */
static rk_usd velocity_of(rk_usd volume, rk_rate impact, rk_rate volatility)
{
	rk_i128 square = (rk_i128)volatility.raw * volatility.raw;
	rk_i128 q = rk_fx_div((rk_i128)volume.raw * impact.raw * impact.raw,
			      square, RK_ROUND_FLOOR);

	if (q > RK_ACCOUNT_VALUE_MAX)
		q = RK_ACCOUNT_VALUE_MAX;
	return (rk_usd){q > 0 ? (int64_t)q : 1};
}

static int read_volume(struct rk_json *json, const json_t *object,
		       struct rk_liquidation_terms *terms)
{
	rk_usd volume = {0};
	rk_rate impact = {0};
	int r;

	if (!rk_json_has(object, VOLUME))
		return 0;
	r = rk_json_decimal(json, object, VOLUME, RK_USD_DECIMALS, &volume.raw);
	if (r == 0)
		r = rk_json_decimal(json, object, IMPACT, RATE_DECIMALS,
				    &impact.raw);
	if (r < 0)
		return r;
	if (volume.raw <= 0)
		return refuse(json, object, VOLUME);
	if (impact.raw <= 0 || impact.raw > RK_RATE_ONE)
		return refuse(json, object, IMPACT);
	terms->velocity = velocity_of(volume, impact, terms->volatility);
	return 0;
}

/* One that is there is not 0: to the engine that is none. */
static int read_duration(struct rk_json *json, const json_t *object,
			 const char *key, int64_t *ret_ns)
{
	int r;

	if (!rk_json_has(object, key))
		return 0;
	r = rk_json_duration(json, object, key, ret_ns);
	return r == 0 && *ret_ns == 0 ? refuse(json, object, key) : r;
}

static int read_terms(struct rk_json *json, const json_t *object,
		      struct rk_liquidation_terms *terms)
{
	const struct {
		const char *key;
		uint8_t decimals;
		bool none; /* may be 0 */
		int64_t *to;
	} figures[] = {
		{STAGE, RATE_DECIMALS, false, &terms->stage.raw},
		{STAGE_MIN, RK_USD_DECIMALS, true, &terms->stage_min.raw},
		{VOLATILITY, RATE_DECIMALS, false, &terms->volatility.raw},
		{DUST, RK_USD_DECIMALS, false, &terms->dust.raw},
		{VELOCITY, RK_USD_DECIMALS, false, &terms->velocity.raw},
	};
	const char *field;
	int r = check_keys(json, object);

	for (size_t i = 0; r == 0 && i < sizeof(figures) / sizeof(figures[0]);
	     i++) {
		if (!rk_json_has(object, figures[i].key))
			continue;
		r = rk_json_decimal(json, object, figures[i].key,
				    figures[i].decimals, figures[i].to);
		/* To the engine 0 is none: who writes it means something. */
		if (r == 0 && !figures[i].none && *figures[i].to == 0)
			r = refuse(json, object, figures[i].key);
	}
	if (r == 0)
		r = read_duration(json, object, COOLDOWN, &terms->cooldown_ns);
	if (r == 0)
		r = read_duration(json, object, CLAIM_MAX,
				  &terms->claim_max_ns);
	if (r < 0)
		return r;
	if (rk_pace_check(terms, &field) != RK_OK)
		return refuse(json, object, field);
	return read_volume(json, object, terms);
}

int rk_markets_read_liquidation(struct rk_json *json, const json_t *market,
				struct rk_liquidation_terms *terms)
{
	static const char *const keys[] = {
		STAGE,    STAGE_MIN, COOLDOWN, VOLATILITY, DUST,
		VELOCITY, VOLUME,    IMPACT,   CLAIM_MAX,  NULL};
	json_t *object = json_object_get(market, "liquidation");
	int r;

	rk_pace_usual(terms);
	if (!object)
		return 0;
	rk_json_enter_object(json, "liquidation");
	terms->stage.raw = STAGE_USUAL;
	terms->stage_min.raw = STAGE_MIN_USUAL;
	r = rk_json_only(json, object, keys);
	if (r == 0)
		r = read_terms(json, object, terms);
	if (r == 0)
		rk_json_leave(json);
	return r;
}

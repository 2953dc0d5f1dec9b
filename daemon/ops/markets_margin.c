/*
 * Reading what bears on the margin of a market beside its brackets. See
 * markets_rows.h.
 *
 * The terms of a market are in its object "margin"; without one, and for each
 * key that is left out, nothing does. Keys that mean nothing alone must stand
 * together.
 */
#include <string.h>

#include "engine/rc.h"
#include "engine/terms.h"
#include "ops/json.h"
#include "ops/markets_need.h"
#include "ops/markets_rows.h"

#define RATE_DECIMALS   9
#define FACTOR_DECIMALS 18

#define LOWER    "open_interest_lower"
#define UPPER    "open_interest_upper"
#define MOST     "open_interest_max"
#define GROWTH   "growth"
#define SHARE    "base_share"
#define FACTOR   "factor_initial"
#define FACTOR_M "factor_maintenance"

/* A field of the engine's, the key it is read from, what would be right. */
static const struct {
	const char *field;
	const char *key;
	const char *need;
} needs[] = {
	{"scale_lower", LOWER, "must be 0 or more, in USD"},
	{"scale_upper", UPPER,
	 "must be above " LOWER " (USD): there the initial rate is 1"},
	{"open_max", MOST,
	 "must be above 0, a size: without one, leave it out"},
	{"growth", GROWTH, "must be \"sqrt\" or \"power\""},
	{"base_share", SHARE, "must be from 0 to 1"},
	{"factor_initial", FACTOR, "must be above 0 and at most 1"},
	{"factor_maintenance", FACTOR_M,
	 "must be from 0 to " FACTOR ", as maintenance is not above initial"},
};

static int refuse(struct rk_json *json, const json_t *object, const char *field)
{
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (strcmp(needs[i].field, field) == 0)
			return rk_json_fail(json, object, needs[i].key,
					    needs[i].need);
	return rk_json_fail(json, object, field, "cannot work");
}

/* Keys that mean nothing without another one. */
static int need_other(struct rk_json *json, const json_t *object)
{
	static const struct {
		const char *key;
		const char *other;
		const char *need;
	} pairs[] = {
		{LOWER, UPPER, "must be there, as " LOWER " is"},
		{SHARE, GROWTH, "must be there, as " SHARE " is"},
		{FACTOR, GROWTH, "must be there, as " FACTOR " is"},
		{FACTOR_M, GROWTH, "must be there, as " FACTOR_M " is"},
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (rk_json_has(object, pairs[i].key) &&
		    !rk_json_has(object, pairs[i].other))
			return rk_json_fail(json, object, pairs[i].other,
					    pairs[i].need);
	return 0;
}

static int read_growth(struct rk_json *json, const json_t *object,
		       struct rk_margin_terms *terms)
{
	const char *growth;
	int r;

	if (!rk_json_has(object, GROWTH))
		return 0;
	r = rk_json_string(json, object, GROWTH, &growth);
	if (r < 0)
		return r;
	if (strcmp(growth, "sqrt") == 0)
		terms->growth = RK_GROWTH_SQRT;
	else if (strcmp(growth, "power") == 0)
		terms->growth = RK_GROWTH_POWER;
	else
		return refuse(json, object, "growth");
	if (rk_json_has(object, SHARE))
		r = rk_json_decimal(json, object, SHARE, RATE_DECIMALS,
				    &terms->base_share.raw);
	if (r == 0)
		r = rk_json_decimal(json, object, FACTOR, FACTOR_DECIMALS,
				    &terms->factor_initial);
	if (r == 0)
		r = rk_json_decimal(json, object, FACTOR_M, FACTOR_DECIMALS,
				    &terms->factor_maintenance);
	return r;
}

static int read_terms(struct rk_json *json, const json_t *object,
		      uint8_t size_decimals, struct rk_margin_terms *terms)
{
	const struct {
		const char *key;
		uint8_t decimals;
		int64_t *to;
	} figures[] = {
		{LOWER, RK_USD_DECIMALS, &terms->scale_lower.raw},
		{UPPER, RK_USD_DECIMALS, &terms->scale_upper.raw},
		{MOST, size_decimals, &terms->open_max.raw},
	};
	const char *field;
	int r = need_other(json, object);

	for (size_t i = 0; r == 0 && i < sizeof(figures) / sizeof(figures[0]);
	     i++)
		if (rk_json_has(object, figures[i].key))
			r = rk_json_decimal(json, object, figures[i].key,
					    figures[i].decimals, figures[i].to);
	if (r == 0)
		r = read_growth(json, object, terms);
	if (r < 0)
		return r;
	/* To the engine 0 is none: who writes it means something else. */
	if (rk_json_has(object, UPPER) && terms->scale_upper.raw == 0)
		return refuse(json, object, "scale_upper");
	if (rk_json_has(object, MOST) && terms->open_max.raw == 0)
		return refuse(json, object, "open_max");
	if (rk_terms_check(terms, &field) != RK_OK)
		return refuse(json, object, field);
	return 0;
}

int rk_markets_read_margin(struct rk_json *json, const json_t *market,
			   uint8_t size_decimals, struct rk_margin_terms *terms)
{
	static const char *const keys[] = {LOWER, UPPER,  MOST,     GROWTH,
					   SHARE, FACTOR, FACTOR_M, NULL};
	json_t *object = json_object_get(market, "margin");
	int r;

	memset(terms, 0, sizeof(*terms));
	if (!object)
		return 0;
	rk_json_enter_object(json, "margin");
	r = rk_json_only(json, object, keys);
	if (r == 0)
		r = read_terms(json, object, size_decimals, terms);
	if (r == 0)
		rk_json_leave(json);
	return r;
}

const char *rk_markets_need_margin(const char *field)
{
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (strcmp(needs[i].field, field) == 0)
			return needs[i].need;
	return NULL;
}

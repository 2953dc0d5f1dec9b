/*
 * Reading how the positions of a market pay each other. See markets_rows.h.
 *
 * The terms of a market are in its object "funding"; without one there are
 * none. Four keys are needed: a rate that nobody wrote down would be paid.
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
	{"interval", "must be from 1s to 3652d"},
	{"interest", "must be from -1 to 1, for one period"},
	{"clamp", "must be from 0 to 1"},
	{"cap", "must be above 0 and at most 1, for one period"},
	{"period", "must be from the interval to 3652d"},
};

static int refuse(struct rk_json *json, const json_t *object, const char *field)
{
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (strcmp(needs[i].field, field) == 0)
			return rk_json_fail(json, object, field, needs[i].need);
	return rk_json_fail(json, object, field, "cannot work");
}

static int read_terms(struct rk_json *json, const json_t *object,
		      struct rk_funding *terms)
{
	const struct {
		const char *key;
		int64_t *to;
	} rates[] = {
		{"interest", &terms->interest.raw},
		{"clamp", &terms->clamp.raw},
		{"cap", &terms->cap.raw},
	};
	const char *field;
	int r = rk_json_duration(json, object, "interval", &terms->interval_ns);

	for (size_t i = 0; r == 0 && i < sizeof(rates) / sizeof(rates[0]); i++)
		r = rk_json_decimal(json, object, rates[i].key, RATE_DECIMALS,
				    rates[i].to);
	if (r == 0 && json_object_get(object, "period"))
		r = rk_json_duration(json, object, "period", &terms->period_ns);
	if (r < 0)
		return r;
	/* To the engine, an interval of 0 is a market without terms. */
	if (terms->interval_ns == 0)
		return refuse(json, object, "interval");
	if (rk_listing_check_funding(terms, &field) != RK_OK)
		return refuse(json, object, field);
	return 0;
}

int rk_markets_read_funding(struct rk_json *json, const json_t *market,
			    struct rk_funding *terms)
{
	static const char *const keys[] = {"interval", "interest", "clamp",
					   "cap",      "period",   NULL};
	json_t *object = json_object_get(market, "funding");
	int r;

	memset(terms, 0, sizeof(*terms));
	if (!object)
		return 0;
	rk_json_enter_object(json, "funding");
	r = rk_json_only(json, object, keys);
	if (r == 0)
		r = read_terms(json, object, terms);
	if (r == 0)
		rk_json_leave(json);
	return r;
}

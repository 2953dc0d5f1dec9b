/*
 * Reading whether a market is traded, and when it expires. See markets_rows.h.
 *
 * What the file does not say is left to the commands of operators: a market
 * that was closed for new positions must not open again with a restart.
 */
#include <string.h>

#include "engine/event.h"
#include "ops/json.h"
#include "ops/markets.h"
#include "ops/markets_rows.h"
#include "ops/value.h"

static const struct {
	const char *name;
	enum rk_market_state state;
} states[] = {
	{"listed", RK_MARKET_LISTED},
	{"open", RK_MARKET_OPEN},
	{"close_only", RK_MARKET_CLOSE_ONLY},
};

static int read_state(struct rk_json *json, const json_t *market,
		      struct rk_markets_life *life)
{
	const char *text;
	int r;

	if (!rk_json_has(market, "state"))
		return 0;
	r = rk_json_string(json, market, "state", &text);
	if (r < 0)
		return r;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (strcmp(states[i].name, text) != 0)
			continue;
		life->state = states[i].state;
		return 0;
	}
	return rk_json_fail(json, market, "state",
			    "must be \"listed\", \"open\" or \"close_only\": "
			    "markets are settled by command");
}

static int read_expiry(struct rk_json *json, const json_t *market,
		       struct rk_markets_life *life)
{
	const char *text;
	int r = rk_json_string(json, market, "expiry", &text);

	if (r < 0)
		return r;
	if (rk_value_parse_time(text, &life->expiry_ns) < 0 ||
	    life->expiry_ns == 0)
		return rk_json_fail(json, market, "expiry", RK_VALUE_TIME_NEED);
	return 0;
}

int rk_markets_read_life(struct rk_json *json, const json_t *market,
			 struct rk_markets_life *life)
{
	const char *kind;
	int r = rk_json_string(json, market, "kind", &kind);

	memset(life, 0, sizeof(*life));
	if (r < 0)
		return r;
	if (strcmp(kind, "future") == 0) {
		if (rk_json_has(market, "funding"))
			return rk_json_fail(json, market, "funding",
					    "must be left out: a future has "
					    "an expiry and no funding");
		r = read_expiry(json, market, life);
	} else if (rk_json_has(market, "expiry")) {
		return rk_json_fail(json, market, "expiry",
				    "must be left out, or kind be \"future\"");
	}
	return r < 0 ? r : read_state(json, market, life);
}

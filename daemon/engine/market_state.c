/*
 * States and expiries of markets. See market_state.h.
 *
 * An expiry acts when time passes it, and only then: an operator who takes
 * the market back from SETTLING has the last word.
 */
#include "engine/market_state.h"

#include "engine/assert.h"
#include "engine/price.h"
#include "engine/rc.h"

/* One row per state: a bit for each state that a command may set next. */
#define BIT(name) (1U << RK_MARKET_##name)
static const unsigned int allowed_next[] = {
	[RK_MARKET_LISTED] = BIT(OPEN) | BIT(SETTLING),
	[RK_MARKET_OPEN] = BIT(LISTED) | BIT(CLOSE_ONLY) | BIT(SETTLING),
	[RK_MARKET_CLOSE_ONLY] = BIT(OPEN) | BIT(SETTLING),
	/* Back again, as long as nothing is settled. */
	[RK_MARKET_SETTLING] = BIT(OPEN) | BIT(CLOSE_ONLY),
	/* Entered by SETTLE, never left. */
	[RK_MARKET_SETTLED] = 0,
};
#undef BIT

bool rk_market_allowed(enum rk_market_state from, enum rk_market_state to)
{
	RK_ASSERT(from >= RK_MARKET_LISTED && from <= RK_MARKET_SETTLED);
	RK_ASSERT(to >= RK_MARKET_LISTED && to <= RK_MARKET_SETTLED);

	return allowed_next[from] >> to & 1U;
}

bool rk_market_takes(const struct rk_market *market, bool reduces)
{
	return market->life.state == RK_MARKET_OPEN ||
	       (reduces && market->life.state == RK_MARKET_CLOSE_ONLY);
}

bool rk_market_is_settled(const struct rk_market *market)
{
	return market->life.state == RK_MARKET_SETTLED;
}

/* Does its expiry still act? */
static bool may_expire(const struct rk_market *market)
{
	return market->life.expiry_ns != 0 &&
	       market->life.state < RK_MARKET_SETTLING;
}

void rk_market_schedule(struct rk_engine *engine)
{
	int64_t first = RK_TIME_NEVER;

	for (uint32_t i = 0; i < engine->markets_n; i++) {
		const struct rk_market *market = &engine->markets[i];
		int64_t expiry_ns = market->life.expiry_ns;

		if (may_expire(market) && expiry_ns > engine->time_ns &&
		    expiry_ns < first)
			first = expiry_ns;
	}
	rk_change(engine, &engine->expiry_ns, sizeof(engine->expiry_ns));
	engine->expiry_ns = first;
}

/* What a market is from now on. */
static void change(struct rk_engine *engine, struct rk_evbuf *events,
		   uint32_t market, const struct rk_ev_market_state *told)
{
	struct rk_market_life *life = &engine->markets[market].life;
	struct rk_event *event;

	rk_mark(engine, RK_UNIT_MARKET, market);
	rk_change(engine, life, sizeof(*life));
	life->state = told->after;
	life->expiry_ns = told->expiry_ns;
	event = rk_emit(engine, events, RK_EVENT_MARKET_STATE_SET, RK_NONE,
			market);
	event->market_state = *told;
	/* Liquidation orders are withheld in SETTLING, and only there. */
	if (told->before != told->after &&
	    (told->before == RK_MARKET_SETTLING ||
	     told->after == RK_MARKET_SETTLING))
		rk_price_touch_holders(engine, engine->markets[market].slot);
}

int rk_market_state_set(struct rk_engine *engine, const struct rk_cmd *cmd,
			struct rk_evbuf *events)
{
	const struct rk_cmd_market_state *want = &cmd->market_state;
	const struct rk_market_life *life;
	struct rk_ev_market_state told;

	if (want->market >= engine->markets_n)
		return RK_REJ_NO_MARKET;
	if (want->state < RK_MARKET_LISTED || want->state > RK_MARKET_SETTLED)
		return RK_REJ_BAD_PARAM;
	life = &engine->markets[want->market].life;
	if (life->state == want->state)
		return RK_REJ_NO_CHANGE;
	if (!rk_market_allowed(life->state, want->state))
		return RK_REJ_MARKET_STEP;

	told = (struct rk_ev_market_state){.before = life->state,
					   .after = want->state,
					   .expiry_ns = life->expiry_ns};
	change(engine, events, want->market, &told);
	rk_market_schedule(engine);
	return RK_OK;
}

int rk_market_expiry(struct rk_engine *engine, const struct rk_cmd *cmd,
		     struct rk_evbuf *events)
{
	const struct rk_cmd_expiry *want = &cmd->expiry;
	const struct rk_market *market;
	struct rk_ev_market_state told;

	if (want->market >= engine->markets_n)
		return RK_REJ_NO_MARKET;
	if (want->time_ns < 0 || want->time_ns > RK_TIME_MAX_NS)
		return RK_REJ_BAD_PARAM;
	market = &engine->markets[want->market];
	if (market->life.state >= RK_MARKET_SETTLING)
		return RK_REJ_MARKET_CLOSED;
	if (market->life.expiry_ns == want->time_ns)
		return RK_REJ_NO_CHANGE;
	if (want->time_ns != 0 && want->time_ns <= engine->time_ns)
		return RK_REJ_BAD_TIME;
	if (want->time_ns != 0 && market->funding.terms.interval_ns != 0)
		return RK_REJ_EXPIRY_OR_FUNDING;

	told = (struct rk_ev_market_state){.before = market->life.state,
					   .after = market->life.state,
					   .expiry_ns = want->time_ns};
	change(engine, events, want->market, &told);
	rk_market_schedule(engine);
	return RK_OK;
}

static bool has_passed(const struct rk_engine *engine,
		       const struct rk_market *market)
{
	return may_expire(market) &&
	       market->life.expiry_ns > engine->settlement.from_ns &&
	       market->life.expiry_ns <= engine->time_ns;
}

bool rk_market_step(struct rk_engine *engine, struct rk_evbuf *events)
{
	struct rk_settlement_run *run = &engine->settlement;

	if (engine->time_ns < engine->expiry_ns)
		return false;
	while (run->expiring < engine->markets_n) {
		uint32_t i = run->expiring++;
		const struct rk_market_life *life = &engine->markets[i].life;
		const struct rk_ev_market_state told = {
			.before = life->state,
			.after = RK_MARKET_SETTLING,
			.expiry_ns = life->expiry_ns,
			.expired = true,
		};

		if (!has_passed(engine, &engine->markets[i]))
			continue;
		change(engine, events, i, &told);
		return true;
	}
	rk_market_schedule(engine);
	return false;
}

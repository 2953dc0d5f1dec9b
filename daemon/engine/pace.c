/*
 * Stages, cooldowns and what a market takes in a minute. See pace.h.
 *
 * An account's notional is at most 2^61 (N7), a volatility 10: what it moves is
 * below 2^121 in 1e-26 USD.
 */
#include "engine/pace.h"

#include <string.h>

#include "engine/assert.h"
#include "engine/fx.h"
#include "engine/listing.h"
#include "engine/rc.h"

/* Urgency, and what a dollar moves, in 1e-18. */
#define ONE RK_FACTOR_ONE

/* 30 s of a day are 1/2880; twice the root of that is the root of 1/720. */
#define MOVE_DIVISOR 720

void rk_pace_usual(struct rk_liquidation_terms *ret_terms)
{
	memset(ret_terms, 0, sizeof(*ret_terms));
	ret_terms->stage.raw = RK_RATE_ONE;
}

bool rk_liquidation_terms_equal(const struct rk_liquidation_terms *a,
				const struct rk_liquidation_terms *b)
{
	return a->stage.raw == b->stage.raw &&
	       a->stage_min.raw == b->stage_min.raw &&
	       a->cooldown_ns == b->cooldown_ns &&
	       a->volatility.raw == b->volatility.raw &&
	       a->dust.raw == b->dust.raw &&
	       a->velocity.raw == b->velocity.raw &&
	       a->claim_max_ns == b->claim_max_ns;
}

bool rk_liquidation_terms_usual(const struct rk_liquidation_terms *terms)
{
	struct rk_liquidation_terms usual;

	rk_pace_usual(&usual);
	return rk_liquidation_terms_equal(terms, &usual);
}

static int wrong(const char **ret_field, const char *field)
{
	*ret_field = field;
	return RK_REJ_BAD_PARAM;
}

int rk_pace_check(const struct rk_liquidation_terms *terms,
		  const char **ret_field)
{
	if (terms->stage.raw <= 0 || terms->stage.raw > RK_RATE_ONE)
		return wrong(ret_field, "stage");
	if (terms->stage_min.raw < 0)
		return wrong(ret_field, "stage_min");
	if (terms->cooldown_ns < 0 || terms->cooldown_ns > RK_DURATION_MAX_NS)
		return wrong(ret_field, "cooldown");
	if (terms->volatility.raw < 0 ||
	    terms->volatility.raw > RK_VOLATILITY_MAX)
		return wrong(ret_field, "volatility");
	if (terms->dust.raw < 0)
		return wrong(ret_field, "dust");
	if (terms->velocity.raw < 0 ||
	    terms->velocity.raw > RK_ACCOUNT_VALUE_MAX)
		return wrong(ret_field, "velocity");
	if (terms->claim_max_ns < 0 || terms->claim_max_ns > RK_DURATION_MAX_NS)
		return wrong(ret_field, "claim_max");
	return RK_OK;
}

int rk_pace_set(struct rk_engine *engine, const struct rk_cmd *cmd,
		struct rk_evbuf *events)
{
	const struct rk_cmd_liquidation *want = &cmd->liquidation;
	uint32_t id = rk_listing_find_market(engine, want->market);
	struct rk_market_pace *pace;
	struct rk_event *event;
	const char *field;
	int r;

	if (id == RK_NONE)
		return RK_REJ_NO_MARKET;
	r = rk_pace_check(&want->terms, &field);
	if (r != RK_OK)
		return r;
	pace = &engine->markets[id].pace;
	if (rk_liquidation_terms_equal(&pace->terms, &want->terms))
		return RK_REJ_NO_CHANGE;

	rk_mark(engine, RK_UNIT_MARKET, id);
	rk_change(engine, pace, sizeof(*pace));
	pace->terms = want->terms;
	/* Without a limit nothing is counted, and so nothing remembered. */
	if (pace->terms.velocity.raw == 0) {
		pace->minute = 0;
		pace->ordered.raw = 0;
	}
	event = rk_emit(engine, events, RK_EVENT_LIQUIDATION_SET, RK_NONE, id);
	event->name.id = id;
	event->name.slot = engine->markets[id].slot;
	memcpy(event->name.name, engine->markets[id].listing.name,
	       RK_NAME_SIZE);
	rk_touch_all(engine); /* whoever waits may wait no longer */
	return RK_OK;
}

rk_i128 rk_pace_stage(const struct rk_market *market, rk_usd notional)
{
	const struct rk_liquidation_terms *terms = &market->pace.terms;
	rk_i128 stage = rk_fx_div_rate((rk_i128)notional.raw * terms->stage.raw,
				       RK_ROUND_CEIL);

	if (stage < terms->stage_min.raw)
		stage = terms->stage_min.raw;
	return stage < notional.raw ? stage : notional.raw;
}

rk_i128 rk_pace_move(const struct rk_market *market, rk_usd notional)
{
	rk_i128 volatility = market->pace.terms.volatility.raw;
	rk_i128 square = volatility * volatility * ONE;

	if (square == 0)
		return 0;
	return notional.raw *
	       rk_fx_root(rk_fx_div(square, MOVE_DIVISOR, RK_ROUND_CEIL));
}

rk_i128 rk_pace_urgency(rk_i128 moves, const struct rk_health *health)
{
	rk_i128 most = (rk_i128)ONE * RK_URGENCY_MAX;
	rk_i128 room = health->equity.raw -
		       rk_fx_div_rate((rk_i128)health->maintenance.raw *
					      RK_TAKEOVER_AT,
				      RK_ROUND_CEIL);
	rk_i128 urgency = rk_fx_div(moves, room > 1 ? room : 1, RK_ROUND_FLOOR);

	if (urgency < ONE)
		return ONE;
	return urgency < most ? urgency : most;
}

int64_t rk_pace_cooldown(const struct rk_engine *engine,
			 const struct rk_market *market, rk_i128 urgency)
{
	const struct rk_liquidation_terms *terms = &market->pace.terms;
	rk_i128 whole = terms->cooldown_ns != 0
				? terms->cooldown_ns
				: engine->risk.order_cooldown_ns;

	RK_ASSERT(urgency >= ONE);
	if (terms->volatility.raw == 0)
		return (int64_t)whole;
	return (int64_t)rk_fx_div(whole * ONE, urgency, RK_ROUND_FLOOR);
}

static int64_t minute_of(const struct rk_engine *engine)
{
	return engine->time_ns / RK_PACE_WINDOW_NS;
}

rk_usd rk_pace_ordered(const struct rk_engine *engine,
		       const struct rk_market *market)
{
	if (market->pace.minute != minute_of(engine))
		return (rk_usd){0};
	return market->pace.ordered;
}

int64_t rk_pace_next_ns(const struct rk_engine *engine)
{
	return (minute_of(engine) + 1) * RK_PACE_WINDOW_NS;
}

/* The notional of what is ordered, rounded up. */
static rk_i128 counts_as(const struct rk_pace_order *order)
{
	return rk_fx_div((rk_i128)order->notional.raw * order->size.raw,
			 order->whole.raw, RK_ROUND_CEIL);
}

rk_qty rk_pace_take(const struct rk_engine *engine,
		    const struct rk_market *market,
		    const struct rk_pace_order *order)
{
	rk_i128 most = market->pace.terms.velocity.raw;
	rk_i128 ordered = rk_pace_ordered(engine, market).raw;
	int64_t lot = market->listing.lot.raw;
	rk_i128 size;

	if (most == 0 || ordered + counts_as(order) <= most)
		return order->size;
	size = ordered < most ? rk_fx_div((most - ordered) * order->whole.raw,
					  order->notional.raw, RK_ROUND_FLOOR)
			      : 0;
	size -= size % lot;
	/* However little a minute takes, it takes something. */
	if (size == 0 && ordered == 0)
		size = lot;
	return size < order->size.raw ? (rk_qty){(int64_t)size} : order->size;
}

void rk_pace_count(struct rk_engine *engine, uint32_t market,
		   const struct rk_pace_order *order)
{
	struct rk_market_pace *pace = &engine->markets[market].pace;
	rk_i128 ordered = rk_pace_ordered(engine, &engine->markets[market]).raw;

	if (pace->terms.velocity.raw == 0)
		return;
	rk_mark(engine, RK_UNIT_MARKET, market);
	rk_change(engine, pace, sizeof(*pace));
	pace->minute = minute_of(engine);
	ordered += counts_as(order);
	RK_ASSERT(rk_fx_fits(ordered));
	pace->ordered.raw = (int64_t)ordered;
}

/*
 * Sizing and pricing of liquidation orders. See liquidation.h.
 *
 * Closing a notional y in a bracket with maintenance rate m lowers the
 * maintenance margin by m*y and costs c*y of equity. To reach equity =
 * h * maintenance from a shortfall S = h*R - E one closes S / (h*m - c), within
 * the bracket; then the next bracket down has its own rate.
 */
#include "engine/liquidation.h"

#include "engine/assert.h"
#include "engine/contract.h"
#include "engine/conversion.h"
#include "engine/fx.h"
#include "engine/margin.h"
#include "engine/order.h"
#include "engine/pace.h"
#include "engine/ramp.h"
#include "engine/rc.h"
#include "engine/require.h"
#include "engine/takeover.h"

/* h*m and c are compared in 1e-18. */
#define RELIEF_ONE ((rk_i128)RK_RATE_ONE * RK_RATE_ONE)

/* A position as the sizing sees it. */
struct candidate {
	uint32_t position;
	struct rk_leg leg;
	rk_qty magnitude;
	rk_qty wanted; /* to be closed, open orders included */
};

void rk_liquidation_withhold(struct rk_engine *engine, struct rk_evbuf *events,
			     uint32_t position, enum rk_withheld reason,
			     const struct rk_health *health)
{
	struct rk_position *record = &engine->positions[position];
	struct rk_market *market = &engine->markets[record->market];
	struct rk_event *event;

	if (record->withheld == reason)
		return;

	rk_mark(engine, RK_UNIT_ACCOUNT, record->account);
	rk_change(engine, &record->withheld, sizeof(record->withheld));
	rk_change(engine, &market->withheld_n, sizeof(market->withheld_n));
	if (record->withheld == RK_WITHHELD_NONE)
		market->withheld_n++;
	if (reason == RK_WITHHELD_NONE)
		market->withheld_n--;
	record->withheld = reason;

	event = rk_emit(engine, events, RK_EVENT_WITHHELD, record->account,
			record->market);
	event->withheld.reason = reason;
	if (reason != RK_WITHHELD_NONE) {
		RK_ASSERT(health);
		event->withheld.health = *health;
	}
}

void rk_liquidation_release(struct rk_engine *engine, struct rk_evbuf *events,
			    uint32_t account)
{
	uint32_t i = engine->accounts[account].positions;

	for (; i != RK_NONE; i = engine->positions[i].next) {
		rk_liquidation_withhold(engine, events, i, RK_WITHHELD_NONE,
					NULL);
		rk_takeover_forget(engine, i);
	}
}

/* Is there a position that this order closes? */
static bool has_purpose(const struct rk_engine *engine,
			const struct rk_order *order)
{
	uint32_t i = engine->accounts[order->account].positions;

	while (i != RK_NONE && engine->positions[i].market != order->market)
		i = engine->positions[i].next;
	if (i == RK_NONE)
		return false;
	return (engine->positions[i].size.raw > 0) ==
	       (order->side == RK_SIDE_SELL);
}

/* Why an order is of no use any more; 0: it is. */
static uint32_t over(const struct rk_engine *engine,
		     const struct rk_account *account,
		     const struct rk_order *order)
{
	if (rk_order_converts(order))
		return rk_conversion_over(engine, order);
	if (!has_purpose(engine, order))
		return RK_CLOSE_FLAT;
	if (engine->markets[order->market].life.state == RK_MARKET_SETTLING)
		return RK_CLOSE_SETTLING;
	return account->state == RK_STATE_LIQUIDATING ? 0 : RK_CLOSE_RECOVERED;
}

void rk_liquidation_ask_close(struct rk_engine *engine, struct rk_evbuf *events,
			      uint32_t account)
{
	const struct rk_account *record = &engine->accounts[account];

	for (uint32_t i = record->orders; i != RK_NONE;
	     i = engine->orders[i].next) {
		uint32_t reason = over(engine, record, &engine->orders[i]);

		if (reason != 0)
			rk_order_ask_close(engine, events, i,
					   (enum rk_close_reason)reason);
	}
}

/* Largest maintenance first, then lower market: what frees most per order. */
static uint32_t gather(const struct rk_engine *engine, uint32_t account,
		       struct candidate *candidates)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	uint32_t n = 0;

	for (uint32_t i = engine->accounts[account].positions; i != RK_NONE;
	     i = engine->positions[i].next) {
		const struct rk_position *position = &engine->positions[i];
		const struct rk_held_position held = {.market =
							      position->market,
						      .size = position->size,
						      .cost = position->cost};
		struct candidate new = {.position = i};
		uint32_t at = n++;

		RK_ASSERT(n <= RK_POSITIONS_MAX);
		rk_margin_leg(&scene, &held, &new.leg);
		new.magnitude = rk_fx_magnitude(position->size);
		while (at > 0) {
			const struct candidate *other = &candidates[at - 1];
			int64_t mine = new.leg.maintenance.raw;
			int64_t theirs = other->leg.maintenance.raw;

			if (theirs > mine ||
			    (theirs == mine &&
			     engine->positions[other->position].market <
				     position->market))
				break;
			candidates[at] = *other;
			at--;
		}
		candidates[at] = new;
	}
	return n;
}

/*
 * The notional of one position to close for a shortfall, walking its brackets
 * down as long as closing helps; *shortfall is what remains after it. Rates
 * only fall on the way down: where closing costs more than it relieves, it
 * does so in all lower brackets too.
 */
static rk_i128 notional_to_close(const struct rk_engine *engine,
				 const struct candidate *candidate,
				 rk_i128 *shortfall)
{
	const struct rk_market *market =
		&engine->markets[engine->positions[candidate->position].market];
	rk_i128 left = candidate->leg.notional.raw;
	rk_i128 cost = (rk_i128)market->listing.close_cost.raw * RK_RATE_ONE;

	for (uint32_t k = candidate->leg.bracket + 1; k-- > 0;) {
		const struct rk_bracket *bracket = &market->listing.brackets[k];
		rk_i128 part = left - bracket->floor.raw;
		rk_i128 relief = (rk_i128)engine->risk.target.raw *
					 bracket->maintenance.raw -
				 cost;
		rk_i128 needed;

		if (relief <= 0)
			break;
		needed = rk_fx_div(*shortfall * RELIEF_ONE, relief,
				   RK_ROUND_CEIL);
		if (needed <= part) {
			*shortfall = 0;
			left -= needed;
			break;
		}
		*shortfall -=
			rk_fx_div(part * relief, RELIEF_ONE, RK_ROUND_FLOOR);
		left = bracket->floor.raw;
	}
	return candidate->leg.notional.raw - left;
}

/* What a part of a position would require at maintenance, at most all of it. */
static rk_i128 maintenance_of(const struct rk_market *market,
			      const struct candidate *candidate, rk_i128 left)
{
	struct rk_stake stake = {.market = market};

	if (left == 0)
		return 0;
	stake.notional.raw = (int64_t)left;
	stake.size.raw =
		(int64_t)rk_fx_div(left * candidate->magnitude.raw,
				   candidate->leg.notional.raw, RK_ROUND_CEIL);
	stake.bracket = rk_require_bracket(market, stake.notional);
	return rk_require_maintenance(&stake).raw;
}

/*
 * What closing a notional relieves where margin grows with size, in 1e-9 USD:
 * the target times the margin it frees, less what it costs.
 */
static rk_i128 grown_relief(const struct rk_engine *engine,
			    const struct candidate *candidate, rk_i128 notional)
{
	const struct rk_market *market =
		&engine->markets[engine->positions[candidate->position].market];
	rk_i128 freed = candidate->leg.maintenance.raw -
			maintenance_of(market, candidate,
				       candidate->leg.notional.raw - notional);

	return engine->risk.target.raw * freed -
	       market->listing.close_cost.raw * notional;
}

/* Of the notional to close, the next end of a bracket beyond `closed`. */
static rk_i128 next_end(const struct rk_market *market, rk_i128 all,
			rk_i128 closed)
{
	const struct rk_form *before = &market->ramp.before;
	int64_t floor = 0;

	for (uint32_t i = 0; i < market->listing.brackets_n; i++) {
		int64_t at = market->listing.brackets[i].floor.raw;

		if (at < all - closed && at > floor)
			floor = at;
	}
	for (uint32_t i = 0; i < before->brackets_n; i++) {
		int64_t at = before->floors[i].raw;

		if (at < all - closed && at > floor)
			floor = at;
	}
	return all - floor;
}

/* The least from low, too little, to high, enough: found by halving. */
static rk_i128 grown_enough(const struct rk_engine *engine,
			    const struct candidate *candidate, rk_i128 needed,
			    rk_i128 low, rk_i128 high)
{
	while (high - low > 1) {
		rk_i128 middle = low + (high - low) / 2;

		if (grown_relief(engine, candidate, middle) >= needed)
			high = middle;
		else
			low = middle;
	}
	return high;
}

/*
 * The same where margin grows with size, or a ramp runs (G7): no rate holds
 * over a bracket. Beyond some size closing may cost more than it frees, so
 * one end of a bracket after the other is tried; where none is enough, the one
 * that relieves most.
 */
static rk_i128 grown_to_close(const struct rk_engine *engine,
			      const struct candidate *candidate,
			      rk_i128 *shortfall)
{
	const struct rk_market *market =
		&engine->markets[engine->positions[candidate->position].market];
	rk_i128 all = candidate->leg.notional.raw;
	rk_i128 needed = *shortfall * RK_RATE_ONE;
	rk_i128 best = 0;
	rk_i128 most = 0;
	rk_i128 end = 0;

	while (end < all) {
		rk_i128 before = end;
		rk_i128 relief;

		end = next_end(market, all, before);
		relief = grown_relief(engine, candidate, end);
		if (relief >= needed) {
			*shortfall = 0;
			return grown_enough(engine, candidate, needed, before,
					    end);
		}
		if (relief > most) {
			most = relief;
			best = end;
		}
	}
	*shortfall -= rk_fx_div_rate(most, RK_ROUND_FLOOR);
	return best;
}

static rk_i128 round_up(rk_i128 x, int64_t step)
{
	return rk_fx_div(x, step, RK_ROUND_CEIL) * step;
}

/* A notional as a size: whole lots, never more than there is, no dust left. */
static rk_qty size_to_close(const struct rk_engine *engine,
			    const struct candidate *candidate, rk_i128 notional)
{
	const struct rk_market *market =
		&engine->markets[engine->positions[candidate->position].market];
	int64_t lot = market->listing.lot.raw;
	rk_i128 size = rk_fx_div(notional * candidate->magnitude.raw,
				 candidate->leg.notional.raw, RK_ROUND_CEIL);

	if (size == 0)
		return (rk_qty){0};
	if (candidate->leg.notional.raw - notional <
	    market->pace.terms.dust.raw)
		return candidate->magnitude;
	size = round_up(size, lot);
	if (size > (rk_i128)candidate->magnitude.raw - lot)
		return candidate->magnitude;
	return (rk_qty){(int64_t)size};
}

/* The worst price an order may be filled at (L6). */
static rk_px floor_price(const struct rk_engine *engine,
			 const struct candidate *candidate, rk_px mark,
			 const struct rk_health *health)
{
	bool sell = engine->positions[candidate->position].size.raw > 0;
	rk_rate band = engine->risk.order_band;
	const struct rk_market *market =
		&engine->markets[engine->positions[candidate->position].market];
	rk_px bankruptcy;
	rk_usd share;
	rk_px price;
	int r;

	if (sell)
		band.raw = -band.raw;
	r = rk_fx_shift(mark, band, sell ? RK_ROUND_CEIL : RK_ROUND_FLOOR,
			&price);
	RK_ASSERT(r == RK_OK);
	if (health->equity.raw <= 0)
		return price;

	/* This position's part of the equity, as a move of its price. */
	share.raw = (int64_t)rk_fx_div((rk_i128)health->equity.raw *
					       candidate->leg.maintenance.raw,
				       health->maintenance.raw, RK_ROUND_FLOOR);
	bankruptcy = rk_contract_price_after(market, mark, sell,
					     candidate->leg.notional, share);
	if (sell ? bankruptcy.raw > price.raw : bankruptcy.raw < price.raw)
		price = bankruptcy;
	return price;
}

/* What the orders of one position stand for, and whether they block it. */
struct standing {
	rk_i128 rest;
	uint32_t n;
	bool closing;
};

static struct standing standing_orders(const struct rk_engine *engine,
				       const struct rk_position *position)
{
	const struct rk_account *account = &engine->accounts[position->account];
	enum rk_side side = position->size.raw > 0 ? RK_SIDE_SELL : RK_SIDE_BUY;
	struct standing standing = {0, 0, false};

	for (uint32_t i = account->orders; i != RK_NONE;
	     i = engine->orders[i].next) {
		const struct rk_order *order = &engine->orders[i];

		if (order->market != position->market)
			continue;
		standing.n++;
		standing.closing = standing.closing || order->close_asked;
		if (order->side == side)
			standing.rest += rk_order_rest(order).raw;
	}
	return standing;
}

void rk_liquidation_wake(struct rk_engine *engine, uint32_t account,
			 int64_t time_ns)
{
	int64_t set;

	if (rk_heap_get(&engine->timers, account, &set) && set <= time_ns)
		return;
	rk_mark(engine, RK_UNIT_ACCOUNT, account);
	rk_heap_set(&engine->timers, &engine->undo,
		    (struct rk_timer){time_ns, 0, account});
}

/* Why no order may go to this market now, NONE when it may. */
static enum rk_withheld market_withholds(const struct rk_engine *engine,
					 uint32_t market)
{
	const struct rk_market *record = &engine->markets[market];
	enum rk_price_state state = engine->slots[record->slot].state;

	/* All of it will be closed at one price. */
	if (record->life.state == RK_MARKET_SETTLING)
		return RK_WITHHELD_SETTLING;
	if (state == RK_PRICE_HALTED)
		return RK_WITHHELD_HALTED;
	return state == RK_PRICE_OK ? RK_WITHHELD_NONE : RK_WITHHELD_PRICE;
}

static void open_order(struct rk_engine *engine, struct rk_evbuf *events,
		       const struct candidate *candidate,
		       const struct rk_health *health, rk_qty size)
{
	struct rk_position *position = &engine->positions[candidate->position];
	const struct rk_market *market = &engine->markets[position->market];
	struct rk_order_terms terms = {
		.account = position->account,
		.market = position->market,
		.side = position->size.raw > 0 ? RK_SIDE_SELL : RK_SIDE_BUY,
		.size = size,
		.mark = engine->slots[market->slot].mark,
		.conversion = {.sell = RK_NONE, .buy = RK_NONE},
		.health = *health,
	};

	terms.floor_price = floor_price(engine, candidate, terms.mark, health);
	rk_mark(engine, RK_UNIT_ACCOUNT, position->account);
	position->last_order_ns = engine->time_ns;
	rk_order_open(engine, events, &terms);
}

/* How an account stands that is acted upon, and how pressing it is (L15). */
struct situation {
	const struct rk_health *health;
	rk_i128 urgency;
};

/* What the next order is for: at most a stage, in whole lots (L4, L14). */
static rk_qty next_size(const struct rk_engine *engine,
			const struct candidate *candidate, rk_i128 rest)
{
	const struct rk_market *market =
		&engine->markets[engine->positions[candidate->position].market];
	rk_i128 size = candidate->wanted.raw - rest;
	rk_qty stage = candidate->magnitude;

	if (size <= 0)
		return (rk_qty){0};
	if (market->pace.terms.stage.raw < RK_RATE_ONE &&
	    candidate->leg.notional.raw > 0)
		stage = size_to_close(
			engine, candidate,
			rk_pace_stage(market, candidate->leg.notional));
	if (size > stage.raw)
		size = stage.raw;
	size = round_up(size, market->listing.lot.raw);
	if (size > candidate->magnitude.raw - rest)
		size = candidate->magnitude.raw - rest;
	return (rk_qty){(int64_t)size};
}

/*
 * May a position have one more order now (L5)? reason says what withholds it
 * if it is not just a matter of time, or of orders before it.
 */
static bool may_order(struct rk_engine *engine,
		      const struct rk_position *position,
		      const struct standing *standing, rk_i128 urgency,
		      enum rk_withheld *reason)
{
	const struct rk_market *market = &engine->markets[position->market];
	int64_t ready_ns = position->last_order_ns;

	*reason = market_withholds(engine, position->market);
	if (*reason != RK_WITHHELD_NONE)
		return false;
	if (standing->closing || standing->n >= RK_ORDERS_PER_POSITION)
		return false;
	if (ready_ns != 0)
		ready_ns += rk_pace_cooldown(engine, market, urgency);
	if (ready_ns > engine->time_ns) {
		rk_liquidation_wake(engine, position->account, ready_ns);
		return false;
	}
	if (rk_order_room(engine))
		return true;
	*reason = RK_WITHHELD_CAPACITY;
	rk_liquidation_wake(engine, position->account,
			    engine->time_ns + RK_RETRY_NS);
	return false;
}

/* Order what is wanted of one position, if nothing stands in the way. */
static void order_position(struct rk_engine *engine, struct rk_evbuf *events,
			   const struct candidate *candidate,
			   const struct situation *situation)
{
	const struct rk_position *position =
		&engine->positions[candidate->position];
	uint32_t market = position->market;
	struct standing standing = standing_orders(engine, position);
	enum rk_withheld reason = RK_WITHHELD_NONE;
	struct rk_pace_order order = {
		.notional = candidate->leg.notional,
		.whole = candidate->magnitude,
		.size = next_size(engine, candidate, standing.rest),
	};

	if (order.size.raw > 0 && !may_order(engine, position, &standing,
					     situation->urgency, &reason))
		order.size.raw = 0;
	if (order.size.raw > 0) {
		order.size =
			rk_pace_take(engine, &engine->markets[market], &order);
		/* Riskiest first, as the next minute begins (L1, L16). */
		if (order.size.raw == 0) {
			reason = RK_WITHHELD_VELOCITY;
			rk_liquidation_wake(engine, position->account,
					    rk_pace_next_ns(engine));
		}
	}

	rk_liquidation_withhold(engine, events, candidate->position, reason,
				situation->health);
	if (order.size.raw == 0)
		return;
	rk_pace_count(engine, market, &order);
	open_order(engine, events, candidate, situation->health, order.size);
	if (candidate->wanted.raw - standing.rest > order.size.raw)
		rk_liquidation_wake(
			engine, position->account,
			engine->time_ns +
				rk_pace_cooldown(engine,
						 &engine->markets[market],
						 situation->urgency));
}

/* Does one rate hold over each bracket? */
static bool has_rates(const struct rk_market *market)
{
	return market->margin.growth == RK_GROWTH_NONE &&
	       !rk_ramp_runs(&market->ramp.run);
}

/* Is nothing left but what is not worth an order of its own (L17)? */
static bool all_dust(const struct rk_engine *engine,
		     const struct candidate *candidates, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t market =
			engine->positions[candidates[i].position].market;

		if (candidates[i].leg.notional.raw >=
		    engine->markets[market].pace.terms.dust.raw)
			return false;
	}
	return true;
}

/*
 * What is wanted of each position: what closing relieves, largest maintenance
 * first; everything, when even that does not reach the target.
 */
static void size_orders(const struct rk_engine *engine,
			const struct rk_health *health,
			struct candidate *candidates, uint32_t n)
{
	rk_i128 shortfall = rk_fx_div((rk_i128)engine->risk.target.raw *
					      health->maintenance.raw,
				      RK_RATE_ONE, RK_ROUND_CEIL) -
			    health->equity.raw;

	for (uint32_t i = 0; i < n && shortfall > 0; i++) {
		uint32_t market =
			engine->positions[candidates[i].position].market;
		rk_i128 notional =
			has_rates(&engine->markets[market])
				? notional_to_close(engine, &candidates[i],
						    &shortfall)
				: grown_to_close(engine, &candidates[i],
						 &shortfall);

		candidates[i].wanted =
			size_to_close(engine, &candidates[i], notional);
	}
	if (health->equity.raw > 0 && shortfall <= 0 &&
	    !all_dust(engine, candidates, n))
		return;
	for (uint32_t i = 0; i < n; i++)
		candidates[i].wanted = candidates[i].magnitude;
}

void rk_liquidation_act(struct rk_engine *engine, struct rk_evbuf *events,
			uint32_t account, const struct rk_health *health)
{
	struct candidate candidates[RK_POSITIONS_MAX];
	uint32_t n = gather(engine, account, candidates);
	struct situation situation = {.health = health};
	rk_i128 moves = 0;

	size_orders(engine, health, candidates, n);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t market =
			engine->positions[candidates[i].position].market;

		moves += rk_pace_move(&engine->markets[market],
				      candidates[i].leg.notional);
	}
	situation.urgency = rk_pace_urgency(moves, health);
	for (uint32_t i = 0; i < n; i++)
		order_position(engine, events, &candidates[i], &situation);
}

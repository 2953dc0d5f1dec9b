/*
 * Funding: premiums, rates, the index, settlement. See funding.h.
 */
#include "engine/funding.h"

#include "engine/account.h"
#include "engine/assert.h"
#include "engine/bound.h"
#include "engine/contract.h"
#include "engine/interest.h"
#include "engine/ledger.h"
#include "engine/market_state.h"
#include "engine/price.h"
#include "engine/rc.h"
#include "engine/watch.h"

#define INDEX_ONE INT64_C(1000000000000000000) /* index units per raw unit */

bool rk_funding_equal(const struct rk_funding *a, const struct rk_funding *b)
{
	return a->interval_ns == b->interval_ns &&
	       a->interest.raw == b->interest.raw &&
	       a->clamp.raw == b->clamp.raw && a->cap.raw == b->cap.raw &&
	       a->period_ns == b->period_ns;
}

int64_t rk_funding_next(const struct rk_funding *terms, int64_t time_ns)
{
	/* Within 2^62 plus ten years. */
	return (time_ns / terms->interval_ns + 1) * terms->interval_ns;
}

void rk_funding_schedule(struct rk_engine *engine)
{
	int64_t first = RK_TIME_NEVER;

	for (uint32_t i = 0; i < engine->markets_n; i++) {
		const struct rk_funding *terms =
			&engine->markets[i].funding.terms;
		int64_t next;

		if (terms->interval_ns == 0 ||
		    rk_market_is_settled(&engine->markets[i]))
			continue;
		next = rk_funding_next(terms, engine->time_ns);
		if (next < first)
			first = next;
	}
	rk_change(engine, &engine->funding_ns, sizeof(engine->funding_ns));
	engine->funding_ns = first;
}

int rk_funding_activate(struct rk_engine *engine, uint32_t market)
{
	struct rk_market *record = &engine->markets[market];
	uint32_t i = engine->slots[record->slot].holders;

	if (record->funding.active)
		return RK_OK;
	rk_mark(engine, RK_UNIT_MARKET, market);
	rk_change(engine, &record->funding, sizeof(record->funding));
	record->funding.active = true;
	for (; i != RK_NONE; i = engine->positions[i].holder_next) {
		uint32_t account = engine->positions[i].account;
		int r = rk_bound_check(engine, &engine->accounts[account]);

		if (r != RK_OK)
			return r;
	}
	return RK_OK;
}

/* (max(bid - index, 0) - max(index - ask, 0)) / index */
static rk_i128 premium_of(const struct rk_cmd_premium *premium)
{
	int64_t index = premium->index.raw;
	rk_i128 above = 0;

	if (premium->impact_bid.raw > index)
		above += premium->impact_bid.raw - index;
	if (premium->impact_ask.raw > 0 && premium->impact_ask.raw < index)
		above -= index - premium->impact_ask.raw;
	return rk_fx_div(above * RK_RATE_ONE, index, RK_ROUND_TRUNC);
}

int rk_funding_premium(struct rk_engine *engine, const struct rk_cmd *cmd)
{
	const struct rk_cmd_premium *premium = &cmd->premium;
	struct rk_market_funding *funding;
	const struct rk_cmd_market *listing;
	rk_i128 sum;

	if (premium->market >= engine->markets_n)
		return RK_REJ_NO_MARKET;
	listing = &engine->markets[premium->market].listing;
	if (rk_market_is_settled(&engine->markets[premium->market]))
		return RK_REJ_MARKET_CLOSED;
	funding = &engine->markets[premium->market].funding;
	if (funding->terms.interval_ns == 0)
		return RK_REJ_BAD_PARAM;
	if (premium->index.raw < listing->price_min.raw ||
	    premium->index.raw > listing->price_max.raw ||
	    premium->impact_bid.raw < 0 ||
	    premium->impact_bid.raw > listing->price_max.raw ||
	    premium->impact_ask.raw < 0 ||
	    premium->impact_ask.raw > listing->price_max.raw)
		return RK_REJ_BAD_PRICE;
	sum = funding->premium_sum + premium_of(premium);
	if (sum > RK_PREMIUM_SUM_MAX || sum < -RK_PREMIUM_SUM_MAX ||
	    funding->premium_n >= INT64_MAX)
		return RK_REJ_OVERFLOW;

	rk_mark(engine, RK_UNIT_MARKET, premium->market);
	rk_change(engine, funding, sizeof(*funding));
	funding->premium_sum = sum;
	funding->premium_n++;
	return RK_OK;
}

int rk_funding_fund(struct rk_engine *engine, const struct rk_cmd *cmd)
{
	const struct rk_cmd_fund *fund = &cmd->fund;
	const struct rk_cmd_market *listing;
	int r;

	if (fund->market >= engine->markets_n)
		return RK_REJ_NO_MARKET;
	if (rk_market_is_settled(&engine->markets[fund->market]))
		return RK_REJ_MARKET_CLOSED;
	if (engine->markets[fund->market].life.expiry_ns != 0)
		return RK_REJ_EXPIRY_OR_FUNDING;
	if (fund->rate.raw > RK_RATE_ONE || fund->rate.raw < -RK_RATE_ONE)
		return RK_REJ_BAD_PARAM;
	listing = &engine->markets[fund->market].listing;
	if (fund->price.raw < listing->price_min.raw ||
	    fund->price.raw > listing->price_max.raw)
		return RK_REJ_BAD_PRICE;
	r = rk_funding_activate(engine, fund->market);
	if (r != RK_OK)
		return r;

	engine->funding.given = true;
	engine->funding.fund = *fund;
	return RK_OK;
}

static rk_i128 limited(rk_i128 x, rk_i128 limit)
{
	if (x > limit)
		return limit;
	return x < -limit ? -limit : x;
}

rk_rate rk_funding_rate(const struct rk_funding *terms, rk_i128 premium_sum,
			uint64_t premium_n)
{
	rk_i128 premium = 0;
	rk_i128 rate;

	if (premium_n > 0)
		premium = rk_fx_div(premium_sum, premium_n, RK_ROUND_TRUNC);
	rate = premium +
	       limited(terms->interest.raw - premium, terms->clamp.raw);
	rate = limited(rate, terms->cap.raw);
	if (terms->period_ns != 0)
		rate = rk_fx_div(rate * terms->interval_ns, terms->period_ns,
				 RK_ROUND_TRUNC);
	return (rk_rate){(int64_t)rate};
}

rk_i128 rk_funding_delta(const struct rk_market *market, rk_rate rate,
			 rk_px price)
{
	int64_t magnitude = rate.raw < 0 ? -rate.raw : rate.raw;
	rk_i128 delta =
		rk_contract_unit(market, price, magnitude * RK_RATE_ONE);

	return rate.raw < 0 ? -delta : delta;
}

rk_amt rk_funding_unsettled(const struct rk_market *market, rk_qty size,
			    rk_i128 since)
{
	rk_i128 moved = market->funding.index - since;

	if (moved == 0)
		return (rk_amt){0};
	/* Within rk_funding_bound() (N7). */
	return (rk_amt){(int64_t)rk_funding_gain(size, moved, RK_ROUND_FLOOR)};
}

rk_i128 rk_funding_gain(rk_qty size, rk_i128 moved, enum rk_round round)
{
	/* Within 2^121. */
	return rk_fx_div(-moved * size.raw, INDEX_ONE, round);
}

int rk_funding_bound(const struct rk_market *market, rk_qty size,
		     rk_amt *ret_bound)
{
	const struct rk_market_funding *funding = &market->funding;
	rk_i128 far = funding->high - funding->low;
	rk_i128 product;

	ret_bound->raw = 0;
	if (!funding->active)
		return RK_OK;
	if (far < funding->most)
		far = funding->most;
	if (__builtin_mul_overflow(far, (rk_i128)rk_fx_magnitude(size).raw,
				   &product))
		return RK_REJ_OVERFLOW;
	product = rk_fx_div(product, INDEX_ONE, RK_ROUND_CEIL);
	if (!rk_fx_fits(product))
		return RK_REJ_OVERFLOW;
	ret_bound->raw = (int64_t)product;
	return RK_OK;
}

/* The position is settled; what was booked of the amount, and the balance. */
static void end_settlement(struct rk_engine *engine, struct rk_evbuf *events,
			   uint32_t i, rk_amt amount, bool booked)
{
	struct rk_position *position = &engine->positions[i];
	const struct rk_market *market = &engine->markets[position->market];
	struct rk_asset *settle = &engine->assets[market->settle];
	struct rk_event *event;

	rk_mark(engine, RK_UNIT_ACCOUNT, position->account);
	/* Also where it comes to nothing: another part of 1 is left over. */
	if (position->funding_index != market->funding.index)
		rk_watch_settled(engine, position->account);
	rk_change(engine, &position->funding_index,
		  sizeof(position->funding_index));
	position->funding_index = market->funding.index;
	if (amount.raw == 0)
		return;
	if (booked) {
		rk_mark(engine, RK_UNIT_ASSET, market->settle);
		rk_add(engine, &settle->clearing, -(rk_i128)amount.raw);
	}
	event = rk_emit(engine, events, RK_EVENT_FUNDING_PAID,
			position->account, position->market);
	event->funding_paid.amount = amount;
	event->funding_paid.booked.raw = booked ? amount.raw : 0;
	event->funding_paid.balance =
		rk_account_balance(engine, position->account, market->settle);
}

static rk_amt unsettled_of(const struct rk_engine *engine, uint32_t i)
{
	const struct rk_position *position = &engine->positions[i];

	return rk_funding_unsettled(&engine->markets[position->market],
				    position->size, position->funding_index);
}

static int credit(struct rk_engine *engine, struct rk_evbuf *events, uint32_t i,
		  rk_amt amount)
{
	const struct rk_position *position = &engine->positions[i];
	uint32_t settle = engine->markets[position->market].settle;
	rk_amt balance;
	int r;

	if (amount.raw == 0)
		return RK_OK;
	r = rk_interest_settle(engine, events, position->account, settle);
	if (r != RK_OK)
		return r;
	return rk_account_credit(engine, position->account, settle, amount,
				 &balance);
}

int rk_funding_settle(struct rk_engine *engine, struct rk_evbuf *events,
		      uint32_t position)
{
	rk_amt amount = unsettled_of(engine, position);
	int r = credit(engine, events, position, amount);

	if (r == RK_OK)
		end_settlement(engine, events, position, amount, true);
	return r;
}

int rk_funding_settle_all(struct rk_engine *engine, struct rk_evbuf *events,
			  uint32_t account)
{
	bool moved = false;

	for (uint32_t i = engine->accounts[account].positions; i != RK_NONE;
	     i = engine->positions[i].next) {
		int r;

		if (unsettled_of(engine, i).raw != 0)
			moved = true;
		r = rk_funding_settle(engine, events, i);
		if (r != RK_OK)
			return r;
	}
	return moved ? rk_bound_check(engine, &engine->accounts[account])
		     : RK_OK;
}

void rk_funding_settle_or_leave(struct rk_engine *engine,
				struct rk_evbuf *events, uint32_t i)
{
	const struct rk_position *position = &engine->positions[i];
	rk_amt amount = unsettled_of(engine, i);
	bool booked = rk_ledger_credit_or_leave(
		engine, events, position->account,
		(struct rk_held_balance){
			.asset = engine->markets[position->market].settle,
			.amount = amount,
		});

	end_settlement(engine, events, i, amount, booked);
}

/* All positions of a market are settled: its index begins at 0 again. */
static void restart(struct rk_engine *engine, uint32_t market)
{
	struct rk_market *record = &engine->markets[market];
	uint32_t i = engine->slots[record->slot].holders;

	rk_mark(engine, RK_UNIT_MARKET, market);
	rk_era_end(engine, rk_era_of_funding(engine, market));
	record->funding.index = 0;
	record->funding.low = 0;
	record->funding.high = 0;
	/* Each was marked when it was settled. */
	for (; i != RK_NONE; i = engine->positions[i].holder_next)
		engine->positions[i].funding_index = 0;
}

/* By account, as the list of holders is in another order after a restart. */
static void settle_next(struct rk_engine *engine, struct rk_evbuf *events)
{
	struct rk_funding_run *run = &engine->funding;
	uint32_t i = RK_NONE;

	while (run->account < engine->accounts_n && i == RK_NONE)
		i = rk_account_position(engine, run->account++, run->market);
	if (i != RK_NONE) {
		rk_funding_settle_or_leave(engine, events, i);
		return;
	}
	restart(engine, run->market);
	run->settling = false;
	run->restarted = true;
}

static rk_i128 least(rk_i128 a, rk_i128 b)
{
	return a < b ? a : b;
}

/*
 * Move the index of the market of the run. False: it would pass what N7
 * counts, and all its positions are being settled first.
 */
static bool move(struct rk_engine *engine, struct rk_evbuf *events,
		 const struct rk_ev_funding *told)
{
	struct rk_funding_run *run = &engine->funding;
	struct rk_market *market = &engine->markets[run->market];
	struct rk_market_funding *funding = &market->funding;
	struct rk_event *event;
	rk_i128 index = funding->index +
			rk_funding_delta(market, told->rate, told->price);
	rk_i128 low;
	rk_i128 high;

	low = least(index, funding->low);
	high = -least(-index, -funding->high);
	/* One move from 0 is never too far: rates are at most 1. */
	if (high - low > funding->most && !run->restarted) {
		run->settling = true;
		run->account = 0;
		return false;
	}

	rk_mark(engine, RK_UNIT_MARKET, run->market);
	funding->index = index;
	funding->low = low;
	funding->high = high;
	event = rk_emit(engine, events, RK_EVENT_FUNDING, RK_NONE, run->market);
	event->funding = *told;
	event->funding.index = index;
	event->funding.restarted = run->restarted;
	run->restarted = false;
	rk_watch_funding(engine, run->market);
	return true;
}

static void apply_fund(struct rk_engine *engine, struct rk_evbuf *events)
{
	struct rk_funding_run *run = &engine->funding;
	const struct rk_ev_funding told = {.rate = run->fund.rate,
					   .price = run->fund.price};

	run->market = run->fund.market;
	if (move(engine, events, &told))
		run->given = false;
}

static bool is_due(const struct rk_engine *engine, uint32_t market)
{
	const struct rk_funding *terms = &engine->markets[market].funding.terms;

	return terms->interval_ns != 0 &&
	       !rk_market_is_settled(&engine->markets[market]) &&
	       rk_funding_next(terms, engine->funding.from_ns) <=
		       engine->time_ns;
}

/* However many ends were passed: riskd was down, nobody was asked. */
static bool end_interval(struct rk_engine *engine, struct rk_evbuf *events)
{
	struct rk_market *market = &engine->markets[engine->funding.market];
	struct rk_market_funding *funding = &market->funding;
	const struct rk_ev_funding told = {
		.rate = rk_funding_rate(&funding->terms, funding->premium_sum,
					funding->premium_n),
		.price = engine->slots[market->slot].mark,
		.samples = funding->premium_n,
	};

	/* Nobody can hold a position where there was never a price. */
	if (told.price.raw != 0 && !move(engine, events, &told))
		return false;
	rk_mark(engine, RK_UNIT_MARKET, engine->funding.market);
	funding->premium_sum = 0;
	funding->premium_n = 0;
	return true;
}

bool rk_funding_step(struct rk_engine *engine, struct rk_evbuf *events)
{
	struct rk_funding_run *run = &engine->funding;

	if (run->settling) {
		settle_next(engine, events);
		return true;
	}
	if (run->given) {
		apply_fund(engine, events);
		return true;
	}
	if (engine->time_ns < engine->funding_ns)
		return false;
	while (run->market < engine->markets_n && !is_due(engine, run->market))
		run->market++;
	if (run->market < engine->markets_n) {
		if (end_interval(engine, events))
			run->market++;
		return true;
	}
	rk_funding_schedule(engine);
	return false;
}

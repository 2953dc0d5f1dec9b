/*
 * Closing positions at the settlement price. See settlement.h.
 *
 * Each value is rounded down by itself, so that nobody gains by rounding. What
 * the sides then differ by stays in clearing of the asset, as that of funding
 * does; the sums of the market are 0 after each position.
 */
#include "engine/settlement.h"

#include "engine/account.h"
#include "engine/assert.h"
#include "engine/bound.h"
#include "engine/contract.h"
#include "engine/funding.h"
#include "engine/fx.h"
#include "engine/ledger.h"
#include "engine/liquidation.h"
#include "engine/market_state.h"
#include "engine/price.h"
#include "engine/rc.h"
#include "engine/resting.h"

int rk_settlement_begin(struct rk_engine *engine, const struct rk_cmd *cmd)
{
	const struct rk_cmd_settle *want = &cmd->settle;
	const struct rk_market *market;

	if (want->market >= engine->markets_n)
		return RK_REJ_NO_MARKET;
	market = &engine->markets[want->market];
	if (market->life.state != RK_MARKET_SETTLING)
		return RK_REJ_NOT_SETTLING;
	if (want->price.raw < market->listing.price_min.raw ||
	    want->price.raw > market->listing.price_max.raw)
		return RK_REJ_BAD_PRICE;

	engine->settlement.given = true;
	engine->settlement.settle = *want;
	return RK_OK;
}

/* What a position is worth, rounded down: it fits, as N7 counts it. */
static rk_amt value_of(const struct rk_market *market, rk_px price, rk_qty size)
{
	rk_amt value;
	int r = rk_contract_value(market, price, size, RK_ROUND_FLOOR, &value);

	RK_ASSERT(r == RK_OK);
	return value;
}

/* Out of the sums of its market; its cost stays, in clearing. */
static void take_out(struct rk_engine *engine, const struct rk_position *taken)
{
	struct rk_market *market = &engine->markets[taken->market];

	rk_mark(engine, RK_UNIT_MARKET, taken->market);
	if (taken->size.raw > 0) {
		rk_add(engine, &market->long_size, -(rk_i128)taken->size.raw);
		rk_add(engine, &market->open_interest,
		       -(rk_i128)taken->size.raw);
	} else {
		rk_add(engine, &market->short_size, taken->size.raw);
	}
	rk_add(engine, &market->accounts_cost, -(rk_i128)taken->cost.raw);
	rk_add(engine, &market->clearing_cost, taken->cost.raw);
}

/* Nobody can be refused here. False: the account cannot hold it. */
static bool credit(struct rk_engine *engine, struct rk_evbuf *events,
		   const struct rk_position *taken, rk_amt amount)
{
	return rk_ledger_credit_or_leave(
		engine, events, taken->account,
		(struct rk_held_balance){
			.asset = engine->markets[taken->market].settle,
			.amount = amount,
		});
}

void rk_settlement_close(struct rk_engine *engine, struct rk_evbuf *events,
			 uint32_t i, rk_amt value, struct rk_ev_settled *ret)
{
	struct rk_position *position = &engine->positions[i];
	const struct rk_market *market = &engine->markets[position->market];
	const rk_i128 realised = (rk_i128)value.raw - position->cost.raw;
	struct rk_position taken;

	RK_ASSERT(rk_fx_fits(realised));

	rk_funding_settle_or_leave(engine, events, i);
	rk_liquidation_withhold(engine, events, i, RK_WITHHELD_NONE, NULL);
	taken = *position;
	take_out(engine, &taken);
	rk_mark(engine, RK_UNIT_ACCOUNT, taken.account);
	rk_change(engine, position, sizeof(*position));
	position->size.raw = 0;
	rk_account_drop_position(engine, i);

	ret->size = taken.size;
	ret->cost = taken.cost;
	ret->realised.raw = (int64_t)realised;
	ret->booked.raw = 0;
	if (credit(engine, events, &taken, ret->realised)) {
		ret->booked = ret->realised;
		rk_mark(engine, RK_UNIT_ASSET, market->settle);
		rk_add(engine, &engine->assets[market->settle].clearing,
		       -realised);
	}
	ret->balance =
		rk_account_balance(engine, taken.account, market->settle);
	rk_touch(engine, taken.account);
}

/* Close one position; returns what it was worth. At most four events. */
static rk_amt close_position(struct rk_engine *engine, struct rk_evbuf *events,
			     uint32_t i, rk_px price)
{
	uint32_t account = engine->positions[i].account;
	uint32_t market = engine->positions[i].market;
	const rk_amt value = value_of(&engine->markets[market], price,
				      engine->positions[i].size);
	struct rk_ev_settled told = {.price = price};
	struct rk_event *event;

	rk_settlement_close(engine, events, i, value, &told);
	event = rk_emit(engine, events, RK_EVENT_POSITION_SETTLED, account,
			market);
	event->settled = told;
	return value;
}

/*
 * A system account has no balance: what it has lost is left as its cost, as
 * when trades have closed its position. It may be larger than any position
 * that N6 lets be reckoned with: then it is valued in parts.
 */
static rk_i128 close_system(struct rk_engine *engine, uint32_t market,
			    rk_px price, rk_i128 *size, rk_i128 *cost)
{
	struct rk_market *record = &engine->markets[market];
	rk_i128 value = rk_contract_value_in_parts(record, price, *size);

	rk_mark(engine, RK_UNIT_MARKET, market);
	if (*size > 0)
		rk_add(engine, &record->open_interest, -*size);
	rk_add(engine, size, -*size);
	rk_add(engine, cost, -value);
	rk_add(engine, &record->clearing_cost, value);
	return value;
}

static rk_i128 close_venue(struct rk_engine *engine, uint32_t market,
			   rk_px price, uint32_t venue)
{
	uint32_t place = venue * engine->max.markets_max + market;
	struct rk_venue_position *position = &engine->venue_positions[place];

	if (position->size == 0)
		return 0;
	rk_mark(engine, RK_UNIT_VENUE_POSITION, place);
	return close_system(engine, market, price, &position->size,
			    &position->cost);
}

static rk_i128 close_vault(struct rk_engine *engine, uint32_t market,
			   rk_px price)
{
	struct rk_market *record = &engine->markets[market];

	if (record->vault_size == 0)
		return 0;
	return close_system(engine, market, price, &record->vault_size,
			    &record->vault_cost);
}

/* Nobody holds anything any more: the price stands for ever. */
static void end(struct rk_engine *engine, struct rk_evbuf *events)
{
	struct rk_settlement_run *run = &engine->settlement;
	const struct rk_cmd_settle *settle = &run->settle;
	struct rk_market *market = &engine->markets[settle->market];
	struct rk_event *event;

	for (uint32_t i = 0; i < engine->venues_n; i++)
		run->values +=
			close_venue(engine, settle->market, settle->price, i);
	run->values += close_vault(engine, settle->market, settle->price);
	RK_ASSERT(market->holders_n == 0);
	RK_ASSERT(market->long_size == 0 && market->short_size == 0);

	rk_mark(engine, RK_UNIT_MARKET, settle->market);
	market->life.state = RK_MARKET_SETTLED;
	market->life.settlement = settle->price;
	rk_price_fix(engine, events, market->slot, settle->price);
	event = rk_emit(engine, events, RK_EVENT_MARKET_SETTLED, RK_NONE,
			settle->market);
	event->market_settled.price = settle->price;
	event->market_settled.positions = run->positions;
	event->market_settled.left.raw = (int64_t)-run->values;
	rk_funding_schedule(engine);
	rk_market_schedule(engine);
}

/* By account, as the list of holders is in another order after a restart. */
bool rk_settlement_step(struct rk_engine *engine, struct rk_evbuf *events)
{
	struct rk_settlement_run *run = &engine->settlement;
	uint32_t i = RK_NONE;

	if (!run->given)
		return false;
	while (run->account < engine->accounts_n && i == RK_NONE) {
		if (rk_resting_end(engine, events, run->account,
				   run->settle.market))
			return true;
		i = rk_account_position(engine, run->account++,
					run->settle.market);
	}
	if (i == RK_NONE) {
		run->given = false;
		end(engine, events);
		return true;
	}
	run->values += close_position(engine, events, i, run->settle.price).raw;
	run->positions++;
	return true;
}

void rk_settlement_late(struct rk_engine *engine, struct rk_evbuf *events,
			const struct rk_cmd_trade *trade,
			const uint32_t accounts[2])
{
	rk_px price = engine->markets[trade->market].life.settlement;

	RK_ASSERT(rk_market_is_settled(&engine->markets[trade->market]));

	for (int k = 0; k < 2; k++) {
		uint32_t i = RK_NONE;

		if (accounts[k] != RK_NONE)
			i = rk_account_position(engine, accounts[k],
						trade->market);
		if (i != RK_NONE)
			(void)close_position(engine, events, i, price);
	}
	if (trade->venue < engine->venues_n)
		(void)close_venue(engine, trade->market, price, trade->venue);
	(void)close_vault(engine, trade->market, price);
}

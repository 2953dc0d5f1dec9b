/*
 * Booking a trade: two sides, one cost rounding, counterparts in the books.
 * See trade.h.
 *
 * The clearing account stands between profit realised and the market: it
 * books each realised amount once as balance and once as cost, so that the
 * sums of section 5 hold after every trade.
 */
#include "engine/trade.h"

#include "engine/account.h"
#include "engine/assert.h"
#include "engine/bound.h"
#include "engine/contract.h"
#include "engine/funding.h"
#include "engine/fx.h"
#include "engine/insurance.h"
#include "engine/interest.h"
#include "engine/liquidation.h"
#include "engine/market_state.h"
#include "engine/order.h"
#include "engine/price.h"
#include "engine/rc.h"
#include "engine/resting.h"
#include "engine/scene.h"
#include "engine/settlement.h"
#include "engine/takeover.h"
#include "engine/vault.h"

/* One side of the trade while it is being booked. */
struct side {
	const struct rk_trade_side *wire;
	enum rk_side side;
	uint32_t account;  /* RK_NONE: external */
	uint32_t order;    /* RK_NONE: not a liquidation fill */
	uint32_t position; /* RK_NONE: there is none yet */
	rk_qty part;       /* signed: what the account takes on */
	rk_amt value;      /* signed, of that part */
	rk_qty to_vault;   /* signed: what is beyond the position */
	rk_amt vault_value;
};

int rk_trade_fill(rk_qty size, rk_amt cost, rk_qty part, rk_amt value,
		  struct rk_fill_result *ret_result)
{
	rk_qty whole = rk_fx_magnitude(size);
	rk_qty taken = rk_fx_magnitude(part);
	bool adds = size.raw == 0 || (size.raw > 0) == (part.raw > 0);
	rk_amt closed_cost = cost;
	rk_amt closing_value = value;
	rk_i128 realised;
	rk_i128 rest_cost;
	int r;

	r = rk_fx_add_qty(size, part, &ret_result->size);
	if (r != RK_OK)
		return r;
	if (adds) {
		ret_result->realised.raw = 0;
		return rk_fx_add_amt(cost, value, &ret_result->cost);
	}

	if (taken.raw < whole.raw)
		r = rk_fx_share(cost, taken, whole, RK_ROUND_CEIL,
				&closed_cost);
	else if (taken.raw > whole.raw)
		r = rk_fx_share(value, whole, taken, RK_ROUND_TRUNC,
				&closing_value);
	if (r != RK_OK)
		return r;

	realised = -(rk_i128)closing_value.raw - closed_cost.raw;
	rest_cost = (rk_i128)cost.raw - closed_cost.raw + value.raw -
		    closing_value.raw;
	if (!rk_fx_fits(realised) || !rk_fx_fits(rest_cost))
		return RK_REJ_OVERFLOW;
	ret_result->realised.raw = (int64_t)realised;
	ret_result->cost.raw = (int64_t)rest_cost;
	return RK_OK;
}

int rk_trade_check_limit(const struct rk_market *market, rk_qty before,
			 rk_qty after)
{
	int64_t size = rk_fx_magnitude(after).raw;

	if (size > market->listing.position_max.raw &&
	    size >= rk_fx_magnitude(before).raw)
		return RK_REJ_POSITION_LIMIT;
	return RK_OK;
}

static int check_sides(const struct rk_engine *engine,
		       const struct rk_cmd_trade *trade,
		       uint32_t ret_accounts[2])
{
	const struct rk_trade_side *sides[2] = {&trade->buyer, &trade->seller};

	if (trade->buyer.account == trade->seller.account)
		return RK_REJ_SAME_ACCOUNT;
	for (int i = 0; i < 2; i++) {
		ret_accounts[i] = RK_NONE;
		if (sides[i]->account == 0)
			continue;
		ret_accounts[i] = rk_account_find(engine, sides[i]->account);
		if (ret_accounts[i] == RK_NONE)
			return RK_REJ_NO_ACCOUNT;
	}
	if ((trade->buyer.account == 0 || trade->seller.account == 0) &&
	    trade->venue >= engine->venues_n)
		return RK_REJ_NO_VENUE;
	for (int i = 0; i < 2; i++) {
		int64_t fee = sides[i]->fee.raw;

		if ((sides[i]->account == 0 && fee != 0) || fee > RK_FEE_MAX ||
		    fee < -RK_FEE_MAX)
			return RK_REJ_BAD_AMOUNT;
	}
	for (int i = 0; i < 2; i++)
		if (sides[i]->account == 0 &&
		    (sides[i]->order.seq != 0 || sides[i]->resting != 0))
			return RK_REJ_ORDER_MISMATCH;
	return RK_OK;
}

static int check_id(const struct rk_market *market, uint64_t id)
{
	uint64_t bit = id % RK_TRADE_WINDOW;

	if (id > market->trade_highest)
		return RK_OK;
	if (market->trade_highest - id >= RK_TRADE_WINDOW)
		return RK_REJ_TRADE_OLD;
	if (market->trades[bit / 64] >> (bit % 64) & 1)
		return RK_REJ_TRADE_REPEAT;
	return RK_OK;
}

/*
 * The largest size a side may have beyond position_max: a position that was
 * there before position_max was lowered, and the orders to close it, can be
 * closed in one trade.
 */
static int64_t closable(const struct rk_engine *engine,
			const struct rk_cmd_trade *trade, enum rk_side which)
{
	const struct rk_trade_side *side =
		which == RK_SIDE_BUY ? &trade->buyer : &trade->seller;
	struct rk_order_target target = {rk_account_find(engine, side->account),
					 trade->market, which};
	int64_t size = 0;
	uint32_t i;

	if (target.account == RK_NONE)
		return 0;
	if (rk_order_find(engine, side->order, &target, &i) == RK_OK &&
	    i != RK_NONE)
		size = engine->orders[i].size.raw;
	i = rk_account_position(engine, target.account, trade->market);
	if (i != RK_NONE &&
	    rk_fx_magnitude(engine->positions[i].size).raw > size)
		size = rk_fx_magnitude(engine->positions[i].size).raw;
	return size;
}

/* Returns the accounts of buyer and seller, RK_NONE for an external one. */
static int check(const struct rk_engine *engine,
		 const struct rk_cmd_trade *trade, uint32_t ret_accounts[2])
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	const struct rk_market *market;
	int r;

	/* A negative number sent as an id must not close the window. */
	if (trade->trade == 0 || trade->trade > INT64_MAX)
		return RK_REJ_BAD_ID;
	if (trade->market >= engine->markets_n)
		return RK_REJ_NO_MARKET;
	market = &engine->markets[trade->market];
	if (trade->price.raw < market->listing.price_min.raw ||
	    trade->price.raw > market->listing.price_max.raw)
		return RK_REJ_BAD_PRICE;
	if (trade->size.raw <= 0 ||
	    (trade->size.raw > market->listing.position_max.raw &&
	     trade->size.raw > closable(engine, trade, RK_SIDE_BUY) &&
	     trade->size.raw > closable(engine, trade, RK_SIDE_SELL)))
		return RK_REJ_BAD_SIZE;
	r = check_sides(engine, trade, ret_accounts);
	if (r != RK_OK)
		return r;
	r = check_id(market, trade->trade);
	if (r != RK_OK)
		return r;
	if (rk_scene_asset_price(&scene, market->settle).raw == 0)
		return RK_REJ_NO_PRICE;
	return RK_OK;
}

/* Ids that drop out below the window make room for those up to id. */
static void move_window(struct rk_engine *engine, struct rk_market *market,
			uint64_t id)
{
	uint64_t gone = id - market->trade_highest;
	bool far = gone > 64;

	/* Far is rare: the usual next id touches one word. */
	if (far)
		rk_change(engine, market->trades, sizeof(market->trades));
	if (gone > RK_TRADE_WINDOW)
		gone = RK_TRADE_WINDOW;
	for (uint64_t i = 0; i < gone; i++) {
		uint64_t old = (id - i) % RK_TRADE_WINDOW;

		if (!far && (i == 0 || old % 64 == 63))
			rk_change(engine, &market->trades[old / 64],
				  sizeof(uint64_t));
		market->trades[old / 64] &= ~(UINT64_C(1) << old % 64);
	}
	market->trade_highest = id;
}

/* Mark the id booked. */
static void keep_id(struct rk_engine *engine, struct rk_market *market,
		    uint64_t id)
{
	uint64_t bit = id % RK_TRADE_WINDOW;

	rk_change(engine, &market->trade_highest, sizeof(uint64_t));
	if (id > market->trade_highest)
		move_window(engine, market, id);
	rk_change(engine, &market->trades[bit / 64], sizeof(uint64_t));
	market->trades[bit / 64] |= UINT64_C(1) << bit % 64;
}

/* Sums over the positions of a market follow each change of one. */
static void count_open(struct rk_engine *engine, struct rk_market *market,
		       rk_qty before, rk_qty after)
{
	rk_i128 longs = (after.raw > 0 ? after.raw : 0) -
			(rk_i128)(before.raw > 0 ? before.raw : 0);
	rk_i128 shorts = (before.raw < 0 ? before.raw : 0) -
			 (rk_i128)(after.raw < 0 ? after.raw : 0);

	rk_add(engine, &market->long_size, longs);
	rk_add(engine, &market->short_size, shorts);
	rk_add(engine, &market->open_interest, longs);
}

/* The venues count toward it as well: then longs are shorts. */
static void count_other(struct rk_engine *engine, struct rk_market *market,
			rk_i128 before, rk_i128 after)
{
	rk_add(engine, &market->open_interest,
	       (after > 0 ? after : 0) - (before > 0 ? before : 0));
}

/* What a liquidation order may close: nothing once the vault has it all. */
static rk_qty closable_by(const struct rk_engine *engine,
			  const struct side *side)
{
	if (side->position == RK_NONE || engine->orders[side->order].taken_over)
		return (rk_qty){0};
	return engine->positions[side->position].size;
}

/*
 * A liquidation fill closes at most what is there; what is beyond goes to the
 * vault (L8). Its part of the value is what the account's part leaves over.
 */
static int split_for_vault(struct side *side, rk_qty held, rk_qty traded,
			   rk_amt value)
{
	int64_t closable = 0;
	rk_qty account_part;
	int r;

	if (held.raw > 0 && side->side == RK_SIDE_SELL)
		closable = held.raw;
	else if (held.raw < 0 && side->side == RK_SIDE_BUY)
		closable = -held.raw;
	if (closable >= rk_fx_magnitude(traded).raw)
		return RK_OK;

	account_part.raw = closable;
	r = rk_fx_share(value, account_part, rk_fx_magnitude(traded),
			RK_ROUND_TRUNC, &side->value);
	if (r != RK_OK)
		return r;
	side->part.raw = traded.raw < 0 ? -closable : closable;
	side->to_vault.raw = traded.raw - side->part.raw;
	side->vault_value.raw = value.raw - side->value.raw;
	return RK_OK;
}

static void emit_position(struct rk_engine *engine, struct rk_evbuf *events,
			  const struct rk_cmd_trade *trade,
			  const struct side *side,
			  const struct rk_fill_result *result)
{
	struct rk_event *event = rk_emit(engine, events, RK_EVENT_POSITION,
					 side->account, trade->market);
	uint32_t settle = engine->markets[trade->market].settle;

	event->position.trade = trade->trade;
	event->position.price = trade->price;
	event->position.traded = side->part;
	event->position.to_vault = side->to_vault;
	event->position.size = result->size;
	event->position.cost = result->cost;
	event->position.realised = result->realised;
	event->position.fee = side->wire->fee;
	event->position.balance =
		rk_account_balance(engine, side->account, settle);
}

/* The position record to book on: the one there is, or a new one. */
static int open_for(struct rk_engine *engine, struct side *side,
		    uint32_t market)
{
	const struct rk_account *account = &engine->accounts[side->account];

	if (side->position != RK_NONE)
		return RK_OK;
	if (account->mode == RK_MODE_ISOLATED && account->positions_n > 0)
		return RK_REJ_ISOLATED;
	side->position =
		rk_account_open_position(engine, side->account, market);
	return side->position == RK_NONE ? RK_REJ_CAPACITY : RK_OK;
}

static int book_position(struct rk_engine *engine, struct rk_evbuf *events,
			 const struct rk_cmd_trade *trade, struct side *side,
			 struct rk_fill_result *ret_result)
{
	struct rk_market *market = &engine->markets[trade->market];
	struct rk_position *position;
	int r = open_for(engine, side, trade->market);

	if (r != RK_OK)
		return r;

	r = rk_funding_settle(engine, events, side->position);
	if (r != RK_OK)
		return r;

	position = &engine->positions[side->position];
	r = rk_trade_fill(position->size, position->cost, side->part,
			  side->value, ret_result);
	if (r != RK_OK)
		return r;
	r = rk_trade_check_limit(market, position->size, ret_result->size);
	if (r != RK_OK)
		return r;

	rk_mark(engine, RK_UNIT_ACCOUNT, side->account);
	count_open(engine, market, position->size, ret_result->size);
	rk_add(engine, &market->accounts_cost,
	       (rk_i128)ret_result->cost.raw - position->cost.raw);
	rk_change(engine, position, sizeof(*position));
	if ((position->size.raw < 0) != (ret_result->size.raw < 0))
		rk_takeover_turned(engine, side->position);
	position->size = ret_result->size;
	position->cost = ret_result->cost;
	return RK_OK;
}

static int book_money(struct rk_engine *engine, struct rk_evbuf *events,
		      const struct rk_cmd_trade *trade, const struct side *side,
		      rk_amt realised)
{
	struct rk_market *market = &engine->markets[trade->market];
	struct rk_asset *settle = &engine->assets[market->settle];
	rk_i128 delta = (rk_i128)realised.raw - side->wire->fee.raw;
	rk_amt balance;
	int r;

	if (!rk_fx_fits(delta))
		return RK_REJ_OVERFLOW;
	r = rk_interest_settle(engine, events, side->account, market->settle);
	if (r != RK_OK)
		return r;
	r = rk_account_credit(engine, side->account, market->settle,
			      (rk_amt){(int64_t)delta}, &balance);
	if (r != RK_OK)
		return r;

	rk_mark(engine, RK_UNIT_ASSET, market->settle);
	rk_add(engine, &settle->fees, side->wire->fee.raw);
	rk_add(engine, &settle->clearing, -(rk_i128)realised.raw);
	rk_add(engine, &market->clearing_cost, -(rk_i128)realised.raw);
	return rk_bound_check(engine, &engine->accounts[side->account]);
}

/* Give back the position when it is closed; a withheld action ends with it. */
static void drop_if_flat(struct rk_engine *engine, struct rk_evbuf *events,
			 const struct side *side)
{
	uint32_t i = side->position;

	if (i == RK_NONE || engine->positions[i].size.raw != 0)
		return;
	if (engine->positions[i].withheld != RK_WITHHELD_NONE)
		rk_liquidation_withhold(engine, events, i, RK_WITHHELD_NONE,
					NULL);
	rk_account_drop_position(engine, i);
}

static int book_account(struct rk_engine *engine, struct rk_evbuf *events,
			const struct rk_cmd_trade *trade, struct side *side)
{
	struct rk_market *market = &engine->markets[trade->market];
	struct rk_fill_result result = {{0}, {0}, {0}};
	rk_qty traded = side->part;
	const struct rk_order_target target = {side->account, trade->market,
					       side->side};
	int r;

	side->position =
		rk_account_position(engine, side->account, trade->market);
	r = rk_order_find(engine, side->wire->order, &target, &side->order);
	if (r != RK_OK)
		return r;
	if (side->order != RK_NONE) {
		r = split_for_vault(side, closable_by(engine, side), traded,
				    side->value);
		if (r != RK_OK)
			return r;
	}

	if (side->part.raw != 0)
		r = book_position(engine, events, trade, side, &result);
	else if (side->position != RK_NONE) {
		result.size = engine->positions[side->position].size;
		result.cost = engine->positions[side->position].cost;
	}
	if (r != RK_OK)
		return r;
	r = book_money(engine, events, trade, side, result.realised);
	if (r != RK_OK)
		return r;

	if (side->to_vault.raw != 0)
		rk_vault_book(engine, trade->market, side->to_vault.raw,
			      side->vault_value.raw);
	emit_position(engine, events, trade, side, &result);
	if (side->order != RK_NONE)
		r = rk_order_fill(engine, events, side->order, trade);
	if (r != RK_OK)
		return r;
	r = rk_resting_fill(engine, events, &target, side->wire->resting,
			    trade);
	if (r != RK_OK)
		return r;
	drop_if_flat(engine, events, side);
	if (side->order != RK_NONE)
		rk_insurance_charge(engine, events, side->account,
				    market->settle, side->value);
	rk_touch(engine, side->account);
	return RK_OK;
}

static void book_external(struct rk_engine *engine,
			  const struct rk_cmd_trade *trade,
			  const struct side *side)
{
	uint32_t place = trade->venue * engine->max.markets_max + trade->market;
	struct rk_venue_position *position = &engine->venue_positions[place];

	rk_mark(engine, RK_UNIT_VENUE_POSITION, place);
	rk_change(engine, position, sizeof(*position));
	count_other(engine, &engine->markets[trade->market], position->size,
		    position->size + side->part.raw);
	position->size += side->part.raw;
	position->cost += side->value.raw;
}

/* A fill in a market that is over moves money, and leaves nothing open. */
static void end_late(struct rk_engine *engine, struct rk_evbuf *events,
		     const struct rk_cmd_trade *trade,
		     const uint32_t accounts[2])
{
	if (rk_market_is_settled(&engine->markets[trade->market]))
		rk_settlement_late(engine, events, trade, accounts);
}

int rk_trade_apply(struct rk_engine *engine, const struct rk_cmd *cmd,
		   struct rk_evbuf *events)
{
	const struct rk_cmd_trade *trade = &cmd->trade;
	struct rk_market *market;
	uint32_t accounts[2];
	rk_amt value;
	int r = check(engine, trade, accounts);

	if (r != RK_OK)
		return r;
	market = &engine->markets[trade->market];
	r = rk_contract_value(market, trade->price, trade->size, RK_ROUND_TRUNC,
			      &value);
	if (r != RK_OK)
		return r;

	rk_mark(engine, RK_UNIT_MARKET, trade->market);
	keep_id(engine, market, trade->trade);
	rk_price_seed(engine, trade->market, trade->price);
	for (int i = 0; i < 2; i++) {
		int64_t sign = i == 0 ? 1 : -1;
		struct side side = {
			.wire = i == 0 ? &trade->buyer : &trade->seller,
			.side = i == 0 ? RK_SIDE_BUY : RK_SIDE_SELL,
			.account = accounts[i],
			.order = RK_NONE,
			.position = RK_NONE,
			.part = {sign * trade->size.raw},
			.value = {sign * value.raw},
		};

		if (side.account == RK_NONE) {
			book_external(engine, trade, &side);
			continue;
		}
		r = book_account(engine, events, trade, &side);
		if (r != RK_OK)
			return r;
	}
	end_late(engine, events, trade, accounts);
	return RK_OK;
}

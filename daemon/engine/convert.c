/*
 * Booking conversions. See convert.h.
 *
 * A fact, as a trade is: whatever margin, state or prices say. The books take
 * it for a withdrawal of what was sold and a deposit of what was bought.
 */
#include "engine/convert.h"

#include "engine/account.h"
#include "engine/bound.h"
#include "engine/fx.h"
#include "engine/interest.h"
#include "engine/order.h"
#include "engine/rc.h"
#include "engine/scene.h"

static int find_order(const struct rk_engine *engine,
		      const struct rk_cmd_convert *want, uint32_t account,
		      uint32_t *ret_order)
{
	const struct rk_order *order;

	*ret_order = RK_NONE;
	if (want->order.seq == 0)
		return RK_OK;
	*ret_order = rk_order_lookup(engine, want->order);
	if (*ret_order == RK_NONE)
		return RK_REJ_NO_ORDER;
	order = &engine->orders[*ret_order];
	return rk_order_converts(order) && order->account == account &&
			       order->conversion.sell == want->sell &&
			       order->conversion.buy == want->buy
		       ? RK_OK
		       : RK_REJ_ORDER_MISMATCH;
}

static int check(const struct rk_engine *engine,
		 const struct rk_cmd_convert *want, uint32_t *ret_account,
		 uint32_t *ret_order)
{
	*ret_account = rk_account_find(engine, want->account);
	if (*ret_account == RK_NONE)
		return RK_REJ_NO_ACCOUNT;
	if (want->venue >= engine->venues_n)
		return RK_REJ_NO_VENUE;
	if (want->sell >= engine->assets_n || want->buy >= engine->assets_n)
		return RK_REJ_NO_ASSET;
	if (want->sell == want->buy)
		return RK_REJ_SAME_ASSET;
	if (want->sold.raw <= 0 || want->bought.raw <= 0 ||
	    want->fee.raw > RK_FEE_MAX || want->fee.raw < -RK_FEE_MAX)
		return RK_REJ_BAD_AMOUNT;
	return find_order(engine, want, *ret_account, ret_order);
}

/* One of the two balances, settled before: as A3 has it. */
static int book(struct rk_engine *engine, uint32_t account, uint32_t asset,
		rk_amt delta, rk_amt *ret_balance)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	rk_amt after;
	int r = rk_fx_add_amt(rk_account_balance(engine, account, asset), delta,
			      &after);

	if (r != RK_OK)
		return r;
	if (after.raw < 0 && rk_scene_asset_price(&scene, asset).raw == 0)
		return RK_REJ_NO_PRICE;
	return rk_account_credit(engine, account, asset, delta, ret_balance);
}

static int book_both(struct rk_engine *engine, struct rk_evbuf *events,
		     const struct rk_cmd_convert *want, uint32_t account,
		     struct rk_ev_converted *told)
{
	rk_amt gain;
	int r = rk_interest_settle(engine, events, account, want->sell);

	if (r == RK_OK)
		r = rk_interest_settle(engine, events, account, want->buy);
	if (r == RK_OK)
		r = book(engine, account, want->sell, (rk_amt){-want->sold.raw},
			 &told->sell_balance);
	if (r == RK_OK)
		r = rk_fx_add_amt(want->bought, (rk_amt){-want->fee.raw},
				  &gain);
	if (r == RK_OK)
		r = book(engine, account, want->buy, gain, &told->buy_balance);
	return r == RK_OK ? rk_bound_check(engine, &engine->accounts[account])
			  : r;
}

/* What the venue took has left, and what it gave has come. */
static void book_venue(struct rk_engine *engine,
		       const struct rk_cmd_convert *want)
{
	struct rk_asset *sell = &engine->assets[want->sell];
	struct rk_asset *buy = &engine->assets[want->buy];

	rk_mark(engine, RK_UNIT_ASSET, want->sell);
	rk_mark(engine, RK_UNIT_ASSET, want->buy);
	rk_add(engine, &sell->withdrawals, want->sold.raw);
	rk_add(engine, &buy->deposits, want->bought.raw);
	rk_add(engine, &buy->fees, want->fee.raw);
}

int rk_convert(struct rk_engine *engine, const struct rk_cmd *cmd,
	       struct rk_evbuf *events)
{
	const struct rk_cmd_convert *want = &cmd->convert;
	struct rk_ev_converted told = {
		.venue = want->venue,
		.sell = want->sell,
		.buy = want->buy,
		.sold = want->sold,
		.bought = want->bought,
		.fee = want->fee,
		.order = want->order,
	};
	uint32_t account;
	uint32_t order;
	int r = check(engine, want, &account, &order);

	if (r == RK_OK)
		r = book_both(engine, events, want, account, &told);
	if (r != RK_OK)
		return r;
	book_venue(engine, want);
	rk_touch(engine, account);
	told.late = order != RK_NONE && engine->orders[order].closed;
	if (order == RK_NONE)
		told.order.n = 0;
	rk_emit(engine, events, RK_EVENT_CONVERTED, account, RK_NO_MARKET)
		->converted = told;
	return order == RK_NONE ? RK_OK
				: rk_order_convert(engine, events, order,
						   want->sold, want->bought);
}

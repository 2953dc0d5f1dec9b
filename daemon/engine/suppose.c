/*
 * Supposed changes. See suppose.h.
 */
#include "engine/suppose.h"

#include <string.h>

#include "engine/bound.h"
#include "engine/contract.h"
#include "engine/fx.h"
#include "engine/margin.h"
#include "engine/market_state.h"
#include "engine/rc.h"
#include "engine/trade.h"

int rk_suppose_credit(const struct rk_scene *scene,
		      struct rk_holdings *holdings, uint32_t asset,
		      rk_amt delta)
{
	struct rk_holdings before = *holdings;
	int r = rk_holdings_credit(holdings, asset, delta);

	if (r == RK_OK)
		r = rk_bound_check_holdings(scene, holdings);
	if (r != RK_OK)
		*holdings = before;
	return r;
}

int rk_suppose_taken_out(const struct rk_scene *scene,
			 const struct rk_holdings *holdings, uint32_t asset,
			 rk_amt amount)
{
	/* What would be owed must be within N7, or it could not be weighed. */
	if (amount.raw > rk_holdings_balance(holdings, asset).raw) {
		struct rk_holdings after = *holdings;
		int r = rk_suppose_credit(scene, &after, asset,
					  (rk_amt){-amount.raw});

		if (r != RK_OK)
			return r;
	}
	return rk_margin_check_out(scene, holdings, asset, amount);
}

/* In order of market, as the list of an account is. */
static struct rk_held_position *open_position(struct rk_holdings *holdings,
					      uint32_t market)
{
	uint32_t at = 0;
	struct rk_held_position *position;

	while (at < holdings->positions_n &&
	       holdings->positions[at].market < market)
		at++;
	position = &holdings->positions[at];
	if (at < holdings->positions_n && position->market == market)
		return position;
	if (holdings->positions_n == RK_POSITIONS_MAX)
		return NULL;
	memmove(position + 1, position,
		(holdings->positions_n - at) * sizeof(*position));
	holdings->positions_n++;
	*position = (struct rk_held_position){
		.market = market,
		.leverage = rk_holdings_leverage(holdings, market),
	};
	return position;
}

static void drop_position(struct rk_holdings *holdings,
			  struct rk_held_position *position)
{
	uint32_t at = (uint32_t)(position - holdings->positions);

	holdings->positions_n--;
	memmove(position, position + 1,
		(holdings->positions_n - at) * sizeof(*position));
}

/* Before a position changes, and before anything is taken out (F7). */
static int settle(const struct rk_scene *scene, struct rk_holdings *holdings,
		  struct rk_held_position *position)
{
	rk_amt amount = position->funding;

	position->funding.raw = 0;
	if (amount.raw == 0)
		return RK_OK;
	return rk_holdings_credit(
		holdings, scene->markets[position->market].settle, amount);
}

int rk_suppose_settled(const struct rk_scene *scene,
		       struct rk_holdings *holdings)
{
	bool moved = false;

	for (uint32_t i = 0; i < holdings->positions_n; i++) {
		struct rk_held_position *position = &holdings->positions[i];
		int r;

		if (position->funding.raw != 0)
			moved = true;
		r = settle(scene, holdings, position);
		if (r != RK_OK)
			return r;
	}
	return moved ? rk_bound_check_holdings(scene, holdings) : RK_OK;
}

static int book(const struct rk_scene *scene, struct rk_holdings *holdings,
		const struct rk_supposed_fill *fill)
{
	const struct rk_market *market = &scene->markets[fill->market];
	struct rk_held_position *position =
		open_position(holdings, fill->market);
	struct rk_fill_result result;
	rk_amt delta;
	rk_amt value;
	int r;

	if (rk_market_is_settled(market))
		return RK_REJ_MARKET_CLOSED;
	if (!position)
		return RK_REJ_CAPACITY;
	r = settle(scene, holdings, position);
	if (r != RK_OK)
		return r;
	r = rk_contract_value(market, fill->price, fill->part, RK_ROUND_TRUNC,
			      &value);
	if (r == RK_OK)
		r = rk_trade_fill(position->size, position->cost, fill->part,
				  value, &result);
	if (r == RK_OK)
		r = rk_trade_check_limit(market, position->size, result.size);
	if (r != RK_OK)
		return r;
	position->size = result.size;
	position->cost = result.cost;
	if (result.size.raw == 0)
		drop_position(holdings, position);
	if (__builtin_sub_overflow(result.realised.raw, fill->fee.raw,
				   &delta.raw))
		return RK_REJ_OVERFLOW;
	if (delta.raw == 0)
		return RK_OK;
	return rk_holdings_credit(holdings, market->settle, delta);
}

int rk_suppose_position(const struct rk_scene *scene,
			struct rk_holdings *holdings,
			const struct rk_held_position *held)
{
	struct rk_holdings before = *holdings;
	struct rk_held_position *position =
		open_position(holdings, held->market);
	int r;

	if (!position)
		return RK_REJ_CAPACITY;
	*position = *held;
	position->leverage = rk_holdings_leverage(holdings, held->market);
	r = rk_bound_check_holdings(scene, holdings);
	if (r != RK_OK)
		*holdings = before;
	return r;
}

/* What is filled of the order that a fill names rests no more (O6). */
static int take_resting(struct rk_holdings *holdings,
			const struct rk_supposed_fill *fill)
{
	struct rk_held_order *order =
		fill->resting == 0 ? NULL
				   : rk_holdings_order(holdings, fill->resting);
	int64_t size = rk_fx_magnitude(fill->part).raw;

	if (!order)
		return RK_OK;
	if (order->market != fill->market ||
	    (order->side == RK_SIDE_BUY) != (fill->part.raw > 0))
		return RK_REJ_ORDER_MISMATCH;
	if (size < order->left.raw)
		order->left.raw -= size;
	else
		rk_holdings_drop_order(holdings, order);
	return RK_OK;
}

int rk_suppose_fill(const struct rk_scene *scene, struct rk_holdings *holdings,
		    const struct rk_supposed_fill *fill)
{
	struct rk_holdings before = *holdings;
	int r = book(scene, holdings, fill);

	if (r == RK_OK)
		r = rk_bound_check_holdings(scene, holdings);
	if (r == RK_OK)
		r = take_resting(holdings, fill);
	if (r != RK_OK)
		*holdings = before;
	return r;
}

static int64_t size_in(const struct rk_holdings *holdings, uint32_t market)
{
	for (uint32_t i = 0; i < holdings->positions_n; i++)
		if (holdings->positions[i].market == market)
			return holdings->positions[i].size.raw;
	return 0;
}

rk_i128 rk_suppose_opened(const struct rk_holdings *before,
			  const struct rk_holdings *after, uint32_t market)
{
	int64_t from = size_in(before, market);
	int64_t to = size_in(after, market);

	if (to < from) { /* sold: what shorts there are more */
		from = -from;
		to = -to;
	}
	return (rk_i128)(to > 0 ? to : 0) - (from > 0 ? from : 0);
}

/*
 * The worse side of resting orders. See worst.h.
 *
 * Nothing here can overflow: rk_resting_suppose() bounds what an account's
 * orders are worth together, as N7 bounds its position.
 */
#include "engine/worst.h"

#include "engine/assert.h"
#include "engine/contract.h"
#include "engine/margin.h"
#include "engine/rc.h"
#include "engine/records.h"

static void leg_of(const struct rk_scene *scene, uint32_t market, int64_t size,
		   rk_rate leverage, struct rk_leg *ret_leg)
{
	const struct rk_held_position position = {
		.market = market, .size = {size}, .leverage = leverage};

	rk_margin_leg(scene, &position, ret_leg);
}

/* What a fill of this much, signed, at the order's price loses to the mark. */
static rk_i128 loss_of(const struct rk_scene *scene,
		       const struct rk_held_order *order, int64_t part)
{
	const struct rk_market *market = &scene->markets[order->market];
	rk_px mark = rk_scene_price(scene, market->slot, part > 0);
	rk_amt paid;
	rk_amt worth;
	int r;

	if (order->side == RK_SIDE_BUY ? order->price.raw <= mark.raw
				       : order->price.raw >= mark.raw)
		return 0;
	r = rk_contract_value(market, order->price, (rk_qty){part},
			      RK_ROUND_CEIL, &paid);
	if (r == RK_OK)
		r = rk_contract_value(market, mark, (rk_qty){part},
				      RK_ROUND_FLOOR, &worth);
	RK_ASSERT(r == RK_OK);
	return (rk_i128)paid.raw - worth.raw;
}

/* Of a reduce-only order only what the position leaves to reduce may fill. */
static int64_t may_fill(const struct rk_held_order *order, int64_t *reducible)
{
	int64_t size = order->left.raw;

	if (!order->reduce_only)
		return size;
	if (size > *reducible)
		size = *reducible;
	*reducible -= size;
	return size;
}

void rk_worst_of(const struct rk_scene *scene,
		 const struct rk_holdings *holdings,
		 const struct rk_held_order *orders, uint32_t n,
		 struct rk_worst *ret_worst)
{
	uint32_t market = orders[0].market;
	rk_qty position = rk_holdings_size(holdings, market);
	rk_rate leverage = rk_holdings_leverage(holdings, market);
	int64_t buys = 0;
	int64_t sells = 0;
	int64_t buy_back = position.raw < 0 ? -position.raw : 0;
	int64_t sell_off = position.raw > 0 ? position.raw : 0;
	rk_i128 loss = 0;
	struct rk_leg alone;
	struct rk_leg worse;

	for (uint32_t i = 0; i < n; i++) {
		const struct rk_held_order *order = &orders[i];
		bool buy = order->side == RK_SIDE_BUY;
		int64_t size = may_fill(order, buy ? &buy_back : &sell_off);

		loss += loss_of(scene, order, buy ? size : -size);
		if (order->reduce_only)
			continue;
		if (buy)
			buys += size;
		else
			sells += size;
	}
	/*
	 * The end of the range that is further from 0: all that is required
	 * rises with the size, whatever the terms of the market are.
	 */
	leg_of(scene, market, position.raw, leverage, &alone);
	leg_of(scene, market,
	       position.raw + buys > -(position.raw - sells)
		       ? position.raw + buys
		       : position.raw - sells,
	       leverage, &worse);
	RK_ASSERT(rk_fx_fits(loss));
	ret_worst->initial = (rk_i128)worse.initial.raw - alone.initial.raw;
	ret_worst->notional = (rk_i128)worse.notional.raw - alone.notional.raw;
	ret_worst->loss = rk_margin_usd(scene, scene->markets[market].settle,
					(rk_amt){(int64_t)loss})
				  .raw;
}

rk_i128 rk_worst_initial(const struct rk_scene *scene,
			 const struct rk_holdings *holdings, uint32_t market)
{
	struct rk_worst worst = {.initial = 0};
	uint32_t first = 0;
	uint32_t n = 0;
	struct rk_leg alone;

	while (first < holdings->orders_n &&
	       holdings->orders[first].market != market)
		first++;
	while (first + n < holdings->orders_n &&
	       holdings->orders[first + n].market == market)
		n++;
	if (n > 0)
		rk_worst_of(scene, holdings, &holdings->orders[first], n,
			    &worst);
	leg_of(scene, market, rk_holdings_size(holdings, market).raw,
	       rk_holdings_leverage(holdings, market), &alone);
	return alone.initial.raw + worst.initial;
}

/*
 * A copy of what an account holds. See holdings.h.
 */
#include "engine/holdings.h"

#include <string.h>

#include "engine/assert.h"
#include "engine/funding.h"
#include "engine/fx.h"
#include "engine/interest.h"
#include "engine/rc.h"
#include "engine/state.h"

static void copy_leverages(const struct rk_engine *engine,
			   const struct rk_account *account,
			   struct rk_holdings *ret_holdings)
{
	uint32_t n = 0;

	for (uint32_t i = account->leverages; i != RK_NONE;
	     i = engine->leverages[i].next) {
		ret_holdings->leverages[n].market = engine->leverages[i].market;
		ret_holdings->leverages[n].leverage =
			engine->leverages[i].leverage;
		n++;
	}
	ret_holdings->leverages_n = n;
}

void rk_holdings_to_judge(const struct rk_engine *engine,
			  const struct rk_account *account,
			  struct rk_holdings *ret_holdings)
{
	const bool lent = engine->lending_n > 0;
	uint32_t n = 0;

	for (uint32_t i = account->balances; i != RK_NONE;
	     i = engine->balances[i].next) {
		const struct rk_balance *balance = &engine->balances[i];

		struct rk_held_balance *held = &ret_holdings->balances[n++];

		held->asset = balance->asset;
		held->amount = balance->amount;
		held->booked = balance->amount;
		held->interest.raw = 0;
		held->index = balance->index;
		if (!lent)
			continue;
		held->interest = rk_interest_unsettled(
			&engine->assets[balance->asset], balance);
		held->amount.raw += held->interest.raw;
	}
	ret_holdings->balances_n = n;
	copy_leverages(engine, account, ret_holdings);
	n = 0;
	for (uint32_t i = account->positions; i != RK_NONE;
	     i = engine->positions[i].next) {
		const struct rk_position *position = &engine->positions[i];

		ret_holdings->positions[n].market = position->market;
		ret_holdings->positions[n].size = position->size;
		ret_holdings->positions[n].cost = position->cost;
		ret_holdings->positions[n].funding = rk_funding_unsettled(
			&engine->markets[position->market], position->size,
			position->funding_index);
		ret_holdings->positions[n].leverage =
			rk_holdings_leverage(ret_holdings, position->market);
		n++;
	}
	ret_holdings->positions_n = n;
	ret_holdings->orders_n = 0;
}

void rk_holdings_of(const struct rk_engine *engine,
		    const struct rk_account *account,
		    struct rk_holdings *ret_holdings)
{
	uint32_t n = 0;

	rk_holdings_to_judge(engine, account, ret_holdings);
	for (uint32_t i = account->resting; i != RK_NONE;
	     i = engine->resting[i].next) {
		const struct rk_resting *resting = &engine->resting[i];

		ret_holdings->orders[n] = (struct rk_held_order){
			.order = resting->order,
			.market = resting->market,
			.side = resting->side,
			.reduce_only = resting->reduce_only,
			.left = resting->left,
			.price = resting->price,
		};
		n++;
	}
	ret_holdings->orders_n = n;
}

rk_qty rk_holdings_size(const struct rk_holdings *holdings, uint32_t market)
{
	for (uint32_t i = 0; i < holdings->positions_n; i++)
		if (holdings->positions[i].market == market)
			return holdings->positions[i].size;
	return (rk_qty){0};
}

struct rk_held_order *rk_holdings_order(struct rk_holdings *holdings,
					uint64_t order)
{
	for (uint32_t i = 0; i < holdings->orders_n; i++)
		if (holdings->orders[i].order == order)
			return &holdings->orders[i];
	return NULL;
}

struct rk_held_order *rk_holdings_add_order(struct rk_holdings *holdings,
					    const struct rk_held_order *order)
{
	uint32_t at = holdings->orders_n;

	RK_ASSERT(holdings->orders_n < RK_RESTING_MAX);
	while (at > 0 && (holdings->orders[at - 1].market > order->market ||
			  (holdings->orders[at - 1].market == order->market &&
			   holdings->orders[at - 1].order > order->order))) {
		holdings->orders[at] = holdings->orders[at - 1];
		at--;
	}
	holdings->orders[at] = *order;
	holdings->orders_n++;
	return &holdings->orders[at];
}

/* Where the market is, or would be, among the choices of leverage. */
static uint32_t leverage_place(const struct rk_holdings *holdings,
			       uint32_t market)
{
	uint32_t at = 0;

	while (at < holdings->leverages_n &&
	       holdings->leverages[at].market < market)
		at++;
	return at;
}

static bool is_chosen(const struct rk_holdings *holdings, uint32_t at,
		      uint32_t market)
{
	return at < holdings->leverages_n &&
	       holdings->leverages[at].market == market;
}

rk_rate rk_holdings_leverage(const struct rk_holdings *holdings,
			     uint32_t market)
{
	uint32_t at = leverage_place(holdings, market);

	return is_chosen(holdings, at, market)
		       ? holdings->leverages[at].leverage
		       : (rk_rate){0};
}

int rk_holdings_choose(struct rk_holdings *holdings, uint32_t market,
		       rk_rate leverage)
{
	uint32_t at = leverage_place(holdings, market);
	struct rk_held_leverage *place = &holdings->leverages[at];
	uint32_t after = holdings->leverages_n - at;

	if (is_chosen(holdings, at, market) && leverage.raw == 0) {
		memmove(place, place + 1, (after - 1) * sizeof(*place));
		holdings->leverages_n--;
	} else if (is_chosen(holdings, at, market)) {
		place->leverage = leverage;
	} else if (leverage.raw != 0) {
		if (holdings->leverages_n == RK_LEVERAGES_MAX)
			return RK_REJ_CAPACITY;
		memmove(place + 1, place, after * sizeof(*place));
		holdings->leverages_n++;
		*place = (struct rk_held_leverage){market, leverage};
	}
	for (uint32_t i = 0; i < holdings->positions_n; i++)
		if (holdings->positions[i].market == market)
			holdings->positions[i].leverage = leverage;
	return RK_OK;
}

/* Where the asset is, or would be, among the balances. */
static uint32_t balance_place(const struct rk_holdings *holdings,
			      uint32_t asset)
{
	uint32_t at = 0;

	while (at < holdings->balances_n &&
	       holdings->balances[at].asset < asset)
		at++;
	return at;
}

static bool is_at(const struct rk_holdings *holdings, uint32_t at,
		  uint32_t asset)
{
	return at < holdings->balances_n &&
	       holdings->balances[at].asset == asset;
}

rk_amt rk_holdings_balance(const struct rk_holdings *holdings, uint32_t asset)
{
	uint32_t at = balance_place(holdings, asset);

	return is_at(holdings, at, asset) ? holdings->balances[at].amount
					  : (rk_amt){0};
}

void rk_holdings_drop_order(struct rk_holdings *holdings,
			    struct rk_held_order *order)
{
	uint32_t at = (uint32_t)(order - holdings->orders);

	RK_ASSERT(at < holdings->orders_n);
	holdings->orders_n--;
	memmove(order, order + 1, (holdings->orders_n - at) * sizeof(*order));
}

int rk_holdings_credit(struct rk_holdings *holdings, uint32_t asset,
		       rk_amt delta)
{
	uint32_t at = balance_place(holdings, asset);
	struct rk_held_balance *balance = &holdings->balances[at];

	if (!is_at(holdings, at, asset)) {
		/* One for each asset at most. */
		RK_ASSERT(holdings->balances_n < RK_ASSETS_MAX);
		memmove(balance + 1, balance,
			(holdings->balances_n - at) * sizeof(*balance));
		holdings->balances_n++;
		balance->asset = asset;
		balance->amount.raw = 0;
		balance->booked.raw = 0;
	}
	/* It is settled before it changes. */
	balance->interest.raw = 0;
	balance->index = 0;
	return rk_fx_add_amt(balance->amount, delta, &balance->amount);
}

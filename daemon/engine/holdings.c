/*
 * A copy of what an account holds. See holdings.h.
 */
#include "engine/holdings.h"

#include <string.h>

#include "engine/assert.h"
#include "engine/funding.h"
#include "engine/fx.h"
#include "engine/rc.h"
#include "engine/state.h"

void rk_holdings_of(const struct rk_engine *engine,
		    const struct rk_account *account,
		    struct rk_holdings *ret_holdings)
{
	uint32_t n = 0;

	for (uint32_t i = account->balances; i != RK_NONE;
	     i = engine->balances[i].next) {
		const struct rk_balance *balance = &engine->balances[i];

		ret_holdings->balances[n].asset = balance->asset;
		ret_holdings->balances[n].amount = balance->amount;
		n++;
	}
	ret_holdings->balances_n = n;
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
		n++;
	}
	ret_holdings->positions_n = n;
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
	}
	return rk_fx_add_amt(balance->amount, delta, &balance->amount);
}

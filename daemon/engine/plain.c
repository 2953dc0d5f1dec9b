/*
 * Accounts of one asset. See plain.h.
 */
#include "engine/plain.h"

#include "engine/assert.h"
#include "engine/contract.h"
#include "engine/funding.h"
#include "engine/fx.h"
#include "engine/interest.h"
#include "engine/rc.h"
#include "engine/require.h"
#include "engine/state.h"

/* The only asset an account may be of: that of the first thing it holds. */
static uint32_t asset_of(const struct rk_engine *engine,
			 const struct rk_account *account)
{
	if (account->balances != RK_NONE)
		return engine->balances[account->balances].asset;
	if (account->positions != RK_NONE)
		return engine
			->markets[engine->positions[account->positions].market]
			.settle;
	return RK_NONE;
}

static bool price_ok(const struct rk_engine *engine, uint32_t slot)
{
	return slot == RK_NONE || engine->slots[slot].state == RK_PRICE_OK;
}

static rk_px index_of(const struct rk_engine *engine,
		      const struct rk_asset *asset)
{
	return asset->slot == RK_NONE ? asset->listing.fixed_price
				      : engine->slots[asset->slot].mark;
}

/* N6 and N7 bound every position and the account when they are booked. */
static rk_i128 usd(const struct rk_asset *asset, rk_px index, rk_i128 amount,
		   enum rk_round round)
{
	rk_usd worth;
	int r;

	if (asset->usd_same)
		return amount;
	RK_ASSERT(rk_fx_fits(amount));
	r = rk_fx_usd((rk_amt){(int64_t)amount}, index, asset->usd_exp, round,
		      &worth);
	RK_ASSERT(r == RK_OK);
	return worth.raw;
}

bool rk_plain_judge(const struct rk_engine *engine,
		    const struct rk_account *account,
		    struct rk_judgement *ret_judgement)
{
	uint32_t id = asset_of(engine, account);
	const struct rk_asset *asset;
	rk_i128 required = 0;
	rk_i128 amount = 0;
	rk_px index;
	bool ok;

	if (id == RK_NONE || account->balances_n > 1)
		return false;
	asset = &engine->assets[id];
	if (!asset->plain)
		return false;
	index = index_of(engine, asset);
	ok = price_ok(engine, asset->slot);

	if (account->balances != RK_NONE) {
		const struct rk_balance *balance =
			&engine->balances[account->balances];

		amount = balance->amount.raw;
		if (engine->lending_n > 0)
			amount += rk_interest_unsettled(asset, balance).raw;
	}
	for (uint32_t i = account->positions; i != RK_NONE;
	     i = engine->positions[i].next) {
		const struct rk_position *position = &engine->positions[i];
		const struct rk_market *market =
			&engine->markets[position->market];
		const struct rk_slot *slot = &engine->slots[market->slot];
		struct rk_stake stake = {market, position->size, {0}, 0};
		rk_amt magnitude;
		rk_amt value;
		int r;

		if (market->settle != id)
			return false;
		r = rk_contract_value_both(market, slot->mark, position->size,
					   &value, &magnitude);
		RK_ASSERT(r == RK_OK);
		stake.notional.raw = (int64_t)usd(asset, index, magnitude.raw,
						  RK_ROUND_CEIL);
		stake.bracket = rk_require_bracket(market, stake.notional);
		required += rk_require_maintenance(&stake).raw;
		amount += (rk_i128)value.raw - position->cost.raw +
			  rk_funding_unsettled(market, position->size,
					       position->funding_index)
				  .raw;
		ok = ok && slot->state == RK_PRICE_OK;
	}

	amount = usd(asset, index, amount, RK_ROUND_FLOOR);
	RK_ASSERT(rk_fx_fits(amount));
	RK_ASSERT(rk_fx_fits(required));
	ret_judgement->equity.raw = (int64_t)amount;
	ret_judgement->maintenance.raw = (int64_t)required;
	ret_judgement->prices_ok = ok;
	return true;
}

/*
 * Reading the engine: pools of assets that are lent, and insurance funds. See
 * view.h.
 */
#include "engine/assert.h"
#include "engine/insurance.h"
#include "engine/interest.h"
#include "engine/lending.h"
#include "engine/loss.h"
#include "engine/rc.h"
#include "engine/view.h"

int rk_view_lending(const struct rk_engine *engine, uint32_t asset,
		    struct rk_lending_view *ret_view)
{
	const struct rk_asset_lending *lending;
	const struct rk_asset *record;

	if (asset >= engine->assets_n)
		return RK_REJ_NO_ASSET;
	record = &engine->assets[asset];
	lending = &record->lending;
	ret_view->terms = lending->terms;
	ret_view->active = lending->active;
	ret_view->borrowed = rk_lending_borrowed(record);
	ret_view->cash = rk_lending_cash(record);
	ret_view->supplied = ret_view->borrowed + ret_view->cash;
	ret_view->utilisation =
		rk_lending_utilisation(ret_view->borrowed, ret_view->cash);
	ret_view->borrow_rate =
		rk_lending_borrow_rate(&lending->terms, ret_view->utilisation);
	ret_view->supply_rate =
		rk_lending_supply_rate(&lending->terms, ret_view->utilisation);
	ret_view->debt_index = lending->debt_index;
	ret_view->supply_index = lending->supply_index;
	ret_view->accrued_ns = lending->accrued_ns;
	ret_view->next_ns = 0;
	if (lending->terms.lendable)
		ret_view->next_ns =
			rk_interest_next(&lending->terms, engine->time_ns);
	return RK_OK;
}

int rk_view_insurance(const struct rk_engine *engine, uint32_t asset,
		      struct rk_insurance_view *ret_view)
{
	if (asset >= engine->assets_n)
		return RK_REJ_NO_ASSET;
	ret_view->terms = engine->insurance[asset].terms;
	ret_view->fund.raw = (int64_t)engine->assets[asset].insurance;
	ret_view->drawn =
		rk_insurance_drawn(&engine->insurance[asset], engine->time_ns);
	ret_view->available = rk_insurance_available(engine, asset);
	return RK_OK;
}

void rk_view_add_deficits(const struct rk_engine *engine, uint32_t index,
			  rk_i128 sums[RK_ASSETS_MAX])
{
	const struct rk_account *account;

	RK_ASSERT(index < engine->accounts_n);

	account = &engine->accounts[index];
	if (account->state != RK_STATE_BANKRUPT ||
	    !rk_loss_is_uncovered(engine, account))
		return;
	for (uint32_t i = account->balances; i != RK_NONE;
	     i = engine->balances[i].next) {
		const struct rk_balance *balance = &engine->balances[i];
		const struct rk_asset *asset = &engine->assets[balance->asset];

		if (balance->amount.raw <= 0)
			sums[balance->asset] -=
				(rk_i128)balance->amount.raw +
				rk_interest_unsettled(asset, balance).raw;
	}
}

rk_i128 rk_view_deficit(const struct rk_engine *engine, uint32_t asset)
{
	rk_i128 sums[RK_ASSETS_MAX] = {0};

	RK_ASSERT(asset < engine->assets_n);

	for (uint32_t i = 0; i < engine->accounts_n; i++)
		rk_view_add_deficits(engine, i, sums);
	return sums[asset];
}

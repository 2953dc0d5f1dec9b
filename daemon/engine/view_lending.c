/*
 * Reading the engine: pools of assets that are lent. See view.h.
 */
#include "engine/account.h"
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

/* What the account owes of the asset if nothing covers it; else 0. */
static rk_i128 uncovered(const struct rk_engine *engine, uint32_t account,
			 uint32_t asset)
{
	uint32_t i = rk_account_find_balance(engine, account, asset);
	const struct rk_balance *balance;

	if (i == RK_NONE)
		return 0;
	balance = &engine->balances[i];
	if (balance->amount.raw > 0 ||
	    !rk_loss_is_uncovered(engine, &engine->accounts[account]))
		return 0;
	return -((rk_i128)balance->amount.raw +
		 rk_interest_unsettled(&engine->assets[asset], balance).raw);
}

rk_i128 rk_view_deficit(const struct rk_engine *engine, uint32_t asset)
{
	rk_i128 deficit = 0;

	if (engine->by_state[RK_STATE_BANKRUPT] == 0)
		return 0;
	for (uint32_t i = 0; i < engine->accounts_n; i++)
		if (engine->accounts[i].state == RK_STATE_BANKRUPT)
			deficit += uncovered(engine, i, asset);
	return deficit;
}

/*
 * Reading the engine: the backstop vault. See view.h.
 */
#include "engine/rc.h"
#include "engine/vault.h"
#include "engine/view.h"

int rk_view_vault(const struct rk_engine *engine, uint32_t asset,
		  struct rk_vault_view *ret_view)
{
	struct rk_vault_figures figures;

	if (asset >= engine->assets_n)
		return RK_REJ_NO_ASSET;
	rk_vault_figures(engine, asset, &figures);
	ret_view->terms = engine->vaults[asset].terms;
	ret_view->capital.raw = (int64_t)figures.capital;
	ret_view->profit = figures.profit;
	ret_view->held = figures.held;
	ret_view->lost = figures.lost;
	ret_view->hour_left.raw = (int64_t)figures.hour_left;
	return RK_OK;
}

int rk_view_takeover(const struct rk_engine *engine, uint32_t market,
		     struct rk_takeover_view *ret_view)
{
	if (market >= engine->markets_n)
		return RK_REJ_NO_MARKET;
	ret_view->terms = engine->takeovers[market].terms;
	ret_view->size = engine->markets[market].vault_size;
	ret_view->profit = rk_vault_event_profit(engine, market);
	ret_view->event_left.raw = (int64_t)rk_vault_event_left(engine, market);
	return RK_OK;
}

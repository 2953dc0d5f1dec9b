/*
 * The leverage that accounts choose per market: initial margin of at least the
 * notional by it. Rule G6 of docs/engine.md.
 *
 * A choice stays with the account until it is set anew, also while it has no
 * position in the market. There are at most as many in all as positions, and
 * RK_LEVERAGES_MAX of one account.
 */
#ifndef RK_ENGINE_LEVERAGE_H
#define RK_ENGINE_LEVERAGE_H

#include "engine/state.h"

int rk_leverage_set(struct rk_engine *engine, const struct rk_cmd *cmd,
		    struct rk_evbuf *events);

/*
 * Is it 0 (none), or 1 to what the market permits: the inverse of the initial
 * rate of its first bracket, which may have been rounded up to 1e-9?
 */
bool rk_leverage_fits(const struct rk_market *market, rk_rate leverage);

/* What the account has chosen; 0 when nothing. */
rk_rate rk_leverage_of(const struct rk_engine *engine, uint32_t account,
		       uint32_t market);

/* Keep a choice, 0 for none: 0 or RK_REJ_CAPACITY. */
int rk_leverage_keep(struct rk_engine *engine, uint32_t account,
		     uint32_t market, rk_rate leverage);

#endif

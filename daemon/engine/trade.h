/*
 * Trades: facts that change positions. Rules T1 to T9 of docs/engine.md.
 */
#ifndef RK_ENGINE_TRADE_H
#define RK_ENGINE_TRADE_H

#include "engine/state.h"

/* TRADE: 0 or RK_REJ_*. The caller undoes a refusal. */
int rk_trade_apply(struct rk_engine *engine, const struct rk_cmd *cmd,
		   struct rk_evbuf *events);

/*
 * What a position becomes when it takes on part (signed) for value (signed):
 * pure, for both sides and for the flip. Rules T2 and T3.
 */
struct rk_fill_result {
	rk_qty size;
	rk_amt cost;
	rk_amt realised;
};
int rk_trade_fill(rk_qty size, rk_amt cost, rk_qty part, rk_amt value,
		  struct rk_fill_result *ret_result);

/*
 * May a position of one size become one of another? 0 or
 * RK_REJ_POSITION_LIMIT: beyond position_max only one that was there before it
 * was lowered stays, and only smaller. Rule T6.
 */
int rk_trade_check_limit(const struct rk_market *market, rk_qty before,
			 rk_qty after);

#endif

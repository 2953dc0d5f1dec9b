/*
 * Liquidation: which positions to close, how much, at what worst price, and
 * what has to wait. Rules L2 to L6 of docs/engine.md.
 */
#ifndef RK_ENGINE_LIQUIDATION_H
#define RK_ENGINE_LIQUIDATION_H

#include "engine/state.h"
#include "engine/view.h"

/*
 * Open the orders that bring a LIQUIDATING account back to the target, less
 * what is open already; list what must be withheld.
 */
void rk_liquidation_act(struct rk_engine *engine, struct rk_evbuf *events,
			uint32_t account, const struct rk_health *health);

/* Ask to close what no longer fits the account's state or positions (L7). */
void rk_liquidation_ask_close(struct rk_engine *engine, struct rk_evbuf *events,
			      uint32_t account);

/*
 * Put a position on its market's list of withheld actions, or off it (NONE);
 * emits a change. margin may be NULL with NONE.
 */
void rk_liquidation_withhold(struct rk_engine *engine, struct rk_evbuf *events,
			     uint32_t position, enum rk_withheld reason,
			     const struct rk_health *health);

/* Have an account judged again at this time, or earlier if so set. */
void rk_liquidation_wake(struct rk_engine *engine, uint32_t account,
			 int64_t time_ns);

/* Take all positions of an account off those lists. */
void rk_liquidation_release(struct rk_engine *engine, struct rk_evbuf *events,
			    uint32_t account);

#endif

/*
 * The states of a market, from its listing to its settlement, and when a dated
 * future expires. Rules E1 to E4 of docs/engine.md; how a market is settled is
 * in settlement.h.
 */
#ifndef RK_ENGINE_MARKET_STATE_H
#define RK_ENGINE_MARKET_STATE_H

#include "engine/state.h"

/* MARKET_STATE: 0 or RK_REJ_* (rule E1). */
int rk_market_state_set(struct rk_engine *engine, const struct rk_cmd *cmd,
			struct rk_evbuf *events);

/* EXPIRY: 0 or RK_REJ_* (rule E2). */
int rk_market_expiry(struct rk_engine *engine, const struct rk_cmd *cmd,
		     struct rk_evbuf *events);

/* May a market go from one state to the other by command? (E1) */
bool rk_market_allowed(enum rk_market_state from, enum rk_market_state to);

/*
 * Does the market take a new order that only reduces a position, or one that
 * may do more? Fills are facts and are not asked about.
 */
bool rk_market_takes(const struct rk_market *market, bool reduces);

/* Settled: what was traded in it is over, its price stands for ever. */
bool rk_market_is_settled(const struct rk_market *market);

/* Find anew when the next market expires. */
void rk_market_schedule(struct rk_engine *engine);

/*
 * The next market whose expiry the present command has passed goes to
 * SETTLING. False when there is none left. At most one event.
 */
bool rk_market_step(struct rk_engine *engine, struct rk_evbuf *events);

#endif

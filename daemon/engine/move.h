/*
 * An account's mode, and whole positions from one account to another of the
 * same owner. Rules V1 and V2 of docs/engine.md.
 *
 * Nobody gets out of a liquidation this way: all accounts concerned are in
 * state OK, without liquidation orders, and have an initial health of 0 or
 * more afterwards; who gives money as well, a withdrawal health too.
 */
#ifndef RK_ENGINE_MOVE_H
#define RK_ENGINE_MOVE_H

#include "engine/state.h"

/* Each applies one command: 0 or RK_REJ_*. The caller undoes a refusal. */
int rk_move_mode(struct rk_engine *engine, const struct rk_cmd *cmd,
		 struct rk_evbuf *events);
int rk_move_position(struct rk_engine *engine, const struct rk_cmd *cmd,
		     struct rk_evbuf *events);

#endif

/*
 * Money in, out and between accounts. Rules A2 to A6 of docs/engine.md.
 */
#ifndef RK_ENGINE_LEDGER_H
#define RK_ENGINE_LEDGER_H

#include "engine/state.h"

/* Each applies one command: 0 or RK_REJ_*. The caller undoes a refusal. */
int rk_ledger_deposit(struct rk_engine *engine, const struct rk_cmd *cmd,
		      struct rk_evbuf *events);
int rk_ledger_adjust(struct rk_engine *engine, const struct rk_cmd *cmd,
		     struct rk_evbuf *events);
int rk_ledger_reserve(struct rk_engine *engine, const struct rk_cmd *cmd,
		      struct rk_evbuf *events);
int rk_ledger_confirm(struct rk_engine *engine, const struct rk_cmd *cmd,
		      struct rk_evbuf *events);
int rk_ledger_cancel(struct rk_engine *engine, const struct rk_cmd *cmd,
		     struct rk_evbuf *events);
int rk_ledger_transfer(struct rk_engine *engine, const struct rk_cmd *cmd,
		       struct rk_evbuf *events);

#endif

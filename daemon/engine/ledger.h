/*
 * Money in, out and between accounts. Rules A2 to A6 of docs/engine.md.
 */
#ifndef RK_ENGINE_LEDGER_H
#define RK_ENGINE_LEDGER_H

#include "engine/holdings.h"
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

/*
 * An amount above 0 from one account to another, by their records; the sender
 * has it, and may give it. 0, RK_REJ_CAPACITY or RK_REJ_OVERFLOW.
 */
int rk_ledger_move(struct rk_engine *engine, struct rk_evbuf *events,
		   uint32_t from, uint32_t to, struct rk_held_balance what);

/*
 * Book where nobody can be refused, interest first. False: the account cannot
 * hold it (N7, a balance record, shares), and its balance is as it was, but for
 * interest.
 */
bool rk_ledger_credit_or_leave(struct rk_engine *engine,
			       struct rk_evbuf *events, uint32_t account,
			       struct rk_held_balance what);

#endif

/*
 * Debts that nobody will pay, and who bears them. Rules B1 to B4 of
 * docs/engine.md; an example is in docs/margin.md.
 */
#ifndef RK_ENGINE_LOSS_H
#define RK_ENGINE_LOSS_H

#include "engine/state.h"

/*
 * Write off up to `most` of what an account owes of an asset that was ever
 * lent; all who hold it bear that. The debt is settled, and at least `most`.
 * Returns what was written off: less than `most` where holders cannot bear it,
 * 0 where there are none.
 */
rk_amt rk_loss_write_off(struct rk_engine *engine, struct rk_evbuf *events,
			 uint32_t account, uint32_t asset, rk_amt most);

/* What is worth less than this part of what is owed covers nothing. */
#define RK_LOSS_DUST 1000

/*
 * Has an account nothing left that could pay its debts: no position, and no
 * more than dust? Else whoever sends it dust would keep its debts alive.
 */
bool rk_loss_is_uncovered(const struct rk_engine *engine,
			  const struct rk_account *account);

/* What it owes of an asset, with interest, if it is bankrupt and that is so. */
rk_i128 rk_loss_uncovered(const struct rk_engine *engine, uint32_t account,
			  uint32_t asset);

/* WRITE_OFF: 0 or RK_REJ_*. */
int rk_loss_command(struct rk_engine *engine, const struct rk_cmd *cmd,
		    struct rk_evbuf *events);

#endif

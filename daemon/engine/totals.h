/*
 * How much of an asset all accounts hold, and how much they owe, and what
 * follows from it for what it counts (rules W7 and W8 of docs/engine.md).
 *
 * The totals are kept where balances change, in account.c. They follow from
 * the balances: they are in no snapshot and are summed up again when loaded.
 */
#ifndef RK_ENGINE_TOTALS_H
#define RK_ENGINE_TOTALS_H

#include "engine/cmd.h"
#include "engine/event.h"
#include "engine/scene.h"

struct rk_engine;

/* A balance of an asset becomes another one; undone with the command. */
void rk_totals_change(struct rk_engine *engine, uint32_t asset, rk_amt before,
		      rk_amt after);

/* Applies COLLATERAL_SCALE: 0 or RK_REJ_*. */
int rk_totals_set_scale(struct rk_engine *engine, const struct rk_cmd *cmd,
			struct rk_evbuf *events);

/* Can it work? 0, or RK_REJ_BAD_PARAM and the field that cannot. */
int rk_totals_check_scale(const struct rk_collateral_scale *scale,
			  const char **ret_field);

/*
 * What counts for and against an account at initial and withdrawal, with
 * totals of `held` and `owed` raw units: a weight made less and rounded down,
 * a liability made more and rounded up, in 1e-9.
 */
rk_i128 rk_totals_weight(const struct rk_scene *scene, uint32_t asset,
			 rk_i128 weight, rk_i128 held);
rk_i128 rk_totals_liability(const struct rk_scene *scene, uint32_t asset,
			    rk_i128 liability, rk_i128 owed);

/* By how much more of an asset is held when a balance becomes another one. */
rk_i128 rk_totals_rise(rk_amt before, rk_amt after);

/*
 * May a balance rise by a deposit (A2)? By what all hold beside it: 0 or
 * RK_REJ_DEPOSIT_CAP. before and after are with what is supposed of it.
 */
int rk_totals_check_deposit(const struct rk_asset *asset, rk_amt before,
			    rk_amt after);

#endif

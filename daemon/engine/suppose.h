/*
 * Changes that are only supposed: to a copy of what an account holds, by the
 * same arithmetic and bounds as the real ones.
 *
 * Each returns 0 or a code of rc.h; then the copy is as it was.
 */
#ifndef RK_ENGINE_SUPPOSE_H
#define RK_ENGINE_SUPPOSE_H

#include "engine/holdings.h"
#include "engine/scene.h"

/* Add to a balance; below 0: take from it, below zero if it must be. */
int rk_suppose_credit(const struct rk_scene *scene,
		      struct rk_holdings *holdings, uint32_t asset,
		      rk_amt delta);

/*
 * May amount be taken out, and what would be owed be held (A6, N7)? Nothing
 * is changed. The codes of rk_margin_check_out(), or RK_REJ_OVERFLOW.
 */
int rk_suppose_taken_out(const struct rk_scene *scene,
			 const struct rk_holdings *holdings, uint32_t asset,
			 rk_amt amount);

/* A position, in the place of the one there is; size is not 0. */
int rk_suppose_position(const struct rk_scene *scene,
			struct rk_holdings *holdings,
			const struct rk_held_position *held);

/* All funding settled (F7). Of a copy of no further use when it fails. */
int rk_suppose_settled(const struct rk_scene *scene,
		       struct rk_holdings *holdings);

/*
 * A fill: part is signed, fee in the settle asset (rules T2 to T4). A resting
 * order that it names is filled by it; one that rests no more, or 0, is none
 * (O6).
 */
struct rk_supposed_fill {
	uint32_t market;
	rk_qty part;
	rk_px price;
	rk_amt fee;
	uint64_t resting;
};
int rk_suppose_fill(const struct rk_scene *scene, struct rk_holdings *holdings,
		    const struct rk_supposed_fill *fill);

/*
 * By how much a fill that led from one to the other may have raised the open
 * interest of its market: by what was opened, if the other side opened as much.
 */
rk_i128 rk_suppose_opened(const struct rk_holdings *before,
			  const struct rk_holdings *after, uint32_t market);

#endif

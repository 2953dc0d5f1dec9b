/*
 * What the loop looks after beside its input: snapshots when they are due,
 * a disk that does not keep up, and whether riskd keeps up with prices.
 */
#ifndef RK_APP_UPKEEP_H
#define RK_APP_UPKEEP_H

#include "app/core.h"

/* The first snapshot is due an interval from now. */
void rk_upkeep_start(struct rk_core *core);

/*
 * At the end of a turn, when the group is with the journal: begin a snapshot
 * that is due, copy a slice of one under way, see whether one ended. True
 * when another turn should follow soon.
 */
bool rk_upkeep_turn(struct rk_core *core);

/*
 * Now and then: is the disk too slow, does riskd lag, is a snapshot due?
 * Returns 0, or
 * -ETIMEDOUT when the disk is to be given up.
 */
int rk_upkeep_tick(struct rk_core *core);

/* A snapshot is wanted; pending is answered when it is there, or is not. */
void rk_upkeep_ask(struct rk_core *core, uint32_t pending);

/*
 * Before the end: take a last snapshot, if anything changed. True while that
 * is going on.
 */
bool rk_upkeep_finish(struct rk_core *core);

#endif

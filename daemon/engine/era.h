/*
 * Indices of funding and interest as slots of the ladder.
 *
 * Behind the slots of prices stands one for the funding index of each market,
 * and two of each asset: for the index of what is held, and of what is owed.
 *
 * An index moves in small steps, for long times one way. Its era is the bounds
 * around where it was when the era began: 2 % of what a position is worth, or
 * of an amount. When it leaves them another era begins, and all who depend on
 * the index are touched. So accounts that nothing becomes due about within the
 * whole of an era have no entry in the ladder, which are nearly all; those
 * nearer to a threshold have a range within it.
 *
 * Indices are wider than keys. A key stands for 2^shift indices, from the low
 * bound of the era on. Ranges are chosen in keys, and the box is judged at the
 * last index that its end stands for: nothing is rounded.
 *
 * While an era is not open nobody has a range of its index, and each move
 * touches all: of funding that never moved, at the first move.
 */
#ifndef RK_ENGINE_ERA_H
#define RK_ENGINE_ERA_H

#include "engine/cmd.h"

struct rk_engine;

/* Bounds of an index, both within. Empty when high is below low. */
struct rk_era {
	rk_i128 low;
	rk_i128 high;
	uint32_t shift;
};

/* How many slots a ladder has for prices, and for indices. */
uint32_t rk_era_prices(const struct rk_cmd_limits *max);
uint32_t rk_era_indices(const struct rk_cmd_limits *max);

/* The slot of an index. */
uint32_t rk_era_of_funding(const struct rk_engine *engine, uint32_t market);
uint32_t rk_era_of_interest(const struct rk_engine *engine, uint32_t asset,
			    bool debt);

/* The era of a slot. */
const struct rk_era *rk_era_at(const struct rk_engine *engine, uint32_t slot);

/* Where the index of a slot is now. */
rk_i128 rk_era_now(const struct rk_engine *engine, uint32_t slot);

/* How far the index of a market moves for that part of what it trades at. */
rk_i128 rk_era_funding_reach(const struct rk_engine *engine, uint32_t market,
			     rk_rate rate);

/* Can accounts have ranges of it? */
bool rk_era_is_open(const struct rk_era *era);

/* Is it open, and is the index within? */
bool rk_era_goes_on(const struct rk_engine *engine, uint32_t slot);

/* Begin it anew: who depends on it needs another box. */
void rk_era_begin(struct rk_engine *engine, uint32_t slot);

/*
 * The index will move in another way than on: what was settled begins at 1 or
 * at 0 again, or a loss is shared. The next move touches all, which the caller
 * of this need not do. Nothing of it is undone.
 */
void rk_era_end(struct rk_engine *engine, uint32_t slot);

/* The key of an index within an open era, and what a key stands for. */
int64_t rk_era_key(const struct rk_era *era, rk_i128 index);
rk_i128 rk_era_first(const struct rk_era *era, int64_t key);
rk_i128 rk_era_last(const struct rk_era *era, int64_t key);

#endif

/*
 * Which accounts to look at when a price has moved: those whose range of that
 * price it has left, and no others.
 *
 * Each account has a range for each price slot it depends on (box.h finds
 * them); indices of funding and interest are slots as well (era.h), and what is
 * said of prices here is true of their keys. The ends of all ranges of a slot
 * stand in two heaps, one for either side, the nearest on top. A price that
 * stays within the ranges of all costs two comparisons, however many they are;
 * one that leaves k of them costs a walk over k entries from the top, and at
 * most four times as many beside them. Ends are exact: there are no buckets, so
 * it does not matter how far prices go or how near each other ends lie.
 *
 * A price that has left a range finds its account again with each further move
 * of it, until the account has a new range. Other prices do not, though the
 * ranges of them were right only together with the one that was left: who was
 * found needs new ranges before any other price moves (watch.h).
 *
 * All of it is derived: outside digest and snapshot, never undone. What is
 * found is only ever looked at more closely.
 */
#ifndef RK_ENGINE_LADDER_H
#define RK_ENGINE_LADDER_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/pile.h"
#include "engine/units.h"

struct rk_arena;

#define RK_LADDER_NEVER_BELOW INT64_MIN /* no price is below it */
#define RK_LADDER_NEVER_ABOVE INT64_MAX
#define RK_LADDER_ALWAYS      INT64_MAX /* as low: each move finds it */

/* To be looked at when the price is below low, or above high. */
struct rk_range {
	uint32_t slot;
	int64_t low;
	int64_t high;
};

/* One range of one account; of one without an end on either side there is
 * none. */
struct rk_rung {
	uint32_t account;
	uint32_t next; /* of the account, or of the free list */
	uint32_t slot;
	uint32_t place[2]; /* in the heap of either side, plus 1; 0: none */
};

struct rk_ladder {
	struct rk_rung *rungs;
	uint32_t rungs_max;
	uint32_t rungs_used;   /* ever taken */
	uint32_t rungs_free;   /* first given back */
	uint32_t *first;       /* rung of each account, plus 1; 0: none */
	struct rk_piles heaps; /* [slot][side]: below, with keys negated, above
				*/
	uint32_t slots_max;
};

/* How much it is made for. */
struct rk_ladder_room {
	uint32_t accounts;
	uint32_t slots;
	uint32_t rungs; /* ranges of all accounts, and of one twice */
};

/* Its tables are NULL when the arena is too small. */
void rk_ladder_init(struct rk_ladder *ladder, struct rk_arena *arena,
		    const struct rk_ladder_room *room);

/*
 * The ranges of an account from now on, in place of those it had; n may be 0.
 * In order of slot, one for each at most; of all accounts no more than there is
 * room for, and those that it had count until it has the new ones.
 */
void rk_ladder_set(struct rk_ladder *ladder, uint32_t account,
		   const struct rk_range *ranges, uint32_t n);

/* Has an account a range of a slot, one that is not without end? */
bool rk_ladder_has(const struct rk_ladder *ladder, uint32_t account,
		   uint32_t slot);

/*
 * The range of a slot that an account has, or false: none, or one whose ends do
 * not stand where a walk would find them.
 */
bool rk_ladder_range(const struct rk_ladder *ladder, uint32_t account,
		     uint32_t slot, struct rk_range *ret_range);

#define RK_LADDER_AHEAD 8

/* A walk over the accounts whose range of a slot a price has left. */
struct rk_ladder_walk {
	const struct rk_ladder *ladder;
	const struct rk_pile *heap;
	int64_t key; /* entries with a lower one are found */
	int64_t price;
	uint32_t at;
	bool above; /* the second heap, the last */
	/* Rungs that are found, and on their way from memory: a ring. */
	uint32_t ahead[RK_LADDER_AHEAD];
	uint32_t ahead_from;
	uint32_t ahead_n;
};

struct rk_ladder_walk rk_ladder_walk(const struct rk_ladder *ladder,
				     uint32_t slot, int64_t price);

/*
 * The next account, or UINT32_MAX; one with both ends left comes twice. The
 * ladder must not change during a walk.
 */
uint32_t rk_ladder_next(struct rk_ladder_walk *walk);

#endif

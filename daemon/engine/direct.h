/*
 * Accounts so near a threshold that the ends of ranges (ladder.h) would be left
 * all the time, each time for another box.
 *
 * How far such an account is off a threshold is kept as one number, its slack,
 * to which each price that moves adds what it has moved times a constant. Who
 * falls below 0 is looked at. A price that moves thus costs a multiplication
 * and an addition for each account that is here because of it, which are few:
 * those within a few thousandths of a threshold. box.h tells of whom that is
 * true, and within which prices; at the ends of those stand ranges.
 *
 * Slack is exact in its own units however often it is added to: it depends on
 * where prices are and not on the way there, and is right again when prices
 * that were too far away for it are back.
 *
 * Derived like the ladder: outside digest and snapshot, never undone. What is
 * found is only ever looked at more closely.
 */
#ifndef RK_ENGINE_DIRECT_H
#define RK_ENGINE_DIRECT_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/pile.h"

#define RK_SLACK_PULLS 6 /* slots at most; more of them: ranges */
#define RK_SLACKS_MAX  2 /* of an account: a threshold below, one above */

/* What an account is off a threshold, in units of its own. */
struct rk_slack {
	int64_t now; /* at the present prices; below 0: it may be crossed */
	uint32_t n;
	struct rk_pull {
		uint32_t slot;
		int64_t per_unit; /* of the price, when it rises */
	} pulls[RK_SLACK_PULLS];
};

/* A slack on the list. */
struct rk_direct_entry {
	uint32_t account;
	uint32_t next; /* of the account, or of the free list; plus 1 */
	uint32_t n;
	struct {
		uint32_t slot;
		uint32_t place; /* in the list of the slot */
	} pulls[RK_SLACK_PULLS];
};

struct rk_direct {
	struct rk_direct_entry *entries;
	int64_t *slacks; /* of each entry */
	uint32_t entries_max;
	uint32_t entries_used; /* ever taken */
	uint32_t entries_free; /* first given back, plus 1; 0: none */
	uint32_t entries_n;
	uint32_t *first;       /* entry of each account, plus 1; 0: none */
	int64_t *prices;       /* of each slot, that its slacks are at */
	struct rk_piles slots; /* what pulls at which entries */
};

struct rk_arena;

/* Its tables are NULL when the arena is too small. */
void rk_direct_init(struct rk_direct *direct, struct rk_arena *arena,
		    uint32_t accounts, uint32_t slots);

/* Is there room for all slacks of one more account? */
bool rk_direct_has_room(const struct rk_direct *direct);

/*
 * The slacks of an account from now on, in place of those it had; n may be 0.
 * All slots of them must be at their present prices (rk_direct_move).
 */
void rk_direct_set(struct rk_direct *direct, uint32_t account,
		   const struct rk_slack *slacks, uint32_t n);

/*
 * The slacks of a slot go with its price. False: nobody of the slot is without
 * any now.
 */
bool rk_direct_move(struct rk_direct *direct, uint32_t slot, int64_t price);

/*
 * The next account, from place *at of the slot on, that has no slack left, or
 * UINT32_MAX. The list must not change meanwhile.
 */
uint32_t rk_direct_next(const struct rk_direct *direct, uint32_t slot,
			uint32_t *at);

/*
 * A slot of which an account would be missed: it has no slack left, or a walk
 * would not come by it. UINT32_MAX: there is none.
 */
uint32_t rk_direct_missed(const struct rk_direct *direct, uint32_t account);

#endif

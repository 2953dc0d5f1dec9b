/*
 * The digest of one state, and whether its books balance, added up unit by
 * unit while commands go on: each unit is read as it was when the tally began,
 * by the caller's slices or just before a command changes it (marks.h). What
 * comes out is what rk_view_state_digest() and rk_view_check_books() would have
 * told then. Nothing is copied: sums do not mind the order.
 *
 * Outside state and snapshot, in the caller's memory. One tally at a time.
 */
#ifndef RK_ENGINE_TALLY_H
#define RK_ENGINE_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/hash.h"

struct rk_engine;
struct rk_tally;

struct rk_tally_result {
	uint64_t seq;          /* of the state */
	uint64_t event;        /* newest then */
	struct rk_hash state;  /* over all rows */
	struct rk_hash events; /* chain over all events */
	bool books_balance;    /* rule T4 */
};

/* Bytes that a tally of this engine needs. */
size_t rk_tally_size(const struct rk_engine *engine);

/*
 * Begin one of the present state, between two commands; memory, of
 * rk_tally_size() and aligned for any type, is lent until rk_tally_end(), and
 * so is the engine. Takes time by the number of words of marks: a millionth of
 * a second for a few thousand accounts.
 */
struct rk_tally *rk_tally_begin(struct rk_engine *engine, void *memory);

/* Sequence of the state that it is of. */
uint64_t rk_tally_seq(const struct rk_tally *tally);

/*
 * Read until so many looks were taken, and the unit at hand beyond; true when
 * there is more. A unit takes one look, each of its rows RK_TALLY_ROW_LOOKS.
 */
#define RK_TALLY_ROW_LOOKS 16
bool rk_tally_step(struct rk_tally *tally, uint32_t looks);

/* Of one that has no more to read. End it all the same. */
void rk_tally_result(const struct rk_tally *tally,
		     struct rk_tally_result *ret_result);

/* Also of one that is not done. */
void rk_tally_end(struct rk_tally *tally);

#endif

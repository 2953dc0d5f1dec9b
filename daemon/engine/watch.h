/*
 * Who is judged when prices move, or indices of funding and interest: the
 * accounts that the ladder finds, or the direct list of those near a threshold;
 * or, with the scan, every holder. What is due
 * is the same (box.h), so events, state and digest are.
 *
 * A command makes boxes wrong, of the accounts it changes, and leaves others
 * behind, of which a price has left its range while nothing became of them:
 * with another price the rest of such a box means nothing. The former wait in
 * `changed`, the latter in `left`. Before the next price or index moves, all
 * who wait get another box. Where they are very many, after a gap or a change
 * of terms, judging every holder is cheaper than so many boxes: then that is
 * done, and boxes are made in slices, as many as a command has judged.
 */
#ifndef RK_ENGINE_WATCH_H
#define RK_ENGINE_WATCH_H

#include "engine/direct.h"
#include "engine/era.h"
#include "engine/ladder.h"

/* Accounts waiting, each once. */
struct rk_watch_list {
	uint32_t *accounts;
	uint32_t n;
};

struct rk_watch {
	bool scan;
	bool moved;     /* a price or an index did in this command */
	uint32_t stale; /* so many waited when the first of them did */
	uint32_t slice; /* so many at least get a box after such a command */
	uint32_t few;   /* so many always get it before the next; both are
			 * constants, but less in tests */
	struct rk_ladder ladder;
	struct rk_direct direct;
	struct rk_era *eras; /* of each index, in order of slot */
	struct rk_watch_list changed;
	struct rk_watch_list left;
	uint8_t *waiting; /* of each account: in which of them, a bit each */
};

/* Its tables are NULL when the arena is too small. */
void rk_watch_init(struct rk_watch *watch, struct rk_arena *arena,
		   const struct rk_cmd_limits *max);

/* A slot was aggregated: touch whom it may make due. */
void rk_watch_moved(struct rk_engine *engine, uint32_t slot);

/* The same of the funding index of a market, of both indices of an asset. */
void rk_watch_funding(struct rk_engine *engine, uint32_t market);
void rk_watch_interest(struct rk_engine *engine, uint32_t asset);

/* What an account has was settled, and counts as before: its box is wrong. */
void rk_watch_settled(struct rk_engine *engine, uint32_t account);

/* A command is done: those it touched wait for another box, some get it. */
void rk_watch_touched(struct rk_engine *engine);

/* The state was loaded: boxes for all. */
void rk_watch_all(struct rk_engine *engine);

/* Does an account wait for another box, in either list? */
bool rk_watch_is_waiting(const struct rk_watch *watch, uint32_t account);

#endif

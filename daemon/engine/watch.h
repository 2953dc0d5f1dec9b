/*
 * Who is judged when prices move: the accounts that the ladder finds, or, with
 * the scan, every holder. What is due is the same (box.h), so events, state and
 * digest are.
 *
 * A command makes boxes wrong, of the accounts it changes, and leaves others
 * behind, whose range a price has left while nothing became of them. The former
 * wait in `changed` and get another box before the next price moves. The latter
 * wait in `left`; the ladder finds them again as long as the price stays away,
 * so they only cost time, and get another box in slices, as many as a command
 * has judged. Where very many wait in `changed`, after funding or a change of
 * terms, judging every holder is cheaper than so many boxes: then that is done,
 * and boxes are made in slices as well.
 */
#ifndef RK_ENGINE_WATCH_H
#define RK_ENGINE_WATCH_H

#include "engine/ladder.h"

struct rk_engine;

/* Accounts waiting, each once. */
struct rk_watch_list {
	uint32_t *accounts;
	uint32_t n;
};

struct rk_watch {
	bool scan;
	bool moved; /* a slot was aggregated in this command */
	struct rk_ladder ladder;
	struct rk_watch_list changed;
	struct rk_watch_list left;
	uint8_t *waiting; /* of each account: in which of them, a bit each */
};

/* Its tables are NULL when the arena is too small. */
void rk_watch_init(struct rk_watch *watch, struct rk_arena *arena,
		   const struct rk_ladder_room *room);

/* A slot was aggregated: touch whom it may make due. */
void rk_watch_moved(struct rk_engine *engine, uint32_t slot);

/* A command is done: those it touched wait for another box, some get it. */
void rk_watch_touched(struct rk_engine *engine);

/* The state was loaded: boxes for all. */
void rk_watch_all(struct rk_engine *engine);

/*
 * Does an account wait for another box, which it gets before the next price
 * moves (changed), or in time?
 */
bool rk_watch_is_changed(const struct rk_watch *watch, uint32_t account);
bool rk_watch_is_left(const struct rk_watch *watch, uint32_t account);

#endif

/*
 * Bars turned into ticks: each bar is walked open, low, high, close when its
 * close is not below its open, else open, high, low, close.
 *
 * The four ticks are spread evenly over the bar: the open at the bar's time,
 * the close one millisecond before its end, so that nothing is known before
 * it happened. All markets tick at the same instants. Only the bars of one
 * time are held in memory.
 */
#ifndef RK_CLIENT_REPLAY_WALK_H
#define RK_CLIENT_REPLAY_WALK_H

#include "replay_reader.h"

#define RK_REPLAY_WALK_TICKS 4 /* of a bar */

struct rk_replay_quote {
	uint32_t slot;
	int64_t price;
};

struct rk_replay_walk;

/*
 * Walk the bars of a file, each length_ns long (at least 4 ms). path and
 * context are borrowed until close. Returns 0 and *ret_walk, owned by the
 * caller, or negative after telling the error.
 */
int rk_replay_walk_open(const char *path,
			const struct rk_replay_context *context,
			int64_t length_ns, struct rk_replay_walk **ret_walk);

/* Takes NULL. */
void rk_replay_walk_close(struct rk_replay_walk *walk);

/* Time of the next instant; INT64_MAX when there is none. */
int64_t rk_replay_walk_time(const struct rk_replay_walk *walk);

/*
 * Take the ticks of the next instant. They are good until the next call.
 * Returns 0, or negative after telling the error.
 */
int rk_replay_walk_take(struct rk_replay_walk *walk,
			const struct rk_replay_quote **ret_quotes,
			uint32_t *ret_n);

/* Time of tick 0..3 of a bar. */
int64_t rk_replay_walk_tick_time(int64_t time_ns, int64_t length_ns,
				 uint32_t tick);

/* Price of tick 0..3 of a bar. */
int64_t rk_replay_walk_tick_price(const struct rk_replay_bar *bar,
				  uint32_t tick);

#endif

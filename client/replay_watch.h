/*
 * A subscriber on its own thread, as a liquidator would be one.
 *
 * It follows every event on the daemon's PUB socket while the replay sends,
 * checks that each number comes exactly once, and measures how long it took
 * from sending prices to holding the order they caused. The replay itself
 * does not rely on it: it reads events by query.
 */
#ifndef RK_CLIENT_REPLAY_WATCH_H
#define RK_CLIENT_REPLAY_WATCH_H

#include "librisk.h"
#include "replay_error.h"
#include "replay_latency.h"

struct rk_replay_watch;

/* What was seen from the first event on. */
struct rk_replay_watched {
	uint64_t seen;      /* different numbers */
	uint64_t doubled;   /* given a second time */
	uint64_t caught_up; /* read by query: the socket was too slow */
	uint64_t lost;      /* never came, up to the last one asked for */
	struct rk_replay_latency tick_to_order;
};

/*
 * Follow events from now on; *ret_first is the number of the next one. risk
 * must not be closed before rk_replay_watch_close(). Returns 0 and *ret_watch,
 * owned by the caller; or negative after telling error.
 */
int rk_replay_watch_open(struct risk *risk, struct rk_replay_error *error,
			 uint64_t *ret_first,
			 struct rk_replay_watch **ret_watch);

/* Takes NULL. */
void rk_replay_watch_close(struct rk_replay_watch *watch);

/* Prices are about to be sent. */
void rk_replay_watch_sending(struct rk_replay_watch *watch);

/*
 * A request was answered; seq is the newest command in it. Only after
 * rk_replay_watch_sending() are the orders in between measured.
 */
void rk_replay_watch_acked(struct rk_replay_watch *watch, uint64_t seq);

/*
 * Wait until all but behind_max of the events up to last have been seen, but
 * not for ever: what does not come is told by rk_replay_watch_finish().
 */
void rk_replay_watch_keep_up(struct rk_replay_watch *watch, uint64_t last,
			     uint64_t behind_max);

/*
 * Wait until all events up to last have been seen, at most wait_ms, and stop.
 * 0 and *ret_watched, or negative (of the subscription) after telling error.
 */
int rk_replay_watch_finish(struct rk_replay_watch *watch, uint64_t last,
			   int wait_ms, struct rk_replay_watched *ret_watched);

#endif

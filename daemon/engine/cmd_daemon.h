/*
 * What the daemon measures of itself and says in the log of commands, as a
 * replay could not measure it. The engine keeps nothing of it and judges
 * nobody by it: it says so in an event, for who watches.
 */
#ifndef RK_ENGINE_CMD_DAEMON_H
#define RK_ENGINE_CMD_DAEMON_H

#include <stdbool.h>
#include <stdint.h>

/* The disk is stuck: what was said of it so far is not durable yet. */
struct rk_cmd_sync_stall {
	int64_t age_ns; /* of the oldest group that is not synced */
};

/*
 * LAG, the command and the event: prices come faster than accounts are judged
 * by them, or no longer do; in the window that ended with the command.
 */
struct rk_lag {
	bool lagging;       /* from now on; false: no longer */
	int64_t window_ns;  /* of the clock on the wall, above 0 */
	int64_t judging_ns; /* of it, applying price batches */
	int64_t age_ns;     /* median: newest quote of a batch, applied */
	uint64_t batches;
	uint64_t quotes;        /* in them, merged */
	uint64_t quotes_merged; /* not in them: a newer one came before */
	uint64_t judged;        /* accounts, by these batches */
};

#endif

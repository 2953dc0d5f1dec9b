/*
 * Does riskd keep up with prices? What price batches cost and how old quotes
 * are when they are applied, over a sliding window, and whether that is too
 * much: lagging. Both limits are entered at their full height and left well
 * below it, so that a state in between does not flap.
 *
 * It knows no clock and says nothing to anybody: upkeep.c does.
 */
#ifndef RK_APP_LAG_H
#define RK_APP_LAG_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/cmd_daemon.h"
#include "engine/units.h"

#define RK_LAG_PARTS 10U /* of the window: it slides by one */

/* Lagging is left when both are below this part of their limit. */
#define RK_LAG_LEAVE_NUM 3
#define RK_LAG_LEAVE_DEN 4

struct rk_lag_limits {
	int64_t window_ns; /* above 0 */
	rk_rate judging;   /* time in price batches as part of the window */
	int64_t age_ns;    /* median age of the newest quote of a batch */
};

/* One price batch that was applied. */
struct rk_lag_batch {
	uint64_t judging_ns;
	int64_t newest_age_ns; /* of its quotes, when it was applied */
	int64_t oldest_age_ns;
	uint64_t quotes;
	uint64_t judged; /* accounts */
};

struct rk_lag_meter;

enum rk_lag_change {
	RK_LAG_AS_BEFORE,
	RK_LAG_BEGAN,
	RK_LAG_ENDED
};

/* Returns 0 or -ENOMEM; *ret_meter is the caller's. now_ns is monotonic. */
int rk_lag_open(const struct rk_lag_limits *limits, uint64_t now_ns,
		struct rk_lag_meter **ret_meter);
void rk_lag_close(struct rk_lag_meter *meter);

/* Allocates nothing, locks nothing: it is on the way of a tick. */
void rk_lag_add(struct rk_lag_meter *meter, const struct rk_lag_batch *batch);

/*
 * To be asked several times in a part of the window. merged is the number of
 * quotes that were ever merged away. Never BEGAN before a whole window was
 * seen.
 */
enum rk_lag_change rk_lag_look(struct rk_lag_meter *meter, uint64_t now_ns,
			       uint64_t merged);

/* The window that ended with the newest part; zeros before there is one. */
void rk_lag_told(const struct rk_lag_meter *meter, struct rk_lag *ret_lag);

/*
 * Ages in it, of the oldest quote of each batch: half and 99 of 100 batches
 * were not older. Rounded up by an eighth at most; 0: there was no batch.
 */
struct rk_lag_ages {
	int64_t p50_ns;
	int64_t p99_ns;
};
struct rk_lag_ages rk_lag_ages(const struct rk_lag_meter *meter);

#endif

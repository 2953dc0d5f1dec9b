/*
 * The command RAMP: how long later changes take that make maintenance worse
 * (rules Y1 to Y7 of docs/engine.md). Part of cmd.h.
 */
#ifndef RK_ENGINE_CMD_RAMP_H
#define RK_ENGINE_CMD_RAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/cmd_listing.h"

/*
 * Terms that get worse for accounts go from what they are to what they are to
 * be in a straight line, in steps (Gearbox ramps thresholds, Euler those of
 * liquidation); what gets better does so at once.
 */
struct rk_ramp {
	int64_t duration_ns; /* 1 s to 3652 days; 0: at once, and so is step */
	int64_t step_ns; /* 1 s to duration; 0: 1 min, or duration if less */
};

#define RK_RAMP_MIN_NS  INT64_C(1000000000)
#define RK_RAMP_STEP_NS INT64_C(60000000000)

/* Can it work? 0, or RK_REJ_BAD_PARAM and the field that cannot. */
int rk_ramp_check(const struct rk_ramp *ramp, const char **ret_field);

/* A step of 0 becomes what it stands for. */
void rk_ramp_complete(struct rk_ramp *ramp);

bool rk_ramp_equal(const struct rk_ramp *a, const struct rk_ramp *b);

/* Of an asset or of a market: the other name is empty. */
struct rk_cmd_ramp {
	char asset[RK_NAME_SIZE];
	char market[RK_NAME_SIZE];
	struct rk_ramp ramp;
};

#endif

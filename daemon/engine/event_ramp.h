/*
 * What events tell of ramps. Part of event.h.
 */
#ifndef RK_ENGINE_EVENT_RAMP_H
#define RK_ENGINE_EVENT_RAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/cmd_listing.h"

/* The maintenance terms of an asset, which a ramp moves. */
struct rk_ramp_terms {
	rk_rate weight;
	rk_rate liability;
	rk_rate profit;
};

/* A step of a ramp: what is in force from now on. */
struct rk_ev_ramped {
	uint32_t id;                /* of the asset, or of the market */
	struct rk_ramp_terms terms; /* of an asset; of a market all 0 */
	/* Of an asset in a group: else "". Then of the terms weight is told. */
	char group[RK_NAME_SIZE];
	rk_rate share;       /* of a debt of the group; 0 of all else */
	int64_t size_factor; /* of an asset, 1e-18: then no terms; else 0 */
	/* So much of the way is done; all of it when it has ended. */
	int64_t elapsed_ns;
	int64_t duration_ns;
	bool ended;
};

#endif

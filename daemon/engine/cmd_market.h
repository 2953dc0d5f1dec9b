/*
 * The commands about what becomes of a market: what may be done in it, and its
 * end. Part of cmd.h.
 */
#ifndef RK_ENGINE_CMD_MARKET_H
#define RK_ENGINE_CMD_MARKET_H

#include <stdint.h>

#include "engine/cmd_listing.h"

/* What may be done in a market from now on; SETTLED is not for it to say. */
struct rk_cmd_market_state {
	uint32_t market;
	enum rk_market_state state;
};

/* A fact: the price at which a market that is SETTLING ends. */
struct rk_cmd_settle {
	uint32_t market;
	rk_px price;
};

/* A dated future: SETTLING from this time on. */
struct rk_cmd_expiry {
	uint32_t market;
	int64_t time_ns; /* 0: never, a perpetual */
};

#endif

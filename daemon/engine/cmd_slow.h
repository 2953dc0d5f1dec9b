/*
 * The commands that make initial and withdrawal health slower to believe:
 * SLOW_PRICE (rules W1 to W6 of docs/engine.md) and COLLATERAL_SCALE (rules
 * W7 and W8). Part of cmd.h.
 */
#ifndef RK_ENGINE_CMD_SLOW_H
#define RK_ENGINE_CMD_SLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/cmd_listing.h"

#define RK_SLOW_DELAYS 24 /* intervals that the delayed price looks back */

/*
 * How fast the slow price of a slot follows its mark. The model, with its
 * defaults, is StablePriceModel of Mango v4
 * (blockworks-foundation/mango-v4, state/stable_price.rs).
 */
struct rk_slow_terms {
	int64_t interval_ns; /* 1 min to 7 days (1 h); 0: off, and all is 0 */
	rk_rate delay_limit; /* of the delayed price per interval, 0..1 (6 %) */
	rk_rate limit;       /* of the slow price per second, 0..1 (0.03 %) */
	int64_t min_ns;      /* between two moves, from 0 (10 s) */
	int64_t max_ns;      /* a longer gap counts as this much (10 min) */
};

void rk_slow_default(struct rk_slow_terms *ret_terms);
bool rk_slow_equal(const struct rk_slow_terms *a,
		   const struct rk_slow_terms *b);

struct rk_cmd_slow_price {
	uint32_t slot;
	struct rk_slow_terms terms;
	/*
	 * Of a market: the asset whose price it follows, so that a coin and
	 * what hedges it are counted at the same choice of prices. Empty: none
	 * but itself. An asset's own slot names nothing.
	 */
	char underlying[RK_NAME_SIZE];
	/* Begin anew from here; 0: go on, or begin with the next good mark. */
	rk_px start;
};

/*
 * From how much on, in USD, an asset counts for less and weighs for more: at
 * initial and withdrawal only. 0: however much there is.
 */
struct rk_collateral_scale {
	rk_usd held; /* by all accounts together */
	rk_usd owed;
};

struct rk_cmd_collateral_scale {
	char asset[RK_NAME_SIZE];
	struct rk_collateral_scale scale;
};

/* However much is owed in all, a debt weighs at most this many times more. */
#define RK_SCALE_MAX 1000000

#endif

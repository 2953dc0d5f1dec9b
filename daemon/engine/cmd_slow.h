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
 * How an asset counts for less, and weighs for more, the more there is of it.
 * held and owed: from how much on, in USD of all accounts together, at initial
 * and withdrawal only. size_factor: by the root of what the account itself has
 * of it, at all levels. 0: however much there is.
 */
struct rk_collateral_scale {
	rk_usd held;
	rk_usd owed;
	int64_t size_factor; /* 1e-18, 0..1 */
	rk_amt deposit_cap;  /* no DEPOSIT beyond it, of all held; 0: none */
};

bool rk_scale_equal(const struct rk_collateral_scale *a,
		    const struct rk_collateral_scale *b);

struct rk_cmd_collateral_scale {
	char asset[RK_NAME_SIZE];
	struct rk_collateral_scale scale;
};

/* However much is owed in all, a debt weighs at most this many times more. */
#define RK_SCALE_MAX 1000000
/* ... and never more than this, in 1e-9, whatever else makes it heavier. */
#define RK_LIABILITY_MOST INT64_C(2000000000000000)

#endif

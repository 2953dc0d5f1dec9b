/*
 * The commands about conversion: what is sold when losses have led to a debt,
 * and what was sold. Part of cmd.h.
 */
#ifndef RK_ENGINE_CMD_CONVERSION_H
#define RK_ENGINE_CMD_CONVERSION_H

#include <stdbool.h>

#include "engine/cmd_listing.h"

/* Id of a liquidation or conversion order: the command that caused it, and a
 * count. */
struct rk_order_id {
	uint64_t seq; /* 0: no order */
	uint32_t n;
};

/*
 * Terms of converting an asset (rules J2 to J4 of docs/engine.md). Losses of
 * one account may lead to a debt of auto_borrow; what is beyond it is paid by
 * selling other assets, down to repay_to.
 */
struct rk_conversion {
	bool enabled; /* false: neither converted nor sold, and all else is 0 */
	rk_amt auto_borrow; /* 0 or more */
	rk_amt repay_to;    /* 0..auto_borrow */
	rk_rate cost;       /* of the value, lost where this is sold; 0..1 */
	rk_rate band;       /* worst price where this is sold; above 0, below 1
			     */
};

struct rk_cmd_conversion {
	char asset[RK_NAME_SIZE];
	struct rk_conversion terms;
};

/* A fact: a venue took one asset of an account and gave another for it. */
struct rk_cmd_convert {
	uint64_t account;
	uint32_t venue;
	uint32_t sell;
	rk_amt sold; /* above 0 */
	uint32_t buy;
	rk_amt bought;            /* above 0, before the fee */
	rk_amt fee;               /* of what is bought; below 0 is a rebate */
	struct rk_order_id order; /* the conversion order this fills */
};

bool rk_conversion_equal(const struct rk_conversion *a,
			 const struct rk_conversion *b);

#endif

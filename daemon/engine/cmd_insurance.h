/*
 * The commands about insurance funds: what a fund pays and takes, and what the
 * operator puts into it. Part of cmd.h.
 */
#ifndef RK_ENGINE_CMD_INSURANCE_H
#define RK_ENGINE_CMD_INSURANCE_H

#include <stdbool.h>

#include "engine/cmd_listing.h"

/* Terms of the fund of an asset (rules U1 to U6 of docs/engine.md). */
struct rk_insurance_terms {
	rk_rate draw_cap; /* of the fund, per rolling hour; 0..1, 0: none */
	rk_rate liquidation_fee; /* of the value of a fill; 0..1, less than 1 */
	/*
	 * Of the fund: nothing of the asset is taken out of the house while
	 * bankrupt accounts owe more than that; 0..1, 0: no such gate.
	 */
	rk_rate withdrawal_gate;
};

struct rk_cmd_insurance {
	char asset[RK_NAME_SIZE];
	struct rk_insurance_terms terms;
};

/* The house puts money into the fund of an asset, or takes some out. */
struct rk_cmd_top_up {
	uint32_t asset;
	rk_amt amount; /* below 0: taken out; not 0 */
};

bool rk_insurance_equal(const struct rk_insurance_terms *a,
			const struct rk_insurance_terms *b);

/* Is a deficit too much for anything to be taken out of the house (U7)? */
bool rk_insurance_gates(const struct rk_insurance_terms *terms, rk_i128 fund,
			rk_i128 deficit);

#endif

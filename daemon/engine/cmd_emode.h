/*
 * EMODE: groups of assets that are worth more as collateral against debts in
 * each other (rules Q1 to Q5 of docs/engine.md). Part of cmd.h.
 */
#ifndef RK_ENGINE_CMD_EMODE_H
#define RK_ENGINE_CMD_EMODE_H

#include <stdbool.h>

#include "engine/cmd_listing.h"

#define RK_EMODE_GROUPS 32

/*
 * What one asset is in one group. Both off: it is not in the group, and the
 * group is gone with its last asset. What makes it count for less at
 * maintenance comes by the ramp of the asset (cmd_ramp.h).
 */
struct rk_emode {
	bool collateral;
	bool debt;
	/* As collateral against debts of the group only: 1 >= maintenance >=
	 * initial >= withdrawal >= 0; all 0 when it is no collateral of it. */
	rk_rate weight[RK_LEVELS];
};

bool rk_emode_equal(const struct rk_emode *a, const struct rk_emode *b);

struct rk_cmd_emode {
	char group[RK_NAME_SIZE];
	char asset[RK_NAME_SIZE];
	struct rk_emode entry;
};

#endif

/*
 * The commands that say how liquidation orders of a market follow each other,
 * and who executes one. Part of cmd.h.
 */
#ifndef RK_ENGINE_CMD_LIQUIDATION_H
#define RK_ENGINE_CMD_LIQUIDATION_H

#include <stdbool.h>

#include "engine/cmd_conversion.h"
#include "engine/cmd_listing.h"

#define RK_VOLATILITY_MAX (10 * RK_RATE_ONE)

/*
 * Terms of liquidation of a market (rules L13 to L18 of docs/engine.md). A
 * market is listed with stage 1 and all else 0: one order for all that is
 * wanted of a position, at the order_cooldown of RISK.
 */
struct rk_liquidation_terms {
	rk_rate stage;       /* of a position, per order; above 0, at most 1 */
	rk_usd stage_min;    /* notional: no stage is smaller; 0: any may be */
	int64_t cooldown_ns; /* between orders; 0: that of RISK */
	rk_rate volatility; /* per day, at most 10; 0: cooldown never shorter */
	rk_usd dust;        /* notional: no less is left over; 0: any may be */
	rk_usd velocity;    /* notional of orders in a minute; 0: any */
	int64_t claim_max_ns; /* of one claim of an order; 0: none may be */
};

struct rk_cmd_liquidation {
	char market[RK_NAME_SIZE];
	struct rk_liquidation_terms terms;
};

/* A liquidator executes an order alone for a while (rule L18). */
struct rk_cmd_claim {
	struct rk_order_id order;
	uint32_t venue;      /* the liquidator's, as its fills carry it */
	int64_t duration_ns; /* at most claim_max of the market; 0: it ends */
};

bool rk_liquidation_terms_equal(const struct rk_liquidation_terms *a,
				const struct rk_liquidation_terms *b);

/* Those that a market is listed with. */
bool rk_liquidation_terms_usual(const struct rk_liquidation_terms *terms);

#endif

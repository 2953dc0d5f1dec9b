/*
 * What a command changes of assets, markets and groups, in the words of
 * markets.json.
 */
#ifndef RK_OPS_MARKETS_DIFF_H
#define RK_OPS_MARKETS_DIFF_H

#include "engine/cmd.h"
#include "ops/difference.h"

/* Decimals of what the command names. */
struct rk_markets_decimals {
	uint8_t amount; /* of an asset */
	uint8_t size;   /* of a market */
};

/*
 * Fields by which after differs from before, a command that says what there is
 * now; NULL: there is nothing of it yet. Of listings, terms of all kinds,
 * groups, ramps, states and expiries; other types have no fields.
 */
void rk_markets_diff(const struct rk_cmd *before, const struct rk_cmd *after,
		     struct rk_markets_decimals decimals,
		     const struct rk_difference_listener *listener);

#endif

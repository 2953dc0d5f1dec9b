/*
 * A file with some of the keys of a market of markets.json: what is to be
 * another than it is, for whoever asks what would come of it.
 */
#ifndef RK_OPS_MARKETS_CHANGE_H
#define RK_OPS_MARKETS_CHANGE_H

#include "engine/cmd.h"

struct rk_error;

struct rk_markets_change {
	struct rk_cmd_market listing; /* as it is, then as it is to be */
	struct rk_margin_terms margin;
	bool listing_told; /* the file has something of it */
	bool margin_told;
};

/*
 * Keys: lot, position_max, close_cost, taker_fee, maker_fee, brackets, margin.
 * 0, or -EINVAL or -errno with *error.
 */
int rk_markets_load_change(const char *path, struct rk_markets_change *change,
			   struct rk_error *error);

#endif

/*
 * What is traded: markets.json, read with jansson into commands.
 *
 * The schema is in riskd.conf(5) and versioned by the key "schema"; it
 * will serve offline books as well. A list that is accepted here is accepted
 * by the engine (rule N6 of docs/engine.md), as the engine's own checks
 * decide.
 */
#ifndef RK_OPS_MARKETS_H
#define RK_OPS_MARKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/cmd.h"

struct rk_error;

#define RK_MARKETS_SCHEMA   1
#define RK_MARKETS_FILE_MAX (16 << 20) /* bytes */
#define RK_MARKETS_LIST_MAX 4096       /* assets, and markets */

/* How slowly a price follows its mark, and what a market's price follows. */
struct rk_markets_slow {
	struct rk_slow_terms terms;    /* interval 0: no slow price */
	char underlying[RK_NAME_SIZE]; /* of a market; empty: none */
};

/* What the file says of it; 0: nothing, and it stays as it is. */
struct rk_markets_life {
	enum rk_market_state state;
	int64_t expiry_ns;
};

/* How long changes take that make maintenance worse, if the file says so. */
struct rk_markets_ramp {
	bool told;
	struct rk_ramp ramp; /* a step of 0: that which is meant by it */
};

/* In the order of the file: that is the order of their ids. */
struct rk_markets {
	uint32_t assets_n;
	uint32_t markets_n;
	struct rk_cmd_asset *assets;
	struct rk_collateral *collateral;     /* of each asset */
	struct rk_lending *lending;           /* of each asset */
	struct rk_conversion *conversion;     /* of each asset */
	struct rk_insurance_terms *insurance; /* of each asset */
	struct rk_vault_terms *vault;         /* of each asset */
	struct rk_collateral_scale *scales;
	struct rk_markets_slow *asset_slow;
	struct rk_markets_ramp *asset_ramps;
	struct rk_cmd_market *markets;
	struct rk_funding *funding;     /* of each market; interval 0: none */
	struct rk_margin_terms *margin; /* of each market; all 0: none */
	struct rk_liquidation_terms *liquidation; /* of each market */
	struct rk_takeover_terms *takeover;       /* of each market */
	struct rk_markets_life *life;             /* of each market */
	struct rk_markets_slow *market_slow;
	struct rk_markets_ramp *market_ramps;
	uint32_t emodes_n;
	struct rk_cmd_emode *emodes; /* group by group, an asset in it each */
};

/*
 * Read a list. name stands for the text in messages.
 *
 * On success *ret_markets is owned by the caller: release with
 * rk_markets_free(). Returns 0, -EINVAL when the content is wrong, or -errno;
 * error then holds "file: $.path = value: what would be right".
 */
int rk_markets_load(const char *path, struct rk_markets **ret_markets,
		    struct rk_error *error);
int rk_markets_parse(const char *text, size_t size, const char *name,
		     struct rk_markets **ret_markets, struct rk_error *error);

/* Takes NULL. */
void rk_markets_free(struct rk_markets *markets);

/* Do they fit the limits of riskd.conf? 0, or -ENOSPC and the reason. */
int rk_markets_fit(const struct rk_markets *markets,
		   const struct rk_cmd_limits *limits, struct rk_error *error);

#endif

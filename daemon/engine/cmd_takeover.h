/*
 * The commands about the backstop vault: how much it may lose, what it has,
 * and what it takes over. Part of cmd.h.
 */
#ifndef RK_ENGINE_CMD_TAKEOVER_H
#define RK_ENGINE_CMD_TAKEOVER_H

#include <stdbool.h>

#include "engine/cmd_listing.h"

/*
 * What the vault may lose in the markets that settle in an asset, as shares of
 * its capital there (rules Z1 to Z9 of docs/engine.md). All 0: it takes
 * nothing over.
 */
struct rk_vault_terms {
	rk_rate event_budget; /* in one market, since it was empty; 0..1 */
	rk_rate hour_budget;  /* in all of them, per rolling hour; 0..1 */
};

struct rk_cmd_vault {
	char asset[RK_NAME_SIZE];
	struct rk_vault_terms terms;
};

/* When the vault takes positions of a market over, and at what price. */
struct rk_takeover_terms {
	bool enabled; /* false: all below is 0 */
	rk_rate at; /* of R: below it equity calls for takeover; 0 < at <= 1 */
	rk_rate concession_max; /* of the value, to the vault; 0..1, less than 1
				 */
	rk_usd vault_max;       /* notional that the vault may come to hold */
	/* So many expire unfilled, since the last fill, before; 0: never. */
	uint8_t stages;
};

#define RK_TAKEOVER_STAGES_MAX 100

struct rk_cmd_takeover {
	char market[RK_NAME_SIZE];
	struct rk_takeover_terms terms;
};

bool rk_vault_equal(const struct rk_vault_terms *a,
		    const struct rk_vault_terms *b);
bool rk_takeover_equal(const struct rk_takeover_terms *a,
		       const struct rk_takeover_terms *b);

#endif

/*
 * Listings and terms that are only supposed: copies of those of the engine in
 * memory of the caller's, changed by the same checks and arithmetic as the
 * commands. What is supposed is in force at once, also where a ramp leads to it
 * already: that ramp is over, and each value given is in force. But for two
 * that cannot be told apart from what is in force: a size factor which is that
 * at maintenance, and a form of a market (form.h) which is that its ramp leads
 * to, leave the ramp on its way. rk_supposed_ramps_end() ends it.
 */
#ifndef RK_ENGINE_SUPPOSE_TERMS_H
#define RK_ENGINE_SUPPOSE_TERMS_H

#include <stddef.h>

#include "engine/cmd.h"

struct rk_asset;
struct rk_engine;
struct rk_market;

#define RK_SUPPOSED_TERMS_MAX 64 /* assets, and markets, that are changed */

/* Lives until the next command, and as long as its memory does. */
struct rk_supposed_terms {
	const struct rk_engine *engine;
	struct rk_asset *assets;
	struct rk_market *markets;
	struct rk_cmd_risk risk;
	char emode_groups[RK_EMODE_GROUPS][RK_NAME_SIZE];
	bool all_changed;
	uint32_t assets_changed[RK_SUPPOSED_TERMS_MAX];
	uint32_t assets_n;
	uint32_t markets_changed[RK_SUPPOSED_TERMS_MAX];
	uint32_t markets_n;
};

/* How much memory it takes: copies of all that is listed. */
size_t rk_supposed_terms_size(const struct rk_engine *engine);

/* As they are now. memory is aligned as that of malloc(), and borrowed. */
void rk_supposed_terms_init(struct rk_supposed_terms *terms,
			    const struct rk_engine *engine, void *memory);

/* As they are now, once more. */
void rk_supposed_terms_reset(struct rk_supposed_terms *terms);

/* All ramps that run have ended, of what is as it is or was supposed. */
void rk_supposed_ramps_end(struct rk_supposed_terms *terms);

/*
 * Each supposes something more. 0; or RK_REJ_NO_ASSET, RK_REJ_NO_MARKET,
 * RK_REJ_MARKET_CLOSED; RK_REJ_BAD_PARAM, and *ret_field names what cannot
 * work; RK_REJ_CAPACITY beyond RK_SUPPOSED_TERMS_MAX. Then nothing has
 * changed.
 */
int rk_supposed_collateral(struct rk_supposed_terms *terms, uint32_t asset,
			   const struct rk_collateral *collateral,
			   const char **ret_field);
int rk_supposed_scale(struct rk_supposed_terms *terms, uint32_t asset,
		      const struct rk_collateral_scale *scale,
		      const char **ret_field);
/*
 * lot, position_max, close_cost, taker_fee, maker_fee and brackets of a
 * listing; no other field.
 */
int rk_supposed_market(struct rk_supposed_terms *terms, uint32_t market,
		       const struct rk_cmd_market *listing,
		       const char **ret_field);
int rk_supposed_margin(struct rk_supposed_terms *terms, uint32_t market,
		       const struct rk_margin_terms *margin,
		       const char **ret_field);
/* want->asset is not read. RK_REJ_BAD_NAME; RK_REJ_CAPACITY as well (Q1). */
int rk_supposed_emode(struct rk_supposed_terms *terms, uint32_t asset,
		      const struct rk_cmd_emode *want, const char **ret_field);
int rk_supposed_risk(struct rk_supposed_terms *terms,
		     const struct rk_cmd_risk *risk, const char **ret_field);

#endif

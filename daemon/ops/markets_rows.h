/*
 * Rows of markets.json: one asset, what it counts for, one market with its
 * contract, brackets, funding and margin terms, how slow prices are. Inside
 * ops.
 */
#ifndef RK_OPS_MARKETS_ROWS_H
#define RK_OPS_MARKETS_ROWS_H

#include "ops/json.h"

struct rk_cmd_asset;
struct rk_cmd_market;
struct rk_collateral;
struct rk_collateral_scale;
struct rk_conversion;
struct rk_funding;
struct rk_insurance_terms;
struct rk_lending;
struct rk_liquidation_terms;
struct rk_margin_terms;
struct rk_takeover_terms;
struct rk_vault_terms;
struct rk_markets;
struct rk_markets_life;
struct rk_markets_ramp;
struct rk_markets_slow;

/*
 * Read object, where json stands, into a zeroed row. before holds the rows
 * read so far, for names that are taken or referred to. Returns 0, or -EINVAL
 * after setting the error of json.
 */
int rk_markets_read_asset(struct rk_json *json, json_t *object,
			  const struct rk_markets *before,
			  struct rk_cmd_asset *asset);

/* The terms that the object of an asset holds, or those of one without. */
int rk_markets_read_collateral(struct rk_json *json, const json_t *asset,
			       struct rk_collateral *terms);

int rk_markets_read_market(struct rk_json *json, json_t *object,
			   const struct rk_markets *before,
			   struct rk_cmd_market *market);

/*
 * Those of lot, position_max, close_cost, taker_fee, maker_fee and brackets
 * that the object has.
 */
int rk_markets_read_change(struct rk_json *json, const json_t *object,
			   struct rk_cmd_market *market);

/*
 * Contract, multiplier and price_min of the object of a market whose decimals
 * are read already, or those of one without.
 */
int rk_markets_read_contract(struct rk_json *json, const json_t *object,
			     struct rk_cmd_market *market);

/* The terms of lending that the object of an asset holds, or none. */
int rk_markets_read_lending(struct rk_json *json, const json_t *object,
			    const struct rk_cmd_asset *asset,
			    struct rk_lending *terms);

/* The terms of conversion that the object of an asset holds, or none. */
int rk_markets_read_conversion(struct rk_json *json, const json_t *object,
			       const struct rk_cmd_asset *asset,
			       struct rk_conversion *terms);

/* The terms of the insurance fund that the object of an asset holds. */
int rk_markets_read_insurance(struct rk_json *json, const json_t *object,
			      struct rk_insurance_terms *terms);

/* What the vault may lose in an asset, and what it takes over of a market. */
int rk_markets_read_vault(struct rk_json *json, const json_t *object,
			  struct rk_vault_terms *terms);
int rk_markets_read_takeover(struct rk_json *json, const json_t *market,
			     struct rk_takeover_terms *terms);

/* The terms that the object of a market holds, or those of one without. */
int rk_markets_read_funding(struct rk_json *json, const json_t *market,
			    struct rk_funding *terms);

/* The same of what bears on its margin. */
int rk_markets_read_margin(struct rk_json *json, const json_t *market,
			   uint8_t size_decimals,
			   struct rk_margin_terms *terms);

/* How its liquidation orders follow each other. */
int rk_markets_read_liquidation(struct rk_json *json, const json_t *market,
				struct rk_liquidation_terms *terms);

/* How slow the price of an asset or market is, or terms of one that is not. */
int rk_markets_read_slow(struct rk_json *json, const json_t *object,
			 struct rk_markets_slow *slow);

/* The ramp of an asset or market, if the file says any. */
int rk_markets_read_ramp(struct rk_json *json, const json_t *object,
			 struct rk_markets_ramp *ramp);

/* The asset that the price of a market follows, one of before. */
int rk_markets_read_underlying(struct rk_json *json, const json_t *market,
			       const struct rk_markets *before,
			       struct rk_markets_slow *slow);

/*
 * Of the object "collateral" of an asset whose decimals are read already: how
 * it counts for less the more there is, and how much may be deposited.
 */
int rk_markets_read_scale(struct rk_json *json, const json_t *object,
			  const struct rk_cmd_asset *asset,
			  struct rk_collateral_scale *scale);

/* Their keys in that object. */
#define RK_SCALE_HELD  "scale_held"
#define RK_SCALE_OWED  "scale_owed"
#define RK_SIZE_FACTOR "size_factor"
#define RK_DEPOSIT_CAP "deposit_cap"

/* The groups of the whole file, once its assets are read. */
int rk_markets_read_emode(struct rk_json *json, const json_t *root,
			  struct rk_markets *markets);

/* Its kind's expiry, and its state, as far as the file says. */
int rk_markets_read_life(struct rk_json *json, const json_t *market,
			 struct rk_markets_life *life);

/* Rule N6: -EINVAL after telling what bounds the position. */
int rk_markets_refuse_value(struct rk_json *json, const json_t *object,
			    const struct rk_cmd_market *market,
			    const char *field);

/* What would be right, wherever it is found. */
#define RK_MULTIPLIER_NEED                                                     \
	"must be above 0 and at most 1099511627776 of its last decimal"
#define RK_PRICE_MIN_NEED "must be above 0 and at most price_max"

#endif

/*
 * Rows of markets.json: one asset, what it counts for, one market with its
 * contract, brackets and funding. Inside ops.
 */
#ifndef RK_OPS_MARKETS_ROWS_H
#define RK_OPS_MARKETS_ROWS_H

#include "ops/json.h"

struct rk_cmd_asset;
struct rk_cmd_market;
struct rk_collateral;
struct rk_funding;
struct rk_markets;

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
 * Contract, multiplier and price_min of the object of a market whose decimals
 * are read already, or those of one without.
 */
int rk_markets_read_contract(struct rk_json *json, const json_t *object,
			     struct rk_cmd_market *market);

/* The terms that the object of a market holds, or those of one without. */
int rk_markets_read_funding(struct rk_json *json, const json_t *market,
			    struct rk_funding *terms);

/* Rule N6: -EINVAL after telling what bounds the position. */
int rk_markets_refuse_value(struct rk_json *json, const json_t *object,
			    const struct rk_cmd_market *market,
			    const char *field);

/* What would be right, wherever it is found. */
#define RK_MULTIPLIER_NEED                                                     \
	"must be above 0 and at most 1099511627776 of its last decimal"
#define RK_PRICE_MIN_NEED "must be above 0 and at most price_max"

#endif

/*
 * Reading markets.json. See markets.h.
 */
#include "ops/markets.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "ops/error.h"
#include "ops/file.h"
#include "ops/json.h"
#include "ops/markets_rows.h"

/* The list key, at most RK_MARKETS_LIST_MAX long. */
static int open_list(struct rk_json *json, const json_t *root, const char *key,
		     const json_t **ret_list)
{
	char need[64];
	int r = rk_json_list(json, root, key, ret_list);

	if (r < 0)
		return r;
	if (json_array_size(*ret_list) > RK_MARKETS_LIST_MAX) {
		snprintf(need, sizeof(need), "must list at most %d",
			 RK_MARKETS_LIST_MAX);
		return rk_json_fail(json, root, key, need);
	}
	return 0;
}

static int read_assets(struct rk_json *json, const json_t *list,
		       struct rk_markets *markets)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *asset = json_array_get(list, i);
		int r;

		rk_json_enter(json, "assets", i);
		r = rk_markets_read_asset(json, asset, markets,
					  &markets->assets[i]);
		if (r == 0)
			r = rk_markets_read_collateral(json, asset,
						       &markets->collateral[i]);
		if (r == 0)
			r = rk_markets_read_lending(json, asset,
						    &markets->assets[i],
						    &markets->lending[i]);
		if (r == 0)
			r = rk_markets_read_conversion(json, asset,
						       &markets->assets[i],
						       &markets->conversion[i]);
		if (r == 0)
			r = rk_markets_read_insurance(json, asset,
						      &markets->insurance[i]);
		if (r == 0)
			r = rk_markets_read_vault(json, asset,
						  &markets->vault[i]);
		if (r == 0)
			r = rk_markets_read_scale(json, asset,
						  &markets->assets[i],
						  &markets->scales[i]);
		if (r == 0)
			r = rk_markets_read_slow(json, asset,
						 &markets->asset_slow[i]);
		if (r == 0)
			r = rk_markets_read_ramp(json, asset,
						 &markets->asset_ramps[i]);
		if (r < 0)
			return r;
		markets->assets_n++;
		rk_json_leave(json);
	}
	return 0;
}

static int read_markets(struct rk_json *json, const json_t *list,
			struct rk_markets *markets)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *market = json_array_get(list, i);
		int r;

		rk_json_enter(json, "markets", i);
		r = rk_markets_read_market(json, market, markets,
					   &markets->markets[i]);
		if (r == 0)
			r = rk_markets_read_funding(json, market,
						    &markets->funding[i]);
		if (r == 0)
			r = rk_markets_read_margin(
				json, market, markets->markets[i].size_decimals,
				&markets->margin[i]);
		if (r == 0)
			r = rk_markets_read_liquidation(
				json, market, &markets->liquidation[i]);
		if (r == 0)
			r = rk_markets_read_takeover(json, market,
						     &markets->takeover[i]);
		if (r == 0)
			r = rk_markets_read_life(json, market,
						 &markets->life[i]);
		if (r == 0)
			r = rk_markets_read_slow(json, market,
						 &markets->market_slow[i]);
		if (r == 0)
			r = rk_markets_read_ramp(json, market,
						 &markets->market_ramps[i]);
		if (r == 0)
			r = rk_markets_read_underlying(
				json, market, markets,
				&markets->market_slow[i]);
		if (r < 0)
			return r;
		markets->markets_n++;
		rk_json_leave(json);
	}
	return 0;
}

/* One more than needed, as nobody promises what calloc(0) gives. */
static bool have_room(struct rk_markets *markets, size_t assets_n,
		      size_t markets_n)
{
	assets_n++;
	markets_n++;
	markets->assets = calloc(assets_n, sizeof(*markets->assets));
	markets->collateral = calloc(assets_n, sizeof(*markets->collateral));
	markets->lending = calloc(assets_n, sizeof(*markets->lending));
	markets->conversion = calloc(assets_n, sizeof(*markets->conversion));
	markets->insurance = calloc(assets_n, sizeof(*markets->insurance));
	markets->vault = calloc(assets_n, sizeof(*markets->vault));
	markets->scales = calloc(assets_n, sizeof(*markets->scales));
	markets->asset_slow = calloc(assets_n, sizeof(*markets->asset_slow));
	markets->markets = calloc(markets_n, sizeof(*markets->markets));
	markets->funding = calloc(markets_n, sizeof(*markets->funding));
	markets->margin = calloc(markets_n, sizeof(*markets->margin));
	markets->liquidation = calloc(markets_n, sizeof(*markets->liquidation));
	markets->takeover = calloc(markets_n, sizeof(*markets->takeover));
	markets->life = calloc(markets_n, sizeof(*markets->life));
	markets->market_slow = calloc(markets_n, sizeof(*markets->market_slow));
	markets->asset_ramps = calloc(assets_n, sizeof(*markets->asset_ramps));
	markets->market_ramps =
		calloc(markets_n, sizeof(*markets->market_ramps));
	return markets->assets && markets->collateral && markets->lending &&
	       markets->conversion && markets->insurance && markets->vault &&
	       markets->takeover && markets->scales && markets->asset_slow &&
	       markets->markets && markets->funding && markets->margin &&
	       markets->liquidation && markets->life && markets->market_slow &&
	       markets->asset_ramps && markets->market_ramps;
}

static int read_root(struct rk_json *json, json_t *root,
		     struct rk_markets *markets)
{
	static const char *const keys[] = {"schema", "assets", "markets",
					   "emode", NULL};
	const json_t *schema = json_object_get(root, "schema");
	const json_t *assets;
	const json_t *list;
	int r = rk_json_only(json, root, keys);

	if (r < 0)
		return r;
	if (!json_is_integer(schema) ||
	    json_integer_value(schema) != RK_MARKETS_SCHEMA)
		return rk_json_fail(json, root, "schema",
				    "must be 1, the only version there is");
	r = open_list(json, root, "assets", &assets);
	if (r < 0)
		return r;
	r = open_list(json, root, "markets", &list);
	if (r < 0)
		return r;
	if (!have_room(markets, json_array_size(assets),
		       json_array_size(list))) {
		rk_error_set(json->error, "%s: out of memory", json->file);
		return -ENOMEM;
	}

	r = read_assets(json, assets, markets);
	if (r == 0)
		r = rk_markets_read_emode(json, root, markets);
	return r < 0 ? r : read_markets(json, list, markets);
}

int rk_markets_parse(const char *text, size_t size, const char *name,
		     struct rk_markets **ret_markets, struct rk_error *error)
{
	struct rk_json json = {.file = name, .error = error};
	struct rk_markets *markets = NULL;
	json_t *root = NULL;
	int r = rk_json_parse(&json, text, size, &root);

	if (r < 0)
		return r;

	markets = calloc(1, sizeof(*markets));
	if (!markets) {
		rk_error_set(error, "%s: out of memory", name);
		r = -ENOMEM;
		goto fail;
	}
	r = read_root(&json, root, markets);
	if (r < 0)
		goto fail;

	json_decref(root);
	*ret_markets = markets;
	return 0;

fail:
	json_decref(root);
	rk_markets_free(markets);
	return r;
}

int rk_markets_load(const char *path, struct rk_markets **ret_markets,
		    struct rk_error *error)
{
	char *text;
	size_t size;
	int r = rk_file_read(path, RK_MARKETS_FILE_MAX, &text, &size, error);

	if (r < 0)
		return r;
	r = rk_markets_parse(text, size, path, ret_markets, error);
	free(text);
	return r;
}

void rk_markets_free(struct rk_markets *markets)
{
	if (!markets)
		return;
	free(markets->assets);
	free(markets->collateral);
	free(markets->lending);
	free(markets->conversion);
	free(markets->insurance);
	free(markets->vault);
	free(markets->scales);
	free(markets->asset_slow);
	free(markets->markets);
	free(markets->funding);
	free(markets->margin);
	free(markets->liquidation);
	free(markets->takeover);
	free(markets->market_slow);
	free(markets->emodes);
	free(markets->life);
	free(markets->asset_ramps);
	free(markets->market_ramps);
	free(markets);
}

int rk_markets_fit(const struct rk_markets *markets,
		   const struct rk_cmd_limits *limits, struct rk_error *error)
{
	if (markets->assets_n > limits->assets_max) {
		rk_error_set(error,
			     "limits.assets = %" PRIu32
			     ": must be at least %" PRIu32
			     ", the number of assets",
			     limits->assets_max, markets->assets_n);
		return -ENOSPC;
	}
	if (markets->markets_n > limits->markets_max) {
		rk_error_set(error,
			     "limits.markets = %" PRIu32
			     ": must be at least %" PRIu32
			     ", the number of markets",
			     limits->markets_max, markets->markets_n);
		return -ENOSPC;
	}
	return 0;
}

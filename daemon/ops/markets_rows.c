/*
 * Reading one asset or one market. See markets_rows.h.
 *
 * Forms are judged here, with the place and the value at hand; whether the
 * figures can work together is left to the engine's own checks.
 */
#include "ops/markets_rows.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/listing.h"
#include "engine/rc.h"
#include "ops/json.h"
#include "ops/markets.h"
#include "ops/markets_need.h"

#define RATE_DECIMALS 9

/* Of a fixed price, when the file does not say. */
#define FIXED_PRICE_DECIMALS 8

#define PRICE_MAX_NEED                                                         \
	"must be above 0 and at most 4611686018427387904 of its last decimal"

/* What the engine wants of each field that its checks may name. */
struct need {
	const char *field;
	const char *text;
};

static const struct need asset_needs[] = {
	{"fixed_price", "must be above 0"},
	{"price_max", PRICE_MAX_NEED},
	{"price_age_max", "must be above 0 and at most 3652d"},
	{NULL, "must be something else"},
};

static const struct need market_needs[] = {
	{"price_max", PRICE_MAX_NEED},
	{"position_max",
	 "must be above 0, at most 2305843009213693952 of its last decimal, "
	 "and "
	 "at price_max (an inverse: price_min) be worth at most "
	 "1152921504606846976 of the settle asset's last decimal, and of 1e-8 "
	 "USD"},
	{"lot", "must be above 0 and at most position_max"},
	{"price_age_max", "must be above 0 and at most 3652d"},
	{"close_cost", "must be from 0 to below 1"},
	{"taker_fee", "must be from 0 to below 1"},
	{"maker_fee", "must be from above -1 (a rebate) to below 1"},
	{"multiplier", RK_MULTIPLIER_NEED},
	{"price_min", RK_PRICE_MIN_NEED},
	{NULL, "must be something else"},
};

static const struct need bracket_needs[] = {
	{"floor", "must be above the floor of the bracket before"},
	{"maintenance", "must be from 0 to initial, and not below that of the "
			"bracket before"},
	{"initial", "must be above 0, at most 1, and not below that of the "
		    "bracket before"},
	{"max_leverage",
	 "must be at least 1, and not above that of the bracket before"},
	{NULL, "must be something else"},
};

static const char *need_of(const struct need *needs, const char *field)
{
	while (needs->field && strcmp(needs->field, field) != 0)
		needs++;
	return needs->text;
}

static int read_name(struct rk_json *json, const json_t *object,
		     const char *key, char ret_name[RK_NAME_SIZE])
{
	char name[RK_NAME_SIZE] = "";
	const char *text;
	int r = rk_json_string(json, object, key, &text);

	if (r < 0)
		return r;
	/* A name without its ending zero is refused by the engine's check. */
	memcpy(name, text, strnlen(text, sizeof(name)));
	if (rk_listing_check_name(name) != RK_OK)
		return rk_json_fail(json, object, key,
				    rk_rc_text(RK_REJ_BAD_NAME));
	memcpy(ret_name, name, sizeof(name));
	return 0;
}

/* An asset has a fixed price, or a slot with all that a slot needs. */
static int read_asset_price(struct rk_json *json, const json_t *object,
			    struct rk_cmd_asset *asset)
{
	static const char *const slot_keys[] = {"price_max", "price_age_max"};
	int r;

	if (!rk_json_has(object, "fixed_price")) {
		r = rk_json_places(json, object, "price_decimals",
				   RK_DECIMALS_MAX, &asset->price_decimals);
		if (r < 0)
			return r;
		r = rk_json_decimal(json, object, "price_max",
				    asset->price_decimals,
				    &asset->price_max.raw);
		if (r < 0)
			return r;
		return rk_json_duration(json, object, "price_age_max",
					&asset->price_age_max_ns);
	}

	for (size_t i = 0; i < sizeof(slot_keys) / sizeof(slot_keys[0]); i++)
		if (rk_json_has(object, slot_keys[i]))
			return rk_json_fail(json, object, slot_keys[i],
					    "must be left out, as the asset "
					    "has a fixed_price");

	asset->price_decimals = FIXED_PRICE_DECIMALS;
	if (rk_json_has(object, "price_decimals")) {
		r = rk_json_places(json, object, "price_decimals",
				   RK_DECIMALS_MAX, &asset->price_decimals);
		if (r < 0)
			return r;
	}
	r = rk_json_decimal(json, object, "fixed_price", asset->price_decimals,
			    &asset->fixed_price.raw);
	if (r < 0)
		return r;
	/* 0 means to the engine that there is none. */
	if (asset->fixed_price.raw <= 0)
		return rk_json_fail(json, object, "fixed_price",
				    need_of(asset_needs, "fixed_price"));
	return 0;
}

int rk_markets_read_asset(struct rk_json *json, json_t *object,
			  const struct rk_markets *before,
			  struct rk_cmd_asset *asset)
{
	static const char *const keys[] = {
		"name",        "decimals",   "price_decimals",
		"fixed_price", "price_max",  "price_age_max",
		"collateral",  "slow_price", "lending",
		"conversion",  "insurance",  "ramp",
		"vault",       NULL,
	};
	const char *field;
	int r = rk_json_only(json, object, keys);

	if (r < 0)
		return r;
	r = read_name(json, object, "name", asset->name);
	if (r < 0)
		return r;
	for (uint32_t i = 0; i < before->assets_n; i++)
		if (strcmp(before->assets[i].name, asset->name) == 0)
			return rk_json_fail(json, object, "name",
					    "must be another name: an asset "
					    "before has it");
	r = rk_json_places(json, object, "decimals", RK_ASSET_DECIMALS_MAX,
			   &asset->decimals);
	if (r < 0)
		return r;
	r = read_asset_price(json, object, asset);
	if (r < 0)
		return r;
	if (rk_listing_check_asset(asset, &field) != RK_OK)
		return rk_json_fail(json, object, field,
				    need_of(asset_needs, field));
	return 0;
}

/* num / den, rounded up, both above 0: margin is never less than asked. */
static int64_t ratio_up(rk_i128 num, rk_i128 den)
{
	return (int64_t)((num + den - 1) / den);
}

/* Initial margin 1/L, maintenance half of it. */
static int read_leverage(struct rk_json *json, const json_t *object,
			 struct rk_bracket *bracket)
{
	static const char *const others[] = {"maintenance", "initial"};
	rk_i128 one = (rk_i128)RK_RATE_ONE * RK_RATE_ONE;
	int64_t leverage;
	int r;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (rk_json_has(object, others[i]))
			return rk_json_fail(json, object, others[i],
					    "must be left out, as max_leverage "
					    "gives it");

	r = rk_json_decimal(json, object, "max_leverage", RATE_DECIMALS,
			    &leverage);
	if (r < 0)
		return r;
	if (leverage < RK_RATE_ONE)
		return rk_json_fail(json, object, "max_leverage",
				    need_of(bracket_needs, "max_leverage"));

	bracket->initial.raw = ratio_up(one, leverage);
	bracket->maintenance.raw = ratio_up(one, 2 * (rk_i128)leverage);
	return 0;
}

static int read_bracket(struct rk_json *json, json_t *object,
			struct rk_bracket *bracket)
{
	static const char *const keys[] = {
		"floor", "maintenance", "initial", "max_leverage", NULL,
	};
	int r = rk_json_only(json, object, keys);

	if (r < 0)
		return r;
	r = rk_json_decimal(json, object, "floor", RK_USD_DECIMALS,
			    &bracket->floor.raw);
	if (r < 0)
		return r;
	if (rk_json_has(object, "max_leverage"))
		return read_leverage(json, object, bracket);
	r = rk_json_decimal(json, object, "maintenance", RATE_DECIMALS,
			    &bracket->maintenance.raw);
	if (r < 0)
		return r;
	r = rk_json_decimal(json, object, "initial", RATE_DECIMALS,
			    &bracket->initial.raw);
	if (r < 0)
		return r;
	/* The engine can do without margin. Nobody who writes a file wants it.
	 */
	if (bracket->initial.raw <= 0)
		return rk_json_fail(json, object, "initial",
				    need_of(bracket_needs, "initial"));
	return 0;
}

static int bracket_fails(struct rk_json *json, const json_t *object,
			 uint32_t index, const char *field)
{
	if (index == 0 && strcmp(field, "brackets[0].floor") == 0)
		return rk_json_fail(json, object, "floor",
				    "must be \"0\" in the first bracket");
	if (rk_json_has(object, "max_leverage") && strcmp(field, "floor") != 0)
		field = "max_leverage";
	return rk_json_fail(json, object, field, need_of(bracket_needs, field));
}

static int read_brackets(struct rk_json *json, const json_t *object,
			 struct rk_cmd_market *market)
{
	const json_t *list;
	const char *field;
	char need[64];
	int r = rk_json_list(json, object, "brackets", &list);

	if (r < 0)
		return r;
	if (json_array_size(list) < 1 ||
	    json_array_size(list) > RK_BRACKETS_MAX) {
		snprintf(need, sizeof(need), "must list 1 to %d brackets",
			 RK_BRACKETS_MAX);
		return rk_json_fail(json, object, "brackets", need);
	}

	/*
	 * The engine's check names a field but no bracket; asked after each
	 * one it can only mean the last.
	 */
	for (uint32_t k = 0; k < json_array_size(list); k++) {
		json_t *element = json_array_get(list, k);

		rk_json_enter(json, "brackets", k);
		r = read_bracket(json, element, &market->brackets[k]);
		if (r < 0)
			return r;
		market->brackets_n = k + 1;
		if (rk_listing_check_market(market, NULL, &field) != RK_OK)
			return bracket_fails(json, element, k, field);
		rk_json_leave(json);
	}
	return 0;
}

/* Those of a listing that may be left out, and then stay as they are. */
static int read_fees(struct rk_json *json, const json_t *object,
		     struct rk_cmd_market *market)
{
	int r = 0;

	if (rk_json_has(object, "taker_fee"))
		r = rk_json_decimal(json, object, "taker_fee", RATE_DECIMALS,
				    &market->taker_fee.raw);
	if (r == 0 && rk_json_has(object, "maker_fee"))
		r = rk_json_decimal(json, object, "maker_fee", RATE_DECIMALS,
				    &market->maker_fee.raw);
	return r;
}

/* Everything but names, contract and brackets, checked with the contract. */
static int read_figures(struct rk_json *json, const json_t *object,
			struct rk_cmd_market *market)
{
	const struct {
		const char *key;
		uint8_t decimals;
		int64_t *to;
	} rows[] = {
		{"lot", market->size_decimals, &market->lot.raw},
		{"price_max", market->price_decimals, &market->price_max.raw},
		{"position_max", market->size_decimals,
		 &market->position_max.raw},
		{"close_cost", RATE_DECIMALS, &market->close_cost.raw},
	};
	const char *field;
	int r;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		r = rk_json_decimal(json, object, rows[i].key, rows[i].decimals,
				    rows[i].to);
		if (r < 0)
			return r;
	}
	r = rk_json_duration(json, object, "price_age_max",
			     &market->price_age_max_ns);
	if (r < 0)
		return r;
	r = read_fees(json, object, market);
	if (r < 0)
		return r;

	/* With a bracket that is right, only the figures can be wrong. */
	market->brackets_n = 1;
	market->brackets[0] =
		(struct rk_bracket){{0}, {RK_RATE_ONE}, {RK_RATE_ONE}};
	if (rk_listing_check_market(market, NULL, &field) != RK_OK)
		return rk_json_fail(json, object, field,
				    need_of(market_needs, field));
	return 0;
}

/* Names of the market: its own, its kind, its settle asset. */
static int read_names(struct rk_json *json, const json_t *object,
		      const struct rk_markets *before,
		      struct rk_cmd_market *market,
		      const struct rk_cmd_asset **ret_settle)
{
	const char *kind;
	int r = read_name(json, object, "name", market->name);

	if (r < 0)
		return r;
	for (uint32_t i = 0; i < before->markets_n; i++)
		if (strcmp(before->markets[i].name, market->name) == 0)
			return rk_json_fail(json, object, "name",
					    "must be another name: a market "
					    "before has it");

	r = rk_json_string(json, object, "kind", &kind);
	if (r < 0)
		return r;
	if (strcmp(kind, "perpetual") != 0 && strcmp(kind, "future") != 0)
		return rk_json_fail(json, object, "kind",
				    "must be \"perpetual\" or \"future\"");

	r = read_name(json, object, "settle", market->settle);
	if (r < 0)
		return r;
	for (uint32_t i = 0; i < before->assets_n; i++) {
		if (strcmp(before->assets[i].name, market->settle) == 0) {
			*ret_settle = &before->assets[i];
			return 0;
		}
	}
	return rk_json_fail(json, object, "settle",
			    "must be the name of one of $.assets");
}

int rk_markets_read_change(struct rk_json *json, const json_t *object,
			   struct rk_cmd_market *market)
{
	const struct {
		const char *key;
		uint8_t decimals;
		int64_t *to;
	} rows[] = {
		{"lot", market->size_decimals, &market->lot.raw},
		{"position_max", market->size_decimals,
		 &market->position_max.raw},
		{"close_cost", RATE_DECIMALS, &market->close_cost.raw},
	};
	const char *field;
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rk_json_has(object, rows[i].key))
			r = rk_json_decimal(json, object, rows[i].key,
					    rows[i].decimals, rows[i].to);
	if (r == 0)
		r = read_fees(json, object, market);
	if (r == 0 && rk_listing_check_market(market, NULL, &field) != RK_OK)
		r = rk_json_fail(json, object, field,
				 need_of(market_needs, field));
	if (r == 0 && rk_json_has(object, "brackets"))
		r = read_brackets(json, object, market);
	return r;
}

int rk_markets_read_market(struct rk_json *json, json_t *object,
			   const struct rk_markets *before,
			   struct rk_cmd_market *market)
{
	static const char *const keys[] = {
		"name",          "kind",       "settle",     "price_decimals",
		"size_decimals", "lot",        "price_max",  "position_max",
		"price_age_max", "close_cost", "brackets",   "contract",
		"multiplier",    "price_min",  "funding",    "margin",
		"liquidation",   "slow_price", "underlying", "state",
		"expiry",        "ramp",       "taker_fee",  "maker_fee",
		"takeover",      NULL,
	};
	const struct rk_cmd_asset *settle = NULL;
	const char *field;
	int r = rk_json_only(json, object, keys);

	if (r < 0)
		return r;
	r = read_names(json, object, before, market, &settle);
	if (r < 0)
		return r;
	r = rk_json_places(json, object, "price_decimals", RK_DECIMALS_MAX,
			   &market->price_decimals);
	if (r < 0)
		return r;
	r = rk_json_places(json, object, "size_decimals", RK_DECIMALS_MAX,
			   &market->size_decimals);
	if (r < 0)
		return r;
	r = rk_markets_read_contract(json, object, market);
	if (r < 0)
		return r;
	r = read_figures(json, object, market);
	if (r < 0)
		return r;
	r = read_brackets(json, object, market);
	if (r < 0)
		return r;

	if (rk_listing_check_market(market, settle, &field) == RK_OK)
		return 0;
	return rk_markets_refuse_value(json, object, market, field);
}

static const char *find_need(const struct need *needs, const char *field)
{
	for (; needs->field; needs++)
		if (strcmp(needs->field, field) == 0)
			return needs->text;
	return NULL;
}

const char *rk_markets_need_market(const char *field)
{
	const char *need = find_need(market_needs, field);

	return need ? need : find_need(bracket_needs, field);
}

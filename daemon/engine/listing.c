/*
 * Listing of assets, markets, publishers and venues. See listing.h; what can
 * work is decided in listing_check.c.
 */
#include "engine/listing.h"

#include <string.h>

#include "engine/assert.h"
#include "engine/contract.h"
#include "engine/fx.h"
#include "engine/interest.h"
#include "engine/pace.h"
#include "engine/rc.h"
#include "engine/slow.h"
#include "engine/state.h"

static int name_matches(const char *a, const char *b)
{
	return memcmp(a, b, RK_NAME_SIZE) == 0;
}

void rk_listing_copy_name(char to[RK_NAME_SIZE], const char from[RK_NAME_SIZE])
{
	bool ended = false;

	for (size_t i = 0; i < RK_NAME_SIZE; i++) {
		ended = ended || from[i] == '\0';
		to[i] = (char)(ended ? '\0' : from[i]);
	}
}

bool rk_listing_limits_fit(const struct rk_cmd_limits *l,
			   const struct rk_cmd_limits *max)
{
	const uint32_t rows[][2] = {
		{l->accounts_max, max->accounts_max},
		{l->owners_max, max->owners_max},
		{l->assets_max, max->assets_max},
		{l->markets_max, max->markets_max},
		{l->publishers_max, max->publishers_max},
		{l->venues_max, max->venues_max},
		{l->clients_max, max->clients_max},
		{l->positions_max, max->positions_max},
		{l->positions_per_account_max, max->positions_per_account_max},
		{l->balances_max, max->balances_max},
		{l->orders_max, max->orders_max},
		{l->withdrawals_max, max->withdrawals_max},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i][0] < 1 || rows[i][0] > rows[i][1])
			return false;
	return true;
}

uint32_t rk_listing_find_asset(const struct rk_engine *engine,
			       const char name[RK_NAME_SIZE])
{
	char clean[RK_NAME_SIZE];

	rk_listing_copy_name(clean, name);
	for (uint32_t i = 0; i < engine->assets_n; i++)
		if (name_matches(engine->assets[i].listing.name, clean))
			return i;
	return RK_NONE;
}

uint32_t rk_listing_find_market(const struct rk_engine *engine,
				const char name[RK_NAME_SIZE])
{
	char clean[RK_NAME_SIZE];

	rk_listing_copy_name(clean, name);
	for (uint32_t i = 0; i < engine->markets_n; i++)
		if (name_matches(engine->markets[i].listing.name, clean))
			return i;
	return RK_NONE;
}

int rk_listing_limits(struct rk_engine *engine, const struct rk_cmd *cmd,
		      struct rk_evbuf *events)
{
	const struct rk_cmd_limits *want = &cmd->limits;

	if (!rk_listing_limits_fit(want, &engine->max) ||
	    want->accounts_max < engine->accounts_n ||
	    want->owners_max < engine->owners_n ||
	    want->assets_max < engine->assets_n ||
	    want->markets_max < engine->markets_n ||
	    want->publishers_max < engine->publishers_n ||
	    want->venues_max < engine->venues_n ||
	    want->clients_max < engine->clients_n ||
	    want->positions_max < engine->positions_pool.n ||
	    want->positions_max < engine->leverages_pool.n ||
	    want->balances_max < engine->balances_pool.n ||
	    want->orders_max < engine->orders_open_n ||
	    want->withdrawals_max < engine->withdrawals_pool.n)
		return RK_REJ_BAD_PARAM;

	rk_change(engine, &engine->limits, sizeof(engine->limits));
	engine->limits = *want;
	rk_emit(engine, events, RK_EVENT_LIMITS_SET, RK_NONE, RK_NO_MARKET);
	return RK_OK;
}

int rk_listing_risk(struct rk_engine *engine, const struct rk_cmd *cmd,
		    struct rk_evbuf *events)
{
	const char *field;
	int r = rk_listing_check_risk(&cmd->risk, &field);

	if (r != RK_OK)
		return r;

	rk_change(engine, &engine->risk, sizeof(engine->risk));
	engine->risk = cmd->risk;
	rk_emit(engine, events, RK_EVENT_RISK_SET, RK_NONE, RK_NO_MARKET);
	rk_touch_all(engine); /* other thresholds, perhaps other states */
	return RK_OK;
}

struct name_table {
	char (*names)[RK_NAME_SIZE];
	uint32_t *n;
	uint32_t max;
	enum rk_event_type event;
	enum rk_unit unit;
};

static int add_name(struct rk_engine *engine, const struct name_table *table,
		    const char name[RK_NAME_SIZE], struct rk_evbuf *events)
{
	char clean[RK_NAME_SIZE];
	struct rk_event *event;
	int r = rk_listing_check_name(name);

	if (r != RK_OK)
		return r;

	rk_listing_copy_name(clean, name);
	for (uint32_t i = 0; i < *table->n; i++)
		if (name_matches(table->names[i], clean))
			return RK_REJ_EXISTS;
	if (*table->n >= table->max)
		return RK_REJ_CAPACITY;

	rk_mark(engine, table->unit, *table->n);
	rk_change(engine, table->n, sizeof(*table->n));
	memcpy(table->names[*table->n], clean, sizeof(clean));

	event = rk_emit(engine, events, table->event, RK_NONE, RK_NO_MARKET);
	event->name.id = (*table->n)++;
	event->name.slot = RK_NONE;
	memcpy(event->name.name, clean, sizeof(clean));
	return RK_OK;
}

int rk_listing_publisher(struct rk_engine *engine, const struct rk_cmd *cmd,
			 struct rk_evbuf *events)
{
	struct name_table table = {engine->publishers, &engine->publishers_n,
				   engine->limits.publishers_max,
				   RK_EVENT_PUBLISHER_ADDED, RK_UNIT_PUBLISHER};

	return add_name(engine, &table, cmd->name.name, events);
}

int rk_listing_venue(struct rk_engine *engine, const struct rk_cmd *cmd,
		     struct rk_evbuf *events)
{
	struct name_table table = {engine->venues, &engine->venues_n,
				   engine->limits.venues_max,
				   RK_EVENT_VENUE_ADDED, RK_UNIT_VENUE};

	return add_name(engine, &table, cmd->name.name, events);
}

static struct rk_slot *new_slot(struct rk_engine *engine, uint32_t *ret_slot)
{
	struct rk_slot *slot = &engine->slots[engine->slots_n];

	rk_mark(engine, RK_UNIT_SLOT, engine->slots_n);
	rk_change(engine, &engine->slots_n, sizeof(engine->slots_n));
	*ret_slot = engine->slots_n++;
	memset(slot, 0, sizeof(*slot));
	slot->market = RK_NO_MARKET;
	slot->asset = RK_NONE;
	slot->recheck_ns = RK_TIME_NEVER;
	slot->holders = RK_NONE;
	rk_slow_init(&slot->slow);
	return slot;
}

void rk_collateral_default(struct rk_collateral *ret_terms)
{
	for (int k = 0; k < RK_LEVELS; k++) {
		ret_terms->weight[k].raw = RK_RATE_ONE;
		ret_terms->liability[k].raw = RK_RATE_ONE;
		ret_terms->profit[k].raw = RK_RATE_ONE;
	}
	ret_terms->profit[RK_LEVEL_WITHDRAWAL].raw = 0;
}

/* What a raw unit is worth, if that is a whole number of raw USD; else 0. */
static int64_t whole_usd(rk_px price, int exp10)
{
	rk_i128 whole;
	int r = rk_fx_scale(price.raw, exp10, RK_ROUND_FLOOR, &whole);

	if (r != RK_OK || !rk_fx_fits(whole) ||
	    (exp10 < 0 && whole * rk_fx_pow10(-exp10) != price.raw))
		return 0;
	return (int64_t)whole;
}

void rk_listing_derive_asset(struct rk_asset *asset)
{
	const struct rk_cmd_asset *listing = &asset->listing;
	bool fixed = listing->fixed_price.raw != 0;
	rk_px price = fixed ? listing->fixed_price : listing->price_max;

	asset->usd_exp =
		RK_USD_DECIMALS - listing->decimals - listing->price_decimals;
	asset->usd_bits = rk_fx_bits(price.raw, 1, asset->usd_exp);
	/* A group can only lift a weight that is below 1. */
	asset->plain = asset->scale.size_factor == 0 &&
		       asset->collateral.weight[RK_LEVEL_MAINTENANCE].raw ==
			       RK_RATE_ONE &&
		       asset->collateral.liability[RK_LEVEL_MAINTENANCE].raw ==
			       RK_RATE_ONE &&
		       asset->collateral.profit[RK_LEVEL_MAINTENANCE].raw ==
			       RK_RATE_ONE;
	asset->usd_whole = fixed ? whole_usd(price, asset->usd_exp) : 0;
	asset->usd_same = asset->usd_whole == 1;
}

int rk_listing_asset(struct rk_engine *engine, const struct rk_cmd *cmd,
		     struct rk_evbuf *events)
{
	const struct rk_cmd_asset *listing = &cmd->asset;
	struct rk_asset *asset;
	struct rk_event *event;
	const char *field;
	char clean[RK_NAME_SIZE];
	int r = rk_listing_check_name(listing->name);

	if (r != RK_OK)
		return r;
	rk_listing_copy_name(clean, listing->name);
	if (rk_listing_find_asset(engine, clean) != RK_NONE)
		return RK_REJ_EXISTS;
	r = rk_listing_check_asset(listing, &field);
	if (r != RK_OK)
		return r;
	if (engine->assets_n >= engine->limits.assets_max)
		return RK_REJ_CAPACITY;

	asset = &engine->assets[engine->assets_n];
	rk_mark(engine, RK_UNIT_ASSET, engine->assets_n);
	rk_change(engine, &engine->assets_n, sizeof(engine->assets_n));
	memset(asset, 0, sizeof(*asset));
	asset->listing = *listing;
	memcpy(asset->listing.name, clean, sizeof(clean));
	rk_collateral_default(&asset->collateral);
	asset->lending.debt_index = RK_INDEX_ONE;
	asset->lending.supply_index = RK_INDEX_ONE;
	rk_listing_derive_asset(asset);
	asset->slot = RK_NONE;
	if (listing->fixed_price.raw == 0) {
		struct rk_slot *slot = new_slot(engine, &asset->slot);

		slot->asset = engine->assets_n;
		slot->decimals = listing->price_decimals;
		slot->price_min.raw = 1;
		slot->price_max = listing->price_max;
		slot->age_max_ns = listing->price_age_max_ns;
	}

	event = rk_emit(engine, events, RK_EVENT_ASSET_LISTED, RK_NONE,
			RK_NO_MARKET);
	event->name.id = engine->assets_n++;
	event->name.slot = asset->slot;
	memcpy(event->name.name, clean, sizeof(clean));
	return RK_OK;
}

/* d_0 = 0, d_k = d_(k-1) + floor_k * (r_k - r_(k-1)): continuous at floors */
static void compute_deductions(struct rk_market *market)
{
	const struct rk_bracket *bracket = market->listing.brackets;

	market->maintenance_deduction[0] = 0;
	market->initial_deduction[0] = 0;
	for (uint32_t k = 1; k < market->listing.brackets_n; k++) {
		rk_i128 floor = bracket[k].floor.raw;

		market->maintenance_deduction[k] =
			market->maintenance_deduction[k - 1] +
			floor * (bracket[k].maintenance.raw -
				 bracket[k - 1].maintenance.raw);
		market->initial_deduction[k] =
			market->initial_deduction[k - 1] +
			floor * (bracket[k].initial.raw -
				 bracket[k - 1].initial.raw);
	}
}

/* May this be listed? 0 and the settle asset, or RK_REJ_*. */
static int check_market(const struct rk_engine *engine,
			const struct rk_cmd_market *listing,
			uint32_t *ret_settle)
{
	const char *field;
	int r = rk_listing_check_name(listing->name);

	if (r != RK_OK)
		return r;
	if (rk_listing_find_market(engine, listing->name) != RK_NONE)
		return RK_REJ_EXISTS;
	*ret_settle = rk_listing_find_asset(engine, listing->settle);
	if (*ret_settle == RK_NONE)
		return RK_REJ_NO_ASSET;
	r = rk_listing_check_market(
		listing, &engine->assets[*ret_settle].listing, &field);
	if (r != RK_OK)
		return r;
	if (engine->markets_n >= engine->limits.markets_max)
		return RK_REJ_CAPACITY;
	return RK_OK;
}

void rk_listing_derive_market(const struct rk_engine *engine,
			      struct rk_market *market)
{
	rk_contract_derive(market,
			   engine->assets[market->settle].listing.decimals);
	market->funding.most = rk_contract_unit(
		market, rk_contract_dearest(market), RK_RATE_ONE * RK_RATE_ONE);
	compute_deductions(market);
}

int rk_listing_market(struct rk_engine *engine, const struct rk_cmd *cmd,
		      struct rk_evbuf *events)
{
	struct rk_cmd_market wanted = cmd->market;
	const struct rk_cmd_market *listing = &wanted;
	struct rk_market *market;
	struct rk_slot *slot;
	struct rk_event *event;
	uint32_t settle;
	uint32_t id;
	int r;

	if (cmd->type == RK_CMD_MARKET)
		rk_contract_default(&wanted);
	rk_contract_complete(&wanted);
	r = check_market(engine, listing, &settle);
	if (r != RK_OK)
		return r;

	rk_change(engine, &engine->markets_n, sizeof(engine->markets_n));
	rk_mark(engine, RK_UNIT_MARKET, engine->markets_n);
	id = engine->markets_n++;
	market = &engine->markets[id];
	memset(market, 0, sizeof(*market));
	market->listing = *listing;
	rk_listing_copy_name(market->listing.name, listing->name);
	rk_listing_copy_name(market->listing.settle, listing->settle);
	market->settle = settle;
	market->life.state = RK_MARKET_OPEN;
	rk_pace_usual(&market->pace.terms);
	rk_listing_derive_market(engine, market);

	slot = new_slot(engine, &market->slot);
	slot->market = id;
	slot->decimals = listing->price_decimals;
	slot->price_min = market->listing.price_min;
	slot->price_max = listing->price_max;
	slot->age_max_ns = listing->price_age_max_ns;

	event = rk_emit(engine, events, RK_EVENT_MARKET_LISTED, RK_NONE, id);
	event->name.id = id;
	event->name.slot = market->slot;
	memcpy(event->name.name, market->listing.name, RK_NAME_SIZE);
	return RK_OK;
}

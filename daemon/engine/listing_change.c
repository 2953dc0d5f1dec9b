/*
 * Changes of what is listed: a configuration that was edited becomes commands.
 * See listing.h.
 *
 * What records are counted in (decimals, the settle asset, whether there is a
 * price slot) never changes: amounts, sizes and prices already booked would
 * mean something else. All that can be refused comes before the slot is put
 * on the list of those to be aggregated, which is not undone.
 */
#include <string.h>

#include "engine/bound.h"
#include "engine/funding.h"
#include "engine/listing.h"
#include "engine/market_state.h"
#include "engine/price.h"
#include "engine/ramp.h"
#include "engine/rc.h"
#include "engine/resting.h"
#include "engine/state.h"

/* Rule N7 for everybody, under what is listed now. */
static int check_accounts(const struct rk_engine *engine)
{
	for (uint32_t i = 0; i < engine->accounts_n; i++) {
		int r = rk_bound_check(engine, &engine->accounts[i]);

		if (r == RK_OK)
			r = rk_resting_bound_check(engine,
						   &engine->accounts[i]);
		if (r != RK_OK)
			return r;
	}
	return RK_OK;
}

/* A mark beyond what is believed could not be reckoned with. */
static bool mark_fits(const struct rk_engine *engine, uint32_t slot,
		      rk_px price_max)
{
	return slot == RK_NONE || engine->slots[slot].mark.raw <= price_max.raw;
}

static bool same_asset(const struct rk_cmd_asset *a,
		       const struct rk_cmd_asset *b)
{
	return a->fixed_price.raw == b->fixed_price.raw &&
	       a->price_max.raw == b->price_max.raw &&
	       a->price_age_max_ns == b->price_age_max_ns;
}

/* Every market that settles in it must still be one that could be listed. */
static int check_markets_of(const struct rk_engine *engine, uint32_t asset,
			    const struct rk_cmd_asset *want)
{
	const char *field;

	for (uint32_t i = 0; i < engine->markets_n; i++) {
		const struct rk_market *market = &engine->markets[i];
		int r;

		if (market->settle != asset)
			continue;
		r = rk_listing_check_market(&market->listing, want, &field);
		if (r != RK_OK)
			return r;
	}
	return RK_OK;
}

static int check_asset(const struct rk_engine *engine, uint32_t asset,
		       const struct rk_cmd_asset *want)
{
	const struct rk_cmd_asset *is = &engine->assets[asset].listing;
	const char *field;
	int r;

	if (want->decimals != is->decimals ||
	    want->price_decimals != is->price_decimals ||
	    (want->fixed_price.raw != 0) != (is->fixed_price.raw != 0))
		return RK_REJ_BAD_PARAM;
	if (same_asset(want, is))
		return RK_REJ_NO_CHANGE;
	r = rk_listing_check_asset(want, &field);
	if (r != RK_OK)
		return r;
	r = check_markets_of(engine, asset, want);
	if (r != RK_OK)
		return r;
	if (!mark_fits(engine, engine->assets[asset].slot, want->price_max))
		return RK_REJ_BAD_PRICE;
	return RK_OK;
}

static void emit_change(struct rk_engine *engine, struct rk_evbuf *events,
			struct rk_ev_name name, uint32_t market)
{
	struct rk_event *event =
		rk_emit(engine, events,
			market == RK_NO_MARKET ? RK_EVENT_ASSET_CHANGED
					       : RK_EVENT_MARKET_CHANGED,
			RK_NONE, market);

	event->name = name;
}

int rk_listing_change_asset(struct rk_engine *engine, const struct rk_cmd *cmd,
			    struct rk_evbuf *events)
{
	const struct rk_cmd_asset *want = &cmd->asset;
	uint32_t id = rk_listing_find_asset(engine, want->name);
	struct rk_ev_name name = {.id = id};
	struct rk_asset *asset;
	int r;

	if (id == RK_NONE)
		return RK_REJ_NO_ASSET;
	r = check_asset(engine, id, want);
	if (r != RK_OK)
		return r;

	asset = &engine->assets[id];
	rk_mark(engine, RK_UNIT_ASSET, id);
	rk_change(engine, asset, sizeof(*asset));
	asset->listing.fixed_price = want->fixed_price;
	asset->listing.price_max = want->price_max;
	asset->listing.price_age_max_ns = want->price_age_max_ns;
	rk_listing_derive_asset(asset);
	r = check_accounts(engine);
	if (r != RK_OK)
		return r;

	if (asset->slot != RK_NONE)
		rk_price_set_bounds(engine, asset->slot, want->price_max,
				    want->price_age_max_ns);
	name.slot = asset->slot;
	memcpy(name.name, asset->listing.name, RK_NAME_SIZE);
	emit_change(engine, events, name, RK_NO_MARKET);
	rk_touch_all(engine); /* whoever holds it, and in what settles in it */
	return RK_OK;
}

bool rk_collateral_equal(const struct rk_collateral *a,
			 const struct rk_collateral *b)
{
	for (int k = 0; k < RK_LEVELS; k++)
		if (a->weight[k].raw != b->weight[k].raw ||
		    a->liability[k].raw != b->liability[k].raw ||
		    a->profit[k].raw != b->profit[k].raw)
			return false;
	return true;
}

int rk_listing_collateral(struct rk_engine *engine, const struct rk_cmd *cmd,
			  struct rk_evbuf *events)
{
	const struct rk_cmd_collateral *want = &cmd->collateral;
	uint32_t id = rk_listing_find_asset(engine, want->asset);
	struct rk_collateral target;
	struct rk_event *event;
	struct rk_asset *asset;
	const char *field;
	int r;

	if (id == RK_NONE)
		return RK_REJ_NO_ASSET;
	r = rk_listing_check_collateral(&want->terms, &field);
	if (r != RK_OK)
		return r;
	asset = &engine->assets[id];
	target = rk_ramp_target(asset);
	if (rk_collateral_equal(&target, &want->terms))
		return RK_REJ_NO_CHANGE;

	rk_mark(engine, RK_UNIT_ASSET, id);
	rk_change(engine, asset, sizeof(*asset));
	rk_ramp_collateral(engine, id, &want->terms);
	event = rk_emit(engine, events, RK_EVENT_COLLATERAL_SET, RK_NONE,
			RK_NO_MARKET);
	event->name.id = id;
	event->name.slot = asset->slot;
	memcpy(event->name.name, asset->listing.name, RK_NAME_SIZE);
	rk_touch_all(engine); /* whoever holds or owes it */
	return RK_OK;
}

int rk_listing_funding(struct rk_engine *engine, const struct rk_cmd *cmd,
		       struct rk_evbuf *events)
{
	const struct rk_cmd_funding *want = &cmd->funding;
	uint32_t id = rk_listing_find_market(engine, want->market);
	struct rk_market_funding *funding;
	struct rk_market *market;
	struct rk_event *event;
	const char *field;
	int r;

	if (id == RK_NONE)
		return RK_REJ_NO_MARKET;
	r = rk_listing_check_funding(&want->terms, &field);
	if (r != RK_OK)
		return r;
	market = &engine->markets[id];
	funding = &market->funding;
	if (rk_market_is_settled(market))
		return RK_REJ_MARKET_CLOSED;
	if (rk_funding_equal(&funding->terms, &want->terms))
		return RK_REJ_NO_CHANGE;
	if (want->terms.interval_ns != 0 && market->life.expiry_ns != 0)
		return RK_REJ_EXPIRY_OR_FUNDING;
	r = rk_funding_activate(engine, id);
	if (r != RK_OK)
		return r;

	rk_mark(engine, RK_UNIT_MARKET, id);
	rk_change(engine, funding, sizeof(*funding));
	funding->terms = want->terms;
	if (want->terms.interval_ns == 0) {
		funding->premium_sum = 0;
		funding->premium_n = 0;
	}
	rk_funding_schedule(engine);
	event = rk_emit(engine, events, RK_EVENT_FUNDING_SET, RK_NONE, id);
	event->name.id = id;
	event->name.slot = market->slot;
	memcpy(event->name.name, market->listing.name, RK_NAME_SIZE);
	return RK_OK;
}

static bool same_brackets(const struct rk_cmd_market *a,
			  const struct rk_cmd_market *b)
{
	if (a->brackets_n != b->brackets_n)
		return false;
	for (uint32_t k = 0; k < a->brackets_n; k++)
		if (a->brackets[k].floor.raw != b->brackets[k].floor.raw ||
		    a->brackets[k].maintenance.raw !=
			    b->brackets[k].maintenance.raw ||
		    a->brackets[k].initial.raw != b->brackets[k].initial.raw)
			return false;
	return true;
}

static bool same_market(const struct rk_cmd_market *a,
			const struct rk_cmd_market *b)
{
	return a->lot.raw == b->lot.raw &&
	       a->price_max.raw == b->price_max.raw &&
	       a->position_max.raw == b->position_max.raw &&
	       a->price_age_max_ns == b->price_age_max_ns &&
	       a->close_cost.raw == b->close_cost.raw &&
	       a->taker_fee.raw == b->taker_fee.raw &&
	       a->maker_fee.raw == b->maker_fee.raw && same_brackets(a, b);
}

static int check_market(const struct rk_engine *engine, uint32_t market,
			const struct rk_cmd_market *want)
{
	const struct rk_market *record = &engine->markets[market];
	const struct rk_cmd_market *is = &record->listing;
	struct rk_form after;
	const char *field;
	int r;

	if (rk_listing_find_asset(engine, want->settle) != record->settle ||
	    want->price_decimals != is->price_decimals ||
	    want->size_decimals != is->size_decimals)
		return RK_REJ_BAD_PARAM;
	if (same_market(want, is))
		return RK_REJ_NO_CHANGE;
	r = rk_listing_check_market(
		want, &engine->assets[record->settle].listing, &field);
	if (r != RK_OK)
		return r;
	rk_form_of(want, &record->margin, &after);
	r = rk_ramp_check_form(engine, market, &after);
	if (r != RK_OK)
		return r;
	if (!mark_fits(engine, record->slot, want->price_max))
		return RK_REJ_BAD_PRICE;
	return RK_OK;
}

void rk_listing_take_market(struct rk_cmd_market *listing,
			    const struct rk_cmd_market *want)
{
	uint32_t n = want->brackets_n < RK_BRACKETS_MAX ? want->brackets_n
							: RK_BRACKETS_MAX;

	listing->lot = want->lot;
	listing->price_max = want->price_max;
	listing->position_max = want->position_max;
	listing->price_age_max_ns = want->price_age_max_ns;
	listing->close_cost = want->close_cost;
	listing->taker_fee = want->taker_fee;
	listing->maker_fee = want->maker_fee;
	listing->brackets_n = want->brackets_n;
	memset(listing->brackets, 0, sizeof(listing->brackets));
	for (uint32_t k = 0; k < n; k++)
		listing->brackets[k] = want->brackets[k];
}

int rk_listing_change_market(struct rk_engine *engine, const struct rk_cmd *cmd,
			     struct rk_evbuf *events)
{
	struct rk_cmd_market wanted = cmd->market;
	const struct rk_cmd_market *want = &wanted;
	uint32_t id = rk_listing_find_market(engine, want->name);
	struct rk_ev_name name = {.id = id};
	struct rk_market *market;
	struct rk_form before;
	int r;

	if (id == RK_NONE)
		return RK_REJ_NO_MARKET;
	if (rk_market_is_settled(&engine->markets[id]))
		return RK_REJ_MARKET_CLOSED;
	/* What kind of contract it is stays for ever. */
	wanted.contract = engine->markets[id].listing.contract;
	wanted.multiplier = engine->markets[id].listing.multiplier;
	wanted.multiplier_decimals =
		engine->markets[id].listing.multiplier_decimals;
	wanted.price_min = engine->markets[id].listing.price_min;
	r = check_market(engine, id, want);
	if (r != RK_OK)
		return r;

	market = &engine->markets[id];
	rk_mark(engine, RK_UNIT_MARKET, id);
	rk_change(engine, market, sizeof(*market));
	rk_form_of(&market->listing, &market->margin, &before);
	rk_listing_take_market(&market->listing, want);
	rk_listing_derive_market(engine, market);
	r = check_accounts(engine);
	if (r != RK_OK)
		return r;

	rk_ramp_market(engine, id, &before);
	rk_price_set_bounds(engine, market->slot, want->price_max,
			    want->price_age_max_ns);
	name.slot = market->slot;
	memcpy(name.name, market->listing.name, RK_NAME_SIZE);
	emit_change(engine, events, name, id);
	rk_touch_all(engine); /* whoever has a position in it */
	return RK_OK;
}

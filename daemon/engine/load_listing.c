/*
 * Rows of what is listed, with slots and quotes. See load_impl.h.
 */
#include <string.h>

#include "engine/assert.h"
#include "engine/bound.h"
#include "engine/contract.h"
#include "engine/emode.h"
#include "engine/funding.h"
#include "engine/fx.h"
#include "engine/insurance.h"
#include "engine/interest.h"
#include "engine/listing.h"
#include "engine/load_impl.h"
#include "engine/market_state.h"
#include "engine/pace.h"
#include "engine/price.h"
#include "engine/ramp.h"
#include "engine/rc.h"
#include "engine/scene.h"
#include "engine/slow.h"
#include "engine/takeover.h"
#include "engine/terms.h"
#include "engine/totals.h"
#include "engine/vault.h"
#include "engine/view.h"

bool rk_load_debt_index_fits(int64_t index, int64_t most)
{
	return index >= RK_INDEX_ONE && index <= most;
}

/* It falls by losses: a balance may have been settled at a higher one. */
bool rk_load_supply_index_fits(int64_t index)
{
	return index >= RK_INDEX_MIN && index <= RK_INDEX_MAX;
}

static bool check_lending(const struct rk_asset_lending *lending,
			  const char **ret_field)
{
	if (rk_listing_check_lending(&lending->terms, ret_field) != RK_OK)
		return false;
	*ret_field = "lending_active";
	if (!lending->active &&
	    (lending->terms.lendable || lending->debt_index != RK_INDEX_ONE ||
	     lending->supply_index != RK_INDEX_ONE))
		return false;
	*ret_field = "debt_index";
	if (!rk_load_debt_index_fits(lending->debt_index, RK_INDEX_MAX))
		return false;
	*ret_field = "supply_index";
	if (!rk_load_supply_index_fits(lending->supply_index))
		return false;
	*ret_field = "accrued_ns";
	return lending->accrued_ns >= 0 &&
	       lending->accrued_ns <= RK_TIME_MAX_NS;
}

int rk_load_asset(struct rk_taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_asset asset;
	const char *field;
	int r;

	memset(&asset, 0, sizeof(asset));
	rk_collateral_default(&asset.collateral);
	asset.lending.debt_index = RK_INDEX_ONE;
	asset.lending.supply_index = RK_INDEX_ONE;
	rk_pass_asset(&t->pass, &t->at, &asset);
	r = rk_load_passed(t);
	if (r == RK_OK)
		r = rk_load_next(t, e->assets_n, e->max.assets_max, "assets");
	if (r != RK_OK)
		return r;
	if (rk_listing_check_name(asset.listing.name) != RK_OK ||
	    rk_view_find_asset(e, asset.listing.name, &(uint32_t){0}) == RK_OK)
		return rk_load_bad(t, "name", "is no name, or used twice");
	if (rk_listing_check_asset(&asset.listing, &field) != RK_OK ||
	    rk_listing_check_collateral(&asset.collateral, &field) != RK_OK ||
	    rk_totals_check_scale(&asset.scale, &field) != RK_OK)
		return rk_load_bad(t, field, "cannot work");
	if (rk_listing_check_conversion(&asset.conversion, &field) != RK_OK)
		return rk_load_bad(t, field, "cannot work");
	if (!check_lending(&asset.lending, &field) ||
	    !rk_load_asset_ramp_fits(e, &asset, &field) ||
	    !rk_load_size_ramp_fits(e, &asset, &field))
		return rk_load_bad(t, field, "cannot be");

	rk_listing_derive_asset(&asset);
	asset.slot = RK_NONE;
	e->assets[e->assets_n++] = asset;
	return RK_OK;
}

/* The same name in all rows of a group, and in no other group. */
static bool name_fits(struct rk_engine *e, uint32_t group,
		      const char name[RK_NAME_SIZE])
{
	uint32_t named = rk_emode_find(e, name);

	return named == RK_NONE ? e->emode_groups[group][0] == '\0'
				: named == group;
}

int rk_load_emode(struct rk_taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_row_emode record;
	struct rk_emode before;
	struct rk_asset *asset;
	const char *field;
	int r;

	memset(&record, 0, sizeof(record));
	rk_pass_emode(&t->pass, &t->at, &record);
	r = rk_load_passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.number >= e->assets_n)
		return rk_load_bad(t, "asset", "is not listed");
	if (t->at.second >= RK_EMODE_GROUPS)
		return rk_load_bad(t, "emode_group", "out of range");
	if (rk_listing_check_name(record.name) != RK_OK ||
	    !name_fits(e, t->at.second, record.name))
		return rk_load_bad(t, "name", "is no name, or of two groups");
	asset = &e->assets[t->at.number];
	if (rk_emode_check(&record.entry, &field) != RK_OK ||
	    !rk_load_emode_ramp_fits(e, asset, &record, &field))
		return rk_load_bad(t, field, "cannot work");
	rk_emode_get(asset, t->at.second, &before);
	if ((!record.entry.collateral && !record.entry.debt &&
	     !rk_ramp_runs(&record.ramp.run)) ||
	    before.collateral || before.debt ||
	    (asset->emode.ramping >> t->at.second & 1U))
		return rk_load_bad(t, "collateral",
				   "and debt are both off, or there twice");
	rk_emode_put(asset, t->at.second, &record.entry);
	rk_emode_put_ramp(asset, t->at.second, &record.ramp);
	memcpy(e->emode_groups[t->at.second], record.name, RK_NAME_SIZE);
	return RK_OK;
}

/* No more in an hour than a fund may ever pay, and none of it ahead. */
static bool draws_fit(const struct rk_engine *e,
		      const struct rk_insurance *insurance)
{
	rk_i128 sum = 0;

	for (uint32_t i = 0; i < RK_INSURANCE_MINUTES; i++) {
		if (insurance->drawn[i].raw < 0)
			return false;
		sum += insurance->drawn[i].raw;
	}
	return sum <= RK_INSURANCE_DRAWN_MAX && insurance->minute >= 0 &&
	       insurance->minute <= e->time_ns / RK_INSURANCE_MINUTE_NS;
}

int rk_load_insurance(struct rk_taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_row_insurance record;
	static const struct rk_insurance none;
	struct rk_insurance *there;
	const char *field;
	int r;

	memset(&record, 0, sizeof(record));
	rk_pass_insurance(&t->pass, &t->at, &record);
	r = rk_load_passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.number >= e->assets_n)
		return rk_load_bad(t, "asset", "is not listed");
	if (record.fund < 0 || record.fund > RK_INSURANCE_MAX)
		return rk_load_bad(t, "fund", "out of range");
	if (rk_listing_check_insurance(&record.insurance.terms, &field) !=
	    RK_OK)
		return rk_load_bad(t, field, "out of range");
	if (!draws_fit(e, &record.insurance))
		return rk_load_bad(t, "drawn", "out of range");
	there = &e->insurance[t->at.number];
	if (e->assets[t->at.number].insurance != 0 ||
	    memcmp(there, &none, sizeof(none)) != 0)
		return rk_load_bad(t, "asset", "is there twice");
	e->assets[t->at.number].insurance = record.fund;
	*there = record.insurance;
	return RK_OK;
}

/* No more than counts, and none of it ahead. */
static bool profits_fit(const struct rk_engine *e, const struct rk_vault *vault)
{
	for (uint32_t i = 0; i < RK_INSURANCE_MINUTES; i++)
		if (vault->profits[i].raw > RK_VAULT_PROFIT_MAX ||
		    vault->profits[i].raw < -RK_VAULT_PROFIT_MAX)
			return false;
	return vault->minute >= 0 &&
	       vault->minute <= e->time_ns / RK_INSURANCE_MINUTE_NS;
}

int rk_load_vault(struct rk_taking *t)
{
	struct rk_engine *e = t->engine;
	static const struct rk_vault none;
	struct rk_row_vault record;
	struct rk_vault *there;
	const char *field;
	int r;

	memset(&record, 0, sizeof(record));
	rk_pass_vault(&t->pass, &t->at, &record);
	r = rk_load_passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.number >= e->assets_n)
		return rk_load_bad(t, "asset", "is not listed");
	if (record.capital < 0 || record.capital > RK_VAULT_MAX)
		return rk_load_bad(t, "capital", "out of range");
	if (rk_vault_check(&record.vault.terms, &field) != RK_OK)
		return rk_load_bad(t, field, "out of range");
	if (!profits_fit(e, &record.vault))
		return rk_load_bad(t, "profits", "out of range");
	there = &e->vaults[t->at.number];
	if (e->assets[t->at.number].vault != 0 ||
	    memcmp(there, &none, sizeof(none)) != 0)
		return rk_load_bad(t, "asset", "is there twice");
	e->assets[t->at.number].vault = record.capital;
	*there = record.vault;
	return RK_OK;
}

int rk_load_takeover(struct rk_taking *t)
{
	struct rk_engine *e = t->engine;
	static const struct rk_takeover_terms none;
	struct rk_market_takeover record;
	struct rk_market_takeover *there;
	const char *field;
	int r;

	memset(&record, 0, sizeof(record));
	rk_pass_takeover(&t->pass, &t->at, &record);
	r = rk_load_passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.number >= e->markets_n)
		return rk_load_bad(t, "market", "is not listed");
	if (rk_takeover_check(&record.terms, &field) != RK_OK)
		return rk_load_bad(t, field, "out of range");
	there = &e->takeovers[t->at.number];
	if (there->event_cost != 0 || !rk_takeover_equal(&there->terms, &none))
		return rk_load_bad(t, "market", "is there twice");
	*there = record;
	return RK_OK;
}

int rk_load_liquidation(struct rk_taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_market_pace record;
	struct rk_market_pace *there;
	const char *field;
	int r;

	memset(&record, 0, sizeof(record));
	rk_pass_liquidation(&t->pass, &t->at, &record);
	r = rk_load_passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.number >= e->markets_n)
		return rk_load_bad(t, "market", "is not listed");
	if (rk_pace_check(&record.terms, &field) != RK_OK)
		return rk_load_bad(t, field, "out of range");
	if (record.minute < 0 || record.minute > e->time_ns / RK_PACE_WINDOW_NS)
		return rk_load_bad(t, "minute", "out of range");
	if (record.ordered.raw < 0 ||
	    (record.terms.velocity.raw == 0 &&
	     (record.ordered.raw != 0 || record.minute != 0)))
		return rk_load_bad(t, "ordered", "out of range");
	there = &e->markets[t->at.number].pace;
	if (!rk_liquidation_terms_usual(&there->terms))
		return rk_load_bad(t, "market", "is there twice");
	/* It would have no row. */
	if (rk_liquidation_terms_usual(&record.terms))
		return rk_load_bad(t, "stage",
				   "is all a market is listed with");
	*there = record;
	return RK_OK;
}

static bool check_funding(const struct rk_market_funding *funding,
			  const char **ret_field)
{
	if (rk_listing_check_funding(&funding->terms, ret_field) != RK_OK)
		return false;
	*ret_field = "funding_index";
	if (funding->low > 0 || funding->high < 0 ||
	    funding->index < funding->low || funding->index > funding->high)
		return false;
	*ret_field = "funding_active";
	if (!funding->active && (funding->terms.interval_ns != 0 ||
				 funding->low != 0 || funding->high != 0))
		return false;
	*ret_field = "premium_samples";
	return funding->premium_n <= INT64_MAX;
}

static bool check_life(const struct rk_market *market, const char **ret_field)
{
	const struct rk_market_life *life = &market->life;
	bool settled = life->state == RK_MARKET_SETTLED;

	*ret_field = "expiry_ns";
	if (life->expiry_ns < 0 || life->expiry_ns > RK_TIME_MAX_NS ||
	    (life->expiry_ns != 0 && market->funding.terms.interval_ns != 0))
		return false;
	*ret_field = "settlement";
	if (settled ? life->settlement.raw < market->listing.price_min.raw ||
			      life->settlement.raw >
				      market->listing.price_max.raw
		    : life->settlement.raw != 0)
		return false;
	*ret_field = "vault_size";
	return !settled || market->vault_size == 0;
}

int rk_load_market(struct rk_taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_market *market = &e->markets[e->markets_n];
	const char *field;
	uint32_t same;
	int r;

	if (e->markets_n >= e->max.markets_max)
		return rk_load_full(t, "markets");
	memset(market, 0, sizeof(*market));
	rk_contract_default(&market->listing);
	market->open_interest = RK_LOAD_NOT_TOLD;
	market->life.state = RK_MARKET_OPEN;
	rk_pace_usual(&market->pace.terms);
	rk_pass_market(&t->pass, &t->at, market);
	r = rk_load_passed(t);
	if (r == RK_OK)
		r = rk_load_next(t, e->markets_n, e->max.markets_max,
				 "markets");
	if (r != RK_OK)
		return r;
	if (rk_listing_check_name(market->listing.name) != RK_OK ||
	    rk_view_find_market(e, market->listing.name, &same) == RK_OK)
		return rk_load_bad(t, "name", "is no name, or used twice");
	if (rk_view_find_asset(e, market->listing.settle, &market->settle) !=
	    RK_OK)
		return rk_load_bad(t, "settle", "is no asset");
	if (market->listing.brackets_n < 1 ||
	    market->listing.brackets_n > RK_BRACKETS_MAX)
		return rk_load_bad(t, "brackets", "out of range");
	/* Those that a listing may leave out have been filled in. */
	if (market->listing.multiplier == 0 ||
	    market->listing.price_min.raw == 0)
		return rk_load_bad(t, "multiplier", "or price_min is 0");
	if (market->trade_highest > INT64_MAX)
		return rk_load_bad(t, "trade_highest", "out of range");

	if (!check_funding(&market->funding, &field) ||
	    !check_life(market, &field) ||
	    !rk_load_market_ramp_fits(e, market, &field))
		return rk_load_bad(t, field, "cannot be");
	if (rk_terms_check(&market->margin, &field) != RK_OK)
		return rk_load_bad(t, field, "cannot work");

	market->slot = RK_NONE;
	e->markets_n++;
	return RK_OK;
}

int rk_load_bracket(struct rk_taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_bracket bracket = {{0}, {0}, {0}};
	int r;

	rk_pass_bracket(&t->pass, &t->at, &bracket);
	r = rk_load_passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.number >= e->markets_n)
		return rk_load_bad(t, "market", "is no market");
	if (t->at.second >= e->markets[t->at.number].listing.brackets_n)
		return rk_load_bad(t, "bracket", "is more than the market has");
	e->markets[t->at.number].listing.brackets[t->at.second] = bracket;
	return RK_OK;
}

int rk_load_name(struct rk_taking *t, char (*names)[RK_NAME_SIZE], uint32_t *n,
		 uint32_t max)
{
	char name[RK_NAME_SIZE] = {0};
	int r;

	rk_pass_name(&t->pass, &t->at, name);
	r = rk_load_passed(t);
	if (r == RK_OK)
		r = rk_load_next(t, *n, max, t->problem->table);
	if (r != RK_OK)
		return r;
	if (rk_listing_check_name(name) != RK_OK)
		return rk_load_bad(t, "name", "is no name");
	memcpy(names[(*n)++], name, sizeof(name));
	return RK_OK;
}

int rk_load_venue_position(struct rk_taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_venue_position position = {0, 0};
	int r;

	rk_pass_venue_position(&t->pass, &t->at, &position);
	r = rk_load_passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.second >= e->venues_n || t->at.third >= e->markets_n ||
	    t->at.number != RK_VENUE_POSITION_NUMBER(t->at.second, t->at.third))
		return rk_load_bad(t, "number",
				   "is not that of its venue and market");
	if (position.size != 0 &&
	    rk_market_is_settled(&e->markets[t->at.third]))
		return rk_load_bad(t, "size",
				   "is open in a market that is settled");
	e->venue_positions[(size_t)t->at.second * e->max.markets_max +
			   t->at.third] = position;
	return RK_OK;
}

/* Tell the asset or market which slot is its own. */
static int own_slot(struct rk_taking *t, struct rk_slot *slot)
{
	struct rk_engine *e = t->engine;
	bool of_market = slot->market != RK_NO_MARKET;
	uint32_t *owner;

	if (of_market == (slot->asset != RK_NONE))
		return rk_load_bad(t, "market",
				   "must stand alone, or asset must");
	if (of_market ? slot->market >= e->markets_n
		      : slot->asset >= e->assets_n)
		return rk_load_bad(t, of_market ? "market" : "asset",
				   "is not listed");
	if (of_market) {
		const struct rk_cmd_market *listing =
			&e->markets[slot->market].listing;

		owner = &e->markets[slot->market].slot;
		slot->decimals = listing->price_decimals;
		slot->price_min = listing->price_min;
		slot->price_max = listing->price_max;
		slot->age_max_ns = listing->price_age_max_ns;
	} else {
		const struct rk_cmd_asset *listing =
			&e->assets[slot->asset].listing;

		if (listing->fixed_price.raw != 0)
			return rk_load_bad(t, "asset", "has a fixed price");
		owner = &e->assets[slot->asset].slot;
		slot->decimals = listing->price_decimals;
		slot->price_min.raw = 1;
		slot->price_max = listing->price_max;
		slot->age_max_ns = listing->price_age_max_ns;
	}
	if (*owner != RK_NONE)
		return rk_load_bad(t, "number", "is a second slot of the same");
	*owner = e->slots_n;
	return RK_OK;
}

static int check_slow(struct rk_taking *t, const struct rk_slot *slot)
{
	const struct rk_engine *e = t->engine;
	const struct rk_slow *slow = &slot->slow;
	const char *field;

	if (rk_slow_check(&slow->terms, &field) != RK_OK)
		return rk_load_bad(t, field, "cannot work");
	if (slow->underlying != RK_NONE &&
	    (slot->asset != RK_NONE || slow->underlying >= e->assets_n))
		return rk_load_bad(t, "slow_underlying",
				   "is no asset of a market");
	field = rk_slow_bad(slow, e->time_ns);
	return field ? rk_load_bad(t, field, "cannot be") : RK_OK;
}

/* The price of a market that is settled is good, and stays. */
static bool fixed_fits(const struct rk_engine *e, const struct rk_slot *slot)
{
	const struct rk_market *market;

	if (slot->market == RK_NO_MARKET)
		return true;
	market = &e->markets[slot->market];
	return !rk_market_is_settled(market) ||
	       (slot->mark.raw == market->life.settlement.raw &&
		slot->state == RK_PRICE_OK &&
		slot->recheck_ns == RK_TIME_NEVER);
}

int rk_load_slot(struct rk_taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_slot slot;
	int r;

	memset(&slot, 0, sizeof(slot));
	rk_slow_init(&slot.slow);
	rk_pass_slot(&t->pass, &t->at, &slot);
	r = rk_load_passed(t);
	if (r == RK_OK)
		r = rk_load_next(t, e->slots_n,
				 e->max.assets_max + e->max.markets_max,
				 "assets");
	if (r == RK_OK)
		r = own_slot(t, &slot);
	if (r == RK_OK)
		r = check_slow(t, &slot);
	if (r != RK_OK)
		return r;
	if (slot.mark.raw != 0 && (slot.mark.raw < slot.price_min.raw ||
				   slot.mark.raw > slot.price_max.raw))
		return rk_load_bad(t, "mark", "out of range");
	if ((slot.state == RK_PRICE_OK && slot.mark.raw == 0) ||
	    slot.halted != (slot.state == RK_PRICE_HALTED))
		return rk_load_bad(t, "state",
				   "does not go with mark and halted");
	if (!fixed_fits(e, &slot))
		return rk_load_bad(t, "mark", "is not that of the settlement");

	slot.holders = RK_NONE;
	e->slots[e->slots_n++] = slot;
	if (slot.recheck_ns < e->recheck_ns)
		e->recheck_ns = slot.recheck_ns;
	return RK_OK;
}

int rk_load_quote(struct rk_taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_publisher_quote quote;
	const struct rk_slot *slot;
	int r;

	memset(&quote, 0, sizeof(quote));
	rk_pass_quote(&t->pass, &t->at, &quote);
	r = rk_load_passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.second >= e->slots_n || t->at.third >= e->publishers_n ||
	    t->at.number != RK_QUOTE_NUMBER(t->at.second, t->at.third))
		return rk_load_bad(t, "number",
				   "is not that of slot and publisher");
	slot = &e->slots[t->at.second];
	if (quote.price.raw <= 0 ||
	    (!quote.disputing && (quote.price.raw > slot->price_max.raw ||
				  quote.price.raw < slot->price_min.raw)))
		return rk_load_bad(t, "price", "out of range");
	if (quote.time_ns <= 0 ||
	    quote.time_ns > RK_TIME_MAX_NS + RK_QUOTE_AHEAD_NS)
		return rk_load_bad(t, "time_ns", "out of range");
	e->quotes[(size_t)t->at.second * e->max.publishers_max + t->at.third] =
		quote;
	return RK_OK;
}

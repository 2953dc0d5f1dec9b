/*
 * Supposed listings and terms. See suppose_terms.h.
 */
#include "engine/suppose_terms.h"

#include <string.h>

#include "engine/emode.h"
#include "engine/listing.h"
#include "engine/market_state.h"
#include "engine/ramp.h"
#include "engine/rc.h"
#include "engine/state.h"
#include "engine/terms.h"
#include "engine/totals.h"

static size_t assets_size(const struct rk_engine *engine)
{
	size_t size = engine->assets_n * sizeof(struct rk_asset);
	size_t align = _Alignof(max_align_t);

	return (size + align - 1) / align * align;
}

size_t rk_supposed_terms_size(const struct rk_engine *engine)
{
	return assets_size(engine) +
	       engine->markets_n * sizeof(struct rk_market);
}

static void copy_all(struct rk_supposed_terms *terms)
{
	const struct rk_engine *engine = terms->engine;

	memcpy(terms->assets, engine->assets,
	       engine->assets_n * sizeof(*terms->assets));
	memcpy(terms->markets, engine->markets,
	       engine->markets_n * sizeof(*terms->markets));
	terms->all_changed = false;
}

void rk_supposed_terms_init(struct rk_supposed_terms *terms,
			    const struct rk_engine *engine, void *memory)
{
	unsigned char *bytes = memory;
	void *markets = bytes + assets_size(engine);

	terms->engine = engine;
	terms->assets = memory;
	terms->markets = markets;
	terms->risk = engine->risk;
	memcpy(terms->emode_groups, engine->emode_groups,
	       sizeof(terms->emode_groups));
	terms->assets_n = 0;
	terms->markets_n = 0;
	copy_all(terms);
}

void rk_supposed_terms_reset(struct rk_supposed_terms *terms)
{
	const struct rk_engine *engine = terms->engine;

	if (terms->all_changed)
		copy_all(terms);
	for (uint32_t i = 0; i < terms->assets_n; i++)
		terms->assets[terms->assets_changed[i]] =
			engine->assets[terms->assets_changed[i]];
	for (uint32_t i = 0; i < terms->markets_n; i++)
		terms->markets[terms->markets_changed[i]] =
			engine->markets[terms->markets_changed[i]];
	terms->assets_n = 0;
	terms->markets_n = 0;
	terms->risk = engine->risk;
	memcpy(terms->emode_groups, engine->emode_groups,
	       sizeof(terms->emode_groups));
}

/* Remember what is to be put back. False: there is no room. */
static bool note(uint32_t *changed, uint32_t *n, uint32_t id)
{
	for (uint32_t i = 0; i < *n; i++)
		if (changed[i] == id)
			return true;
	if (*n == RK_SUPPOSED_TERMS_MAX)
		return false;
	changed[(*n)++] = id;
	return true;
}

/* The copy of an asset, about to change. */
static int take_asset(struct rk_supposed_terms *terms, uint32_t asset,
		      struct rk_asset **ret_asset)
{
	if (asset >= terms->engine->assets_n)
		return RK_REJ_NO_ASSET;
	if (!note(terms->assets_changed, &terms->assets_n, asset))
		return RK_REJ_CAPACITY;
	*ret_asset = &terms->assets[asset];
	return RK_OK;
}

static int take_market(struct rk_supposed_terms *terms, uint32_t market,
		       struct rk_market **ret_market)
{
	if (market >= terms->engine->markets_n)
		return RK_REJ_NO_MARKET;
	if (!note(terms->markets_changed, &terms->markets_n, market))
		return RK_REJ_CAPACITY;
	*ret_market = &terms->markets[market];
	return RK_OK;
}

int rk_supposed_collateral(struct rk_supposed_terms *terms, uint32_t asset,
			   const struct rk_collateral *collateral,
			   const char **ret_field)
{
	struct rk_asset *record = NULL;
	int r = take_asset(terms, asset, &record);

	if (r == RK_OK)
		r = rk_listing_check_collateral(collateral, ret_field);
	if (r != RK_OK)
		return r;
	memset(&record->ramp, 0, sizeof(record->ramp));
	record->collateral = *collateral;
	rk_listing_derive_asset(record);
	return RK_OK;
}

static void end_size(struct rk_asset *record)
{
	memset(&record->size_ramp, 0, sizeof(record->size_ramp));
	record->size_ramp.now = record->scale.size_factor;
}

int rk_supposed_scale(struct rk_supposed_terms *terms, uint32_t asset,
		      const struct rk_collateral_scale *scale,
		      const char **ret_field)
{
	struct rk_asset *record = NULL;
	int r = take_asset(terms, asset, &record);
	int64_t size_factor;

	if (r == RK_OK)
		r = rk_totals_check_scale(scale, ret_field);
	if (r != RK_OK)
		return r;
	size_factor = record->scale.size_factor;
	record->scale = *scale;
	/* What is in force at maintenance leaves it on its way. */
	if (record->size_ramp.now == scale->size_factor)
		record->scale.size_factor = size_factor;
	else
		end_size(record);
	rk_listing_derive_asset(record);
	return RK_OK;
}

/* What follows from another form: a ramp that would lead to one is over. */
static void derive(const struct rk_supposed_terms *terms,
		   struct rk_market *record, const struct rk_form *before)
{
	struct rk_form after;

	rk_listing_derive_market(terms->engine, record);
	rk_form_of(&record->listing, &record->margin, &after);
	if (!rk_form_equal(before, &after))
		memset(&record->ramp, 0, sizeof(record->ramp));
}

int rk_supposed_market(struct rk_supposed_terms *terms, uint32_t market,
		       const struct rk_cmd_market *listing,
		       const char **ret_field)
{
	struct rk_market *record = NULL;
	struct rk_cmd_market wanted;
	struct rk_form before;
	int r = take_market(terms, market, &record);

	if (r != RK_OK)
		return r;
	if (rk_market_is_settled(record))
		return RK_REJ_MARKET_CLOSED;
	wanted = record->listing;
	rk_listing_take_market(&wanted, listing);
	wanted.price_max = record->listing.price_max;
	wanted.price_age_max_ns = record->listing.price_age_max_ns;
	r = rk_listing_check_market(
		&wanted, &terms->assets[record->settle].listing, ret_field);
	if (r != RK_OK)
		return r;
	rk_form_of(&record->listing, &record->margin, &before);
	record->listing = wanted;
	derive(terms, record, &before);
	return RK_OK;
}

int rk_supposed_margin(struct rk_supposed_terms *terms, uint32_t market,
		       const struct rk_margin_terms *margin,
		       const char **ret_field)
{
	struct rk_market *record = NULL;
	struct rk_form before;
	int r = take_market(terms, market, &record);

	if (r == RK_OK)
		r = rk_terms_check(margin, ret_field);
	if (r != RK_OK)
		return r;
	rk_form_of(&record->listing, &record->margin, &before);
	record->margin = *margin;
	derive(terms, record, &before);
	return RK_OK;
}

int rk_supposed_emode(struct rk_supposed_terms *terms, uint32_t asset,
		      const struct rk_cmd_emode *want, const char **ret_field)
{
	static const struct rk_emode_ramp none;
	const struct rk_emode_book book = {
		terms->emode_groups[0], terms->assets, terms->engine->assets_n};
	struct rk_asset *record = NULL;
	struct rk_emode_change change = {.group = RK_NONE};
	int r = rk_listing_check_name(want->group);

	if (r == RK_OK)
		r = take_asset(terms, asset, &record);
	if (r == RK_OK)
		r = rk_emode_check(&want->entry, ret_field);
	if (r == RK_OK)
		r = rk_emode_change(&book, record, want, &change);
	if (r == RK_REJ_NO_CHANGE && change.group == RK_NONE)
		return RK_OK; /* it is in no such group, nor was it */
	if (r != RK_OK && r != RK_REJ_NO_CHANGE)
		return r;
	rk_emode_put(record, change.group, &want->entry);
	rk_emode_put_ramp(record, change.group, &none);
	rk_emode_name(&book, &change, terms->emode_groups[change.group]);
	return RK_OK;
}

int rk_supposed_risk(struct rk_supposed_terms *terms,
		     const struct rk_cmd_risk *risk, const char **ret_field)
{
	int r = rk_listing_check_risk(risk, ret_field);

	if (r == RK_OK)
		terms->risk = *risk;
	return r;
}

static void end_groups(struct rk_supposed_terms *terms, struct rk_asset *record)
{
	static const struct rk_emode_ramp none;
	const struct rk_emode_book book = {
		terms->emode_groups[0], terms->assets, terms->engine->assets_n};

	for (uint32_t bits = record->emode.ramping; bits != 0;
	     bits &= bits - 1) {
		struct rk_emode_change change = {
			.group = (uint32_t)__builtin_ctz(bits)};
		char *name = terms->emode_groups[change.group];

		memcpy(change.name, name, RK_NAME_SIZE);
		rk_emode_put_ramp(record, change.group, &none);
		rk_emode_name(&book, &change, name);
	}
}

void rk_supposed_ramps_end(struct rk_supposed_terms *terms)
{
	terms->all_changed = true;
	for (uint32_t i = 0; i < terms->engine->assets_n; i++) {
		struct rk_asset *record = &terms->assets[i];

		record->collateral = rk_ramp_target(record);
		memset(&record->ramp, 0, sizeof(record->ramp));
		end_size(record);
		end_groups(terms, record);
		rk_listing_derive_asset(record);
	}
	for (uint32_t i = 0; i < terms->engine->markets_n; i++)
		memset(&terms->markets[i].ramp, 0,
		       sizeof(terms->markets[i].ramp));
}

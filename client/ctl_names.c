/*
 * riskctl: names out of an engine. See ctl_names.h.
 */
#include "ctl_names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/rc.h"
#include "engine/view.h"

void ctl_names_free(struct ctl_names *names)
{
	free(names->assets);
	free(names->markets);
	free(names->slots);
	free(names->publishers);
	free(names->venues);
	memset(names, 0, sizeof(*names));
}

static int make_room(struct ctl_names *names, const struct rk_engine *engine)
{
	struct rk_engine_counts counts;

	rk_view_counts(engine, &counts);
	ctl_names_free(names);
	names->assets = calloc(counts.assets + 1, sizeof(*names->assets));
	names->markets = calloc(counts.markets + 1, sizeof(*names->markets));
	names->slots = calloc(counts.slots + 1, sizeof(*names->slots));
	names->publishers =
		calloc(counts.publishers + 1, sizeof(*names->publishers));
	names->venues = calloc(counts.venues + 1, sizeof(*names->venues));
	if (!names->assets || !names->markets || !names->slots ||
	    !names->publishers || !names->venues) {
		ctl_names_free(names);
		return -ENOMEM;
	}
	names->assets_n = counts.assets;
	names->markets_n = counts.markets;
	names->slots_n = counts.slots;
	names->publishers_n = counts.publishers;
	names->venues_n = counts.venues;
	return 0;
}

static void take_assets(struct ctl_names *names, const struct rk_engine *engine)
{
	for (uint32_t i = 0; i < names->assets_n; i++) {
		struct rk_asset_view view;
		struct ctl_name_asset *asset = &names->assets[i];

		if (rk_view_asset(engine, i, &view) != RK_OK)
			continue;
		memcpy(asset->name, view.listing.name, RK_NAME_SIZE - 1);
		asset->decimals = view.listing.decimals;
		asset->price_decimals = view.listing.price_decimals;
	}
}

static void take_markets(struct ctl_names *names,
			 const struct rk_engine *engine)
{
	for (uint32_t i = 0; i < names->markets_n; i++) {
		struct rk_market_view view;
		struct ctl_name_market *market = &names->markets[i];

		if (rk_view_market(engine, i, &view) != RK_OK)
			continue;
		memcpy(market->name, view.listing.name, RK_NAME_SIZE - 1);
		market->price_decimals = view.listing.price_decimals;
		market->size_decimals = view.listing.size_decimals;
		market->settle = view.settle_asset;
		market->inverse = view.listing.contract == RK_CONTRACT_INVERSE;
	}
}

static void take_slots(struct ctl_names *names, const struct rk_engine *engine)
{
	for (uint32_t i = 0; i < names->slots_n; i++) {
		struct ctl_name_slot *slot = &names->slots[i];
		struct rk_slot_view view;

		if (rk_view_slot(engine, i, &view) != RK_OK)
			continue;
		slot->decimals = view.decimals;
		slot->is_market = view.market < names->markets_n;
		slot->id = slot->is_market ? view.market : view.asset;
		if (slot->is_market)
			memcpy(slot->name, names->markets[slot->id].name,
			       RK_NAME_SIZE);
		else if (slot->id < names->assets_n)
			memcpy(slot->name, names->assets[slot->id].name,
			       RK_NAME_SIZE);
	}
}

int ctl_names_take(struct ctl_names *names, const struct rk_engine *engine)
{
	int r = make_room(names, engine);

	if (r < 0)
		return r;
	take_assets(names, engine);
	take_markets(names, engine);
	take_slots(names, engine);
	for (uint32_t i = 0; i < names->publishers_n; i++)
		memcpy(names->publishers[i], rk_view_publisher(engine, i),
		       RK_NAME_SIZE - 1);
	for (uint32_t i = 0; i < names->venues_n; i++)
		memcpy(names->venues[i], rk_view_venue(engine, i),
		       RK_NAME_SIZE - 1);
	return 0;
}

const struct ctl_name_asset *ctl_names_asset(const struct ctl_names *names,
					     uint32_t id)
{
	return id < names->assets_n ? &names->assets[id] : NULL;
}

const struct ctl_name_market *ctl_names_market(const struct ctl_names *names,
					       uint32_t id)
{
	return id < names->markets_n ? &names->markets[id] : NULL;
}

const struct ctl_name_slot *ctl_names_slot(const struct ctl_names *names,
					   uint32_t id)
{
	return id < names->slots_n ? &names->slots[id] : NULL;
}

const char *ctl_names_publisher(const struct ctl_names *names, uint32_t id)
{
	return id < names->publishers_n ? names->publishers[id] : NULL;
}

const char *ctl_names_venue(const struct ctl_names *names, uint32_t id)
{
	return id < names->venues_n ? names->venues[id] : NULL;
}

/*
 * riskctl: names and decimals for printing: from the daemon's list, or offline
 * from what was listed at a place in the journal. See ctl_out.h.
 */
#include "ctl_names.h"
#include "ctl_out.h"

static struct ctl_scale offline_scale(const struct ctl_names *names,
				      uint32_t id)
{
	struct ctl_scale scale = {.market = "?", .asset = "?", .quote = "?"};
	const struct ctl_name_market *market = ctl_names_market(names, id);
	const struct ctl_name_asset *asset;

	if (!market)
		return scale;
	scale.market = market->name;
	scale.price = market->price_decimals;
	scale.size = market->size_decimals;
	asset = ctl_names_asset(names, market->settle);
	if (asset) {
		scale.settle = asset->decimals;
		scale.asset = asset->name;
	}
	/* A price in coins is none: the currency of the quote has no name. */
	scale.quote = market->inverse ? "" : scale.asset;
	return scale;
}

struct ctl_scale ctl_scale_of(const struct ctl *ctl, uint32_t id)
{
	struct ctl_scale scale = {.market = "?", .asset = "?", .quote = "?"};
	const Riskd__Market *market;

	if (ctl->names)
		return offline_scale(ctl->names, id);
	market = risk_market_by_id(ctl->risk, id);
	if (!market)
		return scale;
	scale.market = market->name;
	scale.price = market->price_decimals;
	scale.size = market->size_decimals;
	scale.asset = ctl_asset_of(ctl, market->settle_asset, &scale.settle);
	scale.quote = market->contract == RISKD__CONTRACT__CONTRACT_INVERSE
			      ? ""
			      : scale.asset;
	return scale;
}

const char *ctl_contract_name(bool inverse)
{
	return inverse ? "inverse" : "linear";
}

const char *ctl_asset_of(const struct ctl *ctl, uint32_t id,
			 uint32_t *ret_decimals)
{
	const struct ctl_name_asset *named;
	const Riskd__Asset *asset;

	*ret_decimals = 0;
	if (ctl->names) {
		named = ctl_names_asset(ctl->names, id);
		*ret_decimals = named ? named->decimals : 0;
		return named ? named->name : "?";
	}
	asset = risk_asset_by_id(ctl->risk, id);
	*ret_decimals = asset ? asset->decimals : 0;
	return asset ? asset->name : "?";
}

const char *ctl_slot_of(const struct ctl *ctl, uint32_t id,
			uint32_t *ret_decimals)
{
	struct risk_slot slot = {.name = "?"};

	if (ctl->names) {
		const struct ctl_name_slot *named =
			ctl_names_slot(ctl->names, id);

		*ret_decimals = named ? named->decimals : 0;
		return named ? named->name : "?";
	}
	/* Unknown slots keep the question mark. */
	(void)risk_slot_by_id(ctl->risk, id, &slot);
	*ret_decimals = slot.decimals;
	return slot.name;
}

const char *ctl_growth_name(int growth)
{
	switch (growth) {
	case RISKD__GROWTH__GROWTH_NONE:
		return "none";
	case RISKD__GROWTH__GROWTH_SQRT:
		return "sqrt";
	case RISKD__GROWTH__GROWTH_POWER:
		return "power";
	default:
		return "?";
	}
}

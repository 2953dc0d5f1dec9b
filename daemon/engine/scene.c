/*
 * Prices and what amounts are worth at them. See scene.h.
 */
#include "engine/scene.h"

#include "engine/assert.h"
#include "engine/fx.h"
#include "engine/rc.h"
#include "engine/slow.h"
#include "engine/state.h"

struct rk_scene rk_scene_of(const struct rk_engine *engine,
			    enum rk_prices prices)
{
	return (struct rk_scene){
		.assets = engine->assets,
		.markets = engine->markets,
		.slots = engine->slots,
		.stale_band = engine->risk.stale_band,
		.prices = prices,
	};
}

/* NULL: the slot's own price counts. */
static const struct rk_scene_price *supposed(const struct rk_scene *scene,
					     uint32_t slot)
{
	for (uint32_t i = scene->supposed_n; i > 0; i--)
		if (scene->supposed[i - 1].slot == slot)
			return &scene->supposed[i - 1];
	return NULL;
}

bool rk_scene_price_ok(const struct rk_scene *scene, uint32_t slot)
{
	return slot == RK_NONE || supposed(scene, slot) ||
	       scene->slots[slot].state == RK_PRICE_OK;
}

rk_px rk_scene_mark(const struct rk_scene *scene, uint32_t slot)
{
	const struct rk_scene_price *price = supposed(scene, slot);

	return price ? price->mark : scene->slots[slot].mark;
}

/* The mark, or the slow price of an underlying that counts at it. */
static rk_px chosen(const struct rk_scene *scene, uint32_t slot)
{
	rk_px mark = rk_scene_mark(scene, slot);
	uint32_t underlying;
	rk_px slow;

	if (scene->slow_n == 0)
		return mark;
	underlying = rk_slow_underlying(scene->slots, slot);
	for (uint32_t i = 0; i < scene->slow_n; i++)
		if (scene->slow[i] == underlying) {
			slow = rk_slow_price(&scene->slots[slot], mark);
			return slow.raw == 0 ? mark : slow;
		}
	return mark;
}

rk_px rk_scene_asset_price(const struct rk_scene *scene, uint32_t asset)
{
	const struct rk_asset *record = &scene->assets[asset];

	if (record->slot == RK_NONE)
		return record->listing.fixed_price;
	return chosen(scene, record->slot);
}

rk_px rk_scene_price(const struct rk_scene *scene, uint32_t slot,
		     bool likes_high)
{
	rk_px mark = chosen(scene, slot);
	rk_rate band = scene->stale_band;
	rk_px moved;
	int r;

	if (scene->prices == RK_PRICES_MARK || rk_scene_price_ok(scene, slot) ||
	    mark.raw == 0)
		return mark;

	if (!likes_high)
		band.raw = -band.raw;
	r = rk_fx_shift(mark, band, likes_high ? RK_ROUND_CEIL : RK_ROUND_FLOOR,
			&moved);
	/* Beyond the price scale the mark itself must do. */
	if (r != RK_OK)
		return mark;
	if (moved.raw < scene->slots[slot].price_min.raw)
		moved = scene->slots[slot].price_min;
	return moved;
}

rk_usd rk_scene_asset_value(const struct rk_scene *scene, uint32_t asset,
			    rk_amt amount)
{
	const struct rk_asset *record = &scene->assets[asset];
	rk_px price = record->listing.fixed_price;
	rk_i128 whole;
	rk_usd usd;
	int r;

	if (record->usd_whole != 0) {
		whole = (rk_i128)amount.raw * record->usd_whole;
		RK_ASSERT(rk_fx_fits(whole));
		usd.raw = (int64_t)whole;
		return usd;
	}
	if (record->slot != RK_NONE)
		price = rk_scene_price(scene, record->slot, amount.raw >= 0);
	r = rk_fx_usd(amount, price, record->usd_exp, RK_ROUND_FLOOR, &usd);
	RK_ASSERT(r == RK_OK);
	return usd;
}

rk_i128 rk_scene_amount_of(const struct rk_scene *scene, uint32_t asset,
			   rk_i128 usd, enum rk_round round)
{
	rk_i128 price = rk_scene_asset_price(scene, asset).raw;
	int exp10 = scene->assets[asset].usd_exp;

	if (price == 0)
		return 0;
	if (exp10 < 0)
		usd *= rk_fx_pow10(-exp10);
	else
		price *= rk_fx_pow10(exp10);
	return rk_fx_div(usd, price, round);
}

rk_i128 rk_scene_open_interest(const struct rk_scene *scene,
			       const struct rk_market *market)
{
	rk_i128 more =
		&scene->markets[scene->opening] == market ? scene->opened : 0;

	for (uint32_t i = scene->opens_n; i-- > 0;)
		if (&scene->markets[scene->opens[i].market] == market)
			return scene->opens[i].size + more;
	return market->open_interest + more;
}

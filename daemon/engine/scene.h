/*
 * What holdings are valued with: listings and prices, and which of the prices.
 * Usually those of the engine; a question of the kind "what if" brings copies.
 */
#ifndef RK_ENGINE_SCENE_H
#define RK_ENGINE_SCENE_H

#include <stdbool.h>

#include "engine/fx.h"
#include "engine/units.h"

struct rk_asset;
struct rk_engine;
struct rk_market;
struct rk_slot;

/* Which prices to value at. */
enum rk_prices {
	RK_PRICES_MARK,
	/*
	 * Each price that is not OK is moved by stale_band to the side that
	 * favours the account (S4): below zero even so is below zero for sure.
	 */
	RK_PRICES_FAVOURABLE,
};

/* A price that is only supposed. It is taken as good. */
struct rk_scene_price {
	uint32_t slot;
	rk_px mark;
};

/* An open interest that is only supposed. */
struct rk_scene_open {
	uint32_t market;
	rk_i128 size; /* sum of long sizes, 0 or more */
};

/* All borrowed. */
struct rk_scene {
	const struct rk_asset *assets;
	const struct rk_market *markets;
	const struct rk_slot *slots;
	rk_rate stale_band;
	enum rk_prices prices;
	/* Instead of those of the slots; the last of a slot counts. */
	const struct rk_scene_price *supposed;
	uint32_t supposed_n;
	/* Instead of those of the markets; the last of a market counts. */
	const struct rk_scene_open *opens;
	uint32_t opens_n;
	/* More than that in one market, by an order that is asked about. */
	uint32_t opening;
	rk_i128 opened;
	/* Underlyings that count at their slow prices (slow.h). */
	const uint32_t *slow;
	uint32_t slow_n;
	/* The account is none of the engine's: no pool holds what it has yet.
	 */
	bool outside;
};

/* The engine's own, as it is now. */
struct rk_scene rk_scene_of(const struct rk_engine *engine,
			    enum rk_prices prices);

/* Is the price good enough to act on? A fixed price (RK_NONE) always is. */
bool rk_scene_price_ok(const struct rk_scene *scene, uint32_t slot);

/* The price itself; 0 when there is none yet. */
rk_px rk_scene_mark(const struct rk_scene *scene, uint32_t slot);

/* USD price of an asset: the fixed one or its index; 0 when none yet. At its
 * slow price where the scene says so. */
rk_px rk_scene_asset_price(const struct rk_scene *scene, uint32_t asset);

/* The price to use for a slot, for whoever likes it high, or low. */
rk_px rk_scene_price(const struct rk_scene *scene, uint32_t slot,
		     bool likes_high);

/* The open interest of a market. */
rk_i128 rk_scene_open_interest(const struct rk_scene *scene,
			       const struct rk_market *market);

/* What an amount of an asset counts for, in USD, rounded down. */
rk_usd rk_scene_asset_value(const struct rk_scene *scene, uint32_t asset,
			    rk_amt amount);

/*
 * What of an asset is worth an amount of USD, 0 or more and below 2^64: the
 * way back. 0 without a price.
 */
rk_i128 rk_scene_amount_of(const struct rk_scene *scene, uint32_t asset,
			   rk_i128 usd, enum rk_round round);

#endif

/*
 * Figures of an account as JSON. See calc.h.
 *
 * All numbers are decimal strings with every digit there is, null is "none".
 */
#include "calc.h"

#include "engine/decimal.h"
#include "engine/rc.h"

#define RATE_DECIMALS  9
#define RATIO_DECIMALS 9
#define CALC_SCHEMA    1 /* of what is printed; fields are only ever added */

/* An object being filled. */
struct filling {
	json_t *object;
	bool failed;
};

static void put(struct filling *f, const char *key, json_t *value)
{
	if (!value || json_object_set_new(f->object, key, value) != 0)
		f->failed = true;
}

static void put_decimal(struct filling *f, const char *key, rk_i128 raw,
			int decimals)
{
	char text[RK_DECIMAL_I128_SIZE];

	(void)rk_decimal_format_i128(raw, (uint8_t)decimals, 0, text,
				     sizeof(text));
	put(f, key, json_string(text));
}

static void put_usd(struct filling *f, const char *key, rk_usd usd)
{
	put_decimal(f, key, usd.raw, RK_USD_DECIMALS);
}

/* A price of 0: there is none. */
static void put_price(struct filling *f, const char *key, rk_px price,
		      int decimals)
{
	if (price.raw == 0)
		put(f, key, json_null());
	else
		put_decimal(f, key, price.raw, decimals);
}

static void put_liquidation(struct filling *f,
			    const struct rk_ask_prices *prices, int decimals)
{
	put_price(f, "liquidation_price", prices->price, decimals);
	put_price(f, "liquidation_price_low", prices->low, decimals);
	put_price(f, "liquidation_price_high", prices->high, decimals);
}

/* num / den in 1e-9, rounded up or down; null when den is not above 0. */
static void put_ratio(struct filling *f, const char *key, int64_t num,
		      int64_t den, bool up)
{
	rk_i128 exact = (rk_i128)num * RK_RATE_ONE;
	rk_i128 ratio;

	if (den <= 0) {
		put(f, key, json_null());
		return;
	}
	ratio = exact / den;
	if (exact % den != 0 && (exact < 0) != up)
		ratio += up ? 1 : -1;
	put_decimal(f, key, ratio, RATIO_DECIMALS);
}

static void put_margin(struct filling *f, const struct rk_margin *margin)
{
	rk_usd free_collateral = {
		margin->health_i.raw > 0 ? margin->health_i.raw : 0};

	put_usd(f, "equity", margin->equity);
	put_usd(f, "maintenance", margin->maintenance);
	put_usd(f, "initial", margin->initial);
	put_usd(f, "health_maintenance", margin->health_m);
	put_usd(f, "health_initial", margin->health_i);
	put_usd(f, "health_withdrawal", margin->health_w);
	put_usd(f, "free_collateral", free_collateral);
	put_ratio(f, "ratio", margin->maintenance.raw, margin->equity.raw,
		  true);
	put_usd(f, "assets", margin->assets);
	put_usd(f, "liabilities", margin->liabilities);
	put_ratio(f, "health_factor", margin->assets.raw,
		  margin->liabilities.raw, false);
	put_usd(f, "collateral", margin->collateral);
	put_usd(f, "debt", margin->debt);
	put_ratio(f, "ltv", margin->debt.raw, margin->collateral.raw, true);
	put_ratio(f, "liquidation_threshold", margin->assets.raw,
		  margin->collateral.raw, false);
	put_usd(f, "notional", margin->notional);
	put_ratio(f, "leverage", margin->notional.raw, margin->equity.raw,
		  true);
	put(f, "liquidatable", json_boolean(margin->health_m.raw < 0));
	put(f, "prices_ok", json_boolean(margin->prices_ok));
}

static json_t *balance_json(const struct book *book, const struct rk_ask *ask,
			    uint32_t id, bool *failed)
{
	struct filling f = {.object = json_object()};
	struct rk_balance_view view;
	struct rk_asset_view asset;
	struct rk_ask_prices liquidation = {{0}, {0}, {0}};
	int decimals;

	rk_ask_asset(ask, id, &view);
	(void)rk_view_asset(book->engine, view.asset, &asset);
	decimals = asset.listing.decimals;
	put(&f, "asset", json_string(asset.listing.name));
	put_decimal(&f, "amount", view.amount.raw, decimals);
	put_usd(&f, "value", view.value);
	put_decimal(&f, "withdrawable",
		    rk_ask_withdrawable(ask, view.asset).raw, decimals);
	if (asset.slot != RK_NO_SLOT)
		liquidation = rk_ask_liquidation_prices(ask, asset.slot);
	put_liquidation(&f, &liquidation, asset.listing.price_decimals);
	put_decimal(&f, "weight_maintenance",
		    view.weight[RK_LEVEL_MAINTENANCE].raw, RATE_DECIMALS);
	put_decimal(&f, "weight_initial", view.weight[RK_LEVEL_INITIAL].raw,
		    RATE_DECIMALS);
	put_decimal(&f, "weight_withdrawal",
		    view.weight[RK_LEVEL_WITHDRAWAL].raw, RATE_DECIMALS);
	*failed = *failed || f.failed;
	return f.object;
}

/* What may be borrowed of each asset that is lent: by health alone. */
static json_t *borrowable_json(const struct book *book,
			       const struct rk_ask *ask, bool *failed)
{
	struct filling f = {.object = json_object()};
	struct rk_lending_view lending;
	struct rk_asset_view asset;

	for (uint32_t i = 0;
	     rk_view_lending(book->engine, i, &lending) == RK_OK; i++) {
		if (!lending.terms.lendable)
			continue;
		(void)rk_view_asset(book->engine, i, &asset);
		put_decimal(&f, asset.listing.name,
			    rk_ask_borrowable(ask, i).raw,
			    asset.listing.decimals);
	}
	*failed = *failed || f.failed;
	return f.object;
}

static json_t *position_json(const struct book *book, const struct rk_ask *ask,
			     uint32_t i, bool *failed)
{
	struct filling f = {.object = json_object()};
	struct rk_position_view view;
	struct rk_market_view market;
	struct rk_asset_view settle;
	struct rk_ask_prices liquidation;
	int price_decimals;
	int size_decimals;

	rk_ask_position(ask, i, &view);
	(void)rk_view_market(book->engine, view.market, &market);
	(void)rk_view_asset(book->engine, market.settle_asset, &settle);
	price_decimals = market.listing.price_decimals;
	size_decimals = market.listing.size_decimals;
	put(&f, "market", json_string(market.listing.name));
	put_decimal(&f, "size", view.size.raw, size_decimals);
	put_decimal(&f, "cost", view.cost.raw, settle.listing.decimals);
	put_decimal(&f, "mark", view.mark.raw, price_decimals);
	put_decimal(&f, "unrealised", view.unrealised.raw,
		    settle.listing.decimals);
	put_decimal(&f, "funding", view.funding.raw, settle.listing.decimals);
	put_usd(&f, "notional", view.notional);
	put_usd(&f, "maintenance", view.maintenance);
	put_usd(&f, "initial", view.initial);
	if (view.leverage.raw != 0)
		put_decimal(&f, "leverage", view.leverage.raw, 9);
	liquidation = rk_ask_liquidation_prices(ask, market.slot);
	put_liquidation(&f, &liquidation, price_decimals);
	put_price(&f, "bankruptcy_price",
		  rk_ask_bankruptcy_prices(ask, market.slot).price,
		  price_decimals);
	put_decimal(&f, "max_buy",
		    rk_ask_order_size(ask, view.market, RK_SIDE_BUY, view.mark,
				      RK_ASK_FEE_COUNTED)
			    .raw,
		    size_decimals);
	put_decimal(&f, "max_sell",
		    rk_ask_order_size(ask, view.market, RK_SIDE_SELL, view.mark,
				      RK_ASK_FEE_COUNTED)
			    .raw,
		    size_decimals);
	*failed = *failed || f.failed;
	return f.object;
}

static json_t *order_json(const struct book *book, const struct rk_ask *ask,
			  uint32_t i, bool *failed)
{
	const struct rk_held_order *order = rk_ask_order(ask, i);
	struct filling f = {.object = json_object()};
	struct rk_market_view market;

	(void)rk_view_market(book->engine, order->market, &market);
	put(&f, "market", json_string(market.listing.name));
	put(&f, "side",
	    json_string(order->side == RK_SIDE_BUY ? "buy" : "sell"));
	put_decimal(&f, "size", order->left.raw, market.listing.size_decimals);
	put_decimal(&f, "price", order->price.raw,
		    market.listing.price_decimals);
	put(&f, "reduce_only", json_boolean(order->reduce_only));
	*failed = *failed || f.failed;
	return f.object;
}

/* At the mark of each market that has one, with a position or without. */
static json_t *largest_json(const struct book *book, const struct rk_ask *ask,
			    bool *failed)
{
	json_t *all = json_object();
	struct rk_engine_counts counts;

	rk_view_counts(book->engine, &counts);
	for (uint32_t i = 0; i < counts.markets; i++) {
		struct filling f = {.object = json_object()};
		struct rk_market_view market;
		struct rk_slot_view slot;

		(void)rk_view_market(book->engine, i, &market);
		(void)rk_view_slot(book->engine, market.slot, &slot);
		put_decimal(&f, "buy",
			    rk_ask_order_size(ask, i, RK_SIDE_BUY, slot.mark,
					      RK_ASK_FEE_COUNTED)
				    .raw,
			    market.listing.size_decimals);
		put_decimal(&f, "sell",
			    rk_ask_order_size(ask, i, RK_SIDE_SELL, slot.mark,
					      RK_ASK_FEE_COUNTED)
				    .raw,
			    market.listing.size_decimals);
		if (f.failed || json_object_set_new(all, market.listing.name,
						    f.object) != 0)
			*failed = true;
	}
	return all;
}

json_t *calc_account(const struct book *book, const char *name, uint32_t i,
		     const struct rk_ask *ask)
{
	struct filling f = {.object = json_object()};
	json_t *balances = json_array();
	json_t *positions = json_array();
	json_t *orders = json_array();
	uint32_t assets[RK_ASSETS_MAX];
	uint32_t assets_n = rk_ask_assets(ask, assets);
	struct rk_margin margin;

	rk_ask_margin(ask, &margin);
	put(&f, "schema", json_integer(CALC_SCHEMA));
	if (name)
		put(&f, "account", json_string(name));
	else
		put(&f, "account", json_integer((json_int_t)i + 1));
	put(&f, "state", json_string(rk_state_name(rk_ask_state(ask))));
	put_margin(&f, &margin);
	for (uint32_t k = 0; k < assets_n; k++)
		if (json_array_append_new(
			    balances,
			    balance_json(book, ask, assets[k], &f.failed)))
			f.failed = true;
	for (uint32_t k = 0; k < rk_ask_positions(ask); k++)
		if (json_array_append_new(
			    positions, position_json(book, ask, k, &f.failed)))
			f.failed = true;
	for (uint32_t k = 0; k < rk_ask_orders(ask); k++)
		if (json_array_append_new(orders,
					  order_json(book, ask, k, &f.failed)))
			f.failed = true;
	put(&f, "balances", balances);
	put(&f, "positions", positions);
	put(&f, "borrowable", borrowable_json(book, ask, &f.failed));
	put(&f, "orders", orders);
	put(&f, "largest_orders", largest_json(book, ask, &f.failed));
	if (!f.failed)
		return f.object;
	json_decref(f.object);
	return NULL;
}

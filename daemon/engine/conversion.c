/*
 * Choosing and sizing what is sold. See conversion.h.
 *
 * Selling an asset for USD 1 of a debt lowers what counts against the account
 * by the liability of the debt, at what the sale brings, and what counts for
 * it by the weight of the asset: that which relieves most goes first, and one
 * that would make health worse does not go at all.
 */
#include "engine/conversion.h"

#include <string.h>

#include "engine/account.h"
#include "engine/assert.h"
#include "engine/funding.h"
#include "engine/fx.h"
#include "engine/interest.h"
#include "engine/liquidation.h"
#include "engine/listing.h"
#include "engine/margin.h"
#include "engine/order.h"
#include "engine/rc.h"

/* No order asks for more than this. */
#define LEAST_MAX (INT64_C(1) << 62)

int rk_conversion_set(struct rk_engine *engine, const struct rk_cmd *cmd,
		      struct rk_evbuf *events)
{
	const struct rk_cmd_conversion *want = &cmd->conversion;
	uint32_t id = rk_listing_find_asset(engine, want->asset);
	struct rk_asset *asset;
	struct rk_event *event;
	const char *field;
	int r;

	if (id == RK_NONE)
		return RK_REJ_NO_ASSET;
	r = rk_listing_check_conversion(&want->terms, &field);
	if (r != RK_OK)
		return r;
	asset = &engine->assets[id];
	if (rk_conversion_equal(&asset->conversion, &want->terms))
		return RK_REJ_NO_CHANGE;

	rk_mark(engine, RK_UNIT_ASSET, id);
	rk_change(engine, &asset->conversion, sizeof(asset->conversion));
	rk_change(engine, &engine->conversions_n, sizeof(uint32_t));
	engine->conversions_n -= asset->conversion.enabled;
	engine->conversions_n += want->terms.enabled;
	asset->conversion = want->terms;
	event = rk_emit(engine, events, RK_EVENT_CONVERSION_SET, RK_NONE,
			RK_NO_MARKET);
	event->name.id = id;
	event->name.slot = asset->slot;
	memcpy(event->name.name, asset->listing.name, RK_NAME_SIZE);
	rk_touch_all(engine);
	return RK_OK;
}

/* Is this a debt by losses that is more than they may borrow? */
static bool is_beyond_at(const struct rk_engine *engine,
			 const struct rk_balance *balance, int64_t debt_index)
{
	const struct rk_asset *asset = &engine->assets[balance->asset];

	return balance->amount.raw < 0 && asset->conversion.enabled &&
	       rk_interest_loss_at(balance, debt_index).raw >
		       asset->conversion.auto_borrow.raw;
}

static bool is_beyond(const struct rk_engine *engine,
		      const struct rk_balance *balance)
{
	return is_beyond_at(engine, balance,
			    engine->assets[balance->asset].lending.debt_index);
}

static bool may_convert(const struct rk_engine *engine,
			const struct rk_account *account)
{
	return engine->conversions_n > 0 &&
	       account->enforcement == RK_ENFORCE_FULL;
}

bool rk_conversion_is_due(const struct rk_engine *engine, uint32_t account)
{
	const struct rk_account *record = &engine->accounts[account];

	if (record->conversion_withheld != 0)
		return true;
	if (!may_convert(engine, record))
		return false;
	for (uint32_t i = record->balances; i != RK_NONE;
	     i = engine->balances[i].next)
		if (is_beyond(engine, &engine->balances[i]))
			return true;
	return false;
}

bool rk_conversion_would_be_due(const struct rk_engine *engine,
				uint32_t account, uint32_t asset,
				int64_t debt_index)
{
	uint32_t i;

	if (!may_convert(engine, &engine->accounts[account]))
		return false;
	i = rk_account_find_balance(engine, account, asset);
	return i != RK_NONE &&
	       is_beyond_at(engine, &engine->balances[i], debt_index);
}

uint32_t rk_conversion_over(const struct rk_engine *engine,
			    const struct rk_order *order)
{
	const struct rk_order_conversion *conversion = &order->conversion;
	const struct rk_conversion *terms =
		&engine->assets[conversion->buy].conversion;
	uint32_t debt = rk_account_find_balance(engine, order->account,
						conversion->buy);
	int64_t loss = 0;

	if (rk_account_balance(engine, order->account, conversion->sell).raw <=
	    0)
		return RK_CLOSE_FLAT;
	if (debt != RK_NONE)
		loss = rk_interest_loss(&engine->assets[conversion->buy],
					&engine->balances[debt])
			       .raw;
	/* What it has bought itself is no reason: it goes on to repay_to. */
	if (!terms->enabled || loss <= terms->repay_to.raw ||
	    (rk_i128)loss + conversion->bought.raw <= terms->auto_borrow.raw)
		return RK_CLOSE_RECOVERED;
	return 0;
}

/* A debt to be paid, and what is sold for it. */
struct sale {
	uint32_t account;
	uint32_t debt; /* balance record */
	uint32_t buy;  /* asset */
	rk_usd need;   /* to be bought, in USD */
	uint32_t sell; /* asset; RK_NONE: nothing can be */
	int64_t available;
	rk_usd worth;   /* of all that is available, rounded down */
	rk_i128 relief; /* 1e-18 */
};

/* Of one asset, what losses of positions and other orders leave to be sold. */
static rk_i128 available(const struct rk_engine *engine,
			 const struct rk_holdings *holdings, uint32_t account,
			 uint32_t asset)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	rk_i128 amount = rk_holdings_balance(holdings, asset).raw;
	rk_i128 profit = 0;
	struct rk_leg leg;

	for (uint32_t i = 0; i < holdings->positions_n; i++) {
		const struct rk_held_position *position =
			&holdings->positions[i];

		if (engine->markets[position->market].settle != asset)
			continue;
		rk_margin_leg(&scene, position, &leg);
		profit += (rk_i128)leg.unrealised.raw + position->funding.raw;
	}
	if (profit < 0)
		amount += profit;
	for (uint32_t i = engine->accounts[account].orders; i != RK_NONE;
	     i = engine->orders[i].next)
		if (rk_order_converts(&engine->orders[i]) &&
		    engine->orders[i].conversion.sell == asset)
			amount -= rk_order_rest(&engine->orders[i]).raw;
	return amount;
}

/* What an asset counts with at maintenance, in 1e-9. */
static rk_i128 rate_of(const struct rk_scene *scene,
		       const struct rk_holdings *holdings, uint32_t asset)
{
	rk_rate rates[RK_LEVELS];

	rk_margin_weights(scene, holdings, asset, false, rates);
	return rates[RK_LEVEL_MAINTENANCE].raw;
}

/* Rule J4: the asset that relieves most; the lower id of equal ones. */
static void choose(const struct rk_engine *engine,
		   const struct rk_holdings *holdings, struct sale *sale)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	rk_i128 liability = rate_of(&scene, holdings, sale->buy);

	sale->sell = RK_NONE;
	for (uint32_t i = 0; i < holdings->balances_n; i++) {
		uint32_t id = holdings->balances[i].asset;
		const struct rk_asset *asset = &engine->assets[id];
		rk_i128 relief =
			liability * (RK_RATE_ONE - asset->conversion.cost.raw) -
			RK_RATE_ONE * rate_of(&scene, holdings, id);
		rk_i128 amount;
		rk_usd worth;

		if (id == sale->buy || !asset->conversion.enabled ||
		    holdings->balances[i].amount.raw <= 0 || relief <= 0 ||
		    (sale->sell != RK_NONE && relief <= sale->relief) ||
		    !rk_scene_price_ok(&scene, asset->slot))
			continue;
		amount = available(engine, holdings, sale->account, id);
		if (amount <= 0)
			continue;
		worth = rk_scene_asset_value(&scene, id,
					     (rk_amt){(int64_t)amount});
		if (worth.raw <= 0)
			continue;
		sale->sell = id;
		sale->available = (int64_t)amount;
		sale->worth = worth;
		sale->relief = relief;
	}
}

/* USD as an amount of an asset at its price, rounded up; usd within 2^61. */
static rk_i128 amount_of(const struct rk_engine *engine, uint32_t asset,
			 rk_i128 usd)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	rk_i128 price = rk_scene_asset_price(&scene, asset).raw;
	int exp10 = engine->assets[asset].usd_exp;

	if (exp10 < 0)
		usd *= rk_fx_pow10(-exp10);
	else
		price *= rk_fx_pow10(exp10);
	return rk_fx_div(usd, price, RK_ROUND_CEIL);
}

/* As much as brings what is needed at the cost of selling; at most all. */
static rk_qty size_of(const struct rk_engine *engine, const struct sale *sale)
{
	rk_i128 left =
		RK_RATE_ONE - engine->assets[sale->sell].conversion.cost.raw;
	rk_i128 needed = (rk_i128)sale->need.raw * RK_RATE_ONE;
	rk_i128 size;

	if (sale->worth.raw * left <= needed)
		return (rk_qty){sale->available};
	size = amount_of(engine, sale->sell,
			 rk_fx_div(needed, left, RK_ROUND_CEIL));
	return (rk_qty){size < sale->available ? (int64_t)size
					       : sale->available};
}

/* What a size must bring at the worst price, rounded up. */
static rk_amt least_of(const struct rk_engine *engine, const struct sale *sale,
		       rk_qty size)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	rk_rate band = engine->assets[sale->sell].conversion.band;
	rk_usd worth =
		rk_scene_asset_value(&scene, sale->sell, (rk_amt){size.raw});
	rk_i128 least = amount_of(
		engine, sale->buy,
		rk_fx_div_rate((rk_i128)worth.raw * (RK_RATE_ONE - band.raw),
			       RK_ROUND_CEIL));

	if (least < 1)
		least = 1;
	return (rk_amt){least > LEAST_MAX ? LEAST_MAX : (int64_t)least};
}

static void open_order(struct rk_engine *engine, struct rk_evbuf *events,
		       const struct sale *sale, const struct rk_health *health)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	struct rk_balance *debt = &engine->balances[sale->debt];
	struct rk_order_terms terms = {
		.account = sale->account,
		.market = RK_NO_MARKET,
		.side = RK_SIDE_SELL,
		.size = size_of(engine, sale),
		.conversion = {.sell = sale->sell,
			       .buy = sale->buy,
			       .loss = rk_interest_loss(
				       &engine->assets[sale->buy], debt),
			       .sell_mark =
				       rk_scene_asset_price(&scene, sale->sell),
			       .buy_mark =
				       rk_scene_asset_price(&scene, sale->buy)},
		.health = *health,
	};

	terms.conversion.least = least_of(engine, sale, terms.size);
	rk_mark(engine, RK_UNIT_ACCOUNT, sale->account);
	debt->last_order_ns = engine->time_ns;
	rk_order_open(engine, events, &terms);
}

/* Is an order for this debt not closed yet? */
static bool is_on_its_way(const struct rk_engine *engine, uint32_t account,
			  uint32_t asset)
{
	for (uint32_t i = engine->accounts[account].orders; i != RK_NONE;
	     i = engine->orders[i].next)
		if (rk_order_converts(&engine->orders[i]) &&
		    engine->orders[i].conversion.buy == asset)
			return true;
	return false;
}

/* What comes of a debt that is beyond what losses may borrow. */
enum outcome {
	PAID,    /* an order is on its way, or will be opened when it can */
	UNKNOWN, /* the price of the debt is not OK */
	NOTHING, /* there is nothing to be sold */
};

/* Rules J4 and J5 for one such debt. */
static enum outcome pay(struct rk_engine *engine, struct rk_evbuf *events,
			uint32_t account, uint32_t debt,
			const struct rk_health *health)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	const struct rk_balance *balance = &engine->balances[debt];
	const struct rk_asset *asset = &engine->assets[balance->asset];
	struct sale sale = {
		.account = account, .debt = debt, .buy = balance->asset};
	int64_t ready_ns = balance->last_order_ns == 0
				   ? 0
				   : balance->last_order_ns +
					     engine->risk.order_cooldown_ns;
	struct rk_holdings holdings;

	if (is_on_its_way(engine, account, sale.buy))
		return PAID;
	if (!rk_scene_price_ok(&scene, asset->slot))
		return UNKNOWN;
	/* Below 0 rounds toward minus infinity: so much more is needed. */
	sale.need.raw = -rk_scene_asset_value(
				 &scene, sale.buy,
				 (rk_amt){asset->conversion.repay_to.raw -
					  rk_interest_loss(asset, balance).raw})
				 .raw;
	rk_holdings_to_judge(engine, &engine->accounts[account], &holdings);
	choose(engine, &holdings, &sale);
	if (sale.sell == RK_NONE)
		return NOTHING;
	if (ready_ns > engine->time_ns)
		rk_liquidation_wake(engine, account, ready_ns);
	else if (!rk_order_room(engine))
		rk_liquidation_wake(engine, account,
				    engine->time_ns + RK_RETRY_NS);
	else
		open_order(engine, events, &sale, health);
	return PAID;
}

static void tell_withheld(struct rk_engine *engine, struct rk_evbuf *events,
			  uint32_t account, uint32_t asset, bool withheld)
{
	uint32_t debt = rk_account_find_balance(engine, account, asset);
	struct rk_event *event =
		rk_emit(engine, events, RK_EVENT_CONVERSION_WITHHELD, account,
			RK_NO_MARKET);

	event->conversion_withheld.asset = asset;
	event->conversion_withheld.withheld = withheld;
	event->conversion_withheld.loss.raw = 0;
	if (debt != RK_NONE)
		event->conversion_withheld.loss = rk_interest_loss(
			&engine->assets[asset], &engine->balances[debt]);
}

/* The first debt for which nothing can be sold is `now`, asset + 1; 0: none. */
static void withhold(struct rk_engine *engine, struct rk_evbuf *events,
		     uint32_t account, uint32_t now)
{
	struct rk_account *record = &engine->accounts[account];
	uint32_t before = record->conversion_withheld;

	if (before == now)
		return;
	rk_mark(engine, RK_UNIT_ACCOUNT, account);
	engine->conversions_withheld_n -= before != 0;
	engine->conversions_withheld_n += now != 0;
	record->conversion_withheld = now;
	if (before != 0)
		tell_withheld(engine, events, account, before - 1, false);
	if (now != 0)
		tell_withheld(engine, events, account, now - 1, true);
}

void rk_conversion_act(struct rk_engine *engine, struct rk_evbuf *events,
		       uint32_t account, const struct rk_health *health)
{
	const struct rk_account *record = &engine->accounts[account];
	uint32_t first = 0;

	for (uint32_t i = may_convert(engine, record) ? record->balances
						      : RK_NONE;
	     i != RK_NONE; i = engine->balances[i].next) {
		uint32_t debt = engine->balances[i].asset + 1;
		enum outcome outcome;

		if (!is_beyond(engine, &engine->balances[i]))
			continue;
		outcome = pay(engine, events, account, i, health);
		/* As long as it is not known it is what it was. */
		if (first == 0 && (outcome == NOTHING ||
				   (outcome == UNKNOWN &&
				    record->conversion_withheld == debt)))
			first = debt;
	}
	withhold(engine, events, account, first);
}

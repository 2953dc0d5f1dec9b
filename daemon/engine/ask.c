/*
 * Questions about a copy of an account. See ask.h.
 */
#include "engine/ask.h"

#include "engine/account.h"
#include "engine/assert.h"
#include "engine/bound.h"
#include "engine/contract.h"
#include "engine/fx.h"
#include "engine/interest.h"
#include "engine/judge.h"
#include "engine/lending.h"
#include "engine/leverage.h"
#include "engine/margin.h"
#include "engine/market_state.h"
#include "engine/rc.h"
#include "engine/resting.h"
#include "engine/solve.h"
#include "engine/suppose.h"
#include "engine/totals.h"

static struct rk_scene scene_of(const struct rk_ask *ask)
{
	struct rk_scene scene = rk_scene_of(ask->engine, RK_PRICES_MARK);

	if (ask->terms) {
		scene.assets = ask->terms->assets;
		scene.markets = ask->terms->markets;
		scene.stale_band = ask->terms->risk.stale_band;
	}
	scene.supposed = ask->supposed;
	scene.supposed_n = ask->supposed_n;
	scene.opens = ask->opens;
	scene.opens_n = ask->opens_n;
	scene.outside = ask->account == RK_NONE;
	return scene;
}

void rk_ask_nobody(const struct rk_engine *engine, struct rk_ask *ret_ask)
{
	ret_ask->engine = engine;
	ret_ask->account = RK_NONE;
	ret_ask->holdings.balances_n = 0;
	ret_ask->holdings.positions_n = 0;
	ret_ask->holdings.leverages_n = 0;
	ret_ask->holdings.orders_n = 0;
	ret_ask->mode = RK_MODE_CROSS;
	ret_ask->state = RK_STATE_OK;
	ret_ask->supposed_n = 0;
	ret_ask->opens_n = 0;
	ret_ask->terms = NULL;
}

int rk_ask_account(const struct rk_engine *engine, uint32_t index,
		   struct rk_ask *ret_ask)
{
	if (index >= engine->accounts_n)
		return RK_REJ_NO_ACCOUNT;
	rk_ask_nobody(engine, ret_ask);
	ret_ask->account = index;
	rk_holdings_of(engine, &engine->accounts[index], &ret_ask->holdings);
	ret_ask->mode = engine->accounts[index].mode;
	ret_ask->state = engine->accounts[index].state;
	return RK_OK;
}

/*
 * Would a deposit be refused for what all hold (A2)? What was supposed before
 * counts as if it were there. Nobody's has been deposited long since.
 */
static int check_in(const struct rk_ask *ask, uint32_t asset, rk_amt amount)
{
	const struct rk_engine *engine = ask->engine;
	const struct rk_scene scene = scene_of(ask);
	const struct rk_asset *record = &scene.assets[asset];
	struct rk_lending_room room;
	rk_amt booked = {0};
	rk_amt settled = {0};
	rk_amt after;
	uint32_t i;
	int r;

	if (ask->account == RK_NONE)
		return RK_OK;
	r = rk_fx_add_amt(rk_holdings_balance(&ask->holdings, asset), amount,
			  &after);
	if (r != RK_OK)
		return r;
	i = rk_account_find_balance(engine, ask->account, asset);
	if (i != RK_NONE) {
		booked = engine->balances[i].amount;
		settled.raw =
			booked.raw +
			rk_interest_unsettled(record, &engine->balances[i]).raw;
	}
	room = rk_lending_room(record);
	r = rk_lending_check_in(&room, rk_totals_rise(settled, after));
	return r == RK_OK ? rk_totals_check_deposit(record, booked, after) : r;
}

int rk_ask_deposit(struct rk_ask *ask, uint32_t asset, rk_amt amount)
{
	struct rk_scene scene = scene_of(ask);
	int r;

	if (asset >= ask->engine->assets_n)
		return RK_REJ_NO_ASSET;
	if (amount.raw == 0)
		return RK_REJ_BAD_AMOUNT;
	/* What is owed must have a price. */
	if (amount.raw < 0 && rk_scene_asset_price(&scene, asset).raw == 0 &&
	    (rk_i128)rk_holdings_balance(&ask->holdings, asset).raw +
			    amount.raw <
		    0)
		return RK_REJ_NO_PRICE;
	r = amount.raw > 0 ? check_in(ask, asset, amount) : RK_OK;
	return r == RK_OK ? rk_suppose_credit(&scene, &ask->holdings, asset,
					      amount)
			  : r;
}

/* One entry for each market. */
static int set_open(struct rk_ask *ask, uint32_t market, rk_i128 size)
{
	uint32_t i = 0;

	while (i < ask->opens_n && ask->opens[i].market != market)
		i++;
	if (i == RK_ASK_OPENS_MAX)
		return RK_REJ_CAPACITY;
	if (i == ask->opens_n)
		ask->opens_n++;
	ask->opens[i] = (struct rk_scene_open){market, size};
	return RK_OK;
}

static int fill_and_open(struct rk_ask *ask,
			 const struct rk_supposed_fill *fill)
{
	struct rk_scene scene = scene_of(ask);
	struct rk_holdings before = ask->holdings;
	rk_i128 open =
		rk_scene_open_interest(&scene, &scene.markets[fill->market]);
	int r = rk_suppose_fill(&scene, &ask->holdings, fill);

	if (r != RK_OK)
		return r;
	r = set_open(ask, fill->market,
		     open + rk_suppose_opened(&before, &ask->holdings,
					      fill->market));
	if (r != RK_OK)
		ask->holdings = before;
	return r;
}

static bool is_believed(const struct rk_market *market, rk_px price)
{
	return price.raw >= market->listing.price_min.raw &&
	       price.raw <= market->listing.price_max.raw;
}

int rk_ask_fee(const struct rk_ask *ask, const struct rk_supposed_fill *fill,
	       bool maker, rk_amt *ret_fee)
{
	const struct rk_scene scene = scene_of(ask);
	const struct rk_market *market;

	if (fill->market >= ask->engine->markets_n)
		return RK_REJ_NO_MARKET;
	market = &scene.markets[fill->market];
	if (!is_believed(market, fill->price))
		return RK_REJ_BAD_PRICE;
	return rk_contract_fee(market, fill->price, fill->part,
			       maker ? market->listing.maker_fee
				     : market->listing.taker_fee,
			       ret_fee);
}

int rk_ask_fill(struct rk_ask *ask, const struct rk_supposed_fill *fill)
{
	struct rk_scene scene = scene_of(ask);
	const struct rk_market *record;

	if (fill->market >= ask->engine->markets_n)
		return RK_REJ_NO_MARKET;
	record = &scene.markets[fill->market];
	if (rk_market_is_settled(record))
		return RK_REJ_MARKET_CLOSED;
	if (!is_believed(record, fill->price))
		return RK_REJ_BAD_PRICE;
	if (fill->part.raw == 0 || fill->part.raw > RK_POSITION_MAX ||
	    fill->part.raw < -RK_POSITION_MAX)
		return RK_REJ_BAD_SIZE;
	if (fill->fee.raw > RK_FEE_MAX || fill->fee.raw < -RK_FEE_MAX)
		return RK_REJ_BAD_AMOUNT;
	if (rk_scene_mark(&scene, record->slot).raw == 0 ||
	    rk_scene_asset_price(&scene, record->settle).raw == 0)
		return RK_REJ_NO_PRICE;
	return fill_and_open(ask, fill);
}

int rk_ask_hold(struct rk_ask *ask, const struct rk_held_position *position)
{
	struct rk_scene scene = scene_of(ask);
	uint32_t market = position->market;
	rk_qty size = position->size;
	const struct rk_market *record;

	if (market >= ask->engine->markets_n)
		return RK_REJ_NO_MARKET;
	record = &scene.markets[market];
	if (rk_market_is_settled(record))
		return RK_REJ_MARKET_CLOSED;
	if (size.raw == 0 || size.raw > record->listing.position_max.raw ||
	    size.raw < -record->listing.position_max.raw)
		return RK_REJ_BAD_SIZE;
	if (rk_scene_mark(&scene, record->slot).raw == 0 ||
	    rk_scene_asset_price(&scene, record->settle).raw == 0)
		return RK_REJ_NO_PRICE;
	return rk_suppose_position(&scene, &ask->holdings, position);
}

int rk_ask_terms(struct rk_ask *ask, const struct rk_supposed_terms *terms)
{
	const struct rk_supposed_terms *before = ask->terms;
	struct rk_scene scene;
	int r;

	ask->terms = terms;
	scene = scene_of(ask);
	r = rk_bound_check_holdings(&scene, &ask->holdings);
	if (r == RK_OK)
		r = rk_resting_bound_check_holdings(&scene, &ask->holdings);
	if (r != RK_OK)
		ask->terms = before;
	return r;
}

int rk_ask_open_interest(struct rk_ask *ask, uint32_t market, rk_qty size)
{
	if (market >= ask->engine->markets_n)
		return RK_REJ_NO_MARKET;
	return size.raw < 0 ? RK_REJ_BAD_SIZE : set_open(ask, market, size.raw);
}

int rk_ask_leverage(struct rk_ask *ask, uint32_t market, rk_rate leverage)
{
	struct rk_scene scene = scene_of(ask);

	if (market >= ask->engine->markets_n)
		return RK_REJ_NO_MARKET;
	if (!rk_leverage_fits(&scene.markets[market], leverage))
		return RK_REJ_LEVERAGE;
	return rk_holdings_choose(&ask->holdings, market, leverage);
}

static struct rk_resting_rules rules_of(const struct rk_ask *ask)
{
	return (struct rk_resting_rules){
		.mode = ask->mode,
		.state = ask->state,
		.markets_max = ask->engine->limits.positions_per_account_max,
	};
}

int rk_ask_place(struct rk_ask *ask, const struct rk_held_order *order)
{
	const struct rk_resting_rules rules = rules_of(ask);
	struct rk_scene scene = scene_of(ask);

	if (order->market >= ask->engine->markets_n)
		return RK_REJ_NO_MARKET;
	return rk_resting_check(&scene, &rules, &ask->holdings, order);
}

int rk_ask_rest(struct rk_ask *ask, const struct rk_held_order *order)
{
	struct rk_scene scene = scene_of(ask);

	if (order->market >= ask->engine->markets_n)
		return RK_REJ_NO_MARKET;
	return rk_resting_suppose(&scene, &ask->holdings, order);
}

rk_px rk_ask_mark(const struct rk_ask *ask, uint32_t market)
{
	struct rk_scene scene = scene_of(ask);

	RK_ASSERT(market < ask->engine->markets_n);
	return rk_scene_mark(&scene, ask->engine->markets[market].slot);
}

uint32_t rk_ask_orders(const struct rk_ask *ask)
{
	return ask->holdings.orders_n;
}

const struct rk_held_order *rk_ask_order(const struct rk_ask *ask, uint32_t i)
{
	RK_ASSERT(i < ask->holdings.orders_n);
	return &ask->holdings.orders[i];
}

int rk_ask_price(struct rk_ask *ask, uint32_t slot, rk_px price)
{
	if (slot >= ask->engine->slots_n)
		return RK_REJ_BAD_PARAM;
	if (price.raw < ask->engine->slots[slot].price_min.raw ||
	    price.raw > ask->engine->slots[slot].price_max.raw)
		return RK_REJ_BAD_PRICE;
	if (ask->supposed_n == RK_ASK_PRICES_MAX)
		return RK_REJ_CAPACITY;
	ask->supposed[ask->supposed_n].slot = slot;
	ask->supposed[ask->supposed_n].mark = price;
	ask->supposed_n++;
	return RK_OK;
}

void rk_ask_margin(const struct rk_ask *ask, struct rk_margin *ret_margin)
{
	struct rk_scene scene = scene_of(ask);

	rk_margin_of(&scene, &ask->holdings, ret_margin);
}

enum rk_state rk_ask_state(const struct rk_ask *ask)
{
	return rk_ask_state_after(ask, RK_STATE_OK);
}

enum rk_state rk_ask_state_after(const struct rk_ask *ask,
				 enum rk_state present)
{
	struct rk_scene scene = scene_of(ask);
	struct rk_judgement judgement;

	rk_margin_judge(&scene, &ask->holdings, &judgement);
	return rk_judge_next(
		ask->terms ? &ask->terms->risk : &ask->engine->risk, present,
		&judgement, ask->holdings.positions_n > 0);
}

uint32_t rk_ask_positions(const struct rk_ask *ask)
{
	return ask->holdings.positions_n;
}

void rk_ask_position(const struct rk_ask *ask, uint32_t i,
		     struct rk_position_view *ret_view)
{
	const struct rk_held_position *held = &ask->holdings.positions[i];
	struct rk_scene scene = scene_of(ask);
	struct rk_leg leg;

	RK_ASSERT(i < ask->holdings.positions_n);
	rk_margin_leg(&scene, held, &leg);
	*ret_view = (struct rk_position_view){
		.market = held->market,
		.size = held->size,
		.cost = held->cost,
		.mark = rk_scene_mark(&scene,
				      ask->engine->markets[held->market].slot),
		.unrealised = leg.unrealised,
		.funding = held->funding,
		.notional = leg.notional,
		.maintenance = leg.maintenance,
		.initial = leg.initial,
		.leverage = held->leverage,
	};
}

uint32_t rk_ask_balances(const struct rk_ask *ask)
{
	return ask->holdings.balances_n;
}

static void balance_view(const struct rk_ask *ask,
			 const struct rk_held_balance *held,
			 struct rk_balance_view *ret_view)
{
	struct rk_scene scene = scene_of(ask);

	ret_view->asset = held->asset;
	ret_view->amount.raw = held->amount.raw - held->interest.raw;
	ret_view->interest = held->interest;
	/* Nobody knows of a supposition what it was for. */
	ret_view->loan.raw = 0;
	ret_view->loss.raw = 0;
	ret_view->withheld = false;
	ret_view->value =
		rk_scene_asset_value(&scene, held->asset, held->amount);
	rk_margin_weights(&scene, &ask->holdings, held->asset, true,
			  ret_view->weight);
}

void rk_ask_balance(const struct rk_ask *ask, uint32_t i,
		    struct rk_balance_view *ret_view)
{
	RK_ASSERT(i < ask->holdings.balances_n);
	balance_view(ask, &ask->holdings.balances[i], ret_view);
}

uint32_t rk_ask_assets(const struct rk_ask *ask,
		       uint32_t ret_assets[RK_ASSETS_MAX])
{
	const struct rk_holdings *holdings = &ask->holdings;
	bool bears[RK_ASSETS_MAX] = {false};
	uint32_t n = 0;

	for (uint32_t i = 0; i < holdings->balances_n; i++)
		bears[holdings->balances[i].asset] = true;
	for (uint32_t i = 0; i < holdings->positions_n; i++)
		bears[ask->engine->markets[holdings->positions[i].market]
			      .settle] = true;
	for (uint32_t i = 0; i < ask->engine->assets_n; i++)
		if (bears[i])
			ret_assets[n++] = i;
	return n;
}

void rk_ask_asset(const struct rk_ask *ask, uint32_t asset,
		  struct rk_balance_view *ret_view)
{
	const struct rk_holdings *holdings = &ask->holdings;
	struct rk_held_balance held = {.asset = asset};

	RK_ASSERT(asset < ask->engine->assets_n);
	for (uint32_t i = 0; i < holdings->balances_n; i++)
		if (holdings->balances[i].asset == asset)
			held = holdings->balances[i];
	balance_view(ask, &held, ret_view);
}

/* Is high nearer to the mark than low, by ratio? */
static bool high_is_nearer(rk_px mark, rk_px low, rk_px high)
{
	return (rk_i128)low.raw * high.raw < (rk_i128)mark.raw * mark.raw;
}

static struct rk_ask_prices solve(const struct rk_ask *ask, uint32_t slot,
				  enum rk_solve_of of)
{
	struct rk_scene scene = scene_of(ask);
	struct rk_ask_prices found = {{0}, {0}, {0}};
	struct rk_solve_prices prices;
	rk_px mark;

	RK_ASSERT(slot < ask->engine->slots_n);
	mark = rk_scene_mark(&scene, slot);
	if (mark.raw == 0)
		return found;
	rk_solve_price(&scene, &ask->holdings, slot, of, &prices);
	found.low = prices.below;
	found.high = prices.above;
	if (found.low.raw == 0 || (found.high.raw != 0 &&
				   high_is_nearer(mark, found.low, found.high)))
		found.price = found.high;
	else
		found.price = found.low;
	return found;
}

struct rk_ask_prices rk_ask_liquidation_prices(const struct rk_ask *ask,
					       uint32_t slot)
{
	return solve(ask, slot, RK_SOLVE_HEALTH);
}

struct rk_ask_prices rk_ask_bankruptcy_prices(const struct rk_ask *ask,
					      uint32_t slot)
{
	return solve(ask, slot, RK_SOLVE_EQUITY);
}

rk_amt rk_ask_withdrawable(const struct rk_ask *ask, uint32_t asset)
{
	struct rk_scene scene = scene_of(ask);
	struct rk_holdings settled = ask->holdings;

	if (rk_suppose_settled(&scene, &settled) != RK_OK)
		return (rk_amt){0};
	return rk_solve_withdrawable(&scene, &settled, asset);
}

rk_amt rk_ask_borrowable(const struct rk_ask *ask, uint32_t asset)
{
	int64_t held = rk_holdings_balance(&ask->holdings, asset).raw;
	int64_t most = rk_ask_withdrawable(ask, asset).raw;

	if (held < 0)
		held = 0;
	return (rk_amt){most > held ? most - held : 0};
}

/* A number that no resting order has. */
static uint64_t unused_number(const struct rk_holdings *holdings)
{
	uint64_t number = 1;

	for (uint32_t i = 0; i < holdings->orders_n;) {
		if (holdings->orders[i].order == number) {
			number++;
			i = 0;
		} else {
			i++;
		}
	}
	return number;
}

/* The largest reduce-only order, where no other is taken. */
static rk_qty most_reducing(const struct rk_ask *ask,
			    struct rk_held_order *order)
{
	int64_t good = 0;
	int64_t bad =
		rk_fx_magnitude(rk_holdings_size(&ask->holdings, order->market))
			.raw +
		1;

	order->order = unused_number(&ask->holdings);
	order->reduce_only = true;
	while (bad - good > 1) {
		struct rk_ask after = *ask;

		order->left.raw = good + (bad - good) / 2;
		if (rk_ask_place(&after, order) == RK_OK)
			good = order->left.raw;
		else
			bad = order->left.raw;
	}
	return (rk_qty){good};
}

rk_qty rk_ask_order_size(const struct rk_ask *ask, uint32_t market,
			 enum rk_side side, rk_px price, rk_rate fee)
{
	struct rk_solve_order order = {market, side, price, fee};
	const struct rk_resting_rules rules = rules_of(ask);
	struct rk_scene scene = scene_of(ask);
	enum rk_resting_takes takes;

	RK_ASSERT(market < ask->engine->markets_n);
	if (price.raw <= 0 ||
	    rk_scene_mark(&scene, ask->engine->markets[market].slot).raw == 0)
		return (rk_qty){0};
	takes = rk_resting_takes(&scene, &rules, &ask->holdings, market);
	if (takes == RK_RESTING_TAKES_NONE)
		return (rk_qty){0};
	if (takes == RK_RESTING_TAKES_REDUCING)
		return most_reducing(ask,
				     &(struct rk_held_order){.market = market,
							     .side = side,
							     .price = price});
	if (fee.raw == RK_ASK_FEE_COUNTED.raw)
		order.fee = rk_resting_fee(
			&scene, &(struct rk_held_order){.market = market,
							.side = side,
							.price = price});
	return rk_solve_order_size(&scene, &ask->holdings, &order);
}

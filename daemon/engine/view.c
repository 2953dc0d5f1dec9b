/*
 * Reading the engine: assets, markets, slots and accounts. See view.h.
 */
#include "engine/view.h"

#include <string.h>

#include "engine/account.h"
#include "engine/assert.h"
#include "engine/client.h"
#include "engine/emode.h"
#include "engine/funding.h"
#include "engine/interest.h"
#include "engine/leverage.h"
#include "engine/margin.h"
#include "engine/market_state.h"
#include "engine/order.h"
#include "engine/pace.h"
#include "engine/ramp.h"
#include "engine/rc.h"
#include "engine/require.h"
#include "engine/slow.h"
#include "engine/state.h"

uint64_t rk_view_seq(const struct rk_engine *engine)
{
	return engine->seq;
}

uint64_t rk_view_event(const struct rk_engine *engine)
{
	return engine->event;
}

size_t rk_view_room(const struct rk_engine *engine)
{
	return rk_engine_size(&engine->max);
}

uint32_t rk_view_accounts(const struct rk_engine *engine)
{
	return engine->accounts_n;
}

int64_t rk_view_time(const struct rk_engine *engine)
{
	return engine->time_ns;
}

int64_t rk_view_next_due(const struct rk_engine *engine)
{
	int64_t due = engine->recheck_ns; /* aged when time has passed it */

	if (due != RK_TIME_NEVER)
		due++;
	if (engine->timers.n > 0 && engine->timers.timers[0].time_ns < due)
		due = engine->timers.timers[0].time_ns;
	if (engine->funding_ns < due)
		due = engine->funding_ns;
	if (engine->interest_ns < due)
		due = engine->interest_ns;
	if (engine->expiry_ns < due)
		due = engine->expiry_ns;
	if (engine->ramp_ns < due)
		due = engine->ramp_ns;
	return due;
}

uint64_t rk_view_quotes_dropped(const struct rk_engine *engine)
{
	return engine->quotes_dropped;
}

uint64_t rk_view_judged(const struct rk_engine *engine)
{
	return engine->judged;
}

void rk_view_counts(const struct rk_engine *engine,
		    struct rk_engine_counts *ret_counts)
{
	memset(ret_counts, 0, sizeof(*ret_counts));
	ret_counts->seq = engine->seq;
	ret_counts->event = engine->event;
	ret_counts->time_ns = engine->time_ns;
	ret_counts->accounts = engine->accounts_n;
	ret_counts->owners = engine->owners_n;
	ret_counts->assets = engine->assets_n;
	ret_counts->markets = engine->markets_n;
	ret_counts->slots = engine->slots_n;
	ret_counts->publishers = engine->publishers_n;
	ret_counts->venues = engine->venues_n;
	ret_counts->clients = engine->clients_n;
	ret_counts->positions = engine->positions_pool.n;
	ret_counts->leverages = engine->leverages_pool.n;
	ret_counts->balances = engine->balances_pool.n;
	ret_counts->orders_open = engine->orders_open_n;
	ret_counts->resting = engine->resting_pool.n;
	ret_counts->withdrawals = engine->withdrawals_pool.n;
	memcpy(ret_counts->by_state, engine->by_state,
	       sizeof(engine->by_state));
	ret_counts->conversions_withheld = engine->conversions_withheld_n;
	ret_counts->judged = engine->judged;
	ret_counts->quotes_dropped = engine->quotes_dropped;
	ret_counts->boxes_waiting =
		engine->watch.changed.n + engine->watch.left.n;
	ret_counts->limits = engine->limits;
	ret_counts->risk = engine->risk;
}

static bool same_name(const char *a, const char *b)
{
	for (size_t i = 0; i < RK_NAME_SIZE; i++) {
		if (a[i] != b[i])
			return false;
		if (a[i] == '\0')
			return true;
	}
	return true;
}

int rk_view_find_asset(const struct rk_engine *engine, const char *name,
		       uint32_t *ret_asset)
{
	for (uint32_t i = 0; i < engine->assets_n; i++)
		if (same_name(engine->assets[i].listing.name, name)) {
			*ret_asset = i;
			return RK_OK;
		}
	return RK_REJ_NO_ASSET;
}

int rk_view_find_market(const struct rk_engine *engine, const char *name,
			uint32_t *ret_market)
{
	for (uint32_t i = 0; i < engine->markets_n; i++)
		if (same_name(engine->markets[i].listing.name, name)) {
			*ret_market = i;
			return RK_OK;
		}
	return RK_REJ_NO_MARKET;
}

const char *rk_view_market_name(const struct rk_engine *engine, uint32_t market)
{
	return market < engine->markets_n ? engine->markets[market].listing.name
					  : NULL;
}

static struct rk_ramp_view view_ramp(const struct rk_ramp *ramp,
				     const struct rk_ramp_run *run)
{
	struct rk_ramp_view view = {.ramp = *ramp};

	view.runs = rk_ramp_runs(run);
	if (!view.runs)
		return view;
	view.since_ns = run->begun_ns;
	view.until_ns = run->begun_ns + run->ramp.duration_ns;
	view.step_ns = run->ramp.step_ns;
	view.elapsed_ns = run->elapsed_ns;
	return view;
}

int rk_view_asset(const struct rk_engine *engine, uint32_t asset,
		  struct rk_asset_view *ret_view)
{
	if (asset >= engine->assets_n)
		return RK_REJ_NO_ASSET;
	ret_view->listing = engine->assets[asset].listing;
	ret_view->slot = engine->assets[asset].slot;
	ret_view->collateral = engine->assets[asset].collateral;
	ret_view->target = rk_ramp_target(&engine->assets[asset]);
	ret_view->ramp = view_ramp(&engine->assets[asset].ramp.ramp,
				   &engine->assets[asset].ramp.run);
	ret_view->scale = engine->assets[asset].scale;
	ret_view->size_ramp = view_ramp(&engine->assets[asset].ramp.ramp,
					&engine->assets[asset].size_ramp.run);
	ret_view->size_factor = engine->assets[asset].size_ramp.now;
	ret_view->conversion = engine->assets[asset].conversion;
	ret_view->held = engine->assets[asset].held;
	ret_view->owed = engine->assets[asset].owed;
	return RK_OK;
}

int rk_view_emode(const struct rk_engine *engine, uint32_t asset,
		  uint32_t group, struct rk_emode_view *ret_view)
{
	const struct rk_asset *record;

	if (asset >= engine->assets_n || group >= RK_EMODE_GROUPS)
		return RK_REJ_NO_ASSET;
	record = &engine->assets[asset];
	rk_emode_get(record, group, &ret_view->entry);
	ret_view->ramp =
		view_ramp(&record->ramp.ramp, &record->emode.ramps[group].run);
	if (!ret_view->entry.collateral && !ret_view->entry.debt &&
	    !ret_view->ramp.runs)
		return RK_REJ_NO_CHANGE;
	memcpy(ret_view->group, engine->emode_groups[group], RK_NAME_SIZE);
	ret_view->weight = rk_emode_weight(record, group);
	ret_view->share = rk_emode_share(record, group);
	return RK_OK;
}

static void view_funding(const struct rk_engine *engine,
			 const struct rk_market *market,
			 struct rk_market_view *view)
{
	const struct rk_market_funding *funding = &market->funding;

	view->funding = funding->terms;
	view->funding_next_ns = 0;
	if (funding->terms.interval_ns != 0 && !rk_market_is_settled(market))
		view->funding_next_ns =
			rk_funding_next(&funding->terms, engine->time_ns);
	view->funding_index = funding->index;
	view->funding_rate = rk_funding_rate(
		&funding->terms, funding->premium_sum, funding->premium_n);
	view->premium_n = funding->premium_n;
}

int rk_view_market(const struct rk_engine *engine, uint32_t market,
		   struct rk_market_view *ret_view)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	const struct rk_market *record;

	if (market >= engine->markets_n)
		return RK_REJ_NO_MARKET;

	record = &engine->markets[market];
	ret_view->listing = record->listing;
	ret_view->settle_asset = record->settle;
	ret_view->slot = record->slot;
	ret_view->halted = engine->slots[record->slot].halted;
	ret_view->long_size = record->long_size;
	ret_view->short_size = record->short_size;
	ret_view->vault_size = record->vault_size;
	ret_view->holders = record->holders_n;
	ret_view->last_trade = record->trade_highest;
	ret_view->withheld = record->withheld_n;
	view_funding(engine, record, ret_view);
	ret_view->margin = record->margin;
	ret_view->liquidation = record->pace.terms;
	ret_view->liquidation_ordered = rk_pace_ordered(engine, record);
	ret_view->ramp = view_ramp(&record->ramp.ramp, &record->ramp.run);
	ret_view->before = record->ramp.before;
	ret_view->open_interest = record->open_interest;
	ret_view->open_usd = rk_require_open_interest(&scene, record);
	ret_view->state = record->life.state;
	ret_view->expiry_ns = record->life.expiry_ns;
	ret_view->settlement = record->life.settlement;
	return RK_OK;
}

int rk_view_slot(const struct rk_engine *engine, uint32_t slot,
		 struct rk_slot_view *ret_view)
{
	const struct rk_slot *record;

	if (slot >= engine->slots_n)
		return RK_REJ_NO_SLOT;

	record = &engine->slots[slot];
	ret_view->mark = record->mark;
	ret_view->state = record->state;
	ret_view->time_ns = record->time_ns;
	ret_view->decimals = record->decimals;
	ret_view->market = record->market;
	ret_view->asset = record->asset;
	ret_view->age_max_ns = record->age_max_ns;
	ret_view->slow = record->slow.terms;
	ret_view->slow_price = rk_slow_price(record, record->mark);
	ret_view->underlying = record->slow.underlying;
	return RK_OK;
}

int rk_view_quote(const struct rk_engine *engine, uint32_t slot,
		  uint32_t publisher, struct rk_quote_view *ret_view)
{
	const struct rk_publisher_quote *quote;

	if (slot >= engine->slots_n)
		return RK_REJ_NO_SLOT;
	if (publisher >= engine->publishers_n)
		return RK_REJ_NO_PUBLISHER;

	quote = &engine->quotes[(size_t)slot * engine->max.publishers_max +
				publisher];
	ret_view->price = quote->price;
	ret_view->time_ns = quote->time_ns;
	ret_view->seq = quote->seq;
	ret_view->usable = quote->usable;
	ret_view->disputing = quote->disputing;
	return RK_OK;
}

const char *rk_view_publisher(const struct rk_engine *engine, uint32_t id)
{
	return id < engine->publishers_n ? engine->publishers[id] : NULL;
}

const char *rk_view_venue(const struct rk_engine *engine, uint32_t id)
{
	return id < engine->venues_n ? engine->venues[id] : NULL;
}

rk_i128 rk_view_deduction(const struct rk_engine *engine, uint32_t market,
			  uint32_t bracket, bool initial)
{
	const struct rk_market *record = &engine->markets[market];

	RK_ASSERT(market < engine->markets_n);
	RK_ASSERT(bracket < record->listing.brackets_n);

	return initial ? record->initial_deduction[bracket]
		       : record->maintenance_deduction[bracket];
}

rk_px rk_view_asset_price(const struct rk_engine *engine, uint32_t asset)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);

	RK_ASSERT(asset < engine->assets_n);

	return rk_scene_asset_price(&scene, asset);
}

rk_usd rk_view_asset_value(const struct rk_engine *engine, uint32_t asset,
			   rk_amt amount)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);

	RK_ASSERT(asset < engine->assets_n);

	return rk_scene_asset_value(&scene, asset, amount);
}

int rk_view_find_account(const struct rk_engine *engine, uint64_t account,
			 uint32_t *ret_index)
{
	uint32_t i = rk_account_find(engine, account);

	if (i == RK_NONE)
		return RK_REJ_NO_ACCOUNT;
	*ret_index = i;
	return RK_OK;
}

int rk_view_account(const struct rk_engine *engine, uint32_t index,
		    struct rk_account_view *ret_view)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	const struct rk_account *account;
	struct rk_holdings holdings;

	if (index >= engine->accounts_n)
		return RK_REJ_NO_ACCOUNT;

	account = &engine->accounts[index];
	ret_view->account = account->id;
	ret_view->owner = account->owner;
	ret_view->mode = account->mode;
	ret_view->enforcement = account->enforcement;
	ret_view->state = account->state;
	ret_view->positions_n = account->positions_n;
	ret_view->balances_n = account->balances_n;
	ret_view->orders_open_n = account->orders_n;
	ret_view->resting_n = account->resting_n;
	ret_view->last_event = account->last_event;
	rk_holdings_of(engine, account, &holdings);
	rk_margin_of(&scene, &holdings, &ret_view->margin);
	return RK_OK;
}

static void view_position(const struct rk_engine *engine,
			  const struct rk_position *position,
			  struct rk_position_view *view)
{
	const struct rk_market *market = &engine->markets[position->market];
	const struct rk_held_position held = {
		position->market, position->size, position->cost,
		rk_funding_unsettled(market, position->size,
				     position->funding_index),
		rk_leverage_of(engine, position->account, position->market)};
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	struct rk_leg leg;

	view->market = position->market;
	view->size = position->size;
	view->cost = position->cost;
	view->mark = engine->slots[market->slot].mark;
	view->withheld = position->withheld;
	view->takeover = position->takeover;
	view->stages = position->stages;
	rk_margin_leg(&scene, &held, &leg);
	view->unrealised = leg.unrealised;
	view->funding = held.funding;
	view->notional = leg.notional;
	view->maintenance = leg.maintenance;
	view->initial = leg.initial;
	view->leverage = held.leverage;
}

uint32_t rk_view_positions(const struct rk_engine *engine, uint32_t index,
			   struct rk_position_view *views, uint32_t max)
{
	uint32_t n = 0;

	RK_ASSERT(index < engine->accounts_n);

	for (uint32_t i = engine->accounts[index].positions; i != RK_NONE;
	     i = engine->positions[i].next) {
		if (n < max)
			view_position(engine, &engine->positions[i], &views[n]);
		n++;
	}
	return n;
}

uint32_t rk_view_leverages(const struct rk_engine *engine, uint32_t index,
			   struct rk_leverage_view *views, uint32_t max)
{
	uint32_t n = 0;

	if (index >= engine->accounts_n)
		return 0;
	for (uint32_t i = engine->accounts[index].leverages; i != RK_NONE;
	     i = engine->leverages[i].next, n++)
		if (n < max)
			views[n] = (struct rk_leverage_view){
				engine->leverages[i].market,
				engine->leverages[i].leverage};
	return n;
}

uint32_t rk_view_balances(const struct rk_engine *engine, uint32_t index,
			  struct rk_balance_view *views, uint32_t max)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	struct rk_holdings holdings;
	uint32_t n = 0;

	RK_ASSERT(index < engine->accounts_n);

	rk_holdings_of(engine, &engine->accounts[index], &holdings);
	for (uint32_t i = engine->accounts[index].balances; i != RK_NONE;
	     i = engine->balances[i].next) {
		if (n < max) {
			views[n].asset = engine->balances[i].asset;
			views[n].amount = engine->balances[i].amount;
			views[n].interest = rk_interest_unsettled(
				&engine->assets[views[n].asset],
				&engine->balances[i]);
			views[n].loan = rk_interest_loan(
				&engine->assets[views[n].asset],
				&engine->balances[i]);
			views[n].loss = rk_interest_loss(
				&engine->assets[views[n].asset],
				&engine->balances[i]);
			views[n].withheld =
				engine->accounts[index].conversion_withheld ==
				views[n].asset + 1;
			views[n].value = rk_scene_asset_value(
				&scene, views[n].asset,
				(rk_amt){views[n].amount.raw +
					 views[n].interest.raw});
			rk_margin_weights(&scene, &holdings, views[n].asset,
					  true, views[n].weight);
		}
		n++;
	}
	return n;
}

void rk_view_weights(const struct rk_engine *engine, uint32_t index,
		     uint32_t asset, rk_rate ret_weights[RK_LEVELS])
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	struct rk_holdings holdings;

	RK_ASSERT(index < engine->accounts_n);
	RK_ASSERT(asset < engine->assets_n);

	rk_holdings_of(engine, &engine->accounts[index], &holdings);
	rk_margin_weights(&scene, &holdings, asset, false, ret_weights);
}

uint32_t rk_view_resting(const struct rk_engine *engine, uint32_t index,
			 struct rk_resting_view *views, uint32_t max)
{
	uint32_t n = 0;

	RK_ASSERT(index < engine->accounts_n);

	for (uint32_t i = engine->accounts[index].resting; i != RK_NONE;
	     i = engine->resting[i].next) {
		const struct rk_resting *order = &engine->resting[i];

		if (n < max)
			views[n] = (struct rk_resting_view){
				order->order,       order->market, order->side,
				order->reduce_only, order->size,   order->left,
				order->price,
			};
		n++;
	}
	return n;
}

static void view_order(const struct rk_engine *engine,
		       const struct rk_order *order, struct rk_order_view *view)
{
	view->order = order->id;
	view->account = engine->accounts[order->account].id;
	view->market = order->market;
	view->side = order->side;
	view->size = order->size;
	view->filled = order->filled;
	view->floor_price = order->floor_price;
	view->mark = order->mark;
	view->opened_ns = order->opened_ns;
	view->expiry_ns = order->expiry_ns;
	view->claimed_by = 0;
	view->claimed_until_ns = 0;
	if (rk_order_is_claimed(engine, order)) {
		view->claimed_by = order->claim.venue;
		view->claimed_until_ns = order->claim.until_ns;
	}
	view->close_asked = order->close_asked;
	view->closed = order->closed;
}

uint32_t rk_view_orders(const struct rk_engine *engine, uint32_t index,
			struct rk_order_view *views, uint32_t max)
{
	uint32_t n = 0;

	RK_ASSERT(index < engine->accounts_n);

	for (uint32_t i = engine->accounts[index].orders; i != RK_NONE;
	     i = engine->orders[i].next) {
		if (rk_order_converts(&engine->orders[i]))
			continue;
		if (n < max)
			view_order(engine, &engine->orders[i], &views[n]);
		n++;
	}
	return n;
}

static void view_conversion(const struct rk_engine *engine,
			    const struct rk_order *order,
			    struct rk_conversion_view *view)
{
	const struct rk_order_conversion *conversion = &order->conversion;

	view->order = order->id;
	view->account = engine->accounts[order->account].id;
	view->sell = conversion->sell;
	view->buy = conversion->buy;
	view->size.raw = order->size.raw;
	view->sold.raw = order->filled.raw;
	view->least = conversion->least;
	view->bought = conversion->bought;
	view->loss = conversion->loss;
	view->sell_mark = conversion->sell_mark;
	view->buy_mark = conversion->buy_mark;
	view->opened_ns = order->opened_ns;
	view->expiry_ns = order->expiry_ns;
	view->close_asked = order->close_asked;
	view->closed = order->closed;
}

uint32_t rk_view_conversions(const struct rk_engine *engine, uint32_t index,
			     struct rk_conversion_view *views, uint32_t max)
{
	uint32_t n = 0;

	RK_ASSERT(index < engine->accounts_n);

	for (uint32_t i = engine->accounts[index].orders; i != RK_NONE;
	     i = engine->orders[i].next) {
		if (!rk_order_converts(&engine->orders[i]))
			continue;
		if (n < max)
			view_conversion(engine, &engine->orders[i], &views[n]);
		n++;
	}
	return n;
}

uint32_t rk_view_orders_n(const struct rk_engine *engine, uint32_t index)
{
	RK_ASSERT(index < engine->accounts_n);

	return engine->accounts[index].orders_n;
}

int rk_view_order(const struct rk_engine *engine, struct rk_order_id id,
		  struct rk_order_view *ret_view)
{
	uint32_t i = rk_order_lookup(engine, id);

	if (i == RK_NONE || rk_order_converts(&engine->orders[i]))
		return RK_REJ_NO_ORDER;
	view_order(engine, &engine->orders[i], ret_view);
	return RK_OK;
}

int rk_view_conversion(const struct rk_engine *engine, struct rk_order_id id,
		       struct rk_conversion_view *ret_view)
{
	uint32_t i = rk_order_lookup(engine, id);

	if (i == RK_NONE || !rk_order_converts(&engine->orders[i]))
		return RK_REJ_NO_ORDER;
	view_conversion(engine, &engine->orders[i], ret_view);
	return RK_OK;
}

uint64_t rk_view_client_seq(const struct rk_engine *engine, const char *client)
{
	uint32_t i = rk_client_find(engine, client);

	return i == RK_NONE ? 0 : engine->clients[i].last;
}

/* a/b and c/d by cross-multiplying; all within 62 bits (N7). */
int rk_view_compare_risk(rk_usd equity_a, rk_usd maintenance_a, rk_usd equity_b,
			 rk_usd maintenance_b)
{
	rk_i128 a = (rk_i128)equity_b.raw * maintenance_a.raw;
	rk_i128 b = (rk_i128)equity_a.raw * maintenance_b.raw;

	if (maintenance_a.raw == 0 && maintenance_b.raw == 0) {
		a = equity_b.raw;
		b = equity_a.raw;
	}
	if (a != b)
		return a > b ? 1 : -1;
	if (maintenance_a.raw != maintenance_b.raw)
		return maintenance_a.raw > maintenance_b.raw ? 1 : -1;
	return 0;
}

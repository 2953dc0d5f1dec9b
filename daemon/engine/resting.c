/*
 * Resting orders: what is allowed, and their records. See resting.h.
 */
#include "engine/resting.h"

#include <string.h>

#include "engine/account.h"
#include "engine/assert.h"
#include "engine/contract.h"
#include "engine/fx.h"
#include "engine/margin.h"
#include "engine/market_state.h"
#include "engine/rc.h"

/*
 * What an account's orders may be worth together at their dearest. Twice that
 * (margin, and loss by the price) still fits beside an account full to N7.
 */
#define WORTH_MAX (RK_ACCOUNT_VALUE_MAX / 4)

/* The most that an order can be worth: raw units or USD, whichever is more. */
static int worth_of(const struct rk_scene *scene,
		    const struct rk_held_order *order, rk_i128 *sum)
{
	const struct rk_market *market = &scene->markets[order->market];
	const struct rk_asset *settle = &scene->assets[market->settle];
	const rk_px at[2] = {rk_contract_dearest(market), order->price};
	rk_px index = settle->slot == RK_NONE ? settle->listing.fixed_price
					      : settle->listing.price_max;
	int64_t most = 0;
	rk_amt floor;
	rk_amt worth;
	rk_usd usd;
	int r;

	/* Its price may be beyond a price_max that was lowered since. */
	for (int i = 0; i < 2; i++) {
		r = rk_contract_value_both(market, at[i], order->left, &floor,
					   &worth);
		if (r != RK_OK)
			return r;
		if (worth.raw > most)
			most = worth.raw;
	}
	worth.raw = most;
	r = rk_fx_usd(worth, index, settle->usd_exp, RK_ROUND_CEIL, &usd);
	if (r != RK_OK)
		return r;
	*sum += usd.raw > worth.raw ? usd.raw : worth.raw;
	return *sum > WORTH_MAX ? RK_REJ_OVERFLOW : RK_OK;
}

/*
 * Can all orders of a market be reckoned with beside the largest position
 * there may be? (A trade is a fact and does not ask for this.)
 */
static bool sizes_fit(const struct rk_scene *scene,
		      const struct rk_holdings *holdings, uint32_t market)
{
	const struct rk_market *record = &scene->markets[market];
	int64_t most = rk_fx_magnitude(rk_holdings_size(holdings, market)).raw;
	rk_i128 sum = 0;

	if (most < record->listing.position_max.raw)
		most = record->listing.position_max.raw;
	for (uint32_t i = 0; i < holdings->orders_n; i++)
		if (holdings->orders[i].market == market)
			sum += holdings->orders[i].left.raw;
	return sum <= RK_POSITION_MAX &&
	       rk_contract_fits(record, (rk_qty){most + (int64_t)sum});
}

int rk_resting_bound_check_holdings(const struct rk_scene *scene,
				    const struct rk_holdings *holdings)
{
	rk_i128 sum = 0;
	int r = RK_OK;

	for (uint32_t i = 0; r == RK_OK && i < holdings->orders_n; i++) {
		uint32_t market = holdings->orders[i].market;

		r = worth_of(scene, &holdings->orders[i], &sum);
		if (r == RK_OK &&
		    (i == 0 || holdings->orders[i - 1].market != market) &&
		    !sizes_fit(scene, holdings, market))
			r = RK_REJ_OVERFLOW;
	}
	return r;
}

int rk_resting_bound_check(const struct rk_engine *engine,
			   const struct rk_account *account)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	struct rk_holdings holdings;

	if (account->resting_n == 0)
		return RK_OK;
	rk_holdings_of(engine, account, &holdings);
	return rk_resting_bound_check_holdings(&scene, &holdings);
}

/* Is it one at all (O1)? */
static int check_form(const struct rk_scene *scene,
		      struct rk_holdings *holdings,
		      const struct rk_held_order *order)
{
	const struct rk_market *market = &scene->markets[order->market];

	/* A snapshot orders its rows by it: it must be one of SQLite's. */
	if (order->order == 0 || order->order > INT64_MAX)
		return RK_REJ_BAD_ID;
	if (order->side != RK_SIDE_BUY && order->side != RK_SIDE_SELL)
		return RK_REJ_BAD_PARAM;
	if (order->left.raw <= 0 || order->left.raw > RK_POSITION_MAX)
		return RK_REJ_BAD_SIZE;
	if (order->price.raw < market->listing.price_min.raw ||
	    order->price.raw > market->listing.price_max.raw)
		return RK_REJ_BAD_PRICE;
	if (rk_holdings_order(holdings, order->order))
		return RK_REJ_EXISTS;
	if (holdings->orders_n >= RK_RESTING_MAX)
		return RK_REJ_MANY_ORDERS;
	if (rk_scene_mark(scene, market->slot).raw == 0 ||
	    rk_scene_asset_price(scene, market->settle).raw == 0)
		return RK_REJ_NO_PRICE;
	return RK_OK;
}

/* What rests on the side of an order: reduce-only orders, or all others. */
static rk_i128 resting_size(const struct rk_holdings *holdings,
			    const struct rk_held_order *like)
{
	rk_i128 sum = 0;

	for (uint32_t i = 0; i < holdings->orders_n; i++) {
		const struct rk_held_order *order = &holdings->orders[i];

		if (order->market == like->market &&
		    order->side == like->side &&
		    order->reduce_only == like->reduce_only)
			sum += order->left.raw;
	}
	return sum;
}

/* Do it and all other reduce-only orders fit into the position? */
static int check_reduces(const struct rk_holdings *after,
			 const struct rk_held_order *order)
{
	int64_t size = rk_holdings_size(after, order->market).raw;

	return resting_size(after, order) <=
			       (order->side == RK_SIDE_SELL ? size : -size)
		       ? RK_OK
		       : RK_REJ_REDUCE_ONLY;
}

/* May the account have something in one more market (T5, limits)? */
static int check_markets(const struct rk_resting_rules *rules,
			 const struct rk_holdings *holdings, uint32_t market)
{
	uint32_t others = 0;

	for (uint32_t i = 0; i < holdings->positions_n; i++)
		if (holdings->positions[i].market != market)
			others++;
	for (uint32_t i = 0; i < holdings->orders_n; i++) {
		uint32_t other = holdings->orders[i].market;

		if (other != market &&
		    (i == 0 || holdings->orders[i - 1].market != other) &&
		    rk_holdings_size(holdings, other).raw == 0)
			others++;
	}
	if (rules->mode == RK_MODE_ISOLATED && others > 0)
		return RK_REJ_ISOLATED;
	return others < rules->markets_max ? RK_OK : RK_REJ_CAPACITY;
}

/* Position and orders of its side, all filled, stay within position_max. */
static int check_limit(const struct rk_scene *scene,
		       const struct rk_holdings *after,
		       const struct rk_held_order *order)
{
	int64_t size = rk_holdings_size(after, order->market).raw;
	rk_i128 filled = (order->side == RK_SIDE_BUY ? size : -size) +
			 resting_size(after, order);

	return filled <= scene->markets[order->market].listing.position_max.raw
		       ? RK_OK
		       : RK_REJ_POSITION_LIMIT;
}

/*
 * By how much its fill may raise the open interest of its market: by what it
 * opens, if the other side opens as much (G4).
 */
static rk_i128 opened_by(const struct rk_holdings *holdings,
			 const struct rk_held_order *order)
{
	int64_t size = rk_holdings_size(holdings, order->market).raw;
	rk_i128 from = order->side == RK_SIDE_BUY ? size : -(rk_i128)size;
	rk_i128 to = from + order->left.raw;

	return (to > 0 ? to : 0) - (from > 0 ? from : 0);
}

/* An order that opens nothing may always be placed (O3). */
static int check_open(const struct rk_scene *scene,
		      const struct rk_holdings *after,
		      const struct rk_held_order *order)
{
	const struct rk_market *market = &scene->markets[order->market];
	rk_i128 most = market->margin.open_max.raw;
	rk_i128 opened = opened_by(after, order);

	if (most == 0 || opened == 0 ||
	    rk_scene_open_interest(scene, market) + opened <= most)
		return RK_OK;
	return RK_REJ_OPEN_LIMIT;
}

rk_rate rk_resting_fee(const struct rk_scene *scene,
		       const struct rk_held_order *order)
{
	const struct rk_market *market = &scene->markets[order->market];
	int64_t mark = rk_scene_mark(scene, market->slot).raw;
	bool at_once = order->side == RK_SIDE_BUY ? order->price.raw >= mark
						  : order->price.raw <= mark;

	return at_once ? market->listing.taker_fee : (rk_rate){0};
}

int rk_resting_check_size(const struct rk_scene *scene,
			  const struct rk_holdings *after,
			  const struct rk_held_order *order, rk_rate fee,
			  rk_i128 health_before)
{
	const struct rk_market *market = &scene->markets[order->market];
	struct rk_held_balance paid = {.asset = market->settle};
	struct rk_scene filled = *scene;
	int r = check_limit(scene, after, order);

	if (r == RK_OK)
		r = check_open(scene, after, order);
	if (r == RK_OK)
		r = rk_resting_bound_check_holdings(scene, after);
	/* It is a part of what the bound has room for. */
	if (r == RK_OK)
		r = rk_contract_fee(market, order->price, order->left, fee,
				    &paid.amount);
	if (r != RK_OK)
		return r;
	filled.opening = order->market;
	filled.opened = opened_by(after, order);
	return rk_margin_check_order(&filled, after,
				     paid.amount.raw != 0 ? &paid : NULL,
				     health_before);
}

/* What is asked of an order that may increase the risk. */
static int check_increase(const struct rk_scene *scene,
			  const struct rk_resting_rules *rules,
			  const struct rk_holdings *before,
			  const struct rk_holdings *after,
			  const struct rk_held_order *order)
{
	const struct rk_market *market = &scene->markets[order->market];
	int r;

	if (rules->state >= RK_STATE_LIQUIDATING)
		return RK_REJ_ONLY_REDUCE;
	if (order->left.raw % market->listing.lot.raw != 0)
		return RK_REJ_BAD_LOT;
	r = check_markets(rules, before, order->market);
	if (r != RK_OK)
		return r;
	return rk_resting_check_size(scene, after, order,
				     rk_resting_fee(scene, order),
				     rk_margin_health_initial(scene, before));
}

static int check(const struct rk_scene *scene,
		 const struct rk_resting_rules *rules,
		 const struct rk_holdings *before,
		 const struct rk_holdings *after,
		 const struct rk_held_order *order)
{
	const struct rk_market *market = &scene->markets[order->market];
	int r;

	if (!rk_market_takes(market, order->reduce_only))
		return RK_REJ_MARKET_CLOSED;
	if (scene->slots[market->slot].halted)
		return RK_REJ_HALTED;
	if (!order->reduce_only)
		return check_increase(scene, rules, before, after, order);
	r = check_reduces(after, order);
	return r == RK_OK ? rk_resting_bound_check_holdings(scene, after) : r;
}

enum rk_resting_takes rk_resting_takes(const struct rk_scene *scene,
				       const struct rk_resting_rules *rules,
				       const struct rk_holdings *holdings,
				       uint32_t market)
{
	const struct rk_market *record = &scene->markets[market];

	if (scene->slots[record->slot].halted ||
	    !rk_market_takes(record, true) ||
	    holdings->orders_n >= RK_RESTING_MAX)
		return RK_RESTING_TAKES_NONE;
	if (!rk_market_takes(record, false) ||
	    rules->state >= RK_STATE_LIQUIDATING ||
	    check_markets(rules, holdings, market) != RK_OK)
		return RK_RESTING_TAKES_REDUCING;
	return RK_RESTING_TAKES_ALL;
}

int rk_resting_check(const struct rk_scene *scene,
		     const struct rk_resting_rules *rules,
		     struct rk_holdings *holdings,
		     const struct rk_held_order *order)
{
	struct rk_holdings before = *holdings;
	int r = check_form(scene, holdings, order);

	if (r != RK_OK)
		return r;
	(void)rk_holdings_add_order(holdings, order);
	r = check(scene, rules, &before, holdings, order);
	if (r != RK_OK)
		*holdings = before;
	return r;
}

int rk_resting_suppose(const struct rk_scene *scene,
		       struct rk_holdings *holdings,
		       const struct rk_held_order *order)
{
	struct rk_holdings before = *holdings;
	int r = check_form(scene, holdings, order);

	if (r != RK_OK)
		return r;
	if (rk_market_is_settled(&scene->markets[order->market]))
		return RK_REJ_MARKET_CLOSED;
	(void)rk_holdings_add_order(holdings, order);
	r = rk_resting_bound_check_holdings(scene, holdings);
	if (r != RK_OK)
		*holdings = before;
	return r;
}

/* Does a come before b in the list of an account? */
static bool comes_before(const struct rk_resting *a, uint32_t market,
			 uint64_t order)
{
	return a->market < market || (a->market == market && a->order < order);
}

/* A record in the list of its account, or RK_NONE: no room. */
static uint32_t add_record(struct rk_engine *engine,
			   const struct rk_resting *order, uint32_t max)
{
	struct rk_account *account = &engine->accounts[order->account];
	uint32_t *link = &account->resting;
	uint32_t i = RK_POOL_TAKE(engine, &engine->resting_pool,
				  engine->resting, max, next);

	if (i == RK_NONE)
		return RK_NONE;
	while (*link != RK_NONE && comes_before(&engine->resting[*link],
						order->market, order->order))
		link = &engine->resting[*link].next;
	rk_mark(engine, RK_UNIT_ACCOUNT, order->account);
	rk_change(engine, &engine->resting[i], sizeof(*order));
	engine->resting[i] = *order;
	engine->resting[i].next = *link;
	rk_change(engine, link, sizeof(*link));
	*link = i;
	rk_change(engine, &account->resting_n, sizeof(account->resting_n));
	account->resting_n++;
	return i;
}

static void drop_record(struct rk_engine *engine, uint32_t i)
{
	struct rk_resting *order = &engine->resting[i];
	struct rk_account *account = &engine->accounts[order->account];
	uint32_t *link = &account->resting;

	while (*link != i) {
		RK_ASSERT(*link != RK_NONE);
		link = &engine->resting[*link].next;
	}
	rk_change(engine, link, sizeof(*link));
	*link = order->next;
	rk_change(engine, &account->resting_n, sizeof(account->resting_n));
	account->resting_n--;
	rk_change(engine, order, sizeof(*order));
	RK_POOL_GIVE(engine, &engine->resting_pool, engine->resting, i, next);
}

static uint32_t find_record(const struct rk_engine *engine, uint32_t account,
			    uint64_t order)
{
	uint32_t i = engine->accounts[account].resting;

	while (i != RK_NONE && engine->resting[i].order != order)
		i = engine->resting[i].next;
	return i;
}

static struct rk_event *tell(struct rk_engine *engine, struct rk_evbuf *events,
			     enum rk_event_type type,
			     const struct rk_resting *order)
{
	struct rk_event *event =
		rk_emit(engine, events, type, order->account, order->market);

	event->resting.order = order->order;
	event->resting.side = order->side;
	event->resting.reduce_only = order->reduce_only;
	event->resting.size = order->size;
	event->resting.left = order->left;
	event->resting.price = order->price;
	return event;
}

int rk_resting_place(struct rk_engine *engine, const struct rk_cmd *cmd,
		     struct rk_evbuf *events)
{
	const struct rk_cmd_place *want = &cmd->place;
	const struct rk_held_order order = {want->order, want->market,
					    want->side,  want->reduce_only,
					    want->size,  want->price};
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	uint32_t i = rk_account_find(engine, want->account);
	struct rk_resting_rules rules = {
		.markets_max = engine->limits.positions_per_account_max};
	struct rk_holdings holdings;
	uint32_t at;
	int r;

	if (i == RK_NONE)
		return RK_REJ_NO_ACCOUNT;
	if (want->market >= engine->markets_n)
		return RK_REJ_NO_MARKET;
	rules.mode = engine->accounts[i].mode;
	rules.state = engine->accounts[i].state;
	rk_holdings_of(engine, &engine->accounts[i], &holdings);
	r = rk_resting_check(&scene, &rules, &holdings, &order);
	if (r != RK_OK)
		return r;
	at = add_record(engine,
			&(struct rk_resting){
				.order = want->order,
				.account = i,
				.market = want->market,
				.side = want->side,
				.reduce_only = want->reduce_only,
				.size = want->size,
				.left = want->size,
				.price = want->price,
			},
			rk_resting_room(&engine->limits));
	if (at == RK_NONE)
		return RK_REJ_CAPACITY;
	tell(engine, events, RK_EVENT_ORDER_PLACED, &engine->resting[at]);
	return RK_OK;
}

/* Less rests; the event is told when the record still says what it was. */
static struct rk_event *set_left(struct rk_engine *engine,
				 struct rk_evbuf *events,
				 enum rk_event_type type, uint32_t i,
				 rk_qty left)
{
	struct rk_resting *order = &engine->resting[i];
	struct rk_event *event;

	rk_mark(engine, RK_UNIT_ACCOUNT, order->account);
	rk_change(engine, &order->left, sizeof(order->left));
	order->left = left;
	event = tell(engine, events, type, order);
	if (left.raw == 0)
		drop_record(engine, i);
	return event;
}

int rk_resting_cancel(struct rk_engine *engine, const struct rk_cmd *cmd,
		      struct rk_evbuf *events)
{
	const struct rk_cmd_cancel_order *want = &cmd->cancel_order;
	uint32_t account = rk_account_find(engine, want->account);
	uint32_t i;

	if (account == RK_NONE)
		return RK_REJ_NO_ACCOUNT;
	i = find_record(engine, account, want->order);
	if (i == RK_NONE)
		return RK_REJ_NO_RESTING;
	if (want->left.raw < 0)
		return RK_REJ_BAD_SIZE;
	if (want->left.raw >= engine->resting[i].left.raw)
		return RK_REJ_NOT_LESS;
	(void)set_left(engine, events, RK_EVENT_ORDER_CANCELLED, i, want->left);
	return RK_OK;
}

bool rk_resting_end(struct rk_engine *engine, struct rk_evbuf *events,
		    uint32_t account, uint32_t market)
{
	uint32_t i = engine->accounts[account].resting;

	while (i != RK_NONE && engine->resting[i].market < market)
		i = engine->resting[i].next;
	if (i == RK_NONE || engine->resting[i].market != market)
		return false;
	(void)set_left(engine, events, RK_EVENT_ORDER_CANCELLED, i,
		       (rk_qty){0});
	return true;
}

int rk_resting_fill(struct rk_engine *engine, struct rk_evbuf *events,
		    const struct rk_order_target *target, uint64_t number,
		    const struct rk_cmd_trade *trade)
{
	uint32_t i = number == 0 ? RK_NONE
				 : find_record(engine, target->account, number);
	const struct rk_resting *order;
	struct rk_event *event;
	rk_qty fill = trade->size;

	if (i == RK_NONE)
		return RK_OK;
	order = &engine->resting[i];
	if (order->market != target->market || order->side != target->side)
		return RK_REJ_ORDER_MISMATCH;
	if (fill.raw > order->left.raw)
		fill = order->left;
	event = set_left(engine, events, RK_EVENT_ORDER_EXECUTED, i,
			 (rk_qty){order->left.raw - fill.raw});
	event->resting.fill = fill;
	event->resting.trade = trade->trade;
	return RK_OK;
}

void rk_resting_ask_cancel(struct rk_engine *engine, struct rk_evbuf *events,
			   uint32_t account)
{
	const struct rk_account *record = &engine->accounts[account];

	if (record->resting_n == 0 || record->enforcement != RK_ENFORCE_FULL)
		return;
	rk_emit(engine, events, RK_EVENT_ORDERS_CANCEL_ASKED, account,
		RK_NO_MARKET)
		->cancel_asked.orders = record->resting_n;
}

int rk_resting_load(struct rk_engine *engine, const struct rk_resting *order)
{
	struct rk_account *account = &engine->accounts[order->account];

	if (order->order == 0 || order->order > INT64_MAX ||
	    order->left.raw <= 0 || order->left.raw > order->size.raw ||
	    order->size.raw > RK_POSITION_MAX || order->price.raw <= 0 ||
	    engine->markets[order->market].slot == RK_NONE ||
	    account->resting_n >= RK_RESTING_MAX ||
	    find_record(engine, order->account, order->order) != RK_NONE)
		return RK_REJ_BAD_PARAM;
	/* Those from before the limit was lowered stay. */
	return add_record(engine, order, rk_resting_room(&engine->max)) ==
			       RK_NONE
		       ? RK_REJ_CAPACITY
		       : RK_OK;
}

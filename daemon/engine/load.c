/*
 * Rows into records, with the lists, maps, sums and timers around them. See
 * load.h.
 */
#include "engine/load.h"

#include <string.h>

#include "engine/account.h"
#include "engine/assert.h"
#include "engine/bound.h"
#include "engine/contract.h"
#include "engine/funding.h"
#include "engine/fx.h"
#include "engine/listing.h"
#include "engine/order.h"
#include "engine/price.h"
#include "engine/rc.h"
#include "engine/row_pass.h"
#include "engine/scene.h"
#include "engine/view.h"

#define COUNT_MAX (UINT64_C(1) << 62) /* of events, closings, sequences */

/* One row on its way in. */
struct taking {
	struct rk_engine *engine;
	struct rk_pass pass;
	struct rk_row_place at;
	struct rk_load_problem *problem;
};

static int bad(struct taking *t, const char *column, const char *what)
{
	t->problem->column = column;
	t->problem->what = what;
	return RK_REJ_BAD_PARAM;
}

static int full(struct taking *t, const char *limit)
{
	t->problem->column = NULL;
	t->problem->what = limit;
	return RK_REJ_CAPACITY;
}

/* Were all columns there and in range? */
static int passed(struct taking *t)
{
	if (t->pass.bad)
		return bad(t, t->pass.bad, "missing or out of range");
	if (t->pass.n != t->pass.taken->n)
		return bad(t, NULL, "more columns than there are");
	return RK_OK;
}

static int next_in_line(struct taking *t, uint32_t have, uint32_t max,
			const char *limit)
{
	if (t->at.number != have)
		return bad(t, "number", "does not follow the one before");
	if (have >= max)
		return full(t, limit);
	return RK_OK;
}

bool rk_load_limits(const struct rk_row *row, struct rk_cmd_limits *ret_limits)
{
	struct rk_pass pass = {
		.mode = RK_PASS_TAKE, .format = row->format, .taken = row};
	struct rk_row_place at = {0, 0, 0, 0};
	struct rk_row_engine record;

	memset(&record, 0, sizeof(record));
	if (row->table != RK_TABLE_ENGINE)
		return false;
	rk_pass_engine(&pass, &at, &record);
	if (pass.bad)
		return false;
	*ret_limits = record.limits;
	return true;
}

static int take_engine(struct taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_row_engine record;
	const char *field;
	int r;

	memset(&record, 0, sizeof(record));
	rk_pass_engine(&t->pass, &t->at, &record);
	r = passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.number != 0 || e->seq != 0)
		return bad(t, "number", "there is only one such row");
	if (record.seq == 0 || record.seq >= RK_SEQ_MAX)
		return bad(t, "seq", "out of range");
	if (record.event > COUNT_MAX || record.closings > COUNT_MAX)
		return bad(t, "event", "out of range");
	if (record.time_ns < 0 || record.time_ns > RK_TIME_MAX_NS)
		return bad(t, "time_ns", "out of range");
	if (rk_listing_check_risk(&record.risk, &field) != RK_OK)
		return bad(t, field, "cannot work");
	if (!rk_listing_limits_fit(&record.limits, &e->max))
		return full(t, "limits");

	e->seq = record.seq;
	e->event = record.event;
	e->time_ns = record.time_ns;
	e->last_system_event = record.last_system_event;
	e->event_digest = record.event_digest;
	e->closings = record.closings;
	e->limits = record.limits;
	e->risk = record.risk;
	return RK_OK;
}

static int take_asset(struct taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_asset asset;
	const char *field;
	int r;

	memset(&asset, 0, sizeof(asset));
	rk_collateral_default(&asset.collateral);
	rk_pass_asset(&t->pass, &t->at, &asset);
	r = passed(t);
	if (r == RK_OK)
		r = next_in_line(t, e->assets_n, e->max.assets_max, "assets");
	if (r != RK_OK)
		return r;
	if (rk_listing_check_name(asset.listing.name) != RK_OK ||
	    rk_view_find_asset(e, asset.listing.name, &(uint32_t){0}) == RK_OK)
		return bad(t, "name", "is no name, or used twice");
	if (rk_listing_check_asset(&asset.listing, &field) != RK_OK ||
	    rk_listing_check_collateral(&asset.collateral, &field) != RK_OK)
		return bad(t, field, "cannot work");

	rk_listing_derive_asset(&asset);
	asset.slot = RK_NONE;
	e->assets[e->assets_n++] = asset;
	return RK_OK;
}

static bool check_funding(const struct rk_market_funding *funding,
			  const char **ret_field)
{
	if (rk_listing_check_funding(&funding->terms, ret_field) != RK_OK)
		return false;
	*ret_field = "funding_index";
	if (funding->low > 0 || funding->high < 0 ||
	    funding->index < funding->low || funding->index > funding->high)
		return false;
	*ret_field = "funding_active";
	if (!funding->active && (funding->terms.interval_ns != 0 ||
				 funding->low != 0 || funding->high != 0))
		return false;
	*ret_field = "premium_samples";
	return funding->premium_n <= INT64_MAX;
}

static int take_market(struct taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_market *market = &e->markets[e->markets_n];
	const char *field;
	uint32_t same;
	int r;

	if (e->markets_n >= e->max.markets_max)
		return full(t, "markets");
	memset(market, 0, sizeof(*market));
	rk_contract_default(&market->listing);
	rk_pass_market(&t->pass, &t->at, market);
	r = passed(t);
	if (r == RK_OK)
		r = next_in_line(t, e->markets_n, e->max.markets_max,
				 "markets");
	if (r != RK_OK)
		return r;
	if (rk_listing_check_name(market->listing.name) != RK_OK ||
	    rk_view_find_market(e, market->listing.name, &same) == RK_OK)
		return bad(t, "name", "is no name, or used twice");
	if (rk_view_find_asset(e, market->listing.settle, &market->settle) !=
	    RK_OK)
		return bad(t, "settle", "is no asset");
	if (market->listing.brackets_n < 1 ||
	    market->listing.brackets_n > RK_BRACKETS_MAX)
		return bad(t, "brackets", "out of range");
	if (market->trade_highest > INT64_MAX)
		return bad(t, "trade_highest", "out of range");

	if (!check_funding(&market->funding, &field))
		return bad(t, field, "cannot be");

	market->slot = RK_NONE;
	e->markets_n++;
	return RK_OK;
}

static int take_bracket(struct taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_bracket bracket = {{0}, {0}, {0}};
	int r;

	rk_pass_bracket(&t->pass, &t->at, &bracket);
	r = passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.number >= e->markets_n)
		return bad(t, "market", "is no market");
	if (t->at.second >= e->markets[t->at.number].listing.brackets_n)
		return bad(t, "bracket", "is more than the market has");
	e->markets[t->at.number].listing.brackets[t->at.second] = bracket;
	return RK_OK;
}

static int take_name(struct taking *t, char (*names)[RK_NAME_SIZE], uint32_t *n,
		     uint32_t max)
{
	char name[RK_NAME_SIZE] = {0};
	int r;

	rk_pass_name(&t->pass, &t->at, name);
	r = passed(t);
	if (r == RK_OK)
		r = next_in_line(t, *n, max, t->problem->table);
	if (r != RK_OK)
		return r;
	if (rk_listing_check_name(name) != RK_OK)
		return bad(t, "name", "is no name");
	memcpy(names[(*n)++], name, sizeof(name));
	return RK_OK;
}

static int take_venue_position(struct taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_venue_position position = {0, 0};
	int r;

	rk_pass_venue_position(&t->pass, &t->at, &position);
	r = passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.second >= e->venues_n || t->at.third >= e->markets_n ||
	    t->at.number != RK_VENUE_POSITION_NUMBER(t->at.second, t->at.third))
		return bad(t, "number", "is not that of its venue and market");
	e->venue_positions[(size_t)t->at.second * e->max.markets_max +
			   t->at.third] = position;
	return RK_OK;
}

/* Tell the asset or market which slot is its own. */
static int own_slot(struct taking *t, struct rk_slot *slot)
{
	struct rk_engine *e = t->engine;
	bool of_market = slot->market != RK_NO_MARKET;
	uint32_t *owner;

	if (of_market == (slot->asset != RK_NONE))
		return bad(t, "market", "must stand alone, or asset must");
	if (of_market ? slot->market >= e->markets_n
		      : slot->asset >= e->assets_n)
		return bad(t, of_market ? "market" : "asset", "is not listed");
	if (of_market) {
		const struct rk_cmd_market *listing =
			&e->markets[slot->market].listing;

		owner = &e->markets[slot->market].slot;
		slot->decimals = listing->price_decimals;
		slot->price_min = listing->price_min;
		slot->price_max = listing->price_max;
		slot->age_max_ns = listing->price_age_max_ns;
	} else {
		const struct rk_cmd_asset *listing =
			&e->assets[slot->asset].listing;

		if (listing->fixed_price.raw != 0)
			return bad(t, "asset", "has a fixed price");
		owner = &e->assets[slot->asset].slot;
		slot->decimals = listing->price_decimals;
		slot->price_min.raw = 1;
		slot->price_max = listing->price_max;
		slot->age_max_ns = listing->price_age_max_ns;
	}
	if (*owner != RK_NONE)
		return bad(t, "number", "is a second slot of the same");
	*owner = e->slots_n;
	return RK_OK;
}

static int take_slot(struct taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_slot slot;
	int r;

	memset(&slot, 0, sizeof(slot));
	rk_pass_slot(&t->pass, &t->at, &slot);
	r = passed(t);
	if (r == RK_OK)
		r = next_in_line(t, e->slots_n,
				 e->max.assets_max + e->max.markets_max,
				 "assets");
	if (r == RK_OK)
		r = own_slot(t, &slot);
	if (r != RK_OK)
		return r;
	if (slot.mark.raw != 0 && (slot.mark.raw < slot.price_min.raw ||
				   slot.mark.raw > slot.price_max.raw))
		return bad(t, "mark", "out of range");
	if ((slot.state == RK_PRICE_OK && slot.mark.raw == 0) ||
	    slot.halted != (slot.state == RK_PRICE_HALTED))
		return bad(t, "state", "does not go with mark and halted");

	slot.holders = RK_NONE;
	e->slots[e->slots_n++] = slot;
	if (slot.recheck_ns < e->recheck_ns)
		e->recheck_ns = slot.recheck_ns;
	return RK_OK;
}

static int take_quote(struct taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_publisher_quote quote;
	const struct rk_slot *slot;
	int r;

	memset(&quote, 0, sizeof(quote));
	rk_pass_quote(&t->pass, &t->at, &quote);
	r = passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.second >= e->slots_n || t->at.third >= e->publishers_n ||
	    t->at.number != RK_QUOTE_NUMBER(t->at.second, t->at.third))
		return bad(t, "number", "is not that of slot and publisher");
	slot = &e->slots[t->at.second];
	if (quote.price.raw <= 0 ||
	    (!quote.disputing && (quote.price.raw > slot->price_max.raw ||
				  quote.price.raw < slot->price_min.raw)))
		return bad(t, "price", "out of range");
	if (quote.time_ns <= 0 ||
	    quote.time_ns > RK_TIME_MAX_NS + RK_QUOTE_AHEAD_NS)
		return bad(t, "time_ns", "out of range");
	e->quotes[(size_t)t->at.second * e->max.publishers_max + t->at.third] =
		quote;
	return RK_OK;
}

static void count_owner(struct rk_engine *e, uint64_t owner)
{
	if (rk_map_get(&e->owner_map, owner) == RK_MAP_NONE)
		rk_map_put(&e->owner_map, &e->undo, owner, e->owners_n++);
}

static int take_account(struct taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_account account;
	uint32_t i = e->accounts_n;
	int r;

	memset(&account, 0, sizeof(account));
	rk_pass_account(&t->pass, &t->at, &account);
	r = passed(t);
	if (r == RK_OK)
		r = next_in_line(t, i, e->max.accounts_max, "accounts");
	if (r != RK_OK)
		return r;
	if (account.id == 0 || account.owner == 0 ||
	    rk_account_find(e, account.id) != RK_MAP_NONE)
		return bad(t, "id", "is 0, or used twice");
	if (account.state == RK_STATE_TAKEOVER)
		return bad(t, "state", "out of range");
	if (t->at.timer_ns < 0)
		return bad(t, "timer_ns", "out of range");
	if (rk_map_get(&e->owner_map, account.owner) == RK_MAP_NONE &&
	    e->owners_n >= e->max.owners_max)
		return full(t, "owners");

	account.positions = RK_NONE;
	account.balances = RK_NONE;
	account.orders = RK_NONE;
	e->accounts[e->accounts_n++] = account;
	e->by_state[account.state]++;
	count_owner(e, account.owner);
	rk_map_put(&e->account_map, &e->undo, account.id, i);
	if (t->at.timer_ns > 0)
		rk_heap_set(&e->timers, &e->undo,
			    (struct rk_timer){t->at.timer_ns, 0, i});
	return RK_OK;
}

static int take_balance(struct taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_balance balance;
	rk_amt after;
	int r;

	memset(&balance, 0, sizeof(balance));
	rk_pass_balance(&t->pass, &t->at, &balance);
	r = passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.number >= e->accounts_n)
		return bad(t, "account", "is no account");
	if (balance.asset >= e->assets_n)
		return bad(t, "asset", "is not listed");
	if (balance.amount.raw == 0 ||
	    rk_account_balance(e, t->at.number, balance.asset).raw != 0)
		return bad(t, "amount", "is 0, or there twice");
	if (rk_account_credit(e, t->at.number, balance.asset, balance.amount,
			      &after) != RK_OK)
		return full(t, "balances");
	return RK_OK;
}

/* Can what is not settled be told (N7)? */
static bool funding_fits(const struct rk_market_funding *funding,
			 const struct rk_position *position)
{
	rk_i128 product;

	return position->funding_index >= funding->low &&
	       position->funding_index <= funding->high &&
	       !__builtin_mul_overflow(
		       funding->high - funding->low,
		       (rk_i128)rk_fx_magnitude(position->size).raw,
		       &product) &&
	       product / ((rk_i128)RK_RATE_ONE * RK_RATE_ONE) <=
		       RK_ACCOUNT_VALUE_MAX;
}

static int take_position(struct taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_position position;
	struct rk_position *record;
	struct rk_market *market;
	uint32_t limit = e->limits.positions_per_account_max;
	uint32_t i;
	int r;

	memset(&position, 0, sizeof(position));
	rk_pass_position(&t->pass, &t->at, &position);
	r = passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.number >= e->accounts_n)
		return bad(t, "account", "is no account");
	if (position.market >= e->markets_n)
		return bad(t, "market", "is not listed");
	if (position.size.raw == 0 || position.size.raw < -RK_POSITION_MAX ||
	    position.size.raw > RK_POSITION_MAX ||
	    rk_account_position(e, t->at.number, position.market) != RK_NONE)
		return bad(t, "size", "is 0, too large, or there twice");
	if (e->markets[position.market].slot == RK_NONE ||
	    e->slots[e->markets[position.market].slot].mark.raw == 0)
		return bad(t, "market", "has no price");
	if (position.last_order_ns < 0 ||
	    position.last_order_ns > RK_TIME_MAX_NS)
		return bad(t, "last_order_ns", "out of range");
	if (!funding_fits(&e->markets[position.market].funding, &position))
		return bad(t, "funding_index", "out of range");
	/* Those from before the limit was lowered stay. */
	e->limits.positions_per_account_max = RK_POSITIONS_MAX;
	i = rk_account_open_position(e, t->at.number, position.market);
	e->limits.positions_per_account_max = limit;
	if (i == RK_NONE)
		return full(t, "positions");

	record = &e->positions[i];
	record->size = position.size;
	record->cost = position.cost;
	record->last_order_ns = position.last_order_ns;
	record->withheld = position.withheld;
	record->funding_index = position.funding_index;
	market = &e->markets[position.market];
	if (position.withheld != RK_WITHHELD_NONE)
		market->withheld_n++;
	if (position.size.raw > 0)
		market->long_size += position.size.raw;
	else
		market->short_size -= position.size.raw;
	market->accounts_cost += position.cost.raw;
	return RK_OK;
}

static int take_order(struct taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_order order;
	int r;

	memset(&order, 0, sizeof(order));
	rk_pass_order(&t->pass, &t->at, &order);
	r = passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.number >= e->max.orders_max)
		return full(t, "orders");
	if (order.account >= e->accounts_n)
		return bad(t, "account", "is no account");
	if (order.market >= e->markets_n)
		return bad(t, "market", "is not listed");
	return rk_order_load(e, t->at.number, &order, t->at.timer_ns) == RK_OK
		       ? RK_OK
		       : bad(t, NULL, "is no order that can be");
}

static int take_withdrawal(struct taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_withdrawal withdrawal;
	uint32_t i;
	int r;

	memset(&withdrawal, 0, sizeof(withdrawal));
	rk_pass_withdrawal(&t->pass, &t->at, &withdrawal);
	r = passed(t);
	if (r != RK_OK)
		return r;
	i = t->at.number;
	if (i >= e->max.withdrawals_max)
		return full(t, "withdrawals");
	if (i < e->withdrawals_pool.used)
		return bad(t, "number", "does not follow the one before");
	if (withdrawal.id == 0 ||
	    rk_map_get(&e->withdrawal_map, withdrawal.id) != RK_MAP_NONE)
		return bad(t, "id", "is 0, or used twice");
	if (withdrawal.account >= e->accounts_n)
		return bad(t, "account", "is no account");
	if (withdrawal.asset >= e->assets_n)
		return bad(t, "asset", "is not listed");
	if (withdrawal.amount.raw <= 0)
		return bad(t, "amount", "is not above 0");

	/* The places between are free. */
	while (e->withdrawals_pool.used < i) {
		uint32_t gap = e->withdrawals_pool.used++;

		e->withdrawals[gap].next_free = e->withdrawals_pool.free;
		e->withdrawals_pool.free = gap;
	}
	e->withdrawals[i] = withdrawal;
	e->withdrawals_pool.used++;
	e->withdrawals_pool.n++;
	rk_map_put(&e->withdrawal_map, &e->undo, withdrawal.id, i);
	return RK_OK;
}

static int take_client(struct taking *t)
{
	struct rk_engine *e = t->engine;
	char name[RK_NAME_SIZE] = {0};
	uint64_t last = 0;
	int r;

	rk_pass_client(&t->pass, &t->at, name, &last);
	r = passed(t);
	if (r == RK_OK)
		r = next_in_line(t, e->clients_n, e->max.clients_max,
				 "clients");
	if (r != RK_OK)
		return r;
	if (rk_listing_check_name(name) != RK_OK ||
	    rk_view_client_seq(e, name) != 0)
		return bad(t, "name", "is no name, or used twice");
	if (last == 0 || last > COUNT_MAX)
		return bad(t, "last", "out of range");
	memcpy(e->clients[e->clients_n].name, name, sizeof(name));
	e->clients[e->clients_n++].last = last;
	return RK_OK;
}

static int take_answer(struct taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_client_answer answer;
	struct rk_client *client;
	uint64_t client_seq = 0;
	int r;

	memset(&answer, 0, sizeof(answer));
	rk_pass_answer(&t->pass, &t->at, &answer, &client_seq);
	r = passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.second >= e->clients_n)
		return bad(t, "client", "is no client");
	client = &e->clients[t->at.second];
	if (client_seq == 0 || client_seq > client->last ||
	    client->last - client_seq >= RK_ANSWERS)
		return bad(t, "client_seq", "is not among the newest");
	if (t->at.number !=
	    RK_ANSWER_NUMBER(t->at.second, (uint32_t)(client_seq % RK_ANSWERS)))
		return bad(t, "number", "is not that of client and sequence");
	client->answers[client_seq % RK_ANSWERS] = answer;
	return RK_OK;
}

int rk_load_row(struct rk_engine *engine, const struct rk_row *row,
		struct rk_load_problem *ret_problem)
{
	struct taking t = {.engine = engine, .problem = ret_problem};

	ret_problem->table = rk_table_name(row->table);
	t.pass.mode = RK_PASS_TAKE;
	t.pass.format = row->format;
	t.pass.taken = row;
	switch (row->table) {
	case RK_TABLE_ENGINE:
		return take_engine(&t);
	case RK_TABLE_ASSET:
		return take_asset(&t);
	case RK_TABLE_MARKET:
		return take_market(&t);
	case RK_TABLE_BRACKET:
		return take_bracket(&t);
	case RK_TABLE_PUBLISHER:
		return take_name(&t, engine->publishers, &engine->publishers_n,
				 engine->max.publishers_max);
	case RK_TABLE_VENUE:
		return take_name(&t, engine->venues, &engine->venues_n,
				 engine->max.venues_max);
	case RK_TABLE_VENUE_POSITION:
		return take_venue_position(&t);
	case RK_TABLE_SLOT:
		return take_slot(&t);
	case RK_TABLE_QUOTE:
		return take_quote(&t);
	case RK_TABLE_ACCOUNT:
		return take_account(&t);
	case RK_TABLE_BALANCE:
		return take_balance(&t);
	case RK_TABLE_POSITION:
		return take_position(&t);
	case RK_TABLE_LIQUIDATION_ORDER:
		return take_order(&t);
	case RK_TABLE_WITHDRAWAL:
		return take_withdrawal(&t);
	case RK_TABLE_CLIENT:
		return take_client(&t);
	case RK_TABLE_ANSWER:
		return take_answer(&t);
	case RK_TABLES:
	default:
		return bad(&t, NULL, "is no table of the state");
	}
}

/* Listings hang together; what they lead to is computed anew. */
static int end_listings(struct taking *t)
{
	struct rk_engine *e = t->engine;
	const char *field;

	t->problem->table = "market";
	for (uint32_t i = 0; i < e->markets_n; i++) {
		struct rk_market *market = &e->markets[i];

		if (market->slot == RK_NONE)
			return bad(t, "number", "has no slot");
		if (rk_listing_check_market(&market->listing,
					    &e->assets[market->settle].listing,
					    &field) != RK_OK)
			return bad(t, field, "cannot work");
		rk_listing_derive_market(e, market);
	}
	t->problem->table = "asset";
	for (uint32_t i = 0; i < e->assets_n; i++)
		if (e->assets[i].listing.fixed_price.raw == 0 &&
		    e->assets[i].slot == RK_NONE)
			return bad(t, "number", "has no slot");
	return RK_OK;
}

/* What an account owes must have a price, and be within bounds (N7). */
static int end_account(struct taking *t, const struct rk_account *account)
{
	const struct rk_engine *e = t->engine;
	struct rk_scene scene = rk_scene_of(e, RK_PRICES_MARK);

	if (account->mode == RK_MODE_ISOLATED && account->positions_n > 1)
		return bad(t, "mode", "holds more than one position");
	if (rk_bound_check(e, account) != RK_OK)
		return bad(t, "number", "holds more than it may");
	for (uint32_t i = account->positions; i != RK_NONE;
	     i = e->positions[i].next) {
		uint32_t market = e->positions[i].market;

		if (rk_scene_asset_price(&scene, e->markets[market].settle)
			    .raw == 0)
			return bad(t, "number", "holds what has no price");
	}
	for (uint32_t i = account->balances; i != RK_NONE;
	     i = e->balances[i].next)
		if (e->balances[i].amount.raw < 0 &&
		    rk_scene_asset_price(&scene, e->balances[i].asset).raw == 0)
			return bad(t, "number", "owes what has no price");
	return RK_OK;
}

static int end_accounts(struct taking *t)
{
	int r = RK_OK;

	t->problem->table = "account";
	for (uint32_t i = 0; r == RK_OK && i < t->engine->accounts_n; i++)
		r = end_account(t, &t->engine->accounts[i]);
	return r;
}

int rk_load_end(struct rk_engine *engine, struct rk_load_problem *ret_problem)
{
	struct taking t = {.engine = engine, .problem = ret_problem};
	int r;

	ret_problem->table = "engine";
	if (engine->seq == 0)
		return bad(&t, NULL, "is missing");
	r = end_listings(&t);
	if (r == RK_OK)
		r = end_accounts(&t);
	if (r != RK_OK)
		return r;
	ret_problem->table = "liquidation_order";
	if (rk_order_load_end(engine) != RK_OK)
		return bad(&t, "closing", "numbers have a gap");
	rk_funding_schedule(engine);
	/* What was loaded is what the snapshot holds. */
	rk_marks_forget(engine);
	return RK_OK;
}

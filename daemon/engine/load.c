/*
 * Rows into records, with the lists, maps, sums and timers around them. See
 * load.h.
 */
#include <string.h>

#include "engine/account.h"
#include "engine/assert.h"
#include "engine/bound.h"
#include "engine/contract.h"
#include "engine/funding.h"
#include "engine/fx.h"
#include "engine/interest.h"
#include "engine/leverage.h"
#include "engine/listing.h"
#include "engine/load_impl.h"
#include "engine/market_state.h"
#include "engine/order.h"
#include "engine/price.h"
#include "engine/ramp.h"
#include "engine/rc.h"
#include "engine/resting.h"
#include "engine/row_pass.h"
#include "engine/scene.h"
#include "engine/slow.h"
#include "engine/terms.h"
#include "engine/totals.h"
#include "engine/view.h"
#include "engine/watch.h"

#define COUNT_MAX (UINT64_C(1) << 62) /* of events, closings, sequences */

int rk_load_bad(struct rk_taking *t, const char *column, const char *what)
{
	t->problem->column = column;
	t->problem->what = what;
	return RK_REJ_BAD_PARAM;
}

int rk_load_full(struct rk_taking *t, const char *limit)
{
	t->problem->column = NULL;
	t->problem->what = limit;
	return RK_REJ_CAPACITY;
}

/* Were all columns there and in range? */
int rk_load_passed(struct rk_taking *t)
{
	if (t->pass.bad)
		return rk_load_bad(t, t->pass.bad, "missing or out of range");
	if (t->pass.n != t->pass.taken->n)
		return rk_load_bad(t, NULL, "more columns than there are");
	return RK_OK;
}

int rk_load_next(struct rk_taking *t, uint32_t have, uint32_t max,
		 const char *limit)
{
	if (t->at.number != have)
		return rk_load_bad(t, "number",
				   "does not follow the one before");
	if (have >= max)
		return rk_load_full(t, limit);
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

static int take_engine(struct rk_taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_row_engine record;
	const char *field;
	int r;

	memset(&record, 0, sizeof(record));
	rk_pass_engine(&t->pass, &t->at, &record);
	r = rk_load_passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.number != 0 || e->seq != 0)
		return rk_load_bad(t, "number", "there is only one such row");
	if (record.seq == 0 || record.seq >= RK_SEQ_MAX)
		return rk_load_bad(t, "seq", "out of range");
	if (record.event > COUNT_MAX || record.closings > COUNT_MAX)
		return rk_load_bad(t, "event", "out of range");
	if (record.time_ns < 0 || record.time_ns > RK_TIME_MAX_NS)
		return rk_load_bad(t, "time_ns", "out of range");
	if (rk_listing_check_risk(&record.risk, &field) != RK_OK)
		return rk_load_bad(t, field, "cannot work");
	if (!rk_listing_limits_fit(&record.limits, &e->max))
		return rk_load_full(t, "limits");

	e->seq = record.seq;
	e->event = record.event;
	e->time_ns = record.time_ns;
	e->last_system_event = record.last_system_event;
	e->last_conversion_event = record.last_conversion_event;
	e->event_digest = record.event_digest;
	e->closings = record.closings;
	e->limits = record.limits;
	e->risk = record.risk;
	return RK_OK;
}

static void count_owner(struct rk_engine *e, uint64_t owner)
{
	if (rk_map_get(&e->owner_map, owner) == RK_MAP_NONE)
		rk_map_put(&e->owner_map, &e->undo, owner, e->owners_n++);
}

static int take_account(struct rk_taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_account account;
	uint32_t i = e->accounts_n;
	int r;

	memset(&account, 0, sizeof(account));
	rk_pass_account(&t->pass, &t->at, &account);
	r = rk_load_passed(t);
	if (r == RK_OK)
		r = rk_load_next(t, i, e->max.accounts_max, "accounts");
	if (r != RK_OK)
		return r;
	if (account.id == 0 || account.owner == 0 ||
	    rk_account_find(e, account.id) != RK_MAP_NONE)
		return rk_load_bad(t, "id", "is 0, or used twice");
	if (account.state == RK_STATE_TAKEOVER)
		return rk_load_bad(t, "state", "out of range");
	if (t->at.timer_ns < 0)
		return rk_load_bad(t, "timer_ns", "out of range");
	if (rk_map_get(&e->owner_map, account.owner) == RK_MAP_NONE &&
	    e->owners_n >= e->max.owners_max)
		return rk_load_full(t, "owners");

	if (account.conversion_withheld > e->assets_n)
		return rk_load_bad(t, "conversion_withheld", "is no asset");
	e->conversions_withheld_n += account.conversion_withheld != 0;
	account.positions = RK_NONE;
	account.balances = RK_NONE;
	account.leverages = RK_NONE;
	account.resting = RK_NONE;
	account.orders = RK_NONE;
	e->accounts[e->accounts_n++] = account;
	e->by_state[account.state]++;
	rk_account_note_state(e, i);
	count_owner(e, account.owner);
	rk_map_put(&e->account_map, &e->undo, account.id, i);
	if (t->at.timer_ns > 0)
		rk_heap_set(&e->timers, &e->undo,
			    (struct rk_timer){t->at.timer_ns, 0, i});
	return RK_OK;
}

static int take_balance(struct rk_taking *t)
{
	struct rk_engine *e = t->engine;
	const struct rk_asset_lending *lending;
	struct rk_balance balance;
	rk_amt after;
	uint32_t i;
	int r;

	memset(&balance, 0, sizeof(balance));
	balance.index = RK_INDEX_ONE;
	rk_pass_balance(&t->pass, &t->at, &balance);
	r = rk_load_passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.number >= e->accounts_n)
		return rk_load_bad(t, "account", "is no account");
	if (balance.asset >= e->assets_n)
		return rk_load_bad(t, "asset", "is not listed");
	lending = &e->assets[balance.asset].lending;
	if (balance.amount.raw < 0
		    ? !rk_load_debt_index_fits(balance.index,
					       lending->debt_index)
		    : !(lending->active
				? rk_load_supply_index_fits(balance.index)
				: balance.index == RK_INDEX_ONE))
		return rk_load_bad(t, "interest_index", "out of range");
	if (balance.loan.raw < 0 ||
	    balance.loan.raw >
		    (balance.amount.raw < 0 ? -(rk_i128)balance.amount.raw : 0))
		return rk_load_bad(t, "loan", "is not part of a debt");
	if (balance.last_order_ns < 0 || balance.last_order_ns > RK_TIME_MAX_NS)
		return rk_load_bad(t, "last_order_ns", "out of range");
	if (balance.amount.raw == 0 ||
	    rk_account_balance(e, t->at.number, balance.asset).raw != 0)
		return rk_load_bad(t, "amount", "is 0, or there twice");
	if (rk_account_credit(e, t->at.number, balance.asset, balance.amount,
			      &after) != RK_OK)
		return rk_load_full(t, "balances");
	i = rk_account_find_balance(e, t->at.number, balance.asset);
	RK_ASSERT(i != RK_NONE);
	e->balances[i].index = balance.index;
	e->balances[i].loan = balance.loan;
	e->balances[i].last_order_ns = balance.last_order_ns;
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

static int take_position(struct rk_taking *t)
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
	r = rk_load_passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.number >= e->accounts_n)
		return rk_load_bad(t, "account", "is no account");
	if (position.market >= e->markets_n)
		return rk_load_bad(t, "market", "is not listed");
	if (rk_market_is_settled(&e->markets[position.market]))
		return rk_load_bad(t, "market", "is settled");
	if (position.size.raw == 0 || position.size.raw < -RK_POSITION_MAX ||
	    position.size.raw > RK_POSITION_MAX ||
	    rk_account_position(e, t->at.number, position.market) != RK_NONE)
		return rk_load_bad(t, "size",
				   "is 0, too large, or there twice");
	if (e->markets[position.market].slot == RK_NONE ||
	    e->slots[e->markets[position.market].slot].mark.raw == 0)
		return rk_load_bad(t, "market", "has no price");
	if (position.last_order_ns < 0 ||
	    position.last_order_ns > RK_TIME_MAX_NS)
		return rk_load_bad(t, "last_order_ns", "out of range");
	if (position.stages > RK_TAKEOVER_STAGES_MAX)
		return rk_load_bad(t, "stages", "out of range");
	if (!funding_fits(&e->markets[position.market].funding, &position))
		return rk_load_bad(t, "funding_index", "out of range");
	/* Those from before the limit was lowered stay. */
	e->limits.positions_per_account_max = RK_POSITIONS_MAX;
	i = rk_account_open_position(e, t->at.number, position.market);
	e->limits.positions_per_account_max = limit;
	if (i == RK_NONE)
		return rk_load_full(t, "positions");

	record = &e->positions[i];
	record->size = position.size;
	record->cost = position.cost;
	record->last_order_ns = position.last_order_ns;
	record->withheld = position.withheld;
	record->takeover = position.takeover;
	record->stages = position.stages;
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

static int take_leverage(struct rk_taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_leverage leverage;
	int r;

	memset(&leverage, 0, sizeof(leverage));
	rk_pass_leverage(&t->pass, &t->at, &leverage);
	r = rk_load_passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.number >= e->accounts_n)
		return rk_load_bad(t, "account", "is no account");
	if (leverage.market >= e->markets_n)
		return rk_load_bad(t, "market", "is not listed");
	/* The market may permit less since. */
	if (leverage.leverage.raw < RK_RATE_ONE ||
	    leverage.leverage.raw > RK_LEVERAGE_MAX ||
	    rk_leverage_of(e, t->at.number, leverage.market).raw != 0)
		return rk_load_bad(t, "leverage",
				   "out of range, or there twice");
	if (rk_leverage_keep(e, t->at.number, leverage.market,
			     leverage.leverage) != RK_OK)
		return rk_load_full(t, "positions");
	return RK_OK;
}

static int take_resting(struct rk_taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_resting order;
	int r;

	memset(&order, 0, sizeof(order));
	rk_pass_resting(&t->pass, &t->at, &order);
	r = rk_load_passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.number >= e->accounts_n)
		return rk_load_bad(t, "account", "is no account");
	if (order.market >= e->markets_n)
		return rk_load_bad(t, "market", "is not listed");
	if (rk_market_is_settled(&e->markets[order.market]))
		return rk_load_bad(t, "market", "is settled");
	order.account = t->at.number;
	r = rk_resting_load(e, &order);
	if (r == RK_REJ_CAPACITY)
		return rk_load_full(t, "positions");
	return r == RK_OK ? RK_OK
			  : rk_load_bad(t, NULL, "is no order that can be");
}

static int take_order(struct rk_taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_order order;
	int r;

	memset(&order, 0, sizeof(order));
	order.conversion.sell = RK_NONE;
	order.conversion.buy = RK_NONE;
	rk_pass_order(&t->pass, &t->at, &order);
	r = rk_load_passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.number >= e->max.orders_max)
		return rk_load_full(t, "orders");
	if (order.account >= e->accounts_n)
		return rk_load_bad(t, "account", "is no account");
	if (order.market == RK_NO_MARKET) {
		if (order.conversion.sell >= e->assets_n ||
		    order.conversion.buy >= e->assets_n)
			return rk_load_bad(t, "sell", "or buy is not listed");
	} else if (order.market >= e->markets_n) {
		return rk_load_bad(t, "market", "is not listed");
	}
	return rk_order_load(e, t->at.number, &order, t->at.timer_ns) == RK_OK
		       ? RK_OK
		       : rk_load_bad(t, NULL, "is no order that can be");
}

static int take_claim(struct rk_taking *t)
{
	struct rk_order_claim claim = {0, 0};
	int r;

	rk_pass_claim(&t->pass, &t->at, &claim);
	r = rk_load_passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.number >= t->engine->max.orders_max)
		return rk_load_bad(t, "number", "is no order");
	return rk_order_load_claim(t->engine, t->at.number, &claim) == RK_OK
		       ? RK_OK
		       : rk_load_bad(t, NULL, "is no claim that can be");
}

static int take_withdrawal(struct rk_taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_withdrawal withdrawal;
	uint32_t i;
	int r;

	memset(&withdrawal, 0, sizeof(withdrawal));
	rk_pass_withdrawal(&t->pass, &t->at, &withdrawal);
	r = rk_load_passed(t);
	if (r != RK_OK)
		return r;
	i = t->at.number;
	if (i >= e->max.withdrawals_max)
		return rk_load_full(t, "withdrawals");
	if (i < e->withdrawals_pool.used)
		return rk_load_bad(t, "number",
				   "does not follow the one before");
	if (withdrawal.id == 0 ||
	    rk_map_get(&e->withdrawal_map, withdrawal.id) != RK_MAP_NONE)
		return rk_load_bad(t, "id", "is 0, or used twice");
	if (withdrawal.account >= e->accounts_n)
		return rk_load_bad(t, "account", "is no account");
	if (withdrawal.asset >= e->assets_n)
		return rk_load_bad(t, "asset", "is not listed");
	if (withdrawal.amount.raw <= 0)
		return rk_load_bad(t, "amount", "is not above 0");

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

static int take_client(struct rk_taking *t)
{
	struct rk_engine *e = t->engine;
	char name[RK_NAME_SIZE] = {0};
	uint64_t last = 0;
	int r;

	rk_pass_client(&t->pass, &t->at, name, &last);
	r = rk_load_passed(t);
	if (r == RK_OK)
		r = rk_load_next(t, e->clients_n, e->max.clients_max,
				 "clients");
	if (r != RK_OK)
		return r;
	if (rk_listing_check_name(name) != RK_OK ||
	    rk_view_client_seq(e, name) != 0)
		return rk_load_bad(t, "name", "is no name, or used twice");
	if (last == 0 || last > COUNT_MAX)
		return rk_load_bad(t, "last", "out of range");
	memcpy(e->clients[e->clients_n].name, name, sizeof(name));
	e->clients[e->clients_n++].last = last;
	return RK_OK;
}

static int take_answer(struct rk_taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_client_answer answer;
	struct rk_client *client;
	uint64_t client_seq = 0;
	int r;

	memset(&answer, 0, sizeof(answer));
	rk_pass_answer(&t->pass, &t->at, &answer, &client_seq);
	r = rk_load_passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.second >= e->clients_n)
		return rk_load_bad(t, "client", "is no client");
	client = &e->clients[t->at.second];
	if (client_seq == 0 || client_seq > client->last ||
	    client->last - client_seq >= RK_ANSWERS)
		return rk_load_bad(t, "client_seq", "is not among the newest");
	if (t->at.number !=
	    RK_ANSWER_NUMBER(t->at.second, (uint32_t)(client_seq % RK_ANSWERS)))
		return rk_load_bad(t, "number",
				   "is not that of client and sequence");
	client->answers[client_seq % RK_ANSWERS] = answer;
	return RK_OK;
}

int rk_load_row(struct rk_engine *engine, const struct rk_row *row,
		struct rk_load_problem *ret_problem)
{
	struct rk_taking t = {.engine = engine, .problem = ret_problem};

	ret_problem->table = rk_table_name(row->table);
	t.pass.mode = RK_PASS_TAKE;
	t.pass.format = row->format;
	t.pass.taken = row;
	switch (row->table) {
	case RK_TABLE_ENGINE:
		return take_engine(&t);
	case RK_TABLE_ASSET:
		return rk_load_asset(&t);
	case RK_TABLE_MARKET:
		return rk_load_market(&t);
	case RK_TABLE_BRACKET:
		return rk_load_bracket(&t);
	case RK_TABLE_RAMP_BRACKET:
		return rk_load_ramp_bracket(&t);
	case RK_TABLE_PUBLISHER:
		return rk_load_name(&t, engine->publishers,
				    &engine->publishers_n,
				    engine->max.publishers_max);
	case RK_TABLE_VENUE:
		return rk_load_name(&t, engine->venues, &engine->venues_n,
				    engine->max.venues_max);
	case RK_TABLE_VENUE_POSITION:
		return rk_load_venue_position(&t);
	case RK_TABLE_SLOT:
		return rk_load_slot(&t);
	case RK_TABLE_QUOTE:
		return rk_load_quote(&t);
	case RK_TABLE_ACCOUNT:
		return take_account(&t);
	case RK_TABLE_BALANCE:
		return take_balance(&t);
	case RK_TABLE_POSITION:
		return take_position(&t);
	case RK_TABLE_RESTING_ORDER:
		return take_resting(&t);
	case RK_TABLE_LIQUIDATION_ORDER:
		return take_order(&t);
	case RK_TABLE_WITHDRAWAL:
		return take_withdrawal(&t);
	case RK_TABLE_CLIENT:
		return take_client(&t);
	case RK_TABLE_ANSWER:
		return take_answer(&t);
	case RK_TABLE_LEVERAGE:
		return take_leverage(&t);
	case RK_TABLE_EMODE:
		return rk_load_emode(&t);
	case RK_TABLE_INSURANCE:
		return rk_load_insurance(&t);
	case RK_TABLE_LIQUIDATION:
		return rk_load_liquidation(&t);
	case RK_TABLE_CLAIM:
		return take_claim(&t);
	case RK_TABLE_VAULT:
		return rk_load_vault(&t);
	case RK_TABLE_TAKEOVER:
		return rk_load_takeover(&t);
	case RK_TABLES:
	default:
		return rk_load_bad(&t, NULL, "is no table of the state");
	}
}

/* Longs of accounts, the vault and the venues. */
static rk_i128 sum_of_longs(const struct rk_engine *e, uint32_t market)
{
	const struct rk_market *record = &e->markets[market];
	rk_i128 sum = record->long_size;

	if (record->vault_size > 0)
		sum += record->vault_size;
	for (uint32_t v = 0; v < e->venues_n; v++) {
		rk_i128 size =
			e->venue_positions[(size_t)v * e->max.markets_max +
					   market]
				.size;

		if (size > 0)
			sum += size;
	}
	return sum;
}

/* Listings hang together; what they lead to is computed anew. */
static int end_listings(struct rk_taking *t)
{
	struct rk_engine *e = t->engine;
	const char *field;

	t->problem->table = "market";
	for (uint32_t i = 0; i < e->markets_n; i++) {
		struct rk_market *market = &e->markets[i];

		if (market->slot == RK_NONE)
			return rk_load_bad(t, "number", "has no slot");
		if (rk_listing_check_market(&market->listing,
					    &e->assets[market->settle].listing,
					    &field) != RK_OK)
			return rk_load_bad(t, field, "cannot work");
		rk_listing_derive_market(e, market);
		if (!rk_load_form_fits(market, &field))
			return rk_load_bad(t, field, "cannot work");
		if (market->open_interest == RK_LOAD_NOT_TOLD)
			market->open_interest = sum_of_longs(e, i);
		if (market->open_interest != sum_of_longs(e, i))
			return rk_load_bad(t, "open_interest",
					   "is not what is long");
	}
	t->problem->table = "asset";
	for (uint32_t i = 0; i < e->assets_n; i++)
		if (e->assets[i].listing.fixed_price.raw == 0 &&
		    e->assets[i].slot == RK_NONE)
			return rk_load_bad(t, "number", "has no slot");
	return RK_OK;
}

/* What an account owes must have a price, and be within bounds (N7). */
static int end_account(struct rk_taking *t, const struct rk_account *account)
{
	const struct rk_engine *e = t->engine;
	struct rk_scene scene = rk_scene_of(e, RK_PRICES_MARK);

	if (account->mode == RK_MODE_ISOLATED && account->positions_n > 1)
		return rk_load_bad(t, "mode", "holds more than one position");
	if (rk_bound_check(e, account) != RK_OK)
		return rk_load_bad(t, "number", "holds more than it may");
	if (rk_resting_bound_check(e, account) != RK_OK)
		return rk_load_bad(t, "number",
				   "has larger orders than it may");
	for (uint32_t i = account->resting; i != RK_NONE;
	     i = e->resting[i].next) {
		const struct rk_market *market =
			&e->markets[e->resting[i].market];

		if (rk_scene_mark(&scene, market->slot).raw == 0 ||
		    rk_scene_asset_price(&scene, market->settle).raw == 0)
			return rk_load_bad(t, "number",
					   "has orders without a price");
	}
	for (uint32_t i = account->positions; i != RK_NONE;
	     i = e->positions[i].next) {
		uint32_t market = e->positions[i].market;

		if (rk_scene_asset_price(&scene, e->markets[market].settle)
			    .raw == 0)
			return rk_load_bad(t, "number",
					   "holds what has no price");
	}
	for (uint32_t i = account->balances; i != RK_NONE;
	     i = e->balances[i].next)
		if (e->balances[i].amount.raw < 0 &&
		    rk_scene_asset_price(&scene, e->balances[i].asset).raw == 0)
			return rk_load_bad(t, "number",
					   "owes what has no price");
	return RK_OK;
}

static int end_accounts(struct rk_taking *t)
{
	int r = RK_OK;

	t->problem->table = "account";
	for (uint32_t i = 0; r == RK_OK && i < t->engine->accounts_n; i++)
		r = end_account(t, &t->engine->accounts[i]);
	return r;
}

/* A restart may have led beyond what bookings may reach: not looked at. */
static void count_shares(struct rk_engine *e)
{
	for (uint32_t i = 0; i < e->assets_n; i++) {
		e->conversions_n += e->assets[i].conversion.enabled;
		if (!e->assets[i].lending.active)
			continue;
		e->lending_n++;
		(void)rk_interest_recount(e, i);
	}
}

int rk_load_end(struct rk_engine *engine, struct rk_load_problem *ret_problem)
{
	struct rk_taking t = {.engine = engine, .problem = ret_problem};
	int r;

	ret_problem->table = "engine";
	if (engine->seq == 0)
		return rk_load_bad(&t, NULL, "is missing");
	count_shares(engine);
	r = end_listings(&t);
	if (r == RK_OK)
		r = end_accounts(&t);
	if (r != RK_OK)
		return r;
	ret_problem->table = "liquidation_order";
	if (rk_order_load_end(engine) != RK_OK)
		return rk_load_bad(&t, "closing", "numbers have a gap");
	rk_funding_schedule(engine);
	rk_market_schedule(engine);
	rk_interest_schedule(engine);
	rk_ramp_schedule(engine);
	rk_watch_all(engine);
	/* What was loaded is what the snapshot holds. */
	rk_marks_forget(engine);
	return RK_OK;
}

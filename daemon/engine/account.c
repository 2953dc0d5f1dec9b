/*
 * Accounts, their balances and positions. See account.h.
 */
#include "engine/account.h"

#include <string.h>

#include "engine/assert.h"
#include "engine/fx.h"
#include "engine/interest.h"
#include "engine/rc.h"
#include "engine/totals.h"

#define FETCHED 4 /* positions of an account, at most */

uint32_t rk_account_find(const struct rk_engine *engine, uint64_t id)
{
	return rk_map_get(&engine->account_map, id);
}

static bool known_kind(const struct rk_cmd_account *cmd)
{
	return (cmd->mode == RK_MODE_CROSS || cmd->mode == RK_MODE_ISOLATED) &&
	       (cmd->enforcement == RK_ENFORCE_FULL ||
		cmd->enforcement == RK_ENFORCE_REPORT);
}

/* An owner is known by its id alone: the map counts their accounts. */
static int count_owner(struct rk_engine *engine, uint64_t owner)
{
	if (rk_map_get(&engine->owner_map, owner) != RK_MAP_NONE)
		return RK_OK;
	if (engine->owners_n >= engine->limits.owners_max)
		return RK_REJ_CAPACITY;

	rk_map_put(&engine->owner_map, &engine->undo, owner, engine->owners_n);
	rk_change(engine, &engine->owners_n, sizeof(engine->owners_n));
	engine->owners_n++;
	return RK_OK;
}

int rk_account_create(struct rk_engine *engine, const struct rk_cmd *cmd,
		      struct rk_evbuf *events)
{
	const struct rk_cmd_account *want = &cmd->account;
	struct rk_account *account;
	struct rk_event *event;
	uint32_t i;
	int r;

	if (want->account == 0 || want->owner == 0)
		return RK_REJ_BAD_ID;
	if (!known_kind(want))
		return RK_REJ_BAD_PARAM;
	if (rk_account_find(engine, want->account) != RK_MAP_NONE)
		return RK_REJ_EXISTS;
	if (engine->accounts_n >= engine->limits.accounts_max)
		return RK_REJ_CAPACITY;
	r = count_owner(engine, want->owner);
	if (r != RK_OK)
		return r;

	rk_change(engine, &engine->accounts_n, sizeof(engine->accounts_n));
	rk_change(engine, &engine->by_state, sizeof(engine->by_state));
	rk_mark(engine, RK_UNIT_ACCOUNT, engine->accounts_n);
	i = engine->accounts_n++;
	engine->by_state[RK_STATE_OK]++;
	account = &engine->accounts[i];
	memset(account, 0, sizeof(*account));
	account->id = want->account;
	account->owner = want->owner;
	account->mode = want->mode;
	account->enforcement = want->enforcement;
	account->positions = RK_NONE;
	account->balances = RK_NONE;
	account->resting = RK_NONE;
	account->leverages = RK_NONE;
	account->orders = RK_NONE;
	rk_map_put(&engine->account_map, &engine->undo, account->id, i);

	event = rk_emit(engine, events, RK_EVENT_ACCOUNT_CREATED, i,
			RK_NO_MARKET);
	event->created.owner = want->owner;
	event->created.mode = want->mode;
	event->created.enforcement = want->enforcement;
	return RK_OK;
}

void rk_account_fetch(const struct rk_engine *engine, uint32_t account,
		      uint32_t step)
{
	const struct rk_account *record = &engine->accounts[account];

	if (step == 0) {
		__builtin_prefetch(record);
		return;
	}
	if (record->balances != RK_NONE)
		__builtin_prefetch(&engine->balances[record->balances]);
	if (record->positions == RK_NONE)
		return;
	for (uint32_t i = 0;
	     i < FETCHED && i < record->positions_n &&
	     record->positions + i < engine->positions_pool.used;
	     i++)
		__builtin_prefetch(&engine->positions[record->positions + i]);
}

uint32_t rk_account_position(const struct rk_engine *engine, uint32_t account,
			     uint32_t market)
{
	uint32_t i = engine->accounts[account].positions;

	while (i != RK_NONE && engine->positions[i].market != market)
		i = engine->positions[i].next;
	return i;
}

/* Where a position joins its account's list, which is in order of market. */
static uint32_t *position_place(struct rk_engine *engine, uint32_t account,
				uint32_t market)
{
	uint32_t *link = &engine->accounts[account].positions;

	while (*link != RK_NONE && engine->positions[*link].market < market)
		link = &engine->positions[*link].next;
	return link;
}

uint32_t rk_account_open_position(struct rk_engine *engine, uint32_t account,
				  uint32_t market)
{
	struct rk_account *owner = &engine->accounts[account];
	struct rk_slot *slot = &engine->slots[engine->markets[market].slot];
	struct rk_market *record = &engine->markets[market];
	struct rk_position *position;
	uint32_t *link;
	uint32_t i;

	if (owner->positions_n >= engine->limits.positions_per_account_max)
		return RK_NONE;
	i = RK_POOL_TAKE(engine, &engine->positions_pool, engine->positions,
			 engine->limits.positions_max, next);
	if (i == RK_NONE)
		return RK_NONE;

	link = position_place(engine, account, market);
	position = &engine->positions[i];
	rk_mark(engine, RK_UNIT_ACCOUNT, account);
	rk_change(engine, position, sizeof(*position));
	memset(position, 0, sizeof(*position));
	position->account = account;
	position->market = market;
	position->funding_index = record->funding.index;
	position->next = *link;
	position->holder_prev = RK_NONE;
	position->holder_next = slot->holders;

	rk_change(engine, link, sizeof(*link));
	*link = i;
	rk_change(engine, owner, sizeof(*owner));
	owner->positions_n++;

	if (slot->holders != RK_NONE) {
		struct rk_position *first = &engine->positions[slot->holders];

		rk_change(engine, first, sizeof(*first));
		first->holder_prev = i;
	}
	rk_change(engine, &slot->holders, sizeof(slot->holders));
	slot->holders = i;
	rk_change(engine, &record->holders_n, sizeof(record->holders_n));
	record->holders_n++;
	return i;
}

/* Take a record out of its account's list: the link that points to it. */
static uint32_t *position_link(struct rk_engine *engine, uint32_t position)
{
	uint32_t *link = &engine->accounts[engine->positions[position].account]
				  .positions;

	while (*link != position) {
		RK_ASSERT(*link != RK_NONE);
		link = &engine->positions[*link].next;
	}
	return link;
}

void rk_account_drop_position(struct rk_engine *engine, uint32_t position)
{
	struct rk_position *record = &engine->positions[position];
	struct rk_account *owner = &engine->accounts[record->account];
	struct rk_market *market = &engine->markets[record->market];
	uint32_t *link = position_link(engine, position);
	uint32_t *holder =
		record->holder_prev == RK_NONE
			? &engine->slots[market->slot].holders
			: &engine->positions[record->holder_prev].holder_next;

	RK_ASSERT(record->size.raw == 0);
	RK_ASSERT(*holder == position);

	rk_mark(engine, RK_UNIT_ACCOUNT, record->account);
	rk_change(engine, record, sizeof(*record));
	rk_change(engine, link, sizeof(*link));
	*link = record->next;
	rk_change(engine, &owner->positions_n, sizeof(owner->positions_n));
	owner->positions_n--;

	rk_change(engine, holder, sizeof(*holder));
	*holder = record->holder_next;
	if (record->holder_next != RK_NONE) {
		uint32_t *back =
			&engine->positions[record->holder_next].holder_prev;

		rk_change(engine, back, sizeof(*back));
		*back = record->holder_prev;
	}
	rk_change(engine, &market->holders_n, sizeof(market->holders_n));
	market->holders_n--;
	RK_POOL_GIVE(engine, &engine->positions_pool, engine->positions,
		     position, next);
}

uint32_t rk_account_find_balance(const struct rk_engine *engine,
				 uint32_t account, uint32_t asset)
{
	uint32_t i = engine->accounts[account].balances;

	while (i != RK_NONE && engine->balances[i].asset != asset)
		i = engine->balances[i].next;
	return i;
}

rk_amt rk_account_balance(const struct rk_engine *engine, uint32_t account,
			  uint32_t asset)
{
	uint32_t i = rk_account_find_balance(engine, account, asset);

	return i == RK_NONE ? (rk_amt){0} : engine->balances[i].amount;
}

/* An asset with a fixed price never moves: nobody needs to find its holders */
static uint32_t *holders_of(struct rk_engine *engine, uint32_t asset)
{
	uint32_t slot = engine->assets[asset].slot;

	return slot == RK_NONE ? NULL : &engine->slots[slot].holders;
}

/* Where a balance joins its account's list, which is in order of asset. */
static uint32_t *balance_place(struct rk_engine *engine, uint32_t account,
			       uint32_t asset)
{
	uint32_t *link = &engine->accounts[account].balances;

	while (*link != RK_NONE && engine->balances[*link].asset < asset)
		link = &engine->balances[*link].next;
	return link;
}

static uint32_t open_balance(struct rk_engine *engine, uint32_t account,
			     uint32_t asset)
{
	struct rk_account *owner = &engine->accounts[account];
	uint32_t *holders = holders_of(engine, asset);
	struct rk_balance *balance;
	uint32_t *link;
	uint32_t i =
		RK_POOL_TAKE(engine, &engine->balances_pool, engine->balances,
			     engine->limits.balances_max, next);

	if (i == RK_NONE)
		return RK_NONE;

	link = balance_place(engine, account, asset);
	balance = &engine->balances[i];
	rk_mark(engine, RK_UNIT_ACCOUNT, account);
	rk_change(engine, balance, sizeof(*balance));
	memset(balance, 0, sizeof(*balance));
	balance->account = account;
	balance->asset = asset;
	balance->index = engine->assets[asset].lending.supply_index;
	balance->next = *link;
	balance->holder_prev = RK_NONE;
	balance->holder_next = RK_NONE;
	rk_change(engine, link, sizeof(*link));
	*link = i;
	rk_change(engine, owner, sizeof(*owner));
	owner->balances_n++;

	if (holders) {
		balance->holder_next = *holders;
		if (*holders != RK_NONE) {
			uint32_t *back =
				&engine->balances[*holders].holder_prev;

			rk_change(engine, back, sizeof(*back));
			*back = i;
		}
		rk_change(engine, holders, sizeof(*holders));
		*holders = i;
	}
	return i;
}

static void drop_balance(struct rk_engine *engine, uint32_t balance)
{
	struct rk_balance *record = &engine->balances[balance];
	struct rk_account *owner = &engine->accounts[record->account];
	uint32_t *link = &owner->balances;
	uint32_t *holders = holders_of(engine, record->asset);

	while (*link != balance) {
		RK_ASSERT(*link != RK_NONE);
		link = &engine->balances[*link].next;
	}
	rk_mark(engine, RK_UNIT_ACCOUNT, record->account);
	rk_change(engine, record, sizeof(*record));
	rk_change(engine, link, sizeof(*link));
	*link = record->next;
	rk_change(engine, &owner->balances_n, sizeof(owner->balances_n));
	owner->balances_n--;

	if (holders) {
		uint32_t *forward =
			record->holder_prev == RK_NONE
				? holders
				: &engine->balances[record->holder_prev]
					   .holder_next;

		rk_change(engine, forward, sizeof(*forward));
		*forward = record->holder_next;
		if (record->holder_next != RK_NONE) {
			uint32_t *back = &engine->balances[record->holder_next]
						  .holder_prev;

			rk_change(engine, back, sizeof(*back));
			*back = record->holder_prev;
		}
	}
	RK_POOL_GIVE(engine, &engine->balances_pool, engine->balances, balance,
		     next);
}

void rk_account_drop_empty(struct rk_engine *engine, uint32_t balance)
{
	if (engine->balances[balance].amount.raw == 0)
		drop_balance(engine, balance);
}

int rk_account_credit(struct rk_engine *engine, uint32_t account,
		      uint32_t asset, rk_amt delta, rk_amt *ret_balance)
{
	uint32_t i = rk_account_find_balance(engine, account, asset);
	rk_amt sum = {0};
	int r;

	if (i == RK_NONE && delta.raw == 0) {
		*ret_balance = sum;
		return RK_OK;
	}
	if (i == RK_NONE)
		i = open_balance(engine, account, asset);
	if (i == RK_NONE)
		return RK_REJ_CAPACITY;

	r = rk_fx_add_amt(engine->balances[i].amount, delta, &sum);
	if (r != RK_OK)
		return r;

	rk_mark(engine, RK_UNIT_ACCOUNT, account);
	r = rk_interest_put(engine, &engine->balances[i], sum);
	rk_account_drop_empty(engine, i);
	if (r != RK_OK)
		return r;
	*ret_balance = sum;
	return RK_OK;
}

void rk_account_note_state(struct rk_engine *engine, uint32_t account)
{
	const uint64_t bit = UINT64_C(1) << account % 64;
	uint64_t *word = &engine->bankrupt[account / 64];

	if (engine->accounts[account].state == RK_STATE_BANKRUPT)
		*word |= bit;
	else
		*word &= ~bit;
}

void rk_account_set_state(struct rk_engine *engine, uint32_t account,
			  enum rk_state state)
{
	struct rk_account *record = &engine->accounts[account];

	RK_ASSERT(engine->by_state[record->state] > 0);

	rk_mark(engine, RK_UNIT_ACCOUNT, account);
	engine->by_state[record->state]--;
	engine->by_state[state]++;
	record->state = state;
	rk_account_note_state(engine, account);
}

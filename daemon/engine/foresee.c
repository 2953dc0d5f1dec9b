/*
 * Fetching records into the cache before they are needed. See
 * rk_engine_foresee() in engine.h.
 *
 * With a million accounts, a fill finds nothing in the cache that it needs:
 * each look takes as long as a hundred additions, and one leads to the next.
 * Asked for some commands ahead, one link of the chain at a time, all is
 * there when its turn comes. A record that moved in between costs time, no
 * more: nothing here is relied upon.
 */
#include "engine/account.h"
#include "engine/engine.h"
#include "engine/state.h"

#define ACCOUNTS_MAX 2

/* The accounts that a command is about; 0 is none. How many. */
static uint32_t accounts_of(const struct rk_cmd *cmd,
			    uint64_t accounts[ACCOUNTS_MAX])
{
	switch ((int)cmd->type) {
	case RK_CMD_TRADE:
		accounts[0] = cmd->trade.buyer.account;
		accounts[1] = cmd->trade.seller.account;
		return 2;
	case RK_CMD_TRANSFER:
		accounts[0] = cmd->transfer.from;
		accounts[1] = cmd->transfer.to;
		return 2;
	case RK_CMD_MOVE:
		accounts[0] = cmd->move.from;
		accounts[1] = cmd->move.to;
		return 2;
	case RK_CMD_PLACE_ORDER:
		accounts[0] = cmd->place.account;
		return 1;
	case RK_CMD_CANCEL_ORDER:
		accounts[0] = cmd->cancel_order.account;
		return 1;
	case RK_CMD_DEPOSIT:
	case RK_CMD_ADJUST:
		accounts[0] = cmd->amount.account;
		return 1;
	default:
		return 0;
	}
}

/* What is kept of an account outside its record. */
static void fetch_account(const struct rk_engine *engine, uint32_t account)
{
	const struct rk_mark_table *marks =
		&engine->marks.tables[RK_UNIT_ACCOUNT];

	__builtin_prefetch(&engine->accounts[account], 1);
	__builtin_prefetch(&engine->touched_as[account], 1);
	__builtin_prefetch(&engine->watch.waiting[account], 1);
	__builtin_prefetch(&marks->words[account / 64], 1);
}

static void fetch_lists(const struct rk_engine *engine,
			const struct rk_account *account)
{
	const struct rk_balance *balance;

	if (account->positions != RK_NONE)
		__builtin_prefetch(&engine->positions[account->positions], 1);
	if (account->balances == RK_NONE)
		return;
	balance = &engine->balances[account->balances];
	__builtin_prefetch(balance, 1);
	/* It may lie in two lines. */
	__builtin_prefetch(&balance->holder_prev, 1);
}

/* The position after so many, which are in the cache already. */
static void fetch_position(const struct rk_engine *engine,
			   const struct rk_account *account, uint32_t after)
{
	uint32_t i = account->positions;

	while (i != RK_NONE && after-- > 0)
		i = engine->positions[i].next;
	if (i != RK_NONE)
		__builtin_prefetch(&engine->positions[i], 1);
}

static void foresee_account(const struct rk_engine *engine, uint64_t id,
			    uint32_t step, uint32_t *found)
{
	const struct rk_account *account;

	if (step < RK_MAP_FETCH_STEPS) {
		rk_map_fetch(&engine->account_map, id, step);
		return;
	}
	step -= RK_MAP_FETCH_STEPS;
	if (step == 0) {
		*found = rk_map_get(&engine->account_map, id);
		if (*found != RK_MAP_NONE)
			fetch_account(engine, *found);
		return;
	}
	/* Unless an earlier step was left out: of another command then. */
	if (*found >= engine->accounts_n)
		return;
	account = &engine->accounts[*found];
	if (step == 1)
		fetch_lists(engine, account);
	else
		fetch_position(engine, account, step - 1);
}

void rk_engine_foresee(const struct rk_engine *engine, const struct rk_cmd *cmd,
		       uint32_t step, struct rk_foreseen *foreseen)
{
	if (step == 0)
		foreseen->n = accounts_of(cmd, foreseen->ids);
	for (uint32_t i = 0; i < foreseen->n; i++)
		if (foreseen->ids[i] != 0)
			foresee_account(engine, foreseen->ids[i], step,
					&foreseen->accounts[i]);
}

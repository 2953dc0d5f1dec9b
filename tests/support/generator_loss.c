/*
 * Debts that nobody will pay, written off: mostly of accounts that have nothing
 * else, all of it or a part.
 */
#include "engine/rc.h"
#include "support/generator_model.h"

#define BALANCES 16

/* Does it owe only? *ret_balance: one of its debts, a lent one if there is. */
static bool owes_only(const struct rk_generator *g, uint32_t index,
		      struct rk_balance_view *ret_balance)
{
	struct rk_balance_view balances[BALANCES];
	struct rk_account_view account;
	struct rk_lending_view lending;
	uint32_t n = rk_view_balances(g->engine, index, balances, BALANCES);
	bool lent = false;

	if (n == 0 || n > BALANCES ||
	    rk_view_account(g->engine, index, &account) != RK_OK ||
	    account.state != RK_STATE_BANKRUPT || account.positions_n > 0)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		if (balances[i].amount.raw > 0)
			return false;
		if (lent)
			continue;
		*ret_balance = balances[i];
		lent = rk_view_lending(g->engine, balances[i].asset,
				       &lending) == RK_OK &&
		       lending.active;
	}
	return true;
}

/* A bankrupt account that has something left. *ret_balance: one that it has. */
static bool holds_yet(const struct rk_generator *g, uint32_t index,
		      struct rk_balance_view *ret_balance)
{
	struct rk_balance_view balances[BALANCES];
	struct rk_account_view account;
	uint32_t n = rk_view_balances(g->engine, index, balances, BALANCES);

	if (n < 2 || n > BALANCES ||
	    rk_view_account(g->engine, index, &account) != RK_OK ||
	    account.state != RK_STATE_BANKRUPT ||
	    owes_only(g, index, ret_balance))
		return false;
	*ret_balance = balances[n - 1];
	return true;
}

/* Of what all hold of the asset, how many thousandths a debt is. */
static rk_i128 burden_of(const struct rk_generator *g,
			 const struct rk_balance_view *debt)
{
	struct rk_asset_view view;

	if (rk_view_asset(g->engine, debt->asset, &view) != RK_OK ||
	    view.held <= 0)
		return 0;
	return -(rk_i128)debt->amount.raw * 1000 / view.held;
}

/* Whose debt those who hold the asset feel most. */
static bool pick_worst(const struct rk_generator *g, uint64_t *ret_account,
		       struct rk_balance_view *ret_balance)
{
	struct rk_balance_view balance;
	struct rk_account_view view;
	rk_i128 most = -1;

	for (uint32_t i = 0; i < g->counts.accounts; i++) {
		if (!owes_only(g, i, &balance) ||
		    burden_of(g, &balance) <= most)
			continue;
		most = burden_of(g, &balance);
		(void)rk_view_account(g->engine, i, &view);
		*ret_account = view.account;
		*ret_balance = balance;
	}
	return most >= 0;
}

/* The first such account from a random one on. */
static bool pick_debtor(struct rk_generator *g, uint64_t *ret_account,
			struct rk_balance_view *ret_balance)
{
	bool (*const is_one)(const struct rk_generator *, uint32_t,
			     struct rk_balance_view *) =
		rk_generator_chance(g, 20) ? holds_yet : owes_only;
	struct rk_account_view view;
	uint32_t n = g->counts.accounts;
	uint32_t first = (uint32_t)rk_generator_below(g, n);

	if (rk_generator_chance(g, 30))
		return pick_worst(g, ret_account, ret_balance);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t index = (first + i) % n;

		if (!is_one(g, index, ret_balance))
			continue;
		(void)rk_view_account(g->engine, index, &view);
		*ret_account = view.account;
		return true;
	}
	return false;
}

void rk_generator_write_off(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_balance_view balance;
	int64_t owed;

	cmd->amount.account = rk_generator_account(g);
	cmd->amount.asset = rk_generator_asset(g);
	if (g->counts.accounts == 0 || rk_generator_chance(g, 10) ||
	    !pick_debtor(g, &cmd->amount.account, &balance))
		return;
	if (rk_generator_chance(g, 10))
		return; /* of another asset, perhaps */
	cmd->amount.asset = balance.asset;
	owed = -(balance.amount.raw + balance.interest.raw);
	switch (rk_generator_below(g, 4)) {
	case 0:
		cmd->amount.amount.raw = 1 + rk_generator_share(owed, 1, 3);
		break;
	case 1:
		cmd->amount.amount.raw = owed;
		cmd->amount.amount.raw += rk_generator_chance(g, 60);
		break;
	default:
		break; /* all of it */
	}
}

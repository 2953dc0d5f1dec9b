/*
 * Accounts, deposits, adjustments, withdrawals and transfers: mostly sums that
 * make sense for the account, now and then as much as there is, one unit more,
 * or a number at the edge.
 */
#include "engine/rc.h"
#include "support/generator_model.h"

#define USD INT64_C(100000000)

/* 100 to 1,000,000 USD, small sums as likely as large ones. */
static int64_t usual_usd(struct rk_generator *g)
{
	int64_t usd = 100 * USD;

	for (uint64_t i = rk_generator_below(g, 5); i > 0; i--)
		usd *= 10;
	return rk_prng_between(&g->prng, usd / 10, usd);
}

void rk_generator_new_account(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_account *a = &cmd->account;

	a->account = 1000 + rk_generator_below(g, 2000);
	a->owner = 1 + rk_generator_below(g, g->accounts);
	a->mode = rk_generator_chance(g, 30) ? RK_MODE_ISOLATED : RK_MODE_CROSS;
	a->enforcement = rk_generator_chance(g, 15) ? RK_ENFORCE_REPORT
						    : RK_ENFORCE_FULL;
}

void rk_generator_deposit(struct rk_generator *g, struct rk_cmd *cmd)
{
	cmd->amount.account = rk_generator_account(g);
	cmd->amount.asset = rk_generator_asset(g);
	cmd->amount.amount.raw =
		rk_generator_amount(g, cmd->amount.asset, usual_usd(g));
	if (rk_generator_chance(g, 6))
		cmd->amount.amount.raw = rk_prng_magnitude(&g->prng, 63);
}

static bool pick_balance(struct rk_generator *g, uint64_t account,
			 struct rk_balance_view *ret_balance)
{
	struct rk_balance_view balances[16];
	uint32_t index;
	uint32_t n;

	if (rk_view_find_account(g->engine, account, &index) != RK_OK)
		return false;
	n = rk_view_balances(g->engine, index, balances, 16);
	if (n == 0)
		return false;
	*ret_balance = balances[rk_generator_below(g, n < 16 ? n : 16)];
	return true;
}

void rk_generator_adjust(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_balance_view balance;

	rk_generator_deposit(g, cmd);
	if (rk_generator_chance(g, 60))
		cmd->amount.amount.raw = -cmd->amount.amount.raw;
	if (rk_generator_chance(g, 8)) {
		/* A debt in an asset that may never have had a price. */
		cmd->amount.asset = 4;
		return;
	}
	if (!rk_generator_chance(g, 60) ||
	    !pick_balance(g, cmd->amount.account, &balance))
		return;
	/* Down to nothing, or a little below. */
	cmd->amount.asset = balance.asset;
	cmd->amount.amount.raw = -balance.amount.raw;
	if (rk_generator_chance(g, 60))
		cmd->amount.amount.raw += rk_generator_share(
			balance.amount.raw, rk_prng_between(&g->prng, -20, 90),
			100);
}

static int64_t part_to_take(struct rk_generator *g, int64_t balance)
{
	if (balance <= 0)
		return 1 + (int64_t)rk_generator_below(g, 1000);
	switch (rk_generator_below(g, 6)) {
	case 0:
		return balance;
	case 1:
		return balance < INT64_MAX ? balance + 1 : balance;
	default:
		return 1 + rk_generator_share(
				   balance, (int64_t)rk_generator_below(g, 100),
				   101);
	}
}

void rk_generator_reserve(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_withdraw *w = &cmd->withdraw;
	struct rk_balance_view balance = {.asset = 0};

	w->account = rk_generator_account(g);
	w->withdrawal = ++g->withdrawal_id;
	if (rk_generator_chance(g, 8))
		w->withdrawal -= rk_generator_below(g, 12);
	if (!pick_balance(g, w->account, &balance))
		balance.asset = rk_generator_asset(g);
	w->asset = balance.asset;
	w->amount.raw = part_to_take(g, balance.amount.raw);
}

void rk_generator_settle_withdrawal(struct rk_generator *g, struct rk_cmd *cmd)
{
	cmd->withdraw.withdrawal =
		g->withdrawals[rk_generator_below(g, WORLD_WITHDRAWALS)];
}

void rk_generator_transfer(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_balance_view balance = {.asset = 0};

	cmd->transfer.from = rk_generator_account(g);
	cmd->transfer.to = rk_generator_account(g);
	(void)pick_balance(g, cmd->transfer.from, &balance);
	cmd->transfer.asset = balance.asset;
	cmd->transfer.amount.raw = part_to_take(g, balance.amount.raw);
}

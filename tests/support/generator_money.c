/*
 * Accounts, deposits, adjustments, withdrawals and transfers: mostly sums that
 * make sense for the account, now and then as much as there is, one unit more,
 * or a number at the edge.
 */
#include "engine/ask.h"
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
	/* Most accounts share their owner with others. */
	a->owner = 1 + rk_generator_below(
			       g, rk_generator_chance(g, 85) ? 3 : g->accounts);
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

/*
 * Of an asset that is lent: as much as may be borrowed, one unit more, or
 * part of it.
 */
static void borrow(struct rk_generator *g, uint64_t account, uint32_t *asset,
		   rk_amt *amount)
{
	struct rk_lending_view view;
	struct rk_ask ask;
	uint32_t index;
	int64_t most;

	for (int i = 0; i < 4; i++) {
		*asset = rk_generator_asset(g);
		if (rk_view_lending(g->engine, *asset, &view) != RK_OK)
			return;
		if (view.terms.lendable)
			break;
	}
	if (rk_view_find_account(g->engine, account, &index) != RK_OK ||
	    rk_ask_account(g->engine, index, &ask) != RK_OK)
		return;
	most = rk_ask_withdrawable(&ask, *asset).raw;
	switch (rk_generator_below(g, 5)) {
	case 0:
		amount->raw = most;
		break;
	case 1:
		amount->raw = most < INT64_MAX ? most + 1 : most;
		break;
	case 2:
		amount->raw = rk_prng_magnitude(&g->prng, 62);
		break;
	default:
		amount->raw = rk_generator_share(
			most, (int64_t)rk_generator_below(g, 100), 101);
		break;
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
	if (rk_generator_chance(g, 40))
		borrow(g, w->account, &w->asset, &w->amount);
}

void rk_generator_settle_withdrawal(struct rk_generator *g, struct rk_cmd *cmd)
{
	cmd->withdraw.withdrawal =
		g->withdrawals[rk_generator_below(g, WORLD_WITHDRAWALS)];
}

/* Any account. False: it is not there. */
static bool look(struct rk_generator *g, uint64_t *ret_id,
		 struct rk_account_view *ret_view)
{
	uint32_t i;

	*ret_id = rk_generator_account(g);
	return rk_view_find_account(g->engine, *ret_id, &i) == RK_OK &&
	       rk_view_account(g->engine, i, ret_view) == RK_OK;
}

/* Now and then one that is well, but whose orders are not closed yet. */
void rk_generator_mode(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_account_view view = {.owner = 0};
	bool wanted = rk_generator_chance(g, 30);
	bool found = false;

	for (int i = 0; i < 200 && !found; i++)
		found = look(g, &cmd->mode.account, &view) &&
			(!wanted ||
			 (view.orders_open_n > 0 && view.state == RK_STATE_OK));
	cmd->mode.mode =
		view.mode == RK_MODE_CROSS ? RK_MODE_ISOLATED : RK_MODE_CROSS;
	if (rk_generator_chance(g, 15))
		cmd->mode.mode = view.mode;
}

static bool may_give(struct rk_generator *g, const struct rk_account_view *from)
{
	return from->positions_n > 0 &&
	       (from->resting_n == 0 || rk_generator_chance(g, 15)) &&
	       ((from->state == RK_STATE_OK && from->margin.prices_ok) ||
		rk_generator_chance(g, 2));
}

/* Mostly one that holds nothing yet, as a new isolated account. */
static bool may_receive(struct rk_generator *g,
			const struct rk_account_view *from,
			const struct rk_account_view *to)
{
	return to->account != from->account && to->owner == from->owner &&
	       (to->enforcement == from->enforcement ||
		rk_generator_chance(g, 4)) &&
	       (to->resting_n == 0 || rk_generator_chance(g, 5)) &&
	       (to->positions_n == 0 || rk_generator_chance(g, 45)) &&
	       to->state == RK_STATE_OK;
}

static bool mark_is_ok(const struct rk_generator *g, uint32_t market)
{
	struct rk_market_view view;
	struct rk_slot_view slot;

	return rk_view_market(g->engine, market, &view) == RK_OK &&
	       rk_view_slot(g->engine, view.slot, &slot) == RK_OK &&
	       slot.state == RK_PRICE_OK;
}

/* A market it holds, mostly one that has a price. */
static uint32_t position_of(struct rk_generator *g, uint64_t account)
{
	struct rk_position_view positions[RK_POSITIONS_MAX];
	uint32_t market = rk_generator_market(g);
	uint32_t n = 0;
	uint32_t i;

	if (rk_view_find_account(g->engine, account, &i) == RK_OK)
		n = rk_view_positions(g->engine, i, positions,
				      RK_POSITIONS_MAX);
	for (int tries = 0; n > 0 && tries < 8; tries++) {
		market = positions[rk_generator_below(g, n)].market;
		if (mark_is_ok(g, market))
			break;
	}
	return market;
}

/* What the giver has of the asset that the position settles in. */
static int64_t settle_balance(struct rk_generator *g,
			      const struct rk_cmd_move *move)
{
	struct rk_balance_view balances[RK_ASSETS_MAX];
	struct rk_market_view market;
	uint32_t i;
	uint32_t n;

	if (rk_view_find_account(g->engine, move->from, &i) != RK_OK ||
	    rk_view_market(g->engine, move->market, &market) != RK_OK)
		return 0;
	n = rk_view_balances(g->engine, i, balances, RK_ASSETS_MAX);
	for (uint32_t k = 0; k < n; k++)
		if (balances[k].asset == market.settle_asset)
			return balances[k].amount.raw;
	return 0;
}

/* Mostly from an account that may give to one that may receive. */
void rk_generator_move(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_account_view from = {.owner = 0};
	struct rk_account_view to = {.owner = 0};
	int tries = rk_generator_chance(g, 10) ? 1 : 200;
	int64_t balance;
	bool found = false;

	for (int i = 0; i < tries && !found; i++)
		found = look(g, &cmd->move.from, &from) && may_give(g, &from);
	found = false;
	for (int i = 0; i < tries && !found; i++)
		found = look(g, &cmd->move.to, &to) &&
			may_receive(g, &from, &to);
	cmd->move.market = rk_generator_market(g);
	if (rk_generator_chance(g, 80))
		cmd->move.market = position_of(g, cmd->move.from);
	balance = settle_balance(g, &cmd->move);
	if (balance > 0 || rk_generator_chance(g, 10))
		cmd->move.amount.raw = part_to_take(g, balance);
}

/* Somebody who may borrow of the asset, if a few tries find one. */
static uint64_t borrower(struct rk_generator *g, uint32_t asset)
{
	uint64_t account = 0;
	struct rk_ask ask;
	uint32_t index;

	for (int i = 0; i < 30; i++) {
		account = rk_generator_account(g);
		if (rk_view_find_account(g->engine, account, &index) == RK_OK &&
		    rk_ask_account(g->engine, index, &ask) == RK_OK &&
		    rk_ask_borrowable(&ask, asset).raw > 0)
			break;
	}
	return account;
}

/* One that is lent, and of which no more may be held, if there is such a one */
static uint32_t full_asset(struct rk_generator *g)
{
	uint32_t asset = rk_generator_asset(g);
	struct rk_lending_view lending;
	struct rk_asset_view view;

	for (int i = 0; i < 30; i++) {
		if (rk_view_lending(g->engine, asset, &lending) == RK_OK &&
		    rk_view_asset(g->engine, asset, &view) == RK_OK &&
		    lending.terms.lendable &&
		    (lending.terms.supply_cap.raw != 0 ||
		     view.scale.deposit_cap.raw != 0))
			break;
		asset = rk_generator_asset(g);
	}
	return asset;
}

/* Borrowed all of it: what others hold may become too much by it. */
static void pass_on_a_loan(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_ask ask;
	uint32_t index;

	cmd->transfer.asset = full_asset(g);
	cmd->transfer.from = borrower(g, cmd->transfer.asset);
	if (rk_view_find_account(g->engine, cmd->transfer.from, &index) ==
		    RK_OK &&
	    rk_ask_account(g->engine, index, &ask) == RK_OK)
		cmd->transfer.amount =
			rk_ask_withdrawable(&ask, cmd->transfer.asset);
}

void rk_generator_transfer(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_balance_view balance = {.asset = 0};

	cmd->transfer.from = rk_generator_account(g);
	cmd->transfer.to = rk_generator_account(g);
	(void)pick_balance(g, cmd->transfer.from, &balance);
	cmd->transfer.asset = balance.asset;
	cmd->transfer.amount.raw = part_to_take(g, balance.amount.raw);
	if (rk_generator_chance(g, 25))
		borrow(g, cmd->transfer.from, &cmd->transfer.asset,
		       &cmd->transfer.amount);
	else if (rk_generator_chance(g, 15))
		pass_on_a_loan(g, cmd);
}

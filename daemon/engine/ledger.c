/*
 * Deposits, adjustments, withdrawals, transfers. See ledger.h.
 *
 * Every amount that enters or leaves an account has its counterpart here:
 * deposits, withdrawals or pending of the asset.
 */
#include "engine/ledger.h"

#include "engine/account.h"
#include "engine/assert.h"
#include "engine/bound.h"
#include "engine/funding.h"
#include "engine/fx.h"
#include "engine/insurance.h"
#include "engine/interest.h"
#include "engine/lending.h"
#include "engine/margin.h"
#include "engine/rc.h"
#include "engine/suppose.h"
#include "engine/totals.h"

/* One booking on one account, and what the event says about it. */
struct booking {
	uint32_t account;
	uint32_t asset;
	rk_amt delta;
	enum rk_balance_cause cause;
	uint64_t ref;
};

static void emit_balance(struct rk_engine *engine, struct rk_evbuf *events,
			 const struct booking *booking, rk_amt delta,
			 rk_amt balance)
{
	struct rk_event *event = rk_emit(engine, events, RK_EVENT_BALANCE,
					 booking->account, RK_NO_MARKET);

	event->balance.asset = booking->asset;
	event->balance.cause = booking->cause;
	event->balance.delta = delta;
	event->balance.balance = balance;
	event->balance.ref = booking->ref;
}

/* What is taken out beyond what there is, is borrowed on purpose (J1). */
static void note_loan(struct rk_engine *engine, const struct booking *booking,
		      rk_amt before)
{
	uint32_t i = rk_account_find_balance(engine, booking->account,
					     booking->asset);
	struct rk_balance *balance = &engine->balances[i];
	int64_t owed = before.raw < 0 ? -before.raw : 0;

	if ((booking->cause != RK_BALANCE_RESERVE &&
	     booking->cause != RK_BALANCE_TRANSFER_OUT) ||
	    i == RK_NONE || balance->amount.raw >= 0)
		return;
	rk_change(engine, &balance->loan, sizeof(balance->loan));
	balance->loan.raw += -balance->amount.raw - owed;
}

static int book(struct rk_engine *engine, struct rk_evbuf *events,
		const struct booking *booking)
{
	rk_amt before;
	rk_amt balance;
	int r = rk_interest_settle(engine, events, booking->account,
				   booking->asset);

	before = rk_account_balance(engine, booking->account, booking->asset);
	if (r == RK_OK)
		r = rk_account_credit(engine, booking->account, booking->asset,
				      booking->delta, &balance);
	if (r != RK_OK)
		return r;
	if (booking->delta.raw > 0 || balance.raw < 0 ||
	    booking->cause == RK_BALANCE_ADJUST) {
		r = rk_bound_check(engine, &engine->accounts[booking->account]);
		if (r != RK_OK)
			return r;
	}

	note_loan(engine, booking, before);
	emit_balance(engine, events, booking, booking->delta, balance);
	rk_touch(engine, booking->account);
	return RK_OK;
}

/* The account and asset of a command, checked in this order. */
static int look_up(const struct rk_engine *engine, uint64_t id, uint32_t asset,
		   uint32_t *ret_account)
{
	uint32_t account = rk_account_find(engine, id);

	if (account == RK_NONE)
		return RK_REJ_NO_ACCOUNT;
	if (asset >= engine->assets_n)
		return RK_REJ_NO_ASSET;

	*ret_account = account;
	return RK_OK;
}

/*
 * May as much come into an account (A2, A5)? Its interest is settled. So much
 * of it is only passed on: another account held it, and does so no more.
 */
static int check_in(const struct rk_engine *engine,
		    const struct rk_lending_room *room,
		    const struct booking *booking, rk_i128 passed_on)
{
	rk_amt before =
		rk_account_balance(engine, booking->account, booking->asset);
	rk_i128 supplied;
	rk_amt after;
	int r = rk_fx_add_amt(before, booking->delta, &after);

	if (r != RK_OK)
		return r;
	supplied = rk_totals_rise(before, after) - passed_on;
	if (supplied <= 0)
		return RK_OK;
	r = rk_lending_check_in(room, supplied);
	return r == RK_OK
		       ? rk_totals_check_deposit(
				 &engine->assets[booking->asset], before, after)
		       : r;
}

int rk_ledger_deposit(struct rk_engine *engine, const struct rk_cmd *cmd,
		      struct rk_evbuf *events)
{
	struct booking booking = {0, cmd->amount.asset, cmd->amount.amount,
				  RK_BALANCE_DEPOSIT, 0};
	int r = look_up(engine, cmd->amount.account, cmd->amount.asset,
			&booking.account);
	struct rk_lending_room room;

	if (r != RK_OK)
		return r;
	if (cmd->amount.amount.raw <= 0)
		return RK_REJ_BAD_AMOUNT;

	room = rk_lending_room(&engine->assets[booking.asset]);
	r = rk_interest_settle(engine, events, booking.account, booking.asset);
	if (r == RK_OK)
		r = check_in(engine, &room, &booking, 0);
	if (r == RK_OK)
		r = book(engine, events, &booking);
	if (r != RK_OK)
		return r;
	rk_mark(engine, RK_UNIT_ASSET, booking.asset);
	rk_add(engine, &engine->assets[booking.asset].deposits,
	       booking.delta.raw);
	return RK_OK;
}

/* Rule A6. */
static int check_out(const struct rk_engine *engine, uint32_t account,
		     uint32_t asset, rk_amt amount)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	struct rk_holdings holdings;

	rk_holdings_of(engine, &engine->accounts[account], &holdings);
	return rk_suppose_taken_out(&scene, &holdings, asset, amount);
}

int rk_ledger_adjust(struct rk_engine *engine, const struct rk_cmd *cmd,
		     struct rk_evbuf *events)
{
	struct booking booking = {0, cmd->amount.asset, cmd->amount.amount,
				  RK_BALANCE_ADJUST, 0};
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	struct rk_asset *asset;
	rk_amt after;
	int r = look_up(engine, cmd->amount.account, cmd->amount.asset,
			&booking.account);

	if (r != RK_OK)
		return r;
	if (booking.delta.raw == 0)
		return RK_REJ_BAD_AMOUNT;
	r = rk_interest_settle(engine, events, booking.account, booking.asset);
	if (r != RK_OK)
		return r;
	r = rk_fx_add_amt(
		rk_account_balance(engine, booking.account, booking.asset),
		booking.delta, &after);
	if (r != RK_OK)
		return r;
	if (after.raw < 0 &&
	    rk_scene_asset_price(&scene, booking.asset).raw == 0)
		return RK_REJ_NO_PRICE;

	r = book(engine, events, &booking);
	if (r != RK_OK)
		return r;

	asset = &engine->assets[booking.asset];
	rk_mark(engine, RK_UNIT_ASSET, booking.asset);
	if (booking.delta.raw > 0)
		rk_add(engine, &asset->deposits, booking.delta.raw);
	else
		rk_add(engine, &asset->withdrawals,
		       -(rk_i128)booking.delta.raw);
	return RK_OK;
}

/* Before something is taken out: funding, and interest of what it is. */
static int settle_all(struct rk_engine *engine, struct rk_evbuf *events,
		      uint32_t account, uint32_t asset)
{
	int r = rk_funding_settle_all(engine, events, account);

	return r == RK_OK ? rk_interest_settle(engine, events, account, asset)
			  : r;
}

/* A record for a withdrawal: 0, RK_REJ_EXISTS or RK_REJ_CAPACITY. */
static int new_withdrawal(struct rk_engine *engine, uint64_t id,
			  struct rk_withdrawal **ret_withdrawal)
{
	uint32_t i;

	if (rk_map_get(&engine->withdrawal_map, id) != RK_MAP_NONE)
		return RK_REJ_EXISTS;
	i = RK_POOL_TAKE(engine, &engine->withdrawals_pool, engine->withdrawals,
			 engine->limits.withdrawals_max, next_free);
	if (i == RK_NONE)
		return RK_REJ_CAPACITY;

	rk_mark(engine, RK_UNIT_WITHDRAWAL, i);
	rk_map_put(&engine->withdrawal_map, &engine->undo, id, i);
	*ret_withdrawal = &engine->withdrawals[i];
	rk_change(engine, *ret_withdrawal, sizeof(**ret_withdrawal));
	(*ret_withdrawal)->id = id;
	return RK_OK;
}

int rk_ledger_reserve(struct rk_engine *engine, const struct rk_cmd *cmd,
		      struct rk_evbuf *events)
{
	const struct rk_cmd_withdraw *want = &cmd->withdraw;
	struct booking booking = {
		0, want->asset, {0}, RK_BALANCE_RESERVE, want->withdrawal};
	struct rk_withdrawal *withdrawal;
	struct rk_lending_room room;
	int r;

	if (want->withdrawal == 0)
		return RK_REJ_BAD_ID;
	r = look_up(engine, want->account, want->asset, &booking.account);
	if (r != RK_OK)
		return r;
	if (want->amount.raw <= 0)
		return RK_REJ_BAD_AMOUNT;
	r = new_withdrawal(engine, want->withdrawal, &withdrawal);
	if (r == RK_OK)
		r = rk_insurance_check_gate(engine, want->asset);
	if (r != RK_OK)
		return r;
	room = rk_lending_room(&engine->assets[want->asset]);
	r = settle_all(engine, events, booking.account, want->asset);
	if (r == RK_OK)
		r = rk_lending_check_out(&room,
					 rk_account_balance(engine,
							    booking.account,
							    want->asset),
					 want->amount, false);
	if (r != RK_OK)
		return r;
	r = check_out(engine, booking.account, want->asset, want->amount);
	if (r != RK_OK)
		return r;

	withdrawal->account = booking.account;
	withdrawal->asset = want->asset;
	withdrawal->amount = want->amount;
	booking.delta.raw = -want->amount.raw;
	r = book(engine, events, &booking);
	if (r != RK_OK)
		return r;
	rk_mark(engine, RK_UNIT_ASSET, want->asset);
	rk_add(engine, &engine->assets[want->asset].pending, want->amount.raw);
	return RK_OK;
}

/* Forget a pending withdrawal; *ret_withdrawal is a copy of what it was. */
static int end_withdrawal(struct rk_engine *engine, uint64_t id,
			  struct rk_withdrawal *ret_withdrawal)
{
	uint32_t i = rk_map_get(&engine->withdrawal_map, id);

	if (i == RK_MAP_NONE)
		return RK_REJ_NO_WITHDRAWAL;

	*ret_withdrawal = engine->withdrawals[i];
	RK_ASSERT(ret_withdrawal->id == id);
	rk_mark(engine, RK_UNIT_WITHDRAWAL, i);
	rk_mark(engine, RK_UNIT_ASSET, ret_withdrawal->asset);
	rk_map_drop(&engine->withdrawal_map, &engine->undo, id);
	rk_change(engine, &engine->withdrawals[i], sizeof(*ret_withdrawal));
	engine->withdrawals[i].id = 0; /* the record is free */
	RK_POOL_GIVE(engine, &engine->withdrawals_pool, engine->withdrawals, i,
		     next_free);
	rk_add(engine, &engine->assets[ret_withdrawal->asset].pending,
	       -(rk_i128)ret_withdrawal->amount.raw);
	return RK_OK;
}

int rk_ledger_confirm(struct rk_engine *engine, const struct rk_cmd *cmd,
		      struct rk_evbuf *events)
{
	struct rk_withdrawal withdrawal;
	struct booking booking;
	int r = end_withdrawal(engine, cmd->withdraw.withdrawal, &withdrawal);

	if (r != RK_OK)
		return r;

	rk_add(engine, &engine->assets[withdrawal.asset].withdrawals,
	       withdrawal.amount.raw);
	booking.account = withdrawal.account;
	booking.asset = withdrawal.asset;
	booking.cause = RK_BALANCE_CONFIRM;
	booking.ref = withdrawal.id;
	/* The account gave the amount when it was reserved. */
	emit_balance(engine, events, &booking, (rk_amt){0},
		     rk_account_balance(engine, withdrawal.account,
					withdrawal.asset));
	return RK_OK;
}

int rk_ledger_cancel(struct rk_engine *engine, const struct rk_cmd *cmd,
		     struct rk_evbuf *events)
{
	struct rk_withdrawal withdrawal;
	struct booking booking;
	int r = end_withdrawal(engine, cmd->withdraw.withdrawal, &withdrawal);

	if (r != RK_OK)
		return r;

	booking.account = withdrawal.account;
	booking.asset = withdrawal.asset;
	booking.delta = withdrawal.amount;
	booking.cause = RK_BALANCE_CANCEL;
	booking.ref = withdrawal.id;
	return book(engine, events, &booking);
}

/* What goes from one account to another: what leaves, and what comes. */
struct passage {
	struct booking out;
	struct booking in;
};

static struct passage passage_of(const struct rk_engine *engine, uint32_t from,
				 uint32_t to, struct rk_held_balance what)
{
	return (struct passage){
		.out = {from,
			what.asset,
			{-what.amount.raw},
			RK_BALANCE_TRANSFER_OUT,
			engine->accounts[to].id},
		.in = {to, what.asset, what.amount, RK_BALANCE_TRANSFER_IN,
		       engine->accounts[from].id},
	};
}

int rk_ledger_move(struct rk_engine *engine, struct rk_evbuf *events,
		   uint32_t from, uint32_t to, struct rk_held_balance what)
{
	struct passage passage = passage_of(engine, from, to, what);
	int r = book(engine, events, &passage.out);

	return r == RK_OK ? book(engine, events, &passage.in) : r;
}

bool rk_ledger_credit_or_leave(struct rk_engine *engine,
			       struct rk_evbuf *events, uint32_t account,
			       struct rk_held_balance what)
{
	struct rk_balance was = {.amount = {0}};
	rk_amt balance;
	uint32_t i;
	int r;

	if (what.amount.raw == 0)
		return true;
	if (rk_interest_settle(engine, events, account, what.asset) != RK_OK)
		return false;
	i = rk_account_find_balance(engine, account, what.asset);
	if (i != RK_NONE)
		was = engine->balances[i];
	if (rk_account_credit(engine, account, what.asset, what.amount,
			      &balance) != RK_OK)
		return false;
	if (rk_bound_check(engine, &engine->accounts[account]) == RK_OK)
		return true;
	/* Back to what it was: there is room for that. */
	r = rk_account_credit(engine, account, what.asset,
			      (rk_amt){-what.amount.raw}, &balance);
	RK_ASSERT(r == RK_OK);
	i = rk_account_find_balance(engine, account, what.asset);
	if (i != RK_NONE) {
		engine->balances[i].loan = was.loan;
		engine->balances[i].last_order_ns = was.last_order_ns;
	}
	return false;
}

/* What is borrowed for it is supplied anew by whoever gets it (A5). */
static int pass(struct rk_engine *engine, struct rk_evbuf *events,
		const struct rk_lending_room *room,
		const struct passage *passage)
{
	rk_amt held = rk_account_balance(engine, passage->out.account,
					 passage->out.asset);
	int r = book(engine, events, &passage->out);

	if (r == RK_OK)
		r = rk_interest_settle(engine, events, passage->in.account,
				       passage->in.asset);
	if (r == RK_OK) {
		rk_amt left = {held.raw - passage->in.delta.raw};

		r = check_in(engine, room, &passage->in,
			     rk_totals_rise(left, held));
	}
	return r == RK_OK ? book(engine, events, &passage->in) : r;
}

int rk_ledger_transfer(struct rk_engine *engine, const struct rk_cmd *cmd,
		       struct rk_evbuf *events)
{
	const struct rk_cmd_transfer *want = &cmd->transfer;
	uint32_t from = rk_account_find(engine, want->from);
	uint32_t to = rk_account_find(engine, want->to);
	struct rk_lending_room room;
	struct passage passage;
	int r;

	if (from == RK_NONE || to == RK_NONE)
		return RK_REJ_NO_ACCOUNT;
	if (from == to)
		return RK_REJ_SAME_ACCOUNT;
	if (want->asset >= engine->assets_n)
		return RK_REJ_NO_ASSET;
	if (want->amount.raw <= 0)
		return RK_REJ_BAD_AMOUNT;
	room = rk_lending_room(&engine->assets[want->asset]);
	r = settle_all(engine, events, from, want->asset);
	if (r == RK_OK)
		r = rk_lending_check_out(
			&room, rk_account_balance(engine, from, want->asset),
			want->amount, true);
	if (r == RK_OK)
		r = check_out(engine, from, want->asset, want->amount);
	if (r != RK_OK)
		return r;
	passage = passage_of(engine, from, to,
			     (struct rk_held_balance){.asset = want->asset,
						      .amount = want->amount});
	return pass(engine, events, &room, &passage);
}

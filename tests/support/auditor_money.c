/*
 * Accounts and what is paid in, paid out and moved between them: rules
 * A1 to A6. Changes are made at once; a refusal is put right by the caller,
 * who copies the whole book back.
 */
#include <string.h>

#include "support/auditor_conversion.h"
#include "support/auditor_parts.h"
#include "support/auditor_terms.h"

int audit_account(struct rk_auditor *a, const struct rk_cmd_account *cmd)
{
	struct rk_book *b = &a->book;
	struct book_account *account = &b->accounts[b->accounts_n];
	struct rk_event *ev;

	if (cmd->account == 0 || cmd->owner == 0)
		return RK_REJ_BAD_ID;
	if (cmd->mode != RK_MODE_CROSS && cmd->mode != RK_MODE_ISOLATED)
		return RK_REJ_BAD_PARAM;
	if (cmd->enforcement != RK_ENFORCE_FULL &&
	    cmd->enforcement != RK_ENFORCE_REPORT)
		return RK_REJ_BAD_PARAM;
	if (audit_find_account(b, cmd->account) != AUDIT_NONE)
		return RK_REJ_EXISTS;
	if (b->accounts_n >= b->limits.accounts_max)
		return RK_REJ_CAPACITY;
	(void)memset(account, 0, sizeof(*account));
	account->id = cmd->account;
	account->owner = cmd->owner;
	account->mode = cmd->mode;
	account->enforcement = cmd->enforcement;
	account->retry_ns = AUDIT_NEVER;
	account->unsold = AUDIT_NONE;
	b->accounts_n++;
	if (audit_count_owners(b) > b->limits.owners_max)
		return RK_REJ_CAPACITY;
	ev = audit_emit(a, RK_EVENT_ACCOUNT_CREATED, b->accounts_n - 1,
			RK_NO_MARKET);
	ev->created.owner = cmd->owner;
	ev->created.mode = cmd->mode;
	ev->created.enforcement = cmd->enforcement;
	a->touched[b->accounts_n - 1] = true;
	return RK_OK;
}

void audit_drop_balance(struct rk_book *b, uint32_t found)
{
	struct book_balance *at = &b->balances[found];

	(void)memmove(at, at + 1, (b->balances_n - found - 1) * sizeof(*at));
	b->balances_n--;
}

struct book_balance audit_copy_balance(const struct rk_book *b,
				       uint32_t account, uint32_t asset)
{
	uint32_t found = audit_find_balance(b, account, asset);

	return found == AUDIT_NONE ? (struct book_balance){.account = account,
							   .asset = asset}
				   : b->balances[found];
}

void audit_restore_balance(struct rk_book *b, const struct book_balance *was)
{
	uint32_t found = audit_find_balance(b, was->account, was->asset);

	if (was->amount == 0) {
		if (found != AUDIT_NONE)
			audit_drop_balance(b, found);
		return;
	}
	if (found == AUDIT_NONE)
		found = b->balances_n++;
	b->balances[found] = *was;
}

int audit_set_balance(struct rk_auditor *a, uint32_t account, uint32_t asset,
		      int64_t amount)
{
	struct rk_book *b = &a->book;
	uint32_t found = audit_find_balance(b, account, asset);
	struct audit_pool before;
	struct audit_pool after;
	struct book_balance *at;
	int code = RK_OK;

	a->touched[account] = true;
	if (found == AUDIT_NONE && amount == 0)
		return RK_OK;
	if (found == AUDIT_NONE) {
		if (b->balances_n >= b->limits.balances_max)
			return RK_REJ_CAPACITY;
		found = b->balances_n++;
		b->balances[found] = (struct book_balance){
			.account = account, .asset = asset, .index = 1};
	}
	at = &b->balances[found];
	before = audit_pool_of(b, asset);
	at->account = account;
	at->asset = asset;
	at->amount = amount;
	at->index = audit_index_now(b, asset, amount);
	if (at->loan > -(rk_i128)amount)
		at->loan = amount < 0 ? -amount : 0;
	after = audit_pool_of(b, asset);
	if (audit_shares_rise(&before, &after))
		code = RK_REJ_OVERFLOW;
	if (amount != 0)
		return code;
	audit_drop_balance(b, found);
	return code;
}

static void tell_balance(struct rk_auditor *a, uint32_t account,
			 struct rk_ev_balance told)
{
	struct rk_event *ev =
		audit_emit(a, RK_EVENT_BALANCE, account, RK_NO_MARKET);

	told.balance.raw = audit_balance(&a->book, account, told.asset);
	ev->balance = told;
}

/* What all accounts hold of an asset, summed up now. */
static rk_i128 held_by_all(const struct rk_book *b, uint32_t asset)
{
	rk_i128 held = 0;

	for (uint32_t i = 0; i < b->balances_n; i++)
		if (b->balances[i].asset == asset && b->balances[i].amount > 0)
			held += b->balances[i].amount;
	return held;
}

/* May so much more be held (A2)? The pool is as before the command. */
static int within_caps(const struct rk_book *b, const struct audit_pool *pool,
		       uint32_t asset, rk_i128 more, rk_i128 held)
{
	const struct book_asset *at = &b->assets[asset];

	if (more <= 0)
		return RK_OK;
	if (at->lending.lendable && at->lending.supply_cap.raw != 0 &&
	    pool->borrowed + pool->cash + more > at->lending.supply_cap.raw)
		return RK_REJ_SUPPLY_CAP;
	return at->scale.deposit_cap.raw != 0 &&
			       held > at->scale.deposit_cap.raw
		       ? RK_REJ_DEPOSIT_CAP
		       : RK_OK;
}

/*
 * May a deposit come (A2)? By the pool as it was before interest was settled,
 * and by what all hold. What repays a debt is no supply.
 */
static int may_come(const struct rk_book *b, const struct audit_pool *pool,
		    uint32_t account, const struct rk_cmd_amount *in)
{
	rk_i128 balance = audit_balance(b, account, in->asset);
	rk_i128 after = balance + in->amount.raw;
	rk_i128 more = after > 0 ? after : 0;

	more -= balance > 0 ? balance : 0;
	if (after > INT64_MAX)
		return RK_REJ_OVERFLOW;
	return within_caps(b, pool, in->asset, more,
			   held_by_all(b, in->asset) + more);
}

/* Put into a balance: DEPOSIT, CANCEL and the receiver of TRANSFER. */
static int add(struct rk_auditor *a, uint32_t account, uint32_t asset,
	       int64_t amount)
{
	struct rk_book *b = &a->book;
	int code = audit_interest(a, account, asset);
	rk_i128 after = (rk_i128)audit_balance(b, account, asset) + amount;

	if (code != RK_OK)
		return code;

	if (audit_find_balance(b, account, asset) == AUDIT_NONE &&
	    b->balances_n >= b->limits.balances_max)
		return RK_REJ_CAPACITY;
	if (after > INT64_MAX)
		return RK_REJ_OVERFLOW;
	code = audit_set_balance(a, account, asset, (int64_t)after);
	if (code == RK_OK && !audit_within_bounds(b, account))
		return RK_REJ_OVERFLOW;
	return code;
}

static int deposit(struct rk_auditor *a, uint32_t account,
		   const struct rk_cmd_amount *in)
{
	struct audit_pool pool = audit_pool_of(&a->book, in->asset);
	int code = audit_interest(a, account, in->asset);

	if (code == RK_OK)
		code = may_come(&a->book, &pool, account, in);
	return code == RK_OK ? add(a, account, in->asset, in->amount.raw)
			     : code;
}

/* A fact, either sign: the numbers are looked at before the tables (A3). */
static int change(struct rk_auditor *a, uint32_t account, uint32_t asset,
		  int64_t amount)
{
	struct rk_book *b = &a->book;
	int code = audit_interest(a, account, asset);
	rk_i128 after = (rk_i128)audit_balance(b, account, asset) + amount;

	if (code != RK_OK)
		return code;
	if (after > INT64_MAX || after < INT64_MIN)
		return RK_REJ_OVERFLOW;
	if (after < 0 && !audit_asset_priced(b, asset))
		return RK_REJ_NO_PRICE;
	code = audit_set_balance(a, account, asset, (int64_t)after);
	if (code == RK_OK && !audit_within_bounds(b, account))
		return RK_REJ_OVERFLOW;
	return code;
}

static int book_amount(struct rk_auditor *a, const struct rk_cmd_amount *cmd,
		       enum rk_balance_cause cause)
{
	struct rk_book *b = &a->book;
	uint32_t account = audit_find_account(b, cmd->account);
	int64_t amount = cmd->amount.raw;
	int code;

	if (account == AUDIT_NONE)
		return RK_REJ_NO_ACCOUNT;
	if (cmd->asset >= b->assets_n)
		return RK_REJ_NO_ASSET;
	if (amount == 0 || (amount < 0 && cause == RK_BALANCE_DEPOSIT))
		return RK_REJ_BAD_AMOUNT;
	code = cause == RK_BALANCE_DEPOSIT
		       ? deposit(a, account, cmd)
		       : change(a, account, cmd->asset, amount);
	if (code != RK_OK)
		return code;
	if (amount > 0)
		b->assets[cmd->asset].deposits += amount;
	else
		b->assets[cmd->asset].withdrawals -= amount;
	tell_balance(a, account,
		     (struct rk_ev_balance){.asset = cmd->asset,
					    .cause = cause,
					    .delta = cmd->amount});
	return RK_OK;
}

int audit_deposit(struct rk_auditor *a, const struct rk_cmd_amount *cmd)
{
	return book_amount(a, cmd, RK_BALANCE_DEPOSIT);
}

int audit_adjust(struct rk_auditor *a, const struct rk_cmd_amount *cmd)
{
	return book_amount(a, cmd, RK_BALANCE_ADJUST);
}

/*
 * Take an amount out of an account, if it may leave: settled first, then by
 * what there is, by N7 for what would be owed, and by margin.
 */
static int take(struct rk_auditor *a, uint32_t account, uint32_t asset,
		int64_t amount, bool inside)
{
	struct rk_book *b = &a->book;
	struct audit_pool before = audit_pool_of(b, asset);
	int code = audit_settle_account(a, account);
	int64_t balance;
	int64_t held;
	bool full;
	int last;

	if (code == RK_OK)
		code = audit_interest(a, account, asset);
	if (code != RK_OK)
		return code;
	balance = audit_balance(b, account, asset);
	held = balance > 0 ? balance : 0;
	code = audit_pool_gives(
		b, &before,
		(struct rk_cmd_amount){.asset = asset, .amount = {amount}},
		balance, inside);
	if (code != RK_OK)
		return code;
	if ((rk_i128)balance - amount < INT64_MIN)
		return RK_REJ_OVERFLOW;
	/* A record is only missed when all else is well. */
	full = audit_find_balance(b, account, asset) == AUDIT_NONE &&
	       b->balances_n >= b->limits.balances_max;
	if (full)
		b->limits.balances_max = b->balances_n + 1;
	last = audit_set_balance(a, account, asset, balance - amount);
	if (full)
		last = RK_REJ_CAPACITY;
	if (balance < amount && !audit_within_bounds(b, account))
		return RK_REJ_OVERFLOW;
	/* What is borrowed was not held by anybody. */
	code = audit_may_leave(
		b, account,
		(struct rk_cmd_amount){
			.asset = asset,
			.amount = {held < amount ? held : amount},
		});
	return code == RK_OK ? last : code;
}

int audit_reserve(struct rk_auditor *a, const struct rk_cmd_withdraw *cmd)
{
	struct rk_book *b = &a->book;
	uint32_t account = audit_find_account(b, cmd->account);
	int code;

	if (cmd->withdrawal == 0)
		return RK_REJ_BAD_ID;
	if (account == AUDIT_NONE)
		return RK_REJ_NO_ACCOUNT;
	if (cmd->asset >= b->assets_n)
		return RK_REJ_NO_ASSET;
	if (cmd->amount.raw <= 0)
		return RK_REJ_BAD_AMOUNT;
	if (audit_find_withdrawal(b, cmd->withdrawal) != AUDIT_NONE)
		return RK_REJ_EXISTS;
	if (b->withdrawals_n >= b->limits.withdrawals_max)
		return RK_REJ_CAPACITY;
	if (audit_gated(b, cmd->asset))
		return RK_REJ_WITHDRAWALS_GATED;
	code = take(a, account, cmd->asset, cmd->amount.raw, false);
	if (code != RK_OK)
		return code;
	audit_borrowed(b, account, cmd->asset,
		       (rk_i128)audit_balance(b, account, cmd->asset) +
			       cmd->amount.raw);
	b->withdrawals[b->withdrawals_n++] =
		(struct book_withdrawal){.id = cmd->withdrawal,
					 .account = account,
					 .asset = cmd->asset,
					 .amount = cmd->amount.raw};
	tell_balance(a, account,
		     (struct rk_ev_balance){.asset = cmd->asset,
					    .cause = RK_BALANCE_RESERVE,
					    .delta = {-cmd->amount.raw},
					    .ref = cmd->withdrawal});
	return RK_OK;
}

static void forget_withdrawal(struct rk_book *b, uint32_t at)
{
	(void)memmove(&b->withdrawals[at], &b->withdrawals[at + 1],
		      (b->withdrawals_n - at - 1) * sizeof(b->withdrawals[0]));
	b->withdrawals_n--;
}

int audit_confirm(struct rk_auditor *a, const struct rk_cmd_withdraw *cmd)
{
	struct rk_book *b = &a->book;
	uint32_t found = audit_find_withdrawal(b, cmd->withdrawal);
	struct book_withdrawal w;

	if (found == AUDIT_NONE)
		return RK_REJ_NO_WITHDRAWAL;
	w = b->withdrawals[found];
	forget_withdrawal(b, found);
	b->assets[w.asset].withdrawals += w.amount;
	/* Nothing of the account changes, so it is not judged (S1). */
	tell_balance(a, w.account,
		     (struct rk_ev_balance){.asset = w.asset,
					    .cause = RK_BALANCE_CONFIRM,
					    .ref = w.id});
	return RK_OK;
}

int audit_cancel(struct rk_auditor *a, const struct rk_cmd_withdraw *cmd)
{
	struct rk_book *b = &a->book;
	uint32_t found = audit_find_withdrawal(b, cmd->withdrawal);
	struct book_withdrawal w;
	int code;

	if (found == AUDIT_NONE)
		return RK_REJ_NO_WITHDRAWAL;
	w = b->withdrawals[found];
	forget_withdrawal(b, found);
	code = add(a, w.account, w.asset, w.amount);
	if (code != RK_OK)
		return code;
	tell_balance(a, w.account,
		     (struct rk_ev_balance){.asset = w.asset,
					    .cause = RK_BALANCE_CANCEL,
					    .delta = {w.amount},
					    .ref = w.id});
	return RK_OK;
}

static int pass_out(struct rk_auditor *a, uint32_t from, uint32_t to,
		    struct rk_cmd_amount what)
{
	struct rk_book *b = &a->book;
	int code = audit_set_balance(a, from, what.asset,
				     audit_balance(b, from, what.asset) -
					     what.amount.raw);

	if (code == RK_OK)
		tell_balance(
			a, from,
			(struct rk_ev_balance){.asset = what.asset,
					       .cause = RK_BALANCE_TRANSFER_OUT,
					       .delta = {-what.amount.raw},
					       .ref = b->accounts[to].id});
	return code;
}

static int pass_in(struct rk_auditor *a, uint32_t from, uint32_t to,
		   struct rk_cmd_amount what)
{
	int code = add(a, to, what.asset, what.amount.raw);

	if (code == RK_OK)
		tell_balance(a, to,
			     (struct rk_ev_balance){
				     .asset = what.asset,
				     .cause = RK_BALANCE_TRANSFER_IN,
				     .delta = what.amount,
				     .ref = a->book.accounts[from].id});
	return code;
}

int audit_pass_money(struct rk_auditor *a, uint32_t from, uint32_t to,
		     struct rk_cmd_amount what)
{
	int code = pass_out(a, from, to, what);

	return code == RK_OK ? pass_in(a, from, to, what) : code;
}

static rk_i128 owed_of(rk_i128 balance)
{
	return balance < 0 ? -balance : 0;
}

/*
 * It has left one account, whose balance it was taken from. As the sum of all
 * balances stays, as much more is held as more is owed (A5).
 */
static int may_arrive(const struct rk_book *b, const struct audit_pool *pool,
		      rk_i128 left, uint32_t to, struct rk_cmd_amount what)
{
	rk_i128 amount = what.amount.raw;
	rk_i128 balance = audit_balance(b, to, what.asset);
	rk_i128 after = balance + amount;
	rk_i128 more = owed_of(left) - owed_of(left + amount) + owed_of(after) -
		       owed_of(balance);
	rk_i128 held = held_by_all(b, what.asset);

	if (after > INT64_MAX)
		return RK_REJ_OVERFLOW;
	held += after > 0 ? after : 0;
	held -= balance > 0 ? balance : 0;
	return within_caps(b, pool, what.asset, more, held);
}

int audit_transfer(struct rk_auditor *a, const struct rk_cmd_transfer *cmd)
{
	struct rk_book *b = &a->book;
	uint32_t from = audit_find_account(b, cmd->from);
	uint32_t to = audit_find_account(b, cmd->to);
	struct rk_cmd_amount what = {.asset = cmd->asset,
				     .amount = cmd->amount};
	struct audit_pool pool;
	int64_t before;
	int code;

	if (from == AUDIT_NONE || to == AUDIT_NONE)
		return RK_REJ_NO_ACCOUNT;
	if (from == to)
		return RK_REJ_SAME_ACCOUNT;
	if (cmd->asset >= b->assets_n)
		return RK_REJ_NO_ASSET;
	if (cmd->amount.raw <= 0)
		return RK_REJ_BAD_AMOUNT;
	pool = audit_pool_of(b, cmd->asset);
	code = take(a, from, cmd->asset, cmd->amount.raw, true);
	if (code != RK_OK)
		return code;
	(void)audit_set_balance(a, from, cmd->asset,
				audit_balance(b, from, cmd->asset) +
					cmd->amount.raw);
	before = audit_balance(b, from, cmd->asset);
	code = pass_out(a, from, to, what);
	if (code == RK_OK)
		code = audit_interest(a, to, cmd->asset);
	if (code == RK_OK)
		code = may_arrive(b, &pool, (rk_i128)before - cmd->amount.raw,
				  to, what);
	if (code == RK_OK)
		code = pass_in(a, from, to, what);
	if (code == RK_OK)
		audit_borrowed(b, from, cmd->asset, before);
	return code;
}

/*
 * Debts that nobody pays: rules B1 to B4. What a loss takes from each who
 * holds the asset is summed up before and after, and must be the loss but for
 * rounding.
 */
#include "support/auditor_parts.h"
#include "support/auditor_terms.h"

#define ONE       INT64_C(1000000000000000000)
#define MOST_EACH ((rk_i128)1 << 63) /* shares of a side (I4) */

/* All who hold an asset, together. */
struct holders {
	uint32_t n;
	rk_i128 whole_shares; /* each rounded down (B2) */
	rk_i128 worth;        /* each with what it has to settle */
};

static struct holders holders_of(const struct rk_book *b, uint32_t asset)
{
	struct holders h = {0};

	for (uint32_t i = 0; i < b->balances_n; i++) {
		const struct book_balance *at = &b->balances[i];

		if (at->asset != asset || at->amount < 0)
			continue;
		h.n++;
		h.worth += at->amount + audit_interest_due(b, at);
		h.whole_shares += rk_wide_to_128(rk_wide_div(
			rk_wide_mul(rk_wide_of(at->amount), rk_wide_of(ONE)),
			rk_wide_of(at->index), RK_WIDE_DOWN));
	}
	return h;
}

/* a * b / c, for what is not below 0. */
static rk_i128 part(rk_i128 a, rk_i128 b, rk_i128 c,
		    enum rk_wide_rounding rounding)
{
	return rk_wide_to_128(
		rk_wide_div(rk_wide_mul(rk_wide_of(a), rk_wide_of(b)),
			    rk_wide_of(c), rounding));
}

bool audit_covers_nothing(const struct rk_book *b, uint32_t account)
{
	struct rk_wide held = rk_wide_of(0);
	struct rk_wide owed = rk_wide_of(0);

	for (uint32_t i = 0; i < b->balances_n; i++) {
		const struct book_balance *at = &b->balances[i];
		struct rk_wide usd;

		if (at->account != account)
			continue;
		usd = audit_usd(b, at->asset, rk_wide_of(at->amount), NULL,
				RK_WIDE_DOWN);
		if (at->amount > 0)
			held = rk_wide_add(held, usd);
		else
			owed = rk_wide_sub(owed, usd);
	}
	return audit_count_positions(b, account) == 0 &&
	       rk_wide_cmp(rk_wide_mul(held, rk_wide_of(1000)), owed) <= 0;
}

/* Neither less than the loss was taken, nor more than rounding asks for. */
static void check_shared(struct rk_auditor *a, uint32_t asset, rk_i128 loss,
			 const struct holders *before)
{
	struct holders after = holders_of(&a->book, asset);
	rk_i128 taken = before->worth - after.worth;
	rk_i128 shares = before->whole_shares;
	rk_i128 most = loss + part(before->n, loss, shares, RK_WIDE_UP) +
		       part(shares + before->n, 1, ONE, RK_WIDE_UP) + before->n;

	audit_law(a, taken + before->n >= loss,
		  "those who hold an asset bear less than the loss");
	audit_law(a, taken <= most,
		  "those who hold an asset bear more than the loss");
}

/* Rule B2; 0: nobody can bear any of it. */
static rk_i128 share_out(struct rk_auditor *a, uint32_t account, uint32_t asset,
			 rk_i128 loss)
{
	struct rk_book *b = &a->book;
	struct book_asset *x = &b->assets[asset];
	struct holders before = holders_of(b, asset);
	rk_i128 most =
		part(before.whole_shares, x->supply_index, ONE, RK_WIDE_DOWN);
	struct rk_event *ev;

	if (loss > most)
		loss = most;
	if (loss == 0)
		return 0;
	(void)audit_set_balance(
		a, account, asset,
		(int64_t)(audit_balance(b, account, asset) + loss));
	x->interest -= loss;
	x->supply_index -=
		(int64_t)part(loss, ONE, before.whole_shares, RK_WIDE_UP);
	check_shared(a, asset, loss, &before);
	audit_interest_covered(a, asset);
	ev = audit_emit(a, RK_EVENT_WRITTEN_OFF, account, RK_NO_MARKET);
	ev->written_off.asset = asset;
	ev->written_off.amount.raw = (int64_t)loss;
	ev->written_off.balance.raw = audit_balance(b, account, asset);
	ev = audit_emit(a, RK_EVENT_LOSS_SHARED, AUDIT_NONE, RK_NO_MARKET);
	ev->loss_shared.asset = asset;
	ev->loss_shared.loss.raw = (int64_t)loss;
	ev->loss_shared.supply_index = x->supply_index;
	return loss;
}

int audit_write_off(struct rk_auditor *a, const struct rk_cmd_amount *cmd)
{
	struct rk_book *b = &a->book;
	uint32_t account = audit_find_account(b, cmd->account);
	struct audit_pool pool;
	rk_i128 owed;
	int code;

	if (account == AUDIT_NONE)
		return RK_REJ_NO_ACCOUNT;
	if (cmd->asset >= b->assets_n)
		return RK_REJ_NO_ASSET;
	if (cmd->amount.raw < 0)
		return RK_REJ_BAD_AMOUNT;
	if (!b->assets[cmd->asset].lent)
		return RK_REJ_NOT_LENDABLE;
	if (b->accounts[account].state != RK_STATE_BANKRUPT)
		return RK_REJ_NOT_BANKRUPT;
	if (!audit_covers_nothing(b, account))
		return RK_REJ_STILL_HOLDS;
	code = audit_interest(a, account, cmd->asset);
	if (code != RK_OK)
		return code;
	owed = -(rk_i128)audit_balance(b, account, cmd->asset);
	if (owed <= 0)
		return RK_REJ_NO_DEBT;
	if (cmd->amount.raw > owed)
		return RK_REJ_MORE_THAN_OWED;
	pool = audit_pool_of(b, cmd->asset);
	if (pool.debt_shares > MOST_EACH || pool.supply_shares > MOST_EACH)
		return RK_REJ_OVERFLOW;
	if (cmd->amount.raw > 0)
		owed = cmd->amount.raw;
	if (share_out(a, account, cmd->asset, owed) == 0)
		return RK_REJ_NO_HOLDERS;
	for (uint32_t i = 0; i < b->balances_n; i++) {
		if (b->balances[i].asset == cmd->asset)
			a->touched[b->balances[i].account] = true;
	}
	if (b->assets[cmd->asset].supply_index < ONE / 2)
		audit_restart_held(a, cmd->asset);
	return RK_OK;
}

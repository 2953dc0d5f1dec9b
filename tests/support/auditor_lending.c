/*
 * Lending and interest: rules I1 to I9. All sums are counted afresh over all
 * balances, in wide integers; indices are moved at once and everybody who
 * holds is to be judged. A refusal is put right by the caller.
 */
#include <string.h>

#include "support/auditor_conversion.h"
#include "support/auditor_parts.h"
#include "support/auditor_terms.h"

#define ONE       INT64_C(1000000000000000000)
#define YEAR_NS   (INT64_C(31536000) * 1000000000)
#define MOST_EACH ((rk_i128)1 << 63) /* shares of a side */

/* a * b / c */
static rk_i128 part(rk_i128 a, rk_i128 b, rk_i128 c,
		    enum rk_wide_rounding rounding)
{
	return rk_wide_to_128(
		rk_wide_div(rk_wide_mul(rk_wide_of(a), rk_wide_of(b)),
			    rk_wide_of(c), rounding));
}

int64_t audit_index_now(const struct rk_book *b, uint32_t asset, int64_t amount)
{
	return amount < 0 ? b->assets[asset].debt_index
			  : b->assets[asset].supply_index;
}

rk_i128 audit_interest_due(const struct rk_book *b,
			   const struct book_balance *at)
{
	return part(at->amount, audit_index_now(b, at->asset, at->amount),
		    at->index, RK_WIDE_DOWN) -
	       at->amount - at->paying;
}

rk_i128 audit_worth(const struct rk_book *b, uint32_t account, uint32_t asset)
{
	uint32_t found = audit_find_balance(b, account, asset);

	if (found == AUDIT_NONE)
		return 0;
	return b->balances[found].amount +
	       audit_interest_due(b, &b->balances[found]);
}

static rk_i128 magnitude(rk_i128 x)
{
	return x < 0 ? -x : x;
}

struct rk_wide audit_balance_bound(const struct rk_book *b,
				   const struct book_balance *at)
{
	if (!b->assets[at->asset].lent)
		return rk_wide_of(magnitude(at->amount));
	return rk_wide_div(rk_wide_mul(rk_wide_of(magnitude(at->amount)),
				       rk_wide_of(2 * (rk_i128)ONE)),
			   rk_wide_of(at->index), RK_WIDE_UP);
}

static rk_i128 rate_at(const struct rk_lending *t, rk_i128 utilisation)
{
	rk_i128 kink = (rk_i128)t->kink.raw * RK_RATE_ONE;
	rk_i128 rate = (rk_i128)t->base.raw * RK_RATE_ONE;

	if (!t->lendable)
		return 0;
	if (utilisation <= kink)
		return rate + part(utilisation, t->slope_low.raw, t->kink.raw,
				   RK_WIDE_UP);
	return rate + (rk_i128)t->slope_low.raw * RK_RATE_ONE +
	       part(utilisation - kink, t->slope_high.raw,
		    RK_RATE_ONE - t->kink.raw, RK_WIDE_UP);
}

struct audit_pool audit_pool_of(const struct rk_book *b, uint32_t asset)
{
	const struct book_asset *x = &b->assets[asset];
	struct audit_pool pool = {.cash = x->interest};
	rk_i128 rate;

	if (!x->lent)
		return pool;
	for (uint32_t i = 0; i < b->balances_n; i++) {
		const struct book_balance *at = &b->balances[i];

		if (at->asset != asset)
			continue;
		pool.cash += at->amount;
		if (at->amount < 0)
			pool.debt_shares += part(-(rk_i128)at->amount, ONE,
						 at->index, RK_WIDE_DOWN);
		else
			pool.supply_shares +=
				part(at->amount, ONE, at->index, RK_WIDE_UP);
	}
	pool.borrowed = part(pool.debt_shares, x->debt_index, ONE, RK_WIDE_UP);
	if (pool.borrowed > 0)
		pool.utilisation =
			pool.cash <= 0
				? ONE
				: part(pool.borrowed, ONE,
				       pool.borrowed + pool.cash, RK_WIDE_UP);
	pool.borrow_rate = rate_at(&x->lending, pool.utilisation);
	rate = part(pool.borrow_rate, pool.utilisation, ONE, RK_WIDE_DOWN);
	pool.supply_rate = part(rate, RK_RATE_ONE - x->lending.reserve.raw,
				RK_RATE_ONE, RK_WIDE_DOWN);
	return pool;
}

bool audit_shares_rise(const struct audit_pool *before,
		       const struct audit_pool *after)
{
	bool fits = after->debt_shares <= MOST_EACH &&
		    after->supply_shares <= MOST_EACH;

	return !fits && (after->debt_shares > before->debt_shares + 1 ||
			 after->supply_shares > before->supply_shares + 1);
}

static rk_i128 at_least_0(rk_i128 x)
{
	return x < 0 ? 0 : x;
}

int audit_pool_gives(const struct rk_book *b, const struct audit_pool *before,
		     struct rk_cmd_amount out, int64_t balance, bool inside)
{
	const struct rk_lending *t = &b->assets[out.asset].lending;
	rk_i128 amount = out.amount.raw;
	rk_i128 borrows = at_least_0(amount - at_least_0(balance));

	if (!t->lendable)
		return balance < amount ? RK_REJ_BALANCE : RK_OK;
	if ((inside ? borrows : amount) > at_least_0(before->cash))
		return RK_REJ_POOL_CASH;
	if (borrows > 0 && t->borrow_cap.raw != 0 &&
	    before->borrowed + borrows > t->borrow_cap.raw)
		return RK_REJ_BORROW_CAP;
	return RK_OK;
}

static bool within(int64_t x, int64_t least, int64_t most)
{
	return x >= least && x <= most;
}

static bool terms_can_work(const struct rk_lending *t)
{
	static const struct rk_lending none;
	const int64_t one = RK_RATE_ONE;

	if (!t->lendable)
		return rk_lending_equal(t, &none);
	return within(t->base.raw, 0, 10 * one) &&
	       within(t->slope_low.raw, 0, 10 * one) &&
	       within(t->slope_high.raw, 0, 10 * one) &&
	       t->base.raw + t->slope_low.raw + t->slope_high.raw <= 10 * one &&
	       within(t->kink.raw, 1, one - 1) &&
	       within(t->reserve.raw, 0, one) && t->borrow_cap.raw >= 0 &&
	       t->supply_cap.raw >= 0 &&
	       within(t->interval_ns, 1000000000, RK_DURATION_MAX_NS);
}

int audit_lending(struct rk_auditor *a, const struct rk_cmd_lending *cmd)
{
	struct rk_book *b = &a->book;
	uint32_t id = audit_find_asset(b, cmd->asset);
	struct audit_pool pool;
	struct book_asset *x;
	struct rk_event *ev;

	if (id == AUDIT_NONE)
		return RK_REJ_NO_ASSET;
	if (!terms_can_work(&cmd->terms))
		return RK_REJ_BAD_PARAM;
	x = &b->assets[id];
	if (rk_lending_equal(&x->lending, &cmd->terms))
		return RK_REJ_NO_CHANGE;
	if (!x->lent) {
		x->lent = true;
		pool = audit_pool_of(b, id);
		if (pool.debt_shares > MOST_EACH ||
		    pool.supply_shares > MOST_EACH)
			return RK_REJ_OVERFLOW;
		for (uint32_t i = 0; i < b->accounts_n; i++) {
			if (!audit_within_bounds(b, i))
				return RK_REJ_OVERFLOW;
		}
	}
	if (!x->lending.lendable)
		x->accrued_ns = b->now_ns;
	x->lending = cmd->terms;
	ev = audit_emit(a, RK_EVENT_LENDING_SET, AUDIT_NONE, RK_NO_MARKET);
	ev->name.id = id;
	ev->name.slot = x->slot;
	(void)memcpy(ev->name.name, x->listing.name, RK_NAME_SIZE);
	return RK_OK;
}

static void tell_paid(struct rk_auditor *a, const struct book_balance *at,
		      rk_i128 amount, rk_i128 booked)
{
	struct rk_event *ev = audit_emit(a, RK_EVENT_INTEREST_PAID, at->account,
					 RK_NO_MARKET);

	ev->interest_paid.asset = at->asset;
	ev->interest_paid.amount.raw = (int64_t)amount;
	ev->interest_paid.booked.raw = (int64_t)booked;
	ev->interest_paid.balance.raw = at->amount;
}

int audit_interest(struct rk_auditor *a, uint32_t account, uint32_t asset)
{
	struct rk_book *b = &a->book;
	uint32_t found = audit_find_balance(b, account, asset);
	struct book_balance *at;
	struct book_balance was;
	struct audit_pool before;
	struct audit_pool after;
	rk_i128 amount;

	if (found == AUDIT_NONE || !b->assets[asset].lent)
		return RK_OK;
	at = &b->balances[found];
	if (at->index == audit_index_now(b, asset, at->amount))
		return RK_OK;
	was = *at;
	amount = audit_interest_due(b, at);
	if (at->amount + amount < INT64_MIN || at->amount + amount > INT64_MAX)
		return RK_REJ_OVERFLOW;
	before = audit_pool_of(b, asset);
	at->index = audit_index_now(b, asset, at->amount);
	at->amount = (int64_t)(at->amount + amount);
	at->loan = audit_loan_after(&was, at->amount);
	after = audit_pool_of(b, asset);
	if (audit_shares_rise(&before, &after) ||
	    (amount != 0 && !audit_within_bounds(b, account))) {
		*at = was;
		return RK_REJ_OVERFLOW;
	}
	b->assets[asset].interest -= amount;
	if (amount != 0)
		tell_paid(a, at, amount, amount);
	if (at->amount == 0)
		audit_drop_balance(b, found);
	return RK_OK;
}

/* Who could not hold it keeps what he had when the indices were 1 (I8). */
static void settle_or_leave(struct rk_auditor *a, struct book_balance *at)
{
	struct rk_book *b = &a->book;
	struct book_asset *x = &b->assets[at->asset];
	const struct book_balance was = *at;
	rk_i128 amount = audit_interest_due(b, at);
	rk_i128 kept =
		part(magnitude(at->amount), ONE, at->index, RK_WIDE_DOWN);
	rk_i128 before = at->amount;

	if (kept == 0)
		kept = 1;
	if (before > 0 && kept > before + amount)
		kept = before + amount;
	at->amount = (int64_t)(before + amount);
	at->index = ONE;
	if (!audit_within_bounds(b, at->account)) {
		at->amount = (int64_t)(before < 0 ? -kept : kept);
		x->forgone = true;
	}
	at->loan = audit_loan_after(&was, at->amount);
	x->interest -= at->amount - before;
	a->touched[at->account] = true;
	if (amount != 0 || at->amount != before)
		tell_paid(a, at, amount, at->amount - before);
}

/* All balances, or those above 0 only; 0 has no record. */
static void settle_all(struct rk_auditor *a, uint32_t asset, bool held_only)
{
	struct rk_book *b = &a->book;

	for (uint32_t i = 0; i < b->accounts_n; i++) {
		uint32_t found = audit_find_balance(b, i, asset);

		if (found == AUDIT_NONE ||
		    (held_only && b->balances[found].amount < 0))
			continue;
		settle_or_leave(a, &b->balances[found]);
		if (b->balances[found].amount == 0)
			audit_drop_balance(b, found);
	}
}

void audit_restart_held(struct rk_auditor *a, uint32_t asset)
{
	struct rk_event *ev;

	settle_all(a, asset, true);
	a->book.assets[asset].supply_index = ONE;
	audit_interest_covered(a, asset);
	ev = audit_emit(a, RK_EVENT_INDEX_RESTARTED, AUDIT_NONE, RK_NO_MARKET);
	ev->restarted.asset = asset;
	ev->restarted.held_only = true;
}

static void begin_anew(struct rk_auditor *a, uint32_t asset)
{
	struct rk_book *b = &a->book;
	struct book_asset *x = &b->assets[asset];
	struct rk_event *ev;

	settle_all(a, asset, false);
	x->debt_index = ONE;
	x->supply_index = ONE;
	audit_law(a, x->forgone || x->interest >= 0,
		  "more interest was credited than charged");
	ev = audit_emit(a, RK_EVENT_INDEX_RESTARTED, AUDIT_NONE, RK_NO_MARKET);
	ev->restarted.asset = asset;
	ev->restarted.rounding = x->interest;
	x->rounding += x->interest;
	x->interest = 0;
}

/* Were all settled now, nothing would be missing (law). */
void audit_interest_covered(struct rk_auditor *a, uint32_t asset)
{
	const struct rk_book *b = &a->book;
	rk_i128 left = b->assets[asset].interest;

	for (uint32_t i = 0; i < b->balances_n; i++) {
		if (b->balances[i].asset == asset)
			left -= audit_interest_due(b, &b->balances[i]);
	}
	audit_law(a, b->assets[asset].forgone || left >= 0,
		  "more interest is owed to suppliers than by borrowers");
}

/* How far, and what all of it comes to. */
static struct rk_ev_interest reckon(const struct rk_book *b, uint32_t asset,
				    const struct audit_pool *pool)
{
	const struct book_asset *x = &b->assets[asset];
	struct rk_ev_interest told = {.asset = asset,
				      .borrow_rate = pool->borrow_rate,
				      .supply_rate = pool->supply_rate,
				      .utilisation = pool->utilisation,
				      .supply_index = x->supply_index};
	rk_i128 time_ns = b->now_ns - x->accrued_ns;
	rk_i128 most;
	rk_i128 share;
	rk_i128 square;
	rk_i128 growth;
	rk_i128 due;

	if (pool->borrow_rate * time_ns > (rk_i128)(ONE / 2) * YEAR_NS)
		time_ns = (rk_i128)(ONE / 2) * YEAR_NS / pool->borrow_rate;
	told.until_ns = x->accrued_ns + (int64_t)time_ns;
	share = part(pool->borrow_rate, time_ns, YEAR_NS, RK_WIDE_UP);
	square = part(share, share, ONE, RK_WIDE_UP);
	growth = ONE + share + part(square, 1, 2, RK_WIDE_UP) +
		 part(square, share, 6 * (rk_i128)ONE, RK_WIDE_UP);
	told.debt_index = (int64_t)part(x->debt_index, growth, ONE, RK_WIDE_UP);
	told.earned = part(pool->debt_shares, told.debt_index - x->debt_index,
			   ONE, RK_WIDE_DOWN);
	told.reserve = part(told.earned, x->lending.reserve.raw, RK_RATE_ONE,
			    RK_WIDE_UP);
	if (pool->supply_shares == 0) {
		told.reserve = told.earned;
		return told;
	}
	most = part(x->supply_index, growth, ONE, RK_WIDE_DOWN) -
	       x->supply_index;
	due = part(told.earned - told.reserve, ONE, pool->supply_shares,
		   RK_WIDE_DOWN);
	if (due >= most) {
		due = most;
		told.reserve = told.earned -
			       part(pool->supply_shares, most, ONE, RK_WIDE_UP);
	}
	told.supply_index += (int64_t)due;
	return told;
}

/* True: it has moved up to now. */
static bool move(struct rk_auditor *a, uint32_t asset)
{
	struct rk_book *b = &a->book;
	struct book_asset *x = &b->assets[asset];
	struct audit_pool pool = audit_pool_of(b, asset);
	struct rk_ev_interest told;

	if (pool.debt_shares == 0 || pool.debt_shares > MOST_EACH ||
	    pool.supply_shares > MOST_EACH) {
		x->accrued_ns = b->now_ns;
		return true;
	}
	told = reckon(b, asset, &pool);
	if (told.debt_index > 2 * ONE || told.supply_index > 2 * ONE) {
		begin_anew(a, asset);
		return false;
	}
	x->accrued_ns = told.until_ns;
	if (told.debt_index != x->debt_index) {
		x->debt_index = told.debt_index;
		x->supply_index = told.supply_index;
		x->interest -= told.reserve;
		x->fees += told.reserve;
		audit_emit(a, RK_EVENT_INTEREST, AUDIT_NONE, RK_NO_MARKET)
			->interest = told;
		for (uint32_t i = 0; i < b->balances_n; i++) {
			if (b->balances[i].asset == asset)
				a->touched[b->balances[i].account] = true;
		}
		audit_interest_covered(a, asset);
	}
	return x->accrued_ns == b->now_ns;
}

int audit_accrue(struct rk_auditor *a, const struct rk_cmd_accrue *cmd)
{
	struct rk_book *b = &a->book;

	if (cmd->asset >= b->assets_n)
		return RK_REJ_NO_ASSET;
	if (!b->assets[cmd->asset].lending.lendable)
		return RK_REJ_NOT_LENDABLE;
	if (b->assets[cmd->asset].accrued_ns == b->now_ns)
		return RK_REJ_NO_CHANGE;
	while (!move(a, cmd->asset))
		;
	return RK_OK;
}

void audit_lending_intervals(struct rk_auditor *a, int64_t from_ns)
{
	struct rk_book *b = &a->book;

	for (uint32_t i = 0; i < b->assets_n; i++) {
		const struct book_asset *x = &b->assets[i];
		int64_t interval_ns = x->lending.interval_ns;

		if (!x->lending.lendable || x->accrued_ns == b->now_ns ||
		    from_ns / interval_ns == b->now_ns / interval_ns)
			continue;
		while (!move(a, i))
			;
	}
}

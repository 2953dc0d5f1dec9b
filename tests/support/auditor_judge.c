/*
 * Judging: rules S1 to S5 and the order of acting, L1. Whoever a command
 * touched is evaluated, sorted by risk, and acted upon once.
 */
#include <string.h>

#include "support/auditor_conversion.h"
#include "support/auditor_parts.h"
#include "support/auditor_terms.h"

static bool below(rk_i128 equity, rk_rate multiple, rk_i128 maintenance)
{
	return equity * RK_RATE_ONE < multiple.raw * maintenance;
}

static bool at_most(rk_i128 equity, rk_rate multiple, rk_i128 maintenance)
{
	return equity * RK_RATE_ONE <= multiple.raw * maintenance;
}

/* Never below least, which is believed. */
static rk_i128 moved(const struct rk_book *b, rk_i128 mark, bool up,
		     rk_i128 least)
{
	rk_i128 band = b->risk.stale_band.raw;
	struct rk_wide price = rk_wide_mul(
		rk_wide_of(mark),
		rk_wide_of(up ? RK_RATE_ONE + band : RK_RATE_ONE - band));
	rk_i128 result =
		rk_wide_to_128(rk_wide_div(price, rk_wide_of(RK_RATE_ONE),
					   up ? RK_WIDE_UP : RK_WIDE_DOWN));

	if (mark == 0)
		return 0;
	return result < least ? least : result;
}

/* Marks that are not OK, moved to the side that favours the account. */
static void move_marks(const struct rk_book *b, uint32_t account,
		       rk_i128 *prices)
{
	for (uint32_t i = 0; i < b->slots_n; i++)
		prices[i] = b->slots[i].mark;
	for (uint32_t i = 0; i < b->positions_n; i++) {
		const struct book_position *p = &b->positions[i];
		uint32_t slot = b->markets[p->market].slot;

		if (p->account != account ||
		    b->slots[slot].state == RK_PRICE_OK)
			continue;
		prices[slot] =
			moved(b, b->slots[slot].mark, p->size > 0,
			      b->markets[p->market].listing.price_min.raw);
	}
}

/* Then index prices, by the sign of what counts at those marks. */
static void move_indexes(const struct rk_book *b, uint32_t account,
			 rk_i128 *prices)
{
	for (uint32_t i = 0; i < b->assets_n; i++) {
		uint32_t slot = b->assets[i].slot;
		rk_i128 profit = 0;
		rk_i128 counted;

		if (audit_asset_price_ok(b, i))
			continue;
		for (uint32_t k = 0; k < b->positions_n; k++) {
			const struct book_position *p = &b->positions[k];

			if (p->account == account &&
			    b->markets[p->market].settle == i)
				profit += audit_position_figures(b, p, prices)
						  .profit +
					  audit_unsettled(b, p);
		}
		counted =
			audit_counted(&b->assets[i], audit_worth(b, account, i),
				      profit, RK_LEVEL_MAINTENANCE);
		prices[slot] = moved(b, b->slots[slot].mark, counted >= 0, 1);
	}
}

/* Rule S4. */
static bool may_start(const struct rk_book *b, uint32_t account)
{
	const enum rk_level k = RK_LEVEL_MAINTENANCE;
	rk_i128 prices[AUDIT_SLOTS];
	struct audit_health h;
	rk_i128 required;

	/* What is required is counted at index prices as they are. */
	move_marks(b, account, prices);
	required = audit_evaluate(b, account, prices).required[k];
	move_indexes(b, account, prices);
	h = audit_evaluate(b, account, prices);
	return h.assets[k] - h.liabilities[k] < required;
}

/* Rule S2. */
static enum rk_state next_state(const struct rk_book *b, uint32_t account,
				const struct audit_health *h,
				bool *ret_withheld)
{
	enum rk_state present = b->accounts[account].state;
	const struct rk_cmd_risk *risk = &b->risk;
	rk_i128 e = h->equity;
	rk_i128 r = h->r[RK_LEVEL_MAINTENANCE];

	*ret_withheld = false;
	if (audit_count_positions(b, account) == 0 && e < 0)
		return RK_STATE_BANKRUPT;
	if (r == 0 && e >= 0)
		return RK_STATE_OK;
	if (present >= RK_STATE_LIQUIDATING &&
	    (e < r || below(e, risk->target, r)))
		return RK_STATE_LIQUIDATING;
	if (e < r) {
		if (h->positions_ok || may_start(b, account))
			return RK_STATE_LIQUIDATING;
		*ret_withheld = true;
		return RK_STATE_MARGIN_CALL;
	}
	if (below(e, risk->call_enter, r) || (present >= RK_STATE_MARGIN_CALL &&
					      at_most(e, risk->call_leave, r)))
		return RK_STATE_MARGIN_CALL;
	if (below(e, risk->warn_enter, r) ||
	    (present >= RK_STATE_WARN && at_most(e, risk->warn_leave, r)))
		return RK_STATE_WARN;
	return RK_STATE_OK;
}

static void move_state(struct rk_auditor *a, uint32_t account,
		       enum rk_state next, const struct audit_health *h)
{
	struct book_account *at = &a->book.accounts[account];
	struct rk_event *ev;

	if (at->state == next)
		return;
	audit_law(a,
		  next != RK_STATE_LIQUIDATING ||
			  at->state >= RK_STATE_LIQUIDATING ||
			  h->health[RK_LEVEL_MAINTENANCE] < 0,
		  "a liquidation starts above maintenance");
	ev = audit_emit(a, RK_EVENT_STATE, account, RK_NO_MARKET);
	ev->state.before = at->state;
	ev->state.after = next;
	ev->state.health = audit_health_told(h);
	if (next >= RK_STATE_LIQUIDATING && at->state < RK_STATE_LIQUIDATING &&
	    at->enforcement == RK_ENFORCE_FULL &&
	    audit_count_resting(&a->book, account) > 0)
		audit_emit(a, RK_EVENT_ORDERS_CANCEL_ASKED, account,
			   RK_NO_MARKET)
			->cancel_asked.orders =
			audit_count_resting(&a->book, account);
	at->state = next;
	if (next != RK_STATE_BANKRUPT)
		return;
	ev = audit_emit(a, RK_EVENT_DEFICIT, account, RK_NO_MARKET);
	ev->deficit.amount.raw = (int64_t)-h->equity;
}

/* Rule Z5: what is due of it goes to the vault. */
static bool hand_over(struct rk_auditor *a, uint32_t account,
		      const struct audit_health *h)
{
	const struct book_account *at = &a->book.accounts[account];
	struct audit_plan plan;

	if (at->state != RK_STATE_LIQUIDATING ||
	    at->enforcement != RK_ENFORCE_FULL)
		return false;
	audit_plan_takeover(&a->book, account, h, &plan);
	if (plan.any)
		move_state(a, account, RK_STATE_TAKEOVER, h);
	audit_take_over(a, account, &plan);
	return plan.any;
}

static void act(struct rk_auditor *a, uint32_t account)
{
	struct rk_book *b = &a->book;
	struct audit_health h = audit_evaluate(b, account, NULL);
	enum rk_state before = b->accounts[account].state;
	enum rk_state next;
	bool taken = false;
	bool withheld;

	b->accounts[account].retry_ns = AUDIT_NEVER;
	next = next_state(b, account, &h, &withheld);
	/* What is told beside maintenance takes its time: only if it is told.
	 */
	if (next != b->accounts[account].state ||
	    withheld != b->accounts[account].withheld ||
	    next == RK_STATE_LIQUIDATING || audit_conversion_due(b, account))
		h = audit_worst(b, account, NULL);
	move_state(a, account, next, &h);
	if (hand_over(a, account, &h)) {
		taken = true;
		h = audit_worst(b, account, NULL);
		next = next_state(b, account, &h, &withheld);
		move_state(a, account, next, &h);
	}
	if (audit_draw(a, account, taken || next != before)) {
		h = audit_worst(b, account, NULL);
		next = next_state(b, account, &h, &withheld);
		move_state(a, account, next, &h);
	}
	if (b->accounts[account].withheld != withheld) {
		struct rk_event *ev =
			audit_emit(a, RK_EVENT_WITHHELD, account, RK_NO_MARKET);

		b->accounts[account].withheld = withheld;
		ev->withheld.reason =
			withheld ? RK_WITHHELD_PRICE : RK_WITHHELD_NONE;
		if (withheld)
			ev->withheld.health = audit_health_told(&h);
	}
	audit_orders_end(a, account);
	audit_liquidate(a, account, &h);
	audit_convert_debts(a, account, &h);
}

/* Rule D4. */
int audit_recheck(struct rk_auditor *a, const struct rk_cmd_recheck *cmd)
{
	struct rk_book *b = &a->book;
	uint32_t account = audit_find_account(b, cmd->account);
	struct rk_event *ev;
	struct audit_health h;
	bool withheld;

	if (account == AUDIT_NONE)
		return RK_REJ_NO_ACCOUNT;
	if (cmd->found_seq >= a->seq)
		return RK_REJ_BAD_PARAM;
	h = audit_worst(b, account, NULL);
	ev = audit_emit(a, RK_EVENT_RECHECKED, account, RK_NO_MARKET);
	ev->rechecked.found_seq = cmd->found_seq;
	ev->rechecked.before = b->accounts[account].state;
	ev->rechecked.after = next_state(b, account, &h, &withheld);
	ev->rechecked.health = audit_health_told(&h);
	a->touched[account] = true;
	return RK_OK;
}

struct ranked {
	uint32_t account;
	uint64_t id;
	rk_i128 equity;
	rk_i128 maintenance;
};

/* Is x acted upon before y? Riskier first, then the lower id (L1). */
static bool goes_before(const struct ranked *x, const struct ranked *y)
{
	int order = rk_wide_cmp(
		rk_wide_mul(rk_wide_of(y->equity), rk_wide_of(x->maintenance)),
		rk_wide_mul(rk_wide_of(x->equity), rk_wide_of(y->maintenance)));

	if (order != 0)
		return order > 0;
	if (x->maintenance != y->maintenance)
		return x->maintenance > y->maintenance;
	if (x->maintenance == 0 && x->equity != y->equity)
		return x->equity < y->equity;
	return x->id < y->id;
}

void audit_judge(struct rk_auditor *a)
{
	struct rk_book *b = &a->book;
	struct ranked ranked[AUDIT_ACCOUNTS];
	uint32_t n = 0;

	if (a->new_minute)
		audit_vault_minute(a);
	for (uint32_t i = 0; i < b->accounts_n; i++) {
		struct audit_health h;
		struct ranked entry;
		uint32_t at = n;

		if (!a->touched[i])
			continue;
		h = audit_evaluate(b, i, NULL);
		entry = (struct ranked){.account = i,
					.id = b->accounts[i].id,
					.equity = h.equity,
					.maintenance =
						h.r[RK_LEVEL_MAINTENANCE]};
		for (; at > 0 && goes_before(&entry, &ranked[at - 1]); at--)
			ranked[at] = ranked[at - 1];
		ranked[at] = entry;
		n++;
	}
	for (uint32_t i = 0; i < n; i++)
		act(a, ranked[i].account);
}

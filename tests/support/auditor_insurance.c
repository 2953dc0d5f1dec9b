/*
 * Insurance funds: rules U1 to U7. What a fund paid is kept as a list of
 * minutes with their sums, the newest last.
 */
#include <string.h>

#include "engine/insurance.h"
#include "support/auditor_parts.h"
#include "support/auditor_terms.h"

#define MINUTE_NS INT64_C(60000000000)
#define FUND_MAX  ((rk_i128)1 << 61)
#define DRAWN_MAX ((rk_i128)1 << 62)

int audit_insurance(struct rk_auditor *a, const struct rk_cmd_insurance *cmd)
{
	uint32_t id = audit_find_asset(&a->book, cmd->asset);
	const struct rk_insurance_terms *t = &cmd->terms;
	struct book_asset *x;
	struct rk_event *ev;

	if (id == AUDIT_NONE)
		return RK_REJ_NO_ASSET;
	if (t->draw_cap.raw < 0 || t->draw_cap.raw > RK_RATE_ONE ||
	    t->liquidation_fee.raw < 0 ||
	    t->liquidation_fee.raw >= RK_RATE_ONE ||
	    t->withdrawal_gate.raw < 0 || t->withdrawal_gate.raw > RK_RATE_ONE)
		return RK_REJ_BAD_PARAM;
	x = &a->book.assets[id];
	if (x->insurance.draw_cap.raw == t->draw_cap.raw &&
	    x->insurance.liquidation_fee.raw == t->liquidation_fee.raw &&
	    x->insurance.withdrawal_gate.raw == t->withdrawal_gate.raw)
		return RK_REJ_NO_CHANGE;
	x->insurance = *t;
	ev = audit_emit(a, RK_EVENT_INSURANCE_SET, AUDIT_NONE, RK_NO_MARKET);
	ev->name.id = id;
	ev->name.slot = x->slot;
	(void)memcpy(ev->name.name, x->listing.name, RK_NAME_SIZE);
	a->draw_round = true;
	audit_touch_all(a);
	return RK_OK;
}

static void tell(struct rk_auditor *a, uint32_t account, uint32_t asset,
		 enum rk_insurance_cause cause, rk_i128 amount)
{
	struct book_asset *x = &a->book.assets[asset];
	struct rk_event *ev =
		audit_emit(a, RK_EVENT_INSURANCE_MOVED, account, RK_NO_MARKET);

	x->fund += amount;
	audit_law(a, x->fund >= 0, "a fund pays more than it holds");
	ev->insurance.asset = asset;
	ev->insurance.cause = cause;
	ev->insurance.amount.raw = (int64_t)amount;
	ev->insurance.fund.raw = (int64_t)x->fund;
	if (account != AUDIT_NONE)
		ev->insurance.balance.raw =
			audit_balance(&a->book, account, asset);
}

int audit_top_up(struct rk_auditor *a, const struct rk_cmd_top_up *cmd)
{
	struct rk_book *b = &a->book;
	rk_i128 amount = cmd->amount.raw;
	struct book_asset *x;

	if (cmd->asset >= b->assets_n)
		return RK_REJ_NO_ASSET;
	if (amount == 0)
		return RK_REJ_BAD_AMOUNT;
	x = &b->assets[cmd->asset];
	if (x->fund < -amount)
		return RK_REJ_FUND_SHORT;
	if (x->fund + amount > FUND_MAX)
		return RK_REJ_OVERFLOW;
	if (amount > 0)
		x->deposits += amount;
	else
		x->withdrawals -= amount;
	tell(a, AUDIT_NONE, cmd->asset,
	     amount > 0 ? RK_INSURANCE_TOP_UP : RK_INSURANCE_WITHDRAWAL,
	     amount);
	return RK_OK;
}

rk_i128 audit_bought_with(const struct rk_book *b, uint32_t asset, rk_i128 usd,
			  enum rk_wide_rounding rounding)
{
	const struct rk_cmd_asset *listing = &b->assets[asset].listing;
	struct rk_wide num = rk_wide_of(usd);
	struct rk_wide den = rk_wide_of(audit_index(b, asset, NULL));
	int power = listing->decimals + listing->price_decimals - 8;

	if (usd <= 0 || rk_wide_cmp(den, rk_wide_of(0)) == 0)
		return 0;
	for (; power > 0; power--)
		num = rk_wide_mul(num, rk_wide_of(10));
	for (; power < 0; power++)
		den = rk_wide_mul(den, rk_wide_of(10));
	return rk_wide_to_128(rk_wide_div(num, den, rounding));
}

static rk_i128 smaller(rk_i128 x, rk_i128 y)
{
	return x < y ? x : y;
}

/* Rule U3. */
void audit_liquidation_fee(struct rk_auditor *a, uint32_t account,
			   uint32_t asset, rk_i128 value)
{
	struct rk_book *b = &a->book;
	const struct book_asset *x = &b->assets[asset];
	struct audit_health h = audit_evaluate(b, account, NULL);
	rk_i128 fee = rk_wide_to_128(rk_wide_div(
		rk_wide_mul(rk_wide_of(value < 0 ? -value : value),
			    rk_wide_of(x->insurance.liquidation_fee.raw)),
		rk_wide_of(RK_RATE_ONE), RK_WIDE_UP));

	fee = smaller(fee, audit_bought_with(b, asset, h.equity, RK_WIDE_DOWN));
	fee = smaller(fee, audit_balance(b, account, asset));
	fee = smaller(fee, FUND_MAX - x->fund);
	if (fee <= 0)
		return;
	(void)audit_set_balance(
		a, account, asset,
		(int64_t)(audit_balance(b, account, asset) - fee));
	h = audit_evaluate(b, account, NULL);
	audit_law(a, h.equity >= 0, "a liquidation fee makes bankrupt");
	tell(a, account, asset, RK_INSURANCE_LIQUIDATION_FEE, fee);
}

static int64_t minute_of(int64_t time_ns)
{
	return time_ns / MINUTE_NS;
}

/* In this minute and the 60 before it. */
static rk_i128 drawn_by_now(const struct rk_book *b, uint32_t asset)
{
	const struct book_asset *x = &b->assets[asset];
	int64_t now = minute_of(b->now_ns);
	rk_i128 sum = 0;

	for (uint32_t i = 0; i < x->draws_n; i++)
		if (x->draws[i].minute >= now - 60)
			sum += x->draws[i].amount;
	return sum;
}

/* Rule U4. */
rk_i128 audit_fund_may_pay(const struct rk_book *b, uint32_t asset)
{
	const struct book_asset *x = &b->assets[asset];
	rk_i128 drawn = drawn_by_now(b, asset);
	rk_i128 most = rk_wide_to_128(
		rk_wide_div(rk_wide_mul(rk_wide_of(x->fund + drawn),
					rk_wide_of(x->insurance.draw_cap.raw)),
			    rk_wide_of(RK_RATE_ONE), RK_WIDE_DOWN));

	most = smaller(most, DRAWN_MAX) - drawn;
	return most < 0 ? 0 : smaller(most, x->fund);
}

static void note_draw(struct rk_book *b, uint32_t asset, rk_i128 amount)
{
	struct book_asset *x = &b->assets[asset];
	int64_t now = minute_of(b->now_ns);

	while (x->draws_n > 0 && x->draws[0].minute < now - 60) {
		x->draws_n--;
		(void)memmove(&x->draws[0], &x->draws[1],
			      x->draws_n * sizeof(x->draws[0]));
	}
	if (x->draws_n == 0 || x->draws[x->draws_n - 1].minute != now) {
		x->draws[x->draws_n].minute = now;
		x->draws[x->draws_n++].amount = 0;
	}
	x->draws[x->draws_n - 1].amount += amount;
}

void audit_fund_pay(struct rk_auditor *a, uint32_t account, uint32_t asset,
		    rk_i128 most)
{
	struct rk_book *b = &a->book;
	rk_i128 amount = audit_fund_may_pay(b, asset);

	if (amount == 0 || audit_interest(a, account, asset) != RK_OK)
		return;
	amount = smaller(smaller(amount, most),
			 -(rk_i128)audit_balance(b, account, asset));
	if (amount <= 0)
		return;
	(void)audit_set_balance(
		a, account, asset,
		(int64_t)(audit_balance(b, account, asset) + amount));
	note_draw(b, asset, amount);
	tell(a, account, asset, RK_INSURANCE_DRAW, -amount);
}

/* Rule U5: does it wait for a fund that pays? */
static bool waits(const struct rk_book *b, uint32_t account)
{
	const struct book_account *at = &b->accounts[account];

	if (at->state != RK_STATE_BANKRUPT ||
	    at->enforcement != RK_ENFORCE_FULL ||
	    audit_count_positions(b, account) > 0)
		return false;
	for (uint32_t i = 0; i < b->assets_n; i++)
		if (audit_balance(b, account, i) < 0 &&
		    b->assets[i].insurance.draw_cap.raw > 0)
			return true;
	return false;
}

bool audit_draw(struct rk_auditor *a, uint32_t account, bool entered)
{
	struct rk_book *b = &a->book;
	struct book_account *at = &b->accounts[account];
	uint32_t before = a->events_n;
	int64_t next = (minute_of(b->now_ns) + 1) * MINUTE_NS;

	if (!waits(b, account))
		return false;
	if ((entered || a->draw_round) && audit_covers_nothing(b, account))
		for (uint32_t i = 0; i < b->assets_n; i++)
			if (audit_balance(b, account, i) < 0)
				audit_fund_pay(a, account, i, FUND_MAX);
	if (waits(b, account) && next < at->retry_ns)
		at->retry_ns = next;
	return a->events_n > before;
}

/* Rule U7, by all accounts there are. */
bool audit_gated(const struct rk_book *b, uint32_t asset)
{
	const struct book_asset *x = &b->assets[asset];
	struct rk_wide owed = rk_wide_of(0);

	if (x->insurance.withdrawal_gate.raw == 0)
		return false;
	for (uint32_t i = 0; i < b->accounts_n; i++) {
		const struct book_account *at = &b->accounts[i];

		if (at->state == RK_STATE_BANKRUPT &&
		    audit_balance(b, i, asset) < 0 &&
		    audit_covers_nothing(b, i))
			owed = rk_wide_sub(
				owed, rk_wide_of(audit_worth(b, i, asset)));
	}
	owed = rk_wide_mul(owed, rk_wide_of(RK_RATE_ONE));
	return rk_wide_cmp(
		       owed,
		       rk_wide_mul(
			       rk_wide_of(x->fund),
			       rk_wide_of(x->insurance.withdrawal_gate.raw))) >
	       0;
}

void audit_see_fund(struct difference *d, const struct rk_book *b,
		    const struct rk_engine *engine, uint32_t asset)
{
	const struct book_asset *x = &b->assets[asset];
	struct rk_insurance_view y;

	audit_see(d, "fund", 0, rk_view_insurance(engine, asset, &y));
	if (d->found)
		return;
	audit_see(d, "draw_cap", x->insurance.draw_cap.raw,
		  y.terms.draw_cap.raw);
	audit_see(d, "liquidation_fee", x->insurance.liquidation_fee.raw,
		  y.terms.liquidation_fee.raw);
	audit_see(d, "withdrawal_gate", x->insurance.withdrawal_gate.raw,
		  y.terms.withdrawal_gate.raw);
	audit_see(d, "gate", audit_gated(b, asset),
		  rk_insurance_check_gate(engine, asset) != RK_OK);
	audit_see(d, "fund", x->fund, y.fund.raw);
	audit_see(d, "drawn", drawn_by_now(b, asset), y.drawn);
	audit_see(d, "available", audit_fund_may_pay(b, asset),
		  y.available.raw);
}

/*
 * Funding: rules F1 to F9. Indices are moved at once and everybody who holds
 * is to be judged; a refusal is put right by the caller.
 */
#include <string.h>

#include "support/auditor_parts.h"
#include "support/auditor_terms.h"

#define INDEX_DIGITS 18
#define SUM_MOST     ((rk_i128)1 << 120) /* of premiums */

/* rate (1e-9) times |value(price, 1)|, as an index (F5). */
static rk_i128 index_part(const struct rk_book *b, uint32_t market,
			  int64_t rate, int64_t price)
{
	const struct rk_cmd_market *m = &b->markets[market].listing;
	int exponent = b->assets[b->markets[market].settle].listing.decimals -
		       m->size_decimals - m->multiplier_decimals +
		       INDEX_DIGITS - 9;
	struct rk_wide part =
		rk_wide_mul(rk_wide_of(rate), rk_wide_of(m->multiplier));

	if (m->contract == RK_CONTRACT_INVERSE)
		return rk_wide_to_128(
			rk_wide_scale(part, exponent + m->price_decimals,
				      rk_wide_of(price), RK_WIDE_TO_ZERO));
	return rk_wide_to_128(rk_wide_scale(
		rk_wide_mul(part, rk_wide_of(price)),
		exponent - m->price_decimals, rk_wide_of(1), RK_WIDE_TO_ZERO));
}

static struct rk_wide by_size(rk_i128 index, rk_i128 size,
			      enum rk_wide_rounding rounding)
{
	return rk_wide_div(rk_wide_mul(rk_wide_of(index), rk_wide_of(size)),
			   rk_wide_power_of_ten(INDEX_DIGITS), rounding);
}

rk_i128 audit_unsettled(const struct rk_book *b, const struct book_position *p)
{
	rk_i128 moved = b->markets[p->market].index - p->index;

	return rk_wide_to_128(by_size(-moved, p->size, RK_WIDE_DOWN));
}

struct rk_wide audit_funding_bound(const struct rk_book *b,
				   const struct book_position *p)
{
	const struct book_market *m = &b->markets[p->market];
	rk_i128 far = m->index_high - m->index_low;
	rk_i128 most;

	if (!m->funded)
		return rk_wide_of(0);
	most = index_part(b, p->market, RK_RATE_ONE,
			  audit_dearest(&m->listing).raw);
	return by_size(far > most ? far : most,
		       p->size < 0 ? -(rk_i128)p->size : p->size, RK_WIDE_UP);
}

static bool holders_within_bounds(const struct rk_book *b, uint32_t market)
{
	for (uint32_t i = 0; i < b->positions_n; i++) {
		if (b->positions[i].market == market &&
		    !audit_within_bounds(b, b->positions[i].account))
			return false;
	}
	return true;
}

static bool within(int64_t x, int64_t least, int64_t most)
{
	return x >= least && x <= most;
}

static bool terms_can_work(const struct rk_funding *t)
{
	const int64_t one = RK_RATE_ONE;

	if (t->interval_ns == 0)
		return t->interest.raw == 0 && t->clamp.raw == 0 &&
		       t->cap.raw == 0 && t->period_ns == 0;
	if (t->period_ns != 0 &&
	    !within(t->period_ns, t->interval_ns, RK_DURATION_MAX_NS))
		return false;
	return within(t->interval_ns, 1000000000, RK_DURATION_MAX_NS) &&
	       within(t->interest.raw, -one, one) &&
	       within(t->clamp.raw, 0, one) && within(t->cap.raw, 1, one);
}

int audit_funding(struct rk_auditor *a, const struct rk_cmd_funding *cmd)
{
	struct rk_book *b = &a->book;
	uint32_t id = audit_find_market(b, cmd->market);
	const struct rk_funding *t = &cmd->terms;
	struct book_market *m;
	struct rk_event *ev;

	if (id == AUDIT_NONE)
		return RK_REJ_NO_MARKET;
	if (!terms_can_work(t))
		return RK_REJ_BAD_PARAM;
	m = &b->markets[id];
	if (m->state == RK_MARKET_SETTLED)
		return RK_REJ_MARKET_CLOSED;
	if (t->interval_ns == m->funding.interval_ns &&
	    t->interest.raw == m->funding.interest.raw &&
	    t->clamp.raw == m->funding.clamp.raw &&
	    t->cap.raw == m->funding.cap.raw &&
	    t->period_ns == m->funding.period_ns)
		return RK_REJ_NO_CHANGE;
	if (t->interval_ns != 0 && m->expiry_ns != 0)
		return RK_REJ_EXPIRY_OR_FUNDING;
	m->funded = true;
	if (!holders_within_bounds(b, id))
		return RK_REJ_OVERFLOW;
	m->funding = *t;
	if (t->interval_ns == 0) {
		m->premium_sum = 0;
		m->premium_n = 0;
	}
	ev = audit_emit(a, RK_EVENT_FUNDING_SET, AUDIT_NONE, id);
	ev->name.id = id;
	ev->name.slot = m->slot;
	(void)memcpy(ev->name.name, m->listing.name, RK_NAME_SIZE);
	return RK_OK;
}

static bool believed(const struct rk_cmd_market *m, int64_t price)
{
	return within(price, m->price_min.raw, m->price_max.raw);
}

int audit_premium(struct rk_auditor *a, const struct rk_cmd_premium *cmd)
{
	struct rk_book *b = &a->book;
	int64_t index = cmd->index.raw;
	int64_t bid = cmd->impact_bid.raw;
	int64_t ask = cmd->impact_ask.raw;
	struct book_market *m;
	rk_i128 above = 0;

	if (cmd->market >= b->markets_n)
		return RK_REJ_NO_MARKET;
	m = &b->markets[cmd->market];
	if (m->state == RK_MARKET_SETTLED)
		return RK_REJ_MARKET_CLOSED;
	if (m->funding.interval_ns == 0)
		return RK_REJ_BAD_PARAM;
	if (!believed(&m->listing, index) ||
	    !within(bid, 0, m->listing.price_max.raw) ||
	    !within(ask, 0, m->listing.price_max.raw))
		return RK_REJ_BAD_PRICE;
	above += bid > index ? bid - index : 0;
	above -= ask != 0 && ask < index ? index - ask : 0;
	m->premium_sum += above * RK_RATE_ONE / index;
	m->premium_n++;
	return m->premium_sum > SUM_MOST || m->premium_sum < -SUM_MOST
		       ? RK_REJ_OVERFLOW
		       : RK_OK;
}

static void tell_paid(struct rk_auditor *a, const struct book_position *p,
		      rk_i128 amount, bool booked)
{
	struct rk_book *b = &a->book;
	struct rk_event *ev =
		audit_emit(a, RK_EVENT_FUNDING_PAID, p->account, p->market);

	ev->funding_paid.amount.raw = (int64_t)amount;
	ev->funding_paid.booked.raw = booked ? (int64_t)amount : 0;
	ev->funding_paid.balance.raw =
		audit_balance(b, p->account, b->markets[p->market].settle);
}

int audit_settle(struct rk_auditor *a, uint32_t position)
{
	struct rk_book *b = &a->book;
	struct book_position *p = &b->positions[position];
	const struct book_market *m = &b->markets[p->market];
	rk_i128 amount = audit_unsettled(b, p);
	rk_i128 balance;
	int code;

	p->index = m->index;
	if (amount == 0)
		return RK_OK;
	code = audit_interest(a, p->account, m->settle);
	if (code != RK_OK)
		return code;
	balance = audit_balance(b, p->account, m->settle) + amount;
	if (audit_find_balance(b, p->account, m->settle) == AUDIT_NONE &&
	    b->balances_n >= b->limits.balances_max)
		return RK_REJ_CAPACITY;
	if (balance > INT64_MAX || balance < INT64_MIN)
		return RK_REJ_OVERFLOW;
	code = audit_set_balance(a, p->account, m->settle, (int64_t)balance);
	if (code != RK_OK)
		return code;
	b->assets[m->settle].clearing -= amount;
	tell_paid(a, p, amount, true);
	return RK_OK;
}

int audit_settle_account(struct rk_auditor *a, uint32_t account)
{
	struct rk_book *b = &a->book;
	bool moved = false;

	/* In order of market. */
	for (uint32_t m = 0; m < b->markets_n; m++) {
		uint32_t at = audit_find_position(b, account, m);
		int code;

		if (at == AUDIT_NONE)
			continue;
		moved |= audit_unsettled(b, &b->positions[at]) != 0;
		code = audit_settle(a, at);
		if (code != RK_OK)
			return code;
	}
	return moved && !audit_within_bounds(b, account) ? RK_REJ_OVERFLOW
							 : RK_OK;
}

/* What the account cannot hold is left in clearing (F9). */
void audit_settle_or_leave(struct rk_auditor *a, uint32_t position)
{
	struct rk_book *b = &a->book;
	struct book_position *p = &b->positions[position];
	struct book_asset *settle = &b->assets[b->markets[p->market].settle];
	rk_i128 amount = audit_unsettled(b, p);
	uint32_t asset = b->markets[p->market].settle;
	int first = amount == 0 ? RK_OK : audit_interest(a, p->account, asset);
	uint32_t events = a->events_n;
	uint64_t last = b->last_event;
	uint64_t last_of_account = b->accounts[p->account].last_event;
	struct book_balance before = audit_copy_balance(b, p->account, asset);
	rk_i128 clearing = settle->clearing;
	int code = first == RK_OK ? audit_settle(a, position) : first;

	p->index = b->markets[p->market].index;
	if (code == RK_OK &&
	    (amount == 0 || audit_within_bounds(b, p->account)))
		return;
	audit_restore_balance(b, &before);
	settle->clearing = clearing;
	a->events_n = events;
	b->last_event = last;
	b->accounts[p->account].last_event = last_of_account;
	tell_paid(a, p, amount, false);
}

static void settle_market(struct rk_auditor *a, uint32_t market)
{
	struct rk_book *b = &a->book;
	struct book_market *m = &b->markets[market];

	for (uint32_t i = 0; i < b->accounts_n; i++) {
		uint32_t at = audit_find_position(b, i, market);

		if (at != AUDIT_NONE)
			audit_settle_or_leave(a, at);
	}
	for (uint32_t i = 0; i < b->positions_n; i++) {
		if (b->positions[i].market == market)
			b->positions[i].index = 0;
	}
	m->index = 0;
	m->index_low = 0;
	m->index_high = 0;
}

/* Σ over all positions: what is owed is never less than what is due (law). */
static void check_sum(struct rk_auditor *a, uint32_t market)
{
	const struct rk_book *b = &a->book;
	struct rk_wide exact = rk_wide_of(0);
	rk_i128 told = 0;
	rk_i128 n = 0;

	for (uint32_t i = 0; i < b->positions_n; i++) {
		const struct book_position *p = &b->positions[i];
		rk_i128 moved = b->markets[market].index - p->index;

		if (p->market != market)
			continue;
		exact = rk_wide_add(exact, rk_wide_mul(rk_wide_of(-moved),
						       rk_wide_of(p->size)));
		told += audit_unsettled(b, p);
		n++;
	}
	exact = rk_wide_div(exact, rk_wide_power_of_ten(INDEX_DIGITS),
			    RK_WIDE_DOWN);
	audit_law(a,
		  rk_wide_cmp(rk_wide_of(told), exact) <= 0 &&
			  rk_wide_cmp(rk_wide_of(told + n), exact) >= 0,
		  "funding is made or lost by more than its rounding");
}

static void move_index(struct rk_auditor *a, uint32_t market,
		       struct rk_ev_funding told)
{
	struct rk_book *b = &a->book;
	struct book_market *m = &b->markets[market];
	rk_i128 most = index_part(b, market, RK_RATE_ONE,
				  audit_dearest(&m->listing).raw);
	rk_i128 delta = index_part(b, market, told.rate.raw, told.price.raw);
	rk_i128 after = m->index + delta;

	if ((after > m->index_high ? after : m->index_high) -
		    (after < m->index_low ? after : m->index_low) >
	    most) {
		settle_market(a, market);
		told.restarted = true;
		after = delta;
	}
	m->index = after;
	if (after > m->index_high)
		m->index_high = after;
	if (after < m->index_low)
		m->index_low = after;
	audit_law(a, m->index_high - m->index_low <= most,
		  "an index moves further than N7 counts");
	check_sum(a, market);
	told.index = after;
	audit_emit(a, RK_EVENT_FUNDING, AUDIT_NONE, market)->funding = told;
	audit_touch_holders(a, m->slot);
}

static int64_t limit(rk_i128 x, int64_t most)
{
	if (x > most)
		return most;
	return x < -most ? -most : (int64_t)x;
}

int64_t audit_funding_rate(const struct book_market *m)
{
	const struct rk_funding *t = &m->funding;
	rk_i128 p = m->premium_n > 0 ? m->premium_sum / m->premium_n : 0;
	int64_t whole =
		limit(p + limit(t->interest.raw - p, t->clamp.raw), t->cap.raw);

	if (t->period_ns == 0)
		return whole;
	/* In C a quotient is cut toward 0. */
	return (int64_t)((rk_i128)whole * t->interval_ns / t->period_ns);
}

void audit_intervals(struct rk_auditor *a, int64_t from_ns)
{
	struct rk_book *b = &a->book;

	for (uint32_t i = 0; i < b->markets_n; i++) {
		struct book_market *m = &b->markets[i];
		struct rk_ev_funding told = {
			.price = {b->slots[m->slot].mark},
			.samples = (uint64_t)m->premium_n,
		};

		if (m->funding.interval_ns == 0 ||
		    m->state == RK_MARKET_SETTLED ||
		    from_ns / m->funding.interval_ns ==
			    b->now_ns / m->funding.interval_ns)
			continue;
		told.rate.raw = audit_funding_rate(m);
		if (told.price.raw != 0)
			move_index(a, i, told);
		m->premium_sum = 0;
		m->premium_n = 0;
	}
}

int audit_fund(struct rk_auditor *a, const struct rk_cmd_fund *cmd)
{
	struct rk_book *b = &a->book;

	if (cmd->market >= b->markets_n)
		return RK_REJ_NO_MARKET;
	if (b->markets[cmd->market].state == RK_MARKET_SETTLED)
		return RK_REJ_MARKET_CLOSED;
	if (b->markets[cmd->market].expiry_ns != 0)
		return RK_REJ_EXPIRY_OR_FUNDING;
	if (!within(cmd->rate.raw, -RK_RATE_ONE, RK_RATE_ONE))
		return RK_REJ_BAD_PARAM;
	if (!believed(&b->markets[cmd->market].listing, cmd->price.raw))
		return RK_REJ_BAD_PRICE;
	b->markets[cmd->market].funded = true;
	if (!holders_within_bounds(b, cmd->market))
		return RK_REJ_OVERFLOW;
	move_index(
		a, cmd->market,
		(struct rk_ev_funding){.rate = cmd->rate, .price = cmd->price});
	return RK_OK;
}

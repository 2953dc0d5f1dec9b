/*
 * Quotes, marks and time: rules P1 to P6 and C2. A mark is made anew from
 * all kept quotes of its slot whenever the rules say so.
 */
#include "support/auditor_parts.h"
#include "support/auditor_terms.h"

#define FUTURE_NS INT64_C(1000000000) /* how far ahead a quote may be */

struct slot_limits {
	int64_t price_min;
	int64_t price_max;
	int64_t age_max;
};

static struct slot_limits limits_of(const struct rk_book *b, uint32_t slot)
{
	const struct book_slot *at = &b->slots[slot];

	if (at->market != AUDIT_NONE) {
		const struct rk_cmd_market *m = &b->markets[at->market].listing;

		return (struct slot_limits){m->price_min.raw, m->price_max.raw,
					    m->price_age_max_ns};
	}
	return (struct slot_limits){
		1, b->assets[at->asset].listing.price_max.raw,
		b->assets[at->asset].listing.price_age_max_ns};
}

void audit_touch_holders(struct rk_auditor *a, uint32_t slot)
{
	const struct rk_book *b = &a->book;
	const struct book_slot *at = &b->slots[slot];

	for (uint32_t i = 0; i < b->positions_n; i++) {
		const struct book_position *p = &b->positions[i];

		if (p->market == at->market ||
		    b->markets[p->market].settle == at->asset)
			a->touched[p->account] = true;
	}
	for (uint32_t i = 0; i < b->balances_n; i++) {
		if (b->balances[i].asset == at->asset)
			a->touched[b->balances[i].account] = true;
	}
}

void audit_touch_all(struct rk_auditor *a)
{
	for (uint32_t i = 0; i < a->book.accounts_n; i++)
		a->touched[i] = true;
}

/* Fresh quotes of a slot: good prices in rising order, and how many are bad */
struct fresh {
	uint32_t n;
	uint32_t disputing;
	int64_t prices[AUDIT_NAMES];
};

static void find_fresh(const struct rk_auditor *a, uint32_t slot,
		       struct fresh *ret_fresh)
{
	struct slot_limits limits = limits_of(&a->book, slot);
	struct fresh *f = ret_fresh;

	f->n = 0;
	f->disputing = 0;
	for (uint32_t i = 0; i < a->book.publishers_n; i++) {
		const struct book_quote *q = &a->quotes[slot][i];
		uint32_t at = f->n;

		if (!q->counts ||
		    (rk_i128)q->time_ns <
			    (rk_i128)a->book.now_ns - limits.age_max)
			continue;
		if (q->price > limits.price_max ||
		    q->price < limits.price_min) {
			f->disputing++;
			continue;
		}
		for (; at > 0 && f->prices[at - 1] > q->price; at--)
			f->prices[at] = f->prices[at - 1];
		f->prices[at] = q->price;
		f->n++;
	}
}

static void set_state(struct rk_auditor *a, uint32_t slot,
		      enum rk_price_state state)
{
	struct book_slot *at = &a->book.slots[slot];
	struct rk_event *ev;

	if (at->state == state)
		return;
	ev = audit_emit(a, RK_EVENT_PRICE_STATE, AUDIT_NONE, at->market);
	ev->price_state.slot = slot;
	ev->price_state.before = at->state;
	ev->price_state.after = state;
	ev->price_state.mark.raw = at->mark;
	at->state = state;
	audit_touch_holders(a, slot);
}

static void aggregate(struct rk_auditor *a, uint32_t slot)
{
	struct book_slot *at = &a->book.slots[slot];
	enum rk_price_state state = RK_PRICE_NONE;
	struct fresh f;

	find_fresh(a, slot, &f);
	if (f.disputing > 0) {
		state = RK_PRICE_DISPUTED;
	} else if (f.n > 0) {
		state = RK_PRICE_OK;
		at->mark = (int64_t)(((rk_i128)f.prices[(f.n - 1) / 2] +
				      f.prices[f.n / 2]) /
				     2);
	} else if (at->quoted) {
		state = RK_PRICE_STALE;
	}
	if (at->market != AUDIT_NONE && a->book.markets[at->market].halted)
		state = RK_PRICE_HALTED;
	set_state(a, slot, state);
	if (state == RK_PRICE_OK)
		audit_follow(a, slot);
}

/* Nothing moves the price of a market that is settled. */
static bool is_fixed(const struct rk_book *b, uint32_t slot)
{
	uint32_t market = b->slots[slot].market;

	return market != AUDIT_NONE &&
	       b->markets[market].state == RK_MARKET_SETTLED;
}

void audit_fix_price(struct rk_auditor *a, uint32_t slot, int64_t price)
{
	struct book_slot *at = &a->book.slots[slot];

	at->mark = price;
	a->book.markets[at->market].halted = false;
	set_state(a, slot, RK_PRICE_OK);
}

void audit_weigh_anew(struct rk_auditor *a, uint32_t slot)
{
	if (a->book.slots[slot].state != RK_PRICE_HALTED)
		aggregate(a, slot);
}

static bool take_quote(struct rk_auditor *a, const struct rk_quote *quote)
{
	struct rk_book *b = &a->book;
	struct book_quote *last;
	struct book_slot *slot;

	if (quote->slot >= b->slots_n || quote->publisher >= b->publishers_n)
		return false;
	last = &a->quotes[quote->slot][quote->publisher];
	slot = &b->slots[quote->slot];
	if (is_fixed(b, quote->slot) || quote->price.raw <= 0 ||
	    quote->time_ns <= 0 || quote->seq <= last->seq ||
	    quote->time_ns < last->time_ns ||
	    quote->time_ns > b->now_ns + FUTURE_NS)
		return false;
	*last = (struct book_quote){.counts = true,
				    .price = quote->price.raw,
				    .time_ns = quote->time_ns,
				    .seq = quote->seq};
	slot->quoted = true;
	if (quote->time_ns > slot->time_ns)
		slot->time_ns = quote->time_ns;
	return true;
}

int audit_prices(struct rk_auditor *a, const struct rk_cmd_prices *cmd)
{
	uint32_t moved[AUDIT_SLOTS];
	uint32_t moved_n = 0;

	for (uint32_t i = 0; i < cmd->n; i++) {
		uint32_t slot = cmd->quotes[i].slot;
		uint32_t at = 0;

		if (!take_quote(a, &cmd->quotes[i])) {
			a->quotes_dropped++;
			continue;
		}
		while (at < moved_n && moved[at] != slot)
			at++;
		if (at == moved_n)
			moved[moved_n++] = slot;
	}
	for (uint32_t i = 0; i < moved_n; i++) {
		aggregate(a, moved[i]);
		audit_touch_holders(a, moved[i]);
	}
	return RK_OK;
}

/* Whose wait has ended by now is to be judged (L5). */
static void touch_waiting(struct rk_auditor *a)
{
	const struct rk_book *b = &a->book;

	for (uint32_t i = 0; i < b->accounts_n; i++) {
		if (b->accounts[i].retry_ns <= b->now_ns)
			a->touched[i] = true;
	}
}

int audit_clock(struct rk_auditor *a, int64_t time_ns, bool resume)
{
	struct rk_book *b = &a->book;
	int64_t from_ns;

	if (time_ns < b->now_ns || time_ns > RK_TIME_MAX_NS)
		return RK_REJ_BAD_TIME;
	from_ns = b->now_ns;
	b->now_ns = time_ns;
	a->draw_round = from_ns / INT64_C(60000000000) !=
			time_ns / INT64_C(60000000000);
	a->new_minute = a->draw_round;
	a->resuming = resume;
	if (resume)
		(void)audit_emit(a, RK_EVENT_RESUMED, AUDIT_NONE, RK_NO_MARKET);
	audit_order_timers(a);
	touch_waiting(a);
	if (resume)
		audit_touch_all(a);
	for (uint32_t i = 0; resume && i < b->slots_n; i++) {
		for (uint32_t k = 0; k < b->publishers_n; k++)
			a->quotes[i][k].counts = false;
	}
	for (uint32_t i = 0; i < b->slots_n; i++) {
		enum rk_price_state state = b->slots[i].state;
		struct fresh f;

		if (is_fixed(b, i) ||
		    (state != RK_PRICE_OK && state != RK_PRICE_DISPUTED))
			continue;
		find_fresh(a, i, &f);
		if (resume)
			set_state(a, i, RK_PRICE_STALE);
		else if (state == RK_PRICE_OK && f.n == 0)
			set_state(a, i, RK_PRICE_STALE);
		else if (state == RK_PRICE_DISPUTED && f.disputing == 0)
			aggregate(a, i);
		else
			continue;
		audit_touch_holders(a, i);
	}
	audit_intervals(a, from_ns);
	audit_lending_intervals(a, from_ns);
	audit_expiries(a, from_ns);
	audit_ramps(a);
	return RK_OK;
}

int audit_halt(struct rk_auditor *a, const struct rk_cmd_halt *cmd)
{
	struct rk_book *b = &a->book;
	struct book_market *market;

	if (cmd->market >= b->markets_n)
		return RK_REJ_NO_MARKET;
	market = &b->markets[cmd->market];
	if (market->state == RK_MARKET_SETTLED)
		return RK_REJ_MARKET_CLOSED;
	if (market->halted == cmd->halted)
		return RK_REJ_NO_CHANGE;
	market->halted = cmd->halted;
	if (cmd->halted)
		set_state(a, market->slot, RK_PRICE_HALTED);
	else
		aggregate(a, market->slot);
	audit_touch_holders(a, market->slot);
	return RK_OK;
}

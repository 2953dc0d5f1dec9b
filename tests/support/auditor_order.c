/*
 * Liquidation orders: what is sized, opened, filled, asked to close and
 * closed, by rules L2 to L10.
 */
#include <stdlib.h>
#include <string.h>

#include "support/auditor_conversion.h"
#include "support/auditor_pace.h"
#include "support/auditor_parts.h"

#define ORDERS_PER_POSITION 4
#define CAPACITY_RETRY_NS   INT64_C(1000000000)
#define FILLED_MAX          (INT64_C(1) << 62)
#define PRICE_MAX           (INT64_C(1) << 62)
#define CLAIM_MAX_NS        (INT64_C(3652) * 24 * 3600 * 1000000000)

static struct rk_event *tell_order(struct rk_auditor *a,
				   enum rk_event_type type,
				   const struct book_order *order,
				   uint32_t reason)
{
	struct rk_event *ev =
		audit_emit(a, type, order->account, order->market);

	ev->order.order = order->id;
	ev->order.side = order->side;
	ev->order.reason = reason;
	ev->order.size.raw = order->size;
	ev->order.filled.raw = order->filled;
	ev->order.floor_price.raw = order->floor_price;
	ev->order.mark.raw = order->mark;
	ev->order.expiry_ns = order->expiry_ns;
	ev->order.health = order->health;
	if (audit_claim_runs(&a->book, order)) {
		ev->order.claimed_by = order->claimant;
		ev->order.claimed_until_ns = order->claim_ends_ns;
	}
	return ev;
}

/* Rule L18: orders that end take their claims with them. */
bool audit_claim_runs(const struct rk_book *b, const struct book_order *order)
{
	return !order->closed && !order->asked &&
	       b->now_ns < order->claim_ends_ns;
}

int audit_claim(struct rk_auditor *a, const struct rk_cmd_claim *cmd)
{
	struct rk_book *b = &a->book;
	uint32_t id = audit_find_order(b, cmd->order);
	struct book_order *order;
	int64_t most;
	bool runs;

	if (id == AUDIT_NONE)
		return RK_REJ_NO_ORDER;
	order = &b->orders[id];
	if (audit_is_conversion(order))
		return RK_REJ_ORDER_MISMATCH;
	if (cmd->venue >= b->venues_n)
		return RK_REJ_NO_VENUE;
	if (cmd->duration_ns < 0 || cmd->duration_ns > CLAIM_MAX_NS)
		return RK_REJ_BAD_PARAM;
	if (order->closed || order->asked)
		return order->closed ? RK_REJ_ORDER_CLOSED : RK_REJ_CLOSING;
	runs = audit_claim_runs(b, order);
	most = b->markets[order->market].liquidation.claim_max_ns;
	if (cmd->duration_ns == 0) {
		if (!runs || order->claimant != cmd->venue)
			return RK_REJ_NOT_CLAIMED;
		order->claim_ends_ns = 0;
	} else {
		if (most == 0)
			return RK_REJ_NO_CLAIMS;
		if (cmd->duration_ns > most)
			return RK_REJ_CLAIM_TOO_LONG;
		if (runs)
			return RK_REJ_CLAIMED;
		order->claimant = cmd->venue;
		order->claim_ends_ns = b->now_ns + cmd->duration_ns;
		if (order->claim_ends_ns > order->expiry_ns)
			order->claim_ends_ns = order->expiry_ns;
	}
	(void)tell_order(a, RK_EVENT_ORDER_CLAIMED, order, 0);
	return RK_OK;
}

/* In the words of its kind. */
static void tell(struct rk_auditor *a, enum rk_event_type type,
		 const struct book_order *order, uint32_t reason)
{
	if (!audit_is_conversion(order))
		(void)tell_order(a, type, order, reason);
	else if (type == RK_EVENT_ORDER_CLOSED)
		audit_tell_conversion(a, RK_EVENT_CONVERSION_CLOSED, order,
				      reason);
	else
		audit_tell_conversion(a, RK_EVENT_CONVERSION_CLOSE_ASKED, order,
				      reason);
}

void audit_close_order(struct rk_auditor *a, struct book_order *order,
		       enum rk_close_reason reason)
{
	order->closed = true;
	order->closing = ++a->book.closings;
	tell(a, RK_EVENT_ORDER_CLOSED, order, reason);
}

static void ask_to_close(struct rk_auditor *a, struct book_order *order,
			 enum rk_close_reason reason)
{
	order->asked = true;
	order->deadline_ns = a->book.now_ns + a->book.risk.close_timeout_ns;
	tell(a, RK_EVENT_ORDER_CLOSE_ASKED, order, reason);
}

static int64_t due_ns(const struct book_order *order)
{
	return order->asked ? order->deadline_ns : order->expiry_ns;
}

static bool due_before(const struct book_order *x, const struct book_order *y)
{
	if (due_ns(x) != due_ns(y))
		return due_ns(x) < due_ns(y);
	if (x->id.seq != y->id.seq)
		return x->id.seq < y->id.seq;
	return x->id.n < y->id.n;
}

/* The position that an order closes, if it is one of this kind. */
static struct book_position *closes(struct rk_book *b,
				    const struct book_order *order)
{
	uint32_t at;

	if (audit_is_conversion(order) || order->vaults)
		return NULL;
	at = audit_find_position(b, order->account, order->market);
	if (at == AUDIT_NONE)
		return NULL;
	if ((b->positions[at].size < 0) != (order->side == RK_SIDE_BUY))
		return NULL;
	return &b->positions[at];
}

/* Rule Z8: it counts if nothing of it was filled. */
static void expire(struct rk_auditor *a, struct book_order *order)
{
	struct book_position *p = closes(&a->book, order);

	if (p != NULL && order->filled == 0 && p->stages < 100 &&
	    !a->resuming && a->book.markets[order->market].takeover.stages > 0)
		p->stages++;
	ask_to_close(a, order, RK_CLOSE_EXPIRED);
}

void audit_orders_taken_over(struct rk_auditor *a, uint32_t account,
			     uint32_t market)
{
	struct rk_book *b = &a->book;

	for (uint32_t i = b->orders_n; i-- > 0;) {
		struct book_order *order = &b->orders[i];

		if (order->account != account || order->market != market ||
		    order->closed || audit_is_conversion(order))
			continue;
		order->vaults = true;
		if (!order->asked)
			ask_to_close(a, order, RK_CLOSE_TAKEOVER);
	}
}

/* Rule L7: what time alone does, the earliest first. */
void audit_order_timers(struct rk_auditor *a)
{
	struct rk_book *b = &a->book;

	for (;;) {
		struct book_order *first = NULL;

		for (uint32_t i = 0; i < b->orders_n; i++) {
			struct book_order *order = &b->orders[i];

			if (order->closed || due_ns(order) > b->now_ns)
				continue;
			if (first == NULL || due_before(order, first))
				first = order;
		}
		if (first == NULL)
			return;
		a->touched[first->account] = true;
		if (first->asked)
			audit_close_order(a, first, RK_CLOSE_TIMEOUT);
		else
			expire(a, first);
	}
}

/* Rules L7 and L11: the reason for an order is gone. */
void audit_orders_end(struct rk_auditor *a, uint32_t account)
{
	struct rk_book *b = &a->book;

	for (uint32_t i = b->orders_n; i-- > 0;) {
		struct book_order *order = &b->orders[i];
		uint32_t at;
		bool flat;

		if (order->account != account || order->closed || order->asked)
			continue;
		if (audit_is_conversion(order)) {
			uint32_t reason = audit_conversion_over(b, order);

			if (reason != 0)
				ask_to_close(a, order,
					     (enum rk_close_reason)reason);
			continue;
		}
		at = audit_find_position(b, account, order->market);
		flat = at == AUDIT_NONE || (b->positions[at].size >
					    0) != (order->side == RK_SIDE_SELL);
		if (flat)
			ask_to_close(a, order, RK_CLOSE_FLAT);
		else if (b->markets[order->market].state == RK_MARKET_SETTLING)
			ask_to_close(a, order, RK_CLOSE_SETTLING);
		else if (b->accounts[account].state != RK_STATE_LIQUIDATING)
			ask_to_close(a, order, RK_CLOSE_RECOVERED);
	}
}

void audit_order_fill(struct rk_auditor *a, uint32_t index, int64_t size,
		      const struct rk_cmd_trade *trade)
{
	struct book_order *order = &a->book.orders[index];
	struct book_position *p = closes(&a->book, order);
	struct rk_event *ev;

	order->filled += size;
	if (p != NULL)
		p->stages = 0;
	ev = tell_order(a, RK_EVENT_ORDER_FILLED, order, 0);
	ev->order.fill.raw = size;
	ev->order.fill_price = trade->price;
	ev->order.trade = trade->trade;
	ev->order.late = order->closed;
	if (order->closed)
		return;
	if (order->filled >= order->size)
		audit_close_order(a, order, RK_CLOSE_FILLED);
	else if (order->claimed >= 0 && order->filled >= order->claimed)
		audit_close_order(a, order, RK_CLOSE_CONFIRMED);
}

int audit_order_closed(struct rk_auditor *a,
		       const struct rk_cmd_order_closed *cmd)
{
	struct rk_book *b = &a->book;
	uint32_t found = audit_find_order(b, cmd->order);
	struct book_order *order;

	if (found == AUDIT_NONE)
		return RK_REJ_NO_ORDER;
	order = &b->orders[found];
	if (order->closed)
		return RK_REJ_ORDER_CLOSED;
	if (cmd->filled.raw < 0 || cmd->filled.raw > FILLED_MAX)
		return RK_REJ_BAD_AMOUNT;
	a->touched[order->account] = true;
	if (cmd->filled.raw <= order->filled) {
		audit_close_order(a, order, RK_CLOSE_CONFIRMED);
		return RK_OK;
	}
	order->claimed = cmd->filled.raw;
	if (!order->asked)
		order->deadline_ns = b->now_ns + b->risk.close_timeout_ns;
	order->asked = true;
	return RK_OK;
}

void audit_withhold(struct rk_auditor *a, uint32_t position,
		    enum rk_withheld reason, const struct audit_health *h)
{
	struct book_position *p = &a->book.positions[position];
	struct rk_event *ev;

	if (p->withheld == reason)
		return;
	p->withheld = reason;
	ev = audit_emit(a, RK_EVENT_WITHHELD, p->account, p->market);
	ev->withheld.reason = reason;
	if (reason != RK_WITHHELD_NONE)
		ev->withheld.health = audit_health_told(h);
}

/* A position in the order in which it is closed, and how much of it. */
struct wanted {
	uint32_t position;
	struct audit_figures figures;
	int64_t size;
};

/* Rule L2. */
static uint32_t rank_positions(const struct rk_book *b, uint32_t account,
			       struct wanted *wanted)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->positions_n; i++) {
		const struct book_position *p = &b->positions[i];
		struct wanted entry = {.position = i};
		uint32_t at = n;

		if (p->account != account)
			continue;
		entry.figures = audit_position_figures(b, p, NULL);
		for (; at > 0; at--) {
			const struct wanted *w = &wanted[at - 1];
			rk_i128 m = w->figures.maintenance;

			if (m > entry.figures.maintenance ||
			    (m == entry.figures.maintenance &&
			     b->positions[w->position].market < p->market))
				break;
			wanted[at] = *w;
		}
		wanted[at] = entry;
		n++;
	}
	return n;
}

static rk_i128 rounded_up(rk_i128 size, rk_i128 lot)
{
	return (size + lot - 1) / lot * lot;
}

/* USD notional as a size, lot by lot, at most the position. */
static int64_t size_of_notional(const struct rk_book *b, const struct wanted *w,
				struct rk_wide notional)
{
	const struct book_position *p = &b->positions[w->position];
	rk_i128 whole = p->size < 0 ? -(rk_i128)p->size : p->size;
	rk_i128 lot = b->markets[p->market].listing.lot.raw;
	rk_i128 size = rk_wide_to_128(
		rk_wide_div(rk_wide_mul(notional, rk_wide_of(whole)),
			    rk_wide_of(w->figures.notional), RK_WIDE_UP));

	size = rounded_up(size, lot);
	if (size > whole - lot)
		return (int64_t)whole; /* all, or a rest below one lot */
	/* Rule L17. */
	if (w->figures.notional - rk_wide_to_128(notional) <
	    b->markets[p->market].liquidation.dust.raw)
		return (int64_t)whole;
	return (int64_t)size;
}

/*
 * Rule L3 for one position: how much of it is closed while *missing (USD) is
 * above 0; what closing it releases is taken off *missing.
 */
static int64_t size_wanted(const struct rk_book *b, const struct wanted *w,
			   struct rk_wide *missing)
{
	const struct book_position *p = &b->positions[w->position];
	const struct rk_cmd_market *m = &b->markets[p->market].listing;
	const struct rk_wide one = rk_wide_power_of_ten(18);
	rk_i128 left = w->figures.notional;
	rk_i128 closed = 0;

	for (uint32_t k = audit_bracket(m, left) + 1; k-- > 0;) {
		rk_i128 relief = (rk_i128)b->risk.target.raw *
					 m->brackets[k].maintenance.raw -
				 (rk_i128)m->close_cost.raw * RK_RATE_ONE;
		rk_i128 here = left - m->brackets[k].floor.raw;
		struct rk_wide y;

		if (relief <= 0)
			break;
		y = rk_wide_div(rk_wide_mul(*missing, one), rk_wide_of(relief),
				RK_WIDE_UP);
		if (rk_wide_cmp(y, rk_wide_of(here)) <= 0) {
			*missing = rk_wide_of(0);
			closed += rk_wide_to_128(y);
			break;
		}
		y = rk_wide_div(
			rk_wide_mul(rk_wide_of(relief), rk_wide_of(here)), one,
			RK_WIDE_DOWN);
		*missing = rk_wide_sub(*missing, y);
		closed += here;
		left = m->brackets[k].floor.raw;
	}
	return closed == 0 ? 0 : size_of_notional(b, w, rk_wide_of(closed));
}

/* What is relieved by closing a notional, in 1e-9 USD (L3, G7). */
static struct rk_wide grown_relief(const struct rk_book *b,
				   const struct wanted *w, rk_i128 closed)
{
	const struct book_position *p = &b->positions[w->position];
	const struct book_market *m = &b->markets[p->market];
	rk_i128 whole = p->size < 0 ? -(rk_i128)p->size : p->size;
	rk_i128 left = w->figures.notional - closed;
	rk_i128 freed = w->figures.maintenance;

	if (left > 0) {
		rk_i128 size = rk_wide_to_128(rk_wide_div(
			rk_wide_mul(rk_wide_of(whole), rk_wide_of(left)),
			rk_wide_of(w->figures.notional), RK_WIDE_UP));

		freed -= audit_maintenance(m, size, left);
	}
	return rk_wide_sub(
		rk_wide_mul(rk_wide_of(b->risk.target.raw), rk_wide_of(freed)),
		rk_wide_mul(rk_wide_of(m->listing.close_cost.raw),
			    rk_wide_of(closed)));
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a;
	int64_t y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The floors of what was before a ramp and of what is, as ends of closing. */
static uint32_t ends_of(const struct book_market *m, rk_i128 all, int64_t *ends)
{
	const struct rk_cmd_market *forms[] = {&m->listing, &m->ramp_listing};
	uint32_t forms_n = audit_ramp_runs(&m->ramp) ? 2 : 1;
	uint32_t n = 0;

	for (uint32_t f = 0; f < forms_n; f++) {
		for (uint32_t i = 0; i < forms[f]->brackets_n; i++) {
			if (forms[f]->brackets[i].floor.raw < all)
				ends[n++] =
					(int64_t)(all - forms[f]->brackets[i]
								.floor.raw);
		}
	}
	qsort(ends, n, sizeof(ends[0]), by_size);
	return n;
}

/* Rule G7 for one position, as size_wanted() is L3. */
static int64_t grown_size_wanted(const struct rk_book *b,
				 const struct wanted *w,
				 struct rk_wide *missing)
{
	const struct rk_wide one = rk_wide_of(RK_RATE_ONE);
	const struct book_market *m =
		&b->markets[b->positions[w->position].market];
	struct rk_wide needed = rk_wide_mul(*missing, one);
	struct rk_wide most = rk_wide_of(0);
	int64_t ends[2 * RK_BRACKETS_MAX];
	uint32_t n = ends_of(m, w->figures.notional, ends);
	rk_i128 best = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct rk_wide relief = grown_relief(b, w, ends[i]);
		rk_i128 short_of = i == 0 ? 0 : ends[i - 1];
		rk_i128 enough = ends[i];

		if (rk_wide_cmp(relief, needed) < 0) {
			if (rk_wide_cmp(relief, most) > 0) {
				most = relief;
				best = ends[i];
			}
			continue;
		}
		while (enough - short_of > 1) {
			rk_i128 between = (enough + short_of) / 2;

			if (rk_wide_cmp(grown_relief(b, w, between), needed) <
			    0)
				short_of = between;
			else
				enough = between;
		}
		*missing = rk_wide_of(0);
		return size_of_notional(b, w, rk_wide_of(enough));
	}
	*missing = rk_wide_sub(*missing, rk_wide_div(most, one, RK_WIDE_DOWN));
	return best == 0 ? 0 : size_of_notional(b, w, rk_wide_of(best));
}

static bool grows(const struct rk_book *b, const struct wanted *w)
{
	uint32_t market = b->positions[w->position].market;

	return b->markets[market].margin.growth != RK_GROWTH_NONE ||
	       audit_ramp_runs(&b->markets[market].ramp);
}

static void size_all(const struct rk_book *b, const struct audit_health *h,
		     struct wanted *wanted, uint32_t n)
{
	uint32_t dust = 0;
	struct rk_wide missing = rk_wide_sub(
		rk_wide_div(rk_wide_mul(rk_wide_of(b->risk.target.raw),
					rk_wide_of(h->r[RK_LEVEL_MAINTENANCE])),
			    rk_wide_of(RK_RATE_ONE), RK_WIDE_UP),
		rk_wide_of(h->equity));

	for (uint32_t i = 0; i < n && rk_wide_sign(missing) > 0; i++)
		wanted[i].size =
			grows(b, &wanted[i])
				? grown_size_wanted(b, &wanted[i], &missing)
				: size_wanted(b, &wanted[i], &missing);
	for (uint32_t i = 0; i < n; i++)
		dust += wanted[i].figures.notional <
			b->markets[b->positions[wanted[i].position].market]
				.liquidation.dust.raw;
	if (h->equity > 0 && rk_wide_sign(missing) <= 0 && dust < n)
		return;
	/* Nothing less than everything can help. */
	for (uint32_t i = 0; i < n; i++) {
		int64_t size = b->positions[wanted[i].position].size;

		wanted[i].size = size < 0 ? -size : size;
	}
}

/* What of a position's orders matters for a new one. */
struct standing {
	uint32_t n;
	bool asked;
	rk_i128 unfilled;
};

static struct standing find_standing(const struct rk_book *b,
				     const struct book_position *p)
{
	struct standing s = {0};

	for (uint32_t i = 0; i < b->orders_n; i++) {
		const struct book_order *order = &b->orders[i];

		if (order->closed || order->account != p->account ||
		    order->market != p->market)
			continue;
		s.n++;
		s.asked |= order->asked;
		if ((order->side == RK_SIDE_SELL) == (p->size > 0))
			s.unfilled += audit_order_unfilled(order);
	}
	return s;
}

/* Room for one more: a fresh record, or that of the order closed first. */
bool audit_take_record(struct rk_book *b)
{
	uint32_t oldest = AUDIT_NONE;

	if (b->orders_n < b->limits.orders_max)
		return true;
	if (audit_count_orders_open(b) >= b->limits.orders_max)
		return false;
	for (uint32_t i = 0; i < b->orders_n; i++) {
		if (b->orders[i].closed &&
		    (oldest == AUDIT_NONE ||
		     b->orders[i].closing < b->orders[oldest].closing))
			oldest = i;
	}
	if (oldest == AUDIT_NONE)
		return false;
	(void)memmove(&b->orders[oldest], &b->orders[oldest + 1],
		      (b->orders_n - oldest - 1) * sizeof(b->orders[0]));
	b->orders_n--;
	return true;
}

/*
 * Rule L6: the price at which closing the position takes just its share of
 * equity. A share is a part of the notional, which moves with the price of a
 * linear contract and against that of an inverse one. At most 2^62, also when
 * no price is that high.
 */
static struct rk_wide bankruptcy_price(const struct rk_cmd_market *m, bool sell,
				       rk_i128 mark, rk_i128 notional,
				       rk_i128 share)
{
	const struct rk_wide most = rk_wide_of(PRICE_MAX);
	struct rk_wide price = rk_wide_of(mark);
	struct rk_wide part;

	if (m->contract != RK_CONTRACT_INVERSE) {
		part = rk_wide_div(rk_wide_mul(price, rk_wide_of(share)),
				   rk_wide_of(notional), RK_WIDE_DOWN);
		price = sell ? rk_wide_sub(price, part)
			     : rk_wide_add(price, part);
	} else if (!sell && share >= notional) {
		return most;
	} else {
		price = rk_wide_div(
			rk_wide_mul(price, rk_wide_of(notional)),
			rk_wide_of(sell ? notional + share : notional - share),
			sell ? RK_WIDE_UP : RK_WIDE_DOWN);
	}
	return rk_wide_cmp(price, most) > 0 ? most : price;
}

/* Rule L6: the worst price at which the order may trade. */
static int64_t floor_price(const struct rk_book *b, const struct wanted *w,
			   const struct audit_health *h)
{
	const struct book_position *p = &b->positions[w->position];
	const struct book_market *m = &b->markets[p->market];
	bool sell = p->size > 0;
	rk_i128 mark = b->slots[m->slot].mark;
	rk_i128 band = b->risk.order_band.raw;
	enum rk_wide_rounding rounding = sell ? RK_WIDE_UP : RK_WIDE_DOWN;
	struct rk_wide price =
		rk_wide_div(rk_wide_mul(rk_wide_of(mark),
					rk_wide_of(sell ? RK_RATE_ONE - band
							: RK_RATE_ONE + band)),
			    rk_wide_of(RK_RATE_ONE), rounding);

	if (h->equity > 0) {
		struct rk_wide share = rk_wide_div(
			rk_wide_mul(rk_wide_of(h->equity),
				    rk_wide_of(w->figures.maintenance)),
			rk_wide_of(h->r[RK_LEVEL_MAINTENANCE]), RK_WIDE_DOWN);
		struct rk_wide bankrupt = bankruptcy_price(
			&m->listing, sell, mark, w->figures.notional,
			rk_wide_to_128(share));
		int order = rk_wide_cmp(bankrupt, price);

		if (sell ? order > 0 : order < 0)
			price = bankrupt;
	}
	if (rk_wide_sign(price) <= 0)
		return 1;
	return (int64_t)rk_wide_to_128(price);
}

static void open_order(struct rk_auditor *a, const struct wanted *w,
		       int64_t size, const struct audit_health *h)
{
	struct rk_book *b = &a->book;
	struct book_position *p = &b->positions[w->position];
	struct book_order *order = &b->orders[b->orders_n++];

	*order = (struct book_order){
		.id = {.seq = a->seq, .n = b->command_orders++},
		.account = p->account,
		.market = p->market,
		.side = p->size > 0 ? RK_SIDE_SELL : RK_SIDE_BUY,
		.size = size,
		.claimed = -1,
		.floor_price = floor_price(b, w, h),
		.mark = b->slots[b->markets[p->market].slot].mark,
		.opened_ns = b->now_ns,
		.expiry_ns = b->now_ns + b->risk.order_expiry_ns,
		.health = audit_health_told(h),
	};
	p->ordered = true;
	p->last_order_ns = b->now_ns;
	(void)tell_order(a, RK_EVENT_ORDER_OPENED, order, RK_ORDER_MAINTENANCE);
}

static void retry_at(struct book_account *account, int64_t time_ns)
{
	if (time_ns < account->retry_ns)
		account->retry_ns = time_ns;
}

/* How much the next order is for, if nothing stands in its way (L4, L14). */
static rk_i128 next_size(const struct rk_book *b, const struct wanted *w,
			 rk_i128 unfilled)
{
	const struct book_position *p = &b->positions[w->position];
	const struct book_market *m = &b->markets[p->market];
	rk_i128 whole = p->size < 0 ? -(rk_i128)p->size : p->size;
	rk_i128 size = w->size - unfilled;

	if (w->figures.notional > 0) {
		rk_i128 stage = audit_stage(m, w->figures.notional);
		rk_i128 most = size_of_notional(b, w, rk_wide_of(stage));

		size = size < most ? size : most;
	}
	if (size <= 0)
		return 0;
	size = rounded_up(size, m->listing.lot.raw);
	return size < whole - unfilled ? size : whole - unfilled;
}

/* When the next order may follow the last (L15). */
static int64_t ready_ns(const struct rk_book *b, const struct book_position *p,
			struct rk_wide moves, const struct audit_health *h)
{
	if (!p->ordered)
		return 0;
	return p->last_order_ns +
	       audit_cooldown(b, &b->markets[p->market], moves, h);
}

/* Rules L4, L5 and L16 for one position. */
static void order_position(struct rk_auditor *a, const struct wanted *w,
			   struct rk_wide moves, const struct audit_health *h)
{
	struct rk_book *b = &a->book;
	struct book_position *p = &b->positions[w->position];
	struct book_market *m = &b->markets[p->market];
	struct book_account *account = &b->accounts[p->account];
	struct standing s = find_standing(b, p);
	struct audit_portion order = {
		.notional = w->figures.notional,
		.whole = p->size < 0 ? -(rk_i128)p->size : p->size,
		.size = next_size(b, w, s.unfilled),
	};
	enum rk_price_state state = b->slots[m->slot].state;
	enum rk_withheld reason = RK_WITHHELD_NONE;
	bool open = false;

	if (order.size == 0) {
		/* Enough is on its way. */
	} else if (m->state == RK_MARKET_SETTLING) {
		reason = RK_WITHHELD_SETTLING;
	} else if (state == RK_PRICE_HALTED) {
		reason = RK_WITHHELD_HALTED;
	} else if (state != RK_PRICE_OK) {
		reason = RK_WITHHELD_PRICE;
	} else if (s.asked || s.n >= ORDERS_PER_POSITION) {
		/* Judged again when one of them is closed. */
	} else if (ready_ns(b, p, moves, h) > b->now_ns) {
		retry_at(account, ready_ns(b, p, moves, h));
	} else if (audit_count_orders_open(b) >= b->limits.orders_max) {
		reason = RK_WITHHELD_CAPACITY;
		retry_at(account, b->now_ns + CAPACITY_RETRY_NS);
	} else if (audit_take(b, m, order) == 0) {
		reason = RK_WITHHELD_VELOCITY;
		retry_at(account, audit_window_end(b));
	} else {
		open = audit_take_record(b);
	}
	audit_withhold(a, w->position, reason, h);
	if (!open)
		return;
	order.size = audit_take(b, m, order);
	audit_count_ordered(b, m, order);
	open_order(a, w, (int64_t)order.size, h);
	/* The next stage is due without any news of the account. */
	if (w->size - s.unfilled > order.size)
		retry_at(account, ready_ns(b, p, moves, h));
}

/* Rules Z8 and Z9: nothing is counted any more. */
static void forget_takeover(struct rk_book *b, uint32_t position)
{
	struct book_position *p = &b->positions[position];

	if (b->accounts[p->account].state == RK_STATE_LIQUIDATING)
		return;
	p->stages = 0;
	p->takeover = RK_TAKEOVER_FREE;
}

void audit_liquidate(struct rk_auditor *a, uint32_t account,
		     const struct audit_health *h)
{
	struct rk_book *b = &a->book;
	const struct book_account *at = &b->accounts[account];
	struct wanted wanted[64] = {0};
	uint32_t n = rank_positions(b, account, wanted);
	struct rk_wide moves = rk_wide_of(0);
	bool active = at->state == RK_STATE_LIQUIDATING &&
		      at->enforcement == RK_ENFORCE_FULL;

	if (!active) {
		for (uint32_t m = 0; m < b->markets_n; m++) {
			uint32_t i = audit_find_position(b, account, m);

			if (i == AUDIT_NONE)
				continue;
			audit_withhold(a, i, RK_WITHHELD_NONE, h);
			forget_takeover(b, i);
		}
		return;
	}
	size_all(b, h, wanted, n);
	for (uint32_t i = 0; i < n; i++)
		moves = rk_wide_add(
			moves,
			audit_swing(&b->markets[b->positions[wanted[i].position]
							.market],
				    wanted[i].figures.notional));
	for (uint32_t i = 0; i < n; i++)
		order_position(a, &wanted[i], moves, h);
}

/*
 * Resting orders: rules O1 to O7, written from the page. Sums are taken afresh
 * over all orders of an account each time.
 */
#include <string.h>

#include "support/auditor_parts.h"
#include "support/auditor_terms.h"

/* What an account's orders may be worth together (O1). */
#define WORTH_MAX (RK_ACCOUNT_VALUE_MAX / 4)

static uint32_t find(const struct rk_book *b, uint32_t account, uint64_t order)
{
	for (uint32_t i = 0; i < b->resting_n; i++) {
		if (b->resting[i].account == account &&
		    b->resting[i].order == order)
			return i;
	}
	return AUDIT_NONE;
}

uint32_t audit_count_resting(const struct rk_book *b, uint32_t account)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->resting_n; i++)
		n += b->resting[i].account == account;
	return n;
}

static int64_t position_size(const struct rk_book *b, uint32_t account,
			     uint32_t market)
{
	uint32_t at = audit_find_position(b, account, market);

	return at == AUDIT_NONE ? 0 : b->positions[at].size;
}

static rk_i128 larger(rk_i128 x, rk_i128 y)
{
	return x > y ? x : y;
}

/* How much of an order may still be filled (O5). */
static rk_i128 may_fill(const struct rk_book *b, const struct book_resting *o)
{
	rk_i128 reducible = position_size(b, o->account, o->market);

	if (!o->reduce_only)
		return o->left;
	if (o->side == RK_SIDE_BUY)
		reducible = -reducible;
	for (uint32_t i = 0; i < b->resting_n; i++) {
		const struct book_resting *x = &b->resting[i];

		if (x->account == o->account && x->market == o->market &&
		    x->side == o->side && x->reduce_only && x->order < o->order)
			reducible -= x->left;
	}
	if (reducible < 0)
		return 0;
	return reducible < o->left ? reducible : o->left;
}

/* What it would lose to the mark, in the settle asset, rounded up (O2). */
static rk_i128 loss_of(const struct rk_book *b, const struct book_resting *o,
		       rk_i128 mark)
{
	bool buy = o->side == RK_SIDE_BUY;
	rk_i128 part = buy ? may_fill(b, o) : -may_fill(b, o);
	struct rk_wide paid;
	struct rk_wide worth;

	if (buy ? o->price <= mark : o->price >= mark)
		return 0;
	paid = audit_value(b, o->market, o->price, part, RK_WIDE_UP);
	worth = audit_value(b, o->market, mark, part, RK_WIDE_DOWN);
	return rk_wide_to_128(rk_wide_sub(paid, worth));
}

static rk_i128 initial_of(const struct rk_book *b, uint32_t account,
			  uint32_t market, rk_i128 size, const rk_i128 *prices)
{
	const struct book_position supposed = {
		.account = account, .market = market, .size = (int64_t)size};

	return audit_initial(b, &supposed, prices);
}

/* Every size that the position may come to have, at its ends. */
static void add_market(const struct rk_book *b, uint32_t account,
		       uint32_t market, const rk_i128 *prices,
		       struct audit_worse_side *w)
{
	const struct book_market *m = &b->markets[market];
	rk_i128 mark =
		prices != NULL ? prices[m->slot] : b->slots[m->slot].mark;
	int64_t size = position_size(b, account, market);
	rk_i128 most = size;
	rk_i128 least = size;
	rk_i128 loss = 0;
	bool any = false;

	for (uint32_t i = 0; i < b->resting_n; i++) {
		const struct book_resting *o = &b->resting[i];

		if (o->account != account || o->market != market)
			continue;
		any = true;
		loss += loss_of(b, o, mark);
		if (!o->reduce_only && o->side == RK_SIDE_BUY)
			most += o->left;
		if (!o->reduce_only && o->side == RK_SIDE_SELL)
			least -= o->left;
	}
	if (!any)
		return;
	w->notional += larger(audit_notional(b, market, most, prices),
			      audit_notional(b, market, least, prices)) -
		       audit_notional(b, market, size, prices);
	w->initial += larger(initial_of(b, account, market, most, prices),
			     initial_of(b, account, market, least, prices)) -
		      initial_of(b, account, market, size, prices);
	w->loss += rk_wide_to_128(
		audit_usd(b, m->settle, rk_wide_of(loss), prices, RK_WIDE_UP));
	if (b->slots[m->slot].state != RK_PRICE_OK ||
	    !audit_asset_price_ok(b, m->settle))
		w->prices_ok = false;
}

rk_i128 audit_market_initial(const struct rk_book *b, uint32_t account,
			     uint32_t market)
{
	struct audit_worse_side w = {.prices_ok = true};
	int64_t size = position_size(b, account, market);

	add_market(b, account, market, NULL, &w);
	if (size != 0)
		w.initial += initial_of(b, account, market, size, NULL);
	return w.initial;
}

struct audit_worse_side audit_worse_side(const struct rk_book *b,
					 uint32_t account,
					 const rk_i128 *prices)
{
	struct audit_worse_side w = {.prices_ok = true};

	if (audit_count_resting(b, account) == 0)
		return w;
	for (uint32_t i = 0; i < b->markets_n; i++)
		add_market(b, account, i, prices, &w);
	return w;
}

/* Rule O1: all orders of a market, beside the largest position. */
static bool sizes_fit(const struct rk_book *b, uint32_t account,
		      uint32_t market)
{
	const struct book_market *m = &b->markets[market];
	rk_i128 held = position_size(b, account, market);
	rk_i128 sum = 0;

	for (uint32_t i = 0; i < b->resting_n; i++) {
		if (b->resting[i].account == account &&
		    b->resting[i].market == market)
			sum += b->resting[i].left;
	}
	if (sum == 0)
		return true;
	held = larger(held, -held);
	held = larger(held, m->listing.position_max.raw);
	return sum <= RK_POSITION_MAX &&
	       (audit_is_plain(&m->listing) ||
		audit_has_room(&m->listing, &b->assets[m->settle].listing,
			       held + sum));
}

static struct rk_wide worth_at(const struct rk_book *b,
			       const struct book_resting *o, rk_i128 price)
{
	struct rk_wide low =
		audit_value(b, o->market, price, o->left, RK_WIDE_DOWN);
	struct rk_wide high =
		audit_value(b, o->market, price, o->left, RK_WIDE_UP);

	return rk_wide_sign(low) < 0 ? rk_wide_neg(low) : high;
}

static struct rk_wide wider(struct rk_wide x, struct rk_wide y)
{
	return rk_wide_cmp(x, y) > 0 ? x : y;
}

bool audit_resting_within_bounds(const struct rk_book *b, uint32_t account)
{
	struct rk_wide sum = rk_wide_of(0);

	for (uint32_t i = 0; i < b->resting_n; i++) {
		const struct book_resting *o = &b->resting[i];
		const struct book_market *m = &b->markets[o->market];
		struct rk_wide raw;

		if (o->account != account)
			continue;
		raw = wider(worth_at(b, o, audit_dearest(&m->listing).raw),
			    worth_at(b, o, o->price));
		sum = rk_wide_add(
			sum, wider(raw, audit_usd_at_most(b, m->settle, raw)));
	}
	for (uint32_t i = 0; i < b->markets_n; i++) {
		if (!sizes_fit(b, account, i))
			return false;
	}
	return rk_wide_cmp(sum, rk_wide_of(WORTH_MAX)) <= 0;
}

static int check_form(const struct rk_book *b, uint32_t account,
		      const struct rk_cmd_place *cmd)
{
	const struct book_market *m = &b->markets[cmd->market];

	if (cmd->order == 0 || cmd->order > INT64_MAX)
		return RK_REJ_BAD_ID;
	if (cmd->side != RK_SIDE_BUY && cmd->side != RK_SIDE_SELL)
		return RK_REJ_BAD_PARAM;
	if (cmd->size.raw < 1 || cmd->size.raw > RK_POSITION_MAX)
		return RK_REJ_BAD_SIZE;
	if (cmd->price.raw < m->listing.price_min.raw ||
	    cmd->price.raw > m->listing.price_max.raw)
		return RK_REJ_BAD_PRICE;
	if (find(b, account, cmd->order) != AUDIT_NONE)
		return RK_REJ_EXISTS;
	if (audit_count_resting(b, account) >= RK_RESTING_MAX)
		return RK_REJ_MANY_ORDERS;
	if (b->slots[m->slot].mark == 0 || !audit_asset_priced(b, m->settle))
		return RK_REJ_NO_PRICE;
	return RK_OK;
}

/* All that rests on the side of an order, of its kind. */
static rk_i128 side_size(const struct rk_book *b, const struct book_resting *o)
{
	rk_i128 sum = 0;

	for (uint32_t i = 0; i < b->resting_n; i++) {
		const struct book_resting *x = &b->resting[i];

		if (x->account == o->account && x->market == o->market &&
		    x->side == o->side && x->reduce_only == o->reduce_only)
			sum += x->left;
	}
	return sum;
}

static int check_markets(const struct rk_book *b, uint32_t account,
			 uint32_t market)
{
	bool has[AUDIT_NAMES] = {false};
	uint32_t others = 0;

	for (uint32_t i = 0; i < b->positions_n; i++) {
		if (b->positions[i].account == account)
			has[b->positions[i].market] = true;
	}
	for (uint32_t i = 0; i < b->resting_n; i++) {
		if (b->resting[i].account == account)
			has[b->resting[i].market] = true;
	}
	for (uint32_t i = 0; i < b->markets_n; i++)
		others += has[i] && i != market;
	if (b->accounts[account].mode == RK_MODE_ISOLATED && others > 0)
		return RK_REJ_ISOLATED;
	return others < b->limits.positions_per_account_max ? RK_OK
							    : RK_REJ_CAPACITY;
}

/* What its fill would open counts as open when it is checked (O4). */
static void opens(struct rk_book *b, const struct book_resting *o)
{
	rk_i128 held = position_size(b, o->account, o->market);
	rk_i128 toward = o->side == RK_SIDE_BUY ? held : -held;

	b->markets[o->market].opening =
		larger(toward + o->left, 0) - larger(toward, 0);
}

/* What is open, with what the order would open (O3). */
static bool passes_open_max(const struct rk_book *b, uint32_t market)
{
	const struct book_market *m = &b->markets[market];

	return m->margin.open_max.raw > 0 && m->opening > 0 &&
	       audit_open_interest(b, market) > m->margin.open_max.raw;
}

/* Rule O8: what may execute at once pays what a taker pays. */
static struct rk_cmd_amount fee_of(const struct rk_book *b,
				   const struct book_resting *o)
{
	const struct book_market *m = &b->markets[o->market];
	rk_i128 mark = b->slots[m->slot].mark;
	struct rk_cmd_amount fee = {.account = o->account, .asset = m->settle};
	struct rk_wide value;

	if (o->side == RK_SIDE_BUY ? o->price < mark : o->price > mark)
		return fee;
	value = worth_at(b, o, o->price);
	fee.amount.raw = (int64_t)rk_wide_to_128(rk_wide_div(
		rk_wide_mul(value, rk_wide_of(m->listing.taker_fee.raw)),
		rk_wide_of(RK_RATE_ONE), RK_WIDE_UP));
	return fee;
}

/* Rules O3, O4 and O8, for an order that is in the book already. */
static int check_placed(struct rk_book *b, const struct book_resting *o,
			rk_i128 health_before)
{
	const struct book_market *m = &b->markets[o->market];
	rk_i128 size = position_size(b, o->account, o->market);
	rk_i128 toward = o->side == RK_SIDE_BUY ? size : -size;
	int code;

	if (m->state != RK_MARKET_OPEN &&
	    (m->state != RK_MARKET_CLOSE_ONLY || !o->reduce_only))
		return RK_REJ_MARKET_CLOSED;
	if (m->halted)
		return RK_REJ_HALTED;
	if (o->reduce_only) {
		if (side_size(b, o) > -toward)
			return RK_REJ_REDUCE_ONLY;
		return audit_resting_within_bounds(b, o->account)
			       ? RK_OK
			       : RK_REJ_OVERFLOW;
	}
	if (b->accounts[o->account].state >= RK_STATE_LIQUIDATING)
		return RK_REJ_ONLY_REDUCE;
	if (o->left % m->listing.lot.raw != 0)
		return RK_REJ_BAD_LOT;
	code = check_markets(b, o->account, o->market);
	if (code != RK_OK)
		return code;
	if (toward + side_size(b, o) > m->listing.position_max.raw)
		return RK_REJ_POSITION_LIMIT;
	if (passes_open_max(b, o->market))
		return RK_REJ_OPEN_LIMIT;
	if (!audit_resting_within_bounds(b, o->account))
		return RK_REJ_OVERFLOW;
	return audit_may_rest(b, fee_of(b, o), health_before);
}

static struct rk_event *tell(struct rk_auditor *a, enum rk_event_type type,
			     const struct book_resting *o)
{
	struct rk_event *ev = audit_emit(a, type, o->account, o->market);

	ev->resting.order = o->order;
	ev->resting.side = o->side;
	ev->resting.reduce_only = o->reduce_only;
	ev->resting.size.raw = o->size;
	ev->resting.left.raw = o->left;
	ev->resting.price.raw = o->price;
	return ev;
}

int audit_place(struct rk_auditor *a, const struct rk_cmd_place *cmd)
{
	struct rk_book *b = &a->book;
	uint32_t account = audit_find_account(b, cmd->account);
	rk_i128 before;
	int code;

	if (account == AUDIT_NONE)
		return RK_REJ_NO_ACCOUNT;
	if (cmd->market >= b->markets_n)
		return RK_REJ_NO_MARKET;
	code = check_form(b, account, cmd);
	if (code != RK_OK)
		return code;
	before = audit_worst(b, account, NULL).health[RK_LEVEL_INITIAL];
	b->resting[b->resting_n++] = (struct book_resting){
		.order = cmd->order,
		.account = account,
		.market = cmd->market,
		.side = cmd->side,
		.reduce_only = cmd->reduce_only,
		.size = cmd->size.raw,
		.left = cmd->size.raw,
		.price = cmd->price.raw,
	};
	opens(b, &b->resting[b->resting_n - 1]);
	code = check_placed(b, &b->resting[b->resting_n - 1], before);
	b->markets[cmd->market].opening = 0;
	if (code == RK_OK && b->resting_n > 2 * b->limits.positions_max)
		code = RK_REJ_CAPACITY;
	if (code == RK_OK)
		(void)tell(a, RK_EVENT_ORDER_PLACED,
			   &b->resting[b->resting_n - 1]);
	return code;
}

static struct rk_event *set_left(struct rk_auditor *a, enum rk_event_type type,
				 uint32_t at, int64_t left)
{
	struct rk_book *b = &a->book;
	struct rk_event *ev;

	b->resting[at].left = left;
	ev = tell(a, type, &b->resting[at]);
	if (left > 0)
		return ev;
	(void)memmove(&b->resting[at], &b->resting[at + 1],
		      (b->resting_n - at - 1) * sizeof(b->resting[0]));
	b->resting_n--;
	return ev;
}

int audit_cancel_order(struct rk_auditor *a,
		       const struct rk_cmd_cancel_order *cmd)
{
	struct rk_book *b = &a->book;
	uint32_t account = audit_find_account(b, cmd->account);
	uint32_t at;

	if (account == AUDIT_NONE)
		return RK_REJ_NO_ACCOUNT;
	at = find(b, account, cmd->order);
	if (at == AUDIT_NONE)
		return RK_REJ_NO_RESTING;
	if (cmd->left.raw < 0)
		return RK_REJ_BAD_SIZE;
	if (cmd->left.raw >= b->resting[at].left)
		return RK_REJ_NOT_LESS;
	(void)set_left(a, RK_EVENT_ORDER_CANCELLED, at, cmd->left.raw);
	return RK_OK;
}

void audit_end_orders(struct rk_auditor *a, uint32_t account, uint32_t market)
{
	struct rk_book *b = &a->book;

	for (;;) {
		uint32_t next = AUDIT_NONE;

		for (uint32_t i = 0; i < b->resting_n; i++) {
			if (b->resting[i].account == account &&
			    b->resting[i].market == market &&
			    (next == AUDIT_NONE ||
			     b->resting[i].order < b->resting[next].order))
				next = i;
		}
		if (next == AUDIT_NONE)
			return;
		(void)set_left(a, RK_EVENT_ORDER_CANCELLED, next, 0);
	}
}

/* Rule O6. */
int audit_execute(struct rk_auditor *a, uint32_t account,
		  const struct rk_cmd_trade *trade, bool buyer)
{
	struct rk_book *b = &a->book;
	uint64_t order = buyer ? trade->buyer.resting : trade->seller.resting;
	uint32_t at = order == 0 ? AUDIT_NONE : find(b, account, order);
	int64_t fill = trade->size.raw;
	struct rk_event *ev;

	if (at == AUDIT_NONE)
		return RK_OK;
	if (b->resting[at].market != trade->market ||
	    (b->resting[at].side == RK_SIDE_BUY) != buyer)
		return RK_REJ_ORDER_MISMATCH;
	if (fill > b->resting[at].left)
		fill = b->resting[at].left;
	ev = set_left(a, RK_EVENT_ORDER_EXECUTED, at,
		      b->resting[at].left - fill);
	ev->resting.fill.raw = fill;
	ev->resting.trade = trade->trade;
	return RK_OK;
}

/*
 * Trades: rules T1 to T9 and L8. Each side is booked at once; a refusal is
 * put right by the caller, who copies the whole book back.
 */
#include <stdlib.h>
#include <string.h>

#include "support/auditor_parts.h"
#include "support/auditor_terms.h"

#define FEE_MAX    (INT64_C(1) << 60)
#define FILLED_MAX (INT64_C(1) << 62)

/* One side of a trade, and what is found out about it on the way. */
struct side {
	const struct rk_cmd_trade *trade;
	const struct rk_trade_side *told;
	uint32_t account;
	uint32_t order; /* AUDIT_NONE: no liquidation order */
	int sign;       /* buyer 1, seller -1 */
	int64_t value;  /* of the whole trade for a buyer, signed (N3) */
	int64_t part;   /* size that the account takes, not signed */
	int64_t part_value;
	int64_t realised;
};

static int check_side_form(const struct rk_trade_side *side)
{
	int64_t fee = side->fee.raw;

	if (side->account == 0 && fee != 0)
		return RK_REJ_BAD_AMOUNT;
	if (fee > FEE_MAX || fee < -FEE_MAX)
		return RK_REJ_BAD_AMOUNT;
	return RK_OK;
}

static int check_id(const struct rk_auditor *a, const struct rk_cmd_trade *cmd)
{
	const struct book_trades *t = &a->trades[cmd->market];

	if (t->highest >= AUDIT_TRADE_IDS &&
	    cmd->trade <= t->highest - AUDIT_TRADE_IDS)
		return RK_REJ_TRADE_OLD;
	for (uint32_t i = 0; i < t->n; i++) {
		if (t->ids[i] == cmd->trade)
			return RK_REJ_TRADE_REPEAT;
	}
	return RK_OK;
}

/* Is that size there to be closed by this side (T1)? */
static bool may_close(const struct rk_book *b, const struct rk_cmd_trade *cmd,
		      const struct rk_trade_side *side)
{
	uint32_t account = audit_find_account(b, side->account);
	uint32_t found;
	int64_t held;

	if (account == AUDIT_NONE)
		return false;
	found = audit_find_position(b, account, cmd->market);
	if (found != AUDIT_NONE) {
		held = b->positions[found].size;
		if (cmd->size.raw <= (held < 0 ? -held : held))
			return true;
	}
	if (side->order.seq == 0)
		return false;
	found = audit_find_order(b, side->order);
	return found != AUDIT_NONE && b->orders[found].account == account &&
	       b->orders[found].market == cmd->market &&
	       b->orders[found].side ==
		       (side == &cmd->buyer ? RK_SIDE_BUY : RK_SIDE_SELL) &&
	       cmd->size.raw <= b->orders[found].size;
}

static int check_form(const struct rk_auditor *a,
		      const struct rk_cmd_trade *cmd)
{
	const struct rk_book *b = &a->book;
	const struct rk_trade_side *buyer = &cmd->buyer;
	const struct rk_trade_side *seller = &cmd->seller;
	const struct rk_cmd_market *m;
	int code;

	if (cmd->trade == 0 || cmd->trade > INT64_MAX)
		return RK_REJ_BAD_ID;
	if (cmd->market >= b->markets_n)
		return RK_REJ_NO_MARKET;
	m = &b->markets[cmd->market].listing;
	if (cmd->price.raw < m->price_min.raw ||
	    cmd->price.raw > m->price_max.raw)
		return RK_REJ_BAD_PRICE;
	if (cmd->size.raw < 1)
		return RK_REJ_BAD_SIZE;
	if (cmd->size.raw > m->position_max.raw && !may_close(b, cmd, buyer) &&
	    !may_close(b, cmd, seller))
		return RK_REJ_BAD_SIZE;
	if (buyer->account == seller->account)
		return RK_REJ_SAME_ACCOUNT;
	if (buyer->account != 0 &&
	    audit_find_account(b, buyer->account) == AUDIT_NONE)
		return RK_REJ_NO_ACCOUNT;
	if (seller->account != 0 &&
	    audit_find_account(b, seller->account) == AUDIT_NONE)
		return RK_REJ_NO_ACCOUNT;
	if ((buyer->account == 0 || seller->account == 0) &&
	    cmd->venue >= b->venues_n)
		return RK_REJ_NO_VENUE;
	code = check_side_form(buyer);
	if (code == RK_OK)
		code = check_side_form(seller);
	if (code != RK_OK)
		return code;
	if ((buyer->account == 0 &&
	     (buyer->order.seq != 0 || buyer->resting != 0)) ||
	    (seller->account == 0 &&
	     (seller->order.seq != 0 || seller->resting != 0)))
		return RK_REJ_ORDER_MISMATCH;
	return check_id(a, cmd);
}

static int find_order(const struct rk_book *b, struct side *side)
{
	const struct book_order *order;

	side->order = AUDIT_NONE;
	if (side->told->order.seq == 0)
		return RK_OK;
	side->order = audit_find_order(b, side->told->order);
	if (side->order == AUDIT_NONE)
		return RK_REJ_NO_ORDER;
	order = &b->orders[side->order];
	if (order->account != side->account ||
	    order->market != side->trade->market ||
	    order->side != (side->sign > 0 ? RK_SIDE_BUY : RK_SIDE_SELL))
		return RK_REJ_ORDER_MISMATCH;
	return RK_OK;
}

/* A liquidation fill only ever reduces; the rest is the vault's (L8). */
static void split_with_vault(struct rk_book *b, struct side *side)
{
	uint32_t market = side->trade->market;
	uint32_t found = audit_find_position(b, side->account, market);
	int64_t size = side->trade->size.raw;
	int64_t there = 0;

	side->part = size;
	side->part_value = side->value;
	if (side->order == AUDIT_NONE)
		return;
	if (found != AUDIT_NONE && !b->orders[side->order].vaults)
		there = b->positions[found].size * -side->sign;
	if (there < 0)
		there = 0;
	if (there >= size)
		return;
	side->part = there;
	side->part_value = (int64_t)rk_wide_to_128(rk_wide_div(
		rk_wide_mul(rk_wide_of(side->value), rk_wide_of(there)),
		rk_wide_of(size), RK_WIDE_TO_ZERO));
	b->markets[market].vault_size += (rk_i128)(size - there) * side->sign;
	b->markets[market].vault_cost +=
		(rk_i128)(side->value - side->part_value) * side->sign;
}

static int take_position(struct rk_book *b, const struct side *side,
			 uint32_t *ret_at)
{
	uint32_t n = audit_count_positions(b, side->account);
	uint32_t found =
		audit_find_position(b, side->account, side->trade->market);

	*ret_at = found;
	if (found != AUDIT_NONE || side->part == 0)
		return RK_OK;
	if (b->accounts[side->account].mode == RK_MODE_ISOLATED && n > 0)
		return RK_REJ_ISOLATED;
	if (n >= b->limits.positions_per_account_max ||
	    b->positions_n >= b->limits.positions_max)
		return RK_REJ_CAPACITY;
	*ret_at = b->positions_n++;
	b->positions[*ret_at] = (struct book_position){
		.account = side->account,
		.market = side->trade->market,
		.index = b->markets[side->trade->market].index};
	return RK_OK;
}

/* Rules T2 and T3 in integers that cannot overflow. */
struct outcome {
	rk_i128 size;
	rk_i128 cost;
	rk_i128 realised;
};

static struct outcome add_to_position(const struct book_position *p, rk_i128 t,
				      rk_i128 vt)
{
	rk_i128 size = p->size;
	rk_i128 cost = p->cost;
	rk_i128 open = size < 0 ? -size : size;
	rk_i128 taken = t < 0 ? -t : t;
	struct outcome o = {.size = size + t};
	rk_i128 part;

	if (size == 0 || (size > 0) == (t > 0)) {
		o.cost = cost + vt;
		return o;
	}
	if (taken <= open) {
		part = rk_wide_to_128(rk_wide_div(
			rk_wide_mul(rk_wide_of(cost), rk_wide_of(taken)),
			rk_wide_of(open), RK_WIDE_UP));
		o.realised = -vt - part;
		o.cost = cost - part;
		return o;
	}
	part = rk_wide_to_128(
		rk_wide_div(rk_wide_mul(rk_wide_of(vt), rk_wide_of(open)),
			    rk_wide_of(taken), RK_WIDE_TO_ZERO));
	o.realised = -part - cost;
	o.cost = vt - part;
	return o;
}

/* What the account realises is never more than the exact share (law). */
static void check_rounding(struct rk_auditor *a, const struct side *side,
			   const struct book_position *before,
			   const struct outcome *o)
{
	rk_i128 open = before->size < 0 ? -(rk_i128)before->size : before->size;
	struct rk_wide exact;

	if (side->part > open || (before->size > 0) == (side->sign > 0))
		return;
	exact = rk_wide_mul(rk_wide_of(-(rk_i128)side->part_value * side->sign),
			    rk_wide_of(open));
	exact = rk_wide_sub(exact, rk_wide_mul(rk_wide_of(before->cost),
					       rk_wide_of(side->part)));
	audit_law(a,
		  rk_wide_cmp(rk_wide_mul(rk_wide_of(o->realised),
					  rk_wide_of(open)),
			      exact) <= 0,
		  "rounding favours an account that reduces");
}

static bool fits(rk_i128 value)
{
	return value >= INT64_MIN && value <= INT64_MAX;
}

static int move_position(struct rk_auditor *a, struct side *side, uint32_t at)
{
	struct rk_book *b = &a->book;
	struct book_position *p = &b->positions[at];
	struct book_position before = *p;
	const struct rk_cmd_market *m =
		&b->markets[side->trade->market].listing;
	rk_i128 was = p->size < 0 ? -(rk_i128)p->size : p->size;
	rk_i128 is;
	struct outcome o;

	o = add_to_position(p, (rk_i128)side->part * side->sign,
			    (rk_i128)side->part_value * side->sign);
	is = o.size < 0 ? -o.size : o.size;
	if (!fits(o.size) || !fits(o.cost) || !fits(o.realised))
		return RK_REJ_OVERFLOW;
	/* A fill that is the vault's wholly leaves the position as it is. */
	if (is > m->position_max.raw && is >= was && side->part != 0)
		return RK_REJ_POSITION_LIMIT;
	check_rounding(a, side, &before, &o);
	if ((p->size < 0) != (o.size < 0))
		p->stages = 0;
	p->size = (int64_t)o.size;
	p->cost = (int64_t)o.cost;
	side->realised = (int64_t)o.realised;
	return RK_OK;
}

static int book_money(struct rk_auditor *a, const struct side *side)
{
	struct rk_book *b = &a->book;
	struct book_market *m = &b->markets[side->trade->market];
	int64_t fee = side->told->fee.raw;
	rk_i128 change = (rk_i128)side->realised - fee;
	rk_i128 balance;
	int code;

	if (!fits(change))
		return RK_REJ_OVERFLOW;
	code = audit_interest(a, side->account, m->settle);
	if (code != RK_OK)
		return code;
	balance = audit_balance(b, side->account, m->settle) + change;
	if (change != 0 &&
	    audit_find_balance(b, side->account, m->settle) == AUDIT_NONE &&
	    b->balances_n >= b->limits.balances_max)
		return RK_REJ_CAPACITY;
	if (!fits(balance))
		return RK_REJ_OVERFLOW;
	code = audit_set_balance(a, side->account, m->settle, (int64_t)balance);
	if (code != RK_OK)
		return code;
	m->clearing_cost -= side->realised;
	b->assets[m->settle].clearing -= side->realised;
	b->assets[m->settle].fees += fee;
	return RK_OK;
}

static void tell_side(struct rk_auditor *a, const struct side *side,
		      uint32_t at)
{
	struct rk_book *b = &a->book;
	const struct rk_cmd_trade *trade = side->trade;
	struct rk_event *ev =
		audit_emit(a, RK_EVENT_POSITION, side->account, trade->market);

	ev->position.trade = trade->trade;
	ev->position.price = trade->price;
	ev->position.traded.raw = side->part * side->sign;
	ev->position.to_vault.raw = (trade->size.raw - side->part) * side->sign;
	if (at != AUDIT_NONE) {
		ev->position.size.raw = b->positions[at].size;
		ev->position.cost.raw = b->positions[at].cost;
	}
	ev->position.realised.raw = side->realised;
	ev->position.fee = side->told->fee;
	ev->position.balance.raw = audit_balance(
		b, side->account, b->markets[trade->market].settle);
	if (side->order != AUDIT_NONE)
		audit_order_fill(a, side->order, trade->size.raw, trade);
}

static void give_back_position(struct rk_auditor *a, uint32_t at)
{
	struct rk_book *b = &a->book;

	if (at == AUDIT_NONE || b->positions[at].size != 0)
		return;
	audit_withhold(a, at, RK_WITHHELD_NONE, NULL);
	(void)memmove(&b->positions[at], &b->positions[at + 1],
		      (b->positions_n - at - 1) * sizeof(b->positions[0]));
	b->positions_n--;
}

static int book_side(struct rk_auditor *a, struct side *side)
{
	struct rk_book *b = &a->book;
	struct book_market *m = &b->markets[side->trade->market];
	uint32_t at = AUDIT_NONE;
	int code;

	if (side->told->account == 0) {
		m->external_size += (rk_i128)side->trade->size.raw * side->sign;
		m->external_cost += (rk_i128)side->value * side->sign;
		audit_take_at_venue(b, side->trade->market, side->trade->venue,
				    (rk_i128)side->trade->size.raw *
					    side->sign);
		return RK_OK;
	}
	side->account = audit_find_account(b, side->told->account);
	a->touched[side->account] = true;
	code = find_order(b, side);
	if (code != RK_OK)
		return code;
	split_with_vault(b, side);
	code = take_position(b, side, &at);
	if (code == RK_OK && at != AUDIT_NONE && side->part != 0)
		code = audit_settle(a, at);
	if (code == RK_OK && at != AUDIT_NONE)
		code = move_position(a, side, at);
	if (code == RK_OK)
		code = book_money(a, side);
	if (code == RK_OK && !audit_within_bounds(b, side->account))
		code = RK_REJ_OVERFLOW;
	if (code == RK_OK && side->order != AUDIT_NONE &&
	    (rk_i128)b->orders[side->order].filled + side->trade->size.raw >
		    FILLED_MAX)
		code = RK_REJ_OVERFLOW;
	if (code != RK_OK)
		return code;
	tell_side(a, side, at);
	code = audit_execute(a, side->account, side->trade, side->sign > 0);
	if (code != RK_OK)
		return code;
	give_back_position(a, at);
	if (side->order != AUDIT_NONE)
		audit_liquidation_fee(a, side->account, m->settle,
				      side->part_value);
	return RK_OK;
}

/*
 * Ids are kept in order of booking, so that a refused atomic message takes its
 * own off the end again. Those that fell out of the window go when there is
 * no room, and only ones that no undo could bring back into it.
 */
static void remember_id(struct rk_auditor *a, const struct rk_cmd_trade *cmd)
{
	struct book_trades *t = &a->trades[cmd->market];

	a->trades_new_market[a->trades_new_n] = cmd->market;
	a->highest_before[a->trades_new_n++] = t->highest;
	if (cmd->trade > t->highest)
		t->highest = cmd->trade;
	t->ids[t->n++] = cmd->trade;
}

void audit_trades_undo(struct rk_auditor *a)
{
	while (a->trades_new_n > 0) {
		uint32_t i = --a->trades_new_n;
		struct book_trades *t = &a->trades[a->trades_new_market[i]];

		t->highest = a->highest_before[i];
		t->n--;
	}
}

void audit_trades_keep(struct rk_auditor *a)
{
	while (a->trades_new_n > 0) {
		uint32_t i = --a->trades_new_n;
		struct book_trades *t = &a->trades[a->trades_new_market[i]];
		uint32_t kept = 0;

		for (uint32_t k = 0; k < t->n; k++) {
			if (t->highest - t->ids[k] < AUDIT_TRADE_IDS)
				t->ids[kept++] = t->ids[k];
		}
		t->n = kept;
	}
}

int audit_trade(struct rk_auditor *a, const struct rk_cmd_trade *cmd)
{
	struct rk_book *b = &a->book;
	struct side buyer = {.trade = cmd, .told = &cmd->buyer, .sign = 1};
	struct side seller = {.trade = cmd, .told = &cmd->seller, .sign = -1};
	int code = check_form(a, cmd);
	const struct book_market *m;
	struct rk_wide value;

	if (code != RK_OK)
		return code;
	m = &b->markets[cmd->market];
	if (!audit_asset_priced(b, m->settle))
		return RK_REJ_NO_PRICE;
	value = audit_value(b, cmd->market, cmd->price.raw, cmd->size.raw,
			    RK_WIDE_TO_ZERO);
	if (!rk_wide_fits_64(value))
		return RK_REJ_OVERFLOW;
	buyer.value = (int64_t)rk_wide_to_128(value);
	seller.value = buyer.value;
	code = book_side(a, &buyer);
	if (code == RK_OK)
		code = book_side(a, &seller);
	if (code != RK_OK)
		return code;
	if (b->slots[m->slot].mark == 0)
		b->slots[m->slot].mark = cmd->price.raw;
	remember_id(a, cmd);
	audit_settle_late(a, cmd);
	return RK_OK;
}

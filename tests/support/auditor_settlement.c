/*
 * States of markets, expiries, settlement: rules E1 to E8. What a market was
 * closed at is found anew from sizes and costs, one account after the other.
 */
#include <string.h>

#include "support/auditor_parts.h"
#include "support/auditor_terms.h"

static bool may_follow(enum rk_market_state from, enum rk_market_state to)
{
	if (to == RK_MARKET_SETTLING)
		return from <= RK_MARKET_CLOSE_ONLY;
	switch (from) {
	case RK_MARKET_LISTED:
		return to == RK_MARKET_OPEN;
	case RK_MARKET_OPEN:
		return to == RK_MARKET_LISTED || to == RK_MARKET_CLOSE_ONLY;
	case RK_MARKET_CLOSE_ONLY:
		return to == RK_MARKET_OPEN;
	case RK_MARKET_SETTLING:
		return to == RK_MARKET_OPEN || to == RK_MARKET_CLOSE_ONLY;
	case RK_MARKET_SETTLED:
	default:
		return false;
	}
}

static void tell_state(struct rk_auditor *a, uint32_t market,
		       struct rk_ev_market_state told)
{
	struct book_market *m = &a->book.markets[market];

	told.before = m->state;
	m->state = told.after;
	m->expiry_ns = told.expiry_ns;
	audit_emit(a, RK_EVENT_MARKET_STATE_SET, AUDIT_NONE, market)
		->market_state = told;
	if (told.before != told.after && (told.before == RK_MARKET_SETTLING ||
					  told.after == RK_MARKET_SETTLING))
		audit_touch_holders(a, m->slot);
}

int audit_market_state(struct rk_auditor *a,
		       const struct rk_cmd_market_state *cmd)
{
	const struct rk_book *b = &a->book;
	const struct book_market *m;

	if (cmd->market >= b->markets_n)
		return RK_REJ_NO_MARKET;
	if ((int)cmd->state < 1 || (int)cmd->state > 5)
		return RK_REJ_BAD_PARAM;
	m = &b->markets[cmd->market];
	if (m->state == cmd->state)
		return RK_REJ_NO_CHANGE;
	if (!may_follow(m->state, cmd->state))
		return RK_REJ_MARKET_STEP;
	tell_state(a, cmd->market,
		   (struct rk_ev_market_state){.after = cmd->state,
					       .expiry_ns = m->expiry_ns});
	return RK_OK;
}

int audit_expiry(struct rk_auditor *a, const struct rk_cmd_expiry *cmd)
{
	const struct rk_book *b = &a->book;
	const struct book_market *m;

	if (cmd->market >= b->markets_n)
		return RK_REJ_NO_MARKET;
	if (cmd->time_ns < 0 || cmd->time_ns > RK_TIME_MAX_NS)
		return RK_REJ_BAD_PARAM;
	m = &b->markets[cmd->market];
	if (m->state == RK_MARKET_SETTLING || m->state == RK_MARKET_SETTLED)
		return RK_REJ_MARKET_CLOSED;
	if (m->expiry_ns == cmd->time_ns)
		return RK_REJ_NO_CHANGE;
	if (cmd->time_ns == 0) {
		/* A perpetual again. */
	} else if (cmd->time_ns <= b->now_ns) {
		return RK_REJ_BAD_TIME;
	} else if (m->funding.interval_ns != 0) {
		return RK_REJ_EXPIRY_OR_FUNDING;
	}
	tell_state(a, cmd->market,
		   (struct rk_ev_market_state){.after = m->state,
					       .expiry_ns = cmd->time_ns});
	return RK_OK;
}

void audit_expiries(struct rk_auditor *a, int64_t from_ns)
{
	const struct rk_book *b = &a->book;

	for (uint32_t i = 0; i < b->markets_n; i++) {
		const struct book_market *m = &b->markets[i];

		if (m->state == RK_MARKET_SETTLING ||
		    m->state == RK_MARKET_SETTLED || m->expiry_ns == 0 ||
		    m->expiry_ns <= from_ns || m->expiry_ns > b->now_ns)
			continue;
		tell_state(
			a, i,
			(struct rk_ev_market_state){.after = RK_MARKET_SETTLING,
						    .expiry_ns = m->expiry_ns,
						    .expired = true});
	}
}

static rk_i128 worth(const struct rk_book *b, uint32_t market, int64_t price,
		     rk_i128 size)
{
	return rk_wide_to_128(
		audit_value(b, market, price, size, RK_WIDE_DOWN));
}

/* False: nothing is changed, as the account cannot hold it. */
static bool take_profit(struct rk_auditor *a, uint32_t account, uint32_t asset,
			rk_i128 profit)
{
	struct rk_book *b = &a->book;
	struct book_balance before;
	rk_i128 after;

	if (profit == 0)
		return true;
	if (audit_interest(a, account, asset) != RK_OK)
		return false;
	before = audit_copy_balance(b, account, asset);
	after = before.amount + profit;
	if (audit_find_balance(b, account, asset) == AUDIT_NONE &&
	    b->balances_n >= b->limits.balances_max)
		return false;
	if (after > INT64_MAX || after < INT64_MIN)
		return false;
	if (audit_set_balance(a, account, asset, (int64_t)after) == RK_OK &&
	    audit_within_bounds(b, account))
		return true;
	audit_restore_balance(b, &before);
	return false;
}

static void forget_position(struct rk_book *b, uint32_t at)
{
	(void)memmove(&b->positions[at], &b->positions[at + 1],
		      (b->positions_n - at - 1) * sizeof(b->positions[0]));
	b->positions_n--;
}

void audit_close_at(struct rk_auditor *a, uint32_t at, rk_i128 value,
		    struct rk_ev_settled *told)
{
	struct rk_book *b = &a->book;
	struct book_position p = b->positions[at];
	struct book_market *m = &b->markets[p.market];
	rk_i128 profit = value - p.cost;

	audit_settle_or_leave(a, at);
	audit_withhold(a, at, RK_WITHHELD_NONE, NULL);
	forget_position(b, at);
	m->clearing_cost += p.cost;
	told->size.raw = p.size;
	told->cost.raw = p.cost;
	told->realised.raw = (int64_t)profit;
	if (take_profit(a, p.account, m->settle, profit)) {
		told->booked.raw = (int64_t)profit;
		b->assets[m->settle].clearing -= profit;
	}
	told->balance.raw = audit_balance(b, p.account, m->settle);
	a->touched[p.account] = true;
}

/* Rule E6: what it was worth. */
static rk_i128 close_position(struct rk_auditor *a, uint32_t at, int64_t price)
{
	struct book_position p = a->book.positions[at];
	rk_i128 value = worth(&a->book, p.market, price, p.size);
	struct rk_ev_settled told = {.price = {price}};

	audit_close_at(a, at, value, &told);
	audit_emit(a, RK_EVENT_POSITION_SETTLED, p.account, p.market)->settled =
		told;
	return value;
}

/* Rule E7: in parts of position_max, each rounded by itself. */
rk_i128 audit_system_worth(const struct rk_book *b, uint32_t market,
			   int64_t price, rk_i128 size)
{
	rk_i128 part = b->markets[market].listing.position_max.raw;
	rk_i128 sum = 0;
	rk_i128 whole = size / part;

	if (size < 0) {
		part = -part;
		whole = -whole;
	}
	if (whole > 0)
		sum = whole * worth(b, market, price, part);
	if (size != whole * part)
		sum += worth(b, market, price, size - whole * part);
	return sum;
}

static rk_i128 close_venue(struct rk_book *b, struct book_venue *v,
			   int64_t price)
{
	struct book_market *m = &b->markets[v->market];
	rk_i128 value = audit_system_worth(b, v->market, price, v->size);

	m->external_size -= v->size;
	m->external_cost -= value;
	m->clearing_cost += value;
	v->size = 0;
	return value;
}

static rk_i128 close_systems(struct rk_book *b, uint32_t market, int64_t price)
{
	struct book_market *m = &b->markets[market];
	rk_i128 sum = audit_system_worth(b, market, price, m->vault_size);

	m->vault_cost -= sum;
	m->clearing_cost += sum;
	m->vault_size = 0;
	for (uint32_t i = 0; i < b->at_venues_n; i++) {
		if (b->at_venues[i].market == market)
			sum += close_venue(b, &b->at_venues[i], price);
	}
	return sum;
}

int audit_settle_market(struct rk_auditor *a, const struct rk_cmd_settle *cmd)
{
	struct rk_book *b = &a->book;
	struct rk_ev_market_settled told = {.price = cmd->price};
	struct book_market *m;
	rk_i128 values = 0;

	if (cmd->market >= b->markets_n)
		return RK_REJ_NO_MARKET;
	m = &b->markets[cmd->market];
	if (m->state != RK_MARKET_SETTLING)
		return RK_REJ_NOT_SETTLING;
	if (cmd->price.raw < m->listing.price_min.raw ||
	    cmd->price.raw > m->listing.price_max.raw)
		return RK_REJ_BAD_PRICE;
	for (uint32_t i = 0; i < b->accounts_n; i++) {
		uint32_t at = audit_find_position(b, i, cmd->market);

		audit_end_orders(a, i, cmd->market);
		if (at == AUDIT_NONE)
			continue;
		values += close_position(a, at, cmd->price.raw);
		told.positions++;
	}
	values += close_systems(b, cmd->market, cmd->price.raw);
	m->state = RK_MARKET_SETTLED;
	m->settlement = cmd->price.raw;
	audit_fix_price(a, m->slot, cmd->price.raw);
	told.left.raw = (int64_t)-values;
	audit_law(a, values <= 0, "a settlement gives more than it takes");
	audit_emit(a, RK_EVENT_MARKET_SETTLED, AUDIT_NONE, cmd->market)
		->market_settled = told;
	return RK_OK;
}

void audit_take_at_venue(struct rk_book *b, uint32_t market, uint32_t venue,
			 rk_i128 size)
{
	uint32_t at = 0;

	while (at < b->at_venues_n && (b->at_venues[at].market != market ||
				       b->at_venues[at].venue != venue))
		at++;
	if (at == b->at_venues_n)
		b->at_venues[b->at_venues_n++] =
			(struct book_venue){.market = market, .venue = venue};
	b->at_venues[at].size += size;
}

/* Rule E8: nothing is left open by a fill that came too late. */
void audit_settle_late(struct rk_auditor *a, const struct rk_cmd_trade *cmd)
{
	struct rk_book *b = &a->book;
	const struct book_market *m = &b->markets[cmd->market];
	const uint64_t ids[2] = {cmd->buyer.account, cmd->seller.account};

	if (m->state != RK_MARKET_SETTLED)
		return;
	for (int i = 0; i < 2; i++) {
		uint32_t account = audit_find_account(b, ids[i]);
		uint32_t at = AUDIT_NONE;

		if (account != AUDIT_NONE)
			at = audit_find_position(b, account, cmd->market);
		if (at != AUDIT_NONE)
			(void)close_position(a, at, m->settlement);
	}
	(void)close_systems(b, cmd->market, m->settlement);
}

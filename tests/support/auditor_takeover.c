/*
 * The backstop vault and takeover: rules Z1 to Z9. What the vault had won as
 * each minute began is kept as a list, the newest last; a plan of what it takes
 * is made from the book as it is, one position after the other.
 */
#include <string.h>

#include "support/auditor_parts.h"
#include "support/auditor_terms.h"

#define MINUTE_NS INT64_C(60000000000)
#define MOST      ((rk_i128)1 << 61)

static rk_i128 size_of(rk_i128 x)
{
	return x < 0 ? -x : x;
}

static rk_i128 share_of(rk_i128 amount, rk_rate rate)
{
	return rk_wide_to_128(rk_wide_div(
		rk_wide_mul(rk_wide_of(amount), rk_wide_of(rate.raw)),
		rk_wide_of(RK_RATE_ONE), RK_WIDE_DOWN));
}

static rk_i128 marked(const struct rk_book *b, uint32_t market, rk_i128 size)
{
	int64_t mark = (int64_t)b->slots[b->markets[market].slot].mark;

	return mark == 0 ? 0 : audit_system_worth(b, market, mark, size);
}

/* Rule Z2. */
static rk_i128 profit_in(const struct rk_book *b, uint32_t asset)
{
	rk_i128 sum = 0;

	for (uint32_t i = 0; i < b->markets_n; i++) {
		const struct book_market *m = &b->markets[i];

		if (m->settle == asset)
			sum += marked(b, i, m->vault_size) - m->vault_cost;
	}
	if (sum > MOST)
		return MOST;
	return sum < -MOST ? -MOST : sum;
}

static rk_i128 held_in(const struct rk_book *b, uint32_t asset)
{
	rk_i128 sum = 0;

	for (uint32_t i = 0; i < b->markets_n; i++)
		if (b->markets[i].settle == asset)
			sum += size_of(marked(b, i, b->markets[i].vault_size));
	return sum;
}

/* Rule Z3: within the hour. */
static rk_i128 lost_in(const struct rk_book *b, uint32_t asset)
{
	const struct book_asset *x = &b->assets[asset];
	rk_i128 now = profit_in(b, asset);
	rk_i128 lost = 0;

	for (uint32_t i = 0; i < x->profits_n; i++)
		if (x->profits[i].minute >= b->now_ns / MINUTE_NS - 60 &&
		    x->profits[i].amount - now > lost)
			lost = x->profits[i].amount - now;
	return lost;
}

static rk_i128 hour_left(const struct rk_book *b, uint32_t asset)
{
	const struct book_asset *x = &b->assets[asset];
	rk_i128 left =
		share_of(x->capital, x->vault.hour_budget) - lost_in(b, asset);

	return left < 0 ? 0 : left;
}

static rk_i128 event_profit(const struct rk_book *b, uint32_t market)
{
	const struct book_market *m = &b->markets[market];

	if (m->vault_size == 0)
		return 0;
	return marked(b, market, m->vault_size) + m->empty_cost - m->vault_cost;
}

static rk_i128 event_left(const struct rk_book *b, uint32_t market)
{
	const struct book_asset *x = &b->assets[b->markets[market].settle];
	rk_i128 left = share_of(x->capital, x->vault.event_budget);
	rk_i128 profit = event_profit(b, market);

	if (profit < 0)
		left += profit;
	return left < 0 ? 0 : left;
}

static void note_profit(struct rk_book *b, uint32_t asset)
{
	struct book_asset *x = &b->assets[asset];
	int64_t now = b->now_ns / MINUTE_NS;

	while (x->profits_n > 0 && x->profits[0].minute < now - 60) {
		x->profits_n--;
		(void)memmove(&x->profits[0], &x->profits[1],
			      x->profits_n * sizeof(x->profits[0]));
	}
	x->profits[x->profits_n].minute = now;
	x->profits[x->profits_n++].amount = profit_in(b, asset);
}

static bool has_budgets(const struct rk_vault_terms *t)
{
	return t->event_budget.raw != 0 || t->hour_budget.raw != 0;
}

void audit_vault_minute(struct rk_auditor *a)
{
	for (uint32_t i = 0; i < a->book.assets_n; i++)
		if (has_budgets(&a->book.assets[i].vault))
			note_profit(&a->book, i);
}

int audit_vault(struct rk_auditor *a, const struct rk_cmd_vault *cmd)
{
	uint32_t id = audit_find_asset(&a->book, cmd->asset);
	const struct rk_vault_terms *t = &cmd->terms;
	struct book_asset *x;
	struct rk_event *ev;

	if (id == AUDIT_NONE)
		return RK_REJ_NO_ASSET;
	if (t->event_budget.raw < 0 || t->event_budget.raw > RK_RATE_ONE ||
	    t->hour_budget.raw < 0 || t->hour_budget.raw > RK_RATE_ONE)
		return RK_REJ_BAD_PARAM;
	x = &a->book.assets[id];
	if (x->vault.event_budget.raw == t->event_budget.raw &&
	    x->vault.hour_budget.raw == t->hour_budget.raw)
		return RK_REJ_NO_CHANGE;
	if (!has_budgets(&x->vault) || !has_budgets(t))
		x->profits_n = 0;
	if (has_budgets(t) && x->profits_n == 0)
		note_profit(&a->book, id);
	x->vault = *t;
	ev = audit_emit(a, RK_EVENT_VAULT_SET, AUDIT_NONE, RK_NO_MARKET);
	ev->name.id = id;
	ev->name.slot = x->slot;
	(void)memcpy(ev->name.name, x->listing.name, RK_NAME_SIZE);
	audit_touch_all(a);
	return RK_OK;
}

int audit_vault_top_up(struct rk_auditor *a, const struct rk_cmd_top_up *cmd)
{
	struct rk_book *b = &a->book;
	rk_i128 amount = cmd->amount.raw;
	struct book_asset *x;
	struct rk_event *ev;

	if (cmd->asset >= b->assets_n)
		return RK_REJ_NO_ASSET;
	if (amount == 0)
		return RK_REJ_BAD_AMOUNT;
	x = &b->assets[cmd->asset];
	if (x->capital + amount > MOST)
		return RK_REJ_OVERFLOW;
	if (amount < 0 && (x->capital < -amount ||
			   x->capital + profit_in(b, cmd->asset) + amount <
				   held_in(b, cmd->asset)))
		return RK_REJ_VAULT_SHORT;
	if (amount > 0)
		x->deposits += amount;
	else
		x->withdrawals -= amount;
	x->capital += amount;
	ev = audit_emit(a, RK_EVENT_VAULT_MOVED, AUDIT_NONE, RK_NO_MARKET);
	ev->vault.asset = cmd->asset;
	ev->vault.amount = cmd->amount;
	ev->vault.capital.raw = (int64_t)x->capital;
	return RK_OK;
}

static bool can_be(const struct rk_takeover_terms *t)
{
	if (!t->enabled)
		return t->at.raw == 0 && t->concession_max.raw == 0 &&
		       t->vault_max.raw == 0 && t->stages == 0;
	return t->at.raw > 0 && t->at.raw <= RK_RATE_ONE &&
	       t->concession_max.raw >= 0 &&
	       t->concession_max.raw < RK_RATE_ONE && t->vault_max.raw > 0 &&
	       t->stages <= 100;
}

int audit_takeover(struct rk_auditor *a, const struct rk_cmd_takeover *cmd)
{
	uint32_t id = audit_find_market(&a->book, cmd->market);
	const struct rk_takeover_terms *t = &cmd->terms;
	struct rk_takeover_terms *now;
	struct rk_event *ev;

	if (id == AUDIT_NONE)
		return RK_REJ_NO_MARKET;
	if (!can_be(t))
		return RK_REJ_BAD_PARAM;
	now = &a->book.markets[id].takeover;
	if (now->enabled == t->enabled && now->at.raw == t->at.raw &&
	    now->concession_max.raw == t->concession_max.raw &&
	    now->vault_max.raw == t->vault_max.raw && now->stages == t->stages)
		return RK_REJ_NO_CHANGE;
	*now = *t;
	ev = audit_emit(a, RK_EVENT_TAKEOVER_SET, AUDIT_NONE, id);
	ev->name.id = id;
	ev->name.slot = a->book.markets[id].slot;
	(void)memcpy(ev->name.name, a->book.markets[id].listing.name,
		     RK_NAME_SIZE);
	audit_touch_all(a);
	return RK_OK;
}

/* Rule Z5. */
static enum rk_takeover_cause cause_of(const struct rk_book *b,
				       const struct book_position *p,
				       const struct audit_health *h)
{
	const struct rk_takeover_terms *t = &b->markets[p->market].takeover;

	if (!t->enabled)
		return 0;
	if (h->equity < 0)
		return RK_TAKEOVER_DRAW;
	if (rk_wide_cmp(
		    rk_wide_mul(rk_wide_of(h->equity), rk_wide_of(RK_RATE_ONE)),
		    rk_wide_mul(rk_wide_of(h->r[RK_LEVEL_MAINTENANCE]),
				rk_wide_of(t->at.raw))) < 0)
		return RK_TAKEOVER_EQUITY;
	if (t->stages != 0 && p->stages >= t->stages)
		return RK_TAKEOVER_STAGES;
	return 0;
}

/* Rule Z4, after what the plan has of the asset already. */
static enum rk_takeover_withheld may_take(const struct rk_book *b,
					  const struct book_position *p,
					  struct audit_plan *plan,
					  struct audit_part *part)
{
	uint32_t records = b->balances_n;

	const struct book_market *m = &b->markets[p->market];
	rk_i128 after = m->vault_size + p->size;
	rk_i128 held = held_in(b, m->settle);
	rk_i128 worth = b->assets[m->settle].capital + profit_in(b, m->settle);

	if (m->state == RK_MARKET_SETTLING)
		return RK_TAKEOVER_SETTLING;
	if (!audit_evaluate(b, p->account, NULL).positions_ok)
		return RK_TAKEOVER_PRICE;
	for (uint32_t i = 0; i < plan->n; i++)
		records += plan->parts[i].cause != 0 &&
			   plan->parts[i].reason == RK_TAKEOVER_FREE;
	if (audit_find_balance(b, p->account, m->settle) == AUDIT_NONE &&
	    records >= b->limits.balances_max)
		return RK_TAKEOVER_CAPACITY;
	part->held = size_of(marked(b, p->market, after)) -
		     size_of(marked(b, p->market, m->vault_size));
	for (uint32_t i = 0; i < plan->n; i++)
		if (plan->parts[i].cause != 0 &&
		    plan->parts[i].reason == RK_TAKEOVER_FREE &&
		    b->markets[plan->parts[i].market].settle == m->settle)
			held += plan->parts[i].held;
	if (size_of(after) < size_of(m->vault_size))
		return RK_TAKEOVER_FREE;
	if (size_of(after) > m->listing.position_max.raw ||
	    rk_wide_cmp(
		    audit_usd(b, m->settle,
			      rk_wide_of(size_of(marked(b, p->market, after))),
			      NULL, RK_WIDE_UP),
		    rk_wide_of(m->takeover.vault_max.raw)) > 0)
		return RK_TAKEOVER_VAULT_MAX;
	if (held + part->held > worth)
		return RK_TAKEOVER_CAPITAL;
	if (event_left(b, p->market) == 0)
		return RK_TAKEOVER_EVENT_BUDGET;
	return hour_left(b, m->settle) == 0 ? RK_TAKEOVER_HOUR_BUDGET
					    : RK_TAKEOVER_FREE;
}

/* Rule Z7. */
static bool is_made_good(const struct rk_book *b, uint32_t account,
			 const struct audit_health *h,
			 const struct audit_plan *plan)
{
	uint32_t asset = b->markets[plan->parts[0].market].settle;
	rk_i128 there = audit_worth(b, account, asset);
	rk_i128 amount = audit_bought_with(b, asset, -h->equity, RK_WIDE_UP);

	for (uint32_t i = 0; i < plan->n; i++) {
		const struct audit_part *part = &plan->parts[i];
		const struct book_position *p =
			&b->positions[audit_find_position(b, account,
							  part->market)];

		if (part->cause == 0 || part->reason != RK_TAKEOVER_FREE ||
		    b->markets[part->market].settle != asset)
			return false;
		there += part->value - p->cost + audit_unsettled(b, p);
	}
	return amount <= -there && amount <= audit_fund_may_pay(b, asset);
}

/* Rule Z6. */
static rk_i128 concession(const struct rk_book *b,
			  const struct audit_part *part, rk_i128 usd)
{
	const struct book_market *m = &b->markets[part->market];
	rk_i128 most =
		share_of(size_of(part->value), m->takeover.concession_max);
	rk_i128 all = audit_bought_with(b, m->settle, usd, RK_WIDE_DOWN);

	return most < all ? most : all;
}

void audit_plan_takeover(const struct rk_book *b, uint32_t account,
			 const struct audit_health *h, struct audit_plan *plan)
{
	rk_i128 notionals[64];
	rk_i128 all = 0;

	(void)memset(plan, 0, sizeof(*plan));
	for (uint32_t m = 0; m < b->markets_n; m++) {
		uint32_t at = audit_find_position(b, account, m);
		struct audit_part part = {.market = m};
		struct audit_figures figures;

		if (at == AUDIT_NONE)
			continue;
		figures = audit_position_figures(b, &b->positions[at], NULL);
		notionals[plan->n] = figures.notional;
		all += figures.notional;
		part.value = figures.profit + b->positions[at].cost;
		part.cause = cause_of(b, &b->positions[at], h);
		if (part.cause != 0)
			part.reason =
				may_take(b, &b->positions[at], plan, &part);
		plan->any |= part.cause != 0 && part.reason == RK_TAKEOVER_FREE;
		plan->parts[plan->n++] = part;
	}
	if (h->equity < 0 && plan->n > 0)
		plan->draws = is_made_good(b, account, h, plan);
	for (uint32_t i = 0; i < plan->n; i++) {
		struct audit_part *part = &plan->parts[i];

		if (part->cause == 0 || part->reason != RK_TAKEOVER_FREE)
			continue;
		if (h->equity < 0 && !plan->draws)
			part->reason = RK_TAKEOVER_SHORTFALL;
		else if (h->equity > 0 && all > 0)
			part->concession = concession(
				b, part,
				rk_wide_to_128(rk_wide_div(
					rk_wide_mul(rk_wide_of(h->equity),
						    rk_wide_of(notionals[i])),
					rk_wide_of(all), RK_WIDE_DOWN)));
	}
	plan->any &= h->equity >= 0 || plan->draws;
}

/* Rule Z6, looked at from the other side. */
static bool is_affordable(const struct rk_book *b, uint32_t account,
			  const struct audit_plan *plan)
{
	rk_i128 left = audit_evaluate(b, account, NULL).equity;

	for (uint32_t i = 0; i < plan->n; i++) {
		const struct audit_part *part = &plan->parts[i];

		if (part->concession == 0)
			continue;
		left -= rk_wide_to_128(audit_usd(
			b, b->markets[part->market].settle,
			rk_wide_of(part->concession), NULL, RK_WIDE_UP));
		if (left < 0)
			return false;
	}
	return true;
}

static void take(struct rk_auditor *a, uint32_t account,
		 const struct audit_part *part)
{
	struct rk_book *b = &a->book;
	struct book_market *m = &b->markets[part->market];
	struct rk_ev_settled closed = {0};
	struct rk_ev_taken_over told = {
		.cause = part->cause,
		.price = {(int64_t)b->slots[m->slot].mark},
		.concession = {(int64_t)part->concession},
		.event_left = {(int64_t)event_left(b, part->market)},
		.hour_left = {(int64_t)hour_left(b, m->settle)},
	};

	audit_orders_taken_over(a, account, part->market);
	if (m->vault_size == 0)
		m->empty_cost = m->vault_cost;
	audit_close_at(a, audit_find_position(b, account, part->market),
		       part->value - part->concession, &closed);
	m->clearing_cost -= part->value - part->concession;
	m->vault_size += closed.size.raw;
	m->vault_cost += part->value - part->concession;
	told.size = closed.size;
	told.cost = closed.cost;
	told.realised = closed.realised;
	told.booked = closed.booked;
	told.balance = closed.balance;
	audit_emit(a, RK_EVENT_TAKEN_OVER, account, part->market)->taken_over =
		told;
}

static void withhold(struct rk_auditor *a, uint32_t account,
		     const struct audit_part *part)
{
	struct rk_book *b = &a->book;
	struct book_position *p =
		&b->positions[audit_find_position(b, account, part->market)];

	if (p->takeover == part->reason)
		return;
	p->takeover = part->reason;
	audit_emit(a, RK_EVENT_TAKEOVER_WITHHELD, account, part->market)
		->takeover_withheld.reason = part->reason;
}

void audit_take_over(struct rk_auditor *a, uint32_t account,
		     const struct audit_plan *plan)
{
	const struct rk_book *b = &a->book;
	uint32_t asset = AUDIT_NONE;
	struct audit_health h;

	audit_law(a, is_affordable(b, account, plan),
		  "a concession makes bankrupt");
	for (uint32_t i = 0; i < plan->n; i++) {
		const struct audit_part *part = &plan->parts[i];

		if (part->cause == 0 || part->reason != RK_TAKEOVER_FREE)
			continue;
		asset = b->markets[part->market].settle;
		take(a, account, part);
	}
	h = audit_evaluate(b, account, NULL);
	if (plan->draws && h.equity < 0)
		audit_fund_pay(
			a, account, asset,
			audit_bought_with(b, asset, -h.equity, RK_WIDE_UP));
	for (uint32_t i = 0; i < plan->n; i++)
		if (plan->parts[i].cause == 0 ||
		    plan->parts[i].reason != RK_TAKEOVER_FREE)
			withhold(a, account, &plan->parts[i]);
}

void audit_see_vault(struct difference *d, const struct rk_book *b,
		     const struct rk_engine *engine, uint32_t asset)
{
	const struct book_asset *x = &b->assets[asset];
	struct rk_vault_view y;

	audit_see(d, "vault", 0, rk_view_vault(engine, asset, &y));
	if (d->found)
		return;
	audit_see(d, "event_budget", x->vault.event_budget.raw,
		  y.terms.event_budget.raw);
	audit_see(d, "hour_budget", x->vault.hour_budget.raw,
		  y.terms.hour_budget.raw);
	audit_see(d, "capital", x->capital, y.capital.raw);
	audit_see(d, "vault profit", profit_in(b, asset), y.profit);
	audit_see(d, "vault held", held_in(b, asset), y.held);
	audit_see(d, "vault lost", lost_in(b, asset), y.lost);
	audit_see(d, "hour_left", hour_left(b, asset), y.hour_left.raw);
}

void audit_see_takeover(struct difference *d, const struct rk_book *b,
			const struct rk_engine *engine, uint32_t market)
{
	const struct book_market *x = &b->markets[market];
	struct rk_takeover_view y;

	audit_see(d, "takeover", 0, rk_view_takeover(engine, market, &y));
	if (d->found)
		return;
	audit_see(d, "takeover terms", true,
		  rk_takeover_equal(&x->takeover, &y.terms));
	audit_see(d, "event profit", event_profit(b, market), y.profit);
	audit_see(d, "event_left", event_left(b, market), y.event_left.raw);
}

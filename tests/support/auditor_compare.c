/*
 * Comparing the auditor's book with what view.h shows of the engine: every
 * field of every record, and every sum counted afresh.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "support/auditor_conversion.h"
#include "support/auditor_difference.h"
#include "support/auditor_pace.h"
#include "support/auditor_parts.h"
#include "support/auditor_terms.h"

static void see_margin(struct difference *d, const struct audit_health *h,
		       const struct rk_margin *got)
{
	audit_see(d, "equity", h->equity, got->equity.raw);
	audit_see(d, "collateral", h->collateral, got->collateral.raw);
	audit_see(d, "debt", h->debt, got->debt.raw);
	audit_see(d, "maintenance", h->r[RK_LEVEL_MAINTENANCE],
		  got->maintenance.raw);
	audit_see(d, "initial", audit_told(h->r[RK_LEVEL_INITIAL]),
		  got->initial.raw);
	audit_see(d, "withdrawal", h->required[RK_LEVEL_WITHDRAWAL],
		  got->withdrawal.raw);
	audit_see(d, "orders", h->orders, got->orders.raw);
	audit_see(d, "health_m", h->health[RK_LEVEL_MAINTENANCE],
		  got->health_m.raw);
	audit_see(d, "health_i", audit_told(h->health[RK_LEVEL_INITIAL]),
		  got->health_i.raw);
	audit_see(d, "health_w", audit_told(h->health[RK_LEVEL_WITHDRAWAL]),
		  got->health_w.raw);
	audit_see(d, "notional", h->notional, got->notional.raw);
	audit_see(d, "assets", h->assets[RK_LEVEL_MAINTENANCE],
		  got->assets.raw);
	/* Design section 5: what positions require counts against it too. */
	audit_see(d, "liabilities",
		  h->liabilities[RK_LEVEL_MAINTENANCE] +
			  h->required[RK_LEVEL_MAINTENANCE],
		  got->liabilities.raw);
	audit_see(d, "prices_ok", h->prices_ok, got->prices_ok);
}

static void see_positions(struct difference *d, const struct rk_book *b,
			  const struct rk_engine *engine, uint32_t index)
{
	struct rk_position_view got[64];
	uint32_t n = rk_view_positions(engine, index, got, 64);

	audit_see(d, "positions", audit_count_positions(b, index), n);
	for (uint32_t i = 0; i < n && !d->found; i++) {
		uint32_t at = audit_find_position(b, index, got[i].market);
		const struct book_position *p = &b->positions[at];
		struct audit_figures f;

		d->part = got[i].market;
		audit_see(d, "position is there", true, at != AUDIT_NONE);
		audit_see(d, "order of positions", true,
			  i == 0 || got[i - 1].market < got[i].market);
		if (d->found)
			return;
		f = audit_position_figures(b, p, NULL);
		audit_see(d, "size", p->size, got[i].size.raw);
		audit_see(d, "cost", p->cost, got[i].cost.raw);
		audit_see(d, "mark", b->slots[b->markets[p->market].slot].mark,
			  got[i].mark.raw);
		audit_see(d, "unrealised", f.profit, got[i].unrealised.raw);
		audit_see(d, "funding", f.funding, got[i].funding.raw);
		audit_see(d, "notional", f.notional, got[i].notional.raw);
		audit_see(d, "maintenance", f.maintenance,
			  got[i].maintenance.raw);
		audit_see(d, "initial", f.initial, got[i].initial.raw);
		audit_see(d, "withheld", p->withheld, got[i].withheld);
		audit_see(d, "takeover", p->takeover, got[i].takeover);
		audit_see(d, "stages", p->stages, got[i].stages);
		audit_see(d, "leverage of it",
			  audit_leverage_of(b, index, got[i].market),
			  got[i].leverage.raw);
	}
}

static void see_leverages(struct difference *d, const struct rk_book *b,
			  const struct rk_engine *engine, uint32_t index)
{
	struct rk_leverage_view got[RK_LEVERAGES_MAX];
	uint32_t n = rk_view_leverages(engine, index, got, RK_LEVERAGES_MAX);

	audit_see(d, "leverages", audit_count_leverages(b, index), n);
	for (uint32_t i = 0; i < n && !d->found; i++) {
		d->part = got[i].market;
		audit_see(d, "order of leverages", true,
			  i == 0 || got[i - 1].market < got[i].market);
		audit_see(d, "leverage",
			  audit_leverage_of(b, index, got[i].market),
			  got[i].leverage.raw);
	}
}

static uint32_t count_balances(const struct rk_book *b, uint32_t index)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->balances_n; i++)
		n += b->balances[i].account == index;
	return n;
}

static void see_balances(struct difference *d, const struct rk_book *b,
			 const struct rk_engine *engine, uint32_t index)
{
	struct rk_balance_view got[AUDIT_NAMES];
	uint32_t n = rk_view_balances(engine, index, got, AUDIT_NAMES);

	audit_see(d, "balances", count_balances(b, index), n);
	for (uint32_t i = 0; i < n && !d->found; i++) {
		uint32_t asset = got[i].asset;
		int64_t amount = audit_balance(b, index, asset);
		rk_i128 rates[RK_LEVELS];

		audit_rates(b, index, asset, rates);
		d->part = asset;
		audit_see(d, "order of balances", true,
			  i == 0 || got[i - 1].asset < asset);
		audit_see(d, "balance", amount, got[i].amount.raw);
		audit_see(d, "interest", audit_worth(b, index, asset) - amount,
			  got[i].interest.raw);
		audit_see(d, "loan", audit_loan(b, index, asset),
			  got[i].loan.raw);
		audit_see(d, "loss", audit_loss(b, index, asset),
			  got[i].loss.raw);
		audit_see(d, "withheld conversion",
			  b->accounts[index].unsold == asset, got[i].withheld);
		audit_see(d, "value",
			  rk_wide_to_128(audit_usd(
				  b, asset,
				  rk_wide_of(audit_worth(b, index, asset)),
				  NULL, RK_WIDE_DOWN)),
			  got[i].value.raw);
		for (int k = 0; k < RK_LEVELS; k++)
			audit_see(d, "weight", rates[k], got[i].weight[k].raw);
	}
}

static void see_order(struct difference *d, const struct rk_book *b,
		      const struct book_order *x, const struct rk_order_view *y)
{
	d->part = x->id.seq;
	audit_see(d, "order n", x->id.n, y->order.n);
	audit_see(d, "order account", (rk_i128)b->accounts[x->account].id,
		  (rk_i128)y->account);
	audit_see(d, "order market", x->market, y->market);
	audit_see(d, "order side", x->side, y->side);
	audit_see(d, "order size", x->size, y->size.raw);
	audit_see(d, "order filled", x->filled, y->filled.raw);
	audit_see(d, "order floor_price", x->floor_price, y->floor_price.raw);
	audit_see(d, "order mark", x->mark, y->mark.raw);
	audit_see(d, "order opened_ns", x->opened_ns, y->opened_ns);
	audit_see(d, "order expiry_ns", x->expiry_ns, y->expiry_ns);
	audit_see(d, "order claimed_until_ns",
		  audit_claim_runs(b, x) ? x->claim_ends_ns : 0,
		  y->claimed_until_ns);
	audit_see(d, "order close_asked", x->asked, y->close_asked);
	audit_see(d, "order closed", x->closed, y->closed);
}

static void see_orders(struct difference *d, const struct rk_book *b,
		       const struct rk_engine *engine, uint32_t index)
{
	struct rk_order_view *got = calloc(AUDIT_ORDERS, sizeof(*got));
	uint32_t expected = 0;
	uint32_t n;

	if (got == NULL)
		abort();
	n = rk_view_orders(engine, index, got, AUDIT_ORDERS);
	for (uint32_t i = 0; i < b->orders_n; i++)
		expected += b->orders[i].account == index &&
			    !b->orders[i].closed &&
			    !audit_is_conversion(&b->orders[i]);
	audit_see(d, "orders open", expected, n);
	for (uint32_t i = 0; i < n && !d->found; i++) {
		uint32_t at = audit_find_order(b, got[i].order);

		d->part = got[i].order.seq;
		audit_see(d, "order is there", true, at != AUDIT_NONE);
		if (!d->found)
			see_order(d, b, &b->orders[at], &got[i]);
	}
	free(got);
}

static void see_conversions(struct difference *d, const struct rk_book *b,
			    const struct rk_engine *engine, uint32_t index)
{
	struct rk_conversion_view got[AUDIT_NAMES];
	uint32_t n = rk_view_conversions(engine, index, got, AUDIT_NAMES);
	uint32_t expected = 0;

	for (uint32_t i = 0; i < b->orders_n; i++)
		expected += b->orders[i].account == index &&
			    !b->orders[i].closed &&
			    audit_is_conversion(&b->orders[i]);
	audit_see(d, "conversions open", expected, n);
	for (uint32_t i = 0; i < n && !d->found; i++) {
		uint32_t at = audit_find_order(b, got[i].order);
		const struct book_order *x = &b->orders[at];

		d->part = got[i].order.seq;
		audit_see(d, "conversion is there", true, at != AUDIT_NONE);
		if (d->found)
			return;
		audit_see(d, "sell", x->sell, got[i].sell);
		audit_see(d, "buy", x->buy, got[i].buy);
		audit_see(d, "size", x->size, got[i].size.raw);
		audit_see(d, "sold", x->filled, got[i].sold.raw);
		audit_see(d, "least", x->least, got[i].least.raw);
		audit_see(d, "bought", x->bought, got[i].bought.raw);
		audit_see(d, "loss", x->loss, got[i].loss.raw);
		audit_see(d, "sell_mark", x->sell_mark, got[i].sell_mark.raw);
		audit_see(d, "buy_mark", x->buy_mark, got[i].buy_mark.raw);
		audit_see(d, "opened_ns", x->opened_ns, got[i].opened_ns);
		audit_see(d, "expiry_ns", x->expiry_ns, got[i].expiry_ns);
		audit_see(d, "close_asked", x->asked, got[i].close_asked);
	}
}

static void see_resting(struct difference *d, const struct rk_book *b,
			const struct rk_engine *engine, uint32_t index)
{
	struct rk_resting_view got[RK_RESTING_MAX];
	uint32_t n = rk_view_resting(engine, index, got, RK_RESTING_MAX);

	audit_see(d, "resting orders", audit_count_resting(b, index), n);
	for (uint32_t i = 0; i < n && !d->found; i++) {
		const struct book_resting *x = NULL;

		for (uint32_t k = 0; k < b->resting_n; k++)
			if (b->resting[k].account == index &&
			    b->resting[k].order == got[i].order)
				x = &b->resting[k];
		d->part = got[i].order;
		audit_see(d, "resting order is there", true, x != NULL);
		audit_see(d, "order of resting orders", true,
			  i == 0 || got[i - 1].market < got[i].market ||
				  (got[i - 1].market == got[i].market &&
				   got[i - 1].order < got[i].order));
		if (d->found)
			return;
		audit_see(d, "resting market", x->market, got[i].market);
		audit_see(d, "resting side", x->side, got[i].side);
		audit_see(d, "reduce_only", x->reduce_only, got[i].reduce_only);
		audit_see(d, "resting size", x->size, got[i].size.raw);
		audit_see(d, "resting left", x->left, got[i].left.raw);
		audit_see(d, "resting price", x->price, got[i].price.raw);
	}
}

int rk_auditor_compare_account(const struct rk_auditor *auditor,
			       const struct rk_engine *engine, uint32_t index,
			       struct rk_audit_text *ret_text)
{
	const struct rk_book *b = &auditor->book;
	const struct book_account *x = &b->accounts[index];
	struct difference difference = {
		.text = ret_text, .what = "account", .id = x->id};
	struct difference *d = &difference;
	struct audit_health h = audit_worst(b, index, NULL);
	struct rk_account_view y;
	uint32_t found = AUDIT_NONE;

	audit_see(d, "find", RK_OK,
		  rk_view_find_account(engine, x->id, &found));
	audit_see(d, "index", index, found);
	audit_see(d, "view", RK_OK, rk_view_account(engine, index, &y));
	if (d->found)
		return 1;
	audit_see(d, "id", (rk_i128)x->id, (rk_i128)y.account);
	audit_see(d, "owner", (rk_i128)x->owner, (rk_i128)y.owner);
	audit_see(d, "mode", x->mode, y.mode);
	audit_see(d, "enforcement", x->enforcement, y.enforcement);
	audit_see(d, "state", x->state, y.state);
	audit_see(d, "last_event", (rk_i128)x->last_event,
		  (rk_i128)y.last_event);
	audit_see(d, "positions_n", audit_count_positions(b, index),
		  y.positions_n);
	audit_see(d, "balances_n", count_balances(b, index), y.balances_n);
	see_margin(d, &h, &y.margin);
	see_positions(d, b, engine, index);
	see_leverages(d, b, engine, index);
	see_balances(d, b, engine, index);
	see_orders(d, b, engine, index);
	see_conversions(d, b, engine, index);
	see_resting(d, b, engine, index);
	audit_see(d, "resting_n", audit_count_resting(b, index), y.resting_n);
	return d->found;
}

static void see_limits(struct difference *d, const struct rk_cmd_limits *x,
		       const struct rk_cmd_limits *y)
{
	SEE(accounts_max);
	SEE(owners_max);
	SEE(assets_max);
	SEE(markets_max);
	SEE(publishers_max);
	SEE(venues_max);
	SEE(clients_max);
	SEE(positions_max);
	audit_see(d, "positions_per_account_max", x->positions_per_account_max,
		  y->positions_per_account_max);
	SEE(balances_max);
	SEE(orders_max);
	SEE(withdrawals_max);
}

static void see_risk(struct difference *d, const struct rk_cmd_risk *x,
		     const struct rk_cmd_risk *y)
{
	SEE_RAW(warn_enter);
	SEE_RAW(warn_leave);
	SEE_RAW(call_enter);
	SEE_RAW(call_leave);
	SEE_RAW(target);
	SEE_RAW(order_band);
	SEE_RAW(stale_band);
	SEE(order_expiry_ns);
	SEE(close_timeout_ns);
	audit_see(d, "order_cooldown_ns", x->order_cooldown_ns,
		  y->order_cooldown_ns);
}

static void see_states(struct difference *d, const struct rk_book *b,
		       const struct rk_engine_counts *counts)
{
	uint32_t by_state[RK_STATE_BANKRUPT + 1] = {0};

	for (uint32_t i = 0; i < b->accounts_n; i++)
		by_state[b->accounts[i].state]++;
	for (int i = 0; i <= RK_STATE_BANKRUPT; i++)
		audit_see(d, rk_state_name((enum rk_state)i), by_state[i],
			  counts->by_state[i]);
}

int rk_auditor_compare_counts(const struct rk_auditor *auditor,
			      const struct rk_engine *engine,
			      struct rk_audit_text *ret_text)
{
	const struct rk_book *b = &auditor->book;
	struct difference difference = {.text = ret_text, .what = "counts"};
	struct difference *d = &difference;
	struct rk_engine_counts y;

	rk_view_counts(engine, &y);
	audit_see(d, "seq", (rk_i128)auditor->seq, (rk_i128)y.seq);
	audit_see(d, "event", (rk_i128)b->last_event, (rk_i128)y.event);
	audit_see(d, "time_ns", b->now_ns, y.time_ns);
	audit_see(d, "accounts", b->accounts_n, y.accounts);
	audit_see(d, "owners", audit_count_owners(b), y.owners);
	audit_see(d, "assets", b->assets_n, y.assets);
	audit_see(d, "markets", b->markets_n, y.markets);
	audit_see(d, "slots", b->slots_n, y.slots);
	audit_see(d, "publishers", b->publishers_n, y.publishers);
	audit_see(d, "venues", b->venues_n, y.venues);
	audit_see(d, "clients", auditor->clients_n, y.clients);
	audit_see(d, "positions", b->positions_n, y.positions);
	audit_see(d, "leverages", b->leverages_n, y.leverages);
	audit_see(d, "balances", b->balances_n, y.balances);
	audit_see(d, "orders_open", audit_count_orders_open(b), y.orders_open);
	audit_see(d, "resting", b->resting_n, y.resting);
	audit_see(d, "withdrawals", b->withdrawals_n, y.withdrawals);
	audit_see(d, "quotes_dropped", (rk_i128)auditor->quotes_dropped,
		  (rk_i128)y.quotes_dropped);
	see_states(d, b, &y);
	see_limits(d, &b->limits, &y.limits);
	see_risk(d, &b->risk, &y.risk);
	return d->found;
}

int rk_auditor_compare_all(const struct rk_auditor *auditor,
			   const struct rk_engine *engine,
			   struct rk_audit_text *ret_text)
{
	if (rk_auditor_compare_counts(auditor, engine, ret_text) != 0 ||
	    audit_compare_listings(auditor, engine, ret_text) != 0)
		return 1;
	for (uint32_t i = 0; i < auditor->book.accounts_n; i++) {
		if (rk_auditor_compare_account(auditor, engine, i, ret_text) !=
		    0)
			return 1;
	}
	return 0;
}

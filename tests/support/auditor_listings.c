/*
 * Comparing what is not about one account: listings, slots, books, clients
 * and orders that are known but closed.
 */
#include <string.h>

#include "engine/books.h"
#include "engine/engine.h"
#include "support/auditor_conversion.h"
#include "support/auditor_difference.h"
#include "support/auditor_pace.h"
#include "support/auditor_parts.h"
#include "support/auditor_terms.h"

static void see_asset(struct difference *d, const struct rk_cmd_asset *x,
		      const struct rk_cmd_asset *y)
{
	audit_see_text(d, "name", x->name, y->name);
	SEE(decimals);
	SEE(price_decimals);
	SEE_RAW(fixed_price);
	SEE_RAW(price_max);
	SEE(price_age_max_ns);
}

static void see_terms(struct difference *d, const struct rk_collateral *x,
		      const struct rk_collateral *y)
{
	for (uint32_t k = 0; k < RK_LEVELS && !d->found; k++) {
		d->part = k;
		SEE_RAW(weight[k]);
		SEE_RAW(liability[k]);
		SEE_RAW(profit[k]);
	}
}

static void see_ramp(struct difference *d, const struct book_ramp *x,
		     const struct rk_ramp_view *y)
{
	bool runs = audit_ramp_runs(x);

	audit_see(d, "ramp duration_ns", x->set.duration_ns,
		  y->ramp.duration_ns);
	audit_see(d, "ramp step_ns", x->set.step_ns, y->ramp.step_ns);
	audit_see(d, "ramp runs", runs, y->runs);
	audit_see(d, "ramp since_ns", runs ? x->began_ns : 0, y->since_ns);
	audit_see(d, "ramp until_ns",
		  runs ? x->began_ns + x->running.duration_ns : 0, y->until_ns);
	audit_see(d, "ramp running step_ns", runs ? x->running.step_ns : 0,
		  y->step_ns);
	audit_see(d, "ramp elapsed_ns", runs ? x->elapsed_ns : 0,
		  y->elapsed_ns);
}

static void see_brackets(struct difference *d, const struct rk_cmd_market *x,
			 const struct rk_engine *engine, uint32_t market)
{
	for (uint32_t k = 0; k < x->brackets_n && !d->found; k++) {
		d->part = k;
		audit_see(d, "deduction", audit_deduction(x, k, false),
			  rk_view_deduction(engine, market, k, false));
		audit_see(d, "initial deduction", audit_deduction(x, k, true),
			  rk_view_deduction(engine, market, k, true));
	}
}

static void see_market(struct difference *d, const struct rk_cmd_market *x,
		       const struct rk_cmd_market *y)
{
	audit_see_text(d, "name", x->name, y->name);
	audit_see_text(d, "settle", x->settle, y->settle);
	SEE(price_decimals);
	SEE(size_decimals);
	SEE_RAW(lot);
	SEE_RAW(price_max);
	SEE_RAW(position_max);
	SEE(price_age_max_ns);
	SEE_RAW(close_cost);
	SEE_RAW(taker_fee);
	SEE_RAW(maker_fee);
	SEE(contract);
	SEE(multiplier);
	SEE(multiplier_decimals);
	SEE_RAW(price_min);
	SEE(brackets_n);
	for (uint32_t k = 0; k < x->brackets_n && !d->found; k++) {
		d->part = k;
		SEE_RAW(brackets[k].floor);
		SEE_RAW(brackets[k].maintenance);
		SEE_RAW(brackets[k].initial);
	}
}

/* Sums over the positions of one market. */
struct interest {
	rk_i128 long_size;
	rk_i128 short_size;
	rk_i128 cost;
	uint32_t holders;
	uint32_t withheld;
};

static struct interest count_interest(const struct rk_book *b, uint32_t market)
{
	struct interest sum = {0};

	for (uint32_t i = 0; i < b->positions_n; i++) {
		const struct book_position *p = &b->positions[i];

		if (p->market != market)
			continue;
		if (p->size > 0)
			sum.long_size += p->size;
		else
			sum.short_size -= p->size;
		sum.cost += p->cost;
		sum.holders++;
		sum.withheld += p->withheld != RK_WITHHELD_NONE;
	}
	return sum;
}

static void see_funding(struct difference *d, const struct rk_book *b,
			const struct book_market *x,
			const struct rk_market_view *got)
{
	const struct rk_market_view *y = got;
	int64_t interval = x->funding.interval_ns;

	SEE(funding.interval_ns);
	SEE_RAW(funding.interest);
	SEE_RAW(funding.clamp);
	SEE_RAW(funding.cap);
	SEE(funding.period_ns);
	audit_see(d, "funding_next_ns",
		  interval == 0 || x->state == RK_MARKET_SETTLED
			  ? 0
			  : b->now_ns - b->now_ns % interval + interval,
		  y->funding_next_ns);
	audit_see(d, "funding_index", x->index, y->funding_index);
	audit_see(d, "funding_rate", audit_funding_rate(x),
		  y->funding_rate.raw);
	audit_see(d, "premium_n", x->premium_n, (rk_i128)y->premium_n);
}

static void see_margin(struct difference *d, const struct rk_book *b,
		       uint32_t market, const struct rk_market_view *got)
{
	const struct rk_margin_terms *x = &b->markets[market].margin;
	const struct rk_margin_terms *y = &got->margin;

	SEE_RAW(scale_lower);
	SEE_RAW(scale_upper);
	SEE_RAW(open_max);
	SEE(growth);
	SEE_RAW(base_share);
	SEE(factor_maintenance);
	SEE(factor_initial);
	audit_see(d, "open_interest", audit_open_interest(b, market),
		  got->open_interest);
	audit_see(d, "open_usd", audit_open_usd(b, market, NULL),
		  got->open_usd.raw);
}

static void see_markets(struct difference *d, const struct rk_book *b,
			const struct rk_engine *engine)
{
	d->what = "market";
	for (uint32_t i = 0; i < b->markets_n && !d->found; i++) {
		const struct book_market *x = &b->markets[i];
		struct interest sum = count_interest(b, i);
		struct rk_books_market books;
		struct rk_market_view y;

		d->id = i;
		d->part = 0;
		audit_see(d, "view", 0, rk_view_market(engine, i, &y));
		audit_see(d, "books", 0,
			  rk_view_books_market(engine, i, &books));
		if (d->found)
			return;
		see_market(d, &x->listing, &y.listing);
		see_brackets(d, &x->listing, engine, i);
		audit_see(d, "settle_asset", x->settle, y.settle_asset);
		audit_see(d, "slot", x->slot, y.slot);
		audit_see(d, "halted", x->halted, y.halted);
		see_funding(d, b, x, &y);
		see_margin(d, b, i, &y);
		audit_see_liquidation(d, b, i, &y);
		see_ramp(d, &x->ramp, &y.ramp);
		audit_see_takeover(d, b, engine, i);
		audit_see(d, "state", x->state, y.state);
		audit_see(d, "expiry_ns", x->expiry_ns, y.expiry_ns);
		audit_see(d, "settlement", x->settlement, y.settlement.raw);
		audit_see(d, "long_size", sum.long_size, y.long_size);
		audit_see(d, "short_size", sum.short_size, y.short_size);
		audit_see(d, "holders", sum.holders, y.holders);
		audit_see(d, "withheld", sum.withheld, y.withheld);
		audit_see(d, "accounts_size", sum.long_size - sum.short_size,
			  books.accounts_size);
		audit_see(d, "accounts_cost", sum.cost, books.accounts_cost);
		audit_see(d, "external_size", x->external_size,
			  books.external_size);
		audit_see(d, "external_cost", x->external_cost,
			  books.external_cost);
		audit_see(d, "vault_size", x->vault_size, books.vault_size);
		audit_see(d, "vault_cost", x->vault_cost, books.vault_cost);
		audit_see(d, "clearing_cost", x->clearing_cost,
			  books.clearing_cost);
		audit_see(d, "sum of sizes", 0,
			  sum.long_size - sum.short_size + x->external_size +
				  x->vault_size);
		audit_see(d, "sum of costs", 0,
			  sum.cost + x->external_cost + x->vault_cost +
				  x->clearing_cost);
	}
}

static void see_books(struct difference *d, const struct rk_book *b,
		      const struct rk_engine *engine, uint32_t asset)
{
	const struct book_asset *x = &b->assets[asset];
	struct rk_books_asset y;
	rk_i128 accounts = 0;
	rk_i128 pending = 0;

	audit_see(d, "books", 0, rk_view_books_asset(engine, asset, &y));
	for (uint32_t i = 0; i < b->balances_n; i++) {
		if (b->balances[i].asset == asset)
			accounts += b->balances[i].amount;
	}
	for (uint32_t i = 0; i < b->withdrawals_n; i++) {
		if (b->withdrawals[i].asset == asset)
			pending += b->withdrawals[i].amount;
	}
	if (d->found)
		return;
	audit_see(d, "deposits", x->deposits, y.deposits);
	audit_see(d, "withdrawals", x->withdrawals, y.withdrawals);
	audit_see(d, "accounts", accounts, y.accounts);
	audit_see(d, "pending", pending, y.pending);
	audit_see(d, "fees", x->fees, y.fees);
	audit_see(d, "clearing", x->clearing, y.clearing);
	audit_see(d, "interest", x->interest, y.interest);
	audit_see(d, "insurance", x->fund, y.insurance);
	audit_see(d, "vault", x->capital, y.vault);
	audit_see(d, "rounding", x->rounding, y.rounding);
	audit_see(d, "external", 0, y.external);
	audit_see(d, "sum of balances", x->deposits - x->withdrawals,
		  accounts + pending + x->fees + x->clearing + x->interest +
			  x->fund + x->capital + x->rounding);
}

static void see_pool(struct difference *d, const struct rk_book *b,
		     const struct rk_engine *engine, uint32_t asset)
{
	const struct book_asset *x = &b->assets[asset];
	struct audit_pool pool = audit_pool_of(b, asset);
	struct rk_lending_view y;

	audit_see(d, "pool", 0, rk_view_lending(engine, asset, &y));
	if (d->found)
		return;
	audit_see(d, "lent", x->lent, y.active);
	audit_see(d, "lendable", x->lending.lendable, y.terms.lendable);
	audit_see(d, "borrow_cap", x->lending.borrow_cap.raw,
		  y.terms.borrow_cap.raw);
	audit_see(d, "debt_index", x->debt_index, y.debt_index);
	audit_see(d, "supply_index", x->supply_index, y.supply_index);
	audit_see(d, "accrued_ns", x->accrued_ns, y.accrued_ns);
	if (!x->lent)
		return;
	audit_see(d, "borrowed", pool.borrowed, y.borrowed);
	audit_see(d, "cash", pool.cash, y.cash);
	audit_see(d, "utilisation", pool.utilisation, y.utilisation);
	audit_see(d, "borrow_rate", pool.borrow_rate, y.borrow_rate);
	audit_see(d, "supply_rate", pool.supply_rate, y.supply_rate);
}

/* What all accounts have of it, and from where on it counts for less. */
static void see_totals(struct difference *d, const struct rk_book *b,
		       uint32_t asset, const struct rk_asset_view *y)
{
	const struct book_asset *x = &b->assets[asset];
	rk_i128 held = 0;
	rk_i128 owed = 0;

	for (uint32_t i = 0; i < b->balances_n; i++) {
		if (b->balances[i].asset != asset)
			continue;
		if (b->balances[i].amount > 0)
			held += b->balances[i].amount;
		else
			owed -= b->balances[i].amount;
	}
	SEE_RAW(scale.held);
	SEE_RAW(scale.owed);
	audit_see(d, "size_factor", x->scale.size_factor, y->scale.size_factor);
	audit_see(d, "size_factor at maintenance",
		  audit_size_factor(x, RK_LEVEL_MAINTENANCE), y->size_factor);
	audit_see(d, "ramp of size_factor", audit_ramp_runs(&x->size_ramp),
		  y->size_ramp.runs);
	SEE_RAW(scale.deposit_cap);
	audit_see(d, "held", held, y->held);
	audit_see(d, "owed", owed, y->owed);
}

static void see_assets(struct difference *d, const struct rk_book *b,
		       const struct rk_engine *engine)
{
	d->what = "asset";
	for (uint32_t i = 0; i < b->assets_n && !d->found; i++) {
		struct rk_asset_view y;

		d->id = i;
		d->part = 0;
		audit_see(d, "view", 0, rk_view_asset(engine, i, &y));
		if (d->found)
			return;
		see_asset(d, &b->assets[i].listing, &y.listing);
		see_terms(d, &b->assets[i].terms, &y.collateral);
		audit_see(d, "conversion", true,
			  rk_conversion_equal(&b->assets[i].conversion,
					      &y.conversion));
		see_terms(d, &b->assets[i].target, &y.target);
		see_ramp(d, &b->assets[i].ramp, &y.ramp);
		d->part = 0;
		audit_see(d, "slot", b->assets[i].slot, y.slot);
		see_totals(d, b, i, &y);
		audit_see_groups(d, b, engine, i);
		see_books(d, b, engine, i);
		see_pool(d, b, engine, i);
		audit_see_fund(d, b, engine, i);
		audit_see_vault(d, b, engine, i);
	}
}

static void see_slots(struct difference *d, const struct rk_book *b,
		      const struct rk_engine *engine)
{
	d->what = "slot";
	d->part = 0;
	for (uint32_t i = 0; i < b->slots_n && !d->found; i++) {
		const struct book_slot *x = &b->slots[i];
		struct rk_slot_view view;
		const struct rk_slot_view *y = &view;

		d->id = i;
		audit_see(d, "view", 0, rk_view_slot(engine, i, &view));
		if (d->found)
			return;
		audit_see(d, "mark", x->mark, y->mark.raw);
		SEE(state);
		SEE(time_ns);
		SEE(market);
		SEE(asset);
		SEE(slow.interval_ns);
		SEE_RAW(slow.delay_limit);
		SEE_RAW(slow.limit);
		SEE(slow.min_ns);
		SEE(slow.max_ns);
		audit_see(d, "underlying", x->follows, y->underlying);
		audit_see(d, "slow_price", audit_slow(b, i, x->mark),
			  y->slow_price.raw);
		audit_see(d, "decimals",
			  x->market != AUDIT_NONE
				  ? b->markets[x->market].listing.price_decimals
				  : b->assets[x->asset].listing.price_decimals,
			  y->decimals);
	}
}

static void see_names(struct difference *d, const struct rk_auditor *a,
		      const struct rk_engine *engine)
{
	const struct rk_book *b = &a->book;

	d->what = "name";
	d->part = 0;
	for (uint32_t i = 0; i < b->publishers_n; i++) {
		d->id = i;
		audit_see_text(d, "publisher", b->publishers[i],
			       rk_view_publisher(engine, i));
	}
	for (uint32_t i = 0; i < b->venues_n; i++) {
		d->id = i;
		audit_see_text(d, "venue", b->venues[i],
			       rk_view_venue(engine, i));
	}
	for (uint32_t i = 0; i < a->clients_n; i++) {
		d->id = i;
		audit_see(d, "client newest", (rk_i128)a->clients[i].newest,
			  (rk_i128)rk_view_client_seq(engine,
						      a->clients[i].name));
	}
}

static void see_known_conversion(struct difference *d, const struct rk_book *b,
				 const struct rk_engine *engine,
				 const struct book_order *x)
{
	struct rk_conversion_view view;

	audit_see(d, "known", 0, rk_view_conversion(engine, x->id, &view));
	if (d->found)
		return;
	audit_see(d, "account", (rk_i128)b->accounts[x->account].id,
		  (rk_i128)view.account);
	audit_see(d, "closed", x->closed, view.closed);
	audit_see(d, "sold", x->filled, view.sold.raw);
	audit_see(d, "bought", x->bought, view.bought.raw);
	audit_see(d, "size", x->size, view.size.raw);
}

static void see_known_orders(struct difference *d, const struct rk_book *b,
			     const struct rk_engine *engine)
{
	d->what = "order";
	for (uint32_t i = 0; i < b->orders_n && !d->found; i++) {
		const struct book_order *x = &b->orders[i];
		struct rk_order_view view;
		const struct rk_order_view *y = &view;

		d->id = x->id.seq;
		d->part = x->id.n;
		if (audit_is_conversion(x)) {
			see_known_conversion(d, b, engine, x);
			continue;
		}
		audit_see(d, "known", 0, rk_view_order(engine, x->id, &view));
		if (d->found)
			return;
		audit_see(d, "account", (rk_i128)b->accounts[x->account].id,
			  (rk_i128)y->account);
		SEE(closed);
		audit_see(d, "filled", x->filled, y->filled.raw);
		audit_see(d, "size", x->size, y->size.raw);
	}
}

int rk_auditor_compare_slots(const struct rk_auditor *auditor,
			     const struct rk_engine *engine,
			     struct rk_audit_text *ret_text)
{
	struct difference difference = {.text = ret_text};

	see_slots(&difference, &auditor->book, engine);
	return difference.found;
}

int audit_compare_listings(const struct rk_auditor *auditor,
			   const struct rk_engine *engine,
			   struct rk_audit_text *ret_text)
{
	const struct rk_book *b = &auditor->book;
	struct difference difference = {.text = ret_text};
	struct difference *d = &difference;

	see_assets(d, b, engine);
	see_markets(d, b, engine);
	see_slots(d, b, engine);
	see_names(d, auditor, engine);
	see_known_orders(d, b, engine);
	d->what = "books";
	d->id = 0;
	d->part = 0;
	audit_see(d, "balance", 0, rk_view_check_books(engine));
	return d->found;
}

/*
 * Looking at every account after every command would take most of the time of
 * a run, so it is done every few commands; events in between are remembered.
 */
#include "laws.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/books.h"
#include "engine/rc.h"
#include "support/auditor_wide.h"
#include "support/laws_health.h"

#define COMMANDS_BETWEEN 32
#define POSITIONS_MAX    64
#define BALANCES_MAX     256
#define EXACT_DIGITS     48 /* figures are compared in 10^-48 of 1e-8 USD */

void laws_init(struct laws *laws)
{
	(void)memset(laws, 0, sizeof(*laws));
}

static int broken(struct rk_audit_text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int broken(struct rk_audit_text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text->text, sizeof(text->text), format, args);
	va_end(args);
	return 1;
}

static struct rk_hash take_fingerprint(const struct rk_engine *engine,
				       uint32_t index)
{
	struct rk_balance_view balances[BALANCES_MAX];
	struct rk_position_view positions[POSITIONS_MAX];
	struct rk_resting_view resting[RK_RESTING_MAX];
	struct rk_hash hash = {0, 0};
	uint32_t n = rk_view_balances(engine, index, balances, BALANCES_MAX);

	for (uint32_t i = 0; i < n; i++) {
		int64_t row[] = {balances[i].asset, balances[i].amount.raw};

		hash = rk_hash_bytes(hash, row, sizeof(row));
	}
	n = rk_view_positions(engine, index, positions, POSITIONS_MAX);
	for (uint32_t i = 0; i < n; i++) {
		int64_t row[] = {positions[i].market, positions[i].size.raw,
				 positions[i].cost.raw};

		hash = rk_hash_bytes(hash, row, sizeof(row));
	}
	n = rk_view_resting(engine, index, resting, RK_RESTING_MAX);
	for (uint32_t i = 0; i < n; i++) {
		int64_t row[] = {(int64_t)resting[i].order,
				 resting[i].left.raw};

		hash = rk_hash_bytes(hash, row, sizeof(row));
	}
	return hash;
}

static void note_events(struct laws *laws, const struct rk_harness *harness)
{
	for (uint32_t i = 0; i < harness->events_n; i++) {
		const struct rk_event *ev = &harness->events[i];
		uint32_t index;

		if ((ev->type == RK_EVENT_BALANCE ||
		     ev->type == RK_EVENT_POSITION ||
		     ev->type == RK_EVENT_POSITION_MOVED ||
		     ev->type == RK_EVENT_ORDER_PLACED ||
		     ev->type == RK_EVENT_ORDER_CANCELLED ||
		     ev->type == RK_EVENT_ORDER_EXECUTED ||
		     ev->type == RK_EVENT_POSITION_SETTLED ||
		     ev->type == RK_EVENT_FUNDING_PAID ||
		     ev->type == RK_EVENT_INTEREST_PAID ||
		     ev->type == RK_EVENT_WRITTEN_OFF ||
		     ev->type == RK_EVENT_INSURANCE_MOVED ||
		     ev->type == RK_EVENT_TAKEN_OVER ||
		     ev->type == RK_EVENT_CONVERTED) &&
		    rk_view_find_account(harness->engine, ev->account,
					 &index) == RK_OK)
			laws->moved[index] = true;
	}
}

static int check_stays(struct laws *laws, const struct rk_engine *engine,
		       uint32_t index, struct rk_audit_text *text)
{
	struct rk_hash now = take_fingerprint(engine, index);
	bool same = rk_hash_equal(now, laws->fingerprint[index]) != 0;

	if (laws->known[index] && !laws->moved[index] && !same)
		return broken(text,
			      "law: account number %u changed without an "
			      "event of its own",
			      index);
	laws->fingerprint[index] = now;
	laws->known[index] = true;
	laws->moved[index] = false;
	return 0;
}

/* 10^(8 - decimals + EXACT_DIGITS) times the three factors. */
static struct rk_wide exact(rk_i128 a, rk_i128 b, rk_i128 c, int decimals)
{
	struct rk_wide product = rk_wide_mul(
		rk_wide_mul(rk_wide_of(a), rk_wide_of(b)), rk_wide_of(c));
	int exponent = RK_USD_DECIMALS - decimals + EXACT_DIGITS;

	return rk_wide_mul(product, rk_wide_power_of_ten((uint32_t)exponent));
}

static struct rk_wide scaled(int64_t figure)
{
	return rk_wide_mul(rk_wide_of(figure),
			   rk_wide_power_of_ten(EXACT_DIGITS));
}

/*
 * What a size is worth at the mark (N3), times the price of the settle asset.
 * An inverse contract's is no decimal: it is rounded at the last digit.
 */
static struct rk_wide worth_of(const struct rk_cmd_market *m,
			       const struct rk_position_view *position,
			       int64_t settle_price, int settle_decimals,
			       enum rk_wide_rounding rounding)
{
	int decimals =
		m->size_decimals + m->multiplier_decimals + settle_decimals;

	if (m->contract == RK_CONTRACT_INVERSE)
		return rk_wide_div(
			rk_wide_neg(rk_wide_mul(
				exact(position->size.raw, m->multiplier,
				      settle_price, decimals),
				rk_wide_power_of_ten(m->price_decimals))),
			rk_wide_of(position->mark.raw), rounding);
	return rk_wide_mul(exact(position->size.raw, m->multiplier,
				 settle_price, decimals + m->price_decimals),
			   rk_wide_of(position->mark.raw));
}

/* An asset, and its price now: 0 when there was never one. */
struct priced {
	struct rk_asset_view asset;
	int64_t price;
};

static struct priced price_of(const struct rk_engine *engine, uint32_t asset)
{
	struct priced p = {.price = 0};
	struct rk_slot_view slot;

	(void)rk_view_asset(engine, asset, &p.asset);
	p.price = p.asset.listing.fixed_price.raw;
	if (p.price == 0 && rk_view_slot(engine, p.asset.slot, &slot) == RK_OK)
		p.price = slot.mark.raw;
	return p;
}

static bool requirement_covers(const struct rk_engine *engine,
			       const struct rk_position_view *position,
			       struct rk_wide notional)
{
	struct rk_wide told = rk_wide_mul(scaled(position->maintenance.raw),
					  rk_wide_of(RK_RATE_ONE));

	return rk_wide_cmp(told,
			   laws_required(engine, position->market, notional,
					 EXACT_DIGITS, false)) >= 0;
}

static int check_position(const struct rk_engine *engine,
			  const struct rk_position_view *position,
			  struct rk_wide *equity, struct rk_audit_text *text)
{
	struct rk_market_view market;
	const struct rk_cmd_market *m = &market.listing;
	struct priced settle;
	struct rk_wide notional;

	(void)rk_view_market(engine, position->market, &market);
	settle = price_of(engine, market.settle_asset);
	*equity = rk_wide_add(*equity,
			      worth_of(m, position, settle.price,
				       settle.asset.listing.price_decimals,
				       RK_WIDE_UP));
	*equity = rk_wide_sub(
		*equity,
		exact((rk_i128)position->cost.raw - position->funding.raw,
		      settle.price, 1,
		      settle.asset.listing.decimals +
			      settle.asset.listing.price_decimals));
	notional =
		worth_of(m, position, settle.price,
			 settle.asset.listing.price_decimals, RK_WIDE_TO_ZERO);
	notional.negative = false;
	if (rk_wide_cmp(scaled(position->notional.raw), notional) < 0)
		return broken(text,
			      "law: notional in market %u is rounded "
			      "for the account",
			      position->market);
	if (!requirement_covers(engine, position, notional))
		return broken(text,
			      "law: maintenance in market %u is rounded "
			      "for the account",
			      position->market);
	return 0;
}

static int check_rounding(const struct rk_engine *engine, uint32_t index,
			  struct rk_audit_text *text)
{
	struct rk_balance_view balances[BALANCES_MAX];
	struct rk_position_view positions[POSITIONS_MAX];
	struct rk_wide equity = rk_wide_of(0);
	struct rk_account_view view;
	uint32_t n = rk_view_balances(engine, index, balances, BALANCES_MAX);

	for (uint32_t i = 0; i < n; i++) {
		struct priced p = price_of(engine, balances[i].asset);

		equity = rk_wide_add(
			equity, exact((rk_i128)balances[i].amount.raw +
					      balances[i].interest.raw,
				      p.price, 1,
				      p.asset.listing.decimals +
					      p.asset.listing.price_decimals));
	}
	n = rk_view_positions(engine, index, positions, POSITIONS_MAX);
	for (uint32_t i = 0; i < n; i++) {
		if (check_position(engine, &positions[i], &equity, text) != 0)
			return 1;
	}
	if (rk_view_account(engine, index, &view) != RK_OK)
		return broken(text, "account number %u has no view", index);
	if (rk_wide_cmp(scaled(view.margin.equity.raw), equity) > 0)
		return broken(text,
			      "law: equity of account %llu is rounded for it",
			      (unsigned long long)view.account);
	return 0;
}

/* The books of an asset, with balances summed from the accounts. */
static int check_asset(const struct rk_engine *engine, uint32_t asset,
		       rk_i128 accounts, struct rk_audit_text *text)
{
	struct rk_books_asset b;
	rk_i128 sum;

	(void)rk_view_books_asset(engine, asset, &b);
	sum = accounts + b.pending + b.fees + b.clearing + b.interest +
	      b.insurance + b.vault + b.rounding + b.external;
	if (accounts != b.accounts || sum != b.deposits - b.withdrawals)
		return broken(text, "law: books of asset %u do not balance",
			      asset);
	return 0;
}

static int check_market(const struct rk_engine *engine, uint32_t market,
			struct rk_audit_text *text)
{
	struct rk_books_market b;

	(void)rk_view_books_market(engine, market, &b);
	if (b.accounts_size + b.external_size + b.vault_size != 0 ||
	    b.accounts_cost + b.external_cost + b.vault_cost +
			    b.clearing_cost !=
		    0)
		return broken(text, "law: books of market %u do not balance",
			      market);
	return 0;
}

static int check_books(const struct rk_engine *engine,
		       const struct rk_engine_counts *counts,
		       struct rk_audit_text *text)
{
	rk_i128 accounts[BALANCES_MAX] = {0};
	int bad = 0;

	for (uint32_t i = 0; i < counts->accounts; i++) {
		struct rk_balance_view balances[BALANCES_MAX];
		uint32_t n =
			rk_view_balances(engine, i, balances, BALANCES_MAX);

		for (uint32_t k = 0; k < n; k++)
			accounts[balances[k].asset] += balances[k].amount.raw;
	}
	for (uint32_t i = 0; i < counts->assets && !bad; i++)
		bad = check_asset(engine, i, accounts[i], text);
	for (uint32_t i = 0; i < counts->markets && !bad; i++)
		bad = check_market(engine, i, text);
	return bad;
}

int laws_check(struct laws *laws, const struct rk_harness *harness,
	       struct rk_audit_text *ret_text)
{
	const struct rk_engine *engine = harness->engine;
	struct rk_engine_counts counts;

	note_events(laws, harness);
	if (++laws->commands % COMMANDS_BETWEEN != 0)
		return 0;
	rk_view_counts(engine, &counts);
	for (uint32_t i = 0; i < counts.accounts; i++) {
		if (check_stays(laws, engine, i, ret_text) != 0 ||
		    check_rounding(engine, i, ret_text) != 0 ||
		    laws_check_health(engine, i, ret_text) != 0)
			return 1;
	}
	return check_books(engine, &counts, ret_text);
}

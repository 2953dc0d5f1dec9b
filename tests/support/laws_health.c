/*
 * Health worked out without rounding, as fractions with one denominator, from
 * holdings, prices and terms: what the engine tells may only be lower.
 */
#include "support/laws_health.h"

#include <stdio.h>

#include "engine/rc.h"
#include "support/auditor_wide.h"

#define POSITIONS_MAX 64
#define ASSETS_MAX    256

/*
 * Digits kept beyond raw: enough for each step to be exact, but for the value
 * of an inverse contract, which is rounded at the last of them.
 */
#define VALUE_DIGITS 36 /* of an amount: three times 12 decimals */
#define USD_DIGITS   12 /* of its worth: decimals of an index */
#define RATE_DIGITS  9  /* of a part, and again of a weight */
#define WORTH_DIGITS (VALUE_DIGITS + USD_DIGITS)
#define ALL_DIGITS   (WORTH_DIGITS + 2 * RATE_DIGITS)

struct asset_line {
	uint32_t number;
	struct rk_asset_view asset;
	struct rk_wide balance; /* 10^-VALUE_DIGITS raw */
	struct rk_wide profit;
	bool settles; /* a position settles in it */
};

/* Of one account. Sums of what is required have WORTH_DIGITS + RATE_DIGITS. */
struct picture {
	uint32_t lines_n;
	struct asset_line lines[ASSETS_MAX];
	struct rk_wide required[RK_LEVELS];
	struct rk_wide notional; /* WORTH_DIGITS */
	rk_i128 maintenance;     /* sums of what is told of positions */
	rk_i128 initial;
	bool plain; /* no asset has terms of its own, no price is slow */
};

static struct rk_wide times_ten(struct rk_wide number, int exponent)
{
	return rk_wide_mul(number, rk_wide_power_of_ten((uint32_t)exponent));
}

/* An amount in USD: both with the digits of their kind more. */
static struct rk_wide worth(const struct rk_engine *engine,
			    const struct asset_line *line,
			    struct rk_wide amount)
{
	const struct rk_cmd_asset *a = &line->asset.listing;
	rk_px price = rk_view_asset_price(engine, line->number);

	return times_ten(rk_wide_mul(amount, rk_wide_of(price.raw)),
			 RK_USD_DECIMALS - a->decimals - a->price_decimals +
				 USD_DIGITS);
}

/* A bracket's line: what it would require if it held for all notionals. */
static struct rk_wide line_of(struct rk_wide notional, rk_rate rate,
			      rk_i128 deduction, int digits)
{
	return rk_wide_sub(rk_wide_mul(notional, rk_wide_of(rate.raw)),
			   times_ten(rk_wide_of(deduction), digits));
}

static struct rk_wide larger(struct rk_wide x, struct rk_wide y)
{
	return rk_wide_cmp(x, y) > 0 ? x : y;
}

/* What a ramp comes from, likewise. */
static struct rk_wide required_before(const struct rk_form *form,
				      struct rk_wide notional, int digits)
{
	struct rk_wide most = rk_wide_of(0);
	rk_i128 deduction = 0;

	for (uint32_t k = 0; k < form->brackets_n; k++) {
		if (k > 0)
			deduction +=
				(rk_i128)form->floors[k].raw *
				(form->rates[k].raw - form->rates[k - 1].raw);
		most = larger(most, line_of(notional, form->rates[k], deduction,
					    digits));
	}
	return most;
}

/* Rates only rise: the requirement is the highest of its lines. */
struct rk_wide laws_required(const struct rk_engine *engine, uint32_t market,
			     struct rk_wide notional, int digits, bool initial)
{
	struct rk_wide most = rk_wide_of(0);
	struct rk_market_view view;
	struct rk_wide before;
	struct rk_wide way;

	(void)rk_view_market(engine, market, &view);
	for (uint32_t k = 0; k < view.listing.brackets_n; k++)
		most = larger(
			most,
			line_of(notional,
				initial ? view.listing.brackets[k].initial
					: view.listing.brackets[k].maintenance,
				rk_view_deduction(engine, market, k, initial),
				digits));
	if (initial || !view.ramp.runs)
		return most;
	before = required_before(&view.before, notional, digits);
	if (rk_wide_cmp(most, before) <= 0)
		return most;
	way = rk_wide_mul(rk_wide_sub(most, before),
			  rk_wide_of(view.ramp.elapsed_ns));
	return rk_wide_add(before, rk_wide_div(way,
					       rk_wide_of(view.ramp.until_ns -
							  view.ramp.since_ns),
					       RK_WIDE_DOWN));
}

static void add_to(struct rk_wide *sum, struct rk_wide term)
{
	*sum = rk_wide_add(*sum, term);
}

static bool is_slow(const struct rk_engine *engine, uint32_t slot)
{
	struct rk_slot_view view;

	return rk_view_slot(engine, slot, &view) == RK_OK &&
	       view.slow_price.raw != 0;
}

static struct asset_line *hold(const struct rk_engine *engine,
			       struct picture *p, uint32_t asset)
{
	struct rk_collateral plain;
	struct asset_line *line;

	for (uint32_t i = 0; i < p->lines_n; i++)
		if (p->lines[i].number == asset)
			return &p->lines[i];
	line = &p->lines[p->lines_n++];
	line->number = asset;
	line->balance = rk_wide_of(0);
	line->profit = rk_wide_of(0);
	line->settles = false;
	(void)rk_view_asset(engine, asset, &line->asset);
	rk_collateral_default(&plain);
	if (!rk_collateral_equal(&plain, &line->asset.collateral) ||
	    line->asset.scale.held.raw != 0 ||
	    line->asset.scale.owed.raw != 0 ||
	    line->asset.scale.size_factor != 0 ||
	    is_slow(engine, line->asset.slot))
		p->plain = false;
	return line;
}

/* In 10^-VALUE_DIGITS raw (N3). */
static struct rk_wide value_of(const struct rk_cmd_market *m,
			       const struct rk_position_view *position,
			       int settle_decimals,
			       enum rk_wide_rounding rounding)
{
	struct rk_wide held = rk_wide_mul(rk_wide_of(position->size.raw),
					  rk_wide_of(m->multiplier));
	int digits = settle_decimals - m->size_decimals -
		     m->multiplier_decimals + VALUE_DIGITS;

	if (m->contract == RK_CONTRACT_INVERSE)
		return rk_wide_div(rk_wide_neg(times_ten(
					   held, digits + m->price_decimals)),
				   rk_wide_of(position->mark.raw), rounding);
	return times_ten(rk_wide_mul(held, rk_wide_of(position->mark.raw)),
			 digits - m->price_decimals);
}

static void add_position(const struct rk_engine *engine, struct picture *p,
			 const struct rk_position_view *position)
{
	struct rk_market_view market;
	const struct rk_cmd_market *m = &market.listing;
	struct asset_line *line;
	struct rk_wide value;

	(void)rk_view_market(engine, position->market, &market);
	line = hold(engine, p, market.settle_asset);
	line->settles = true;
	add_to(&line->profit,
	       value_of(m, position, line->asset.listing.decimals, RK_WIDE_UP));
	line->profit = rk_wide_sub(
		line->profit, times_ten(rk_wide_of((rk_i128)position->cost.raw -
						   position->funding.raw),
					VALUE_DIGITS));
	value = value_of(m, position, line->asset.listing.decimals,
			 RK_WIDE_TO_ZERO);
	value.negative = false;
	value = worth(engine, line, value);
	add_to(&p->notional, value);
	add_to(&p->required[RK_LEVEL_MAINTENANCE],
	       laws_required(engine, position->market, value, WORTH_DIGITS,
			     false));
	add_to(&p->required[RK_LEVEL_INITIAL],
	       laws_required(engine, position->market, value, WORTH_DIGITS,
			     true));
	if (is_slow(engine, market.slot))
		p->plain = false;
	p->maintenance += position->maintenance.raw;
	p->initial += position->initial.raw;
}

static void take_picture(const struct rk_engine *engine, uint32_t index,
			 struct picture *p)
{
	struct rk_balance_view balances[ASSETS_MAX];
	struct rk_position_view positions[POSITIONS_MAX];
	uint32_t n = rk_view_balances(engine, index, balances, ASSETS_MAX);
	struct rk_wide tenth;

	for (uint32_t i = 0; i < n; i++)
		hold(engine, p, balances[i].asset)->balance =
			times_ten(rk_wide_of((rk_i128)balances[i].amount.raw +
					     balances[i].interest.raw),
				  VALUE_DIGITS);
	n = rk_view_positions(engine, index, positions, POSITIONS_MAX);
	for (uint32_t i = 0; i < n; i++)
		add_position(engine, p, &positions[i]);
	tenth = times_ten(p->notional, RATE_DIGITS - 1);
	p->required[RK_LEVEL_WITHDRAWAL] = p->required[RK_LEVEL_INITIAL];
	if (rk_wide_cmp(tenth, p->required[RK_LEVEL_WITHDRAWAL]) > 0)
		p->required[RK_LEVEL_WITHDRAWAL] = tenth;
}

/*
 * What one asset weighs in a group for a debt in another; where a ramp runs, by
 * so much as it is a debt of it still (Q5).
 */
static int64_t weight_in(const struct rk_emode_view *c,
			 const struct rk_emode_view *d, int64_t plain,
			 enum rk_level k)
{
	rk_i128 more = (rk_i128)c->weight.raw - plain;

	if (k != RK_LEVEL_MAINTENANCE)
		return c->entry.collateral && d->entry.debt
			       ? c->entry.weight[k].raw
			       : 0;
	return more > 0 ? plain + (int64_t)(more * d->share.raw / RK_RATE_ONE)
			: 0;
}

/* The largest weight that a group gives one asset for a debt in another. */
static int64_t best_weight(const struct rk_engine *engine,
			   const struct asset_line *collateral, uint32_t debt,
			   enum rk_level k)
{
	int64_t plain = collateral->asset.collateral.weight[k].raw;
	int64_t best = 0;

	for (uint32_t i = 0; i < RK_EMODE_GROUPS; i++) {
		struct rk_emode_view c;
		struct rk_emode_view d;
		int64_t weight = 0;

		if (rk_view_emode(engine, collateral->number, i, &c) == RK_OK &&
		    rk_view_emode(engine, debt, i, &d) == RK_OK)
			weight = weight_in(&c, &d, plain, k);
		best = weight > best ? weight : best;
	}
	return best;
}

/*
 * Rule Q3 without resting orders, which never make a weight better, as sizes
 * do not (W9).
 */
static int64_t weight_at_most(const struct rk_engine *engine,
			      const struct picture *p,
			      const struct asset_line *line, enum rk_level k)
{
	int64_t plain = line->asset.collateral.weight[k].raw;
	int64_t least = -1;

	for (uint32_t i = 0; i < p->lines_n; i++) {
		const struct asset_line *debt = &p->lines[i];
		int64_t best;

		if (!debt->settles && rk_wide_sign(debt->balance) >= 0)
			continue;
		best = best_weight(engine, line, debt->number, k);
		if (least < 0 || best < least)
			least = best;
	}
	return least > plain ? least : plain;
}

/* Rules H1 and H3, exact, in 10^-ALL_DIGITS of 1e-8 USD. */
static struct rk_wide health(const struct rk_engine *engine,
			     const struct picture *p, enum rk_level k)
{
	struct rk_wide sum = times_ten(p->required[k], RATE_DIGITS);

	sum = rk_wide_neg(sum);
	for (uint32_t i = 0; i < p->lines_n; i++) {
		const struct asset_line *line = &p->lines[i];
		const struct rk_collateral *terms = &line->asset.collateral;
		rk_i128 part;
		struct rk_wide v;

		part = rk_wide_sign(line->profit) > 0 ? terms->profit[k].raw
						      : RK_RATE_ONE;
		v = rk_wide_add(times_ten(line->balance, RATE_DIGITS),
				rk_wide_mul(line->profit, rk_wide_of(part)));
		v = worth(engine, line, v);
		part = rk_wide_sign(v) >= 0 ? weight_at_most(engine, p, line, k)
					    : terms->liability[k].raw;
		add_to(&sum, rk_wide_mul(v, rk_wide_of(part)));
	}
	return sum;
}

/*
 * With all terms 1 there is nothing of them to be seen. Resting orders never
 * count at maintenance, and only against the account at the other levels.
 */
static bool plain_as_before(const struct picture *p, const struct rk_margin *m,
			    bool rests)
{
	bool same = m->initial.raw == p->initial &&
		    m->health_i.raw == m->equity.raw - p->initial;
	bool less = m->initial.raw >= p->initial &&
		    m->health_i.raw <= m->equity.raw - p->initial;

	return (rests ? less : same) && m->maintenance.raw == p->maintenance &&
	       m->health_m.raw == m->equity.raw - p->maintenance &&
	       m->assets.raw - (m->liabilities.raw - p->maintenance) ==
		       m->equity.raw;
}

/* It may be more than can be told (W8). */
static bool initial_fits(const struct rk_margin *m)
{
	return (rk_i128)m->equity.raw - m->initial.raw == m->health_i.raw ||
	       m->initial.raw == INT64_MAX || m->health_i.raw == INT64_MIN;
}

static int broken(struct rk_audit_text *text, uint64_t account,
		  const char *what)
{
	(void)snprintf(text->text, sizeof(text->text), "law: account %llu: %s",
		       (unsigned long long)account, what);
	return 1;
}

int laws_check_health(const struct rk_engine *engine, uint32_t index,
		      struct rk_audit_text *ret_text)
{
	struct picture p;
	struct rk_account_view view;
	const struct rk_margin *m = &view.margin;

	p.lines_n = 0;
	p.plain = true;
	p.maintenance = 0;
	p.initial = 0;
	p.notional = rk_wide_of(0);
	for (int k = 0; k < RK_LEVELS; k++)
		p.required[k] = rk_wide_of(0);
	if (rk_view_account(engine, index, &view) != RK_OK)
		return broken(ret_text, index, "has no view");
	take_picture(engine, index, &p);
	for (int k = 0; k < RK_LEVELS; k++) {
		const rk_usd told[] = {m->health_m, m->health_i, m->health_w};

		if (rk_wide_cmp(times_ten(rk_wide_of(told[k].raw), ALL_DIGITS),
				health(engine, &p, (enum rk_level)k)) > 0)
			return broken(ret_text, view.account,
				      "health is rounded for it");
	}
	if (m->health_m.raw < m->health_i.raw ||
	    m->health_i.raw < m->health_w.raw)
		return broken(ret_text, view.account,
			      "health rises from level to level");
	if (m->maintenance.raw < p.maintenance || m->initial.raw < p.initial)
		return broken(ret_text, view.account,
			      "R is below what positions require");
	if (m->equity.raw - m->maintenance.raw != m->health_m.raw ||
	    !initial_fits(m) ||
	    m->assets.raw - m->liabilities.raw != m->health_m.raw)
		return broken(ret_text, view.account,
			      "health is not what its parts are");
	if (p.plain && !plain_as_before(&p, m, view.resting_n > 0))
		return broken(ret_text, view.account,
			      "terms of 1 make a difference");
	return 0;
}

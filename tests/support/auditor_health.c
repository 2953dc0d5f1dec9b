/*
 * What positions and accounts are worth and require: rules N3, N4, N7, H1 to
 * H3 and A6, computed from the records each time.
 */
#include "support/auditor_parts.h"
#include "support/auditor_terms.h"

static rk_i128 magnitude(int64_t value)
{
	return value < 0 ? -(rk_i128)value : value;
}

/* In raw units of the settle asset (N3). */
struct rk_wide audit_value(const struct rk_book *b, uint32_t market,
			   rk_i128 price, rk_i128 size,
			   enum rk_wide_rounding rounding)
{
	const struct book_market *m = &b->markets[market];
	int exponent = b->assets[m->settle].listing.decimals -
		       m->listing.size_decimals -
		       m->listing.multiplier_decimals;
	struct rk_wide held = rk_wide_mul(rk_wide_of(size),
					  rk_wide_of(m->listing.multiplier));

	if (m->listing.contract == RK_CONTRACT_INVERSE)
		return rk_wide_scale(rk_wide_neg(held),
				     exponent + m->listing.price_decimals,
				     rk_wide_of(price), rounding);
	return rk_wide_scale(rk_wide_mul(held, rk_wide_of(price)),
			     exponent - m->listing.price_decimals,
			     rk_wide_of(1), rounding);
}

/* |value|, rounded up: what a position weighs, on either side. */
static struct rk_wide notional_of(const struct rk_book *b, uint32_t market,
				  rk_i128 price, rk_i128 size)
{
	struct rk_wide low = audit_value(b, market, price, size, RK_WIDE_DOWN);
	struct rk_wide high = audit_value(b, market, price, size, RK_WIDE_UP);

	return rk_wide_sign(low) < 0 ? rk_wide_neg(low) : high;
}

static struct rk_wide usd_at(const struct rk_cmd_asset *asset,
			     struct rk_wide amount, rk_i128 price,
			     enum rk_wide_rounding rounding)
{
	int exponent =
		RK_USD_DECIMALS - asset->decimals - asset->price_decimals;

	return rk_wide_scale(rk_wide_mul(amount, rk_wide_of(price)), exponent,
			     rk_wide_of(1), rounding);
}

rk_i128 audit_index(const struct rk_book *b, uint32_t asset,
		    const rk_i128 *prices)
{
	const struct book_asset *record = &b->assets[asset];

	if (record->slot == AUDIT_NONE)
		return record->listing.fixed_price.raw;
	return prices != NULL ? prices[record->slot]
			      : b->slots[record->slot].mark;
}

static rk_i128 mark_of(const struct rk_book *b, uint32_t market,
		       const rk_i128 *prices)
{
	uint32_t slot = b->markets[market].slot;

	return prices != NULL ? prices[slot] : b->slots[slot].mark;
}

struct rk_wide audit_usd(const struct rk_book *b, uint32_t asset,
			 struct rk_wide amount, const rk_i128 *prices,
			 enum rk_wide_rounding rounding)
{
	return usd_at(&b->assets[asset].listing, amount,
		      audit_index(b, asset, prices), rounding);
}

uint32_t audit_bracket(const struct rk_cmd_market *m, rk_i128 notional)
{
	uint32_t found = 0;

	for (uint32_t k = 0; k < m->brackets_n; k++) {
		if (m->brackets[k].floor.raw <= notional)
			found = k;
	}
	return found;
}

static rk_i128 rate_of(const struct rk_cmd_market *m, uint32_t bracket,
		       bool initial)
{
	return initial ? m->brackets[bracket].initial.raw
		       : m->brackets[bracket].maintenance.raw;
}

/* In 1e-17 USD: what makes the requirement continuous at each floor (H2). */
rk_i128 audit_deduction(const struct rk_cmd_market *m, uint32_t bracket,
			bool initial)
{
	rk_i128 deduction = 0;

	for (uint32_t k = 1; k <= bracket; k++)
		deduction +=
			m->brackets[k].floor.raw *
			(rate_of(m, k, initial) - rate_of(m, k - 1, initial));
	return deduction;
}

rk_i128 audit_requirement(const struct rk_cmd_market *m, rk_i128 notional,
			  bool initial)
{
	uint32_t k = audit_bracket(m, notional);
	struct rk_wide rest =
		rk_wide_sub(rk_wide_mul(rk_wide_of(notional),
					rk_wide_of(rate_of(m, k, initial))),
			    rk_wide_of(audit_deduction(m, k, initial)));

	return rk_wide_to_128(
		rk_wide_div(rest, rk_wide_of(RK_RATE_ONE), RK_WIDE_UP));
}

rk_i128 audit_notional(const struct rk_book *b, uint32_t market, rk_i128 size,
		       const rk_i128 *prices)
{
	struct rk_wide n =
		notional_of(b, market, mark_of(b, market, prices), size);

	return rk_wide_to_128(
		audit_usd(b, b->markets[market].settle, n, prices, RK_WIDE_UP));
}

rk_i128 audit_initial(const struct rk_book *b, const struct book_position *p,
		      const rk_i128 *prices)
{
	const struct book_market *m = &b->markets[p->market];
	rk_i128 notional = audit_notional(b, p->market, p->size, prices);
	rk_i128 bracket = audit_requirement(&m->listing, notional, true);

	return audit_raised(
		b, p, notional,
		audit_grown(m, magnitude(p->size), notional, bracket, true),
		prices);
}

struct audit_figures audit_position_figures(const struct rk_book *b,
					    const struct book_position *p,
					    const rk_i128 *prices)
{
	const struct book_market *m = &b->markets[p->market];
	rk_i128 mark = mark_of(b, p->market, prices);
	struct audit_figures f;
	struct rk_wide n;

	f.profit = rk_wide_to_128(rk_wide_sub(
		audit_value(b, p->market, mark, p->size, RK_WIDE_DOWN),
		rk_wide_of(p->cost)));
	f.funding = audit_unsettled(b, p);
	n = notional_of(b, p->market, mark, p->size);
	f.notional =
		rk_wide_to_128(audit_usd(b, m->settle, n, prices, RK_WIDE_UP));
	f.maintenance = audit_maintenance(m, magnitude(p->size), f.notional);
	f.initial = audit_grown(
		m, magnitude(p->size), f.notional,
		audit_requirement(&m->listing, f.notional, true), true);
	f.initial = audit_raised(b, p, f.notional, f.initial, prices);
	return f;
}

/* What an account has in each asset, summed afresh: rule H1's parts. */
struct holdings {
	bool held[AUDIT_NAMES];
	rk_i128 balance[AUDIT_NAMES];
	rk_i128 profit[AUDIT_NAMES];
};

static void add_positions(const struct rk_book *b, uint32_t account,
			  const rk_i128 *prices, struct holdings *sum,
			  struct audit_health *h)
{
	for (uint32_t i = 0; i < b->positions_n; i++) {
		const struct book_position *p = &b->positions[i];
		const struct book_market *m = &b->markets[p->market];
		struct audit_figures f;

		if (p->account != account)
			continue;
		f = audit_position_figures(b, p, prices);
		h->notional += f.notional;
		h->required[RK_LEVEL_MAINTENANCE] += f.maintenance;
		h->required[RK_LEVEL_INITIAL] += f.initial;
		sum->held[m->settle] = true;
		sum->profit[m->settle] += f.profit + f.funding;
		if (b->slots[m->slot].state != RK_PRICE_OK)
			h->prices_ok = false;
	}
}

/* A figure that is not below 0, times a rate. */
static rk_i128 rated(rk_i128 figure, rk_i128 rate,
		     enum rk_wide_rounding rounding)
{
	return rk_wide_to_128(
		rk_wide_div(rk_wide_mul(rk_wide_of(figure), rk_wide_of(rate)),
			    rk_wide_of(RK_RATE_ONE), rounding));
}

/* b_k: profit that is not realised counts in part, a loss in full (H1). */
rk_i128 audit_counted(const struct book_asset *asset, rk_i128 balance,
		      rk_i128 profit, enum rk_level level)
{
	if (profit > 0)
		profit = rated(profit, asset->terms.profit[level].raw,
			       RK_WIDE_DOWN);
	return balance + profit;
}

/* One asset of an account at a level. */
struct part {
	uint32_t account;
	uint32_t asset;
	rk_i128 b;       /* what counts of it */
	rk_i128 largest; /* ... at maintenance */
	rk_i128 v;       /* USD, unweighted */
};

/* With groups, then its size, then what all have of it (Q3, W9, W7). */
static rk_i128 counts_with(const struct rk_book *b, const struct part *part,
			   enum rk_level level)
{
	const struct book_asset *at = &b->assets[part->asset];
	int64_t weight;
	rk_i128 liability;

	if (part->v < 0) {
		liability = audit_sized_liability(at, level, part->b);
		return level == RK_LEVEL_MAINTENANCE
			       ? liability
			       : audit_scaled_liability(b, part->account,
							part->asset, liability);
	}
	weight = audit_sized_weight(
		at, level,
		audit_group_weight(b, part->account, part->asset, level),
		part->largest);
	return level == RK_LEVEL_MAINTENANCE
		       ? weight
		       : audit_scaled_weight(b, part->account, part->asset,
					     weight);
}

/* What it is to the account at a level (H1). */
static void weigh(const struct rk_book *b, const struct part *part,
		  enum rk_level level, struct audit_health *h)
{
	if (part->v >= 0)
		h->assets[level] += rated(part->v, counts_with(b, part, level),
					  RK_WIDE_DOWN);
	else
		h->liabilities[level] += rated(
			-part->v, counts_with(b, part, level), RK_WIDE_UP);
}

static rk_i128 usd_down(const struct rk_book *b, uint32_t asset, rk_i128 amount,
			const rk_i128 *prices)
{
	return rk_wide_to_128(
		audit_usd(b, asset, rk_wide_of(amount), prices, RK_WIDE_DOWN));
}

static struct part part_of(const struct rk_book *b, uint32_t asset,
			   const struct holdings *sum, enum rk_level level)
{
	const struct book_asset *at = &b->assets[asset];

	return (struct part){
		.asset = asset,
		.b = audit_counted(at, sum->balance[asset], sum->profit[asset],
				   level),
		.largest =
			audit_counted(at, sum->balance[asset],
				      sum->profit[asset], RK_LEVEL_MAINTENANCE),
	};
}

/* What an asset counts with at each level, at marks. */
void audit_rates(const struct rk_book *b, uint32_t account, uint32_t asset,
		 rk_i128 rates[RK_LEVELS])
{
	struct audit_health h = {.prices_ok = true};
	struct holdings sum = {0};

	add_positions(b, account, NULL, &sum, &h);
	sum.balance[asset] = audit_worth(b, account, asset);
	for (int k = 0; k < RK_LEVELS; k++) {
		struct part part = part_of(b, asset, &sum, (enum rk_level)k);

		part.account = account;
		part.v = usd_down(b, asset, part.b, NULL);
		rates[k] = counts_with(b, &part, (enum rk_level)k);
	}
}

struct audit_health audit_evaluate(const struct rk_book *b, uint32_t account,
				   const rk_i128 *prices)
{
	struct audit_health h = {.prices_ok = true};
	struct holdings sum = {0};
	struct audit_worse_side worst = audit_worse_side(b, account, prices);
	rk_i128 tenth;
	rk_i128 v;

	add_positions(b, account, prices, &sum, &h);
	for (uint32_t i = 0; i < b->balances_n; i++) {
		const struct book_balance *at = &b->balances[i];

		if (at->account != account)
			continue;
		sum.held[at->asset] = true;
		sum.balance[at->asset] = at->amount + audit_interest_due(b, at);
	}
	for (uint32_t i = 0; i < b->assets_n; i++) {
		if (!sum.held[i])
			continue;
		if (!audit_asset_price_ok(b, i))
			h.prices_ok = false;
		v = usd_down(b, i, sum.balance[i] + sum.profit[i], prices);
		h.equity += v;
		if (v >= 0)
			h.collateral += v;
		else
			h.debt -= v;
		for (int k = 0; k < RK_LEVELS; k++) {
			struct part part =
				part_of(b, i, &sum, (enum rk_level)k);

			part.account = account;
			part.v = usd_down(b, i, part.b, prices);
			weigh(b, &part, (enum rk_level)k, &h);
		}
	}
	h.positions_ok = h.prices_ok;
	h.prices_ok = h.prices_ok && worst.prices_ok;
	h.required[RK_LEVEL_INITIAL] += worst.initial;
	h.orders = worst.initial + worst.loss;
	tenth = (h.notional + worst.notional + 9) / 10;
	h.required[RK_LEVEL_WITHDRAWAL] = h.required[RK_LEVEL_INITIAL];
	if (h.required[RK_LEVEL_WITHDRAWAL] < tenth)
		h.required[RK_LEVEL_WITHDRAWAL] = tenth;
	h.required[RK_LEVEL_INITIAL] += worst.loss;
	h.required[RK_LEVEL_WITHDRAWAL] += worst.loss;
	for (int k = 0; k < RK_LEVELS; k++) {
		h.health[k] = h.assets[k] - h.liabilities[k] - h.required[k];
		h.r[k] = h.equity - h.health[k];
	}
	return h;
}

/* What is too large to be told is told as the largest there is (W8). */
int64_t audit_told(rk_i128 figure)
{
	if (figure > INT64_MAX)
		return INT64_MAX;
	return figure < INT64_MIN ? INT64_MIN : (int64_t)figure;
}

struct rk_health audit_health_told(const struct audit_health *h)
{
	return (struct rk_health){
		.equity = {(int64_t)h->equity},
		.maintenance = {(int64_t)h->r[RK_LEVEL_MAINTENANCE]},
		.initial = {audit_told(h->r[RK_LEVEL_INITIAL])},
	};
}

static rk_i128 price_largest(const struct rk_cmd_asset *asset)
{
	return asset->fixed_price.raw > 0 ? asset->fixed_price.raw
					  : asset->price_max.raw;
}

struct rk_wide audit_usd_at_most(const struct rk_book *b, uint32_t asset,
				 struct rk_wide amount)
{
	const struct rk_cmd_asset *listing = &b->assets[asset].listing;

	return usd_at(listing, amount, price_largest(listing), RK_WIDE_UP);
}

/* A sum of rule N7, in USD and in raw units of each asset. */
struct bounds {
	struct rk_wide usd;
	struct rk_wide raw[AUDIT_NAMES];
};

static void add_to_bounds(const struct rk_book *b, struct bounds *sum,
			  uint32_t asset, struct rk_wide amount)
{
	const struct rk_cmd_asset *listing = &b->assets[asset].listing;

	sum->raw[asset] = rk_wide_add(sum->raw[asset], amount);
	sum->usd = rk_wide_add(
		sum->usd,
		usd_at(listing, amount, price_largest(listing), RK_WIDE_UP));
}

/* The price at which a position is worth most (N6, N7). */
rk_px audit_dearest(const struct rk_cmd_market *m)
{
	return m->contract == RK_CONTRACT_INVERSE ? m->price_min : m->price_max;
}

/* Rule N7: everything at its largest worth must stay within 2^61. */
bool audit_within_bounds(const struct rk_book *b, uint32_t account)
{
	const struct rk_wide most = rk_wide_of(RK_ACCOUNT_VALUE_MAX);
	struct bounds sum = {0};

	for (uint32_t i = 0; i < b->positions_n; i++) {
		const struct book_position *p = &b->positions[i];
		const struct book_market *m = &b->markets[p->market];
		struct rk_wide n;

		if (p->account != account)
			continue;
		if (!audit_has_room(&m->listing, &b->assets[m->settle].listing,
				    magnitude(p->size)))
			return false;
		n = notional_of(b, p->market, audit_dearest(&m->listing).raw,
				p->size);
		n = rk_wide_add(n, rk_wide_of(magnitude(p->cost)));
		n = rk_wide_add(n, audit_funding_bound(b, p));
		add_to_bounds(b, &sum, m->settle, n);
	}
	for (uint32_t i = 0; i < b->balances_n; i++) {
		const struct book_balance *at = &b->balances[i];

		if (at->account == account)
			add_to_bounds(b, &sum, at->asset,
				      audit_balance_bound(b, at));
	}
	for (uint32_t i = 0; i < b->assets_n; i++) {
		if (rk_wide_cmp(sum.raw[i], most) > 0)
			return false;
	}
	return rk_wide_cmp(sum.usd, most) <= 0;
}

static bool price_missing(const struct rk_book *b, uint32_t account)
{
	for (uint32_t i = 0; i < b->positions_n; i++) {
		const struct book_position *p = &b->positions[i];
		const struct book_market *m = &b->markets[p->market];

		if (p->account == account &&
		    (b->slots[m->slot].state != RK_PRICE_OK ||
		     !audit_asset_price_ok(b, m->settle)))
			return true;
	}
	if (!audit_worse_side(b, account, NULL).prices_ok)
		return true;
	for (uint32_t i = 0; i < b->balances_n; i++) {
		const struct book_balance *at = &b->balances[i];

		if (at->account == account && at->amount < 0 &&
		    !audit_asset_price_ok(b, at->asset))
			return true;
	}
	return false;
}

static bool has_debt(const struct rk_book *b, uint32_t account)
{
	for (uint32_t i = 0; i < b->balances_n; i++) {
		if (b->balances[i].account == account &&
		    b->balances[i].amount < 0)
			return true;
	}
	return false;
}

/* Figures where a price that is not OK makes a balance worth nothing. */
static int evaluate_strictly(const struct rk_book *b, uint32_t account,
			     struct audit_health *ret_health)
{
	rk_i128 prices[AUDIT_SLOTS];

	if (price_missing(b, account))
		return RK_REJ_PRICE_NOT_OK;
	/* What is left with a price that is not OK are balances above 0. */
	for (uint32_t i = 0; i < b->slots_n; i++)
		prices[i] =
			b->slots[i].state == RK_PRICE_OK ? b->slots[i].mark : 0;
	*ret_health = audit_worst(b, account, prices);
	return RK_OK;
}

static bool owes(const struct rk_book *b, uint32_t account)
{
	return audit_count_positions(b, account) > 0 || has_debt(b, account) ||
	       audit_count_resting(b, account) > 0;
}

/* Rule A6, with the amount already gone from the book. */
int audit_may_take_out(const struct rk_book *b, uint32_t account)
{
	struct audit_health h;
	int code;

	if (!owes(b, account))
		return RK_OK;
	code = evaluate_strictly(b, account, &h);
	if (code == RK_OK && (h.health[RK_LEVEL_INITIAL] < 0 ||
			      h.health[RK_LEVEL_WITHDRAWAL] < 0))
		return RK_REJ_MARGIN;
	return code;
}

int audit_may_leave(struct rk_book *b, uint32_t account,
		    struct rk_cmd_amount what)
{
	int code;

	b->assets[what.asset].leaving = what.amount.raw;
	code = audit_may_take_out(b, account);
	b->assets[what.asset].leaving = 0;
	return code;
}

/* Rules V1 and V2. */
int audit_initially_healthy(const struct rk_book *b, uint32_t account)
{
	struct audit_health h;
	int code;

	if (!owes(b, account))
		return RK_OK;
	code = evaluate_strictly(b, account, &h);
	if (code == RK_OK && h.health[RK_LEVEL_INITIAL] < 0)
		return RK_REJ_MARGIN;
	return code;
}

/* Figures with a fee gone from the one who is asked about (O8). */
static int evaluate_paid(struct rk_book *b, struct rk_cmd_amount fee,
			 struct audit_health *ret_health)
{
	struct book_asset *asset = &b->assets[fee.asset];
	uint32_t account = (uint32_t)fee.account;
	uint32_t n = b->balances_n;
	uint32_t at = audit_find_balance(b, account, fee.asset);
	rk_i128 held = 0;
	int code;

	if (at == AUDIT_NONE) {
		at = b->balances_n++;
		b->balances[at] = (struct book_balance){
			.account = account, .asset = fee.asset, .index = 1};
	}
	held = b->balances[at].amount + audit_interest_due(b, &b->balances[at]);
	/* What is there of it may still be there, in another account (A6). */
	if (held > 0)
		asset->leaving = held < fee.amount.raw ? held : fee.amount.raw;
	b->balances[at].paying = fee.amount.raw;
	code = evaluate_strictly(b, account, ret_health);
	b->balances[at].paying = 0;
	asset->leaving = 0;
	b->balances_n = n;
	return code;
}

int audit_may_rest(struct rk_book *b, struct rk_cmd_amount fee, rk_i128 before)
{
	uint32_t account = (uint32_t)fee.account;
	struct audit_health h;
	int code = fee.amount.raw > 0 ? evaluate_paid(b, fee, &h)
				      : evaluate_strictly(b, account, &h);

	if (code != RK_OK || h.health[RK_LEVEL_INITIAL] >= 0)
		return code;
	h = audit_worst(b, account, NULL);
	return h.health[RK_LEVEL_INITIAL] >= before ? RK_OK : RK_REJ_MARGIN;
}

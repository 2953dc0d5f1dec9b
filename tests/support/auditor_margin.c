/*
 * Margin terms of a market and chosen leverage: rules G1 to G7. Roots are
 * searched for among wide integers, open interest is counted afresh.
 */
#include <math.h>
#include <string.h>

#include "support/auditor_parts.h"

static bool within(rk_i128 x, rk_i128 low, rk_i128 high)
{
	return x >= low && x <= high;
}

static bool growth_can_work(const struct rk_margin_terms *t)
{
	if (t->growth == RK_GROWTH_NONE)
		return t->base_share.raw == 0 && t->factor_initial == 0 &&
		       t->factor_maintenance == 0;
	return (t->growth == RK_GROWTH_SQRT || t->growth == RK_GROWTH_POWER) &&
	       within(t->base_share.raw, 0, RK_RATE_ONE) &&
	       within(t->factor_initial, 1, RK_FACTOR_ONE) &&
	       within(t->factor_maintenance, 0, t->factor_initial);
}

/* Rule G2. */
static bool terms_can_work(const struct rk_margin_terms *t)
{
	bool scaled = t->scale_lower.raw != 0 || t->scale_upper.raw != 0;

	if (t->scale_lower.raw < 0 || t->open_max.raw < 0)
		return false;
	if (scaled && t->scale_upper.raw <= t->scale_lower.raw)
		return false;
	return growth_can_work(t);
}

static bool same_terms(const struct rk_margin_terms *x,
		       const struct rk_margin_terms *y)
{
	return x->scale_lower.raw == y->scale_lower.raw &&
	       x->scale_upper.raw == y->scale_upper.raw &&
	       x->open_max.raw == y->open_max.raw && x->growth == y->growth &&
	       x->base_share.raw == y->base_share.raw &&
	       x->factor_maintenance == y->factor_maintenance &&
	       x->factor_initial == y->factor_initial;
}

int audit_margin(struct rk_auditor *a, const struct rk_cmd_margin *cmd)
{
	struct rk_book *b = &a->book;
	uint32_t id = audit_find_market(b, cmd->market);
	struct rk_margin_terms before;
	struct book_market *m;
	struct rk_event *ev;

	if (id == AUDIT_NONE)
		return RK_REJ_NO_MARKET;
	if (!terms_can_work(&cmd->terms))
		return RK_REJ_BAD_PARAM;
	m = &b->markets[id];
	if (same_terms(&m->margin, &cmd->terms))
		return RK_REJ_NO_CHANGE;
	if (audit_ramp_form(a, id, &m->listing, &cmd->terms) != RK_OK)
		return RK_REJ_RAMPING;
	before = m->margin;
	m->margin = cmd->terms;
	audit_ramp_market(a, id, &m->listing, &before);
	ev = audit_emit(a, RK_EVENT_MARGIN_SET, AUDIT_NONE, id);
	ev->name.id = id;
	ev->name.slot = m->slot;
	(void)memcpy(ev->name.name, m->listing.name, RK_NAME_SIZE);
	audit_touch_all(a);
	return RK_OK;
}

/* Rule G3: everybody's longs, as if it had never been counted before. */
rk_i128 audit_open_interest(const struct rk_book *b, uint32_t market)
{
	rk_i128 sum = b->markets[market].opening;

	for (uint32_t i = 0; i < b->positions_n; i++)
		if (b->positions[i].market == market &&
		    b->positions[i].size > 0)
			sum += b->positions[i].size;
	for (uint32_t i = 0; i < b->at_venues_n; i++)
		if (b->at_venues[i].market == market &&
		    b->at_venues[i].size > 0)
			sum += b->at_venues[i].size;
	if (b->markets[market].vault_size > 0)
		sum += b->markets[market].vault_size;
	return sum;
}

/* In USD; INT64_MAX when that, or the amount it is of, is beyond 64 bits. */
rk_i128 audit_open_usd(const struct rk_book *b, uint32_t market,
		       const rk_i128 *prices)
{
	const struct book_market *m = &b->markets[market];
	rk_i128 open = audit_open_interest(b, market);
	rk_i128 mark =
		prices != NULL ? prices[m->slot] : b->slots[m->slot].mark;
	rk_i128 index = audit_index(b, m->settle, prices);
	struct rk_wide amount;
	struct rk_wide usd;

	if (open == 0 || mark == 0 || index == 0)
		return 0;
	if (m->listing.contract == RK_CONTRACT_INVERSE)
		amount = rk_wide_neg(
			audit_value(b, market, mark, open, RK_WIDE_DOWN));
	else
		amount = audit_value(b, market, mark, open, RK_WIDE_UP);
	usd = audit_usd(b, m->settle, amount, prices, RK_WIDE_UP);
	if (!rk_wide_fits_64(amount) || !rk_wide_fits_64(usd))
		return INT64_MAX;
	return rk_wide_to_128(usd);
}

static struct rk_wide power(struct rk_wide x, int exponent)
{
	struct rk_wide product = rk_wide_of(1);

	while (exponent-- > 0)
		product = rk_wide_mul(product, x);
	return product;
}

/* Is y^degree below `of`? */
static bool is_short(rk_i128 y, int degree, struct rk_wide of)
{
	return rk_wide_cmp(power(rk_wide_of(y), degree), of) < 0;
}

/* The least y with y^degree at least `of`: about there, then unit by unit. */
rk_i128 audit_root(struct rk_wide of, int degree)
{
	long double about = 0;
	rk_i128 y;

	for (uint32_t i = of.n; i-- > 0;)
		about = about * 4294967296.0L + of.limb[i];
	y = (rk_i128)(degree == 2 ? sqrtl(about) : powl(about, 1.0L / degree));
	while (y > 0 && !is_short(y - 1, degree, of))
		y--;
	while (is_short(y, degree, of))
		y++;
	return y;
}

/* Rule G5: what size adds to the rate, in 1e-18. */
static rk_i128 growth_rate(const struct book_market *m, rk_i128 size,
			   rk_i128 notional, int64_t factor)
{
	rk_i128 root;
	struct rk_wide rate;

	if (m->margin.growth == RK_GROWTH_SQRT)
		root = audit_root(
			rk_wide_mul(rk_wide_of(size),
				    rk_wide_power_of_ten(
					    18u - m->listing.size_decimals)),
			2);
	else
		root = audit_root(rk_wide_mul(power(rk_wide_of(notional), 4),
					      rk_wide_power_of_ten(13)),
				  5);
	rate = rk_wide_div(rk_wide_mul(rk_wide_of(root), rk_wide_of(factor)),
			   rk_wide_of(RK_RATE_ONE), RK_WIDE_UP);
	if (rk_wide_cmp(rate, rk_wide_of(RK_FACTOR_ONE)) > 0)
		return RK_FACTOR_ONE;
	return rk_wide_to_128(rate);
}

static rk_i128 part_of(rk_i128 figure, rk_i128 num, rk_i128 den)
{
	return rk_wide_to_128(
		rk_wide_div(rk_wide_mul(rk_wide_of(figure), rk_wide_of(num)),
			    rk_wide_of(den), RK_WIDE_UP));
}

rk_i128 audit_grown(const struct book_market *m, rk_i128 size, rk_i128 notional,
		    rk_i128 bracket, bool initial)
{
	int64_t factor = initial ? m->margin.factor_initial
				 : m->margin.factor_maintenance;
	rk_i128 form;

	if (m->margin.growth == RK_GROWTH_NONE)
		return bracket;
	form = part_of(bracket, m->margin.base_share.raw, RK_RATE_ONE) +
	       part_of(notional, growth_rate(m, size, notional, factor),
		       RK_FACTOR_ONE);
	form = form < notional ? form : notional;
	return form > bracket ? form : bracket;
}

/* Rules G4 and G6: what is required at initial, of what it is without. */
rk_i128 audit_raised(const struct rk_book *b, const struct book_position *p,
		     rk_i128 notional, rk_i128 required, const rk_i128 *prices)
{
	const struct rk_margin_terms *t = &b->markets[p->market].margin;
	int64_t leverage = audit_leverage_of(b, p->account, p->market);

	if (t->scale_upper.raw != 0) {
		rk_i128 open = audit_open_usd(b, p->market, prices);
		rk_i128 over = open - t->scale_lower.raw;
		rk_i128 span = t->scale_upper.raw - t->scale_lower.raw;

		if (over > span)
			over = span;
		if (over > 0 && notional > required)
			required += part_of(notional - required, over, span);
	}
	if (leverage != 0) {
		rk_i128 least = part_of(notional, RK_RATE_ONE, leverage);

		if (least > required)
			return least;
	}
	return required;
}

int64_t audit_leverage_of(const struct rk_book *b, uint32_t account,
			  uint32_t market)
{
	for (uint32_t i = 0; i < b->leverages_n; i++)
		if (b->leverages[i].account == account &&
		    b->leverages[i].market == market)
			return b->leverages[i].leverage;
	return 0;
}

uint32_t audit_count_leverages(const struct rk_book *b, uint32_t account)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->leverages_n; i++)
		n += b->leverages[i].account == account;
	return n;
}

static void set_leverage(struct rk_book *b, uint32_t account, uint32_t market,
			 int64_t leverage)
{
	uint32_t i = 0;

	while (i < b->leverages_n && (b->leverages[i].account != account ||
				      b->leverages[i].market != market))
		i++;
	if (i == b->leverages_n)
		b->leverages[b->leverages_n++] =
			(struct book_leverage){account, market, leverage};
	b->leverages[i].leverage = leverage;
	if (leverage == 0)
		b->leverages[i] = b->leverages[--b->leverages_n];
}

/* The rate 1 / leverage, rounded up to 1e-9, is not below the market's. */
static bool permitted(const struct book_market *m, int64_t leverage)
{
	const struct rk_wide one = rk_wide_power_of_ten(18);

	if (leverage == 0)
		return true;
	return within(leverage, RK_RATE_ONE, RK_LEVERAGE_MAX) &&
	       rk_wide_cmp(rk_wide_div(one, rk_wide_of(leverage), RK_WIDE_UP),
			   rk_wide_of(m->listing.brackets[0].initial.raw)) >= 0;
}

/* Rule G6. */
int audit_leverage(struct rk_auditor *a, const struct rk_cmd_leverage *cmd)
{
	struct rk_book *b = &a->book;
	uint32_t account = audit_find_account(b, cmd->account);
	int64_t now;
	rk_i128 before;
	int code;

	if (account == AUDIT_NONE)
		return RK_REJ_NO_ACCOUNT;
	if (cmd->market >= b->markets_n)
		return RK_REJ_NO_MARKET;
	if (!permitted(&b->markets[cmd->market], cmd->leverage.raw))
		return RK_REJ_LEVERAGE;
	now = audit_leverage_of(b, account, cmd->market);
	if (now == cmd->leverage.raw)
		return RK_REJ_NO_CHANGE;
	if (now == 0 && (b->leverages_n >= b->limits.positions_max ||
			 audit_count_leverages(b, account) >= RK_LEVERAGES_MAX))
		return RK_REJ_CAPACITY;
	before = audit_market_initial(b, account, cmd->market);
	set_leverage(b, account, cmd->market, cmd->leverage.raw);
	if (audit_market_initial(b, account, cmd->market) > before) {
		code = audit_initially_healthy(b, account);
		if (code != RK_OK)
			return code;
	}
	audit_emit(a, RK_EVENT_LEVERAGE_SET, account, cmd->market)
		->leverage.leverage = cmd->leverage;
	return RK_OK;
}

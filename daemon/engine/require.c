/*
 * Requirements of a position. See require.h.
 *
 * A notional is below 2^61 (N6, with a doubtful price moved to twice itself),
 * a rate is at most 1 and a requirement at most the notional: nothing here can
 * overflow.
 */
#include "engine/require.h"

#include "engine/assert.h"
#include "engine/contract.h"
#include "engine/fx.h"
#include "engine/rc.h"

#define LIMBS 5 /* of 64 bits: notional^4 * 10^13 is below 2^300 */

uint32_t rk_require_bracket(const struct rk_market *market, rk_usd notional)
{
	uint32_t k = market->listing.brackets_n - 1;

	while (k > 0 && market->listing.brackets[k].floor.raw > notional.raw)
		k--;
	return k;
}

/* N * r - d, rounded up. */
static rk_usd bracket_margin(rk_usd notional, rk_rate rate, rk_i128 deduction)
{
	rk_i128 exact = (rk_i128)notional.raw * rate.raw - deduction;
	rk_i128 raw = rk_fx_div_rate(exact, RK_ROUND_CEIL);

	RK_ASSERT(rk_fx_fits(raw));
	return (rk_usd){(int64_t)raw};
}

rk_i128 rk_require_sqrt(rk_qty size, uint8_t decimals)
{
	return rk_fx_root(rk_fx_magnitude(size).raw *
			  rk_fx_pow10(18 - decimals));
}

/* A number of LIMBS words, the lowest first. */
struct wide {
	uint64_t limbs[LIMBS];
};

static struct wide wide_times(struct wide x, uint64_t factor)
{
	rk_u128 carry = 0;

	for (int i = 0; i < LIMBS; i++) {
		carry += (rk_u128)x.limbs[i] * factor;
		x.limbs[i] = (uint64_t)carry;
		carry >>= 64;
	}
	RK_ASSERT(carry == 0);
	return x;
}

static struct wide wide_power(uint64_t x, int exponent)
{
	struct wide power = {{1}};

	for (int i = 0; i < exponent; i++)
		power = wide_times(power, x);
	return power;
}

static bool wide_at_least(const struct wide *a, const struct wide *b)
{
	for (int i = LIMBS - 1; i >= 0; i--)
		if (a->limbs[i] != b->limbs[i])
			return a->limbs[i] > b->limbs[i];
	return true;
}

static unsigned int wide_bits(const struct wide *x)
{
	for (unsigned int i = LIMBS; i-- > 0;)
		if (x->limbs[i] != 0)
			return 64 * i + 64 -
			       (unsigned int)__builtin_clzll(x->limbs[i]);
	return 0;
}

/* 64 bits of x, from that bit on. */
static uint64_t wide_word(const struct wide *x, unsigned int bit)
{
	unsigned int i = bit / 64;
	uint64_t word = i < LIMBS ? x->limbs[i] >> bit % 64 : 0;

	if (bit % 64 != 0 && i + 1 < LIMBS)
		word |= x->limbs[i + 1] << (64 - bit % 64);
	return word;
}

/* The lowest 128 bits of x / 2^bits. */
static rk_u128 wide_shifted(const struct wide *x, unsigned int bits)
{
	return (rk_u128)wide_word(x, bits + 64) << 64 | wide_word(x, bits);
}

/* The largest y with y^5 at most x; x is below 2^125. */
static uint64_t fifth_root(rk_u128 x)
{
	uint64_t low = 0;
	uint64_t high = UINT64_C(1) << 25;

	while (high - low > 1) {
		uint64_t middle = (low + high) / 2;
		rk_u128 square = (rk_u128)middle * middle;

		if (square * square * middle <= x)
			low = middle;
		else
			high = middle;
	}
	return low;
}

rk_i128 rk_require_power(rk_usd notional)
{
	/* y = (N * 1e-8)^(4/5) * 1e9: the least with y^5 >= N^4 * 10^13. */
	struct wide goal = wide_times(wide_power((uint64_t)notional.raw, 4),
				      UINT64_C(10000000000000));
	unsigned int bits = wide_bits(&goal);
	/* First without the lowest digits: 2^(5 * drop) times less. */
	unsigned int drop = bits > 125 ? (bits - 125 + 4) / 5 : 0;
	uint64_t about = fifth_root(wide_shifted(&goal, 5 * drop));
	uint64_t low = about << drop;
	uint64_t high = (about + 1) << drop;

	while (low < high) {
		uint64_t middle = (low + high) / 2;
		struct wide power = wide_power(middle, 5);

		if (wide_at_least(&power, &goal))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* How what is required rises with size (G5). */
struct growth {
	enum rk_growth kind;
	rk_rate base_share;
	int64_t factor;
};

/* What the size of a position adds to its rate, in 1e-18; at most 1. */
static rk_i128 growth_rate(const struct rk_stake *stake,
			   const struct growth *growth)
{
	const struct rk_cmd_market *listing = &stake->market->listing;
	rk_i128 rate;

	if (growth->kind == RK_GROWTH_SQRT)
		rate = rk_require_sqrt(stake->size, listing->size_decimals);
	else
		rate = rk_require_power(stake->notional);
	rate = rk_fx_div_rate(rate * growth->factor, RK_ROUND_CEIL);
	return rate < RK_FACTOR_ONE ? rate : RK_FACTOR_ONE;
}

/* The larger of bracket and form; `bracket` is what brackets require. */
static rk_usd grown(const struct rk_stake *stake, rk_usd bracket,
		    const struct growth *growth)
{
	rk_i128 form;

	if (growth->kind == RK_GROWTH_NONE)
		return bracket;
	form = rk_fx_div_rate((rk_i128)bracket.raw * growth->base_share.raw,
			      RK_ROUND_CEIL) +
	       rk_fx_div(stake->notional.raw * growth_rate(stake, growth),
			 RK_FACTOR_ONE, RK_ROUND_CEIL);
	if (form > stake->notional.raw)
		form = stake->notional.raw;
	return form > bracket.raw ? (rk_usd){(int64_t)form} : bracket;
}

/* By what a ramp comes from. */
static rk_usd required_before(const struct rk_stake *stake)
{
	const struct rk_form *form = &stake->market->ramp.before;
	const struct growth growth = {form->growth, form->base_share,
				      form->factor};
	uint32_t k = form->brackets_n - 1;

	while (k > 0 && form->floors[k].raw > stake->notional.raw)
		k--;
	return grown(stake,
		     bracket_margin(stake->notional, form->rates[k],
				    form->deductions[k]),
		     &growth);
}

/* What is more than before comes with the steps of the ramp (Y4). */
static rk_usd ramped(const struct rk_stake *stake, rk_usd after)
{
	const struct rk_ramp_run *run = &stake->market->ramp.run;
	rk_usd before = required_before(stake);
	rk_i128 more = (rk_i128)after.raw - before.raw;

	if (more <= 0)
		return after;
	more = rk_fx_div(more * run->elapsed_ns, run->ramp.duration_ns,
			 RK_ROUND_CEIL);
	return (rk_usd){before.raw + (int64_t)more};
}

rk_usd rk_require_maintenance(const struct rk_stake *stake)
{
	const struct rk_market *market = stake->market;
	const struct rk_margin_terms *terms = &market->margin;
	uint32_t k = stake->bracket;
	rk_usd required = bracket_margin(
		stake->notional, market->listing.brackets[k].maintenance,
		market->maintenance_deduction[k]);

	if (terms->growth != RK_GROWTH_NONE) {
		const struct growth growth = {terms->growth, terms->base_share,
					      terms->factor_maintenance};

		required = grown(stake, required, &growth);
	}
	return market->ramp.run.ramp.duration_ns == 0 ? required
						      : ramped(stake, required);
}

rk_usd rk_require_open_interest(const struct rk_scene *scene,
				const struct rk_market *market)
{
	const struct rk_asset *settle = &scene->assets[market->settle];
	rk_px mark = rk_scene_price(scene, market->slot, true);
	rk_px index = rk_scene_asset_price(scene, market->settle);
	rk_i128 size = rk_scene_open_interest(scene, market);
	rk_usd usd = {0};
	rk_amt amount;

	if (mark.raw == 0 || index.raw == 0 || size == 0)
		return usd;
	if (rk_contract_open_value(market, mark, size, &amount) != RK_OK ||
	    rk_fx_usd(amount, index, settle->usd_exp, RK_ROUND_CEIL, &usd) !=
		    RK_OK)
		usd.raw = INT64_MAX;
	return usd;
}

/* From what is required toward the whole notional, by the open interest. */
static rk_usd scaled(const struct rk_scene *scene, const struct rk_stake *stake,
		     rk_usd required)
{
	const struct rk_margin_terms *terms = &stake->market->margin;
	rk_i128 whole = stake->notional.raw;
	rk_usd open;

	if (terms->scale_upper.raw == 0 || required.raw >= whole)
		return required;
	open = rk_require_open_interest(scene, stake->market);
	if (open.raw <= terms->scale_lower.raw)
		return required;
	if (open.raw >= terms->scale_upper.raw)
		return stake->notional;
	whole = required.raw +
		rk_fx_div((whole - required.raw) *
				  ((rk_i128)open.raw - terms->scale_lower.raw),
			  terms->scale_upper.raw - terms->scale_lower.raw,
			  RK_ROUND_CEIL);
	return (rk_usd){(int64_t)whole};
}

rk_usd rk_require_initial(const struct rk_scene *scene,
			  const struct rk_stake *stake, rk_rate leverage)
{
	const struct rk_market *market = stake->market;
	const struct rk_margin_terms *terms = &market->margin;
	const struct growth growth = {terms->growth, terms->base_share,
				      terms->factor_initial};
	uint32_t k = stake->bracket;
	rk_usd required =
		scaled(scene, stake,
		       grown(stake,
			     bracket_margin(stake->notional,
					    market->listing.brackets[k].initial,
					    market->initial_deduction[k]),
			     &growth));
	rk_i128 chosen;

	if (leverage.raw == 0)
		return required;
	/* 1 / leverage of the notional: exact, but for one rounding. */
	chosen = rk_fx_div((rk_i128)stake->notional.raw * RK_RATE_ONE,
			   leverage.raw, RK_ROUND_CEIL);
	return chosen > required.raw ? (rk_usd){(int64_t)chosen} : required;
}

/*
 * Vectors about loans of assets: the rate that a pool asks, what time makes of
 * a rate, and how balances are rounded at an index.
 *
 * Vectors are told apart by what they say: each lender has keys of its own.
 */
#include <string.h>

#include "engine/interest.h"
#include "engine/lending.h"
#include "engine/rc.h"
#include "model.h"

#define RATE_DECIMALS  9
#define INDEX_DECIMALS 18
#define RAY_DECIMALS   27
#define YEAR_S         31536000

/* False: it has more digits than rates have here. */
static bool take_rate(struct dec value, rk_rate *ret_rate)
{
	return dec_raw(value, RATE_DECIMALS, RK_ROUND_TRUNC, &ret_rate->raw) &&
	       dec_cmp(dec_of(ret_rate->raw, RATE_DECIMALS), value) == 0;
}

static bool is_inside(rk_rate kink)
{
	return kink.raw > 0 && kink.raw < RK_RATE_ONE;
}

/* Aave: slopes are rises up to the kink and beyond, as ours are. */
static enum verdict by_rises(struct vec *vec)
{
	const json_t *in = vec->inputs;
	struct rk_lending terms = {.lendable = true};
	struct dec debt = vec_number(vec, in, "debt");
	struct dec idle = vec_number(vec, in, "available");
	struct dec rest =
		dec_add(idle, vec_number_or(vec, in, "unbacked", dec_of(0, 0)));
	rk_i128 utilisation;
	int64_t owed;
	int64_t cash;
	int64_t all;

	if (!take_rate(vec_number(vec, in, "base"), &terms.base) ||
	    !take_rate(vec_number(vec, in, "slope1"), &terms.slope_low) ||
	    !take_rate(vec_number(vec, in, "slope2"), &terms.slope_high) ||
	    !take_rate(vec_number(vec, in, "optimal"), &terms.kink) ||
	    !take_rate(vec_number(vec, in, "reserve_factor"), &terms.reserve))
		return vec_wait(vec, "a rate has more digits than there are");
	if (vec->broken)
		return vec_verdict(vec);
	if (!is_inside(terms.kink))
		return vec_wait(vec, "a kink at an end is none");
	if (!dec_raw(debt, 6, RK_ROUND_TRUNC, &owed) ||
	    !dec_raw(idle, 6, RK_ROUND_TRUNC, &cash) ||
	    !dec_raw(rest, 6, RK_ROUND_TRUNC, &all))
		return vec_wait(vec, "amounts beyond those of an account");
	if (cash != all)
		return vec_wait(vec, "what is lost is no part of the "
				     "utilisation");
	utilisation = rk_lending_utilisation(owed, cash);
	vec_expect(vec, "borrow_apr",
		   dec_of(rk_lending_borrow_rate(&terms, utilisation),
			  INDEX_DECIMALS),
		   INDEX_DECIMALS, RK_ROUND_CEIL);
	vec_expect(vec, "supply_apr",
		   dec_of(rk_lending_supply_rate(&terms, utilisation),
			  INDEX_DECIMALS),
		   INDEX_DECIMALS, RK_ROUND_FLOOR);
	return vec_verdict(vec);
}

/*
 * Comet: slopes are per utilisation. Both of its curves are of this kind; the
 * names of one are those of the curve, of its own kink and of its rate. False:
 * the engine has no such rate.
 */
static bool by_slopes(struct vec *vec, const char *const names[3])
{
	const json_t *in = json_object_get(vec->inputs, names[0]);
	struct rk_lending terms = {.lendable = true};
	struct dec kink =
		vec_number(vec, vec->inputs,
			   vec_has(vec->inputs, names[1]) ? names[1] : "kink");
	struct dec u = vec_number(vec, vec->inputs, "utilization");
	struct dec beyond = dec_sub(dec_of(1, 0), kink);
	int64_t utilisation;

	if (!take_rate(vec_number(vec, in, "base"), &terms.base) ||
	    !take_rate(dec_mul(vec_number(vec, in, "low"), kink),
		       &terms.slope_low) ||
	    !take_rate(dec_mul(vec_number(vec, in, "high"), beyond),
		       &terms.slope_high) ||
	    !take_rate(kink, &terms.kink) || !is_inside(terms.kink) ||
	    !dec_raw(u, INDEX_DECIMALS, RK_ROUND_CEIL, &utilisation) ||
	    utilisation < 0 || utilisation > RK_INDEX_ONE)
		return false;
	if (!vec->broken)
		vec_expect(vec, names[2],
			   dec_of(rk_lending_borrow_rate(&terms, utilisation),
				  INDEX_DECIMALS),
			   INDEX_DECIMALS, RK_ROUND_CEIL);
	return true;
}

enum verdict model_interest_rate_model(struct vec *vec)
{
	static const char *const curves[2][3] = {
		{"supply", "supply_kink", "supply_apr"},
		{"borrow", "borrow_kink", "borrow_apr"},
	};

	if (vec_has(vec->inputs, "optimal"))
		return by_rises(vec);
	if (!vec_has(vec->inputs, "utilization"))
		return vec_wait(vec, "not a rate with one kink");
	for (size_t i = 0; i < 2; i++)
		if (vec_has(vec->expected, curves[i][2]) &&
		    !by_slopes(vec, curves[i]))
			return vec_wait(vec, "a rate that the engine cannot "
					     "have");
	return vec_verdict(vec);
}

/* e^x to 12 digits, for x up to 4. */
static struct dec exponential(struct dec x)
{
	struct dec term = dec_of(1, 0);
	struct dec sum = dec_of(1, 0);

	for (int n = 1; n < 40; n++) {
		term = dec_div(dec_mul(term, x), dec_of(n, 0), 15,
			       RK_ROUND_FLOOR);
		sum = dec_add(sum, term);
	}
	return sum;
}

/* In 1e-27, half up. */
static struct dec ray_mul(struct dec a, struct dec b)
{
	return dec_div(dec_add(dec_mul(a, b), dec_of(5, RAY_DECIMALS + 1)),
		       dec_of(1, 0), RAY_DECIMALS, RK_ROUND_FLOOR);
}

/*
 * Is the growth that of simple interest, or of the expansion of Aave before
 * 3.4: the first terms of (1 + r)^t by the second? Either is close to e^x, and
 * not ours.
 */
static bool is_other(struct dec growth, struct dec apr, struct dec t,
		     struct dec x)
{
	struct dec r =
		dec_div(apr, dec_of(YEAR_S, 0), RAY_DECIMALS, RK_ROUND_FLOOR);
	struct dec square = ray_mul(r, r);
	struct dec pairs = dec_mul(t, dec_sub(t, dec_of(1, 0)));
	struct dec triples = dec_mul(pairs, dec_sub(t, dec_of(2, 0)));
	struct dec more = dec_sub(growth, dec_add(dec_of(1, 0), x));
	struct dec by_seconds =
		dec_add(dec_div(dec_mul(pairs, square), dec_of(2, 0),
				INDEX_DECIMALS, RK_ROUND_FLOOR),
			dec_div(dec_mul(triples, ray_mul(square, r)),
				dec_of(6, 0), INDEX_DECIMALS, RK_ROUND_FLOOR));

	return dec_cmp(dec_abs(more), dec_of(1, 14)) <= 0 ||
	       dec_cmp(dec_abs(dec_sub(more, by_seconds)), dec_of(1, 14)) <= 0;
}

/* Three terms of e^x, in 1e-27 there and rounded up in 1e-18 here. */
static enum verdict compound(struct vec *vec)
{
	struct dec apr = vec_number(vec, vec->inputs, "apr");
	struct dec elapsed = vec_number(vec, vec->inputs, "elapsed_s");
	struct dec factor = vec_number(vec, vec->expected, "factor_ray_raw");
	struct dec x = dec_div(dec_mul(apr, elapsed), dec_of(YEAR_S, 0),
			       INDEX_DECIMALS, RK_ROUND_CEIL);
	struct dec growth;
	struct dec off;
	int64_t raw;

	if (vec->broken)
		return vec_verdict(vec);
	if (!dec_raw(x, INDEX_DECIMALS, RK_ROUND_CEIL, &raw) || raw < 0 ||
	    raw > 4 * RK_INDEX_ONE)
		return vec_wait(vec, "more than one move of an index");
	factor.places += RAY_DECIMALS;
	factor = dec_div(factor, dec_of(1, 0), INDEX_DECIMALS, RK_ROUND_CEIL);
	growth = dec_of(rk_interest_growth(raw), INDEX_DECIMALS);
	if (!vec_has(vec->expected, "true_exp") &&
	    dec_cmp(growth, factor) != 0 && is_other(factor, apr, elapsed, x))
		return vec_wait(vec, "simple interest, or by seconds as Aave "
				     "had it before 3.4: ours is e^x");
	if (vec_has(vec->expected, "true_exp")) {
		off = dec_sub(exponential(x),
			      vec_number(vec, vec->expected, "true_exp"));
		vec_check(vec, dec_cmp(dec_abs(off), dec_of(1, 12)) <= 0,
			  "true_exp is not e^x");
	}
	vec_check(vec, dec_cmp(growth, factor) == 0,
		  "the growth differs in the 18th digit");
	return vec_verdict(vec);
}

enum verdict model_interest_accrual(struct vec *vec)
{
	if (vec_has(vec->inputs, "base_index_raw"))
		return vec_wait(vec, "simple interest within one accrual: "
				     "ours is compound");
	if (vec_has(vec->expected, "supply_scaled"))
		return vec_wait(vec, "shares are minted and burnt there: ours "
				     "are amounts with the index they are of");
	if (!vec_has(vec->expected, "factor_ray_raw"))
		return vec_wait(vec, "not an expansion of e^x");
	return compound(vec);
}

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
#define YEAR_S         31536000

static bool has(const json_t *object, const char *key)
{
	return json_object_get(object, key) != NULL;
}

/* False: it has more digits than rates have here. */
static bool take_rate(struct dec value, rk_rate *ret_rate)
{
	return dec_raw(value, RATE_DECIMALS, RK_ROUND_TRUNC, &ret_rate->raw) &&
	       dec_cmp(dec_of(ret_rate->raw, RATE_DECIMALS), value) == 0;
}

/* Aave: slopes are rises up to the kink and beyond, as ours are. */
static enum verdict by_rises(struct vec *vec)
{
	const json_t *in = vec->inputs;
	struct rk_lending terms = {.lendable = true};
	struct dec debt = vec_number(vec, in, "debt");
	struct dec rest = dec_add(vec_number(vec, in, "available"),
				  vec_number(vec, in, "unbacked"));
	struct dec idle = vec_number(vec, in, "available");
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

/* Comet: slopes are per utilisation. Both of its curves are of this kind. */
static enum verdict by_slopes(struct vec *vec, const char *curve,
			      const char *expected)
{
	const json_t *in = json_object_get(vec->inputs, curve);
	struct rk_lending terms = {.lendable = true};
	struct dec kink = vec_number(vec, vec->inputs, "kink");
	struct dec u = vec_number(vec, vec->inputs, "utilization");
	struct dec beyond = dec_sub(dec_of(1, 0), kink);
	int64_t utilisation;

	if (!take_rate(vec_number(vec, in, "base"), &terms.base) ||
	    !take_rate(dec_mul(vec_number(vec, in, "low"), kink),
		       &terms.slope_low) ||
	    !take_rate(dec_mul(vec_number(vec, in, "high"), beyond),
		       &terms.slope_high) ||
	    !take_rate(kink, &terms.kink) ||
	    !dec_raw(u, INDEX_DECIMALS, RK_ROUND_CEIL, &utilisation))
		return vec_wait(vec, "a rate has more digits than there are");
	vec_expect(vec, expected,
		   dec_of(rk_lending_borrow_rate(&terms, utilisation),
			  INDEX_DECIMALS),
		   INDEX_DECIMALS, RK_ROUND_CEIL);
	return vec_verdict(vec);
}

enum verdict model_interest_rate_model(struct vec *vec)
{
	enum verdict verdict;

	if (has(vec->inputs, "optimal"))
		return by_rises(vec);
	if (!has(vec->inputs, "utilization"))
		return vec_wait(vec, "not a rate with one kink");
	verdict = by_slopes(vec, "supply", "supply_apr");
	if (verdict == VERDICT_WAIT)
		return verdict;
	return by_slopes(vec, "borrow", "borrow_apr");
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

/* Three terms of e^x, in 1e-27 there and rounded up in 1e-18 here. */
static enum verdict compound(struct vec *vec)
{
	struct dec apr = vec_number(vec, vec->inputs, "apr");
	struct dec elapsed = dec_of(
		json_integer_value(json_object_get(vec->inputs, "elapsed_s")),
		0);
	struct dec factor = vec_number(vec, vec->expected, "factor_ray_raw");
	struct dec x = dec_div(dec_mul(apr, elapsed), dec_of(YEAR_S, 0),
			       INDEX_DECIMALS, RK_ROUND_CEIL);
	struct dec off = dec_sub(exponential(x),
				 vec_number(vec, vec->expected, "true_exp"));
	int64_t raw;

	if (vec->broken)
		return vec_verdict(vec);
	if (!dec_raw(x, INDEX_DECIMALS, RK_ROUND_CEIL, &raw) ||
	    raw > 4 * RK_INDEX_ONE)
		return vec_wait(vec, "more than one move of an index");
	factor.places += 27;
	factor = dec_div(factor, dec_of(1, 0), INDEX_DECIMALS, RK_ROUND_CEIL);
	vec_check(vec, dec_cmp(dec_abs(off), dec_of(1, 12)) <= 0,
		  "true_exp is not e^x");
	vec_check(vec,
		  dec_cmp(dec_of(rk_interest_growth(raw), INDEX_DECIMALS),
			  factor) == 0,
		  "the growth differs in the 18th digit");
	return vec_verdict(vec);
}

enum verdict model_interest_accrual(struct vec *vec)
{
	if (has(vec->inputs, "base_index_raw"))
		return vec_wait(vec, "simple interest within one accrual: "
				     "ours is compound");
	if (has(vec->expected, "supply_scaled"))
		return vec_wait(vec, "shares are minted and burnt there: ours "
				     "are amounts with the index they are of");
	if (!has(vec->expected, "factor_ray_raw"))
		return vec_wait(vec, "not an expansion of e^x");
	if (!has(vec->expected, "true_exp"))
		return vec_wait(vec, "an expansion by seconds, given up by its "
				     "author: ours is of e^x");
	return compound(vec);
}

/*
 * The only place where money is multiplied, divided and rounded.
 *
 * Every call names its rounding. Results that do not fit their unit are
 * RK_REJ_OVERFLOW; nothing wraps and nothing saturates.
 */
#ifndef RK_ENGINE_FX_H
#define RK_ENGINE_FX_H

#include <stdbool.h>

#include "engine/units.h"

enum rk_round {
	RK_ROUND_FLOOR, /* toward minus infinity: what counts for an account */
	RK_ROUND_CEIL,  /* toward plus infinity: what is required of it */
	RK_ROUND_TRUNC, /* toward zero: the one rounding of a trade's cost */
};

/* Largest |exp10| that rk_fx_pow10() knows. */
#define RK_FX_POW10_MAX 37

rk_i128 rk_fx_pow10(int exp10);

/* num / den, den above 0. */
rk_i128 rk_fx_div(rk_i128 num, rk_i128 den, enum rk_round round);

/* x * 10^exp10, exp10 of either sign: 0 or RK_REJ_OVERFLOW. */
int rk_fx_scale(rk_i128 x, int exp10, enum rk_round round, rk_i128 *ret_x);

/* The least x with x * x at least n; n is from 0 to 2^123. */
rk_i128 rk_fx_root(rk_i128 n);

bool rk_fx_fits(rk_i128 x);

/* num / 10^9, for what was multiplied by a rate. */
rk_i128 rk_fx_div_rate(rk_i128 num, enum rk_round round);

/* The powers of ten that fit 64 bits with a sign. */
#define RK_FX_POW10_SMALL_MAX 18
extern const uint64_t rk_fx_pow10_small[RK_FX_POW10_SMALL_MAX + 1];

/*
 * rk_fx_value_both() where 64 bits do, which is nearly everywhere. False: they
 * do not, and nothing is returned. Inline: a fill values six positions.
 */
static inline bool rk_fx_value_small(int64_t price, int64_t size, int exp10,
				     rk_amt *ret_floor, rk_amt *ret_magnitude)
{
	int64_t product;
	int64_t down;
	int64_t up;

	if (exp10 > 0 || exp10 < -RK_FX_POW10_SMALL_MAX ||
	    __builtin_mul_overflow(price, size, &product) ||
	    product == INT64_MIN)
		return false;
	down = product < 0 ? -product : product;
	up = down;
	if (exp10 < 0) {
		int64_t den = (int64_t)rk_fx_pow10_small[-exp10];

		down = up / den;
		up = down + (up % den != 0);
	}
	ret_floor->raw = product < 0 ? -up : down;
	ret_magnitude->raw = up;
	return true;
}

/*
 * price * size in raw units of the settle asset, rounded both ways by one
 * division: the value toward minus infinity, the value of the magnitude toward
 * plus infinity. 0 or RK_REJ_OVERFLOW.
 */
int rk_fx_value_both(rk_px price, rk_qty size, int exp10, rk_amt *ret_floor,
		     rk_amt *ret_magnitude);

/* amount * price in 1e-8 USD: 0 or RK_REJ_OVERFLOW. */
int rk_fx_usd(rk_amt amount, rk_px price, int exp10, enum rk_round round,
	      rk_usd *ret_usd);

/*
 * The least b with num / den * 10^exp10 at most 2^b. num at most 2^104, den at
 * most 2^62, both above 0; an answer too high by one may be given.
 */
int rk_fx_bits(rk_i128 num, int64_t den, int exp10);

/* |size|; sizes are within position_max, so it fits. */
rk_qty rk_fx_magnitude(rk_qty size);

/* a + b in one unit: 0 or RK_REJ_OVERFLOW. */
int rk_fx_add_amt(rk_amt a, rk_amt b, rk_amt *ret_sum);
int rk_fx_add_qty(rk_qty a, rk_qty b, rk_qty *ret_sum);

/* usd * rate: 0 or RK_REJ_OVERFLOW. */
int rk_fx_rate(rk_usd usd, rk_rate rate, enum rk_round round, rk_usd *ret_usd);

/* cost * part / whole, for closing part of a position; whole above 0. */
int rk_fx_share(rk_amt cost, rk_qty part, rk_qty whole, enum rk_round round,
		rk_amt *ret_amt);

/* price * (1e9 + rate) / 1e9, at least 1: 0 or RK_REJ_OVERFLOW. */
int rk_fx_shift(rk_px price, rk_rate rate, enum rk_round round,
		rk_px *ret_price);

#endif

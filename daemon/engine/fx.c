/*
 * Fixed-point arithmetic with named rounding. See fx.h.
 */
#include "engine/fx.h"

#include "engine/assert.h"
#include "engine/rc.h"

#define I128_MAX ((rk_i128)(~(rk_u128)0 >> 1))

const uint64_t rk_fx_pow10_small[RK_FX_POW10_SMALL_MAX + 1] = {
	1,
	10,
	100,
	1000,
	10000,
	100000,
	1000000,
	10000000,
	100000000,
	1000000000,
	10000000000,
	100000000000,
	1000000000000,
	10000000000000,
	100000000000000,
	1000000000000000,
	10000000000000000,
	100000000000000000,
	1000000000000000000,
};

rk_i128 rk_fx_pow10(int exp10)
{
	rk_i128 high = 1;

	RK_ASSERT(exp10 >= 0);
	RK_ASSERT(exp10 <= RK_FX_POW10_MAX);

	while (exp10 > RK_FX_POW10_SMALL_MAX) {
		high *= 10;
		exp10--;
	}
	return high * (rk_i128)rk_fx_pow10_small[exp10];
}

rk_i128 rk_fx_root(rk_i128 n)
{
	rk_i128 low = 0;
	rk_i128 high = (rk_i128)1 << 62;

	while (low < high) {
		rk_i128 middle = (low + high) / 2;

		if (middle * middle >= n)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

bool rk_fx_fits(rk_i128 x)
{
	return x <= INT64_MAX && x >= INT64_MIN;
}

rk_i128 rk_fx_div(rk_i128 num, rk_i128 den, enum rk_round round)
{
	rk_i128 quotient;
	rk_i128 rest;

	RK_ASSERT(den > 0);

	/* Most figures fit 64 bits, where division is ten times cheaper. */
	if (rk_fx_fits(num) && rk_fx_fits(den)) {
		quotient = (int64_t)num / (int64_t)den;
		rest = (int64_t)num % (int64_t)den;
	} else {
		quotient = num / den;
		rest = num % den;
	}

	if (round == RK_ROUND_FLOOR && rest < 0)
		return quotient - 1;
	if (round == RK_ROUND_CEIL && rest > 0)
		return quotient + 1;
	return quotient;
}

rk_i128 rk_fx_div_rate(rk_i128 num, enum rk_round round)
{
	/* In two steps of 32 bits each, so that all divisors are constant. */
	const uint64_t one = RK_RATE_ONE;
	uint64_t high;
	uint64_t low;

	if (num >= 0 && num <= INT64_MAX) {
		low = (uint64_t)num;
		high = low / one;
		return high + (round == RK_ROUND_CEIL && low != high * one);
	}
	if (num < 0 || num >= (rk_i128)1 << 90)
		return rk_fx_div(num, RK_RATE_ONE, round);
	high = (uint64_t)(num >> 32);
	low = high % one << 32 | ((uint64_t)num & UINT32_MAX);
	num = ((rk_i128)(high / one) << 32) + low / one;
	return round == RK_ROUND_CEIL && low % one != 0 ? num + 1 : num;
}

int rk_fx_scale(rk_i128 x, int exp10, enum rk_round round, rk_i128 *ret_x)
{
	RK_ASSERT(ret_x);

	if (exp10 < 0) {
		*ret_x = rk_fx_div(x, rk_fx_pow10(-exp10), round);
		return RK_OK;
	}

	rk_i128 factor = rk_fx_pow10(exp10);

	/* 64 bits times at most 10^18 fit; only beyond is there to look. */
	if (!rk_fx_fits(x) || exp10 > RK_FX_POW10_SMALL_MAX) {
		rk_i128 limit = I128_MAX / factor;

		if (x > limit || x < -limit)
			return RK_REJ_OVERFLOW;
	}

	*ret_x = x * factor;
	return RK_OK;
}

int rk_fx_value_both(rk_px price, rk_qty size, int exp10, rk_amt *ret_floor,
		     rk_amt *ret_magnitude)
{
	rk_i128 product = (rk_i128)price.raw * size.raw;
	bool negative = product < 0;
	rk_i128 down;
	rk_i128 up;

	if (rk_fx_value_small(price.raw, size.raw, exp10, ret_floor,
			      ret_magnitude))
		return RK_OK;
	if (negative)
		product = -product;
	if (exp10 < 0) {
		rk_i128 den = rk_fx_pow10(-exp10);

		down = rk_fx_div(product, den, RK_ROUND_FLOOR);
		up = down + (down * den != product);
	} else {
		int r = rk_fx_scale(product, exp10, RK_ROUND_FLOOR, &down);

		if (r != RK_OK)
			return r;
		up = down;
	}
	if (!rk_fx_fits(up))
		return RK_REJ_OVERFLOW;

	ret_floor->raw = (int64_t)(negative ? -up : down);
	ret_magnitude->raw = (int64_t)up;
	return RK_OK;
}

int rk_fx_usd(rk_amt amount, rk_px price, int exp10, enum rk_round round,
	      rk_usd *ret_usd)
{
	rk_i128 scaled;
	int r;

	RK_ASSERT(ret_usd);

	/* |amount| * |price| is at most 2^126: the product cannot overflow. */
	scaled = (rk_i128)amount.raw * price.raw;
	r = exp10 == 0 ? RK_OK : rk_fx_scale(scaled, exp10, round, &scaled);
	if (r != RK_OK)
		return r;
	if (!rk_fx_fits(scaled))
		return RK_REJ_OVERFLOW;

	ret_usd->raw = (int64_t)scaled;
	return RK_OK;
}

/* The least b with x at most 2^b; x above 0. */
static int bits_of(rk_i128 x)
{
	int bits = 0;

	while (bits < 126 && ((rk_i128)1 << bits) < x)
		bits++;
	return bits;
}

int rk_fx_bits(rk_i128 num, int64_t den, int exp10)
{
	rk_i128 power = rk_fx_pow10(exp10 < 0 ? -exp10 : exp10);
	int shift = 0;

	RK_ASSERT(num > 0);
	RK_ASSERT(den > 0);

	/* Shifted as far up as goes, so that little is lost by dividing. */
	while (num < (rk_i128)1 << 62) {
		num <<= 1;
		shift++;
	}
	if (exp10 >= 0) {
		/* Taken apart, as num * power may not fit. */
		return bits_of(rk_fx_div(num, den, RK_ROUND_CEIL)) +
		       bits_of(power) - shift;
	}
	num = rk_fx_div(num, den, RK_ROUND_CEIL);
	while (num < (rk_i128)1 << 100) {
		num <<= 1;
		shift++;
	}
	return bits_of(rk_fx_div(num, power, RK_ROUND_CEIL)) - shift;
}

rk_qty rk_fx_magnitude(rk_qty size)
{
	RK_ASSERT(size.raw != INT64_MIN);

	return (rk_qty){size.raw < 0 ? -size.raw : size.raw};
}

static int sum(int64_t a, int64_t b, int64_t *ret_sum)
{
	if (__builtin_add_overflow(a, b, ret_sum))
		return RK_REJ_OVERFLOW;
	return RK_OK;
}

int rk_fx_add_amt(rk_amt a, rk_amt b, rk_amt *ret_sum)
{
	RK_ASSERT(ret_sum);

	return sum(a.raw, b.raw, &ret_sum->raw);
}

int rk_fx_add_qty(rk_qty a, rk_qty b, rk_qty *ret_sum)
{
	RK_ASSERT(ret_sum);

	return sum(a.raw, b.raw, &ret_sum->raw);
}

int rk_fx_rate(rk_usd usd, rk_rate rate, enum rk_round round, rk_usd *ret_usd)
{
	rk_i128 amount;

	RK_ASSERT(ret_usd);

	amount = rk_fx_div((rk_i128)usd.raw * rate.raw, RK_RATE_ONE, round);
	if (!rk_fx_fits(amount))
		return RK_REJ_OVERFLOW;

	ret_usd->raw = (int64_t)amount;
	return RK_OK;
}

int rk_fx_share(rk_amt cost, rk_qty part, rk_qty whole, enum rk_round round,
		rk_amt *ret_amt)
{
	rk_i128 share;

	RK_ASSERT(whole.raw > 0);
	RK_ASSERT(ret_amt);

	share = rk_fx_div((rk_i128)cost.raw * part.raw, whole.raw, round);
	if (!rk_fx_fits(share))
		return RK_REJ_OVERFLOW;

	ret_amt->raw = (int64_t)share;
	return RK_OK;
}

int rk_fx_shift(rk_px price, rk_rate rate, enum rk_round round,
		rk_px *ret_price)
{
	rk_i128 shifted;

	RK_ASSERT(price.raw > 0);
	RK_ASSERT(ret_price);

	shifted = rk_fx_div((rk_i128)price.raw * (RK_RATE_ONE + rate.raw),
			    RK_RATE_ONE, round);
	if (!rk_fx_fits(shifted))
		return RK_REJ_OVERFLOW;

	/* Prices stay above 0, however far the shift. */
	ret_price->raw = shifted < 1 ? 1 : (int64_t)shifted;
	return RK_OK;
}

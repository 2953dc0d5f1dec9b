/*
 * Sign and magnitude, limbs of 32 bits, lowest first. Division is long
 * division in base 2^32 (Knuth, volume 2, algorithm D). A number that would
 * not fit 512 bits ends the program: that would be a bug of the auditor.
 */
#include "support/auditor_wide.h"

#include <stdio.h>
#include <stdlib.h>

static void check(bool good, const char *what)
{
	if (good)
		return;
	(void)fprintf(stderr, "auditor: %s\n", what);
	abort();
}

static void trim(struct rk_wide *a)
{
	while (a->n > 0 && a->limb[a->n - 1] == 0)
		a->n--;
	if (a->n == 0)
		a->negative = false;
}

static struct rk_wide of_magnitude(rk_u128 rest)
{
	struct rk_wide a = {.negative = false};

	for (; rest > 0; rest >>= 32)
		a.limb[a.n++] = (uint32_t)rest;
	return a;
}

struct rk_wide rk_wide_of(rk_i128 value)
{
	struct rk_wide a =
		of_magnitude(value < 0 ? -(rk_u128)value : (rk_u128)value);

	a.negative = value < 0;
	return a;
}

/* Of at most four limbs. */
static rk_u128 magnitude_of(const struct rk_wide *a)
{
	rk_u128 value = 0;

	for (uint32_t i = a->n; i-- > 0;)
		value = value << 32 | a->limb[i];
	return value;
}

struct rk_wide rk_wide_power_of_ten(uint32_t exponent)
{
	struct rk_wide power = rk_wide_of(1);

	if (exponent <= 18) {
		int64_t small = 1;

		while (exponent-- > 0)
			small *= 10;
		return rk_wide_of(small);
	}
	while (exponent > 0) {
		uint32_t part = exponent < 18 ? exponent : 18;
		int64_t step = 1;

		for (uint32_t i = 0; i < part; i++)
			step *= 10;
		power = rk_wide_mul(power, rk_wide_of(step));
		exponent -= part;
	}
	return power;
}

struct rk_wide rk_wide_neg(struct rk_wide a)
{
	if (a.n > 0)
		a.negative = !a.negative;
	return a;
}

static int compare_magnitude(const struct rk_wide *a, const struct rk_wide *b)
{
	if (a->n != b->n)
		return a->n > b->n ? 1 : -1;
	for (uint32_t i = a->n; i-- > 0;) {
		if (a->limb[i] != b->limb[i])
			return a->limb[i] > b->limb[i] ? 1 : -1;
	}
	return 0;
}

static struct rk_wide add_magnitude(const struct rk_wide *a,
				    const struct rk_wide *b)
{
	struct rk_wide sum = {.n = a->n > b->n ? a->n : b->n};
	uint64_t carry = 0;

	for (uint32_t i = 0; i < sum.n; i++) {
		carry += (uint64_t)a->limb[i] + b->limb[i];
		sum.limb[i] = (uint32_t)carry;
		carry >>= 32;
	}
	if (carry > 0) {
		check(sum.n < RK_WIDE_LIMBS, "sum passes 512 bits");
		sum.limb[sum.n++] = (uint32_t)carry;
	}
	return sum;
}

/* |a| must not be below |b|. */
static struct rk_wide sub_magnitude(const struct rk_wide *a,
				    const struct rk_wide *b)
{
	struct rk_wide rest = {.n = a->n};
	uint64_t borrow = 0;

	for (uint32_t i = 0; i < a->n; i++) {
		uint64_t take = (uint64_t)b->limb[i] + borrow;

		borrow = a->limb[i] < take;
		rest.limb[i] = (uint32_t)(a->limb[i] - take);
	}
	trim(&rest);
	return rest;
}

struct rk_wide rk_wide_add(struct rk_wide a, struct rk_wide b)
{
	struct rk_wide sum;

	if (a.negative == b.negative) {
		sum = add_magnitude(&a, &b);
		sum.negative = a.negative;
	} else if (compare_magnitude(&a, &b) >= 0) {
		sum = sub_magnitude(&a, &b);
		sum.negative = a.negative;
	} else {
		sum = sub_magnitude(&b, &a);
		sum.negative = b.negative;
	}
	trim(&sum);
	return sum;
}

struct rk_wide rk_wide_sub(struct rk_wide a, struct rk_wide b)
{
	return rk_wide_add(a, rk_wide_neg(b));
}

struct rk_wide rk_wide_mul(struct rk_wide a, struct rk_wide b)
{
	struct rk_wide product = {.n = a.n + b.n,
				  .negative = a.negative != b.negative};

	/* Most are of two limbs; then the machine's own product is as good. */
	if (a.n <= 2 && b.n <= 2) {
		product = of_magnitude(magnitude_of(&a) * magnitude_of(&b));
		product.negative = product.n > 0 && a.negative != b.negative;
		return product;
	}
	check(product.n <= RK_WIDE_LIMBS, "product passes 512 bits");
	for (uint32_t i = 0; i < a.n; i++) {
		uint64_t carry = 0;

		for (uint32_t k = 0; k < b.n; k++) {
			carry += (uint64_t)a.limb[i] * b.limb[k] +
				 product.limb[i + k];
			product.limb[i + k] = (uint32_t)carry;
			carry >>= 32;
		}
		product.limb[i + b.n] = (uint32_t)carry;
	}
	trim(&product);
	return product;
}

static struct rk_wide divide_short(const struct rk_wide *a, uint32_t b,
				   struct rk_wide *rest)
{
	struct rk_wide quotient = {.n = a->n};
	uint64_t carry = 0;

	for (uint32_t i = a->n; i-- > 0;) {
		carry = carry << 32 | a->limb[i];
		quotient.limb[i] = (uint32_t)(carry / b);
		carry %= b;
	}
	*rest = rk_wide_of((rk_i128)carry);
	trim(&quotient);
	return quotient;
}

/* Both are shifted left until the highest bit of b is set (step D1). */
static void shift_left(struct rk_wide *a, unsigned int bits)
{
	uint32_t carry = 0;

	for (uint32_t i = 0; bits > 0 && i < a->n; i++) {
		uint32_t high = a->limb[i] >> (32 - bits);

		a->limb[i] = a->limb[i] << bits | carry;
		carry = high;
	}
	check(a->n < RK_WIDE_LIMBS, "dividend passes 480 bits");
	a->limb[a->n++] = carry; /* algorithm D wants this limb, even when 0 */
}

static void shift_right(struct rk_wide *a, unsigned int bits)
{
	for (uint32_t i = 0; bits > 0 && i < a->n; i++) {
		uint32_t above = i + 1 < a->n ? a->limb[i + 1] : 0;

		a->limb[i] = a->limb[i] >> bits | above << (32 - bits);
	}
}

/* One digit of the quotient: takes digit * b off a at limb `at`. */
static uint32_t divide_digit(struct rk_wide *a, const struct rk_wide *b,
			     uint32_t at)
{
	uint32_t n = b->n;
	uint64_t top = (uint64_t)a->limb[at + n] << 32 | a->limb[at + n - 1];
	uint64_t digit = top / b->limb[n - 1];
	uint64_t rest = top % b->limb[n - 1];
	uint64_t borrow = 0;
	uint64_t carry = 0;

	while (digit >> 32 != 0 ||
	       digit * b->limb[n - 2] > (rest << 32 | a->limb[at + n - 2])) {
		digit--;
		rest += b->limb[n - 1];
		if (rest >> 32 != 0)
			break;
	}
	for (uint32_t i = 0; i <= n; i++) {
		uint64_t take = borrow;

		if (i < n)
			carry += digit * b->limb[i];
		take += (uint32_t)carry;
		carry >>= 32;
		borrow = a->limb[at + i] < take;
		a->limb[at + i] = (uint32_t)(a->limb[at + i] - take);
	}
	if (borrow == 0)
		return (uint32_t)digit;
	/* One too many was taken: put b back once (step D6). */
	for (uint32_t i = 0; i <= n; i++) {
		carry += (uint64_t)a->limb[at + i] + (i < n ? b->limb[i] : 0);
		a->limb[at + i] = (uint32_t)carry;
		carry >>= 32;
	}
	return (uint32_t)(digit - 1);
}

static struct rk_wide divide_long(struct rk_wide a, struct rk_wide b,
				  struct rk_wide *rest)
{
	unsigned int bits = (unsigned int)__builtin_clz(b.limb[b.n - 1]);
	struct rk_wide quotient = {.n = a.n - b.n + 1};

	shift_left(&a, bits);
	shift_left(&b, bits);
	b.n--; /* its new limb is 0 */
	for (uint32_t at = quotient.n; at-- > 0;)
		quotient.limb[at] = divide_digit(&a, &b, at);
	shift_right(&a, bits);
	trim(&a);
	*rest = a;
	trim(&quotient);
	return quotient;
}

struct rk_wide rk_wide_div(struct rk_wide a, struct rk_wide b,
			   enum rk_wide_rounding rounding)
{
	bool negative = a.negative != b.negative;
	struct rk_wide quotient;
	struct rk_wide rest;
	bool away;

	check(b.n > 0, "division by 0");
	a.negative = false;
	b.negative = false;
	if (compare_magnitude(&a, &b) < 0) {
		quotient = rk_wide_of(0);
		rest = a;
	} else if (a.n <= 4) {
		quotient = of_magnitude(magnitude_of(&a) / magnitude_of(&b));
		rest = of_magnitude(magnitude_of(&a) % magnitude_of(&b));
	} else if (b.n == 1) {
		quotient = divide_short(&a, b.limb[0], &rest);
	} else {
		quotient = divide_long(a, b, &rest);
	}
	away = rounding == (negative ? RK_WIDE_DOWN : RK_WIDE_UP);
	if (rest.n > 0 && away)
		quotient = rk_wide_add(quotient, rk_wide_of(1));
	quotient.negative = negative;
	trim(&quotient);
	return quotient;
}

int rk_wide_cmp(struct rk_wide a, struct rk_wide b)
{
	if (a.negative != b.negative)
		return a.negative ? -1 : 1;
	return a.negative ? -compare_magnitude(&a, &b)
			  : compare_magnitude(&a, &b);
}

int rk_wide_sign(struct rk_wide a)
{
	if (a.n == 0)
		return 0;
	return a.negative ? -1 : 1;
}

bool rk_wide_fits_64(struct rk_wide a)
{
	return rk_wide_cmp(a, rk_wide_of(INT64_MAX)) <= 0 &&
	       rk_wide_cmp(a, rk_wide_of(INT64_MIN)) >= 0;
}

rk_i128 rk_wide_to_128(struct rk_wide a)
{
	rk_u128 value = 0;

	check(a.n < 4 || (a.n == 4 && a.limb[3] >> 31 == 0),
	      "number passes 127 bits");
	for (uint32_t i = a.n; i-- > 0;)
		value = value << 32 | a.limb[i];
	return a.negative ? -(rk_i128)value : (rk_i128)value;
}

struct rk_wide rk_wide_scale(struct rk_wide amount, int exponent,
			     struct rk_wide divisor,
			     enum rk_wide_rounding rounding)
{
	if (exponent >= 0)
		amount = rk_wide_mul(amount,
				     rk_wide_power_of_ten((uint32_t)exponent));
	else
		divisor = rk_wide_mul(
			divisor, rk_wide_power_of_ten((uint32_t)-exponent));
	if (divisor.n == 1 && divisor.limb[0] == 1)
		return amount;
	return rk_wide_div(amount, divisor, rounding);
}

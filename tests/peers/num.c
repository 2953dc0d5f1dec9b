/*
 * Decimal numbers of any length. See num.h.
 */
#include "num.h"

#include <stdio.h>
#include <string.h>

#define POWER_MAX 140 /* of ten, in what wide integers hold */

static const struct num bad_number = {.bad = true};

struct num num_of(rk_i128 m, int places)
{
	return (struct num){rk_wide_of(m), places, false};
}

static struct num times_ten(struct num a, int exponent)
{
	if (exponent < 0 || exponent > POWER_MAX)
		return bad_number;
	a.m = rk_wide_mul(a.m, rk_wide_power_of_ten((uint32_t)exponent));
	a.places += exponent;
	return a;
}

/* What follows an e: a small number of either sign. */
static bool parse_exponent(const char *text, int *ret_exponent)
{
	bool negative = *text == '-';
	int exponent = 0;

	text += *text == '-' || *text == '+';
	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || exponent > POWER_MAX)
			return false;
		exponent = exponent * 10 + (*text - '0');
	}
	*ret_exponent = negative ? -exponent : exponent;
	return true;
}

struct num num_parse(const char *text)
{
	struct num a = num_of(0, 0);
	bool negative = text && *text == '-';
	bool fraction = false;
	int digits = 0;
	int exponent = 0;

	if (!text)
		return bad_number;
	for (const char *at = text + negative; *at; at++) {
		if (*at == '.' && !fraction && digits > 0) {
			fraction = true;
			continue;
		}
		if (*at == 'e' && digits > 0) {
			if (!parse_exponent(at + 1, &exponent))
				return bad_number;
			break;
		}
		if (*at < '0' || *at > '9' || digits > POWER_MAX)
			return bad_number;
		a.m = rk_wide_add(rk_wide_mul(a.m, rk_wide_of(10)),
				  rk_wide_of(*at - '0'));
		a.places += fraction;
		digits++;
	}
	if (digits == 0)
		return bad_number;
	a.places -= exponent;
	return negative ? num_neg(a) : a;
}

struct num num_trim(struct num a)
{
	struct rk_wide ten = rk_wide_of(10);

	if (a.bad || rk_wide_sign(a.m) == 0) {
		a.places = 0;
		return a;
	}
	while (true) {
		struct rk_wide less = rk_wide_div(a.m, ten, RK_WIDE_TO_ZERO);

		if (rk_wide_cmp(rk_wide_mul(less, ten), a.m) != 0)
			return a;
		a.m = less;
		a.places--;
	}
}

struct num num_add(struct num a, struct num b)
{
	if (a.bad || b.bad)
		return bad_number;
	if (a.places < b.places)
		a = times_ten(a, b.places - a.places);
	else
		b = times_ten(b, a.places - b.places);
	if (a.bad || b.bad)
		return bad_number;
	a.m = rk_wide_add(a.m, b.m);
	return a;
}

struct num num_neg(struct num a)
{
	a.m = rk_wide_neg(a.m);
	return a;
}

struct num num_sub(struct num a, struct num b)
{
	return num_add(a, num_neg(b));
}

struct num num_abs(struct num a)
{
	a.m.negative = false;
	return a;
}

struct num num_mul(struct num a, struct num b)
{
	if (a.bad || b.bad)
		return bad_number;
	a.m = rk_wide_mul(a.m, b.m);
	a.places += b.places;
	return a;
}

struct num num_min(struct num a, struct num b)
{
	if (a.bad || b.bad)
		return bad_number;
	return num_cmp(a, b) <= 0 ? a : b;
}

struct num num_max(struct num a, struct num b)
{
	if (a.bad || b.bad)
		return bad_number;
	return num_cmp(a, b) >= 0 ? a : b;
}

struct num num_div(struct num a, struct num b, int places,
		   enum rk_wide_rounding rounding)
{
	int exponent;

	if (a.bad || b.bad || rk_wide_sign(b.m) == 0)
		return bad_number;
	exponent = places + b.places - a.places;
	if (exponent > POWER_MAX || exponent < -POWER_MAX)
		return bad_number;
	if (rk_wide_sign(b.m) < 0) {
		a = num_neg(a);
		b = num_neg(b);
	}
	a.m = rk_wide_scale(a.m, exponent, b.m, rounding);
	a.places = places;
	return a;
}

struct num num_round(struct num a, int places, enum rk_wide_rounding rounding)
{
	if (a.bad || a.places <= places)
		return a;
	return num_div(a, num_of(1, 0), places, rounding);
}

int num_sign(struct num a)
{
	return a.bad ? 1 : rk_wide_sign(a.m);
}

int num_cmp(struct num a, struct num b)
{
	return num_sign(num_sub(a, b));
}

bool num_raw(struct num a, int places, enum rk_wide_rounding rounding,
	     int64_t *ret_raw)
{
	struct num raw = num_div(a, num_of(1, 0), places, rounding);

	if (raw.bad || !rk_wide_fits_64(raw.m))
		return false;
	*ret_raw = (int64_t)rk_wide_to_128(raw.m);
	return true;
}

const char *num_about(struct num a, char buf[NUM_TEXT_SIZE])
{
	struct rk_wide limit = rk_wide_of(100);
	int exponent = -a.places + 1;
	int two;

	if (a.bad) {
		(void)snprintf(buf, NUM_TEXT_SIZE, "none");
		return buf;
	}
	if (num_sign(a) == 0) {
		(void)snprintf(buf, NUM_TEXT_SIZE, "0");
		return buf;
	}
	limit.negative = false;
	while (rk_wide_cmp(num_abs(a).m, limit) >= 0) {
		a.m = rk_wide_div(a.m, rk_wide_of(10), RK_WIDE_TO_ZERO);
		exponent++;
	}
	two = (int)rk_wide_to_128(a.m);
	if (two > -10 && two < 10) {
		two *= 10;
		exponent--;
	}
	(void)snprintf(buf, NUM_TEXT_SIZE, "%s%d.%de%d", two < 0 ? "-" : "",
		       (two < 0 ? -two : two) / 10, (two < 0 ? -two : two) % 10,
		       exponent);
	return buf;
}

/*
 * Decimal numbers for judging vectors. See dec.h.
 */
#include "dec.h"

#include <stdio.h>
#include <string.h>

#define PLACES_MAX 37 /* of a power of ten in 128 bits */

static const struct dec bad_number = {0, 0, true};

struct dec dec_of(rk_i128 m, int places)
{
	return (struct dec){m, places, false};
}

struct dec dec_parse(const char *text)
{
	struct dec a = {0, 0, false};
	bool negative = text && *text == '-';
	bool fraction = false;
	int digits = 0;

	if (!text)
		return bad_number;
	for (const char *at = text + negative; *at; at++) {
		if (*at == '.' && !fraction && digits > 0) {
			fraction = true;
			continue;
		}
		if (*at < '0' || *at > '9')
			return bad_number;
		if (__builtin_mul_overflow(a.m, 10, &a.m) ||
		    __builtin_add_overflow(a.m, *at - '0', &a.m))
			return bad_number;
		a.places += fraction;
		digits++;
	}
	if (digits == 0)
		return bad_number;
	if (negative)
		a.m = -a.m;
	return a;
}

struct dec dec_parse_scientific(const char *text)
{
	const char *e = text ? strchr(text, 'e') : NULL;
	struct dec power = {0, 0, false};
	struct dec a;
	char digits[DEC_TEXT_SIZE];

	if (!e || (size_t)(e - text) >= sizeof(digits))
		return dec_parse(text);
	(void)memcpy(digits, text, (size_t)(e - text));
	digits[e - text] = '\0';
	a = dec_parse(digits);
	power = dec_parse(e + 1);
	if (a.bad || power.bad || power.places != 0 || power.m > PLACES_MAX ||
	    power.m < -PLACES_MAX)
		return bad_number;
	a.places -= (int)power.m;
	return a;
}

/* The same number with more places. */
static struct dec widen(struct dec a, int places)
{
	while (a.places < places) {
		if (__builtin_mul_overflow(a.m, 10, &a.m))
			return bad_number;
		a.places++;
	}
	return a;
}

/* The same number without zeros at its end: what leaves most room. */
static struct dec trim(struct dec a)
{
	if (a.m == 0)
		a.places = 0;
	while (a.m != 0 && a.places > -PLACES_MAX && a.m % 10 == 0) {
		a.m /= 10;
		a.places--;
	}
	return a;
}

struct dec dec_add(struct dec a, struct dec b)
{
	int places;

	if (a.bad || b.bad)
		return bad_number;
	a = trim(a);
	b = trim(b);
	places = a.places > b.places ? a.places : b.places;
	a = widen(a, places);
	b = widen(b, places);
	if (a.bad || b.bad || __builtin_add_overflow(a.m, b.m, &a.m))
		return bad_number;
	return a;
}

struct dec dec_neg(struct dec a)
{
	a.m = -a.m;
	return a;
}

struct dec dec_sub(struct dec a, struct dec b)
{
	return dec_add(a, dec_neg(b));
}

struct dec dec_abs(struct dec a)
{
	return a.m < 0 ? dec_neg(a) : a;
}

struct dec dec_mul(struct dec a, struct dec b)
{
	if (a.bad || b.bad)
		return bad_number;
	a = trim(a);
	b = trim(b);
	if (__builtin_mul_overflow(a.m, b.m, &a.m))
		return bad_number;
	a.places += b.places;
	return a;
}

struct dec dec_max(struct dec a, struct dec b)
{
	if (a.bad || b.bad)
		return bad_number;
	return dec_cmp(a, b) >= 0 ? a : b;
}

struct dec dec_div(struct dec a, struct dec b, int places, enum rk_round round)
{
	if (a.bad || b.bad || b.m == 0)
		return bad_number;
	a = trim(a);
	b = trim(b);
	if (b.m < 0) {
		a = dec_neg(a);
		b = dec_neg(b);
	}
	/* a.m / b.m has a.places - b.places; widen one side to the rest. */
	a = widen(a, places + b.places);
	b = widen(b, a.places - places);
	if (a.bad || b.bad)
		return bad_number;
	return dec_of(rk_fx_div(a.m, b.m, round), places);
}

int dec_sign(struct dec a)
{
	if (a.bad)
		return 1;
	return (a.m > 0) - (a.m < 0);
}

int dec_cmp(struct dec a, struct dec b)
{
	return dec_sign(dec_sub(a, b));
}

int dec_places(struct dec a)
{
	a = trim(a);
	return a.places > 0 ? a.places : 0;
}

int dec_places_of(struct dec a, struct dec b)
{
	int more = dec_places(b);

	return dec_places(a) > more ? dec_places(a) : more;
}

bool dec_raw(struct dec a, int places, enum rk_round round, int64_t *ret_raw)
{
	struct dec raw = dec_div(a, dec_of(1, 0), places, round);

	if (raw.bad || !rk_fx_fits(raw.m))
		return false;
	*ret_raw = (int64_t)raw.m;
	return true;
}

const char *dec_text(struct dec a, char buf[DEC_TEXT_SIZE])
{
	char digits[DEC_TEXT_SIZE];
	size_t n = 0;
	size_t at = 0;
	rk_u128 rest;

	if (a.bad || a.places > 38 || a.places < -8) {
		(void)snprintf(buf, DEC_TEXT_SIZE, "(not a number)");
		return buf;
	}
	a = widen(a, 0);
	rest = a.m < 0 ? -(rk_u128)a.m : (rk_u128)a.m;
	while (rest > 0 || n <= (size_t)a.places) {
		digits[n++] = (char)('0' + (int)(rest % 10));
		rest /= 10;
	}
	if (a.m < 0)
		buf[at++] = '-';
	while (n > 0) {
		buf[at++] = digits[--n];
		if (n > 0 && n == (size_t)a.places)
			buf[at++] = '.';
	}
	buf[at] = '\0';
	return buf;
}

/*
 * Decimal strings to fixed point and back. See decimal.h.
 */
#include "engine/decimal.h"

#include <stdbool.h>
#include <string.h>

/* A text of the right form, cut at its point. */
struct parts {
	bool negative;
	const char *whole;
	size_t whole_n;
	const char *fraction;
	size_t fraction_n; /* without trailing zeros */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t count_digits(const char *text, size_t length)
{
	size_t n = 0;

	while (n < length && is_digit(text[n]))
		n++;
	return n;
}

static int cut(const char *text, size_t length, struct parts *ret_parts)
{
	struct parts parts = {0};
	size_t at = 0;

	if (at < length && text[at] == '-') {
		parts.negative = true;
		at++;
	}

	parts.whole = text + at;
	parts.whole_n = count_digits(parts.whole, length - at);
	if (parts.whole_n == 0)
		return RK_DECIMAL_MALFORMED;
	if (parts.whole_n > 1 && parts.whole[0] == '0')
		return RK_DECIMAL_MALFORMED;
	at += parts.whole_n;

	if (at < length && text[at] == '.') {
		at++;
		parts.fraction = text + at;
		parts.fraction_n = count_digits(parts.fraction, length - at);
		if (parts.fraction_n == 0)
			return RK_DECIMAL_MALFORMED;
		at += parts.fraction_n;
	}
	if (at != length)
		return RK_DECIMAL_MALFORMED;

	while (parts.fraction_n > 0 &&
	       parts.fraction[parts.fraction_n - 1] == '0')
		parts.fraction_n--;

	*ret_parts = parts;
	return RK_DECIMAL_OK;
}

/* magnitude * 10 + digit, as long as it may still become an int64_t. */
static bool append_digit(uint64_t *magnitude, int digit)
{
	uint64_t next;

	if (__builtin_mul_overflow(*magnitude, UINT64_C(10), &next))
		return false;
	if (__builtin_add_overflow(next, (uint64_t)(digit - '0'), &next))
		return false;
	*magnitude = next;
	return true;
}

int rk_decimal_parse_field(const char *text, size_t length, uint8_t decimals,
			   int64_t *ret_raw)
{
	struct parts parts;
	uint64_t magnitude = 0;
	uint64_t limit = INT64_MAX;
	int r = cut(text, length, &parts);

	if (r != RK_DECIMAL_OK)
		return r;
	if (parts.fraction_n > decimals || decimals > RK_DECIMAL_PLACES_MAX)
		return RK_DECIMAL_FRACTION;

	for (size_t i = 0; i < parts.whole_n; i++) {
		if (!append_digit(&magnitude, parts.whole[i]))
			return RK_DECIMAL_RANGE;
	}
	for (size_t i = 0; i < decimals; i++) {
		if (!append_digit(&magnitude, i < parts.fraction_n
						      ? parts.fraction[i]
						      : '0'))
			return RK_DECIMAL_RANGE;
	}

	/* INT64_MIN has one more than INT64_MAX. */
	if (parts.negative)
		limit++;
	if (magnitude > limit)
		return RK_DECIMAL_RANGE;

	/* The cast of the wrapped difference is exact on two's complement. */
	*ret_raw = (int64_t)(parts.negative ? 0 - magnitude : magnitude);
	return RK_DECIMAL_OK;
}

int rk_decimal_parse(const char *text, uint8_t decimals, int64_t *ret_raw)
{
	size_t length = 0;

	while (text[length] != '\0')
		length++;
	return rk_decimal_parse_field(text, length, decimals, ret_raw);
}

const char *rk_decimal_error_text(int error)
{
	switch (error) {
	case RK_DECIMAL_OK:
		return "is right";
	case RK_DECIMAL_MALFORMED:
		return "must be a decimal number like \"-12.34\"";
	case RK_DECIMAL_FRACTION:
		return "must have fewer digits after the point";
	case RK_DECIMAL_RANGE:
		return "must be smaller: it does not fit 64 bits";
	default:
		return "must be something else";
	}
}

/* Digits of magnitude, last first, at least width of them. Returns how many */
static size_t put_digits(rk_u128 magnitude, size_t width, char *digits)
{
	size_t n = 0;

	while (magnitude > UINT64_MAX) {
		digits[n++] = (char)('0' + (int)(magnitude % 10));
		magnitude /= 10;
	}

	/* 64-bit division is ten times cheaper: most figures are all here. */
	uint64_t low = (uint64_t)magnitude;

	while (low > 0 || n < width) {
		digits[n++] = (char)('0' + (int)(low % 10));
		low /= 10;
	}
	return n;
}

static const char *no_number(char *buf, size_t size)
{
	if (size > 1)
		memcpy(buf, "#", 2);
	else if (size == 1)
		buf[0] = '\0';
	return buf;
}

const char *rk_decimal_format_i128(rk_i128 raw, uint8_t decimals,
				   uint8_t decimals_min, char *buf, size_t size)
{
	char digits[RK_DECIMAL_I128_SIZE]; /* last first */
	char text[RK_DECIMAL_I128_SIZE];
	size_t n;
	size_t drop = 0;
	size_t length = 0;

	if (decimals > RK_DECIMAL_PLACES_MAX)
		return no_number(buf, size);
	if (decimals_min > RK_DECIMAL_PLACES_MAX)
		return no_number(buf, size);

	if (raw < 0)
		text[length++] = '-';
	n = put_digits(raw < 0 ? 0 - (rk_u128)raw : (rk_u128)raw,
		       (size_t)decimals + 1, digits);
	while (drop + decimals_min < decimals && digits[drop] == '0')
		drop++;

	for (size_t i = n; i > decimals; i--)
		text[length++] = digits[i - 1];
	if (decimals > drop || decimals_min > 0)
		text[length++] = '.';
	for (size_t i = decimals; i > drop; i--)
		text[length++] = digits[i - 1];
	for (size_t i = decimals; i < decimals_min; i++)
		text[length++] = '0';
	text[length++] = '\0';

	if (length > size)
		return no_number(buf, size);
	memcpy(buf, text, length);
	return buf;
}

const char *rk_decimal_format_min(int64_t raw, uint8_t decimals,
				  uint8_t decimals_min, char *buf, size_t size)
{
	return rk_decimal_format_i128(raw, decimals, decimals_min, buf, size);
}

const char *rk_decimal_format(int64_t raw, uint8_t decimals, char *buf,
			      size_t size)
{
	return rk_decimal_format_i128(raw, decimals, 0, buf, size);
}

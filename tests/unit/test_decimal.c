/*
 * Decimal strings: what is refused, what is exact, and that writing and
 * reading are inverse to each other for every number and scale.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/decimal.h"

#define UNTOUCHED INT64_C(-77)

struct parse_case {
	const char text[48];
	uint8_t decimals;
	int want;
	int64_t raw;
};

ParameterizedTestParameters(decimal, parse_is_strict_and_exact)
{
	static struct parse_case cases[] = {
		{"0", 0, RK_DECIMAL_OK, 0},
		{"0", 8, RK_DECIMAL_OK, 0},
		{"-0", 8, RK_DECIMAL_OK, 0},
		{"-0.00", 1, RK_DECIMAL_OK, 0},
		{"12.34", 2, RK_DECIMAL_OK, 1234},
		{"12.34", 5, RK_DECIMAL_OK, 1234000},
		{"-12.34", 2, RK_DECIMAL_OK, -1234},
		{"0.00000001", 8, RK_DECIMAL_OK, 1},
		{"-0.5", 1, RK_DECIMAL_OK, -5},
		{"100", 0, RK_DECIMAL_OK, 100},
		{"7.0", 0, RK_DECIMAL_OK, 7},
		{"1.2300000000", 2, RK_DECIMAL_OK, 123},
		{"9223372036854775807", 0, RK_DECIMAL_OK, INT64_MAX},
		{"-9223372036854775808", 0, RK_DECIMAL_OK, INT64_MIN},
		{"9.223372036854775807", 18, RK_DECIMAL_OK, INT64_MAX},
		{"92233720368.54775807", 8, RK_DECIMAL_OK, INT64_MAX},
		{"9223372036854775808", 0, RK_DECIMAL_RANGE, 0},
		{"-9223372036854775809", 0, RK_DECIMAL_RANGE, 0},
		{"18446744073709551616", 0, RK_DECIMAL_RANGE, 0},
		{"99999999999999999999999", 0, RK_DECIMAL_RANGE, 0},
		{"10", 18, RK_DECIMAL_RANGE, 0},
		{"1.234", 2, RK_DECIMAL_FRACTION, 0},
		{"0.1", 0, RK_DECIMAL_FRACTION, 0},
		{"99999999999999999999.001", 2, RK_DECIMAL_FRACTION, 0},
		{"0", 19, RK_DECIMAL_FRACTION, 0},
		{"", 2, RK_DECIMAL_MALFORMED, 0},
		{"-", 2, RK_DECIMAL_MALFORMED, 0},
		{"+1", 2, RK_DECIMAL_MALFORMED, 0},
		{"--1", 2, RK_DECIMAL_MALFORMED, 0},
		{" 1", 2, RK_DECIMAL_MALFORMED, 0},
		{"1 ", 2, RK_DECIMAL_MALFORMED, 0},
		{"1\n", 2, RK_DECIMAL_MALFORMED, 0},
		{".5", 2, RK_DECIMAL_MALFORMED, 0},
		{"5.", 2, RK_DECIMAL_MALFORMED, 0},
		{".", 2, RK_DECIMAL_MALFORMED, 0},
		{"1.2.3", 2, RK_DECIMAL_MALFORMED, 0},
		{"007", 2, RK_DECIMAL_MALFORMED, 0},
		{"00", 2, RK_DECIMAL_MALFORMED, 0},
		{"1e3", 2, RK_DECIMAL_MALFORMED, 0},
		{"0x10", 2, RK_DECIMAL_MALFORMED, 0},
		{"1,000", 2, RK_DECIMAL_MALFORMED, 0},
		{"1.-5", 2, RK_DECIMAL_MALFORMED, 0},
		{"nan", 2, RK_DECIMAL_MALFORMED, 0},
		{"inf", 2, RK_DECIMAL_MALFORMED, 0},
		{"1.23456x", 2, RK_DECIMAL_MALFORMED, 0},
		{"99999999999999999999x", 0, RK_DECIMAL_MALFORMED, 0},
		{"\xd9\xa1", 0, RK_DECIMAL_MALFORMED, 0}, /* arabic one */
	};

	return cr_make_param_array(struct parse_case, cases,
				   sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct parse_case *c, decimal, parse_is_strict_and_exact)
{
	int64_t raw = UNTOUCHED;
	int r = rk_decimal_parse(c->text, c->decimals, &raw);

	cr_assert_eq(r, c->want, "\"%s\" with %d decimals: %d, not %d", c->text,
		     c->decimals, r, c->want);
	cr_assert_eq(raw, r == RK_DECIMAL_OK ? c->raw : UNTOUCHED,
		     "\"%s\" with %d decimals: %" PRId64, c->text, c->decimals,
		     raw);
}

Test(decimal, field_ends_where_told_and_reads_no_further)
{
	static const char line[] = "1.25,7";
	int64_t raw = UNTOUCHED;

	cr_assert_eq(rk_decimal_parse_field(line, 4, 2, &raw), RK_DECIMAL_OK);
	cr_assert_eq(raw, 125);
	cr_assert_eq(rk_decimal_parse_field(line, 1, 2, &raw), RK_DECIMAL_OK);
	cr_assert_eq(raw, 100);
	cr_assert_eq(rk_decimal_parse_field(line, 2, 2, &raw),
		     RK_DECIMAL_MALFORMED);
	cr_assert_eq(rk_decimal_parse_field(line, 5, 2, &raw),
		     RK_DECIMAL_MALFORMED);
	cr_assert_eq(rk_decimal_parse_field(line, 0, 2, &raw),
		     RK_DECIMAL_MALFORMED);
	/* A zero byte inside is content, not the end. */
	cr_assert_eq(rk_decimal_parse_field("1\0", 2, 2, &raw),
		     RK_DECIMAL_MALFORMED);
	cr_assert_eq(raw, 100);
}

struct format_case {
	int64_t raw;
	uint8_t decimals;
	uint8_t decimals_min;
	const char want[48];
};

ParameterizedTestParameters(decimal, format_is_exact_and_short)
{
	static struct format_case cases[] = {
		{0, 0, 0, "0"},
		{0, 8, 0, "0"},
		{0, 8, 2, "0.00"},
		{1, 8, 0, "0.00000001"},
		{-1, 8, 0, "-0.00000001"},
		{100, 0, 0, "100"},
		{100, 2, 0, "1"},
		{100, 2, 2, "1.00"},
		{100, 3, 0, "0.1"},
		{1234, 2, 0, "12.34"},
		{-1230, 3, 2, "-1.23"},
		{-1234, 3, 2, "-1.234"},
		{7, 0, 2, "7.00"},
		{10000000000, 8, 0, "100"},
		{10000000000, 8, 4, "100.0000"},
		{INT64_MAX, 0, 0, "9223372036854775807"},
		{INT64_MIN, 0, 0, "-9223372036854775808"},
		{INT64_MIN, 18, 0, "-9.223372036854775808"},
		{INT64_MIN, 0, 18, "-9223372036854775808.000000000000000000"},
		{5, 19, 0, "#"},
		{5, 2, 19, "#"},
	};

	return cr_make_param_array(struct format_case, cases,
				   sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct format_case *c, decimal, format_is_exact_and_short)
{
	char buf[RK_DECIMAL_SIZE];

	cr_assert_str_eq(rk_decimal_format_min(c->raw, c->decimals,
					       c->decimals_min, buf,
					       sizeof(buf)),
			 c->want);
	if (c->decimals_min == 0)
		cr_assert_str_eq(rk_decimal_format(c->raw, c->decimals, buf,
						   sizeof(buf)),
				 c->want);
}

Test(decimal, format_never_cuts_a_number_in_half)
{
	char buf[16];

	for (size_t size = 1; size < sizeof(buf); size++) {
		memset(buf, 'x', sizeof(buf));
		cr_assert_eq(rk_decimal_format(-1234567, 3, buf, size), buf);
		if (size >= sizeof("-1234.567"))
			cr_assert_str_eq(buf, "-1234.567");
		else
			cr_assert_str_eq(buf, size > 1 ? "#" : "");
		cr_assert_eq(buf[size], 'x', "wrote past %zu bytes", size);
	}

	memset(buf, 'x', sizeof(buf));
	cr_assert_eq(rk_decimal_format(5, 0, buf, 0), buf);
	cr_assert_eq(buf[0], 'x');
}

Test(decimal, sums_of_128_bits_are_written_whole)
{
	char buf[RK_DECIMAL_I128_SIZE];
	rk_i128 max = (rk_i128)(~(rk_u128)0 >> 1);

	cr_assert_str_eq(rk_decimal_format_i128(max, 0, 0, buf, sizeof(buf)),
			 "170141183460469231731687303715884105727");
	cr_assert_str_eq(
		rk_decimal_format_i128(-max - 1, 18, 0, buf, sizeof(buf)),
		"-170141183460469231731.687303715884105728");
	cr_assert_str_eq(
		rk_decimal_format_i128(-max - 1, 0, 18, buf, sizeof(buf)),
		"-170141183460469231731687303715884105728."
		"000000000000000000");
	cr_assert_str_eq(rk_decimal_format_i128((rk_i128)UINT64_MAX + 1, 8, 2,
						buf, sizeof(buf)),
			 "184467440737.09551616");
}

/* xorshift64*: any fixed sequence does, it only spreads over the edges. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

/* Numbers near 0, powers of ten and of two, and both ends of int64_t. */
static int64_t edge_biased(uint64_t *state)
{
	uint64_t random = next_random(state);
	int64_t near = (int64_t)(random >> 32 & 3) - 1;
	uint64_t base = 1;

	switch (random & 7) {
	case 0:
		return near;
	case 1:
		return random & 8 ? INT64_MIN + (near & 3)
				  : INT64_MAX - 2 + near;
	case 2:
	case 3:
		for (uint64_t i = (random >> 8) % 19; i > 0; i--)
			base *= 10;
		break;
	case 4:
		base <<= (random >> 8) % 63;
		break;
	default:
		base = next_random(state) >> (1 + (random >> 8) % 62);
	}

	int64_t raw = (int64_t)(base >> 1) + (int64_t)(base - (base >> 1));

	raw = near > 0 && raw > INT64_MAX - near ? raw : raw + near;
	return random & 16 ? -raw : raw;
}

Test(decimal, what_is_written_is_read_back_the_same)
{
	uint64_t state = UINT64_C(0x9e3779b97f4a7c15);
	char buf[RK_DECIMAL_SIZE];

	for (int i = 0; i < 400000; i++) {
		int64_t raw = edge_biased(&state);
		uint8_t decimals = (uint8_t)(next_random(&state) % 19);
		uint8_t min = (uint8_t)(next_random(&state) % 19);
		int64_t back = ~raw;

		rk_decimal_format(raw, decimals, buf, sizeof(buf));
		cr_assert_eq(rk_decimal_parse(buf, decimals, &back), 0,
			     "%" PRId64 " with %d decimals: %s", raw, decimals,
			     buf);
		cr_assert_eq(back, raw, "%" PRId64 " with %d decimals: %s", raw,
			     decimals, buf);

		/* Needless zeros change nothing. */
		back = ~raw;
		rk_decimal_format_min(raw, decimals, min, buf, sizeof(buf));
		cr_assert_eq(rk_decimal_parse(buf, decimals, &back), 0);
		cr_assert_eq(back, raw, "%" PRId64 " with %d decimals: %s", raw,
			     decimals, buf);
	}
}

Test(decimal, the_shortest_form_has_no_needless_zero)
{
	uint64_t state = 42;
	char buf[RK_DECIMAL_SIZE];

	for (int i = 0; i < 200000; i++) {
		int64_t raw = edge_biased(&state);
		uint8_t decimals = (uint8_t)(next_random(&state) % 19);
		const char *point;

		rk_decimal_format(raw, decimals, buf, sizeof(buf));
		point = strchr(buf, '.');
		if (!point)
			continue;
		cr_assert_neq(buf[strlen(buf) - 1], '0', "%s", buf);
		cr_assert_neq(buf[strlen(buf) - 1], '.', "%s", buf);
		cr_assert_leq(strlen(point + 1), decimals);
	}
}

/* printf is the oracle for whole numbers. */
Test(decimal, without_decimals_it_is_a_plain_integer)
{
	uint64_t state = 7;
	char buf[RK_DECIMAL_SIZE];
	char want[RK_DECIMAL_SIZE];

	for (int i = 0; i < 200000; i++) {
		int64_t raw = edge_biased(&state);

		snprintf(want, sizeof(want), "%" PRId64, raw);
		cr_assert_str_eq(rk_decimal_format(raw, 0, buf, sizeof(buf)),
				 want);
	}
}

Test(decimal, every_error_has_its_own_words)
{
	cr_assert_str_neq(rk_decimal_error_text(RK_DECIMAL_MALFORMED),
			  rk_decimal_error_text(RK_DECIMAL_FRACTION));
	cr_assert_str_neq(rk_decimal_error_text(RK_DECIMAL_FRACTION),
			  rk_decimal_error_text(RK_DECIMAL_RANGE));
	cr_assert_str_neq(rk_decimal_error_text(RK_DECIMAL_RANGE),
			  rk_decimal_error_text(99));
}

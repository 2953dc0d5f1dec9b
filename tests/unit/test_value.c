/*
 * Durations, sizes, suggestions and error sentences: what people write and
 * what they are told.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "ops/error.h"
#include "ops/suggest.h"
#include "ops/value.h"

#define UNTOUCHED INT64_C(-77)
#define N(array)  (sizeof(array) / sizeof((array)[0]))

struct value_case {
	const char *text;
	int want;
	int64_t value;
	const char *written; /* NULL: as read */
};

static void check_parse(const struct value_case *c,
			int (*parse)(const char *, int64_t *),
			const char *(*format)(int64_t, char *))
{
	int64_t value = UNTOUCHED;
	char buf[RK_VALUE_SIZE];
	int r = parse(c->text, &value);

	cr_assert_eq(r, c->want, "\"%s\": %d", c->text, r);
	cr_assert_eq(value, r == 0 ? c->value : UNTOUCHED, "\"%s\": %" PRId64,
		     c->text, value);
	if (r == 0)
		cr_assert_str_eq(format(value, buf),
				 c->written ? c->written : c->text);
}

Test(value, duration_is_a_whole_number_and_a_unit)
{
	static const struct value_case cases[] = {
		{"30s", 0, INT64_C(30000000000), NULL},
		{"1ns", 0, 1, NULL},
		{"1500ms", 0, INT64_C(1500000000), NULL},
		{"7us", 0, 7000, NULL},
		{"60s", 0, INT64_C(60000000000), "1m"},
		{"90s", 0, INT64_C(90000000000), NULL},
		{"24h", 0, INT64_C(86400000000000), "1d"},
		{"0s", 0, 0, "0ns"},
		{"106751d", 0, INT64_C(106751) * 86400000000000, NULL},
		{"106752d", -ERANGE, 0, NULL},
		{"9223372036854775807ns", 0, INT64_MAX, NULL},
		{"9223372036854775808ns", -ERANGE, 0, NULL},
		{"99999999999999999999s", -ERANGE, 0, NULL},
		{"30", -EINVAL, 0, NULL},
		{"s", -EINVAL, 0, NULL},
		{"", -EINVAL, 0, NULL},
		{"30 s", -EINVAL, 0, NULL},
		{" 30s", -EINVAL, 0, NULL},
		{"30s ", -EINVAL, 0, NULL},
		{"-30s", -EINVAL, 0, NULL},
		{"+30s", -EINVAL, 0, NULL},
		{"1.5s", -EINVAL, 0, NULL},
		{"030s", -EINVAL, 0, NULL},
		{"30S", -EINVAL, 0, NULL},
		{"30sec", -EINVAL, 0, NULL},
		{"30KiB", -EINVAL, 0, NULL},
	};

	for (size_t i = 0; i < N(cases); i++)
		check_parse(&cases[i], rk_value_parse_duration,
			    rk_value_format_duration);
}

Test(value, size_is_in_bytes_or_powers_of_1024)
{
	static const struct value_case cases[] = {
		{"0", 0, 0, NULL},
		{"1", 0, 1, NULL},
		{"1000", 0, 1000, NULL},
		{"1024", 0, 1024, "1KiB"},
		{"64MiB", 0, INT64_C(64) << 20, NULL},
		{"1536KiB", 0, INT64_C(1536) << 10, NULL},
		{"2GiB", 0, INT64_C(2) << 30, NULL},
		{"8589934591GiB", 0, INT64_C(8589934591) << 30, NULL},
		{"8589934592GiB", -ERANGE, 0, NULL},
		{"1MB", -EINVAL, 0, NULL},
		{"1mib", -EINVAL, 0, NULL},
		{"MiB", -EINVAL, 0, NULL},
		{"1.5MiB", -EINVAL, 0, NULL},
		{"-1", -EINVAL, 0, NULL},
		{"1 MiB", -EINVAL, 0, NULL},
	};

	for (size_t i = 0; i < N(cases); i++)
		check_parse(&cases[i], rk_value_parse_bytes,
			    rk_value_format_bytes);
}

Test(value, written_duration_is_read_back_the_same)
{
	uint64_t state = 88172645463325252;

	for (int i = 0; i < 100000; i++) {
		char buf[RK_VALUE_SIZE];
		int64_t ns, back = UNTOUCHED;

		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		ns = (int64_t)(state >> (1 + state % 60));
		cr_assert_eq(rk_value_parse_duration(
				     rk_value_format_duration(ns, buf), &back),
			     0, "%s", buf);
		cr_assert_eq(back, ns, "%s", buf);
	}
}

Test(suggest, names_the_nearest_word_or_none)
{
	static const char *const names[] = {"accounts", "assets", "orders",
					    "ring"};
	static const struct {
		const char *word, *want;
	} cases[] = {
		{"acc0unts", "accounts"},
		{"accounst", "accounts"},
		{"account", "accounts"},
		{"asets", "assets"},
		{"order", "orders"},
		{"accounts", "accounts"},
		{"rng", "ring"},
		{"balances", NULL},
		{"xy", NULL},
		{"", NULL},
		{"ringringring", NULL},
	};
	char longest[200];

	for (size_t i = 0; i < N(cases); i++) {
		const char *got =
			rk_suggest_nearest(names, N(names), cases[i].word);

		cr_assert_eq(!got, !cases[i].want, "%s", cases[i].word);
		if (got)
			cr_assert_str_eq(got, cases[i].want);
	}

	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	cr_assert_null(rk_suggest_nearest(names, N(names), longest));
}

Test(error, sentence_stays_on_one_line_and_says_when_it_was_cut)
{
	struct rk_error error;
	char longest[3 * RK_ERROR_SIZE];

	rk_error_set(&error, "%s: line\nforged\x1b[1m", "a.conf");
	cr_assert_str_eq(error.text, "a.conf: line?forged?[1m");

	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	rk_error_set(&error, "%s", longest);
	cr_assert_eq(strlen(error.text), RK_ERROR_SIZE - 1);
	cr_assert_str_eq(error.text + RK_ERROR_SIZE - 5, "a...");
}

/* What is written is read as the same, and is as short as it can be. */
static void expect_written(int64_t ns)
{
	char text[RK_VALUE_SIZE];
	size_t n = strlen(rk_value_format_time(ns, text));
	int64_t again;

	cr_expect_eq(rk_value_parse_time(text, &again), 0, "%s", text);
	cr_expect_eq(again, ns, "%s", text);
	cr_expect(!strchr(text, '.') || text[n - 2] != '0', "%s", text);
}

Test(value, a_time_is_a_date_and_a_time_of_utc)
{
	static const struct {
		const char *text;
		int64_t ns;
	} cases[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"1970-01-01T00:00:00.000000001Z", 1},
		{"2000-02-29T12:34:56.5Z", INT64_C(951827696500000000)},
		{"2024-01-01T00:00:00Z", INT64_C(1704067200000000000)},
		{"2100-03-01T00:00:00Z", INT64_C(4107542400000000000)},
		{"2115-12-31T23:59:59Z", INT64_C(4607279999000000000)},
	};
	static const char *const bad[] = {
		"",
		"2024-01-01",
		"2024-01-01T00:00:00",
		"2024-01-01T00:00:00+01:00",
		"2024-01-01 00:00:00Z",
		"2024-1-01T00:00:00Z",
		"2024-00-01T00:00:00Z",
		"2024-13-01T00:00:00Z",
		"2023-02-29T00:00:00Z",
		"2100-02-29T00:00:00Z",
		"2024-04-31T00:00:00Z",
		"2024-01-01T24:00:00Z",
		"2024-01-01T00:60:00Z",
		"2024-01-01T00:00:60Z",
		"2024-01-01T00:00:00.Z",
		"2024-01-01T00:00:00.0000000001Z",
		"2024-01-01T00:00:00Z ",
		"1969-12-31T23:59:59Z",
		"2116-01-01T00:00:00Z",
	};
	int64_t ns;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cr_expect_eq(rk_value_parse_time(cases[i].text, &ns), 0, "%s",
			     cases[i].text);
		cr_expect_eq(ns, cases[i].ns, "%s", cases[i].text);
		expect_written(ns);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_neq(rk_value_parse_time(bad[i], &ns), 0, "%s",
			      bad[i]);
}

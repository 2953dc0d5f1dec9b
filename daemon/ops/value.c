/*
 * Durations and sizes as people write them. See value.h.
 */
#include "ops/value.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "engine/decimal.h"

struct unit {
	const char *name;
	int64_t factor;
};

/* From large to small, as formatting takes the first that divides. */
static const struct unit duration_units[] = {
	{"d", INT64_C(86400000000000)},
	{"h", INT64_C(3600000000000)},
	{"m", INT64_C(60000000000)},
	{"s", INT64_C(1000000000)},
	{"ms", 1000000},
	{"us", 1000},
	{"ns", 1},
	{NULL, 0},
};

static const struct unit bytes_units[] = {
	{"TiB", INT64_C(1) << 40},
	{"GiB", INT64_C(1) << 30},
	{"MiB", INT64_C(1) << 20},
	{"KiB", INT64_C(1) << 10},
	{"", 1},
	{NULL, 0},
};

static int parse(const char *text, const struct unit *units, int64_t *ret_value)
{
	size_t digits = strspn(text, "0123456789");
	int64_t number;
	int r;

	while (units->name && strcmp(units->name, text + digits) != 0)
		units++;
	if (!units->name)
		return -EINVAL;

	r = rk_decimal_parse_field(text, digits, 0, &number);
	if (r == RK_DECIMAL_RANGE)
		return -ERANGE;
	if (r != RK_DECIMAL_OK)
		return -EINVAL;
	if (number > INT64_MAX / units->factor)
		return -ERANGE;

	*ret_value = number * units->factor;
	return 0;
}

static const char *format(int64_t value, const struct unit *units, char *buf)
{
	/* Every unit divides 0: it is left to the last. */
	while (value % units->factor != 0 || (value == 0 && units[1].name))
		units++;
	snprintf(buf, RK_VALUE_SIZE, "%" PRId64 "%s", value / units->factor,
		 units->name);
	return buf;
}

int rk_value_parse_duration(const char *text, int64_t *ret_ns)
{
	return parse(text, duration_units, ret_ns);
}

int rk_value_parse_bytes(const char *text, int64_t *ret_bytes)
{
	return parse(text, bytes_units, ret_bytes);
}

const char *rk_value_format_duration(int64_t ns, char *buf)
{
	return format(ns, duration_units, buf);
}

const char *rk_value_format_bytes(int64_t bytes, char *buf)
{
	return format(bytes, bytes_units, buf);
}

/* Exactly so many digits. */
static bool take_number(const char **text, int digits, int *ret_number)
{
	*ret_number = 0;
	for (int i = 0; i < digits; i++) {
		if ((*text)[i] < '0' || (*text)[i] > '9')
			return false;
		*ret_number = *ret_number * 10 + ((*text)[i] - '0');
	}
	*text += digits;
	return true;
}

static bool take_sign(const char **text, char sign)
{
	if (**text != sign)
		return false;
	++*text;
	return true;
}

/* The decimals of a second, if any. */
static bool take_fraction(const char **text, int64_t *ret_ns)
{
	int64_t unit = 100000000;

	*ret_ns = 0;
	if (!take_sign(text, '.'))
		return true;
	if (**text < '0' || **text > '9')
		return false;
	for (; unit > 0 && **text >= '0' && **text <= '9'; ++*text) {
		*ret_ns += unit * (**text - '0');
		unit /= 10;
	}
	return true;
}

/* Days from 1970 to a date of the Gregorian calendar, from 1970 on. */
static int64_t days_to(int year, int month, int day)
{
	/* Years begin in March, so that leap days come last. */
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day -
	       1 - 719468;
}

static int days_of(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30,
				   31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

int rk_value_parse_time(const char *text, int64_t *ret_ns)
{
	int year;
	int month;
	int day;
	int hour;
	int minute;
	int second;
	int64_t fraction;

	if (!take_number(&text, 4, &year) || !take_sign(&text, '-') ||
	    !take_number(&text, 2, &month) || !take_sign(&text, '-') ||
	    !take_number(&text, 2, &day) || !take_sign(&text, 'T') ||
	    !take_number(&text, 2, &hour) || !take_sign(&text, ':') ||
	    !take_number(&text, 2, &minute) || !take_sign(&text, ':') ||
	    !take_number(&text, 2, &second) ||
	    !take_fraction(&text, &fraction) || !take_sign(&text, 'Z') ||
	    *text != '\0')
		return -EINVAL;
	if (year < 1970 || year > 2115 || month < 1 || month > 12 || day < 1 ||
	    day > days_of(year, month) || hour > 23 || minute > 59 ||
	    second > 59)
		return -EINVAL;
	*ret_ns =
		(((days_to(year, month, day) * 24 + hour) * 60 + minute) * 60 +
		 second) *
			1000000000 +
		fraction;
	return 0;
}

const char *rk_value_format_time(int64_t ns, char *buf)
{
	const time_t second = (time_t)(ns / 1000000000);
	int64_t fraction = ns % 1000000000;
	size_t n;
	struct tm tm;

	(void)gmtime_r(&second, &tm); /* no year is too large for it */
	n = strftime(buf, RK_VALUE_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	if (fraction == 0) {
		(void)snprintf(buf + n, RK_VALUE_SIZE - n, "Z");
		return buf;
	}
	(void)snprintf(buf + n, RK_VALUE_SIZE - n, ".%09" PRId64, fraction);
	n = strlen(buf);
	while (buf[n - 1] == '0')
		n--;
	(void)snprintf(buf + n, RK_VALUE_SIZE - n, "Z");
	return buf;
}

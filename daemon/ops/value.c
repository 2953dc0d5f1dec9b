/*
 * Durations and sizes as people write them. See value.h.
 */
#include "ops/value.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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

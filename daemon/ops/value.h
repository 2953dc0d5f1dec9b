/*
 * Values as people write them in files: durations "30s", sizes "64MiB".
 *
 * Decimal numbers are engine/decimal.h.
 */
#ifndef RK_OPS_VALUE_H
#define RK_OPS_VALUE_H

#include <stddef.h>
#include <stdint.h>

/* Room for any value these functions write, with its ending zero. */
#define RK_VALUE_SIZE 32

/* What would be right, as the end of a message. */
#define RK_VALUE_DURATION_NEED                                                 \
	"must be a whole number and a unit (ns, us, ms, s, m, h, d), "         \
	"like \"30s\""
#define RK_VALUE_BYTES_NEED                                                    \
	"must be a whole number of bytes, or of KiB, MiB, GiB, like \"64MiB\""

#define RK_VALUE_TIME_NEED "must be a time of UTC like \"2026-03-27T08:00:00Z\""

/*
 * A point in time as RFC 3339 writes it, of UTC: the date, "T", the time, at
 * most nine decimals of the second, "Z". In nanoseconds since 1970. Returns 0
 * or -EINVAL, also for what is before 1970 or after 2116.
 */
int rk_value_parse_time(const char *text, int64_t *ret_ns);

/*
 * Write such a time, from 1970 to 2116, so that it parses back to the same.
 * Returns buf, which must have RK_VALUE_SIZE bytes.
 */
const char *rk_value_format_time(int64_t ns, char *buf);

/*
 * A whole number, 0 or more, and its unit without a blank between: "1500ms"
 * in nanoseconds, "64MiB" in bytes (which may also stand without a unit).
 * Returns 0, -EINVAL (not of this form) or -ERANGE (too large for 64 bits).
 */
int rk_value_parse_duration(const char *text, int64_t *ret_ns);
int rk_value_parse_bytes(const char *text, int64_t *ret_bytes);

/*
 * Write the value, 0 or more, exactly and in the largest unit that divides
 * it, so that it parses back to the same. Returns buf, which must have
 * RK_VALUE_SIZE bytes.
 */
const char *rk_value_format_duration(int64_t ns, char *buf);
const char *rk_value_format_bytes(int64_t bytes, char *buf);

#endif

/*
 * Decimal strings to fixed point and back, exactly.
 *
 * People, JSON, CSV and config files write money as "-12.34"; the engine keeps
 * integers with a number of decimals. This is the only way between the two:
 * no floats, no rounding, no locale. It knows nothing of units and needs
 * nothing of the engine, so that the client links it alone.
 */
#ifndef RK_ENGINE_DECIMAL_H
#define RK_ENGINE_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

#include "engine/units.h"

/* Most decimals that any figure has (interest and funding indices). */
#define RK_DECIMAL_PLACES_MAX 18

/* Room for any number these functions write, with its ending zero. */
#define RK_DECIMAL_SIZE      44 /* of an int64_t, any minimum of decimals */
#define RK_DECIMAL_I128_SIZE 64 /* of an rk_i128 */

/* What was wrong with a text; not RK_REJ_*, as no command came of it. */
enum rk_decimal_error {
	RK_DECIMAL_OK = 0,
	RK_DECIMAL_MALFORMED = 1, /* not a decimal number */
	RK_DECIMAL_FRACTION = 2,  /* more decimals than there is room for */
	RK_DECIMAL_RANGE = 3,     /* too large for 64 bits */
};

/*
 * Read text as a number with this many decimals: "12.34" with 3 is 12340.
 *
 * The form is: an optional '-', digits without needless leading zeros, and
 * optionally '.' with digits after it. No '+', blanks, exponent, separators;
 * neither ".5" nor "5.". "-0" is 0. Digits beyond decimals must be zeros:
 * nothing is rounded. decimals is at most RK_DECIMAL_PLACES_MAX.
 *
 * Returns 0 or an rk_decimal_error; a text with several faults gives the
 * lowest of them.
 */
int rk_decimal_parse(const char *text, uint8_t decimals, int64_t *ret_raw);

/* The same for length bytes that need no ending zero, as a field of a line. */
int rk_decimal_parse_field(const char *text, size_t length, uint8_t decimals,
			   int64_t *ret_raw);

/* What would be right, as the end of a message: "must be ...". Static. */
const char *rk_decimal_error_text(int error);

/*
 * Write raw, exactly and as short as it goes: 12340 with 3 decimals is
 * "12.34", 100000 with 3 is "100". It parses back to raw.
 *
 * Returns buf, for use as an argument of printf. A number that does not fit
 * in size, or decimals above RK_DECIMAL_PLACES_MAX (they may come from a
 * peer), give "#", which is no number: half of one would be a lie.
 */
const char *rk_decimal_format(int64_t raw, uint8_t decimals, char *buf,
			      size_t size);

/* The same with at least decimals_min digits after the point, for tables. */
const char *rk_decimal_format_min(int64_t raw, uint8_t decimals,
				  uint8_t decimals_min, char *buf, size_t size);

/* The same for sums over accounts. */
const char *rk_decimal_format_i128(rk_i128 raw, uint8_t decimals,
				   uint8_t decimals_min, char *buf,
				   size_t size);

#endif

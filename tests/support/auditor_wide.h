/*
 * Integers wide enough that no formula of the engine can overflow them.
 * Schoolbook arithmetic: slow, plain, and not the engine's.
 */
#ifndef RK_SUPPORT_AUDITOR_WIDE_H
#define RK_SUPPORT_AUDITOR_WIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/units.h"

#define RK_WIDE_LIMBS 16 /* 512 bits */

struct rk_wide {
	bool negative; /* never with magnitude 0 */
	uint32_t n;    /* limbs in use; those above are 0 */
	uint32_t limb[RK_WIDE_LIMBS];
};

enum rk_wide_rounding {
	RK_WIDE_DOWN,
	RK_WIDE_UP,
	RK_WIDE_TO_ZERO
};

struct rk_wide rk_wide_of(rk_i128 value);
struct rk_wide rk_wide_power_of_ten(uint32_t exponent);
struct rk_wide rk_wide_neg(struct rk_wide a);
struct rk_wide rk_wide_add(struct rk_wide a, struct rk_wide b);
struct rk_wide rk_wide_sub(struct rk_wide a, struct rk_wide b);
struct rk_wide rk_wide_mul(struct rk_wide a, struct rk_wide b);

/* a / b; b is not 0. Down is toward minus infinity. */
struct rk_wide rk_wide_div(struct rk_wide a, struct rk_wide b,
			   enum rk_wide_rounding rounding);

/* Below 0, 0 or above 0 as a is below, equal to or above b. */
int rk_wide_cmp(struct rk_wide a, struct rk_wide b);
int rk_wide_sign(struct rk_wide a);

bool rk_wide_fits_64(struct rk_wide a);
/* Ends the program when it does not fit: a bug of the test. */
rk_i128 rk_wide_to_128(struct rk_wide a);

/*
 * amount * 10^exponent / divisor with one rounding; exponent may be below 0.
 */
struct rk_wide rk_wide_scale(struct rk_wide amount, int exponent,
			     struct rk_wide divisor,
			     enum rk_wide_rounding rounding);

#endif

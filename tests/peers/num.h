/*
 * Decimal numbers of any length that answers of other engines have: 256-bit
 * integers, 36 digits after the point. The vectors' dec.h has 128 bits and is
 * too small for them; the integers beneath are the auditor's, not the engine's.
 *
 * What is no number is bad, and so is all that is made of it.
 */
#ifndef RK_TESTS_PEERS_NUM_H
#define RK_TESTS_PEERS_NUM_H

#include "support/auditor_wide.h"

/* m * 10^-places, places of either sign. */
struct num {
	struct rk_wide m;
	int places;
	bool bad;
};

#define NUM_TEXT_SIZE 192

struct num num_of(rk_i128 m, int places);
/* "-12.5", "7e-30"; bad when it is none, NULL included. */
struct num num_parse(const char *text);

struct num num_add(struct num a, struct num b);
struct num num_sub(struct num a, struct num b);
struct num num_mul(struct num a, struct num b);
struct num num_neg(struct num a);
struct num num_abs(struct num a);
struct num num_min(struct num a, struct num b);
struct num num_max(struct num a, struct num b);

/* a / b with so many places; b of either sign, not 0. */
struct num num_div(struct num a, struct num b, int places,
		   enum rk_wide_rounding rounding);
struct num num_round(struct num a, int places, enum rk_wide_rounding rounding);
/* The same number without zeros at its end: fewest places, even below 0. */
struct num num_trim(struct num a);

/* Below 0, 0, above 0. A bad number is above all. */
int num_cmp(struct num a, struct num b);
int num_sign(struct num a);

/* The number as raw units of 10^-places: false when it does not fit. */
bool num_raw(struct num a, int places, enum rk_wide_rounding rounding,
	     int64_t *ret_raw);

/* About so much, for people: "1.2e-07". Returns buf. */
const char *num_about(struct num a, char buf[NUM_TEXT_SIZE]);

#endif

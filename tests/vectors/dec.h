/*
 * Decimal numbers for judging vectors: exact, wide and independent of the
 * engine's own arithmetic, so that a fault there cannot hide behind itself.
 *
 * What does not fit in 128 bits, or is no number, is bad, and so is all that
 * is made of it: ask once, at the end.
 */
#ifndef RK_TESTS_VECTORS_DEC_H
#define RK_TESTS_VECTORS_DEC_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/fx.h"
#include "engine/units.h"

/* m * 10^-places, places of either sign. */
struct dec {
	rk_i128 m;
	int places;
	bool bad;
};

#define DEC_TEXT_SIZE 64

struct dec dec_of(rk_i128 m, int places);
struct dec dec_parse(const char *text);
/* The same, or with a power of ten after it: "1e-18". */
struct dec dec_parse_scientific(const char *text);

struct dec dec_add(struct dec a, struct dec b);
struct dec dec_sub(struct dec a, struct dec b);
struct dec dec_mul(struct dec a, struct dec b);
struct dec dec_abs(struct dec a);
struct dec dec_neg(struct dec a);
struct dec dec_max(struct dec a, struct dec b);

/* a / b with so many places, rounded; b of either sign, not 0. */
struct dec dec_div(struct dec a, struct dec b, int places, enum rk_round round);

/* Below 0, 0, above 0. A bad number equals nothing: it is above all. */
int dec_cmp(struct dec a, struct dec b);
int dec_sign(struct dec a);

/* Fewest places that hold the number exactly, at least 0. */
int dec_places(struct dec a);
/* The same of either; a sum may have fewer. */
int dec_places_of(struct dec a, struct dec b);

/* The number as raw units of 10^-places: false when it does not fit. */
bool dec_raw(struct dec a, int places, enum rk_round round, int64_t *ret_raw);

/* For people. Returns buf. */
const char *dec_text(struct dec a, char buf[DEC_TEXT_SIZE]);

#endif

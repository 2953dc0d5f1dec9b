/*
 * One vector: reading its inputs, comparing figures with what it expects.
 *
 * A figure is compared exactly, rounded the way the engine rounds what it
 * cannot hold, unless the vector names a tolerance for it. A vector passes
 * only when every figure it expects has been compared. One without an input
 * that its judge needs is of another form, and waits.
 */
#ifndef RK_TESTS_VECTORS_VEC_H
#define RK_TESTS_VECTORS_VEC_H

#include <jansson.h>

#include "dec.h"

enum verdict {
	VERDICT_PASS,
	VERDICT_FAIL,
	VERDICT_WAIT, /* cannot be said in this engine, or not yet: see why */
};

struct vec {
	const json_t *inputs;
	const json_t *expected;
	const json_t *tolerance; /* NULL: all exact */
	size_t compared;         /* figures of expected so far */
	bool broken;             /* an input is missing or malformed */
	bool absent;             /* it is missing: a form not known here */
	bool differs;            /* a figure is not what is expected */
	bool refused; /* rightly refused: there are no figures to compare */
	char why[256];
};

/* A figure of expected, and how near the engine can come to it. */
struct figure {
	const char *key;
	struct dec want;
	int places;          /* finest unit the engine gives it in */
	enum rk_round round; /* where it rounds what is finer */
	struct dec slack;    /* what the model's own rounding may add */
};

/* Say what is wrong with the vector itself: it fails. */
void vec_malformed(struct vec *vec, const char *key, const char *need);
/* Say what it does not have: it waits. */
void vec_absent(struct vec *vec, const char *key);

bool vec_has(const json_t *object, const char *key); /* and it is not null */
/* A decimal of an object; what is no decimal makes the vector broken. */
struct dec vec_number(struct vec *vec, const json_t *object, const char *key);
/* The same where it may be left out. */
struct dec vec_number_or(struct vec *vec, const json_t *object, const char *key,
			 struct dec fallback);
/* Is it 0, or left out? */
bool vec_is_zero(struct vec *vec, const json_t *object, const char *key);
/* Element i of an array of decimals. */
struct dec vec_element(struct vec *vec, const json_t *array, size_t i);
/* "" when missing, and the vector is broken. */
const char *vec_word(struct vec *vec, const json_t *object, const char *key);
/* inputs or expected: an array under this key; NULL and broken if none. */
const json_t *vec_array(struct vec *vec, const json_t *object, const char *key);
/* +1 for side "long", -1 for "short". */
int vec_side(struct vec *vec, const json_t *object);

struct figure vec_figure(struct vec *vec, const char *key, int places,
			 enum rk_round round);
/* The tolerance of a figure: absolute, or relative to what is wanted. */
struct dec vec_tolerance(struct vec *vec, const char *key, struct dec want);

/* Compare one figure. False, with the reason in why, when it differs. */
bool vec_compare(struct vec *vec, const struct figure *figure, struct dec got);
/* The same for what is expected under a key in one step. */
bool vec_expect(struct vec *vec, const char *key, struct dec got, int places,
		enum rk_round round);
/* Say that a figure has been judged by other means. */
bool vec_check(struct vec *vec, bool good, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The verdict when all has been compared. */
enum verdict vec_verdict(struct vec *vec);
/*
 * The engine would not have it: a failure, with the code's text. But what is
 * beyond its 64 bits (RK_REJ_OVERFLOW), or terms that it has not
 * (RK_REJ_BAD_PARAM), are rightly refused: that waits.
 */
enum verdict vec_refused(struct vec *vec, const char *what, int code);
enum verdict vec_wait(struct vec *vec, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif

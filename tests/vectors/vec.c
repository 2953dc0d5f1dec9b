/*
 * One vector: reading and comparing. See vec.h.
 */
#include "vec.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/rc.h"

void vec_malformed(struct vec *vec, const char *key, const char *need)
{
	if (!vec->broken)
		(void)snprintf(vec->why, sizeof(vec->why),
			       "the vector is malformed: %s must be %s", key,
			       need);
	vec->broken = true;
}

void vec_absent(struct vec *vec, const char *key)
{
	if (vec->broken)
		return;
	(void)snprintf(vec->why, sizeof(vec->why),
		       "no %s: a form that is not known here", key);
	vec->absent = true;
	vec->broken = true;
}

bool vec_has(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return value && !json_is_null(value);
}

static struct dec number_of(struct vec *vec, const json_t *value,
			    const char *name)
{
	/* Whole numbers of small units may stand without quotes. */
	struct dec number = json_is_integer(value)
				    ? dec_of(json_integer_value(value), 0)
				    : dec_parse(json_string_value(value));

	if (number.bad)
		vec_malformed(vec, name, "a decimal string");
	return number;
}

struct dec vec_number(struct vec *vec, const json_t *object, const char *key)
{
	if (!vec_has(object, key)) {
		vec_absent(vec, key);
		return dec_of(0, 0);
	}
	return number_of(vec, json_object_get(object, key), key);
}

struct dec vec_number_or(struct vec *vec, const json_t *object, const char *key,
			 struct dec fallback)
{
	return vec_has(object, key) ? vec_number(vec, object, key) : fallback;
}

bool vec_is_zero(struct vec *vec, const json_t *object, const char *key)
{
	return dec_sign(vec_number_or(vec, object, key, dec_of(0, 0))) == 0;
}

struct dec vec_element(struct vec *vec, const json_t *array, size_t i)
{
	return number_of(vec, json_array_get(array, i), "each element");
}

const char *vec_word(struct vec *vec, const json_t *object, const char *key)
{
	const char *word = json_string_value(json_object_get(object, key));

	if (!vec_has(object, key))
		vec_absent(vec, key);
	else if (!word)
		vec_malformed(vec, key, "a string");
	return word ? word : "";
}

const json_t *vec_array(struct vec *vec, const json_t *object, const char *key)
{
	const json_t *array = json_object_get(object, key);

	if (!vec_has(object, key)) {
		vec_absent(vec, key);
		return NULL;
	}
	if (!json_is_array(array)) {
		vec_malformed(vec, key, "an array");
		return NULL;
	}
	return array;
}

int vec_side(struct vec *vec, const json_t *object)
{
	const char *side = vec_word(vec, object, "side");

	if (strcmp(side, "long") != 0 && strcmp(side, "short") != 0)
		vec_malformed(vec, "side", "long or short");
	return strcmp(side, "short") == 0 ? -1 : 1;
}

struct figure vec_figure(struct vec *vec, const char *key, int places,
			 enum rk_round round)
{
	return (struct figure){
		.key = key,
		.want = vec_number(vec, vec->expected, key),
		.places = places,
		.round = round,
		.slack = dec_of(0, 0),
	};
}

struct dec vec_tolerance(struct vec *vec, const char *key, struct dec want)
{
	const char *text =
		json_string_value(json_object_get(vec->tolerance, key));

	if (!text)
		return dec_of(0, 0);
	if (strncmp(text, "rel ", 4) == 0)
		return dec_mul(dec_abs(want), dec_parse(text + 4));
	return dec_parse(text);
}

bool vec_compare(struct vec *vec, const struct figure *figure, struct dec got)
{
	struct dec tolerance = vec_tolerance(vec, figure->key, figure->want);
	struct dec want = figure->want;
	char want_text[DEC_TEXT_SIZE];
	char got_text[DEC_TEXT_SIZE];
	struct dec off;

	tolerance = dec_add(tolerance, figure->slack);
	if (dec_places(want) > figure->places)
		want = dec_div(want, dec_of(1, 0), figure->places,
			       figure->round);
	off = dec_abs(dec_sub(got, want));
	vec->compared++;
	if (!off.bad && !tolerance.bad && dec_cmp(off, tolerance) <= 0)
		return true;
	if (!vec->differs)
		(void)snprintf(vec->why, sizeof(vec->why),
			       "%s: expected %s, the engine says %s",
			       figure->key, dec_text(want, want_text),
			       dec_text(got, got_text));
	vec->differs = true;
	return false;
}

bool vec_expect(struct vec *vec, const char *key, struct dec got, int places,
		enum rk_round round)
{
	struct figure figure = vec_figure(vec, key, places, round);

	return vec_compare(vec, &figure, got);
}

bool vec_check(struct vec *vec, bool good, const char *format, ...)
{
	va_list args;

	vec->compared++;
	if (good)
		return true;
	if (!vec->differs) {
		va_start(args, format);
		(void)vsnprintf(vec->why, sizeof(vec->why), format, args);
		va_end(args);
	}
	vec->differs = true;
	return false;
}

enum verdict vec_verdict(struct vec *vec)
{
	if (vec->absent)
		return VERDICT_WAIT;
	if (vec->broken || vec->differs)
		return VERDICT_FAIL;
	if (vec->compared < json_object_size(vec->expected) ||
	    vec->compared == 0) {
		(void)snprintf(vec->why, sizeof(vec->why),
			       "only %zu of %zu expected figures were compared",
			       vec->compared, json_object_size(vec->expected));
		return VERDICT_FAIL;
	}
	return VERDICT_PASS;
}

enum verdict vec_refused(struct vec *vec, const char *what, int code)
{
	if (vec->absent)
		return VERDICT_WAIT;
	if (!vec->broken)
		(void)snprintf(vec->why, sizeof(vec->why),
			       "the engine refuses %s: %s (%s)", what,
			       rk_rc_name(code), rk_rc_text(code));
	return (code == RK_REJ_OVERFLOW || code == RK_REJ_BAD_PARAM) &&
			       !vec->broken && !vec->differs
		       ? VERDICT_WAIT
		       : VERDICT_FAIL;
}

enum verdict vec_wait(struct vec *vec, const char *format, ...)
{
	va_list args;

	if (vec->absent)
		return VERDICT_WAIT;
	if (vec->broken || vec->differs)
		return VERDICT_FAIL;
	va_start(args, format);
	(void)vsnprintf(vec->why, sizeof(vec->why), format, args);
	va_end(args);
	return VERDICT_WAIT;
}

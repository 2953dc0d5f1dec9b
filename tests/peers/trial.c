/*
 * Comparing and counting. See trial.h.
 */
#include "trial.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/assert.h"

struct num in(const json_t *object, const char *key)
{
	return num_parse(json_string_value(json_object_get(object, key)));
}

struct num at(const json_t *array, size_t i)
{
	return num_parse(json_string_value(json_array_get(array, i)));
}

static long to_index(struct num a)
{
	int64_t raw = -1;

	(void)num_raw(a, 0, RK_WIDE_DOWN, &raw);
	return (long)raw;
}

long in_index(const json_t *object, const char *key)
{
	return to_index(in(object, key));
}

long at_index(const json_t *array, size_t i)
{
	return to_index(at(array, i));
}

bool is_kind(const struct trial *trial, const char *kind)
{
	const char *k = json_string_value(json_object_get(trial->inputs, "k"));

	return k && strcmp(k, kind) == 0;
}

static size_t figure_of(struct trial *trial, const char *key, const char *name,
			const char *scale)
{
	size_t i = 0;

	while (i < trial->figures_n &&
	       strcmp(trial->figures[i].name, name) != 0)
		i++;
	RK_ASSERT(i < FIGURES_MAX);
	if (i == trial->figures_n) {
		trial->figures[i] = (struct figure){
			.key = key,
			.name = name,
			.scale = scale,
			.worst = num_of(0, 0),
		};
		trial->tolerance[i].bad = true;
		trial->figures_n++;
	}
	return i;
}

static void fail(struct trial *trial, struct figure *figure, struct num got,
		 struct num want)
{
	char text[3][NUM_TEXT_SIZE];

	trial->failed++;
	if (trial->quiet)
		return;
	if (figure->failed++ >= 3)
		return;
	(void)printf("# %s line %" PRIu64
		     ": %s: riskd about %s, the package %s, %s apart\n",
		     trial->peer->file, trial->line, figure->name,
		     num_about(got, text[0]), num_about(want, text[1]),
		     num_about(num_sub(got, want), text[2]));
}

static void note_worst(struct figure *figure, struct num want, struct num off)
{
	want = num_abs(want);
	if (off.bad)
		return;
	if (figure->relative && num_cmp(want, num_of(1, 0)) > 0)
		off = num_div(off, want, 40, RK_WIDE_DOWN);
	figure->worst = num_max(figure->worst, num_abs(off));
}

void expect(struct trial *trial, const struct expectation *e)
{
	size_t i = figure_of(trial, e->key, e->name, e->scale);
	struct figure *figure = &trial->figures[i];
	struct num off = num_sub(e->got, e->want);
	struct num tolerance = num_max(e->below, e->above);
	bool good = !off.bad && !tolerance.bad && num_cmp(off, e->above) <= 0 &&
		    num_cmp(num_neg(off), e->below) <= 0;

	trial->compared++;
	tolerance.places -= e->places;
	if (e->binary)
		tolerance = num_mul(tolerance, num_of((rk_i128)1 << 48, 0));
	if (trial->tolerance[i].bad ||
	    num_cmp(trial->tolerance[i], tolerance) < 0)
		trial->tolerance[i] = tolerance;
	if (!trial->quiet) {
		figure->compared++;
		figure->relative = e->relative;
		note_worst(figure, e->want, off);
	}
	if (!good)
		fail(trial, figure, e->got, e->want);
}

void expect_truth(struct trial *trial, const struct truth *t)
{
	size_t i = figure_of(trial, t->key, t->name, t->scale);
	struct figure *figure = &trial->figures[i];
	bool same = t->got == t->want;
	bool edge = num_cmp(num_abs(t->margin), t->tolerance) <= 0;
	bool may = edge && (!t->strict || t->got == t->may_say);

	trial->compared++;
	/*
	 * At the edge neither answer is wrong, so a wrong one is not seen; nor
	 * is one by the last digits of a number, far from it.
	 */
	if (!edge && json_is_boolean(json_object_get(trial->expected, t->key)))
		trial->tolerance[i] = num_of(0, 0);
	if (!trial->quiet) {
		figure->compared++;
		figure->edges += !same;
	}
	if (!same && !may)
		fail(trial, figure, num_of(t->got, 0), num_of(t->want, 0));
}

void leave_out(struct trial *trial, const char *what, const char *why)
{
	size_t i = 0;

	if (trial->quiet)
		return;
	while (i < trial->reasons_n &&
	       (strcmp(trial->reasons[i].what, what) != 0 ||
		strcmp(trial->reasons[i].why, why) != 0))
		i++;
	RK_ASSERT(i < REASONS_MAX);
	if (i == trial->reasons_n)
		trial->reasons[trial->reasons_n++] =
			(struct reason){what, why, 0};
	trial->reasons[i].count++;
}

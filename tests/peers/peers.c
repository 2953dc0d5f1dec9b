/*
 * Answers that other engines gave, held against this one: every case that is
 * kept in data/ is mapped to a book, and each figure that both have is
 * compared. README.md says what differs and who is right.
 *
 *   peers [--spoil] FOLDER NAME
 *
 * With --spoil the answers of every eighth case are made wrong one by one, by
 * little more than their tolerance, and each must be noticed. TAP output.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trial.h"

#define CASES_LEAST 1000
#define SPOIL_EVERY 8

static const struct peer *const peers[] = {
	&peer_aave,  &peer_ccxt,   &peer_drift,
	&peer_mango, &peer_morpho, &peer_orderly,
};

/* A number off by so much, and by a few of its last digits. */
static json_t *spoil_text(const char *text, struct num off)
{
	struct num number = num_parse(text);
	char digits[NUM_TEXT_SIZE];
	size_t n = 0;
	char *at = digits;

	if (number.bad)
		return json_string("1");
	number = num_add(number, num_add(off, num_of(30, number.places)));
	/* As digits with a power of ten after it: num_parse() reads that. */
	if (num_sign(number) < 0)
		*at++ = '-';
	number.m.negative = false;
	while (n == 0 || rk_wide_sign(number.m) > 0) {
		struct rk_wide ten = rk_wide_of(10);
		struct rk_wide less =
			rk_wide_div(number.m, ten, RK_WIDE_TO_ZERO);
		rk_i128 digit = rk_wide_to_128(
			rk_wide_sub(number.m, rk_wide_mul(less, ten)));

		memmove(at + 1, at, n);
		*at = (char)('0' + (int)digit);
		number.m = less;
		n++;
	}
	(void)snprintf(at + n, sizeof(digits) - n - 1, "e%d", -number.places);
	return json_string(digits);
}

static json_t *spoil(const json_t *value, struct num off)
{
	json_t *array;

	if (json_is_boolean(value))
		return json_boolean(!json_is_true(value));
	if (!json_is_array(value))
		return spoil_text(json_string_value(value), off);
	array = json_array();
	for (size_t i = 0; i < json_array_size(value); i++)
		json_array_append_new(array,
				      spoil(json_array_get(value, i), off));
	return array;
}

/* How far off a key may be in the case judged last; bad: not compared. */
static struct num tolerance_of(const struct trial *trial, const char *key)
{
	struct num most = {.bad = true};

	for (size_t i = 0; i < trial->figures_n; i++) {
		if (strcmp(trial->figures[i].key, key) != 0 ||
		    trial->tolerance[i].bad)
			continue;
		most = most.bad ? trial->tolerance[i]
				: num_max(most, trial->tolerance[i]);
	}
	return most;
}

/* Is every answer of this case that was compared missed when it is wrong? */
static bool notices(const struct trial *good)
{
	json_t *expected = json_deep_copy(good->expected);
	void *member = json_object_iter(expected);
	bool all = true;

	for (; member; member = json_object_iter_next(expected, member)) {
		const char *key = json_object_iter_key(member);
		struct num off = tolerance_of(good, key);
		struct trial *trial;
		json_t *spoiled;

		if (off.bad)
			continue;
		trial = malloc(sizeof(*trial));
		if (!trial)
			abort();
		spoiled = json_deep_copy(expected);
		*trial = *good;
		trial->expected = spoiled;
		trial->quiet = true;
		trial->failed = 0;
		trial->compared = 0;
		json_object_set_new(spoiled, key,
				    spoil(json_object_iter_value(member),
					  num_mul(off, num_of(3, 0))));
		good->peer->judge(trial);
		/* What the engine refuses then was noticed as well. */
		if (trial->failed == 0 && trial->compared == good->compared) {
			(void)printf("# %s line %" PRIu64
				     ": a wrong %s was not noticed\n",
				     good->peer->file, good->line, key);
			all = false;
		}
		json_decref(spoiled);
		free(trial);
	}
	json_decref(expected);
	return all;
}

static void judge(struct trial *trial)
{
	trial->compared = 0;
	trial->failed = 0;
	for (size_t i = 0; i < trial->figures_n; i++)
		trial->tolerance[i].bad = true;
	trial->peer->judge(trial);
	trial->cases++;
	trial->cases_compared += trial->compared > 0;
}

/* Returns how many cases had a wrong answer that was not noticed. */
static uint64_t read_cases(struct trial *trial, FILE *file, bool spoiled)
{
	uint64_t missed = 0;
	char *text = NULL;
	size_t size = 0;
	ssize_t n;
	json_t *header = NULL;

	while ((n = getline(&text, &size, file)) > 0) {
		json_t *row = json_loadb(text, (size_t)n, 0, NULL);

		trial->line++;
		if (!row) {
			missed++;
			break;
		}
		if (!header) {
			header = row;
			trial->header = header;
			continue;
		}
		trial->inputs = json_object_get(row, "inputs");
		trial->expected = json_object_get(row, "expected");
		judge(trial);
		if (spoiled && trial->line % SPOIL_EVERY == 0 &&
		    trial->failed == 0)
			missed += !notices(trial);
		json_decref(row);
	}
	json_decref(header);
	free(text);
	return missed;
}

static bool point(size_t *number, bool good, const char *what,
		  const char *detail)
{
	(void)printf("%sok %zu - %s: %s\n", good ? "" : "not ", ++*number, what,
		     detail);
	return good;
}

/* Lines for people: the summary of all tests shows them again. */
static void print_figure(const struct trial *trial, const struct figure *f)
{
	char text[NUM_TEXT_SIZE];

	(void)printf("#| %-8s %-24s %6" PRIu64 " %8s%s %5" PRIu64 "  %s\n",
		     trial->peer->file, f->name, f->compared,
		     num_about(f->worst, text), f->relative ? "r" : " ",
		     f->edges, f->scale);
}

static bool report(const struct trial *trial)
{
	size_t number = 0;
	bool good = true;

	(void)printf("#| %s: %" PRIu64 " accounts, %" PRIu64 " compared\n",
		     trial->peer->package, trial->cases, trial->cases_compared);
	(void)printf("#| %-8s %-24s %6s %8s  %5s  %s\n", "package", "figure",
		     "cases", "off", "edge", "coarser scale");
	for (size_t i = 0; i < trial->figures_n; i++)
		print_figure(trial, &trial->figures[i]);
	for (size_t i = 0; i < trial->reasons_n; i++)
		(void)printf("#| %-8s %-24s %6" PRIu64 " not compared: %s\n",
			     trial->peer->file, trial->reasons[i].what,
			     trial->reasons[i].count, trial->reasons[i].why);
	for (size_t i = 0; i < trial->figures_n; i++)
		good = point(&number, trial->figures[i].failed == 0,
			     trial->peer->file, trial->figures[i].name) &&
		       good;
	good = point(&number, trial->cases_compared >= CASES_LEAST,
		     trial->peer->file, "enough accounts are compared") &&
	       good;
	(void)printf("1..%zu\n", number);
	return good;
}

static int run(const struct peer *peer, const char *folder, bool spoiled)
{
	static struct trial trial;
	char path[4096];
	FILE *file;
	uint64_t missed;
	bool good;

	(void)snprintf(path, sizeof(path), "%s/%s.jsonl", folder, peer->file);
	file = fopen(path, "r");
	if (!file) {
		(void)printf("Bail out! cannot open %s\n", path);
		return EXIT_FAILURE;
	}
	trial.peer = peer;
	missed = read_cases(&trial, file, spoiled);
	(void)fclose(file);
	if (!spoiled) {
		good = report(&trial) && missed == 0;
	} else {
		(void)printf("%sok 1 - every wrong answer is noticed\n1..1\n",
			     missed > 0 ? "not " : "");
		good = missed == 0;
	}
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	bool spoiled = argc > 1 && strcmp(argv[1], "--spoil") == 0;

	if (argc != 3 + spoiled) {
		(void)fprintf(stderr, "usage: peers [--spoil] FOLDER NAME\n");
		return EXIT_FAILURE;
	}
	for (size_t i = 0; i < sizeof(peers) / sizeof(peers[0]); i++)
		if (strcmp(peers[i]->file, argv[2 + spoiled]) == 0)
			return run(peers[i], argv[1 + spoiled], spoiled);
	(void)printf("Bail out! no package %s\n", argv[2 + spoiled]);
	return EXIT_FAILURE;
}

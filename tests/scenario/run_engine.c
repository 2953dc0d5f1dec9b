/*
 * Play scenarios against the engine in this process.
 *
 * usage: run_engine FILE...
 *        run_engine --spoil FILE...
 *
 * With --spoil, each expectation of each file in turn is made wrong, and the
 * file must then fail there: a test that cannot fail proves nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "play.h"

struct tally {
	unsigned int spoiled;
	unsigned int unnoticed;
};

static int play_all(char **paths, int n)
{
	struct scn_backend backend = scn_backend_engine();
	int failed = 0;

	for (int i = 0; i < n; i++) {
		struct scn_play play = {
			.path = paths[i],
			.backend = &backend,
		};
		struct scn_outcome outcome;

		if (scn_play(&play, &outcome) != 0) {
			failed++;
			continue;
		}
		(void)printf("%s: %u commands, %u expectations, events %s\n",
			     paths[i], outcome.commands, outcome.expectations,
			     outcome.digest.events);
	}
	return failed;
}

/* Play with one thing made wrong; it must fail, in that line. */
static void try_spoiled(struct scn_play *play, struct scn_spoil spoil,
			struct tally *tally)
{
	struct scn_outcome outcome;
	int r;

	play->spoil = spoil;
	r = scn_play(play, &outcome);
	tally->spoiled++;
	/* What is left out is missed by the command before it. */
	if (r != 0 &&
	    (outcome.line == spoil.line || spoil.field == SCN_SPOIL_LINE))
		return;
	tally->unnoticed++;
	(void)printf("%s:%u: ", play->path, spoil.line);
	if (spoil.field >= 0)
		(void)printf("field %d may be wrong", spoil.field + 1);
	else
		(void)printf("the line may be %s", spoil.field == SCN_SPOIL_LINE
							   ? "left out"
							   : "another code");
	(void)printf(r == 0 ? ", and the scenario still passes\n"
			    : ", and it fails in line %u only\n",
		     outcome.line);
}

static void spoil_line(struct scn_play *play, const struct scn_line *line,
		       struct tally *tally)
{
	if (line->mark == SCN_NOTHING || line->mark == SCN_COMMAND)
		return;
	if (scn_spoil_is_needed(line))
		try_spoiled(play,
			    (struct scn_spoil){line->number, SCN_SPOIL_LINE},
			    tally);
	if (line->mark == SCN_REFUSAL)
		try_spoiled(play,
			    (struct scn_spoil){line->number, SCN_SPOIL_VERB},
			    tally);
	for (uint32_t i = 0; i < line->fields_n; i++)
		if (scn_spoil_is_compared(line, i))
			try_spoiled(play,
				    (struct scn_spoil){line->number, (int)i},
				    tally);
}

static int spoil_file(const char *path, struct tally *tally)
{
	struct scn_backend backend = scn_backend_engine();
	struct scn_play play = {
		.path = path,
		.backend = &backend,
		.is_quiet = true,
	};
	FILE *file = fopen(path, "re");
	char text[SCN_LINE_MAX + 2];
	struct scn_line line;
	unsigned int number = 0;
	int r = 0;

	if (!file) {
		(void)printf("%s: %s\n", path, strerror(errno));
		return -EIO;
	}
	while (r == 0 && fgets(text, sizeof(text), file)) {
		r = scn_line_parse(&line, text, ++number);
		if (r == 0)
			spoil_line(&play, &line, tally);
	}
	if (r < 0)
		(void)printf("%s:%u: %s\n", path, number, line.wrong);
	(void)fclose(file); /* only read */
	return r;
}

static int spoil_all(char **paths, int n)
{
	struct tally tally = {0, 0};
	int failed = 0;

	for (int i = 0; i < n; i++)
		failed += spoil_file(paths[i], &tally) < 0;
	(void)printf("%u expectations made wrong, %u of them not noticed\n",
		     tally.spoiled, tally.unnoticed);
	return failed + (tally.unnoticed > 0 || tally.spoiled == 0);
}

int main(int argc, char **argv)
{
	bool spoil = argc > 1 && strcmp(argv[1], "--spoil") == 0;
	int first = spoil ? 2 : 1;
	int failed;

	if (argc <= first) {
		(void)fprintf(stderr, "usage: run_engine [--spoil] FILE...\n");
		return 2;
	}
	failed = spoil ? spoil_all(argv + first, argc - first)
		       : play_all(argv + first, argc - first);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

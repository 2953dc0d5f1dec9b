/*
 * From the first line of a scenario to the last. See play.h.
 */
#include "play.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

/* The slots that listing gave. */
static int learn_slots(struct scn_run *run)
{
	const struct rk_markets *listed = run->listing.markets;
	struct scn_asset asset;
	struct scn_market market;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < listed->assets_n; i++) {
		r = scn_run_backend(run)->asset(run->self, i, &asset,
						&run->error);
		if (r == 0)
			run->world.asset_slots[i] = asset.row.slot;
	}
	for (uint32_t i = 0; r == 0 && i < listed->markets_n; i++) {
		r = scn_run_backend(run)->market(run->self, i, &market,
						 &run->error);
		if (r == 0)
			run->world.market_slots[i] = market.row.slot;
	}
	return r;
}

/* With the first line that lists nothing, the listing is whole. */
static int start(struct scn_run *run)
{
	int r = scn_listing_finish(&run->listing, run->play->path, &run->error);

	if (r == 0)
		r = scn_run_backend(run)->open(scn_run_backend(run),
					       &run->listing, &run->self,
					       &run->error);
	if (r != 0)
		return scn_run_fail_backend(run, r);
	run->is_started = true;
	scn_world_init(&run->world, &run->listing);
	r = learn_slots(run);
	return r == 0 ? 0 : scn_run_fail_backend(run, r);
}

static int play_line(struct scn_run *run)
{
	bool lists = run->line.mark == SCN_COMMAND &&
		     scn_listing_has(run->line.verb);
	int r;

	if (run->line.mark == SCN_NOTHING)
		return 0;
	if (lists && !run->is_started) {
		r = scn_listing_add(&run->listing, &run->line);
		return r == 0 ? 0 : scn_run_fail_line(run);
	}
	if (!run->is_started) {
		r = start(run);
		if (r != 0)
			return r;
	}
	if (lists)
		scn_line_fail(&run->line,
			      "%s must stand before all that is "
			      "not a listing",
			      run->line.verb);
	else if (run->in_atomic &&
		 (run->line.mark == SCN_EVENT || run->line.mark == SCN_QUERY))
		scn_line_fail(&run->line, "must stand after \"atomic end\"");
	if (run->line.wrong[0] != '\0')
		return scn_run_fail_line(run);

	if (run->line.mark == SCN_COMMAND)
		return scn_run_command(run);
	run->outcome->expectations++;
	if (run->line.mark == SCN_REFUSAL)
		return scn_run_refused(run);
	if (run->line.mark == SCN_EVENT)
		return scn_run_event(run);
	return scn_run_query(run);
}

/* After the last line: all told, books in balance. */
static int end(struct scn_run *run)
{
	int r;

	if (run->in_atomic)
		return scn_run_fail(run, run->line.number,
				    "\"atomic end\" is missing");
	if (run->outcome->expectations == 0)
		return scn_run_fail(run, run->line.number,
				    "nothing is expected: this proves no rule");
	r = scn_run_finish_command(run);
	if (r != 0)
		return r;
	r = scn_run_backend(run)->digest(run->self, &run->outcome->digest,
					 &run->error);
	if (r != 0)
		return scn_run_fail_backend(run, r);
	if (!run->outcome->digest.books_balance)
		return scn_run_fail(run, run->line.number,
				    "books do not balance");
	return 0;
}

static int play_file(struct scn_run *run, FILE *file)
{
	char text[SCN_LINE_MAX + 2];
	unsigned int number = 0;
	int r = 0;

	while (r == 0 && fgets(text, sizeof(text), file)) {
		r = scn_line_parse(&run->line, text, ++number);
		if (r < 0)
			return scn_run_fail_line(run);
		scn_spoil_line(&run->play->spoil, &run->line);
		r = play_line(run);
	}
	if (r == 0 && ferror(file)) {
		(void)scn_run_fail(run, number, "cannot be read");
		return -EIO;
	}
	return r == 0 ? end(run) : r;
}

int scn_play(const struct scn_play *play, struct scn_outcome *ret_outcome)
{
	struct scn_run *run = calloc(1, sizeof(*run));
	FILE *file = fopen(play->path, "re");
	int closed;
	int r;

	memset(ret_outcome, 0, sizeof(*ret_outcome));
	if (!run || !file) {
		(void)printf("%s: %s\n", play->path,
			     strerror(run ? errno : ENOMEM));
		if (file)
			(void)fclose(file); /* only read */
		free(run);
		return -EIO;
	}
	run->play = play;
	run->outcome = ret_outcome;
	r = scn_listing_open(&run->listing);
	if (r == 0)
		r = play_file(run, file);
	closed = play->backend->close(run->self, &run->error);
	if (r == 0 && closed != 0)
		r = scn_run_fail_backend(run, closed);
	scn_listing_close(&run->listing);
	(void)fclose(file); /* only read */
	free(run);
	return r;
}

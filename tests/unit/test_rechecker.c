/*
 * The audit as the daemon runs it: in slices, once round in its time, and what
 * follows from damage. A plain program that prints TAP, as the parts of the
 * daemon run with their threads.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/rechecker.h"
#include "engine/state.h"
#include "engine/view.h"
#include "support/folder.h"
#include "support/generator.h"

#define ACCOUNTS 150
#define COMMANDS 4000
#define ROUND_NS INT64_C(50000000)
#define LINE     "audit: account="

static struct rk_conf conf;
static struct rk_core core;
static FILE *lines; /* of the log */
static int tests;
static bool all_good = true;

static void ok(bool good, const char *rule)
{
	(void)printf("%sok %d - %s\n", good ? "" : "not ", ++tests, rule);
	all_good = all_good && good;
}

static void nap(void)
{
	const struct timespec ms = {0, 1000000};

	(void)nanosleep(&ms, NULL);
}

static void apply(const struct rk_cmd *cmd)
{
	(void)rk_sequencer_apply(core.sequencer, cmd, NULL);
	rk_sequencer_end_turn(core.sequencer);
}

/* The price of a slot moves, so that those who wait for a range get it. */
static void move_price(void)
{
	struct rk_quote quote = {.seq = UINT64_MAX};
	struct rk_cmd cmd = {.type = RK_CMD_PRICES, .prices = {&quote, 1}};
	struct rk_slot_view slot;

	if (rk_view_slot(core.engine, 0, &slot) != 0)
		abort();
	quote.price = slot.mark;
	quote.time_ns = rk_view_time(core.engine);
	apply(&cmd);
	if (core.engine->watch.changed.n == rk_view_accounts(core.engine))
		abort();
}

/* A state in which all kinds of things have happened. */
static void fill(void)
{
	struct rk_generator *generator = rk_generator_open(7, ACCOUNTS);

	for (int i = 0; i < COMMANDS; i++) {
		const struct rk_cmd *cmd =
			rk_generator_next(generator, core.engine);

		if (cmd->type == RK_CMD_LIMITS)
			continue;
		apply(cmd);
		while (!rk_core_room(&core)) {
			nap();
			rk_core_release(&core);
		}
		rk_core_release(&core);
	}
	move_price();
	rk_core_drain(&core);
	rk_generator_close(generator);
}

static void open_core(const struct rk_setup_options *options)
{
	if (rk_setup_open(&core, options) != 0)
		abort();
}

/* One round from its begin to its end; false: a slice was too large. */
static bool go_round(void)
{
	uint64_t rounds = core.counters.audit_rounds;
	bool bounded = true;

	for (int i = 0; i < 5000 && core.counters.audit_rounds == rounds; i++) {
		uint64_t before = core.counters.audit_accounts;

		if (!rk_rechecker_turn(&core))
			nap();
		bounded = bounded && core.counters.audit_accounts - before <=
					     RK_RECHECKER_SLICE;
	}
	return bounded && core.counters.audit_rounds == rounds + 1;
}

static void what_is_right(void)
{
	struct rk_hash before = rk_view_state_digest(core.engine);
	uint64_t seq = rk_view_seq(core.engine);
	uint64_t accounts = rk_view_accounts(core.engine);
	bool bounded = go_round() && go_round();

	ok(bounded, "no turn looks at more accounts than a slice");
	ok(accounts > 2 * RK_RECHECKER_SLICE &&
		   core.counters.audit_accounts == 2 * accounts,
	   "a round looks at each account once");
	ok(core.counters.audit_differences == 0 &&
		   rk_view_seq(core.engine) == seq &&
		   rk_hash_equal(before, rk_view_state_digest(core.engine)),
	   "what is right is let alone");
}

/* Take the ranges of one who has some, and does not wait for others. */
static uint32_t damage(void)
{
	struct rk_watch *watch = &core.engine->watch;

	for (uint32_t i = 0; i < rk_view_accounts(core.engine); i++) {
		if (watch->ladder.first[i] == 0 ||
		    rk_watch_is_waiting(watch, i))
			continue;
		rk_ladder_set(&watch->ladder, i, NULL, 0);
		return i;
	}
	abort();
}

static uint32_t lines_logged(void)
{
	char line[RK_LOG_LINE_MAX + 2];
	uint32_t n = 0;

	rewind(lines);
	while (fgets(line, sizeof(line), lines))
		n += strstr(line, LINE) != NULL;
	return n;
}

static void what_is_wrong(void)
{
	uint64_t seq = rk_view_seq(core.engine);
	uint32_t index = damage();

	core.upkeep.snapshot_wanted = false;
	(void)go_round();
	ok(core.counters.audit_differences == 1 &&
		   rk_view_seq(core.engine) == seq + 1 &&
		   rk_watch_is_waiting(&core.engine->watch, index),
	   "one who differs is counted and rechecked by a command");
	ok(lines_logged() == 1 && core.upkeep.snapshot_wanted,
	   "it is logged, and a snapshot is wanted");
	ok(go_round() && core.counters.audit_differences == 1,
	   "one who was rechecked differs no more");

	/* The same once more: its new ranges are forgotten before they come. */
	core.engine->watch.waiting[index] = 0;
	core.engine->watch.changed.n = 0;
	(void)go_round();
	ok(core.counters.audit_differences == 2 && lines_logged() == 1,
	   "an account is logged once, however often it differs");
}

static void what_is_off(void)
{
	uint64_t accounts = core.counters.audit_accounts;
	bool more = false;

	conf.margin.audit_ns = 0;
	for (int i = 0; i < 100; i++)
		more = rk_rechecker_turn(&core) || more;
	conf.margin.audit_ns = 1;
	core.stopping = true;
	more = rk_rechecker_turn(&core) || more;
	core.stopping = false;
	ok(!more && core.counters.audit_accounts == accounts,
	   "no audit with margin.audit = 0s, nor while stopping");
}

static void after_a_restart(const struct rk_setup_options *options)
{
	struct rk_hash state = rk_view_state_digest(core.engine);
	struct rk_hash events = rk_view_event_digest(core.engine);

	rk_core_drain(&core);
	rk_setup_close(&core);
	open_core(options);
	ok(core.recovered.commands > 0 &&
		   rk_hash_equal(state, rk_view_state_digest(core.engine)) &&
		   rk_hash_equal(events, rk_view_event_digest(core.engine)),
	   "the replay of what was rechecked leads to the same");
}

int main(void)
{
	struct rk_folder folder;
	struct rk_log log;
	const struct rk_setup_options options = {.conf = &conf, .log = &log};

	lines = tmpfile();
	if (!lines)
		abort();
	rk_folder_open(&folder);
	rk_log_init(&log, fileno(lines), RK_LOG_ERROR);
	rk_conf_defaults(&conf);
	conf.limits.engine = rk_generator_limits(ACCOUNTS);
	conf.margin.audit_ns = ROUND_NS;
	(void)snprintf(conf.state, sizeof(conf.state), "%s", folder.files.dir);
	open_core(&options);
	fill();
	what_is_right();
	what_is_wrong();
	what_is_off();
	after_a_restart(&options);
	(void)printf("1..%d\n", tests);
	rk_setup_close(&core);
	rk_folder_close(&folder);
	(void)fclose(lines);
	return all_good ? EXIT_SUCCESS : EXIT_FAILURE;
}

/*
 * Replaying the journal gives the same engine: seeded commands go through the
 * sequencer as in the daemon; then a fresh engine is fed from the journal
 * alone. Both digests must be equal, and nothing may have left the outbox
 * before its command was durable.
 *
 * usage: journal_replay [SEED [COMMANDS]]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/outbox.h"
#include "app/sequencer.h"
#include "engine/view.h"
#include "store/journal.h"
#include "store/record.h"
#include "support/generator.h"
#include "support/harness.h"

#define ACCOUNTS        50
#define QUOTES_MAX      65536
#define OUTBOX_BYTES    ((size_t)4 << 20)
#define JOURNAL_BYTES   ((size_t)1 << 30)
#define COMMANDS_A_TURN 7

/* The first run: what the daemon would be, without sockets and clock. */
struct first {
	struct rk_harness harness; /* only its engine is used */
	struct rk_journal *journal;
	struct rk_outbox *outbox;
	struct rk_sequencer *sequencer;
	struct rk_generator *generator;
	uint64_t released;
	uint64_t early; /* left the outbox before they were durable */
};

static void release(void *context)
{
	struct first *first = context;
	uint64_t durable = rk_sequencer_durable(first->sequencer);
	struct rk_journal_stats stats;
	struct rk_outbox_item item;

	rk_journal_stats(first->journal, &stats);
	while (rk_outbox_take(first->outbox, durable, &item)) {
		first->released++;
		if (item.seq > stats.newest_seq)
			first->early++;
		if (item.kind == RK_OUTBOX_EVENT)
			rk_generator_note(first->generator, &item.event, 1);
	}
}

static int open_first(struct first *first, uint64_t seed)
{
	struct rk_cmd_limits limits = rk_generator_limits(ACCOUNTS);
	struct rk_sequencer_options options = {
		.quotes_max = QUOTES_MAX,
		.drain = release,
		.drain_context = first,
	};

	memset(first, 0, sizeof(*first));
	rk_harness_init(&first->harness, &limits, RK_EVENTS_PER_STEP_MAX);
	first->generator = rk_generator_open(seed, ACCOUNTS);
	if (rk_journal_open_memory(JOURNAL_BYTES, &first->journal) != 0 ||
	    rk_outbox_open(OUTBOX_BYTES, &first->outbox) != 0)
		return -1;
	options.engine = first->harness.engine;
	options.journal = first->journal;
	options.outbox = first->outbox;
	return rk_sequencer_open(&options, &first->sequencer);
}

static void close_first(struct first *first)
{
	rk_sequencer_close(first->sequencer);
	rk_outbox_close(first->outbox);
	rk_journal_close(first->journal);
	rk_generator_close(first->generator);
	rk_harness_fini(&first->harness);
}

static void run_first(struct first *first, uint64_t commands)
{
	for (uint64_t i = 1; i <= commands; i++) {
		(void)rk_sequencer_apply(
			first->sequencer,
			rk_generator_next(first->generator,
					  first->harness.engine),
			NULL);
		if (i % COMMANDS_A_TURN == 0 || i == commands) {
			rk_sequencer_end_turn(first->sequencer);
			release(first);
		}
	}
}

/* The second run. */
struct second {
	struct rk_harness harness;
	struct rk_record_room room;
	uint64_t commands;
};

static int visit(void *context, const struct rk_journal_group *group)
{
	struct second *second = context;
	const unsigned char *bytes = group->payload;
	size_t at = 0;

	for (uint32_t i = 0; i < group->count; i++) {
		struct rk_cmd cmd;
		size_t length;

		if (rk_record_decode(bytes + at, group->size - at,
				     &second->room, &cmd, &length) != 0)
			return -1;
		at += length;
		(void)rk_harness_apply(&second->harness, &cmd);
		if (rk_view_seq(second->harness.engine) != group->first_seq + i)
			return -2;
		second->commands++;
	}
	return at == group->size ? 0 : -3;
}

static bool same(const char *what, struct rk_hash a, struct rk_hash b)
{
	if (a.lo == b.lo && a.hi == b.hi)
		return true;
	printf("%s digests differ: %016" PRIx64 "%016" PRIx64 " and %016" PRIx64
	       "%016" PRIx64 "\n",
	       what, a.hi, a.lo, b.hi, b.lo);
	return false;
}

static bool compare(const struct first *first, const struct second *second)
{
	const struct rk_engine *a = first->harness.engine;
	const struct rk_engine *b = second->harness.engine;
	bool ok =
		same("state", rk_view_state_digest(a), rk_view_state_digest(b));

	ok = same("event", rk_view_event_digest(a), rk_view_event_digest(b)) &&
	     ok;
	if (first->released != rk_view_event(a)) {
		printf("%" PRIu64 " of %" PRIu64 " events came out\n",
		       first->released, rk_view_event(a));
		ok = false;
	}
	if (first->early != 0) {
		printf("%" PRIu64 " items left before they were durable\n",
		       first->early);
		ok = false;
	}
	return ok;
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	uint64_t commands = argc > 2 ? strtoull(argv[2], NULL, 10) : 30000;
	struct rk_cmd_limits limits = rk_generator_limits(ACCOUNTS);
	struct first first;
	struct second second = {.commands = 0};
	int r;
	bool ok;

	if (open_first(&first, seed) != 0) {
		printf("out of memory\n");
		return EXIT_FAILURE;
	}
	run_first(&first, commands);

	rk_harness_init(&second.harness, &limits, RK_EVENTS_PER_STEP_MAX);
	second.room.quotes_max = QUOTES_MAX;
	second.room.quotes = calloc(QUOTES_MAX, sizeof(*second.room.quotes));
	second.room.cmds = calloc(RK_ATOMIC_MAX, sizeof(*second.room.cmds));
	r = rk_journal_replay(first.journal, 1, visit, &second);
	if (r != 0)
		printf("replay stopped: %d after %" PRIu64 " commands\n", r,
		       second.commands);
	ok = r == 0 && compare(&first, &second);
	printf("%s seed %" PRIu64 ": %" PRIu64 " commands sent, %" PRIu64
	       " journaled and replayed, %" PRIu64 " events\n",
	       ok ? "ok" : "not ok", seed, commands, second.commands,
	       first.released);
	if (!ok)
		printf("again: journal_replay %" PRIu64 " %" PRIu64 "\n", seed,
		       commands);

	free(second.room.quotes);
	free(second.room.cmds);
	rk_harness_fini(&second.harness);
	close_first(&first);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

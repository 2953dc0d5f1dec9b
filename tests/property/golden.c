/*
 * Rule: what a version of riskd wrote is read, or refused with the way out, by
 * every later one. tests/data/format-N holds a state folder of each version
 * of the formats, kept for ever: journal, two snapshots, events.
 *
 * golden check DIR     read it all; TAP
 * golden make DIR      write one anew, into an empty folder: small, for tests
 * golden keep DIR      the same to be kept, once per version: a command of each
 *                      type is in it
 *
 * What is expected is in DIR/expected: digests at the end of the journal and
 * of each snapshot.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/encode.h"
#include "engine/books.h"
#include "engine/rc.h"
#include "engine/rows.h"
#include "store/event_store.h"
#include "store/journal_file.h"
#include "store/rebuild.h"
#include "store/record.h"
#include "store/snapshot.h"
#include "support/generator.h"
#include "support/harness.h"

#define ACCOUNTS    12
#define SNAPSHOTS   2
#define TYPES       64 /* of commands: above their numbers */
#define GROUP       7  /* commands of a group */
#define PAYLOAD_MAX ((size_t)8 << 20)
#define LINE_SIZE   512

/* Which commands: how many of which seed. */
struct size {
	int commands;
	uint64_t seed;
	bool whole; /* a command of each type is among them */
};

static const struct size small = {900, 20261126, false}; /* format 1, too */
static const struct size kept = {2499, 1, true};

/* A folder being written. */
struct making {
	struct rk_files files;
	struct rk_harness harness;
	struct rk_generator *generator;
	struct rk_journal *journal;
	struct rk_event_store *events;
	unsigned char *payload;
	size_t payload_n;
	uint64_t first_seq;
	uint32_t count;
	FILE *expected;
	bool taken[TYPES]; /* types of which one was not refused */
};

static _Noreturn void give_up(const char *what, const char *text)
{
	(void)fprintf(stderr, "golden: %s: %s\n", what, text);
	exit(1);
}

static void need(int r, const char *what, const char *text)
{
	if (r < 0)
		give_up(what, text[0] != '\0' ? text : strerror(-r));
}

static void close_group(struct making *m)
{
	struct rk_journal_group group = {
		.first_seq = m->first_seq,
		.count = m->count,
		.time_ns = rk_view_time(m->harness.engine),
		.payload = m->payload,
		.size = m->payload_n,
		.event = rk_view_event(m->harness.engine),
		.event_digest = rk_view_event_digest(m->harness.engine),
	};

	if (m->count == 0)
		return;
	need(rk_journal_append(m->journal, &group), "append", "");
	m->count = 0;
	m->payload_n = 0;
}

static void add_events(struct making *m)
{
	for (uint32_t i = 0; i < m->harness.events_n; i++) {
		const struct rk_event *event = &m->harness.events[i];
		unsigned char body[RK_ENCODED_EVENT_MAX];
		size_t size = rk_encode_event(event, false, body);
		struct rk_event_row row = rk_event_store_row(event, body, size);

		while (!rk_event_store_add(m->events, &row))
			need(rk_event_store_flush(m->events), "flush", "");
	}
}

/* LIMITS beyond the tables is refused here and never sent by riskd. */
static const struct rk_cmd *next_cmd(struct making *m)
{
	const struct rk_cmd *cmd;

	do {
		cmd = rk_generator_next(m->generator, m->harness.engine);
	} while (cmd->type == RK_CMD_LIMITS);
	return cmd;
}

static void apply_next(struct making *m)
{
	const struct rk_cmd *cmd = next_cmd(m);
	uint64_t before = rk_view_seq(m->harness.engine);
	size_t length;

	need(rk_record_encode(cmd, m->payload + m->payload_n,
			      PAYLOAD_MAX - m->payload_n, &length),
	     "encode", "");
	if (rk_harness_apply(&m->harness, cmd) == RK_OK && cmd->type < TYPES)
		m->taken[cmd->type] = true;
	rk_generator_note(m->generator, m->harness.events, m->harness.events_n);
	/* Repeats and gaps take no number and are not in the log. */
	if (rk_view_seq(m->harness.engine) == before)
		return;
	if (m->count == 0)
		m->first_seq = before + 1;
	m->count++;
	m->payload_n += length;
	add_events(m);
	if (m->count == GROUP)
		close_group(m);
}

static void expect(const struct making *m, const char *what)
{
	const struct rk_engine *engine = m->harness.engine;
	struct rk_hash state = rk_view_state_digest(engine);
	struct rk_hash events = rk_view_event_digest(engine);

	(void)fprintf(m->expected,
		      "%s %" PRIu64 " %" PRIu64 " %016" PRIx64 "%016" PRIx64
		      " %016" PRIx64 "%016" PRIx64 "\n",
		      what, rk_view_seq(engine), rk_view_event(engine),
		      state.hi, state.lo, events.hi, events.lo);
}

struct putting {
	struct rk_snapshot_writer *writer;
	char text[RK_SNAPSHOT_TEXT_SIZE];
};

static void put_row(void *context, const struct rk_row *row)
{
	struct putting *putting = context;

	need(rk_snapshot_put(putting->writer, row, putting->text), "put",
	     putting->text);
}

static void take_snapshot(struct making *m)
{
	const struct rk_engine *engine = m->harness.engine;
	struct rk_snapshot_meta meta = {
		.seq = rk_view_seq(engine),
		.event = rk_view_event(engine),
		.event_digest = rk_view_event_digest(engine),
		.time_ns = rk_view_time(engine),
		.rules = RK_RULES_VERSION,
	};
	struct putting putting = {NULL, ""};
	struct rk_snapshot_info info;

	close_group(m);
	(void)rk_journal_chain_at(m->journal, meta.seq, meta.chain);
	need(rk_journal_wait(m->journal, meta.seq), "wait", "");
	if (!rk_journal_chain_at(m->journal, meta.seq, meta.chain))
		give_up("chain", "is not known");
	rk_event_store_cut(m->events);
	need(rk_event_store_flush(m->events), "flush", "");
	need(rk_snapshot_begin(&m->files, meta.seq, 0, &putting.writer,
			       putting.text),
	     "begin", putting.text);
	rk_rows_all(engine, put_row, &putting);
	need(rk_snapshot_commit(putting.writer, &meta, &info, putting.text),
	     "commit", putting.text);
	expect(m, "snapshot");
}

/* A version is kept with all of it, but for what only riskd itself sends. */
static void check_all_taken(const struct making *m)
{
	for (int i = 1; i < TYPES; i++) {
		enum rk_cmd_type type = (enum rk_cmd_type)i;

		if (rk_cmd_is_known(type) && !m->taken[i] &&
		    type != RK_CMD_LIMITS && type != RK_CMD_SKIPPED)
			give_up(rk_cmd_name(type), "is not among them");
	}
}

static int make(const char *dir, const struct size *size)
{
	struct making m;
	struct rk_cmd_limits limits = rk_generator_limits(ACCOUNTS);
	struct rk_journal_file_options journal = {
		.files = &m.files,
		.segment_bytes = 65536,
		.groups_in_flight = 64,
		.bytes_in_flight = 1 << 20,
		.rules = RK_RULES_VERSION,
	};
	const struct rk_event_store_options events = {.files = &m.files,
						      .queue_bytes = 1 << 20};
	const struct rk_journal_place start = {0, {0}};
	char path[512];
	char text[1024] = "";

	memset(&m, 0, sizeof(m));
	need(rk_files_open_posix(dir, &m.files), dir, "");
	(void)snprintf(path, sizeof(path), "%s/expected", dir);
	m.expected = fopen(path, "w");
	m.payload = malloc(PAYLOAD_MAX);
	if (!m.expected || !m.payload)
		give_up(path, strerror(errno));
	need(rk_journal_open_file(&journal, &start, &m.journal, text),
	     "journal", text);
	need(rk_event_store_open(&events, 0, &m.events, text), "events", text);
	rk_harness_init(&m.harness, &limits, RK_EVENTS_PER_STEP_MAX);
	m.generator = rk_generator_open(size->seed, ACCOUNTS);

	for (int i = 1; i <= size->commands; i++) {
		apply_next(&m);
		if (i % (size->commands / (SNAPSHOTS + 1)) == 0 &&
		    i < size->commands)
			take_snapshot(&m);
	}
	close_group(&m);
	expect(&m, "end");
	if (size->whole)
		check_all_taken(&m);

	rk_generator_close(m.generator);
	rk_harness_fini(&m.harness);
	rk_journal_close(m.journal);
	rk_event_store_close(m.events);
	rk_files_close(&m.files);
	free(m.payload);
	return fclose(m.expected) == 0 ? 0 : 1;
}

/* In which the folder at hand was written. */
static uint32_t format;

/* One line of `expected`, and what was found. */
struct line {
	char what[16];
	uint64_t seq;
	uint64_t event;
	char state[40];
	char events[40];
};

static bool same_hash(struct rk_hash hash, const char *text)
{
	char mine[40];

	(void)snprintf(mine, sizeof(mine), "%016" PRIx64 "%016" PRIx64, hash.hi,
		       hash.lo);
	return strcmp(mine, text) == 0;
}

/*
 * From a snapshot (0: none) up to a command, through the journal: the digests
 * must be those of then. Rules of another version are refused by name.
 */
static bool check_from(const struct rk_files *files, uint64_t snapshot,
		       const struct line *line)
{
	struct rk_rebuild_options options = {
		.files = files,
		.max = rk_generator_limits(ACCOUNTS),
		.snapshot_max = snapshot,
		.before = line->seq + 1,
	};
	struct rk_rebuilt rebuilt;
	char text[RK_REBUILD_TEXT_SIZE] = "";
	int r = rk_rebuild(&options, &rebuilt, text);
	bool good;

	if (r == -EPROTO) {
		(void)printf("# refused: %s\n", text);
		return true;
	}
	if (r < 0) {
		(void)printf("# %s\n", text);
		return false;
	}
	good = rk_view_seq(rebuilt.engine) == line->seq &&
	       rk_view_event(rebuilt.engine) == line->event &&
	       same_hash(rk_rows_digest(rebuilt.engine, format), line->state) &&
	       same_hash(rk_view_event_digest(rebuilt.engine), line->events) &&
	       rk_view_check_books(rebuilt.engine) == 0;
	free(rebuilt.memory);
	return good;
}

static int count_event(void *context, const struct rk_event_row *row)
{
	uint64_t *last = context;

	if (row->number != *last + 1)
		return 1;
	*last = row->number;
	return 0;
}

static void report(int *n, int *failed, bool good, const char *rule)
{
	(void)printf("%s %d - %s\n", good ? "ok" : "not ok", ++*n, rule);
	*failed += !good;
}

static int check_lines(const struct rk_files *files, FILE *expected, int *n)
{
	struct line line;
	char text[LINE_SIZE];
	uint64_t snapshots[SNAPSHOTS + 1] = {0};
	uint64_t last = 0;
	int k = 1;
	int failed = 0;

	while (fgets(text, sizeof(text), expected)) {
		if (sscanf(text, "%15s %" SCNu64 " %" SCNu64 " %39s %39s",
			   line.what, &line.seq, &line.event, line.state,
			   line.events) != 5)
			give_up("expected", text);
		if (strcmp(line.what, "snapshot") == 0) {
			if (k > SNAPSHOTS)
				give_up("expected", "has too many snapshots");
			snapshots[k++] = line.seq;
			report(n, &failed, check_from(files, line.seq, &line),
			       "a snapshot loads to its digests");
			report(n, &failed, check_from(files, 0, &line),
			       "the journal alone leads to a snapshot");
			continue;
		}
		for (int i = 0; i < k; i++)
			report(n, &failed,
			       check_from(files, snapshots[i], &line),
			       "every beginning leads to the same end");
		text[0] = '\0';
		report(n, &failed,
		       rk_event_files_read(files, 1, count_event, &last,
					   text) == 0 &&
			       last == line.event,
		       "events are there, without gap");
	}
	return failed;
}

static int check(const char *dir, uint32_t version)
{
	struct rk_files files;
	char path[512];
	FILE *expected;
	int n = 0;
	int failed;

	format = version;
	need(rk_files_open_posix(dir, &files), dir, "");
	(void)snprintf(path, sizeof(path), "%s/expected", dir);
	expected = fopen(path, "r");
	if (!expected)
		give_up(path, strerror(errno));
	failed = check_lines(&files, expected, &n);
	(void)fclose(expected);
	(void)printf("1..%d\n", n);
	rk_files_close(&files);
	return failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "make") == 0)
		return make(argv[2], &small);
	if (argc == 3 && strcmp(argv[1], "keep") == 0)
		return make(argv[2], &kept);
	if (argc == 4 && strcmp(argv[1], "check") == 0)
		return check(argv[2], (uint32_t)strtoul(argv[3], NULL, 10));
	(void)fprintf(stderr,
		      "usage: golden make DIR | keep DIR | check DIR FORMAT\n");
	return 2;
}

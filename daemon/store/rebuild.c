/*
 * Snapshot and journal into an engine. See rebuild.h.
 *
 * What the engine must be sized for is only known once everything was read: a
 * LIMITS command in the journal may ask for more than the configuration of
 * today. Then all is begun anew with larger tables.
 */
#include "store/rebuild.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "engine/arena.h"
#include "engine/assert.h"
#include "engine/books.h"
#include "engine/engine.h"
#include "engine/load.h"
#include "engine/rc.h"
#include "engine/view.h"
#include "store/ahead.h"
#include "store/stopwatch.h"

#define ARENA_ALIGN   64U
#define PAGE          4096U
#define HUGE_FROM     ((size_t)256 << 20) /* bytes of an engine */
#define FORESEE_GAP   3U  /* commands between two steps of foreseeing */
#define FORESEEN      32U /* more than are foreseen at a time */
#define FETCH_GAP     32U /* commands ahead: before they are foreseen */
#define FETCH_BYTES   192 /* of a command: all of those that come often */
#define CACHE_LINE    64
#define SNAPSHOTS_MAX 4096
#define AGAIN         1 /* larger tables are needed: not an error */

_Static_assert(FORESEEN > FORESEE_GAP * RK_FORESEE_STEPS,
	       "what was found out is not forgotten before it is used");

/* A command left out, and the newest one at the time it was decided. */
struct skip {
	uint64_t seq;
	uint64_t until;
};

struct rebuild {
	const struct rk_rebuild_options *options;
	struct rk_rebuilt *out;
	struct rk_cmd_limits max;
	struct rk_evbuf events;
	struct rk_cmd *cmds; /* what stands in for an atomic message */
	struct skip *skips;
	uint32_t skips_n;
	struct rk_foreseen foreseen[FORESEEN]; /* of the next commands */
	uint64_t checked_seq;   /* newest command of the first reading */
	uint64_t checked_event; /* newest that it tells of */
	char *error;
};

#define FAIL(rebuild, code, ...)                                               \
	(snprintf((rebuild)->error, RK_REBUILD_TEXT_SIZE, __VA_ARGS__), (code))

/*
 * Accounts are looked up at random: with pages of 4 KiB most of the time would
 * go into finding the page. Nothing is lost where the system refuses. Small
 * engines stay small, as a page of 2 MiB is taken when one byte of it is used.
 */
static void advise(unsigned char *memory, size_t size)
{
	size_t skip = (PAGE - (uintptr_t)memory % PAGE) % PAGE;

	if (size >= HUGE_FROM)
		(void)madvise(memory + skip, size - skip, MADV_HUGEPAGE);
}

int rk_engine_make(const struct rk_cmd_limits *max, void **ret_memory,
		   struct rk_engine **ret_engine)
{
	size_t size = rk_engine_size(max);
	struct rk_arena arena;
	unsigned char *memory;
	size_t skip;

	if (size == 0)
		return -EINVAL;
	/* calloc leaves pages of large blocks untouched until they are used. */
	memory = calloc(1, size + ARENA_ALIGN);
	if (!memory)
		return -ENOMEM;
	advise(memory, size);
	skip = (ARENA_ALIGN - (uintptr_t)memory % ARENA_ALIGN) % ARENA_ALIGN;
	rk_arena_init(&arena, memory + skip, size);
	if (rk_engine_init(&arena, max, ret_engine) != RK_OK) {
		free(memory);
		return -EINVAL;
	}
	*ret_memory = memory;
	return 0;
}

static void drop_engine(struct rebuild *rebuild)
{
	free(rebuild->out->memory);
	rebuild->out->memory = NULL;
	rebuild->out->engine = NULL;
}

static int make_engine(struct rebuild *rebuild)
{
	int r;

	drop_engine(rebuild);
	r = rk_engine_make(&rebuild->max, &rebuild->out->memory,
			   &rebuild->out->engine);
	if (r == -ENOMEM)
		return FAIL(rebuild, r,
			    "no memory for an engine of %zu bytes: lower the "
			    "limits",
			    rk_engine_size(&rebuild->max));
	if (r < 0)
		return FAIL(rebuild, r, "the limits are beyond what can work");
	return 0;
}

/* Take the larger of each; true when that changed anything. */
static bool raise_limits(struct rk_cmd_limits *max,
			 const struct rk_cmd_limits *want)
{
	struct rk_cmd_limits before = *max;
	uint32_t *rows[] = {
		&max->accounts_max,
		&max->owners_max,
		&max->assets_max,
		&max->markets_max,
		&max->publishers_max,
		&max->venues_max,
		&max->clients_max,
		&max->positions_max,
		&max->positions_per_account_max,
		&max->balances_max,
		&max->orders_max,
		&max->withdrawals_max,
	};
	const uint32_t wants[] = {
		want->accounts_max,
		want->owners_max,
		want->assets_max,
		want->markets_max,
		want->publishers_max,
		want->venues_max,
		want->clients_max,
		want->positions_max,
		want->positions_per_account_max,
		want->balances_max,
		want->orders_max,
		want->withdrawals_max,
	};

	for (size_t i = 0; i < sizeof(wants) / sizeof(wants[0]); i++)
		if (wants[i] > *rows[i])
			*rows[i] = wants[i];
	return memcmp(&before, max, sizeof(before)) != 0;
}

/* Rows of a snapshot on their way into the engine. */
struct loading {
	struct rebuild *rebuild;
	bool first;
};

/* The limits are in the first row: make the engine large enough for them. */
static int size_for(struct rebuild *rebuild, const struct rk_row *row)
{
	struct rk_cmd_limits want;

	if (!rk_load_limits(row, &want))
		return FAIL(rebuild, -EBADMSG,
			    "row engine: its limits are missing");
	(void)raise_limits(&rebuild->max, &want);
	return make_engine(rebuild);
}

/*
 * A lowered limit counts records in use, but those before may have left some
 * in places behind it.
 */
static bool raise_for(struct rebuild *rebuild, const char *limit)
{
	uint32_t *max = NULL;

	if (strcmp(limit, "orders") == 0)
		max = &rebuild->max.orders_max;
	else if (strcmp(limit, "withdrawals") == 0)
		max = &rebuild->max.withdrawals_max;
	if (!max || *max > UINT32_MAX / 2)
		return false;
	*max *= 2;
	return true;
}

static int on_row(void *context, const struct rk_row *row)
{
	struct loading *loading = context;
	struct rebuild *rebuild = loading->rebuild;
	struct rk_load_problem problem = {NULL, NULL, NULL};
	int r;

	if (loading->first) {
		loading->first = false;
		r = size_for(rebuild, row);
		if (r < 0)
			return r;
	}
	r = rk_load_row(rebuild->out->engine, row, &problem);
	if (r == RK_OK)
		return 0;
	if (r == RK_REJ_CAPACITY && raise_for(rebuild, problem.what))
		return AGAIN;
	return FAIL(rebuild, -EBADMSG, "table %s, column %s: %s%s",
		    problem.table, problem.column ? problem.column : "any",
		    problem.what,
		    r == RK_REJ_CAPACITY ? " are more than the limit" : "");
}

static int load_snapshot(struct rebuild *rebuild, uint64_t seq)
{
	struct loading loading = {rebuild, false};
	struct rk_snapshot_read read = {
		.files = rebuild->options->files,
		.seq = seq,
		.row = on_row,
		.context = &loading,
	};
	struct rk_load_problem problem = {NULL, NULL, NULL};
	char text[RK_SNAPSHOT_TEXT_SIZE];
	int r;

	rebuild->error[0] = '\0';
	text[0] = '\0';
	do {
		loading.first = true;
		r = rk_snapshot_read(&read, &rebuild->out->snapshot, text);
	} while (r == AGAIN);
	if (r < 0 && rebuild->error[0] == '\0')
		return FAIL(rebuild, r, "%s", text);
	if (r < 0)
		return r;
	if (loading.first)
		return FAIL(rebuild, -EBADMSG, "it holds no rows");
	if (rk_load_end(rebuild->out->engine, &problem) != RK_OK)
		return FAIL(rebuild, -EBADMSG, "table %s, column %s: %s",
			    problem.table,
			    problem.column ? problem.column : "any",
			    problem.what);
	if (rk_view_seq(rebuild->out->engine) != seq ||
	    rk_view_event(rebuild->out->engine) != rebuild->out->snapshot.event)
		return FAIL(rebuild, -EBADMSG,
			    "it is of another sequence than its name");
	if (rk_view_check_books(rebuild->out->engine) != 0)
		return FAIL(rebuild, -EBADMSG, "its books do not balance");
	return 0;
}

static void warn(const struct rebuild *rebuild, const char *text)
{
	if (rebuild->options->warn)
		rebuild->options->warn(rebuild->options->context, text);
}

/* The newest good one of at most snapshot_max; seq 0: there is none. */
static int find_snapshot(struct rebuild *rebuild)
{
	uint64_t *seqs = calloc(SNAPSHOTS_MAX, sizeof(*seqs));
	char text[RK_REBUILD_TEXT_SIZE + 128];
	int n;
	int r = 0;

	if (!seqs)
		return -ENOMEM;
	n = rk_snapshot_list(rebuild->options->files, seqs, SNAPSHOTS_MAX);
	if (n < 0) {
		free(seqs);
		return FAIL(rebuild, n, "cannot list %.512s: %s",
			    rebuild->options->files->dir, strerror(-n));
	}
	memset(&rebuild->out->snapshot, 0, sizeof(rebuild->out->snapshot));
	for (int i = 0; i < n && i < SNAPSHOTS_MAX; i++) {
		if (seqs[i] > rebuild->options->snapshot_max)
			continue;
		r = load_snapshot(rebuild, seqs[i]);
		/* Of another version, or no memory: an older one is no help */
		if (r == 0 || r == -EPROTO || r == -ENOMEM)
			break;
		(void)snprintf(text, sizeof(text),
			       "snapshot %llu is no good, trying an older one: "
			       "%s",
			       (unsigned long long)seqs[i], rebuild->error);
		warn(rebuild, text);
		rebuild->out->snapshots_refused++;
		memset(&rebuild->out->snapshot, 0,
		       sizeof(rebuild->out->snapshot));
		drop_engine(rebuild);
		r = 0;
	}
	free(seqs);
	if (r == 0 && !rebuild->out->engine)
		r = make_engine(rebuild);
	return r;
}

static int add_skip(struct rebuild *rebuild, uint64_t seq)
{
	if (rebuild->skips_n == RK_SKIPS_MAX)
		return FAIL(rebuild, -EBADMSG,
			    "the journal holds more than %d skips",
			    RK_SKIPS_MAX);
	rebuild->skips[rebuild->skips_n].seq = seq;
	rebuild->skips[rebuild->skips_n].until = rebuild->checked_seq;
	rebuild->skips_n++;
	return 0;
}

static int on_skip(void *context, const struct rk_journal_skip *skip)
{
	return add_skip(context, skip->seq);
}

static int on_checked(void *context, const struct rk_journal_group *group)
{
	struct rebuild *rebuild = context;

	rebuild->checked_seq = group->first_seq + group->count - 1;
	/* It may end amid the events of a command. */
	rebuild->checked_event = group->event != 0 ? group->event : UINT64_MAX;
	if (rebuild->options->group)
		rebuild->options->group(rebuild->options->context, group);
	return 0;
}

static bool is_skipped(const struct rebuild *rebuild, uint64_t seq)
{
	for (uint32_t i = 0; i < rebuild->skips_n; i++)
		if (rebuild->skips[i].seq == seq)
			return true;
	return false;
}

/*
 * Between a command that is left out and the time when that was decided,
 * others may well lead to something else than they did then.
 */
static bool may_differ(const struct rebuild *rebuild,
		       const struct rk_journal_group *group)
{
	for (uint32_t i = 0; i < rebuild->skips_n; i++) {
		const struct skip *skip = &rebuild->skips[i];

		if (skip->seq > rebuild->out->snapshot.seq &&
		    group->first_seq + group->count > skip->seq &&
		    group->first_seq <= skip->until)
			return true;
	}
	return false;
}

static struct rk_journal_scan scan_of(struct rebuild *rebuild)
{
	struct rk_journal_scan scan = {
		.files = rebuild->options->files,
		.rules_oldest = RK_RULES_OLDEST,
		.rules = RK_RULES_VERSION,
		.context = rebuild,
	};

	scan.from.seq = rebuild->out->snapshot.seq;
	memcpy(scan.from.chain, rebuild->out->snapshot.chain, RK_CHAIN_SIZE);
	return scan;
}

/* What is to be left out from now on: once is enough. */
static int take_skip(struct rebuild *rebuild, uint64_t seq)
{
	uint64_t newest = rebuild->out->end.place.seq;

	if (seq > newest)
		return FAIL(rebuild, -EINVAL,
			    "--skip %llu: the journal ends with command %llu",
			    (unsigned long long)seq,
			    (unsigned long long)newest);
	if (seq <= rebuild->out->snapshot.seq || is_skipped(rebuild, seq))
		return 0;
	rebuild->out->skip_is_new = true;
	return add_skip(rebuild, seq);
}

static int check_journal(struct rebuild *rebuild)
{
	struct rk_journal_scan scan = scan_of(rebuild);
	uint64_t start = rk_stopwatch_ns();
	int r;

	rebuild->skips_n = 0;
	rebuild->checked_seq = rebuild->out->snapshot.seq;
	rebuild->checked_event = rebuild->out->snapshot.event;
	/* What lies behind is not asked for: it may be damaged. */
	scan.before = rebuild->options->before;
	scan.visit = on_checked;
	scan.visit_skip = on_skip;
	rebuild->error[0] = '\0';
	r = rk_journal_scan(&scan, &rebuild->out->end, rebuild->error);
	if (r == 0 && rebuild->options->skip != 0)
		r = take_skip(rebuild, rebuild->options->skip);
	rebuild->out->check_ns += rk_stopwatch_ns() - start;
	/* With a command left out, events are other ones than were told. */
	if (rebuild->skips_n > 0)
		rebuild->checked_event = UINT64_MAX;
	return r;
}

static void give_events(struct rebuild *rebuild)
{
	if (rebuild->options->event)
		for (uint32_t i = 0; i < rebuild->events.n; i++)
			rebuild->options->event(rebuild->options->context,
						&rebuild->events.events[i]);
	rebuild->events.n = 0;
}

static void apply(struct rebuild *rebuild, const struct rk_cmd *cmd)
{
	struct rk_engine *engine = rebuild->out->engine;

	if (rebuild->options->command)
		rebuild->options->command(rebuild->options->context, engine,
					  cmd, false);
	(void)rk_engine_apply(engine, cmd, &rebuild->events);
	give_events(rebuild);
	while (rk_engine_pending(engine)) {
		rk_engine_resume(engine, &rebuild->events);
		give_events(rebuild);
	}
	if (rebuild->options->command)
		rebuild->options->command(rebuild->options->context, engine,
					  cmd, true);
}

static struct rk_cmd stand_in(const struct rk_cmd *cmd)
{
	struct rk_cmd skipped = {.type = RK_CMD_SKIPPED};

	skipped.origin = cmd->origin;
	skipped.skipped.type = cmd->type;
	return skipped;
}

/*
 * Apply what stands in for a command that was left out. One for each of an
 * atomic message, as its client counted them all.
 */
static void apply_skipped(struct rebuild *rebuild, const struct rk_cmd *cmd)
{
	struct rk_cmd skipped = stand_in(cmd);

	if (cmd->type == RK_CMD_ATOMIC) {
		for (uint32_t i = 0; i < cmd->atomic.n; i++)
			rebuild->cmds[i] = stand_in(&cmd->atomic.cmds[i]);
		skipped = *cmd;
		skipped.atomic.cmds = rebuild->cmds;
	}
	rebuild->out->skipped++;
	apply(rebuild, &skipped);
}

/* One command of the journal. */
static int replay_one(struct rebuild *rebuild, const struct rk_cmd *cmd,
		      uint64_t seq)
{
	struct rk_engine *engine = rebuild->out->engine;

	if (cmd->type == RK_CMD_LIMITS &&
	    raise_limits(&rebuild->max, &cmd->limits))
		return AGAIN;
	if (is_skipped(rebuild, seq))
		apply_skipped(rebuild, cmd);
	else
		apply(rebuild, cmd);
	if (rk_view_seq(engine) != seq)
		return FAIL(rebuild, -EBADMSG,
			    "command %llu (%s) is not the next for the state: "
			    "the journal does not belong to this snapshot",
			    (unsigned long long)seq, rk_cmd_name(cmd->type));
	rebuild->out->commands++;
	return 0;
}

/* Did the replay come to what the journal says it came to then? */
static int check_group(struct rebuild *rebuild,
		       const struct rk_journal_group *group)
{
	const struct rk_engine *engine = rebuild->out->engine;

	if (group->event == 0) /* it ended amid the events of a command */
		return 0;
	if (may_differ(rebuild, group))
		return 0;
	if (rk_view_event(engine) == group->event &&
	    rk_hash_equal(rk_view_event_digest(engine), group->event_digest))
		return 0;
	return FAIL(rebuild, -EBADMSG,
		    "commands %llu to %llu lead to other events than they did "
		    "(event %llu, was %llu): this program does not follow the "
		    "rules they were applied under",
		    (unsigned long long)group->first_seq,
		    (unsigned long long)(group->first_seq + group->count - 1),
		    (unsigned long long)rk_view_event(engine),
		    (unsigned long long)group->event);
}

/* Fetch a command from the core that read it. */
static void fetch_command(const struct rk_cmd *cmd)
{
	const char *bytes = (const char *)cmd;

	for (size_t i = 0; i < FETCH_BYTES; i += CACHE_LINE)
		__builtin_prefetch(bytes + i);
}

/* Fetch what the commands behind this one will need. */
static void foresee(struct rebuild *rebuild, const struct rk_ahead_batch *batch,
		    uint32_t at)
{
	if (at + FETCH_GAP < batch->n)
		fetch_command(&batch->cmds[at + FETCH_GAP]);
	for (uint32_t step = 0; step < RK_FORESEE_STEPS; step++) {
		uint32_t i = at + FORESEE_GAP * (RK_FORESEE_STEPS - step);

		if (i < batch->n)
			rk_engine_foresee(rebuild->out->engine, &batch->cmds[i],
					  step,
					  &rebuild->foreseen[i % FORESEEN]);
	}
}

static int on_batch(void *context, const struct rk_ahead_batch *batch)
{
	struct rebuild *rebuild = context;
	uint32_t end = 0;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i <= batch->n; i++) {
		while (r == 0 && end < batch->ends_n &&
		       batch->ends[end].after == i)
			r = check_group(rebuild, &batch->ends[end++].group);
		if (r != 0 || i == batch->n)
			break;
		foresee(rebuild, batch, i);
		r = replay_one(rebuild, &batch->cmds[i], batch->first_seq + i);
	}
	if (r == 0 && rebuild->options->progress && batch->total > 0)
		rebuild->options->progress(rebuild->options->context,
					   batch->done, batch->total);
	return r;
}

static int replay_journal(struct rebuild *rebuild)
{
	struct rk_ahead_options options = {
		.scan = scan_of(rebuild),
		.before = rebuild->options->before,
		.manual = rebuild->options->manual,
		.take = on_batch,
		.context = rebuild,
	};
	uint64_t start = rk_stopwatch_ns();
	char text[RK_JOURNAL_TEXT_SIZE] = "";
	int r;

	options.scan.trusted = true;
	rebuild->error[0] = '\0';
	r = rk_ahead_run(&options, text);
	if (r < 0 && rebuild->error[0] == '\0')
		(void)FAIL(rebuild, r, "%s", text);
	rebuild->out->replay_ns += rk_stopwatch_ns() - start;
	return r;
}

/* Once through everything; AGAIN when the tables were too small. */
static int attempt(struct rebuild *rebuild)
{
	uint64_t start = rk_stopwatch_ns();
	int r;

	drop_engine(rebuild); /* of an attempt before */
	r = find_snapshot(rebuild);

	rebuild->out->load_ns = rk_stopwatch_ns() - start;
	if (r == 0)
		r = check_journal(rebuild);
	if (r == 0 && rebuild->options->checked)
		r = rebuild->options->checked(rebuild->options->context,
					      rebuild->checked_event,
					      rebuild->skips_n > 0);
	if (r == 0 && rebuild->options->loaded)
		r = rebuild->options->loaded(rebuild->options->context,
					     &rebuild->out->snapshot);
	if (r == 0 && rebuild->options->ready)
		r = rebuild->options->ready(rebuild->options->context,
					    &rebuild->out->end);
	if (r == 0)
		r = replay_journal(rebuild);
	return r;
}

static int make_room(struct rebuild *rebuild)
{
	rebuild->cmds = calloc(RK_ATOMIC_MAX, sizeof(*rebuild->cmds));
	rebuild->skips = calloc(RK_SKIPS_MAX, sizeof(*rebuild->skips));
	rebuild->events.max = 4 * RK_EVENTS_PER_STEP_MAX;
	rebuild->events.events =
		calloc(rebuild->events.max, sizeof(*rebuild->events.events));
	return rebuild->cmds && rebuild->skips && rebuild->events.events
		       ? 0
		       : -ENOMEM;
}

int rk_rebuild(const struct rk_rebuild_options *options,
	       struct rk_rebuilt *ret_rebuilt, char error[RK_REBUILD_TEXT_SIZE])
{
	struct rk_rebuilt out;
	struct rebuild rebuild = {.options = options,
				  .out = &out,
				  .max = options->max,
				  .error = error};
	int r = make_room(&rebuild);

	memset(&out, 0, sizeof(out));
	error[0] = '\0';
	if (r < 0)
		(void)FAIL(&rebuild, r, "no memory");
	else
		r = attempt(&rebuild);
	while (r == AGAIN) {
		out.commands = 0;
		out.skipped = 0;
		r = attempt(&rebuild);
	}
	free(rebuild.cmds);
	free(rebuild.skips);
	free(rebuild.events.events);
	if (r != 0) {
		drop_engine(&rebuild);
		return r;
	}
	*ret_rebuilt = out;
	return 0;
}

int rk_rebuild_snapshot(const struct rk_rebuild_options *options, uint64_t seq,
			struct rk_rebuilt *ret_rebuilt,
			char error[RK_REBUILD_TEXT_SIZE])
{
	struct rk_rebuilt out;
	struct rebuild rebuild = {.options = options,
				  .out = &out,
				  .max = options->max,
				  .error = error};
	int r;

	memset(&out, 0, sizeof(out));
	r = load_snapshot(&rebuild, seq);
	if (r < 0) {
		drop_engine(&rebuild);
		return r;
	}
	*ret_rebuilt = out;
	return 0;
}

/*
 * From what is on disk to a daemon that can go on: lock, newest good snapshot,
 * a safe end of the journal, replay of what it holds behind the snapshot,
 * events written anew where a crash may have lost them. See core.h.
 *
 * The newest file of events is kept when its checkpoint is in the journal too:
 * then what it holds need not be said again. Should it turn out to be damaged,
 * all is recovered once more without it.
 *
 * Nothing here goes out to anybody: what is recovered was published before.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/core.h"
#include "codec/encode.h"
#include "engine/view.h"
#include "store/journal_file.h"
#include "store/rebuild.h"

#define NS_PER_MS   UINT64_C(1000000)
#define PROGRESS_NS UINT64_C(2000000000)
/* Looked at, newest first: more are never refused. */
#define SNAPSHOTS_MAX 4096
#define AGAIN         1 /* the newest file of events cannot be kept */

/* A recovery under way. */
struct recovery {
	struct rk_core *core;
	const struct rk_setup_options *options;
	uint64_t last_progress_ns;
	int error; /* of writing events */
	/* The newest file of events, as it was found. */
	uint64_t left_first; /* 0: there is none to be kept */
	struct rk_event_checkpoint left;
	bool left_fits; /* the journal says the same of that event */
	uint64_t kept;  /* events up to this one are not written anew; 0 */
	uint64_t torn;  /* bytes dropped behind the last good group */
};

static int failed(const struct rk_core *core, int r, const char *text)
{
	rk_log_write(core->log, RK_LOG_ERROR, "cannot start: %s", text);
	return r;
}

/* Who has the lock writes its process number into it. */
static int say_locked(const struct rk_core *core)
{
	char text[RK_FILES_DIR_SIZE + 128];
	char pid[16] = "";
	struct rk_file *lock;

	if (rk_file_open(&core->files, RK_FILES_LOCK, RK_FILE_READ, &lock) ==
	    0) {
		(void)rk_file_read_at(&core->files, lock, pid, sizeof(pid) - 1,
				      0); /* told as far as it is known */
		rk_file_close(&core->files, lock);
	}
	pid[strspn(pid, "0123456789")] = '\0';
	(void)snprintf(text, sizeof(text),
		       "state folder %s: another riskd uses it%s%s",
		       core->files.dir, pid[0] != '\0' ? ", process " : "",
		       pid);
	return failed(core, -EAGAIN, text);
}

static int open_files(struct rk_core *core,
		      const struct rk_setup_options *options)
{
	char text[RK_FILES_DIR_SIZE + 128];
	int r = 0;

	if (options->files) {
		core->files = *options->files;
	} else {
		r = rk_files_open_posix(core->conf->state, &core->files);
		if (r < 0) {
			(void)snprintf(text, sizeof(text),
				       "state folder %s: %s; it must exist and "
				       "belong to the user that riskd runs as",
				       core->conf->state, strerror(-r));
			return failed(core, r, text);
		}
	}
	/* To look at the state of a daemon that runs is safe. */
	if (core->read_only)
		return 0;
	r = core->files.ops->lock(&core->files, &core->lock);
	if (r == -EAGAIN)
		return say_locked(core);
	if (r < 0)
		(void)snprintf(text, sizeof(text),
			       "state folder %s: cannot lock it: %s",
			       core->files.dir, strerror(-r));
	return r < 0 ? failed(core, r, text) : 0;
}

static void on_warn(void *context, const char *text)
{
	const struct recovery *recovery = context;

	rk_log_write(recovery->core->log, RK_LOG_WARNING, "recovery: %s", text);
}

static void on_progress(void *context, uint64_t done, uint64_t total)
{
	struct recovery *recovery = context;
	uint64_t now_ns = rk_clock_monotonic();

	if (now_ns - recovery->last_progress_ns < PROGRESS_NS)
		return;
	recovery->last_progress_ns = now_ns;
	rk_log_write(recovery->core->log, RK_LOG_NOTICE,
		     "recovering percent=%" PRIu64 " bytes=%" PRIu64
		     " of=%" PRIu64,
		     total ? done * 100 / total : 100, done, total);
}

static void on_store_wake(void *context)
{
	struct recovery *recovery = context;

	(void)recovery; /* while recovering, whoever waits looks by itself */
}

/*
 * Snapshots that were refused are in nobody's way from now on: events behind
 * the older one are about to be written into other files than those the newer
 * one goes with, and it must not be counted as a generation.
 */
static int set_aside_newer(struct rk_core *core, uint64_t seq)
{
	uint64_t seqs[SNAPSHOTS_MAX];
	int n = rk_snapshot_list(&core->files, seqs, SNAPSHOTS_MAX);
	int moved = 0;
	int r = n < 0 ? n : 0;

	for (int i = 0; r == 0 && i < n && i < SNAPSHOTS_MAX; i++) {
		if (seqs[i] <= seq)
			continue;
		r = rk_snapshot_set_aside(&core->files, seqs[i]);
		moved++;
	}
	if (r == 0 && moved > 0)
		r = rk_files_sync_dir(&core->files);
	return r;
}

static void on_group(void *context, const struct rk_journal_group *group)
{
	struct recovery *recovery = context;

	if (recovery->left_first != 0 && group->event == recovery->left.event &&
	    rk_hash_equal(group->event_digest, recovery->left.digest))
		recovery->left_fits = true;
}

/*
 * Events are written when they are durable. When there are more of them than
 * the journal leads to, its end is missing, however whole the rest may be.
 */
static int check_newest_event(const struct rk_core *core, uint64_t event)
{
	char name[RK_FILE_NAME_SIZE] = "";
	char text[512];
	uint64_t newest = rk_event_files_newest(&core->files, name);

	if (newest <= event)
		return 0;
	(void)snprintf(text, sizeof(text),
		       "%s has events up to %" PRIu64 ", the journal leads to "
		       "event %" PRIu64 " only: its newest file is missing or "
		       "was cut: restore it, or move %s away to go on without "
		       "what is lost",
		       name, newest, event, name);
	return failed(core, -ENOENT, text);
}

static int on_checked(void *context, uint64_t event, bool skips)
{
	struct recovery *recovery = context;

	if (recovery->core->read_only)
		return 0;
	if (skips)
		recovery->left_fits = false;
	return check_newest_event(recovery->core, event);
}

/* The snapshot is loaded: events behind it are written, or kept. */
static int on_loaded(void *context, const struct rk_snapshot_meta *meta)
{
	struct recovery *recovery = context;
	struct rk_core *core = recovery->core;
	const struct rk_setup_options *setup = recovery->options;
	struct rk_event_store_options options = {
		.files = &core->files,
		.queue_bytes = (uint64_t)core->conf->events.queue_bytes,
		.keep_bytes = (uint64_t)core->conf->events.keep_bytes,
		.manual = core->manual,
		.wake = setup->wake ? setup->wake : on_store_wake,
		.wake_context = setup->wake ? setup->wake_context : recovery,
	};
	char text[RK_EVENT_STORE_TEXT_SIZE] = "";
	int r;

	recovery->kept = 0;
	if (recovery->left_fits && recovery->left_first == meta->event + 1)
		recovery->kept = recovery->left.event;
	options.keep = recovery->kept;
	rk_event_log_start(core->events, recovery->kept ? recovery->kept + 1
							: meta->event + 1);
	if (core->read_only)
		return 0;
	rk_event_store_close(core->store); /* of a first attempt */
	core->store = NULL;
	r = set_aside_newer(core, meta->seq);
	if (r < 0) {
		(void)snprintf(text, sizeof(text),
			       "a snapshot that is no good cannot be set "
			       "aside: %s",
			       strerror(-r));
		return failed(core, r, text);
	}
	r = rk_event_store_open(&options, meta->event, &core->store, text);
	return r < 0 ? failed(core, r, text) : 0;
}

/*
 * What can be read need not be on the disk. It has to be before anything that
 * follows from it is written: events whose commands a loss of power takes away
 * would keep riskd down. Whatever is refused was refused before.
 */
static int on_ready(void *context, struct rk_journal_end *end)
{
	struct recovery *recovery = context;
	char text[RK_JOURNAL_TEXT_SIZE] = "";
	uint64_t torn = end->torn;
	int r;

	if (recovery->core->read_only)
		return 0;
	r = rk_journal_repair(&recovery->core->files, end, text);
	recovery->torn += torn; /* another attempt finds none */
	return r < 0 ? failed(recovery->core, r, text) : 0;
}

static int write_event(struct recovery *recovery, const struct rk_event *event,
		       const void *encoded, size_t size)
{
	struct rk_core *core = recovery->core;
	struct rk_event_row row = rk_event_store_row(event, encoded, size);
	int r = 0;

	while (r == 0 && !rk_event_store_add(core->store, &row))
		r = rk_event_store_flush(core->store);
	return r;
}

static void on_event(void *context, const struct rk_event *event)
{
	struct recovery *recovery = context;
	unsigned char encoded[RK_ENCODED_EVENT_MAX];
	size_t size;

	if (recovery->error != 0 || event->number <= recovery->kept)
		return;
	size = rk_encode_event(event, false, encoded);
	if (recovery->core->store)
		recovery->error = write_event(recovery, event, encoded, size);
	rk_event_log_add(recovery->core->events, event, encoded, size);
}

/*
 * The worker has looked at the file that is kept, while commands were
 * replayed. Returns 0, AGAIN, or what the store failed with.
 */
static int check_events(struct recovery *recovery)
{
	struct rk_core *core = recovery->core;
	const char *reason = "";
	int r = recovery->error;

	if (r == 0 && recovery->kept != 0)
		r = rk_event_store_flush(core->store);
	if (r == 0)
		return 0;
	(void)rk_event_store_error(core->store, &reason);
	if (recovery->kept == 0 || rk_event_store_kept(core->store) == 0)
		return failed(core, r, reason);
	rk_log_write(core->log, RK_LOG_WARNING,
		     "recovery: events of the newest file are written anew: %s",
		     reason);
	return AGAIN;
}

/* So that they need not be written anew once more. */
static void note_checkpoint(struct rk_core *core)
{
	struct rk_event_checkpoint checkpoint = {
		rk_view_event(core->engine),
		rk_view_event_digest(core->engine),
	};

	if (core->store)
		rk_event_store_checkpoint(core->store, &checkpoint);
}

static void set_method(struct rk_core *core)
{
	if (core->conf->margin.method == RK_METHOD_SCAN)
		rk_engine_set_method(core->engine, RK_METHOD_SCAN);
}

static int rebuild(struct recovery *recovery, struct rk_rebuilt *rebuilt)
{
	struct rk_core *core = recovery->core;
	const struct rk_setup_options *setup = recovery->options;
	struct rk_rebuild_options options = {
		.files = &core->files,
		.max = core->conf->limits.engine,
		.snapshot_max = setup->stop_before ? setup->stop_before - 1
						   : UINT64_MAX,
		.before = setup->stop_before,
		.skip = setup->skip,
		.manual = core->manual,
		.event = on_event,
		.group = on_group,
		.checked = on_checked,
		.loaded = on_loaded,
		.ready = on_ready,
		.progress = on_progress,
		.warn = on_warn,
		.context = recovery,
	};
	char text[RK_REBUILD_TEXT_SIZE] = "";
	int r = rk_rebuild(&options, rebuilt, text);

	if (r < 0 && text[0] != '\0')
		return failed(core, r, text);
	if (r < 0)
		return r; /* was logged */
	r = check_events(recovery);
	if (r == AGAIN)
		free(rebuilt->memory);
	if (r == AGAIN)
		return r;
	core->engine = rebuilt->engine;
	core->arena_memory = rebuilt->memory;
	if (r != 0)
		return r;
	note_checkpoint(core);
	set_method(core);
	return 0;
}

/* Rebuild, at most once more. */
static int rebuild_all(struct recovery *recovery, struct rk_rebuilt *rebuilt)
{
	int r;

	if (!recovery->core->read_only &&
	    !rk_event_store_left(&recovery->core->files, &recovery->left_first,
				 &recovery->left))
		recovery->left_first = 0;
	r = rebuild(recovery, rebuilt);
	if (r != AGAIN)
		return r;
	recovery->core->recovered.events_refused = true;
	recovery->left_first = 0;
	recovery->left_fits = false;
	recovery->error = 0;
	return rebuild(recovery, rebuilt);
}

static void tell(const struct recovery *recovery,
		 const struct rk_rebuilt *rebuilt)
{
	const struct rk_core *core = recovery->core;
	double seconds = (double)(rebuilt->replay_ns + 1) / 1e9;

	if (rk_view_seq(core->engine) == 0) {
		rk_log_write(core->log, RK_LOG_NOTICE,
			     "no state in %s: a new one begins",
			     core->files.dir);
		return;
	}

	rk_log_write(
		core->log, RK_LOG_NOTICE,
		"recovered seq=%" PRIu64 " snapshot=%" PRIu64
		" commands=%" PRIu64 " events=%" PRIu64 " kept=%" PRIu64
		" load_ms=%" PRIu64 " check_ms=%" PRIu64 " replay_ms=%" PRIu64
		" commands_per_s=%.0f torn_bytes=%" PRIu64 " skipped=%" PRIu64,
		rk_view_seq(core->engine), rebuilt->snapshot.seq,
		rebuilt->commands, rk_view_event(core->engine),
		core->recovered.events_kept, rebuilt->load_ns / NS_PER_MS,
		rebuilt->check_ns / NS_PER_MS, rebuilt->replay_ns / NS_PER_MS,
		(double)rebuilt->commands / seconds, recovery->torn,
		rebuilt->skipped);
}

/* Behind the end of the log, which is safe by now. */
static int open_journal(struct rk_core *core, struct rk_rebuilt *rebuilt,
			const struct rk_setup_options *setup)
{
	const struct rk_conf_journal *conf = &core->conf->journal;
	struct rk_journal_file_options options = {
		.files = &core->files,
		.segment_bytes = (uint64_t)conf->segment_bytes,
		.groups_in_flight = conf->groups_in_flight,
		.bytes_in_flight = (uint64_t)conf->bytes_in_flight,
		.keep_segments = conf->keep_segments,
		.keep_age_ns = conf->keep_age_ns,
		.rules = RK_RULES_VERSION,
		.manual = core->manual,
	};
	struct rk_journal_skip skip = {setup->skip, rebuilt->end.time_ns};
	char text[RK_JOURNAL_TEXT_SIZE] = "";
	int r = rk_journal_open_file(&options, &rebuilt->end.place,
				     &core->journal, text);

	if (r == 0 && rebuilt->skip_is_new) {
		r = rk_journal_add_skip(core->journal, &skip);
		if (r < 0)
			(void)snprintf(text, sizeof(text),
				       "cannot write the skip: %s",
				       strerror(-r));
	}
	return r < 0 ? failed(core, r, text) : 0;
}

static int open_snapshotter(struct rk_core *core,
			    const struct rk_rebuilt *rebuilt,
			    const struct rk_setup_options *setup)
{
	struct rk_snapshotter_options options = {
		.files = &core->files,
		.engine = core->engine,
		.journal = core->journal,
		.events = core->store,
		/* One of an older format is written anew as a whole. */
		.base = rebuilt->snapshot.format == RK_SNAPSHOT_FORMAT
				? rebuilt->snapshot.seq
				: 0,
		.pool_bytes = (uint64_t)core->conf->snapshot.pool_bytes,
		.keep = core->conf->snapshot.keep,
		.manual = core->manual,
		.wake = setup->wake,
		.wake_context = setup->wake_context,
	};
	int r = rk_snapshot_clean(&core->files);

	if (r == 0)
		r = rk_snapshotter_open(&options, &core->snapshotter);
	return r < 0 ? failed(core, r, strerror(-r)) : 0;
}

/* Nothing to recover: an engine of its own, and a journal in memory. */
static int run_in_memory(struct rk_core *core)
{
	const struct rk_cmd_limits *max = &core->conf->limits.engine;
	int r = rk_engine_make(max, &core->arena_memory, &core->engine);

	if (r == 0) {
		set_method(core);
		r = rk_journal_open_memory(
			(size_t)core->conf->journal.memory_bytes,
			&core->journal);
	}
	return r < 0 ? failed(core, r,
			      r == -ENOMEM ? "no memory for the engine: lower "
					     "the limits"
					   : "limits are beyond what can work")
		     : 0;
}

/* An option that stays in a unit file must not keep riskd down. */
static void warn_skip(const struct rk_core *core,
		      const struct rk_setup_options *setup,
		      const struct rk_rebuilt *rebuilt)
{
	if (setup->skip != 0 && !rebuilt->skip_is_new)
		rk_log_write(core->log, RK_LOG_WARNING,
			     "--skip %" PRIu64 " has no effect: the command is "
			     "left out already, or behind it there is a "
			     "snapshot, %" PRIu64,
			     setup->skip, rebuilt->snapshot.seq);
}

int rk_recovery_run(struct rk_core *core,
		    const struct rk_setup_options *options)
{
	struct recovery recovery = {.core = core, .options = options};
	struct rk_rebuilt rebuilt;
	uint64_t start_ns = rk_clock_monotonic();
	int r;

	if (core->conf->journal.kind == RK_CONF_JOURNAL_MEMORY)
		return run_in_memory(core);

	recovery.last_progress_ns = start_ns;
	r = open_files(core, options);
	if (r == 0)
		r = rebuild_all(&recovery, &rebuilt);
	if (r < 0)
		return r;
	core->recovered.snapshot_seq = rebuilt.snapshot.seq;
	core->recovered.seq = rk_view_seq(core->engine);
	core->recovered.commands = rebuilt.commands;
	if (recovery.kept != 0)
		core->recovered.events_kept =
			recovery.kept + 1 - recovery.left_first;
	tell(&recovery, &rebuilt);
	if (core->read_only)
		return rk_journal_open_memory(1, &core->journal);

	warn_skip(core, options, &rebuilt);
	r = open_journal(core, &rebuilt, options);
	if (r == 0)
		r = open_snapshotter(core, &rebuilt, options);
	core->recovered.took_ns = rk_clock_monotonic() - start_ns;
	return r;
}

/*
 * riskctl audit: snapshots, journal and replay. See audit.h.
 */
#include "audit.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "engine/books.h"
#include "engine/view.h"

#define TEXT_SIZE 1024

static void keep(struct audit *audit, json_t *texts, const char *text)
{
	if (json_array_size(texts) < AUDIT_TEXTS_MAX &&
	    json_array_append_new(texts, json_string(text)))
		audit->failed = true;
}

void audit_differ(struct audit *audit, const char *format, ...)
{
	char text[TEXT_SIZE];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	audit->differences_n++;
	keep(audit, audit->differences, text);
}

void audit_note(struct audit *audit, const char *format, ...)
{
	char text[TEXT_SIZE];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (size_t i = 0; i < json_array_size(audit->notes); i++)
		if (!strcmp(json_string_value(json_array_get(audit->notes, i)),
			    text))
			return;
	keep(audit, audit->notes, text);
}

/* The replay begins anew: forget what it found. */
static void back_to_mark(struct audit *audit)
{
	audit->differences_n = audit->mark;
	while (json_array_size(audit->differences) > audit->mark)
		(void)json_array_remove(audit->differences,
					json_array_size(audit->differences) -
						1);
}

static int list_snapshots(struct audit *audit)
{
	uint64_t *seqs;
	int n;
	int r = ctl_snapshots(audit->files, &seqs, &n);

	if (r < 0)
		return ctl_refuse(audit->ctl, "%s: cannot be listed: %s",
				  audit->files->dir, strerror(-r));
	audit->snapshots = calloc((size_t)n + 1, sizeof(*audit->snapshots));
	if (audit->snapshots) {
		audit->snapshots_n = n;
		for (int i = 0; i < n; i++)
			audit->snapshots[i].seq = seqs[n - 1 - i];
	}
	free(seqs);
	return audit->snapshots ? CTL_OK
				: ctl_refuse(audit->ctl, "out of memory");
}

static struct audit_snapshot *snapshot_at(struct audit *audit, uint64_t seq)
{
	for (int i = 0; i < audit->snapshots_n; i++)
		if (audit->snapshots[i].seq == seq)
			return &audit->snapshots[i];
	return NULL;
}

static void load_snapshots(struct audit *audit)
{
	for (int i = 0; i < audit->snapshots_n; i++) {
		struct audit_snapshot *snapshot = &audit->snapshots[i];
		struct rk_rebuilt rebuilt;
		char error[RK_REBUILD_TEXT_SIZE];
		int r = ctl_load(audit->files, snapshot->seq,
				 ctl_smallest_limits(), &rebuilt, error);

		if (r == -ENOENT) {
			audit_note(audit,
				   "snapshot %" PRIu64 ": removed "
				   "meanwhile",
				   snapshot->seq);
			continue;
		}
		if (r < 0) {
			audit_differ(audit, "%s", error);
			continue;
		}
		snapshot->meta = rebuilt.snapshot;
		snapshot->loaded = true;
		free(rebuilt.memory);
	}
}

static int see_group(void *context, const struct rk_journal_group *group)
{
	struct audit *audit = context;
	struct audit_snapshot *snapshot =
		snapshot_at(audit, group->first_seq + group->count - 1);

	if (audit->journal_first == 0)
		audit->journal_first = group->first_seq;
	if (!snapshot || !snapshot->loaded)
		return 0;
	snapshot->in_journal = true;
	snapshot->chained =
		memcmp(snapshot->meta.chain, group->chain, RK_CHAIN_SIZE) == 0;
	return 0;
}

static void see_again(void *context)
{
	struct audit *audit = context;

	audit->journal_first = 0;
}

/* Is the snapshot one of this journal? */
static void check_place(struct audit *audit,
			const struct audit_snapshot *snapshot)
{
	uint64_t seq = snapshot->seq;

	if (!snapshot->loaded || audit->journal_first == 0)
		return;
	if (seq > audit->end.place.seq)
		audit_differ(audit,
			     "snapshot %" PRIu64 " is newer than the journal, "
			     "which ends with command %" PRIu64,
			     seq, audit->end.place.seq);
	else if (snapshot->in_journal && !snapshot->chained)
		audit_differ(audit,
			     "snapshot %" PRIu64 " and the journal are not of "
			     "one log: another chain",
			     seq);
	else if (!snapshot->in_journal && seq >= audit->journal_first)
		audit_differ(audit,
			     "snapshot %" PRIu64 ": no group of the journal "
			     "ends with that command",
			     seq);
	else if (seq + 1 < audit->journal_first)
		audit_note(audit,
			   "snapshot %" PRIu64 ": the journal begins only "
			   "with command %" PRIu64 ", nothing follows it",
			   seq, audit->journal_first);
}

static void check_journal(struct audit *audit)
{
	const struct rk_journal_scan scan = {
		.files = audit->files,
		.oldest = true,
		.visit = see_group,
		.context = audit,
	};
	char error[RK_JOURNAL_TEXT_SIZE];
	int r = ctl_journal_scan(&scan, see_again, &audit->end, error);

	if (r < 0) {
		audit_differ(audit, "%s", error);
		return;
	}
	audit->journal_good = true;
	for (int i = 0; i < audit->snapshots_n; i++)
		check_place(audit, &audit->snapshots[i]);
	if (audit->end.torn > 0)
		audit_note(audit,
			   "%s: %" PRIu64 " bytes behind the last group are "
			   "none: a riskd is writing them, or a crash cut "
			   "them off",
			   audit->end.tail, audit->end.torn);
}

static int on_loaded(void *context, const struct rk_snapshot_meta *meta)
{
	struct audit *audit = context;

	back_to_mark(audit);
	audit->state_seq = meta->seq;
	audit->replay_from = meta->seq + 1;
	for (int i = 0; i < audit->snapshots_n; i++) {
		audit->snapshots[i].start =
			audit->snapshots[i].seq == meta->seq;
		audit->snapshots[i].reached = false;
	}
	audit_events_start(audit, meta->event);
	return 0;
}

static void on_event(void *context, const struct rk_event *event)
{
	audit_events_see(context, event);
}

/* The replay stands where a snapshot was taken: is it the same state? */
static void compare_state(struct audit *audit, struct audit_snapshot *snapshot,
			  const struct rk_engine *engine)
{
	const struct rk_snapshot_meta *meta = &snapshot->meta;
	char ours[CTL_HEX_SIZE];
	char theirs[CTL_HEX_SIZE];
	struct rk_hash state = rk_rows_digest(engine, meta->format);
	struct rk_hash events = rk_view_event_digest(engine);

	snapshot->reached = true;
	snapshot->same = true;
	if (!rk_hash_equal(state, meta->state_digest)) {
		snapshot->same = false;
		audit_differ(audit,
			     "snapshot %" PRIu64 ": the replay comes to "
			     "another state: digest %s, in the snapshot %s",
			     snapshot->seq, ctl_hex_hash(state, ours),
			     ctl_hex_hash(meta->state_digest, theirs));
	}
	if (rk_view_event(engine) != meta->event ||
	    !rk_hash_equal(events, meta->event_digest)) {
		snapshot->same = false;
		audit_differ(audit,
			     "snapshot %" PRIu64 ": the replay comes to other "
			     "events: event %" PRIu64 " with digest %s, in "
			     "the snapshot %" PRIu64 " with %s",
			     snapshot->seq, rk_view_event(engine),
			     ctl_hex_hash(events, ours), meta->event,
			     ctl_hex_hash(meta->event_digest, theirs));
	}
	if (rk_view_time(engine) != meta->time_ns) {
		snapshot->same = false;
		audit_differ(audit,
			     "snapshot %" PRIu64 ": the replay comes to "
			     "another time",
			     snapshot->seq);
	}
}

static void on_command(void *context, const struct rk_engine *engine,
		       const struct rk_cmd *cmd, bool applied)
{
	struct audit *audit = context;
	uint64_t seq = rk_view_seq(engine);

	(void)cmd; /* what it did is in the state */
	if (!applied)
		return;
	for (int i = 0; i < audit->snapshots_n; i++)
		if (audit->snapshots[i].seq == seq &&
		    audit->snapshots[i].loaded)
			compare_state(audit, &audit->snapshots[i], engine);
}

static void on_progress(void *context, uint64_t done, uint64_t total)
{
	const struct audit *audit = context;

	if (audit->ctl->progress && total > 0)
		(void)fprintf(stderr, "\rreplaying %3" PRIu64 " %%",
			      done * 100 / total);
}

/* The oldest from which all that follows can be replayed; 0: command 1. */
static int choose_start(struct audit *audit, uint64_t *ret_seq)
{
	if (audit->journal_first == 1) {
		*ret_seq = 0;
		return 0;
	}
	for (int i = 0; i < audit->snapshots_n; i++) {
		const struct audit_snapshot *snapshot = &audit->snapshots[i];

		if (!snapshot->loaded)
			continue;
		if (audit->end.segments > 0 &&
		    snapshot->seq + 1 < audit->journal_first)
			continue;
		*ret_seq = snapshot->seq;
		return 0;
	}
	return -ENOENT;
}

static void replay(struct audit *audit)
{
	struct rk_rebuild_options options = {
		.files = audit->files,
		.before = audit->end.place.seq + 1,
		.event = on_event,
		.command = on_command,
		.loaded = on_loaded,
		.progress = on_progress,
		.context = audit,
	};
	char error[RK_REBUILD_TEXT_SIZE];
	int r;

	if (choose_start(audit, &options.snapshot_max) < 0) {
		audit_differ(audit,
			     "nothing can be replayed: the journal begins with "
			     "command %" PRIu64 ", and no good snapshot "
			     "continues with that or a later one",
			     audit->journal_first);
		return;
	}
	audit->mark = audit->differences_n;
	r = ctl_rebuild(&options, &audit->rebuilt, error);
	if (audit->ctl->progress)
		(void)fprintf(stderr, "\r\033[K");
	if (r < 0) {
		audit_differ(audit, "replay: %s", error);
		return;
	}
	audit->replayed = true;
	audit_events_end(audit, rk_view_event(audit->rebuilt.engine));
}

static void check_books(struct audit *audit)
{
	const struct rk_engine *engine = audit->rebuilt.engine;
	int bad = rk_view_check_books(engine);
	struct rk_asset_view asset;
	struct rk_market_view market;

	if (bad > 0 && rk_view_asset(engine, (uint32_t)bad - 1, &asset) == 0)
		audit_differ(audit, "the books of asset %s do not balance",
			     asset.listing.name);
	else if (bad < 0 &&
		 rk_view_market(engine, (uint32_t)-bad - 1, &market) == 0)
		audit_differ(audit, "the books of market %s do not balance",
			     market.listing.name);
}

int audit_run(struct audit *audit)
{
	int rc;

	/* That it cannot be listed is told soon enough. */
	(void)ctl_journal_first(audit->files, &audit->segment_first);
	rc = list_snapshots(audit);
	if (rc)
		return rc;
	if (audit_events_open(audit) < 0)
		return CTL_REFUSED;
	load_snapshots(audit);
	check_journal(audit);
	if (audit->journal_good)
		replay(audit);
	else
		audit_note(audit, "nothing is replayed: the journal is "
				  "damaged");
	if (audit->replayed)
		check_books(audit);
	else
		audit_events_alone(audit);
	if (audit->failed)
		return ctl_refuse(audit->ctl, "out of memory");
	return CTL_OK;
}

bool audit_was_overtaken(const struct audit *audit)
{
	uint64_t first = 0;
	uint64_t *seqs;
	uint64_t oldest;
	int n;

	if (ctl_journal_first(audit->files, &first) < 0 ||
	    ctl_snapshots(audit->files, &seqs, &n) < 0)
		return false;
	oldest = n > 0 ? seqs[n - 1] : 0;
	free(seqs);
	return first != audit->segment_first ||
	       (audit->snapshots_n > 0 && oldest != audit->snapshots[0].seq);
}

void audit_free(struct audit *audit)
{
	audit_events_close(&audit->events);
	free(audit->snapshots);
	free(audit->rebuilt.memory);
	json_decref(audit->differences);
	json_decref(audit->notes);
}

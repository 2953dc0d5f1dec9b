/*
 * Snapshots, a slow disk, and lagging. See upkeep.h.
 */
#include "app/upkeep.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "app/query.h"
#include "codec/answer.h"
#include "engine/rc.h"
#include "engine/view.h"

#define NS_PER_MS UINT64_C(1000000)

static uint64_t journal_bytes(const struct rk_core *core)
{
	struct rk_journal_stats stats;

	rk_journal_stats(core->journal, &stats);
	return stats.bytes;
}

static void schedule(struct rk_core *core)
{
	core->upkeep.snapshot_due_ns =
		rk_clock_monotonic() +
		(uint64_t)core->conf->snapshot.interval_ns;
	core->upkeep.snapshot_bytes = journal_bytes(core);
}

void rk_upkeep_start(struct rk_core *core)
{
	schedule(core);
}

static void answer_askers(struct rk_core *core,
			  const struct rk_snapshot_result *result)
{
	struct rk_upkeep *upkeep = &core->upkeep;
	struct rk_snapshot_told told = {
		.seq = result->meta.seq,
		.file = result->info.name,
		.bytes = result->info.bytes,
		.rows = result->info.rows,
		.rows_changed = result->info.rows_changed,
		.took_ns = result->took_ns,
		.state_digest = result->meta.state_digest,
	};

	for (uint32_t i = 0; i < upkeep->askers_begun; i++) {
		struct rk_bytes bytes = {core->answer, RK_ANSWER_MAX, 0, false};

		if (!result->done) {
			rk_query_refuse(core, upkeep->askers[i],
					RK_REJ_SNAPSHOT_FAILED, result->text);
			continue;
		}
		rk_answer_snapshot(&bytes, &told);
		rk_core_reply(core, upkeep->askers[i], &bytes);
	}
	/* Who asked meanwhile wants one of what there is now. */
	upkeep->askers_n -= upkeep->askers_begun;
	memmove(upkeep->askers, upkeep->askers + upkeep->askers_begun,
		upkeep->askers_n * sizeof(*upkeep->askers));
	upkeep->askers_begun = 0;
}

static void ended(struct rk_core *core, const struct rk_snapshot_result *result)
{
	if (result->done)
		rk_log_write(
			core->log, RK_LOG_INFO,
			"snapshot file=%s seq=%" PRIu64 " bytes=%" PRIu64
			" rows=%" PRIu64 " changed=%" PRIu64 " units=%" PRIu64
			" copy_ms=%" PRIu64 " took_ms=%" PRIu64,
			result->info.name, result->meta.seq, result->info.bytes,
			result->info.rows, result->info.rows_changed,
			result->units, result->copy_ns / NS_PER_MS,
			result->took_ns / NS_PER_MS);
	else
		rk_log_write(core->log, RK_LOG_ERROR,
			     "snapshot failed seq=%" PRIu64 ": %s; the next is "
			     "tried after snapshot.interval",
			     result->meta.seq, result->text);
	answer_askers(core, result);
	schedule(core);
}

/* Event files are cut where the snapshot is: now, or when the event comes. */
static void cut_events(struct rk_core *core)
{
	uint64_t event = rk_snapshotter_event(core->snapshotter);

	if (rk_event_store_newest(core->store) >= event)
		rk_event_store_cut(core->store);
	else
		core->cut_after = event;
}

/* Nothing has changed since the last one: that one will do. */
static void answer_with_last(struct rk_core *core)
{
	struct rk_snapshotter_counts counts;
	struct rk_snapshot_result result = {.done = true};
	int r;

	if (core->upkeep.askers_begun == 0)
		return;
	rk_snapshotter_counts(core->snapshotter, &counts);
	r = rk_snapshot_read_meta(&core->files, counts.last_seq, &result.meta,
				  result.text);
	result.done = r == 0;
	result.info.bytes = counts.last_bytes;
	rk_snapshot_name_make(counts.last_seq, result.info.name);
	answer_askers(core, &result);
}

static void begin(struct rk_core *core)
{
	int r = rk_snapshotter_begin(core->snapshotter);

	core->upkeep.snapshot_wanted = false;
	core->upkeep.askers_begun = core->upkeep.askers_n;
	if (r == 0) {
		cut_events(core);
		return;
	}
	schedule(core);
	answer_with_last(core);
}

bool rk_upkeep_turn(struct rk_core *core)
{
	struct rk_snapshot_result result;
	bool more = false;

	if (!core->snapshotter || rk_sequencer_error(core->sequencer) != 0)
		return false;
	if (rk_snapshotter_state(core->snapshotter) == RK_SNAPSHOT_COPYING)
		more = rk_snapshotter_slice(
			core->snapshotter,
			(uint64_t)core->conf->snapshot.slice_ns);
	if (rk_snapshotter_poll(core->snapshotter, &result))
		ended(core, &result);
	if (core->upkeep.snapshot_wanted &&
	    rk_snapshotter_state(core->snapshotter) == RK_SNAPSHOT_IDLE) {
		begin(core);
		more = true;
	}
	return more;
}

void rk_upkeep_ask(struct rk_core *core, uint32_t pending)
{
	struct rk_upkeep *upkeep = &core->upkeep;

	if (!core->snapshotter) {
		rk_query_refuse(core, pending, RK_REJ_NOT_DURABLE,
				core->read_only
					? "riskd runs with --stop-before and "
					  "writes nothing"
					: "journal.kind = memory: there is "
					  "nowhere to put a snapshot");
		return;
	}
	if (upkeep->askers_n == RK_SNAPSHOT_ASKERS_MAX) {
		rk_query_refuse(core, pending, RK_REJ_BUSY,
				"others wait for a snapshot already");
		return;
	}
	upkeep->askers[upkeep->askers_n++] = pending;
	upkeep->snapshot_wanted = true;
}

/* The journaled word of it goes out when the disk is back. */
static void tell_stall(struct rk_core *core, uint64_t age_ns)
{
	struct rk_cmd cmd = {.type = RK_CMD_SYNC_STALL};

	cmd.sync_stall.age_ns = (int64_t)age_ns;
	core->counters.stalls++;
	rk_log_write(core->log, RK_LOG_ERROR,
		     "disk stalled: a group waits to be synced age_ms=%" PRIu64,
		     age_ns / NS_PER_MS);
	(void)rk_sequencer_apply(core->sequencer, &cmd, NULL); /* a fact */
	rk_sequencer_end_turn(core->sequencer);
}

static int look_at_disk(struct rk_core *core)
{
	uint64_t age_ns = rk_core_unsynced_ns(core);
	bool stalled = age_ns > (uint64_t)core->conf->journal.sync_stall_ns;

	if (age_ns > (uint64_t)core->conf->journal.sync_dead_ns) {
		core->upkeep.dead = true;
		rk_log_write(core->log, RK_LOG_ERROR,
			     "disk dead: a group waits to be synced "
			     "age_ms=%" PRIu64 ", giving up",
			     age_ns / NS_PER_MS);
		return -ETIMEDOUT;
	}
	if (stalled && !core->upkeep.stalled)
		tell_stall(core, age_ns);
	if (!stalled && core->upkeep.stalled)
		rk_log_write(core->log, RK_LOG_NOTICE, "disk goes on");
	core->upkeep.stalled = stalled;
	return 0;
}

static void tell_lag(struct rk_core *core, bool lagging)
{
	struct rk_cmd cmd = {.type = RK_CMD_LAG};
	struct rk_lag *lag = &cmd.lag;

	rk_lag_told(core->lag, lag);
	core->counters.lags += lagging;
	rk_log_write(
		core->log, lagging ? RK_LOG_WARNING : RK_LOG_NOTICE,
		"%s window_ms=%" PRIi64 " judging_ms=%" PRIi64
		" age_ms=%" PRIi64 " batches=%" PRIu64 " quotes=%" PRIu64
		" merged=%" PRIu64 " judged=%" PRIu64,
		lagging ? "lagging: prices come faster than accounts are judged"
			: "lagging no longer",
		lag->window_ns / (int64_t)NS_PER_MS,
		lag->judging_ns / (int64_t)NS_PER_MS,
		lag->age_ns / (int64_t)NS_PER_MS, lag->batches, lag->quotes,
		lag->quotes_merged, lag->judged);
	(void)rk_sequencer_apply(core->sequencer, &cmd, NULL); /* a fact */
	rk_sequencer_end_turn(core->sequencer);
}

/*
 * A replay of history goes as fast as it can: that is not lagging. Nor is
 * anything told of it behind the last snapshot.
 */
static void look_at_prices(struct rk_core *core)
{
	enum rk_lag_change change;

	if (core->conf->clock != RK_CONF_CLOCK_REAL || core->read_only ||
	    core->stopping || rk_sequencer_error(core->sequencer) != 0)
		return;
	change = rk_lag_look(core->lag, rk_clock_monotonic(),
			     rk_merge_merged(core->merge));
	if (change == RK_LAG_AS_BEFORE)
		return;
	core->upkeep.lagging = change == RK_LAG_BEGAN;
	tell_lag(core, core->upkeep.lagging);
}

/* By how much the journal grew since the last snapshot. */
static uint64_t journal_growth(struct rk_core *core)
{
	uint64_t bytes = journal_bytes(core);

	/* What the snapshot made superfluous was removed meanwhile. */
	if (bytes < core->upkeep.snapshot_bytes)
		core->upkeep.snapshot_bytes = bytes;
	return bytes - core->upkeep.snapshot_bytes;
}

int rk_upkeep_tick(struct rk_core *core)
{
	const struct rk_conf_snapshot *conf = &core->conf->snapshot;
	int r;

	look_at_prices(core);
	if (!core->snapshotter)
		return 0;
	r = look_at_disk(core);
	if (r < 0)
		return r;
	if (rk_snapshotter_state(core->snapshotter) == RK_SNAPSHOT_IDLE &&
	    (rk_clock_monotonic() >= core->upkeep.snapshot_due_ns ||
	     journal_growth(core) > (uint64_t)conf->journal_bytes))
		core->upkeep.snapshot_wanted = true;
	return 0;
}

bool rk_upkeep_finish(struct rk_core *core)
{
	struct rk_snapshot_result result;
	struct rk_snapshotter_counts counts;

	if (!core->snapshotter || rk_sequencer_error(core->sequencer) != 0)
		return false;
	/* Nobody waits for a tick any more: copy as fast as it goes. */
	(void)rk_snapshotter_slice(core->snapshotter, UINT64_MAX);
	if (rk_snapshotter_poll(core->snapshotter, &result))
		ended(core, &result);
	if (rk_snapshotter_state(core->snapshotter) != RK_SNAPSHOT_IDLE)
		return true;
	if (core->upkeep.snapshot_last)
		return false; /* what came since, or failed: the journal has */
	rk_snapshotter_counts(core->snapshotter, &counts);
	if (counts.last_seq == rk_view_seq(core->engine))
		return false;
	core->upkeep.snapshot_last = true;
	begin(core);
	return true;
}

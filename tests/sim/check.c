/*
 * What must be true after a start, and after each turn. See world.h.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "engine/books.h"
#include "engine/view.h"
#include "store/rebuild.h"
#include "world.h"

#define BOOKS_TURNS 64
#define LIST_MAX    64

static void check_clients(struct sim_world *w)
{
	for (uint32_t i = 0; i < w->clients_n; i++) {
		const struct sim_client *client = w->clients[i];
		uint64_t seq = rk_view_client_seq(w->core.engine,
						  sim_client_name(client));

		if (seq < sim_client_acknowledged(client))
			sim_complain(w,
				     "client %s was answered up to %" PRIu64
				     ", but is known up to %" PRIu64,
				     sim_client_name(client),
				     sim_client_acknowledged(client), seq);
		if (seq > sim_client_newest(client))
			sim_complain(w,
				     "client %s made commands up to %" PRIu64
				     ", but is known up to %" PRIu64,
				     sim_client_name(client),
				     sim_client_newest(client), seq);
	}
}

static void check_same(struct sim_world *w, const struct rk_engine *engine,
		       const char *what)
{
	const struct rk_engine *oracle = w->oracle.harness.engine;

	if (rk_view_seq(engine) != rk_view_seq(oracle) ||
	    rk_view_event(engine) != rk_view_event(oracle))
		sim_complain(w,
			     "%s: command %" PRIu64 ", event %" PRIu64
			     "; without a crash %" PRIu64 " and %" PRIu64,
			     what, rk_view_seq(engine), rk_view_event(engine),
			     rk_view_seq(oracle), rk_view_event(oracle));
	else if (rk_view_seq(engine) == 0)
		return; /* limits are as each was made */
	else if (!rk_hash_equal(rk_view_state_digest(engine),
				rk_view_state_digest(oracle)))
		sim_complain(w,
			     "%s: at command %" PRIu64 " the state is another "
			     "than without a crash",
			     what, rk_view_seq(engine));
	else if (!rk_hash_equal(rk_view_event_digest(engine),
				rk_view_event_digest(oracle)))
		sim_complain(w,
			     "%s: up to command %" PRIu64 " events are others "
			     "than without a crash",
			     what, rk_view_seq(engine));
}

/* From another snapshot, or from none, it must come to the same. */
static void check_rebuild(struct sim_world *w, uint64_t snapshot_max)
{
	struct rk_rebuild_options options = {
		.files = sim_disk_files(w->disk),
		.max = w->setting.conf.limits.engine,
		.snapshot_max = snapshot_max,
		.manual = true,
	};
	char error[RK_REBUILD_TEXT_SIZE];
	struct rk_rebuilt rebuilt;
	int r = rk_rebuild(&options, &rebuilt, error);

	if (r < 0) {
		sim_complain(w,
			     "no state from a snapshot up to %" PRIu64 ": %s",
			     snapshot_max, error);
		return;
	}
	w->deeds[snapshot_max ? SIM_DEED_OLDER : SIM_DEED_FROM_FIRST]++;
	check_same(w, rebuilt.engine, "rebuilt from older files");
	free(rebuilt.memory);
}

static const struct sim_begun *find_begun(const struct sim_world *w,
					  uint64_t seq)
{
	for (uint32_t i = 0; i < SIM_SNAPSHOTS_MAX; i++)
		if (w->begun[i].seq == seq)
			return &w->begun[i];
	return NULL;
}

static void check_snapshot(struct sim_world *w, uint64_t seq)
{
	const struct sim_begun *begun = find_begun(w, seq);
	char error[RK_SNAPSHOT_TEXT_SIZE];
	struct rk_snapshot_meta meta;
	int r = rk_snapshot_read_meta(sim_disk_files(w->disk), seq, &meta,
				      error);

	if (r < 0)
		sim_complain(w, "snapshot %" PRIu64 ": %s", seq, error);
	else if (begun && !rk_hash_equal(begun->digest, meta.state_digest))
		sim_complain(w,
			     "snapshot %" PRIu64 " is not what the state was "
			     "when it was begun",
			     seq);
}

static int find_oldest(void *context, const char *name, uint64_t size)
{
	uint64_t *oldest = context;
	uint64_t first;

	(void)size;
	if (rk_journal_name_parse(name, &first) && first < *oldest)
		*oldest = first;
	return 0;
}

/* Whoever reads on from an older snapshot must find the events behind it. */
static void check_events_kept(struct sim_world *w, uint64_t seq)
{
	uint64_t oldest = rk_event_store_oldest(w->core.store);
	char error[RK_SNAPSHOT_TEXT_SIZE];
	struct rk_snapshot_meta meta;

	if (rk_snapshot_read_meta(sim_disk_files(w->disk), seq, &meta, error) <
	    0)
		return; /* was complained about */
	if (oldest > meta.event + 1)
		sim_complain(w,
			     "snapshot %" PRIu64 " ends with event %" PRIu64
			     ", but the oldest kept is %" PRIu64,
			     seq, meta.event, oldest);
}

/* Everything that is on the disk, while nothing strikes it. */
static void check_files(struct sim_world *w)
{
	const struct rk_files *files = sim_disk_files(w->disk);
	uint64_t seqs[LIST_MAX];
	uint64_t oldest = UINT64_MAX;
	int n = rk_snapshot_list(files, seqs, LIST_MAX);

	(void)rk_files_list(files, find_oldest, &oldest); /* never fails here */
	for (int i = 0; i < n && i < LIST_MAX; i++)
		check_snapshot(w, seqs[i]);
	if (n >= 2) {
		check_events_kept(w, seqs[1]);
		check_rebuild(w, seqs[1]);
	}
	if (oldest == 1 && sim_chance(w, 1, 4))
		check_rebuild(w, 0);
	w->deeds[SIM_DEED_SEGMENTS_GONE] += oldest != 1 && oldest != UINT64_MAX;
	w->deeds[SIM_DEED_EVENT_FILES_GONE] +=
		rk_event_store_oldest(w->core.store) > 1;
}

/* What came after command seq is another story now. */
static void forget_begun(struct sim_world *w, uint64_t seq)
{
	for (uint32_t i = 0; i < SIM_SNAPSHOTS_MAX; i++)
		if (w->begun[i].seq > seq)
			w->begun[i].seq = 0;
}

int sim_check_recovered(struct sim_world *w)
{
	uint64_t seq = rk_view_seq(w->core.engine);
	uint64_t told = sim_oracle_seq(w);

	if (seq < told && sim_damage_is_last(w))
		return 1;
	if (seq < told || rk_view_event(w->core.engine) < w->shown_event) {
		sim_complain(w,
			     "command %" PRIu64 " and event %" PRIu64
			     " were shown, but it comes back with %" PRIu64
			     " and %" PRIu64,
			     told, w->shown_event, seq,
			     rk_view_event(w->core.engine));
		return 0;
	}
	if (w->stopped_well && seq != w->stopped_seq)
		sim_complain(w,
			     "stopped well at command %" PRIu64 ", back at "
			     "%" PRIu64,
			     w->stopped_seq, seq);
	/* A snapshot that could not be read just now is made up for. */
	if (w->stopped_well && w->core.recovered.commands > 0 &&
	    w->damage_n == 0 && sim_life_faults(w) == w->faults_at_start)
		sim_complain(w,
			     "stopped well, but %" PRIu64 " commands were to "
			     "be replayed",
			     w->core.recovered.commands);
	w->stopped_well = false;
	forget_begun(w, seq);
	sim_oracle_follow(w);
	if (w->applied_seq > seq)
		w->deeds[SIM_DEED_FORGOTTEN] += w->applied_seq - seq;
	w->applied_seq = seq;
	w->deeds[SIM_DEED_UNTOLD] += sim_oracle_seq(w) - told;
	check_same(w, w->core.engine, "recovered");
	check_clients(w);
	if (w->complaint[0] == '\0' && w->damage_n == 0) {
		sim_disk_calm(w->disk, true);
		check_files(w);
		sim_disk_calm(w->disk, false);
	}
	/* What was recovered is not published again. */
	w->published = rk_view_event(w->core.engine);
	w->shown_seq = seq;
	sim_trace(w, 1, &seq, sizeof(seq));
	return 0;
}

static void note_begun(struct sim_world *w)
{
	struct sim_begun *begun = &w->begun[w->begun_n++ % SIM_SNAPSHOTS_MAX];

	w->begun_seq = rk_view_seq(w->core.engine);
	forget_begun(w, w->begun_seq - 1);
	begun->seq = w->begun_seq;
	begun->digest = rk_view_state_digest(w->core.engine);
}

uint32_t sim_check_generations(struct sim_world *w)
{
	uint64_t seqs[LIST_MAX];
	int n;

	sim_disk_calm(w->disk, true);
	n = rk_snapshot_list(sim_disk_files(w->disk), seqs, LIST_MAX);
	sim_disk_calm(w->disk, false);
	return n > 0 ? (uint32_t)n : 0;
}

/* A new one is one more, until there are as many as are kept. */
static void check_kept(struct sim_world *w)
{
	uint32_t keep = w->setting.conf.snapshot.keep;
	uint32_t n = sim_check_generations(w);

	if (n < keep && n <= w->generations)
		sim_complain(w,
			     "there were %u snapshots, another was taken, and "
			     "now there are %u",
			     w->generations, n);
	w->generations = n;
}

void sim_check_snapshots(struct sim_world *w)
{
	struct rk_snapshotter_counts *seen = &w->snapshots_seen;
	struct rk_snapshotter_counts now;
	bool ended;

	rk_snapshotter_counts(w->core.snapshotter, &now);
	ended = now.taken + now.failed > seen->taken + seen->failed;
	w->deeds[SIM_DEED_SNAPSHOTS] += now.taken - seen->taken;
	w->deeds[SIM_DEED_SNAPSHOTS_FAILED] += now.failed - seen->failed;
	if (now.taken > seen->taken) {
		sim_disk_calm(w->disk, true);
		check_snapshot(w, now.last_seq);
		sim_disk_calm(w->disk, false);
		check_kept(w);
	}
	*seen = now;
	if (rk_snapshotter_state(w->core.snapshotter) == RK_SNAPSHOT_IDLE) {
		w->begun_seq = 0;
	} else if (ended || w->begun_seq == 0) {
		note_begun(w);
	}
}

void sim_check_turn(struct sim_world *w)
{
	const struct rk_engine *engine = w->core.engine;

	if (sim_disk_is_down(w->disk) ||
	    rk_sequencer_error(w->core.sequencer) != 0)
		return;
	sim_check_snapshots(w);
	if (w->core.counters.audit_differences != 0)
		sim_complain(w, "the audit found an account to differ");
	if (w->setting.conf.clock == RK_CONF_CLOCK_REAL &&
	    rk_view_time(engine) > rk_clock_now(&w->turn.clock))
		sim_complain(w, "engine time is ahead of the clock");
	if (w->core.counters.turns % BOOKS_TURNS == 0 &&
	    rk_view_check_books(engine) != 0)
		sim_complain(w, "the books do not balance");
}

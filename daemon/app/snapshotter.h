/*
 * Taking snapshots while the engine goes on.
 *
 * At the beginning of a snapshot all units that changed since the last one
 * are wanted as they are now (engine/marks.h). The loop copies them in slices
 * into chunks of a bounded pool, and a unit that is about to change is copied
 * first; a worker writes chunks to the file. Once all is copied, the journal
 * is durable and the events are sealed up to the snapshot's sequence, the
 * worker verifies and commits it, and drops what is older than the
 * generations to be kept.
 *
 * A snapshot that fails, or whose pool overflows within one command, changes
 * nothing: what it had copied counts as changed, and another is taken later.
 *
 * All calls are for the loop, but for the worker's own.
 */
#ifndef RK_APP_SNAPSHOTTER_H
#define RK_APP_SNAPSHOTTER_H

#include "engine/hash.h"
#include "store/event_store.h"
#include "store/journal.h"
#include "store/snapshot.h"

struct rk_engine;
struct rk_snapshotter;

struct rk_snapshotter_options {
	const struct rk_files *files; /* borrowed, like all here */
	struct rk_engine *engine;
	struct rk_journal *journal;
	struct rk_event_store *events;
	uint64_t base;       /* snapshot that the engine was loaded from; 0 */
	uint64_t pool_bytes; /* copied and not yet written */
	uint32_t keep;       /* generations */
	bool manual;         /* no thread (tests) */
	void (*wake)(void *context); /* from the worker */
	void *wake_context;
};

enum rk_snapshot_state {
	RK_SNAPSHOT_IDLE,
	RK_SNAPSHOT_COPYING, /* by the loop, and written by the worker */
	RK_SNAPSHOT_WAITING, /* for journal and events */
	RK_SNAPSHOT_COMMITTING,
};

/* How the last one ended. */
struct rk_snapshot_result {
	bool done;
	int error; /* -errno when it failed */
	char text[RK_SNAPSHOT_TEXT_SIZE];
	struct rk_snapshot_meta meta;
	struct rk_snapshot_info info;
	uint64_t units;   /* copied */
	uint64_t copy_ns; /* of the loop, in all */
	uint64_t took_ns; /* from beginning to end */
};

struct rk_snapshotter_counts {
	uint64_t taken;
	uint64_t failed;
	uint64_t units_copied;
	uint64_t copied_before_change;
	uint64_t pool_waits; /* slices that found the pool full */
	uint64_t last_seq;
	int64_t last_time_ns; /* engine time of the last */
	uint64_t last_bytes;
	uint64_t last_took_ns;
};

/* Returns 0 or -errno; *ret_snapshotter is the caller's. */
int rk_snapshotter_open(const struct rk_snapshotter_options *options,
			struct rk_snapshotter **ret_snapshotter);
/* One under way is dropped. Accepts NULL. */
void rk_snapshotter_close(struct rk_snapshotter *snapshotter);

enum rk_snapshot_state rk_snapshotter_state(const struct rk_snapshotter *s);

/*
 * Begin one at the engine's present sequence, which must be the end of a group
 * in the journal. Returns 0, -EBUSY when one is under way, -EALREADY when the
 * last one is of this very sequence.
 */
int rk_snapshotter_begin(struct rk_snapshotter *snapshotter);

/* The newest event that it holds: behind it the event files are cut. */
uint64_t rk_snapshotter_event(const struct rk_snapshotter *snapshotter);

/*
 * Copy for about this long. True when there is more to copy and room for it:
 * call again soon.
 */
bool rk_snapshotter_slice(struct rk_snapshotter *snapshotter, uint64_t ns);

/* Less than a quarter of the pool is free: take in no more changes. */
bool rk_snapshotter_pressed(const struct rk_snapshotter *snapshotter);

/*
 * See how far it is, and let it go on. True when one ended since the last
 * call: *ret_result tells how.
 */
bool rk_snapshotter_poll(struct rk_snapshotter *snapshotter,
			 struct rk_snapshot_result *ret_result);

void rk_snapshotter_counts(const struct rk_snapshotter *snapshotter,
			   struct rk_snapshotter_counts *ret_counts);

/* manual: one step of the worker. */
bool rk_snapshotter_step(struct rk_snapshotter *snapshotter);

#endif

/*
 * The loop's half of a snapshot: copying. See snapshotter.h. The worker's
 * half is in snapshot_job.c; chunks go from here to there.
 */
#include "app/snapshotter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/snapshot_job.h"
#include "engine/assert.h"
#include "engine/engine.h"
#include "engine/marks.h"
#include "engine/view.h"
#include "store/row_pack.h"
#include "store/stopwatch.h"

#define UNITS_PER_LOOK 8 /* between two looks at the clock */
#define SPARES_MAX     8U
#define SPARES_PART    8U /* of the pool, at most */

struct rk_snapshotter {
	struct rk_snapshotter_options options;
	struct rk_snapshot_job *job;
	enum rk_snapshot_state state;
	struct rk_chunk *chunk; /* being filled; NULL: none */
	/*
	 * A record that is about to change is copied on the way of a tick, and
	 * the pool has a lock: chunks to fill lie ready, and full ones are
	 * given to the worker when a slice has ended. In order.
	 */
	struct rk_chunk *full;
	struct rk_chunk *full_last;
	struct rk_chunk *spare;
	uint32_t spare_n;
	size_t unit_at;  /* where its unit began */
	bool overflowed; /* a copy found no room: the snapshot is lost */
	struct rk_snapshot_meta meta;
	uint64_t base; /* newest good one; 0: none */
	uint64_t begun_ns;
	uint64_t copy_ns;
	uint64_t units;
	struct rk_snapshotter_counts counts;
};

int rk_snapshotter_open(const struct rk_snapshotter_options *options,
			struct rk_snapshotter **ret_snapshotter)
{
	struct rk_snapshotter *s = calloc(1, sizeof(*s));
	struct rk_snapshot_job_options job = {
		.files = options->files,
		.chunks = (uint32_t)(options->pool_bytes / RK_CHUNK_BYTES),
		.keep = options->keep,
		.manual = options->manual,
		.wake = options->wake,
		.wake_context = options->wake_context,
	};
	int r;

	if (!s)
		return -ENOMEM;
	s->options = *options;
	s->base = options->base;
	s->counts.last_seq = options->base;
	r = rk_snapshot_job_open(&job, &s->job);
	if (r < 0) {
		free(s);
		return r;
	}
	*ret_snapshotter = s;
	return 0;
}

void rk_snapshotter_close(struct rk_snapshotter *s)
{
	if (!s)
		return;
	rk_snapshot_job_close(s->job);
	free(s);
}

enum rk_snapshot_state rk_snapshotter_state(const struct rk_snapshotter *s)
{
	return s->state;
}

uint64_t rk_snapshotter_event(const struct rk_snapshotter *s)
{
	return s->meta.event;
}

static void put_full(struct rk_snapshotter *s)
{
	if (!s->chunk)
		return;
	s->chunk->next = NULL;
	if (s->full_last)
		s->full_last->next = s->chunk;
	else
		s->full = s->chunk;
	s->full_last = s->chunk;
	s->chunk = NULL;
}

static void give_full(struct rk_snapshotter *s)
{
	while (s->full) {
		struct rk_chunk *chunk = s->full;

		s->full = chunk->next;
		rk_snapshot_job_give(s->job, chunk);
	}
	s->full_last = NULL;
}

static struct rk_chunk *take_spare(struct rk_snapshotter *s)
{
	struct rk_chunk *chunk = s->spare;

	if (!chunk)
		return NULL;
	s->spare = chunk->next;
	s->spare_n--;
	chunk->next = NULL;
	return chunk;
}

/* Off the way of a tick: full ones go, spare ones are there again. */
static void restock(struct rk_snapshotter *s)
{
	uint32_t wanted = rk_snapshot_job_chunks(s->job) / SPARES_PART;
	struct rk_chunk *chunk;

	if (wanted > SPARES_MAX)
		wanted = SPARES_MAX;
	give_full(s);
	while (s->spare_n < wanted && (chunk = rk_snapshot_job_take(s->job))) {
		chunk->next = s->spare;
		s->spare = chunk;
		s->spare_n++;
	}
}

static void return_spares(struct rk_snapshotter *s)
{
	struct rk_chunk *chunk;

	while ((chunk = take_spare(s)))
		rk_snapshot_job_return(s->job, chunk);
}

/* Put away what is full; true when there is a chunk to fill. */
static bool want_chunk(struct rk_snapshotter *s, size_t room)
{
	if (s->chunk && RK_CHUNK_BYTES - s->chunk->n >= room)
		return true;
	put_full(s);
	s->chunk = take_spare(s);
	if (!s->chunk) {
		give_full(s);
		s->chunk = rk_snapshot_job_take(s->job);
	}
	return s->chunk != NULL;
}

static void give_row(void *context, const struct rk_row *row)
{
	struct rk_snapshotter *s = context;
	size_t n;

	if (s->overflowed)
		return;
	/* A unit may go over several chunks; its rows stay in order. */
	if (!want_chunk(s, RK_PACKED_ROW_MAX + 1)) {
		s->overflowed = true;
		return;
	}
	s->chunk->bytes[s->chunk->n] = RK_CHUNK_ROW;
	n = rk_row_pack(row, s->chunk->bytes + s->chunk->n + 1,
			RK_CHUNK_BYTES - s->chunk->n - 1);
	RK_ASSERT(n > 0);
	s->chunk->n += n + 1;
}

/* The unit as it is now: drop what it was, put what it is. */
static void copy_unit(struct rk_snapshotter *s, enum rk_unit unit,
		      uint32_t place)
{
	uint32_t number = rk_unit_number(s->options.engine, unit, place);

	if (s->overflowed)
		return;
	if (!want_chunk(s, RK_CHUNK_UNIT_BYTES)) {
		s->overflowed = true;
		return;
	}
	s->chunk->bytes[s->chunk->n] = RK_CHUNK_UNIT;
	s->chunk->bytes[s->chunk->n + 1] = (unsigned char)unit;
	memcpy(s->chunk->bytes + s->chunk->n + 2, &number, sizeof(number));
	s->chunk->n += RK_CHUNK_UNIT_BYTES;
	rk_rows_unit(s->options.engine, unit, place, give_row, s);
	s->units++;
}

static void before_change(void *context, enum rk_unit unit, uint32_t place)
{
	struct rk_snapshotter *s = context;

	s->counts.copied_before_change++;
	copy_unit(s, unit, place);
}

int rk_snapshotter_begin(struct rk_snapshotter *s)
{
	struct rk_engine *engine = s->options.engine;

	if (s->state != RK_SNAPSHOT_IDLE)
		return -EBUSY;
	if (s->base == rk_view_seq(engine))
		return -EALREADY;

	memset(&s->meta, 0, sizeof(s->meta));
	s->meta.seq = rk_view_seq(engine);
	s->meta.event = rk_view_event(engine);
	s->meta.event_digest = rk_view_event_digest(engine);
	s->meta.time_ns = rk_view_time(engine);
	s->meta.rules = RK_RULES_VERSION;
	s->overflowed = false;
	s->units = 0;
	s->copy_ns = 0;
	s->begun_ns = rk_stopwatch_ns();
	/* With no base to build on, everything there is must go in. */
	if (s->base == 0)
		rk_marks_all(engine);
	/* Asked now, while it is the newest: the journal remembers it then. */
	(void)rk_journal_chain_at(s->options.journal, s->meta.seq,
				  s->meta.chain);
	rk_snapshot_job_begin(s->job, s->meta.seq, s->base);
	restock(s);
	rk_marks_begin(engine, before_change, s);
	copy_unit(s, RK_UNIT_ENGINE, 0);
	s->state = RK_SNAPSHOT_COPYING;
	return 0;
}

static bool all_copied(const struct rk_snapshotter *s)
{
	return rk_marks_left(s->options.engine) == 0;
}

static void finish_copying(struct rk_snapshotter *s)
{
	put_full(s);
	give_full(s);
	return_spares(s);
	s->state = RK_SNAPSHOT_WAITING;
}

bool rk_snapshotter_slice(struct rk_snapshotter *s, uint64_t ns)
{
	uint64_t start = rk_stopwatch_ns();
	uint32_t n = 0;
	enum rk_unit unit;
	uint32_t place;

	if (s->state != RK_SNAPSHOT_COPYING || s->overflowed)
		return false;
	/* Half of the pool is for units that are about to change. */
	while (rk_snapshot_job_free(s->job) >
	       rk_snapshot_job_chunks(s->job) / 2) {
		if (!rk_marks_next(s->options.engine, &unit, &place)) {
			finish_copying(s);
			break;
		}
		copy_unit(s, unit, place);
		if (++n % UNITS_PER_LOOK == 0 &&
		    rk_stopwatch_ns() - start >= ns)
			break;
	}
	if (n == 0 && s->state == RK_SNAPSHOT_COPYING)
		s->counts.pool_waits++;
	if (s->state == RK_SNAPSHOT_COPYING)
		restock(s);
	s->copy_ns += rk_stopwatch_ns() - start;
	return s->state == RK_SNAPSHOT_COPYING && n > 0;
}

bool rk_snapshotter_pressed(const struct rk_snapshotter *s)
{
	return s->state == RK_SNAPSHOT_COPYING && !s->overflowed &&
	       rk_snapshot_job_free(s->job) <
		       rk_snapshot_job_chunks(s->job) / 4;
}

static void end(struct rk_snapshotter *s, struct rk_snapshot_result *result)
{
	/* Of one that is over: they go back unread. */
	put_full(s);
	give_full(s);
	return_spares(s);
	rk_marks_end(s->options.engine, result->done);
	s->state = RK_SNAPSHOT_IDLE;
	result->units = s->units;
	result->copy_ns = s->copy_ns;
	result->took_ns = rk_stopwatch_ns() - s->begun_ns;
	s->counts.units_copied += s->units;
	if (!result->done) {
		s->counts.failed++;
		/* A base that may be at fault is not built upon again. */
		if (result->error != -ENOSPC && result->error != -ENOBUFS)
			s->base = 0;
		return;
	}
	s->counts.taken++;
	s->base = result->meta.seq;
	s->counts.last_seq = result->meta.seq;
	s->counts.last_time_ns = result->meta.time_ns;
	s->counts.last_bytes = result->info.bytes;
	s->counts.last_took_ns = result->took_ns;
	/* What is older than the oldest kept is no longer needed. */
	rk_journal_forget(s->options.journal,
			  rk_snapshot_job_oldest(s->job).seq + 1);
	rk_event_store_need(s->options.events,
			    rk_snapshot_job_oldest(s->job).event + 1);
}

/* Let the worker commit as soon as nothing stands in the way. */
static void try_commit(struct rk_snapshotter *s)
{
	if (!rk_journal_chain_at(s->options.journal, s->meta.seq,
				 s->meta.chain) ||
	    rk_event_store_sealed(s->options.events) < s->meta.event)
		return;
	rk_snapshot_job_commit(s->job, &s->meta);
	s->state = RK_SNAPSHOT_COMMITTING;
}

bool rk_snapshotter_poll(struct rk_snapshotter *s,
			 struct rk_snapshot_result *ret_result)
{
	if (s->state == RK_SNAPSHOT_IDLE)
		return false;
	if (s->state == RK_SNAPSHOT_COPYING && !s->overflowed && all_copied(s))
		finish_copying(s);
	if (s->overflowed && s->state == RK_SNAPSHOT_COPYING)
		rk_snapshot_job_cancel(s->job);
	if (s->state == RK_SNAPSHOT_WAITING)
		try_commit(s);
	if (!rk_snapshot_job_ended(s->job, ret_result))
		return false;
	end(s, ret_result);
	return true;
}

void rk_snapshotter_counts(const struct rk_snapshotter *s,
			   struct rk_snapshotter_counts *ret_counts)
{
	*ret_counts = s->counts;
}

bool rk_snapshotter_step(struct rk_snapshotter *s)
{
	return rk_snapshot_job_step(s->job);
}

/*
 * Writing snapshots on a worker. See snapshot_job.h.
 */
#include "app/snapshot_job.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/assert.h"
#include "store/row_pack.h"
#include "store/worker.h"

#define CHUNKS_MIN 8U
#define NICE       5 /* ticks go first */
#define LIST_MAX   1024

enum stage {
	STAGE_IDLE,
	STAGE_BEGIN, /* the file is to be made */
	STAGE_WRITE, /* chunks come */
	STAGE_ENDED, /* the result waits to be seen */
};

struct rk_snapshot_job {
	struct rk_snapshot_job_options options;
	struct rk_worker *worker;
	pthread_mutex_t lock; /* over all but what is the worker's */
	struct rk_chunk *chunks;
	uint32_t chunks_n;
	struct rk_chunk *free;
	uint32_t free_n;
	struct rk_chunk *first; /* to be written */
	struct rk_chunk *last;
	enum stage stage;
	uint64_t seq;
	uint64_t base;
	bool commit;
	bool cancel;
	struct rk_snapshot_meta meta;
	struct rk_snapshot_result result;
	struct rk_snapshot_meta oldest;
	/* The worker's alone. */
	struct rk_snapshot_writer *writer;
};

static void free_chunk(struct rk_snapshot_job *job, struct rk_chunk *chunk)
{
	chunk->n = 0;
	chunk->next = job->free;
	job->free = chunk;
	job->free_n++;
}

/* The snapshot is over, for good or bad. Under the lock. */
static void end(struct rk_snapshot_job *job)
{
	while (job->first) {
		struct rk_chunk *chunk = job->first;

		job->first = chunk->next;
		free_chunk(job, chunk);
	}
	job->last = NULL;
	job->stage = STAGE_ENDED;
}

static void fail(struct rk_snapshot_job *job, int error, const char *text)
{
	rk_snapshot_abort(job->writer);
	job->writer = NULL;
	(void)pthread_mutex_lock(&job->lock);
	memset(&job->result, 0, sizeof(job->result));
	job->result.error = error;
	job->result.meta = job->meta;
	(void)snprintf(job->result.text, sizeof(job->result.text), "%s", text);
	end(job);
	(void)pthread_mutex_unlock(&job->lock);
}

/* 0 or -errno with text. */
static int write_chunk(struct rk_snapshot_job *job,
		       const struct rk_chunk *chunk,
		       char text[RK_SNAPSHOT_TEXT_SIZE])
{
	size_t at = 0;
	int r = 0;

	while (r == 0 && at < chunk->n) {
		const unsigned char *bytes = chunk->bytes + at;
		struct rk_row row;
		uint32_t number;

		if (bytes[0] == RK_CHUNK_UNIT) {
			memcpy(&number, bytes + 2, sizeof(number));
			r = rk_snapshot_drop(job->writer,
					     (enum rk_unit)bytes[1], number,
					     text);
			at += RK_CHUNK_UNIT_BYTES;
		} else {
			RK_ASSERT(bytes[0] == RK_CHUNK_ROW);
			at += 1 +
			      rk_row_unpack(bytes + 1, chunk->n - at - 1, &row);
			r = rk_snapshot_put(job->writer, &row, text);
		}
	}
	return r;
}

/* Generations beyond those to be kept go, oldest first. */
static void drop_old(struct rk_snapshot_job *job)
{
	uint64_t seqs[LIST_MAX];
	struct rk_snapshot_meta oldest;
	char text[RK_SNAPSHOT_TEXT_SIZE];
	int n = rk_snapshot_list(job->options.files, seqs, LIST_MAX);

	if (n > LIST_MAX)
		n = LIST_MAX;
	for (int i = n; i > (int)job->options.keep; i--)
		(void)rk_snapshot_remove(
			job->options.files,
			seqs[i - 1]); /* tried again after the next one */
	/* Before there are that many, everything behind the first stays. */
	if (n > (int)job->options.keep)
		n = (int)job->options.keep;
	if (n < (int)job->options.keep ||
	    rk_snapshot_read_meta(job->options.files, seqs[n - 1], &oldest,
				  text) < 0)
		return;
	(void)pthread_mutex_lock(&job->lock);
	job->oldest = oldest;
	(void)pthread_mutex_unlock(&job->lock);
}

static void commit(struct rk_snapshot_job *job)
{
	struct rk_snapshot_meta meta = job->meta;
	struct rk_snapshot_info info;
	struct timespec now = {0, 0};
	char text[RK_SNAPSHOT_TEXT_SIZE] = "";
	int r;

	(void)clock_gettime(CLOCK_REALTIME, &now); /* for people only */
	meta.written_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
	r = rk_snapshot_commit(job->writer, &meta, &info, text);
	job->writer = NULL;
	if (r < 0) {
		fail(job, r, text);
		return;
	}
	drop_old(job);
	(void)pthread_mutex_lock(&job->lock);
	memset(&job->result, 0, sizeof(job->result));
	job->result.done = true;
	job->result.meta = meta;
	job->result.info = info;
	end(job);
	(void)pthread_mutex_unlock(&job->lock);
}

/* What is next, taken under the lock. */
struct work {
	enum stage stage;
	struct rk_chunk *chunk;
	bool commit;
	bool cancel;
	uint64_t seq;
	uint64_t base;
};

static struct work next_work(struct rk_snapshot_job *job)
{
	struct work work;

	(void)pthread_mutex_lock(&job->lock);
	work.stage = job->stage;
	work.seq = job->seq;
	work.base = job->base;
	work.cancel = job->cancel;
	work.chunk = NULL;
	if (job->stage == STAGE_WRITE && job->first && !job->cancel) {
		work.chunk = job->first;
		job->first = work.chunk->next;
		if (!job->first)
			job->last = NULL;
	}
	work.commit = job->commit && !work.chunk;
	(void)pthread_mutex_unlock(&job->lock);
	return work;
}

static bool begin(struct rk_snapshot_job *job, const struct work *work)
{
	char text[RK_SNAPSHOT_TEXT_SIZE] = "";
	int r = rk_snapshot_begin(job->options.files, work->seq, work->base,
				  &job->writer, text);

	if (r < 0) {
		fail(job, r, text);
		return false;
	}
	(void)pthread_mutex_lock(&job->lock);
	if (job->stage == STAGE_BEGIN)
		job->stage = STAGE_WRITE;
	(void)pthread_mutex_unlock(&job->lock);
	return true;
}

static bool step(void *context)
{
	struct rk_snapshot_job *job = context;
	struct work work = next_work(job);
	char text[RK_SNAPSHOT_TEXT_SIZE] = "";
	bool more = true;
	int r = 0;

	if (work.stage != STAGE_BEGIN && work.stage != STAGE_WRITE)
		return false;
	if (work.cancel) {
		fail(job, -ENOBUFS,
		     "more changed at once than the pool holds: raise "
		     "snapshot.pool_bytes");
		more = false;
	} else if (work.stage == STAGE_BEGIN) {
		more = begin(job, &work);
	} else if (work.chunk) {
		r = write_chunk(job, work.chunk, text);
		(void)pthread_mutex_lock(&job->lock);
		free_chunk(job, work.chunk);
		(void)pthread_mutex_unlock(&job->lock);
		if (r < 0)
			fail(job, r, text);
		more = r == 0;
	} else if (work.commit) {
		commit(job);
		more = false;
	} else {
		return false;
	}
	if (job->options.wake)
		job->options.wake(job->options.wake_context);
	return more;
}

int rk_snapshot_job_open(const struct rk_snapshot_job_options *options,
			 struct rk_snapshot_job **ret_job)
{
	struct rk_snapshot_job *job = calloc(1, sizeof(*job));
	struct rk_worker_options worker = {
		.name = "rk-snapshot",
		.step = step,
		.context = job,
		.manual = options->manual,
		.nice = NICE,
	};
	int r;

	if (!job)
		return -ENOMEM;
	job->options = *options;
	(void)pthread_mutex_init(&job->lock, NULL); /* cannot fail on Linux */
	job->chunks_n =
		options->chunks < CHUNKS_MIN ? CHUNKS_MIN : options->chunks;
	job->chunks = calloc(job->chunks_n, sizeof(*job->chunks));
	if (!job->chunks) {
		rk_snapshot_job_close(job);
		return -ENOMEM;
	}
	for (uint32_t i = job->chunks_n; i-- > 0;)
		free_chunk(job, &job->chunks[i]);
	drop_old(job);
	r = rk_worker_open(&worker, &job->worker);
	if (r < 0) {
		rk_snapshot_job_close(job);
		return r;
	}
	*ret_job = job;
	return 0;
}

void rk_snapshot_job_close(struct rk_snapshot_job *job)
{
	if (!job)
		return;
	rk_worker_close(job->worker);
	rk_snapshot_abort(job->writer);
	(void)pthread_mutex_destroy(&job->lock);
	free(job->chunks);
	free(job);
}

void rk_snapshot_job_begin(struct rk_snapshot_job *job, uint64_t seq,
			   uint64_t base)
{
	(void)pthread_mutex_lock(&job->lock);
	RK_ASSERT(job->stage == STAGE_IDLE);
	job->stage = STAGE_BEGIN;
	job->seq = seq;
	job->base = base;
	job->commit = false;
	job->cancel = false;
	memset(&job->meta, 0, sizeof(job->meta));
	job->meta.seq = seq;
	(void)pthread_mutex_unlock(&job->lock);
	rk_worker_kick(job->worker);
}

struct rk_chunk *rk_snapshot_job_take(struct rk_snapshot_job *job)
{
	struct rk_chunk *chunk;

	(void)pthread_mutex_lock(&job->lock);
	chunk = job->free;
	if (chunk) {
		job->free = chunk->next;
		job->free_n--;
		chunk->next = NULL;
	}
	(void)pthread_mutex_unlock(&job->lock);
	return chunk;
}

void rk_snapshot_job_return(struct rk_snapshot_job *job, struct rk_chunk *chunk)
{
	(void)pthread_mutex_lock(&job->lock);
	free_chunk(job, chunk);
	(void)pthread_mutex_unlock(&job->lock);
}

void rk_snapshot_job_give(struct rk_snapshot_job *job, struct rk_chunk *chunk)
{
	bool wanted;

	(void)pthread_mutex_lock(&job->lock);
	wanted = job->stage == STAGE_BEGIN || job->stage == STAGE_WRITE;
	if (!wanted) {
		free_chunk(job, chunk);
	} else {
		chunk->next = NULL;
		if (job->last)
			job->last->next = chunk;
		else
			job->first = chunk;
		job->last = chunk;
	}
	(void)pthread_mutex_unlock(&job->lock);
	if (wanted)
		rk_worker_kick(job->worker);
}

uint32_t rk_snapshot_job_free(struct rk_snapshot_job *job)
{
	uint32_t n;

	(void)pthread_mutex_lock(&job->lock);
	n = job->free_n;
	(void)pthread_mutex_unlock(&job->lock);
	return n;
}

uint32_t rk_snapshot_job_chunks(const struct rk_snapshot_job *job)
{
	return job->chunks_n;
}

void rk_snapshot_job_commit(struct rk_snapshot_job *job,
			    const struct rk_snapshot_meta *meta)
{
	(void)pthread_mutex_lock(&job->lock);
	job->meta = *meta;
	job->commit = true;
	(void)pthread_mutex_unlock(&job->lock);
	rk_worker_kick(job->worker);
}

void rk_snapshot_job_cancel(struct rk_snapshot_job *job)
{
	(void)pthread_mutex_lock(&job->lock);
	job->cancel = true;
	(void)pthread_mutex_unlock(&job->lock);
	rk_worker_kick(job->worker);
}

bool rk_snapshot_job_ended(struct rk_snapshot_job *job,
			   struct rk_snapshot_result *ret_result)
{
	bool ended;

	(void)pthread_mutex_lock(&job->lock);
	ended = job->stage == STAGE_ENDED;
	if (ended) {
		*ret_result = job->result;
		job->stage = STAGE_IDLE;
	}
	(void)pthread_mutex_unlock(&job->lock);
	return ended;
}

struct rk_snapshot_meta rk_snapshot_job_oldest(struct rk_snapshot_job *job)
{
	struct rk_snapshot_meta oldest;

	(void)pthread_mutex_lock(&job->lock);
	oldest = job->oldest;
	(void)pthread_mutex_unlock(&job->lock);
	return oldest;
}

bool rk_snapshot_job_step(struct rk_snapshot_job *job)
{
	return rk_worker_step(job->worker);
}

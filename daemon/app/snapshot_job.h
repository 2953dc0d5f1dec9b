/*
 * The worker's half of a snapshot: writing chunks of packed units to the
 * file, committing it, and removing generations beyond those to be kept.
 * Private to snapshotter.c.
 *
 * A snapshot goes: begin, chunks are given, commit (or cancel), ended. An
 * error on the way ends it at once; chunks given afterwards go back unread.
 */
#ifndef RK_APP_SNAPSHOT_JOB_H
#define RK_APP_SNAPSHOT_JOB_H

#include "app/snapshotter.h"

#define RK_CHUNK_BYTES      ((size_t)64 << 10)
#define RK_CHUNK_UNIT       1 /* then kind (1 byte) and number (4) */
#define RK_CHUNK_ROW        2 /* then a packed row */
#define RK_CHUNK_UNIT_BYTES 6

struct rk_chunk {
	struct rk_chunk *next;
	size_t n;
	unsigned char bytes[RK_CHUNK_BYTES];
};

struct rk_snapshot_job;

struct rk_snapshot_job_options {
	const struct rk_files *files;
	uint32_t chunks; /* in the pool; at least 8 are made */
	uint32_t keep;   /* generations */
	bool manual;
	void (*wake)(void *context);
	void *wake_context;
};

int rk_snapshot_job_open(const struct rk_snapshot_job_options *options,
			 struct rk_snapshot_job **ret_job);
void rk_snapshot_job_close(struct rk_snapshot_job *job);

void rk_snapshot_job_begin(struct rk_snapshot_job *job, uint64_t seq,
			   uint64_t base);

/* An empty chunk, NULL when all are in use. */
struct rk_chunk *rk_snapshot_job_take(struct rk_snapshot_job *job);
/* A chunk to be written; and one that is not. */
void rk_snapshot_job_give(struct rk_snapshot_job *job, struct rk_chunk *chunk);
void rk_snapshot_job_return(struct rk_snapshot_job *job,
			    struct rk_chunk *chunk);
uint32_t rk_snapshot_job_free(struct rk_snapshot_job *job);
uint32_t rk_snapshot_job_chunks(const struct rk_snapshot_job *job);

/* All chunks were given. */
void rk_snapshot_job_commit(struct rk_snapshot_job *job,
			    const struct rk_snapshot_meta *meta);

/* The pool overflowed: drop what was written. */
void rk_snapshot_job_cancel(struct rk_snapshot_job *job);

/* True once after each that ended: units, copy_ns, took_ns are not set. */
bool rk_snapshot_job_ended(struct rk_snapshot_job *job,
			   struct rk_snapshot_result *ret_result);

/* The oldest of the generations to be kept; zeros while there are fewer. */
struct rk_snapshot_meta rk_snapshot_job_oldest(struct rk_snapshot_job *job);

bool rk_snapshot_job_step(struct rk_snapshot_job *job);

#endif

/*
 * What the parts of a journal in files share: journal_file.c is the loop's
 * side, journal_commit.c the committer, journal_segments.c the worker that
 * prepares, closes and removes segments.
 */
#ifndef RK_STORE_JOURNAL_IMPL_H
#define RK_STORE_JOURNAL_IMPL_H

#include <pthread.h>
#include <stdatomic.h>

#include "store/journal_file.h"
#include "store/segment.h"
#include "store/worker.h"

/* A segment that is kept: only the newest may be the one written to. */
struct rk_journal_segment {
	struct rk_journal_segment *next;
	uint64_t first_seq;
	int64_t time_ns;
	uint64_t bytes;       /* used */
	struct rk_file *file; /* still open, to be closed; NULL: closed */
};

/* Encoded frames, one behind the other. */
struct rk_journal_queue {
	unsigned char *bytes;
	size_t n;
	size_t max;
	uint64_t since_ns; /* when the oldest was appended */
};

/* The next segment, on its way. */
enum rk_journal_next {
	RK_JOURNAL_NEXT_NONE = 0, /* to be made */
	RK_JOURNAL_NEXT_MAKING,
	RK_JOURNAL_NEXT_READY,
	RK_JOURNAL_NEXT_TAKEN,  /* its name is not free yet */
	RK_JOURNAL_NEXT_BROKEN, /* could not be made: not before a switch */
};

struct rk_journal_writer {
	struct rk_journal head;
	/* Itself: what is asked of a const journal takes its lock, too. */
	struct rk_journal_writer *self;
	struct rk_journal_file_options options;
	struct rk_worker *committer;
	struct rk_worker *segmenter;

	/* Everything from here to `batch` is under the lock. */
	pthread_mutex_t lock;
	pthread_cond_t changed; /* more is durable, or the journal failed */
	struct rk_journal_queue filling;
	uint64_t batch_since_ns; /* of what is being written; 0: nothing */
	uint64_t appended_seq;
	uint64_t appended; /* frames */
	/* Of what is durable, the loop was told of so much. */
	uint64_t told;     /* frames */
	uint64_t told_seq; /* commands */
	struct rk_journal_place place;
	struct rk_journal_place wanted; /* the place chain_at waits for */
	bool wanted_known;
	int64_t newest_ns; /* engine time of the newest group */
	struct rk_journal_stats stats;
	/*
	 * Set once, behind the reason; read without the lock, since the loop
	 * asks for it at every command.
	 */
	_Atomic int error;
	char reason[RK_JOURNAL_TEXT_SIZE];
	enum rk_journal_next next;
	struct rk_file *next_file; /* when it is ready */
	struct rk_journal_segment *oldest;
	struct rk_journal_segment *newest;
	struct rk_journal_segment *current; /* written to; NULL: none yet */
	uint64_t below_seq;
	bool removal_failed;

	/* The committer's own. */
	struct rk_journal_queue batch;
	struct rk_file *file;
	char name[RK_FILE_NAME_SIZE]; /* that it has now */
	bool unnamed;                 /* not a segment yet: to be renamed */
	uint64_t first_seq;           /* of the segment */
	int64_t first_ns;
	uint64_t used;
	uint64_t zeroed; /* filled with zeros up to here, at least */
	unsigned char chain[RK_CHAIN_SIZE];

	/* Frames to begin the first segment with: skips of an earlier run. */
	unsigned char *carried;
	size_t carried_n;
	struct rk_segment_header carried_head;
};

void rk_journal_lock(struct rk_journal_writer *writer);
void rk_journal_unlock(struct rk_journal_writer *writer);

/* Fail for good, with what could not be done, unless it failed before. */
void rk_journal_fail(struct rk_journal_writer *writer, int r,
		     const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Write zeros from byte at to byte end. */
int rk_journal_fill_zeros(const struct rk_files *files, struct rk_file *file,
			  uint64_t at, uint64_t end);

/* The steps of both workers; the context is the writer. */
bool rk_journal_commit_step(void *context);
bool rk_journal_segments_step(void *context);

/* Take the next segment, if it is ready; NULL: make one. */
struct rk_file *rk_journal_segments_take(struct rk_journal_writer *writer);

/*
 * The file the committer has is a segment by now: list it, and let the one
 * before be closed. Returns 0 or -ENOMEM.
 */
int rk_journal_segments_add(struct rk_journal_writer *writer,
			    struct rk_file *before);

/* List what is there already. Returns 0 or -errno with error. */
int rk_journal_segments_open(struct rk_journal_writer *writer,
			     const struct rk_journal_place *place,
			     char error[RK_JOURNAL_TEXT_SIZE]);

/* Close every file; in order, if that still makes sense. */
void rk_journal_segments_close(struct rk_journal_writer *writer);

#endif

/*
 * The files of a replay merged by time.
 *
 * The merge goes by instants: the caller asks for the time of the next one
 * and takes what each file has for it, in the order that suits. Files are
 * read through once before, so that a bad row is told before anything is
 * sent, and then as they are needed: memory does not grow with their length.
 */
#ifndef RK_CLIENT_REPLAY_FEED_H
#define RK_CLIENT_REPLAY_FEED_H

#include "replay_reader.h"
#include "replay_walk.h"

struct rk_replay_files {
	const char *paths[RK_REPLAY_KINDS]; /* NULL: no such file */
	int64_t bar_length_ns; /* 0: the smallest step in the bars */
};

struct rk_replay_feed;

/*
 * Check and open the files. files, its paths and context are borrowed until
 * close. Returns 0 and *ret_feed, owned by the caller, or negative after
 * telling the error.
 */
int rk_replay_feed_open(const struct rk_replay_files *files,
			const struct rk_replay_context *context,
			struct rk_replay_feed **ret_feed);

/* Takes NULL. */
void rk_replay_feed_close(struct rk_replay_feed *feed);

/* Times of the first and the last instant, and rows of all files. */
void rk_replay_feed_extent(const struct rk_replay_feed *feed,
			   struct rk_replay_extent *ret_extent);

/* Time of the next instant; INT64_MAX at the end. */
int64_t rk_replay_feed_time(const struct rk_replay_feed *feed);

/*
 * The next row of a file (not BARS) if it is of this time, else NULL. It
 * stays until rk_replay_feed_pop().
 */
const struct rk_replay_row *rk_replay_feed_peek(struct rk_replay_feed *feed,
						enum rk_replay_kind kind,
						int64_t time_ns);

/* Go past the row that was peeked: 0, or negative after telling the error. */
int rk_replay_feed_pop(struct rk_replay_feed *feed, enum rk_replay_kind kind);

/*
 * Take the ticks that the bars have for this time, possibly none. They are
 * good until the next call. 0, or negative after telling the error.
 */
int rk_replay_feed_ticks(struct rk_replay_feed *feed, int64_t time_ns,
			 const struct rk_replay_quote **ret_quotes,
			 uint32_t *ret_n);

#endif

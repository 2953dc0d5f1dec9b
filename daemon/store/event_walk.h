/*
 * Files of events read offline, one by one, at the reader's own pace: for
 * whoever compares them with something else, and goes on behind damage.
 *
 * Nothing is written. The newest file may belong to a daemon that runs: that
 * one is busy, and left alone.
 */
#ifndef RK_STORE_EVENT_WALK_H
#define RK_STORE_EVENT_WALK_H

#include "store/event_store.h"

struct rk_event_walk_file {
	uint64_t first; /* by its name */
	uint64_t bytes;
	uint64_t last; /* once looked at: newest event in it, or first - 1 */
	bool sealed;   /* whole, and never written again */
	char name[RK_FILE_NAME_SIZE];
};

struct rk_event_walk;

/*
 * The files there are, in order, not looked at yet: *ret_n of them in
 * *ret_files, for free(). Returns 0 or -errno with error.
 */
int rk_event_walk_list(const struct rk_files *files,
		       struct rk_event_walk_file **ret_files, uint32_t *ret_n,
		       char error[RK_EVENT_STORE_TEXT_SIZE]);

/*
 * Look at what a file says of itself, and fill the rest in. Returns 0, -EBUSY
 * (a daemon writes it), -EBADMSG or another -errno with error.
 */
int rk_event_walk_look(const struct rk_files *files,
		       struct rk_event_walk_file *file,
		       char error[RK_EVENT_STORE_TEXT_SIZE]);

/* Begin to read a file that was looked at. 0 or -errno with error. */
int rk_event_walk_open(const struct rk_files *files,
		       const struct rk_event_walk_file *file,
		       struct rk_event_walk **ret_walk,
		       char error[RK_EVENT_STORE_TEXT_SIZE]);

/* Accepts NULL. */
void rk_event_walk_close(struct rk_event_walk *walk);

/*
 * The next row, good until the next call: 1, or 0 behind the last, or -errno
 * with error. Behind a row that is damaged or missing, seek.
 */
int rk_event_walk_next(struct rk_event_walk *walk, struct rk_event_row *ret_row,
		       char error[RK_EVENT_STORE_TEXT_SIZE]);

/* Number of the row that next gives. */
uint64_t rk_event_walk_at(const struct rk_event_walk *walk);
int rk_event_walk_seek(struct rk_event_walk *walk, uint64_t number,
		       char error[RK_EVENT_STORE_TEXT_SIZE]);

#endif

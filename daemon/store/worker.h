/*
 * A worker: steps of work off the loop, one after the other.
 *
 * The owner queues work in its own structures, under its own lock, and kicks
 * the worker; step() takes a piece and does it. In the daemon a thread calls
 * step; in tests nobody does until rk_worker_step(), so that a simulation
 * decides what happens when.
 */
#ifndef RK_STORE_WORKER_H
#define RK_STORE_WORKER_H

#include <stdbool.h>

struct rk_worker;

struct rk_worker_options {
	const char *name; /* of the thread, at most 15 characters */
	/* Do one piece of work: true when there may be more. */
	bool (*step)(void *context);
	void *context;
	bool manual; /* no thread: steps come from rk_worker_step() */
	int nice;    /* 0..19: how much others go first */
};

/* Returns 0 or -errno; *ret_worker is the caller's. */
int rk_worker_open(const struct rk_worker_options *options,
		   struct rk_worker **ret_worker);

/* There is work, or may be. From any thread; never waits. */
void rk_worker_kick(struct rk_worker *worker);

/* manual: one step, on this thread; true when there may be more. */
bool rk_worker_step(struct rk_worker *worker);

bool rk_worker_is_manual(const struct rk_worker *worker);

/*
 * Let the present step end and take the thread down; work that is queued
 * stays undone (the owner has waited for what must be done). Accepts NULL.
 */
void rk_worker_close(struct rk_worker *worker);

/*
 * Its step hangs, in a disk that does not answer, and the process is about to
 * end: leave thread and worker alone, for ever. What step uses must stay.
 */
void rk_worker_abandon(struct rk_worker *worker);

#endif

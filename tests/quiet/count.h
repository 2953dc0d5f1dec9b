/*
 * What a thread asks of the C library and of the kernel, counted by phases of
 * a turn: this program has malloc(), pthread_mutex_lock() and their likes of
 * its own, which count and go on to the real ones, also for NNG.
 *
 * Only the thread that called count_open() is counted.
 */
#ifndef QUIET_COUNT_H
#define QUIET_COUNT_H

#include <stdbool.h>
#include <stdint.h>

/* Where the loop's thread is. */
enum count_phase {
	COUNT_OUTSIDE,  /* not in a turn */
	COUNT_REST,     /* of the turn */
	COUNT_TICK,     /* from a price message out of the ring to the outbox */
	COUNT_REFILL,   /* within that: the ring was full, receive again */
	COUNT_JOURNAL,  /* the group is handed to the committer */
	COUNT_MESSAGES, /* price messages are freed */
	COUNT_OUT,      /* what is durable goes out */
	COUNT_PHASES
};

enum count_kind {
	COUNT_ALLOCATION, /* malloc() and its likes */
	COUNT_FREE,
	COUNT_LOCK, /* of a mutex, rwlock or semaphore; waits for a condition */
	COUNT_WAKE, /* signals of a condition or semaphore */
	COUNT_CLOCK, /* the time was asked: no system call on a usual host */
	COUNT_LINE,  /* of the log */
	COUNT_SYSCALL,
	COUNT_KINDS
};

/* Shared with the process that watches system calls. */
struct count_table {
	enum count_phase phase;
	bool traced; /* system calls are counted */
	uint64_t turns;
	uint64_t n[COUNT_PHASES][COUNT_KINDS];
	long syscall[COUNT_PHASES]; /* number of the last */
};

/* "tick", "allocations" */
const char *count_phase_name(enum count_phase phase);
const char *count_kind_name(enum count_kind kind);

/*
 * Count this thread into table from now on. False: a sanitizer has the
 * functions that are counted here.
 */
bool count_open(struct count_table *table);

/* For who knows what a phase is: enter one; returns the one before. */
enum count_phase count_enter(enum count_phase phase);
void count_one(enum count_kind kind);
bool count_is_possible(void); /* not under a sanitizer */
bool count_is_here(void);     /* is it this thread that is counted? */

#endif

/*
 * Reading a journal ahead of whoever applies it: a thread reads, checks and
 * decodes groups into batches of commands, the caller's thread takes them.
 *
 * So the two halves of a replay run on two cores, and whoever applies knows
 * some commands in advance: their records can be fetched into the cache
 * meanwhile (rk_engine_foresee).
 */
#ifndef RK_STORE_AHEAD_H
#define RK_STORE_AHEAD_H

#include "engine/cmd.h"
#include "store/journal_file.h"

#define RK_AHEAD_CMDS 256

/* A group ends behind so many commands of the batch. */
struct rk_ahead_end {
	uint32_t after;
	struct rk_journal_group group; /* payload is NULL */
};

struct rk_ahead_batch {
	uint64_t first_seq; /* of cmds[0]; the others follow */
	uint32_t n;         /* may be 0, when there is only an end */
	uint32_t ends_n;
	struct rk_cmd *cmds;
	struct rk_ahead_end *ends; /* in order */
	uint64_t done;             /* bytes read so far */
	uint64_t total;
};

struct rk_ahead_options {
	/* Of a scan: files, from, rules, trusted. Commands follow from.seq. */
	struct rk_journal_scan scan;
	uint64_t before; /* decode no command from this on; 0: all */
	bool manual;     /* no thread: a disk that is simulated has but one */
	/*
	 * Called with each batch, borrowed for the call, on the thread of the
	 * caller. What it returns, if not 0, ends it all.
	 */
	int (*take)(void *context, const struct rk_ahead_batch *batch);
	void *context;
};

/*
 * Returns 0, what take returned, -EPROTO (a command that cannot be decoded),
 * -ENOMEM, or what rk_journal_scan() does; error is set unless take ended it.
 */
int rk_ahead_run(const struct rk_ahead_options *options,
		 char error[RK_JOURNAL_TEXT_SIZE]);

#endif

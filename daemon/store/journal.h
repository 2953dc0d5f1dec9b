/*
 * The journal: the log of commands, in groups.
 *
 * One small interface, so that where groups go (memory, files, later a
 * replicated log) is nobody else's business. All calls are for the loop
 * thread. A group is what one turn of the loop applied: the commands
 * first_seq .. first_seq + count - 1, encoded one after the other.
 */
#ifndef RK_STORE_JOURNAL_H
#define RK_STORE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/hash.h"

struct rk_journal;

#define RK_CHAIN_SIZE 16 /* of a chain hash: BLAKE2b-128 */

struct rk_journal_group {
	uint64_t first_seq;
	uint32_t count;
	int64_t time_ns;     /* engine time after the last command */
	const void *payload; /* borrowed for the call */
	size_t size;
	/* What the commands led to: a replay must come to the same. */
	uint64_t event; /* newest event after the group; 0: not told */
	struct rk_hash event_digest; /* over all events up to it */
	/* When visited: chain hash up to this group. Zeros in memory. */
	unsigned char chain[RK_CHAIN_SIZE];
};

/* What this daemon may do with the log. A replicated one also follows. */
enum rk_journal_role {
	RK_JOURNAL_LEADER = 1,
	RK_JOURNAL_FOLLOWER = 2
};

struct rk_journal_stats {
	uint64_t groups; /* kept; of a journal in files: since it was opened */
	uint64_t bytes;  /* kept */
	uint64_t oldest_seq;
	uint64_t newest_seq;
	/* Of a journal in files, since it was opened: */
	uint64_t syncs;              /* groups of groups made durable */
	uint64_t in_flight;          /* groups appended, not durable yet */
	uint64_t in_flight_bytes;    /* of them */
	uint64_t oldest_unsynced_ns; /* rk_stopwatch_ns(); 0: all is durable */
	uint64_t sync_ns_last;       /* how long the last write and sync took */
	uint64_t sync_ns_max;
	uint32_t segments; /* files kept */
	/*
	 * Files that could not be prepared, cut off or removed: no group is
	 * lost by that, but the disk is worth a look.
	 */
	uint64_t segment_errors;
};

/* What a kind of journal must be able to do. */
struct rk_journal_ops {
	int (*append)(struct rk_journal *journal,
		      const struct rk_journal_group *group);
	int (*replay)(struct rk_journal *journal, uint64_t from_seq,
		      int (*visit)(void *context,
				   const struct rk_journal_group *group),
		      void *context);
	enum rk_journal_role (*role)(const struct rk_journal *journal);
	/* NULL where there is always room, and nothing can fail later. */
	bool (*room)(struct rk_journal *journal);
	int (*error)(struct rk_journal *journal, const char **ret_reason);
	int (*wait)(struct rk_journal *journal, uint64_t seq);
	bool (*chain_at)(struct rk_journal *journal, uint64_t seq,
			 unsigned char chain[RK_CHAIN_SIZE]);
	void (*forget)(struct rk_journal *journal, uint64_t below_seq);
	void (*stats)(const struct rk_journal *journal,
		      struct rk_journal_stats *ret_stats);
	void (*close)(struct rk_journal *journal);
};

/* The head of every kind; the rest follows in the same memory. */
struct rk_journal {
	const struct rk_journal_ops *ops;
	/*
	 * Called when more groups became durable; from any thread. And once
	 * when the journal failed, with the seq of before, to wake who waits.
	 */
	void (*durable)(void *context, uint64_t seq);
	void *durable_context;
};

/*
 * Groups in memory, the oldest dropped beyond bytes_max; nothing survives the
 * process. A group is durable as soon as it is appended.
 * Returns 0 or -ENOMEM; *ret_journal is the caller's, for rk_journal_close().
 */
int rk_journal_open_memory(size_t bytes_max, struct rk_journal **ret_journal);

/* Who is told of durability; must be set before the first append. */
void rk_journal_on_durable(struct rk_journal *journal,
			   void (*durable)(void *context, uint64_t seq),
			   void *context);

/*
 * Add the next group; group->first_seq must follow the last one.
 * Returns 0 or -errno: then nothing more may be acknowledged.
 */
int rk_journal_append(struct rk_journal *journal,
		      const struct rk_journal_group *group);

/*
 * May another group be appended? False at the bounds of groups and bytes in
 * flight: then no more input is to be taken until some are durable. (append
 * does not refuse for that: what was applied must be kept.)
 */
bool rk_journal_room(struct rk_journal *journal);

/*
 * 0, or the -errno of a write or sync that failed, with a reason for people
 * (static or the journal's): from then on nothing becomes durable.
 */
int rk_journal_error(struct rk_journal *journal, const char **ret_reason);

/*
 * Wait until the command seq is durable. Returns 0, or -errno when the
 * journal failed. For the rare case in which there is no room to go on.
 */
int rk_journal_wait(struct rk_journal *journal, uint64_t seq);

/*
 * The chain hash up to the group that ends with command seq, once that group
 * is durable: false before. Asked for the newest group at the time it was
 * appended or later; the journal remembers the chain of one such seq at a
 * time, from the first call on.
 */
bool rk_journal_chain_at(struct rk_journal *journal, uint64_t seq,
			 unsigned char chain[RK_CHAIN_SIZE]);

/*
 * Groups below below_seq are no longer needed to recover: they may go, as far
 * as the journal's own rules (number and age kept) allow. Returns at once.
 */
void rk_journal_forget(struct rk_journal *journal, uint64_t below_seq);

/*
 * Visit the kept groups from the one that holds from_seq, oldest first, until
 * visit returns other than 0. Returns 0, what visit returned, or -ENOENT when
 * from_seq is older than what is kept.
 */
int rk_journal_replay(struct rk_journal *journal, uint64_t from_seq,
		      int (*visit)(void *context,
				   const struct rk_journal_group *group),
		      void *context);

enum rk_journal_role rk_journal_role(const struct rk_journal *journal);
void rk_journal_stats(const struct rk_journal *journal,
		      struct rk_journal_stats *ret_stats);

/* Accepts NULL. */
void rk_journal_close(struct rk_journal *journal);

#endif

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

#include <stddef.h>
#include <stdint.h>

struct rk_journal;

struct rk_journal_group {
	uint64_t first_seq;
	uint32_t count;
	int64_t time_ns;
	const void *payload; /* borrowed for the call */
	size_t size;
};

/* What this daemon may do with the log. A replicated one also follows. */
enum rk_journal_role {
	RK_JOURNAL_LEADER = 1,
	RK_JOURNAL_FOLLOWER = 2
};

struct rk_journal_stats {
	uint64_t groups; /* kept */
	uint64_t bytes;  /* kept */
	uint64_t oldest_seq;
	uint64_t newest_seq;
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
	void (*stats)(const struct rk_journal *journal,
		      struct rk_journal_stats *ret_stats);
	void (*close)(struct rk_journal *journal);
};

/* The head of every kind; the rest follows in the same memory. */
struct rk_journal {
	const struct rk_journal_ops *ops;
	/* Called when more groups became durable; from any thread. */
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

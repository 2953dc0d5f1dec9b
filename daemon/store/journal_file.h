/*
 * A journal in files: segments of groups, made durable by a thread.
 *
 * A segment is `journal-<first sequence, 20 digits>.rkj`, docs/formats.md
 * tells each byte. Groups appended by the loop are encoded at once and queued;
 * the committer writes what is queued, syncs once, and tells of durability;
 * what comes meanwhile is its next batch. A second worker creates the next
 * segment zero-filled ahead of time, and closes and removes old ones.
 *
 * Each group's frame holds the BLAKE2b-128 hash over its head, its payload and
 * the hash before it: checksum and audit trail in one.
 *
 * On the first write or sync error the journal fails for good: nothing more
 * is written, nothing becomes durable, the error stays (fsync must not be
 * tried again: the kernel may have dropped what it could not write).
 */
#ifndef RK_STORE_JOURNAL_FILE_H
#define RK_STORE_JOURNAL_FILE_H

#include "store/files.h"
#include "store/journal.h"

#define RK_JOURNAL_FORMAT    1
#define RK_JOURNAL_TEXT_SIZE 512 /* of messages about what is wrong */

/* A place in the log: after a command, with the chain hash up to it. */
struct rk_journal_place {
	uint64_t seq; /* 0: before the first */
	unsigned char chain[RK_CHAIN_SIZE];
};

/* What a scan found. */
struct rk_journal_end {
	struct rk_journal_place place; /* of the newest good group */
	int64_t time_ns;               /* of it; 0 when there is none */
	uint64_t groups;               /* visited */
	uint64_t bytes;                /* of their frames */
	uint32_t segments;             /* read */
	uint32_t rules;                /* of the newest segment; 0: none */
	/*
	 * The newest segment, and how much of it is good. torn: bytes behind
	 * that are not zero, to be dropped by rk_journal_repair().
	 */
	char tail[RK_FILE_NAME_SIZE]; /* "": there is no segment */
	uint64_t tail_good;
	uint64_t tail_size;
	uint64_t torn; /* bytes that belong to no good group */
};

/* An operator's order to leave a command out (riskd --skip). */
struct rk_journal_skip {
	uint64_t seq;
	int64_t time_ns; /* when it was ordered */
};

struct rk_journal_scan {
	const struct rk_files *files;
	/*
	 * Start behind this place; its chain hash must be found in the log
	 * unless seq is 0 (then the log must begin with command 1).
	 * oldest: start instead wherever the log starts, trusting its header.
	 */
	struct rk_journal_place from;
	bool oldest;
	/*
	 * Stop before the first group that begins with this command or a later
	 * one: 0 never. Frames behind are not read, and ret_end has no tail.
	 */
	uint64_t before;
	/*
	 * The rules of this program (engine.h): a group behind `from` written
	 * under others is refused. 0: any.
	 */
	uint32_t rules;
	uint32_t rules_oldest;
	/*
	 * Hashes were checked just before: do not again. (Those of the newest
	 * segment are, as it may have a torn end.)
	 */
	bool trusted;
	/* Each may be NULL. What they return, if not 0, ends the scan. */
	int (*visit)(void *context, const struct rk_journal_group *group);
	int (*visit_skip)(void *context, const struct rk_journal_skip *skip);
	/* Now and then: bytes read so far of bytes in all. */
	void (*progress)(void *context, uint64_t done, uint64_t total);
	void *context;
};

/*
 * Read the log, checking every header, hash and sequence. Writes nothing. A
 * torn end is no error (see ret_end->torn): bytes behind the last good group
 * of the last segment, with no valid frame behind that was written after a
 * sync of them. (Frames of one write may reach the disk in any order.)
 *
 * Returns 0, what visit returned, -EBADMSG (damaged: error names file, byte,
 * command and what was expected), -ENOENT (a segment is missing, or the log
 * starts behind `from`), -EPROTO (other format or rules: error names the way
 * out), or another -errno of reading.
 */
int rk_journal_scan(const struct rk_journal_scan *scan,
		    struct rk_journal_end *ret_end,
		    char error[RK_JOURNAL_TEXT_SIZE]);

/*
 * Make the end of the log safe to go on from, which a scan has just found: the
 * good part of the newest segment is written to a new file, synced, and put in
 * its place (even when nothing is torn: what was read may not be on the disk
 * yet); left-over files of a crash are removed. Returns 0 or -errno with error.
 */
int rk_journal_repair(const struct rk_files *files, struct rk_journal_end *end,
		      char error[RK_JOURNAL_TEXT_SIZE]);

struct rk_journal_file_options {
	const struct rk_files *files; /* borrowed */
	uint64_t segment_bytes;       /* of one file, header included */
	uint32_t groups_in_flight;    /* bound */
	uint64_t bytes_in_flight;     /* bound */
	uint32_t keep_segments;       /* closed ones kept at least */
	int64_t keep_age_ns;          /* and those younger than this */
	uint32_t rules;               /* written into each header */
	bool manual;                  /* no threads (tests) */
};

/*
 * Go on behind the place (that of a repaired end, or zeros for a new log). A
 * new segment is begun with the first group. Returns 0 or -errno with error.
 */
int rk_journal_open_file(const struct rk_journal_file_options *options,
			 const struct rk_journal_place *place,
			 struct rk_journal **ret_journal,
			 char error[RK_JOURNAL_TEXT_SIZE]);

/*
 * Add a skip behind everything, durable when it returns; before any append.
 * Returns 0 or -errno.
 */
int rk_journal_add_skip(struct rk_journal *journal,
			const struct rk_journal_skip *skip);

/* manual: let the committer or the segment worker do one step. */
bool rk_journal_step_commit(struct rk_journal *journal);
bool rk_journal_step_segments(struct rk_journal *journal);

/* Is it "journal-<20 digits>.rkj"? Then its first sequence. */
bool rk_journal_name_parse(const char *name, uint64_t *ret_first);
void rk_journal_name_make(uint64_t first, char name[RK_FILE_NAME_SIZE]);

#endif

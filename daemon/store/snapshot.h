/*
 * Snapshots: the whole state at one sequence number, as a SQLite file of
 * ordinary rows, `state-<sequence, 20 digits>.db`.
 *
 * What tables and columns there are is the engine's to say (engine/rows.h);
 * here they are created, filled, read back and checked. docs/formats.md
 * documents them. A snapshot is written beside the others under a name that
 * ends in .tmp, verified by reading every row back, synced, and renamed: a
 * file without .tmp is whole.
 *
 * A writer belongs to one thread at a time and may wait for the disk: it is
 * for a worker (app/snapshotter.h) or for offline tools.
 */
#ifndef RK_STORE_SNAPSHOT_H
#define RK_STORE_SNAPSHOT_H

#include "engine/rows.h"
#include "store/files.h"
#include "store/journal.h"

#define RK_SNAPSHOT_FORMAT    RK_ROWS_FORMAT
#define RK_SNAPSHOT_TEXT_SIZE 512 /* of messages about what is wrong */

/* What the meta table says of the whole file. */
struct rk_snapshot_meta {
	uint64_t seq;    /* newest command in it */
	int64_t time_ns; /* engine time */
	uint64_t event;  /* newest event */
	struct rk_hash event_digest;
	struct rk_hash state_digest;        /* sum over all rows */
	unsigned char chain[RK_CHAIN_SIZE]; /* of the journal at seq; zeros
					       when there is no journal */
	uint32_t format;                    /* RK_SNAPSHOT_FORMAT */
	uint32_t rules;                     /* of the engine */
	int64_t written_ns; /* real time at which it was committed */
};

struct rk_snapshot_info {
	uint64_t bytes;        /* of the file */
	uint64_t rows;         /* in it */
	uint64_t rows_changed; /* put into it */
	char name[RK_FILE_NAME_SIZE];
};

struct rk_snapshot_writer;

/*
 * Begin the snapshot of seq. base 0: an empty one; else a copy of
 * state-<base>.db, of which only changed units are to be given.
 * Returns 0 or -errno with error; *ret_writer is the caller's, ended by
 * commit or abort.
 */
int rk_snapshot_begin(const struct rk_files *files, uint64_t seq, uint64_t base,
		      struct rk_snapshot_writer **ret_writer,
		      char error[RK_SNAPSHOT_TEXT_SIZE]);

/*
 * Replace a unit: drop the rows it had, then put each of its rows. A unit
 * that is gone is only dropped. Returns 0 or -errno with error.
 */
int rk_snapshot_drop(struct rk_snapshot_writer *writer, enum rk_unit unit,
		     uint32_t number, char error[RK_SNAPSHOT_TEXT_SIZE]);
int rk_snapshot_put(struct rk_snapshot_writer *writer, const struct rk_row *row,
		    char error[RK_SNAPSHOT_TEXT_SIZE]);

/*
 * Write meta (all but state_digest, which is computed here and returned in
 * *meta), verify, sync and rename. The digest is kept up from that of the
 * base by what was dropped and put, and must be what reading every row back
 * gives (which finds a base that was damaged since: then a new one from an
 * empty base is the way on). The writer is gone in any case; on failure so is
 * its file.
 * Returns 0, -EBADMSG when the file does not read back as written, or
 * -errno; with error.
 */
int rk_snapshot_commit(struct rk_snapshot_writer *writer,
		       struct rk_snapshot_meta *meta,
		       struct rk_snapshot_info *ret_info,
		       char error[RK_SNAPSHOT_TEXT_SIZE]);

/* Remove what was written. Accepts NULL. */
void rk_snapshot_abort(struct rk_snapshot_writer *writer);

/*
 * Read a snapshot: meta first, then every row, table by table in the order of
 * enum rk_table, until visit returns other than 0. The file is checked: its
 * kind and format (-EPROTO: another format, error names the way out), its
 * tables and columns, and at the end the sum of the rows against meta
 * (-EBADMSG). meta_visit and visit may be NULL (then it is only verified).
 *
 * Returns 0, what a visit returned, -ENOENT, -EBADMSG (error names file and
 * reason) or another -errno.
 */
struct rk_snapshot_read {
	const struct rk_files *files;
	uint64_t seq;
	int (*meta)(void *context, const struct rk_snapshot_meta *meta);
	int (*row)(void *context, const struct rk_row *row);
	void *context;
};
int rk_snapshot_read(const struct rk_snapshot_read *read,
		     struct rk_snapshot_meta *ret_meta,
		     char error[RK_SNAPSHOT_TEXT_SIZE]);

/* Only the meta table, without reading the rows. */
int rk_snapshot_read_meta(const struct rk_files *files, uint64_t seq,
			  struct rk_snapshot_meta *ret_meta,
			  char error[RK_SNAPSHOT_TEXT_SIZE]);

/*
 * Sequences of the snapshots in the folder, newest first; up to max are
 * stored. Returns how many there are, or -errno.
 */
int rk_snapshot_list(const struct rk_files *files, uint64_t *seqs, int max);

int rk_snapshot_remove(const struct rk_files *files, uint64_t seq);

/* Keep one that is no good, to look at, as bad-state-<sequence>.db. */
int rk_snapshot_set_aside(const struct rk_files *files, uint64_t seq);

/* Remove what a crash left of unfinished snapshots. */
int rk_snapshot_clean(const struct rk_files *files);

bool rk_snapshot_name_parse(const char *name, uint64_t *ret_seq);
void rk_snapshot_name_make(uint64_t seq, char name[RK_FILE_NAME_SIZE]);

#endif

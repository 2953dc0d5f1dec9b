/*
 * A journal in a folder of its own, for tests: groups that can be told from
 * their first sequence alone, scans that check each of them, and a hand on
 * the files.
 */
#ifndef RK_UNIT_JOURNAL_RIG_H
#define RK_UNIT_JOURNAL_RIG_H

#include "store/journal_file.h"

#define RIG_SEGMENT_BYTES 8192

struct rig {
	char dir[64];
	struct rk_files files;
	struct rk_journal_file_options options; /* manual */
	struct rk_journal *journal;
	uint64_t next; /* first sequence of the next group */
	uint64_t told; /* durable, as told */
	/* Of the last scan: */
	struct rk_journal_end end;
	char error[RK_JOURNAL_TEXT_SIZE];
	uint64_t first_seen;
	uint64_t last_seen; /* 0: none */
	uint64_t groups_seen;
	uint64_t skips[8];
	uint32_t skips_seen;
};

void rig_init(struct rig *rig);
void rig_fini(struct rig *rig); /* with its folder */

/* Commands of the group that begins with first, and bytes of its payload. */
uint32_t rig_count(uint64_t first);
uint32_t rig_size(uint64_t first);

/* Behind what the last scan found (nothing: at the beginning). */
void rig_open(struct rig *rig);
void rig_close(struct rig *rig);
/* What follows a crash or a stop: scan, repair, open. */
void rig_reopen(struct rig *rig);

/* Append the next group; what append returned. */
int rig_append(struct rig *rig);
/* Append and commit n groups, `batch` at a time; segments are prepared. */
void rig_fill(struct rig *rig, uint32_t n, uint32_t batch);
void rig_steps(struct rig *rig); /* all that both workers have to do */

/* Scan from the place, or from the beginning; results in rig. */
int rig_scan(struct rig *rig, const struct rk_journal_place *from);
int rig_scan_with(struct rig *rig, struct rk_journal_scan scan);

/* Segments in the folder, oldest first: how many there are. */
uint32_t rig_segments(struct rig *rig, char names[][RK_FILE_NAME_SIZE],
		      uint32_t max);
bool rig_exists(struct rig *rig, const char *name);

/* A file as a whole: *ret_bytes is for free(). */
size_t rig_read(struct rig *rig, const char *name, unsigned char **ret_bytes);
void rig_write(struct rig *rig, const char *name, const unsigned char *bytes,
	       size_t size);
void rig_flip(struct rig *rig, const char *name, uint64_t at);
void rig_zero(struct rig *rig, const char *name, uint64_t at, size_t size);

/* Where frame i (0 is the first) of a segment begins, and what it holds. */
struct rig_frame {
	uint64_t at;
	uint64_t bytes; /* up to the next sector */
	uint64_t first_seq;
	uint32_t count;
	uint64_t batch;
};
struct rig_frame rig_find_frame(struct rig *rig, const char *name, uint32_t i);

#endif

/*
 * What the parts of reading a journal share: journal_read.c goes from frame
 * to frame, journal_damage.c judges what is no frame.
 */
#ifndef RK_STORE_JOURNAL_READ_H
#define RK_STORE_JOURNAL_READ_H

#include "store/journal_file.h"
#include "store/journal_names.h"
#include "store/segment.h"
#include "store/window.h"

struct rk_journal_reader {
	const struct rk_journal_scan *scan;
	struct rk_journal_names names;
	struct rk_window window;
	size_t i;                      /* of names: the one that is read */
	char name[RK_FILE_NAME_SIZE];  /* of it */
	struct rk_segment_header head; /* of it */
	struct rk_journal_place place; /* all before was read and was good */
	bool found;                    /* place has met scan->from */
	bool stopped;                  /* at scan->before */
	uint64_t read;                 /* bytes of segments before this one */
	uint64_t total;
	uint64_t told; /* to progress */
	struct rk_journal_end end;
	char *error;
};

/* Say what is wrong in reader->error; returns r. */
int rk_journal_read_say(const struct rk_journal_reader *reader, int r,
			const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Is the open segment the one that was written last? Only that can be torn. */
bool rk_journal_read_is_newest(const struct rk_journal_reader *reader);

/* Begin to read segment i: its header is not read yet. 0 or -errno. */
int rk_journal_read_open(struct rk_journal_reader *reader, size_t i);

/*
 * What stands at byte `at` of the open segment is no frame. Returns 0 when
 * that is the end of the segment, in order or torn: *ret_torn says how many
 * bytes are; -EBADMSG with error when it is damage, or another -errno.
 */
int rk_journal_read_rest(struct rk_journal_reader *reader, uint64_t at,
			 uint64_t *ret_torn);

/*
 * Is the newest segment worth nothing, header and all? Then it is no longer
 * among the names, and the end tells it as torn whole. Returns 0 or -errno
 * with error.
 */
int rk_journal_read_drop_torn(struct rk_journal_reader *reader);

#endif

/*
 * Which segments of a journal there are in a folder, in their order, and what
 * a crash may leave beside them.
 */
#ifndef RK_STORE_JOURNAL_NAMES_H
#define RK_STORE_JOURNAL_NAMES_H

#include "store/files.h"

/* The next segment while it is prepared, and one made in a hurry. */
#define RK_JOURNAL_NEXT  "next.new"
#define RK_JOURNAL_HURRY "hurry.new"

struct rk_journal_name {
	uint64_t first_seq;
	uint64_t size;
};

/* By first sequence, rising. Zeroed memory is an empty list. */
struct rk_journal_names {
	struct rk_journal_name *names;
	size_t n;
	size_t max;
};

/* Returns 0 or -errno; *ret_names is the caller's, for fini. */
int rk_journal_names_read(const struct rk_files *files,
			  struct rk_journal_names *ret_names);
void rk_journal_names_fini(struct rk_journal_names *names);

/* Remove every file that was not finished (*.new, *.tmp). */
int rk_journal_names_clean(const struct rk_files *files);

#endif

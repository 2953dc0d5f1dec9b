/*
 * A folder of files for tests: real ones, with ways to damage them, and a
 * front that makes the Nth call fail.
 */
#ifndef RK_SUPPORT_FOLDER_H
#define RK_SUPPORT_FOLDER_H

#include "store/files.h"

struct rk_folder {
	struct rk_files files;
	/* In front of files: fails the call when `left` has come to 0. */
	struct rk_files faulty;
	int64_t left; /* calls that still go well; below 0: all do */
	int fault;    /* -errno that the failing call returns */
	uint64_t calls;
	const char *failed; /* what failed, NULL: nothing yet */
	char kinds[256];    /* all kinds of calls that ever failed, in words */
};

/* Aborts on failure, as all of these do: a test cannot go on without. */
void rk_folder_open(struct rk_folder *folder);
/* Removes all files in it and the folder itself. */
void rk_folder_close(struct rk_folder *folder);

bool rk_folder_has(const struct rk_folder *folder, const char *name);
uint64_t rk_folder_size(const struct rk_folder *folder, const char *name);
uint32_t rk_folder_count(const struct rk_folder *folder, const char *part);
/* The whole file; the caller frees it. */
unsigned char *rk_folder_load(const struct rk_folder *folder, const char *name,
			      uint64_t *ret_size);
void rk_folder_store(const struct rk_folder *folder, const char *name,
		     const void *bytes, uint64_t size);
void rk_folder_copy(const struct rk_folder *folder, const char *from,
		    const char *to);

#endif

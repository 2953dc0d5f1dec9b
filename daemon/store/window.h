/*
 * A window on a file that is read once from front to back: few large reads,
 * whatever the size of the pieces asked for. The memory is kept from file to
 * file.
 */
#ifndef RK_STORE_WINDOW_H
#define RK_STORE_WINDOW_H

#include "store/files.h"

struct rk_window {
	const struct rk_files *files;
	struct rk_file *file;
	uint64_t size; /* of the file when it was opened */
	unsigned char *bytes;
	size_t max; /* of bytes */
	uint64_t at;
	size_t n; /* the window is at .. at + n */
};

/* Zeroed memory is a window on nothing. Each returns 0 or -errno. */
int rk_window_open(struct rk_window *window, const struct rk_files *files,
		   const char *name);

/*
 * The bytes from at on: at least size, or up to the end of the file; *ret_n
 * says how many, which may be more. They are good until the next call.
 */
int rk_window_get(struct rk_window *window, uint64_t at, size_t size,
		  const unsigned char **ret_bytes, size_t *ret_n);

void rk_window_close(struct rk_window *window); /* the file */
void rk_window_fini(struct rk_window *window);  /* file and memory */

#endif

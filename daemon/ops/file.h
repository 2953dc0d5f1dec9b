/*
 * Reading a whole small file: configuration and lists of markets.
 */
#ifndef RK_OPS_FILE_H
#define RK_OPS_FILE_H

#include <stddef.h>

struct rk_error;

/*
 * Read all of the file at path, at most size_max bytes.
 *
 * On success *ret_text is owned by the caller: release with free(). It ends
 * with a zero that *ret_size does not count.
 * Returns 0 or -errno (-EFBIG: larger than size_max; -EINVAL: a zero byte
 * inside, so it is no text) with the reason in error.
 */
int rk_file_read(const char *path, size_t size_max, char **ret_text,
		 size_t *ret_size, struct rk_error *error);

/*
 * Can it be read again and again? 0, or -errno and the reason: it is a pipe, a
 * socket or a device, or not there.
 */
int rk_file_check(const char *path, struct rk_error *error);

#endif

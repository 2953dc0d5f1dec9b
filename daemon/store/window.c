/*
 * A window on a file. See window.h.
 */
#include "store/window.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/assert.h"

#define WINDOW_BYTES ((size_t)1 << 20)

int rk_window_open(struct rk_window *window, const struct rk_files *files,
		   const char *name)
{
	int r;

	RK_ASSERT(!window->file);
	window->files = files;
	window->at = 0;
	window->n = 0;
	r = rk_file_open(files, name, RK_FILE_READ, &window->file);
	if (r < 0) {
		window->file = NULL;
		return r;
	}
	r = rk_file_size(files, window->file, &window->size);
	if (r < 0)
		rk_window_close(window);
	return r;
}

static int grow(struct rk_window *window, size_t size)
{
	unsigned char *bytes;

	if (size < WINDOW_BYTES)
		size = WINDOW_BYTES;
	if (size <= window->max)
		return 0;
	bytes = realloc(window->bytes, size);
	if (!bytes)
		return -ENOMEM;
	window->bytes = bytes;
	window->max = size;
	return 0;
}

/* Move the window to at, keeping what it has of that. */
static int move(struct rk_window *window, uint64_t at)
{
	size_t kept = 0;
	ssize_t n;

	if (at >= window->at && at < window->at + window->n) {
		kept = (size_t)(window->at + window->n - at);
		memmove(window->bytes, window->bytes + (at - window->at), kept);
	}
	window->at = at;
	window->n = kept;
	n = rk_file_read_at(window->files, window->file, window->bytes + kept,
			    window->max - kept, at + kept);
	if (n < 0)
		return (int)n;
	window->n += (size_t)n;
	return 0;
}

int rk_window_get(struct rk_window *window, uint64_t at, size_t size,
		  const unsigned char **ret_bytes, size_t *ret_n)
{
	uint64_t left = at < window->size ? window->size - at : 0;
	int r;

	if (size > left)
		size = (size_t)left;
	if (size == 0) { /* behind the end, or nothing was read yet */
		*ret_bytes = window->bytes;
		*ret_n = 0;
		return 0;
	}
	if (at < window->at || at + size > window->at + window->n) {
		r = grow(window, size);
		if (r == 0)
			r = move(window, at);
		if (r < 0)
			return r;
	}
	*ret_bytes = window->bytes + (at - window->at);
	*ret_n = (size_t)(window->at + window->n - at);
	return 0;
}

void rk_window_close(struct rk_window *window)
{
	rk_file_close(window->files, window->file);
	window->file = NULL;
}

void rk_window_fini(struct rk_window *window)
{
	rk_window_close(window);
	free(window->bytes);
	memset(window, 0, sizeof(*window));
}

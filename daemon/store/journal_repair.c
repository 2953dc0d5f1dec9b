/*
 * Making the end of a journal safe to go on from. See journal_file.h.
 *
 * What can be read need not be on the disk: the process that wrote it may
 * have died before its sync, or because its sync failed, after which the
 * kernel no longer knows what it could not write. So the good part of the
 * newest segment is always written anew, to a new file.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/journal_file.h"
#include "store/journal_names.h"
#include "store/window.h"

#define COPY_NAME  "repair.tmp"
#define COPY_BYTES ((size_t)1 << 20)

static int say(char error[RK_JOURNAL_TEXT_SIZE], int r, const char *what,
	       const char *name)
{
	(void)snprintf(error, RK_JOURNAL_TEXT_SIZE, "%s %.256s: %s", what, name,
		       strerror(-r));
	return r;
}

/* The first size bytes of the window's file to another. */
static int copy_bytes(struct rk_window *window, struct rk_file *to,
		      uint64_t size)
{
	uint64_t at = 0;

	while (at < size) {
		const unsigned char *bytes;
		size_t n;
		size_t wanted = size - at < COPY_BYTES ? (size_t)(size - at)
						       : COPY_BYTES;
		int r = rk_window_get(window, at, wanted, &bytes, &n);

		if (r == 0 && n < wanted)
			r = -EIO; /* it was there before */
		if (r == 0)
			r = rk_file_write(window->files, to, bytes, wanted, at);
		if (r < 0)
			return r;
		at += wanted;
	}
	return 0;
}

static int copy_good(const struct rk_files *files, const char *name,
		     uint64_t size)
{
	struct rk_window window = {0};
	struct rk_file *to = NULL;
	int r = rk_window_open(&window, files, name);

	if (r == 0)
		r = rk_file_open(files, COPY_NAME, RK_FILE_CREATE, &to);
	if (r == 0) {
		/* Of the padding of the last frame some may be missing. */
		r = copy_bytes(&window, to,
			       size < window.size ? size : window.size);
		if (r == 0)
			r = rk_file_resize(files, to, size);
		if (r == 0)
			r = rk_file_sync(files, to);
		rk_file_close(files, to);
	}
	rk_window_fini(&window);
	if (r == 0)
		r = rk_files_rename(files, COPY_NAME, name);
	return r;
}

int rk_journal_repair(const struct rk_files *files, struct rk_journal_end *end,
		      char error[RK_JOURNAL_TEXT_SIZE])
{
	int r = rk_journal_names_clean(files);

	error[0] = '\0';
	if (r < 0)
		return say(error, r, "removing what a crash left in",
			   files->dir);
	if (end->tail[0] != '\0' && end->tail_good == 0) {
		r = rk_files_remove(files, end->tail);
		if (r < 0)
			return say(error, r, "removing", end->tail);
		end->tail[0] = '\0';
	} else if (end->tail[0] != '\0') {
		r = copy_good(files, end->tail, end->tail_good);
		if (r < 0)
			return say(error, r, "writing anew", end->tail);
	}
	r = rk_files_sync_dir(files);
	if (r < 0)
		return say(error, r, "sync of the folder", files->dir);
	end->tail_size = end->tail_good;
	end->torn = 0;
	return 0;
}

/*
 * Reading a whole small file. See file.h.
 */
#include "ops/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ops/error.h"

#define CHUNK 65536

/* Read up to size bytes, however many calls it takes: the count or -errno. */
static ssize_t read_fully(int fd, char *to, size_t size)
{
	size_t n = 0;

	while (n < size) {
		ssize_t got = read(fd, to + n, size - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	return (ssize_t)n;
}

/*
 * Everything fd gives, in a buffer that grows: the file may be a pipe, and
 * fstat() says nothing of what a file is by the time it is read.
 */
static int read_all(int fd, size_t size_max, char **ret_text, size_t *ret_size)
{
	char *text = NULL;
	size_t n = 0;
	int r;

	for (;;) {
		char *grown = realloc(text, n + CHUNK + 1);
		ssize_t got;

		if (!grown) {
			r = -ENOMEM;
			goto fail;
		}
		text = grown;
		got = read_fully(fd, text + n, CHUNK);
		if (got < 0) {
			r = (int)got;
			goto fail;
		}
		n += (size_t)got;
		if (n > size_max) {
			r = -EFBIG;
			goto fail;
		}
		if (got < CHUNK)
			break;
	}

	text[n] = '\0';
	*ret_text = text;
	*ret_size = n;
	return 0;

fail:
	free(text);
	return r;
}

int rk_file_check(const char *path, struct rk_error *error)
{
	struct stat info;
	int r;

	/* Not opened: a pipe would wait for somebody to write. */
	if (stat(path, &info) < 0) {
		r = -errno;
		rk_error_set(error, "%s: cannot be opened: %s", path,
			     strerror(-r));
		return r;
	}
	if (S_ISREG(info.st_mode) || S_ISDIR(info.st_mode))
		return 0; /* reading a folder fails by itself */
	rk_error_set(error,
		     "%s: must be a file: a pipe, socket or device cannot be "
		     "read again",
		     path);
	return -EINVAL;
}

int rk_file_read(const char *path, size_t size_max, char **ret_text,
		 size_t *ret_size, struct rk_error *error)
{
	char *text = NULL;
	size_t size = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r;

	if (fd < 0) {
		r = -errno;
		rk_error_set(error, "%s: cannot be opened: %s", path,
			     strerror(-r));
		return r;
	}

	r = read_all(fd, size_max, &text, &size);
	(void)close(fd); /* opened for reading: nothing can be lost */
	if (r == -EFBIG) {
		rk_error_set(error, "%s: must be at most %zu bytes", path,
			     size_max);
		return r;
	}
	if (r < 0) {
		rk_error_set(error, "%s: cannot be read: %s", path,
			     strerror(-r));
		return r;
	}
	if (memchr(text, '\0', size)) {
		rk_error_set(error, "%s: must be text, has a zero byte", path);
		free(text);
		return -EINVAL;
	}

	*ret_text = text;
	*ret_size = size;
	return 0;
}

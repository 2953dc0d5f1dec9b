/*
 * The files of a folder of this machine. All names are looked up relative to
 * one descriptor of the folder, so that what is locked, written and synced is
 * the same folder whatever happens to its path.
 *
 * Files are the owner's alone (0600), and no descriptor outlives an exec.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/assert.h"
#include "store/files.h"

struct folder {
	int fd;
};

struct rk_file {
	int fd;
};

static int folder_of(const struct rk_files *files)
{
	const struct folder *folder = files->context;

	return folder->fd;
}

static int wrap(int fd, struct rk_file **ret_file)
{
	struct rk_file *file = malloc(sizeof(*file));

	if (!file) {
		(void)close(fd); /* nothing was written */
		return -ENOMEM;
	}
	file->fd = fd;
	*ret_file = file;
	return 0;
}

static int open_file(const struct rk_files *files, const char *name,
		     enum rk_file_mode mode, struct rk_file **ret_file)
{
	int flags = O_CLOEXEC | O_NOFOLLOW;
	int fd;

	RK_ASSERT(!strchr(name, '/'));
	if (mode == RK_FILE_READ)
		flags |= O_RDONLY;
	else if (mode == RK_FILE_CREATE)
		flags |= O_RDWR | O_CREAT | O_EXCL;
	else
		flags |= O_RDWR;
	do
		fd = openat(folder_of(files), name, flags, 0600);
	while (fd < 0 && errno == EINTR);
	return fd < 0 ? -errno : wrap(fd, ret_file);
}

static int read_at(struct rk_file *file, void *bytes, size_t size, uint64_t at,
		   size_t *ret_n)
{
	char *to = bytes;
	size_t n = 0;

	while (n < size) {
		ssize_t got =
			pread(file->fd, to + n, size - n, (off_t)(at + n));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	*ret_n = n;
	return 0;
}

static int write_at(struct rk_file *file, const void *bytes, size_t size,
		    uint64_t at)
{
	const char *from = bytes;
	size_t n = 0;

	while (n < size) {
		ssize_t put =
			pwrite(file->fd, from + n, size - n, (off_t)(at + n));

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -errno;
		if (put == 0)
			return -EIO; /* it would never end */
		n += (size_t)put;
	}
	return 0;
}

static int sync_file(struct rk_file *file)
{
	int r;

	/* Interrupted is not failed: what failed is never tried again. */
	do
		r = fdatasync(file->fd);
	while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : 0;
}

static int size_of(struct rk_file *file, uint64_t *ret_size)
{
	struct stat status;

	if (fstat(file->fd, &status) < 0)
		return -errno;
	*ret_size = (uint64_t)status.st_size;
	return 0;
}

static int resize(struct rk_file *file, uint64_t size)
{
	int r;

	do
		r = ftruncate(file->fd, (off_t)size);
	while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : 0;
}

static void close_file(struct rk_file *file)
{
	(void)close(file->fd); /* who cares for the bytes has synced them */
	free(file);
}

static int rename_file(const struct rk_files *files, const char *from,
		       const char *to)
{
	int fd = folder_of(files);

	return renameat(fd, from, fd, to) < 0 ? -errno : 0;
}

static int remove_file(const struct rk_files *files, const char *name)
{
	return unlinkat(folder_of(files), name, 0) < 0 ? -errno : 0;
}

static int sync_dir(const struct rk_files *files)
{
	int r;

	do
		r = fsync(folder_of(files));
	while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : 0;
}

/* Visit what readdir gives next; *ret_end when there is no more. */
static int list_next(DIR *dir,
		     int (*visit)(void *context, const char *name,
				  uint64_t size),
		     void *context, bool *ret_end)
{
	const struct dirent *entry;
	struct stat status;

	errno = 0;
	entry = readdir(dir);
	*ret_end = !entry;
	if (!entry)
		return -errno;
	/* No name of ours is as long. */
	if (strlen(entry->d_name) >= RK_FILE_NAME_SIZE)
		return 0;
	if (fstatat(dirfd(dir), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) <
	    0)
		return errno == ENOENT ? 0 : -errno; /* removed meanwhile */
	if (!S_ISREG(status.st_mode))
		return 0;
	return visit(context, entry->d_name, (uint64_t)status.st_size);
}

static int list(const struct rk_files *files,
		int (*visit)(void *context, const char *name, uint64_t size),
		void *context)
{
	/* A descriptor of its own: a shared one would share its position. */
	int fd = openat(folder_of(files), ".",
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool end = false;
	DIR *dir;
	int r;

	if (fd < 0)
		return -errno;
	dir = fdopendir(fd);
	if (!dir) {
		r = -errno;
		(void)close(fd); /* only read */
		return r;
	}
	do
		r = list_next(dir, visit, context, &end);
	while (r == 0 && !end);
	(void)closedir(dir); /* only read */
	return r;
}

/* Who holds the lock is written into it, for whoever does not get it. */
static int write_pid(int fd)
{
	struct rk_file file = {fd};
	char text[32];
	int n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	int r = resize(&file, 0);

	return r < 0 ? r : write_at(&file, text, (size_t)n, 0);
}

static int lock(const struct rk_files *files, struct rk_file **ret_lock)
{
	int fd = openat(folder_of(files), RK_FILES_LOCK,
			O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r;

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		r = errno == EWOULDBLOCK ? -EAGAIN : -errno;
	else
		r = write_pid(fd);
	if (r < 0) {
		(void)close(fd); /* it holds nothing */
		return r;
	}
	return wrap(fd, ret_lock);
}

/* The file stays: to remove it would let two hold a lock each. */
static void unlock(struct rk_file *file)
{
	(void)resize(file, 0); /* the number in it is only for people */
	close_file(file);
}

static const struct rk_files_ops posix_ops = {
	.open = open_file,
	.read = read_at,
	.write = write_at,
	.sync = sync_file,
	.size = size_of,
	.resize = resize,
	.close = close_file,
	.rename = rename_file,
	.remove = remove_file,
	.sync_dir = sync_dir,
	.list = list,
	.lock = lock,
	.unlock = unlock,
};

static void read_boot(char boot[RK_FILES_BOOT_SIZE])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	if (fd >= 0) {
		n = read(fd, boot, RK_FILES_BOOT_SIZE - 1);
		(void)close(fd); /* only read */
	}
	boot[n > 0 ? n : 0] = '\0';
	boot[strcspn(boot, "\n")] = '\0';
}

int rk_files_open_posix(const char *dir, struct rk_files *ret_files)
{
	struct folder *folder;
	size_t length = strlen(dir);

	if (length >= RK_FILES_DIR_SIZE)
		return -ENAMETOOLONG;
	folder = malloc(sizeof(*folder));
	if (!folder)
		return -ENOMEM;
	folder->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder->fd < 0) {
		int r = -errno;

		free(folder);
		return r;
	}
	memset(ret_files, 0, sizeof(*ret_files));
	ret_files->ops = &posix_ops;
	ret_files->context = folder;
	memcpy(ret_files->dir, dir, length + 1);
	read_boot(ret_files->boot);
	return 0;
}

void rk_files_close(struct rk_files *files)
{
	struct folder *folder = files->context;

	if (files->ops != &posix_ops || !folder)
		return;
	(void)close(folder->fd); /* only read */
	free(folder);
	memset(files, 0, sizeof(*files));
}

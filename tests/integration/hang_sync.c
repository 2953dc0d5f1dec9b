/*
 * A disk that hangs: with this library before all others, fsync() and
 * fdatasync() do not return while the file exists that RK_HANG names, nor does
 * open() of any markets.json while that exists that RK_HANG_OPEN names.
 */
#undef _FORTIFY_SOURCE /* its open() is another */
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void hang(const char *name)
{
	const struct timespec nap = {0, 5000000};
	const char *file = getenv(name);

	while (file && access(file, F_OK) == 0)
		(void)nanosleep(&nap, NULL);
}

__attribute__((visibility("default"))) int fdatasync(int fd)
{
	hang("RK_HANG");
	return (int)syscall(SYS_fdatasync, fd);
}

__attribute__((visibility("default"))) int fsync(int fd)
{
	hang("RK_HANG");
	return (int)syscall(SYS_fsync, fd);
}

static int open_file(const char *path, int flags, mode_t mode)
{
	const char *name = strrchr(path, '/');

	if (strcmp(name ? name + 1 : path, "markets.json") == 0)
		hang("RK_HANG_OPEN");
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static mode_t mode_of(int flags, va_list args)
{
	return flags & O_CREAT ? va_arg(args, mode_t) : 0;
}

/* By its large-file name, as everybody calls it here. */
__attribute__((visibility("default"))) int open(const char *path, int flags,
						...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = mode_of(flags, args);
	va_end(args);
	return open_file(path, flags, mode);
}

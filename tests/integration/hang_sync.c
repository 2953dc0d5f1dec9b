/*
 * A disk that hangs: with this library before all others, fsync() and
 * fdatasync() do not return while the file exists that RK_HANG names.
 */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void hang(void)
{
	const struct timespec nap = {0, 5000000};
	const char *file = getenv("RK_HANG");

	while (file && access(file, F_OK) == 0)
		(void)nanosleep(&nap, NULL);
}

__attribute__((visibility("default"))) int fdatasync(int fd)
{
	hang();
	return (int)syscall(SYS_fdatasync, fd);
}

__attribute__((visibility("default"))) int fsync(int fd)
{
	hang();
	return (int)syscall(SYS_fsync, fd);
}

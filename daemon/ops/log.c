/*
 * Log lines. See log.h.
 */
#include "ops/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *const level_names[] = {
	[RK_LOG_ERROR] = "error",   [RK_LOG_WARNING] = "warning",
	[RK_LOG_NOTICE] = "notice", [RK_LOG_INFO] = "info",
	[RK_LOG_DEBUG] = "debug",
};

#define LEVELS (sizeof(level_names) / sizeof(level_names[0]))

/*
 * systemd sets JOURNAL_STREAM to device:inode of what it connected. It is
 * inherited, so only a descriptor that matches goes to journald.
 */
static bool goes_to_journald(int fd)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char mine[64];
	struct stat status;

	if (!stream || fstat(fd, &status) < 0)
		return false;

	snprintf(mine, sizeof(mine), "%ju:%ju", (uintmax_t)status.st_dev,
		 (uintmax_t)status.st_ino);
	return strcmp(mine, stream) == 0;
}

void rk_log_init(struct rk_log *log, int fd, enum rk_log_level level)
{
	log->fd = fd;
	log->level = level;
	log->journald = goes_to_journald(fd);
}

/* "2021-05-19T12:34:56.789Z warning ", or "<4>". Returns its length. */
static size_t put_prefix(const struct rk_log *log, enum rk_log_level level,
			 char *line, size_t size)
{
	struct timespec now;
	struct tm tm;
	size_t n;

	if (log->journald) {
		snprintf(line, size, "<%d>", (int)level);
		return strlen(line);
	}

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	n = strftime(line, size, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(line + n, size - n, ".%03dZ %s ", (int)(now.tv_nsec / 1000000),
		 rk_log_level_name(level));
	return strlen(line);
}

void rk_log_write(const struct rk_log *log, enum rk_log_level level,
		  const char *format, ...)
{
	static const char cut[] = "...";
	char line[RK_LOG_LINE_MAX + 1]; /* with the line end */
	size_t n;
	int wanted;
	va_list args;
	int saved = errno; /* logging never disturbs what is being handled */

	if (level > log->level)
		return;

	n = put_prefix(log, level, line, RK_LOG_LINE_MAX);
	va_start(args, format);
	wanted = vsnprintf(line + n, RK_LOG_LINE_MAX - n, format, args);
	va_end(args);
	if (wanted < 0)
		line[n] = '\0';
	if (wanted >= (int)(RK_LOG_LINE_MAX - n))
		memcpy(line + RK_LOG_LINE_MAX - sizeof(cut), cut, sizeof(cut));

	for (n = 0; line[n] != '\0'; n++)
		if ((unsigned char)line[n] < ' ' || line[n] == 0x7f)
			line[n] = '?';
	line[n++] = '\n';

	/* Lost when stderr is closed or full: see log.h. */
	ssize_t written = write(log->fd, line, n);

	(void)written;
	errno = saved;
}

const char *rk_log_level_name(enum rk_log_level level)
{
	if (level < RK_LOG_ERROR || (size_t)level >= LEVELS)
		return "unknown";
	return level_names[level];
}

int rk_log_level_parse(const char *text, enum rk_log_level *ret_level)
{
	for (size_t i = RK_LOG_ERROR; i < LEVELS; i++) {
		if (strcmp(text, level_names[i]) == 0) {
			*ret_level = (enum rk_log_level)i;
			return 0;
		}
	}
	return -EINVAL;
}

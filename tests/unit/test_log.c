/*
 * Log lines: one call is one line, whatever the values; journald gets its
 * priorities.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ops/log.h"

/* A file that lines go to, and a look at what came. */
static int open_sink(void)
{
	FILE *file = tmpfile();
	int fd;

	cr_assert_not_null(file);
	fd = dup(fileno(file));
	cr_assert_geq(fd, 0);
	fclose(file);
	return fd;
}

static const char *lines_of(int fd, char *buf, size_t size)
{
	ssize_t n = pread(fd, buf, size - 1, 0);

	cr_assert_geq(n, 0);
	buf[n] = '\0';
	return buf;
}

static void pretend_journald(int fd)
{
	char stream[64];
	struct stat status;

	cr_assert_eq(fstat(fd, &status), 0);
	snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)status.st_dev,
		 (uintmax_t)status.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
}

Test(log, journald_gets_a_priority_and_no_time)
{
	struct rk_log log;
	char buf[256];
	int fd = open_sink();

	pretend_journald(fd);
	rk_log_init(&log, fd, RK_LOG_DEBUG);
	rk_log_write(&log, RK_LOG_ERROR, "no room table=%s used=%d", "accounts",
		     5);
	rk_log_write(&log, RK_LOG_DEBUG, "tick");
	cr_assert_str_eq(lines_of(fd, buf, sizeof(buf)),
			 "<3>no room table=accounts used=5\n<7>tick\n");
	close(fd);
}

Test(log, elsewhere_a_line_has_utc_time_and_level)
{
	struct rk_log log;
	char buf[256];
	int year, month, day, hour, minute, second, ms, end = 0;
	int fd = open_sink();

	/* Inherited from a parent whose stderr was the journal, ours is not. */
	setenv("JOURNAL_STREAM", "1:2", 1);
	rk_log_init(&log, fd, RK_LOG_INFO);
	rk_log_write(&log, RK_LOG_WARNING, "late reason=%s", "stale");
	lines_of(fd, buf, sizeof(buf));
	cr_assert_eq(sscanf(buf, "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ%n", &year,
			    &month, &day, &hour, &minute, &second, &ms, &end),
		     7, "%s", buf);
	cr_assert_eq(end, 24);
	cr_assert_str_eq(buf + end, " warning late reason=stale\n");
	close(fd);
}

Test(log, what_is_less_important_than_the_level_is_not_written)
{
	struct rk_log log;
	char buf[256];
	int fd = open_sink();

	pretend_journald(fd);
	rk_log_init(&log, fd, RK_LOG_NOTICE);
	rk_log_write(&log, RK_LOG_INFO, "no");
	rk_log_write(&log, RK_LOG_DEBUG, "no");
	rk_log_write(&log, RK_LOG_NOTICE, "yes");
	cr_assert_str_eq(lines_of(fd, buf, sizeof(buf)), "<5>yes\n");
	close(fd);
}

Test(log, a_value_cannot_forge_a_line)
{
	struct rk_log log;
	char buf[256];
	int fd = open_sink();

	pretend_journald(fd);
	rk_log_init(&log, fd, RK_LOG_INFO);
	rk_log_write(&log, RK_LOG_INFO, "client=%s", "a\n<3>forged\x1b[2J\x7f");
	cr_assert_str_eq(lines_of(fd, buf, sizeof(buf)),
			 "<6>client=a?<3>forged?[2J?\n");
	close(fd);
}

Test(log, a_long_line_is_cut_and_says_so)
{
	struct rk_log log;
	char value[2 * RK_LOG_LINE_MAX];
	char buf[2 * RK_LOG_LINE_MAX];
	int fd = open_sink();
	size_t n;

	memset(value, 'x', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	pretend_journald(fd);
	rk_log_init(&log, fd, RK_LOG_INFO);
	rk_log_write(&log, RK_LOG_INFO, "%s", value);
	n = strlen(lines_of(fd, buf, sizeof(buf)));
	cr_assert_eq(n, RK_LOG_LINE_MAX);
	cr_assert_str_eq(buf + n - 5, "x...\n");
	close(fd);
}

Test(log, logging_does_not_disturb_errno)
{
	struct rk_log log;

	rk_log_init(&log, -1, RK_LOG_INFO);
	errno = ENOSPC;
	rk_log_write(&log, RK_LOG_ERROR,
		     "lost, as there is no such descriptor");
	cr_assert_eq(errno, ENOSPC);
}

Test(log, levels_are_read_by_the_names_they_are_written_with)
{
	enum rk_log_level level;

	for (int i = RK_LOG_ERROR; i <= RK_LOG_DEBUG; i++) {
		const char *name = rk_log_level_name((enum rk_log_level)i);

		level = RK_LOG_ERROR;
		cr_assert_eq(rk_log_level_parse(name, &level), 0, "%s", name);
		cr_assert_eq((int)level, i);
	}
	level = RK_LOG_NOTICE;
	cr_assert_eq(rk_log_level_parse("loud", &level), -EINVAL);
	cr_assert_eq(rk_log_level_parse("", &level), -EINVAL);
	cr_assert_eq(rk_log_level_parse("Error", &level), -EINVAL);
	cr_assert_eq(level, RK_LOG_NOTICE);
	cr_assert_str_eq(rk_log_level_name((enum rk_log_level)0), "unknown");
	cr_assert_str_eq(rk_log_level_name((enum rk_log_level)8), "unknown");
}

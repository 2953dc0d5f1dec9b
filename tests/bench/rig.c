/*
 * Small helpers of the benchmark: words, time, numbers, folders. See bench.h.
 */
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

void bench_die(const char *format, ...)
{
	va_list arguments;

	(void)fflush(stdout);
	(void)fputs("bench: ", stderr);
	va_start(arguments, format);
	(void)vfprintf(stderr, format, arguments);
	va_end(arguments);
	(void)fputc('\n', stderr);
	exit(EXIT_FAILURE);
}

void bench_say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vprintf(format, arguments);
	va_end(arguments);
	(void)putchar('\n');
	(void)fflush(stdout);
}

void bench_tell(const struct bench *bench, const char *name, const char *unit,
		const double *values)
{
	bench_report_add(bench->report,
			 &(struct bench_row){.name = name,
					     .unit = unit,
					     .values = values,
					     .n = bench->repeats});
}

uint64_t bench_now_ns(void)
{
	struct timespec now = {0, 0};

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) +
	       (uint64_t)now.tv_nsec;
}

int64_t bench_wall_ns(void)
{
	struct timespec now = {0, 0};

	(void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail */
	return (int64_t)now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

uint64_t bench_cpu_ns(void)
{
	struct timespec used = {0, 0};

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used); /* cannot fail */
	return (uint64_t)used.tv_sec * UINT64_C(1000000000) +
	       (uint64_t)used.tv_nsec;
}

void bench_sleep_ns(uint64_t ns)
{
	struct timespec nap = {(time_t)(ns / UINT64_C(1000000000)),
			       (long)(ns % UINT64_C(1000000000))};

	(void)nanosleep(&nap, NULL); /* shorter is fine */
}

void *bench_need(void *memory)
{
	if (!memory)
		bench_die("no memory");
	return memory;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

double bench_percentile(double *values, size_t n, double part)
{
	if (n == 0)
		bench_die("a percentile of nothing");
	qsort(values, n, sizeof(*values), compare);
	return values[(size_t)((double)(n - 1) * part + 0.5)];
}

double bench_least(const double *values, size_t n)
{
	double least = values[0];

	for (size_t i = 1; i < n; i++)
		if (values[i] < least)
			least = values[i];
	return least;
}

void bench_folder_make(const struct bench *bench, const char *name,
		       char path[BENCH_PATH_SIZE])
{
	int n = snprintf(path, BENCH_PATH_SIZE, "%s/%s", bench->dir, name);

	if (n < 0 || n >= BENCH_PATH_SIZE || mkdir(path, 0700) != 0)
		bench_die("cannot make %s: %s", path, strerror(errno));
}

/* Visit the names of a folder's files; what is hidden is left out. */
static void each_file(const char *path, uint64_t *bytes, const char *prefix,
		      bool drop)
{
	DIR *dir = opendir(path);
	char file[BENCH_PATH_SIZE + 256];
	struct dirent *entry;
	struct stat info;

	if (!dir)
		bench_die("cannot read %s: %s", path, strerror(errno));
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' ||
		    strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
			continue;
		(void)snprintf(file, sizeof(file), "%s/%s", path,
			       entry->d_name);
		if (drop)
			(void)unlink(file); /* rmdir tells what stays */
		else if (stat(file, &info) == 0)
			*bytes += (uint64_t)info.st_size;
	}
	(void)closedir(dir);
}

void bench_folder_drop(const char *path)
{
	uint64_t bytes = 0;

	each_file(path, &bytes, "", true);
	if (rmdir(path) != 0)
		bench_die("cannot remove %s: %s", path, strerror(errno));
}

uint64_t bench_folder_bytes(const char *path, const char *prefix)
{
	uint64_t bytes = 0;

	each_file(path, &bytes, prefix, false);
	return bytes;
}

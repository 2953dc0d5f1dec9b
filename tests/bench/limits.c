/*
 * What the machine can do, by the plainest of means: the limits that the
 * other parts are held against.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

#define PAGE       4096
#define FILE_PAGES 4096 /* 16 MB, overwritten page by page */
#define WRITE_SIZE ((size_t)128 << 20)
#define SYNCS_FEW  500
#define SYNCS_MANY 3000
#define CHUNK_SIZE ((size_t)1 << 20)

struct syncs {
	double p50_us;
	double p99_us;
};

static int open_file(const struct bench *bench, char path[BENCH_PATH_SIZE])
{
	int n = snprintf(path, BENCH_PATH_SIZE, "%s/limit", bench->dir);
	int fd = n < BENCH_PATH_SIZE
			 ? open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600)
			 : -1;

	if (fd < 0)
		bench_die("cannot write %s: %s", path, strerror(errno));
	return fd;
}

static void must_write(int fd, const void *bytes, size_t size, off_t at)
{
	if (pwrite(fd, bytes, size, at) != (ssize_t)size)
		bench_die("cannot write: %s", strerror(errno));
}

static void must_sync(int fd)
{
	if (fdatasync(fd) != 0)
		bench_die("cannot sync: %s", strerror(errno));
}

/* Overwrite a file that has its blocks already, page by page, synced each. */
static struct syncs measure_syncs(const struct bench *bench, size_t n)
{
	double *us = bench_need(calloc(n, sizeof(*us)));
	unsigned char *chunk = bench_need(calloc(1, CHUNK_SIZE));
	char path[BENCH_PATH_SIZE];
	int fd = open_file(bench, path);
	struct syncs syncs;

	for (off_t at = 0; at < FILE_PAGES * PAGE; at += (off_t)CHUNK_SIZE)
		must_write(fd, chunk, CHUNK_SIZE, at);
	must_sync(fd);
	memset(chunk, 0x5a, PAGE);
	for (size_t i = 0; i < n; i++) {
		uint64_t start = bench_now_ns();

		must_write(fd, chunk, PAGE, (off_t)(i % FILE_PAGES) * PAGE);
		must_sync(fd);
		us[i] = (double)(bench_now_ns() - start) / 1e3;
	}
	(void)close(fd);
	(void)unlink(path);
	syncs.p50_us = bench_percentile(us, n, 0.5);
	syncs.p99_us = bench_percentile(us, n, 0.99);
	free(chunk);
	free(us);
	return syncs;
}

static double write_mb_s(const struct bench *bench)
{
	unsigned char *chunk = bench_need(malloc(CHUNK_SIZE));
	char path[BENCH_PATH_SIZE];
	int fd = open_file(bench, path);
	uint64_t start;
	double seconds;

	memset(chunk, 0x5a, CHUNK_SIZE);
	start = bench_now_ns();
	for (size_t at = 0; at < WRITE_SIZE; at += CHUNK_SIZE)
		must_write(fd, chunk, CHUNK_SIZE, (off_t)at);
	must_sync(fd);
	seconds = (double)(bench_now_ns() - start) / 1e9;
	(void)close(fd);
	(void)unlink(path);
	free(chunk);
	return (double)WRITE_SIZE / 1e6 / seconds;
}

double bench_sync_p50(const struct bench *bench)
{
	return measure_syncs(bench, SYNCS_FEW).p50_us;
}

void bench_limits(struct bench *bench)
{
	double p50[BENCH_REPEATS_MAX];
	double p99[BENCH_REPEATS_MAX];
	double mb_s[BENCH_REPEATS_MAX];
	size_t n = bench->repeats;

	for (size_t i = 0; i < n; i++) {
		struct syncs syncs = measure_syncs(
			bench, bench->quick ? SYNCS_FEW : SYNCS_MANY);

		p50[i] = syncs.p50_us;
		p99[i] = syncs.p99_us;
		mb_s[i] = write_mb_s(bench);
	}
	bench_report_add(bench->report,
			 &(struct bench_row){.name = "limit.fdatasync_4k.p50",
					     .unit = "us",
					     .values = p50,
					     .n = n});
	bench_report_add(bench->report,
			 &(struct bench_row){.name = "limit.fdatasync_4k.p99",
					     .unit = "us",
					     .values = p99,
					     .n = n});
	bench_report_add(bench->report,
			 &(struct bench_row){.name = "limit.write_128m",
					     .unit = "MB/s",
					     .values = mb_s,
					     .n = n});
}

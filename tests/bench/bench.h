/*
 * What the parts of the benchmark share: the run, its folder, and small
 * helpers for time and numbers. A part is a row of the table in bench.c and a
 * function that adds rows to the report.
 *
 * A benchmark has nobody to return an error to: what goes wrong ends it, with
 * a word on what it was.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plot.h"
#include "report.h"

#define BENCH_PATH_SIZE   3072
#define BENCH_REPEATS_MAX 16

struct bench {
	const char *riskd;         /* path of the daemon */
	char dir[BENCH_PATH_SIZE]; /* of this run; on the disk under test */
	bool quick;                /* smaller numbers: does it work at all? */
	uint32_t repeats;          /* of each measurement, 3 or more */
	uint32_t accounts;         /* of the large books */
	struct bench_report *report;
	struct bench_plot *plot;
};

/* Each adds rows to the report. */
void bench_limits(struct bench *bench);
void bench_memory(struct bench *bench);
void bench_nng(struct bench *bench);
void bench_journal(struct bench *bench);
void bench_daemon(struct bench *bench);
void bench_scan(struct bench *bench);
void bench_replay(struct bench *bench);
void bench_ticks(struct bench *bench);
void bench_heavy(struct bench *bench);
void bench_gap(struct bench *bench);
void bench_growth(struct bench *bench);
void bench_live(struct bench *bench);
void bench_indices(struct bench *bench);
void bench_snapshot(struct bench *bench);

/*
 * limits.c: p50 of a synced 4 KB overwrite as it is now, in us. A disk that
 * others use changes by the second: measure it beside what is held to it.
 */
double bench_sync_p50(const struct bench *bench);

/*
 * memory.c: STREAM's copy, one thread, 256 MB arrays, now. And is there room
 * for so much more? If not, it is said what is left out.
 */
double bench_copy_gb_s(void);
double bench_memory_free(void); /* bytes */
bool bench_memory_allows(double bytes, const char *what);

/* A row of its repeats' values, without a bar. */
void bench_tell(const struct bench *bench, const char *name, const char *unit,
		const double *values);

_Noreturn void bench_die(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
/* A line for people, flushed: what is under way. */
void bench_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

uint64_t bench_now_ns(void); /* CLOCK_MONOTONIC */
int64_t bench_wall_ns(void); /* CLOCK_REALTIME */
uint64_t bench_cpu_ns(void); /* processor time of this thread */
void bench_sleep_ns(uint64_t ns);
void *bench_need(void *memory); /* ends the run on NULL */

/* What a limit is taken as: no neighbour makes a disk faster than it is. */
double bench_least(const double *values, size_t n);
/* Sorts values; the one that part (0 .. 1) of them are at most. */
double bench_percentile(double *values, size_t n, double part);

/* A fresh folder below bench->dir; and away with a folder of plain files. */
void bench_folder_make(const struct bench *bench, const char *name,
		       char path[BENCH_PATH_SIZE]);
void bench_folder_drop(const char *path);
/* Bytes of the files in it whose names begin so. */
uint64_t bench_folder_bytes(const char *path, const char *prefix);

#endif

/*
 * Results: a table for people and, when asked for, JSON for programs, with
 * one object per row: name, value, unit, limit, ratio, bar, ok.
 *
 * Absolute figures of a shared machine move by a factor of two; what is held
 * to a bar is therefore, where there is one, the ratio to a limit that was
 * measured in the same run.
 */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include <stdbool.h>
#include <stddef.h>

struct bench_report;

enum bench_bar {
	BENCH_BAR_NONE,
	BENCH_BAR_MOST,  /* at most bar */
	BENCH_BAR_LEAST, /* at least bar */
};

struct bench_row {
	const char *name;     /* "daemon.fills.rows_100"; copied */
	const char *unit;     /* static */
	const double *values; /* one of each repeat; the median is told */
	size_t n;
	double limit;           /* 0: none; else ratio = value / limit */
	const char *limit_name; /* static */
	enum bench_bar bar_kind;
	double bar; /* on the ratio if there is a limit, else on the value */
};

struct bench_report *bench_report_open(void);
/* Accepts NULL. */
void bench_report_close(struct bench_report *report);

/* Rows are printed as they come: median of the repeats (least..most). */
void bench_report_add(struct bench_report *report, const struct bench_row *row);
/* The shorthand for one value without limit or bar. */
void bench_report_value(struct bench_report *report, const char *name,
			double value, const char *unit);

/* Returns 0 or -errno. */
int bench_report_json(const struct bench_report *report, const char *path);
/* Print the rows that miss their bar; how many there are. */
size_t bench_report_missed(const struct bench_report *report);

#endif

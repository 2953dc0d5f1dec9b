/*
 * Two drawings in one SVG file: what a tick costs by number of accounts, and
 * how latencies are spread. Points come from the parts as they run; a line is
 * what has one name. Both axes are logarithmic where that is of use.
 */
#ifndef BENCH_PLOT_H
#define BENCH_PLOT_H

#include <stddef.h>

struct bench_plot;

enum bench_plot_panel {
	BENCH_PLOT_COST,    /* x: accounts, y: ns a tick */
	BENCH_PLOT_LATENCY, /* x: us, y: part of the samples that take longer */
};

struct bench_plot *bench_plot_open(void);
void bench_plot_close(struct bench_plot *plot); /* accepts NULL */

/* A point of a line, whose name is static; lines are told apart by it. */
void bench_plot_add(struct bench_plot *plot, enum bench_plot_panel panel,
		    const char *line, double x, double y);
/* The whole line of a distribution; sorts the samples. */
void bench_plot_latency(struct bench_plot *plot, const char *line, double *us,
			size_t n);

/* subtitle says where and when. Returns 0 or -errno. */
int bench_plot_write(const struct bench_plot *plot, const char *path,
		     const char *subtitle);

#endif

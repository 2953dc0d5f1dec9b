/*
 * What a tick costs the baselines, measured the same way wherever they are
 * held against the engine: processor time, markets as they are held, each the
 * mean of as many prices up as down.
 */
#ifndef BENCH_COST_H
#define BENCH_COST_H

#include "bench.h"
#include "book.h"

struct bench_cost {
	double postings_ns[BENCH_REPEATS_MAX]; /* of a tick */
	double postings_gb_s[BENCH_REPEATS_MAX];
	double structs_ns[BENCH_REPEATS_MAX];
	double structs_gb_s[BENCH_REPEATS_MAX];
	double maps_ns[BENCH_REPEATS_MAX];
	double copy_gb_s[BENCH_REPEATS_MAX]; /* STREAM copy, just before */
	double postings_top_ns; /* one tick of the market that most hold */
	double holders;         /* of a market, as ticks come */
	double holders_top;
};

/* Figures are 0 where memory does not allow; that is said. */
void bench_cost_measure(const struct bench *bench,
			const struct bench_shape *shape,
			struct bench_cost *ret_cost);

/* Of the postings alone. */
void bench_cost_postings(const struct bench *bench,
			 const struct bench_shape *shape,
			 struct bench_cost *ret_cost);

/* Of the lines in the plot, so that all parts say the same. */
#define BENCH_LINE_LADDER   "riskd, ladder"
#define BENCH_LINE_POSTINGS "scan of postings"
#define BENCH_LINE_STRUCTS  "scan of all accounts"
#define BENCH_LINE_MAPS     "hash maps"
#define BENCH_LINE_SCAN     "riskd, every holder judged"

/* The medians of the baselines, as points of the plot. */
void bench_cost_plot(const struct bench *bench, uint32_t accounts,
		     const struct bench_cost *cost);
double bench_median(const struct bench *bench, const double *values);

#endif

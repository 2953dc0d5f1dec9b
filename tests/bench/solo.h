/*
 * An engine alone, in this process, with a book in it: prices in, orders
 * filled at once, as if there was somebody for all of it. What it takes is
 * processor time of this thread.
 */
#ifndef BENCH_SOLO_H
#define BENCH_SOLO_H

#include <stdbool.h>
#include <stddef.h>

#include "bench.h"
#include "book.h"
#include "engine/engine.h"

struct bench_solo {
	struct bench_book book;
	struct rk_engine *engine;
	void *memory;
	size_t memory_size; /* of the engine: what it may come to need */
	size_t resident;    /* what this book has made of it */
	struct rk_evbuf events;
	uint64_t rng;
	uint64_t seq;
	uint64_t trade;
	struct rk_cmd *fills; /* of orders that are not filled yet */
	uint32_t fills_n;
	int64_t time_ns;
	int64_t prices[BENCH_BOOK_MARKETS_MAX];
};

/* Bytes that an engine for it needs, without building it. */
size_t bench_solo_size(const struct bench_shape *shape);
void bench_solo_open(struct bench_solo *solo, const struct bench_shape *shape);
void bench_solo_close(struct bench_solo *solo);

/* A price, as a batch of its own; all that follows from it but the fills. */
void bench_solo_quote(struct bench_solo *solo, uint32_t market, int64_t price);
/* The same up to the first events it gives out: that many are there. */
uint32_t bench_solo_quote_begin(struct bench_solo *solo, uint32_t market,
				int64_t price);
void bench_solo_quote_end(struct bench_solo *solo);
/* The opened orders are filled at mark. */
void bench_solo_fill(struct bench_solo *solo);

/*
 * So many ticks, each a step of that size, in markets as they are held, with
 * fills and clock; processor time of all of it in ns.
 */
double bench_solo_walk(struct bench_solo *solo, uint64_t n, double sigma);

/*
 * The same, each tick by itself: the median in ns of wall time of those by
 * which nobody had to be judged, and how many of all these are, in percent.
 */
double bench_solo_quiet(struct bench_solo *solo, uint64_t n, double sigma,
			double *ret_part);

/* FUND of 1 bp in every market; processor time in ns. */
double bench_solo_fund(struct bench_solo *solo);

/* Other thresholds. */
void bench_solo_risk(struct bench_solo *solo, const struct rk_cmd_risk *risk);

/* Accounts judged so far. */
double bench_solo_judged(const struct bench_solo *solo);
/*
 * Look at each account with exact figures: how many are below maintenance, and
 * how many of these the engine did not find.
 */
struct bench_breaches {
	uint32_t below;
	uint32_t missed;
};
struct bench_breaches bench_solo_breaches(const struct bench_solo *solo);

#endif

/*
 * Ticks through the baselines. See cost.h.
 */
#include "cost.h"

#include <string.h>

#include "baseline.h"

#define STEP 50 /* half a basis point */

#define TICKS_POSTINGS 100U
#define TICKS_STRUCTS  20U
#define TICKS_MAPS     20U

double bench_median(const struct bench *bench, const double *values)
{
	double sorted[BENCH_REPEATS_MAX];

	memcpy(sorted, values, bench->repeats * sizeof(*sorted));
	return bench_percentile(sorted, bench->repeats, 0.5);
}

/* Tick i of n: markets as they are held, but evenly and the same for all. */
static uint32_t even_market(const struct bench_book *book, uint32_t i,
			    uint32_t n)
{
	return bench_book_market(book, (i / 2 * 2 + 1.0) / n);
}

typedef uint32_t tick_fn(void *baseline, uint32_t market, int64_t price);

static uint32_t tick_postings(void *baseline, uint32_t market, int64_t price)
{
	return bench_postings_tick(baseline, market, price);
}

static uint32_t tick_structs(void *baseline, uint32_t market, int64_t price)
{
	return bench_structs_tick(baseline, market, price);
}

static uint32_t tick_maps(void *baseline, uint32_t market, int64_t price)
{
	return bench_maps_tick(baseline, market, price);
}

/* Up and down again in each market: n is even. ns a tick. */
static double run(const struct bench_book *book, tick_fn *tick, void *baseline,
		  uint32_t n)
{
	uint64_t start = bench_cpu_ns();
	uint32_t below = 0;

	for (uint32_t i = 0; i < n; i++)
		below += tick(baseline, even_market(book, i, n),
			      BENCH_BOOK_PRICE + (i % 2 ? 0 : STEP));
	__asm__ volatile("" : : "r"(below));
	return (double)(bench_cpu_ns() - start) / n;
}

static void run_postings(const struct bench *bench,
			 const struct bench_book *book, struct bench_cost *cost)
{
	struct bench_postings *postings = bench_postings_open(book);
	double top[BENCH_REPEATS_MAX];
	double holders = 0;

	for (uint32_t i = 0; i < TICKS_POSTINGS; i++)
		holders += bench_postings_holders(
			postings, even_market(book, i, TICKS_POSTINGS));
	cost->holders = holders / TICKS_POSTINGS;
	cost->holders_top = bench_postings_holders(postings, 0);
	(void)run(book, tick_postings, postings, TICKS_POSTINGS); /* warm */
	for (uint32_t i = 0; i < bench->repeats; i++) {
		uint64_t start;

		cost->copy_gb_s[i] = bench_copy_gb_s();
		cost->postings_ns[i] =
			run(book, tick_postings, postings, TICKS_POSTINGS);
		cost->postings_gb_s[i] = cost->holders * BENCH_POSTING_BYTES /
					 cost->postings_ns[i];
		start = bench_cpu_ns();
		for (int k = 0; k < 10; k++)
			(void)bench_postings_tick(postings, 0,
						  BENCH_BOOK_PRICE +
							  (k % 2 ? 0 : STEP));
		top[i] = (double)(bench_cpu_ns() - start) / 10;
	}
	cost->postings_top_ns = bench_median(bench, top);
	bench_postings_close(postings);
}

static void run_structs(const struct bench *bench,
			const struct bench_book *book, struct bench_cost *cost)
{
	struct bench_structs *structs = bench_structs_open(book);

	for (uint32_t i = 0; i < bench->repeats; i++) {
		cost->structs_ns[i] =
			run(book, tick_structs, structs, TICKS_STRUCTS);
		cost->structs_gb_s[i] = (double)bench_structs_bytes(structs) /
					cost->structs_ns[i];
	}
	bench_structs_close(structs);
}

static void run_maps(const struct bench *bench, const struct bench_book *book,
		     struct bench_cost *cost)
{
	struct bench_maps *maps = bench_maps_open(book);

	for (uint32_t i = 0; i < bench->repeats; i++)
		cost->maps_ns[i] = run(book, tick_maps, maps, TICKS_MAPS);
	bench_maps_close(maps);
}

void bench_cost_postings(const struct bench *bench,
			 const struct bench_shape *shape,
			 struct bench_cost *ret_cost)
{
	struct bench_book book;

	memset(ret_cost, 0, sizeof(*ret_cost));
	bench_book_init(&book, shape);
	run_postings(bench, &book, ret_cost);
}

void bench_cost_measure(const struct bench *bench,
			const struct bench_shape *shape,
			struct bench_cost *ret_cost)
{
	struct bench_book book;

	memset(ret_cost, 0, sizeof(*ret_cost));
	bench_book_init(&book, shape);
	run_postings(bench, &book, ret_cost);
	if (shape->positions <= 3)
		run_structs(bench, &book, ret_cost);
	if (bench_memory_allows((double)bench_maps_size(shape),
				"the engine of hash maps"))
		run_maps(bench, &book, ret_cost);
}

void bench_cost_plot(const struct bench *bench, uint32_t accounts,
		     const struct bench_cost *cost)
{
	const struct {
		const char *line;
		const double *values;
	} lines[] = {
		{BENCH_LINE_POSTINGS, cost->postings_ns},
		{BENCH_LINE_STRUCTS, cost->structs_ns},
		{BENCH_LINE_MAPS, cost->maps_ns},
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		bench_plot_add(bench->plot, BENCH_PLOT_COST, lines[i].line,
			       accounts, bench_median(bench, lines[i].values));
}

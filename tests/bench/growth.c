/*
 * How the cost of a quiet tick grows: with accounts (for the plot, with the
 * baselines), and with positions, markets and volatility, one at a time.
 */
#include <stdio.h>
#include <string.h>

#include "cost.h"
#include "solo.h"

#define HALF_BP 0.5e-4
#define BASE    100000U /* accounts, where something else grows */

struct walk {
	double tick_ns[BENCH_REPEATS_MAX];
	double judged[BENCH_REPEATS_MAX];
};

/*
 * A book that was just made has many accounts at their thresholds: they are
 * crossed first, and that counts for nothing.
 */
static void run(const struct bench *bench, const struct bench_shape *shape,
		double sigma, struct walk *walk)
{
	double n = (bench->quick ? 5000 : 20000) * HALF_BP / sigma;
	struct bench_solo solo;

	bench_solo_open(&solo, shape);
	(void)bench_solo_walk(&solo, (uint64_t)n * 2, sigma);
	for (uint32_t i = 0; i < bench->repeats; i++) {
		double before = bench_solo_judged(&solo);

		walk->tick_ns[i] =
			bench_solo_walk(&solo, (uint64_t)n, sigma) / n;
		walk->judged[i] = (bench_solo_judged(&solo) - before) / n;
	}
	bench_solo_close(&solo);
}

static void tell(struct bench *bench, const char *name, const struct walk *walk)
{
	char full[64];

	(void)snprintf(full, sizeof(full), "growth.%s", name);
	bench_report_add(bench->report,
			 &(struct bench_row){.name = full,
					     .unit = "ns/tick",
					     .values = walk->tick_ns,
					     .n = bench->repeats});
	(void)snprintf(full, sizeof(full), "growth.%s.judged", name);
	bench_report_add(bench->report,
			 &(struct bench_row){.name = full,
					     .unit = "per tick",
					     .values = walk->judged,
					     .n = bench->repeats});
}

/* The largest book is measured, and drawn, by ticks.c. */
static void with_accounts(struct bench *bench)
{
	char name[32];

	for (uint32_t n = bench->quick ? 1000 : 10000; n < bench->accounts;
	     n *= 10) {
		const struct bench_shape shape = bench_shape_usual(n);
		struct bench_cost cost;
		struct walk walk;

		bench_cost_measure(bench, &shape, &cost);
		run(bench, &shape, HALF_BP, &walk);
		(void)snprintf(name, sizeof(name), "accounts_%u", n);
		tell(bench, name, &walk);
		bench_cost_plot(bench, n, &cost);
		bench_plot_add(bench->plot, BENCH_PLOT_COST, BENCH_LINE_LADDER,
			       n, bench_median(bench, walk.tick_ns));
	}
}

void bench_growth(struct bench *bench)
{
	static const struct {
		const char *name;
		uint32_t positions;
		uint32_t markets;
		double sigma;
	} runs[] = {
		{"positions_1", 1, 50, HALF_BP},
		{"positions_10", 10, 50, HALF_BP},
		{"markets_10", 3, 10, HALF_BP},
		{"markets_500", 3, 500, HALF_BP},
		{"step_2bp", 3, 50, 4 * HALF_BP},
		{"step_8bp", 3, 50, 16 * HALF_BP},
	};
	uint32_t base = bench->accounts < BASE ? bench->accounts : BASE;
	struct walk walk;

	with_accounts(bench);
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		struct bench_shape shape = bench_shape_usual(base);

		shape.positions = runs[i].positions;
		shape.markets = runs[i].markets;
		run(bench, &shape, runs[i].sigma, &walk);
		tell(bench, runs[i].name, &walk);
	}
}

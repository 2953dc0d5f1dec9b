/*
 * Price ticks into the engine: the ladder against a scan of postings, a scan
 * of all accounts, hash maps, and the engine's own way of judging every
 * holder, all on the same book. Prices walk in steps of half a basis point,
 * or of two, one in each batch: nothing is merged. All thresholds count, those
 * of warnings as well, and orders are filled at once.
 *
 * Processor time of the thread: what a tick costs, whoever else is there.
 */
#include <stdio.h>
#include <string.h>

#include "baseline.h"
#include "cost.h"
#include "solo.h"

#define HALF_BP 0.5e-4
#define SCANS   20U

#define BAR_COPY     0.6
#define BAR_POSTINGS 500
#define BAR_MAPS     10000
#define BAR_BYTES    512

/* What is measured, each repeat on the book as the one before left it. */
struct figures {
	double scan[BENCH_REPEATS_MAX];   /* ticks/s */
	double exact[BENCH_REPEATS_MAX];  /* accounts judged/s by it */
	double half[BENCH_REPEATS_MAX];   /* ticks/s */
	double ladder[BENCH_REPEATS_MAX]; /* accounts kept up to date/s */
	double half_judged[BENCH_REPEATS_MAX];
	double quiet[BENCH_REPEATS_MAX]; /* ticks/s, of those that judge nobody
					  */
	double quiet_part[BENCH_REPEATS_MAX];
	double two[BENCH_REPEATS_MAX];
	double two_judged[BENCH_REPEATS_MAX];
	double boxes[BENCH_REPEATS_MAX];
	double below[BENCH_REPEATS_MAX];
	double missed[BENCH_REPEATS_MAX];
};

static double per_s(uint64_t n, double ns)
{
	return (double)n / (ns / 1e9);
}

static void measure(struct bench_solo *solo, uint64_t n, double holders,
		    struct figures *figures, uint32_t i)
{
	struct bench_breaches breaches;
	double before = bench_solo_judged(solo);
	uint64_t start;
	double ns;

	rk_engine_set_method(solo->engine, RK_METHOD_SCAN);
	ns = bench_solo_walk(solo, SCANS, HALF_BP);
	figures->scan[i] = per_s(SCANS, ns);
	figures->exact[i] = (bench_solo_judged(solo) - before) / (ns / 1e9);
	start = bench_cpu_ns();
	rk_engine_set_method(solo->engine, RK_METHOD_LADDER);
	figures->boxes[i] = (double)(bench_cpu_ns() - start) / 1e6;

	before = bench_solo_judged(solo);
	figures->half[i] = per_s(n, bench_solo_walk(solo, n, HALF_BP));
	figures->half_judged[i] =
		(bench_solo_judged(solo) - before) / (double)n;
	figures->ladder[i] = figures->half[i] * holders;
	figures->quiet[i] = 1e9 / bench_solo_quiet(solo, n / 10, HALF_BP,
						   &figures->quiet_part[i]);
	before = bench_solo_judged(solo);
	n /= 10;
	figures->two[i] = per_s(n, bench_solo_walk(solo, n, 4 * HALF_BP));
	figures->two_judged[i] = (bench_solo_judged(solo) - before) / (double)n;
	breaches = bench_solo_breaches(solo);
	figures->below[i] = breaches.below;
	figures->missed[i] = breaches.missed;
}

static void tell_rates(struct bench *bench, const char *name,
		       const double *tick_ns)
{
	double rates[BENCH_REPEATS_MAX];

	for (uint32_t i = 0; i < bench->repeats; i++)
		rates[i] = 1e9 / tick_ns[i];
	bench_tell(bench, name, "ticks/s", rates);
}

static void tell_baselines(struct bench *bench, const struct bench_cost *cost)
{
	double copy = bench_median(bench, cost->copy_gb_s);

	bench_report_add(bench->report,
			 &(struct bench_row){.name = "base.postings.bytes",
					     .unit = "GB/s",
					     .values = cost->postings_gb_s,
					     .n = bench->repeats,
					     .limit = copy,
					     .limit_name = "STREAM copy",
					     .bar_kind = BENCH_BAR_LEAST,
					     .bar = BAR_COPY});
	tell_rates(bench, "base.postings", cost->postings_ns);
	tell_rates(bench, "base.structs", cost->structs_ns);
	bench_report_add(bench->report,
			 &(struct bench_row){.name = "base.structs.bytes",
					     .unit = "GB/s",
					     .values = cost->structs_gb_s,
					     .n = bench->repeats,
					     .limit = copy,
					     .limit_name = "STREAM copy"});
	if (cost->maps_ns[0] > 0)
		tell_rates(bench, "base.maps", cost->maps_ns);
	bench_report_value(bench->report, "base.holders_per_tick",
			   cost->holders, "accounts");
}

struct base {
	const char *name;
	const double *tick_ns;
	double bar;
};

/* Ticks/s as a multiple of a baseline's, where that was measured. */
static void tell_over(struct bench *bench, const char *name,
		      const double *values, const struct base *base)
{
	if (base->tick_ns[0] <= 0)
		return;
	bench_report_add(
		bench->report,
		&(struct bench_row){.name = name,
				    .unit = "ticks/s",
				    .values = values,
				    .n = bench->repeats,
				    .limit = 1e9 /
					     bench_median(bench, base->tick_ns),
				    .limit_name = base->name,
				    .bar_kind = BENCH_BAR_LEAST,
				    .bar = base->bar});
}

static void tell_ladder(struct bench *bench, const struct bench_cost *cost,
			const struct figures *figures)
{
	tell_over(bench, "ticks.ladder.half_bp", figures->half,
		  &(struct base){"postings", cost->postings_ns, BAR_POSTINGS});
	tell_over(bench, "ticks.ladder.half_bp.maps", figures->half,
		  &(struct base){"hash maps", cost->maps_ns, BAR_MAPS});
	tell_over(bench, "ticks.ladder.quiet", figures->quiet,
		  &(struct base){"postings", cost->postings_ns, BAR_POSTINGS});
	bench_tell(bench, "ticks.ladder.quiet.part", "% of ticks",
		   figures->quiet_part);
	bench_tell(bench, "ticks.scan.half_bp", "ticks/s", figures->scan);
	bench_tell(bench, "ticks.ladder.half_bp.judged", "per tick",
		   figures->half_judged);
	bench_tell(bench, "ticks.ladder.two_bp", "ticks/s", figures->two);
	bench_tell(bench, "ticks.ladder.two_bp.judged", "per tick",
		   figures->two_judged);
	bench_tell(bench, "ticks.boxes_for_all", "ms", figures->boxes);
	bench_tell(bench, "ticks.breaches", "accounts", figures->below);
	bench_report_add(bench->report,
			 &(struct bench_row){.name = "ticks.missed",
					     .unit = "accounts",
					     .values = figures->missed,
					     .n = bench->repeats,
					     .bar_kind = BENCH_BAR_MOST,
					     .bar = 0});
}

/* In one unit, for those who compare with what evaluates account by account. */
static void tell_evaluations(struct bench *bench, const struct bench_cost *cost,
			     const struct figures *figures)
{
	double rates[BENCH_REPEATS_MAX];

	bench_tell(bench, "eval.exact", "acc/s", figures->exact);
	bench_tell(bench, "eval.ladder", "acc/s", figures->ladder);
	if (cost->maps_ns[0] <= 0)
		return;
	for (uint32_t i = 0; i < bench->repeats; i++)
		rates[i] = cost->holders * 1e9 / cost->maps_ns[i];
	bench_tell(bench, "eval.maps", "acc/s", rates);
}

static void plot(struct bench *bench, uint32_t accounts,
		 const struct bench_cost *cost, const struct figures *figures)
{
	bench_cost_plot(bench, accounts, cost);
	bench_plot_add(bench->plot, BENCH_PLOT_COST, BENCH_LINE_LADDER,
		       accounts, 1e9 / bench_median(bench, figures->half));
	bench_plot_add(bench->plot, BENCH_PLOT_COST, BENCH_LINE_SCAN, accounts,
		       1e9 / bench_median(bench, figures->scan));
}

/* A denser book has more to do in a tick: fewer of them say as much. */
static uint64_t ticks_for(const struct bench *bench, uint32_t accounts)
{
	uint64_t n = bench->quick ? 50000 : 200000;

	return accounts > 1000000 ? n * 1000000 / accounts : n;
}

/* What is in memory for an account with its positions and its box. */
static void tell_bytes(struct bench *bench, double bytes)
{
	bench_report_add(bench->report,
			 &(struct bench_row){.name = "engine.bytes_per_account",
					     .unit = "bytes",
					     .values = &bytes,
					     .n = 1,
					     .bar_kind = BENCH_BAR_MOST,
					     .bar = BAR_BYTES});
}

static void run_book(struct bench *bench, const struct bench_shape *shape,
		     const struct bench_cost *cost)
{
	static struct figures figures;
	struct bench_solo solo;

	bench_solo_open(&solo, shape);
	bench_report_value(bench->report, "engine.bytes_per_account.room",
			   (double)solo.memory_size / shape->accounts, "bytes");
	tell_bytes(bench, (double)solo.resident / shape->accounts);
	for (uint32_t i = 0; i < bench->repeats; i++)
		measure(&solo, ticks_for(bench, shape->accounts), cost->holders,
			&figures, i);
	bench_solo_close(&solo);
	tell_ladder(bench, cost, &figures);
	tell_evaluations(bench, cost, &figures);
	plot(bench, shape->accounts, cost, &figures);
}

void bench_ticks(struct bench *bench)
{
	const struct bench_shape shape = bench_shape_usual(bench->accounts);
	static struct bench_cost cost;

	bench_cost_measure(bench, &shape, &cost);
	tell_baselines(bench, &cost);
	if (bench_memory_allows((double)bench_solo_size(&shape),
				"the engine with that many accounts"))
		run_book(bench, &shape, &cost);
}

/*
 * What else moves, and what watches: funding in every market, books hedged
 * within one underlying, the audit, and a book of which nothing but
 * maintenance counts, as engines without warnings have it.
 *
 * Processor time of the thread.
 */
#include "cost.h"
#include "engine/audit.h"
#include "engine/view.h"
#include "solo.h"

#define HALF_BP     0.5e-4
#define SCANS       10U
#define AUDIT_SLICE 32U
#define NS_PER_S    INT64_C(1000000000)

/* All accounts once, in slices as riskd does it; in ms. */
static double audit(const struct bench_solo *solo)
{
	uint32_t accounts = rk_view_accounts(solo->engine);
	uint64_t start = bench_cpu_ns();
	struct rk_audit_finding found;
	uint32_t at = 0;

	while (at < accounts)
		if (rk_audit_next(solo->engine, &at, at + AUDIT_SLICE, &found))
			bench_die("the audit found an account to differ");
	return (double)(bench_cpu_ns() - start) / 1e6;
}

/* With the ladder that includes the boxes that are made at once. */
static void run_funding(struct bench *bench, struct bench_solo *solo)
{
	double audits[BENCH_REPEATS_MAX];
	double scan[BENCH_REPEATS_MAX];
	double ladder[BENCH_REPEATS_MAX];
	double judged[BENCH_REPEATS_MAX];

	for (uint32_t i = 0; i < bench->repeats; i++)
		audits[i] = audit(solo);
	(void)bench_solo_fund(solo); /* eras begin */
	for (uint32_t i = 0; i < bench->repeats; i++) {
		double before;

		rk_engine_set_method(solo->engine, RK_METHOD_SCAN);
		scan[i] = bench_solo_fund(solo) / 1e6;
		rk_engine_set_method(solo->engine, RK_METHOD_LADDER);
		before = bench_solo_judged(solo);
		ladder[i] = bench_solo_fund(solo) / 1e6;
		judged[i] = bench_solo_judged(solo) - before;
		bench_solo_fill(solo);
	}
	bench_tell(bench, "indices.audit_of_all", "ms", audits);
	bench_tell(bench, "indices.funding.scan", "ms", scan);
	bench_tell(bench, "indices.funding.ladder", "ms", ladder);
	bench_tell(bench, "indices.funding.ladder.judged", "accounts", judged);
}

static void run_hedged(struct bench *bench, struct bench_shape shape)
{
	uint64_t n = bench->quick ? 5000 : 10000;
	double scan[BENCH_REPEATS_MAX];
	double ladder[BENCH_REPEATS_MAX];
	double judged[BENCH_REPEATS_MAX];
	struct bench_solo solo;

	shape.hedged = true;
	bench_solo_open(&solo, &shape);
	for (uint32_t i = 0; i < bench->repeats; i++) {
		double before;

		rk_engine_set_method(solo.engine, RK_METHOD_SCAN);
		scan[i] = 1e9 * SCANS / bench_solo_walk(&solo, SCANS, HALF_BP);
		rk_engine_set_method(solo.engine, RK_METHOD_LADDER);
		before = bench_solo_judged(&solo);
		ladder[i] =
			1e9 * (double)n / bench_solo_walk(&solo, n, HALF_BP);
		judged[i] = (bench_solo_judged(&solo) - before) / (double)n;
	}
	bench_solo_close(&solo);
	bench_tell(bench, "hedged.scan", "ticks/s", scan);
	bench_tell(bench, "hedged.ladder", "ticks/s", ladder);
	bench_tell(bench, "hedged.ladder.judged", "per tick", judged);
}

/*
 * Warnings and calls within a few percent of maintenance. An account that was
 * brought back to the target is a percent above it, and is crossed again.
 */
static void run_bare(struct bench *bench, const struct bench_shape *shape,
		     const struct bench_cost *cost)
{
	const int64_t step = RK_RATE_ONE / 100;
	const struct rk_cmd_risk risk = {
		.target = {RK_RATE_ONE + step},
		.call_enter = {RK_RATE_ONE + 2 * step},
		.call_leave = {RK_RATE_ONE + 3 * step},
		.warn_enter = {RK_RATE_ONE + 4 * step},
		.warn_leave = {RK_RATE_ONE + 5 * step},
		.order_band = {RK_RATE_ONE / 20},
		.stale_band = {RK_RATE_ONE / 10},
		.order_expiry_ns = 30 * NS_PER_S,
		.close_timeout_ns = 10 * NS_PER_S,
		.order_cooldown_ns = NS_PER_S,
	};
	uint64_t n = bench->quick ? 5000 : 20000;
	double ladder[BENCH_REPEATS_MAX];
	double judged[BENCH_REPEATS_MAX];
	struct bench_solo solo;

	bench_solo_open(&solo, shape);
	bench_solo_risk(&solo, &risk);
	(void)bench_solo_walk(&solo, n, HALF_BP); /* until it has settled */
	for (uint32_t i = 0; i < bench->repeats; i++) {
		double before = bench_solo_judged(&solo);

		ladder[i] =
			1e9 * (double)n / bench_solo_walk(&solo, n, HALF_BP);
		judged[i] = (bench_solo_judged(&solo) - before) / (double)n;
	}
	bench_solo_close(&solo);
	bench_report_add(
		bench->report,
		&(struct bench_row){
			.name = "bare.ladder",
			.unit = "ticks/s",
			.values = ladder,
			.n = bench->repeats,
			.limit = 1e9 / bench_median(bench, cost->postings_ns),
			.limit_name = "postings"});
	bench_tell(bench, "bare.ladder.judged", "per tick", judged);
}

void bench_indices(struct bench *bench)
{
	const struct bench_shape shape = bench_shape_usual(bench->accounts);
	static struct bench_cost cost;
	struct bench_solo solo;

	if (!bench_memory_allows((double)bench_solo_size(&shape),
				 "the engine with that many accounts"))
		return;
	bench_solo_open(&solo, &shape);
	run_funding(bench, &solo);
	bench_solo_close(&solo);
	run_hedged(bench, shape);
	bench_cost_postings(bench, &shape, &cost);
	run_bare(bench, &shape, &cost);
}

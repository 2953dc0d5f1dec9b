/*
 * Queries that look at every account, of a million: how long each takes, and
 * what it does to the turns of the loop meanwhile.
 */
#include "app/heavy.h"

#include <stdio.h>
#include <stdlib.h>

#include "loop.h"
#include "riskd.pb-c.h"

#define ACCOUNTS 1000000U

struct numbers {
	double took[BENCH_REPEATS_MAX];
	double turn_p99[BENCH_REPEATS_MAX];
	double turn_max[BENCH_REPEATS_MAX];
	double cpu_p99[BENCH_REPEATS_MAX];
	double cpu_max[BENCH_REPEATS_MAX];
	double slice_max[BENCH_REPEATS_MAX];
};

static void add(const struct bench *bench, const char *name, const char *what,
		const char *unit, const double *values)
{
	char full[64];

	(void)snprintf(full, sizeof(full), "heavy.%s.%s", name, what);
	bench_report_add(bench->report,
			 &(struct bench_row){.name = full,
					     .unit = unit,
					     .values = values,
					     .n = bench->repeats});
}

static void report(const struct bench *bench, const char *name,
		   const struct numbers *numbers)
{
	add(bench, name, "took", "ms", numbers->took);
	add(bench, name, "turn_p99", "us", numbers->turn_p99);
	add(bench, name, "turn_max", "us", numbers->turn_max);
	add(bench, name, "turn_cpu_p99", "us", numbers->cpu_p99);
	add(bench, name, "turn_cpu_max", "us", numbers->cpu_max);
	/* Since the start, so of those before as well. */
	add(bench, name, "slice_max", "us", numbers->slice_max);
}

static void note(const struct rk_core *core, const struct bench_turns *turns,
		 struct numbers *numbers, uint32_t i)
{
	struct rk_heavy_counts counts;

	rk_heavy_counts(core->heavy, &counts);
	numbers->took[i] = turns->seconds * 1e3;
	numbers->turn_p99[i] = turns->p99_us;
	numbers->turn_max[i] = turns->max_us;
	numbers->cpu_p99[i] = turns->cpu_p99_us;
	numbers->cpu_max[i] = turns->cpu_max_us;
	numbers->slice_max[i] = (double)counts.slice_max_ns / 1e3;
}

static void run_question(const struct bench *bench, const struct rk_core *core,
			 struct bench_loop *loop, const char *name,
			 const Riskd__Query *query)
{
	struct numbers numbers;
	unsigned char bytes[64];
	size_t size = riskd__query__pack(query, bytes);

	for (uint32_t i = 0; i < bench->repeats; i++) {
		struct bench_turns turns =
			bench_loop_question(loop, bytes, size);

		note(core, &turns, &numbers, i);
	}
	report(bench, name, &numbers);
}

static void run_questions(const struct bench *bench, const struct rk_core *core,
			  struct bench_loop *loop)
{
	Riskd__AccountsQuery worst = RISKD__ACCOUNTS_QUERY__INIT;
	Riskd__OrdersQuery orders = RISKD__ORDERS_QUERY__INIT;
	Riskd__DigestQuery digest = RISKD__DIGEST_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;

	query.version = 1;
	query.kind_case = RISKD__QUERY__KIND_ACCOUNTS;
	query.accounts = &worst;
	worst.limit = 100;
	run_question(bench, core, loop, "worst_100", &query);
	worst.limit = 1000;
	run_question(bench, core, loop, "worst_1000", &query);
	query.kind_case = RISKD__QUERY__KIND_ORDERS;
	query.orders = &orders;
	orders.limit = 1000;
	run_question(bench, core, loop, "orders", &query);
	query.kind_case = RISKD__QUERY__KIND_DIGEST;
	query.digest = &digest;
	run_question(bench, core, loop, "digest", &query);
}

void bench_heavy(struct bench *bench)
{
	struct bench_state *state = bench_need(calloc(1, sizeof(*state)));
	struct rk_core *core = bench_need(calloc(1, sizeof(*core)));
	uint32_t accounts = bench->quick ? ACCOUNTS / 20 : ACCOUNTS;
	uint64_t ns = bench->quick ? UINT64_C(300000000) : UINT64_C(2000000000);
	struct numbers idle;
	struct bench_loop *loop;

	bench_state_make(bench, "heavy", accounts, state);
	bench_state_open(state, core, bench_loop_wake, NULL);
	bench_state_fill(state, core);
	loop = bench_loop_open(state, core);
	for (uint32_t i = 0; i < bench->repeats; i++) {
		struct bench_turns turns = bench_loop_run(loop, ns);

		note(core, &turns, &idle, i);
	}
	report(bench, "none", &idle);
	run_questions(bench, core, loop);
	bench_loop_close(loop);
	bench_state_close(state, core, true);
	bench_state_drop(state);
	free(core);
	free(state);
}

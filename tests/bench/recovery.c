/*
 * Start to ready of the real riskd: from a snapshot alone, and with a journal
 * behind it, as after a kill. See recovery.h.
 */
#include "recovery.h"

#include <stdio.h>
#include <string.h>

#include "process.h"

#define BAR 1e6 /* commands/s */

/* One start that ends in a kill; ms until it answered. */
static double start_ms(const struct bench *bench,
		       const struct bench_state *state)
{
	uint64_t start = bench_now_ns();
	struct risk *risk;
	pid_t pid = bench_process_start(bench, state, &risk);
	double ms = (double)(bench_now_ns() - start) / 1e6;

	risk_close(risk);
	bench_process_kill(pid);
	/* What it listened on is in the way of knowing the next is ready. */
	if (remove(state->conf.listen.query.url[0] + strlen("ipc://")) != 0)
		bench_die("the query socket is not where it should be");
	return ms;
}

static void add(const struct bench *bench, const char *name, const char *unit,
		const double *values, double bar)
{
	bench_report_add(
		bench->report,
		&(struct bench_row){
			.name = name,
			.unit = unit,
			.values = values,
			.n = bench->repeats,
			.bar_kind = bar > 0 ? BENCH_BAR_LEAST : BENCH_BAR_NONE,
			.bar = bar,
		});
}

void bench_recovery(const struct bench *bench, struct bench_state *state)
{
	double ready[BENCH_REPEATS_MAX];
	double load[BENCH_REPEATS_MAX];
	double check[BENCH_REPEATS_MAX];
	double replay[BENCH_REPEATS_MAX];
	double killed[BENCH_REPEATS_MAX];
	double lost[BENCH_REPEATS_MAX];
	double alone[BENCH_REPEATS_MAX];
	double cpu[BENCH_REPEATS_MAX];

	for (uint32_t i = 0; i < bench->repeats; i++) {
		ready[i] = start_ms(bench, state);
		load[i] = bench_state_logged(state, " load_ms=");
	}
	add(bench, "recovery.snapshot.ready", "ms", ready, 0);
	add(bench, "recovery.snapshot.load", "ms", load, 0);

	bench_state_extend(state, BENCH_MIX_FILLS,
			   bench->quick ? 50000 : 2000000);
	for (uint32_t i = 0; i < bench->repeats; i++) {
		alone[i] = bench_replay_rate(state, &cpu[i]);
		bench_state_lose_events(state);
		(void)start_ms(bench, state);
		lost[i] = bench_state_logged(state, " commands_per_s=");
		ready[i] = start_ms(bench, state);
		load[i] = bench_state_logged(state, " load_ms=");
		check[i] = bench_state_logged(state, " check_ms=");
		replay[i] = bench_state_logged(state, " replay_ms=");
		killed[i] = bench_state_logged(state, " commands_per_s=");
	}
	add(bench, "recovery.tail_of_fills.ready", "ms", ready, 0);
	add(bench, "recovery.tail_of_fills.load", "ms", load, 0);
	add(bench, "recovery.tail_of_fills.check", "ms", check, 0);
	add(bench, "recovery.tail_of_fills.replay", "ms", replay, 0);
	add(bench, "recovery.tail_of_fills.killed", "cmd/s", killed, BAR);
	add(bench, "recovery.tail_of_fills.events_lost", "cmd/s", lost, 0);
	add(bench, "recovery.tail_of_fills.no_events", "cmd/s", alone, BAR);
	add(bench, "recovery.tail_of_fills.no_events_cpu", "cmd/s", cpu, BAR);
}

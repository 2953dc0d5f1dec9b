/*
 * A state of a million accounts: how long snapshots take, what they do to the
 * loop, and how long a start from them takes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop.h"
#include "recovery.h"

#define ACCOUNTS 1000000U
#define TURN_BAR 2.5

struct numbers {
	double took[BENCH_REPEATS_MAX];
	double size[BENCH_REPEATS_MAX];
	double copy[BENCH_REPEATS_MAX];
	double units[BENCH_REPEATS_MAX];
	double idle_p99[BENCH_REPEATS_MAX];
	double turn_p99[BENCH_REPEATS_MAX];
	double turn_max[BENCH_REPEATS_MAX];
	double ratio[BENCH_REPEATS_MAX];
	double cpu_before[BENCH_REPEATS_MAX];
	double cpu_during[BENCH_REPEATS_MAX];
	double cpu_ratio[BENCH_REPEATS_MAX];
	double ack_p99[BENCH_REPEATS_MAX];
	double ack_idle_p99[BENCH_REPEATS_MAX];
};

static void add(const struct bench *bench, const char *name, const char *what,
		const char *unit, const double *values)
{
	char full[64];

	(void)snprintf(full, sizeof(full), "snapshot.%s.%s", name, what);
	bench_report_add(bench->report,
			 &(struct bench_row){.name = full,
					     .unit = unit,
					     .values = values,
					     .n = bench->repeats});
}

static void add_ratio(const struct bench *bench, const char *name,
		      const char *what, const double *values)
{
	char full[64];

	(void)snprintf(full, sizeof(full), "snapshot.%s.%s", name, what);
	bench_report_add(bench->report, &(struct bench_row){
						.name = full,
						.unit = "ratio",
						.values = values,
						.n = bench->repeats,
						.bar_kind = BENCH_BAR_MOST,
						.bar = TURN_BAR,
					});
}

static void report(const struct bench *bench, const char *name,
		   const struct numbers *numbers)
{
	add(bench, name, "took", "ms", numbers->took);
	add(bench, name, "file", "MB", numbers->size);
	add(bench, name, "units", "units", numbers->units);
	add(bench, name, "loop_copying", "ms", numbers->copy);
	add(bench, name, "ack_p99_before", "us", numbers->ack_idle_p99);
	add(bench, name, "ack_p99_during", "us", numbers->ack_p99);
	add(bench, name, "turn_max_during", "us", numbers->turn_max);
	add(bench, name, "turn_p99_before", "us", numbers->idle_p99);
	add(bench, name, "turn_p99_during", "us", numbers->turn_p99);
	add_ratio(bench, name, "turn_p99_ratio", numbers->ratio);
	add(bench, name, "turn_cpu_p99_before", "us", numbers->cpu_before);
	add(bench, name, "turn_cpu_p99_during", "us", numbers->cpu_during);
	add_ratio(bench, name, "turn_cpu_p99_ratio", numbers->cpu_ratio);
}

/* What a snapshot is taken of, and where the figures go. */
struct rig {
	const struct bench *bench;
	struct bench_state state;
	struct rk_core core;
	struct bench_loop *loop;
	struct numbers numbers;
};

/* One snapshot under load, against the same load just before. */
static void take(struct rig *rig, uint32_t i)
{
	struct numbers *numbers = &rig->numbers;
	uint64_t ns =
		rig->bench->quick ? UINT64_C(300000000) : UINT64_C(2000000000);
	struct bench_turns idle = bench_loop_run(rig->loop, ns);
	struct bench_turns turns = bench_loop_snapshot(rig->loop);
	struct rk_snapshotter_counts counts;

	rk_snapshotter_counts(rig->core.snapshotter, &counts);
	numbers->took[i] = (double)counts.last_took_ns / 1e6;
	numbers->size[i] = (double)counts.last_bytes / 1e6;
	numbers->copy[i] = bench_state_logged(&rig->state, " copy_ms=");
	numbers->units[i] = bench_state_logged(&rig->state, " units=");
	numbers->idle_p99[i] = idle.p99_us;
	numbers->turn_p99[i] = turns.p99_us;
	numbers->turn_max[i] = turns.max_us;
	numbers->ack_idle_p99[i] = idle.ack_p99_us;
	numbers->ack_p99[i] = turns.ack_p99_us;
	numbers->cpu_before[i] = idle.cpu_p99_us;
	numbers->cpu_during[i] = turns.cpu_p99_us;
	numbers->cpu_ratio[i] = turns.cpu_p99_us / idle.cpu_p99_us;
	numbers->ratio[i] = turns.p99_us / idle.p99_us;
}

/* As if there were none yet: the next one is a full one. */
static void forget_base(struct rig *rig)
{
	const struct rk_conf_snapshot *conf = &rig->state.conf.snapshot;
	const struct rk_snapshotter_options options = {
		.files = &rig->core.files,
		.engine = rig->core.engine,
		.journal = rig->core.journal,
		.events = rig->core.store,
		.pool_bytes = (uint64_t)conf->pool_bytes,
		.keep = conf->keep,
		.wake = bench_loop_wake,
	};

	rk_snapshotter_close(rig->core.snapshotter);
	rig->core.snapshotter = NULL;
	if (rk_snapshotter_open(&options, &rig->core.snapshotter) < 0)
		bench_die("no snapshotter");
}

/* Change that many accounts which the load does not. */
static void change(struct rig *rig, uint32_t accounts)
{
	struct bench_world *world = &rig->state.world;
	struct rk_cmd cmd;

	for (uint32_t i = 0; i < accounts / 2; i++) {
		uint32_t pairs = world->accounts / 2 - BENCH_LOOP_PAIRS;
		uint32_t pair = (uint32_t)((uint64_t)i * 7919 % pairs);

		bench_world_fill_pair(world, BENCH_LOOP_PAIRS + pair, &cmd);
		if (rk_sequencer_apply(rig->core.sequencer, &cmd, NULL) != 0)
			bench_die("a fill was refused");
		if (i % 1000 == 999)
			(void)bench_loop_run(rig->loop, 1);
	}
	rk_sequencer_end_turn(rig->core.sequencer);
	rk_core_drain(&rig->core);
}

static void run_snapshots(struct rig *rig)
{
	static const struct {
		const char *name;
		uint32_t changed;
	} runs[] = {
		{"changed_1k", 1000},
		{"changed_10k", 10000},
		{"changed_100k", 100000},
	};
	const struct bench *bench = rig->bench;

	for (uint32_t i = 0; i < bench->repeats; i++) {
		forget_base(rig);
		take(rig, i);
	}
	report(bench, "full", &rig->numbers);
	for (size_t run = 0; run < sizeof(runs) / sizeof(runs[0]); run++) {
		for (uint32_t i = 0; i < bench->repeats; i++) {
			change(rig, runs[run].changed);
			take(rig, i);
		}
		report(bench, runs[run].name, &rig->numbers);
	}
}

void bench_snapshot(struct bench *bench)
{
	struct rig *rig = bench_need(calloc(1, sizeof(*rig)));
	uint32_t accounts = bench->quick ? ACCOUNTS / 20 : ACCOUNTS;

	rig->bench = bench;
	bench_state_make(bench, "snapshot", accounts, &rig->state);
	bench_state_open(&rig->state, &rig->core, bench_loop_wake, NULL);
	bench_state_fill(&rig->state, &rig->core);
	rig->loop = bench_loop_open(&rig->state, &rig->core);
	run_snapshots(rig);
	bench_loop_close(rig->loop);
	bench_state_close(&rig->state, &rig->core, true);
	bench_recovery(bench, &rig->state);
	bench_state_drop(&rig->state);
	free(rig);
}

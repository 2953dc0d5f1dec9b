/*
 * Reading the journal back: the scan that checks every hash, and the replay
 * into the engine, alone and as the daemon does it: after a kill, which leaves
 * the events that were written, and where all of them have to be written anew.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recovery.h"
#include "store/rebuild.h"

#define ACCOUNTS 10000U
#define BAR      1e6 /* commands/s */

static uint64_t tail_commands(const struct bench *bench)
{
	return bench->quick ? 100000 : 1000000;
}

/* A stopped daemon's folder, and a journal behind its snapshot. */
static void make(const struct bench *bench, enum bench_mix mix,
		 struct bench_state *state)
{
	struct rk_core core;

	bench_state_make(bench, "replay", ACCOUNTS, state);
	bench_state_open(state, &core, NULL, NULL);
	bench_state_fill(state, &core);
	bench_state_close(state, &core, true);
	bench_state_extend(state, mix, tail_commands(bench));
}

static void add(const struct bench *bench, const char *name, const char *mix,
		const double *values, double bar)
{
	char full[64];

	(void)snprintf(full, sizeof(full), "%s.%s", name, mix);
	bench_report_add(
		bench->report,
		&(struct bench_row){
			.name = full,
			.unit = "cmd/s",
			.values = values,
			.n = bench->repeats,
			.bar_kind = bar > 0 ? BENCH_BAR_LEAST : BENCH_BAR_NONE,
			.bar = bar,
		});
}

static int on_loaded(void *context, const struct rk_snapshot_meta *meta)
{
	uint64_t *start = context;

	(void)meta;
	*start = bench_cpu_ns();
	return 0;
}

double bench_replay_rate(const struct bench_state *state, double *ret_cpu)
{
	struct rk_files files = {0};
	struct rk_rebuilt rebuilt;
	uint64_t cpu_start = 0;
	char text[RK_REBUILD_TEXT_SIZE] = "";
	struct rk_rebuild_options options = {
		.files = &files,
		.max = state->conf.limits.engine,
		.snapshot_max = UINT64_MAX,
		.loaded = on_loaded,
		.context = &cpu_start,
	};

	if (rk_files_open_posix(state->state, &files) < 0 ||
	    rk_rebuild(&options, &rebuilt, text) < 0)
		bench_die("cannot replay: %s", text);
	*ret_cpu = (double)rebuilt.commands /
		   ((double)(bench_cpu_ns() - cpu_start) / 1e9);
	free(rebuilt.memory);
	rk_files_close(&files);
	return (double)rebuilt.commands / ((double)rebuilt.replay_ns / 1e9);
}

/*
 * As the daemon does, with what it wrote of the events, up to its newest
 * checkpoint, still there, or not.
 */
static double daemon_rate(struct bench_state *state)
{
	struct rk_core core;
	double commands;

	bench_state_open(state, &core, NULL, NULL);
	commands = (double)core.recovered.commands;
	bench_state_close(state, &core, false);
	return commands / (bench_state_logged(state, " replay_ms=") / 1e3);
}

static void run_mix(const struct bench *bench, enum bench_mix mix,
		    const char *name)
{
	struct bench_state state;
	double engine[BENCH_REPEATS_MAX];
	double cpu[BENCH_REPEATS_MAX];
	double whole[BENCH_REPEATS_MAX];
	double kept[BENCH_REPEATS_MAX];

	make(bench, mix, &state);
	for (uint32_t i = 0; i < bench->repeats; i++) {
		engine[i] = bench_replay_rate(&state, &cpu[i]);
		bench_state_lose_events(&state);
		whole[i] = daemon_rate(&state);
		kept[i] = daemon_rate(&state);
	}
	add(bench, "replay.no_events", name, engine, BAR);
	add(bench, "replay.no_events_cpu", name, cpu, BAR);
	add(bench, "replay.killed", name, kept, BAR);
	add(bench, "replay.events_lost", name, whole, 0);
	bench_state_drop(&state);
}

void bench_replay(struct bench *bench)
{
	run_mix(bench, BENCH_MIX_PRICES, "prices");
	run_mix(bench, BENCH_MIX_FILLS, "fills");
	run_mix(bench, BENCH_MIX_BOTH, "mixed");
}

void bench_scan(struct bench *bench)
{
	struct bench_state state;
	double mb_s[BENCH_REPEATS_MAX];
	double rate[BENCH_REPEATS_MAX];
	char text[RK_JOURNAL_TEXT_SIZE];

	make(bench, BENCH_MIX_FILLS, &state);
	for (uint32_t i = 0; i < bench->repeats; i++) {
		struct rk_files files = {0};
		struct rk_journal_scan scan = {.files = &files, .oldest = true};
		struct rk_journal_end end;
		uint64_t start = bench_now_ns();
		double seconds;

		if (rk_files_open_posix(state.state, &files) < 0 ||
		    rk_journal_scan(&scan, &end, text) < 0)
			bench_die("cannot scan: %s", text);
		seconds = (double)(bench_now_ns() - start) / 1e9;
		mb_s[i] = (double)end.bytes / 1e6 / seconds;
		rate[i] = (double)end.place.seq / seconds;
		rk_files_close(&files);
	}
	bench_report_add(bench->report,
			 &(struct bench_row){.name = "scan.verify",
					     .unit = "MB/s",
					     .values = mb_s,
					     .n = bench->repeats});
	add(bench, "scan.verify", "commands", rate, 0);
	bench_state_drop(&state);
}

/*
 * The journal alone: how long from append to durable at a given rate, and how
 * much goes through when groups wait for each other.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "store/journal_file.h"

#define RECORD_BYTES 128U /* about what a fill is */
#define COUNT_MAX    4096U
#define TICK_NS      UINT64_C(50000)

/* A journal that is offered groups, and when each became durable. */
struct run {
	struct rk_files files;
	struct rk_journal *journal;
	unsigned char *payload;
	uint64_t seq;
	size_t max; /* groups there is room for */
	size_t n;   /* appended */
	uint64_t *last_seq;
	uint64_t *appended_ns;
	double *latency_us;
	_Atomic size_t durable_n; /* the committer's */
};

static void on_durable(void *context, uint64_t seq)
{
	struct run *run = context;
	uint64_t now = bench_now_ns();
	size_t i = atomic_load(&run->durable_n);

	/* What was appended before it was durable is there to be read. */
	while (i < run->max && run->last_seq[i] != 0 &&
	       run->last_seq[i] <= seq) {
		run->latency_us[i] = (double)(now - run->appended_ns[i]) / 1e3;
		i++;
	}
	atomic_store(&run->durable_n, i);
}

static void open_run(struct run *run, const char *path, size_t max)
{
	struct rk_journal_file_options options = {
		.files = &run->files,
		.segment_bytes = (uint64_t)64 << 20,
		.groups_in_flight = 64,
		.bytes_in_flight = (uint64_t)64 << 20,
		.rules = 1,
	};
	const struct rk_journal_place place = {0};
	char text[RK_JOURNAL_TEXT_SIZE] = "";

	memset(run, 0, sizeof(*run));
	run->max = max;
	run->payload = bench_need(calloc(COUNT_MAX, RECORD_BYTES));
	run->last_seq = bench_need(calloc(max, sizeof(*run->last_seq)));
	run->appended_ns = bench_need(calloc(max, sizeof(*run->appended_ns)));
	run->latency_us = bench_need(calloc(max, sizeof(*run->latency_us)));
	if (rk_files_open_posix(path, &run->files) < 0 ||
	    rk_journal_open_file(&options, &place, &run->journal, text) < 0)
		bench_die("no journal in %s: %s", path, text);
	rk_journal_on_durable(run->journal, on_durable, run);
}

static void close_run(struct run *run)
{
	rk_journal_close(run->journal);
	rk_files_close(&run->files);
	free(run->payload);
	free(run->last_seq);
	free(run->appended_ns);
	free(run->latency_us);
}

static void append(struct run *run, uint32_t count)
{
	struct rk_journal_group group = {
		.first_seq = run->seq + 1,
		.count = count,
		.payload = run->payload,
		.size = (size_t)count * RECORD_BYTES,
	};

	run->seq += count;
	run->appended_ns[run->n] = bench_now_ns();
	run->last_seq[run->n] = run->seq;
	run->n++;
	if (rk_journal_append(run->journal, &group) < 0)
		bench_die("the journal failed");
}

/* Commands fall due at a steady rate; those due are a group. */
static void offer(struct run *run, double rate, uint64_t ns)
{
	uint64_t start = bench_now_ns();
	uint64_t now = start;

	while (now - start < ns && run->n < run->max) {
		double due = (double)(now - start) / 1e9 * rate;
		uint64_t count = due > (double)run->seq
					 ? (uint64_t)(due - (double)run->seq)
					 : 0;

		if (count > COUNT_MAX)
			count = COUNT_MAX;
		if (count > 0 && rk_journal_room(run->journal))
			append(run, (uint32_t)count);
		bench_sleep_ns(TICK_NS);
		now = bench_now_ns();
	}
}

/* As many groups of this size as go in; groups/s. */
static double flood(struct run *run, uint32_t count, uint64_t ns)
{
	uint64_t start = bench_now_ns();

	while (bench_now_ns() - start < ns && run->n < run->max) {
		if (rk_journal_room(run->journal))
			append(run, count);
		else
			bench_sleep_ns(TICK_NS);
	}
	if (rk_journal_wait(run->journal, run->seq) < 0)
		bench_die("the journal failed");
	return (double)run->n / ((double)(bench_now_ns() - start) / 1e9);
}

static uint64_t run_ns(const struct bench *bench)
{
	return bench->quick ? UINT64_C(300000000) : UINT64_C(3000000000);
}

static void add(const struct bench *bench, const char *name, const char *unit,
		const double *values, double limit)
{
	bench_report_add(bench->report, &(struct bench_row){
						.name = name,
						.unit = unit,
						.values = values,
						.n = bench->repeats,
						.limit = limit,
						.limit_name = "fdatasync",
					});
}

static void offered(struct bench *bench, const char *name, double rate)
{
	double p50[BENCH_REPEATS_MAX];
	double p99[BENCH_REPEATS_MAX];
	double sync[BENCH_REPEATS_MAX];
	double acked[BENCH_REPEATS_MAX];
	char path[BENCH_PATH_SIZE];
	char full[64];

	for (uint32_t i = 0; i < bench->repeats; i++) {
		uint64_t ns = run_ns(bench);
		struct run run;
		size_t n;

		sync[i] = bench_sync_p50(bench);
		bench_folder_make(bench, "journal", path);
		open_run(&run, path, (size_t)(ns / TICK_NS) + 1);
		offer(&run, rate, ns);
		if (rk_journal_wait(run.journal, run.seq) < 0)
			bench_die("the journal failed");
		n = atomic_load(&run.durable_n);
		acked[i] = (double)run.seq / ((double)ns / 1e9);
		p50[i] = bench_percentile(run.latency_us, n, 0.5);
		p99[i] = bench_percentile(run.latency_us, n, 0.99);
		close_run(&run);
		bench_folder_drop(path);
	}
	(void)snprintf(full, sizeof(full), "journal.%s.durable", name);
	add(bench, full, "cmd/s", acked, 0);
	(void)snprintf(full, sizeof(full), "journal.%s.p50", name);
	add(bench, full, "us", p50, bench_least(sync, bench->repeats));
	(void)snprintf(full, sizeof(full), "journal.%s.p99", name);
	add(bench, full, "us", p99, bench_least(sync, bench->repeats));
}

static void flooded(struct bench *bench, const char *name, uint32_t count)
{
	double groups[BENCH_REPEATS_MAX];
	char path[BENCH_PATH_SIZE];

	for (uint32_t i = 0; i < bench->repeats; i++) {
		struct run run;

		bench_folder_make(bench, "journal", path);
		open_run(&run, path, 1U << 22);
		groups[i] = flood(&run, count, run_ns(bench) / 3);
		close_run(&run);
		bench_folder_drop(path);
	}
	add(bench, name, "groups/s", groups, 0);
}

void bench_journal(struct bench *bench)
{
	offered(bench, "offered_1k", 1e3);
	offered(bench, "offered_100k", 1e5);
	flooded(bench, "journal.most.groups_of_1", 1);
	flooded(bench, "journal.most.groups_of_100", 100);
}

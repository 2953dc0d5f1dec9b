/*
 * Acknowledged fills end to end: the real riskd and a feeder on librisk, over
 * Unix sockets, each fill durable before it is acknowledged.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "librisk_cmd.h"
#include "process.h"

#define ACCOUNTS     10000U
#define ROWS_MAX     1000U
#define REQUESTS_MAX 2000000U
#define BAR_FILLS    1e5
#define BAR_ACK      4.0

struct feed {
	pid_t riskd;
	struct risk *risk;
	struct bench_world *world;
	struct risk_cmd *cmds;
	Riskd__Command **rows;
	/* A ring of when each request in flight was sent; replies in order. */
	uint64_t sent_ns[256];
	uint64_t sent;
	uint64_t acked;
	double *latency_us;
};

static void on_reply(void *arg, int rc, const Riskd__Reply *reply)
{
	struct feed *feed = arg;
	size_t row = 0;

	if (rc != 0 || risk_first_refusal(reply, &row) != 0)
		bench_die("a fill was refused: %d, row %zu", rc, row);
	feed->latency_us[feed->acked] =
		(double)(bench_now_ns() - feed->sent_ns[feed->acked % 256]) /
		1e3;
	feed->acked++;
}

static void make_rows(struct feed *feed, uint32_t rows)
{
	for (uint32_t i = 0; i < rows; i++) {
		struct rk_cmd fill;
		struct risk_trade trade;

		bench_world_fill(feed->world, &fill);
		trade = (struct risk_trade){
			.id = fill.trade.trade,
			.market = fill.trade.market,
			.price = fill.trade.price.raw,
			.size = fill.trade.size.raw,
			.buyer = {.account = fill.trade.buyer.account,
				  .fee = fill.trade.buyer.fee.raw},
			.seller = {.account = fill.trade.seller.account,
				   .fee = fill.trade.seller.fee.raw},
		};
		risk_cmd_trade(&feed->cmds[i], &trade);
		feed->rows[i] = &feed->cmds[i].command;
	}
}

static void send_one(struct feed *feed, uint32_t rows)
{
	const struct risk_request request = {.rows = feed->rows, .n = rows};

	make_rows(feed, rows);
	feed->sent_ns[feed->sent++ % 256] = bench_now_ns();
	if (risk_send_async(feed->risk, &request, on_reply, feed) != 0)
		bench_die("cannot send: %s", risk_error(feed->risk));
}

/* Send for a while with so many in flight; acknowledged rows per second. */
static double run_feed(struct feed *feed, uint32_t rows, size_t in_flight,
		       uint64_t ns)
{
	uint64_t start = bench_now_ns();
	double seconds;

	feed->sent = 0;
	feed->acked = 0;
	while (bench_now_ns() - start < ns && feed->sent < REQUESTS_MAX) {
		while (risk_in_flight(feed->risk) >= in_flight)
			(void)risk_collect(feed->risk, 1000);
		send_one(feed, rows);
		(void)risk_collect(feed->risk, 0);
	}
	risk_flush(feed->risk);
	seconds = (double)(bench_now_ns() - start) / 1e9;
	return (double)feed->acked * rows / seconds;
}

struct figures {
	double rate[BENCH_REPEATS_MAX];
	double p50[BENCH_REPEATS_MAX];
	double p99[BENCH_REPEATS_MAX];
	double sync[BENCH_REPEATS_MAX]; /* just before */
	double cpu[BENCH_REPEATS_MAX];  /* of riskd, us per fill */
};

static void measure(const struct bench *bench, struct feed *feed, uint32_t rows,
		    size_t in_flight, struct figures *figures)
{
	uint64_t ns = bench->quick ? UINT64_C(300000000) : UINT64_C(3000000000);

	for (uint32_t i = 0; i < bench->repeats; i++) {
		double cpu;

		figures->sync[i] = bench_sync_p50(bench);
		cpu = bench_process_cpu_us(feed->riskd);
		figures->rate[i] = run_feed(feed, rows, in_flight, ns);
		cpu = bench_process_cpu_us(feed->riskd) - cpu;
		figures->cpu[i] = cpu / (double)(feed->acked * rows);
		figures->p50[i] =
			bench_percentile(feed->latency_us, feed->acked, 0.5);
		figures->p99[i] =
			bench_percentile(feed->latency_us, feed->acked, 0.99);
	}
}

static void add(const struct bench *bench, const char *name, const char *what,
		const struct figures *figures, double bar)
{
	const double *values = strcmp(what, "fills") == 0     ? figures->rate
			       : strcmp(what, "ack_p50") == 0 ? figures->p50
			       : strcmp(what, "ack_p99") == 0 ? figures->p99
							      : figures->cpu;
	bool is_rate = strcmp(what, "fills") == 0;
	bool is_ack = strncmp(what, "ack", 3) == 0;
	char full[64];

	(void)snprintf(full, sizeof(full), "daemon.%s.%s", name, what);
	bench_report_add(bench->report,
			 &(struct bench_row){
				 .name = full,
				 .unit = is_rate ? "fills/s" : "us",
				 .values = values,
				 .n = bench->repeats,
				 .limit = is_ack ? bench_least(figures->sync,
							       bench->repeats)
						 : 0,
				 .limit_name = "fdatasync",
				 .bar_kind = bar <= 0  ? BENCH_BAR_NONE
					     : is_rate ? BENCH_BAR_LEAST
						       : BENCH_BAR_MOST,
				 .bar = bar,
			 });
}

static void report(const struct bench *bench, const char *name,
		   const struct figures *figures, double bar_fills,
		   double bar_ack)
{
	add(bench, name, "fills", figures, bar_fills);
	add(bench, name, "ack_p50", figures, bar_ack);
	add(bench, name, "ack_p99", figures, 0);
	add(bench, name, "riskd_cpu_per_fill", figures, 0);
}

static void run_all(struct bench *bench, struct feed *feed)
{
	static const struct {
		uint32_t rows;
		uint32_t in_flight;
		const char *name;
		double bar_fills;
		double bar_ack;
	} runs[] = {
		{1, 1, "rows_1_alone", 0, BAR_ACK},
		{1, 24, "rows_1", 0, 0},
		{10, 24, "rows_10", 0, 0},
		{100, 24, "rows_100", BAR_FILLS, 0},
		{1000, 24, "rows_1000", BAR_FILLS, 0},
	};
	struct figures figures;

	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		measure(bench, feed, runs[i].rows, runs[i].in_flight, &figures);
		report(bench, runs[i].name, &figures, runs[i].bar_fills,
		       runs[i].bar_ack);
	}
}

void bench_daemon(struct bench *bench)
{
	struct bench_state state;
	struct rk_core core;
	struct feed feed = {.world = &state.world};

	bench_state_make(bench, "daemon", ACCOUNTS, &state);
	bench_state_open(&state, &core, NULL, NULL);
	bench_state_fill(&state, &core);
	bench_state_close(&state, &core, true);

	feed.cmds = bench_need(calloc(ROWS_MAX, sizeof(*feed.cmds)));
	feed.rows = bench_need(calloc(ROWS_MAX, sizeof(Riskd__Command *)));
	feed.latency_us =
		bench_need(calloc(REQUESTS_MAX, sizeof(*feed.latency_us)));
	feed.riskd = bench_process_start(bench, &state, &feed.risk);
	run_all(bench, &feed);
	risk_close(feed.risk);
	bench_process_stop(feed.riskd);
	free(feed.latency_us);
	free(feed.rows);
	free(feed.cmds);
	bench_state_drop(&state);
}

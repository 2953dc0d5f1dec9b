/*
 * Prices through riskd, end to end: a feeder, riskd and a subscriber, each a
 * process of its own, over Unix sockets, with the journal and without. This
 * process is the subscriber, and asks riskd for its counters.
 *
 * A tick counts when the engine took it: what was merged away with others
 * that waited, or dropped, is none.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cost.h"
#include "feed.h"
#include "librisk_cmd.h"
#include "process.h"
#include "raw.h"
#include "role.h"
#include "solo.h"

#define CANARIES_MAX 2048U
#define ROWS         1000U /* of a request that builds up the book */
#define SETTLE_NS    UINT64_C(500000000)
#define WAIT_MS      10000

#define BAR_SINGLE 0.3
#define BAR_PACKED 10
#define BAR_HOPS   3.5

struct live {
	struct bench *bench;
	const char *name; /* of the rows */
	bool durable;
	struct bench_state state;
	struct bench_book book;
	struct risk *risk;
	pid_t riskd;
	struct risk_cmd *cmds; /* ROWS of them */
	Riskd__Command **rows;
	uint32_t rows_n;
	uint64_t trade;
	uint32_t canaries;
	char sent_file[BENCH_PATH_SIZE];
	uint64_t *sent_ns; /* of each canary's tick */
	double *order_us;
};

static void on_reply(void *arg, int rc, const Riskd__Reply *reply)
{
	size_t row = 0;

	(void)arg;
	if (rc == 0)
		rc = risk_first_refusal(reply, &row);
	if (rc != 0)
		bench_die("the book was refused: %d, row %zu", rc, row);
}

static void send_rows(struct live *live)
{
	const struct risk_request request = {.rows = live->rows,
					     .n = live->rows_n};

	if (live->rows_n > 0 &&
	    risk_send_async(live->risk, &request, on_reply, NULL) != 0)
		bench_die("cannot send: %s", risk_error(live->risk));
	live->rows_n = 0;
}

/* The three commands that a book is made of, as a client says them. */
static void add_row(void *context, const struct rk_cmd *from)
{
	struct live *live = context;
	struct risk_cmd *cmd = &live->cmds[live->rows_n];
	struct risk_trade trade;

	if (from->type == RK_CMD_ACCOUNT)
		risk_cmd_create_account(cmd, from->account.account,
					from->account.owner,
					RISKD__MODE__MODE_CROSS,
					RISKD__ENFORCEMENT__ENFORCEMENT_FULL);
	else if (from->type == RK_CMD_DEPOSIT)
		risk_cmd_deposit(cmd, from->amount.account, 0,
				 from->amount.amount.raw);
	else {
		trade = (struct risk_trade){
			.id = from->trade.trade,
			.market = from->trade.market,
			.price = from->trade.price.raw,
			.size = from->trade.size.raw,
			.buyer = {.account = from->trade.buyer.account},
			.seller = {.account = from->trade.seller.account},
		};
		risk_cmd_trade(cmd, &trade);
	}
	live->rows[live->rows_n++] = &cmd->command;
	if (live->rows_n == ROWS)
		send_rows(live);
}

/* A first price everywhere, and it is known to be there. */
static void quote_all(struct live *live)
{
	enum {
		ALL = BENCH_FEED_MARKETS + BENCH_FEED_QUIET
	};
	uint32_t slots[ALL];
	int64_t prices[ALL];
	struct risk_prices batch = {.n = ALL, .slots = slots, .prices = prices};
	struct risk_cmd cmd;

	for (uint32_t i = 0; i < ALL; i++) {
		slots[i] = i;
		prices[i] = BENCH_BOOK_PRICE;
	}
	batch.seq = 1;
	batch.time_ns = bench_wall_ns();
	risk_cmd_prices(&cmd, &batch);
	if (risk_send_one(live->risk, &cmd.command, NULL) != 0)
		bench_die("first prices: %s", risk_error(live->risk));
}

static void fill_book(struct live *live)
{
	uint32_t accounts = live->book.shape.accounts;
	uint64_t start = bench_now_ns();
	struct bench_holder holder;

	quote_all(live);
	for (uint64_t i = 1; i <= accounts; i++) {
		bench_book_holder(&live->book, i, &holder);
		bench_book_add(&live->book, &holder, &live->trade, add_row,
			       live);
	}
	for (uint32_t i = 0; i < CANARIES_MAX; i++) {
		bench_feed_canary(i, (uint64_t)accounts + 1 + i, &holder);
		bench_book_add(&live->book, &holder, &live->trade, add_row,
			       live);
	}
	send_rows(live);
	risk_flush(live->risk);
	bench_say("a book of %u accounts is there after %.1f s", accounts,
		  (double)(bench_now_ns() - start) / 1e9);
}

static void share_times(struct live *live)
{
	int n = snprintf(live->sent_file, sizeof(live->sent_file), "%s/sent",
			 live->bench->dir);
	size_t size = CANARIES_MAX * sizeof(*live->sent_ns);
	int fd = n < BENCH_PATH_SIZE ? open(live->sent_file,
					    O_CREAT | O_TRUNC | O_RDWR, 0600)
				     : -1;

	if (fd < 0 || ftruncate(fd, (off_t)size) != 0)
		bench_die("cannot write %s", live->sent_file);
	live->sent_ns =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (live->sent_ns == MAP_FAILED)
		bench_die("cannot map %s", live->sent_file);
	(void)close(fd);
}

static void live_open(struct live *live)
{
	struct bench_shape shape = bench_shape_usual(live->bench->accounts);

	shape.markets = BENCH_FEED_MARKETS;
	shape.quiet = BENCH_FEED_QUIET;
	shape.off_least = 0.005; /* the band of the feed takes nobody there */
	bench_book_init(&live->book, &shape);
	bench_state_make_book(
		live->bench,
		&(struct bench_state_book){.name = live->name,
					   .book = &live->book,
					   .more = CANARIES_MAX,
					   .durable = live->durable},
		&live->state);
	share_times(live);
	live->cmds = bench_need(calloc(ROWS, sizeof(*live->cmds)));
	live->rows = bench_need(calloc(ROWS, sizeof(Riskd__Command *)));
	live->order_us =
		bench_need(calloc(CANARIES_MAX, sizeof(*live->order_us)));
	live->riskd =
		bench_process_start(live->bench, &live->state, &live->risk);
	fill_book(live);
}

static void live_close(struct live *live)
{
	risk_close(live->risk);
	/* A last snapshot is another part's question. */
	bench_process_kill(live->riskd);
	(void)munmap(live->sent_ns, CANARIES_MAX * sizeof(*live->sent_ns));
	(void)unlink(live->sent_file);
	free(live->order_us);
	free(live->rows);
	free(live->cmds);
	bench_state_drop(&live->state);
}

struct counts {
	double messages, quotes, batches, merged, lost;
	double at_s;
	double cpu_us;
};

static void read_counts(const struct live *live, struct counts *counts)
{
	Riskd__Answer *answer;
	const Riskd__StatusAnswer *status;

	if (risk_status(live->risk, &answer) != 0)
		bench_die("status: %s", risk_error(live->risk));
	memset(counts, 0, sizeof(*counts));
	counts->at_s = (double)bench_now_ns() / 1e9;
	counts->cpu_us = bench_process_cpu_us(live->riskd);
	status = answer->status;
	for (size_t i = 0; i < status->n_counters; i++) {
		const char *name = status->counters[i]->name;
		double value = (double)status->counters[i]->value;

		if (strcmp(name, "price_messages") == 0)
			counts->messages = value;
		else if (strcmp(name, "price_quotes") == 0)
			counts->quotes = value;
		else if (strcmp(name, "price_batches") == 0)
			counts->batches = value;
		else if (strcmp(name, "quotes_merged") == 0)
			counts->merged = value;
		else if (strcmp(name, "quotes_dropped") == 0 ||
			 strcmp(name, "quotes_unknown") == 0)
			counts->lost += value;
	}
	riskd__answer__free_unpacked(answer, NULL);
}

static pid_t start_feed(const struct live *live, const char *ticks,
			uint64_t rate, uint32_t first, uint32_t count)
{
	char texts[3][24];
	const char *arguments[] = {live->state.conf.listen.query.url[0],
				   ticks,
				   texts[0],
				   texts[1],
				   texts[2],
				   live->sent_file,
				   NULL};

	(void)snprintf(texts[0], sizeof(texts[0]), "%llu",
		       (unsigned long long)rate);
	(void)snprintf(texts[1], sizeof(texts[1]), "%u", first);
	(void)snprintf(texts[2], sizeof(texts[2]), "%u", count);
	return bench_role_start("feed", arguments);
}

struct flood {
	double raw[BENCH_REPEATS_MAX]; /* messages/s, just before */
	double ticks[BENCH_REPEATS_MAX];
	double messages[BENCH_REPEATS_MAX];
	double batches[BENCH_REPEATS_MAX];
	double merged[BENCH_REPEATS_MAX]; /* of the quotes, in percent */
	double cpu[BENCH_REPEATS_MAX];    /* us a tick */
};

static void run_flood(const struct live *live, const char *ticks, uint32_t i,
		      struct flood *flood)
{
	const struct bench *bench = live->bench;
	uint64_t ns = bench->quick ? UINT64_C(300000000) : UINT64_C(3000000000);
	struct counts from, to;
	double seconds, taken;
	pid_t feeder;

	flood->raw[i] = bench_raw_rate(
		bench, bench_raw_bytes(strtoul(ticks, NULL, 10)));
	feeder = start_feed(live, ticks, 0, 0, 0);
	bench_sleep_ns(SETTLE_NS);
	read_counts(live, &from);
	bench_sleep_ns(ns);
	read_counts(live, &to);
	bench_role_kill(feeder);
	bench_sleep_ns(SETTLE_NS); /* what waits is taken */
	seconds = to.at_s - from.at_s;
	taken = (to.quotes - from.quotes) - (to.merged - from.merged) -
		(to.lost - from.lost);
	if (taken <= 0)
		bench_die("riskd took no tick: see %s", live->state.log_file);
	flood->ticks[i] = taken / seconds;
	flood->messages[i] = (to.messages - from.messages) / seconds;
	flood->batches[i] = (to.batches - from.batches) / seconds;
	flood->merged[i] =
		100 * (to.merged - from.merged) / (to.quotes - from.quotes);
	flood->cpu[i] = (to.cpu_us - from.cpu_us) / taken;
}

static void tell(const struct live *live, const char *what, const char *unit,
		 const double *values)
{
	char name[192];

	(void)snprintf(name, sizeof(name), "live.%s.%s", live->name, what);
	bench_report_add(live->bench->report,
			 &(struct bench_row){.name = name,
					     .unit = unit,
					     .values = values,
					     .n = live->bench->repeats});
}

static void floods(const struct live *live, const char *ticks, double bar)
{
	struct flood flood;
	char name[128];

	for (uint32_t i = 0; i < live->bench->repeats; i++)
		run_flood(live, ticks, i, &flood);
	(void)snprintf(name, sizeof(name), "live.%s.ticks_%s", live->name,
		       ticks);
	bench_report_add(live->bench->report,
			 &(struct bench_row){
				 .name = name,
				 .unit = "ticks/s",
				 .values = flood.ticks,
				 .n = live->bench->repeats,
				 .limit = bench_median(live->bench, flood.raw),
				 .limit_name = "raw msg/s",
				 .bar_kind = BENCH_BAR_LEAST,
				 .bar = bar});
	(void)snprintf(name, sizeof(name), "ticks_%s.messages", ticks);
	tell(live, name, "msg/s", flood.messages);
	(void)snprintf(name, sizeof(name), "ticks_%s.merged", ticks);
	tell(live, name, "% of", flood.merged);
	(void)snprintf(name, sizeof(name), "ticks_%s.batches", ticks);
	tell(live, name, "batch/s", flood.batches);
	(void)snprintf(name, sizeof(name), "ticks_%s.cpu", ticks);
	tell(live, name, "us/tick", flood.cpu);
}

/* The first order of each canary; others' are of no matter here. */
static void await_orders(struct live *live, struct risk_sub *sub,
			 uint32_t first, uint32_t count)
{
	uint64_t base = (uint64_t)live->book.shape.accounts + 1;
	uint32_t left = count;

	while (left > 0) {
		struct risk_item item;
		uint64_t canary;
		int rc = risk_next(sub, WAIT_MS, &item);

		if (rc != 0)
			bench_die("%u of %u orders did not come: %s", left,
				  count, risk_sub_error(sub));
		if (!item.event ||
		    item.event->kind_case != RISKD__EVENT__KIND_ORDER)
			continue;
		canary = item.event->account - base;
		if (canary < first || canary >= first + count ||
		    live->order_us[canary] > 0)
			continue;
		live->order_us[canary] =
			(double)(item.received_ns - live->sent_ns[canary]) /
			1e3;
		left--;
	}
}

struct latency {
	double p50[BENCH_REPEATS_MAX];
	double p99[BENCH_REPEATS_MAX];
	double limit[BENCH_REPEATS_MAX];
	double merged[BENCH_REPEATS_MAX];
	double batches[BENCH_REPEATS_MAX];
	double cpu[BENCH_REPEATS_MAX]; /* us a tick */
};

static void run_latency(struct live *live, uint32_t i, struct latency *latency)
{
	const struct risk_follow follow = {.stream = RISK_EVENTS,
					   .topic = "liquidation."};
	uint32_t count = live->canaries / live->bench->repeats;
	uint32_t first = i * count;
	double sync = live->durable ? bench_sync_p50(live->bench) : 0;
	struct counts from, to;
	struct risk_sub *sub;
	pid_t feeder;

	latency->limit[i] =
		BAR_HOPS * bench_raw_hop(live->bench, false).p50_us + sync;
	if (risk_subscribe(live->risk, &follow, &sub) != 0)
		bench_die("cannot subscribe: %s", risk_error(live->risk));
	read_counts(live, &from);
	feeder = start_feed(live, "1", BENCH_RAW_RATE, first, count);
	await_orders(live, sub, first, count);
	bench_role_wait(feeder);
	read_counts(live, &to);
	risk_unsubscribe(sub);
	latency->merged[i] =
		100 * (to.merged - from.merged) / (to.quotes - from.quotes);
	latency->batches[i] =
		(to.batches - from.batches) / (to.at_s - from.at_s);
	latency->cpu[i] = (to.cpu_us - from.cpu_us) / (to.quotes - from.quotes);
	latency->p50[i] = bench_percentile(live->order_us + first, count, 0.5);
	latency->p99[i] = bench_percentile(live->order_us + first, count, 0.99);
}

static void latencies(struct live *live)
{
	struct latency latency;
	char name[128];

	for (uint32_t i = 0; i < live->bench->repeats; i++)
		run_latency(live, i, &latency);
	(void)snprintf(name, sizeof(name), "live.%s.order.p50", live->name);
	bench_report_add(
		live->bench->report,
		&(struct bench_row){
			.name = name,
			.unit = "us",
			.values = latency.p50,
			.n = live->bench->repeats,
			.limit = bench_median(live->bench, latency.limit),
			.limit_name =
				live->durable ? "3.5 hops + sync" : "3.5 hops",
			.bar_kind = BENCH_BAR_MOST,
			.bar = 1});
	tell(live, "order.p99", "us", latency.p99);
	tell(live, "order.merged", "% of", latency.merged);
	tell(live, "order.batches", "batch/s", latency.batches);
	tell(live, "order.cpu", "us/tick", latency.cpu);
	bench_plot_latency(
		live->bench->plot,
		live->durable ? "with the journal" : "without a journal",
		live->order_us,
		live->canaries / live->bench->repeats * live->bench->repeats);
}

static void run(struct bench *bench, const char *name, bool durable)
{
	struct live *live = bench_need(calloc(1, sizeof(*live)));

	live->bench = bench;
	live->name = name;
	live->durable = durable;
	live->canaries = bench->quick ? 384 : CANARIES_MAX;
	live_open(live);
	/* Quiet first: a flood leaves queues and caches in another state. */
	latencies(live);
	floods(live, "1", BAR_SINGLE);
	floods(live, "100", BAR_PACKED);
	live_close(live);
	free(live);
}

void bench_live(struct bench *bench)
{
	struct bench_shape shape = bench_shape_usual(bench->accounts);

	if (!bench_memory_allows((double)bench_solo_size(&shape),
				 "riskd with that many accounts"))
		return;
	run(bench, "memory", false);
	run(bench, "journal", true);
}

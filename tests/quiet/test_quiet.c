/*
 * The way of a tick, from the ring to events in the outbox: it allocates
 * nothing, takes no lock, makes no system call and writes no line of the log.
 * Counted in the daemon's own turns, with real sockets, threads and files.
 */
#include <inttypes.h>
#include <nng/nng.h>
#include <nng/protocol/pipeline0/push.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "app/intake.h"
#include "app/turn.h"
#include "app/upkeep.h"
#include "engine/view.h"
#include "ops/error.h"
#include "ops/markets.h"
#include "sim/message.h"
#include "sim/tap.h"
#include "support/folder.h"
#include "trace.h"

#define ACCOUNTS    1000U
#define ROUNDS      120U
#define ROUNDS_FULL 30U
#define RING        16U
#define PRICE       10000 /* of M0, in cents */
#define STEP        4     /* cents a round: in the end all are liquidated */
#define SIZE        10    /* of each position */
#define WAITS_MAX   5000  /* of a millisecond */
#define LOCKS_GROUP 3.0   /* of the journal, of its worker, and a check */

static const char markets_text[] =
	"{\"schema\": 1, \"assets\": [{\"name\": \"USD\", \"decimals\": 2, "
	"\"fixed_price\": \"1\"}], \"markets\": [{\"name\": \"M0\", \"kind\": "
	"\"perpetual\", \"settle\": \"USD\", \"price_decimals\": 2, "
	"\"size_decimals\": 0, \"lot\": \"1\", \"price_max\": \"10000\", "
	"\"position_max\": \"100000\", \"price_age_max\": \"1h\", "
	"\"close_cost\": \"0.0005\", \"brackets\": [{\"floor\": \"0\", "
	"\"maintenance\": \"0.01\", \"initial\": \"0.02\"}]}]}";

static struct count_table *table;
static struct rk_conf conf;
static struct rk_log log_none;
static struct rk_core core;
static struct rk_turn turn;
static struct rk_folder folder;
static nng_socket feed;
static uint64_t sent;
static uint64_t events_made; /* on the way of ticks */

bool __real_rk_net_take(struct rk_net *net, enum rk_net_socket socket,
			struct rk_net_message *ret_message);
bool __wrap_rk_net_take(struct rk_net *net, enum rk_net_socket socket,
			struct rk_net_message *ret_message);
bool __real_rk_intake_prices(struct rk_core *of, uint32_t max);
bool __wrap_rk_intake_prices(struct rk_core *of, uint32_t max);
void __real_rk_sequencer_end_turn(struct rk_sequencer *sequencer);
void __wrap_rk_sequencer_end_turn(struct rk_sequencer *sequencer);
void __real_rk_net_free_released(struct rk_net *net);
void __wrap_rk_net_free_released(struct rk_net *net);
void __real_rk_core_release(struct rk_core *of);
void __wrap_rk_core_release(struct rk_core *of);
void __real_nng_recv_aio(nng_socket socket, nng_aio *aio);
void __wrap_nng_recv_aio(nng_socket socket, nng_aio *aio);

/* The way begins where the first price of a turn is out of the ring. */
bool __wrap_rk_net_take(struct rk_net *net, enum rk_net_socket socket,
			struct rk_net_message *ret_message)
{
	bool taken = __real_rk_net_take(net, socket, ret_message);

	if (taken && socket == RK_NET_PRICES)
		(void)count_enter(COUNT_TICK);
	return taken;
}

/* ... and ends where what followed from them is in the outbox. */
bool __wrap_rk_intake_prices(struct rk_core *of, uint32_t max)
{
	enum count_phase before = count_enter(COUNT_REST);
	uint64_t events = rk_view_event(of->engine);
	bool more = __real_rk_intake_prices(of, max);

	if (count_enter(before) == COUNT_TICK)
		events_made += rk_view_event(of->engine) - events;
	return more;
}

void __wrap_rk_sequencer_end_turn(struct rk_sequencer *sequencer)
{
	enum count_phase before = count_enter(COUNT_JOURNAL);

	__real_rk_sequencer_end_turn(sequencer);
	(void)count_enter(before);
}

void __wrap_rk_net_free_released(struct rk_net *net)
{
	enum count_phase before = count_enter(COUNT_MESSAGES);

	__real_rk_net_free_released(net);
	(void)count_enter(before);
}

void __wrap_rk_core_release(struct rk_core *of)
{
	enum count_phase before = count_enter(COUNT_OUT);

	__real_rk_core_release(of);
	(void)count_enter(before);
}

/* NNG's threads receive as well: those are not counted. */
void __wrap_nng_recv_aio(nng_socket socket, nng_aio *aio)
{
	bool refill = count_is_here() && table->phase == COUNT_TICK;
	enum count_phase before = COUNT_OUTSIDE;

	if (refill)
		before = count_enter(COUNT_REFILL);
	__real_nng_recv_aio(socket, aio);
	if (refill)
		(void)count_enter(before);
}

static void die(const char *what)
{
	(void)printf("Bail out! %s\n", what);
	exit(EXIT_FAILURE);
}

static void nap(void)
{
	const struct timespec ms = {0, 1000000};

	(void)nanosleep(&ms, NULL);
}

static void run_turn(void)
{
	(void)count_enter(COUNT_REST);
	(void)rk_turn_run(&core, &turn);
	(void)count_enter(COUNT_OUTSIDE);
	table->turns++;
	if (rk_turn_check_disk(&core) < 0)
		die("the disk failed");
}

static void must_apply(const struct rk_cmd *cmd)
{
	if (rk_sequencer_apply(core.sequencer, cmd, NULL) != 0)
		die(rk_cmd_name(cmd->type));
}

/* Longs on one market, the one with a little more behind it than the other. */
static void make_account(uint32_t i)
{
	struct rk_cmd account = {.type = RK_CMD_ACCOUNT};
	struct rk_cmd deposit = {.type = RK_CMD_DEPOSIT};
	struct rk_cmd trade = {.type = RK_CMD_TRADE};

	account.account = (struct rk_cmd_account){
		.account = i + 1,
		.owner = i + 1,
		.mode = RK_MODE_CROSS,
		.enforcement = RK_ENFORCE_FULL,
	};
	must_apply(&account);
	deposit.amount.account = i + 1;
	deposit.amount.amount.raw = 2500 + 4 * (int64_t)i;
	must_apply(&deposit);
	trade.trade.trade = i + 1;
	trade.trade.price.raw = PRICE;
	trade.trade.size.raw = SIZE;
	trade.trade.buyer.account = i + 1;
	must_apply(&trade);
}

static void send_price(int64_t price)
{
	struct rk_quote quote = {
		.slot = 0,
		.publisher = 0,
		.price = {price},
		.time_ns = rk_clock_now(&turn.clock),
		.seq = sent + 1,
	};
	struct rk_cmd_prices prices = {&quote, 1};
	static struct sim_batch batch;
	struct sim_bytes bytes;

	if (sim_batches(&prices, &batch, 1) != 1)
		die("a quote has no message");
	bytes = sim_batch_pack(&batch);
	if (nng_send(feed, bytes.data, bytes.size, 0) != 0)
		die("a price was not sent");
	free(bytes.data);
	sent++;
}

/* So many are received; then all of them but one may be in the ring. */
static void await_received(uint64_t n)
{
	struct rk_net_counts counts;

	for (int i = 0; i < WAITS_MAX; i++) {
		rk_net_counts(core.net, &counts);
		if (counts.messages[RK_NET_PRICES] >= n)
			break;
		nap();
	}
	if (counts.messages[RK_NET_PRICES] < n)
		die("prices do not arrive");
	nap(); /* counted just before it is in the ring */
}

static void no_wake(void *context)
{
	(void)context;
}

static void open_net(char url[RK_CONF_URL_SIZE])
{
	const char *urls[1] = {url};
	struct rk_net_options options = {
		.message_size = (size_t)conf.limits.message_size,
		.prices_message_size = (size_t)conf.limits.prices_message_size,
		.connections = conf.limits.connections,
		.ring = RING,
		.contexts = conf.limits.contexts,
		.wake = no_wake,
	};
	char error[256];

	options.urls[RK_NET_PRICES] = urls;
	options.urls_n[RK_NET_PRICES] = 1;
	if (rk_net_open(&options, &core.net, error, sizeof(error)) != 0)
		die(error);
	if (rk_publish_open(core.engine, core.net, &core.publish) != 0)
		die("no publishing");
	if (nng_push0_open(&feed) != 0 || nng_dial(feed, url, NULL, 0) != 0)
		die("no feed");
}

static void open_daemon(void)
{
	struct rk_setup_options options = {
		.conf = &conf,
		.log = &log_none,
		.wake = no_wake,
	};
	char url[RK_CONF_URL_SIZE];
	struct rk_markets *markets;
	struct rk_error error;

	rk_folder_open(&folder);
	rk_log_init(&log_none, STDERR_FILENO, RK_LOG_ERROR);
	rk_conf_defaults(&conf);
	(void)snprintf(conf.state, sizeof(conf.state), "%s", folder.files.dir);
	if (rk_markets_parse(markets_text, strlen(markets_text), "markets",
			     &markets, &error) != 0)
		die(error.text);
	if (rk_setup_open(&core, &options) != 0)
		die("no core");
	rk_upkeep_start(&core);
	if (rk_turn_begin(&core, &turn, markets) != 0)
		die("no first turn");
	for (uint32_t i = 0; i < ACCOUNTS; i++)
		make_account(i);
	rk_sequencer_end_turn(core.sequencer);
	if (rk_turn_ready(&core) != 0)
		die("not ready");
	(void)snprintf(url, sizeof(url), "ipc:///tmp/riskd-quiet-%d",
		       (int)getpid());
	open_net(url);
	rk_markets_free(markets);
}

static void close_daemon(void)
{
	(void)nng_close(feed);
	rk_setup_stop(&core);
	rk_setup_close(&core);
	rk_folder_close(&folder);
}

static void forget_counts(void)
{
	memset(table->n, 0, sizeof(table->n));
	memset(table->syscall, 0, sizeof(table->syscall));
	table->turns = 0;
	events_made = 0;
}

/* For docs/performance.md: what a turn does, of each phase. */
static void tell(const char *what)
{
	(void)printf("# %s: %" PRIu64 " turns, of each:\n", what, table->turns);
	for (int p = COUNT_REST; p < COUNT_PHASES; p++) {
		(void)printf("#   %-9s", count_phase_name((enum count_phase)p));
		for (int k = 0; k < COUNT_KINDS; k++)
			(void)printf(
				" %s %.2f", count_kind_name((enum count_kind)k),
				(double)table->n[p][k] / (double)table->turns);
		(void)printf("\n");
	}
}

/* Nothing of a kind was counted in this phase. */
static bool none(enum count_phase phase, enum count_kind kind)
{
	uint64_t n = table->n[phase][kind];

	if (n > 0)
		(void)printf("# %s: %" PRIu64 " %s (the last call: %ld)\n",
			     count_phase_name(phase), n, count_kind_name(kind),
			     table->syscall[phase]);
	return n == 0;
}

/* All but the clock, which is asked and never waited for. */
static bool tick_is_quiet(void)
{
	bool quiet = true;

	for (int k = 0; k < COUNT_KINDS; k++)
		if (k != COUNT_CLOCK)
			quiet = none(COUNT_TICK, (enum count_kind)k) && quiet;
	return quiet;
}

static bool what_is_counted_is_noticed(void)
{
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
	char *volatile memory;

	(void)count_enter(COUNT_TICK);
	memory = malloc(1);
	free(memory);
	(void)pthread_mutex_lock(&lock);
	(void)pthread_mutex_unlock(&lock);
	(void)pthread_cond_signal(&condition);
	(void)rk_clock_monotonic();
	if (table->traced)
		(void)syscall(SYS_getppid);
	rk_log_write(&log_none, RK_LOG_DEBUG, "not shown");
	(void)count_enter(COUNT_OUTSIDE);
	for (int k = 0; k < COUNT_KINDS; k++)
		TAP_CHECK(table->n[COUNT_TICK][k] ==
			  (k != COUNT_SYSCALL || table->traced));
	forget_counts();
	return true;
}

/* Some ticks a turn: they merge, the last is judged. */
static bool ticks_are_quiet(void)
{
	struct rk_engine_counts before;
	struct rk_engine_counts after;

	run_turn();
	send_price(PRICE);
	await_received(sent);
	run_turn(); /* the first of their kind: of no slot's state before */
	forget_counts();
	rk_view_counts(core.engine, &before);
	for (uint32_t i = 0; i < ROUNDS; i++) {
		for (uint32_t k = 0; k <= i % 8; k++)
			send_price(PRICE - STEP * (int64_t)i);
		await_received(sent);
		run_turn();
	}
	rk_view_counts(core.engine, &after);
	tell("1 to 8 ticks a turn");
	(void)printf("# %" PRIu64 " accounts judged, %" PRIu64 " events\n",
		     after.judged - before.judged, events_made);
	TAP_CHECK(after.judged - before.judged >= ACCOUNTS);
	TAP_CHECK(events_made >= ACCOUNTS);
	TAP_CHECK(after.orders_open > 0);
	return tick_is_quiet();
}

/* Of the counts of the test before. */
static bool handing_over_is_cheap(void)
{
	const uint64_t *n = table->n[COUNT_JOURNAL];

	TAP_CHECK(n[COUNT_LOCK] > 0); /* it is counted at all */
	TAP_CHECK((double)n[COUNT_LOCK] <= LOCKS_GROUP * (double)table->turns);
	TAP_CHECK(none(COUNT_JOURNAL, COUNT_ALLOCATION));
	TAP_CHECK(none(COUNT_JOURNAL, COUNT_FREE));
	TAP_CHECK(none(COUNT_JOURNAL, COUNT_LINE));
	/* A committer that sleeps is woken, a lock that is held waited for. */
	TAP_CHECK(n[COUNT_SYSCALL] <= 2 * n[COUNT_LOCK] + n[COUNT_WAKE]);
	return true;
}

static bool messages_are_freed_behind_it(void)
{
	TAP_CHECK(table->n[COUNT_MESSAGES][COUNT_FREE] > 0);
	TAP_CHECK(none(COUNT_MESSAGES, COUNT_LINE));
	return true;
}

static bool turn_writes_no_line(void)
{
	for (int p = COUNT_REST; p < COUNT_PHASES; p++)
		TAP_CHECK(none((enum count_phase)p, COUNT_LINE));
	return true;
}

/* More than it holds: one is parked, and asked for again in the turn. */
static bool full_ring_is_as_quiet(void)
{
	struct rk_net_counts counts;

	forget_counts();
	for (uint32_t i = 0; i < ROUNDS_FULL; i++) {
		uint64_t received = sent + RING + 1;

		for (uint32_t k = 0; k < 2 * RING; k++)
			send_price(PRICE - STEP * (int64_t)((i + k) % ROUNDS));
		await_received(received);
		run_turn();
		await_received(sent);
		run_turn();
	}
	rk_net_counts(core.net, &counts);
	tell("a ring that is full");
	TAP_CHECK(counts.paused >= ROUNDS_FULL);
	TAP_CHECK(table->n[COUNT_REFILL][COUNT_LOCK] > 0);
	return tick_is_quiet();
}

/* Not yet copied and about to change: a tick copies them, by chunks. */
static bool snapshot_under_way_is_as_quiet(void)
{
	struct rk_snapshotter_counts counts;

	send_price(PRICE - STEP * (int64_t)ROUNDS); /* nobody is well */
	await_received(sent);
	core.upkeep.snapshot_wanted = true;
	run_turn();
	TAP_CHECK(rk_snapshotter_state(core.snapshotter) ==
		  RK_SNAPSHOT_COPYING);
	forget_counts();
	send_price(2 * (int64_t)PRICE);
	await_received(sent);
	run_turn();
	tell("a snapshot under way");
	rk_snapshotter_counts(core.snapshotter, &counts);
	(void)printf("# %" PRIu64 " copied before they changed\n",
		     counts.copied_before_change);
	TAP_CHECK(counts.copied_before_change >= ACCOUNTS / 2);
	return tick_is_quiet();
}

static int run(struct count_table *shared, int argc, char **argv)
{
	static const struct tap_test tests[] = {
		{"what is counted is noticed", what_is_counted_is_noticed},
		{"a tick allocates, locks, calls and logs nothing",
		 ticks_are_quiet},
		{"a group is handed over without memory, with few locks",
		 handing_over_is_cheap},
		{"price messages are freed behind the engine's work",
		 messages_are_freed_behind_it},
		{"a turn writes no line", turn_writes_no_line},
		{"a tick out of a full ring is as quiet",
		 full_ring_is_as_quiet},
		{"a tick is as quiet while a snapshot is copied",
		 snapshot_under_way_is_as_quiet},
	};
	int r;

	(void)argc;
	(void)argv;
	table = shared;
	if (!count_open(table))
		return EXIT_FAILURE;
	if (!table->traced)
		(void)printf("# system calls are not counted: this sandbox "
			     "forbids ptrace()\n");
	open_daemon();
	r = tap_run(tests, sizeof(tests) / sizeof(tests[0]));
	close_daemon();
	return r;
}

int main(int argc, char **argv)
{
	/* Before anything is traced: a leak sanitizer cannot end under it. */
	if (!count_is_possible()) {
		(void)printf("1..0 # SKIP a sanitizer has these functions\n");
		return EXIT_SUCCESS;
	}
	return trace_run(run, argc, argv);
}

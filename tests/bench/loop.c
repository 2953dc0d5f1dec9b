/*
 * Turns of the daemon under load, each timed. See loop.h.
 */
#include "loop.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "engine/view.h"
#include "sim/message.h"
#include "sim/net.h"

#define TICK_NS   UINT64_C(100000000)
#define NAP_NS    UINT64_C(20000)
#define TURNS_MAX (1U << 22)
#define ACKS_MAX  (1U << 20)
#define RING      1024U
#define QUESTION  UINT64_MAX /* token */

struct bench_loop {
	struct bench_state *state;
	struct rk_core *core;
	struct rk_turn turn;
	struct sim_request request;
	uint64_t client_seq;
	uint64_t token;
	uint64_t put_ns[RING]; /* of requests by token */
	float *turns_us;
	float *cpu_us; /* of the same turns */
	float *acks_us;
	size_t turns_n;
	size_t acks_n;
	bool answered; /* the question */
	uint64_t fills_due_ns;
	uint64_t prices_due_ns;
	uint64_t tick_due_ns;
};

/* There is one loop at a time, and its threads know no other context. */
static atomic_bool woken;

void bench_loop_wake(void *context)
{
	(void)context;
	atomic_store(&woken, true);
}

static void on_reply(void *context, uint64_t token, const void *data,
		     size_t size)
{
	struct bench_loop *loop = context;

	(void)data;
	(void)size;
	if (token == QUESTION) {
		loop->answered = true;
		return;
	}
	if (loop->acks_n < ACKS_MAX)
		loop->acks_us[loop->acks_n++] =
			(float)(bench_now_ns() - loop->put_ns[token % RING]) /
			1e3F;
}

static void open_net(struct bench_loop *loop)
{
	const struct rk_conf_limits *limits = &loop->state->conf.limits;
	const struct sim_net_hooks hooks = {.reply = on_reply, .context = loop};
	const struct rk_net_options options = {
		.message_size = (size_t)limits->message_size,
		.prices_message_size = (size_t)limits->prices_message_size,
		.connections = limits->connections,
		.ring = limits->ring,
		.contexts = limits->contexts,
		.wake = bench_loop_wake,
	};
	char error[256] = "";

	sim_net_use(&hooks);
	if (rk_net_open(&options, &loop->core->net, error, sizeof(error)) < 0 ||
	    rk_publish_open(loop->core->engine, loop->core->net,
			    &loop->core->publish) < 0)
		bench_die("no net: %s", error);
}

struct bench_loop *bench_loop_open(struct bench_state *state,
				   struct rk_core *core)
{
	struct bench_loop *loop = bench_need(calloc(1, sizeof(*loop)));

	loop->state = state;
	loop->core = core;
	loop->turns_us = bench_need(calloc(TURNS_MAX, sizeof(float)));
	loop->cpu_us = bench_need(calloc(TURNS_MAX, sizeof(float)));
	loop->acks_us = bench_need(calloc(ACKS_MAX, sizeof(float)));
	if (rk_turn_begin(core, &loop->turn, state->markets) < 0 ||
	    rk_turn_ready(core) < 0)
		bench_die("no first turn: see %s", state->log_file);
	open_net(loop);
	return loop;
}

void bench_loop_close(struct bench_loop *loop)
{
	rk_sequencer_end_turn(loop->core->sequencer);
	rk_core_drain(loop->core);
	free(loop->turns_us);
	free(loop->cpu_us);
	free(loop->acks_us);
	free(loop);
}

static void put(enum rk_net_socket socket, uint64_t token,
		struct sim_bytes bytes)
{
	/* With as many waiting as it takes, this one is left out. */
	(void)sim_net_put(socket, token, bytes.data, bytes.size);
	free(bytes.data);
}

static void put_fills(struct bench_loop *loop)
{
	struct bench_world *world = &loop->state->world;
	uint64_t first = loop->client_seq + 1;
	struct rk_cmd cmd;

	/* A number that is left out would stop its client for good. */
	if (sim_net_waiting(RK_NET_INGEST) + sim_net_taken(RK_NET_INGEST) >=
	    loop->state->conf.limits.contexts)
		return;
	memset(&loop->request, 0, sizeof(loop->request));
	sim_request_begin(&loop->request, "loop", 1);
	for (uint32_t i = 0; i < BENCH_LOOP_FILLS; i++) {
		uint32_t pair = (uint32_t)(first + i) * 7 % BENCH_LOOP_PAIRS;

		bench_world_fill_pair(world, pair, &cmd);
		world->client_seq--; /* this one comes from another client */
		if (sim_request_add(&loop->request, &cmd) != 0)
			bench_die("a fill has no message");
	}
	loop->client_seq += BENCH_LOOP_FILLS;
	loop->put_ns[++loop->token % RING] = bench_now_ns();
	put(RK_NET_INGEST, loop->token,
	    sim_request_pack(&loop->request, first, 0));
}

static void put_prices(struct bench_loop *loop)
{
	struct sim_batch batch;
	struct rk_cmd cmd;

	memset(&batch, 0, sizeof(batch));
	loop->state->world.time_ns = rk_view_time(loop->core->engine);
	bench_world_prices(&loop->state->world, &cmd);
	if (sim_batches(&cmd.prices, &batch, 1) != 1)
		bench_die("quotes have no message");
	put(RK_NET_PRICES, 0, sim_batch_pack(&batch));
}

/* What is due by now; true when there was something. */
static bool put_load(struct bench_loop *loop, uint64_t now)
{
	bool any = false;

	if (now >= loop->fills_due_ns) {
		put_fills(loop);
		loop->fills_due_ns = now + BENCH_LOOP_FILLS_NS;
		any = true;
	}
	if (now >= loop->prices_due_ns) {
		put_prices(loop);
		loop->prices_due_ns = now + BENCH_LOOP_PRICES_NS;
		any = true;
	}
	return any;
}

static bool timed_turn(struct bench_loop *loop)
{
	uint64_t cpu = bench_cpu_ns();
	uint64_t start = bench_now_ns();
	bool more = rk_turn_run(loop->core, &loop->turn);
	uint64_t end = bench_now_ns();

	cpu = bench_cpu_ns() - cpu;
	if (loop->turns_n < TURNS_MAX) {
		loop->turns_us[loop->turns_n] = (float)(end - start) / 1e3F;
		loop->cpu_us[loop->turns_n++] = (float)cpu / 1e3F;
	}
	if (rk_turn_check_disk(loop->core) < 0)
		bench_die("the disk failed: see %s", loop->state->log_file);
	return more;
}

/* One round of what libuv would do: input, a turn when woken, ticks. */
static void round_of(struct bench_loop *loop)
{
	uint64_t now = bench_now_ns();
	bool input = put_load(loop, now);

	if (now >= loop->tick_due_ns) {
		if (rk_turn_tick(loop->core, &loop->turn) < 0)
			bench_die("the disk is stuck");
		loop->tick_due_ns = now + TICK_NS;
		input = true;
	}
	if (atomic_exchange(&woken, false) || input) {
		if (timed_turn(loop))
			atomic_store(&woken, true);
	} else {
		bench_sleep_ns(NAP_NS);
	}
}

static double percentile(const float *values, size_t n, double part)
{
	double *copy = bench_need(calloc(n + 1, sizeof(*copy)));
	double value;

	for (size_t i = 0; i < n; i++)
		copy[i] = (double)values[i];
	value = n ? bench_percentile(copy, n, part) : 0;
	free(copy);
	return value;
}

static void begin(struct bench_loop *loop)
{
	loop->turns_n = 0;
	loop->acks_n = 0;
}

static struct bench_turns figures(const struct bench_loop *loop, uint64_t start)
{
	return (struct bench_turns){
		.n = loop->turns_n,
		.p50_us = percentile(loop->turns_us, loop->turns_n, 0.5),
		.p99_us = percentile(loop->turns_us, loop->turns_n, 0.99),
		.max_us = percentile(loop->turns_us, loop->turns_n, 1),
		.cpu_p99_us = percentile(loop->cpu_us, loop->turns_n, 0.99),
		.cpu_max_us = percentile(loop->cpu_us, loop->turns_n, 1),
		.ack_p99_us = percentile(loop->acks_us, loop->acks_n, 0.99),
		.seconds = (double)(bench_now_ns() - start) / 1e9,
	};
}

struct bench_turns bench_loop_run(struct bench_loop *loop, uint64_t ns)
{
	uint64_t start = bench_now_ns();

	begin(loop);
	while (bench_now_ns() - start < ns)
		round_of(loop);
	return figures(loop, start);
}

struct bench_turns bench_loop_question(struct bench_loop *loop,
				       const void *query, size_t size)
{
	uint64_t start = bench_now_ns();

	begin(loop);
	loop->answered = false;
	if (sim_net_put(RK_NET_QUERY, QUESTION, query, size) != 0)
		bench_die("a question was not taken");
	while (!loop->answered)
		round_of(loop);
	return figures(loop, start);
}

struct bench_turns bench_loop_snapshot(struct bench_loop *loop)
{
	struct rk_core *core = loop->core;
	struct rk_snapshotter_counts before;
	struct rk_snapshotter_counts after;
	uint64_t start = bench_now_ns();

	begin(loop);
	rk_snapshotter_counts(core->snapshotter, &before);
	core->upkeep.snapshot_wanted = true;
	atomic_store(&woken, true);
	do {
		round_of(loop);
		rk_snapshotter_counts(core->snapshotter, &after);
		if (after.failed != before.failed)
			bench_die("the snapshot failed: see %s",
				  loop->state->log_file);
	} while (after.taken == before.taken);
	return figures(loop, start);
}

/*
 * The simulated client against a daemon of a hundred lines: an engine behind
 * the simulated net, that loses what is not durable when it crashes. An
 * honest one satisfies the client, whatever the client sends; each kind of
 * lie is noticed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "clock.h"
#include "codec/decode.h"
#include "codec/encode.h"
#include "engine/rc.h"
#include "message.h"
#include "net.h"
#include "support/generator.h"
#include "support/harness.h"
#include "support/prng.h"
#include "tap.h"

#define SCRATCH_SIZE ((size_t)4 << 20)
#define ANSWER_SIZE  65536
#define ACCOUNTS     24
#define COMMANDS     2500
#define LOG_MAX      20000
#define CLIENTS      3

enum lie {
	HONEST,
	FORGETS,         /* acknowledges what a crash then takes */
	APPLIES_TWICE,   /* does not tell a repeat */
	TAKES_FORGED,    /* does not look at the payload */
	CHANGES_ANSWERS, /* says otherwise the second time */
	SKIPS_A_ROW,
	REFUSES_THE_NEXT,
	LIES
};

/* Something that was applied: a message, or a command of the daemon's own. */
struct entry {
	struct rk_cmd cmd;
	struct sim_bytes bytes; /* if it has any */
	uint64_t token;
};

struct daemon {
	struct rk_harness harness;
	struct rk_generator *generator;
	struct rk_scratch scratch;
	struct rk_net *net;
	struct entry log[LOG_MAX];
	uint32_t log_n;
	uint32_t durable_n;
	struct rk_net_message held[LOG_MAX]; /* replies that wait */
	struct sim_bytes replies[LOG_MAX];
	uint32_t held_n;
	enum lie lie;
	uint32_t served;
};

static struct daemon the_daemon;
static struct sim_client *clients[CLIENTS];
static struct rk_prng prng;
static char complaint[SIM_CLIENT_TEXT_SIZE];
static uint32_t complaints;

static void on_reply(void *context, uint64_t token, const void *data,
		     size_t size)
{
	(void)context;
	if (sim_client_reply(clients[token % CLIENTS], token / CLIENTS, data,
			     size, complaint) < 0)
		complaints++;
}

static void apply(struct daemon *daemon, const struct rk_cmd *cmd)
{
	(void)rk_harness_apply(&daemon->harness, cmd);
	rk_generator_note(daemon->generator, daemon->harness.events,
			  daemon->harness.events_n);
}

static void apply_row(struct daemon *daemon, struct rk_cmd *cmd,
		      struct rk_result *result)
{
	struct rk_answer answer = {0, 0};
	int code = rk_engine_check_client(daemon->harness.engine, &cmd->origin,
					  &answer);

	if (code == RK_REJ_REPEAT && daemon->lie == APPLIES_TWICE) {
		memset(&cmd->origin, 0, sizeof(cmd->origin));
		apply(daemon, cmd);
		answer.seq = rk_view_seq(daemon->harness.engine);
		code = RK_REJ_REPEAT;
	} else if (code == RK_OK) {
		apply(daemon, cmd);
		(void)rk_engine_check_client(daemon->harness.engine,
					     &cmd->origin, &answer);
	}
	result->repeat = code == RK_REJ_REPEAT;
	result->code = answer.code;
	result->seq = answer.seq;
	if (result->repeat && daemon->lie == CHANGES_ANSWERS)
		result->code++;
}

/* As the intake: known rows must be the same, the first new one the next. */
static int check_rows(const struct daemon *daemon, struct rk_request *request)
{
	for (uint32_t i = 0; i < request->n; i++) {
		struct rk_answer answer;
		int code = rk_engine_check_client(daemon->harness.engine,
						  &request->cmds[i].origin,
						  &answer);

		if (code == RK_OK)
			return RK_OK;
		if (code != RK_REJ_REPEAT)
			return code;
	}
	return RK_OK;
}

/* Apply a message and write its reply; true when it changed something. */
static bool serve(struct daemon *daemon, const void *data, size_t size,
		  struct rk_bytes *reply)
{
	struct rk_decode_input input = {&daemon->scratch, data, size, {64, 64}};
	uint64_t before = rk_view_seq(daemon->harness.engine);
	struct rk_result results[SIM_ROWS_MAX] = {{0}};
	struct rk_cmd atomic = {.type = RK_CMD_ATOMIC};
	struct rk_decode_error error = {""};
	struct rk_request request;
	int code;

	rk_scratch_reset(&daemon->scratch);
	code = rk_decode_request(&input, &request, &error);
	if (code == RK_OK)
		code = check_rows(daemon, &request);
	if (code == RK_REJ_SEQ_REUSED && daemon->lie == TAKES_FORGED)
		code = RK_OK;
	if (daemon->lie == REFUSES_THE_NEXT && ++daemon->served % 33 == 0)
		code = RK_REJ_OUT_OF_ORDER;
	if (code != RK_OK) {
		rk_encode_refusal(reply, request.client_seq, code, error.text);
		return false;
	}
	if (request.atomic) {
		atomic.origin = request.cmds[0].origin;
		atomic.atomic.cmds = request.cmds;
		atomic.atomic.n = request.n;
		if (rk_engine_check_client(daemon->harness.engine,
					   &atomic.origin,
					   &(struct rk_answer){0, 0}) == RK_OK)
			apply(daemon, &atomic);
	}
	for (uint32_t i = 0; i < request.n; i++)
		apply_row(daemon, &request.cmds[i], &results[i]);
	if (request.atomic && rk_view_seq(daemon->harness.engine) != before)
		for (uint32_t i = 0; i < request.n; i++)
			results[i].repeat = false;
	rk_encode_reply(reply, request.client_seq, results,
			request.n - (daemon->lie == SKIPS_A_ROW));
	return rk_view_seq(daemon->harness.engine) != before;
}

static struct sim_bytes copy_of(const void *data, size_t size)
{
	struct sim_bytes bytes = {malloc(size), size};

	if (!bytes.data)
		abort();
	memcpy(bytes.data, data, size);
	return bytes;
}

static void take_requests(struct daemon *daemon)
{
	static unsigned char out[ANSWER_SIZE];
	struct rk_net_message message;

	while (rk_net_take(daemon->net, RK_NET_INGEST, &message)) {
		struct rk_bytes reply = {out, sizeof(out), 0, false};

		if (serve(daemon, message.data, message.size, &reply))
			daemon->log[daemon->log_n++].bytes =
				copy_of(message.data, message.size);
		daemon->held[daemon->held_n] = message;
		daemon->replies[daemon->held_n++] = copy_of(out, reply.n);
	}
}

/* All of it is durable: let the replies out, in an order of their own. */
static void make_durable(struct daemon *daemon)
{
	if (daemon->lie != FORGETS || rk_prng_chance(&prng, 1, 4))
		daemon->durable_n = daemon->log_n;
	while (daemon->held_n > 0) {
		uint32_t at = (uint32_t)rk_prng_below(&prng, daemon->held_n);

		rk_net_reply(daemon->net, &daemon->held[at],
			     daemon->replies[at].data,
			     daemon->replies[at].size);
		free(daemon->replies[at].data);
		daemon->held[at] = daemon->held[--daemon->held_n];
		daemon->replies[at] = daemon->replies[daemon->held_n];
	}
}

static void start(struct daemon *daemon)
{
	struct rk_cmd_limits max = rk_generator_limits(ACCOUNTS);
	struct rk_net_options options = {
		.message_size = ANSWER_SIZE,
		.prices_message_size = ANSWER_SIZE,
		.ring = 4,
		.contexts = 8,
	};
	char error[64];

	rk_harness_init(&daemon->harness, &max, RK_EVENTS_PER_STEP_MAX);
	if (rk_net_open(&options, &daemon->net, error, sizeof(error)) != 0)
		abort();
}

static void stop(struct daemon *daemon)
{
	rk_net_close(daemon->net);
	rk_harness_fini(&daemon->harness);
	while (daemon->held_n > 0)
		free(daemon->replies[--daemon->held_n].data);
}

/* Only what is durable comes back. */
static void crash(struct daemon *daemon)
{
	static unsigned char out[ANSWER_SIZE];
	enum lie lie = daemon->lie;

	stop(daemon);
	daemon->lie = HONEST; /* it lies to others only */
	while (daemon->log_n > daemon->durable_n)
		free(daemon->log[--daemon->log_n].bytes.data);
	start(daemon);
	for (uint32_t i = 0; i < daemon->log_n; i++) {
		const struct entry *entry = &daemon->log[i];
		struct rk_bytes reply = {out, sizeof(out), 0, false};

		if (entry->bytes.data)
			(void)serve(daemon, entry->bytes.data,
				    entry->bytes.size, &reply);
		else
			apply(daemon, &entry->cmd);
	}
	daemon->lie = lie;
	for (int i = 0; i < CLIENTS; i++)
		sim_client_crashed(clients[i], 30);
}

static void send_all(void)
{
	for (uint64_t i = 0; i < CLIENTS; i++) {
		struct sim_outgoing out;

		while (sim_client_next(clients[i], &out)) {
			if (sim_net_put(RK_NET_INGEST, out.ticket * CLIENTS + i,
					out.data, out.size) == 0)
				continue;
			sim_client_refused(clients[i], out.ticket);
			break;
		}
	}
}

/* What the generator makes: to a client, or the daemon's own (listings). */
static uint32_t give_commands(struct daemon *daemon, uint32_t n)
{
	uint32_t given = 0;

	for (uint32_t i = 0; i < n; i++) {
		const struct rk_cmd *cmd = rk_generator_next(
			daemon->generator, daemon->harness.engine);
		struct entry *entry = &daemon->log[daemon->log_n];

		if (sim_client_add(clients[rk_prng_below(&prng, CLIENTS)],
				   cmd) == 0) {
			given++;
		} else if (cmd->type != RK_CMD_ATOMIC &&
			   cmd->type != RK_CMD_LIMITS &&
			   cmd->type != RK_CMD_RESUME) {
			memset(entry, 0, sizeof(*entry));
			entry->cmd = *cmd;
			memset(&entry->cmd.origin, 0,
			       sizeof(entry->cmd.origin));
			daemon->log_n++;
			apply(daemon, &entry->cmd);
		}
	}
	return given;
}

static void open_world(uint64_t seed, enum lie lie)
{
	static const char *const names[CLIENTS] = {"one", "two", "three"};
	static const struct sim_net_hooks hooks = {.reply = on_reply};
	struct daemon *daemon = &the_daemon;

	rk_prng_init(&prng, seed);
	complaints = 0;
	sim_net_use(&hooks);
	memset(daemon, 0, sizeof(*daemon));
	daemon->lie = lie;
	daemon->scratch.base = malloc(SCRATCH_SIZE);
	daemon->scratch.size = SCRATCH_SIZE;
	daemon->generator = rk_generator_open(seed, ACCOUNTS);
	start(daemon);
	for (uint64_t i = 0; i < CLIENTS; i++) {
		struct sim_client_options options = {
			.name = names[i],
			.session = seed + i,
			.seed = seed * CLIENTS + i,
			.rows_max = 6,
			.pipeline = 3,
			.mischief = 200,
		};

		clients[i] = sim_client_open(&options);
	}
}

static void close_world(void)
{
	struct daemon *daemon = &the_daemon;

	stop(daemon);
	while (daemon->log_n > 0)
		free(daemon->log[--daemon->log_n].bytes.data);
	free(daemon->scratch.base);
	rk_generator_close(daemon->generator);
	for (int i = 0; i < CLIENTS; i++)
		sim_client_close(clients[i]);
}

static uint32_t unanswered(void)
{
	uint32_t n = 0;

	for (int i = 0; i < CLIENTS; i++) {
		sim_client_flush(clients[i]);
		n += sim_client_unanswered(clients[i]);
	}
	return n;
}

/* The first number, from 1, that a client was told twice; 0: none. */
struct places {
	uint32_t who[LOG_MAX * 4];
	uint32_t client;
	uint64_t twice;
};

static void note_place(void *context, const struct sim_answer *answer)
{
	struct places *places = context;
	uint32_t who = answer->message * CLIENTS + places->client + 1;

	if (answer->seq >= LOG_MAX * 4 ||
	    (places->who[answer->seq] != 0 && places->who[answer->seq] != who))
		places->twice = answer->seq;
	else
		places->who[answer->seq] = who;
}

static bool every_place_is_told_once(void)
{
	static struct places places;

	memset(&places, 0, sizeof(places));
	for (uint32_t i = 0; i < CLIENTS; i++) {
		places.client = i;
		sim_client_answers(clients[i], note_place, &places);
	}
	return places.twice == 0;
}

/* Give, send, serve, crash; at the end until all is answered. */
static void run_world(uint64_t counts[SIM_CLIENT_COUNTS])
{
	struct daemon *daemon = &the_daemon;
	uint32_t given = 0;
	uint32_t turns = 0;

	while (complaints == 0 && turns++ < 50000 &&
	       (given < COMMANDS || unanswered() > 0)) {
		if (given < COMMANDS)
			given += give_commands(daemon, 4);
		send_all();
		take_requests(daemon);
		if (rk_prng_chance(&prng, 1, 2))
			make_durable(daemon);
		if (rk_prng_chance(&prng, 1, 200))
			crash(daemon);
	}
	for (int i = 0; i < CLIENTS; i++)
		for (int j = 0; j < SIM_CLIENT_COUNTS; j++)
			counts[j] += sim_client_count(clients[i],
						      (enum sim_client_count)j);
}

static bool an_honest_daemon_satisfies_every_client(void)
{
	uint64_t counts[SIM_CLIENT_COUNTS] = {0};

	for (uint64_t seed = 1; seed <= 8; seed++) {
		open_world(seed, HONEST);
		run_world(counts);
		if (complaints > 0)
			(void)printf("# seed %llu: %s\n",
				     (unsigned long long)seed, complaint);
		TAP_CHECK(complaints == 0);
		TAP_CHECK(unanswered() == 0);
		TAP_CHECK(every_place_is_told_once());
		for (int i = 0; i < CLIENTS; i++) {
			TAP_CHECK(sim_client_acknowledged(clients[i]) ==
				  sim_client_newest(clients[i]));
			TAP_CHECK(rk_view_client_seq(
					  the_daemon.harness.engine,
					  sim_client_name(clients[i])) ==
				  sim_client_newest(clients[i]));
		}
		close_world();
	}
	for (int i = 0; i < SIM_CLIENT_COUNTS; i++) {
		(void)printf("# %s: %llu\n",
			     sim_client_count_text((enum sim_client_count)i),
			     (unsigned long long)counts[i]);
		/* This daemon is never busy. */
		TAP_CHECK(counts[i] > 0 || i == SIM_CLIENT_TRY_AGAIN);
	}
	return true;
}

static bool every_lie_is_noticed(void)
{
	for (int lie = HONEST + 1; lie < LIES; lie++) {
		uint64_t counts[SIM_CLIENT_COUNTS] = {0};
		uint32_t noticed = 0;

		/* Not every world has what it takes to tell one. */
		for (uint64_t seed = 1; seed <= 8 && noticed == 0; seed++) {
			open_world(seed, (enum lie)lie);
			run_world(counts);
			noticed = complaints;
			if (noticed > 0)
				(void)printf("# lie %d: %s\n", lie, complaint);
			close_world();
		}
		TAP_CHECK(noticed > 0);
	}
	return true;
}

static uint64_t replied;

static void note_reply(void *context, uint64_t token, const void *data,
		       size_t size)
{
	(void)context;
	if (size == 2 && memcmp(data, "ok", 2) == 0)
		replied = token;
}

static bool the_net_takes_what_there_is_room_for(void)
{
	static const struct sim_net_hooks hooks = {.reply = note_reply};
	struct rk_net_options options = {.message_size = 8,
					 .prices_message_size = 4,
					 .ring = 2,
					 .contexts = 2};
	struct rk_net_message message;
	struct rk_net_counts counts;
	struct rk_net *net;
	char error[64];

	TAP_CHECK(sim_net_put(RK_NET_QUERY, 1, "q", 1) == -ENOTCONN);
	sim_net_use(&hooks);
	sim_net_fail_open(-EADDRINUSE);
	TAP_CHECK(rk_net_open(&options, &net, error, sizeof(error)) ==
		  -EADDRINUSE);
	TAP_CHECK(rk_net_open(&options, &net, error, sizeof(error)) == 0);
	TAP_CHECK(sim_net_put(RK_NET_PRICES, 0, "12345", 5) == -EMSGSIZE);
	TAP_CHECK(sim_net_put(RK_NET_PRICES, 0, "1", 1) == 0);
	TAP_CHECK(sim_net_put(RK_NET_PRICES, 0, "2", 1) == 0);
	TAP_CHECK(sim_net_put(RK_NET_PRICES, 0, "3", 1) == -EAGAIN);
	TAP_CHECK(rk_net_take(net, RK_NET_PRICES, &message));
	TAP_CHECK(memcmp(message.data, "1", 1) == 0);
	TAP_CHECK(sim_net_put(RK_NET_PRICES, 0, "3", 1) == 0);
	rk_net_release(net, &message);
	/* A context is in use until its reply, not until it is taken. */
	TAP_CHECK(sim_net_put(RK_NET_QUERY, 7, "a", 1) == 0);
	TAP_CHECK(sim_net_put(RK_NET_QUERY, 8, "b", 1) == 0);
	TAP_CHECK(rk_net_take(net, RK_NET_QUERY, &message));
	TAP_CHECK(sim_net_waiting(RK_NET_QUERY) == 1);
	TAP_CHECK(sim_net_taken(RK_NET_QUERY) == 1);
	TAP_CHECK(sim_net_put(RK_NET_QUERY, 9, "c", 1) == -EAGAIN);
	rk_net_reply(net, &message, "ok", 2);
	TAP_CHECK(replied == 7);
	TAP_CHECK(sim_net_put(RK_NET_QUERY, 9, "c", 1) == 0);
	rk_net_stop(net);
	TAP_CHECK(sim_net_put(RK_NET_INGEST, 9, "c", 1) == -ENOTCONN);
	TAP_CHECK(rk_net_take(net, RK_NET_QUERY, &message));
	rk_net_counts(net, &counts);
	TAP_CHECK(counts.messages[RK_NET_QUERY] == 3 && counts.paused == 1);
	rk_net_close(net); /* with one taken and some waiting */
	TAP_CHECK(sim_net_waiting(RK_NET_PRICES) == 0);
	return true;
}

static bool prices_are_split_by_publisher(void)
{
	static struct sim_batch batches[4];
	const struct rk_quote quotes[] = {{0, 1, {10}, 100, 5},
					  {1, 2, {20}, 200, 6},
					  {2, 1, {30}, 300, 7}};
	struct rk_cmd_prices prices = {quotes, 3};
	unsigned char memory[4096];
	struct rk_scratch scratch = {memory, sizeof(memory), 0};
	struct rk_cmd_prices read;
	struct rk_decode_error error;

	TAP_CHECK(sim_batches(&prices, batches, 4) == 2);
	for (uint32_t i = 0; i < 2; i++) {
		struct sim_bytes bytes = sim_batch_pack(&batches[i]);
		struct rk_decode_input input = {
			&scratch, bytes.data, bytes.size, {64, 64}};

		rk_scratch_reset(&scratch);
		TAP_CHECK(rk_decode_prices(&input, &read, &error) == RK_OK);
		TAP_CHECK(read.n == 2 - i);
		TAP_CHECK(read.quotes[0].publisher == i + 1);
		TAP_CHECK(read.quotes[read.n - 1].slot == 2 - i);
		TAP_CHECK(read.quotes[read.n - 1].time_ns == 300 - 100 * i);
		free(bytes.data);
	}
	return true;
}

int main(void)
{
	static const struct tap_test tests[] = {
#define ROW(name) {#name, name}
		ROW(the_net_takes_what_there_is_room_for),
		ROW(prices_are_split_by_publisher),
		ROW(an_honest_daemon_satisfies_every_client),
		ROW(every_lie_is_noticed),
#undef ROW
	};

	return tap_run(tests, sizeof(tests) / sizeof(tests[0]));
}

/*
 * Storms of bytes that are no messages, or almost: on every socket riskd
 * answers or drops them, counts what it refused, and goes on. All of it is
 * seeded; what a message should lead to is computed here independently.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/rc.h"
#include "raw.h"
#include "session.h"
#include "support/prng.h"

#define N(array)   (sizeof(array) / sizeof((array)[0]))
#define SEED       UINT64_C(20210519)
#define STORM      3000
#define SIZE_MAX_  400
#define QUOTES_MAX 4096 /* the default of quotes_per_message */

static struct rk_session session;

static void fill_random(struct rk_prng *prng, struct rk_wire_bytes *bytes)
{
	bytes->size = rk_prng_below(prng, SIZE_MAX_);
	for (size_t i = 0; i < bytes->size; i++)
		bytes->data[i] = (unsigned char)rk_prng_next(prng);
}

/* A valid message with a few bytes changed, or cut off, or longer. */
static void spoil(struct rk_prng *prng, const struct rk_wire_bytes *valid,
		  struct rk_wire_bytes *bytes)
{
	uint64_t changes = rk_prng_below(prng, 4);

	bytes->size = valid->size;
	memcpy(bytes->data, valid->data, valid->size);
	for (uint64_t i = 0; i < changes; i++)
		bytes->data[rk_prng_below(prng, valid->size)] =
			(unsigned char)rk_prng_next(prng);
	if (rk_prng_chance(prng, 1, 2))
		bytes->size = rk_prng_below(prng, valid->size + 1);
	else if (rk_prng_chance(prng, 1, 4))
		bytes->data[bytes->size++] = (unsigned char)rk_prng_next(prng);
}

static struct rk_wire_bytes make_buffer(size_t size)
{
	struct rk_wire_bytes bytes = {malloc(size), 0};

	CHECK(bytes.data, "no memory");
	return bytes;
}

/* One of each kind of row, so that each field gets its share of the storm. */
static struct rk_wire_bytes every_kind(struct rk_rig *rig)
{
	static uint32_t slots[] = {0, 1};
	static int64_t prices[] = {100, 200};
	Riskd__PriceBatch *batch;

	rk_session_open(&session, rig, "storm");
	for (int kind = RISKD__COMMAND__KIND_CREATE_ACCOUNT;
	     kind <= (int)RISKD__COMMAND__KIND_HALT_MARKET; kind++)
		(void)rk_session_add(&session, (Riskd__Command__KindCase)kind);
	batch = rk_session_add(&session, RISKD__COMMAND__KIND_PRICES);
	batch->n_slot = N(slots);
	batch->slot = slots;
	batch->n_price = N(prices);
	batch->price = prices;
	rk_session_account(&session, 7);
	rk_session_deposit(&session, 7, RK_USD(1));
	return rk_session_pack(&session);
}

/* What the replies of a storm add up to. */
struct tally {
	uint64_t sent;
	uint64_t refused;
	uint64_t results;
};

static void exchange(nng_socket socket, const struct rk_wire_bytes *message,
		     struct tally *tally)
{
	struct rk_wire_bytes bytes;
	Riskd__Reply *reply;

	CHECK(rk_wire_try(socket, message, RK_WIRE_WAIT_MS, &bytes),
	      "message %llu of %zu bytes was not answered",
	      (unsigned long long)tally->sent, message->size);
	reply = rk_wire_reply_of(&bytes);
	CHECK(reply->code == 0 || (reply->n_results == 0 && reply->error[0]),
	      "a refusal (%d) has a text and no results", reply->code);
	tally->sent++;
	tally->refused += reply->code != 0;
	tally->results += reply->n_results;
	riskd__reply__free_unpacked(reply, NULL);
	rk_wire_free(&bytes);
}

static void check_tally(struct rk_rig *rig, const struct tally *tally)
{
	CHECK_EQ(rk_wire_counter(rig, "requests"), tally->sent);
	CHECK_EQ(rk_wire_counter(rig, "requests_refused"), tally->refused);
	CHECK_EQ(rk_wire_counter(rig, "commands"), tally->results);
	rk_harness_note("%llu sent, %llu refused, %llu rows answered",
			(unsigned long long)tally->sent,
			(unsigned long long)tally->refused,
			(unsigned long long)tally->results);
}

static void random_requests(struct rk_rig *rig)
{
	nng_socket socket = rk_wire_dial(rig, RK_SOCKET_INGEST);
	struct rk_wire_bytes bytes = make_buffer(SIZE_MAX_);
	struct tally tally = {0};
	struct rk_prng prng;

	rk_prng_init(&prng, SEED);
	for (int i = 0; i < STORM; i++) {
		fill_random(&prng, &bytes);
		exchange(socket, &bytes, &tally);
	}
	CHECK_EQ(tally.refused, STORM);
	check_tally(rig, &tally);
	rk_wire_free(&bytes);
}

static void spoiled_requests(struct rk_rig *rig)
{
	struct rk_wire_bytes valid = every_kind(rig);
	struct rk_wire_bytes bytes = make_buffer(valid.size + 1);
	struct tally tally = {0};
	struct rk_prng prng;

	/* First cut off at every byte, then at random. */
	memcpy(bytes.data, valid.data, valid.size);
	for (bytes.size = 0; bytes.size <= valid.size; bytes.size++)
		exchange(session.socket, &bytes, &tally);
	CHECK(tally.refused < tally.sent, "the whole message is taken");
	rk_prng_init(&prng, SEED + 1);
	for (int i = 0; i < STORM; i++) {
		spoil(&prng, &valid, &bytes);
		exchange(session.socket, &bytes, &tally);
	}
	CHECK(tally.refused > STORM / 2, "most of the storm is refused");
	check_tally(rig, &tally);
	rk_wire_free(&bytes);
	rk_wire_free(&valid);
}

/* Would this be a question that waits? Those are not for storms. */
static bool waits(const struct rk_wire_bytes *bytes)
{
	Riskd__Query *query =
		riskd__query__unpack(NULL, bytes->size, bytes->data);
	bool answer = query && query->kind_case == RISKD__QUERY__KIND_EVENTS &&
		      query->events->wait_ms != 0;

	if (query)
		riskd__query__free_unpacked(query, NULL);
	return answer;
}

static struct rk_wire_bytes make_query(struct rk_prng *prng)
{
	Riskd__AccountsQuery accounts = RISKD__ACCOUNTS_QUERY__INIT;
	Riskd__EventsQuery events = RISKD__EVENTS_QUERY__INIT;
	Riskd__ClientQuery client = RISKD__CLIENT_QUERY__INIT;
	Riskd__OrdersQuery orders = RISKD__ORDERS_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;
	char name[] = "somebody";
	struct rk_wire_bytes bytes = make_buffer(128);

	query.version = 1;
	query.kind_case = (Riskd__Query__KindCase)(5 + rk_prng_below(prng, 4));
	accounts.ratio_above = rk_prng_edge(prng);
	accounts.limit = (uint32_t)rk_prng_edge(prng);
	events.from = (uint64_t)rk_prng_edge(prng);
	events.limit = (uint32_t)rk_prng_edge(prng);
	events.topic = name;
	client.client = name;
	orders.market_plus_one = (uint32_t)rk_prng_edge(prng);
	orders.limit = (uint32_t)rk_prng_edge(prng);
	switch ((int)query.kind_case) {
	case RISKD__QUERY__KIND_ACCOUNTS:
		query.accounts = &accounts;
		break;
	case RISKD__QUERY__KIND_EVENTS:
		query.events = &events;
		break;
	case RISKD__QUERY__KIND_CLIENT:
		query.client = &client;
		break;
	default:
		query.orders = &orders;
		break;
	}
	bytes.size = riskd__query__pack(&query, bytes.data);
	return bytes;
}

static void ask(nng_socket socket, const struct rk_wire_bytes *message,
		struct tally *tally)
{
	struct rk_wire_bytes bytes;
	Riskd__Answer *answer;

	CHECK(rk_wire_try(socket, message, RK_WIRE_WAIT_MS, &bytes),
	      "query %llu of %zu bytes was not answered",
	      (unsigned long long)tally->sent, message->size);
	answer = rk_wire_answer_of(&bytes);
	CHECK(answer->code == 0 || answer->error[0],
	      "a refusal (%d) has a text", answer->code);
	tally->sent++;
	tally->refused += answer->code != 0;
	riskd__answer__free_unpacked(answer, NULL);
	rk_wire_free(&bytes);
}

static void spoiled_queries(struct rk_rig *rig)
{
	nng_socket socket = rk_wire_dial(rig, RK_SOCKET_QUERY);
	uint64_t refused = rk_wire_counter(rig, "queries_refused");
	struct rk_wire_bytes bytes = make_buffer(SIZE_MAX_);
	struct tally tally = {0};
	struct rk_prng prng;

	rk_prng_init(&prng, SEED + 2);
	for (int i = 0; i < STORM; i++) {
		struct rk_wire_bytes valid = make_query(&prng);

		if (i % 3 == 0)
			fill_random(&prng, &bytes);
		else
			spoil(&prng, &valid, &bytes);
		rk_wire_free(&valid);
		if (!waits(&bytes))
			ask(socket, &bytes, &tally);
	}
	CHECK(tally.refused > STORM / 3, "the storm is refused");
	CHECK(tally.refused < tally.sent, "some of it is answered");
	CHECK_EQ(rk_wire_counter(rig, "queries_refused"),
		 refused + tally.refused);
	rk_wire_free(&bytes);
}

/* Will riskd take this message of prices? */
static bool is_batch(const struct rk_wire_bytes *bytes)
{
	Riskd__PriceBatch *batch =
		riskd__price_batch__unpack(NULL, bytes->size, bytes->data);
	bool good = batch && batch->version == 1 &&
		    batch->n_slot == batch->n_price &&
		    (batch->n_times_ns == 0 ||
		     batch->n_times_ns == batch->n_slot) &&
		    batch->n_slot <= QUOTES_MAX;

	if (batch)
		riskd__price_batch__free_unpacked(batch, NULL);
	return good;
}

static struct rk_wire_bytes make_batch(struct rk_prng *prng)
{
	Riskd__PriceBatch batch = RISKD__PRICE_BATCH__INIT;
	struct rk_wire_bytes bytes = make_buffer(1024);
	uint32_t slots[8];
	int64_t prices[8];
	int64_t times[8];

	for (size_t i = 0; i < N(slots); i++) {
		slots[i] = (uint32_t)rk_prng_below(prng, 5);
		prices[i] = rk_prng_edge(prng);
		times[i] = rk_prng_edge(prng);
	}
	batch.version = 1;
	batch.publisher = (uint32_t)rk_prng_below(prng, 10);
	batch.seq = (uint64_t)rk_prng_edge(prng);
	batch.time_ns = rk_process_now();
	batch.n_slot = rk_prng_below(prng, N(slots) + 1);
	batch.slot = slots;
	/* Columns of different length are part of the storm. */
	batch.n_price = rk_prng_chance(prng, 1, 3)
				? rk_prng_below(prng, N(prices) + 1)
				: batch.n_slot;
	batch.price = prices;
	batch.n_times_ns = rk_prng_chance(prng, 1, 3) ? batch.n_slot : 0;
	batch.times_ns = times;
	bytes.size = riskd__price_batch__pack(&batch, bytes.data);
	return bytes;
}

static void spoiled_prices(struct rk_rig *rig)
{
	nng_socket socket = rk_wire_dial(rig, RK_SOCKET_PRICES);
	struct rk_wire_bytes bytes = make_buffer(2048);
	uint64_t refused = 0;
	struct rk_prng prng;

	rk_prng_init(&prng, SEED + 3);
	for (int i = 0; i < STORM; i++) {
		struct rk_wire_bytes valid = make_batch(&prng);

		if (i % 3 == 0)
			fill_random(&prng, &bytes);
		else if (i % 3 == 1)
			spoil(&prng, &valid, &bytes);
		rk_wire_send(socket, i % 3 == 2 ? valid.data : bytes.data,
			     i % 3 == 2 ? valid.size : bytes.size);
		refused += !is_batch(i % 3 == 2 ? &valid : &bytes);
		rk_wire_free(&valid);
	}
	CHECK_SOON(rk_wire_counter(rig, "price_messages") == STORM);
	CHECK_EQ(rk_wire_counter(rig, "prices_refused"), refused);
	rk_harness_note("%d sent, %llu refused", STORM,
			(unsigned long long)refused);
	rk_wire_free(&bytes);
}

/* Bytes that are not even NNG's, on each of the five sockets. */
static void strangers(struct rk_rig *rig)
{
	unsigned char noise[64];
	struct rk_prng prng;

	rk_prng_init(&prng, SEED + 4);
	for (int i = 0; i < 200; i++) {
		int fd = rk_raw_connect(rig,
					(enum rk_socket_name)(i % RK_SOCKETS));

		for (size_t j = 0; j < sizeof(noise); j++)
			noise[j] = (unsigned char)rk_prng_next(&prng);
		/* Half of them greet well first. */
		if (rk_prng_chance(&prng, 1, 2))
			(void)rk_raw_greet(fd, RK_RAW_REQ);
		(void)rk_raw_write(fd, noise,
				   rk_prng_below(&prng, sizeof(noise)));
		(void)close(fd);
	}
	/* Nothing of theirs came through, and no socket is the worse for it. */
	CHECK_EQ(rk_wire_counter(rig, "commands"), 0);
	rk_session_check_open(&session, rig, "after", 100);
	CHECK_SOON(rk_wire_counter(rig, "query_connections") == 1 &&
		   rk_wire_counter(rig, "ingest_connections") == 1 &&
		   rk_wire_counter(rig, "prices_connections") == 1 &&
		   rk_wire_counter(rig, "events_connections") == 1 &&
		   rk_wire_counter(rig, "public_connections") == 1);
}

/* Who connects and leaves at once must not make a socket deaf. */
static void passers_by(struct rk_rig *rig)
{
	for (uint64_t round = 0; round < 3; round++) {
		char name[24];

		for (int i = 0; i < 100; i++)
			(void)close(rk_raw_connect(
				rig, (enum rk_socket_name)(i % RK_SOCKETS)));
		(void)snprintf(name, sizeof(name), "after-%d", (int)round);
		rk_session_check_open(&session, rig, name, 100 + round);
	}
}

/* A peer that begins a message and never ends it holds up nobody else. */
static void half_messages(struct rk_rig *rig)
{
	int fds[20];

	for (size_t i = 0; i < N(fds); i++) {
		fds[i] = rk_raw_open(
			rig, i % 2 ? RK_SOCKET_INGEST : RK_SOCKET_PRICES,
			i % 2 ? RK_RAW_REQ : RK_RAW_PUSH);
		CHECK(rk_raw_head(fds[i], 1000) &&
			      rk_raw_write(fds[i], "half", 4),
		      "riskd hung up on a message within limits");
	}
	rk_session_open(&session, rig, "whole");
	rk_session_account(&session, 1);
	rk_session_deposit(&session, 1, RK_USD(5));
	rk_session_commit(&session);
	CHECK_EQ(rk_wire_usd(rig, 1), RK_USD(5));
	for (size_t i = 0; i < N(fds); i++)
		(void)close(fds[i]);
	CHECK_SOON(rk_wire_counter(rig, "prices_connections") == 0);
}

int main(int argc, char **argv)
{
	static const struct rk_process_options plain = {0};
	static const struct rk_process_options tcp = {.tcp = true};
	static const struct rk_case cases[] = {
		{"random_bytes_on_ingest_are_answered_and_counted",
		 random_requests, &plain},
		{"spoiled_requests_are_answered_and_counted", spoiled_requests,
		 &plain},
		{"spoiled_requests_over_tcp_are_answered_and_counted",
		 spoiled_requests, &tcp},
		{"spoiled_queries_are_answered_and_counted", spoiled_queries,
		 &plain},
		{"spoiled_prices_are_dropped_and_counted", spoiled_prices,
		 &plain},
		{"strangers_to_nng_are_cut_off", strangers, &plain},
		{"who_connects_and_leaves_makes_no_socket_deaf", passers_by,
		 &plain},
		{"half_messages_hold_up_nobody", half_messages, &plain},
	};

	return rk_harness_run(cases, N(cases), argc, argv);
}

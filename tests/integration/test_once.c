/*
 * Exactly once: whatever is sent again, out of order, or by a client that
 * dies in the middle, every command is applied once and in its order.
 */
#include <inttypes.h>
#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/rc.h"
#include "raw.h"
#include "session.h"
#include "support/prng.h"

#define N(array)  (sizeof(array) / sizeof((array)[0]))
#define SEED      UINT64_C(19870219)
#define CONTEXTS  32
#define IN_FLIGHT 24
#define COMMANDS  2000
#define DEATHS    40

static struct rk_session session;

static void open_account(struct rk_rig *rig, const char *client)
{
	rk_session_open(&session, rig, client);
	rk_session_account(&session, 1);
	rk_session_commit(&session);
}

/* A request of one deposit of that many units, with that number. */
static struct rk_wire_bytes deposit(uint64_t number, int64_t amount)
{
	session.next = number;
	rk_session_reset(&session);
	rk_session_deposit(&session, 1, amount);
	return rk_session_pack(&session);
}

/* One request on its way, by a context of its own. */
struct flight {
	nng_ctx ctx;
	nng_aio *aio;
	uint64_t number; /* 0: idle */
};

static void open_flights(struct rk_rig *rig, struct flight *flights, size_t n)
{
	nng_socket socket = rk_wire_dial(rig, RK_SOCKET_INGEST);

	for (size_t i = 0; i < n; i++) {
		int r = nng_ctx_open(&flights[i].ctx, socket);

		if (r == 0)
			r = nng_aio_alloc(&flights[i].aio, NULL, NULL);
		CHECK(r == 0, "cannot open a context: %s", nng_strerror(r));
		nng_aio_set_timeout(flights[i].aio, RK_WIRE_WAIT_MS);
		flights[i].number = 0;
	}
}

static void close_flights(struct flight *flights, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		nng_aio_free(flights[i].aio);
		(void)nng_ctx_close(flights[i].ctx);
	}
}

/* Send; the reply comes by land(). */
static void start(struct flight *flight, const struct rk_wire_bytes *bytes)
{
	nng_msg *message;

	CHECK(nng_msg_alloc(&message, 0) == 0, "no memory");
	CHECK(nng_msg_append(message, bytes->data, bytes->size) == 0,
	      "no memory");
	nng_aio_set_msg(flight->aio, message);
	nng_ctx_send(flight->ctx, flight->aio);
	nng_aio_wait(flight->aio);
	CHECK(nng_aio_result(flight->aio) == 0, "cannot send");
	nng_ctx_recv(flight->ctx, flight->aio);
}

static Riskd__Reply *land(struct flight *flight)
{
	struct rk_wire_bytes bytes;
	Riskd__Reply *reply;
	nng_msg *message;

	nng_aio_wait(flight->aio);
	CHECK(nng_aio_result(flight->aio) == 0, "no reply: %s",
	      nng_strerror(nng_aio_result(flight->aio)));
	message = nng_aio_get_msg(flight->aio);
	bytes.data = nng_msg_body(message);
	bytes.size = nng_msg_len(message);
	reply = rk_wire_reply_of(&bytes);
	nng_msg_free(message);
	return reply;
}

/* The amounts of all deposits to account 1 must be 1, 2, 3, ... n. */
static void check_deposits(struct rk_rig *rig, uint64_t n)
{
	struct rk_wire_range range = {.from = 1, .topic = "account.1"};
	uint64_t seen = 0;
	bool more = true;

	while (more) {
		Riskd__Answer *answer = rk_wire_events(rig->query, &range);

		CHECK(answer->code == 0, "no events: %s", answer->error);
		for (size_t i = 0; i < answer->events->n_events; i++) {
			const Riskd__Event *event = answer->events->events[i];

			if (event->kind_case != RISKD__EVENT__KIND_BALANCE)
				continue;
			CHECK_EQ(event->balance->delta, ++seen);
		}
		more = answer->events->n_events > 0;
		range.from = answer->events->next;
		riskd__answer__free_unpacked(answer, NULL);
	}
	CHECK_EQ(seen, n);
	CHECK_EQ(rk_wire_usd(rig, 1), n * (n + 1) / 2);
}

static void resent_at_once(struct rk_rig *rig)
{
	struct flight flights[IN_FLIGHT];
	uint64_t repeats = 0;
	uint64_t seq = 0;

	open_account(rig, "again");
	open_flights(rig, flights, IN_FLIGHT);
	for (uint64_t number = 2; number < 52; number++) {
		struct rk_wire_bytes bytes =
			deposit(number, (int64_t)number - 1);

		seq = 0;
		for (size_t i = 0; i < IN_FLIGHT; i++)
			start(&flights[i], &bytes);
		for (size_t i = 0; i < IN_FLIGHT; i++) {
			Riskd__Reply *reply = land(&flights[i]);

			CHECK(reply->code == 0 && reply->n_results == 1 &&
				      reply->results[0]->code == 0,
			      "a repeat is answered as the first was");
			repeats += (uint64_t)reply->results[0]->repeat;
			CHECK(seq == 0 || seq == reply->results[0]->seq,
			      "all are told the same place in the log");
			seq = reply->results[0]->seq;
			riskd__reply__free_unpacked(reply, NULL);
		}
		rk_wire_free(&bytes);
	}
	close_flights(flights, IN_FLIGHT);
	CHECK_EQ(repeats, 50 * (IN_FLIGHT - 1));
	CHECK_EQ(rk_wire_counter(rig, "commands_repeated"), repeats);
	check_deposits(rig, 50);
}

/* Send what was added under a number; returns the refusal of the whole. */
static int send_as(uint64_t number)
{
	Riskd__Reply *reply;
	int code;

	session.next = number;
	reply = rk_session_send(&session);
	code = reply->code;
	CHECK(code == 0 || reply->n_results == 0,
	      "a refused message has no results");
	riskd__reply__free_unpacked(reply, NULL);
	return code;
}

static void reused_numbers(struct rk_rig *rig)
{
	open_account(rig, "reuse");
	rk_session_deposit(&session, 1, 1);
	CHECK_EQ(send_as(2), 0);
	/* Another amount, another kind, another session: all are reuse. */
	rk_session_deposit(&session, 1, 2);
	CHECK_EQ(send_as(2), RK_REJ_SEQ_REUSED);
	rk_session_account(&session, 2);
	CHECK_EQ(send_as(2), RK_REJ_SEQ_REUSED);
	rk_session_deposit(&session, 1, 1);
	session.request.session = 1;
	CHECK_EQ(send_as(2), RK_REJ_SEQ_REUSED);
	/* A message whose first row is reuse is refused whole: 3 is free. */
	rk_session_deposit(&session, 1, 5);
	rk_session_deposit(&session, 1, 2);
	CHECK_EQ(send_as(2), RK_REJ_SEQ_REUSED);
	rk_session_deposit(&session, 1, 1);
	rk_session_deposit(&session, 1, 2);
	CHECK_EQ(send_as(2), 0);
	/* So is one that repeats well and then reuses: 4 is free. */
	rk_session_deposit(&session, 1, 1);
	rk_session_deposit(&session, 1, 9);
	rk_session_deposit(&session, 1, 3);
	CHECK_EQ(send_as(2), RK_REJ_SEQ_REUSED);
	rk_session_deposit(&session, 1, 4);
	CHECK_EQ(send_as(5), RK_REJ_OUT_OF_ORDER);
	rk_session_deposit(&session, 1, 4);
	CHECK_EQ(send_as(0), RK_REJ_TOO_OLD);
	rk_session_deposit(&session, 1, 4);
	CHECK_EQ(send_as(UINT64_MAX), RK_REJ_OUT_OF_ORDER);
	rk_session_deposit(&session, 1, 3);
	CHECK_EQ(send_as(4), 0);
	check_deposits(rig, 3);
}

/* The answers of the newest 1024 commands are kept, and no older ones. */
static void window(struct rk_rig *rig)
{
	open_account(rig, "window");
	for (int64_t i = 1; i <= 1024; i++)
		rk_session_deposit(&session, 1, i);
	CHECK_EQ(send_as(2), 0);
	/* 1025 is the newest: 2 is kept, 1 is not. */
	rk_session_account(&session, 1);
	CHECK_EQ(send_as(1), RK_REJ_TOO_OLD);
	rk_session_deposit(&session, 1, 1);
	CHECK_EQ(send_as(2), 0);
	check_deposits(rig, 1024);
}

/* Reordered on their way: what was refused is sent again until it is not. */
static void in_flight(struct rk_rig *rig)
{
	static bool done[COMMANDS + 2];
	struct flight flights[CONTEXTS];
	uint64_t reordered = 0;
	uint64_t first = 2; /* the oldest not yet done */
	struct rk_prng prng;

	rk_prng_init(&prng, SEED);
	memset(done, 0, sizeof(done));
	open_account(rig, "gateway");
	open_flights(rig, flights, CONTEXTS);
	while (first < COMMANDS + 2) {
		uint64_t numbers[IN_FLIGHT];
		size_t n = 0;

		for (uint64_t i = first; i < COMMANDS + 2 && n < IN_FLIGHT; i++)
			if (!done[i])
				numbers[n++] = i;
		/* Shuffled over all contexts, as a pool of threads would. */
		for (size_t i = n; i > 1; i--) {
			size_t j = rk_prng_below(&prng, i);
			uint64_t number = numbers[i - 1];

			numbers[i - 1] = numbers[j];
			numbers[j] = number;
		}
		for (size_t i = 0; i < n; i++) {
			struct flight *flight =
				&flights[(first + i) % CONTEXTS];
			struct rk_wire_bytes bytes =
				deposit(numbers[i], (int64_t)numbers[i] - 1);

			flight->number = numbers[i];
			start(flight, &bytes);
			rk_wire_free(&bytes);
		}
		for (size_t i = 0; i < CONTEXTS; i++) {
			Riskd__Reply *reply;

			if (flights[i].number == 0)
				continue;
			reply = land(&flights[i]);
			CHECK(reply->code == 0 ||
				      reply->code == RK_REJ_OUT_OF_ORDER,
			      "%s", reply->error);
			CHECK(reply->code != 0 || !reply->results[0]->repeat,
			      "number %" PRIu64 " was done already",
			      flights[i].number);
			done[flights[i].number] = reply->code == 0;
			reordered += reply->code != 0;
			flights[i].number = 0;
			riskd__reply__free_unpacked(reply, NULL);
		}
		while (first < COMMANDS + 2 && done[first])
			first++;
	}
	close_flights(flights, CONTEXTS);
	rk_harness_note("%" PRIu64 " arrived out of order", reordered);
	CHECK(reordered > 0, "they arrived reordered");
	CHECK_EQ(rk_wire_counter(rig, "requests_refused"), reordered);
	check_deposits(rig, COMMANDS);
}

/* Close the connection between request and reply; then ask what became. */
static void sockets_die(struct rk_rig *rig)
{
	uint64_t repeats = 0;

	open_account(rig, "mortal");
	for (uint64_t number = 2; number < 202; number++) {
		struct rk_wire_bytes bytes =
			deposit(number, (int64_t)number - 1);
		struct rk_wire_bytes answer;
		Riskd__Reply *reply;
		int fd = rk_raw_open(rig, RK_SOCKET_INGEST, RK_RAW_REQ);

		CHECK(rk_raw_request(fd, (uint32_t)number, &bytes),
		      "riskd hung up");
		(void)close(fd);
		CHECK(rk_wire_try(session.socket, &bytes, RK_WIRE_WAIT_MS,
				  &answer),
		      "number %" PRIu64 " is not answered", number);
		reply = rk_wire_reply_of(&answer);
		CHECK(reply->code == 0 && reply->results[0]->code == 0,
		      "number %" PRIu64 ": %s", number, reply->error);
		repeats += (uint64_t)reply->results[0]->repeat;
		riskd__reply__free_unpacked(reply, NULL);
		rk_wire_free(&answer);
		rk_wire_free(&bytes);
	}
	rk_harness_note("%" PRIu64 " of 200 had been applied before", repeats);
	check_deposits(rig, 200);
}

/* What a process that is going to be killed does: PROGRAM die URL NUMBER. */
static int be_victim(const char *url, const char *number)
{
	nng_socket socket;
	uint64_t client_seq = 0;

	if (nng_req0_open(&socket) != 0 || nng_dial(socket, url, NULL, 0) != 0)
		return 1;
	for (; *number >= '0' && *number <= '9'; number++)
		client_seq = client_seq * 10 + (uint64_t)(*number - '0');
	(void)snprintf(session.client, sizeof(session.client), "mortal");
	for (;;) {
		struct rk_wire_bytes bytes =
			deposit(client_seq, (int64_t)client_seq - 1);
		char reply[256];
		size_t size = sizeof(reply);

		if (nng_send(socket, bytes.data, bytes.size, 0) != 0 ||
		    nng_recv(socket, reply, &size, 0) != 0)
			return 1;
		rk_wire_free(&bytes);
		client_seq++;
	}
}

static pid_t spawn_victim(const char *url, uint64_t number)
{
	char self[] = "/proc/self/exe";
	char word[] = "die";
	char where[64];
	char digits[24];
	char *argv[] = {self, word, where, digits, NULL};
	pid_t pid;

	(void)snprintf(where, sizeof(where), "%s", url);
	(void)snprintf(digits, sizeof(digits), "%" PRIu64, number);
	pid = fork();
	if (pid == 0) {
		(void)execv(self, argv);
		_exit(127);
	}
	CHECK(pid > 0, "cannot start a process");
	return pid;
}

/* Kill a client in the middle of its work, again and again. */
static void processes_die(struct rk_rig *rig)
{
	uint64_t newest = 1;
	struct rk_prng prng;

	rk_prng_init(&prng, SEED + 1);
	open_account(rig, "mortal");
	for (int i = 0; i < DEATHS; i++) {
		pid_t pid = spawn_victim(rig->riskd.url[RK_SOCKET_INGEST],
					 newest + 1);

		/* It gets to work, and some way. */
		CHECK_SOON(rk_wire_client(rig, "mortal") > newest);
		rk_process_sleep_ms((int)rk_prng_below(&prng, 20));
		(void)kill(pid, SIGKILL);
		CHECK(waitpid(pid, NULL, 0) == pid, "the process is lost");
		/* Its connection goes, and with it what it still sent. */
		CHECK_SOON(rk_wire_counter(rig, "ingest_connections") == 1);
		newest = rk_wire_client(rig, "mortal");
	}
	rk_harness_note("%" PRIu64 " deposits by %d dead processes", newest - 1,
			DEATHS);
	check_deposits(rig, newest - 1);
}

/* An atomic message that is sent again is answered row by row as before. */
static void atomic_repeats(struct rk_rig *rig)
{
	open_account(rig, "atomic");
	for (int round = 0; round < 2; round++) {
		Riskd__Reply *reply;

		session.next = 2;
		rk_session_reset(&session);
		session.request.atomic = 1;
		rk_session_deposit(&session, 1, 1);
		rk_session_deposit(&session, 99, 2);
		reply = rk_session_send(&session);
		CHECK_EQ(reply->code, 0);
		CHECK_EQ(reply->n_results, 2);
		CHECK_EQ(reply->results[0]->code, RK_REJ_ATOMIC);
		CHECK_EQ(reply->results[1]->code, RK_REJ_NO_ACCOUNT);
		CHECK_EQ(reply->results[0]->repeat, round);
		CHECK_EQ(reply->results[1]->repeat, round);
		riskd__reply__free_unpacked(reply, NULL);
	}
	for (int round = 0; round < 2; round++) {
		session.next = 4;
		rk_session_reset(&session);
		session.request.atomic = 1;
		for (int64_t i = 1; i <= 10; i++)
			rk_session_deposit(&session, 1, i);
		rk_session_commit(&session);
	}
	check_deposits(rig, 10);
}

int main(int argc, char **argv)
{
	static const struct rk_process_options plain = {0};
	static const struct rk_process_options tcp = {.tcp = true};
	static const struct rk_process_options dying = {.dying_peers = true};
	static const struct rk_case cases[] = {
		{"a_request_sent_many_times_is_applied_once", resent_at_once,
		 &plain},
		{"a_reused_number_refuses_the_whole_message", reused_numbers,
		 &plain},
		{"the_newest_1024_answers_are_kept", window, &plain},
		{"24_in_flight_over_32_contexts_are_applied_in_order",
		 in_flight, &plain},
		{"24_in_flight_over_tcp_are_applied_in_order", in_flight, &tcp},
		{"a_connection_closed_before_its_reply_loses_nothing",
		 sockets_die, &dying},
		{"a_client_killed_at_work_loses_and_doubles_nothing",
		 processes_die, &dying},
		{"an_atomic_message_sent_again_is_applied_once", atomic_repeats,
		 &plain},
	};

	if (argc == 4 && strcmp(argv[1], "die") == 0)
		return be_victim(argv[2], argv[3]);
	return rk_harness_run(cases, N(cases), argc, argv);
}

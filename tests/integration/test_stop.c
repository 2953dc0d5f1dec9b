/*
 * Starting and ending: SIGTERM and SIGINT end riskd with everything answered
 * that it had received; a second one on the same addresses does not start; a
 * killed one leaves nothing that keeps the next from starting.
 */
#include <inttypes.h>
#include <nng/nng.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "raw.h"
#include "session.h"

#define N(array)    (sizeof(array) / sizeof((array)[0]))
#define IN_FLIGHT   24
#define STOP_MAX_NS INT64_C(20000000000) /* however busy the machine is */
#define ROWS        100 /* all of it fits into the kernel's buffers */

static struct rk_session session;

/* Requests on their way, and what became of them. */
struct flight {
	nng_ctx ctx;
	nng_aio *aio;
};

static void send_off(struct flight *flight, const struct rk_wire_bytes *bytes)
{
	nng_msg *message;

	CHECK(nng_msg_alloc(&message, 0) == 0 &&
		      nng_msg_append(message, bytes->data, bytes->size) == 0,
	      "no memory");
	nng_aio_set_msg(flight->aio, message);
	nng_ctx_send(flight->ctx, flight->aio);
	nng_aio_wait(flight->aio);
	CHECK(nng_aio_result(flight->aio) == 0, "cannot send");
	nng_ctx_recv(flight->ctx, flight->aio);
}

/* Was it answered, with every row done? */
static bool answered(struct flight *flight)
{
	bool good = false;

	nng_aio_wait(flight->aio);
	if (nng_aio_result(flight->aio) == 0) {
		nng_msg *message = nng_aio_get_msg(flight->aio);
		struct rk_wire_bytes bytes = {nng_msg_body(message),
					      nng_msg_len(message)};
		Riskd__Reply *reply = rk_wire_reply_of(&bytes);

		good = reply->code == 0 && reply->n_results > 0;
		for (size_t i = 0; i < reply->n_results; i++)
			good = good && reply->results[i]->code == 0;
		riskd__reply__free_unpacked(reply, NULL);
		nng_msg_free(message);
	}
	nng_aio_free(flight->aio);
	(void)nng_ctx_close(flight->ctx);
	return good;
}

/* Requests by clients of their own, so that order does not matter. */
static void send_many(struct flight *flights)
{
	for (uint64_t i = 0; i < IN_FLIGHT; i++) {
		struct rk_wire_bytes bytes;

		(void)snprintf(session.client, sizeof(session.client),
			       "client-%" PRIu64, i);
		session.next = 1;
		rk_session_reset(&session);
		for (int j = 0; j < ROWS; j++)
			rk_session_deposit(&session, i + 1, 1);
		bytes = rk_session_pack(&session);
		CHECK(nng_ctx_open(&flights[i].ctx, session.socket) == 0 &&
			      nng_aio_alloc(&flights[i].aio, NULL, NULL) == 0,
		      "no memory");
		nng_aio_set_timeout(flights[i].aio, RK_WIRE_WAIT_MS);
		send_off(&flights[i], &bytes);
		rk_wire_free(&bytes);
	}
}

/*
 * All that was sent before the signal is answered. riskd stands still
 * meanwhile, so that it meets both at once when it goes on.
 */
static void signal_under_load(struct rk_rig *rig, int number)
{
	struct flight flights[IN_FLIGHT];
	size_t done = 0;

	rk_session_open(&session, rig, "accounts");
	for (uint64_t i = 1; i <= IN_FLIGHT; i++)
		rk_session_account(&session, i);
	rk_session_commit(&session);
	rk_process_signal(&rig->riskd, SIGSTOP);
	send_many(flights);
	rk_process_signal(&rig->riskd, number);
	rk_process_signal(&rig->riskd, SIGCONT);
	for (size_t i = 0; i < IN_FLIGHT; i++)
		done += answered(&flights[i]);
	CHECK_EQ(done, IN_FLIGHT);
}

static void stop_under_load(struct rk_rig *rig, int number)
{
	signal_under_load(rig, number);
	CHECK_EQ(rk_process_wait(&rig->riskd), 0);
	CHECK(!rk_process_left_over(&rig->riskd), "riskd left %s behind",
	      rk_process_left_over(&rig->riskd));
}

static void sigterm(struct rk_rig *rig)
{
	stop_under_load(rig, SIGTERM);
}

static void sigint(struct rk_rig *rig)
{
	stop_under_load(rig, SIGINT);
}

/* It reads its files again and goes on: the next signal finds it there. */
static void sighup(struct rk_rig *rig)
{
	char *log;

	signal_under_load(rig, SIGHUP);
	rk_process_signal(&rig->riskd, SIGTERM);
	CHECK_EQ(rk_process_wait(&rig->riskd), 0);
	log = rk_process_log(&rig->riskd);
	CHECK(log && strstr(log, "stopping signal=TERM"), "SIGHUP stopped it");
	free(log);
}

/* Prices flood in while it stops: they cannot keep it from ending. */
static void stop_in_flood(struct rk_rig *rig)
{
	struct rk_wire_quote quote = {0, 1, RK_SLOT_BTC_PERP, 100, 0};
	nng_socket socket = rk_wire_dial(rig, RK_SOCKET_PRICES);
	int64_t until_ns;

	for (; quote.seq < 5000; quote.seq++)
		rk_wire_push(socket, &quote);
	rk_process_signal(&rig->riskd, SIGTERM);
	until_ns = rk_process_now() + STOP_MAX_NS;
	/* What cannot be sent any more is lost: prices are not answered. */
	(void)nng_socket_set_ms(socket, NNG_OPT_SENDTIMEO, 1);
	for (; !rk_process_ended(&rig->riskd); quote.seq++) {
		CHECK(rk_process_now() < until_ns, "it does not end");
		rk_wire_try_push(socket, &quote);
	}
	CHECK_EQ(rk_process_wait(&rig->riskd), 0);
	CHECK(!rk_process_left_over(&rig->riskd), "riskd left %s behind",
	      rk_process_left_over(&rig->riskd));
}

/* Two signals are one, and a long poll is answered, not cut off. */
static void stop_answers_polls(struct rk_rig *rig)
{
	nng_socket socket = rk_wire_dial(rig, RK_SOCKET_QUERY);
	Riskd__EventsQuery wanted = RISKD__EVENTS_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;
	struct rk_wire_bytes reply;
	unsigned char bytes[64];
	Riskd__Answer *answer;
	nng_msg *message;

	wanted.wait_ms = 20000;
	query.version = 1;
	query.kind_case = RISKD__QUERY__KIND_EVENTS;
	query.events = &wanted;
	rk_wire_send(socket, bytes, riskd__query__pack(&query, bytes));
	CHECK_SOON(rk_wire_counter(rig, "query_connections") == 2);
	rk_process_sleep_ms(200);
	rk_process_signal(&rig->riskd, SIGTERM);
	rk_process_signal(&rig->riskd, SIGINT);
	CHECK(nng_recvmsg(socket, &message, 0) == 0,
	      "the poll is not answered");
	reply.data = nng_msg_body(message);
	reply.size = nng_msg_len(message);
	answer = rk_wire_answer_of(&reply);
	CHECK_EQ(answer->code, 0);
	CHECK_EQ(answer->events->n_events, 0);
	riskd__answer__free_unpacked(answer, NULL);
	nng_msg_free(message);
	CHECK_EQ(rk_process_wait(&rig->riskd), 0);
}

static void second_instance(struct rk_rig *rig)
{
	char riskd[512];
	char flag[] = "-c";
	char conf[64];
	char *argv[] = {riskd, flag, conf, NULL};
	char output[4096];

	(void)snprintf(riskd, sizeof(riskd), "%s", rk_harness_riskd());
	(void)snprintf(conf, sizeof(conf), "%s/riskd.conf", rig->riskd.folder);
	CHECK_EQ(rk_process_capture(argv, output, sizeof(output)), 1);
	CHECK(strstr(output, rig->riskd.url[RK_SOCKET_PRICES]),
	      "\"%s\" does not name %s", output,
	      rig->riskd.url[RK_SOCKET_PRICES]);
	CHECK(strstr(output, "in use"), "\"%s\" does not say why", output);

	/* The first one has lost nothing: who comes now is served. */
	rk_session_check_open(&session, rig, "still", 100);
}

static void restart_after_kill(struct rk_rig *rig)
{
	for (int i = 0; i < 3; i++) {
		rk_session_open(&session, rig, "before");
		rk_session_account(&session, 1);
		rk_session_commit(&session);
		rk_wire_close(rig, session.socket);
		rk_wire_close(rig, rig->query);
		rk_process_signal(&rig->riskd, SIGKILL);
		CHECK_EQ(rk_process_wait(&rig->riskd), 128 + SIGKILL);
		rk_process_start(&rig->riskd);
		rk_wire_open_query(rig);
		/* In memory: it begins anew, and says so by its numbers. */
		CHECK_EQ(rk_wire_counter(rig, "clients"), 0);
	}
}

/* Peers that stay connected do not keep it from ending. */
static void stop_with_peers(struct rk_rig *rig)
{
	static const unsigned int protocols[RK_SOCKETS] = {
		RK_RAW_PUSH, RK_RAW_REQ, RK_RAW_REQ, RK_RAW_SUB, RK_RAW_SUB};

	for (int i = 0; i < 20; i++)
		(void)rk_raw_open(rig, (enum rk_socket_name)(i % RK_SOCKETS),
				  protocols[i % RK_SOCKETS]);
}

int main(int argc, char **argv)
{
	static const struct rk_process_options plain = {0};
	static const struct rk_process_options tcp = {.tcp = true};
	static const struct rk_process_options durable = {.durable = true};
	static const struct rk_case cases[] = {
		{"sigterm_under_load_answers_what_was_received", sigterm,
		 &plain},
		{"sigint_under_load_answers_what_was_received", sigint, &plain},
		{"sighup_under_load_stops_nothing", sighup, &plain},
		{"sigterm_under_load_over_tcp_answers_as_well", sigterm, &tcp},
		{"a_flood_of_prices_does_not_keep_it_from_ending",
		 stop_in_flood, &plain},
		{"nor_where_the_last_snapshot_has_to_be_of_all_there_is",
		 stop_in_flood, &durable},
		{"stopping_answers_long_polls", stop_answers_polls, &plain},
		{"a_second_instance_is_refused_and_harms_nothing",
		 second_instance, &plain},
		{"a_second_instance_on_tcp_is_refused", second_instance, &tcp},
		{"a_killed_one_does_not_keep_the_next_from_starting",
		 restart_after_kill, &plain},
		{"connected_peers_do_not_keep_it_from_ending", stop_with_peers,
		 &plain},
	};

	return rk_harness_run(cases, N(cases), argc, argv);
}

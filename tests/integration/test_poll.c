/*
 * Reading events by number, with waiting: what a subscriber falls back on, so
 * it must never miss, double or hang.
 */
#include <inttypes.h>
#include <nng/nng.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "engine/rc.h"
#include "session.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

static struct rk_session session;

/* A question whose answer is awaited later. */
struct poll {
	nng_socket socket;
	nng_aio *aio;
	_Atomic bool answered;
};

static void on_answer(void *context)
{
	struct poll *poll = context;

	atomic_store(&poll->answered, true);
}

static void poll_start(struct rk_rig *rig, struct poll *poll,
		       const struct rk_wire_range *range)
{
	Riskd__EventsQuery wanted = RISKD__EVENTS_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;
	unsigned char bytes[128];
	char topic[RK_WIRE_TOPIC_SIZE] = "";

	poll->socket = rk_wire_dial(rig, RK_SOCKET_QUERY);
	atomic_store(&poll->answered, false);
	CHECK(nng_aio_alloc(&poll->aio, on_answer, poll) == 0, "no memory");
	nng_aio_set_timeout(poll->aio, RK_WIRE_WAIT_MS);
	if (range->topic)
		memcpy(topic, range->topic, strlen(range->topic) + 1);
	wanted.from = range->from;
	wanted.topic = topic;
	wanted.wait_ms = range->wait_ms;
	wanted.limit = range->limit;
	query.version = 1;
	query.kind_case = RISKD__QUERY__KIND_EVENTS;
	query.events = &wanted;
	rk_wire_send(poll->socket, bytes, riskd__query__pack(&query, bytes));
	nng_recv_aio(poll->socket, poll->aio);
}

/* Has it been answered within ms? */
static bool poll_answered(const struct poll *poll, int ms)
{
	for (int i = 0; i < ms / 10 && !atomic_load(&poll->answered); i++)
		rk_process_sleep_ms(10);
	return atomic_load(&poll->answered);
}

static Riskd__Answer *poll_finish(struct rk_rig *rig, struct poll *poll)
{
	struct rk_wire_bytes bytes;
	Riskd__Answer *answer;
	nng_msg *message;

	nng_aio_wait(poll->aio);
	CHECK(nng_aio_result(poll->aio) == 0, "the poll is not answered: %s",
	      nng_strerror(nng_aio_result(poll->aio)));
	message = nng_aio_get_msg(poll->aio);
	bytes.data = nng_msg_body(message);
	bytes.size = nng_msg_len(message);
	answer = rk_wire_answer_of(&bytes);
	nng_msg_free(message);
	nng_aio_free(poll->aio);
	rk_wire_close(rig, poll->socket);
	return answer;
}

/* Long enough for a poll to be there, and to show that it waits. */
static void check_waits(const struct poll *poll)
{
	CHECK(!poll_answered(poll, 250), "a poll with nothing to tell waits");
}

static uint64_t newest_event(struct rk_rig *rig)
{
	Riskd__Answer *answer = rk_wire_status(rig);
	uint64_t newest = answer->status->last_event;

	riskd__answer__free_unpacked(answer, NULL);
	return newest;
}

static void waits_for_an_event(struct rk_rig *rig)
{
	uint64_t newest = newest_event(rig);
	struct rk_wire_range range = {.from = newest + 1, .wait_ms = 9000};
	struct poll poll;
	Riskd__Answer *answer;

	rk_session_open(&session, rig, "poll");
	poll_start(rig, &poll, &range);
	check_waits(&poll);
	rk_session_account(&session, 1);
	rk_session_commit(&session);
	answer = poll_finish(rig, &poll);
	CHECK_EQ(answer->code, 0);
	CHECK_EQ(answer->events->n_events, 1);
	CHECK_EQ(answer->events->events[0]->number, newest + 1);
	CHECK_EQ(answer->events->events[0]->kind_case,
		 RISKD__EVENT__KIND_ACCOUNT_CREATED);
	CHECK_EQ(answer->events->next, newest + 2);
	riskd__answer__free_unpacked(answer, NULL);

	/* From 0: what comes after now, and nothing before. */
	range.from = 0;
	poll_start(rig, &poll, &range);
	check_waits(&poll);
	rk_session_deposit(&session, 1, 1);
	rk_session_commit(&session);
	answer = poll_finish(rig, &poll);
	CHECK_EQ(answer->events->n_events, 1);
	CHECK_EQ(answer->events->events[0]->number, newest + 2);
	riskd__answer__free_unpacked(answer, NULL);
}

static void waits_for_its_topic(struct rk_rig *rig)
{
	struct rk_wire_range range = {.topic = "account.2", .wait_ms = 9000};
	struct poll poll;
	Riskd__Answer *answer;

	rk_session_open(&session, rig, "poll");
	rk_session_account(&session, 1);
	rk_session_account(&session, 2);
	rk_session_account(&session, 22);
	rk_session_commit(&session);
	poll_start(rig, &poll, &range);
	check_waits(&poll);
	rk_session_deposit(&session, 1, 1);
	rk_session_deposit(&session, 22, 1);
	rk_session_commit(&session);
	check_waits(&poll);
	rk_session_deposit(&session, 2, 1);
	rk_session_commit(&session);
	answer = poll_finish(rig, &poll);
	CHECK_EQ(answer->events->n_events, 1);
	CHECK_EQ(answer->events->events[0]->account, 2);
	CHECK_EQ(answer->events->next, newest_event(rig) + 1);
	riskd__answer__free_unpacked(answer, NULL);
}

static void gives_up_in_time(struct rk_rig *rig)
{
	uint64_t newest = newest_event(rig);
	struct rk_wire_range range = {.from = newest + 1, .wait_ms = 300};
	struct poll poll;
	Riskd__Answer *answer;

	poll_start(rig, &poll, &range);
	answer = poll_finish(rig, &poll);
	CHECK_EQ(answer->code, 0);
	CHECK_EQ(answer->events->n_events, 0);
	CHECK_EQ(answer->events->next, newest + 1);
	CHECK_EQ(answer->events->oldest, 1);
	riskd__answer__free_unpacked(answer, NULL);

	range.wait_ms = 0;
	answer = rk_wire_events(rig->query, &range);
	CHECK_EQ(answer->events->n_events, 0);
	CHECK_EQ(answer->events->next, newest + 1);
	riskd__answer__free_unpacked(answer, NULL);
	range.from = newest + 2;
	answer = rk_wire_events(rig->query, &range);
	CHECK_EQ(answer->code, RK_REJ_EVENTS_AHEAD);
	riskd__answer__free_unpacked(answer, NULL);
}

static void too_many_waiters(struct rk_rig *rig)
{
	struct rk_wire_range range = {.wait_ms = 9000};
	struct poll polls[2];
	Riskd__Answer *answer;

	for (size_t i = 0; i < N(polls); i++) {
		poll_start(rig, &polls[i], &range);
		check_waits(&polls[i]);
	}
	for (int i = 0; i < 3; i++) {
		answer = rk_wire_events(rig->query, &range);
		CHECK_EQ(answer->code, RK_REJ_BUSY);
		CHECK(answer->error[0] != '\0', "it says why");
		riskd__answer__free_unpacked(answer, NULL);
	}
	CHECK_EQ(rk_wire_counter(rig, "queries_refused"), 3);

	/* Those that wait are answered, and then others may. */
	rk_session_open(&session, rig, "poll");
	rk_session_account(&session, 1);
	rk_session_commit(&session);
	for (size_t i = 0; i < N(polls); i++) {
		answer = poll_finish(rig, &polls[i]);
		CHECK_EQ(answer->events->n_events, 1);
		riskd__answer__free_unpacked(answer, NULL);
	}
	range.wait_ms = 300;
	answer = rk_wire_events(rig->query, &range);
	CHECK_EQ(answer->code, 0);
	riskd__answer__free_unpacked(answer, NULL);
}

/* A poll whose asker is gone gives its place back. */
static void waiters_that_leave(struct rk_rig *rig)
{
	struct rk_wire_range range = {.wait_ms = 700};

	for (int i = 0; i < 8; i++) {
		struct poll poll;

		poll_start(rig, &poll, &range);
		rk_process_sleep_ms(20);
		/* Above the limit of waiters it was told busy by now. */
		nng_aio_stop(poll.aio);
		if (nng_aio_result(poll.aio) == 0)
			nng_msg_free(nng_aio_get_msg(poll.aio));
		nng_aio_free(poll.aio);
		rk_wire_close(rig, poll.socket);
	}
	CHECK_SOON(rk_wire_counter(rig, "query_connections") == 1);
	rk_process_sleep_ms(800);
	waits_for_an_event(rig);
}

#define MANY 5200U /* more than events_kept, which is 4096 */

static void old_events_are_gone(struct rk_rig *rig)
{
	struct rk_wire_range range = {.from = 1, .limit = 100};
	uint64_t expected;
	uint64_t newest;
	Riskd__Answer *answer;
	char number[24];

	rk_session_open(&session, rig, "old");
	rk_session_account(&session, 1);
	for (uint32_t i = 1; i < MANY; i++) {
		rk_session_deposit(&session, 1, 1);
		if (session.request.n_commands == RK_SESSION_ROWS_MAX)
			rk_session_commit(&session);
	}
	rk_session_commit(&session);

	newest = newest_event(rig);
	answer = rk_wire_status(rig);
	range.from = answer->status->oldest_event;
	riskd__answer__free_unpacked(answer, NULL);
	CHECK(range.from > 1 && newest - range.from + 1 <= 4096,
	      "at most 4096 events are kept");
	CHECK(newest - range.from + 1 >= 4000, "about as many are kept");

	/* What is gone is refused, and what is not is named. */
	range.from--;
	(void)snprintf(number, sizeof(number), "%" PRIu64, range.from + 1);
	answer = rk_wire_events(rig->query, &range);
	CHECK_EQ(answer->code, RK_REJ_EVENTS_GONE);
	CHECK(strstr(answer->error, number), "\"%s\" names the oldest, %s",
	      answer->error, number);
	riskd__answer__free_unpacked(answer, NULL);

	expected = ++range.from;
	while (expected <= newest) {
		answer = rk_wire_events(rig->query, &range);
		CHECK_EQ(answer->code, 0);
		CHECK(answer->events->n_events > 0, "event %" PRIu64 " is lost",
		      expected);
		CHECK(answer->events->n_events <= 100, "the limit is kept");
		for (size_t i = 0; i < answer->events->n_events; i++)
			CHECK_EQ(answer->events->events[i]->number, expected++);
		CHECK_EQ(answer->events->next, expected);
		range.from = answer->events->next;
		riskd__answer__free_unpacked(answer, NULL);
	}
}

/*
 * So much happens at once that what a poll waited for is gone before it is
 * looked at: it must not be told that nothing came.
 */
static void came_and_went(struct rk_rig *rig)
{
	struct rk_wire_quote quote = {0, 1, RK_SLOT_BTC_PERP, RK_LONGS_PRICE,
				      0};
	struct rk_wire_range range = {.topic = "account.9999", .wait_ms = 9000};
	nng_socket prices = rk_wire_dial(rig, RK_SOCKET_PRICES);
	struct poll poll;
	Riskd__Answer *answer;

	rk_wire_push(prices, &quote);
	CHECK_SOON(rk_wire_price(rig, RK_MARKET_BTC).mark == quote.price);
	rk_session_open(&session, rig, "poll");
	rk_session_account(&session, 9999);
	rk_session_longs(&session, 1, 3000);
	poll_start(rig, &poll, &range);
	check_waits(&poll);
	quote.seq = 2;
	quote.price = RK_LONGS_CRASH;
	rk_wire_push(prices, &quote);
	answer = poll_finish(rig, &poll);
	CHECK_EQ(answer->code, RK_REJ_EVENTS_GONE);
	riskd__answer__free_unpacked(answer, NULL);
}

int main(int argc, char **argv)
{
	static const struct rk_process_options plain = {0};
	static const struct rk_process_options few = {
		.settings = "limits {\n\tcontexts = 4\n\twaiters = 2\n}\n"};
	static const struct rk_process_options short_past = {
		.settings = "limits {\n\tevents_kept = 4096\n}\n"};
	static const struct rk_case cases[] = {
		{"a_long_poll_waits_for_an_event", waits_for_an_event, &plain},
		{"a_long_poll_waits_for_its_topic", waits_for_its_topic,
		 &plain},
		{"a_long_poll_gives_up_in_time", gives_up_in_time, &plain},
		{"too_many_long_polls_are_told_busy", too_many_waiters, &few},
		{"a_long_poll_left_alone_gives_its_place_back",
		 waiters_that_leave, &few},
		{"events_beyond_the_kept_ones_are_gone", old_events_are_gone,
		 &short_past},
		{"a_long_poll_overrun_by_events_is_told_so", came_and_went,
		 &short_past},
	};

	return rk_harness_run(cases, N(cases), argc, argv);
}

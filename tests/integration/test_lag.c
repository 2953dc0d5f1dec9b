/*
 * More prices than riskd can judge: it merges, says that it lags, and says
 * when it no longer does. And a price that waited too long counts for nothing.
 */
#include <inttypes.h>
#include <nng/nng.h>
#include <nng/supplemental/util/platform.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"

#define N(array)  (sizeof(array) / sizeof((array)[0]))
#define HOLDERS   3000U
#define WAIT_NS   INT64_C(60000000000)
#define SECOND_NS INT64_C(1000000000)
#define OLD_NS    INT64_C(700000000)

/* A thread that quotes one slot as fast as it may. */
struct feeder {
	nng_socket socket;
	nng_thread *thread;
	atomic_bool stop;
	uint64_t seq;
};

static struct rk_session session;
/* Not of the case: its thread goes on when that has failed. */
static struct feeder feeder;

/* Every holder is judged at every price: a book as dense as can be. */
static const struct rk_process_options dense = {
	.settings = "margin { method = scan }\n"
		    "lag { window = 1s judging = \"0.3\" age = 1h }\n",
};

static const struct rk_process_options by_age = {
	.settings = "lag { window = 1s judging = \"1\" age = 500ms }\n",
};

static const struct rk_process_options short_age = {.price_age = "1s"};

static void feed(void *argument)
{
	struct rk_wire_quote quote = {0, 0, RK_SLOT_BTC_PERP, 0, 0};

	(void)argument;
	while (!atomic_load(&feeder.stop)) {
		quote.seq = ++feeder.seq;
		quote.price = RK_LONGS_PRICE + (int64_t)(quote.seq % 100);
		rk_wire_try_push(feeder.socket, &quote);
	}
}

/* The next heartbeat. */
static bool says_lagging(nng_socket heartbeats)
{
	struct rk_wire_publication publication;
	bool lagging;

	CHECK(rk_wire_next(heartbeats, RK_WIRE_WAIT_MS, &publication),
	      "no heartbeat");
	lagging = publication.batch->heartbeat->lagging;
	rk_wire_drop(&publication);
	return lagging;
}

static void await_heartbeat(struct rk_rig *rig, nng_socket heartbeats,
			    bool lagging)
{
	int64_t until_ns = rk_process_now() + WAIT_NS;

	while (says_lagging(heartbeats) != lagging)
		CHECK(rk_process_now() < until_ns,
		      "no heartbeat says lagging=%d: judging %" PRIu64
		      " of %" PRIu64 " ns",
		      lagging, rk_wire_counter(rig, "lag_judging_ns"),
		      rk_wire_counter(rig, "lag_window_ns"));
}

static bool status_lags(struct rk_rig *rig)
{
	Riskd__Answer *answer = rk_wire_status(rig);
	bool lagging = answer->status->lagging;

	riskd__answer__free_unpacked(answer, NULL);
	return lagging;
}

static void check_log(struct rk_rig *rig, const char *words)
{
	char *log = rk_process_log(&rig->riskd);

	CHECK(strstr(log, words), "riskd has not logged \"%s\"", words);
	free(log);
}

/* The nth event Lag; false: there are fewer. */
static bool read_lag(struct rk_rig *rig, int nth, Riskd__Lag *ret_lag)
{
	struct rk_wire_range range = {.from = 1, .topic = "system"};
	Riskd__Answer *answer = rk_wire_events(rig->query, &range);
	bool found = false;

	CHECK_EQ(answer->code, 0);
	for (size_t i = 0; i < answer->events->n_events && !found; i++) {
		const Riskd__Event *event = answer->events->events[i];

		if (event->kind_case != RISKD__EVENT__KIND_LAG || nth-- > 0)
			continue;
		*ret_lag = *event->lag;
		found = true;
	}
	riskd__answer__free_unpacked(answer, NULL);
	return found;
}

static void check_published(nng_socket events, bool lagging)
{
	struct rk_wire_publication publication;
	bool told = false;

	while (!told) {
		CHECK(rk_wire_next(events, RK_WIRE_WAIT_MS, &publication),
		      "no event Lag is published");
		for (size_t i = 0; i < publication.batch->n_events; i++) {
			const Riskd__Event *event =
				publication.batch->events[i];

			told = told ||
			       (event->kind_case == RISKD__EVENT__KIND_LAG &&
				event->lag->lagging == lagging);
		}
		rk_wire_drop(&publication);
	}
}

/* What was measured while riskd lagged. */
static void check_measured(struct rk_rig *rig)
{
	uint64_t merged = rk_wire_counter(rig, "quotes_merged");
	uint64_t quotes = rk_wire_counter(rig, "price_quotes");
	Riskd__Lag lag;

	CHECK(read_lag(rig, 0, &lag), "there is no event of it");
	CHECK(lag.lagging, "it ends before it began");
	CHECK(lag.window_ns >= SECOND_NS, "a window of %" PRIi64,
	      lag.window_ns);
	CHECK(lag.judging_ns * 10 >= lag.window_ns * 3 &&
		      lag.judging_ns <= lag.window_ns,
	      "judging %" PRIi64 " of %" PRIi64, lag.judging_ns, lag.window_ns);
	CHECK(lag.batches > 0 && lag.judged >= lag.batches * HOLDERS / 2,
	      "%" PRIu64 " judged in %" PRIu64 " batches", lag.judged,
	      lag.batches);
	CHECK(lag.quotes_merged > 0, "quotes are merged");
	CHECK(merged > 0, "and counted");
	CHECK(rk_wire_counter(rig, "quotes_merged") +
			      rk_wire_counter(rig, "quotes_applied") >=
		      quotes,
	      "each quote is applied or merged away");
	CHECK(rk_wire_counter(rig, "judging_ns") <=
		      rk_wire_counter(rig, "turns_ns"),
	      "a turn is longer than its judging");
	rk_harness_note("%" PRIu64 " of %" PRIu64 " quotes merged, %" PRIu64
			" judged a batch",
			merged, quotes, lag.judged / lag.batches);
}

static void dense_book_is_told(struct rk_rig *rig)
{
	nng_socket beats =
		rk_wire_subscribe(rig, RK_SOCKET_EVENTS, "heartbeat");
	nng_socket events = rk_wire_subscribe(rig, RK_SOCKET_EVENTS, "system");
	struct rk_wire_quote first = {0, 1, RK_SLOT_BTC_PERP, RK_LONGS_PRICE,
				      0};
	Riskd__Lag lag;

	feeder.socket = rk_wire_dial(rig, RK_SOCKET_PRICES);
	feeder.seq = 1;
	rk_session_open(&session, rig, "dense");
	rk_wire_push(feeder.socket, &first);
	CHECK_SOON(rk_wire_price(rig, RK_MARKET_BTC).mark == RK_LONGS_PRICE);
	rk_session_longs(&session, 1, HOLDERS);
	CHECK(!says_lagging(beats), "nothing is lagging yet");

	CHECK(nng_thread_create(&feeder.thread, feed, NULL) == 0,
	      "cannot start a thread");
	await_heartbeat(rig, beats, true);
	CHECK(status_lags(rig), "Status does not say so");
	CHECK_EQ(rk_wire_counter(rig, "lags"), 1);
	check_log(rig, "lagging: prices come faster");
	check_published(events, true);
	check_measured(rig);

	atomic_store(&feeder.stop, true);
	nng_thread_destroy(feeder.thread); /* joins it */
	await_heartbeat(rig, beats, false);
	CHECK(!status_lags(rig), "Status says that it still lags");
	check_log(rig, "lagging no longer");
	check_published(events, false);
	CHECK(read_lag(rig, 1, &lag) && !lag.lagging, "its end is an event");
	CHECK(!read_lag(rig, 2, &lag), "it is told once");
	CHECK_EQ(rk_wire_counter(rig, "lags"), 1);
}

/* Feed prices of that age until a heartbeat says so. */
static void feed_until(struct rk_rig *rig, nng_socket prices, int64_t age_ns,
		       bool lagging)
{
	static uint64_t seq;
	int64_t until_ns = rk_process_now() + WAIT_NS;
	struct rk_wire_quote quote = {0, 0, RK_SLOT_BTC_PERP, 0, 0};

	while (status_lags(rig) != lagging) {
		CHECK(rk_process_now() < until_ns,
		      "Status does not come to say lagging=%d", lagging);
		quote.seq = ++seq;
		quote.price = RK_LONGS_PRICE + (int64_t)(seq % 100);
		quote.time_ns = rk_process_now() - age_ns;
		rk_wire_push(prices, &quote);
		rk_process_sleep_ms(10);
	}
}

/* Riskd has nothing to do, but what comes is old: a queue before it. */
static void old_prices_are_told(struct rk_rig *rig)
{
	nng_socket prices = rk_wire_dial(rig, RK_SOCKET_PRICES);
	Riskd__Lag lag;

	feed_until(rig, prices, OLD_NS, true);
	CHECK(rk_wire_counter(rig, "quote_age_p50_ns") >= (uint64_t)OLD_NS,
	      "the metric says so, too");
	feed_until(rig, prices, 0, false);
	CHECK(read_lag(rig, 0, &lag), "there is no event of it");
	CHECK(lag.lagging && lag.age_ns >= OLD_NS && lag.age_ns < WAIT_NS,
	      "it is the age: %" PRIi64, lag.age_ns);
	CHECK(read_lag(rig, 1, &lag) && !lag.lagging, "its end is an event");
}

static void await_price(struct rk_rig *rig, nng_socket prices, uint64_t seq,
			int64_t price)
{
	struct rk_wire_quote quote = {0, seq, RK_SLOT_BTC_PERP, price, 0};

	rk_wire_push(prices, &quote);
	CHECK_SOON(rk_wire_counter(rig, "price_messages") == seq);
}

/* A queue that stood still: its quotes are good ones, but of before. */
static void price_that_waited_too_long(struct rk_rig *rig)
{
	nng_socket prices = rk_wire_dial(rig, RK_SOCKET_PRICES);
	struct rk_wire_quote late = {0, 0, RK_SLOT_BTC_PERP, 0, 0};
	struct rk_wire_price price;

	await_price(rig, prices, 1, RK_LONGS_PRICE);
	CHECK_EQ(rk_wire_price(rig, RK_MARKET_BTC).mark, RK_LONGS_PRICE);
	rk_process_signal(&rig->riskd, SIGSTOP);
	for (late.seq = 2; late.seq <= 9; late.seq++) {
		late.price = RK_LONGS_CRASH + (int64_t)late.seq;
		rk_wire_push(prices, &late);
	}
	rk_process_sleep_ms(1500);
	rk_process_signal(&rig->riskd, SIGCONT);
	CHECK_SOON(rk_wire_counter(rig, "price_messages") == 9);
	price = rk_wire_price(rig, RK_MARKET_BTC);
	CHECK_EQ(price.mark, RK_LONGS_PRICE);
	CHECK_EQ(price.state, RISKD__PRICE_STATE__PRICE_STATE_STALE);
	CHECK_SOON(rk_wire_counter(rig, "quote_age_p99_ns") >=
		   (uint64_t)SECOND_NS);

	await_price(rig, prices, 10, RK_LONGS_PRICE + 1);
	CHECK_SOON(rk_wire_price(rig, RK_MARKET_BTC).mark ==
		   RK_LONGS_PRICE + 1);
}

int main(int argc, char **argv)
{
	static const struct rk_case cases[] = {
		{"a dense book under a flood of prices is told, and its end",
		 dense_book_is_told, &dense},
		{"prices that are old when they come are told",
		 old_prices_are_told, &by_age},
		{"a price that waited too long does not move the mark",
		 price_that_waited_too_long, &short_age},
	};

	return rk_harness_run(cases, N(cases), argc, argv);
}

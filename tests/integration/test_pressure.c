/*
 * More than riskd can take at once: floods of prices, subscribers that never
 * read, output larger than the outbox, answers larger than it. Memory stays
 * bounded, nothing is lost that was promised, and the books balance.
 */
#include <inttypes.h>
#include <nng/nng.h>
#include <nng/supplemental/util/platform.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/rc.h"
#include "raw.h"
#include "session.h"

#define N(array)  (sizeof(array) / sizeof((array)[0]))
#define SENDERS   RK_PUBLISHERS
#define MESSAGES  15000U /* of each sender */
#define CRASHED   3000U
#define HEARD     500U   /* a burst that no queue of a reader overflows at */
#define CROWD     32000U /* two events each: 13 MB */
#define MANY_ROWS 1024
#define MARKETS   4000U

/* What the daemon may grow by, KiB; a sanitizer keeps freed memory awhile. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GROWTH_KIB_MAX (512L * 1024)
#else
#define GROWTH_KIB_MAX (32L * 1024)
#endif

static struct rk_session session;

/* One feeder: a thread of its own that sends as fast as it may. */
struct feeder {
	nng_socket socket;
	nng_thread *thread;
	uint32_t publisher;
};

/* The last price of each publisher on each slot tells them all apart. */
static int64_t price_of(uint32_t publisher, uint32_t slot, uint64_t seq)
{
	return 1000000 + (int64_t)slot * 1000 + (int64_t)publisher * 10 +
	       (seq == MESSAGES ? 0 : 100 + (int64_t)(seq % 7));
}

static void feed(void *argument)
{
	const struct feeder *feeder = argument;
	Riskd__PriceBatch batch = RISKD__PRICE_BATCH__INIT;
	uint32_t slots[RK_SLOTS] = {0, 1, 2};
	int64_t prices[RK_SLOTS];
	unsigned char bytes[128];

	batch.version = 1;
	batch.publisher = feeder->publisher;
	batch.n_slot = RK_SLOTS;
	batch.slot = slots;
	batch.n_price = RK_SLOTS;
	batch.price = prices;
	for (batch.seq = 1; batch.seq <= MESSAGES; batch.seq++) {
		size_t size;

		for (uint32_t i = 0; i < RK_SLOTS; i++)
			prices[i] = price_of(feeder->publisher, i, batch.seq);
		batch.time_ns = rk_process_now();
		size = riskd__price_batch__pack(&batch, bytes);
		/* A failure is seen by the count of what arrives. */
		(void)nng_send(feeder->socket, bytes, size, 0);
	}
}

static void flood(struct rk_rig *rig)
{
	long before = rk_process_peak_kib(&rig->riskd);
	struct feeder feeders[SENDERS];
	uint64_t merged;
	long after;

	for (uint32_t i = 0; i < SENDERS; i++) {
		feeders[i].socket = rk_wire_dial(rig, RK_SOCKET_PRICES);
		feeders[i].publisher = i;
		CHECK(nng_thread_create(&feeders[i].thread, feed,
					&feeders[i]) == 0,
		      "cannot start a thread");
	}
	for (uint32_t i = 0; i < SENDERS; i++)
		nng_thread_destroy(feeders[i].thread); /* joins it */

	CHECK_SOON(rk_wire_counter(rig, "price_messages") ==
		   SENDERS * MESSAGES);
	CHECK_EQ(rk_wire_counter(rig, "prices_refused"), 0);
	CHECK_EQ(rk_wire_counter(rig, "price_quotes"),
		 SENDERS * MESSAGES * RK_SLOTS);
	merged = rk_wire_counter(rig, "quotes_merged");
	CHECK(merged > 0, "quotes of one publisher and slot are merged");
	CHECK(rk_wire_counter(rig, "price_batches") <=
		      rk_wire_counter(rig, "turns"),
	      "at most one batch a turn");
	/* The median of four: between the second and the third. */
	for (uint32_t market = 0; market < 2; market++)
		CHECK_EQ(rk_wire_price(rig, market).mark,
			 (price_of(1, market + 1, MESSAGES) +
			  price_of(2, market + 1, MESSAGES)) /
				 2);
	after = rk_process_peak_kib(&rig->riskd);
	rk_harness_note("%" PRIu64 " of %u quotes merged, paused %" PRIu64
			" times, peak %ld to %ld KiB",
			merged, SENDERS * MESSAGES * RK_SLOTS,
			rk_wire_counter(rig, "prices_paused"), before, after);
	CHECK(after < before + GROWTH_KIB_MAX,
	      "the peak of memory grew from %ld to %ld KiB", before, after);
}

/* The same, but with a ring so small that senders are held up. */
static void flood_small_ring(struct rk_rig *rig)
{
	flood(rig);
	CHECK(rk_wire_counter(rig, "prices_paused") > 0,
	      "a full ring pauses receiving");
}

static uint32_t orders_open(struct rk_rig *rig)
{
	Riskd__Answer *status = rk_wire_status(rig);
	uint32_t n = status->status->orders_open;

	riskd__answer__free_unpacked(status, NULL);
	return n;
}

/* Events by number: without a gap, one order opened per account. */
static void check_orders(struct rk_rig *rig, uint64_t base, uint32_t accounts)
{
	struct rk_wire_range range = {.from = 1, .limit = 10000};
	uint8_t *opened = calloc(accounts, 1);
	uint64_t next = 1;
	uint32_t n = 0;
	bool more = true;

	CHECK(opened, "no memory");
	while (more) {
		Riskd__Answer *answer = rk_wire_events(rig->query, &range);

		CHECK(answer->code == 0, "no events: %s", answer->error);
		for (size_t i = 0; i < answer->events->n_events; i++) {
			const Riskd__Event *event = answer->events->events[i];

			CHECK_EQ(event->number, next++);
			if (event->kind_case != RISKD__EVENT__KIND_ORDER)
				continue;
			CHECK_EQ(event->order->phase,
				 RISKD__LIQUIDATION_ORDER__PHASE__PHASE_OPENED);
			CHECK(opened[event->account - base]++ == 0,
			      "account %" PRIu64 " is liquidated twice",
			      event->account);
			n++;
		}
		more = answer->events->n_events > 0;
		range.from = answer->events->next;
		riskd__answer__free_unpacked(answer, NULL);
	}
	free(opened);
	CHECK_EQ(n, accounts);
}

static void crash(struct rk_rig *rig, uint64_t base, uint32_t accounts)
{
	nng_socket prices = rk_wire_dial(rig, RK_SOCKET_PRICES);
	struct rk_wire_quote quote = {0, 1, RK_SLOT_BTC_PERP, RK_LONGS_PRICE,
				      0};

	rk_session_open(&session, rig, "crash");
	rk_wire_push(prices, &quote);
	CHECK_SOON(rk_wire_price(rig, RK_MARKET_BTC).mark == RK_LONGS_PRICE);
	rk_session_longs(&session, base, accounts);
	quote.seq = 2;
	quote.price = RK_LONGS_CRASH;
	rk_wire_push(prices, &quote);
	CHECK_SOON(orders_open(rig) == accounts);
}

/* More events of one command than the outbox has room for. */
static void crash_small_outbox(struct rk_rig *rig)
{
	crash(rig, 1, CROWD);
	check_orders(rig, 1, CROWD);
}

/*
 * Some subscribers never read: the others get everything, requests are
 * answered, and what is queued for them stays bounded.
 */
static void deaf_subscribers(struct rk_rig *rig)
{
	nng_socket good =
		rk_wire_subscribe(rig, RK_SOCKET_EVENTS, "liquidation.");
	long before = rk_process_peak_kib(&rig->riskd);
	struct rk_wire_publication publication;
	uint32_t orders = 0;

	for (int i = 0; i < 8; i++)
		(void)rk_raw_open(rig,
				  i % 2 ? RK_SOCKET_EVENTS : RK_SOCKET_PUBLIC,
				  RK_RAW_SUB);
	CHECK_SOON(rk_wire_counter(rig, "events_connections") == 5);
	crash(rig, 1, HEARD);
	while (orders < HEARD) {
		CHECK(rk_wire_next(good, RK_WIRE_WAIT_MS, &publication),
		      "only %u orders came", orders);
		orders += (uint32_t)publication.batch->n_events;
		rk_wire_drop(&publication);
	}
	CHECK_EQ(orders, HEARD);
	rk_harness_note("peak %ld KiB", rk_process_peak_kib(&rig->riskd));
	CHECK(rk_process_peak_kib(&rig->riskd) < before + GROWTH_KIB_MAX,
	      "memory is bounded, but peaked at %ld KiB",
	      rk_process_peak_kib(&rig->riskd));
}

/* One more query in flight than there is room for its answers at once. */
static void large_answers(struct rk_rig *rig)
{
	Riskd__EventsQuery wanted = RISKD__EVENTS_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;
	nng_socket sockets[24];
	unsigned char bytes[64];
	size_t size;

	crash(rig, 1, CRASHED);
	wanted.from = 1;
	wanted.limit = 10000;
	query.version = 1;
	query.kind_case = RISKD__QUERY__KIND_EVENTS;
	query.events = &wanted;
	size = riskd__query__pack(&query, bytes);
	for (size_t i = 0; i < N(sockets); i++)
		sockets[i] = rk_wire_dial(rig, RK_SOCKET_QUERY);
	for (int round = 0; round < 4; round++) {
		for (size_t i = 0; i < N(sockets); i++)
			rk_wire_send(sockets[i], bytes, size);
		for (size_t i = 0; i < N(sockets); i++) {
			struct rk_wire_bytes reply;
			Riskd__Answer *answer;
			nng_msg *message;

			CHECK(nng_recvmsg(sockets[i], &message, 0) == 0,
			      "query %zu is not answered", i);
			reply.data = nng_msg_body(message);
			reply.size = nng_msg_len(message);
			answer = rk_wire_answer_of(&reply);
			CHECK_EQ(answer->code, 0);
			CHECK(answer->events->n_events > 1000,
			      "a large answer: %zu events in %zu bytes",
			      answer->events->n_events, reply.size);
			riskd__answer__free_unpacked(answer, NULL);
			nng_msg_free(message);
		}
	}
}

/* As many rows as one message may have, again and again. */
static void large_reply(struct rk_rig *rig)
{
	static Riskd__Command *pointers[MANY_ROWS];
	static Riskd__Command row;
	static Riskd__Deposit deposit;
	char name[] = "many";
	Riskd__Request request = RISKD__REQUEST__INIT;
	Riskd__Reply *reply;

	rk_session_open(&session, rig, "accounts");
	rk_session_account(&session, 1);
	rk_session_commit(&session);
	riskd__command__init(&row);
	riskd__deposit__init(&deposit);
	deposit.account = 1;
	deposit.amount = 1;
	row.kind_case = RISKD__COMMAND__KIND_DEPOSIT;
	row.deposit = &deposit;
	for (size_t i = 0; i < N(pointers); i++)
		pointers[i] = &row;
	request.version = 1;
	request.client = name;
	request.commands = pointers;
	request.n_commands = N(pointers);
	for (uint64_t round = 0; round < 5; round++) {
		request.client_seq = 1 + round * MANY_ROWS;
		reply = rk_wire_request(session.socket, &request);
		CHECK(reply->code == 0, "refused: %s", reply->error);
		CHECK_EQ(reply->n_results, MANY_ROWS);
		for (size_t i = 0; i < reply->n_results; i++)
			CHECK_EQ(reply->results[i]->code, 0);
		riskd__reply__free_unpacked(reply, NULL);
	}
	CHECK_EQ(rk_wire_usd(rig, 1), 5 * MANY_ROWS);
}

/* All there is to know of thousands of markets: megabytes, in one answer. */
static void largest_answer(struct rk_rig *rig)
{
	Riskd__MarketsQuery wanted = RISKD__MARKETS_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;

	query.version = 1;
	query.kind_case = RISKD__QUERY__KIND_MARKETS;
	query.markets = &wanted;
	for (int round = 0; round < 5; round++) {
		Riskd__Answer *answer = rk_wire_query(rig->query, &query);

		CHECK(answer->code == 0 || answer->code == RK_REJ_TOO_MANY,
		      "given, or refused as too large, not %s",
		      rk_rc_name(answer->code));
		CHECK(answer->code != 0 ||
			      answer->markets->n_markets == MARKETS + 2,
		      "not all markets are there");
		riskd__answer__free_unpacked(answer, NULL);
	}
}

/* Requests, queries, prices and crashes, all at once, for a while. */
static void everything(struct rk_rig *rig)
{
	struct feeder feeders[2];
	nng_socket query = rk_wire_dial(rig, RK_SOCKET_QUERY);

	crash(rig, 1, 500);
	for (uint32_t i = 0; i < N(feeders); i++) {
		feeders[i].socket = rk_wire_dial(rig, RK_SOCKET_PRICES);
		feeders[i].publisher = i + 2;
		CHECK(nng_thread_create(&feeders[i].thread, feed,
					&feeders[i]) == 0,
		      "cannot start a thread");
	}
	for (uint32_t i = 0; i < 300; i++) {
		struct rk_wire_range range = {.from = 1 + i * 5, .limit = 100};
		Riskd__Answer *answer;

		rk_session_deposit(&session, 1 + i % 500, RK_USD(3));
		rk_session_commit(&session);
		answer = rk_wire_events(query, &range);
		CHECK(answer->code == 0 &&
			      answer->events->events[0]->number == range.from,
		      "event %" PRIu64 " can be read", range.from);
		riskd__answer__free_unpacked(answer, NULL);
	}
	for (uint32_t i = 0; i < N(feeders); i++)
		nng_thread_destroy(feeders[i].thread);
	CHECK_EQ(rk_wire_counter(rig, "commands_refused"), 0);
}

int main(int argc, char **argv)
{
	static const struct rk_process_options plain = {0};
	static const struct rk_process_options ring = {
		.settings = "limits { ring = 16 }\n"};
	static const struct rk_process_options tcp = {.tcp = true};
	static const struct rk_process_options crowd = {
		.settings = "limits {\n\toutbox_bytes = 1MiB\n"
			    "\taccounts = 32000\n\towners = 32000\n"
			    "\tpositions = 32000\n\tbalances = 32000\n"
			    "\torders = 32000\n}\n"};
	static const struct rk_process_options outbox = {
		.settings = "limits {\n\toutbox_bytes = 1MiB\n"
			    "\tmessage_size = 4MiB\n"
			    "\tcommands_per_message = 1024\n"
			    "\tevents_kept_bytes = 64MiB\n}\n"};
	static const struct rk_process_options markets = {
		.settings = "limits {\n\toutbox_bytes = 1MiB\n"
			    "\tmarkets = 4096\n}\n",
		.more_markets = MARKETS};
	static const struct rk_case cases[] = {
		{"a_flood_of_prices_is_merged_and_the_last_price_is_right",
		 flood, &plain},
		{"a_flood_into_a_small_ring_holds_senders_up", flood_small_ring,
		 &ring},
		{"a_flood_over_tcp_is_merged", flood, &tcp},
		{"a_crash_larger_than_the_outbox_loses_no_event",
		 crash_small_outbox, &crowd},
		{"subscribers_that_never_read_cost_the_others_nothing",
		 deaf_subscribers, &plain},
		{"answers_larger_than_the_outbox_are_given", large_answers,
		 &outbox},
		{"a_reply_to_the_most_rows_is_given", large_reply, &outbox},
		{"the_largest_answer_is_given_or_refused", largest_answer,
		 &markets},
		{"everything_at_once_is_survived", everything, &plain},
	};

	return rk_harness_run(cases, N(cases), argc, argv);
}

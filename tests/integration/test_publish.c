/*
 * What goes out: every event once under each of its topics, numbered without
 * gap, chained to the one before; and nothing of any account on `public`.
 *
 * A book is built, crashes, is partly executed and recovers; what came over
 * the PUB sockets is then compared with what can be read by number.
 */
#include <inttypes.h>
#include <nng/nng.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"

#define N(array)   (sizeof(array) / sizeof((array)[0]))
#define ACCOUNTS   300U
#define LONGS      250U /* one batch of orders each, so none is withheld */
#define MARKETS    2U
#define QUIET_MS   600
#define EVENTS_MAX 20000U
/* Ids that no other number looks like; only the last 24 bits differ. */
#define BASE UINT64_C(0x5a3c96a55a000000)

static const char *const markets[MARKETS] = {"BTC-PERP", "ETH-PERP"};

static struct rk_session session;

/* What has been seen of one socket, by event number. */
struct seen {
	uint8_t *by_account; /* times, under account.<id> */
	uint8_t *by_other;   /* times, under any other topic */
	struct rk_wire_bytes *packed;
	uint32_t tickers;
};

static struct seen on_events;
static struct seen on_public;

static void seen_open(struct seen *seen)
{
	memset(seen, 0, sizeof(*seen));
	seen->by_account = calloc(EVENTS_MAX, 1);
	seen->by_other = calloc(EVENTS_MAX, 1);
	seen->packed = calloc(EVENTS_MAX, sizeof(*seen->packed));
	CHECK(seen->by_account && seen->by_other && seen->packed, "no memory");
}

static void seen_close(struct seen *seen)
{
	for (size_t i = 0; i < EVENTS_MAX; i++)
		rk_wire_free(&seen->packed[i]);
	free(seen->packed);
	free(seen->by_account);
	free(seen->by_other);
}

static bool is_order(const Riskd__Event *event)
{
	return event->kind_case == RISKD__EVENT__KIND_ORDER;
}

/* Topic of an event besides that of its account; "" when there is none. */
static void other_topic(const Riskd__Event *event, uint64_t account,
			char topic[RK_WIRE_TOPIC_SIZE])
{
	const char *word = is_order(event) ? "liquidation" : "market";

	topic[0] = '\0';
	if (event->market_plus_one != 0 && (is_order(event) || account == 0))
		(void)snprintf(topic, RK_WIRE_TOPIC_SIZE, "%s.%s", word,
			       markets[event->market_plus_one - 1]);
	else if (account == 0)
		(void)snprintf(topic, RK_WIRE_TOPIC_SIZE, "system");
}

static void keep(struct seen *seen, const Riskd__Event *event)
{
	struct rk_wire_bytes *packed = &seen->packed[event->number];
	size_t size = riskd__event__get_packed_size(event);
	unsigned char *bytes = malloc(size + 1);

	CHECK(bytes, "no memory");
	(void)riskd__event__pack(event, bytes);
	CHECK(!packed->data || (packed->size == size &&
				memcmp(packed->data, bytes, size) == 0),
	      "event %" PRIu64 " differs between two topics", event->number);
	rk_wire_free(packed);
	packed->data = bytes;
	packed->size = size;
}

static void take(struct seen *seen,
		 const struct rk_wire_publication *publication)
{
	const Riskd__EventBatch *batch = publication->batch;
	bool account = strncmp(publication->topic, "account.", 8) == 0;

	seen->tickers += (uint32_t)batch->n_tickers;
	CHECK(batch->n_events + batch->n_tickers + (batch->heartbeat != NULL) >
		      0,
	      "topic %s: an empty publication", publication->topic);
	for (size_t i = 0; i < batch->n_events; i++) {
		const Riskd__Event *event = batch->events[i];
		char topic[RK_WIRE_TOPIC_SIZE];

		CHECK(event->number < EVENTS_MAX, "event %" PRIu64,
		      event->number);
		if (account) {
			(void)snprintf(topic, sizeof(topic), "account.%" PRIu64,
				       event->account);
			seen->by_account[event->number]++;
		} else {
			other_topic(event, event->account, topic);
			seen->by_other[event->number]++;
		}
		CHECK(strcmp(topic, publication->topic) == 0,
		      "event %" PRIu64 " of topic %s came under %s",
		      event->number, topic, publication->topic);
		keep(seen, event);
	}
}

/* The bytes all account ids end in, as a varint has them. */
static bool shows_account(const struct rk_wire_bytes *bytes)
{
	unsigned char pattern[8];
	uint64_t high = BASE >> 28; /* four groups of seven bits */
	size_t n = 0;

	while (high >= 0x80) {
		pattern[n++] = (unsigned char)(high | 0x80U);
		high >>= 7;
	}
	pattern[n++] = (unsigned char)high;
	for (size_t i = 0; i + n <= bytes->size; i++)
		if (memcmp(bytes->data + i, pattern, n) == 0)
			return true;
	return false;
}

/* Take everything that comes until nothing but heartbeats and tickers does. */
static void drain(nng_socket socket, struct seen *seen, bool public)
{
	struct rk_wire_publication publication;
	int quiet = 0;

	while (quiet < 3 && rk_wire_next(socket, QUIET_MS, &publication)) {
		quiet = publication.batch->n_events > 0 ? 0 : quiet + 1;
		take(seen, &publication);
		CHECK(!public || !shows_account(&publication.bytes),
		      "topic %s on `public` shows an account",
		      publication.topic);
		CHECK(!public || (strncmp(publication.topic, "account.", 8) &&
				  strcmp(publication.topic, "system")),
		      "topic %s on `public`", publication.topic);
		rk_wire_drop(&publication);
	}
}

static void push(nng_socket prices, uint64_t seq, uint32_t slot, int64_t price)
{
	struct rk_wire_quote quote = {0, seq, slot, price, 0};

	rk_wire_push(prices, &quote);
}

/* The open orders, oldest of each account first. */
static Riskd__Answer *open_orders(struct rk_rig *rig)
{
	Riskd__OrdersQuery wanted = RISKD__ORDERS_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;

	wanted.limit = 1000;
	query.version = 1;
	query.kind_case = RISKD__QUERY__KIND_ORDERS;
	query.orders = &wanted;
	return rk_wire_query(rig->query, &query);
}

static uint32_t open_orders_n(struct rk_rig *rig)
{
	Riskd__Answer *status = rk_wire_status(rig);
	uint32_t n = status->status->orders_open;

	riskd__answer__free_unpacked(status, NULL);
	return n;
}

/* Fill a third of the orders wholly, half fill another, close the last. */
static void execute(Riskd__Answer *answer)
{
	for (size_t i = 0; i < answer->orders->n_orders; i++) {
		const Riskd__Order *order = answer->orders->orders[i];
		Riskd__Trade *trade;

		if (i % 3 == 2) {
			Riskd__OrderClosed *closed = rk_session_add(
				&session, RISKD__COMMAND__KIND_ORDER_CLOSED);

			*closed->order = *order->order;
			continue;
		}
		trade = rk_session_add(&session, RISKD__COMMAND__KIND_TRADE);
		trade->trade = session.next + session.request.n_commands;
		trade->market = order->market;
		trade->price = order->floor_price;
		trade->size = i % 3 == 0 ? order->size : order->size / 2;
		trade->seller->account = order->account;
		*trade->seller->order = *order->order;
	}
	rk_session_commit(&session);
}

/* From quiet to crash to recovery, with a bit of everything on the way. */
static void busy_day(struct rk_rig *rig)
{
	nng_socket prices = rk_wire_dial(rig, RK_SOCKET_PRICES);
	Riskd__HaltMarket *halt;
	Riskd__Answer *orders;

	rk_session_open(&session, rig, "day");
	push(prices, 1, RK_SLOT_BTC_PERP, RK_LONGS_PRICE);
	push(prices, 1, RK_SLOT_BTC, RK_LONGS_PRICE);
	rk_session_longs(&session, BASE, LONGS);
	for (uint32_t i = LONGS; i < ACCOUNTS; i++) {
		rk_session_account(&session, BASE + i);
		rk_session_deposit(&session, BASE + i, RK_USD(5));
	}
	halt = rk_session_add(&session, RISKD__COMMAND__KIND_HALT_MARKET);
	halt->market = RK_MARKET_ETH;
	halt->halted = 1;
	rk_session_commit(&session);
	rk_session_deposit(&session, 1, 1); /* no such account: a rejection */
	riskd__reply__free_unpacked(rk_session_send(&session), NULL);

	push(prices, 2, RK_SLOT_BTC_PERP, RK_LONGS_PRICE - 86000);
	push(prices, 3, RK_SLOT_BTC_PERP, RK_LONGS_CRASH);
	CHECK_SOON(open_orders_n(rig) == LONGS);
	orders = open_orders(rig);
	execute(orders);
	riskd__answer__free_unpacked(orders, NULL);
	push(prices, 4, RK_SLOT_BTC_PERP, RK_LONGS_PRICE);
	CHECK_SOON(rk_wire_price(rig, RK_MARKET_BTC).mark == RK_LONGS_PRICE);
}

/* Walks all events by number and proves the chains. */
struct walk {
	uint64_t next;
	uint64_t last_account[ACCOUNTS];
	uint64_t last_order[MARKETS];
	uint64_t last_market[MARKETS];
	uint64_t last_system;
	uint32_t orders;
};

static void check_chain(struct walk *walk, const Riskd__Event *event)
{
	uint64_t *other = NULL;

	CHECK_EQ(event->number, walk->next++);
	if (event->account == 0) {
		CHECK_EQ(event->prev_account, 0);
		other = event->market_plus_one
				? &walk->last_market[event->market_plus_one - 1]
				: &walk->last_system;
	} else {
		uint64_t *last = &walk->last_account[event->account - BASE];

		CHECK_EQ(event->prev_account, *last);
		*last = event->number;
	}
	if (is_order(event)) {
		other = &walk->last_order[event->market_plus_one - 1];
		walk->orders++;
	}
	CHECK_EQ(event->prev_topic, other ? *other : 0);
	if (other)
		*other = event->number;
}

/* An order or market event as `public` must show it. */
static void check_public(const Riskd__Event *event)
{
	const struct rk_wire_bytes *packed = &on_public.packed[event->number];
	Riskd__Event *shown =
		riskd__event__unpack(NULL, packed->size, packed->data);

	CHECK(shown, "event %" PRIu64 " on `public`", event->number);
	CHECK_EQ(shown->account, 0);
	CHECK_EQ(shown->prev_account, 0);
	CHECK_EQ(shown->seq, event->seq);
	CHECK_EQ(shown->market_plus_one, event->market_plus_one);
	CHECK_EQ(shown->prev_topic, event->prev_topic);
	CHECK_EQ(shown->kind_case, event->kind_case);
	if (is_order(event)) {
		CHECK_EQ(shown->order->equity, 0);
		CHECK_EQ(shown->order->maintenance, 0);
		CHECK_EQ(shown->order->initial, 0);
		CHECK_EQ(shown->order->phase, event->order->phase);
		CHECK_EQ(shown->order->order->seq, event->order->order->seq);
		CHECK_EQ(shown->order->order->n, event->order->order->n);
		CHECK_EQ(shown->order->size, event->order->size);
		CHECK_EQ(shown->order->filled, event->order->filled);
		CHECK_EQ(shown->order->mark, event->order->mark);
		CHECK_EQ(shown->order->floor_price, event->order->floor_price);
	}
	riskd__event__free_unpacked(shown, NULL);
}

/* Was the event published once under each topic, as it can be read? */
static void check_published(const Riskd__Event *event)
{
	size_t size = riskd__event__get_packed_size(event);
	const struct rk_wire_bytes *packed = &on_events.packed[event->number];
	char topic[RK_WIRE_TOPIC_SIZE];
	unsigned char bytes[1024];
	bool other;
	bool public;

	other_topic(event, event->account, topic);
	other = topic[0] != '\0';
	public = other && strcmp(topic, "system") != 0;
	CHECK(on_events.by_account[event->number] == (event->account != 0) &&
		      on_events.by_other[event->number] == other,
	      "event %" PRIu64 " came %u times under its account and %u "
	      "times under another topic",
	      event->number, on_events.by_account[event->number],
	      on_events.by_other[event->number]);
	CHECK(size <= sizeof(bytes) && packed->size == size,
	      "event %" PRIu64 " is published as it is read", event->number);
	(void)riskd__event__pack(event, bytes);
	CHECK(memcmp(bytes, packed->data, size) == 0,
	      "event %" PRIu64 " is published as it is read", event->number);
	CHECK(on_public.by_other[event->number] == public,
	      "event %" PRIu64 " (%s) came %u times on `public`", event->number,
	      topic, on_public.by_other[event->number]);
	if (public)
		check_public(event);
}

/* Read all events; those from `from` on must have been published. */
static uint32_t walk_events(struct rk_rig *rig, uint64_t from)
{
	static struct walk walk;
	struct rk_wire_range range = {.from = 1, .limit = 500};
	bool more = true;

	memset(&walk, 0, sizeof(walk));
	walk.next = 1;
	while (more) {
		Riskd__Answer *answer = rk_wire_events(rig->query, &range);

		CHECK(answer->code == 0, "no events: %s", answer->error);
		for (size_t i = 0; i < answer->events->n_events; i++) {
			const Riskd__Event *event = answer->events->events[i];

			check_chain(&walk, event);
			if (event->number >= from)
				check_published(event);
		}
		more = answer->events->n_events > 0;
		range.from = answer->events->next;
		riskd__answer__free_unpacked(answer, NULL);
	}
	rk_harness_note("%" PRIu64 " events, %" PRIu32 " of orders",
			walk.next - 1, walk.orders);
	return walk.orders;
}

/* What a topic gives must be what a walk over all gives for it. */
static void check_topic(struct rk_rig *rig, const char *topic, uint32_t want)
{
	struct rk_wire_range range = {.from = 1, .topic = topic};
	uint64_t last = 0;
	uint32_t n = 0;
	bool more = true;

	while (more) {
		Riskd__Answer *answer = rk_wire_events(rig->query, &range);

		CHECK(answer->code == 0, "%s: %s", topic, answer->error);
		for (size_t i = 0; i < answer->events->n_events; i++) {
			const Riskd__Event *event = answer->events->events[i];

			CHECK(event->number > last, "%s: numbers rise", topic);
			CHECK_EQ(strncmp(topic, "account.", 8) == 0
					 ? event->prev_account
					 : event->prev_topic,
				 last);
			last = event->number;
			n++;
		}
		more = answer->events->n_events > 0;
		range.from = answer->events->next;
		riskd__answer__free_unpacked(answer, NULL);
	}
	CHECK(want == 0 || n == want, "%s: %u events, not %u", topic, n, want);
	CHECK(n > 0, "%s: no events", topic);
}

static void day(struct rk_rig *rig)
{
	nng_socket events = rk_wire_subscribe(rig, RK_SOCKET_EVENTS, "");
	nng_socket public = rk_wire_subscribe(rig, RK_SOCKET_PUBLIC, "");
	Riskd__Answer *status = rk_wire_status(rig);
	uint64_t from = status->status->last_event + 1;
	uint32_t orders;

	riskd__answer__free_unpacked(status, NULL);
	seen_open(&on_events);
	seen_open(&on_public);
	busy_day(rig);
	drain(events, &on_events, false);
	drain(public, &on_public, true);
	orders = walk_events(rig, from);
	CHECK(orders > 2 * LONGS, "opened, filled, closed, asked to close");
	check_topic(rig, "liquidation.BTC-PERP", orders);
	check_topic(rig, "market.BTC-PERP", 0);
	check_topic(rig, "market.ETH-PERP", 0);
	check_topic(rig, "system", 0);
	check_topic(rig, "account.6502237598939873280", 0); /* BASE */
	CHECK(on_events.tickers > 0 && on_public.tickers > 0,
	      "tickers come on both");
	seen_close(&on_events);
	seen_close(&on_public);
}

static void heartbeats(struct rk_rig *rig)
{
	nng_socket socket =
		rk_wire_subscribe(rig, RK_SOCKET_PUBLIC, "heartbeat");
	int64_t last_ns = 0;

	rk_session_open(&session, rig, "heart");
	rk_session_account(&session, 1);
	rk_session_commit(&session);
	for (int i = 0; i < 3; i++) {
		struct rk_wire_publication publication;
		const Riskd__Heartbeat *beat;

		CHECK(rk_wire_next(socket, RK_WIRE_WAIT_MS, &publication),
		      "the heart stopped");
		CHECK_EQ(strcmp(publication.topic, "heartbeat"), 0);
		beat = publication.batch->heartbeat;
		CHECK(beat, "a heartbeat is in it");
		CHECK_EQ(beat->durable_seq, beat->last_seq);
		CHECK(beat->last_event > 0, "the newest event is named");
		/* By the daemon's own clock, which a slow test is not. */
		if (i > 0)
			CHECK(beat->time_ns - last_ns > 500000000 &&
				      beat->time_ns - last_ns < 3000000000,
			      "%lld ns between two",
			      (long long)(beat->time_ns - last_ns));
		last_ns = beat->time_ns;
		rk_wire_drop(&publication);
	}
}

/* A subscription is a prefix of the topic's text. */
static void prefixes(struct rk_rig *rig)
{
	nng_socket one = rk_wire_subscribe(rig, RK_SOCKET_EVENTS, "account.7");
	struct rk_wire_publication publication;

	rk_session_open(&session, rig, "prefix");
	rk_session_account(&session, 6);
	rk_session_account(&session, 7);
	rk_session_account(&session, 8);
	rk_session_commit(&session);
	CHECK(rk_wire_next(one, RK_WIRE_WAIT_MS, &publication), "nothing came");
	CHECK_EQ(strcmp(publication.topic, "account.7"), 0);
	CHECK_EQ(publication.batch->n_events, 1);
	CHECK_EQ(publication.batch->events[0]->account, 7);
	rk_wire_drop(&publication);
	CHECK(!rk_wire_next(one, 300, &publication), "others came too");
}

int main(int argc, char **argv)
{
	static const struct rk_process_options plain = {0};
	static const struct rk_process_options tcp = {.tcp = true};
	static const struct rk_case cases[] = {
		{"every_event_goes_out_once_under_each_topic", day, &plain},
		{"every_event_goes_out_over_tcp_as_well", day, &tcp},
		{"the_heart_beats_each_second", heartbeats, &plain},
		{"a_subscriber_gets_its_topics_only", prefixes, &plain},
	};

	return rk_harness_run(cases, N(cases), argc, argv);
}

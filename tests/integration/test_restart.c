/*
 * What an operator does between two runs: look at an earlier state, leave a
 * command out, edit the configuration; and what clients see of a restart:
 * prices that do not count until they are quoted again, events from number 1
 * on, and a clear word about those that are gone.
 */
#include <inttypes.h>
#include <nng/nng.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/rc.h"
#include "folder.h"
#include "load.h"
#include "seen.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define ACCOUNT  UINT64_C(700001)
#define BEYOND   "1000000000" /* more commands than there are */
#define WAIT_NS  INT64_C(60000000000)

#define SETTINGS                                                               \
	RK_LOAD_LIMITS                                                         \
	"journal {\n\tsegment_bytes = 1MiB\n\tkeep_segments = 1000\n}\n"       \
	"snapshot {\n\tinterval = \"1h\"\n}\n"

static const struct rk_process_options options = {
	.durable = true,
	.more_markets = RK_LOAD_MARKETS,
	.settings = SETTINGS,
};

static struct rk_load load;
static struct rk_session session;

static void work(uint64_t requests)
{
	rk_load_connect(&load);
	rk_load_run(&load, requests);
	rk_load_settle(&load);
}

static void end(struct rk_rig *rig)
{
	rk_wire_close_all(rig);
	rk_process_kill(&rig->riskd);
}

static void start_with(struct rk_rig *rig, const char *option,
		       const char *value)
{
	rig->riskd.option = option;
	rig->riskd.value = value;
	rk_process_start(&rig->riskd);
	rk_wire_open_query(rig);
	rig->riskd.option = NULL;
}

static void start(struct rk_rig *rig)
{
	start_with(rig, NULL, NULL);
}

static uint64_t last_seq(struct rk_rig *rig)
{
	Riskd__Answer *answer = rk_wire_status(rig);
	uint64_t seq = answer->status->last_seq;

	riskd__answer__free_unpacked(answer, NULL);
	return seq;
}

static void take_snapshot(struct rk_rig *rig, int code)
{
	Riskd__SnapshotQuery wanted = RISKD__SNAPSHOT_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;
	Riskd__Answer *answer;

	query.version = 1;
	query.kind_case = RISKD__QUERY__KIND_SNAPSHOT;
	query.snapshot = &wanted;
	answer = rk_wire_query(rig->query, &query);
	CHECK(answer->code == code, "a snapshot is answered with %d: %s",
	      answer->code, answer->error);
	riskd__answer__free_unpacked(answer, NULL);
}

static void check_log(const struct rk_rig *rig, const char *words)
{
	char *log = rk_process_log(&rig->riskd);

	CHECK(strstr(log, words), "riskd has not logged \"%s\"", words);
	free(log);
}

static struct rk_wire_digests digests_before(struct rk_rig *rig,
					     const char *seq)
{
	struct rk_wire_digests digests;

	start_with(rig, "--stop-before", seq);
	digests = rk_wire_digests(rig);
	rk_wire_close_all(rig);
	rk_process_signal(&rig->riskd, SIGTERM);
	CHECK_EQ(rk_process_wait(&rig->riskd), 0);
	return digests;
}

static void check_same(const struct rk_wire_digests *a,
		       const struct rk_wire_digests *b)
{
	CHECK(strcmp(a->state, b->state) == 0 &&
		      strcmp(a->events, b->events) == 0,
	      "the digests differ");
}

/* Only queries are answered, and it says so. */
static void check_read_only(struct rk_rig *rig, uint64_t seq)
{
	Riskd__Answer *answer = rk_wire_status(rig);
	struct rk_folder_file ingest = {rig->riskd.folder, "ingest.sock"};
	struct rk_folder_file prices = {rig->riskd.folder, "prices.sock"};

	CHECK_EQ(answer->status->last_seq, seq);
	CHECK(strcmp(answer->status->not_ready, "read only") == 0,
	      "status says \"%s\"", answer->status->not_ready);
	riskd__answer__free_unpacked(answer, NULL);
	CHECK(!rk_folder_exists(&ingest) && !rk_folder_exists(&prices),
	      "it listens for commands");
	take_snapshot(rig, RK_REJ_NOT_DURABLE);
}

static void earlier_state(struct rk_rig *rig)
{
	struct rk_wire_digests first;
	struct rk_wire_digests digests;
	uint64_t middle;
	uint64_t newest;
	uint64_t hash;
	char text[24];

	rk_load_init(&load, rig);
	work(2 * (uint64_t)RK_LOAD_CLIENTS);
	middle = last_seq(rig) - 500;
	take_snapshot(rig, 0);
	work(2 * (uint64_t)RK_LOAD_CLIENTS);
	newest = last_seq(rig);
	end(rig);
	hash = rk_folder_hash(rig->riskd.state);

	/* Before the snapshot, twice; and all there is. */
	(void)snprintf(text, sizeof(text), "%" PRIu64, middle + 1);
	start_with(rig, "--stop-before", text);
	check_read_only(rig, middle);
	end(rig);
	first = digests_before(rig, text);
	digests = digests_before(rig, text);
	check_same(&first, &digests);
	start_with(rig, "--stop-before", BEYOND);
	CHECK(last_seq(rig) >= newest, "it has less than there was");
	rk_load_check_state(&load);
	end(rig);
	CHECK(rk_folder_hash(rig->riskd.state) == hash,
	      "looking at it has changed the folder");
	start(rig);
	rk_load_check_state(&load);
}

/* Three deposits; returns the place of the second. */
static uint64_t make_deposits(struct rk_rig *rig, uint64_t *ret_second)
{
	Riskd__Reply *reply;
	uint64_t first;

	rk_session_open(&session, rig, "poison");
	rk_session_account(&session, ACCOUNT);
	rk_session_commit(&session);
	first = session.next;
	for (int64_t i = 1; i <= 3; i++)
		rk_session_deposit(&session, ACCOUNT, RK_USD(i));
	reply = rk_session_send(&session);
	CHECK(reply->code == 0 && reply->n_results == 3, "no deposits");
	*ret_second = reply->results[1]->seq;
	riskd__reply__free_unpacked(reply, NULL);
	return first;
}

/* They are sent again: the second was left out, the others stand. */
static void check_left_out(struct rk_rig *rig, uint64_t first)
{
	static const int codes[] = {0, RK_REJ_SKIPPED, 0};
	Riskd__Reply *reply;

	CHECK_EQ(rk_wire_usd(rig, ACCOUNT), RK_USD(4));
	rk_session_open(&session, rig, "poison");
	session.next = first;
	rk_session_reset(&session);
	for (int64_t i = 1; i <= 3; i++)
		rk_session_deposit(&session, ACCOUNT, RK_USD(i));
	reply = rk_session_send(&session);
	CHECK_EQ(reply->code, 0);
	CHECK_EQ(reply->n_results, 3);
	for (size_t i = 0; i < N(codes); i++) {
		CHECK_EQ(reply->results[i]->code, codes[i]);
		CHECK(reply->results[i]->repeat, "row %zu is new", i);
	}
	riskd__reply__free_unpacked(reply, NULL);
	CHECK_EQ(rk_wire_usd(rig, ACCOUNT), RK_USD(4));
	rk_wire_check_sound(rig);
}

static void left_out(struct rk_rig *rig)
{
	struct rk_wire_digests before;
	struct rk_wire_digests after;
	uint64_t second;
	uint64_t first;
	char seq[24];
	char newest[24];

	rk_load_init(&load, rig);
	work(RK_LOAD_CLIENTS);
	first = make_deposits(rig, &second);
	CHECK_EQ(rk_wire_usd(rig, ACCOUNT), RK_USD(6));
	work(RK_LOAD_CLIENTS);
	end(rig);

	(void)snprintf(seq, sizeof(seq), "%" PRIu64, second);
	start_with(rig, "--skip", seq);
	check_left_out(rig, first);
	rk_load_connect(&load);
	rk_load_check_state(&load);
	rk_load_check_answers(&load);
	end(rig);
	/* From now on always, as often as it starts. */
	start(rig);
	check_left_out(rig, first);
	(void)snprintf(newest, sizeof(newest), "%" PRIu64, last_seq(rig));
	end(rig);
	before = digests_before(rig, newest);
	start(rig);
	work(RK_LOAD_CLIENTS);
	end(rig);
	after = digests_before(rig, newest);
	check_same(&before, &after);

	/* And behind a snapshot that has it, too. */
	start(rig);
	take_snapshot(rig, 0);
	end(rig);
	start(rig);
	check_left_out(rig, first);
	end(rig);
	/* Said once more it has no effect, and keeps nobody down. */
	start_with(rig, "--skip", seq);
	check_left_out(rig, first);
	check_log(rig, "has no effect");
	end(rig);
}

static void configure(struct rk_rig *rig, const struct rk_process_options *next)
{
	end(rig);
	rk_process_configure(&rig->riskd, next);
}

/* How many markets there are, and the first bracket's margin of one. */
static size_t markets(struct rk_rig *rig, uint32_t market, int64_t *ret_initial)
{
	Riskd__MarketsQuery wanted = RISKD__MARKETS_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;
	Riskd__Answer *answer;
	size_t n;

	query.version = 1;
	query.kind_case = RISKD__QUERY__KIND_MARKETS;
	query.markets = &wanted;
	answer = rk_wire_query(rig->query, &query);
	CHECK_EQ(answer->code, 0);
	n = answer->markets->n_markets;
	CHECK(market < n, "there is no market %" PRIu32, market);
	*ret_initial = answer->markets->markets[market]->brackets[0]->initial;
	riskd__answer__free_unpacked(answer, NULL);
	return n;
}

/* Is there such an event, from a number on? */
static bool was_added(struct rk_rig *rig, uint64_t from,
		      Riskd__Added__What what, const char *name)
{
	struct rk_wire_range range = {.from = from, .limit = 10000};
	Riskd__Answer *answer = rk_wire_events(rig->query, &range);
	bool found = false;

	CHECK(answer->code == 0, "no events from %" PRIu64 " on: %s", from,
	      answer->error);
	for (size_t i = 0; i < answer->events->n_events; i++) {
		const Riskd__Event *event = answer->events->events[i];

		if (event->kind_case == RISKD__EVENT__KIND_ADDED &&
		    event->added->what == what &&
		    strcmp(event->added->name, name) == 0)
			found = true;
	}
	riskd__answer__free_unpacked(answer, NULL);
	return found;
}

static uint64_t newest_event(struct rk_rig *rig)
{
	Riskd__Answer *answer = rk_wire_status(rig);
	uint64_t newest = answer->status->last_event;

	riskd__answer__free_unpacked(answer, NULL);
	return newest;
}

static void listings_are_edited(struct rk_rig *rig)
{
	struct rk_process_options next = options;
	uint64_t event;
	int64_t initial;
	size_t n;

	rk_load_init(&load, rig);
	work(RK_LOAD_CLIENTS);
	n = markets(rig, RK_MARKET_ETH, &initial);
	CHECK_EQ(initial, 20000000);

	/* One more, and another margin. */
	event = newest_event(rig);
	next.more_markets++;
	next.eth_initial = "0.05";
	configure(rig, &next);
	start(rig);
	CHECK_EQ(markets(rig, RK_MARKET_ETH, &initial), n + 1);
	CHECK_EQ(initial, 50000000);
	CHECK(was_added(rig, event, RISKD__ADDED__WHAT__WHAT_MARKET, "M-8"),
	      "no event of the new market");
	CHECK(was_added(rig, event, RISKD__ADDED__WHAT__WHAT_MARKET_CHANGED,
			"ETH-PERP"),
	      "no event of the changed market");
	rk_load_check_state(&load);

	/* The same again is no change. */
	event = newest_event(rig);
	end(rig);
	start(rig);
	CHECK(!was_added(rig, event, RISKD__ADDED__WHAT__WHAT_MARKET_CHANGED,
			 "ETH-PERP"),
	      "an event of a market that has not changed");

	/* One that is no longer named stays as it was, and is told of. */
	next.more_markets--;
	configure(rig, &next);
	start(rig);
	CHECK_EQ(markets(rig, RK_MARKET_ETH, &initial), n + 1);
	check_log(rig, "market M-8 is in the state but not in");
	work(RK_LOAD_CLIENTS);
	rk_load_check_state(&load);
}

/* What a debt in BTC counts for at initial. */
static int64_t btc_liability(struct rk_rig *rig)
{
	Riskd__MarketsQuery wanted = RISKD__MARKETS_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;
	Riskd__Answer *answer;
	int64_t liability;

	query.version = 1;
	query.kind_case = RISKD__QUERY__KIND_MARKETS;
	query.markets = &wanted;
	answer = rk_wire_query(rig->query, &query);
	CHECK_EQ(answer->code, 0);
	liability = answer->markets->assets[RK_ASSET_BTC]
			    ->collateral->liability_initial;
	riskd__answer__free_unpacked(answer, NULL);
	return liability;
}

static bool terms_were_set(struct rk_rig *rig, uint64_t behind)
{
	return was_added(rig, behind + 1, RISKD__ADDED__WHAT__WHAT_COLLATERAL,
			 "BTC");
}

static void terms_are_edited(struct rk_rig *rig)
{
	struct rk_process_options next = options;
	uint64_t event;

	CHECK_EQ(btc_liability(rig), 1000000000);
	event = newest_event(rig);
	next.btc_terms = "\"liability_initial\": \"1.25\"";
	configure(rig, &next);
	start(rig);
	CHECK_EQ(btc_liability(rig), 1250000000);
	CHECK(terms_were_set(rig, event), "no event of the new terms");

	/* From the journal, and from a snapshot. */
	for (int i = 0; i < 2; i++) {
		event = newest_event(rig);
		if (i == 1)
			take_snapshot(rig, 0);
		end(rig);
		start(rig);
		CHECK_EQ(btc_liability(rig), 1250000000);
		CHECK(!terms_were_set(rig, event),
		      "an event of terms that have not changed");
	}

	event = newest_event(rig);
	next.btc_terms = NULL;
	configure(rig, &next);
	start(rig);
	CHECK_EQ(btc_liability(rig), 1000000000);
	CHECK(terms_were_set(rig, event), "terms left out are not told of");
	rk_wire_check_sound(rig);
}

static void limits_are_edited(struct rk_rig *rig)
{
	struct rk_process_options next = options;
	Riskd__Answer *answer;

	rk_load_init(&load, rig);
	work(RK_LOAD_CLIENTS);
	next.settings = "limits {\n\tmarkets = 16\n\taccounts = 500\n"
			"\towners = 16384\n\tbalances = 32768\n}\n";
	configure(rig, &next);
	rk_process_start(&rig->riskd);
	CHECK_EQ(rk_process_wait(&rig->riskd), 1);
	check_log(rig, "limits.accounts is 500");

	/* That it was refused has harmed nothing; more is always possible. */
	next.settings = "limits {\n\tmarkets = 16\n\taccounts = 20000\n"
			"\towners = 20000\n\tbalances = 40000\n}\n";
	rk_process_configure(&rig->riskd, &next);
	start(rig);
	answer = rk_wire_status(rig);
	CHECK_EQ(answer->status->accounts_max, 20000);
	riskd__answer__free_unpacked(answer, NULL);
	rk_load_connect(&load);
	rk_load_check_state(&load);
	rk_load_check_answers(&load);
	work(RK_LOAD_CLIENTS);
	rk_load_check_state(&load);
}

static void quote(nng_socket prices, int64_t price)
{
	struct rk_wire_quote one = {0, 0, RK_SLOT_BTC_PERP, price, 0};

	one.time_ns = rk_process_now();
	one.seq = (uint64_t)one.time_ns;
	rk_wire_push(prices, &one);
}

static void prices_are_stale(struct rk_rig *rig)
{
	nng_socket prices = rk_wire_dial(rig, RK_SOCKET_PRICES);
	struct rk_wire_price price;

	for (int i = 0; i < 2; i++) {
		quote(prices, 2000000 + i);
		CHECK_SOON(rk_wire_price(rig, RK_MARKET_BTC).mark ==
			   2000000 + i);
		price = rk_wire_price(rig, RK_MARKET_BTC);
		CHECK_EQ(price.state, RISKD__PRICE_STATE__PRICE_STATE_OK);
		if (i == 0) {
			end(rig);
		} else {
			rk_wire_close_all(rig);
			rk_process_signal(&rig->riskd, SIGTERM);
			CHECK_EQ(rk_process_wait(&rig->riskd), 0);
		}
		start(rig);
		price = rk_wire_price(rig, RK_MARKET_BTC);
		CHECK_EQ(price.mark, 2000000 + i);
		CHECK_EQ(price.state, RISKD__PRICE_STATE__PRICE_STATE_STALE);
		prices = rk_wire_dial(rig, RK_SOCKET_PRICES);
	}
	quote(prices, 2000007);
	CHECK_SOON(rk_wire_price(rig, RK_MARKET_BTC).mark == 2000007);
	price = rk_wire_price(rig, RK_MARKET_BTC);
	CHECK_EQ(price.state, RISKD__PRICE_STATE__PRICE_STATE_OK);
}

/* Whoever waits for the event behind the newest gets the first new one. */
static void check_long_poll(struct rk_rig *rig)
{
	struct rk_wire_range range = {.wait_ms = 20000, .limit = 10};
	nng_socket poller = rk_wire_dial(rig, RK_SOCKET_QUERY);
	Riskd__Answer *answer;

	range.from = newest_event(rig) + 1;
	rk_session_open(&session, rig, "poll");
	session.next = rk_wire_client(rig, "poll") + 1;
	rk_session_reset(&session);
	rk_session_account(&session, ACCOUNT + session.next);
	rk_session_commit(&session);
	answer = rk_wire_events(poller, &range);
	CHECK_EQ(answer->code, 0);
	CHECK(answer->events->n_events > 0 &&
		      answer->events->events[0]->number == range.from,
	      "the poll does not go on with event %" PRIu64, range.from);
	riskd__answer__free_unpacked(answer, NULL);
}

static void events_go_on(struct rk_rig *rig)
{
	static struct rk_seen seen;

	rk_seen_fini(&seen);
	rk_load_init(&load, rig);
	for (int i = 0; i < 3; i++) {
		work(RK_LOAD_CLIENTS);
		if (i == 1)
			take_snapshot(rig, 0);
		rk_seen_read(&seen, rig, 1);
		if (i == 2) {
			rk_wire_close_all(rig);
			rk_process_signal(&rig->riskd, SIGTERM);
			CHECK_EQ(rk_process_wait(&rig->riskd), 0);
		} else {
			end(rig);
		}
		start(rig);
		rk_seen_read(&seen, rig, 1);
		check_long_poll(rig);
	}
	rk_seen_fini(&seen);
}

static uint64_t oldest_event(struct rk_rig *rig)
{
	Riskd__Answer *answer = rk_wire_status(rig);
	uint64_t oldest = answer->status->oldest_event;

	riskd__answer__free_unpacked(answer, NULL);
	return oldest;
}

/* 1 is refused with the oldest number there is at that time. */
static void check_refused(struct rk_rig *rig)
{
	struct rk_wire_range range = {.from = 1, .limit = 10};
	uint64_t oldest = 0;
	Riskd__Answer *answer = NULL;
	char number[32];

	/* While the last of them are being removed it may still change. */
	while (oldest != oldest_event(rig)) {
		if (answer)
			riskd__answer__free_unpacked(answer, NULL);
		oldest = oldest_event(rig);
		answer = rk_wire_events(rig->query, &range);
	}
	(void)snprintf(number, sizeof(number), "%" PRIu64, oldest);
	CHECK_EQ(answer->code, RK_REJ_EVENTS_GONE);
	CHECK(strstr(answer->error, number), "\"%s\" does not name %s",
	      answer->error, number);
	riskd__answer__free_unpacked(answer, NULL);
}

static void check_gone(struct rk_rig *rig)
{
	struct rk_wire_range range = {.limit = 10};
	Riskd__Answer *answer;

	check_refused(rig);
	do {
		range.from = oldest_event(rig);
		answer = rk_wire_events(rig->query, &range);
		CHECK(answer->code == 0 || range.from != oldest_event(rig),
		      "event %" PRIu64 " is the oldest, and refused: %s",
		      range.from, answer->error);
		CHECK(answer->code != 0 ||
			      answer->events->events[0]->number == range.from,
		      "it is another event that comes");
		riskd__answer__free_unpacked(answer, NULL);
	} while (range.from != oldest_event(rig));
}

static void old_events_go(struct rk_rig *rig)
{
	static struct rk_process_options small;
	int64_t until_ns = rk_process_now() + WAIT_NS;
	uint64_t oldest;

	small = options;
	small.settings = RK_LOAD_LIMITS "snapshot {\n\tinterval = \"1h\"\n}\n"
					"events {\n\tkeep_bytes = 1MiB\n}\n";
	rk_process_prepare(&rig->riskd, &small);
	start(rig);
	rk_load_init(&load, rig);
	while (oldest_event(rig) == 1) {
		work(6 * (uint64_t)RK_LOAD_CLIENTS);
		take_snapshot(rig, 0);
		CHECK(rk_process_now() < until_ns, "no event goes");
	}
	check_gone(rig);
	oldest = oldest_event(rig);
	end(rig);
	start(rig);
	CHECK(oldest_event(rig) >= oldest, "events have come back");
	check_gone(rig);
	rk_load_check_state(&load);
}

int main(int argc, char **argv)
{
	static const struct rk_case cases[] = {
		{"an earlier state can be looked at, and nothing is changed",
		 earlier_state, &options},
		{"a command that was left out stays left out, and its client "
		 "is told",
		 left_out, &options},
		{"listings edited between two runs are told of as events",
		 listings_are_edited, &options},
		{"terms of an asset edited between two runs are told of, kept, "
		 "and taken back when left out",
		 terms_are_edited, &options},
		{"limits below what is in use are refused, higher ones taken",
		 limits_are_edited, &options},
		{"after a restart prices do not count until quoted again",
		 prices_are_stale, &options},
		{"events are read from number 1 on across restarts",
		 events_go_on, &options},
		{"events that are gone are refused with the oldest number",
		 old_events_go, NULL},
	};

	return rk_harness_run(cases, N(cases), argc, argv);
}

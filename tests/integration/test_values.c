/*
 * Messages that are well formed and say what cannot be: unknown ids, zero,
 * negative and extreme numbers, columns of different length. Each is refused
 * with the code that says why, and changes nothing else.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/rc.h"
#include "session.h"
#include "support/prng.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define SEED     UINT64_C(20221108)
#define ROWS     6000
#define A_ROW    200 /* rows of one request */

static struct rk_session session;

/* One wrong row of each sort: what is in it, and what is answered. */
struct wrong {
	const char *what;
	Riskd__Command__KindCase kind;
	int want;
	void (*fill)(void *row);
};

#define WRONG(name, type, body)                                                \
	static void name(void *row_)                                           \
	{                                                                      \
		type *row = row_;                                              \
		body                                                           \
	}

WRONG(account_zero, Riskd__CreateAccount, row->owner = 1;)
WRONG(account_mode, Riskd__CreateAccount, row->account = 9; row->owner = 9;
      row->mode = (Riskd__Mode)77;
      row->enforcement = RISKD__ENFORCEMENT__ENFORCEMENT_FULL;)
WRONG(account_again, Riskd__CreateAccount, row->account = 1; row->owner = 1;
      row->mode = RISKD__MODE__MODE_CROSS;
      row->enforcement = RISKD__ENFORCEMENT__ENFORCEMENT_FULL;)
WRONG(deposit_nobody, Riskd__Deposit, row->account = UINT64_MAX;
      row->amount = 1;)
WRONG(deposit_asset, Riskd__Deposit, row->account = 1; row->asset = UINT32_MAX;
      row->amount = 1;)
WRONG(deposit_zero, Riskd__Deposit, row->account = 1;)
WRONG(deposit_min, Riskd__Deposit, row->account = 1; row->amount = INT64_MIN;)
WRONG(deposit_max, Riskd__Deposit, row->account = 1; row->amount = INT64_MAX;)
WRONG(adjust_zero, Riskd__Adjust, row->account = 1;)
WRONG(adjust_min, Riskd__Adjust, row->account = 1; row->amount = INT64_MIN;)
WRONG(adjust_max, Riskd__Adjust, row->account = 1; row->amount = INT64_MAX;)
WRONG(reserve_zero_id, Riskd__ReserveWithdrawal, row->account = 1;
      row->amount = 1;)
WRONG(reserve_min, Riskd__ReserveWithdrawal, row->withdrawal = 5;
      row->account = 1; row->amount = INT64_MIN;)
WRONG(reserve_max, Riskd__ReserveWithdrawal, row->withdrawal = 5;
      row->account = 1; row->amount = INT64_MAX;)
WRONG(confirm_nothing, Riskd__ConfirmWithdrawal, row->withdrawal = UINT64_MAX;)
WRONG(cancel_nothing, Riskd__CancelWithdrawal, row->withdrawal = 0;)
WRONG(transfer_self, Riskd__Transfer, row->from = 1; row->to = 1;
      row->amount = 1;)
WRONG(transfer_nobody, Riskd__Transfer, row->from = 1; row->to = 99;
      row->amount = 1;)
WRONG(transfer_max, Riskd__Transfer, row->from = 1; row->to = 2;
      row->amount = INT64_MAX;)
WRONG(trade_zero_id, Riskd__Trade, row->price = 1; row->size = 1;
      row->buyer->account = 1;)
WRONG(trade_market, Riskd__Trade, row->trade = 1; row->market = UINT32_MAX;
      row->price = 1; row->size = 1; row->buyer->account = 1;)
WRONG(trade_price_zero, Riskd__Trade, row->trade = 1; row->size = 1;
      row->buyer->account = 1;)
WRONG(trade_price_min, Riskd__Trade, row->trade = 1; row->price = INT64_MIN;
      row->size = 1; row->buyer->account = 1;)
WRONG(trade_price_max, Riskd__Trade, row->trade = 1; row->price = INT64_MAX;
      row->size = 1; row->buyer->account = 1;)
WRONG(trade_size_zero, Riskd__Trade, row->trade = 1; row->price = 1;
      row->buyer->account = 1;)
WRONG(trade_size_min, Riskd__Trade, row->trade = 1; row->price = 1;
      row->size = INT64_MIN; row->buyer->account = 1;)
WRONG(trade_size_max, Riskd__Trade, row->trade = 1; row->price = 1;
      row->size = INT64_MAX; row->buyer->account = 1;)
WRONG(trade_nobody, Riskd__Trade, row->trade = 1; row->price = 1;
      row->size = 1;)
WRONG(trade_unknown, Riskd__Trade, row->trade = 1; row->price = 1;
      row->size = 1; row->seller->account = 99;)
WRONG(trade_venue, Riskd__Trade, row->trade = 1; row->price = 1; row->size = 1;
      row->venue = 7; row->buyer->account = 1;)
WRONG(trade_fee, Riskd__Trade, row->trade = 1; row->price = 1; row->size = 1;
      row->buyer->account = 1; row->buyer->fee = INT64_MIN;)
WRONG(trade_order, Riskd__Trade, row->trade = 1; row->price = 1; row->size = 1;
      row->buyer->account = 1; row->buyer->order->seq = UINT64_MAX;)
WRONG(closed_unknown, Riskd__OrderClosed, row->order->seq = 1;
      row->filled = INT64_MIN;)
WRONG(halt_unknown, Riskd__HaltMarket, row->market = UINT32_MAX;
      row->halted = 1;)
WRONG(halt_again, Riskd__HaltMarket, row->market = 0;)

#define ROW(name, KIND, code)                                                  \
	{                                                                      \
#name, RISKD__COMMAND__KIND_##KIND, RK_REJ_##code, name        \
	}

static const struct wrong wrongs[] = {
	ROW(account_zero, CREATE_ACCOUNT, BAD_ID),
	ROW(account_mode, CREATE_ACCOUNT, BAD_PARAM),
	ROW(account_again, CREATE_ACCOUNT, EXISTS),
	ROW(deposit_nobody, DEPOSIT, NO_ACCOUNT),
	ROW(deposit_asset, DEPOSIT, NO_ASSET),
	ROW(deposit_zero, DEPOSIT, BAD_AMOUNT),
	ROW(deposit_min, DEPOSIT, BAD_AMOUNT),
	ROW(deposit_max, DEPOSIT, OVERFLOW),
	ROW(adjust_zero, ADJUST, BAD_AMOUNT),
	ROW(adjust_min, ADJUST, OVERFLOW),
	ROW(adjust_max, ADJUST, OVERFLOW),
	ROW(reserve_zero_id, RESERVE_WITHDRAWAL, BAD_ID),
	ROW(reserve_min, RESERVE_WITHDRAWAL, BAD_AMOUNT),
	ROW(reserve_max, RESERVE_WITHDRAWAL, BALANCE),
	ROW(confirm_nothing, CONFIRM_WITHDRAWAL, NO_WITHDRAWAL),
	ROW(cancel_nothing, CANCEL_WITHDRAWAL, NO_WITHDRAWAL),
	ROW(transfer_self, TRANSFER, SAME_ACCOUNT),
	ROW(transfer_nobody, TRANSFER, NO_ACCOUNT),
	ROW(transfer_max, TRANSFER, BALANCE),
	ROW(trade_zero_id, TRADE, BAD_ID),
	ROW(trade_market, TRADE, NO_MARKET),
	ROW(trade_price_zero, TRADE, BAD_PRICE),
	ROW(trade_price_min, TRADE, BAD_PRICE),
	ROW(trade_price_max, TRADE, BAD_PRICE),
	ROW(trade_size_zero, TRADE, BAD_SIZE),
	ROW(trade_size_min, TRADE, BAD_SIZE),
	ROW(trade_size_max, TRADE, BAD_SIZE),
	ROW(trade_nobody, TRADE, SAME_ACCOUNT),
	ROW(trade_unknown, TRADE, NO_ACCOUNT),
	ROW(trade_venue, TRADE, NO_VENUE),
	ROW(trade_fee, TRADE, BAD_AMOUNT),
	ROW(trade_order, TRADE, NO_ORDER),
	ROW(closed_unknown, ORDER_CLOSED, NO_ORDER),
	ROW(halt_unknown, HALT_MARKET, NO_MARKET),
	ROW(halt_again, HALT_MARKET, NO_CHANGE),
};

static void open_two_accounts(struct rk_rig *rig, const char *client)
{
	rk_session_open(&session, rig, client);
	rk_session_account(&session, 1);
	rk_session_account(&session, 2);
	rk_session_deposit(&session, 1, RK_USD(1000));
	rk_session_commit(&session);
}

static void wrong_rows(struct rk_rig *rig)
{
	uint64_t last_seq = 0;
	Riskd__Reply *reply;

	open_two_accounts(rig, "wrong");
	for (size_t i = 0; i < N(wrongs); i++)
		wrongs[i].fill(rk_session_add(&session, wrongs[i].kind));
	reply = rk_session_send(&session);
	CHECK(reply->code == 0, "the message is refused: %s", reply->error);
	CHECK_EQ(reply->n_results, N(wrongs));
	for (size_t i = 0; i < N(wrongs); i++) {
		const Riskd__Result *result = reply->results[i];

		CHECK(result->code == wrongs[i].want, "%s: %s, not %s",
		      wrongs[i].what, rk_rc_name(result->code),
		      rk_rc_name(wrongs[i].want));
		CHECK(result->seq > last_seq, "%s has a place in the log",
		      wrongs[i].what);
		last_seq = result->seq;
	}
	riskd__reply__free_unpacked(reply, NULL);
	CHECK_EQ(rk_wire_counter(rig, "commands_refused"), N(wrongs));
	CHECK_EQ(rk_wire_usd(rig, 1), RK_USD(1000));
}

/* What a request with one batch of prices is answered. */
static Riskd__Reply *send_batch(const Riskd__PriceBatch *batch)
{
	Riskd__PriceBatch *row =
		rk_session_add(&session, RISKD__COMMAND__KIND_PRICES);

	*row = *batch;
	return rk_session_send(&session);
}

static void unequal_columns(struct rk_rig *rig)
{
	uint32_t slots[] = {0, 1, 2};
	int64_t prices[] = {100, 200, 300};
	Riskd__PriceBatch batch = RISKD__PRICE_BATCH__INIT;
	nng_socket push = rk_wire_dial(rig, RK_SOCKET_PRICES);
	unsigned char bytes[256];
	Riskd__Reply *reply;

	batch.version = 1;
	batch.seq = 1;
	batch.time_ns = rk_process_now();
	batch.slot = slots;
	batch.price = prices;
	batch.times_ns = prices;
	for (size_t i = 0; i < 3 * 4 * 4; i++) {
		batch.n_slot = i % 3 + 1;
		batch.n_price = i / 3 % 4;
		batch.n_times_ns = i / 12;
		if (batch.n_price == batch.n_slot &&
		    (batch.n_times_ns == 0 || batch.n_times_ns == batch.n_slot))
			continue;
		rk_session_open(&session, rig, "columns");
		reply = send_batch(&batch);
		CHECK_EQ(reply->code, RK_REJ_BAD_COLUMNS);
		CHECK_EQ(reply->n_results, 0);
		CHECK(strstr(reply->error, "equally long"),
		      "\"%s\" says what would be right", reply->error);
		riskd__reply__free_unpacked(reply, NULL);
		rk_wire_close(rig, session.socket);
		rk_wire_send(push, bytes,
			     riskd__price_batch__pack(&batch, bytes));
	}
	CHECK_SOON(rk_wire_counter(rig, "prices_refused") ==
		   rk_wire_counter(rig, "requests_refused"));
	CHECK(rk_wire_counter(rig, "prices_refused") > 30, "all were tried");
	CHECK_EQ(rk_wire_price(rig, RK_MARKET_BTC).mark, 0);
}

/* A quote, and whether the engine takes it. */
struct quote_case {
	const char *what;
	struct rk_wire_quote quote;
	int dropped;
};

static void odd_quotes(struct rk_rig *rig)
{
	int64_t now = rk_process_now();
	const struct quote_case cases[] = {
		{"good", {0, 5, 1, 100, now}, 0},
		{"same number", {0, 5, 1, 200, now}, 1},
		{"older number", {0, 4, 1, 200, now}, 1},
		{"number zero", {1, 0, 1, 200, now}, 1},
		{"price zero", {0, 6, 1, 0, now}, 1},
		{"price below zero", {0, 6, 1, -1, now}, 1},
		{"smallest price", {0, 6, 1, INT64_MIN, now}, 1},
		{"time zero", {0, 6, 1, 200, INT64_MIN}, 1},
		{"older time", {0, 6, 1, 200, now - 1}, 1},
		{"far future", {0, 6, 1, 200, INT64_MAX}, 1},
		{"unknown slot", {0, 6, 3, 200, now}, 1},
		{"last slot", {0, 6, UINT32_MAX, 200, now}, 1},
		{"unknown publisher", {4, 6, 1, 200, now}, 1},
		{"last publisher", {UINT32_MAX, 6, 1, 200, now}, 1},
		{"next number", {0, 6, 1, 300, now}, 0},
	};
	Riskd__PriceBatch batch = RISKD__PRICE_BATCH__INIT;
	uint64_t dropped = 0;

	rk_session_open(&session, rig, "quotes");
	batch.version = 1;
	batch.n_slot = 1;
	batch.n_price = 1;
	for (size_t i = 0; i < N(cases); i++) {
		struct rk_wire_quote quote = cases[i].quote;
		Riskd__Reply *reply;

		batch.publisher = quote.publisher;
		batch.seq = quote.seq;
		batch.time_ns = quote.time_ns;
		batch.slot = &quote.slot;
		batch.price = &quote.price;
		reply = send_batch(&batch);
		CHECK(reply->code == 0 && reply->results[0]->code == 0,
		      "%s: a batch is applied as far as it goes",
		      cases[i].what);
		CHECK((int)reply->results[0]->quotes_dropped ==
			      cases[i].dropped,
		      "%s: %u dropped, not %d", cases[i].what,
		      reply->results[0]->quotes_dropped, cases[i].dropped);
		dropped += (uint64_t)cases[i].dropped;
		riskd__reply__free_unpacked(reply, NULL);
	}
	CHECK_EQ(rk_wire_counter(rig, "quotes_dropped"), dropped);
	CHECK_EQ(rk_wire_price(rig, RK_MARKET_BTC).mark, 300);
}

static void price_above_max_disputes(struct rk_rig *rig)
{
	nng_socket push = rk_wire_dial(rig, RK_SOCKET_PRICES);
	struct rk_wire_quote good = {0, 1, RK_SLOT_BTC_PERP, 2000000, 0};
	struct rk_wire_quote wild = {1, 1, RK_SLOT_BTC_PERP, INT64_MAX, 0};

	rk_wire_push(push, &good);
	CHECK_SOON(rk_wire_price(rig, RK_MARKET_BTC).mark == 2000000);
	rk_wire_push(push, &wild);
	CHECK_SOON(rk_wire_price(rig, RK_MARKET_BTC).state ==
		   RISKD__PRICE_STATE__PRICE_STATE_DISPUTED);
	CHECK_EQ(rk_wire_price(rig, RK_MARKET_BTC).mark, 2000000);
	wild.seq = 2;
	wild.price = 2000010;
	rk_wire_push(push, &wild);
	CHECK_SOON(rk_wire_price(rig, RK_MARKET_BTC).mark == 2000005);
	CHECK_EQ(rk_wire_price(rig, RK_MARKET_BTC).state,
		 RISKD__PRICE_STATE__PRICE_STATE_OK);
}

/* Fill every integer of a message with what breaks arithmetic. */
static void fill_edges(struct rk_prng *prng, ProtobufCMessage *message)
{
	const ProtobufCMessageDescriptor *what = message->descriptor;
	unsigned char *bytes = (unsigned char *)message;

	for (unsigned int i = 0; i < what->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &what->fields[i];
		int64_t value = rk_prng_edge(prng);

		/* Often an id that exists, or an ordinary amount. */
		if (rk_prng_chance(prng, 1, 2))
			value = (int64_t)rk_prng_below(prng, 4);
		else if (rk_prng_chance(prng, 1, 2))
			value = rk_prng_magnitude(prng, 40);
		if (field->label == PROTOBUF_C_LABEL_REPEATED)
			continue;
		if (field->type == PROTOBUF_C_TYPE_UINT64 ||
		    field->type == PROTOBUF_C_TYPE_SINT64 ||
		    field->type == PROTOBUF_C_TYPE_INT64)
			memcpy(bytes + field->offset, &value, sizeof(value));
		else if (field->type == PROTOBUF_C_TYPE_UINT32 ||
			 field->type == PROTOBUF_C_TYPE_ENUM)
			memcpy(bytes + field->offset, &value, sizeof(uint32_t));
	}
}

static void add_edge_row(struct rk_prng *prng)
{
	/* All kinds but prices, venues and publishers, which have columns. */
	int kind =
		(int)rk_prng_between(prng, RISKD__COMMAND__KIND_CREATE_ACCOUNT,
				     RISKD__COMMAND__KIND_HALT_MARKET);
	ProtobufCMessage *row =
		rk_session_add(&session, (Riskd__Command__KindCase)kind);

	fill_edges(prng, row);
	if (kind == RISKD__COMMAND__KIND_TRADE) {
		fill_edges(prng, &((Riskd__Trade *)row)->buyer->base);
		fill_edges(prng, &((Riskd__Trade *)row)->seller->base);
	}
}

/* Under `clock = messages` nothing but the rows takes numbers in the log. */
static void edge_storm(struct rk_rig *rig)
{
	uint64_t refused = 0;
	Riskd__Answer *before;
	Riskd__Answer *after;
	struct rk_prng prng;
	uint64_t rows;

	rk_prng_init(&prng, SEED);
	open_two_accounts(rig, "edges");
	rows = rk_wire_counter(rig, "commands");
	before = rk_wire_status(rig);
	for (int i = 0; i < ROWS / A_ROW; i++) {
		Riskd__Reply *reply;

		for (int j = 0; j < A_ROW; j++)
			add_edge_row(&prng);
		reply = rk_session_send(&session);
		CHECK(reply->code == 0, "message %d is refused: %s", i,
		      reply->error);
		for (size_t j = 0; j < reply->n_results; j++)
			refused += reply->results[j]->code != 0;
		riskd__reply__free_unpacked(reply, NULL);
	}
	after = rk_wire_status(rig);
	CHECK_EQ(after->status->last_seq, before->status->last_seq + ROWS);
	riskd__answer__free_unpacked(before, NULL);
	riskd__answer__free_unpacked(after, NULL);
	CHECK_EQ(rk_wire_counter(rig, "commands"), rows + ROWS);
	CHECK_EQ(rk_wire_counter(rig, "commands_refused"), refused);
	CHECK(refused > ROWS / 2 && refused < ROWS - 100,
	      "%llu of %d refused: a storm that also gets through",
	      (unsigned long long)refused, ROWS);
	rk_harness_note("%d rows, %llu refused", ROWS,
			(unsigned long long)refused);
}

/* What a query about what is not there is answered. */
struct query_case {
	const char *what;
	Riskd__Query query;
	int want;
};

static void wrong_queries(struct rk_rig *rig)
{
	static Riskd__AccountQuery nobody = RISKD__ACCOUNT_QUERY__INIT;
	static Riskd__EventsQuery topic = RISKD__EVENTS_QUERY__INIT;
	static Riskd__EventsQuery market = RISKD__EVENTS_QUERY__INIT;
	static Riskd__EventsQuery ahead = RISKD__EVENTS_QUERY__INIT;
	static char bad_topic[] = "weather";
	static char no_market[] = "liquidation.NO-SUCH";
	struct query_case cases[5];

	memset(cases, 0, sizeof(cases));
	for (size_t i = 0; i < N(cases); i++) {
		riskd__query__init(&cases[i].query);
		cases[i].query.version = 1;
	}
	nobody.account = UINT64_MAX;
	cases[0].query.kind_case = RISKD__QUERY__KIND_ACCOUNT;
	cases[0].query.account = &nobody;
	cases[0].want = RK_REJ_NO_ACCOUNT;
	topic.topic = bad_topic;
	cases[1].query.kind_case = RISKD__QUERY__KIND_EVENTS;
	cases[1].query.events = &topic;
	cases[1].want = RK_REJ_BAD_TOPIC;
	market.topic = no_market;
	cases[2].query.kind_case = RISKD__QUERY__KIND_EVENTS;
	cases[2].query.events = &market;
	cases[2].want = RK_REJ_NO_MARKET;
	ahead.from = UINT64_MAX;
	cases[3].query.kind_case = RISKD__QUERY__KIND_EVENTS;
	cases[3].query.events = &ahead;
	cases[3].want = RK_REJ_EVENTS_AHEAD;
	cases[4].want = RK_REJ_BAD_TYPE; /* an empty query */

	for (size_t i = 0; i < N(cases); i++) {
		Riskd__Answer *answer =
			rk_wire_query(rig->query, &cases[i].query);

		CHECK(answer->code == cases[i].want, "query %zu: %s, not %s", i,
		      rk_rc_name(answer->code), rk_rc_name(cases[i].want));
		CHECK(answer->error[0] != '\0', "query %zu: says why", i);
		riskd__answer__free_unpacked(answer, NULL);
	}
	CHECK_EQ(rk_wire_counter(rig, "queries_refused"), N(cases));
}

static void other_versions(struct rk_rig *rig)
{
	static const uint32_t versions[] = {0, 2, UINT32_MAX};

	for (size_t i = 0; i < N(versions); i++) {
		Riskd__Query query = RISKD__QUERY__INIT;
		Riskd__Answer *answer;
		Riskd__Reply *reply;

		rk_session_open(&session, rig, "versions");
		rk_session_account(&session, 1);
		session.request.version = versions[i];
		reply = rk_session_send(&session);
		CHECK_EQ(reply->code, RK_REJ_BAD_VERSION);
		riskd__reply__free_unpacked(reply, NULL);
		query.version = versions[i];
		answer = rk_wire_query(rig->query, &query);
		CHECK_EQ(answer->code, RK_REJ_BAD_VERSION);
		riskd__answer__free_unpacked(answer, NULL);
	}
}

int main(int argc, char **argv)
{
	static const struct rk_process_options plain = {0};
	static const struct rk_process_options messages = {.messages = true};
	static const struct rk_case cases[] = {
		{"wrong_rows_are_refused_by_their_code", wrong_rows, &plain},
		{"unequal_columns_are_refused_whole", unequal_columns, &plain},
		{"odd_quotes_are_dropped_and_counted", odd_quotes, &plain},
		{"a_price_above_price_max_disputes_the_slot",
		 price_above_max_disputes, &plain},
		{"edge_values_in_every_field_never_break_the_books", edge_storm,
		 &messages},
		{"wrong_queries_are_refused_by_their_code", wrong_queries,
		 &plain},
		{"another_protocol_version_is_refused", other_versions, &plain},
	};

	return rk_harness_run(cases, N(cases), argc, argv);
}

/*
 * Time: by the real clock prices go stale by themselves; under
 * `clock = messages` the same input gives the same state, to the last bit.
 */
#include <signal.h>
#include <string.h>

#include "session.h"
#include "support/prng.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define SEED     UINT64_C(20200312)
#define START_NS INT64_C(1583971200000000000)
#define STEP_NS  INT64_C(250000000)
#define STEPS    400
#define ACCOUNTS 60U

static struct rk_session session;

/* The next change of the market's state, as an event. */
static Riskd__PriceState next_state(struct rk_rig *rig, uint64_t *from)
{
	struct rk_wire_range range = {
		.from = *from, .topic = "market.BTC-PERP", .wait_ms = 9000};
	Riskd__Answer *answer = rk_wire_events(rig->query, &range);
	Riskd__PriceState state;

	CHECK_EQ(answer->code, 0);
	CHECK(answer->events->n_events >= 1, "no change of state came");
	CHECK_EQ(answer->events->events[0]->kind_case,
		 RISKD__EVENT__KIND_PRICE_STATE);
	state = answer->events->events[0]->price_state->after;
	*from = answer->events->events[0]->number + 1;
	riskd__answer__free_unpacked(answer, NULL);
	return state;
}

static void goes_stale(struct rk_rig *rig)
{
	nng_socket prices = rk_wire_dial(rig, RK_SOCKET_PRICES);
	struct rk_wire_quote quote = {0, 1, RK_SLOT_BTC_PERP, 2000000, 0};
	Riskd__Answer *status = rk_wire_status(rig);
	uint64_t from = status->status->last_event + 1;

	riskd__answer__free_unpacked(status, NULL);
	for (int round = 0; round < 3; round++) {
		quote.time_ns = 0; /* now */
		rk_wire_push(prices, &quote);
		quote.seq++;
		CHECK_EQ(next_state(rig, &from),
			 RISKD__PRICE_STATE__PRICE_STATE_OK);
		/* Nobody says anything more: time alone does it. */
		CHECK_EQ(next_state(rig, &from),
			 RISKD__PRICE_STATE__PRICE_STATE_STALE);
		CHECK_EQ(rk_wire_price(rig, RK_MARKET_BTC).mark, 2000000);
	}
}

/* A quote that was old when it came never makes a price. */
static void old_quotes(struct rk_rig *rig)
{
	nng_socket prices = rk_wire_dial(rig, RK_SOCKET_PRICES);
	struct rk_wire_quote quote = {0, 1, RK_SLOT_BTC_PERP, 2000000, 0};

	quote.time_ns = rk_process_now() - INT64_C(60000000000);
	rk_wire_push(prices, &quote);
	CHECK_SOON(rk_wire_price(rig, RK_MARKET_BTC).state ==
		   RISKD__PRICE_STATE__PRICE_STATE_STALE);
	CHECK_EQ(rk_wire_price(rig, RK_MARKET_BTC).mark, 0);
}

static void push_price(uint64_t seq, int64_t time_ns, int64_t price)
{
	static uint32_t slots[RK_SLOTS] = {0, 1, 2};
	static int64_t prices[RK_SLOTS];
	Riskd__PriceBatch *batch =
		rk_session_add(&session, RISKD__COMMAND__KIND_PRICES);

	for (uint32_t i = 0; i < RK_SLOTS; i++)
		prices[i] = price;
	batch->publisher = 0;
	batch->seq = seq;
	batch->time_ns = time_ns;
	batch->n_slot = RK_SLOTS;
	batch->slot = slots;
	batch->n_price = RK_SLOTS;
	batch->price = prices;
}

static void trade_something(struct rk_prng *prng, uint64_t id, int64_t price)
{
	struct rk_session_fill fill = {
		.trade = id,
		.market = (uint32_t)rk_prng_below(prng, 2),
		.account = 1 + rk_prng_below(prng, ACCOUNTS),
		.price = price,
		.size = (int64_t)rk_prng_below(prng, 2000000) - 1000000,
	};

	if (fill.size != 0)
		rk_session_fill(&session, &fill);
}

/* A seeded history; resend: every request is sent twice. */
static struct rk_wire_digests live_through(struct rk_rig *rig, bool resend)
{
	int64_t price = 2000000;
	int64_t time_ns = START_NS;
	struct rk_prng prng;

	rk_prng_init(&prng, SEED);
	rk_session_open(&session, rig, "history");
	for (uint32_t i = 1; i <= ACCOUNTS; i++) {
		rk_session_account(&session, i);
		rk_session_deposit(&session, i, RK_USD(2000));
	}
	session.request.time_ns = time_ns;
	rk_session_commit(&session);
	for (uint64_t step = 1; step <= STEPS; step++) {
		uint64_t first = session.next;
		Riskd__Reply *reply;

		time_ns += STEP_NS * (1 + (int64_t)rk_prng_below(&prng, 40));
		price += (int64_t)rk_prng_below(&prng, 40001) - 20500;
		push_price(step, time_ns, price);
		for (uint64_t i = rk_prng_below(&prng, 6); i > 0; i--)
			trade_something(&prng, step * 10 + i, price);
		if (rk_prng_chance(&prng, 1, 3))
			rk_session_deposit(&session,
					   1 + rk_prng_below(&prng, ACCOUNTS),
					   rk_prng_edge(&prng));
		session.request.time_ns = time_ns;
		if (resend) {
			reply = rk_wire_request(session.socket,
						&session.request);
			CHECK(reply->code == 0, "refused: %s", reply->error);
			riskd__reply__free_unpacked(reply, NULL);
			CHECK_EQ(session.next, first);
		}
		reply = rk_session_send(&session);
		CHECK(reply->code == 0, "refused: %s", reply->error);
		CHECK_EQ(reply->results[0]->repeat, resend);
		riskd__reply__free_unpacked(reply, NULL);
	}
	return rk_wire_digests(rig);
}

static uint32_t accounts_in(struct rk_rig *rig, size_t state)
{
	Riskd__Answer *status = rk_wire_status(rig);
	uint32_t n = status->status->accounts_by_state[state];

	riskd__answer__free_unpacked(status, NULL);
	return n;
}

/* The same history in another daemon, told differently. */
static void same_digests(struct rk_rig *rig)
{
	static const struct rk_process_options other = {
		.messages = true,
		.tcp = true,
		.price_age = "5s",
		.settings = "limits {\n\toutbox_bytes = 32MiB\n"
			    "\tevents_kept = 4096\n}\n"};
	struct rk_wire_digests first = live_through(rig, false);
	struct rk_wire_digests second;

	CHECK(accounts_in(rig, RISKD__STATE__STATE_LIQUIDATING) > 0,
	      "the history is one with liquidations");
	rk_wire_check_sound(rig);
	rk_process_signal(&rig->riskd, SIGTERM);
	CHECK_EQ(rk_process_wait(&rig->riskd), 0);
	rk_process_discard(&rig->riskd);

	rk_process_prepare(&rig->riskd, &other);
	rk_process_start(&rig->riskd);
	rk_wire_open_query(rig);
	second = live_through(rig, true);
	CHECK(strcmp(first.events, second.events) == 0,
	      "events differ: %s and %s", first.events, second.events);
	CHECK(strcmp(first.state, second.state) == 0,
	      "states differ: %s and %s", first.state, second.state);
}

/* Real time passes, but not for a daemon that lives in its messages. */
static void time_stands_still(struct rk_rig *rig)
{
	Riskd__Answer *before;
	Riskd__Answer *after;

	rk_session_open(&session, rig, "still");
	push_price(1, START_NS, 2000000);
	session.request.time_ns = START_NS;
	rk_session_commit(&session);
	before = rk_wire_status(rig);
	CHECK_EQ(before->status->time_ns, START_NS);
	rk_process_sleep_ms(400);
	after = rk_wire_status(rig);
	CHECK_EQ(after->status->time_ns, START_NS);
	CHECK_EQ(after->status->last_seq, before->status->last_seq);
	riskd__answer__free_unpacked(before, NULL);
	riskd__answer__free_unpacked(after, NULL);
	CHECK_EQ(rk_wire_price(rig, RK_MARKET_BTC).state,
		 RISKD__PRICE_STATE__PRICE_STATE_OK);
}

int main(int argc, char **argv)
{
	static const struct rk_process_options brief = {.price_age = "400ms"};
	static const struct rk_process_options messages = {.messages = true,
							   .price_age = "5s"};
	static const struct rk_case cases[] = {
		{"a_price_goes_stale_by_itself", goes_stale, &brief},
		{"an_old_quote_makes_no_price", old_quotes, &brief},
		{"the_same_messages_give_the_same_digests", same_digests,
		 &messages},
		{"time_stands_still_between_messages", time_stands_still,
		 &messages},
	};

	return rk_harness_run(cases, N(cases), argc, argv);
}

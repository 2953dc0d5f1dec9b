/*
 * Rules P1 to P6, C2: quotes, marks, and the states of a slot. Slot 0 is the
 * mark of PERP (price_max 10,000); a quote is fresh for 1000 s.
 */
#include <criterion/criterion.h>

#include "support/builder.h"

static struct rk_builder b;
static uint64_t next_seq;

static void open_book(void)
{
	next_seq = 0;
	rk_builder_init(&b);
}

static void close_book(void)
{
	rk_builder_fini(&b);
}

TestSuite(price, .init = open_book, .fini = close_book);

static struct rk_slot_view slot(void)
{
	struct rk_slot_view view = {0};

	(void)rk_view_slot(b.harness.engine, 0, &view);
	return view;
}

static void expect(int64_t mark, enum rk_price_state state)
{
	cr_expect_eq(slot().mark.raw, mark, "mark %lld, not %lld",
		     (long long)slot().mark.raw, (long long)mark);
	cr_expect_eq(slot().state, state);
}

static uint64_t dropped(void)
{
	struct rk_engine_counts counts;

	rk_view_counts(b.harness.engine, &counts);
	return counts.quotes_dropped;
}

/* after_ns: of the start. */
static void quote(uint32_t publisher, int64_t price, int64_t after_ns)
{
	struct rk_quote row = {.publisher = publisher,
			       .price = {price},
			       .time_ns = BUILDER_START_NS + after_ns,
			       .seq = ++next_seq};
	struct rk_cmd cmd = {.type = RK_CMD_PRICES, .prices = {&row, 1}};

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
}

Test(price, mark_is_the_median_of_fresh_quotes)
{
	expect(0, RK_PRICE_NONE);
	quote(0, 100, 0);
	expect(100, RK_PRICE_OK);
	quote(1, 105, 0);
	expect(102, RK_PRICE_OK); /* floor(205 / 2) */
	quote(2, 900, 0);
	expect(105, RK_PRICE_OK);
	quote(0, 1, 0);
	expect(105, RK_PRICE_OK);
}

Test(price, a_batch_is_applied_whole_and_each_slot_averaged_once)
{
	struct rk_quote rows[] = {
		{0, 0, {100}, BUILDER_START_NS, 1},
		{0, 0, {200}, BUILDER_START_NS, 2},
		{0, 1, {300}, BUILDER_START_NS, 1},
	};

	cr_assert_eq(rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_PRICES,
							  .prices = {rows, 3}}),
		     RK_OK);
	expect(250, RK_PRICE_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_PRICE_STATE), 1);
}

Test(price, quotes_that_cannot_count_are_dropped_and_counted)
{
	static const struct rk_quote rows[] = {
		{99, 0, {100}, BUILDER_START_NS, 10}, /* slot */
		{0, 3, {100}, BUILDER_START_NS, 10},  /* publisher */
		{0, 0, {0}, BUILDER_START_NS, 10},    /* price */
		{0, 0, {-1}, BUILDER_START_NS, 10},
		{0, 0, {100}, BUILDER_START_NS, 5},      /* sequence again */
		{0, 0, {100}, BUILDER_START_NS - 1, 10}, /* older */
		{0, 0, {100}, BUILDER_START_NS + BUILDER_SECOND_NS + 1, 10},
	};

	next_seq = 4;
	quote(0, 77, 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rk_cmd cmd = {.type = RK_CMD_PRICES,
				     .prices = {&rows[i], 1}};

		cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
		cr_expect_eq(dropped(), i + 1, "row %zu", i);
	}
	expect(77, RK_PRICE_OK);
	quote(0, 78, BUILDER_SECOND_NS); /* just early enough */
	expect(78, RK_PRICE_OK);
}

Test(price, a_quote_above_price_max_disputes_the_slot)
{
	quote(0, 100, 0);
	quote(1, 10001, 0);
	expect(100, RK_PRICE_DISPUTED);
	quote(0, 120, 0);
	expect(100, RK_PRICE_DISPUTED); /* keeps its mark */
	quote(1, 130, 0);
	expect(125, RK_PRICE_OK);
	quote(1, 10000, 0);
	expect(5060, RK_PRICE_OK); /* price_max itself is believed */
}

Test(price, a_slot_is_stale_once_its_newest_quote_is_too_old)
{
	const struct rk_event *ev;

	quote(0, 100, 0);
	cr_assert_eq(rk_builder_wait(&b, BUILDER_AGE_NS), RK_OK);
	expect(100, RK_PRICE_OK);
	cr_assert_eq(rk_builder_wait(&b, 1), RK_OK);
	expect(100, RK_PRICE_STALE);
	ev = rk_builder_event(&b, RK_EVENT_PRICE_STATE, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->price_state.before, RK_PRICE_OK);
	cr_expect_eq(ev->price_state.after, RK_PRICE_STALE);
	cr_expect_eq(ev->price_state.mark.raw, 100);
	cr_expect_eq(ev->market, 0);
}

Test(price, an_old_quote_does_not_count_in_the_median)
{
	quote(0, 100, 0);
	cr_assert_eq(rk_builder_wait(&b, BUILDER_AGE_NS + 1), RK_OK);
	quote(1, 300, BUILDER_AGE_NS + 1);
	expect(300, RK_PRICE_OK);
}

Test(price, a_dispute_ends_when_its_quote_is_too_old)
{
	quote(1, 10001, 0);
	expect(0, RK_PRICE_DISPUTED);
	cr_assert_eq(rk_builder_wait(&b, BUILDER_SECOND_NS), RK_OK);
	quote(0, 100, BUILDER_SECOND_NS);
	expect(0, RK_PRICE_DISPUTED);
	cr_assert_eq(rk_builder_wait(&b, BUILDER_AGE_NS - BUILDER_SECOND_NS),
		     RK_OK);
	expect(0, RK_PRICE_DISPUTED);
	cr_assert_eq(rk_builder_wait(&b, 1), RK_OK);
	expect(100, RK_PRICE_OK);
}

static int halt(bool halted)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_HALT, .halt = {0, halted}});
}

Test(price, a_halt_stays_until_lifted_and_lets_the_mark_move)
{
	quote(0, 100, 0);
	cr_expect_eq(halt(false), RK_REJ_NO_CHANGE);
	cr_assert_eq(halt(true), RK_OK);
	expect(100, RK_PRICE_HALTED);
	cr_expect_eq(halt(true), RK_REJ_NO_CHANGE);
	quote(0, 110, 0);
	expect(110, RK_PRICE_HALTED);
	cr_assert_eq(halt(false), RK_OK);
	expect(110, RK_PRICE_OK);
}

Test(price, a_lifted_halt_finds_what_the_quotes_say_by_then)
{
	cr_assert_eq(halt(true), RK_OK);
	cr_assert_eq(halt(false), RK_OK);
	expect(0, RK_PRICE_NONE);
	quote(0, 100, 0);
	cr_assert_eq(halt(true), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, BUILDER_AGE_NS + 1), RK_OK);
	expect(100, RK_PRICE_HALTED);
	cr_assert_eq(halt(false), RK_OK);
	expect(100, RK_PRICE_STALE);
}

Test(price, resume_makes_prices_stale_until_quoted_anew)
{
	struct rk_cmd cmd = {.type = RK_CMD_RESUME,
			     .clock = {BUILDER_START_NS}};

	quote(0, 100, 0);
	quote(1, 200, 0);
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_RESUMED), 1);
	expect(150, RK_PRICE_STALE);
	quote(0, 120, 0);
	expect(120, RK_PRICE_OK);
}

Test(price, time_does_not_step_back)
{
	struct rk_cmd cmd = {.type = RK_CMD_CLOCK,
			     .clock = {BUILDER_START_NS - 1}};

	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_TIME);
	cmd.clock.time_ns = BUILDER_START_NS;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_OK);
	cmd.clock.time_ns = RK_TIME_MAX_NS + 1;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_TIME);
}

/* What a person is told about a mark: each publisher's last word on it. */
Test(price, the_last_word_of_each_publisher_can_be_looked_at)
{
	struct rk_quote_view view;
	const struct rk_engine *engine = b.harness.engine;

	quote(1, 105, 7);
	quote(2, 10001, 9);
	cr_assert_eq(rk_view_quote(engine, 0, 0, &view), RK_OK);
	cr_expect_eq(view.price.raw, 0);
	cr_assert_eq(rk_view_quote(engine, 0, 1, &view), RK_OK);
	cr_expect_eq(view.price.raw, 105);
	cr_expect_eq(view.time_ns, BUILDER_START_NS + 7);
	cr_expect_eq(view.seq, 1);
	cr_expect(view.usable);
	cr_expect_not(view.disputing);
	cr_assert_eq(rk_view_quote(engine, 0, 2, &view), RK_OK);
	cr_expect(view.disputing);
	cr_expect_eq(rk_view_quote(engine, 99, 0, &view), RK_REJ_NO_SLOT);
	cr_expect_eq(rk_view_quote(engine, 0, 99, &view), RK_REJ_NO_PUBLISHER);
}

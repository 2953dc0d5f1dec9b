/*
 * Rules F1 to F9: what the positions of a market pay each other. Amounts are
 * cents: at 100 dollars a unit of size is worth 10,000 of them. Account 1 is
 * long 100 and account 2 short 100, both entered at 100.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "engine/ask.h"
#include "engine/books.h"
#include "engine/engine.h"
#include "engine/listing.h"
#include "support/builder.h"

#define HOUR_NS  (3600 * BUILDER_SECOND_NS)
#define EIGHT_NS (8 * HOUR_NS)
/* The first end of eight hours after the start of the book. */
#define END_NS  (INT64_C(1700006400) * BUILDER_SECOND_NS)
#define PERCENT (RK_RATE_ONE / 100)

static const struct rk_funding usual = {
	.interval_ns = EIGHT_NS,
	.interest = {PERCENT / 100},
	.clamp = {PERCENT / 20},
	.cap = {4 * PERCENT},
};

static struct rk_builder b;

static void open_book(void)
{
	rk_builder_init(&b);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	for (uint64_t id = 1; id <= 2; id++) {
		cr_assert_eq(rk_builder_account(&b, id, 1000000), RK_OK);
		cr_assert_eq(
			rk_builder_trade(&b, id, 0, id == 1 ? 100 : -100, 100),
			RK_OK);
	}
}

static void close_book(void)
{
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}

TestSuite(funding, .init = open_book, .fini = close_book);

static int set_terms(const char *market, const struct rk_funding *terms)
{
	struct rk_cmd cmd = {.type = RK_CMD_FUNDING,
			     .funding = {.terms = *terms}};

	(void)snprintf(cmd.funding.market, RK_NAME_SIZE, "%s", market);
	return rk_builder_apply(&b, cmd);
}

static int premium(uint32_t market, int64_t index, int64_t bid, int64_t ask)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_PREMIUM,
				    .premium = {.market = market,
						.index = {index},
						.impact_bid = {bid},
						.impact_ask = {ask}}});
}

static int fund(uint32_t market, int64_t rate, int64_t price)
{
	return rk_builder_apply(&b,
				(struct rk_cmd){.type = RK_CMD_FUND,
						.fund = {.market = market,
							 .rate = {rate},
							 .price = {price}}});
}

static int clock_to(int64_t time_ns)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_CLOCK, .clock = {time_ns}});
}

static int reserve(uint64_t account, int64_t cents)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_RESERVE,
				    .withdraw = {.withdrawal = 9,
						 .account = account,
						 .amount = {cents}}});
}

static int64_t unsettled(uint64_t account)
{
	return rk_builder_position(&b, account, 0).funding.raw;
}

static int64_t clearing(uint32_t asset)
{
	struct rk_books_asset books = {.clearing = 0};

	(void)rk_view_books_asset(b.harness.engine, asset, &books);
	return (int64_t)books.clearing;
}

static struct rk_market_view market(uint32_t id)
{
	struct rk_market_view view = {.holders = 0};

	(void)rk_view_market(b.harness.engine, id, &view);
	return view;
}

/* The only FUNDING event of the newest command. */
static void expect_funding(int64_t rate, int64_t price, uint64_t samples)
{
	const struct rk_event *ev = rk_builder_event(&b, RK_EVENT_FUNDING, 0);

	cr_assert_eq(rk_builder_count(&b, RK_EVENT_FUNDING), 1);
	cr_expect_eq(ev->funding.rate.raw, rate);
	cr_expect_eq(ev->funding.price.raw, price);
	cr_expect_eq(ev->funding.samples, samples);
}

static void expect_paid(uint32_t nth, uint64_t account, int64_t amount)
{
	const struct rk_event *ev =
		rk_builder_event(&b, RK_EVENT_FUNDING_PAID, nth);

	cr_assert_not_null(ev);
	cr_expect_eq(ev->account, account);
	cr_expect_eq(ev->funding_paid.amount.raw, amount);
	cr_expect_eq(ev->funding_paid.booked.raw, amount);
}

Test(funding, an_interval_ends_at_a_multiple_since_1970)
{
	cr_assert_eq(set_terms("PERP", &usual), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_FUNDING_SET), 1);
	cr_expect_eq(market(0).funding_next_ns, END_NS);
	cr_assert_eq(clock_to(END_NS - 1), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_FUNDING), 0);
	cr_expect_eq(rk_view_next_due(b.harness.engine), END_NS);
	cr_assert_eq(clock_to(END_NS), RK_OK);
	expect_funding(usual.interest.raw, 100, 0);
	cr_expect_eq(market(0).funding_next_ns, END_NS + EIGHT_NS);
	cr_assert_eq(clock_to(END_NS), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_FUNDING), 0);
}

Test(funding, unsettled_funding_is_in_equity_and_not_in_the_balance)
{
	int64_t before = rk_builder_view(&b, 1).margin.equity.raw;

	cr_assert_eq(set_terms("PERP", &usual), RK_OK);
	cr_assert_eq(clock_to(END_NS), RK_OK);
	/* 0.01 % of 10,000 cents, for each of 100 units. */
	cr_expect_eq(unsettled(1), -100);
	cr_expect_eq(unsettled(2), 100);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 1000000);
	cr_expect_eq(rk_builder_view(&b, 1).margin.equity.raw,
		     before - BUILDER_USD);
	cr_expect_eq(rk_builder_view(&b, 2).margin.equity.raw,
		     before + BUILDER_USD);
	cr_expect_eq(clearing(0), 0);
}

Test(funding, ends_passed_in_one_step_count_once)
{
	cr_assert_eq(set_terms("PERP", &usual), RK_OK);
	cr_assert_eq(clock_to(END_NS + 5 * EIGHT_NS + 1), RK_OK);
	expect_funding(usual.interest.raw, 100, 0);
	cr_expect_eq(unsettled(1), -100);
}

Test(funding, a_resume_ends_an_interval_as_a_clock_does)
{
	cr_assert_eq(set_terms("PERP", &usual), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_RESUME,
							  .clock = {END_NS}}),
		     RK_OK);
	expect_funding(usual.interest.raw, 100, 0);
}

Test(funding, the_rate_is_premium_and_clamped_interest)
{
	static const struct {
		int64_t bid;
		int64_t ask;
		int64_t rate;
	} rows[] = {
		/* 2 %, less the clamp of 0.05 %. */
		{5100, 5150, 19500000},
		/* Below: -1 %, and the clamp more. */
		{4900, 4950, -9500000},
		/* Near the index interest alone counts: |I - P| <= 0.05 %. */
		{5002, 5003, 100000},
		{4995, 5005, 100000},
		/* Nobody sells: nothing is below the index. */
		{5100, 0, 19500000},
		{0, 0, 100000},
		/* At most the cap. */
		{5225, 5250, 40000000},
		{4500, 4750, -40000000},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rk_funding terms = usual;

		terms.interval_ns = HOUR_NS * (int64_t)(i + 1);
		cr_assert_eq(set_terms("PERP", &terms), RK_OK);
		cr_assert_eq(premium(0, 5000, rows[i].bid, rows[i].ask), RK_OK);
		cr_expect_eq(market(0).funding_rate.raw, rows[i].rate);
		cr_assert_eq(clock_to(market(0).funding_next_ns), RK_OK);
		expect_funding(rows[i].rate, 100, 1);
	}
}

Test(funding, premiums_are_averaged_toward_zero_and_then_forgotten)
{
	struct rk_funding terms = usual;

	terms.clamp.raw = 0;
	cr_assert_eq(set_terms("PERP", &terms), RK_OK);
	/* 1/3000, 0 and 0, cut to 1e-9: 333333; a third of it is 111111. */
	cr_assert_eq(premium(0, 3000, 3001, 3001), RK_OK);
	cr_assert_eq(premium(0, 3000, 3000, 3000), RK_OK);
	cr_assert_eq(premium(0, 3000, 2999, 3001), RK_OK);
	cr_expect_eq(market(0).premium_n, 3);
	cr_assert_eq(clock_to(END_NS), RK_OK);
	expect_funding(111111, 100, 3);
	cr_expect_eq(market(0).premium_n, 0);
	/* The same below the index. */
	cr_assert_eq(premium(0, 3000, 2998, 2999), RK_OK);
	cr_assert_eq(premium(0, 3000, 3000, 3000), RK_OK);
	cr_assert_eq(clock_to(END_NS + EIGHT_NS), RK_OK);
	expect_funding(-166666, 100, 2);
}

Test(funding, no_interval_takes_no_premium_and_none_is_kept)
{
	static const struct rk_funding none;

	cr_expect_eq(premium(0, 100, 101, 102), RK_REJ_BAD_PARAM);
	cr_assert_eq(set_terms("PERP", &usual), RK_OK);
	cr_assert_eq(premium(0, 100, 101, 102), RK_OK);
	cr_assert_eq(set_terms("PERP", &none), RK_OK);
	cr_expect_eq(market(0).premium_n, 0);
	cr_assert_eq(clock_to(END_NS), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_FUNDING), 0);
}

Test(funding, premiums_must_be_prices_that_are_believed)
{
	cr_assert_eq(set_terms("PERP", &usual), RK_OK);
	cr_expect_eq(premium(9, 100, 100, 100), RK_REJ_NO_MARKET);
	cr_expect_eq(premium(0, 0, 100, 100), RK_REJ_BAD_PRICE);
	cr_expect_eq(premium(0, 10001, 100, 100), RK_REJ_BAD_PRICE);
	cr_expect_eq(premium(0, 100, -1, 100), RK_REJ_BAD_PRICE);
	cr_expect_eq(premium(0, 100, 100, 10001), RK_REJ_BAD_PRICE);
	cr_expect_eq(premium(0, 10000, 10000, 10000), RK_OK);
}

Test(funding, without_a_mark_nothing_moves)
{
	cr_assert_eq(set_terms("OTHER", &usual), RK_OK);
	cr_assert_eq(premium(1, 100, 101, 102), RK_OK);
	cr_assert_eq(clock_to(END_NS), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_FUNDING), 0);
	cr_expect(market(1).funding_index == 0);
	cr_expect_eq(market(1).premium_n, 0);
}

Test(funding, a_trade_settles_both_of_its_sides_first)
{
	struct rk_cmd trade = {.type = RK_CMD_TRADE,
			       .trade = {.trade = 1000,
					 .price = {100},
					 .size = {10},
					 .buyer = {.account = 2},
					 .seller = {.account = 1}}};

	cr_assert_eq(fund(0, PERCENT, 100), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, trade), RK_OK);
	expect_paid(0, 2, 10000);
	expect_paid(1, 1, -10000);
	cr_expect_lt(rk_builder_event(&b, RK_EVENT_FUNDING_PAID, 0)->number,
		     rk_builder_event(&b, RK_EVENT_POSITION, 0)->number);
	cr_expect_eq(unsettled(1), 0);
	cr_expect_eq(unsettled(2), 0);
	cr_expect_eq(rk_builder_position(&b, 1, 0).size.raw, 90);
	cr_expect_eq(clearing(0), 0);
}

Test(funding, a_new_position_owes_nothing_of_before)
{
	cr_assert_eq(fund(0, PERCENT, 100), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 3, 1000000), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 3, 0, 50, 100), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_FUNDING_PAID), 0);
	cr_expect_eq(unsettled(3), 0);
	cr_assert_eq(fund(0, PERCENT, 100), RK_OK);
	cr_expect_eq(unsettled(3), -5000);
	cr_expect_eq(unsettled(1), -20000);
}

Test(funding, what_is_taken_out_is_taken_after_settlement)
{
	/* 100 units at 10 % funding: 100,000 cents of 1,000,000. */
	cr_assert_eq(fund(0, 10 * PERCENT, 100), RK_OK);
	cr_expect_eq(reserve(1, 900001), RK_REJ_BALANCE);
	cr_expect_eq(unsettled(1), -100000); /* undone */
	cr_assert_eq(reserve(1, 100000), RK_OK);
	expect_paid(0, 1, -100000);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 800000);
	cr_expect_eq(clearing(0), 100000);
	/* Who received may give it away. */
	cr_assert_eq(rk_builder_apply(
			     &b, (struct rk_cmd){.type = RK_CMD_TRANSFER,
						 .transfer = {.from = 2,
							      .to = 1,
							      .amount = {1}}}),
		     RK_OK);
	expect_paid(0, 2, 100000);
	cr_expect_eq(rk_builder_balance(&b, 2, 0), 1099999);
	cr_expect_eq(clearing(0), 0);
}

Test(funding, what_a_question_says_can_be_withdrawn_is_let_out)
{
	struct rk_ask ask;
	int64_t most;

	cr_assert_eq(fund(0, 12345678, 97), RK_OK);
	for (uint32_t i = 0; i < 2; i++) {
		cr_assert_eq(rk_ask_account(b.harness.engine, i, &ask), RK_OK);
		most = rk_ask_withdrawable(&ask, 0).raw;
		cr_expect_neq(reserve(i + 1, most + 1), RK_OK);
		cr_assert_eq(reserve(i + 1, most), RK_OK);
		cr_assert_eq(
			rk_builder_apply(
				&b,
				(struct rk_cmd){.type = RK_CMD_CONFIRM,
						.withdraw = {.withdrawal = 9}}),
			RK_OK);
	}
}

Test(funding, a_supposed_fill_settles_as_a_trade_does)
{
	struct rk_margin supposed;
	struct rk_margin margin;
	struct rk_ask ask;

	cr_assert_eq(fund(0, 12345678, 97), RK_OK);
	cr_assert_eq(rk_ask_account(b.harness.engine, 0, &ask), RK_OK);
	cr_assert_eq(rk_ask_fill(&ask,
				 &(struct rk_supposed_fill){
					 0, {-30}, {103}, {7}, 0}),
		     RK_OK);
	rk_ask_margin(&ask, &supposed);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, -30, 103), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 1, -7), RK_OK); /* the fee */
	margin = rk_builder_view(&b, 1).margin;
	cr_expect_eq(supposed.equity.raw, margin.equity.raw);
	cr_expect_eq(supposed.health_w.raw, margin.health_w.raw);
	cr_expect_eq(rk_holdings_balance(&ask.holdings, 0).raw,
		     rk_builder_balance(&b, 1, 0));
}

Test(funding, holders_are_judged_after_their_index_moved)
{
	/* 1000 units at 100: 100,000 dollars, 5,000 of them maintenance. */
	cr_assert_eq(rk_builder_account(&b, 3, 600000), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 3, 0, 1000, 100), RK_OK);
	cr_assert_eq(fund(0, PERCENT - 1, 100), RK_OK);
	/* One cent of equity above 5,000 is MARGIN_CALL, not liquidation. */
	cr_expect_eq(rk_builder_view(&b, 3).state, RK_STATE_MARGIN_CALL);
	cr_assert_eq(fund(0, 10 * PERCENT / 1000, 100), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 3).state, RK_STATE_LIQUIDATING);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 1);
}

Test(funding, a_fund_must_name_a_market_and_a_rate_and_price_that_can_be)
{
	cr_expect_eq(fund(9, 0, 100), RK_REJ_NO_MARKET);
	cr_expect_eq(fund(0, RK_RATE_ONE + 1, 100), RK_REJ_BAD_PARAM);
	cr_expect_eq(fund(0, -RK_RATE_ONE - 1, 100), RK_REJ_BAD_PARAM);
	cr_expect_eq(fund(0, 0, 0), RK_REJ_BAD_PRICE);
	cr_expect_eq(fund(0, 0, 10001), RK_REJ_BAD_PRICE);
	cr_assert_eq(fund(0, -RK_RATE_ONE, 1), RK_OK);
	expect_funding(-RK_RATE_ONE, 1, 0);
	cr_expect_eq(unsettled(1), 10000);
}

Test(funding, a_fund_leaves_the_running_interval_alone)
{
	cr_assert_eq(set_terms("PERP", &usual), RK_OK);
	cr_assert_eq(premium(0, 100, 102, 103), RK_OK);
	cr_assert_eq(fund(0, 0, 100), RK_OK);
	cr_expect_eq(market(0).premium_n, 1);
	cr_assert_eq(clock_to(END_NS), RK_OK);
	expect_funding(19500000, 100, 1);
}

/* Of 8 hours, an eighth of it each hour: cap and clamp are of the 8 hours. */
Test(funding, a_rate_of_a_period_is_paid_in_parts)
{
	static const struct {
		int64_t period_hours;
		int64_t bid;
		int64_t ask;
		int64_t rate;
	} rows[] = {
		{8, 5100, 5150, 2437500}, /* 0.0195 / 8 */
		{8, 5002, 5003, 12500},   /* 0.0001 / 8 */
		{8, 5225, 5250, 5000000}, /* an eighth of the cap */
		{8, 4500, 4750, -5000000},
		{7, 5225, 5250, 5714285}, /* toward 0 */
		{7, 4500, 4750, -5714285},
		{1, 5100, 5150, 19500000}, /* all of it */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rk_funding terms = usual;
		int r;

		terms.interval_ns = HOUR_NS;
		terms.period_ns = HOUR_NS * rows[i].period_hours;
		r = set_terms("PERP", &terms);
		cr_assert(r == RK_OK || r == RK_REJ_NO_CHANGE);
		cr_assert_eq(premium(0, 5000, rows[i].bid, rows[i].ask), RK_OK);
		cr_expect_eq(market(0).funding_rate.raw, rows[i].rate);
		cr_assert_eq(clock_to(market(0).funding_next_ns), RK_OK);
		expect_funding(rows[i].rate, 100, 1);
	}
}

Test(funding, terms_that_cannot_work_are_refused_by_field)
{
	static const struct {
		struct rk_funding terms;
		const char *field;
	} rows[] = {
		{{0, {1}, {0}, {0}, 0}, "interest"},
		{{0, {0}, {1}, {0}, 0}, "clamp"},
		{{0, {0}, {0}, {1}, 0}, "cap"},
		{{999999999, {0}, {0}, {1}, 0}, "interval"},
		{{-1, {0}, {0}, {1}, 0}, "interval"},
		{{RK_DURATION_MAX_NS + 1, {0}, {0}, {1}, 0}, "interval"},
		{{HOUR_NS, {RK_RATE_ONE + 1}, {0}, {1}, 0}, "interest"},
		{{HOUR_NS, {-RK_RATE_ONE - 1}, {0}, {1}, 0}, "interest"},
		{{HOUR_NS, {0}, {-1}, {1}, 0}, "clamp"},
		{{HOUR_NS, {0}, {RK_RATE_ONE + 1}, {1}, 0}, "clamp"},
		{{HOUR_NS, {0}, {0}, {0}, 0}, "cap"},
		{{HOUR_NS, {0}, {0}, {RK_RATE_ONE + 1}, 0}, "cap"},
		{{0, {0}, {0}, {0}, 1}, "period"},
		{{HOUR_NS, {0}, {0}, {1}, HOUR_NS - 1}, "period"},
		{{HOUR_NS, {0}, {0}, {1}, -1}, "period"},
		{{HOUR_NS, {0}, {0}, {1}, RK_DURATION_MAX_NS + 1}, "period"},
	};
	const char *field;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_expect_eq(set_terms("PERP", &rows[i].terms),
			     RK_REJ_BAD_PARAM);
		cr_assert_eq(rk_listing_check_funding(&rows[i].terms, &field),
			     RK_REJ_BAD_PARAM);
		cr_expect_str_eq(field, rows[i].field);
	}
	cr_expect_eq(set_terms("NONE", &usual), RK_REJ_NO_MARKET);
	cr_assert_eq(set_terms("PERP", &usual), RK_OK);
	cr_expect_eq(set_terms("PERP", &usual), RK_REJ_NO_CHANGE);
}

Test(funding, none_of_it_is_part_of_an_atomic_message)
{
	static const enum rk_cmd_type types[] = {RK_CMD_FUNDING, RK_CMD_PREMIUM,
						 RK_CMD_FUND};

	for (size_t i = 0; i < 3; i++) {
		struct rk_cmd child = {.type = types[i]};
		struct rk_cmd cmd = {.type = RK_CMD_ATOMIC,
				     .atomic = {.cmds = &child, .n = 1}};

		cr_expect_not(rk_cmd_may_be_atomic(types[i]));
		cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	}
}

Test(funding, an_index_that_would_go_too_far_begins_anew)
{
	/* As far as it may go: 100 % at the largest price believed. */
	cr_assert_eq(fund(0, RK_RATE_ONE, 10000), RK_OK);
	cr_expect_not(
		rk_builder_event(&b, RK_EVENT_FUNDING, 0)->funding.restarted);
	cr_expect_eq(unsettled(1), -100000000);
	/* Back again is no further. */
	cr_assert_eq(fund(0, -RK_RATE_ONE, 10000), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_FUNDING_PAID), 0);
	cr_expect_eq(unsettled(1), 0);
	/* But one step below 0 is: all are settled, though nothing is due. */
	cr_assert_eq(fund(0, -1, 1), RK_OK);
	cr_expect(rk_builder_event(&b, RK_EVENT_FUNDING, 0)->funding.restarted);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_FUNDING_PAID), 0);
	/* From there it may go up as far again, and not a step further. */
	cr_assert_eq(fund(0, RK_RATE_ONE, 10000), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_FUNDING_PAID), 0);
	cr_assert_eq(fund(0, 1, 1), RK_OK);
	cr_expect(rk_builder_event(&b, RK_EVENT_FUNDING, 0)->funding.restarted);
	/* Each is rounded down, by a hundred thousandth of a cent. */
	expect_paid(0, 1, -100000000);
	expect_paid(1, 2, 99999999);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 1000000 - 100000000);
	cr_expect_eq(clearing(0), 1);
	cr_expect_eq(unsettled(1), -1);
	cr_expect_eq(unsettled(2), 0);
}

/* Account 3 is short 10 and has as much as N7 lets it have. */
static void fill_up(bool funded)
{
	/* Cents: 10 units at 10,000 dollars, their cost, their funding. */
	int64_t held = 10000000 + 100000 + (funded ? 10000000 : 0);
	int64_t room = RK_ACCOUNT_VALUE_MAX / BUILDER_CENT - held;

	cr_assert_eq(rk_builder_account(&b, 3, 0), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 3, 0, -10, 100), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 3, room + 1), RK_REJ_OVERFLOW);
	cr_assert_eq(rk_builder_adjust(&b, 3, room), RK_OK);
}

Test(funding, terms_need_room_for_what_they_may_lead_to)
{
	fill_up(false);
	cr_expect_eq(set_terms("PERP", &usual), RK_REJ_OVERFLOW);
	cr_expect_eq(fund(0, 0, 100), RK_REJ_OVERFLOW);
	cr_assert_eq(rk_builder_adjust(&b, 3, -9999999), RK_OK);
	cr_expect_eq(fund(0, 0, 100), RK_REJ_OVERFLOW);
	cr_assert_eq(rk_builder_adjust(&b, 3, -1), RK_OK);
	cr_expect_eq(set_terms("PERP", &usual), RK_OK);
}

Test(funding, what_an_account_cannot_hold_stays_in_clearing)
{
	const struct rk_event *ev;
	int64_t balance;

	cr_assert_eq(fund(0, 0, 100), RK_OK);
	fill_up(true);
	balance = rk_builder_balance(&b, 3, 0);
	cr_assert_eq(fund(0, RK_RATE_ONE, 10000), RK_OK);
	cr_expect_eq(rk_builder_trade(&b, 3, 0, 1, 100), RK_REJ_OVERFLOW);
	cr_expect_eq(reserve(3, 1), RK_REJ_OVERFLOW);
	cr_expect_eq(unsettled(3), 10000000);
	cr_assert_eq(fund(0, RK_RATE_ONE, 10000), RK_OK);
	/* In order of creation. */
	expect_paid(0, 1, -100000000);
	expect_paid(1, 2, 100000000);
	ev = rk_builder_event(&b, RK_EVENT_FUNDING_PAID, 2);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->account, 3);
	cr_expect_eq(ev->funding_paid.amount.raw, 10000000);
	cr_expect_eq(ev->funding_paid.booked.raw, 0);
	cr_expect_eq(rk_builder_balance(&b, 3, 0), balance);
	cr_expect_eq(unsettled(3), 10000000);
}

Test(funding, a_lower_price_max_leaves_room_for_what_is_owed)
{
	struct rk_cmd change = {.type = RK_CMD_MARKET_CHANGE,
				.market = rk_builder_market("PERP")};

	cr_assert_eq(fund(0, RK_RATE_ONE, 10000), RK_OK);
	change.market.price_max.raw = 100;
	cr_assert_eq(rk_builder_apply(&b, change), RK_OK);
	cr_expect_eq(unsettled(1), -100000000);
	/* The next move, however small, has no room of its own. */
	cr_assert_eq(fund(0, 1, 100), RK_OK);
	cr_expect(rk_builder_event(&b, RK_EVENT_FUNDING, 0)->funding.restarted);
	expect_paid(0, 1, -100000000);
}

Test(funding, an_inverse_position_pays_coins)
{
	struct rk_cmd coin = {.type = RK_CMD_ASSET,
			      .asset = {.name = "COIN",
					.decimals = 8,
					.price_max = {1000000},
					.price_age_max_ns = BUILDER_AGE_NS}};
	struct rk_cmd_market inverse = rk_builder_market("INVERSE");
	int64_t balance;

	(void)snprintf(inverse.settle, RK_NAME_SIZE, "COIN");
	inverse.contract = RK_CONTRACT_INVERSE;
	inverse.multiplier = 100;
	inverse.price_min.raw = 100;
	inverse.price_max.raw = 1000000;
	inverse.position_max.raw = 10000;
	cr_assert_eq(rk_builder_apply(&b, coin), RK_OK);
	cr_assert_eq(rk_builder_contract(&b, &inverse), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 2, 10000), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 3, 10000), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 2, 50, 10000), RK_OK);
	/* 50 contracts of 100 dollars: 0.5 coins, of which 0.01 %. */
	cr_assert_eq(fund(2, PERCENT / 100, 10000), RK_OK);
	cr_expect_eq(rk_builder_position(&b, 1, 2).funding.raw, -5000);
	balance = rk_builder_balance(&b, 1, 1);
	cr_assert_eq(rk_builder_trade(&b, 1, 2, 1, 10000), RK_OK);
	cr_expect_eq(rk_builder_balance(&b, 1, 1), balance - 5000);
	cr_expect_eq(clearing(1), 5000);
}

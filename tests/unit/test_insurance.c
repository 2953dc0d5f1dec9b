/*
 * Rules U1 to U6: insurance funds; U7 is in test_withdrawal_gate.c. USD, asset
 * 0, is fixed at 1 dollar, in cents, and never lent; COIN, asset 1, is in cents
 * and fixed at 1 dollar too.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "engine/books.h"
#include "engine/engine.h"
#include "engine/insurance.h"
#include "engine/load.h"
#include "engine/rows.h"
#include "support/builder.h"

#define USD       0
#define COIN      1
#define QUARTER   (RK_RATE_ONE / 4)
#define PERCENT   (RK_RATE_ONE / 100)
#define MINUTE_NS RK_INSURANCE_MINUTE_NS

static struct rk_builder b;

static int set_terms(int64_t draw_cap, int64_t liquidation_fee)
{
	return rk_builder_apply(
		&b,
		(struct rk_cmd){
			.type = RK_CMD_INSURANCE,
			.insurance = {.asset = "USD",
				      .terms = {.draw_cap = {draw_cap},
						.liquidation_fee = {
							liquidation_fee}}}});
}

static int set_gate(int64_t draw_cap, int64_t gate)
{
	return rk_builder_apply(
		&b,
		(struct rk_cmd){.type = RK_CMD_INSURANCE,
				.insurance = {"USD",
					      {.draw_cap = {draw_cap},
					       .withdrawal_gate = {gate}}}});
}

static int top_up(uint32_t asset, int64_t cents)
{
	return rk_builder_apply(&b,
				(struct rk_cmd){.type = RK_CMD_TOP_UP,
						.top_up = {asset, {cents}}});
}

static struct rk_insurance_view fund(void)
{
	struct rk_insurance_view view;

	cr_assert_eq(rk_view_insurance(b.harness.engine, USD, &view), RK_OK);
	return view;
}

static int64_t now(void)
{
	return rk_view_time(b.harness.engine);
}

/* To the beginning of the minute after so many. */
static void wait_minutes(int64_t minutes)
{
	int64_t minute = now() / MINUTE_NS + minutes;

	cr_assert_eq(rk_builder_wait(&b, minute * MINUTE_NS - now()), RK_OK);
}

static int adjust_coin(uint64_t account, int64_t cents)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_ADJUST,
				    .amount = {account, COIN, {cents}}});
}

static void open_book(void)
{
	struct rk_cmd coin = {.type = RK_CMD_ASSET,
			      .asset = {.name = "COIN",
					.decimals = 2,
					.price_decimals = 0,
					.fixed_price = {1}}};

	rk_builder_init(&b);
	cr_assert_eq(rk_builder_apply(&b, coin), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 100000), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 2, 0), RK_OK);
}

static void close_book(void)
{
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}

TestSuite(insurance, .init = open_book, .fini = close_book);

Test(insurance, u1_terms_are_rates_of_an_asset)
{
	cr_expect_eq(set_terms(-1, 0), RK_REJ_BAD_PARAM);
	cr_expect_eq(set_terms(RK_RATE_ONE + 1, 0), RK_REJ_BAD_PARAM);
	cr_expect_eq(set_terms(QUARTER, -1), RK_REJ_BAD_PARAM);
	cr_expect_eq(set_terms(QUARTER, RK_RATE_ONE), RK_REJ_BAD_PARAM);
	cr_expect_eq(set_gate(QUARTER, -1), RK_REJ_BAD_PARAM);
	cr_expect_eq(set_gate(QUARTER, RK_RATE_ONE + 1), RK_REJ_BAD_PARAM);
	cr_expect_eq(
		rk_builder_apply(
			&b, (struct rk_cmd){.type = RK_CMD_INSURANCE,
					    .insurance = {"EUR",
							  {.draw_cap = {0}}}}),
		RK_REJ_NO_ASSET);
	cr_expect_eq(set_terms(0, 0), RK_REJ_NO_CHANGE);
	cr_assert_eq(set_terms(RK_RATE_ONE, RK_RATE_ONE - 1), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_INSURANCE_SET), 1);
	cr_expect_eq(fund().terms.draw_cap.raw, RK_RATE_ONE);
	/* Each of them is a difference. */
	cr_expect_eq(set_gate(RK_RATE_ONE, 0), RK_OK);
	cr_expect_eq(set_gate(RK_RATE_ONE, RK_RATE_ONE), RK_OK);
	cr_expect_eq(set_gate(RK_RATE_ONE, RK_RATE_ONE), RK_REJ_NO_CHANGE);
	cr_expect_not(rk_cmd_may_be_atomic(RK_CMD_INSURANCE));
}

Test(insurance, u2_the_house_puts_money_in_and_takes_it_out)
{
	const struct rk_event *ev;
	struct rk_books_asset books;

	cr_expect_eq(top_up(9, 1), RK_REJ_NO_ASSET);
	cr_expect_eq(top_up(USD, 0), RK_REJ_BAD_AMOUNT);
	cr_expect_eq(top_up(USD, -1), RK_REJ_FUND_SHORT);
	cr_expect_eq(top_up(USD, INT64_MIN), RK_REJ_FUND_SHORT);
	cr_expect_eq(top_up(USD, INT64_MAX), RK_REJ_OVERFLOW);
	cr_assert_eq(top_up(USD, 5000), RK_OK);
	cr_expect_eq(top_up(USD, RK_INSURANCE_MAX - 4999), RK_REJ_OVERFLOW);
	cr_expect_eq(top_up(USD, -5001), RK_REJ_FUND_SHORT);
	cr_assert_eq(top_up(USD, -2000), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_INSURANCE_MOVED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->account, 0);
	cr_expect_eq(ev->insurance.cause, RK_INSURANCE_WITHDRAWAL);
	cr_expect_eq(ev->insurance.amount.raw, -2000);
	cr_expect_eq(ev->insurance.fund.raw, 3000);
	cr_assert_eq(rk_view_books_asset(b.harness.engine, USD, &books), RK_OK);
	cr_expect(books.insurance == 3000);
	cr_expect(books.deposits == 105000);
	cr_expect(books.withdrawals == 2000);
	cr_expect_not(rk_cmd_may_be_atomic(RK_CMD_TOP_UP));
}

Test(insurance, u5_a_debt_is_paid_as_the_account_becomes_bankrupt)
{
	const struct rk_event *ev;

	cr_assert_eq(set_terms(QUARTER, 0), RK_OK);
	cr_assert_eq(top_up(USD, 10000), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 2, -2500), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 2).state, RK_STATE_OK);
	cr_expect_eq(rk_builder_balance(&b, 2, USD), 0);
	cr_expect_eq(fund().fund.raw, 7500);
	cr_expect_eq(rk_builder_event(&b, RK_EVENT_STATE, 0)->state.after,
		     RK_STATE_BANKRUPT);
	cr_expect_eq(rk_builder_event(&b, RK_EVENT_STATE, 1)->state.after,
		     RK_STATE_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_DEFICIT), 1);
	ev = rk_builder_event(&b, RK_EVENT_INSURANCE_MOVED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->account, 2);
	cr_expect_eq(ev->insurance.cause, RK_INSURANCE_DRAW);
	cr_expect_eq(ev->insurance.amount.raw, -2500);
	cr_expect_eq(ev->insurance.fund.raw, 7500);
	cr_expect_eq(ev->insurance.balance.raw, 0);
}

Test(insurance, u5_without_terms_nothing_is_paid)
{
	cr_assert_eq(top_up(USD, 10000), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 2, -2500), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 2).state, RK_STATE_BANKRUPT);
	wait_minutes(1);
	cr_expect_eq(fund().fund.raw, 10000);
	/* With terms whoever is bankrupt is paid at once. */
	cr_assert_eq(set_terms(QUARTER, 0), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 2).state, RK_STATE_OK);
	cr_expect_eq(fund().fund.raw, 7500);
}

Test(insurance, u4_an_hour_takes_a_quarter_of_what_there_was)
{
	cr_assert_eq(set_terms(QUARTER, 0), RK_OK);
	cr_assert_eq(top_up(USD, 10000), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 2, -4000), RK_OK);
	cr_expect_eq(rk_builder_balance(&b, 2, USD), -1500);
	cr_expect_eq(rk_builder_view(&b, 2).state, RK_STATE_BANKRUPT);
	cr_expect(fund().drawn == 2500);
	cr_expect_eq(fund().available.raw, 0);
	/* Not in the minute in which 60 others have passed, but the next. */
	wait_minutes(60);
	cr_expect_eq(rk_builder_balance(&b, 2, USD), -1500);
	wait_minutes(1);
	cr_expect_eq(rk_builder_balance(&b, 2, USD), 0);
	cr_expect_eq(rk_builder_view(&b, 2).state, RK_STATE_OK);
	cr_expect_eq(fund().fund.raw, 6000);
	cr_expect(fund().drawn == 1500);
	/* A quarter of 7500 is 1875: 375 are left. */
	cr_expect_eq(fund().available.raw, 375);
}

Test(insurance, u4_each_minute_counts_for_an_hour_by_itself)
{
	cr_assert_eq(set_terms(QUARTER, 0), RK_OK);
	cr_assert_eq(top_up(USD, 10000), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 2, -1000), RK_OK);
	wait_minutes(30);
	cr_assert_eq(rk_builder_adjust(&b, 2, -1000), RK_OK);
	cr_expect(fund().drawn == 2000);
	wait_minutes(31);
	cr_expect(fund().drawn == 1000);
	wait_minutes(29);
	cr_expect(fund().drawn == 1000);
	wait_minutes(1);
	cr_expect(fund().drawn == 0);
}

Test(insurance, u5_what_comes_in_is_paid_as_the_next_minute_begins)
{
	cr_assert_eq(set_terms(RK_RATE_ONE, 0), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 2, -4000), RK_OK);
	cr_expect_eq(rk_builder_balance(&b, 2, USD), -4000);
	cr_assert_eq(top_up(USD, 3000), RK_OK);
	cr_expect_eq(rk_builder_balance(&b, 2, USD), -4000);
	/* Nor when it is judged for something else. */
	cr_assert_eq(rk_builder_adjust(&b, 2, -1), RK_OK);
	cr_expect_eq(rk_builder_balance(&b, 2, USD), -4001);
	wait_minutes(1);
	cr_expect_eq(rk_builder_balance(&b, 2, USD), -1001);
	cr_expect_eq(rk_builder_view(&b, 2).state, RK_STATE_BANKRUPT);
	cr_expect_eq(fund().fund.raw, 0);
}

Test(insurance, u5_the_riskiest_is_paid_first)
{
	cr_assert_eq(set_terms(RK_RATE_ONE, 0), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 3, 0), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 2, -1000), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 3, -4000), RK_OK);
	cr_assert_eq(top_up(USD, 4500), RK_OK);
	wait_minutes(1);
	cr_expect_eq(rk_builder_balance(&b, 3, USD), 0);
	cr_expect_eq(rk_builder_balance(&b, 2, USD), -500);
}

Test(insurance, u5_who_holds_more_than_dust_is_not_paid)
{
	cr_assert_eq(set_terms(RK_RATE_ONE, 0), RK_OK);
	cr_assert_eq(top_up(USD, 10000), RK_OK);
	cr_assert_eq(adjust_coin(2, 5), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 2, -4000), RK_OK);
	cr_expect_eq(rk_builder_balance(&b, 2, USD), -4000);
	wait_minutes(1);
	cr_expect_eq(rk_builder_balance(&b, 2, USD), -4000);
	cr_assert_eq(adjust_coin(2, -1), RK_OK); /* a thousandth */
	wait_minutes(1);
	cr_expect_eq(rk_builder_balance(&b, 2, USD), 0);
	cr_expect_eq(rk_builder_view(&b, 2).state, RK_STATE_OK);
}

Test(insurance, u5_who_is_only_reported_is_not_paid)
{
	struct rk_cmd report = {
		.type = RK_CMD_ACCOUNT,
		.account = {7, 7, RK_MODE_CROSS, RK_ENFORCE_REPORT}};

	cr_assert_eq(set_terms(RK_RATE_ONE, 0), RK_OK);
	cr_assert_eq(top_up(USD, 10000), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, report), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 7, -100), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 7).state, RK_STATE_BANKRUPT);
	wait_minutes(1);
	cr_expect_eq(rk_builder_balance(&b, 7, USD), -100);
}

/* Account 5 is long 100 of PERP from 100 dollars on; now they are at price. */
static struct rk_order_id liquidate_at(int64_t price)
{
	const struct rk_event *ev;

	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 5, 0, 100, 100), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, price), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0);
	cr_assert_not_null(ev);
	return ev->order.order;
}

Test(insurance, u3_a_fill_of_a_liquidation_order_pays_a_fee)
{
	struct rk_order_id order;
	const struct rk_event *ev;

	cr_assert_eq(set_terms(0, 2 * PERCENT), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 5, 100000), RK_OK);
	order = liquidate_at(94);
	cr_expect_eq(fund().fund.raw, 0); /* a trade of its own pays none */
	cr_assert_eq(rk_builder_fill(&b, 5, order, -10, 94), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_INSURANCE_MOVED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->account, 5);
	cr_expect_eq(ev->market, RK_NO_MARKET);
	cr_expect_eq(ev->insurance.cause, RK_INSURANCE_LIQUIDATION_FEE);
	cr_expect_eq(ev->insurance.amount.raw, 1880);
	cr_expect_eq(ev->insurance.fund.raw, 1880);
	/* 1000.00 less 60.00 that were lost, and the fee. */
	cr_expect_eq(ev->insurance.balance.raw, 92120);
	cr_expect_eq(rk_builder_balance(&b, 5, USD), 92120);
	cr_expect_eq(fund().fund.raw, 1880);
}

Test(insurance, u3_the_fee_is_rounded_up)
{
	struct rk_order_id order;

	cr_assert_eq(set_terms(0, 1), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 5, 100000), RK_OK);
	order = liquidate_at(94);
	cr_assert_eq(rk_builder_fill(&b, 5, order, -1, 94), RK_OK);
	cr_expect_eq(fund().fund.raw, 1);
}

Test(insurance, u3_the_fee_takes_no_more_than_equity)
{
	struct rk_order_id order;

	cr_assert_eq(set_terms(0, 20 * PERCENT), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 5, 100000), RK_OK);
	order = liquidate_at(91);
	/* 20 % of 4550.00 is 910.00, the balance 550.00, equity 100.00. */
	cr_assert_eq(rk_builder_fill(&b, 5, order, -50, 91), RK_OK);
	cr_expect_eq(fund().fund.raw, 10000);
	cr_expect_eq(rk_builder_balance(&b, 5, USD), 45000);
	cr_expect_eq(rk_builder_view(&b, 5).margin.equity.raw, 0);
	/* There is no more to take, and it is not bankrupt by the fee. */
	cr_assert_eq(rk_builder_fill(&b, 5, order, -50, 91), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_INSURANCE_MOVED), 0);
	cr_expect_eq(rk_builder_view(&b, 5).state, RK_STATE_OK);
}

Test(insurance, u3_the_fee_makes_no_debt)
{
	struct rk_order_id order;

	cr_assert_eq(set_terms(0, 20 * PERCENT), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 5, 6001), RK_OK);
	cr_assert_eq(adjust_coin(5, 94000), RK_OK);
	order = liquidate_at(94);
	cr_assert_eq(rk_builder_fill(&b, 5, order, -10, 94), RK_OK);
	cr_expect_eq(rk_builder_balance(&b, 5, USD), 0);
	cr_expect_eq(fund().fund.raw, 1);
	cr_assert_eq(rk_builder_fill(&b, 5, order, -10, 94), RK_OK);
	cr_expect_eq(fund().fund.raw, 1);
	cr_expect_eq(rk_builder_balance(&b, 5, USD), -6000);
}

Test(insurance, u6_a_fund_that_is_full_takes_no_fee)
{
	struct rk_order_id order;

	cr_assert_eq(set_terms(0, 2 * PERCENT), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 5, 100000), RK_OK);
	cr_assert_eq(top_up(USD, RK_INSURANCE_MAX - 100), RK_OK);
	order = liquidate_at(94);
	cr_assert_eq(rk_builder_fill(&b, 5, order, -10, 94), RK_OK);
	cr_expect_eq(fund().fund.raw, RK_INSURANCE_MAX);
	cr_expect_eq(rk_builder_balance(&b, 5, USD), 93900);
}

Test(insurance, u5_what_a_liquidation_lost_is_paid)
{
	struct rk_order_id order;

	cr_assert_eq(set_terms(QUARTER, 2 * PERCENT), RK_OK);
	cr_assert_eq(top_up(USD, 200000), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 5, 100000), RK_OK);
	order = liquidate_at(86);
	cr_assert_eq(rk_builder_fill(&b, 5, order, -100, 86), RK_OK);
	/* 1000.00 less 1400.00: no fee, and the fund pays 400.00 of 500.00. */
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_INSURANCE_MOVED), 1);
	cr_expect_eq(rk_builder_balance(&b, 5, USD), 0);
	cr_expect_eq(rk_builder_view(&b, 5).state, RK_STATE_OK);
	cr_expect_eq(fund().fund.raw, 160000);
	cr_expect_eq(fund().available.raw, 10000);
}

/* Rows of the engine on their way into another, one cell otherwise. */
struct passing {
	struct rk_harness *to;
	uint32_t format;
	const char *column; /* of table insurance; NULL: none */
	rk_i128 value;
	int code;
};

static void pass_row(void *context, const struct rk_row *row)
{
	struct rk_column columns[RK_COLUMNS_MAX];
	struct rk_load_problem problem;
	struct passing *p = context;
	struct rk_row out = *row;

	if (p->code != RK_OK || !rk_table_is_in(row->table, p->format))
		return;
	out.format = p->format;
	out.n = rk_table_columns(row->table, p->format, columns);
	for (uint32_t i = 0; i < out.n; i++)
		if (p->column && row->table == RK_TABLE_INSURANCE &&
		    strcmp(columns[i].name, p->column) == 0)
			out.cells[i].integer = p->value;
	p->code = rk_load_row(p->to->engine, &out, &problem);
}

static int pass_rows(struct rk_harness *to, uint32_t format, const char *column,
		     rk_i128 value)
{
	struct rk_engine_counts counts;
	struct passing passing = {to, format, column, value, RK_OK};
	struct rk_load_problem problem;

	rk_view_counts(b.harness.engine, &counts);
	rk_harness_init(to, &counts.limits, RK_EVENTS_PER_STEP_MAX);
	rk_rows_all(b.harness.engine, pass_row, &passing);
	return passing.code != RK_OK ? passing.code
				     : rk_load_end(to->engine, &problem);
}

static void draw_some(void)
{
	cr_assert_eq(set_terms(QUARTER, PERCENT), RK_OK);
	cr_assert_eq(top_up(USD, 10000), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 2, -4000), RK_OK);
}

Test(insurance, u4_what_was_drawn_is_known_after_a_load)
{
	struct rk_insurance_view view;
	struct rk_harness other;

	draw_some();
	cr_assert_eq(set_gate(QUARTER, PERCENT), RK_OK);
	cr_assert_eq(pass_rows(&other, RK_ROWS_FORMAT, NULL, 0), RK_OK);
	cr_assert_eq(rk_view_insurance(other.engine, USD, &view), RK_OK);
	cr_expect_eq(view.fund.raw, 7500);
	cr_expect(view.drawn == 2500);
	cr_expect_eq(view.available.raw, 0);
	cr_expect_eq(view.terms.draw_cap.raw, QUARTER);
	/* 15.00 are owed still, and the gate is 0.75. */
	cr_expect_eq(rk_insurance_check_gate(b.harness.engine, USD),
		     RK_REJ_WITHDRAWALS_GATED);
	cr_expect_eq(rk_insurance_check_gate(other.engine, USD),
		     RK_REJ_WITHDRAWALS_GATED);
	cr_expect(rk_hash_equal(rk_view_state_digest(other.engine),
				rk_view_state_digest(b.harness.engine)));
	cr_expect_eq(rk_view_next_due(other.engine),
		     rk_view_next_due(b.harness.engine));
	rk_harness_fini(&other);
}

/* What no command leads to is not believed of a row either. */
Test(insurance, rows_of_funds_that_cannot_be_are_refused)
{
	const struct {
		const char *column;
		rk_i128 value;
	} bad[] = {
		{"asset", 9},
		{"fund", -1},
		{"fund", (rk_i128)RK_INSURANCE_MAX + 1},
		{"draw_cap", -1},
		{"draw_cap", RK_RATE_ONE + 1},
		{"liquidation_fee", RK_RATE_ONE},
		{"withdrawal_gate", -1},
		{"withdrawal_gate", RK_RATE_ONE + 1},
		{"minute", -1},
		{"minute", now() / MINUTE_NS + 1},
	};
	struct rk_harness other;

	draw_some();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cr_expect_neq(pass_rows(&other, RK_ROWS_FORMAT, bad[i].column,
					bad[i].value),
			      RK_OK, "%s", bad[i].column);
		rk_harness_fini(&other);
	}
}

/* A format that has no funds has the same digest whatever they hold. */
Test(insurance, a_fund_of_nothing_has_no_row)
{
	struct rk_hash before = rk_view_state_digest(b.harness.engine);
	struct rk_hash format_2 = rk_rows_digest(b.harness.engine, 2);

	cr_expect(rk_hash_equal(before, format_2));
	draw_some();
	cr_expect_not(rk_hash_equal(rk_view_state_digest(b.harness.engine),
				    rk_rows_digest(b.harness.engine, 2)));
}

/*
 * Rules Z1 to Z9: the backstop vault and takeover. USD, asset 0, is fixed at 1
 * dollar, in cents; COIN, asset 1, likewise. Account 1 has 1000 dollars and is
 * long 100 PERP at 100: at 93 it has 300 of the 465 that it needs, less than
 * two thirds.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "engine/books.h"
#include "engine/engine.h"
#include "engine/insurance.h"
#include "engine/load.h"
#include "engine/rows.h"
#include "engine/takeover.h"
#include "engine/vault.h"
#include "support/builder.h"

#define USD       0
#define COIN      1
#define PERP      0
#define OTHER     1
#define PERCENT   (RK_RATE_ONE / 100)
#define TWO_THIRD (RK_RATE_ONE * 2 / 3)
#define MINUTE_NS RK_INSURANCE_MINUTE_NS
#define CAPITAL   10000000 /* cents */
#define MUCH      (BUILDER_USD * 1000000)

static struct rk_builder b;

static int set_vault(int64_t event_budget, int64_t hour_budget)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_VAULT,
				    .vault = {.asset = "USD",
					      .terms = {{event_budget},
							{hour_budget}}}});
}

static int top_up(enum rk_cmd_type type, uint32_t asset, int64_t cents)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = type, .top_up = {asset, {cents}}});
}

static int put_in(int64_t cents)
{
	return top_up(RK_CMD_VAULT_TOP_UP, USD, cents);
}

static int set_terms(const char *market, struct rk_takeover_terms terms)
{
	struct rk_cmd cmd = {.type = RK_CMD_TAKEOVER,
			     .takeover = {.terms = terms}};

	(void)strncpy(cmd.takeover.market, market, RK_NAME_SIZE - 1);
	return rk_builder_apply(&b, cmd);
}

static const struct rk_takeover_terms usual = {.enabled = true,
					       .at = {TWO_THIRD},
					       .concession_max = {PERCENT},
					       .vault_max = {MUCH}};

static struct rk_vault_view vault(void)
{
	struct rk_vault_view view;

	cr_assert_eq(rk_view_vault(b.harness.engine, USD, &view), RK_OK);
	return view;
}

static struct rk_takeover_view perp(void)
{
	struct rk_takeover_view view;

	cr_assert_eq(rk_view_takeover(b.harness.engine, PERP, &view), RK_OK);
	return view;
}

static const struct rk_ev_taken_over *taken(uint32_t nth)
{
	const struct rk_event *ev =
		rk_builder_event(&b, RK_EVENT_TAKEN_OVER, nth);

	cr_assert_not_null(ev);
	return &ev->taken_over;
}

/* Why the one takeover of the newest command that is told of is withheld. */
static uint32_t withheld(void)
{
	const struct rk_event *ev =
		rk_builder_event(&b, RK_EVENT_TAKEOVER_WITHHELD, 0);

	cr_expect_eq(rk_builder_count(&b, RK_EVENT_TAKEN_OVER), 0);
	return ev ? ev->takeover_withheld.reason : 99;
}

static void must(struct rk_cmd cmd)
{
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
}

static void quote(uint32_t slot, int64_t price)
{
	cr_assert_eq(rk_builder_quote(&b, slot, price), RK_OK);
}

static void wait_for(int64_t seconds)
{
	cr_assert_eq(rk_builder_wait(&b, seconds * BUILDER_SECOND_NS), RK_OK);
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
	cr_assert_eq(rk_builder_account(&b, 2, 100000), RK_OK);
	cr_assert_eq(set_vault(4 * PERCENT, 10 * PERCENT), RK_OK);
	cr_assert_eq(put_in(CAPITAL), RK_OK);
	cr_assert_eq(set_terms("PERP", usual), RK_OK);
	quote(PERP, 100);
	cr_assert_eq(rk_builder_trade(&b, 1, PERP, 100, 100), RK_OK);
}

static void close_book(void)
{
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}

TestSuite(takeover, .init = open_book, .fini = close_book);

Test(takeover, z1_budgets_are_shares_of_capital)
{
	cr_expect_eq(set_vault(-1, 0), RK_REJ_BAD_PARAM);
	cr_expect_eq(set_vault(RK_RATE_ONE + 1, 0), RK_REJ_BAD_PARAM);
	cr_expect_eq(set_vault(0, -1), RK_REJ_BAD_PARAM);
	cr_expect_eq(set_vault(0, RK_RATE_ONE + 1), RK_REJ_BAD_PARAM);
	cr_expect_eq(set_vault(4 * PERCENT, 10 * PERCENT), RK_REJ_NO_CHANGE);
	cr_expect_eq(
		rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_VAULT,
						     .vault = {.asset = "EU"}}),
		RK_REJ_NO_ASSET);
	cr_assert_eq(set_vault(RK_RATE_ONE, RK_RATE_ONE), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_VAULT_SET), 1);
	cr_expect_eq(perp().event_left.raw, CAPITAL);
	cr_expect_eq(vault().hour_left.raw, CAPITAL);
	cr_expect_not(rk_cmd_may_be_atomic(RK_CMD_VAULT));
	cr_expect_not(rk_cmd_may_be_atomic(RK_CMD_VAULT_TOP_UP));
	cr_expect_not(rk_cmd_may_be_atomic(RK_CMD_TAKEOVER));
}

Test(takeover, z2_the_vault_stays_worth_what_it_holds)
{
	const struct rk_event *ev;
	struct rk_books_asset books;

	cr_expect_eq(top_up(RK_CMD_VAULT_TOP_UP, 9, 1), RK_REJ_NO_ASSET);
	cr_expect_eq(put_in(0), RK_REJ_BAD_AMOUNT);
	cr_expect_eq(put_in(INT64_MIN), RK_REJ_VAULT_SHORT);
	cr_expect_eq(put_in(INT64_MAX), RK_REJ_OVERFLOW);
	cr_expect_eq(put_in(-CAPITAL - 1), RK_REJ_VAULT_SHORT);
	quote(PERP, 93);
	/* It holds 9300 and has won 93. */
	cr_expect(vault().held == 930000);
	cr_expect(vault().profit == 9300);
	cr_expect_eq(put_in(-CAPITAL - 9300 + 930000 - 1), RK_REJ_VAULT_SHORT);
	cr_assert_eq(put_in(-CAPITAL - 9300 + 930000), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_VAULT_MOVED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->account, 0);
	cr_expect_eq(ev->vault.capital.raw, 920700);
	cr_assert_eq(rk_view_books_asset(b.harness.engine, USD, &books), RK_OK);
	cr_expect(books.vault == 920700);
}

Test(takeover, z5_terms_that_cannot_work_are_refused)
{
	struct rk_takeover_terms bad[7];

	for (size_t i = 0; i < 7; i++)
		bad[i] = usual;
	bad[0].at.raw = 0;
	bad[1].at.raw = RK_RATE_ONE + 1;
	bad[2].concession_max.raw = -1;
	bad[3].concession_max.raw = RK_RATE_ONE;
	bad[4].vault_max.raw = 0;
	bad[5].stages = RK_TAKEOVER_STAGES_MAX + 1;
	bad[6].enabled = false;
	for (size_t i = 0; i < 7; i++)
		cr_expect_eq(set_terms("PERP", bad[i]), RK_REJ_BAD_PARAM, "%zu",
			     i);
	cr_expect_eq(set_terms("EUR", usual), RK_REJ_NO_MARKET);
	cr_expect_eq(set_terms("PERP", usual), RK_REJ_NO_CHANGE);
	cr_assert_eq(set_terms("PERP", (struct rk_takeover_terms){0}), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_TAKEOVER_SET), 1);
}

Test(takeover, z5_below_the_share_of_r_the_position_goes_at_mark_less_a_part)
{
	const struct rk_event *first;
	const struct rk_event *second;

	quote(PERP, 94); /* 400 of 470: more than 313.33 */
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_TAKEN_OVER), 0);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 1);
	quote(PERP, 93);
	cr_expect_eq(taken(0)->cause, RK_TAKEOVER_EQUITY);
	cr_expect_eq(taken(0)->price.raw, 93);
	cr_expect_eq(taken(0)->size.raw, 100);
	cr_expect_eq(taken(0)->cost.raw, 1000000);
	cr_expect_eq(taken(0)->concession.raw, 9300); /* 1 % of 9300 dollars */
	cr_expect_eq(taken(0)->realised.raw, -79300);
	cr_expect_eq(taken(0)->booked.raw, -79300);
	cr_expect_eq(taken(0)->balance.raw, 20700);
	cr_expect_eq(taken(0)->event_left.raw, CAPITAL / 25);
	cr_expect_eq(taken(0)->hour_left.raw, CAPITAL / 10);
	first = rk_builder_event(&b, RK_EVENT_STATE, 0);
	second = rk_builder_event(&b, RK_EVENT_STATE, 1);
	cr_assert_not_null(first);
	cr_assert_not_null(second);
	cr_expect_eq(first->state.before, RK_STATE_LIQUIDATING);
	cr_expect_eq(first->state.after, RK_STATE_TAKEOVER);
	cr_expect_eq(second->state.before, RK_STATE_TAKEOVER);
	cr_expect_eq(second->state.after, RK_STATE_OK);
	cr_expect_eq(rk_builder_position(&b, 1, PERP).size.raw, 0);
	cr_expect(perp().size == 100);
	cr_expect(perp().profit == 9300);
	cr_expect(rk_builder_perp(&b).open_interest == 100);
}

Test(takeover, z5_the_share_itself_is_not_below)
{
	struct rk_takeover_terms terms = usual;

	/* 232.50 of 465 */
	terms.at.raw = RK_RATE_ONE / 2;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 1, -6750), RK_OK);
	quote(PERP, 93);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_TAKEN_OVER), 0);
	cr_assert_eq(rk_builder_adjust(&b, 1, -1), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_TAKEN_OVER), 1);
}

Test(takeover, z5_from_any_state_in_one_command)
{
	quote(PERP, 93);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_STATE), 3);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 0);
	cr_expect_eq(taken(0)->cause, RK_TAKEOVER_EQUITY);
}

Test(takeover, z5_its_orders_are_asked_to_close_and_late_fills_are_the_vaults)
{
	const struct rk_event *ev;
	struct rk_order_id order;

	quote(PERP, 94);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0);
	cr_assert_not_null(ev);
	order = ev->order.order;
	quote(PERP, 93);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_CLOSE_ASKED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->order.reason, RK_CLOSE_TAKEOVER);
	cr_assert_eq(rk_builder_fill(&b, 1, order, -40, 95), RK_OK);
	cr_expect_eq(rk_builder_balance(&b, 1, USD), 20700);
	cr_expect(perp().size == 60);
	/* 40 were sold at 95 that it took at 92.07, 60 are at 93. */
	cr_expect(perp().profit == 11720 + 5580);
}

Test(takeover, z5_only_what_is_enforced_and_has_terms)
{
	must((struct rk_cmd){
		.type = RK_CMD_ACCOUNT,
		.account = {3, 3, RK_MODE_CROSS, RK_ENFORCE_REPORT}});
	cr_assert_eq(rk_builder_adjust(&b, 3, 100000), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 3, PERP, 100, 100), RK_OK);
	quote(OTHER, 100);
	cr_assert_eq(rk_builder_trade(&b, 2, OTHER, 100, 100), RK_OK);
	quote(PERP, 93);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_TAKEN_OVER), 1);
	cr_expect_eq(rk_builder_view(&b, 3).state, RK_STATE_LIQUIDATING);
	quote(OTHER, 93);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_TAKEN_OVER), 0);
	cr_expect_eq(rk_builder_view(&b, 2).state, RK_STATE_LIQUIDATING);
}

Test(takeover, z5_a_market_that_is_not_ok_or_about_to_be_settled_withholds_it)
{
	quote(PERP, 94);
	must((struct rk_cmd){.type = RK_CMD_HALT, .halt = {PERP, true}});
	quote(PERP, 93);
	cr_expect_eq(withheld(), RK_TAKEOVER_PRICE);
	quote(PERP, 92);
	cr_expect_eq(withheld(), 99); /* said once */
	cr_expect_eq(rk_builder_position(&b, 1, PERP).takeover,
		     RK_TAKEOVER_PRICE);
	must((struct rk_cmd){.type = RK_CMD_MARKET_STATE,
			     .market_state = {PERP, RK_MARKET_SETTLING}});
	cr_expect_eq(withheld(), RK_TAKEOVER_SETTLING);
	must((struct rk_cmd){.type = RK_CMD_MARKET_STATE,
			     .market_state = {PERP, RK_MARKET_OPEN}});
	cr_expect_eq(withheld(), RK_TAKEOVER_PRICE);
	must((struct rk_cmd){.type = RK_CMD_HALT, .halt = {PERP, false}});
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_TAKEN_OVER), 1);
}

Test(takeover, z6_a_concession_is_never_more_than_the_equity)
{
	struct rk_takeover_terms terms = usual;

	terms.concession_max.raw = 5 * PERCENT;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	quote(PERP, 91); /* 100 left, 5 % are 455 */
	cr_expect_eq(taken(0)->concession.raw, 10000);
	cr_expect_eq(taken(0)->balance.raw, 0);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_DEFICIT), 0);
}

Test(takeover, z6_an_equity_of_nothing_concedes_nothing)
{
	quote(PERP, 90);
	cr_expect_eq(taken(0)->concession.raw, 0);
	cr_expect_eq(taken(0)->balance.raw, 0);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_OK);
}

Test(takeover, z6_each_position_concedes_by_its_notional)
{
	struct rk_takeover_terms terms = usual;

	terms.concession_max.raw = 5 * PERCENT;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	cr_assert_eq(set_terms("OTHER", terms), RK_OK);
	quote(OTHER, 100);
	cr_assert_eq(rk_builder_trade(&b, 1, OTHER, -50, 100), RK_OK);
	/* 1000 - 900 are left for 9100 and 5000 of notional. */
	quote(PERP, 91);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_TAKEN_OVER), 2);
	cr_expect_eq(taken(0)->concession.raw, 6453);
	cr_expect_eq(taken(1)->concession.raw, 3546);
	cr_expect_eq(taken(1)->size.raw, -50);
	cr_expect_eq(taken(1)->balance.raw, 1);
}

static void insure(int64_t cents)
{
	must((struct rk_cmd){
		.type = RK_CMD_INSURANCE,
		.insurance = {"USD", {.draw_cap = {RK_RATE_ONE / 4}}}});
	cr_assert_eq(top_up(RK_CMD_TOP_UP, USD, cents), RK_OK);
}

Test(takeover, z7_what_is_missing_is_paid_by_the_fund_or_nothing_happens)
{
	const struct rk_event *ev;

	insure(40000 - 4); /* a quarter is 1 cent less than 100 dollars */
	quote(PERP, 89);
	cr_expect_eq(withheld(), RK_TAKEOVER_SHORTFALL);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 1);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_INSURANCE_MOVED), 0);
	cr_assert_eq(top_up(RK_CMD_TOP_UP, USD, 4), RK_OK);
	quote(PERP, 89);
	cr_expect_eq(taken(0)->cause, RK_TAKEOVER_DRAW);
	cr_expect_eq(taken(0)->concession.raw, 0);
	cr_expect_eq(taken(0)->balance.raw, -10000);
	ev = rk_builder_event(&b, RK_EVENT_INSURANCE_MOVED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->insurance.cause, RK_INSURANCE_DRAW);
	cr_expect_eq(ev->insurance.amount.raw, -10000);
	cr_expect_eq(ev->insurance.balance.raw, 0);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_DEFICIT), 0);
}

Test(takeover, z7_a_fund_pays_no_debt_in_another_asset)
{
	insure(400000);
	must((struct rk_cmd){.type = RK_CMD_ADJUST,
			     .amount = {1, COIN, {-60000}}});
	/* 400 in USD and -600 in COIN: nothing is missing in USD. */
	quote(PERP, 94);
	cr_expect_eq(withheld(), RK_TAKEOVER_SHORTFALL);
	/* -1200 in USD of which the fund may pay 1000, and 600 more in COIN. */
	quote(PERP, 88);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_TAKEN_OVER), 0);
}

Test(takeover, z7_a_fund_pays_no_more_than_makes_equity_0)
{
	insure(400000);
	must((struct rk_cmd){.type = RK_CMD_ADJUST,
			     .amount = {1, COIN, {5000}}});
	/* 150 are owed in USD, and 50 are there in COIN. */
	quote(PERP, 88);
	cr_expect_eq(taken(0)->balance.raw, -20000);
	cr_expect_eq(rk_builder_balance(&b, 1, USD), -5000);
	cr_expect_eq(rk_builder_balance(&b, 1, COIN), 5000);
	cr_expect_eq(rk_builder_view(&b, 1).margin.equity.raw, 0);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_DEFICIT), 0);
}

/* An asset of 3 dollars, and a market that settles in it, with a rich vault. */
static void open_third_asset(void)
{
	struct rk_cmd_market market = rk_builder_market("THIRD");
	const struct rk_cmd cmds[] = {
		{.type = RK_CMD_ASSET,
		 .asset = {.name = "TRI", .decimals = 2, .fixed_price = {3}}},
		{.type = RK_CMD_VAULT,
		 .vault = {"TRI", {{4 * PERCENT}, {10 * PERCENT}}}},
		{.type = RK_CMD_VAULT_TOP_UP, .top_up = {2, {CAPITAL}}},
		{.type = RK_CMD_INSURANCE,
		 .insurance = {"TRI", {.draw_cap = {RK_RATE_ONE}}}},
		{.type = RK_CMD_TOP_UP, .top_up = {2, {100000}}},
	};
	struct rk_cmd list = {.type = RK_CMD_MARKET};

	for (size_t i = 0; i < sizeof(cmds) / sizeof(cmds[0]); i++)
		cr_assert_eq(rk_builder_apply(&b, cmds[i]), RK_OK, "%zu", i);
	(void)strcpy(market.settle, "TRI");
	list.market = market;
	cr_assert_eq(rk_builder_apply(&b, list), RK_OK);
	cr_assert_eq(set_terms("THIRD", usual), RK_OK);
}

Test(takeover, z7_what_is_missing_is_rounded_up)
{
	open_third_asset();
	cr_assert_eq(rk_builder_account(&b, 4, 1), RK_OK);
	must((struct rk_cmd){.type = RK_CMD_DEPOSIT,
			     .amount = {4, 2, {10000}}});
	quote(2, 100);
	cr_assert_eq(rk_builder_trade(&b, 4, 2, 10, 100), RK_OK);
	/* 10.00 TRI are missing: 30 dollars, less the cent that is there. */
	quote(2, 89);
	cr_expect_eq(taken(0)->balance.raw, -1000);
	cr_expect_eq(rk_builder_balance(&b, 4, 2), 0);
	cr_expect_eq(rk_builder_view(&b, 4).state, RK_STATE_OK);
	cr_expect_eq(rk_builder_view(&b, 4).margin.equity.raw, BUILDER_CENT);
}

Test(takeover, z6_a_concession_is_rounded_down)
{
	open_third_asset();
	cr_assert_eq(rk_builder_account(&b, 4, 8), RK_OK);
	must((struct rk_cmd){.type = RK_CMD_DEPOSIT,
			     .amount = {4, 2, {10000}}});
	quote(2, 100);
	cr_assert_eq(rk_builder_trade(&b, 4, 2, 10, 100), RK_OK);
	/* All that is left are 8 cents: 2.67 of TRI. */
	quote(2, 90);
	cr_expect_eq(taken(0)->concession.raw, 2);
	cr_expect_eq(rk_builder_view(&b, 4).margin.equity.raw,
		     2 * BUILDER_CENT);
}

Test(takeover, z7_all_of_it_goes_or_nothing)
{
	insure(4000000);
	quote(OTHER, 100);
	cr_assert_eq(rk_builder_trade(&b, 1, OTHER, 10, 100), RK_OK);
	quote(PERP, 85);
	cr_expect_eq(withheld(), RK_TAKEOVER_SHORTFALL);
	cr_assert_eq(set_terms("OTHER", usual), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_TAKEN_OVER), 2);
	cr_expect_eq(rk_builder_balance(&b, 1, USD), 0);
}

Test(takeover, z4_no_more_notional_than_the_market_allows)
{
	struct rk_takeover_terms terms = usual;

	terms.vault_max.raw = 9300 * BUILDER_USD - 1;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	quote(PERP, 93);
	cr_expect_eq(withheld(), RK_TAKEOVER_VAULT_MAX);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 1);
	terms.vault_max.raw++;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_TAKEN_OVER), 1);
}

Test(takeover, z4_no_more_than_it_is_worth)
{
	cr_assert_eq(put_in(-CAPITAL + 930000 - 1), RK_OK);
	quote(PERP, 93);
	cr_expect_eq(withheld(), RK_TAKEOVER_CAPITAL);
	cr_assert_eq(put_in(1), RK_OK);
	quote(PERP, 93);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_TAKEN_OVER), 1);
}

Test(takeover, z4_two_positions_at_once_count_together)
{
	cr_assert_eq(set_terms("OTHER", usual), RK_OK);
	quote(OTHER, 100);
	cr_assert_eq(rk_builder_trade(&b, 1, OTHER, -50, 100), RK_OK);
	cr_assert_eq(put_in(-CAPITAL + 910000 + 500000 - 1), RK_OK);
	quote(PERP, 91);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_TAKEN_OVER), 1);
	cr_expect_eq(rk_builder_position(&b, 1, OTHER).takeover,
		     RK_TAKEOVER_CAPITAL);
}

Test(takeover, z4_what_makes_it_hold_less_is_always_taken)
{
	quote(PERP, 93);
	cr_assert_eq(rk_builder_trade(&b, 2, PERP, -100, 93), RK_OK);
	cr_assert_eq(set_vault(0, 0), RK_OK);
	/* 2 has 1000 - 700 of 5 * 100. */
	quote(PERP, 100);
	cr_expect_eq(taken(0)->event_left.raw, 0);
	cr_expect(perp().size == 0);
}

/* A loss of 4 % of the capital, by the mark, ends an event. */
Test(takeover, z3_a_market_loses_no_more_than_its_budget_before_it_stops)
{
	quote(PERP, 93); /* 100 at a cost of 9207 */
	quote(PERP, 54);
	cr_expect_eq(perp().event_left.raw, 400000 - 380700);
	quote(PERP, 53);
	cr_expect_eq(perp().event_left.raw, 0 + 400000 - 390700);
	quote(PERP, 52);
	cr_expect_eq(perp().event_left.raw, 0);
	cr_assert_eq(rk_builder_trade(&b, 2, PERP, 100, 52), RK_OK);
	quote(PERP, 43);
	cr_expect_eq(withheld(), RK_TAKEOVER_EVENT_BUDGET);
	quote(PERP, 43);
	cr_expect_eq(withheld(), 99);
}

Test(takeover, z3_an_event_begins_as_the_vault_holds_something_again)
{
	quote(PERP, 93); /* 100 at a cost of 9207 */
	cr_assert_eq(rk_builder_trade(&b, 2, PERP, -100, 93), RK_OK);
	quote(PERP, 100); /* and sold at 10100 to the other side */
	cr_expect(perp().size == 0);
	cr_expect(perp().profit == 0);
	cr_expect(vault().profit == 89300);
	cr_assert_eq(rk_builder_adjust(&b, 1, 79300), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, PERP, 100, 100), RK_OK);
	quote(PERP, 93);
	cr_expect(perp().profit == 9300);
	/* What was won before does not make the budget larger. */
	quote(PERP, 53);
	cr_expect(perp().profit == -390700);
	cr_expect_eq(perp().event_left.raw, 400000 - 390700);
}

Test(takeover, z3_within_the_hour_losses_of_all_markets_count)
{
	cr_assert_eq(set_vault(RK_RATE_ONE, 4 * PERCENT), RK_OK);
	cr_assert_eq(set_terms("OTHER", usual), RK_OK);
	quote(OTHER, 100);
	quote(PERP, 93);
	/* The best of the hour is what it had as a minute began. */
	wait_for(60);
	cr_expect(vault().lost == 0);
	quote(PERP, 53);
	cr_expect(vault().lost == 400000);
	cr_expect_eq(vault().hour_left.raw, 0);
	cr_assert_eq(rk_builder_trade(&b, 2, OTHER, 100, 100), RK_OK);
	quote(OTHER, 93);
	cr_expect_eq(withheld(), RK_TAKEOVER_HOUR_BUDGET);
	/* More capital, more to lose. */
	cr_assert_eq(put_in(25), RK_OK);
	cr_expect_eq(vault().hour_left.raw, 1);
	quote(OTHER, 93);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_TAKEN_OVER), 1);
}

Test(takeover, z3_after_an_hour_a_loss_is_past)
{
	quote(PERP, 93);
	wait_for(60);
	quote(PERP, 83);
	cr_expect(vault().lost == 100000);
	/* The minute that it was noted in is 60 before this one. */
	wait_for(60 * 60);
	cr_expect(vault().lost == 100000);
	wait_for(60);
	cr_expect(vault().lost == 0);
	/* And with other terms than none the hour goes on. */
	quote(PERP, 82);
	cr_assert_eq(set_vault(PERCENT, PERCENT), RK_OK);
	cr_expect(vault().lost == 10000);
	cr_assert_eq(set_vault(0, 0), RK_OK);
	cr_assert_eq(set_vault(PERCENT, PERCENT), RK_OK);
	cr_expect(vault().lost == 0);
}

/* One round of an order that nobody fills. */
static void let_expire(void)
{
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 1);
	wait_for(30);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_CLOSE_ASKED), 1);
}

Test(takeover, z8_so_many_orders_that_expire_unfilled_lead_to_takeover)
{
	struct rk_takeover_terms terms = usual;

	terms.stages = 2;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	quote(PERP, 94);
	let_expire();
	cr_expect_eq(rk_builder_position(&b, 1, PERP).stages, 1);
	wait_for(10); /* the order is closed, the next one follows */
	let_expire();
	cr_expect_eq(taken(0)->cause, RK_TAKEOVER_STAGES);
	cr_expect_eq(taken(0)->concession.raw, 9400);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_OK);
}

Test(takeover, z8_a_fill_begins_the_count_anew)
{
	struct rk_takeover_terms terms = usual;
	const struct rk_event *ev;
	struct rk_order_id order;

	terms.stages = 2;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	quote(PERP, 94);
	let_expire();
	wait_for(10);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0);
	cr_assert_not_null(ev);
	order = ev->order.order;
	cr_assert_eq(rk_builder_fill(&b, 1, order, -1, 94), RK_OK);
	cr_expect_eq(rk_builder_position(&b, 1, PERP).stages, 0);
	wait_for(30); /* what is filled in part is not unfilled */
	cr_expect_eq(rk_builder_position(&b, 1, PERP).stages, 0);
}

Test(takeover, z8_time_that_stood_still_does_not_count)
{
	struct rk_takeover_terms terms = usual;
	const int64_t later =
		rk_view_time(b.harness.engine) + 100 * BUILDER_SECOND_NS;

	terms.stages = 2;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	quote(PERP, 94);
	must((struct rk_cmd){.type = RK_CMD_RESUME, .clock = {later}});
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_CLOSE_ASKED), 1);
	cr_expect_eq(rk_builder_position(&b, 1, PERP).stages, 0);
}

Test(takeover, z8_a_recovery_ends_the_count)
{
	struct rk_takeover_terms terms = usual;

	terms.stages = 2;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	quote(PERP, 94);
	let_expire();
	quote(PERP, 100);
	cr_expect_eq(rk_builder_position(&b, 1, PERP).stages, 0);
}

/* Rows to load elsewhere, one value of which may be another one. */
struct passing {
	struct rk_harness *to;
	enum rk_table table;
	const char *column; /* NULL: as they are */
	rk_i128 value;
	int code;
};

static void pass_row(void *context, const struct rk_row *row)
{
	struct passing *p = context;
	struct rk_column columns[RK_COLUMNS_MAX];
	struct rk_load_problem problem;
	struct rk_row out = *row;

	if (p->code != RK_OK)
		return;
	(void)rk_table_columns(row->table, RK_ROWS_FORMAT, columns);
	for (uint32_t i = 0; i < out.n; i++)
		if (p->column && row->table == p->table &&
		    strcmp(columns[i].name, p->column) == 0)
			out.cells[i].integer = p->value;
	p->code = rk_load_row(p->to->engine, &out, &problem);
}

static int pass_rows(struct passing *p)
{
	struct rk_engine_counts counts;
	struct rk_load_problem problem;

	rk_view_counts(b.harness.engine, &counts);
	rk_harness_init(p->to, &counts.limits, RK_EVENTS_PER_STEP_MAX);
	rk_rows_all(b.harness.engine, pass_row, p);
	return p->code != RK_OK ? p->code
				: rk_load_end(p->to->engine, &problem);
}

static void hold_something(void)
{
	struct rk_takeover_terms terms = usual;

	quote(PERP, 93);
	terms.stages = 9;
	terms.vault_max.raw = 1;
	cr_assert_eq(set_terms("OTHER", terms), RK_OK);
	quote(OTHER, 100);
	cr_assert_eq(rk_builder_trade(&b, 2, OTHER, 100, 100), RK_OK);
	quote(OTHER, 93);
	cr_expect_eq(withheld(), RK_TAKEOVER_VAULT_MAX);
	wait_for(60);
}

Test(takeover, what_the_vault_holds_and_lost_is_known_after_a_load)
{
	struct rk_harness other;
	struct passing p = {.to = &other};
	struct rk_takeover_view market;
	struct rk_vault_view view;

	hold_something();
	cr_assert_eq(pass_rows(&p), RK_OK);
	cr_assert_eq(rk_view_vault(other.engine, USD, &view), RK_OK);
	cr_expect_eq(view.capital.raw, CAPITAL);
	cr_expect(view.profit == 9300);
	cr_expect_eq(view.terms.hour_budget.raw, 10 * PERCENT);
	cr_assert_eq(rk_view_takeover(other.engine, OTHER, &market), RK_OK);
	cr_expect_eq(market.terms.stages, 9);
	cr_expect(rk_hash_equal(rk_view_state_digest(other.engine),
				rk_view_state_digest(b.harness.engine)));
	rk_harness_fini(&other);
}

/* What no command leads to is not believed of a row either. */
Test(takeover, rows_that_cannot_be_are_refused)
{
	const int64_t minute = rk_view_time(b.harness.engine) / MINUTE_NS;
	const struct {
		enum rk_table table;
		const char *column;
		rk_i128 value;
	} bad[] = {
		{RK_TABLE_VAULT, "asset", 9},
		{RK_TABLE_VAULT, "capital", -1},
		{RK_TABLE_VAULT, "capital", (rk_i128)RK_VAULT_MAX + 1},
		{RK_TABLE_VAULT, "event_budget", RK_RATE_ONE + 1},
		{RK_TABLE_VAULT, "hour_budget", -1},
		{RK_TABLE_VAULT, "minute", -1},
		{RK_TABLE_VAULT, "minute", minute + 9},
		{RK_TABLE_TAKEOVER, "market", 9},
		{RK_TABLE_TAKEOVER, "takeover_at", 0},
		{RK_TABLE_TAKEOVER, "stages", RK_TAKEOVER_STAGES_MAX + 1},
		{RK_TABLE_POSITION, "stages", RK_TAKEOVER_STAGES_MAX + 1},
		{RK_TABLE_POSITION, "takeover_withheld",
		 RK_TAKEOVER_CAPACITY + 1},
	};
	struct rk_harness other;

	hold_something();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct passing p = {&other, bad[i].table, bad[i].column,
				    bad[i].value, RK_OK};

		cr_expect_neq(pass_rows(&p), RK_OK, "%s", bad[i].column);
		rk_harness_fini(&other);
	}
}

/*
 * Rule U7: while bankrupt accounts owe more of an asset than a part of its
 * insurance fund, none of it is taken out. USD, asset 0, and COIN, asset 1, are
 * in cents and fixed at 1 dollar; the fund of USD has 100.00 and pays nothing,
 * its gate is at 1.00.
 */
#include <criterion/criterion.h>

#include "engine/books.h"
#include "engine/engine.h"
#include "engine/insurance.h"
#include "support/builder.h"

#define USD     0
#define COIN    1
#define PERCENT (RK_RATE_ONE / 100)

static struct rk_builder b;
static uint64_t withdrawals;

static int set_terms(int64_t draw_cap, int64_t gate)
{
	return rk_builder_apply(
		&b,
		(struct rk_cmd){.type = RK_CMD_INSURANCE,
				.insurance = {"USD",
					      {.draw_cap = {draw_cap},
					       .withdrawal_gate = {gate}}}});
}

static int top_up(int64_t cents)
{
	return rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_TOP_UP,
						    .top_up = {USD, {cents}}});
}

static int adjust(uint64_t account, uint32_t asset, int64_t cents)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_ADJUST,
				    .amount = {account, asset, {cents}}});
}

/* Of account 1, a cent; it is put back, so that there is room for the next. */
static int take_out(uint32_t asset)
{
	struct rk_cmd cmd = {.type = RK_CMD_RESERVE,
			     .withdraw = {.withdrawal = ++withdrawals,
					  .account = 1,
					  .asset = asset,
					  .amount = {1}}};
	int r = rk_builder_apply(&b, cmd);

	cmd.type = RK_CMD_CANCEL;
	if (r == RK_OK)
		cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	return r;
}

static void expect_open(void)
{
	cr_expect_eq(take_out(USD), RK_OK);
}

static void expect_gated(void)
{
	cr_expect_eq(take_out(USD), RK_REJ_WITHDRAWALS_GATED);
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
	cr_assert_eq(rk_builder_account(&b, 3, 0), RK_OK);
	cr_assert_eq(adjust(1, COIN, 100000), RK_OK);
	cr_assert_eq(set_terms(0, PERCENT), RK_OK);
	cr_assert_eq(top_up(10000), RK_OK);
}

static void close_book(void)
{
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}

TestSuite(withdrawal_gate, .init = open_book, .fini = close_book);

Test(withdrawal_gate, it_closes_beyond_its_part_of_the_fund_and_not_at_it)
{
	expect_open();
	cr_assert_eq(adjust(2, USD, -100), RK_OK);
	expect_open();
	cr_assert_eq(adjust(2, USD, -1), RK_OK);
	expect_gated();
}

Test(withdrawal_gate, it_counts_all_who_are_bankrupt)
{
	cr_assert_eq(adjust(2, USD, -60), RK_OK);
	expect_open();
	cr_assert_eq(adjust(3, USD, -60), RK_OK);
	expect_gated();
}

/* A book of more accounts than that of the others has room for. */
Test(withdrawal_gate, it_counts_accounts_far_apart_in_the_table)
{
	const struct rk_cmd_limits limits = {
		.accounts_max = 200,
		.owners_max = 1,
		.assets_max = 1,
		.markets_max = 1,
		.publishers_max = 1,
		.venues_max = 1,
		.clients_max = 1,
		.positions_max = 1,
		.positions_per_account_max = 1,
		.balances_max = 200,
		.orders_max = 1,
		.withdrawals_max = 1,
	};
	struct rk_cmd account = {.type = RK_CMD_ACCOUNT,
				 .account = {.owner = 1,
					     .mode = RK_MODE_CROSS,
					     .enforcement = RK_ENFORCE_FULL}};
	struct rk_cmd money = {.type = RK_CMD_ADJUST};
	struct rk_harness h;

	rk_harness_init(&h, &limits, RK_EVENTS_PER_STEP_MAX);
	cr_assert_eq(
		rk_harness_apply(
			&h, &(struct rk_cmd){.type = RK_CMD_ASSET,
					     .asset = {.name = "USD",
						       .decimals = 2,
						       .fixed_price = {1}}}),
		RK_OK);
	cr_assert_eq(
		rk_harness_apply(
			&h,
			&(struct rk_cmd){
				.type = RK_CMD_INSURANCE,
				.insurance = {"USD", {{0}, {0}, {PERCENT}}}}),
		RK_OK);
	cr_assert_eq(rk_harness_apply(
			     &h, &(struct rk_cmd){.type = RK_CMD_TOP_UP,
						  .top_up = {USD, {10000}}}),
		     RK_OK);
	for (account.account.account = 1; account.account.account <= 200;
	     account.account.account++)
		cr_assert_eq(rk_harness_apply(&h, &account), RK_OK);
	money.amount = (struct rk_cmd_amount){3, USD, {-60}};
	cr_assert_eq(rk_harness_apply(&h, &money), RK_OK);
	cr_expect_eq(rk_insurance_check_gate(h.engine, USD), RK_OK);
	money.amount = (struct rk_cmd_amount){200, USD, {-41}};
	cr_assert_eq(rk_harness_apply(&h, &money), RK_OK);
	cr_expect_eq(rk_insurance_check_gate(h.engine, USD),
		     RK_REJ_WITHDRAWALS_GATED);
	money.amount = (struct rk_cmd_amount){3, USD, {60}};
	cr_assert_eq(rk_harness_apply(&h, &money), RK_OK);
	cr_expect_eq(rk_insurance_check_gate(h.engine, USD), RK_OK);
	rk_harness_fini(&h);
}

Test(withdrawal_gate, it_is_of_one_asset)
{
	cr_assert_eq(adjust(2, USD, -500), RK_OK);
	expect_gated();
	cr_expect_eq(take_out(COIN), RK_OK);
	/* What is owed of another asset is another fund's matter. */
	cr_assert_eq(adjust(2, USD, 500), RK_OK);
	cr_assert_eq(adjust(2, COIN, -500), RK_OK);
	expect_open();
}

Test(withdrawal_gate, what_collateral_will_pay_is_no_deficit)
{
	cr_assert_eq(adjust(2, COIN, 400), RK_OK);
	cr_assert_eq(adjust(2, USD, -500), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 2).state, RK_STATE_BANKRUPT);
	expect_open();
	/* Dust, at most a thousandth of what is owed, pays nothing. */
	cr_assert_eq(adjust(2, COIN, -399), RK_OK);
	expect_open();
	cr_assert_eq(adjust(2, USD, -500), RK_OK);
	expect_gated();
}

/* Nobody liquidates it, but what it owes is missing all the same. */
Test(withdrawal_gate, accounts_that_are_only_reported_on_count)
{
	struct rk_cmd cmd = {.type = RK_CMD_ACCOUNT,
			     .account = {.account = 9,
					 .owner = 9,
					 .mode = RK_MODE_CROSS,
					 .enforcement = RK_ENFORCE_REPORT}};

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_assert_eq(adjust(9, USD, -101), RK_OK);
	expect_gated();
}

Test(withdrawal_gate, an_empty_fund_lets_nothing_out_behind_any_deficit)
{
	cr_assert_eq(top_up(-10000), RK_OK);
	expect_open();
	cr_assert_eq(adjust(2, USD, -1), RK_OK);
	expect_gated();
}

Test(withdrawal_gate, a_payment_opens_it)
{
	cr_assert_eq(adjust(2, USD, -500), RK_OK);
	expect_gated();
	cr_assert_eq(adjust(2, USD, 400), RK_OK);
	expect_open();
}

Test(withdrawal_gate, a_top_up_opens_it)
{
	cr_assert_eq(adjust(2, USD, -500), RK_OK);
	cr_assert_eq(top_up(39999), RK_OK);
	expect_gated();
	cr_assert_eq(top_up(1), RK_OK);
	expect_open();
}

Test(withdrawal_gate, what_the_fund_pays_opens_it)
{
	cr_assert_eq(adjust(2, USD, -500), RK_OK);
	expect_gated();
	cr_assert_eq(set_terms(RK_RATE_ONE, PERCENT), RK_OK);
	expect_open();
}

Test(withdrawal_gate, without_one_nothing_is_asked)
{
	cr_assert_eq(adjust(2, USD, -50000), RK_OK);
	cr_assert_eq(set_terms(0, 0), RK_OK);
	expect_open();
}

/* It was promised, and is out of the account. */
Test(withdrawal_gate, what_was_reserved_before_may_go)
{
	struct rk_cmd cmd = {.type = RK_CMD_RESERVE,
			     .withdraw = {.withdrawal = ++withdrawals,
					  .account = 1,
					  .asset = USD,
					  .amount = {1}}};

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_assert_eq(adjust(2, USD, -500), RK_OK);
	expect_gated();
	cmd.type = RK_CMD_CONFIRM;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_OK);
}

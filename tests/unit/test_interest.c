/*
 * Rules I1 to I9: what balances of a lent asset earn and owe. COIN is asset 1,
 * in cents, fixed at 1 dollar; USD, asset 0, is not lent unless a test says
 * so. Account 1 supplies 10,000 COIN, account 2 has 100,000 dollars.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "engine/ask.h"
#include "engine/books.h"
#include "engine/engine.h"
#include "engine/interest.h"
#include "engine/lending.h"
#include "support/builder.h"

#define COIN    1
#define ONE     RK_INDEX_ONE
#define PERCENT (RK_RATE_ONE / 100)
#define DAY_NS  (86400 * BUILDER_SECOND_NS)

static const struct rk_lending usual = {
	.lendable = true,
	.base = {10 * PERCENT},
	.kink = {80 * PERCENT},
	.interval_ns = DAY_NS,
};

static struct rk_builder b;

static int set_terms(const char *asset, const struct rk_lending *terms)
{
	struct rk_cmd cmd = {.type = RK_CMD_LENDING,
			     .lending = {.terms = *terms}};

	(void)snprintf(cmd.lending.asset, RK_NAME_SIZE, "%s", asset);
	return rk_builder_apply(&b, cmd);
}

static int deposit(uint64_t account, int64_t cents)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_DEPOSIT,
				    .amount = {account, COIN, {cents}}});
}

static int reserve(uint64_t id, uint64_t account, uint32_t asset, int64_t cents)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_RESERVE,
				    .withdraw = {id, account, asset, {cents}}});
}

static int transfer(uint64_t from, uint64_t to, int64_t cents)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_TRANSFER,
				    .transfer = {from, to, COIN, {cents}}});
}

static int accrue(uint32_t asset)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_ACCRUE, .accrue = {asset}});
}

static struct rk_lending_view pool(void)
{
	struct rk_lending_view view;

	cr_assert_eq(rk_view_lending(b.harness.engine, COIN, &view), RK_OK);
	return view;
}

static struct rk_books_asset books(void)
{
	struct rk_books_asset view;

	cr_assert_eq(rk_view_books_asset(b.harness.engine, COIN, &view), RK_OK);
	return view;
}

static int64_t interest_of(uint64_t account)
{
	struct rk_balance_view views[8];
	uint32_t index;
	uint32_t n;

	cr_assert_eq(rk_view_find_account(b.harness.engine, account, &index),
		     RK_OK);
	n = rk_view_balances(b.harness.engine, index, views, 8);
	for (uint32_t i = 0; i < n; i++)
		if (views[i].asset == COIN)
			return views[i].interest.raw;
	return 0;
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
	cr_assert_eq(rk_builder_account(&b, 1, 0), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 2, 10000000), RK_OK);
	cr_assert_eq(deposit(1, 1000000), RK_OK);
	cr_assert_eq(set_terms("COIN", &usual), RK_OK);
}

static void close_book(void)
{
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}

TestSuite(interest, .init = open_book, .fini = close_book);

Test(interest, growth_is_three_terms_rounded_up)
{
	cr_expect(rk_interest_growth(0) == ONE);
	/* 5 % for a year, as Aave has it since 3.4. */
	cr_expect(rk_interest_growth(ONE / 20) == INT64_C(1051270833333333334));
	cr_expect(rk_interest_growth(1) == ONE + 3);
}

Test(interest, the_rate_has_a_kink)
{
	struct rk_lending terms = {.lendable = true,
				   .base = {PERCENT},
				   .slope_low = {4 * PERCENT},
				   .slope_high = {60 * PERCENT},
				   .kink = {80 * PERCENT},
				   .reserve = {10 * PERCENT}};
	const int64_t percent = ONE / 100;

	cr_expect(rk_lending_borrow_rate(&terms, 0) == percent);
	cr_expect(rk_lending_borrow_rate(&terms, 40 * percent) == 3 * percent);
	cr_expect(rk_lending_borrow_rate(&terms, 80 * percent) == 5 * percent);
	cr_expect(rk_lending_borrow_rate(&terms, 90 * percent) == 35 * percent);
	cr_expect(rk_lending_borrow_rate(&terms, ONE) == 65 * percent);
	cr_expect(rk_lending_supply_rate(&terms, 80 * percent) ==
		  36 * percent / 10);
	terms.lendable = false;
	cr_expect(rk_lending_borrow_rate(&terms, ONE) == 0);
}

Test(interest, terms_must_be_able_to_work)
{
	struct rk_lending terms = usual;

	cr_expect_eq(set_terms("COIN", &terms), RK_REJ_NO_CHANGE);
	cr_expect_eq(set_terms("NONE", &terms), RK_REJ_NO_ASSET);
	terms.slope_high.raw = RK_LENDING_RATE_MAX;
	cr_expect_eq(set_terms("COIN", &terms), RK_REJ_BAD_PARAM);
	terms = usual;
	terms.kink.raw = RK_RATE_ONE;
	cr_expect_eq(set_terms("COIN", &terms), RK_REJ_BAD_PARAM);
	terms = usual;
	terms.reserve.raw = RK_RATE_ONE + 1;
	cr_expect_eq(set_terms("COIN", &terms), RK_REJ_BAD_PARAM);
	terms = usual;
	terms.interval_ns = BUILDER_SECOND_NS - 1;
	cr_expect_eq(set_terms("COIN", &terms), RK_REJ_BAD_PARAM);
	terms = (struct rk_lending){.base = {1}};
	cr_expect_eq(set_terms("COIN", &terms), RK_REJ_BAD_PARAM);
	terms.base.raw = 0;
	cr_expect_eq(set_terms("COIN", &terms), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_LENDING_SET), 1);
}

Test(interest, what_is_not_lent_is_as_before)
{
	struct rk_books_asset before = books();

	cr_expect_eq(reserve(1, 2, 0, 10000001), RK_REJ_BALANCE);
	cr_expect_eq(accrue(0), RK_REJ_NOT_LENDABLE);
	cr_expect_eq(accrue(7), RK_REJ_NO_ASSET);
	/* Nobody owes: time leads to nothing. */
	cr_expect_eq(rk_builder_wait(&b, 30 * DAY_NS), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_INTEREST), 0);
	cr_expect_eq(pool().debt_index, ONE);
	cr_expect(books().deposits == before.deposits);
}

Test(interest, an_interval_that_ends_moves_the_indices)
{
	const struct rk_event *ev;

	cr_assert_eq(reserve(1, 2, COIN, 500000), RK_OK);
	/* 365 days in one go: nobody was there. */
	cr_assert_eq(rk_builder_wait(&b, 365 * DAY_NS), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_INTEREST, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->interest.debt_index, INT64_C(1105166666666666667));
	cr_expect(ev->interest.utilisation == ONE / 2);
	cr_expect(ev->interest.earned == 52583);
	/* 52583.33 are owed, rounded up; 52583 are due, rounded down. */
	cr_expect_eq(interest_of(2), -52584);
	cr_expect_eq(interest_of(1), 52583);
	cr_expect_eq(rk_builder_balance(&b, 2, COIN), -500000);
	cr_expect_eq(rk_builder_view(&b, 2).margin.equity.raw,
		     (10000000 - 552584) * BUILDER_CENT);
	cr_expect_eq(accrue(COIN), RK_REJ_NO_CHANGE);
}

Test(interest, interest_is_booked_before_a_balance_changes)
{
	const struct rk_event *ev;

	cr_assert_eq(reserve(1, 2, COIN, 500000), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, 365 * DAY_NS), RK_OK);
	cr_assert_eq(deposit(2, 552584), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_INTEREST_PAID, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->interest_paid.amount.raw, -52584);
	cr_expect_eq(ev->interest_paid.balance.raw, -552584);
	cr_expect_lt(ev->number,
		     rk_builder_event(&b, RK_EVENT_BALANCE, 0)->number);
	cr_expect_eq(rk_builder_balance(&b, 2, COIN), 0);
	cr_expect(books().interest == 52584);
	cr_assert_eq(reserve(2, 1, COIN, 1052583), RK_OK);
	/* What rounding left, and nothing else. */
	cr_expect(books().interest == 1);
	cr_expect(books().accounts == 0);
}

Test(interest, a_share_is_kept_as_a_fee)
{
	struct rk_lending terms = usual;

	terms.reserve.raw = 10 * PERCENT;
	cr_assert_eq(set_terms("COIN", &terms), RK_OK);
	cr_assert_eq(reserve(1, 2, COIN, 500000), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, 365 * DAY_NS), RK_OK);
	/* A tenth of 52583, rounded up. */
	cr_expect(books().fees == 5259);
	cr_expect_eq(interest_of(1), 47324);
}

Test(interest, a_pool_gives_what_it_has)
{
	cr_expect_eq(reserve(1, 2, COIN, 1000001), RK_REJ_POOL_CASH);
	cr_expect_eq(reserve(1, 2, COIN, 1000000), RK_OK);
	cr_expect_eq(reserve(2, 1, COIN, 1), RK_REJ_POOL_CASH);
	cr_expect(pool().utilisation == ONE);
	cr_expect(pool().cash == 0);
	cr_expect(pool().supplied == 1000000);
}

Test(interest, caps_bind_all_accounts_together)
{
	struct rk_lending terms = usual;

	terms.borrow_cap.raw = 5000;
	terms.supply_cap.raw = 1002000;
	cr_assert_eq(set_terms("COIN", &terms), RK_OK);
	cr_expect_eq(reserve(1, 2, COIN, 5001), RK_REJ_BORROW_CAP);
	cr_expect_eq(reserve(1, 2, COIN, 3000), RK_OK);
	cr_expect_eq(transfer(2, 1, 2001), RK_REJ_BORROW_CAP);
	terms.borrow_cap.raw = 0;
	cr_assert_eq(set_terms("COIN", &terms), RK_OK);
	/* Borrowed and supplied again: that would be 1002001. */
	cr_expect_eq(transfer(2, 1, 2001), RK_REJ_SUPPLY_CAP);
	cr_expect_eq(transfer(2, 1, 2000), RK_OK);
	/* A2: a deposit is no exception, but for what only repays. */
	cr_expect_eq(deposit(1, 1), RK_REJ_SUPPLY_CAP);
	cr_expect_eq(deposit(2, 5001), RK_REJ_SUPPLY_CAP);
	cr_expect_eq(deposit(2, 5000), RK_OK);
	cr_expect(pool().supplied == 1002000);
	cr_expect(pool().borrowed == 0);
}

static int cap_deposits(int64_t cents)
{
	struct rk_cmd cmd = {
		.type = RK_CMD_COLLATERAL_SCALE,
		.collateral_scale = {.asset = "COIN",
				     .scale = {.deposit_cap = {cents}}}};

	return rk_builder_apply(&b, cmd);
}

Test(interest, a_transfer_that_borrows_is_a_deposit)
{
	cr_assert_eq(rk_builder_account(&b, 3, 10000000), RK_OK);
	cr_assert_eq(cap_deposits(1002000), RK_OK);
	cr_expect_eq(transfer(2, 3, 2001), RK_REJ_DEPOSIT_CAP);
	cr_expect_eq(transfer(2, 3, 2000), RK_OK);
	cr_expect_eq(transfer(2, 3, 1), RK_REJ_DEPOSIT_CAP);
	/* What was held before is held by another: no more than it was. */
	cr_assert_eq(cap_deposits(1), RK_OK);
	cr_expect_eq(transfer(1, 3, 900000), RK_OK);
	/* All but one of it was. */
	cr_expect_eq(transfer(3, 1, 902001), RK_REJ_DEPOSIT_CAP);
	cr_expect_eq(transfer(3, 1, 902000), RK_OK);
}

Test(interest, a_transfer_that_repays_is_no_deposit)
{
	struct rk_lending terms = usual;

	cr_assert_eq(rk_builder_account(&b, 3, 10000000), RK_OK);
	cr_assert_eq(reserve(1, 3, COIN, 5000), RK_OK);
	cr_assert_eq(cap_deposits(1000000), RK_OK);
	terms.supply_cap.raw = 1000000;
	cr_assert_eq(set_terms("COIN", &terms), RK_OK);
	cr_expect_eq(transfer(2, 3, 4000), RK_OK);
	/* 1000 of it repay, 1 does not. */
	cr_expect_eq(transfer(2, 3, 1001), RK_REJ_SUPPLY_CAP);
	terms.supply_cap.raw = 0;
	cr_assert_eq(set_terms("COIN", &terms), RK_OK);
	cr_expect_eq(transfer(2, 3, 1001), RK_REJ_DEPOSIT_CAP);
	cr_expect_eq(transfer(2, 3, 1000), RK_OK);
	/* A borrower is one whose debt repays another's, for the other caps. */
	terms.borrow_cap.raw = 5000;
	cr_assert_eq(set_terms("COIN", &terms), RK_OK);
	cr_expect_eq(transfer(3, 2, 1), RK_REJ_BORROW_CAP);
}

Test(interest, the_most_that_leaves_leaves_and_no_more)
{
	struct rk_collateral terms;
	struct rk_ask ask;
	uint32_t index;
	int64_t most;

	rk_collateral_default(&terms);
	for (int k = 0; k < RK_LEVELS; k++)
		terms.weight[k].raw = 5 * PERCENT;
	cr_assert_eq(rk_builder_collateral(&b, "USD", &terms), RK_OK);
	cr_assert_eq(rk_view_find_account(b.harness.engine, 2, &index), RK_OK);
	cr_assert_eq(rk_ask_account(b.harness.engine, index, &ask), RK_OK);
	most = rk_ask_withdrawable(&ask, COIN).raw;
	cr_expect_eq(most, 500000);
	cr_expect_eq(rk_ask_borrowable(&ask, COIN).raw, most);
	cr_expect_eq(reserve(1, 2, COIN, most + 1), RK_REJ_MARGIN);
	cr_expect_eq(reserve(1, 2, COIN, most), RK_OK);
}

Test(interest, what_would_be_owed_must_be_within_bounds)
{
	cr_assert_eq(deposit(1, RK_ACCOUNT_VALUE_MAX / 4), RK_REJ_OVERFLOW);
	cr_assert_eq(deposit(1, RK_ACCOUNT_VALUE_MAX / 4000000), RK_OK);
	cr_expect_eq(reserve(1, 2, COIN, RK_ACCOUNT_VALUE_MAX / 8000000),
		     RK_REJ_MARGIN);
	cr_expect_eq(reserve(1, 2, COIN, INT64_MAX), RK_REJ_POOL_CASH);
}

Test(interest, an_index_begins_again_before_it_is_2)
{
	struct rk_lending terms = usual;
	const struct rk_event *ev;

	terms.base.raw = RK_LENDING_RATE_MAX;
	cr_assert_eq(set_terms("COIN", &terms), RK_OK);
	cr_assert_eq(reserve(1, 2, COIN, 1000), RK_OK);
	/* 1000 % for 37 days: a half at a time, 1.6458 and then once more. */
	cr_assert_eq(rk_builder_wait(&b, 37 * DAY_NS), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_INDEX_RESTARTED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_INTEREST), 3);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_INTEREST_PAID), 2);
	cr_expect_eq(rk_builder_event(&b, RK_EVENT_INTEREST_PAID, 1)
			     ->interest_paid.balance.raw,
		     -1646);
	/* 645 were credited of 646 that were charged. */
	cr_expect(ev->restarted.rounding == 1);
	cr_expect(books().rounding == 1);
	cr_expect(books().interest == 0);
	cr_expect_lt(pool().debt_index, 2 * ONE);
}

Test(interest, a_debt_that_nothing_covers_is_a_deficit)
{
	cr_assert_eq(reserve(1, 2, COIN, 500000), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 2, -10000000), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 2).state, RK_STATE_BANKRUPT);
	cr_expect(rk_view_deficit(b.harness.engine, COIN) == 500000);
	/* A cent is dust; more than a thousandth is another thing. */
	cr_assert_eq(rk_builder_adjust(&b, 2, 1), RK_OK);
	cr_expect(rk_view_deficit(b.harness.engine, COIN) == 500000);
	cr_assert_eq(rk_builder_adjust(&b, 2, 500), RK_OK);
	cr_expect(rk_view_deficit(b.harness.engine, COIN) == 0);
}

Test(interest, loans_cannot_be_children_of_an_atomic_message)
{
	cr_expect_not(rk_cmd_may_be_atomic(RK_CMD_LENDING));
	cr_expect_not(rk_cmd_may_be_atomic(RK_CMD_ACCRUE));
}

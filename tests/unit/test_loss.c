/*
 * Rules B1 to B4: debts that nobody pays. COIN is asset 1, in cents, fixed at 1
 * dollar, and lent; USD, asset 0, never was. Account 1 supplies 2000.00 COIN,
 * account 3 1000.00; account 2 owes 500.00 and has nothing.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "engine/books.h"
#include "engine/engine.h"
#include "engine/interest.h"
#include "support/builder.h"

#define COIN    1
#define DUST    50 /* a thousandth of what 2 owes, in cents */
#define ONE     RK_INDEX_ONE
#define PERCENT (RK_RATE_ONE / 100)
#define DAY_NS  (86400 * BUILDER_SECOND_NS)

static struct rk_builder b;

static int apply_amount(enum rk_cmd_type type, uint64_t account, int64_t cents)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = type,
				    .amount = {account, COIN, {cents}}});
}

static int write_off(uint64_t account, int64_t cents)
{
	return apply_amount(RK_CMD_WRITE_OFF, account, cents);
}

static int adjust(uint64_t account, int64_t cents)
{
	return apply_amount(RK_CMD_ADJUST, account, cents);
}

static int64_t supply_index(void)
{
	struct rk_lending_view view;

	cr_assert_eq(rk_view_lending(b.harness.engine, COIN, &view), RK_OK);
	return view.supply_index;
}

static struct rk_books_asset books(void)
{
	struct rk_books_asset view;

	cr_assert_eq(rk_view_books_asset(b.harness.engine, COIN, &view), RK_OK);
	return view;
}

static int64_t to_settle(uint64_t account)
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
	struct rk_cmd lending = {.type = RK_CMD_LENDING,
				 .lending = {.asset = "COIN",
					     .terms = {.lendable = true,
						       .base = {10 * PERCENT},
						       .kink = {80 * PERCENT},
						       .interval_ns = DAY_NS}}};

	rk_builder_init(&b);
	cr_assert_eq(rk_builder_apply(&b, coin), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, lending), RK_OK);
	for (uint64_t account = 1; account <= 3; account++)
		cr_assert_eq(rk_builder_account(&b, account, 0), RK_OK);
	cr_assert_eq(adjust(1, 200000), RK_OK);
	cr_assert_eq(adjust(3, 100000), RK_OK);
	cr_assert_eq(adjust(2, -50000), RK_OK);
	cr_assert_eq(rk_builder_view(&b, 2).state, RK_STATE_BANKRUPT);
}

static void close_book(void)
{
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}

TestSuite(loss, .init = open_book, .fini = close_book);

Test(loss, b1_only_what_nobody_will_pay)
{
	cr_expect_eq(write_off(9, 0), RK_REJ_NO_ACCOUNT);
	cr_expect_eq(write_off(2, -1), RK_REJ_BAD_AMOUNT);
	cr_expect_eq(write_off(1, 0), RK_REJ_NOT_BANKRUPT);
	cr_expect_eq(write_off(2, 50001), RK_REJ_MORE_THAN_OWED);
	cr_expect_eq(
		rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_WRITE_OFF,
						     .amount = {2, 0, {0}}}),
		RK_REJ_NOT_LENDABLE);
	cr_expect_eq(
		rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_WRITE_OFF,
						     .amount = {2, 7, {0}}}),
		RK_REJ_NO_ASSET);
	/* A cent of dollars is dust; what is more than a thousandth is not. */
	cr_assert_eq(rk_builder_adjust(&b, 2, 1), RK_OK);
	cr_expect_eq(write_off(2, 50001), RK_REJ_MORE_THAN_OWED);
	cr_assert_eq(rk_builder_adjust(&b, 2, DUST), RK_OK);
	cr_expect_eq(write_off(2, 0), RK_REJ_STILL_HOLDS);
	cr_assert_eq(rk_builder_adjust(&b, 2, -DUST), RK_OK);
	/* Bankrupt by dollars, and nothing owed of this. */
	cr_assert_eq(rk_builder_adjust(&b, 2, -2), RK_OK);
	cr_assert_eq(adjust(2, 50000), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 2).state, RK_STATE_BANKRUPT);
	cr_expect_eq(write_off(2, 0), RK_REJ_NO_DEBT);
	cr_expect_eq(supply_index(), ONE);
	cr_expect_not(rk_cmd_may_be_atomic(RK_CMD_WRITE_OFF));
}

Test(loss, b2_all_who_hold_it_bear_it_in_proportion)
{
	const struct rk_event *ev;

	cr_assert_eq(write_off(2, 0), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_WRITTEN_OFF, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->account, 2);
	cr_expect_eq(ev->written_off.asset, COIN);
	cr_expect_eq(ev->written_off.amount.raw, 50000);
	cr_expect_eq(ev->written_off.balance.raw, 0);
	ev = rk_builder_event(&b, RK_EVENT_LOSS_SHARED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->account, 0);
	cr_expect_eq(ev->loss_shared.loss.raw, 50000);
	/* 1 - 500 / 3000 */
	cr_expect_eq(ev->loss_shared.supply_index, INT64_C(833333333333333333));
	cr_expect_eq(supply_index(), INT64_C(833333333333333333));
	/* Rounded against each of them: 333.33 and a bit, 166.66 and a bit. */
	cr_expect_eq(to_settle(1), -33334);
	cr_expect_eq(to_settle(3), -16667);
	cr_expect(books().interest == -50000);
	/* Owed no more: the account is as good as new. */
	cr_expect_eq(rk_builder_view(&b, 2).state, RK_STATE_OK);
	cr_expect_eq(rk_builder_balance(&b, 2, COIN), 0);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_INDEX_RESTARTED), 0);
}

Test(loss, b2_it_counts_at_once_and_is_booked_as_interest_is)
{
	const struct rk_event *ev;

	cr_assert_eq(write_off(2, 0), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 1).margin.equity.raw,
		     166666 * BUILDER_CENT);
	cr_assert_eq(apply_amount(RK_CMD_DEPOSIT, 1, 100), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_INTEREST_PAID, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->interest_paid.amount.raw, -33334);
	cr_expect_eq(ev->interest_paid.balance.raw, 166666);
	cr_expect_eq(rk_builder_balance(&b, 1, COIN), 166766);
	cr_assert_eq(apply_amount(RK_CMD_DEPOSIT, 3, 100), RK_OK);
	/* A cent more was taken than the loss: it is nobody's, and not less
	 * than 0. */
	cr_expect(books().interest == 1);
	/* All that is there may be taken out: no more is credited. */
	cr_expect_eq(rk_builder_balance(&b, 1, COIN) +
			     rk_builder_balance(&b, 3, COIN),
		     250000 - 1 + 200);
}

Test(loss, b2_a_part_may_be_written_off)
{
	cr_assert_eq(write_off(2, 30000), RK_OK);
	cr_expect_eq(rk_builder_event(&b, RK_EVENT_WRITTEN_OFF, 0)
			     ->written_off.balance.raw,
		     -20000);
	cr_expect_eq(supply_index(), ONE / 10 * 9);
	cr_expect_eq(rk_builder_view(&b, 2).state, RK_STATE_BANKRUPT);
	cr_assert_eq(write_off(2, 0), RK_OK);
	cr_expect_eq(rk_builder_event(&b, RK_EVENT_WRITTEN_OFF, 0)
			     ->written_off.amount.raw,
		     20000);
	/* 0.9 - 200 / 3000 */
	cr_expect_eq(supply_index(), INT64_C(833333333333333333));
}

Test(loss, b2_interest_before_and_after_a_loss_is_not_lost)
{
	cr_assert_eq(rk_builder_wait(&b, 365 * DAY_NS), RK_OK);
	/* 500 owe 52.59; 3000 hold 52.58: i = 1 + 52.58 / 3000 */
	cr_expect_eq(supply_index(), INT64_C(1017526666666666666));
	/* Its interest is settled first. */
	cr_assert_eq(write_off(2, 0), RK_OK);
	cr_expect_eq(rk_builder_event(&b, RK_EVENT_INTEREST_PAID, 0)
			     ->interest_paid.amount.raw,
		     -5259);
	cr_expect_eq(rk_builder_event(&b, RK_EVENT_WRITTEN_OFF, 0)
			     ->written_off.amount.raw,
		     55259);
	/* i - 552.59 / 3000 */
	cr_expect_eq(supply_index(), INT64_C(833329999999999999));
	cr_expect_eq(to_settle(1), -33335);
	/* Another debt earns for them again, from below 1 on. */
	cr_assert_eq(adjust(2, -50000), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, 365 * DAY_NS), RK_OK);
	cr_expect_gt(supply_index(), INT64_C(850000000000000000));
	cr_expect_gt(to_settle(1), -30000);
}

Test(loss, b3_below_a_half_the_index_of_what_is_held_begins_anew)
{
	const struct rk_event *ev;

	cr_assert_eq(adjust(2, -110000), RK_OK); /* 1600.00 of 3000.00 */
	cr_assert_eq(write_off(2, 0), RK_OK);
	cr_expect_eq(rk_builder_event(&b, RK_EVENT_LOSS_SHARED, 0)
			     ->loss_shared.supply_index,
		     INT64_C(466666666666666666));
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_INTEREST_PAID), 2);
	ev = rk_builder_event(&b, RK_EVENT_INTEREST_PAID, 0);
	cr_expect_eq(ev->account, 1);
	cr_expect_eq(ev->interest_paid.amount.raw, -106667);
	cr_expect_eq(ev->interest_paid.balance.raw, 93333);
	ev = rk_builder_event(&b, RK_EVENT_INDEX_RESTARTED, 0);
	cr_assert_not_null(ev);
	cr_expect(ev->restarted.held_only);
	cr_expect(ev->restarted.rounding == 0);
	cr_expect_eq(supply_index(), ONE);
	cr_expect_eq(to_settle(1), 0);
	cr_expect_eq(rk_builder_balance(&b, 3, COIN), 46666);
	cr_expect(books().interest == 1);
}

Test(loss, b3_half_of_it_lost_is_not_below_a_half)
{
	cr_assert_eq(adjust(2, -100000), RK_OK);
	cr_assert_eq(write_off(2, 0), RK_OK);
	cr_expect_eq(supply_index(), ONE / 2);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_INDEX_RESTARTED), 0);
	/* An index of 1/2 is the lowest of its own that anything has. */
	cr_assert_eq(apply_amount(RK_CMD_DEPOSIT, 3, 100), RK_OK);
	cr_expect_eq(rk_builder_balance(&b, 3, COIN), 50100);
	cr_assert_eq(adjust(2, -1), RK_OK);
	cr_assert_eq(write_off(2, 0), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_INDEX_RESTARTED), 1);
	cr_expect_eq(supply_index(), ONE);
}

Test(loss, b3_all_may_be_lost_and_the_rest_stays_owed)
{
	cr_assert_eq(adjust(2, -300000), RK_OK); /* 3500.00 of 3000.00 */
	cr_assert_eq(write_off(2, 0), RK_OK);
	cr_expect_eq(rk_builder_event(&b, RK_EVENT_WRITTEN_OFF, 0)
			     ->written_off.amount.raw,
		     300000);
	cr_expect_eq(rk_builder_event(&b, RK_EVENT_LOSS_SHARED, 0)
			     ->loss_shared.supply_index,
		     0);
	cr_expect_eq(supply_index(), ONE);
	/* Nothing is left, and nobody owes for it: no record, no debt. */
	cr_expect_eq(rk_builder_balance(&b, 1, COIN), 0);
	cr_expect_eq(rk_builder_view(&b, 1).balances_n, 0);
	cr_expect_eq(rk_builder_balance(&b, 2, COIN), -50000);
	cr_expect(books().interest == 0);
	cr_expect_eq(write_off(2, 0), RK_REJ_NO_HOLDERS);
	/* The rest can be borne by who comes. */
	cr_assert_eq(apply_amount(RK_CMD_DEPOSIT, 3, 100000), RK_OK);
	cr_assert_eq(write_off(2, 0), RK_OK);
	cr_expect_eq(supply_index(), ONE / 2);
}

Test(loss, b3_debts_go_on_as_they_are)
{
	struct rk_lending_view before;
	struct rk_lending_view after;

	cr_assert_eq(rk_builder_account(&b, 4, 10000000), RK_OK);
	cr_assert_eq(adjust(4, -20000), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, 100 * DAY_NS), RK_OK);
	cr_assert_eq(adjust(2, -150000), RK_OK);
	(void)rk_view_lending(b.harness.engine, COIN, &before);
	cr_assert_eq(write_off(2, 0), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_INDEX_RESTARTED), 1);
	(void)rk_view_lending(b.harness.engine, COIN, &after);
	cr_expect_eq(after.debt_index, before.debt_index);
	cr_expect_eq(to_settle(4), -556);
	/* 200.00 and its 5.56 are still owed to whom holds the asset. */
	cr_expect(after.borrowed == 20556);
}

Test(loss, b4_a_balance_that_rounds_to_nothing_is_gone)
{
	cr_assert_eq(rk_builder_account(&b, 4, 0), RK_OK);
	cr_assert_eq(adjust(4, 1), RK_OK); /* one cent */
	cr_assert_eq(write_off(2, 0), RK_OK);
	cr_expect_eq(to_settle(4), -1);
	cr_expect_eq(rk_builder_view(&b, 4).balances_n, 1);
	cr_assert_eq(adjust(4, 1), RK_OK);
	cr_expect_eq(rk_builder_event(&b, RK_EVENT_INTEREST_PAID, 0)
			     ->interest_paid.balance.raw,
		     0);
	cr_expect_eq(rk_builder_balance(&b, 4, COIN), 1);
}

Test(loss, b4_n7_counts_what_an_index_below_1_may_become)
{
	const int64_t most = RK_ACCOUNT_VALUE_MAX / 1000000; /* in cents */

	cr_assert_eq(adjust(2, -100000), RK_OK);
	cr_assert_eq(write_off(2, 0), RK_OK);
	cr_assert_eq(supply_index(), ONE / 2);
	cr_assert_eq(rk_builder_account(&b, 4, 0), RK_OK);
	/* From 1/2 to 2 it may become four times as much. */
	cr_expect_eq(adjust(4, most / 4 + 1), RK_REJ_OVERFLOW);
	cr_expect_eq(adjust(4, most / 4), RK_OK);
}

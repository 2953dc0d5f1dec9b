/*
 * Rules V1 and V2: modes, and positions that change their account. Amounts are
 * cents; PERP needs 5 % and initially 10 %.
 */
#include <criterion/criterion.h>

#include "engine/books.h"
#include "support/builder.h"

static struct rk_builder b;

static int open_account(uint64_t id, uint64_t owner, enum rk_mode mode,
			enum rk_enforcement enforcement)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_ACCOUNT,
				    .account = {id, owner, mode, enforcement}});
}

static int deposit(uint64_t id, int64_t cents)
{
	return rk_builder_apply(
		&b,
		(struct rk_cmd){.type = RK_CMD_DEPOSIT,
				.amount = {.account = id, .amount = {cents}}});
}

/* 1: cross, 10 PERP at 100 and 1000 USD. 2: isolated, of the same owner. */
static void open_book(void)
{
	rk_builder_init(&b);
	cr_assert_eq(open_account(1, 7, RK_MODE_CROSS, RK_ENFORCE_FULL), RK_OK);
	cr_assert_eq(open_account(2, 7, RK_MODE_ISOLATED, RK_ENFORCE_FULL),
		     RK_OK);
	cr_assert_eq(deposit(1, 100000), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
}

static void close_book(void)
{
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}

TestSuite(move, .init = open_book, .fini = close_book);

static int move(uint64_t from, uint64_t to, uint32_t market, int64_t cents)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_MOVE,
				    .move = {from, to, market, {cents}}});
}

static int set_mode(uint64_t account, enum rk_mode mode)
{
	return rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_MODE,
						    .mode = {account, mode}});
}

Test(move, a_position_goes_with_cost_and_margin)
{
	const struct rk_event *event;

	cr_assert_eq(move(1, 2, 0, 20000), RK_OK);
	cr_expect_eq(rk_builder_position(&b, 1, 0).size.raw, 0);
	cr_expect_eq(rk_builder_position(&b, 2, 0).size.raw, 10);
	cr_expect_eq(rk_builder_position(&b, 2, 0).cost.raw, 100000);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 80000);
	cr_expect_eq(rk_builder_balance(&b, 2, 0), 20000);
	event = rk_builder_event(&b, RK_EVENT_POSITION_MOVED, 1);
	cr_assert_not_null(event);
	cr_expect(event->account == 2 && event->moved.other == 1);
	cr_expect(event->moved.size.raw == 10 &&
		  event->moved.cost.raw == 100000);
	/* Its new holder is judged by it: 10 at 85 leave 50 over 42.50. */
	cr_assert_eq(rk_builder_quote(&b, 0, 85), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 2).state, RK_STATE_MARGIN_CALL);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_OK);
}

Test(move, without_margin_the_receiver_must_carry_it_alone)
{
	cr_expect_eq(move(1, 2, 0, 0), RK_REJ_MARGIN);
	cr_expect_eq(move(1, 2, 0, 9999), RK_REJ_MARGIN);
	cr_expect_eq(move(1, 2, 0, 10000), RK_OK);
}

/* It carries OTHER alone afterwards, which needs 100 USD initially. */
Test(move, the_giver_stays_healthy)
{
	cr_assert_eq(rk_builder_quote(&b, 1, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 1, 10, 100), RK_OK);
	cr_expect_eq(move(1, 2, 0, 90001), RK_REJ_MARGIN);
	cr_expect_eq(move(1, 2, 0, 90000), RK_OK);
}

/* OTHER stays, with 1000 USD of profit that is not realised. */
Test(move, profit_that_is_not_realised_does_not_go_along)
{
	cr_assert_eq(rk_builder_quote(&b, 1, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 1, 10, 100), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 1, 200), RK_OK);
	/* OTHER needs 200 USD, of the balance. */
	cr_expect_eq(move(1, 2, 0, 80001), RK_REJ_MARGIN);
	cr_expect_eq(move(1, 2, 0, 80000), RK_OK);
}

Test(move, accounts_market_and_amount_are_checked_in_order)
{
	cr_assert_eq(open_account(3, 8, RK_MODE_CROSS, RK_ENFORCE_FULL), RK_OK);
	cr_assert_eq(open_account(4, 7, RK_MODE_CROSS, RK_ENFORCE_REPORT),
		     RK_OK);
	cr_expect_eq(move(9, 1, 99, -1), RK_REJ_NO_ACCOUNT);
	cr_expect_eq(move(1, 9, 99, -1), RK_REJ_NO_ACCOUNT);
	cr_expect_eq(move(1, 1, 99, -1), RK_REJ_SAME_ACCOUNT);
	cr_expect_eq(move(1, 3, 99, -1), RK_REJ_NO_MARKET);
	cr_expect_eq(move(1, 3, 0, -1), RK_REJ_BAD_AMOUNT);
	cr_expect_eq(move(1, 3, 1, 100001), RK_REJ_OTHER_OWNER);
	cr_expect_eq(move(1, 4, 1, 100001), RK_REJ_OTHER_ENFORCEMENT);
	cr_expect_eq(move(1, 2, 1, 100001), RK_REJ_NO_POSITION);
	cr_expect_eq(move(1, 2, 0, 100001), RK_REJ_BALANCE);
}

Test(move, an_isolated_account_or_the_same_market_takes_no_second)
{
	cr_assert_eq(open_account(3, 7, RK_MODE_CROSS, RK_ENFORCE_FULL), RK_OK);
	cr_assert_eq(deposit(2, 50000), RK_OK);
	cr_assert_eq(deposit(3, 50000), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 1, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 2, 1, 1, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 3, 0, -1, 100), RK_OK);
	cr_expect_eq(move(1, 2, 0, 0), RK_REJ_ISOLATED);
	cr_expect_eq(move(1, 3, 0, 0), RK_REJ_HAS_POSITION);
}

Test(move, nothing_moves_at_a_price_that_is_not_ok)
{
	cr_assert_eq(rk_builder_wait(&b, BUILDER_AGE_NS + 1), RK_OK);
	cr_expect_eq(move(1, 2, 0, 50000), RK_REJ_PRICE_NOT_OK);
	cr_expect_eq(set_mode(1, RK_MODE_ISOLATED), RK_REJ_PRICE_NOT_OK);
}

/* 10 at 6 need 3 USD, and 4 are left. */
Test(move, neither_side_may_be_in_trouble)
{
	cr_assert_eq(rk_builder_quote(&b, 0, 6), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 1, -5600), RK_OK);
	cr_assert_neq(rk_builder_view(&b, 1).state, RK_STATE_OK);
	cr_expect_eq(move(1, 2, 0, 0), RK_REJ_NOT_OK);
	cr_expect_eq(set_mode(1, RK_MODE_ISOLATED), RK_REJ_NOT_OK);
}

static int close_order(struct rk_order_id order)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_ORDER_CLOSED,
				    .order_closed = {.order = order}});
}

/* The cooldown of a second is the position's, whoever holds it. */
Test(move, the_time_of_the_last_order_goes_along)
{
	const struct rk_event *opened;

	cr_assert_eq(rk_builder_adjust(&b, 1, -96000), RK_OK);
	opened = rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0);
	cr_assert_not_null(opened, "40 USD are less than 50");
	cr_assert_eq(close_order(opened->order.order), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 1, 96000), RK_OK);
	cr_assert_eq(rk_builder_view(&b, 1).state, RK_STATE_OK);
	cr_assert_eq(move(1, 2, 0, 20000), RK_OK);

	cr_assert_eq(rk_builder_adjust(&b, 2, -16000), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 2).state, RK_STATE_LIQUIDATING);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 0);
	cr_assert_eq(rk_builder_wait(&b, BUILDER_SECOND_NS), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 1);
}

Test(move, a_mode_changes_and_changes_back)
{
	cr_expect_eq(set_mode(9, RK_MODE_CROSS), RK_REJ_NO_ACCOUNT);
	cr_expect_eq(set_mode(1, (enum rk_mode)3), RK_REJ_BAD_PARAM);
	cr_expect_eq(set_mode(1, RK_MODE_CROSS), RK_REJ_NO_CHANGE);
	cr_assert_eq(set_mode(1, RK_MODE_ISOLATED), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_MODE_SET), 1);
	cr_expect_eq(rk_builder_trade(&b, 1, 1, 1, 100), RK_REJ_ISOLATED);
	cr_assert_eq(set_mode(1, RK_MODE_CROSS), RK_OK);
	cr_expect_eq(rk_builder_trade(&b, 1, 1, 1, 100), RK_OK);
	cr_expect_eq(set_mode(1, RK_MODE_ISOLATED), RK_REJ_ISOLATED);
}

Test(move, a_refused_move_leaves_no_trace)
{
	cr_expect_eq(move(1, 2, 0, 9999), RK_REJ_MARGIN);
	cr_expect_eq(rk_builder_position(&b, 1, 0).size.raw, 10);
	cr_expect_eq(rk_builder_position(&b, 2, 0).size.raw, 0);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 100000);
}

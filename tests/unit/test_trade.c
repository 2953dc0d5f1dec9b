/*
 * Rules T1 to T9: trades as facts. Amounts are cents; a value in PERP is
 * price * size * 100.
 */
#include <criterion/criterion.h>

#include "engine/books.h"
#include "support/builder.h"

static struct rk_builder b;

static void open_book(void)
{
	rk_builder_init(&b);
	cr_assert_eq(rk_builder_account(&b, 1, 1000000), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 2, 1000000), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 2), RK_OK);
}

static void close_book(void)
{
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}

TestSuite(trade, .init = open_book, .fini = close_book);

static void expect_position(uint64_t account, int64_t size, int64_t cost,
			    int64_t balance)
{
	struct rk_position_view position = rk_builder_position(&b, account, 0);

	cr_expect_eq(position.size.raw, size, "size %lld, not %lld",
		     (long long)position.size.raw, (long long)size);
	cr_expect_eq(position.cost.raw, cost, "cost %lld, not %lld",
		     (long long)position.cost.raw, (long long)cost);
	cr_expect_eq(rk_builder_balance(&b, account, 0), balance);
}

/* Size 3 at a cost of 400 cents: nothing divides evenly. */
static void open_three(int64_t side)
{
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 2 * side, 1), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 1 * side, 2), RK_OK);
}

Test(trade, adding_sums_size_and_cost_and_realises_nothing)
{
	open_three(1);
	expect_position(1, 3, 400, 1000000);
}

Test(trade, reducing_a_long_rounds_its_share_of_cost_up)
{
	open_three(1);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, -1, 2), RK_OK);
	/* ceil(400 / 3) = 134 of cost leave; 200 - 134 are realised. */
	expect_position(1, 2, 266, 1000066);
}

Test(trade, reducing_a_short_rounds_its_share_of_cost_up_too)
{
	open_three(-1);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 1, 2), RK_OK);
	/* ceil(-400 / 3) = -133 of cost leave; -200 + 133 are realised. */
	expect_position(1, -2, -267, 1000000 - 67);
}

Test(trade, closing_leaves_no_cost_and_gives_the_record_back)
{
	open_three(1);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, -3, 2), RK_OK);
	expect_position(1, 0, 0, 1000200);
	cr_expect_eq(rk_builder_view(&b, 1).positions_n, 0);
}

Test(trade, a_flip_closes_with_its_part_of_the_value_and_opens_the_rest)
{
	open_three(1);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, -5, 2), RK_OK);
	/* Of -1000, -600 close (200 realised) and -400 open -2. */
	expect_position(1, -2, -400, 1000200);
}

Test(trade, a_flip_of_a_short_mirrors_that_of_a_long)
{
	open_three(-1);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 7, 1), RK_OK);
	/* Of 700, 300 close -3 (-300 + 400 realised), 400 open 4. */
	expect_position(1, 4, 400, 1000100);
}

Test(trade, a_fee_leaves_the_balance_and_stands_in_the_books)
{
	struct rk_books_asset books;
	struct rk_cmd cmd = {.type = RK_CMD_TRADE,
			     .trade = {.trade = 1,
				       .price = {2},
				       .size = {10},
				       .buyer = {.account = 1, .fee = {7}},
				       .seller = {.account = 2, .fee = {-3}}}};

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	expect_position(1, 10, 2000, 1000000 - 7);
	expect_position(2, -10, -2000, 1000000 + 3);
	cr_assert_eq(rk_view_books_asset(b.harness.engine, 0, &books), RK_OK);
	cr_expect(books.fees == 4);
}

Test(trade, a_fee_is_at_most_2_to_the_60_either_way)
{
	struct rk_cmd cmd = {.type = RK_CMD_TRADE,
			     .trade = {.trade = 1,
				       .price = {2},
				       .size = {10},
				       .buyer = {.account = 1}}};
	int64_t *fee = &cmd.trade.buyer.fee.raw;

	*fee = (INT64_C(1) << 60) + 1;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_AMOUNT);
	*fee = -*fee;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_AMOUNT);
	/* One less passes this check, to fail at what an account may hold. */
	*fee = INT64_C(1) << 60;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_OVERFLOW);
	*fee = -*fee;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_OVERFLOW);
}

Test(trade, events_come_buyer_first)
{
	struct rk_cmd cmd = {.type = RK_CMD_TRADE,
			     .trade = {.trade = 9,
				       .price = {2},
				       .size = {10},
				       .buyer = {.account = 2},
				       .seller = {.account = 1}}};
	const struct rk_event *ev;

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_POSITION, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->account, 2);
	cr_expect_eq(ev->position.traded.raw, 10);
	cr_expect_eq(ev->position.trade, 9);
	ev = rk_builder_event(&b, RK_EVENT_POSITION, 1);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->account, 1);
	cr_expect_eq(ev->position.traded.raw, -10);
}

Test(trade, an_id_is_booked_once_within_4096_of_the_highest)
{
	b.trade = 4999;
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 1, 2), RK_OK); /* 5000 */
	b.trade = 4999;
	cr_expect_eq(rk_builder_trade(&b, 1, 0, 1, 2), RK_REJ_TRADE_REPEAT);
	b.trade = 5000 - 4096;
	cr_expect_eq(rk_builder_trade(&b, 1, 0, 1, 2), RK_OK); /* 905 */
	b.trade = 5000 - 4096;
	cr_expect_eq(rk_builder_trade(&b, 1, 0, 1, 2), RK_REJ_TRADE_REPEAT);
	b.trade = 5000 - 4097;
	cr_expect_eq(rk_builder_trade(&b, 1, 0, 1, 2), RK_REJ_TRADE_OLD);
}

Test(trade, ids_end_below_2_to_the_63)
{
	b.trade = (UINT64_C(1) << 63) - 1;
	cr_expect_eq(rk_builder_trade(&b, 1, 0, 1, 2), RK_REJ_BAD_ID);
	b.trade = (UINT64_C(1) << 63) - 2;
	cr_expect_eq(rk_builder_trade(&b, 1, 0, 1, 2), RK_OK);
}

Test(trade, ids_of_two_markets_do_not_meet)
{
	cr_assert_eq(rk_builder_quote(&b, 1, 2), RK_OK);
	b.trade = 7;
	cr_expect_eq(rk_builder_trade(&b, 1, 0, 1, 2), RK_OK);
	b.trade = 7;
	cr_expect_eq(rk_builder_trade(&b, 1, 1, 1, 2), RK_OK);
}

Test(trade, checks_come_in_the_order_of_rule_t1)
{
	struct rk_cmd cmd = {.type = RK_CMD_TRADE,
			     .trade = {.trade = 0,
				       .market = 9,
				       .venue = 9,
				       .buyer = {.account = 8},
				       .seller = {.account = 8}}};
	struct rk_cmd_trade *t = &cmd.trade;

	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_ID);
	t->trade = 1;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_NO_MARKET);
	t->market = 0;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PRICE);
	t->price.raw = 10001;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PRICE);
	t->price.raw = 10000;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_SIZE);
	t->size.raw = 100001;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_SIZE);
	t->size.raw = 1;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_SAME_ACCOUNT);
	t->seller.account = 0;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_NO_ACCOUNT);
	t->buyer.account = 1;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_NO_VENUE);
	t->venue = 0;
	t->seller.fee.raw = 1;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_AMOUNT);
	t->seller.fee.raw = 0;
	t->seller.order.seq = 1;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_ORDER_MISMATCH);
	t->seller.order.seq = 0;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_OK);
}

Test(trade, an_isolated_account_holds_one_position)
{
	struct rk_cmd cmd = {.type = RK_CMD_ACCOUNT,
			     .account = {.account = 3,
					 .owner = 3,
					 .mode = RK_MODE_ISOLATED,
					 .enforcement = RK_ENFORCE_FULL}};

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 3, 0, 5, 2), RK_OK);
	cr_expect_eq(rk_builder_trade(&b, 3, 1, 5, 2), RK_REJ_ISOLATED);
	cr_expect_eq(rk_builder_trade(&b, 3, 0, -9, 2), RK_OK, "may flip");
	cr_expect_eq(rk_builder_trade(&b, 3, 0, 4, 2), RK_OK);
	cr_expect_eq(rk_builder_trade(&b, 3, 1, 5, 2), RK_OK, "flat again");
}

Test(trade, the_position_limit_holds_unless_the_trade_reduces)
{
	cr_assert_eq(rk_builder_adjust(&b, 1, 1000000000), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 100000, 2), RK_OK);
	cr_expect_eq(rk_builder_trade(&b, 1, 0, 1, 2), RK_REJ_POSITION_LIMIT);
	cr_expect_eq(rk_builder_trade(&b, 1, 0, -1, 2), RK_OK);
	cr_expect_eq(rk_builder_trade(&b, 1, 0, 1, 2), RK_OK);
}

Test(trade, a_refused_seller_leaves_nothing_of_the_buyer)
{
	struct rk_cmd cmd = {.type = RK_CMD_TRADE,
			     .trade = {.trade = 50,
				       .price = {2},
				       .size = {1},
				       .buyer = {.account = 2},
				       .seller = {.account = 1}}};

	cr_assert_eq(rk_builder_adjust(&b, 1, 1000000000), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, -100000, 2), RK_OK);
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_POSITION_LIMIT);
	expect_position(2, 0, 0, 1000000);
	cmd.trade.seller.account = 0;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_OK, "the id is free");
}

Test(trade, a_market_without_quotes_takes_the_first_price_traded_as_its_mark)
{
	struct rk_slot_view slot;

	cr_assert_eq(rk_builder_trade(&b, 1, 1, 5, 77), RK_OK);
	cr_assert_eq(rk_view_slot(b.harness.engine, 1, &slot), RK_OK);
	cr_expect_eq(slot.mark.raw, 77);
	cr_expect_eq(slot.state, RK_PRICE_NONE);
}

Test(trade, external_venues_are_the_other_side_in_the_books)
{
	struct rk_books_market books;

	cr_assert_eq(rk_builder_trade(&b, 1, 0, 10, 2), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, -4, 3), RK_OK);
	cr_assert_eq(rk_view_books_market(b.harness.engine, 0, &books), RK_OK);
	cr_expect(books.accounts_size == 6 && books.external_size == -6);
	/* 800 of cost left for 1200: 400 realised stand in clearing. */
	cr_expect(books.accounts_cost == 1200);
	cr_expect(books.external_cost == -2000 + 1200);
	cr_expect(books.clearing_cost == -400);
}

Test(trade, positions_of_an_account_are_in_order_of_market)
{
	struct rk_cmd_market market = rk_builder_market("THIRD");
	struct rk_position_view got[3];

	cr_assert_eq(rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_MARKET,
							  .market = market}),
		     RK_OK);
	/* First, last, then between; and the first goes and comes back. */
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 1, 2), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 2, 1, 2), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 1, 1, 2), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, -1, 2), RK_OK);
	cr_assert_eq(rk_view_positions(b.harness.engine, 0, got, 3), 2);
	cr_expect(got[0].market == 1 && got[1].market == 2);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 1, 2), RK_OK);
	cr_assert_eq(rk_view_positions(b.harness.engine, 0, got, 3), 3);
	for (uint32_t i = 0; i < 3; i++)
		cr_expect_eq(got[i].market, i);
}

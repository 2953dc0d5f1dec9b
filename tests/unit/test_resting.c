/*
 * Resting orders: rules O1 to O7. Amounts are cents; PERP and OTHER need 5 %
 * and initially 10 %, prices and sizes are whole.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "engine/ask.h"
#include "engine/books.h"
#include "support/builder.h"

static struct rk_builder b;

/* 1: 1000 USD, at a price of 100. */
static void open_book(void)
{
	rk_builder_init(&b);
	cr_assert_eq(rk_builder_account(&b, 1, 100000), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 1, 100), RK_OK);
}

static void close_book(void)
{
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}

TestSuite(resting, .init = open_book, .fini = close_book);

/* size below 0 sells. */
static struct rk_cmd_place order(uint64_t id, int64_t size, int64_t price)
{
	return (struct rk_cmd_place){
		.account = 1,
		.order = id,
		.side = size > 0 ? RK_SIDE_BUY : RK_SIDE_SELL,
		.size = {size > 0 ? size : -size},
		.price = {price},
	};
}

static int send(struct rk_cmd_place place)
{
	return rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_PLACE_ORDER,
						    .place = place});
}

static int place(uint64_t id, int64_t size, int64_t price)
{
	return send(order(id, size, price));
}

static int place_reduce(uint64_t id, int64_t size, int64_t price)
{
	struct rk_cmd_place wanted = order(id, size, price);

	wanted.reduce_only = true;
	return send(wanted);
}

static int cancel(uint64_t id, int64_t left)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_CANCEL_ORDER,
				    .cancel_order = {1, id, {left}}});
}

static int64_t health_i(void)
{
	return rk_builder_view(&b, 1).margin.health_i.raw / BUILDER_USD;
}

static int64_t health_m(void)
{
	return rk_builder_view(&b, 1).margin.health_m.raw / BUILDER_USD;
}

static struct rk_ask ask(void)
{
	struct rk_ask question;
	uint32_t index;

	cr_assert_eq(rk_view_find_account(b.harness.engine, 1, &index), RK_OK);
	cr_assert_eq(rk_ask_account(b.harness.engine, index, &question), RK_OK);
	return question;
}

Test(resting, placing_and_cancelling_restores_health)
{
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 20, 100), RK_OK);
	cr_expect_eq(health_i(), 800);
	cr_assert_eq(place(1, 30, 101), RK_OK);
	cr_expect_eq(health_i(), 800 - 300 - 30);
	cr_assert_eq(place(2, -60, 99), RK_OK);
	/* 20 - 60 is less than 20 + 30; both limits lose. */
	cr_expect_eq(health_i(), 800 - 300 - 30 - 60);
	cr_expect_eq(health_m(), 900);
	cr_assert_eq(cancel(1, 0), RK_OK);
	cr_expect_eq(health_i(), 800 - 200 - 60);
	cr_assert_eq(cancel(2, 0), RK_OK);
	cr_expect_eq(health_i(), 800);
}

Test(resting, a_refused_order_changes_nothing)
{
	struct rk_hash before;

	cr_assert_eq(place(1, 10, 100), RK_OK);
	cr_expect_eq(place(2, 91, 100), RK_REJ_MARGIN);
	before = rk_view_state_digest(b.harness.engine);
	cr_expect_eq(rk_view_account(b.harness.engine, 0,
				     &(struct rk_account_view){0}),
		     RK_OK);
	cr_expect_eq(health_i(), 900);
	cr_assert_eq(cancel(2, 0), RK_REJ_NO_RESTING);
	cr_expect_neq(before.lo, 0);
	cr_expect_eq(rk_builder_view(&b, 1).resting_n, 1);
}

/* One unit more than the largest order is refused, on each side. */
Test(resting, the_largest_order_is_the_largest_that_is_accepted)
{
	const rk_rate no_fee = {0};
	struct rk_ask question;
	int64_t most;

	cr_assert_eq(rk_builder_trade(&b, 1, 0, 20, 100), RK_OK);
	cr_assert_eq(place(1, 30, 101), RK_OK);
	question = ask();
	most = rk_ask_order_size(&question, 0, RK_SIDE_BUY, (rk_px){102},
				 no_fee)
		       .raw;
	/* 470 left; each takes 10 and loses 2. */
	cr_expect_eq(most, 39);
	cr_expect_eq(place(2, most + 1, 102), RK_REJ_MARGIN);
	cr_expect_eq(place(2, most, 102), RK_OK);
	question = ask();
	most = rk_ask_order_size(&question, 0, RK_SIDE_SELL, (rk_px){100},
				 no_fee)
		       .raw;
	/* 20 - x is the worse side from 109 on; 2 are left. */
	cr_expect_eq(most, 20 + 89);
	cr_expect_eq(place(3, -most - 1, 100), RK_REJ_MARGIN);
	cr_expect_eq(place(3, -most, 100), RK_OK);
}

Test(resting, a_fill_moves_the_requirement_from_order_to_position)
{
	struct rk_cmd cmd = {.type = RK_CMD_TRADE,
			     .trade = {.trade = 5,
				       .price = {101},
				       .size = {12},
				       .buyer = {.account = 1, .resting = 9}}};
	const struct rk_event *event;

	cr_assert_eq(place(9, 30, 101), RK_OK);
	cr_expect_eq(health_i(), 1000 - 300 - 30);
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_expect_eq(health_i(), 1000 - 300 - 30);
	cr_expect_eq(rk_builder_position(&b, 1, 0).size.raw, 12);
	event = rk_builder_event(&b, RK_EVENT_ORDER_EXECUTED, 0);
	cr_assert_not_null(event);
	cr_expect(event->resting.order == 9 && event->resting.fill.raw == 12 &&
		  event->resting.left.raw == 18 && event->resting.trade == 5);
}

/* Nothing may get worse; what does not is allowed however bad it is. */
Test(resting, below_initial_margin_only_what_adds_nothing_is_allowed)
{
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 100, 100), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 99), RK_OK);
	cr_expect_eq(health_i(), -90);
	cr_expect_eq(place(1, 1, 99), RK_REJ_MARGIN);
	cr_expect_eq(place(1, -201, 99), RK_REJ_MARGIN);
	cr_expect_eq(place(1, -200, 98), RK_REJ_MARGIN);
	cr_expect_eq(place(1, -200, 99), RK_OK);
	cr_expect_eq(health_i(), -90);
}

/* PERP takes 1 % of who takes, and gives 0.25 % to who makes. */
static void charge(void)
{
	struct rk_market_view view;
	struct rk_cmd cmd = {.type = RK_CMD_MARKET_CHANGE};

	cr_assert_eq(rk_view_market(b.harness.engine, 0, &view), RK_OK);
	cmd.market = view.listing;
	cmd.market.taker_fee.raw = RK_RATE_ONE / 100;
	cmd.market.maker_fee.raw = -RK_RATE_ONE / 400;
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
}

static int64_t largest_at(enum rk_side side, int64_t price, rk_rate fee)
{
	struct rk_ask question = ask();

	return rk_ask_order_size(&question, 0, side, (rk_px){price}, fee).raw;
}

/* Rule O8: 1000 USD are 90 times 10 of margin and 1 of fee. */
Test(resting, an_order_at_the_mark_or_beyond_it_pays_as_it_takes)
{
	charge();
	cr_expect_eq(largest_at(RK_SIDE_BUY, 100, RK_ASK_FEE_COUNTED), 90);
	cr_expect_eq(place(1, 91, 100), RK_REJ_MARGIN);
	cr_expect_eq(place(1, -91, 100), RK_REJ_MARGIN);
	/* 91 times 10, and what it would lose to the mark. */
	cr_expect_eq(place(1, 84, 101), RK_REJ_MARGIN);
	cr_expect_eq(place(1, 83, 101), RK_OK);
	/* Nothing of the fee is kept while it rests. */
	cr_expect_eq(health_i(), 1000 - 830 - 83);
}

Test(resting, an_order_that_waits_pays_nothing_yet)
{
	charge();
	cr_expect_eq(largest_at(RK_SIDE_BUY, 99, RK_ASK_FEE_COUNTED), 100);
	cr_expect_eq(largest_at(RK_SIDE_BUY, 99, (rk_rate){10000000}), 90);
	cr_expect_eq(place(1, 101, 99), RK_REJ_MARGIN);
	cr_expect_eq(place(1, 100, 99), RK_OK);
	cr_expect_eq(cancel(1, 0), RK_OK);
	cr_expect_eq(place(1, -100, 101), RK_OK);
}

/* Who cannot pay it may still close what he has. */
Test(resting, an_order_that_closes_needs_no_fee)
{
	charge();
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 100, 100), RK_OK);
	cr_expect_eq(health_i(), 0);
	cr_expect_eq(place(1, -201, 100), RK_REJ_MARGIN);
	cr_expect_eq(place(1, -200, 100), RK_OK);
	cr_expect_eq(place(2, 1, 100), RK_REJ_MARGIN);
}

/* What is charged is rounded up, and what is given back down. */
Test(resting, a_fill_pays_what_its_market_takes)
{
	struct rk_supposed_fill fill = {.part = {-3}, .price = {33}};
	struct rk_ask question;
	rk_amt fee;

	charge();
	question = ask();
	cr_assert_eq(rk_ask_fee(&question, &fill, false, &fee), RK_OK);
	cr_expect_eq(fee.raw, 99);
	cr_assert_eq(rk_ask_fee(&question, &fill, true, &fee), RK_OK);
	cr_expect_eq(fee.raw, -24); /* of 24.75 cents */
	fill.price.raw = 0;
	cr_expect_eq(rk_ask_fee(&question, &fill, true, &fee),
		     RK_REJ_BAD_PRICE);
	fill.market = 99;
	cr_expect_eq(rk_ask_fee(&question, &fill, true, &fee),
		     RK_REJ_NO_MARKET);
}

Test(resting, a_supposed_fill_takes_from_the_order_that_it_names)
{
	struct rk_ask question;
	struct rk_supposed_fill fill = {
		.part = {12}, .price = {101}, .resting = 9};

	cr_assert_eq(place(9, 30, 101), RK_OK);
	question = ask();
	cr_assert_eq(rk_ask_fill(&question, &fill), RK_OK);
	cr_assert_eq(rk_ask_orders(&question), 1);
	cr_expect_eq(rk_ask_order(&question, 0)->left.raw, 18);
	fill.part.raw = 19;
	cr_assert_eq(rk_ask_fill(&question, &fill), RK_OK);
	cr_expect_eq(rk_ask_orders(&question), 0);
	/* One that is gone is none (O6). */
	cr_expect_eq(rk_ask_fill(&question, &fill), RK_OK);
	question = ask();
	fill.part.raw = -1;
	cr_expect_eq(rk_ask_fill(&question, &fill), RK_REJ_ORDER_MISMATCH);
	cr_expect_eq(rk_ask_positions(&question), 0);
	fill.part.raw = 1;
	fill.market = 1;
	cr_expect_eq(rk_ask_fill(&question, &fill), RK_REJ_ORDER_MISMATCH);
	cr_expect_eq(rk_ask_order(&question, 0)->left.raw, 30);
}

/* All accounts together have room for two orders to a position. */
Test(resting, the_table_has_room_for_two_orders_to_a_position)
{
	struct rk_engine_counts counts;
	uint64_t most;

	rk_view_counts(b.harness.engine, &counts);
	most = 2 * (uint64_t)counts.limits.positions_max;
	for (uint64_t i = 1; i <= most; i++)
		cr_assert_eq(place(i, 1, 100), RK_OK);
	cr_expect_eq(place(99, 1, 100), RK_REJ_CAPACITY);
	cr_assert_eq(cancel(3, 0), RK_OK);
	cr_expect_eq(place(99, 1, 100), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 1).resting_n, most);
}

/* Fills are facts; what is asked before it is sent may be refused. */
Test(resting, an_order_that_would_open_more_than_the_market_may_have_is_refused)
{
	struct rk_cmd cmd = {
		.type = RK_CMD_MARGIN,
		.margin = {.market = "PERP", .terms = {.open_max = {30}}}};
	struct rk_ask question;

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 20, 100), RK_OK);
	question = ask();
	cr_expect_eq(rk_ask_order_size(&question, 0, RK_SIDE_BUY, (rk_px){100},
				       (rk_rate){0})
			     .raw,
		     10);
	cr_expect_eq(place(1, 11, 100), RK_REJ_OPEN_LIMIT);
	cr_expect_eq(place(1, 10, 100), RK_OK);
	/* What closes opens nothing: only what it opens beyond counts. */
	cr_expect_eq(place(2, -20, 100), RK_OK);
	cr_expect_eq(place(3, -31, 100), RK_REJ_OPEN_LIMIT);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 20, 100), RK_OK);
	cr_expect_eq(place(3, 1, 100), RK_REJ_OPEN_LIMIT);
	cr_expect_eq(place(3, -40, 100), RK_OK);
}

static int64_t largest(enum rk_side side)
{
	struct rk_ask question = ask();

	return rk_ask_order_size(&question, 0, side, (rk_px){100}, (rk_rate){0})
		.raw;
}

static int set_state(enum rk_market_state state)
{
	return rk_harness_apply(
		&b.harness, &(struct rk_cmd){.type = RK_CMD_MARKET_STATE,
					     .market_state = {.state = state}});
}

/* Of a long of 20, with 5 of them to be sold by an order that rests. */
Test(resting, where_only_reducing_is_allowed_the_largest_order_reduces)
{
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 20, 100), RK_OK);
	cr_assert_eq(place_reduce(1, -5, 100), RK_OK);
	cr_expect_gt(largest(RK_SIDE_BUY), 0);
	cr_expect_gt(largest(RK_SIDE_SELL), 20);
	cr_assert_eq(set_state(RK_MARKET_CLOSE_ONLY), RK_OK);
	cr_expect_eq(largest(RK_SIDE_BUY), 0);
	cr_expect_eq(largest(RK_SIDE_SELL), 15);
	cr_expect_eq(place_reduce(2, -16, 100), RK_REJ_REDUCE_ONLY);
	cr_expect_eq(place_reduce(2, -15, 100), RK_OK);
	cr_expect_eq(largest(RK_SIDE_SELL), 0);
	cr_assert_eq(set_state(RK_MARKET_SETTLING), RK_OK);
	cr_expect_eq(largest(RK_SIDE_SELL), 0);
}

Test(resting, a_question_has_room_for_what_an_account_may_have)
{
	struct rk_ask question = ask();
	struct rk_held_order wanted = {
		.side = RK_SIDE_SELL, .left = {1}, .price = {100}};

	while (wanted.order < RK_RESTING_MAX) {
		wanted.order++;
		cr_assert_eq(rk_ask_place(&question, &wanted), RK_OK);
	}
	wanted.order++;
	cr_expect_eq(rk_ask_place(&question, &wanted), RK_REJ_MANY_ORDERS);
	cr_expect_eq(rk_ask_order_size(&question, 0, RK_SIDE_BUY, (rk_px){100},
				       (rk_rate){0})
			     .raw,
		     0);
}

/* Markets with a position or an order, which a fill would open. */
Test(resting, orders_need_a_place_for_the_position_they_may_open)
{
	struct rk_cmd limits = {.type = RK_CMD_LIMITS};
	struct rk_engine_counts counts;
	struct rk_cmd_place other = order(2, 1, 100);

	rk_view_counts(b.harness.engine, &counts);
	limits.limits = counts.limits;
	limits.limits.positions_per_account_max = 1;
	cr_assert_eq(rk_builder_apply(&b, limits), RK_OK);
	cr_assert_eq(place(1, 1, 100), RK_OK);
	other.market = 1;
	cr_expect_eq(send(other), RK_REJ_CAPACITY);
	cr_assert_eq(cancel(1, 0), RK_OK);
	cr_expect_eq(send(other), RK_OK);
}

Test(resting, a_price_that_is_not_ok_refuses_but_for_reduce_only)
{
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, BUILDER_AGE_NS + 1), RK_OK);
	cr_expect_eq(place(1, 1, 100), RK_REJ_PRICE_NOT_OK);
	cr_expect_eq(place(1, -1, 100), RK_REJ_PRICE_NOT_OK);
	cr_expect_eq(place_reduce(1, -10, 100), RK_OK);
	cr_expect_eq(place_reduce(2, -1, 100), RK_REJ_REDUCE_ONLY);
}

/* What is asked and what is done are one. */
Test(resting, a_question_is_answered_as_the_command_would_be)
{
	struct rk_ask question = ask();
	struct rk_held_order wanted = {
		.order = 1, .side = RK_SIDE_BUY, .left = {101}, .price = {100}};

	cr_expect_eq(rk_ask_place(&question, &wanted), RK_REJ_MARGIN);
	cr_expect_eq(rk_ask_orders(&question), 0);
	cr_expect_eq(rk_ask_rest(&question, &wanted), RK_OK);
	cr_expect_eq(rk_ask_orders(&question), 1);
	question = ask();
	wanted.left.raw = 100;
	cr_expect_eq(rk_ask_place(&question, &wanted), RK_OK);
	cr_expect_eq(place(1, 100, 100), RK_OK);
	cr_expect_eq(health_i(), 0);
}

/* An atomic message puts back what its refused part did. */
Test(resting, a_refused_message_takes_its_orders_back)
{
	struct rk_cmd cmds[3] = {
		{.type = RK_CMD_PLACE_ORDER, .place = order(1, 10, 100)},
		{.type = RK_CMD_CANCEL_ORDER, .cancel_order = {1, 7, {0}}},
		{.type = RK_CMD_PLACE_ORDER, .place = order(2, 91, 100)},
	};

	cr_assert_eq(place(7, 50, 100), RK_OK);
	cr_expect_eq(rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_ATOMIC,
							  .atomic = {cmds, 3}}),
		     RK_REJ_MARGIN);
	cr_expect_eq(health_i(), 500);
	cr_expect_eq(rk_builder_view(&b, 1).resting_n, 1);
	cmds[2].place.size.raw = 90;
	cr_expect_eq(rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_ATOMIC,
							  .atomic = {cmds, 3}}),
		     RK_OK);
	cr_expect_eq(health_i(), 0);
	cr_expect_eq(rk_builder_view(&b, 1).resting_n, 2);
}

/* A listing that would make orders worth more than can be told is refused. */
Test(resting, orders_are_bounded_as_positions_are)
{
	struct rk_cmd_market market = rk_builder_market("PERP");
	struct rk_cmd cmd = {.type = RK_CMD_MARKET_CHANGE};

	cr_assert_eq(place(1, 100, 100), RK_OK);
	market.price_max.raw = 100000000;
	market.position_max.raw = 100;
	cmd.market = market;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_OVERFLOW);
	cr_assert_eq(cancel(1, 0), RK_OK);
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_OK);
}

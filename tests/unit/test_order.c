/*
 * Rules L2 to L10: liquidation orders. Account 1 is long 10 PERP at 100
 * (notional 1000, R = 50 USD, target 1.2, close cost 0) unless a test says
 * otherwise; relief is 1.2 * 5 % = 0.06 per USD closed.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "engine/books.h"
#include "support/builder.h"

#define USD 100 /* cents */

static struct rk_builder b;

static void open_book(void)
{
	rk_builder_init(&b);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 1000 * USD), RK_OK);
}

static void close_book(void)
{
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}

TestSuite(order, .init = open_book, .fini = close_book);

/* Position of size at 100, then equity of cents; the order, if one opened. */
static struct rk_ev_order liquidate(uint32_t market, int64_t size,
				    int64_t cents)
{
	const struct rk_event *ev;

	cr_assert_eq(rk_builder_trade(&b, 1, market, size, 100), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 1, cents - 1000 * USD), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0);
	cr_assert_not_null(ev);
	return ev->order;
}

static bool known(struct rk_order_id id, struct rk_order_view *ret_view)
{
	return rk_view_order(b.harness.engine, id, ret_view) == RK_OK;
}

static int say_closed(struct rk_order_id id, int64_t filled)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_ORDER_CLOSED,
				    .order_closed = {id, {filled}}});
}

Test(order, is_sized_to_the_target_and_rounded_up_to_a_lot)
{
	/* S = 60 - 40 = 20; 20 / 0.06 = 333.33 USD = 3.33 units. */
	struct rk_ev_order order = liquidate(0, 10, 40 * USD);

	cr_expect_eq(order.size.raw, 4);
	cr_expect_eq(order.side, RK_SIDE_SELL);
	cr_expect_eq(order.reason, RK_ORDER_MAINTENANCE);
	cr_expect_eq(order.mark.raw, 100);
	cr_expect_eq(order.expiry_ns,
		     BUILDER_START_NS + 30 * BUILDER_SECOND_NS);
	cr_expect_eq(order.health.equity.raw, 40 * BUILDER_USD);
}

Test(order, id_is_the_command_and_a_count)
{
	struct rk_engine_counts counts;
	struct rk_ev_order order = liquidate(0, 10, 40 * USD);

	rk_view_counts(b.harness.engine, &counts);
	cr_expect_eq(order.order.seq, counts.seq);
	cr_expect_eq(order.order.n, 0);
}

Test(order, closes_everything_at_or_below_zero_equity)
{
	struct rk_ev_order order = liquidate(0, 10, 0);

	cr_expect_eq(order.size.raw, 10);
	cr_expect_eq(order.floor_price.raw, 95, "the band price");
}

Test(order, floor_is_the_better_of_band_and_bankruptcy_price_for_a_long)
{
	/* E = 40 over 10 units: bankrupt at 96; the band is 95. */
	cr_expect_eq(liquidate(0, 10, 40 * USD).floor_price.raw, 96);
}

Test(order, floor_is_the_better_of_band_and_bankruptcy_price_for_a_short)
{
	struct rk_ev_order order = liquidate(0, -10, 40 * USD);

	cr_expect_eq(order.side, RK_SIDE_BUY);
	cr_expect_eq(order.size.raw, 4);
	cr_expect_eq(order.floor_price.raw, 104);
}

Test(order, is_sized_over_brackets_from_the_highest_down)
{
	struct rk_cmd_market market = rk_builder_market("STEPS");

	market.brackets_n = 3;
	market.brackets[0] = (struct rk_bracket){{0}, {10000000}, {20000000}};
	market.brackets[1] = (struct rk_bracket){
		{1000 * BUILDER_USD}, {20000000}, {40000000}};
	market.brackets[2] = (struct rk_bracket){
		{5000 * BUILDER_USD}, {50000000}, {100000000}};
	cr_assert_eq(rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_MARKET,
							  .market = market}),
		     RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 2, 100), RK_OK);
	/*
	 * N = 6000, R = 140, S = 168 - 80 = 88. The top 1000 USD give 60; the
	 * other 28 need 28 / 0.024 = 1166.67 of the bracket below: 21.67.
	 */
	cr_expect_eq(liquidate(2, 60, 80 * USD).size.raw, 22);
}

Test(order, close_cost_makes_it_larger)
{
	struct rk_cmd_market market = rk_builder_market("COSTLY");

	market.close_cost.raw = 20000000; /* relief 0.06 - 0.02 */
	cr_assert_eq(rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_MARKET,
							  .market = market}),
		     RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 2, 100), RK_OK);
	/* S = 20: 500 USD. */
	cr_expect_eq(liquidate(2, 10, 40 * USD).size.raw, 5);
}

Test(order, a_rest_below_one_lot_is_closed_too)
{
	struct rk_cmd_market market = rk_builder_market("LOTS");

	market.lot.raw = 4;
	cr_assert_eq(rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_MARKET,
							  .market = market}),
		     RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 2, 100), RK_OK);
	/* S = 30: 500 USD, 5 units, 2 lots; the rest of 2 is below a lot. */
	cr_expect_eq(liquidate(2, 10, 30 * USD).size.raw, 10);
}

Test(order, of_the_larger_maintenance_comes_first_and_may_be_enough)
{
	const struct rk_event *ev;

	cr_assert_eq(rk_builder_quote(&b, 1, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 4, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 1, 6, 100), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 1, -960 * USD), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 1);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->market, 1);
	cr_expect_eq(ev->order.size.raw, 4);
}

Test(order, a_fill_reduces_it_and_the_last_one_closes_it)
{
	struct rk_ev_order order = liquidate(0, 10, 40 * USD);
	const struct rk_event *ev;

	cr_assert_eq(rk_builder_fill(&b, 1, order.order, -1, 100), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_FILLED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->order.fill.raw, 1);
	cr_expect_eq(ev->order.filled.raw, 1);
	cr_expect_not(ev->order.late);
	cr_assert_eq(rk_builder_fill(&b, 1, order.order, -3, 100), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_CLOSED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->order.reason, RK_CLOSE_FILLED);
	/* 6 left: R = 30, target 36, E = 40. */
	cr_expect_neq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING);
}

Test(order, a_fill_of_another_account_market_or_side_is_refused)
{
	struct rk_ev_order order = liquidate(0, 10, 40 * USD);
	struct rk_cmd cmd = {
		.type = RK_CMD_TRADE,
		.trade = {.trade = 900,
			  .market = 1,
			  .price = {100},
			  .size = {1},
			  .seller = {.account = 1, .order = order.order}}};

	cr_assert_eq(rk_builder_account(&b, 2, 1000), RK_OK);
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_ORDER_MISMATCH);
	cr_expect_eq(rk_builder_fill(&b, 2, order.order, -1, 100),
		     RK_REJ_ORDER_MISMATCH);
	cr_expect_eq(rk_builder_fill(&b, 1, order.order, 1, 100),
		     RK_REJ_ORDER_MISMATCH);
	order.order.n = 7;
	cr_expect_eq(rk_builder_fill(&b, 1, order.order, -1, 100),
		     RK_REJ_NO_ORDER);
}

Test(order, a_fill_beyond_the_position_goes_to_the_vault)
{
	struct rk_ev_order order = liquidate(0, 10, 0);
	struct rk_books_market books;
	const struct rk_event *ev;

	cr_assert_eq(rk_builder_fill(&b, 1, order.order, -13, 100), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_POSITION, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->position.traded.raw, -10);
	cr_expect_eq(ev->position.to_vault.raw, -3);
	cr_expect_eq(ev->position.size.raw, 0);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 0, "it never flips");
	cr_assert_eq(rk_view_books_market(b.harness.engine, 0, &books), RK_OK);
	cr_expect(books.vault_size == -3 && books.vault_cost == -300 * USD);
}

Test(order, a_late_fill_is_booked_and_said_to_be_late)
{
	struct rk_ev_order order = liquidate(0, 10, 40 * USD);
	const struct rk_event *ev;

	cr_assert_eq(say_closed(order.order, 0), RK_OK);
	cr_assert_eq(rk_builder_fill(&b, 1, order.order, -4, 100), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_FILLED, 0);
	cr_assert_not_null(ev);
	cr_expect(ev->order.late);
	cr_expect_eq(rk_builder_position(&b, 1, 0).size.raw, 6);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_CLOSED), 0);
}

Test(order, expiry_asks_for_closing_and_the_timeout_closes)
{
	struct rk_ev_order order = liquidate(0, 10, 40 * USD);
	const struct rk_event *ev;

	cr_assert_eq(rk_builder_wait(&b, 30 * BUILDER_SECOND_NS - 1), RK_OK);
	cr_expect_eq(b.harness.events_n, 0);
	cr_assert_eq(rk_builder_wait(&b, 1), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_CLOSE_ASKED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->order.reason, RK_CLOSE_EXPIRED);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 0,
		     "nothing new before the old one is closed");
	cr_assert_eq(rk_builder_wait(&b, 10 * BUILDER_SECOND_NS), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_CLOSED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->order.reason, RK_CLOSE_TIMEOUT);
	cr_expect_eq(ev->order.order.seq, order.order.seq);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->order.size.raw, 4);
}

Test(order, closed_says_how_much_was_filled_and_the_next_may_follow)
{
	struct rk_ev_order order = liquidate(0, 10, 40 * USD);
	const struct rk_event *ev;

	cr_assert_eq(rk_builder_wait(&b, 30 * BUILDER_SECOND_NS), RK_OK);
	cr_expect_eq(say_closed(order.order, -1), RK_REJ_BAD_AMOUNT);
	cr_assert_eq(say_closed(order.order, 0), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_CLOSED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->order.reason, RK_CLOSE_CONFIRMED);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 1);
	cr_expect_eq(say_closed(order.order, 0), RK_REJ_ORDER_CLOSED);
}

Test(order, closed_with_more_than_was_booked_waits_for_the_fills)
{
	struct rk_ev_order order = liquidate(0, 10, 40 * USD);
	struct rk_order_view view;
	const struct rk_event *ev;

	cr_assert_eq(say_closed(order.order, 2), RK_OK);
	cr_assert(known(order.order, &view));
	cr_expect_not(view.closed);
	cr_assert_eq(rk_builder_fill(&b, 1, order.order, -2, 100), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_CLOSED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->order.reason, RK_CLOSE_CONFIRMED);
}

Test(order, recovery_asks_for_closing)
{
	const struct rk_event *ev;

	(void)liquidate(0, 10, 40 * USD);
	cr_assert_eq(rk_builder_adjust(&b, 1, 20 * USD), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_CLOSE_ASKED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->order.reason, RK_CLOSE_RECOVERED);
}

Test(order, a_position_that_is_gone_asks_for_closing_as_flat)
{
	const struct rk_event *ev;

	(void)liquidate(0, 10, 40 * USD);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, -10, 100), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_CLOSE_ASKED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->order.reason, RK_CLOSE_FLAT);
}

Test(order, what_is_open_already_is_not_ordered_again)
{
	const struct rk_event *ev;

	(void)liquidate(0, 10, 40 * USD); /* 4 */
	cr_assert_eq(rk_builder_wait(&b, BUILDER_SECOND_NS), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 1, -12 * USD), RK_OK);
	/* S = 60 - 28 = 32: 533.33 USD, 6 units, less 4. */
	ev = rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->order.size.raw, 2);
}

Test(order, the_next_of_a_position_waits_for_the_cooldown)
{
	(void)liquidate(0, 10, 40 * USD);
	cr_assert_eq(rk_builder_adjust(&b, 1, -12 * USD), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 0);
	cr_assert_eq(rk_builder_wait(&b, BUILDER_SECOND_NS - 1), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 0);
	cr_assert_eq(rk_builder_wait(&b, 1), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 1);
}

Test(order, a_halted_market_withholds_until_the_halt_is_lifted)
{
	struct rk_cmd halt = {.type = RK_CMD_HALT,
			      .halt = {.market = 0, .halted = true}};
	const struct rk_event *ev;

	cr_assert_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, halt), RK_OK);
	/* Below the favourable band too, so that it starts all the same. */
	cr_assert_eq(rk_builder_adjust(&b, 1, -1100 * USD), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 0);
	ev = rk_builder_event(&b, RK_EVENT_WITHHELD, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->market, 0);
	cr_expect_eq(ev->withheld.reason, RK_WITHHELD_HALTED);
	halt.halt.halted = false;
	cr_assert_eq(rk_builder_apply(&b, halt), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_WITHHELD, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->withheld.reason, RK_WITHHELD_NONE);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 1);
}

Test(order, a_full_table_withholds_and_is_tried_again_in_a_second)
{
	struct rk_engine_counts counts;
	struct rk_cmd cmd = {.type = RK_CMD_LIMITS};
	const struct rk_event *ev;

	rk_view_counts(b.harness.engine, &counts);
	cmd.limits = counts.limits;
	cmd.limits.orders_max = 1;
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 1, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 1, 5, 100), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 1, -1000 * USD), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 1);
	ev = rk_builder_event(&b, RK_EVENT_WITHHELD, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->withheld.reason, RK_WITHHELD_CAPACITY);
	cr_expect_eq(ev->market, 1);
	cmd.limits.orders_max = 2;
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 0);
	cr_assert_eq(rk_builder_wait(&b, BUILDER_SECOND_NS), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 1);
}

/* Market 2, where closing costs more than it releases. */
static void list_useless(void)
{
	struct rk_cmd_market market = rk_builder_market("USELESS");

	market.close_cost.raw = 60000000; /* relief 0 */
	cr_assert_eq(rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_MARKET,
							  .market = market}),
		     RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 2, 100), RK_OK);
}

Test(order, spares_a_position_whose_closing_does_not_help)
{
	const struct rk_event *ev;

	list_useless();
	cr_assert_eq(rk_builder_trade(&b, 1, 2, 20, 100), RK_OK);
	/* N = 1000 and 2000, R = 150, S = 180 - 140 = 40: 666.67 USD. */
	cr_expect_eq(liquidate(0, 10, 140 * USD).size.raw, 7);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 1);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->market, 0);
}

Test(order, closes_everything_when_nothing_less_can_help)
{
	list_useless();
	cr_assert_eq(rk_builder_trade(&b, 1, 2, 20, 100), RK_OK);
	/* S = 180 - 100 = 80, but closing all of PERP gives 60. */
	(void)liquidate(0, 10, 100 * USD);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 2);
	cr_expect_eq(
		rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0)->order.size.raw,
		20);
	cr_expect_eq(
		rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 1)->order.size.raw,
		10);
}

Test(order, saying_closed_again_and_again_does_not_hold_off_the_timeout)
{
	struct rk_ev_order order = liquidate(0, 10, 40 * USD);

	cr_assert_eq(say_closed(order.order, 2), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, 6 * BUILDER_SECOND_NS), RK_OK);
	cr_assert_eq(say_closed(order.order, 3), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, 4 * BUILDER_SECOND_NS), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_CLOSED), 1);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 1);
}

Test(order, a_rest_of_exactly_one_lot_stays)
{
	struct rk_cmd_market market = rk_builder_market("LOTS");

	market.lot.raw = 4;
	cr_assert_eq(rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_MARKET,
							  .market = market}),
		     RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 2, 100), RK_OK);
	/* N = 1200, R = 60, S = 72 - 40 = 32: 533.33 USD, 2 lots. */
	cr_expect_eq(liquidate(2, 12, 40 * USD).size.raw, 8);
}

Test(order, what_was_filled_is_within_0_and_2_to_the_62)
{
	struct rk_ev_order order = liquidate(0, 10, 40 * USD);

	cr_expect_eq(say_closed(order.order, -1), RK_REJ_BAD_AMOUNT);
	cr_expect_eq(say_closed(order.order, (INT64_C(1) << 62) + 1),
		     RK_REJ_BAD_AMOUNT);
	cr_expect_eq(say_closed(order.order, INT64_C(1) << 62), RK_OK);
}

Test(order, the_notional_to_close_is_rounded_up)
{
	struct rk_cmd_market market = rk_builder_market("FINE");
	struct rk_cmd cmd = {
		.type = RK_CMD_ASSET,
		.asset = {.name = "FINE", .decimals = 8, .fixed_price = {1}}};
	const struct rk_event *ev;

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	(void)strncpy(market.settle, "FINE", RK_NAME_SIZE - 1);
	market.position_max.raw = 1000;
	market.brackets[0].maintenance.raw = RK_RATE_ONE; /* relief 1.2 */
	market.brackets[0].initial.raw = RK_RATE_ONE;
	cr_assert_eq(rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_MARKET,
							  .market = market}),
		     RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 2, 100), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 2, 0), RK_OK);
	cmd = (struct rk_cmd){.type = RK_CMD_ADJUST,
			      .amount = {.account = 2,
					 .asset = 1,
					 .amount = {840 * BUILDER_USD - 1}}};
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 2, 2, 10, 100), RK_OK);
	/* S = 1200 - E is a hair above 360: a hair above 3 units. */
	ev = rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->order.size.raw, 4);
}

/*
 * Rules Z6, Z8 and L8 where a takeover has to wait, or what came before it
 * arrives late. USD, asset 0, is in cents and fixed at 1 dollar, and so is
 * COIN, asset 1; account 1 has 1000.00 USD and is long 100 of PERP from 100 on.
 */
#include <criterion/criterion.h>

#include "engine/books.h"
#include "engine/engine.h"
#include "support/builder.h"

#define USD     0
#define COIN    1
#define PERP    0
#define PERCENT (RK_RATE_ONE / 100)

static struct rk_builder b;

static void must(struct rk_cmd cmd)
{
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
}

static void set_budgets(int64_t event_budget, int64_t hour_budget)
{
	must((struct rk_cmd){
		.type = RK_CMD_VAULT,
		.vault = {"USD", {{event_budget}, {hour_budget}}}});
}

static void set_stages(uint8_t stages)
{
	must((struct rk_cmd){.type = RK_CMD_TAKEOVER,
			     .takeover = {"PERP",
					  {.enabled = true,
					   .at = {RK_RATE_ONE * 2 / 3},
					   .concession_max = {PERCENT},
					   .vault_max = {BUILDER_USD * 1000000},
					   .stages = stages}}});
}

static void quote(uint32_t slot, int64_t price)
{
	cr_assert_eq(rk_builder_quote(&b, slot, price), RK_OK);
}

static void give(uint64_t account, uint32_t asset, int64_t amount)
{
	must((struct rk_cmd){.type = RK_CMD_ADJUST,
			     .amount = {account, asset, {amount}}});
}

static enum rk_takeover_withheld withheld(uint64_t account)
{
	return rk_builder_position(&b, account, PERP).takeover;
}

static uint32_t taken(void)
{
	return rk_builder_count(&b, RK_EVENT_TAKEN_OVER);
}

static void open_book(void)
{
	rk_builder_init(&b);
	must((struct rk_cmd){.type = RK_CMD_ASSET,
			     .asset = {.name = "COIN",
				       .decimals = 2,
				       .price_decimals = 0,
				       .fixed_price = {1}}});
	cr_assert_eq(rk_builder_account(&b, 1, 100000), RK_OK);
	set_budgets(4 * PERCENT, 10 * PERCENT);
	must((struct rk_cmd){.type = RK_CMD_VAULT_TOP_UP,
			     .top_up = {USD, {10000000}}});
	set_stages(0);
	quote(PERP, 100);
	cr_assert_eq(rk_builder_trade(&b, 1, PERP, 100, 100), RK_OK);
}

static void close_book(void)
{
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}

TestSuite(takeover_edges, .init = open_book, .fini = close_book);

/* It would not be booked: 1000.00 would stay where 300.00 are left. */
Test(takeover_edges, z6_without_a_record_for_the_loss_nothing_is_taken)
{
	struct rk_cmd limits = {.type = RK_CMD_LIMITS};
	struct rk_engine_counts counts;

	cr_assert_eq(rk_builder_account(&b, 4, 0), RK_OK);
	give(4, COIN, 100000);
	cr_assert_eq(rk_builder_trade(&b, 4, PERP, 100, 100), RK_OK);
	rk_view_counts(b.harness.engine, &counts);
	limits.limits = counts.limits;
	limits.limits.balances_max = counts.balances;
	must(limits);
	quote(PERP, 93);
	cr_expect_eq(taken(), 1, "account 1 has a balance of USD");
	cr_expect_eq(withheld(4), RK_TAKEOVER_CAPACITY);
	cr_expect_eq(rk_builder_view(&b, 4).margin.equity.raw,
		     300 * BUILDER_USD);
	/* With room it goes, at the mark less what is conceded. */
	limits.limits.balances_max = counts.balances + 1;
	must(limits);
	quote(PERP, 93);
	cr_expect_eq(taken(), 1);
	cr_expect(rk_builder_view(&b, 4).margin.equity.raw >= 0);
	cr_expect(rk_builder_view(&b, 4).margin.equity.raw <=
		  300 * BUILDER_USD);
}

/* Of an equity that a stale price makes, nobody knows what it is. */
Test(takeover_edges, z6_nothing_is_taken_by_a_price_of_collateral_that_is_stale)
{
	const uint32_t btc = 2;

	must((struct rk_cmd){
		.type = RK_CMD_INSURANCE,
		.insurance = {"USD", {.draw_cap = {RK_RATE_ONE / 4}}}});
	must((struct rk_cmd){.type = RK_CMD_TOP_UP,
			     .top_up = {USD, {40000000}}});
	must((struct rk_cmd){
		.type = RK_CMD_ASSET,
		.asset = {.name = "BTC",
			  .decimals = 2,
			  .price_max = {1000000},
			  .price_age_max_ns = 100 * BUILDER_SECOND_NS}});
	quote(btc, 100);
	cr_assert_eq(rk_builder_account(&b, 4, 0), RK_OK);
	give(4, btc, 1000);
	cr_assert_eq(rk_builder_trade(&b, 4, PERP, 100, 100), RK_OK);
	quote(btc, 95);
	quote(PERP, 95); /* 950 - 500 = 450 of 475 */
	cr_assert_eq(rk_builder_wait(&b, 200 * BUILDER_SECOND_NS), RK_OK);
	quote(PERP, 90); /* 950 - 1000, by a price of long ago */
	cr_expect_eq(withheld(4), RK_TAKEOVER_PRICE);
	cr_expect_neq(rk_builder_position(&b, 4, PERP).size.raw, 0);
	/* It is good again, and worth more: nobody had to pay. */
	quote(btc, 105);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_INSURANCE_MOVED), 0);
	cr_expect(rk_builder_view(&b, 4).margin.equity.raw >= 0);
}

Test(takeover_edges, z8_a_position_that_turns_begins_without_stages)
{
	set_stages(2);
	set_budgets(0, 0);
	quote(PERP, 94);
	for (int i = 0; i < 100; i++)
		cr_assert_eq(rk_builder_wait(&b, BUILDER_SECOND_NS), RK_OK);
	cr_expect(rk_builder_position(&b, 1, PERP).stages >= 2);
	cr_assert_eq(rk_builder_trade(&b, 1, PERP, -200, 94), RK_OK);
	cr_expect_eq(rk_builder_position(&b, 1, PERP).size.raw, -100);
	cr_expect_eq(rk_builder_position(&b, 1, PERP).stages, 0);
	set_budgets(4 * PERCENT, 10 * PERCENT);
	cr_expect_eq(taken(), 0);
}

/* The vault has the 100 that the order was to close; 10 of them are sold. */
Test(takeover_edges, l8_a_late_fill_leaves_a_position_opened_since_alone)
{
	struct rk_takeover_view view;
	const struct rk_event *ev;
	struct rk_order_id order;

	give(1, USD, 1);
	quote(PERP, 94);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0);
	cr_assert_not_null(ev);
	order = ev->order.order;
	quote(PERP, 93);
	cr_assert_eq(taken(), 1);
	cr_assert_eq(rk_builder_trade(&b, 1, PERP, 10, 93), RK_OK);
	cr_assert_eq(rk_builder_fill(&b, 1, order, -10, 90), RK_OK);
	cr_expect_eq(rk_builder_position(&b, 1, PERP).size.raw, 10);
	cr_assert_eq(rk_view_takeover(b.harness.engine, PERP, &view), RK_OK);
	cr_expect(view.size == 90);
}

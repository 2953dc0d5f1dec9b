/*
 * Rules Z6, Z8 and L8 where a takeover has to wait, or what came before it
 * arrives late. USD, asset 0, is in cents and fixed at 1 dollar, and so is
 * COIN, asset 1; account 1 has 1000.00 USD and is long 100 of PERP from 100 on.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "engine/books.h"
#include "engine/engine.h"
#include "engine/load.h"
#include "engine/rows.h"
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

/* One record is free, and each of two positions might ask for it. */
Test(takeover_edges, z6_records_are_counted_for_all_that_is_taken)
{
	struct rk_cmd limits = {.type = RK_CMD_LIMITS};
	struct rk_engine_counts counts;

	must((struct rk_cmd){
		.type = RK_CMD_TAKEOVER,
		.takeover = {"OTHER",
			     {.enabled = true,
			      .at = {RK_RATE_ONE * 2 / 3},
			      .vault_max = {BUILDER_USD * 1000000}}}});
	quote(1, 100);
	cr_assert_eq(rk_builder_account(&b, 4, 0), RK_OK);
	give(4, COIN, 100000);
	cr_assert_eq(rk_builder_trade(&b, 4, PERP, 50, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 4, 1, 50, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, PERP, -100, 100), RK_OK);
	rk_view_counts(b.harness.engine, &counts);
	limits.limits = counts.limits;
	limits.limits.balances_max = counts.balances + 1;
	must(limits);
	quote(1, 86);
	cr_assert_eq(taken(), 1);
	cr_expect_eq(rk_builder_position(&b, 4, PERP).size.raw, 0);
	cr_expect_eq(rk_builder_position(&b, 4, 1).takeover,
		     RK_TAKEOVER_CAPACITY);
	/* It is due again, and has its record by now. */
	quote(1, 82);
	cr_expect_eq(taken(), 1);
	cr_expect_eq(rk_builder_position(&b, 4, 1).size.raw, 0);
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

/* Account 1 is taken over, and buys 10 again; the order that was open then. */
static struct rk_order_id take_over_and_reopen(void)
{
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
	return order;
}

/* The vault has the 100 that the order was to close; 10 of them are sold. */
Test(takeover_edges, l8_a_late_fill_leaves_a_position_opened_since_alone)
{
	struct rk_order_id order = take_over_and_reopen();
	struct rk_takeover_view view;

	cr_assert_eq(rk_builder_fill(&b, 1, order, -10, 90), RK_OK);
	cr_expect_eq(rk_builder_position(&b, 1, PERP).size.raw, 10);
	cr_assert_eq(rk_view_takeover(b.harness.engine, PERP, &view), RK_OK);
	cr_expect(view.size == 90);
}

/* It closes nothing of the new position, so it is no way out for it either. */
Test(takeover_edges, z8_a_late_fill_ends_no_stages_of_a_position_opened_since)
{
	struct rk_order_id order = take_over_and_reopen();
	uint32_t stages;

	set_stages(5);
	set_budgets(0, 0);
	give(1, USD, -rk_builder_balance(&b, 1, USD) + 4000);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING);
	for (int i = 0; i < 60; i++)
		cr_assert_eq(rk_builder_wait(&b, BUILDER_SECOND_NS), RK_OK);
	stages = rk_builder_position(&b, 1, PERP).stages;
	cr_assert(stages > 0);
	cr_assert_eq(rk_builder_fill(&b, 1, order, -10, 93), RK_OK);
	cr_expect_eq(rk_builder_position(&b, 1, PERP).stages, stages);
}

/* Rows on their way into another engine; untold: no close was asked for. */
struct passing {
	struct rk_harness *to;
	bool untold;
	int code;
};

static void pass_row(void *context, const struct rk_row *row)
{
	struct rk_column columns[RK_COLUMNS_MAX];
	struct rk_load_problem problem;
	struct passing *p = context;
	struct rk_row out = *row;

	(void)rk_table_columns(row->table, RK_ROWS_FORMAT, columns);
	for (uint32_t i = 0; p->untold && i < out.n; i++)
		if (row->table == RK_TABLE_LIQUIDATION_ORDER &&
		    strcmp(columns[i].name, "close_asked") == 0)
			out.cells[i].integer = 0;
	if (p->code == RK_OK)
		p->code = rk_load_row(p->to->engine, &out, &problem);
}

static int load_into(struct rk_harness *to, bool untold)
{
	struct passing passing = {to, untold, RK_OK};
	struct rk_engine_counts counts;
	struct rk_load_problem problem;

	rk_view_counts(b.harness.engine, &counts);
	rk_harness_init(to, &counts.limits, RK_EVENTS_PER_STEP_MAX);
	rk_rows_all(b.harness.engine, pass_row, &passing);
	return passing.code != RK_OK ? passing.code
				     : rk_load_end(to->engine, &problem);
}

Test(takeover_edges, l8_what_a_late_fill_closes_is_known_after_a_load)
{
	struct rk_order_id order = take_over_and_reopen();
	struct rk_harness there;
	struct rk_harness other;

	cr_assert_eq(load_into(&other, false), RK_OK);
	/* The builder goes on with what was loaded. */
	there = b.harness;
	b.harness = other;
	cr_assert_eq(rk_builder_fill(&b, 1, order, -10, 90), RK_OK);
	cr_expect_eq(rk_builder_position(&b, 1, PERP).size.raw, 10);
	rk_harness_fini(&there);
}

Test(takeover_edges,
     l8_a_row_of_an_order_taken_over_that_may_still_go_on_is_bad)
{
	struct rk_harness other;

	(void)take_over_and_reopen();
	cr_expect_neq(load_into(&other, true), RK_OK);
	rk_harness_fini(&other);
}

/*
 * Rules N6 and H2: brackets, their deductions, and which brackets a market
 * may be listed with.
 */
#include <criterion/criterion.h>

#include "support/builder.h"

static struct rk_builder b;

/* 1 % of the first 1000 USD, 2 % up to 5000, then 5 %; initial twice that. */
static struct rk_cmd_market three_brackets(void)
{
	struct rk_cmd_market market = rk_builder_market("STEPS");

	market.brackets_n = 3;
	market.brackets[0] = (struct rk_bracket){{0}, {10000000}, {20000000}};
	market.brackets[1] = (struct rk_bracket){
		{1000 * BUILDER_USD}, {20000000}, {40000000}};
	market.brackets[2] = (struct rk_bracket){
		{5000 * BUILDER_USD}, {50000000}, {100000000}};
	return market;
}

static int list(struct rk_cmd_market market)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_MARKET, .market = market});
}

static void open_book(void)
{
	rk_builder_init(&b);
}

static void close_book(void)
{
	rk_builder_fini(&b);
}

TestSuite(bracket, .init = open_book, .fini = close_book);

Test(bracket, deductions_make_the_requirement_continuous)
{
	const struct rk_engine *engine = b.harness.engine;

	cr_assert_eq(list(three_brackets()), RK_OK);
	/* 1000 * 1 % = 10 USD; 10 + 5000 * 3 % = 160 USD; in 1e-17 USD. */
	cr_expect(rk_view_deduction(engine, 2, 0, false) == 0);
	cr_expect(rk_view_deduction(engine, 2, 1, false) ==
		  (rk_i128)10 * BUILDER_USD * RK_RATE_ONE);
	cr_expect(rk_view_deduction(engine, 2, 2, false) ==
		  (rk_i128)160 * BUILDER_USD * RK_RATE_ONE);
	cr_expect(rk_view_deduction(engine, 2, 2, true) ==
		  (rk_i128)320 * BUILDER_USD * RK_RATE_ONE);
}

Test(bracket, the_bracket_is_the_one_with_the_largest_floor_not_above)
{
	static const struct {
		int64_t price; /* of a position of 10 */
		int64_t maintenance_cents;
	} table[] = {
		{1, 10},     {99, 990},    {100, 1000},
		{101, 1020}, {499, 8980},  {500, 9000},
		{501, 9050}, {600, 14000}, {1000, 34000},
	};

	cr_assert_eq(list(three_brackets()), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 100000000), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 2, 10, 100), RK_OK);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		cr_assert_eq(rk_builder_quote(&b, 2, table[i].price), RK_OK);
		cr_expect_eq(rk_builder_position(&b, 1, 2).maintenance.raw,
			     table[i].maintenance_cents * BUILDER_CENT,
			     "at price %lld", (long long)table[i].price);
		cr_expect_eq(rk_builder_position(&b, 1, 2).initial.raw,
			     2 * table[i].maintenance_cents * BUILDER_CENT,
			     "at price %lld", (long long)table[i].price);
	}
}

Test(bracket, brackets_that_cannot_work_are_refused)
{
	struct rk_cmd_market market = three_brackets();

	market.brackets_n = 0;
	cr_expect_eq(list(market), RK_REJ_BAD_PARAM);
	market.brackets_n = RK_BRACKETS_MAX + 1;
	cr_expect_eq(list(market), RK_REJ_BAD_PARAM);
	market = three_brackets();
	market.brackets[0].floor.raw = 1;
	cr_expect_eq(list(market), RK_REJ_BAD_PARAM, "first floor is 0");
	market = three_brackets();
	market.brackets[2].floor = market.brackets[1].floor;
	cr_expect_eq(list(market), RK_REJ_BAD_PARAM, "floors rise");
	market = three_brackets();
	market.brackets[2].maintenance.raw = 19999999;
	cr_expect_eq(list(market), RK_REJ_BAD_PARAM, "rates do not fall");
	market = three_brackets();
	market.brackets[2].initial.raw = 39999999;
	cr_expect_eq(list(market), RK_REJ_BAD_PARAM, "rates do not fall");
	market = three_brackets();
	market.brackets[0].maintenance.raw = 20000001;
	cr_expect_eq(list(market), RK_REJ_BAD_PARAM, "maintenance <= initial");
	market = three_brackets();
	market.brackets[2].initial.raw = RK_RATE_ONE + 1;
	cr_expect_eq(list(market), RK_REJ_BAD_PARAM, "initial <= 1");
	market = three_brackets();
	market.name[0] = 'N';
	market.brackets[0] = (struct rk_bracket){{0}, {0}, {0}};
	cr_expect_eq(list(market), RK_OK, "no margin at all below a floor");
	market = three_brackets();
	market.brackets[0].maintenance.raw = 0;
	cr_expect_eq(list(market), RK_OK, "maintenance may be 0");
	market = three_brackets();
	market.name[0] = 'O';
	market.brackets[0].maintenance.raw = -1;
	cr_expect_eq(list(market), RK_REJ_BAD_PARAM, "maintenance from 0");
	market = three_brackets();
	market.name[0] = 'O';
	market.brackets[0].initial.raw = -1;
	cr_expect_eq(list(market), RK_REJ_BAD_PARAM, "initial from 0");
}

Test(bracket, market_parameters_that_cannot_work_are_refused)
{
	static const struct {
		int64_t lot;
		int64_t price_max;
		int64_t position_max;
		int64_t age_ns;
		int64_t close_cost;
	} table[] = {
		{0, 10000, 1000, 1, 0},  {1001, 10000, 1000, 1, 0},
		{1, 0, 1000, 1, 0},      {1, -1, 1000, 1, 0},
		{1, 10000, 0, 1, 0},     {1, 10000, 1000, 0, 0},
		{1, 10000, 1000, 1, -1}, {1, 10000, 1000, 1, 1000000000},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rk_cmd_market market = three_brackets();

		market.lot.raw = table[i].lot;
		market.price_max.raw = table[i].price_max;
		market.position_max.raw = table[i].position_max;
		market.price_age_max_ns = table[i].age_ns;
		market.close_cost.raw = table[i].close_cost;
		cr_expect_eq(list(market), RK_REJ_BAD_PARAM, "row %zu", i);
	}
}

/*
 * Rules G1 to G7: margin terms of a market, and leverage that accounts choose.
 * Amounts are cents: at 100 dollars a unit of size is worth 10,000 of them. By
 * brackets 5 % are required at maintenance and 10 % initially.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "engine/ask.h"
#include "engine/engine.h"
#include "engine/require.h"
#include "engine/terms.h"
#include "support/builder.h"

#define PERCENT (RK_RATE_ONE / 100)
#define ONE     RK_RATE_ONE
#define MILLI   (RK_FACTOR_ONE / 1000)

static struct rk_builder b;

static void open_book(void)
{
	rk_builder_init(&b);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 1, 100), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 1000000), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 2, 1000000), RK_OK);
}

static void close_book(void)
{
	cr_expect(rk_view_state_digest(b.harness.engine).lo != 0);
	rk_builder_fini(&b);
}

TestSuite(terms, .init = open_book, .fini = close_book);

static int set_in(const char *market, struct rk_margin_terms terms)
{
	struct rk_cmd cmd = {.type = RK_CMD_MARGIN, .margin = {.terms = terms}};

	(void)snprintf(cmd.margin.market, RK_NAME_SIZE, "%s", market);
	return rk_builder_apply(&b, cmd);
}

static int set(struct rk_margin_terms terms)
{
	return set_in("PERP", terms);
}

static int choose(uint64_t account, uint32_t market, int64_t leverage)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_LEVERAGE,
				    .leverage = {account, market, {leverage}}});
}

static int64_t maintenance(uint64_t account)
{
	return rk_builder_position(&b, account, 0).maintenance.raw /
	       BUILDER_CENT;
}

static int64_t initial(uint64_t account)
{
	return rk_builder_position(&b, account, 0).initial.raw / BUILDER_CENT;
}

static struct rk_market_view market(void)
{
	struct rk_market_view view = {.holders = 0};

	(void)rk_view_market(b.harness.engine, 0, &view);
	return view;
}

Test(terms, what_cannot_work_is_refused)
{
	static const struct rk_margin_terms table[] = {
		{.scale_lower = {1}},
		{.scale_lower = {2}, .scale_upper = {2}},
		{.scale_lower = {-1}, .scale_upper = {2}},
		{.scale_upper = {-1}},
		{.open_max = {-1}},
		{.base_share = {1}},
		{.factor_initial = 1},
		{.factor_maintenance = 1},
		{.growth = RK_GROWTH_SQRT},
		{.growth = RK_GROWTH_SQRT, .factor_initial = -1},
		{.growth = RK_GROWTH_SQRT, .factor_initial = RK_FACTOR_ONE + 1},
		{.growth = RK_GROWTH_SQRT,
		 .factor_initial = 1,
		 .factor_maintenance = 2},
		{.growth = RK_GROWTH_SQRT,
		 .factor_initial = 1,
		 .factor_maintenance = -1},
		{.growth = RK_GROWTH_POWER,
		 .factor_initial = 1,
		 .base_share = {-1}},
		{.growth = RK_GROWTH_POWER,
		 .factor_initial = 1,
		 .base_share = {ONE + 1}},
		{.growth = (enum rk_growth)3, .factor_initial = 1},
	};

	static const struct rk_margin_terms none;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		cr_expect_eq(set(table[i]), RK_REJ_BAD_PARAM, "row %zu", i);
	cr_expect_eq(set_in("NOWHERE", none), RK_REJ_NO_MARKET);
	cr_expect_eq(set(none), RK_REJ_NO_CHANGE);
	cr_expect_eq(set((struct rk_margin_terms){.open_max = {7}}), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_MARGIN_SET), 1);
	cr_expect_eq(set((struct rk_margin_terms){.open_max = {7}}),
		     RK_REJ_NO_CHANGE);
	cr_expect_eq(market().margin.open_max.raw, 7);
}

Test(terms, longs_of_accounts_vault_and_venues_are_open_interest)
{
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 30, 100), RK_OK);
	cr_expect(market().open_interest == 30);
	/* Of the 30 that the venue is short, 20 are now another account's. */
	cr_assert_eq(rk_builder_trade(&b, 2, 0, -20, 100), RK_OK);
	cr_expect(market().open_interest == 30);
	/* The venue is long from here on. */
	cr_assert_eq(rk_builder_trade(&b, 2, 0, -20, 100), RK_OK);
	cr_expect(market().open_interest == 40);
	cr_expect_eq(market().open_usd.raw, 4000 * BUILDER_USD);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, -30, 100), RK_OK);
	cr_expect(market().open_interest == 40);
	cr_assert_eq(rk_builder_trade(&b, 2, 0, 40, 100), RK_OK);
	cr_expect(market().open_interest == 0);
}

Test(terms, open_interest_scales_initial_between_its_caps)
{
	const struct rk_margin_terms caps = {
		.scale_lower = {10000 * BUILDER_USD},
		.scale_upper = {20000 * BUILDER_USD},
		.open_max = {1}, /* no fill is refused for it */
	};

	cr_assert_eq(set(caps), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
	cr_expect_eq(initial(1), 10000);
	cr_assert_eq(rk_builder_adjust(&b, 2, 10000000), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 2, 0, 90, 100), RK_OK);
	cr_expect_eq(initial(1), 10000, "at the lower cap");
	cr_assert_eq(rk_builder_trade(&b, 2, 0, 1, 100), RK_OK);
	cr_expect_eq(initial(1), 10900, "a hundredth of the way");
	cr_assert_eq(rk_builder_trade(&b, 2, 0, 98, 100), RK_OK);
	cr_expect_eq(initial(1), 99100, "but a hundredth");
	cr_assert_eq(rk_builder_trade(&b, 2, 0, 1, 100), RK_OK);
	cr_expect_eq(initial(1), 100000, "all of it");
	cr_assert_eq(rk_builder_trade(&b, 2, 0, 500, 100), RK_OK);
	cr_expect_eq(initial(1), 100000, "and never more");
	cr_expect_eq(maintenance(1), 5000);
}

Test(terms, roots_and_powers_are_the_least_that_are_not_below)
{
	cr_expect(rk_require_sqrt((rk_qty){0}, 0) == 0);
	cr_expect(rk_require_sqrt((rk_qty){1}, 0) == ONE);
	cr_expect(rk_require_sqrt((rk_qty){-4}, 0) == 2 * ONE);
	cr_expect(rk_require_sqrt((rk_qty){2}, 0) == 1414213563);
	/* 0.25 */
	cr_expect(rk_require_sqrt((rk_qty){250000000000}, 12) == ONE / 2);
	cr_expect(rk_require_power((rk_usd){0}) == 0);
	cr_expect(rk_require_power((rk_usd){BUILDER_USD}) == ONE);
	cr_expect(rk_require_power((rk_usd){32 * BUILDER_USD}) == 16 * ONE);
	/* 2^(4/5) is 1.74110112659..., 1e-8^(4/5) 3.98e-7. */
	cr_expect(rk_require_power((rk_usd){2 * BUILDER_USD}) == 1741101127);
	cr_expect(rk_require_power((rk_usd){1}) == 399);
	/* As large as there are. */
	cr_expect(rk_require_power((rk_usd){INT64_C(1) << 61}) > 0);
	cr_expect(rk_require_sqrt((rk_qty){RK_POSITION_MAX}, 0) > 0);
}

Test(terms, a_rate_by_size_counts_where_it_is_the_larger)
{
	const struct rk_margin_terms grows = {
		.growth = RK_GROWTH_SQRT,
		.base_share = {80 * PERCENT},
		.factor_maintenance = 5 * MILLI,
		.factor_initial = 10 * MILLI,
	};

	cr_assert_eq(rk_builder_trade(&b, 1, 0, 4, 100), RK_OK);
	cr_assert_eq(set(grows), RK_OK);
	/* 4 % + 1 %, and 8 % + 2 %: as by brackets. */
	cr_expect_eq(maintenance(1), 2000);
	cr_expect_eq(initial(1), 4000);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, -20, 100), RK_OK);
	/* A short of 16: 4 % + 2 %, and 8 % + 4 %. */
	cr_expect_eq(maintenance(1), 9600);
	cr_expect_eq(initial(1), 19200);
}

Test(terms, a_rate_by_size_is_never_above_one)
{
	const struct rk_margin_terms grows = {
		.growth = RK_GROWTH_POWER,
		.factor_maintenance = RK_FACTOR_ONE,
		.factor_initial = RK_FACTOR_ONE,
	};

	cr_assert_eq(rk_builder_trade(&b, 1, 0, 4, 100), RK_OK);
	cr_assert_eq(set(grows), RK_OK);
	cr_expect_eq(maintenance(1), 40000);
	cr_expect_eq(initial(1), 40000);
}

Test(terms, new_terms_judge_everybody)
{
	const struct rk_margin_terms grows = {
		.growth = RK_GROWTH_SQRT,
		.factor_maintenance = 100 * MILLI,
		.factor_initial = 100 * MILLI,
	};

	cr_assert_eq(rk_builder_trade(&b, 1, 0, 100, 100), RK_OK);
	cr_assert_eq(rk_builder_view(&b, 1).state, RK_STATE_OK);
	cr_assert_eq(rk_builder_adjust(&b, 1, -1), RK_OK);
	cr_assert_eq(set(grows), RK_OK);
	/* sqrt(100) is 10: all of the 10000 dollars, and a cent is missing. */
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING);
	/*
	 * 1.2 (10000 - R) is what is missing of 12000 - 9999.99; what is left
	 * requires n^(3/2) / 10 of itself, 8333.325 dollars at 88.55 units.
	 */
	cr_assert_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 1);
	cr_expect_eq(
		rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0)->order.size.raw,
		12);
}

Test(terms, leverage_is_one_to_what_the_first_bracket_permits)
{
	cr_expect_eq(choose(9, 0, ONE), RK_REJ_NO_ACCOUNT);
	cr_expect_eq(choose(1, 9, ONE), RK_REJ_NO_MARKET);
	cr_expect_eq(choose(1, 0, ONE - 1), RK_REJ_LEVERAGE);
	cr_expect_eq(choose(1, 0, -ONE), RK_REJ_LEVERAGE);
	/* 1 / 10.00000009 is 0.0999999991: up to 1e-9 that is 10 %. */
	cr_expect_eq(choose(1, 0, 10 * ONE + 101), RK_REJ_LEVERAGE);
	cr_expect_eq(choose(1, 0, 10 * ONE + 90), RK_OK);
	cr_expect_eq(choose(1, 0, ONE), RK_OK);
	cr_expect_eq(choose(1, 0, ONE), RK_REJ_NO_CHANGE);
	cr_expect_eq(choose(1, 1, 0), RK_REJ_NO_CHANGE);
}

Test(terms, leverage_is_refused_when_initial_health_would_be_below_zero)
{
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 500, 100), RK_OK);
	/* 50,000 dollars of notional, 10,000 of money: 5 is just enough. */
	cr_expect_eq(choose(1, 0, 5 * ONE - 1), RK_REJ_MARGIN);
	cr_expect_eq(initial(1), 500000);
	cr_assert_eq(choose(1, 0, 5 * ONE), RK_OK);
	cr_expect_eq(initial(1), 1000000);
	cr_expect_eq(maintenance(1), 250000);
	cr_assert_eq(rk_builder_quote(&b, 0, 95), RK_OK);
	cr_assert(rk_builder_view(&b, 1).margin.health_i.raw < 0);
	cr_expect_eq(choose(1, 0, 4 * ONE), RK_REJ_MARGIN);
	cr_expect_eq(choose(1, 0, 6 * ONE), RK_OK, "it relieves");
	cr_expect_eq(choose(1, 0, 0), RK_OK);
	cr_expect_eq(initial(1), 475000);
}

Test(terms, leverage_needs_a_price_that_is_ok_only_to_ask_for_more)
{
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
	cr_assert_eq(choose(1, 0, 5 * ONE), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, BUILDER_START_NS + 2 * BUILDER_AGE_NS),
		     RK_OK);
	cr_expect_eq(choose(1, 0, 4 * ONE), RK_REJ_PRICE_NOT_OK);
	cr_expect_eq(choose(1, 0, 6 * ONE), RK_OK);
	cr_expect_eq(choose(1, 1, 2 * ONE), RK_OK, "nothing is held there");
}

Test(terms, leverage_stays_without_a_position_and_when_the_market_changes)
{
	struct rk_cmd_market tighter = rk_builder_market("PERP");
	struct rk_leverage_view kept[2];
	uint32_t i;

	cr_assert_eq(choose(1, 1, 2 * ONE), RK_OK);
	cr_assert_eq(choose(1, 0, 8 * ONE), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
	cr_expect_eq(initial(1), 12500);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, -10, 100), RK_OK);
	tighter.brackets[0].initial.raw = 20 * PERCENT;
	cr_assert_eq(rk_builder_apply(
			     &b, (struct rk_cmd){.type = RK_CMD_MARKET_CHANGE,
						 .market = tighter}),
		     RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
	cr_expect_eq(initial(1), 20000, "the market's is more by now");
	(void)rk_view_find_account(b.harness.engine, 1, &i);
	cr_assert_eq(rk_view_leverages(b.harness.engine, i, kept, 2), 2);
	cr_expect_eq(kept[0].market, 0);
	cr_expect_eq(kept[0].leverage.raw, 8 * ONE);
	cr_expect_eq(kept[1].leverage.raw, 2 * ONE);
}

Test(terms, choices_take_no_more_room_than_positions)
{
	struct rk_cmd_market third = rk_builder_market("THIRD");
	struct rk_cmd limits = {.type = RK_CMD_LIMITS};
	struct rk_engine_counts counts;

	/* There is room for 8 of them. */
	cr_assert_eq(rk_builder_contract(&b, &third), RK_OK);
	for (uint64_t id = 3; id <= 4; id++)
		cr_assert_eq(rk_builder_account(&b, id, 1), RK_OK);
	for (uint64_t id = 1; id <= 4; id++) {
		cr_assert_eq(choose(id, 0, 2 * ONE), RK_OK);
		cr_assert_eq(choose(id, 1, 2 * ONE), RK_OK);
	}
	cr_expect_eq(choose(1, 2, 2 * ONE), RK_REJ_CAPACITY);
	cr_expect_eq(choose(4, 1, 3 * ONE), RK_OK, "it has its place");
	rk_view_counts(b.harness.engine, &counts);
	cr_assert_eq(counts.leverages, 8);
	limits.limits = counts.limits;
	limits.limits.positions_max = 7;
	cr_expect_eq(rk_builder_apply(&b, limits), RK_REJ_BAD_PARAM,
		     "8 are kept");
	cr_assert_eq(choose(2, 0, 0), RK_OK);
	cr_expect_eq(choose(1, 2, 2 * ONE), RK_OK);
}

Test(terms, a_question_counts_what_its_own_fill_opens)
{
	const struct rk_margin_terms caps = {
		.scale_lower = {10000 * BUILDER_USD},
		.scale_upper = {20000 * BUILDER_USD},
	};
	struct rk_margin margin;
	struct rk_ask ask;
	int64_t most;

	cr_assert_eq(set(caps), RK_OK);
	cr_assert_eq(rk_ask_account(b.harness.engine, 0, &ask), RK_OK);
	most = rk_ask_order_size(&ask, 0, RK_SIDE_BUY, (rk_px){100},
				 (rk_rate){0})
		       .raw;
	/*
	 * N (0.1 + 0.9 t) of 10,000 dollars, t what N is beyond 10,000 of the
	 * 10,000: a little more than 14,000 dollars.
	 */
	cr_assert_eq(rk_ask_fill(&ask,
				 &(struct rk_supposed_fill){
					 0, {most}, {100}, {0}, 0}),
		     RK_OK);
	rk_ask_margin(&ask, &margin);
	cr_expect(margin.health_i.raw >= 0);
	cr_assert_eq(
		rk_ask_fill(&ask,
			    &(struct rk_supposed_fill){0, {1}, {100}, {0}, 0}),
		RK_OK);
	rk_ask_margin(&ask, &margin);
	cr_expect(margin.health_i.raw < 0);
	/* Really bought from somebody who opens as well, it is the same. */
	cr_assert_eq(rk_builder_trade(&b, 1, 0, most, 100), RK_OK);
	cr_expect(rk_builder_view(&b, 1).margin.health_i.raw >= 0);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 1, 100), RK_OK);
	cr_expect(rk_builder_view(&b, 1).margin.health_i.raw < 0);
}

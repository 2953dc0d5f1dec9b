/*
 * Rule Y7: a size factor that rises does so in steps, at maintenance. COIN is
 * asset 1, in cents at a dollar, with weights of 1 and a ramp of an hour by
 * quarters. Account 1 has 100 COIN: with a factor of 0.1 it weighs 1.1 / 2.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "engine/view.h"
#include "support/builder.h"

#define COIN  1
#define SLOT  2
#define HOUR  (3600 * BUILDER_SECOND_NS)
#define TENTH (RK_FACTOR_ONE / 10)

static struct rk_builder b;

static int scale(int64_t size_factor, int64_t deposit_cap)
{
	struct rk_cmd cmd = {
		.type = RK_CMD_COLLATERAL_SCALE,
		.collateral_scale = {.asset = "COIN",
				     .scale = {.size_factor = size_factor,
					       .deposit_cap = {deposit_cap}}}};

	return rk_builder_apply(&b, cmd);
}

static int ramp(int64_t duration_ns)
{
	struct rk_cmd cmd = {.type = RK_CMD_RAMP,
			     .ramp = {.asset = "COIN",
				      .ramp = {duration_ns, duration_ns / 4}}};

	return rk_builder_apply(&b, cmd);
}

static void open_book(void)
{
	struct rk_cmd coin = {.type = RK_CMD_ASSET,
			      .asset = {.name = "COIN",
					.decimals = 2,
					.price_max = {1000},
					.price_age_max_ns = 9 * HOUR}};

	rk_builder_init(&b);
	cr_assert_eq(rk_builder_apply(&b, coin), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, SLOT, 1), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 0), RK_OK);
	cr_assert_eq(rk_builder_apply(
			     &b, (struct rk_cmd){.type = RK_CMD_ADJUST,
						 .amount = {1, COIN, {10000}}}),
		     RK_OK);
	cr_assert_eq(ramp(HOUR), RK_OK);
}

static void close_book(void)
{
	rk_builder_fini(&b);
}

TestSuite(size_ramp, .init = open_book, .fini = close_book);

static struct rk_asset_view coin(void)
{
	struct rk_asset_view view;

	memset(&view, 0, sizeof(view));
	(void)rk_view_asset(b.harness.engine, COIN, &view);
	return view;
}

static int64_t weight(enum rk_level level)
{
	struct rk_balance_view views[4];
	uint32_t n = rk_view_balances(b.harness.engine, 0, views, 4);

	for (uint32_t i = 0; i < n; i++)
		if (views[i].asset == COIN)
			return views[i].weight[level].raw;
	return -1;
}

Test(size_ramp, y7_a_factor_rises_in_steps_and_other_levels_have_it_at_once)
{
	const struct rk_event *event;

	cr_assert_eq(scale(TENTH, 0), RK_OK);
	cr_expect_eq(weight(RK_LEVEL_MAINTENANCE), RK_RATE_ONE);
	cr_expect_eq(weight(RK_LEVEL_INITIAL), 550000000);
	cr_expect_eq(coin().scale.size_factor, TENTH);
	cr_assert_eq(rk_builder_wait(&b, HOUR / 4), RK_OK);
	/* 1.1 / (1 + 0.025 * 10) */
	cr_expect_eq(coin().size_factor, TENTH / 4);
	cr_expect_eq(weight(RK_LEVEL_MAINTENANCE), 880000000);
	event = rk_builder_event(&b, RK_EVENT_RAMPED, 0);
	cr_assert_not_null(event);
	cr_expect_eq(event->ramped.id, COIN);
	cr_expect_eq(event->ramped.size_factor, TENTH / 4);
	cr_expect_eq(event->ramped.terms.liability.raw, 0);
	cr_expect_eq(event->ramped.elapsed_ns, HOUR / 4);
	/* Other parts of it leave the ramp on its way. */
	cr_assert_eq(scale(TENTH, 1000000), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, HOUR), RK_OK);
	cr_expect(rk_builder_event(&b, RK_EVENT_RAMPED, 0)->ramped.ended);
	cr_expect_eq(weight(RK_LEVEL_MAINTENANCE), 550000000);
	cr_expect_not(coin().size_ramp.runs);
}

Test(size_ramp, y7_steps_are_rounded_up)
{
	cr_assert_eq(scale(3, 0), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, HOUR / 2), RK_OK);
	cr_expect_eq(coin().size_factor, 2);
}

Test(size_ramp, y7_what_is_smaller_is_so_at_once)
{
	cr_assert_eq(scale(TENTH, 0), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, HOUR / 2), RK_OK);
	cr_assert_eq(scale(TENTH / 2, 0), RK_OK);
	cr_expect_eq(coin().size_factor, TENTH / 2);
	cr_expect_not(coin().size_ramp.runs);
	/* And from there up again. */
	cr_assert_eq(scale(TENTH, 0), RK_OK);
	cr_expect_eq(coin().size_factor, TENTH / 2);
	cr_assert_eq(rk_builder_wait(&b, HOUR / 2), RK_OK);
	cr_expect_eq(coin().size_factor, 3 * (TENTH / 4));
	cr_assert_eq(scale(0, 0), RK_OK);
	cr_expect_eq(weight(RK_LEVEL_MAINTENANCE), RK_RATE_ONE);
}

Test(size_ramp, y7_a_duration_of_0_ends_it)
{
	cr_assert_eq(scale(TENTH, 0), RK_OK);
	cr_assert_eq(ramp(0), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_RAMPED), 1);
	cr_expect_eq(weight(RK_LEVEL_MAINTENANCE), 550000000);
	cr_assert_eq(scale(2 * TENTH, 0), RK_OK);
	cr_expect_eq(coin().size_factor, 2 * TENTH, "none is set");
}

Test(size_ramp, y7_terms_step_before_it)
{
	struct rk_collateral terms;

	rk_collateral_default(&terms);
	for (int k = 0; k < RK_LEVELS; k++)
		terms.weight[k].raw = RK_RATE_ONE / 2;
	cr_assert_eq(rk_builder_collateral(&b, "COIN", &terms), RK_OK);
	cr_assert_eq(scale(TENTH, 0), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, HOUR / 4), RK_OK);
	cr_assert_eq(rk_builder_count(&b, RK_EVENT_RAMPED), 2);
	cr_expect_eq(rk_builder_event(&b, RK_EVENT_RAMPED, 0)
			     ->ramped.terms.weight.raw,
		     875000000);
	cr_expect_eq(
		rk_builder_event(&b, RK_EVENT_RAMPED, 1)->ramped.size_factor,
		TENTH / 4);
}

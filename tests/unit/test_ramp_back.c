/*
 * Rule Y3 on the way of a market's ramp: what requires less takes the place of
 * the form that it leads to, and what requires no more than before it ends it.
 * Amounts are cents. PERP is at 100 dollars with brackets of 5 % and 10 %.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/engine.h"
#include "engine/view.h"
#include "support/builder.h"

#define PERCENT (RK_RATE_ONE / 100)
#define USD     INT64_C(100000000)
#define SECOND  BUILDER_SECOND_NS
#define MINUTE  (60 * SECOND)
#define HOUR    (60 * MINUTE)

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

TestSuite(ramp_back, .init = open_book, .fini = close_book);

/* The ramp of PERP. */
static int ramp_of(int64_t duration_ns, int64_t step_ns)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_RAMP,
				    .ramp = {.market = "PERP",
					     .ramp = {duration_ns, step_ns}}});
}

static int wait_until(int64_t time_ns)
{
	return rk_builder_wait(&b, time_ns - rk_view_time(b.harness.engine));
}

/* PERP with two brackets, the second from 500 dollars on. */
static struct rk_cmd_market two_rates(int64_t low, int64_t high)
{
	struct rk_cmd_market changed = rk_builder_rates(&b, low, 50 * PERCENT);

	changed.brackets_n = 2;
	changed.brackets[1] = (struct rk_bracket){.floor = {500 * USD},
						  .maintenance = {high},
						  .initial = {50 * PERCENT}};
	return changed;
}

Test(ramp_back, y3_a_form_that_is_worse_somewhere_is_refused)
{
	struct rk_cmd_market listing = two_rates(6 * PERCENT, 20 * PERCENT);

	cr_expect_eq(ramp_of(HOUR, 0), RK_OK);
	cr_expect_eq(rk_builder_change(&b, &listing), RK_OK);
	cr_expect_eq(rk_builder_wait(&b, 1), RK_OK);
	/* Better below 500, far beyond it, or at it: not everywhere. */
	listing = two_rates(5 * PERCENT, 21 * PERCENT);
	cr_expect_eq(rk_builder_change(&b, &listing), RK_REJ_RAMPING);
	listing = two_rates(7 * PERCENT, 10 * PERCENT);
	cr_expect_eq(rk_builder_change(&b, &listing), RK_REJ_RAMPING);
	listing = two_rates(6 * PERCENT, 20 * PERCENT);
	listing.brackets[1].floor.raw -= USD;
	cr_expect_eq(rk_builder_change(&b, &listing), RK_REJ_RAMPING);
	listing.brackets[1].floor.raw += 2 * USD;
	cr_expect_eq(rk_builder_change(&b, &listing), RK_OK);
	cr_expect(rk_builder_perp(&b).ramp.runs);
}

Test(ramp_back, y3_a_better_form_on_the_way_takes_the_place_of_its_end)
{
	int64_t begun;

	cr_expect_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
	cr_expect_eq(ramp_of(HOUR, 15 * MINUTE), RK_OK);
	cr_expect_eq(rk_builder_change_rates(&b, 9 * PERCENT, 20 * PERCENT),
		     RK_OK);
	begun = rk_view_time(b.harness.engine);
	cr_expect_eq(wait_until(begun + 31 * MINUTE), RK_OK);
	cr_expect_eq(rk_builder_maintenance(&b, 1), 7000);
	/* One that runs keeps what it began with (Y6). */
	cr_expect_eq(ramp_of(2 * HOUR, MINUTE), RK_OK);
	cr_expect_eq(rk_builder_change_rates(&b, 8 * PERCENT, 20 * PERCENT),
		     RK_OK);
	cr_expect_eq(rk_builder_maintenance(&b, 1), 5000 + 3000 / 2);
	cr_expect(rk_builder_perp(&b).ramp.runs);
	cr_expect_eq(rk_builder_perp(&b).before.rates[0].raw, 5 * PERCENT);
	/* Another, and none that is worse than this one. */
	cr_expect_eq(rk_builder_wait(&b, 1), RK_OK);
	cr_expect_eq(rk_builder_change_rates(&b, 9 * PERCENT, 20 * PERCENT),
		     RK_REJ_RAMPING);
	cr_expect_eq(rk_builder_change_rates(&b, 7 * PERCENT, 20 * PERCENT),
		     RK_OK);
	cr_expect_eq(rk_builder_maintenance(&b, 1), 6000);
	cr_expect_eq(wait_until(begun + 45 * MINUTE), RK_OK);
	cr_expect_eq(rk_builder_maintenance(&b, 1), 6500);
	cr_expect_eq(wait_until(begun + HOUR), RK_OK);
	cr_expect_eq(rk_builder_maintenance(&b, 1), 7000);
	cr_expect(!rk_builder_perp(&b).ramp.runs);
}

Test(ramp_back, y3_a_better_form_may_be_better_than_before_somewhere)
{
	struct rk_cmd_market listing = two_rates(4 * PERCENT, 20 * PERCENT);

	cr_expect_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
	cr_expect_eq(rk_builder_trade(&b, 2, 0, 4, 100), RK_OK);
	cr_expect_eq(ramp_of(HOUR, 15 * MINUTE), RK_OK);
	cr_expect_eq(rk_builder_change(&b, &listing), RK_OK);
	cr_expect_eq(rk_builder_wait(&b, 30 * MINUTE), RK_OK);
	cr_expect_eq(rk_builder_maintenance(&b, 1), (5000 + 12000) / 2);
	cr_expect_eq(rk_builder_maintenance(&b, 2), 1600);
	listing = two_rates(3 * PERCENT, 10 * PERCENT);
	cr_expect_eq(rk_builder_change(&b, &listing), RK_OK);
	cr_expect(rk_builder_perp(&b).ramp.runs);
	cr_expect_eq(rk_builder_maintenance(&b, 1), (5000 + 6500) / 2);
	cr_expect_eq(rk_builder_maintenance(&b, 2), 1200);
}

Test(ramp_back, y3_a_form_that_is_taken_back_ends_the_ramp)
{
	cr_expect_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
	cr_expect_eq(ramp_of(HOUR, 15 * MINUTE), RK_OK);
	cr_expect_eq(rk_builder_change_rates(&b, 9 * PERCENT, 20 * PERCENT),
		     RK_OK);
	cr_expect_eq(rk_builder_wait(&b, 30 * MINUTE), RK_OK);
	cr_expect_eq(rk_builder_maintenance(&b, 1), 7000);
	cr_expect_eq(rk_builder_change_rates(&b, 5 * PERCENT, 10 * PERCENT),
		     RK_OK);
	cr_expect_eq(rk_builder_maintenance(&b, 1), 5000);
	cr_expect(!rk_builder_perp(&b).ramp.runs);
	cr_expect_eq(rk_builder_perp(&b).before.brackets_n, 0);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_RAMPED), 0);
	cr_expect_eq(rk_builder_wait(&b, HOUR), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_RAMPED), 0);
	cr_expect_eq(rk_builder_maintenance(&b, 1), 5000);
}

Test(ramp_back, y3_growth_on_the_way_may_be_less_or_none)
{
	struct rk_margin_terms terms = {.growth = RK_GROWTH_SQRT,
					.factor_maintenance =
						RK_FACTOR_ONE / 25,
					.factor_initial = RK_FACTOR_ONE / 25};

	cr_expect_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
	cr_expect_eq(ramp_of(HOUR, 15 * MINUTE), RK_OK);
	cr_expect_eq(rk_builder_grow(&b, terms), RK_OK);
	cr_expect_eq(rk_builder_wait(&b, 30 * MINUTE), RK_OK);
	cr_expect_eq(rk_builder_maintenance(&b, 1), (5000 + 12649) / 2);
	terms.factor_maintenance = RK_FACTOR_ONE / 50;
	cr_expect_eq(rk_builder_grow(&b, terms), RK_OK);
	cr_expect(rk_builder_perp(&b).ramp.runs);
	cr_expect_eq(rk_builder_maintenance(&b, 1), (5000 + 6324) / 2);
	cr_expect_eq(rk_builder_wait(&b, 1), RK_OK);
	terms.growth = RK_GROWTH_POWER;
	cr_expect_eq(rk_builder_grow(&b, terms), RK_REJ_RAMPING);
	cr_expect_eq(
		rk_builder_grow(
			&b, (struct rk_margin_terms){.growth = RK_GROWTH_NONE}),
		RK_OK);
	cr_expect(!rk_builder_perp(&b).ramp.runs);
	cr_expect_eq(rk_builder_maintenance(&b, 1), 5000);
}

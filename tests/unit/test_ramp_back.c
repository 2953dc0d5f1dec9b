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

static struct rk_market_view market(void)
{
	struct rk_market_view view;

	memset(&view, 0, sizeof(view));
	(void)rk_view_market(b.harness.engine, 0, &view);
	return view;
}

static int wait_until(int64_t time_ns)
{
	return rk_builder_wait(&b, time_ns - rk_view_time(b.harness.engine));
}

static int64_t maintenance(uint64_t account)
{
	return rk_builder_position(&b, account, 0).maintenance.raw /
	       BUILDER_CENT;
}

/* PERP with other rates of its one bracket. */
static struct rk_cmd_market rates(int64_t maintenance_rate,
				  int64_t initial_rate)
{
	struct rk_cmd_market changed = market().listing;

	changed.brackets_n = 1;
	changed.brackets[0].maintenance.raw = maintenance_rate;
	changed.brackets[0].initial.raw = initial_rate;
	return changed;
}

static int change(const struct rk_cmd_market *listing)
{
	return rk_builder_apply(&b,
				(struct rk_cmd){.type = RK_CMD_MARKET_CHANGE,
						.market = *listing});
}

static int change_rates(int64_t maintenance_rate, int64_t initial_rate)
{
	struct rk_cmd_market listing = rates(maintenance_rate, initial_rate);

	return change(&listing);
}

static int grow(struct rk_margin_terms terms)
{
	return rk_builder_apply(
		&b,
		(struct rk_cmd){.type = RK_CMD_MARGIN,
				.margin = {.market = "PERP", .terms = terms}});
}

/* PERP with two brackets, the second from 500 dollars on. */
static struct rk_cmd_market two_rates(int64_t low, int64_t high)
{
	struct rk_cmd_market changed = rates(low, 50 * PERCENT);

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
	cr_expect_eq(change(&listing), RK_OK);
	cr_expect_eq(rk_builder_wait(&b, 1), RK_OK);
	/* Better below 500, far beyond it, or at it: not everywhere. */
	listing = two_rates(5 * PERCENT, 21 * PERCENT);
	cr_expect_eq(change(&listing), RK_REJ_RAMPING);
	listing = two_rates(7 * PERCENT, 10 * PERCENT);
	cr_expect_eq(change(&listing), RK_REJ_RAMPING);
	listing = two_rates(6 * PERCENT, 20 * PERCENT);
	listing.brackets[1].floor.raw -= USD;
	cr_expect_eq(change(&listing), RK_REJ_RAMPING);
	listing.brackets[1].floor.raw += 2 * USD;
	cr_expect_eq(change(&listing), RK_OK);
	cr_expect(market().ramp.runs);
}

Test(ramp_back, y3_a_better_form_on_the_way_takes_the_place_of_its_end)
{
	int64_t begun;

	cr_expect_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
	cr_expect_eq(ramp_of(HOUR, 15 * MINUTE), RK_OK);
	cr_expect_eq(change_rates(9 * PERCENT, 20 * PERCENT), RK_OK);
	begun = rk_view_time(b.harness.engine);
	cr_expect_eq(wait_until(begun + 31 * MINUTE), RK_OK);
	cr_expect_eq(maintenance(1), 7000);
	/* One that runs keeps what it began with (Y6). */
	cr_expect_eq(ramp_of(2 * HOUR, MINUTE), RK_OK);
	cr_expect_eq(change_rates(8 * PERCENT, 20 * PERCENT), RK_OK);
	cr_expect_eq(maintenance(1), 5000 + 3000 / 2);
	cr_expect(market().ramp.runs);
	cr_expect_eq(market().before.rates[0].raw, 5 * PERCENT);
	/* Another, and none that is worse than this one. */
	cr_expect_eq(rk_builder_wait(&b, 1), RK_OK);
	cr_expect_eq(change_rates(9 * PERCENT, 20 * PERCENT), RK_REJ_RAMPING);
	cr_expect_eq(change_rates(7 * PERCENT, 20 * PERCENT), RK_OK);
	cr_expect_eq(maintenance(1), 6000);
	cr_expect_eq(wait_until(begun + 45 * MINUTE), RK_OK);
	cr_expect_eq(maintenance(1), 6500);
	cr_expect_eq(wait_until(begun + HOUR), RK_OK);
	cr_expect_eq(maintenance(1), 7000);
	cr_expect(!market().ramp.runs);
}

Test(ramp_back, y3_a_better_form_may_be_better_than_before_somewhere)
{
	struct rk_cmd_market listing = two_rates(4 * PERCENT, 20 * PERCENT);

	cr_expect_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
	cr_expect_eq(rk_builder_trade(&b, 2, 0, 4, 100), RK_OK);
	cr_expect_eq(ramp_of(HOUR, 15 * MINUTE), RK_OK);
	cr_expect_eq(change(&listing), RK_OK);
	cr_expect_eq(rk_builder_wait(&b, 30 * MINUTE), RK_OK);
	cr_expect_eq(maintenance(1), (5000 + 12000) / 2);
	cr_expect_eq(maintenance(2), 1600);
	listing = two_rates(3 * PERCENT, 10 * PERCENT);
	cr_expect_eq(change(&listing), RK_OK);
	cr_expect(market().ramp.runs);
	cr_expect_eq(maintenance(1), (5000 + 6500) / 2);
	cr_expect_eq(maintenance(2), 1200);
}

Test(ramp_back, y3_a_form_that_is_taken_back_ends_the_ramp)
{
	cr_expect_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
	cr_expect_eq(ramp_of(HOUR, 15 * MINUTE), RK_OK);
	cr_expect_eq(change_rates(9 * PERCENT, 20 * PERCENT), RK_OK);
	cr_expect_eq(rk_builder_wait(&b, 30 * MINUTE), RK_OK);
	cr_expect_eq(maintenance(1), 7000);
	cr_expect_eq(change_rates(5 * PERCENT, 10 * PERCENT), RK_OK);
	cr_expect_eq(maintenance(1), 5000);
	cr_expect(!market().ramp.runs);
	cr_expect_eq(market().before.brackets_n, 0);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_RAMPED), 0);
	cr_expect_eq(rk_builder_wait(&b, HOUR), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_RAMPED), 0);
	cr_expect_eq(maintenance(1), 5000);
}

Test(ramp_back, y3_growth_on_the_way_may_be_less_or_none)
{
	struct rk_margin_terms terms = {.growth = RK_GROWTH_SQRT,
					.factor_maintenance =
						RK_FACTOR_ONE / 25,
					.factor_initial = RK_FACTOR_ONE / 25};

	cr_expect_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
	cr_expect_eq(ramp_of(HOUR, 15 * MINUTE), RK_OK);
	cr_expect_eq(grow(terms), RK_OK);
	cr_expect_eq(rk_builder_wait(&b, 30 * MINUTE), RK_OK);
	cr_expect_eq(maintenance(1), (5000 + 12649) / 2);
	terms.factor_maintenance = RK_FACTOR_ONE / 50;
	cr_expect_eq(grow(terms), RK_OK);
	cr_expect(market().ramp.runs);
	cr_expect_eq(maintenance(1), (5000 + 6324) / 2);
	cr_expect_eq(rk_builder_wait(&b, 1), RK_OK);
	terms.growth = RK_GROWTH_POWER;
	cr_expect_eq(grow(terms), RK_REJ_RAMPING);
	cr_expect_eq(grow((struct rk_margin_terms){.growth = RK_GROWTH_NONE}),
		     RK_OK);
	cr_expect(!market().ramp.runs);
	cr_expect_eq(maintenance(1), 5000);
}

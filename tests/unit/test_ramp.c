/*
 * Rules Y1 to Y6: what makes maintenance worse comes in steps. Amounts are
 * cents. PERP is at 100 dollars with brackets of 5 % and 10 %; COIN is asset 1,
 * in cents as well, at a dollar.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/engine.h"
#include "engine/view.h"
#include "support/builder.h"

#define PERCENT (RK_RATE_ONE / 100)
#define ONE     RK_RATE_ONE
#define SECOND  BUILDER_SECOND_NS
#define MINUTE  (60 * SECOND)
#define HOUR    (60 * MINUTE)
#define COIN    1
#define SLOT    2 /* of COIN */

static struct rk_builder b;

static void open_book(void)
{
	rk_builder_init(&b);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 1, 100), RK_OK);
	cr_assert_eq(
		rk_builder_apply(
			&b, (struct rk_cmd){.type = RK_CMD_ASSET,
					    .asset = {.name = "COIN",
						      .decimals = 2,
						      .price_max = {1000},
						      .price_age_max_ns =
							      1000 * HOUR}}),
		RK_OK);
	cr_assert_eq(rk_builder_quote(&b, SLOT, 1), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 1000000), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 2, 1000000), RK_OK);
}

static void close_book(void)
{
	cr_expect(rk_view_state_digest(b.harness.engine).lo != 0);
	rk_builder_fini(&b);
}

TestSuite(ramp, .init = open_book, .fini = close_book);

static int ramp_of(const char *asset, const char *market, int64_t duration_ns,
		   int64_t step_ns)
{
	struct rk_cmd cmd = {.type = RK_CMD_RAMP,
			     .ramp = {.ramp = {duration_ns, step_ns}}};

	(void)snprintf(cmd.ramp.asset, RK_NAME_SIZE, "%s", asset);
	(void)snprintf(cmd.ramp.market, RK_NAME_SIZE, "%s", market);
	return rk_builder_apply(&b, cmd);
}

/* Weight, liability and profit at maintenance; of the other levels the worst.
 */
static int terms_of(const char *asset, int64_t weight, int64_t liability,
		    int64_t profit)
{
	struct rk_collateral terms = {
		.weight = {{weight}, {0}, {0}},
		.liability = {{liability}, {2 * ONE}, {2 * ONE}},
		.profit = {{profit}, {0}, {0}},
	};

	return rk_builder_collateral(&b, asset, &terms);
}

static struct rk_asset_view asset(uint32_t id)
{
	struct rk_asset_view view;

	memset(&view, 0, sizeof(view));
	(void)rk_view_asset(b.harness.engine, id, &view);
	return view;
}

static int64_t weight(uint32_t id)
{
	return asset(id).collateral.weight[RK_LEVEL_MAINTENANCE].raw;
}

static int64_t now(void)
{
	return rk_view_time(b.harness.engine);
}

static int until(int64_t time_ns)
{
	return rk_builder_wait(&b, time_ns - now());
}

Test(ramp, y1_what_cannot_work_is_refused)
{
	static const struct rk_ramp table[] = {
		{0, 1},           {0, SECOND},
		{-1, 0},          {1, 0},
		{SECOND - 1, 0},  {RK_DURATION_MAX_NS + 1, 0},
		{HOUR, -1},       {HOUR, SECOND - 1},
		{HOUR, HOUR + 1}, {INT64_MIN, INT64_MIN},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		cr_expect_eq(ramp_of("COIN", "", table[i].duration_ns,
				     table[i].step_ns),
			     RK_REJ_BAD_PARAM, "row %zu", i);
		cr_expect_eq(ramp_of("", "PERP", table[i].duration_ns,
				     table[i].step_ns),
			     RK_REJ_BAD_PARAM, "row %zu", i);
	}
	cr_expect_eq(ramp_of("", "", HOUR, 0), RK_REJ_BAD_PARAM);
	cr_expect_eq(ramp_of("COIN", "PERP", HOUR, 0), RK_REJ_BAD_PARAM);
	cr_expect_eq(ramp_of("PERP", "", HOUR, 0), RK_REJ_NO_ASSET);
	cr_expect_eq(ramp_of("", "COIN", HOUR, 0), RK_REJ_NO_MARKET);
	/* The first that fails names the refusal (C6). */
	cr_expect_eq(ramp_of("NONE", "", -1, 0), RK_REJ_NO_ASSET);
}

Test(ramp, y1_a_step_of_0_is_a_minute_or_the_duration)
{
	cr_expect_eq(ramp_of("COIN", "", HOUR, 0), RK_OK);
	cr_expect_eq(asset(COIN).ramp.ramp.step_ns, MINUTE);
	cr_expect_eq(ramp_of("COIN", "", HOUR, MINUTE), RK_REJ_NO_CHANGE);
	cr_expect_eq(ramp_of("COIN", "", HOUR, 0), RK_REJ_NO_CHANGE);
	cr_expect_eq(ramp_of("COIN", "", 30 * SECOND, 0), RK_OK);
	cr_expect_eq(asset(COIN).ramp.ramp.step_ns, 30 * SECOND);
	cr_expect_eq(
		ramp_of("", "PERP", RK_DURATION_MAX_NS, RK_DURATION_MAX_NS),
		RK_OK);
	cr_expect_eq(ramp_of("", "PERP", 0, 0), RK_OK);
	cr_expect_eq(ramp_of("", "PERP", 0, 0), RK_REJ_NO_CHANGE);
}

Test(ramp, y1_it_is_told_to_whom_it_concerns)
{
	const struct rk_event *ev;

	cr_expect_eq(ramp_of("COIN", "", HOUR, 0), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_RAMP_SET, 0);
	cr_assert(ev);
	cr_expect_eq(ev->market, RK_NO_MARKET);
	cr_expect_eq(ev->name.id, COIN);
	cr_expect_str_eq(ev->name.name, "COIN");
	cr_expect_eq(ramp_of("", "OTHER", HOUR, 0), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_RAMP_SET, 0);
	cr_assert(ev);
	cr_expect_eq(ev->market, 1);
	cr_expect_str_eq(ev->name.name, "OTHER");
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_RAMPED), 0);
}

Test(ramp, y1_it_is_no_child_of_an_atomic_message)
{
	const struct rk_cmd child = {
		.type = RK_CMD_RAMP,
		.ramp = {.asset = "COIN", .ramp = {HOUR, 0}}};

	cr_expect_eq(
		rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_ATOMIC,
						     .atomic = {&child, 1}}),
		RK_REJ_BAD_PARAM);
}

Test(ramp, y2_without_a_duration_all_is_new_at_once)
{
	cr_expect_eq(terms_of("COIN", ONE / 2, ONE, ONE), RK_OK);
	cr_expect_eq(weight(COIN), ONE / 2);
	cr_expect(!asset(COIN).ramp.runs);
	cr_expect_eq(rk_view_next_due(b.harness.engine),
		     BUILDER_START_NS + BUILDER_AGE_NS + 1);
}

Test(ramp, y2_what_gets_worse_comes_in_steps_and_the_rest_at_once)
{
	int64_t begun;

	cr_expect_eq(terms_of("COIN", 9 * ONE / 10, 11 * ONE / 10, ONE / 2),
		     RK_OK);
	cr_expect_eq(ramp_of("COIN", "", HOUR, 15 * MINUTE), RK_OK);
	begun = now();
	/* The weight falls, the liability rises; more of a profit counts. */
	cr_expect_eq(
		terms_of("COIN", 7 * ONE / 10, 15 * ONE / 10, 9 * ONE / 10),
		RK_OK);
	cr_expect_eq(weight(COIN), 9 * ONE / 10);
	cr_expect_eq(asset(COIN).collateral.liability[0].raw, 11 * ONE / 10);
	cr_expect_eq(asset(COIN).collateral.profit[0].raw, 9 * ONE / 10);
	cr_expect_eq(asset(COIN).target.weight[0].raw, 7 * ONE / 10);
	cr_expect_eq(asset(COIN).target.liability[0].raw, 15 * ONE / 10);
	cr_expect(asset(COIN).ramp.runs);
	cr_expect_eq(asset(COIN).ramp.since_ns, begun);
	cr_expect_eq(asset(COIN).ramp.until_ns, begun + HOUR);
	for (int k = 1; k <= 4; k++) {
		cr_expect_eq(until(begun + k * 15 * MINUTE - 1), RK_OK);
		cr_expect_eq(weight(COIN), 9 * ONE / 10 - (k - 1) * ONE / 20);
		cr_expect_eq(until(begun + k * 15 * MINUTE), RK_OK);
		cr_expect_eq(weight(COIN), 9 * ONE / 10 - k * ONE / 20);
		cr_expect_eq(asset(COIN).collateral.liability[0].raw,
			     11 * ONE / 10 + k * ONE / 10);
		cr_expect_eq(asset(COIN).collateral.profit[0].raw,
			     9 * ONE / 10);
	}
	cr_expect(!asset(COIN).ramp.runs);
	cr_expect_eq(asset(COIN).target.weight[0].raw, 7 * ONE / 10);
}

Test(ramp, y2_initial_and_withdrawal_terms_are_new_at_once)
{
	struct rk_collateral terms;

	rk_collateral_default(&terms);
	cr_expect_eq(ramp_of("COIN", "", HOUR, 0), RK_OK);
	for (int k = 0; k < RK_LEVELS; k++)
		terms.weight[k].raw = 6 * ONE / 10;
	cr_expect_eq(rk_builder_collateral(&b, "COIN", &terms), RK_OK);
	cr_expect_eq(weight(COIN), ONE);
	cr_expect_eq(asset(COIN).collateral.weight[1].raw, 6 * ONE / 10);
	cr_expect_eq(asset(COIN).collateral.weight[2].raw, 6 * ONE / 10);
}

Test(ramp, y2_steps_are_rounded_against_the_account)
{
	int64_t begun;

	cr_expect_eq(ramp_of("COIN", "", 3 * SECOND, SECOND), RK_OK);
	begun = now();
	/* By 1e-9, in three steps: two thirds of nothing is all of it. */
	cr_expect_eq(terms_of("COIN", ONE - 1, ONE + 1, ONE - 1), RK_OK);
	cr_expect_eq(weight(COIN), ONE);
	cr_expect_eq(until(begun + SECOND), RK_OK);
	cr_expect_eq(weight(COIN), ONE - 1);
	cr_expect_eq(asset(COIN).collateral.liability[0].raw, ONE + 1);
	cr_expect_eq(asset(COIN).collateral.profit[0].raw, ONE - 1);
	cr_expect(asset(COIN).ramp.runs);
}

Test(ramp, y2_other_terms_on_the_way_come_from_what_is_in_force)
{
	int64_t begun;

	cr_expect_eq(ramp_of("COIN", "", HOUR, MINUTE), RK_OK);
	begun = now();
	cr_expect_eq(terms_of("COIN", ONE / 2, ONE, ONE), RK_OK);
	/* What it goes to is what it is, to whoever asks for a change. */
	cr_expect_eq(terms_of("COIN", ONE / 2, ONE, ONE), RK_REJ_NO_CHANGE);
	cr_expect_eq(until(begun + HOUR / 2), RK_OK);
	cr_expect_eq(weight(COIN), 3 * ONE / 4);
	cr_expect_eq(terms_of("COIN", ONE / 4, ONE, ONE), RK_OK);
	cr_expect_eq(weight(COIN), 3 * ONE / 4);
	cr_expect_eq(until(begun + HOUR), RK_OK);
	cr_expect_eq(weight(COIN), ONE / 2);
	cr_expect_eq(until(begun + HOUR + HOUR / 2), RK_OK);
	cr_expect_eq(weight(COIN), ONE / 4);
}

Test(ramp, y2_better_terms_end_a_ramp)
{
	cr_expect_eq(ramp_of("COIN", "", HOUR, MINUTE), RK_OK);
	cr_expect_eq(terms_of("COIN", ONE / 2, ONE, ONE), RK_OK);
	cr_expect_eq(rk_builder_wait(&b, HOUR / 2), RK_OK);
	cr_expect_eq(terms_of("COIN", 8 * ONE / 10, ONE, ONE), RK_OK);
	cr_expect(!asset(COIN).ramp.runs);
	cr_expect_eq(weight(COIN), 8 * ONE / 10);
	cr_expect_eq(rk_builder_wait(&b, HOUR), RK_OK);
	cr_expect_eq(weight(COIN), 8 * ONE / 10);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_RAMPED), 0);
}

Test(ramp, y3_a_markets_maintenance_rises_in_steps)
{
	const struct rk_event *ev;
	int64_t begun = now();

	cr_expect_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
	cr_expect_eq(ramp_of("", "PERP", 4 * MINUTE, MINUTE), RK_OK);
	cr_expect_eq(rk_builder_change_rates(&b, 9 * PERCENT, 20 * PERCENT),
		     RK_OK);
	/* 1000 dollars: 5 % as before; initially 20 % at once. */
	cr_expect_eq(rk_builder_maintenance(&b, 1), 5000);
	cr_expect_eq(rk_builder_position(&b, 1, 0).initial.raw / BUILDER_CENT,
		     20000);
	cr_expect(rk_builder_perp(&b).ramp.runs);
	cr_expect_eq(rk_builder_perp(&b).before.rates[0].raw, 5 * PERCENT);
	for (int k = 1; k <= 4; k++) {
		cr_expect_eq(until(begun + k * MINUTE), RK_OK);
		cr_expect_eq(rk_builder_maintenance(&b, 1), 5000 + k * 1000);
		ev = rk_builder_event(&b, RK_EVENT_RAMPED, 0);
		cr_assert(ev);
		cr_expect_eq(ev->market, 0);
		cr_expect_eq(ev->ramped.id, 0);
		cr_expect_eq(ev->ramped.elapsed_ns, k * MINUTE);
		cr_expect_eq(ev->ramped.duration_ns, 4 * MINUTE);
		cr_expect_eq(ev->ramped.ended, k == 4);
		cr_expect_eq(ev->ramped.terms.weight.raw, 0);
	}
	cr_expect(!rk_builder_perp(&b).ramp.runs);
	cr_expect_eq(rk_builder_perp(&b).before.brackets_n, 0);
}

Test(ramp, y3_a_worse_form_on_the_way_is_refused)
{
	struct rk_cmd_market listing;

	cr_expect_eq(ramp_of("", "PERP", HOUR, 0), RK_OK);
	cr_expect_eq(rk_builder_change_rates(&b, 9 * PERCENT, 20 * PERCENT),
		     RK_OK);
	cr_expect_eq(rk_builder_wait(&b, 1), RK_OK);
	cr_expect_eq(rk_builder_change_rates(&b, 9 * PERCENT + 1, 20 * PERCENT),
		     RK_REJ_RAMPING);
	cr_expect_eq(
		rk_builder_grow(
			&b, (struct rk_margin_terms){.growth = RK_GROWTH_SQRT,
						     .factor_initial = 1}),
		RK_REJ_RAMPING);
	/* What is not of the form may change: here the initial rate. */
	cr_expect_eq(rk_builder_change_rates(&b, 9 * PERCENT, 30 * PERCENT),
		     RK_OK);
	listing = rk_builder_perp(&b).listing;
	listing.close_cost.raw = PERCENT;
	listing.position_max.raw /= 2;
	cr_expect_eq(rk_builder_change(&b, &listing), RK_OK);
	cr_expect_eq(rk_builder_perp(&b).listing.close_cost.raw, PERCENT);
	cr_expect_eq(rk_builder_grow(
			     &b, (struct rk_margin_terms){.scale_upper = {1}}),
		     RK_OK);
	cr_expect(rk_builder_perp(&b).ramp.runs);
	/* What is wrong anyway is told first, and so is what is so already. */
	cr_expect_eq(rk_builder_change_rates(&b, 2 * ONE, 2 * ONE),
		     RK_REJ_BAD_PARAM);
	cr_expect_eq(rk_builder_change(&b, &listing), RK_REJ_NO_CHANGE);
	cr_expect_eq(rk_builder_wait(&b, HOUR), RK_OK);
	cr_expect_eq(rk_builder_change_rates(&b, 10 * PERCENT, 30 * PERCENT),
		     RK_OK);
}

Test(ramp, y3_changes_at_one_time_are_one)
{
	cr_expect_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
	cr_expect_eq(ramp_of("", "PERP", 2 * MINUTE, MINUTE), RK_OK);
	cr_expect_eq(rk_builder_change_rates(&b, 7 * PERCENT, 20 * PERCENT),
		     RK_OK);
	/* sqrt(10) is 3.162277661; the notional times 0.04 of it: 12.6 %. */
	cr_expect_eq(rk_builder_grow(
			     &b,
			     (struct rk_margin_terms){
				     .growth = RK_GROWTH_SQRT,
				     .factor_maintenance = RK_FACTOR_ONE / 25,
				     .factor_initial = RK_FACTOR_ONE / 25}),
		     RK_OK);
	cr_expect_eq(rk_builder_maintenance(&b, 1), 5000);
	cr_expect_eq(rk_builder_perp(&b).before.growth, RK_GROWTH_NONE);
	cr_expect_eq(rk_builder_perp(&b).before.rates[0].raw, 5 * PERCENT);
	cr_expect_eq(rk_builder_wait(&b, MINUTE), RK_OK);
	cr_expect_eq(rk_builder_maintenance(&b, 1), (5000 + 12649) / 2);
	cr_expect_eq(rk_builder_wait(&b, MINUTE), RK_OK);
	cr_expect_eq(rk_builder_maintenance(&b, 1), 12649);
}

Test(ramp, y3_a_change_that_is_taken_back_at_once_leaves_no_ramp)
{
	cr_expect_eq(ramp_of("", "PERP", HOUR, 0), RK_OK);
	cr_expect_eq(rk_builder_change_rates(&b, 9 * PERCENT, 20 * PERCENT),
		     RK_OK);
	cr_expect(rk_builder_perp(&b).ramp.runs);
	cr_expect_eq(rk_builder_change_rates(&b, 5 * PERCENT, 20 * PERCENT),
		     RK_OK);
	cr_expect(!rk_builder_perp(&b).ramp.runs);
	cr_expect_eq(rk_builder_wait(&b, HOUR), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_RAMPED), 0);
}

Test(ramp, y3_what_nowhere_requires_more_comes_at_once)
{
	struct rk_cmd_market listing;

	cr_expect_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
	cr_expect_eq(ramp_of("", "PERP", HOUR, 0), RK_OK);
	cr_expect_eq(rk_builder_change_rates(&b, 4 * PERCENT, 10 * PERCENT),
		     RK_OK);
	cr_expect(!rk_builder_perp(&b).ramp.runs);
	cr_expect_eq(rk_builder_maintenance(&b, 1), 4000);
	/* Less below 500 dollars, then more, but from 1000 on the same. */
	listing = rk_builder_rates(&b, 3 * PERCENT, 10 * PERCENT);
	listing.brackets_n = 3;
	listing.brackets[1] = (struct rk_bracket){
		{500 * BUILDER_USD}, {5 * PERCENT}, {10 * PERCENT}};
	listing.brackets[2] = (struct rk_bracket){
		{1000 * BUILDER_USD}, {5 * PERCENT}, {10 * PERCENT}};
	cr_expect_eq(rk_builder_change(&b, &listing), RK_OK);
	cr_expect(rk_builder_perp(&b).ramp.runs);
}

Test(ramp, y3_a_form_that_grows_less_begins_no_ramp)
{
	struct rk_margin_terms terms = {.growth = RK_GROWTH_SQRT,
					.base_share = {ONE / 2},
					.factor_maintenance = 1000,
					.factor_initial = 1000};

	cr_expect_eq(rk_builder_grow(&b, terms), RK_OK);
	cr_expect_eq(ramp_of("", "PERP", HOUR, 0), RK_OK);
	terms.factor_maintenance = 999;
	cr_expect_eq(rk_builder_grow(&b, terms), RK_OK);
	cr_expect(!rk_builder_perp(&b).ramp.runs);
	terms.base_share.raw = ONE / 4;
	cr_expect_eq(rk_builder_grow(&b, terms), RK_OK);
	cr_expect(!rk_builder_perp(&b).ramp.runs);
	/* The initial factor is not of the form. */
	terms.factor_initial = 5000;
	cr_expect_eq(rk_builder_grow(&b, terms), RK_OK);
	cr_expect(!rk_builder_perp(&b).ramp.runs);
	terms.growth = RK_GROWTH_POWER;
	cr_expect_eq(rk_builder_grow(&b, terms), RK_OK);
	cr_expect(rk_builder_perp(&b).ramp.runs);
	cr_expect_eq(ramp_of("", "PERP", 0, 0), RK_OK);
	cr_expect_eq(ramp_of("", "PERP", HOUR, 0), RK_OK);
	cr_expect_eq(
		rk_builder_grow(&b, (struct rk_margin_terms){.open_max = {5}}),
		RK_OK);
	cr_expect(!rk_builder_perp(&b).ramp.runs);
}

Test(ramp, y4_where_less_is_required_that_is_so_at_once)
{
	struct rk_cmd_market listing;

	/* 1 % up to 600 dollars, 20 % beyond: 6 + 80 of 1000 dollars. */
	cr_expect_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
	cr_expect_eq(rk_builder_trade(&b, 2, 0, 5, 100), RK_OK);
	cr_expect_eq(ramp_of("", "PERP", 2 * HOUR, HOUR), RK_OK);
	listing = rk_builder_rates(&b, PERCENT, 20 * PERCENT);
	listing.brackets_n = 2;
	listing.brackets[1] = (struct rk_bracket){
		{600 * BUILDER_USD}, {20 * PERCENT}, {20 * PERCENT}};
	cr_expect_eq(rk_builder_change(&b, &listing), RK_OK);
	cr_expect_eq(rk_builder_maintenance(&b, 1), 5000);
	cr_expect_eq(rk_builder_maintenance(&b, 2), 500);
	cr_expect_eq(rk_builder_wait(&b, HOUR), RK_OK);
	cr_expect_eq(rk_builder_maintenance(&b, 1), 5000 + (8600 - 5000) / 2);
	cr_expect_eq(rk_builder_maintenance(&b, 2), 500);
}

Test(ramp, y4_what_is_to_be_closed_is_found_by_halving)
{
	const struct rk_event *ev;

	/* 100 units: at 10 % they need 1000 dollars of 1040. */
	cr_expect_eq(rk_builder_account(&b, 3, 104000), RK_OK);
	cr_expect_eq(rk_builder_trade(&b, 3, 0, 100, 100), RK_OK);
	cr_expect_eq(ramp_of("", "PERP", 4 * MINUTE, MINUTE), RK_OK);
	cr_expect_eq(rk_builder_change_rates(&b, 15 * PERCENT, 20 * PERCENT),
		     RK_OK);
	cr_expect_eq(rk_builder_wait(&b, 2 * MINUTE), RK_OK);
	/* Ten and a half percent would be too much: it is 10 % now. */
	cr_expect_eq(rk_builder_maintenance(&b, 3), 100000);
	cr_expect_neq(rk_builder_view(&b, 3).state, RK_STATE_LIQUIDATING);
	cr_expect_eq(rk_builder_wait(&b, MINUTE), RK_OK);
	cr_expect_eq(rk_builder_maintenance(&b, 3), 125000);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0);
	cr_assert(ev);
	/* 1.2 * 12.5 % of what is left is 1040: 6933.33 of 10000, 31 units. */
	cr_expect_eq(ev->order.size.raw, 31);
}

/* Where closing all would cost more than it frees, a part does not. */
Test(ramp, y4_no_more_is_closed_than_relieves)
{
	struct rk_cmd_market listing =
		rk_builder_rates(&b, PERCENT, 10 * PERCENT);
	const struct rk_event *ev;

	listing.close_cost.raw = 4 * PERCENT;
	listing.brackets_n = 2;
	listing.brackets[1] = (struct rk_bracket){
		{9000 * BUILDER_USD}, {20 * PERCENT}, {20 * PERCENT}};
	cr_expect_eq(rk_builder_change(&b, &listing), RK_OK);
	cr_expect_eq(ramp_of("", "PERP", 4 * MINUTE, MINUTE), RK_OK);
	/* 100 units: 90 of 9000 and 200 of the last 1000 are required. */
	cr_expect_eq(rk_builder_account(&b, 3, 29000), RK_OK);
	cr_expect_eq(rk_builder_trade(&b, 3, 0, 100, 100), RK_OK);
	listing.brackets[1].maintenance.raw = 30 * PERCENT;
	listing.brackets[1].initial.raw = 30 * PERCENT;
	cr_expect_eq(rk_builder_change(&b, &listing), RK_OK);
	cr_expect_eq(rk_builder_wait(&b, MINUTE), RK_OK);
	cr_expect_eq(rk_builder_maintenance(&b, 3), 9000 + 22500);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0);
	cr_assert(ev);
	/*
	 * 1.2 * 315 - 290 = 88 are missing; of the last 1000 each dollar
	 * relieves 1.2 * 0.225 - 0.04 = 0.23: 383 of them, 4 units. All 10000
	 * would cost 400 and free 378.
	 */
	cr_expect_eq(ev->order.size.raw, 4);
}

/* Where no part of one position is enough, the next one gives the rest. */
Test(ramp, y4_what_relieves_most_is_closed_where_nothing_is_enough)
{
	struct rk_cmd_market listing =
		rk_builder_rates(&b, PERCENT, 10 * PERCENT);
	const struct rk_event *ev;

	listing.close_cost.raw = 4 * PERCENT;
	listing.brackets_n = 2;
	listing.brackets[1] = (struct rk_bracket){
		{9000 * BUILDER_USD}, {20 * PERCENT}, {20 * PERCENT}};
	cr_expect_eq(rk_builder_change(&b, &listing), RK_OK);
	cr_expect_eq(ramp_of("", "PERP", 4 * MINUTE, MINUTE), RK_OK);
	/* 290 are required of PERP, 5 % of 1000 of the other market. */
	cr_expect_eq(rk_builder_account(&b, 3, 34000), RK_OK);
	cr_expect_eq(rk_builder_trade(&b, 3, 0, 100, 100), RK_OK);
	cr_expect_eq(rk_builder_trade(&b, 3, 1, 10, 100), RK_OK);
	cr_expect_neq(rk_builder_view(&b, 3).state, RK_STATE_LIQUIDATING);
	listing.brackets[1].maintenance.raw = 30 * PERCENT;
	listing.brackets[1].initial.raw = 30 * PERCENT;
	cr_expect_eq(rk_builder_change(&b, &listing), RK_OK);
	cr_expect_eq(rk_builder_adjust(&b, 3, -14000), RK_OK);
	/*
	 * 1.2 * 340 - 200 = 208 are missing. The last 1000 of PERP relieve
	 * 1.2 * 200 - 40 = 200, more of it less; 8 / 0.06 of the other one.
	 */
	cr_assert_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 2);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0);
	cr_expect_eq(ev->order.size.raw, 10);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 1);
	cr_expect_eq(ev->order.size.raw, 2);
}

Test(ramp, y5_several_ends_at_once_count_as_the_last)
{
	const struct rk_event *ev;
	int64_t begun = now();

	cr_expect_eq(ramp_of("COIN", "", 10 * SECOND, 3 * SECOND), RK_OK);
	cr_expect_eq(terms_of("COIN", 0, ONE, ONE), RK_OK);
	cr_expect_eq(rk_view_next_due(b.harness.engine), begun + 3 * SECOND);
	cr_expect_eq(until(begun + 7 * SECOND), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_RAMPED), 1);
	ev = rk_builder_event(&b, RK_EVENT_RAMPED, 0);
	cr_assert(ev);
	cr_expect_eq(ev->market, RK_NO_MARKET);
	cr_expect_eq(ev->ramped.id, COIN);
	cr_expect_eq(ev->ramped.terms.weight.raw, 4 * ONE / 10);
	cr_expect_eq(ev->ramped.terms.liability.raw, ONE);
	cr_expect_eq(ev->ramped.elapsed_ns, 6 * SECOND);
	cr_expect(!ev->ramped.ended);
	/* The fourth step is shorter: it ends with the duration. */
	cr_expect_eq(rk_view_next_due(b.harness.engine), begun + 9 * SECOND);
	cr_expect_eq(until(begun + 9 * SECOND), RK_OK);
	cr_expect_eq(rk_view_next_due(b.harness.engine), begun + 10 * SECOND);
	cr_expect_eq(until(begun + 10 * SECOND), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_RAMPED, 0);
	cr_assert(ev);
	cr_expect(ev->ramped.ended);
	cr_expect_eq(weight(COIN), 0);
}

Test(ramp, y5_a_resume_passes_ends_as_well)
{
	int64_t begun = now();

	cr_expect_eq(ramp_of("COIN", "", HOUR, MINUTE), RK_OK);
	cr_expect_eq(terms_of("COIN", ONE / 2, ONE, ONE), RK_OK);
	cr_expect_eq(rk_builder_apply(
			     &b, (struct rk_cmd){.type = RK_CMD_RESUME,
						 .clock = {begun + HOUR / 2}}),
		     RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_RAMPED), 1);
	cr_expect_eq(weight(COIN), 3 * ONE / 4);
}

Test(ramp, y5_assets_come_before_markets_in_order_of_number)
{
	cr_expect_eq(ramp_of("", "OTHER", HOUR, 0), RK_OK);
	cr_expect_eq(ramp_of("", "PERP", HOUR, 0), RK_OK);
	cr_expect_eq(ramp_of("COIN", "", HOUR, 0), RK_OK);
	cr_expect_eq(ramp_of("USD", "", HOUR, 0), RK_OK);
	cr_expect_eq(rk_builder_change_rates(&b, 9 * PERCENT, 20 * PERCENT),
		     RK_OK);
	cr_expect_eq(
		rk_builder_apply(
			&b,
			(struct rk_cmd){
				.type = RK_CMD_MARGIN,
				.margin = {.market = "OTHER",
					   .terms = {.growth = RK_GROWTH_SQRT,
						     .factor_initial = 1}}}),
		RK_OK);
	cr_expect_eq(terms_of("COIN", 0, ONE, ONE), RK_OK);
	cr_expect_eq(terms_of("USD", 0, ONE, ONE), RK_OK);
	cr_expect_eq(rk_builder_wait(&b, MINUTE), RK_OK);
	cr_assert_eq(rk_builder_count(&b, RK_EVENT_RAMPED), 4);
	for (uint32_t i = 0; i < 4; i++) {
		const struct rk_event *ev =
			rk_builder_event(&b, RK_EVENT_RAMPED, i);

		cr_expect_eq(ev->ramped.id, i % 2);
		cr_expect_eq(ev->market, i < 2 ? RK_NO_MARKET : i % 2);
	}
}

static uint64_t judged(void)
{
	struct rk_engine_counts counts;

	rk_view_counts(b.harness.engine, &counts);
	return counts.judged;
}

Test(ramp, y5_only_whom_it_concerns_is_judged)
{
	uint64_t before;

	cr_expect_eq(rk_builder_apply(
			     &b, (struct rk_cmd){.type = RK_CMD_DEPOSIT,
						 .amount = {2, COIN, {1000}}}),
		     RK_OK);
	cr_expect_eq(ramp_of("COIN", "", HOUR, 0), RK_OK);
	cr_expect_eq(terms_of("COIN", 0, ONE, ONE), RK_OK);
	before = judged();
	cr_expect_eq(rk_builder_wait(&b, MINUTE), RK_OK);
	cr_expect_eq(judged(), before + 1);
	/* A fixed price has no holders on a list: they are found all the same
	 */
	cr_expect_eq(ramp_of("COIN", "", 0, 0), RK_OK);
	cr_expect_eq(ramp_of("USD", "", HOUR, 0), RK_OK);
	cr_expect_eq(terms_of("USD", ONE / 2, ONE, ONE), RK_OK);
	before = judged();
	cr_expect_eq(rk_builder_wait(&b, MINUTE), RK_OK);
	cr_expect_eq(judged(), before + 2);
}

Test(ramp, y5_an_account_is_liquidated_by_the_step_that_breaks_it)
{
	int64_t begun;

	/* 2000 of coins against 1000 dollars owed: the weight must be 0.5. */
	cr_expect_eq(rk_builder_account(&b, 3, 0), RK_OK);
	cr_expect_eq(
		rk_builder_apply(
			&b, (struct rk_cmd){.type = RK_CMD_DEPOSIT,
					    .amount = {3, COIN, {200000}}}),
		RK_OK);
	cr_expect_eq(rk_builder_adjust(&b, 3, -100000), RK_OK);
	cr_expect_eq(ramp_of("COIN", "", HOUR, MINUTE), RK_OK);
	begun = now();
	cr_expect_eq(terms_of("COIN", 4 * ONE / 10, ONE, ONE), RK_OK);
	/* 1 - 0.6 * k / 60: 0.5 after 50 minutes, and one step more. */
	cr_expect_eq(until(begun + 50 * MINUTE), RK_OK);
	cr_expect_eq(weight(COIN), ONE / 2);
	cr_expect_eq(rk_builder_view(&b, 3).margin.health_m.raw, 0);
	cr_expect_neq(rk_builder_view(&b, 3).state, RK_STATE_LIQUIDATING);
	cr_expect_eq(until(begun + 51 * MINUTE - 1), RK_OK);
	cr_expect_neq(rk_builder_view(&b, 3).state, RK_STATE_LIQUIDATING);
	cr_expect_eq(until(begun + 51 * MINUTE), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 3).state, RK_STATE_LIQUIDATING);
}

Test(ramp, y1_a_duration_of_0_ends_it_at_once_and_judges)
{
	const struct rk_event *ev;

	cr_expect_eq(rk_builder_account(&b, 3, 60000), RK_OK);
	cr_expect_eq(rk_builder_trade(&b, 3, 0, 100, 100), RK_OK);
	cr_expect_eq(ramp_of("", "PERP", 24 * HOUR, 0), RK_OK);
	cr_expect_eq(rk_builder_change_rates(&b, 9 * PERCENT, 10 * PERCENT),
		     RK_OK);
	cr_expect_neq(rk_builder_view(&b, 3).state, RK_STATE_LIQUIDATING);
	cr_expect_eq(ramp_of("", "PERP", 0, 0), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_RAMP_SET), 1);
	ev = rk_builder_event(&b, RK_EVENT_RAMPED, 0);
	cr_assert(ev);
	cr_expect(ev->ramped.ended);
	cr_expect_eq(ev->ramped.elapsed_ns, 24 * HOUR);
	cr_expect_eq(rk_builder_view(&b, 3).state, RK_STATE_LIQUIDATING);
	cr_expect(!rk_builder_perp(&b).ramp.runs);
	/* Nothing waits any more, and later changes come at once. */
	cr_expect_eq(rk_builder_wait(&b, 2 * MINUTE), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_RAMPED), 0);
	cr_expect_eq(rk_builder_change_rates(&b, 10 * PERCENT, 10 * PERCENT),
		     RK_OK);
	cr_expect_eq(rk_builder_maintenance(&b, 3), 100000);
}

Test(ramp, y1_a_duration_of_0_ends_that_of_an_asset)
{
	cr_expect_eq(ramp_of("COIN", "", HOUR, 0), RK_OK);
	cr_expect_eq(terms_of("COIN", ONE / 2, ONE, ONE), RK_OK);
	cr_expect_eq(ramp_of("COIN", "", 0, 0), RK_OK);
	cr_expect_eq(weight(COIN), ONE / 2);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_RAMPED), 1);
	cr_expect(!asset(COIN).ramp.runs);
}

Test(ramp, y6_one_that_runs_keeps_its_duration_and_step)
{
	int64_t begun = now();

	cr_expect_eq(ramp_of("COIN", "", HOUR, MINUTE), RK_OK);
	cr_expect_eq(terms_of("COIN", ONE / 2, ONE, ONE), RK_OK);
	cr_expect_eq(ramp_of("COIN", "", 2 * HOUR, 2 * HOUR), RK_OK);
	cr_expect_eq(asset(COIN).ramp.ramp.duration_ns, 2 * HOUR);
	cr_expect_eq(asset(COIN).ramp.until_ns, begun + HOUR);
	cr_expect_eq(asset(COIN).ramp.step_ns, MINUTE);
	cr_expect_eq(until(begun + HOUR / 2), RK_OK);
	cr_expect_eq(weight(COIN), 3 * ONE / 4);
}

Test(ramp, y3_a_refused_change_leaves_it_as_it_was)
{
	struct rk_hash before;
	struct rk_cmd_market listing;

	cr_expect_eq(rk_builder_trade(&b, 1, 0, 100, 100), RK_OK);
	cr_expect_eq(ramp_of("", "PERP", HOUR, 0), RK_OK);
	before = rk_view_state_digest(b.harness.engine);
	/* 100 units could not be worth so much (N7). */
	listing = rk_builder_rates(&b, 9 * PERCENT, 20 * PERCENT);
	listing.price_max.raw = 50;
	cr_expect_eq(rk_builder_change(&b, &listing), RK_REJ_BAD_PRICE);
	cr_expect(!rk_builder_perp(&b).ramp.runs);
	cr_expect_eq(rk_view_next_due(b.harness.engine),
		     BUILDER_START_NS + BUILDER_AGE_NS + 1);
	/* The refusal itself is of the state. */
	cr_expect(before.lo != rk_view_state_digest(b.harness.engine).lo);
}

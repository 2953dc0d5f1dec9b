/*
 * Rules H4 and S1 to S5: when an account changes state, exactly at the edges.
 *
 * Account 1 is long 10 PERP bought at 100 and marked at 100: notional 1000,
 * maintenance R 50 USD, so that equity E is its balance.
 */
#include <criterion/criterion.h>

#include "support/builder.h"

#define USD 100 /* cents */

static struct rk_builder b;

static void open_book(void)
{
	rk_builder_init(&b);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 1000 * USD), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
}

static void close_book(void)
{
	rk_builder_fini(&b);
}

TestSuite(state, .init = open_book, .fini = close_book);

static enum rk_state with_equity(int64_t cents)
{
	int64_t now = rk_builder_balance(&b, 1, 0);

	if (cents != now)
		cr_assert_eq(rk_builder_adjust(&b, 1, cents - now), RK_OK);
	return rk_builder_view(&b, 1).state;
}

Test(state, warn_is_entered_below_and_left_above_its_multiples)
{
	cr_expect_eq(with_equity(7500), RK_STATE_OK, "1.5 R is not below");
	cr_expect_eq(with_equity(7499), RK_STATE_WARN);
	cr_expect_eq(with_equity(7501), RK_STATE_WARN);
	cr_expect_eq(with_equity(8000), RK_STATE_WARN, "1.6 R is not above");
	cr_expect_eq(with_equity(8001), RK_STATE_OK);
}

Test(state, margin_call_is_entered_below_and_left_above_its_multiples)
{
	cr_expect_eq(with_equity(6250), RK_STATE_WARN);
	cr_expect_eq(with_equity(6249), RK_STATE_MARGIN_CALL);
	cr_expect_eq(with_equity(6500), RK_STATE_MARGIN_CALL);
	cr_expect_eq(with_equity(6501), RK_STATE_WARN);
}

Test(state, liquidation_starts_strictly_below_maintenance)
{
	cr_expect_eq(with_equity(5000), RK_STATE_MARGIN_CALL);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 0);
	cr_expect_eq(with_equity(4999), RK_STATE_LIQUIDATING);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 1);
}

Test(state, liquidation_ends_at_the_target)
{
	cr_expect_eq(with_equity(4999), RK_STATE_LIQUIDATING);
	cr_expect_eq(with_equity(5999), RK_STATE_LIQUIDATING, "below 1.2 R");
	cr_expect_eq(with_equity(6000), RK_STATE_MARGIN_CALL);
}

Test(state, a_move_over_several_states_is_one_event)
{
	const struct rk_event *ev;

	cr_expect_eq(with_equity(-1), RK_STATE_LIQUIDATING);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_STATE), 1);
	ev = rk_builder_event(&b, RK_EVENT_STATE, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->state.before, RK_STATE_OK);
	cr_expect_eq(ev->state.after, RK_STATE_LIQUIDATING);
	cr_expect_eq(ev->state.health.equity.raw, -BUILDER_CENT);
	cr_expect_eq(ev->state.health.maintenance.raw, 50 * BUILDER_USD);
	cr_expect_eq(ev->state.health.initial.raw, 100 * BUILDER_USD);
}

Test(state, a_price_judges_whoever_holds_its_slot)
{
	cr_expect_eq(with_equity(10000), RK_STATE_OK);
	/* At 94: E = 40, R = 47. */
	cr_assert_eq(rk_builder_quote(&b, 0, 94), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING);
}

Test(state, bankrupt_is_flat_and_below_zero_and_says_the_deficit)
{
	const struct rk_event *ev;

	cr_assert_eq(rk_builder_trade(&b, 1, 0, -10, 100), RK_OK);
	cr_expect_eq(with_equity(-1), RK_STATE_BANKRUPT);
	ev = rk_builder_event(&b, RK_EVENT_DEFICIT, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->deficit.amount.raw, BUILDER_CENT);
	cr_expect_eq(with_equity(0), RK_STATE_OK);
}

Test(state, report_accounts_are_judged_but_never_get_orders)
{
	struct rk_cmd cmd = {.type = RK_CMD_ACCOUNT,
			     .account = {.account = 2,
					 .owner = 2,
					 .mode = RK_MODE_CROSS,
					 .enforcement = RK_ENFORCE_REPORT}};

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 2, 0, 10, 100), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 2).state, RK_STATE_LIQUIDATING);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 0);
}

static void make_stale(void)
{
	cr_assert_eq(rk_builder_wait(&b, BUILDER_AGE_NS + 1), RK_OK);
	cr_assert_eq(rk_builder_count(&b, RK_EVENT_PRICE_STATE), 1);
}

Test(state, a_stale_price_withholds_the_start_within_its_favourable_band)
{
	const struct rk_event *ev;

	make_stale();
	/* At 110: E + 100, and R is 55: starts below E = -45.00. */
	cr_expect_eq(with_equity(4999), RK_STATE_MARGIN_CALL);
	ev = rk_builder_event(&b, RK_EVENT_WITHHELD, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->withheld.reason, RK_WITHHELD_PRICE);
	cr_expect_eq(ev->market, RK_NO_MARKET);
	cr_expect_eq(with_equity(-4500), RK_STATE_MARGIN_CALL);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_WITHHELD), 0, "said once");
	cr_expect_eq(with_equity(-4501), RK_STATE_LIQUIDATING);
	ev = rk_builder_event(&b, RK_EVENT_WITHHELD, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->withheld.reason, RK_WITHHELD_NONE);
}

Test(state, the_band_of_a_short_is_below_the_mark)
{
	cr_assert_eq(rk_builder_trade(&b, 1, 0, -20, 100), RK_OK);
	make_stale();
	/* At 90: E + 100, and R is 45: starts below E = -55.00. */
	cr_expect_eq(with_equity(-5500), RK_STATE_MARGIN_CALL);
	cr_expect_eq(with_equity(-5501), RK_STATE_LIQUIDATING);
}

Test(state, the_band_is_rounded_to_favour_the_account)
{
	/* 100 units at 7: 7.7 counts as 8 for a long, 6.3 as 6 for a short. */
	cr_assert_eq(rk_builder_quote(&b, 0, 7), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, -10, 7), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 1, 1000 * USD), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 100, 7), RK_OK);
	make_stale();
	/* At 8: E + 100, and R is 40. */
	cr_expect_eq(with_equity(-6000), RK_STATE_MARGIN_CALL);
	cr_expect_eq(with_equity(-6001), RK_STATE_LIQUIDATING);
	cr_expect_eq(with_equity(1000 * USD), RK_STATE_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, -200, 7), RK_OK);
	/* At 6: E + 100, and R is 30. */
	cr_expect_eq(with_equity(-7000), RK_STATE_MARGIN_CALL);
	cr_expect_eq(with_equity(-7001), RK_STATE_LIQUIDATING);
}

Test(state, a_withheld_start_happens_when_the_price_is_back)
{
	make_stale();
	cr_expect_eq(with_equity(0), RK_STATE_MARGIN_CALL);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 1);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_WITHHELD), 1);
}

Test(state, a_liquidation_that_started_goes_on_when_the_price_ages)
{
	cr_expect_eq(with_equity(4000), RK_STATE_LIQUIDATING);
	make_stale();
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING);
}

Test(state, risk_parameters_judge_everybody_anew)
{
	struct rk_engine_counts counts;
	struct rk_cmd cmd = {.type = RK_CMD_RISK};

	cr_expect_eq(with_equity(8000), RK_STATE_OK);
	rk_view_counts(b.harness.engine, &counts);
	cmd.risk = counts.risk;
	cmd.risk.warn_enter.raw = 1700000000;
	cmd.risk.warn_leave.raw = 1800000000;
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_WARN);
}

/*
 * Rules W1 to W8: slow prices, the worse of two, and weights by what all have.
 *
 * COIN (asset 1, slot 2) is priced in whole dollars; PERP (slot 0) and OTHER
 * (slot 1) settle in USD and require 10 % at I.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "engine/books.h"
#include "support/builder.h"

#define COIN      1
#define COIN_SLOT 2
#define USD       BUILDER_USD
#define SECOND    BUILDER_SECOND_NS
#define PRICE_MAX INT64_C(20000000000) /* two million dollars */
#define WHOLE     INT64_C(100000000)   /* a coin */

static struct rk_builder b;

static void open_book(void)
{
	struct rk_cmd asset = {.type = RK_CMD_ASSET,
			       .asset = {.name = "COIN",
					 .decimals = 8,
					 .price_decimals = 4,
					 .price_max = {PRICE_MAX},
					 .price_age_max_ns = BUILDER_AGE_NS}};

	rk_builder_init(&b);
	cr_assert_eq(rk_builder_apply(&b, asset), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, COIN_SLOT, 1000000), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 100000), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 2, 100000), RK_OK);
}

static void close_book(void)
{
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}

TestSuite(slow, .init = open_book, .fini = close_book);

static struct rk_cmd slow_of(uint32_t slot, int64_t start)
{
	struct rk_cmd cmd = {.type = RK_CMD_SLOW_PRICE,
			     .slow_price = {.slot = slot, .start = {start}}};

	rk_slow_default(&cmd.slow_price.terms);
	return cmd;
}

static int64_t slow_price(uint32_t slot)
{
	struct rk_slot_view view;

	cr_assert_eq(rk_view_slot(b.harness.engine, slot, &view), RK_OK);
	return view.slow_price.raw;
}

static void wait_for(int64_t seconds)
{
	cr_assert_eq(rk_builder_wait(&b, seconds * SECOND), RK_OK);
}

static int coins(uint64_t account, int64_t amount)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_ADJUST,
				    .amount = {account, COIN, {amount}}});
}

static struct rk_margin margin(uint64_t account)
{
	return rk_builder_view(&b, account).margin;
}

static int scale(int64_t held, int64_t owed)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){
			    .type = RK_CMD_COLLATERAL_SCALE,
			    .collateral_scale = {.asset = "COIN",
						 .scale = {.held = {held},
							   .owed = {owed}}}});
}

/* One term of otherwise good ones: what it may be, and what no more. */
static const struct {
	const char *what;
	size_t at; /* in struct rk_slow_terms */
	int64_t good;
	int64_t bad;
} edges[] = {
#define EDGE(field, good, bad)                                                 \
	{                                                                      \
#field, offsetof(struct rk_slow_terms, field), good, bad       \
	}
	EDGE(interval_ns, 600 * SECOND, 600 * SECOND - 1),
	EDGE(interval_ns, 7 * 86400 * SECOND, 7 * 86400 * SECOND + 1),
	EDGE(delay_limit, 1, 0),
	EDGE(delay_limit, RK_RATE_ONE, RK_RATE_ONE + 1),
	EDGE(limit, 1, 0),
	EDGE(limit, RK_RATE_ONE / 600, RK_RATE_ONE / 600 + 1),
	EDGE(min_ns, 0, -1),
	EDGE(min_ns, 600 * SECOND, 600 * SECOND + 1),
	EDGE(max_ns, 10 * SECOND, 10 * SECOND - 1),
	EDGE(max_ns, 3333 * SECOND, 3334 * SECOND),
#undef EDGE
};

Test(slow, terms_have_edges)
{
	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		struct rk_cmd cmd = slow_of(COIN_SLOT, 0);
		char *terms = (char *)&cmd.slow_price.terms;

		memcpy(terms + edges[i].at, &edges[i].bad, sizeof(int64_t));
		cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM,
			     "%s %lld", edges[i].what, (long long)edges[i].bad);
		memcpy(terms + edges[i].at, &edges[i].good, sizeof(int64_t));
		cr_expect_eq(rk_builder_apply(&b, cmd), RK_OK, "%s %lld",
			     edges[i].what, (long long)edges[i].good);
	}
}

Test(slow, an_interval_of_0_needs_all_else_to_be_0)
{
	struct rk_cmd cmd = slow_of(COIN_SLOT, 0);

	cmd.slow_price.terms.interval_ns = 0;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	memset(&cmd.slow_price.terms, 0, sizeof(cmd.slow_price.terms));
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_NO_CHANGE);
	cmd.slow_price.start.raw = 1;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
}

Test(slow, the_command_names_what_there_is)
{
	struct rk_cmd cmd = slow_of(3, 0);

	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	cmd = slow_of(COIN_SLOT, -1);
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PRICE);
	cmd = slow_of(COIN_SLOT, PRICE_MAX + 1);
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PRICE);
	cmd = slow_of(COIN_SLOT, 0);
	(void)strcpy(cmd.slow_price.underlying, "USD");
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM,
		     "an asset follows itself");
	cmd.slow_price.slot = 0;
	(void)strcpy(cmd.slow_price.underlying, "KOIN");
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_NO_ASSET);
	(void)strcpy(cmd.slow_price.underlying, "COIN");
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_SLOW_PRICE_SET), 1);
	cr_expect_eq(b.harness.events[0].market, 0);
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_NO_CHANGE);
	cr_expect_not(rk_cmd_may_be_atomic(RK_CMD_SLOW_PRICE));
	cr_expect_not(rk_cmd_may_be_atomic(RK_CMD_COLLATERAL_SCALE));
}

Test(slow, it_moves_at_most_once_in_min_and_a_gap_counts_as_max)
{
	cr_assert_eq(rk_builder_apply(&b, slow_of(COIN_SLOT, 0)), RK_OK);
	cr_expect_eq(slow_price(COIN_SLOT), 1000000);
	wait_for(9);
	cr_assert_eq(rk_builder_quote(&b, COIN_SLOT, 2000000), RK_OK);
	cr_expect_eq(slow_price(COIN_SLOT), 1000000);
	wait_for(1);
	cr_assert_eq(rk_builder_quote(&b, COIN_SLOT, 2000000), RK_OK);
	cr_expect_eq(slow_price(COIN_SLOT), 1003000, "10 s of 0.03 %%");
	wait_for(900);
	cr_assert_eq(rk_builder_quote(&b, COIN_SLOT, 500000), RK_OK);
	cr_expect_geq(slow_price(COIN_SLOT), 823500, "600 s, not 900");
	cr_expect_leq(slow_price(COIN_SLOT), 824000);
}

Test(slow, it_stays_while_the_price_is_not_ok)
{
	struct rk_cmd halt = {.type = RK_CMD_HALT, .halt = {0, true}};

	cr_assert_eq(rk_builder_apply(&b, slow_of(0, 0)), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, halt), RK_OK);
	for (int i = 0; i < 10; i++) {
		wait_for(60);
		cr_assert_eq(rk_builder_quote(&b, 0, 200), RK_OK);
		cr_expect_eq(slow_price(0), 100, "halted");
	}
	halt.halt.halted = false;
	cr_assert_eq(rk_builder_apply(&b, halt), RK_OK);
	cr_expect_eq(slow_price(0), 118, "600 s at once");
	/* Stale by time alone: nothing moves it. */
	wait_for(2000);
	cr_expect_eq(slow_price(0), 118);
}

Test(slow, it_begins_with_the_first_good_price)
{
	cr_assert_eq(rk_builder_apply(&b, slow_of(1, 0)), RK_OK);
	cr_expect_eq(slow_price(1), 0, "never quoted");
	cr_assert_eq(rk_builder_quote(&b, 1, 70), RK_OK);
	cr_expect_eq(slow_price(1), 70);
	wait_for(2000);
	cr_assert_eq(rk_builder_quote(&b, 0, 90), RK_OK);
	wait_for(2000);
	cr_assert_eq(rk_builder_apply(&b, slow_of(0, 0)), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 95), RK_OK);
	cr_expect_eq(slow_price(0), 95, "not at the stale one");
}

Test(slow, it_counts_rounded_away_from_the_mark_and_within_bounds)
{
	struct rk_cmd_market smaller = rk_builder_market("PERP");

	cr_assert_eq(rk_builder_apply(&b, slow_of(0, 100)), RK_OK);
	wait_for(10);
	cr_assert_eq(rk_builder_quote(&b, 0, 99), RK_OK);
	cr_expect_eq(slow_price(0), 100, "99.7, up from 99");
	wait_for(10);
	cr_assert_eq(rk_builder_quote(&b, 0, 105), RK_OK);
	cr_expect_eq(slow_price(0), 99, "99.999, down from 105");
	cr_assert_eq(rk_builder_quote(&b, 0, 50), RK_OK);
	smaller.price_max.raw = 60;
	cr_assert_eq(rk_builder_apply(
			     &b, (struct rk_cmd){.type = RK_CMD_MARKET_CHANGE,
						 .market = smaller}),
		     RK_OK);
	cr_expect_eq(slow_price(0), 60, "never above price_max");
}

Test(slow, maintenance_never_looks_at_it)
{
	struct rk_margin before;
	struct rk_margin after;

	cr_assert_eq(coins(1, 10 * WHOLE), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 5, 100), RK_OK);
	before = margin(1);
	cr_assert_eq(rk_builder_apply(&b, slow_of(COIN_SLOT, 400000)), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, slow_of(0, 40)), RK_OK);
	cr_assert_eq(scale(1, 1), RK_OK);
	after = margin(1);
	cr_expect_eq(after.equity.raw, before.equity.raw);
	cr_expect_eq(after.health_m.raw, before.health_m.raw);
	cr_expect_eq(after.maintenance.raw, before.maintenance.raw);
	cr_expect_lt(after.health_i.raw, before.health_i.raw);
	cr_expect_leq(after.health_w.raw, after.health_i.raw);
}

Test(slow, the_worse_price_is_the_lower_of_what_is_held_and_else_the_higher)
{
	cr_assert_eq(coins(1, WHOLE), RK_OK);
	cr_assert_eq(coins(2, -WHOLE), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, slow_of(COIN_SLOT, 400000)), RK_OK);
	cr_expect_eq(margin(1).health_i.raw, 1040 * USD, "at 40");
	cr_expect_eq(margin(2).health_i.raw, 900 * USD, "at the mark");
	cr_assert_eq(rk_builder_apply(&b, slow_of(COIN_SLOT, 1600000)), RK_OK);
	cr_expect_eq(margin(1).health_i.raw, 1100 * USD);
	cr_expect_eq(margin(2).health_i.raw, 840 * USD);
}

Test(slow, totals_follow_balances_and_what_is_refused_leaves_them)
{
	struct rk_asset_view view;
	struct rk_cmd children[2] = {
		{.type = RK_CMD_ADJUST, .amount = {1, COIN, {-5 * WHOLE}}},
		{.type = RK_CMD_ADJUST, .amount = {9, COIN, {WHOLE}}},
	};

	cr_assert_eq(coins(1, 3 * WHOLE), RK_OK);
	cr_assert_eq(coins(2, -2 * WHOLE), RK_OK);
	cr_assert_eq(
		rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_ATOMIC,
						     .atomic = {children, 2}}),
		RK_REJ_NO_ACCOUNT);
	(void)rk_view_asset(b.harness.engine, COIN, &view);
	cr_expect_eq(view.held, 3 * WHOLE);
	cr_expect_eq(view.owed, 2 * WHOLE);
	cr_assert_eq(rk_builder_apply(&b, children[0]), RK_OK);
	(void)rk_view_asset(b.harness.engine, COIN, &view);
	cr_expect_eq(view.held, 0);
	cr_expect_eq(view.owed, 4 * WHOLE);
}

Test(slow, a_scale_names_an_asset_and_is_not_below_0)
{
	cr_expect_eq(scale(-1, 0), RK_REJ_BAD_PARAM);
	cr_expect_eq(scale(0, -1), RK_REJ_BAD_PARAM);
	cr_expect_eq(scale(0, 0), RK_REJ_NO_CHANGE);
	cr_expect_eq(scale(1, 0), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_COLLATERAL_SCALE_SET), 1);
}

Test(slow, a_scale_is_of_the_dearer_price)
{
	cr_assert_eq(coins(1, 10 * WHOLE), RK_OK);
	cr_assert_eq(scale(1000 * USD, 0), RK_OK);
	cr_expect_eq(margin(1).health_i.raw, 2000 * USD, "1000 is the start");
	cr_assert_eq(rk_builder_apply(&b, slow_of(COIN_SLOT, 2000000)), RK_OK);
	cr_expect_eq(margin(1).health_i.raw, 1500 * USD,
		     "2000 held, half of it counts, at the mark");
}

Test(slow, a_debt_weighs_a_million_times_at_most_and_is_told_as_it_fits)
{
	cr_assert_eq(coins(2, -WHOLE), RK_OK);
	cr_assert_eq(scale(0, 1), RK_OK);
	cr_expect_eq(margin(2).health_i.raw,
		     1000 * USD - INT64_C(100000000) * USD);
	cr_assert_eq(coins(2, -9999 * WHOLE), RK_OK);
	cr_expect_eq(margin(2).health_i.raw, INT64_MIN);
	cr_expect_eq(margin(2).initial.raw, INT64_MAX);
	cr_expect_eq(margin(2).health_m.raw, -999000 * USD);
}

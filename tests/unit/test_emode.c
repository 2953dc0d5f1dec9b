/*
 * Rules Q1 to Q5, W9 and A2: groups of assets that weigh more against debts in
 * each other, weights by size, and caps of deposits.
 *
 * STETH (asset 1, slot 2) and ETH (asset 2, slot 3) have two decimals and are
 * priced at 100 USD; STETH weighs 0.8, 0.7, 0.6. In group "eth" STETH is
 * collateral at 0.95, 0.9, 0.85 against debts in ETH. PERP (slot 0) settles in
 * USD, ETH-PERP (market 2, slot 4) in ETH. Account 1 holds 100 STETH.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/ask.h"
#include "engine/books.h"
#include "support/builder.h"

#define DOLLAR   0
#define STETH    1
#define ETH      2
#define ETH_PERP 2
#define USD      BUILDER_USD
#define PERCENT  (RK_RATE_ONE / 100)
#define UNITS    INT64_C(100)

static struct rk_builder b;

static int set(const char *group, const char *asset, bool debt,
	       const int64_t percents[RK_LEVELS])
{
	struct rk_cmd cmd = {.type = RK_CMD_EMODE};
	struct rk_emode *entry = &cmd.emode.entry;

	(void)strcpy(cmd.emode.group, group);
	(void)strcpy(cmd.emode.asset, asset);
	entry->collateral = percents != NULL;
	entry->debt = debt;
	for (int k = 0; percents && k < RK_LEVELS; k++)
		entry->weight[k].raw = percents[k] * PERCENT;
	return rk_builder_apply(&b, cmd);
}

static const int64_t good[RK_LEVELS] = {95, 90, 85};
static const int64_t fair[RK_LEVELS] = {90, 88, 86};

static void list_asset(const char *name)
{
	struct rk_cmd cmd = {.type = RK_CMD_ASSET,
			     .asset = {.decimals = 2,
				       .price_max = {1000},
				       .price_age_max_ns = BUILDER_AGE_NS}};

	(void)strcpy(cmd.asset.name, name);
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
}

static int adjust(uint64_t account, uint32_t asset, int64_t amount)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_ADJUST,
				    .amount = {account, asset, {amount}}});
}

static int deposit(uint64_t account, uint32_t asset, int64_t amount)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_DEPOSIT,
				    .amount = {account, asset, {amount}}});
}

static void open_book(void)
{
	struct rk_cmd_market market = rk_builder_market("ETH-PERP");
	struct rk_collateral terms;

	rk_builder_init(&b);
	list_asset("STETH");
	list_asset("ETH");
	(void)strcpy(market.settle, "ETH");
	market.price_max.raw = 1000;
	market.position_max.raw = 1000;
	cr_assert_eq(rk_builder_contract(&b, &market), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 2, 100), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 3, 100), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 4, 1), RK_OK);
	rk_collateral_default(&terms);
	for (int k = 0; k < RK_LEVELS; k++)
		terms.weight[k].raw = (8 - k) * 10 * PERCENT;
	cr_assert_eq(rk_builder_collateral(&b, "STETH", &terms), RK_OK);
	cr_assert_eq(set("eth", "STETH", false, good), RK_OK);
	cr_assert_eq(set("eth", "ETH", true, NULL), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 0), RK_OK);
	cr_assert_eq(adjust(1, STETH, 100 * UNITS), RK_OK);
}

static void close_book(void)
{
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}

TestSuite(emode, .init = open_book, .fini = close_book);

/* What STETH counts with to account 1, in percent, as three digits each. */
static int64_t weights(void)
{
	struct rk_balance_view views[8];
	uint32_t n = rk_view_balances(b.harness.engine, 0, views, 8);

	for (uint32_t i = 0; i < n; i++)
		if (views[i].asset == STETH)
			return (views[i].weight[0].raw * 1000000 +
				views[i].weight[1].raw * 1000 +
				views[i].weight[2].raw) /
			       PERCENT;
	return -1;
}

static struct rk_margin margin(void)
{
	return rk_builder_view(&b, 1).margin;
}

static int place(uint32_t market, uint64_t order, int64_t size, int64_t price)
{
	return rk_builder_apply(&b,
				(struct rk_cmd){.type = RK_CMD_PLACE_ORDER,
						.place = {.account = 1,
							  .order = order,
							  .market = market,
							  .side = RK_SIDE_BUY,
							  .size = {size},
							  .price = {price}}});
}

static int reserve(uint32_t asset, int64_t amount)
{
	struct rk_cmd cmd = {.type = RK_CMD_RESERVE,
			     .withdraw = {9, 1, asset, {amount}}};
	int code = rk_builder_apply(&b, cmd);

	cmd.type = RK_CMD_CANCEL;
	if (code == RK_OK)
		cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	return code;
}

static void lend(const char *asset)
{
	struct rk_cmd cmd = {.type = RK_CMD_LENDING};

	(void)strcpy(cmd.lending.asset, asset);
	cmd.lending.terms =
		(struct rk_lending){.lendable = true,
				    .kink = {RK_RATE_ONE / 2},
				    .interval_ns = RK_DURATION_MAX_NS};
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
}

Test(emode, q1_an_entry_has_edges)
{
	const int64_t above[RK_LEVELS] = {101, 90, 80};
	const int64_t rises[RK_LEVELS] = {80, 81, 80};
	const int64_t later[RK_LEVELS] = {80, 70, 71};
	const int64_t below[RK_LEVELS] = {80, 70, -1};
	const int64_t whole[RK_LEVELS] = {100, 100, 100};
	const int64_t none[RK_LEVELS] = {0, 0, 0};
	struct rk_cmd debt = {
		.type = RK_CMD_EMODE,
		.emode = {.group = "eth",
			  .asset = "ETH",
			  .entry = {.debt = true, .weight = {{1}, {0}, {0}}}}};

	cr_expect_eq(set("no name", "NONE", false, above), RK_REJ_BAD_NAME);
	cr_expect_eq(set("eth", "NONE", false, above), RK_REJ_NO_ASSET);
	cr_expect_eq(set("eth", "STETH", false, above), RK_REJ_BAD_PARAM);
	cr_expect_eq(set("eth", "STETH", false, rises), RK_REJ_BAD_PARAM);
	cr_expect_eq(set("eth", "STETH", false, later), RK_REJ_BAD_PARAM);
	cr_expect_eq(set("eth", "STETH", false, below), RK_REJ_BAD_PARAM);
	cr_expect_eq(rk_builder_apply(&b, debt), RK_REJ_BAD_PARAM,
		     "a weight without collateral");
	cr_expect_eq(set("eth", "STETH", false, good), RK_REJ_NO_CHANGE);
	cr_expect_eq(set("none", "STETH", false, NULL), RK_REJ_NO_CHANGE);
	cr_expect_eq(set("eth", "STETH", false, whole), RK_OK);
	cr_expect_eq(set("eth", "STETH", true, none), RK_OK);
	cr_expect_not(rk_cmd_may_be_atomic(RK_CMD_EMODE));
}

Test(emode, q1_an_event_tells_asset_and_group)
{
	const struct rk_event *event;

	cr_assert_eq(set("other", "ETH", true, fair), RK_OK);
	event = rk_builder_event(&b, RK_EVENT_EMODE_SET, 0);
	cr_assert_not_null(event);
	cr_expect_eq(event->name.id, ETH);
	cr_expect_eq(event->name.slot, 3);
	cr_expect_str_eq(event->name.name, "other");
	cr_expect_eq(event->market, RK_NO_MARKET);
}

Test(emode, q1_there_are_32_groups_and_one_is_gone_with_its_last_asset)
{
	char name[RK_NAME_SIZE] = "g-00";

	for (int i = 1; i < 32; i++) {
		name[2] = (char)('0' + i / 10);
		name[3] = (char)('0' + i % 10);
		cr_assert_eq(set(name, "ETH", true, NULL), RK_OK);
	}
	cr_expect_eq(set("more", "ETH", true, NULL), RK_REJ_CAPACITY);
	cr_expect_eq(set("more", "ETH", false, NULL), RK_REJ_NO_CHANGE);
	cr_expect_eq(set("g-07", "STETH", true, fair), RK_OK);
	cr_expect_eq(set("g-07", "ETH", false, NULL), RK_OK);
	cr_expect_eq(set("more", "ETH", true, NULL), RK_REJ_CAPACITY,
		     "STETH is in it still");
	cr_expect_eq(set("g-07", "STETH", false, NULL), RK_OK);
	cr_expect_eq(set("more", "ETH", true, NULL), RK_OK);
	/* The number is that of the one before, and nothing of it is left. */
	cr_assert_eq(adjust(1, ETH, -10 * UNITS), RK_OK);
	cr_expect_eq(weights(), 95090085);
}

Test(emode, q3_without_a_debt_the_weight_is_its_own)
{
	cr_expect_eq(weights(), 80070060);
	cr_expect_eq(margin().health_m.raw, 8000 * USD);
}

Test(emode, q3_a_debt_of_the_group_makes_it_better)
{
	cr_assert_eq(adjust(1, ETH, -10 * UNITS), RK_OK);
	cr_expect_eq(weights(), 95090085);
	cr_expect_eq(margin().health_m.raw, 8500 * USD);
	cr_expect_eq(margin().health_i.raw, 8000 * USD);
	cr_expect_eq(margin().health_w.raw, 7500 * USD);
}

Test(emode, q3_one_debt_outside_leaves_the_weight_its_own)
{
	cr_assert_eq(adjust(1, ETH, -10 * UNITS), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 1, -1), RK_OK);
	cr_expect_eq(weights(), 80070060);
	cr_assert_eq(rk_builder_adjust(&b, 1, 1), RK_OK);
	cr_expect_eq(weights(), 95090085);
	cr_assert_eq(rk_builder_adjust(&b, 1, 100), RK_OK);
	cr_expect_eq(weights(), 95090085, "what is held is no debt");
}

Test(emode, q3_of_several_groups_the_best_counts_for_each_debt_and_the_least)
{
	cr_assert_eq(adjust(1, ETH, -10 * UNITS), RK_OK);
	cr_assert_eq(set("other", "STETH", false, fair), RK_OK);
	cr_assert_eq(set("other", "ETH", true, NULL), RK_OK);
	cr_expect_eq(weights(), 95090086, "each level its own best");
	cr_assert_eq(rk_builder_adjust(&b, 1, -1), RK_OK);
	cr_expect_eq(weights(), 80070060);
	cr_assert_eq(set("other", "USD", true, NULL), RK_OK);
	cr_expect_eq(weights(), 90088086, "USD is in the other one only");
	cr_assert_eq(set("eth", "STETH", false, NULL), RK_OK);
	cr_expect_eq(weights(), 90088086);
	cr_assert_eq(set("other", "STETH", false, NULL), RK_OK);
	cr_expect_eq(weights(), 80070060);
}

Test(emode, q3_a_group_never_makes_a_weight_worse)
{
	const int64_t low[RK_LEVELS] = {75, 72, 10};

	cr_assert_eq(adjust(1, ETH, -10 * UNITS), RK_OK);
	cr_assert_eq(set("eth", "STETH", false, low), RK_OK);
	cr_expect_eq(weights(), 80072060);
}

Test(emode, q2_what_a_position_settles_in_is_a_debt_whatever_it_gains)
{
	cr_assert_eq(rk_builder_trade(&b, 1, ETH_PERP, 1, 1), RK_OK);
	cr_expect_eq(weights(), 95090085);
	cr_assert_eq(rk_builder_quote(&b, 4, 50), RK_OK);
	cr_expect_eq(weights(), 95090085, "a gain changes nothing");
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 1, 100), RK_OK);
	cr_expect_eq(weights(), 80070060);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, -1, 100), RK_OK);
	cr_expect_eq(weights(), 95090085);
	cr_assert_eq(set("eth", "ETH", false, NULL), RK_OK);
	cr_expect_eq(weights(), 80070060);
}

Test(emode, q2_an_order_narrows_at_initial_only)
{
	cr_assert_eq(place(ETH_PERP, 1, 1, 1), RK_OK);
	cr_expect_eq(weights(), 80070060, "alone it makes nothing better");
	cr_assert_eq(adjust(1, ETH, -10 * UNITS), RK_OK);
	cr_expect_eq(weights(), 95090085);
	cr_assert_eq(place(0, 2, 1, 100), RK_OK);
	cr_expect_eq(weights(), 95070060);
}

Test(emode, q4_an_order_is_checked_with_the_weight_it_would_leave)
{
	struct rk_ask ask;

	/* 100 * 100 * 0.9 at I with ETH alone: 9000; with USD 7000. */
	cr_assert_eq(adjust(1, ETH, -75 * UNITS), RK_OK);
	cr_expect_eq(margin().health_i.raw, 1500 * USD);
	cr_assert_eq(rk_ask_account(b.harness.engine, 0, &ask), RK_OK);
	cr_expect_eq(rk_ask_order_size(&ask, 0, RK_SIDE_BUY, (rk_px){100},
				       (rk_rate){0})
			     .raw,
		     0);
	cr_expect_eq(place(0, 1, 1, 100), RK_REJ_MARGIN);
	cr_assert_eq(adjust(1, ETH, 10 * UNITS), RK_OK);
	/* 7000 - 6500 = 500 for a tenth of 100 each. */
	cr_assert_eq(rk_ask_account(b.harness.engine, 0, &ask), RK_OK);
	cr_expect_eq(rk_ask_order_size(&ask, 0, RK_SIDE_BUY, (rk_px){100},
				       (rk_rate){0})
			     .raw,
		     50);
	cr_expect_eq(place(0, 1, 51, 100), RK_REJ_MARGIN);
	cr_expect_eq(place(0, 1, 50, 100), RK_OK);
}

static int64_t withdrawable(uint32_t asset)
{
	struct rk_ask ask;

	cr_assert_eq(rk_ask_account(b.harness.engine, 0, &ask), RK_OK);
	return rk_ask_withdrawable(&ask, asset).raw;
}

Test(emode, q4_a_first_debt_is_judged_with_what_it_brings)
{
	lend("ETH");
	lend("USD");
	cr_assert_eq(rk_builder_account(&b, 2, 2000000), RK_OK);
	cr_assert_eq(adjust(2, ETH, 1000 * UNITS), RK_OK);
	/* 0.85 of 10000 against ETH, 0.6 against USD. */
	cr_expect_eq(withdrawable(ETH), 85 * UNITS);
	cr_expect_eq(reserve(ETH, 85 * UNITS), RK_OK);
	cr_expect_eq(reserve(ETH, 85 * UNITS + 1), RK_REJ_MARGIN);
	cr_expect_eq(withdrawable(DOLLAR), 600000);
	cr_expect_eq(reserve(DOLLAR, 600000), RK_OK);
	cr_expect_eq(reserve(DOLLAR, 600001), RK_REJ_MARGIN);
}

/*
 * Orders alone leave the weight its own, and health_I below 0: not a unit of
 * what is held may leave. With a debt beside it the group counts.
 */
Test(emode, q4_what_may_be_borrowed_may_lie_beyond_what_may_not_leave)
{
	struct rk_collateral terms;

	lend("ETH");
	cr_assert_eq(rk_builder_account(&b, 2, 0), RK_OK);
	cr_assert_eq(adjust(2, ETH, 1000 * UNITS), RK_OK);
	cr_assert_eq(adjust(1, ETH, 10), RK_OK);
	/* 4900 required in ETH of 10000 * 0.7; then 0.4 of it is left. */
	cr_assert_eq(place(ETH_PERP, 1, 490, 1), RK_OK);
	rk_collateral_default(&terms);
	for (int k = 0; k < RK_LEVELS; k++)
		terms.weight[k].raw = 40 * PERCENT;
	cr_assert_eq(rk_builder_collateral(&b, "STETH", &terms), RK_OK);
	cr_expect_lt(margin().health_w.raw, 0);
	cr_expect_eq(reserve(ETH, 1), RK_REJ_MARGIN);
	cr_expect_eq(reserve(ETH, 10), RK_REJ_MARGIN);
	/* 8500 - 4900 is 36 ETH, and the tenth that was there. */
	cr_expect_eq(withdrawable(ETH), 36 * UNITS + 10);
	cr_expect_eq(reserve(ETH, 11), RK_OK);
	cr_expect_eq(reserve(ETH, 36 * UNITS + 10), RK_OK);
	cr_expect_eq(reserve(ETH, 36 * UNITS + 11), RK_REJ_MARGIN);
}

/* The same by a fee: beyond 10 cents of it USD is owed. */
Test(emode, q4_a_fee_may_be_the_first_debt)
{
	struct rk_ask ask;
	struct rk_collateral terms;

	cr_assert_eq(set("usd", "STETH", false, good), RK_OK);
	cr_assert_eq(set("usd", "USD", true, NULL), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 1, 1000), RK_OK);
	rk_collateral_default(&terms);
	for (int k = 0; k < RK_LEVELS; k++)
		terms.weight[k].raw = 1 * PERCENT;
	cr_assert_eq(rk_builder_collateral(&b, "STETH", &terms), RK_OK);
	/* 110 USD at its own weight, 9010 with a debt: 10 % and a fee of 1 %.
	 */
	cr_assert_eq(rk_ask_account(b.harness.engine, 0, &ask), RK_OK);
	cr_expect_eq(rk_ask_order_size(&ask, 0, RK_SIDE_BUY, (rk_px){100},
				       (rk_rate){PERCENT})
			     .raw,
		     819);
	cr_expect_eq(rk_ask_order_size(&ask, 0, RK_SIDE_BUY, (rk_px){100},
				       (rk_rate){0})
			     .raw,
		     11);
}

Test(emode, q1_everybody_is_judged)
{
	struct rk_account_view view;

	cr_assert_eq(adjust(1, ETH, -94 * UNITS), RK_OK);
	view = rk_builder_view(&b, 1);
	cr_expect_neq(view.state, RK_STATE_LIQUIDATING);
	cr_assert_eq(set("eth", "ETH", false, NULL), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_STATE), 1);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING);
}

/* --- W9 */

static int scale(const char *asset, int64_t factor, int64_t cap)
{
	struct rk_cmd cmd = {
		.type = RK_CMD_COLLATERAL_SCALE,
		.collateral_scale = {.scale = {.size_factor = factor,
					       .deposit_cap = {cap}}}};

	(void)strcpy(cmd.collateral_scale.asset, asset);
	return rk_builder_apply(&b, cmd);
}

#define THOUSANDTH (RK_FACTOR_ONE / 1000)

Test(emode, w9_terms_have_edges)
{
	cr_expect_eq(scale("STETH", -1, 0), RK_REJ_BAD_PARAM);
	cr_expect_eq(scale("STETH", RK_FACTOR_ONE + 1, 0), RK_REJ_BAD_PARAM);
	cr_expect_eq(scale("STETH", 0, -1), RK_REJ_BAD_PARAM);
	cr_expect_eq(scale("STETH", 0, 0), RK_REJ_NO_CHANGE);
	cr_expect_eq(scale("STETH", RK_FACTOR_ONE, INT64_MAX), RK_OK);
	cr_expect_eq(scale("STETH", RK_FACTOR_ONE, 1), RK_OK);
	cr_expect_eq(scale("STETH", RK_FACTOR_ONE, 1), RK_REJ_NO_CHANGE);
	cr_expect_eq(scale("STETH", 1, 1), RK_OK);
}

Test(emode, w9_a_weight_falls_by_the_root_of_the_size)
{
	/* 100 units: a root of 10; 1.1 / 1.5 is between 0.7 and 0.8. */
	cr_assert_eq(scale("STETH", 50 * THOUSANDTH, 0), RK_OK);
	cr_expect_eq(margin().health_m.raw, 733333333000);
	cr_expect_eq(margin().health_i.raw, 7000 * USD);
	cr_expect_eq(margin().health_w.raw, 6000 * USD);
	/* 1.1 / 2: below all three. */
	cr_assert_eq(scale("STETH", 100 * THOUSANDTH, 0), RK_OK);
	cr_expect_eq(weights(), 55055055);
}

Test(emode, w9_a_group_comes_first)
{
	cr_assert_eq(adjust(1, ETH, -10 * UNITS), RK_OK);
	cr_assert_eq(scale("STETH", 25 * THOUSANDTH, 0), RK_OK);
	/* 1.1 / 1.25 = 0.88 */
	cr_expect_eq(weights(), 88088085);
}

Test(emode, w9_a_liability_rises_to_2_at_maintenance_and_beyond_it_else)
{
	cr_assert_eq(adjust(1, ETH, -25 * UNITS), RK_OK);
	cr_assert_eq(scale("ETH", 40 * THOUSANDTH, 0), RK_OK);
	/* 0.8 + 0.04 * 5 is 1. */
	cr_expect_eq(margin().health_m.raw, (9500 - 2500) * USD);
	cr_assert_eq(scale("ETH", 140 * THOUSANDTH, 0), RK_OK);
	cr_expect_eq(margin().health_m.raw, (9500 - 3750) * USD);
	cr_assert_eq(scale("ETH", 440 * THOUSANDTH, 0), RK_OK);
	/* 0.8 + 2.2 is 3: 2 at M. */
	cr_expect_eq(margin().health_m.raw, (9500 - 5000) * USD);
	cr_expect_eq(margin().health_i.raw, (9000 - 7500) * USD);
	cr_expect_eq(margin().health_w.raw, (8500 - 7500) * USD);
}

Test(emode, w9_a_factor_judges_everybody_and_a_cap_nobody)
{
	cr_assert_eq(adjust(1, ETH, -90 * UNITS), RK_OK);
	cr_expect_neq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING);
	cr_assert_eq(scale("STETH", 0, 1), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_STATE), 0);
	cr_assert_eq(scale("STETH", 50 * THOUSANDTH, 1), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING);
}

Test(emode, w9_one_with_weights_of_1_is_no_longer_plain)
{
	cr_assert_eq(rk_builder_account(&b, 2, 10000), RK_OK);
	/* 100 USD: 1.1 / 2. */
	cr_assert_eq(scale("USD", 100 * THOUSANDTH, 0), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 2).margin.health_m.raw, 55 * USD);
	cr_expect_eq(rk_builder_view(&b, 2).margin.equity.raw, 100 * USD);
	cr_expect_eq(rk_builder_view(&b, 2).margin.maintenance.raw, 45 * USD);
}

/* --- Q5 */

#define HOUR (3600 * BUILDER_SECOND_NS)

static int ramp(const char *asset, int64_t duration_ns)
{
	struct rk_cmd cmd = {.type = RK_CMD_RAMP,
			     .ramp = {.ramp = {duration_ns, duration_ns / 4}}};

	(void)strcpy(cmd.ramp.asset, asset);
	return rk_builder_apply(&b, cmd);
}

/* Half of its 100 STETH are owed in ETH; ramps of an hour, by quarters. */
static void begin_q5(void)
{
	cr_assert_eq(adjust(1, ETH, -50 * UNITS), RK_OK);
	cr_assert_eq(ramp("STETH", HOUR), RK_OK);
	cr_assert_eq(ramp("ETH", HOUR), RK_OK);
}

/* What STETH counts with at maintenance, 1e-9. */
static int64_t weight(void)
{
	struct rk_balance_view views[8];
	uint32_t n = rk_view_balances(b.harness.engine, 0, views, 8);

	for (uint32_t i = 0; i < n; i++)
		if (views[i].asset == STETH)
			return views[i].weight[RK_LEVEL_MAINTENANCE].raw;
	return -1;
}

static struct rk_emode_view entry(uint32_t asset)
{
	struct rk_emode_view view = {.group = ""};

	(void)rk_view_emode(b.harness.engine, asset, 0, &view);
	return view;
}

Test(emode, q5_a_weight_falls_in_steps_and_other_levels_at_once)
{
	const int64_t lower[RK_LEVELS] = {83, 75, 70};
	const struct rk_event *event;

	begin_q5();
	cr_assert_eq(set("eth", "STETH", false, lower), RK_OK);
	cr_expect_eq(weights(), 95075070);
	cr_expect_eq(set("eth", "STETH", false, lower), RK_REJ_NO_CHANGE);
	cr_assert_eq(rk_builder_wait(&b, HOUR / 4 - 1), RK_OK);
	cr_expect_eq(weights(), 95075070);
	cr_assert_eq(rk_builder_wait(&b, 1), RK_OK);
	cr_expect_eq(weights(), 92075070);
	event = rk_builder_event(&b, RK_EVENT_RAMPED, 0);
	cr_assert_not_null(event);
	cr_expect_eq(event->market, RK_NO_MARKET);
	cr_expect_eq(event->ramped.id, STETH);
	cr_expect_str_eq(event->ramped.group, "eth");
	cr_expect_eq(event->ramped.terms.weight.raw, 92 * PERCENT);
	cr_expect_eq(event->ramped.share.raw, 0);
	cr_expect_eq(event->ramped.elapsed_ns, HOUR / 4);
	cr_expect_not(event->ramped.ended);
	cr_assert_eq(rk_builder_wait(&b, HOUR), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_RAMPED), 1);
	cr_expect_eq(weights(), 83075070);
	cr_expect_not(entry(STETH).ramp.runs);
}

Test(emode, q5_whose_ramp_is_not_set_is_new_at_once)
{
	cr_assert_eq(adjust(1, ETH, -50 * UNITS), RK_OK);
	cr_assert_eq(ramp("ETH", HOUR), RK_OK);
	cr_assert_eq(set("eth", "STETH", false, fair), RK_OK);
	cr_expect_eq(weights(), 90088086);
}

Test(emode, q5_what_gets_better_does_so_at_once)
{
	const int64_t more[RK_LEVELS] = {96, 90, 85};

	begin_q5();
	cr_assert_eq(set("eth", "STETH", false, more), RK_OK);
	cr_expect_eq(weights(), 96090085);
	cr_expect_not(entry(STETH).ramp.runs);
	cr_assert_eq(set("eth", "STETH", false, NULL), RK_OK);
	cr_assert_eq(set("eth", "ETH", false, NULL), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, HOUR / 2), RK_OK);
	/* A mistake is taken back before it has done any harm. */
	cr_assert_eq(set("eth", "STETH", false, more), RK_OK);
	cr_assert_eq(set("eth", "ETH", true, NULL), RK_OK);
	cr_expect_eq(weights(), 96090085);
	cr_expect_not(entry(STETH).ramp.runs);
	cr_expect_not(entry(ETH).ramp.runs);
}

Test(emode, q5_collateral_that_leaves_falls_to_its_own_weight)
{
	begin_q5();
	cr_assert_eq(set("eth", "STETH", false, NULL), RK_OK);
	cr_expect_eq(weights(), 95070060);
	cr_expect(entry(STETH).ramp.runs);
	cr_expect_not(entry(STETH).entry.collateral);
	cr_expect_eq(set("eth", "STETH", false, NULL), RK_REJ_NO_CHANGE);
	cr_assert_eq(rk_builder_wait(&b, HOUR / 2), RK_OK);
	cr_expect_eq(weight(), 875 * (PERCENT / 10));
	cr_expect_eq(entry(STETH).weight.raw, weight());
	cr_assert_eq(rk_builder_wait(&b, HOUR / 2), RK_OK);
	cr_expect_eq(weights(), 80070060);
	cr_expect_str_empty(entry(STETH).group);
}

Test(emode, q5_a_weight_that_is_its_own_may_fall_at_the_same_time)
{
	struct rk_collateral terms;

	begin_q5();
	rk_collateral_default(&terms);
	for (int k = 0; k < RK_LEVELS; k++)
		terms.weight[k].raw = 40 * PERCENT;
	cr_assert_eq(rk_builder_collateral(&b, "STETH", &terms), RK_OK);
	cr_assert_eq(set("eth", "STETH", false, NULL), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, HOUR / 4), RK_OK);
	/* Its own is 0.7: 0.95 less a quarter of 0.25. */
	cr_expect_eq(weight(), 8875 * (PERCENT / 100));
	cr_assert_eq(rk_builder_wait(&b, HOUR / 2), RK_OK);
	/* 0.5: less three quarters of 0.45. */
	cr_expect_eq(weight(), 6125 * (PERCENT / 100));
	cr_assert_eq(rk_builder_wait(&b, HOUR / 4), RK_OK);
	cr_expect_eq(weight(), 40 * PERCENT);
}

Test(emode, q5_of_a_debt_that_leaves_a_share_is_left)
{
	begin_q5();
	cr_assert_eq(set("eth", "ETH", false, NULL), RK_OK);
	cr_expect_eq(weights(), 95070060);
	cr_assert_eq(rk_builder_wait(&b, HOUR / 4), RK_OK);
	cr_expect_eq(entry(ETH).share.raw, 75 * PERCENT);
	cr_expect_eq(weight(), 9125 * (PERCENT / 100));
	/* Another entry on the way: it goes on from what is in force. */
	cr_assert_eq(set("eth", "ETH", false, good), RK_OK);
	cr_expect_eq(weight(), 9125 * (PERCENT / 100));
	cr_assert_eq(rk_builder_wait(&b, HOUR / 2), RK_OK);
	cr_expect_eq(entry(ETH).share.raw, 375 * (PERCENT / 10));
	/* 0.8 + 0.15 * 0.375 */
	cr_expect_eq(weight(), 85625 * (PERCENT / 1000));
	cr_assert_eq(rk_builder_wait(&b, HOUR), RK_OK);
	cr_expect_eq(weights(), 80070060);
}

Test(emode, q5_both_are_rounded_against_the_account)
{
	struct rk_cmd cmd = {
		.type = RK_CMD_RAMP,
		.ramp = {.asset = "ETH", .ramp = {3 * HOUR, HOUR}}};

	begin_q5();
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	(void)strcpy(cmd.ramp.asset, "STETH");
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_assert_eq(set("eth", "STETH", false, fair), RK_OK);
	cr_assert_eq(set("eth", "ETH", false, NULL), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, HOUR), RK_OK);
	/* 0.95 - 0.05 / 3 and 2 / 3 */
	cr_expect_eq(entry(STETH).weight.raw, 933333333);
	cr_expect_eq(entry(ETH).share.raw, 666666666);
	/* 0.8 + floor(0.133333333 * 0.666666666) */
	cr_expect_eq(weight(), 888888888);
}

Test(emode, q5_an_account_is_liquidated_by_the_step_that_breaks_it)
{
	begin_q5();
	cr_assert_eq(adjust(1, ETH, -38 * UNITS), RK_OK); /* 88 of 95 */
	cr_assert_eq(set("eth", "STETH", false, NULL), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, HOUR / 4), RK_OK);
	cr_expect_neq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING);
	cr_assert_eq(rk_builder_wait(&b, HOUR / 4 - 1), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 2, 100), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 3, 100), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, 1), RK_OK); /* 87.5 */
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING);
}

Test(emode, q5_a_duration_of_0_ends_all_in_order_of_name)
{
	begin_q5();
	cr_assert_eq(set("a", "STETH", true, good), RK_OK);
	cr_assert_eq(set("eth", "STETH", false, NULL), RK_OK);
	cr_assert_eq(set("a", "STETH", true, fair), RK_OK);
	cr_assert_eq(set("eth", "ETH", false, NULL), RK_OK);
	cr_assert_eq(ramp("STETH", 0), RK_OK);
	cr_assert_eq(rk_builder_count(&b, RK_EVENT_RAMPED), 2);
	cr_expect_str_eq(rk_builder_event(&b, RK_EVENT_RAMPED, 0)->ramped.group,
			 "a");
	cr_expect_str_eq(rk_builder_event(&b, RK_EVENT_RAMPED, 1)->ramped.group,
			 "eth");
	cr_expect_eq(rk_builder_event(&b, RK_EVENT_RAMPED, 0)->ramped.share.raw,
		     RK_RATE_ONE);
	cr_expect(rk_builder_event(&b, RK_EVENT_RAMPED, 1)->ramped.ended);
	cr_expect_eq(weights(), 80070060);
	/* That of ETH runs on, and then the group is gone. */
	cr_expect_str_eq(entry(ETH).group, "eth");
	cr_assert_eq(rk_builder_wait(&b, HOUR), RK_OK);
	cr_expect_str_empty(entry(ETH).group);
}

Test(emode, q5_a_group_is_one_until_its_last_asset_has_left)
{
	char name[RK_NAME_SIZE];

	begin_q5();
	for (int i = 1; i < RK_EMODE_GROUPS; i++) {
		(void)snprintf(name, sizeof(name), "group-%d", i);
		cr_assert_eq(set(name, "ETH", true, NULL), RK_OK);
	}
	cr_assert_eq(set(name, "ETH", false, NULL), RK_OK);
	cr_expect_eq(set("more", "ETH", true, NULL), RK_REJ_CAPACITY);
	cr_assert_eq(rk_builder_wait(&b, HOUR), RK_OK);
	cr_expect_eq(set("more", "ETH", true, NULL), RK_OK);
}

/* --- A2 */

Test(emode, a2_no_deposit_beyond_the_cap)
{
	cr_assert_eq(rk_builder_account(&b, 2, 0), RK_OK);
	cr_assert_eq(scale("STETH", 0, 120 * UNITS), RK_OK);
	cr_expect_eq(deposit(2, STETH, 20 * UNITS + 1), RK_REJ_DEPOSIT_CAP);
	cr_expect_eq(deposit(2, STETH, 20 * UNITS), RK_OK);
	cr_expect_eq(deposit(1, STETH, 1), RK_REJ_DEPOSIT_CAP);
	cr_expect_eq(adjust(1, STETH, 1), RK_OK, "what has happened");
	cr_expect_eq(deposit(2, ETH, 1000 * UNITS), RK_OK, "has none");
}

Test(emode, a2_what_repays_is_no_deposit)
{
	cr_assert_eq(rk_builder_account(&b, 2, 0), RK_OK);
	cr_assert_eq(adjust(2, ETH, -20 * UNITS), RK_OK);
	cr_assert_eq(adjust(1, ETH, 10 * UNITS), RK_OK);
	cr_assert_eq(scale("ETH", 0, 5 * UNITS), RK_OK);
	cr_expect_eq(deposit(2, ETH, 20 * UNITS + 1), RK_REJ_DEPOSIT_CAP);
	cr_expect_eq(deposit(2, ETH, 15 * UNITS), RK_OK);
	cr_expect_eq(deposit(2, ETH, 5 * UNITS), RK_OK);
	cr_expect_eq(deposit(2, ETH, 1), RK_REJ_DEPOSIT_CAP);
}

Test(emode, a2_a_question_is_refused_as_the_deposit_would_be)
{
	struct rk_ask ask;

	cr_assert_eq(scale("STETH", 0, 120 * UNITS), RK_OK);
	cr_assert_eq(rk_ask_account(b.harness.engine, 0, &ask), RK_OK);
	cr_expect_eq(rk_ask_deposit(&ask, STETH, (rk_amt){15 * UNITS}), RK_OK);
	cr_expect_eq(rk_ask_deposit(&ask, STETH, (rk_amt){5 * UNITS + 1}),
		     RK_REJ_DEPOSIT_CAP);
	cr_expect_eq(rk_ask_deposit(&ask, STETH, (rk_amt){5 * UNITS}), RK_OK);
	/* What is deposited of a book of nobody's has been there long since. */
	rk_ask_nobody(b.harness.engine, &ask);
	cr_expect_eq(rk_ask_deposit(&ask, STETH, (rk_amt){500 * UNITS}), RK_OK);
}

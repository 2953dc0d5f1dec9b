/*
 * The examples of docs/margin.md about ramps, worked out by the engine; see
 * test_margin_doc.c.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/decimal.h"
#include "support/builder.h"

#define PAGE   RISKD_SOURCE_ROOT "/docs/margin.md"
#define COIN   1
#define SLOT   2
#define MINUTE (60 * BUILDER_SECOND_NS)
#define HOUR   (60 * MINUTE)

static struct rk_builder b;
static char page[1 << 17];

static void row(const char *words, const char *figure)
{
	char wanted[160];

	(void)snprintf(wanted, sizeof(wanted), "| %s | %s |", words, figure);
	cr_expect(strstr(page, wanted), "docs/margin.md lacks the row %s",
		  wanted);
}

static void row_decimal(const char *words, int64_t value, uint8_t decimals)
{
	char figure[RK_DECIMAL_SIZE];

	(void)rk_decimal_format(value, decimals, figure, sizeof(figure));
	row(words, figure);
}

static void open_page(void)
{
	FILE *file = fopen(PAGE, "rb");
	size_t n;

	cr_assert_not_null(file, "cannot open %s", PAGE);
	n = fread(page, 1, sizeof(page) - 1, file);
	cr_assert(n > 0 && n < sizeof(page) - 1);
	page[n] = '\0';
	(void)fclose(file);
	rk_builder_init(&b);
}

static void close_page(void)
{
	rk_builder_fini(&b);
}

TestSuite(margin_doc_ramp, .init = open_page, .fini = close_page);

static void set_ramp(const char *asset, const char *market, int64_t step_ns)
{
	struct rk_cmd cmd = {.type = RK_CMD_RAMP,
			     .ramp = {.ramp = {HOUR, step_ns}}};

	(void)snprintf(cmd.ramp.asset, RK_NAME_SIZE, "%s", asset);
	(void)snprintf(cmd.ramp.market, RK_NAME_SIZE, "%s", market);
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
}

static void weigh(int64_t weight)
{
	struct rk_collateral terms;

	rk_collateral_default(&terms);
	for (int k = 0; k < RK_LEVELS; k++)
		terms.weight[k].raw = weight;
	cr_assert_eq(rk_builder_collateral(&b, "COIN", &terms), RK_OK);
}

static int64_t weight(void)
{
	struct rk_asset_view view;

	cr_assert_eq(rk_view_asset(b.harness.engine, COIN, &view), RK_OK);
	return view.collateral.weight[RK_LEVEL_MAINTENANCE].raw;
}

static int64_t health(void)
{
	return rk_builder_view(&b, 1).margin.health_m.raw;
}

static void list_coin(void)
{
	cr_assert_eq(rk_builder_apply(
			     &b, (struct rk_cmd){.type = RK_CMD_ASSET,
						 .asset = {.name = "COIN",
							   .decimals = 2,
							   .price_max = {1000},
							   .price_age_max_ns =
								   9 * HOUR}}),
		     RK_OK);
	cr_assert_eq(rk_builder_quote(&b, SLOT, 100), RK_OK);
}

Test(margin_doc_ramp, a_weight_falls_in_steps)
{
	list_coin();
	weigh(9 * RK_RATE_ONE / 10);
	cr_assert_eq(rk_builder_account(&b, 1, 0), RK_OK);
	cr_assert_eq(rk_builder_apply(
			     &b, (struct rk_cmd){.type = RK_CMD_DEPOSIT,
						 .amount = {1, COIN, {1000}}}),
		     RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 1, -80000), RK_OK);
	set_ramp("COIN", "", 15 * MINUTE);
	weigh(7 * RK_RATE_ONE / 10);
	row_decimal("ramp: weight at once", weight(), 9);
	cr_assert_eq(rk_builder_wait(&b, 15 * MINUTE), RK_OK);
	row_decimal("ramp: weight after 15 min", weight(), 9);
	cr_assert_eq(rk_builder_wait(&b, 15 * MINUTE), RK_OK);
	row_decimal("ramp: health after 30 min", health(), 8);
	cr_assert_eq(rk_builder_wait(&b, 14 * MINUTE), RK_OK);
	row_decimal("ramp: health after 44 min", health(), 8);
	cr_expect_neq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING);
	cr_assert_eq(rk_builder_wait(&b, MINUTE), RK_OK);
	row_decimal("ramp: health after 45 min", health(), 8);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING);
	cr_assert_eq(rk_builder_wait(&b, 15 * MINUTE), RK_OK);
	row_decimal("ramp: weight after an hour", weight(), 9);
}

static void put_in_group(const char *asset, struct rk_emode entry)
{
	struct rk_cmd cmd = {.type = RK_CMD_EMODE,
			     .emode = {.group = "usd", .entry = entry}};

	(void)snprintf(cmd.emode.asset, RK_NAME_SIZE, "%s", asset);
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
}

/* What COIN counts with to account 1. */
static int64_t weight_of_1(void)
{
	struct rk_balance_view views[4];
	uint32_t n = rk_view_balances(b.harness.engine, 0, views, 4);

	for (uint32_t i = 0; i < n; i++)
		if (views[i].asset == COIN)
			return views[i].weight[RK_LEVEL_MAINTENANCE].raw;
	return -1;
}

Test(margin_doc_ramp, what_leaves_a_group_falls_in_steps)
{
	list_coin();
	weigh(7 * RK_RATE_ONE / 10);
	put_in_group("COIN",
		     (struct rk_emode){.collateral = true,
				       .weight = {{95 * RK_RATE_ONE / 100}}});
	put_in_group("USD", (struct rk_emode){.debt = true});
	cr_assert_eq(rk_builder_account(&b, 1, 0), RK_OK);
	cr_assert_eq(rk_builder_apply(
			     &b, (struct rk_cmd){.type = RK_CMD_DEPOSIT,
						 .amount = {1, COIN, {1000}}}),
		     RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 1, -80000), RK_OK);
	set_ramp("COIN", "", 15 * MINUTE);
	put_in_group("COIN", (struct rk_emode){.collateral = false});
	row_decimal("ramp: group weight at once", weight_of_1(), 9);
	cr_assert_eq(rk_builder_wait(&b, 15 * MINUTE), RK_OK);
	row_decimal("ramp: group weight after 15 min", weight_of_1(), 9);
	cr_assert_eq(rk_builder_wait(&b, 15 * MINUTE), RK_OK);
	row_decimal("ramp: group health after 30 min", health(), 8);
	cr_expect_neq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING);
	cr_assert_eq(rk_builder_wait(&b, 15 * MINUTE), RK_OK);
	row_decimal("ramp: group health after 45 min", health(), 8);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING);
	cr_assert_eq(rk_builder_wait(&b, 15 * MINUTE), RK_OK);
	row_decimal("ramp: group weight after an hour", weight_of_1(), 9);
}

static int64_t maintenance(uint64_t account)
{
	return rk_builder_position(&b, account, 0).maintenance.raw;
}

Test(margin_doc_ramp, maintenance_of_a_market_rises_in_steps)
{
	struct rk_cmd cmd = {.type = RK_CMD_MARKET_CHANGE,
			     .market = rk_builder_market("PERP")};

	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 1000000), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 2, 1000000), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 2, 0, 5, 100), RK_OK);
	set_ramp("", "PERP", 30 * MINUTE);
	cmd.market.brackets_n = 2;
	cmd.market.brackets[0] = (struct rk_bracket){
		{0}, {RK_RATE_ONE / 100}, {RK_RATE_ONE / 5}};
	cmd.market.brackets[1] = (struct rk_bracket){
		{600 * BUILDER_USD}, {RK_RATE_ONE / 5}, {RK_RATE_ONE / 5}};
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	row_decimal("ramp: maintenance at once", maintenance(1), 8);
	row_decimal("ramp: maintenance of 500 USD", maintenance(2), 8);
	cr_assert_eq(rk_builder_wait(&b, 30 * MINUTE), RK_OK);
	row_decimal("ramp: maintenance after 30 min", maintenance(1), 8);
	cr_assert_eq(rk_builder_wait(&b, 30 * MINUTE), RK_OK);
	row_decimal("ramp: maintenance after an hour", maintenance(1), 8);
}

/*
 * The examples of docs/margin.md about slow prices and scales, worked out by
 * the engine; see test_margin_doc.c.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/decimal.h"
#include "support/builder.h"

#define PAGE    RISKD_SOURCE_ROOT "/docs/margin.md"
#define MARKET  2 /* prices in cents, sizes in thousandths */
#define COIN    1
#define SLOT    2
#define DOLLARS INT64_C(100)
#define UNITS   INT64_C(1000)
#define COINS   INT64_C(100000000)

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

static void read_page(void)
{
	FILE *file = fopen(PAGE, "rb");
	size_t n;

	cr_assert_not_null(file, "cannot open %s", PAGE);
	n = fread(page, 1, sizeof(page) - 1, file);
	cr_assert(n > 0 && n < sizeof(page) - 1);
	page[n] = '\0';
	(void)fclose(file);
}

static void open_page(void)
{
	read_page();
	rk_builder_init(&b);
}

static void close_page(void)
{
	rk_builder_fini(&b);
}

TestSuite(margin_doc_slow, .init = open_page, .fini = close_page);

static int slow(uint32_t slot, int64_t start)
{
	struct rk_cmd cmd = {.type = RK_CMD_SLOW_PRICE,
			     .slow_price = {.slot = slot, .start = {start}}};

	rk_slow_default(&cmd.slow_price.terms);
	return rk_builder_apply(&b, cmd);
}

static int64_t slow_price(uint32_t slot)
{
	struct rk_slot_view view;

	cr_assert_eq(rk_view_slot(b.harness.engine, slot, &view), RK_OK);
	return view.slow_price.raw;
}

static void wait_seconds(int64_t seconds)
{
	cr_assert_eq(rk_builder_wait(&b, seconds * BUILDER_SECOND_NS), RK_OK);
}

static int list_coin(uint8_t price_decimals, int64_t price_max)
{
	struct rk_cmd cmd = {.type = RK_CMD_ASSET,
			     .asset = {.name = "COIN",
				       .decimals = 8,
				       .price_decimals = price_decimals,
				       .price_max = {price_max},
				       .price_age_max_ns = BUILDER_AGE_NS}};

	return rk_builder_apply(&b, cmd);
}

Test(margin_doc_slow, a_jump_is_followed_as_the_page_says)
{
	const int64_t hour_ns = 3600 * BUILDER_SECOND_NS;

	cr_assert_eq(list_coin(9, INT64_C(1) << 40), RK_OK);
	/* From the beginning of an hour on. */
	cr_assert_eq(rk_builder_wait(&b, hour_ns - BUILDER_START_NS % hour_ns),
		     RK_OK);
	cr_assert_eq(slow(SLOT, 30000000), RK_OK);
	for (int step = 1; step <= 240; step++) {
		wait_seconds(10);
		cr_assert_eq(rk_builder_quote(&b, SLOT, 910000000), RK_OK);
		if (step == 60)
			row_decimal("slow: after 10 minutes", slow_price(SLOT),
				    9);
		if (step == 120)
			row_decimal("slow: after 20 minutes", slow_price(SLOT),
				    9);
	}
	row_decimal("slow: after 40 minutes", slow_price(SLOT), 9);
}

Test(margin_doc_slow, initial_health_is_at_the_worse_price)
{
	struct rk_cmd_market market = rk_builder_market("EX-PERP");
	struct rk_margin margin;

	market.price_decimals = 2;
	market.size_decimals = 3;
	market.price_max.raw = 100000 * DOLLARS;
	market.position_max.raw = 1000 * UNITS;
	market.brackets_n = 2;
	market.brackets[0].maintenance.raw = RK_RATE_ONE / 100;
	market.brackets[0].initial.raw = RK_RATE_ONE / 50;
	market.brackets[1].floor.raw = 100000 * BUILDER_USD;
	market.brackets[1].maintenance.raw = RK_RATE_ONE / 50;
	market.brackets[1].initial.raw = RK_RATE_ONE / 25;
	cr_assert_eq(rk_builder_contract(&b, &market), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 9000 * DOLLARS), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, SLOT, 2000 * DOLLARS), RK_OK);
	cr_assert_eq(slow(SLOT, 0), RK_OK);
	cr_assert_eq(
		rk_builder_trade(&b, 1, MARKET, 60 * UNITS, 2000 * DOLLARS),
		RK_OK);
	wait_seconds(30);
	cr_assert_eq(rk_builder_quote(&b, SLOT, 3000 * DOLLARS), RK_OK);
	row_decimal("slow: price", slow_price(SLOT), 2);
	margin = rk_builder_view(&b, 1).margin;
	row_decimal("slow: equity", margin.equity.raw, 8);
	row_decimal("slow: health_M", margin.health_m.raw, 8);
	row_decimal("slow: health_I", margin.health_i.raw, 8);
	row_decimal("slow: health_W", margin.health_w.raw, 8);
}

static int take_out(uint64_t id, int64_t coins)
{
	struct rk_cmd cmd = {.type = RK_CMD_RESERVE,
			     .withdraw = {id, 1, COIN, {coins}}};

	return rk_builder_apply(&b, cmd);
}

Test(margin_doc_slow, a_scale_counts_as_the_page_says)
{
	struct rk_cmd scale = {
		.type = RK_CMD_COLLATERAL_SCALE,
		.collateral_scale = {
			.asset = "COIN",
			.scale = {.held = {500000 * BUILDER_USD}}}};
	struct rk_cmd coins = {.type = RK_CMD_DEPOSIT,
			       .amount = {1, COIN, {40000 * COINS}}};
	struct rk_collateral terms;
	struct rk_margin margin;

	rk_collateral_default(&terms);
	for (int k = 0; k < RK_LEVELS; k++)
		terms.weight[k].raw = RK_RATE_ONE / 10 * 9;
	cr_assert_eq(list_coin(2, 10000 * DOLLARS), RK_OK);
	cr_assert_eq(rk_builder_collateral(&b, "COIN", &terms), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, scale), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, SLOT, 25 * DOLLARS), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 0), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, coins), RK_OK);
	margin = rk_builder_view(&b, 1).margin;
	row_decimal("scale: weight", margin.health_i.raw / 1000000, 8);
	cr_assert_eq(rk_builder_adjust(&b, 1, -400000 * DOLLARS), RK_OK);
	margin = rk_builder_view(&b, 1).margin;
	row_decimal("scale: health_M", margin.health_m.raw, 8);
	row_decimal("scale: health_I", margin.health_i.raw, 8);
	cr_expect_eq(take_out(1, INT64_C(444444444445)), RK_REJ_MARGIN);
	cr_expect_eq(take_out(2, INT64_C(444444444444)), RK_OK);
	row("taking out 4444.44444445 COIN", "MARGIN");
	row("taking out 4444.44444444 COIN", "OK");
}

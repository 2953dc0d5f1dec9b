/*
 * The example of docs/margin.md about resting orders, worked out by the engine;
 * see test_margin_doc.c.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/ask.h"
#include "engine/decimal.h"
#include "support/builder.h"

#define PAGE    RISKD_SOURCE_ROOT "/docs/margin.md"
#define MARKET  2 /* prices in cents, sizes in thousandths */
#define SLOT    2
#define DOLLARS INT64_C(100)
#define UNITS   INT64_C(1000)

static struct rk_builder b;
static char page[1 << 17];

static void row(const char *words, int64_t value, uint8_t decimals)
{
	char figure[RK_DECIMAL_SIZE];
	char wanted[160];

	(void)rk_decimal_format(value, decimals, figure, sizeof(figure));
	(void)snprintf(wanted, sizeof(wanted), "| %s | %s |", words, figure);
	cr_expect(strstr(page, wanted), "docs/margin.md lacks the row %s",
		  wanted);
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

static void open_example(void)
{
	struct rk_cmd_market market = rk_builder_market("EX-PERP");

	read_page();
	rk_builder_init(&b);
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
	cr_assert_eq(
		rk_builder_trade(&b, 1, MARKET, 60 * UNITS, 2000 * DOLLARS),
		RK_OK);
	cr_assert_eq(rk_builder_quote(&b, SLOT, 1900 * DOLLARS), RK_OK);
}

/* size in thousandths, below 0 to sell. */
static int place(uint64_t order, int64_t size, int64_t dollars)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_PLACE_ORDER,
				    .place = {.account = 1,
					      .order = order,
					      .market = MARKET,
					      .side = size > 0 ? RK_SIDE_BUY
							       : RK_SIDE_SELL,
					      .size = {size > 0 ? size : -size},
					      .price = {dollars * DOLLARS}}});
}

static struct rk_margin margin(void)
{
	return rk_builder_view(&b, 1).margin;
}

static int64_t most(enum rk_side side)
{
	struct rk_ask ask;

	cr_assert_eq(rk_ask_account(b.harness.engine, 0, &ask), RK_OK);
	return rk_ask_order_size(&ask, MARKET, side, (rk_px){1900 * DOLLARS},
				 RK_ASK_FEE_COUNTED)
		.raw;
}

/* A taker pays 0.05 %. */
static void charge(void)
{
	struct rk_cmd cmd = {.type = RK_CMD_MARKET_CHANGE};
	struct rk_market_view view;

	cr_assert_eq(rk_view_market(b.harness.engine, MARKET, &view), RK_OK);
	cmd.market = view.listing;
	cmd.market.taker_fee.raw = RK_RATE_ONE / 2000;
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
}

Test(margin_doc_orders, orders_count_as_the_page_says)
{
	struct rk_cmd fill = {.type = RK_CMD_TRADE,
			      .trade = {.trade = 99,
					.market = MARKET,
					.price = {1902 * DOLLARS},
					.size = {2 * UNITS},
					.buyer = {.account = 1, .resting = 1}}};

	open_example();
	row("resting: health_I before", margin().health_i.raw, 8);
	cr_assert_eq(place(1, 5 * UNITS, 1902), RK_OK);
	row("resting: initial margin with the buy", margin().initial.raw, 8);
	row("resting: health_I with the buy", margin().health_i.raw, 8);
	row("resting: health_M with the buy", margin().health_m.raw, 8);
	row("resting: health_W with the buy", margin().health_w.raw, 8);
	cr_assert_eq(place(2, -100 * UNITS, 1950), RK_OK);
	row("resting: health_I with the sell", margin().health_i.raw, 8);
	row("resting: most to buy at the mark", most(RK_SIDE_BUY), 3);
	row("resting: most to sell at the mark", most(RK_SIDE_SELL), 3);
	charge();
	row("resting: most to buy with a fee", most(RK_SIDE_BUY), 3);
	row("resting: most to sell with a fee", most(RK_SIDE_SELL), 3);
	cr_expect_eq(place(3, most(RK_SIDE_BUY) + 1, 1900), RK_REJ_MARGIN);
	cr_expect_eq(place(3, -most(RK_SIDE_SELL) - 1, 1900), RK_REJ_MARGIN);
	cr_assert_eq(rk_builder_apply(&b, fill), RK_OK);
	row("resting: health_I after the fill", margin().health_i.raw, 8);
	rk_builder_fini(&b);
}

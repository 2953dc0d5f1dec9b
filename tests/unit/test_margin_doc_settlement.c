/*
 * The example of docs/margin.md about settlement, worked out by the engine;
 * see test_margin_doc.c.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/books.h"
#include "engine/decimal.h"
#include "support/builder.h"

#define PAGE    RISKD_SOURCE_ROOT "/docs/margin.md"
#define MARKET  2 /* prices in cents, sizes in thousandths */
#define SLOT    2
#define DOLLARS INT64_C(100)
#define SIZE    INT64_C(60001)

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

static int trade(uint64_t id, int64_t price, int64_t size)
{
	struct rk_cmd cmd = {.type = RK_CMD_TRADE,
			     .trade = {.trade = id,
				       .market = MARKET,
				       .price = {price},
				       .size = {size},
				       .buyer = {.account = 1},
				       .seller = {.account = 2}}};

	return rk_builder_apply(&b, cmd);
}

static void open_example(void)
{
	struct rk_cmd_market market = rk_builder_market("EX-26MAR");

	read_page();
	rk_builder_init(&b);
	market.price_decimals = 2;
	market.size_decimals = 3;
	market.price_max.raw = 100000 * DOLLARS;
	market.position_max.raw = 1000000;
	cr_assert_eq(rk_builder_contract(&b, &market), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 9000 * DOLLARS), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 2, 9000 * DOLLARS), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, SLOT, 2000 * DOLLARS), RK_OK);
	cr_assert_eq(trade(1, 2000 * DOLLARS, SIZE), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, SLOT, 191237), RK_OK);
}

static int64_t settled(uint32_t nth)
{
	const struct rk_event *event =
		rk_builder_event(&b, RK_EVENT_POSITION_SETTLED, nth);

	cr_assert_not_null(event);
	return event->settled.realised.raw;
}

Test(margin_doc_settlement, a_market_is_settled_as_the_page_says)
{
	struct rk_books_asset sums = {.clearing = 0};

	open_example();
	row("settlement: equity of the long before",
	    rk_builder_view(&b, 1).margin.equity.raw, 8);
	row("settlement: equity of the short before",
	    rk_builder_view(&b, 2).margin.equity.raw, 8);
	cr_assert_eq(
		rk_builder_apply(
			&b,
			(struct rk_cmd){
				.type = RK_CMD_MARKET_STATE,
				.market_state = {MARKET, RK_MARKET_SETTLING}}),
		RK_OK);
	cr_assert_eq(rk_builder_apply(
			     &b, (struct rk_cmd){.type = RK_CMD_SETTLE,
						 .settle = {MARKET, {191237}}}),
		     RK_OK);
	row("settlement: realised by the long", settled(0), 2);
	row("settlement: realised by the short", settled(1), 2);
	row("settlement: balance of the long", rk_builder_balance(&b, 1, 0), 2);
	row("settlement: balance of the short", rk_builder_balance(&b, 2, 0),
	    2);
	row("settlement: left in clearing",
	    rk_builder_event(&b, RK_EVENT_MARKET_SETTLED, 0)
		    ->market_settled.left.raw,
	    2);
	(void)rk_view_books_asset(b.harness.engine, 0, &sums);
	row("settlement: left in clearing", (int64_t)sums.clearing, 2);
	cr_assert_eq(trade(2, 1900 * DOLLARS, 5000), RK_OK);
	row("settlement: realised by a late buyer", settled(0), 2);
	row("settlement: realised by a late seller", settled(1), 2);
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}

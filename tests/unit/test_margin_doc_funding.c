/*
 * The example of docs/margin.md about funding, worked out by the engine; see
 * test_margin_doc.c.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/books.h"
#include "engine/decimal.h"
#include "support/builder.h"

#define PAGE     RISKD_SOURCE_ROOT "/docs/margin.md"
#define MARKET   2 /* prices in cents, sizes in thousandths */
#define SLOT     2
#define DOLLARS  INT64_C(100)
#define UNITS    INT64_C(1000)
#define INTERVAL (28800 * BUILDER_SECOND_NS)

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

static void row_amount(const char *words, int64_t cents)
{
	row(words, cents, 2);
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

static void premium(int64_t cents)
{
	struct rk_cmd cmd = {.type = RK_CMD_PREMIUM,
			     .premium = {.market = MARKET,
					 .index = {1900 * DOLLARS},
					 .impact_bid = {cents},
					 .impact_ask = {1907 * DOLLARS}}};

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
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
	market.brackets[0].maintenance.raw = RK_RATE_ONE / 100;
	market.brackets[0].initial.raw = RK_RATE_ONE / 50;
	cr_assert_eq(rk_builder_contract(&b, &market), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 9000 * DOLLARS), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, SLOT, 2000 * DOLLARS), RK_OK);
	cr_assert_eq(
		rk_builder_trade(&b, 1, MARKET, 60 * UNITS, 2000 * DOLLARS),
		RK_OK);
	cr_assert_eq(rk_builder_quote(&b, SLOT, 1900 * DOLLARS), RK_OK);
}

static void pass_an_interval(void)
{
	struct rk_cmd cmd = {.type = RK_CMD_FUNDING,
			     .funding = {.market = "EX-PERP",
					 .terms = {.interval_ns = INTERVAL,
						   .interest = {100000},
						   .clamp = {500000},
						   .cap = {40000000}}}};

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	premium(190570);
	premium(190380);
	cmd = (struct rk_cmd){.type = RK_CMD_CLOCK,
			      .clock = {rk_view_next_due(b.harness.engine)}};
	while (rk_builder_count(&b, RK_EVENT_FUNDING) == 0) {
		/* The quote ages out on the way: the mark stays. */
		cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
		cmd.clock.time_ns = rk_view_next_due(b.harness.engine);
	}
}

Test(margin_doc_funding, funding_is_paid_as_the_page_says)
{
	struct rk_books_asset sums = {.clearing = 0};
	const struct rk_event *event;

	open_example();
	row("funding: equity before", rk_builder_view(&b, 1).margin.equity.raw,
	    8);
	pass_an_interval();
	event = rk_builder_event(&b, RK_EVENT_FUNDING, 0);
	row("funding: rate", event->funding.rate.raw, 9);
	row_amount("funding: of the position",
		   rk_builder_position(&b, 1, MARKET).funding.raw);
	row("funding: equity after", rk_builder_view(&b, 1).margin.equity.raw,
	    8);
	row_amount("funding: balance not settled",
		   rk_builder_balance(&b, 1, 0));
	cr_assert_eq(
		rk_builder_trade(&b, 1, MARKET, -10 * UNITS, 1900 * DOLLARS),
		RK_OK);
	event = rk_builder_event(&b, RK_EVENT_FUNDING_PAID, 0);
	cr_assert_not_null(event);
	row_amount("funding: paid before the sale",
		   event->funding_paid.booked.raw);
	event = rk_builder_event(&b, RK_EVENT_POSITION, 0);
	row_amount("funding: realised by the sale",
		   event->position.realised.raw);
	row_amount("funding: balance after the sale",
		   event->position.balance.raw);
	(void)rk_view_books_asset(b.harness.engine, 0, &sums);
	row_amount("funding: clearing", (int64_t)sums.clearing);
	rk_builder_fini(&b);
}

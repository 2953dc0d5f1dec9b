/*
 * The examples of docs/margin.md about debts that nobody pays, and about
 * conversion, worked out by the engine; see test_margin_doc.c.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/books.h"
#include "engine/decimal.h"
#include "support/builder.h"

#define PAGE   RISKD_SOURCE_ROOT "/docs/margin.md"
#define USDC   1 /* 8 decimals, fixed at 1 */
#define BTC    2 /* 8 decimals, prices in dollars, slot 2 */
#define UNIT   INT64_C(100000000)
#define DAY_NS (86400 * BUILDER_SECOND_NS)

static struct rk_builder b;
static char page[1 << 17];

static void row(const char *words, rk_i128 value, uint8_t decimals)
{
	char figure[RK_DECIMAL_I128_SIZE];
	char wanted[200];

	(void)snprintf(wanted, sizeof(wanted), "| %s | %s |", words,
		       rk_decimal_format_i128(value, decimals, 0, figure,
					      sizeof(figure)));
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

static void apply(struct rk_cmd cmd)
{
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
}

static void adjust(uint64_t account, uint32_t asset, int64_t amount)
{
	apply((struct rk_cmd){.type = RK_CMD_ADJUST,
			      .amount = {account, asset, {amount}}});
}

static int64_t to_settle(uint32_t index)
{
	struct rk_balance_view views[4];

	cr_assert_eq(rk_view_balances(b.harness.engine, index, views, 4), 1);
	return views[0].interest.raw;
}

Test(margin_doc_loss, a_loss_is_shared_as_the_page_says)
{
	struct rk_books_asset sums;
	const struct rk_event *ev;

	read_page();
	rk_builder_init(&b);
	apply((struct rk_cmd){
		.type = RK_CMD_ASSET,
		.asset = {.name = "USDC", .decimals = 8, .fixed_price = {1}}});
	apply((struct rk_cmd){.type = RK_CMD_LENDING,
			      .lending = {.asset = "USDC",
					  .terms = {.lendable = true,
						    .kink = {RK_RATE_ONE / 2},
						    .interval_ns = DAY_NS}}});
	for (uint64_t account = 1; account <= 3; account++)
		cr_assert_eq(rk_builder_account(&b, account, 0), RK_OK);
	adjust(1, USDC, 20000 * UNIT);
	adjust(3, USDC, 10000 * UNIT);
	adjust(2, USDC, -5000 * UNIT);
	apply((struct rk_cmd){.type = RK_CMD_WRITE_OFF,
			      .amount = {2, USDC, {0}}});
	ev = rk_builder_event(&b, RK_EVENT_WRITTEN_OFF, 0);
	cr_assert_not_null(ev);
	row("loss: written off", ev->written_off.amount.raw, 8);
	ev = rk_builder_event(&b, RK_EVENT_LOSS_SHARED, 0);
	cr_assert_not_null(ev);
	row("loss: index of what is held", ev->loss_shared.supply_index, 18);
	row("loss: account 1 has to settle", to_settle(0), 8);
	row("loss: account 3 has to settle", to_settle(2), 8);
	adjust(1, USDC, 1);
	adjust(3, USDC, 1);
	(void)rk_view_books_asset(b.harness.engine, USDC, &sums);
	row("loss: left in interest if both settle", sums.interest, 8);
	rk_builder_fini(&b);
}

static struct rk_balance_view usdc_of_first(void)
{
	struct rk_balance_view views[4];

	cr_assert_eq(rk_view_balances(b.harness.engine, 0, views, 4), 2);
	cr_assert_eq(views[0].asset, USDC);
	return views[0];
}

static void list_btc(void)
{
	struct rk_collateral weights;

	apply((struct rk_cmd){.type = RK_CMD_ASSET,
			      .asset = {.name = "BTC",
					.decimals = 8,
					.price_max = {10000000},
					.price_age_max_ns = BUILDER_AGE_NS}});
	rk_collateral_default(&weights);
	for (int k = 0; k < RK_LEVELS; k++)
		weights.weight[k].raw = RK_RATE_ONE / 10 * 9;
	cr_assert_eq(rk_builder_collateral(&b, "BTC", &weights), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 2, 50000), RK_OK);
	apply((struct rk_cmd){
		.type = RK_CMD_CONVERSION,
		.conversion = {.asset = "BTC",
			       .terms = {.enabled = true,
					 .cost = {RK_RATE_ONE / 200},
					 .band = {RK_RATE_ONE / 50}}}});
}

static void list_usdc(void)
{
	apply((struct rk_cmd){
		.type = RK_CMD_ASSET,
		.asset = {.name = "USDC", .decimals = 8, .fixed_price = {1}}});
	apply((struct rk_cmd){.type = RK_CMD_LENDING,
			      .lending = {.asset = "USDC",
					  .terms = {.lendable = true,
						    .kink = {RK_RATE_ONE / 2},
						    .interval_ns = DAY_NS}}});
	apply((struct rk_cmd){
		.type = RK_CMD_CONVERSION,
		.conversion = {.asset = "USDC",
			       .terms = {.enabled = true,
					 .auto_borrow = {1000 * UNIT},
					 .repay_to = {200 * UNIT},
					 .band = {RK_RATE_ONE / 100}}}});
}

Test(margin_doc_loss, a_loss_is_converted_as_the_page_says)
{
	const struct rk_event *ev;

	read_page();
	rk_builder_init(&b);
	list_usdc();
	list_btc();
	for (uint64_t account = 1; account <= 2; account++)
		cr_assert_eq(rk_builder_account(&b, account, 0), RK_OK);
	adjust(2, USDC, 100000 * UNIT);
	adjust(1, BTC, UNIT);
	apply((struct rk_cmd){.type = RK_CMD_RESERVE,
			      .withdraw = {1, 1, USDC, {10000 * UNIT}}});
	adjust(1, USDC, -1500 * UNIT);
	ev = rk_builder_event(&b, RK_EVENT_CONVERSION_OPENED, 0);
	cr_assert_not_null(ev);
	row("conversion: loan", usdc_of_first().loan.raw, 8);
	row("conversion: loss debt", ev->conversion.loss.raw, 8);
	row("conversion: relief",
	    (rk_i128)RK_RATE_ONE * (RK_RATE_ONE - RK_RATE_ONE / 200) -
		    (rk_i128)RK_RATE_ONE * (RK_RATE_ONE / 10 * 9),
	    18);
	row("conversion: BTC to sell", ev->conversion.size.raw, 8);
	row("conversion: USDC to bring at least", ev->conversion.least.raw, 8);
	row("conversion: health at M before",
	    rk_builder_view(&b, 1).margin.health_m.raw, 8);
	apply((struct rk_cmd){.type = RK_CMD_CONVERT,
			      .convert = {.account = 1,
					  .sell = BTC,
					  .sold = {ev->conversion.size.raw},
					  .buy = USDC,
					  .bought = {INT64_C(129950000000)},
					  .order = ev->conversion.order}});
	row("conversion: loss debt then", usdc_of_first().loss.raw, 8);
	row("conversion: loan then", usdc_of_first().loan.raw, 8);
	row("conversion: health at M then",
	    rk_builder_view(&b, 1).margin.health_m.raw, 8);
	rk_builder_fini(&b);
}

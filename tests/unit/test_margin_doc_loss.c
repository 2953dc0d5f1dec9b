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

/*
 * The example of docs/margin.md about loans, worked out by the engine; see
 * test_margin_doc.c.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/ask.h"
#include "engine/books.h"
#include "engine/decimal.h"
#include "engine/fx.h"
#include "support/builder.h"

#define PAGE   RISKD_SOURCE_ROOT "/docs/margin.md"
#define USDC   1 /* 8 decimals, fixed at 1 */
#define ETH    2 /* 8 decimals, prices in cents, slot 2 */
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

static void list(void)
{
	struct rk_collateral eth;

	apply((struct rk_cmd){
		.type = RK_CMD_ASSET,
		.asset = {.name = "USDC", .decimals = 8, .fixed_price = {1}}});
	apply((struct rk_cmd){.type = RK_CMD_ASSET,
			      .asset = {.name = "ETH",
					.decimals = 8,
					.price_decimals = 2,
					.price_max = {100000000},
					.price_age_max_ns = 3000 * DAY_NS}});
	rk_collateral_default(&eth);
	eth.weight[RK_LEVEL_MAINTENANCE].raw = RK_RATE_ONE / 100 * 80;
	eth.weight[RK_LEVEL_INITIAL].raw = RK_RATE_ONE / 100 * 75;
	eth.weight[RK_LEVEL_WITHDRAWAL].raw = RK_RATE_ONE / 100 * 70;
	cr_assert_eq(rk_builder_collateral(&b, "ETH", &eth), RK_OK);
	apply((struct rk_cmd){
		.type = RK_CMD_LENDING,
		.lending = {.asset = "USDC",
			    .terms = {.lendable = true,
				      .base = {RK_RATE_ONE / 100},
				      .slope_low = {RK_RATE_ONE / 25},
				      .slope_high = {RK_RATE_ONE / 10 * 6},
				      .kink = {RK_RATE_ONE / 10 * 8},
				      .reserve = {RK_RATE_ONE / 10},
				      .interval_ns = DAY_NS}}});
}

static void lend(void)
{
	struct rk_lending_view pool;

	cr_assert_eq(rk_builder_account(&b, 1, 0), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 2, 0), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 2, 200000), RK_OK);
	apply((struct rk_cmd){.type = RK_CMD_DEPOSIT,
			      .amount = {1, USDC, {20000 * UNIT}}});
	apply((struct rk_cmd){.type = RK_CMD_DEPOSIT,
			      .amount = {2, ETH, {10 * UNIT}}});
	apply((struct rk_cmd){.type = RK_CMD_RESERVE,
			      .withdraw = {1, 2, USDC, {14000 * UNIT}}});
	cr_assert_eq(rk_view_lending(b.harness.engine, USDC, &pool), RK_OK);
	row("loan: utilisation", pool.utilisation, 18);
	row("loan: rate of borrowing", pool.borrow_rate, 18);
	row("loan: rate of supplying", pool.supply_rate, 18);
}

static void row_ratio(const char *words, rk_usd part, rk_usd whole,
		      enum rk_round round)
{
	row(words, rk_fx_div((rk_i128)part.raw * RK_RATE_ONE, whole.raw, round),
	    9);
}

static void tell_health(const char *factor, const char *ltv)
{
	struct rk_margin margin = rk_builder_view(&b, 2).margin;

	row_ratio(factor, margin.assets, margin.liabilities, RK_ROUND_FLOOR);
	row_ratio(ltv, margin.debt, margin.collateral, RK_ROUND_CEIL);
}

Test(margin_doc_interest, a_loan_grows_as_the_page_says)
{
	struct rk_balance_view views[4];
	struct rk_books_asset sums;
	const struct rk_event *ev;
	uint32_t n;

	read_page();
	rk_builder_init(&b);
	list();
	lend();
	tell_health("loan: health factor", "loan: loan to value");
	cr_assert_eq(rk_builder_wait(&b, 365 * DAY_NS), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_INTEREST, 0);
	cr_assert_not_null(ev);
	row("loan: index of debts", ev->interest.debt_index, 18);
	row("loan: earned", ev->interest.earned, 8);
	row("loan: kept as a fee", ev->interest.reserve, 8);
	row("loan: index of what is held", ev->interest.supply_index, 18);
	n = rk_view_balances(b.harness.engine, 1, views, 4);
	cr_assert_eq(n, 2);
	row("loan: interest owed", views[0].interest.raw, 8);
	n = rk_view_balances(b.harness.engine, 0, views, 4);
	cr_assert_eq(n, 1);
	row("loan: interest due", views[0].interest.raw, 8);
	tell_health("loan: health factor then", "loan: loan to value then");
	apply((struct rk_cmd){.type = RK_CMD_DEPOSIT,
			      .amount = {2, USDC, {1000 * UNIT}}});
	row("loan: debt after 1000 are paid", rk_builder_balance(&b, 2, USDC),
	    8);
	(void)rk_view_books_asset(b.harness.engine, USDC, &sums);
	row("loan: interest booked so far", sums.interest, 8);
	rk_builder_fini(&b);
}

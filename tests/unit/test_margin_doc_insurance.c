/*
 * The example of docs/margin.md about insurance funds, worked out by the
 * engine; see test_margin_doc.c.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/books.h"
#include "engine/decimal.h"
#include "support/builder.h"

#define PAGE RISKD_SOURCE_ROOT "/docs/margin.md"
#define USD  0 /* 2 decimals, fixed at 1: it stands for USDC */

static struct rk_builder b;
static char page[1 << 17];

static void row(const char *words, int64_t cents)
{
	char figure[RK_DECIMAL_I128_SIZE];
	char wanted[200];

	(void)snprintf(
		wanted, sizeof(wanted), "| %s | %s |", words,
		rk_decimal_format_i128(cents, 2, 0, figure, sizeof(figure)));
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

static struct rk_insurance_view fund(void)
{
	struct rk_insurance_view view;

	cr_assert_eq(rk_view_insurance(b.harness.engine, USD, &view), RK_OK);
	return view;
}

/* What the newest command had the fund gain; below 0: pay. */
static int64_t moved(void)
{
	const struct rk_event *ev =
		rk_builder_event(&b, RK_EVENT_INSURANCE_MOVED, 0);

	cr_assert_not_null(ev);
	return ev->insurance.amount.raw;
}

/* What is answered about a withdrawal is what the page says of the gate. */
static void expect_gate(const char *words, int code)
{
	struct rk_insurance_view view = fund();

	row(words,
	    view.fund.raw * view.terms.withdrawal_gate.raw / RK_RATE_ONE);
	cr_expect_eq(rk_builder_apply(
			     &b, (struct rk_cmd){.type = RK_CMD_RESERVE,
						 .withdraw = {.withdrawal = 1,
							      .account = 3,
							      .asset = USD,
							      .amount = {1}}}),
		     code);
}

static void pay_in_parts(void)
{
	cr_assert_eq(rk_builder_adjust(&b, 2, -3000000), RK_OK);
	row("fund: paid at once", -moved());
	row("fund: still owed", -rk_builder_balance(&b, 2, USD));
	row("fund: it holds then", fund().fund.raw);
	row("fund: it may pay then", fund().available.raw);
	expect_gate("fund: its gate while 5000 are owed",
		    RK_REJ_WITHDRAWALS_GATED);
	cr_assert_eq(rk_builder_wait(&b, 3660 * BUILDER_SECOND_NS), RK_OK);
	row("fund: paid 61 minutes later", -moved());
	row("fund: it holds after that", fund().fund.raw);
	row("fund: it may pay after that", fund().available.raw);
	expect_gate("fund: its gate when all is paid", RK_OK);
}

static void take_a_fee(void)
{
	const struct rk_event *ev;

	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 3, 0, 100, 100), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 94), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0);
	cr_assert_not_null(ev);
	cr_assert_eq(rk_builder_fill(&b, 3, ev->order.order, -10, 94), RK_OK);
	row("fund: liquidation fee", moved());
	row("fund: it holds with the fee", fund().fund.raw);
}

Test(margin_doc_insurance, a_fund_pays_and_takes_as_the_page_says)
{
	read_page();
	rk_builder_init(&b);
	cr_assert_eq(
		rk_builder_apply(
			&b,
			(struct rk_cmd){.type = RK_CMD_INSURANCE,
					.insurance = {.asset = "USD",
						      .terms = {{250000000},
								{5000000},
								{10000000}}}}),
		RK_OK);
	cr_assert_eq(rk_builder_apply(
			     &b, (struct rk_cmd){.type = RK_CMD_TOP_UP,
						 .top_up = {USD, {10000000}}}),
		     RK_OK);
	cr_assert_eq(rk_builder_account(&b, 2, 0), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 3, 100000), RK_OK);
	pay_in_parts();
	take_a_fee();
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}

/*
 * The example of docs/margin.md about liquidation in stages, worked out by the
 * engine; see test_margin_doc.c.
 */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/books.h"
#include "engine/decimal.h"
#include "engine/pace.h"
#include "support/builder.h"

#define PAGE   RISKD_SOURCE_ROOT "/docs/margin.md"
#define USD    BUILDER_USD
#define SECOND BUILDER_SECOND_NS

static struct rk_builder b;
static char page[1 << 17];

static void want(const char *text)
{
	cr_expect(strstr(page, text), "docs/margin.md lacks: %s", text);
}

/* usd has 8 decimals. */
static void row(const char *words, int64_t usd)
{
	char figure[RK_DECIMAL_I128_SIZE];
	char wanted[200];

	(void)snprintf(
		wanted, sizeof(wanted), "| %s | %s |", words,
		rk_decimal_format_i128(usd, 8, 0, figure, sizeof(figure)));
	want(wanted);
}

static void order_row(const char *order, int64_t size, int64_t price)
{
	char words[100];

	(void)snprintf(words, sizeof(words), "stages: %s, %" PRId64, order,
		       size);
	row(words, size * price * USD);
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

static struct rk_ev_order opened(void)
{
	const struct rk_event *ev =
		rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0);

	cr_assert_not_null(ev);
	return ev->order;
}

/* The order is filled, and the next opens so many ns after it was. */
static struct rk_ev_order next_after(struct rk_ev_order order, int64_t ns)
{
	cr_assert_eq(rk_builder_fill(&b, 1, order.order, -order.size.raw, 93),
		     RK_OK);
	cr_assert_eq(rk_builder_wait(&b, ns - 1), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 0);
	cr_assert_eq(rk_builder_wait(&b, 1), RK_OK);
	return opened();
}

static struct rk_ev_order begin(void)
{
	struct rk_cmd cmd = {
		.type = RK_CMD_LIQUIDATION,
		.liquidation = {.market = "PERP",
				.terms = {.stage = {RK_RATE_ONE / 10},
					  .cooldown_ns = 30 * SECOND,
					  .volatility = {RK_RATE_ONE},
					  .velocity = {15000 * USD}}},
	};
	int64_t now;

	rk_builder_init(&b);
	now = rk_view_time(b.harness.engine);
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 1100000), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 1000, 100), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, RK_PACE_WINDOW_NS - 10 * SECOND -
						 now % RK_PACE_WINDOW_NS),
		     RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 93), RK_OK);
	return opened();
}

/* All that the page would have closed at once. */
static void one_order(void)
{
	rk_builder_init(&b);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 1100000), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 1000, 100), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 93), RK_OK);
	order_row("to be closed in all", opened().size.raw, 93);
	rk_builder_fini(&b);
}

Test(margin_doc_stages, orders_come_in_stages_as_the_page_says)
{
	struct rk_ev_order order;

	read_page();
	one_order();
	order = begin();
	row("stages: notional", 1000 * 93 * USD);
	row("stages: equity", order.health.equity.raw);
	row("stages: maintenance margin", order.health.maintenance.raw);
	order_row("first order", order.size.raw, 93);
	want("urgency 2.578, and the next\norder follows 11.637 s");
	order = next_after(order, INT64_C(11637170966));
	order_row("second order", order.size.raw, 93);
	order = next_after(order, INT64_C(15911613933));
	order_row("third order", order.size.raw, 93);
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}

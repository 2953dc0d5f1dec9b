/*
 * The example of docs/margin.md about margin beyond brackets, worked out by
 * the engine; see test_margin_doc.c.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/decimal.h"
#include "support/builder.h"

#define PAGE    RISKD_SOURCE_ROOT "/docs/margin.md"
#define MARKET  2 /* prices in cents, sizes in thousandths */
#define SLOT    2
#define DOLLARS INT64_C(100)
#define UNITS   INT64_C(1000)
#define MILLI   (RK_FACTOR_ONE / 1000)

static struct rk_builder b;
static char page[1 << 17];

static void row_usd(const char *words, rk_usd usd)
{
	char figure[RK_DECIMAL_SIZE];
	char wanted[160];

	(void)rk_decimal_format(usd.raw, RK_USD_DECIMALS, figure,
				sizeof(figure));
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
	market.brackets[0] = (struct rk_bracket){
		{0}, {RK_RATE_ONE / 100}, {RK_RATE_ONE / 50}};
	market.brackets[1] = (struct rk_bracket){
		{100000 * BUILDER_USD}, {RK_RATE_ONE / 50}, {RK_RATE_ONE / 25}};
	cr_assert_eq(rk_builder_contract(&b, &market), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 9000 * DOLLARS), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 2, 100000 * DOLLARS), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, SLOT, 2000 * DOLLARS), RK_OK);
	cr_assert_eq(
		rk_builder_trade(&b, 1, MARKET, 60 * UNITS, 2000 * DOLLARS),
		RK_OK);
	cr_assert_eq(rk_builder_quote(&b, SLOT, 1900 * DOLLARS), RK_OK);
}

static struct rk_position_view with(const struct rk_margin_terms *terms)
{
	struct rk_cmd cmd = {.type = RK_CMD_MARGIN,
			     .margin = {.market = "EX-PERP", .terms = *terms}};

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	return rk_builder_position(&b, 1, MARKET);
}

Test(margin_doc_terms, terms_require_what_the_page_says)
{
	struct rk_cmd leverage = {.type = RK_CMD_LEVERAGE,
				  .leverage = {1, MARKET, {4 * RK_RATE_ONE}}};
	struct rk_margin_terms terms = {.growth = RK_GROWTH_SQRT,
					.base_share = {RK_RATE_ONE * 8 / 10},
					.factor_maintenance = 2 * MILLI,
					.factor_initial = 4 * MILLI};
	struct rk_position_view view;
	struct rk_market_view market;
	char state[80];

	open_example();
	view = rk_builder_position(&b, 1, MARKET);
	row_usd("terms: maintenance by brackets", view.maintenance);
	row_usd("terms: initial by brackets", view.initial);
	view = with(&terms);
	row_usd("terms: maintenance by sqrt", view.maintenance);
	row_usd("terms: initial by sqrt", view.initial);
	terms.scale_lower.raw = 100000 * BUILDER_USD;
	terms.scale_upper.raw = 170000 * BUILDER_USD;
	view = with(&terms);
	(void)rk_view_market(b.harness.engine, MARKET, &market);
	row_usd("terms: open interest", market.open_usd);
	row_usd("terms: initial by open interest", view.initial);
	/* As much as that is not to be had: another account's position is. */
	cr_expect_eq(rk_builder_apply(&b, leverage), RK_REJ_MARGIN);
	cr_assert_eq(rk_builder_adjust(&b, 1, 100000 * DOLLARS), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, leverage), RK_OK);
	view = rk_builder_position(&b, 1, MARKET);
	row_usd("terms: initial by leverage 4", view.initial);
	row_usd("terms: maintenance with all of it", view.maintenance);
	cr_assert_eq(rk_builder_adjust(&b, 1, -100000 * DOLLARS), RK_OK);
	(void)snprintf(state, sizeof(state), "| terms: state | %s |",
		       rk_state_name(rk_builder_view(&b, 1).state));
	cr_expect(strstr(page, state), "docs/margin.md lacks the row %s",
		  state);
	rk_builder_fini(&b);
}

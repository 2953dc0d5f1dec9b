/*
 * The examples of docs/margin.md about groups and weights by size, worked out
 * by the engine; see test_margin_doc.c.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/ask.h"
#include "engine/decimal.h"
#include "support/builder.h"

#define PAGE  RISKD_SOURCE_ROOT "/docs/margin.md"
#define STETH 1
#define ETH   2
#define WHOLE INT64_C(100000000)

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

static void open_page(void)
{
	FILE *file = fopen(PAGE, "rb");
	size_t n;

	cr_assert_not_null(file, "cannot open %s", PAGE);
	n = fread(page, 1, sizeof(page) - 1, file);
	cr_assert(n > 0 && n < sizeof(page) - 1);
	page[n] = '\0';
	(void)fclose(file);
	rk_builder_init(&b);
}

static void close_page(void)
{
	rk_builder_fini(&b);
}

TestSuite(margin_doc_emode, .init = open_page, .fini = close_page);

static void list_asset(const char *name, int64_t price)
{
	struct rk_cmd cmd = {.type = RK_CMD_ASSET,
			     .asset = {.decimals = 8,
				       .price_max = {10000},
				       .price_age_max_ns = BUILDER_AGE_NS}};
	struct rk_engine_counts counts;

	(void)strcpy(cmd.asset.name, name);
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	rk_view_counts(b.harness.engine, &counts);
	cr_assert_eq(rk_builder_quote(&b, counts.slots - 1, price), RK_OK);
}

static int adjust(uint64_t account, uint32_t asset, int64_t amount)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_ADJUST,
				    .amount = {account, asset, {amount}}});
}

static void set_weights(const char *asset, int64_t m, int64_t i, int64_t w)
{
	struct rk_collateral terms;

	rk_collateral_default(&terms);
	terms.weight[0].raw = m * (RK_RATE_ONE / 100);
	terms.weight[1].raw = i * (RK_RATE_ONE / 100);
	terms.weight[2].raw = w * (RK_RATE_ONE / 100);
	cr_assert_eq(rk_builder_collateral(&b, asset, &terms), RK_OK);
}

static int64_t weight(uint64_t account, enum rk_level level)
{
	struct rk_balance_view view;
	uint32_t index;

	cr_assert_eq(rk_view_find_account(b.harness.engine, account, &index),
		     RK_OK);
	cr_assert_geq(rk_view_balances(b.harness.engine, index, &view, 1), 1);
	return view.weight[level].raw;
}

static struct rk_margin margin(uint64_t account)
{
	return rk_builder_view(&b, account).margin;
}

Test(margin_doc_emode, sizes_count_as_the_page_says)
{
	struct rk_cmd scale = {
		.type = RK_CMD_COLLATERAL_SCALE,
		.collateral_scale = {
			.asset = "COIN",
			.scale = {.size_factor = RK_FACTOR_ONE / 100}}};

	list_asset("COIN", 1);
	set_weights("COIN", 90, 90, 90);
	cr_assert_eq(rk_builder_apply(&b, scale), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 0), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 2, 0), RK_OK);
	cr_assert_eq(adjust(1, STETH, 10000 * WHOLE), RK_OK);
	cr_assert_eq(adjust(2, STETH, -22500 * WHOLE), RK_OK);
	row_decimal("size: weight held", weight(1, RK_LEVEL_MAINTENANCE), 9);
	row_decimal("size: health_M held", margin(1).health_m.raw, 8);
	row_decimal("size: liability owed at M",
		    weight(2, RK_LEVEL_MAINTENANCE), 9);
	row_decimal("size: liability owed at I", weight(2, RK_LEVEL_INITIAL),
		    9);
}

static void lend(const char *asset)
{
	struct rk_cmd cmd = {.type = RK_CMD_LENDING};

	(void)strcpy(cmd.lending.asset, asset);
	cmd.lending.terms =
		(struct rk_lending){.lendable = true,
				    .kink = {RK_RATE_ONE / 2},
				    .interval_ns = RK_DURATION_MAX_NS};
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
}

static void open_group(void)
{
	struct rk_cmd steth = {.type = RK_CMD_EMODE,
			       .emode = {.group = "ETH",
					 .asset = "STETH",
					 .entry = {.collateral = true,
						   .weight = {{950000000},
							      {930000000},
							      {900000000}}}}};
	struct rk_cmd eth = {.type = RK_CMD_EMODE,
			     .emode = {.group = "ETH",
				       .asset = "ETH",
				       .entry = {.debt = true}}};

	list_asset("STETH", 2000);
	list_asset("ETH", 2000);
	set_weights("STETH", 80, 75, 70);
	cr_assert_eq(rk_builder_apply(&b, steth), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, eth), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 0), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 2, 10000000), RK_OK);
	lend("USD");
	lend("ETH");
	cr_assert_eq(adjust(1, STETH, 10 * WHOLE), RK_OK);
	cr_assert_eq(adjust(2, ETH, 100 * WHOLE), RK_OK);
}

static int64_t borrowable(uint32_t asset)
{
	struct rk_ask ask;

	cr_assert_eq(rk_ask_account(b.harness.engine, 0, &ask), RK_OK);
	return rk_ask_borrowable(&ask, asset).raw;
}

static const char *order(void)
{
	return rk_rc_name(rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_PLACE_ORDER,
				    .place = {.account = 1,
					      .order = 1,
					      .market = 0,
					      .side = RK_SIDE_BUY,
					      .size = {10},
					      .price = {100}}}));
}

Test(margin_doc_emode, groups_count_as_the_page_says)
{
	open_group();
	row_decimal("groups: weight with no debt",
		    weight(1, RK_LEVEL_MAINTENANCE), 9);
	row_decimal("groups: ETH that may be borrowed", borrowable(ETH), 8);
	row_decimal("groups: USD that may be borrowed", borrowable(0), 2);
	cr_assert_eq(adjust(1, ETH, -8 * WHOLE), RK_OK);
	row_decimal("groups: weight owing 8 ETH",
		    weight(1, RK_LEVEL_MAINTENANCE), 9);
	row_decimal("groups: health_M owing 8 ETH", margin(1).health_m.raw, 8);
	row_decimal("groups: health_I owing 8 ETH", margin(1).health_i.raw, 8);
	row("groups: order of PERP owing 8 ETH", order());
	cr_assert_eq(rk_builder_adjust(&b, 1, -100), RK_OK);
	cr_assert_eq(rk_builder_view(&b, 1).balances_n, 3);
	row_decimal("groups: health_M owing 1 USD as well",
		    margin(1).health_m.raw, 8);
	{
		struct rk_balance_view views[3];

		(void)rk_view_balances(b.harness.engine, 0, views, 3);
		row_decimal("groups: weight owing 1 USD as well",
			    views[1].weight[RK_LEVEL_MAINTENANCE].raw, 9);
	}
	cr_assert_eq(rk_builder_adjust(&b, 1, 100), RK_OK);
	cr_assert_eq(adjust(1, ETH, 1 * WHOLE), RK_OK);
	row("groups: order of PERP owing 7 ETH", order());
}

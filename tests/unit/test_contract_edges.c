/*
 * Contracts at the edges of what may be listed (N6): whatever may be listed
 * can be judged, at every price that is believed and at the favoured end of
 * one that is not OK (S4). A figure that does not fit would end the daemon,
 * and again at each replay of the same journal.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "support/builder.h"

static struct rk_builder b;

static void open_book(void)
{
	rk_builder_init(&b);
	cr_assert_eq(rk_builder_account(&b, 1, 0), RK_OK);
}

static void close_book(void)
{
	rk_builder_fini(&b);
}

TestSuite(contract_edges, .init = open_book, .fini = close_book);

/* Asset 1, slot 2: a coin of one dollar. */
static void list_coin(uint8_t decimals)
{
	const struct rk_cmd coin = {
		.type = RK_CMD_ASSET,
		.asset = {.name = "COIN",
			  .decimals = decimals,
			  .price_max = {1},
			  .price_age_max_ns = BUILDER_AGE_NS}};

	cr_assert_eq(rk_builder_apply(&b, coin), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 2, 1), RK_OK);
}

static void adjust(uint32_t asset, int64_t amount)
{
	const struct rk_cmd cmd = {
		.type = RK_CMD_ADJUST,
		.amount = {.account = 1, .asset = asset, .amount = {amount}}};

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
}

Test(contract_edges, an_inverse_short_is_judged_below_price_min)
{
	const int64_t coins = INT64_C(100000000);
	struct rk_cmd risk = {.type = RK_CMD_RISK};
	struct rk_engine_counts counts;
	struct rk_cmd_market list = rk_builder_market("EDGE");

	rk_view_counts(b.harness.engine, &counts);
	risk.risk = counts.risk;
	risk.risk.stale_band.raw = 900000000;
	cr_assert_eq(rk_builder_apply(&b, risk), RK_OK);
	list_coin(8);
	(void)snprintf(list.settle, RK_NAME_SIZE, "COIN");
	list.contract = RK_CONTRACT_INVERSE;
	list.multiplier = 1000000;
	list.price_min.raw = 100;
	list.position_max.raw = 1000000;
	cr_assert_eq(rk_builder_contract(&b, &list), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 3, 100), RK_OK);

	/* Ten thousand million coins, of which a twentieth is required. */
	adjust(1, 1000000000 * coins);
	cr_assert_eq(rk_builder_trade(&b, 1, 2, -1000000, 100), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, BUILDER_AGE_NS + 1), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 2, 1), RK_OK);
	/*
	 * At 10, a tenth of the mark, they would be ten times as many; but a
	 * price below price_min is not believed, however it comes about.
	 */
	adjust(1, -600000000 * coins);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING);
}

Test(contract_edges, an_inverse_price_of_many_digits_is_judged)
{
	struct rk_cmd_market list = rk_builder_market("EDGE");
	int code;

	list_coin(0);
	(void)snprintf(list.settle, RK_NAME_SIZE, "COIN");
	list.contract = RK_CONTRACT_INVERSE;
	list.multiplier = RK_MULTIPLIER_MAX;
	list.multiplier_decimals = 12;
	list.size_decimals = 12;
	list.price_max.raw = INT64_C(1) << 62;
	list.position_max.raw = INT64_C(1) << 61;
	code = rk_builder_contract(&b, &list);
	if (code == RK_REJ_BAD_PARAM)
		return; /* as good (N6) */
	cr_assert_eq(code, RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 3, 1), RK_OK);
	adjust(1, 10000000);
	cr_assert_eq(rk_builder_trade(&b, 1, 2, INT64_C(1) << 60, 1), RK_OK);
	/* The price times 10^24 passes 128 bits. */
	cr_expect_eq(rk_builder_quote(&b, 3, INT64_C(1) << 50), RK_OK);
}

Test(contract_edges, a_linear_product_of_many_digits_is_judged_above_price_max)
{
	struct rk_cmd_market list = rk_builder_market("EDGE");
	int code;

	list.price_decimals = 12;
	list.size_decimals = 12;
	list.multiplier = RK_MULTIPLIER_MAX;
	list.multiplier_decimals = 5;
	list.price_max.raw = INT64_C(1) << 62;
	list.position_max.raw = (INT64_C(1) << 25) - 1;
	code = rk_builder_contract(&b, &list);
	if (code == RK_REJ_BAD_PARAM)
		return; /* as good (N6) */
	cr_assert_eq(code, RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 2, INT64_C(1) << 62), RK_OK);
	/* 1.7 thousand million dollars, of which a twentieth is required. */
	adjust(0, INT64_C(10000000000));
	cr_assert_eq(rk_builder_trade(&b, 1, 2, (INT64_C(1) << 25) - 1,
				      INT64_C(1) << 62),
		     RK_OK);
	cr_assert_eq(rk_builder_wait(&b, BUILDER_AGE_NS + 1), RK_OK);
	/* A tenth above, size x multiplier x price passes 128 bits. */
	adjust(0, -INT64_C(5000000000));
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_MARGIN_CALL);
}

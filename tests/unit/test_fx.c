/*
 * Rules N2 to N7: how values are rounded, where they stop fitting, and what
 * listing refuses because of that. Examples worked out by hand; the property
 * tests do the rest.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "engine/fx.h"
#include "support/builder.h"
#include "support/prng.h"

static struct rk_builder b;

static void open_book(void)
{
	rk_builder_init(&b);
}

static void close_book(void)
{
	rk_builder_fini(&b);
}

TestSuite(fx, .init = open_book, .fini = close_book);

/* Market 2: prices in cents, sizes in thousandths: value = p * s / 1000. */
static void list_fine(void)
{
	struct rk_cmd_market market = rk_builder_market("FINE");

	market.price_decimals = 2;
	market.size_decimals = 3;
	cr_assert_eq(rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_MARKET,
							  .market = market}),
		     RK_OK);
}

/* Asset 1: price in 1e-4 USD, amounts in 1e-8: usd = amount * p / 10^4. */
static void list_coin(void)
{
	struct rk_cmd cmd = {.type = RK_CMD_ASSET,
			     .asset = {.name = "COIN",
				       .decimals = 8,
				       .price_decimals = 4,
				       .price_max = {1000000},
				       .price_age_max_ns = BUILDER_AGE_NS}};

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 2, 12345), RK_OK);
}

Test(fx, trade_value_is_rounded_toward_zero_once_for_both_sides)
{
	struct rk_cmd cmd = {.type = RK_CMD_TRADE,
			     .trade = {.trade = 1,
				       .market = 2,
				       .price = {333},
				       .size = {7}, /* 2.331 cents */
				       .buyer = {.account = 1},
				       .seller = {.account = 2}}};

	list_fine();
	cr_assert_eq(rk_builder_account(&b, 1, 0), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 2, 0), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_expect_eq(rk_builder_position(&b, 1, 2).cost.raw, 2);
	cr_expect_eq(rk_builder_position(&b, 2, 2).cost.raw, -2);
}

Test(fx, profit_is_rounded_toward_minus_infinity_for_longs_and_shorts)
{
	list_fine();
	cr_assert_eq(rk_builder_account(&b, 1, 0), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 2, 0), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 2, 7, 333), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 2, 2, -7, 333), RK_OK);
	/* 2.331 is 2 for the long, -3 for the short, at a cost of 2. */
	cr_expect_eq(rk_builder_position(&b, 1, 2).unrealised.raw, 0);
	cr_expect_eq(rk_builder_position(&b, 2, 2).unrealised.raw, -1);
}

Test(fx, notional_and_requirements_are_rounded_up)
{
	struct rk_position_view position;

	list_fine();
	cr_assert_eq(rk_builder_account(&b, 1, 0), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 2, 7, 333), RK_OK);
	position = rk_builder_position(&b, 1, 2);
	cr_expect_eq(position.notional.raw, 3 * BUILDER_CENT);
	cr_expect_eq(position.maintenance.raw, 3 * BUILDER_CENT / 20);
	cr_expect_eq(position.initial.raw, 3 * BUILDER_CENT / 10);
}

Test(fx, usd_value_of_a_balance_is_rounded_toward_minus_infinity)
{
	struct rk_cmd cmd = {
		.type = RK_CMD_ADJUST,
		.amount = {.account = 1, .asset = 1, .amount = {1}}};

	list_coin();
	cr_assert_eq(rk_builder_account(&b, 1, 0), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 1).margin.equity.raw, 1); /* 1.2345 */
	cmd.amount.amount.raw = -2;
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 1).margin.equity.raw, -2);
}

Test(fx, an_account_holds_at_most_2_to_the_61_at_the_largest_price)
{
	/* 2^61 = 2305843009213.69... cents. */
	cr_assert_eq(rk_builder_account(&b, 1, 0), RK_OK);
	cr_expect_eq(rk_builder_adjust(&b, 1, 2305843009214), RK_REJ_OVERFLOW);
	cr_expect_eq(rk_builder_adjust(&b, 1, 2305843009213), RK_OK);
	cr_expect_eq(rk_builder_adjust(&b, 1, 1), RK_REJ_OVERFLOW);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 2305843009213);
}

Test(fx, debts_count_like_holdings_in_the_bound)
{
	cr_assert_eq(rk_builder_account(&b, 1, 0), RK_OK);
	cr_expect_eq(rk_builder_adjust(&b, 1, -2305843009214), RK_REJ_OVERFLOW);
	cr_expect_eq(rk_builder_adjust(&b, 1, -2305843009213), RK_OK);
}

Test(fx, position_and_cost_count_at_price_max_in_the_bound)
{
	/* 1000 at price_max 10,000 are 10^9 cents, and the cost is 10^7. */
	int64_t room = 2305843009213 - 1000000000 - 10000000;

	cr_assert_eq(rk_builder_account(&b, 1, room + 1), RK_OK);
	cr_expect_eq(rk_builder_trade(&b, 1, 0, 1000, 100), RK_REJ_OVERFLOW);
	cr_assert_eq(rk_builder_adjust(&b, 1, -1), RK_OK);
	cr_expect_eq(rk_builder_trade(&b, 1, 0, 1000, 100), RK_OK);
}

Test(fx, listing_refuses_a_market_whose_largest_position_passes_2_to_the_60)
{
	/* 2^60 is 11529215046.07 USD: at price_max 10,000 that is 1152921. */
	struct rk_cmd cmd = {.type = RK_CMD_MARKET,
			     .market = rk_builder_market("LARGE")};

	cmd.market.position_max.raw = 1152922;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	cmd.market.position_max.raw = 1152921;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_OK);
}

/* Asset 1: a unit of 1e-8 is worth 1e-12 USD at most. */
static void list_dust(void)
{
	struct rk_cmd cmd = {.type = RK_CMD_ASSET,
			     .asset = {.name = "DUST",
				       .decimals = 8,
				       .price_decimals = 4,
				       .price_max = {1},
				       .price_age_max_ns = BUILDER_AGE_NS}};

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 2, 1), RK_OK);
}

Test(fx, raw_amounts_of_a_cheap_asset_are_bounded_too)
{
	struct rk_cmd cmd = {.type = RK_CMD_DEPOSIT,
			     .amount = {.account = 1,
					.asset = 1,
					.amount = {(INT64_C(1) << 61) + 1}}};

	list_dust();
	cr_assert_eq(rk_builder_account(&b, 1, 0), RK_OK);
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_OVERFLOW);
	cmd.amount.amount.raw--;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_OK);
}

Test(fx, listing_bounds_the_largest_position_in_raw_settle_units)
{
	/* 10,000 * size * 10^8 raw: 2^60 is reached at 1152921. */
	struct rk_cmd cmd = {.type = RK_CMD_MARKET,
			     .market = rk_builder_market("DUSTY")};

	list_dust();
	(void)snprintf(cmd.market.settle, RK_NAME_SIZE, "DUST");
	cmd.market.position_max.raw = 1152922;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	cmd.market.position_max.raw = 1152921;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_OK);
}

Test(fx, one_division_rounds_a_value_both_ways_as_two_do)
{
	struct rk_prng prng;

	rk_prng_init(&prng, 20261126);
	for (int i = 0; i < 200000; i++) {
		rk_px price = {rk_prng_magnitude(&prng, 62)};
		rk_qty size = {rk_prng_magnitude(&prng, 61)};
		int exp10 = (int)rk_prng_below(&prng, 33) - 24;
		rk_i128 product = (rk_i128)price.raw * size.raw;
		rk_amt floor = {1};
		rk_amt ceil = {1};
		rk_i128 down = 0;
		rk_i128 up = 0;
		int r;

		if (rk_fx_scale(product, exp10, RK_ROUND_CEIL, &up) != RK_OK ||
		    !rk_fx_fits(up))
			r = RK_REJ_OVERFLOW;
		else
			r = RK_OK;
		if (i % 2 == 0) {
			size.raw = -size.raw;
			product = -product;
		}
		cr_assert_eq(
			rk_fx_value_both(price, size, exp10, &floor, &ceil), r);
		if (r != RK_OK)
			continue;
		cr_assert_eq(rk_fx_scale(product, exp10, RK_ROUND_FLOOR, &down),
			     RK_OK);
		cr_assert_eq(floor.raw, (int64_t)down);
		cr_assert_eq(ceil.raw, (int64_t)up);
	}
}

Test(fx, dividing_by_a_rate_is_dividing)
{
	struct rk_prng prng;

	rk_prng_init(&prng, 20261129);
	for (int i = 0; i < 200000; i++) {
		rk_i128 num = (rk_i128)rk_prng_edge(&prng) *
			      rk_prng_magnitude(&prng, 34);

		if (i % 3 == 0)
			num = num / RK_RATE_ONE * RK_RATE_ONE;
		for (int round = RK_ROUND_FLOOR; round <= RK_ROUND_TRUNC;
		     round++)
			cr_assert(rk_fx_div_rate(num, (enum rk_round)round) ==
				  rk_fx_div(num, RK_RATE_ONE,
					    (enum rk_round)round));
	}
}

Test(fx, bits_of_a_worth_bound_it_and_not_by_much)
{
	struct rk_prng prng;

	rk_prng_init(&prng, 20261127);
	for (int i = 0; i < 200000; i++) {
		rk_i128 num = rk_prng_magnitude(&prng, 62);
		int64_t den = i % 2 ? rk_prng_magnitude(&prng, 40) : 1;
		int exp10 = (int)rk_prng_below(&prng, 13) - 6;
		int bits = rk_fx_bits(num, den, exp10);
		/* num / den * 10^exp10 against 2^bits */
		rk_i128 left = num;
		rk_i128 right = den;

		if (exp10 > 0)
			left *= rk_fx_pow10(exp10);
		else
			right *= rk_fx_pow10(-exp10);
		if (bits >= 64)
			continue; /* beyond what can be compared here */
		if (bits >= 0)
			right <<= bits;
		else if (bits > -40)
			left <<= -bits;
		else
			continue;
		cr_assert(left <= right);
		cr_assert(left > right / 8, "%d", bits);
	}
}

Test(fx, an_account_far_within_its_bound_and_one_just_at_it_are_told_right)
{
	/* One unit below, at and above what N7 allows, as one deposit and two
	 */
	struct rk_cmd cmd = {.type = RK_CMD_DEPOSIT,
			     .amount = {.account = 1, .asset = 1}};
	const int64_t bound = INT64_C(1) << 61;

	list_dust();
	cr_assert_eq(rk_builder_account(&b, 1, 0), RK_OK);
	for (int bit = 0; bit <= 60; bit++) {
		/* 1 + 1 + 2 + 4 + ...: the sum is 2^bit each time. */
		cmd.amount.amount.raw = bit == 0 ? 1 : INT64_C(1) << (bit - 1);
		cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	}
	cmd.amount.amount.raw = bound / 2 + 1;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_OVERFLOW);
	cmd.amount.amount.raw = bound / 2;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_OK);
	cmd.amount.amount.raw = 1;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_OVERFLOW);
}

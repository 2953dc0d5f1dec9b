/*
 * Rule N3 for every kind of contract: what a size is worth, what a trade
 * realises, where an account is liquidated and for which price. Worked out by
 * hand: asset 1 is a coin in 1e-8, slot 2 its index in whole dollars. Market 2,
 * slot 3, is inverse: a contract is 100 dollars and settles in the coin, mark
 * in whole dollars. Market 3, slot 4, is linear, a contract is 0.05 coins, and
 * settles in USD.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "engine/ask.h"
#include "engine/books.h"
#include "engine/contract.h"
#include "support/builder.h"
#include "support/prng.h"

#define COIN INT64_C(100000000)

static struct rk_builder b;

static struct rk_cmd inverse(void)
{
	struct rk_cmd cmd = {.type = RK_CMD_CONTRACT,
			     .market = rk_builder_market("INVERSE")};

	(void)snprintf(cmd.market.settle, RK_NAME_SIZE, "COIN");
	cmd.market.contract = RK_CONTRACT_INVERSE;
	cmd.market.multiplier = 100;
	cmd.market.price_min.raw = 100;
	cmd.market.price_max.raw = 1000000;
	cmd.market.position_max.raw = 10000;
	return cmd;
}

static void open_book(void)
{
	struct rk_cmd coin = {.type = RK_CMD_ASSET,
			      .asset = {.name = "COIN",
					.decimals = 8,
					.price_max = {1000000},
					.price_age_max_ns = BUILDER_AGE_NS}};
	struct rk_cmd linear = {.type = RK_CMD_CONTRACT,
				.market = rk_builder_market("LINEAR")};

	rk_builder_init(&b);
	cr_assert_eq(rk_builder_apply(&b, coin), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, inverse()), RK_OK);
	linear.market.multiplier = 5;
	linear.market.multiplier_decimals = 2;
	cr_assert_eq(rk_builder_apply(&b, linear), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 2, 10000), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 3, 10000), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 4, 100), RK_OK);
	for (uint64_t id = 1; id <= 2; id++)
		cr_assert_eq(rk_builder_account(&b, id, 0), RK_OK);
}

static void close_book(void)
{
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}

TestSuite(contract, .init = open_book, .fini = close_book);

static void deposit(uint64_t account, int64_t coins)
{
	struct rk_cmd cmd = {
		.type = RK_CMD_DEPOSIT,
		.amount = {.account = account, .asset = 1, .amount = {coins}}};

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
}

Test(contract, a_long_inverse_gains_coins_when_the_price_rises)
{
	struct rk_position_view position;

	/* 500 contracts are 50,000 dollars: 5 coins at 10,000. */
	deposit(1, 1 * COIN);
	cr_assert_eq(rk_builder_trade(&b, 1, 2, 500, 10000), RK_OK);
	position = rk_builder_position(&b, 1, 2);
	cr_expect_eq(position.size.raw, 500);
	cr_expect_eq(position.cost.raw, -5 * COIN);
	cr_expect_eq(position.unrealised.raw, 0);
	/* At 12,500 it is 4 coins: one is gained. */
	cr_assert_eq(rk_builder_quote(&b, 3, 12500), RK_OK);
	position = rk_builder_position(&b, 1, 2);
	cr_expect_eq(position.unrealised.raw, 1 * COIN);
	/* 4 coins of 10,000 dollars, of which 5 % are required */
	cr_expect_eq(position.notional.raw, 40000 * BUILDER_USD);
	cr_expect_eq(position.maintenance.raw, 2000 * BUILDER_USD);
	/* Half of it is sold at 12,500: 2.5 coins of cost, 2 of value. */
	cr_assert_eq(rk_builder_trade(&b, 1, 2, -250, 12500), RK_OK);
	position = rk_builder_position(&b, 1, 2);
	cr_expect_eq(position.cost.raw, -250000000);
	cr_expect_eq(rk_builder_balance(&b, 1, 1), 150000000);
	/* And turned round at 8,000, where the other 250 are 3.125 coins. */
	cr_assert_eq(rk_builder_trade(&b, 1, 2, -500, 8000), RK_OK);
	position = rk_builder_position(&b, 1, 2);
	cr_expect_eq(position.size.raw, -250);
	cr_expect_eq(position.cost.raw, 312500000);
	cr_expect_eq(rk_builder_balance(&b, 1, 1), 150000000 - 62500000);
}

Test(contract, a_value_that_does_not_divide_is_rounded_against_the_account)
{
	struct rk_position_view position;

	/* 100 dollars at 9,999: 0.01000100 0100..., at 9,998 0.01000200 04 */
	deposit(1, COIN);
	deposit(2, COIN);
	cr_assert_eq(rk_builder_quote(&b, 3, 9999), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 2, 1, 9999), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 2, 2, -1, 9999), RK_OK);
	cr_expect_eq(rk_builder_position(&b, 1, 2).cost.raw, -1000100);
	cr_expect_eq(rk_builder_position(&b, 2, 2).cost.raw, 1000100);
	/* Both sides lose what is beyond the last unit. */
	cr_expect_eq(rk_builder_position(&b, 1, 2).unrealised.raw, -1);
	cr_expect_eq(rk_builder_position(&b, 2, 2).unrealised.raw, 0);
	cr_assert_eq(rk_builder_quote(&b, 3, 9998), RK_OK);
	position = rk_builder_position(&b, 1, 2);
	cr_expect_eq(position.unrealised.raw, -101);
	position = rk_builder_position(&b, 2, 2);
	cr_expect_eq(position.unrealised.raw, 100);
	/* 0.01000201 coins at 10,000 dollars, rounded up */
	cr_expect_eq(position.notional.raw, 10002010000);
}

Test(contract, a_multiplier_is_part_of_the_value)
{
	struct rk_position_view position;

	/* 40 contracts of 0.05 coins at 100 dollars: 200 dollars. */
	cr_assert_eq(rk_builder_adjust(&b, 1, 100000), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 3, 40, 100), RK_OK);
	position = rk_builder_position(&b, 1, 3);
	cr_expect_eq(position.cost.raw, 20000);
	cr_expect_eq(position.notional.raw, 200 * BUILDER_USD);
	cr_assert_eq(rk_builder_quote(&b, 4, 110), RK_OK);
	cr_expect_eq(rk_builder_position(&b, 1, 3).unrealised.raw, 2000);
	cr_assert_eq(rk_builder_trade(&b, 1, 3, -40, 110), RK_OK);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 102000);
}

Test(contract, liquidation_of_an_inverse_long_is_where_its_coins_end)
{
	const struct rk_event *opened;
	struct rk_ask ask;
	uint32_t index;
	int64_t price;

	/*
	 * 500 contracts from 10,000 with one coin: at p it has 1 + 5 - 50,000/p
	 * coins and requires 5 % of 50,000/p: at 8,750 both are 2/7, and what
	 * is beyond the last unit counts against it.
	 */
	deposit(1, COIN);
	cr_assert_eq(rk_builder_trade(&b, 1, 2, 500, 10000), RK_OK);
	cr_assert_eq(rk_view_find_account(b.harness.engine, 1, &index), RK_OK);
	cr_assert_eq(rk_ask_account(b.harness.engine, index, &ask), RK_OK);
	price = rk_ask_liquidation_prices(&ask, 3).low.raw;
	cr_expect_eq(price, 8750, "%lld", (long long)price);
	/* And nothing is left below 50,000 / 6. */
	price = rk_ask_bankruptcy_prices(&ask, 3).low.raw;
	cr_expect_eq(price, 8333, "%lld", (long long)price);
	cr_expect_eq(rk_ask_liquidation_prices(&ask, 3).high.raw, 0);
	cr_assert_eq(rk_builder_quote(&b, 3, 8751), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_MARGIN_CALL);
	cr_assert_eq(rk_builder_quote(&b, 3, 8750), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING);
	opened = rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0);
	cr_assert_not_null(opened);
	cr_expect_eq(opened->order.side, RK_SIDE_SELL);
	/* Not worse than what leaves it at nothing: 50,000 / 6, rounded up. */
	cr_expect_eq(opened->order.floor_price.raw, 8334, "%lld",
		     (long long)opened->order.floor_price.raw);
}

Test(contract, liquidation_of_an_inverse_short_is_above)
{
	struct rk_ask ask;
	uint32_t index;
	int64_t price;

	/*
	 * Short 500 from 10,000 with one coin: at p it has 1 - 5 + 50,000/p and
	 * requires 2,500/p: 47,500/p is 4 at 11,875, but for roundings.
	 */
	deposit(1, COIN);
	cr_assert_eq(rk_builder_trade(&b, 1, 2, -500, 10000), RK_OK);
	cr_assert_eq(rk_view_find_account(b.harness.engine, 1, &index), RK_OK);
	cr_assert_eq(rk_ask_account(b.harness.engine, index, &ask), RK_OK);
	price = rk_ask_liquidation_prices(&ask, 3).high.raw;
	cr_expect_eq(price, 11875, "%lld", (long long)price);
	price = rk_ask_bankruptcy_prices(&ask, 3).high.raw;
	cr_expect_eq(price, 12501, "%lld", (long long)price);
	/* With as many coins as it is short in dollars, it is never. */
	deposit(1, 5 * COIN);
	cr_assert_eq(rk_ask_account(b.harness.engine, index, &ask), RK_OK);
	cr_expect_eq(rk_ask_liquidation_prices(&ask, 3).high.raw, 0);
	cr_expect_eq(rk_ask_liquidation_prices(&ask, 2).low.raw, 0);
}

/* Cents, and perhaps coins, behind a long of 500 from 10,000: the question. */
static void ask_long(int64_t coins, int64_t cents, struct rk_ask *ret_ask)
{
	const struct rk_cmd dollars = {
		.type = RK_CMD_DEPOSIT,
		.amount = {.account = 1, .asset = 0, .amount = {cents}}};
	uint32_t index;

	if (coins > 0)
		deposit(1, coins);
	cr_assert_eq(rk_builder_apply(&b, dollars), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 2, 500, 10000), RK_OK);
	cr_assert_eq(rk_view_find_account(b.harness.engine, 1, &index), RK_OK);
	cr_assert_eq(rk_ask_account(b.harness.engine, index, ret_ask), RK_OK);
}

Test(contract, a_coin_that_is_not_held_but_required_liquidates_by_its_rise)
{
	struct rk_balance_view view;
	struct rk_ask_prices coin;
	struct rk_ask ask;
	uint32_t assets[RK_ASSETS_MAX];

	/* A quarter of a coin is required: 5,000 dollars at 20,000. */
	ask_long(0, 500000, &ask);
	cr_assert_eq(rk_ask_balances(&ask), 1);
	cr_assert_eq(rk_ask_assets(&ask, assets), 2);
	cr_expect_eq(assets[0], 0);
	cr_expect_eq(assets[1], 1);
	rk_ask_asset(&ask, 1, &view);
	cr_expect_eq(view.asset, 1);
	cr_expect_eq(view.amount.raw, 0);
	rk_ask_asset(&ask, 0, &view);
	cr_expect_eq(view.amount.raw, 500000);
	coin = rk_ask_liquidation_prices(&ask, 2);
	cr_expect_eq(coin.price.raw, 20001, "%lld", (long long)coin.price.raw);
	cr_expect_eq(coin.high.raw, 20001);
	cr_expect_eq(coin.low.raw, 0);
}

Test(contract, a_coin_of_which_more_is_required_than_held_does_so_too)
{
	struct rk_ask_prices coin;
	struct rk_ask ask;

	/* 0.15 coins are short: 5,000 dollars at 33,333 1/3. */
	ask_long(COIN / 10, 500000, &ask);
	coin = rk_ask_liquidation_prices(&ask, 2);
	cr_expect_eq(coin.price.raw, 33334, "%lld", (long long)coin.price.raw);
	cr_expect_eq(coin.high.raw, 33334);
	cr_expect_eq(coin.low.raw, 0);
}

Test(contract, a_coin_that_is_lost_but_not_yet_booked_does_so_too)
{
	struct rk_ask_prices coin;
	struct rk_ask ask;

	/*
	 * One coin, at 8,000 the position has lost 1.25 and requires 0.3125:
	 * 0.5625 coins are short, which are 10,000 dollars at 17,777.8.
	 */
	ask_long(COIN, 1000000, &ask);
	cr_assert_eq(rk_ask_price(&ask, 3, (rk_px){8000}), RK_OK);
	coin = rk_ask_liquidation_prices(&ask, 2);
	cr_expect_eq(coin.price.raw, 17778, "%lld", (long long)coin.price.raw);
	cr_expect_eq(coin.high.raw, 17778);
	cr_expect_eq(coin.low.raw, 0);
	/* What is not safe tells where it would be again. */
	cr_assert_eq(rk_ask_price(&ask, 2, (rk_px){20000}), RK_OK);
	coin = rk_ask_liquidation_prices(&ask, 2);
	cr_expect_eq(coin.price.raw, 17778, "%lld", (long long)coin.price.raw);
}

Test(contract, of_two_liquidation_prices_the_nearer_is_told)
{
	struct rk_cmd_market market = rk_builder_market("STEEP");
	struct rk_collateral half;
	struct rk_ask_prices steep;
	struct rk_ask ask;
	uint32_t index;

	/*
	 * Beyond 1,000 dollars all is required, and half of a profit counts.
	 * With 300 dollars one from 1,000 has 300 + (p - 1,000) - p / 20 below,
	 * above 250 - (p - 1,000) / 2.
	 */
	market.multiplier = 1;
	market.brackets_n = 2;
	market.brackets[1].floor.raw = 1000 * BUILDER_USD;
	market.brackets[1].maintenance.raw = 1000000000;
	market.brackets[1].initial.raw = 1000000000;
	rk_collateral_default(&half);
	for (int i = 0; i < RK_LEVELS; i++)
		half.profit[i].raw /= 2;
	cr_assert_eq(rk_builder_collateral(&b, "USD", &half), RK_OK);
	cr_assert_eq(rk_builder_contract(&b, &market), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 5, 1000), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 1, 30000), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 4, 1, 1000), RK_OK);
	cr_assert_eq(rk_view_find_account(b.harness.engine, 1, &index), RK_OK);
	cr_assert_eq(rk_ask_account(b.harness.engine, index, &ask), RK_OK);
	steep = rk_ask_liquidation_prices(&ask, 5);
	cr_expect_eq(steep.low.raw, 736, "%lld", (long long)steep.low.raw);
	cr_expect_eq(steep.high.raw, 1501, "%lld", (long long)steep.high.raw);
	cr_expect_eq(steep.price.raw, 736);
	cr_assert_eq(rk_ask_price(&ask, 5, (rk_px){1200}), RK_OK);
	steep = rk_ask_liquidation_prices(&ask, 5);
	cr_expect_eq(steep.low.raw, 736, "%lld", (long long)steep.low.raw);
	cr_expect_eq(steep.price.raw, 1501, "%lld", (long long)steep.price.raw);
	/* From where it is not safe, the one behind which it is again. */
	cr_assert_eq(rk_ask_price(&ask, 5, (rk_px){9000}), RK_OK);
	cr_expect_eq(rk_ask_liquidation_prices(&ask, 5).price.raw, 1501);
	cr_assert_eq(rk_ask_price(&ask, 5, (rk_px){10}), RK_OK);
	cr_expect_eq(rk_ask_liquidation_prices(&ask, 5).price.raw, 736);
}

Test(contract, a_price_below_price_min_disputes)
{
	struct rk_slot_view slot;

	cr_assert_eq(rk_builder_quote(&b, 3, 99), RK_OK);
	cr_assert_eq(rk_view_slot(b.harness.engine, 3, &slot), RK_OK);
	cr_expect_eq(slot.state, RK_PRICE_DISPUTED);
	cr_expect_eq(slot.mark.raw, 10000);
	cr_assert_eq(rk_builder_quote(&b, 3, 100), RK_OK);
	cr_assert_eq(rk_view_slot(b.harness.engine, 3, &slot), RK_OK);
	cr_expect_eq(slot.state, RK_PRICE_OK);
	deposit(1, COIN);
	cr_expect_eq(rk_builder_trade(&b, 1, 2, 1, 99), RK_REJ_BAD_PRICE);
}

Test(contract, what_cannot_work_is_not_listed)
{
	struct rk_cmd cmd = inverse();

	(void)snprintf(cmd.market.name, RK_NAME_SIZE, "NEXT");
	cmd.market.contract = (enum rk_contract)2;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	cmd.market.contract = RK_CONTRACT_INVERSE;
	cmd.market.multiplier = -1;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	cmd.market.multiplier = RK_MULTIPLIER_MAX + 1;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	cmd.market.multiplier = 100;
	cmd.market.multiplier_decimals = 13;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	cmd.market.multiplier_decimals = 0;
	cmd.market.price_min.raw = cmd.market.price_max.raw + 1;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	/*
	 * At 1 dollar, 10,000 contracts are 1,000,000 coins, of 1,000,000
	 * dollars at most: more than an account can hold.
	 */
	cmd.market.price_min.raw = 1;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
}

/* The exact value in the record's terms, as a fraction. */
static void fraction(const struct rk_market *market, int64_t price,
		     int64_t size, rk_i128 *num, rk_i128 *den)
{
	int exp10 = market->value_exp;

	*num = (rk_i128)size * market->listing.multiplier;
	*den = 1;
	if (market->listing.contract == RK_CONTRACT_INVERSE) {
		*num = -*num;
		*den = price;
	} else {
		*num *= price;
	}
	for (; exp10 > 0; exp10--)
		*num *= 10;
	for (; exp10 < 0; exp10++)
		*den *= 10;
}

Test(contract, values_are_rounded_as_named_whatever_the_decimals)
{
	struct rk_prng prng;

	rk_prng_init(&prng, 20261126);
	for (int i = 0; i < 100000; i++) {
		struct rk_market market = {.listing = rk_builder_market("X")};
		struct rk_cmd_market *listing = &market.listing;
		int64_t price = rk_prng_magnitude(&prng, 34);
		int64_t size = rk_prng_magnitude(&prng, 34);
		rk_amt floor;
		rk_amt magnitude;
		rk_amt cost;
		rk_i128 num;
		rk_i128 den;

		if (i % 2)
			size = -size;
		listing->contract = (enum rk_contract)(i / 2 % 2);
		listing->multiplier = rk_prng_magnitude(&prng, 10);
		listing->multiplier_decimals = (uint8_t)rk_prng_below(&prng, 4);
		listing->price_decimals = (uint8_t)rk_prng_below(&prng, 5);
		listing->size_decimals = (uint8_t)rk_prng_below(&prng, 5);
		listing->price_min.raw = 1;
		rk_contract_derive(&market, (uint8_t)rk_prng_below(&prng, 9));
		fraction(&market, price, size, &num, &den);
		if (rk_contract_value_both(&market, (rk_px){price},
					   (rk_qty){size}, &floor,
					   &magnitude) != RK_OK)
			continue;
		cr_assert(floor.raw * den <= num);
		cr_assert((floor.raw + 1) * den > num);
		cr_assert(magnitude.raw * den >= (num < 0 ? -num : num));
		cr_assert((magnitude.raw - 1) * den < (num < 0 ? -num : num));
		cr_assert_eq(rk_contract_value(&market, (rk_px){price},
					       (rk_qty){size}, RK_ROUND_TRUNC,
					       &cost),
			     RK_OK);
		cr_assert_eq(cost.raw, (int64_t)(num / den));
	}
}

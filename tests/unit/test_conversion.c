/*
 * Rules J1 to J8: debts by losses, and what is sold to pay them. USD is asset
 * 0, in cents, fixed at 1; losses may borrow 1000.00 of it and are paid down to
 * 200.00. BTC is asset 1, 8 decimals, at 50000 dollars, with a weight of 0.9;
 * ETH asset 2, 8 decimals, at 2000, with 0.8. Account 1 has 1 BTC.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "engine/books.h"
#include "engine/engine.h"
#include "support/builder.h"

#define USD     0
#define BTC     1
#define ETH     2
#define BTC_AT  2 /* slot */
#define ETH_AT  3
#define UNIT    INT64_C(100000000)
#define PERCENT (RK_RATE_ONE / 100)
#define OPENED  RK_EVENT_CONVERSION_OPENED
#define ASKED   RK_EVENT_CONVERSION_CLOSE_ASKED
#define CLOSED  RK_EVENT_CONVERSION_CLOSED

static const struct rk_conversion usd_terms = {
	.enabled = true,
	.auto_borrow = {100000},
	.repay_to = {20000},
	.band = {PERCENT},
};

static const struct rk_conversion coin_terms = {
	.enabled = true,
	.cost = {PERCENT / 2},
	.band = {2 * PERCENT},
};

static struct rk_builder b;

static int set_terms(const char *asset, const struct rk_conversion *terms)
{
	struct rk_cmd cmd = {.type = RK_CMD_CONVERSION,
			     .conversion = {.terms = *terms}};

	(void)snprintf(cmd.conversion.asset, RK_NAME_SIZE, "%s", asset);
	return rk_builder_apply(&b, cmd);
}

static void list_coin(const char *name, int64_t weight, uint32_t slot,
		      int64_t price)
{
	struct rk_cmd cmd = {.type = RK_CMD_ASSET,
			     .asset = {.decimals = 8,
				       .price_max = {10000000},
				       .price_age_max_ns = BUILDER_AGE_NS}};
	struct rk_collateral terms;

	(void)snprintf(cmd.asset.name, RK_NAME_SIZE, "%s", name);
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	rk_collateral_default(&terms);
	for (int k = 0; k < RK_LEVELS; k++)
		terms.weight[k].raw = weight;
	cr_assert_eq(rk_builder_collateral(&b, name, &terms), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, slot, price), RK_OK);
	cr_assert_eq(set_terms(name, &coin_terms), RK_OK);
}

static int change(enum rk_cmd_type type, uint64_t account, uint32_t asset,
		  int64_t amount)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = type,
				    .amount = {account, asset, {amount}}});
}

static int convert(int64_t sold, int64_t bought, struct rk_order_id order)
{
	return rk_builder_apply(&b, (struct rk_cmd){
					    .type = RK_CMD_CONVERT,
					    .convert = {.account = 1,
							.sell = BTC,
							.sold = {sold},
							.buy = USD,
							.bought = {bought},
							.order = order},
				    });
}

static const struct rk_ev_conversion *told(enum rk_event_type type)
{
	const struct rk_event *ev = rk_builder_event(&b, type, 0);

	cr_assert_not_null(ev, "%s was not told", rk_event_name(type));
	return &ev->conversion;
}

static struct rk_balance_view balance_of(uint64_t account, uint32_t asset)
{
	struct rk_balance_view views[8];
	struct rk_balance_view none = {.asset = asset};
	uint32_t index;
	uint32_t n;

	cr_assert_eq(rk_view_find_account(b.harness.engine, account, &index),
		     RK_OK);
	n = rk_view_balances(b.harness.engine, index, views, 8);
	for (uint32_t i = 0; i < n; i++)
		if (views[i].asset == asset)
			return views[i];
	return none;
}

static void open_book(void)
{
	rk_builder_init(&b);
	list_coin("BTC", 90 * PERCENT, BTC_AT, 50000);
	list_coin("ETH", 80 * PERCENT, ETH_AT, 2000);
	cr_assert_eq(set_terms("USD", &usd_terms), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 0), RK_OK);
	cr_assert_eq(change(RK_CMD_ADJUST, 1, BTC, UNIT), RK_OK);
}

static void close_book(void)
{
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}

TestSuite(conversion, .init = open_book, .fini = close_book);

Test(conversion, j1_a_loan_is_what_was_taken_out_beyond_what_there_was)
{
	struct rk_cmd lend = {
		.type = RK_CMD_LENDING,
		.lending = {.asset = "USD",
			    .terms = {.lendable = true,
				      .kink = {PERCENT},
				      .interval_ns = BUILDER_AGE_NS}}};

	cr_assert_eq(rk_builder_account(&b, 2, 1000000), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, lend), RK_OK);
	cr_assert_eq(change(RK_CMD_DEPOSIT, 1, USD, 1000), RK_OK);
	cr_assert_eq(
		rk_builder_apply(
			&b, (struct rk_cmd){.type = RK_CMD_RESERVE,
					    .withdraw = {1, 1, USD, {6000}}}),
		RK_OK);
	cr_expect_eq(balance_of(1, USD).loan.raw, 5000);
	cr_expect_eq(balance_of(1, USD).loss.raw, 0);
	cr_assert_eq(
		rk_builder_apply(
			&b, (struct rk_cmd){.type = RK_CMD_TRANSFER,
					    .transfer = {1, 2, USD, {500}}}),
		RK_OK);
	cr_expect_eq(balance_of(1, USD).loan.raw, 5500);
	/* A fact is no loan, and a payment is of the loss first. */
	cr_assert_eq(change(RK_CMD_ADJUST, 1, USD, -700), RK_OK);
	cr_expect_eq(balance_of(1, USD).loan.raw, 5500);
	cr_expect_eq(balance_of(1, USD).loss.raw, 700);
	cr_assert_eq(change(RK_CMD_DEPOSIT, 1, USD, 600), RK_OK);
	cr_expect_eq(balance_of(1, USD).loss.raw, 100);
	cr_assert_eq(change(RK_CMD_DEPOSIT, 1, USD, 600), RK_OK);
	cr_expect_eq(balance_of(1, USD).loan.raw, 5000);
	cr_expect_eq(balance_of(1, USD).loss.raw, 0);
	/* What is held is neither. */
	cr_assert_eq(change(RK_CMD_DEPOSIT, 1, USD, 9000), RK_OK);
	cr_expect_eq(balance_of(1, USD).loan.raw, 0);
	cr_assert_eq(change(RK_CMD_ADJUST, 1, USD, -5000), RK_OK);
	cr_expect_eq(balance_of(1, USD).loan.raw, 0);
	cr_expect_eq(balance_of(1, USD).loss.raw, 1000);
}

Test(conversion, j2_terms_must_be_able_to_work)
{
	struct rk_conversion terms = usd_terms;

	cr_expect_eq(set_terms("USD", &terms), RK_REJ_NO_CHANGE);
	cr_expect_eq(set_terms("NONE", &terms), RK_REJ_NO_ASSET);
	terms.repay_to.raw = terms.auto_borrow.raw + 1;
	cr_expect_eq(set_terms("USD", &terms), RK_REJ_BAD_PARAM);
	terms = usd_terms;
	terms.cost.raw = RK_RATE_ONE;
	cr_expect_eq(set_terms("USD", &terms), RK_REJ_BAD_PARAM);
	terms.cost.raw = -1;
	cr_expect_eq(set_terms("USD", &terms), RK_REJ_BAD_PARAM);
	terms = usd_terms;
	terms.band.raw = 0;
	cr_expect_eq(set_terms("USD", &terms), RK_REJ_BAD_PARAM);
	terms.band.raw = RK_RATE_ONE;
	cr_expect_eq(set_terms("USD", &terms), RK_REJ_BAD_PARAM);
	terms = usd_terms;
	terms.enabled = false;
	cr_expect_eq(set_terms("USD", &terms), RK_REJ_BAD_PARAM);
	terms = (struct rk_conversion){.enabled = false};
	cr_expect_eq(set_terms("USD", &terms), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_CONVERSION_SET), 1);
	cr_expect_not(rk_cmd_may_be_atomic(RK_CMD_CONVERSION));
	cr_expect(rk_cmd_may_be_atomic(RK_CMD_CONVERT));
}

Test(conversion, j3_what_losses_may_borrow_stays)
{
	cr_assert_eq(change(RK_CMD_ADJUST, 1, USD, -100000), RK_OK);
	cr_expect_eq(rk_builder_count(&b, OPENED), 0);
	cr_assert_eq(change(RK_CMD_ADJUST, 1, USD, -1), RK_OK);
	cr_expect_eq(rk_builder_count(&b, OPENED), 1);
	cr_expect_eq(told(OPENED)->loss.raw, 100001);
	/* One at a time, however large the debt becomes. */
	cr_assert_eq(change(RK_CMD_ADJUST, 1, USD, -100000), RK_OK);
	cr_expect_eq(rk_builder_count(&b, OPENED), 0);
}

Test(conversion, j3_terms_are_for_debts_that_are_there)
{
	struct rk_conversion none = {.enabled = false};

	cr_assert_eq(set_terms("USD", &none), RK_OK);
	cr_assert_eq(change(RK_CMD_ADJUST, 1, USD, -150000), RK_OK);
	cr_expect_eq(rk_builder_count(&b, OPENED), 0);
	cr_assert_eq(set_terms("USD", &usd_terms), RK_OK);
	cr_expect_eq(rk_builder_count(&b, OPENED), 1);
	/* And they end what was asked for. */
	cr_assert_eq(set_terms("USD", &none), RK_OK);
	cr_expect_eq(told(ASKED)->reason, RK_CLOSE_RECOVERED);
}

Test(conversion, j3_nobody_who_is_reported_only)
{
	struct rk_cmd report = {
		.type = RK_CMD_ACCOUNT,
		.account = {5, 5, RK_MODE_CROSS, RK_ENFORCE_REPORT}};

	cr_assert_eq(rk_builder_apply(&b, report), RK_OK);
	cr_assert_eq(change(RK_CMD_ADJUST, 5, BTC, UNIT), RK_OK);
	cr_assert_eq(change(RK_CMD_ADJUST, 5, USD, -150000), RK_OK);
	cr_expect_eq(rk_builder_count(&b, OPENED), 0);
}

/* A price that fell too fast is when it is needed most. */
Test(conversion, j3_what_a_bankrupt_account_has_is_sold_as_well)
{
	cr_assert_eq(change(RK_CMD_ADJUST, 1, USD, -6000000), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_BANKRUPT);
	cr_assert_eq(rk_builder_count(&b, OPENED), 1);
	cr_expect_eq(told(OPENED)->sell, BTC);
	cr_expect_eq(told(OPENED)->size.raw, UNIT);
}

Test(conversion, j4_sold_is_what_brings_the_need_at_its_cost)
{
	const struct rk_ev_conversion *order;

	cr_assert_eq(change(RK_CMD_ADJUST, 1, USD, -150000), RK_OK);
	order = told(OPENED);
	cr_expect_eq(order->sell, BTC);
	cr_expect_eq(order->buy, USD);
	/* 1300 / 0.995 = 1306.53266332: 0.02613066 BTC, rounded up. */
	cr_expect_eq(order->size.raw, 2613066);
	/* 1306.533 * 0.98 = 1280.40234, in cents rounded up. */
	cr_expect_eq(order->least.raw, 128041);
	cr_expect_eq(order->sell_mark.raw, 50000);
	cr_expect_eq(order->buy_mark.raw, 1);
	cr_expect_eq(order->health.equity.raw, 48500 * UNIT);
}

Test(conversion, j4_the_largest_relief_goes_first)
{
	struct rk_collateral terms;

	/* Of 0.9 and 0.8 that of 0.8 counts for less. */
	cr_assert_eq(change(RK_CMD_ADJUST, 1, ETH, UNIT / 4), RK_OK);
	cr_assert_eq(change(RK_CMD_ADJUST, 1, USD, -150000), RK_OK);
	cr_expect_eq(told(OPENED)->sell, ETH);
	/* All of it: 500 is less than what is needed. */
	cr_expect_eq(told(OPENED)->size.raw, UNIT / 4);
	/* The lower id of equal ones. */
	rk_collateral_default(&terms);
	for (int k = 0; k < RK_LEVELS; k++)
		terms.weight[k].raw = 90 * PERCENT;
	cr_assert_eq(rk_builder_collateral(&b, "ETH", &terms), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 2, 0), RK_OK);
	cr_assert_eq(change(RK_CMD_ADJUST, 2, ETH, 10 * UNIT), RK_OK);
	cr_assert_eq(change(RK_CMD_ADJUST, 2, BTC, UNIT), RK_OK);
	cr_assert_eq(change(RK_CMD_ADJUST, 2, USD, -150000), RK_OK);
	cr_expect_eq(told(OPENED)->sell, BTC);
}

Test(conversion, j4_what_would_make_health_worse_is_not_sold)
{
	struct rk_conversion dear = coin_terms;

	/* 1 - 0.1 is not more than 0.9. */
	dear.cost.raw = 10 * PERCENT;
	cr_assert_eq(set_terms("BTC", &dear), RK_OK);
	cr_assert_eq(change(RK_CMD_ADJUST, 1, USD, -150000), RK_OK);
	cr_expect_eq(rk_builder_count(&b, OPENED), 0);
	dear.cost.raw -= 1;
	cr_assert_eq(set_terms("BTC", &dear), RK_OK);
	cr_expect_eq(rk_builder_count(&b, OPENED), 1);
}

Test(conversion, j4_not_at_prices_that_are_not_ok)
{
	cr_assert_eq(rk_builder_wait(&b, BUILDER_AGE_NS + 1), RK_OK);
	cr_assert_eq(change(RK_CMD_ADJUST, 1, USD, -150000), RK_OK);
	cr_expect_eq(rk_builder_count(&b, OPENED), 0);
	cr_assert_eq(rk_builder_quote(&b, BTC_AT, 50000), RK_OK);
	cr_expect_eq(rk_builder_count(&b, OPENED), 1);
}

Test(conversion, j4_losses_that_are_not_realised_are_kept_back)
{
	struct rk_cmd_market coin = rk_builder_market("COIN-M");

	(void)snprintf(coin.settle, RK_NAME_SIZE, "BTC");
	coin.price_max.raw = 100;
	coin.position_max.raw = 10;
	cr_assert_eq(rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_MARKET,
							  .market = coin}),
		     RK_OK);
	/* A long of 1 at 1 BTC, then at 1: nothing lost; at 2 bought: 1 lost.
	 */
	cr_assert_eq(change(RK_CMD_ADJUST, 1, BTC, UNIT), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 4, 1), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 2, 1, 2), RK_OK);
	/* 2 BTC less 1 BTC: 50000 of it may be sold for 60000. */
	cr_assert_eq(change(RK_CMD_ADJUST, 1, ETH, 100 * UNIT), RK_OK);
	cr_assert_eq(set_terms("ETH", &(struct rk_conversion){0}), RK_OK);
	cr_assert_eq(change(RK_CMD_ADJUST, 1, USD, -6020000), RK_OK);
	cr_expect_eq(told(OPENED)->sell, BTC);
	cr_expect_eq(told(OPENED)->size.raw, UNIT);
}

Test(conversion, j5_an_order_lives_as_a_liquidation_order_does)
{
	struct rk_order_id id;

	cr_assert_eq(change(RK_CMD_ADJUST, 1, USD, -150000), RK_OK);
	id = told(OPENED)->order;
	cr_assert_eq(convert(UNIT / 100, 49000, id), RK_OK);
	cr_expect_eq(rk_builder_count(&b, CLOSED), 0);
	/* 1010 is more than 1000 still: it expires, and another comes. */
	cr_assert_eq(rk_builder_wait(&b, 30 * BUILDER_SECOND_NS), RK_OK);
	cr_expect_eq(told(ASKED)->reason, RK_CLOSE_EXPIRED);
	cr_expect_eq(told(ASKED)->sold.raw, UNIT / 100);
	cr_expect_eq(told(ASKED)->bought.raw, 49000);
	cr_assert_eq(rk_builder_wait(&b, 10 * BUILDER_SECOND_NS), RK_OK);
	cr_expect_eq(told(CLOSED)->reason, RK_CLOSE_TIMEOUT);
	cr_expect_eq(told(OPENED)->loss.raw, 101000);
	/* A late fill is booked. */
	cr_assert_eq(convert(UNIT / 100, 49000, id), RK_OK);
	cr_expect(rk_builder_event(&b, RK_EVENT_CONVERTED, 0)->converted.late);
	/* 520 are owed, by another's fill: no more than may be. */
	cr_expect_eq(told(ASKED)->reason, RK_CLOSE_RECOVERED);
}

Test(conversion, j5_its_own_fills_do_not_stop_it_before_repay_to)
{
	struct rk_order_id id;

	cr_assert_eq(change(RK_CMD_ADJUST, 1, USD, -150000), RK_OK);
	id = told(OPENED)->order;
	cr_assert_eq(convert(UNIT / 50, 99000, id), RK_OK);
	cr_expect_eq(rk_builder_count(&b, ASKED), 0);
	/* Well sold: 200 are left before all of it is gone. */
	cr_assert_eq(convert(UNIT / 200, 31000, id), RK_OK);
	cr_expect_eq(balance_of(1, USD).loss.raw, 20000);
	cr_expect_eq(told(ASKED)->reason, RK_CLOSE_RECOVERED);
}

Test(conversion, j5_the_next_one_waits_for_the_cooldown)
{
	struct rk_order_id id;

	cr_assert_eq(change(RK_CMD_ADJUST, 1, USD, -150000), RK_OK);
	id = told(OPENED)->order;
	cr_assert_eq(rk_builder_apply(
			     &b, (struct rk_cmd){.type = RK_CMD_ORDER_CLOSED,
						 .order_closed = {id, {0}}}),
		     RK_OK);
	cr_expect_eq(told(CLOSED)->reason, RK_CLOSE_CONFIRMED);
	cr_expect_eq(rk_builder_count(&b, OPENED), 0);
	cr_assert_eq(rk_builder_wait(&b, BUILDER_SECOND_NS), RK_OK);
	cr_expect_eq(rk_builder_count(&b, OPENED), 1);
}

Test(conversion, j5_nothing_left_to_sell)
{
	cr_assert_eq(change(RK_CMD_ADJUST, 1, USD, -150000), RK_OK);
	cr_assert_eq(change(RK_CMD_ADJUST, 1, ETH, 30 * UNIT), RK_OK);
	cr_assert_eq(change(RK_CMD_ADJUST, 1, BTC, -UNIT), RK_OK);
	cr_expect_eq(told(ASKED)->reason, RK_CLOSE_FLAT);
}

Test(conversion, j5_an_account_with_one_keeps_its_mode)
{
	cr_assert_eq(change(RK_CMD_ADJUST, 1, USD, -150000), RK_OK);
	cr_expect_eq(
		rk_builder_apply(
			&b, (struct rk_cmd){.type = RK_CMD_MODE,
					    .mode = {1, RK_MODE_ISOLATED}}),
		RK_REJ_ORDERS_OPEN);
}

Test(conversion, j6_what_is_sold_leaves_and_what_is_bought_comes)
{
	struct rk_books_asset usd;
	struct rk_books_asset btc;
	const struct rk_event *ev;
	struct rk_cmd cmd = {.type = RK_CMD_CONVERT,
			     .convert = {.account = 1,
					 .sell = BTC,
					 .sold = {UNIT / 10},
					 .buy = USD,
					 .bought = {500000},
					 .fee = {500}}};

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_CONVERTED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->account, 1);
	cr_expect_eq(ev->converted.sell_balance.raw, UNIT / 10 * 9);
	cr_expect_eq(ev->converted.buy_balance.raw, 499500);
	cr_expect_eq(ev->converted.order.seq, 0);
	(void)rk_view_books_asset(b.harness.engine, USD, &usd);
	(void)rk_view_books_asset(b.harness.engine, BTC, &btc);
	cr_expect(usd.deposits == 500000);
	cr_expect(usd.fees == 500);
	cr_expect(btc.withdrawals == UNIT / 10);
}

Test(conversion, j6_only_what_is_malformed_is_refused)
{
	struct rk_cmd good = {.type = RK_CMD_CONVERT,
			      .convert = {.account = 1,
					  .sell = BTC,
					  .sold = {UNIT},
					  .buy = USD,
					  .bought = {1}}};
	struct rk_cmd cmd = good;
	struct rk_order_id id;

	cmd.convert.account = 9;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_NO_ACCOUNT);
	cmd = good;
	cmd.convert.venue = 7;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_NO_VENUE);
	cmd = good;
	cmd.convert.buy = 7;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_NO_ASSET);
	cmd.convert.buy = BTC;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_SAME_ASSET);
	cmd = good;
	cmd.convert.sold.raw = 0;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_AMOUNT);
	cmd = good;
	cmd.convert.fee.raw = RK_FEE_MAX + 1;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_AMOUNT);
	cmd = good;
	cmd.convert.order.seq = 1;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_NO_ORDER);
	cr_assert_eq(change(RK_CMD_ADJUST, 1, USD, -150000), RK_OK);
	id = told(OPENED)->order;
	cmd.convert.order = id;
	cmd.convert.sell = ETH;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_ORDER_MISMATCH);
	/* More than there is, for next to nothing: a fact. */
	cmd = good;
	cmd.convert.sold.raw = 2 * UNIT;
	cmd.convert.order = id;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_expect_eq(rk_builder_balance(&b, 1, BTC), -UNIT);
	cr_expect_eq(told(CLOSED)->reason, RK_CLOSE_FILLED);
}

Test(conversion, j6_a_trade_cannot_fill_it)
{
	struct rk_order_id id;

	cr_assert_eq(change(RK_CMD_ADJUST, 1, USD, -150000), RK_OK);
	id = told(OPENED)->order;
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_expect_eq(
		rk_builder_apply(
			&b,
			(struct rk_cmd){.type = RK_CMD_TRADE,
					.trade = {.trade = 1,
						  .price = {100},
						  .size = {1},
						  .seller = {.account = 1,
							     .order = id}}}),
		RK_REJ_ORDER_MISMATCH);
}

/* --- J7 */

#define WITHHELD RK_EVENT_CONVERSION_WITHHELD

static const struct rk_ev_conversion_withheld *withheld(uint32_t nth)
{
	const struct rk_event *ev = rk_builder_event(&b, WITHHELD, nth);

	cr_assert_not_null(ev, "CONVERSION_WITHHELD was not told");
	return &ev->conversion_withheld;
}

static uint32_t withheld_accounts(void)
{
	struct rk_engine_counts counts;

	rk_view_counts(b.harness.engine, &counts);
	return counts.conversions_withheld;
}

Test(conversion, j7_it_is_told_once_that_there_is_nothing_to_sell)
{
	cr_assert_eq(rk_builder_account(&b, 2, 0), RK_OK);
	cr_assert_eq(change(RK_CMD_ADJUST, 2, USD, -100000), RK_OK);
	cr_expect_eq(rk_builder_count(&b, WITHHELD), 0, "it may be borrowed");
	cr_assert_eq(change(RK_CMD_ADJUST, 2, USD, -1), RK_OK);
	cr_assert_eq(rk_builder_count(&b, WITHHELD), 1);
	cr_expect_eq(withheld(0)->asset, USD);
	cr_expect(withheld(0)->withheld);
	cr_expect_eq(withheld(0)->loss.raw, 100001);
	cr_expect(balance_of(2, USD).withheld);
	cr_expect_eq(withheld_accounts(), 1);
	cr_assert_eq(change(RK_CMD_ADJUST, 2, USD, -1), RK_OK);
	cr_expect_eq(rk_builder_count(&b, WITHHELD), 0);

	/* Then there is. */
	cr_assert_eq(change(RK_CMD_DEPOSIT, 2, BTC, UNIT / 100), RK_OK);
	cr_expect_eq(rk_builder_count(&b, OPENED), 1);
	cr_assert_eq(rk_builder_count(&b, WITHHELD), 1);
	cr_expect_not(withheld(0)->withheld);
	cr_expect_eq(withheld(0)->loss.raw, 100002);
	cr_expect_not(balance_of(2, USD).withheld);
	cr_expect_eq(withheld_accounts(), 0);
}

Test(conversion, j7_a_debt_that_is_gone_is_not_withheld)
{
	cr_assert_eq(rk_builder_account(&b, 2, 0), RK_OK);
	cr_assert_eq(change(RK_CMD_ADJUST, 2, USD, -150000), RK_OK);
	cr_expect_eq(rk_builder_count(&b, WITHHELD), 1);
	cr_assert_eq(change(RK_CMD_DEPOSIT, 2, USD, 150000), RK_OK);
	cr_assert_eq(rk_builder_count(&b, WITHHELD), 1);
	cr_expect_not(withheld(0)->withheld);
	cr_expect_eq(withheld(0)->loss.raw, 0);
	cr_expect_eq(withheld_accounts(), 0);
}

Test(conversion, j7_terms_that_end_end_it)
{
	struct rk_conversion none = {.enabled = false};

	cr_assert_eq(rk_builder_account(&b, 2, 0), RK_OK);
	cr_assert_eq(change(RK_CMD_ADJUST, 2, USD, -150000), RK_OK);
	cr_assert_eq(set_terms("ETH", &none), RK_OK);
	cr_assert_eq(set_terms("BTC", &none), RK_OK);
	cr_expect_eq(rk_builder_count(&b, WITHHELD), 0);
	cr_assert_eq(set_terms("USD", &none), RK_OK);
	cr_assert_eq(rk_builder_count(&b, WITHHELD), 1);
	cr_expect_not(withheld(0)->withheld);
	cr_expect_eq(withheld(0)->loss.raw, 150000);
}

Test(conversion, j7_a_price_of_the_debt_that_is_not_ok_changes_nothing)
{
	cr_assert_eq(set_terms("ETH", &usd_terms), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 2, 0), RK_OK);
	cr_assert_eq(change(RK_CMD_ADJUST, 2, ETH, -UNIT), RK_OK);
	cr_expect_eq(rk_builder_count(&b, WITHHELD), 1);
	cr_assert_eq(rk_builder_wait(&b, BUILDER_AGE_NS + 1), RK_OK);
	cr_expect_eq(rk_builder_count(&b, WITHHELD), 0);
	cr_assert_eq(rk_builder_quote(&b, ETH_AT, 2000), RK_OK);
	cr_expect_eq(rk_builder_count(&b, WITHHELD), 0);
	cr_expect_eq(withheld_accounts(), 1);
}

Test(conversion, j7_of_several_debts_the_first_is_told)
{
	cr_assert_eq(set_terms("ETH", &usd_terms), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 2, 0), RK_OK);
	cr_assert_eq(change(RK_CMD_ADJUST, 2, ETH, -UNIT), RK_OK);
	cr_expect_eq(withheld(0)->asset, ETH);
	cr_assert_eq(change(RK_CMD_ADJUST, 2, USD, -150000), RK_OK);
	cr_assert_eq(rk_builder_count(&b, WITHHELD), 2);
	cr_expect_eq(withheld(0)->asset, ETH);
	cr_expect_not(withheld(0)->withheld);
	cr_expect_eq(withheld(1)->asset, USD);
	cr_expect(withheld(1)->withheld);
	cr_expect_eq(withheld_accounts(), 1);
	cr_assert_eq(change(RK_CMD_DEPOSIT, 2, USD, 150000), RK_OK);
	cr_expect_eq(withheld(1)->asset, ETH);
	cr_expect(withheld(1)->withheld);
}

/* --- J8 */

static void lend_usd(int64_t borrow_cap)
{
	struct rk_cmd lend = {
		.type = RK_CMD_LENDING,
		.lending = {.asset = "USD",
			    .terms = {.lendable = true,
				      .kink = {PERCENT},
				      .borrow_cap = {borrow_cap},
				      .interval_ns = BUILDER_AGE_NS}}};

	cr_assert_eq(rk_builder_apply(&b, lend), RK_OK);
}

static int transfer(uint64_t from, uint64_t to, int64_t cents)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_TRANSFER,
				    .transfer = {from, to, USD, {cents}}});
}

Test(conversion, j8_who_may_borrow_may_pay_a_loss_by_a_loan)
{
	lend_usd(0);
	cr_assert_eq(rk_builder_account(&b, 2, 1000000), RK_OK);
	cr_assert_eq(change(RK_CMD_ADJUST, 1, USD, -150000), RK_OK);
	cr_expect_eq(rk_builder_count(&b, OPENED), 1);
	cr_assert_eq(transfer(2, 1, 150000), RK_OK);
	cr_expect_eq(told(ASKED)->reason, RK_CLOSE_RECOVERED);
	cr_assert_eq(transfer(1, 2, 150000), RK_OK);
	cr_expect_eq(balance_of(1, USD).loan.raw, 150000);
	cr_expect_eq(balance_of(1, USD).loss.raw, 0);
	cr_expect_eq(rk_builder_count(&b, OPENED), 0);
}

Test(conversion, j8_who_may_not_borrow_may_not)
{
	lend_usd(100000);
	cr_assert_eq(rk_builder_account(&b, 2, 10000000), RK_OK);
	cr_assert_eq(change(RK_CMD_ADJUST, 1, USD, -150000), RK_OK);
	cr_assert_eq(transfer(2, 1, 150000), RK_OK);
	cr_expect_eq(transfer(1, 2, 150000), RK_REJ_BORROW_CAP);
	/* 45000 of 50000 in BTC count. */
	lend_usd(0);
	cr_expect_eq(transfer(1, 2, 4500001), RK_REJ_MARGIN);
	cr_expect_eq(transfer(1, 2, 4500000), RK_OK);
}

Test(conversion, j3_a_loss_takes_no_cash_of_the_pool)
{
	lend_usd(1);
	cr_assert_eq(change(RK_CMD_ADJUST, 1, USD, -100000), RK_OK);
	cr_expect_eq(rk_builder_count(&b, OPENED), 0);
	cr_expect_eq(balance_of(1, USD).loss.raw, 100000);
	/* But who is owed it waits until somebody has paid. */
	cr_assert_eq(rk_builder_account(&b, 2, 0), RK_OK);
	cr_assert_eq(change(RK_CMD_ADJUST, 2, USD, 100000), RK_OK);
	cr_expect_eq(rk_builder_apply(
			     &b, (struct rk_cmd){.type = RK_CMD_RESERVE,
						 .withdraw = {1, 2, USD, {1}}}),
		     RK_REJ_POOL_CASH);
	cr_assert_eq(change(RK_CMD_ADJUST, 1, USD, -1), RK_OK);
	cr_assert_eq(rk_builder_count(&b, OPENED), 1);
	/* 800.01 are bought, and are there. */
	cr_assert_eq(convert(200000, 80001, told(OPENED)->order), RK_OK);
	cr_expect_eq(
		rk_builder_apply(
			&b, (struct rk_cmd){.type = RK_CMD_RESERVE,
					    .withdraw = {1, 2, USD, {80000}}}),
		RK_OK);
}

/*
 * What is said of a refusal: the value that was wrong, and what would be right.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "app/refusal.h"
#include "engine/rc.h"
#include "support/builder.h"

#define USD_ASSET 0

static struct rk_builder b;

/* 1: 1000 USD, and a price of 100. */
static void open_book(void)
{
	rk_builder_init(&b);
	cr_assert_eq(rk_builder_account(&b, 1, 100000), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
}

static void close_book(void)
{
	rk_builder_fini(&b);
}

TestSuite(refusal, .init = open_book, .fini = close_book);

/* Apply it, which is refused with this code, and see what is said. */
static void expect(struct rk_cmd cmd, int code, const char *text)
{
	struct rk_refusal refusal;
	int got = rk_builder_apply(&b, cmd);

	cr_assert_eq(got, code, "%s", rk_rc_name(got));
	rk_refusal_of(b.harness.engine, &cmd, code, &refusal);
	cr_expect_str_eq(refusal.text, text);
}

static struct rk_cmd order(int64_t size, int64_t price)
{
	return (struct rk_cmd){.type = RK_CMD_PLACE_ORDER,
			       .place = {.account = 1,
					 .order = 5,
					 .side = RK_SIDE_BUY,
					 .size = {size},
					 .price = {price}}};
}

static struct rk_cmd leverage(uint64_t account, int64_t raw)
{
	return (struct rk_cmd){.type = RK_CMD_LEVERAGE,
			       .leverage = {account, 0, {raw}}};
}

static struct rk_cmd deposit(uint32_t asset, int64_t amount)
{
	return (struct rk_cmd){.type = RK_CMD_DEPOSIT,
			       .amount = {1, asset, {amount}}};
}

/* The listing of PERP with something else. */
static struct rk_cmd_market perp(void)
{
	struct rk_market_view view;

	cr_assert_eq(rk_view_market(b.harness.engine, 0, &view), RK_OK);
	return view.listing;
}

static void change(struct rk_cmd_market market)
{
	cr_assert_eq(rk_builder_apply(
			     &b, (struct rk_cmd){.type = RK_CMD_MARKET_CHANGE,
						 .market = market}),
		     RK_OK);
}

Test(refusal, leverage_is_told_with_what_the_market_has)
{
	struct rk_cmd_market market = perp();

	expect(leverage(1, 11 * RK_RATE_ONE), RK_REJ_LEVERAGE,
	       "leverage 11 of PERP must be from 1 to 10, or 0 for none");
	/* A third, rounded up to 1e-9, is a leverage of 3. */
	market.brackets[0].initial.raw = 333333334;
	change(market);
	expect(leverage(1, 3 * RK_RATE_ONE + 1000), RK_REJ_LEVERAGE,
	       "leverage 3.000001 of PERP must be from 1 to 3, or 0 for none");
	cr_expect_eq(rk_builder_apply(&b, leverage(1, 3 * RK_RATE_ONE)), RK_OK);
	market.brackets[0].initial.raw = 150000000;
	change(market);
	expect(leverage(1, 6700000000), RK_REJ_LEVERAGE,
	       "leverage 6.7 of PERP must be from 1 to 6.6666667, or 0 for "
	       "none");
	cr_expect_eq(rk_builder_apply(&b, leverage(1, 6666666700)), RK_OK);
	expect(leverage(2, RK_RATE_ONE), RK_REJ_NO_ACCOUNT,
	       "there is no account 2");
}

Test(refusal, what_is_ordered_is_told_with_its_limits)
{
	struct rk_cmd_market market = perp();

	market.lot.raw = 5;
	market.price_max.raw = 5000;
	market.position_max.raw = 90;
	change(market);
	expect(order(7, 100), RK_REJ_BAD_LOT,
	       "size 7 of PERP must be a multiple of its lot 5");
	expect(order(10, 5001), RK_REJ_BAD_PRICE,
	       "price 5001 of PERP must be from 1 to 5000");
	expect(order(0, 100), RK_REJ_BAD_SIZE,
	       "size 0 of PERP must be above 0 and at most 90");
	expect(order(95, 100), RK_REJ_POSITION_LIMIT,
	       "size 95 of PERP: a position may be at most 90");
}

Test(refusal, open_interest_is_told_with_its_limit)
{
	struct rk_cmd cmd = {
		.type = RK_CMD_MARGIN,
		.margin = {.market = "PERP", .terms = {.open_max = {30}}}};

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 20, 100), RK_OK);
	expect(order(11, 100), RK_REJ_OPEN_LIMIT,
	       "size 11 of PERP: 20 is open, and at most 30 may be");
}

Test(refusal, amounts_are_told_with_their_caps)
{
	struct rk_cmd cap = {
		.type = RK_CMD_COLLATERAL_SCALE,
		.collateral_scale = {.asset = "USD",
				     .scale = {.deposit_cap = {150000}}}};
	struct rk_cmd reserve = {.type = RK_CMD_RESERVE,
				 .withdraw = {9, 1, USD_ASSET, {100001}}};

	cr_assert_eq(rk_builder_apply(&b, cap), RK_OK);
	expect(deposit(USD_ASSET, 50001), RK_REJ_DEPOSIT_CAP,
	       "amount 500.01 of USD: 1000 is held, and at most 1500 may be");
	expect(deposit(USD_ASSET, 0), RK_REJ_BAD_AMOUNT,
	       "amount 0 of USD must be above 0");
	expect(reserve, RK_REJ_BALANCE,
	       "amount 1000.01 of USD: the balance is 1000");
	expect(deposit(7, 1), RK_REJ_NO_ASSET,
	       "there is no asset 7: there are 0 to 0");
}

Test(refusal, a_withdrawal_gate_tells_its_bound_and_what_lifts_it)
{
	const struct rk_cmd gate = {
		.type = RK_CMD_INSURANCE,
		.insurance = {"USD", {.withdrawal_gate = {RK_RATE_ONE / 100}}}};
	const struct rk_cmd top = {.type = RK_CMD_TOP_UP,
				   .top_up = {USD_ASSET, {12345}}};
	const struct rk_cmd reserve = {
		.type = RK_CMD_RESERVE,
		.withdraw = {1, 1, USD_ASSET, {1}},
	};

	cr_assert_eq(rk_builder_apply(&b, gate), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, top), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 4, -124), RK_OK);
	expect(reserve, RK_REJ_WITHDRAWALS_GATED,
	       "USD cannot be taken out: bankrupt accounts owe more than 1.23, "
	       "which is 0.01 of the insurance fund of 123.45; a payment, a "
	       "top-up or a write-off lifts it");
}

Test(refusal, what_a_claim_lacks_is_told)
{
	struct rk_cmd cmd = {.type = RK_CMD_CLAIM, .claim = {.venue = 7}};
	struct rk_cmd set = {.type = RK_CMD_LIQUIDATION,
			     .liquidation = {.market = "PERP",
					     .terms = {.stage = {1000000000}}}};
	const struct rk_event *ev;
	char text[80];

	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 5, 100000), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 5, 0, 10, 100), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 5, -97000), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0);
	cr_assert_not_null(ev);
	cmd.claim.order = ev->order.order;
	expect(cmd, RK_REJ_NO_VENUE, "there is no venue 7: there are 0 to 0");
	cmd.claim.venue = 0;
	cmd.claim.duration_ns = -1500000000;
	expect(cmd, RK_REJ_BAD_PARAM,
	       "a claim of -1.5 s: it must be 0 to 3652 days");
	cmd.claim.duration_ns = INT64_C(2000000000);
	expect(cmd, RK_REJ_NO_CLAIMS,
	       "market PERP has no claim_max: its orders are not claimed");
	set.liquidation.terms.claim_max_ns = 1500000000;
	cr_assert_eq(rk_builder_apply(&b, set), RK_OK);
	expect(cmd, RK_REJ_CLAIM_TOO_LONG,
	       "a claim of 2 s: claim_max of market PERP is 1.5 s");
	cmd.claim.duration_ns = 1000000000;
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cmd.claim.duration_ns = 1;
	(void)snprintf(text, sizeof(text),
		       "order %llu.%u is claimed by sea for 1 s more",
		       (unsigned long long)cmd.claim.order.seq,
		       cmd.claim.order.n);
	expect(cmd, RK_REJ_CLAIMED, text);
}

Test(refusal, what_the_vault_must_stay_worth_is_told)
{
	struct rk_cmd cmd = {.type = RK_CMD_VAULT_TOP_UP,
			     .top_up = {USD_ASSET, {12345}}};

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cmd.top_up.amount.raw = -12346;
	expect(cmd, RK_REJ_VAULT_SHORT,
	       "amount -123.46 of USD: the vault has a capital of 123.45, is "
	       "worth 123.45 by its positions, and must stay worth the 0 that "
	       "it holds");
	cmd.top_up.amount.raw = 0;
	expect(cmd, RK_REJ_BAD_AMOUNT, "amount 0 of USD must not be 0");
}

Test(refusal, what_a_fund_lacks_is_told)
{
	struct rk_cmd cmd = {.type = RK_CMD_TOP_UP,
			     .top_up = {USD_ASSET, {12345}}};

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cmd.top_up.amount.raw = -12346;
	expect(cmd, RK_REJ_FUND_SHORT,
	       "amount -123.46 of USD: the insurance fund holds 123.45");
	cmd.top_up.amount.raw = 0;
	expect(cmd, RK_REJ_BAD_AMOUNT, "amount 0 of USD must not be 0");
	cmd.top_up.asset = 7;
	expect(cmd, RK_REJ_NO_ASSET, "there is no asset 7: there are 0 to 0");
}

Test(refusal, who_is_missing_is_told_of_both)
{
	struct rk_cmd transfer = {.type = RK_CMD_TRANSFER,
				  .transfer = {1, 3, USD_ASSET, {1}}};
	struct rk_cmd trade = {.type = RK_CMD_TRADE,
			       .trade = {.trade = 1,
					 .price = {100},
					 .size = {1},
					 .buyer = {.account = 1},
					 .seller = {.account = 4}}};

	expect(transfer, RK_REJ_NO_ACCOUNT, "there is no account 3");
	expect(trade, RK_REJ_NO_ACCOUNT, "there is no account 4");
	trade.trade.market = 9;
	expect(trade, RK_REJ_NO_MARKET,
	       "there is no market 9: there are 0 to 1");
}

/* Where the code says all, nothing is added. */
Test(refusal, margin_is_told_by_its_code)
{
	expect(order(101, 100), RK_REJ_MARGIN, "");
}

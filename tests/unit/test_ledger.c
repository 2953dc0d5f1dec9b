/*
 * Rules A1 to A6 and C4: accounts, balances, withdrawals, transfers and what
 * margin lets out. Amounts are cents.
 */
#include <criterion/criterion.h>

#include "engine/books.h"
#include "support/builder.h"

static struct rk_builder b;

static void open_book(void)
{
	rk_builder_init(&b);
	cr_assert_eq(rk_builder_account(&b, 1, 100000), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 2, 0), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
}

static void close_book(void)
{
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}

TestSuite(ledger, .init = open_book, .fini = close_book);

static int withdraw(enum rk_cmd_type type, uint64_t id, int64_t cents)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = type,
				    .withdraw = {.withdrawal = id,
						 .account = 1,
						 .amount = {cents}}});
}

static int transfer(uint64_t from, uint64_t to, int64_t cents)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_TRANSFER,
				    .transfer = {.from = from,
						 .to = to,
						 .amount = {cents}}});
}

static struct rk_books_asset books(void)
{
	struct rk_books_asset sums = {0};

	(void)rk_view_books_asset(b.harness.engine, 0, &sums);
	return sums;
}

Test(ledger, a_reserved_withdrawal_is_pending_until_confirmed)
{
	cr_assert_eq(withdraw(RK_CMD_RESERVE, 7, 40000), RK_OK);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 60000);
	cr_expect(books().pending == 40000 && books().withdrawals == 0);
	cr_assert_eq(withdraw(RK_CMD_CONFIRM, 7, 0), RK_OK);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 60000);
	cr_expect(books().pending == 0 && books().withdrawals == 40000);
	cr_expect_eq(withdraw(RK_CMD_CONFIRM, 7, 0), RK_REJ_NO_WITHDRAWAL);
}

Test(ledger, a_cancelled_withdrawal_comes_back)
{
	cr_assert_eq(withdraw(RK_CMD_RESERVE, 7, 100000), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 1).balances_n, 0, "given back");
	cr_assert_eq(withdraw(RK_CMD_CANCEL, 7, 0), RK_OK);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 100000);
	cr_expect_eq(withdraw(RK_CMD_CANCEL, 7, 0), RK_REJ_NO_WITHDRAWAL);
}

Test(ledger, reserve_checks_id_amount_table_and_balance)
{
	cr_expect_eq(withdraw(RK_CMD_RESERVE, 0, 1), RK_REJ_BAD_ID);
	cr_expect_eq(withdraw(RK_CMD_RESERVE, 7, 0), RK_REJ_BAD_AMOUNT);
	cr_expect_eq(withdraw(RK_CMD_RESERVE, 7, -1), RK_REJ_BAD_AMOUNT);
	cr_expect_eq(withdraw(RK_CMD_RESERVE, 7, 100001), RK_REJ_BALANCE);
	cr_assert_eq(withdraw(RK_CMD_RESERVE, 7, 1), RK_OK);
	cr_expect_eq(withdraw(RK_CMD_RESERVE, 7, 1), RK_REJ_EXISTS);
	cr_assert_eq(withdraw(RK_CMD_RESERVE, 8, 1), RK_OK);
	cr_expect_eq(withdraw(RK_CMD_RESERVE, 9, 1), RK_REJ_CAPACITY);
}

Test(ledger, what_initial_margin_needs_stays)
{
	/* 10 at 100: initial 10 % of 1000 USD, and so is the 10 % rule. */
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
	cr_expect_eq(withdraw(RK_CMD_RESERVE, 7, 90001), RK_REJ_MARGIN);
	cr_expect_eq(withdraw(RK_CMD_RESERVE, 7, 90000), RK_OK);
}

Test(ledger, profit_that_is_not_realised_does_not_leave)
{
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
	/* At 200: 1000 USD of profit; 200 USD are required of the balance. */
	cr_assert_eq(rk_builder_quote(&b, 0, 200), RK_OK);
	cr_expect_eq(withdraw(RK_CMD_RESERVE, 7, 80001), RK_REJ_MARGIN);
	cr_expect_eq(withdraw(RK_CMD_RESERVE, 7, 80000), RK_OK);
}

Test(ledger, nothing_leaves_over_a_position_whose_price_is_not_ok)
{
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, BUILDER_AGE_NS + 1), RK_OK);
	cr_expect_eq(withdraw(RK_CMD_RESERVE, 7, 1), RK_REJ_PRICE_NOT_OK);
	cr_expect_eq(transfer(1, 2, 1), RK_REJ_PRICE_NOT_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, -10, 100), RK_OK);
	cr_expect_eq(withdraw(RK_CMD_RESERVE, 7, 1), RK_OK, "flat: may go");
}

Test(ledger, a_transfer_moves_and_tells_both_accounts)
{
	const struct rk_event *ev;

	cr_assert_eq(transfer(1, 2, 30000), RK_OK);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 70000);
	cr_expect_eq(rk_builder_balance(&b, 2, 0), 30000);
	ev = rk_builder_event(&b, RK_EVENT_BALANCE, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->account, 1);
	cr_expect_eq(ev->balance.cause, RK_BALANCE_TRANSFER_OUT);
	cr_expect_eq(ev->balance.ref, 2);
	ev = rk_builder_event(&b, RK_EVENT_BALANCE, 1);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->account, 2);
	cr_expect_eq(ev->balance.cause, RK_BALANCE_TRANSFER_IN);
	cr_expect_eq(ev->balance.ref, 1);
}

Test(ledger, transfer_checks_accounts_amount_and_balance)
{
	cr_expect_eq(transfer(9, 9, 1), RK_REJ_NO_ACCOUNT);
	cr_expect_eq(transfer(1, 9, 1), RK_REJ_NO_ACCOUNT);
	cr_expect_eq(transfer(1, 1, 1), RK_REJ_SAME_ACCOUNT);
	cr_expect_eq(transfer(1, 2, 0), RK_REJ_BAD_AMOUNT);
	cr_expect_eq(transfer(1, 2, 100001), RK_REJ_BALANCE);
	cr_expect_eq(transfer(2, 1, 1), RK_REJ_BALANCE);
}

Test(ledger, an_isolated_loss_never_touches_the_owners_other_account)
{
	struct rk_cmd cmd = {.type = RK_CMD_ACCOUNT,
			     .account = {.account = 3,
					 .owner = 1,
					 .mode = RK_MODE_ISOLATED,
					 .enforcement = RK_ENFORCE_FULL}};

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_assert_eq(transfer(1, 3, 10000), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 3, 0, 10, 100), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 50), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 3, 0, -10, 50), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 3).state, RK_STATE_BANKRUPT);
	cr_expect_eq(rk_builder_balance(&b, 3, 0), -40000);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 90000);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_OK);
}

Test(ledger, deposits_are_above_zero_and_adjustments_not_zero)
{
	struct rk_cmd cmd = {.type = RK_CMD_DEPOSIT,
			     .amount = {.account = 1, .amount = {0}}};

	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_AMOUNT);
	cmd.amount.amount.raw = -5;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_AMOUNT);
	cmd.type = RK_CMD_ADJUST;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_OK);
	cmd.amount.amount.raw = 0;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_AMOUNT);
	cmd.amount.asset = 9;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_NO_ASSET);
	cmd.amount.account = 9;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_NO_ACCOUNT);
}

Test(ledger, a_debt_needs_an_asset_that_has_had_a_price)
{
	struct rk_cmd cmd = {.type = RK_CMD_ASSET,
			     .asset = {.name = "COIN",
				       .price_max = {1000},
				       .price_age_max_ns = BUILDER_AGE_NS}};

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cmd = (struct rk_cmd){
		.type = RK_CMD_ADJUST,
		.amount = {.account = 1, .asset = 1, .amount = {-1}}};
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_NO_PRICE);
	cr_assert_eq(rk_builder_quote(&b, 2, 10), RK_OK);
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 1).margin.equity.raw,
		     990 * BUILDER_USD);
}

Test(ledger, accounts_and_owners_have_their_tables)
{
	struct rk_cmd cmd = {.type = RK_CMD_ACCOUNT,
			     .account = {.account = 1,
					 .owner = 9,
					 .mode = RK_MODE_CROSS,
					 .enforcement = RK_ENFORCE_FULL}};

	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_EXISTS);
	cr_assert_eq(rk_builder_account(&b, 3, 0), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 4, 0), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 5, 0), RK_OK);
	cr_expect_eq(rk_builder_account(&b, 6, 0), RK_REJ_CAPACITY,
		     "five owners");
	cmd.account.account = 6;
	cmd.account.owner = 5;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_OK);
	cmd.account.account = 7;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_CAPACITY,
		     "six accounts");
	cmd.account.owner = 0;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_ID);
}

Test(ledger, limits_do_not_go_below_what_is_in_use_or_above_the_arena)
{
	struct rk_engine_counts counts;
	struct rk_cmd cmd = {.type = RK_CMD_LIMITS};

	rk_view_counts(b.harness.engine, &counts);
	cmd.limits = counts.limits;
	cmd.limits.accounts_max = 1;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	cmd.limits.accounts_max = 7;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	cmd.limits.accounts_max = 2;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_expect_eq(rk_builder_account(&b, 3, 0), RK_REJ_CAPACITY);
}

static int deposit_asset(uint32_t asset)
{
	return rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_DEPOSIT,
						    .amount = {.account = 2,
							       .asset = asset,
							       .amount = {1}}});
}

Test(ledger, balances_of_an_account_are_in_order_of_asset)
{
	struct rk_cmd cmd = {.type = RK_CMD_ASSET,
			     .asset = {.name = "COIN",
				       .price_max = {1000},
				       .price_age_max_ns = BUILDER_AGE_NS}};
	struct rk_balance_view got[3];

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cmd.asset.name[0] = 'T';
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_assert_eq(deposit_asset(2), RK_OK);
	cr_assert_eq(deposit_asset(0), RK_OK);
	cr_assert_eq(deposit_asset(1), RK_OK);
	cr_assert_eq(rk_view_balances(b.harness.engine, 1, got, 3), 3);
	for (uint32_t i = 0; i < 3; i++)
		cr_expect_eq(got[i].asset, i);
}

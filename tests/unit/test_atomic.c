/*
 * Rule X3: all commands of an atomic message or none, judged once after the
 * last.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "engine/books.h"
#include "support/builder.h"

static struct rk_builder b;

static void open_book(void)
{
	rk_builder_init(&b);
	cr_assert_eq(rk_builder_account(&b, 1, 10000), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 2, 10000), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
}

static void close_book(void)
{
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}

TestSuite(atomic, .init = open_book, .fini = close_book);

static int send(const struct rk_cmd *children, uint32_t n)
{
	struct rk_cmd cmd = {.type = RK_CMD_ATOMIC, .atomic = {children, n}};

	cmd.origin = children[0].origin;
	return rk_builder_apply(&b, cmd);
}

static struct rk_cmd deposit(uint64_t account, int64_t cents)
{
	return (struct rk_cmd){
		.type = RK_CMD_DEPOSIT,
		.amount = {.account = account, .amount = {cents}}};
}

static struct rk_cmd trade(uint64_t id, int64_t size)
{
	struct rk_cmd cmd = {.type = RK_CMD_TRADE,
			     .trade = {.trade = id,
				       .price = {100},
				       .size = {size < 0 ? -size : size}}};

	if (size < 0)
		cmd.trade.seller.account = 1;
	else
		cmd.trade.buyer.account = 1;
	return cmd;
}

Test(atomic, all_are_applied_under_one_number)
{
	const struct rk_cmd children[] = {deposit(1, 5), deposit(2, 6)};
	struct rk_engine_counts before;
	struct rk_engine_counts after;

	rk_view_counts(b.harness.engine, &before);
	cr_assert_eq(send(children, 2), RK_OK);
	rk_view_counts(b.harness.engine, &after);
	cr_expect_eq(after.seq, before.seq + 1);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 10005);
	cr_expect_eq(rk_builder_balance(&b, 2, 0), 10006);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_BALANCE), 2);
}

Test(atomic, one_refusal_undoes_everything_and_is_one_event)
{
	struct rk_cmd account = {
		.type = RK_CMD_ACCOUNT,
		.account = {3, 3, RK_MODE_CROSS, RK_ENFORCE_FULL}};
	const struct rk_cmd children[] = {
		deposit(1, 5), account,       deposit(3, 7), trade(1, 10),
		trade(2, -4),  deposit(9, 1), /* no such account */
	};
	struct rk_cmd other;
	uint32_t index;

	cr_assert_eq(send(children, 6), RK_REJ_NO_ACCOUNT);
	cr_expect_eq(b.harness.events_n, 1);
	cr_expect_eq(b.harness.events[0].type, RK_EVENT_REJECTED);
	cr_expect_eq(b.harness.events[0].rejected.cmd, RK_CMD_ATOMIC);
	cr_expect_eq(b.harness.events[0].rejected.code, RK_REJ_NO_ACCOUNT);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 10000);
	cr_expect_eq(rk_builder_view(&b, 1).positions_n, 0);
	cr_expect_neq(rk_view_find_account(b.harness.engine, 3, &index), RK_OK);
	/* The trade ids are free again. */
	other = trade(1, 10);
	cr_expect_eq(rk_builder_apply(&b, other), RK_OK);
}

Test(atomic, a_child_sees_what_the_ones_before_it_did)
{
	struct rk_cmd reserve = {
		.type = RK_CMD_RESERVE,
		.withdraw = {.withdrawal = 1, .account = 1, .amount = {15000}}};
	const struct rk_cmd children[] = {deposit(1, 5000), reserve};
	const struct rk_cmd reversed[] = {reserve, deposit(1, 5000)};

	cr_expect_eq(send(reversed, 2), RK_REJ_BALANCE);
	cr_expect_eq(send(children, 2), RK_OK);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 0);
}

Test(atomic, a_hedge_is_never_liquidated_between_its_legs)
{
	/* 30 at 100 need 150 USD; the account has 100. */
	const struct rk_cmd legs[] = {trade(1, 30), trade(2, -30)};
	const struct rk_cmd first = trade(3, 30);

	cr_assert_eq(send(legs, 2), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_STATE), 0);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 0);
	cr_assert_eq(rk_builder_apply(&b, first), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 1,
		     "alone it is");
}

Test(atomic, only_some_commands_may_stand_in_it)
{
	const struct rk_cmd children[] = {
		deposit(1, 5),
		{.type = RK_CMD_CLOCK, .clock = {BUILDER_START_NS + 5}},
	};
	const struct rk_cmd empty = {.type = RK_CMD_ATOMIC};

	cr_expect_eq(send(children, 2), RK_REJ_BAD_PARAM);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 10000);
	cr_expect_eq(rk_builder_apply(&b, empty), RK_REJ_BAD_PARAM);
}

static void number(struct rk_cmd *children, uint32_t n, uint64_t from)
{
	for (uint32_t i = 0; i < n; i++) {
		(void)strncpy(children[i].origin.client, "gateway",
			      RK_NAME_SIZE - 1);
		children[i].origin.client_seq = from + i;
		children[i].origin.payload.lo = from + i;
	}
}

static int32_t answered(const struct rk_cmd *child)
{
	struct rk_answer answer = {.code = -1};

	cr_expect_eq(rk_engine_check_client(b.harness.engine, &child->origin,
					    &answer),
		     RK_REJ_REPEAT);
	return answer.code;
}

Test(atomic, each_child_has_its_number_and_its_answer)
{
	struct rk_cmd children[] = {deposit(1, 5), deposit(1, 0),
				    deposit(2, 6)};

	number(children, 3, 1);
	cr_assert_eq(send(children, 3), RK_REJ_BAD_AMOUNT);
	cr_expect_eq(answered(&children[0]), RK_REJ_ATOMIC);
	cr_expect_eq(answered(&children[1]), RK_REJ_BAD_AMOUNT);
	cr_expect_eq(answered(&children[2]), RK_REJ_ATOMIC);
	cr_expect_eq(rk_view_client_seq(b.harness.engine, "gateway"), 3);
	cr_expect_eq(send(children, 3), RK_REJ_REPEAT);
	children[1] = deposit(1, 7);
	number(children, 3, 4);
	cr_assert_eq(send(children, 3), RK_OK);
	cr_expect_eq(answered(&children[2]), RK_OK);
	cr_expect_eq(send(children, 3), RK_REJ_REPEAT);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 10012);
}

Test(atomic, children_out_of_order_take_nothing)
{
	struct rk_cmd children[] = {deposit(1, 5), deposit(2, 6)};

	number(children, 2, 1);
	children[1].origin.client_seq = 3;
	cr_expect_eq(send(children, 2), RK_REJ_OUT_OF_ORDER);
	cr_expect_eq(b.harness.events_n, 0);
	cr_expect_eq(rk_view_client_seq(b.harness.engine, "gateway"), 0);
}

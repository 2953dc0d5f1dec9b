/*
 * Rules X1, X2 and X4: every command of a client is applied exactly once.
 */
#include <criterion/criterion.h>
#include <string.h>

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

TestSuite(client, .init = open_book, .fini = close_book);

static struct rk_origin origin(const char *name, uint64_t seq, uint64_t payload)
{
	struct rk_origin o = {.client_seq = seq, .payload = {payload, 1}};

	(void)strncpy(o.client, name, RK_NAME_SIZE - 1);
	return o;
}

/* A deposit of one cent, so that the balance counts what was applied. */
static int send(const char *name, uint64_t seq, uint64_t payload)
{
	struct rk_cmd cmd = {.type = RK_CMD_DEPOSIT,
			     .origin = origin(name, seq, payload),
			     .amount = {.account = 1, .amount = {1}}};

	return rk_builder_apply(&b, cmd);
}

static uint64_t command_number(void)
{
	struct rk_engine_counts counts;

	rk_view_counts(b.harness.engine, &counts);
	return counts.seq;
}

Test(client, the_next_number_is_applied)
{
	cr_expect_eq(send("gateway", 1, 1), RK_OK);
	cr_expect_eq(send("gateway", 2, 2), RK_OK);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 2);
	cr_expect_eq(rk_view_client_seq(b.harness.engine, "gateway"), 2);
}

Test(client, a_repeat_is_answered_as_before_and_applied_no_more)
{
	struct rk_origin o = origin("gateway", 1, 1);
	struct rk_answer answer;
	uint64_t first;

	cr_assert_eq(send("gateway", 1, 1), RK_OK);
	first = command_number();
	cr_assert_eq(send("gateway", 2, 2), RK_OK);
	cr_expect_eq(send("gateway", 1, 1), RK_REJ_REPEAT);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 2);
	cr_expect_eq(b.harness.events_n, 0);
	cr_expect_eq(command_number(), first + 1);
	cr_assert_eq(rk_engine_check_client(b.harness.engine, &o, &answer),
		     RK_REJ_REPEAT);
	cr_expect_eq(answer.code, RK_OK);
	cr_expect_eq(answer.seq, first);
}

Test(client, a_refusal_is_remembered_like_any_answer)
{
	struct rk_origin o = origin("gateway", 1, 1);
	struct rk_cmd cmd = {.type = RK_CMD_DEPOSIT,
			     .origin = o,
			     .amount = {.account = 9, .amount = {1}}};
	struct rk_answer answer;

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_REJ_NO_ACCOUNT);
	cr_expect_eq(rk_view_client_seq(b.harness.engine, "gateway"), 1);
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_REPEAT);
	cr_assert_eq(rk_engine_check_client(b.harness.engine, &o, &answer),
		     RK_REJ_REPEAT);
	cr_expect_eq(answer.code, RK_REJ_NO_ACCOUNT);
}

Test(client, the_same_number_with_other_content_is_refused)
{
	cr_assert_eq(send("gateway", 1, 1), RK_OK);
	cr_expect_eq(send("gateway", 1, 2), RK_REJ_SEQ_REUSED);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 1);
}

Test(client, a_gap_is_refused_and_takes_nothing)
{
	uint64_t before;

	cr_assert_eq(send("gateway", 1, 1), RK_OK);
	before = command_number();
	cr_expect_eq(send("gateway", 3, 3), RK_REJ_OUT_OF_ORDER);
	cr_expect_eq(command_number(), before);
	cr_expect_eq(b.harness.events_n, 0);
	cr_expect_eq(send("gateway", 2, 2), RK_OK);
}

Test(client, the_last_1024_answers_are_kept)
{
	for (uint64_t i = 1; i <= 1025; i++)
		cr_assert_eq(send("gateway", i, i), RK_OK);
	cr_expect_eq(send("gateway", 1, 1), RK_REJ_TOO_OLD);
	cr_expect_eq(send("gateway", 2, 2), RK_REJ_REPEAT);
	cr_expect_eq(send("gateway", 2, 3), RK_REJ_SEQ_REUSED);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 1025);
}

Test(client, a_new_client_begins_with_1)
{
	struct rk_engine_counts counts;

	cr_expect_eq(send("gateway", 2, 2), RK_REJ_OUT_OF_ORDER);
	cr_expect_eq(send("gateway", 0, 2), RK_REJ_OUT_OF_ORDER);
	rk_view_counts(b.harness.engine, &counts);
	cr_expect_eq(counts.clients, 0, "no record is taken");
	cr_expect_eq(send("gateway", 1, 2), RK_OK);
}

Test(client, names_are_checked_and_the_table_has_an_end)
{
	cr_expect_eq(send("no blanks", 1, 1), RK_REJ_BAD_NAME);
	cr_assert_eq(send("a", 1, 1), RK_OK);
	cr_assert_eq(send("b", 1, 1), RK_OK);
	cr_expect_eq(send("c", 1, 1), RK_REJ_CAPACITY);
	cr_expect_eq(send("c", 7, 1), RK_REJ_CAPACITY);
	cr_expect_eq(send("a", 2, 1), RK_OK);
}

Test(client, what_is_behind_the_end_of_a_name_does_not_count)
{
	struct rk_cmd cmd = {.type = RK_CMD_DEPOSIT,
			     .origin = origin("gateway", 2, 2),
			     .amount = {.account = 1, .amount = {1}}};

	cr_assert_eq(send("gateway", 1, 1), RK_OK);
	memset(cmd.origin.client + sizeof("gateway"), 'x',
	       RK_NAME_SIZE - sizeof("gateway"));
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_expect_eq(rk_view_client_seq(b.harness.engine, "gateway"), 2);
	cr_expect_eq(send("gatewa", 3, 3), RK_REJ_OUT_OF_ORDER);
	cr_expect_eq(send("gateway2", 3, 3), RK_REJ_OUT_OF_ORDER);
	cr_expect_eq(send("gateway", 3, 3), RK_OK);
}

Test(client, the_daemon_itself_is_not_counted)
{
	cr_expect_eq(send("", 0, 0), RK_OK);
	cr_expect_eq(send("", 0, 0), RK_OK);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 2);
}

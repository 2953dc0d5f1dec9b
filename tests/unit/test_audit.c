/*
 * The audit and RECHECK (D4): damage that is done to the ladder is found, what
 * is right is let alone.
 */
#include <criterion/criterion.h>

#include "engine/audit.h"
#include "engine/state.h"
#include "support/builder.h"

#define SLOT 0

static struct rk_builder b;

/*
 * Account 1 is long 100 at 100 with 1 250: warned below 95, in liquidation at
 * 90 (see the boxes of test_ladder.c). Account 2 is short, account 3 has money
 * alone. A quote has made the ranges of all.
 */
static void begin(void)
{
	rk_builder_init(&b);
	cr_assert_eq(rk_builder_quote(&b, SLOT, 100), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 125000), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 2, 500000), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 3, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 100, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 2, 0, -100, 100), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, SLOT, 100), RK_OK);
}

static void end(void)
{
	rk_builder_fini(&b);
}

TestSuite(audit, .init = begin, .fini = end);

static struct rk_ladder *ladder(void)
{
	return &b.harness.engine->watch.ladder;
}

/* How many accounts differ; the last of them. */
static uint32_t audit(struct rk_audit_finding *ret_finding)
{
	uint32_t at = 0;
	uint32_t n = 0;

	while (rk_audit_next(b.harness.engine, &at, UINT32_MAX, ret_finding))
		n++;
	cr_assert_eq(at, rk_view_accounts(b.harness.engine));
	return n;
}

static int recheck(uint64_t account, uint64_t found_seq)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_RECHECK,
				    .recheck = {account, found_seq}});
}

static void set_range(uint32_t account, int64_t low, int64_t high)
{
	const struct rk_range range = {SLOT, low, high};

	rk_ladder_set(ladder(), account, &range, 1);
}

static void expect_range(uint64_t account)
{
	struct rk_audit_finding found;

	cr_assert_eq(audit(&found), 1);
	cr_expect_eq(found.account, account);
	cr_expect_eq(found.index, account - 1);
	cr_expect_eq(found.kind, RK_AUDIT_RANGE);
	cr_expect_eq(found.slot, SLOT);
	cr_expect_eq(found.state, found.expected);
	cr_expect_eq(found.seq, rk_view_seq(b.harness.engine));
}

Test(audit, what_is_right_has_no_difference)
{
	struct rk_audit_finding found;

	cr_expect_eq(audit(&found), 0);
	cr_assert_eq(rk_builder_quote(&b, SLOT, 97), RK_OK);
	cr_expect_eq(audit(&found), 0);
	cr_assert_eq(rk_builder_quote(&b, SLOT, 90), RK_OK);
	cr_expect_eq(audit(&found), 0, "in liquidation");
	cr_assert_eq(rk_builder_adjust(&b, 1, 500000), RK_OK);
	cr_expect_eq(audit(&found), 0, "who has changed waits for a range");
	rk_engine_set_method(b.harness.engine, RK_METHOD_SCAN);
	cr_expect_eq(audit(&found), 0, "the scan has no ranges");
}

Test(audit, a_range_that_was_dropped_is_found)
{
	rk_ladder_set(ladder(), 0, NULL, 0);
	expect_range(1);
}

Test(audit, a_price_outside_the_range_of_one_who_does_not_wait_is_found)
{
	set_range(1, RK_LADDER_NEVER_BELOW, 99);
	expect_range(2);
	set_range(1, 101, RK_LADDER_NEVER_ABOVE);
	expect_range(2);
	set_range(1, 100, 100);
	cr_expect_eq(audit(&(struct rk_audit_finding){0}), 0);
}

Test(audit, an_end_that_does_not_stand_where_a_walk_finds_it_is_found)
{
	struct rk_pile *above = &ladder()->heaps.piles[SLOT * 2 + 1];
	struct rk_chunk *chunk = rk_pile_chunk(&ladder()->heaps, above, 0);

	set_range(0, RK_LADDER_NEVER_BELOW, 110);
	set_range(1, RK_LADDER_NEVER_BELOW, 120);
	cr_assert_eq(above->n, 2);
	cr_assert_eq(audit(&(struct rk_audit_finding){0}), 0);
	/* The first stops a walk before it comes to the second. */
	chunk->keys[0] = 130;
	expect_range(2);
	chunk->keys[0] = 110;
	chunk->values[1] = chunk->values[0];
	expect_range(2);
}

Test(audit, one_in_liquidation_that_not_every_price_finds_is_found)
{
	cr_assert_eq(rk_builder_quote(&b, SLOT, 90), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 1, 7), RK_OK); /* of OTHER */
	cr_assert_eq(audit(&(struct rk_audit_finding){0}), 0);
	set_range(0, 1, 1000);
	expect_range(1);
}

Test(audit, a_range_too_wide_is_seen_by_what_it_leads_to)
{
	struct rk_audit_finding found;

	set_range(0, 50, RK_LADDER_NEVER_ABOVE);
	cr_expect_eq(audit(&found), 0, "nothing has come of it");
	cr_assert_eq(rk_builder_quote(&b, SLOT, 90), RK_OK);
	cr_assert_eq(rk_builder_view(&b, 1).state, RK_STATE_OK);
	cr_assert_eq(audit(&found), 1);
	cr_expect_eq(found.account, 1);
	cr_expect_eq(found.kind, RK_AUDIT_STATE);
	cr_expect_eq(found.state, RK_STATE_OK);
	cr_expect_eq(found.expected, RK_STATE_LIQUIDATING);
	cr_expect_eq(found.equity.raw, 250 * BUILDER_USD);
	cr_expect_eq(found.maintenance.raw, 450 * BUILDER_USD);
	cr_expect_eq(found.slot, UINT32_MAX);
}

Test(audit, a_start_that_is_withheld_by_mistake_is_found)
{
	struct rk_audit_finding found;

	b.harness.engine->accounts[2].withheld = RK_WITHHELD_PRICE;
	cr_assert_eq(audit(&found), 1);
	cr_expect_eq(found.kind, RK_AUDIT_STATE);
	cr_expect_eq(found.withheld, RK_WITHHELD_PRICE);
	cr_expect_eq(found.withheld_expected, RK_WITHHELD_NONE);
}

Test(audit, it_looks_at_no_more_than_it_is_told_and_changes_nothing)
{
	struct rk_hash before = rk_view_state_digest(b.harness.engine);
	struct rk_engine_counts counts[2];
	struct rk_audit_finding found;
	uint32_t at = 0;

	rk_ladder_set(ladder(), 0, NULL, 0);
	rk_ladder_set(ladder(), 1, NULL, 0);
	rk_view_counts(b.harness.engine, &counts[0]);
	cr_expect(rk_audit_next(b.harness.engine, &at, 2, &found));
	cr_expect_eq(at, 1);
	cr_expect(rk_audit_next(b.harness.engine, &at, 2, &found));
	cr_expect_eq(at, 2);
	cr_expect_not(rk_audit_next(b.harness.engine, &at, 2, &found));
	cr_expect_eq(at, 2);
	at = 2;
	cr_expect_not(rk_audit_next(b.harness.engine, &at, 3, &found));
	cr_expect_eq(at, 3);
	rk_view_counts(b.harness.engine, &counts[1]);
	cr_expect_eq(memcmp(&counts[0], &counts[1], sizeof(counts[0])), 0);
	cr_expect(
		rk_hash_equal(before, rk_view_state_digest(b.harness.engine)));
}

Test(audit, d4_a_recheck_repairs_a_range)
{
	struct rk_audit_finding found;

	rk_ladder_set(ladder(), 0, NULL, 0);
	cr_assert_eq(audit(&found), 1);
	cr_assert_eq(recheck(found.account, found.seq), RK_OK);
	cr_expect_eq(b.harness.events_n, 1);
	cr_expect_eq(audit(&found), 0);
	cr_assert_eq(rk_builder_quote(&b, SLOT, 90), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING);
}

Test(audit, d4_a_recheck_acts_upon_what_was_missed)
{
	struct rk_audit_finding found;
	const struct rk_event *ev;

	rk_ladder_set(ladder(), 0, NULL, 0);
	cr_assert_eq(rk_builder_quote(&b, SLOT, 90), RK_OK);
	cr_assert_eq(audit(&found), 1);
	cr_assert_eq(recheck(found.account, found.seq), RK_OK);
	cr_assert_eq(b.harness.events[0].type, RK_EVENT_RECHECKED);
	ev = &b.harness.events[0];
	cr_expect_eq(ev->account, 1);
	cr_expect_eq(ev->rechecked.found_seq, ev->seq - 1);
	cr_expect_eq(ev->rechecked.before, RK_STATE_OK);
	cr_expect_eq(ev->rechecked.after, RK_STATE_LIQUIDATING);
	cr_expect_eq(ev->rechecked.health.equity.raw, 250 * BUILDER_USD);
	cr_expect_eq(ev->rechecked.health.maintenance.raw, 450 * BUILDER_USD);
	cr_assert_not_null(rk_builder_event(&b, RK_EVENT_STATE, 0));
	cr_expect_not_null(rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0));
	cr_expect_eq(audit(&found), 0);
}

Test(audit, d4_a_recheck_tells_of_what_is_right_and_changes_nothing_else)
{
	const struct rk_event *ev = b.harness.events;

	cr_assert_eq(recheck(2, 0), RK_OK);
	cr_assert_eq(b.harness.events_n, 1);
	cr_expect_eq(ev->type, RK_EVENT_RECHECKED);
	cr_expect_eq(ev->rechecked.found_seq, 0);
	cr_expect_eq(ev->rechecked.before, RK_STATE_OK);
	cr_expect_eq(ev->rechecked.after, RK_STATE_OK);
	cr_expect_eq(ev->rechecked.health.equity.raw, 5000 * BUILDER_USD);
}

Test(audit, d4_is_refused_where_it_cannot_be)
{
	uint64_t seq = rk_view_seq(b.harness.engine);

	cr_expect_eq(recheck(9, 0), RK_REJ_NO_ACCOUNT);
	cr_expect_eq(recheck(1, seq + 2), RK_REJ_BAD_PARAM, "its own");
	cr_expect_eq(recheck(1, UINT64_MAX), RK_REJ_BAD_PARAM);
	cr_expect_eq(recheck(1, seq + 3), RK_OK, "the one before");
	cr_expect_not(rk_cmd_may_be_atomic(RK_CMD_RECHECK));
}

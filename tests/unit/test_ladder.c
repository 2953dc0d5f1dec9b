/*
 * The ladder by itself, against a list that is gone through; and boxes worked
 * out by hand.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "engine/arena.h"
#include "engine/audit.h"
#include "engine/box.h"
#include "engine/era.h"
#include "engine/load.h"
#include "engine/state.h"
#include "support/builder.h"
#include "support/prng.h"

#define ACCOUNTS 700
#define SLOTS    3
#define STEPS    30000

struct rig {
	void *memory;
	struct rk_ladder ladder;
	struct rk_range ranges[ACCOUNTS][SLOTS];
	bool has[ACCOUNTS][SLOTS];
};

static void rig_init(struct rig *rig)
{
	const struct rk_ladder_room room = {ACCOUNTS, SLOTS, ACCOUNTS * SLOTS};
	const size_t size = (size_t)1 << 24;
	struct rk_arena arena;

	rig->memory = aligned_alloc(64, size);
	cr_assert(rig->memory);
	memset(rig->memory, 0, size);
	memset(rig->has, 0, sizeof(rig->has));
	memset(&rig->ladder, 0, sizeof(rig->ladder));
	rk_arena_init(&arena, rig->memory, size);
	rk_ladder_init(&rig->ladder, &arena, &room);
	cr_assert_leq(arena.used, arena.size);
}

static int64_t any_end(struct rk_prng *prng, int64_t never)
{
	if (rk_prng_chance(prng, 1, 4))
		return never;
	return rk_prng_between(prng, 1, 5000);
}

/* Other ranges for an account: of some of the slots, or of none. */
static void change(struct rig *rig, struct rk_prng *prng)
{
	uint32_t account = (uint32_t)rk_prng_below(prng, ACCOUNTS);
	struct rk_range ranges[SLOTS];
	uint32_t n = 0;

	for (uint32_t i = 0; i < SLOTS; i++) {
		rig->has[account][i] = rk_prng_chance(prng, 2, 3);
		if (!rig->has[account][i])
			continue;
		ranges[n].slot = i;
		ranges[n].low = any_end(prng, RK_LADDER_NEVER_BELOW);
		ranges[n].high = any_end(prng, RK_LADDER_NEVER_ABOVE);
		if (rk_prng_chance(prng, 1, 50))
			ranges[n].low = RK_LADDER_ALWAYS;
		rig->ranges[account][i] = ranges[n++];
	}
	rk_ladder_set(&rig->ladder, account, ranges, n);
}

static void check(const struct rig *rig, uint32_t slot, int64_t price)
{
	struct rk_ladder_walk walk = rk_ladder_walk(&rig->ladder, slot, price);
	uint8_t found[ACCOUNTS] = {0};
	uint32_t account;

	while ((account = rk_ladder_next(&walk)) != UINT32_MAX)
		found[account]++;
	for (uint32_t i = 0; i < ACCOUNTS; i++) {
		const struct rk_range *range = &rig->ranges[i][slot];
		int left = (price < range->low) + (price > range->high);

		cr_assert_eq(found[i], rig->has[i][slot] ? left : 0,
			     "account %u price %lld range %lld..%lld", i,
			     (long long)price, (long long)range->low,
			     (long long)range->high);
	}
}

Test(ladder, finds_exactly_those_whose_range_the_price_has_left)
{
	static struct rig rig;
	struct rk_prng prng;

	rig_init(&rig);
	rk_prng_init(&prng, 1);
	for (int i = 0; i < STEPS; i++) {
		change(&rig, &prng);
		if (i % 10 == 0)
			check(&rig, (uint32_t)rk_prng_below(&prng, SLOTS),
			      rk_prng_between(&prng, 1, 5000));
	}
	free(rig.memory);
}

Test(ladder, gives_back_all_it_took)
{
	static struct rig rig;
	struct rk_prng prng;

	rig_init(&rig);
	rk_prng_init(&prng, 2);
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < 4 * ACCOUNTS; i++)
			change(&rig, &prng);
		for (uint32_t i = 0; i < ACCOUNTS; i++)
			rk_ladder_set(&rig.ladder, i, NULL, 0);
		for (uint32_t i = 0; i < SLOTS * 2; i++)
			cr_assert_eq(rig.ladder.heaps.piles[i].n, 0);
	}
	cr_assert_leq(rig.ladder.rungs_used, ACCOUNTS * SLOTS);
	cr_assert_leq(rig.ladder.heaps.chunks_used,
		      2 * (SLOTS * ACCOUNTS / RK_CHUNK + SLOTS));
	free(rig.memory);
}

/* Account 1 has that many cents and a position in PERP at 100. */
static void begin(struct rk_builder *b, int64_t cents, int64_t size)
{
	rk_builder_init(b);
	cr_assert_eq(rk_builder_quote(b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_account(b, 1, cents), RK_OK);
	cr_assert_eq(rk_builder_trade(b, 1, 0, size, 100), RK_OK);
}

static const struct rk_range *range_of(const struct rk_builder *b,
				       struct rk_box *box)
{
	rk_box_of(b->harness.engine, 0, false, box);
	cr_assert_eq(box->n, 1);
	cr_assert_eq(box->ranges[0].slot, 0);
	return &box->ranges[0];
}

/*
 * Long 100 at 100 with 1 250: maintenance is 500, and the account is warned
 * below 1.5 of it. E = 1 250 - 100 d and D = 5 (100 - d) at 100 - d meet E
 * = 1.5 D at d = 5.405..., where the mark is 95, in whole dollars.
 */
Test(box, a_long_may_fall_to_the_last_price_at_which_nothing_is_due)
{
	struct rk_builder b;
	struct rk_box box;
	const struct rk_range *range;

	begin(&b, 125000, 100);
	range = range_of(&b, &box);
	cr_assert_eq(range->low, 95);
	cr_assert_eq(range->high, RK_LADDER_NEVER_ABOVE);
	rk_builder_fini(&b);
}

/* The same short: E = 1 250 - 100 u, D = 5 (100 + u): u = 4.65. */
Test(box, a_short_may_rise_to_the_last_price_at_which_nothing_is_due)
{
	struct rk_builder b;
	struct rk_box box;
	const struct rk_range *range;

	begin(&b, 125000, -100);
	range = range_of(&b, &box);
	cr_assert_eq(range->low, RK_LADDER_NEVER_BELOW);
	cr_assert_eq(range->high, 104);
	rk_builder_fini(&b);
}

Test(box, an_account_in_full_liquidation_is_found_at_every_price)
{
	struct rk_builder b;
	struct rk_box box;
	const struct rk_range *range;

	begin(&b, 125000, 100);
	cr_assert_eq(rk_builder_quote(&b, 0, 90), RK_OK);
	cr_assert_eq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING);
	range = range_of(&b, &box);
	cr_assert_eq(range->low, RK_LADDER_ALWAYS);
	rk_builder_fini(&b);
}

Test(box, one_that_owes_nothing_and_has_no_position_depends_on_no_price)
{
	struct rk_builder b;
	struct rk_box box;

	rk_builder_init(&b);
	cr_assert_eq(rk_builder_account(&b, 1, 125000), RK_OK);
	rk_box_of(b.harness.engine, 0, false, &box);
	cr_assert_eq(box.n, 0);
	rk_builder_fini(&b);
}

static void load_row(void *context, const struct rk_row *row)
{
	struct rk_load_problem problem;

	cr_assert_eq(rk_load_row(context, row, &problem), RK_OK);
}

Test(box, a_state_that_was_loaded_has_its_boxes)
{
	struct rk_builder b;
	struct rk_harness loaded;
	struct rk_engine_counts counts;
	struct rk_load_problem problem;
	struct rk_quote quote = {
		.price = {90}, .time_ns = BUILDER_START_NS, .seq = 100};
	const struct rk_cmd cmd = {.type = RK_CMD_PRICES,
				   .prices = {&quote, 1}};

	begin(&b, 125000, 100);
	rk_view_counts(b.harness.engine, &counts);
	rk_harness_init(&loaded, &counts.limits, RK_EVENTS_PER_STEP_MAX);
	rk_rows_all(b.harness.engine, load_row, loaded.engine);
	cr_assert_eq(rk_load_end(loaded.engine, &problem), RK_OK);
	cr_assert_eq(rk_harness_apply(&loaded, &cmd), RK_OK);
	rk_view_counts(loaded.engine, &counts);
	cr_expect_eq(counts.by_state[RK_STATE_LIQUIDATING], 1);
	rk_harness_fini(&loaded);
	rk_builder_fini(&b);
}

static void fund(struct rk_builder *b, int64_t percent)
{
	const struct rk_cmd cmd = {
		.type = RK_CMD_FUND,
		.fund = {.rate = {percent * (RK_RATE_ONE / 100)},
			 .price = {100}}};

	cr_assert_eq(rk_builder_apply(b, cmd), RK_OK);
}

static uint64_t judged(const struct rk_builder *b)
{
	struct rk_engine_counts counts;

	rk_view_counts(b->harness.engine, &counts);
	return counts.judged;
}

/*
 * Long 100 at 100: with 1 250 it is 500 off being warned, of which an era of
 * 2 % of 10 000 is more than a part; with 100 000 it is nothing.
 */
Test(box, funding_has_an_end_only_where_it_hurts_and_only_near_a_threshold)
{
	struct rk_builder b;
	struct rk_box box;
	uint32_t slot;

	begin(&b, 125000, 100);
	cr_assert_eq(rk_builder_account(&b, 2, 10000000), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 2, 0, 100, 100), RK_OK);
	fund(&b, 0);
	slot = rk_era_of_funding(b.harness.engine, 0);
	rk_box_of(b.harness.engine, 0, false, &box);
	cr_assert_eq(box.n, 2);
	cr_expect_eq(box.ranges[1].slot, slot);
	cr_expect_eq(box.ranges[1].low, RK_LADDER_NEVER_BELOW);
	cr_expect_neq(box.ranges[1].high, RK_LADDER_NEVER_ABOVE);
	rk_box_of(b.harness.engine, 1, false, &box);
	cr_assert_eq(box.n, 2);
	cr_expect_eq(box.ranges[1].slot, slot);
	cr_expect_eq(box.ranges[1].low, RK_LADDER_NEVER_BELOW);
	cr_expect_eq(box.ranges[1].high, RK_LADDER_NEVER_ABOVE);
	rk_builder_fini(&b);
}

/* 1 250 - 100 for each FUND of 1 %, against 1.5 times 500: 750 is enough. */
Test(box, funding_judges_who_is_near_and_not_who_is_far)
{
	struct rk_builder b;
	uint64_t before;

	begin(&b, 125000, 100);
	cr_assert_eq(rk_builder_account(&b, 2, 10000000), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 2, 0, 100, 100), RK_OK);
	fund(&b, 0);
	/* Before a price moves, all have their boxes. */
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	before = judged(&b);
	fund(&b, 1);
	cr_expect_eq(judged(&b) - before, 1);
	for (int i = 0; i < 4; i++)
		fund(&b, 1);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_OK);
	fund(&b, 1);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_WARN);
	cr_expect_eq(rk_builder_view(&b, 2).state, RK_STATE_OK);
	rk_builder_fini(&b);
}

/*
 * A debt of 100.00 by losses, of which 100.50 may be; 36.5 % a year is 0.1 % a
 * day: after five days it is 100.51. Nothing can be sold, which is told once.
 */
Test(box, interest_alone_makes_a_conversion_due)
{
	const int64_t day_ns = INT64_C(86400) * BUILDER_SECOND_NS;
	const struct rk_cmd lending = {
		.type = RK_CMD_LENDING,
		.lending = {.asset = "USD",
			    .terms = {.lendable = true,
				      .base = {RK_RATE_ONE * 365 / 1000},
				      .kink = {RK_RATE_ONE / 2},
				      .interval_ns = day_ns}}};
	const struct rk_cmd conversion = {
		.type = RK_CMD_CONVERSION,
		.conversion = {.asset = "USD",
			       .terms = {.enabled = true,
					 .auto_borrow = {10050},
					 .band = {RK_RATE_ONE / 100}}}};
	struct rk_builder b;

	rk_builder_init(&b);
	cr_assert_eq(rk_builder_apply(&b, lending), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, conversion), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 10000), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 1, -20000), RK_OK);
	for (int day = 1; day <= 6; day++) {
		cr_assert_eq(rk_builder_wait(&b, day_ns), RK_OK);
		cr_expect_eq(rk_builder_count(&b, RK_EVENT_CONVERSION_WITHHELD),
			     day == 5, "day %d", day);
	}
	rk_builder_fini(&b);
}

/*
 * 100.00 owed, of which 100.00 may be: each move of its index makes it
 * more, also those smaller than what a key stands for. That is right as it is.
 */
Test(box, a_debt_at_its_limit_is_found_by_each_move_of_its_index)
{
	const int64_t day_ns = INT64_C(86400) * BUILDER_SECOND_NS;
	const struct rk_cmd lending = {
		.type = RK_CMD_LENDING,
		.lending = {.asset = "USD",
			    .terms = {.lendable = true,
				      .base = {RK_RATE_ONE / 1000},
				      .kink = {RK_RATE_ONE / 2},
				      .interval_ns = day_ns}}};
	const struct rk_cmd conversion = {
		.type = RK_CMD_CONVERSION,
		.conversion = {.asset = "USD",
			       .terms = {.enabled = true,
					 .auto_borrow = {10000},
					 .band = {RK_RATE_ONE / 100}}}};
	const struct rk_engine *engine;
	struct rk_audit_finding found;
	struct rk_range range;
	uint32_t at = 0;
	struct rk_builder b;

	rk_builder_init(&b);
	engine = b.harness.engine;
	cr_assert_eq(rk_builder_apply(&b, lending), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, conversion), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 10000), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 1, -15000), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, day_ns), RK_OK); /* 50.01 now */
	cr_assert_eq(rk_builder_adjust(&b, 1, -4999), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert(rk_ladder_range(&engine->watch.ladder, 0,
				  rk_era_of_interest(engine, 0, true), &range));
	cr_expect_eq(range.low, RK_LADDER_ALWAYS);
	cr_expect_not(rk_audit_next(engine, &at, UINT32_MAX, &found));
	cr_assert_eq(rk_builder_count(&b, RK_EVENT_CONVERSION_WITHHELD), 0);
	cr_assert_eq(rk_builder_wait(&b, day_ns), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_CONVERSION_WITHHELD), 1);
	rk_builder_fini(&b);
}

/*
 * A long of 1.000 at 10 000.00 that requires 4 %, called, and near the way back
 * at 1.3 times that; liquidation is 1.2 % below. It buys 0.086, and the price
 * is 10 045.00: near the way back again. The ranges it had may stay, though
 * they now go 1.4 % down: so far it must be off maintenance to be without a
 * slack of that.
 */
Test(box, ranges_that_stay_do_not_hide_the_other_threshold)
{
	struct rk_cmd_market market = rk_builder_market("FINE");
	const struct rk_direct *direct;
	struct rk_market_view view;
	struct rk_builder b;

	rk_builder_init(&b);
	direct = &b.harness.engine->watch.direct;
	market.price_decimals = 2;
	market.size_decimals = 3;
	market.price_max.raw = 10000000;
	market.brackets[0].maintenance.raw = RK_RATE_ONE / 25;
	cr_assert_eq(rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_MARKET,
							  .market = market}),
		     RK_OK);
	cr_assert_eq(rk_view_market(b.harness.engine, 2, &view), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, view.slot, 1000000), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 49000), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 2, 1000, 1000000), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 1, 2800), RK_OK);
	cr_assert_eq(rk_builder_view(&b, 1).state, RK_STATE_MARGIN_CALL);
	cr_assert_eq(rk_builder_quote(&b, view.slot, 1000000), RK_OK);
	cr_assert_eq(direct->entries_n, 2, "near one, the other within reach");

	cr_assert_eq(rk_builder_trade(&b, 1, 2, 86, 1000000), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, view.slot, 1004500), RK_OK);
	cr_assert_eq(rk_builder_view(&b, 1).state, RK_STATE_MARGIN_CALL);
	cr_assert_eq(direct->entries_n, 2);
	cr_assert_eq(rk_builder_quote(&b, view.slot, 991900), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING);
	rk_builder_fini(&b);
}

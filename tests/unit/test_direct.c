/*
 * The direct list by itself, against slacks that are added up one by one.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "engine/arena.h"
#include "engine/direct.h"
#include "support/prng.h"

#define ACCOUNTS 300
#define SLOTS    9
#define STEPS    40000
#define NONE     UINT32_MAX

struct rig {
	void *memory;
	struct rk_direct direct;
	struct rk_prng prng;
	int64_t prices[SLOTS];
	struct rk_slack slacks[ACCOUNTS][RK_SLACKS_MAX]; /* as they should be */
	uint32_t slacks_n[ACCOUNTS];
};

static struct rig rig;

static void begin(void)
{
	struct rk_arena arena;
	size_t size;

	rk_arena_init(&arena, NULL, 0);
	rk_direct_init(&rig.direct, &arena, ACCOUNTS, SLOTS);
	size = arena.used;
	memset(&rig, 0, sizeof(rig));
	rig.memory = aligned_alloc(64, size);
	cr_assert(rig.memory);
	memset(rig.memory, 0, size);
	rk_arena_init(&arena, rig.memory, size);
	rk_direct_init(&rig.direct, &arena, ACCOUNTS, SLOTS);
	rk_prng_init(&rig.prng, 20210519);
}

static void end(void)
{
	free(rig.memory);
}

TestSuite(direct, .init = begin, .fini = end);

/* Of slots that differ, in any order. */
static void any_slack(struct rk_slack *slack)
{
	uint64_t first = rk_prng_below(&rig.prng, SLOTS);

	slack->n = 1 + (uint32_t)rk_prng_below(&rig.prng, RK_SLACK_PULLS);
	slack->now = rk_prng_between(&rig.prng, 0, 100000);
	for (uint32_t i = 0; i < slack->n; i++) {
		slack->pulls[i].slot = (uint32_t)((first + 2 * i) % SLOTS);
		slack->pulls[i].per_unit =
			rk_prng_between(&rig.prng, -1000, 1000);
	}
}

static void set_any(uint32_t account)
{
	uint32_t n = (uint32_t)rk_prng_below(&rig.prng, RK_SLACKS_MAX + 1);

	rig.slacks_n[account] = n;
	for (uint32_t i = 0; i < n; i++)
		any_slack(&rig.slacks[account][i]);
	rk_direct_set(&rig.direct, account, rig.slacks[account], n);
}

/* The same by hand. True: some slack of the slot is below 0. */
static bool move_by_hand(uint32_t slot, int64_t by)
{
	bool below = false;

	for (uint32_t a = 0; a < ACCOUNTS; a++)
		for (uint32_t i = 0; i < rig.slacks_n[a]; i++) {
			struct rk_slack *slack = &rig.slacks[a][i];

			for (uint32_t k = 0; k < slack->n; k++) {
				if (slack->pulls[k].slot != slot)
					continue;
				slack->now += slack->pulls[k].per_unit * by;
				below = below || slack->now < 0;
			}
		}
	return below;
}

static bool depends(const struct rk_slack *slack, uint32_t slot)
{
	for (uint32_t k = 0; k < slack->n; k++)
		if (slack->pulls[k].slot == slot)
			return true;
	return false;
}

static void expect_found(uint32_t slot)
{
	uint32_t times[ACCOUNTS] = {0};
	uint32_t at = 0;
	uint32_t account;

	while ((account = rk_direct_next(&rig.direct, slot, &at)) != NONE)
		times[account]++;
	for (uint32_t a = 0; a < ACCOUNTS; a++) {
		uint32_t n = 0;
		bool off = true;

		for (uint32_t i = 0; i < rig.slacks_n[a]; i++) {
			const struct rk_slack *slack = &rig.slacks[a][i];

			n += slack->now < 0 && depends(slack, slot);
			off = off && slack->now >= 0;
		}
		cr_assert_eq(times[a], n, "account %u", a);
		cr_assert_eq(rk_direct_missed(&rig.direct, a) == NONE, off);
	}
}

Test(direct, it_finds_those_whose_slack_is_used_up_and_no_others)
{
	for (int i = 0; i < STEPS; i++) {
		uint32_t slot = (uint32_t)rk_prng_below(&rig.prng, SLOTS);
		int64_t by = rk_prng_between(&rig.prng, -30, 30);
		bool below;

		set_any((uint32_t)rk_prng_below(&rig.prng, ACCOUNTS));
		rig.prices[slot] += by;
		below = move_by_hand(slot, by);
		cr_assert_eq(
			rk_direct_move(&rig.direct, slot, rig.prices[slot]),
			below);
		if (i % 16 == 0)
			expect_found(slot);
	}
}

Test(direct, one_who_is_without_is_found_again_by_a_price_that_stays)
{
	const struct rk_slack slack = {
		.now = 10, .n = 2, .pulls = {{0, 1}, {1, -1}}};

	rk_direct_set(&rig.direct, 7, &slack, 1);
	cr_expect(rk_direct_move(&rig.direct, 1, 11));
	cr_expect(rk_direct_move(&rig.direct, 1, 11));
	cr_expect(rk_direct_move(&rig.direct, 0, 0), "by its other slot, too");
	cr_expect_not(rk_direct_move(&rig.direct, 0, 1), "back at 0");
}

/* Farther than fits: what comes back is as it was. */
Test(direct, a_price_that_was_too_far_away_leaves_no_trace)
{
	const struct rk_slack slack = {
		.now = 10, .n = 1, .pulls = {{0, INT64_MAX / 2}}};

	rk_direct_set(&rig.direct, 7, &slack, 1);
	(void)rk_direct_move(&rig.direct, 0, INT64_MAX);
	(void)rk_direct_move(&rig.direct, 0, 12345);
	cr_expect_not(rk_direct_move(&rig.direct, 0, 0));
	cr_expect_eq(rig.direct.slacks[0], 10);
}

/* Of few accounts, all may be on it; then there is room again for others. */
Test(direct, what_is_given_back_is_used_again)
{
	const struct rk_slack slacks[RK_SLACKS_MAX] = {
		{.now = 10, .n = 2, .pulls = {{0, 1}, {1, -1}}},
		{.now = 20, .n = 1, .pulls = {{2, 1}}}};

	for (int round = 0; round < 3; round++) {
		for (uint32_t a = 0; a < ACCOUNTS; a++) {
			cr_assert(rk_direct_has_room(&rig.direct));
			rk_direct_set(&rig.direct, a, slacks, RK_SLACKS_MAX);
		}
		cr_expect_eq(rig.direct.entries_n, RK_SLACKS_MAX * ACCOUNTS);
		cr_expect_not(rk_direct_has_room(&rig.direct));
		for (uint32_t a = 0; a < ACCOUNTS; a++)
			rk_direct_set(&rig.direct, a, NULL, 0);
		cr_expect_eq(rig.direct.entries_n, 0);
	}
	for (uint32_t slot = 0; slot < SLOTS; slot++)
		cr_expect_eq(rig.direct.slots.piles[slot].n, 0);
	cr_expect_leq(rig.direct.entries_used, RK_SLACKS_MAX * ACCOUNTS);
}

/*
 * When riskd lags, and when it no longer does: the window and both limits.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "app/lag.h"
#include "support/prng.h"

#define SEED   UINT64_C(20240805)
#define MS     UINT64_C(1000000)
#define WINDOW (10000 * MS)
#define PART   (WINDOW / RK_LAG_PARTS)
#define STEP   (100 * MS)          /* between two looks */
#define LIMIT  INT64_C(1000000000) /* of the age */

static struct rk_lag_meter *meter;
static uint64_t now_ns;
static uint64_t merged;

static void open_meter(void)
{
	const struct rk_lag_limits limits = {
		.window_ns = (int64_t)WINDOW,
		.judging = {RK_RATE_ONE / 10 * 8},
		.age_ns = LIMIT,
	};

	now_ns = 77 * MS;
	merged = 0;
	cr_assert_eq(rk_lag_open(&limits, now_ns, &meter), 0);
}

static void close_meter(void)
{
	rk_lag_close(meter);
}

TestSuite(lag, .init = open_meter, .fini = close_meter);

/*
 * So many parts of the window in which batches take this share of the time
 * (per mille) and quotes are as old: how often each change came.
 */
struct seen {
	uint32_t began;
	uint32_t ended;
	uint64_t changed_ns; /* the last, since the parts began */
};

static struct seen spend(uint32_t parts, uint64_t mille, int64_t age_ns)
{
	struct rk_lag_batch batch = {STEP * mille / 1000, age_ns, age_ns + 5, 3,
				     4};
	struct seen seen = {0, 0, 0};
	uint64_t start_ns = now_ns;

	for (uint64_t i = 0; i < parts * (PART / STEP); i++) {
		enum rk_lag_change change;

		rk_lag_add(meter, &batch);
		now_ns += STEP;
		merged += 2;
		change = rk_lag_look(meter, now_ns, merged);
		seen.began += change == RK_LAG_BEGAN;
		seen.ended += change == RK_LAG_ENDED;
		if (change != RK_LAG_AS_BEFORE)
			seen.changed_ns = now_ns - start_ns;
	}
	return seen;
}

Test(lag, it_begins_when_a_whole_window_was_busy)
{
	struct seen seen = spend(30, 800, 0);

	cr_expect_eq(seen.began, 1, "once, not at each look");
	cr_expect_eq(seen.ended, 0);
	cr_expect_eq(seen.changed_ns, WINDOW);
}

Test(lag, just_below_the_limit_it_does_not_begin)
{
	struct seen seen = spend(50, 799, LIMIT / 2);

	cr_expect_eq(seen.began, 0);
}

Test(lag, it_begins_when_half_of_the_batches_are_old)
{
	struct seen seen = spend(30, 1, LIMIT);

	cr_expect_eq(seen.began, 1);
	cr_expect_eq(seen.ended, 0);
}

/* A quote may bear any time, also that of the beginning of all. */
Test(lag, quotes_as_old_as_can_be_told_are_old)
{
	struct seen seen = spend(30, 1, INT64_MAX - 5);

	cr_expect_eq(seen.began, 1);
	cr_expect_eq(seen.ended, 0);
	seen = spend(30, 1, 0);
	cr_expect_eq(seen.ended, 1);
}

Test(lag, one_that_is_old_among_many_is_none)
{
	struct rk_lag_batch old = {1, 100 * LIMIT, 100 * LIMIT, 1, 1};

	for (uint32_t i = 0; i < 20; i++) {
		rk_lag_add(meter, &old);
		cr_expect_eq(spend(1, 1, 1).began, 0);
	}
}

Test(lag, it_ends_only_well_below_both_limits)
{
	struct seen seen = spend(20, 900, 0);

	cr_assert_eq(seen.began, 1);
	seen = spend(50, 610, 0);
	cr_expect_eq(seen.ended, 0, "between the limits it stays as it is");
	(void)spend(20, 610, LIMIT / 10 * 8);
	seen = spend(50, 0, LIMIT / 10 * 8);
	cr_expect_eq(seen.ended, 0, "now it is the age that is between");
	seen = spend(20, 590, LIMIT / 10 * 6);
	cr_expect_eq(seen.ended, 1);
	cr_expect_eq(seen.began, 0);
	seen = spend(50, 790, LIMIT / 10 * 8);
	cr_expect_eq(seen.began, 0, "and back between them nothing begins");
}

/* Around a limit, in turn above and below it: it does not flap. */
Test(lag, at_the_limit_it_does_not_flap)
{
	struct rk_prng prng;
	uint32_t changes = 0;

	rk_prng_init(&prng, SEED);
	for (uint32_t i = 0; i < 1000; i++) {
		uint64_t mille = (uint64_t)rk_prng_between(&prng, 750, 850);
		struct seen seen = spend(1, mille, 0);

		changes += seen.began + seen.ended;
	}
	cr_expect_eq(changes, 1);
}

Test(lag, with_nothing_to_do_it_ends)
{
	cr_assert_eq(spend(20, 1000, LIMIT).began, 1);
	for (uint32_t i = 0; i < 200; i++) {
		now_ns += STEP;
		if (rk_lag_look(meter, now_ns, merged) == RK_LAG_ENDED)
			return;
	}
	cr_assert(false, "it lags for ever");
}

/* The loop does not look while it judges: the part is as long as that. */
Test(lag, a_batch_longer_than_the_window_counts_as_long_as_it_took)
{
	struct rk_lag_batch batch = {30 * WINDOW, 0, 0, 1, 1};
	struct rk_lag lag;

	cr_assert_eq(spend(20, 1, 0).began, 0);
	rk_lag_add(meter, &batch);
	now_ns += 30 * WINDOW;
	cr_expect_eq(rk_lag_look(meter, now_ns, merged), RK_LAG_BEGAN);
	rk_lag_told(meter, &lag);
	cr_expect_leq(lag.judging_ns, lag.window_ns);
	cr_expect_gt(lag.judging_ns, lag.window_ns / 10 * 9);
}

Test(lag, what_is_told_is_the_sum_over_the_window)
{
	struct rk_lag lag;

	rk_lag_told(meter, &lag);
	cr_expect_eq(lag.window_ns, 0, "there was none yet");
	(void)spend(5, 999, LIMIT);
	(void)spend(10, 250, 0);
	rk_lag_told(meter, &lag);
	cr_expect_eq(lag.window_ns, (int64_t)WINDOW);
	cr_expect_eq(lag.judging_ns, (int64_t)WINDOW / 4);
	cr_expect_eq(lag.age_ns, 0);
	cr_expect_eq(lag.batches, 100);
	cr_expect_eq(lag.quotes, 300);
	cr_expect_eq(lag.quotes_merged, 200);
	cr_expect_eq(lag.judged, 400);
	cr_expect_not(lag.lagging);
}

/* Against sorting: never below, and at most an eighth above. */
Test(lag, percentiles_are_rounded_up_by_an_eighth_at_most)
{
	struct rk_prng prng;

	rk_prng_init(&prng, SEED);
	for (uint32_t i = 0; i < 2000; i++) {
		int shift = (int)rk_prng_between(&prng, 0, 61);
		int64_t age =
			(int64_t)rk_prng_between(&prng, 0, (int64_t)1 << shift);
		struct rk_lag_batch batch = {1, 0, age, 1, 1};
		struct rk_lag_ages ages;

		for (uint32_t k = 0; k < RK_LAG_PARTS; k++) {
			if (k == 0)
				rk_lag_add(meter, &batch);
			now_ns += PART;
			(void)rk_lag_look(meter, now_ns, merged);
		}
		ages = rk_lag_ages(meter);
		cr_assert_geq(ages.p50_ns, age);
		cr_assert_leq(ages.p50_ns - age, age / 8);
		cr_assert_eq(ages.p50_ns, ages.p99_ns);
	}
}

Test(lag, half_and_all_but_one_in_a_hundred)
{
	struct rk_lag_ages ages;

	for (int64_t i = 1; i <= 1000; i++) {
		struct rk_lag_batch batch = {1, 0, i <= 985 ? 4 : 4000, 1, 1};

		rk_lag_add(meter, &batch);
	}
	now_ns += PART;
	(void)rk_lag_look(meter, now_ns, merged);
	ages = rk_lag_ages(meter);
	cr_expect_eq(ages.p50_ns, 4);
	cr_expect_geq(ages.p99_ns, 4000);
	cr_expect_leq(ages.p99_ns, 4500);
}

Test(lag, a_quote_from_the_future_is_new)
{
	struct rk_lag_batch batch = {1, -5, -5, 1, 1};

	rk_lag_add(meter, &batch);
	now_ns += PART;
	(void)rk_lag_look(meter, now_ns, merged);
	cr_expect_eq(rk_lag_ages(meter).p99_ns, 0);
}

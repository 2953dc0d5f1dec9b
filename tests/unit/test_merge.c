/*
 * Merging of price messages: one quote per publisher and slot, the newest.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "app/merge.h"
#include "support/prng.h"

#define SEED       UINT64_C(20100506)
#define NOW        INT64_C(1583971200000000000)
#define SLOTS      5U
#define PUBLISHERS 3U
#define N(array)   (sizeof(array) / sizeof((array)[0]))

static struct rk_merge *open_merge(void)
{
	struct rk_merge *merge;

	cr_assert_eq(rk_merge_open(SLOTS, PUBLISHERS, &merge), 0);
	return merge;
}

static void add(struct rk_merge *merge, uint32_t slot, uint32_t publisher,
		uint64_t seq)
{
	struct rk_quote quote = {
		slot, publisher, {(int64_t)seq * 100 + 1}, 1, seq};
	struct rk_cmd_prices prices = {&quote, 1};

	rk_merge_add(merge, &prices, NOW);
}

Test(merge, an_empty_merge_gives_an_empty_batch)
{
	struct rk_merge *merge = open_merge();

	cr_assert_eq(rk_merge_take(merge).n, 0);
	cr_assert_eq(rk_merge_merged(merge), 0);
	cr_assert_eq(rk_merge_unknown(merge), 0);
	rk_merge_close(merge);
	rk_merge_close(NULL);
}

Test(merge, the_highest_sequence_stays_in_whatever_order_they_came)
{
	static const uint64_t orders[][3] = {{1, 2, 3}, {1, 3, 2}, {2, 1, 3},
					     {2, 3, 1}, {3, 1, 2}, {3, 2, 1}};
	struct rk_merge *merge = open_merge();

	for (size_t i = 0; i < N(orders); i++) {
		struct rk_cmd_prices batch;

		for (size_t j = 0; j < 3; j++)
			add(merge, 2, 1, orders[i][j]);
		batch = rk_merge_take(merge);
		cr_assert_eq(batch.n, 1);
		cr_assert_eq(batch.quotes[0].seq, 3);
		cr_assert_eq(batch.quotes[0].price.raw, 301);
		cr_assert_eq(rk_merge_merged(merge), 2 * (i + 1));
	}
	rk_merge_close(merge);
}

Test(merge, of_the_same_sequence_the_first_stays)
{
	struct rk_quote quotes[] = {{1, 1, {100}, 5, 9}, {1, 1, {200}, 6, 9}};
	struct rk_cmd_prices prices = {quotes, N(quotes)};
	struct rk_merge *merge = open_merge();
	struct rk_cmd_prices batch;

	rk_merge_add(merge, &prices, NOW);
	batch = rk_merge_take(merge);
	cr_assert_eq(batch.n, 1);
	cr_assert_eq(batch.quotes[0].price.raw, 100);
	cr_assert_eq(batch.quotes[0].time_ns, 5);
	cr_assert_eq(rk_merge_merged(merge), 1);
	rk_merge_close(merge);
}

Test(merge, publishers_and_slots_are_kept_apart_in_order_of_appearance)
{
	struct rk_merge *merge = open_merge();
	struct rk_cmd_prices batch;

	for (uint32_t slot = SLOTS; slot-- > 0;)
		for (uint32_t i = 0; i < PUBLISHERS; i++)
			add(merge, slot, i, 1 + slot * 10 + i);
	batch = rk_merge_take(merge);
	cr_assert_eq(batch.n, SLOTS * PUBLISHERS);
	for (uint32_t i = 0; i < batch.n; i++) {
		cr_assert_eq(batch.quotes[i].slot, SLOTS - 1 - i / PUBLISHERS);
		cr_assert_eq(batch.quotes[i].publisher, i % PUBLISHERS);
	}
	cr_assert_eq(rk_merge_merged(merge), 0);
	rk_merge_close(merge);
}

Test(merge, what_was_taken_is_forgotten)
{
	struct rk_merge *merge = open_merge();

	add(merge, 0, 0, 7);
	cr_assert_eq(rk_merge_take(merge).n, 1);
	cr_assert_eq(rk_merge_take(merge).n, 0);
	/* An older one counts again: that it is old, the engine knows. */
	add(merge, 0, 0, 3);
	cr_assert_eq(rk_merge_take(merge).n, 1);
	cr_assert_eq(rk_merge_merged(merge), 0);
	rk_merge_close(merge);
}

Test(merge, unknown_slots_and_publishers_are_counted_and_left_out)
{
	static const uint32_t strange[][2] = {{SLOTS, 0},
					      {0, PUBLISHERS},
					      {UINT32_MAX, 0},
					      {0, UINT32_MAX},
					      {UINT32_MAX, UINT32_MAX}};
	struct rk_merge *merge = open_merge();

	for (size_t i = 0; i < N(strange); i++)
		add(merge, strange[i][0], strange[i][1], 1);
	cr_assert_eq(rk_merge_take(merge).n, 0);
	cr_assert_eq(rk_merge_unknown(merge), N(strange));
	cr_assert_eq(rk_merge_merged(merge), 0);
	rk_merge_close(merge);
}

/* Good but for one thing, which the engine would drop it for. */
Test(merge, a_quote_that_cannot_be_never_hides_a_good_one)
{
	static const struct rk_quote good = {1, 1, {100}, NOW, 1};
	static const struct rk_quote bad[] = {
		{1, 1, {0}, NOW, 2},
		{1, 1, {-1}, NOW, 2},
		{1, 1, {INT64_MIN}, NOW, 2},
		{1, 1, {100}, 0, 2},
		{1, 1, {100}, INT64_MIN, 2},
		{1, 1, {100}, NOW + RK_QUOTE_AHEAD_NS + 1, 2},
		{1, 1, {100}, INT64_MAX, 2},
	};
	static const struct rk_quote early = {
		1, 1, {200}, NOW + RK_QUOTE_AHEAD_NS, 3};
	struct rk_merge *merge = open_merge();
	struct rk_cmd_prices batch;

	rk_merge_add(merge, &(struct rk_cmd_prices){&good, 1}, NOW);
	rk_merge_add(merge, &(struct rk_cmd_prices){bad, N(bad)}, NOW);
	cr_assert_eq(rk_merge_bad(merge), N(bad));
	cr_assert_eq(rk_merge_merged(merge), 0);
	batch = rk_merge_take(merge);
	cr_assert_eq(batch.n, 1);
	cr_assert_eq(batch.quotes[0].seq, 1);
	/* As much ahead as the engine allows is good. */
	rk_merge_add(merge, &(struct rk_cmd_prices){&early, 1}, NOW);
	cr_assert_eq(rk_merge_take(merge).n, 1);
	rk_merge_close(merge);
}

/* Every quote is in a batch, merged or unknown: none is lost uncounted. */
Test(merge, nothing_is_lost_uncounted)
{
	struct rk_merge *merge = open_merge();
	uint64_t batched = 0;
	struct rk_prng prng;

	rk_prng_init(&prng, SEED);
	for (uint64_t i = 0; i < 100000; i++) {
		add(merge, (uint32_t)rk_prng_below(&prng, SLOTS + 1),
		    (uint32_t)rk_prng_below(&prng, PUBLISHERS + 1),
		    rk_prng_below(&prng, 100));
		if (rk_prng_chance(&prng, 1, 10))
			batched += rk_merge_take(merge).n;
		cr_assert_leq(batched + rk_merge_merged(merge) +
				      rk_merge_unknown(merge),
			      i + 1);
	}
	batched += rk_merge_take(merge).n;
	cr_assert_eq(batched + rk_merge_merged(merge) + rk_merge_unknown(merge),
		     100000);
	cr_assert_gt(rk_merge_merged(merge), 0);
	rk_merge_close(merge);
}

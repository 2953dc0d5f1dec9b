/*
 * The journal in memory, through the interface every kind has.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "store/journal.h"

#define LARGE ((size_t)1 << 20)

/* Group with first sequence s: s % 5 + 1 commands, s % 100 bytes of s. */
static uint32_t count_of(uint64_t first)
{
	return (uint32_t)(first % 5) + 1;
}

static size_t size_of(uint64_t first)
{
	return first % 100;
}

static int append(struct rk_journal *journal, uint64_t first)
{
	unsigned char payload[100];
	struct rk_journal_group group = {
		.first_seq = first,
		.count = count_of(first),
		.time_ns = (int64_t)first * 3,
		.payload = payload,
		.size = size_of(first),
		.event = first * 7,
		.event_digest = {first, ~first},
	};
	int r;

	memset(payload, (int)(first & 0xff), sizeof(payload));
	r = rk_journal_append(journal, &group);
	/* The payload was borrowed: what becomes of it must not matter. */
	memset(payload, 0xee, sizeof(payload));
	return r;
}

/* Append groups until seq last is in; returns the newest sequence. */
static uint64_t fill(struct rk_journal *journal, uint64_t last)
{
	uint64_t first = 1;

	while (first <= last) {
		cr_assert_eq(append(journal, first), 0);
		first += count_of(first);
	}
	return first - 1;
}

struct visit {
	uint64_t expected;
	uint64_t newest;
	uint32_t groups;
	uint32_t stop_after; /* 0: never */
};

static int on_group(void *context, const struct rk_journal_group *group)
{
	struct visit *visit = context;
	const unsigned char *payload = group->payload;

	cr_assert_eq(group->first_seq, visit->expected);
	cr_assert_eq(group->count, count_of(group->first_seq));
	cr_assert_eq(group->time_ns, (int64_t)group->first_seq * 3);
	cr_assert_eq(group->size, size_of(group->first_seq));
	cr_assert_eq(group->event, group->first_seq * 7);
	cr_assert_eq(group->event_digest.lo, group->first_seq);
	cr_assert_eq(group->event_digest.hi, ~group->first_seq);
	for (size_t i = 0; i < group->size; i++)
		cr_assert_eq(payload[i], (unsigned char)group->first_seq);
	visit->expected += group->count;
	visit->newest = visit->expected - 1;
	visit->groups++;
	return visit->groups == visit->stop_after ? 42 : 0;
}

static struct rk_journal *open_memory(size_t bytes)
{
	struct rk_journal *journal;

	cr_assert_eq(rk_journal_open_memory(bytes, &journal), 0);
	return journal;
}

Test(journal, groups_come_back_as_they_went_in)
{
	struct rk_journal *journal = open_memory(LARGE);
	struct visit visit = {.expected = 1};
	uint64_t newest = fill(journal, 1000);

	cr_assert_eq(rk_journal_replay(journal, 1, on_group, &visit), 0);
	cr_assert_eq(visit.newest, newest);
	cr_assert_eq(rk_journal_role(journal), RK_JOURNAL_LEADER);
	rk_journal_close(journal);
	rk_journal_close(NULL);
}

Test(journal, replay_begins_with_the_group_that_holds_the_sequence)
{
	struct rk_journal *journal = open_memory(LARGE);
	uint64_t newest = fill(journal, 200);
	uint64_t first = 1;

	for (uint64_t seq = 1; seq <= newest; seq++) {
		struct visit visit;

		if (seq >= first + count_of(first))
			first += count_of(first);
		visit = (struct visit){.expected = first};
		cr_assert_eq(rk_journal_replay(journal, seq, on_group, &visit),
			     0);
		cr_assert_eq(visit.newest, newest, "from %zu", (size_t)seq);
	}
	/* Beyond the newest there is nothing, which is no error. */
	struct visit none = {.expected = 0};

	cr_assert_eq(rk_journal_replay(journal, newest + 1, on_group, &none),
		     0);
	cr_assert_eq(none.groups, 0);
	rk_journal_close(journal);
}

Test(journal, a_visitor_may_stop_the_replay)
{
	struct rk_journal *journal = open_memory(LARGE);
	struct visit visit = {.expected = 1, .stop_after = 3};

	(void)fill(journal, 100);
	cr_assert_eq(rk_journal_replay(journal, 1, on_group, &visit), 42);
	cr_assert_eq(visit.groups, 3);
	rk_journal_close(journal);
}

Test(journal, the_oldest_groups_go_and_asking_for_them_says_so)
{
	struct rk_journal *journal = open_memory(4096);
	struct rk_journal_stats stats;
	struct visit visit;
	uint64_t newest = fill(journal, 1000);

	rk_journal_stats(journal, &stats);
	cr_assert_eq(stats.newest_seq, newest);
	cr_assert_gt(stats.oldest_seq, 1);
	cr_assert_leq(stats.bytes, 4096);
	cr_assert_gt(stats.bytes, 4096 - 200);
	cr_assert_eq(rk_journal_replay(journal, stats.oldest_seq - 1, on_group,
				       &visit),
		     -ENOENT);
	visit = (struct visit){.expected = stats.oldest_seq};
	cr_assert_eq(
		rk_journal_replay(journal, stats.oldest_seq, on_group, &visit),
		0);
	cr_assert_eq(visit.newest, newest);
	cr_assert_eq(visit.groups, stats.groups);
	rk_journal_close(journal);
}

/* It was promised to be durable: it cannot be gone at once. */
Test(journal, the_newest_group_stays_however_large_it_is)
{
	struct rk_journal *journal = open_memory(1);
	struct rk_journal_stats stats;
	uint64_t first = 1;

	for (int i = 0; i < 10; i++) {
		cr_assert_eq(append(journal, first), 0);
		rk_journal_stats(journal, &stats);
		cr_assert_eq(stats.groups, 1);
		cr_assert_eq(stats.oldest_seq, first);
		first += count_of(first);
		cr_assert_eq(stats.newest_seq, first - 1);
	}
	rk_journal_close(journal);
}

Test(journal, an_empty_journal_has_nothing)
{
	struct rk_journal *journal = open_memory(LARGE);
	struct rk_journal_stats stats;
	struct visit visit = {.expected = 1};

	rk_journal_stats(journal, &stats);
	cr_assert_eq(stats.groups, 0);
	cr_assert_eq(stats.bytes, 0);
	cr_assert_eq(stats.newest_seq, 0);
	cr_assert_eq(rk_journal_replay(journal, 1, on_group, &visit), 0);
	cr_assert_eq(visit.groups, 0);
	rk_journal_close(journal);
}

static void on_durable(void *context, uint64_t seq)
{
	uint64_t *newest = context;

	cr_assert_gt(seq, *newest, "durability only grows");
	*newest = seq;
}

Test(journal, durability_is_told_up_to_the_last_command_of_a_group)
{
	struct rk_journal *journal = open_memory(LARGE);
	uint64_t durable = 0;
	uint64_t first = 1;

	rk_journal_on_durable(journal, on_durable, &durable);
	for (int i = 0; i < 100; i++) {
		cr_assert_eq(append(journal, first), 0);
		first += count_of(first);
		cr_assert_eq(durable, first - 1);
	}
	rk_journal_close(journal);
}

Test(journal, a_group_that_does_not_follow_is_a_bug, .signal = SIGABRT)
{
	struct rk_journal *journal = open_memory(LARGE);

	cr_assert_eq(append(journal, 1), 0);
	(void)append(journal, 100);
}

Test(journal, a_group_of_nothing_is_a_bug, .signal = SIGABRT)
{
	struct rk_journal_group group = {.first_seq = 1};
	struct rk_journal *journal = open_memory(LARGE);

	(void)rk_journal_append(journal, &group);
}

/*
 * A journal that lives in memory: for demos, replays and tests, and for who
 * only wants to watch. Bounded: the oldest groups go when it is full.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/assert.h"
#include "store/journal.h"

struct group {
	struct group *next;
	uint64_t first_seq;
	uint32_t count;
	int64_t time_ns;
	uint64_t event;
	struct rk_hash event_digest;
	size_t size;
	unsigned char payload[];
};

struct memory {
	struct rk_journal head;
	size_t bytes_max;
	size_t bytes;
	uint64_t groups;
	struct group *oldest;
	struct group *newest;
};

static struct memory *of(struct rk_journal *journal)
{
	return (struct memory *)journal;
}

static void drop_oldest(struct memory *memory)
{
	struct group *group = memory->oldest;

	memory->oldest = group->next;
	if (!memory->oldest)
		memory->newest = NULL;
	memory->bytes -= sizeof(*group) + group->size;
	memory->groups--;
	free(group);
}

static int append(struct rk_journal *journal,
		  const struct rk_journal_group *group)
{
	struct memory *memory = of(journal);
	size_t bytes = sizeof(struct group) + group->size;
	struct group *copy = malloc(bytes);

	RK_ASSERT(group->count > 0);
	RK_ASSERT(!memory->newest ||
		  group->first_seq ==
			  memory->newest->first_seq + memory->newest->count);

	if (!copy)
		return -ENOMEM;
	copy->next = NULL;
	copy->first_seq = group->first_seq;
	copy->count = group->count;
	copy->time_ns = group->time_ns;
	copy->event = group->event;
	copy->event_digest = group->event_digest;
	copy->size = group->size;
	memcpy(copy->payload, group->payload, group->size);

	if (memory->newest)
		memory->newest->next = copy;
	else
		memory->oldest = copy;
	memory->newest = copy;
	memory->bytes += bytes;
	memory->groups++;
	/* The newest stays, however large: it is what was just promised. */
	while (memory->bytes > memory->bytes_max && memory->oldest != copy)
		drop_oldest(memory);

	if (journal->durable)
		journal->durable(journal->durable_context,
				 group->first_seq + group->count - 1);
	return 0;
}

static int replay(struct rk_journal *journal, uint64_t from_seq,
		  int (*visit)(void *context,
			       const struct rk_journal_group *group),
		  void *context)
{
	const struct memory *memory = of(journal);

	if (memory->oldest && memory->oldest->first_seq > from_seq)
		return -ENOENT;

	for (const struct group *group = memory->oldest; group;
	     group = group->next) {
		struct rk_journal_group seen = {
			.first_seq = group->first_seq,
			.count = group->count,
			.time_ns = group->time_ns,
			.payload = group->payload,
			.size = group->size,
			.event = group->event,
			.event_digest = group->event_digest,
		};
		int r;

		if (group->first_seq + group->count <= from_seq)
			continue;
		r = visit(context, &seen);
		if (r != 0)
			return r;
	}
	return 0;
}

static enum rk_journal_role role(const struct rk_journal *journal)
{
	(void)journal;
	return RK_JOURNAL_LEADER;
}

static void stats(const struct rk_journal *journal,
		  struct rk_journal_stats *ret_stats)
{
	const struct memory *memory = (const struct memory *)journal;

	memset(ret_stats, 0, sizeof(*ret_stats));
	ret_stats->groups = memory->groups;
	ret_stats->bytes = memory->bytes;
	if (!memory->oldest)
		return;
	ret_stats->oldest_seq = memory->oldest->first_seq;
	ret_stats->newest_seq =
		memory->newest->first_seq + memory->newest->count - 1;
}

static void close_memory(struct rk_journal *journal)
{
	struct memory *memory = of(journal);

	while (memory->oldest)
		drop_oldest(memory);
	free(memory);
}

static const struct rk_journal_ops memory_ops = {
	.append = append,
	.replay = replay,
	.role = role,
	.stats = stats,
	.close = close_memory,
};

int rk_journal_open_memory(size_t bytes_max, struct rk_journal **ret_journal)
{
	struct memory *memory = calloc(1, sizeof(*memory));

	if (!memory)
		return -ENOMEM;
	memory->head.ops = &memory_ops;
	memory->bytes_max = bytes_max;
	*ret_journal = &memory->head;
	return 0;
}

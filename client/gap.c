/*
 * Finding gaps and repeats in topics of events. See gap.h.
 *
 * The table of topics only holds what was taken above the floor; it is
 * emptied whenever the floor overtakes it, so that following a million
 * accounts does not keep a million entries.
 */
#include "gap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_FIRST 64

struct gap_entry {
	struct gap_topic topic;
	uint64_t last; /* 0: the entry is free */
};

void librisk_gap_init(struct gap *gap, uint64_t floor)
{
	*gap = (struct gap){.floor = floor, .last = floor};
}

void librisk_gap_fini(struct gap *gap)
{
	free(gap->entries);
	gap->entries = NULL;
	gap->size = 0;
	gap->used = 0;
}

/* The entry of a topic, or the free one where it would be. */
static struct gap_entry *entry_of(struct gap_entry *entries, size_t size,
				  struct gap_topic topic)
{
	uint64_t hash = (topic.id * 8 + (uint64_t)topic.kind) *
			UINT64_C(0x9e3779b97f4a7c15);
	size_t i = (size_t)(hash >> 32) & (size - 1);

	while (entries[i].last && (entries[i].topic.kind != topic.kind ||
				   entries[i].topic.id != topic.id))
		i = (i + 1) & (size - 1);
	return &entries[i];
}

static uint64_t last_of(const struct gap *gap, struct gap_topic topic)
{
	const struct gap_entry *entry;

	if (!gap->size || topic.kind == GAP_ALL)
		return gap->floor;
	entry = entry_of(gap->entries, gap->size, topic);
	return entry->last > gap->floor ? entry->last : gap->floor;
}

enum gap_verdict librisk_gap_judge(const struct gap *gap,
				   struct gap_topic topic, uint64_t number,
				   uint64_t prev)
{
	uint64_t last = last_of(gap, topic);

	if (number <= last)
		return GAP_REPEAT;
	if (topic.kind == GAP_ALL)
		prev = number - 1;
	return prev <= last ? GAP_NEXT : GAP_MISSING;
}

static int grow(struct gap *gap)
{
	size_t size = gap->size ? gap->size * 2 : ENTRIES_FIRST;
	struct gap_entry *entries = calloc(size, sizeof(*entries));

	if (!entries)
		return -ENOMEM;
	for (size_t i = 0; i < gap->size; i++) {
		const struct gap_entry *old = &gap->entries[i];

		if (old->last)
			*entry_of(entries, size, old->topic) = *old;
	}
	free(gap->entries);
	gap->entries = entries;
	gap->size = size;
	return 0;
}

int librisk_gap_take(struct gap *gap, struct gap_topic topic, uint64_t number)
{
	struct gap_entry *entry;

	if (number > gap->last)
		gap->last = number;
	if (topic.kind == GAP_ALL) {
		gap->floor = number;
		return 0;
	}
	if (gap->used * 2 >= gap->size && grow(gap))
		return -ENOMEM;
	entry = entry_of(gap->entries, gap->size, topic);
	if (!entry->last)
		gap->used++;
	entry->topic = topic;
	entry->last = number;
	return 0;
}

void librisk_gap_reach(struct gap *gap, uint64_t number)
{
	if (number <= gap->floor)
		return;
	gap->floor = number;
	if (gap->last > number || !gap->used)
		return;
	memset(gap->entries, 0, gap->size * sizeof(*gap->entries));
	gap->used = 0;
}

/*
 * Open addressing with linear probing, at most half full. See the header.
 */
#include "replay_map.h"

#include <errno.h>
#include <stdlib.h>

#define SIZE_FIRST  256u
#define ENTRIES_MAX (1u << 30)

/* The finaliser of SplitMix64 (Steele, Lea and Flood, 2014). */
uint64_t rk_replay_map_mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

void rk_replay_map_fini(struct rk_replay_map *map)
{
	free(map->entries);
	*map = (struct rk_replay_map){0};
}

/* The entry of key, or the free one where it would go. */
static struct rk_replay_map_entry *find(struct rk_replay_map_entry *entries,
					uint32_t size, uint64_t key)
{
	uint32_t at = (uint32_t)rk_replay_map_mix(key) & (size - 1);

	while (entries[at].used && entries[at].key != key)
		at = (at + 1) & (size - 1);
	return &entries[at];
}

static int grow(struct rk_replay_map *map)
{
	uint32_t size = map->size == 0 ? SIZE_FIRST : map->size * 2;
	struct rk_replay_map_entry *entries;

	if (map->size >= ENTRIES_MAX)
		return -ENOMEM;
	entries = calloc(size, sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	for (uint32_t i = 0; i < map->size; i++) {
		if (map->entries[i].used)
			*find(entries, size, map->entries[i].key) =
				map->entries[i];
	}
	free(map->entries);
	map->entries = entries;
	map->size = size;
	return 0;
}

int rk_replay_map_put(struct rk_replay_map *map, uint64_t key, uint32_t value)
{
	struct rk_replay_map_entry *entry;

	if (map->n >= map->size / 2) {
		int r = grow(map);

		if (r < 0)
			return r;
	}
	entry = find(map->entries, map->size, key);
	if (!entry->used)
		map->n++;
	*entry = (struct rk_replay_map_entry){key, value, true};
	return 0;
}

bool rk_replay_map_get(const struct rk_replay_map *map, uint64_t key,
		       uint32_t *ret_value)
{
	const struct rk_replay_map_entry *entry;

	if (map->size == 0)
		return false;
	entry = find(map->entries, map->size, key);
	if (!entry->used)
		return false;
	*ret_value = entry->value;
	return true;
}

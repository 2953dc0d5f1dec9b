/*
 * The fixed hash map. See map.h. Removal shifts back what follows, so there
 * are no tombstones and lookups stay short for ever.
 */
#include "engine/map.h"

#include "engine/arena.h"
#include "engine/assert.h"
#include "engine/undo.h"

/* The finaliser of MurmurHash3: spreads keys that count up. */
static uint32_t home(const struct rk_map *map, uint64_t key)
{
	key ^= key >> 33;
	key *= UINT64_C(0xff51afd7ed558ccd);
	key ^= key >> 33;
	key *= UINT64_C(0xc4ceb9fe1a85ec53);
	key ^= key >> 33;
	return (uint32_t)key & map->mask;
}

void rk_map_init(struct rk_map *map, struct rk_arena *arena, uint32_t max)
{
	uint32_t size = 4;

	RK_ASSERT(max <= UINT32_MAX / 4);

	while (size < 2 * (uint64_t)max)
		size *= 2;
	map->mask = size - 1;
	map->slots = rk_arena_take(arena, size, sizeof(*map->slots));
}

static uint32_t find(const struct rk_map *map, uint64_t key)
{
	uint32_t i = home(map, key);

	while (map->slots[i].key != 0 && map->slots[i].key != key)
		i = (i + 1) & map->mask;
	return i;
}

uint32_t rk_map_get(const struct rk_map *map, uint64_t key)
{
	const struct rk_map_slot *slot;

	if (key == 0)
		return RK_MAP_NONE;

	slot = &map->slots[find(map, key)];
	return slot->key == key ? slot->value : RK_MAP_NONE;
}

void rk_map_put(struct rk_map *map, struct rk_undo *undo, uint64_t key,
		uint32_t value)
{
	struct rk_map_slot *slot = &map->slots[find(map, key)];

	RK_ASSERT(key != 0);
	RK_ASSERT(slot->key == 0);

	rk_undo_save(undo, slot, sizeof(*slot));
	slot->key = key;
	slot->value = value;
}

void rk_map_drop(struct rk_map *map, struct rk_undo *undo, uint64_t key)
{
	uint32_t hole = find(map, key);
	uint32_t i = hole;

	RK_ASSERT(map->slots[hole].key == key);

	for (;;) {
		i = (i + 1) & map->mask;
		if (map->slots[i].key == 0)
			break;

		/* Move i back if its home is not between hole and i. */
		uint32_t distance =
			(i - home(map, map->slots[i].key)) & map->mask;

		if (distance < ((i - hole) & map->mask))
			continue;
		rk_undo_save(undo, &map->slots[hole], sizeof(*map->slots));
		map->slots[hole] = map->slots[i];
		hole = i;
	}
	rk_undo_save(undo, &map->slots[hole], sizeof(*map->slots));
	map->slots[hole].key = 0;
	map->slots[hole].value = 0;
}

/*
 * The fixed hash map. See map.h. Node numbers are kept plus 1, so that zeroed
 * memory is an empty map.
 */
#include "engine/map.h"

#include "engine/arena.h"
#include "engine/assert.h"
#include "engine/undo.h"

/* The finaliser of MurmurHash3: spreads keys that count up. */
static uint32_t *chain_of(const struct rk_map *map, uint64_t key)
{
	key ^= key >> 33;
	key *= UINT64_C(0xff51afd7ed558ccd);
	key ^= key >> 33;
	key *= UINT64_C(0xc4ceb9fe1a85ec53);
	key ^= key >> 33;
	return &map->chains[(uint32_t)key & map->mask];
}

void rk_map_init(struct rk_map *map, struct rk_arena *arena, uint32_t max)
{
	uint32_t size = 4;

	RK_ASSERT(max <= UINT32_MAX / 4);

	while (size < max)
		size *= 2;
	map->mask = size - 1;
	map->used = 0;
	map->free = 0;
	map->max = max;
	map->chains = rk_arena_take(arena, size, sizeof(*map->chains));
	map->nodes = rk_arena_take(arena, max, sizeof(*map->nodes));
}

uint32_t rk_map_get(const struct rk_map *map, uint64_t key)
{
	uint32_t i = *chain_of(map, key);

	while (i != 0 && map->nodes[i - 1].key != key)
		i = map->nodes[i - 1].next;
	return i == 0 ? RK_MAP_NONE : map->nodes[i - 1].value;
}

void rk_map_fetch(const struct rk_map *map, uint64_t key, uint32_t step)
{
	const uint32_t *chain = chain_of(map, key);

	if (step == 0)
		__builtin_prefetch(chain);
	else if (*chain != 0)
		__builtin_prefetch(&map->nodes[*chain - 1]);
}

void rk_map_put(struct rk_map *map, struct rk_undo *undo, uint64_t key,
		uint32_t value)
{
	uint32_t *chain = chain_of(map, key);
	struct rk_map_node *node;
	uint32_t i;

	RK_ASSERT(key != 0);

	if (map->free != 0) {
		i = map->free;
		rk_undo_save(undo, &map->free, sizeof(map->free));
		map->free = map->nodes[i - 1].next;
	} else {
		RK_ASSERT(map->used < map->max);
		rk_undo_save(undo, &map->used, sizeof(map->used));
		i = ++map->used;
	}
	node = &map->nodes[i - 1];
	rk_undo_save(undo, node, sizeof(*node));
	rk_undo_save(undo, chain, sizeof(*chain));
	node->key = key;
	node->value = value;
	node->next = *chain;
	*chain = i;
}

void rk_map_drop(struct rk_map *map, struct rk_undo *undo, uint64_t key)
{
	uint32_t *link = chain_of(map, key);
	struct rk_map_node *node;
	uint32_t i;

	while (*link != 0 && map->nodes[*link - 1].key != key)
		link = &map->nodes[*link - 1].next;
	RK_ASSERT(*link != 0);

	i = *link;
	node = &map->nodes[i - 1];
	rk_undo_save(undo, link, sizeof(*link));
	rk_undo_save(undo, node, sizeof(*node));
	rk_undo_save(undo, &map->free, sizeof(map->free));
	*link = node->next;
	node->key = 0;
	node->next = map->free;
	map->free = i;
}

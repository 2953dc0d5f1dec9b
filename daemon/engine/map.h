/*
 * A hash map of fixed size from 64-bit keys to record numbers: open
 * addressing, linear probing, at most half full. Key 0 is not allowed. The
 * order of slots never shows: nobody iterates over it.
 */
#ifndef RK_ENGINE_MAP_H
#define RK_ENGINE_MAP_H

#include <stddef.h>
#include <stdint.h>

#define RK_MAP_NONE UINT32_MAX

struct rk_arena;
struct rk_undo;

struct rk_map_slot {
	uint64_t key; /* 0: empty */
	uint32_t value;
};

struct rk_map {
	struct rk_map_slot *slots;
	uint32_t mask;
};

/* Room for max keys. slots is NULL when the arena is too small. */
void rk_map_init(struct rk_map *map, struct rk_arena *arena, uint32_t max);

/* The value, or RK_MAP_NONE. */
uint32_t rk_map_get(const struct rk_map *map, uint64_t key);

/* key must not be there, and fewer than max keys may be in. */
void rk_map_put(struct rk_map *map, struct rk_undo *undo, uint64_t key,
		uint32_t value);

/* key must be there. */
void rk_map_drop(struct rk_map *map, struct rk_undo *undo, uint64_t key);

#endif

/*
 * A hash map of fixed size from 64-bit keys to record numbers, with chains:
 * putting and dropping change a few words, whatever the keys are, so that the
 * undo log of one command is bounded even for keys chosen by an enemy. Key 0
 * is not allowed. The order of chains never shows: nobody iterates over it.
 */
#ifndef RK_ENGINE_MAP_H
#define RK_ENGINE_MAP_H

#include <stddef.h>
#include <stdint.h>

#define RK_MAP_NONE UINT32_MAX

struct rk_arena;
struct rk_undo;

struct rk_map_node {
	uint64_t key;
	uint32_t value;
	uint32_t next; /* of its chain, or of the free list; plus 1 */
};

struct rk_map {
	uint32_t *chains; /* first node of each, plus 1; 0: empty */
	struct rk_map_node *nodes;
	uint32_t mask;
	uint32_t used; /* nodes ever taken */
	uint32_t free; /* first given back, plus 1 */
	uint32_t max;
};

/* Room for max keys. Pointers are NULL when the arena is too small. */
void rk_map_init(struct rk_map *map, struct rk_arena *arena, uint32_t max);

/* The value, or RK_MAP_NONE. */
uint32_t rk_map_get(const struct rk_map *map, uint64_t key);

/*
 * Fetch what rk_map_get() will look at into the cache: step 0, and some time
 * later step 1.
 */
#define RK_MAP_FETCH_STEPS 2
void rk_map_fetch(const struct rk_map *map, uint64_t key, uint32_t step);

/* key must not be there, and fewer than max keys may be in. */
void rk_map_put(struct rk_map *map, struct rk_undo *undo, uint64_t key,
		uint32_t value);

/* key must be there. */
void rk_map_drop(struct rk_map *map, struct rk_undo *undo, uint64_t key);

#endif

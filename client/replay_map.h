/*
 * A map from 64-bit numbers to 32-bit indices, for the tables of a replay.
 *
 * Open addressing, grows by doubling, no removal: a replay only ever learns.
 * Order of growth does not show outside, so runs stay reproducible.
 */
#ifndef RK_CLIENT_REPLAY_MAP_H
#define RK_CLIENT_REPLAY_MAP_H

#include <stdbool.h>
#include <stdint.h>

struct rk_replay_map_entry {
	uint64_t key;
	uint32_t value;
	bool used;
};

/* All zero is an empty map. */
struct rk_replay_map {
	struct rk_replay_map_entry *entries; /* owned */
	uint32_t size;                       /* 0 or a power of two */
	uint32_t n;
};

void rk_replay_map_fini(struct rk_replay_map *map);

/* Put or replace: 0 or -ENOMEM. */
int rk_replay_map_put(struct rk_replay_map *map, uint64_t key, uint32_t value);

bool rk_replay_map_get(const struct rk_replay_map *map, uint64_t key,
		       uint32_t *ret_value);

/* A number spread over all 64 bits; also the source of seeded choices. */
uint64_t rk_replay_map_mix(uint64_t x);

#endif

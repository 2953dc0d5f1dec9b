/*
 * Lists in chunks. See pile.h.
 */
#include "engine/pile.h"

#include "engine/arena.h"
#include "engine/assert.h"

static uint32_t chunks_of(uint32_t items)
{
	return (items + RK_CHUNK - 1) / RK_CHUNK;
}

void rk_piles_init(struct rk_piles *piles, struct rk_arena *arena,
		   uint32_t lists, uint32_t longest, uint32_t items)
{
	piles->piles_n = lists;
	/* Of each list one chunk is part empty. */
	piles->chunks_max = chunks_of(items) + lists;
	piles->piles = rk_arena_take(arena, lists, sizeof(*piles->piles));
	piles->chunks =
		rk_arena_take(arena, piles->chunks_max, sizeof(*piles->chunks));
	for (uint32_t i = 0; i < lists; i++) {
		uint32_t *chunks = rk_arena_take(arena, chunks_of(longest),
						 sizeof(*chunks));

		if (chunks)
			piles->piles[i].chunks = chunks;
	}
}

/* A chunk for the place behind the last one. */
static void add_chunk(struct rk_piles *piles, struct rk_pile *pile)
{
	uint32_t chunk = piles->chunks_free;

	if (chunk != 0) {
		chunk--;
		piles->chunks_free = piles->chunks[chunk].values[0];
	} else {
		RK_ASSERT(piles->chunks_used < piles->chunks_max);
		chunk = piles->chunks_used++;
	}
	pile->chunks[pile->n >> RK_CHUNK_SHIFT] = chunk;
}

static void give_chunk(struct rk_piles *piles, struct rk_pile *pile)
{
	uint32_t chunk = pile->chunks[pile->n >> RK_CHUNK_SHIFT];

	piles->chunks[chunk].values[0] = piles->chunks_free;
	piles->chunks_free = chunk + 1;
}

uint32_t rk_pile_push(struct rk_piles *piles, struct rk_pile *pile,
		      struct rk_pile_item item)
{
	if ((pile->n & (RK_CHUNK - 1)) == 0)
		add_chunk(piles, pile);
	rk_pile_put(piles, pile, pile->n, item);
	return pile->n++;
}

struct rk_pile_item rk_pile_pop(struct rk_piles *piles, struct rk_pile *pile)
{
	struct rk_pile_item last;

	RK_ASSERT(pile->n > 0);
	last = rk_pile_get(piles, pile, --pile->n);
	if ((pile->n & (RK_CHUNK - 1)) == 0)
		give_chunk(piles, pile);
	return last;
}

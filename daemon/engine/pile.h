/*
 * Lists of numbers with a key each, as long as they happen to get: cut into
 * chunks out of one pool, as it is not known which of them will grow. Any place
 * of a list is found by shifting.
 */
#ifndef RK_ENGINE_PILE_H
#define RK_ENGINE_PILE_H

#include <stddef.h>
#include <stdint.h>

struct rk_arena;

#define RK_CHUNK_SHIFT 8
#define RK_CHUNK       (1U << RK_CHUNK_SHIFT)

struct rk_chunk {
	int64_t keys[RK_CHUNK];
	uint32_t values[RK_CHUNK];
};

struct rk_pile {
	uint32_t *chunks; /* numbers of its chunks, by place */
	uint32_t n;
};

/* The pool, and its lists. */
struct rk_piles {
	struct rk_pile *piles;
	uint32_t piles_n;
	struct rk_chunk *chunks;
	uint32_t chunks_max;
	uint32_t chunks_used; /* ever taken */
	uint32_t chunks_free; /* first given back, plus 1; 0: none */
};

struct rk_pile_item {
	int64_t key;
	uint32_t value;
};

/*
 * So many lists, of at most `longest` items each and `items` together. Tables
 * are NULL when the arena is too small.
 */
void rk_piles_init(struct rk_piles *piles, struct rk_arena *arena,
		   uint32_t lists, uint32_t longest, uint32_t items);

/* One more item at the end of a list, its place. */
uint32_t rk_pile_push(struct rk_piles *piles, struct rk_pile *pile,
		      struct rk_pile_item item);

/* The last item, which leaves the list. */
struct rk_pile_item rk_pile_pop(struct rk_piles *piles, struct rk_pile *pile);

static inline struct rk_chunk *rk_pile_chunk(const struct rk_piles *piles,
					     const struct rk_pile *pile,
					     uint32_t place)
{
	return &piles->chunks[pile->chunks[place >> RK_CHUNK_SHIFT]];
}

static inline int64_t rk_pile_key(const struct rk_piles *piles,
				  const struct rk_pile *pile, uint32_t place)
{
	return rk_pile_chunk(piles, pile, place)->keys[place & (RK_CHUNK - 1)];
}

static inline uint32_t rk_pile_value(const struct rk_piles *piles,
				     const struct rk_pile *pile, uint32_t place)
{
	return rk_pile_chunk(piles, pile, place)
		->values[place & (RK_CHUNK - 1)];
}

static inline struct rk_pile_item rk_pile_get(const struct rk_piles *piles,
					      const struct rk_pile *pile,
					      uint32_t place)
{
	return (struct rk_pile_item){rk_pile_key(piles, pile, place),
				     rk_pile_value(piles, pile, place)};
}

static inline void rk_pile_put(struct rk_piles *piles,
			       const struct rk_pile *pile, uint32_t place,
			       struct rk_pile_item item)
{
	struct rk_chunk *chunk = rk_pile_chunk(piles, pile, place);

	chunk->keys[place & (RK_CHUNK - 1)] = item.key;
	chunk->values[place & (RK_CHUNK - 1)] = item.value;
}

#endif

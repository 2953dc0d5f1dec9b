/*
 * A bump arena: all engine memory comes from one block that the caller gives
 * and keeps. Nothing is ever freed.
 */
#ifndef RK_ENGINE_ARENA_H
#define RK_ENGINE_ARENA_H

#include <stddef.h>

struct rk_arena {
	unsigned char *base; /* NULL: only count, to learn the size needed */
	size_t size;
	size_t used;
};

/* memory is borrowed for the arena's life, aligned to 64 and zeroed. */
void rk_arena_init(struct rk_arena *arena, void *memory, size_t size);

/*
 * count * size zeroed bytes, aligned to a cache line. NULL when the arena is
 * too small (used still grows, so that the size needed is known at the end).
 */
void *rk_arena_take(struct rk_arena *arena, size_t count, size_t size);

#endif

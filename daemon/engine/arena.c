/*
 * The bump arena. See arena.h.
 */
#include "engine/arena.h"

#include <stdint.h>

#include "engine/assert.h"

#define LINE 64U

void rk_arena_init(struct rk_arena *arena, void *memory, size_t size)
{
	RK_ASSERT(arena);
	RK_ASSERT((uintptr_t)memory % LINE == 0);

	arena->base = memory;
	arena->size = size;
	arena->used = 0;
}

void *rk_arena_take(struct rk_arena *arena, size_t count, size_t size)
{
	size_t bytes;
	size_t start = arena->used;

	RK_ASSERT(size > 0);

	if (__builtin_mul_overflow(count, size, &bytes) ||
	    bytes > SIZE_MAX / 2 - arena->used) {
		arena->used = SIZE_MAX / 2;
		return NULL;
	}

	arena->used = start + (bytes + LINE - 1) / LINE * LINE;
	if (!arena->base || arena->used > arena->size)
		return NULL;
	return arena->base + start;
}

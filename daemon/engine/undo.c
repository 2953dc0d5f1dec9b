/*
 * The undo log: entries are (bytes, where, size), read back from the end.
 */
#include "engine/undo.h"

#include <string.h>

#include "engine/assert.h"

struct tail {
	void *where;
	size_t size;
};

void rk_undo_begin(struct rk_undo *undo)
{
	RK_ASSERT(!undo->open);

	undo->used = 0;
	undo->open = true;
}

void rk_undo_save(struct rk_undo *undo, void *where, size_t size)
{
	struct tail tail = {where, size};

	if (!undo->open)
		return;

	/* Sized for the largest atomic message (engine.c): never full. */
	RK_ASSERT(undo->used + size + sizeof(tail) <= undo->max);

	memcpy(undo->bytes + undo->used, where, size);
	memcpy(undo->bytes + undo->used + size, &tail, sizeof(tail));
	undo->used += size + sizeof(tail);
}

void rk_undo_rollback(struct rk_undo *undo)
{
	struct tail tail;

	RK_ASSERT(undo->open);

	while (undo->used > 0) {
		undo->used -= sizeof(tail);
		memcpy(&tail, undo->bytes + undo->used, sizeof(tail));
		RK_ASSERT(tail.size <= undo->used);
		undo->used -= tail.size;
		memcpy(tail.where, undo->bytes + undo->used, tail.size);
	}
	undo->open = false;
}

void rk_undo_commit(struct rk_undo *undo)
{
	RK_ASSERT(undo->open);

	undo->open = false;
}

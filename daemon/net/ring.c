/*
 * The bounded queue between NNG's threads and the loop. See ring.h.
 */
#include "net/ring.h"

#include <errno.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

#define LINE 64

struct cell {
	_Atomic uint64_t turn;
	void *item;
};

struct rk_ring {
	struct cell *cells;
	uint64_t mask;
	/* Apart, so that putting threads do not slow down the taking one. */
	alignas(LINE) _Atomic uint64_t head; /* next place to put */
	alignas(LINE) uint64_t tail;         /* next place to take */
};

int rk_ring_open(uint32_t size, struct rk_ring **ret_ring)
{
	struct rk_ring *ring;
	uint64_t cells = 2;

	while (cells < size)
		cells *= 2;

	ring = aligned_alloc(LINE, sizeof(*ring));
	if (!ring)
		return -ENOMEM;
	ring->cells = calloc(cells, sizeof(*ring->cells));
	if (!ring->cells) {
		free(ring);
		return -ENOMEM;
	}

	ring->mask = cells - 1;
	ring->tail = 0;
	atomic_init(&ring->head, 0);
	for (uint64_t i = 0; i < cells; i++)
		atomic_init(&ring->cells[i].turn, i);

	*ret_ring = ring;
	return 0;
}

void rk_ring_close(struct rk_ring *ring)
{
	if (!ring)
		return;
	free(ring->cells);
	free(ring);
}

bool rk_ring_put(struct rk_ring *ring, void *item)
{
	uint64_t place =
		atomic_load_explicit(&ring->head, memory_order_relaxed);

	for (;;) {
		struct cell *cell = &ring->cells[place & ring->mask];
		uint64_t turn =
			atomic_load_explicit(&cell->turn, memory_order_acquire);

		if (turn == place) {
			if (!atomic_compare_exchange_weak_explicit(
				    &ring->head, &place, place + 1,
				    memory_order_relaxed, memory_order_relaxed))
				continue;
			cell->item = item;
			atomic_store_explicit(&cell->turn, place + 1,
					      memory_order_release);
			return true;
		}
		if (turn < place)
			return false;
		place = atomic_load_explicit(&ring->head, memory_order_relaxed);
	}
}

void *rk_ring_take(struct rk_ring *ring)
{
	struct cell *cell = &ring->cells[ring->tail & ring->mask];
	void *item;

	if (atomic_load_explicit(&cell->turn, memory_order_acquire) !=
	    ring->tail + 1)
		return NULL;

	item = cell->item;
	atomic_store_explicit(&cell->turn, ring->tail + ring->mask + 1,
			      memory_order_release);
	ring->tail++;
	return item;
}

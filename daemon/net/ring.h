/*
 * A bounded queue: any number of threads put, one thread takes, nobody locks.
 *
 * Each cell carries a turn number that says whose turn it is, so that putting
 * and taking meet only on the cell they use. Source of the scheme: Dmitry
 * Vyukov, "Bounded MPMC queue" (2011).
 */
#ifndef RK_NET_RING_H
#define RK_NET_RING_H

#include <stdbool.h>
#include <stdint.h>

struct rk_ring;

/*
 * A ring with room for at least size pointers (rounded up to a power of two).
 * Returns 0 or -ENOMEM; *ret_ring is the caller's, freed by rk_ring_close().
 */
int rk_ring_open(uint32_t size, struct rk_ring **ret_ring);

/* Accepts NULL. What is still in it is the caller's business. */
void rk_ring_close(struct rk_ring *ring);

/* From any thread. False when full. */
bool rk_ring_put(struct rk_ring *ring, void *item);

/* From the one taking thread. NULL when empty. */
void *rk_ring_take(struct rk_ring *ring);

#endif

/*
 * A binary heap of timers, ordered by (time, tie). Each node has at most one
 * timer; setting it again moves it. Nodes are numbers below a fixed maximum.
 */
#ifndef RK_ENGINE_HEAP_H
#define RK_ENGINE_HEAP_H

#include <stdbool.h>
#include <stdint.h>

struct rk_arena;
struct rk_undo;

struct rk_timer {
	int64_t time_ns;
	uint64_t tie; /* which of two at the same time goes first */
	uint32_t node;
};

struct rk_heap {
	struct rk_timer *timers;
	uint32_t *place; /* of each node in timers, plus 1; 0: no timer */
	uint32_t n;
	uint32_t max;
};

/* timers or place is NULL when the arena is too small. */
void rk_heap_init(struct rk_heap *heap, struct rk_arena *arena, uint32_t max);

/* Set or move the timer of timer.node. */
void rk_heap_set(struct rk_heap *heap, struct rk_undo *undo,
		 struct rk_timer timer);

/* Remove the timer of node, if there is one. */
void rk_heap_clear(struct rk_heap *heap, struct rk_undo *undo, uint32_t node);

/* The timer of node: false when there is none. */
bool rk_heap_get(const struct rk_heap *heap, uint32_t node,
		 int64_t *ret_time_ns);

/* The node of the earliest timer, if that is due at now. */
bool rk_heap_due(const struct rk_heap *heap, int64_t now_ns,
		 uint32_t *ret_node);

/* Remove the earliest timer; there must be one. */
void rk_heap_pop(struct rk_heap *heap);

#endif

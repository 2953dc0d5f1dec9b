/*
 * The timer heap. See heap.h. The order of pops depends only on the timers
 * set, not on the order in which they were set: ties go by what the
 * caller gives.
 */
#include "engine/heap.h"

#include "engine/arena.h"
#include "engine/assert.h"
#include "engine/undo.h"

void rk_heap_init(struct rk_heap *heap, struct rk_arena *arena, uint32_t max)
{
	heap->n = 0;
	heap->max = max;
	heap->timers = rk_arena_take(arena, max, sizeof(*heap->timers));
	heap->place = rk_arena_take(arena, max, sizeof(*heap->place));
}

static bool before(const struct rk_timer *a, const struct rk_timer *b)
{
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns;
	if (a->tie != b->tie)
		return a->tie < b->tie;
	return a->node < b->node;
}

static void store(struct rk_heap *heap, struct rk_undo *undo, uint32_t i,
		  struct rk_timer timer)
{
	uint32_t *place = &heap->place[timer.node];

	rk_undo_save(undo, &heap->timers[i], sizeof(heap->timers[i]));
	rk_undo_save(undo, place, sizeof(*place));
	heap->timers[i] = timer;
	*place = i + 1;
}

/* Let timer find its place from the hole at i, upwards or downwards. */
static void settle(struct rk_heap *heap, struct rk_undo *undo, uint32_t i,
		   struct rk_timer timer)
{
	while (i > 0 && before(&timer, &heap->timers[(i - 1) / 2])) {
		store(heap, undo, i, heap->timers[(i - 1) / 2]);
		i = (i - 1) / 2;
	}

	for (;;) {
		uint32_t child = 2 * i + 1;

		if (child >= heap->n)
			break;
		if (child + 1 < heap->n &&
		    before(&heap->timers[child + 1], &heap->timers[child]))
			child++;
		if (!before(&heap->timers[child], &timer))
			break;
		store(heap, undo, i, heap->timers[child]);
		i = child;
	}
	store(heap, undo, i, timer);
}

void rk_heap_set(struct rk_heap *heap, struct rk_undo *undo,
		 struct rk_timer timer)
{
	uint32_t node = timer.node;
	uint32_t i;

	RK_ASSERT(node < heap->max);

	if (heap->place[node] != 0) {
		i = heap->place[node] - 1;
	} else {
		rk_undo_save(undo, &heap->n, sizeof(heap->n));
		i = heap->n++;
	}
	settle(heap, undo, i, timer);
}

void rk_heap_clear(struct rk_heap *heap, struct rk_undo *undo, uint32_t node)
{
	uint32_t i;
	struct rk_timer last;

	RK_ASSERT(node < heap->max);

	if (heap->place[node] == 0)
		return;

	i = heap->place[node] - 1;
	rk_undo_save(undo, &heap->place[node], sizeof(heap->place[node]));
	rk_undo_save(undo, &heap->n, sizeof(heap->n));
	heap->place[node] = 0;
	heap->n--;
	if (i == heap->n)
		return;

	last = heap->timers[heap->n];
	settle(heap, undo, i, last);
}

bool rk_heap_get(const struct rk_heap *heap, uint32_t node,
		 int64_t *ret_time_ns)
{
	RK_ASSERT(node < heap->max);

	if (heap->place[node] == 0)
		return false;

	*ret_time_ns = heap->timers[heap->place[node] - 1].time_ns;
	return true;
}

bool rk_heap_due(const struct rk_heap *heap, int64_t now_ns, uint32_t *ret_node)
{
	if (heap->n == 0 || heap->timers[0].time_ns > now_ns)
		return false;

	*ret_node = heap->timers[0].node;
	return true;
}

void rk_heap_pop(struct rk_heap *heap)
{
	/* Popping happens in clock steps only, which are never undone. */
	struct rk_undo closed = {0};

	RK_ASSERT(heap->n > 0);
	rk_heap_clear(heap, &closed, heap->timers[0].node);
}

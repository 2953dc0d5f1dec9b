/*
 * Heaps of range ends. See ladder.h.
 *
 * Each node has four children, which lie side by side. A heap is a list of its
 * own in a pool (pile.h), as it is not known how many accounts will come to
 * hold which market.
 */
#include "engine/ladder.h"

#include "engine/arena.h"
#include "engine/assert.h"

#define NONE  UINT32_MAX
#define ARITY 4
#define BELOW 0
#define ABOVE 1
#define SIDES 2

/* A heap being changed. Its items are ends of ranges, their values rungs. */
struct work {
	struct rk_ladder *ladder;
	struct rk_pile *heap;
	int side;
};

void rk_ladder_init(struct rk_ladder *ladder, struct rk_arena *arena,
		    const struct rk_ladder_room *room)
{
	ladder->rungs_max = room->rungs;
	ladder->slots_max = room->slots;
	ladder->rungs_free = NONE;
	ladder->rungs =
		rk_arena_take(arena, room->rungs, sizeof(*ladder->rungs));
	ladder->first =
		rk_arena_take(arena, room->accounts, sizeof(*ladder->first));
	/* A rung is in two heaps at most. */
	rk_piles_init(&ladder->heaps, arena, room->slots * SIDES,
		      room->accounts, room->rungs * SIDES);
}

static struct rk_pile *heap_of(const struct rk_ladder *ladder, uint32_t slot,
			       int side)
{
	return &ladder->heaps.piles[slot * SIDES + (uint32_t)side];
}

static int64_t key_at(const struct rk_ladder *ladder,
		      const struct rk_pile *heap, uint32_t place)
{
	return rk_pile_key(&ladder->heaps, heap, place);
}

static void put(const struct work *work, uint32_t place,
		struct rk_pile_item end)
{
	rk_pile_put(&work->ladder->heaps, work->heap, place, end);
	work->ladder->rungs[end.value].place[work->side] = place + 1;
}

static struct rk_pile_item get(const struct work *work, uint32_t place)
{
	return rk_pile_get(&work->ladder->heaps, work->heap, place);
}

/* Put an end where a place has become free, or further up. */
static void rise(const struct work *work, uint32_t place,
		 struct rk_pile_item end)
{
	while (place > 0) {
		uint32_t parent = (place - 1) / ARITY;
		struct rk_pile_item above = get(work, parent);

		if (above.key <= end.key)
			break;
		put(work, place, above);
		place = parent;
	}
	put(work, place, end);
}

/* The same, or further down. */
static void sink(const struct work *work, uint32_t place,
		 struct rk_pile_item end)
{
	const uint32_t n = work->heap->n;

	for (;;) {
		uint32_t first = place * ARITY + 1;
		uint32_t least = first;
		int64_t least_key;

		if (first >= n)
			break;
		least_key = key_at(work->ladder, work->heap, first);
		for (uint32_t i = first + 1; i < first + ARITY && i < n; i++) {
			int64_t key = key_at(work->ladder, work->heap, i);

			if (key < least_key) {
				least_key = key;
				least = i;
			}
		}
		if (least_key >= end.key)
			break;
		put(work, place, get(work, least));
		place = least;
	}
	put(work, place, end);
}

static void insert(const struct work *work, struct rk_pile_item end)
{
	uint32_t place = rk_pile_push(&work->ladder->heaps, work->heap, end);

	rise(work, place, end);
}

/* Another end for a place that has one. */
static void replace(const struct work *work, uint32_t place,
		    struct rk_pile_item end)
{
	if (place > 0 &&
	    key_at(work->ladder, work->heap, (place - 1) / ARITY) > end.key)
		rise(work, place, end);
	else
		sink(work, place, end);
}

static void take_out(const struct work *work, uint32_t place)
{
	struct rk_pile_item last =
		rk_pile_pop(&work->ladder->heaps, work->heap);

	if (place < work->heap->n)
		replace(work, place, last);
}

/* The end of a rung on one side; exists: there is one. */
static void set_end(struct rk_ladder *ladder, uint32_t rung, int side,
		    bool exists, int64_t key)
{
	struct rk_rung *record = &ladder->rungs[rung];
	const struct work work = {ladder, heap_of(ladder, record->slot, side),
				  side};
	const struct rk_pile_item end = {key, rung};
	uint32_t place = record->place[side];

	if (exists && place != 0 && key_at(ladder, work.heap, place - 1) == key)
		return;
	if (exists && place != 0)
		replace(&work, place - 1, end);
	else if (exists)
		insert(&work, end);
	else if (place != 0)
		take_out(&work, place - 1);
	if (!exists)
		record->place[side] = 0;
}

static void set_range(struct rk_ladder *ladder, uint32_t rung, int64_t low,
		      int64_t high)
{
	set_end(ladder, rung, BELOW, low != RK_LADDER_NEVER_BELOW,
		low == RK_LADDER_NEVER_BELOW ? 0 : -low);
	set_end(ladder, rung, ABOVE, high != RK_LADDER_NEVER_ABOVE, high);
}

static uint32_t take_rung(struct rk_ladder *ladder)
{
	uint32_t rung = ladder->rungs_free;

	if (rung != NONE) {
		ladder->rungs_free = ladder->rungs[rung].next;
		return rung;
	}
	RK_ASSERT(ladder->rungs_used < ladder->rungs_max);
	return ladder->rungs_used++;
}

static uint32_t add_rung(struct rk_ladder *ladder, uint32_t account,
			 uint32_t slot)
{
	uint32_t rung = take_rung(ladder);

	ladder->rungs[rung] = (struct rk_rung){
		.account = account,
		.next = NONE,
		.slot = slot,
	};
	return rung;
}

/* It leaves both heaps; its link is the caller's. */
static void drop_rung(struct rk_ladder *ladder, uint32_t rung)
{
	set_range(ladder, rung, RK_LADDER_NEVER_BELOW, RK_LADDER_NEVER_ABOVE);
	ladder->rungs[rung].next = ladder->rungs_free;
	ladder->rungs_free = rung;
}

/* The first rung of that slot or a later one; those before it are dropped. */
static uint32_t drop_before(struct rk_ladder *ladder, uint32_t rung,
			    uint64_t slot)
{
	while (rung != NONE && ladder->rungs[rung].slot < slot) {
		uint32_t next = ladder->rungs[rung].next;

		drop_rung(ladder, rung);
		rung = next;
	}
	return rung;
}

static bool is_endless(const struct rk_range *range)
{
	return range->low == RK_LADDER_NEVER_BELOW &&
	       range->high == RK_LADDER_NEVER_ABOVE;
}

/* Ranges usually are of the same slots as before: rungs are gone through in
 * step with them. */
void rk_ladder_set(struct rk_ladder *ladder, uint32_t account,
		   const struct rk_range *ranges, uint32_t n)
{
	uint32_t rung = ladder->first[account] - 1; /* NONE for 0 */
	uint32_t last = NONE;

	for (uint32_t i = 0; i < n; i++) {
		const struct rk_range *range = &ranges[i];
		uint32_t next;

		RK_ASSERT(range->slot < ladder->slots_max);
		RK_ASSERT(i == 0 || range->slot > ranges[i - 1].slot);
		if (is_endless(range))
			continue;
		rung = drop_before(ladder, rung, range->slot);
		next = rung;
		if (rung != NONE && ladder->rungs[rung].slot == range->slot)
			next = ladder->rungs[rung].next;
		else
			rung = add_rung(ladder, account, range->slot);
		if (last == NONE)
			ladder->first[account] = rung + 1;
		else
			ladder->rungs[last].next = rung;
		set_range(ladder, rung, range->low, range->high);
		last = rung;
		rung = next;
	}
	(void)drop_before(ladder, rung, UINT64_MAX);
	if (last == NONE)
		ladder->first[account] = 0;
	else
		ladder->rungs[last].next = NONE;
}

/*
 * Does an end stand in its heap, and not above what is before it? If that is so
 * of all of them, each walk finds all that it should.
 */
static bool end_of(const struct rk_ladder *ladder, uint32_t rung, int side,
		   int64_t *ret_key)
{
	const struct rk_rung *record = &ladder->rungs[rung];
	const struct rk_pile *heap = heap_of(ladder, record->slot, side);
	uint32_t place = record->place[side] - 1;

	if (place >= heap->n ||
	    rk_pile_value(&ladder->heaps, heap, place) != rung)
		return false;
	*ret_key = key_at(ladder, heap, place);
	return place == 0 ||
	       key_at(ladder, heap, (place - 1) / ARITY) <= *ret_key;
}

/* The rung of an account for a slot, or NONE. */
static uint32_t rung_of(const struct rk_ladder *ladder, uint32_t account,
			uint32_t slot)
{
	uint32_t rung = ladder->first[account] - 1; /* NONE for 0 */

	while (rung != NONE && ladder->rungs[rung].slot < slot)
		rung = ladder->rungs[rung].next;
	return rung != NONE && ladder->rungs[rung].slot == slot ? rung : NONE;
}

bool rk_ladder_has(const struct rk_ladder *ladder, uint32_t account,
		   uint32_t slot)
{
	return rung_of(ladder, account, slot) != NONE;
}

bool rk_ladder_range(const struct rk_ladder *ladder, uint32_t account,
		     uint32_t slot, struct rk_range *ret_range)
{
	uint32_t rung = rung_of(ladder, account, slot);
	struct rk_range range = {slot, RK_LADDER_NEVER_BELOW,
				 RK_LADDER_NEVER_ABOVE};
	int64_t key;

	if (rung == NONE || ladder->rungs[rung].account != account)
		return false;
	if (ladder->rungs[rung].place[BELOW] != 0) {
		if (!end_of(ladder, rung, BELOW, &key))
			return false;
		range.low = -key;
	}
	if (ladder->rungs[rung].place[ABOVE] != 0 &&
	    !end_of(ladder, rung, ABOVE, &range.high))
		return false;
	*ret_range = range;
	return true;
}

static void start(struct rk_ladder_walk *walk, uint32_t slot, bool above)
{
	const struct rk_ladder *ladder = walk->ladder;

	walk->above = above;
	walk->heap = heap_of(ladder, slot, above ? ABOVE : BELOW);
	walk->key = above ? walk->price : -walk->price;
	walk->at = 0;
}

struct rk_ladder_walk rk_ladder_walk(const struct rk_ladder *ladder,
				     uint32_t slot, int64_t price)
{
	struct rk_ladder_walk walk = {.ladder = ladder, .price = price};

	RK_ASSERT(slot < ladder->slots_max);
	RK_ASSERT(price > INT64_MIN);
	start(&walk, slot, false);
	return walk;
}

/* The next place that is not below `at`; the number of entries: none is. */
static uint32_t beside(const struct rk_ladder_walk *walk, uint32_t at)
{
	while (at > 0 && (at % ARITY == 0 || at + 1 >= walk->heap->n))
		at = (at - 1) / ARITY;
	return at == 0 ? walk->heap->n : at + 1;
}

/* The next rung, or NONE. */
static uint32_t next_rung(struct rk_ladder_walk *walk)
{
	for (;;) {
		const struct rk_pile *heap = walk->heap;
		uint32_t at = walk->at;

		if (at >= heap->n) {
			if (walk->above)
				return NONE;
			start(walk,
			      (uint32_t)(heap - walk->ladder->heaps.piles) /
				      SIDES,
			      true);
			continue;
		}
		if (key_at(walk->ladder, heap, at) >= walk->key) {
			walk->at = beside(walk, at);
			continue;
		}
		walk->at = at * ARITY + 1 < heap->n ? at * ARITY + 1
						    : beside(walk, at);
		return rk_pile_value(&walk->ladder->heaps, heap, at);
	}
}

uint32_t rk_ladder_next(struct rk_ladder_walk *walk)
{
	uint32_t rung;

	while (walk->ahead_n < RK_LADDER_AHEAD &&
	       (rung = next_rung(walk)) != NONE) {
		__builtin_prefetch(&walk->ladder->rungs[rung]);
		walk->ahead[(walk->ahead_from + walk->ahead_n++) %
			    RK_LADDER_AHEAD] = rung;
	}
	if (walk->ahead_n == 0)
		return NONE;
	rung = walk->ahead[walk->ahead_from];
	walk->ahead_from = (walk->ahead_from + 1) % RK_LADDER_AHEAD;
	walk->ahead_n--;
	return walk->ladder->rungs[rung].account;
}

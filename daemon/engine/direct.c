/*
 * Slacks of accounts, and lists of them by slot. See direct.h.
 */
#include "engine/direct.h"

#include "engine/arena.h"
#include "engine/assert.h"

#define NONE UINT32_MAX

/* One account in so many may be near a threshold; of few, all. */
#define PART  32
#define LEAST 1024

static uint32_t room_of(uint32_t accounts)
{
	uint32_t near = accounts / PART + LEAST;

	return RK_SLACKS_MAX * (near < accounts ? near : accounts);
}

void rk_direct_init(struct rk_direct *direct, struct rk_arena *arena,
		    uint32_t accounts, uint32_t slots)
{
	uint32_t room = room_of(accounts);

	direct->entries_max = room;
	direct->entries = rk_arena_take(arena, room, sizeof(*direct->entries));
	direct->slacks = rk_arena_take(arena, room, sizeof(*direct->slacks));
	direct->first = rk_arena_take(arena, accounts, sizeof(*direct->first));
	direct->prices = rk_arena_take(arena, slots, sizeof(*direct->prices));
	rk_piles_init(&direct->slots, arena, slots, room,
		      room * RK_SLACK_PULLS);
}

bool rk_direct_has_room(const struct rk_direct *direct)
{
	return direct->entries_n + RK_SLACKS_MAX <= direct->entries_max;
}

static uint32_t take_entry(struct rk_direct *direct)
{
	uint32_t entry = direct->entries_free;

	RK_ASSERT(direct->entries_n < direct->entries_max);
	direct->entries_n++;
	if (entry == 0)
		return direct->entries_used++;
	direct->entries_free = direct->entries[entry - 1].next;
	return entry - 1;
}

/* A pull leaves the list of its slot: the last one takes its place. */
static void take_out(struct rk_direct *direct, uint32_t slot, uint32_t place)
{
	struct rk_pile *pile = &direct->slots.piles[slot];
	struct rk_pile_item last = rk_pile_pop(&direct->slots, pile);
	struct rk_direct_entry *entry = &direct->entries[last.value];
	uint32_t i = 0;

	if (place == pile->n)
		return;
	rk_pile_put(&direct->slots, pile, place, last);
	while (entry->pulls[i].slot != slot)
		i++;
	RK_ASSERT(i < entry->n);
	entry->pulls[i].place = place;
}

static void drop_all(struct rk_direct *direct, uint32_t account)
{
	uint32_t at = direct->first[account];

	direct->first[account] = 0;
	while (at != 0) {
		struct rk_direct_entry *entry = &direct->entries[at - 1];
		uint32_t next = entry->next;

		for (uint32_t i = 0; i < entry->n; i++)
			take_out(direct, entry->pulls[i].slot,
				 entry->pulls[i].place);
		entry->next = direct->entries_free;
		direct->entries_free = at;
		direct->entries_n--;
		at = next;
	}
}

static void add(struct rk_direct *direct, uint32_t account,
		const struct rk_slack *slack)
{
	uint32_t number = take_entry(direct);
	struct rk_direct_entry *entry = &direct->entries[number];

	entry->account = account;
	entry->next = direct->first[account];
	entry->n = slack->n;
	direct->first[account] = number + 1;
	direct->slacks[number] = slack->now;
	for (uint32_t i = 0; i < slack->n; i++) {
		const struct rk_pull *pull = &slack->pulls[i];
		const struct rk_pile_item item = {pull->per_unit, number};

		entry->pulls[i].slot = pull->slot;
		entry->pulls[i].place = rk_pile_push(
			&direct->slots, &direct->slots.piles[pull->slot], item);
	}
}

void rk_direct_set(struct rk_direct *direct, uint32_t account,
		   const struct rk_slack *slacks, uint32_t n)
{
	if (direct->first[account] != 0)
		drop_all(direct, account);
	for (uint32_t i = 0; i < n; i++)
		add(direct, account, &slacks[i]);
}

/* In the arithmetic of 64 bits that wrap, where the way does not matter. */
static int64_t moved(int64_t slack, int64_t per_unit, uint64_t by)
{
	return (int64_t)((uint64_t)slack + (uint64_t)per_unit * by);
}

/* Of one chunk, by so much; below 0: somebody has none left. */
static int64_t move_chunk(int64_t *slacks, const struct rk_chunk *chunk,
			  uint32_t n, uint64_t by)
{
	int64_t least = 0;

	for (uint32_t i = 0; i < n; i++) {
		int64_t *slack = &slacks[chunk->values[i]];

		*slack = moved(*slack, chunk->keys[i], by);
		least |= *slack; /* the sign of any */
	}
	return least;
}

bool rk_direct_move(struct rk_direct *direct, uint32_t slot, int64_t price)
{
	const struct rk_pile *pile = &direct->slots.piles[slot];
	uint64_t by = (uint64_t)price - (uint64_t)direct->prices[slot];
	int64_t least = 0;

	direct->prices[slot] = price;
	for (uint32_t from = 0; from < pile->n; from += RK_CHUNK) {
		uint32_t n = pile->n - from;

		least |= move_chunk(direct->slacks,
				    rk_pile_chunk(&direct->slots, pile, from),
				    n < RK_CHUNK ? n : RK_CHUNK, by);
	}
	return least < 0;
}

uint32_t rk_direct_next(const struct rk_direct *direct, uint32_t slot,
			uint32_t *at)
{
	const struct rk_pile *pile = &direct->slots.piles[slot];

	while (*at < pile->n) {
		uint32_t entry = rk_pile_value(&direct->slots, pile, (*at)++);

		if (direct->slacks[entry] < 0)
			return direct->entries[entry].account;
	}
	return NONE;
}

static uint32_t missed(const struct rk_direct *direct, uint32_t number)
{
	const struct rk_direct_entry *entry = &direct->entries[number];

	for (uint32_t i = 0; i < entry->n; i++) {
		uint32_t slot = entry->pulls[i].slot;
		uint32_t place = entry->pulls[i].place;
		const struct rk_pile *pile = &direct->slots.piles[slot];

		if (direct->slacks[number] < 0 || place >= pile->n ||
		    rk_pile_value(&direct->slots, pile, place) != number)
			return slot;
	}
	return NONE;
}

uint32_t rk_direct_missed(const struct rk_direct *direct, uint32_t account)
{
	uint32_t slot = NONE;

	for (uint32_t at = direct->first[account]; at != 0 && slot == NONE;
	     at = direct->entries[at - 1].next)
		slot = missed(direct, at - 1);
	return slot;
}

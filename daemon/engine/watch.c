/*
 * Who is judged when prices and indices move. See watch.h.
 */
#include "engine/watch.h"

#include "engine/arena.h"
#include "engine/box.h"
#include "engine/interest.h"
#include "engine/price.h"
#include "engine/state.h"

#define CHANGED 1U
#define LEFT    2U

/* A box takes about as long as judging so many accounts. */
#define BOX_COST 4
#define SLICE    256
#define FEW      1024

/* Of all accounts together. */
static uint32_t ranges_of(const struct rk_cmd_limits *max)
{
	/* A position: its mark, the index of what it settles in, funding. */
	const uint32_t each_position = 3;
	const uint32_t each_balance = 2; /* its index, interest */

	return max->positions_max * each_position +
	       max->balances_max * each_balance;
}

void rk_watch_init(struct rk_watch *watch, struct rk_arena *arena,
		   const struct rk_cmd_limits *max)
{
	const struct rk_ladder_room room = {
		.accounts = max->accounts_max,
		.slots = rk_era_prices(max) + rk_era_indices(max),
		/* One gets its new ones before it gives its old ones back. */
		.rungs = ranges_of(max) + RK_BOX_MAX,
	};

	watch->slice = SLICE;
	watch->few = FEW;
	rk_ladder_init(&watch->ladder, arena, &room);
	rk_direct_init(&watch->direct, arena, room.accounts,
		       rk_era_prices(max));
	watch->eras =
		rk_arena_take(arena, rk_era_indices(max), sizeof(*watch->eras));
	watch->changed.accounts =
		rk_arena_take(arena, room.accounts, sizeof(uint32_t));
	watch->left.accounts =
		rk_arena_take(arena, room.accounts, sizeof(uint32_t));
	watch->waiting = rk_arena_take(arena, room.accounts, 1);
}

/* Slacks go with the price of a slot. False: all have some left. */
static bool move_direct(struct rk_engine *engine, uint32_t slot)
{
	return rk_direct_move(&engine->watch.direct, slot,
			      engine->slots[slot].mark.raw);
}

/*
 * Ranges of an account with slacks are half as wide as they might be. So those
 * it had can stay, unless the price has come near their ends.
 */
static void keep_ranges(struct rk_engine *engine, uint32_t account,
			struct rk_box *box)
{
	uint32_t prices = rk_era_prices(&engine->max);

	for (uint32_t i = 0; i < box->n && box->ranges[i].slot < prices; i++) {
		struct rk_range *range = &box->ranges[i];
		int64_t half = (range->high - range->low) / 4;
		struct rk_range had;

		if (rk_ladder_range(&engine->watch.ladder, account, range->slot,
				    &had) &&
		    had.low >= range->low - half &&
		    had.low <= range->low + half &&
		    had.high >= range->high - half &&
		    had.high <= range->high + half)
			*range = had;
	}
}

static void make_box(struct rk_engine *engine, uint32_t account, bool found)
{
	struct rk_watch *watch = &engine->watch;
	struct rk_box box;

	rk_box_of(engine, account, found, &box);
	if (box.slacks_n > 0)
		keep_ranges(engine, account, &box);
	rk_ladder_set(&watch->ladder, account, box.ranges, box.n);
	/* Of a batch, some slots may still be about to be said to have moved.
	 */
	for (uint32_t i = 0; box.slacks_n > 0 && i < box.slacks[0].n; i++)
		(void)move_direct(engine, box.slacks[0].pulls[i].slot);
	rk_direct_set(&watch->direct, account, box.slacks, box.slacks_n);
}

static void wait_in(struct rk_watch *watch, struct rk_watch_list *list,
		    unsigned int bit, uint32_t account)
{
	if (watch->waiting[account] & bit)
		return;
	watch->waiting[account] = (uint8_t)(watch->waiting[account] | bit);
	list->accounts[list->n++] = account;
}

/*
 * Boxes for the last of a list, max of them at most; but not for who waits in
 * the other as well, nor for an account whose creation was undone.
 */
static void serve(struct rk_engine *engine, struct rk_watch_list *list,
		  unsigned int bit, uint32_t max)
{
	struct rk_watch *watch = &engine->watch;

	for (; list->n > 0 && max > 0; max--) {
		uint32_t account = list->accounts[--list->n];

		watch->waiting[account] =
			(uint8_t)(watch->waiting[account] & ~bit);
		if (watch->waiting[account] == 0 &&
		    account < engine->accounts_n)
			make_box(engine, account, bit == LEFT);
	}
}

static void serve_all(struct rk_engine *engine)
{
	struct rk_watch *watch = &engine->watch;

	serve(engine, &watch->changed, CHANGED, UINT32_MAX);
	serve(engine, &watch->left, LEFT, UINT32_MAX);
}

/* How many the scan would judge, about. */
static uint32_t holders_of(const struct rk_engine *engine, uint32_t slot)
{
	uint32_t market = engine->slots[slot].market;

	return market == RK_NO_MARKET ? engine->accounts_n
				      : engine->markets[market].holders_n;
}

/*
 * Have all their boxes? False: so many have not that all of the holders are to
 * be judged. Who was left behind by this very command is judged at its end.
 */
static bool is_ready(struct rk_engine *engine, uint32_t holders)
{
	struct rk_watch *watch = &engine->watch;

	if (!watch->moved)
		watch->stale = watch->changed.n + watch->left.n;
	watch->moved = true;
	if (watch->scan || watch->stale > watch->few + holders / BOX_COST)
		return false;
	if (watch->stale > 0)
		serve_all(engine);
	watch->stale = 0;
	return true;
}

/*
 * Those whose range of a slot does not hold this key are left behind, and are
 * touched; not where all holders are: a box that waits may be of a slot that
 * its account does not depend on any more.
 */
static void find(struct rk_engine *engine, uint32_t slot, int64_t key,
		 bool ready)
{
	struct rk_watch *watch = &engine->watch;
	struct rk_ladder_walk walk;
	uint32_t account;

	if (watch->scan)
		return;
	walk = rk_ladder_walk(&watch->ladder, slot, key);
	while ((account = rk_ladder_next(&walk)) != RK_NONE) {
		wait_in(watch, &watch->left, LEFT, account);
		if (ready)
			rk_touch_found(engine, account);
	}
}

/* The same of those that have no slack left. */
static void find_direct(struct rk_engine *engine, uint32_t slot, bool ready)
{
	struct rk_watch *watch = &engine->watch;
	uint32_t at = 0;
	uint32_t account;

	if (watch->scan || !move_direct(engine, slot))
		return;
	while ((account = rk_direct_next(&watch->direct, slot, &at)) !=
	       RK_NONE) {
		wait_in(watch, &watch->left, LEFT, account);
		if (ready)
			rk_touch_found(engine, account);
	}
}

static void find_by_index(struct rk_engine *engine, uint32_t slot, bool ready)
{
	find(engine, slot,
	     rk_era_key(rk_era_at(engine, slot), rk_era_now(engine, slot)),
	     ready);
}

void rk_watch_moved(struct rk_engine *engine, uint32_t slot)
{
	bool ready = is_ready(engine, holders_of(engine, slot));

	if (!ready)
		rk_price_find_holders(engine, slot);
	find(engine, slot, engine->slots[slot].mark.raw, ready);
	find_direct(engine, slot, ready);
}

void rk_watch_funding(struct rk_engine *engine, uint32_t market)
{
	uint32_t slot = rk_era_of_funding(engine, market);
	uint32_t price = engine->markets[market].slot;
	bool ready;

	if (!rk_era_goes_on(engine, slot)) {
		rk_era_begin(engine, slot);
		rk_price_touch_holders(engine, price);
		return;
	}
	ready = is_ready(engine, engine->markets[market].holders_n);
	if (!ready)
		rk_price_find_holders(engine, price);
	find_by_index(engine, slot, ready);
}

void rk_watch_interest(struct rk_engine *engine, uint32_t asset)
{
	uint32_t held = rk_era_of_interest(engine, asset, false);
	uint32_t owed = rk_era_of_interest(engine, asset, true);
	bool ready;

	if (!rk_era_goes_on(engine, held) || !rk_era_goes_on(engine, owed)) {
		rk_era_begin(engine, held);
		rk_era_begin(engine, owed);
		rk_interest_touch(engine, asset);
		return;
	}
	ready = is_ready(engine, engine->accounts_n);
	if (!ready)
		rk_interest_find(engine, asset);
	find_by_index(engine, held, ready);
	find_by_index(engine, owed, ready);
}

void rk_watch_settled(struct rk_engine *engine, uint32_t account)
{
	wait_in(&engine->watch, &engine->watch.changed, CHANGED, account);
}

void rk_watch_touched(struct rk_engine *engine)
{
	struct rk_watch *watch = &engine->watch;
	uint32_t slice = watch->slice + engine->touched_n / BOX_COST;
	bool moved = watch->moved;

	watch->moved = false;
	if (watch->scan)
		return;
	for (uint32_t i = 0; i < engine->touched_n; i++)
		if (rk_is_changed(engine, engine->touched[i]))
			wait_in(watch, &watch->changed, CHANGED,
				engine->touched[i]);
	if (!moved)
		return;
	serve(engine, &watch->left, LEFT, slice);
	if (watch->changed.n > watch->few)
		serve(engine, &watch->changed, CHANGED, slice);
}

void rk_watch_all(struct rk_engine *engine)
{
	const uint32_t indices = rk_era_indices(&engine->max);
	struct rk_watch *watch = &engine->watch;

	for (uint32_t i = 0; i < indices; i++)
		rk_era_begin(engine, rk_era_prices(&engine->max) + i);
	serve_all(engine);
	for (uint32_t i = 0; i < engine->accounts_n; i++)
		make_box(engine, i, false);
	watch->stale = 0;
}

bool rk_watch_is_waiting(const struct rk_watch *watch, uint32_t account)
{
	return watch->waiting[account] != 0;
}

void rk_engine_set_method(struct rk_engine *engine, enum rk_method method)
{
	engine->watch.scan = method == RK_METHOD_SCAN;
	if (!engine->watch.scan)
		rk_watch_all(engine);
}

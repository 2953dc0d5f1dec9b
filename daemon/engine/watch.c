/*
 * Who is judged when prices move. See watch.h.
 */
#include "engine/watch.h"

#include "engine/arena.h"
#include "engine/box.h"
#include "engine/price.h"
#include "engine/state.h"

#define CHANGED 1U
#define LEFT    2U

/* A box takes about as long as judging so many accounts. */
#define BOX_COST 4
/* So many at least get a box after a command that moved a price. */
#define SLICE 256
/* So many always get it before a price is looked at. */
#define FEW 1024

void rk_watch_init(struct rk_watch *watch, struct rk_arena *arena,
		   const struct rk_ladder_room *room)
{
	rk_ladder_init(&watch->ladder, arena, room);
	watch->changed.accounts =
		rk_arena_take(arena, room->accounts, sizeof(uint32_t));
	watch->left.accounts =
		rk_arena_take(arena, room->accounts, sizeof(uint32_t));
	watch->waiting = rk_arena_take(arena, room->accounts, 1);
}

static void make_box(struct rk_engine *engine, uint32_t account)
{
	struct rk_box box;

	rk_box_of(engine, account, &box);
	rk_ladder_set(&engine->watch.ladder, account, box.ranges, box.n);
}

static void wait_in(struct rk_watch *watch, struct rk_watch_list *list,
		    unsigned int bit, uint32_t account)
{
	if (watch->waiting[account] & bit)
		return;
	watch->waiting[account] = (uint8_t)(watch->waiting[account] | bit);
	list->accounts[list->n++] = account;
}

/* Boxes for the last of a list, max of them at most. */
static void serve(struct rk_engine *engine, struct rk_watch_list *list,
		  unsigned int bit, uint32_t max)
{
	struct rk_watch *watch = &engine->watch;

	for (; list->n > 0 && max > 0; max--) {
		uint32_t account = list->accounts[--list->n];

		watch->waiting[account] =
			(uint8_t)(watch->waiting[account] & ~bit);
		make_box(engine, account);
	}
}

/* How many the scan would judge, about. */
static uint32_t holders_of(const struct rk_engine *engine, uint32_t slot)
{
	uint32_t market = engine->slots[slot].market;

	return market == RK_NO_MARKET ? engine->accounts_n
				      : engine->markets[market].holders_n;
}

void rk_watch_moved(struct rk_engine *engine, uint32_t slot)
{
	struct rk_watch *watch = &engine->watch;
	struct rk_ladder_walk walk;
	uint32_t account;

	watch->moved = true;
	if (watch->scan ||
	    watch->changed.n > FEW + holders_of(engine, slot) / BOX_COST) {
		rk_price_find_holders(engine, slot);
		return;
	}
	serve(engine, &watch->changed, CHANGED, UINT32_MAX);
	walk = rk_ladder_walk(&watch->ladder, slot,
			      engine->slots[slot].mark.raw);
	while ((account = rk_ladder_next(&walk)) != RK_NONE)
		rk_touch_found(engine, account);
}

void rk_watch_touched(struct rk_engine *engine)
{
	struct rk_watch *watch = &engine->watch;
	uint32_t slice = SLICE + engine->touched_n / BOX_COST;

	if (watch->scan)
		return;
	for (uint32_t i = 0; i < engine->touched_n; i++) {
		uint32_t account = engine->touched[i];

		if (rk_is_changed(engine, account))
			wait_in(watch, &watch->changed, CHANGED, account);
		else
			wait_in(watch, &watch->left, LEFT, account);
	}
	if (watch->moved) {
		serve(engine, &watch->left, LEFT, slice);
		if (watch->changed.n > FEW)
			serve(engine, &watch->changed, CHANGED, slice);
	}
	watch->moved = false;
}

void rk_watch_all(struct rk_engine *engine)
{
	struct rk_watch *watch = &engine->watch;

	serve(engine, &watch->changed, CHANGED, UINT32_MAX);
	serve(engine, &watch->left, LEFT, UINT32_MAX);
	for (uint32_t i = 0; i < engine->accounts_n; i++)
		make_box(engine, i);
}

bool rk_watch_is_changed(const struct rk_watch *watch, uint32_t account)
{
	return watch->changed.n > 0 && watch->waiting[account] & CHANGED;
}

bool rk_watch_is_left(const struct rk_watch *watch, uint32_t account)
{
	return watch->left.n > 0 && watch->waiting[account] & LEFT;
}

void rk_engine_set_method(struct rk_engine *engine, enum rk_method method)
{
	engine->watch.scan = method == RK_METHOD_SCAN;
	if (!engine->watch.scan)
		rk_watch_all(engine);
}

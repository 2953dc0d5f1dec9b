/*
 * Boxes that are a hundredth too wide: the test of the ladder must notice.
 * Takes the place of the engine's own box.c in one program. WEAK_INDICES: in
 * another, of which only the ranges of indices are too wide. WEAK_SLACKS: only
 * slacks are too large.
 */
#include "engine/box.h"
#include "engine/era.h"

void rk_box_exact(const struct rk_engine *engine, uint32_t account, bool found,
		  struct rk_box *ret_box);

#define rk_box_of rk_box_exact
#include "engine/box.c" /* NOLINT: this is what is tested */
#undef rk_box_of

#ifdef WEAK_INDICES
static const bool only_indices = true;
#else
static const bool only_indices = false;
#endif
#ifdef WEAK_SLACKS
static const bool only_slacks = true;
#else
static const bool only_slacks = false;
#endif

/* How far beyond an end, away from where it is now. */
static int64_t beyond(int64_t end, int64_t now)
{
	return (end - now) / 100;
}

static void widen(const struct rk_engine *engine, struct rk_range *range)
{
	bool is_price = range->slot < rk_era_prices(&engine->max);
	int64_t now;

	if (is_price && only_indices)
		return;
	now = is_price ? engine->slots[range->slot].mark.raw
		       : rk_era_key(rk_era_at(engine, range->slot),
				    rk_era_now(engine, range->slot));
	if (range->low != RK_LADDER_ALWAYS &&
	    range->low != RK_LADDER_NEVER_BELOW)
		range->low += beyond(range->low, now);
	if (range->high != RK_LADDER_NEVER_ABOVE)
		range->high += beyond(range->high, now);
}

void rk_box_of(const struct rk_engine *engine, uint32_t account, bool found,
	       struct rk_box *ret_box)
{
	rk_box_exact(engine, account, found, ret_box);
	for (uint32_t i = 0; i < ret_box->n && !only_slacks; i++)
		widen(engine, &ret_box->ranges[i]);
	for (uint32_t i = 0; i < ret_box->slacks_n && only_slacks; i++)
		ret_box->slacks[i].now += ret_box->slacks[i].now / 100;
}

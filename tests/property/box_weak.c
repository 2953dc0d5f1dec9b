/*
 * Boxes that are a hundredth too wide: the test of the ladder must notice.
 * Takes the place of the engine's own box.c in one program.
 */
#include "engine/box.h"

void rk_box_exact(const struct rk_engine *engine, uint32_t account,
		  struct rk_box *ret_box);

#define rk_box_of rk_box_exact
#include "engine/box.c" /* NOLINT: this is what is tested */
#undef rk_box_of

/* How far beyond an end, away from the mark. */
static int64_t beyond(int64_t end, int64_t mark)
{
	return (end - mark) / 100;
}

void rk_box_of(const struct rk_engine *engine, uint32_t account,
	       struct rk_box *ret_box)
{
	rk_box_exact(engine, account, ret_box);
	for (uint32_t i = 0; i < ret_box->n; i++) {
		struct rk_range *range = &ret_box->ranges[i];
		int64_t mark = engine->slots[range->slot].mark.raw;

		if (range->low != RK_LADDER_ALWAYS &&
		    range->low != RK_LADDER_NEVER_BELOW)
			range->low += beyond(range->low, mark);
		if (range->high != RK_LADDER_NEVER_ABOVE)
			range->high += beyond(range->high, mark);
	}
}

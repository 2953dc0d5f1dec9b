/*
 * Corners of boxes. See box_corners.h.
 */
#include "box_corners.h"

#include "engine/box.h"
#include "engine/conversion.h"
#include "engine/era.h"
#include "engine/holdings.h"
#include "engine/judge.h"
#include "engine/state.h"

#define CORNERS 8

/* Where a price or an index was. */
struct was {
	rk_px mark;
	rk_i128 index;
};

static bool is_price(const struct rk_engine *engine, uint32_t slot)
{
	return slot < rk_era_prices(&engine->max);
}

static void put_index(struct rk_engine *engine, uint32_t slot, rk_i128 index)
{
	uint32_t place = slot - rk_era_prices(&engine->max);
	struct rk_asset_lending *lending;

	if (place < engine->max.markets_max) {
		engine->markets[place].funding.index = index;
		return;
	}
	place -= engine->max.markets_max;
	lending = &engine->assets[place / 2].lending;
	*(place % 2 ? &lending->debt_index : &lending->supply_index) =
		(int64_t)index;
}

static void put_price(struct rk_engine *engine, const struct rk_range *range,
		      bool high)
{
	struct rk_slot *slot = &engine->slots[range->slot];

	if (high && range->high == RK_LADDER_NEVER_ABOVE)
		slot->mark = slot->price_max;
	else if (high)
		slot->mark.raw = range->high;
	else if (range->low == RK_LADDER_NEVER_BELOW)
		slot->mark.raw =
			slot->price_min.raw > 0 ? slot->price_min.raw : 1;
	else
		slot->mark.raw = range->low;
}

/*
 * The last index that is not beyond the range. Interest has no way down; where
 * each move is found, it has none up.
 */
static rk_i128 index_end(const struct rk_engine *engine,
			 const struct rk_range *range, bool high)
{
	const struct rk_era *era = rk_era_at(engine, range->slot);
	uint32_t place = range->slot - rk_era_prices(&engine->max);
	rk_i128 now = rk_era_now(engine, range->slot);
	rk_i128 end = era->high;

	if (high && range->high != RK_LADDER_NEVER_ABOVE) {
		end = rk_era_last(era, range->high);
		if (end > era->high)
			end = era->high;
	}
	if (high)
		return end > now ? end : now;
	if (place >= engine->max.markets_max)
		return now;
	return range->low == RK_LADDER_NEVER_BELOW
		       ? era->low
		       : rk_era_first(era, range->low);
}

static bool is_due(const struct rk_engine *engine, uint32_t account)
{
	const struct rk_account *record = &engine->accounts[account];
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	struct rk_holdings holdings;
	struct rk_judgement figures;

	rk_holdings_to_judge(engine, record, &holdings);
	rk_margin_judge(&scene, &holdings, &figures);
	return rk_judge_next(&engine->risk, record->state, &figures,
			     record->positions != RK_NONE) != record->state ||
	       rk_conversion_is_due(engine, account);
}

/* Is it found at each price anyway? */
static bool is_watched(const struct rk_engine *engine, const struct rk_box *box)
{
	for (uint32_t i = 0; i < box->n; i++)
		if (box->ranges[i].low == RK_LADDER_ALWAYS &&
		    is_price(engine, box->ranges[i].slot))
			return true;
	return false;
}

static void keep(const struct rk_engine *engine, const struct rk_box *box,
		 struct was *ret_was)
{
	for (uint32_t i = 0; i < box->n; i++) {
		uint32_t slot = box->ranges[i].slot;

		if (is_price(engine, slot))
			ret_was[i].mark = engine->slots[slot].mark;
		else
			ret_was[i].index = rk_era_now(engine, slot);
	}
}

static void put_back(struct rk_engine *engine, const struct rk_box *box,
		     const struct was *was)
{
	for (uint32_t i = 0; i < box->n; i++) {
		uint32_t slot = box->ranges[i].slot;

		if (is_price(engine, slot))
			engine->slots[slot].mark = was[i].mark;
		else
			put_index(engine, slot, was[i].index);
	}
}

static void put_end(struct rk_engine *engine, const struct rk_range *range,
		    bool high)
{
	if (is_price(engine, range->slot))
		put_price(engine, range, high);
	else
		put_index(engine, range->slot, index_end(engine, range, high));
}

/* A price within its range; of one end or the other, as often near as far. */
static void put_between(struct rk_engine *engine, const struct rk_range *range,
			struct rk_prng *prng)
{
	struct rk_slot *slot = &engine->slots[range->slot];
	int64_t end = rk_prng_chance(prng, 1, 2) ? range->low : range->high;
	uint64_t halves = rk_prng_below(prng, 12);
	int64_t by = end - slot->mark.raw;

	for (uint64_t i = 0; i < halves; i++)
		by /= 2;
	slot->mark.raw += by;
}

/* Is one of its slacks used up by where prices are? */
static bool is_used_up(const struct rk_engine *engine, const struct rk_box *box,
		       const struct was *was)
{
	bool used_up = false;

	for (uint32_t i = 0; i < box->slacks_n; i++) {
		rk_i128 slack = box->slacks[i].now;

		for (uint32_t j = 0; j < box->slacks[i].n; j++) {
			const struct rk_pull *pull = &box->slacks[i].pulls[j];
			uint32_t at = 0;

			while (box->ranges[at].slot != pull->slot)
				at++;
			slack += (rk_i128)pull->per_unit *
				 (engine->slots[pull->slot].mark.raw -
				  was[at].mark.raw);
		}
		used_up = used_up || slack < 0;
	}
	return used_up;
}

/* An end of an index, or with slacks any price between the ends, else an end.
 */
static void put_any(struct rk_engine *engine, const struct rk_box *box,
		    uint32_t at, struct rk_prng *prng,
		    struct box_corners *corners)
{
	const struct rk_range *range = &box->ranges[at];
	bool high = rk_prng_chance(prng, 1, 2);

	/* An index that finds it at each move: here it stays. */
	if (range->low == RK_LADDER_ALWAYS)
		return;
	if (is_price(engine, range->slot) && box->slacks_n > 0) {
		put_between(engine, range, prng);
		return;
	}
	put_end(engine, range, high);
	if (!is_price(engine, range->slot))
		corners->indices += high ? range->high != RK_LADDER_NEVER_ABOVE
					 : range->low != RK_LADDER_NEVER_BELOW;
}

/* The slack of an entry, as the direct list has it. */
static void read_slack(const struct rk_direct *direct, uint32_t number,
		       struct rk_slack *ret_slack)
{
	const struct rk_direct_entry *entry = &direct->entries[number];

	ret_slack->now = direct->slacks[number];
	ret_slack->n = entry->n;
	for (uint32_t i = 0; i < entry->n; i++) {
		uint32_t slot = entry->pulls[i].slot;

		ret_slack->pulls[i].slot = slot;
		ret_slack->pulls[i].per_unit =
			rk_pile_key(&direct->slots, &direct->slots.piles[slot],
				    entry->pulls[i].place);
	}
}

/* Not the box that an account would get now, but what it has. */
static void read_box(const struct rk_engine *engine, uint32_t account,
		     struct rk_box *box)
{
	const struct rk_direct *direct = &engine->watch.direct;

	for (uint32_t i = 0; i < box->n; i++) {
		struct rk_range *range = &box->ranges[i];

		if (rk_ladder_range(&engine->watch.ladder, account, range->slot,
				    range))
			continue;
		range->low = RK_LADDER_NEVER_BELOW;
		range->high = RK_LADDER_NEVER_ABOVE;
	}
	box->slacks_n = 0;
	for (uint32_t at = direct->first[account]; at != 0;
	     at = direct->entries[at - 1].next)
		read_slack(direct, at - 1, &box->slacks[box->slacks_n++]);
}

void box_corners_look(struct rk_engine *engine, uint32_t account,
		      struct rk_prng *prng, struct box_corners *corners)
{
	struct was was[RK_BOX_MAX];
	struct rk_box box;

	rk_box_of(engine, account, rk_prng_chance(prng, 1, 2), &box);
	if (!rk_watch_is_waiting(&engine->watch, account) &&
	    rk_prng_chance(prng, 2, 3))
		read_box(engine, account, &box);
	if (box.n == 0 || is_watched(engine, &box))
		return;
	keep(engine, &box, was);
	for (int i = 0; i < CORNERS; i++) {
		for (uint32_t j = 0; j < box.n; j++)
			put_any(engine, &box, j, prng, corners);
		if (!is_used_up(engine, &box, was)) {
			corners->looked++;
			corners->slacks += box.slacks_n > 0;
			corners->due += is_due(engine, account);
		}
		put_back(engine, &box, was);
	}
}

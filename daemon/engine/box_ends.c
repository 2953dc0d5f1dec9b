/*
 * Ends of ranges. See box_ends.h.
 */
#include "engine/box_ends.h"

#include "engine/assert.h"
#include "engine/conversion.h"
#include "engine/era.h"
#include "engine/funding.h"
#include "engine/interest.h"
#include "engine/state.h"

#define ONE        RK_RATE_ONE
#define INDEX_PART 16 /* prices may go so many times as far as indices */

/* Where the range of a slot is, or would be. */
static uint32_t place_of(const struct rk_box *box, uint32_t slot)
{
	uint32_t at = 0;

	while (at < box->n && box->ranges[at].slot < slot)
		at++;
	return at;
}

/* The account depends on a slot; RK_NONE is none. */
static void add_slot(struct rk_box *box, uint32_t slot)
{
	uint32_t at = place_of(box, slot);

	if (slot == RK_NONE || (at < box->n && box->ranges[at].slot == slot))
		return;
	RK_ASSERT(box->n < RK_BOX_MAX);
	for (uint32_t i = box->n; i > at; i--)
		box->ranges[i] = box->ranges[i - 1];
	box->ranges[at].slot = slot;
	box->n++;
}

/* The slot of an index, or RK_NONE when nobody has a range of it. */
static uint32_t if_open(const struct rk_engine *engine, uint32_t slot)
{
	if (!rk_era_is_open(rk_era_at(engine, slot)))
		return RK_NONE;
	RK_ASSERT(rk_era_goes_on(engine, slot));
	return slot;
}

static uint32_t funding_slot(const struct rk_engine *engine,
			     const struct rk_held_position *position)
{
	return if_open(engine, rk_era_of_funding(engine, position->market));
}

static uint32_t interest_slot(const struct rk_engine *engine,
			      const struct rk_held_balance *balance)
{
	return if_open(engine, rk_era_of_interest(engine, balance->asset,
						  balance->amount.raw < 0));
}

void rk_ends_slots(const struct rk_engine *engine,
		   const struct rk_holdings *holdings, struct rk_box *ret_box)
{
	ret_box->n = 0;
	for (uint32_t i = 0; i < holdings->balances_n; i++) {
		const struct rk_held_balance *balance = &holdings->balances[i];

		add_slot(ret_box, engine->assets[balance->asset].slot);
		add_slot(ret_box, interest_slot(engine, balance));
	}
	for (uint32_t i = 0; i < holdings->positions_n; i++) {
		const struct rk_held_position *position =
			&holdings->positions[i];
		const struct rk_market *market =
			&engine->markets[position->market];

		add_slot(ret_box, market->slot);
		add_slot(ret_box, engine->assets[market->settle].slot);
		add_slot(ret_box, funding_slot(engine, position));
	}
}

uint32_t rk_ends_prices(const struct rk_engine *engine,
			const struct rk_box *box)
{
	return place_of(box, rk_era_prices(&engine->max));
}

void rk_ends_clear(struct rk_ends *ends)
{
	for (uint32_t i = 0; i < ends->box->n; i++) {
		ends->box->ranges[i].low = RK_LADDER_NEVER_BELOW;
		ends->box->ranges[i].high = RK_LADDER_NEVER_ABOVE;
	}
}

/* How far a price may go from where it is. */
static int64_t reach(const struct rk_ends *ends, int64_t price)
{
	return (int64_t)((rk_i128)price * ends->width / ONE);
}

/* An end of the range of a slot, which thereby counts. */
rk_px rk_ends_low(struct rk_ends *ends, uint32_t slot)
{
	int64_t mark = ends->engine->slots[slot].mark.raw;
	struct rk_range *range = &ends->box->ranges[place_of(ends->box, slot)];

	range->low = mark - reach(ends, mark);
	if (range->low == 0)
		range->low = RK_LADDER_NEVER_BELOW; /* prices are above 0 */
	return (rk_px){mark - reach(ends, mark)};
}

rk_px rk_ends_high(struct rk_ends *ends, uint32_t slot)
{
	int64_t mark = ends->engine->slots[slot].mark.raw;
	struct rk_range *range = &ends->box->ranges[place_of(ends->box, slot)];

	range->high = mark + reach(ends, mark);
	return (rk_px){range->high};
}

/*
 * The ends of an index that far from where it is, which thereby count; at the
 * bounds of its era at most, where no entry is needed.
 */
static rk_i128 index_high(struct rk_ends *ends, uint32_t slot, rk_i128 reach)
{
	const struct rk_era *era = rk_era_at(ends->engine, slot);
	rk_i128 end = rk_era_now(ends->engine, slot) + reach;
	struct rk_range *range = &ends->box->ranges[place_of(ends->box, slot)];

	range->high = RK_LADDER_NEVER_ABOVE;
	if (ends->whole || end >= era->high)
		return era->high;
	range->high = rk_era_key(era, end);
	end = rk_era_last(era, range->high);
	if (end < era->high)
		return end;
	range->high = RK_LADDER_NEVER_ABOVE;
	return era->high;
}

static rk_i128 index_low(struct rk_ends *ends, uint32_t slot, rk_i128 reach)
{
	const struct rk_era *era = rk_era_at(ends->engine, slot);
	rk_i128 end = rk_era_now(ends->engine, slot) - reach;
	struct rk_range *range = &ends->box->ranges[place_of(ends->box, slot)];

	if (ends->whole || end <= era->low)
		return era->low;
	range->low = rk_era_key(era, end);
	return rk_era_first(era, range->low);
}

/* What funding a position has coming at one end of the index. */
rk_i128 rk_ends_funding(struct rk_ends *ends,
			const struct rk_held_position *position, bool most)
{
	uint32_t slot = funding_slot(ends->engine, position);
	rk_rate rate = {ends->width / INDEX_PART};
	rk_i128 end;
	rk_i128 reach;

	if (slot == RK_NONE)
		return position->funding.raw;
	reach = ends->whole ? 0
			    : rk_era_funding_reach(ends->engine,
						   position->market, rate);
	end = (position->size.raw > 0) == most ? index_low(ends, slot, reach)
					       : index_high(ends, slot, reach);
	return position->funding.raw +
	       rk_funding_gain(position->size,
			       end - rk_era_now(ends->engine, slot),
			       most ? RK_ROUND_CEIL : RK_ROUND_FLOOR);
}

/*
 * How high the index of a debt may go, or of what is held. Where the debt would
 * be converted before that, less; if it must be at once, each move finds it.
 */
static rk_i128 interest_end(struct rk_ends *ends, uint32_t slot,
			    const struct rk_held_balance *balance)
{
	rk_i128 now = rk_era_now(ends->engine, slot);
	const struct rk_era *era = rk_era_at(ends->engine, slot);
	rk_i128 reach = now * ends->width / ((rk_i128)INDEX_PART * ONE);
	const bool whole = ends->whole;
	rk_i128 end = index_high(ends, slot, reach);

	if (whole)
		reach = era->high - now;
	ends->whole = false;
	while (balance->amount.raw < 0 && end > now &&
	       rk_conversion_would_be_due(ends->engine, ends->account,
					  balance->asset, (int64_t)end)) {
		reach /= 4;
		end = index_high(ends, slot, reach);
		if (reach > 0)
			continue;
		ends->box->ranges[place_of(ends->box, slot)].low =
			RK_LADDER_ALWAYS;
		end = now;
	}
	ends->whole = whole;
	return end;
}

/* A balance from the least to the most that interest makes it. */
struct rk_span rk_ends_balance(struct rk_ends *ends,
			       const struct rk_held_balance *balance)
{
	struct rk_span span = {balance->amount.raw, balance->amount.raw};
	uint32_t slot = interest_slot(ends->engine, balance);
	const rk_amt settled = {balance->amount.raw - balance->interest.raw};
	rk_i128 end;

	if (slot == RK_NONE)
		return span;
	end = rk_interest_amount(settled, balance->index,
				 (int64_t)interest_end(ends, slot, balance));
	if (balance->amount.raw < 0)
		span.low = end;
	else
		span.high = end;
	return span;
}

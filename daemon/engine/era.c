/*
 * Eras of indices. See era.h.
 */
#include "engine/era.h"

#include "engine/assert.h"
#include "engine/funding.h"
#include "engine/state.h"

#define REACH    (RK_RATE_ONE / 50) /* of an era, from where it begins */
#define KEY_BITS 40

uint32_t rk_era_prices(const struct rk_cmd_limits *max)
{
	return max->assets_max + max->markets_max;
}

uint32_t rk_era_indices(const struct rk_cmd_limits *max)
{
	return max->markets_max + 2 * max->assets_max;
}

uint32_t rk_era_of_funding(const struct rk_engine *engine, uint32_t market)
{
	return rk_era_prices(&engine->max) + market;
}

uint32_t rk_era_of_interest(const struct rk_engine *engine, uint32_t asset,
			    bool debt)
{
	return rk_era_prices(&engine->max) + engine->max.markets_max +
	       2 * asset + (debt ? 1 : 0);
}

/* Its place in the table of eras. */
static uint32_t place_of(const struct rk_engine *engine, uint32_t slot)
{
	uint32_t prices = rk_era_prices(&engine->max);

	RK_ASSERT(slot >= prices);
	RK_ASSERT(slot - prices < rk_era_indices(&engine->max));
	return slot - prices;
}

const struct rk_era *rk_era_at(const struct rk_engine *engine, uint32_t slot)
{
	return &engine->watch.eras[place_of(engine, slot)];
}

rk_i128 rk_era_now(const struct rk_engine *engine, uint32_t slot)
{
	uint32_t place = place_of(engine, slot);
	const struct rk_asset_lending *lending;

	if (place < engine->max.markets_max)
		return engine->markets[place].funding.index;
	place -= engine->max.markets_max;
	lending = &engine->assets[place / 2].lending;
	return place % 2 ? lending->debt_index : lending->supply_index;
}

bool rk_era_is_open(const struct rk_era *era)
{
	return era->low < era->high;
}

bool rk_era_goes_on(const struct rk_engine *engine, uint32_t slot)
{
	const struct rk_era *era = rk_era_at(engine, slot);
	rk_i128 now = rk_era_now(engine, slot);

	return rk_era_is_open(era) && era->low <= now && now <= era->high;
}

rk_i128 rk_era_funding_reach(const struct rk_engine *engine, uint32_t market,
			     rk_rate rate)
{
	const struct rk_market *record = &engine->markets[market];
	rk_px mark = engine->slots[record->slot].mark;

	return mark.raw > 0 ? rk_funding_delta(record, rate, mark) : 0;
}

/* How far it may go from here. Funding goes both ways, interest only up. */
static struct rk_era around(const struct rk_engine *engine, uint32_t slot)
{
	uint32_t place = place_of(engine, slot);
	rk_i128 now = rk_era_now(engine, slot);
	struct rk_era era = {now, now, 0};

	if (place >= engine->max.markets_max) {
		place -= engine->max.markets_max;
		if (engine->assets[place / 2].lending.active)
			era.high += now * REACH / RK_RATE_ONE;
	} else if (engine->markets[place].funding.active) {
		rk_i128 reach =
			rk_era_funding_reach(engine, place, (rk_rate){REACH});

		era.low -= reach;
		era.high += reach;
	}
	return era;
}

void rk_era_begin(struct rk_engine *engine, uint32_t slot)
{
	struct rk_era era = around(engine, slot);

	while ((era.high - era.low) >> era.shift >= (rk_i128)1 << KEY_BITS)
		era.shift++;
	engine->watch.eras[place_of(engine, slot)] = era;
}

void rk_era_end(struct rk_engine *engine, uint32_t slot)
{
	engine->watch.eras[place_of(engine, slot)] = (struct rk_era){1, 0, 0};
}

int64_t rk_era_key(const struct rk_era *era, rk_i128 index)
{
	RK_ASSERT(index >= era->low);
	RK_ASSERT(index <= era->high);
	return (int64_t)((index - era->low) >> era->shift);
}

rk_i128 rk_era_first(const struct rk_era *era, int64_t key)
{
	return era->low + ((rk_i128)key << era->shift);
}

rk_i128 rk_era_last(const struct rk_era *era, int64_t key)
{
	return rk_era_first(era, key + 1) - 1;
}

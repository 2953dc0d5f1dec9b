/*
 * Terms of lending, and what a pool can give. See lending.h.
 */
#include "engine/lending.h"

#include <string.h>

#include "engine/bound.h"
#include "engine/fx.h"
#include "engine/interest.h"
#include "engine/listing.h"
#include "engine/rc.h"

bool rk_lending_equal(const struct rk_lending *a, const struct rk_lending *b)
{
	return a->lendable == b->lendable && a->base.raw == b->base.raw &&
	       a->slope_low.raw == b->slope_low.raw &&
	       a->slope_high.raw == b->slope_high.raw &&
	       a->kink.raw == b->kink.raw && a->reserve.raw == b->reserve.raw &&
	       a->borrow_cap.raw == b->borrow_cap.raw &&
	       a->supply_cap.raw == b->supply_cap.raw &&
	       a->interval_ns == b->interval_ns;
}

/* From the first terms on N7 counts interest: for everybody, for ever. */
static int activate(struct rk_engine *engine, uint32_t asset)
{
	struct rk_asset *record = &engine->assets[asset];
	int r;

	if (record->lending.active)
		return RK_OK;
	record->lending.active = true;
	rk_change(engine, &engine->lending_n, sizeof(engine->lending_n));
	engine->lending_n++;
	r = rk_interest_recount(engine, asset);
	for (uint32_t i = 0; r == RK_OK && i < engine->accounts_n; i++)
		r = rk_bound_check(engine, &engine->accounts[i]);
	return r;
}

int rk_lending_set(struct rk_engine *engine, const struct rk_cmd *cmd,
		   struct rk_evbuf *events)
{
	const struct rk_cmd_lending *want = &cmd->lending;
	uint32_t id = rk_listing_find_asset(engine, want->asset);
	struct rk_asset_lending *lending;
	struct rk_event *event;
	const char *field;
	int r;

	if (id == RK_NONE)
		return RK_REJ_NO_ASSET;
	r = rk_listing_check_lending(&want->terms, &field);
	if (r != RK_OK)
		return r;
	lending = &engine->assets[id].lending;
	if (rk_lending_equal(&lending->terms, &want->terms))
		return RK_REJ_NO_CHANGE;

	rk_mark(engine, RK_UNIT_ASSET, id);
	rk_change(engine, lending, sizeof(*lending));
	r = activate(engine, id);
	if (r != RK_OK)
		return r;
	if (!lending->terms.lendable)
		lending->accrued_ns = engine->time_ns;
	lending->terms = want->terms;
	rk_interest_schedule(engine);
	event = rk_emit(engine, events, RK_EVENT_LENDING_SET, RK_NONE,
			RK_NO_MARKET);
	event->name.id = id;
	event->name.slot = engine->assets[id].slot;
	memcpy(event->name.name, engine->assets[id].listing.name, RK_NAME_SIZE);
	return RK_OK;
}

rk_i128 rk_lending_borrowed(const struct rk_asset *asset)
{
	const struct rk_asset_lending *lending = &asset->lending;

	/* At most 2^64 * 2^61. */
	return rk_fx_div(lending->debt_shares * lending->debt_index,
			 RK_INDEX_ONE, RK_ROUND_CEIL);
}

/* Balances, and interest that is booked on one side only. */
rk_i128 rk_lending_cash(const struct rk_asset *asset)
{
	return asset->deposits - asset->withdrawals - asset->pending -
	       asset->fees - asset->clearing - asset->insurance - asset->vault -
	       asset->rounding;
}

rk_i128 rk_lending_utilisation(rk_i128 borrowed, rk_i128 cash)
{
	if (borrowed <= 0)
		return 0;
	if (cash <= 0)
		return RK_INDEX_ONE;
	return rk_fx_div(borrowed * RK_INDEX_ONE, borrowed + cash,
			 RK_ROUND_CEIL);
}

rk_i128 rk_lending_borrow_rate(const struct rk_lending *terms,
			       rk_i128 utilisation)
{
	const rk_i128 kink = (rk_i128)terms->kink.raw * RK_RATE_ONE;
	rk_i128 rate = (rk_i128)terms->base.raw * RK_RATE_ONE;

	if (!terms->lendable)
		return 0;
	if (utilisation <= kink)
		return rate + rk_fx_div(utilisation * terms->slope_low.raw,
					terms->kink.raw, RK_ROUND_CEIL);
	rate += (rk_i128)terms->slope_low.raw * RK_RATE_ONE;
	return rate + rk_fx_div((utilisation - kink) * terms->slope_high.raw,
				RK_RATE_ONE - terms->kink.raw, RK_ROUND_CEIL);
}

rk_i128 rk_lending_supply_rate(const struct rk_lending *terms,
			       rk_i128 utilisation)
{
	rk_i128 rate = rk_lending_borrow_rate(terms, utilisation);

	rate = rk_fx_div(rate * utilisation, RK_INDEX_ONE, RK_ROUND_FLOOR);
	return rk_fx_div_rate(rate * (RK_RATE_ONE - terms->reserve.raw),
			      RK_ROUND_FLOOR);
}

static rk_i128 not_below_zero(rk_i128 x)
{
	return x < 0 ? 0 : x;
}

static rk_i128 below_cap(rk_amt cap, rk_i128 used)
{
	return cap.raw == 0 ? INT64_MAX : not_below_zero(cap.raw - used);
}

struct rk_lending_room rk_lending_room(const struct rk_asset *asset)
{
	const struct rk_lending *terms = &asset->lending.terms;
	struct rk_lending_room room = {.lendable = terms->lendable};
	rk_i128 borrowed;
	rk_i128 cash;

	if (!room.lendable)
		return room;
	borrowed = rk_lending_borrowed(asset);
	cash = rk_lending_cash(asset);
	room.cash = not_below_zero(cash);
	room.borrow = below_cap(terms->borrow_cap, borrowed);
	room.supply = below_cap(terms->supply_cap, borrowed + cash);
	return room;
}

int rk_lending_check_out(const struct rk_lending_room *room, rk_amt balance,
			 rk_amt amount, bool inside)
{
	rk_i128 borrowed = (rk_i128)amount.raw - not_below_zero(balance.raw);

	if (!room->lendable)
		return balance.raw < amount.raw ? RK_REJ_BALANCE : RK_OK;
	borrowed = not_below_zero(borrowed);
	if ((inside ? borrowed : (rk_i128)amount.raw) > room->cash)
		return RK_REJ_POOL_CASH;
	if (borrowed > room->borrow)
		return RK_REJ_BORROW_CAP;
	return RK_OK;
}

int rk_lending_check_in(const struct rk_lending_room *room, rk_i128 supplied)
{
	return room->lendable && supplied > room->supply ? RK_REJ_SUPPLY_CAP
							 : RK_OK;
}

rk_amt rk_lending_most_out(const struct rk_lending_room *room, rk_amt balance)
{
	rk_i128 held = not_below_zero(balance.raw);
	rk_i128 most = held + room->borrow;

	if (!room->lendable)
		return (rk_amt){(int64_t)held};
	if (most > room->cash)
		most = room->cash;
	if (most > INT64_MAX)
		most = INT64_MAX;
	return (rk_amt){(int64_t)most};
}

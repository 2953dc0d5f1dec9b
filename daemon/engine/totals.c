/*
 * Totals of what is held and owed, and weights by them. See totals.h.
 */
#include "engine/totals.h"

#include <string.h>

#include "engine/assert.h"
#include "engine/fx.h"
#include "engine/listing.h"
#include "engine/ramp.h"
#include "engine/rc.h"
#include "engine/slow.h"
#include "engine/state.h"

/* More USD than this changes nothing: a weight is 0, a liability the most. */
#define WORTH_MAX ((rk_i128)1 << 96)

static rk_i128 above_zero(rk_i128 x)
{
	return x > 0 ? x : 0;
}

void rk_totals_change(struct rk_engine *engine, uint32_t asset, rk_amt before,
		      rk_amt after)
{
	struct rk_asset *record = &engine->assets[asset];
	rk_i128 was = before.raw;
	rk_i128 is = after.raw;

	if (was > 0 || is > 0)
		rk_add(engine, &record->held, above_zero(is) - above_zero(was));
	if (was < 0 || is < 0)
		rk_add(engine, &record->owed,
		       above_zero(-is) - above_zero(-was));
	RK_ASSERT(record->held >= 0);
	RK_ASSERT(record->owed >= 0);
}

int rk_totals_check_scale(const struct rk_collateral_scale *scale,
			  const char **ret_field)
{
	*ret_field = "scale_held";
	if (scale->held.raw < 0)
		return RK_REJ_BAD_PARAM;
	*ret_field = "scale_owed";
	if (scale->owed.raw < 0)
		return RK_REJ_BAD_PARAM;
	*ret_field = "size_factor";
	if (scale->size_factor < 0 || scale->size_factor > RK_FACTOR_ONE)
		return RK_REJ_BAD_PARAM;
	*ret_field = "deposit_cap";
	return scale->deposit_cap.raw < 0 ? RK_REJ_BAD_PARAM : RK_OK;
}

bool rk_scale_equal(const struct rk_collateral_scale *a,
		    const struct rk_collateral_scale *b)
{
	return a->held.raw == b->held.raw && a->owed.raw == b->owed.raw &&
	       a->size_factor == b->size_factor &&
	       a->deposit_cap.raw == b->deposit_cap.raw;
}

int rk_totals_set_scale(struct rk_engine *engine, const struct rk_cmd *cmd,
			struct rk_evbuf *events)
{
	const struct rk_cmd_collateral_scale *want = &cmd->collateral_scale;
	uint32_t id = rk_listing_find_asset(engine, want->asset);
	struct rk_event *event;
	struct rk_asset *asset;
	int64_t factor;
	const char *field;
	int r;

	if (id == RK_NONE)
		return RK_REJ_NO_ASSET;
	r = rk_totals_check_scale(&want->scale, &field);
	if (r != RK_OK)
		return r;
	asset = &engine->assets[id];
	if (rk_scale_equal(&asset->scale, &want->scale))
		return RK_REJ_NO_CHANGE;

	factor = asset->scale.size_factor;
	rk_mark(engine, RK_UNIT_ASSET, id);
	rk_change(engine, asset, sizeof(*asset));
	rk_ramp_scale(engine, id, &want->scale);
	event = rk_emit(engine, events, RK_EVENT_COLLATERAL_SCALE_SET, RK_NONE,
			RK_NO_MARKET);
	event->name.id = id;
	event->name.slot = asset->slot;
	memcpy(event->name.name, asset->listing.name, RK_NAME_SIZE);
	/* All else of it counts at initial and withdrawal only. */
	if (factor != want->scale.size_factor)
		rk_touch_all(engine);
	return RK_OK;
}

/* The dearer of mark and slow price, whatever the account is counted at. */
static rk_px dear_price(const struct rk_scene *scene,
			const struct rk_asset *asset)
{
	rk_px mark;
	rk_px slow;

	if (asset->slot == RK_NONE)
		return asset->listing.fixed_price;
	mark = rk_scene_mark(scene, asset->slot);
	slow = rk_slow_price(&scene->slots[asset->slot], mark);
	return slow.raw > mark.raw ? slow : mark;
}

/* A total in USD, rounded up, and at most WORTH_MAX. */
static rk_i128 worth_of(const struct rk_scene *scene,
			const struct rk_asset *asset, rk_i128 total)
{
	rk_px price = dear_price(scene, asset);
	int exp10 = asset->usd_exp;
	rk_i128 product;
	rk_i128 worth;

	RK_ASSERT(total >= 0);
	if (__builtin_mul_overflow(total, (rk_i128)price.raw, &product)) {
		/* It is above 2^64: nine digits of it can be spared. */
		total = rk_fx_div(total, RK_RATE_ONE, RK_ROUND_CEIL);
		exp10 += 9;
		if (__builtin_mul_overflow(total, (rk_i128)price.raw, &product))
			return WORTH_MAX;
	}
	if (rk_fx_scale(product, exp10, RK_ROUND_CEIL, &worth) != RK_OK)
		return WORTH_MAX;
	return worth < WORTH_MAX ? worth : WORTH_MAX;
}

rk_i128 rk_totals_weight(const struct rk_scene *scene, uint32_t asset,
			 rk_i128 weight, rk_i128 held)
{
	const struct rk_asset *record = &scene->assets[asset];
	rk_i128 start = record->scale.held.raw;
	rk_i128 worth;

	if (start == 0)
		return weight;
	worth = worth_of(scene, record, held);
	return worth <= start
		       ? weight
		       : rk_fx_div(weight * start, worth, RK_ROUND_FLOOR);
}

rk_i128 rk_totals_liability(const struct rk_scene *scene, uint32_t asset,
			    rk_i128 liability, rk_i128 owed)
{
	const struct rk_asset *record = &scene->assets[asset];
	rk_i128 start = record->scale.owed.raw;
	rk_i128 most = liability * RK_SCALE_MAX;
	rk_i128 worth;

	RK_ASSERT(liability > 0);
	RK_ASSERT(liability <= RK_LIABILITY_MOST);
	if (start == 0)
		return liability;
	worth = worth_of(scene, record, owed);
	if (worth <= start)
		return liability;
	/* One that grew with its size comes to the most sooner. */
	if (most > RK_LIABILITY_MOST)
		most = RK_LIABILITY_MOST;
	if (worth / start > most / liability)
		return most;
	liability = rk_fx_div(liability * worth, start, RK_ROUND_CEIL);
	return liability < most ? liability : most;
}

rk_i128 rk_totals_rise(rk_amt before, rk_amt after)
{
	return above_zero(after.raw) - above_zero(before.raw);
}

int rk_totals_check_deposit(const struct rk_asset *asset, rk_amt before,
			    rk_amt after)
{
	rk_i128 held = asset->held + rk_totals_rise(before, after);

	return asset->scale.deposit_cap.raw != 0 && after.raw > 0 &&
			       held > asset->scale.deposit_cap.raw
		       ? RK_REJ_DEPOSIT_CAP
		       : RK_OK;
}

/*
 * Slacks of accounts near a threshold. See box_slack.h.
 */
#include "engine/box_slack.h"

#include "engine/assert.h"
#include "engine/box_ends.h"
#include "engine/contract.h"
#include "engine/fx.h"
#include "engine/rc.h"
#include "engine/require.h"
#include "engine/state.h"

#define ONE        RK_RATE_ONE
#define BITS       61 /* of a slack, and of all it can gain within the ranges */
#define SIZE_BITS  52 /* larger positions are left to ranges */
#define T_MAX      (16 * ONE)
#define UNIT_MAX   1000000000
#define WIDTH_BITS 26 /* of RK_SLACK_REACH */

/* What a threshold and an asset make of a position. */
struct scale {
	rk_rate t;
	uint32_t asset;
	rk_i128 unit; /* raw USD that its raw unit is worth */
};

/* What pulls at a slack, before it is scaled. */
struct pull {
	uint32_t slot;
	bool is_long;
	int64_t mark;
	int64_t reach;    /* of it, either way */
	rk_i128 per_unit; /* rounded down */
};

/* What a raw unit of an asset is worth, for ever; 0: not a whole number. */
static rk_i128 unit_of(const struct rk_asset *asset)
{
	if (!asset->plain || asset->slot != RK_NONE || asset->usd_exp < 0)
		return 0;
	return asset->listing.fixed_price.raw * rk_fx_pow10(asset->usd_exp);
}

/*
 * Is margin that of brackets alone, and less than what a move of the price does
 * to the value, at every price?
 */
static bool is_straight(const struct rk_market *market, rk_qty size, rk_rate t)
{
	const struct rk_cmd_market *listing = &market->listing;
	rk_rate most = {0};

	for (uint32_t i = 0; i < listing->brackets_n; i++)
		if (listing->brackets[i].maintenance.raw > most.raw)
			most = listing->brackets[i].maintenance;
	return market->plain && market->margin.growth == RK_GROWTH_NONE &&
	       market->ramp.run.ramp.duration_ns == 0 &&
	       rk_fx_magnitude(size).raw >> SIZE_BITS == 0 &&
	       (rk_i128)t.raw * most.raw <= (rk_i128)ONE * ONE;
}

/* The bracket of a position at some mark; RK_NONE: it does not fit. */
static uint32_t bracket_at(const struct rk_market *market, rk_qty size,
			   int64_t mark, rk_i128 unit)
{
	rk_amt value;
	rk_amt magnitude;
	rk_i128 notional;

	if (mark <= 0 || rk_contract_value_both(market, (rk_px){mark}, size,
						&value, &magnitude) != RK_OK)
		return RK_NONE;
	if (__builtin_mul_overflow((rk_i128)magnitude.raw, unit, &notional) ||
	    !rk_fx_fits(notional))
		return RK_NONE;
	return rk_require_bracket(market, (rk_usd){(int64_t)notional});
}

/* What E - t D gains with a unit of the mark. False: it does not fit. */
static bool gain_of(const struct rk_market *market, rk_qty size,
		    uint32_t bracket, const struct scale *scale,
		    rk_i128 *ret_gain)
{
	rk_rate rate = market->listing.brackets[bracket].maintenance;
	rk_i128 gain =
		(rk_i128)size.raw * ONE * ONE -
		(rk_i128)scale->t.raw * rate.raw * rk_fx_magnitude(size).raw;

	if (__builtin_mul_overflow(gain, scale->unit, &gain) ||
	    rk_fx_scale(gain, market->value_exp, RK_ROUND_FLOOR, &gain) !=
		    RK_OK)
		return false;
	*ret_gain = rk_fx_div(gain, ONE, RK_ROUND_FLOOR);
	return true;
}

/* What pulls at the slack of a threshold. False: not such an account. */
static bool pulls_of(const struct rk_engine *engine,
		     const struct rk_holdings *holdings,
		     const struct scale *scale, struct pull *pulls)
{
	if (holdings->positions_n > RK_SLACK_PULLS || scale->t.raw > T_MAX)
		return false;
	for (uint32_t i = 0; i < holdings->positions_n; i++) {
		const struct rk_held_position *position =
			&holdings->positions[i];
		const struct rk_market *market =
			&engine->markets[position->market];
		int64_t mark = engine->slots[market->slot].mark.raw;
		int64_t reach = (int64_t)((rk_i128)mark * RK_SLACK_REACH / ONE);
		uint32_t bracket;

		if (reach == 0 || market->settle != scale->asset ||
		    !is_straight(market, position->size, scale->t))
			return false;
		bracket = bracket_at(market, position->size, mark - reach,
				     scale->unit);
		if (bracket == RK_NONE ||
		    bracket != bracket_at(market, position->size, mark + reach,
					  scale->unit) ||
		    !gain_of(market, position->size, bracket, scale,
			     &pulls[i].per_unit))
			return false;
		pulls[i].slot = market->slot;
		pulls[i].is_long = position->size.raw > 0;
		pulls[i].mark = mark;
		pulls[i].reach = reach;
	}
	return true;
}

static rk_i128 magnitude_of(rk_i128 x)
{
	return x < 0 ? -x : x;
}

static int bits_of(rk_i128 x)
{
	int bits = 0;

	for (; x > 0; x >>= 1)
		bits++;
	return bits;
}

/* A threshold of an account, and all that pulls at what is left of it. */
struct straight {
	bool above;
	rk_i128 rest; /* what is left, less what rounding may take */
	struct pull pulls[RK_SLACK_PULLS];
	uint32_t n;
	rk_i128 reach; /* what all pulls take together over their reaches */
};

/* Taking each constant for one more than it is. False: it does not fit. */
static bool add_reaches(struct straight *straight)
{
	straight->reach = 0;
	for (uint32_t i = 0; i < straight->n; i++) {
		const struct pull *pull = &straight->pulls[i];
		rk_i128 most;

		if (__builtin_mul_overflow(magnitude_of(pull->per_unit) + 1,
					   (rk_i128)pull->reach, &most) ||
		    __builtin_add_overflow(straight->reach, most,
					   &straight->reach))
			return false;
	}
	return straight->reach >> (126 - WIDTH_BITS) == 0 &&
	       straight->rest >> (126 - WIDTH_BITS) == 0;
}

/* False: it is not such an account. */
static bool straighten(const struct rk_engine *engine,
		       const struct rk_holdings *holdings,
		       const struct rk_margin_left *left,
		       struct straight *straight)
{
	struct scale scale = {.t = left->t};
	rk_i128 rounding;

	scale.asset = engine->markets[holdings->positions[0].market].settle;
	scale.unit = unit_of(&engine->assets[scale.asset]);
	if (scale.unit <= 0 || scale.unit > UNIT_MAX ||
	    (holdings->balances_n == 1 &&
	     holdings->balances[0].asset != scale.asset) ||
	    !pulls_of(engine, holdings, &scale, straight->pulls))
		return false;
	straight->n = holdings->positions_n;
	straight->above = left->above;
	rounding = straight->n * scale.unit * (ONE + 2 * (rk_i128)left->t.raw);
	straight->rest = left->left - rounding;
	return straight->rest > 0 && add_reaches(straight);
}

/*
 * As the slack of a box. *ret_far: it cannot be crossed within the reach, where
 * all ranges are that an account with slacks may have. Right shifts round down,
 * also below 0. False: nothing is left of it but what is cut off.
 */
static bool slack_of(const struct straight *straight, struct rk_slack *slack,
		     bool *ret_far)
{
	int shift = bits_of(straight->rest + straight->reach) - BITS;
	rk_i128 rest;

	if (shift < 0)
		shift = 0;
	rest = straight->rest >> shift;
	slack->n = straight->n;
	for (uint32_t i = 0; i < straight->n; i++) {
		const struct pull *pull = &straight->pulls[i];
		rk_i128 gain =
			straight->above ? -pull->per_unit : pull->per_unit;

		slack->pulls[i].slot = pull->slot;
		slack->pulls[i].per_unit = (int64_t)(gain >> shift);
		rest -= 2 * (rk_i128)pull->reach;
	}
	slack->now = rest >= 0 ? (int64_t)rest : 0;
	*ret_far = straight->rest >= straight->reach;
	return rest >= 0;
}

/* The width at which nothing is left, in 1e-9; not more than the reach. */
static int64_t width_of(const struct straight *straight)
{
	if (straight->rest >= straight->reach)
		return RK_SLACK_REACH;
	return (int64_t)(straight->rest * RK_SLACK_REACH / straight->reach);
}

static struct rk_range *range_of(struct rk_box *box, uint32_t slot)
{
	struct rk_range *range = box->ranges;

	while (range->slot != slot)
		range++;
	return range;
}

/* Prices may not go further toward the threshold. */
static void end_ranges(const struct straight *straight, int64_t width,
		       struct rk_box *box)
{
	for (uint32_t i = 0; i < straight->n; i++) {
		const struct pull *pull = &straight->pulls[i];
		struct rk_range *range = range_of(box, pull->slot);
		int64_t reach = (int64_t)((rk_i128)pull->reach * width /
					  RK_SLACK_REACH);

		if (pull->is_long != straight->above)
			range->low = pull->mark - reach;
		else
			range->high = pull->mark + reach;
	}
}

/* Half as far as all of it holds, or without ends. */
static void begin_ranges(const struct straight *straight, bool ends,
			 struct rk_box *box)
{
	for (uint32_t i = 0; i < straight->n; i++) {
		const struct pull *pull = &straight->pulls[i];
		struct rk_range *range = range_of(box, pull->slot);

		range->low = ends ? pull->mark - pull->reach / 2
				  : RK_LADDER_NEVER_BELOW;
		range->high = ends ? pull->mark + pull->reach / 2
				   : RK_LADDER_NEVER_ABOVE;
	}
}

/* Slacks of all thresholds that may be crossed. False: there are none. */
static bool set_slacks(const struct straight *straights, uint32_t n,
		       struct rk_box *box)
{
	uint32_t slacks_n = 0;
	bool far;

	for (uint32_t i = 0; i < n; i++) {
		if (!slack_of(&straights[i], &box->slacks[slacks_n], &far))
			return false;
		slacks_n += !far;
	}
	box->slacks_n = slacks_n;
	return slacks_n > 0;
}

bool rk_slacks_of(const struct rk_engine *engine,
		  const struct rk_holdings *holdings,
		  const struct rk_margin_lefts *lefts, struct rk_box *box)
{
	const uint32_t n = lefts->n;
	struct straight straights[RK_SLACKS_MAX];
	int64_t widths[RK_SLACKS_MAX];
	int64_t least = RK_SLACK_REACH;
	bool near;

	if (n == 0 || holdings->positions_n == 0 || holdings->balances_n > 1)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		if (!straighten(engine, holdings, &lefts->of[i], &straights[i]))
			return false;
		widths[i] = width_of(&straights[i]);
		if (widths[i] < least)
			least = widths[i];
	}
	if (least == RK_SLACK_REACH)
		return false;
	near = least < RK_SLACK_NEAR &&
	       rk_direct_has_room(&engine->watch.direct) &&
	       set_slacks(straights, n, box);
	if (lefts->near && !near)
		return false;
	begin_ranges(&straights[0], near, box);
	for (uint32_t i = 0; i < n && !near; i++)
		end_ranges(&straights[i], widths[i], box);
	return true;
}

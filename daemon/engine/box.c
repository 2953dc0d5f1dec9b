/*
 * Boxes of prices and indices. See box.h.
 *
 * Sums are in 1e-8 USD times RK_RATE_ONE, as thresholds are compared. They fit:
 * figures of an account are below 2^62 (N7), a threshold is below 2^35.
 */
#include "engine/box.h"

#include "engine/assert.h"
#include "engine/box_ends.h"
#include "engine/box_slack.h"
#include "engine/contract.h"
#include "engine/conversion.h"
#include "engine/emode.h"
#include "engine/fx.h"
#include "engine/holdings.h"
#include "engine/margin.h"
#include "engine/rc.h"
#include "engine/require.h"
#include "engine/size.h"
#include "engine/state.h"

#define M         RK_LEVEL_MAINTENANCE
#define ONE       RK_RATE_ONE
#define WIDTH_MAX (ONE / 5) /* of a box, either way */
#define HALVINGS  6
#define UNWATCHED (-1) /* no threshold on this side */

/* What is summed in one asset. */
struct line {
	uint32_t asset;
	struct rk_span balance;
	struct rk_span unrealised;
};

/* A box being made. */
struct making {
	const struct rk_engine *engine;
	const struct rk_holdings *holdings;
	struct rk_ends ends;
	bool indexed;  /* there are indices among the slots */
	rk_rate down;  /* E >= down D */
	rk_rate up;    /* E < up D; UNWATCHED: any */
	bool too_wide; /* something does not fit */
	rk_i128 least; /* of E - down D */
	rk_i128 most;  /* of E - up D */
	struct line *lines;
	uint32_t lines_n;
};

static rk_i128 least_of(rk_i128 a, rk_i128 b)
{
	return a < b ? a : b;
}

static rk_i128 most_of(rk_i128 a, rk_i128 b)
{
	return a > b ? a : b;
}

/* The index of an asset at its low or high end. */
static rk_px index_end(struct making *making, uint32_t asset, bool high)
{
	const struct rk_asset *record = &making->engine->assets[asset];

	if (record->slot == RK_NONE)
		return record->listing.fixed_price;
	return high ? rk_ends_high(&making->ends, record->slot)
		    : rk_ends_low(&making->ends, record->slot);
}

/* What an amount is worth with the index at one end. */
static rk_i128 usd_at(struct making *making, uint32_t asset, rk_i128 amount,
		      bool high)
{
	const struct rk_asset *record = &making->engine->assets[asset];
	rk_usd usd;

	if (record->usd_same)
		return amount;
	if (!rk_fx_fits(amount) ||
	    rk_fx_usd((rk_amt){(int64_t)amount}, index_end(making, asset, high),
		      record->usd_exp, RK_ROUND_FLOOR, &usd) != RK_OK) {
		making->too_wide = true;
		return 0;
	}
	return usd.raw;
}

/* The least or the most that an amount can be worth. */
static rk_i128 usd_least(struct making *making, uint32_t asset, rk_i128 amount)
{
	return usd_at(making, asset, amount, amount < 0);
}

static rk_i128 usd_most(struct making *making, uint32_t asset, rk_i128 amount)
{
	return usd_at(making, asset, amount, amount >= 0);
}

static struct line *line_of(struct making *making, uint32_t asset)
{
	struct line *line;

	for (uint32_t i = 0; i < making->lines_n; i++)
		if (making->lines[i].asset == asset)
			return &making->lines[i];
	RK_ASSERT(making->lines_n < RK_ASSETS_MAX);
	line = &making->lines[making->lines_n++];
	line->asset = asset;
	line->balance.low = 0;
	line->balance.high = 0;
	line->unrealised.low = 0;
	line->unrealised.high = 0;
	return line;
}

/* A position with its mark at one end. */
struct leg {
	rk_amt value;
	rk_amt magnitude;
};

static struct leg leg_at(struct making *making,
			 const struct rk_held_position *position, bool high)
{
	const struct rk_market *market =
		&making->engine->markets[position->market];
	rk_px mark = high ? rk_ends_high(&making->ends, market->slot)
			  : rk_ends_low(&making->ends, market->slot);
	struct leg leg = {{0}, {0}};

	if (mark.raw <= 0 ||
	    rk_contract_value_both(market, mark, position->size, &leg.value,
				   &leg.magnitude) != RK_OK)
		making->too_wide = true;
	return leg;
}

/* What it requires, with the index of what it settles in at one end. */
static rk_i128 required(struct making *making,
			const struct rk_held_position *position,
			const struct leg *leg, bool high)
{
	const struct rk_market *market =
		&making->engine->markets[position->market];
	const struct rk_asset *settle = &making->engine->assets[market->settle];
	struct rk_stake stake = {
		market, position->size, {leg->magnitude.raw}, 0};

	if (!settle->usd_same &&
	    rk_fx_usd(leg->magnitude, index_end(making, market->settle, high),
		      settle->usd_exp, RK_ROUND_CEIL,
		      &stake.notional) != RK_OK) {
		making->too_wide = true;
		return 0;
	}
	stake.bracket = rk_require_bracket(market, stake.notional);
	return rk_require_maintenance(&stake).raw;
}

/* The dearest USD that a raw unit of an asset can be, rounded up. */
static rk_i128 unit_usd(struct making *making, uint32_t asset)
{
	return usd_most(making, asset, 1) + 1;
}

/*
 * Does a linear long lose more value than requirement as its mark falls, at
 * every price? Each part of maintenance is at most rate_max of the notional.
 */
static bool falls_with_mark(const struct making *making,
			    const struct rk_market *market)
{
	const struct rk_asset *settle = &making->engine->assets[market->settle];
	rk_rate most = {0};

	if (!settle->plain || market->margin.growth != RK_GROWTH_NONE ||
	    market->ramp.run.ramp.duration_ns != 0)
		return false;
	for (uint32_t i = 0; i < market->listing.brackets_n; i++)
		if (market->listing.brackets[i].maintenance.raw > most.raw)
			most = market->listing.brackets[i].maintenance;
	return (rk_i128)making->down.raw * most.raw <= (rk_i128)ONE * ONE;
}

/* most: of what funding may bring, else the least. */
static rk_i128 profit(struct making *making,
		      const struct rk_held_position *position,
		      const struct leg *leg, bool most)
{
	return (rk_i128)leg->value.raw - position->cost.raw +
	       rk_ends_funding(&making->ends, position, most);
}

static bool wants(rk_rate threshold)
{
	return threshold.raw != UNWATCHED;
}

static bool is_inverse(const struct making *making,
		       const struct rk_held_position *position)
{
	return making->engine->markets[position->market].listing.contract ==
	       RK_CONTRACT_INVERSE;
}

/*
 * The most that a position can require: with its mark at the end where its
 * notional is largest. If value is lowest at the other end, and outweighs what
 * is required, then what is required there: both together are worst there.
 * Rounding may make the difference of two prices smaller by less than a raw
 * unit in the value, by 2 in the requirement and its notional, and by 1 in the
 * worth of the line.
 */
static void most_required(struct making *making,
			  const struct rk_held_position *position,
			  const struct leg *lowest)
{
	const struct rk_market *market =
		&making->engine->markets[position->market];
	bool is_long = position->size.raw > 0;
	bool high = !is_inverse(making, position);
	struct leg leg = *lowest; /* its mark: low of a long, else high */

	if (high && is_long && falls_with_mark(making, market)) {
		high = false;
		making->least -= (unit_usd(making, market->settle) + 3) * ONE +
				 (rk_i128)making->down.raw * 3;
	}
	if (high == is_long)
		leg = leg_at(making, position, high);
	making->least -=
		making->down.raw * required(making, position, &leg, true);
}

/* The least, at the ends where that is. */
static void least_required(struct making *making,
			   const struct rk_held_position *position)
{
	struct leg leg = leg_at(making, position, is_inverse(making, position));

	making->most -=
		making->up.raw * required(making, position, &leg, false);
}

static void add_leg(struct making *making,
		    const struct rk_held_position *position)
{
	uint32_t settle = making->engine->markets[position->market].settle;
	bool both = !making->engine->assets[settle].plain;
	bool is_long = position->size.raw > 0;
	struct line *line = line_of(making, settle);
	struct leg leg;

	if (both || wants(making->down)) {
		leg = leg_at(making, position, !is_long);
		line->unrealised.low += profit(making, position, &leg, false);
		if (wants(making->down))
			most_required(making, position, &leg);
	}
	if (both || wants(making->up)) {
		leg = leg_at(making, position, is_long);
		line->unrealised.high += profit(making, position, &leg, true);
	}
	if (wants(making->up))
		least_required(making, position);
}

/* The most of what is held is not used where nobody asks for it: its end would
 * only cost an entry. A debt may become one to be converted as well. */
static void add_balance(struct making *making,
			const struct rk_held_balance *balance)
{
	struct line *line = line_of(making, balance->asset);
	bool debt = balance->amount.raw < 0;
	bool plain = making->engine->assets[balance->asset].plain;

	line->balance.low = balance->amount.raw;
	line->balance.high = balance->amount.raw;
	if (debt || !plain || wants(making->up))
		line->balance = rk_ends_balance(&making->ends, balance);
}

/* Balance and profit as they count at maintenance (W4), before weights. */
static rk_i128 counted(const struct rk_asset *asset, rk_i128 balance,
		       rk_i128 unrealised)
{
	rk_rate share = asset->collateral.profit[M];

	if (unrealised > 0 && share.raw != ONE)
		unrealised =
			rk_fx_div_rate(unrealised * share.raw, RK_ROUND_FLOOR);
	return balance + unrealised;
}

/* All of a line. */
static struct rk_span amount_of(const struct line *line)
{
	return (struct rk_span){line->balance.low + line->unrealised.low,
				line->balance.high + line->unrealised.high};
}

/* What an asset is weighed with while it is held, whatever its own size. */
static rk_i128 weight_of(const struct making *making, uint32_t asset)
{
	const struct rk_asset *record = &making->engine->assets[asset];
	struct rk_scene scene;

	if (!rk_emode_may_help(record))
		return record->collateral.weight[M].raw;
	scene = rk_scene_of(making->engine, RK_PRICES_MARK);
	return rk_margin_group_weight(&scene, making->holdings, asset);
}

/* What USD of a line count for, with that weight and that liability. */
static rk_i128 weighed(rk_i128 usd, rk_i128 weight, rk_i128 liability)
{
	return usd >= 0 ? rk_fx_div_rate(usd * weight, RK_ROUND_FLOOR)
			: -rk_fx_div_rate(-usd * liability, RK_ROUND_CEIL);
}

/* E - t D of a line that is worth that much. */
static rk_i128 excess(rk_i128 usd, rk_i128 weight, rk_i128 liability, rk_rate t)
{
	return usd * ONE - t.raw * (usd - weighed(usd, weight, liability));
}

/*
 * A line whose weight and liability do not depend on its size, and of which
 * profit counts whole. E - t D rises with what it is worth below 0, and is a
 * straight line above 0, but for less than t of rounding: it is least at one of
 * the ends, and most there or at 0.
 */
static void straight_line(struct making *making, const struct line *line)
{
	const struct rk_asset *asset = &making->engine->assets[line->asset];
	rk_i128 weight = weight_of(making, line->asset);
	rk_i128 debt = asset->collateral.liability[M].raw;
	struct rk_span amount = amount_of(line);
	rk_i128 low = usd_least(making, line->asset, amount.low);
	rk_i128 high;
	rk_rate t = making->down;

	if (wants(t)) {
		rk_i128 least = excess(low, weight, debt, t);

		if (t.raw * (ONE - weight) > (rk_i128)ONE * ONE) {
			high = usd_most(making, line->asset, amount.high);
			least = least_of(least, excess(high, weight, debt, t));
		}
		making->least += least - t.raw;
	}
	t = making->up;
	if (wants(t)) {
		rk_i128 most = excess(low, weight, debt, t);

		high = usd_most(making, line->asset, amount.high);
		most = most_of(most, excess(high, weight, debt, t));
		if (low < 0 && high > 0)
			most = most_of(most, 0);
		making->most += most + t.raw;
	}
}

/* Any other line: E, and what it counts for, each at its own end. */
static void any_line(struct making *making, const struct line *line)
{
	const struct rk_asset *asset = &making->engine->assets[line->asset];
	rk_i128 weight = weight_of(making, line->asset);
	struct rk_span amount = amount_of(line);
	struct rk_span count = {
		counted(asset, line->balance.low, line->unrealised.low),
		counted(asset, line->balance.high, line->unrealised.high)};
	struct rk_span usd;
	struct rk_span worth;
	rk_rate down = making->down;
	rk_rate up = making->up;

	if (!rk_fx_fits(amount.low) || !rk_fx_fits(amount.high)) {
		making->too_wide = true;
		return;
	}
	usd = (struct rk_span){usd_least(making, line->asset, amount.low),
			       usd_most(making, line->asset, amount.high)};
	worth = (struct rk_span){
		weighed(usd_least(making, line->asset, count.low),
			rk_size_weight(asset, M, weight, count.high),
			rk_size_liability(asset, M, count.low)),
		weighed(usd_most(making, line->asset, count.high),
			rk_size_weight(asset, M, weight, most_of(count.low, 0)),
			rk_size_liability(asset, M, count.high)),
	};

	/* E - t D = t W - (t - 1) E */
	if (wants(down))
		making->least +=
			down.raw * worth.low - (down.raw - ONE) * usd.high;
	if (wants(up))
		making->most +=
			up.raw * worth.high -
			(up.raw - ONE) * (up.raw < ONE ? usd.high : usd.low);
}

/* A line that counts for exactly itself. */
static void plain_line(struct making *making, const struct line *line)
{
	struct rk_span amount = amount_of(line);

	if (wants(making->down))
		making->least +=
			usd_least(making, line->asset, amount.low) * ONE;
	if (wants(making->up))
		making->most +=
			usd_most(making, line->asset, amount.high) * ONE;
}

static void add_line(struct making *making, const struct line *line)
{
	const struct rk_asset *asset = &making->engine->assets[line->asset];
	rk_rate profit = asset->collateral.profit[M];

	if (asset->plain)
		plain_line(making, line);
	else if (asset->size_ramp.now == 0 &&
		 (profit.raw == ONE || line->unrealised.high <= 0))
		straight_line(making, line);
	else
		any_line(making, line);
}

/* Are the sums on the right side of the thresholds? */
static bool is_kept(const struct making *making)
{
	return !making->too_wide &&
	       (!wants(making->down) || making->least >= 0) &&
	       (!wants(making->up) || making->most < 0);
}

/* Is nothing due within ranges of this width? Sets them. */
static bool holds(struct making *making, int64_t width)
{
	const struct rk_holdings *holdings = making->holdings;

	making->ends.width = width;
	making->too_wide = false;
	making->least = 0;
	making->most = 0;
	making->lines_n = 0;
	rk_ends_clear(&making->ends);
	for (uint32_t i = 0; i < holdings->balances_n; i++)
		add_balance(making, &holdings->balances[i]);
	for (uint32_t i = 0; i < holdings->positions_n; i++)
		add_leg(making, &holdings->positions[i]);
	for (uint32_t i = 0; i < making->lines_n; i++)
		add_line(making, &making->lines[i]);
	return is_kept(making);
}

/* Where a straight line from `is` at 0 to `then` at `width` would be 0. */
static int64_t crossing(rk_i128 is, rk_i128 then, int64_t width)
{
	rk_i128 fall = is - then;

	if (then >= 0)
		return width;
	/* Seven digits do. */
	while (fall > (rk_i128)1 << 90) {
		fall /= 2;
		is /= 2;
	}
	return (int64_t)(is * width / fall);
}

/* How far off the thresholds an account is with ranges of some width. */
struct slack {
	rk_i128 down;
	rk_i128 up;
	bool known;
};

static struct slack slack_of(const struct making *making)
{
	return (struct slack){making->least, -making->most, !making->too_wide};
}

/* Do indices that are anywhere in their eras leave most of it? */
static bool leaves_most(const struct making *making, const struct slack *whole,
			const struct slack *near)
{
	return whole->known &&
	       (!wants(making->down) || whole->down * 4 >= near->down * 3) &&
	       (!wants(making->up) || whole->up * 4 >= near->up * 3);
}

/* The width at which nothing would be left, if all were straight. */
static int64_t width_of(const struct making *making, const struct slack *near,
			const struct slack *far)
{
	int64_t width = WIDTH_MAX;

	if (!far->known)
		return width / 2;
	if (wants(making->down))
		width = crossing(near->down, far->down, width);
	if (wants(making->up))
		width = (int64_t)least_of(
			width, crossing(near->up, far->up, WIDTH_MAX));
	return width;
}

/*
 * By the short way, at present prices. What indices may do is in what is left;
 * where that is too much, they may do nothing, which is for few only.
 */
static bool fit_straight(struct making *making)
{
	struct rk_margin_lefts lefts = {.near = making->indexed &&
						!making->ends.whole};
	struct slack left;

	if (!holds(making, 0))
		return false;
	left = slack_of(making);
	if (wants(making->down))
		lefts.of[lefts.n++] =
			(struct rk_margin_left){making->down, false, left.down};
	if (wants(making->up))
		lefts.of[lefts.n++] =
			(struct rk_margin_left){making->up, true, left.up};
	return rk_slacks_of(making->engine, making->holdings, &lefts,
			    making->ends.box);
}

/* Of one that is near a threshold, as it was found by a price. */
static bool fit_found(struct making *making)
{
	bool fits;

	making->ends.whole = !making->indexed;
	fits = fit_straight(making);
	making->ends.whole = true;
	return fits;
}

/*
 * The widest ranges, or nearly: from how far the account is off its thresholds
 * now, and would be with the largest. Indices have ranges of their own, which
 * cost entries, only where the whole of their eras is too much. False: not even
 * at the present prices.
 */
static bool fit(struct making *making, bool found)
{
	struct slack near;
	struct slack far;
	struct slack whole;
	int64_t width;

	making->ends.whole = true;
	if (making->holdings->positions_n == 0 && holds(making, ONE))
		return true;
	if ((found && fit_found(making)) || holds(making, WIDTH_MAX))
		return true;
	far = slack_of(making);
	making->ends.whole = false;
	if (!holds(making, 0))
		return false;
	near = slack_of(making);
	if (making->indexed) {
		making->ends.whole = true;
		(void)holds(making, 0);
		whole = slack_of(making);
		making->ends.whole = leaves_most(making, &whole, &near);
		if (making->ends.whole)
			near = whole;
		else if (holds(making, WIDTH_MAX))
			return true;
		else
			far = slack_of(making);
	}
	width = width_of(making, &near, &far);
	if (width < RK_SLACK_REACH && fit_straight(making))
		return true;
	for (int i = 0; i < HALVINGS; i++) {
		if (holds(making, width))
			return true;
		width /= 2;
	}
	return holds(making, 0);
}

/*
 * Does more follow from a price than another state? What is done in full
 * liquidation depends on all prices, and so does what is withheld.
 */
bool rk_box_is_watched(const struct rk_engine *engine, uint32_t account)
{
	const struct rk_account *record = &engine->accounts[account];

	return (record->state == RK_STATE_LIQUIDATING &&
		(record->enforcement == RK_ENFORCE_FULL ||
		 record->positions == RK_NONE)) ||
	       (record->state == RK_STATE_BANKRUPT &&
		record->positions != RK_NONE) ||
	       record->withheld != RK_WITHHELD_NONE ||
	       rk_conversion_is_due(engine, account);
}

/* Is there a price for each of its slots? */
static bool is_priced(const struct rk_engine *engine, const struct rk_box *box)
{
	uint32_t n = rk_ends_prices(engine, box);

	for (uint32_t i = 0; i < n; i++)
		if (engine->slots[box->ranges[i].slot].mark.raw == 0)
			return false;
	return true;
}

/* What keeps an account in its state (rk_judge_next). */
static void set_thresholds(struct making *making, enum rk_state state)
{
	const struct rk_cmd_risk *risk = &making->engine->risk;
	const rk_rate none = {UNWATCHED};
	const struct {
		rk_rate down;
		rk_rate up;
	} keeps[] = {
		[RK_STATE_OK] = {risk->warn_enter, none},
		[RK_STATE_WARN] = {risk->call_enter, risk->warn_leave},
		[RK_STATE_MARGIN_CALL] = {{ONE}, risk->call_leave},
		[RK_STATE_LIQUIDATING] = {none, risk->target},
		[RK_STATE_TAKEOVER] = {none, none},
		[RK_STATE_BANKRUPT] = {none, {0}}, /* of no positions: E < 0 */
	};

	making->down = keeps[state].down;
	making->up = keeps[state].up;
}

void rk_box_of(const struct rk_engine *engine, uint32_t account, bool found,
	       struct rk_box *ret_box)
{
	const struct rk_account *record = &engine->accounts[account];
	struct line lines[RK_ASSETS_MAX];
	struct rk_holdings holdings;
	struct making making = {
		.engine = engine,
		.holdings = &holdings,
		.ends = {.engine = engine, .account = account, .box = ret_box},
		.lines = lines,
	};

	rk_holdings_to_judge(engine, record, &holdings);
	rk_ends_slots(engine, &holdings, ret_box);
	ret_box->slacks_n = 0;
	if (ret_box->n == 0)
		return;
	if (!rk_box_is_watched(engine, account) && is_priced(engine, ret_box)) {
		set_thresholds(&making, record->state);
		making.indexed = rk_ends_prices(engine, ret_box) < ret_box->n;
		if (fit(&making, found))
			return;
	}
	for (uint32_t i = 0; i < ret_box->n; i++) {
		ret_box->ranges[i].low = RK_LADDER_ALWAYS;
		ret_box->ranges[i].high = RK_LADDER_NEVER_ABOVE;
	}
}

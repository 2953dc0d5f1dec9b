/*
 * Accounts of assets that count for themselves. See plain.h.
 */
#include "engine/plain.h"

#include "engine/assert.h"
#include "engine/contract.h"
#include "engine/funding.h"
#include "engine/fx.h"
#include "engine/interest.h"
#include "engine/rc.h"
#include "engine/require.h"
#include "engine/state.h"

/* Assets that one account may be of: more are judged the long way. */
#define LINES_MAX 4

/* Balance and profit in one asset. */
struct line {
	const struct rk_asset *asset;
	rk_i128 amount;
};

struct lines {
	struct line lines[LINES_MAX];
	uint32_t n;
};

/* The line of an asset, a new one at need; NULL: that is another kind. */
static struct line *line_of(struct lines *lines, const struct rk_asset *asset)
{
	struct line *line;

	for (uint32_t i = 0; i < lines->n; i++)
		if (lines->lines[i].asset == asset)
			return &lines->lines[i];
	if (lines->n == LINES_MAX || !asset->plain)
		return NULL;
	line = &lines->lines[lines->n++];
	line->asset = asset;
	line->amount = 0;
	return line;
}

static bool price_ok(const struct rk_engine *engine, uint32_t slot)
{
	return slot == RK_NONE || engine->slots[slot].state == RK_PRICE_OK;
}

/* N6 and N7 bound every position and the account when they are booked. */
static rk_usd usd(const struct rk_engine *engine, const struct rk_asset *asset,
		  rk_amt amount, enum rk_round round)
{
	rk_px index = asset->listing.fixed_price;
	rk_usd worth;
	int r;

	if (asset->usd_whole != 0) {
		bool over = __builtin_mul_overflow(amount.raw, asset->usd_whole,
						   &worth.raw);

		RK_ASSERT(!over);
		return worth;
	}
	if (asset->slot != RK_NONE)
		index = engine->slots[asset->slot].mark;
	r = rk_fx_usd(amount, index, asset->usd_exp, round, &worth);
	RK_ASSERT(r == RK_OK);
	return worth;
}

static void value_of(const struct rk_market *market, rk_px mark, rk_qty size,
		     rk_amt *ret_floor, rk_amt *ret_magnitude)
{
	int r;

	if (market->plain &&
	    rk_fx_value_small(mark.raw, size.raw, market->value_exp, ret_floor,
			      ret_magnitude))
		return;
	r = rk_contract_value_both(market, mark, size, ret_floor,
				   ret_magnitude);
	RK_ASSERT(r == RK_OK);
}

/* False: of another kind. */
static bool add_balance(const struct rk_engine *engine,
			const struct rk_balance *balance, struct lines *lines)
{
	const struct rk_asset *asset = &engine->assets[balance->asset];
	struct line *line = line_of(lines, asset);

	if (!line)
		return false;
	line->amount = balance->amount.raw;
	if (engine->lending_n > 0)
		line->amount += rk_interest_unsettled(asset, balance).raw;
	return true;
}

/* The same; *required grows by what the position requires. */
static bool add_position(const struct rk_engine *engine,
			 const struct rk_position *position,
			 struct lines *lines, rk_i128 *required)
{
	const struct rk_market *market = &engine->markets[position->market];
	const struct rk_asset *settle = &engine->assets[market->settle];
	struct rk_stake stake = {market, position->size, {0}, 0};
	struct line *line = line_of(lines, settle);
	rk_amt magnitude;
	rk_amt value;

	if (!line)
		return false;
	value_of(market, engine->slots[market->slot].mark, position->size,
		 &value, &magnitude);
	stake.notional = usd(engine, settle, magnitude, RK_ROUND_CEIL);
	stake.bracket = rk_require_bracket(market, stake.notional);
	*required += rk_require_maintenance(&stake).raw;
	line->amount += (rk_i128)value.raw - position->cost.raw +
			rk_funding_unsettled(market, position->size,
					     position->funding_index)
				.raw;
	return true;
}

bool rk_plain_judge(const struct rk_engine *engine,
		    const struct rk_account *account,
		    struct rk_judgement *ret_judgement)
{
	struct lines lines;
	rk_i128 required = 0;
	rk_i128 equity = 0;
	bool ok = true;

	lines.n = 0;
	for (uint32_t i = account->balances; i != RK_NONE;
	     i = engine->balances[i].next)
		if (!add_balance(engine, &engine->balances[i], &lines))
			return false;
	for (uint32_t i = account->positions; i != RK_NONE;
	     i = engine->positions[i].next) {
		const struct rk_position *position = &engine->positions[i];

		if (!add_position(engine, position, &lines, &required))
			return false;
		ok = ok &&
		     price_ok(engine, engine->markets[position->market].slot);
	}
	for (uint32_t i = 0; i < lines.n; i++) {
		const struct line *line = &lines.lines[i];

		RK_ASSERT(rk_fx_fits(line->amount));
		equity += usd(engine, line->asset,
			      (rk_amt){(int64_t)line->amount}, RK_ROUND_FLOOR)
				  .raw;
		ok = ok && price_ok(engine, line->asset->slot);
	}

	RK_ASSERT(rk_fx_fits(equity));
	RK_ASSERT(rk_fx_fits(required));
	ret_judgement->equity.raw = (int64_t)equity;
	ret_judgement->maintenance.raw = (int64_t)required;
	ret_judgement->prices_ok = ok;
	return true;
}

/*
 * Equity, requirements and health of one account. See margin.h.
 *
 * Nothing here can overflow: N6 and N7 bound every position and the account
 * as a whole when they are booked, so the conversions below only assert.
 */
#include "engine/margin.h"

#include "engine/assert.h"
#include "engine/fx.h"
#include "engine/price.h"
#include "engine/rc.h"

/* What an account has in one asset: balance and profit of what settles in it */
struct line {
	uint32_t asset;
	rk_i128 balance;
	rk_i128 unrealised;
};

/* The sums over an account, while it is being walked. */
struct sheet {
	struct line lines[RK_POSITIONS_MAX + RK_ASSETS_MAX];
	uint32_t lines_n;
	rk_i128 maintenance;
	rk_i128 initial;
	rk_i128 notional;
	bool prices_ok;
};

static rk_usd usd_of(rk_i128 raw)
{
	RK_ASSERT(rk_fx_fits(raw));
	return (rk_usd){(int64_t)raw};
}

rk_px rk_margin_asset_price(const struct rk_engine *engine, uint32_t asset)
{
	const struct rk_asset *record = &engine->assets[asset];

	if (record->slot == RK_NONE)
		return record->listing.fixed_price;
	return engine->slots[record->slot].mark;
}

uint32_t rk_margin_bracket(const struct rk_market *market, rk_usd notional)
{
	uint32_t k = market->listing.brackets_n - 1;

	while (k > 0 && market->listing.brackets[k].floor.raw > notional.raw)
		k--;
	return k;
}

/* N * r - d, rounded up: a requirement. */
static rk_usd bracket_margin(rk_usd notional, rk_rate rate, rk_i128 deduction)
{
	rk_i128 exact = (rk_i128)notional.raw * rate.raw - deduction;

	return usd_of(rk_fx_div(exact, RK_RATE_ONE, RK_ROUND_CEIL));
}

void rk_margin_leg(const struct rk_engine *engine,
		   const struct rk_position *position, rk_px mark,
		   rk_px settle_price, struct rk_leg *ret_leg)
{
	const struct rk_market *market = &engine->markets[position->market];
	const struct rk_asset *settle = &engine->assets[market->settle];
	rk_qty magnitude = rk_fx_magnitude(position->size);
	rk_amt notional;
	uint32_t k;
	int r;

	r = rk_fx_value(mark, position->size, market->value_exp, RK_ROUND_FLOOR,
			&ret_leg->value);
	RK_ASSERT(r == RK_OK);
	ret_leg->unrealised.raw = ret_leg->value.raw - position->cost.raw;

	r = rk_fx_value(mark, magnitude, market->value_exp, RK_ROUND_CEIL,
			&notional);
	RK_ASSERT(r == RK_OK);
	r = rk_fx_usd(notional, settle_price, settle->usd_exp, RK_ROUND_CEIL,
		      &ret_leg->notional);
	RK_ASSERT(r == RK_OK);

	k = rk_margin_bracket(market, ret_leg->notional);
	ret_leg->bracket = k;
	ret_leg->maintenance = bracket_margin(
		ret_leg->notional, market->listing.brackets[k].maintenance,
		market->maintenance_deduction[k]);
	ret_leg->initial = bracket_margin(ret_leg->notional,
					  market->listing.brackets[k].initial,
					  market->initial_deduction[k]);
}

static struct line *line_of(struct sheet *sheet, uint32_t asset)
{
	struct line *line;

	for (uint32_t i = 0; i < sheet->lines_n; i++)
		if (sheet->lines[i].asset == asset)
			return &sheet->lines[i];

	line = &sheet->lines[sheet->lines_n++];
	line->asset = asset;
	line->balance = 0;
	line->unrealised = 0;
	return line;
}

/* The price to use for a slot, moved in favour of whoever likes it high. */
static rk_px price_for(const struct rk_engine *engine, uint32_t slot,
		       enum rk_prices prices, bool likes_high)
{
	rk_px mark = engine->slots[slot].mark;
	rk_rate band = engine->risk.stale_band;
	rk_px moved;
	int r;

	if (prices == RK_PRICES_MARK || rk_price_ok(engine, slot) ||
	    mark.raw == 0)
		return mark;

	if (!likes_high)
		band.raw = -band.raw;
	r = rk_fx_shift(mark, band, likes_high ? RK_ROUND_CEIL : RK_ROUND_FLOOR,
			&moved);
	/* Beyond the price scale the mark itself must do. */
	return r == RK_OK ? moved : mark;
}

static void add_position(const struct rk_engine *engine, struct sheet *sheet,
			 const struct rk_position *position,
			 enum rk_prices prices)
{
	const struct rk_market *market = &engine->markets[position->market];
	rk_px mark =
		price_for(engine, market->slot, prices, position->size.raw > 0);
	struct rk_leg leg;

	rk_margin_leg(engine, position, mark,
		      rk_margin_asset_price(engine, market->settle), &leg);
	line_of(sheet, market->settle)->unrealised += leg.unrealised.raw;
	sheet->maintenance += leg.maintenance.raw;
	sheet->initial += leg.initial.raw;
	sheet->notional += leg.notional.raw;
	sheet->prices_ok =
		sheet->prices_ok && rk_price_ok(engine, market->slot);
}

static void fill_sheet(const struct rk_engine *engine,
		       const struct rk_account *account, enum rk_prices prices,
		       struct sheet *sheet)
{
	sheet->lines_n = 0;
	sheet->maintenance = 0;
	sheet->initial = 0;
	sheet->notional = 0;
	sheet->prices_ok = true;

	for (uint32_t i = account->balances; i != RK_NONE;
	     i = engine->balances[i].next)
		line_of(sheet, engine->balances[i].asset)->balance +=
			engine->balances[i].amount.raw;
	for (uint32_t i = account->positions; i != RK_NONE;
	     i = engine->positions[i].next)
		add_position(engine, sheet, &engine->positions[i], prices);
}

/* The USD worth of amount in one asset, rounded down. */
static rk_i128 line_usd(const struct rk_engine *engine, uint32_t asset,
			rk_i128 amount, enum rk_prices prices)
{
	const struct rk_asset *record = &engine->assets[asset];
	rk_px price = record->slot == RK_NONE ? record->listing.fixed_price
					      : price_for(engine, record->slot,
							  prices, amount >= 0);
	rk_usd usd;
	int r;

	RK_ASSERT(rk_fx_fits(amount));
	r = rk_fx_usd((rk_amt){(int64_t)amount}, price, record->usd_exp,
		      RK_ROUND_FLOOR, &usd);
	RK_ASSERT(r == RK_OK);
	return usd.raw;
}

rk_usd rk_margin_asset_value(const struct rk_engine *engine, uint32_t asset,
			     rk_amt amount)
{
	return usd_of(line_usd(engine, asset, amount.raw, RK_PRICES_MARK));
}

static rk_usd tenth_of(rk_i128 notional)
{
	return usd_of(rk_fx_div(notional, 10, RK_ROUND_CEIL));
}

void rk_margin_of(const struct rk_engine *engine,
		  const struct rk_account *account, enum rk_prices prices,
		  struct rk_margin *ret_margin)
{
	struct sheet sheet;
	rk_i128 equity = 0;
	rk_i128 withdrawable = 0;
	rk_usd tenth;

	fill_sheet(engine, account, prices, &sheet);
	for (uint32_t i = 0; i < sheet.lines_n; i++) {
		const struct line *line = &sheet.lines[i];
		rk_i128 amount = line->balance + line->unrealised;
		rk_i128 settled = line->unrealised > 0 ? line->balance : amount;
		rk_i128 usd = line_usd(engine, line->asset, amount, prices);

		equity += usd;
		withdrawable += settled == amount
					? usd
					: line_usd(engine, line->asset, settled,
						   prices);
		sheet.prices_ok =
			sheet.prices_ok &&
			rk_price_ok(engine, engine->assets[line->asset].slot);
	}

	tenth = tenth_of(sheet.notional);
	ret_margin->equity = usd_of(equity);
	ret_margin->maintenance = usd_of(sheet.maintenance);
	ret_margin->initial = usd_of(sheet.initial);
	ret_margin->notional = usd_of(sheet.notional);
	ret_margin->withdrawal = tenth.raw > ret_margin->initial.raw
					 ? tenth
					 : ret_margin->initial;
	ret_margin->health_m = usd_of(equity - sheet.maintenance);
	ret_margin->health_i = usd_of(equity - sheet.initial);
	ret_margin->health_w =
		usd_of(withdrawable - ret_margin->withdrawal.raw);
	ret_margin->prices_ok = sheet.prices_ok;
}

/* Are all prices usable for taking out? Liabilities and positions need it. */
static int check_out_prices(const struct rk_engine *engine,
			    const struct rk_account *account)
{
	for (uint32_t i = account->positions; i != RK_NONE;
	     i = engine->positions[i].next) {
		const struct rk_market *market =
			&engine->markets[engine->positions[i].market];

		if (!rk_price_ok(engine, market->slot) ||
		    !rk_price_ok(engine, engine->assets[market->settle].slot))
			return RK_REJ_PRICE_NOT_OK;
	}
	for (uint32_t i = account->balances; i != RK_NONE;
	     i = engine->balances[i].next) {
		const struct rk_balance *balance = &engine->balances[i];

		if (balance->amount.raw < 0 &&
		    !rk_price_ok(engine, engine->assets[balance->asset].slot))
			return RK_REJ_PRICE_NOT_OK;
	}
	return RK_OK;
}

static bool owes_nothing(const struct rk_engine *engine,
			 const struct rk_account *account)
{
	if (account->positions != RK_NONE)
		return false;
	for (uint32_t i = account->balances; i != RK_NONE;
	     i = engine->balances[i].next)
		if (engine->balances[i].amount.raw < 0)
			return false;
	return true;
}

int rk_margin_check_out(const struct rk_engine *engine,
			const struct rk_account *account, uint32_t asset,
			rk_amt amount)
{
	struct sheet sheet;
	rk_i128 at_i = 0;
	rk_i128 at_w = 0;
	rk_i128 needed_w;
	int r;

	if (owes_nothing(engine, account))
		return RK_OK;
	r = check_out_prices(engine, account);
	if (r != RK_OK)
		return r;

	fill_sheet(engine, account, RK_PRICES_MARK, &sheet);
	line_of(&sheet, asset)->balance -= amount.raw;
	for (uint32_t i = 0; i < sheet.lines_n; i++) {
		const struct line *line = &sheet.lines[i];
		rk_i128 all = line->balance + line->unrealised;
		rk_i128 settled = line->unrealised > 0 ? line->balance : all;

		/* A price that is not OK makes a credit worth nothing. */
		if (!rk_price_ok(engine, engine->assets[line->asset].slot))
			continue;
		at_i += line_usd(engine, line->asset, all, RK_PRICES_MARK);
		at_w += line_usd(engine, line->asset, settled, RK_PRICES_MARK);
	}

	needed_w = tenth_of(sheet.notional).raw;
	if (needed_w < sheet.initial)
		needed_w = sheet.initial;
	return at_i < sheet.initial || at_w < needed_w ? RK_REJ_MARGIN : RK_OK;
}

/* |amount| at the largest price, in USD, rounded up: 0 or RK_REJ_OVERFLOW. */
static int bound_usd(const struct rk_asset *asset, rk_i128 amount, rk_i128 *sum)
{
	rk_px price = asset->slot == RK_NONE ? asset->listing.fixed_price
					     : asset->listing.price_max;
	rk_usd usd;
	int r;

	if (!rk_fx_fits(amount))
		return RK_REJ_OVERFLOW;
	r = rk_fx_usd((rk_amt){(int64_t)amount}, price, asset->usd_exp,
		      RK_ROUND_CEIL, &usd);
	if (r != RK_OK)
		return r;
	*sum += usd.raw;
	return RK_OK;
}

static rk_i128 absolute(rk_i128 x)
{
	return x < 0 ? -x : x;
}

/* Count an amount toward both halves of N7: its asset's, and all in USD. */
static int bound_line(const struct rk_engine *engine, struct sheet *sheet,
		      uint32_t asset, rk_i128 amount)
{
	struct line *line = line_of(sheet, asset);

	line->balance += amount;
	if (line->balance > RK_ACCOUNT_VALUE_MAX)
		return RK_REJ_OVERFLOW;
	return bound_usd(&engine->assets[asset], amount, &sheet->notional);
}

static int bound_position(const struct rk_engine *engine, struct sheet *sheet,
			  const struct rk_position *position)
{
	const struct rk_market *market = &engine->markets[position->market];
	rk_amt value;
	int r = rk_fx_value(market->listing.price_max,
			    rk_fx_magnitude(position->size), market->value_exp,
			    RK_ROUND_CEIL, &value);

	if (r != RK_OK)
		return r;
	return bound_line(engine, sheet, market->settle,
			  value.raw + absolute(position->cost.raw));
}

int rk_margin_check_bound(const struct rk_engine *engine,
			  const struct rk_account *account)
{
	struct sheet sheet;
	int r = RK_OK;

	sheet.lines_n = 0;
	sheet.notional = 0;
	for (uint32_t i = account->positions; r == RK_OK && i != RK_NONE;
	     i = engine->positions[i].next)
		r = bound_position(engine, &sheet, &engine->positions[i]);
	for (uint32_t i = account->balances; r == RK_OK && i != RK_NONE;
	     i = engine->balances[i].next)
		r = bound_line(engine, &sheet, engine->balances[i].asset,
			       absolute(engine->balances[i].amount.raw));
	if (r == RK_OK && sheet.notional > RK_ACCOUNT_VALUE_MAX)
		r = RK_REJ_OVERFLOW;
	return r;
}

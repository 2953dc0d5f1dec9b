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

/* How much of a sheet is filled in. */
enum depth {
	DEPTH_MAINTENANCE, /* all but the initial margin */
	DEPTH_ALL,
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

/* What an amount is worth at a price: usd, where the price is not the unit. */
static rk_usd settle_usd(const struct rk_asset *asset, rk_amt amount,
			 rk_px price)
{
	rk_usd usd = {amount.raw};
	int r;

	if (asset->usd_same)
		return usd;
	r = rk_fx_usd(amount, price, asset->usd_exp, RK_ROUND_CEIL, &usd);
	RK_ASSERT(r == RK_OK);
	return usd;
}

/* Everything about the leg but what it requires. */
static void value_leg(const struct rk_engine *engine,
		      const struct rk_position *position, rk_px mark,
		      rk_px settle_price, struct rk_leg *ret_leg)
{
	const struct rk_market *market = &engine->markets[position->market];
	rk_amt magnitude;
	int r = rk_fx_value_both(mark, position->size, market->value_exp,
				 &ret_leg->value, &magnitude);

	RK_ASSERT(r == RK_OK);
	ret_leg->unrealised.raw = ret_leg->value.raw - position->cost.raw;
	ret_leg->notional = settle_usd(&engine->assets[market->settle],
				       magnitude, settle_price);
	ret_leg->bracket = rk_margin_bracket(market, ret_leg->notional);
}

static rk_usd leg_maintenance(const struct rk_market *market,
			      const struct rk_leg *leg)
{
	uint32_t k = leg->bracket;

	return bracket_margin(leg->notional,
			      market->listing.brackets[k].maintenance,
			      market->maintenance_deduction[k]);
}

static rk_usd leg_initial(const struct rk_market *market,
			  const struct rk_leg *leg)
{
	uint32_t k = leg->bracket;

	return bracket_margin(leg->notional,
			      market->listing.brackets[k].initial,
			      market->initial_deduction[k]);
}

void rk_margin_leg(const struct rk_engine *engine,
		   const struct rk_position *position, rk_px mark,
		   rk_px settle_price, struct rk_leg *ret_leg)
{
	const struct rk_market *market = &engine->markets[position->market];

	value_leg(engine, position, mark, settle_price, ret_leg);
	ret_leg->maintenance = leg_maintenance(market, ret_leg);
	ret_leg->initial = leg_initial(market, ret_leg);
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
			 enum rk_prices prices, enum depth depth)
{
	const struct rk_market *market = &engine->markets[position->market];
	rk_px mark =
		price_for(engine, market->slot, prices, position->size.raw > 0);
	struct rk_leg leg;

	value_leg(engine, position, mark,
		  rk_margin_asset_price(engine, market->settle), &leg);
	line_of(sheet, market->settle)->unrealised += leg.unrealised.raw;
	sheet->maintenance += leg_maintenance(market, &leg).raw;
	sheet->notional += leg.notional.raw;
	if (depth == DEPTH_ALL)
		sheet->initial += leg_initial(market, &leg).raw;
	sheet->prices_ok =
		sheet->prices_ok && rk_price_ok(engine, market->slot);
}

static void fill_sheet(const struct rk_engine *engine,
		       const struct rk_account *account, enum rk_prices prices,
		       enum depth depth, struct sheet *sheet)
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
		add_position(engine, sheet, &engine->positions[i], prices,
			     depth);
}

/* The USD worth of amount in one asset, rounded down. */
static rk_i128 line_usd(const struct rk_engine *engine, uint32_t asset,
			rk_i128 amount, enum rk_prices prices)
{
	const struct rk_asset *record = &engine->assets[asset];
	rk_px price = record->listing.fixed_price;
	rk_usd usd;
	int r;

	RK_ASSERT(rk_fx_fits(amount));
	if (record->usd_same)
		return amount;
	if (record->slot != RK_NONE)
		price = price_for(engine, record->slot, prices, amount >= 0);
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

static bool line_ok(const struct rk_engine *engine, const struct line *line)
{
	return rk_price_ok(engine, engine->assets[line->asset].slot);
}

void rk_margin_judge(const struct rk_engine *engine,
		     const struct rk_account *account, enum rk_prices prices,
		     struct rk_judgement *ret_judgement)
{
	struct sheet sheet;
	rk_i128 equity = 0;

	fill_sheet(engine, account, prices, DEPTH_MAINTENANCE, &sheet);
	for (uint32_t i = 0; i < sheet.lines_n; i++) {
		const struct line *line = &sheet.lines[i];

		equity += line_usd(engine, line->asset,
				   line->balance + line->unrealised, prices);
		sheet.prices_ok = sheet.prices_ok && line_ok(engine, line);
	}
	ret_judgement->equity = usd_of(equity);
	ret_judgement->maintenance = usd_of(sheet.maintenance);
	ret_judgement->prices_ok = sheet.prices_ok;
}

void rk_margin_of(const struct rk_engine *engine,
		  const struct rk_account *account,
		  struct rk_margin *ret_margin)
{
	const enum rk_prices prices = RK_PRICES_MARK;
	struct sheet sheet;
	rk_i128 equity = 0;
	rk_i128 withdrawable = 0;
	rk_usd tenth;

	fill_sheet(engine, account, prices, DEPTH_ALL, &sheet);
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
		sheet.prices_ok = sheet.prices_ok && line_ok(engine, line);
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

void rk_margin_health(const struct rk_engine *engine,
		      const struct rk_account *account,
		      struct rk_health *ret_health)
{
	struct rk_margin margin;

	rk_margin_of(engine, account, &margin);
	ret_health->equity = margin.equity;
	ret_health->maintenance = margin.maintenance;
	ret_health->initial = margin.initial;
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

	fill_sheet(engine, account, RK_PRICES_MARK, DEPTH_ALL, &sheet);
	line_of(&sheet, asset)->balance -= amount.raw;
	for (uint32_t i = 0; i < sheet.lines_n; i++) {
		const struct line *line = &sheet.lines[i];
		rk_i128 all = line->balance + line->unrealised;
		rk_i128 settled = line->unrealised > 0 ? line->balance : all;

		/* A price that is not OK makes a credit worth nothing. */
		if (!line_ok(engine, line))
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

/* The least b with |x| at most 2^b. */
static int bits_of(int64_t x)
{
	uint64_t magnitude = x < 0 ? -(uint64_t)x : (uint64_t)x;

	return magnitude == 0 ? 0 : 64 - __builtin_clzll(magnitude);
}

/*
 * Count something that is at most 2^bits, rounded up, toward a sum that must
 * not pass the bound. False when it may.
 */
static bool count_bits(int64_t *sum, int bits)
{
	if (bits < 0)
		bits = 0;
	if (bits > 59)
		return false;
	*sum += INT64_C(2) << bits;
	return *sum <= RK_ACCOUNT_VALUE_MAX;
}

/*
 * Is the account within N7 by powers of two alone? Nearly all are, by far,
 * and it saves a multiplication and a division per position.
 */
static bool is_far_within(const struct rk_engine *engine,
			  const struct rk_account *account)
{
	int64_t amounts = 0; /* of all assets: more than of each */
	int64_t usd = 0;
	bool within = true;

	for (uint32_t i = account->positions; within && i != RK_NONE;
	     i = engine->positions[i].next) {
		const struct rk_position *position = &engine->positions[i];
		const struct rk_market *market =
			&engine->markets[position->market];
		int usd_bits = engine->assets[market->settle].usd_bits;
		int value = bits_of(position->size.raw) + market->value_bits;
		int cost = bits_of(position->cost.raw);

		/* The value is rounded up before it is turned into USD. */
		value = value < 0 ? 1 : value + 1;
		within = count_bits(&amounts, value) &&
			 count_bits(&amounts, cost) &&
			 count_bits(&usd, value + usd_bits) &&
			 count_bits(&usd, cost + usd_bits);
	}
	for (uint32_t i = account->balances; within && i != RK_NONE;
	     i = engine->balances[i].next) {
		const struct rk_balance *balance = &engine->balances[i];
		int amount = bits_of(balance->amount.raw);

		within =
			count_bits(&amounts, amount) &&
			count_bits(&usd, amount + engine->assets[balance->asset]
							  .usd_bits);
	}
	return within;
}

int rk_margin_check_bound(const struct rk_engine *engine,
			  const struct rk_account *account)
{
	struct sheet sheet;
	int r = RK_OK;

	if (is_far_within(engine, account))
		return RK_OK;
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

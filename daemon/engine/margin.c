/*
 * Equity, requirements and health of what an account holds. See margin.h.
 *
 * Nothing here can overflow: N6 and N7 bound every position and the account
 * as a whole when they are booked, so the conversions below only assert.
 */
#include "engine/margin.h"

#include "engine/assert.h"
#include "engine/contract.h"
#include "engine/fx.h"
#include "engine/rc.h"
#include "engine/state.h"

/* Balance and profit in one asset. */
struct line {
	uint32_t asset;
	rk_i128 balance;
	rk_i128 unrealised; /* of what settles in it, net */
};

/* The sums over all holdings, before anything is weighted. */
struct sheet {
	struct line lines[RK_ASSETS_MAX];
	uint32_t lines_n;
	rk_i128 required[RK_LEVELS]; /* by positions; of the levels asked for */
	rk_i128 notional;
	bool prices_ok;
};

/* What the lines are worth at one level. */
struct worth {
	rk_i128 assets;      /* A_k, USD */
	rk_i128 liabilities; /* of debts only, above 0 */
};

static rk_usd usd_of(rk_i128 raw)
{
	RK_ASSERT(rk_fx_fits(raw));
	return (rk_usd){(int64_t)raw};
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

	return usd_of(rk_fx_div_rate(exact, RK_ROUND_CEIL));
}

/* A notional in USD, rounded up. */
static rk_usd notional_usd(const struct rk_scene *scene, uint32_t asset,
			   rk_amt amount)
{
	const struct rk_asset *record = &scene->assets[asset];
	rk_usd usd = {amount.raw};
	int r;

	if (record->usd_same)
		return usd;
	r = rk_fx_usd(amount, rk_scene_asset_price(scene, asset),
		      record->usd_exp, RK_ROUND_CEIL, &usd);
	RK_ASSERT(r == RK_OK);
	return usd;
}

/* Everything about the leg but what it requires. */
static void value_leg(const struct rk_scene *scene,
		      const struct rk_held_position *position,
		      struct rk_leg *ret_leg)
{
	const struct rk_market *market = &scene->markets[position->market];
	rk_px mark =
		rk_scene_price(scene, market->slot, position->size.raw > 0);
	rk_amt magnitude;
	int r = rk_contract_value_both(market, mark, position->size,
				       &ret_leg->value, &magnitude);

	RK_ASSERT(r == RK_OK);
	ret_leg->unrealised.raw = ret_leg->value.raw - position->cost.raw;
	ret_leg->notional = notional_usd(scene, market->settle, magnitude);
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

void rk_margin_leg(const struct rk_scene *scene,
		   const struct rk_held_position *position,
		   struct rk_leg *ret_leg)
{
	const struct rk_market *market = &scene->markets[position->market];

	value_leg(scene, position, ret_leg);
	ret_leg->maintenance = leg_maintenance(market, ret_leg);
	ret_leg->initial = leg_initial(market, ret_leg);
}

static struct line *line_of(struct sheet *sheet, uint32_t asset)
{
	struct line *line;

	for (uint32_t i = 0; i < sheet->lines_n; i++)
		if (sheet->lines[i].asset == asset)
			return &sheet->lines[i];

	RK_ASSERT(sheet->lines_n < RK_ASSETS_MAX);
	line = &sheet->lines[sheet->lines_n++];
	line->asset = asset;
	line->balance = 0;
	line->unrealised = 0;
	return line;
}

static bool line_ok(const struct rk_scene *scene, const struct line *line)
{
	return rk_scene_price_ok(scene, scene->assets[line->asset].slot);
}

static void add_position(const struct rk_scene *scene, struct sheet *sheet,
			 const struct rk_held_position *position, bool all)
{
	const struct rk_market *market = &scene->markets[position->market];
	struct rk_leg leg;

	value_leg(scene, position, &leg);
	line_of(sheet, market->settle)->unrealised +=
		(rk_i128)leg.unrealised.raw + position->funding.raw;
	sheet->required[RK_LEVEL_MAINTENANCE] +=
		leg_maintenance(market, &leg).raw;
	sheet->notional += leg.notional.raw;
	if (all)
		sheet->required[RK_LEVEL_INITIAL] +=
			leg_initial(market, &leg).raw;
	sheet->prices_ok =
		sheet->prices_ok && rk_scene_price_ok(scene, market->slot);
}

/* all: not only what maintenance needs. */
static void fill_sheet(const struct rk_scene *scene,
		       const struct rk_holdings *holdings, bool all,
		       struct sheet *sheet)
{
	rk_i128 tenth;

	sheet->lines_n = 0;
	sheet->required[RK_LEVEL_MAINTENANCE] = 0;
	sheet->required[RK_LEVEL_INITIAL] = 0;
	sheet->notional = 0;
	sheet->prices_ok = true;

	for (uint32_t i = 0; i < holdings->balances_n; i++)
		line_of(sheet, holdings->balances[i].asset)->balance +=
			holdings->balances[i].amount.raw;
	for (uint32_t i = 0; i < holdings->positions_n; i++)
		add_position(scene, sheet, &holdings->positions[i], all);
	for (uint32_t i = 0; i < sheet->lines_n; i++)
		sheet->prices_ok =
			sheet->prices_ok && line_ok(scene, &sheet->lines[i]);

	if (!all)
		return;
	/* At withdrawal at least a tenth of all notional is required. */
	tenth = rk_fx_div(sheet->notional, 10, RK_ROUND_CEIL);
	sheet->required[RK_LEVEL_WITHDRAWAL] =
		tenth > sheet->required[RK_LEVEL_INITIAL]
			? tenth
			: sheet->required[RK_LEVEL_INITIAL];
}

/* The USD worth of an amount, rounded down. */
static rk_i128 line_usd(const struct rk_scene *scene, const struct line *line,
			rk_i128 amount)
{
	RK_ASSERT(rk_fx_fits(amount));
	return rk_scene_asset_value(scene, line->asset,
				    (rk_amt){(int64_t)amount})
		.raw;
}

/* Balance and profit as they count at a level, before weights. */
static rk_i128 counted(const struct rk_collateral *terms,
		       const struct line *line, enum rk_level level)
{
	rk_i128 profit = line->unrealised;

	if (profit > 0 && terms->profit[level].raw != RK_RATE_ONE)
		profit = rk_fx_div_rate(profit * terms->profit[level].raw,
					RK_ROUND_FLOOR);
	return line->balance + profit;
}

/* Add what a line counts for at a level; usd: all of it, unweighted. */
static void add_worth(const struct rk_scene *scene, const struct line *line,
		      enum rk_level level, rk_i128 usd, struct worth *worth)
{
	const struct rk_collateral *terms =
		&scene->assets[line->asset].collateral;
	rk_i128 amount = counted(terms, line, level);

	if (amount != line->balance + line->unrealised)
		usd = line_usd(scene, line, amount);
	if (usd >= 0)
		worth->assets += rk_fx_div_rate(usd * terms->weight[level].raw,
						RK_ROUND_FLOOR);
	else
		worth->liabilities += rk_fx_div_rate(
			-usd * terms->liability[level].raw, RK_ROUND_CEIL);
}

/* What an account is judged by, however large. */
struct wide_judgement {
	rk_i128 equity;
	rk_i128 health; /* at maintenance */
	bool prices_ok;
};

static struct wide_judgement judge_wide(const struct rk_scene *scene,
					const struct rk_holdings *holdings)
{
	const enum rk_level level = RK_LEVEL_MAINTENANCE;
	struct worth worth = {0, 0};
	struct sheet sheet;
	rk_i128 equity = 0;

	fill_sheet(scene, holdings, false, &sheet);
	for (uint32_t i = 0; i < sheet.lines_n; i++) {
		const struct line *line = &sheet.lines[i];
		rk_i128 usd =
			line_usd(scene, line, line->balance + line->unrealised);

		equity += usd;
		if (scene->assets[line->asset].plain)
			worth.assets += usd;
		else
			add_worth(scene, line, level, usd, &worth);
	}
	return (struct wide_judgement){
		.equity = equity,
		.health = worth.assets - worth.liabilities -
			  sheet.required[level],
		.prices_ok = sheet.prices_ok,
	};
}

void rk_margin_judge(const struct rk_scene *scene,
		     const struct rk_holdings *holdings,
		     struct rk_judgement *ret_judgement)
{
	struct wide_judgement wide = judge_wide(scene, holdings);

	ret_judgement->equity = usd_of(wide.equity);
	ret_judgement->maintenance = usd_of(wide.equity - wide.health);
	ret_judgement->prices_ok = wide.prices_ok;
}

bool rk_margin_is_below(const struct rk_scene *scene,
			const struct rk_holdings *holdings)
{
	return judge_wide(scene, holdings).health < 0;
}

void rk_margin_of(const struct rk_scene *scene,
		  const struct rk_holdings *holdings,
		  struct rk_margin *ret_margin)
{
	struct worth worth[RK_LEVELS] = {{0, 0}, {0, 0}, {0, 0}};
	rk_i128 health[RK_LEVELS];
	struct sheet sheet;
	rk_i128 equity = 0;

	fill_sheet(scene, holdings, true, &sheet);
	for (uint32_t i = 0; i < sheet.lines_n; i++) {
		const struct line *line = &sheet.lines[i];
		rk_i128 usd =
			line_usd(scene, line, line->balance + line->unrealised);

		equity += usd;
		for (int k = 0; k < RK_LEVELS; k++)
			add_worth(scene, line, (enum rk_level)k, usd,
				  &worth[k]);
	}
	for (int k = 0; k < RK_LEVELS; k++)
		health[k] = worth[k].assets - worth[k].liabilities -
			    sheet.required[k];

	ret_margin->equity = usd_of(equity);
	ret_margin->assets = usd_of(worth[RK_LEVEL_MAINTENANCE].assets);
	ret_margin->liabilities =
		usd_of(worth[RK_LEVEL_MAINTENANCE].liabilities +
		       sheet.required[RK_LEVEL_MAINTENANCE]);
	ret_margin->maintenance = usd_of(equity - health[RK_LEVEL_MAINTENANCE]);
	ret_margin->initial = usd_of(equity - health[RK_LEVEL_INITIAL]);
	ret_margin->withdrawal = usd_of(sheet.required[RK_LEVEL_WITHDRAWAL]);
	ret_margin->notional = usd_of(sheet.notional);
	ret_margin->health_m = usd_of(health[RK_LEVEL_MAINTENANCE]);
	ret_margin->health_i = usd_of(health[RK_LEVEL_INITIAL]);
	ret_margin->health_w = usd_of(health[RK_LEVEL_WITHDRAWAL]);
	ret_margin->prices_ok = sheet.prices_ok;
}

void rk_margin_health(const struct rk_engine *engine,
		      const struct rk_account *account,
		      struct rk_health *ret_health)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	struct rk_holdings holdings;
	struct rk_margin margin;

	rk_holdings_of(engine, account, &holdings);
	rk_margin_of(&scene, &holdings, &margin);
	ret_health->equity = margin.equity;
	ret_health->maintenance = margin.maintenance;
	ret_health->initial = margin.initial;
}

/* Are all prices usable for taking out? Liabilities and positions need it. */
static int check_out_prices(const struct rk_scene *scene,
			    const struct rk_holdings *holdings)
{
	for (uint32_t i = 0; i < holdings->positions_n; i++) {
		const struct rk_market *market =
			&scene->markets[holdings->positions[i].market];

		if (!rk_scene_price_ok(scene, market->slot) ||
		    !rk_scene_price_ok(scene,
				       scene->assets[market->settle].slot))
			return RK_REJ_PRICE_NOT_OK;
	}
	for (uint32_t i = 0; i < holdings->balances_n; i++) {
		const struct rk_held_balance *balance = &holdings->balances[i];

		if (balance->amount.raw < 0 &&
		    !rk_scene_price_ok(scene,
				       scene->assets[balance->asset].slot))
			return RK_REJ_PRICE_NOT_OK;
	}
	return RK_OK;
}

static bool owes_nothing(const struct rk_holdings *holdings)
{
	for (uint32_t i = 0; i < holdings->balances_n; i++)
		if (holdings->balances[i].amount.raw < 0)
			return false;
	return holdings->positions_n == 0;
}

/*
 * Is health at these levels 0 or more? A price that is not OK makes a credit
 * worth nothing.
 */
static bool covers(const struct rk_scene *scene, const struct sheet *sheet,
		   enum rk_level first, enum rk_level last)
{
	struct worth worth[RK_LEVELS] = {{0, 0}, {0, 0}, {0, 0}};

	RK_ASSERT(first <= last && last < RK_LEVELS);
	for (uint32_t i = 0; i < sheet->lines_n; i++) {
		const struct line *line = &sheet->lines[i];
		rk_i128 usd =
			line_usd(scene, line, line->balance + line->unrealised);

		if (!line_ok(scene, line))
			continue;
		for (unsigned int k = first; k <= (unsigned int)last; k++)
			add_worth(scene, line, (enum rk_level)k, usd,
				  &worth[k]);
	}
	for (unsigned int k = first; k <= (unsigned int)last; k++)
		if (worth[k].assets < worth[k].liabilities + sheet->required[k])
			return false;
	return true;
}

/* From health_I to that of level `last`, with `out` gone if it is not NULL. */
static int check_levels(const struct rk_scene *scene,
			const struct rk_holdings *holdings,
			const struct rk_held_balance *out, enum rk_level last)
{
	struct sheet sheet;
	int r;

	if (owes_nothing(holdings))
		return RK_OK;
	r = check_out_prices(scene, holdings);
	if (r != RK_OK)
		return r;

	fill_sheet(scene, holdings, true, &sheet);
	if (out)
		line_of(&sheet, out->asset)->balance -= out->amount.raw;
	return covers(scene, &sheet, RK_LEVEL_INITIAL, last) ? RK_OK
							     : RK_REJ_MARGIN;
}

int rk_margin_check_out(const struct rk_scene *scene,
			const struct rk_holdings *holdings, uint32_t asset,
			rk_amt amount)
{
	const struct rk_held_balance out = {asset, amount};

	return check_levels(scene, holdings, &out, RK_LEVEL_WITHDRAWAL);
}

int rk_margin_check(const struct rk_scene *scene,
		    const struct rk_holdings *holdings, enum rk_level last)
{
	return check_levels(scene, holdings, NULL, last);
}

/*
 * Equity, requirements and health of what an account holds. See margin.h.
 *
 * Nothing here can overflow: N6 and N7 bound every position and the account
 * as a whole when they are booked, so the conversions below only assert.
 */
#include "engine/margin.h"

#include "engine/assert.h"
#include "engine/contract.h"
#include "engine/emode.h"
#include "engine/fx.h"
#include "engine/rc.h"
#include "engine/require.h"
#include "engine/size.h"
#include "engine/slow.h"
#include "engine/state.h"
#include "engine/totals.h"
#include "engine/worst.h"

/* Balance and profit in one asset. */
struct line {
	uint32_t asset;
	rk_i128 balance;
	rk_i128 unrealised; /* of what settles in it, net */
	rk_i128 usd;        /* what both are worth, unweighted */
	bool settles;       /* a position settles in it */
	bool ordered;       /* a resting order would */
	/* What all accounts together hold and owe of it, this one as it is
	 * supposed to be. */
	rk_i128 held;
	rk_i128 owed;
};

/* The sums over all holdings, before anything is weighted. */
struct sheet {
	struct line lines[RK_ASSETS_MAX];
	uint32_t lines_n;
	rk_i128 required[RK_LEVELS]; /* by positions; of the levels asked for */
	rk_i128 notional;
	rk_i128 worst_notional; /* more, by resting orders */
	rk_i128 orders;         /* required initially of resting orders */
	rk_i128 loss;           /* that resting orders may be filled at */
	bool scaled;            /* what all accounts have counts (W7) */
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

/*
 * A figure that a debt weighs in more than once (W8) may not fit what is told
 * of it. Nothing is decided by what is told.
 */
static rk_usd usd_told(rk_i128 raw)
{
	if (raw > INT64_MAX)
		raw = INT64_MAX;
	return (rk_usd){(int64_t)(raw < INT64_MIN ? INT64_MIN : raw)};
}

static rk_i128 above_zero(rk_i128 x)
{
	return x > 0 ? x : 0;
}

rk_usd rk_margin_usd(const struct rk_scene *scene, uint32_t asset,
		     rk_amt amount)
{
	const struct rk_asset *record = &scene->assets[asset];
	rk_usd usd;
	int r;

	if (record->usd_whole != 0)
		return usd_of((rk_i128)amount.raw * record->usd_whole);
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
	ret_leg->notional = rk_margin_usd(scene, market->settle, magnitude);
	ret_leg->bracket = rk_require_bracket(market, ret_leg->notional);
}

static struct rk_stake stake_of(const struct rk_scene *scene,
				const struct rk_held_position *position,
				const struct rk_leg *leg)
{
	return (struct rk_stake){&scene->markets[position->market],
				 position->size, leg->notional, leg->bracket};
}

void rk_margin_leg(const struct rk_scene *scene,
		   const struct rk_held_position *position,
		   struct rk_leg *ret_leg)
{
	struct rk_stake stake;

	value_leg(scene, position, ret_leg);
	stake = stake_of(scene, position, ret_leg);
	ret_leg->maintenance = rk_require_maintenance(&stake);
	ret_leg->initial =
		rk_require_initial(scene, &stake, position->leverage);
}

static struct line *line_of(const struct rk_scene *scene, struct sheet *sheet,
			    uint32_t asset)
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
	line->settles = false;
	line->ordered = false;
	line->held = scene->assets[asset].held;
	line->owed = scene->assets[asset].owed;
	return line;
}

static bool line_ok(const struct rk_scene *scene, const struct line *line)
{
	return rk_scene_price_ok(scene, scene->assets[line->asset].slot);
}

/* Are its mark and the index it settles at good? */
static bool market_ok(const struct rk_scene *scene,
		      const struct rk_market *market)
{
	return rk_scene_price_ok(scene, market->slot) &&
	       rk_scene_price_ok(scene, scene->assets[market->settle].slot);
}

static void add_position(const struct rk_scene *scene, struct sheet *sheet,
			 const struct rk_held_position *position, bool all)
{
	const struct rk_market *market = &scene->markets[position->market];
	struct line *line;
	struct rk_stake stake;
	struct rk_leg leg;

	value_leg(scene, position, &leg);
	stake = stake_of(scene, position, &leg);
	line = line_of(scene, sheet, market->settle);
	line->settles = true;
	line->unrealised += (rk_i128)leg.unrealised.raw + position->funding.raw;
	sheet->required[RK_LEVEL_MAINTENANCE] +=
		rk_require_maintenance(&stake).raw;
	sheet->notional += leg.notional.raw;
	if (all)
		sheet->required[RK_LEVEL_INITIAL] +=
			rk_require_initial(scene, &stake, position->leverage)
				.raw;
	sheet->prices_ok =
		sheet->prices_ok && rk_scene_price_ok(scene, market->slot);
}

/* What resting orders require beside the positions: not at maintenance. */
static void add_orders(const struct rk_scene *scene, struct sheet *sheet,
		       const struct rk_holdings *holdings)
{
	for (uint32_t i = 0; i < holdings->orders_n;) {
		uint32_t market = holdings->orders[i].market;
		uint32_t n = 1;
		struct rk_worst worst;

		while (i + n < holdings->orders_n &&
		       holdings->orders[i + n].market == market)
			n++;
		line_of(scene, sheet, scene->markets[market].settle)->ordered =
			true;
		rk_worst_of(scene, holdings, &holdings->orders[i], n, &worst);
		sheet->required[RK_LEVEL_INITIAL] += worst.initial;
		sheet->orders += worst.initial + worst.loss;
		sheet->worst_notional += worst.notional;
		sheet->loss += worst.loss;
		sheet->prices_ok = sheet->prices_ok &&
				   market_ok(scene, &scene->markets[market]);
		i += n;
	}
}

/* At withdrawal at least a tenth of all notional is required. */
static void fill_withdrawal(struct sheet *sheet)
{
	rk_i128 tenth = rk_fx_div(sheet->notional + sheet->worst_notional, 10,
				  RK_ROUND_CEIL);

	sheet->required[RK_LEVEL_WITHDRAWAL] =
		tenth > sheet->required[RK_LEVEL_INITIAL]
			? tenth
			: sheet->required[RK_LEVEL_INITIAL];
	sheet->required[RK_LEVEL_INITIAL] += sheet->loss;
	sheet->required[RK_LEVEL_WITHDRAWAL] += sheet->loss;
}

static void add_balance(const struct rk_scene *scene, struct sheet *sheet,
			const struct rk_held_balance *balance)
{
	struct line *line = line_of(scene, sheet, balance->asset);
	rk_i128 is = balance->amount.raw;
	rk_i128 was = balance->booked.raw;

	line->balance = is;
	if (is == was)
		return;
	line->held += above_zero(is) - above_zero(was);
	line->owed += above_zero(-is) - above_zero(-was);
}

/*
 * Something leaves: what more is owed counts at once, but what is held less
 * does not. It may still be there, in another account (A6).
 */
static void take_out(const struct rk_scene *scene, struct sheet *sheet,
		     const struct rk_held_balance *out)
{
	struct line *line = line_of(scene, sheet, out->asset);
	rk_i128 was = line->balance;

	line->balance -= out->amount.raw;
	line->owed += above_zero(-line->balance) - above_zero(-was);
}

/* all: not only what maintenance needs. */
static void fill_sheet(const struct rk_scene *scene,
		       const struct rk_holdings *holdings, bool all,
		       struct sheet *sheet)
{
	sheet->lines_n = 0;
	sheet->required[RK_LEVEL_MAINTENANCE] = 0;
	sheet->required[RK_LEVEL_INITIAL] = 0;
	sheet->notional = 0;
	sheet->worst_notional = 0;
	sheet->orders = 0;
	sheet->loss = 0;
	sheet->scaled = false;
	sheet->prices_ok = true;

	for (uint32_t i = 0; i < holdings->balances_n; i++)
		add_balance(scene, sheet, &holdings->balances[i]);
	for (uint32_t i = 0; i < holdings->positions_n; i++)
		add_position(scene, sheet, &holdings->positions[i], all);
	for (uint32_t i = 0; i < sheet->lines_n; i++)
		sheet->prices_ok =
			sheet->prices_ok && line_ok(scene, &sheet->lines[i]);

	if (!all)
		return;
	add_orders(scene, sheet, holdings);
	fill_withdrawal(sheet);
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

/* All of a line, unweighted, in USD; kept with it. */
static rk_i128 value_line(const struct rk_scene *scene, struct line *line)
{
	line->usd = line_usd(scene, line, line->balance + line->unrealised);
	return line->usd;
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

/*
 * Of what is held, the weight of the asset, or the better one of the groups in
 * which it is collateral for all that the account is in debt in (Q3). Resting
 * orders only add to debts that there are.
 */
static rk_i128 grouped_weight(const struct rk_scene *scene,
			      const struct sheet *sheet,
			      const struct rk_asset *asset, enum rk_level level)
{
	const bool orders = level != RK_LEVEL_MAINTENANCE;
	rk_i128 plain = asset->collateral.weight[level].raw;
	rk_i128 least = RK_RATE_ONE;
	bool owes = false;

	if (!rk_emode_may_help(asset))
		return plain;
	for (uint32_t i = 0; i < sheet->lines_n && least > plain; i++) {
		const struct line *line = &sheet->lines[i];
		bool debt = line->balance < 0 || line->settles;
		rk_i128 best;

		if (!debt && !(orders && line->ordered))
			continue;
		owes = owes || debt;
		best = rk_emode_best(asset, &scene->assets[line->asset], level);
		if (best < least)
			least = best;
	}
	return owes && least > plain ? least : plain;
}

/*
 * What a line that is held is weighed with. Its size is that at maintenance,
 * the largest, so that no level counts more of it than the one before.
 */
static rk_i128 weight_of(const struct rk_scene *scene,
			 const struct sheet *sheet, const struct line *line,
			 enum rk_level level)
{
	const struct rk_asset *asset = &scene->assets[line->asset];
	rk_i128 weight = grouped_weight(scene, sheet, asset, level);

	weight = rk_size_weight(
		asset, level, weight,
		counted(&asset->collateral, line, RK_LEVEL_MAINTENANCE));
	if (sheet->scaled && level != RK_LEVEL_MAINTENANCE)
		weight = rk_totals_weight(scene, line->asset, weight,
					  line->held);
	return weight;
}

/* The same of one that is owed. */
static rk_i128 liability_of(const struct rk_scene *scene,
			    const struct sheet *sheet, const struct line *line,
			    enum rk_level level)
{
	const struct rk_asset *asset = &scene->assets[line->asset];
	rk_i128 liability = rk_size_liability(
		asset, level, counted(&asset->collateral, line, level));

	if (sheet->scaled && level != RK_LEVEL_MAINTENANCE)
		liability = rk_totals_liability(scene, line->asset, liability,
						line->owed);
	return liability;
}

/* What a line is worth at a level, before weights. */
static rk_i128 level_usd(const struct rk_scene *scene, const struct line *line,
			 enum rk_level level)
{
	rk_i128 amount =
		counted(&scene->assets[line->asset].collateral, line, level);

	return amount == line->balance + line->unrealised
		       ? line->usd
		       : line_usd(scene, line, amount);
}

/* Add what a line counts for at a level. */
static void add_worth(const struct rk_scene *scene, const struct sheet *sheet,
		      const struct line *line, enum rk_level level,
		      struct worth *worth)
{
	rk_i128 usd = level_usd(scene, line, level);

	if (usd >= 0)
		worth->assets += rk_fx_div_rate(
			usd * weight_of(scene, sheet, line, level),
			RK_ROUND_FLOOR);
	else
		worth->liabilities += rk_fx_div_rate(
			-usd * liability_of(scene, sheet, line, level),
			RK_ROUND_CEIL);
}

void rk_margin_weights(const struct rk_scene *scene,
		       const struct rk_holdings *holdings, uint32_t asset,
		       bool scaled, rk_rate ret_weights[RK_LEVELS])
{
	struct sheet sheet;
	struct line *line;

	fill_sheet(scene, holdings, true, &sheet);
	sheet.scaled = scaled;
	line = line_of(scene, &sheet, asset);
	value_line(scene, line);
	for (int i = 0; i < RK_LEVELS; i++) {
		enum rk_level k = (enum rk_level)i;
		rk_i128 weight = level_usd(scene, line, k) >= 0
					 ? weight_of(scene, &sheet, line, k)
					 : liability_of(scene, &sheet, line, k);

		ret_weights[i].raw = (int64_t)weight;
	}
}

rk_i128 rk_margin_group_weight(const struct rk_scene *scene,
			       const struct rk_holdings *holdings,
			       uint32_t asset)
{
	struct sheet sheet;

	fill_sheet(scene, holdings, false, &sheet);
	return grouped_weight(scene, &sheet, &scene->assets[asset],
			      RK_LEVEL_MAINTENANCE);
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
		struct line *line = &sheet.lines[i];
		rk_i128 usd = value_line(scene, line);

		equity += usd;
		if (scene->assets[line->asset].plain)
			worth.assets += usd;
		else
			add_worth(scene, &sheet, line, level, &worth);
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

/*
 * A question of initial and withdrawal health. out: gone from what is held, or
 * NULL. strict: a credit whose price is not OK is worth nothing.
 */
struct question {
	const struct rk_holdings *holdings;
	const struct rk_held_balance *out;
	bool strict;
};

/* Health from initial on, at the prices of the scene. */
static void health_at(const struct rk_scene *scene, const struct question *q,
		      rk_i128 health[RK_LEVELS])
{
	struct worth worth[RK_LEVELS] = {{0, 0}, {0, 0}, {0, 0}};
	struct sheet sheet;

	fill_sheet(scene, q->holdings, true, &sheet);
	if (q->out)
		take_out(scene, &sheet, q->out);
	sheet.scaled = true;
	for (uint32_t i = 0; i < sheet.lines_n; i++) {
		struct line *line = &sheet.lines[i];

		if (q->strict && !line_ok(scene, line))
			continue;
		(void)value_line(scene, line);
		for (int k = RK_LEVEL_INITIAL; k < RK_LEVELS; k++)
			add_worth(scene, &sheet, line, (enum rk_level)k,
				  &worth[k]);
	}
	for (int k = RK_LEVEL_INITIAL; k < RK_LEVELS; k++)
		health[k] = worth[k].assets - worth[k].liabilities -
			    sheet.required[k];
}

/* Underlyings that make the health of a level worse at their slow prices. */
struct worse {
	uint32_t ids[RK_UNDERLYINGS_MAX];
	uint32_t n;
};

/* What each underlying alone does, all others at their marks (W5). */
static void find_worse(const struct rk_scene *scene, const struct question *q,
		       const rk_i128 health[RK_LEVELS],
		       struct worse worse[RK_LEVELS])
{
	uint32_t ids[RK_UNDERLYINGS_MAX];
	uint32_t n = rk_slow_underlyings(scene, q->holdings, ids);
	struct rk_scene slow = *scene;
	rk_i128 alone[RK_LEVELS];

	/* What is borrowed need not be among what is held. */
	if (q->out)
		n = rk_slow_add_underlying(
			scene, scene->assets[q->out->asset].slot, ids, n);
	for (int k = RK_LEVEL_INITIAL; k < RK_LEVELS; k++)
		worse[k].n = 0;
	slow.slow_n = 1;
	for (uint32_t i = 0; i < n; i++) {
		slow.slow = &ids[i];
		health_at(&slow, q, alone);
		for (int k = RK_LEVEL_INITIAL; k < RK_LEVELS; k++)
			if (alone[k] < health[k])
				worse[k].ids[worse[k].n++] = ids[i];
	}
}

/*
 * health is that at marks and becomes the least of it, and of health at the
 * slow prices of what is worse at each level (W5).
 */
static void lower(const struct rk_scene *scene, const struct question *q,
		  rk_i128 health[RK_LEVELS])
{
	struct worse worse[RK_LEVELS];
	struct rk_scene slow = *scene;
	rk_i128 there[RK_LEVELS];

	find_worse(scene, q, health, worse);
	for (int level = RK_LEVEL_INITIAL; level < RK_LEVELS; level++) {
		if (worse[level].n == 0)
			continue;
		slow.slow = worse[level].ids;
		slow.slow_n = worse[level].n;
		health_at(&slow, q, there);
		for (int k = RK_LEVEL_INITIAL; k < RK_LEVELS; k++)
			if (there[k] < health[k])
				health[k] = there[k];
	}
}

static bool is_scaled(const struct rk_scene *scene, const struct sheet *sheet)
{
	for (uint32_t i = 0; i < sheet->lines_n; i++) {
		const struct rk_collateral_scale *scale =
			&scene->assets[sheet->lines[i].asset].scale;

		if (scale->held.raw != 0 || scale->owed.raw != 0)
			return true;
	}
	return false;
}

/* health: at marks, and without scales; it becomes the one that counts. */
static void be_cautious(const struct rk_scene *scene,
			const struct rk_holdings *holdings, bool scaled,
			rk_i128 health[RK_LEVELS], struct rk_margin *margin)
{
	const struct question question = {.holdings = holdings};
	rk_i128 initial = health[RK_LEVEL_INITIAL];
	rk_i128 withdrawal = health[RK_LEVEL_WITHDRAWAL];

	if (scaled)
		health_at(scene, &question, health);
	lower(scene, &question, health);
	margin->health_i = usd_told(health[RK_LEVEL_INITIAL]);
	margin->health_w = usd_told(health[RK_LEVEL_WITHDRAWAL]);
	margin->caution_i = usd_told(initial - margin->health_i.raw);
	margin->caution_w = usd_told(withdrawal - margin->health_w.raw);
}

void rk_margin_of(const struct rk_scene *scene,
		  const struct rk_holdings *holdings,
		  struct rk_margin *ret_margin)
{
	struct worth worth[RK_LEVELS] = {{0, 0}, {0, 0}, {0, 0}};
	rk_i128 health[RK_LEVELS];
	struct sheet sheet;
	rk_i128 collateral = 0;
	rk_i128 debt = 0;
	rk_i128 equity = 0;

	fill_sheet(scene, holdings, true, &sheet);
	for (uint32_t i = 0; i < sheet.lines_n; i++) {
		struct line *line = &sheet.lines[i];
		rk_i128 usd = value_line(scene, line);

		equity += usd;
		if (usd >= 0)
			collateral += usd;
		else
			debt -= usd;
		for (int k = 0; k < RK_LEVELS; k++)
			add_worth(scene, &sheet, line, (enum rk_level)k,
				  &worth[k]);
	}
	for (int k = 0; k < RK_LEVELS; k++)
		health[k] = worth[k].assets - worth[k].liabilities -
			    sheet.required[k];
	be_cautious(scene, holdings, is_scaled(scene, &sheet), health,
		    ret_margin);

	ret_margin->equity = usd_of(equity);
	ret_margin->collateral = usd_of(collateral);
	ret_margin->debt = usd_of(debt);
	ret_margin->assets = usd_of(worth[RK_LEVEL_MAINTENANCE].assets);
	ret_margin->liabilities =
		usd_of(worth[RK_LEVEL_MAINTENANCE].liabilities +
		       sheet.required[RK_LEVEL_MAINTENANCE]);
	ret_margin->maintenance = usd_of(equity - health[RK_LEVEL_MAINTENANCE]);
	ret_margin->initial = usd_told(equity - health[RK_LEVEL_INITIAL]);
	ret_margin->withdrawal = usd_of(sheet.required[RK_LEVEL_WITHDRAWAL]);
	ret_margin->orders = usd_of(sheet.orders);
	ret_margin->notional = usd_of(sheet.notional);
	ret_margin->health_m = usd_of(health[RK_LEVEL_MAINTENANCE]);
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

/* Would less than nothing be left of it? */
static bool borrows(const struct rk_holdings *holdings,
		    const struct rk_held_balance *out)
{
	return out &&
	       out->amount.raw > rk_holdings_balance(holdings, out->asset).raw;
}

/* Are all prices usable for taking out? Liabilities and positions need it. */
static int check_out_prices(const struct rk_scene *scene,
			    const struct rk_holdings *holdings,
			    const struct rk_held_balance *out)
{
	for (uint32_t i = 0; i < holdings->positions_n; i++) {
		const struct rk_market *market =
			&scene->markets[holdings->positions[i].market];

		if (!market_ok(scene, market))
			return RK_REJ_PRICE_NOT_OK;
	}
	for (uint32_t i = 0; i < holdings->orders_n; i++)
		if (!market_ok(scene,
			       &scene->markets[holdings->orders[i].market]))
			return RK_REJ_PRICE_NOT_OK;
	for (uint32_t i = 0; i < holdings->balances_n; i++) {
		const struct rk_held_balance *balance = &holdings->balances[i];

		if (balance->amount.raw < 0 &&
		    !rk_scene_price_ok(scene,
				       scene->assets[balance->asset].slot))
			return RK_REJ_PRICE_NOT_OK;
	}
	if (borrows(holdings, out) &&
	    !rk_scene_price_ok(scene, scene->assets[out->asset].slot))
		return RK_REJ_PRICE_NOT_OK;
	return RK_OK;
}

static bool owes_nothing(const struct rk_holdings *holdings,
			 const struct rk_held_balance *out)
{
	if (borrows(holdings, out))
		return false;
	for (uint32_t i = 0; i < holdings->balances_n; i++)
		if (holdings->balances[i].amount.raw < 0)
			return false;
	return holdings->positions_n == 0 && holdings->orders_n == 0;
}

/* From health_I to that of level `last`, with `out` gone if it is not NULL. */
static int check_levels(const struct rk_scene *scene,
			const struct rk_holdings *holdings,
			const struct rk_held_balance *out, enum rk_level last)
{
	const struct question question = {holdings, out, true};
	rk_i128 health[RK_LEVELS];
	int r;

	RK_ASSERT(last >= RK_LEVEL_INITIAL && last < RK_LEVELS);
	if (owes_nothing(holdings, out))
		return RK_OK;
	r = check_out_prices(scene, holdings, out);
	if (r != RK_OK)
		return r;

	health_at(scene, &question, health);
	lower(scene, &question, health);
	for (unsigned int k = RK_LEVEL_INITIAL; k <= (unsigned int)last; k++)
		if (health[k] < 0)
			return RK_REJ_MARGIN;
	return RK_OK;
}

int rk_margin_check_out(const struct rk_scene *scene,
			const struct rk_holdings *holdings, uint32_t asset,
			rk_amt amount)
{
	const struct rk_held_balance out = {.asset = asset, .amount = amount};

	return check_levels(scene, holdings, &out, RK_LEVEL_WITHDRAWAL);
}

int rk_margin_check(const struct rk_scene *scene,
		    const struct rk_holdings *holdings, enum rk_level last)
{
	return check_levels(scene, holdings, NULL, last);
}

rk_i128 rk_margin_health_initial(const struct rk_scene *scene,
				 const struct rk_holdings *holdings)
{
	const struct question question = {.holdings = holdings};
	rk_i128 health[RK_LEVELS];

	health_at(scene, &question, health);
	lower(scene, &question, health);
	return health[RK_LEVEL_INITIAL];
}

int rk_margin_check_order(const struct rk_scene *scene,
			  const struct rk_holdings *after,
			  const struct rk_held_balance *fee,
			  rk_i128 health_before)
{
	const struct question question = {after, fee, true};
	rk_i128 health[RK_LEVELS];
	/* The price of what a fee is paid in is among those of its market. */
	int r = check_out_prices(scene, after, NULL);

	if (r != RK_OK)
		return r;
	health_at(scene, &question, health);
	lower(scene, &question, health);
	if (health[RK_LEVEL_INITIAL] >= 0)
		return RK_OK;
	/* An order changes no position: health_M stays what it is. */
	return rk_margin_health_initial(scene, after) >= health_before
		       ? RK_OK
		       : RK_REJ_MARGIN;
}

/*
 * What accounts could do, and what would become of them. See answer.h.
 */
#include "codec/answer.h"
#include "codec/decode.h"
#include "codec/impl.h"
#include "engine/ask.h"
#include "engine/fx.h"
#include "engine/rc.h"

/* The message first: a pointer to this is one to that. */
struct rk_figures {
	Riskd__AccountFigures wire;
	Riskd__Health health;
};

struct balance_row {
	Riskd__BalanceFigures figures;
	Riskd__Balance balance;
};

struct position_row {
	Riskd__PositionFigures figures;
	Riskd__Position position;
};

/* Notional / equity in 1e-9, rounded up; -1 when there is none. */
static int64_t leverage_of(const struct rk_margin *margin)
{
	rk_i128 leverage;

	if (margin->equity.raw <= 0)
		return -1;
	leverage = rk_fx_div((rk_i128)margin->notional.raw * RK_RATE_ONE,
			     margin->equity.raw, RK_ROUND_CEIL);
	return rk_fx_fits(leverage) ? (int64_t)leverage : -1;
}

static void set_balance(const struct rk_engine *engine,
			const struct rk_figures_of *of, uint32_t id,
			struct balance_row *row)
{
	struct rk_ask_prices liquidation;
	struct rk_balance_view view;
	struct rk_asset_view asset;

	rk_ask_asset(of->ask, id, &view);
	rk_answer_balance(&view, &row->balance);
	riskd__balance_figures__init(&row->figures);
	row->figures.balance = &row->balance;
	if (of->brief)
		return;
	row->figures.withdrawable = rk_ask_withdrawable(of->ask, id).raw;
	(void)rk_view_asset(engine, id, &asset); /* it is listed */
	if (asset.slot == RK_NO_SLOT)
		return;
	liquidation = rk_ask_liquidation_prices(of->ask, asset.slot);
	row->figures.liquidation_price = liquidation.price.raw;
	row->figures.liquidation_price_low = liquidation.low.raw;
	row->figures.liquidation_price_high = liquidation.high.raw;
}

static int64_t most(const struct rk_ask *ask,
		    const struct rk_position_view *view, enum rk_side side)
{
	return rk_ask_order_size(ask, view->market, side, view->mark,
				 RK_ASK_FEE_COUNTED)
		.raw;
}

static void set_position(const struct rk_engine *engine,
			 const struct rk_figures_of *of, uint32_t i,
			 struct position_row *row)
{
	struct rk_position_view view;
	struct rk_ask_prices liquidation;
	struct rk_market_view market;

	rk_ask_position(of->ask, i, &view);
	rk_answer_position(&view, &row->position);
	riskd__position_figures__init(&row->figures);
	row->figures.position = &row->position;
	if (of->brief)
		return;
	(void)rk_view_market(engine, view.market, &market); /* it is held */
	liquidation = rk_ask_liquidation_prices(of->ask, market.slot);
	row->figures.liquidation_price = liquidation.price.raw;
	row->figures.liquidation_price_low = liquidation.low.raw;
	row->figures.liquidation_price_high = liquidation.high.raw;
	row->figures.bankruptcy_price =
		rk_ask_bankruptcy_prices(of->ask, market.slot).price.raw;
	row->figures.max_buy = most(of->ask, &view, RK_SIDE_BUY);
	row->figures.max_sell = most(of->ask, &view, RK_SIDE_SELL);
}

static bool add_balances(struct rk_scratch *scratch,
			 const struct rk_engine *engine,
			 const struct rk_figures_of *of,
			 Riskd__AccountFigures *wire)
{
	uint32_t assets[RK_ASSETS_MAX];
	uint32_t n = rk_ask_assets(of->ask, assets);
	struct balance_row *rows;
	void *memory;
	void **pointers;

	if (!rk_answer_rows(scratch, n, sizeof(*rows), &memory, &pointers))
		return false;
	rows = memory;
	for (uint32_t i = 0; i < n; i++)
		set_balance(engine, of, assets[i], &rows[i]);
	wire->n_balances = n;
	wire->balances = (Riskd__BalanceFigures **)pointers;
	return true;
}

/* Of each asset that is lent, also of those that are not held. */
static bool add_borrowable(struct rk_scratch *scratch,
			   const struct rk_engine *engine,
			   const struct rk_figures_of *of,
			   Riskd__AccountFigures *wire)
{
	struct rk_lending_view view;
	Riskd__Borrowable *rows;
	void *memory;
	void **pointers;
	uint32_t n = 0;

	for (uint32_t i = 0; rk_view_lending(engine, i, &view) == RK_OK; i++)
		n += view.terms.lendable;
	if (n == 0 || of->brief)
		return true;
	if (!rk_answer_rows(scratch, n, sizeof(*rows), &memory, &pointers))
		return false;
	rows = memory;
	n = 0;
	for (uint32_t i = 0; rk_view_lending(engine, i, &view) == RK_OK; i++) {
		if (!view.terms.lendable)
			continue;
		riskd__borrowable__init(&rows[n]);
		rows[n].asset = i;
		rows[n].amount = rk_ask_borrowable(of->ask, i).raw;
		n++;
	}
	wire->n_borrowable = n;
	wire->borrowable = (Riskd__Borrowable **)pointers;
	return true;
}

static bool add_positions(struct rk_scratch *scratch,
			  const struct rk_engine *engine,
			  const struct rk_figures_of *of,
			  Riskd__AccountFigures *wire)
{
	uint32_t n = rk_ask_positions(of->ask);
	struct position_row *rows;
	void *memory;
	void **pointers;

	if (!rk_answer_rows(scratch, n, sizeof(*rows), &memory, &pointers))
		return false;
	rows = memory;
	for (uint32_t i = 0; i < n; i++)
		set_position(engine, of, i, &rows[i]);
	wire->n_positions = n;
	wire->positions = (Riskd__PositionFigures **)pointers;
	return true;
}

/* A supposed order has no number of its own. */
static bool add_orders(struct rk_scratch *scratch,
		       const struct rk_figures_of *of,
		       Riskd__AccountFigures *wire)
{
	uint32_t n = rk_ask_orders(of->ask);
	Riskd__RestingOrder *rows;
	void *memory;
	void **pointers;

	if (!rk_answer_rows(scratch, n, sizeof(*rows), &memory, &pointers))
		return false;
	rows = memory;
	for (uint32_t i = 0; i < n; i++) {
		const struct rk_held_order *held = rk_ask_order(of->ask, i);
		const struct rk_resting_view view = {
			.order = held->order >= of->supposed_from ? 0
								  : held->order,
			.market = held->market,
			.side = held->side,
			.reduce_only = held->reduce_only,
			.size = held->left,
			.left = held->left,
			.price = held->price,
		};

		rk_answer_resting(&view, &rows[i]);
	}
	wire->n_resting_orders = n;
	wire->resting_orders = (Riskd__RestingOrder **)pointers;
	return true;
}

bool rk_answer_largest(struct rk_scratch *scratch, const struct rk_ask *ask,
		       const struct rk_largest *largest,
		       Riskd__LargestOrder ***ret_rows)
{
	Riskd__LargestOrder *rows;
	void *memory;
	void **pointers;

	if (!rk_answer_rows(scratch, largest->n, sizeof(*rows), &memory,
			    &pointers))
		return false;
	rows = memory;
	for (size_t i = 0; i < largest->n; i++) {
		const struct rk_largest_of *of = &largest->of[i];
		rk_rate fee =
			of->fee_told ? (rk_rate){of->fee} : RK_ASK_FEE_COUNTED;
		rk_px price = of->price != 0 ? (rk_px){of->price}
					     : rk_ask_mark(ask, of->market);

		riskd__largest_order__init(&rows[i]);
		rows[i].market = of->market;
		rows[i].price = price.raw;
		rows[i].buy = rk_ask_order_size(ask, of->market, RK_SIDE_BUY,
						price, fee)
				      .raw;
		rows[i].sell = rk_ask_order_size(ask, of->market, RK_SIDE_SELL,
						 price, fee)
				       .raw;
	}
	*ret_rows = (Riskd__LargestOrder **)pointers;
	return true;
}

static bool add_largest(struct rk_scratch *scratch,
			const struct rk_figures_of *of,
			Riskd__AccountFigures *wire)
{
	if (of->largest->n == 0)
		return true;
	wire->n_largest_orders = of->largest->n;
	return rk_answer_largest(scratch, of->ask, of->largest,
				 &wire->largest_orders);
}

struct rk_figures *rk_answer_figures(struct rk_scratch *scratch,
				     const struct rk_engine *engine,
				     const struct rk_figures_of *of)
{
	struct rk_figures *figures =
		rk_scratch_take(scratch, 1, sizeof(*figures));
	struct rk_margin margin;

	if (!figures)
		return NULL;
	rk_ask_margin(of->ask, &margin);
	rk_answer_health(&margin, of->state, &figures->health);
	riskd__account_figures__init(&figures->wire);
	figures->wire.account = of->account;
	figures->wire.health = &figures->health;
	if (margin.health_i.raw > 0)
		figures->wire.free_collateral = margin.health_i.raw;
	figures->wire.leverage = leverage_of(&margin);
	if (!add_balances(scratch, engine, of, &figures->wire) ||
	    !add_borrowable(scratch, engine, of, &figures->wire) ||
	    !add_positions(scratch, engine, of, &figures->wire) ||
	    !add_orders(scratch, of, &figures->wire) ||
	    !add_largest(scratch, of, &figures->wire))
		return NULL;
	return figures;
}

void rk_answer_what_if(struct rk_bytes *bytes, uint64_t seq,
		       const struct rk_figures_list *list)
{
	Riskd__Answer answer = RISKD__ANSWER__INIT;
	Riskd__WhatIfAnswer wire = RISKD__WHAT_IF_ANSWER__INIT;
	Riskd__OrderCheck checks[RK_WHAT_IF_SUPPOSE_MAX];
	Riskd__OrderCheck *pointers[RK_WHAT_IF_SUPPOSE_MAX];

	for (size_t i = 0; i < list->orders_n; i++) {
		riskd__order_check__init(&checks[i]);
		checks[i].code = list->order_codes[i];
		if (checks[i].code != 0)
			checks[i].text =
				(char *)(uintptr_t)rk_rc_text(checks[i].code);
		pointers[i] = &checks[i];
	}
	wire.n_orders = list->orders_n;
	wire.orders = pointers;

	if (list->before) {
		wire.n_before = list->n;
		wire.before = (Riskd__AccountFigures **)list->before;
	}
	wire.n_after = list->n;
	wire.after = (Riskd__AccountFigures **)list->after;
	answer.seq = seq;
	answer.kind_case = RISKD__ANSWER__KIND_WHAT_IF;
	answer.what_if = &wire;
	rk_answer_pack(bytes, &answer);
}

/*
 * riskctl explain: an account in both states, with each step of the formula
 * of docs/margin.md. See explain.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "codec/answer.h"
#include "engine/decimal.h"
#include "engine/fx.h"
#include "engine/rc.h"
#include "explain.h"

#define DEDUCTION_PLACES 17
#define ORDERS_MAX       256

static const struct ctl_column position_columns[] = {
	{"Position", "when", CTL_TEXT},
	{"Market", "market", CTL_TEXT},
	{"Size", "size", CTL_DECIMAL},
	{"Mark", "mark", CTL_DECIMAL},
	{"Mark is", "price_state", CTL_TEXT},
	{"Value is", "value_is", CTL_TEXT},
	{"Value", "value", CTL_DECIMAL},
	{"Cost", "cost", CTL_DECIMAL},
	{"Unrealised", "unrealised", CTL_DECIMAL},
	{"Funding", "funding", CTL_DECIMAL},
	{"Leverage chosen", "leverage", CTL_DECIMAL},
	{"Settle price", "settle_price", CTL_DECIMAL},
	{"Notional", "notional_usd", CTL_DECIMAL},
	{"Bracket", "bracket", CTL_INTEGER},
	{"M rate", "maintenance_rate", CTL_DECIMAL},
	{"less", "maintenance_deduction_usd", CTL_DECIMAL},
	{"Maintenance", "maintenance_usd", CTL_DECIMAL},
	{"I rate", "initial_rate", CTL_DECIMAL},
	{"less", "initial_deduction_usd", CTL_DECIMAL},
	{"Initial", "initial_usd", CTL_DECIMAL},
	{"Beside brackets", "beside_brackets", CTL_TEXT},
	{"Withheld", "withheld", CTL_TEXT},
	{NULL, NULL, CTL_TEXT},
};

static void cell_deduction(struct ctl_table *table,
			   const struct rk_engine *engine, uint32_t market,
			   uint32_t bracket, bool initial)
{
	char text[RK_DECIMAL_I128_SIZE];

	ctl_cell(table, "%s",
		 rk_decimal_format_i128(
			 rk_view_deduction(engine, market, bracket, initial),
			 DEDUCTION_PLACES, 0, text, sizeof(text)));
}

/* The one with the largest floor that is not above. */
static uint32_t bracket_of(const struct rk_cmd_market *listing, rk_usd notional)
{
	uint32_t k = listing->brackets_n - 1;

	while (k > 0 && listing->brackets[k].floor.raw > notional.raw)
		k--;
	return k;
}

/* How the value follows from the columns before it. */
static void cell_value_is(struct ctl_table *table,
			  const struct rk_cmd_market *listing)
{
	bool inverse = listing->contract == RK_CONTRACT_INVERSE;
	char text[RK_DECIMAL_SIZE];

	(void)rk_decimal_format(listing->multiplier,
				listing->multiplier_decimals, text,
				sizeof(text));
	if (inverse)
		ctl_cell(table, "-size * %s / mark", text);
	else if (listing->multiplier == 1 && listing->multiplier_decimals == 0)
		ctl_cell(table, "size * mark");
	else
		ctl_cell(table, "size * %s * mark", text);
}

/* How far the ramp of a market has come, as a part of its way. */
static const char *ramp_text(const struct rk_ramp_view *ramp, char *text,
			     size_t size)
{
	int64_t part = (int64_t)((rk_i128)ramp->elapsed_ns * RK_RATE_ONE /
				 (ramp->until_ns - ramp->since_ns));
	char number[RK_DECIMAL_SIZE];

	(void)snprintf(text, size, "ramp at %s",
		       rk_decimal_format(part, 9, number, sizeof(number)));
	return text;
}

/* What makes another requirement of it than rate and deduction do. */
static void cell_beside(struct ctl_table *table,
			const struct rk_market_view *market,
			const struct rk_position_view *position)
{
	const struct rk_margin_terms *terms = &market->margin;
	char ramp[RK_DECIMAL_SIZE + 16];
	const char *parts[4];
	char text[128] = "nothing";
	size_t used = 0;
	int n = 0;

	if (terms->growth != RK_GROWTH_NONE)
		parts[n++] = ctl_growth_name((int)terms->growth);
	if (terms->scale_upper.raw != 0 &&
	    market->open_usd.raw > terms->scale_lower.raw)
		parts[n++] = "open interest";
	if (position->leverage.raw != 0)
		parts[n++] = "leverage";
	if (market->ramp.runs)
		parts[n++] = ramp_text(&market->ramp, ramp, sizeof(ramp));
	for (int i = 0; i < n; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%s%s", i > 0 ? ", " : "", parts[i]);
	ctl_cell(table, "%s", text);
}

static void fill_position(const struct explain *explain,
			  struct ctl_table *table,
			  const struct rk_engine *engine,
			  const struct rk_position_view *position,
			  const char *when)
{
	struct ctl_scale scale = ctl_scale_of(explain->ctl, position->market);
	struct rk_market_view market;
	struct rk_asset_view settle;
	struct rk_slot_view slot;
	uint32_t k;

	if (rk_view_market(engine, position->market, &market) != RK_OK ||
	    rk_view_asset(engine, market.settle_asset, &settle) != RK_OK ||
	    rk_view_slot(engine, market.slot, &slot) != RK_OK)
		return;
	k = bracket_of(&market.listing, position->notional);
	ctl_cell(table, "%s", when);
	ctl_cell(table, "%s", scale.market);
	ctl_cell_decimal(table, position->size.raw, scale.size, "");
	ctl_cell_decimal(table, position->mark.raw, scale.price, scale.quote);
	ctl_cell_price_state(table, (Riskd__PriceState)slot.state);
	cell_value_is(table, &market.listing);
	ctl_cell_decimal(table, position->unrealised.raw + position->cost.raw,
			 scale.settle, scale.asset);
	ctl_cell_decimal(table, position->cost.raw, scale.settle, scale.asset);
	ctl_cell_decimal(table, position->unrealised.raw, scale.settle,
			 scale.asset);
	ctl_cell_decimal(table, position->funding.raw, scale.settle,
			 scale.asset);
	ctl_cell_decimal(table, position->leverage.raw, 9, "");
	ctl_cell_decimal(table,
			 rk_view_asset_price(engine, market.settle_asset).raw,
			 settle.listing.price_decimals, "USD");
	ctl_cell_usd(table, position->notional.raw);
	ctl_cell_u64(table, k);
	ctl_cell_decimal(table, market.listing.brackets[k].maintenance.raw, 9,
			 "");
	cell_deduction(table, engine, position->market, k, false);
	ctl_cell_usd(table, position->maintenance.raw);
	ctl_cell_decimal(table, market.listing.brackets[k].initial.raw, 9, "");
	cell_deduction(table, engine, position->market, k, true);
	ctl_cell_usd(table, position->initial.raw);
	cell_beside(table, &market, position);
	ctl_cell(table, "%s",
		 position->withheld == RK_WITHHELD_NONE
			 ? ""
			 : rk_withheld_name(position->withheld));
}

static const struct ctl_column order_columns[] = {
	{"Order", "when", CTL_TEXT},
	{"Id", "order", CTL_TEXT},
	{"Market", "market", CTL_TEXT},
	{"Side", "side", CTL_TEXT},
	{"Size", "size", CTL_DECIMAL},
	{"Filled", "filled", CTL_DECIMAL},
	{"Floor", "floor", CTL_DECIMAL},
	{"Close asked", "close_asked", CTL_BOOL},
	{NULL, NULL, CTL_TEXT},
};

static void fill_orders(const struct explain *explain, struct ctl_table *table,
			const struct rk_engine *engine, uint32_t index,
			enum explain_when when)
{
	struct rk_order_view orders[ORDERS_MAX];
	uint32_t n = rk_view_orders(engine, index, orders, ORDERS_MAX);

	for (uint32_t i = 0; i < n && i < ORDERS_MAX; i++) {
		const struct rk_order_view *order = &orders[i];
		struct ctl_scale scale =
			ctl_scale_of(explain->ctl, order->market);
		char id[RISK_DECIMAL_SIZE];

		ctl_cell(table, "%s", explain_when_name(when));
		ctl_cell(table, "%s",
			 risk_format_order_id(order->order.seq, order->order.n,
					      id));
		ctl_cell(table, "%s", scale.market);
		ctl_cell(table, "%s", risk_side_name((Riskd__Side)order->side));
		ctl_cell_decimal(table, order->size.raw, scale.size, "");
		ctl_cell_decimal(table, order->filled.raw, scale.size, "");
		ctl_cell_decimal(table, order->floor_price.raw, scale.price,
				 scale.quote);
		ctl_cell_bool(table, order->close_asked);
	}
}

void explain_account_fill(struct explain *explain,
			  struct explain_account *account,
			  const struct rk_engine *engine,
			  enum explain_when when)
{
	struct rk_position_view positions[EXPLAIN_POSITIONS_MAX];
	uint32_t index;
	uint32_t n;

	if (!account->positions) {
		account->positions = ctl_table_new(position_columns);
		if (!explain->contracts)
			ctl_table_hide(account->positions, "value_is");
		account->assets = explain_assets_new();
		account->orders = ctl_table_new(order_columns);
		account->conversions = explain_conversions_new();
	}
	if (rk_view_find_account(engine, account->account, &index) != RK_OK)
		return;
	account->exists[when] = true;
	(void)rk_view_account(engine, index, &account->views[when]);
	n = rk_view_positions(engine, index, positions, EXPLAIN_POSITIONS_MAX);
	for (uint32_t i = 0; i < n && i < EXPLAIN_POSITIONS_MAX; i++)
		fill_position(explain, account->positions, engine,
			      &positions[i], explain_when_name(when));
	explain_assets_fill(explain, account->assets, engine, index, when);
	fill_orders(explain, account->orders, engine, index, when);
	explain_conversions_fill(explain, account->conversions, engine, index,
				 when);
}

static const struct ctl_column figure_columns[] = {
	{"Figure", "figure", CTL_TEXT},  {"Before", "before", CTL_DECIMAL},
	{"After", "after", CTL_DECIMAL}, {"How", "how", CTL_TEXT},
	{NULL, NULL, CTL_TEXT},
};

static void add_usd(struct ctl_table *table,
		    const struct explain_account *account, size_t offset,
		    const char *name, const char *how)
{
	ctl_cell(table, "%s", name);
	for (int i = 0; i < EXPLAIN_STATES; i++) {
		const unsigned char *margin =
			(const unsigned char *)&account->views[i].margin;
		rk_usd usd;

		memcpy(&usd, margin + offset, sizeof(usd));
		if (account->exists[i])
			ctl_cell_usd(table, usd.raw);
		else
			ctl_cell(table, "-");
	}
	ctl_cell(table, "%s", how);
}

/* One that is not in USD, in the words of cell. */
static void add_quotient(struct ctl_table *table,
			 const struct explain_account *account,
			 int64_t (*of)(const struct rk_margin *margin),
			 void (*cell)(struct ctl_table *table, int64_t value))
{
	for (int i = 0; i < EXPLAIN_STATES; i++) {
		if (account->exists[i])
			cell(table, of(&account->views[i].margin));
		else
			ctl_cell(table, "-");
	}
}

static void add_words(struct ctl_table *table, const char *name,
		      const char *before, const char *after, const char *how)
{
	ctl_cell(table, "%s", name);
	ctl_cell(table, "%s", before);
	ctl_cell(table, "%s", after);
	ctl_cell(table, "%s", how);
}

static const char *state_of(const struct explain_account *account,
			    enum explain_when when)
{
	return account->exists[when] ? rk_state_name(account->views[when].state)
				     : "-";
}

static const char *ok_of(const struct explain_account *account,
			 enum explain_when when)
{
	if (!account->exists[when])
		return "-";
	return account->views[when].margin.prices_ok ? "yes" : "no";
}

struct ctl_table *explain_figures(const struct explain_account *account)
{
	static const struct {
		const char *name;
		size_t offset;
		const char *how;
	} rows[] = {
		{"equity_usd", offsetof(struct rk_margin, equity),
		 "sum of the assets' values"},
		{"assets_usd", offsetof(struct rk_margin, assets),
		 "A_M: what counts above 0 at maintenance"},
		{"liabilities_usd", offsetof(struct rk_margin, liabilities),
		 "L_M: what counts below 0, and positions' maintenance"},
		{"health_usd", offsetof(struct rk_margin, health_m),
		 "assets - liabilities"},
		{"maintenance_usd", offsetof(struct rk_margin, maintenance),
		 "R_M: equity - health"},
		{"initial_usd", offsetof(struct rk_margin, initial),
		 "R_I: equity - health_initial"},
		{"notional_usd", offsetof(struct rk_margin, notional),
		 "sum over positions"},
		{"withdrawal_usd", offsetof(struct rk_margin, withdrawal),
		 "larger of initial and a tenth of notional, as if the worse "
		 "side of orders were filled, and what their prices lose"},
		{"orders_usd", offsetof(struct rk_margin, orders),
		 "initial of the worse side of resting orders beyond "
		 "positions', and what their prices lose"},
		{"caution_initial_usd", offsetof(struct rk_margin, caution_i),
		 "what slow prices and scales take away at initial"},
		{"health_initial_usd", offsetof(struct rk_margin, health_i),
		 "what counts at initial - positions' initial - orders - "
		 "caution"},
		{"caution_withdrawal_usd",
		 offsetof(struct rk_margin, caution_w),
		 "what slow prices and scales take away at withdrawal"},
		{"health_withdrawal_usd", offsetof(struct rk_margin, health_w),
		 "what counts at withdrawal - withdrawal - caution"},
	};
	struct ctl_table *table = ctl_table_new(figure_columns);

	add_words(table, "state", state_of(account, EXPLAIN_BEFORE),
		  state_of(account, EXPLAIN_AFTER), "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		add_usd(table, account, rows[i].offset, rows[i].name,
			rows[i].how);
	ctl_cell(table, "ratio");
	add_quotient(table, account, rk_answer_ratio, ctl_cell_ratio);
	ctl_cell(table, "maintenance / equity");
	ctl_cell(table, "health_factor");
	add_quotient(table, account, rk_answer_factor, ctl_cell_factor);
	ctl_cell(table, "assets / liabilities");
	add_words(table, "prices_ok", ok_of(account, EXPLAIN_BEFORE),
		  ok_of(account, EXPLAIN_AFTER), "every price used is OK");
	return table;
}

static const struct ctl_column threshold_columns[] = {
	{"Threshold", "threshold", CTL_TEXT},
	{"Multiple", "multiple", CTL_DECIMAL},
	{"R_M x multiple before", "needed_before_usd", CTL_DECIMAL},
	{"Equity is", "equity_before", CTL_TEXT},
	{"R_M x multiple after", "needed_after_usd", CTL_DECIMAL},
	{"Equity is", "equity_after", CTL_TEXT},
	{NULL, NULL, CTL_TEXT},
};

/* Exactly, as the engine does: by cross-multiplying. */
static const char *compare(const struct rk_margin *margin, rk_rate multiple)
{
	rk_i128 equity = (rk_i128)margin->equity.raw * RK_RATE_ONE;
	rk_i128 needed = (rk_i128)margin->maintenance.raw * multiple.raw;

	return equity < needed ? "below" : equity > needed ? "above" : "equal";
}

static void add_threshold(struct ctl_table *table,
			  const struct explain_account *account,
			  const char *name, rk_rate multiple)
{
	ctl_cell(table, "%s", name);
	ctl_cell_decimal(table, multiple.raw, 9, "");
	for (int i = 0; i < EXPLAIN_STATES; i++) {
		const struct rk_margin *margin = &account->views[i].margin;
		rk_usd needed = {0};

		if (!account->exists[i] ||
		    rk_fx_rate(margin->maintenance, multiple, RK_ROUND_CEIL,
			       &needed) != RK_OK) {
			ctl_cell(table, "-");
			ctl_cell(table, "-");
			continue;
		}
		ctl_cell_usd(table, needed.raw);
		ctl_cell(table, "%s", compare(margin, multiple));
	}
}

struct ctl_table *explain_thresholds(const struct explain *explain,
				     const struct explain_account *account)
{
	struct ctl_table *table = ctl_table_new(threshold_columns);
	const struct rk_cmd_risk *risk = &explain->risk;

	add_threshold(table, account, "LIQUIDATING below",
		      (rk_rate){RK_RATE_ONE});
	add_threshold(table, account, "until (target)", risk->target);
	add_threshold(table, account, "MARGIN_CALL below", risk->call_enter);
	add_threshold(table, account, "until above", risk->call_leave);
	add_threshold(table, account, "WARN below", risk->warn_enter);
	add_threshold(table, account, "until above", risk->warn_leave);
	return table;
}

/*
 * riskctl explain: what an account has in each asset, and what that counts
 * for at each level of health. See explain.h.
 */
#include "engine/fx.h"
#include "engine/rc.h"
#include "explain.h"

#define ROWS_MAX 320 /* balances of one account */

static const struct ctl_column asset_columns[] = {
	{"Asset", "when", CTL_TEXT},
	{"Name", "asset", CTL_TEXT},
	{"Balance", "balance", CTL_DECIMAL},
	{"Unrealised", "unrealised", CTL_DECIMAL},
	{"Together", "sum", CTL_DECIMAL},
	{"Index price", "price", CTL_DECIMAL},
	{"Price is", "price_state", CTL_TEXT},
	{"Value", "value_usd", CTL_DECIMAL},
	{"M profit", "maintenance_profit", CTL_DECIMAL},
	{"M rate", "maintenance_rate", CTL_DECIMAL},
	{"Maintenance", "maintenance_usd", CTL_DECIMAL},
	{"I profit", "initial_profit", CTL_DECIMAL},
	{"I rate", "initial_rate", CTL_DECIMAL},
	{"Initial", "initial_usd", CTL_DECIMAL},
	{"W profit", "withdrawal_profit", CTL_DECIMAL},
	{"W rate", "withdrawal_rate", CTL_DECIMAL},
	{"Withdrawal", "withdrawal_usd", CTL_DECIMAL},
	{NULL, NULL, CTL_TEXT},
};

struct ctl_table *explain_assets_new(void)
{
	return ctl_table_new(asset_columns);
}

/* What an account has in one asset. */
struct line {
	uint32_t asset;
	int64_t balance;
	int64_t unrealised; /* with funding that is not settled */
	rk_rate weights[RK_LEVELS];
};

static struct line *line_of(struct line *lines, uint32_t *n, uint32_t asset)
{
	for (uint32_t i = 0; i < *n; i++)
		if (lines[i].asset == asset)
			return &lines[i];
	if (*n == ROWS_MAX)
		return NULL;
	lines[*n] = (struct line){.asset = asset};
	return &lines[(*n)++];
}

/* raw * rate, rounded down: what is owed is rounded up by that. */
static int64_t part_of(int64_t raw, rk_rate rate)
{
	return (int64_t)rk_fx_div((rk_i128)raw * rate.raw, RK_RATE_ONE,
				  RK_ROUND_FLOOR);
}

/*
 * What the line counts for at a level: which part of the profit (a loss is
 * whole), the weight of a credit or a debt, and the USD that come of it.
 */
static void cell_level(struct ctl_table *table, const struct rk_engine *engine,
		       const struct line *line, rk_rate profit, rk_rate rate)
{
	rk_amt sum;
	rk_usd value;

	if (line->unrealised <= 0)
		profit.raw = RK_RATE_ONE;
	sum.raw = line->balance + part_of(line->unrealised, profit);
	value = rk_view_asset_value(engine, line->asset, sum);
	ctl_cell_decimal(table, profit.raw, 9, "");
	ctl_cell_decimal(table, rate.raw, 9, "");
	ctl_cell_usd(table, part_of(value.raw, rate));
}

static void fill_line(const struct explain *explain, struct ctl_table *table,
		      const struct rk_engine *engine, const struct line *line,
		      const char *when)
{
	uint32_t decimals;
	const char *name = ctl_asset_of(explain->ctl, line->asset, &decimals);
	rk_amt sum = {line->balance + line->unrealised};
	struct rk_asset_view view;
	struct rk_slot_view slot;

	if (rk_view_asset(engine, line->asset, &view) != RK_OK)
		return;
	ctl_cell(table, "%s", when);
	ctl_cell(table, "%s", name);
	ctl_cell_decimal(table, line->balance, decimals, name);
	ctl_cell_decimal(table, line->unrealised, decimals, name);
	ctl_cell_decimal(table, sum.raw, decimals, name);
	ctl_cell_decimal(table, rk_view_asset_price(engine, line->asset).raw,
			 view.listing.price_decimals, "USD");
	if (rk_view_slot(engine, view.slot, &slot) == RK_OK)
		ctl_cell_price_state(table, (Riskd__PriceState)slot.state);
	else
		ctl_cell(table, "fixed");
	ctl_cell_usd(table, rk_view_asset_value(engine, line->asset, sum).raw);
	for (int k = 0; k < RK_LEVELS; k++)
		cell_level(table, engine, line, view.collateral.profit[k],
			   line->weights[k]);
}

void explain_assets_fill(const struct explain *explain, struct ctl_table *table,
			 const struct rk_engine *engine, uint32_t index,
			 enum explain_when when)
{
	struct rk_position_view positions[EXPLAIN_POSITIONS_MAX];
	struct rk_balance_view balances[ROWS_MAX];
	struct line lines[ROWS_MAX];
	struct rk_market_view market;
	uint32_t lines_n = 0;
	uint32_t n = rk_view_balances(engine, index, balances, ROWS_MAX);
	struct line *line;

	for (uint32_t i = 0; i < n && i < ROWS_MAX; i++) {
		line = line_of(lines, &lines_n, balances[i].asset);
		if (line)
			line->balance += balances[i].amount.raw +
					 balances[i].interest.raw;
	}
	n = rk_view_positions(engine, index, positions, EXPLAIN_POSITIONS_MAX);
	for (uint32_t i = 0; i < n && i < EXPLAIN_POSITIONS_MAX; i++) {
		if (rk_view_market(engine, positions[i].market, &market))
			continue;
		line = line_of(lines, &lines_n, market.settle_asset);
		if (line)
			line->unrealised += positions[i].unrealised.raw +
					    positions[i].funding.raw;
	}
	for (uint32_t i = 0; i < lines_n; i++) {
		rk_view_weights(engine, index, lines[i].asset,
				lines[i].weights);
		fill_line(explain, table, engine, &lines[i],
			  explain_when_name(when));
	}
}

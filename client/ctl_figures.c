/*
 * riskctl: the figures of an account. See ctl_figures.h.
 */
#include "ctl_figures.h"

/* Both ends of what is safe. People see them where there are two. */
#define LIMIT_COLUMNS                                                          \
	{"Liquidation low", "liquidation_price_low", CTL_DECIMAL},             \
	{                                                                      \
		"Liquidation high", "liquidation_price_high", CTL_DECIMAL      \
	}

static const struct ctl_column balance_columns[] = {
	{"Balance", "asset", CTL_TEXT},
	{"Amount", "amount", CTL_DECIMAL},
	{"Interest", "interest", CTL_DECIMAL},
	{"Value", "value_usd", CTL_DECIMAL},
	{"Withdrawable", "withdrawable", CTL_DECIMAL},
	{"Liquidation", "liquidation_price", CTL_DECIMAL},
	LIMIT_COLUMNS,
	{"Weight M", "weight_maintenance", CTL_DECIMAL},
	{"Weight I", "weight_initial", CTL_DECIMAL},
	{"Weight W", "weight_withdrawal", CTL_DECIMAL},
	{NULL, NULL, CTL_TEXT},
};

static const struct ctl_column position_columns[] = {
	{"Position", "market", CTL_TEXT},
	{"Size", "size", CTL_DECIMAL},
	{"Cost", "cost", CTL_DECIMAL},
	{"Mark", "mark", CTL_DECIMAL},
	{"Unrealised", "unrealised", CTL_DECIMAL},
	{"Funding", "funding", CTL_DECIMAL},
	{"Notional", "notional_usd", CTL_DECIMAL},
	{"Maintenance", "maintenance_usd", CTL_DECIMAL},
	{"Leverage", "leverage", CTL_DECIMAL},
	{"Withheld", "withheld", CTL_BOOL},
	{"Liquidation", "liquidation_price", CTL_DECIMAL},
	LIMIT_COLUMNS,
	{"Bankruptcy", "bankruptcy_price", CTL_DECIMAL},
	{"Max buy", "max_buy", CTL_DECIMAL},
	{"Max sell", "max_sell", CTL_DECIMAL},
	{NULL, NULL, CTL_TEXT},
};

void ctl_health_cells(struct ctl_table *table, const Riskd__Health *health,
		      const Riskd__AccountFigures *figures)
{
	ctl_cell_state(table, health->state);
	ctl_cell_ratio(table, health->ratio);
	ctl_cell_factor(table, health->health_factor);
	ctl_cell_usd(table, health->equity);
	ctl_cell_usd(table, health->assets);
	ctl_cell_usd(table, health->liabilities);
	ctl_cell_usd(table, health->maintenance);
	ctl_cell_usd(table, health->initial);
	ctl_cell_usd(table, health->health_maintenance);
	ctl_cell_color(table,
		       health->health_maintenance < 0 ? CTL_RED : CTL_PLAIN);
	ctl_cell_usd(table, health->health_initial);
	ctl_cell_usd(table, health->health_withdrawal);
	ctl_cell_usd(table, figures->free_collateral);
	ctl_cell_usd(table, health->collateral);
	ctl_cell_usd(table, health->debt);
	ctl_cell_factor(table, health->ltv);
	ctl_cell_factor(table, health->liquidation_threshold);
	/* Of loans: without a debt there is nothing to say. */
	if (health->debt == 0) {
		ctl_table_hide(table, "collateral_usd");
		ctl_table_hide(table, "debt_usd");
		ctl_table_hide(table, "ltv");
		ctl_table_hide(table, "liquidation_threshold");
	}
	ctl_cell_usd(table, health->notional);
	ctl_cell_factor(table, figures->leverage);
	ctl_cell_bool(table, health->prices_ok);
	ctl_cell_color(table, health->prices_ok ? CTL_PLAIN : CTL_YELLOW);
}

void ctl_cell_limit(struct ctl_table *table, int64_t price, uint32_t decimals,
		    const char *unit)
{
	if (price == 0)
		ctl_cell(table, "none");
	else
		ctl_cell_decimal(table, price, decimals, unit);
}

uint32_t ctl_price_decimals(const struct ctl *ctl, uint32_t id)
{
	const Riskd__Asset *asset = risk_asset_by_id(ctl->risk, id);

	return asset && asset->price ? asset->price->decimals : 0;
}

/* Of a price, all that there is of it. */
struct liquidation {
	int64_t nearer;
	int64_t low;
	int64_t high;
	uint32_t decimals;
	const char *unit;
};

/* Are there two? */
static bool cells_liquidation(struct ctl_table *table,
			      const struct liquidation *of)
{
	ctl_cell_limit(table, of->nearer, of->decimals, of->unit);
	ctl_cell_limit(table, of->low, of->decimals, of->unit);
	ctl_cell_limit(table, of->high, of->decimals, of->unit);
	return of->low != 0 && of->high != 0;
}

static void hide_ends(struct ctl_table *table)
{
	ctl_table_hide(table, "liquidation_price_low");
	ctl_table_hide(table, "liquidation_price_high");
}

static void unknown(struct ctl_table *table, int cells)
{
	while (cells-- > 0)
		ctl_cell(table, "?");
}

/* A daemon before they were told tells 0 at all levels, or nothing counts. */
static void cell_weights(struct ctl_table *table, const Riskd__Balance *balance)
{
	ctl_cell_decimal(table, balance->weight_maintenance, 9, "");
	ctl_cell_decimal(table, balance->weight_initial, 9, "");
	ctl_cell_decimal(table, balance->weight_withdrawal, 9, "");
}

struct ctl_table *ctl_balance_table(const struct ctl *ctl,
				    const Riskd__AccountFigures *figures,
				    bool brief)
{
	struct ctl_table *table = ctl_table_new(balance_columns);
	bool interest = false;
	bool two = false;

	for (size_t i = 0; i < figures->n_balances; i++) {
		const Riskd__BalanceFigures *of = figures->balances[i];
		const Riskd__Balance *balance = of->balance;
		uint32_t decimals;
		const char *name = ctl_asset_of(ctl, balance->asset, &decimals);

		ctl_cell(table, "%s", name);
		ctl_cell_decimal(table, balance->amount, decimals, name);
		ctl_cell_decimal(table, balance->interest, decimals, name);
		interest = interest || balance->interest != 0;
		ctl_cell_usd(table, balance->value);
		if (brief) {
			unknown(table, 4);
		} else {
			ctl_cell_decimal(table, of->withdrawable, decimals,
					 name);
			two |= cells_liquidation(
				table,
				&(struct liquidation){
					of->liquidation_price,
					of->liquidation_price_low,
					of->liquidation_price_high,
					ctl_price_decimals(ctl, balance->asset),
					"USD"});
		}
		cell_weights(table, balance);
	}
	if (!interest)
		ctl_table_hide(table, "interest");
	if (!two)
		hide_ends(table);
	return table;
}

static const struct ctl_column borrowable_columns[] = {
	{"May borrow", "asset", CTL_TEXT},
	{"Amount", "amount", CTL_DECIMAL},
	{NULL, NULL, CTL_TEXT},
};

struct ctl_table *ctl_borrowable_table(const struct ctl *ctl,
				       const Riskd__AccountFigures *figures)
{
	struct ctl_table *table = ctl_table_new(borrowable_columns);

	for (size_t i = 0; i < figures->n_borrowable; i++) {
		const Riskd__Borrowable *row = figures->borrowable[i];
		uint32_t decimals;
		const char *name = ctl_asset_of(ctl, row->asset, &decimals);

		ctl_cell(table, "%s", name);
		ctl_cell_decimal(table, row->amount, decimals, name);
	}
	return table;
}

static bool is_withheld(const Riskd__AccountAnswer *account, uint32_t market)
{
	for (size_t i = 0; account && i < account->n_positions; i++)
		if (account->positions[i]->market == market)
			return account->positions[i]->withheld;
	return false;
}

static void add_position(struct ctl_table *table,
			 const Riskd__Position *position,
			 const struct ctl_scale *scale, bool withheld)
{
	ctl_cell(table, "%s", scale->market);
	ctl_cell_decimal(table, position->size, scale->size, "");
	ctl_cell_decimal(table, position->cost, scale->settle, scale->asset);
	ctl_cell_decimal(table, position->mark, scale->price, scale->quote);
	ctl_cell_decimal(table, position->unrealised, scale->settle,
			 scale->asset);
	ctl_cell_color(table, position->unrealised < 0 ? CTL_RED : CTL_GREEN);
	ctl_cell_decimal(table, position->funding, scale->settle, scale->asset);
	ctl_cell_color(table, position->funding < 0 ? CTL_RED : CTL_PLAIN);
	ctl_cell_usd(table, position->notional);
	ctl_cell_usd(table, position->maintenance);
	ctl_cell_limit(table, position->leverage, 9, "");
	ctl_cell_bool(table, withheld);
}

struct ctl_table *ctl_position_table(const struct ctl *ctl,
				     const Riskd__AccountFigures *figures,
				     const Riskd__AccountAnswer *account,
				     bool brief)
{
	struct ctl_table *table = ctl_table_new(position_columns);
	bool leverage = false;
	bool two = false;

	for (size_t i = 0; i < figures->n_positions; i++) {
		const Riskd__PositionFigures *of = figures->positions[i];
		uint32_t market = of->position->market;
		struct ctl_scale scale = ctl_scale_of(ctl, market);

		add_position(table, of->position, &scale,
			     is_withheld(account, market));
		leverage = leverage || of->position->leverage != 0;
		if (brief) {
			unknown(table, 6);
			continue;
		}
		two |= cells_liquidation(
			table, &(struct liquidation){of->liquidation_price,
						     of->liquidation_price_low,
						     of->liquidation_price_high,
						     scale.price, scale.quote});
		ctl_cell_limit(table, of->bankruptcy_price, scale.price,
			       scale.quote);
		ctl_cell_decimal(table, of->max_buy, scale.size, "");
		ctl_cell_decimal(table, of->max_sell, scale.size, "");
	}
	if (!leverage)
		ctl_table_hide(table, "leverage");
	if (!two)
		hide_ends(table);
	return table;
}

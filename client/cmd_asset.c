/*
 * riskctl asset: list, show, accrue: prices, and what an asset counts for at
 * maintenance, initial and withdrawal; shown alone, also how slowly its price
 * is believed, how much of it there is, how it counts for less the more there
 * is, how it is lent and converted, and the groups that it is in.
 */
#include "ctl_out.h"
#include "ctl_ramp.h"
#include "ctl_slow.h"

#define RATE_DECIMALS   9
#define FACTOR_DECIMALS 18

static const struct ctl_option no_options[] = {{NULL, 0, NULL, NULL}};

static const struct ctl_column columns[] = {
	{"Asset", "asset", CTL_TEXT},
	{"Id", "id", CTL_INTEGER},
	{"Price", "price", CTL_DECIMAL},
	{"State", "state", CTL_TEXT},
	{"Weight M", "weight_maintenance", CTL_DECIMAL},
	{"Weight I", "weight_initial", CTL_DECIMAL},
	{"Weight W", "weight_withdrawal", CTL_DECIMAL},
	{"Liability M", "liability_maintenance", CTL_DECIMAL},
	{"Liability I", "liability_initial", CTL_DECIMAL},
	{"Liability W", "liability_withdrawal", CTL_DECIMAL},
	{"Profit M", "profit_maintenance", CTL_DECIMAL},
	{"Profit I", "profit_initial", CTL_DECIMAL},
	{NULL, NULL, CTL_TEXT},
};

static void fill_row(struct ctl_table *table, const Riskd__Asset *asset)
{
	static const Riskd__Collateral none = RISKD__COLLATERAL__INIT;
	/* A daemon before there were terms tells none. */
	const Riskd__Collateral *terms =
		asset->collateral ? asset->collateral : &none;
	const int64_t rates[] = {
		terms->weight_maintenance, terms->weight_initial,
		terms->weight_withdrawal,  terms->liability_maintenance,
		terms->liability_initial,  terms->liability_withdrawal,
		terms->profit_maintenance, terms->profit_initial,
	};
	const Riskd__Price *price = asset->price;

	ctl_cell(table, "%s", asset->name);
	ctl_cell_u64(table, asset->id);
	ctl_cell_decimal(table, price->mark, price->decimals, "USD");
	if (price->slot == UINT32_MAX)
		ctl_cell(table, "fixed");
	else
		ctl_cell_price_state(table, price->state);
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		if (terms != &none)
			ctl_cell_decimal(table, rates[i], RATE_DECIMALS, "");
		else
			ctl_cell(table, "?");
	}
}

static const struct ctl_column lending_columns[] = {
	{"Lendable", "lendable", CTL_BOOL},
	{"Supplied", "supplied", CTL_DECIMAL},
	{"Borrowed", "borrowed", CTL_DECIMAL},
	{"Cash", "cash", CTL_DECIMAL},
	{"Deficit", "deficit", CTL_DECIMAL},
	{"Utilisation", "utilisation", CTL_DECIMAL},
	{"Borrow rate", "borrow_rate", CTL_DECIMAL},
	{"Supply rate", "supply_rate", CTL_DECIMAL},
	{"Borrow cap", "borrow_cap", CTL_DECIMAL},
	{"Supply cap", "supply_cap", CTL_DECIMAL},
	{"Rate at none", "base", CTL_DECIMAL},
	{"Rise to kink", "slope_low", CTL_DECIMAL},
	{"Rise beyond", "slope_high", CTL_DECIMAL},
	{"Kink", "kink", CTL_DECIMAL},
	{"Reserve", "reserve", CTL_DECIMAL},
	{"Interest every", "interval", CTL_DECIMAL},
	{"Charged until", "accrued", CTL_TEXT},
	{"Next interest", "next", CTL_TEXT},
	{NULL, NULL, CTL_TEXT},
};

/* A rate of 1e-18, cut to the digits that rates have elsewhere. */
static void cell_rate18(struct ctl_table *table, uint64_t rate)
{
	ctl_cell_decimal(table, (int64_t)(rate / 1000000000), RATE_DECIMALS,
			 "");
}

static void cell_cap(struct ctl_table *table, int64_t cap,
		     const Riskd__Asset *asset)
{
	if (cap == 0)
		ctl_cell(table, "none");
	else
		ctl_cell_decimal(table, cap, asset->decimals, asset->name);
}

static void cell_time(struct ctl_table *table, int64_t time_ns)
{
	char when[CTL_TIME_SIZE] = "never";

	if (time_ns)
		(void)ctl_format_time(time_ns, when);
	ctl_cell(table, "%s", when);
}

static struct ctl_table *fill_lending(const Riskd__Asset *asset)
{
	const Riskd__LendingPool *pool = asset->lending;
	struct ctl_table *table = ctl_table_new(lending_columns);
	const int64_t amounts[] = {pool->supplied, (int64_t)pool->borrowed,
				   pool->cash, (int64_t)pool->deficit};

	ctl_cell_bool(table, pool->lendable);
	for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++)
		ctl_cell_decimal(table, amounts[i], asset->decimals,
				 asset->name);
	cell_rate18(table, pool->utilisation);
	cell_rate18(table, pool->borrow_rate);
	cell_rate18(table, pool->supply_rate);
	cell_cap(table, pool->borrow_cap, asset);
	cell_cap(table, pool->supply_cap, asset);
	ctl_cell_decimal(table, pool->base_rate, RATE_DECIMALS, "");
	ctl_cell_decimal(table, pool->slope_low, RATE_DECIMALS, "");
	ctl_cell_decimal(table, pool->slope_high, RATE_DECIMALS, "");
	ctl_cell_decimal(table, pool->kink, RATE_DECIMALS, "");
	ctl_cell_decimal(table, pool->reserve, RATE_DECIMALS, "");
	ctl_cell_decimal(table, pool->interval_ns, RATE_DECIMALS, "s");
	cell_time(table, pool->accrued_ns);
	cell_time(table, pool->next_ns);
	return table;
}

int cmd_asset_list(struct ctl *ctl, int argc, char **argv)
{
	const Riskd__MarketsAnswer *list;
	struct ctl_table *table;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, no_options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 0, 0)) || (rc = ctl_connect(ctl)))
		return rc;
	list = risk_listing(ctl->risk);
	table = ctl_table_new(columns);
	for (size_t i = 0; i < list->n_assets; i++)
		fill_row(table, list->assets[i]);
	return ctl_table_print(ctl, table,
			       "No assets: list some in markets.json.");
}

static const struct ctl_column show_columns[] = {
	{"Asset", "asset", CTL_TEXT},
	{"Id", "id", CTL_INTEGER},
	{"Price", "price", CTL_DECIMAL},
	{"State", "state", CTL_TEXT},
	{"Weight M", "weight_maintenance", CTL_DECIMAL},
	{"Weight I", "weight_initial", CTL_DECIMAL},
	{"Weight W", "weight_withdrawal", CTL_DECIMAL},
	{"Liability M", "liability_maintenance", CTL_DECIMAL},
	{"Liability I", "liability_initial", CTL_DECIMAL},
	{"Liability W", "liability_withdrawal", CTL_DECIMAL},
	{"Profit M", "profit_maintenance", CTL_DECIMAL},
	{"Profit I", "profit_initial", CTL_DECIMAL},
	{"Held by all", "held", CTL_DECIMAL},
	{"Owed by all", "owed", CTL_DECIMAL},
	{"Counts less from", "scale_held_usd", CTL_DECIMAL},
	{"Weighs more from", "scale_owed_usd", CTL_DECIMAL},
	{"Size factor", "size_factor", CTL_DECIMAL},
	{"Size factor M", "size_factor_maintenance", CTL_DECIMAL},
	{"Its ramp ends", "size_ramp_until", CTL_TEXT},
	{"Deposit cap", "deposit_cap", CTL_DECIMAL},
	CTL_SLOW_COLUMNS,
	CTL_RAMP_COLUMNS,
	{"Weight M then", "target_weight_maintenance", CTL_DECIMAL},
	{"Liability M then", "target_liability_maintenance", CTL_DECIMAL},
	{"Profit M then", "target_profit_maintenance", CTL_DECIMAL},
	{NULL, NULL, CTL_TEXT},
};

static void fill_size_ramp(struct ctl_table *table,
			   const Riskd__CollateralScale *scale)
{
	const Riskd__Ramp *ramp = scale->size_ramp;
	char until[CTL_TIME_SIZE] = "";

	if (ramp && ctl_ramp_runs(ramp))
		(void)ctl_format_time(ramp->until_ns, until);
	ctl_cell_decimal(table, scale->size_factor_maintenance, FACTOR_DECIMALS,
			 "");
	ctl_cell(table, "%s", until);
	if (ctl_ramp_runs(ramp))
		return;
	ctl_table_hide(table, "size_factor_maintenance");
	ctl_table_hide(table, "size_ramp_until");
}

static void fill_scale(struct ctl_table *table, const Riskd__Asset *asset)
{
	static const Riskd__CollateralScale none =
		RISKD__COLLATERAL_SCALE__INIT;
	/* A daemon before there were scales tells none. */
	const Riskd__CollateralScale *scale =
		asset->scale ? asset->scale : &none;

	ctl_cell_wide(table, scale->held_high, scale->held_low,
		      asset->decimals);
	ctl_cell_wide(table, scale->owed_high, scale->owed_low,
		      asset->decimals);
	ctl_cell_usd(table, scale->held_start);
	ctl_cell_usd(table, scale->owed_start);
	ctl_cell_decimal(table, scale->size_factor, FACTOR_DECIMALS, "");
	fill_size_ramp(table, scale);
	cell_cap(table, scale->deposit_cap, asset);
	if (scale->held_start == 0)
		ctl_table_hide(table, "scale_held_usd");
	if (scale->owed_start == 0)
		ctl_table_hide(table, "scale_owed_usd");
	if (scale->size_factor == 0)
		ctl_table_hide(table, "size_factor");
	if (scale->deposit_cap == 0)
		ctl_table_hide(table, "deposit_cap");
}

static const struct ctl_column emode_columns[] = {
	{"Group", "group", CTL_TEXT},
	{"Collateral", "collateral", CTL_BOOL},
	{"Debt", "debt", CTL_BOOL},
	{"Weight M", "weight_maintenance", CTL_DECIMAL},
	{"Weight I", "weight_initial", CTL_DECIMAL},
	{"Weight W", "weight_withdrawal", CTL_DECIMAL},
	{"In force M", "weight", CTL_DECIMAL},
	{"Share as debt", "share", CTL_DECIMAL},
	{"Ramp ends", "ramp_until", CTL_TEXT},
	{NULL, NULL, CTL_TEXT},
};

/* What counts while a ramp runs in a group; nothing where none does. */
static void fill_emode_ramp(struct ctl_table *table,
			    const Riskd__EmodeGroup *group)
{
	char until[CTL_TIME_SIZE] = "";

	if (!ctl_ramp_runs(group->ramp)) {
		ctl_cell(table, "%s", "");
		ctl_cell(table, "%s", "");
		ctl_cell(table, "%s", until);
		return;
	}
	(void)ctl_format_time(group->ramp->until_ns, until);
	ctl_cell_decimal(table, group->weight, RATE_DECIMALS, "");
	ctl_cell_decimal(table, group->share, RATE_DECIMALS, "");
	ctl_cell(table, "%s", until);
}

static struct ctl_table *fill_emode(const Riskd__Asset *asset)
{
	struct ctl_table *table = ctl_table_new(emode_columns);
	bool ramps = false;

	for (size_t i = 0; i < asset->n_emode; i++) {
		const Riskd__EmodeGroup *group = asset->emode[i];

		ctl_cell(table, "%s", group->group);
		ctl_cell_bool(table, group->collateral);
		ctl_cell_bool(table, group->debt);
		ctl_cell_decimal(table, group->weight_maintenance,
				 RATE_DECIMALS, "");
		ctl_cell_decimal(table, group->weight_initial, RATE_DECIMALS,
				 "");
		ctl_cell_decimal(table, group->weight_withdrawal, RATE_DECIMALS,
				 "");
		fill_emode_ramp(table, group);
		ramps = ramps || ctl_ramp_runs(group->ramp);
	}
	if (!ramps) {
		ctl_table_hide(table, "weight");
		ctl_table_hide(table, "share");
		ctl_table_hide(table, "ramp_until");
	}
	return table;
}

/* What counts at maintenance when the ramp that runs has ended. */
static void fill_target(struct ctl_table *table, const Riskd__Asset *asset)
{
	static const Riskd__Collateral none = RISKD__COLLATERAL__INIT;
	const Riskd__Collateral *target = asset->target ? asset->target : &none;

	ctl_cells_ramp(table, asset->ramp);
	ctl_cell_decimal(table, target->weight_maintenance, RATE_DECIMALS, "");
	ctl_cell_decimal(table, target->liability_maintenance, RATE_DECIMALS,
			 "");
	ctl_cell_decimal(table, target->profit_maintenance, RATE_DECIMALS, "");
	if (asset->target)
		return;
	ctl_table_hide(table, "target_weight_maintenance");
	ctl_table_hide(table, "target_liability_maintenance");
	ctl_table_hide(table, "target_profit_maintenance");
}

int cmd_asset_show(struct ctl *ctl, int argc, char **argv)
{
	const Riskd__Asset *asset = NULL;
	struct ctl_part parts[4];
	struct ctl_table *table;
	size_t parts_n = 0;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, no_options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 1, 1)) || (rc = ctl_connect(ctl)) ||
	    (rc = ctl_read_asset(ctl, argv[1], &asset)))
		return rc;
	table = ctl_table_new(show_columns);
	fill_row(table, asset);
	fill_scale(table, asset);
	ctl_cells_slow(table, asset->price, asset->slow, "USD");
	fill_target(table, asset);
	parts[parts_n++] = (struct ctl_part){.table = table};
	if (asset->lending)
		parts[parts_n++] = (struct ctl_part){
			fill_lending(asset), "lending", true, NULL, NULL};
	if (asset->conversion)
		parts[parts_n++] =
			(struct ctl_part){ctl_conversion_terms(asset),
					  "conversion", true, NULL, NULL};
	if (asset->n_emode > 0)
		parts[parts_n++] = (struct ctl_part){fill_emode(asset), "emode",
						     false, NULL, NULL};
	if (parts_n > 1)
		return ctl_parts_print(ctl, parts, parts_n);
	return ctl_table_print_record(ctl, table);
}

int cmd_asset_accrue(struct ctl *ctl, int argc, char **argv)
{
	const Riskd__Asset *asset = NULL;
	struct risk_cmd cmd;
	uint64_t seq;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, no_options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 1, 1)) || (rc = ctl_connect(ctl)) ||
	    (rc = ctl_read_asset(ctl, argv[1], &asset)))
		return rc;
	risk_cmd_accrue(&cmd, asset->id);
	rc = ctl_send(ctl, &cmd, &seq);
	if (rc)
		return rc;
	return ctl_done(ctl, seq, "interest of %s is charged up to now",
			asset->name);
}

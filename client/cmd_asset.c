/*
 * riskctl asset: list, show: prices, and what an asset counts for at
 * maintenance, initial and withdrawal.
 */
#include "ctl_out.h"

#define RATE_DECIMALS 9

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

int cmd_asset_show(struct ctl *ctl, int argc, char **argv)
{
	const Riskd__Asset *asset = NULL;
	struct ctl_table *table;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, no_options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 1, 1)) || (rc = ctl_connect(ctl)) ||
	    (rc = ctl_read_asset(ctl, argv[1], &asset)))
		return rc;
	table = ctl_table_new(columns);
	fill_row(table, asset);
	return ctl_table_print_record(ctl, table);
}

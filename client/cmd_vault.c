/*
 * riskctl vault status: the backstop vault in each market. Its capital is with
 * the insurance funds, in cmd_fund.c.
 */
#include "ctl_out.h"

#define RATE_DECIMALS 9
#define USD_DECIMALS  8

static const struct ctl_option no_options[] = {{NULL, 0, NULL, NULL}};

static const struct ctl_column columns[] = {
	{"Market", "market", CTL_TEXT},
	{"Size", "size", CTL_DECIMAL},
	{"Profit", "profit", CTL_DECIMAL},
	{"May lose yet", "event_left", CTL_DECIMAL},
	{"At most, USD", "vault_max", CTL_DECIMAL},
	{"Takes over at", "at", CTL_DECIMAL},
	{"Concession", "concession_max", CTL_DECIMAL},
	{"Stages", "stages", CTL_DECIMAL},
	{NULL, NULL, CTL_TEXT},
};

static void fill_row(struct ctl *ctl, struct ctl_table *table,
		     const Riskd__Market *market)
{
	const Riskd__TakeoverTerms *terms = market->takeover;
	struct ctl_scale scale = ctl_scale_of(ctl, market->id);

	ctl_cell(table, "%s", market->name);
	ctl_cell_decimal(table, market->vault_size, scale.size, "");
	ctl_cell_decimal(table, terms->profit, scale.settle, scale.asset);
	ctl_cell_decimal(table, terms->event_left, scale.settle, scale.asset);
	ctl_cell_decimal(table, terms->vault_max, USD_DECIMALS, "");
	ctl_cell_decimal(table, terms->at, RATE_DECIMALS, "");
	ctl_cell_decimal(table, terms->concession_max, RATE_DECIMALS, "");
	ctl_cell_decimal(table, terms->stages, 0, "");
}

int cmd_vault_status(struct ctl *ctl, int argc, char **argv)
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
	for (size_t i = 0; i < list->n_markets; i++)
		if (list->markets[i]->takeover)
			fill_row(ctl, table, list->markets[i]);
	return ctl_table_print(ctl, table,
			       "Nothing is taken over: give markets a "
			       "\"takeover\", and the assets they settle in a "
			       "\"vault\", in markets.json.");
}

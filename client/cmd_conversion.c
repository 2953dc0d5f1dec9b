/*
 * riskctl conversion: orders to sell one asset for another, to pay what losses
 * have led to; and account convert, which books what a venue took and gave.
 */
#include <inttypes.h>

#include "ctl_figures.h"
#include "ctl_out.h"

static const struct ctl_column columns[] = {
	{"Conversion", "order", CTL_TEXT},
	{"Account", "account", CTL_INTEGER},
	{"Sell", "size", CTL_DECIMAL},
	{"Sold", "sold", CTL_DECIMAL},
	{"Of", "sell", CTL_TEXT},
	{"All of it for at least", "least", CTL_DECIMAL},
	{"Bought", "bought", CTL_DECIMAL},
	{"Of", "buy", CTL_TEXT},
	{"Loss then", "loss", CTL_DECIMAL},
	{"Opened", "opened", CTL_TEXT},
	{"Expires", "expires", CTL_TEXT},
	{"Close asked", "close_asked", CTL_BOOL},
	{NULL, NULL, CTL_TEXT},
};

struct ctl_table *ctl_conversion_table(const struct ctl *ctl,
				       Riskd__Conversion **rows, size_t n)
{
	struct ctl_table *table = ctl_table_new(columns);
	char text[RISK_DECIMAL_SIZE];
	char when[CTL_TIME_SIZE];

	for (size_t i = 0; i < n; i++) {
		const Riskd__Conversion *row = rows[i];
		uint32_t sells;
		uint32_t buys;
		const char *sell = ctl_asset_of(ctl, row->sell, &sells);
		const char *buy = ctl_asset_of(ctl, row->buy, &buys);

		ctl_cell(table, "%s",
			 risk_format_order_id(row->order->seq, row->order->n,
					      text));
		ctl_cell_u64(table, row->account);
		ctl_cell_decimal(table, row->size, sells, "");
		ctl_cell_decimal(table, row->sold, sells, "");
		ctl_cell(table, "%s", sell);
		ctl_cell_decimal(table, row->least, buys, "");
		ctl_cell_decimal(table, row->bought, buys, "");
		ctl_cell(table, "%s", buy);
		ctl_cell_decimal(table, row->loss, buys, buy);
		ctl_cell(table, "%s", ctl_format_time(row->opened_ns, when));
		ctl_cell(table, "%s", ctl_format_time(row->expiry_ns, when));
		ctl_cell_bool(table, row->close_asked);
	}
	return table;
}

static const struct ctl_column debt_columns[] = {
	{"Debt", "asset", CTL_TEXT},
	{"Borrowed on purpose", "loan", CTL_DECIMAL},
	{"By losses", "loss", CTL_DECIMAL},
	{"Losses may borrow", "auto_borrow", CTL_DECIMAL},
	{"Nothing to sell", "conversion_withheld", CTL_BOOL},
	{NULL, NULL, CTL_TEXT},
};

struct ctl_table *ctl_debt_table(const struct ctl *ctl,
				 const Riskd__AccountAnswer *account)
{
	struct ctl_table *table = ctl_table_new(debt_columns);

	for (size_t i = 0; i < account->n_balances; i++) {
		const Riskd__Balance *row = account->balances[i];
		const Riskd__Asset *asset =
			risk_asset_by_id(ctl->risk, row->asset);
		uint32_t decimals;
		const char *name = ctl_asset_of(ctl, row->asset, &decimals);

		if (row->loan == 0 && row->loss == 0)
			continue;
		ctl_cell(table, "%s", name);
		ctl_cell_decimal(table, row->loan, decimals, name);
		ctl_cell_decimal(table, row->loss, decimals, name);
		if (asset && asset->conversion)
			ctl_cell_decimal(table, asset->conversion->auto_borrow,
					 decimals, name);
		else
			ctl_cell(table, "all");
		ctl_cell_bool(table, row->conversion_withheld);
	}
	return table;
}

static const struct ctl_column term_columns[] = {
	{"Losses may borrow", "auto_borrow", CTL_DECIMAL},
	{"Beyond it paid to", "repay_to", CTL_DECIMAL},
	{"Cost of selling it", "cost", CTL_DECIMAL},
	{"Sold within", "band", CTL_DECIMAL},
	{NULL, NULL, CTL_TEXT},
};

struct ctl_table *ctl_conversion_terms(const Riskd__Asset *asset)
{
	const Riskd__ConversionTerms *terms = asset->conversion;
	struct ctl_table *table = ctl_table_new(term_columns);

	ctl_cell_decimal(table, terms->auto_borrow, asset->decimals,
			 asset->name);
	ctl_cell_decimal(table, terms->repay_to, asset->decimals, asset->name);
	ctl_cell_decimal(table, terms->cost, 9, "");
	ctl_cell_decimal(table, terms->band, 9, "");
	return table;
}

int cmd_conversion_list(struct ctl *ctl, int argc, char **argv)
{
	const struct ctl_option none[] = {{NULL, 0, NULL, NULL}};
	Riskd__Answer *answer;
	struct ctl_table *table;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, none, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 0, 0)) || (rc = ctl_connect(ctl)))
		return rc;
	rc = risk_orders(ctl->risk, NULL, 1000, &answer);
	if (rc)
		return ctl_fail(ctl, rc);
	table = ctl_conversion_table(ctl, answer->orders->conversions,
				     answer->orders->n_conversions);
	rc = ctl_table_print(ctl, table, "No conversions open.");
	riskd__answer__free_unpacked(answer, NULL);
	return rc;
}

int ctl_find_conversion(struct ctl *ctl, struct risk_order_id id,
			uint32_t *ret_decimals)
{
	Riskd__Answer *answer;
	bool found = false;
	int rc = risk_orders(ctl->risk, NULL, 1000, &answer);

	if (rc)
		return ctl_fail(ctl, rc);
	for (size_t i = 0; i < answer->orders->n_conversions; i++) {
		const Riskd__Conversion *row = answer->orders->conversions[i];

		if (row->order->seq != id.seq || row->order->n != id.n)
			continue;
		(void)ctl_asset_of(ctl, row->sell, ret_decimals);
		found = true;
	}
	riskd__answer__free_unpacked(answer, NULL);
	if (!found)
		return ctl_refuse(ctl,
				  "no open order %" PRIu64 ".%" PRIu32
				  ": see riskctl order list and riskctl "
				  "conversion list",
				  id.seq, id.n);
	return CTL_OK;
}

/* AMOUNT ASSET as two words. */
static int read_amount(struct ctl *ctl, char **words, uint32_t *ret_asset,
		       int64_t *ret_amount)
{
	const Riskd__Asset *asset = NULL;
	int rc = ctl_read_asset(ctl, words[1], &asset);

	if (rc == CTL_OK)
		rc = ctl_read_decimal(ctl, "amount", words[0], asset->decimals,
				      ret_amount);
	if (rc == CTL_OK)
		*ret_asset = asset->id;
	return rc;
}

int cmd_account_convert(struct ctl *ctl, int argc, char **argv)
{
	const char *venue = NULL;
	const char *fee = NULL;
	const char *order = NULL;
	const struct ctl_option options[] = {
		{"venue", 0, &venue, NULL},
		{"fee", 0, &fee, NULL},
		{"order", 0, &order, NULL},
		{NULL, 0, NULL, NULL},
	};
	struct risk_convert convert = {0};
	struct risk_cmd cmd;
	uint32_t decimals;
	uint64_t seq;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 5, 5)) ||
	    (rc = ctl_read_account(ctl, argv[1], &convert.account)))
		return rc;
	if (!venue)
		return ctl_usage_error(ctl, "--venue is missing: say where it "
					    "was sold");
	if ((rc = ctl_connect(ctl)) ||
	    (rc = read_amount(ctl, argv + 2, &convert.sell, &convert.sold)) ||
	    (rc = read_amount(ctl, argv + 4, &convert.buy, &convert.bought)))
		return rc;
	(void)ctl_asset_of(ctl, convert.buy, &decimals);
	if ((order && (rc = ctl_read_order(ctl, order, &convert.order))) ||
	    (fee && (rc = ctl_read_decimal(ctl, "--fee", fee, decimals,
					   &convert.fee))))
		return rc;
	rc = risk_find_venue(ctl->risk, venue, &convert.venue);
	if (rc)
		return ctl_fail(ctl, rc);
	risk_cmd_convert(&cmd, &convert);
	rc = ctl_send(ctl, &cmd, &seq);
	if (rc)
		return rc;
	return ctl_done(ctl, seq, "account %" PRIu64 " sold %s %s for %s %s",
			convert.account, argv[2], argv[3], argv[4], argv[5]);
}

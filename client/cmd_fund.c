/*
 * riskctl fund: insurance funds, what they gained and paid, and what the
 * backstop vault is beside them; and money of the house that goes into a fund
 * or the vault, or out of it.
 */
#include <inttypes.h>

#include "ctl_event.h"
#include "ctl_out.h"

#define RATE_DECIMALS 9

static const struct ctl_option no_options[] = {{NULL, 0, NULL, NULL}};

static const struct ctl_column columns[] = {
	{"Fund", "asset", CTL_TEXT},
	{"Holds", "fund", CTL_DECIMAL},
	{"Paid in the hour", "drawn", CTL_DECIMAL},
	{"May pay now", "available", CTL_DECIMAL},
	{"Deficit", "deficit", CTL_DECIMAL},
	{"Pays an hour", "draw_cap", CTL_DECIMAL},
	{"Liquidation fee", "liquidation_fee", CTL_DECIMAL},
	{"Gate", "withdrawal_gate", CTL_DECIMAL},
	{"Withdrawals", "withdrawals", CTL_TEXT},
	{"Vault capital", "vault_capital", CTL_DECIMAL},
	{"Vault profit", "vault_profit", CTL_DECIMAL},
	{"Vault holds", "vault_held", CTL_DECIMAL},
	{"May lose in the hour", "vault_hour_left", CTL_DECIMAL},
	{NULL, NULL, CTL_TEXT},
};

static void fill_row(struct ctl_table *table, const Riskd__Asset *asset)
{
	const Riskd__InsuranceFund *fund = asset->insurance;
	const int64_t amounts[] = {fund->fund, fund->drawn, fund->available,
				   (int64_t)fund->deficit};
	const Riskd__Vault *vault = asset->vault;
	/* A riskd that is older knows of none. */
	const int64_t vaults[] = {
		vault ? vault->capital : 0, vault ? vault->profit : 0,
		vault ? vault->held : 0, vault ? vault->hour_left : 0};

	ctl_cell(table, "%s", asset->name);
	for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++)
		ctl_cell_decimal(table, amounts[i], asset->decimals, "");
	ctl_cell_decimal(table, fund->draw_cap, RATE_DECIMALS, "");
	ctl_cell_decimal(table, fund->liquidation_fee, RATE_DECIMALS, "");
	ctl_cell_decimal(table, fund->withdrawal_gate, RATE_DECIMALS, "");
	ctl_cell(table, "%s", fund->gated ? "gated" : "open");
	for (size_t i = 0; i < sizeof(vaults) / sizeof(vaults[0]); i++)
		ctl_cell_decimal(table, vaults[i], asset->decimals, "");
}

/* Does it hold something, or is it to? */
static bool is_used(const Riskd__Asset *asset)
{
	const Riskd__InsuranceFund *fund = asset->insurance;
	const Riskd__Vault *vault = asset->vault;

	if (vault && (vault->capital != 0 || vault->profit != 0 ||
		      vault->event_budget != 0 || vault->hour_budget != 0))
		return fund;
	return fund &&
	       (fund->fund != 0 || fund->drawn != 0 || fund->draw_cap != 0 ||
		fund->liquidation_fee != 0 || fund->withdrawal_gate != 0);
}

int cmd_fund_status(struct ctl *ctl, int argc, char **argv)
{
	const Riskd__MarketsAnswer *list;
	const Riskd__Asset *asset = NULL;
	struct ctl_table *table;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, no_options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 0, 1)) || (rc = ctl_connect(ctl)) ||
	    (n == 1 && (rc = ctl_read_asset(ctl, argv[1], &asset))))
		return rc;
	if (asset && !asset->insurance)
		return ctl_refuse(ctl, "riskd does not tell of funds: it is "
				       "older than this riskctl");
	list = risk_listing(ctl->risk);
	table = ctl_table_new(columns);
	for (size_t i = 0; i < list->n_assets; i++)
		if (asset ? list->assets[i] == asset : is_used(list->assets[i]))
			fill_row(table, list->assets[i]);
	return ctl_table_print(ctl, table,
			       "No insurance funds: give assets an "
			       "\"insurance\" in markets.json.");
}

/* Of the asset, or of any where context is NULL. */
static bool is_of_fund(const void *context, const Riskd__Event *event)
{
	const Riskd__Asset *asset = context;

	return event->kind_case == RISKD__EVENT__KIND_INSURANCE_MOVED &&
	       (!asset || event->insurance_moved->asset == asset->id);
}

int cmd_fund_history(struct ctl *ctl, int argc, char **argv)
{
	const char *from_text = NULL;
	const struct ctl_option options[] = {
		{"from", 0, &from_text, NULL},
		{NULL, 0, NULL, NULL},
	};
	const Riskd__Asset *asset = NULL;
	struct ctl_stream stream = {.topic = "", .wants = is_of_fund};
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 0, 1)) ||
	    (from_text &&
	     (rc = ctl_read_u64(ctl, "--from", from_text, &stream.from))) ||
	    (rc = ctl_connect(ctl)) ||
	    (n == 1 && (rc = ctl_read_asset(ctl, argv[1], &asset))))
		return rc;
	stream.from_start = !from_text;
	stream.context = asset;
	return ctl_stream(ctl, &stream);
}

/* Where money of the house goes, or comes from. */
struct place {
	void (*fill)(struct risk_cmd *cmd, uint32_t asset, int64_t amount);
	const char *name;
};

static const struct place to_fund = {risk_cmd_top_up, "the insurance fund"};
static const struct place to_vault = {risk_cmd_vault_top_up,
				      "the backstop vault"};

/* ASSET AMOUNT: the amount goes in (sign 1), or out (-1). */
static int move(struct ctl *ctl, int argc, char **argv,
		const struct place *place, int sign)
{
	const Riskd__Asset *asset = NULL;
	struct risk_cmd cmd;
	int64_t amount = 0;
	uint64_t seq;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, no_options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 2, 2)) || (rc = ctl_connect(ctl)) ||
	    (rc = ctl_read_asset(ctl, argv[1], &asset)) ||
	    (rc = ctl_read_decimal(ctl, "amount", argv[2], asset->decimals,
				   &amount)))
		return rc;
	if (amount <= 0)
		return ctl_usage_error(ctl, "amount \"%s\": must be above 0",
				       argv[2]);
	place->fill(&cmd, asset->id, sign * amount);
	rc = ctl_send(ctl, &cmd, &seq);
	if (rc)
		return rc;
	return ctl_done(ctl, seq, "%s %s %s %s", argv[2], asset->name,
			sign > 0 ? "put into" : "taken out of", place->name);
}

int cmd_fund_top_up(struct ctl *ctl, int argc, char **argv)
{
	return move(ctl, argc, argv, &to_fund, 1);
}

int cmd_fund_withdraw(struct ctl *ctl, int argc, char **argv)
{
	return move(ctl, argc, argv, &to_fund, -1);
}

int cmd_vault_top_up(struct ctl *ctl, int argc, char **argv)
{
	return move(ctl, argc, argv, &to_vault, 1);
}

int cmd_vault_withdraw(struct ctl *ctl, int argc, char **argv)
{
	return move(ctl, argc, argv, &to_vault, -1);
}

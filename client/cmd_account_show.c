/*
 * riskctl account: show, health, list. Nothing here changes anything.
 */
#include <errno.h>
#include <inttypes.h>
#include <time.h>

#include "ctl_out.h"

static const struct ctl_column row_columns[] = {
	{"Account", "account", CTL_INTEGER},
	{"State", "state", CTL_TEXT},
	{"Ratio", "ratio", CTL_DECIMAL},
	{"Equity", "equity_usd", CTL_DECIMAL},
	{"Maintenance", "maintenance_usd", CTL_DECIMAL},
	{"Health", "health_usd", CTL_DECIMAL},
	{"Notional", "notional_usd", CTL_DECIMAL},
	{"Positions", "positions", CTL_INTEGER},
	{"Owner", "owner", CTL_INTEGER},
	{NULL, NULL, CTL_TEXT},
};

static void fill_row(struct ctl_table *table, const Riskd__AccountRow *row)
{
	const Riskd__Health *health = row->health;

	ctl_cell_u64(table, row->account);
	ctl_cell_state(table, health->state);
	ctl_cell_ratio(table, health->ratio);
	ctl_cell_usd(table, health->equity);
	ctl_cell_usd(table, health->maintenance);
	ctl_cell_usd(table, health->health_maintenance);
	ctl_cell_usd(table, health->notional);
	ctl_cell_u64(table, row->positions);
	ctl_cell_u64(table, row->owner);
}

int cmd_account_list(struct ctl *ctl, int argc, char **argv)
{
	const char *above_text = "0";
	const char *limit_text = "20";
	const struct ctl_option options[] = {
		{"above", 0, &above_text, NULL},
		{"number", 'n', &limit_text, NULL},
		{NULL, 0, NULL, NULL},
	};
	Riskd__Answer *answer;
	struct ctl_table *table;
	int64_t above = 0;
	uint64_t limit = 0;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 0, 0)) ||
	    (rc = ctl_read_decimal(ctl, "--above", above_text, 9, &above)) ||
	    (rc = ctl_read_u64(ctl, "-n", limit_text, &limit)))
		return rc;
	if (limit < 1 || limit > 1000)
		return ctl_usage_error(ctl, "-n %s: must be 1 to 1000",
				       limit_text);
	rc = ctl_connect(ctl);
	if (rc)
		return rc;
	rc = risk_accounts(ctl->risk, above, (uint32_t)limit, &answer);
	if (rc)
		return ctl_fail(ctl, rc);
	table = ctl_table_new(row_columns);
	for (size_t i = 0; i < answer->accounts->n_rows; i++)
		fill_row(table, answer->accounts->rows[i]);
	rc = ctl_table_print(ctl, table, "No accounts above that ratio.");
	if (answer->accounts->matching > answer->accounts->n_rows)
		ctl_say(ctl, "%zu of %" PRIu32 " accounts, riskiest first",
			answer->accounts->n_rows, answer->accounts->matching);
	riskd__answer__free_unpacked(answer, NULL);
	return rc;
}

static const struct ctl_column health_columns[] = {
	{"Account", "account", CTL_INTEGER},
	{"Owner", "owner", CTL_INTEGER},
	{"Mode", "mode", CTL_TEXT},
	{"Enforcement", "enforcement", CTL_TEXT},
	{"State", "state", CTL_TEXT},
	{"Ratio", "ratio", CTL_DECIMAL},
	{"Health factor", "health_factor", CTL_DECIMAL},
	{"Equity", "equity_usd", CTL_DECIMAL},
	{"Assets", "assets_usd", CTL_DECIMAL},
	{"Liabilities", "liabilities_usd", CTL_DECIMAL},
	{"Maintenance margin", "maintenance_usd", CTL_DECIMAL},
	{"Initial margin", "initial_usd", CTL_DECIMAL},
	{"Health (maintenance)", "health_usd", CTL_DECIMAL},
	{"Health (initial)", "health_initial_usd", CTL_DECIMAL},
	{"Health (withdrawal)", "health_withdrawal_usd", CTL_DECIMAL},
	{"Notional", "notional_usd", CTL_DECIMAL},
	{"All prices OK", "prices_ok", CTL_BOOL},
	{"Last event", "last_event", CTL_INTEGER},
	{NULL, NULL, CTL_TEXT},
};

static struct ctl_table *fill_health(const Riskd__AccountRow *row)
{
	struct ctl_table *table = ctl_table_new(health_columns);
	const Riskd__Health *health = row->health;

	ctl_cell_u64(table, row->account);
	ctl_cell_u64(table, row->owner);
	ctl_cell(table, "%s", risk_mode_name(row->mode));
	ctl_cell(table, "%s", risk_enforcement_name(row->enforcement));
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
	ctl_cell_usd(table, health->notional);
	ctl_cell_bool(table, health->prices_ok);
	ctl_cell_color(table, health->prices_ok ? CTL_PLAIN : CTL_YELLOW);
	ctl_cell_u64(table, row->last_event);
	return table;
}

static const struct ctl_column balance_columns[] = {
	{"Balance", "asset", CTL_TEXT},
	{"Amount", "amount", CTL_DECIMAL},
	{"Value", "value_usd", CTL_DECIMAL},
	{NULL, NULL, CTL_TEXT},
};

static struct ctl_table *fill_balances(struct ctl *ctl,
				       const Riskd__AccountAnswer *account)
{
	struct ctl_table *table = ctl_table_new(balance_columns);

	for (size_t i = 0; i < account->n_balances; i++) {
		const Riskd__Balance *balance = account->balances[i];
		const Riskd__Asset *asset =
			risk_asset_by_id(ctl->risk, balance->asset);

		ctl_cell(table, "%s", asset ? asset->name : "?");
		ctl_cell_decimal(table, balance->amount,
				 asset ? asset->decimals : 0,
				 asset ? asset->name : "");
		ctl_cell_usd(table, balance->value);
	}
	return table;
}

static const struct ctl_column position_columns[] = {
	{"Position", "market", CTL_TEXT},
	{"Size", "size", CTL_DECIMAL},
	{"Cost", "cost", CTL_DECIMAL},
	{"Mark", "mark", CTL_DECIMAL},
	{"Unrealised", "unrealised", CTL_DECIMAL},
	{"Notional", "notional_usd", CTL_DECIMAL},
	{"Maintenance", "maintenance_usd", CTL_DECIMAL},
	{"Withheld", "withheld", CTL_BOOL},
	{NULL, NULL, CTL_TEXT},
};

static struct ctl_table *fill_positions(struct ctl *ctl,
					const Riskd__AccountAnswer *account)
{
	struct ctl_table *table = ctl_table_new(position_columns);

	for (size_t i = 0; i < account->n_positions; i++) {
		const Riskd__Position *position = account->positions[i];
		struct ctl_scale scale = ctl_scale_of(ctl, position->market);

		ctl_cell(table, "%s", scale.market);
		ctl_cell_decimal(table, position->size, scale.size, "");
		ctl_cell_decimal(table, position->cost, scale.settle,
				 scale.asset);
		ctl_cell_decimal(table, position->mark, scale.price,
				 scale.quote);
		ctl_cell_decimal(table, position->unrealised, scale.settle,
				 scale.asset);
		ctl_cell_color(table,
			       position->unrealised < 0 ? CTL_RED : CTL_GREEN);
		ctl_cell_usd(table, position->notional);
		ctl_cell_usd(table, position->maintenance);
		ctl_cell_bool(table, position->withheld);
	}
	return table;
}

static int show_json(const struct ctl *ctl, struct ctl_table *tables[4])
{
	static const char *const keys[] = {NULL, "balances", "positions",
					   "orders"};
	json_t *rows = ctl_table_json(tables[0]);
	json_t *object = json_incref(json_array_get(rows, 0));
	bool failed = !object;

	for (int i = 1; i < 4; i++)
		failed = json_object_set_new(object, keys[i],
					     ctl_table_json(tables[i])) ||
			 failed;
	json_decref(rows);
	if (failed) {
		json_decref(object);
		object = NULL;
	}
	return ctl_json_print(ctl, object);
}

static int show(struct ctl *ctl, const Riskd__AccountAnswer *account)
{
	struct ctl_table *tables[4] = {
		fill_health(account->row),
		fill_balances(ctl, account),
		fill_positions(ctl, account),
		ctl_order_table(ctl, account->orders, account->n_orders),
	};
	int rc;

	if (ctl->output == CTL_JSON) {
		rc = show_json(ctl, tables);
		for (int i = 0; i < 4; i++)
			ctl_table_free(tables[i]);
		return rc;
	}
	rc = ctl_table_print_record(ctl, tables[0]);
	for (int i = 1; i < 4; i++) {
		static const char *const empty[] = {NULL, "No balances.",
						    "No positions.",
						    "No orders open."};

		(void)putchar('\n');
		if (rc == CTL_OK)
			rc = ctl_table_print(ctl, tables[i], empty[i]);
		else
			ctl_table_free(tables[i]);
	}
	return rc;
}

int cmd_account_show(struct ctl *ctl, int argc, char **argv)
{
	const struct ctl_option none[] = {{NULL, 0, NULL, NULL}};
	Riskd__Answer *answer;
	uint64_t account = 0;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, none, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 1, 1)) ||
	    (rc = ctl_read_account(ctl, argv[1], &account)) ||
	    (rc = ctl_connect(ctl)))
		return rc;
	rc = risk_account(ctl->risk, account, &answer);
	if (rc)
		return ctl_fail(ctl, rc);
	rc = show(ctl, answer->account);
	riskd__answer__free_unpacked(answer, NULL);
	return rc;
}

/* One look at an account. On a terminal it is drawn over the last one. */
static int print_health(struct ctl *ctl, uint64_t account, bool redraw)
{
	Riskd__Answer *answer;
	char when[CTL_TIME_SIZE];
	int rc = risk_account(ctl->risk, account, &answer);

	if (rc)
		return ctl_fail(ctl, rc);
	if (redraw) {
		struct timespec now;

		(void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail */
		(void)printf("\033[H\033[2J%.19s UTC, Ctrl-C ends\n\n",
			     ctl_format_time((int64_t)now.tv_sec * 1000000000,
					     when));
	}
	rc = ctl_table_print_record(ctl, fill_health(answer->account->row));
	riskd__answer__free_unpacked(answer, NULL);
	(void)fflush(stdout); /* main checks stdout at the end */
	return rc;
}

int cmd_account_health(struct ctl *ctl, int argc, char **argv)
{
	bool watch = false;
	const char *every_text = "1s";
	const struct ctl_option options[] = {
		{"watch", 'w', NULL, &watch},
		{"interval", 0, &every_text, NULL},
		{NULL, 0, NULL, NULL},
	};
	uint64_t account = 0;
	int every_ms = 0;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 1, 1)) ||
	    (rc = ctl_read_account(ctl, argv[1], &account)) ||
	    (rc = ctl_read_duration(ctl, "--interval", every_text,
				    &every_ms)) ||
	    (rc = ctl_connect(ctl)))
		return rc;
	do {
		struct timespec pause = {
			.tv_sec = every_ms / 1000,
			.tv_nsec = every_ms % 1000 * 1000000L,
		};

		rc = print_health(ctl, account, watch && ctl->terminal);
		if (rc == CTL_OK && watch)
			(void)nanosleep(&pause, NULL); /* too short: no harm */
	} while (rc == CTL_OK && watch);
	return rc;
}

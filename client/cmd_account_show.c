/*
 * riskctl account: show, health, list. Nothing here changes anything.
 */
#include <errno.h>
#include <inttypes.h>
#include <time.h>

#include "ctl_figures.h"
#include "ctl_largest.h"
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
	{"As of", "seq", CTL_INTEGER},
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
	ctl_cell_u64(table, row->seq);
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
	ctl_say_span(ctl, answer->accounts->from_seq, answer->seq);
	riskd__answer__free_unpacked(answer, NULL);
	return rc;
}

static const struct ctl_column health_columns[] = {
	{"Account", "account", CTL_INTEGER},
	{"Owner", "owner", CTL_INTEGER},
	{"Mode", "mode", CTL_TEXT},
	{"Enforcement", "enforcement", CTL_TEXT},
	CTL_HEALTH_COLUMNS(CTL_COLUMN),
	{"Last event", "last_event", CTL_INTEGER},
	{NULL, NULL, CTL_TEXT},
};

static struct ctl_table *fill_health(const Riskd__AccountRow *row,
				     const Riskd__AccountFigures *figures)
{
	struct ctl_table *table = ctl_table_new(health_columns);

	ctl_cell_u64(table, row->account);
	ctl_cell_u64(table, row->owner);
	ctl_cell(table, "%s", risk_mode_name(row->mode));
	ctl_cell(table, "%s", risk_enforcement_name(row->enforcement));
	ctl_health_cells(table, row->health, figures);
	ctl_cell_u64(table, row->last_event);
	return table;
}

static const struct ctl_column leverage_columns[] = {
	{"Market", "market", CTL_TEXT},
	{"Leverage chosen", "leverage", CTL_DECIMAL},
	{NULL, NULL, CTL_TEXT},
};

static struct ctl_table *fill_leverages(struct ctl *ctl,
					const Riskd__AccountAnswer *account)
{
	struct ctl_table *table = ctl_table_new(leverage_columns);

	for (size_t i = 0; i < account->n_leverages; i++) {
		const Riskd__Leverage *row = account->leverages[i];

		ctl_cell(table, "%s", ctl_scale_of(ctl, row->market).market);
		ctl_cell_decimal(table, row->leverage, 9, "");
	}
	return table;
}

#define FIXED_PARTS 8 /* of account show; others only if they say something */

static int show(struct ctl *ctl, const Riskd__AccountAnswer *account,
		const Riskd__AccountFigures *figures, bool brief)
{
	struct ctl_part parts[FIXED_PARTS + 2] = {
		{fill_health(account->row, figures), NULL, false, NULL, NULL},
		{ctl_balance_table(ctl, figures, brief), "balances", false,
		 NULL, "No balances."},
		{ctl_position_table(ctl, figures, account, brief), "positions",
		 false, NULL, "No positions."},
		{fill_leverages(ctl, account), "leverages", false, NULL, NULL},
		{ctl_debt_table(ctl, account), "debts", false, NULL, NULL},
		{ctl_order_table(ctl, account->orders, account->n_orders),
		 "orders", false, NULL, "No liquidation orders open."},
		{ctl_conversion_table(ctl, account->conversions,
				      account->n_conversions),
		 "conversions", false, NULL, NULL},
		{ctl_resting_table(ctl, account->resting_orders,
				   account->n_resting_orders),
		 "resting_orders", false, NULL, "No orders rest."},
	};
	size_t n = FIXED_PARTS;

	/* Where nothing is lent, there is nothing to say. */
	if (figures->n_borrowable > 0)
		parts[n++] =
			(struct ctl_part){ctl_borrowable_table(ctl, figures),
					  "borrowable", false, NULL, NULL};
	if (ctl->output == CTL_JSON)
		return ctl_json_print(
			ctl, ctl_add_largest(ctl, account->largest_orders,
					     account->n_largest_orders,
					     ctl_parts_json(parts, n)));
	if (account->n_largest_orders > 0)
		parts[n++] = (struct ctl_part){
			ctl_largest_table(ctl, account->largest_orders,
					  account->n_largest_orders),
			"largest_orders", false, NULL, NULL};
	return ctl_parts_print(ctl, parts, n);
}

/* An account with what can be done; both answers are the caller's. */
struct look {
	Riskd__Answer *account;
	Riskd__Answer *figures;
	bool brief; /* the figures are */
};

/*
 * largest: what else is asked about; NULL: limits are not wanted. They are left
 * out where they take too long.
 */
static int look_at(struct ctl *ctl, uint64_t account,
		   const struct ctl_largest *largest, struct look *ret_look)
{
	struct risk_what_if_query query = {
		.accounts = &account, .accounts_n = 1, .brief = !largest};
	int rc = largest ? risk_account_largest(ctl->risk, account, largest->of,
						largest->n, &ret_look->account)
			 : risk_account(ctl->risk, account, &ret_look->account);

	if (rc)
		return ctl_fail(ctl, rc);
	rc = risk_what_if(ctl->risk, &query, &ret_look->figures);
	if (rc == RK_REJ_TOO_MANY) {
		ctl_say(ctl, "Limits (?) are left out: %s",
			risk_error(ctl->risk));
		query.brief = true;
		rc = risk_what_if(ctl->risk, &query, &ret_look->figures);
	}
	ret_look->brief = query.brief;
	if (rc == 0 && ret_look->figures->what_if->n_after == 1)
		return CTL_OK;
	riskd__answer__free_unpacked(ret_look->account, NULL);
	if (rc)
		return ctl_fail(ctl, rc);
	riskd__answer__free_unpacked(ret_look->figures, NULL);
	return ctl_refuse(ctl, "the daemon's answer is not whole");
}

static const Riskd__AccountFigures *figures_of(const struct look *look)
{
	return look->figures->what_if->after[0];
}

static void look_away(struct look *look)
{
	riskd__answer__free_unpacked(look->account, NULL);
	riskd__answer__free_unpacked(look->figures, NULL);
}

int cmd_account_show(struct ctl *ctl, int argc, char **argv)
{
	const struct ctl_option options[] = {
		{"max", 0, NULL, NULL},
		{NULL, 0, NULL, NULL},
	};
	struct ctl_list list = {.options = options};
	struct ctl_largest largest = {.n = 0};
	uint64_t account = 0;
	struct look look;
	int n;
	int rc;

	if ((rc = ctl_parse_list(ctl, &list, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 1, 1)) ||
	    (rc = ctl_read_account(ctl, argv[1], &account)) ||
	    (rc = ctl_connect(ctl)))
		return rc;
	for (size_t i = 0; rc == CTL_OK && i < list.n; i++)
		rc = ctl_read_largest(ctl, list.given[i].value, &largest);
	if (rc || (rc = look_at(ctl, account, &largest, &look)))
		return rc;
	rc = show(ctl, look.account->account, figures_of(&look), look.brief);
	look_away(&look);
	return rc;
}

/* One look at an account. On a terminal it is drawn over the last one. */
static int print_health(struct ctl *ctl, uint64_t account, bool redraw)
{
	char when[CTL_TIME_SIZE];
	struct look look;
	int rc = look_at(ctl, account, NULL, &look);

	if (rc)
		return rc;
	if (redraw) {
		struct timespec now;

		(void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail */
		(void)printf("\033[H\033[2J%.19s UTC, Ctrl-C ends\n\n",
			     ctl_format_time((int64_t)now.tv_sec * 1000000000,
					     when));
	}
	rc = ctl_table_print_record(ctl, fill_health(look.account->account->row,
						     figures_of(&look)));
	look_away(&look);
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

/*
 * riskctl account: what changes accounts: create, deposit, withdraw, adjust,
 * write-off, transfer, leverage, mode, move, recheck. Showing them is in
 * cmd_account_show.c.
 */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "ctl_out.h"
#include "engine/units.h"

static const struct ctl_option no_options[] = {{NULL, 0, NULL, NULL}};

static int read_mode(const struct ctl *ctl, const char *what, const char *text,
		     Riskd__Mode *ret_mode)
{
	if (!strcmp(text, "cross"))
		*ret_mode = RISKD__MODE__MODE_CROSS;
	else if (!strcmp(text, "isolated"))
		*ret_mode = RISKD__MODE__MODE_ISOLATED;
	else
		return ctl_usage_error(ctl,
				       "%s \"%s\": must be cross or isolated",
				       what, text);
	return CTL_OK;
}

int cmd_account_create(struct ctl *ctl, int argc, char **argv)
{
	const char *owner_text = NULL;
	const char *mode_text = "cross";
	bool report = false;
	const struct ctl_option options[] = {
		{"owner", 0, &owner_text, NULL},
		{"mode", 0, &mode_text, NULL},
		{"report", 0, NULL, &report},
		{NULL, 0, NULL, NULL},
	};
	Riskd__Mode mode = RISKD__MODE__MODE_CROSS;
	struct risk_cmd cmd;
	uint64_t account = 0;
	uint64_t owner = 0;
	uint64_t seq;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 1, 1)) ||
	    (rc = ctl_read_account(ctl, argv[1], &account)) ||
	    (rc = read_mode(ctl, "--mode", mode_text, &mode)))
		return rc;
	owner = account;
	if (owner_text &&
	    (rc = ctl_read_u64(ctl, "--owner", owner_text, &owner)))
		return rc;
	risk_cmd_create_account(&cmd, account, owner, mode,
				report ? RISKD__ENFORCEMENT__ENFORCEMENT_REPORT
				       : RISKD__ENFORCEMENT__ENFORCEMENT_FULL);
	rc = ctl_send(ctl, &cmd, &seq);
	if (rc)
		return rc;
	return ctl_done(ctl, seq, "account %" PRIu64 " created", account);
}

/* AMOUNT ASSET as two words. */
struct money {
	const Riskd__Asset *asset;
	int64_t amount;
};

static int read_money(struct ctl *ctl, char **words, struct money *ret_money)
{
	int rc = ctl_connect(ctl);

	if (rc == CTL_OK)
		rc = ctl_read_asset(ctl, words[1], &ret_money->asset);
	if (rc == CTL_OK)
		rc = ctl_read_decimal(ctl, "amount", words[0],
				      ret_money->asset->decimals,
				      &ret_money->amount);
	return rc;
}

/* What ACCOUNT AMOUNT ASSET have in common. */
static int change(struct ctl *ctl, int argc, char **argv, bool is_deposit)
{
	struct money money = {0};
	struct risk_cmd cmd;
	uint64_t account = 0;
	uint64_t seq;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, no_options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 3, 3)) ||
	    (rc = ctl_read_account(ctl, argv[1], &account)) ||
	    (rc = read_money(ctl, argv + 2, &money)))
		return rc;
	if (is_deposit)
		risk_cmd_deposit(&cmd, account, money.asset->id, money.amount);
	else
		risk_cmd_adjust(&cmd, account, money.asset->id, money.amount);
	rc = ctl_send(ctl, &cmd, &seq);
	if (rc)
		return rc;
	return ctl_done(ctl, seq, "account %" PRIu64 " %s %s %s", account,
			is_deposit ? "credited with" : "adjusted by", argv[2],
			money.asset->name);
}

int cmd_account_deposit(struct ctl *ctl, int argc, char **argv)
{
	return change(ctl, argc, argv, true);
}

int cmd_account_adjust(struct ctl *ctl, int argc, char **argv)
{
	return change(ctl, argc, argv, false);
}

/* ACCOUNT ASSET [AMOUNT]: without an amount all that is owed. */
int cmd_account_write_off(struct ctl *ctl, int argc, char **argv)
{
	const Riskd__Asset *asset = NULL;
	struct risk_cmd cmd;
	uint64_t account = 0;
	int64_t amount = 0;
	uint64_t seq;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, no_options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 2, 3)) ||
	    (rc = ctl_read_account(ctl, argv[1], &account)) ||
	    (rc = ctl_connect(ctl)) ||
	    (rc = ctl_read_asset(ctl, argv[2], &asset)))
		return rc;
	if (n == 3 && (rc = ctl_read_decimal(ctl, "amount", argv[3],
					     asset->decimals, &amount)))
		return rc;
	if (n == 3 && amount <= 0)
		return ctl_usage_error(
			ctl,
			"amount \"%s\": must be above 0; leave it "
			"out to write off all that is owed",
			argv[3]);
	risk_cmd_write_off(&cmd, account, asset->id, amount);
	rc = ctl_send(ctl, &cmd, &seq);
	if (rc)
		return rc;
	return ctl_done(ctl, seq,
			"%s %s owed by account %" PRIu64
			" written off, as far as holders can bear it",
			n == 3 ? argv[3] : "all", asset->name, account);
}

int cmd_account_transfer(struct ctl *ctl, int argc, char **argv)
{
	struct money money = {0};
	struct risk_cmd cmd;
	uint64_t from = 0;
	uint64_t to = 0;
	uint64_t seq;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, no_options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 4, 4)) ||
	    (rc = ctl_read_account(ctl, argv[1], &from)) ||
	    (rc = ctl_read_account(ctl, argv[2], &to)) ||
	    (rc = read_money(ctl, argv + 3, &money)))
		return rc;
	risk_cmd_transfer(&cmd, from, to, money.asset->id, money.amount);
	rc = ctl_send(ctl, &cmd, &seq);
	if (rc)
		return rc;
	return ctl_done(ctl, seq,
			"%s %s moved from account %" PRIu64
			" to account %" PRIu64,
			argv[3], money.asset->name, from, to);
}

int cmd_account_leverage(struct ctl *ctl, int argc, char **argv)
{
	const Riskd__Market *market = NULL;
	struct risk_cmd cmd;
	int64_t leverage = 0;
	uint64_t account = 0;
	uint64_t seq;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, no_options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 3, 3)) ||
	    (rc = ctl_read_account(ctl, argv[1], &account)) ||
	    (rc = ctl_read_leverage(ctl, argv[3], &leverage)) ||
	    (rc = ctl_connect(ctl)) ||
	    (rc = ctl_read_market(ctl, argv[2], &market)))
		return rc;
	risk_cmd_leverage(&cmd, account, market->id, leverage);
	rc = ctl_send(ctl, &cmd, &seq);
	if (rc)
		return rc;
	return ctl_done(ctl, seq, "account %" PRIu64 " in %s: leverage %s",
			account, market->name, argv[3]);
}

int cmd_account_mode(struct ctl *ctl, int argc, char **argv)
{
	Riskd__Mode mode = RISKD__MODE__MODE_CROSS;
	struct risk_cmd cmd;
	uint64_t account = 0;
	uint64_t seq;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, no_options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 2, 2)) ||
	    (rc = ctl_read_account(ctl, argv[1], &account)) ||
	    (rc = read_mode(ctl, "mode", argv[2], &mode)))
		return rc;
	risk_cmd_mode(&cmd, account, mode);
	rc = ctl_send(ctl, &cmd, &seq);
	if (rc)
		return rc;
	return ctl_done(ctl, seq, "account %" PRIu64 " is %s", account,
			argv[2]);
}

int cmd_account_recheck(struct ctl *ctl, int argc, char **argv)
{
	struct risk_cmd cmd;
	uint64_t account = 0;
	uint64_t seq;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, no_options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 1, 1)) ||
	    (rc = ctl_read_account(ctl, argv[1], &account)))
		return rc;
	risk_cmd_recheck(&cmd, account, 0);
	rc = ctl_send(ctl, &cmd, &seq);
	if (rc)
		return rc;
	return ctl_done(ctl, seq, "account %" PRIu64 " judged anew", account);
}

/* What goes along, in the asset that the market settles in. */
static int read_along(struct ctl *ctl, const char *text,
		      const Riskd__Market *market, int64_t *ret_amount)
{
	const Riskd__Asset *settle =
		risk_asset_by_id(ctl->risk, market->settle_asset);

	*ret_amount = 0;
	if (!text)
		return CTL_OK;
	return ctl_read_decimal(ctl, "amount", text,
				settle ? settle->decimals : 8, ret_amount);
}

int cmd_account_move(struct ctl *ctl, int argc, char **argv)
{
	const Riskd__Market *market = NULL;
	struct risk_cmd cmd;
	int64_t amount = 0;
	uint64_t from = 0;
	uint64_t to = 0;
	uint64_t seq;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, no_options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 3, 4)) ||
	    (rc = ctl_read_account(ctl, argv[1], &from)) ||
	    (rc = ctl_read_account(ctl, argv[2], &to)) ||
	    (rc = ctl_connect(ctl)) ||
	    (rc = ctl_read_market(ctl, argv[3], &market)) ||
	    (rc = read_along(ctl, n == 4 ? argv[4] : NULL, market, &amount)))
		return rc;
	risk_cmd_move(&cmd, from, to, market->id, amount);
	rc = ctl_send(ctl, &cmd, &seq);
	if (rc)
		return rc;
	return ctl_done(ctl, seq,
			"position in %s moved from account %" PRIu64
			" to account %" PRIu64,
			argv[3], from, to);
}

/* Ids of withdrawals need only be unique while pending. */
static uint64_t make_id(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail */
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* The second half of a withdrawal that was only reserved before. */
static int end_withdrawal(struct ctl *ctl, int n, const char *id_text,
			  bool confirm)
{
	struct risk_cmd cmd;
	uint64_t id = 0;
	uint64_t seq;
	int rc;

	if ((rc = ctl_want(ctl, n, 0, 0)) ||
	    (rc = ctl_read_u64(ctl, confirm ? "--confirm" : "--cancel", id_text,
			       &id)))
		return rc;
	if (confirm)
		risk_cmd_confirm(&cmd, id);
	else
		risk_cmd_cancel(&cmd, id);
	rc = ctl_send(ctl, &cmd, &seq);
	if (rc)
		return rc;
	return ctl_done(ctl, seq, "withdrawal %" PRIu64 " %s", id,
			confirm ? "confirmed" : "cancelled");
}

static int withdraw(struct ctl *ctl, char **words, const char *id_text,
		    bool reserve_only)
{
	struct risk_cmd reserve;
	struct risk_cmd confirm;
	Riskd__Command *rows[] = {&reserve.command, &confirm.command};
	struct money money = {0};
	uint64_t account = 0;
	uint64_t id = make_id();
	uint64_t seq;
	int rc;

	if ((rc = ctl_read_account(ctl, words[0], &account)) ||
	    (id_text && (rc = ctl_read_u64(ctl, "--id", id_text, &id))) ||
	    (rc = read_money(ctl, words + 1, &money)))
		return rc;
	risk_cmd_reserve(&reserve, id, account, money.asset->id, money.amount);
	risk_cmd_confirm(&confirm, id);
	/* Both or none: money is never left between the two. */
	rc = ctl_send_rows(ctl, rows, reserve_only ? 1 : 2, !reserve_only,
			   &seq);
	if (rc)
		return rc;
	if (reserve_only && ctl->output == CTL_JSON)
		return ctl_json_print(
			ctl, json_pack("{s:I,s:I}", "seq", (json_int_t)seq,
				       "withdrawal", (json_int_t)id));
	if (reserve_only)
		return ctl_done(ctl, seq,
				"withdrawal %" PRIu64 " of %s %s reserved: "
				"end it with --confirm %" PRIu64
				" or --cancel %" PRIu64,
				id, words[1], money.asset->name, id, id);
	return ctl_done(ctl, seq, "%s %s withdrawn from account %" PRIu64,
			words[1], money.asset->name, account);
}

int cmd_account_withdraw(struct ctl *ctl, int argc, char **argv)
{
	const char *id = NULL;
	const char *confirm = NULL;
	const char *cancel = NULL;
	bool reserve_only = false;
	const struct ctl_option options[] = {
		{"id", 0, &id, NULL},
		{"reserve-only", 0, NULL, &reserve_only},
		{"confirm", 0, &confirm, NULL},
		{"cancel", 0, &cancel, NULL},
		{NULL, 0, NULL, NULL},
	};
	int n;
	int rc = ctl_parse(ctl, options, argc, argv, &n);

	if (rc)
		return rc;
	if (!!confirm + !!cancel + (id || reserve_only) > 1)
		return ctl_usage_error(ctl,
				       "--confirm and --cancel stand alone");
	if (confirm || cancel)
		return end_withdrawal(ctl, n, confirm ? confirm : cancel,
				      confirm != NULL);
	rc = ctl_want(ctl, n, 3, 3);
	return rc ? rc : withdraw(ctl, argv + 1, id, reserve_only);
}

/*
 * riskctl: what its verbs share: the context, exit codes, how arguments are
 * read and how failures are told. Output is in ctl_out.h.
 *
 * Rules: stdout is data, stderr is talk. A verb returns an exit code and
 * never exits itself.
 */
#ifndef CLIENT_CTL_H
#define CLIENT_CTL_H

#include <stdio.h>

#include "librisk.h"
#include "librisk_cmd.h"
#include "librisk_text.h"

struct ctl_names;

enum ctl_exit {
	CTL_OK = 0,
	CTL_REFUSED = 1,     /* the daemon said no, or something local failed */
	CTL_USAGE = 2,       /* the command line cannot work */
	CTL_UNREACHABLE = 3, /* nobody answers at that address */
	CTL_TIMEOUT = 4,
	CTL_UNHEALTHY = 5, /* status: something needs a person */
};

enum ctl_output {
	CTL_TABLE,
	CTL_JSON,
	CTL_CSV
};

struct ctl {
	const char *server; /* URL of the query socket */
	const char *client; /* NULL: made up from user and host */
	int timeout_ms;
	enum ctl_output output;
	bool quiet;          /* no talk but errors */
	bool color;          /* stdout is a terminal and wants it */
	bool terminal;       /* stdout is a terminal */
	bool progress;       /* stderr is a terminal */
	uint64_t client_seq; /* --client-seq; 0: not given */
	bool no_listing;     /* connect without asking for markets */
	struct risk *risk;   /* after ctl_connect */
	/* Of an offline verb: names and decimals in the place of risk. */
	const struct ctl_names *names;
	const char *verb;  /* "account show", for messages */
	const char *usage; /* what the verb takes, "ACCOUNT" */
	char client_made[24];
};

/*
 * One row per verb. A verb of a group is found by both words; a verb on its
 * own has an empty sub. argv[0] is the last word of the verb; the global
 * options are taken out before.
 */
struct ctl_verb {
	const char *group;
	const char *sub;
	int (*run)(struct ctl *ctl, int argc, char **argv);
	const char *usage;   /* arguments after the verb */
	const char *summary; /* one line */
	const char *options; /* one per line, with default; NULL: none */
	const char *example; /* one or more lines */
};

/* The table, ended by a row whose group is NULL. */
extern const struct ctl_verb ctl_verbs[];

/*
 * Connect when not connected yet. CTL_OK, or the exit code after the reason
 * was printed.
 */
int ctl_connect(struct ctl *ctl);

/* Print risk_error() and return the exit code that fits rc (not 0). */
int ctl_fail(const struct ctl *ctl, int rc);

/* The same for a subscription. */
int ctl_fail_sub(const struct ctl *ctl, const struct risk_sub *sub, int rc);

/* Exit code for what librisk returned. */
int ctl_exit_of(int rc);

/* Print "riskctl VERB: message" and, for usage, where help is. */
int ctl_usage_error(const struct ctl *ctl, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int ctl_refuse(const struct ctl *ctl, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * A command was applied as number seq of the log. People get the sentence on
 * stderr (stdout stays empty: there is no data), programs {"seq":N} and CSV
 * readers the number on stdout. Returns CTL_OK.
 */
int ctl_done(const struct ctl *ctl, uint64_t seq, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Talk on stderr unless -q. */
void ctl_say(const struct ctl *ctl, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Of a list: that it is not of one moment, if so. */
void ctl_say_span(const struct ctl *ctl, uint64_t from_seq, uint64_t seq);

/*
 * Options of a verb. At most one of value and flag is set; with neither it may
 * be given again and again (ctl_parse_list). The table ends with a row whose
 * name is NULL.
 */
struct ctl_option {
	const char *name; /* "from", given as --from V or --from=V */
	char letter;      /* 'n' for -n V; 0: none */
	const char **value;
	bool *flag;
};

/*
 * Read the options of a verb and move its other arguments to argv[1..n].
 * A word of '-' and a digit is an argument, not an option; after "--" all
 * are. CTL_OK and *ret_n, or CTL_USAGE after printing what is wrong.
 */
int ctl_parse(const struct ctl *ctl, const struct ctl_option *options, int argc,
	      char **argv, int *ret_n);

/* Options that were given again and again, in order. */
#define CTL_LIST_MAX 64
struct ctl_list {
	const struct ctl_option *options; /* of the verb */
	size_t n;
	struct {
		const struct ctl_option *option;
		const char *value; /* in argv */
	} given[CTL_LIST_MAX];
};
/* The same for a verb that has such options; list->options is set. */
int ctl_parse_list(const struct ctl *ctl, struct ctl_list *list, int argc,
		   char **argv, int *ret_n);

/*
 * Each prints what is wrong and returns CTL_USAGE, or CTL_OK. A market or
 * asset that the daemon does not have is CTL_REFUSED.
 */
int ctl_want(const struct ctl *ctl, int n, int least, int most);
int ctl_read_account(const struct ctl *ctl, const char *text, uint64_t *ret);
int ctl_read_u64(const struct ctl *ctl, const char *what, const char *text,
		 uint64_t *ret);
int ctl_read_decimal(const struct ctl *ctl, const char *what, const char *text,
		     uint32_t decimals, int64_t *ret);
/* "1.5@30000" */
int ctl_read_size_price(const struct ctl *ctl, const char *text,
			const Riskd__Market *market, int64_t *ret_size,
			int64_t *ret_price);
/* "500ms", "2s", "1.5s"; a number alone is seconds. */
int ctl_read_duration(const struct ctl *ctl, const char *what, const char *text,
		      int *ret_ms);
int ctl_read_order(const struct ctl *ctl, const char *text,
		   struct risk_order_id *ret);
/* "3" or "none"; in 1e-9, 0 for none. */
int ctl_read_leverage(const struct ctl *ctl, const char *text,
		      int64_t *ret_leverage);
int ctl_read_market(const struct ctl *ctl, const char *name,
		    const Riskd__Market **ret);
int ctl_read_asset(const struct ctl *ctl, const char *name,
		   const Riskd__Asset **ret);

/*
 * Send one command as this client and wait. CTL_OK and *ret_seq, or the exit
 * code after printing the refusal.
 */
int ctl_send(struct ctl *ctl, struct risk_cmd *cmd, uint64_t *ret_seq);
/* Several rows in one message; the first refusal is printed. */
int ctl_send_rows(struct ctl *ctl, Riskd__Command **rows, size_t n, bool atomic,
		  uint64_t *ret_seq);

/*
 * Any request, with --client-seq put in. CTL_OK and the reply (the caller's),
 * or the exit code after printing why there is none.
 */
int ctl_send_request(struct ctl *ctl, struct risk_request *request,
		     Riskd__Reply **ret_reply);

/* Verbs, one file per group. */
int cmd_status(struct ctl *ctl, int argc, char **argv);
int cmd_reload(struct ctl *ctl, int argc, char **argv);
int cmd_market_list(struct ctl *ctl, int argc, char **argv);
int cmd_market_show(struct ctl *ctl, int argc, char **argv);
int cmd_market_halt(struct ctl *ctl, int argc, char **argv);
int cmd_market_fund(struct ctl *ctl, int argc, char **argv);
int cmd_market_premium(struct ctl *ctl, int argc, char **argv);
int cmd_market_state(struct ctl *ctl, int argc, char **argv);
int cmd_market_expiry(struct ctl *ctl, int argc, char **argv);
int cmd_market_settle(struct ctl *ctl, int argc, char **argv);
int cmd_market_ramp(struct ctl *ctl, int argc, char **argv);
int cmd_market_resume(struct ctl *ctl, int argc, char **argv);
int cmd_asset_list(struct ctl *ctl, int argc, char **argv);
int cmd_asset_show(struct ctl *ctl, int argc, char **argv);
int cmd_asset_ramp(struct ctl *ctl, int argc, char **argv);
int cmd_asset_accrue(struct ctl *ctl, int argc, char **argv);
int cmd_account_create(struct ctl *ctl, int argc, char **argv);
int cmd_account_deposit(struct ctl *ctl, int argc, char **argv);
int cmd_account_withdraw(struct ctl *ctl, int argc, char **argv);
int cmd_account_adjust(struct ctl *ctl, int argc, char **argv);
int cmd_account_write_off(struct ctl *ctl, int argc, char **argv);
int cmd_account_recheck(struct ctl *ctl, int argc, char **argv);
int cmd_account_convert(struct ctl *ctl, int argc, char **argv);
int cmd_fund_history(struct ctl *ctl, int argc, char **argv);
int cmd_fund_status(struct ctl *ctl, int argc, char **argv);
int cmd_fund_top_up(struct ctl *ctl, int argc, char **argv);
int cmd_fund_withdraw(struct ctl *ctl, int argc, char **argv);
int cmd_vault_status(struct ctl *ctl, int argc, char **argv);
int cmd_vault_top_up(struct ctl *ctl, int argc, char **argv);
int cmd_vault_withdraw(struct ctl *ctl, int argc, char **argv);
int cmd_conversion_list(struct ctl *ctl, int argc, char **argv);
int cmd_account_transfer(struct ctl *ctl, int argc, char **argv);
int cmd_account_leverage(struct ctl *ctl, int argc, char **argv);
int cmd_account_mode(struct ctl *ctl, int argc, char **argv);
int cmd_account_move(struct ctl *ctl, int argc, char **argv);
int cmd_account_show(struct ctl *ctl, int argc, char **argv);
int cmd_account_health(struct ctl *ctl, int argc, char **argv);
int cmd_account_list(struct ctl *ctl, int argc, char **argv);
int cmd_account_what_if(struct ctl *ctl, int argc, char **argv);
int cmd_trade(struct ctl *ctl, int argc, char **argv);
int cmd_price_push(struct ctl *ctl, int argc, char **argv);
int cmd_price_tail(struct ctl *ctl, int argc, char **argv);
int cmd_liquidations(struct ctl *ctl, int argc, char **argv);
int cmd_order_close(struct ctl *ctl, int argc, char **argv);
int cmd_order_place(struct ctl *ctl, int argc, char **argv);
int cmd_order_cancel(struct ctl *ctl, int argc, char **argv);
int cmd_order_list(struct ctl *ctl, int argc, char **argv);
int cmd_order_claim(struct ctl *ctl, int argc, char **argv);
int cmd_events_tail(struct ctl *ctl, int argc, char **argv);
int cmd_events_replay(struct ctl *ctl, int argc, char **argv);
int cmd_replay(struct ctl *ctl, int argc, char **argv);
int cmd_journal_verify(struct ctl *ctl, int argc, char **argv);
int cmd_journal_stats(struct ctl *ctl, int argc, char **argv);
int cmd_journal_export(struct ctl *ctl, int argc, char **argv);
int cmd_snapshot_now(struct ctl *ctl, int argc, char **argv);
int cmd_snapshot_list(struct ctl *ctl, int argc, char **argv);
int cmd_snapshot_verify(struct ctl *ctl, int argc, char **argv);

int cmd_explain(struct ctl *ctl, int argc, char **argv);
int cmd_audit(struct ctl *ctl, int argc, char **argv);
int cmd_calc(struct ctl *ctl, int argc, char **argv);
int cmd_completion(struct ctl *ctl, int argc, char **argv);

#endif

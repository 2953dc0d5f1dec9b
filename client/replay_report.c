/*
 * Tables of the end. See the header.
 */
#include "replay_report.h"

#include <errno.h>
#include <string.h>

#include "ctl_out.h"

#define NS_PER_US 1000u
#define NS_PER_MS 1000000

static const struct ctl_column case_columns[] = {
	{"time", "time", CTL_TEXT},
	{"user", "user", CTL_TEXT},
	{"account", "account", CTL_INTEGER},
	{"agrees", "agrees", CTL_TEXT},
	{"miss", "miss", CTL_TEXT},
	{"order after s", "order_after_s", CTL_DECIMAL},
	{"equity", "equity", CTL_DECIMAL},
	{"recorded", "recorded_value", CTL_DECIMAL},
	{"notional", "notional", CTL_DECIMAL},
	{"recorded", "recorded_notional", CTL_DECIMAL},
	{"maintenance", "maintenance", CTL_DECIMAL},
	{"due to mark", "mark_part", CTL_DECIMAL},
	{"fills", "fills_held", CTL_INTEGER},
	{"of order", "fills_of_order", CTL_INTEGER},
	{NULL, NULL, CTL_TEXT}};

static const char *agrees(const struct rk_replay_case *which)
{
	if (!which->judged)
		return "ISOLATED";
	if (which->by_time)
		return "TIME";
	return which->by_price ? "PRICE" : "NO";
}

static void add_case(struct ctl_table *table,
		     const struct rk_replay_users *users,
		     const struct rk_replay_case *which)
{
	const struct rk_replay_user *user = &users->users[which->user];
	enum rk_replay_miss miss = rk_replay_judge_miss(which);
	char time[CTL_TIME_SIZE];
	int64_t mark_part;

	ctl_cell(table, "%s", ctl_format_time(which->time_ns, time));
	ctl_cell(table, "%s", user->name);
	ctl_cell_u64(table, user->account);
	ctl_cell(table, "%s", agrees(which));
	ctl_cell(table, "%s", rk_replay_judge_miss_name(miss));
	/* With other misses, the order was of an earlier time of trouble. */
	if (which->order.any &&
	    (miss == RK_REPLAY_MISS_NONE || miss == RK_REPLAY_MISS_EARLY))
		ctl_cell_decimal(table,
				 (which->order.time_ns - which->time_ns) /
					 NS_PER_MS,
				 3, NULL);
	else
		ctl_cell(table, "%s", "");
	ctl_cell_usd(table, which->before.equity);
	ctl_cell_usd(table, which->recorded.account_value);
	ctl_cell_usd(table, which->before.notional);
	ctl_cell_usd(table, which->recorded.notional);
	ctl_cell_usd(table, which->before.maintenance);
	if (rk_replay_judge_mark_part(which, &mark_part))
		ctl_cell_usd(table, mark_part);
	else
		ctl_cell(table, "%s", "");
	ctl_cell_u64(table, which->fills_held);
	ctl_cell_u64(table, which->fills_of_order);
}

static int print_cases(const struct ctl *ctl, const struct rk_replay_run *run)
{
	const struct rk_replay_judge *judge = rk_replay_run_judge(run);
	struct ctl_table *table = ctl_table_new(case_columns);

	for (uint32_t i = 0; i < rk_replay_judge_cases(judge); i++)
		add_case(table, rk_replay_run_users(run),
			 rk_replay_judge_case(judge, i));
	return ctl_table_print(ctl, table, "no recorded liquidations");
}

static const struct ctl_column judged_columns[] = {
	{"recorded, cross", "recorded_cross", CTL_INTEGER},
	{"recorded, isolated (not judged)", "recorded_isolated", CTL_INTEGER},
	{"ordered within the time", "agree_by_time", CTL_INTEGER},
	{"or within 0.5 % of price", "agree", CTL_INTEGER},
	{"missed: no trades", "miss_no_trades", CTL_INTEGER},
	{"missed: ordered long before", "miss_early", CTL_INTEGER},
	{"missed: mark differs", "miss_mark", CTL_INTEGER},
	{"missed: cash differs", "miss_cash", CTL_INTEGER},
	{"accounts with fills never liquidated", "accounts_never", CTL_INTEGER},
	{"of these ordered", "accounts_never_ordered", CTL_INTEGER},
	{NULL, NULL, CTL_TEXT}};

struct judged {
	uint64_t cross;
	uint64_t isolated;
	uint64_t by_time;
	uint64_t agree;
	uint64_t misses[RK_REPLAY_MISSES];
	uint64_t never;
	uint64_t never_ordered;
};

static void count_cases(const struct rk_replay_run *run, struct judged *judged)
{
	const struct rk_replay_judge *judge = rk_replay_run_judge(run);
	const struct rk_replay_users *users = rk_replay_run_users(run);

	for (uint32_t i = 0; i < rk_replay_judge_cases(judge); i++) {
		const struct rk_replay_case *which =
			rk_replay_judge_case(judge, i);

		judged->cross += which->judged;
		judged->isolated += !which->judged;
		judged->by_time += which->by_time;
		judged->agree += which->by_time || which->by_price;
		judged->misses[rk_replay_judge_miss(which)]++;
	}
	for (uint32_t i = 0; i < users->n; i++) {
		if (!users->users[i].traded ||
		    rk_replay_judge_has_case(judge, i))
			continue;
		judged->never++;
		judged->never_ordered += users->users[i].liquidated;
	}
}

static int print_judged(const struct ctl *ctl, const struct rk_replay_run *run)
{
	struct ctl_table *table = ctl_table_new(judged_columns);
	struct judged judged = {0};

	count_cases(run, &judged);
	ctl_cell_u64(table, judged.cross);
	ctl_cell_u64(table, judged.isolated);
	ctl_cell_u64(table, judged.by_time);
	ctl_cell_u64(table, judged.agree);
	ctl_cell_u64(table, judged.misses[RK_REPLAY_MISS_NO_TRADES]);
	ctl_cell_u64(table, judged.misses[RK_REPLAY_MISS_EARLY]);
	ctl_cell_u64(table, judged.misses[RK_REPLAY_MISS_MARK]);
	ctl_cell_u64(table, judged.misses[RK_REPLAY_MISS_CASH]);
	ctl_cell_u64(table, judged.never);
	ctl_cell_u64(table, judged.never_ordered);
	return ctl_table_print_record(ctl, table);
}

static const struct ctl_column summary_columns[] = {
	{"from", "from", CTL_TEXT},
	{"to", "to", CTL_TEXT},
	{"rows", "rows", CTL_INTEGER},
	{"instants", "instants", CTL_INTEGER},
	{"price batches", "batches", CTL_INTEGER},
	{"ticks", "ticks", CTL_INTEGER},
	{"ticks dropped", "ticks_dropped", CTL_INTEGER},
	{"ledger rows", "ledger", CTL_INTEGER},
	{"fills of the files", "fills", CTL_INTEGER},
	{"commands", "commands", CTL_INTEGER},
	{"commands refused", "refused", CTL_INTEGER},
	{"took", "took_s", CTL_DECIMAL},
	{"events", "events", CTL_INTEGER},
	{"events at the subscriber", "seen", CTL_INTEGER},
	{"  lost", "lost", CTL_INTEGER},
	{"  doubled", "doubled", CTL_INTEGER},
	{"  read by query instead", "caught_up", CTL_INTEGER},
	{"events late", "late", CTL_INTEGER},
	{"orders opened", "orders", CTL_INTEGER},
	{"orders closed", "closed", CTL_INTEGER},
	{"  filled", "closed_filled", CTL_INTEGER},
	{"  confirmed", "closed_confirmed", CTL_INTEGER},
	{"  timed out", "closed_timeout", CTL_INTEGER},
	{"orders asked to close", "close_asked", CTL_INTEGER},
	{"orders left open", "orders_left", CTL_INTEGER},
	{"fills of orders", "order_fills", CTL_INTEGER},
	{"  in part", "fills_part", CTL_INTEGER},
	{"  late", "fills_late", CTL_INTEGER},
	{"  beyond the order", "fills_excess", CTL_INTEGER},
	{"  to the vault", "fills_vault", CTL_INTEGER},
	{"accounts", "accounts", CTL_INTEGER},
	{"  liquidated", "accounts_liquidated", CTL_INTEGER},
	{"  OK", "state_ok", CTL_INTEGER},
	{"  WARN", "state_warn", CTL_INTEGER},
	{"  MARGIN_CALL", "state_margin_call", CTL_INTEGER},
	{"  LIQUIDATING", "state_liquidating", CTL_INTEGER},
	{"  TAKEOVER", "state_takeover", CTL_INTEGER},
	{"  BANKRUPT", "state_bankrupt", CTL_INTEGER},
	{"accounts of the run below zero", "below_zero", CTL_INTEGER},
	{"  without a position", "below_zero_flat", CTL_INTEGER},
	{"  and BANKRUPT", "bankrupt", CTL_INTEGER},
	{"deficits", "deficits", CTL_INTEGER},
	{"  in all", "deficit_usd", CTL_DECIMAL},
	{"times withheld", "withheld", CTL_INTEGER},
	{"tick to order p50", "tick_to_order_p50_us", CTL_DECIMAL},
	{"tick to order p99", "tick_to_order_p99_us", CTL_DECIMAL},
	{"tick to answer p50", "tick_to_answer_p50_us", CTL_DECIMAL},
	{"tick to answer p99", "tick_to_answer_p99_us", CTL_DECIMAL},
	{"books balance", "books_balance", CTL_BOOL},
	{"state digest", "state_digest", CTL_TEXT},
	{"event digest", "event_digest", CTL_TEXT},
	{NULL, NULL, CTL_TEXT}};

static void add_input(struct ctl_table *table,
		      const struct rk_replay_result *result)
{
	char time[CTL_TIME_SIZE];

	ctl_cell(table, "%s", ctl_format_time(result->first_ns, time));
	ctl_cell(table, "%s", ctl_format_time(result->last_ns, time));
	ctl_cell_u64(table, result->rows);
	ctl_cell_u64(table, result->instants);
	ctl_cell_u64(table, result->sent.batches);
	ctl_cell_u64(table, result->sent.quotes);
	ctl_cell_u64(table, result->sent.quotes_dropped);
	ctl_cell_u64(table, result->ledger);
	ctl_cell_u64(table, result->fills);
	ctl_cell_u64(table, result->sent.commands);
	ctl_cell_u64(table, result->sent.refused);
	ctl_cell_decimal(table, (int64_t)(result->wall_ns / NS_PER_MS), 3, "s");
}

static void add_events(struct ctl_table *table,
		       const struct rk_replay_result *result)
{
	const struct rk_replay_tally *tally = &result->tally;

	ctl_cell_u64(table, result->sent.events);
	ctl_cell_u64(table, result->watched.seen);
	ctl_cell_u64(table, result->watched.lost);
	ctl_cell_u64(table, result->watched.doubled);
	ctl_cell_u64(table, result->watched.caught_up);
	ctl_cell_u64(table, tally->late);
	ctl_cell_u64(table, tally->orders);
	ctl_cell_u64(table, rk_replay_tally_closed(tally));
	ctl_cell_u64(
		table,
		tally->closed[RISKD__LIQUIDATION_ORDER__REASON__REASON_FILLED]);
	ctl_cell_u64(
		table,
		tally->closed
			[RISKD__LIQUIDATION_ORDER__REASON__REASON_CONFIRMED]);
	ctl_cell_u64(
		table,
		tally->closed
			[RISKD__LIQUIDATION_ORDER__REASON__REASON_TIMEOUT]);
	ctl_cell_u64(table, tally->close_asked);
	ctl_cell_u64(table, result->orders_left);
	ctl_cell_u64(table, tally->fills);
	ctl_cell_u64(table, tally->fills_part);
	ctl_cell_u64(table, tally->fills_late);
	ctl_cell_u64(table, tally->fills_excess);
	ctl_cell_u64(table, tally->fills_vault);
}

static void add_accounts(struct ctl_table *table,
			 const struct rk_replay_result *result)
{
	ctl_cell_u64(table, result->accounts);
	ctl_cell_u64(table, result->tally.accounts_liquidated);
	for (uint32_t i = 0; i < RK_REPLAY_STATES; i++)
		ctl_cell_u64(table, result->by_state[i]);
	ctl_cell_u64(table, result->below_zero);
	ctl_cell_u64(table, result->below_zero_flat);
	ctl_cell_u64(table, result->bankrupt);
	ctl_cell_u64(table, result->tally.deficits);
	ctl_cell_usd(table, result->tally.deficit_usd);
	ctl_cell_u64(table, result->tally.withheld);
}

static void add_quantile(struct ctl_table *table,
			 const struct rk_replay_latency *latency,
			 uint32_t percent)
{
	uint64_t ns = rk_replay_latency_quantile(latency, percent);

	ctl_cell_decimal(table, (int64_t)(ns / (NS_PER_US / 10)), 1, "us");
}

static int print_summary(const struct ctl *ctl,
			 const struct rk_replay_result *result)
{
	struct ctl_table *table = ctl_table_new(summary_columns);

	add_input(table, result);
	add_events(table, result);
	add_accounts(table, result);
	add_quantile(table, &result->watched.tick_to_order, 50);
	add_quantile(table, &result->watched.tick_to_order, 99);
	add_quantile(table, &result->sent.answer, 50);
	add_quantile(table, &result->sent.answer, 99);
	ctl_cell_bool(table, result->books_balance);
	ctl_cell(table, "%s", result->state_digest);
	ctl_cell(table, "%s", result->event_digest);
	return ctl_table_print_record(ctl, table);
}

/* Tell what went wrong, once, with its figure. */
static int verdict(const struct ctl *ctl, const struct rk_replay_result *result)
{
	const struct {
		uint64_t n;
		const char *what;
	} wrongs[] = {
		{result->sent.refused, "commands were refused"},
		{result->watched.lost, "events were lost"},
		{result->watched.doubled, "events came twice"},
		{result->tally.late, "events came late"},
		{result->sent.quotes_dropped, "ticks were dropped"},
	};
	int code = CTL_OK;

	for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
		if (wrongs[i].n > 0)
			code = ctl_refuse(ctl, "%llu %s: must be none",
					  (unsigned long long)wrongs[i].n,
					  wrongs[i].what);
	}
	if (!result->books_balance)
		code = ctl_refuse(ctl, "the daemon's books do not balance");
	return code;
}

int rk_replay_report(const struct ctl *ctl, const struct rk_replay_run *run,
		     const struct rk_replay_result *result)
{
	int code = CTL_OK;

	if (rk_replay_run_judge(run)) {
		code = print_cases(ctl, run);
		if (code == CTL_OK)
			code = print_judged(ctl, run);
	}
	if (code == CTL_OK)
		code = print_summary(ctl, result);
	return code == CTL_OK ? verdict(ctl, result) : code;
}

int rk_replay_report_accounts(const char *path,
			      const struct rk_replay_users *users,
			      struct rk_replay_error *error)
{
	FILE *file = fopen(path, "w");
	bool written;

	if (!file)
		return rk_replay_error_set(error, -errno,
					   "%s: cannot be written: %s", path,
					   strerror(errno));
	written = fputs("account,user\n", file) >= 0;
	for (uint32_t i = 0; i < users->n; i++) {
		const struct rk_replay_user *user = &users->users[i];

		if (user->opened)
			written = fprintf(file, "%llu,%s\n",
					  (unsigned long long)user->account,
					  user->name) > 0 &&
				  written;
	}
	if (fclose(file) == 0 && written)
		return 0;
	return rk_replay_error_set(error, -EIO, "%s: cannot be written wholly",
				   path);
}

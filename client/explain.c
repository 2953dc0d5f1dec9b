/*
 * riskctl explain: to the command. See explain.h.
 *
 * The replay goes there twice: first to learn from the events whom it
 * concerned, then to stop before it, look, apply it, and look again.
 */
#include "explain.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "engine/rc.h"

#define FOUND 1 /* ends the scan */

const char *explain_when_name(enum explain_when when)
{
	return when == EXPLAIN_BEFORE ? "before" : "after";
}

/* Is the command in this group? Then it is kept, and the scan ends. */
static int look_for(void *context, const struct rk_journal_group *group)
{
	struct explain *explain = context;
	uint64_t last = group->first_seq + group->count - 1;
	const unsigned char *bytes = group->payload;
	size_t at = 0;

	if (last < explain->seq)
		return 0;
	if (group->first_seq > explain->seq)
		return FOUND; /* it was before the oldest */
	for (uint64_t seq = group->first_seq; seq <= explain->seq; seq++) {
		size_t length;

		if (rk_record_decode(bytes + at, group->size - at,
				     &explain->room, &explain->cmd,
				     &length) < 0)
			return -EPROTO;
		at += length;
	}
	explain->group_first = group->first_seq;
	explain->group_last = last;
	memcpy(explain->chain, group->chain, RK_CHAIN_SIZE);
	explain->found = true;
	return FOUND;
}

/*
 * Where to begin: behind the newest snapshot below the command, so that older
 * parts of the journal need not be whole; else with the oldest segment.
 */
static void choose_place(const struct explain *explain,
			 struct rk_journal_scan *scan)
{
	char error[RK_SNAPSHOT_TEXT_SIZE];
	struct rk_snapshot_meta meta;
	uint64_t *seqs;
	int n;

	scan->oldest = true;
	if (ctl_snapshots(explain->files, &seqs, &n) < 0)
		return;
	for (int i = 0; scan->oldest && i < n; i++) {
		if (seqs[i] >= explain->seq ||
		    rk_snapshot_read_meta(explain->files, seqs[i], &meta,
					  error) < 0)
			continue;
		scan->oldest = false;
		scan->from.seq = meta.seq;
		memcpy(scan->from.chain, meta.chain, RK_CHAIN_SIZE);
	}
	free(seqs);
}

static int find_command(struct explain *explain)
{
	struct rk_journal_scan scan = {
		.files = explain->files,
		.visit = look_for,
		.context = explain,
	};
	struct rk_journal_end end = {.place = {.seq = 0}};
	char error[RK_JOURNAL_TEXT_SIZE] = "";
	uint64_t first = 0;
	int r;

	if (ctl_room_open(&explain->room) < 0)
		return ctl_refuse(explain->ctl, "out of memory");
	choose_place(explain, &scan);
	r = ctl_journal_scan(&scan, NULL, &end, error);
	if (r == -ENOENT && !scan.oldest) { /* the snapshot is older than it */
		scan.oldest = true;
		r = ctl_journal_scan(&scan, NULL, &end, error);
	}
	if (explain->found)
		return CTL_OK;
	if (r == -EPROTO && !*error)
		return ctl_refuse(explain->ctl,
				  "command %" PRIu64 " cannot be decoded: it "
				  "was written by a newer program",
				  explain->seq);
	if (r < 0)
		return ctl_refuse(explain->ctl, "%s", error);
	(void)ctl_journal_first(explain->files, &first); /* 0 will do */
	if (r == FOUND)
		return ctl_refuse(explain->ctl,
				  "command %" PRIu64 " is not kept any more: "
				  "the journal begins with command %" PRIu64,
				  explain->seq, first);
	return ctl_refuse(explain->ctl,
			  "command %" PRIu64 ": the journal ends with command "
			  "%" PRIu64,
			  explain->seq, end.place.seq);
}

static void on_event(void *context, const struct rk_event *event)
{
	struct explain *explain = context;

	if (event->seq != explain->seq || explain->failed)
		return;
	if (explain->events_n == explain->events_max) {
		size_t max = explain->events_max ? explain->events_max * 2 : 64;
		struct rk_event *events =
			reallocarray(explain->events, max, sizeof(*events));

		explain->failed = !events;
		if (!events)
			return;
		explain->events = events;
		explain->events_max = max;
	}
	explain->events[explain->events_n++] = *event;
}

static void on_command(void *context, const struct rk_engine *engine,
		       const struct rk_cmd *cmd, bool applied)
{
	struct explain *explain = context;

	if (applied && rk_view_seq(engine) == explain->seq)
		explain->skipped = cmd->type == RK_CMD_SKIPPED;
}

static int on_loaded(void *context, const struct rk_snapshot_meta *meta)
{
	struct explain *explain = context;

	(void)meta; /* told by what rk_rebuild returns */
	explain->events_n = 0;
	return 0;
}

static void on_warn(void *context, const char *text)
{
	const struct explain *explain = context;

	ctl_say(explain->ctl, "%s", text);
}

/* Replay all commands below `before`. */
static int rebuild(struct explain *explain, uint64_t before,
		   struct rk_rebuilt *ret_rebuilt)
{
	const struct rk_rebuild_options options = {
		.files = explain->files,
		.snapshot_max = explain->seq - 1,
		.before = before,
		.event = on_event,
		.command = on_command,
		.loaded = on_loaded,
		.warn = on_warn,
		.context = explain,
	};
	char error[RK_REBUILD_TEXT_SIZE];

	if (ctl_rebuild(&options, ret_rebuilt, error) < 0)
		return ctl_refuse(explain->ctl,
				  "cannot come to command %" PRIu64 ": %s",
				  explain->seq, error);
	return CTL_OK;
}

static void want_account(struct explain *explain, uint64_t account)
{
	if (account == 0 || (explain->only && account != explain->only))
		return;
	for (uint32_t i = 0; i < explain->accounts_n; i++)
		if (explain->accounts[i].account == account)
			return;
	if (explain->accounts_n < EXPLAIN_ACCOUNTS_MAX)
		explain->accounts[explain->accounts_n++].account = account;
	explain->accounts_all++;
}

void explain_want_slot(struct explain *explain, uint32_t slot)
{
	if (slot == RK_NO_SLOT)
		return;
	for (uint32_t i = 0; i < explain->slots_n; i++)
		if (explain->slots[i] == slot)
			return;
	if (explain->slots_n < EXPLAIN_SLOTS_MAX)
		explain->slots[explain->slots_n++] = slot;
	else
		explain->slots_more = true;
}

/* Accounts that a command names. */
static void want_named(struct explain *explain, const struct rk_cmd *cmd)
{
	switch ((int)cmd->type) {
	case RK_CMD_ACCOUNT:
		want_account(explain, cmd->account.account);
		return;
	case RK_CMD_DEPOSIT:
	case RK_CMD_ADJUST:
	case RK_CMD_WRITE_OFF:
		want_account(explain, cmd->amount.account);
		return;
	case RK_CMD_RESERVE:
		want_account(explain, cmd->withdraw.account);
		return;
	case RK_CMD_CONVERT:
		want_account(explain, cmd->convert.account);
		return;
	case RK_CMD_LEVERAGE:
		want_account(explain, cmd->leverage.account);
		return;
	case RK_CMD_MODE:
		want_account(explain, cmd->mode.account);
		return;
	case RK_CMD_RECHECK:
		want_account(explain, cmd->recheck.account);
		return;
	case RK_CMD_PLACE_ORDER:
		want_account(explain, cmd->place.account);
		return;
	case RK_CMD_CANCEL_ORDER:
		want_account(explain, cmd->cancel_order.account);
		return;
	case RK_CMD_MOVE:
		want_account(explain, cmd->move.from);
		want_account(explain, cmd->move.to);
		return;
	case RK_CMD_TRANSFER:
		want_account(explain, cmd->transfer.from);
		want_account(explain, cmd->transfer.to);
		return;
	case RK_CMD_TRADE:
		want_account(explain, cmd->trade.buyer.account);
		want_account(explain, cmd->trade.seller.account);
		return;
	default:
		return; /* those concerned are in the events */
	}
}

static void choose_accounts(struct explain *explain)
{
	const struct rk_cmd *cmd = &explain->cmd;

	if (explain->only)
		want_account(explain, explain->only);
	if (cmd->type == RK_CMD_ATOMIC)
		for (uint32_t i = 0; i < cmd->atomic.n; i++)
			want_named(explain, &cmd->atomic.cmds[i]);
	else
		want_named(explain, cmd);
	for (size_t i = 0; i < explain->events_n; i++)
		want_account(explain, explain->events[i].account);
}

static void want_market(struct explain *explain, const struct rk_engine *engine,
			uint32_t market)
{
	struct rk_market_view view;
	struct rk_asset_view settle;

	if (rk_view_market(engine, market, &view) != RK_OK)
		return;
	explain_want_slot(explain, view.slot);
	if (rk_view_asset(engine, view.settle_asset, &settle) == RK_OK)
		explain_want_slot(explain, settle.slot);
}

/* Prices that play a part: of what the accounts hold, and of the command. */
static void choose_slots(struct explain *explain,
			 const struct rk_engine *engine)
{
	const struct rk_cmd *cmd = &explain->cmd;

	for (uint32_t i = 0; i < explain->accounts_n; i++) {
		struct rk_position_view positions[64];
		struct rk_balance_view balances[64];
		struct rk_asset_view asset;
		uint32_t index;
		uint32_t n;

		if (rk_view_find_account(engine, explain->accounts[i].account,
					 &index) != RK_OK)
			continue;
		n = rk_view_positions(engine, index, positions, 64);
		for (uint32_t j = 0; j < n && j < 64; j++)
			want_market(explain, engine, positions[j].market);
		n = rk_view_balances(engine, index, balances, 64);
		for (uint32_t j = 0; j < n && j < 64; j++)
			if (rk_view_asset(engine, balances[j].asset, &asset) ==
			    RK_OK)
				explain_want_slot(explain, asset.slot);
	}
	if (cmd->type == RK_CMD_TRADE)
		want_market(explain, engine, cmd->trade.market);
	if (cmd->type == RK_CMD_HALT)
		want_market(explain, engine, cmd->halt.market);
	if (cmd->type == RK_CMD_PRICES)
		for (uint32_t i = 0; i < cmd->prices.n; i++)
			explain_want_slot(explain, cmd->prices.quotes[i].slot);
}

/* Is there anything to say about contracts? */
static bool has_contracts(const struct rk_engine *engine)
{
	struct rk_market_view view;

	for (uint32_t i = 0; rk_view_market(engine, i, &view) == RK_OK; i++)
		if (view.listing.contract != RK_CONTRACT_LINEAR ||
		    view.listing.multiplier != 1 ||
		    view.listing.multiplier_decimals != 0 ||
		    view.listing.price_min.raw != 1)
			return true;
	return false;
}

/* First replay: beyond the command, for its events. */
static int learn(struct explain *explain)
{
	struct rk_engine_counts counts;
	struct rk_rebuilt after;
	int rc = rebuild(explain, explain->seq + 1, &after);

	if (rc)
		return rc;
	explain->snapshot = after.snapshot.seq;
	explain->commands = after.commands;
	rk_view_counts(after.engine, &counts);
	explain->risk = counts.risk;
	explain->contracts = has_contracts(after.engine);
	choose_accounts(explain);
	choose_slots(explain, after.engine);
	if (ctl_names_take(&explain->names, after.engine) < 0)
		explain->failed = true;
	explain->ctl->names = &explain->names;
	free(after.memory);
	return CTL_OK;
}

static void look(struct explain *explain, const struct rk_engine *engine,
		 enum explain_when when)
{
	explain->time_ns[when] = rk_view_time(engine);
	for (uint32_t i = 0; i < explain->accounts_n; i++)
		explain_account_fill(explain, &explain->accounts[i], engine,
				     when);
	explain_prices_fill(explain, engine, when);
}

/* The command, or what stands for it where an operator left it out. */
static int apply(const struct explain *explain, struct rk_engine *engine)
{
	struct rk_cmd skipped = {.type = RK_CMD_SKIPPED,
				 .origin = explain->cmd.origin};
	struct rk_evbuf events = {.max = 4 * RK_EVENTS_PER_STEP_MAX};

	events.events = calloc(events.max, sizeof(*events.events));
	if (!events.events)
		return -ENOMEM;
	skipped.skipped.type = explain->cmd.type;
	(void)rk_engine_apply(
		engine, explain->skipped ? &skipped : &explain->cmd, &events);
	while (rk_engine_pending(engine)) {
		events.n = 0;
		rk_engine_resume(engine, &events);
	}
	free(events.events);
	return 0;
}

/* Second replay: up to the command, and over it. */
static int compare(struct explain *explain)
{
	size_t events_n = explain->events_n;
	struct rk_rebuilt before;
	int rc = rebuild(explain, explain->seq, &before);

	explain->events_n = events_n; /* the first replay saw them */
	if (rc)
		return rc;
	choose_slots(explain, before.engine);
	look(explain, before.engine, EXPLAIN_BEFORE);
	if (apply(explain, before.engine) < 0)
		explain->failed = true;
	look(explain, before.engine, EXPLAIN_AFTER);
	explain_markets_fill(explain, before.engine);
	free(before.memory);
	return CTL_OK;
}

int explain_code(const struct explain *explain)
{
	for (size_t i = 0; i < explain->events_n; i++)
		if (explain->events[i].type == RK_EVENT_REJECTED)
			return explain->events[i].rejected.code;
	return RK_OK;
}

int explain_run(struct explain *explain)
{
	int rc = find_command(explain);

	if (rc == CTL_OK)
		rc = learn(explain);
	if (rc == CTL_OK)
		rc = compare(explain);
	if (rc == CTL_OK && explain->failed)
		rc = ctl_refuse(explain->ctl, "out of memory");
	return rc;
}

void explain_free(struct explain *explain)
{
	for (uint32_t i = 0; i < explain->accounts_n; i++) {
		ctl_table_free(explain->accounts[i].positions);
		ctl_table_free(explain->accounts[i].assets);
		ctl_table_free(explain->accounts[i].orders);
		ctl_table_free(explain->accounts[i].conversions);
	}
	ctl_table_free(explain->prices);
	ctl_table_free(explain->markets);
	ctl_table_free(explain->brackets);
	explain->ctl->names = NULL;
	ctl_names_free(&explain->names);
	ctl_room_close(&explain->room);
	free(explain->events);
}

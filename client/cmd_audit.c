/*
 * riskctl audit: the report for an auditor. What is checked is in audit.h.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "ctl_out.h"
#include "engine/books.h"
#include "engine/decimal.h"
#include "engine/rc.h"
#include "engine/view.h"

#define ATTEMPTS 5 /* beside a daemon that removes old files */

static const struct ctl_column columns[] = {
	{"State folder", "dir", CTL_TEXT},
	{"Journal segments", "segments", CTL_INTEGER},
	{"Journal groups", "groups", CTL_INTEGER},
	{"First command", "first_seq", CTL_INTEGER},
	{"Last command", "last_seq", CTL_INTEGER},
	{"Chain", "chain", CTL_TEXT},
	{"Snapshots", "snapshots_n", CTL_INTEGER},
	{"Replayed from", "replayed_from", CTL_INTEGER},
	{"Commands replayed", "commands", CTL_INTEGER},
	{"Commands skipped", "skipped", CTL_INTEGER},
	{"Events in files", "events_in_files", CTL_INTEGER},
	{"Events compared", "events_compared", CTL_INTEGER},
	{"Events in no file", "events_in_no_file", CTL_INTEGER},
	{"Last event", "last_event", CTL_INTEGER},
	{"Time", "time", CTL_TEXT},
	{"State digest", "state_digest", CTL_TEXT},
	{"Event digest", "event_digest", CTL_TEXT},
	{"Differences", "differences_n", CTL_INTEGER},
	{"Result", "result", CTL_TEXT},
	{NULL, NULL, CTL_TEXT},
};

static struct ctl_table *fill(const struct audit *audit)
{
	struct ctl_table *table = ctl_table_new(columns);
	const struct rk_engine *engine = audit->rebuilt.engine;
	bool good = audit->differences_n == 0;
	char hex[CTL_HEX_SIZE] = "";
	char when[CTL_TIME_SIZE] = "";

	ctl_cell(table, "%s", audit->files->dir);
	ctl_cell_u64(table, audit->end.segments);
	ctl_cell_u64(table, audit->end.groups);
	ctl_cell_u64(table, audit->journal_first);
	ctl_cell_u64(table, audit->end.place.seq);
	ctl_cell(table, "%s", ctl_hex_bytes(audit->end.place.chain, hex));
	ctl_cell_u64(table, (uint64_t)audit->snapshots_n);
	ctl_cell_u64(table, engine ? audit->replay_from : 0);
	ctl_cell_u64(table, audit->rebuilt.commands);
	ctl_cell_u64(table, audit->rebuilt.skipped);
	ctl_cell_u64(table, audit->events.rows);
	ctl_cell_u64(table, audit->events.compared);
	ctl_cell_u64(table, audit->events.uncompared);
	ctl_cell_u64(table, engine ? rk_view_event(engine) : 0);
	ctl_cell(table, "%s",
		 engine ? ctl_format_time(rk_view_time(engine), when) : "");
	ctl_cell(table, "%s",
		 engine ? ctl_hex_hash(rk_view_state_digest(engine), hex) : "");
	ctl_cell(table, "%s",
		 engine ? ctl_hex_hash(rk_view_event_digest(engine), hex) : "");
	ctl_cell_u64(table, audit->differences_n);
	ctl_cell(table, "%s", good ? "OK" : "FAILED");
	ctl_cell_color(table, good ? CTL_GREEN : CTL_RED);
	return table;
}

static const struct ctl_column snapshot_columns[] = {
	{"Snapshot", "seq", CTL_INTEGER},
	{"Last event", "last_event", CTL_INTEGER},
	{"Loads", "loads", CTL_BOOL},
	{"Chain", "chain", CTL_TEXT},
	{"Replay", "replay", CTL_TEXT},
	{"State digest", "state_digest", CTL_TEXT},
	{"Event digest", "event_digest", CTL_TEXT},
	{NULL, NULL, CTL_TEXT},
};

static struct ctl_table *fill_snapshots(const struct audit *audit)
{
	struct ctl_table *table = ctl_table_new(snapshot_columns);

	for (int i = 0; i < audit->snapshots_n; i++) {
		const struct audit_snapshot *s = &audit->snapshots[i];
		char hex[CTL_HEX_SIZE] = "";

		ctl_cell_u64(table, s->seq);
		ctl_cell_u64(table, s->meta.event);
		ctl_cell_bool(table, s->loaded);
		ctl_cell(table, "%s",
			 !s->in_journal ? "not in the journal"
			 : s->chained   ? "same"
					: "differs");
		ctl_cell(table, "%s",
			 s->start      ? "begins here"
			 : !s->reached ? "not reached"
			 : s->same     ? "same"
				       : "differs");
		ctl_cell(table, "%s",
			 s->loaded ? ctl_hex_hash(s->meta.state_digest, hex)
				   : "");
		ctl_cell(table, "%s",
			 s->loaded ? ctl_hex_hash(s->meta.event_digest, hex)
				   : "");
	}
	return table;
}

static const struct ctl_column file_columns[] = {
	{"Events", "file", CTL_TEXT},   {"First", "first", CTL_INTEGER},
	{"Last", "last", CTL_INTEGER},  {"Sealed", "sealed", CTL_BOOL},
	{"Result", "result", CTL_TEXT}, {NULL, NULL, CTL_TEXT},
};

static struct ctl_table *fill_files(const struct audit *audit)
{
	struct ctl_table *table = ctl_table_new(file_columns);

	for (uint32_t i = 0; i < audit->events.n; i++) {
		const struct rk_event_walk_file *file = &audit->events.files[i];

		ctl_cell(table, "%s", file->name);
		ctl_cell_u64(table, file->first);
		ctl_cell_u64(table, file->last);
		ctl_cell_bool(table, file->sealed);
		ctl_cell(table, "%s", audit->events.results[i]);
	}
	return table;
}

static const struct ctl_column asset_columns[] = {
	{"Books of asset", "asset", CTL_TEXT},
	{"Deposits", "deposits", CTL_DECIMAL},
	{"Withdrawals", "withdrawals", CTL_DECIMAL},
	{"Accounts", "accounts", CTL_DECIMAL},
	{"Reserved", "pending", CTL_DECIMAL},
	{"Fees", "fees", CTL_DECIMAL},
	{"Clearing", "clearing", CTL_DECIMAL},
	{"Interest", "interest", CTL_DECIMAL},
	{"Insurance", "insurance", CTL_DECIMAL},
	{"Vault", "vault", CTL_DECIMAL},
	{"Rounding", "rounding", CTL_DECIMAL},
	{"External", "external", CTL_DECIMAL},
	{"Difference", "difference", CTL_DECIMAL},
	{NULL, NULL, CTL_TEXT},
};

static void cell_wide(struct ctl_table *table, rk_i128 raw, uint8_t decimals)
{
	char text[RK_DECIMAL_I128_SIZE];

	ctl_cell(table, "%s",
		 rk_decimal_format_i128(raw, decimals, 0, text, sizeof(text)));
}

/* Deposits - withdrawals = accounts + system accounts. */
static struct ctl_table *fill_assets(const struct rk_engine *engine)
{
	struct ctl_table *table = ctl_table_new(asset_columns);
	struct rk_asset_view view;
	struct rk_books_asset b;

	for (uint32_t i = 0; engine && rk_view_asset(engine, i, &view) == RK_OK;
	     i++) {
		uint8_t decimals = view.listing.decimals;

		if (rk_view_books_asset(engine, i, &b) != RK_OK)
			break;
		ctl_cell(table, "%s", view.listing.name);
		cell_wide(table, b.deposits, decimals);
		cell_wide(table, b.withdrawals, decimals);
		cell_wide(table, b.accounts, decimals);
		cell_wide(table, b.pending, decimals);
		cell_wide(table, b.fees, decimals);
		cell_wide(table, b.clearing, decimals);
		cell_wide(table, b.interest, decimals);
		cell_wide(table, b.insurance, decimals);
		cell_wide(table, b.vault, decimals);
		cell_wide(table, b.rounding, decimals);
		cell_wide(table, b.external, decimals);
		cell_wide(table,
			  b.deposits - b.withdrawals - b.accounts - b.pending -
				  b.fees - b.clearing - b.interest -
				  b.insurance - b.vault - b.rounding -
				  b.external,
			  decimals);
	}
	return table;
}

static const struct ctl_column market_columns[] = {
	{"Books of market", "market", CTL_TEXT},
	{"Size of accounts", "accounts_size", CTL_DECIMAL},
	{"of venues", "external_size", CTL_DECIMAL},
	{"of the vault", "vault_size", CTL_DECIMAL},
	{"Sum", "size", CTL_DECIMAL},
	{"Cost of accounts", "accounts_cost", CTL_DECIMAL},
	{"of venues", "external_cost", CTL_DECIMAL},
	{"of the vault", "vault_cost", CTL_DECIMAL},
	{"cleared", "clearing_cost", CTL_DECIMAL},
	{"Sum", "cost", CTL_DECIMAL},
	{NULL, NULL, CTL_TEXT},
};

static void fill_market(struct ctl_table *table, const struct rk_engine *engine,
			const struct rk_market_view *view,
			const struct rk_books_market *b)
{
	uint8_t size = view->listing.size_decimals;
	struct rk_asset_view settle = {.slot = 0};
	uint8_t cost;

	/* A market has its settle asset. */
	(void)rk_view_asset(engine, view->settle_asset, &settle);
	cost = settle.listing.decimals;
	ctl_cell(table, "%s", view->listing.name);
	cell_wide(table, b->accounts_size, size);
	cell_wide(table, b->external_size, size);
	cell_wide(table, b->vault_size, size);
	cell_wide(table, b->accounts_size + b->external_size + b->vault_size,
		  size);
	cell_wide(table, b->accounts_cost, cost);
	cell_wide(table, b->external_cost, cost);
	cell_wide(table, b->vault_cost, cost);
	cell_wide(table, b->clearing_cost, cost);
	cell_wide(table,
		  b->accounts_cost + b->external_cost + b->vault_cost +
			  b->clearing_cost,
		  cost);
}

static struct ctl_table *fill_markets(const struct rk_engine *engine)
{
	struct ctl_table *table = ctl_table_new(market_columns);
	struct rk_market_view view;
	struct rk_books_market books;

	for (uint32_t i = 0;
	     engine && rk_view_market(engine, i, &view) == RK_OK; i++)
		if (rk_view_books_market(engine, i, &books) == RK_OK)
			fill_market(table, engine, &view, &books);
	return table;
}

static const struct ctl_column difference_columns[] = {
	{"Difference", "text", CTL_TEXT},
	{NULL, NULL, CTL_TEXT},
};

static const struct ctl_column note_columns[] = {
	{"Note", "text", CTL_TEXT},
	{NULL, NULL, CTL_TEXT},
};

static struct ctl_table *fill_texts(const struct ctl_column *column,
				    const json_t *texts)
{
	struct ctl_table *table = ctl_table_new(column);

	for (size_t i = 0; i < json_array_size(texts); i++)
		ctl_cell_text(table,
			      json_string_value(json_array_get(texts, i)));
	return table;
}

static int report(const struct audit *audit)
{
	const struct rk_engine *engine = audit->rebuilt.engine;
	const struct ctl *ctl = audit->ctl;
	const struct ctl_part parts[] = {
		{.table = fill(audit)},
		{.key = "snapshots", .table = fill_snapshots(audit)},
		{.key = "files", .table = fill_files(audit)},
		{.key = "assets", .table = fill_assets(engine)},
		{.key = "markets", .table = fill_markets(engine)},
		{.key = "notes",
		 .table = fill_texts(note_columns, audit->notes)},
		{.key = "differences",
		 .table = fill_texts(difference_columns, audit->differences)},
	};
	int rc = ctl_parts_print(ctl, parts, sizeof(parts) / sizeof(*parts));

	if (audit->differences_n > json_array_size(audit->differences))
		ctl_say(ctl, "Only the first %d differences are told.",
			AUDIT_TEXTS_MAX);
	if (rc == CTL_OK && ctl->output == CTL_TABLE)
		(void)printf("\n%sAUDIT %s%s\n",
			     ctl_color_on(ctl, audit->differences_n
						       ? CTL_RED
						       : CTL_GREEN),
			     audit->differences_n ? "FAILED" : "OK",
			     ctl_color_off(ctl));
	if (rc == CTL_OK && audit->differences_n > 0)
		rc = CTL_REFUSED;
	return rc;
}

/* Once, or again where a daemon removed files meanwhile. */
static int run(const struct ctl *ctl, const struct rk_files *files,
	       struct audit *ret_audit)
{
	for (int i = 1;; i++) {
		int rc;

		*ret_audit = (struct audit){
			.ctl = ctl,
			.files = files,
			.differences = json_array(),
			.notes = json_array(),
		};
		rc = audit_run(ret_audit);
		if (rc != CTL_OK || ret_audit->differences_n == 0 ||
		    i == ATTEMPTS || !audit_was_overtaken(ret_audit))
			return rc;
		audit_free(ret_audit);
	}
}

int cmd_audit(struct ctl *ctl, int argc, char **argv)
{
	struct rk_files files;
	struct audit audit;
	int rc = ctl_folder_only(ctl, argc, argv, &files);

	if (rc)
		return rc;
	rc = run(ctl, &files, &audit);
	if (rc == CTL_OK)
		rc = report(&audit);
	audit_free(&audit);
	rk_files_close(&files);
	return rc;
}

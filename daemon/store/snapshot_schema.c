/*
 * The tables of a snapshot: made from what the engine says of them, and
 * checked against it.
 *
 * Keys are declared as integers and order the rows. All other integers are
 * ANY, as some are beyond 64 bits; STRICT tables keep such cells as given.
 * No table needs an index: units are found by the first key.
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/assert.h"
#include "store/snapshot_impl.h"

/* For whoever reads the schema; by no means for us. */
static const char *comment_of(enum rk_table table)
{
	switch (table) {
	case RK_TABLE_ENGINE:
		return "Time, parameters and totals: one row.";
	case RK_TABLE_ASSET:
		return "What balances are held in, and the books of each.";
	case RK_TABLE_MARKET:
		return "What is traded, its parameters and its books.";
	case RK_TABLE_BRACKET:
		return "Margin rates of a market by size of position.";
	case RK_TABLE_RAMP_BRACKET:
		return "What the ramp of a market that runs comes from.";
	case RK_TABLE_PUBLISHER:
		return "Who publishes prices.";
	case RK_TABLE_VENUE:
		return "Other venues at which is traded.";
	case RK_TABLE_VENUE_POSITION:
		return "What a venue holds against us in a market.";
	case RK_TABLE_SLOT:
		return "The price of a market or an asset.";
	case RK_TABLE_QUOTE:
		return "The last word of a publisher on a price.";
	case RK_TABLE_ACCOUNT:
		return "Accounts, by the number that other tables give.";
	case RK_TABLE_BALANCE:
		return "What an account holds of an asset.";
	case RK_TABLE_POSITION:
		return "What an account holds in a market.";
	case RK_TABLE_RESTING_ORDER:
		return "Orders of accounts that venues may fill.";
	case RK_TABLE_LIQUIDATION_ORDER:
		return "Liquidation orders, open and lately closed.";
	case RK_TABLE_WITHDRAWAL:
		return "Withdrawals that are reserved and not yet sent.";
	case RK_TABLE_CLIENT:
		return "Clients, with their last command.";
	case RK_TABLE_ANSWER:
		return "The answers to the last commands of a client.";
	case RK_TABLE_LEVERAGE:
		return "The leverage that an account has chosen for a market.";
	case RK_TABLE_EMODE:
		return "What an asset is in a group of assets.";
	case RK_TABLE_INSURANCE:
		return "Insurance funds that hold something or pay it.";
	case RK_TABLE_LIQUIDATION:
		return "How liquidation orders of a market follow each other.";
	case RK_TABLE_CLAIM:
		return "Who executes a liquidation order alone, and until "
		       "when.";
	case RK_TABLE_VAULT:
		return "The backstop vault: budgets and capital.";
	case RK_TABLE_TAKEOVER:
		return "What the backstop vault takes over of a market.";
	case RK_TABLES:
	default:
		return "";
	}
}

void rk_snapshot_layout(enum rk_table table, uint32_t format,
			struct rk_snapshot_layout *ret_layout)
{
	ret_layout->table = table;
	ret_layout->format = format;
	ret_layout->name = rk_table_name(table);
	ret_layout->keys = rk_table_keys(table);
	ret_layout->n = rk_table_columns(table, format, ret_layout->columns);
	RK_ASSERT(ret_layout->n <= RK_COLUMNS_MAX);
	RK_ASSERT(ret_layout->keys >= 1 && ret_layout->keys <= ret_layout->n);
}

struct text {
	char *bytes; /* of RK_SQLITE_SQL_SIZE */
	size_t n;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *text,
						      const char *format, ...)
{
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(text->bytes + text->n, RK_SQLITE_SQL_SIZE - text->n,
		      format, arguments);
	va_end(arguments);
	RK_ASSERT(n >= 0 && text->n + (size_t)n < RK_SQLITE_SQL_SIZE);
	text->n += (size_t)n;
}

/* "a", "b", "c" of the first n columns. */
static void add_names(struct text *text,
		      const struct rk_snapshot_layout *layout, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		add(text, "%s\"%s\"", i > 0 ? ", " : "",
		    layout->columns[i].name);
}

static const char *type_of(const struct rk_snapshot_layout *layout, uint32_t i)
{
	switch (layout->columns[i].kind) {
	case RK_CELL_TEXT:
		return "TEXT";
	case RK_CELL_BLOB:
		return "BLOB";
	case RK_CELL_INTEGER:
	default:
		return i < layout->keys ? "INTEGER" : "ANY";
	}
}

static void add_create(struct text *text,
		       const struct rk_snapshot_layout *layout)
{
	/* A single integer key is SQLite's own number of the row. */
	bool single =
		layout->keys == 1 && layout->columns[0].kind == RK_CELL_INTEGER;

	add(text, "CREATE TABLE \"%s\"(\n\t-- %s\n", layout->name,
	    comment_of(layout->table));
	for (uint32_t i = 0; i < layout->n; i++)
		add(text, "\t\"%s\" %s%s NOT NULL%s\n", layout->columns[i].name,
		    type_of(layout, i), single && i == 0 ? " PRIMARY KEY" : "",
		    i + 1 < layout->n || !single ? "," : "");
	if (!single) {
		add(text, "\tPRIMARY KEY(");
		add_names(text, layout, layout->keys);
		add(text, ")\n");
	}
	add(text, ") STRICT%s", single ? "" : ", WITHOUT ROWID");
}

static void add_select(struct text *text,
		       const struct rk_snapshot_layout *layout)
{
	add(text, "SELECT ");
	add_names(text, layout, layout->n);
	add(text, " FROM \"%s\"", layout->name);
}

static void add_order(struct text *text,
		      const struct rk_snapshot_layout *layout)
{
	const char *order = rk_table_order(layout->table);

	add(text, " ORDER BY ");
	if (order)
		add(text, "\"%s\", ", order);
	add_names(text, layout, layout->keys);
}

void rk_snapshot_sql(const struct rk_snapshot_layout *layout,
		     enum rk_snapshot_sql kind, char sql[RK_SQLITE_SQL_SIZE])
{
	struct text text = {sql, 0};

	switch (kind) {
	case RK_SNAPSHOT_SQL_CREATE:
		add_create(&text, layout);
		break;
	case RK_SNAPSHOT_SQL_ALL:
		add_select(&text, layout);
		add_order(&text, layout);
		break;
	case RK_SNAPSHOT_SQL_UNIT:
		add_select(&text, layout);
		add(&text, " WHERE \"%s\" = ?1", layout->columns[0].name);
		break;
	case RK_SNAPSHOT_SQL_DELETE:
		add(&text, "DELETE FROM \"%s\" WHERE \"%s\" = ?1", layout->name,
		    layout->columns[0].name);
		break;
	case RK_SNAPSHOT_SQL_INSERT:
		add(&text, "INSERT INTO \"%s\" VALUES(", layout->name);
		for (uint32_t i = 0; i < layout->n; i++)
			add(&text, "%s?", i > 0 ? ", " : "");
		add(&text, ")");
		break;
	case RK_SNAPSHOT_SQL_HIGHEST:
		add(&text, "SELECT max(\"%s\") FROM \"%s\"",
		    layout->columns[0].name, layout->name);
		break;
	default:
		RK_ASSERT(kind ==
			  RK_SNAPSHOT_SQL_HIGHEST); /* there is no other */
	}
}

int rk_snapshot_schema_create(const struct rk_sqlite *lite, char *error)
{
	char sql[RK_SQLITE_SQL_SIZE];
	int r = rk_sqlite_meta_create(lite, error);

	for (int i = 0; i < RK_TABLES && r == 0; i++) {
		struct rk_snapshot_layout layout;

		rk_snapshot_layout((enum rk_table)i, RK_SNAPSHOT_FORMAT,
				   &layout);
		rk_snapshot_sql(&layout, RK_SNAPSHOT_SQL_CREATE, sql);
		r = rk_sqlite_exec(lite, sql, error);
	}
	if (r == 0)
		r = rk_sqlite_words_create(lite, error);
	if (r == 0)
		r = rk_snapshot_views_create(lite, error);
	return r;
}

int rk_snapshot_schema_check(const struct rk_sqlite *lite, uint32_t format,
			     char *error)
{
	struct rk_sqlite_table tables[RK_TABLES + 2] = {
		{"meta", {"key", "value"}, 2},
		{"words", {"kind", "number", "name"}, 3},
	};
	uint32_t n = 2;

	for (int i = 0; i < RK_TABLES; i++) {
		struct rk_snapshot_layout layout;

		if (!rk_table_is_in((enum rk_table)i, format))
			continue;
		rk_snapshot_layout((enum rk_table)i, format, &layout);
		tables[n].name = layout.name;
		tables[n].n = layout.n;
		for (uint32_t c = 0; c < layout.n; c++)
			tables[n].columns[c] = layout.columns[c].name;
		n++;
	}
	return rk_sqlite_check_tables(lite, tables, n, error);
}

/* Returns NULL, or what is wrong with the cell. */
static const char *load_text(sqlite3_stmt *stmt, int column,
			     struct rk_cell *cell)
{
	const unsigned char *text;

	if (sqlite3_column_type(stmt, column) != SQLITE_TEXT)
		return "is no text";
	text = sqlite3_column_text(stmt, column);
	cell->size = (uint32_t)sqlite3_column_bytes(stmt, column);
	if (!text)
		return "does not fit into memory";
	if (cell->size > RK_SNAPSHOT_CELL_TEXT_MAX)
		return "is too long";
	for (uint32_t i = 0; i < cell->size; i++) {
		if (text[i] < ' ' || text[i] > '~')
			return "has characters that are not printable ASCII";
	}
	cell->bytes = text;
	return NULL;
}

static const char *load_blob(sqlite3_stmt *stmt, int column,
			     struct rk_cell *cell)
{
	if (sqlite3_column_type(stmt, column) != SQLITE_BLOB)
		return "is no blob";
	cell->bytes = sqlite3_column_blob(stmt, column);
	cell->size = (uint32_t)sqlite3_column_bytes(stmt, column);
	if (cell->size > RK_SNAPSHOT_CELL_BLOB_MAX)
		return "is too long";
	if (!cell->bytes)
		cell->bytes = ""; /* SQLite's way to give an empty one */
	return NULL;
}

static const char *load_cell(sqlite3_stmt *stmt, int column,
			     enum rk_cell_kind kind, struct rk_cell *cell)
{
	cell->kind = kind;
	cell->size = 0;
	cell->integer = 0;
	cell->bytes = NULL;
	switch (kind) {
	case RK_CELL_TEXT:
		return load_text(stmt, column, cell);
	case RK_CELL_BLOB:
		return load_blob(stmt, column, cell);
	case RK_CELL_INTEGER:
	default:
		if (rk_sqlite_column_integer(stmt, column, &cell->integer) < 0)
			return "is no integer";
		return NULL;
	}
}

int rk_snapshot_row_load(const struct rk_sqlite *lite,
			 struct sqlite3_stmt *stmt,
			 const struct rk_snapshot_layout *layout,
			 struct rk_row *ret_row, char *error)
{
	ret_row->table = layout->table;
	ret_row->format = layout->format;
	ret_row->n = layout->n;
	for (uint32_t i = 0; i < layout->n; i++) {
		const char *wrong =
			load_cell(stmt, (int)i, layout->columns[i].kind,
				  &ret_row->cells[i]);

		if (!wrong)
			continue;
		return rk_sqlite_say(
			error, -EBADMSG, "%s: %s of %s %lld %s", lite->name,
			layout->columns[i].name, layout->name,
			(long long)sqlite3_column_int64(stmt, 0), wrong);
	}
	return 0;
}

/*
 * What tables a SQLite file has, and the one that explains numbers.
 *
 * The schema of a file is itself a table in it. It is read as such: nothing
 * that is only named in it is opened or run, so that a view, a virtual table
 * or a trigger in the place of a table is found out before it can do harm.
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "engine/assert.h"
#include "engine/cmd.h"
#include "engine/event.h"
#include "engine/rc.h"
#include "store/sqlite.h"

/* One line of the schema: 0 when it may be there. Counts tables found. */
static int check_object(sqlite3_stmt *stmt,
			const struct rk_sqlite_table *tables, uint32_t n,
			uint64_t *found)
{
	const char *type = (const char *)sqlite3_column_text(stmt, 0);
	const char *name = (const char *)sqlite3_column_text(stmt, 1);

	if (!type || !name)
		return -EBADMSG;
	if (strcmp(type, "view") == 0)
		return 0;
	/* A virtual table has no page of its own. */
	if (strcmp(type, "table") != 0 || sqlite3_column_int64(stmt, 2) < 2)
		return -EBADMSG;
	for (uint32_t i = 0; i < n; i++) {
		if (strcmp(name, tables[i].name) != 0)
			continue;
		*found |= UINT64_C(1) << i;
		return 0;
	}
	return -EBADMSG;
}

static int check_objects(const struct rk_sqlite *lite,
			 const struct rk_sqlite_table *tables, uint32_t n,
			 char *error)
{
	uint64_t found = 0;
	sqlite3_stmt *stmt;
	int r = rk_sqlite_prepare(
		lite, "SELECT type, name, rootpage FROM sqlite_schema", &stmt,
		error);

	if (r < 0)
		return r;
	while ((r = rk_sqlite_row(lite, stmt, error)) > 0) {
		const unsigned char *name = sqlite3_column_text(stmt, 1);

		if (check_object(stmt, tables, n, &found) == 0)
			continue;
		r = rk_sqlite_say(error, -EBADMSG,
				  "%s: it holds %.64s, which does not belong "
				  "there",
				  lite->name,
				  name ? (const char *)name : "something");
		break;
	}
	(void)sqlite3_finalize(stmt);
	for (uint32_t i = 0; i < n && r == 0; i++) {
		if ((found >> i & 1) == 0)
			r = rk_sqlite_say(error, -EBADMSG,
					  "%s: there is no table %s",
					  lite->name, tables[i].name);
	}
	return r;
}

static int check_columns(const struct rk_sqlite *lite,
			 const struct rk_sqlite_table *table, char *error)
{
	char sql[RK_FILE_NAME_SIZE + 64];
	sqlite3_stmt *stmt;
	uint32_t i = 0;
	int r;

	(void)snprintf(sql, sizeof(sql), "PRAGMA table_xinfo(\"%s\")",
		       table->name);
	r = rk_sqlite_prepare(lite, sql, &stmt, error);
	if (r < 0)
		return r;
	while ((r = rk_sqlite_row(lite, stmt, error)) > 0) {
		const char *name = (const char *)sqlite3_column_text(stmt, 1);
		bool hidden = sqlite3_column_int(stmt, 6) != 0;

		if (i < table->n && name && !hidden &&
		    strcmp(name, table->columns[i]) == 0) {
			i++;
			continue;
		}
		r = rk_sqlite_say(error, -EBADMSG,
				  "%s: table %s has a column %.64s where %s "
				  "belongs",
				  lite->name, table->name, name ? name : "?",
				  i < table->n ? table->columns[i] : "none");
		break;
	}
	(void)sqlite3_finalize(stmt);
	if (r == 0 && i < table->n)
		r = rk_sqlite_say(error, -EBADMSG,
				  "%s: table %s has no column %s", lite->name,
				  table->name, table->columns[i]);
	return r;
}

int rk_sqlite_check_tables(const struct rk_sqlite *lite,
			   const struct rk_sqlite_table *tables, uint32_t n,
			   char *error)
{
	int r;

	RK_ASSERT(n <= 64);
	r = check_objects(lite, tables, n, error);
	for (uint32_t i = 0; i < n && r == 0; i++)
		r = check_columns(lite, &tables[i], error);
	return r;
}

/* The enumerations that appear in rows, by the names people know. */
struct word {
	const char *kind;
	int number;
	const char *name;
};

static const struct word fixed_words[] = {
	{"mode", RK_MODE_CROSS, "CROSS"},
	{"mode", RK_MODE_ISOLATED, "ISOLATED"},
	{"enforcement", RK_ENFORCE_FULL, "FULL"},
	{"enforcement", RK_ENFORCE_REPORT, "REPORT"},
	{"side", RK_SIDE_BUY, "BUY"},
	{"side", RK_SIDE_SELL, "SELL"},
	{"market_state", RK_MARKET_LISTED, "LISTED"},
	{"market_state", RK_MARKET_OPEN, "OPEN"},
	{"market_state", RK_MARKET_CLOSE_ONLY, "CLOSE_ONLY"},
	{"market_state", RK_MARKET_SETTLING, "SETTLING"},
	{"market_state", RK_MARKET_SETTLED, "SETTLED"},
#define WORD_EVENT(name, number) {"event", number, #name},
	RK_EVENT_MAP(WORD_EVENT)
#undef WORD_EVENT
#define WORD_CMD(name, number) {"command", number, #name},
		RK_CMD_MAP(WORD_CMD)
#undef WORD_CMD
#define WORD_RC(name, number, who, text) {"code", number, #name},
			RK_RC_MAP(WORD_RC)
#undef WORD_RC
};

static const char *state_word(int number)
{
	return rk_state_name((enum rk_state)number);
}

static const char *price_state_word(int number)
{
	return rk_price_state_name((enum rk_price_state)number);
}

static const char *withheld_word(int number)
{
	return rk_withheld_name((enum rk_withheld)number);
}

static const struct {
	const char *kind;
	int last;
	const char *(*name)(int number);
} counted_words[] = {
	{"state", RK_STATE_BANKRUPT, state_word},
	{"price_state", RK_PRICE_HALTED, price_state_word},
	{"withheld", RK_WITHHELD_VELOCITY, withheld_word},
};

static int add_word(const struct rk_sqlite *lite, sqlite3_stmt *stmt,
		    const struct word *word, char *error)
{
	(void)sqlite3_bind_text(stmt, 1, word->kind, -1, SQLITE_STATIC);
	(void)sqlite3_bind_int(stmt, 2, word->number);
	(void)sqlite3_bind_text(stmt, 3, word->name, -1, SQLITE_STATIC);
	return rk_sqlite_run(lite, stmt, error);
}

static int add_words(const struct rk_sqlite *lite, sqlite3_stmt *stmt,
		     char *error)
{
	int r = 0;

	for (size_t i = 0; i < sizeof(fixed_words) / sizeof(fixed_words[0]);
	     i++) {
		r = add_word(lite, stmt, &fixed_words[i], error);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < sizeof(counted_words) / sizeof(counted_words[0]);
	     i++) {
		for (int n = 0; n <= counted_words[i].last && r == 0; n++) {
			struct word word = {counted_words[i].kind, n,
					    counted_words[i].name(n)};

			r = add_word(lite, stmt, &word, error);
		}
		if (r < 0)
			return r;
	}
	return 0;
}

int rk_sqlite_words_create(const struct rk_sqlite *lite, char *error)
{
	sqlite3_stmt *stmt;
	int r = rk_sqlite_exec(lite,
			       "CREATE TABLE words(\n"
			       "\t-- What numbers in other tables mean.\n"
			       "\tkind TEXT NOT NULL,\n"
			       "\tnumber INTEGER NOT NULL,\n"
			       "\tname TEXT NOT NULL,\n"
			       "\tPRIMARY KEY(kind, number)\n"
			       ") STRICT, WITHOUT ROWID",
			       error);

	if (r < 0)
		return r;
	r = rk_sqlite_prepare(lite, "INSERT INTO words VALUES(?, ?, ?)", &stmt,
			      error);
	if (r < 0)
		return r;
	r = add_words(lite, stmt, error);
	(void)sqlite3_finalize(stmt);
	return r;
}

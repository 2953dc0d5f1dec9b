/*
 * The table `meta`. See sqlite_meta.h.
 */
#include "store/sqlite_meta.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "engine/assert.h"
#include "engine/decimal.h"

#define HASH_KEY "hash"

int rk_sqlite_meta_create(const struct rk_sqlite *lite, char *error)
{
	return rk_sqlite_exec(lite,
			      "CREATE TABLE meta(\n"
			      "\t-- What this file is, and as of when.\n"
			      "\tkey TEXT PRIMARY KEY NOT NULL,\n"
			      "\tvalue TEXT NOT NULL\n"
			      ") STRICT, WITHOUT ROWID",
			      error);
}

static void format_hash(struct rk_hash hash, char text[33])
{
	(void)snprintf(text, 33, "%016llx%016llx", (unsigned long long)hash.hi,
		       (unsigned long long)hash.lo);
}

/* One row into ret_row, checked for size and characters. */
static int load_text(sqlite3_stmt *stmt, int column, char *ret_text,
		     size_t size)
{
	const unsigned char *text;
	size_t n;

	if (sqlite3_column_type(stmt, column) != SQLITE_TEXT)
		return -EBADMSG;
	text = sqlite3_column_text(stmt, column);
	n = (size_t)sqlite3_column_bytes(stmt, column);
	if (!text)
		return -ENOMEM;
	if (n >= size)
		return -EBADMSG;
	for (size_t i = 0; i < n; i++) {
		if (text[i] < ' ' || text[i] > '~')
			return -EBADMSG;
	}
	memcpy(ret_text, text, n);
	ret_text[n] = '\0';
	return 0;
}

static int load_rows(const struct rk_sqlite *lite, sqlite3_stmt *stmt,
		     struct rk_sqlite_meta *meta, char *error)
{
	int r;

	meta->n = 0;
	while ((r = rk_sqlite_row(lite, stmt, error)) > 0) {
		if (meta->n == RK_SQLITE_META_MAX)
			return rk_sqlite_say(error, -EBADMSG,
					     "%s: meta has more than %d rows",
					     lite->name, RK_SQLITE_META_MAX);
		if (load_text(stmt, 0, meta->rows[meta->n].key,
			      RK_SQLITE_META_KEY_SIZE) < 0 ||
		    load_text(stmt, 1, meta->rows[meta->n].value,
			      RK_SQLITE_META_SIZE) < 0)
			return rk_sqlite_say(error, -EBADMSG,
					     "%s: meta has a row that is no "
					     "short text",
					     lite->name);
		meta->n++;
	}
	return r;
}

static int load_all(const struct rk_sqlite *lite, struct rk_sqlite_meta *meta,
		    char *error)
{
	sqlite3_stmt *stmt;
	int r = rk_sqlite_prepare(
		lite, "SELECT key, value FROM meta ORDER BY key", &stmt, error);

	if (r < 0)
		return r;
	r = load_rows(lite, stmt, meta, error);
	(void)sqlite3_finalize(stmt);
	return r;
}

/* Over all but itself, in the order of the keys. */
static struct rk_hash hash_of(const struct rk_sqlite_meta *meta)
{
	struct rk_hash hash = {0, 0};

	for (uint32_t i = 0; i < meta->n; i++) {
		const char *key = meta->rows[i].key;
		const char *value = meta->rows[i].value;

		if (strcmp(key, HASH_KEY) == 0)
			continue;
		hash = rk_hash_bytes(hash, key, strlen(key));
		hash = rk_hash_bytes(hash, value, strlen(value));
	}
	return hash;
}

/* Before anything else is known of the file: meta is a table, and no trap. */
static int check_is_table(const struct rk_sqlite *lite, char *error)
{
	sqlite3_stmt *stmt;
	bool good = false;
	int r = rk_sqlite_prepare(lite,
				  "SELECT type, rootpage FROM sqlite_schema "
				  "WHERE name = 'meta' COLLATE NOCASE",
				  &stmt, error);

	if (r < 0)
		return r;
	while ((r = rk_sqlite_row(lite, stmt, error)) > 0) {
		const char *type = (const char *)sqlite3_column_text(stmt, 0);

		/* A virtual table has no page of its own. */
		good = type && strcmp(type, "table") == 0 &&
		       sqlite3_column_int64(stmt, 1) >= 2;
		if (!good)
			break;
	}
	(void)sqlite3_finalize(stmt);
	if (r >= 0 && !good)
		r = rk_sqlite_say(error, -EBADMSG,
				  "%s: it is no file of riskd: there is no "
				  "table meta",
				  lite->name);
	return r;
}

int rk_sqlite_meta_load(const struct rk_sqlite *lite,
			struct rk_sqlite_meta *ret_meta, char *error)
{
	struct rk_sqlite_meta meta;
	struct rk_hash hash;
	int r = check_is_table(lite, error);

	if (r == 0)
		r = load_all(lite, &meta, error);
	if (r < 0)
		return r;
	if (rk_sqlite_meta_hash(&meta, HASH_KEY, &hash) < 0)
		return rk_sqlite_say(error, -EBADMSG,
				     "%s: meta has no good hash", lite->name);
	if (!rk_hash_equal(hash, hash_of(&meta)))
		return rk_sqlite_say(error, -EBADMSG,
				     "%s: meta does not fit its hash",
				     lite->name);
	*ret_meta = meta;
	return 0;
}

static int insert_one(const struct rk_sqlite *lite, sqlite3_stmt *stmt,
		      const char *key, const char *value, char *error)
{
	(void)sqlite3_bind_text(stmt, 1, key, -1, SQLITE_TRANSIENT);
	(void)sqlite3_bind_text(stmt, 2, value, -1, SQLITE_TRANSIENT);
	return rk_sqlite_run(lite, stmt, error);
}

static int insert_all(const struct rk_sqlite *lite, sqlite3_stmt *stmt,
		      const struct rk_sqlite_meta *meta, char *error)
{
	struct rk_sqlite_meta stored;
	char text[33];
	int r = 0;

	for (uint32_t i = 0; i < meta->n && r == 0; i++)
		r = insert_one(lite, stmt, meta->rows[i].key,
			       meta->rows[i].value, error);
	if (r < 0)
		return r;
	/* The hash goes over the rows in the order in which they are read. */
	r = load_all(lite, &stored, error);
	if (r < 0)
		return r;
	format_hash(hash_of(&stored), text);
	return insert_one(lite, stmt, HASH_KEY, text, error);
}

int rk_sqlite_meta_store(const struct rk_sqlite *lite,
			 const struct rk_sqlite_meta *meta, char *error)
{
	sqlite3_stmt *stmt;
	int r = rk_sqlite_exec(lite, "DELETE FROM meta", error);

	if (r < 0)
		return r;
	r = rk_sqlite_prepare(lite, "INSERT INTO meta VALUES(?, ?)", &stmt,
			      error);
	if (r < 0)
		return r;
	r = insert_all(lite, stmt, meta, error);
	(void)sqlite3_finalize(stmt);
	return r;
}

void rk_sqlite_meta_put(struct rk_sqlite_meta *meta, const char *key,
			const char *value)
{
	RK_ASSERT(meta->n < RK_SQLITE_META_MAX - 1); /* one for the hash */
	RK_ASSERT(strlen(key) < RK_SQLITE_META_KEY_SIZE);
	RK_ASSERT(strlen(value) < RK_SQLITE_META_SIZE);
	memcpy(meta->rows[meta->n].key, key, strlen(key) + 1);
	memcpy(meta->rows[meta->n].value, value, strlen(value) + 1);
	meta->n++;
}

void rk_sqlite_meta_put_integer(struct rk_sqlite_meta *meta, const char *key,
				rk_i128 value)
{
	char text[RK_DECIMAL_I128_SIZE];

	rk_sqlite_meta_put(
		meta, key,
		rk_decimal_format_i128(value, 0, 0, text, sizeof(text)));
}

void rk_sqlite_meta_put_hash(struct rk_sqlite_meta *meta, const char *key,
			     struct rk_hash hash)
{
	char text[33];

	format_hash(hash, text);
	rk_sqlite_meta_put(meta, key, text);
}

void rk_sqlite_meta_put_bytes(struct rk_sqlite_meta *meta, const char *key,
			      const unsigned char bytes[16])
{
	char text[33];

	for (size_t i = 0; i < 16; i++)
		(void)snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	rk_sqlite_meta_put(meta, key, text);
}

const char *rk_sqlite_meta_find(const struct rk_sqlite_meta *meta,
				const char *key)
{
	for (uint32_t i = 0; i < meta->n; i++) {
		if (strcmp(meta->rows[i].key, key) == 0)
			return meta->rows[i].value;
	}
	return NULL;
}

static int find_integer(const struct rk_sqlite_meta *meta, const char *key,
			rk_i128 *ret_value)
{
	const char *text = rk_sqlite_meta_find(meta, key);

	if (!text)
		return -EBADMSG;
	return rk_sqlite_integer_parse(text, strlen(text), ret_value);
}

int rk_sqlite_meta_u64(const struct rk_sqlite_meta *meta, const char *key,
		       uint64_t *ret_value)
{
	rk_i128 value;
	int r = find_integer(meta, key, &value);

	if (r < 0)
		return r;
	if (value < 0 || value > UINT64_MAX)
		return -EBADMSG;
	*ret_value = (uint64_t)value;
	return 0;
}

int rk_sqlite_meta_i64(const struct rk_sqlite_meta *meta, const char *key,
		       int64_t *ret_value)
{
	rk_i128 value;
	int r = find_integer(meta, key, &value);

	if (r < 0)
		return r;
	if (value < INT64_MIN || value > INT64_MAX)
		return -EBADMSG;
	*ret_value = (int64_t)value;
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

int rk_sqlite_meta_bytes(const struct rk_sqlite_meta *meta, const char *key,
			 unsigned char bytes[16])
{
	const char *text = rk_sqlite_meta_find(meta, key);
	unsigned char found[16];

	if (!text || strlen(text) != 32)
		return -EBADMSG;
	for (size_t i = 0; i < 16; i++) {
		int high = hex_digit(text[2 * i]);
		int low = hex_digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return -EBADMSG;
		found[i] = (unsigned char)(high << 4 | low);
	}
	memcpy(bytes, found, sizeof(found));
	return 0;
}

int rk_sqlite_meta_hash(const struct rk_sqlite_meta *meta, const char *key,
			struct rk_hash *ret_hash)
{
	unsigned char bytes[16];
	struct rk_hash hash = {0, 0};
	int r = rk_sqlite_meta_bytes(meta, key, bytes);

	if (r < 0)
		return r;
	for (size_t i = 0; i < 8; i++) {
		hash.hi = hash.hi << 8 | bytes[i];
		hash.lo = hash.lo << 8 | bytes[i + 8];
	}
	*ret_hash = hash;
	return 0;
}

int rk_sqlite_meta_check(const struct rk_sqlite *lite,
			 const struct rk_sqlite_meta *meta,
			 struct rk_sqlite_kind *kind, char *error)
{
	const char *found = rk_sqlite_meta_find(meta, "kind");
	const char *riskd = rk_sqlite_meta_find(meta, "riskd");
	uint64_t number;

	if (!found || strcmp(found, kind->name) != 0)
		return rk_sqlite_say(
			error, -EBADMSG, "%s: it is a \"%s\", not a \"%s\"",
			lite->name, found ? found : "", kind->name);
	if (rk_sqlite_meta_u64(meta, "format", &number) < 0)
		return rk_sqlite_say(error, -EBADMSG,
				     "%s: meta has no good format", lite->name);
	if (number < kind->oldest || number > kind->newest)
		return rk_sqlite_say(
			error, -EPROTO,
			"%s: it has format %llu, this riskd reads %u to %u: "
			"start the riskd that wrote it (%s), or one that knows "
			"both",
			lite->name, (unsigned long long)number, kind->oldest,
			kind->newest, riskd ? riskd : "version unknown");
	kind->format = (uint32_t)number;
	return 0;
}

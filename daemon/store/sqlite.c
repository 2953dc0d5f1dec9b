/*
 * SQLite files: opening, statements and integers. See sqlite.h.
 *
 * Files are opened by URI, as only there SQLite can be told that a file never
 * changes: then it takes no locks and looks at no journal beside the file,
 * which anybody may have put there.
 */
#include "store/sqlite.h"

#include <errno.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/assert.h"
#include "engine/decimal.h"

#define PATH_SIZE (RK_FILES_DIR_SIZE + RK_FILE_NAME_SIZE)
#define URI_SIZE  (3 * PATH_SIZE + 32)

/* How long a writer waits for a reader that was there before its lock. */
#define BUSY_MS 5000

/* No text, blob or statement of ours is longer. */
#define LENGTH_MAX (1 << 20)

static const char pragmas_read[] = "PRAGMA trusted_schema=OFF;"
				   "PRAGMA cell_size_check=ON;"
				   "PRAGMA mmap_size=0;"
				   "PRAGMA temp_store=MEMORY;"
				   "PRAGMA cache_size=-8192;";

/* Nothing is synced: until its owner does, such a file counts for nothing. */
#define PRAGMAS_WRITE                                                          \
	"PRAGMA page_size=4096;"                                               \
	"PRAGMA auto_vacuum=NONE;"                                             \
	"PRAGMA secure_delete=OFF;"                                            \
	"PRAGMA locking_mode=EXCLUSIVE;"                                       \
	"PRAGMA synchronous=OFF;"                                              \
	"PRAGMA cache_size=-65536;"

static const char pragmas_write[] = PRAGMAS_WRITE "PRAGMA journal_mode=OFF;";
static const char pragmas_append[] =
	PRAGMAS_WRITE "PRAGMA journal_mode=PERSIST;";

int rk_sqlite_say(char *error, int r, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(error, RK_SQLITE_TEXT_SIZE, format, arguments);
	va_end(arguments);
	/* Names within a foreign file may be anything. */
	for (char *c = error; *c != '\0'; c++) {
		if (*c < ' ' || *c > '~')
			*c = '?';
	}
	return r;
}

/* What the system said, where that tells more than "I/O error". */
static int errno_of_io(sqlite3 *db, int extended)
{
	int system = sqlite3_system_errno(db);

	if (extended == SQLITE_IOERR_SHORT_READ ||
	    extended == SQLITE_IOERR_CORRUPTFS)
		return -EBADMSG;
	if (system == ENOSPC || system == EDQUOT || system == EFBIG ||
	    system == EROFS || system == EACCES)
		return -system;
	return -EIO;
}

static int errno_of(sqlite3 *db)
{
	int extended = sqlite3_extended_errcode(db);

	if (extended == SQLITE_READONLY_ROLLBACK)
		return -EUCLEAN;
	switch (extended & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_IOERR:
		return errno_of_io(db, extended);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return -EACCES;
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_MISUSE:
	case SQLITE_RANGE:
		return -EINVAL;
	default:
		/*
		 * CORRUPT and NOTADB, and what only a foreign file leads to:
		 * statements that do not fit its tables (ERROR), texts beyond
		 * our limits (TOOBIG), a kind of journal that we never use
		 * (CANTOPEN), more steps than there can be rows (INTERRUPT).
		 */
		return -EBADMSG;
	}
}

int rk_sqlite_error(const struct rk_sqlite *lite, char *error)
{
	int r = errno_of(lite->db);

	if (r == 0)
		r = -EIO;
	return rk_sqlite_say(error, r, "%s: %s", lite->name,
			     sqlite3_errmsg(lite->db));
}

static void put_escaped(char *uri, size_t *at, unsigned char c)
{
	static const char hex[] = "0123456789ABCDEF";
	bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		     (c >= 'a' && c <= 'z') || c == '/' || c == '.' ||
		     c == '_' || c == '-';

	if (plain) {
		uri[(*at)++] = (char)c;
		return;
	}
	uri[(*at)++] = '%';
	uri[(*at)++] = hex[c >> 4];
	uri[(*at)++] = hex[c & 15];
}

/* "file:PATH?immutable=1", with everything special in PATH escaped. */
static void make_uri(const char *path, bool immutable, char uri[URI_SIZE])
{
	size_t at = 5;

	memcpy(uri, "file:", at);
	/* Two slashes at the beginning would be those of a host. */
	while (path[0] == '/' && path[1] == '/')
		path++;
	for (const char *c = path; *c != '\0'; c++)
		put_escaped(uri, &at, (unsigned char)*c);
	(void)snprintf(uri + at, URI_SIZE - at, "%s",
		       immutable ? "?immutable=1" : "");
}

/* Before anything in the file is looked at: nothing of it may run. */
static void restrain(sqlite3 *db)
{
	(void)sqlite3_extended_result_codes(db, 1);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	(void)sqlite3_limit(db, SQLITE_LIMIT_LENGTH, LENGTH_MAX);
	(void)sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, LENGTH_MAX);
	(void)sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	(void)sqlite3_limit(db, SQLITE_LIMIT_WORKER_THREADS, 0);
}

static int open_failed(struct rk_sqlite *lite, char *error)
{
	int system;
	int r;

	if (!lite->db)
		return rk_sqlite_say(error, -ENOMEM, "%s: no memory",
				     lite->name);
	system = sqlite3_system_errno(lite->db);
	r = rk_sqlite_error(lite, error);
	if ((sqlite3_errcode(lite->db) & 0xff) == SQLITE_CANTOPEN) {
		r = system > 0 ? -system : -ENOENT;
		(void)rk_sqlite_say(error, r, "%s: cannot be opened: %s",
				    lite->name, strerror(-r));
	}
	rk_sqlite_close(lite);
	return r;
}

int rk_sqlite_open(const struct rk_files *files, const char *name,
		   enum rk_sqlite_mode mode, struct rk_sqlite *ret_lite,
		   char *error)
{
	int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
	bool writes = mode == RK_SQLITE_WRITE || mode == RK_SQLITE_APPEND;
	struct rk_sqlite lite = {NULL, ""};
	char path[PATH_SIZE];
	char uri[URI_SIZE];
	int r;

	flags |= writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
	(void)snprintf(lite.name, sizeof(lite.name), "%s", name);
	r = rk_files_path(files, name, path, sizeof(path));
	if (r < 0)
		return rk_sqlite_say(error, r, "%s: its path is too long",
				     name);
	make_uri(path, mode == RK_SQLITE_READ, uri);
	if (sqlite3_open_v2(uri, &lite.db, flags, files->vfs) != SQLITE_OK)
		return open_failed(&lite, error);
	restrain(lite.db);
	/* Whoever looks at a new file just then is done with it at once. */
	if (writes)
		(void)sqlite3_busy_timeout(lite.db, BUSY_MS);
	r = rk_sqlite_exec(&lite, pragmas_read, error);
	if (r == 0 && writes)
		r = rk_sqlite_exec(&lite,
				   mode == RK_SQLITE_WRITE ? pragmas_write
							   : pragmas_append,
				   error);
	if (r < 0) {
		rk_sqlite_close(&lite);
		return r;
	}
	/* Not before: it forbids to switch SQLite's journal off. */
	(void)sqlite3_db_config(lite.db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	*ret_lite = lite;
	return 0;
}

int rk_sqlite_create(const struct rk_files *files, const char *name,
		     enum rk_sqlite_mode mode, struct rk_sqlite *ret_lite,
		     char *error)
{
	struct rk_file *file;
	int r = rk_file_open(files, name, RK_FILE_CREATE, &file);

	if (r < 0)
		return rk_sqlite_say(error, r, "%s: cannot be created: %s",
				     name, strerror(-r));
	rk_file_close(files, file);
	r = rk_sqlite_open(files, name, mode, ret_lite, error);
	if (r < 0)
		(void)rk_files_remove(files, name); /* best effort */
	return r;
}

void rk_sqlite_close(struct rk_sqlite *lite)
{
	int code = sqlite3_close(lite->db);

	RK_ASSERT(code == SQLITE_OK); /* else statements are left */
	lite->db = NULL;
}

int rk_sqlite_exec(const struct rk_sqlite *lite, const char *sql, char *error)
{
	if (sqlite3_exec(lite->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return rk_sqlite_error(lite, error);
	return 0;
}

int rk_sqlite_prepare(const struct rk_sqlite *lite, const char *sql,
		      struct sqlite3_stmt **ret_stmt, char *error)
{
	sqlite3_stmt *stmt;

	if (sqlite3_prepare_v3(lite->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
			       &stmt, NULL) != SQLITE_OK)
		return rk_sqlite_error(lite, error);
	*ret_stmt = stmt;
	return 0;
}

int rk_sqlite_row(const struct rk_sqlite *lite, struct sqlite3_stmt *stmt,
		  char *error)
{
	int code = sqlite3_step(stmt);
	int r;

	if (code == SQLITE_ROW)
		return 1;
	r = code == SQLITE_DONE ? 0 : rk_sqlite_error(lite, error);
	(void)sqlite3_reset(stmt); /* says again what step said */
	return r;
}

int rk_sqlite_run(const struct rk_sqlite *lite, struct sqlite3_stmt *stmt,
		  char *error)
{
	int r = rk_sqlite_row(lite, stmt, error);

	RK_ASSERT(r <= 0);
	return r;
}

int rk_sqlite_bind_integer(struct sqlite3_stmt *stmt, int column, rk_i128 value)
{
	char text[RK_DECIMAL_I128_SIZE];

	if (value >= INT64_MIN && value <= INT64_MAX)
		return sqlite3_bind_int64(stmt, column, (int64_t)value);
	(void)rk_decimal_format_i128(value, 0, 0, text, sizeof(text));
	return sqlite3_bind_text(stmt, column, text, -1, SQLITE_TRANSIENT);
}

int rk_sqlite_integer_parse(const char *text, size_t size, rk_i128 *ret_value)
{
	bool negative = size > 0 && text[0] == '-';
	size_t at = negative ? 1 : 0;
	rk_i128 max = (rk_i128)(((rk_u128)1 << 127) - 1);
	rk_i128 value = 0; /* counted below zero, where there is one more */

	if (at == size || (text[at] == '0' && (size > 1 || negative)))
		return -EBADMSG;
	for (; at < size; at++) {
		int digit = text[at] - '0';

		if (digit < 0 || digit > 9)
			return -EBADMSG;
		if (value < (-max - 1 + digit) / 10)
			return -EBADMSG;
		value = value * 10 - digit;
	}
	if (!negative && value < -max)
		return -EBADMSG;
	*ret_value = negative ? value : -value;
	return 0;
}

int rk_sqlite_column_integer(struct sqlite3_stmt *stmt, int column,
			     rk_i128 *ret_value)
{
	int type = sqlite3_column_type(stmt, column);
	const unsigned char *text;
	rk_i128 value;
	int r;

	if (type == SQLITE_INTEGER) {
		*ret_value = sqlite3_column_int64(stmt, column);
		return 0;
	}
	if (type != SQLITE_TEXT)
		return -EBADMSG;
	text = sqlite3_column_text(stmt, column);
	if (!text)
		return -ENOMEM;
	r = rk_sqlite_integer_parse((const char *)text,
				    (size_t)sqlite3_column_bytes(stmt, column),
				    &value);
	if (r < 0)
		return r;
	/* Only one form for each number. */
	if (value >= INT64_MIN && value <= INT64_MAX)
		return -EBADMSG;
	*ret_value = value;
	return 0;
}

int rk_sqlite_column_i64(struct sqlite3_stmt *stmt, int column,
			 int64_t *ret_value)
{
	if (sqlite3_column_type(stmt, column) != SQLITE_INTEGER)
		return -EBADMSG;
	*ret_value = sqlite3_column_int64(stmt, column);
	return 0;
}

int rk_sqlite_column_u64(struct sqlite3_stmt *stmt, int column,
			 uint64_t *ret_value)
{
	rk_i128 value;
	int r = rk_sqlite_column_integer(stmt, column, &value);

	if (r < 0)
		return r;
	if (value < 0 || value > UINT64_MAX)
		return -EBADMSG;
	*ret_value = (uint64_t)value;
	return 0;
}

void rk_sqlite_name_make(const char *prefix, uint64_t number,
			 char name[RK_FILE_NAME_SIZE])
{
	(void)snprintf(name, RK_FILE_NAME_SIZE, "%s-%020llu.db", prefix,
		       (unsigned long long)number);
}

bool rk_sqlite_name_parse(const char *prefix, const char *name,
			  uint64_t *ret_number)
{
	size_t length = strlen(prefix);
	uint64_t number = 0;

	if (strncmp(name, prefix, length) != 0 || name[length] != '-')
		return false;
	name += length + 1;
	for (int i = 0; i < 20; i++) {
		uint64_t digit = (uint64_t)(unsigned char)name[i] - '0';

		if (digit > 9 || number > (UINT64_MAX - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	if (strcmp(name + 20, ".db") != 0)
		return false;
	*ret_number = number;
	return true;
}

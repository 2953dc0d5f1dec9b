/*
 * What the SQLite files of the store share: opening them where rk_files says
 * they are, errors as -errno with a text, and exact integers.
 *
 * Integers of up to 128 bits are cells: a SQLite integer when it fits into 64
 * bits, else its decimal text; each number has only one of the two forms.
 * There are no floats anywhere.
 *
 * A file that is read may be anybody's: nothing in it is run (no views, no
 * triggers, no functions in the schema), and lengths are bounded.
 */
#ifndef RK_STORE_SQLITE_H
#define RK_STORE_SQLITE_H

#include "engine/units.h"
#include "store/files.h"

struct sqlite3;
struct sqlite3_stmt;

#define RK_SQLITE_TEXT_SIZE    512  /* of messages about what is wrong */
#define RK_SQLITE_SQL_SIZE     8192 /* of one statement */
#define RK_SQLITE_INTEGER_SIZE 48   /* of an integer as text */

enum rk_sqlite_mode {
	/* A whole file that nobody changes: no locks, no other files. */
	RK_SQLITE_READ = 1,
	/* A file that another process may have open: -EBUSY while it writes */
	RK_SQLITE_READ_SHARED = 2,
	/* Ours alone, without syncs and without a way back. */
	RK_SQLITE_WRITE = 3,
	/*
	 * The same, but what was committed outlives a process that is killed;
	 * opening undoes what was not. Leaves a file NAME-journal beside it.
	 */
	RK_SQLITE_APPEND = 4,
};

/* A connection; zeroed memory is a closed one. */
struct rk_sqlite {
	struct sqlite3 *db;
	char name[RK_FILE_NAME_SIZE]; /* of the file, for messages */
};

/*
 * Open a file that exists (an empty one is a new database). error is of
 * RK_SQLITE_TEXT_SIZE everywhere.
 * Returns 0, -ENOENT, -EACCES, -ENOMEM, -EBADMSG, -EUCLEAN (a process was
 * killed while it wrote: opening it for writing puts it right) or another
 * -errno; the last two also from what is done with it.
 */
int rk_sqlite_open(const struct rk_files *files, const char *name,
		   enum rk_sqlite_mode mode, struct rk_sqlite *ret_lite,
		   char *error);

/* Create the file, which must not exist, through files, and open it. */
int rk_sqlite_create(const struct rk_files *files, const char *name,
		     enum rk_sqlite_mode mode, struct rk_sqlite *ret_lite,
		     char *error);

/* Statements must be finalized. Accepts a closed one. */
void rk_sqlite_close(struct rk_sqlite *lite);

/* Put a message into error, printable characters only; returns r. */
__attribute__((format(printf, 3, 4))) int
rk_sqlite_say(char *error, int r, const char *format, ...);

/* What the connection last failed with: -errno, with file and message. */
int rk_sqlite_error(const struct rk_sqlite *lite, char *error);

int rk_sqlite_exec(const struct rk_sqlite *lite, const char *sql, char *error);
int rk_sqlite_prepare(const struct rk_sqlite *lite, const char *sql,
		      struct sqlite3_stmt **ret_stmt, char *error);

/* Step a statement that gives no rows, and reset it. */
int rk_sqlite_run(const struct rk_sqlite *lite, struct sqlite3_stmt *stmt,
		  char *error);

/* Step: 1 there is a row, 0 there is none (then it is reset), or -errno. */
int rk_sqlite_row(const struct rk_sqlite *lite, struct sqlite3_stmt *stmt,
		  char *error);

/* Bind column (from 1). Returns 0, or a SQLite code. */
int rk_sqlite_bind_integer(struct sqlite3_stmt *stmt, int column,
			   rk_i128 value);

/* Read column (from 0). Returns 0, or -EBADMSG when it is no integer. */
int rk_sqlite_column_integer(struct sqlite3_stmt *stmt, int column,
			     rk_i128 *ret_value);

/* The same within bounds. */
int rk_sqlite_column_i64(struct sqlite3_stmt *stmt, int column,
			 int64_t *ret_value);
int rk_sqlite_column_u64(struct sqlite3_stmt *stmt, int column,
			 uint64_t *ret_value);

/* Exact decimals: digits only, no needless zeros. 0 or -EBADMSG. */
int rk_sqlite_integer_parse(const char *text, size_t size, rk_i128 *ret_value);

/*
 * What is in the file besides views, which are never looked at: exactly the
 * tables named, each a real one with exactly these columns in this order.
 */
struct rk_sqlite_table {
	const char *name;
	const char *columns[64];
	uint32_t n;
};
int rk_sqlite_check_tables(const struct rk_sqlite *lite,
			   const struct rk_sqlite_table *tables, uint32_t n,
			   char *error);

/* A table for people: what the numbers of enumerations mean. */
int rk_sqlite_words_create(const struct rk_sqlite *lite, char *error);

/* "<prefix>-<number, 20 digits>.db" */
void rk_sqlite_name_make(const char *prefix, uint64_t number,
			 char name[RK_FILE_NAME_SIZE]);
bool rk_sqlite_name_parse(const char *prefix, const char *name,
			  uint64_t *ret_number);

#endif

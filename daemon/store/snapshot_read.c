/*
 * Reading a snapshot. See snapshot.h.
 *
 * The file may be anybody's. Its schema is compared before a row is read,
 * each cell is checked as it comes, the sum at the end. A tree of pages that
 * refers to itself can make SQLite give rows without end: so the steps that
 * its machine makes are bounded by what the size of the file allows for.
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "store/snapshot_impl.h"

/* A row takes more bytes than this part of the steps to read it. */
#define STEPS_PER_BYTE   32U
#define STEPS_MIN        UINT64_C(1000000)
#define STEPS_PER_REPORT 10000

struct budget {
	uint64_t left; /* in reports */
};

static int spend(void *context)
{
	struct budget *budget = context;

	if (budget->left == 0)
		return 1;
	budget->left--;
	return 0;
}

static int set_budget(const struct rk_snapshot_read *read, const char *name,
		      const struct rk_sqlite *lite, struct budget *budget)
{
	struct rk_file *file;
	uint64_t size = 0;
	int r = rk_file_open(read->files, name, RK_FILE_READ, &file);

	if (r < 0)
		return r;
	r = rk_file_size(read->files, file, &size);
	rk_file_close(read->files, file);
	if (r < 0)
		return r;
	budget->left = (STEPS_MIN + size * STEPS_PER_BYTE) / STEPS_PER_REPORT;
	sqlite3_progress_handler(lite->db, STEPS_PER_REPORT, spend, budget);
	return 0;
}

/* What is being read, and what came of it so far. */
struct reading {
	const struct rk_snapshot_read *read;
	struct rk_sqlite lite;
	struct rk_snapshot_result result;
	struct rk_hash sum;
	struct rk_snapshot_layout layout;
	struct rk_row row;
};

static int read_rows(struct reading *reading, sqlite3_stmt *stmt, char *error)
{
	const struct rk_snapshot_read *read = reading->read;
	int r;

	while ((r = rk_sqlite_row(&reading->lite, stmt, error)) > 0) {
		r = rk_snapshot_row_load(&reading->lite, stmt, &reading->layout,
					 &reading->row, error);
		if (r < 0)
			return r;
		reading->sum =
			rk_hash_add(reading->sum, rk_row_hash(&reading->row));
		reading->result.rows++;
		if (read->row)
			r = read->row(read->context, &reading->row);
		if (r != 0)
			return r;
	}
	return r;
}

static int read_table(struct reading *reading, enum rk_table table, char *error)
{
	char sql[RK_SQLITE_SQL_SIZE];
	sqlite3_stmt *stmt;
	int r;

	rk_snapshot_layout(table, reading->result.meta.format,
			   &reading->layout);
	rk_snapshot_sql(&reading->layout, RK_SNAPSHOT_SQL_ALL, sql);
	r = rk_sqlite_prepare(&reading->lite, sql, &stmt, error);
	if (r < 0)
		return r;
	r = read_rows(reading, stmt, error);
	(void)sqlite3_finalize(stmt);
	return r;
}

static int read_all(struct reading *reading, uint64_t seq, char *error)
{
	const struct rk_snapshot_read *read = reading->read;
	struct rk_snapshot_meta *meta = &reading->result.meta;
	int r = rk_snapshot_meta_load(&reading->lite, seq, meta, error);

	if (r == 0)
		r = rk_snapshot_schema_check(&reading->lite, meta->format,
					     error);
	if (r == 0 && read->meta)
		r = read->meta(read->context, meta);
	for (int i = 0; i < RK_TABLES && r == 0; i++)
		if (rk_table_is_in((enum rk_table)i, meta->format))
			r = read_table(reading, (enum rk_table)i, error);
	if (r != 0)
		return r;
	if (!rk_hash_equal(reading->sum, meta->state_digest))
		return rk_sqlite_say(error, -EBADMSG,
				     "%s: its rows do not add up to the "
				     "digest in meta",
				     reading->lite.name);
	return 0;
}

int rk_snapshot_file_read(const struct rk_snapshot_read *read, const char *name,
			  struct rk_snapshot_result *ret_result, char *error)
{
	struct reading *reading = calloc(1, sizeof(*reading));
	struct budget budget;
	int r;

	error[0] = '\0';
	if (!reading)
		return rk_sqlite_say(error, -ENOMEM, "%s: no memory", name);
	reading->read = read;
	r = rk_sqlite_open(read->files, name, RK_SQLITE_READ, &reading->lite,
			   error);
	if (r == 0) {
		r = set_budget(read, name, &reading->lite, &budget);
		if (r < 0)
			(void)rk_sqlite_say(error, r, "%s: cannot be read: %s",
					    name, strerror(-r));
	}
	if (r == 0)
		r = read_all(reading, read->seq, error);
	rk_sqlite_close(&reading->lite);
	if (r == 0)
		*ret_result = reading->result;
	free(reading);
	return r;
}

int rk_snapshot_read(const struct rk_snapshot_read *read,
		     struct rk_snapshot_meta *ret_meta,
		     char error[RK_SNAPSHOT_TEXT_SIZE])
{
	struct rk_snapshot_result result;
	char name[RK_FILE_NAME_SIZE];
	int r;

	rk_snapshot_name_make(read->seq, name);
	r = rk_snapshot_file_read(read, name, &result, error);
	if (r == 0)
		*ret_meta = result.meta;
	return r;
}

int rk_snapshot_read_meta(const struct rk_files *files, uint64_t seq,
			  struct rk_snapshot_meta *ret_meta,
			  char error[RK_SNAPSHOT_TEXT_SIZE])
{
	char name[RK_FILE_NAME_SIZE];
	struct rk_sqlite lite;
	int r;

	rk_snapshot_name_make(seq, name);
	r = rk_sqlite_open(files, name, RK_SQLITE_READ, &lite, error);
	if (r < 0)
		return r;
	r = rk_snapshot_meta_load(&lite, seq, ret_meta, error);
	rk_sqlite_close(&lite);
	return r;
}

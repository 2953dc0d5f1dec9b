/*
 * Writing a snapshot. See snapshot.h.
 *
 * The file is written in one transaction, without a journal of SQLite's and
 * without syncs: should anything go wrong the whole file is dropped. Only
 * when all rows were read back as they were put is it synced, once, and gets
 * its name.
 *
 * The sum of row hashes is kept up from that of the base: what is dropped is
 * read and taken off first, what is put is added. A base that was damaged
 * since is found out at the end, when the whole file is read.
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/assert.h"
#include "store/snapshot_impl.h"

#define COPY_SIZE ((size_t)1 << 20)

struct writer_table {
	struct rk_snapshot_layout layout;
	sqlite3_stmt *unit;
	sqlite3_stmt *drop;
	sqlite3_stmt *insert;
	/* No row of the table is of a unit beyond: there is none to drop. */
	int64_t highest;
};

struct rk_snapshot_writer {
	const struct rk_files *files;
	struct rk_sqlite lite;
	uint64_t seq;
	char name[RK_FILE_NAME_SIZE]; /* that it will have */
	char tmp[RK_FILE_NAME_SIZE];
	bool created;
	struct rk_hash sum;
	uint64_t changed;
	/* After a failure the file is worth nothing. */
	int failed;
	char reason[RK_SNAPSHOT_TEXT_SIZE];
	struct writer_table tables[RK_TABLES];
};

static int copy_bytes(const struct rk_files *files, struct rk_file *from,
		      struct rk_file *to, void *bytes)
{
	uint64_t at = 0;
	ssize_t n;

	do {
		int r = 0;

		n = rk_file_read_at(files, from, bytes, COPY_SIZE, at);
		if (n < 0)
			return (int)n;
		if (n > 0)
			r = rk_file_write(files, to, bytes, (size_t)n, at);
		/* In pieces: the journal's syncs queue behind what is dirty. */
		if (r == 0 && n > 0)
			r = rk_file_sync(files, to);
		if (r < 0)
			return r;
		at += (uint64_t)n;
	} while ((size_t)n == COPY_SIZE);
	return 0;
}

static int copy_file(const struct rk_files *files, const char *from,
		     const char *to)
{
	struct rk_file *in = NULL;
	struct rk_file *out = NULL;
	void *bytes = malloc(COPY_SIZE);
	int r = bytes ? 0 : -ENOMEM;

	if (r == 0)
		r = rk_file_open(files, from, RK_FILE_READ, &in);
	if (r == 0)
		r = rk_file_open(files, to, RK_FILE_CREATE, &out);
	if (r == 0)
		r = copy_bytes(files, in, out, bytes);
	rk_file_close(files, in);
	rk_file_close(files, out);
	free(bytes);
	return r;
}

static int begin_copy(struct rk_snapshot_writer *writer, uint64_t base,
		      char *error)
{
	char name[RK_FILE_NAME_SIZE];
	struct rk_snapshot_meta meta;
	int r;

	rk_snapshot_name_make(base, name);
	writer->created = true;
	r = copy_file(writer->files, name, writer->tmp);
	if (r < 0)
		return rk_sqlite_say(error, r, "%s: cannot be copied to %s: %s",
				     name, writer->tmp, strerror(-r));
	r = rk_sqlite_open(writer->files, writer->tmp, RK_SQLITE_WRITE,
			   &writer->lite, error);
	if (r == 0)
		r = rk_snapshot_meta_load(&writer->lite, base, &meta, error);
	if (r == 0)
		r = rk_snapshot_schema_check(&writer->lite, meta.format, error);
	if (r < 0)
		return r;
	writer->sum = meta.state_digest;
	return rk_sqlite_exec(&writer->lite, "BEGIN", error);
}

static int begin_empty(struct rk_snapshot_writer *writer, char *error)
{
	int r = rk_sqlite_create(writer->files, writer->tmp, RK_SQLITE_WRITE,
				 &writer->lite, error);

	if (r < 0)
		return r;
	writer->created = true;
	r = rk_sqlite_exec(&writer->lite, "BEGIN", error);
	if (r == 0)
		r = rk_snapshot_schema_create(&writer->lite, error);
	return r;
}

static int find_highest(struct rk_snapshot_writer *writer,
			struct writer_table *table, char *error)
{
	char sql[RK_SQLITE_SQL_SIZE];
	sqlite3_stmt *stmt;
	int r;

	rk_snapshot_sql(&table->layout, RK_SNAPSHOT_SQL_HIGHEST, sql);
	r = rk_sqlite_prepare(&writer->lite, sql, &stmt, error);
	if (r < 0)
		return r;
	r = rk_sqlite_row(&writer->lite, stmt, error);
	if (r == 1) {
		r = 0;
		table->highest = -1;
		if (sqlite3_column_type(stmt, 0) == SQLITE_INTEGER)
			table->highest = sqlite3_column_int64(stmt, 0);
	}
	(void)sqlite3_finalize(stmt);
	return r;
}

static int prepare_table(struct rk_snapshot_writer *writer, enum rk_table i,
			 char *error)
{
	struct writer_table *table = &writer->tables[i];
	char sql[RK_SQLITE_SQL_SIZE];
	int r;

	rk_snapshot_layout(i, RK_SNAPSHOT_FORMAT, &table->layout);
	rk_snapshot_sql(&table->layout, RK_SNAPSHOT_SQL_UNIT, sql);
	r = rk_sqlite_prepare(&writer->lite, sql, &table->unit, error);
	if (r == 0) {
		rk_snapshot_sql(&table->layout, RK_SNAPSHOT_SQL_DELETE, sql);
		r = rk_sqlite_prepare(&writer->lite, sql, &table->drop, error);
	}
	if (r == 0) {
		rk_snapshot_sql(&table->layout, RK_SNAPSHOT_SQL_INSERT, sql);
		r = rk_sqlite_prepare(&writer->lite, sql, &table->insert,
				      error);
	}
	if (r == 0)
		r = find_highest(writer, table, error);
	return r;
}

/* A .tmp that a crash left is nobody's. */
static int remove_old(struct rk_snapshot_writer *writer, char *error)
{
	int r = rk_files_remove(writer->files, writer->tmp);

	if (r < 0 && r != -ENOENT)
		return rk_sqlite_say(error, r, "%s: cannot be removed: %s",
				     writer->tmp, strerror(-r));
	return 0;
}

int rk_snapshot_begin(const struct rk_files *files, uint64_t seq, uint64_t base,
		      struct rk_snapshot_writer **ret_writer,
		      char error[RK_SNAPSHOT_TEXT_SIZE])
{
	struct rk_snapshot_writer *writer = calloc(1, sizeof(*writer));
	int r;

	if (!writer)
		return rk_sqlite_say(error, -ENOMEM,
				     "no memory to write a snapshot");
	writer->files = files;
	writer->seq = seq;
	rk_snapshot_name_make(seq, writer->name);
	(void)snprintf(writer->tmp, sizeof(writer->tmp), "%.40s.tmp",
		       writer->name);
	r = remove_old(writer, error);
	if (r == 0)
		r = base > 0 ? begin_copy(writer, base, error)
			     : begin_empty(writer, error);
	for (int i = 0; i < RK_TABLES && r == 0; i++)
		r = prepare_table(writer, (enum rk_table)i, error);
	if (r < 0) {
		rk_snapshot_abort(writer);
		return r;
	}
	*ret_writer = writer;
	return 0;
}

static void close_file(struct rk_snapshot_writer *writer)
{
	for (int i = 0; i < RK_TABLES; i++) {
		struct writer_table *table = &writer->tables[i];

		(void)sqlite3_finalize(table->unit);
		(void)sqlite3_finalize(table->drop);
		(void)sqlite3_finalize(table->insert);
		table->unit = NULL;
		table->drop = NULL;
		table->insert = NULL;
	}
	rk_sqlite_close(&writer->lite);
}

void rk_snapshot_abort(struct rk_snapshot_writer *writer)
{
	if (!writer)
		return;
	close_file(writer);
	if (writer->created)
		/* Best effort: rk_snapshot_clean() comes again. */
		(void)rk_files_remove(writer->files, writer->tmp);
	free(writer);
}

/* Remember the first failure: the file cannot be whole any more. */
static int fail(struct rk_snapshot_writer *writer, int r, const char *error)
{
	if (writer->failed == 0) {
		writer->failed = r;
		memcpy(writer->reason, error, sizeof(writer->reason));
	}
	return r;
}

static int again(const struct rk_snapshot_writer *writer, char *error)
{
	memcpy(error, writer->reason, RK_SNAPSHOT_TEXT_SIZE);
	return writer->failed;
}

static int drop_rows(struct rk_snapshot_writer *writer,
		     struct writer_table *table, uint32_t number, char *error)
{
	bool any = false;
	struct rk_row row;
	int r;

	if (number > table->highest)
		return 0;
	(void)sqlite3_bind_int64(table->unit, 1, number);
	while ((r = rk_sqlite_row(&writer->lite, table->unit, error)) > 0) {
		any = true;
		r = rk_snapshot_row_load(&writer->lite, table->unit,
					 &table->layout, &row, error);
		if (r < 0) {
			(void)sqlite3_reset(table->unit);
			return r;
		}
		writer->sum = rk_hash_sub(writer->sum, rk_row_hash(&row));
	}
	if (r < 0 || !any)
		return r;
	(void)sqlite3_bind_int64(table->drop, 1, number);
	return rk_sqlite_run(&writer->lite, table->drop, error);
}

int rk_snapshot_drop(struct rk_snapshot_writer *writer, enum rk_unit unit,
		     uint32_t number, char error[RK_SNAPSHOT_TEXT_SIZE])
{
	enum rk_table tables[RK_UNIT_TABLES_MAX];
	uint32_t n = rk_unit_tables(unit, tables);

	if (writer->failed != 0)
		return again(writer, error);
	for (uint32_t i = 0; i < n; i++) {
		int r = drop_rows(writer, &writer->tables[tables[i]], number,
				  error);

		if (r < 0)
			return fail(writer, r, error);
	}
	return 0;
}

static void bind_cell(sqlite3_stmt *stmt, int column,
		      const struct rk_cell *cell)
{
	int code;

	switch (cell->kind) {
	case RK_CELL_TEXT:
		RK_ASSERT(cell->size <= RK_SNAPSHOT_CELL_TEXT_MAX);
		code = sqlite3_bind_text(stmt, column, cell->bytes,
					 (int)cell->size, SQLITE_STATIC);
		break;
	case RK_CELL_BLOB:
		RK_ASSERT(cell->size <= RK_SNAPSHOT_CELL_BLOB_MAX);
		/* An empty one without an address would be a NULL. */
		code = sqlite3_bind_blob(stmt, column,
					 cell->size > 0 ? cell->bytes : "",
					 (int)cell->size, SQLITE_STATIC);
		break;
	case RK_CELL_INTEGER:
	default:
		code = rk_sqlite_bind_integer(stmt, column, cell->integer);
		break;
	}
	/* No memory, or our bug: a cell left out is found by NOT NULL. */
	if (code != SQLITE_OK)
		(void)sqlite3_bind_null(stmt, column);
}

int rk_snapshot_put(struct rk_snapshot_writer *writer, const struct rk_row *row,
		    char error[RK_SNAPSHOT_TEXT_SIZE])
{
	struct writer_table *table = &writer->tables[row->table];
	int64_t number = (int64_t)row->cells[0].integer;
	int r;

	RK_ASSERT(row->n == table->layout.n);
	if (writer->failed != 0)
		return again(writer, error);
	for (uint32_t i = 0; i < row->n; i++) {
		RK_ASSERT(row->cells[i].kind == table->layout.columns[i].kind);
		bind_cell(table->insert, (int)i + 1, &row->cells[i]);
	}
	r = rk_sqlite_run(&writer->lite, table->insert, error);
	if (r < 0)
		return fail(writer, r, error);
	if (number > table->highest)
		table->highest = number;
	writer->sum = rk_hash_add(writer->sum, rk_row_hash(row));
	writer->changed++;
	return 0;
}

static int finish(struct rk_snapshot_writer *writer,
		  struct rk_snapshot_meta *meta, char *error)
{
	struct rk_sqlite_meta stored;
	int r;

	meta->seq = writer->seq;
	meta->format = RK_SNAPSHOT_FORMAT;
	meta->state_digest = writer->sum;
	rk_snapshot_meta_store(meta, &stored);
	r = rk_sqlite_meta_store(&writer->lite, &stored, error);
	if (r == 0)
		r = rk_sqlite_exec(&writer->lite, "COMMIT", error);
	close_file(writer);
	return r;
}

/* Every row, by a connection that knows nothing of how it was written. */
static int verify(struct rk_snapshot_writer *writer,
		  struct rk_snapshot_info *info, char *error)
{
	struct rk_snapshot_read read = {
		.files = writer->files,
		.seq = writer->seq,
	};
	struct rk_snapshot_result result;
	int r = rk_snapshot_file_read(&read, writer->tmp, &result, error);

	if (r < 0)
		return r;
	info->rows = result.rows;
	if (!rk_hash_equal(result.meta.state_digest, writer->sum))
		return rk_sqlite_say(error, -EBADMSG,
				     "%s: it does not read back as written",
				     writer->tmp);
	return 0;
}

static int sync_file(struct rk_snapshot_writer *writer, uint64_t *ret_size)
{
	struct rk_file *file;
	int r = rk_file_open(writer->files, writer->tmp, RK_FILE_WRITE, &file);

	if (r < 0)
		return r;
	r = rk_file_sync(writer->files, file);
	if (r == 0)
		r = rk_file_size(writer->files, file, ret_size);
	rk_file_close(writer->files, file);
	return r;
}

static int publish(struct rk_snapshot_writer *writer, uint64_t *ret_size,
		   char *error)
{
	int r = sync_file(writer, ret_size);

	if (r < 0)
		return rk_sqlite_say(error, r, "%s: cannot be synced: %s",
				     writer->tmp, strerror(-r));
	r = rk_files_rename(writer->files, writer->tmp, writer->name);
	if (r < 0)
		return rk_sqlite_say(error, r, "%s: cannot be renamed: %s",
				     writer->tmp, strerror(-r));
	writer->created = false;
	r = rk_files_sync_dir(writer->files);
	if (r < 0) {
		/* The name may or may not last: rather not. */
		(void)rk_files_remove(writer->files, writer->name);
		return rk_sqlite_say(error, r,
				     "%s: its folder cannot be synced: %s",
				     writer->name, strerror(-r));
	}
	return 0;
}

int rk_snapshot_commit(struct rk_snapshot_writer *writer,
		       struct rk_snapshot_meta *meta,
		       struct rk_snapshot_info *ret_info,
		       char error[RK_SNAPSHOT_TEXT_SIZE])
{
	struct rk_snapshot_meta written = *meta;
	struct rk_snapshot_info info = {.rows_changed = writer->changed};
	int r;

	memcpy(info.name, writer->name, sizeof(info.name));
	r = writer->failed != 0 ? again(writer, error)
				: finish(writer, &written, error);
	if (r == 0)
		r = verify(writer, &info, error);
	if (r == 0)
		r = publish(writer, &info.bytes, error);
	if (r == 0) {
		*meta = written;
		*ret_info = info;
	}
	rk_snapshot_abort(writer);
	return r;
}

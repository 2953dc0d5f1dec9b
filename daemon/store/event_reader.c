/*
 * Reading one file of events, and checking it. See event_impl.h.
 *
 * Numbers must follow each other and each row must fit its hash: a row that
 * is damaged, or missing in the middle, is an error and never left out.
 */
#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "store/event_impl.h"

int rk_event_tables_check(const struct rk_sqlite *lite, char *error)
{
	static const struct rk_sqlite_table tables[] = {
		{"event",
		 {"number", "seq", "time_ns", "type", "account", "market",
		  "body", "hash"},
		 8},
		{"meta", {"key", "value"}, 2},
		{"words", {"kind", "number", "name"}, 3},
	};

	return rk_sqlite_check_tables(
		lite, tables, sizeof(tables) / sizeof(tables[0]), error);
}

static int prepare_rows(struct rk_event_reader *reader, char *error)
{
	return rk_sqlite_prepare(&reader->lite,
				 "SELECT number, seq, time_ns, type, account, "
				 "market, body, hash FROM event "
				 "WHERE number >= ?1 ORDER BY number",
				 &reader->rows, error);
}

int rk_event_reader_open(const struct rk_files *files,
			 const struct rk_event_file *file,
			 struct rk_event_reader *ret_reader, char *error)
{
	struct rk_event_reader reader = {.first = file->first};
	char name[RK_FILE_NAME_SIZE];
	int r;

	rk_event_file_name(file->first, name);
	r = rk_sqlite_open(files, name,
			   file->sealed ? RK_SQLITE_READ
					: RK_SQLITE_READ_SHARED,
			   &reader.lite, error);
	if (r < 0)
		return r;
	r = rk_event_tables_check(&reader.lite, error);
	if (r == 0)
		r = prepare_rows(&reader, error);
	if (r < 0) {
		rk_event_reader_close(&reader);
		return r;
	}
	*ret_reader = reader;
	return 0;
}

int rk_event_reader_open_writer(const struct rk_event_writer *writer,
				struct rk_event_reader *ret_reader, char *error)
{
	struct rk_event_reader reader = {
		.lite = writer->lite,
		.borrowed = true,
		.first = writer->file.first,
	};
	int r = prepare_rows(&reader, error);

	if (r == 0)
		*ret_reader = reader;
	return r;
}

int rk_event_reader_seek(struct rk_event_reader *reader, uint64_t number,
			 char *error)
{
	rk_event_reader_rest(reader);
	reader->next = number;
	if (number > INT64_MAX)
		return rk_sqlite_say(error, -EINVAL, "%s: no event %llu",
				     reader->lite.name,
				     (unsigned long long)number);
	if (sqlite3_bind_int64(reader->rows, 1, (int64_t)number) != SQLITE_OK)
		return rk_sqlite_error(&reader->lite, error);
	return 0;
}

void rk_event_reader_rest(struct rk_event_reader *reader)
{
	(void)sqlite3_reset(reader->rows);
}

void rk_event_reader_close(struct rk_event_reader *reader)
{
	(void)sqlite3_finalize(reader->rows);
	reader->rows = NULL;
	if (!reader->borrowed)
		rk_sqlite_close(&reader->lite);
	reader->lite.db = NULL;
	reader->borrowed = false;
}

/* Returns 0, or -EBADMSG when a column is not what it must be. */
static int load_row(sqlite3_stmt *stmt, struct rk_event_row *row)
{
	uint64_t type;
	uint64_t market = UINT32_MAX;
	int64_t hash;

	if (rk_sqlite_column_u64(stmt, 0, &row->number) < 0 ||
	    rk_sqlite_column_u64(stmt, 1, &row->seq) < 0 ||
	    rk_sqlite_column_i64(stmt, 2, &row->time_ns) < 0 ||
	    rk_sqlite_column_u64(stmt, 3, &type) < 0 || type > UINT32_MAX ||
	    rk_sqlite_column_u64(stmt, 4, &row->account) < 0)
		return -EBADMSG;
	if (sqlite3_column_type(stmt, 5) != SQLITE_NULL &&
	    (rk_sqlite_column_u64(stmt, 5, &market) < 0 ||
	     market >= UINT32_MAX))
		return -EBADMSG;
	if (sqlite3_column_type(stmt, 6) != SQLITE_BLOB ||
	    rk_sqlite_column_i64(stmt, 7, &hash) < 0)
		return -EBADMSG;
	row->type = (uint32_t)type;
	row->market = (uint32_t)market;
	row->body = sqlite3_column_blob(stmt, 6);
	row->size = (uint32_t)sqlite3_column_bytes(stmt, 6);
	if (row->size > RK_EVENT_BODY_MAX || (row->size > 0 && !row->body))
		return -EBADMSG;
	if (!row->body)
		row->body = "";
	return rk_event_row_hash(row) == hash ? 0 : -EBADMSG;
}

int rk_event_reader_next(struct rk_event_reader *reader,
			 struct rk_event_row *ret_row, char *error)
{
	int r = rk_sqlite_row(&reader->lite, reader->rows, error);

	if (r <= 0)
		return r;
	r = load_row(reader->rows, ret_row);
	if (r < 0)
		return rk_sqlite_say(error, r, "%s: event %llu is damaged",
				     reader->lite.name,
				     (unsigned long long)reader->next);
	if (ret_row->number != reader->next)
		return rk_sqlite_say(error, -EBADMSG,
				     "%s: event %llu is missing: %llu follows",
				     reader->lite.name,
				     (unsigned long long)reader->next,
				     (unsigned long long)ret_row->number);
	reader->next++;
	return 1;
}

static int load_rows(const struct rk_sqlite *lite, bool count,
		     struct rk_event_file *file, char *error)
{
	/* min and max look at one row each, count at all. */
	const char *sql = count ? "SELECT (SELECT min(number) FROM event), "
				  "(SELECT max(number) FROM event), "
				  "(SELECT count(*) FROM event)"
				: "SELECT (SELECT min(number) FROM event), "
				  "(SELECT max(number) FROM event)";
	uint64_t first = 0;
	uint64_t last = 0;
	sqlite3_stmt *stmt;
	int r = rk_sqlite_prepare(lite, sql, &stmt, error);

	if (r < 0)
		return r;
	r = rk_sqlite_row(lite, stmt, error);
	if (r == 1) {
		uint64_t rows = 0;
		/* An empty file has neither. */
		bool good = rk_sqlite_column_u64(stmt, 0, &first) == 0 &&
			    rk_sqlite_column_u64(stmt, 1, &last) == 0;

		rows = last - first + 1;
		if (count)
			(void)rk_sqlite_column_u64(stmt, 2, &rows);
		r = 0;
		if (!good && !file->sealed) {
			first = file->first;
			last = first - 1;
		} else if (!good || rows != last - first + 1) {
			r = rk_sqlite_say(error, -EBADMSG,
					  "%s: there are %llu rows from %llu "
					  "to %llu",
					  lite->name, (unsigned long long)rows,
					  (unsigned long long)first,
					  (unsigned long long)last);
		}
	}
	(void)sqlite3_finalize(stmt);
	if (r < 0)
		return r;
	if (first != file->first || (file->sealed && last != file->last))
		return rk_sqlite_say(
			error, -EBADMSG,
			"%s: its rows go from %llu to %llu, its meta says "
			"%llu to %llu",
			lite->name, (unsigned long long)first,
			(unsigned long long)last,
			(unsigned long long)file->first,
			(unsigned long long)file->last);
	file->last = last;
	return 0;
}

int rk_event_meta_check(const struct rk_sqlite *lite,
			const struct rk_sqlite_meta *meta, char *error)
{
	struct rk_sqlite_kind kind = {
		.name = RK_EVENT_FILE_KIND,
		.oldest = RK_EVENT_STORE_FORMAT,
		.newest = RK_EVENT_STORE_FORMAT,
	};

	return rk_sqlite_meta_check(lite, meta, &kind, error);
}

static int load_meta(const struct rk_sqlite *lite, struct rk_event_file *file,
		     char *error)
{
	struct rk_sqlite_meta meta;
	uint64_t first;
	uint64_t rows;
	int r = rk_sqlite_meta_load(lite, &meta, error);

	if (r == 0)
		r = rk_event_meta_check(lite, &meta, error);
	if (r < 0)
		return r;
	if (rk_sqlite_meta_u64(&meta, "first", &first) < 0)
		return rk_sqlite_say(error, -EBADMSG,
				     "%s: meta has no good first", lite->name);
	if (first != file->first)
		return rk_sqlite_say(error, -EBADMSG,
				     "%s: it begins with event %llu, not as "
				     "its name says",
				     lite->name, (unsigned long long)first);
	file->sealed = rk_sqlite_meta_find(&meta, "sealed_ns") != NULL;
	if (!file->sealed)
		return 0;
	if (rk_sqlite_meta_u64(&meta, "last", &file->last) < 0 ||
	    rk_sqlite_meta_u64(&meta, "rows", &rows) < 0 ||
	    file->last < first || rows != file->last - first + 1)
		return rk_sqlite_say(error, -EBADMSG,
				     "%s: meta has no good last and rows",
				     lite->name);
	return 0;
}

static int look(const struct rk_files *files, uint64_t first,
		enum rk_event_check check, struct rk_event_file *ret_file,
		char *error)
{
	enum rk_sqlite_mode mode = check == RK_EVENT_CHECK_LIVE
					   ? RK_SQLITE_READ_SHARED
					   : RK_SQLITE_READ;
	struct rk_event_file file = {.first = first};
	char name[RK_FILE_NAME_SIZE];
	struct rk_sqlite lite;
	int r;

	rk_event_file_name(first, name);
	r = rk_sqlite_open(files, name, mode, &lite, error);
	if (r < 0)
		return r;
	r = load_meta(&lite, &file, error);
	if (r == 0)
		r = rk_event_tables_check(&lite, error);
	if (r == 0)
		r = load_rows(&lite, check == RK_EVENT_CHECK_COUNT, &file,
			      error);
	rk_sqlite_close(&lite);
	if (r < 0)
		return r;
	file.bytes = ret_file->bytes; /* of the list */
	*ret_file = file;
	return 0;
}

int rk_event_file_check(const struct rk_files *files, uint64_t first,
			enum rk_event_check check,
			struct rk_event_file *ret_file, char *error)
{
	struct rk_event_file file = *ret_file;
	char ignored[RK_SQLITE_TEXT_SIZE];
	int r = look(files, first, check, ret_file, error);

	/* What lies beside a sealed file is of a time before that. */
	if (r == -EUCLEAN &&
	    look(files, first, RK_EVENT_CHECK_QUICK, &file, ignored) == 0 &&
	    file.sealed) {
		*ret_file = file;
		return 0;
	}
	return r;
}

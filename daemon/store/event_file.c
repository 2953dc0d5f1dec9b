/*
 * One file of events: its form, and writing it. See event_impl.h.
 *
 * Each row carries a hash over its columns, so that a damaged byte in it is
 * found when it is read, be it years later, without reading the whole file.
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "engine/assert.h"
#include "store/event_impl.h"

#define PREFIX "events"

static const char create_sql[] =
	"CREATE TABLE event(\n"
	"\t-- What the engine said, one row each, numbered without gaps.\n"
	"\tnumber INTEGER PRIMARY KEY NOT NULL,\n"
	"\tseq INTEGER NOT NULL, -- of the command that caused it\n"
	"\ttime_ns INTEGER NOT NULL,\n"
	"\ttype INTEGER NOT NULL, -- words of kind 'event'\n"
	"\taccount ANY NOT NULL, -- 0: none\n"
	"\tmarket INTEGER, -- NULL: none\n"
	"\tbody BLOB NOT NULL, -- message Event of riskd.proto\n"
	"\thash INTEGER NOT NULL -- over the row\n"
	") STRICT";

bool rk_event_file_name_parse(const char *name, uint64_t *ret_first)
{
	uint64_t first;

	/* Beyond is no number of a row in SQLite. */
	if (!rk_sqlite_name_parse(PREFIX, name, &first) || first == 0 ||
	    first > INT64_MAX)
		return false;
	*ret_first = first;
	return true;
}

void rk_event_file_name(uint64_t first, char name[RK_FILE_NAME_SIZE])
{
	rk_sqlite_name_make(PREFIX, first, name);
}

static void put_word(unsigned char *bytes, uint64_t word)
{
	for (size_t i = 0; i < 8; i++)
		bytes[i] = (unsigned char)(word >> (8 * i));
}

int64_t rk_event_row_hash(const struct rk_event_row *row)
{
	unsigned char head[48];
	struct rk_hash hash = {0, 0};

	put_word(head, row->number);
	put_word(head + 8, row->seq);
	put_word(head + 16, (uint64_t)row->time_ns);
	put_word(head + 24, row->type);
	put_word(head + 32, row->account);
	put_word(head + 40, row->market);
	hash = rk_hash_bytes(hash, head, sizeof(head));
	hash = rk_hash_bytes(hash, row->body, row->size);
	return (int64_t)hash.lo;
}

static void start_meta(uint64_t first, struct rk_sqlite_meta *meta)
{
	meta->n = 0;
	rk_sqlite_meta_put(meta, "kind", RK_EVENT_FILE_KIND);
	rk_sqlite_meta_put_integer(meta, "format", RK_EVENT_STORE_FORMAT);
	rk_sqlite_meta_put(meta, "riskd", RISKD_VERSION);
	rk_sqlite_meta_put_integer(meta, "first", first);
}

static int create_tables(const struct rk_sqlite *lite, uint64_t first,
			 char *error)
{
	struct rk_sqlite_meta meta;
	int r = rk_sqlite_exec(lite, "BEGIN", error);

	if (r == 0)
		r = rk_sqlite_exec(lite, create_sql, error);
	if (r == 0)
		r = rk_sqlite_meta_create(lite, error);
	if (r == 0)
		r = rk_sqlite_words_create(lite, error);
	if (r < 0)
		return r;
	start_meta(first, &meta);
	r = rk_sqlite_meta_store(lite, &meta, error);
	if (r == 0)
		r = rk_sqlite_exec(lite, "COMMIT", error);
	return r;
}

int rk_event_writer_prepare(struct rk_event_writer *writer, char *error)
{
	int r = rk_sqlite_prepare(
		&writer->lite,
		"INSERT INTO event VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
		&writer->insert, error);

	if (r == 0)
		r = rk_sqlite_prepare(&writer->lite, "PRAGMA page_count",
				      &writer->pages, error);
	return r;
}

int rk_event_writer_begin(const struct rk_files *files, uint64_t first,
			  struct rk_event_writer *ret_writer, char *error)
{
	struct rk_event_writer writer = {
		.files = files,
		.file = {.first = first, .last = first - 1},
	};
	char name[RK_FILE_NAME_SIZE];
	int r;

	RK_ASSERT(first > 0 && first <= INT64_MAX);
	rk_event_file_name(first, name);
	r = rk_sqlite_create(files, name, RK_SQLITE_APPEND, &writer.lite,
			     error);
	if (r < 0)
		return r;
	r = create_tables(&writer.lite, first, error);
	if (r == 0)
		r = rk_event_writer_prepare(&writer, error);
	if (r < 0) {
		rk_event_writer_close(&writer);
		return r;
	}
	*ret_writer = writer;
	return 0;
}

static int bind_row(sqlite3_stmt *stmt, const struct rk_event_row *row)
{
	int code = sqlite3_bind_int64(stmt, 1, (int64_t)row->number);

	if (code == SQLITE_OK)
		code = sqlite3_bind_int64(stmt, 2, (int64_t)row->seq);
	if (code == SQLITE_OK)
		code = sqlite3_bind_int64(stmt, 3, row->time_ns);
	if (code == SQLITE_OK)
		code = sqlite3_bind_int64(stmt, 4, row->type);
	if (code == SQLITE_OK)
		code = rk_sqlite_bind_integer(stmt, 5, row->account);
	if (code == SQLITE_OK)
		code = row->market == UINT32_MAX
			       ? sqlite3_bind_null(stmt, 6)
			       : sqlite3_bind_int64(stmt, 6, row->market);
	if (code == SQLITE_OK)
		code = sqlite3_bind_blob(stmt, 7,
					 row->size > 0 ? row->body : "",
					 (int)row->size, SQLITE_STATIC);
	if (code == SQLITE_OK)
		code = sqlite3_bind_int64(stmt, 8, rk_event_row_hash(row));
	return code;
}

int rk_event_writer_add(struct rk_event_writer *writer,
			const struct rk_event_row *row, char *error)
{
	int r = 0;

	RK_ASSERT(row->number == writer->file.last + 1);
	if (!writer->open)
		r = rk_sqlite_exec(&writer->lite, "BEGIN", error);
	if (r < 0)
		return r;
	writer->open = true;
	if (bind_row(writer->insert, row) != SQLITE_OK)
		return rk_sqlite_error(&writer->lite, error);
	r = rk_sqlite_run(&writer->lite, writer->insert, error);
	if (r == 0)
		writer->file.last = row->number;
	return r;
}

int rk_event_writer_commit(struct rk_event_writer *writer, char *error)
{
	int r = 0;

	if (writer->open)
		r = rk_sqlite_exec(&writer->lite, "COMMIT", error);
	if (r < 0)
		return r;
	writer->open = false;
	r = rk_sqlite_row(&writer->lite, writer->pages, error);
	if (r == 1) {
		writer->file.bytes =
			(uint64_t)sqlite3_column_int64(writer->pages, 0) * 4096;
		r = 0;
	}
	(void)sqlite3_reset(writer->pages);
	return r;
}

int rk_event_writer_checkpoint(struct rk_event_writer *writer,
			       const struct rk_event_checkpoint *checkpoint,
			       char *error)
{
	struct rk_sqlite_meta meta;
	int r = 0;

	RK_ASSERT(checkpoint->event == writer->file.last);
	start_meta(writer->file.first, &meta);
	rk_sqlite_meta_put_integer(&meta, "checkpoint", checkpoint->event);
	rk_sqlite_meta_put_hash(&meta, "checkpoint_digest", checkpoint->digest);
	rk_sqlite_meta_put(&meta, "checkpoint_boot", writer->files->boot);
	if (!writer->open)
		r = rk_sqlite_exec(&writer->lite, "BEGIN", error);
	if (r < 0)
		return r;
	writer->open = true;
	r = rk_sqlite_meta_store(&writer->lite, &meta, error);
	if (r == 0)
		r = rk_event_writer_commit(writer, error);
	return r;
}

static int store_end(struct rk_event_writer *writer, char *error)
{
	const struct rk_event_file *file = &writer->file;
	struct rk_sqlite_meta meta;
	struct timespec now = {0};
	int r;

	(void)clock_gettime(CLOCK_REALTIME, &now); /* for people only */
	start_meta(file->first, &meta);
	rk_sqlite_meta_put_integer(&meta, "last", file->last);
	rk_sqlite_meta_put_integer(&meta, "rows", file->last - file->first + 1);
	rk_sqlite_meta_put_integer(&meta, "sealed_ns",
				   (rk_i128)now.tv_sec * 1000000000 +
					   now.tv_nsec);
	r = rk_sqlite_exec(&writer->lite, "BEGIN", error);
	if (r == 0)
		r = rk_sqlite_meta_store(&writer->lite, &meta, error);
	if (r == 0)
		r = rk_sqlite_exec(&writer->lite, "COMMIT", error);
	return r;
}

static int sync_file(const struct rk_files *files, const char *name,
		     uint64_t *ret_size)
{
	struct rk_file *file;
	int r = rk_file_open(files, name, RK_FILE_WRITE, &file);

	if (r < 0)
		return r;
	r = rk_file_sync(files, file);
	if (r == 0)
		r = rk_file_size(files, file, ret_size);
	rk_file_close(files, file);
	if (r == 0)
		r = rk_files_sync_dir(files);
	return r;
}

int rk_event_writer_seal(struct rk_event_writer *writer,
			 struct rk_event_file *ret_file, char *error)
{
	struct rk_event_file file = writer->file;
	char name[RK_FILE_NAME_SIZE];
	int r;

	RK_ASSERT(file.last >= file.first);
	r = rk_event_writer_commit(writer, error);
	if (r == 0)
		r = store_end(writer, error);
	memcpy(name, writer->lite.name, sizeof(name));
	/*
	 * SQLite reports nothing at closing that we would have to know. Its
	 * journal goes for good with the sync of the folder below.
	 */
	rk_event_writer_close(writer);
	if (r < 0)
		return r;
	r = sync_file(writer->files, name, &file.bytes);
	if (r < 0)
		return rk_sqlite_say(error, r, "%s: cannot be synced: %s", name,
				     strerror(-r));
	file.sealed = true;
	*ret_file = file;
	return 0;
}

void rk_event_writer_close(struct rk_event_writer *writer)
{
	char journal[RK_FILE_NAME_SIZE];

	(void)sqlite3_finalize(writer->insert);
	(void)sqlite3_finalize(writer->pages);
	writer->insert = NULL;
	writer->pages = NULL;
	if (!writer->lite.db)
		return;
	(void)snprintf(journal, sizeof(journal), "%.40s-journal",
		       writer->lite.name);
	rk_sqlite_close(&writer->lite);
	/* With all committed it is of no use; else it is what undoes. */
	if (!writer->open)
		(void)rk_files_remove(writer->files, journal);
	writer->open = false;
}

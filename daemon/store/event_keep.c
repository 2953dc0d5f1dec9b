/*
 * Taking up the file of events that a crash left behind. See event_impl.h.
 *
 * A process that was killed leaves it as it was last committed; after a power
 * cut it may be anything. Its checkpoint tells how far it is known to reach,
 * and every row up to there is read before the file is written again.
 */
#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "store/event_impl.h"

static bool load_checkpoint(const struct rk_sqlite *lite, uint64_t first,
			    struct rk_event_checkpoint *ret_checkpoint)
{
	char error[RK_SQLITE_TEXT_SIZE];
	struct rk_sqlite_meta meta;
	uint64_t says;

	return rk_sqlite_meta_load(lite, &meta, error) == 0 &&
	       rk_sqlite_meta_check(lite, &meta, RK_EVENT_FILE_KIND,
				    RK_EVENT_STORE_FORMAT, error) == 0 &&
	       !rk_sqlite_meta_find(&meta, "sealed_ns") &&
	       rk_sqlite_meta_u64(&meta, "first", &says) == 0 &&
	       says == first &&
	       rk_sqlite_meta_u64(&meta, "checkpoint",
				  &ret_checkpoint->event) == 0 &&
	       rk_sqlite_meta_hash(&meta, "checkpoint_digest",
				   &ret_checkpoint->digest) == 0 &&
	       ret_checkpoint->event >= first &&
	       ret_checkpoint->event <= INT64_MAX;
}

bool rk_event_store_left(const struct rk_files *files, uint64_t *ret_first,
			 struct rk_event_checkpoint *ret_checkpoint)
{
	struct rk_event_folder folder = {NULL, 0, 0};
	char error[RK_SQLITE_TEXT_SIZE];
	char name[RK_FILE_NAME_SIZE];
	struct rk_sqlite lite;
	uint64_t first = 0;
	bool good;

	if (rk_event_folder_list(files, &folder, error) < 0)
		return false;
	if (folder.n > 0)
		first = folder.files[folder.n - 1].first;
	rk_event_folder_free(&folder);
	if (first == 0)
		return false;
	rk_event_file_name(first, name);
	if (rk_sqlite_open(files, name, RK_SQLITE_APPEND, &lite, error) < 0)
		return false;
	good = load_checkpoint(&lite, first, ret_checkpoint);
	rk_sqlite_close(&lite);
	*ret_first = first;
	return good;
}

/* The only answer to a pragma must be this text. */
static int check_answer(const struct rk_sqlite *lite, const char *pragma,
			const char *expected, char *error)
{
	const char *found = NULL;
	sqlite3_stmt *stmt;
	int r = rk_sqlite_prepare(lite, pragma, &stmt, error);

	if (r < 0)
		return r;
	r = rk_sqlite_row(lite, stmt, error);
	if (r == 1)
		found = (const char *)sqlite3_column_text(stmt, 0);
	if (r >= 0)
		r = found && strcmp(found, expected) == 0
			    ? 0
			    : rk_sqlite_say(error, -EBADMSG, "%s: %s: %s",
					    lite->name, pragma,
					    found ? found : "nothing");
	(void)sqlite3_finalize(stmt);
	return r;
}

/*
 * Pages that nothing is in are written to later on. There are none but where
 * rows were dropped after a crash before this one: then all pages are looked
 * at, which takes as long as looking at all rows.
 */
static int check_pages(const struct rk_sqlite *lite, char *error)
{
	if (check_answer(lite, "PRAGMA freelist_count", "0", error) == 0)
		return 0;
	return check_answer(lite, "PRAGMA quick_check(1)", "ok", error);
}

static int check_rows(const struct rk_event_writer *writer, char *error)
{
	struct rk_event_reader reader;
	struct rk_event_row row;
	int r = rk_event_reader_open_writer(writer, &reader, error);

	if (r < 0)
		return r;
	r = rk_event_reader_seek(&reader, writer->file.first, error);
	while (r == 0 && (r = rk_event_reader_next(&reader, &row, error)) > 0)
		r = 0;
	if (r == 0 && reader.next != writer->file.last + 1)
		r = rk_sqlite_say(error, -EBADMSG,
				  "%s: it ends with event %llu, not %llu",
				  writer->lite.name,
				  (unsigned long long)reader.next - 1,
				  (unsigned long long)writer->file.last);
	rk_event_reader_close(&reader);
	return r;
}

/* What lies behind the checkpoint comes again. */
static int drop_rows(const struct rk_event_writer *writer, char *error)
{
	sqlite3_stmt *stmt;
	int r = rk_sqlite_prepare(&writer->lite,
				  "DELETE FROM event WHERE number > ?", &stmt,
				  error);

	if (r < 0)
		return r;
	if (sqlite3_bind_int64(stmt, 1, (int64_t)writer->file.last) !=
	    SQLITE_OK)
		r = rk_sqlite_error(&writer->lite, error);
	if (r == 0)
		r = rk_sqlite_run(&writer->lite, stmt, error);
	(void)sqlite3_finalize(stmt);
	return r;
}

int rk_event_writer_keep(const struct rk_files *files, uint64_t first,
			 uint64_t last, struct rk_event_writer *ret_writer,
			 char *error)
{
	struct rk_event_writer writer = {
		.files = files,
		.file = {.first = first, .last = last},
	};
	struct rk_event_checkpoint checkpoint;
	char name[RK_FILE_NAME_SIZE];
	int r;

	rk_event_file_name(first, name);
	r = rk_sqlite_open(files, name, RK_SQLITE_APPEND, &writer.lite, error);
	if (r < 0)
		return r;
	if (!load_checkpoint(&writer.lite, first, &checkpoint) ||
	    checkpoint.event != last)
		r = rk_sqlite_say(error, -EBADMSG,
				  "%s: its checkpoint is not event %llu", name,
				  (unsigned long long)last);
	if (r == 0)
		r = rk_event_tables_check(&writer.lite, error);
	if (r == 0)
		r = check_pages(&writer.lite, error);
	if (r == 0)
		r = drop_rows(&writer, error);
	if (r == 0)
		r = check_rows(&writer, error);
	if (r == 0)
		r = rk_event_writer_prepare(&writer, error);
	if (r < 0) {
		rk_event_writer_close(&writer);
		return r;
	}
	*ret_writer = writer;
	return 0;
}

/*
 * Taking up the file of events that a crash left behind. See event_impl.h.
 *
 * A process that was killed leaves it as it was last committed; after a power
 * cut it may be anything. Its checkpoint tells how far it is known to reach,
 * and every row up to there is read before the file is written again.
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "store/event_impl.h"

/* What the meta of a file says about keeping it. */
struct left {
	struct rk_event_checkpoint checkpoint;
	char boot[RK_SQLITE_META_SIZE];
};

static bool load_left(const struct rk_sqlite *lite, uint64_t first,
		      struct left *ret_left)
{
	char error[RK_SQLITE_TEXT_SIZE];
	struct rk_sqlite_meta meta;
	const char *boot;
	uint64_t says;

	if (rk_sqlite_meta_load(lite, &meta, error) < 0 ||
	    rk_event_meta_check(lite, &meta, error) < 0 ||
	    rk_sqlite_meta_u64(&meta, "first", &says) < 0 || says != first ||
	    rk_sqlite_meta_u64(&meta, "checkpoint",
			       &ret_left->checkpoint.event) < 0 ||
	    rk_sqlite_meta_hash(&meta, "checkpoint_digest",
				&ret_left->checkpoint.digest) < 0)
		return false;
	boot = rk_sqlite_meta_find(&meta, "checkpoint_boot");
	(void)snprintf(ret_left->boot, sizeof(ret_left->boot), "%s",
		       boot ? boot : "");
	return ret_left->checkpoint.event >= first &&
	       ret_left->checkpoint.event <= INT64_MAX;
}

/*
 * A sealed file is never opened for writing, not even to see what it is: what
 * lies beside it may be a journal of a time before it was sealed.
 */
static bool is_sealed(const struct rk_files *files, uint64_t first)
{
	struct rk_event_file file = {.first = first};
	char error[RK_SQLITE_TEXT_SIZE];

	return rk_event_file_check(files, first, RK_EVENT_CHECK_QUICK, &file,
				   error) == 0 &&
	       file.sealed;
}

/* Ours alone from here on: whoever reads it has to be done with it first. */
static int take_lock(const struct rk_sqlite *lite, char *error)
{
	return rk_sqlite_exec(lite, "BEGIN EXCLUSIVE; COMMIT", error);
}

static uint64_t find_newest(const struct rk_files *files)
{
	struct rk_event_folder folder = {NULL, 0, 0};
	char error[RK_SQLITE_TEXT_SIZE];
	uint64_t first = 0;

	if (rk_event_folder_list(files, &folder, error) < 0)
		return 0;
	if (folder.n > 0)
		first = folder.files[folder.n - 1].first;
	rk_event_folder_free(&folder);
	return first;
}

bool rk_event_store_left(const struct rk_files *files, uint64_t *ret_first,
			 struct rk_event_checkpoint *ret_checkpoint)
{
	uint64_t first = find_newest(files);
	char error[RK_SQLITE_TEXT_SIZE];
	char name[RK_FILE_NAME_SIZE];
	struct rk_sqlite lite;
	struct left left;
	bool good;

	if (first == 0 || is_sealed(files, first))
		return false;
	rk_event_file_name(first, name);
	if (rk_sqlite_open(files, name, RK_SQLITE_APPEND, &lite, error) < 0)
		return false;
	good = take_lock(&lite, error) == 0 && load_left(&lite, first, &left);
	rk_sqlite_close(&lite);
	if (!good)
		return false;
	*ret_first = first;
	*ret_checkpoint = left.checkpoint;
	return true;
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
 * A kill leaves pages as they were written; another run of the machine may
 * have lost any of them. What leads to the rows, which is not seen by reading
 * them one after the other, is then looked at by SQLite; that takes as long as
 * the rows.
 */
static int check_pages(const struct rk_sqlite *lite,
		       const struct rk_files *files, const struct left *left,
		       char *error)
{
	if (files->boot[0] != '\0' && strcmp(files->boot, left->boot) == 0)
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

static int check_file(const struct rk_event_writer *writer, char *error)
{
	const struct rk_sqlite *lite = &writer->lite;
	struct left left;
	int r = take_lock(lite, error);

	if (r < 0)
		return r;
	if (!load_left(lite, writer->file.first, &left) ||
	    left.checkpoint.event != writer->file.last)
		return rk_sqlite_say(
			error, -EBADMSG, "%s: its checkpoint is not event %llu",
			lite->name, (unsigned long long)writer->file.last);
	r = rk_event_tables_check(lite, error);
	if (r == 0)
		r = check_pages(lite, writer->files, &left, error);
	if (r == 0)
		r = drop_rows(writer, error);
	if (r == 0)
		r = check_rows(writer, error);
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
	char name[RK_FILE_NAME_SIZE];
	int r;

	rk_event_file_name(first, name);
	r = rk_sqlite_open(files, name, RK_SQLITE_APPEND, &writer.lite, error);
	if (r < 0)
		return r;
	r = check_file(&writer, error);
	if (r == 0)
		r = rk_event_writer_prepare(&writer, error);
	if (r == 0)
		r = rk_event_writer_commit(&writer, error); /* its size */
	if (r < 0) {
		writer.open = true; /* what undoes it must stay */
		rk_event_writer_close(&writer);
		return r;
	}
	*ret_writer = writer;
	return 0;
}

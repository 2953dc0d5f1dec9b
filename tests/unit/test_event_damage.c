/*
 * Files of events that are damaged, missing or in each other's place: told by
 * name, with the way out, or they read the same as before.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "store/event_store.h"
#include "store/event_walk.h"
#include "store/sqlite_meta.h"
#include "support/event_rows.h"
#include "support/folder.h"
#include "support/prng.h"

/* Three sealed files: 1..200, 201..300, 301..330. */
#define FIRST  "events-00000000000000000001.db"
#define SECOND "events-00000000000000000201.db"
#define THIRD  "events-00000000000000000301.db"
#define LAST   UINT64_C(330)

static struct rk_folder folder;
static char error[RK_EVENT_STORE_TEXT_SIZE];

static int open_store(uint64_t after, struct rk_event_store **store)
{
	struct rk_event_store_options options = {
		.files = &folder.files,
		.queue_bytes = 1 << 20,
		.keep_bytes = UINT64_MAX,
		.manual = true,
	};

	error[0] = '\0';
	return rk_event_store_open(&options, after, store, error);
}

static void add(struct rk_event_store *store, uint64_t first, uint64_t last)
{
	static struct rk_made_event made;

	for (uint64_t number = first; number <= last; number++) {
		rk_event_row_make(number, &made);
		while (!rk_event_store_add(store, &made.row))
			cr_assert(rk_event_store_step(store));
	}
	rk_event_store_cut(store);
	cr_assert_eq(rk_event_store_flush(store), 0);
}

static void open_folder(void)
{
	struct rk_event_store *store;

	rk_folder_open(&folder);
	cr_assert_eq(open_store(0, &store), 0, "%s", error);
	add(store, 1, 200);
	add(store, 201, 300);
	add(store, 301, LAST);
	rk_event_store_close(store);
	rk_folder_copy(&folder, FIRST, "first");
	rk_folder_copy(&folder, SECOND, "second");
	rk_folder_copy(&folder, THIRD, "third");
}

static void repair(void)
{
	rk_folder_copy(&folder, "first", FIRST);
	rk_folder_copy(&folder, "second", SECOND);
	rk_folder_copy(&folder, "third", THIRD);
}

static void close_folder(void)
{
	rk_folder_close(&folder);
}

TestSuite(event_damage, .init = open_folder, .fini = close_folder);

static void must_refuse(int wanted, const char *name, const char *reason)
{
	struct rk_event_store *store;
	int r = open_store(LAST, &store);

	cr_assert_eq(r, wanted, "%d: %s", r, error);
	cr_assert_neq(strstr(error, name), NULL, "%s", error);
	cr_assert_neq(strstr(error, reason), NULL, "%s", error);
}

static void must_open(void)
{
	struct rk_event_store *store;

	cr_assert_eq(open_store(LAST, &store), 0, "%s", error);
	rk_event_store_close(store);
}

struct seen {
	uint64_t next;
};

static int see(void *context, const struct rk_event_row *row)
{
	struct seen *seen = context;

	cr_assert_eq(row->number, seen->next);
	cr_assert(rk_event_row_is_made(row), "event %llu is another",
		  (unsigned long long)row->number);
	seen->next++;
	return 0;
}

/* Offline: what is visited is right, and an error or the end follows. */
static bool is_refused_offline(const char *name)
{
	struct seen seen = {1};
	int r = rk_event_files_read(&folder.files, 1, see, &seen, error);

	if (r == 0) {
		cr_assert_eq(seen.next, LAST + 1);
		return false;
	}
	cr_assert(r == -EBADMSG || r == -EPROTO || r == -ENOENT, "%d %s", r,
		  error);
	cr_assert_neq(strstr(error, name), NULL, "%s", error);
	return true;
}

static bool wants_all(const void *filter, const struct rk_event_row *row)
{
	(void)filter;
	(void)row;
	return true;
}

/* The same by asking: what is given is right, up to an error or the end. */
static bool is_refused_online(void)
{
	struct rk_event_request request = {
		.from = 1,
		.events = 60,
		.visits = 60,
		.bytes = 1 << 20,
		.wanted = wants_all,
	};
	struct rk_event_store *store;
	struct seen seen = {1};
	int r = open_store(LAST, &store);

	if (r < 0) {
		cr_assert(r == -EBADMSG || r == -EPROTO || r == -ENOENT,
			  "%d %s", r, error);
		return true;
	}
	while (r == 0 && request.from <= LAST) {
		struct rk_event_answer answer;

		cr_assert(rk_event_store_ask(store, &request));
		cr_assert(rk_event_store_step(store));
		cr_assert(rk_event_store_take(store, &answer));
		r = answer.error;
		for (uint32_t i = 0; i < answer.events; i++)
			(void)see(&seen, &answer.rows[i]);
		cr_assert(r < 0 || answer.next > request.from);
		request.from = answer.next;
		rk_event_answer_free(&answer);
	}
	rk_event_store_close(store);
	cr_assert(r == 0 || r == -EBADMSG, "%d", r);
	return r < 0;
}

Test(event_damage, a_flipped_byte_is_refused_or_changes_nothing, .timeout = 60)
{
	struct rk_prng prng;
	uint64_t size;
	unsigned char *bytes = rk_folder_load(&folder, SECOND, &size);
	uint32_t tried = 0;
	uint32_t refused = 0;

	rk_prng_init(&prng, 7);
	for (uint64_t page = 0; page < size / 4096; page++) {
		for (uint32_t i = 0; i < 16; i++) {
			uint64_t span = i < 6 ? (page == 0 ? 200 : 12) : 4096;
			uint64_t at = page * 4096 + rk_prng_below(&prng, span);
			unsigned char flip =
				(unsigned char)rk_prng_between(&prng, 1, 255);

			bytes[at] ^= flip;
			rk_folder_store(&folder, SECOND, bytes, size);
			bytes[at] ^= flip;
			refused += is_refused_offline(SECOND);
			(void)is_refused_online();
			tried++;
		}
	}
	cr_assert_gt(refused, tried / 4, "%u of %u", refused, tried);
	free(bytes);
}

/* Turn a byte within the body of an event of FIRST. */
static void spoil_event(uint64_t number)
{
	static struct rk_made_event made;
	uint64_t size;
	unsigned char *bytes = rk_folder_load(&folder, FIRST, &size);
	uint64_t at = 0;

	rk_event_row_make(number, &made);
	while (at + made.row.size < size &&
	       memcmp(bytes + at, made.row.body, made.row.size) != 0)
		at++;
	cr_assert_lt(at + made.row.size, size);
	bytes[at + made.row.size / 2] ^= 1;
	rk_folder_store(&folder, FIRST, bytes, size);
	free(bytes);
}

Test(event_damage, a_walk_tells_each_damaged_row_and_goes_on_behind)
{
	struct rk_event_walk_file *files;
	struct rk_event_walk *walk;
	struct rk_event_row row;
	uint64_t good = 0;
	uint32_t n;
	int r;

	spoil_event(50);
	spoil_event(120);
	cr_assert_eq(rk_event_walk_list(&folder.files, &files, &n, error), 0);
	cr_assert_eq(n, 3);
	for (uint32_t i = 0; i < n; i++)
		cr_assert_eq(
			rk_event_walk_look(&folder.files, &files[i], error), 0,
			"%s", error);
	cr_assert_eq(files[0].last, 200);
	cr_assert(files[2].sealed);
	cr_assert_eq(rk_event_walk_open(&folder.files, &files[0], &walk, error),
		     0);
	while ((r = rk_event_walk_next(walk, &row, error)) != 0) {
		uint64_t at = rk_event_walk_at(walk);

		if (r > 0) {
			cr_assert(rk_event_row_is_made(&row));
			good++;
			continue;
		}
		cr_assert(at == 50 || at == 120, "%s", error);
		cr_assert_neq(strstr(error, "is damaged"), NULL, "%s", error);
		cr_assert_eq(rk_event_walk_seek(walk, at + 1, error), 0);
	}
	cr_assert_eq(good, 198);
	rk_event_walk_close(walk);
	free(files);
}

Test(event_damage, a_walk_leaves_a_file_that_is_being_written_alone)
{
	static struct rk_made_event made;
	struct rk_event_store *store;
	struct rk_event_walk_file *files;
	uint32_t n;

	cr_assert_eq(open_store(LAST, &store), 0, "%s", error);
	add(store, LAST + 1, LAST + 1);
	rk_event_row_make(LAST + 2, &made);
	cr_assert(rk_event_store_add(store, &made.row));
	cr_assert_eq(rk_event_store_flush(store), 0);
	cr_assert_eq(rk_event_walk_list(&folder.files, &files, &n, error), 0);
	cr_assert_eq(n, 5);
	cr_assert_eq(rk_event_walk_look(&folder.files, &files[4], error),
		     -EBUSY);
	free(files);
	rk_event_store_close(store);
}

Test(event_damage, a_file_cut_short_is_refused, .timeout = 60)
{
	uint64_t size;
	unsigned char *bytes = rk_folder_load(&folder, SECOND, &size);

	for (uint64_t n = 0; n < size; n += n < 8192 ? 512 : 4096) {
		rk_folder_store(&folder, SECOND, bytes, n);
		must_refuse(-EBADMSG, SECOND, "move it and all older files");
		cr_assert_neq(strstr(error, "before 301 are gone"), NULL, "%s",
			      error);
		cr_assert(is_refused_offline(SECOND));
	}
	rk_folder_copy(&folder, "second", SECOND);
	free(bytes);
	/* The newest: what was lost goes up to where the state begins. */
	bytes = rk_folder_load(&folder, THIRD, &size);
	rk_folder_store(&folder, THIRD, bytes, size - 4096);
	must_refuse(-EBADMSG, THIRD, "before 331 are gone");
	free(bytes);
	/* The way out that was told. */
	for (int i = 0; i < 3; i++)
		(void)rk_files_remove(&folder.files, i == 0   ? FIRST
						     : i == 1 ? SECOND
							      : THIRD);
	must_open();
}

Test(event_damage, a_file_missing_in_the_middle_is_told)
{
	cr_assert_eq(rk_files_remove(&folder.files, SECOND), 0);
	must_refuse(-ENOENT, FIRST, "events 201 to 300 are missing");
	cr_assert_neq(strstr(error, THIRD), NULL, "%s", error);
	cr_assert_neq(strstr(error, "events before 301 are gone then"), NULL,
		      "%s", error);
	cr_assert(is_refused_offline(FIRST));
	cr_assert_eq(rk_files_remove(&folder.files, FIRST), 0);
	must_open();
}

Test(event_damage, a_file_missing_at_the_new_end_is_told)
{
	cr_assert_eq(rk_files_remove(&folder.files, THIRD), 0);
	must_refuse(-ENOENT, SECOND, "events 301 to 330 are missing behind");
	cr_assert_neq(strstr(error, "events before 331 are gone then"), NULL,
		      "%s", error);
}

Test(event_damage, a_file_missing_at_the_old_end_is_no_damage)
{
	struct rk_event_store *store;
	struct seen seen = {201};

	cr_assert_eq(rk_files_remove(&folder.files, FIRST), 0);
	cr_assert_eq(open_store(LAST, &store), 0, "%s", error);
	cr_assert_eq(rk_event_store_oldest(store), 201);
	rk_event_store_close(store);
	cr_assert_eq(rk_event_files_read(&folder.files, 201, see, &seen, error),
		     0);
	cr_assert_eq(seen.next, LAST + 1);
	cr_assert_eq(rk_event_files_read(&folder.files, 200, see, &seen, error),
		     -ENOENT);
	cr_assert_neq(strstr(error, "the oldest is 201"), NULL, "%s", error);
}

Test(event_damage, swapped_and_renamed_files_are_told)
{
	rk_folder_copy(&folder, "first", SECOND);
	rk_folder_copy(&folder, "second", FIRST);
	must_refuse(-EBADMSG, FIRST, "begins with event 201");
	repair();
	rk_folder_copy(&folder, "second", "events-00000000000000000250.db");
	must_refuse(-EBADMSG, "events-00000000000000000250.db",
		    "begins with event 201");
}

Test(event_damage, files_that_overlap_are_told)
{
	struct rk_event_store *store;

	/* As left by a state of another time in the same folder. */
	cr_assert_eq(rk_files_remove(&folder.files, FIRST), 0);
	cr_assert_eq(rk_files_remove(&folder.files, SECOND), 0);
	cr_assert_eq(rk_files_remove(&folder.files, THIRD), 0);
	cr_assert_eq(open_store(250, &store), 0, "%s", error);
	add(store, 251, LAST);
	rk_event_store_close(store);
	rk_folder_copy(&folder, "second", SECOND);
	must_refuse(-EBADMSG, SECOND, "begins before that");
}

Test(event_damage, a_file_that_goes_beyond_the_state_is_told)
{
	struct rk_event_store *store;

	cr_assert_eq(open_store(310, &store), -EBADMSG);
	cr_assert_neq(strstr(error, THIRD), NULL, "%s", error);
	cr_assert_neq(strstr(error, "goes on to event 330, the state ends at "
				    "310"),
		      NULL, "%s", error);
}

Test(event_damage, an_unsealed_file_below_the_state_is_told)
{
	static struct rk_made_event made;
	struct rk_event_store *store;

	cr_assert_eq(open_store(LAST, &store), 0);
	for (uint64_t number = LAST + 1; number <= LAST + 10; number++) {
		rk_event_row_make(number, &made);
		cr_assert(rk_event_store_add(store, &made.row));
	}
	rk_event_store_close(store);
	cr_assert_eq(open_store(LAST + 10, &store), -EBADMSG);
	cr_assert_neq(strstr(error, "events-00000000000000000331.db: it was "
				    "never sealed"),
		      NULL, "%s", error);
	cr_assert_neq(strstr(error, "events before 341 are gone"), NULL, "%s",
		      error);
	must_open(); /* behind the state it only goes */
	cr_assert(!rk_folder_has(&folder, "events-00000000000000000331.db"));
}

static void alter(const char *name, const char *sql)
{
	char path[RK_FILES_DIR_SIZE + 100];
	char *said = NULL;
	sqlite3 *db;

	repair();
	cr_assert_eq(rk_files_path(&folder.files, name, path, sizeof(path)), 0);
	cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, &said), SQLITE_OK,
		     "%s: %s", sql, said);
	cr_assert_eq(sqlite3_close(db), SQLITE_OK);
}

Test(event_damage, rows_that_are_missing_or_other_are_told)
{
	alter(SECOND, "DELETE FROM event WHERE number = 300");
	must_refuse(-EBADMSG, SECOND, "its rows go from 201 to 299");
	alter(SECOND, "DELETE FROM event WHERE number = 201");
	must_refuse(-EBADMSG, SECOND, "its rows go from 202 to 300");
	alter(SECOND, "DELETE FROM event");
	must_refuse(-EBADMSG, SECOND, "there are");
	/* In the newest all rows are counted, in older ones when read. */
	alter(THIRD, "DELETE FROM event WHERE number = 310");
	must_refuse(-EBADMSG, THIRD, "there are 29 rows from 301 to 330");
	alter(SECOND, "DELETE FROM event WHERE number = 250");
	must_open();
	cr_assert(is_refused_offline(SECOND));
	cr_assert_neq(strstr(error, "event 250 is missing: 251 follows"), NULL,
		      "%s", error);
	cr_assert(is_refused_online());
	alter(SECOND, "UPDATE event SET account = account + 1 "
		      "WHERE number = 250");
	cr_assert(is_refused_offline(SECOND));
	cr_assert_neq(strstr(error, "event 250 is damaged"), NULL, "%s", error);
	cr_assert(is_refused_online());
	alter(SECOND, "UPDATE event SET body = zeroblob(65537) "
		      "WHERE number = 250");
	cr_assert(is_refused_offline(SECOND));
}

Test(event_damage, other_tables_and_meta_are_told)
{
	alter(SECOND, "DROP TABLE words");
	must_refuse(-EBADMSG, SECOND, "there is no table words");
	alter(SECOND, "CREATE TABLE more(a)");
	must_refuse(-EBADMSG, SECOND, "it holds more");
	alter(SECOND, "ALTER TABLE event RENAME COLUMN seq TO s");
	must_refuse(-EBADMSG, SECOND, "column s where seq belongs");
	alter(SECOND, "DROP TABLE event; "
		      "CREATE VIEW event AS SELECT 201 AS number");
	must_refuse(-EBADMSG, SECOND, "there is no table event");
	alter(SECOND, "UPDATE meta SET value = 299 WHERE key = 'last'");
	must_refuse(-EBADMSG, SECOND, "does not fit its hash");
	alter(SECOND, "DROP TABLE meta");
	must_refuse(-EBADMSG, SECOND, "no table meta");
	rk_folder_store(&folder, SECOND, "no database", 11);
	must_refuse(-EBADMSG, SECOND, "move it and all older files");
}

/* Meta of the second file with a good hash and another value, or none. */
static void forge(const char *key, const char *value)
{
	struct rk_sqlite_meta forged = {.n = 0};
	struct rk_sqlite_meta meta;
	struct rk_sqlite lite;

	repair();
	cr_assert_eq(rk_sqlite_open(&folder.files, SECOND, RK_SQLITE_WRITE,
				    &lite, error),
		     0);
	cr_assert_eq(rk_sqlite_meta_load(&lite, &meta, error), 0);
	for (uint32_t i = 0; i < meta.n; i++) {
		const char *now = meta.rows[i].value;

		if (strcmp(meta.rows[i].key, "hash") == 0)
			continue;
		if (strcmp(meta.rows[i].key, key) == 0)
			now = value;
		if (now)
			rk_sqlite_meta_put(&forged, meta.rows[i].key, now);
	}
	cr_assert_eq(rk_sqlite_meta_store(&lite, &forged, error), 0);
	rk_sqlite_close(&lite);
}

Test(event_damage, every_key_of_meta_must_be_there_and_good)
{
	forge("format", "9");
	must_refuse(-EPROTO, SECOND, "has format 9, this riskd reads 1");
	forge("kind", "riskd snapshot");
	must_refuse(-EBADMSG, SECOND, "not a \"riskd events\"");
	forge("kind", NULL);
	must_refuse(-EBADMSG, SECOND, "not a \"riskd events\"");
	forge("format", NULL);
	must_refuse(-EBADMSG, SECOND, "no good format");
	forge("first", NULL);
	must_refuse(-EBADMSG, SECOND, "no good first");
	forge("first", "200");
	must_refuse(-EBADMSG, SECOND, "begins with event 200");
	forge("last", NULL);
	must_refuse(-EBADMSG, SECOND, "no good last");
	forge("rows", "99");
	must_refuse(-EBADMSG, SECOND, "no good last");
	forge("last", "18446744073709551615");
	must_refuse(-EBADMSG, SECOND, "no good last");
	forge("sealed_ns", NULL);
	must_refuse(-EBADMSG, SECOND, "never sealed");
	forge("riskd", NULL);
	must_open();
}

Test(event_damage, names_are_what_they_must_be)
{
	static const char *const bad[] = {
		"events-00000000000000000000.db",
		"events-09223372036854775808.db",
		"events-0000000000000000001.db",
		"events-000000000000000000001.db",
		"events-00000000000000000001.db-journal",
		"events-0000000000000000000a.db",
		"state-00000000000000000001.db",
		"events-",
		"",
	};
	uint64_t first;

	cr_assert(rk_event_file_name_parse(FIRST, &first));
	cr_assert_eq(first, 1);
	cr_assert(rk_event_file_name_parse("events-09223372036854775807.db",
					   &first));
	cr_assert_eq(first, INT64_MAX);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_assert(!rk_event_file_name_parse(bad[i], &first), "%s",
			  bad[i]);
}

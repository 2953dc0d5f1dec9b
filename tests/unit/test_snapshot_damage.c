/*
 * Snapshots that are damaged, foreign or made to do harm: each is refused
 * with its name and a reason, or reads the same as before.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "store/snapshot.h"
#include "store/sqlite_meta.h"
#include "support/folder.h"
#include "support/prng.h"
#include "support/unit_rows.h"

#define SEQ   UINT64_C(12)
#define NAME  "state-00000000000000000012.db"
#define GOOD  "good"
#define UNITS 25U

static struct rk_folder folder;
static char error[RK_SNAPSHOT_TEXT_SIZE];
static struct rk_hash good_sum;
static struct rk_snapshot_meta good_meta;

static int put_units(struct rk_snapshot_writer *writer, uint32_t version)
{
	static struct rk_made_row made;
	int r = 0;

	for (uint32_t u = 0; u < RK_UNITS; u++) {
		for (uint32_t i = 0; i < UNITS && r == 0; i++) {
			enum rk_unit unit = (enum rk_unit)u;
			uint32_t n = rk_unit_rows_count(unit, i, version);

			r = rk_snapshot_drop(writer, unit, i, error);
			for (uint32_t j = 0; j < n && r == 0; j++) {
				rk_unit_rows_make(unit, i, version, j, &made);
				r = rk_snapshot_put(writer, &made.row, error);
			}
		}
	}
	return r;
}

static int add_print(void *context, const struct rk_row *row)
{
	struct rk_hash *sum = context;

	*sum = rk_hash_add(*sum, rk_unit_rows_print(row));
	return 0;
}

static int read_seq(uint64_t seq, struct rk_snapshot_meta *meta,
		    struct rk_hash *sum)
{
	struct rk_snapshot_read read = {
		.files = &folder.files,
		.seq = seq,
		.row = add_print,
		.context = sum,
	};

	*sum = (struct rk_hash){0, 0};
	return rk_snapshot_read(&read, meta, error);
}

static void open_folder(void)
{
	struct rk_snapshot_meta meta = {.time_ns = 1, .event = 2, .rules = 3};
	struct rk_snapshot_writer *writer;
	struct rk_snapshot_info info;

	rk_folder_open(&folder);
	cr_assert_eq(rk_snapshot_begin(&folder.files, SEQ, 0, &writer, error),
		     0);
	cr_assert_eq(put_units(writer, 1), 0);
	cr_assert_eq(rk_snapshot_commit(writer, &meta, &info, error), 0, "%s",
		     error);
	cr_assert_eq(read_seq(SEQ, &good_meta, &good_sum), 0, "%s", error);
	rk_folder_copy(&folder, NAME, GOOD);
}

static void close_folder(void)
{
	rk_folder_close(&folder);
}

TestSuite(snapshot_damage, .init = open_folder, .fini = close_folder);

/* Rows but for where a withdrawal is kept, which is not part of the state. */
static int add_hash(void *context, const struct rk_row *row)
{
	struct rk_hash *sum = context;

	*sum = rk_hash_add(*sum, rk_row_hash(row));
	return 0;
}

/* True: refused. False: it reads as the good one does. */
static bool is_refused(void)
{
	struct rk_hash sum = {0, 0};
	struct rk_snapshot_read read = {
		.files = &folder.files,
		.seq = SEQ,
		.row = add_hash,
		.context = &sum,
	};
	struct rk_snapshot_meta meta;
	int r;

	error[0] = '\0';
	r = rk_snapshot_read(&read, &meta, error);
	if (r == 0) {
		cr_assert(rk_hash_equal(sum, good_meta.state_digest));
		cr_assert_eq(meta.time_ns, good_meta.time_ns);
		cr_assert_eq(meta.event, good_meta.event);
		cr_assert_eq(meta.rules, good_meta.rules);
		cr_assert_eq(meta.written_ns, good_meta.written_ns);
		cr_assert(rk_hash_equal(meta.state_digest,
					good_meta.state_digest));
		cr_assert(rk_hash_equal(meta.event_digest,
					good_meta.event_digest));
		return false;
	}
	cr_assert(r == -EBADMSG || r == -EPROTO, "%d: %s", r, error);
	cr_assert_neq(strstr(error, NAME), NULL, "%s", error);
	return true;
}

Test(snapshot_damage, a_flipped_byte_is_refused_or_changes_nothing,
     .timeout = 60)
{
	struct rk_prng prng;
	uint64_t size;
	unsigned char *bytes = rk_folder_load(&folder, NAME, &size);
	uint32_t refused = 0;
	uint32_t tried = 0;

	rk_prng_init(&prng, 6);
	for (uint64_t page = 0; page < size / 4096; page++) {
		for (uint32_t i = 0; i < 12; i++) {
			/* The heads of pages, the first one, and anywhere. */
			uint64_t span = i < 4 ? (page == 0 ? 200 : 12) : 4096;
			uint64_t at = page * 4096 + rk_prng_below(&prng, span);
			unsigned char flip =
				(unsigned char)rk_prng_between(&prng, 1, 255);

			bytes[at] ^= flip;
			rk_folder_store(&folder, NAME, bytes, size);
			bytes[at] ^= flip;
			refused += is_refused();
			tried++;
		}
	}
	cr_assert_gt(refused, tried / 2, "%u of %u", refused, tried);
	free(bytes);
}

Test(snapshot_damage, a_file_cut_short_is_refused, .timeout = 60)
{
	uint64_t size;
	unsigned char *bytes = rk_folder_load(&folder, NAME, &size);

	for (uint64_t n = 0; n < size; n += n < 8192 ? 512 : 4096) {
		rk_folder_store(&folder, NAME, bytes, n);
		cr_assert(is_refused(), "%llu", (unsigned long long)n);
		rk_folder_store(&folder, NAME, bytes, n + 1);
		cr_assert(is_refused(), "%llu", (unsigned long long)n + 1);
	}
	free(bytes);
}

Test(snapshot_damage, pages_of_zeros_or_of_another_place_are_refused,
     .timeout = 60)
{
	uint64_t size;
	unsigned char *bytes = rk_folder_load(&folder, NAME, &size);
	unsigned char page[4096];

	for (uint64_t at = 0; at < size; at += 4096) {
		memcpy(page, bytes + at, 4096);
		memset(bytes + at, 0, 4096);
		rk_folder_store(&folder, NAME, bytes, size);
		(void)is_refused();
		memcpy(bytes + at, bytes + (at + 4096) % size, 4096);
		rk_folder_store(&folder, NAME, bytes, size);
		(void)is_refused();
		memcpy(bytes + at, page, 4096);
	}
	free(bytes);
}

Test(snapshot_damage, what_is_no_database_is_refused)
{
	static const char text[5000] = "not a database";
	struct rk_snapshot_meta meta;
	struct rk_hash sum;

	rk_folder_store(&folder, NAME, "", 0);
	cr_assert(is_refused());
	rk_folder_store(&folder, NAME, text, sizeof(text));
	cr_assert(is_refused());
	cr_assert_eq(rk_snapshot_remove(&folder.files, SEQ), 0);
	cr_assert_eq(read_seq(SEQ, &meta, &sum), -ENOENT);
	cr_assert_neq(strstr(error, NAME), NULL, "%s", error);
	cr_assert_eq(rk_snapshot_read_meta(&folder.files, SEQ, &meta, error),
		     -ENOENT);
	cr_assert(!rk_folder_has(&folder, NAME), "reading creates nothing");
}

Test(snapshot_damage, a_file_under_another_name_is_refused)
{
	struct rk_snapshot_writer *writer;
	struct rk_snapshot_meta meta;
	struct rk_hash sum;

	rk_folder_copy(&folder, NAME, "state-00000000000000000013.db");
	cr_assert_eq(read_seq(13, &meta, &sum), -EBADMSG);
	cr_assert_neq(strstr(error, "of sequence 12, not of 13"), NULL, "%s",
		      error);
	cr_assert_eq(rk_snapshot_begin(&folder.files, 14, 13, &writer, error),
		     -EBADMSG);
	cr_assert_eq(rk_folder_count(&folder, ".tmp"), 0);
}

/* Change the file the way a person could. */
static void alter(const char *sql)
{
	char path[RK_FILES_DIR_SIZE + 100];
	char *said = NULL;
	sqlite3 *db;

	rk_folder_copy(&folder, GOOD, NAME);
	cr_assert_eq(rk_files_path(&folder.files, NAME, path, sizeof(path)), 0);
	cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
	/* Tables may be renamed though views refer to them. */
	(void)sqlite3_exec(db, "PRAGMA legacy_alter_table=ON", NULL, NULL,
			   NULL);
	cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, &said), SQLITE_OK,
		     "%s: %s", sql, said);
	cr_assert_eq(sqlite3_close(db), SQLITE_OK);
}

static void must_refuse(const char *sql, const char *reason)
{
	alter(sql);
	cr_assert(is_refused(), "%s", sql);
	cr_assert_neq(strstr(error, reason), NULL, "%s: %s", sql, error);
}

#define UNSTRICT(table)                                                        \
	"CREATE TABLE t AS SELECT * FROM " table "; DROP TABLE " table "; "    \
	"ALTER TABLE t RENAME TO " table ";"

Test(snapshot_damage, other_tables_and_columns_are_refused)
{
	must_refuse("DROP VIEW balance_view; DROP TABLE balance",
		    "there is no table balance");
	must_refuse("DROP TABLE words", "there is no table words");
	must_refuse("DROP TABLE meta", "no table meta");
	must_refuse("CREATE TABLE more(a)", "it holds more");
	must_refuse("CREATE INDEX i ON account(owner)", "it holds i");
	must_refuse("CREATE TRIGGER g AFTER DELETE ON account BEGIN "
		    "DELETE FROM balance; END",
		    "it holds g");
	must_refuse("ALTER TABLE publisher ADD COLUMN more ANY",
		    "table publisher has a column more where none belongs");
	must_refuse("ALTER TABLE publisher ADD COLUMN more ANY AS (number + 1)",
		    "table publisher has a column more where none belongs");
	must_refuse("ALTER TABLE publisher RENAME COLUMN name TO nom",
		    "table publisher has a column nom where name belongs");
	must_refuse("CREATE TABLE t(number INTEGER PRIMARY KEY); "
		    "DROP TABLE publisher; "
		    "ALTER TABLE t RENAME TO publisher",
		    "table publisher has no column name");
	must_refuse("CREATE TABLE t(number INTEGER PRIMARY KEY, "
		    "name AS (number || '')); DROP TABLE publisher; "
		    "ALTER TABLE t RENAME TO publisher",
		    "table publisher has a column name where name belongs");
	must_refuse("CREATE TABLE t(name, number); DROP TABLE publisher; "
		    "ALTER TABLE t RENAME TO publisher",
		    "table publisher has a column name where number belongs");
}

Test(snapshot_damage, what_only_looks_like_a_table_is_not_run)
{
	must_refuse("CREATE TABLE t AS SELECT * FROM publisher; "
		    "DROP TABLE publisher; ALTER TABLE t RENAME TO secret; "
		    "CREATE VIEW publisher AS SELECT * FROM secret",
		    "it holds secret");
	must_refuse("DROP TABLE publisher; "
		    "CREATE VIEW publisher AS SELECT 1 AS number, "
		    "zeroblob(900000) AS name",
		    "there is no table publisher");
	must_refuse("DROP TABLE publisher; "
		    "CREATE VIRTUAL TABLE publisher USING dbstat",
		    "it holds publisher");
	must_refuse("DROP TABLE meta; "
		    "CREATE VIRTUAL TABLE meta USING fts5(key, value)",
		    "there is no table meta");
	must_refuse("DROP TABLE meta; "
		    "CREATE VIEW meta AS SELECT 'kind' AS key, 'x' AS value",
		    "there is no table meta");
}

Test(snapshot_damage, cells_of_another_kind_are_refused)
{
	must_refuse(UNSTRICT("publisher") "UPDATE publisher SET name = x'00' "
					  "WHERE number = 3",
		    "name of publisher 3 is no text");
	must_refuse(UNSTRICT("publisher") "UPDATE publisher SET name = NULL",
		    "is no text");
	must_refuse("UPDATE publisher SET name = name || "
		    "'this is much too long'",
		    "is too long");
	must_refuse("UPDATE publisher SET name = char(10)", "printable");
	must_refuse("UPDATE publisher SET name = char(233)", "printable");
	must_refuse("UPDATE market SET trade_window = zeroblob(513)",
		    "is too long");
	must_refuse(UNSTRICT("market") "UPDATE market SET trade_window = 'x'",
		    "trade_window of market 0 is no blob");
	must_refuse("UPDATE balance SET amount = 1.5", "is no integer");
	must_refuse("UPDATE balance SET amount = x'00'", "is no integer");
	must_refuse(UNSTRICT("balance") "UPDATE balance SET amount = NULL",
		    "is no integer");
	must_refuse("UPDATE balance SET amount = zeroblob(1000000)",
		    "is no integer");
}

Test(snapshot_damage, a_number_has_only_one_form)
{
	static const char *const texts[] = {
		"5",
		"-5",
		"9223372036854775807",
		"-9223372036854775808",
		"09223372036854775808",
		"+9223372036854775808",
		"9223372036854775808 ",
		"9223372036854775808.0",
		"9e30",
		"-",
		"",
		"-0",
		"170141183460469231731687303715884105728",
		"-170141183460469231731687303715884105729",
		"99999999999999999999999999999999999999999999",
	};
	char sql[200];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		(void)sqlite3_snprintf(sizeof(sql), sql,
				       "UPDATE balance SET amount = '%q'",
				       texts[i]);
		must_refuse(sql, "is no integer");
	}
}

Test(snapshot_damage, other_rows_are_refused)
{
	must_refuse("DELETE FROM balance WHERE account = 1", "add up");
	must_refuse("INSERT INTO publisher VALUES(1000, 'x')", "add up");
	must_refuse("UPDATE account SET owner = 77 WHERE number = 2", "add up");
	must_refuse("UPDATE account SET number = 77 WHERE number = 2",
		    "add up");
	/* The words and views are for people. */
	alter("UPDATE words SET name = 'x'; DROP VIEW account_view; "
	      "CREATE VIEW mine AS SELECT * FROM account");
	cr_assert(!is_refused(), "%s", error);
}

Test(snapshot_damage, meta_that_was_touched_is_refused)
{
	must_refuse("UPDATE meta SET value = value + 1 WHERE key = 'time_ns'",
		    "does not fit its hash");
	must_refuse("DELETE FROM meta WHERE key = 'hash'", "no good hash");
	must_refuse("INSERT INTO meta VALUES('more', '1')",
		    "does not fit its hash");
	must_refuse("UPDATE meta SET value = printf('%.*c', 100, 'x') "
		    "WHERE key = 'chain'",
		    "no short text");
	must_refuse("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
		    "FROM n WHERE i < 100) INSERT INTO meta SELECT i, i FROM n",
		    "more than");
	must_refuse("DELETE FROM meta", "no good hash");
}

/* Meta with a good hash in which a key is another, or missing. */
static void forge(const char *key, const char *value)
{
	struct rk_sqlite_meta forged = {.n = 0};
	struct rk_sqlite_meta meta;
	struct rk_sqlite lite;

	rk_folder_copy(&folder, GOOD, NAME);
	cr_assert_eq(rk_sqlite_open(&folder.files, NAME, RK_SQLITE_WRITE, &lite,
				    error),
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
	cr_assert_eq(rk_sqlite_meta_store(&lite, &forged, error), 0, "%s",
		     error);
	rk_sqlite_close(&lite);
}

Test(snapshot_damage, another_format_is_told_with_the_way_out)
{
	struct rk_snapshot_meta meta;
	struct rk_hash sum;

	forge("format", "4");
	cr_assert_eq(read_seq(SEQ, &meta, &sum), -EPROTO);
	cr_assert_neq(strstr(error, "has format 4, this riskd reads 1 to 3"),
		      NULL, "%s", error);
	cr_assert_neq(strstr(error, "start the riskd that wrote it"), NULL,
		      "%s", error);
	cr_assert_eq(rk_snapshot_read_meta(&folder.files, SEQ, &meta, error),
		     -EPROTO);
	forge("kind", "riskd events");
	cr_assert_eq(read_seq(SEQ, &meta, &sum), -EBADMSG);
	cr_assert_neq(strstr(error, "not a \"riskd snapshot\""), NULL, "%s",
		      error);
}

Test(snapshot_damage, every_key_of_meta_must_be_there_and_good)
{
	static const char *const keys[] = {
		"kind",  "format",       "rules",        "seq",   "time_ns",
		"event", "event_digest", "state_digest", "chain", "written_ns",
	};
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		forge(keys[i], NULL);
		cr_assert(is_refused(), "%s", keys[i]);
		cr_assert_neq(strstr(error, keys[i]) || i == 0, 0, "%s", error);
		forge(keys[i], "no");
		cr_assert(is_refused(), "%s", keys[i]);
	}
	forge("rules", "4294967296");
	cr_assert(is_refused());
	forge("time_ns", "9223372036854775808");
	cr_assert(is_refused());
	forge("event", "-1");
	cr_assert(is_refused());
	forge("state_digest", "0123456789abcdef0123456789ABCDEF");
	cr_assert(is_refused());
	/* What is more than we know does not matter. */
	forge("riskd", NULL);
	cr_assert(!is_refused(), "%s", error);
}

Test(snapshot_damage, a_base_damaged_since_is_found_before_it_is_passed_on)
{
	struct rk_snapshot_meta meta = {.time_ns = 1};
	struct rk_snapshot_writer *writer;
	struct rk_snapshot_info info;

	/* In a unit that does not change, and in one that does. */
	for (uint32_t number = 3; number <= 4; number++) {
		static struct rk_made_row made;
		int r;

		alter(number == 3
			      ? "UPDATE account SET owner = 77 WHERE number = 3"
			      : "UPDATE account SET owner = 77 WHERE number = "
				"4");
		cr_assert_eq(rk_snapshot_begin(&folder.files, 20, SEQ, &writer,
					       error),
			     0, "%s", error);
		rk_unit_rows_make(RK_UNIT_ACCOUNT, 4, 2, 0, &made);
		r = rk_snapshot_drop(writer, RK_UNIT_ACCOUNT, 4, error);
		cr_assert_eq(r, 0);
		cr_assert_eq(rk_snapshot_put(writer, &made.row, error), 0);
		cr_assert_eq(rk_snapshot_commit(writer, &meta, &info, error),
			     -EBADMSG);
		cr_assert_neq(strstr(error, "add up"), NULL, "%s", error);
		cr_assert_eq(rk_folder_count(&folder, "00020"), 0);
	}
	/* A cell that cannot be is found when its unit is dropped. */
	alter("UPDATE balance SET amount = 'x'");
	cr_assert_eq(rk_snapshot_begin(&folder.files, 20, SEQ, &writer, error),
		     0);
	cr_assert_eq(put_units(writer, 2), -EBADMSG);
	cr_assert_eq(rk_snapshot_commit(writer, &meta, &info, error), -EBADMSG);
	cr_assert_neq(strstr(error, "is no integer"), NULL, "%s", error);
	/* One that is no snapshot at all. */
	alter("DROP TABLE words");
	cr_assert_eq(rk_snapshot_begin(&folder.files, 20, SEQ, &writer, error),
		     -EBADMSG);
	cr_assert_eq(rk_snapshot_begin(&folder.files, 20, 999, &writer, error),
		     -ENOENT);
	cr_assert_eq(rk_folder_count(&folder, "00020"), 0);
}

Test(snapshot_damage, triggers_of_a_base_do_not_fire_unseen)
{
	struct rk_snapshot_writer *writer;

	alter("CREATE TRIGGER g AFTER INSERT ON account BEGIN "
	      "DELETE FROM balance; END");
	cr_assert_eq(rk_snapshot_begin(&folder.files, 20, SEQ, &writer, error),
		     -EBADMSG);
	cr_assert_neq(strstr(error, "it holds g"), NULL, "%s", error);
}

Test(snapshot_damage, a_journal_beside_the_file_is_not_played_back)
{
	char path[RK_FILES_DIR_SIZE + 100];
	sqlite3 *db;

	/* SQLite's own way to leave a hot journal: a crash in a change. */
	cr_assert_eq(rk_files_path(&folder.files, NAME, path, sizeof(path)), 0);
	cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db,
				  "PRAGMA cache_size=1; PRAGMA cache_spill=1; "
				  "BEGIN; UPDATE account SET owner = 5; "
				  "UPDATE words SET name = hex(randomblob(99))",
				  NULL, NULL, NULL),
		     SQLITE_OK);
	rk_folder_copy(&folder, NAME "-journal", "kept");
	cr_assert_eq(sqlite3_close(db), SQLITE_OK);
	rk_folder_copy(&folder, GOOD, NAME);
	rk_folder_copy(&folder, "kept", NAME "-journal");
	cr_assert(!is_refused(), "%s", error);
	cr_assert(rk_folder_has(&folder, NAME "-journal"));
	cr_assert_eq(rk_snapshot_clean(&folder.files), 0);
	cr_assert(!rk_folder_has(&folder, NAME "-journal"));
}

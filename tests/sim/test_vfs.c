/*
 * SQLite on the simulated disk: it works there, what it made durable survives
 * any crash, and what it did not make durable hurts nobody else. That SQLite
 * survives also says that the disk is not meaner than real ones.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "vfs.h"

#define ROWS  10000
#define SEEDS 200U

struct rig {
	struct sim_disk *disk;
	struct sim_vfs *vfs;
	const struct rk_files *files;
};

static struct rig open_rig(uint64_t seed)
{
	struct sim_disk_options options = {.seed = seed, .dir = "/sim"};
	struct rig rig;

	rig.disk = sim_disk_open(&options);
	rig.vfs = sim_vfs_open(rig.disk, "sim-test", seed);
	rig.files = sim_disk_files(rig.disk);
	return rig;
}

static void close_rig(struct rig *rig)
{
	sim_vfs_close(rig->vfs);
	sim_disk_close(rig->disk);
}

static sqlite3 *open_db(const struct rig *rig, const char *path)
{
	sqlite3 *db = NULL;
	int r = sqlite3_open_v2(path, &db,
				SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
				rig->files->vfs);

	if (r == SQLITE_OK)
		return db;
	(void)sqlite3_close(db);
	return NULL;
}

static bool run(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* The first column of the first row; -1 when there is none. */
static int64_t ask(sqlite3 *db, const char *sql, char *text, size_t size)
{
	sqlite3_stmt *statement;
	int64_t value = -1;

	text[0] = '\0';
	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		return -1;
	if (sqlite3_step(statement) == SQLITE_ROW) {
		value = sqlite3_column_int64(statement, 0);
		(void)snprintf(text, size, "%s",
			       (const char *)sqlite3_column_text(statement, 0));
	}
	(void)sqlite3_finalize(statement);
	return value;
}

static bool is_whole(sqlite3 *db)
{
	char text[64];

	(void)ask(db, "PRAGMA integrity_check", text, sizeof(text));
	return strcmp(text, "ok") == 0;
}

static bool fill(sqlite3 *db)
{
	sqlite3_stmt *statement;
	bool good = run(db, "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT);"
			    "CREATE INDEX i ON t(b);"
			    "BEGIN");

	if (!good || sqlite3_prepare_v2(db, "INSERT INTO t VALUES(?, ?)", -1,
					&statement, NULL) != SQLITE_OK)
		return false;
	for (int i = 0; good && i < ROWS; i++) {
		char text[32];

		(void)snprintf(text, sizeof(text), "row %d", i * 7919 % ROWS);
		(void)sqlite3_bind_int(statement, 1, i);
		(void)sqlite3_bind_text(statement, 2, text, -1, SQLITE_STATIC);
		good = sqlite3_step(statement) == SQLITE_DONE;
		(void)sqlite3_reset(statement);
	}
	(void)sqlite3_finalize(statement);
	return good && run(db, "COMMIT");
}

static bool sqlite_works(void)
{
	struct rig rig = open_rig(1);
	sqlite3 *db = open_db(&rig, "/sim/x.db");
	char text[64];

	TAP_CHECK(db);
	TAP_CHECK(fill(db));
	TAP_CHECK(sqlite3_close(db) == SQLITE_OK);
	/* It is the very file that the others see. */
	TAP_CHECK(sim_disk_used(rig.disk) > ROWS * 10);
	db = open_db(&rig, "/sim/x.db");
	TAP_CHECK(db);
	TAP_CHECK(ask(db, "SELECT count(*) FROM t", text, sizeof(text)) ==
		  ROWS);
	TAP_CHECK(is_whole(db));
	/* Larger than its cache, so it sorts in a file without a name. */
	TAP_CHECK(run(db, "PRAGMA temp_store=FILE; PRAGMA cache_size=10;"
			  "CREATE TEMP TABLE s AS SELECT * FROM t ORDER BY b;"
			  "VACUUM"));
	TAP_CHECK(is_whole(db));
	TAP_CHECK(sqlite3_close(db) == SQLITE_OK);
	TAP_CHECK(!open_db(&rig, "/elsewhere/x.db"));
	close_rig(&rig);
	return true;
}

/* SQLite relies on it, and says so in its documentation of xRead. */
static bool a_read_beyond_the_end_is_zeros(void)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
			  SQLITE_OPEN_MAIN_DB;
	struct rig rig = open_rig(3);
	sqlite3_vfs *vfs = sqlite3_vfs_find(rig.files->vfs);
	sqlite3_file *file = calloc(1, (size_t)vfs->szOsFile);
	char bytes[4] = "....";

	TAP_CHECK(file);
	TAP_CHECK(vfs->xOpen(vfs, "/sim/x.db", file, flags, NULL) == SQLITE_OK);
	TAP_CHECK(file->pMethods->xWrite(file, "ab", 2, 0) == SQLITE_OK);
	TAP_CHECK(file->pMethods->xRead(file, bytes, 4, 0) ==
		  SQLITE_IOERR_SHORT_READ);
	TAP_CHECK(memcmp(bytes, "ab\0\0", 4) == 0);
	TAP_CHECK(file->pMethods->xClose(file) == SQLITE_OK);
	free(file);
	close_rig(&rig);
	return true;
}

static bool a_writer_keeps_others_out(void)
{
	struct rig rig = open_rig(2);
	sqlite3 *a = open_db(&rig, "/sim/x.db");
	sqlite3 *b = open_db(&rig, "/sim/x.db");

	TAP_CHECK(a && b);
	TAP_CHECK(run(a, "CREATE TABLE t(a)"));
	TAP_CHECK(run(a, "BEGIN IMMEDIATE; INSERT INTO t VALUES(1)"));
	TAP_CHECK(!run(b, "INSERT INTO t VALUES(2)"));
	TAP_CHECK(sqlite3_errcode(b) == SQLITE_BUSY);
	TAP_CHECK(run(b, "SELECT * FROM t"));
	TAP_CHECK(run(a, "COMMIT"));
	TAP_CHECK(run(b, "INSERT INTO t VALUES(2)"));
	TAP_CHECK(sqlite3_close(a) == SQLITE_OK);
	TAP_CHECK(sqlite3_close(b) == SQLITE_OK);
	close_rig(&rig);
	return true;
}

/* One row a transaction until the disk goes down; how many were committed. */
static int insert_until_down(const struct rig *rig, const char *pragmas)
{
	sqlite3 *db = open_db(rig, "/sim/x.db");
	int n = 0;

	if (db && run(db, pragmas) &&
	    run(db, "CREATE TABLE t(a INTEGER PRIMARY KEY, b BLOB)"))
		while (n < 40 &&
		       run(db, "INSERT INTO t(b) VALUES(zeroblob(900))"))
			n++;
	(void)sqlite3_close(db);
	return n;
}

static bool survives(uint64_t seed, uint64_t *cut)
{
	struct rig rig = open_rig(seed);
	int committed;
	sqlite3 *db;
	char text[64];

	if (seed % 3 == 0)
		sim_disk_arm(rig.disk, SIM_FAULT_CRASH_CALL, 20 + seed % 150,
			     NULL);
	else
		sim_disk_arm(rig.disk, SIM_FAULT_CRASH_WRITE, 10 + seed, NULL);
	committed = insert_until_down(&rig, "PRAGMA synchronous=EXTRA");
	*cut += sim_disk_is_down(rig.disk);
	sim_disk_crash(rig.disk);
	sim_disk_reboot(rig.disk, seed % 4 == 0 ? SIM_REBOOT_KILLED
						: SIM_REBOOT_POWER_LOST);
	db = open_db(&rig, "/sim/x.db");
	TAP_CHECK(db);
	if (committed > 0) {
		TAP_CHECK(is_whole(db));
		TAP_CHECK(ask(db, "SELECT count(*) FROM t", text,
			      sizeof(text)) >= committed);
	}
	TAP_CHECK(sqlite3_close(db) == SQLITE_OK);
	close_rig(&rig);
	return true;
}

static bool what_sqlite_committed_survives_any_crash(void)
{
	uint64_t cut = 0;

	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		if (!survives(seed, &cut)) {
			(void)printf("# seed %llu\n", (unsigned long long)seed);
			return false;
		}
	TAP_CHECK(cut > SEEDS / 2);
	return true;
}

static bool without_syncs_only_the_database_suffers(void)
{
	uint64_t suffered = 0;

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		static const char pragmas[] =
			"PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF";
		struct rig rig = open_rig(seed);
		const struct rk_files_ops *ops = rig.files->ops;
		const unsigned char *bytes;
		struct rk_file *file;
		sqlite3 *db;
		uint64_t size;
		char text[64];

		TAP_CHECK(ops->open(rig.files, "safe", RK_FILE_CREATE, &file) ==
			  0);
		TAP_CHECK(ops->write(file, "precious", 8, 0) == 0);
		TAP_CHECK(ops->sync(file) == 0);
		TAP_CHECK(ops->sync_dir(rig.files) == 0);
		ops->close(file);
		TAP_CHECK(insert_until_down(&rig, pragmas) == 40);
		sim_disk_crash(rig.disk);
		sim_disk_reboot(rig.disk, SIM_REBOOT_POWER_LOST);
		bytes = sim_disk_peek(rig.disk, "safe", &size);
		TAP_CHECK(bytes && size == 8 &&
			  memcmp(bytes, "precious", 8) == 0);
		db = open_db(&rig, "/sim/x.db");
		suffered += !is_whole(db) || ask(db, "SELECT count(*) FROM t",
						 text, sizeof(text)) != 40;
		(void)sqlite3_close(db);
		close_rig(&rig);
	}
	TAP_CHECK(suffered > SEEDS / 4);
	return true;
}

static bool faults_reach_sqlite(void)
{
	struct rig rig = open_rig(9);
	sqlite3 *db = open_db(&rig, "/sim/x.db");

	TAP_CHECK(db);
	TAP_CHECK(run(db, "CREATE TABLE t(a, b)"));
	sim_disk_limit(rig.disk, sim_disk_used(rig.disk) + 4096);
	TAP_CHECK(!run(db, "INSERT INTO t VALUES(1, zeroblob(100000))"));
	TAP_CHECK(sqlite3_errcode(db) == SQLITE_FULL);
	sim_disk_limit(rig.disk, 0);
	TAP_CHECK(run(db, "INSERT INTO t VALUES(1, zeroblob(100000))"));
	sim_disk_arm(rig.disk, SIM_FAULT_SYNC_ERROR, 1, "x.db");
	TAP_CHECK(!run(db, "INSERT INTO t VALUES(2, 2)"));
	TAP_CHECK(sqlite3_extended_errcode(db) == SQLITE_IOERR_FSYNC);
	TAP_CHECK(sqlite3_close(db) == SQLITE_OK);
	sim_disk_crash(rig.disk);
	db = open_db(&rig, "/sim/x.db");
	TAP_CHECK(!db || !run(db, "SELECT * FROM t"));
	(void)sqlite3_close(db);
	close_rig(&rig);
	return true;
}

/* The journal's nonce is random: it must come from the seed as well. */
static struct rk_hash play(uint64_t seed)
{
	struct rig rig = open_rig(seed);
	struct rk_hash digest;

	sim_disk_arm(rig.disk, SIM_FAULT_CRASH_WRITE, 100, NULL);
	(void)insert_until_down(&rig, "PRAGMA journal_mode=PERSIST");
	sim_disk_crash(rig.disk);
	sim_disk_reboot(rig.disk, SIM_REBOOT_KILLED);
	digest = sim_disk_digest(rig.disk);
	close_rig(&rig);
	return digest;
}

static bool the_same_seed_gives_the_same_database(void)
{
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct rk_hash first = play(seed);

		(void)play(seed + 1);
		TAP_CHECK(rk_hash_equal(first, play(seed)));
		TAP_CHECK(!rk_hash_equal(first, play(seed + 1000)));
	}
	return true;
}

int main(void)
{
	static const struct tap_test tests[] = {
#define ROW(name) {#name, name}
		ROW(sqlite_works),
		ROW(a_read_beyond_the_end_is_zeros),
		ROW(a_writer_keeps_others_out),
		ROW(what_sqlite_committed_survives_any_crash),
		ROW(without_syncs_only_the_database_suffers),
		ROW(faults_reach_sqlite),
		ROW(the_same_seed_gives_the_same_database),
#undef ROW
	};

	return tap_run(tests, sizeof(tests) / sizeof(tests[0]));
}

/*
 * Snapshots in real files: what is put is read back, what changed gives the
 * same as all, and nothing that fails leaves a file behind. What becomes of
 * damaged ones is in test_snapshot_damage.c.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "engine/load.h"
#include "store/snapshot.h"
#include "support/folder.h"
#include "support/generator.h"
#include "support/harness.h"
#include "support/prng.h"
#include "support/unit_rows.h"

#define UNITS 60U /* of each kind */

/* What version each unit is in: all there is to know of a state. */
struct state {
	uint32_t versions[RK_UNITS][UNITS];
};

static struct rk_folder folder;
static char error[RK_SNAPSHOT_TEXT_SIZE];

static void open_folder(void)
{
	rk_folder_open(&folder);
}

static void close_folder(void)
{
	rk_folder_close(&folder);
}

TestSuite(snapshot, .init = open_folder, .fini = close_folder);

static int put_unit(struct rk_snapshot_writer *writer, enum rk_unit unit,
		    uint32_t number, uint32_t version)
{
	static struct rk_made_row made;
	uint32_t n = rk_unit_rows_count(unit, number, version);
	int r = rk_snapshot_drop(writer, unit, number, error);

	for (uint32_t i = 0; i < n && r == 0; i++) {
		rk_unit_rows_make(unit, number, version, i, &made);
		r = rk_snapshot_put(writer, &made.row, error);
	}
	return r;
}

static struct rk_snapshot_meta any_meta(void)
{
	struct rk_snapshot_meta meta = {
		.time_ns = INT64_MIN,
		.event = UINT64_MAX,
		.event_digest = {UINT64_C(0x0123456789abcdef), 1},
		.rules = UINT32_MAX,
		.written_ns = 1700000000123456789,
	};

	for (size_t i = 0; i < RK_CHAIN_SIZE; i++)
		meta.chain[i] = (unsigned char)(i * 17);
	return meta;
}

/* Units whose version differs from that of the base, or all. */
static int write_state(const struct rk_files *files, uint64_t seq,
		       uint64_t base, const struct state *before,
		       const struct state *after)
{
	struct rk_snapshot_meta meta = any_meta();
	struct rk_snapshot_writer *writer;
	struct rk_snapshot_info info;
	int r = rk_snapshot_begin(files, seq, base, &writer, error);

	if (r < 0)
		return r;
	for (uint32_t u = 0; u < RK_UNITS; u++) {
		for (uint32_t i = 0; i < UNITS; i++) {
			uint32_t version = after->versions[u][i];

			if (before && before->versions[u][i] == version)
				continue;
			/* A failure is told again by commit. */
			(void)put_unit(writer, (enum rk_unit)u, i, version);
		}
	}
	return rk_snapshot_commit(writer, &meta, &info, error);
}

static void change(struct state *state, struct rk_prng *prng, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		uint64_t unit = rk_prng_below(prng, RK_UNITS);
		uint64_t number = rk_prng_below(prng, UNITS);

		/* One in five is gone. */
		state->versions[unit][number] =
			rk_prng_chance(prng, 1, 5)
				? 0
				: 1 + (uint32_t)rk_prng_below(prng, 1000);
	}
}

struct found {
	struct rk_hash sum;
	uint64_t rows;
	uint32_t meta_first;
	int32_t table;
	rk_i128 order[2];
	bool ordered;
	int stop_after;
};

static int see_meta(void *context, const struct rk_snapshot_meta *meta)
{
	struct found *found = context;

	(void)meta;
	found->meta_first = found->rows == 0 ? 1 : 0;
	return 0;
}

static int see_row(void *context, const struct rk_row *row)
{
	struct found *found = context;
	bool two = rk_table_keys(row->table) > 1;
	rk_i128 second = two ? row->cells[1].integer : 0;
	bool same = found->table == (int32_t)row->table;

	if ((int32_t)row->table < found->table)
		found->ordered = false;
	if (same && !rk_table_order(row->table) &&
	    (row->cells[0].integer < found->order[0] ||
	     (row->cells[0].integer == found->order[0] &&
	      second <= found->order[1])))
		found->ordered = false;
	found->table = (int32_t)row->table;
	found->order[0] = row->cells[0].integer;
	found->order[1] = second;
	found->sum = rk_hash_add(found->sum, rk_unit_rows_print(row));
	found->rows++;
	return found->stop_after > 0 &&
			       found->rows == (uint64_t)found->stop_after
		       ? 77
		       : 0;
}

static int read_state(uint64_t seq, struct found *found)
{
	struct rk_snapshot_read read = {
		.files = &folder.files,
		.seq = seq,
		.meta = see_meta,
		.row = see_row,
		.context = found,
	};
	struct rk_snapshot_meta meta;

	memset(found, 0, sizeof(*found));
	found->ordered = true;
	return rk_snapshot_read(&read, &meta, error);
}

static struct found expect(const struct state *state)
{
	static struct rk_made_row made;
	struct found found = {.rows = 0};

	for (uint32_t u = 0; u < RK_UNITS; u++) {
		for (uint32_t i = 0; i < UNITS; i++) {
			uint32_t version = state->versions[u][i];
			uint32_t n =
				rk_unit_rows_count((enum rk_unit)u, i, version);

			for (uint32_t j = 0; j < n; j++) {
				rk_unit_rows_make((enum rk_unit)u, i, version,
						  j, &made);
				found.sum = rk_hash_add(
					found.sum,
					rk_unit_rows_print(&made.row));
				found.rows++;
			}
		}
	}
	return found;
}

static void must_hold(uint64_t seq, const struct state *state)
{
	struct found wanted = expect(state);
	struct found found;

	cr_assert_eq(read_state(seq, &found), 0, "%s", error);
	cr_assert_eq(found.rows, wanted.rows);
	cr_assert(rk_hash_equal(found.sum, wanted.sum));
}

Test(snapshot, what_is_put_is_read_back)
{
	static struct state state;
	struct rk_prng prng;
	struct found found;

	rk_prng_init(&prng, 1);
	change(&state, &prng, 2000);
	cr_assert_eq(write_state(&folder.files, 42, 0, NULL, &state), 0, "%s",
		     error);
	must_hold(42, &state);
	cr_assert_eq(read_state(42, &found), 0);
	cr_assert_eq(found.meta_first, 1);
	cr_assert(found.ordered, "tables and keys in order");
	cr_assert(rk_folder_has(&folder, "state-00000000000000000042.db"));
	cr_assert_eq(rk_folder_count(&folder, NULL), 1, "nothing else is left");
}

Test(snapshot, meta_is_read_back_and_info_is_true)
{
	struct rk_snapshot_meta meta = any_meta();
	struct rk_snapshot_meta read;
	struct rk_snapshot_writer *writer;
	struct rk_snapshot_info info;
	uint64_t size;

	cr_assert_eq(
		rk_snapshot_begin(&folder.files, UINT64_MAX, 0, &writer, error),
		0, "%s", error);
	cr_assert_eq(put_unit(writer, RK_UNIT_ACCOUNT, 7, 3), 0);
	cr_assert_eq(rk_snapshot_commit(writer, &meta, &info, error), 0, "%s",
		     error);
	cr_assert_eq(meta.seq, UINT64_MAX);
	cr_assert_eq(meta.format, RK_SNAPSHOT_FORMAT);
	cr_assert_str_eq(info.name, "state-18446744073709551615.db");
	size = rk_folder_size(&folder, info.name);
	cr_assert_eq(info.bytes, size);
	cr_assert_eq(info.rows, rk_unit_rows_count(RK_UNIT_ACCOUNT, 7, 3));
	cr_assert_eq(info.rows_changed, info.rows);
	cr_assert_eq(
		rk_snapshot_read_meta(&folder.files, UINT64_MAX, &read, error),
		0, "%s", error);
	cr_assert_eq(read.seq, UINT64_MAX);
	cr_assert_eq(read.time_ns, INT64_MIN);
	cr_assert_eq(read.event, UINT64_MAX);
	cr_assert(rk_hash_equal(read.event_digest, meta.event_digest));
	cr_assert(rk_hash_equal(read.state_digest, meta.state_digest));
	cr_assert_arr_eq(read.chain, meta.chain, RK_CHAIN_SIZE);
	cr_assert_eq(read.format, RK_SNAPSHOT_FORMAT);
	cr_assert_eq(read.rules, UINT32_MAX);
	cr_assert_eq(read.written_ns, meta.written_ns);
}

static int see_integer(void *context, const struct rk_row *row)
{
	*(rk_i128 *)context = row->cells[2].integer;
	return 0;
}

Test(snapshot, integers_of_128_bits_are_exact)
{
	const rk_i128 one = 1;
	const rk_i128 min = (rk_i128)((rk_u128)1 << 127);
	const rk_i128 cases[] = {
		0,
		-1,
		INT64_MAX,
		INT64_MIN,
		(rk_i128)INT64_MAX + 1,
		(rk_i128)INT64_MIN - 1,
		UINT64_MAX,
		(rk_i128)UINT64_MAX + 1,
		one << 126,
		min,
		min + 1,
		-(min + 1),
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rk_snapshot_meta meta = any_meta();
		struct rk_snapshot_writer *writer;
		struct rk_snapshot_info info;
		struct rk_snapshot_read read = {
			.files = &folder.files, .seq = 1, .row = see_integer};
		rk_i128 found = 5;
		struct rk_row row = {.table = RK_TABLE_BALANCE, .n = 6};

		for (uint32_t c = 0; c < row.n; c++)
			row.cells[c] = (struct rk_cell){.kind = RK_CELL_INTEGER,
							.integer = cases[i]};
		row.cells[0].integer = 1;
		row.cells[1].integer = 2;
		read.context = &found;
		cr_assert_eq(
			rk_snapshot_begin(&folder.files, 1, 0, &writer, error),
			0);
		cr_assert_eq(rk_snapshot_put(writer, &row, error), 0, "%s",
			     error);
		cr_assert_eq(rk_snapshot_commit(writer, &meta, &info, error), 0,
			     "%s", error);
		cr_assert_eq(rk_snapshot_read(&read, &meta, error), 0);
		cr_assert(found == cases[i], "case %zu", i);
	}
}

Test(snapshot, what_changed_gives_the_same_as_all)
{
	static struct state states[8];
	struct rk_prng prng;

	rk_prng_init(&prng, 2);
	change(&states[0], &prng, 1500);
	cr_assert_eq(write_state(&folder.files, 1, 0, NULL, &states[0]), 0);
	for (uint32_t i = 1; i < 8; i++) {
		struct rk_snapshot_meta full;
		struct rk_snapshot_meta part;

		states[i] = states[i - 1];
		change(&states[i], &prng, (uint32_t)rk_prng_below(&prng, 300));
		cr_assert_eq(write_state(&folder.files, i + 1, i,
					 &states[i - 1], &states[i]),
			     0, "%s", error);
		cr_assert_eq(write_state(&folder.files, 1000 + i, 0, NULL,
					 &states[i]),
			     0, "%s", error);
		must_hold(i + 1, &states[i]);
		must_hold(i, &states[i - 1]); /* the base is as it was */
		cr_assert_eq(rk_snapshot_read_meta(&folder.files, i + 1, &part,
						   error),
			     0);
		cr_assert_eq(rk_snapshot_read_meta(&folder.files, 1000 + i,
						   &full, error),
			     0);
		cr_assert(rk_hash_equal(part.state_digest, full.state_digest));
	}
}

Test(snapshot, a_unit_may_be_replaced_again_in_the_same_snapshot)
{
	static struct state state;
	struct rk_snapshot_meta meta = any_meta();
	struct rk_snapshot_writer *writer;
	struct rk_snapshot_info info;

	cr_assert_eq(rk_snapshot_begin(&folder.files, 9, 0, &writer, error), 0);
	cr_assert_eq(rk_snapshot_drop(writer, RK_UNIT_MARKET, 5, error), 0);
	cr_assert_eq(put_unit(writer, RK_UNIT_ACCOUNT, 3, 1), 0);
	cr_assert_eq(put_unit(writer, RK_UNIT_ACCOUNT, 1, 1), 0);
	cr_assert_eq(put_unit(writer, RK_UNIT_ACCOUNT, 3, 2), 0);
	cr_assert_eq(put_unit(writer, RK_UNIT_ACCOUNT, 1, 0), 0);
	cr_assert_eq(rk_snapshot_commit(writer, &meta, &info, error), 0, "%s",
		     error);
	state.versions[RK_UNIT_ACCOUNT][3] = 2;
	must_hold(9, &state);
}

Test(snapshot, a_row_put_twice_fails_the_whole)
{
	static struct rk_made_row made;
	struct rk_snapshot_meta meta = any_meta();
	struct rk_snapshot_writer *writer;
	struct rk_snapshot_info info;

	rk_unit_rows_make(RK_UNIT_ORDER, 1, 1, 0, &made);
	cr_assert_eq(rk_snapshot_begin(&folder.files, 9, 0, &writer, error), 0);
	cr_assert_eq(rk_snapshot_put(writer, &made.row, error), 0);
	cr_assert_eq(rk_snapshot_put(writer, &made.row, error), -EINVAL);
	cr_assert_neq(strstr(error, "state-00000000000000000009.db.tmp"), NULL);
	made.row.cells[0].integer = 2;
	cr_assert_eq(rk_snapshot_put(writer, &made.row, error), -EINVAL);
	cr_assert_eq(rk_snapshot_commit(writer, &meta, &info, error), -EINVAL);
	cr_assert_eq(rk_folder_count(&folder, NULL), 0);
}

Test(snapshot, abort_leaves_nothing_and_takes_nothing)
{
	struct rk_snapshot_writer *writer;

	rk_snapshot_abort(NULL);
	cr_assert_eq(rk_snapshot_begin(&folder.files, 9, 0, &writer, error), 0);
	cr_assert_eq(put_unit(writer, RK_UNIT_ACCOUNT, 3, 1), 0);
	cr_assert_eq(rk_folder_count(&folder, "state-00000000000000000009.db."
					      "tmp"),
		     1);
	rk_snapshot_abort(writer);
	cr_assert_eq(rk_folder_count(&folder, NULL), 0);
}

Test(snapshot, what_a_crash_left_does_not_hinder)
{
	static struct state state;

	rk_folder_store(&folder, "state-00000000000000000003.db.tmp", "junk",
			4);
	state.versions[RK_UNIT_ASSET][0] = 1;
	cr_assert_eq(write_state(&folder.files, 3, 0, NULL, &state), 0, "%s",
		     error);
	must_hold(3, &state);
}

Test(snapshot, a_visit_can_stop_the_reading)
{
	static struct state state;
	struct rk_snapshot_read read = {.files = &folder.files, .seq = 3};
	struct found found = {.stop_after = 4};
	struct rk_snapshot_meta meta;

	for (uint32_t i = 0; i < UNITS; i++)
		state.versions[RK_UNIT_ASSET][i] = 1;
	cr_assert_eq(write_state(&folder.files, 3, 0, NULL, &state), 0);
	read.row = see_row;
	read.context = &found;
	cr_assert_eq(rk_snapshot_read(&read, &meta, error), 77);
	cr_assert_eq(found.rows, 4);
	read.row = NULL;
	cr_assert_eq(rk_snapshot_read(&read, &meta, error), 0);
}

Test(snapshot, lists_are_newest_first_and_cleaning_takes_only_leftovers)
{
	static const char *const left[] = {
		"state-00000000000000000007.db.tmp",
		"state-00000000000000000007.db.tmp-journal",
		"state-00000000000000000005.db-wal",
	};
	static const char *const kept[] = {
		"state-00000000000000000005.db",
		"state-00000000000000000030.db",
		"state-00000000000000000009.db",
		"state-9.db",
		"state-00000000000000000009.db.tmp.old",
		"state-99999999999999999999.db.tmp",
		"events-00000000000000000009.db.tmp",
	};
	uint64_t seqs[2];

	for (size_t i = 0; i < 3; i++)
		rk_folder_store(&folder, left[i], "x", 1);
	for (size_t i = 0; i < 7; i++)
		rk_folder_store(&folder, kept[i], "x", 1);
	cr_assert_eq(rk_snapshot_list(&folder.files, seqs, 2), 3);
	cr_assert_eq(seqs[0], 30);
	cr_assert_eq(seqs[1], 9);
	cr_assert_eq(rk_snapshot_clean(&folder.files), 0);
	for (size_t i = 0; i < 3; i++)
		cr_assert(!rk_folder_has(&folder, left[i]), "%s", left[i]);
	for (size_t i = 0; i < 7; i++)
		cr_assert(rk_folder_has(&folder, kept[i]), "%s", kept[i]);
	cr_assert_eq(rk_snapshot_remove(&folder.files, 30), 0);
	cr_assert_eq(rk_snapshot_remove(&folder.files, 30), -ENOENT);
	cr_assert_eq(rk_snapshot_list(&folder.files, seqs, 2), 2);
}

/* One call after the other fails, until none does. */
static void fail_each_call(uint64_t base, const struct state *before,
			   const struct state *after)
{
	uint32_t files = rk_folder_count(&folder, NULL);
	int64_t i;
	int r = -1;

	folder.fault = -EDQUOT;
	for (i = 0; r != 0; i++) {
		cr_assert_lt(i, 1000);
		folder.left = i;
		folder.failed = NULL;
		r = write_state(&folder.faulty, 50, base, before, after);
		folder.left = -1;
		if (!folder.failed)
			break;
		cr_assert_eq(r, -EDQUOT, "%s %lld: %d %s", folder.failed,
			     (long long)i, r, error);
		cr_assert_neq(error[0], '\0');
		cr_assert_eq(rk_folder_count(&folder, NULL), files,
			     "%s %lld left a file", folder.failed,
			     (long long)i);
		if (base > 0)
			must_hold(base, before);
	}
	cr_assert_eq(r, 0);
	/* Those that make a file last are among them. */
	cr_assert_neq(strstr(folder.kinds, " sync "), NULL);
	cr_assert_neq(strstr(folder.kinds, " rename "), NULL);
	cr_assert_neq(strstr(folder.kinds, " sync_dir "), NULL);
	must_hold(50, after);
}

Test(snapshot, a_failure_of_any_call_leaves_no_file)
{
	static struct state states[2];
	struct rk_prng prng;

	rk_prng_init(&prng, 3);
	change(&states[0], &prng, 500);
	states[1] = states[0];
	change(&states[1], &prng, 50);
	fail_each_call(0, NULL, &states[0]);
	cr_assert_eq(rk_snapshot_remove(&folder.files, 50), 0);
	cr_assert_eq(write_state(&folder.files, 40, 0, NULL, &states[0]), 0);
	fail_each_call(40, &states[0], &states[1]);
}

Test(snapshot, a_full_disk_leaves_no_file)
{
	static struct state states[2];
	struct rk_prng prng;
	uint64_t size;

	rk_prng_init(&prng, 4);
	change(&states[0], &prng, 2000);
	states[1] = states[0];
	change(&states[1], &prng, 500);
	cr_assert_eq(write_state(&folder.files, 40, 0, NULL, &states[0]), 0);
	(void)signal(SIGXFSZ, SIG_IGN);
	/* The larger ones end within the copy, at its end, within SQLite. */
	size = rk_folder_size(&folder, "state-00000000000000000040.db");
	for (uint64_t i = 0; i < 10; i++) {
		struct rlimit limit = {size / 10 * i + 17, RLIM_INFINITY};
		int full;
		int part;

		cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
		full = write_state(&folder.files, 50, 0, NULL, &states[1]);
		part = write_state(&folder.files, 51, 40, &states[0],
				   &states[1]);
		limit.rlim_cur = RLIM_INFINITY;
		cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
		/* SQLite has no words for a file that is too large. */
		cr_assert(full == -EFBIG || full == -ENOSPC || full == -EIO,
			  "%d", full);
		cr_assert(part == -EFBIG || part == -ENOSPC || part == -EIO,
			  "%d %s", part, error);
		cr_assert_eq(rk_folder_count(&folder, NULL), 1);
	}
	must_hold(40, &states[0]);
}

/* What a person sees. */
static int count_rows(const char *name, const char *sql)
{
	char path[RK_FILES_DIR_SIZE + 100];
	sqlite3_stmt *stmt;
	sqlite3 *db;
	int n = 0;

	cr_assert_eq(rk_files_path(&folder.files, name, path, sizeof(path)), 0);
	cr_assert_eq(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL),
		     SQLITE_OK);
	cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK,
		     "%s: %s", sql, sqlite3_errmsg(db));
	while (sqlite3_step(stmt) == SQLITE_ROW)
		n++;
	cr_assert_eq(sqlite3_finalize(stmt), SQLITE_OK);
	cr_assert_eq(sqlite3_close(db), SQLITE_OK);
	return n;
}

struct giving {
	struct rk_snapshot_writer *writer;
	int r;
};

static void give_row(void *context, const struct rk_row *row)
{
	struct giving *giving = context;

	if (giving->r == 0)
		giving->r = rk_snapshot_put(giving->writer, row, error);
}

static int load_row(void *context, const struct rk_row *row)
{
	struct rk_load_problem problem;

	return rk_load_row(context, row, &problem);
}

/* An engine in which much has happened. */
static void play(struct rk_harness *harness, struct rk_generator *generator)
{
	const struct rk_cmd_limits limits = rk_generator_limits(40);

	rk_harness_init(harness, &limits, RK_EVENTS_PER_STEP_MAX);
	for (int i = 0; i < 5000; i++) {
		const struct rk_cmd *cmd =
			rk_generator_next(generator, harness->engine);

		(void)rk_harness_apply(harness, cmd);
		rk_generator_note(generator, harness->events,
				  harness->events_n);
	}
}

Test(snapshot, an_engine_goes_through_a_file_unchanged)
{
	const struct rk_cmd_limits limits = rk_generator_limits(40);
	struct rk_generator *generator = rk_generator_open(5, 40);
	struct rk_snapshot_read read = {.files = &folder.files, .seq = 5000};
	struct rk_snapshot_meta meta = any_meta();
	struct giving giving = {.r = 0};
	struct rk_load_problem problem;
	struct rk_snapshot_info info;
	struct rk_harness harness;
	struct rk_harness other;

	play(&harness, generator);
	cr_assert_eq(rk_snapshot_begin(&folder.files, 5000, 0, &giving.writer,
				       error),
		     0);
	rk_rows_all(harness.engine, give_row, &giving);
	cr_assert_eq(giving.r, 0, "%s", error);
	cr_assert_eq(rk_snapshot_commit(giving.writer, &meta, &info, error), 0,
		     "%s", error);
	cr_assert(rk_hash_equal(meta.state_digest,
				rk_view_state_digest(harness.engine)));
	rk_harness_init(&other, &limits, RK_EVENTS_PER_STEP_MAX);
	read.row = load_row;
	read.context = other.engine;
	cr_assert_eq(rk_snapshot_read(&read, &meta, error), 0);
	cr_assert_eq(rk_load_end(other.engine, &problem), 0);
	cr_assert(rk_hash_equal(meta.state_digest,
				rk_view_state_digest(other.engine)));
	/* The views for people work, and give what there is. */
	cr_assert_gt(count_rows(info.name, "SELECT * FROM account_view "
					   "WHERE mode = 'ISOLATED'"),
		     0);
	cr_assert_eq(count_rows(info.name, "SELECT * FROM account_view"),
		     count_rows(info.name, "SELECT * FROM account"));
	cr_assert_eq(count_rows(info.name, "SELECT * FROM balance_view"),
		     count_rows(info.name, "SELECT * FROM balance"));
	cr_assert_eq(count_rows(info.name, "SELECT * FROM position_view"),
		     count_rows(info.name, "SELECT * FROM position"));
	cr_assert_eq(
		count_rows(info.name, "SELECT * FROM liquidation_order_view"),
		count_rows(info.name, "SELECT * FROM liquidation_order"));
	cr_assert_eq(count_rows(info.name, "SELECT * FROM price_view "
					   "WHERE name IS NOT NULL "
					   "AND state IS NOT NULL"),
		     count_rows(info.name, "SELECT * FROM slot"));
	cr_assert_eq(count_rows(info.name, "SELECT * FROM account_view "
					   "WHERE state IS NULL"),
		     0);
	rk_harness_fini(&other);
	rk_harness_fini(&harness);
	rk_generator_close(generator);
}

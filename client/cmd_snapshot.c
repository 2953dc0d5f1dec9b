/*
 * riskctl snapshot: have one taken, list those in a state folder, verify them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl_out.h"
#include "engine/view.h"
#include "offline.h"
#include "store/rebuild.h"
#include "store/snapshot.h"

#define WAIT_MS   120000 /* with a million accounts it takes a while */
#define NS_PER_MS 1000000

static const struct ctl_column now_columns[] = {
	{"Snapshot", "file", CTL_TEXT},
	{"Up to command", "seq", CTL_INTEGER},
	{"Bytes", "bytes", CTL_INTEGER},
	{"Rows", "rows", CTL_INTEGER},
	{"Rows changed", "rows_changed", CTL_INTEGER},
	{"Took", "took_s", CTL_DECIMAL},
	{"Digest", "digest", CTL_TEXT},
	{NULL, NULL, CTL_TEXT},
};

int cmd_snapshot_now(struct ctl *ctl, int argc, char **argv)
{
	const struct ctl_option none[] = {{NULL, 0, NULL, NULL}};
	const Riskd__SnapshotAnswer *snapshot;
	Riskd__Answer *answer;
	struct ctl_table *table;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, none, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 0, 0)) || (rc = ctl_connect(ctl)))
		return rc;
	rc = risk_snapshot(ctl->risk, WAIT_MS, &answer);
	if (rc)
		return ctl_fail(ctl, rc);
	snapshot = answer->snapshot;
	table = ctl_table_new(now_columns);
	ctl_cell(table, "%s", snapshot->file);
	ctl_cell_u64(table, snapshot->seq);
	ctl_cell_u64(table, snapshot->bytes);
	ctl_cell_u64(table, snapshot->rows);
	ctl_cell_u64(table, snapshot->rows_changed);
	ctl_cell_decimal(table, (int64_t)(snapshot->took_ns / NS_PER_MS), 3,
			 "s");
	ctl_cell(table, "%s", snapshot->state_digest);
	rc = ctl_table_print_record(ctl, table);
	riskd__answer__free_unpacked(answer, NULL);
	return rc;
}

static const struct ctl_column list_columns[] = {
	{"Snapshot", "file", CTL_TEXT},
	{"Command", "seq", CTL_INTEGER},
	{"Engine time", "time", CTL_TEXT},
	{"Written", "written", CTL_TEXT},
	{"Bytes", "bytes", CTL_INTEGER},
	{"Events", "last_event", CTL_INTEGER},
	{"Digest", "digest", CTL_TEXT},
	{NULL, NULL, CTL_TEXT},
};

/* Of the file; 0 when it is gone. */
static uint64_t size_of(const struct rk_files *files, const char *name)
{
	struct rk_file *file;
	uint64_t size = 0;

	if (rk_file_open(files, name, RK_FILE_READ, &file) < 0)
		return 0;
	(void)rk_file_size(files, file, &size); /* stays 0 */
	rk_file_close(files, file);
	return size;
}

static void fill_row(struct ctl_table *table, const struct rk_files *files,
		     const struct rk_snapshot_meta *meta)
{
	char name[RK_FILE_NAME_SIZE];
	char when[CTL_TIME_SIZE];
	char hex[CTL_HEX_SIZE];

	rk_snapshot_name_make(meta->seq, name);
	ctl_cell(table, "%s", name);
	ctl_cell_u64(table, meta->seq);
	ctl_cell(table, "%s", ctl_format_time(meta->time_ns, when));
	ctl_cell(table, "%s",
		 meta->written_ns ? ctl_format_time(meta->written_ns, when)
				  : "");
	ctl_cell_u64(table, size_of(files, name));
	ctl_cell_u64(table, meta->event);
	ctl_cell(table, "%s", ctl_hex_hash(meta->state_digest, hex));
}

static int list_all(const struct ctl *ctl, const struct rk_files *files,
		    uint64_t **ret_seqs, int *ret_n)
{
	int r = ctl_snapshots(files, ret_seqs, ret_n);

	return r < 0 ? ctl_refuse(ctl, "%s: cannot be listed: %s", files->dir,
				  strerror(-r))
		     : CTL_OK;
}

static int list(const struct ctl *ctl, const struct rk_files *files)
{
	struct ctl_table *table;
	uint64_t *seqs;
	int bad = 0;
	int n;
	int rc = list_all(ctl, files, &seqs, &n);

	if (rc)
		return rc;
	table = ctl_table_new(list_columns);
	for (int i = 0; i < n; i++) {
		struct rk_snapshot_meta meta;
		char error[RK_SNAPSHOT_TEXT_SIZE];
		int r = rk_snapshot_read_meta(files, seqs[i], &meta, error);

		if (r == 0) {
			fill_row(table, files, &meta);
		} else if (r != -ENOENT) { /* else it went away meanwhile */
			(void)ctl_refuse(ctl, "%s", error);
			bad++;
		}
	}
	free(seqs);
	rc = ctl_table_print(ctl, table, "No snapshots.");
	return rc == CTL_OK && bad > 0 ? CTL_REFUSED : rc;
}

int cmd_snapshot_list(struct ctl *ctl, int argc, char **argv)
{
	struct rk_files files;
	int rc = ctl_folder_only(ctl, argc, argv, &files);

	if (rc)
		return rc;
	rc = list(ctl, &files);
	rk_files_close(&files);
	return rc;
}

static const struct ctl_column verify_columns[] = {
	{"Snapshot", "file", CTL_TEXT},
	{"Result", "result", CTL_TEXT},
	{"Command", "seq", CTL_INTEGER},
	{"Accounts", "accounts", CTL_INTEGER},
	{"Positions", "positions", CTL_INTEGER},
	{"Orders open", "orders_open", CTL_INTEGER},
	{"Books", "books", CTL_TEXT},
	{"Digest", "digest", CTL_TEXT},
	{NULL, NULL, CTL_TEXT},
};

/* Load it, which checks all there is to check, and say what came of it. */
static int verify_one(const struct ctl *ctl, const struct rk_files *files,
		      uint64_t seq, struct ctl_table *table)
{
	struct rk_rebuilt rebuilt;
	struct rk_engine_counts counts;
	char error[RK_REBUILD_TEXT_SIZE];
	char name[RK_FILE_NAME_SIZE];
	char hex[CTL_HEX_SIZE];
	int r = ctl_load(files, seq, ctl_smallest_limits(), &rebuilt, error);

	if (r < 0)
		return ctl_refuse(ctl, "%s", error);
	rk_snapshot_name_make(seq, name);
	rk_view_counts(rebuilt.engine, &counts);
	ctl_cell(table, "%s", name);
	ctl_cell(table, "good");
	ctl_cell_color(table, CTL_GREEN);
	ctl_cell_u64(table, seq);
	ctl_cell_u64(table, counts.accounts);
	ctl_cell_u64(table, counts.positions);
	ctl_cell_u64(table, counts.orders_open);
	ctl_cell(table, "balance"); /* else it would not have loaded */
	ctl_cell(table, "%s", ctl_hex_hash(rebuilt.snapshot.state_digest, hex));
	free(rebuilt.memory);
	return CTL_OK;
}

static int verify(const struct ctl *ctl, const struct rk_files *files,
		  const uint64_t *seqs, int n)
{
	struct ctl_table *table = ctl_table_new(verify_columns);
	int bad = 0;
	int rc;

	for (int i = 0; seqs && i < n; i++)
		if (verify_one(ctl, files, seqs[i], table) != CTL_OK)
			bad++;
	rc = ctl_table_print(ctl, table,
			     n > 0 ? "No good snapshot." : "No snapshots.");
	return rc == CTL_OK && bad > 0 ? CTL_REFUSED : rc;
}

static int verify_all(const struct ctl *ctl, const struct rk_files *files)
{
	uint64_t *seqs;
	int n;
	int rc = list_all(ctl, files, &seqs, &n);

	if (rc)
		return rc;
	rc = verify(ctl, files, seqs, n);
	free(seqs);
	return rc;
}

/* The arguments that are numbers, from argv[first] on. */
static int verify_some(const struct ctl *ctl, const struct rk_files *files,
		       int n, char **argv)
{
	uint64_t *seqs = calloc((size_t)n + 1, sizeof(*seqs));
	int rc = seqs ? CTL_OK : ctl_refuse(ctl, "out of memory");

	for (int i = 0; rc == CTL_OK && i < n; i++)
		rc = ctl_read_u64(ctl, "snapshot", argv[i], &seqs[i]);
	if (rc == CTL_OK)
		rc = verify(ctl, files, seqs, n);
	free(seqs);
	return rc;
}

int cmd_snapshot_verify(struct ctl *ctl, int argc, char **argv)
{
	struct ctl_folder folder = {NULL, NULL, NULL};
	const struct ctl_option options[] = {
		CTL_FOLDER_OPTIONS(&folder),
		{NULL, 0, NULL, NULL},
	};
	struct rk_files files;
	uint64_t number;
	int first = 1;
	int n;
	int rc;

	rc = ctl_parse(ctl, options, argc, argv, &n);
	if (rc)
		return rc;
	/* A folder is not named by digits alone: that would be ./123. */
	if (n > 0 && risk_parse_u64(argv[1], &number)) {
		folder.dir = argv[1];
		first = 2;
	}
	rc = ctl_folder_open(ctl, &folder, &files);
	if (rc)
		return rc;
	rc = n >= first ? verify_some(ctl, &files, n - first + 1, argv + first)
			: verify_all(ctl, &files);
	rk_files_close(&files);
	return rc;
}

/*
 * libFuzzer target: a snapshot as somebody may have made it. Whatever is in
 * the file, loading it into an engine must end, with a refusal that names the
 * file or with an engine whose digest is that of the file.
 *
 * The input is a list of changes to a good snapshot, so that it goes deep
 * without a corpus: {place, number of bytes, bytes} are put over the file;
 * or, when its first byte is odd, the input is the file itself. The sum over
 * the rows would refuse every change to them: so the loader is given each row
 * as it comes, and a digest that does not fit is no failure of the target.
 *
 * Files are in /dev/shm.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/load.h"
#include "store/snapshot.h"
#include "support/folder.h"
#include "support/generator.h"
#include "support/harness.h"

#define SEQ      UINT64_C(7)
#define NAME     "state-00000000000000000007.db"
#define ACCOUNTS 8

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct rk_folder folder;
static unsigned char *good;
static unsigned char *spoilt;
static uint64_t good_size;

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void remove_folder(void)
{
	rk_folder_close(&folder);
}

static void give_row(void *context, const struct rk_row *row)
{
	char error[RK_SNAPSHOT_TEXT_SIZE];

	must(rk_snapshot_put(context, row, error) == 0);
}

/* A small state in which something of everything happened. */
static void write_good(void)
{
	const struct rk_cmd_limits limits = rk_generator_limits(ACCOUNTS);
	struct rk_generator *generator = rk_generator_open(11, ACCOUNTS);
	struct rk_snapshot_meta meta = {.time_ns = 1};
	char error[RK_SNAPSHOT_TEXT_SIZE];
	struct rk_snapshot_writer *writer;
	struct rk_snapshot_info info;
	struct rk_harness harness;

	rk_harness_init(&harness, &limits, RK_EVENTS_PER_STEP_MAX);
	for (int i = 0; i < 250; i++) {
		(void)rk_harness_apply(
			&harness, rk_generator_next(generator, harness.engine));
		rk_generator_note(generator, harness.events, harness.events_n);
	}
	must(rk_snapshot_begin(&folder.files, SEQ, 0, &writer, error) == 0);
	rk_rows_all(harness.engine, give_row, writer);
	must(rk_snapshot_commit(writer, &meta, &info, error) == 0);
	rk_harness_fini(&harness);
	rk_generator_close(generator);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	must(setenv("TMPDIR", "/dev/shm", 1) == 0);
	rk_folder_open(&folder);
	must(atexit(remove_folder) == 0);
	write_good();
	good = rk_folder_load(&folder, NAME, &good_size);
	spoilt = malloc(good_size);
	must(spoilt != NULL);
	return 0;
}

/* What was loaded, and whether the engine still takes rows. */
struct loading {
	struct rk_engine *engine;
	bool refused;
};

static int load_row(void *context, const struct rk_row *row)
{
	struct loading *loading = context;
	struct rk_load_problem problem = {NULL, NULL, NULL};

	must(row->table < RK_TABLES && row->n <= RK_COLUMNS_MAX);
	for (uint32_t i = 0; i < row->n; i++) {
		const struct rk_cell *cell = &row->cells[i];

		if (cell->kind == RK_CELL_INTEGER)
			continue;
		must(cell->size <= (cell->kind == RK_CELL_TEXT ? 23 : 512));
		must(cell->bytes != NULL);
	}
	if (loading->refused)
		return 0; /* go on reading: that must hold, too */
	loading->refused = rk_load_row(loading->engine, row, &problem) != 0;
	must(!loading->refused || (problem.table && problem.what));
	return 0;
}

static void try_file(void)
{
	const struct rk_cmd_limits limits = rk_generator_limits(ACCOUNTS);
	struct rk_load_problem problem;
	struct rk_harness harness;
	struct loading loading = {.refused = false};
	struct rk_snapshot_read read = {
		.files = &folder.files,
		.seq = SEQ,
		.row = load_row,
		.context = &loading,
	};
	struct rk_snapshot_meta meta;
	char error[RK_SNAPSHOT_TEXT_SIZE];
	int r;

	rk_harness_init(&harness, &limits, RK_EVENTS_PER_STEP_MAX);
	loading.engine = harness.engine;
	r = rk_snapshot_read(&read, &meta, error);
	must(r <= 0);
	if (r < 0) {
		must(memchr(error, '\0', sizeof(error)) != NULL);
		must(strstr(error, NAME) != NULL);
	}
	/* What the loader takes is a state that an engine can be in. */
	if (!loading.refused && rk_load_end(harness.engine, &problem) == 0 &&
	    r == 0)
		must(rk_hash_equal(rk_view_state_digest(harness.engine),
				   meta.state_digest));
	rk_harness_fini(&harness);
}

/* Put pieces of the input over the good file. */
static void spoil(const uint8_t *data, size_t size)
{
	memcpy(spoilt, good, good_size);
	while (size >= 5) {
		uint64_t at = ((uint64_t)data[0] << 16 |
			       (uint64_t)data[1] << 8 | data[2]) %
			      good_size;
		size_t n = data[3] % 64 + 1U;

		data += 4;
		size -= 4;
		for (size_t i = 0; i < n && i < size; i++)
			spoilt[(at + i) % good_size] = data[i];
		data += n < size ? n : size;
		size -= n < size ? n : size;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	if (data[0] % 2 == 1) {
		rk_folder_store(&folder, NAME, data + 1, size - 1);
	} else {
		spoil(data + 1, size - 1);
		rk_folder_store(&folder, NAME, spoilt, good_size);
	}
	try_file();
	return 0;
}

/*
 * The newest file of events over a crash: kept up to its checkpoint when every
 * row is whole, whenever the process was killed; else never used.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/event_store.h"
#include "support/event_rows.h"
#include "support/folder.h"
#include "support/prng.h"

#define FIRST "events-00000000000000000001.db"

static struct rk_folder folder;
static char error[RK_EVENT_STORE_TEXT_SIZE];

static void open_folder(void)
{
	rk_folder_open(&folder);
}

static void close_folder(void)
{
	rk_folder_close(&folder);
}

TestSuite(event_keep, .init = open_folder, .fini = close_folder);

static int open_store(uint64_t after, uint64_t keep,
		      struct rk_event_store **store)
{
	struct rk_event_store_options options = {
		.files = &folder.files,
		.keep = keep,
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
			(void)rk_event_store_step(store);
	}
}

static struct rk_hash digest_at(uint64_t event)
{
	return (struct rk_hash){event * 3, event * 7};
}

static void checkpoint(struct rk_event_store *store, uint64_t event)
{
	struct rk_event_checkpoint checkpoint = {event, digest_at(event)};

	rk_event_store_checkpoint(store, &checkpoint);
}

/* Run what writes in a process that ends without closing anything. */
static void in_child(void (*write)(void))
{
	pid_t child = fork();
	int status;

	cr_assert_geq(child, 0);
	if (child == 0) {
		write();
		_exit(0);
	}
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static int see(void *context, const struct rk_event_row *row)
{
	uint64_t *next = context;

	cr_assert_eq(row->number, (*next)++);
	cr_assert(rk_event_row_is_made(row));
	return 0;
}

static void must_hold(uint64_t last)
{
	uint64_t next = 1;

	cr_assert_eq(rk_event_files_read(&folder.files, 1, see, &next, error),
		     0, "%s", error);
	cr_assert_eq(next, last + 1);
}

static void write_some(void)
{
	struct rk_event_store *store;

	cr_assert_eq(open_store(0, 0, &store), 0, "%s", error);
	add(store, 1, 800);
	checkpoint(store, 800);
	add(store, 801, 900);
	cr_assert_eq(rk_event_store_flush(store), 0);
}

static void must_be_left(uint64_t event)
{
	struct rk_event_checkpoint left;
	uint64_t first;

	cr_assert(rk_event_store_left(&folder.files, &first, &left));
	cr_assert_eq(first, 1);
	cr_assert_eq(left.event, event);
	cr_assert(rk_hash_equal(left.digest, digest_at(event)));
}

Test(event_keep, a_file_goes_on_behind_its_checkpoint)
{
	struct rk_event_store *store;
	struct rk_event_checkpoint left;
	uint64_t first;

	in_child(write_some);
	must_be_left(800);
	cr_assert_eq(open_store(0, 800, &store), 0, "%s", error);
	cr_expect_eq(rk_event_store_newest(store), 800);
	add(store, 801, 1200);
	cr_assert_eq(rk_event_store_flush(store), 0);
	rk_event_store_cut(store);
	add(store, 1201, 1210);
	cr_assert_eq(rk_event_store_flush(store), 0);
	cr_expect_eq(rk_event_store_sealed(store), 1200);
	rk_event_store_close(store);
	must_hold(1210);
	cr_expect_eq(rk_folder_count(&folder, "journal"), 0);
	/* The newest has no checkpoint, the other is sealed. */
	cr_expect_not(rk_event_store_left(&folder.files, &first, &left));
}

Test(event_keep, a_file_that_is_kept_can_be_sealed_as_it_is)
{
	struct rk_event_store *store;

	in_child(write_some);
	must_be_left(800);
	cr_assert_eq(open_store(0, 800, &store), 0, "%s", error);
	rk_event_store_cut(store);
	cr_assert_eq(rk_event_store_flush(store), 0);
	cr_expect_eq(rk_event_store_sealed(store), 800);
	rk_event_store_close(store);
	must_hold(800);
}

static void write_none(void)
{
	struct rk_event_store *store;

	cr_assert_eq(open_store(0, 0, &store), 0, "%s", error);
	checkpoint(store, 0); /* about nothing: no file is made for it */
	add(store, 1, 10);
	rk_event_store_cut(store);
	checkpoint(store, 10); /* behind a cut there is nothing to keep */
	cr_assert_eq(rk_event_store_flush(store), 0);
}

Test(event_keep, a_sealed_file_and_an_empty_folder_are_not_left)
{
	struct rk_event_checkpoint left;
	uint64_t first;

	cr_expect_not(rk_event_store_left(&folder.files, &first, &left));
	in_child(write_none);
	cr_expect_not(rk_event_store_left(&folder.files, &first, &left));
	must_hold(10);
	rk_folder_store(&folder, "events-00000000000000000011.db", "x", 1);
	cr_expect_not(rk_event_store_left(&folder.files, &first, &left));
}

Test(event_keep, what_is_not_there_cannot_be_kept)
{
	struct rk_event_store *store;

	cr_expect_eq(open_store(0, 800, &store), -EBADMSG);
	cr_expect(strstr(error, "from 1 on that could be kept"), "%s", error);
}

/* Open it as recovery does: 0, or the error of the store. */
static int keep_error(uint64_t keep)
{
	struct rk_event_store *store;
	const char *reason = "";
	int r = open_store(0, keep, &store);

	if (r < 0)
		return r;
	r = rk_event_store_flush(store);
	cr_expect_eq(r, rk_event_store_error(store, &reason));
	cr_expect(r == 0 || strstr(reason, FIRST), "%s", reason);
	rk_event_store_close(store);
	return r;
}

Test(event_keep, a_flipped_bit_in_what_counts_is_found_wherever_it_is)
{
	struct rk_event_checkpoint left;
	unsigned char *bytes;
	struct rk_prng prng;
	uint64_t first;
	uint64_t size;
	uint32_t found = 0;

	in_child(write_some);
	must_be_left(800);
	bytes = rk_folder_load(&folder, FIRST, &size);
	rk_prng_init(&prng, 20261126);
	for (int i = 0; i < 400; i++) {
		uint64_t at = rk_prng_below(&prng, size);
		unsigned char bit =
			(unsigned char)(1 << rk_prng_below(&prng, 8));

		bytes[at] ^= bit;
		rk_folder_store(&folder, FIRST, bytes, size);
		bytes[at] ^= bit;
		if (!rk_event_store_left(&folder.files, &first, &left) ||
		    left.event != 800) {
			found++;
			continue;
		}
		if (keep_error(800) != 0) {
			found++;
			continue;
		}
		must_hold(800); /* unused space: nothing is lost by it */
	}
	cr_expect_gt(found, 200, "%u of 400", found);
	free(bytes);
}

/* Keep it, go on with it, read it from anywhere, and seal it. */
static bool can_be_used(void)
{
	struct rk_event_store *store;
	struct rk_prng prng;

	if (open_store(0, 800, &store) < 0)
		return false;
	if (rk_event_store_flush(store) != 0) {
		rk_event_store_close(store);
		return false;
	}
	rk_prng_init(&prng, 1);
	for (int i = 0; i < 40; i++) {
		struct rk_event_request request = {
			.from = 1 + rk_prng_below(&prng, 800),
			.events = 1,
			.visits = 1,
			.bytes = 1,
		};
		struct rk_event_answer answer;

		cr_assert(rk_event_store_ask(store, &request));
		while (!rk_event_store_take(store, &answer))
			cr_assert(rk_event_store_step(store));
		cr_assert_eq(answer.error, 0);
		cr_assert_eq(answer.events, 1);
		cr_assert_eq(answer.rows[0].number, request.from);
		rk_event_answer_free(&answer);
	}
	add(store, 801, 1000);
	rk_event_store_cut(store);
	cr_assert_eq(rk_event_store_flush(store), 0);
	rk_event_store_close(store);
	must_hold(1000);
	return true;
}

/*
 * Reading row after row does not show what leads to a row: only then is that
 * looked at, too.
 */
Test(event_keep, after_another_boot_a_flipped_bit_never_does_harm)
{
	struct rk_event_checkpoint left;
	unsigned char *bytes;
	struct rk_prng prng;
	uint64_t first;
	uint64_t size;
	uint32_t refused = 0;
	uint32_t used = 0;

	in_child(write_some);
	bytes = rk_folder_load(&folder, FIRST, &size);
	rk_prng_init(&prng, 20261128);
	(void)snprintf(folder.files.boot, sizeof(folder.files.boot), "other");
	for (uint64_t i = 0; i < 600; i++) {
		/* The first bytes of each page, where what leads to rows is */
		uint64_t at = 4096 * rk_prng_below(&prng, size / 4096) +
			      rk_prng_below(&prng, i % 2 ? 64 : 4096);
		unsigned char bit =
			(unsigned char)(1 << rk_prng_below(&prng, 8));

		bytes[at] ^= bit;
		rk_folder_store(&folder, FIRST, bytes, size);
		bytes[at] ^= bit;
		if (rk_event_store_left(&folder.files, &first, &left) &&
		    left.event == 800 && can_be_used())
			used++;
		else
			refused++;
	}
	cr_expect_gt(refused, 200, "%u", refused);
	cr_expect_gt(used, 20, "%u", used);
	free(bytes);
}

/* As a kill in the midst of a commit leaves it: some pages are written. */
static void write_unfinished(void)
{
	struct rk_event_store *store;
	char path[RK_FILES_DIR_SIZE + 64];
	sqlite3 *db;

	cr_assert_eq(open_store(0, 0, &store), 0, "%s", error);
	add(store, 1, 800);
	checkpoint(store, 800);
	cr_assert_eq(rk_event_store_flush(store), 0);
	rk_event_store_close(store);
	rk_folder_copy(&folder, FIRST, "committed");
	cr_assert_eq(rk_files_path(&folder.files, FIRST, path, sizeof(path)),
		     0);
	cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db,
				  "PRAGMA cache_size=2;"
				  "PRAGMA synchronous=OFF;"
				  "PRAGMA journal_mode=PERSIST;"
				  "BEGIN; DELETE FROM event;"
				  "UPDATE meta SET value = 'other';",
				  NULL, NULL, NULL),
		     SQLITE_OK);
}

/* Is the file another one than when it was committed? */
static bool is_changed(void)
{
	uint64_t size;
	uint64_t committed_size;
	unsigned char *bytes = rk_folder_load(&folder, FIRST, &size);
	unsigned char *committed =
		rk_folder_load(&folder, "committed", &committed_size);
	bool changed =
		size != committed_size || memcmp(bytes, committed, size) != 0;

	free(bytes);
	free(committed);
	return changed;
}

Test(event_keep, what_was_not_committed_is_undone, .timeout = 60)
{
	struct rk_event_checkpoint left;
	uint64_t first;
	uint64_t next = 1;

	in_child(write_unfinished);
	cr_assert(is_changed());
	cr_assert(rk_folder_has(&folder, FIRST "-journal"));
	/* Whoever only reads leaves it as it is, and leaves it out. */
	cr_expect_eq(rk_event_files_read(&folder.files, 1, see, &next, error),
		     0, "%s", error);
	cr_expect_eq(next, 1);
	cr_assert(rk_event_store_left(&folder.files, &first, &left));
	cr_assert_eq(left.event, 800);
	cr_assert_eq(keep_error(800), 0);
	must_hold(800);
}

Test(event_keep, a_sealed_file_is_not_undone_by_what_lies_beside_it)
{
	struct rk_event_checkpoint left;
	struct rk_event_store *store;
	uint64_t first;

	in_child(write_unfinished);
	rk_folder_copy(&folder, FIRST "-journal", "journal of then");
	cr_assert(rk_event_store_left(&folder.files, &first, &left));
	cr_assert_eq(open_store(0, 800, &store), 0, "%s", error);
	add(store, 801, 900);
	rk_event_store_cut(store);
	cr_assert_eq(rk_event_store_flush(store), 0);
	rk_event_store_close(store);
	rk_folder_copy(&folder, "journal of then", FIRST "-journal");
	cr_expect_not(rk_event_store_left(&folder.files, &first, &left));
	must_hold(900);
}

/* Checkpoints at once, then until it is killed. */
static void write_for_ever(void)
{
	struct rk_event_store *store;

	cr_assert_eq(open_store(0, 0, &store), 0, "%s", error);
	for (uint64_t event = 1;; event += 60) {
		add(store, event, event + 59);
		checkpoint(store, event + 59);
		(void)rk_event_store_step(store);
	}
}

Test(event_keep, a_kill_at_any_moment_leaves_a_whole_file, .timeout = 120)
{
	struct rk_prng prng;
	uint64_t most_ns = 30000000;
	uint32_t left_n = 0;

	rk_prng_init(&prng, 20261127);
	for (int i = 0; i < 600 && left_n < 40; i++) {
		struct timespec wait = {
			.tv_nsec = (long)rk_prng_below(&prng, most_ns)};
		struct rk_event_checkpoint left;
		uint64_t first;
		pid_t child = fork();

		cr_assert_geq(child, 0);
		if (child == 0) {
			write_for_ever();
			_exit(0);
		}
		(void)nanosleep(&wait, NULL);
		(void)kill(child, SIGKILL);
		cr_assert_eq(waitpid(child, NULL, 0), child);
		/* It was killed before the first one: the machine is busy. */
		if (!rk_event_store_left(&folder.files, &first, &left)) {
			most_ns += most_ns < 900000000 ? most_ns / 10 : 0;
			continue;
		}
		left_n++;
		cr_assert(rk_hash_equal(left.digest, digest_at(left.event)));
		cr_assert_eq(keep_error(left.event), 0);
		must_hold(left.event);
	}
	cr_expect_eq(left_n, 40);
}

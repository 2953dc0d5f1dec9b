/*
 * Events in real files, with the worker by hand: what was added is read back
 * by askers and offline, files are cut, sealed, kept and dropped. Damage is in
 * test_event_damage.c, real threads are in test_event_threads.c.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "store/event_store.h"
#include "support/event_rows.h"
#include "support/folder.h"

static struct rk_folder folder;
static char error[RK_EVENT_STORE_TEXT_SIZE];
static uint32_t wakes;

static void open_folder(void)
{
	rk_folder_open(&folder);
}

static void close_folder(void)
{
	rk_folder_close(&folder);
}

TestSuite(event_store, .init = open_folder, .fini = close_folder);

static void on_wake(void *context)
{
	(void)context;
	wakes++;
}

static struct rk_event_store_options options_of(const struct rk_files *files)
{
	return (struct rk_event_store_options){
		.files = files,
		.queue_bytes = 1,
		.keep_bytes = UINT64_MAX,
		.manual = true,
		.wake = on_wake,
	};
}

static struct rk_event_store *open_store(uint64_t after)
{
	struct rk_event_store_options options = options_of(&folder.files);
	struct rk_event_store *store;

	cr_assert_eq(rk_event_store_open(&options, after, &store, error), 0,
		     "%s", error);
	return store;
}

static void add(struct rk_event_store *store, uint64_t first, uint64_t last)
{
	static struct rk_made_event made;

	for (uint64_t number = first; number <= last; number++) {
		rk_event_row_make(number, &made);
		while (!rk_event_store_add(store, &made.row))
			cr_assert(rk_event_store_step(store));
		/* The body was borrowed: what becomes of it must not matter */
		memset(made.bytes, 0xee, made.row.size);
	}
}

static void cut(struct rk_event_store *store)
{
	rk_event_store_cut(store);
	cr_assert_eq(rk_event_store_flush(store), 0);
}

struct seen {
	uint64_t next;
	uint64_t stop; /* 0: never */
};

static int see(void *context, const struct rk_event_row *row)
{
	struct seen *seen = context;

	cr_assert_eq(row->number, seen->next);
	cr_assert(rk_event_row_is_made(row));
	seen->next++;
	return row->number == seen->stop ? 55 : 0;
}

static void must_hold(uint64_t first, uint64_t last)
{
	struct seen seen = {first, 0};

	cr_assert_eq(
		rk_event_files_read(&folder.files, first, see, &seen, error), 0,
		"%s", error);
	cr_assert_eq(seen.next, last + 1);
}

static const char *name_of(uint64_t first)
{
	static char name[RK_FILE_NAME_SIZE];

	rk_event_row_file(first, name);
	return name;
}

Test(event_store, what_is_added_is_read_back_over_files)
{
	struct rk_event_store *store = open_store(0);
	struct seen seen = {500, 0};

	add(store, 1, 700);
	cut(store);
	cr_assert_eq(rk_event_store_sealed(store), 700);
	add(store, 701, 701);
	cut(store);
	add(store, 702, 3000);
	cr_assert_eq(rk_event_store_flush(store), 0);
	cr_assert_eq(rk_event_store_sealed(store), 701);
	cr_assert_eq(rk_event_store_oldest(store), 1);
	cr_assert_eq(rk_event_store_newest(store), 3000);
	/* The last file is still being written: another sees the sealed ones */
	must_hold(1, 701);
	rk_event_store_close(store);
	must_hold(1, 3000);
	cr_assert_eq(rk_event_files_read(&folder.files, 500, see, &seen, error),
		     0);
	cr_assert_eq(seen.next, 3001);
	must_hold(3001, 3000); /* none, and no error */
	cr_assert_eq(rk_folder_count(&folder, NULL), 3);
	cr_assert_eq(rk_folder_count(&folder, "journal"), 0);
}

Test(event_store, a_visit_can_stop_the_reading)
{
	struct rk_event_store *store = open_store(0);
	struct seen seen = {1, 30};

	add(store, 1, 50);
	rk_event_store_close(store);
	cr_assert_eq(rk_event_files_read(&folder.files, 1, see, &seen, error),
		     55);
	cr_assert_eq(seen.next, 31);
}

Test(event_store, opening_removes_what_lies_behind_the_snapshot)
{
	struct rk_event_store *store = open_store(0);

	add(store, 1, 100);
	cut(store);
	add(store, 101, 200);
	cut(store);
	add(store, 201, 300);
	rk_event_store_close(store); /* as after a crash: not sealed */
	rk_folder_store(&folder, "events-00000000000000000201.db-journal", "x",
			1);
	store = open_store(200);
	cr_assert_eq(rk_folder_count(&folder, NULL), 2);
	cr_assert_eq(rk_event_store_newest(store), 200);
	cr_assert_eq(rk_event_store_sealed(store), 200);
	add(store, 201, 250);
	rk_event_store_close(store);
	must_hold(1, 250);
	/* An older snapshot: its replay writes the sealed file anew, too. */
	store = open_store(100);
	cr_assert_eq(rk_folder_count(&folder, NULL), 1);
	cr_assert_eq(rk_event_store_oldest(store), 1);
	add(store, 101, 150);
	rk_event_store_close(store);
	must_hold(1, 150);
}

Test(event_store, an_empty_cut_seals_nothing_and_is_sealed)
{
	struct rk_event_store *store = open_store(0);

	cut(store);
	cr_assert_eq(rk_event_store_sealed(store), 0);
	add(store, 1, 10);
	rk_event_store_cut(store);
	rk_event_store_cut(store);
	cr_assert_eq(rk_event_store_sealed(store), 0, "nobody wrote yet");
	cut(store);
	cr_assert_eq(rk_event_store_sealed(store), 10);
	cr_assert_eq(rk_folder_count(&folder, NULL), 1);
	cut(store);
	rk_event_store_close(store);
	store = open_store(10);
	cut(store);
	cr_assert_eq(rk_event_store_sealed(store), 10);
	cr_assert_eq(rk_folder_count(&folder, NULL), 1);
	rk_event_store_close(store);
}

Test(event_store, a_cut_counts_for_what_was_added_before_it)
{
	struct rk_event_store *store = open_store(0);

	add(store, 1, 10);
	rk_event_store_cut(store);
	add(store, 11, 15);
	rk_event_store_cut(store);
	add(store, 16, 17);
	cr_assert_eq(rk_event_store_flush(store), 0);
	cr_assert_eq(rk_event_store_sealed(store), 15);
	cr_assert(rk_folder_has(&folder, name_of(1)));
	cr_assert(rk_folder_has(&folder, name_of(11)));
	cr_assert(rk_folder_has(&folder, name_of(16)));
	rk_event_store_close(store);
	must_hold(1, 17);
}

Test(event_store, a_full_queue_refuses_and_wakes_when_there_is_room)
{
	static struct rk_made_event made;
	struct rk_event_store *store = open_store(0);
	uint64_t number = 1;
	uint32_t before;

	while (rk_event_row_make(number, &made),
	       rk_event_store_add(store, &made.row)) {
		number++;
		cr_assert_lt(number, 1000000);
	}
	cr_assert_gt(number, 4, "something fits");
	cr_assert_eq(rk_event_store_newest(store), number - 1);
	cr_assert(!rk_event_store_add(store, &made.row));
	before = wakes;
	cr_assert(rk_event_store_step(store));
	cr_assert_eq(wakes, before + 1);
	cr_assert(rk_event_store_add(store, &made.row));
	rk_event_store_close(store);
	must_hold(1, number);
}

Test(event_store, there_is_always_room_for_a_cut)
{
	struct rk_event_store *store = open_store(0);
	/* As small as a cut itself: less than one has room in the end. */
	struct rk_event_row row = {.number = 1, .body = ""};

	while (rk_event_store_add(store, &row))
		row.number++;
	rk_event_store_cut(store);
	while (rk_event_store_step(store) && !rk_event_store_add(store, &row))
		;
	cr_assert_eq(rk_event_store_flush(store), 0);
	cr_assert_eq(rk_event_store_sealed(store), row.number - 1);
	rk_event_store_close(store);
}

static bool wants_all(const void *filter, const struct rk_event_row *row)
{
	(void)filter;
	return rk_event_row_is_made(row);
}

static bool wants_type(const void *filter, const struct rk_event_row *row)
{
	return row->type == *(const unsigned char *)filter;
}

static struct rk_event_request ask_of(uint64_t from)
{
	return (struct rk_event_request){
		.ticket = from * 3,
		.from = from,
		.events = 100,
		.visits = 1000,
		.bytes = 1 << 20,
		.wanted = wants_all,
	};
}

static struct rk_event_answer ask(struct rk_event_store *store,
				  const struct rk_event_request *request)
{
	struct rk_event_answer answer;

	cr_assert(rk_event_store_ask(store, request));
	while (!rk_event_store_take(store, &answer))
		cr_assert(rk_event_store_step(store));
	cr_assert_eq(answer.ticket, request->ticket);
	return answer;
}

/* The answer holds first .. last, one after the other. */
static void must_be(struct rk_event_answer *answer, uint64_t first,
		    uint64_t last)
{
	cr_assert_eq(answer->error, 0);
	cr_assert_eq(answer->events, last - first + 1, "%u events",
		     answer->events);
	for (uint32_t i = 0; i < answer->events; i++) {
		cr_assert_eq(answer->rows[i].number, first + i);
		cr_assert(rk_event_row_is_made(&answer->rows[i]));
	}
	cr_assert_eq(answer->next, last + 1);
	rk_event_answer_free(answer);
}

/* Two sealed files, 1..100 and 101..150, and one being written, up to 300. */
static struct rk_event_store *open_filled(void)
{
	struct rk_event_store *store = open_store(0);

	add(store, 1, 100);
	cut(store);
	add(store, 101, 150);
	cut(store);
	add(store, 151, 300);
	return store;
}

Test(event_store, askers_read_sealed_files_and_the_one_being_written)
{
	struct rk_event_store *store = open_filled();
	struct rk_event_request request = ask_of(1);
	struct rk_event_answer answer;

	answer = ask(store, &request);
	must_be(&answer, 1, 100);
	request = ask_of(90);
	answer = ask(store, &request);
	must_be(&answer, 90, 189); /* over three files */
	request = ask_of(290);
	answer = ask(store, &request);
	must_be(&answer, 290, 300);
	request = ask_of(301);
	answer = ask(store, &request);
	must_be(&answer, 301, 300);
	/* The file is cut while it was read from. */
	add(store, 301, 310);
	cut(store);
	request = ask_of(305);
	answer = ask(store, &request);
	must_be(&answer, 305, 310);
	rk_event_store_close(store);
}

Test(event_store, what_still_waits_to_be_written_is_answered_as_well)
{
	struct rk_event_store *store = open_store(0);
	struct rk_event_request request = ask_of(5);
	struct rk_event_answer answer;

	add(store, 1, 20); /* no step was made */
	answer = ask(store, &request);
	must_be(&answer, 5, 20);
	rk_event_store_close(store);
}

Test(event_store, a_piece_is_bounded_by_events_visits_and_bytes)
{
	struct rk_event_store *store = open_filled();
	struct rk_event_request request = ask_of(10);
	struct rk_event_answer answer;
	struct rk_made_event made;
	uint32_t bytes = 0;

	request.events = 7;
	answer = ask(store, &request);
	must_be(&answer, 10, 16);
	request = ask_of(10);
	request.visits = 3;
	answer = ask(store, &request);
	must_be(&answer, 10, 12);
	for (uint64_t number = 10; number <= 14; number++) {
		rk_event_row_make(number, &made);
		bytes += made.row.size;
	}
	request = ask_of(10);
	request.bytes = bytes;
	answer = ask(store, &request);
	must_be(&answer, 10, 14);
	/* However little is asked for, it goes on. */
	request.bytes = 0;
	answer = ask(store, &request);
	cr_assert_geq(answer.events, 1);
	must_be(&answer, 10, 9 + answer.events);
	rk_event_store_close(store);
}

Test(event_store, a_filter_takes_some_and_counts_all_as_visited)
{
	struct rk_event_store *store = open_filled();
	struct rk_event_request request = ask_of(1);
	struct rk_event_answer answer;
	uint64_t last = 0;

	request.wanted = wants_type;
	request.filter[0] = 3;
	request.visits = 120;
	answer = ask(store, &request);
	cr_assert_eq(answer.error, 0);
	cr_assert_eq(answer.next, 121);
	cr_assert_gt(answer.events, 0);
	cr_assert_lt(answer.events, 100);
	for (uint32_t i = 0; i < answer.events; i++) {
		cr_assert_eq(answer.rows[i].type, 3);
		cr_assert_gt(answer.rows[i].number, last);
		cr_assert(rk_event_row_is_made(&answer.rows[i]));
		last = answer.rows[i].number;
	}
	rk_event_answer_free(&answer);
	rk_event_store_close(store);
}

Test(event_store, too_many_askers_are_refused)
{
	struct rk_event_store *store = open_filled();
	struct rk_event_request request = ask_of(1);
	struct rk_event_answer answer;
	uint32_t n = 0;

	while (rk_event_store_ask(store, &request))
		n++;
	cr_assert_geq(n, 16);
	cr_assert_leq(n, 1024);
	while (rk_event_store_step(store))
		;
	cr_assert(!rk_event_store_ask(store, &request), "none was taken");
	cr_assert(rk_event_store_take(store, &answer));
	rk_event_answer_free(&answer);
	cr_assert(rk_event_store_ask(store, &request));
	rk_event_store_close(store); /* with answers that nobody took */
}

Test(event_store, the_oldest_go_when_nobody_needs_them_and_there_is_too_much)
{
	struct rk_event_store_options options = options_of(&folder.files);
	struct rk_event_request request = ask_of(5);
	struct rk_event_store *store;
	struct rk_event_answer answer;
	uint64_t bytes;
	uint32_t files;

	options.keep_bytes = 0;
	cr_assert_eq(rk_event_store_open(&options, 0, &store, error), 0);
	add(store, 1, 100);
	cut(store);
	add(store, 101, 200);
	cut(store);
	add(store, 201, 300);
	cut(store);
	rk_event_store_sizes(store, &bytes, &files);
	cr_assert_eq(files, 3, "none goes until somebody says so");
	cr_assert_eq(bytes, rk_folder_size(&folder, name_of(1)) +
				    rk_folder_size(&folder, name_of(101)) +
				    rk_folder_size(&folder, name_of(201)));
	answer = ask(store, &request); /* leaves the file open */
	rk_event_answer_free(&answer);
	rk_event_store_need(store, 200);
	cr_assert_eq(rk_event_store_flush(store), 0);
	cr_assert_eq(rk_event_store_oldest(store), 101, "200 is needed");
	cr_assert(!rk_folder_has(&folder, name_of(1)));
	answer = ask(store, &request);
	cr_assert_eq(answer.error, -ENOENT);
	cr_assert_eq(answer.next, 101);
	rk_event_store_need(store, 1000);
	cr_assert_eq(rk_event_store_flush(store), 0);
	cr_assert_eq(rk_event_store_oldest(store), 301, "nothing is left");
	add(store, 301, 310);
	cut(store);
	cr_assert_eq(rk_event_store_oldest(store), 311, "goes once sealed");
	rk_event_store_close(store);
	/* Nothing at all is no damage. */
	rk_event_store_close(open_store(310));
}

Test(event_store, what_may_be_kept_is_kept)
{
	struct rk_event_store_options options = options_of(&folder.files);
	struct rk_event_store *store = open_filled();
	uint64_t sizes;
	uint32_t files;

	cut(store);
	rk_event_store_close(store);
	/* One byte less than all three: the oldest must go, and only it. */
	options.keep_bytes = rk_folder_size(&folder, name_of(1)) +
			     rk_folder_size(&folder, name_of(101)) +
			     rk_folder_size(&folder, name_of(151)) - 1;
	cr_assert_eq(rk_event_store_open(&options, 300, &store, error), 0);
	rk_event_store_need(store, 301);
	cr_assert_eq(rk_event_store_flush(store), 0);
	cr_assert_eq(rk_event_store_oldest(store), 101);
	rk_event_store_sizes(store, &sizes, &files);
	cr_assert_eq(files, 2);
	rk_event_store_close(store);
	must_hold(101, 300);
}

/* What failed after the store was open. */
static bool sync_failed;
static bool sync_dir_failed;

/* Play the same again and again, one call after the other fails. */
static bool play(const struct rk_files *files)
{
	struct rk_event_store_options options = options_of(files);
	struct rk_event_store *store;
	const char *reason = NULL;
	uint64_t sealed;
	int r;

	r = rk_event_store_open(&options, 100, &store, error);
	if (r < 0) {
		cr_assert(folder.failed, "%s", error);
		cr_assert_eq(r, -ENOSPC, "%s: %s", folder.failed, error);
		return false;
	}
	add(store, 101, 150);
	rk_event_store_cut(store);
	(void)rk_event_store_flush(store);
	r = rk_event_store_error(store, &reason);
	sealed = rk_event_store_sealed(store);
	if (r == 0) {
		cr_assert_eq(sealed, 150);
	} else {
		static struct rk_made_event made;

		sync_failed |= strcmp(folder.failed, "sync") == 0;
		sync_dir_failed |= strcmp(folder.failed, "sync_dir") == 0;
		cr_assert_eq(r, -ENOSPC, "%s: %s", folder.failed, reason);
		cr_assert_eq(sealed, 100);
		cr_assert_neq(strstr(reason, "events-"), NULL, "%s", reason);
		rk_event_row_make(151, &made);
		folder.left = -1; /* the disk is well again: too late */
		cr_assert(!rk_event_store_add(store, &made.row));
		rk_event_store_cut(store);
		cr_assert_eq(rk_event_store_flush(store), -ENOSPC);
		cr_assert_eq(rk_event_store_sealed(store), 100);
	}
	rk_event_store_close(store);
	return r == 0;
}

Test(event_store, a_failure_of_any_call_is_for_good_and_replay_repairs)
{
	struct rk_event_store *store = open_store(0);
	int64_t i = 0;
	bool good;

	add(store, 1, 100);
	cut(store);
	rk_event_store_close(store);
	folder.fault = -ENOSPC;
	do {
		folder.failed = NULL;
		folder.left = i++;
		good = play(&folder.faulty);
		folder.left = -1;
		store = open_store(100);
		add(store, 101, 120);
		rk_event_store_close(store);
		must_hold(1, 120);
		cr_assert_lt(i, 1000);
	} while (!good || folder.failed);
	/* Those that make a file last are among them. */
	cr_assert(sync_failed);
	cr_assert(sync_dir_failed);
}

Test(event_store, a_full_disk_is_an_error_and_nothing_is_sealed)
{
	struct rk_event_store *store = open_store(0);
	struct rlimit limit = {100000, RLIM_INFINITY};
	static struct rk_made_event made;
	const char *reason = NULL;
	uint64_t number = 1;
	int r;

	(void)signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	while (rk_event_store_error(store, &reason) == 0) {
		rk_event_row_make(number, &made);
		if (rk_event_store_add(store, &made.row))
			number++;
		else
			cr_assert(rk_event_store_step(store));
		cr_assert_lt(number, 1000000);
	}
	r = rk_event_store_flush(store);
	cr_assert(r == -EFBIG || r == -ENOSPC || r == -EIO, "%d", r);
	cr_assert_neq(strstr(reason, name_of(1)), NULL, "%s", reason);
	cr_assert_eq(rk_event_store_sealed(store), 0);
	limit.rlim_cur = RLIM_INFINITY;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	rk_event_store_close(store);
	store = open_store(0);
	cr_assert_eq(rk_folder_count(&folder, NULL), 0);
	rk_event_store_close(store);
}

Test(event_store, closing_nothing_is_allowed)
{
	rk_event_store_close(NULL);
}

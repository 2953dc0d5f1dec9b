/*
 * The store of events with its thread: one adds as fast as it can, reads what
 * is old and cuts, while the worker writes. A plain program that prints TAP:
 * ThreadSanitizer, which this test is for, does not start under Criterion.
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/event_store.h"
#include "support/event_rows.h"
#include "support/folder.h"

#define EVENTS UINT64_C(20000)

static struct rk_folder folder;
static char error[RK_EVENT_STORE_TEXT_SIZE];

/* What wakes the loop in the daemon; here it only wakes the test. */
struct bell {
	pthread_mutex_t lock;
	pthread_cond_t rung;
	uint32_t rings;
};

static struct bell bell = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER,
			   0};

static void ring(void *context)
{
	struct bell *rung = context;

	(void)pthread_mutex_lock(&rung->lock);
	rung->rings++;
	(void)pthread_cond_signal(&rung->rung);
	(void)pthread_mutex_unlock(&rung->lock);
}

static void wait_ring(void)
{
	(void)pthread_mutex_lock(&bell.lock);
	while (bell.rings == 0)
		(void)pthread_cond_wait(&bell.rung, &bell.lock);
	bell.rings = 0;
	(void)pthread_mutex_unlock(&bell.lock);
}

static int open_store(uint64_t after, struct rk_event_store **store)
{
	struct rk_event_store_options options = {
		.files = &folder.files,
		.queue_bytes = 1 << 19,
		.keep_bytes = 0,
		.wake = ring,
		.wake_context = &bell,
	};

	return rk_event_store_open(&options, after, store, error);
}

static bool wants_all(const void *filter, const struct rk_event_row *row)
{
	(void)filter;
	return rk_event_row_is_made(row);
}

/* One asker goes through everything, behind the one who adds. */
struct asker {
	uint64_t next;
	bool waiting;
	bool good;
};

static void go_on(struct rk_event_store *store, struct asker *asker)
{
	struct rk_event_request request = {
		.ticket = 7,
		.from = asker->next,
		.events = 100,
		.visits = 100,
		.bytes = 100000,
		.wanted = wants_all,
	};
	struct rk_event_answer answer;

	while (rk_event_store_take(store, &answer)) {
		asker->good = asker->good && answer.error == 0;
		for (uint32_t i = 0; i < answer.events; i++)
			asker->good = asker->good &&
				      answer.rows[i].number == asker->next++;
		asker->good = asker->good && answer.next == asker->next;
		rk_event_answer_free(&answer);
		asker->waiting = false;
	}
	request.from = asker->next;
	if (!asker->waiting && asker->next <= rk_event_store_newest(store))
		asker->waiting = rk_event_store_ask(store, &request);
}

static bool one_adds_and_asks_while_another_writes(void)
{
	static struct rk_made_event made;
	struct asker asker = {1, false, true};
	struct rk_event_store *store;
	uint64_t sealed = 0;

	if (open_store(0, &store) != 0)
		return false;
	for (uint64_t number = 1; number <= EVENTS; number++) {
		rk_event_row_make(number, &made);
		while (!rk_event_store_add(store, &made.row)) {
			wait_ring();
			go_on(store, &asker);
		}
		if (number % 3000 == 0)
			rk_event_store_cut(store);
		if (number % 64 == 0)
			go_on(store, &asker);
		if (rk_event_store_sealed(store) < sealed)
			asker.good = false;
		sealed = rk_event_store_sealed(store);
	}
	while (asker.good && asker.next <= EVENTS) {
		go_on(store, &asker);
		(void)sched_yield();
	}
	rk_event_store_cut(store);
	asker.good = asker.good && rk_event_store_flush(store) == 0 &&
		     rk_event_store_sealed(store) == EVENTS;
	rk_event_store_close(store);
	return asker.good;
}

static int see(void *context, const struct rk_event_row *row)
{
	uint64_t *next = context;

	if (row->number != *next || !rk_event_row_is_made(row))
		return 1;
	(*next)++;
	return 0;
}

static bool all_of_it_is_in_the_files(void)
{
	uint64_t next = 1;

	return rk_event_files_read(&folder.files, 1, see, &next, error) == 0 &&
	       next == EVENTS + 1;
}

static bool closing_writes_what_waits(void)
{
	static struct rk_made_event made;
	struct rk_event_store *store;
	uint64_t next = EVENTS + 1;

	if (open_store(EVENTS, &store) != 0)
		return false;
	for (uint64_t number = EVENTS + 1; number <= EVENTS + 500; number++) {
		rk_event_row_make(number, &made);
		while (!rk_event_store_add(store, &made.row))
			wait_ring();
	}
	rk_event_store_close(store);
	return rk_event_files_read(&folder.files, next, see, &next, error) ==
		       0 &&
	       next == EVENTS + 501;
}

static bool what_is_not_needed_goes_meanwhile(void)
{
	struct rk_event_store *store;
	bool good;

	if (open_store(EVENTS, &store) != 0)
		return false;
	rk_event_store_need(store, EVENTS);
	while (rk_event_store_oldest(store) < EVENTS / 3000 * 3000 + 1)
		(void)sched_yield();
	good = rk_event_store_newest(store) == EVENTS;
	rk_event_store_close(store);
	return good && rk_folder_count(&folder, NULL) == 1;
}

int main(void)
{
	static const struct {
		const char *name;
		bool (*holds)(void);
	} tests[] = {
		{"one_adds_and_asks_while_another_writes",
		 one_adds_and_asks_while_another_writes},
		{"all_of_it_is_in_the_files", all_of_it_is_in_the_files},
		{"closing_writes_what_waits", closing_writes_what_waits},
		{"what_is_not_needed_goes_meanwhile",
		 what_is_not_needed_goes_meanwhile},
	};
	size_t n = sizeof(tests) / sizeof(tests[0]);
	int failed = 0;

	rk_folder_open(&folder);
	for (size_t i = 0; i < n; i++) {
		bool good = tests[i].holds();

		failed += !good;
		(void)printf("%s %zu - %s\n", good ? "ok" : "not ok", i + 1,
			     tests[i].name);
	}
	rk_folder_close(&folder);
	(void)printf("1..%zu\n", n);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

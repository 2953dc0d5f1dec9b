/*
 * The journal in files with its threads. A plain program that prints TAP:
 * ThreadSanitizer, which this test is for, does not start under Criterion.
 */
#define _GNU_SOURCE /* pthread_getname_np */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "store/journal_file.h"
#include "store/worker.h"
#include "support/fault_files.h"

#define SEGMENT_BYTES 65536U
#define GROUPS        5000U
#define SIZE          700U

/* A folder with faults, and a journal in it. */
struct setup {
	char dir[64];
	struct rk_files files;
	struct rk_fault_files fault;
	struct rk_journal_file_options options;
	struct rk_journal *journal;
	uint64_t next;
	_Atomic uint64_t durable;
	_Atomic uint64_t told;
	atomic_bool disordered;
	char error[RK_JOURNAL_TEXT_SIZE];
};

static void on_durable(void *context, uint64_t seq)
{
	struct setup *setup = context;
	uint64_t before = atomic_exchange(&setup->durable, seq);

	if (seq < before)
		atomic_store(&setup->disordered, true);
	atomic_fetch_add(&setup->told, 1);
}

static bool start(struct setup *setup)
{
	const struct rk_journal_place place = {0};

	memset(setup, 0, sizeof(*setup));
	(void)snprintf(setup->dir, sizeof(setup->dir),
		       "/tmp/rk_committer_XXXXXX");
	if (!mkdtemp(setup->dir) ||
	    rk_files_open_posix(setup->dir, &setup->files) != 0)
		return false;
	rk_fault_files_init(&setup->fault, &setup->files);
	setup->options = (struct rk_journal_file_options){
		.files = &setup->fault.files,
		.segment_bytes = SEGMENT_BYTES,
		.groups_in_flight = 64,
		.bytes_in_flight = 1 << 20,
		.keep_segments = 2,
	};
	if (rk_journal_open_file(&setup->options, &place, &setup->journal,
				 setup->error) != 0)
		return false;
	rk_journal_on_durable(setup->journal, on_durable, setup);
	setup->next = 1;
	return true;
}

static int find_any(void *context, const char *name, uint64_t size)
{
	(void)size;
	(void)snprintf(context, RK_FILE_NAME_SIZE, "%s", name);
	return 1;
}

static void stop(struct setup *setup)
{
	char name[RK_FILE_NAME_SIZE];

	rk_journal_close(setup->journal);
	while (rk_files_list(&setup->files, find_any, name) == 1)
		(void)rk_files_remove(&setup->files, name);
	rk_fault_files_fini(&setup->fault);
	rk_files_close(&setup->files);
	(void)rmdir(setup->dir);
}

static int append(struct setup *setup)
{
	unsigned char payload[SIZE];
	struct rk_journal_group group = {
		.first_seq = setup->next,
		.count = 3,
		.time_ns = (int64_t)setup->next,
		.payload = payload,
		.size = sizeof(payload),
	};
	int r;

	memset(payload, (int)(setup->next & 0xff), sizeof(payload));
	r = rk_journal_append(setup->journal, &group);
	if (r == 0)
		setup->next += 3;
	return r;
}

static int check_group(void *context, const struct rk_journal_group *group)
{
	uint64_t *next = context;
	const unsigned char *payload = group->payload;

	if (group->first_seq != *next || group->size != SIZE)
		return 1;
	for (size_t i = 0; i < SIZE; i++)
		if (payload[i] != (unsigned char)group->first_seq)
			return 1;
	*next += group->count;
	return 0;
}

/* All that is kept can be read, up to the newest. */
static bool is_all_there(struct setup *setup)
{
	struct rk_journal_stats stats;
	struct rk_journal_end end;
	uint64_t next;
	struct rk_journal_scan scan = {.files = &setup->files,
				       .oldest = true,
				       .visit = check_group,
				       .context = &next};

	rk_journal_stats(setup->journal, &stats);
	next = stats.oldest_seq;
	return rk_journal_scan(&scan, &end, setup->error) == 0 &&
	       next == setup->next && end.place.seq + 1 == setup->next;
}

static bool groups_become_durable_in_order_and_stay(void)
{
	struct setup setup;
	struct rk_journal_stats stats;
	bool good = start(&setup);

	for (uint32_t i = 0; good && i < GROUPS; i++) {
		good = append(&setup) == 0;
		if (!rk_journal_room(setup.journal) || i % 500 == 0) {
			/* Who waits finds that the loop was told. */
			good = good && rk_journal_wait(setup.journal,
						       setup.next - 1) == 0;
			good = good && setup.durable == setup.next - 1;
		}
		rk_journal_stats(setup.journal, &stats);
		good = good && stats.in_flight <= 64 &&
		       stats.newest_seq == setup.next - 1;
	}
	good = good && rk_journal_wait(setup.journal, setup.next - 1) == 0;
	rk_journal_stats(setup.journal, &stats);
	printf("# %llu groups, %llu syncs, %u segments\n",
	       (unsigned long long)stats.groups,
	       (unsigned long long)stats.syncs, stats.segments);
	good = good && !setup.disordered && stats.segments > 50;
	good = good && stats.syncs <= GROUPS + stats.segments;
	good = good && stats.segment_errors == 0;
	good = good && is_all_there(&setup);
	stop(&setup);
	return good;
}

static bool old_segments_go_while_new_ones_are_written(void)
{
	struct setup setup;
	struct rk_journal_stats stats;
	bool good = start(&setup);
	int tries = 0;

	for (uint32_t i = 0; good && i < GROUPS; i++) {
		good = append(&setup) == 0;
		if (!rk_journal_room(setup.journal)) {
			good = good && rk_journal_wait(setup.journal,
						       setup.next - 1) == 0;
			rk_journal_forget(setup.journal, setup.next - 1);
		}
	}
	good = good && rk_journal_wait(setup.journal, setup.next - 1) == 0;
	rk_journal_forget(setup.journal, setup.next);
	do {
		(void)usleep(1000);
		rk_journal_stats(setup.journal, &stats);
	} while (good && stats.segments > 3 && ++tries < 10000);
	good = good && stats.segments == 3 && stats.segment_errors == 0;
	good = good && stats.oldest_seq > 1 && is_all_there(&setup);
	stop(&setup);
	return good;
}

static bool a_chain_is_known_once_its_group_is_durable(void)
{
	struct setup setup;
	unsigned char early[RK_CHAIN_SIZE];
	unsigned char late[RK_CHAIN_SIZE];
	bool good = start(&setup);

	for (int i = 0; good && i < 300; i++) {
		uint64_t seq;

		good = append(&setup) == 0;
		seq = setup.next - 1;
		(void)rk_journal_chain_at(setup.journal, seq, early);
		for (int j = 0; good && j < i % 7; j++)
			good = append(&setup) == 0;
		good = good && rk_journal_wait(setup.journal, seq) == 0;
		good = good && rk_journal_chain_at(setup.journal, seq, late);
	}
	stop(&setup);
	return good;
}

/* A disk that hangs: the loop goes on up to the bound, and sees for how long */
static bool a_sync_that_hangs_fills_the_room_and_is_seen(void)
{
	struct setup setup;
	struct rk_journal_stats stats;
	uint64_t since;
	bool good = start(&setup);

	rk_fault_files_hold(&setup.fault, true);
	good = good && append(&setup) == 0;
	rk_journal_stats(setup.journal, &stats);
	since = stats.oldest_unsynced_ns;
	good = good && since != 0;
	rk_fault_files_wait_held(&setup.fault);
	while (good && rk_journal_room(setup.journal))
		good = append(&setup) == 0;
	rk_journal_stats(setup.journal, &stats);
	good = good && stats.in_flight == 64 && setup.durable == 0;
	good = good && stats.oldest_unsynced_ns == since;

	rk_fault_files_hold(&setup.fault, false);
	good = good && rk_journal_wait(setup.journal, setup.next - 1) == 0;
	rk_journal_stats(setup.journal, &stats);
	good = good && stats.oldest_unsynced_ns == 0 && stats.in_flight == 0;
	good = good && rk_journal_room(setup.journal) && is_all_there(&setup);
	stop(&setup);
	return good;
}

static bool a_failed_sync_wakes_who_waits_and_the_loop(void)
{
	struct setup setup;
	const char *reason = NULL;
	uint64_t durable;
	uint64_t told;
	bool good = start(&setup);

	for (int i = 0; good && i < 50; i++)
		good = append(&setup) == 0;
	good = good && rk_journal_wait(setup.journal, setup.next - 1) == 0;
	durable = setup.durable;
	told = setup.told;
	rk_fault_files_fail(&setup.fault, RK_FAULT_SYNC, 0, -EIO);
	good = good && append(&setup) == 0;
	good = good && rk_journal_wait(setup.journal, setup.next - 1) == -EIO;
	good = good && rk_journal_error(setup.journal, &reason) == -EIO &&
	       strstr(reason, "sync of journal-") != NULL;
	for (int i = 0; i < 10000 && setup.told == told; i++)
		(void)usleep(100);
	good = good && setup.told == told + 1 && setup.durable == durable;
	good = good && append(&setup) == -EIO;
	stop(&setup); /* and this does not hang */
	return good;
}

/* What was queued while the sync failed is not even written. */
static bool behind_a_failed_sync_nothing_is_written(void)
{
	struct setup setup;
	struct rk_journal_end end = {.place = {.seq = 0}};
	struct rk_journal_scan scan = {.files = &setup.files};
	bool good = start(&setup);

	good = good && append(&setup) == 0;
	good = good && rk_journal_wait(setup.journal, setup.next - 1) == 0;
	rk_fault_files_hold(&setup.fault, true);
	rk_fault_files_fail(&setup.fault, RK_FAULT_SYNC, 0, -EIO);
	good = good && append(&setup) == 0;
	/* The committer has it once the bytes in flight are in the file. */
	while (good && end.place.seq < setup.next - 1)
		good = rk_journal_scan(&scan, &end, setup.error) == 0;
	good = good && append(&setup) == 0;
	rk_fault_files_hold(&setup.fault, false);
	good = good && rk_journal_wait(setup.journal, setup.next - 1) == -EIO;
	rk_journal_close(setup.journal);
	setup.journal = NULL;
	good = good && rk_journal_scan(&scan, &end, setup.error) == 0 &&
	       end.place.seq == setup.next - 4;
	stop(&setup);
	return good;
}

/* What a worker's thread looks like from within. */
struct look {
	struct rk_worker *worker;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int left; /* steps to do */
	int done;
	bool blocked;
	char name[16];
	int nice;
};

static bool look_around(void *context)
{
	struct look *look = context;
	sigset_t blocked;
	bool more;

	(void)pthread_mutex_lock(&look->lock);
	(void)pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	look->blocked = sigismember(&blocked, SIGTERM) == 1 &&
			sigismember(&blocked, SIGHUP) == 1;
	(void)pthread_getname_np(pthread_self(), look->name,
				 sizeof(look->name));
	look->nice = getpriority(PRIO_PROCESS, 0);
	if (look->left > 0) {
		look->left--;
		look->done++;
	}
	more = look->left > 0;
	(void)pthread_cond_broadcast(&look->changed);
	(void)pthread_mutex_unlock(&look->lock);
	return more;
}

static bool a_worker_does_all_steps_of_each_kick_on_its_thread(void)
{
	struct look look = {.lock = PTHREAD_MUTEX_INITIALIZER,
			    .changed = PTHREAD_COND_INITIALIZER};
	const struct rk_worker_options options = {.name = "looking",
						  .step = look_around,
						  .context = &look,
						  .nice = 5};
	sigset_t blocked;
	bool good = rk_worker_open(&options, &look.worker) == 0;
	int want = 0;

	for (int i = 1; good && i < 200; i++) {
		(void)pthread_mutex_lock(&look.lock);
		look.left += i % 5 + 1;
		want += i % 5 + 1;
		(void)pthread_mutex_unlock(&look.lock);
		rk_worker_kick(look.worker);
		(void)pthread_mutex_lock(&look.lock);
		while (look.done < want)
			(void)pthread_cond_wait(&look.changed, &look.lock);
		(void)pthread_mutex_unlock(&look.lock);
	}
	good = good && !rk_worker_is_manual(look.worker);
	rk_worker_close(look.worker);
	rk_worker_close(NULL);
	good = good && look.blocked && strcmp(look.name, "looking") == 0;
	good = good && look.nice >= 5;
	/* The signals of the others are as they were. */
	(void)pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	return good && sigismember(&blocked, SIGTERM) == 0;
}

static bool a_manual_worker_does_nothing_by_itself(void)
{
	struct look look = {.lock = PTHREAD_MUTEX_INITIALIZER,
			    .changed = PTHREAD_COND_INITIALIZER,
			    .left = 2};
	const struct rk_worker_options options = {.name = "looking",
						  .step = look_around,
						  .context = &look,
						  .manual = true};
	bool good = rk_worker_open(&options, &look.worker) == 0;

	good = good && rk_worker_is_manual(look.worker);
	rk_worker_kick(look.worker);
	good = good && look.done == 0;
	good = good && rk_worker_step(look.worker) && look.done == 1;
	good = good && !rk_worker_step(look.worker) && look.done == 2;
	rk_worker_close(look.worker);
	return good;
}

int main(void)
{
	static const struct {
		const char *name;
		bool (*holds)(void);
	} tests[] = {
		{"groups_become_durable_in_order_and_stay",
		 groups_become_durable_in_order_and_stay},
		{"old_segments_go_while_new_ones_are_written",
		 old_segments_go_while_new_ones_are_written},
		{"a_chain_is_known_once_its_group_is_durable",
		 a_chain_is_known_once_its_group_is_durable},
		{"a_sync_that_hangs_fills_the_room_and_is_seen",
		 a_sync_that_hangs_fills_the_room_and_is_seen},
		{"a_failed_sync_wakes_who_waits_and_the_loop",
		 a_failed_sync_wakes_who_waits_and_the_loop},
		{"behind_a_failed_sync_nothing_is_written",
		 behind_a_failed_sync_nothing_is_written},
		{"a_worker_does_all_steps_of_each_kick_on_its_thread",
		 a_worker_does_all_steps_of_each_kick_on_its_thread},
		{"a_manual_worker_does_nothing_by_itself",
		 a_manual_worker_does_nothing_by_itself},
	};
	size_t n = sizeof(tests) / sizeof(tests[0]);
	int failed = 0;

	for (size_t i = 0; i < n; i++) {
		bool good = tests[i].holds();

		failed += !good;
		printf("%s %zu - %s\n", good ? "ok" : "not ok", i + 1,
		       tests[i].name);
	}
	printf("1..%zu\n", n);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/*
 * Writing a journal in files: what is durable stays, segments come and go in
 * order, and a disk that fails ends it for good.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "journal_rig.h"
#include "store/segment.h"
#include "support/fault_files.h"

#define NAMES_MAX 256

static char names[NAMES_MAX][RK_FILE_NAME_SIZE];

static struct rk_journal_stats stats_of(const struct rig *rig)
{
	struct rk_journal_stats stats;

	rk_journal_stats(rig->journal, &stats);
	return stats;
}

static void start(struct rig *rig)
{
	rig_init(rig);
	rig_open(rig);
}

/* A disk that can fail, and a journal on it. */
static void start_on(struct rig *rig, struct rk_fault_files *fault)
{
	rig_init(rig);
	rk_fault_files_init(fault, &rig->files);
	rig->options.files = &fault->files;
	rig_open(rig);
}

static void assert_all_there(struct rig *rig)
{
	cr_assert_eq(rig_scan(rig, NULL), 0, "%s", rig->error);
	cr_assert_eq(rig->first_seen, 1);
	cr_assert_eq(rig->last_seen, rig->told);
	cr_assert_eq(rig->end.torn, 0);
}

Test(journal_file, nothing_is_durable_before_the_committer_has_synced)
{
	struct rig rig;

	start(&rig);
	cr_assert_eq(rig_append(&rig), 0);
	cr_assert_eq(rig_append(&rig), 0);
	cr_assert_eq(rig.told, 0);
	cr_assert(rk_journal_step_commit(rig.journal));
	cr_assert_eq(rig.told, rig.next - 1);
	cr_assert_not(rk_journal_step_commit(rig.journal));
	cr_assert_eq(rk_journal_role(rig.journal), RK_JOURNAL_LEADER);
	rig_fini(&rig);
}

Test(journal_file, a_log_goes_on_over_many_starts)
{
	struct rig rig;

	start(&rig);
	for (uint32_t i = 1; i <= 20; i++) {
		rig_fill(&rig, i, i % 4 + 1);
		rig_close(&rig);
		assert_all_there(&rig);
		rig_reopen(&rig);
	}
	rig_fini(&rig);
}

Test(journal_file, waiting_makes_it_durable)
{
	struct rig rig;

	start(&rig);
	cr_assert_eq(rig_append(&rig), 0);
	cr_assert_eq(rk_journal_wait(rig.journal, rig.next - 1), 0);
	cr_assert_eq(rig.told, rig.next - 1);
	cr_assert_eq(rk_journal_wait(rig.journal, 1), 0);
	rig_fini(&rig);
}

Test(journal_file, closing_waits_for_what_was_appended)
{
	struct rig rig;

	start(&rig);
	for (int i = 0; i < 50; i++)
		cr_assert_eq(rig_append(&rig), 0);
	rig_close(&rig);
	cr_assert_eq(rig.told, rig.next - 1);
	assert_all_there(&rig);
	rig_fini(&rig);
}

Test(journal_file, a_closed_journal_leaves_nothing_but_segments_of_their_size)
{
	struct rig rig;
	uint32_t n;
	uint64_t bytes = 0;

	start(&rig);
	rig_fill(&rig, 100, 3);
	rig_close(&rig);
	cr_assert_not(rig_exists(&rig, "next.new"));
	cr_assert_not(rig_exists(&rig, "hurry.new"));
	n = rig_segments(&rig, names, NAMES_MAX);
	for (uint32_t i = 0; i < n; i++) {
		unsigned char *content;
		size_t size = rig_read(&rig, names[i], &content);

		cr_assert_eq(size % RK_SEGMENT_SECTOR, 0);
		cr_assert_leq(size, RIG_SEGMENT_BYTES);
		/* Its last sector is not what was filled ahead. */
		cr_assert_gt(
			rk_segment_extent(content + size - RK_SEGMENT_SECTOR,
					  RK_SEGMENT_SECTOR),
			0);
		bytes += size - RK_SEGMENT_SECTOR;
		free(content);
	}
	cr_assert_eq(rig_scan(&rig, NULL), 0);
	cr_assert_eq(rig.end.bytes, bytes);
	rig_fini(&rig);
}

Test(journal_file, files_are_the_owners_alone)
{
	struct rig rig;
	struct stat status;
	char path[256];

	start(&rig);
	rig_fill(&rig, 1, 1);
	cr_assert_eq(rig_segments(&rig, names, NAMES_MAX), 1);
	cr_assert_eq(rk_files_path(&rig.files, names[0], path, sizeof(path)),
		     0);
	cr_assert_eq(stat(path, &status), 0);
	cr_assert_eq(status.st_mode & 0777, 0600);
	cr_assert_eq(rk_files_path(&rig.files, names[0], path, 20),
		     -ENAMETOOLONG);
	rig_fini(&rig);
}

/* With nobody to prepare segments the committer makes its own. */
Test(journal_file, a_segment_that_is_not_prepared_is_made_in_a_hurry)
{
	struct rig rig;

	start(&rig);
	for (int i = 0; i < 100; i++) {
		cr_assert_eq(rig_append(&rig), 0);
		(void)rk_journal_step_commit(rig.journal);
		cr_assert_not(rig_exists(&rig, "next.new"));
	}
	cr_assert_gt(rig_segments(&rig, names, NAMES_MAX), 5);
	rig_close(&rig);
	assert_all_there(&rig);
	rig_fini(&rig);
}

Test(journal_file, the_next_segment_is_filled_with_zeros_ahead)
{
	struct rig rig;
	unsigned char *bytes;

	start(&rig);
	cr_assert(rk_journal_step_segments(rig.journal));
	cr_assert_not(rk_journal_step_segments(rig.journal));
	cr_assert_eq(rig_read(&rig, "next.new", &bytes), RIG_SEGMENT_BYTES);
	cr_assert_eq(rk_segment_extent(bytes, RIG_SEGMENT_BYTES), 0);
	free(bytes);
	rig_fill(&rig, 1, 1);
	/* It became the first one, and the second is ready. */
	cr_assert_eq(rig_segments(&rig, names, NAMES_MAX), 1);
	cr_assert_eq(rig_read(&rig, names[0], &bytes), RIG_SEGMENT_BYTES);
	free(bytes);
	cr_assert(rig_exists(&rig, "next.new"));
	rig_fini(&rig);
}

static int big_seen(void *context, const struct rk_journal_group *group)
{
	size_t *sizes = context;
	const unsigned char *payload = group->payload;

	cr_assert_eq(group->size, sizes[group->first_seq - 1]);
	for (size_t i = 0; i < group->size; i++)
		cr_assert_eq(payload[i],
			     (unsigned char)(i * 13 + group->first_seq));
	return 0;
}

/* Larger than a segment, than the buffers, than the window of the reader. */
Test(journal_file, groups_of_any_size_are_kept)
{
	static size_t sizes[] = {10,      7000,    8192, 100000, 0,
				 3000000, 4000000, 1,    500000, 12};
	struct rig rig;
	struct rk_journal_scan scan = {.visit = big_seen, .context = sizes};
	unsigned char *payload = malloc(4000000);

	start(&rig);
	for (uint64_t seq = 1; seq <= 10; seq++) {
		struct rk_journal_group group = {.first_seq = seq,
						 .count = 1,
						 .payload = payload,
						 .size = sizes[seq - 1]};

		for (size_t i = 0; i < group.size; i++)
			payload[i] = (unsigned char)(i * 13 + seq);
		cr_assert_eq(rk_journal_append(rig.journal, &group), 0);
		if (seq % 3 == 0)
			rig_steps(&rig);
	}
	rig_close(&rig);
	free(payload);
	scan.files = &rig.files;
	cr_assert_eq(rk_journal_scan(&scan, &rig.end, rig.error), 0, "%s",
		     rig.error);
	cr_assert_eq(rig.end.groups, 10);
	rig_fini(&rig);
}

Test(journal_file, there_is_room_up_to_the_bounds)
{
	struct rig rig;
	struct rk_journal_stats stats;

	start(&rig);
	for (int i = 0; i < 100; i++) {
		cr_assert(rk_journal_room(rig.journal));
		cr_assert_eq(rig_append(&rig), 0);
	}
	cr_assert_not(rk_journal_room(rig.journal));
	/* What was applied is kept all the same. */
	cr_assert_eq(rig_append(&rig), 0);
	stats = stats_of(&rig);
	cr_assert_eq(stats.in_flight, 101);
	cr_assert_neq(stats.oldest_unsynced_ns, 0);
	rig_steps(&rig);
	cr_assert(rk_journal_room(rig.journal));
	stats = stats_of(&rig);
	cr_assert_eq(stats.in_flight, 0);
	cr_assert_eq(stats.in_flight_bytes, 0);
	cr_assert_eq(stats.oldest_unsynced_ns, 0);
	rig_close(&rig);

	rig_reopen(&rig);
	rig_close(&rig);
	rig.options.bytes_in_flight = 2048;
	rig_reopen(&rig);
	while (stats_of(&rig).in_flight_bytes < 2048) {
		cr_assert(rk_journal_room(rig.journal));
		cr_assert_eq(rig_append(&rig), 0);
	}
	cr_assert_not(rk_journal_room(rig.journal));
	rig_fini(&rig);
}

Test(journal_file, figures_count_what_is_kept)
{
	struct rig rig;
	struct rk_journal_stats stats;
	uint64_t bytes = 0;

	start(&rig);
	rig_fill(&rig, 60, 1);
	stats = stats_of(&rig);
	cr_assert_eq(stats.groups, 60);
	cr_assert_geq(stats.syncs, 60);
	cr_assert_eq(stats.oldest_seq, 1);
	cr_assert_eq(stats.newest_seq, rig.next - 1);
	cr_assert_eq(stats.segments, rig_segments(&rig, names, NAMES_MAX));
	cr_assert_gt(stats.sync_ns_last, 0);
	cr_assert_geq(stats.sync_ns_max, stats.sync_ns_last);
	cr_assert_eq(stats.segment_errors, 0);
	rig_close(&rig);
	for (uint32_t i = 0; i < stats.segments; i++) {
		unsigned char *content;

		bytes += rig_read(&rig, names[i], &content);
		free(content);
	}
	cr_assert_eq(stats.bytes, bytes);
	rig_reopen(&rig);
	cr_assert_eq(stats_of(&rig).bytes, bytes);
	cr_assert_eq(stats_of(&rig).oldest_seq, 1);
	rig_fini(&rig);
}

struct chains {
	uint64_t seq;
	unsigned char chain[RK_CHAIN_SIZE];
};

static int find_chain(void *context, const struct rk_journal_group *group)
{
	struct chains *chains = context;

	if (group->first_seq + group->count - 1 == chains->seq)
		memcpy(chains->chain, group->chain, RK_CHAIN_SIZE);
	return 0;
}

Test(journal_file, the_chain_of_a_group_is_known_once_it_is_durable)
{
	struct rig rig;
	unsigned char chain[RK_CHAIN_SIZE];
	struct chains chains = {0};
	struct rk_journal_scan scan = {.visit = find_chain, .context = &chains};

	start(&rig);
	rig_fill(&rig, 5, 1);
	cr_assert(rk_journal_chain_at(rig.journal, rig.next - 1, chain));
	for (int i = 0; i < 20; i++) {
		cr_assert_eq(rig_append(&rig), 0);
		if (i == 7) {
			chains.seq = rig.next - 1;
			cr_assert_not(rk_journal_chain_at(rig.journal,
							  chains.seq, chain));
		}
	}
	/* In one batch with others, and asked again much later. */
	rig_steps(&rig);
	rig_fill(&rig, 5, 1);
	cr_assert(rk_journal_chain_at(rig.journal, chains.seq, chain));
	cr_assert(rk_journal_chain_at(rig.journal, chains.seq, chain));
	rig_close(&rig);
	scan.files = &rig.files;
	cr_assert_eq(rk_journal_scan(&scan, &rig.end, rig.error), 0);
	cr_assert_arr_eq(chain, chains.chain, RK_CHAIN_SIZE);
	rig_fini(&rig);
}

static int stop_at_five(void *context, const struct rk_journal_group *group)
{
	uint64_t *newest = context;

	*newest = group->first_seq;
	return group->first_seq >= 5 ? 5 : 0;
}

Test(journal_file, replay_begins_with_the_group_that_holds_the_sequence)
{
	struct rig rig;
	uint64_t newest = 0;

	start(&rig);
	for (int i = 0; i < 30; i++)
		cr_assert_eq(rig_append(&rig), 0);
	cr_assert_eq(rk_journal_replay(rig.journal, 1, stop_at_five, &newest),
		     5);
	cr_assert_geq(newest, 5);
	cr_assert_eq(rk_journal_replay(rig.journal, rig.next - 1, stop_at_five,
				       &newest),
		     5);
	cr_assert_eq(newest + rig_count(newest), rig.next);
	newest = 0;
	cr_assert_eq(
		rk_journal_replay(rig.journal, rig.next, stop_at_five, &newest),
		0);
	cr_assert_eq(newest, 0);
	rig_fini(&rig);
}

Test(journal_file, only_what_is_not_needed_and_old_and_many_is_removed)
{
	struct rig rig;
	uint32_t n;
	uint64_t third;

	rig_init(&rig);
	rig.options.keep_segments = 3;
	rig_open(&rig);
	rig_fill(&rig, 200, 1);
	n = rig_segments(&rig, names, NAMES_MAX);
	cr_assert_gt(n, 8);
	third = rig_find_frame(&rig, names[2], 0).first_seq;

	/* Nothing was released. */
	rig_steps(&rig);
	cr_assert_eq(rig_segments(&rig, names, NAMES_MAX), n);
	/* A segment goes when all its commands are released. */
	rk_journal_forget(rig.journal, third - 1);
	rig_steps(&rig);
	cr_assert_eq(rig_segments(&rig, names, NAMES_MAX), n - 1);
	rk_journal_forget(rig.journal, third);
	rig_steps(&rig);
	cr_assert_eq(rig_segments(&rig, names, NAMES_MAX), n - 2);
	cr_assert_eq(stats_of(&rig).oldest_seq, third);
	/* Three closed ones stay, and the one that is written. */
	rk_journal_forget(rig.journal, rig.next);
	rig_steps(&rig);
	cr_assert_eq(rig_segments(&rig, names, NAMES_MAX), 4);
	cr_assert_eq(stats_of(&rig).segments, 4);
	rig_close(&rig);
	cr_assert_eq(
		rig_scan_with(&rig, (struct rk_journal_scan){.oldest = true}),
		0, "%s", rig.error);
	cr_assert_eq(rig.last_seen, rig.told);
	rig_fini(&rig);
}

Test(journal_file, young_segments_stay)
{
	struct rig rig;
	uint64_t oldest;
	uint32_t n;

	rig_init(&rig);
	rig.options.keep_age_ns = 300 * 1000;
	rig_open(&rig);
	rig_fill(&rig, 200, 1);
	rk_journal_forget(rig.journal, rig.next);
	rig_steps(&rig);
	n = rig_segments(&rig, names, NAMES_MAX);
	cr_assert_gt(n, 2);
	/* A group's time is 1000 times its first command. */
	oldest = rig.next - 1 - rig_count(rig.next - 1);
	cr_assert_gt(rig_find_frame(&rig, names[1], 0).first_seq,
		     oldest - 300 - 10);
	cr_assert_leq(rig_find_frame(&rig, names[0], 0).first_seq,
		      oldest - 300);
	rig_fini(&rig);
}

/* Also those of an earlier run, and all but the one that is written. */
Test(journal_file, segments_of_earlier_runs_are_removed_too)
{
	struct rig rig;

	start(&rig);
	rig_fill(&rig, 60, 1);
	rig_reopen(&rig);
	rk_journal_forget(rig.journal, rig.next);
	rig_steps(&rig);
	/* The newest of before may still be the end of the log. */
	cr_assert_eq(rig_segments(&rig, names, NAMES_MAX), 1);
	rig_fill(&rig, 1, 1);
	cr_assert_eq(rig_segments(&rig, names, NAMES_MAX), 1);
	cr_assert_eq(rig_find_frame(&rig, names[0], 0).count,
		     rig_count(rig.end.place.seq + 1));
	rig_fini(&rig);
}

Test(journal_file, a_skip_is_durable_at_once_and_seen_by_the_next_scan)
{
	struct rig rig;
	struct rk_journal_place before;
	struct rk_journal_place after;

	start(&rig);
	rig_fill(&rig, 10, 1);
	rig_reopen(&rig);
	before = rig.end.place;
	cr_assert_eq(rk_journal_add_skip(rig.journal,
					 &(struct rk_journal_skip){5, 55}),
		     0);
	/* The process dies here: nothing else was written. */
	cr_assert_eq(rig_scan(&rig, NULL), 0, "%s", rig.error);
	cr_assert_eq(rig.skips_seen, 1);
	cr_assert_eq(rig.skips[0], 5);
	after = rig.end.place;
	cr_assert_eq(after.seq, before.seq);
	cr_assert_neq(memcmp(after.chain, before.chain, RK_CHAIN_SIZE), 0);

	/* From a snapshot before the skip, and from one after it. */
	cr_assert_eq(rig_scan(&rig, &before), 0, "%s", rig.error);
	cr_assert_eq(rig.skips_seen, 1);
	cr_assert_eq(rig_scan(&rig, &after), 0, "%s", rig.error);
	cr_assert_eq(rig.skips_seen, 0);
	rig_fini(&rig);
}

Test(journal_file, skips_of_several_starts_and_groups_behind_are_one_log)
{
	struct rig rig;

	start(&rig);
	rig_fill(&rig, 10, 1);
	for (uint64_t seq = 3; seq <= 5; seq++) {
		rig_reopen(&rig);
		/* Also under rules that differ from those of before. */
		rig_close(&rig);
		rig.options.rules++;
		rig_open(&rig);
		cr_assert_eq(
			rk_journal_add_skip(rig.journal,
					    &(struct rk_journal_skip){
						    seq, (int64_t)seq * 11}),
			0);
		rig.options.rules = 0; /* any */
	}
	rig_close(&rig);
	cr_assert_eq(rig_scan(&rig, NULL), 0, "%s", rig.error);
	rig.options.rules = 9;
	rig_open(&rig);
	rig_fill(&rig, 30, 1);
	rig_close(&rig);
	rig.options.rules = 0;
	cr_assert_eq(rig_scan(&rig, NULL), 0, "%s", rig.error);
	cr_assert_eq(rig.skips_seen, 3);
	for (uint32_t i = 0; i < 3; i++)
		cr_assert_eq(rig.skips[i], 3 + i);
	cr_assert_eq(rig.groups_seen, 40);
	cr_assert_eq(rig.last_seen, rig.next - 1);
	cr_assert_eq(rig.end.rules, 9);
	rig_fini(&rig);
}

/* Append until it fails or enough was tried: what append returned. */
static int append_many(struct rig *rig)
{
	int r = 0;

	for (int i = 0; i < 40 && r == 0; i++) {
		r = rig_append(rig);
		while (rk_journal_step_commit(rig->journal))
			;
	}
	return r;
}

/* It failed for good, even if the disk recovers, and it can be closed. */
static void assert_over(struct rig *rig, struct rk_fault_files *fault,
			int error)
{
	uint64_t durable = rig->told;
	uint64_t writes = fault->calls[RK_FAULT_WRITE];
	uint64_t syncs = fault->calls[RK_FAULT_SYNC];

	rk_fault_files_heal(fault);
	cr_assert_eq(rig_append(rig), error);
	cr_assert_eq(rk_journal_wait(rig->journal, rig->next - 1), error);
	cr_assert_not(rk_journal_step_commit(rig->journal));
	while (rk_journal_step_segments(rig->journal))
		;
	cr_assert_eq(rig->told, durable);
	rig_close(rig);
	/* A sync that is tried again may lie. */
	cr_assert_eq(fault->calls[RK_FAULT_WRITE], writes);
	cr_assert_eq(fault->calls[RK_FAULT_SYNC], syncs);
}

/* What was durable is there, and after a restart it goes on. */
static void assert_recovers(struct rig *rig)
{
	uint64_t durable = rig->told;

	cr_assert_eq(rig_scan(rig, NULL), 0, "%s", rig->error);
	cr_assert_geq(rig->end.place.seq, durable);
	rig_reopen(rig);
	rig_fill(rig, 5, 1);
	rig_close(rig);
	assert_all_there(rig);
}

/* Each kind of call that durability hangs on, in each place. */
static void fail_each(enum rk_fault what, int error, const char *text)
{
	bool struck = true;

	for (uint64_t n = 0; struck; n++) {
		struct rk_fault_files fault;
		struct rig rig;
		const char *reason = NULL;

		start_on(&rig, &fault);
		rk_fault_files_fail(&fault, what, n, error);
		(void)append_many(&rig);
		struck = fault.calls[what] >= fault.fail_at[what];
		cr_assert_eq(rk_journal_error(rig.journal, &reason),
			     struck ? error : 0);
		if (struck) {
			cr_assert_not_null(strstr(reason, text), "%s", reason);
			cr_assert_not_null(strstr(reason, strerror(-error)),
					   "%s", reason);
			assert_over(&rig, &fault, error);
			assert_recovers(&rig);
		} else {
			cr_assert_gt(n, 2);
		}
		rig_fini(&rig);
		rk_fault_files_fini(&fault);
	}
}

Test(journal_file, a_full_disk_ends_it_and_a_restart_recovers)
{
	fail_each(RK_FAULT_WRITE, -ENOSPC, "write to ");
}

Test(journal_file, a_failed_sync_ends_it_and_a_restart_recovers)
{
	fail_each(RK_FAULT_SYNC, -EIO, "sync of ");
}

Test(journal_file, a_failed_rename_ends_it_and_a_restart_recovers)
{
	fail_each(RK_FAULT_RENAME, -EIO, "rename of hurry.new to journal-");
}

Test(journal_file, a_failed_sync_of_the_folder_ends_it)
{
	fail_each(RK_FAULT_SYNC_DIR, -EIO, "sync of the folder of journal-");
}

Test(journal_file, a_file_that_cannot_be_made_ends_it)
{
	fail_each(RK_FAULT_OPEN, -EACCES, "create hurry.new");
}

Test(journal_file, the_reason_names_file_and_byte)
{
	struct rk_fault_files fault;
	struct rig rig;
	const char *reason;
	struct rig_frame frame;
	char want[128];

	start_on(&rig, &fault);
	rig_fill(&rig, 3, 1);
	cr_assert_eq(rig_segments(&rig, names, NAMES_MAX), 1);
	frame = rig_find_frame(&rig, names[0], 2);
	rk_fault_files_fail(&fault, RK_FAULT_WRITE, 0, -ENOSPC);
	cr_assert_eq(rig_append(&rig), 0);
	cr_assert(rk_journal_wait(rig.journal, rig.next - 1) == -ENOSPC);
	cr_assert_eq(rk_journal_error(rig.journal, &reason), -ENOSPC);
	(void)snprintf(want, sizeof(want),
		       "write to %.40s at byte %zu: No space left on device",
		       names[0], (size_t)(frame.at + frame.bytes));
	cr_assert_str_eq(reason, want);
	rig_fini(&rig);
	rk_fault_files_fini(&fault);
}

/* Preparing, cutting off, removing: all that the log can do without. */
Test(journal_file, a_failure_beside_the_log_is_counted_and_harms_nothing)
{
	static const enum rk_fault kinds[] = {RK_FAULT_WRITE, RK_FAULT_SYNC,
					      RK_FAULT_RESIZE, RK_FAULT_REMOVE};

	for (size_t i = 0; i < 4; i++) {
		struct rk_fault_files fault;
		struct rig rig;
		const char *reason;
		uint32_t n;

		start_on(&rig, &fault);
		rig_fill(&rig, 60, 1);
		n = rig_segments(&rig, names, NAMES_MAX);
		/* Beyond this segment, so that there is something to do. */
		while (stats_of(&rig).segments == n) {
			cr_assert_eq(rig_append(&rig), 0);
			(void)rk_journal_step_commit(rig.journal);
		}
		rk_journal_forget(rig.journal, rig.next);
		rk_fault_files_fail(&fault, kinds[i], 0, -EIO);
		while (rk_journal_step_segments(rig.journal))
			;
		cr_assert_gt(stats_of(&rig).segment_errors, 0, "%zu", i);
		cr_assert_leq(stats_of(&rig).segment_errors, 2, "%zu", i);
		cr_assert_eq(rk_journal_error(rig.journal, &reason), 0);
		rk_fault_files_heal(&fault);
		if (kinds[i] == RK_FAULT_REMOVE)
			cr_assert_eq(rig_segments(&rig, names, NAMES_MAX),
				     n + 1);
		rig_fill(&rig, 30, 1);
		rk_journal_forget(rig.journal, rig.next);
		rig_steps(&rig);
		cr_assert_eq(rig_segments(&rig, names, NAMES_MAX), 1);
		rig_close(&rig);
		cr_assert_eq(
			rig_scan_with(&rig,
				      (struct rk_journal_scan){.oldest = true}),
			0, "%s", rig.error);
		cr_assert_eq(rig.last_seen, rig.told);
		rig_fini(&rig);
		rk_fault_files_fini(&fault);
	}
}

Test(journal_file, a_log_that_goes_on_is_not_written_over)
{
	struct rig rig;
	struct rk_journal_place middle;

	start(&rig);
	rig_fill(&rig, 5, 1);
	rig_close(&rig);
	cr_assert_eq(rig_scan(&rig, NULL), 0);
	/* Not from the beginning, where there is a segment already. */
	memset(&middle, 0, sizeof(middle));
	cr_assert_eq(rk_journal_open_file(&rig.options, &middle, &rig.journal,
					  rig.error),
		     -EEXIST);
	cr_assert_not_null(strstr(rig.error, "goes on here"), "%s", rig.error);
	rig_fini(&rig);
}

Test(journal_file, a_group_that_does_not_follow_is_a_bug, .signal = SIGABRT)
{
	struct rig rig;

	start(&rig);
	cr_assert_eq(rmdir(rig.dir), 0); /* nobody comes back to do it */
	rig.next = 2;
	(void)rig_append(&rig);
}

Test(journal_file, a_folder_has_one_owner_who_can_be_named)
{
	struct rig rig;
	struct rk_file *lock;
	struct rk_file *other;
	unsigned char *content;
	char pid[32];
	size_t n;
	pid_t child;
	int status;

	rig_init(&rig);
	cr_assert_eq(rk_files_lock(&rig.files, &lock), 0);
	child = fork();
	if (child == 0) {
		/* Another process, with a descriptor of its own. */
		struct rk_files files;

		if (rk_files_open_posix(rig.dir, &files) != 0)
			_exit(1);
		_exit(rk_files_lock(&files, &other) == -EAGAIN ? 0 : 2);
	}
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert_eq(status, 0);
	n = rig_read(&rig, RK_FILES_LOCK, &content);
	(void)snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
	cr_assert_eq(n, strlen(pid));
	cr_assert_arr_eq(content, pid, n);
	free(content);
	rk_files_unlock(&rig.files, lock);
	cr_assert_eq(rk_files_lock(&rig.files, &lock), 0);
	rk_files_unlock(&rig.files, lock);
	rig_fini(&rig);
}

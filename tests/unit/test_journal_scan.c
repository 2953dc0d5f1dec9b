/*
 * Reading a journal in files: what is there comes back, what a crash tore off
 * is told from damage, and all damage is refused with its place.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "journal_rig.h"
#include "store/segment.h"

#define NAMES_MAX 64

static char names[NAMES_MAX][RK_FILE_NAME_SIZE];

/* A log of several segments, closed. */
static uint32_t make_log(struct rig *rig, uint32_t groups, uint32_t batch)
{
	rig_init(rig);
	rig_open(rig);
	rig_fill(rig, groups, batch);
	rig_close(rig);
	return rig_segments(rig, names, NAMES_MAX);
}

/* Refused, with the file, the byte and the command. */
static void assert_damage(struct rig *rig, const char *name, uint64_t at,
			  uint64_t command)
{
	char text[128];

	cr_assert_eq(rig_scan(rig, NULL), -EBADMSG, "%s at %zu", name,
		     (size_t)at);
	cr_assert_not_null(strstr(rig->error, name), "%s", rig->error);
	(void)snprintf(text, sizeof(text), "byte %zu,", (size_t)at);
	cr_assert_not_null(strstr(rig->error, text), "no %s in: %s", text,
			   rig->error);
	(void)snprintf(text, sizeof(text), "command %zu ", (size_t)command);
	cr_assert_not_null(strstr(rig->error, text), "no %s in: %s", text,
			   rig->error);
}

Test(journal_scan, many_groups_over_many_segments_come_back)
{
	struct rig rig;
	uint32_t n = make_log(&rig, 300, 3);

	cr_assert_gt(n, 10);
	cr_assert_eq(rig_scan(&rig, NULL), 0, "%s", rig.error);
	cr_assert_eq(rig.first_seen, 1);
	cr_assert_eq(rig.last_seen, rig.next - 1);
	cr_assert_eq(rig.groups_seen, 300);
	cr_assert_eq(rig.end.groups, 300);
	cr_assert_eq(rig.end.place.seq, rig.next - 1);
	cr_assert_eq(rig.end.segments, n);
	cr_assert_eq(rig.end.rules, 3);
	cr_assert_eq(rig.end.torn, 0);
	cr_assert_str_eq(rig.end.tail, names[n - 1]);
	cr_assert_eq(rig.end.tail_good, rig.end.tail_size);
	rig_fini(&rig);
}

struct places {
	struct rk_journal_place places[400];
	uint32_t n;
};

static int take_place(void *context, const struct rk_journal_group *group)
{
	struct places *places = context;
	struct rk_journal_place *place = &places->places[places->n++];

	place->seq = group->first_seq + group->count - 1;
	memcpy(place->chain, group->chain, RK_CHAIN_SIZE);
	return 0;
}

static struct places all_places(struct rig *rig)
{
	struct places places = {.n = 1}; /* before the first */
	struct rk_journal_scan scan = {
		.files = &rig->files, .visit = take_place, .context = &places};

	cr_assert_eq(rk_journal_scan(&scan, &rig->end, rig->error), 0);
	return places;
}

Test(journal_scan, goes_on_behind_every_group)
{
	struct rig rig;
	struct places places;

	(void)make_log(&rig, 100, 2);
	places = all_places(&rig);
	cr_assert_eq(places.n, 101);
	for (uint32_t i = 0; i < places.n; i++) {
		cr_assert_eq(rig_scan(&rig, &places.places[i]), 0, "%u: %s", i,
			     rig.error);
		cr_assert_eq(rig.groups_seen, 100 - i);
		cr_assert_eq(rig.end.place.seq, rig.next - 1);
		cr_assert_arr_eq(rig.end.place.chain, places.places[100].chain,
				 RK_CHAIN_SIZE);
	}
	rig_fini(&rig);
}

Test(journal_scan, another_chain_is_not_continued)
{
	struct rig rig;
	struct places places;

	(void)make_log(&rig, 40, 2);
	places = all_places(&rig);
	for (uint32_t i = 0; i < places.n; i++) {
		places.places[i].chain[15] ^= 1;
		cr_assert_eq(rig_scan(&rig, &places.places[i]), -EBADMSG, "%u",
			     i);
		cr_assert_not_null(strstr(rig.error, "not of one log"));
		cr_assert_eq(rig.groups_seen, 0);
	}
	rig_fini(&rig);
}

Test(journal_scan, a_place_within_a_group_is_refused)
{
	struct rig rig;
	struct rk_journal_place place = {.seq = 1}; /* of 1 to 2 */

	(void)make_log(&rig, 10, 2);
	cr_assert_eq(rig_scan(&rig, &place), -EBADMSG);
	cr_assert_not_null(strstr(rig.error, "commands 1 to 2"), "%s",
			   rig.error);
	rig_fini(&rig);
}

Test(journal_scan, a_snapshot_newer_than_the_journal_is_refused)
{
	struct rig rig;
	struct rk_journal_place place;

	(void)make_log(&rig, 10, 2);
	place = (struct rk_journal_place){.seq = rig.next};
	cr_assert_eq(rig_scan(&rig, &place), -ENOENT);
	cr_assert_not_null(strstr(rig.error, "newer than the journal"), "%s",
			   rig.error);
	rig_fini(&rig);
}

Test(journal_scan, without_segments_the_snapshot_is_the_end)
{
	struct rig rig;
	struct rk_journal_place place = {.seq = 77, .chain = {7}};

	rig_init(&rig);
	cr_assert_eq(rig_scan(&rig, &place), 0);
	cr_assert_eq(rig.end.place.seq, 77);
	cr_assert_eq(rig.end.place.chain[0], 7);
	cr_assert_str_empty(rig.end.tail);
	rig_fini(&rig);
}

Test(journal_scan, a_trimmed_log_begins_where_it_begins)
{
	struct rig rig;
	struct places places;
	uint64_t first;
	struct rig_frame frame;

	(void)make_log(&rig, 100, 2);
	places = all_places(&rig);
	cr_assert_eq(rk_files_remove(&rig.files, names[0]), 0);
	cr_assert_eq(rk_files_remove(&rig.files, names[1]), 0);
	frame = rig_find_frame(&rig, names[2], 0);
	first = frame.first_seq;

	cr_assert_eq(rig_scan(&rig, NULL), -ENOENT);
	cr_assert_not_null(strstr(rig.error, "begins with"), "%s", rig.error);
	for (uint32_t i = 0; i < places.n; i++)
		cr_assert_eq(rig_scan(&rig, &places.places[i]),
			     places.places[i].seq + 1 < first ? -ENOENT : 0,
			     "%u: %s", i, rig.error);
	cr_assert_eq(
		rig_scan_with(&rig, (struct rk_journal_scan){.oldest = true}),
		0);
	cr_assert_eq(rig.first_seen, first);
	cr_assert_eq(rig.last_seen, rig.next - 1);
	rig_fini(&rig);
}

Test(journal_scan, stops_before_a_command_and_has_no_tail_to_repair)
{
	struct rig rig;
	uint64_t last;
	uint64_t first = 1; /* of the group that is not to be seen */

	(void)make_log(&rig, 100, 2);
	last = rig.next - 1;
	for (uint64_t before = 1; before <= last; before++) {
		struct rk_journal_scan scan = {.before = before};

		if (first < before)
			first += rig_count(first);
		cr_assert_eq(rig_scan_with(&rig, scan), 0);
		cr_assert_eq(rig.end.place.seq, rig.last_seen);
		cr_assert_eq(rig.last_seen, first - 1, "before %zu",
			     (size_t)before);
		cr_assert_eq(rig.end.tail[0] == '\0', rig.last_seen < last,
			     "before %zu", (size_t)before);
	}
	rig_fini(&rig);
}

static int stop_visit(void *context, const struct rk_journal_group *group)
{
	uint32_t *left = context;

	(void)group;
	return --*left == 0 ? 42 : 0;
}

static void count_progress(void *context, uint64_t done, uint64_t total)
{
	uint32_t *left = context;

	cr_assert_leq(done, total);
	--*left;
}

Test(journal_scan, a_visitor_may_end_it)
{
	struct rig rig;
	uint32_t left = 5;
	struct rk_journal_scan scan = {.visit = stop_visit, .context = &left};

	(void)make_log(&rig, 100, 2);
	scan.files = &rig.files;
	cr_assert_eq(rk_journal_scan(&scan, &rig.end, rig.error), 42);
	cr_assert_eq(left, 0);
	rig_fini(&rig);
}

Test(journal_scan, progress_is_told_now_and_then)
{
	struct rig rig;
	uint32_t left = UINT32_MAX;
	struct rk_journal_scan scan = {.progress = count_progress,
				       .context = &left};

	rig_init(&rig);
	rig.options.segment_bytes = 2 << 20;
	rig_open(&rig);
	rig_fill(&rig, 15000, 1000);
	rig_close(&rig);
	scan.files = &rig.files;
	cr_assert_eq(rk_journal_scan(&scan, &rig.end, rig.error), 0);
	cr_assert_eq(UINT32_MAX - left, rig.end.bytes / (4 << 20));
	rig_fini(&rig);
}

Test(journal_scan, groups_of_other_rules_are_refused_behind_the_snapshot)
{
	struct rig rig;
	struct places places;
	struct rk_journal_scan scan = {.rules = 4, .rules_oldest = 4};

	(void)make_log(&rig, 20, 2);
	places = all_places(&rig);
	cr_assert_eq(rig_scan_with(&rig, scan), -EPROTO);
	cr_assert_not_null(strstr(rig.error, "rules 3"), "%s", rig.error);
	cr_assert_not_null(strstr(rig.error, "once more and stop it"));
	cr_assert_eq(rig.groups_seen, 0);
	/* With a snapshot at the end there is nothing to decide again. */
	scan.from = places.places[places.n - 1];
	cr_assert_eq(rig_scan_with(&rig, scan), 0, "%s", rig.error);
	scan.from = places.places[places.n - 2];
	cr_assert_eq(rig_scan_with(&rig, scan), -EPROTO);
	/* Newer ones than this program knows. */
	scan.rules = 2;
	scan.rules_oldest = 1;
	cr_assert_eq(rig_scan_with(&rig, scan), -EPROTO);
	/* Older ones that lead to the same. */
	scan.rules = 4;
	scan.rules_oldest = 3;
	cr_assert_eq(rig_scan_with(&rig, scan), 0, "%s", rig.error);
	scan.rules = 0;
	cr_assert_eq(rig_scan_with(&rig, scan), 0);
	rig_fini(&rig);
}

Test(journal_scan, another_format_is_refused_with_the_way_out)
{
	struct rig rig;
	struct rk_segment_header header = {.format = RK_JOURNAL_FORMAT + 1,
					   .first_seq = 1};
	unsigned char bytes[RK_SEGMENT_SECTOR];

	rig_init(&rig);
	rk_segment_encode_header(&header, bytes);
	rig_write(&rig, "journal-00000000000000000001.rkj", bytes,
		  sizeof(bytes));
	cr_assert_eq(rig_scan(&rig, NULL), -EPROTO);
	cr_assert_not_null(strstr(rig.error, "format 2"), "%s", rig.error);
	rig_fini(&rig);
}

/* Cut the file anywhere within its last frame: only that frame is gone. */
Test(journal_scan, a_torn_tail_is_dropped_wherever_it_was_cut)
{
	struct rig rig;
	uint32_t n = make_log(&rig, 30, 1);
	const char *name = names[n - 1];
	unsigned char *bytes;
	size_t size = rig_read(&rig, name, &bytes);
	uint64_t last = rig.next - 1;
	struct rig_frame frame;
	uint32_t i = 0;

	do
		frame = rig_find_frame(&rig, name, i++);
	while (frame.at + frame.bytes < size);

	for (size_t cut = (size_t)frame.at; cut <= size; cut++) {
		bool whole = cut >= frame.at + RK_SEGMENT_HEAD +
					    rig_size(frame.first_seq);

		rig_write(&rig, name, bytes, cut);
		cr_assert_eq(rig_scan(&rig, NULL), 0, "%zu: %s", cut,
			     rig.error);
		cr_assert_eq(rig.last_seen, whole ? last : frame.first_seq - 1,
			     "cut at %zu", cut);
		if (!whole) {
			cr_assert_eq(rig.end.tail_good, frame.at);
			cr_assert_eq(rig.end.tail_size, cut);
			cr_assert_leq(rig.end.torn, cut - frame.at);
			cr_assert_eq(rig.end.torn == 0, cut == frame.at);
		}
	}
	free(bytes);
	rig_fini(&rig);
}

/* The same in a file that was filled with zeros ahead. */
Test(journal_scan, a_tail_torn_to_zeros_is_dropped)
{
	struct rig rig;
	uint32_t n = make_log(&rig, 30, 1);
	const char *name = names[n - 1];
	unsigned char *bytes;
	size_t size = rig_read(&rig, name, &bytes);
	unsigned char *torn = calloc(1, size + RIG_SEGMENT_BYTES);
	struct rig_frame frame;
	uint32_t i = 0;

	do
		frame = rig_find_frame(&rig, name, i++);
	while (frame.at + frame.bytes < size);
	for (size_t cut = 0; cut < frame.bytes; cut++) {
		size_t at = (size_t)frame.at + cut;

		if (cut >= RK_SEGMENT_HEAD + rig_size(frame.first_seq))
			break;
		/* Its last bytes are not zero. */
		memcpy(torn, bytes, at);
		rig_write(&rig, name, torn, size + RIG_SEGMENT_BYTES);
		cr_assert_eq(rig_scan(&rig, NULL), 0, "%zu: %s", cut,
			     rig.error);
		cr_assert_eq(rig.last_seen, frame.first_seq - 1);
	}
	free(torn);
	free(bytes);
	rig_fini(&rig);
}

Test(journal_scan, after_a_repair_the_log_goes_on_from_a_torn_tail)
{
	struct rig rig;
	uint32_t n = make_log(&rig, 30, 1);
	unsigned char *bytes;
	size_t size = rig_read(&rig, names[n - 1], &bytes);
	uint64_t good;

	rig_write(&rig, names[n - 1], bytes, size - RK_SEGMENT_SECTOR);
	rig_write(&rig, "next.new", bytes, size);
	rig_write(&rig, "old.tmp", bytes, 10);
	free(bytes);
	rig_reopen(&rig);
	good = rig.end.place.seq;
	cr_assert_lt(good, 30 * 3);
	cr_assert_not(rig_exists(&rig, "old.tmp"));
	rig_fill(&rig, 10, 2);
	rig_close(&rig);
	cr_assert_eq(rig_scan(&rig, NULL), 0, "%s", rig.error);
	cr_assert_eq(rig.end.place.seq, rig.next - 1);
	cr_assert_gt(rig.end.place.seq, good);
	rig_fini(&rig);
}

/* A file that ends within the padding of a good frame has lost nothing. */
Test(journal_scan, a_repair_completes_the_last_sector)
{
	struct rig rig;
	uint32_t n = make_log(&rig, 7, 1);
	unsigned char *bytes;
	size_t size = rig_read(&rig, names[n - 1], &bytes);
	uint64_t last = rig.next - 1;

	cr_assert_eq(bytes[size - 1], 0);
	rig_write(&rig, names[n - 1], bytes, size - 1);
	free(bytes);
	cr_assert_eq(rig_scan(&rig, NULL), 0, "%s", rig.error);
	cr_assert_eq(rig.last_seen, last);
	rig_reopen(&rig);
	cr_assert_eq(rig_read(&rig, names[n - 1], &bytes), size);
	free(bytes);
	rig_fini(&rig);
}

/* Every byte of every frame but the last is looked after. */
Test(journal_scan, damage_before_a_later_write_is_refused)
{
	struct rig rig;
	uint32_t n = make_log(&rig, 8, 1);
	unsigned char *bytes;
	size_t size;
	struct rig_frame frame;

	cr_assert_eq(n, 1);
	size = rig_read(&rig, names[0], &bytes);
	for (uint32_t i = 0; i < 7; i++) {
		uint64_t end;

		frame = rig_find_frame(&rig, names[0], i);
		end = frame.at + RK_SEGMENT_HEAD + rig_size(frame.first_seq);
		for (uint64_t at = frame.at; at < end; at += 13) {
			bytes[at] ^= 0x10;
			rig_write(&rig, names[0], bytes, size);
			bytes[at] ^= 0x10;
			assert_damage(&rig, names[0], frame.at,
				      frame.first_seq);
			cr_assert_eq(rig.last_seen, frame.first_seq - 1);
		}
		rig_write(&rig, names[0], bytes, size);
	}
	free(bytes);
	rig_fini(&rig);
}

Test(journal_scan, zeros_before_a_later_write_are_damage)
{
	struct rig rig;
	struct rig_frame frame;

	(void)make_log(&rig, 8, 1);
	frame = rig_find_frame(&rig, names[0], 3);
	rig_zero(&rig, names[0], frame.at, (size_t)frame.bytes);
	assert_damage(&rig, names[0], frame.at, frame.first_seq);
	rig_fini(&rig);
}

/* Sectors of one write reach the disk in any order: that is a crash. */
Test(journal_scan, a_hole_within_the_last_write_is_torn_not_damage)
{
	struct rig rig;
	struct rig_frame frame;

	rig_init(&rig);
	rig_open(&rig);
	rig_fill(&rig, 3, 1);
	rig_fill(&rig, 4, 4); /* one write */
	rig_close(&rig);
	cr_assert_eq(rig_segments(&rig, names, NAMES_MAX), 1);
	for (uint32_t i = 3; i < 7; i++) {
		frame = rig_find_frame(&rig, names[0], i);
		cr_assert_eq(frame.batch, rig_find_frame(&rig, names[0], 3).at);
	}
	frame = rig_find_frame(&rig, names[0], 4);
	rig_zero(&rig, names[0], frame.at, (size_t)frame.bytes);
	cr_assert_eq(rig_scan(&rig, NULL), 0, "%s", rig.error);
	cr_assert_eq(rig.last_seen, frame.first_seq - 1);
	cr_assert_gt(rig.end.torn, frame.bytes);

	/* One sync later it is damage. */
	rig_fini(&rig);
	rig_init(&rig);
	rig_open(&rig);
	rig_fill(&rig, 3, 1);
	rig_fill(&rig, 4, 4);
	rig_fill(&rig, 1, 1);
	rig_close(&rig);
	cr_assert_eq(rig_segments(&rig, names, NAMES_MAX), 1);
	rig_zero(&rig, names[0], frame.at, (size_t)frame.bytes);
	assert_damage(&rig, names[0], frame.at, frame.first_seq);
	rig_fini(&rig);
}

Test(journal_scan, damage_at_the_end_of_an_older_segment_is_refused)
{
	struct rig rig;
	struct rig_frame frame = {0};
	unsigned char *bytes;
	size_t size;
	char text[128];

	(void)make_log(&rig, 60, 1);
	size = rig_read(&rig, names[1], &bytes);
	for (uint32_t i = 0; frame.at + frame.bytes < size; i++)
		frame = rig_find_frame(&rig, names[1], i);
	rig_flip(&rig, names[1], frame.at + 20);
	assert_damage(&rig, names[1], frame.at, frame.first_seq);
	/* It names what is whole behind. */
	(void)snprintf(text, sizeof(text), "byte 512 of %s", names[2]);
	cr_assert_not_null(strstr(rig.error, text), "%s", rig.error);

	/* A frame that is cut off, or not there at all. */
	rig_write(&rig, names[1], bytes, size - 1);
	cr_assert_eq(rig_scan(&rig, NULL), (frame.bytes - RK_SEGMENT_HEAD -
					    rig_size(frame.first_seq)) > 0
						   ? 0
						   : -EBADMSG);
	rig_write(&rig, names[1], bytes, (size_t)frame.at + 300);
	assert_damage(&rig, names[1], frame.at, frame.first_seq);
	rig_write(&rig, names[1], bytes, (size_t)frame.at);
	cr_assert_eq(rig_scan(&rig, NULL), -ENOENT);
	cr_assert_not_null(strstr(rig.error, "are missing"), "%s", rig.error);
	free(bytes);
	rig_fini(&rig);
}

Test(journal_scan, a_damaged_header_is_refused)
{
	struct rig rig;
	uint32_t n = make_log(&rig, 60, 1);
	unsigned char *bytes;
	size_t size;

	for (uint32_t i = 0; i < n; i++) {
		size = rig_read(&rig, names[i], &bytes);
		for (uint64_t at = 0; at < RK_SEGMENT_SECTOR; at += 31) {
			bytes[at] ^= 0x10;
			rig_write(&rig, names[i], bytes, size);
			bytes[at] ^= 0x10;
			assert_damage(
				&rig, names[i], 0,
				rig_find_frame(&rig, names[i], 0).first_seq);
		}
		rig_write(&rig, names[i], bytes, size);
		free(bytes);
	}
	rig_fini(&rig);
}

Test(journal_scan, a_missing_segment_is_named_by_its_commands)
{
	struct rig rig;
	uint32_t n = make_log(&rig, 60, 1);
	char text[128];

	cr_assert_geq(n, 4);
	(void)snprintf(text, sizeof(text), "commands %zu to %zu are missing",
		       (size_t)rig_find_frame(&rig, names[2], 0).first_seq,
		       (size_t)rig_find_frame(&rig, names[3], 0).first_seq - 1);
	cr_assert_eq(rk_files_remove(&rig.files, names[2]), 0);
	cr_assert_eq(rig_scan(&rig, NULL), -ENOENT);
	cr_assert_not_null(strstr(rig.error, text), "%s", rig.error);
	rig_fini(&rig);
}

Test(journal_scan, swapped_segments_are_refused)
{
	struct rig rig;

	(void)make_log(&rig, 60, 1);
	cr_assert_eq(rk_files_rename(&rig.files, names[1], "aside"), 0);
	cr_assert_eq(rk_files_rename(&rig.files, names[2], names[1]), 0);
	cr_assert_eq(rk_files_rename(&rig.files, "aside", names[2]), 0);
	cr_assert_eq(rig_scan(&rig, NULL), -EBADMSG);
	cr_assert_not_null(strstr(rig.error, "swapped"), "%s", rig.error);
	rig_fini(&rig);
}

/* The same commands, but not the same log: its rules differ, its chain too. */
Test(journal_scan, a_segment_of_another_log_is_refused)
{
	struct rig rig;
	struct rig other;
	unsigned char *bytes;
	size_t size;

	rig_init(&other);
	other.end.place.chain[0] = 1;
	rig_open(&other);
	rig_fill(&other, 60, 1);
	rig_close(&other);
	(void)make_log(&rig, 60, 1);
	size = rig_read(&other, names[2], &bytes);
	rig_write(&rig, names[2], bytes, size);
	free(bytes);
	cr_assert_eq(rig_scan(&rig, NULL), -EBADMSG);
	cr_assert_not_null(strstr(rig.error, "not of one log"), "%s",
			   rig.error);
	rig_fini(&other);
	rig_fini(&rig);
}

/* A frame of an older version of the file, good by itself. */
Test(journal_scan, a_frame_that_does_not_follow_is_refused)
{
	struct rig rig;
	struct rig_frame frame;
	unsigned char *bytes;
	size_t size;

	(void)make_log(&rig, 8, 1);
	frame = rig_find_frame(&rig, names[0], 2);
	size = rig_read(&rig, names[0], &bytes);
	/* Cut it out: what was behind moves up. */
	memmove(bytes + frame.at, bytes + frame.at + frame.bytes,
		size - (size_t)(frame.at + frame.bytes));
	rig_write(&rig, names[0], bytes, size - (size_t)frame.bytes);
	free(bytes);
	cr_assert_eq(rig_scan(&rig, NULL), -EBADMSG);
	cr_assert_not_null(strstr(rig.error, "of several logs"), "%s",
			   rig.error);
	rig_fini(&rig);
}

/* It has the right number, and is of the same size in the same place. */
Test(journal_scan, a_frame_of_another_log_is_refused)
{
	struct rig rig;
	struct rig_frame frame;
	unsigned char *bytes;
	size_t size;

	(void)make_log(&rig, 8, 1);
	for (uint32_t i = 0; i < 8; i++) {
		unsigned char chain[RK_CHAIN_SIZE] = {9};

		frame = rig_find_frame(&rig, names[0], i);
		size = rig_read(&rig, names[0], &bytes);
		rk_segment_seal_frame(bytes + frame.at, frame.batch, chain);
		rig_write(&rig, names[0], bytes, size);
		cr_assert_eq(rig_scan(&rig, NULL), -EBADMSG, "%u", i);
		cr_assert_not_null(strstr(rig.error, "with another chain"),
				   "%s", rig.error);
		cr_assert_eq(rig.last_seen, frame.first_seq - 1);
		free(bytes);
		rig_fini(&rig);
		(void)make_log(&rig, 8, 1);
	}
	rig_fini(&rig);
}

Test(journal_scan, an_empty_newest_segment_is_removed)
{
	struct rig rig;
	uint32_t n = make_log(&rig, 20, 1);
	uint64_t last = rig.next - 1;
	char name[RK_FILE_NAME_SIZE];
	static const unsigned char zeros[4096];
	static const unsigned char dirt[700] = {1, 2, 3, [699] = 4};

	rk_journal_name_make(rig.next, name);
	for (int i = 0; i < 3; i++) {
		if (i == 2)
			rig_write(&rig, name, dirt, sizeof(dirt));
		else
			rig_write(&rig, name, zeros, i == 0 ? 0 : 4096);
		cr_assert_eq(rig_scan(&rig, NULL), 0, "%d: %s", i, rig.error);
		cr_assert_eq(rig.end.place.seq, last);
		cr_assert_str_eq(rig.end.tail, name);
		cr_assert_eq(rig.end.tail_good, 0);
		cr_assert_eq(rig.end.torn, i == 2 ? 700 : 0);
		cr_assert_eq(rk_journal_repair(&rig.files, &rig.end, rig.error),
			     0);
		cr_assert_not(rig_exists(&rig, name));
		cr_assert_eq(rig_segments(&rig, names, NAMES_MAX), n);
	}
	/* But not when the one before is no longer whole. */
	rig_write(&rig, name, zeros, 4096);
	rig_flip(&rig, names[n - 1], rig_find_frame(&rig, names[n - 1], 0).at);
	cr_assert_eq(rig_scan(&rig, NULL), -EBADMSG);
	rig_fini(&rig);
}

Test(journal_scan, hashes_of_what_may_be_torn_are_checked_in_any_case)
{
	struct rig rig;
	uint32_t n = make_log(&rig, 60, 1);
	struct rk_journal_scan scan = {.trusted = true};
	struct rig_frame frame = {0};
	unsigned char *bytes;
	size_t size = rig_read(&rig, names[n - 1], &bytes);

	cr_assert_eq(rig_scan_with(&rig, scan), 0);
	cr_assert_eq(rig.last_seen, rig.next - 1);
	for (uint32_t i = 0; frame.at + frame.bytes < size; i++)
		frame = rig_find_frame(&rig, names[n - 1], i);
	cr_assert_gt(rig_size(frame.first_seq), 0);
	rig_flip(&rig, names[n - 1], frame.at + RK_SEGMENT_HEAD);
	cr_assert_eq(rig_scan_with(&rig, scan), 0, "%s", rig.error);
	cr_assert_eq(rig.last_seen, frame.first_seq - 1);
	free(bytes);
	rig_fini(&rig);
}

Test(journal_scan, names_that_only_look_alike_are_no_segments)
{
	static const char *const others[] = {
		"",
		"journal-",
		"journal-0000000000000000001.rkj",
		"journal-000000000000000000001.rkj",
		"journal-0000000000000000000x.rkj",
		"journal-00000000000000000001.rkj~",
		"journal-00000000000000000001.new",
		"Journal-00000000000000000001.rkj",
		"journal-00000000000000000000.rkj",
		"journal-18446744073709551616.rkj",
		"journal-99999999999999999999.rkj",
	};
	char name[RK_FILE_NAME_SIZE];
	uint64_t first;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		cr_assert_not(rk_journal_name_parse(others[i], &first), "%s",
			      others[i]);
	rk_journal_name_make(UINT64_MAX, name);
	cr_assert_str_eq(name, "journal-18446744073709551615.rkj");
	cr_assert(rk_journal_name_parse(name, &first));
	cr_assert_eq(first, UINT64_MAX);
}

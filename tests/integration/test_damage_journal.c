/*
 * The journal of a real run, damaged in every kind of place.
 *
 * Where bytes are in a segment: docs/formats.md.
 */
#include <stdio.h>
#include <string.h>

#include "damage.h"

#define N(array)      (sizeof(array) / sizeof((array)[0]))
#define SECTOR        512
#define FRAME_SEQ     16
#define FRAME_HASH    88
#define FRAME_PAYLOAD 104
#define MIDDLE        50 /* of a segment's frames, in hundredths */
#define LAST          100

/* A segment that recovery needs, with others before and behind. */
static struct rk_folder_file middle(const struct rk_site *site)
{
	return rk_damage_segment(site, site->needed + 1);
}

static void flip_in_frame(struct rk_folder_file file, uint64_t part,
			  uint64_t byte)
{
	rk_folder_flip(&file, rk_damage_frame(&file, part) + byte);
}

static void header(const struct rk_site *site)
{
	struct rk_folder_file file = middle(site);

	rk_folder_flip(&file, 20);
}

static void frame_magic(const struct rk_site *site)
{
	flip_in_frame(middle(site), MIDDLE, 0);
}

static void frame_head(const struct rk_site *site)
{
	flip_in_frame(middle(site), MIDDLE, FRAME_SEQ);
}

static void frame_hash(const struct rk_site *site)
{
	flip_in_frame(middle(site), MIDDLE, FRAME_HASH);
}

static void frame_payload(const struct rk_site *site)
{
	flip_in_frame(middle(site), MIDDLE, FRAME_PAYLOAD + 5);
}

static void zeroed_sector(const struct rk_site *site)
{
	struct rk_folder_file file = middle(site);

	rk_folder_zero(&file, rk_damage_frame(&file, MIDDLE), SECTOR);
}

static void last_frame(const struct rk_site *site)
{
	flip_in_frame(middle(site), LAST, FRAME_PAYLOAD + 5);
}

static void newest_header(const struct rk_site *site)
{
	struct rk_folder_file file = rk_damage_newest(site);

	rk_folder_flip(&file, 20);
}

static void newest_payload(const struct rk_site *site)
{
	flip_in_frame(rk_damage_newest(site), MIDDLE, FRAME_PAYLOAD + 5);
}

static void newest_sector(const struct rk_site *site)
{
	struct rk_folder_file file = rk_damage_newest(site);

	rk_folder_zero(&file, rk_damage_frame(&file, MIDDLE), SECTOR);
}

static void newest_torn(const struct rk_site *site)
{
	flip_in_frame(rk_damage_newest(site), LAST, FRAME_PAYLOAD + 5);
}

static void newest_cut(const struct rk_site *site)
{
	struct rk_folder_file file = rk_damage_newest(site);

	rk_folder_truncate(&file, rk_damage_frame(&file, LAST) + 150);
}

static void newest_missing(const struct rk_site *site)
{
	struct rk_folder_file file = rk_damage_newest(site);

	rk_folder_delete(&file);
}

static void all_missing(const struct rk_site *site)
{
	for (size_t i = 0; i < site->journal.n; i++) {
		struct rk_folder_file file = rk_damage_segment(site, i);

		rk_folder_delete(&file);
	}
}

static void events_missing(const struct rk_site *site)
{
	struct rk_folder_file file = rk_damage_events(site, site->events.n - 1);

	rk_folder_delete(&file);
}

static void torn_without_events(const struct rk_site *site)
{
	events_missing(site);
	newest_torn(site);
}

static void missing_without_events(const struct rk_site *site)
{
	events_missing(site);
	newest_missing(site);
}

static void older_cut(const struct rk_site *site)
{
	struct rk_folder_file file = middle(site);

	rk_folder_truncate(&file, rk_damage_frame(&file, MIDDLE) + 150);
}

static void older_cut_behind_frame(const struct rk_site *site)
{
	struct rk_folder_file file = middle(site);

	rk_folder_truncate(&file, rk_damage_frame(&file, MIDDLE));
}

static void emptied(const struct rk_site *site)
{
	struct rk_folder_file file = middle(site);

	rk_folder_truncate(&file, 0);
}

static void missing(const struct rk_site *site)
{
	struct rk_folder_file file = middle(site);

	rk_folder_delete(&file);
}

static void first_needed_missing(const struct rk_site *site)
{
	struct rk_folder_file file = rk_damage_segment(site, site->needed);

	rk_folder_delete(&file);
}

static void older_missing(const struct rk_site *site)
{
	for (size_t i = 0; i < site->needed; i++) {
		struct rk_folder_file file = rk_damage_segment(site, i);

		rk_folder_delete(&file);
	}
}

static void all_needed_missing(const struct rk_site *site)
{
	older_missing(site);
	first_needed_missing(site);
}

static void swapped(const struct rk_site *site)
{
	struct rk_folder_file file = middle(site);
	struct rk_folder_file other = rk_damage_segment(site, site->needed + 2);

	rk_folder_swap(&file, other.name);
}

static void copied_over(const struct rk_site *site)
{
	struct rk_folder_file file = middle(site);
	struct rk_folder_file other = rk_damage_segment(site, site->needed + 2);

	rk_folder_delete(&file);
	rk_folder_rename(&other, file.name);
}

static void put_zeros(const struct rk_site *site, const char *name, size_t size)
{
	static const unsigned char zeros[65536];
	struct rk_folder_file file = {site->folder, name};

	rk_folder_write(&file, zeros, size);
}

static void next_new(const struct rk_site *site)
{
	put_zeros(site, "next.new", 65536);
}

static void newest_zeros(const struct rk_site *site)
{
	put_zeros(site, "journal-00000000000099999999.rkj", 65536);
}

static void newest_empty(const struct rk_site *site)
{
	put_zeros(site, "journal-00000000000099999999.rkj", 0);
}

static void repair_left(const struct rk_site *site)
{
	put_zeros(site, "repair.tmp", 1000);
}

static void stranger(const struct rk_site *site)
{
	put_zeros(site, "journal-1.rkj", 1000);
	put_zeros(site, "notes.txt", 10);
}

#define LOST    "its newest file is missing or was cut: restore it"
#define RESTORE "restore the file from a copy"

static const struct rk_damage damages[] = {
	{"nothing: the reference itself", stranger, RK_SAME, {NULL}},
	{"a header", header, RK_REFUSED, {"damaged at byte 0", RESTORE}},
	{"the magic of a frame",
	 frame_magic,
	 RK_REFUSED,
	 {"damaged at byte", RESTORE}},
	{"the head of a frame",
	 frame_head,
	 RK_REFUSED,
	 {"damaged at byte", RESTORE}},
	{"the hash of a frame",
	 frame_hash,
	 RK_REFUSED,
	 {"damaged at byte", RESTORE}},
	{"a payload",
	 frame_payload,
	 RK_REFUSED,
	 {"damaged at byte", "are whole at byte", RESTORE}},
	{"a zeroed sector",
	 zeroed_sector,
	 RK_REFUSED,
	 {"damaged at byte", RESTORE}},
	{"the last frame of an older segment",
	 last_frame,
	 RK_REFUSED,
	 {"damaged at byte", RESTORE}},
	{"an older segment cut in a frame",
	 older_cut,
	 RK_REFUSED,
	 {"damaged at byte", RESTORE}},
	{"an older segment cut behind a frame",
	 older_cut_behind_frame,
	 RK_REFUSED,
	 {"are missing", "restore"}},
	{"an older segment emptied",
	 emptied,
	 RK_REFUSED,
	 {"damaged at byte 0", RESTORE}},
	{"the newest segment's header",
	 newest_header,
	 RK_REFUSED,
	 {"damaged at byte 0", RESTORE}},
	{"a payload in the newest segment",
	 newest_payload,
	 RK_REFUSED,
	 {"damaged at byte", "are whole at byte", RESTORE}},
	{"a zeroed sector in the newest segment",
	 newest_sector,
	 RK_REFUSED,
	 {"damaged at byte", RESTORE}},
	{"the last frame of all", newest_torn, RK_REFUSED, {LOST}},
	{"the newest segment cut in its last frame",
	 newest_cut,
	 RK_REFUSED,
	 {LOST}},
	{"the newest segment missing", newest_missing, RK_REFUSED, {LOST}},
	{"the whole journal missing", all_missing, RK_REFUSED, {LOST}},
	{"a torn end, and no events that tell",
	 torn_without_events,
	 RK_SHORTER,
	 {"torn_bytes="}},
	{"the newest segment missing, and no events that tell",
	 missing_without_events,
	 RK_SHORTER,
	 {NULL}},
	{"a segment missing in the middle",
	 missing,
	 RK_REFUSED,
	 {"are missing", "restore"}},
	{"the oldest needed segment missing",
	 first_needed_missing,
	 RK_REFUSED,
	 {"are missing", "restore"}},
	{"the same, and all before it",
	 all_needed_missing,
	 RK_REFUSED,
	 {"are needed", "restore"}},
	{"only segments missing that nobody needs",
	 older_missing,
	 RK_SAME,
	 {NULL}},
	{"two segments swapped",
	 swapped,
	 RK_REFUSED,
	 {"not with that of its name", "swapped or renamed"}},
	{"a segment in place of another",
	 copied_over,
	 RK_REFUSED,
	 {"not with that of its name", "swapped or renamed"}},
	{"a prepared segment left over", next_new, RK_SAME, {NULL}},
	{"a newest segment of zeros", newest_zeros, RK_SAME, {NULL}},
	{"an empty newest segment", newest_empty, RK_SAME, {NULL}},
	{"an unfinished repair", repair_left, RK_SAME, {NULL}},
};

static void journal_damage(struct rk_rig *rig)
{
	rk_damage_make(rig, NULL);
	rk_damage_check(rig, damages, N(damages));
}

int main(int argc, char **argv)
{
	static const struct rk_case cases[] = {
		{"a damaged journal is refused with the place, or leads to the "
		 "same state",
		 journal_damage, NULL},
	};

	return rk_harness_run(cases, N(cases), argc, argv);
}

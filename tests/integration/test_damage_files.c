/*
 * Snapshots and files of events of a real run, damaged in every kind of
 * place; and files that are each good, but not of one state.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "damage.h"

#define N(array)      (sizeof(array) / sizeof((array)[0]))
#define PAGE          4096
#define NEWEST        2 /* of the three snapshots */
#define STRANGE_STATE "state-00000000000099999999.db"

static void flip_rows(struct rk_folder_file file)
{
	uint64_t size = rk_folder_size(&file);

	/* All over the middle, as one page may hold no row. */
	for (uint64_t at = size / 4; at < size * 3 / 4; at += PAGE)
		rk_folder_flip(&file, at + PAGE - 100);
}

static void cut_half(struct rk_folder_file file)
{
	rk_folder_truncate(&file, rk_folder_size(&file) / 2);
}

static void state_flipped(const struct rk_site *site)
{
	flip_rows(rk_damage_snapshot(site, NEWEST));
}

static void state_cut(const struct rk_site *site)
{
	cut_half(rk_damage_snapshot(site, NEWEST));
}

static void state_emptied(const struct rk_site *site)
{
	struct rk_folder_file file = rk_damage_snapshot(site, NEWEST);

	rk_folder_truncate(&file, 0);
}

static void state_magic(const struct rk_site *site)
{
	struct rk_folder_file file = rk_damage_snapshot(site, NEWEST);

	rk_folder_flip(&file, 3);
}

static void state_renamed(const struct rk_site *site)
{
	struct rk_folder_file file = rk_damage_snapshot(site, NEWEST);

	rk_folder_rename(&file, STRANGE_STATE);
}

static void states_swapped(const struct rk_site *site)
{
	struct rk_folder_file file = rk_damage_snapshot(site, NEWEST);
	struct rk_folder_file other = rk_damage_snapshot(site, 1);

	rk_folder_swap(&file, other.name);
}

static void state_missing(const struct rk_site *site)
{
	struct rk_folder_file file = rk_damage_snapshot(site, NEWEST);

	rk_folder_delete(&file);
}

static void states_missing(const struct rk_site *site)
{
	for (size_t i = 0; i < site->snapshot.n; i++) {
		struct rk_folder_file file = rk_damage_snapshot(site, i);

		rk_folder_delete(&file);
	}
}

static void states_cut(const struct rk_site *site)
{
	for (size_t i = 0; i < site->snapshot.n; i++)
		cut_half(rk_damage_snapshot(site, i));
}

static void first_segment_missing(const struct rk_site *site)
{
	struct rk_folder_file file = rk_damage_segment(site, 0);

	rk_folder_delete(&file);
}

static void states_and_segment_missing(const struct rk_site *site)
{
	states_missing(site);
	first_segment_missing(site);
}

static void states_cut_and_segment_missing(const struct rk_site *site)
{
	states_cut(site);
	first_segment_missing(site);
}

static void state_unfinished(const struct rk_site *site)
{
	static const char rest[100] = "SQLite format 3";
	struct rk_folder_file file = {site->folder, STRANGE_STATE ".tmp"};

	rk_folder_write(&file, rest, sizeof(rest));
}

static void newer_states_missing(const struct rk_site *site)
{
	for (size_t i = 1; i < site->snapshot.n; i++) {
		struct rk_folder_file file = rk_damage_snapshot(site, i);

		rk_folder_delete(&file);
	}
}

/* A copy of the journal that was made before the newest snapshot. */
static void journal_older(const struct rk_site *site)
{
	for (size_t i = site->needed; i < site->journal.n; i++) {
		struct rk_folder_file file = rk_damage_segment(site, i);

		rk_folder_delete(&file);
	}
}

static void events_row(const struct rk_site *site)
{
	flip_rows(rk_damage_events(site, 1));
}

static void events_oldest_missing(const struct rk_site *site)
{
	struct rk_folder_file file = rk_damage_events(site, 0);

	rk_folder_delete(&file);
}

static void events_middle_missing(const struct rk_site *site)
{
	struct rk_folder_file file = rk_damage_events(site, 1);

	rk_folder_delete(&file);
}

static void events_sealed_missing(const struct rk_site *site)
{
	struct rk_folder_file file = rk_damage_events(site, NEWEST);

	rk_folder_delete(&file);
}

static void events_sealed_cut(const struct rk_site *site)
{
	cut_half(rk_damage_events(site, 1));
}

static void events_sealed_magic(const struct rk_site *site)
{
	struct rk_folder_file file = rk_damage_events(site, 1);

	rk_folder_flip(&file, 3);
}

static void events_swapped(const struct rk_site *site)
{
	struct rk_folder_file file = rk_damage_events(site, 1);
	struct rk_folder_file other = rk_damage_events(site, NEWEST);

	rk_folder_swap(&file, other.name);
}

static struct rk_folder_file events_newest(const struct rk_site *site)
{
	return rk_damage_events(site, site->events.n - 1);
}

static void events_newest_cut(const struct rk_site *site)
{
	cut_half(events_newest(site));
}

static void events_newest_missing(const struct rk_site *site)
{
	struct rk_folder_file file = events_newest(site);

	rk_folder_delete(&file);
}

static void events_newest_garbage(const struct rk_site *site)
{
	struct rk_folder_file file = events_newest(site);

	rk_folder_write(&file, "nothing", 7);
}

static void events_all_missing(const struct rk_site *site)
{
	for (size_t i = 0; i < site->events.n; i++) {
		struct rk_folder_file file = rk_damage_events(site, i);

		rk_folder_delete(&file);
	}
}

/* Files of the same names that another run has made. */
static struct rk_rig other;
static struct rk_site others;

static void copy_other(const struct rk_site *site, size_t i, const char *name)
{
	struct rk_folder_file from = rk_damage_segment(&others, i);
	struct rk_folder_file to = {site->folder, name};
	size_t size;
	unsigned char *bytes = rk_folder_read(&from, &size);

	rk_folder_write(&to, bytes, size);
	free(bytes);
}

static void other_segment(const struct rk_site *site)
{
	size_t i = site->needed + 1;

	copy_other(site, others.needed + 1, site->journal.name[i]);
}

static void other_newest(const struct rk_site *site)
{
	struct rk_folder_file file = rk_damage_newest(site);

	/* Sequences may run on from one to the other: only the chain tells. */
	rk_folder_delete(&file);
	copy_other(site, others.journal.n - 1,
		   others.journal.name[others.journal.n - 1]);
}

static void other_journal(const struct rk_site *site)
{
	newer_states_missing(site);
	events_all_missing(site);
	for (size_t i = 0; i < site->journal.n; i++) {
		struct rk_folder_file file = rk_damage_segment(site, i);

		rk_folder_delete(&file);
	}
	for (size_t i = 0; i < others.journal.n; i++)
		copy_other(site, i, others.journal.name[i]);
}

#define OLDER       "is no good, trying an older one"
#define EVENTS_GONE "are gone then"

static const struct rk_damage damages[] = {
	{"rows of the newest snapshot", state_flipped, RK_SAME, {OLDER}},
	{"the newest snapshot cut", state_cut, RK_SAME, {OLDER}},
	{"the newest snapshot emptied", state_emptied, RK_SAME, {OLDER}},
	{"the magic of a snapshot", state_magic, RK_SAME, {OLDER}},
	{"a snapshot with another's sequence", state_renamed, RK_SAME, {OLDER}},
	{"two snapshots swapped", states_swapped, RK_SAME, {OLDER}},
	{"the newest snapshot missing", state_missing, RK_SAME, {NULL}},
	{"two snapshots missing", newer_states_missing, RK_SAME, {NULL}},
	{"all snapshots missing", states_missing, RK_SAME, {"snapshot=0"}},
	{"all snapshots cut", states_cut, RK_SAME, {OLDER, "snapshot=0"}},
	{"no snapshot, and no beginning of the journal",
	 states_and_segment_missing,
	 RK_REFUSED,
	 {"the journal begins with command", "are needed", "restore"}},
	{"no good snapshot, and no beginning of the journal",
	 states_cut_and_segment_missing,
	 RK_REFUSED,
	 {"the journal begins with command", "are needed", "restore"}},
	{"a snapshot that was not finished", state_unfinished, RK_SAME, {NULL}},
	{"a journal older than the snapshot",
	 journal_older,
	 RK_REFUSED,
	 {"it is newer than the journal", "restore"}},
	{"a segment of another run",
	 other_segment,
	 RK_REFUSED,
	 {"swapped or renamed"}},
	{"the newest segment of another run", other_newest, RK_REFUSED, {NULL}},
	{"the journal of another run",
	 other_journal,
	 RK_REFUSED,
	 {"snapshot and journal are not of one log", "restore both"}},
	{"rows of events", events_row, RK_UNREAD, {"events cannot be read"}},
	{"the oldest events missing", events_oldest_missing, RK_LATER, {NULL}},
	{"all events missing", events_all_missing, RK_LATER, {NULL}},
	{"events missing in the middle",
	 events_middle_missing,
	 RK_REFUSED,
	 {"are missing between", "put the missing file back", EVENTS_GONE}},
	{"the newest sealed events missing",
	 events_sealed_missing,
	 RK_REFUSED,
	 {"are missing behind", "put the missing file back", EVENTS_GONE}},
	{"sealed events cut", events_sealed_cut, RK_REFUSED, {EVENTS_GONE}},
	{"the magic of events", events_sealed_magic, RK_REFUSED, {EVENTS_GONE}},
	{"two files of events swapped",
	 events_swapped,
	 RK_REFUSED,
	 {EVENTS_GONE}},
	{"the newest events cut", events_newest_cut, RK_SAME, {NULL}},
	{"the newest events missing", events_newest_missing, RK_SAME, {NULL}},
	{"the newest events not a file of events",
	 events_newest_garbage,
	 RK_SAME,
	 {NULL}},
};

static void file_damage(struct rk_rig *rig)
{
	rk_damage_make(&other, &others);
	rk_damage_make(rig, NULL);
	rk_damage_check(rig, damages, N(damages));
	rk_process_discard(&other.riskd);
}

int main(int argc, char **argv)
{
	static const struct rk_case cases[] = {
		{"damaged snapshots and events are refused with the reason, or "
		 "lead to the same state",
		 file_damage, NULL},
	};

	return rk_harness_run(cases, N(cases), argc, argv);
}

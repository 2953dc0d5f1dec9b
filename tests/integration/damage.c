/*
 * Making files to be damaged, and judging what riskd makes of them. See
 * damage.h.
 */
#include "damage.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"
#include "seen.h"

#define SECTOR         512
#define FRAMES_MAX     8192
#define NEEDED         4 /* segments behind the newest snapshot */
#define FRAMES         6 /* a segment is to have a middle and an end */
#define SNAPSHOTS      3
#define REQUESTS_A_RUN 80 /* between two snapshots */

static const struct rk_process_options options = {
	.durable = true,
	.more_markets = RK_LOAD_MARKETS,
	.settings = RK_LOAD_LIMITS
	"journal {\n\tsegment_bytes = 1MiB\n\tkeep_segments = 1000\n}\n"
	"snapshot {\n\tinterval = \"1h\"\n\tkeep = 3\n}\n",
};

/* How it was before. */
static struct {
	struct rk_wire_digests digests;
	struct rk_seen seen;
	uint64_t seq;
	uint64_t event;
} before;

static struct rk_load load;

/* Time stands still: whoever starts on the same files comes to the same. */
static struct rk_process_options still(void)
{
	struct rk_process_options copy = options;

	copy.messages = true;
	return copy;
}

static uint64_t number_in(const char *name)
{
	return strtoull(strchr(name, '-') + 1, NULL, 10);
}

static void look(const char *folder, struct rk_site *ret_site)
{
	const struct rk_folder_names *state = &ret_site->snapshot;
	const struct rk_folder_names *journal = &ret_site->journal;

	ret_site->folder = folder;
	rk_folder_list(folder, "journal-", ".rkj", &ret_site->journal);
	rk_folder_list(folder, "state-", ".db", &ret_site->snapshot);
	rk_folder_list(folder, "events-", ".db", &ret_site->events);
	ret_site->needed = 0;
	for (size_t i = 0; state->n > 0 && i < journal->n; i++)
		if (number_in(journal->name[i]) <=
		    number_in(state->name[state->n - 1]) + 1)
			ret_site->needed = i;
}

static struct rk_folder_file file_of(const struct rk_site *site,
				     const struct rk_folder_names *names,
				     size_t i)
{
	struct rk_folder_file file = {site->folder, names->name[i]};

	CHECK(i < names->n, "there are only %zu files", names->n);
	return file;
}

struct rk_folder_file rk_damage_segment(const struct rk_site *site, size_t i)
{
	return file_of(site, &site->journal, i);
}

struct rk_folder_file rk_damage_newest(const struct rk_site *site)
{
	return rk_damage_segment(site, site->journal.n - 1);
}

struct rk_folder_file rk_damage_snapshot(const struct rk_site *site, size_t i)
{
	return file_of(site, &site->snapshot, i);
}

struct rk_folder_file rk_damage_events(const struct rk_site *site, size_t i)
{
	return file_of(site, &site->events, i);
}

/* Where frames begin; returns how many there are. */
static size_t find_frames(const struct rk_folder_file *segment,
			  uint64_t at[FRAMES_MAX])
{
	size_t size;
	size_t n = 0;
	unsigned char *bytes = rk_folder_read(segment, &size);

	for (size_t i = SECTOR; i + SECTOR <= size && n < FRAMES_MAX;
	     i += SECTOR)
		if (memcmp(bytes + i, "RKFRAME\x1a", 8) == 0)
			at[n++] = i;
	free(bytes);
	return n;
}

uint64_t rk_damage_frame(const struct rk_folder_file *segment, uint64_t part)
{
	static uint64_t at[FRAMES_MAX];
	size_t n = find_frames(segment, at);

	CHECK(n >= FRAMES, "%s has only %zu frames", segment->name, n);
	return at[(n - 1) * part / 100];
}

/* Is there enough behind the newest snapshot, and in the newest segment? */
static bool is_enough(const struct rk_site *site)
{
	static uint64_t at[FRAMES_MAX];
	struct rk_folder_file newest = rk_damage_newest(site);

	return site->journal.n - site->needed >= NEEDED &&
	       find_frames(&newest, at) >= FRAMES;
}

static void take_snapshot(struct rk_rig *rig)
{
	Riskd__SnapshotQuery wanted = RISKD__SNAPSHOT_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;
	Riskd__Answer *answer;

	query.version = 1;
	query.kind_case = RISKD__QUERY__KIND_SNAPSHOT;
	query.snapshot = &wanted;
	answer = rk_wire_query(rig->query, &query);
	CHECK(answer->code == 0, "no snapshot: %d: %s", answer->code,
	      answer->error);
	riskd__answer__free_unpacked(answer, NULL);
}

static void kill_it(struct rk_rig *rig)
{
	rk_wire_close_all(rig);
	rk_process_kill(&rig->riskd);
}

void rk_damage_make(struct rk_rig *rig, struct rk_site *ret_site)
{
	static struct rk_site site;

	rk_process_prepare(&rig->riskd, &options);
	rk_process_start(&rig->riskd);
	rk_wire_open_query(rig);
	rk_load_init(&load, rig);
	rk_load_connect(&load);
	for (int i = 0; i < SNAPSHOTS; i++) {
		rk_load_run(&load, REQUESTS_A_RUN);
		take_snapshot(rig);
	}
	do {
		rk_load_run(&load, RK_LOAD_CLIENTS);
		look(rig->riskd.state, &site);
	} while (!is_enough(&site));
	rk_load_settle(&load);
	rk_load_check_state(&load);
	kill_it(rig);
	CHECK_EQ(site.snapshot.n, SNAPSHOTS);
	rk_folder_copy(rig->riskd.state, rig->riskd.kept);
	if (ret_site)
		look(rig->riskd.kept, ret_site);
}

/* Start on what is in `state`, with nothing else in the log. */
static void start_alone(struct rk_rig *rig)
{
	struct rk_folder_file log = {rig->riskd.folder, "log"};

	rk_folder_truncate(&log, 0);
	rk_process_start(&rig->riskd);
}

static uint64_t newest_command(struct rk_rig *rig, uint64_t *ret_oldest_event)
{
	Riskd__Answer *answer = rk_wire_status(rig);
	uint64_t seq = answer->status->last_seq;

	*ret_oldest_event = answer->status->oldest_event;
	riskd__answer__free_unpacked(answer, NULL);
	return seq;
}

static void learn(struct rk_rig *rig)
{
	struct rk_process_options same = still();
	uint64_t oldest;

	rk_process_configure(&rig->riskd, &same);
	rk_folder_copy(rig->riskd.kept, rig->riskd.state);
	start_alone(rig);
	rk_wire_open_query(rig);
	rk_seen_fini(&before.seen);
	before.digests = rk_wire_digests(rig);
	before.seq = newest_command(rig, &oldest);
	CHECK_EQ(oldest, 1);
	rk_seen_read(&before.seen, rig, 1);
	kill_it(rig);
}

static void check_says(const struct rk_rig *rig, const struct rk_damage *damage)
{
	char *log = rk_process_log(&rig->riskd);

	for (size_t i = 0; i < RK_DAMAGE_TEXTS_MAX && damage->says[i]; i++)
		CHECK(strstr(log, damage->says[i]),
		      "%s: riskd does not say \"%s\"", damage->name,
		      damage->says[i]);
	free(log);
}

/* How often a word is in the log. */
static int count(const struct rk_rig *rig, const char *word)
{
	char *log = rk_process_log(&rig->riskd);
	int n = 0;

	for (const char *at = log; (at = strstr(at, word)); at++)
		n++;
	free(log);
	return n;
}

static void check_refused(struct rk_rig *rig, const struct rk_damage *damage,
			  uint64_t hash)
{
	int code = rk_process_wait(&rig->riskd);

	CHECK(code == 1, "%s: riskd ended with %d", damage->name, code);
	CHECK(count(rig, " error ") == 1 &&
		      count(rig, " error cannot start: ") == 1,
	      "%s: there is not just one line of why", damage->name);
	CHECK(rk_folder_hash(rig->riskd.state) == hash,
	      "%s: riskd refused, but not before it had changed something",
	      damage->name);
}

/* Events at both ends and around those that the newest snapshot is behind. */
static void read_events(struct rk_rig *rig, const struct rk_site *site,
			uint64_t oldest)
{
	uint64_t last = before.seen.newest;

	(void)rk_seen_read_some(&before.seen, rig, oldest);
	for (size_t i = 0; i < site->events.n; i++) {
		uint64_t first = number_in(site->events.name[i]);

		if (first > oldest + 100 && first <= last)
			(void)rk_seen_read_some(&before.seen, rig, first - 100);
	}
	rk_seen_read(&before.seen, rig, last - 1000);
}

static void check_started(struct rk_rig *rig, const struct rk_damage *damage,
			  const struct rk_site *site)
{
	struct rk_wire_digests digests;
	uint64_t oldest;
	uint64_t seq;

	rk_wire_open_query(rig);
	rk_wire_check_sound(rig);
	digests = rk_wire_digests(rig);
	seq = newest_command(rig, &oldest);
	CHECK(damage->outcome == RK_LATER ? oldest > 1 : oldest == 1,
	      "%s: the oldest event is %" PRIu64, damage->name, oldest);
	if (damage->outcome == RK_SHORTER) {
		CHECK(seq < before.seq, "%s: nothing is gone", damage->name);
		return;
	}
	CHECK(seq == before.seq &&
		      strcmp(digests.state, before.digests.state) == 0 &&
		      strcmp(digests.events, before.digests.events) == 0,
	      "%s: another state: command %" PRIu64 ", was %" PRIu64,
	      damage->name, seq, before.seq);
	if (damage->outcome != RK_UNREAD)
		read_events(rig, site, oldest);
}

static void check_unread(struct rk_rig *rig, const struct rk_damage *damage)
{
	struct rk_wire_range range = {.from = 1, .limit = 10000};
	int code = 0;

	while (code == 0) {
		Riskd__Answer *answer = rk_wire_events(rig->query, &range);

		code = answer->code;
		if (code == 0)
			range.from = answer->events->next;
		riskd__answer__free_unpacked(answer, NULL);
		CHECK(code != 0 || range.from <= before.seen.newest,
		      "%s: all events can be read", damage->name);
	}
	CHECK_EQ(code, 79); /* EVENTS_UNREADABLE */
}

static void check_one(struct rk_rig *rig, const struct rk_damage *damage)
{
	static struct rk_site site;
	uint64_t hash;

	rk_folder_copy(rig->riskd.kept, rig->riskd.state);
	look(rig->riskd.state, &site);
	damage->harm(&site);
	hash = rk_folder_hash(rig->riskd.state);
	start_alone(rig);
	if (damage->outcome == RK_REFUSED) {
		check_refused(rig, damage, hash);
	} else {
		check_started(rig, damage, &site);
		if (damage->outcome == RK_UNREAD)
			check_unread(rig, damage);
		CHECK(!rk_folder_has(rig->riskd.state, "", ".tmp"),
		      "%s: an unfinished file stays", damage->name);
		kill_it(rig);
	}
	check_says(rig, damage);
}

void rk_damage_check(struct rk_rig *rig, const struct rk_damage *damages,
		     size_t n)
{
	learn(rig);
	for (size_t i = 0; i < n; i++) {
		check_one(rig, &damages[i]);
		rk_harness_note("%s", damages[i].name);
	}
	rk_seen_fini(&before.seen);
}

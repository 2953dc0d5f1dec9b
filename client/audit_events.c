/*
 * riskctl audit: files of events against the events of the replay, number by
 * number, in one pass over both. See audit.h.
 *
 * What must be there: every event between the oldest and the newest snapshot,
 * for files are sealed before a snapshot counts. Before that, old files may
 * be gone; behind it, the newest file was not synced yet.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "codec/encode.h"

#define DAMAGES_MAX 8 /* told of one file; then it is left */

int audit_events_open(struct audit *audit)
{
	struct audit_events *events = &audit->events;
	char error[RK_EVENT_STORE_TEXT_SIZE];
	int r = rk_event_walk_list(audit->files, &events->files, &events->n,
				   error);

	if (r == 0)
		events->results =
			calloc(events->n + 1, sizeof(*events->results));
	if (r == 0 && !events->results) {
		(void)snprintf(error, sizeof(error), "out of memory");
		r = -ENOMEM;
	}
	if (r < 0) {
		(void)ctl_refuse(audit->ctl, "%s", error);
		return r;
	}
	for (uint32_t i = 0; i < events->n; i++) {
		struct rk_event_walk_file *file = &events->files[i];

		r = rk_event_walk_look(audit->files, file, error);
		events->results[i] = "good";
		if (r == 0)
			continue;
		events->results[i] = "damaged";
		if (r == -EBUSY) {
			events->results[i] = "in use";
			audit_note(audit, "%s: a riskd is writing it: left out",
				   file->name);
		} else if (r == -ENOENT) {
			events->results[i] = "gone";
			audit_note(audit, "%s: removed meanwhile", file->name);
		} else if (r == -EUCLEAN) {
			events->results[i] = "unfinished";
			audit_note(audit,
				   "%s: riskd was killed while it wrote it: "
				   "the next start puts it right",
				   file->name);
		} else {
			audit_differ(audit, "%s", error);
		}
	}
	return 0;
}

void audit_events_close(struct audit_events *events)
{
	rk_event_walk_close(events->walk);
	free(events->files);
	free(events->results);
	memset(events, 0, sizeof(*events));
}

static bool is_good(const struct audit_events *events, uint32_t i)
{
	return strcmp(events->results[i], "good") == 0;
}

/*
 * What is wrong in a file. In one that was never sealed a crash may have left
 * anything: nothing counts on it, and the next start puts it right.
 */
static void tell_damage(struct audit *audit, const char *error)
{
	struct audit_events *events = &audit->events;

	if (events->files[events->at].sealed) {
		audit_differ(audit, "%s", error);
		events->results[events->at] = "damaged";
	} else {
		audit_note(audit,
			   "%s; the file was never sealed, as riskd did not "
			   "stop in order: the next start puts it right",
			   error);
		events->results[events->at] = "torn";
	}
}

/* The next file that can be read. False: there is none. */
static bool open_next(struct audit *audit)
{
	struct audit_events *events = &audit->events;
	char error[RK_EVENT_STORE_TEXT_SIZE];

	for (; events->at < events->n; events->at++) {
		const struct rk_event_walk_file *file =
			&events->files[events->at];

		if (!is_good(events, events->at))
			continue;
		if (events->expected != 0 && events->expected < file->first &&
		    events->told_to + 1 < file->first)
			audit_differ(audit,
				     "events %" PRIu64 " to %" PRIu64
				     " are missing before %s",
				     events->expected, file->first - 1,
				     file->name);
		if (events->expected > file->first)
			audit_differ(audit,
				     "%s begins with event %" PRIu64
				     ", the file before holds it, too",
				     file->name, file->first);
		events->told_to = file->first - 1;
		events->expected = file->first;
		if (rk_event_walk_open(audit->files, file, &events->walk,
				       error) == 0)
			return true;
		tell_damage(audit, error);
		events->told_to = file->last;
		events->expected = file->last + 1;
	}
	return false;
}

/* Behind damage in the open file: to the next row, or out of the file. */
static void skip_damage(struct audit *audit, const char *error,
			uint32_t *damages)
{
	struct audit_events *events = &audit->events;
	const struct rk_event_walk_file *file = &events->files[events->at];
	uint64_t number = rk_event_walk_at(events->walk);
	char text[RK_EVENT_STORE_TEXT_SIZE];

	tell_damage(audit, error);
	events->told_to = number;
	if (++*damages < DAMAGES_MAX && number < file->last &&
	    rk_event_walk_seek(events->walk, number + 1, text) == 0)
		return;
	events->told_to = file->last;
	events->expected = file->last + 1;
	rk_event_walk_close(events->walk);
	events->walk = NULL;
	events->at++;
}

/* Read the next row of all files into events->row. */
static void advance(struct audit *audit)
{
	struct audit_events *events = &audit->events;
	char error[RK_EVENT_STORE_TEXT_SIZE];
	uint32_t damages = 0;

	events->have = false;
	while (events->walk || open_next(audit)) {
		int r = rk_event_walk_next(events->walk, &events->row, error);

		if (r > 0) {
			events->have = true;
			events->rows++;
			events->expected = events->row.number + 1;
			return;
		}
		if (r < 0) {
			skip_damage(audit, error, &damages);
			continue;
		}
		rk_event_walk_close(events->walk);
		events->walk = NULL;
		events->at++;
	}
}

void audit_events_start(struct audit *audit, uint64_t after)
{
	struct audit_events *events = &audit->events;

	rk_event_walk_close(events->walk);
	events->walk = NULL;
	for (uint32_t i = 0; i < events->n; i++)
		if (strcmp(events->results[i], "torn") == 0)
			events->results[i] = "good";
	events->at = 0;
	events->expected = 0;
	events->missing_first = 0;
	events->told_to = 0;
	events->rows = 0;
	events->compared = 0;
	events->uncompared = 0;
	advance(audit);
	while (events->have && events->row.number <= after)
		advance(audit);
}

/* Which events every state folder must have in files. */
static void needed(const struct audit *audit, uint64_t *ret_first,
		   uint64_t *ret_last)
{
	uint64_t first = 0;
	uint64_t last = 0;

	for (int i = 0; i < audit->snapshots_n; i++) {
		const struct audit_snapshot *snapshot = &audit->snapshots[i];

		if (snapshot->meta.seq == 0)
			continue;
		if (first == 0)
			first = snapshot->meta.event + 1;
		last = snapshot->meta.event;
	}
	*ret_first = first;
	*ret_last = last;
}

/* A run of missing numbers has ended: is that in order? */
static void end_missing(struct audit *audit)
{
	struct audit_events *events = &audit->events;
	uint64_t first = events->missing_first;
	uint64_t last = events->missing_last;
	uint64_t need_first;
	uint64_t need_last;

	events->missing_first = 0;
	if (first == 0)
		return;
	events->uncompared += last - first + 1;
	needed(audit, &need_first, &need_last);
	if (first < need_first)
		first = need_first;
	if (first <= events->told_to)
		first = events->told_to + 1;
	if (last > need_last)
		last = need_last;
	if (need_first != 0 && first <= last)
		audit_differ(audit,
			     "events %" PRIu64 " to %" PRIu64
			     " are in no file, but snapshots are newer",
			     first, last);
}

static void compare(struct audit *audit, const struct rk_event *event)
{
	const struct rk_event_row *row = &audit->events.row;
	const char *name = audit->events.files[audit->events.at].name;
	unsigned char body[RK_ENCODED_EVENT_MAX];
	size_t size = rk_encode_event(event, false, body);
	const char *what = NULL;

	if (row->seq != event->seq)
		what = "command";
	else if (row->time_ns != event->time_ns)
		what = "time";
	else if (row->type != (uint32_t)event->type)
		what = "type";
	else if (row->account != event->account)
		what = "account";
	else if (row->market != event->market)
		what = "market";
	else if (row->size != size || memcmp(row->body, body, size) != 0)
		what = "body";
	audit->events.compared++;
	if (!what)
		return;
	audit_differ(audit,
		     "%s: event %" PRIu64 " (%s of command %" PRIu64
		     "): its %s is another one than the replay gives",
		     name, event->number, rk_event_name(event->type),
		     event->seq, what);
	audit->events.results[audit->events.at] = "differs";
}

void audit_events_see(struct audit *audit, const struct rk_event *event)
{
	struct audit_events *events = &audit->events;

	if (events->have && events->row.number == event->number) {
		end_missing(audit);
		compare(audit, event);
		advance(audit);
		return;
	}
	if (events->missing_first == 0)
		events->missing_first = event->number;
	events->missing_last = event->number;
}

/* Of the files as a whole; what is behind the end of the journal first. */
void audit_events_end(struct audit *audit, uint64_t last)
{
	struct audit_events *events = &audit->events;
	uint64_t behind = 0;

	end_missing(audit);
	for (; events->have; advance(audit)) {
		if (behind++ > 0)
			continue;
		audit_differ(audit,
			     "%s: event %" PRIu64 " of command %" PRIu64
			     " is behind the end of the journal (command "
			     "%" PRIu64 ", event %" PRIu64 ")",
			     events->files[events->at].name, events->row.number,
			     events->row.seq, audit->end.place.seq, last);
	}
}

void audit_events_alone(struct audit *audit)
{
	audit_events_start(audit, 0);
	while (audit->events.have)
		advance(audit);
}

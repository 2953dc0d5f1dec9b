/*
 * Those who ask: readers of events, who must see each once, in order and
 * without a gap, whatever crashed meanwhile; and others, whose answers must be
 * durable as well.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "engine/rc.h"
#include "engine/view.h"
#include "net.h"
#include "riskd.pb-c.h"
#include "world.h"

#define BEHIND 64 /* events: then a reader has fallen behind */

static int put(struct sim_world *w, Riskd__Query *query, uint32_t kind)
{
	unsigned char bytes[256];
	size_t size;

	query->version = 1;
	size = riskd__query__pack(query, bytes);
	sim_trace(w, kind, bytes, size);
	return sim_net_put(RK_NET_QUERY, kind, bytes, size);
}

void sim_reader_ask(struct sim_world *w, uint32_t i)
{
	struct sim_reader *reader = &w->readers[i];
	Riskd__Query query = RISKD__QUERY__INIT;
	Riskd__EventsQuery events = RISKD__EVENTS_QUERY__INIT;

	if (reader->asked)
		return;
	events.from = reader->next;
	events.limit = 1 + (uint32_t)sim_below(w, 200);
	events.wait_ms = sim_chance(w, 1, 2) ? 0 : (uint32_t)sim_below(w, 2000);
	query.kind_case = RISKD__QUERY__KIND_EVENTS;
	query.events = &events;
	reader->asked = put(w, &query, SIM_TOKEN_READER + i) == 0;
	reader->waits = reader->asked && events.wait_ms > 0;
}

void sim_reader_question(struct sim_world *w)
{
	Riskd__Query query = RISKD__QUERY__INIT;
	Riskd__StatusQuery status = RISKD__STATUS_QUERY__INIT;
	Riskd__DigestQuery digest = RISKD__DIGEST_QUERY__INIT;
	Riskd__AccountsQuery accounts = RISKD__ACCOUNTS_QUERY__INIT;

	if (w->question_waits)
		return;
	switch (sim_below(w, 3)) {
	case 0:
		query.kind_case = RISKD__QUERY__KIND_STATUS;
		query.status = &status;
		break;
	case 1:
		query.kind_case = RISKD__QUERY__KIND_DIGEST;
		query.digest = &digest;
		break;
	default:
		query.kind_case = RISKD__QUERY__KIND_ACCOUNTS;
		query.accounts = &accounts;
		break;
	}
	w->question_waits = put(w, &query, SIM_TOKEN_QUESTION) == 0;
}

void sim_reader_snapshot(struct sim_world *w)
{
	Riskd__Query query = RISKD__QUERY__INIT;
	Riskd__SnapshotQuery snapshot = RISKD__SNAPSHOT_QUERY__INIT;

	if (w->asker_waits)
		return;
	query.kind_case = RISKD__QUERY__KIND_SNAPSHOT;
	query.snapshot = &snapshot;
	w->asker_waits = put(w, &query, SIM_TOKEN_ASKER) == 0;
}

/* The oldest number is never above what the reader still wants for long. */
static void gone(struct sim_world *w, struct sim_reader *reader)
{
	uint64_t oldest = rk_event_store_oldest(w->core.store);

	if (reader->next >= oldest)
		sim_complain(w,
			     "event %" PRIu64 " is said to be gone, but the "
			     "oldest is %" PRIu64,
			     reader->next, oldest);
	w->deeds[SIM_DEED_EVENTS_GONE]++;
	reader->next = oldest;
}

static void see(struct sim_world *w, struct sim_reader *reader,
		const Riskd__Event *event)
{
	unsigned char bytes[1024];
	size_t size = riskd__event__get_packed_size(event);

	if (event->number != reader->next)
		sim_complain(w,
			     "a reader got event %" PRIu64 " when %" PRIu64
			     " was next",
			     event->number, reader->next);
	if (size > sizeof(bytes) || w->complaint[0] != '\0')
		return;
	(void)riskd__event__pack(event, bytes);
	sim_oracle_shown_event(w, event->number, bytes, size);
	reader->next = event->number + 1;
	w->deeds[SIM_DEED_EVENTS_READ]++;
}

static void take_events(struct sim_world *w, struct sim_reader *reader,
			const Riskd__EventsAnswer *events)
{
	bool behind = rk_view_event(w->core.engine) > reader->next + BEHIND;

	w->deeds[SIM_DEED_LONG_POLLS] += reader->waits && events->n_events > 0;
	w->deeds[SIM_DEED_EVENTS_OLD] += behind ? events->n_events : 0;
	for (size_t i = 0; i < events->n_events; i++)
		see(w, reader, events->events[i]);
	if (events->next != reader->next)
		sim_complain(w,
			     "a reader is told to go on from %" PRIu64
			     ", but %" PRIu64 " is next",
			     events->next, reader->next);
}

static void take_reading(struct sim_world *w, struct sim_reader *reader,
			 const Riskd__Answer *answer)
{
	switch (answer->code) {
	case RK_OK:
		if (answer->kind_case == RISKD__ANSWER__KIND_EVENTS)
			take_events(w, reader, answer->events);
		break;
	case RK_REJ_EVENTS_GONE:
		gone(w, reader);
		break;
	case RK_REJ_BUSY:
		break;
	case RK_REJ_EVENTS_UNREADABLE:
		w->deeds[SIM_DEED_UNREADABLE]++;
		if (w->damage_n == 0 &&
		    sim_life_faults(w) == w->faults_at_start)
			sim_complain(w,
				     "events from %" PRIu64 " are not "
				     "readable",
				     reader->next);
		break;
	default:
		sim_complain(w, "a reader at %" PRIu64 " is refused: %d %s",
			     reader->next, answer->code, answer->error);
		break;
	}
}

static void take_snapshot(struct sim_world *w, const Riskd__Answer *answer)
{
	w->asker_waits = false;
	if (answer->code == RK_OK &&
	    answer->kind_case == RISKD__ANSWER__KIND_SNAPSHOT)
		w->deeds[SIM_DEED_SNAPSHOTS_ASKED]++;
	else if (answer->code != RK_REJ_SNAPSHOT_FAILED &&
		 answer->code != RK_REJ_BUSY)
		sim_complain(w, "a snapshot is refused: %d %s", answer->code,
			     answer->error);
}

static void take_question(struct sim_world *w, const Riskd__Answer *answer)
{
	w->question_waits = false;
	w->deeds[SIM_DEED_QUESTIONS]++;
	/*
	 * While the disk is stalled there may be no room for an answer; what
	 * takes several turns is given up when the daemon stops.
	 */
	if (answer->code != RK_OK && answer->code != RK_REJ_BUSY &&
	    answer->code != RK_REJ_STOPPING)
		sim_complain(w, "a question is refused: %d %s", answer->code,
			     answer->error);
	if (answer->kind_case == RISKD__ANSWER__KIND_STATUS)
		sim_oracle_shown_seq(w, answer->status->durable_seq);
}

void sim_reader_answer(struct sim_world *w, uint32_t kind, const void *data,
		       size_t size)
{
	Riskd__Answer *answer = riskd__answer__unpack(NULL, size, data);

	if (!answer) {
		sim_complain(w, "%zu bytes are no Answer", size);
		return;
	}
	sim_oracle_shown_seq(w, answer->seq);
	if (kind == SIM_TOKEN_ASKER) {
		take_snapshot(w, answer);
	} else if (kind == SIM_TOKEN_QUESTION) {
		take_question(w, answer);
	} else {
		struct sim_reader *reader =
			&w->readers[kind - SIM_TOKEN_READER];

		reader->asked = false;
		take_reading(w, reader, answer);
	}
	riskd__answer__free_unpacked(answer, NULL);
}

void sim_reader_crashed(struct sim_world *w)
{
	for (uint32_t i = 0; i < SIM_READERS; i++)
		w->readers[i].asked = false;
	w->asker_waits = false;
	w->question_waits = false;
}

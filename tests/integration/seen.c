/*
 * Comparing events with those seen before. See seen.h.
 */
#include "seen.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define EVENT_MAX  65536
#define LIMIT_MAX  10000
#define HASH_START UINT64_C(0xcbf29ce484222325) /* FNV-1a */
#define HASH_PRIME UINT64_C(0x100000001b3)

void rk_seen_fini(struct rk_seen *seen)
{
	free(seen->hash);
	memset(seen, 0, sizeof(*seen));
}

static uint64_t hash_event(const Riskd__Event *event)
{
	static unsigned char bytes[EVENT_MAX];
	uint64_t hash = HASH_START;
	size_t size = riskd__event__get_packed_size(event);

	CHECK(size <= sizeof(bytes), "an event of %zu bytes", size);
	(void)riskd__event__pack(event, bytes);
	for (size_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * HASH_PRIME;
	return hash | 1; /* 0 is none */
}

static void grow(struct rk_seen *seen, uint64_t number)
{
	uint64_t room = seen->room ? seen->room : 65536;
	uint64_t *hash;

	while (room <= number)
		room *= 2;
	if (room == seen->room)
		return;
	hash = realloc(seen->hash, room * sizeof(*hash));
	CHECK(hash, "no memory");
	memset(hash + seen->room, 0, (room - seen->room) * sizeof(*hash));
	seen->hash = hash;
	seen->room = room;
}

void rk_seen_event(struct rk_seen *seen, const Riskd__Event *event)
{
	uint64_t hash = hash_event(event);

	grow(seen, event->number);
	CHECK(seen->hash[event->number] == 0 ||
		      seen->hash[event->number] == hash,
	      "event %" PRIu64 " is not what it was", event->number);
	seen->hash[event->number] = hash;
	if (event->number > seen->newest)
		seen->newest = event->number;
}

void rk_seen_take(struct rk_seen *seen, nng_socket socket)
{
	struct rk_wire_publication publication;

	while (rk_wire_next(socket, 0, &publication)) {
		for (size_t i = 0; i < publication.batch->n_events; i++)
			rk_seen_event(seen, publication.batch->events[i]);
		seen->published += publication.batch->n_events;
		rk_wire_drop(&publication);
	}
}

static uint64_t newest_event(struct rk_rig *rig)
{
	Riskd__Answer *answer = rk_wire_status(rig);
	uint64_t newest = answer->status->last_event;

	riskd__answer__free_unpacked(answer, NULL);
	return newest;
}

uint64_t rk_seen_read_some(struct rk_seen *seen, struct rk_rig *rig,
			   uint64_t from)
{
	struct rk_wire_range range = {.from = from, .limit = LIMIT_MAX};
	Riskd__Answer *answer = rk_wire_events(rig->query, &range);

	CHECK(answer->code == 0,
	      "events from %" PRIu64 " on are refused with %d: %s", from,
	      answer->code, answer->error);
	CHECK(answer->events->n_events > 0, "event %" PRIu64 " is missing",
	      from);
	for (size_t i = 0; i < answer->events->n_events; i++) {
		CHECK(answer->events->events[i]->number == from,
		      "event %" PRIu64 " comes where %" PRIu64
		      " was to be expected",
		      answer->events->events[i]->number, from);
		rk_seen_event(seen, answer->events->events[i]);
		from++;
	}
	CHECK_EQ(answer->events->next, from);
	riskd__answer__free_unpacked(answer, NULL);
	return from;
}

void rk_seen_read(struct rk_seen *seen, struct rk_rig *rig, uint64_t from)
{
	uint64_t newest = newest_event(rig);

	CHECK(newest >= seen->newest,
	      "riskd has events up to %" PRIu64 ", %" PRIu64 " was seen",
	      newest, seen->newest);
	while (from <= newest)
		from = rk_seen_read_some(seen, rig, from);
}

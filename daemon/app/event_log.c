/*
 * Two rings: one of entries by number, one of bytes. See event_log.h.
 */
#include "app/event_log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/assert.h"

struct entry {
	uint64_t at; /* in the byte ring */
	uint64_t account;
	uint32_t market;
	uint16_t size;
	uint16_t type;
};

struct rk_event_log {
	struct entry *entries;
	uint32_t entries_max;
	unsigned char *bytes;
	size_t bytes_max;
	uint64_t oldest;
	uint64_t newest;
	uint64_t head; /* bytes ever written, with those skipped at the end */
};

int rk_event_log_open(uint32_t events_max, size_t bytes_max,
		      struct rk_event_log **ret_log)
{
	struct rk_event_log *log = calloc(1, sizeof(*log));

	if (!log)
		return -ENOMEM;
	log->entries_max = events_max;
	log->bytes_max = bytes_max;
	log->oldest = 1;
	log->newest = 0;
	log->entries = calloc(events_max, sizeof(*log->entries));
	log->bytes = malloc(bytes_max);
	if (!log->entries || !log->bytes) {
		rk_event_log_close(log);
		return -ENOMEM;
	}
	*ret_log = log;
	return 0;
}

void rk_event_log_start(struct rk_event_log *log, uint64_t first)
{
	log->head = 0;
	log->oldest = first;
	log->newest = first - 1;
}

void rk_event_log_close(struct rk_event_log *log)
{
	if (!log)
		return;
	free(log->entries);
	free(log->bytes);
	free(log);
}

uint64_t rk_event_log_oldest(const struct rk_event_log *log)
{
	return log->oldest;
}

uint64_t rk_event_log_newest(const struct rk_event_log *log)
{
	return log->newest;
}

static struct entry *entry_of(const struct rk_event_log *log, uint64_t number)
{
	return &log->entries[number % log->entries_max];
}

/* Forget old events until one of this many bytes fits at head. */
static void make_room(struct rk_event_log *log, size_t size)
{
	while (log->oldest <= log->newest &&
	       (log->newest - log->oldest + 1 >= log->entries_max ||
		log->head + size - entry_of(log, log->oldest)->at >
			log->bytes_max))
		log->oldest++;
}

void rk_event_log_add(struct rk_event_log *log, const struct rk_event *event,
		      const void *bytes, size_t size)
{
	struct entry *entry;
	size_t place = log->head % log->bytes_max;

	RK_ASSERT(event->number == log->newest + 1);
	RK_ASSERT(size <= log->bytes_max && size <= UINT16_MAX);

	/* An event never wraps around the end of the ring. */
	if (place + size > log->bytes_max) {
		log->head += log->bytes_max - place;
		place = 0;
	}
	make_room(log, size);
	memcpy(log->bytes + place, bytes, size);

	log->newest = event->number;
	entry = entry_of(log, event->number);
	entry->at = log->head;
	entry->account = event->account;
	entry->market = event->market;
	entry->size = (uint16_t)size;
	entry->type = (uint16_t)event->type;
	log->head += size;
}

bool rk_topic_wants(const struct rk_topic *topic, enum rk_event_type type,
		    uint64_t account, uint32_t market)
{
	bool order = rk_event_is_order(type);

	switch (topic->kind) {
	case RK_TOPIC_ALL:
		return true;
	case RK_TOPIC_ACCOUNT:
		return account != 0 && (topic->any || account == topic->id);
	case RK_TOPIC_LIQUIDATION:
		return order && (topic->any || market == topic->id);
	case RK_TOPIC_MARKET:
		return !order && account == 0 && market != RK_NO_MARKET &&
		       (topic->any || market == topic->id);
	case RK_TOPIC_CONVERSION:
		return rk_event_is_conversion(type);
	case RK_TOPIC_SYSTEM:
		return account == 0 && market == RK_NO_MARKET;
	default:
		return false;
	}
}

uint32_t rk_event_log_read(const struct rk_event_log *log,
			   const struct rk_event_range *range, uint32_t field,
			   struct rk_bytes *bytes, uint64_t *ret_next)
{
	uint64_t number = range->from;
	uint32_t visits = 0;
	uint32_t n = 0;

	RK_ASSERT(number >= log->oldest);

	for (; number <= log->newest && n < range->limit &&
	       visits < range->visits;
	     number++, visits++) {
		const struct entry *entry = entry_of(log, number);

		if (!rk_topic_wants(&range->topic,
				    (enum rk_event_type)entry->type,
				    entry->account, entry->market))
			continue;
		if (rk_pack_bytes_size(field, entry->size) >
		    bytes->size - bytes->n)
			break;
		rk_pack_bytes(bytes, field,
			      log->bytes + entry->at % log->bytes_max,
			      entry->size);
		n++;
	}
	*ret_next = number;
	return n;
}

/*
 * The ring in which events wait to be written. See event_impl.h.
 *
 * Entries are whole in memory, so that the worker can use them in place: one
 * that does not fit behind the last goes to the beginning, and the rest up to
 * the end is skipped.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/assert.h"
#include "store/event_impl.h"

#define ALIGN ((uint64_t)16)

/* Room that others leave to cuts, which must not fail. */
#define CUTS_SIZE ((uint64_t)64 * 128)

_Static_assert(sizeof(struct rk_event_entry) <= 128, "cuts fit in their room");

/* So large that the largest event always fits, wherever the ring is at. */
#define SIZE_MIN (CUTS_SIZE + (uint64_t)4 * RK_EVENT_BODY_MAX)

static uint64_t aligned(uint64_t size)
{
	return (size + ALIGN - 1) / ALIGN * ALIGN;
}

int rk_event_queue_open(uint64_t bytes, struct rk_event_queue *ret_queue)
{
	struct rk_event_queue queue = {NULL, 0, 0, 0};

	queue.size = aligned(bytes < SIZE_MIN ? SIZE_MIN : bytes);
	queue.bytes = malloc(queue.size);
	if (!queue.bytes)
		return -ENOMEM;
	*ret_queue = queue;
	return 0;
}

void rk_event_queue_close(struct rk_event_queue *queue)
{
	free(queue->bytes);
	queue->bytes = NULL;
}

static bool put(struct rk_event_queue *queue,
		const struct rk_event_entry *entry, const void *body,
		uint64_t spare)
{
	uint64_t size = aligned(sizeof(*entry) + entry->size);
	uint64_t at = queue->head % queue->size;
	uint64_t skip = queue->size - at < size ? queue->size - at : 0;
	uint64_t used = queue->head - queue->tail;

	if (used + skip + size + spare > queue->size)
		return false;
	if (skip > 0) {
		enum rk_event_entry_kind kind = RK_EVENT_ENTRY_SKIP;

		memcpy(queue->bytes + at, &kind, sizeof(kind));
		queue->head += skip;
		at = 0;
	}
	memcpy(queue->bytes + at, entry, sizeof(*entry));
	if (body)
		memcpy(queue->bytes + at + sizeof(*entry), body, entry->size);
	queue->head += size;
	return true;
}

bool rk_event_queue_put(struct rk_event_queue *queue,
			const struct rk_event_row *row)
{
	struct rk_event_entry entry = {
		.kind = RK_EVENT_ENTRY_ROW, .size = row->size, .row = *row};

	RK_ASSERT(row->size <= RK_EVENT_BODY_MAX);
	return put(queue, &entry, row->body, CUTS_SIZE);
}

bool rk_event_queue_put_checkpoint(struct rk_event_queue *queue,
				   const struct rk_event_checkpoint *checkpoint)
{
	struct rk_event_entry entry = {.kind = RK_EVENT_ENTRY_CHECKPOINT,
				       .checkpoint = *checkpoint};

	return put(queue, &entry, NULL, CUTS_SIZE);
}

bool rk_event_queue_put_cut(struct rk_event_queue *queue)
{
	struct rk_event_entry entry = {.kind = RK_EVENT_ENTRY_CUT};

	return put(queue, &entry, NULL, 0);
}

bool rk_event_queue_peek(const struct rk_event_queue *queue, uint64_t head,
			 uint64_t *at, struct rk_event_entry *ret_entry)
{
	enum rk_event_entry_kind kind;

	if (*at == head)
		return false;
	memcpy(&kind, queue->bytes + *at % queue->size, sizeof(kind));
	if (kind == RK_EVENT_ENTRY_SKIP) {
		*at += queue->size - *at % queue->size;
		RK_ASSERT(*at < head); /* it makes room for an entry */
	}
	memcpy(ret_entry, queue->bytes + *at % queue->size, sizeof(*ret_entry));
	RK_ASSERT(ret_entry->kind >= RK_EVENT_ENTRY_ROW &&
		  ret_entry->kind <= RK_EVENT_ENTRY_CHECKPOINT);
	if (ret_entry->kind == RK_EVENT_ENTRY_ROW)
		ret_entry->row.body =
			queue->bytes + *at % queue->size + sizeof(*ret_entry);
	*at += aligned(sizeof(*ret_entry) + ret_entry->size);
	return true;
}

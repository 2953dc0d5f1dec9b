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

enum entry_kind {
	ENTRY_ROW = 1,
	ENTRY_CUT = 2,
	ENTRY_SKIP = 3, /* nothing up to the end of the ring */
};

struct entry_head {
	enum entry_kind kind;
	uint32_t size; /* of the body */
	struct rk_event_row row;
};

#define ALIGN ((uint64_t)16)

/* Room that rows leave to cuts, which must not fail. */
#define CUTS_SIZE ((uint64_t)64 * 128)

_Static_assert(sizeof(struct entry_head) <= 128, "cuts fit in their room");

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

static bool put(struct rk_event_queue *queue, const struct entry_head *head,
		uint64_t spare)
{
	uint64_t size = aligned(sizeof(*head) + head->size);
	uint64_t at = queue->head % queue->size;
	uint64_t skip = queue->size - at < size ? queue->size - at : 0;
	uint64_t used = queue->head - queue->tail;

	if (used + skip + size + spare > queue->size)
		return false;
	if (skip > 0) {
		enum entry_kind kind = ENTRY_SKIP;

		memcpy(queue->bytes + at, &kind, sizeof(kind));
		queue->head += skip;
		at = 0;
	}
	memcpy(queue->bytes + at, head, sizeof(*head));
	if (head->size > 0)
		memcpy(queue->bytes + at + sizeof(*head), head->row.body,
		       head->size);
	queue->head += size;
	return true;
}

bool rk_event_queue_put(struct rk_event_queue *queue,
			const struct rk_event_row *row)
{
	struct entry_head head = {ENTRY_ROW, row->size, *row};

	RK_ASSERT(row->size <= RK_EVENT_BODY_MAX);
	return put(queue, &head, CUTS_SIZE);
}

bool rk_event_queue_put_cut(struct rk_event_queue *queue)
{
	struct entry_head head = {.kind = ENTRY_CUT};

	return put(queue, &head, 0);
}

bool rk_event_queue_peek(const struct rk_event_queue *queue, uint64_t head,
			 uint64_t *at, struct rk_event_entry *ret_entry)
{
	struct entry_head found;
	enum entry_kind kind;

	if (*at == head)
		return false;
	memcpy(&kind, queue->bytes + *at % queue->size, sizeof(kind));
	if (kind == ENTRY_SKIP) {
		*at += queue->size - *at % queue->size;
		RK_ASSERT(*at < head); /* it makes room for an entry */
	}
	memcpy(&found, queue->bytes + *at % queue->size, sizeof(found));
	RK_ASSERT(found.kind == ENTRY_ROW || found.kind == ENTRY_CUT);
	ret_entry->cut = found.kind == ENTRY_CUT;
	ret_entry->row = found.row;
	ret_entry->row.body = queue->bytes + *at % queue->size + sizeof(found);
	*at += aligned(sizeof(found) + found.size);
	return true;
}

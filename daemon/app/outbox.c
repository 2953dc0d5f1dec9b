/*
 * A byte ring of items, each preceded by a head. See outbox.h. An item never
 * wraps: a head of kind 0 says that the rest up to the end is skipped.
 */
#include "app/outbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/assert.h"

#define ALIGN 16U

struct head {
	uint64_t seq;
	uint64_t reply_to;
	uint32_t size; /* of the payload */
	uint32_t kind;
	uint64_t pad; /* heads keep payloads aligned */
};

struct rk_outbox {
	unsigned char *bytes;
	size_t max;
	uint64_t in;  /* bytes ever put */
	uint64_t out; /* bytes ever taken */
};

int rk_outbox_open(size_t bytes_max, struct rk_outbox **ret_outbox)
{
	struct rk_outbox *outbox = calloc(1, sizeof(*outbox));

	if (!outbox)
		return -ENOMEM;
	outbox->max = bytes_max / ALIGN * ALIGN;
	outbox->bytes = aligned_alloc(ALIGN, outbox->max);
	if (!outbox->bytes) {
		free(outbox);
		return -ENOMEM;
	}
	*ret_outbox = outbox;
	return 0;
}

void rk_outbox_close(struct rk_outbox *outbox)
{
	if (!outbox)
		return;
	free(outbox->bytes);
	free(outbox);
}

static size_t item_size(size_t payload)
{
	return (sizeof(struct head) + payload + ALIGN - 1) / ALIGN * ALIGN;
}

bool rk_outbox_room(struct rk_outbox *outbox, uint32_t events,
		    size_t reply_size)
{
	/* From an empty ring's start there is nothing to skip. */
	if (outbox->in == outbox->out) {
		outbox->in = 0;
		outbox->out = 0;
	}

	size_t wanted = events * item_size(sizeof(struct rk_event)) +
			item_size(reply_size);
	/* What may be lost by skipping to the start of the ring. */
	size_t lost =
		item_size(reply_size) + item_size(sizeof(struct rk_event));

	return outbox->max - (outbox->in - outbox->out) >= wanted + lost;
}

static void add(struct rk_outbox *outbox, const struct head *head,
		const void *payload)
{
	size_t size = item_size(head->size);
	size_t place = outbox->in % outbox->max;

	if (place + size > outbox->max) {
		if (outbox->max - place >= sizeof(struct head))
			memset(outbox->bytes + place, 0, sizeof(struct head));
		outbox->in += outbox->max - place;
		place = 0;
	}
	RK_ASSERT(outbox->in + size - outbox->out <= outbox->max);

	memcpy(outbox->bytes + place, head, sizeof(*head));
	memcpy(outbox->bytes + place + sizeof(*head), payload, head->size);
	outbox->in += size;
}

void rk_outbox_add_event(struct rk_outbox *outbox, const struct rk_event *event)
{
	struct head head = {.seq = event->seq,
			    .size = sizeof(*event),
			    .kind = RK_OUTBOX_EVENT};

	add(outbox, &head, event);
}

void rk_outbox_add_reply(struct rk_outbox *outbox, uint64_t seq,
			 uint64_t reply_to, const void *bytes, size_t size)
{
	struct head head = {.seq = seq,
			    .reply_to = reply_to,
			    .size = (uint32_t)size,
			    .kind = RK_OUTBOX_REPLY};

	RK_ASSERT(size <= UINT32_MAX);
	add(outbox, &head, bytes);
}

void rk_outbox_add_checkpoint(struct rk_outbox *outbox, uint64_t seq,
			      const struct rk_event_checkpoint *checkpoint)
{
	struct head head = {.seq = seq,
			    .size = sizeof(*checkpoint),
			    .kind = RK_OUTBOX_CHECKPOINT};

	/* An event takes more. */
	if (rk_outbox_room(outbox, 1, 0))
		add(outbox, &head, checkpoint);
}

/* The head at out, past what was skipped; false when there is none. */
static bool next_head(struct rk_outbox *outbox, struct head *ret_head,
		      size_t *ret_place)
{
	while (outbox->out < outbox->in) {
		size_t place = outbox->out % outbox->max;
		size_t left = outbox->max - place;

		if (left >= sizeof(*ret_head)) {
			memcpy(ret_head, outbox->bytes + place,
			       sizeof(*ret_head));
			if (ret_head->kind != 0) {
				*ret_place = place;
				return true;
			}
		}
		outbox->out += left;
	}
	return false;
}

bool rk_outbox_peek(struct rk_outbox *outbox, uint64_t durable_seq,
		    struct rk_outbox_item *ret_item)
{
	struct head head;
	size_t place;

	if (!next_head(outbox, &head, &place) || head.seq > durable_seq)
		return false;

	ret_item->kind = (enum rk_outbox_kind)head.kind;
	ret_item->seq = head.seq;
	ret_item->reply_to = head.reply_to;
	ret_item->bytes = outbox->bytes + place + sizeof(head);
	ret_item->size = head.size;
	if (ret_item->kind == RK_OUTBOX_EVENT)
		memcpy(&ret_item->event, ret_item->bytes,
		       sizeof(ret_item->event));
	if (ret_item->kind == RK_OUTBOX_CHECKPOINT)
		memcpy(&ret_item->checkpoint, ret_item->bytes,
		       sizeof(ret_item->checkpoint));
	return true;
}

void rk_outbox_drop(struct rk_outbox *outbox, const struct rk_outbox_item *item)
{
	RK_ASSERT(outbox->in > outbox->out);
	outbox->out += item_size(item->size);
}

bool rk_outbox_take(struct rk_outbox *outbox, uint64_t durable_seq,
		    struct rk_outbox_item *ret_item)
{
	if (!rk_outbox_peek(outbox, durable_seq, ret_item))
		return false;
	rk_outbox_drop(outbox, ret_item);
	return true;
}

bool rk_outbox_empty(const struct rk_outbox *outbox)
{
	return outbox->in == outbox->out;
}

size_t rk_outbox_bytes(const struct rk_outbox *outbox)
{
	return outbox->in - outbox->out;
}

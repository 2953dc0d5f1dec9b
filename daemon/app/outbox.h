/*
 * What waits for durability: events and replies, each with the sequence
 * number of the newest command it shows. First in, first out, bounded.
 */
#ifndef RK_APP_OUTBOX_H
#define RK_APP_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/event.h"
#include "store/event_store.h"

struct rk_outbox;

enum rk_outbox_kind {
	RK_OUTBOX_EVENT = 1,
	RK_OUTBOX_REPLY = 2,
	RK_OUTBOX_CHECKPOINT = 3, /* goes to the files of events only */
};

/* One thing that goes out. */
struct rk_outbox_item {
	enum rk_outbox_kind kind;
	uint64_t seq;
	struct rk_event event; /* EVENT */
	uint64_t reply_to;     /* REPLY: the app's handle of the request */
	const void *bytes;     /* REPLY: what to send */
	size_t size;
	struct rk_event_checkpoint checkpoint; /* CHECKPOINT */
};

/* Returns 0 or -ENOMEM; *ret_outbox is the caller's. */
int rk_outbox_open(size_t bytes_max, struct rk_outbox **ret_outbox);
void rk_outbox_close(struct rk_outbox *outbox);

/* Is there room for events events and one reply of reply_size bytes? */
bool rk_outbox_room(struct rk_outbox *outbox, uint32_t events,
		    size_t reply_size);

/* Left out when there is no room. */
void rk_outbox_add_checkpoint(struct rk_outbox *outbox, uint64_t seq,
			      const struct rk_event_checkpoint *checkpoint);

/* Both need room. */
void rk_outbox_add_event(struct rk_outbox *outbox,
			 const struct rk_event *event);
void rk_outbox_add_reply(struct rk_outbox *outbox, uint64_t seq,
			 uint64_t reply_to, const void *bytes, size_t size);

/*
 * The oldest item, if its seq is at most durable_seq; valid until the next
 * call. False: nothing (more) may go out.
 */
bool rk_outbox_take(struct rk_outbox *outbox, uint64_t durable_seq,
		    struct rk_outbox_item *ret_item);

/* The same, but it stays until rk_outbox_drop(). */
bool rk_outbox_peek(struct rk_outbox *outbox, uint64_t durable_seq,
		    struct rk_outbox_item *ret_item);
void rk_outbox_drop(struct rk_outbox *outbox,
		    const struct rk_outbox_item *item);

bool rk_outbox_empty(const struct rk_outbox *outbox);
size_t rk_outbox_bytes(const struct rk_outbox *outbox);

#endif

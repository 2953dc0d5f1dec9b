/*
 * librisk: batches of events as received, and a heap of them by the number
 * of their next event. Messages of one turn of the daemon come topic by
 * topic; the heap puts their events back into the order of their numbers.
 */
#ifndef CLIENT_LIBRISK_BATCH_H
#define CLIENT_LIBRISK_BATCH_H

#include "librisk_impl.h"

/* Owns the message that its events are part of. */
struct librisk_batch {
	Riskd__EventBatch *message; /* of a subscription, or */
	Riskd__Answer *answer;      /* of a query */
	Riskd__Event **events;
	size_t n;
	size_t at; /* the next one */
	uint64_t received_ns;
};

/* Both take over what they are given, also when they return NULL. */
struct librisk_batch *librisk_batch_of_message(Riskd__EventBatch *message);
struct librisk_batch *librisk_batch_of_answer(Riskd__Answer *answer);
void librisk_batch_free(struct librisk_batch *batch); /* NULL is fine */

struct librisk_heap {
	struct librisk_batch **batches;
	size_t n;
	size_t max;
};

/* Takes over a batch that is not at its end. 0 or -ENOMEM (freed). */
int librisk_heap_push(struct librisk_heap *heap, struct librisk_batch *batch);
/* The one with the lowest next number; NULL: none. */
struct librisk_batch *librisk_heap_top(const struct librisk_heap *heap);
/*
 * The top's next event is done with. Returns the batch when that was its
 * last one (now the caller's), else NULL.
 */
struct librisk_batch *librisk_heap_advance(struct librisk_heap *heap);
void librisk_heap_fini(struct librisk_heap *heap);

#endif

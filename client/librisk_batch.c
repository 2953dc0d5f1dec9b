/*
 * librisk: batches of events and the heap of them. See librisk_batch.h.
 */
#include "librisk_batch.h"

#include <errno.h>
#include <stdlib.h>

struct librisk_batch *librisk_batch_of_message(Riskd__EventBatch *message)
{
	struct librisk_batch *batch = calloc(1, sizeof(*batch));

	if (!batch) {
		riskd__event_batch__free_unpacked(message, NULL);
		return NULL;
	}
	batch->message = message;
	batch->events = message->events;
	batch->n = message->n_events;
	batch->received_ns = librisk_monotonic_ns();
	return batch;
}

struct librisk_batch *librisk_batch_of_answer(Riskd__Answer *answer)
{
	struct librisk_batch *batch = calloc(1, sizeof(*batch));

	if (!batch) {
		riskd__answer__free_unpacked(answer, NULL);
		return NULL;
	}
	batch->answer = answer;
	batch->events = answer->events->events;
	batch->n = answer->events->n_events;
	batch->received_ns = librisk_monotonic_ns();
	return batch;
}

void librisk_batch_free(struct librisk_batch *batch)
{
	if (!batch)
		return;
	if (batch->message)
		riskd__event_batch__free_unpacked(batch->message, NULL);
	if (batch->answer)
		riskd__answer__free_unpacked(batch->answer, NULL);
	free(batch);
}

static uint64_t key(const struct librisk_heap *heap, size_t i)
{
	const struct librisk_batch *batch = heap->batches[i];

	return batch->events[batch->at]->number;
}

static void swap(struct librisk_heap *heap, size_t i, size_t j)
{
	struct librisk_batch *batch = heap->batches[i];

	heap->batches[i] = heap->batches[j];
	heap->batches[j] = batch;
}

static void sift_down(struct librisk_heap *heap)
{
	size_t i = 0;

	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= heap->n)
			return;
		if (child + 1 < heap->n &&
		    key(heap, child + 1) < key(heap, child))
			child++;
		if (key(heap, i) <= key(heap, child))
			return;
		swap(heap, i, child);
		i = child;
	}
}

int librisk_heap_push(struct librisk_heap *heap, struct librisk_batch *batch)
{
	size_t i = heap->n;

	if (heap->n == heap->max) {
		size_t max = heap->max ? heap->max * 2 : 64;
		struct librisk_batch **batches = reallocarray(
			heap->batches, max, sizeof(struct librisk_batch *));

		if (!batches) {
			librisk_batch_free(batch);
			return -ENOMEM;
		}
		heap->batches = batches;
		heap->max = max;
	}
	heap->batches[heap->n++] = batch;
	for (; i && key(heap, i) < key(heap, (i - 1) / 2); i = (i - 1) / 2)
		swap(heap, i, (i - 1) / 2);
	return 0;
}

struct librisk_batch *librisk_heap_top(const struct librisk_heap *heap)
{
	return heap->n ? heap->batches[0] : NULL;
}

struct librisk_batch *librisk_heap_advance(struct librisk_heap *heap)
{
	struct librisk_batch *batch = heap->batches[0];
	bool over = ++batch->at == batch->n;

	if (over)
		heap->batches[0] = heap->batches[--heap->n];
	sift_down(heap);
	return over ? batch : NULL;
}

void librisk_heap_fini(struct librisk_heap *heap)
{
	for (size_t i = 0; i < heap->n; i++)
		librisk_batch_free(heap->batches[i]);
	free(heap->batches);
	*heap = (struct librisk_heap){0};
}

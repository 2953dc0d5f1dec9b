/*
 * One file of the simulated disk: its two images, and how to take back each
 * write since the last sync.
 *
 * The disk writes whole sectors: a sync copies each sector that was touched,
 * as it is now.
 */
#include <stdlib.h>
#include <string.h>

#include "disk_impl.h"

/* From here on the kernel would have written by itself. */
#define OPS_MAX  8192U
#define UNDO_MAX ((size_t)8 << 20)

#define CAPACITY_LEAST 4096U

struct sim_node *sim_node_make(void)
{
	return sim_need(calloc(1, sizeof(struct sim_node)));
}

void sim_node_free(struct sim_node *node)
{
	free(node->seen);
	free(node->kept);
	free(node->ops);
	free(node->undo);
	free(node);
}

static unsigned char *grow(unsigned char *image, uint64_t before,
			   uint64_t after)
{
	image = sim_need(realloc(image, after));
	memset(image + before, 0, after - before);
	return image;
}

static void reserve(struct sim_node *node, uint64_t size)
{
	uint64_t capacity = node->capacity ? node->capacity : CAPACITY_LEAST;

	if (size <= node->capacity)
		return;
	while (capacity < size)
		capacity *= 2;
	node->seen = grow(node->seen, node->capacity, capacity);
	node->kept = grow(node->kept, node->capacity, capacity);
	node->capacity = capacity;
}

static size_t keep_undo(struct sim_node *node, uint64_t at, size_t size)
{
	size_t undo = node->undo_n;

	if (undo + size > node->undo_max) {
		node->undo_max = (undo + size) * 2;
		node->undo = sim_need(realloc(node->undo, node->undo_max));
	}
	if (size > 0)
		memcpy(node->undo + undo, node->seen + at, size);
	node->undo_n += size;
	return undo;
}

/* Remember what is about to change; at + size is within the capacity. */
static struct sim_op *add_op(struct sim_node *node, uint64_t at, uint64_t size)
{
	uint64_t end = at + size < node->size ? at + size : node->size;
	struct sim_op *op;

	if (node->ops_n == OPS_MAX || node->undo_n > UNDO_MAX)
		sim_node_sync(node);
	if (node->ops_n == node->ops_max) {
		node->ops_max = node->ops_max ? node->ops_max * 2 : 16;
		node->ops = sim_need(
			realloc(node->ops, node->ops_max * sizeof(*node->ops)));
	}
	op = &node->ops[node->ops_n++];
	op->at = at;
	op->size = size;
	op->old_size = node->size;
	op->undo_size = end > at ? (size_t)(end - at) : 0;
	op->undo = keep_undo(node, at, op->undo_size);
	op->shrinks = false;
	return op;
}

void sim_node_write(struct sim_node *node, const void *bytes, size_t size,
		    uint64_t at)
{
	if (size == 0)
		return;
	reserve(node, at + size);
	(void)add_op(node, at, size);
	memcpy(node->seen + at, bytes, size);
	if (at + size > node->size)
		node->size = at + size;
}

void sim_node_resize(struct sim_node *node, uint64_t size)
{
	if (size > node->size) {
		reserve(node, size);
		(void)add_op(node, node->size, size - node->size);
	} else if (size < node->size) {
		add_op(node, size, node->size - size)->shrinks = true;
		memset(node->seen + size, 0, node->size - size);
	}
	node->size = size;
}

void sim_node_sync(struct sim_node *node)
{
	for (size_t i = 0; i < node->ops_n; i++) {
		const struct sim_op *op = &node->ops[i];
		uint64_t first = op->at / SIM_DISK_SECTOR;
		uint64_t last = (op->at + op->size - 1) / SIM_DISK_SECTOR;

		memcpy(node->kept + first * SIM_DISK_SECTOR,
		       node->seen + first * SIM_DISK_SECTOR,
		       (last - first + 1) * SIM_DISK_SECTOR);
	}
	node->kept_size = node->size;
	node->ops_n = 0;
	node->undo_n = 0;
}

/* The data is taken for clean, but it never reached the disk. */
void sim_node_fail_sync(struct sim_node *node)
{
	node->differs = node->differs || node->ops_n > 0;
	node->ops_n = 0;
	node->undo_n = 0;
}

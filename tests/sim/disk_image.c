/*
 * The whole simulated disk set aside and put back, what is not synced
 * included. See disk.h.
 *
 * Files are copied in the order of the disk's list, so that links between
 * names and files can be kept as places in that list.
 */
#include <stdlib.h>
#include <string.h>

#include "disk_impl.h"
#include "engine/assert.h"

struct sim_image {
	struct sim_node *nodes; /* copies, in the order of the disk's */
	struct sim_folder seen; /* these lead to the copies */
	struct sim_folder kept;
	struct sim_change *changes;
	size_t changes_n;
};

static void *copy_of(const void *bytes, size_t size)
{
	void *copy;

	if (size == 0)
		return NULL;
	copy = sim_need(malloc(size));
	memcpy(copy, bytes, size);
	return copy;
}

static struct sim_node *copy_node(const struct sim_node *node)
{
	struct sim_node *copy = copy_of(node, sizeof(*node));

	RK_ASSERT(node->handles == 0);
	copy->next = NULL;
	copy->seen = copy_of(node->seen, node->capacity);
	copy->kept = copy_of(node->kept, node->capacity);
	copy->ops = copy_of(node->ops, node->ops_n * sizeof(*node->ops));
	copy->ops_max = node->ops_n;
	copy->undo = copy_of(node->undo, node->undo_n);
	copy->undo_max = node->undo_n;
	return copy;
}

/* The copy that stands where the original does. */
static struct sim_node *twin(struct sim_node *originals,
			     struct sim_node *copies,
			     const struct sim_node *original)
{
	while (originals && originals != original) {
		originals = originals->next;
		copies = copies->next;
	}
	RK_ASSERT(originals || !original);
	return original ? copies : NULL;
}

/* Copies of nodes, folders and changes from one to the other. */
static struct sim_node *copy_nodes(const struct sim_node *nodes)
{
	struct sim_node *copies = NULL;
	struct sim_node **link = &copies;

	for (; nodes; nodes = nodes->next) {
		*link = copy_node(nodes);
		link = &(*link)->next;
	}
	return copies;
}

static void free_nodes(struct sim_node *nodes)
{
	while (nodes) {
		struct sim_node *next = nodes->next;

		sim_node_free(nodes);
		nodes = next;
	}
}

static void copy_folder(struct sim_folder *to, const struct sim_folder *from,
			struct sim_node *originals, struct sim_node *copies)
{
	sim_folder_copy(to, from);
	for (size_t i = 0; i < to->n; i++)
		to->entries[i].node =
			twin(originals, copies, from->entries[i].node);
}

static void copy_changes(struct sim_change *to, const struct sim_change *from,
			 size_t n, struct sim_node *originals,
			 struct sim_node *copies)
{
	for (size_t i = 0; i < n; i++) {
		to[i] = from[i];
		to[i].node = twin(originals, copies, from[i].node);
		to[i].replaced = twin(originals, copies, from[i].replaced);
	}
}

struct sim_image *sim_disk_save(const struct sim_disk *disk)
{
	struct sim_image *image = sim_need(calloc(1, sizeof(*image)));

	image->nodes = copy_nodes(disk->nodes);
	copy_folder(&image->seen, &disk->seen, disk->nodes, image->nodes);
	copy_folder(&image->kept, &disk->kept, disk->nodes, image->nodes);
	image->changes_n = disk->changes_n;
	image->changes =
		sim_need(calloc(disk->changes_n + 1, sizeof(*image->changes)));
	copy_changes(image->changes, disk->changes, disk->changes_n,
		     disk->nodes, image->nodes);
	return image;
}

void sim_disk_restore(struct sim_disk *disk, const struct sim_image *image)
{
	struct sim_node *nodes = copy_nodes(image->nodes);

	free_nodes(disk->nodes);
	disk->nodes = nodes;
	copy_folder(&disk->seen, &image->seen, image->nodes, nodes);
	copy_folder(&disk->kept, &image->kept, image->nodes, nodes);
	if (disk->changes_max < image->changes_n) {
		disk->changes_max = image->changes_n;
		disk->changes = sim_need(
			realloc(disk->changes,
				disk->changes_max * sizeof(*disk->changes)));
	}
	disk->changes_n = image->changes_n;
	copy_changes(disk->changes, image->changes, image->changes_n,
		     image->nodes, nodes);
}

void sim_image_free(struct sim_image *image)
{
	if (!image)
		return;
	free_nodes(image->nodes);
	free(image->seen.entries);
	free(image->kept.entries);
	free(image->changes);
	free(image);
}

/*
 * What a loss of power leaves of the simulated disk.
 *
 * Each file is walked back from its newest unsynced write to its oldest. A
 * sector in which a write survives is what that sector was just after that
 * write, for the disk is given whole sectors in some order: so what comes out
 * is a mix of sectors of different moments, but never a sector that never
 * was (the torn one aside, which ends in the middle).
 *
 * Names are replayed forward, each change surviving or not; a change that
 * cannot be without an earlier one that vanished vanishes too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk_impl.h"

/* How a whole file, or the folder, fares. */
enum fate {
	FATE_LOST,  /* nothing that was not synced */
	FATE_KEPT,  /* all of it */
	FATE_CUT,   /* all up to some write, of which a part */
	FATE_MIXED, /* each write by itself */
	FATES
};

/* How one write fares. */
enum luck {
	LUCK_DROPPED,
	LUCK_WHOLE,
	LUCK_SECTORS, /* some of its sectors */
	LUCK_CUT      /* up to some byte */
};

/* One file on its way back. */
struct walk {
	struct sim_disk *disk;
	struct sim_node *node;
	bool *decided; /* per sector */
	enum fate fate;
	size_t cut_op;    /* FATE_CUT: the first that is not whole */
	uint64_t cut;     /* and how many bytes of it are */
	size_t size_op;   /* the file's size is that before this one */
	uint64_t size;    /* which is this */
	uint64_t torn_at; /* a sector's beginning that is new */
	size_t torn_n;
	unsigned char torn[SIM_DISK_SECTOR];
	bool survived; /* some write after the one looked at */
	bool reordered;
};

static uint64_t size_before(const struct sim_node *node, size_t op)
{
	return op < node->ops_n ? node->ops[op].old_size : node->size;
}

/* Choose which writes survive, and which of the sizes the file had. */
static void choose(struct walk *walk)
{
	struct rk_prng *prng = &walk->disk->fate;
	const struct sim_node *node = walk->node;
	size_t n = node->ops_n;

	walk->cut_op = (size_t)rk_prng_below(prng, n);
	walk->cut = rk_prng_below(prng, node->ops[walk->cut_op].size + 1);
	walk->size_op = (size_t)rk_prng_below(prng, n + 1);
	if (walk->fate == FATE_LOST)
		walk->size_op = 0;
	else if (walk->fate == FATE_KEPT || rk_prng_chance(prng, 1, 4))
		walk->size_op = n;
	else if (walk->fate == FATE_CUT)
		walk->size_op = walk->cut_op + (size_t)rk_prng_below(prng, 2);
	walk->size = walk->size_op == 0 ? node->kept_size
					: size_before(node, walk->size_op);
	/* A file may also end where the cut write does. */
	if (walk->fate == FATE_CUT && walk->size_op == walk->cut_op + 1 &&
	    rk_prng_chance(prng, 1, 3)) {
		const struct sim_op *op = &node->ops[walk->cut_op];

		if (!op->shrinks && op->at + walk->cut >= op->old_size)
			walk->size = op->at + walk->cut;
	}
}

static enum luck luck_of(const struct walk *walk, size_t i)
{
	struct rk_prng *prng = &walk->disk->fate;
	const struct sim_op *op = &walk->node->ops[i];
	uint64_t pick;

	/* What is cut off a file is gone with its size, and not before. */
	if (op->shrinks)
		return i < walk->size_op ? LUCK_WHOLE : LUCK_DROPPED;
	switch (walk->fate) {
	case FATE_KEPT:
		return LUCK_WHOLE;
	case FATE_CUT:
		if (i != walk->cut_op)
			return i < walk->cut_op ? LUCK_WHOLE : LUCK_DROPPED;
		return walk->cut == op->size ? LUCK_WHOLE
		       : walk->cut == 0      ? LUCK_DROPPED
					     : LUCK_CUT;
	case FATE_MIXED:
		pick = rk_prng_below(prng, 10);
		return pick < 5   ? LUCK_WHOLE
		       : pick < 8 ? LUCK_DROPPED
				  : LUCK_SECTORS;
	case FATE_LOST:
	case FATES:
	default:
		return LUCK_DROPPED;
	}
}

static void keep_sector(struct walk *walk, uint64_t sector)
{
	uint64_t at = sector * SIM_DISK_SECTOR;

	if (walk->decided[sector])
		return;
	walk->decided[sector] = true;
	memcpy(walk->node->kept + at, walk->node->seen + at, SIM_DISK_SECTOR);
}

/* The sector in which a write was cut: its beginning is new. */
static void tear(struct walk *walk, const struct sim_op *op)
{
	uint64_t end = op->at + walk->cut;
	uint64_t from = end / SIM_DISK_SECTOR * SIM_DISK_SECTOR;

	if (walk->decided[end / SIM_DISK_SECTOR])
		return;
	if (from < op->at)
		from = op->at;
	walk->torn_at = from;
	walk->torn_n = (size_t)(end - from);
	memcpy(walk->torn, walk->node->seen + from, walk->torn_n);
}

static void keep_op(struct walk *walk, const struct sim_op *op, enum luck luck)
{
	uint64_t first = op->at / SIM_DISK_SECTOR;
	uint64_t end = (op->at + op->size - 1) / SIM_DISK_SECTOR + 1;

	if (luck == LUCK_CUT) {
		tear(walk, op);
		end = (op->at + walk->cut) / SIM_DISK_SECTOR;
	}
	for (uint64_t sector = first; sector < end; sector++) {
		if (luck != LUCK_SECTORS ||
		    rk_prng_chance(&walk->disk->fate, 1, 2))
			keep_sector(walk, sector);
	}
}

static void take_back(struct sim_node *node, const struct sim_op *op)
{
	if (op->undo_size > 0)
		memcpy(node->seen + op->at, node->undo + op->undo,
		       op->undo_size);
	memset(node->seen + op->at + op->undo_size, 0,
	       op->size - op->undo_size);
}

static void count(struct walk *walk, enum luck luck)
{
	uint64_t *counts = walk->disk->counts;

	if (luck == LUCK_DROPPED) {
		counts[SIM_FAULT_WRITE_DROPPED]++;
		walk->reordered = walk->reordered || walk->survived;
		return;
	}
	walk->survived = true;
	if (luck == LUCK_WHOLE)
		counts[SIM_FAULT_WRITE_KEPT]++;
	else
		counts[SIM_FAULT_WRITE_TORN]++;
}

static void walk_back(struct walk *walk)
{
	struct sim_node *node = walk->node;

	choose(walk);
	for (size_t i = node->ops_n; i > 0; i--) {
		const struct sim_op *op = &node->ops[i - 1];
		enum luck luck = luck_of(walk, i - 1);

		count(walk, luck);
		if (luck != LUCK_DROPPED)
			keep_op(walk, op, luck);
		take_back(node, op);
	}
	if (walk->torn_n > 0)
		memcpy(node->kept + walk->torn_at, walk->torn, walk->torn_n);
	memset(node->kept + walk->size, 0, node->capacity - walk->size);
	node->kept_size = walk->size;
	if (walk->reordered)
		walk->disk->counts[SIM_FAULT_WRITE_REORDERED]++;
}

static void lose_data(struct sim_disk *disk, struct sim_node *node,
		      enum fate fate)
{
	struct walk walk = {.disk = disk, .node = node, .fate = fate};

	if (node->ops_n > 0) {
		walk.decided = sim_need(
			calloc(node->capacity / SIM_DISK_SECTOR, sizeof(bool)));
		walk_back(&walk);
		free(walk.decided);
	} else if (!node->differs) {
		return;
	}
	if (node->capacity > 0)
		memcpy(node->seen, node->kept, node->capacity);
	node->size = node->kept_size;
	node->ops_n = 0;
	node->undo_n = 0;
	node->differs = false;
}

static struct sim_entry *entry_of(const struct sim_folder *folder,
				  const struct sim_node *node)
{
	for (size_t i = 0; i < folder->n; i++)
		if (folder->entries[i].node == node)
			return &folder->entries[i];
	return NULL;
}

/* Make one change again; false when it cannot be without an earlier one. */
static bool change_again(struct sim_folder *folder,
			 const struct sim_change *change)
{
	struct sim_entry *at;

	if (change->to[0] == '\0') {
		at = sim_folder_find(folder, change->from);
		if (!at || at->node != change->node)
			return false;
		sim_folder_drop(folder, change->from);
		return true;
	}
	at = sim_folder_find(folder, change->to);
	if (at && at->node != change->node && at->node != change->replaced)
		return false;
	at = entry_of(folder, change->node);
	if (at)
		sim_folder_drop(folder, at->name);
	sim_folder_put(folder, change->to, change->node);
	return true;
}

static void lose_names(struct sim_disk *disk, enum fate fate)
{
	size_t cut = (size_t)rk_prng_below(&disk->fate, disk->changes_n + 1);

	for (size_t i = 0; i < disk->changes_n; i++) {
		bool survives = fate == FATE_KEPT ||
				(fate == FATE_CUT && i < cut) ||
				(fate == FATE_MIXED &&
				 rk_prng_chance(&disk->fate, 1, 2));

		survives = survives &&
			   change_again(&disk->kept, &disk->changes[i]);
		disk->counts[survives ? SIM_FAULT_CHANGE_KEPT
				      : SIM_FAULT_CHANGE_DROPPED]++;
	}
	sim_folder_copy(&disk->seen, &disk->kept);
	disk->changes_n = 0;
}

/* Often everything fares alike: then rare combinations are not all there is */
static enum fate fate_of(struct rk_prng *prng, enum fate common)
{
	return common == FATES ? (enum fate)rk_prng_below(prng, FATES) : common;
}

static void lose_power(struct sim_disk *disk)
{
	enum fate common = FATES;

	if (rk_prng_chance(&disk->fate, 1, 2))
		common = (enum fate)rk_prng_below(&disk->fate, FATES);
	for (struct sim_node *node = disk->nodes; node; node = node->next)
		lose_data(disk, node, fate_of(&disk->fate, common));
	lose_names(disk, fate_of(&disk->fate, common));
	sim_disk_collect(disk);
}

void sim_disk_reboot(struct sim_disk *disk, enum sim_reboot reboot)
{
	disk->boot++;
	disk->locked_boot = 0;
	disk->down = false;
	if (reboot == SIM_REBOOT_KILLED) {
		disk->counts[SIM_FAULT_KILLED]++;
	} else {
		(void)snprintf(disk->files.boot, sizeof(disk->files.boot),
			       "power %llu", (unsigned long long)disk->boot);
		disk->counts[SIM_FAULT_POWER_LOST]++;
		lose_power(disk);
	}
}

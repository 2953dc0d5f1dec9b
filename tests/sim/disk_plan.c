/*
 * Arming faults on the simulated disk, and asking what is on it. See disk.h.
 */
#include <stdlib.h>
#include <string.h>

#include "disk_impl.h"
#include "engine/assert.h"

void *sim_need(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

const char *sim_fault_text(enum sim_fault fault)
{
	static const char *const texts[SIM_FAULTS] = {
#define SIM_FAULT_TEXT(name, text) [SIM_FAULT_##name] = (text),
		SIM_FAULT_MAP(SIM_FAULT_TEXT)
#undef SIM_FAULT_TEXT
	};

	RK_ASSERT(fault < SIM_FAULTS);
	return texts[fault];
}

struct sim_entry *sim_folder_find(const struct sim_folder *folder,
				  const char *name)
{
	for (size_t i = 0; i < folder->n; i++)
		if (strcmp(folder->entries[i].name, name) == 0)
			return &folder->entries[i];
	return NULL;
}

void sim_folder_put(struct sim_folder *folder, const char *name,
		    struct sim_node *node)
{
	struct sim_entry *entry = sim_folder_find(folder, name);

	if (!entry) {
		if (folder->n == folder->max) {
			folder->max = folder->max * 2 + 16;
			folder->entries = sim_need(realloc(
				folder->entries, folder->max * sizeof(*entry)));
		}
		entry = &folder->entries[folder->n++];
		memset(entry, 0, sizeof(*entry));
		memcpy(entry->name, name, strlen(name));
	}
	entry->node = node;
}

void sim_folder_drop(struct sim_folder *folder, const char *name)
{
	struct sim_entry *entry = sim_folder_find(folder, name);

	if (!entry)
		return;
	folder->n--;
	memmove(entry, entry + 1,
		(size_t)(folder->entries + folder->n - entry) * sizeof(*entry));
}

void sim_folder_copy(struct sim_folder *to, const struct sim_folder *from)
{
	if (to->max < from->n) {
		to->max = from->n + 16;
		to->entries = sim_need(
			realloc(to->entries, to->max * sizeof(*to->entries)));
	}
	if (from->n > 0)
		memcpy(to->entries, from->entries,
		       from->n * sizeof(*to->entries));
	to->n = from->n;
}

static void mark(const struct sim_folder *folder)
{
	for (size_t i = 0; i < folder->n; i++)
		folder->entries[i].node->linked = true;
}

/* Free the files that no name, no handle and no unsynced change leads to. */
void sim_disk_collect(struct sim_disk *disk)
{
	struct sim_node **link = &disk->nodes;

	for (struct sim_node *node = disk->nodes; node; node = node->next)
		node->linked = node->handles > 0;
	mark(&disk->seen);
	mark(&disk->kept);
	for (size_t i = 0; i < disk->changes_n; i++) {
		disk->changes[i].node->linked = true;
		if (disk->changes[i].replaced)
			disk->changes[i].replaced->linked = true;
	}
	while (*link) {
		struct sim_node *node = *link;

		if (node->linked) {
			link = &node->next;
			continue;
		}
		*link = node->next;
		sim_node_free(node);
	}
}

void sim_disk_arm(struct sim_disk *disk, enum sim_fault fault, uint64_t nth,
		  const char *only)
{
	RK_ASSERT(fault <= SIM_FAULT_HUNG_SYNC);
	disk->arms[fault] = (struct sim_arm){nth, only};
	if (fault == SIM_FAULT_CRASH_WRITE)
		disk->crash_byte = SIM_DISK_ANY_BYTE;
}

void sim_disk_arm_crash(struct sim_disk *disk, uint64_t nth, uint64_t byte)
{
	sim_disk_arm(disk, SIM_FAULT_CRASH_WRITE, nth, NULL);
	disk->crash_byte = byte;
}

void sim_disk_disarm(struct sim_disk *disk)
{
	memset(disk->arms, 0, sizeof(disk->arms));
	disk->bytes_max = 0;
}

void sim_disk_limit(struct sim_disk *disk, uint64_t bytes_max)
{
	disk->bytes_max = bytes_max;
}

void sim_disk_calm(struct sim_disk *disk, bool calm)
{
	disk->calm = calm;
}

/* Which file it will be is not known here: the next sync of any counts. */
bool sim_disk_is_hung(struct sim_disk *disk)
{
	return !disk->down && disk->arms[SIM_FAULT_HUNG_SYNC].nth == 1;
}

void sim_disk_unhang(struct sim_disk *disk)
{
	if (sim_disk_is_hung(disk)) {
		disk->arms[SIM_FAULT_HUNG_SYNC].nth = 0;
		disk->counts[SIM_FAULT_HUNG_SYNC]++;
	}
}

void sim_disk_crash(struct sim_disk *disk)
{
	disk->down = true;
}

bool sim_disk_is_down(const struct sim_disk *disk)
{
	return disk->down;
}

uint64_t sim_disk_count(const struct sim_disk *disk, enum sim_fault fault)
{
	RK_ASSERT(fault < SIM_FAULTS);
	return disk->counts[fault];
}

void sim_disk_calls(const struct sim_disk *disk,
		    struct sim_disk_calls *ret_calls)
{
	*ret_calls = disk->calls;
}

uint64_t sim_disk_used(const struct sim_disk *disk)
{
	uint64_t used = 0;

	for (size_t i = 0; i < disk->seen.n; i++)
		used += disk->seen.entries[i].node->size;
	return used;
}

const unsigned char *sim_disk_peek(const struct sim_disk *disk,
				   const char *name, uint64_t *ret_size)
{
	static const unsigned char nothing[1];
	const struct sim_entry *entry = sim_folder_find(&disk->seen, name);

	if (!entry)
		return NULL;
	*ret_size = entry->node->size;
	return entry->node->seen ? entry->node->seen : nothing;
}

bool sim_disk_flip_at(struct sim_disk *disk, const struct sim_flip *flip)
{
	struct sim_entry *entry = sim_folder_find(&disk->seen, flip->name);
	unsigned char mask = (unsigned char)(1U << flip->bit);

	if (!entry || flip->at >= entry->node->size)
		return false;
	entry->node->seen[flip->at] ^= mask;
	if (flip->at < entry->node->kept_size)
		entry->node->kept[flip->at] ^= mask;
	return true;
}

bool sim_disk_flip(struct sim_disk *disk, const char *name,
		   struct sim_flip *ret_flip)
{
	struct rk_prng *prng = &disk->fate;
	struct sim_entry *found = NULL;
	uint64_t n = 0;

	for (size_t i = 0; i < disk->seen.n; i++) {
		struct sim_entry *entry = &disk->seen.entries[i];

		if (entry->node->size == 0 ||
		    (name && strcmp(name, entry->name) != 0))
			continue;
		if (rk_prng_below(prng, ++n) == 0)
			found = entry; /* each is as likely as another */
	}
	if (!found)
		return false;
	memset(ret_flip, 0, sizeof(*ret_flip));
	memcpy(ret_flip->name, found->name, sizeof(ret_flip->name));
	ret_flip->at = rk_prng_below(prng, found->node->size);
	ret_flip->bit = (unsigned)rk_prng_below(prng, 8);
	disk->counts[SIM_FAULT_BIT_FLIP]++;
	return sim_disk_flip_at(disk, ret_flip);
}

static struct rk_hash hash_folder(struct rk_hash hash,
				  const struct sim_folder *folder, bool kept)
{
	for (size_t i = 0; i < folder->n; i++) {
		const struct sim_entry *entry = &folder->entries[i];
		const struct sim_node *node = entry->node;
		uint64_t size = kept ? node->kept_size : node->size;

		hash = rk_hash_bytes(hash, entry->name, sizeof(entry->name));
		if (size > 0)
			hash = rk_hash_bytes(
				hash, kept ? node->kept : node->seen, size);
	}
	return hash;
}

struct rk_hash sim_disk_digest(const struct sim_disk *disk)
{
	struct rk_hash hash = hash_folder((struct rk_hash){disk->boot, 0},
					  &disk->seen, false);

	return hash_folder(hash, &disk->kept, true);
}

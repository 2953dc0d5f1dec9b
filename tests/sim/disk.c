/*
 * The calls of the simulated disk. See disk.h.
 *
 * Every call first asks whether the disk is down, then whether an armed fault
 * strikes it. Memory is taken for granted: no test is about that.
 */
#include "disk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk_impl.h"

struct rk_file {
	struct sim_disk *disk;
	struct sim_node *node; /* NULL: the lock */
	uint64_t boot;
	bool writable;
	char name[RK_FILE_NAME_SIZE]; /* as it was opened */
};

static struct sim_disk *disk_of(const struct rk_files *files)
{
	return files->context;
}

/* Does an armed fault strike this call? */
static bool strikes(struct sim_disk *disk, enum sim_fault fault,
		    const char *name)
{
	struct sim_arm *arm = &disk->arms[fault];

	if (disk->calm || arm->nth == 0 ||
	    (arm->only && strncmp(name, arm->only, strlen(arm->only)) != 0))
		return false;
	if (--arm->nth > 0)
		return false;
	disk->counts[fault]++;
	return true;
}

static int check_file(const struct rk_file *file)
{
	if (file->disk->down || file->boot != file->disk->boot)
		return -EIO;
	return file->node ? 0 : -EBADF;
}

/* A change begins: it may be that the crash comes before or after it. */
struct change {
	struct sim_disk *disk;
	bool crashes_after;
};

static int begin_change(struct sim_disk *disk, const char *name,
			struct change *ret_change)
{
	ret_change->disk = disk;
	ret_change->crashes_after = false;
	if (disk->down)
		return -EIO;
	disk->calls.changes++;
	if (!strikes(disk, SIM_FAULT_CRASH_CALL, name))
		return 0;
	if (rk_prng_chance(&disk->fate, 1, 2)) {
		ret_change->crashes_after = true;
		return 0;
	}
	disk->down = true;
	return -EIO;
}

static int end_change(const struct change *change, int r)
{
	if (!change->crashes_after)
		return r;
	change->disk->down = true;
	return -EIO;
}

static int check_name(const char *name)
{
	size_t length = strlen(name);

	if (length >= RK_FILE_NAME_SIZE)
		return -ENAMETOOLONG;
	return length == 0 || strchr(name, '/') ? -EINVAL : 0;
}

/* What happened to names is durable with the next sync of the folder. */
static void note_change(struct sim_disk *disk, const char *from, const char *to,
			struct sim_node *node, struct sim_node *replaced)
{
	struct sim_change *change;

	if (disk->changes_n == disk->changes_max) {
		disk->changes_max = disk->changes_max * 2 + 16;
		disk->changes = sim_need(
			realloc(disk->changes,
				disk->changes_max * sizeof(*disk->changes)));
	}
	change = &disk->changes[disk->changes_n++];
	(void)snprintf(change->from, sizeof(change->from), "%s", from);
	(void)snprintf(change->to, sizeof(change->to), "%s", to);
	change->node = node;
	change->replaced = replaced;
}

static struct rk_file *make_handle(struct sim_disk *disk, struct sim_node *node,
				   const char *name, bool writable)
{
	struct rk_file *file = sim_need(calloc(1, sizeof(*file)));

	file->disk = disk;
	file->node = node;
	file->boot = disk->boot;
	file->writable = writable;
	(void)snprintf(file->name, sizeof(file->name), "%s", name);
	if (node)
		node->handles++;
	return file;
}

static struct sim_node *make_node(struct sim_disk *disk)
{
	struct sim_node *node = sim_node_make();

	node->next = disk->nodes;
	disk->nodes = node;
	return node;
}

static int create(struct sim_disk *disk, const char *name,
		  struct rk_file **ret_file)
{
	struct change change;
	struct sim_node *node;
	int r = begin_change(disk, name, &change);

	if (r < 0)
		return r;
	if (disk->bytes_max > 0 && sim_disk_used(disk) >= disk->bytes_max) {
		disk->counts[SIM_FAULT_FULL]++;
		return end_change(&change, -ENOSPC);
	}
	node = make_node(disk);
	sim_folder_put(&disk->seen, name, node);
	note_change(disk, "", name, node, NULL);
	r = end_change(&change, 0);
	if (r == 0)
		*ret_file = make_handle(disk, node, name, true);
	return r;
}

static int open_file(const struct rk_files *files, const char *name,
		     enum rk_file_mode mode, struct rk_file **ret_file)
{
	struct sim_disk *disk = disk_of(files);
	struct sim_entry *entry;
	int r = disk->down ? -EIO : check_name(name);

	if (r < 0)
		return r;
	disk->calls.opens++;
	if (strikes(disk, SIM_FAULT_OPEN_ERROR, name))
		return -EACCES;
	entry = sim_folder_find(&disk->seen, name);
	if (mode == RK_FILE_CREATE)
		return entry ? -EEXIST : create(disk, name, ret_file);
	if (!entry)
		return -ENOENT;
	*ret_file = make_handle(disk, entry->node, name, mode == RK_FILE_WRITE);
	return 0;
}

static int read_file(struct rk_file *file, void *bytes, size_t size,
		     uint64_t at, size_t *ret_n)
{
	const struct sim_node *node = file->node;
	int r = check_file(file);
	size_t n = 0;

	if (r < 0)
		return r;
	file->disk->calls.reads++;
	if (strikes(file->disk, SIM_FAULT_READ_ERROR, file->name))
		return -EIO;
	if (at < node->size)
		n = node->size - at < size ? (size_t)(node->size - at) : size;
	if (n > 0)
		memcpy(bytes, node->seen + at, n);
	*ret_n = n;
	return 0;
}

/* How many of these bytes there is room for, and what the writer is told. */
static size_t room_for(struct rk_file *file, uint64_t at, size_t size,
		       int *ret_error)
{
	struct sim_disk *disk = file->disk;
	uint64_t before = file->node->size;
	uint64_t used;
	uint64_t end;

	if (disk->bytes_max == 0 || at + size <= before)
		return size;
	used = sim_disk_used(disk);
	if (used + (at + size - before) <= disk->bytes_max)
		return size;
	disk->counts[SIM_FAULT_FULL]++;
	*ret_error = -ENOSPC;
	end = before;
	if (used < disk->bytes_max)
		end += disk->bytes_max - used;
	return end > at ? (size_t)(end - at) : 0;
}

static int write_file(struct rk_file *file, const void *bytes, size_t size,
		      uint64_t at)
{
	struct sim_disk *disk = file->disk;
	int r = check_file(file);
	size_t n = size;

	if (r < 0)
		return r;
	if (!file->writable)
		return -EBADF;
	disk->calls.writes++;
	n = room_for(file, at, size, &r);
	if (strikes(disk, SIM_FAULT_CRASH_WRITE, file->name)) {
		uint64_t cut = disk->crash_byte;

		if (cut == SIM_DISK_ANY_BYTE)
			cut = rk_prng_below(&disk->fate, (uint64_t)size + 1);
		n = cut < n ? (size_t)cut : n;
		disk->down = true;
		r = -EIO;
	} else if (strikes(disk, SIM_FAULT_WRITE_ERROR, file->name)) {
		n = (size_t)rk_prng_below(&disk->fate, (uint64_t)n + 1);
		r = -EIO;
	}
	sim_node_write(file->node, bytes, n, at);
	return r;
}

static void keep_names(struct sim_disk *disk)
{
	sim_folder_copy(&disk->kept, &disk->seen);
	disk->changes_n = 0;
	sim_disk_collect(disk);
}

static int sync_file(struct rk_file *file)
{
	struct sim_disk *disk = file->disk;
	struct change change;
	int r = check_file(file);

	if (r == 0)
		r = begin_change(disk, file->name, &change);
	if (r < 0)
		return r;
	disk->calls.syncs++;
	(void)strikes(disk, SIM_FAULT_HUNG_SYNC, file->name);
	if (strikes(disk, SIM_FAULT_SYNC_ERROR, file->name)) {
		sim_node_fail_sync(file->node);
		return end_change(&change, -EIO);
	}
	sim_node_sync(file->node);
	if (disk->sync_keeps_names)
		keep_names(disk);
	return end_change(&change, 0);
}

static int size_of(struct rk_file *file, uint64_t *ret_size)
{
	int r = check_file(file);

	if (r == 0)
		*ret_size = file->node->size;
	return r;
}

static int resize_file(struct rk_file *file, uint64_t size)
{
	struct change change;
	int r = check_file(file);

	if (r == 0 && !file->writable)
		r = -EBADF;
	if (r == 0)
		r = begin_change(file->disk, file->name, &change);
	if (r < 0)
		return r;
	if (size > file->node->size) {
		uint64_t before = file->node->size;
		size_t n = room_for(file, before, (size_t)(size - before), &r);

		size = r < 0 ? before : before + n;
	}
	sim_node_resize(file->node, size);
	return end_change(&change, r);
}

static void close_file(struct rk_file *file)
{
	struct sim_disk *disk = file->disk;

	if (file->node && --file->node->handles == 0)
		sim_disk_collect(disk);
	free(file);
}

static int rename_file(const struct rk_files *files, const char *from,
		       const char *to)
{
	struct sim_disk *disk = disk_of(files);
	struct sim_entry *entry;
	struct sim_entry *target;
	struct sim_node *node;
	struct change change;
	int r = disk->down ? -EIO : check_name(to);

	if (r < 0)
		return r;
	entry = sim_folder_find(&disk->seen, from);
	if (!entry)
		return -ENOENT;
	r = begin_change(disk, from, &change);
	if (r < 0 || strcmp(from, to) == 0)
		return r < 0 ? r : end_change(&change, 0);
	node = entry->node;
	target = sim_folder_find(&disk->seen, to);
	note_change(disk, from, to, node, target ? target->node : NULL);
	sim_folder_drop(&disk->seen, from);
	sim_folder_put(&disk->seen, to, node);
	return end_change(&change, 0);
}

static int remove_file(const struct rk_files *files, const char *name)
{
	struct sim_disk *disk = disk_of(files);
	struct sim_entry *entry;
	struct change change;
	int r;

	if (disk->down)
		return -EIO;
	entry = sim_folder_find(&disk->seen, name);
	if (!entry)
		return -ENOENT;
	r = begin_change(disk, name, &change);
	if (r < 0)
		return r;
	note_change(disk, name, "", entry->node, NULL);
	sim_folder_drop(&disk->seen, name);
	return end_change(&change, 0);
}

static int sync_dir(const struct rk_files *files)
{
	struct sim_disk *disk = disk_of(files);
	struct change change;
	int r = begin_change(disk, ".", &change);

	if (r < 0)
		return r;
	disk->calls.syncs++;
	(void)strikes(disk, SIM_FAULT_HUNG_SYNC, ".");
	if (strikes(disk, SIM_FAULT_SYNC_ERROR, "."))
		return end_change(&change, -EIO);
	keep_names(disk);
	return end_change(&change, 0);
}

/* In an order of its own each time, and from a copy: visit may remove. */
static int list_files(const struct rk_files *files,
		      int (*visit)(void *context, const char *name,
				   uint64_t size),
		      void *context)
{
	struct sim_disk *disk = disk_of(files);
	struct sim_folder shown = {NULL, 0, 0};
	uint64_t *sizes;
	int r = 0;

	if (disk->down)
		return -EIO;
	sim_folder_copy(&shown, &disk->seen);
	sizes = sim_need(calloc(shown.n + 1, sizeof(*sizes)));
	for (size_t i = shown.n; i > 1; i--) {
		size_t other = (size_t)rk_prng_below(&disk->order, i);
		struct sim_entry entry = shown.entries[i - 1];

		shown.entries[i - 1] = shown.entries[other];
		shown.entries[other] = entry;
	}
	for (size_t i = 0; i < shown.n; i++)
		sizes[i] = shown.entries[i].node->size;
	for (size_t i = 0; r == 0 && i < shown.n; i++)
		r = visit(context, shown.entries[i].name, sizes[i]);
	free(sizes);
	free(shown.entries);
	return r;
}

static int lock_folder(const struct rk_files *files, struct rk_file **ret_lock)
{
	struct sim_disk *disk = disk_of(files);

	if (disk->down)
		return -EIO;
	if (disk->locked_boot == disk->boot)
		return -EAGAIN;
	disk->locked_boot = disk->boot;
	*ret_lock = make_handle(disk, NULL, "", false);
	return 0;
}

static void unlock_folder(struct rk_file *lock)
{
	if (lock->boot == lock->disk->boot)
		lock->disk->locked_boot = 0;
	free(lock);
}

static const struct rk_files_ops operations = {
	.open = open_file,
	.read = read_file,
	.write = write_file,
	.sync = sync_file,
	.size = size_of,
	.resize = resize_file,
	.close = close_file,
	.rename = rename_file,
	.remove = remove_file,
	.sync_dir = sync_dir,
	.list = list_files,
	.lock = lock_folder,
	.unlock = unlock_folder,
};

struct sim_disk *sim_disk_open(const struct sim_disk_options *options)
{
	struct sim_disk *disk = sim_need(calloc(1, sizeof(*disk)));

	rk_prng_init(&disk->fate, options->seed);
	rk_prng_init(&disk->order, ~options->seed);
	disk->files.ops = &operations;
	disk->files.context = disk;
	(void)snprintf(disk->files.dir, sizeof(disk->files.dir), "%s",
		       options->dir);
	disk->sync_keeps_names = options->sync_keeps_names;
	disk->boot = 1;
	(void)snprintf(disk->files.boot, sizeof(disk->files.boot), "power 1");
	return disk;
}

void sim_disk_close(struct sim_disk *disk)
{
	if (!disk)
		return;
	while (disk->nodes) {
		struct sim_node *next = disk->nodes->next;

		sim_node_free(disk->nodes);
		disk->nodes = next;
	}
	free(disk->seen.entries);
	free(disk->kept.entries);
	free(disk->changes);
	free(disk);
}

struct rk_files *sim_disk_files(struct sim_disk *disk)
{
	return &disk->files;
}

int sim_disk_open_unnamed(struct sim_disk *disk, struct rk_file **ret_file)
{
	if (disk->down)
		return -EIO;
	*ret_file = make_handle(disk, make_node(disk), "", true);
	return 0;
}

bool sim_disk_same(const struct rk_file *a, const struct rk_file *b)
{
	return a->node == b->node;
}

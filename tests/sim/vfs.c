/*
 * SQLite's files on the simulated disk. See vfs.h; what each method must do
 * is told in sqlite3.h, what it does on unix in SQLite's os_unix.c.
 */
#include "vfs.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/assert.h"
#include "support/prng.h"

#define PATH_MAX_SIZE 512
/* 2023-11-14 22:13:20 UTC, in milliseconds since noon of -4713-11-24. */
#define NOW_MS      INT64_C(212566760000000)
#define MS_PER_DAY  86400000.0
#define SECTOR_SIZE 4096 /* as on unix */

/* SQLite gives the memory; the head must come first. */
struct vfs_file {
	sqlite3_file head;
	struct sim_vfs *vfs;
	struct rk_file *file;
	struct vfs_file *next; /* of all that are open */
	int level;             /* SQLITE_LOCK_* */
	bool syncs_name;       /* a journal: its name too, the first time */
	char remove[RK_FILE_NAME_SIZE]; /* when closed; "": no */
};

struct sim_vfs {
	sqlite3_vfs head;
	struct sim_disk *disk;
	struct rk_files *files;
	struct vfs_file *open;
	struct rk_prng prng;
	int error; /* the newest of opening, as errno */
	char name[32];
};

static struct vfs_file *file_of(sqlite3_file *head)
{
	return (struct vfs_file *)head;
}

static struct sim_vfs *vfs_of(sqlite3_vfs *head)
{
	return (struct sim_vfs *)head;
}

/* "dir/name": where the name begins, or NULL when it is elsewhere. */
static const char *name_in(const struct sim_vfs *vfs, const char *path)
{
	size_t length = strlen(vfs->files->dir);

	if (strncmp(path, vfs->files->dir, length) != 0 || path[length] != '/')
		return NULL;
	return path + length + 1;
}

static int file_close(sqlite3_file *head)
{
	struct vfs_file *file = file_of(head);
	struct sim_vfs *vfs = file->vfs;
	struct vfs_file **link = &vfs->open;

	while (*link != file)
		link = &(*link)->next;
	*link = file->next;
	vfs->files->ops->close(file->file);
	if (file->remove[0] != '\0')
		(void)vfs->files->ops->remove(vfs->files, file->remove);
	return SQLITE_OK;
}

static int file_read(sqlite3_file *head, void *bytes, int size,
		     sqlite3_int64 at)
{
	struct vfs_file *file = file_of(head);
	size_t n;

	if (file->vfs->files->ops->read(file->file, bytes, (size_t)size,
					(uint64_t)at, &n) < 0)
		return SQLITE_IOERR_READ;
	if (n == (size_t)size)
		return SQLITE_OK;
	memset((unsigned char *)bytes + n, 0, (size_t)size - n);
	return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *head, const void *bytes, int size,
		      sqlite3_int64 at)
{
	struct vfs_file *file = file_of(head);
	int r = file->vfs->files->ops->write(file->file, bytes, (size_t)size,
					     (uint64_t)at);

	if (r == -ENOSPC)
		return SQLITE_FULL;
	return r < 0 ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

static int file_truncate(sqlite3_file *head, sqlite3_int64 size)
{
	struct vfs_file *file = file_of(head);
	int r = file->vfs->files->ops->resize(file->file, (uint64_t)size);

	if (r == -ENOSPC)
		return SQLITE_FULL;
	return r < 0 ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
}

static int file_sync(sqlite3_file *head, int flags)
{
	struct vfs_file *file = file_of(head);
	const struct rk_files *files = file->vfs->files;

	(void)flags;
	if (files->ops->sync(file->file) < 0)
		return SQLITE_IOERR_FSYNC;
	if (file->syncs_name && files->ops->sync_dir(files) < 0)
		return SQLITE_IOERR_DIR_FSYNC;
	file->syncs_name = false;
	return SQLITE_OK;
}

static int file_size(sqlite3_file *head, sqlite3_int64 *ret_size)
{
	struct vfs_file *file = file_of(head);
	uint64_t size;

	if (file->vfs->files->ops->size(file->file, &size) < 0)
		return SQLITE_IOERR_FSTAT;
	*ret_size = (sqlite3_int64)size;
	return SQLITE_OK;
}

/* The highest lock that another connection has on the same file. */
static int others_level(const struct vfs_file *file)
{
	int level = SQLITE_LOCK_NONE;

	for (const struct vfs_file *other = file->vfs->open; other;
	     other = other->next)
		if (other != file && sim_disk_same(other->file, file->file) &&
		    other->level > level)
			level = other->level;
	return level;
}

static int file_lock(sqlite3_file *head, int level)
{
	struct vfs_file *file = file_of(head);
	int others = others_level(file);

	if (level <= file->level)
		return SQLITE_OK;
	if (level == SQLITE_LOCK_SHARED ? others >= SQLITE_LOCK_PENDING
					: others >= SQLITE_LOCK_RESERVED)
		return SQLITE_BUSY;
	if (level == SQLITE_LOCK_EXCLUSIVE && others >= SQLITE_LOCK_SHARED) {
		file->level = SQLITE_LOCK_PENDING;
		return SQLITE_BUSY;
	}
	file->level = level;
	return SQLITE_OK;
}

static int file_unlock(sqlite3_file *head, int level)
{
	struct vfs_file *file = file_of(head);

	if (level < file->level)
		file->level = level;
	return SQLITE_OK;
}

static int file_check_reserved(sqlite3_file *head, int *ret_reserved)
{
	const struct vfs_file *file = file_of(head);

	*ret_reserved = file->level >= SQLITE_LOCK_RESERVED ||
			others_level(file) >= SQLITE_LOCK_RESERVED;
	return SQLITE_OK;
}

static int file_control(sqlite3_file *head, int what, void *argument)
{
	(void)head;
	(void)what;
	(void)argument;
	return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *head)
{
	(void)head;
	return SECTOR_SIZE;
}

static int file_characteristics(sqlite3_file *head)
{
	(void)head;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods file_methods = {
	.iVersion = 1,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_unlock,
	.xCheckReservedLock = file_check_reserved,
	.xFileControl = file_control,
	.xSectorSize = file_sector_size,
	.xDeviceCharacteristics = file_characteristics,
};

static int open_named(struct sim_vfs *vfs, const char *name, int flags,
		      struct rk_file **ret_file)
{
	enum rk_file_mode mode =
		flags & SQLITE_OPEN_READWRITE ? RK_FILE_WRITE : RK_FILE_READ;
	const struct rk_files_ops *ops = vfs->files->ops;
	int r = -ENOENT;

	if (!(flags & SQLITE_OPEN_EXCLUSIVE))
		r = ops->open(vfs->files, name, mode, ret_file);
	if (r == -ENOENT && flags & SQLITE_OPEN_CREATE)
		r = ops->open(vfs->files, name, RK_FILE_CREATE, ret_file);
	return r;
}

static int vfs_open(sqlite3_vfs *head, const char *path, sqlite3_file *memory,
		    int flags, int *ret_flags)
{
	const int journals = SQLITE_OPEN_MAIN_JOURNAL |
			     SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
	struct sim_vfs *vfs = vfs_of(head);
	struct vfs_file *file = file_of(memory);
	const char *name = path ? name_in(vfs, path) : NULL;
	int r;

	memset(file, 0, sizeof(*file));
	if (!path)
		r = sim_disk_open_unnamed(vfs->disk, &file->file);
	else
		r = name ? open_named(vfs, name, flags, &file->file) : -ENOENT;
	if (r < 0) {
		vfs->error = -r;
		return r == -EIO ? SQLITE_IOERR : SQLITE_CANTOPEN;
	}
	if (name && flags & SQLITE_OPEN_DELETEONCLOSE)
		(void)snprintf(file->remove, sizeof(file->remove), "%s", name);
	file->vfs = vfs;
	file->syncs_name = flags & SQLITE_OPEN_CREATE && flags & journals;
	file->next = vfs->open;
	vfs->open = file;
	file->head.pMethods = &file_methods;
	if (ret_flags)
		*ret_flags = flags;
	return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *head, const char *path, int sync_dir)
{
	struct sim_vfs *vfs = vfs_of(head);
	const struct rk_files_ops *ops = vfs->files->ops;
	const char *name = name_in(vfs, path);
	int r = name ? ops->remove(vfs->files, name) : -ENOENT;

	if (r == -ENOENT)
		return SQLITE_IOERR_DELETE_NOENT;
	if (r < 0)
		return SQLITE_IOERR_DELETE;
	if (sync_dir && ops->sync_dir(vfs->files) < 0)
		return SQLITE_IOERR_DIR_FSYNC;
	return SQLITE_OK;
}

/* As on unix: an empty file counts as none. */
static int vfs_access(sqlite3_vfs *head, const char *path, int flags,
		      int *ret_result)
{
	struct sim_vfs *vfs = vfs_of(head);
	const char *name = name_in(vfs, path);
	uint64_t size = 0;

	if (sim_disk_is_down(vfs->disk))
		return SQLITE_IOERR_ACCESS;
	*ret_result = name && sim_disk_peek(vfs->disk, name, &size) &&
		      (flags != SQLITE_ACCESS_EXISTS || size > 0);
	return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *head, const char *path, int size,
			 char *full)
{
	(void)head;
	if (snprintf(full, (size_t)size, "%s", path) >= size)
		return SQLITE_CANTOPEN;
	return SQLITE_OK;
}

static int vfs_randomness(sqlite3_vfs *head, int size, char *bytes)
{
	struct sim_vfs *vfs = vfs_of(head);

	for (int i = 0; i < size; i++)
		bytes[i] = (char)(unsigned char)rk_prng_next(&vfs->prng);
	return size;
}

static int vfs_sleep(sqlite3_vfs *head, int microseconds)
{
	(void)head;
	return microseconds;
}

static int vfs_time_ms(sqlite3_vfs *head, sqlite3_int64 *ret_ms)
{
	(void)head;
	*ret_ms = NOW_MS;
	return SQLITE_OK;
}

static int vfs_time(sqlite3_vfs *head, double *ret_days)
{
	(void)head;
	*ret_days = (double)NOW_MS / MS_PER_DAY;
	return SQLITE_OK;
}

static int vfs_last_error(sqlite3_vfs *head, int size, char *text)
{
	(void)size;
	(void)text;
	return vfs_of(head)->error;
}

struct sim_vfs *sim_vfs_open(struct sim_disk *disk, const char *name,
			     uint64_t seed)
{
	struct sim_vfs *vfs = calloc(1, sizeof(*vfs));
	int r;

	RK_ASSERT(vfs);
	vfs->disk = disk;
	vfs->files = sim_disk_files(disk);
	rk_prng_init(&vfs->prng, seed);
	(void)snprintf(vfs->name, sizeof(vfs->name), "%s", name);
	vfs->head = (sqlite3_vfs){
		.iVersion = 2,
		.szOsFile = (int)sizeof(struct vfs_file),
		.mxPathname = PATH_MAX_SIZE,
		.zName = vfs->name,
		.xOpen = vfs_open,
		.xDelete = vfs_delete,
		.xAccess = vfs_access,
		.xFullPathname = vfs_full_path,
		.xRandomness = vfs_randomness,
		.xSleep = vfs_sleep,
		.xCurrentTime = vfs_time,
		.xGetLastError = vfs_last_error,
		.xCurrentTimeInt64 = vfs_time_ms,
	};
	r = sqlite3_vfs_register(&vfs->head, 0);
	RK_ASSERT(r == SQLITE_OK);
	/* SQLite asks the default VFS for randomness, so ours is not enough. */
	(void)sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED,
				   (int)(seed & INT32_MAX) | 1, NULL);
	vfs->files->vfs = vfs->name;
	return vfs;
}

void sim_vfs_close(struct sim_vfs *vfs)
{
	if (!vfs)
		return;
	(void)sqlite3_vfs_unregister(&vfs->head);
	vfs->files->vfs = NULL;
	free(vfs);
}

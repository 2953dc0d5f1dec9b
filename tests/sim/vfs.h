/*
 * SQLite on the simulated disk: a VFS whose files are those of the disk, with
 * the same faults. It does what SQLite's own for unix does, locks between
 * connections included, but knows no shared memory: no WAL without exclusive
 * locking. Time stands still, sleeping takes none, and randomness comes from
 * the seed (SQLite has one generator for the process, so opening a VFS seeds
 * it for all).
 */
#ifndef SIM_VFS_H
#define SIM_VFS_H

#include "disk.h"

struct sim_vfs;

/*
 * Register under a name that is unique in the process (copied), and set it in
 * the files of the disk. Paths are "dir/name" with the disk's folder. Returns
 * the caller's VFS, for sim_vfs_close() before the disk is closed.
 */
struct sim_vfs *sim_vfs_open(struct sim_disk *disk, const char *name,
			     uint64_t seed);

/* Every database must be closed before. Accepts NULL. */
void sim_vfs_close(struct sim_vfs *vfs);

#endif

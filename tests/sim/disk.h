/*
 * A disk in memory that fails, tears and forgets: one folder of files behind
 * store/files.h, for one thread.
 *
 * Each file has two images: what reads give, and what a loss of power leaves.
 * Only sync moves data from one to the other; names (create, rename, remove)
 * move by sync_dir alone. Everything that is not decided by a call is decided
 * by the seed, so the same calls lead to the same bytes.
 */
#ifndef SIM_DISK_H
#define SIM_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/hash.h"
#include "store/files.h"

#define SIM_DISK_SECTOR   512U
#define SIM_DISK_ANY_BYTE UINT64_MAX

/*
 * X(NAME, text). Those up to HUNG_SYNC can be armed; the others say what came
 * of a loss of power, or are struck by calls of their own.
 */
#define SIM_FAULT_MAP(X)                                                       \
	X(CRASH_WRITE, "crashes within a write")                               \
	X(CRASH_CALL, "crashes at another change")                             \
	X(WRITE_ERROR, "write errors")                                         \
	X(READ_ERROR, "read errors")                                           \
	X(SYNC_ERROR, "sync errors")                                           \
	X(OPEN_ERROR, "opens not permitted")                                   \
	X(HUNG_SYNC, "hung syncs")                                             \
	X(FULL, "writes to a full disk")                                       \
	X(KILLED, "processes killed")                                          \
	X(POWER_LOST, "losses of power")                                       \
	X(WRITE_KEPT, "unsynced writes that survived")                         \
	X(WRITE_DROPPED, "unsynced writes that vanished")                      \
	X(WRITE_TORN, "unsynced writes that were torn")                        \
	X(WRITE_REORDERED, "files with a later write but not an earlier")      \
	X(CHANGE_KEPT, "unsynced names that survived")                         \
	X(CHANGE_DROPPED, "unsynced names that vanished")                      \
	X(BIT_FLIP, "bits flipped at rest")

enum sim_fault {
#define SIM_FAULT_ENUM(name, text) SIM_FAULT_##name,
	SIM_FAULT_MAP(SIM_FAULT_ENUM)
#undef SIM_FAULT_ENUM
	SIM_FAULTS
};

/* "sync errors"; static. */
const char *sim_fault_text(enum sim_fault fault);

struct sim_disk;

struct sim_disk_options {
	uint64_t seed;
	const char *dir; /* pretended path of the folder; copied */
	/*
	 * As ext4 does: syncing a file makes all names durable as well. Code
	 * that leans on it is wrong elsewhere, so it is off unless asked for.
	 */
	bool sync_keeps_names;
};

/* An empty disk; the caller's, for sim_disk_close(). Ends the test without
 * memory. */
struct sim_disk *sim_disk_open(const struct sim_disk_options *options);

/* Every file handle must be closed before. Accepts NULL. */
void sim_disk_close(struct sim_disk *disk);

/* The folder; the disk's, its vfs is set by sim_vfs_open(). */
struct rk_files *sim_disk_files(struct sim_disk *disk);

/*
 * Faults. nth: the how manieth call from now on that the fault can strike, 1
 * is the next; 0 disarms. only: of files whose name (as it was opened) begins
 * so, NULL for any; borrowed until it has struck. Names changed (create,
 * rename, remove, sync_dir) are calls of CRASH_CALL, as are resize and sync;
 * sync_dir is a sync of the file ".".
 *
 * A crash leaves the disk down: from then on every call fails with -EIO until
 * sim_disk_reboot(). A crash at a call other than write strikes before or
 * after its effect. A failed sync marks the file's data clean all the same, as
 * Linux does: no later sync saves it. A hung sync is for the caller to
 * withhold: see sim_disk_is_hung().
 */
void sim_disk_arm(struct sim_disk *disk, enum sim_fault fault, uint64_t nth,
		  const char *only);

/* CRASH_WRITE with so many bytes of that write done, or any number of them. */
void sim_disk_arm_crash(struct sim_disk *disk, uint64_t nth, uint64_t byte);

void sim_disk_disarm(struct sim_disk *disk);

/* Files may have this many bytes in all from now on; 0: no bound. */
void sim_disk_limit(struct sim_disk *disk, uint64_t bytes_max);

/* While calm, nothing strikes: for whoever looks at the disk from outside. */
void sim_disk_calm(struct sim_disk *disk, bool calm);

/*
 * Would the next sync of any file hang? Whoever steps workers asks before and
 * lets them wait meanwhile. A sync that is called nevertheless was only slow:
 * it ends the hang, as does sim_disk_unhang().
 */
bool sim_disk_is_hung(struct sim_disk *disk);
void sim_disk_unhang(struct sim_disk *disk);

/* Crash now, between two calls. */
void sim_disk_crash(struct sim_disk *disk);
bool sim_disk_is_down(const struct sim_disk *disk);

/*
 * Start again. The lock is gone and old handles only fail. Killed: all that
 * was written is still there, but no more durable than before. Power lost:
 * of what was not synced, writes survive whole, in some of their sectors, up
 * to some byte, or not at all; each sector goes back to some moment between
 * the last sync and now, and the file's size too. A name that was not synced
 * is the old or the new one; a rename is never both or none.
 */
enum sim_reboot {
	SIM_REBOOT_KILLED,
	SIM_REBOOT_POWER_LOST
};
void sim_disk_reboot(struct sim_disk *disk, enum sim_reboot reboot);

/* Flip a bit of a file at rest: of name, or (NULL) of any file with bytes. */
struct sim_flip {
	char name[RK_FILE_NAME_SIZE];
	uint64_t at;
	unsigned bit;
};
bool sim_disk_flip(struct sim_disk *disk, const char *name,
		   struct sim_flip *ret_flip);

/* Flip a bit back, or another: false when there is no such byte. */
bool sim_disk_flip_at(struct sim_disk *disk, const struct sim_flip *flip);

/*
 * The whole disk as it is, to be put back later; while no file is open.
 * The caller's, for sim_image_free() (accepts NULL).
 */
struct sim_image;
struct sim_image *sim_disk_save(const struct sim_disk *disk);
void sim_disk_restore(struct sim_disk *disk, const struct sim_image *image);
void sim_image_free(struct sim_image *image);

/* How often each fault struck since the disk was made. */
uint64_t sim_disk_count(const struct sim_disk *disk, enum sim_fault fault);

/* Calls so far, to choose a place for a fault from an earlier run. */
struct sim_disk_calls {
	uint64_t writes;
	uint64_t changes; /* what CRASH_CALL can strike */
	uint64_t syncs;
	uint64_t reads;
	uint64_t opens;
};
void sim_disk_calls(const struct sim_disk *disk,
		    struct sim_disk_calls *ret_calls);

/* Bytes of all files. */
uint64_t sim_disk_used(const struct sim_disk *disk);

/* What a file holds, borrowed until the next call; NULL: there is none. */
const unsigned char *sim_disk_peek(const struct sim_disk *disk,
				   const char *name, uint64_t *ret_size);

/* Over all names and bytes, what is seen and what is kept. */
struct rk_hash sim_disk_digest(const struct sim_disk *disk);

/* A file without a name, gone when it is closed. Returns 0 or -EIO. */
int sim_disk_open_unnamed(struct sim_disk *disk, struct rk_file **ret_file);

/* Are both handles of one file? */
bool sim_disk_same(const struct rk_file *a, const struct rk_file *b);

#endif

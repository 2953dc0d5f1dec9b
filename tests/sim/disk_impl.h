/*
 * What the files of the simulated disk share. Private to them.
 */
#ifndef SIM_DISK_IMPL_H
#define SIM_DISK_IMPL_H

#include "disk.h"
#include "support/prng.h"

/* A write or resize that is not synced, and how to take it back. */
struct sim_op {
	uint64_t at; /* bytes at .. at + size changed */
	uint64_t size;
	uint64_t old_size; /* of the file, before */
	size_t undo;       /* where in the node's undo bytes */
	size_t undo_size;  /* the rest was zero or beyond the end */
	bool shrinks;
};

/*
 * A file, with or without a name. Both images have the same capacity, a
 * multiple of the sector, and are zero behind their end.
 */
struct sim_node {
	struct sim_node *next; /* of all */
	unsigned char *seen;   /* what reads give */
	unsigned char *kept;   /* what a loss of power leaves */
	uint64_t size;
	uint64_t kept_size;
	uint64_t capacity;
	struct sim_op *ops; /* since the last sync, oldest first */
	size_t ops_n;
	size_t ops_max;
	unsigned char *undo;
	size_t undo_n;
	size_t undo_max;
	bool differs; /* seen from kept, although there are no ops */
	bool linked;  /* used while looking for nodes nobody needs */
	uint32_t handles;
};

struct sim_entry {
	char name[RK_FILE_NAME_SIZE];
	struct sim_node *node;
};

struct sim_folder {
	struct sim_entry *entries;
	size_t n;
	size_t max;
};

/* A change of names that is not synced. */
struct sim_change {
	char from[RK_FILE_NAME_SIZE]; /* "": create */
	char to[RK_FILE_NAME_SIZE];   /* "": remove */
	struct sim_node *node;
	struct sim_node *replaced; /* by a rename; may be NULL */
};

struct sim_arm {
	uint64_t nth;
	const char *only;
};

struct sim_disk {
	struct rk_files files;
	struct rk_prng fate;  /* what survives, where errors cut */
	struct rk_prng order; /* in which list() shows files */
	struct sim_node *nodes;
	struct sim_folder seen;
	struct sim_folder kept;
	struct sim_change *changes;
	size_t changes_n;
	size_t changes_max;
	struct sim_arm arms[SIM_FAULTS];
	uint64_t crash_byte;
	uint64_t bytes_max;
	uint64_t counts[SIM_FAULTS];
	struct sim_disk_calls calls;
	uint64_t boot; /* handles of an earlier one only fail */
	uint64_t locked_boot;
	bool down;
	bool calm;
	bool sync_keeps_names;
};

/* disk_plan.c */
void *sim_need(void *memory); /* ends the test when NULL */
void sim_disk_collect(struct sim_disk *disk);
struct sim_entry *sim_folder_find(const struct sim_folder *folder,
				  const char *name);
void sim_folder_put(struct sim_folder *folder, const char *name,
		    struct sim_node *node);
void sim_folder_drop(struct sim_folder *folder, const char *name);
void sim_folder_copy(struct sim_folder *to, const struct sim_folder *from);

/* disk_node.c */
struct sim_node *sim_node_make(void);
void sim_node_free(struct sim_node *node);
void sim_node_write(struct sim_node *node, const void *bytes, size_t size,
		    uint64_t at);
void sim_node_resize(struct sim_node *node, uint64_t size);
void sim_node_sync(struct sim_node *node);
void sim_node_fail_sync(struct sim_node *node);

#endif

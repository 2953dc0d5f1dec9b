/*
 * Files of another folder interface, with faults: the Nth call of a kind
 * fails, or syncs hang until they are let go. A write that fails leaves half
 * of its bytes behind.
 */
#ifndef RK_SUPPORT_FAULT_FILES_H
#define RK_SUPPORT_FAULT_FILES_H

#include <pthread.h>

#include "store/files.h"

enum rk_fault {
	RK_FAULT_OPEN = 0,
	RK_FAULT_WRITE,
	RK_FAULT_SYNC,
	RK_FAULT_RESIZE,
	RK_FAULT_RENAME,
	RK_FAULT_REMOVE,
	RK_FAULT_SYNC_DIR,
	RK_FAULTS
};

struct rk_fault_files {
	struct rk_files files; /* what is tested uses these */
	const struct rk_files *under;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* Under the lock, but for tests of one thread. */
	uint64_t calls[RK_FAULTS];
	uint64_t fail_at[RK_FAULTS]; /* this call and all behind; 0: none */
	int error;                   /* -errno that they fail with */
	bool hold_syncs;
	uint32_t held; /* syncs that hang */
};

void rk_fault_files_init(struct rk_fault_files *fault,
			 const struct rk_files *under);
void rk_fault_files_fini(struct rk_fault_files *fault);

/* From now on, the next but n call of a kind fails, and all behind it. */
void rk_fault_files_fail(struct rk_fault_files *fault, enum rk_fault what,
			 uint64_t n, int error);
void rk_fault_files_heal(struct rk_fault_files *fault);

/* Let syncs hang, or go on. */
void rk_fault_files_hold(struct rk_fault_files *fault, bool hold);
/* Wait until one hangs. */
void rk_fault_files_wait_held(struct rk_fault_files *fault);

#endif

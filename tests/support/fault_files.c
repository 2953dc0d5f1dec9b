/*
 * Files with faults. See fault_files.h.
 */
#include "support/fault_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct rk_file {
	struct rk_fault_files *fault;
	struct rk_file *under;
};

static struct rk_fault_files *of(const struct rk_files *files)
{
	return files->context;
}

/* Count a call: its error, if it is to fail. */
static int strike(struct rk_fault_files *fault, enum rk_fault what)
{
	int r = 0;

	(void)pthread_mutex_lock(&fault->lock);
	fault->calls[what]++;
	if (fault->fail_at[what] != 0 &&
	    fault->calls[what] >= fault->fail_at[what])
		r = fault->error;
	(void)pthread_mutex_unlock(&fault->lock);
	return r;
}

static int wrap(struct rk_fault_files *fault, struct rk_file *under,
		struct rk_file **ret_file)
{
	struct rk_file *file = malloc(sizeof(*file));

	if (!file) {
		rk_file_close(fault->under, under);
		return -ENOMEM;
	}
	file->fault = fault;
	file->under = under;
	*ret_file = file;
	return 0;
}

static int open_file(const struct rk_files *files, const char *name,
		     enum rk_file_mode mode, struct rk_file **ret_file)
{
	struct rk_fault_files *fault = of(files);
	struct rk_file *under;
	int r = mode == RK_FILE_READ ? 0 : strike(fault, RK_FAULT_OPEN);

	if (r == 0)
		r = rk_file_open(fault->under, name, mode, &under);
	return r < 0 ? r : wrap(fault, under, ret_file);
}

static int read_file(struct rk_file *file, void *bytes, size_t size,
		     uint64_t at, size_t *ret_n)
{
	ssize_t n = rk_file_read_at(file->fault->under, file->under, bytes,
				    size, at);

	if (n < 0)
		return (int)n;
	*ret_n = (size_t)n;
	return 0;
}

static int write_file(struct rk_file *file, const void *bytes, size_t size,
		      uint64_t at)
{
	int r = strike(file->fault, RK_FAULT_WRITE);

	if (r < 0) {
		(void)rk_file_write(file->fault->under, file->under, bytes,
				    size / 2, at);
		return r;
	}
	return rk_file_write(file->fault->under, file->under, bytes, size, at);
}

static int sync_file(struct rk_file *file)
{
	struct rk_fault_files *fault = file->fault;
	int r = strike(fault, RK_FAULT_SYNC);

	(void)pthread_mutex_lock(&fault->lock);
	fault->held++;
	(void)pthread_cond_broadcast(&fault->changed);
	while (fault->hold_syncs)
		(void)pthread_cond_wait(&fault->changed, &fault->lock);
	fault->held--;
	(void)pthread_mutex_unlock(&fault->lock);
	return r < 0 ? r : rk_file_sync(fault->under, file->under);
}

static int size_of(struct rk_file *file, uint64_t *ret_size)
{
	return rk_file_size(file->fault->under, file->under, ret_size);
}

static int resize(struct rk_file *file, uint64_t size)
{
	int r = strike(file->fault, RK_FAULT_RESIZE);

	return r < 0 ? r
		     : rk_file_resize(file->fault->under, file->under, size);
}

static void close_file(struct rk_file *file)
{
	rk_file_close(file->fault->under, file->under);
	free(file);
}

static int rename_file(const struct rk_files *files, const char *from,
		       const char *to)
{
	int r = strike(of(files), RK_FAULT_RENAME);

	return r < 0 ? r : rk_files_rename(of(files)->under, from, to);
}

static int remove_file(const struct rk_files *files, const char *name)
{
	int r = strike(of(files), RK_FAULT_REMOVE);

	return r < 0 ? r : rk_files_remove(of(files)->under, name);
}

static int sync_dir(const struct rk_files *files)
{
	int r = strike(of(files), RK_FAULT_SYNC_DIR);

	return r < 0 ? r : rk_files_sync_dir(of(files)->under);
}

static int list(const struct rk_files *files,
		int (*visit)(void *context, const char *name, uint64_t size),
		void *context)
{
	return rk_files_list(of(files)->under, visit, context);
}

static int lock_dir(const struct rk_files *files, struct rk_file **ret_lock)
{
	struct rk_file *under;
	int r = rk_files_lock(of(files)->under, &under);

	return r < 0 ? r : wrap(of(files), under, ret_lock);
}

static void unlock_dir(struct rk_file *lock)
{
	rk_files_unlock(lock->fault->under, lock->under);
	free(lock);
}

static const struct rk_files_ops fault_ops = {
	.open = open_file,
	.read = read_file,
	.write = write_file,
	.sync = sync_file,
	.size = size_of,
	.resize = resize,
	.close = close_file,
	.rename = rename_file,
	.remove = remove_file,
	.sync_dir = sync_dir,
	.list = list,
	.lock = lock_dir,
	.unlock = unlock_dir,
};

void rk_fault_files_init(struct rk_fault_files *fault,
			 const struct rk_files *under)
{
	memset(fault, 0, sizeof(*fault));
	fault->files = *under;
	fault->files.ops = &fault_ops;
	fault->files.context = fault;
	fault->under = under;
	(void)pthread_mutex_init(&fault->lock, NULL);
	(void)pthread_cond_init(&fault->changed, NULL);
}

void rk_fault_files_fini(struct rk_fault_files *fault)
{
	(void)pthread_cond_destroy(&fault->changed);
	(void)pthread_mutex_destroy(&fault->lock);
}

void rk_fault_files_fail(struct rk_fault_files *fault, enum rk_fault what,
			 uint64_t n, int error)
{
	(void)pthread_mutex_lock(&fault->lock);
	fault->fail_at[what] = fault->calls[what] + 1 + n;
	fault->error = error;
	(void)pthread_mutex_unlock(&fault->lock);
}

void rk_fault_files_heal(struct rk_fault_files *fault)
{
	(void)pthread_mutex_lock(&fault->lock);
	memset(fault->fail_at, 0, sizeof(fault->fail_at));
	(void)pthread_mutex_unlock(&fault->lock);
}

void rk_fault_files_hold(struct rk_fault_files *fault, bool hold)
{
	(void)pthread_mutex_lock(&fault->lock);
	fault->hold_syncs = hold;
	(void)pthread_cond_broadcast(&fault->changed);
	(void)pthread_mutex_unlock(&fault->lock);
}

void rk_fault_files_wait_held(struct rk_fault_files *fault)
{
	(void)pthread_mutex_lock(&fault->lock);
	while (fault->held == 0)
		(void)pthread_cond_wait(&fault->changed, &fault->lock);
	(void)pthread_mutex_unlock(&fault->lock);
}

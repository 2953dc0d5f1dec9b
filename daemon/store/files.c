/*
 * Shorthands over the interface of a folder's files. See files.h.
 */
#include "store/files.h"

#include <errno.h>
#include <stdio.h>

int rk_file_open(const struct rk_files *files, const char *name,
		 enum rk_file_mode mode, struct rk_file **ret_file)
{
	return files->ops->open(files, name, mode, ret_file);
}

ssize_t rk_file_read_at(const struct rk_files *files, struct rk_file *file,
			void *bytes, size_t size, uint64_t at)
{
	size_t n;
	int r = files->ops->read(file, bytes, size, at, &n);

	return r < 0 ? r : (ssize_t)n;
}

int rk_file_write(const struct rk_files *files, struct rk_file *file,
		  const void *bytes, size_t size, uint64_t at)
{
	return files->ops->write(file, bytes, size, at);
}

int rk_file_sync(const struct rk_files *files, struct rk_file *file)
{
	return files->ops->sync(file);
}

int rk_file_size(const struct rk_files *files, struct rk_file *file,
		 uint64_t *ret_size)
{
	return files->ops->size(file, ret_size);
}

int rk_file_resize(const struct rk_files *files, struct rk_file *file,
		   uint64_t size)
{
	return files->ops->resize(file, size);
}

void rk_file_close(const struct rk_files *files, struct rk_file *file)
{
	if (file)
		files->ops->close(file);
}

int rk_files_rename(const struct rk_files *files, const char *from,
		    const char *to)
{
	return files->ops->rename(files, from, to);
}

int rk_files_remove(const struct rk_files *files, const char *name)
{
	return files->ops->remove(files, name);
}

int rk_files_sync_dir(const struct rk_files *files)
{
	return files->ops->sync_dir(files);
}

int rk_files_list(const struct rk_files *files,
		  int (*visit)(void *context, const char *name, uint64_t size),
		  void *context)
{
	return files->ops->list(files, visit, context);
}

int rk_files_lock(const struct rk_files *files, struct rk_file **ret_lock)
{
	return files->ops->lock(files, ret_lock);
}

void rk_files_unlock(const struct rk_files *files, struct rk_file *lock)
{
	if (lock)
		files->ops->unlock(lock);
}

int rk_files_path(const struct rk_files *files, const char *name, char *path,
		  size_t size)
{
	int n = snprintf(path, size, "%s/%s", files->dir, name);

	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

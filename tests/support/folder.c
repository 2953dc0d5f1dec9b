/*
 * A folder of files for tests. See folder.h.
 */
#include "support/folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	perror(what);
	abort();
}

/* Which call of an interface it is that the front counts. */
static bool fails(struct rk_folder *folder, const char *call)
{
	char word[32];

	folder->calls++;
	if (folder->left < 0)
		return false;
	if (folder->left-- > 0)
		return false;
	folder->failed = call;
	(void)snprintf(word, sizeof(word), " %s ", call);
	if (!strstr(folder->kinds, word))
		(void)snprintf(folder->kinds + strlen(folder->kinds),
			       sizeof(folder->kinds) - strlen(folder->kinds),
			       "%s", word);
	return true;
}

/* A file behind the front. */
struct faulty_file {
	struct rk_folder *folder;
	struct rk_file *file;
};

static struct faulty_file *front_of(struct rk_file *file)
{
	return (struct faulty_file *)(void *)file;
}

static int faulty_open(const struct rk_files *files, const char *name,
		       enum rk_file_mode mode, struct rk_file **ret_file)
{
	struct rk_folder *folder = files->context;
	struct faulty_file *front;
	int r;

	if (fails(folder, "open"))
		return folder->fault;
	front = malloc(sizeof(*front));
	must(front != NULL, "malloc");
	front->folder = folder;
	r = rk_file_open(&folder->files, name, mode, &front->file);
	if (r < 0) {
		free(front);
		return r;
	}
	*ret_file = (struct rk_file *)(void *)front;
	return 0;
}

static int faulty_read(struct rk_file *file, void *bytes, size_t size,
		       uint64_t at, size_t *ret_n)
{
	struct faulty_file *front = front_of(file);
	ssize_t n;

	if (fails(front->folder, "read"))
		return front->folder->fault;
	n = rk_file_read_at(&front->folder->files, front->file, bytes, size,
			    at);
	if (n < 0)
		return (int)n;
	*ret_n = (size_t)n;
	return 0;
}

static int faulty_write(struct rk_file *file, const void *bytes, size_t size,
			uint64_t at)
{
	struct faulty_file *front = front_of(file);

	if (fails(front->folder, "write"))
		return front->folder->fault;
	return rk_file_write(&front->folder->files, front->file, bytes, size,
			     at);
}

static int faulty_sync(struct rk_file *file)
{
	struct faulty_file *front = front_of(file);

	if (fails(front->folder, "sync"))
		return front->folder->fault;
	return rk_file_sync(&front->folder->files, front->file);
}

static int faulty_size(struct rk_file *file, uint64_t *ret_size)
{
	struct faulty_file *front = front_of(file);

	if (fails(front->folder, "size"))
		return front->folder->fault;
	return rk_file_size(&front->folder->files, front->file, ret_size);
}

static int faulty_resize(struct rk_file *file, uint64_t size)
{
	struct faulty_file *front = front_of(file);

	if (fails(front->folder, "resize"))
		return front->folder->fault;
	return rk_file_resize(&front->folder->files, front->file, size);
}

static void faulty_close(struct rk_file *file)
{
	struct faulty_file *front = front_of(file);

	rk_file_close(&front->folder->files, front->file);
	free(front);
}

static int faulty_rename(const struct rk_files *files, const char *from,
			 const char *to)
{
	struct rk_folder *folder = files->context;

	if (fails(folder, "rename"))
		return folder->fault;
	return rk_files_rename(&folder->files, from, to);
}

static int faulty_remove(const struct rk_files *files, const char *name)
{
	struct rk_folder *folder = files->context;

	if (fails(folder, "remove"))
		return folder->fault;
	return rk_files_remove(&folder->files, name);
}

static int faulty_sync_dir(const struct rk_files *files)
{
	struct rk_folder *folder = files->context;

	if (fails(folder, "sync_dir"))
		return folder->fault;
	return rk_files_sync_dir(&folder->files);
}

static int faulty_list(const struct rk_files *files,
		       int (*visit)(void *context, const char *name,
				    uint64_t size),
		       void *context)
{
	struct rk_folder *folder = files->context;

	if (fails(folder, "list"))
		return folder->fault;
	return rk_files_list(&folder->files, visit, context);
}

static const struct rk_files_ops faulty_ops = {
	.open = faulty_open,
	.read = faulty_read,
	.write = faulty_write,
	.sync = faulty_sync,
	.size = faulty_size,
	.resize = faulty_resize,
	.close = faulty_close,
	.rename = faulty_rename,
	.remove = faulty_remove,
	.sync_dir = faulty_sync_dir,
	.list = faulty_list,
};

void rk_folder_open(struct rk_folder *folder)
{
	const char *base = getenv("TMPDIR");
	char dir[512];

	memset(folder, 0, sizeof(*folder));
	(void)snprintf(dir, sizeof(dir), "%s/riskd test%%41.XXXXXX",
		       base ? base : "/tmp");
	must(mkdtemp(dir) != NULL, "mkdtemp");
	must(rk_files_open_posix(dir, &folder->files) == 0, "open_posix");
	folder->faulty = folder->files;
	folder->faulty.ops = &faulty_ops;
	folder->faulty.context = folder;
	folder->left = -1;
	folder->fault = -EIO;
}

struct names {
	char names[4096][RK_FILE_NAME_SIZE];
	uint32_t n;
	const char *part;
};

static int take_name(void *context, const char *name, uint64_t size)
{
	struct names *names = context;

	(void)size;
	if (names->part && !strstr(name, names->part))
		return 0;
	must(names->n < 4096, "names");
	(void)snprintf(names->names[names->n++], RK_FILE_NAME_SIZE, "%s", name);
	return 0;
}

void rk_folder_close(struct rk_folder *folder)
{
	struct names *names = calloc(1, sizeof(*names));
	int r;

	must(names != NULL, "calloc");
	must(rk_files_list(&folder->files, take_name, names) == 0, "list");
	for (uint32_t i = 0; i < names->n; i++)
		(void)rk_files_remove(&folder->files, names->names[i]);
	free(names);
	r = rmdir(folder->files.dir);
	must(r == 0, "rmdir");
	rk_files_close(&folder->files);
}

uint32_t rk_folder_count(const struct rk_folder *folder, const char *part)
{
	struct names *names = calloc(1, sizeof(*names));
	uint32_t n;

	must(names != NULL, "calloc");
	names->part = part;
	must(rk_files_list(&folder->files, take_name, names) == 0, "list");
	n = names->n;
	free(names);
	return n;
}

bool rk_folder_has(const struct rk_folder *folder, const char *name)
{
	struct rk_file *file;

	if (rk_file_open(&folder->files, name, RK_FILE_READ, &file) != 0)
		return false;
	rk_file_close(&folder->files, file);
	return true;
}

unsigned char *rk_folder_load(const struct rk_folder *folder, const char *name,
			      uint64_t *ret_size)
{
	struct rk_file *file;
	unsigned char *bytes;
	uint64_t size;

	must(rk_file_open(&folder->files, name, RK_FILE_READ, &file) == 0,
	     name);
	must(rk_file_size(&folder->files, file, &size) == 0, name);
	bytes = malloc(size + 1);
	must(bytes != NULL, "malloc");
	must(rk_file_read_at(&folder->files, file, bytes, size, 0) ==
		     (ssize_t)size,
	     name);
	rk_file_close(&folder->files, file);
	*ret_size = size;
	return bytes;
}

uint64_t rk_folder_size(const struct rk_folder *folder, const char *name)
{
	uint64_t size;

	free(rk_folder_load(folder, name, &size));
	return size;
}

void rk_folder_store(const struct rk_folder *folder, const char *name,
		     const void *bytes, uint64_t size)
{
	struct rk_file *file;

	(void)rk_files_remove(&folder->files, name);
	must(rk_file_open(&folder->files, name, RK_FILE_CREATE, &file) == 0,
	     name);
	must(rk_file_write(&folder->files, file, bytes, size, 0) == 0, name);
	rk_file_close(&folder->files, file);
}

void rk_folder_copy(const struct rk_folder *folder, const char *from,
		    const char *to)
{
	uint64_t size;
	unsigned char *bytes = rk_folder_load(folder, from, &size);

	rk_folder_store(folder, to, bytes, size);
	free(bytes);
}

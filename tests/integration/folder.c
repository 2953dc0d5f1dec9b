/*
 * Files of a folder, copied and damaged. See folder.h.
 */
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"

#define PATH_SIZE  192
#define HASH_START UINT64_C(0xcbf29ce484222325) /* FNV-1a */
#define HASH_PRIME UINT64_C(0x100000001b3)

static void path_of(const struct rk_folder_file *file, char path[PATH_SIZE])
{
	int n = snprintf(path, PATH_SIZE, "%s/%s", file->folder, file->name);

	CHECK(n > 0 && n < PATH_SIZE, "%s is too long a path", file->name);
}

static bool matches(const char *name, const char *prefix, const char *suffix)
{
	size_t n = strlen(name);
	size_t end = strlen(suffix);

	return strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
	       strncmp(name, prefix, strlen(prefix)) == 0 && n >= end &&
	       strcmp(name + n - end, suffix) == 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

void rk_folder_list(const char *path, const char *prefix, const char *suffix,
		    struct rk_folder_names *ret_names)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;

	CHECK(folder, "cannot read %s", path);
	ret_names->n = 0;
	while ((entry = readdir(folder))) {
		if (!matches(entry->d_name, prefix, suffix))
			continue;
		CHECK(ret_names->n < RK_FOLDER_FILES_MAX, "too many files");
		(void)snprintf(ret_names->name[ret_names->n++],
			       RK_FOLDER_NAME_SIZE, "%.63s", entry->d_name);
	}
	(void)closedir(folder);
	qsort(ret_names->name, ret_names->n, RK_FOLDER_NAME_SIZE, by_name);
}

bool rk_folder_has(const char *path, const char *prefix, const char *suffix)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;
	bool has = false;

	CHECK(folder, "cannot read %s", path);
	while (!has && (entry = readdir(folder)))
		has = matches(entry->d_name, prefix, suffix);
	(void)closedir(folder);
	return has;
}

unsigned char *rk_folder_read(const struct rk_folder_file *file,
			      size_t *ret_size)
{
	uint64_t size = rk_folder_size(file);
	unsigned char *bytes = malloc(size + 1);
	char path[PATH_SIZE];
	FILE *from;

	CHECK(bytes, "no memory");
	path_of(file, path);
	from = fopen(path, "re");
	CHECK(from, "cannot read %s", path);
	*ret_size = fread(bytes, 1, size, from);
	CHECK(*ret_size == size, "cannot read all of %s", path);
	(void)fclose(from);
	return bytes;
}

void rk_folder_write(const struct rk_folder_file *file, const void *bytes,
		     size_t size)
{
	char path[PATH_SIZE];
	FILE *to;

	path_of(file, path);
	to = fopen(path, "we");
	CHECK(to, "cannot write %s", path);
	CHECK(fwrite(bytes, 1, size, to) == size && fclose(to) == 0,
	      "cannot write %s", path);
}

void rk_folder_copy(const char *from, const char *to)
{
	static struct rk_folder_names names;

	rk_folder_remove(to);
	CHECK(mkdir(to, 0755) == 0, "cannot make %s", to);
	rk_folder_list(from, "", "", &names);
	for (size_t i = 0; i < names.n; i++) {
		struct rk_folder_file source = {from, names.name[i]};
		struct rk_folder_file target = {to, names.name[i]};
		size_t size;
		unsigned char *bytes = rk_folder_read(&source, &size);

		rk_folder_write(&target, bytes, size);
		free(bytes);
	}
}

void rk_folder_remove(const char *path)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;

	if (!folder)
		return;
	while ((entry = readdir(folder)))
		if (matches(entry->d_name, "", ""))
			(void)unlinkat(dirfd(folder), entry->d_name, 0);
	(void)closedir(folder);
	(void)rmdir(path);
}

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ at[i]) * HASH_PRIME;
	return hash;
}

uint64_t rk_folder_hash(const char *path)
{
	static struct rk_folder_names names;
	uint64_t hash = HASH_START;

	rk_folder_list(path, "", "", &names);
	for (size_t i = 0; i < names.n; i++) {
		struct rk_folder_file file = {path, names.name[i]};
		unsigned char *bytes;
		size_t size;

		if (strcmp(names.name[i], "lock") == 0)
			continue;
		bytes = rk_folder_read(&file, &size);
		hash = hash_bytes(hash, names.name[i],
				  strlen(names.name[i]) + 1);
		hash = hash_bytes(hash, bytes, size);
		free(bytes);
	}
	return hash;
}

uint64_t rk_folder_size(const struct rk_folder_file *file)
{
	char path[PATH_SIZE];
	struct stat found;

	path_of(file, path);
	CHECK(stat(path, &found) == 0, "there is no %s", path);
	return (uint64_t)found.st_size;
}

bool rk_folder_exists(const struct rk_folder_file *file)
{
	char path[PATH_SIZE];
	struct stat found;

	path_of(file, path);
	return stat(path, &found) == 0;
}

void rk_folder_rename(const struct rk_folder_file *file, const char *name)
{
	struct rk_folder_file other = {file->folder, name};
	char from[PATH_SIZE];
	char to[PATH_SIZE];

	path_of(file, from);
	path_of(&other, to);
	CHECK(rename(from, to) == 0, "cannot rename %s", from);
}

void rk_folder_delete(const struct rk_folder_file *file)
{
	char path[PATH_SIZE];

	path_of(file, path);
	CHECK(unlink(path) == 0, "cannot remove %s", path);
}

void rk_folder_swap(const struct rk_folder_file *file, const char *name)
{
	struct rk_folder_file other = {file->folder, name};
	struct rk_folder_file aside = {file->folder, "aside"};

	rk_folder_rename(file, aside.name);
	rk_folder_rename(&other, file->name);
	rk_folder_rename(&aside, name);
}

static void put(const struct rk_folder_file *file, uint64_t at,
		const void *bytes, size_t size)
{
	char path[PATH_SIZE];
	int fd;

	path_of(file, path);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	CHECK(fd >= 0, "cannot write %s", path);
	CHECK(pwrite(fd, bytes, size, (off_t)at) == (ssize_t)size,
	      "cannot write %s", path);
	(void)close(fd);
}

void rk_folder_flip(const struct rk_folder_file *file, uint64_t at)
{
	size_t size;
	unsigned char *bytes = rk_folder_read(file, &size);
	unsigned char flipped;

	CHECK(at < size, "%s has no byte %llu", file->name,
	      (unsigned long long)at);
	flipped = bytes[at] ^ 0x10U;
	free(bytes);
	put(file, at, &flipped, 1);
}

void rk_folder_zero(const struct rk_folder_file *file, uint64_t at,
		    uint64_t size)
{
	void *zeros = calloc(1, size);

	CHECK(zeros, "no memory");
	put(file, at, zeros, size);
	free(zeros);
}

void rk_folder_truncate(const struct rk_folder_file *file, uint64_t size)
{
	char path[PATH_SIZE];

	path_of(file, path);
	CHECK(truncate(path, (off_t)size) == 0, "cannot truncate %s", path);
}

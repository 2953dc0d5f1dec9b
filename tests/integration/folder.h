/*
 * Folders of plain files, as tests handle them: copied, looked at, damaged.
 * What cannot be done ends the case.
 */
#ifndef RK_INTEGRATION_FOLDER_H
#define RK_INTEGRATION_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RK_FOLDER_NAME_SIZE 64
#define RK_FOLDER_FILES_MAX 256

/* Names, sorted: sequences in them have as many digits each. */
struct rk_folder_names {
	size_t n;
	char name[RK_FOLDER_FILES_MAX][RK_FOLDER_NAME_SIZE];
};

/* Files whose names begin and end with these; none is no error. */
void rk_folder_list(const char *path, const char *prefix, const char *suffix,
		    struct rk_folder_names *ret_names);
bool rk_folder_has(const char *path, const char *prefix, const char *suffix);

/* Every file of one folder into another, which is made or emptied before. */
void rk_folder_copy(const char *from, const char *to);

/* The folder with its files; it need not exist. */
void rk_folder_remove(const char *path);

/* One number over the names and the bytes of all files, but for `lock`. */
uint64_t rk_folder_hash(const char *path);

/* A file in a folder. */
struct rk_folder_file {
	const char *folder;
	const char *name;
};
uint64_t rk_folder_size(const struct rk_folder_file *file);
bool rk_folder_exists(const struct rk_folder_file *file);
/* The bytes; the caller frees them. */
unsigned char *rk_folder_read(const struct rk_folder_file *file,
			      size_t *ret_size);
void rk_folder_write(const struct rk_folder_file *file, const void *bytes,
		     size_t size);
void rk_folder_rename(const struct rk_folder_file *file, const char *name);
void rk_folder_delete(const struct rk_folder_file *file);
/* Two files of a folder take each other's name. */
void rk_folder_swap(const struct rk_folder_file *file, const char *name);
void rk_folder_flip(const struct rk_folder_file *file, uint64_t at);
void rk_folder_zero(const struct rk_folder_file *file, uint64_t at,
		    uint64_t size);
void rk_folder_truncate(const struct rk_folder_file *file, uint64_t size);

#endif

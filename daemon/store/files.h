/*
 * The files of one folder, behind a small interface, so that tests can put a
 * disk that fails, tears and forgets in their place.
 *
 * The journal, renames and folder syncs go through here. SQLite has an
 * interface of its own for that (its VFS): `vfs` names the one that sees the
 * same files.
 *
 * Names are plain file names within the folder. Calls may come from any
 * thread, but one file is used by one thread at a time.
 */
#ifndef RK_STORE_FILES_H
#define RK_STORE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define RK_FILE_NAME_SIZE  64 /* of a name with its ending zero */
#define RK_FILES_BOOT_SIZE 48
#define RK_FILES_DIR_SIZE  4096 /* of the folder's path with its ending zero */
#define RK_FILES_LOCK      "lock" /* who has it: a process number and newline */

struct rk_file;
struct rk_files;

enum rk_file_mode {
	RK_FILE_READ = 1,   /* must exist */
	RK_FILE_CREATE = 2, /* for writing; must not exist (-EEXIST) */
	RK_FILE_WRITE = 3,  /* for writing; must exist */
};

/* Each returns 0 or -errno. */
struct rk_files_ops {
	int (*open)(const struct rk_files *files, const char *name,
		    enum rk_file_mode mode, struct rk_file **ret_file);
	/* Fewer bytes than asked for only at the end of the file. */
	int (*read)(struct rk_file *file, void *bytes, size_t size, uint64_t at,
		    size_t *ret_n);
	/* All of it, or an error (then any part may have been written). */
	int (*write)(struct rk_file *file, const void *bytes, size_t size,
		     uint64_t at);
	int (*sync)(struct rk_file *file); /* data, and the size */
	int (*size)(struct rk_file *file, uint64_t *ret_size);
	int (*resize)(struct rk_file *file, uint64_t size);
	void (*close)(struct rk_file *file);

	int (*rename)(const struct rk_files *files, const char *from,
		      const char *to);
	int (*remove)(const struct rk_files *files, const char *name);
	int (*sync_dir)(const struct rk_files *files);
	/* Every file of the folder, in no order; stops when visit is not 0. */
	int (*list)(const struct rk_files *files,
		    int (*visit)(void *context, const char *name,
				 uint64_t size),
		    void *context);
	/*
	 * Lock the folder against other processes until unlock or death.
	 * -EAGAIN: another one has it.
	 */
	int (*lock)(const struct rk_files *files, struct rk_file **ret_lock);
	void (*unlock)(struct rk_file *lock);
};

struct rk_files {
	const struct rk_files_ops *ops;
	void *context;
	const char *vfs; /* of SQLite; NULL: the default one */
	/*
	 * Which run of the machine this is: what was written without a sync
	 * in another one may be anything by now. "": not known.
	 */
	char boot[RK_FILES_BOOT_SIZE];
	char dir[RK_FILES_DIR_SIZE];
};

/*
 * The files of a folder of this machine; the folder must exist. close
 * accepts what open_posix gave or zeroed memory.
 */
int rk_files_open_posix(const char *dir, struct rk_files *ret_files);
void rk_files_close(struct rk_files *files);

/* Shorthands. */
int rk_file_open(const struct rk_files *files, const char *name,
		 enum rk_file_mode mode, struct rk_file **ret_file);
/* How many bytes were read, or -errno. */
ssize_t rk_file_read_at(const struct rk_files *files, struct rk_file *file,
			void *bytes, size_t size, uint64_t at);
int rk_file_write(const struct rk_files *files, struct rk_file *file,
		  const void *bytes, size_t size, uint64_t at);
int rk_file_sync(const struct rk_files *files, struct rk_file *file);
int rk_file_size(const struct rk_files *files, struct rk_file *file,
		 uint64_t *ret_size);
int rk_file_resize(const struct rk_files *files, struct rk_file *file,
		   uint64_t size);
void rk_file_close(const struct rk_files *files,
		   struct rk_file *file); /* accepts NULL */
int rk_files_rename(const struct rk_files *files, const char *from,
		    const char *to);
int rk_files_remove(const struct rk_files *files, const char *name);
int rk_files_sync_dir(const struct rk_files *files);
int rk_files_list(const struct rk_files *files,
		  int (*visit)(void *context, const char *name, uint64_t size),
		  void *context);
int rk_files_lock(const struct rk_files *files, struct rk_file **ret_lock);
void rk_files_unlock(const struct rk_files *files,
		     struct rk_file *lock); /* accepts NULL */

/* "dir/name": 0 or -ENAMETOOLONG. */
int rk_files_path(const struct rk_files *files, const char *name, char *path,
		  size_t size);

#endif

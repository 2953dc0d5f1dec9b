/*
 * All files of events in a folder. See event_impl.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/assert.h"
#include "store/event_impl.h"

int rk_event_folder_add(struct rk_event_folder *folder,
			const struct rk_event_file *file)
{
	if (folder->n == folder->max) {
		uint32_t max = folder->max > 0 ? 2 * folder->max : 16;
		void *files =
			realloc(folder->files, max * sizeof(folder->files[0]));

		if (!files)
			return -ENOMEM;
		folder->files = files;
		folder->max = max;
	}
	folder->files[folder->n++] = *file;
	return 0;
}

void rk_event_folder_drop_oldest(struct rk_event_folder *folder)
{
	RK_ASSERT(folder->n > 0);
	folder->n--;
	memmove(folder->files, folder->files + 1,
		folder->n * sizeof(folder->files[0]));
}

void rk_event_folder_free(struct rk_event_folder *folder)
{
	free(folder->files);
	*folder = (struct rk_event_folder){NULL, 0, 0};
}

uint32_t rk_event_folder_find(const struct rk_event_folder *folder,
			      uint64_t number)
{
	uint32_t low = 0;
	uint32_t high = folder->n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (folder->files[middle].last < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int find_file(void *context, const char *name, uint64_t size)
{
	struct rk_event_folder *folder = context;
	struct rk_event_file file = {.bytes = size};

	if (!rk_event_file_name_parse(name, &file.first))
		return 0;
	file.last = file.first - 1;
	return rk_event_folder_add(folder, &file);
}

static int by_first(const void *a, const void *b)
{
	const struct rk_event_file *x = a;
	const struct rk_event_file *y = b;

	return x->first < y->first ? -1 : x->first > y->first ? 1 : 0;
}

int rk_event_folder_list(const struct rk_files *files,
			 struct rk_event_folder *ret_folder, char *error)
{
	struct rk_event_folder folder = {NULL, 0, 0};
	int r = rk_files_list(files, find_file, &folder);

	if (r < 0) {
		rk_event_folder_free(&folder);
		return rk_sqlite_say(error, r,
				     "files of events cannot be listed: %s",
				     strerror(-r));
	}
	if (folder.n > 0)
		qsort(folder.files, folder.n, sizeof(folder.files[0]),
		      by_first);
	*ret_folder = folder;
	return 0;
}

int rk_event_folder_remove_file(const struct rk_files *files, uint64_t first)
{
	static const char *const beside[] = {"-journal", "-wal", "-shm", ""};
	char name[RK_FILE_NAME_SIZE];
	int r = 0;

	rk_event_file_name(first, name);
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]) && r == 0;
	     i++) {
		char other[RK_FILE_NAME_SIZE];

		(void)snprintf(other, sizeof(other), "%.40s%s", name,
			       beside[i]);
		r = rk_files_remove(files, other);
		if (r == -ENOENT)
			r = 0;
	}
	return r;
}

/* Add to a message about damage what can be done. */
static int say_way_out(char *error, int r, uint64_t last)
{
	char text[RK_SQLITE_TEXT_SIZE];

	memcpy(text, error, sizeof(text));
	return rk_sqlite_say(error, r,
			     "%.300s; to go on without it, move it and all "
			     "older files of events away: events before %llu "
			     "are gone then",
			     text, (unsigned long long)last + 1);
}

/* What is wrong between two files that should follow each other. */
static int check_pair(const struct rk_event_file *file,
		      const struct rk_event_file *next, char *error)
{
	char name[RK_FILE_NAME_SIZE];
	char next_name[RK_FILE_NAME_SIZE];

	if (file->last + 1 == next->first)
		return 0;
	rk_event_file_name(file->first, name);
	rk_event_file_name(next->first, next_name);
	if (file->last + 1 > next->first)
		return rk_sqlite_say(error, -EBADMSG,
				     "%s ends with event %llu, but %s begins "
				     "before that: move the one that does not "
				     "belong there away",
				     name, (unsigned long long)file->last,
				     next_name);
	return rk_sqlite_say(error, -ENOENT,
			     "events %llu to %llu are missing between %s and "
			     "%s: put the missing file back, or move %s and "
			     "all older ones away: events before %llu are "
			     "gone then",
			     (unsigned long long)file->last + 1,
			     (unsigned long long)next->first - 1, name,
			     next_name, name, (unsigned long long)next->first);
}

static int check_file(const struct rk_files *files,
		      struct rk_event_folder *folder, uint32_t i,
		      const uint64_t *after, char *error)
{
	struct rk_event_file *file = &folder->files[i];
	bool newest = i + 1 == folder->n;
	enum rk_event_check check = RK_EVENT_CHECK_QUICK;
	char name[RK_FILE_NAME_SIZE];
	/* Where it ends by what others say, should its own word not count. */
	uint64_t last = after ? *after : file->first;
	int r;

	if (newest)
		check = after ? RK_EVENT_CHECK_COUNT : RK_EVENT_CHECK_LIVE;
	else
		last = file[1].first - 1;
	r = rk_event_file_check(files, file->first, check, file, error);
	if (r == -EBADMSG)
		return say_way_out(error, r, last);
	if (r < 0 || file->sealed || (newest && !after))
		return r;
	rk_event_file_name(file->first, name);
	(void)rk_sqlite_say(error, -EBADMSG,
			    "%s: it was never sealed, but newer state builds "
			    "on it",
			    name);
	return say_way_out(error, -EBADMSG, last);
}

/* The newest file must end exactly where the known events do. */
static int check_end(const struct rk_event_file *file, uint64_t after,
		     char *error)
{
	char name[RK_FILE_NAME_SIZE];

	if (file->last == after)
		return 0;
	rk_event_file_name(file->first, name);
	if (file->last > after) {
		(void)rk_sqlite_say(error, -EBADMSG,
				    "%s: it goes on to event %llu, the state "
				    "ends at %llu",
				    name, (unsigned long long)file->last,
				    (unsigned long long)after);
		return say_way_out(error, -EBADMSG, after);
	}
	return rk_sqlite_say(error, -ENOENT,
			     "events %llu to %llu are missing behind %s: put "
			     "the missing file back, or move %s and all older "
			     "ones away: events before %llu are gone then",
			     (unsigned long long)file->last + 1,
			     (unsigned long long)after, name, name,
			     (unsigned long long)after + 1);
}

int rk_event_folder_check(const struct rk_files *files,
			  struct rk_event_folder *folder, const uint64_t *after,
			  char *error)
{
	for (uint32_t i = 0; i < folder->n; i++) {
		int r = check_file(files, folder, i, after, error);

		/* riskd is at it, or was when it was killed */
		if ((r == -EBUSY || r == -EUCLEAN) && !after &&
		    i + 1 == folder->n) {
			folder->n--;
			return 0;
		}
		if (r == 0 && i > 0)
			r = check_pair(&folder->files[i - 1], &folder->files[i],
				       error);
		if (r < 0)
			return r;
	}
	if (after && folder->n > 0)
		return check_end(&folder->files[folder->n - 1], *after, error);
	return 0;
}

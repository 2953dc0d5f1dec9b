/*
 * Files of events, one by one. See event_walk.h.
 */
#include "store/event_walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/event_impl.h"

struct rk_event_walk {
	struct rk_event_file file;
	struct rk_event_reader reader;
};

static struct rk_event_file file_of(const struct rk_event_walk_file *file)
{
	return (struct rk_event_file){
		.first = file->first,
		.last = file->last,
		.bytes = file->bytes,
		.sealed = file->sealed,
	};
}

int rk_event_walk_list(const struct rk_files *files,
		       struct rk_event_walk_file **ret_files, uint32_t *ret_n,
		       char error[RK_EVENT_STORE_TEXT_SIZE])
{
	struct rk_event_folder folder = {NULL, 0, 0};
	struct rk_event_walk_file *list;
	int r = rk_event_folder_list(files, &folder, error);

	if (r < 0)
		return r;
	list = calloc(folder.n + 1, sizeof(*list));
	for (uint32_t i = 0; list && i < folder.n; i++) {
		list[i].first = folder.files[i].first;
		list[i].last = folder.files[i].last;
		list[i].bytes = folder.files[i].bytes;
		rk_event_file_name(list[i].first, list[i].name);
	}
	*ret_n = folder.n;
	rk_event_folder_free(&folder);
	if (!list)
		return rk_sqlite_say(error, -ENOMEM, "no memory");
	*ret_files = list;
	return 0;
}

int rk_event_walk_look(const struct rk_files *files,
		       struct rk_event_walk_file *file,
		       char error[RK_EVENT_STORE_TEXT_SIZE])
{
	struct rk_event_file looked = file_of(file);
	int r = rk_event_file_check(files, file->first, RK_EVENT_CHECK_LIVE,
				    &looked, error);

	if (r < 0)
		return r;
	file->last = looked.last;
	file->sealed = looked.sealed;
	return 0;
}

int rk_event_walk_open(const struct rk_files *files,
		       const struct rk_event_walk_file *file,
		       struct rk_event_walk **ret_walk,
		       char error[RK_EVENT_STORE_TEXT_SIZE])
{
	struct rk_event_walk *walk = calloc(1, sizeof(*walk));
	int r;

	if (!walk)
		return rk_sqlite_say(error, -ENOMEM, "%s: no memory",
				     file->name);
	walk->file = file_of(file);
	r = rk_event_reader_open(files, &walk->file, &walk->reader, error);
	if (r == 0)
		r = rk_event_reader_seek(&walk->reader, file->first, error);
	if (r < 0) {
		rk_event_walk_close(walk);
		return r;
	}
	*ret_walk = walk;
	return 0;
}

void rk_event_walk_close(struct rk_event_walk *walk)
{
	if (!walk)
		return;
	rk_event_reader_close(&walk->reader);
	free(walk);
}

int rk_event_walk_next(struct rk_event_walk *walk, struct rk_event_row *ret_row,
		       char error[RK_EVENT_STORE_TEXT_SIZE])
{
	int r = rk_event_reader_next(&walk->reader, ret_row, error);

	if (r != 0 || walk->reader.next > walk->file.last)
		return r;
	return rk_sqlite_say(
		error, -EBADMSG, "%s: event %llu is missing at its end",
		walk->reader.lite.name, (unsigned long long)walk->reader.next);
}

uint64_t rk_event_walk_at(const struct rk_event_walk *walk)
{
	return walk->reader.next;
}

int rk_event_walk_seek(struct rk_event_walk *walk, uint64_t number,
		       char error[RK_EVENT_STORE_TEXT_SIZE])
{
	return rk_event_reader_seek(&walk->reader, number, error);
}

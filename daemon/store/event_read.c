/*
 * Reading events: for those who ask the store, and offline over a folder.
 * See event_store.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/assert.h"
#include "store/event_impl.h"

/* A reader of the file that holds number. 0, or -errno; 1: nothing does. */
static int open_at(struct rk_event_store *store, uint64_t number, char *error)
{
	const struct rk_event_folder *folder = &store->folder;
	const struct rk_event_writer *writer = &store->writer;
	uint32_t i = rk_event_folder_find(folder, number);
	bool sealed = i < folder->n;
	uint64_t first = sealed ? folder->files[i].first : writer->file.first;

	if (!sealed && (!writer->lite.db || number > writer->file.last))
		return 1;
	if (store->reader.rows && store->reader.first == first)
		return 0;
	if (store->reader.rows)
		rk_event_reader_close(&store->reader);
	if (!sealed)
		return rk_event_reader_open_writer(writer, &store->reader,
						   error);
	return rk_event_reader_open(store->options.files, &folder->files[i],
				    &store->reader, error);
}

/* An answer being put together. */
struct piece {
	const struct rk_event_request *request;
	struct rk_event_answer *answer;
	unsigned char *bodies;
	size_t bodies_size;
	size_t used;
	uint32_t visits;
};

/* False: the piece is full, and the row not in it. */
static bool take_row(struct piece *piece, const struct rk_event_row *row)
{
	const struct rk_event_request *request = piece->request;
	struct rk_event_answer *answer = piece->answer;
	struct rk_event_row *taken;

	piece->visits++;
	if (request->wanted && !request->wanted(request->filter, row))
		return true;
	/* At least one goes in, however large, or nobody would get on. */
	if (answer->events > 0 && piece->used + row->size > request->bytes)
		return false;
	RK_ASSERT(piece->used + row->size <= piece->bodies_size);
	taken = &answer->rows[answer->events++];
	*taken = *row;
	taken->body = piece->bodies + piece->used;
	memcpy(piece->bodies + piece->used, row->body, row->size);
	piece->used += row->size;
	return true;
}

/* Rows of one file. 0 go on with the next, 1 the piece is full, or -errno. */
static int take_rows(struct rk_event_store *store, struct piece *piece,
		     char *error)
{
	struct rk_event_answer *answer = piece->answer;
	struct rk_event_row row;
	int r = rk_event_reader_seek(&store->reader, answer->next, error);

	if (r < 0)
		return r;
	while (answer->events < piece->request->events &&
	       piece->visits < piece->request->visits) {
		r = rk_event_reader_next(&store->reader, &row, error);
		if (r <= 0)
			return r;
		if (!take_row(piece, &row))
			return 1;
		answer->next = row.number + 1;
	}
	return 1;
}

static int fill_piece(struct rk_event_store *store, struct piece *piece)
{
	char error[RK_EVENT_STORE_TEXT_SIZE];
	uint64_t before;
	int r;

	do {
		before = piece->answer->next;
		r = open_at(store, before, error);
		if (r != 0)
			return r < 0 ? r : 0;
		r = take_rows(store, piece, error);
		rk_event_reader_rest(&store->reader);
		/* Its last row is missing, whatever the file says of it. */
		if (r == 0 && piece->answer->next == before)
			return -EBADMSG;
	} while (r == 0);
	return r < 0 ? r : 0;
}

void rk_event_read_answer(struct rk_event_store *store,
			  const struct rk_event_request *request,
			  uint64_t oldest, struct rk_event_answer *ret_answer)
{
	size_t heads = (size_t)request->events * sizeof(struct rk_event_row);
	struct piece piece = {.request = request, .answer = ret_answer};

	*ret_answer = (struct rk_event_answer){.ticket = request->ticket,
					       .next = request->from};
	if (request->from < oldest) {
		ret_answer->error = -ENOENT;
		ret_answer->next = oldest;
		return;
	}
	piece.bodies_size = request->bytes > RK_EVENT_BODY_MAX
				    ? request->bytes
				    : RK_EVENT_BODY_MAX;
	ret_answer->memory = malloc(heads + piece.bodies_size);
	if (!ret_answer->memory) {
		ret_answer->error = -ENOMEM;
		return;
	}
	ret_answer->rows = ret_answer->memory;
	piece.bodies = (unsigned char *)ret_answer->memory + heads;
	ret_answer->error = fill_piece(store, &piece);
	if (ret_answer->error != 0) {
		rk_event_answer_free(ret_answer);
		ret_answer->next = request->from;
	}
}

struct visiting {
	const struct rk_files *files;
	uint64_t from;
	int (*visit)(void *context, const struct rk_event_row *row);
	void *context;
};

static int visit_file(const struct visiting *visiting,
		      const struct rk_event_file *file, char *error)
{
	struct rk_event_reader reader = {.borrowed = false};
	struct rk_event_row row;
	uint64_t from =
		visiting->from > file->first ? visiting->from : file->first;
	int r = rk_event_reader_open(visiting->files, file, &reader, error);

	if (r < 0)
		return r;
	r = rk_event_reader_seek(&reader, from, error);
	while (r == 0 && (r = rk_event_reader_next(&reader, &row, error)) > 0)
		r = visiting->visit(visiting->context, &row);
	if (r == 0 && reader.next != file->last + 1)
		r = rk_sqlite_say(error, -EBADMSG, "%s: event %llu is missing",
				  reader.lite.name,
				  (unsigned long long)reader.next);
	rk_event_reader_close(&reader);
	return r;
}

static int visit_folder(const struct visiting *visiting,
			struct rk_event_folder *folder, char *error)
{
	int r = rk_event_folder_check(visiting->files, folder, NULL, error);

	if (r < 0)
		return r;
	if (folder->n > 0 && visiting->from < folder->files[0].first)
		return rk_sqlite_say(
			error, -ENOENT,
			"event %llu is not kept any more, the "
			"oldest is %llu",
			(unsigned long long)visiting->from,
			(unsigned long long)folder->files[0].first);
	for (uint32_t i = rk_event_folder_find(folder, visiting->from);
	     i < folder->n && r == 0; i++)
		r = visit_file(visiting, &folder->files[i], error);
	return r;
}

int rk_event_files_read(const struct rk_files *files, uint64_t from,
			int (*visit)(void *context,
				     const struct rk_event_row *row),
			void *context, char error[RK_EVENT_STORE_TEXT_SIZE])
{
	struct visiting visiting = {files, from, visit, context};
	struct rk_event_folder folder = {NULL, 0, 0};
	int r = rk_event_folder_list(files, &folder, error);

	if (r == 0)
		r = visit_folder(&visiting, &folder, error);
	rk_event_folder_free(&folder);
	return r;
}

uint64_t rk_event_files_newest(const struct rk_files *files,
			       char name[RK_FILE_NAME_SIZE])
{
	struct rk_event_folder folder = {NULL, 0, 0};
	char error[RK_EVENT_STORE_TEXT_SIZE];
	uint64_t newest = 0;

	if (rk_event_folder_list(files, &folder, error) < 0)
		return 0;
	if (folder.n > 0) {
		struct rk_event_file file = folder.files[folder.n - 1];

		rk_event_file_name(file.first, name);
		if (rk_event_file_check(files, file.first, RK_EVENT_CHECK_QUICK,
					&file, error) == 0)
			newest = file.last;
	}
	rk_event_folder_free(&folder);
	return newest;
}

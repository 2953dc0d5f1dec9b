/*
 * The worker of segments: fills the next one with zeros ahead of time, cuts
 * off what an old one does not use, and removes those that nobody needs.
 *
 * None of that can lose a group: what fails is counted, and goes without.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/assert.h"
#include "store/journal_impl.h"
#include "store/journal_names.h"

#define ZEROS_BYTES 65536U
/* A new file is synced in pieces: the groups are waiting behind each. */
#define SYNC_BYTES ((uint64_t)2 << 20)

int rk_journal_fill_zeros(const struct rk_files *files, struct rk_file *file,
			  uint64_t at, uint64_t end)
{
	static const unsigned char zeros[ZEROS_BYTES];

	while (at < end) {
		size_t n = end - at < ZEROS_BYTES ? (size_t)(end - at)
						  : ZEROS_BYTES;
		int r = rk_file_write(files, file, zeros, n, at);

		if (r < 0)
			return r;
		at += n;
	}
	return 0;
}

/* A file of zeros that is on the disk. */
static int make_next(const struct rk_journal_writer *writer,
		     struct rk_file **ret_file)
{
	const struct rk_files *files = writer->options.files;
	uint64_t size = writer->options.segment_bytes;
	struct rk_file *file;
	int r = rk_file_open(files, RK_JOURNAL_NEXT, RK_FILE_CREATE, &file);

	if (r < 0)
		return r;
	for (uint64_t at = 0; r == 0 && at < size; at += SYNC_BYTES) {
		uint64_t end = size - at < SYNC_BYTES ? size : at + SYNC_BYTES;

		r = rk_journal_fill_zeros(files, file, at, end);
		if (r == 0)
			r = rk_file_sync(files, file);
	}
	if (r < 0) {
		rk_file_close(files, file);
		/* It takes the room that is needed elsewhere. */
		(void)rk_files_remove(files, RK_JOURNAL_NEXT);
		return r;
	}
	*ret_file = file;
	return 0;
}

static void prepare(struct rk_journal_writer *writer)
{
	struct rk_file *file = NULL;
	int r = make_next(writer, &file);

	rk_journal_lock(writer);
	RK_ASSERT(writer->next == RK_JOURNAL_NEXT_MAKING);
	writer->next = r < 0 ? RK_JOURNAL_NEXT_BROKEN : RK_JOURNAL_NEXT_READY;
	writer->next_file = file;
	writer->stats.segment_errors += r < 0;
	rk_journal_unlock(writer);
}

struct rk_file *rk_journal_segments_take(struct rk_journal_writer *writer)
{
	struct rk_file *file = NULL;

	rk_journal_lock(writer);
	if (writer->next == RK_JOURNAL_NEXT_READY) {
		file = writer->next_file;
		writer->next_file = NULL;
		writer->next = RK_JOURNAL_NEXT_TAKEN;
	}
	rk_journal_unlock(writer);
	return file;
}

/* Cut off what is not used. Not synced again if that fails: it was before. */
static int trim(const struct rk_journal_writer *writer,
		const struct rk_journal_segment *segment)
{
	const struct rk_files *files = writer->options.files;
	int r = rk_file_resize(files, segment->file, segment->bytes);

	if (r == 0)
		r = rk_file_sync(files, segment->file);
	rk_file_close(files, segment->file);
	return r;
}

/* The oldest that is open and not written to. Under the lock. */
static struct rk_journal_segment *find_open(struct rk_journal_writer *writer)
{
	struct rk_journal_segment *segment = writer->oldest;

	while (segment && (!segment->file || segment == writer->current))
		segment = segment->next;
	return segment;
}

static void close_segment(struct rk_journal_writer *writer,
			  struct rk_journal_segment *segment)
{
	int r = trim(writer, segment);

	rk_journal_lock(writer);
	segment->file = NULL;
	writer->stats.segment_errors += r < 0;
	rk_journal_unlock(writer);
}

/* May the oldest go? Under the lock. */
static bool may_remove(const struct rk_journal_writer *writer)
{
	const struct rk_journal_segment *oldest = writer->oldest;
	uint32_t closed = writer->stats.segments - (writer->current != NULL);

	if (writer->removal_failed || !oldest || !oldest->next || oldest->file)
		return false;
	if (oldest->next->first_seq > writer->below_seq)
		return false;
	if (closed <= writer->options.keep_segments)
		return false;
	/* Its age counts from its end: where the next one began. */
	return oldest->next->time_ns <=
	       writer->newest_ns - writer->options.keep_age_ns;
}

/* One at a time and synced, so that a crash leaves no gap between them. */
static void remove_oldest(struct rk_journal_writer *writer)
{
	const struct rk_files *files = writer->options.files;
	struct rk_journal_segment *oldest = writer->oldest;
	char name[RK_FILE_NAME_SIZE];
	int r;

	rk_journal_name_make(oldest->first_seq, name);
	r = rk_files_remove(files, name);
	if (r == 0 || r == -ENOENT)
		r = rk_files_sync_dir(files);
	rk_journal_lock(writer);
	if (r < 0) {
		writer->removal_failed = true;
		writer->stats.segment_errors++;
		rk_journal_unlock(writer);
		return;
	}
	writer->oldest = oldest->next;
	writer->stats.segments--;
	writer->stats.bytes -= oldest->bytes;
	writer->stats.oldest_seq = writer->oldest->first_seq;
	rk_journal_unlock(writer);
	free(oldest);
}

bool rk_journal_segments_step(void *context)
{
	struct rk_journal_writer *writer = context;
	struct rk_journal_segment *open = NULL;
	bool removable = false;
	bool making = false;

	rk_journal_lock(writer);
	if (writer->error == 0) {
		making = writer->next == RK_JOURNAL_NEXT_NONE;
		if (making)
			writer->next = RK_JOURNAL_NEXT_MAKING;
		else
			open = find_open(writer);
		removable = !making && !open && may_remove(writer);
	}
	rk_journal_unlock(writer);

	if (making)
		prepare(writer);
	else if (open)
		close_segment(writer, open);
	else if (removable)
		remove_oldest(writer);
	return making || open || removable;
}

/* Put a segment at the new end of the list. Under the lock, or alone. */
static struct rk_journal_segment *list_segment(struct rk_journal_writer *writer,
					       uint64_t first_seq,
					       int64_t time_ns, uint64_t bytes)
{
	struct rk_journal_segment *segment = calloc(1, sizeof(*segment));

	if (!segment)
		return NULL;
	segment->first_seq = first_seq;
	segment->time_ns = time_ns;
	segment->bytes = bytes;
	if (writer->newest)
		writer->newest->next = segment;
	else
		writer->oldest = segment;
	writer->newest = segment;
	writer->stats.segments++;
	writer->stats.bytes += bytes;
	writer->stats.oldest_seq = writer->oldest->first_seq;
	return segment;
}

int rk_journal_segments_add(struct rk_journal_writer *writer,
			    struct rk_file *before)
{
	struct rk_journal_segment *segment;

	rk_journal_lock(writer);
	segment = list_segment(writer, writer->first_seq, writer->first_ns,
			       RK_SEGMENT_SECTOR);
	if (segment) {
		if (writer->current)
			writer->current->file = before;
		writer->current = segment;
		/* The name is free now, and what failed may succeed. */
		if (writer->next == RK_JOURNAL_NEXT_TAKEN ||
		    writer->next == RK_JOURNAL_NEXT_BROKEN)
			writer->next = RK_JOURNAL_NEXT_NONE;
	}
	rk_journal_unlock(writer);
	if (!segment) {
		rk_file_close(writer->options.files, before);
		rk_journal_fail(writer, -ENOMEM, "listing %s", writer->name);
		return -ENOMEM;
	}
	rk_worker_kick(writer->segmenter);
	return 0;
}

static int say(char error[RK_JOURNAL_TEXT_SIZE], int r, const char *what,
	       uint64_t first_seq)
{
	char name[RK_FILE_NAME_SIZE];

	rk_journal_name_make(first_seq, name);
	(void)snprintf(error, RK_JOURNAL_TEXT_SIZE, "%s: %s: %s", name, what,
		       strerror(-r));
	return r;
}

/* size bytes from at on of a segment. */
static int read_bytes(const struct rk_files *files, uint64_t first_seq,
		      unsigned char *bytes, size_t size, uint64_t at)
{
	char name[RK_FILE_NAME_SIZE];
	struct rk_file *file;
	ssize_t n;
	int r;

	rk_journal_name_make(first_seq, name);
	r = rk_file_open(files, name, RK_FILE_READ, &file);
	if (r < 0)
		return r;
	n = rk_file_read_at(files, file, bytes, size, at);
	rk_file_close(files, file);
	if (n < 0)
		return (int)n;
	return (size_t)n < size ? -EBADMSG : 0;
}

static int read_header(const struct rk_files *files, uint64_t first_seq,
		       struct rk_segment_header *ret_header)
{
	unsigned char bytes[RK_SEGMENT_SECTOR];
	int r = read_bytes(files, first_seq, bytes, sizeof(bytes), 0);

	return r < 0 ? r : rk_segment_decode_header(bytes, ret_header);
}

/*
 * A segment that begins where the journal is to go on holds only skips: they
 * are carried over into the new one of the same name.
 */
static int carry(struct rk_journal_writer *writer,
		 const struct rk_journal_place *place,
		 char error[RK_JOURNAL_TEXT_SIZE])
{
	const struct rk_files *files = writer->options.files;
	const struct rk_journal_scan scan = {.files = files, .from = *place};
	struct rk_journal_end end;
	uint64_t first = place->seq + 1;
	size_t n;
	int r = rk_journal_scan(&scan, &end, error);

	if (r < 0)
		return r;
	if (end.torn > 0 || end.place.seq != place->seq ||
	    end.tail_good < RK_SEGMENT_SECTOR ||
	    memcmp(end.place.chain, place->chain, RK_CHAIN_SIZE) != 0)
		return say(error, -EEXIST, "the journal goes on here", first);
	r = read_header(files, first, &writer->carried_head);
	n = (size_t)(end.tail_good - RK_SEGMENT_SECTOR);
	if (r == 0 && n > 0) {
		writer->carried = malloc(n);
		r = writer->carried ? read_bytes(files, first, writer->carried,
						 n, RK_SEGMENT_SECTOR)
				    : -ENOMEM;
	}
	if (r < 0)
		return say(error, r, "cannot be read", first);
	writer->carried_n = n;
	return 0;
}

/* One that is there already. */
static int open_segment(struct rk_journal_writer *writer,
			const struct rk_journal_name *name,
			char error[RK_JOURNAL_TEXT_SIZE])
{
	struct rk_segment_header header = {0};
	int r = read_header(writer->options.files, name->first_seq, &header);

	if (r == 0 &&
	    !list_segment(writer, name->first_seq, header.time_ns, name->size))
		r = -ENOMEM;
	if (r < 0)
		return say(error, r, "the header cannot be read",
			   name->first_seq);
	writer->newest_ns = header.time_ns;
	return 0;
}

int rk_journal_segments_open(struct rk_journal_writer *writer,
			     const struct rk_journal_place *place,
			     char error[RK_JOURNAL_TEXT_SIZE])
{
	const struct rk_files *files = writer->options.files;
	struct rk_journal_names names = {0};
	int r = rk_journal_names_clean(files);

	if (r == 0)
		r = rk_journal_names_read(files, &names);
	if (r < 0) {
		(void)snprintf(error, RK_JOURNAL_TEXT_SIZE, "%.256s: %s",
			       files->dir, strerror(-r));
		return r;
	}
	for (size_t i = 0; r == 0 && i < names.n; i++) {
		const struct rk_journal_name *name = &names.names[i];

		if (name->first_seq <= place->seq)
			r = open_segment(writer, name, error);
		else if (name->first_seq == place->seq + 1)
			r = carry(writer, place, error);
		else
			r = say(error, -EEXIST, "the journal goes on here",
				name->first_seq);
	}
	rk_journal_names_fini(&names);
	return r;
}

void rk_journal_segments_close(struct rk_journal_writer *writer)
{
	const struct rk_files *files = writer->options.files;
	bool failed = writer->error != 0;

	if (writer->current)
		writer->current->file = writer->file;
	else
		rk_file_close(files, writer->file);
	writer->file = NULL;
	while (writer->oldest) {
		struct rk_journal_segment *segment = writer->oldest;

		writer->oldest = segment->next;
		if (segment->file && failed)
			rk_file_close(files, segment->file);
		else if (segment->file)
			(void)trim(writer, segment); /* only room is lost */
		free(segment);
	}
	if (writer->next_file) {
		rk_file_close(files, writer->next_file);
		if (!failed)
			(void)rk_files_remove(files, RK_JOURNAL_NEXT);
	}
	free(writer->carried);
}

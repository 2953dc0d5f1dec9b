/*
 * What stands in a segment where a frame should be: nothing, the torn end of
 * a write that a crash cut off, or damage.
 *
 * Torn is only what may never have been synced, and with it never been
 * acknowledged: bytes at the very end, with nothing behind that was written
 * after a sync. Each frame tells where the write began that it was part of;
 * when a whole frame behind was written by a later one, what is no frame
 * here had been synced, and has been damaged since.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "store/journal_read.h"

struct found {
	uint64_t at; /* 0: none */
	struct rk_frame frame;
	char name[RK_FILE_NAME_SIZE];
};

/* Bytes from `at` up to the last in the segment that is not zero. */
static int find_extent(struct rk_journal_reader *reader, uint64_t at,
		       uint64_t *ret_extent)
{
	uint64_t extent = 0;
	uint64_t from = at;

	for (;;) {
		const unsigned char *bytes;
		size_t n;
		size_t used;
		int r = rk_window_get(&reader->window, from, 1, &bytes, &n);

		if (r < 0)
			return r;
		if (n == 0)
			break;
		used = rk_segment_extent(bytes, n);
		if (used > 0)
			extent = from + used - at;
		from += n;
	}
	*ret_extent = extent;
	return 0;
}

/* Is there a whole frame at `at`? 1, 0 or -errno. */
static int is_frame(struct rk_journal_reader *reader, uint64_t at,
		    struct rk_frame *ret_frame)
{
	const unsigned char *bytes;
	size_t n;
	int r = rk_window_get(&reader->window, at, RK_SEGMENT_HEAD, &bytes, &n);

	if (r < 0 || rk_segment_decode_frame(bytes, n, ret_frame) < 0)
		return r;
	r = rk_window_get(&reader->window, at,
			  RK_SEGMENT_HEAD + ret_frame->size, &bytes, &n);
	if (r < 0)
		return r;
	return n >= RK_SEGMENT_HEAD + ret_frame->size &&
	       rk_segment_check_frame(bytes, ret_frame);
}

/* The first whole frame from a sector on, written behind byte `synced`. */
static int find_frame(struct rk_journal_reader *reader, uint64_t from,
		      uint64_t synced, struct found *found)
{
	for (uint64_t at = from; at < reader->window.size;
	     at += RK_SEGMENT_SECTOR) {
		int r = is_frame(reader, at, &found->frame);

		if (r < 0)
			return r;
		if (r > 0 && found->frame.batch > synced) {
			found->at = at;
			memcpy(found->name, reader->name, RK_FILE_NAME_SIZE);
			return 0;
		}
	}
	return 0;
}

/* In the segments behind, too: for the message, so errors do not matter. */
static void find_behind(struct rk_journal_reader *reader, struct found *found)
{
	char name[RK_FILE_NAME_SIZE];
	size_t before = reader->i;

	memcpy(name, reader->name, sizeof(name));
	for (size_t i = before + 1; i < reader->names.n && found->at == 0;
	     i++) {
		rk_window_close(&reader->window);
		if (rk_journal_read_open(reader, i) < 0 ||
		    find_frame(reader, RK_SEGMENT_SECTOR, 0, found) < 0)
			break;
	}
	/* The reader goes no further: only its name is still needed. */
	reader->i = before;
	memcpy(reader->name, name, sizeof(name));
}

static int say_damage(struct rk_journal_reader *reader, uint64_t at,
		      const struct found *found)
{
	uint64_t expected = reader->place.seq + 1;
	char next[RK_FILE_NAME_SIZE];

	if (found->at != 0 && found->frame.kind == RK_FRAME_GROUP)
		return rk_journal_read_say(
			reader, -EBADMSG,
			"%s: damaged at byte %" PRIu64 ", where command "
			"%" PRIu64 " was expected; commands %" PRIu64
			" to %" PRIu64 " are whole at byte %" PRIu64
			" of %s: restore the file from a copy",
			reader->name, at, expected, found->frame.first_seq,
			found->frame.first_seq + found->frame.count - 1,
			found->at, found->name);
	if (found->at != 0)
		return rk_journal_read_say(
			reader, -EBADMSG,
			"%s: damaged at byte %" PRIu64 ", where command "
			"%" PRIu64 " was expected; the skip of command "
			"%" PRIu64 " is whole at byte %" PRIu64
			" of %s: restore the file from a copy",
			reader->name, at, expected, found->frame.first_seq,
			found->at, found->name);
	if (reader->i + 1 < reader->names.n)
		rk_journal_name_make(
			reader->names.names[reader->i + 1].first_seq, next);
	else
		memcpy(next, reader->end.tail, sizeof(next));
	return rk_journal_read_say(
		reader, -EBADMSG,
		"%s: damaged at byte %" PRIu64 ", where command %" PRIu64
		" was expected; the log goes on in %s: restore the file from "
		"a copy",
		reader->name, at, expected, next);
}

int rk_journal_read_rest(struct rk_journal_reader *reader, uint64_t at,
			 uint64_t *ret_torn)
{
	bool newest = rk_journal_read_is_newest(reader);
	struct found found = {0};
	uint64_t torn;
	int r = find_extent(reader, at, &torn);

	/* Zeros were there before anything was written. */
	if (r == 0 && torn > 0)
		r = find_frame(reader, at, newest ? at : 0, &found);
	if (r < 0)
		return rk_journal_read_say(
			reader, r, "%s: cannot be read behind byte %" PRIu64,
			reader->name, at);
	if (torn > 0 && (!newest || found.at != 0)) {
		find_behind(reader, &found);
		return say_damage(reader, at, &found);
	}
	*ret_torn = torn;
	return 0;
}

int rk_journal_read_drop_torn(struct rk_journal_reader *reader)
{
	struct rk_journal_end *end = &reader->end;
	struct rk_segment_header header;
	struct found found = {0};
	const unsigned char *bytes;
	uint64_t torn = 0;
	size_t n;
	int r;

	if (reader->names.n == 0)
		return 0;
	r = rk_journal_read_open(reader, reader->names.n - 1);
	if (r < 0)
		return r;
	r = rk_window_get(&reader->window, 0, RK_SEGMENT_SECTOR, &bytes, &n);
	if (r == 0 && n >= RK_SEGMENT_SECTOR &&
	    rk_segment_decode_header(bytes, &header) != -EBADMSG) {
		rk_window_close(&reader->window);
		return 0;
	}
	if (r == 0)
		r = find_extent(reader, 0, &torn);
	if (r == 0)
		r = find_frame(reader, RK_SEGMENT_SECTOR, 0, &found);
	if (r < 0)
		return rk_journal_read_say(reader, r, "%s: cannot be read",
					   reader->name);
	reader->place.seq = reader->names.names[reader->i].first_seq - 1;
	if (found.at != 0)
		return say_damage(reader, 0, &found);

	reader->names.n--;
	memcpy(end->tail, reader->name, sizeof(end->tail));
	end->tail_good = 0;
	end->tail_size = reader->window.size;
	end->torn = torn;
	rk_window_close(&reader->window);
	return 0;
}

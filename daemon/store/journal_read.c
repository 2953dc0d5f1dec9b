/*
 * Reading the log: segment after segment, frame after frame, each checked by
 * itself and against the one before. See journal_file.h.
 */
#include "store/journal_read.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PROGRESS_BYTES ((uint64_t)4 << 20)

int rk_journal_read_say(const struct rk_journal_reader *reader, int r,
			const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(reader->error, RK_JOURNAL_TEXT_SIZE, format, arguments);
	va_end(arguments);
	return r;
}

static int say_errno(const struct rk_journal_reader *reader, int r)
{
	return rk_journal_read_say(reader, r, "%s: cannot be read: %s",
				   reader->name, strerror(-r));
}

int rk_journal_read_open(struct rk_journal_reader *reader, size_t i)
{
	int r;

	reader->i = i;
	rk_journal_name_make(reader->names.names[i].first_seq, reader->name);
	r = rk_window_open(&reader->window, reader->scan->files, reader->name);
	return r < 0 ? say_errno(reader, r) : 0;
}

static bool same_chain(const unsigned char *a, const unsigned char *b)
{
	return memcmp(a, b, RK_CHAIN_SIZE) == 0;
}

/* The place is where the reading is to start, or is it already? */
static void look_for_start(struct rk_journal_reader *reader)
{
	const struct rk_journal_place *from = &reader->scan->from;

	if (reader->place.seq == from->seq &&
	    same_chain(reader->place.chain, from->chain))
		reader->found = true;
}

static void tell_progress(struct rk_journal_reader *reader, uint64_t at)
{
	const struct rk_journal_scan *scan = reader->scan;
	uint64_t done = reader->read + at;

	if (!scan->progress || done < reader->told + PROGRESS_BYTES)
		return;
	reader->told = done;
	scan->progress(scan->context, done, reader->total);
}

/* Does the segment go on where the one before ended? */
static int check_follows(struct rk_journal_reader *reader)
{
	const struct rk_segment_header *head = &reader->head;
	uint64_t expected = reader->place.seq + 1;

	if (head->first_seq > expected)
		return rk_journal_read_say(
			reader, -ENOENT,
			"commands %" PRIu64 " to %" PRIu64 " are missing: the "
			"log before %s ends with command %" PRIu64
			": restore the file between",
			expected, head->first_seq - 1, reader->name,
			reader->place.seq);
	if (head->first_seq < expected)
		return rk_journal_read_say(
			reader, -EBADMSG,
			"%s: begins with command %" PRIu64 ", where %" PRIu64
			" was expected: the log has it already",
			reader->name, head->first_seq, expected);
	if (!same_chain(head->chain, reader->place.chain))
		return rk_journal_read_say(
			reader, -EBADMSG,
			"%s: does not continue the log before: the chain at "
			"command %" PRIu64 " is another one: the files are "
			"not of one log: restore all from one copy",
			reader->name, reader->place.seq);
	return 0;
}

/* Read the header of the open segment, which must fit. */
static int read_header(struct rk_journal_reader *reader, bool first)
{
	struct rk_segment_header *head = &reader->head;
	uint64_t named = reader->names.names[reader->i].first_seq;
	const unsigned char *bytes;
	size_t n;
	int r = rk_window_get(&reader->window, 0, RK_SEGMENT_SECTOR, &bytes,
			      &n);

	if (r < 0)
		return say_errno(reader, r);
	r = n < RK_SEGMENT_SECTOR ? -EBADMSG
				  : rk_segment_decode_header(bytes, head);
	if (r == -EPROTO)
		return rk_journal_read_say(
			reader, r,
			"%s: has format %" PRIu32 ", this program reads "
			"format %d: start the program that wrote it once "
			"more and stop it, so that it takes a snapshot",
			reader->name, head->format, RK_JOURNAL_FORMAT);
	if (r < 0)
		return rk_journal_read_say(
			reader, r,
			"%s: damaged at byte 0, where the header before "
			"command %" PRIu64 " was expected: restore the file "
			"from a copy",
			reader->name, named);
	if (head->first_seq != named)
		return rk_journal_read_say(
			reader, -EBADMSG,
			"%s: begins with command %" PRIu64 ", not with that "
			"of its name: files were swapped or renamed",
			reader->name, head->first_seq);
	if (!first)
		return check_follows(reader);
	reader->place.seq = head->first_seq - 1;
	memcpy(reader->place.chain, head->chain, RK_CHAIN_SIZE);
	reader->found = reader->scan->oldest;
	look_for_start(reader);
	return 0;
}

/* A frame that is good by itself: does it follow? */
static int check_fits(const struct rk_journal_reader *reader, uint64_t at,
		      const struct rk_frame *frame)
{
	bool chained = same_chain(frame->previous, reader->place.chain);

	if (chained && (frame->kind == RK_FRAME_SKIP ||
			frame->first_seq == reader->place.seq + 1))
		return 0;
	return rk_journal_read_say(
		reader, -EBADMSG,
		"%s: at byte %" PRIu64 " command %" PRIu64 " was expected, "
		"there is command %" PRIu64 "%s: the file is of several logs",
		reader->name, at, reader->place.seq + 1, frame->first_seq,
		chained ? "" : " with another chain");
}

/* A group that is not to be visited, as `from` is not met yet. */
static int pass_group(const struct rk_journal_reader *reader,
		      const struct rk_frame *frame)
{
	uint64_t from = reader->scan->from.seq;
	uint64_t last = frame->first_seq + frame->count - 1;

	if (last <= from)
		return 0;
	if (frame->first_seq <= from)
		return rk_journal_read_say(
			reader, -EBADMSG,
			"%s: command %" PRIu64 " is within the group of "
			"commands %" PRIu64 " to %" PRIu64 ", after which "
			"nobody can have stopped: snapshot and journal are "
			"not of one log: restore both from one copy",
			reader->name, from, frame->first_seq, last);
	return rk_journal_read_say(
		reader, -EBADMSG,
		"%s: the chain at command %" PRIu64 " is not the one that was "
		"to be continued: snapshot and journal are not of one log: "
		"restore both from one copy",
		reader->name, from);
}

static int visit_group(struct rk_journal_reader *reader,
		       const struct rk_frame *frame, const void *payload)
{
	const struct rk_journal_scan *scan = reader->scan;
	struct rk_journal_group group = {
		.first_seq = frame->first_seq,
		.count = frame->count,
		.time_ns = frame->time_ns,
		.payload = payload,
		.size = frame->size,
		.event = frame->event,
		.event_digest = frame->event_digest,
	};

	if (scan->rules != 0 && (reader->head.rules < scan->rules_oldest ||
				 reader->head.rules > scan->rules))
		return rk_journal_read_say(
			reader, -EPROTO,
			"%s: command %" PRIu64 " was decided under rules "
			"%" PRIu32 ", this program knows rules %" PRIu32
			" to %" PRIu32
			": start the program that wrote it once more and stop "
			"it, so that it takes a snapshot",
			reader->name, frame->first_seq, reader->head.rules,
			scan->rules_oldest, scan->rules);
	reader->end.groups++;
	reader->end.bytes += rk_segment_frame_bytes(frame->size);
	if (!scan->visit)
		return 0;
	memcpy(group.chain, frame->chain, RK_CHAIN_SIZE);
	return scan->visit(scan->context, &group);
}

static int visit_skip(const struct rk_journal_reader *reader,
		      const struct rk_frame *frame)
{
	const struct rk_journal_skip skip = {frame->first_seq, frame->time_ns};
	const struct rk_journal_scan *scan = reader->scan;

	if (!reader->found || !scan->visit_skip)
		return 0;
	return scan->visit_skip(scan->context, &skip);
}

/* Take the frame at `at`: reader->stopped when it is behind scan->before. */
static int take_frame(struct rk_journal_reader *reader, uint64_t at,
		      const struct rk_frame *frame, const unsigned char *bytes)
{
	uint64_t before = reader->scan->before;
	int r = check_fits(reader, at, frame);

	if (r < 0)
		return r;
	if (frame->kind == RK_FRAME_SKIP) {
		r = visit_skip(reader, frame);
	} else if (before != 0 && frame->first_seq >= before) {
		reader->stopped = true;
		return 0;
	} else {
		r = reader->found ? visit_group(reader, frame,
						bytes + RK_SEGMENT_HEAD)
				  : pass_group(reader, frame);
		reader->place.seq = frame->first_seq + frame->count - 1;
		reader->end.time_ns = frame->time_ns;
	}
	memcpy(reader->place.chain, frame->chain, RK_CHAIN_SIZE);
	look_for_start(reader);
	return r;
}

/* Is there a frame at `at`, good by itself? 1, 0 or -errno. */
static int read_frame(struct rk_journal_reader *reader, uint64_t at,
		      struct rk_frame *ret_frame,
		      const unsigned char **ret_bytes)
{
	/* What is not synced yet may be torn, even if it was seen before. */
	bool trusted =
		reader->scan->trusted && !rk_journal_read_is_newest(reader);
	size_t n;
	int r = rk_window_get(&reader->window, at, RK_SEGMENT_HEAD, ret_bytes,
			      &n);

	if (r < 0)
		return say_errno(reader, r);
	if (rk_segment_decode_frame(*ret_bytes, n, ret_frame) < 0)
		return 0;
	r = rk_window_get(&reader->window, at,
			  RK_SEGMENT_HEAD + ret_frame->size, ret_bytes, &n);
	if (r < 0)
		return say_errno(reader, r);
	return n >= RK_SEGMENT_HEAD + ret_frame->size &&
	       (trusted || rk_segment_check_frame(*ret_bytes, ret_frame));
}

bool rk_journal_read_is_newest(const struct rk_journal_reader *reader)
{
	return reader->i + 1 == reader->names.n && reader->end.tail[0] == '\0';
}

/* All frames of the open segment; *ret_good is where they end. */
static int read_frames(struct rk_journal_reader *reader, uint64_t *ret_good,
		       uint64_t *ret_torn)
{
	uint64_t at = RK_SEGMENT_SECTOR;
	int r = 0;

	*ret_torn = 0;
	while (!reader->stopped) {
		struct rk_frame frame = {0};
		const unsigned char *bytes = NULL;
		int whole = read_frame(reader, at, &frame, &bytes);

		if (whole < 0)
			return whole;
		if (whole == 0) {
			r = rk_journal_read_rest(reader, at, ret_torn);
			break;
		}
		r = take_frame(reader, at, &frame, bytes);
		if (r != 0)
			return r;
		if (!reader->stopped)
			at += rk_segment_frame_bytes(frame.size);
		tell_progress(reader, at);
	}
	*ret_good = at;
	return r;
}

static int read_segment(struct rk_journal_reader *reader, size_t i, bool first)
{
	struct rk_journal_end *end = &reader->end;
	uint64_t good = 0;
	uint64_t torn = 0;
	int r = rk_journal_read_open(reader, i);

	if (r == 0)
		r = read_header(reader, first);
	if (r == 0)
		r = read_frames(reader, &good, &torn);
	if (r != 0)
		return r;
	end->segments++;
	end->rules = reader->head.rules;
	if (rk_journal_read_is_newest(reader)) {
		memcpy(end->tail, reader->name, sizeof(end->tail));
		end->tail_good = good;
		end->tail_size = reader->window.size;
		end->torn = torn;
	}
	reader->read += reader->window.size;
	rk_window_close(&reader->window);
	return 0;
}

/* The segment to begin with: the last that begins before what is wanted. */
static int choose_start(struct rk_journal_reader *reader, size_t *ret_i)
{
	const struct rk_journal_names *names = &reader->names;
	uint64_t from = reader->scan->from.seq;
	size_t i = 0;

	if (!reader->scan->oldest) {
		if (names->names[0].first_seq - 1 > from)
			return rk_journal_read_say(
				reader, -ENOENT,
				"the journal begins with command %" PRIu64
				", commands from %" PRIu64 " on are needed: "
				"restore the files before",
				names->names[0].first_seq, from + 1);
		while (i + 1 < names->n &&
		       names->names[i + 1].first_seq - 1 <= from)
			i++;
	}
	for (size_t j = i; j < names->n; j++)
		reader->total += names->names[j].size;
	*ret_i = i;
	return 0;
}

/* All was read: was the place to start from met? */
static int check_found(const struct rk_journal_reader *reader)
{
	uint64_t from = reader->scan->from.seq;

	if (reader->found)
		return 0;
	if (reader->place.seq < from)
		return rk_journal_read_say(
			reader, -ENOENT,
			"the journal ends with command %" PRIu64 ", the "
			"snapshot is of command %" PRIu64 ": it is newer than "
			"the journal: restore the files that are missing, or "
			"move all of the journal away to go on from the "
			"snapshot alone",
			reader->place.seq, from);
	return rk_journal_read_say(
		reader, -EBADMSG,
		"the chain at command %" PRIu64 " is not the one that was to "
		"be continued: snapshot and journal are not of one log: "
		"restore both from one copy",
		from);
}

static int read_all(struct rk_journal_reader *reader)
{
	size_t first = 0;
	int r;

	r = rk_journal_names_read(reader->scan->files, &reader->names);
	if (r < 0)
		return rk_journal_read_say(
			reader, r, "%s: cannot be listed: %s",
			reader->scan->files->dir, strerror(-r));
	r = rk_journal_read_drop_torn(reader);
	if (r < 0)
		return r;
	if (reader->names.n == 0) {
		/* A snapshot alone is a state, too. */
		reader->place = reader->scan->from;
		return 0;
	}
	r = choose_start(reader, &first);
	for (size_t i = first; r == 0 && i < reader->names.n; i++) {
		r = read_segment(reader, i, i == first);
		if (reader->stopped)
			break;
	}
	if (r != 0)
		return r;
	/* What was not read must not be cut off. */
	if (reader->stopped)
		reader->end.tail[0] = '\0';
	return check_found(reader);
}

int rk_journal_scan(const struct rk_journal_scan *scan,
		    struct rk_journal_end *ret_end,
		    char error[RK_JOURNAL_TEXT_SIZE])
{
	struct rk_journal_reader reader = {.scan = scan, .error = error};
	int r;

	error[0] = '\0';
	if (sodium_init() < 0)
		return rk_journal_read_say(&reader, -EIO,
					   "libsodium does not start");
	r = read_all(&reader);
	rk_window_fini(&reader.window);
	rk_journal_names_fini(&reader.names);
	if (r != 0)
		return r;
	reader.end.place = reader.place;
	*ret_end = reader.end;
	return 0;
}

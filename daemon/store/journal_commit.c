/*
 * The committer: takes all that is queued, seals it, writes it in one piece,
 * syncs once, and tells. What is queued meanwhile is its next batch.
 *
 * A batch that does not fit into its segment is written in several pieces,
 * each synced before the next is begun: what stands in a segment was synced
 * before the next segment was there.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "engine/assert.h"
#include "store/journal_impl.h"
#include "store/journal_names.h"
#include "store/stopwatch.h"

/* How far ahead a segment is filled that was not prepared. */
#define AHEAD_BYTES ((uint64_t)256 << 10)

/* Frames of the batch that go into one segment in one write. */
struct run {
	size_t at; /* in the batch */
	size_t n;
	uint64_t frames;
	uint64_t groups;
	uint64_t last_seq; /* 0: only skips */
	uint64_t began_ns;
};

static void frame_at(const struct rk_journal_writer *writer, size_t at,
		     struct rk_frame *ret_frame)
{
	int r = rk_segment_decode_frame(writer->batch.bytes + at,
					writer->batch.n - at, ret_frame);

	RK_ASSERT(r == 0); /* it was encoded here */
}

/* A file that was not prepared: it must do without zeros. */
static int make_file(struct rk_journal_writer *writer)
{
	int r = rk_file_open(writer->options.files, RK_JOURNAL_HURRY,
			     RK_FILE_CREATE, &writer->file);

	if (r < 0) {
		writer->file = NULL;
		rk_journal_fail(writer, r, "create %s", RK_JOURNAL_HURRY);
		return r;
	}
	memcpy(writer->name, RK_JOURNAL_HURRY, sizeof(RK_JOURNAL_HURRY));
	writer->zeroed = 0;
	return 0;
}

static int write_bytes(struct rk_journal_writer *writer, const void *bytes,
		       size_t size)
{
	int r = rk_file_write(writer->options.files, writer->file, bytes, size,
			      writer->used);

	if (r < 0) {
		rk_journal_fail(writer, r, "write to %s at byte %" PRIu64,
				writer->name, writer->used);
		return r;
	}
	writer->used += size;
	return 0;
}

/* Begin a segment with this frame; the one before stays as it is. */
static int begin_segment(struct rk_journal_writer *writer,
			 const struct rk_frame *frame)
{
	struct rk_segment_header header = {
		.format = RK_JOURNAL_FORMAT,
		.rules = writer->options.rules,
		.first_seq = writer->place.seq + 1,
		.time_ns = frame->time_ns,
	};
	unsigned char bytes[RK_SEGMENT_SECTOR];
	int r = 0;

	writer->unnamed = true;
	writer->used = 0;
	writer->first_seq = header.first_seq;
	writer->first_ns = header.time_ns;
	writer->file = rk_journal_segments_take(writer);
	if (writer->file) {
		memcpy(writer->name, RK_JOURNAL_NEXT, sizeof(RK_JOURNAL_NEXT));
		writer->zeroed = writer->options.segment_bytes;
	} else {
		r = make_file(writer);
	}
	if (r < 0)
		return r;

	memcpy(header.chain,
	       writer->carried_n > 0 ? writer->carried_head.chain
				     : writer->chain,
	       RK_CHAIN_SIZE);
	rk_segment_encode_header(&header, bytes);
	r = write_bytes(writer, bytes, sizeof(bytes));
	if (r == 0 && writer->carried_n > 0)
		r = write_bytes(writer, writer->carried, writer->carried_n);
	writer->carried_n = 0;
	return r;
}

/* What was written is synced: from now on it is a segment. */
static int name_segment(struct rk_journal_writer *writer)
{
	const struct rk_files *files = writer->options.files;
	char name[RK_FILE_NAME_SIZE];
	int r;

	rk_journal_name_make(writer->first_seq, name);
	r = rk_files_rename(files, writer->name, name);
	if (r < 0) {
		rk_journal_fail(writer, r, "rename of %s to %s", writer->name,
				name);
		return r;
	}
	memcpy(writer->name, name, sizeof(name));
	r = rk_files_sync_dir(files);
	if (r < 0) {
		rk_journal_fail(writer, r, "sync of the folder of %s", name);
		return r;
	}
	writer->unnamed = false;
	return 0;
}

static bool fits(const struct rk_journal_writer *writer, size_t size)
{
	return writer->file &&
	       writer->used + size <= writer->options.segment_bytes;
}

/* Seal as many frames from run->at on as fit; at least one. */
static void gather(struct rk_journal_writer *writer, struct run *run)
{
	uint64_t batch = writer->used;

	while (run->at + run->n < writer->batch.n) {
		size_t at = run->at + run->n;
		struct rk_frame frame;
		size_t size;

		frame_at(writer, at, &frame);
		size = rk_segment_frame_bytes(frame.size);
		if (run->n > 0 && !fits(writer, run->n + size))
			break;
		rk_segment_seal_frame(writer->batch.bytes + at, batch,
				      writer->chain);
		run->n += size;
		run->frames++;
		if (frame.kind == RK_FRAME_GROUP) {
			run->groups++;
			run->last_seq = frame.first_seq + frame.count - 1;
		}
	}
}

/*
 * Zeros ahead of a segment that grows: a write into bytes that are there is
 * synced in about half the time.
 */
static int fill_ahead(struct rk_journal_writer *writer)
{
	uint64_t end = writer->used + AHEAD_BYTES;
	int r;

	if (writer->used <= writer->zeroed)
		return 0;
	if (end > writer->options.segment_bytes)
		end = writer->options.segment_bytes;
	writer->zeroed = writer->used;
	if (end <= writer->used)
		return 0;
	r = rk_journal_fill_zeros(writer->options.files, writer->file,
				  writer->used, end);
	if (r < 0)
		rk_journal_fail(writer, r, "write to %s at byte %" PRIu64,
				writer->name, writer->used);
	writer->zeroed = end;
	return r;
}

/* Write and sync; with a new file, make a segment of it. */
static int put_run(struct rk_journal_writer *writer, const struct run *run,
		   struct rk_file *before)
{
	int r = write_bytes(writer, writer->batch.bytes + run->at, run->n);

	if (r == 0)
		r = fill_ahead(writer);
	if (r < 0)
		return r;
	r = rk_file_sync(writer->options.files, writer->file);
	if (r < 0) {
		rk_journal_fail(writer, r, "sync of %s", writer->name);
		return r;
	}
	if (!writer->unnamed)
		return 0;
	r = name_segment(writer);
	if (r == 0)
		r = rk_journal_segments_add(writer, before);
	return r;
}

/* Does the run hold the group that chain_at asked for? Under the lock. */
static void note_wanted(struct rk_journal_writer *writer, const struct run *run)
{
	struct rk_frame frame;

	if (writer->wanted_known || writer->wanted.seq <= writer->place.seq)
		return;
	for (size_t at = run->at; at < run->at + run->n;
	     at += rk_segment_frame_bytes(frame.size)) {
		frame_at(writer, at, &frame);
		if (frame.kind == RK_FRAME_SKIP ||
		    frame.first_seq + frame.count - 1 != writer->wanted.seq)
			continue;
		memcpy(writer->wanted.chain, frame.chain, RK_CHAIN_SIZE);
		writer->wanted_known = true;
	}
}

static void count_run(struct rk_journal_writer *writer, const struct run *run)
{
	struct rk_journal_stats *stats = &writer->stats;
	uint64_t took = rk_stopwatch_ns() - run->began_ns;

	stats->bytes += writer->used - writer->current->bytes;
	writer->current->bytes = writer->used;
	stats->in_flight -= run->groups;
	stats->in_flight_bytes -= run->n;
	stats->syncs++;
	stats->sync_ns_last = took;
	if (took > stats->sync_ns_max)
		stats->sync_ns_max = took;
	if (run->at + run->n == writer->batch.n)
		writer->batch_since_ns = 0;
}

/* Who waits goes on only when the loop has been told, too. */
static void publish(struct rk_journal_writer *writer, const struct run *run)
{
	struct rk_journal *journal = &writer->head;

	rk_journal_lock(writer);
	note_wanted(writer, run);
	if (run->last_seq != 0)
		writer->place.seq = run->last_seq;
	memcpy(writer->place.chain, writer->chain, RK_CHAIN_SIZE);
	count_run(writer, run);
	rk_journal_unlock(writer);

	if (run->last_seq != 0 && journal->durable)
		journal->durable(journal->durable_context, run->last_seq);

	rk_journal_lock(writer);
	writer->told += run->frames;
	writer->told_seq = writer->place.seq;
	(void)pthread_cond_broadcast(&writer->changed);
	rk_journal_unlock(writer);
}

/* Write the frames of the batch from `at` on: how many bytes, or -errno. */
static int commit_run(struct rk_journal_writer *writer, size_t at,
		      size_t *ret_n)
{
	struct run run = {.at = at, .began_ns = rk_stopwatch_ns()};
	struct rk_file *before = writer->file;
	struct rk_frame frame;
	int r = 0;

	frame_at(writer, at, &frame);
	if (!fits(writer, rk_segment_frame_bytes(frame.size)))
		r = begin_segment(writer, &frame);
	if (r == 0) {
		gather(writer, &run);
		r = put_run(writer, &run, before);
	}
	if (r < 0) {
		/* Of two files the committer can only keep one. */
		if (writer->unnamed)
			rk_file_close(writer->options.files, before);
		return r;
	}
	publish(writer, &run);
	*ret_n = run.n;
	return 0;
}

bool rk_journal_commit_step(void *context)
{
	struct rk_journal_writer *writer = context;
	struct rk_journal_queue queue;
	size_t at = 0;

	rk_journal_lock(writer);
	if (writer->error != 0 || writer->filling.n == 0) {
		rk_journal_unlock(writer);
		return false;
	}
	queue = writer->batch;
	queue.n = 0;
	writer->batch = writer->filling;
	writer->filling = queue;
	writer->batch_since_ns = writer->batch.since_ns;
	rk_journal_unlock(writer);

	while (at < writer->batch.n) {
		size_t n;

		if (commit_run(writer, at, &n) < 0)
			return false;
		at += n;
	}
	return true;
}

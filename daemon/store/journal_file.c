/*
 * The loop's side of a journal in files: appending, asking, waiting. See
 * journal_file.h.
 */
#include "store/journal_file.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/assert.h"
#include "store/journal_impl.h"
#include "store/stopwatch.h"

#define QUEUE_BYTES       ((size_t)1 << 20) /* at first */
#define SEGMENT_BYTES_MIN 4096U
#define SEGMENT_BYTES_MAX ((uint64_t)1 << 32)
#define SEGMENTS_NICE     10

void rk_journal_lock(struct rk_journal_writer *writer)
{
	(void)pthread_mutex_lock(&writer->lock);
}

void rk_journal_unlock(struct rk_journal_writer *writer)
{
	(void)pthread_mutex_unlock(&writer->lock);
}

void rk_journal_fail(struct rk_journal_writer *writer, int r,
		     const char *format, ...)
{
	struct rk_journal *journal = &writer->head;
	va_list arguments;
	uint64_t seq;
	int n;

	rk_journal_lock(writer);
	if (writer->error == 0) {
		va_start(arguments, format);
		n = vsnprintf(writer->reason, sizeof(writer->reason), format,
			      arguments);
		va_end(arguments);
		if (n >= 0 && (size_t)n < sizeof(writer->reason))
			(void)snprintf(writer->reason + n,
				       sizeof(writer->reason) - (size_t)n,
				       ": %s", strerror(-r));
		atomic_store(&writer->error, r);
	}
	seq = writer->place.seq;
	(void)pthread_cond_broadcast(&writer->changed);
	rk_journal_unlock(writer);
	if (journal->durable)
		journal->durable(journal->durable_context, seq);
}

static struct rk_journal_writer *of(const struct rk_journal *journal)
{
	const struct rk_journal_writer *writer =
		(const struct rk_journal_writer *)journal;

	return writer->self;
}

/* Room for size more bytes; what was queued stays. */
static int grow(struct rk_journal_queue *queue, size_t size)
{
	size_t max = queue->max > 0 ? queue->max : QUEUE_BYTES;
	unsigned char *bytes;

	while (max < queue->n + size)
		max *= 2;
	if (max == queue->max)
		return 0;
	bytes = realloc(queue->bytes, max);
	if (!bytes)
		return -ENOMEM;
	queue->bytes = bytes;
	queue->max = max;
	return 0;
}

/* Queue a frame for the committer. Under the lock. */
static int queue_frame(struct rk_journal_writer *writer,
		       const struct rk_frame *frame, const void *payload)
{
	struct rk_journal_queue *filling = &writer->filling;
	size_t size = rk_segment_frame_bytes(frame->size);
	int r;

	if (writer->error != 0)
		return writer->error;
	r = grow(filling, size);
	if (r < 0)
		return r;
	if (filling->n == 0)
		filling->since_ns = rk_stopwatch_ns();
	filling->n += rk_segment_encode_frame(frame, payload,
					      filling->bytes + filling->n);
	writer->appended++;
	writer->stats.in_flight_bytes += size;
	return 0;
}

static int append(struct rk_journal *journal,
		  const struct rk_journal_group *group)
{
	struct rk_journal_writer *writer = of(journal);
	const struct rk_frame frame = {
		.kind = RK_FRAME_GROUP,
		.size = (uint32_t)group->size,
		.first_seq = group->first_seq,
		.count = group->count,
		.time_ns = group->time_ns,
		.event = group->event,
		.event_digest = group->event_digest,
	};
	int r;

	RK_ASSERT(group->count > 0);
	RK_ASSERT(group->size <= RK_SEGMENT_PAYLOAD_MAX);
	RK_ASSERT(group->first_seq == writer->appended_seq + 1);

	rk_journal_lock(writer);
	r = queue_frame(writer, &frame, group->payload);
	if (r == 0) {
		writer->appended_seq += group->count;
		writer->newest_ns = group->time_ns;
		writer->stats.groups++;
		writer->stats.in_flight++;
	}
	rk_journal_unlock(writer);
	if (r == -ENOMEM)
		rk_journal_fail(writer, r, "append of command %" PRIu64,
				group->first_seq);
	if (r == 0)
		rk_worker_kick(writer->committer);
	return r;
}

/*
 * Wait until so many frames are durable and the loop was told. In manual mode
 * the steps are done here.
 */
static int wait_frames(struct rk_journal_writer *writer, uint64_t frames)
{
	bool manual = writer->options.manual;
	int r;

	rk_journal_lock(writer);
	while (writer->told < frames && writer->error == 0) {
		if (!manual) {
			(void)pthread_cond_wait(&writer->changed,
						&writer->lock);
			continue;
		}
		rk_journal_unlock(writer);
		(void)rk_worker_step(writer->committer);
		rk_journal_lock(writer);
	}
	r = writer->told < frames ? writer->error : 0;
	rk_journal_unlock(writer);
	return r;
}

static int wait_seq(struct rk_journal *journal, uint64_t seq)
{
	struct rk_journal_writer *writer = of(journal);
	uint64_t frames;
	bool is_durable;

	RK_ASSERT(seq <= writer->appended_seq);
	rk_journal_lock(writer);
	is_durable = seq <= writer->told_seq;
	/* Rare, and all that is queued is soon durable: wait for all. */
	frames = writer->appended;
	rk_journal_unlock(writer);
	return is_durable ? 0 : wait_frames(writer, frames);
}

int rk_journal_add_skip(struct rk_journal *journal,
			const struct rk_journal_skip *skip)
{
	struct rk_journal_writer *writer = of(journal);
	const struct rk_frame frame = {
		.kind = RK_FRAME_SKIP,
		.first_seq = skip->seq,
		.time_ns = skip->time_ns,
	};
	uint64_t frames;
	int r;

	RK_ASSERT(skip->seq > 0);
	rk_journal_lock(writer);
	RK_ASSERT(writer->stats.groups == 0);
	r = queue_frame(writer, &frame, NULL);
	frames = writer->appended;
	rk_journal_unlock(writer);
	if (r < 0)
		return r;
	rk_worker_kick(writer->committer);
	return wait_frames(writer, frames);
}

static bool room(struct rk_journal *journal)
{
	struct rk_journal_writer *writer = of(journal);
	const struct rk_journal_stats *stats = &writer->stats;
	bool is_room;

	rk_journal_lock(writer);
	is_room = stats->in_flight < writer->options.groups_in_flight &&
		  stats->in_flight_bytes < writer->options.bytes_in_flight;
	rk_journal_unlock(writer);
	return is_room;
}

static int error_of(struct rk_journal *journal, const char **ret_reason)
{
	struct rk_journal_writer *writer = of(journal);
	int r = atomic_load(&writer->error);

	/* Once there is a reason, it stays as it is. */
	if (r != 0 && ret_reason)
		*ret_reason = writer->reason;
	return r;
}

static bool chain_at(struct rk_journal *journal, uint64_t seq,
		     unsigned char chain[RK_CHAIN_SIZE])
{
	struct rk_journal_writer *writer = of(journal);
	bool known;

	rk_journal_lock(writer);
	if (writer->wanted.seq != seq) {
		writer->wanted.seq = seq;
		writer->wanted_known = false;
	}
	if (!writer->wanted_known && writer->place.seq == seq) {
		writer->wanted = writer->place;
		writer->wanted_known = true;
	}
	known = writer->wanted_known;
	if (known)
		memcpy(chain, writer->wanted.chain, RK_CHAIN_SIZE);
	rk_journal_unlock(writer);
	return known;
}

static void forget(struct rk_journal *journal, uint64_t below_seq)
{
	struct rk_journal_writer *writer = of(journal);

	rk_journal_lock(writer);
	if (below_seq > writer->below_seq)
		writer->below_seq = below_seq;
	writer->removal_failed = false; /* it may work by now */
	rk_journal_unlock(writer);
	rk_worker_kick(writer->segmenter);
}

static void stats(const struct rk_journal *journal,
		  struct rk_journal_stats *ret_stats)
{
	struct rk_journal_writer *writer = of(journal);

	rk_journal_lock(writer);
	*ret_stats = writer->stats;
	ret_stats->newest_seq = writer->appended_seq;
	if (writer->batch_since_ns != 0)
		ret_stats->oldest_unsynced_ns = writer->batch_since_ns;
	else if (writer->filling.n > 0)
		ret_stats->oldest_unsynced_ns = writer->filling.since_ns;
	rk_journal_unlock(writer);
}

static enum rk_journal_role role(const struct rk_journal *journal)
{
	(void)journal;
	return RK_JOURNAL_LEADER;
}

/* Only the groups that end with a sequence or a later one. */
struct replay {
	uint64_t from_seq;
	bool any;
	int (*visit)(void *context, const struct rk_journal_group *group);
	void *context;
};

static int replay_group(void *context, const struct rk_journal_group *group)
{
	struct replay *replay = context;

	if (!replay->any && group->first_seq > replay->from_seq)
		return -ENOENT;
	replay->any = true;
	if (group->first_seq + group->count <= replay->from_seq)
		return 0;
	return replay->visit(replay->context, group);
}

static int replay(struct rk_journal *journal, uint64_t from_seq,
		  int (*visit)(void *context,
			       const struct rk_journal_group *group),
		  void *context)
{
	struct rk_journal_writer *writer = of(journal);
	struct replay replay = {
		.from_seq = from_seq, .visit = visit, .context = context};
	const struct rk_journal_scan scan = {
		.files = writer->options.files,
		.oldest = true,
		.visit = replay_group,
		.context = &replay,
	};
	struct rk_journal_end end;
	char error[RK_JOURNAL_TEXT_SIZE];
	/* Nobody else appends: from now on the files stay as they are. */
	int r = wait_frames(writer, writer->appended);

	return r < 0 ? r : rk_journal_scan(&scan, &end, error);
}

/* Take down what there is of it. */
static void dispose(struct rk_journal_writer *writer)
{
	rk_worker_close(writer->committer);
	rk_worker_close(writer->segmenter);
	rk_journal_segments_close(writer);
	free(writer->filling.bytes);
	free(writer->batch.bytes);
	(void)pthread_cond_destroy(&writer->changed);
	(void)pthread_mutex_destroy(&writer->lock);
	free(writer);
}

static void close_journal(struct rk_journal *journal)
{
	struct rk_journal_writer *writer = of(journal);

	/* If it failed nothing more can be done: who asked knows. */
	(void)wait_frames(writer, writer->appended);
	dispose(writer);
}

static const struct rk_journal_ops file_ops = {
	.append = append,
	.replay = replay,
	.role = role,
	.room = room,
	.error = error_of,
	.wait = wait_seq,
	.chain_at = chain_at,
	.forget = forget,
	.stats = stats,
	.close = close_journal,
};

static int open_workers(struct rk_journal_writer *writer)
{
	bool manual = writer->options.manual;
	const struct rk_worker_options committer = {
		.name = "riskd-journal",
		.step = rk_journal_commit_step,
		.context = writer,
		.manual = manual,
	};
	const struct rk_worker_options segmenter = {
		.name = "riskd-segments",
		.step = rk_journal_segments_step,
		.context = writer,
		.manual = manual,
		.nice = SEGMENTS_NICE,
	};
	int r = rk_worker_open(&segmenter, &writer->segmenter);

	if (r == 0)
		r = rk_worker_open(&committer, &writer->committer);
	if (r == 0)
		rk_worker_kick(writer->segmenter);
	return r;
}

static int say(char error[RK_JOURNAL_TEXT_SIZE], int r, const char *what)
{
	(void)snprintf(error, RK_JOURNAL_TEXT_SIZE, "%s: %s", what,
		       strerror(-r));
	return r;
}

int rk_journal_open_file(const struct rk_journal_file_options *options,
			 const struct rk_journal_place *place,
			 struct rk_journal **ret_journal,
			 char error[RK_JOURNAL_TEXT_SIZE])
{
	struct rk_journal_writer *writer;
	int r;

	if (options->segment_bytes < SEGMENT_BYTES_MIN ||
	    options->segment_bytes > SEGMENT_BYTES_MAX)
		return say(error, -EINVAL, "bytes of a segment");
	if (sodium_init() < 0)
		return say(error, -EIO, "start of libsodium");
	writer = calloc(1, sizeof(*writer));
	if (!writer)
		return say(error, -ENOMEM, "journal");
	writer->head.ops = &file_ops;
	writer->self = writer;
	writer->options = *options;
	writer->place = *place;
	memcpy(writer->chain, place->chain, RK_CHAIN_SIZE);
	writer->appended_seq = place->seq;
	writer->told_seq = place->seq;
	(void)pthread_mutex_init(&writer->lock, NULL); /* cannot fail here */
	(void)pthread_cond_init(&writer->changed, NULL);

	r = rk_journal_segments_open(writer, place, error);
	if (r == 0) {
		r = open_workers(writer);
		if (r == 0)
			r = grow(&writer->filling, QUEUE_BYTES);
		if (r == 0)
			r = grow(&writer->batch, QUEUE_BYTES);
		if (r < 0)
			(void)say(error, r, "start of the journal");
	}
	if (r < 0) {
		dispose(writer);
		return r;
	}
	*ret_journal = &writer->head;
	return 0;
}

bool rk_journal_step_commit(struct rk_journal *journal)
{
	return rk_worker_step(of(journal)->committer);
}

bool rk_journal_step_segments(struct rk_journal *journal)
{
	return rk_worker_step(of(journal)->segmenter);
}

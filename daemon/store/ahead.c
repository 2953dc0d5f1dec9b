/*
 * Batches of commands, made by one thread and taken by another. See ahead.h.
 */
#include "store/ahead.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/record.h"

#define BATCHES    4U
#define ENDS_MAX   (RK_AHEAD_CMDS + 1U)
#define QUOTES_MAX (1U << 20)
#define ATOMICS    8U /* whose children fit a batch */

/* A batch with all that its commands point to. */
struct slot {
	struct rk_ahead_batch batch;
	struct rk_quote *quotes;
	uint32_t quotes_n;
	struct rk_cmd *children;
	uint32_t children_n;
};

struct ahead {
	const struct rk_ahead_options *options;
	struct slot slots[BATCHES];
	bool threaded;
	/* The reader's. */
	uint64_t made; /* batches; the next is slots[made % BATCHES] */
	uint64_t done;
	uint64_t total;
	char *error;
	/* Of both, under the lock. */
	pthread_mutex_t lock;
	pthread_cond_t moved;
	uint64_t given; /* batches made and handed over */
	uint64_t taken; /* batches that are free again */
	bool stop;      /* the taker wants no more */
	bool ended;     /* the reader gives no more */
	int result;     /* of reading */
};

static void free_slots(struct ahead *ahead)
{
	for (uint32_t i = 0; i < BATCHES; i++) {
		free(ahead->slots[i].batch.cmds);
		free(ahead->slots[i].batch.ends);
		free(ahead->slots[i].quotes);
		free(ahead->slots[i].children);
	}
}

static int make_slots(struct ahead *ahead)
{
	for (uint32_t i = 0; i < BATCHES; i++) {
		struct slot *slot = &ahead->slots[i];
		struct rk_ahead_batch *batch = &slot->batch;

		batch->cmds = calloc(RK_AHEAD_CMDS, sizeof(*batch->cmds));
		batch->ends = calloc(ENDS_MAX, sizeof(*batch->ends));
		/* Of this much, only what is used is ever touched. */
		slot->quotes = calloc(QUOTES_MAX, sizeof(*slot->quotes));
		slot->children = calloc((size_t)ATOMICS * RK_ATOMIC_MAX,
					sizeof(*slot->children));
		if (!batch->cmds || !batch->ends || !slot->quotes ||
		    !slot->children)
			return -ENOMEM;
	}
	return 0;
}

static struct slot *filling(struct ahead *ahead)
{
	return &ahead->slots[ahead->made % BATCHES];
}

/* Hand over the batch that is filled, and wait for room. 1: stop. */
static int pass_on(struct ahead *ahead)
{
	bool stop;

	(void)pthread_mutex_lock(&ahead->lock);
	ahead->given = ++ahead->made;
	(void)pthread_cond_broadcast(&ahead->moved);
	while (!ahead->stop && ahead->made - ahead->taken == BATCHES)
		(void)pthread_cond_wait(&ahead->moved, &ahead->lock);
	stop = ahead->stop;
	(void)pthread_mutex_unlock(&ahead->lock);
	return stop ? 1 : 0;
}

static int flush(struct ahead *ahead)
{
	struct slot *slot = filling(ahead);
	int r;

	if (slot->batch.n == 0 && slot->batch.ends_n == 0)
		return 0;
	slot->batch.done = ahead->done;
	slot->batch.total = ahead->total;
	r = ahead->threaded ? pass_on(ahead)
			    : ahead->options->take(ahead->options->context,
						   &slot->batch);
	slot = filling(ahead);
	slot->batch.n = 0;
	slot->batch.ends_n = 0;
	slot->quotes_n = 0;
	slot->children_n = 0;
	return r;
}

/* Decode one more command into the batch; its length, 0: it does not fit. */
static size_t decode(struct slot *slot, const unsigned char *bytes, size_t size)
{
	const struct rk_record_room room = {
		.quotes = slot->quotes + slot->quotes_n,
		.quotes_max = QUOTES_MAX - slot->quotes_n,
		.cmds = slot->children + slot->children_n,
	};
	struct rk_cmd *cmd = &slot->batch.cmds[slot->batch.n];
	size_t length;

	if (slot->batch.n == RK_AHEAD_CMDS ||
	    slot->children_n == ATOMICS * RK_ATOMIC_MAX ||
	    rk_record_decode(bytes, size, &room, cmd, &length) < 0)
		return 0;
	if (cmd->type == RK_CMD_PRICES)
		slot->quotes_n += cmd->prices.n;
	else if (cmd->type == RK_CMD_ATOMIC)
		slot->children_n += RK_ATOMIC_MAX;
	return length;
}

static int add_cmd(struct ahead *ahead, uint64_t seq,
		   const unsigned char *bytes, size_t size, size_t *ret_length)
{
	size_t length = decode(filling(ahead), bytes, size);
	struct rk_ahead_batch *batch;
	int r;

	if (length == 0) {
		r = flush(ahead);
		if (r != 0)
			return r;
		length = decode(filling(ahead), bytes, size);
	}
	if (length == 0) {
		(void)snprintf(ahead->error, RK_JOURNAL_TEXT_SIZE,
			       "command %" PRIu64 " cannot be decoded: it was "
			       "written by a newer program",
			       seq);
		return -EPROTO;
	}
	batch = &filling(ahead)->batch;
	if (batch->n == 0)
		batch->first_seq = seq;
	batch->n++;
	*ret_length = length;
	return 0;
}

static int add_end(struct ahead *ahead, const struct rk_journal_group *group)
{
	struct rk_ahead_batch *batch = &filling(ahead)->batch;
	struct rk_ahead_end *end = &batch->ends[batch->ends_n++];

	end->after = batch->n;
	end->group = *group;
	end->group.payload = NULL;
	return batch->ends_n == ENDS_MAX ? flush(ahead) : 0;
}

static int on_group(void *context, const struct rk_journal_group *group)
{
	struct ahead *ahead = context;
	const unsigned char *bytes = group->payload;
	uint64_t before = ahead->options->before;
	size_t at = 0;

	for (uint32_t i = 0; i < group->count; i++) {
		uint64_t seq = group->first_seq + i;
		size_t length;
		int r;

		if (before != 0 && seq >= before)
			return 0;
		r = add_cmd(ahead, seq, bytes + at, group->size - at, &length);
		if (r != 0)
			return r;
		at += length;
	}
	return add_end(ahead, group);
}

static void on_progress(void *context, uint64_t done, uint64_t total)
{
	struct ahead *ahead = context;

	ahead->done = done;
	ahead->total = total;
}

static int read_all(struct ahead *ahead)
{
	struct rk_journal_scan scan = ahead->options->scan;
	struct rk_journal_end end;
	int r;

	scan.before = ahead->options->before;
	scan.visit = on_group;
	scan.visit_skip = NULL;
	scan.progress = on_progress;
	scan.context = ahead;
	r = rk_journal_scan(&scan, &end, ahead->error);
	return r == 0 ? flush(ahead) : r;
}

static void *reader(void *context)
{
	struct ahead *ahead = context;
	int r = read_all(ahead);

	(void)pthread_mutex_lock(&ahead->lock);
	/* What was read before an error is applied before it is told. */
	ahead->result = r;
	ahead->ended = true;
	(void)pthread_cond_broadcast(&ahead->moved);
	(void)pthread_mutex_unlock(&ahead->lock);
	return NULL;
}

/* The next batch; NULL: there is none to come. */
static const struct rk_ahead_batch *next_batch(struct ahead *ahead)
{
	const struct rk_ahead_batch *batch = NULL;

	(void)pthread_mutex_lock(&ahead->lock);
	while (!ahead->ended && ahead->given == ahead->taken)
		(void)pthread_cond_wait(&ahead->moved, &ahead->lock);
	if (ahead->given != ahead->taken)
		batch = &ahead->slots[ahead->taken % BATCHES].batch;
	(void)pthread_mutex_unlock(&ahead->lock);
	return batch;
}

static void batch_taken(struct ahead *ahead, bool stop)
{
	(void)pthread_mutex_lock(&ahead->lock);
	ahead->taken++;
	ahead->stop = stop;
	(void)pthread_cond_broadcast(&ahead->moved);
	(void)pthread_mutex_unlock(&ahead->lock);
}

static int run_threads(struct ahead *ahead, pthread_t thread)
{
	const struct rk_ahead_batch *batch;
	int r = 0;

	while (r == 0 && (batch = next_batch(ahead)) != NULL) {
		r = ahead->options->take(ahead->options->context, batch);
		batch_taken(ahead, r != 0);
	}
	(void)pthread_join(thread, NULL);
	return r != 0 ? r : ahead->result;
}

int rk_ahead_run(const struct rk_ahead_options *options,
		 char error[RK_JOURNAL_TEXT_SIZE])
{
	struct ahead ahead = {.options = options, .error = error};
	pthread_t thread;
	int r = make_slots(&ahead);

	error[0] = '\0';
	(void)pthread_mutex_init(&ahead.lock, NULL); /* cannot fail on Linux */
	(void)pthread_cond_init(&ahead.moved, NULL);
	if (r < 0) {
		(void)snprintf(error, RK_JOURNAL_TEXT_SIZE, "no memory");
	} else {
		ahead.threaded = !options->manual;
		if (ahead.threaded &&
		    pthread_create(&thread, NULL, reader, &ahead) != 0)
			ahead.threaded = false; /* slower, and as good */
		r = ahead.threaded ? run_threads(&ahead, thread)
				   : read_all(&ahead);
	}
	(void)pthread_cond_destroy(&ahead.moved);
	(void)pthread_mutex_destroy(&ahead.lock);
	free_slots(&ahead);
	return r;
}

/*
 * Numbering, journaling, applying. See sequencer.h.
 */
#include "app/sequencer.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "engine/assert.h"
#include "engine/rc.h"
#include "engine/view.h"
#include "store/record.h"

#define GROUP_BYTES ((size_t)1 << 20)

struct rk_sequencer {
	struct rk_sequencer_options options;
	struct rk_evbuf events;
	/* The group of this turn. */
	unsigned char *payload;
	size_t payload_max;
	size_t payload_n;
	uint64_t first_seq;
	uint32_t count;
	uint64_t appended;
	uint64_t checkpoint; /* newest event of the last one */
	_Atomic uint64_t durable;
	int error;
};

static void on_durable(void *context, uint64_t seq)
{
	struct rk_sequencer *sequencer = context;

	atomic_store(&sequencer->durable, seq);
	if (sequencer->options.wake)
		sequencer->options.wake(sequencer->options.wake_context);
}

int rk_sequencer_open(const struct rk_sequencer_options *options,
		      struct rk_sequencer **ret_sequencer)
{
	struct rk_sequencer *sequencer = calloc(1, sizeof(*sequencer));

	if (!sequencer)
		return -ENOMEM;
	sequencer->options = *options;
	sequencer->events.max = RK_EVENTS_PER_STEP_MAX;
	sequencer->events.events = calloc(sequencer->events.max,
					  sizeof(*sequencer->events.events));
	sequencer->payload_max =
		GROUP_BYTES + RK_RECORD_MAX +
		(size_t)options->quotes_max * RK_RECORD_PER_QUOTE;
	sequencer->payload = malloc(sequencer->payload_max);
	if (!sequencer->events.events || !sequencer->payload) {
		rk_sequencer_close(sequencer);
		return -ENOMEM;
	}
	sequencer->appended = options->durable;
	sequencer->checkpoint = rk_view_event(options->engine);
	atomic_store(&sequencer->durable, options->durable);
	rk_journal_on_durable(options->journal, on_durable, sequencer);
	*ret_sequencer = sequencer;
	return 0;
}

void rk_sequencer_close(struct rk_sequencer *sequencer)
{
	if (!sequencer)
		return;
	free(sequencer->events.events);
	free(sequencer->payload);
	free(sequencer);
}

int rk_sequencer_error(const struct rk_sequencer *sequencer)
{
	const char *reason;

	if (sequencer->error != 0)
		return sequencer->error;
	return rk_journal_error(sequencer->options.journal, &reason);
}

void rk_sequencer_fail(struct rk_sequencer *sequencer, int error)
{
	if (sequencer->error == 0)
		sequencer->error = error;
}

uint64_t rk_sequencer_appended(const struct rk_sequencer *sequencer)
{
	return sequencer->appended;
}

uint64_t rk_sequencer_durable(const struct rk_sequencer *sequencer)
{
	return atomic_load(&sequencer->durable);
}

/* All events of the group are in the outbox: say now and then what they are. */
static void add_checkpoint(struct rk_sequencer *sequencer,
			   const struct rk_journal_group *group)
{
	struct rk_event_checkpoint checkpoint = {group->event,
						 group->event_digest};
	uint32_t events = sequencer->options.checkpoint_events;

	if (events == 0 || group->event < sequencer->checkpoint + events)
		return;
	rk_outbox_add_checkpoint(sequencer->options.outbox,
				 group->first_seq + group->count - 1,
				 &checkpoint);
	sequencer->checkpoint = group->event;
}

void rk_sequencer_end_turn(struct rk_sequencer *sequencer)
{
	const struct rk_engine *engine = sequencer->options.engine;
	struct rk_journal_group group = {
		.first_seq = sequencer->first_seq,
		.count = sequencer->count,
		.time_ns = rk_view_time(engine),
		.payload = sequencer->payload,
		.size = sequencer->payload_n,
	};

	if (sequencer->count == 0)
		return;
	/* In the midst of a command's events there is nothing to tell yet. */
	if (!rk_engine_pending(engine) && sequencer->events.n == 0) {
		group.event = rk_view_event(engine);
		group.event_digest = rk_view_event_digest(engine);
	}
	if (sequencer->error == 0)
		sequencer->error =
			rk_journal_append(sequencer->options.journal, &group);
	if (sequencer->error == 0) {
		sequencer->appended = group.first_seq + group.count - 1;
		add_checkpoint(sequencer, &group);
	}
	sequencer->count = 0;
	sequencer->payload_n = 0;
}

/* Write the record behind the group; it counts once the command is numbered */
static size_t write_record(struct rk_sequencer *sequencer,
			   const struct rk_cmd *cmd)
{
	size_t length;
	int r;

	if (sequencer->payload_n > GROUP_BYTES)
		rk_sequencer_end_turn(sequencer);

	r = rk_record_encode(cmd, sequencer->payload + sequencer->payload_n,
			     sequencer->payload_max - sequencer->payload_n,
			     &length);
	RK_ASSERT(r == 0); /* sized for the largest */
	return length;
}

static void count_record(struct rk_sequencer *sequencer, size_t length)
{
	uint64_t seq = rk_view_seq(sequencer->options.engine);

	if (sequencer->count == 0)
		sequencer->first_seq = seq;
	RK_ASSERT(seq == sequencer->first_seq + sequencer->count);
	sequencer->count++;
	sequencer->payload_n += length;
}

/* Move the events of one step to the outbox, making room if need be. */
static void move_events(struct rk_sequencer *sequencer)
{
	struct rk_outbox *outbox = sequencer->options.outbox;

	if (!rk_outbox_room(outbox, sequencer->events.n, 0)) {
		/* They may leave only once their command is in the log. */
		rk_sequencer_end_turn(sequencer);
		sequencer->options.drain(sequencer->options.drain_context);
	}
	/* Nothing may be shown any more: the daemon is about to stop. */
	if (rk_sequencer_error(sequencer) != 0) {
		sequencer->events.n = 0;
		return;
	}
	RK_ASSERT(rk_outbox_room(outbox, sequencer->events.n, 0));

	for (uint32_t i = 0; i < sequencer->events.n; i++)
		rk_outbox_add_event(outbox, &sequencer->events.events[i]);
	sequencer->events.n = 0;
}

int rk_sequencer_apply(struct rk_sequencer *sequencer, const struct rk_cmd *cmd,
		       struct rk_answer *ret_answer)
{
	struct rk_engine *engine = sequencer->options.engine;
	uint64_t before = rk_view_seq(engine);
	struct rk_answer answer = {0, 0};
	size_t length;
	int code;

	if (cmd->origin.client[0] != '\0') {
		code = rk_engine_check_client(engine, &cmd->origin, &answer);
		if (code != RK_OK) {
			if (ret_answer)
				*ret_answer = answer;
			return code;
		}
	}

	length = write_record(sequencer, cmd);
	code = rk_engine_apply(engine, cmd, &sequencer->events);
	if (rk_view_seq(engine) != before)
		count_record(sequencer, length);
	move_events(sequencer);
	while (rk_engine_pending(engine)) {
		rk_engine_resume(engine, &sequencer->events);
		move_events(sequencer);
	}

	if (ret_answer) {
		ret_answer->code = code;
		ret_answer->seq = rk_view_seq(engine);
	}
	return code;
}

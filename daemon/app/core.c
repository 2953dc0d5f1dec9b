/*
 * What comes in is held, what goes out is released. See core.h.
 */
#include "app/core.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "app/intake.h"
#include "codec/encode.h"
#include "engine/view.h"
#include "store/journal_file.h"
#include "store/stopwatch.h"

#define NAP_NS INT64_C(100000)
/* No room for more input from here on: a turn's answers still fit. */
#define OUTBOX_FULL_PART 2

uint32_t rk_core_hold(struct rk_core *core,
		      const struct rk_net_message *message)
{
	/* As many places as contexts: there is always one free. */
	uint32_t i = core->pending_free;

	core->pending_free = core->pending[i].next;
	core->pending[i].message = *message;
	return i;
}

void rk_core_clock(struct rk_core *core)
{
	int64_t now_ns = core->clock_ns;

	core->clock_ns = 0;
	if (now_ns != 0)
		rk_intake_clock(core, now_ns);
}

bool rk_core_room(struct rk_core *core)
{
	size_t full =
		(size_t)core->conf->limits.outbox_bytes / OUTBOX_FULL_PART;
	bool room = rk_journal_room(core->journal) &&
		    rk_outbox_bytes(core->outbox) <= full &&
		    !(core->snapshotter &&
		      rk_snapshotter_pressed(core->snapshotter));

	if (!room)
		core->counters.paused++;
	return room;
}

void rk_core_reply(struct rk_core *core, uint32_t pending,
		   const struct rk_bytes *bytes)
{
	if (!rk_outbox_room(core->outbox, 0, bytes->n)) {
		rk_sequencer_end_turn(core->sequencer);
		rk_core_drain(core);
	}
	/* With a journal that failed there is nobody to answer any more. */
	if (rk_sequencer_error(core->sequencer) != 0)
		return;
	rk_outbox_add_reply(core->outbox, rk_view_seq(core->engine), pending,
			    bytes->data, bytes->n);
}

/* False: the event store is full; the event has to wait. */
static bool store_event(struct rk_core *core, const struct rk_event *event,
			const void *encoded, size_t size)
{
	struct rk_event_row row = rk_event_store_row(event, encoded, size);

	if (!core->store)
		return true;
	if (!rk_event_store_add(core->store, &row)) {
		if (core->stuck_ns == 0)
			core->stuck_ns = rk_clock_monotonic();
		return false;
	}
	if (core->cut_after == event->number) {
		rk_event_store_cut(core->store);
		core->cut_after = 0;
	}
	return true;
}

static bool release_event(struct rk_core *core, const struct rk_event *event)
{
	unsigned char encoded[RK_ENCODED_EVENT_MAX];
	size_t size = rk_encode_event(event, false, encoded);

	if (!store_event(core, event, encoded, size))
		return false;
	rk_event_log_add(core->events, event, encoded, size);
	if (core->publish)
		rk_publish_event(core->publish, event, encoded, size);
	if (core->observe)
		core->observe(core->observe_context, event);
	return true;
}

static void note_checkpoint(struct rk_core *core,
			    const struct rk_event_checkpoint *checkpoint)
{
	if (core->store)
		rk_event_store_checkpoint(core->store, checkpoint);
}

static void send_reply(struct rk_core *core, uint32_t i, const void *bytes,
		       size_t size)
{
	struct rk_pending *pending = &core->pending[i];

	rk_net_reply(core->net, &pending->message, bytes, size);
	pending->next = core->pending_free;
	core->pending_free = i;
}

void rk_core_reply_now(struct rk_core *core, uint32_t pending,
		       const struct rk_bytes *bytes)
{
	/* With a disk that failed there is nobody to answer any more. */
	if (rk_sequencer_error(core->sequencer) == 0)
		send_reply(core, pending, bytes->data, bytes->n);
}

void rk_core_release(struct rk_core *core)
{
	uint64_t durable = rk_sequencer_durable(core->sequencer);
	struct rk_outbox_item item;
	const char *reason;
	int r = core->store ? rk_event_store_error(core->store, &reason) : 0;

	if (r < 0)
		rk_sequencer_fail(core->sequencer, r);
	/* A journal that failed: nothing may be shown any more. */
	if (rk_sequencer_error(core->sequencer) != 0)
		return;

	while (rk_outbox_peek(core->outbox, durable, &item)) {
		if (item.kind == RK_OUTBOX_REPLY)
			send_reply(core, (uint32_t)item.reply_to, item.bytes,
				   item.size);
		else if (item.kind == RK_OUTBOX_CHECKPOINT)
			note_checkpoint(core, &item.checkpoint);
		else if (!release_event(core, &item.event))
			break;
		rk_outbox_drop(core->outbox, &item);
		core->stuck_ns = 0;
	}
	if (rk_outbox_empty(core->outbox))
		core->stuck_ns = 0;
	if (core->publish) {
		rk_publish_flush(core->publish);
		rk_publish_durable(core->publish, durable);
	}
}

/* How long the journal's oldest group waits. */
static uint64_t journal_waits_ns(const struct rk_core *core)
{
	struct rk_journal_stats stats;

	rk_journal_stats(core->journal, &stats);
	return stats.oldest_unsynced_ns == 0
		       ? 0
		       : rk_stopwatch_ns() - stats.oldest_unsynced_ns;
}

uint64_t rk_core_unsynced_ns(const struct rk_core *core)
{
	uint64_t journal_ns = journal_waits_ns(core);
	uint64_t events_ns =
		core->stuck_ns == 0 ? 0 : rk_clock_monotonic() - core->stuck_ns;

	return journal_ns > events_ns ? journal_ns : events_ns;
}

/* Longer than sync_dead: nothing can be waited for any more. */
static void give_up_disk(struct rk_core *core)
{
	core->upkeep.dead = true;
	rk_sequencer_fail(core->sequencer, -ETIMEDOUT);
}

/*
 * Wait for the disk, on the loop: for the rare turn whose output is more than
 * the outbox holds. It must not wait for ever, as nobody else would notice.
 */
static void wait_durable(struct rk_core *core, uint64_t seq)
{
	const struct timespec nap = {0, NAP_NS};

	if (core->manual) {
		(void)rk_journal_wait(core->journal, seq); /* seen as error */
		return;
	}
	while (rk_sequencer_durable(core->sequencer) < seq &&
	       rk_sequencer_error(core->sequencer) == 0) {
		(void)nanosleep(&nap, NULL);
		if (rk_core_unsynced_ns(core) >
		    (uint64_t)core->conf->journal.sync_dead_ns)
			give_up_disk(core);
	}
}

void rk_core_drain(struct rk_core *core)
{
	const struct timespec nap = {0, NAP_NS};
	uint64_t start_ns = rk_clock_monotonic();

	wait_durable(core, rk_sequencer_appended(core->sequencer));
	rk_core_release(core);
	/* All is durable: only the event store can be in the way. */
	while (!rk_outbox_empty(core->outbox) &&
	       rk_sequencer_error(core->sequencer) == 0) {
		if (core->manual)
			(void)rk_event_store_flush(
				core->store); /* seen by release */
		else
			(void)nanosleep(&nap, NULL);
		if (rk_clock_monotonic() - start_ns >
		    (uint64_t)core->conf->journal.sync_dead_ns)
			give_up_disk(core);
		rk_core_release(core);
	}
}

const char *rk_core_not_ready(const struct rk_core *core)
{
	if (core->stopping)
		return "stopping";
	if (core->read_only)
		return "read only";
	if (core->upkeep.stalled)
		return "disk stalled";
	return NULL;
}

/*
 * Building the daemon's parts from the configuration, and telling the engine
 * what is traded: as commands, like everything that can change an answer.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/core.h"
#include "engine/arena.h"
#include "engine/rc.h"
#include "engine/view.h"
#include "ops/markets.h"

#define ARENA_ALIGN 64U
/* protobuf-c unpacks a message into at most this many times its size. */
#define UNPACK_FACTOR 16U
#define SCRATCH_EXTRA ((size_t)8 << 20)
/* However small it is set, the largest answer and one step's events fit. */
#define OUTBOX_EXTRA (2 * RK_ANSWER_MAX + ((size_t)2 << 20))

static void *aligned(void *memory)
{
	uintptr_t address = (uintptr_t)memory;
	size_t skip = (ARENA_ALIGN - address % ARENA_ALIGN) % ARENA_ALIGN;

	return (unsigned char *)memory + skip;
}

static int make_engine(struct rk_core *core)
{
	const struct rk_cmd_limits *max = &core->conf->limits.engine;
	size_t size = rk_engine_size(max);
	struct rk_arena arena;

	if (size == 0) {
		rk_log_write(core->log, RK_LOG_ERROR,
			     "limits are beyond what can work");
		return -EINVAL;
	}
	/* calloc leaves pages of large blocks untouched until they are used. */
	core->arena_memory = calloc(1, size + ARENA_ALIGN);
	if (!core->arena_memory) {
		rk_log_write(core->log, RK_LOG_ERROR,
			     "no memory for the engine bytes=%zu: lower the "
			     "limits",
			     size);
		return -ENOMEM;
	}
	rk_arena_init(&arena, aligned(core->arena_memory), size);
	if (rk_engine_init(&arena, max, &core->engine) != RK_OK)
		return -EINVAL;
	rk_log_write(core->log, RK_LOG_INFO,
		     "engine ready bytes=%zu accounts_max=%u", size,
		     max->accounts_max);
	return 0;
}

static int make_pending(struct rk_core *core)
{
	uint32_t n = 2 * core->conf->limits.contexts;

	core->pending = calloc(n, sizeof(*core->pending));
	core->waiters =
		calloc(core->conf->limits.waiters + 1, sizeof(*core->waiters));
	if (!core->pending || !core->waiters)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		core->pending[i].next = i + 1;
	core->pending_free = 0;
	return 0;
}

static int make_buffers(struct rk_core *core)
{
	size_t largest = (size_t)core->conf->limits.message_size;

	if (largest < (size_t)core->conf->limits.prices_message_size)
		largest = (size_t)core->conf->limits.prices_message_size;
	core->scratch.size = largest * UNPACK_FACTOR + SCRATCH_EXTRA;
	core->scratch.base = malloc(core->scratch.size);
	core->answer = malloc(RK_ANSWER_MAX);
	core->chunk = malloc(RK_ANSWER_MAX);
	if (!core->scratch.base || !core->answer || !core->chunk)
		return -ENOMEM;
	return 0;
}

static void drain(void *context)
{
	rk_core_release(context);
}

static int make_sequencer(struct rk_core *core)
{
	const struct rk_conf *conf = core->conf;
	uint32_t slots = conf->limits.engine.assets_max +
			 conf->limits.engine.markets_max;
	struct rk_sequencer_options options = {
		.engine = core->engine,
		.drain = drain,
		.drain_context = core,
	};
	int r;

	/* A merged batch holds a quote of each publisher for each slot. */
	options.quotes_max = slots * conf->limits.engine.publishers_max;
	if (options.quotes_max < conf->limits.quotes_per_message)
		options.quotes_max = conf->limits.quotes_per_message;

	r = rk_merge_open(slots, conf->limits.engine.publishers_max,
			  &core->merge);
	if (r == 0)
		r = rk_journal_open_memory((size_t)conf->journal.memory_bytes,
					   &core->journal);
	if (r == 0)
		r = rk_outbox_open((size_t)conf->limits.outbox_bytes +
					   OUTBOX_EXTRA,
				   &core->outbox);
	if (r == 0)
		r = rk_event_log_open(conf->limits.events_kept,
				      (size_t)conf->limits.events_kept_bytes,
				      &core->events);
	if (r < 0)
		return r;
	options.journal = core->journal;
	options.outbox = core->outbox;
	return rk_sequencer_open(&options, &core->sequencer);
}

int rk_setup_open(struct rk_core *core, const struct rk_conf *conf,
		  const struct rk_log *log)
{
	int r;

	memset(core, 0, sizeof(*core));
	core->conf = conf;
	core->log = log;

	r = make_engine(core);
	if (r == 0)
		r = make_pending(core);
	if (r == 0)
		r = make_buffers(core);
	if (r == 0)
		r = make_sequencer(core);
	if (r < 0) {
		rk_log_write(log, RK_LOG_ERROR, "cannot start: %s",
			     strerror(-r));
		rk_setup_close(core);
	}
	return r;
}

void rk_setup_close(struct rk_core *core)
{
	rk_publish_close(core->publish);
	rk_net_close(core->net);
	rk_sequencer_close(core->sequencer);
	rk_event_log_close(core->events);
	rk_outbox_close(core->outbox);
	rk_journal_close(core->journal);
	rk_merge_close(core->merge);
	free(core->waiters);
	free(core->pending);
	free(core->chunk);
	free(core->answer);
	free(core->scratch.base);
	free(core->arena_memory);
	memset(core, 0, sizeof(*core));
}

static int apply(struct rk_core *core, const struct rk_cmd *cmd,
		 const char *name)
{
	int r = rk_sequencer_apply(core->sequencer, cmd, NULL);

	if (r == RK_OK)
		return 0;
	rk_log_write(core->log, RK_LOG_ERROR,
		     "configuration refused command=%s name=%s: %s",
		     rk_cmd_name(cmd->type), name, rk_rc_text(r));
	return -EINVAL;
}

static int list_names(struct rk_core *core, enum rk_cmd_type type,
		      const struct rk_conf_names *names)
{
	struct rk_cmd cmd = {.type = type};
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < names->n; i++) {
		memcpy(cmd.name.name, names->name[i], RK_NAME_SIZE);
		r = apply(core, &cmd, names->name[i]);
	}
	return r;
}

int rk_setup_list(struct rk_core *core, const struct rk_markets *markets)
{
	struct rk_cmd cmd = {.type = RK_CMD_LIMITS};
	int r;

	cmd.limits = core->conf->limits.engine;
	r = apply(core, &cmd, "limits");
	if (r < 0)
		return r;
	memset(&cmd, 0, sizeof(cmd));
	cmd.type = RK_CMD_RISK;
	cmd.risk = core->conf->risk;
	r = apply(core, &cmd, "risk");
	if (r == 0)
		r = list_names(core, RK_CMD_PUBLISHER, &core->conf->publishers);
	if (r == 0)
		r = list_names(core, RK_CMD_VENUE, &core->conf->venues);

	memset(&cmd, 0, sizeof(cmd));
	cmd.type = RK_CMD_ASSET;
	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++) {
		cmd.asset = markets->assets[i];
		r = apply(core, &cmd, cmd.asset.name);
	}
	memset(&cmd, 0, sizeof(cmd));
	cmd.type = RK_CMD_MARKET;
	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++) {
		cmd.market = markets->markets[i];
		r = apply(core, &cmd, cmd.market.name);
	}
	rk_sequencer_end_turn(core->sequencer);
	return r;
}

uint32_t rk_core_hold(struct rk_core *core,
		      const struct rk_net_message *message)
{
	/* As many places as contexts: there is always one free. */
	uint32_t i = core->pending_free;

	core->pending_free = core->pending[i].next;
	core->pending[i].message = *message;
	return i;
}

void rk_core_reply(struct rk_core *core, uint32_t pending,
		   const struct rk_bytes *bytes)
{
	if (!rk_outbox_room(core->outbox, 0, bytes->n)) {
		rk_sequencer_end_turn(core->sequencer);
		rk_core_release(core);
	}
	/* With a journal that failed there is nobody to answer any more. */
	if (rk_sequencer_error(core->sequencer) != 0)
		return;
	rk_outbox_add_reply(core->outbox, rk_view_seq(core->engine), pending,
			    bytes->data, bytes->n);
}

static void release_event(struct rk_core *core, const struct rk_event *event)
{
	unsigned char encoded[RK_ENCODED_EVENT_MAX];
	size_t size = rk_encode_event(event, false, encoded);

	rk_event_log_add(core->events, event, encoded, size);
	if (core->publish)
		rk_publish_event(core->publish, event, encoded, size);
	if (core->observe)
		core->observe(core->observe_context, event);
}

void rk_core_release(struct rk_core *core)
{
	uint64_t durable = rk_sequencer_durable(core->sequencer);
	struct rk_outbox_item item;

	/* A journal that failed: nothing may be shown any more. */
	if (rk_sequencer_error(core->sequencer) != 0)
		return;

	while (rk_outbox_take(core->outbox, durable, &item)) {
		struct rk_pending *pending;

		if (item.kind == RK_OUTBOX_EVENT) {
			release_event(core, &item.event);
			continue;
		}
		pending = &core->pending[item.reply_to];
		rk_net_reply(core->net, &pending->message, item.bytes,
			     item.size);
		pending->next = core->pending_free;
		core->pending_free = (uint32_t)item.reply_to;
	}
	if (core->publish)
		rk_publish_flush(core->publish);
}

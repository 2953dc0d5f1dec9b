/*
 * Building the daemon's parts from the configuration. See core.h.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "app/core.h"
#include "app/heavy.h"
#include "app/rechecker.h"
#include "app/reload.h"
#include "engine/view.h"

/* protobuf-c unpacks a message into at most this many times its size. */
#define UNPACK_FACTOR 16U
#define SCRATCH_EXTRA ((size_t)8 << 20)
/* However small it is set, the largest answer and one step's events fit. */
#define OUTBOX_EXTRA (2 * RK_ANSWER_MAX + ((size_t)2 << 20))

/*
 * So many are written anew at most, should the newest file of events be kept
 * after a crash; each checkpoint is a write of a few pages.
 */
#define CHECKPOINT_EVENTS 8192U

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
	rk_core_drain(context);
}

static uint32_t slots_max(const struct rk_conf *conf)
{
	return conf->limits.engine.assets_max + conf->limits.engine.markets_max;
}

static int open_lag(struct rk_core *core)
{
	const struct rk_conf_lag *conf = &core->conf->lag;
	const struct rk_lag_limits limits = {
		.window_ns = conf->window_ns,
		.judging = conf->judging,
		.age_ns = conf->age_ns,
	};

	return rk_lag_open(&limits, rk_clock_monotonic(), &core->lag);
}

/* What the engine's journal and events are not needed for. */
static int make_queues(struct rk_core *core)
{
	const struct rk_conf *conf = core->conf;
	int r = rk_merge_open(slots_max(conf),
			      conf->limits.engine.publishers_max, &core->merge);

	if (r == 0)
		r = open_lag(core);
	if (r == 0)
		r = rk_outbox_open((size_t)conf->limits.outbox_bytes +
					   OUTBOX_EXTRA,
				   &core->outbox);
	if (r == 0)
		r = rk_event_log_open(conf->limits.events_kept,
				      (size_t)conf->limits.events_kept_bytes,
				      &core->events);
	return r;
}

static int make_sequencer(struct rk_core *core,
			  const struct rk_setup_options *setup)
{
	const struct rk_conf *conf = core->conf;
	struct rk_sequencer_options options = {
		.engine = core->engine,
		.journal = core->journal,
		.outbox = core->outbox,
		.drain = drain,
		.drain_context = core,
		.wake = setup->wake,
		.wake_context = setup->wake_context,
		.durable = rk_view_seq(core->engine),
		.checkpoint_events = setup->checkpoint_events != 0
					     ? setup->checkpoint_events
					     : CHECKPOINT_EVENTS,
	};

	/* A merged batch holds a quote of each publisher for each slot. */
	options.quotes_max =
		slots_max(conf) * conf->limits.engine.publishers_max;
	if (options.quotes_max < conf->limits.quotes_per_message)
		options.quotes_max = conf->limits.quotes_per_message;
	return rk_sequencer_open(&options, &core->sequencer);
}

static void tell_room(const struct rk_core *core)
{
	struct rk_engine_counts counts;

	rk_view_counts(core->engine, &counts);
	rk_log_write(core->log, RK_LOG_INFO,
		     "engine ready bytes=%zu accounts_max=%" PRIu32,
		     rk_view_room(core->engine), counts.limits.accounts_max);
}

int rk_setup_open(struct rk_core *core, const struct rk_setup_options *options)
{
	int r;

	memset(core, 0, sizeof(*core));
	core->conf = options->conf;
	core->log = options->log;
	core->manual = options->files != NULL;
	core->read_only = options->stop_before != 0;

	r = make_pending(core);
	if (r == 0)
		r = make_buffers(core);
	if (r == 0)
		r = make_queues(core);
	if (r == 0)
		r = rk_rechecker_init(core);
	if (r < 0)
		rk_log_write(core->log, RK_LOG_ERROR, "cannot start: %s",
			     strerror(-r));
	if (r == 0)
		r = rk_recovery_run(core, options);
	if (r == 0)
		tell_room(core);
	if (r == 0)
		r = make_sequencer(core, options);
	if (r == 0)
		r = rk_heavy_open(core->engine, &core->heavy);
	if (r < 0)
		rk_setup_close(core);
	return r;
}

void rk_setup_stop(struct rk_core *core)
{
	rk_net_close(core->net);
	core->net = NULL;
	rk_reload_close(core->reload);
	core->reload = NULL;
	rk_snapshotter_close(core->snapshotter);
	core->snapshotter = NULL;
	rk_journal_close(core->journal);
	core->journal = NULL;
	rk_event_store_close(core->store);
	core->store = NULL;
}

void rk_setup_close(struct rk_core *core)
{
	rk_setup_stop(core);
	rk_heavy_close(core->heavy);
	rk_publish_close(core->publish);
	rk_sequencer_close(core->sequencer);
	rk_event_log_close(core->events);
	rk_outbox_close(core->outbox);
	rk_merge_close(core->merge);
	rk_lag_close(core->lag);
	rk_rechecker_fini(core);
	free(core->waiters);
	free(core->pending);
	free(core->chunk);
	free(core->answer);
	free(core->scratch.base);
	free(core->arena_memory);
	if (core->lock)
		core->files.ops->unlock(core->lock);
	if (!core->manual)
		rk_files_close(&core->files);
	memset(core, 0, sizeof(*core));
}

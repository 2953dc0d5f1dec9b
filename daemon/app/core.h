/*
 * What the parts of the daemon share: the engine and everything around it.
 * Private to app/; the way of a message through it:
 *
 *   net -> intake -> sequencer -> engine -> outbox -> (durable) -> release
 *                                                        |-> event log
 *                                                        |-> publish
 *                                                        `-> net reply
 */
#ifndef RK_APP_CORE_H
#define RK_APP_CORE_H

#include "app/event_log.h"
#include "app/merge.h"
#include "app/outbox.h"
#include "app/publish.h"
#include "app/sequencer.h"
#include "codec/pack.h"
#include "net/net.h"
#include "ops/conf.h"
#include "ops/log.h"

/* Room for the largest answer that is given. */
#define RK_ANSWER_MAX ((size_t)4 << 20)

/* A request that waits for its reply. */
struct rk_pending {
	struct rk_net_message message;
	uint32_t next; /* free list */
};

/* A ReadEvents that waits for an event. */
struct rk_waiter {
	uint32_t pending;
	struct rk_event_range range;
	uint64_t deadline_ns; /* monotonic */
};

/* Things counted here, shown by Status. */
struct rk_counters {
	uint64_t price_messages;
	uint64_t price_quotes;
	uint64_t price_batches;
	uint64_t prices_refused; /* messages */
	uint64_t requests;
	uint64_t requests_refused;
	uint64_t commands;
	uint64_t commands_refused;
	uint64_t commands_repeated;
	uint64_t queries;
	uint64_t queries_refused;
	uint64_t turns;
};

struct rk_core {
	const struct rk_conf *conf;
	const struct rk_log *log;
	void *arena_memory;
	struct rk_engine *engine;
	struct rk_journal *journal;
	struct rk_outbox *outbox;
	struct rk_sequencer *sequencer;
	struct rk_event_log *events;
	struct rk_merge *merge;
	struct rk_net *net;
	struct rk_publish *publish;
	struct rk_scratch scratch;
	unsigned char *answer; /* RK_ANSWER_MAX bytes */
	unsigned char *chunk;  /* as many, for what goes into an answer */
	struct rk_pending *pending;
	uint32_t pending_free;
	struct rk_waiter *waiters;
	uint32_t waiters_n;
	struct rk_counters counters;
	bool stopping;
	/* Sees every event when it becomes durable; may be NULL. */
	void (*observe)(void *context, const struct rk_event *event);
	void *observe_context;
};

/* Build everything but the sockets; messages about what is wrong are logged */
int rk_setup_open(struct rk_core *core, const struct rk_conf *conf,
		  const struct rk_log *log);
void rk_setup_close(struct rk_core *core);

/* List what the configuration names: limits, risk, assets, markets, ... */
struct rk_markets;
int rk_setup_list(struct rk_core *core, const struct rk_markets *markets);

/* Let everything out that is durable. */
void rk_core_release(struct rk_core *core);

/* A reply to a request, once everything up to now is durable. */
void rk_core_reply(struct rk_core *core, uint32_t pending,
		   const struct rk_bytes *bytes);

/* Remember a message whose reply comes later. */
uint32_t rk_core_hold(struct rk_core *core,
		      const struct rk_net_message *message);

/* Time of day, never backwards, and never before what was journaled. */
struct rk_clock {
	int64_t base_ns;
	uint64_t start_ns; /* monotonic */
};
void rk_clock_start(struct rk_clock *clock, int64_t journaled_ns);
int64_t rk_clock_now(const struct rk_clock *clock);
uint64_t rk_clock_monotonic(void);

#endif

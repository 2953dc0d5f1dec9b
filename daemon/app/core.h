/*
 * What the parts of the daemon share: the engine and everything around it.
 * Private to app/; the way of a message through it:
 *
 *   net -> intake -> sequencer -> engine -> outbox -> (durable) -> release
 *                                                        |-> event store
 *                                                        |-> event log
 *                                                        |-> publish
 *                                                        `-> net reply
 *
 * setup.c builds the parts, recovery.c fills them from what is on disk,
 * configure.c tells the engine what is traded, reload.c tells it again, and
 * upkeep.c looks after snapshots and a slow disk. query.c answers who asks,
 * heavy.c over several turns.
 */
#ifndef RK_APP_CORE_H
#define RK_APP_CORE_H

#include "app/event_log.h"
#include "app/lag.h"
#include "app/merge.h"
#include "app/outbox.h"
#include "app/publish.h"
#include "app/sequencer.h"
#include "app/snapshotter.h"
#include "codec/pack.h"
#include "net/net.h"
#include "ops/conf.h"
#include "ops/log.h"
#include "store/event_store.h"
#include "store/files.h"

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
	uint64_t quotes_applied; /* in them */
	uint64_t judging_ns;     /* applying them */
	uint64_t prices_refused; /* messages */
	uint64_t requests;
	uint64_t requests_refused;
	uint64_t commands;
	uint64_t commands_refused;
	uint64_t commands_repeated;
	uint64_t queries;
	uint64_t queries_refused;
	uint64_t turns;
	uint64_t turns_ns;
	uint64_t paused; /* turns that left input waiting for the journal */
	uint64_t stalls; /* times the disk was slower than sync_stall */
	uint64_t lags;   /* times that lagging began */
	uint64_t audit_accounts; /* looked at */
	uint64_t audit_rounds;   /* over all of them */
	uint64_t audit_differences;
};

/* Who asked for a snapshot and waits for it. */
#define RK_SNAPSHOT_ASKERS_MAX 8

/* What was found on disk. */
struct rk_recovered {
	uint64_t snapshot_seq; /* 0: none */
	uint64_t seq;          /* newest command; 0: there was nothing */
	uint64_t commands;     /* replayed */
	uint64_t events_kept;  /* of them, not written anew */
	bool events_refused;   /* those of the newest file turned out damaged */
	uint64_t took_ns;
};

/* The running state of upkeep.c. */
struct rk_upkeep {
	uint64_t snapshot_due_ns; /* monotonic */
	uint64_t snapshot_bytes;  /* of the journal, at the last one */
	bool snapshot_wanted;     /* somebody asked, or it is time */
	bool snapshot_last;       /* stopping: the last one was begun */
	uint32_t askers[RK_SNAPSHOT_ASKERS_MAX]; /* pending */
	uint32_t askers_n;
	uint32_t askers_begun; /* of them, asked before the one under way */
	bool stalled;          /* the disk is slower than sync_stall */
	bool lagging;          /* behind with prices (lag.h) */
	bool dead; /* ... than sync_dead: nothing can be waited for */
};

/* The running state of rechecker.c. */
struct rk_rechecker {
	uint64_t since_ns;    /* monotonic: this round began; 0: none did */
	uint32_t at;          /* next account of it */
	uint32_t lines;       /* logged in it */
	uint64_t differences; /* found in it */
	unsigned char *told;  /* of each account, a bit: it was logged */
};

struct rk_core {
	const struct rk_conf *conf;
	const struct rk_log *log;
	struct rk_files files; /* of the state folder */
	struct rk_file *lock;  /* on it */
	struct rk_recovered recovered;
	struct rk_event_store *store;       /* NULL: journal in memory */
	struct rk_snapshotter *snapshotter; /* the same */
	struct rk_upkeep upkeep;
	struct rk_rechecker rechecker;
	void *arena_memory;
	struct rk_engine *engine;
	struct rk_journal *journal;
	struct rk_outbox *outbox;
	struct rk_sequencer *sequencer;
	struct rk_event_log *events;
	struct rk_merge *merge;
	struct rk_lag_meter *lag;
	uint64_t judged_ns; /* how long the newest price batch took */
	struct rk_net *net;
	struct rk_publish *publish;
	struct rk_heavy *heavy;
	struct rk_reload *reload; /* NULL: there are no files to read again */
	struct rk_scratch scratch;
	unsigned char *answer; /* RK_ANSWER_MAX bytes */
	unsigned char *chunk;  /* as many, for what goes into an answer */
	struct rk_pending *pending;
	uint32_t pending_free;
	struct rk_waiter *waiters;
	uint32_t waiters_n;
	struct rk_counters counters;
	bool stopping;
	bool read_only; /* --stop-before: look, but change nothing */
	bool manual;    /* no threads: the simulator lets workers step */
	/* Time to be told to the engine before the next command; 0: none. */
	int64_t clock_ns;
	uint64_t cut_after; /* cut the event files behind this event; 0 */
	uint64_t stuck_ns;  /* monotonic: events wait for their file since; 0 */
	/* Sees every event when it becomes durable; may be NULL. */
	void (*observe)(void *context, const struct rk_event *event);
	void *observe_context;
};

struct rk_setup_options {
	const struct rk_conf *conf;
	const struct rk_log *log;
	uint64_t stop_before; /* recover up to here and change nothing; 0 */
	uint64_t skip;        /* leave this command out from now on; 0 */
	/* Called from any thread when the loop has something to do. */
	void (*wake)(void *context);
	void *wake_context;
	/* Tests: these files, and no threads. NULL: the folder conf->state. */
	const struct rk_files *files;
	uint32_t checkpoint_events; /* tests: after fewer; 0: as usual */
};

/*
 * Build everything but the sockets, and bring it to the state on disk.
 * What is wrong is logged.
 */
int rk_setup_open(struct rk_core *core, const struct rk_setup_options *options);
/*
 * Take down all threads, so that nobody calls wake any more: sockets, journal,
 * events, snapshots. What is with the journal becomes durable before, unless
 * it failed.
 */
void rk_setup_stop(struct rk_core *core);
void rk_setup_close(struct rk_core *core);

/* Part of it: engine, journal, events and snapshots, from what is on disk. */
int rk_recovery_run(struct rk_core *core,
		    const struct rk_setup_options *options);

/*
 * Tell the engine, as commands, what the configuration says and its state
 * does not: limits, risk, publishers, venues, assets, markets, what assets
 * count for.
 * Returns 0, or -EINVAL after logging what cannot be.
 */
struct rk_markets;
/* Before any of it: does what there is fit into the limits? The same. */
int rk_configure_check(struct rk_core *core);
int rk_configure(struct rk_core *core, const struct rk_markets *markets);

/* Before the first command of a turn: let the engine know the time. */
void rk_core_clock(struct rk_core *core);

/* May more input be taken? Not while too much waits for the disk. */
bool rk_core_room(struct rk_core *core);

/* Let everything out that is durable. */
void rk_core_release(struct rk_core *core);

/* Wait for the journal until all is out, or nothing ever will be. */
void rk_core_drain(struct rk_core *core);

/* A reply to a request, once everything up to now is durable. */
void rk_core_reply(struct rk_core *core, uint32_t pending,
		   const struct rk_bytes *bytes);

/*
 * The same at once: for Status while the disk is stalled, which tells itself
 * how much of what it shows is durable.
 */
void rk_core_reply_now(struct rk_core *core, uint32_t pending,
		       const struct rk_bytes *bytes);

/* Remember a message whose reply comes later. */
uint32_t rk_core_hold(struct rk_core *core,
		      const struct rk_net_message *message);

/* Why it is not ready to be relied on; NULL: it is. */
const char *rk_core_not_ready(const struct rk_core *core);

/*
 * Nanoseconds that the oldest group, or events on their way into their file,
 * wait for the disk; 0: none do.
 */
uint64_t rk_core_unsynced_ns(const struct rk_core *core);

/* Time of day, never backwards, and never before what was journaled. */
struct rk_clock {
	int64_t base_ns;
	uint64_t start_ns; /* monotonic */
};
void rk_clock_start(struct rk_clock *clock, int64_t journaled_ns);
int64_t rk_clock_now(const struct rk_clock *clock);
uint64_t rk_clock_monotonic(void);

#endif

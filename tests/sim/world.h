/*
 * One run of the simulator: a daemon, its disk, clock and clients, what they
 * were promised, and what must be true of it. README.md tells how a run goes.
 *
 * plan.c makes and edits the configuration, life.c starts and ends the daemon,
 * steps.c lets time pass and things happen, oracle.c knows what must have come
 * of it, reader.c asks questions, check.c compares after a start.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "../property/laws.h"
#include "app/core.h"
#include "app/turn.h"
#include "client.h"
#include "deeds.h"
#include "disk.h"
#include "ops/markets.h"
#include "store/journal_file.h"
#include "support/auditor.h"
#include "support/harness.h"
#include "support/prng.h"
#include "vfs.h"

#define SIM_CLIENTS_MAX    4
#define SIM_READERS        3
#define SIM_LISTED_MAX     128
#define SIM_FEED_MAX       24
#define SIM_EMODES_MAX     24
#define SIM_FLIPS_MAX      3
#define SIM_SNAPSHOTS_MAX  16
#define SIM_TEXT_SIZE      1024
#define SIM_SECOND         INT64_C(1000000000)
#define SIM_MS             UINT64_C(1000000)
#define SIM_TICK           (100 * SIM_MS)
#define SIM_TOKEN_KINDS    16 /* clients, then readers, then askers */
#define SIM_TOKEN_READER   4
#define SIM_TOKEN_ASKER    8
#define SIM_TOKEN_QUESTION 9

/* Workers of the daemon, in the order of their steps. */
enum sim_worker {
	SIM_COMMITTER,
	SIM_SEGMENTER,
	SIM_EVENT_WRITER,
	SIM_SNAPSHOT_WRITER,
	SIM_WORKERS
};

/* What riskd.conf and markets.json say. */
struct sim_setting {
	struct rk_conf conf;
	struct rk_cmd_asset assets[SIM_LISTED_MAX];
	struct rk_collateral collateral[SIM_LISTED_MAX]; /* of each asset */
	struct rk_cmd_market markets[SIM_LISTED_MAX];
	struct rk_funding funding[SIM_LISTED_MAX]; /* of each market */
	struct rk_lending lending[SIM_LISTED_MAX]; /* of each asset */
	struct rk_conversion conversion[SIM_LISTED_MAX];
	struct rk_insurance_terms insurance[SIM_LISTED_MAX];
	struct rk_vault_terms vault[SIM_LISTED_MAX];       /* of each asset */
	struct rk_takeover_terms takeover[SIM_LISTED_MAX]; /* of each market */
	struct rk_margin_terms margin[SIM_LISTED_MAX];
	struct rk_liquidation_terms liquidation[SIM_LISTED_MAX];
	struct rk_collateral_scale scales[SIM_LISTED_MAX]; /* of each asset */
	struct rk_markets_slow asset_slow[SIM_LISTED_MAX];
	struct rk_markets_slow market_slow[SIM_LISTED_MAX];
	struct rk_markets_life life[SIM_LISTED_MAX]; /* of each market */
	struct rk_cmd_emode emodes[SIM_EMODES_MAX];  /* in order of group */
	struct rk_markets_ramp asset_ramps[SIM_LISTED_MAX],
		market_ramps[SIM_LISTED_MAX];
	uint32_t assets_n, markets_n, emodes_n;
};

/* An engine that never crashed, fed with what the journal holds. */
struct sim_oracle {
	struct rk_harness harness;
	struct rk_auditor *auditor;
	struct laws laws;
	struct rk_record_room *room;
	struct rk_journal_place place;
	struct rk_hash *events; /* content, by number */
	uint64_t events_max;
};

/* Somebody who reads events and must miss none. */
struct sim_reader {
	uint64_t next;
	bool asked;
	bool waits; /* by a long poll */
};

/* A snapshot that was begun: what the state was. */
struct sim_begun {
	uint64_t seq;
	struct rk_hash digest;
};

/* A flipped bit, to be set right again. */
struct sim_damage {
	struct sim_flip flip;
	struct rk_hash content; /* of the file, with the bit flipped */
	bool last_write;        /* it may be taken for a write that was torn */
};

struct sim_options {
	uint64_t seed, commands;
	bool verbose;
};

struct sim_world {
	struct sim_options options;
	struct rk_prng prng;
	struct rk_hash trace;
	char complaint[SIM_TEXT_SIZE]; /* "": all is well */
	uint64_t deeds[SIM_DEEDS];
	uint64_t step;

	struct sim_disk *disk;
	struct sim_vfs *vfs;
	struct sim_setting setting;
	struct sim_setting good;     /* the last one that was taken */
	struct sim_setting reloaded; /* in the run: is it durable? */
	uint64_t reloaded_seq;       /* of its last command; 0: it is good */
	bool edited;
	bool reverted;               /* to good: the edited one was refused */
	struct rk_conf_limits taken; /* of that one, maybe in force */
	uint32_t accounts;
	struct rk_log log;
	char said[16384]; /* by the log of the newest start or run */

	/* The daemon. */
	struct rk_core core;
	struct rk_turn turn;
	struct rk_markets listed;
	bool up;
	bool woken;
	uint64_t tick_due_ns;
	uint64_t committed_ns;    /* when the committer last had its turn */
	uint64_t written_ns;      /* ... and the writer of events */
	int64_t time_ns;          /* the latest it showed */
	uint64_t faults_at_start; /* struck before this run */
	struct rk_snapshotter_counts snapshots_seen;
	uint32_t generations; /* on disk, when last looked at */
	uint32_t lazy[SIM_WORKERS];
	uint64_t lazy_until;

	/* The world around. */
	struct rk_generator *generator;
	struct sim_client *clients[SIM_CLIENTS_MAX];
	uint32_t clients_n;
	struct sim_reader readers[SIM_READERS];
	struct sim_message_queue {
		void *data[SIM_FEED_MAX];
		size_t size[SIM_FEED_MAX];
		uint32_t n;
	} feed;
	uint64_t given; /* commands given to clients */
	uint64_t mishap_due;
	uint64_t unhang_step;
	bool asker_waits;
	bool question_waits;

	/* What was shown to anybody. */
	struct sim_oracle oracle;
	uint64_t published; /* the newest event */
	uint64_t shown_seq;
	uint64_t shown_event;
	struct sim_begun begun[SIM_SNAPSHOTS_MAX];
	uint32_t begun_n;
	uint64_t begun_seq;
	bool stopped_well; /* the last run; everything was to be durable */
	uint64_t stopped_seq;
	uint64_t applied_seq; /* by the last run, durable or not */
	uint64_t resumed_seq; /* the newest Resume in the journal */

	struct sim_damage damage[SIM_FLIPS_MAX];
	uint32_t damage_n;
	bool armed;
};

/* world.c: run a seed; false when something was wrong (then complaint). */
void sim_world_open(struct sim_world *world, const struct sim_options *options);
bool sim_world_run(struct sim_world *world);
void sim_world_close(struct sim_world *world);

/* The first complaint stays. */
void sim_complain(struct sim_world *world, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void sim_trace(struct sim_world *world, uint32_t what, const void *data,
	       size_t size);
uint64_t sim_below(struct sim_world *world, uint64_t bound);
bool sim_chance(struct sim_world *world, uint32_t count, uint32_t out_of);

/* plan.c */
void sim_plan_make(struct sim_world *world);
void sim_plan_edit(struct sim_world *world);

/* life.c: until the daemon is up, or there is a complaint. */
void sim_life_start(struct sim_world *world);
/* It is gone: by a fault on the disk, a signal, or by its own decision. */
void sim_life_crash(struct sim_world *world, enum sim_reboot reboot);
void sim_life_failed(struct sim_world *world);
void sim_life_dead(struct sim_world *world);
/* A graceful stop, as far as it comes. */
void sim_life_stop(struct sim_world *world);
uint64_t sim_life_faults(const struct sim_world *world);

/* damage.c: bits flipped while it is down. */
void sim_damage_make(struct sim_world *world);
void sim_damage_undo(struct sim_world *world);
/* Was what the last write wrote hit? */
bool sim_damage_is_last(const struct sim_world *world);

/* check.c: after recovery. 1: the end of the log was lost to a flip. */
int sim_check_recovered(struct sim_world *world);
/* After each turn. */
void sim_check_turn(struct sim_world *world);
void sim_check_snapshots(struct sim_world *world);
uint32_t sim_check_generations(struct sim_world *world);

/* oracle.c */
void sim_oracle_open(struct sim_world *world);
void sim_oracle_close(struct sim_world *world);
/* Feed it what the journal holds by now. */
void sim_oracle_follow(struct sim_world *world);
uint64_t sim_oracle_seq(const struct sim_world *world);
uint64_t sim_oracle_event(const struct sim_world *world);
/* Somebody was shown this: is it so, and durable? */
void sim_oracle_shown_seq(struct sim_world *world, uint64_t seq);
void sim_oracle_shown_event(struct sim_world *world, uint64_t number,
			    const void *bytes, size_t size);

/* steps.c */
void sim_step(struct sim_world *world);
void sim_step_worker(struct sim_world *world, enum sim_worker worker);
void sim_step_turn(struct sim_world *world);
void sim_step_send(struct sim_world *world);

/* reader.c */
void sim_reader_ask(struct sim_world *world, uint32_t reader);
void sim_reader_question(struct sim_world *world);
void sim_reader_snapshot(struct sim_world *world);
void sim_reader_answer(struct sim_world *world, uint32_t kind, const void *data,
		       size_t size);
void sim_reader_crashed(struct sim_world *world);

/* hooks of the net */
void sim_hooks_use(struct sim_world *world);

#endif

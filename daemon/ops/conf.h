/*
 * How the process runs: riskd.conf, read by libconfuse.
 *
 * What is traded is not here but in markets.json (markets.h). Every key has a
 * default, so an empty file is a good one. riskd.conf(5) tells each key with
 * its default, unit and range; the table in conf_keys.c decides.
 */
#ifndef RK_OPS_CONF_H
#define RK_OPS_CONF_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "engine/cmd.h"
#include "engine/engine.h"
#include "ops/log.h"

struct rk_error;

#define RK_CONF_FILE_MAX  (1 << 20) /* bytes */
#define RK_CONF_PATH_SIZE 4096      /* of a path with its ending zero */
#define RK_CONF_URL_SIZE  128       /* of a URL with its ending zero */
#define RK_CONF_URLS_MAX  8         /* of one socket */
#define RK_CONF_NAMES_MAX 64        /* publishers or venues */

/* Where one socket listens: ipc:///path or tcp://address:port. */
struct rk_conf_urls {
	uint32_t n; /* 0: that socket is not opened */
	char url[RK_CONF_URLS_MAX][RK_CONF_URL_SIZE];
};

struct rk_conf_names {
	uint32_t n;
	char name[RK_CONF_NAMES_MAX][RK_NAME_SIZE];
};

struct rk_conf_listen {
	struct rk_conf_urls prices;
	struct rk_conf_urls ingest;
	struct rk_conf_urls query;
	struct rk_conf_urls events;
	struct rk_conf_urls public;
};

enum rk_conf_clock {
	RK_CONF_CLOCK_REAL = 1,     /* this machine's, never backwards */
	RK_CONF_CLOCK_MESSAGES = 2, /* the input's, for replays of history */
};

enum rk_conf_journal_kind {
	RK_CONF_JOURNAL_MEMORY = 1, /* nothing survives the process */
	RK_CONF_JOURNAL_FILE = 2,   /* files in the folder `state` */
};

struct rk_conf_limits {
	struct rk_cmd_limits engine;   /* what the engine's memory is for */
	int64_t message_size;          /* bytes, on ingest and query */
	int64_t prices_message_size;   /* bytes, on prices */
	uint32_t commands_per_message; /* rows */
	uint32_t quotes_per_message;   /* rows */
	uint32_t connections;          /* of each socket */
	uint32_t ring;                 /* messages waiting for the loop */
	uint32_t contexts;    /* requests at once, of ingest and of query */
	uint32_t waiters;     /* long polls at once; fewer than contexts */
	int64_t outbox_bytes; /* events and replies not sent yet */
	uint32_t events_kept; /* for who reads from the past */
	int64_t events_kept_bytes;
};

struct rk_conf_journal {
	enum rk_conf_journal_kind kind;
	int64_t memory_bytes;      /* commands kept, kind memory */
	int64_t segment_bytes;     /* of one file; this and below: kind file */
	uint32_t groups_in_flight; /* appended and not yet durable */
	int64_t bytes_in_flight;   /* the same in bytes */
	uint32_t keep_segments;    /* closed ones kept without need */
	int64_t keep_age_ns;       /* and those younger than this */
	int64_t sync_stall_ns;     /* oldest group waits longer: not ready */
	int64_t sync_dead_ns;      /* waits longer than this: exit */
};

struct rk_conf_snapshot {
	int64_t interval_ns;
	int64_t journal_bytes; /* also when the journal grew by this */
	uint32_t keep;         /* generations */
	int64_t pool_bytes;    /* copied and not yet written */
	int64_t slice_ns;      /* of copying in one turn of the loop */
};

struct rk_conf_query {
	int64_t slice_ns; /* of heavy queries in one turn of the loop */
};

/* Events on disk; those in memory are bounded by limits. */
struct rk_conf_events {
	int64_t queue_bytes; /* not yet written */
	int64_t keep_bytes;  /* of files, beyond what snapshots need */
};

struct rk_conf_margin {
	enum rk_method method; /* results are the same with each */
	int64_t audit_ns;      /* each account once in this time; 0: never */
};

/* When riskd says that it does not keep up with prices (app/lag.h). */
struct rk_conf_lag {
	int64_t window_ns; /* what is looked at */
	rk_rate judging;   /* part of it in price batches, from here on */
	int64_t age_ns;    /* quotes are as old when applied, from here on */
};

/* Which keys a file names, by their place in the table (conf_keys.h). */
#define RK_CONF_KEYS_MAX 96
struct rk_conf_named {
	bool keys[RK_CONF_KEYS_MAX];
};

struct rk_conf {
	struct rk_conf_named named;
	struct rk_conf_listen listen;
	enum rk_conf_clock clock;
	char markets[RK_CONF_PATH_SIZE]; /* of markets.json */
	char state[RK_CONF_PATH_SIZE];   /* folder, journal kind file */
	struct rk_conf_names publishers; /* who may quote prices */
	struct rk_conf_names venues;     /* where external fills come from */
	struct rk_conf_limits limits;
	struct rk_conf_journal journal;
	struct rk_conf_snapshot snapshot;
	struct rk_conf_query query;
	struct rk_conf_events events;
	struct rk_conf_margin margin;
	struct rk_conf_lag lag;
	struct rk_cmd_risk risk;
	enum rk_log_level log_level;
};

/* The configuration of an empty file. */
void rk_conf_defaults(struct rk_conf *ret_conf);

/*
 * Read a configuration. A relative path of markets or state counts from the
 * folder of the file (parse_text: from dir; NULL leaves it as it is). name
 * stands for the text in messages.
 *
 * Returns 0, -EINVAL when the content is wrong, or -errno; error then holds
 * "file:line: key: what is wrong and what would be right".
 */
int rk_conf_parse_file(const char *path, struct rk_conf *ret_conf,
		       struct rk_error *error);
int rk_conf_parse_text(const char *text, const char *name, const char *dir,
		       struct rk_conf *ret_conf, struct rk_error *error);

/*
 * Write the configuration in effect, every key, in the syntax of the file.
 * It parses to the same. Returns 0 or -EIO.
 */
int rk_conf_print(const struct rk_conf *conf, FILE *out);

#endif

/*
 * riskctl audit: everything in a state folder, recomputed and compared.
 *
 * audit.c goes through snapshots and journal, audit_events.c compares the
 * files of events with what the replay gives, cmd_audit.c reports.
 */
#ifndef CLIENT_AUDIT_H
#define CLIENT_AUDIT_H

#include <jansson.h>

#include "ctl.h"
#include "offline.h"
#include "store/event_walk.h"

#define AUDIT_TEXTS_MAX                                                        \
	1000 /* differences and notes told; more are counted                   \
	      */

/* What was found of one snapshot. */
struct audit_snapshot {
	uint64_t seq;
	struct rk_snapshot_meta meta; /* seq 0: it could not be read */
	bool loaded;                  /* and its rows, digest, books are good */
	bool chained;                 /* the journal has this chain there */
	bool in_journal;              /* the journal has a group ending there */
	bool start;                   /* the replay began with it */
	bool reached;                 /* the replay came by */
	bool same;                    /* with the same state and events */
};

/* Going through the files of events beside the replay. */
struct audit_events {
	struct rk_event_walk_file *files;
	const char **results; /* of each: "", or why it is not good; static */
	uint32_t n;
	uint32_t at;
	struct rk_event_walk *walk;
	struct rk_event_row row;
	bool have;              /* row is the next one */
	uint64_t expected;      /* number that must come next; 0: any */
	uint64_t missing_first; /* of a run of numbers not in the files */
	uint64_t missing_last;
	uint64_t told_to; /* what is missing up to there was told */
	uint64_t rows;
	uint64_t compared;
	uint64_t uncompared; /* replayed, but in no file */
};

struct audit {
	const struct ctl *ctl;
	const struct rk_files *files;
	json_t *differences; /* texts */
	json_t *notes;
	uint64_t differences_n;
	uint64_t mark; /* of differences, to go back to */
	bool failed;   /* no memory */

	struct audit_snapshot *snapshots; /* oldest first */
	int snapshots_n;
	struct audit_events events;

	uint64_t segment_first; /* of the oldest segment, at the beginning */
	bool journal_good;
	uint64_t journal_first;
	struct rk_journal_end end;

	bool replayed;
	uint64_t replay_from; /* first command applied */
	struct rk_rebuilt rebuilt;
	uint64_t state_seq; /* snapshots up to there were passed */
};

/* Something does not fit. */
void audit_differ(struct audit *audit, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Something to know that is in order. */
void audit_note(struct audit *audit, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* All of it. CTL_OK (differences or not), or an exit code with the reason. */
int audit_run(struct audit *audit);
void audit_free(struct audit *audit);

/*
 * Have old files gone since it began? A daemon removes them as newer snapshots
 * come, and what is found then is no difference: audit anew.
 */
bool audit_was_overtaken(const struct audit *audit);

/* The events' part. open: 0 or -errno with the reason told. */
int audit_events_open(struct audit *audit);
void audit_events_close(struct audit_events *events);
/* From the beginning; events up to `after` are not of this replay. */
void audit_events_start(struct audit *audit, uint64_t after);
void audit_events_see(struct audit *audit, const struct rk_event *event);
/* Nothing more is replayed: what remains in the files? */
void audit_events_end(struct audit *audit, uint64_t last);
/* Without a replay: the files by themselves. */
void audit_events_alone(struct audit *audit);

#endif

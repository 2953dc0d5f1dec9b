/*
 * The state at a sequence number, built from what is on disk: the newest good
 * snapshot, and the journal behind it.
 *
 * One way for all who need it: the daemon at start, `riskctl audit` and
 * `riskctl explain`. Nothing is written. The journal is read twice: first to
 * check every hash up to its end and to learn what an operator had skipped,
 * then to apply it.
 *
 * Every group of the journal tells which event was the newest after it, and
 * the digest over all events up to then: a replay that comes to another is
 * refused at once.
 */
#ifndef RK_STORE_REBUILD_H
#define RK_STORE_REBUILD_H

#include "engine/cmd.h"
#include "engine/event.h"
#include "store/files.h"
#include "store/journal_file.h"
#include "store/snapshot.h"

struct rk_engine;

#define RK_REBUILD_TEXT_SIZE 768
#define RK_SKIPS_MAX         1024 /* commands that an operator left out */

struct rk_rebuild_options {
	const struct rk_files *files;
	/* The engine is sized for these at least. */
	struct rk_cmd_limits max;
	/* Begin with the newest snapshot of at most this sequence. */
	uint64_t snapshot_max; /* UINT64_MAX: any; 0: none, from the start */
	uint64_t before;       /* apply no command from this on; 0: all */
	/* A command to be left out, beside those the journal names; 0: none */
	uint64_t skip;
	bool manual; /* no thread that reads ahead */
	/* Each may be NULL. All are called on the caller's thread. */
	void (*event)(void *context, const struct rk_event *event);
	/* Before and after each command, with its engine. */
	void (*command)(void *context, const struct rk_engine *engine,
			const struct rk_cmd *cmd, bool applied);
	/* Each group as it was written, in the first reading. */
	void (*group)(void *context, const struct rk_journal_group *group);
	/*
	 * The journal is good, and nothing was applied yet: the newest event
	 * that it leads to, UINT64_MAX when it does not tell. skips: commands
	 * are left out, and events are others than were written.
	 */
	int (*checked)(void *context, uint64_t event, bool skips);
	/* The snapshot is loaded: no command was applied yet. */
	int (*loaded)(void *context, const struct rk_snapshot_meta *meta);
	/*
	 * Commands are about to be applied: whoever writes what follows from
	 * the journal calls rk_journal_repair() here.
	 */
	int (*ready)(void *context, struct rk_journal_end *end);
	void (*progress)(void *context, uint64_t done, uint64_t total);
	/* Something worth a line in a log: a snapshot that is no good. */
	void (*warn)(void *context, const char *text);
	void *context;
};

struct rk_rebuilt {
	struct rk_engine *engine;
	void *memory; /* of the engine; the caller's, for free() */
	struct rk_snapshot_meta snapshot; /* seq 0: there was none */
	struct rk_journal_end end;        /* of the whole journal */
	uint64_t commands;                /* applied */
	uint64_t skipped;                 /* left out by an operator */
	bool skip_is_new;                 /* options.skip: not so before */
	uint64_t load_ns;                 /* snapshot into engine */
	uint64_t check_ns;                /* first reading of the journal */
	uint64_t replay_ns;               /* second reading, with applying */
	uint32_t snapshots_refused;
};

/*
 * Returns 0, -ENOENT (no snapshot and no journal that begins with command 1,
 * though there are files), -EBADMSG (damage), -EPROTO (other format or rules),
 * -ENOMEM, or another -errno; error then says which file, what and the way
 * out. On an empty folder: 0 and an empty engine.
 */
int rk_rebuild(const struct rk_rebuild_options *options,
	       struct rk_rebuilt *ret_rebuilt,
	       char error[RK_REBUILD_TEXT_SIZE]);

/*
 * One snapshot alone, without the journal: loaded into an engine, its digest
 * and its books checked. Only files and max of the options count.
 * Returns and error as above, -ENOENT when it is not there.
 */
int rk_rebuild_snapshot(const struct rk_rebuild_options *options, uint64_t seq,
			struct rk_rebuilt *ret_rebuilt,
			char error[RK_REBUILD_TEXT_SIZE]);

/* An empty engine for these maxima: *ret_memory is the caller's, for free().
 * Returns 0, -ENOMEM, or -EINVAL when the maxima cannot work. */
int rk_engine_make(const struct rk_cmd_limits *max, void **ret_memory,
		   struct rk_engine **ret_engine);

#endif

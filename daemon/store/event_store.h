/*
 * Events in files: `events-<first number, 20 digits>.db`, SQLite, one row per
 * event, numbered without gaps over all files. docs/formats.md documents them.
 *
 * Files are cut where snapshots are taken. The newest file is written without
 * syncs; now and then a checkpoint in it says which event it reaches and the
 * digest over all events up to there. After a crash the file is kept up to its
 * checkpoint if that is in the journal too and every row is whole, else it is
 * removed; what is missing the replay of the journal writes. A file is sealed
 * (whole, synced) before the snapshot at its end is committed; sealed files
 * are never written again.
 *
 * Events are handed over by the loop into a bounded queue; a worker writes
 * them, and reads old ones for whoever asks. The newest file is locked by the
 * process that writes it; sealed ones can be queried by anybody.
 */
#ifndef RK_STORE_EVENT_STORE_H
#define RK_STORE_EVENT_STORE_H

#include "engine/event.h"
#include "engine/hash.h"
#include "store/files.h"

#define RK_EVENT_STORE_FORMAT    1
#define RK_EVENT_STORE_TEXT_SIZE 512
#define RK_EVENT_BODY_MAX        65536

struct rk_event_store;

/* All events up to this one, and nothing else, lead to this digest. */
struct rk_event_checkpoint {
	uint64_t event;
	struct rk_hash digest;
};

struct rk_event_store_options {
	const struct rk_files *files; /* borrowed */
	/*
	 * Keep the newest file up to this event, its checkpoint; 0: do not.
	 * The worker first looks at every row: rk_event_store_kept().
	 */
	uint64_t keep;
	uint64_t queue_bytes; /* waiting to be written */
	uint64_t keep_bytes;  /* of sealed files; the oldest go */
	bool manual;          /* no thread (tests) */
	/*
	 * Called from the worker when there is more room, an answer, a file
	 * sealed, or an error.
	 */
	void (*wake)(void *context);
	void *wake_context;
};

/* One event, as a row. body is what goes over the wire (proto Event). */
struct rk_event_row {
	uint64_t number;
	uint64_t seq;
	int64_t time_ns;
	uint32_t type;
	uint64_t account; /* 0: none */
	uint32_t market;  /* UINT32_MAX: none */
	const void *body;
	uint32_t size;
};

/* The row of an event of the engine; body is borrowed. */
struct rk_event_row rk_event_store_row(const struct rk_event *event,
				       const void *body, size_t size);

/*
 * Open with event `after` as the newest that is known (that of the snapshot;
 * 0: none): files that begin behind it are removed, for replay writes them
 * anew. The files before must be whole and without gap up to `after`; a file
 * that is missing at the old end is no damage.
 * Returns 0, -EBADMSG or -ENOENT with error naming the file, what is wrong
 * and the way out, -EPROTO (another format), or another -errno.
 */
int rk_event_store_open(const struct rk_event_store_options *options,
			uint64_t after, struct rk_event_store **ret_store,
			char error[RK_EVENT_STORE_TEXT_SIZE]);

/*
 * The newest file, if riskd was killed while it wrote it: its first event and
 * its checkpoint. False: there is none that could be kept. Undoes in it what
 * was not committed; nobody else may have it open.
 */
bool rk_event_store_left(const struct rk_files *files, uint64_t *ret_first,
			 struct rk_event_checkpoint *ret_checkpoint);

/* Write what is queued, close files, stop. Accepts NULL. */
void rk_event_store_close(struct rk_event_store *store);

/*
 * False: the queue is full, try again after wake; or the store has failed.
 * Numbers follow each other.
 */
bool rk_event_store_add(struct rk_event_store *store,
			const struct rk_event_row *row);

/*
 * With keep, once it is flushed: 0, or why the file cannot be kept, which is
 * the error of the store too; then it has to be opened without.
 */
int rk_event_store_kept(const struct rk_event_store *store);

/*
 * Note a checkpoint at the newest event added. Left out when there is no room:
 * it saves work after a crash, no more.
 */
void rk_event_store_checkpoint(struct rk_event_store *store,
			       const struct rk_event_checkpoint *checkpoint);

/* Seal the file behind the newest event added; the next begins a new one. */
void rk_event_store_cut(struct rk_event_store *store);

/* Every event up to this number is in sealed files. */
uint64_t rk_event_store_sealed(struct rk_event_store *store);

/* 0 or the -errno of a write that failed, with a reason. */
int rk_event_store_error(struct rk_event_store *store, const char **ret_reason);

/*
 * Events from this number on must stay (those behind the oldest snapshot).
 * Until this was said, all stay.
 */
void rk_event_store_need(struct rk_event_store *store, uint64_t from);

/* Oldest number that can be read; newest added + 1 while there is none. */
uint64_t rk_event_store_oldest(struct rk_event_store *store);
uint64_t rk_event_store_newest(struct rk_event_store *store); /* added */

/* Bytes of all files, and how many there are. */
void rk_event_store_sizes(struct rk_event_store *store, uint64_t *ret_bytes,
			  uint32_t *ret_files);

/* Wait until all that was added is in the files (not synced). */
int rk_event_store_flush(struct rk_event_store *store);

/* manual: one step of the worker. */
bool rk_event_store_step(struct rk_event_store *store);

/*
 * Reading, by the worker: post a request; after a wake, take what came. One
 * request is one piece: at most `events` rows that match, `visits` rows
 * looked at, `bytes` bytes of bodies.
 */
struct rk_event_request {
	uint64_t ticket; /* the asker's own */
	uint64_t from;
	uint32_t events;
	uint32_t visits;
	uint32_t bytes; /* but one row goes in, however large */
	/* Which rows: the asker's own judgement, called by the worker. */
	bool (*wanted)(const void *filter, const struct rk_event_row *row);
	unsigned char filter[32];
};

struct rk_event_answer {
	uint64_t ticket;
	int error;     /* 0, -ENOENT (from is gone), or -errno */
	uint64_t next; /* go on from here; of -ENOENT: the oldest there is */
	uint32_t events;
	/* The rows: heads with bodies; the taker's, for rk_event_answer_free */
	struct rk_event_row *rows;
	void *memory;
};

/* False: too many wait already. */
bool rk_event_store_ask(struct rk_event_store *store,
			const struct rk_event_request *request);
bool rk_event_store_take(struct rk_event_store *store,
			 struct rk_event_answer *ret_answer);
void rk_event_answer_free(struct rk_event_answer *answer);

/*
 * Offline: visit every event from a number on in the folder's files, checking
 * that numbers follow each other and files fit. The newest file may be
 * unsealed; while a riskd writes it, it is left out. Returns 0, what visit
 * returned, -ENOENT, -EBADMSG or another -errno with error.
 */
int rk_event_files_read(const struct rk_files *files, uint64_t from,
			int (*visit)(void *context,
				     const struct rk_event_row *row),
			void *context, char error[RK_EVENT_STORE_TEXT_SIZE]);

/*
 * The newest event in the files, as far as one can tell: what was not synced
 * may be anything, and then is not told. name: of its file. 0: none.
 */
uint64_t rk_event_files_newest(const struct rk_files *files,
			       char name[RK_FILE_NAME_SIZE]);

bool rk_event_file_name_parse(const char *name, uint64_t *ret_first);

#endif

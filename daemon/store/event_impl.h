/*
 * What the files of events are made of. Private to store/event_*.c.
 *
 * event_file.c writes one file, event_reader.c reads one, event_keep.c takes
 * one up again that a crash left behind; event_folder.c knows
 * which there are and whether they fit; event_queue.c holds what waits to be
 * written; event_store.c brings them together, event_work.c does what the
 * worker does, event_read.c answers askers.
 */
#ifndef RK_STORE_EVENT_IMPL_H
#define RK_STORE_EVENT_IMPL_H

#include <pthread.h>

#include "store/event_store.h"
#include "store/sqlite.h"
#include "store/sqlite_meta.h"
#include "store/worker.h"

_Static_assert(RK_EVENT_STORE_TEXT_SIZE >= RK_SQLITE_TEXT_SIZE,
	       "messages of SQLite files fit");

/* A file that is there. */
struct rk_event_file {
	uint64_t first;
	uint64_t last; /* sealed: of its meta; else of its rows, or first - 1 */
	uint64_t bytes;
	bool sealed;
};

#define RK_EVENT_FILE_KIND "riskd events"

/* Is it a file of events in a format that is read? */
int rk_event_meta_check(const struct rk_sqlite *lite,
			const struct rk_sqlite_meta *meta, char *error);

void rk_event_file_name(uint64_t first, char name[RK_FILE_NAME_SIZE]);

/* What the column `hash` of the row must be. */
int64_t rk_event_row_hash(const struct rk_event_row *row);

/* The file that is being written; zeroed memory: none. */
struct rk_event_writer {
	const struct rk_files *files;
	struct rk_sqlite lite;
	struct sqlite3_stmt *insert;
	struct sqlite3_stmt *pages;
	struct rk_event_file file;
	bool open; /* a transaction; false: all is committed */
};

int rk_event_writer_begin(const struct rk_files *files, uint64_t first,
			  struct rk_event_writer *ret_writer, char *error);
/* Go on with a file that has its statements still to be prepared. */
int rk_event_writer_prepare(struct rk_event_writer *writer, char *error);
/*
 * Take up a file that was left behind: rows behind its checkpoint are removed,
 * all others must be whole.
 * Returns 0, -EBADMSG (something is not as it must be), or another -errno.
 */
int rk_event_writer_keep(const struct rk_files *files, uint64_t first,
			 uint64_t last, struct rk_event_writer *ret_writer,
			 char *error);
/* Commit with it in meta. The last row must be its event. */
int rk_event_writer_checkpoint(struct rk_event_writer *writer,
			       const struct rk_event_checkpoint *checkpoint,
			       char *error);
int rk_event_writer_add(struct rk_event_writer *writer,
			const struct rk_event_row *row, char *error);
int rk_event_writer_commit(struct rk_event_writer *writer, char *error);
/* Commit, say in meta that it is whole, close, sync. The writer is gone. */
int rk_event_writer_seal(struct rk_event_writer *writer,
			 struct rk_event_file *ret_file, char *error);
void rk_event_writer_close(struct rk_event_writer *writer);

/* Are the tables those of a file of events? 0, -EBADMSG or another -errno. */
int rk_event_tables_check(const struct rk_sqlite *lite, char *error);

/* Reads one file, or through the writer's connection; zeroed: closed. */
struct rk_event_reader {
	struct rk_sqlite lite; /* borrowed when of a writer */
	bool borrowed;
	struct sqlite3_stmt *rows;
	uint64_t first; /* of the file */
	uint64_t next;  /* number that must come */
};

int rk_event_reader_open(const struct rk_files *files,
			 const struct rk_event_file *file,
			 struct rk_event_reader *ret_reader, char *error);
int rk_event_reader_open_writer(const struct rk_event_writer *writer,
				struct rk_event_reader *ret_reader,
				char *error);
int rk_event_reader_seek(struct rk_event_reader *reader, uint64_t number,
			 char *error);
/* 1 a row (its body lives until the next call), 0 no more, or -errno. */
int rk_event_reader_next(struct rk_event_reader *reader,
			 struct rk_event_row *ret_row, char *error);
/* Let go of the row, and of what the statement holds. */
void rk_event_reader_rest(struct rk_event_reader *reader);
void rk_event_reader_close(struct rk_event_reader *reader);

enum rk_event_check {
	RK_EVENT_CHECK_QUICK = 1, /* meta, first and last row */
	RK_EVENT_CHECK_COUNT = 2, /* and that no row between is missing */
	RK_EVENT_CHECK_LIVE = 3,  /* quick; another process may write it */
};

/* What the file of that first number holds. Keeps ret_file->bytes. */
int rk_event_file_check(const struct rk_files *files, uint64_t first,
			enum rk_event_check check,
			struct rk_event_file *ret_file, char *error);

/* Files by their first number; zeroed memory: none. */
struct rk_event_folder {
	struct rk_event_file *files;
	uint32_t n;
	uint32_t max;
};

/* Names and sizes of all that is there. */
int rk_event_folder_list(const struct rk_files *files,
			 struct rk_event_folder *ret_folder, char *error);
/*
 * Do they follow each other, up to event *after? Fills the rest in.
 * after NULL: wherever they end; the last file may be unsealed, even be
 * written at the moment (then it is left out).
 */
int rk_event_folder_check(const struct rk_files *files,
			  struct rk_event_folder *folder, const uint64_t *after,
			  char *error);
int rk_event_folder_add(struct rk_event_folder *folder,
			const struct rk_event_file *file);
void rk_event_folder_drop_oldest(struct rk_event_folder *folder);
/* The file that holds number, or the first behind; n: there is none. */
uint32_t rk_event_folder_find(const struct rk_event_folder *folder,
			      uint64_t number);
void rk_event_folder_free(struct rk_event_folder *folder);
/* With what SQLite may have left beside it. */
int rk_event_folder_remove_file(const struct rk_files *files, uint64_t first);

/*
 * A ring of bytes with one who puts and one who takes. Not locked: the owner
 * locks around all calls; what was peeked at stays until it is taken.
 */
struct rk_event_queue {
	unsigned char *bytes;
	uint64_t size;
	uint64_t head; /* put so far; only grows */
	uint64_t tail; /* taken so far */
};

enum rk_event_entry_kind {
	RK_EVENT_ENTRY_ROW = 1,
	RK_EVENT_ENTRY_CUT = 2,
	RK_EVENT_ENTRY_CHECKPOINT = 3,
	RK_EVENT_ENTRY_SKIP = 4, /* the queue's own: nothing up to its end */
};

struct rk_event_entry {
	enum rk_event_entry_kind kind;
	uint32_t size; /* of the body of a row */
	union {
		struct rk_event_row row;
		struct rk_event_checkpoint checkpoint;
	};
};

int rk_event_queue_open(uint64_t bytes, struct rk_event_queue *ret_queue);
void rk_event_queue_close(struct rk_event_queue *queue);
/* False: no room. */
bool rk_event_queue_put(struct rk_event_queue *queue,
			const struct rk_event_row *row);
bool rk_event_queue_put_checkpoint(
	struct rk_event_queue *queue,
	const struct rk_event_checkpoint *checkpoint);
bool rk_event_queue_put_cut(struct rk_event_queue *queue);
/* The entry at *at (from tail); moves *at behind it. False: none up to head */
bool rk_event_queue_peek(const struct rk_event_queue *queue, uint64_t head,
			 uint64_t *at, struct rk_event_entry *ret_entry);

#define RK_EVENT_ASKS_MAX 64 /* waiting, or answered and not taken */

struct rk_event_store {
	struct rk_event_store_options options;
	struct rk_worker *worker;

	/* Under the lock, which is never held while the disk is waited for. */
	pthread_mutex_t lock;
	pthread_cond_t settled;
	struct rk_event_queue queue;
	uint64_t newest;  /* added */
	uint64_t cut;     /* newest when last cut */
	uint64_t written; /* in the file, maybe not committed */
	uint64_t sealed;
	uint64_t oldest;
	uint64_t need;
	uint64_t bytes;
	uint32_t files_n;
	bool full;   /* somebody was told that there is no room */
	bool dirty;  /* rows are not committed, or a piece is being done */
	bool retain; /* look whether files may go */
	int error;
	char reason[RK_EVENT_STORE_TEXT_SIZE];
	struct rk_event_request asks[RK_EVENT_ASKS_MAX];
	uint32_t asks_first;
	uint32_t asks_n;
	struct rk_event_answer answers[RK_EVENT_ASKS_MAX];
	uint32_t answers_first;
	uint32_t answers_n;

	/* The worker's own. */
	uint64_t
		keep; /* the file it has to take up first; 0: none (any more) */
	int kept;     /* what came of that; read by who has flushed */
	struct rk_event_folder folder; /* sealed ones */
	struct rk_event_writer writer;
	struct rk_event_reader reader;
};

/* One step of the worker. */
bool rk_event_work_step(void *context);

/* Answer one request. Called by the worker, without the lock. */
void rk_event_read_answer(struct rk_event_store *store,
			  const struct rk_event_request *request,
			  uint64_t oldest, struct rk_event_answer *ret_answer);

#endif

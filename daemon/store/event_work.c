/*
 * What the worker of the event store does: write what waits, cut files, let
 * the oldest go, answer. See event_impl.h.
 *
 * One step is a piece of each, so that askers do not wait behind a long queue
 * nor the queue behind askers. The lock is taken to see what there is to do
 * and to tell what was done, never while the disk works.
 */
#include <errno.h>
#include <string.h>

#include "engine/assert.h"
#include "store/event_impl.h"

#define ROWS_PER_STEP   1024U
#define ROWS_PER_COMMIT 65536U

/* What a step has to do, as seen under the lock. */
struct work {
	uint64_t head;
	uint64_t tail;
	uint64_t oldest;
	uint64_t need;
	uint64_t written;
	bool retain;
	bool ask;
	struct rk_event_request request;
	/* What came of it. */
	uint64_t sealed; /* 0: nothing */
	bool settled;    /* all that was there is in the files */
	bool told;       /* somebody may wait for it */
	int error;
	char reason[RK_EVENT_STORE_TEXT_SIZE];
};

/* Take what is asked first, unless what it asks for still waits. */
static void take_ask(struct rk_event_store *store, struct work *work)
{
	const struct rk_event_request *ask = &store->asks[store->asks_first];

	if (store->asks_n == 0)
		return;
	if (ask->from > store->written && store->error == 0 &&
	    store->queue.head != store->queue.tail)
		return;
	work->ask = true;
	work->request = *ask;
	store->asks_first = (store->asks_first + 1) % RK_EVENT_ASKS_MAX;
	store->asks_n--;
}

/* False: there is nothing to do. */
static bool take_work(struct rk_event_store *store, struct work *work)
{
	bool any;

	(void)pthread_mutex_lock(&store->lock);
	take_ask(store, work);
	work->error = store->error;
	work->head = store->queue.head;
	work->tail = store->queue.tail;
	work->oldest = store->oldest;
	work->need = store->need;
	work->written = store->written;
	work->retain = store->retain;
	store->retain = false;
	if (store->error != 0)
		work->tail = work->head; /* nothing is written any more */
	any = work->ask || work->retain || work->tail != work->head ||
	      store->keep != 0;
	if (work->tail != work->head)
		store->dirty = true;
	(void)pthread_mutex_unlock(&store->lock);
	return any;
}

static int write_row(struct rk_event_store *store, struct work *work,
		     const struct rk_event_row *row)
{
	struct rk_event_writer *writer = &store->writer;
	int r = 0;

	if (!writer->lite.db)
		r = rk_event_writer_begin(store->options.files, row->number,
					  writer, work->reason);
	if (r == 0)
		r = rk_event_writer_add(writer, row, work->reason);
	if (r == 0 &&
	    (row->number - writer->file.first + 1) % ROWS_PER_COMMIT == 0)
		r = rk_event_writer_commit(writer, work->reason);
	if (r == 0)
		work->written = row->number;
	return r;
}

/* Behind a cut there is no file that it could be about. */
static int write_checkpoint(struct rk_event_store *store, struct work *work,
			    const struct rk_event_checkpoint *checkpoint)
{
	struct rk_event_writer *writer = &store->writer;

	if (!writer->lite.db || writer->file.last != checkpoint->event)
		return 0;
	return rk_event_writer_checkpoint(writer, checkpoint, work->reason);
}

/* Through the writer's connection: it must go before that closes. */
static void forget_reader(struct rk_event_store *store)
{
	if (store->reader.rows)
		rk_event_reader_close(&store->reader);
}

static int seal_file(struct rk_event_store *store, struct work *work)
{
	struct rk_event_file file;
	int r;

	RK_ASSERT(store->writer.lite.db); /* a cut follows a row */
	forget_reader(store);
	r = rk_event_writer_seal(&store->writer, &file, work->reason);
	if (r < 0)
		return r;
	r = rk_event_folder_add(&store->folder, &file);
	if (r < 0)
		return rk_sqlite_say(work->reason, r,
				     "no memory for another file of events");
	work->sealed = file.last;
	work->retain = true;
	work->told = true;
	return 0;
}

static void write_queue(struct rk_event_store *store, struct work *work)
{
	struct rk_event_entry entry;
	uint32_t n = 0;
	int r = 0;

	while (r == 0 && n < ROWS_PER_STEP &&
	       rk_event_queue_peek(&store->queue, work->head, &work->tail,
				   &entry)) {
		if (entry.kind == RK_EVENT_ENTRY_ROW)
			r = write_row(store, work, &entry.row);
		else if (entry.kind == RK_EVENT_ENTRY_CUT)
			r = seal_file(store, work);
		else
			r = write_checkpoint(store, work, &entry.checkpoint);
		n++;
	}
	work->error = r;
}

/* The first thing to do, where the replay leaves out what it holds. */
static void keep_file(struct rk_event_store *store, struct work *work)
{
	/* It begins behind the sealed ones, and nothing was sealed since. */
	work->error =
		rk_event_writer_keep(store->options.files, store->sealed + 1,
				     store->keep, &store->writer, work->reason);
	store->kept = work->error;
	store->keep = 0;
	if (work->error < 0)
		work->tail = work->head; /* nothing is written any more */
}

/* The oldest go while there is too much of them and nobody needs them. */
static void drop_files(struct rk_event_store *store, struct work *work)
{
	struct rk_event_folder *folder = &store->folder;
	uint64_t bytes = 0;
	bool any = false;

	for (uint32_t i = 0; i < folder->n; i++)
		bytes += folder->files[i].bytes;
	while (folder->n > 0 && bytes > store->options.keep_bytes &&
	       folder->files[0].last < work->need) {
		struct rk_event_file file = folder->files[0];

		if (store->reader.rows && store->reader.first == file.first)
			rk_event_reader_close(&store->reader);
		/* What cannot go now is tried again behind the next seal. */
		if (rk_event_folder_remove_file(store->options.files,
						file.first) < 0)
			break;
		rk_event_folder_drop_oldest(folder);
		bytes -= file.bytes;
		work->oldest = file.last + 1;
		any = true;
	}
	/* Should they come back after a crash: they go again. */
	if (any)
		(void)rk_files_sync_dir(store->options.files);
}

static void tell_answer(struct rk_event_store *store, struct work *work,
			const struct rk_event_answer *answer)
{
	uint32_t at;

	(void)pthread_mutex_lock(&store->lock);
	at = (store->answers_first + store->answers_n) % RK_EVENT_ASKS_MAX;
	RK_ASSERT(store->answers_n < RK_EVENT_ASKS_MAX);
	store->answers[at] = *answer;
	store->answers_n++;
	(void)pthread_mutex_unlock(&store->lock);
	work->told = true;
}

static void answer_ask(struct rk_event_store *store, struct work *work)
{
	struct rk_event_answer answer = {
		.ticket = work->request.ticket,
		.next = work->request.from,
		.error = work->error,
	};

	if (work->error == 0)
		rk_event_read_answer(store, &work->request, work->oldest,
				     &answer);
	tell_answer(store, work, &answer);
}

/* Nothing waits any more: what was written is to be seen by who flushes. */
static void settle(struct rk_event_store *store, struct work *work)
{
	if (work->error == 0 && store->writer.open)
		work->error =
			rk_event_writer_commit(&store->writer, work->reason);
	work->settled = true;
}

static uint64_t count_bytes(const struct rk_event_store *store)
{
	uint64_t bytes = store->writer.lite.db ? store->writer.file.bytes : 0;

	for (uint32_t i = 0; i < store->folder.n; i++)
		bytes += store->folder.files[i].bytes;
	return bytes;
}

static void tell_work(struct rk_event_store *store, struct work *work)
{
	uint64_t bytes = count_bytes(store);

	(void)pthread_mutex_lock(&store->lock);
	if (work->error != 0 && store->error == 0) {
		memcpy(store->reason, work->reason, sizeof(store->reason));
		store->error = work->error;
		work->told = true;
	}
	if (store->full && work->tail != store->queue.tail) {
		store->full = false;
		work->told = true;
	}
	store->queue.tail = work->tail;
	store->written = work->written;
	store->oldest = work->oldest;
	store->bytes = bytes;
	store->files_n = store->folder.n + (store->writer.lite.db ? 1 : 0);
	if (work->sealed != 0)
		store->sealed = work->sealed;
	if (work->settled)
		store->dirty = false;
	(void)pthread_cond_broadcast(&store->settled);
	(void)pthread_mutex_unlock(&store->lock);
}

bool rk_event_work_step(void *context)
{
	struct rk_event_store *store = context;
	struct work work = {.told = false};

	if (!take_work(store, &work))
		return false;
	if (store->keep != 0)
		keep_file(store, &work);
	if (work.ask)
		answer_ask(store, &work);
	if (work.tail != work.head && work.error == 0)
		write_queue(store, &work);
	if (work.retain && work.error == 0)
		drop_files(store, &work);
	if (work.tail == work.head)
		settle(store, &work);
	tell_work(store, &work);
	if (work.told && store->options.wake)
		store->options.wake(store->options.wake_context);
	return true;
}

/*
 * The store of events as its owner sees it. See event_store.h.
 *
 * Everything here is called by the loop and returns at once, except opening,
 * flushing and closing. What waits for the disk is in event_work.c.
 */
#include "store/event_store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/assert.h"
#include "store/event_impl.h"

/* Of all n, those behind the ones kept in the folder. */
static int remove_newer(const struct rk_files *files,
			const struct rk_event_folder *folder, uint32_t n,
			char *error)
{
	int r = 0;

	for (uint32_t i = n; r == 0 && i > folder->n; i--)
		r = rk_event_folder_remove_file(files,
						folder->files[i - 1].first);
	if (r == 0 && folder->n < n)
		r = rk_files_sync_dir(files);
	if (r < 0)
		return rk_sqlite_say(
			error, r,
			"events from %llu on cannot be removed: "
			"%s",
			(unsigned long long)folder->files[folder->n].first,
			strerror(-r));
	return 0;
}

/*
 * Files that begin behind what is known are written anew by the replay; they
 * are removed only once it is clear that the others will do.
 */
static int open_folder(struct rk_event_store *store, uint64_t after,
		       char *error)
{
	const struct rk_files *files = store->options.files;
	struct rk_event_folder *folder = &store->folder;
	int r = rk_event_folder_list(files, folder, error);
	uint32_t n = folder->n;

	while (folder->n > 0 && folder->files[folder->n - 1].first > after)
		folder->n--;
	if (r == 0)
		r = rk_event_folder_check(files, folder, &after, error);
	if (r == 0 && store->options.keep == 0)
		r = remove_newer(files, folder, n, error);
	if (r == 0 && store->options.keep != 0 &&
	    (n != folder->n + 1 || folder->files[folder->n].first != after + 1))
		r = rk_sqlite_say(error, -EBADMSG,
				  "there is no file of events from %llu on "
				  "that could be kept",
				  (unsigned long long)after + 1);
	if (r < 0)
		return r;
	store->oldest = folder->n > 0 ? folder->files[0].first : after + 1;
	for (uint32_t i = 0; i < folder->n; i++)
		store->bytes += folder->files[i].bytes;
	store->files_n = folder->n;
	return 0;
}

static int open_worker(struct rk_event_store *store, char *error)
{
	struct rk_worker_options options = {
		.name = "rk-events",
		.step = rk_event_work_step,
		.context = store,
		.manual = store->options.manual,
	};
	int r = rk_worker_open(&options, &store->worker);

	if (r < 0)
		return rk_sqlite_say(error, r,
				     "the worker of events does not start: %s",
				     strerror(-r));
	return 0;
}

struct rk_event_row rk_event_store_row(const struct rk_event *event,
				       const void *body, size_t size)
{
	return (struct rk_event_row){
		.number = event->number,
		.seq = event->seq,
		.time_ns = event->time_ns,
		.type = event->type,
		.account = event->account,
		.market = event->market,
		.body = body,
		.size = (uint32_t)size,
	};
}

int rk_event_store_open(const struct rk_event_store_options *options,
			uint64_t after, struct rk_event_store **ret_store,
			char error[RK_EVENT_STORE_TEXT_SIZE])
{
	struct rk_event_store *store = calloc(1, sizeof(*store));
	int r;

	if (!store)
		return rk_sqlite_say(error, -ENOMEM,
				     "no memory for the store of events");
	store->options = *options;
	store->newest = options->keep != 0 ? options->keep : after;
	store->cut = after;
	store->written = store->newest;
	store->sealed = after;
	store->keep = options->keep;
	store->dirty = options->keep != 0; /* until it was looked at */
	(void)pthread_mutex_init(&store->lock, NULL);
	(void)pthread_cond_init(&store->settled, NULL);
	r = rk_event_queue_open(options->queue_bytes, &store->queue);
	if (r < 0)
		(void)rk_sqlite_say(error, r, "no memory for waiting events");
	if (r == 0)
		r = open_folder(store, after, error);
	if (r == 0)
		r = open_worker(store, error);
	if (r < 0) {
		rk_event_store_close(store);
		return r;
	}
	if (options->keep != 0)
		rk_worker_kick(store->worker);
	*ret_store = store;
	return 0;
}

void rk_event_store_close(struct rk_event_store *store)
{
	if (!store)
		return;
	if (store->worker) {
		(void)rk_event_store_flush(store); /* told by error() */
		rk_worker_close(store->worker);
	}
	rk_event_reader_close(&store->reader);
	rk_event_writer_close(&store->writer);
	rk_event_folder_free(&store->folder);
	while (store->answers_n > 0) {
		struct rk_event_answer answer;

		if (rk_event_store_take(store, &answer))
			rk_event_answer_free(&answer);
	}
	rk_event_queue_close(&store->queue);
	(void)pthread_cond_destroy(&store->settled);
	(void)pthread_mutex_destroy(&store->lock);
	free(store);
}

bool rk_event_store_add(struct rk_event_store *store,
			const struct rk_event_row *row)
{
	bool idle;
	bool put;

	(void)pthread_mutex_lock(&store->lock);
	RK_ASSERT(row->number == store->newest + 1);
	idle = store->queue.head == store->queue.tail;
	put = store->error == 0 && rk_event_queue_put(&store->queue, row);
	if (put)
		store->newest = row->number;
	else
		store->full = true;
	(void)pthread_mutex_unlock(&store->lock);
	/* While something waits, the worker is at it or was kicked. */
	if (put && idle)
		rk_worker_kick(store->worker);
	return put;
}

int rk_event_store_kept(const struct rk_event_store *store)
{
	return store->kept;
}

void rk_event_store_checkpoint(struct rk_event_store *store,
			       const struct rk_event_checkpoint *checkpoint)
{
	bool put = false;
	bool idle;

	(void)pthread_mutex_lock(&store->lock);
	RK_ASSERT(checkpoint->event <= store->newest);
	idle = store->queue.head == store->queue.tail;
	if (store->error == 0)
		put = rk_event_queue_put_checkpoint(&store->queue, checkpoint);
	(void)pthread_mutex_unlock(&store->lock);
	if (put && idle)
		rk_worker_kick(store->worker);
}

void rk_event_store_cut(struct rk_event_store *store)
{
	bool put = false;

	(void)pthread_mutex_lock(&store->lock);
	if (store->cut < store->newest) {
		put = rk_event_queue_put_cut(&store->queue);
		/* Whoever cuts waits for it: there are never that many. */
		RK_ASSERT(put || store->error != 0);
		store->cut = store->newest;
	}
	(void)pthread_mutex_unlock(&store->lock);
	if (put)
		rk_worker_kick(store->worker);
}

uint64_t rk_event_store_sealed(struct rk_event_store *store)
{
	uint64_t sealed;

	(void)pthread_mutex_lock(&store->lock);
	sealed = store->sealed;
	(void)pthread_mutex_unlock(&store->lock);
	return sealed;
}

int rk_event_store_error(struct rk_event_store *store, const char **ret_reason)
{
	int error;

	(void)pthread_mutex_lock(&store->lock);
	error = store->error;
	(void)pthread_mutex_unlock(&store->lock);
	/* The text was written before the error and never changes again. */
	if (error != 0)
		*ret_reason = store->reason;
	return error;
}

void rk_event_store_need(struct rk_event_store *store, uint64_t from)
{
	(void)pthread_mutex_lock(&store->lock);
	store->need = from;
	store->retain = true;
	(void)pthread_mutex_unlock(&store->lock);
	rk_worker_kick(store->worker);
}

uint64_t rk_event_store_oldest(struct rk_event_store *store)
{
	uint64_t oldest;

	(void)pthread_mutex_lock(&store->lock);
	oldest = store->oldest;
	(void)pthread_mutex_unlock(&store->lock);
	return oldest;
}

uint64_t rk_event_store_newest(struct rk_event_store *store)
{
	uint64_t newest;

	(void)pthread_mutex_lock(&store->lock);
	newest = store->newest;
	(void)pthread_mutex_unlock(&store->lock);
	return newest;
}

void rk_event_store_sizes(struct rk_event_store *store, uint64_t *ret_bytes,
			  uint32_t *ret_files)
{
	(void)pthread_mutex_lock(&store->lock);
	*ret_bytes = store->bytes;
	*ret_files = store->files_n;
	(void)pthread_mutex_unlock(&store->lock);
}

static bool is_settled(const struct rk_event_store *store)
{
	return store->error != 0 ||
	       (store->queue.head == store->queue.tail && !store->dirty);
}

int rk_event_store_flush(struct rk_event_store *store)
{
	int error;

	if (store->options.manual) {
		while (rk_event_store_step(store))
			;
	}
	(void)pthread_mutex_lock(&store->lock);
	while (!is_settled(store))
		(void)pthread_cond_wait(&store->settled, &store->lock);
	error = store->error;
	(void)pthread_mutex_unlock(&store->lock);
	return error;
}

bool rk_event_store_step(struct rk_event_store *store)
{
	return rk_worker_step(store->worker);
}

bool rk_event_store_ask(struct rk_event_store *store,
			const struct rk_event_request *request)
{
	bool room;

	(void)pthread_mutex_lock(&store->lock);
	room = store->asks_n + store->answers_n < RK_EVENT_ASKS_MAX;
	if (room) {
		uint32_t at =
			(store->asks_first + store->asks_n) % RK_EVENT_ASKS_MAX;

		store->asks[at] = *request;
		store->asks_n++;
	}
	(void)pthread_mutex_unlock(&store->lock);
	if (room)
		rk_worker_kick(store->worker);
	return room;
}

bool rk_event_store_take(struct rk_event_store *store,
			 struct rk_event_answer *ret_answer)
{
	bool there;

	(void)pthread_mutex_lock(&store->lock);
	there = store->answers_n > 0;
	if (there) {
		*ret_answer = store->answers[store->answers_first];
		store->answers_first =
			(store->answers_first + 1) % RK_EVENT_ASKS_MAX;
		store->answers_n--;
	}
	(void)pthread_mutex_unlock(&store->lock);
	return there;
}

void rk_event_answer_free(struct rk_event_answer *answer)
{
	free(answer->memory);
	answer->memory = NULL;
	answer->rows = NULL;
	answer->events = 0;
}

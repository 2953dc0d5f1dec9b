/*
 * A worker and its thread. See worker.h.
 */
#define _GNU_SOURCE /* pthread_setname_np */
#include "store/worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "engine/assert.h"

struct rk_worker {
	struct rk_worker_options options;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool kicked;
	bool stopping;
};

/* Wait for a kick: false when it is time to go. */
static bool wait_kick(struct rk_worker *worker)
{
	bool stopping;

	(void)pthread_mutex_lock(&worker->lock);
	while (!worker->kicked && !worker->stopping)
		(void)pthread_cond_wait(&worker->changed, &worker->lock);
	worker->kicked = false;
	stopping = worker->stopping;
	(void)pthread_mutex_unlock(&worker->lock);
	return !stopping;
}

static bool is_stopping(struct rk_worker *worker)
{
	bool stopping;

	(void)pthread_mutex_lock(&worker->lock);
	stopping = worker->stopping;
	(void)pthread_mutex_unlock(&worker->lock);
	return stopping;
}

static void *run(void *argument)
{
	struct rk_worker *worker = argument;
	const struct rk_worker_options *options = &worker->options;

	/* Both are a help, not a condition: of this thread alone, on Linux. */
	(void)pthread_setname_np(pthread_self(), options->name);
	if (options->nice > 0)
		(void)setpriority(PRIO_PROCESS, 0, options->nice);

	while (wait_kick(worker))
		while (options->step(options->context))
			if (is_stopping(worker))
				break;
	return NULL;
}

/* Signals are for the loop: the new thread inherits that all are blocked. */
static int start(struct rk_worker *worker)
{
	sigset_t all;
	sigset_t before;
	int r;

	(void)sigfillset(&all);
	r = pthread_sigmask(SIG_SETMASK, &all, &before);
	if (r != 0)
		return -r;
	r = pthread_create(&worker->thread, NULL, run, worker);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -r;
}

int rk_worker_open(const struct rk_worker_options *options,
		   struct rk_worker **ret_worker)
{
	struct rk_worker *worker = calloc(1, sizeof(*worker));
	int r;

	if (!worker)
		return -ENOMEM;
	worker->options = *options;
	(void)pthread_mutex_init(&worker->lock, NULL); /* cannot fail here */
	(void)pthread_cond_init(&worker->changed, NULL);
	r = options->manual ? 0 : start(worker);
	if (r < 0) {
		(void)pthread_cond_destroy(&worker->changed);
		(void)pthread_mutex_destroy(&worker->lock);
		free(worker);
		return r;
	}
	*ret_worker = worker;
	return 0;
}

void rk_worker_kick(struct rk_worker *worker)
{
	bool asleep;

	if (worker->options.manual)
		return;
	(void)pthread_mutex_lock(&worker->lock);
	asleep = !worker->kicked;
	worker->kicked = true;
	(void)pthread_mutex_unlock(&worker->lock);
	if (asleep)
		(void)pthread_cond_signal(&worker->changed);
}

bool rk_worker_step(struct rk_worker *worker)
{
	RK_ASSERT(worker->options.manual);
	return worker->options.step(worker->options.context);
}

bool rk_worker_is_manual(const struct rk_worker *worker)
{
	return worker->options.manual;
}

void rk_worker_close(struct rk_worker *worker)
{
	if (!worker)
		return;
	if (!worker->options.manual) {
		(void)pthread_mutex_lock(&worker->lock);
		worker->stopping = true;
		(void)pthread_mutex_unlock(&worker->lock);
		(void)pthread_cond_signal(&worker->changed);
		(void)pthread_join(worker->thread, NULL);
	}
	(void)pthread_cond_destroy(&worker->changed);
	(void)pthread_mutex_destroy(&worker->lock);
	free(worker);
}

void rk_worker_abandon(struct rk_worker *worker)
{
	RK_ASSERT(!worker->options.manual);
	(void)pthread_detach(worker->thread);
}

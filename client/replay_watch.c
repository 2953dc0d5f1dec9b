/*
 * The subscriber's thread. What both threads touch is under one mutex; it is
 * held for a few stores only. See the header.
 */
#include "replay_watch.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define POLL_MS    50
#define KEEP_UP_MS 10000
#define SENT_MAX   4096u /* requests whose time is remembered */
#define BITS_FIRST (UINT64_C(1) << 20)
#define BITS_MAX   (UINT64_C(1) << 36)

/* The commands after the entry before it, up to seq, were sent at sent_ns. */
struct sent {
	uint64_t seq;
	uint64_t sent_ns; /* 0: no prices in it */
};

struct rk_replay_watch {
	struct risk_sub *sub;
	struct rk_replay_error *error;
	pthread_t thread;
	bool running;
	pthread_mutex_t mutex;
	pthread_cond_t moved; /* seen has grown, or the thread ended */
	/* Under the mutex: */
	bool stop;
	bool ended;
	int failed;
	uint64_t seen;
	uint64_t sending_ns;
	uint64_t sent_n; /* entries ever made */
	struct sent sent[SENT_MAX];
	/* The thread's own until it has ended: */
	uint64_t first;
	uint8_t *bits; /* one per event number from first on; owned */
	uint64_t bits_n;
	struct rk_replay_watched watched;
};

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail here */
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int make_room(struct rk_replay_watch *watch, uint64_t at)
{
	uint64_t n = watch->bits_n == 0 ? BITS_FIRST : watch->bits_n;
	uint8_t *bits;

	while (n <= at && n < BITS_MAX)
		n *= 2;
	if (n <= at)
		return -ENOMEM;
	bits = realloc(watch->bits, n / 8);
	if (!bits)
		return -ENOMEM;
	memset(bits + watch->bits_n / 8, 0, (n - watch->bits_n) / 8);
	watch->bits = bits;
	watch->bits_n = n;
	return 0;
}

/* Tick the number off. 0 or -ENOMEM. */
static int tick_off(struct rk_replay_watch *watch, const struct risk_item *item)
{
	uint64_t at = item->event->number - watch->first;
	uint8_t bit = (uint8_t)(1u << at % 8);

	if (item->event->number < watch->first)
		return 0;
	if (at >= watch->bits_n && make_room(watch, at) < 0)
		return -ENOMEM;
	if (watch->bits[at / 8] & bit) {
		watch->watched.doubled++;
		return 0;
	}
	watch->bits[at / 8] |= bit;
	watch->watched.seen++;
	if (item->caught_up)
		watch->watched.caught_up++;
	return 0;
}

/* When the prices that caused command seq were sent; 0: not known. */
static uint64_t sent_at(const struct rk_replay_watch *watch, uint64_t seq)
{
	uint64_t sent_ns = watch->sending_ns; /* if not answered yet */
	uint64_t oldest =
		watch->sent_n > SENT_MAX ? watch->sent_n - SENT_MAX : 0;

	for (uint64_t i = watch->sent_n; i > oldest; i--) {
		const struct sent *sent = &watch->sent[(i - 1) % SENT_MAX];

		if (seq > sent->seq)
			return sent_ns;
		sent_ns = sent->sent_ns;
	}
	/* The oldest entry has no known beginning. */
	return 0;
}

static void measure(struct rk_replay_watch *watch, const struct risk_item *item)
{
	const Riskd__Event *event = item->event;
	uint64_t sent_ns;

	if (event->kind_case != RISKD__EVENT__KIND_ORDER || item->caught_up ||
	    event->order->phase !=
		    RISKD__LIQUIDATION_ORDER__PHASE__PHASE_OPENED)
		return;
	pthread_mutex_lock(&watch->mutex);
	sent_ns = sent_at(watch, event->seq);
	pthread_mutex_unlock(&watch->mutex);
	if (sent_ns != 0 && item->received_ns > sent_ns)
		rk_replay_latency_add(&watch->watched.tick_to_order,
				      item->received_ns - sent_ns);
}

static int take_item(struct rk_replay_watch *watch)
{
	struct risk_item item;
	int r = risk_next(watch->sub, POLL_MS, &item);

	/* A daemon that is busy for a while is not a failure. */
	if (r == -EAGAIN || r == -ETIMEDOUT)
		return 0;
	if (r != 0)
		return r;
	if (!item.event)
		return 0;
	measure(watch, &item);
	return tick_off(watch, &item);
}

static void *run(void *arg)
{
	struct rk_replay_watch *watch = arg;
	bool stop = false;
	int r = 0;

	while (!stop && r == 0) {
		r = take_item(watch);
		pthread_mutex_lock(&watch->mutex);
		stop = watch->stop;
		watch->seen = watch->watched.seen;
		pthread_cond_signal(&watch->moved);
		pthread_mutex_unlock(&watch->mutex);
	}
	pthread_mutex_lock(&watch->mutex);
	watch->failed = r;
	watch->ended = true;
	pthread_cond_signal(&watch->moved);
	pthread_mutex_unlock(&watch->mutex);
	return NULL;
}

static int init_condition(struct rk_replay_watch *watch)
{
	pthread_condattr_t attributes;
	int r = pthread_condattr_init(&attributes);

	if (r != 0)
		return -r;
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	r = pthread_cond_init(&watch->moved, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	return -r;
}

/*
 * Subscribe, and only then ask how far the daemon is: whatever comes after
 * that comes to the subscription.
 */
static int subscribe(struct rk_replay_watch *watch, struct risk *risk)
{
	struct risk_follow follow = {.stream = RISK_EVENTS, .topic = ""};
	Riskd__Answer *answer;
	int r = risk_subscribe(risk, &follow, &watch->sub);

	if (r == 0)
		r = risk_status(risk, &answer);
	if (r != 0)
		return rk_replay_error_set(watch->error, r < 0 ? r : -EPROTO,
					   "cannot follow events: %s",
					   risk_error(risk));
	watch->first = answer->status->last_event + 1;
	riskd__answer__free_unpacked(answer, NULL);
	return 0;
}

int rk_replay_watch_open(struct risk *risk, struct rk_replay_error *error,
			 uint64_t *ret_first,
			 struct rk_replay_watch **ret_watch)
{
	struct rk_replay_watch *watch = calloc(1, sizeof(*watch));
	int r;

	if (!watch || init_condition(watch) < 0) {
		free(watch);
		return rk_replay_error_set(error, -ENOMEM,
					   "no memory to follow events");
	}
	watch->error = error;
	(void)pthread_mutex_init(&watch->mutex, NULL); /* cannot fail */
	r = subscribe(watch, risk);
	if (r < 0)
		goto fail;
	r = -pthread_create(&watch->thread, NULL, run, watch);
	if (r < 0) {
		rk_replay_error_set(error, r, "cannot start a thread: %s",
				    strerror(-r));
		goto fail;
	}
	watch->running = true;
	*ret_first = watch->first;
	*ret_watch = watch;
	return 0;

fail:
	rk_replay_watch_close(watch);
	return r;
}

static void stop(struct rk_replay_watch *watch)
{
	if (!watch->running)
		return;
	pthread_mutex_lock(&watch->mutex);
	watch->stop = true;
	pthread_mutex_unlock(&watch->mutex);
	(void)pthread_join(watch->thread, NULL);
	watch->running = false;
}

void rk_replay_watch_close(struct rk_replay_watch *watch)
{
	if (!watch)
		return;
	stop(watch);
	risk_unsubscribe(watch->sub);
	(void)pthread_cond_destroy(&watch->moved);
	(void)pthread_mutex_destroy(&watch->mutex);
	free(watch->bits);
	free(watch);
}

void rk_replay_watch_sending(struct rk_replay_watch *watch)
{
	pthread_mutex_lock(&watch->mutex);
	watch->sending_ns = monotonic_ns();
	pthread_mutex_unlock(&watch->mutex);
}

void rk_replay_watch_acked(struct rk_replay_watch *watch, uint64_t seq)
{
	pthread_mutex_lock(&watch->mutex);
	watch->sent[watch->sent_n % SENT_MAX] =
		(struct sent){seq, watch->sending_ns};
	watch->sent_n++;
	watch->sending_ns = 0;
	pthread_mutex_unlock(&watch->mutex);
}

static void wait_for(struct rk_replay_watch *watch, uint64_t want, int wait_ms)
{
	struct timespec until;
	int r = 0;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += wait_ms / 1000;
	pthread_mutex_lock(&watch->mutex);
	while (watch->seen < want && !watch->ended && r == 0)
		r = pthread_cond_timedwait(&watch->moved, &watch->mutex,
					   &until);
	pthread_mutex_unlock(&watch->mutex);
}

void rk_replay_watch_keep_up(struct rk_replay_watch *watch, uint64_t last,
			     uint64_t behind_max)
{
	uint64_t want = last + 1 - watch->first;

	wait_for(watch, want > behind_max ? want - behind_max : 0, KEEP_UP_MS);
}

int rk_replay_watch_finish(struct rk_replay_watch *watch, uint64_t last,
			   int wait_ms, struct rk_replay_watched *ret_watched)
{
	uint64_t want = last + 1 - watch->first;

	wait_for(watch, want, wait_ms);
	stop(watch);
	if (watch->failed != 0)
		return rk_replay_error_set(watch->error,
					   watch->failed < 0 ? watch->failed
							     : -EPROTO,
					   "following events failed: %s",
					   risk_sub_error(watch->sub));
	watch->watched.lost = 0;
	for (uint64_t at = 0; at < want; at++) {
		if (at >= watch->bits_n ||
		    !(watch->bits[at / 8] & (1u << at % 8)))
			watch->watched.lost++;
	}
	*ret_watched = watch->watched;
	return 0;
}

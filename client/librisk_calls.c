/*
 * librisk: requests on their way to the daemon.
 *
 * Each request has an NNG context of its own, so that many can be under way
 * at once; the calls form a queue in the order of their numbers and leave it
 * in that order. NNG sends a request again by itself after resend_ms or when
 * the connection was lost. Rows that overtook earlier ones are refused by the
 * daemon as OUT_OF_ORDER, which applies nothing: they are sent again here
 * once what was before them has been answered.
 *
 * Callbacks run on NNG's threads and only change the queue, under its lock.
 * What a reply means beyond that is for librisk_send.c.
 */
#include <errno.h>
#include <nng/nng.h>
#include <nng/supplemental/util/platform.h>
#include <stdlib.h>

#include "librisk_impl.h"

#define BUSY_PAUSE_MS 20

enum call_state {
	CALL_SENDING,
	CALL_RECEIVING,
	CALL_PAUSING, /* the daemon was busy */
	CALL_WAITING, /* was too early: for the calls before it */
	CALL_DONE,
};

struct call {
	struct librisk_calls *calls;
	nng_ctx ctx;
	nng_aio *aio;
	nng_msg *msg; /* the bytes, kept for sending them again */
	enum call_state state;
	nng_time deadline;
	nng_time started; /* of the newest attempt */
	unsigned attempts;
	unsigned lost; /* connections lost when it was started */
	bool alone;    /* all before it were answered when it was started */
	struct librisk_answered answered;
};

struct librisk_calls {
	const struct risk *risk;
	nng_mtx *lock;
	nng_cv *wake;
	struct call *ring;
	size_t size;
	size_t head;
	size_t n;
	bool broken; /* a call failed for good: what follows cannot apply */
};

static struct call *call_at(struct librisk_calls *calls, size_t i)
{
	return &calls->ring[(calls->head + i) % calls->size];
}

static void finish(struct call *call, int rc)
{
	nng_time now = nng_clock();
	const struct risk *risk = call->calls->risk;

	call->answered.rc = rc;
	call->answered.sent_once =
		call->attempts == 1 &&
		now < call->started + (nng_time)risk->options.resend_ms &&
		atomic_load(&risk->ingest.lost) == call->lost;
	call->state = CALL_DONE;
	if (rc || (call->answered.reply && call->answered.reply->code))
		call->calls->broken = true;
	nng_cv_wake(call->calls->wake);
}

/* Send the bytes; the lock is held. */
static void start(struct call *call, bool alone)
{
	nng_time now = nng_clock();
	nng_msg *copy;

	if (now >= call->deadline) {
		finish(call, -ETIMEDOUT);
		return;
	}
	if (nng_msg_dup(&copy, call->msg)) {
		finish(call, -ENOMEM);
		return;
	}
	call->alone = alone;
	call->attempts++;
	call->started = now;
	call->lost = atomic_load(&call->calls->risk->ingest.lost);
	call->state = CALL_SENDING;
	nng_aio_set_msg(call->aio, copy);
	nng_aio_set_timeout(call->aio, (nng_duration)(call->deadline - now));
	nng_ctx_send(call->ctx, call->aio);
}

/*
 * Send again what was too early, as far as it stands first now. After a
 * failure for good it will never be its turn.
 */
static void kick(struct librisk_calls *calls)
{
	bool first = true;

	for (size_t i = 0; i < calls->n; i++) {
		struct call *call = call_at(calls, i);

		if (call->state == CALL_DONE)
			continue;
		if (call->state != CALL_WAITING)
			return;
		if (calls->broken)
			finish(call, -ECANCELED);
		else
			start(call, first);
		first = false;
	}
}

/* The code that stands for the whole message. */
static int code_of(const Riskd__Reply *reply)
{
	if (reply->code || !reply->n_results)
		return reply->code;
	return reply->results[0]->code;
}

static void receive(struct call *call, nng_msg *msg)
{
	Riskd__Reply *reply =
		riskd__reply__unpack(NULL, nng_msg_len(msg), nng_msg_body(msg));

	nng_msg_free(msg);
	if (!reply) {
		finish(call, -EPROTO);
		return;
	}
	if (code_of(reply) == RK_REJ_OUT_OF_ORDER && !call->alone) {
		riskd__reply__free_unpacked(reply, NULL);
		call->state = CALL_WAITING;
		return;
	}
	if (reply->code == RK_REJ_BUSY && nng_clock() < call->deadline) {
		riskd__reply__free_unpacked(reply, NULL);
		call->state = CALL_PAUSING;
		nng_sleep_aio(BUSY_PAUSE_MS, call->aio);
		return;
	}
	call->answered.reply = reply;
	finish(call, 0);
}

/* One step of a call is over. Runs on a thread of NNG. */
static void stepped(void *arg)
{
	struct call *call = arg;
	struct librisk_calls *calls = call->calls;
	int rc = nng_aio_result(call->aio);

	nng_mtx_lock(calls->lock);
	switch (call->state) {
	case CALL_SENDING:
		if (rc) {
			nng_msg_free(nng_aio_get_msg(call->aio));
			finish(call, librisk_errno_of(rc));
			break;
		}
		call->state = CALL_RECEIVING;
		nng_ctx_recv(call->ctx, call->aio);
		break;
	case CALL_RECEIVING:
		if (rc)
			finish(call, librisk_errno_of(rc));
		else
			receive(call, nng_aio_get_msg(call->aio));
		break;
	case CALL_PAUSING:
		if (rc)
			finish(call, librisk_errno_of(rc));
		else
			start(call, call->alone);
		break;
	case CALL_WAITING:
	case CALL_DONE:
		break;
	}
	kick(calls);
	nng_mtx_unlock(calls->lock);
}

int librisk_calls_open(const struct risk *risk,
		       struct librisk_calls **ret_calls)
{
	struct librisk_calls *calls = calloc(1, sizeof(*calls));
	int rc = calls ? 0 : NNG_ENOMEM;

	if (rc)
		return -ENOMEM;
	calls->risk = risk;
	calls->ring = calloc((size_t)risk->options.in_flight_max,
			     sizeof(*calls->ring));
	if (!calls->ring || (rc = nng_mtx_alloc(&calls->lock)) ||
	    (rc = nng_cv_alloc(&calls->wake, calls->lock)))
		goto fail;
	for (int i = 0; i < risk->options.in_flight_max; i++) {
		struct call *call = &calls->ring[i];

		call->calls = calls;
		if ((rc = nng_aio_alloc(&call->aio, stepped, call)))
			goto fail;
		calls->size++;
		if ((rc = nng_ctx_open(&call->ctx, risk->ingest.socket)))
			goto fail;
	}
	*ret_calls = calls;
	return 0;
fail:
	librisk_calls_close(calls);
	return rc ? librisk_errno_of(rc) : -ENOMEM;
}

static void drop(struct call *call)
{
	if (call->msg)
		nng_msg_free(call->msg);
	call->msg = NULL;
	if (call->answered.reply)
		riskd__reply__free_unpacked(call->answered.reply, NULL);
	call->answered.reply = NULL;
}

void librisk_calls_close(struct librisk_calls *calls)
{
	if (!calls)
		return;
	/* Stop all before freeing any: one callback may start another call. */
	for (size_t i = 0; i < calls->size; i++)
		nng_aio_stop(calls->ring[i].aio);
	for (size_t i = 0; i < calls->size; i++) {
		nng_aio_free(calls->ring[i].aio);
		(void)nng_ctx_close(calls->ring[i].ctx); /* may be unopened */
		drop(&calls->ring[i]);
	}
	if (calls->wake)
		nng_cv_free(calls->wake);
	if (calls->lock)
		nng_mtx_free(calls->lock);
	free(calls->ring);
	free(calls);
}

size_t librisk_calls_count(struct librisk_calls *calls)
{
	return calls ? calls->n : 0;
}

bool librisk_calls_full(struct librisk_calls *calls)
{
	return calls->n == calls->size;
}

void librisk_calls_put(struct librisk_calls *calls,
		       const struct librisk_put *put)
{
	struct call *call;
	bool alone = true;

	nng_mtx_lock(calls->lock);
	if (calls->n == 0)
		calls->broken = false;
	for (size_t i = 0; i < calls->n; i++)
		alone = alone && call_at(calls, i)->state == CALL_DONE;
	call = call_at(calls, calls->n++);
	call->msg = put->msg;
	call->attempts = 0;
	call->deadline =
		nng_clock() + (nng_time)calls->risk->options.timeout_ms;
	call->answered = (struct librisk_answered){
		.client_seq = put->client_seq,
		.rows = put->rows,
		.fn = put->fn,
		.arg = put->arg,
	};
	start(call, alone);
	nng_mtx_unlock(calls->lock);
}

bool librisk_calls_take(struct librisk_calls *calls, int timeout_ms,
			struct librisk_answered *ret_answered)
{
	nng_time until =
		nng_clock() + (nng_time)(timeout_ms < 0 ? 0 : timeout_ms);
	struct call *call;
	int rc = 0;

	if (!calls || calls->n == 0)
		return false;
	nng_mtx_lock(calls->lock);
	call = call_at(calls, 0);
	while (call->state != CALL_DONE && rc == 0) {
		if (timeout_ms < 0)
			nng_cv_wait(calls->wake);
		else
			rc = nng_cv_until(calls->wake, until);
	}
	if (call->state != CALL_DONE) {
		nng_mtx_unlock(calls->lock);
		return false;
	}
	*ret_answered = call->answered;
	call->answered.reply = NULL; /* now the caller's */
	calls->head = (calls->head + 1) % calls->size;
	calls->n--;
	drop(call);
	nng_mtx_unlock(calls->lock);
	return true;
}

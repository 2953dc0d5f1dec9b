/*
 * librisk: subscriptions.
 *
 * The PUB socket is a hint: it drops what a slow reader does not take. So
 * every event is checked by number (gap.h), the heartbeat tells how far the
 * daemon is, and what is missing is read by the Events query. Events from the
 * query stand first and are taken as they come; live events wait in a heap
 * until nothing before them is missing.
 */
#include <errno.h>
#include <inttypes.h>
#include <nng/nng.h>
#include <nng/protocol/pubsub0/sub.h>
#include <stdlib.h>
#include <string.h>

#include "librisk_batch.h"
#include "librisk_topic.h"

#define NS_PER_MS UINT64_C(1000000)

/* Messages of one turn follow each other closely: wait so long for them. */
#define GRACE_NS (10 * NS_PER_MS)

/* The daemon sends a heartbeat each second. */
#define SILENCE_NS (3000 * NS_PER_MS)

#define ALL_THERE_IS UINT64_MAX
#define NEAR_END     100 /* events in an answer; it could hold 1000 */

struct risk_sub {
	struct librisk_error error;
	struct librisk_link link;
	struct librisk_ask ask;
	struct librisk_want want;
	bool tickers;
	bool heartbeats;
	struct gap gap;
	struct librisk_heap live;
	struct librisk_batch *answer; /* events read by query, or NULL */
	struct librisk_batch *spent;  /* its last event was given out */
	Riskd__EventBatch *extra;     /* tickers and heartbeat, or NULL */
	size_t extra_at;
	uint64_t extra_ns;
	uint64_t target;     /* above gap.floor: read by query up to here */
	uint64_t missing_ns; /* since when something is missing; 0: nothing */
	uint64_t heard_ns;   /* newest sign of life */
	uint64_t newest;     /* event that the newest heartbeat told */
	struct risk_sub_stats stats;
};

static int open_socket(struct risk *risk, const struct risk_follow *follow,
		       struct risk_sub *sub)
{
	struct librisk_prefix prefixes[LIBRISK_PREFIXES_MAX];
	size_t n = librisk_want_prefixes(&sub->want, prefixes);
	struct librisk_dial dial = {
		.open = nng_sub0_open,
		.url = follow->stream == RISK_PUBLIC ? risk->public_url
						     : risk->events_url,
		.timeout_ms = risk->options.timeout_ms,
		.receive_buffer = risk->options.receive_buffer,
	};
	int rc = librisk_link_open(&sub->link, &dial, &risk->error);

	if (rc)
		return rc;
	for (size_t i = 0; i < n; i++) {
		rc = nng_socket_set(sub->link.socket, NNG_OPT_SUB_SUBSCRIBE,
				    prefixes[i].text, prefixes[i].n);
		if (rc)
			return librisk_fail(&risk->error, librisk_errno_of(rc),
					    "cannot subscribe to \"%s\": %s",
					    prefixes[i].text, nng_strerror(rc));
	}
	return 0;
}

/* Where to begin. Asked after the socket is up, so that nothing is missed. */
static int find_start(struct risk *risk, const struct risk_follow *follow,
		      struct risk_sub *sub)
{
	struct risk_events_query what = {.limit = 1};
	Riskd__Answer *answer;
	int rc;

	if (follow->from) {
		librisk_gap_init(&sub->gap, follow->from - 1);
		sub->target = ALL_THERE_IS;
		return 0;
	}
	rc = risk_events(risk, &what, &answer);
	if (rc)
		return rc;
	librisk_gap_init(&sub->gap,
			 answer->events->next ? answer->events->next - 1 : 0);
	riskd__answer__free_unpacked(answer, NULL);
	return 0;
}

int risk_subscribe(struct risk *risk, const struct risk_follow *follow,
		   struct risk_sub **ret_sub)
{
	struct risk_sub *sub = calloc(1, sizeof(*sub));
	int rc;

	if (!sub)
		return librisk_fail(&risk->error, -ENOMEM, "out of memory");
	sub->tickers = follow->tickers;
	sub->heartbeats = follow->heartbeats;
	sub->heard_ns = librisk_monotonic_ns();
	sub->ask = (struct librisk_ask){
		.error = &sub->error,
		.query = &risk->query,
		.timeout_ms = risk->options.timeout_ms,
		.resend_ms = risk->options.resend_ms,
	};
	rc = librisk_want_read(risk, follow, &sub->want);
	if (rc == 0)
		rc = open_socket(risk, follow, sub);
	if (rc == 0)
		rc = find_start(risk, follow, sub);
	if (rc) {
		risk_unsubscribe(sub);
		return rc;
	}
	*ret_sub = sub;
	return 0;
}

static void free_extra(struct risk_sub *sub)
{
	if (sub->extra)
		riskd__event_batch__free_unpacked(sub->extra, NULL);
	sub->extra = NULL;
	sub->extra_at = 0;
}

void risk_unsubscribe(struct risk_sub *sub)
{
	if (!sub)
		return;
	librisk_link_close(&sub->link);
	free_extra(sub);
	librisk_batch_free(sub->answer);
	librisk_batch_free(sub->spent);
	librisk_heap_fini(&sub->live);
	librisk_gap_fini(&sub->gap);
	free(sub);
}

/* Give out one event; it stays in its batch, which the next call frees. */
static int give(struct risk_sub *sub, const struct librisk_batch *batch,
		struct risk_item *ret_item)
{
	*ret_item = (struct risk_item){
		.event = batch->events[batch->at],
		.received_ns = batch->received_ns,
		.caught_up = batch->answer != NULL,
	};
	sub->stats.events++;
	sub->stats.caught_up += batch->answer != NULL;
	return 0;
}

static int give_extra(struct risk_sub *sub, struct risk_item *ret_item)
{
	Riskd__EventBatch *extra = sub->extra;

	if (!extra)
		return -EAGAIN;
	*ret_item = (struct risk_item){.received_ns = sub->extra_ns};
	if (sub->tickers && sub->extra_at < extra->n_tickers) {
		ret_item->ticker = extra->tickers[sub->extra_at++];
		return 0;
	}
	if (sub->heartbeats && extra->heartbeat &&
	    sub->extra_at == (sub->tickers ? extra->n_tickers : 0)) {
		sub->extra_at++;
		ret_item->heartbeat = extra->heartbeat;
		return 0;
	}
	free_extra(sub);
	return -EAGAIN;
}

/* Events read by query are complete: what comes is what is next. */
static int give_answer(struct risk_sub *sub, struct risk_item *ret_item)
{
	struct librisk_batch *batch = sub->answer;

	while (batch && batch->at < batch->n) {
		Riskd__Event *event = batch->events[batch->at];
		uint64_t prev;
		struct gap_topic topic =
			librisk_want_topic(&sub->want, event, &prev);
		bool wanted = librisk_want_matches(&sub->want, event) &&
			      librisk_gap_judge(&sub->gap, topic, event->number,
						prev) != GAP_REPEAT;

		if (wanted) {
			int rc = librisk_gap_take(&sub->gap, topic,
						  event->number);

			if (rc)
				return rc;
			librisk_want_blank(&sub->want, event);
			rc = give(sub, batch, ret_item);
			batch->at++;
			return rc;
		}
		batch->at++;
	}
	if (batch) {
		librisk_gap_reach(&sub->gap, batch->answer->events->next - 1);
		librisk_batch_free(batch);
		sub->answer = NULL;
	}
	return -EAGAIN;
}

/* Something before this event is missing: wait a moment, then ask for it. */
static void miss(struct risk_sub *sub, uint64_t number)
{
	uint64_t now_ns = librisk_monotonic_ns();

	if (librisk_want_counts_all(&sub->want)) {
		if (!sub->missing_ns)
			sub->missing_ns = now_ns;
		if (now_ns - sub->missing_ns < GRACE_NS)
			return;
	}
	sub->missing_ns = 0;
	sub->stats.gaps++;
	sub->target = number - 1;
}

static int give_live(struct risk_sub *sub, struct risk_item *ret_item)
{
	struct librisk_batch *batch;

	while ((batch = librisk_heap_top(&sub->live))) {
		const Riskd__Event *event = batch->events[batch->at];
		uint64_t prev;
		struct gap_topic topic =
			librisk_want_topic(&sub->want, event, &prev);
		enum gap_verdict verdict = librisk_gap_judge(
			&sub->gap, topic, event->number, prev);
		int rc = -EAGAIN;

		if (verdict == GAP_MISSING) {
			miss(sub, event->number);
			return -EAGAIN;
		}
		if (verdict == GAP_REPEAT) {
			sub->stats.repeats++;
		} else {
			sub->missing_ns = 0;
			if (librisk_gap_take(&sub->gap, topic, event->number))
				return -ENOMEM;
			if (librisk_want_matches(&sub->want, event))
				rc = give(sub, batch, ret_item);
		}
		batch = librisk_heap_advance(&sub->live);
		if (rc == 0) {
			sub->spent = batch;
			return 0;
		}
		librisk_batch_free(batch);
	}
	return -EAGAIN;
}

static int stale(struct risk_sub *sub)
{
	uint64_t seen =
		sub->newest > sub->gap.floor ? sub->newest : sub->gap.floor;

	return librisk_fail(&sub->error, -ESTALE,
			    "%s: the daemon was started anew: it is not as "
			    "far as event %" PRIu64 ", which it had told of",
			    sub->link.url, seen);
}

/* Read on from the floor. Sets sub->answer, or finds nothing more. */
static int catch_up(struct risk_sub *sub)
{
	struct risk_events_query what = {
		.from = sub->gap.floor + 1,
		.topic = sub->want.text,
	};
	Riskd__Answer *answer;
	const Riskd__EventsAnswer *events;
	int rc = librisk_events(&sub->ask, &what, &answer);

	if (rc == RK_REJ_EVENTS_AHEAD && sub->stats.events)
		return stale(sub);
	if (rc)
		return rc;
	events = answer->events;
	sub->heard_ns = librisk_monotonic_ns();
	if (events->n_events && events->next <= what.from) {
		riskd__answer__free_unpacked(answer, NULL);
		return librisk_fail(
			&sub->error, -EPROTO,
			"%s: events from %" PRIu64 " lead on to %" PRIu64,
			sub->ask.query->url, what.from, events->next);
	}
	if (events->n_events) {
		/* The end is near: what is new from here on comes live. */
		if (sub->target == ALL_THERE_IS && events->n_events < NEAR_END)
			sub->target = 0;
		sub->answer = librisk_batch_of_answer(answer);
		return sub->answer ? 0 : -ENOMEM;
	}
	/* Nothing of ours up to where it looked; it may have looked only so
	 * far. */
	if (events->next > what.from)
		librisk_gap_reach(&sub->gap, events->next - 1);
	else
		sub->target = 0;
	riskd__answer__free_unpacked(answer, NULL);
	return 0;
}

/*
 * The daemon is at this event; what it said before has been received. A
 * heartbeat may have waited in the socket while a query ran ahead of it, so
 * only an older heartbeat proves that the numbers went back.
 */
static int take_heartbeat(struct risk_sub *sub, uint64_t last_event)
{
	if (last_event < sub->newest)
		return stale(sub);
	sub->newest = last_event;
	if (last_event <= sub->gap.floor || sub->target > sub->gap.floor)
		return 0;
	sub->stats.gaps += librisk_want_counts_all(&sub->want);
	sub->target = last_event;
	return 0;
}

/* Sort out one message. */
static int take_message(struct risk_sub *sub, nng_msg *msg)
{
	const uint8_t *body = nng_msg_body(msg);
	size_t n = nng_msg_len(msg);
	const uint8_t *end = memchr(body, 0, n);
	Riskd__EventBatch *message = NULL;
	struct librisk_batch *batch;

	sub->extra_ns = librisk_monotonic_ns();
	if (end)
		message = riskd__event_batch__unpack(
			NULL, n - (size_t)(end + 1 - body), end + 1);
	nng_msg_free(msg);
	if (!message || message->version != RISK_PROTOCOL_VERSION) {
		if (message)
			riskd__event_batch__free_unpacked(message, NULL);
		return librisk_fail(&sub->error, -EPROTO,
				    "%s: a message cannot be read: is that "
				    "riskd's socket of events, version %d?",
				    sub->link.url, RISK_PROTOCOL_VERSION);
	}
	sub->heard_ns = sub->extra_ns;
	if (message->n_events) {
		batch = librisk_batch_of_message(message);
		return batch ? librisk_heap_push(&sub->live, batch) : -ENOMEM;
	}
	sub->extra = message;
	return message->heartbeat
		       ? take_heartbeat(sub, message->heartbeat->last_event)
		       : 0;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/*
 * Wait for one message, but not longer than until_ns, nor past the moment
 * when something else is due. 0: go on; -EAGAIN: until_ns has come.
 */
static int receive(struct risk_sub *sub, uint64_t until_ns)
{
	uint64_t due_ns = earlier(until_ns, sub->heard_ns + SILENCE_NS);
	uint64_t now_ns = librisk_monotonic_ns();
	nng_duration wait_ms;
	nng_msg *msg;
	int rc;

	if (sub->missing_ns)
		due_ns = earlier(due_ns, sub->missing_ns + GRACE_NS);
	wait_ms = due_ns > now_ns
			  ? (nng_duration)((due_ns - now_ns) / NS_PER_MS + 1)
			  : 0;
	rc = nng_socket_set_ms(sub->link.socket, NNG_OPT_RECVTIMEO, wait_ms);
	if (rc == 0)
		rc = nng_recvmsg(sub->link.socket, &msg,
				 wait_ms ? 0 : NNG_FLAG_NONBLOCK);
	if (rc == 0)
		return take_message(sub, msg);
	if (rc != NNG_ETIMEDOUT && rc != NNG_EAGAIN)
		return librisk_fail(&sub->error, librisk_errno_of(rc), "%s: %s",
				    sub->link.url, nng_strerror(rc));
	now_ns = librisk_monotonic_ns();
	if (now_ns >= sub->heard_ns + SILENCE_NS) {
		/* Ask; if it does not answer either, the caller is told. */
		sub->heard_ns = now_ns;
		sub->target = ALL_THERE_IS;
		return 0;
	}
	return now_ns >= until_ns ? -EAGAIN : 0;
}

int risk_next(struct risk_sub *sub, int timeout_ms, struct risk_item *ret_item)
{
	uint64_t until_ns = timeout_ms < 0
				    ? UINT64_MAX
				    : librisk_monotonic_ns() +
					      (uint64_t)timeout_ms * NS_PER_MS;
	int rc;

	librisk_batch_free(sub->spent);
	sub->spent = NULL;
	for (;;) {
		if ((rc = give_extra(sub, ret_item)) != -EAGAIN ||
		    (rc = give_answer(sub, ret_item)) != -EAGAIN ||
		    (rc = give_live(sub, ret_item)) != -EAGAIN)
			break;
		if (sub->target > sub->gap.floor)
			rc = catch_up(sub);
		else
			rc = receive(sub, until_ns);
		if (rc)
			break;
	}
	if (rc == -ENOMEM)
		return librisk_fail(&sub->error, rc, "out of memory");
	return rc;
}

const char *risk_sub_error(const struct risk_sub *sub)
{
	return sub->error.text;
}

void risk_sub_get_stats(const struct risk_sub *sub,
			struct risk_sub_stats *ret_stats)
{
	*ret_stats = sub->stats;
}

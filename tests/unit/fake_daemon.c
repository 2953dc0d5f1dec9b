/*
 * A daemon that says what a test wants. See fake_daemon.h.
 */
#include "fake_daemon.h"

#include <nng/protocol/pubsub0/pub.h>
#include <nng/protocol/reqrep0/rep.h>
#include <nng/supplemental/util/platform.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/close.h"

static void must(int nng_rc)
{
	if (nng_rc == 0)
		return;
	fprintf(stderr, "fake daemon: %s\n", nng_strerror(nng_rc));
	abort();
}

static nng_msg *pack(const ProtobufCMessage *message)
{
	nng_msg *msg;

	must(nng_msg_alloc(&msg, protobuf_c_message_get_packed_size(message)));
	protobuf_c_message_pack(message, nng_msg_body(msg));
	return msg;
}

static void fill_event(Riskd__Event *event, Riskd__BalanceChanged *body,
		       uint64_t number)
{
	riskd__event__init(event);
	riskd__balance_changed__init(body);
	event->number = number;
	event->account = (number - 1) % 2 + 1;
	event->prev_account = number > 2 ? number - 2 : 0;
	event->kind_case = RISKD__EVENT__KIND_BALANCE;
	event->balance = body;
}

struct event_list {
	Riskd__Event events[FAKE_EVENTS_MAX];
	Riskd__BalanceChanged bodies[FAKE_EVENTS_MAX];
	Riskd__Event *list[FAKE_EVENTS_MAX];
	size_t n;
};

static void add_event(struct event_list *list, uint64_t number)
{
	fill_event(&list->events[list->n], &list->bodies[list->n], number);
	list->list[list->n] = &list->events[list->n];
	list->n++;
}

static void answer_events(struct fake *fake, const Riskd__EventsQuery *query,
			  Riskd__EventsAnswer *answer, struct event_list *list)
{
	uint64_t newest = atomic_load(&fake->newest);
	uint64_t from = query->from ? query->from : newest + 1;
	uint64_t account = 0;

	atomic_fetch_add(&fake->event_queries, 1);
	sscanf(query->topic, "account.%lu", &account);
	for (uint64_t number = from; number <= newest; number++)
		if (!account || (number - 1) % 2 + 1 == account)
			add_event(list, number);
	answer->events = list->list;
	answer->n_events = list->n;
	answer->next = newest + 1;
	answer->oldest = atomic_load(&fake->oldest);
}

static void fill_status(Riskd__StatusAnswer *status)
{
	static char ingest_url[] = "inproc://ingest";
	static char events_url[] = "inproc://events";
	static char *ingest[] = {ingest_url};
	static char *events[] = {events_url};

	riskd__status_answer__init(status);
	status->n_ingest_urls = 1;
	status->ingest_urls = ingest;
	status->n_events_urls = 1;
	status->events_urls = events;
}

#define FIGURES_MAX 64

struct figures_list {
	Riskd__AccountFigures figures[FIGURES_MAX];
	Riskd__AccountFigures *list[FIGURES_MAX];
};

static void answer_what_if(const Riskd__WhatIfQuery *query,
			   Riskd__WhatIfAnswer *answer,
			   struct figures_list *list)
{
	for (size_t i = 0; i < query->n_accounts && i < FIGURES_MAX; i++) {
		riskd__account_figures__init(&list->figures[i]);
		list->figures[i].account = query->accounts[i];
		list->list[i] = &list->figures[i];
	}
	answer->after = list->list;
	answer->n_after = query->n_accounts;
	answer->before = list->list;
	answer->n_before = query->n_suppose > 0 || query->ramps_ended
				   ? query->n_accounts
				   : 0;
}

static nng_msg *answer(struct fake *fake, const Riskd__Query *query)
{
	Riskd__WhatIfAnswer what_if = RISKD__WHAT_IF_ANSWER__INIT;
	struct figures_list figures;
	Riskd__Answer answer = RISKD__ANSWER__INIT;
	Riskd__StatusAnswer status;
	Riskd__MarketsAnswer markets = RISKD__MARKETS_ANSWER__INIT;
	Riskd__ClientAnswer client = RISKD__CLIENT_ANSWER__INIT;
	Riskd__EventsAnswer events = RISKD__EVENTS_ANSWER__INIT;
	struct event_list list = {.n = 0};

	answer.version = fake->protocol;
	if (query->kind_case == RISKD__QUERY__KIND_STATUS) {
		fill_status(&status);
		answer.kind_case = RISKD__ANSWER__KIND_STATUS;
		answer.status = &status;
	} else if (query->kind_case == RISKD__QUERY__KIND_CLIENT) {
		atomic_fetch_add(&fake->client_queries, 1);
		client.last_client_seq = atomic_load(&fake->last_client_seq);
		answer.kind_case = RISKD__ANSWER__KIND_CLIENT;
		answer.client = &client;
	} else if (query->kind_case == RISKD__QUERY__KIND_EVENTS &&
		   query->events->from > atomic_load(&fake->newest) + 1) {
		answer.code = 73; /* EVENTS_AHEAD */
	} else if (query->kind_case == RISKD__QUERY__KIND_EVENTS &&
		   query->events->from &&
		   query->events->from < atomic_load(&fake->oldest)) {
		answer.code = 72; /* EVENTS_GONE */
	} else if (query->kind_case == RISKD__QUERY__KIND_EVENTS) {
		answer_events(fake, query->events, &events, &list);
		answer.kind_case = RISKD__ANSWER__KIND_EVENTS;
		answer.events = &events;
	} else if (query->kind_case == RISKD__QUERY__KIND_WHAT_IF) {
		answer_what_if(query->what_if, &what_if, &figures);
		answer.kind_case = RISKD__ANSWER__KIND_WHAT_IF;
		answer.what_if = &what_if;
	} else {
		/* To a question about orders it talks of markets. */
		answer.kind_case = RISKD__ANSWER__KIND_MARKETS;
		answer.markets = &markets;
	}
	return pack(&answer.base);
}

static void run_query(void *arg)
{
	struct fake *fake = arg;
	nng_msg *msg;

	while (nng_recvmsg(fake->query, &msg, 0) == 0) {
		Riskd__Query *query = riskd__query__unpack(
			NULL, nng_msg_len(msg), nng_msg_body(msg));

		nng_msg_free(msg);
		if (!query)
			continue;
		msg = answer(fake, query);
		if (query->kind_case == RISKD__QUERY__KIND_WHAT_IF) {
			/* The asker waits for the answer before it looks. */
			if (fake->what_if)
				riskd__query__free_unpacked(fake->what_if,
							    NULL);
			fake->what_if = query;
		} else {
			riskd__query__free_unpacked(query, NULL);
		}
		if (nng_sendmsg(fake->query, msg, 0))
			nng_msg_free(msg);
	}
}

static void run_ingest(void *arg)
{
	struct fake *fake = arg;
	struct fake_request request;

	while (nng_recvmsg(fake->ingest, &request.msg, 0) == 0) {
		/* Raw mode leaves the number of the request in the header. */
		request.request =
			riskd__request__unpack(NULL, nng_msg_len(request.msg),
					       nng_msg_body(request.msg));
		if (!request.request)
			abort();
		fake->script(fake, &request,
			     atomic_fetch_add(&fake->requests, 1));
	}
}

struct fake *fake_start(void)
{
	struct fake *fake = calloc(1, sizeof(*fake));

	fake->protocol = 1;
	atomic_store(&fake->oldest, 1);
	must(nng_rep0_open(&fake->query));
	must(nng_rep0_open_raw(&fake->ingest));
	must(nng_pub0_open(&fake->events));
	must(nng_listen(fake->query, FAKE_URL, NULL, 0));
	must(nng_listen(fake->ingest, "inproc://ingest", NULL, 0));
	must(nng_listen(fake->events, "inproc://events", NULL, 0));
	must(nng_thread_create((nng_thread **)&fake->threads[0], run_query,
			       fake));
	must(nng_thread_create((nng_thread **)&fake->threads[1], run_ingest,
			       fake));
	return fake;
}

void fake_stop(struct fake *fake)
{
	(void)rk_net_close_socket(fake->query);
	(void)rk_net_close_socket(fake->ingest);
	(void)rk_net_close_socket(fake->events);
	nng_thread_destroy(fake->threads[0]);
	nng_thread_destroy(fake->threads[1]);
	for (unsigned i = 0; i < fake->held_n; i++)
		fake_drop(&fake->held[i]);
	if (fake->what_if)
		riskd__query__free_unpacked(fake->what_if, NULL);
	free(fake);
}

void fake_drop(struct fake_request *request)
{
	if (request->msg)
		nng_msg_free(request->msg);
	if (request->request)
		riskd__request__free_unpacked(request->request, NULL);
	request->msg = NULL;
	request->request = NULL;
}

void fake_reply_with(struct fake *fake, struct fake_request *request,
		     const Riskd__Reply *reply)
{
	nng_msg *msg = pack(&reply->base);

	must(nng_msg_header_append(msg, nng_msg_header(request->msg),
				   nng_msg_header_len(request->msg)));
	nng_msg_set_pipe(msg, nng_msg_get_pipe(request->msg));
	must(nng_sendmsg(fake->ingest, msg, 0));
	fake_drop(request);
}

void fake_reply(struct fake *fake, struct fake_request *request, int code,
		int repeat)
{
	Riskd__Reply reply = RISKD__REPLY__INIT;
	Riskd__Result result = RISKD__RESULT__INIT;
	Riskd__Result *results[FAKE_REQUESTS];

	result.code = code;
	result.repeat = repeat != 0;
	result.seq = request->request->client_seq;
	for (size_t i = 0; i < request->request->n_commands; i++)
		results[i] = &result;
	reply.version = 1;
	reply.client_seq = request->request->client_seq;
	reply.n_results = request->request->n_commands;
	reply.results = results;
	fake_reply_with(fake, request, &reply);
}

static void publish(struct fake *fake, const char *topic,
		    const Riskd__EventBatch *batch)
{
	nng_msg *body = pack(&batch->base);
	nng_msg *msg;

	must(nng_msg_alloc(&msg, 0));
	must(nng_msg_append(msg, topic, strlen(topic) + 1));
	must(nng_msg_append(msg, nng_msg_body(body), nng_msg_len(body)));
	nng_msg_free(body);
	must(nng_sendmsg(fake->events, msg, 0));
}

void fake_publish(struct fake *fake, const uint64_t *numbers, size_t n)
{
	Riskd__EventBatch batch = RISKD__EVENT_BATCH__INIT;
	struct event_list list = {.n = 0};
	char topic[32];

	for (size_t i = 0; i < n; i++)
		add_event(&list, numbers[i]);
	batch.version = 1;
	batch.n_events = list.n;
	batch.events = list.list;
	snprintf(topic, sizeof(topic), "account.%lu", list.events[0].account);
	publish(fake, topic, &batch);
}

void fake_heartbeat(struct fake *fake, uint64_t last_event)
{
	Riskd__EventBatch batch = RISKD__EVENT_BATCH__INIT;
	Riskd__Heartbeat heartbeat = RISKD__HEARTBEAT__INIT;

	heartbeat.last_event = last_event;
	batch.version = 1;
	batch.heartbeat = &heartbeat;
	publish(fake, "heartbeat", &batch);
}

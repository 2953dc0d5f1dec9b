/*
 * Judging replies. See client.h; the rules are those of docs/engine.md, X1 to
 * X4, and of the intake: a message is refused whole, or each row answered.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client_impl.h"
#include "engine/assert.h"
#include "engine/rc.h"
#include "engine/records.h"

/* A reply that is looked at. */
struct look {
	struct sim_client *client;
	struct sim_message *message;
	const struct sim_flight *flight;
	const Riskd__Reply *reply;
	char *text;
};

__attribute__((format(printf, 2, 3))) static int broken(const struct look *look,
							const char *format, ...)
{
	va_list arguments;
	int n = snprintf(look->text, SIM_CLIENT_TEXT_SIZE,
			 "client %s, message %llu..%llu: ", look->client->name,
			 (unsigned long long)look->message->first,
			 (unsigned long long)look->message->first +
				 look->message->rows - 1);

	va_start(arguments, format);
	if (n > 0 && n < SIM_CLIENT_TEXT_SIZE)
		(void)vsnprintf(look->text + n,
				SIM_CLIENT_TEXT_SIZE - (size_t)n, format,
				arguments);
	va_end(arguments);
	return -EPROTO;
}

/* May the daemon have forgotten it, after all that was sent since? */
static bool may_be_old(const struct look *look)
{
	return look->message->answered &&
	       look->message->first + RK_ANSWERS <= look->client->next;
}

static int judge_refusal(const struct look *look)
{
	uint64_t *counts = look->client->counts;
	int32_t code = look->reply->code;

	if (look->reply->n_results != 0)
		return broken(look, "refused with %d, yet %zu rows answered",
			      code, look->reply->n_results);
	switch (code) {
	case RK_REJ_OUT_OF_ORDER:
		if (!look->flight->early)
			return broken(look, "refused as out of order, but all "
					    "before it is answered");
		counts[SIM_CLIENT_OUT_OF_ORDER]++;
		return 0;
	case RK_REJ_TOO_OLD:
		if (!may_be_old(look))
			return broken(look, "refused as too old, but it is "
					    "not");
		counts[SIM_CLIENT_TOO_OLD]++;
		return 0;
	case RK_REJ_SEQ_REUSED:
		if (!look->flight->forged)
			return broken(look, "refused as reused, but it is "
					    "as it was");
		counts[SIM_CLIENT_SEQ_REUSED]++;
		return 0;
	case RK_REJ_BUSY:
	case RK_REJ_STOPPING:
		counts[SIM_CLIENT_TRY_AGAIN]++;
		return 0;
	default:
		return broken(look, "refused with %d (%s): %s", code,
			      rk_rc_text(code), look->reply->error);
	}
}

/* It was answered before: the same, and marked as a repeat. */
static int judge_again(const struct look *look)
{
	for (uint32_t i = 0; i < look->message->rows; i++) {
		const Riskd__Result *now = look->reply->results[i];
		const struct sim_result *then = &look->message->results[i];

		if (now->code != then->code || now->seq != then->seq)
			return broken(look,
				      "row %u was answered %d at %llu, now %d "
				      "at %llu",
				      i, then->code,
				      (unsigned long long)then->seq, now->code,
				      (unsigned long long)now->seq);
		if (look->flight->known && !now->repeat)
			return broken(look,
				      "row %u was done again: it had been "
				      "answered before",
				      i);
	}
	return 0;
}

/* Commands stand in the log in the order of their numbers. */
static int judge_places(const struct look *look)
{
	const struct sim_message *message = look->message;
	const struct sim_message *end =
		look->client->messages + look->client->messages_n;
	uint64_t before = 0;

	if (message > look->client->messages && message[-1].answered)
		before = message[-1].results[message[-1].rows - 1].seq;
	for (uint32_t i = 0; i < message->rows; i++) {
		uint64_t seq = look->reply->results[i]->seq;

		/* Those of an atomic message share one place. */
		if (seq == 0 || seq < before ||
		    (seq == before && (i == 0 || !message->atomic)))
			return broken(look,
				      "row %u stands at %llu, behind "
				      "%llu",
				      i, (unsigned long long)seq,
				      (unsigned long long)before);
		before = seq;
	}
	if (message + 1 < end && message[1].answered &&
	    message[1].results[0].seq <= before)
		return broken(look, "stands at %llu, the next message at %llu",
			      (unsigned long long)before,
			      (unsigned long long)message[1].results[0].seq);
	return 0;
}

static void remember(const struct look *look)
{
	struct sim_client *client = look->client;
	struct sim_message *message = look->message;

	message->results = calloc(message->rows, sizeof(*message->results));
	if (!message->results)
		abort();
	for (uint32_t i = 0; i < message->rows; i++) {
		message->results[i].code = look->reply->results[i]->code;
		message->results[i].seq = look->reply->results[i]->seq;
	}
	message->answered = true;
	client->unanswered--;
	while (client->answered_n < client->messages_n &&
	       client->messages[client->answered_n].answered)
		client->answered_n++;
	client->counts[SIM_CLIENT_ANSWERED]++;
}

static int judge_first(const struct look *look)
{
	bool repeat = look->reply->results[0]->repeat;
	int r;

	for (uint32_t i = 1; i < look->message->rows; i++)
		if (look->reply->results[i]->repeat != repeat)
			return broken(look, "row %u alone is %sa repeat", i,
				      repeat ? "not " : "");
	if (repeat && look->message->sent < 2)
		return broken(look, "a repeat, but it was sent only once");
	r = judge_places(look);
	if (r < 0)
		return r;
	look->client->counts[SIM_CLIENT_FROM_MEMORY] += repeat;
	remember(look);
	return 0;
}

static int judge(const struct look *look)
{
	if (look->reply->version != 1)
		return broken(look, "reply has version %u",
			      look->reply->version);
	if (look->reply->client_seq != look->message->first)
		return broken(look, "reply is for %llu",
			      (unsigned long long)look->reply->client_seq);
	if (look->reply->code != RK_OK)
		return judge_refusal(look);
	if (look->flight->forged)
		return broken(look, "a forged one was taken");
	if (look->reply->n_results != look->message->rows)
		return broken(look, "%zu of %u rows answered",
			      look->reply->n_results, look->message->rows);
	return look->message->answered ? judge_again(look) : judge_first(look);
}

static struct sim_flight *flight_of(struct sim_client *client, uint64_t ticket)
{
	RK_ASSERT(ticket >= 1);
	RK_ASSERT(ticket <= SIM_FLIGHTS_MAX);
	RK_ASSERT(client->flights[ticket - 1].used);
	return &client->flights[ticket - 1];
}

/* Its ticket came back. */
static void land(struct sim_client *client, struct sim_flight *flight)
{
	if (!flight->forged)
		client->messages[flight->message].in_flight--;
	free(flight->bytes.data);
	memset(flight, 0, sizeof(*flight));
	client->flights_n--;
}

int sim_client_reply(struct sim_client *client, uint64_t ticket,
		     const void *data, size_t size,
		     char text[SIM_CLIENT_TEXT_SIZE])
{
	struct sim_flight *flight = flight_of(client, ticket);
	Riskd__Reply *reply = riskd__reply__unpack(NULL, size, data);
	struct look look = {
		.client = client,
		.message = &client->messages[flight->message],
		.flight = flight,
		.reply = reply,
		.text = text,
	};
	int r = reply ? judge(&look)
		      : broken(&look, "%zu bytes are no Reply", size);

	if (reply)
		riskd__reply__free_unpacked(reply, NULL);
	land(client, flight);
	return r;
}

void sim_client_refused(struct sim_client *client, uint64_t ticket)
{
	struct sim_flight *flight = flight_of(client, ticket);

	if (!flight->forged)
		client->messages[flight->message].sent--;
	client->counts[flight->counted]--;
	client->counts[SIM_CLIENT_EARLY] -= flight->early;
	client->counts[SIM_CLIENT_LATE] -= flight->late;
	land(client, flight);
}

void sim_client_crashed(struct sim_client *client, uint32_t checks)
{
	for (uint32_t i = 0; i < SIM_FLIGHTS_MAX; i++) {
		if (!client->flights[i].used)
			continue;
		client->counts[SIM_CLIENT_LOST]++;
		land(client, &client->flights[i]);
	}
	client->checks = checks;
	client->check_next = client->answered_n;
}

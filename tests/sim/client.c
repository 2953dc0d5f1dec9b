/*
 * Making messages and choosing what to send. See client.h.
 */
#include "client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client_impl.h"
#include "engine/assert.h"
#include "engine/cmd.h"
#include "engine/records.h"

static void *need(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

const char *sim_client_count_text(enum sim_client_count count)
{
	static const char *const texts[SIM_CLIENT_COUNTS] = {
#define SIM_CLIENT_COUNT_TEXT(name, text) [SIM_CLIENT_##name] = (text),
		SIM_CLIENT_MAP(SIM_CLIENT_COUNT_TEXT)
#undef SIM_CLIENT_COUNT_TEXT
	};

	RK_ASSERT(count < SIM_CLIENT_COUNTS);
	return texts[count];
}

static void begin_request(struct sim_client *client)
{
	uint64_t rows = rk_prng_below(&client->prng, client->options.rows_max);

	sim_request_begin(&client->request, client->name,
			  client->options.session);
	client->request_rows = 1 + (uint32_t)rows;
}

struct sim_client *sim_client_open(const struct sim_client_options *options)
{
	struct sim_client *client = need(calloc(1, sizeof(*client)));

	RK_ASSERT(options->pipeline > 0);
	RK_ASSERT(options->pipeline < SIM_FLIGHTS_MAX);
	client->options = *options;
	rk_prng_init(&client->prng, options->seed);
	(void)snprintf(client->name, sizeof(client->name), "%s", options->name);
	client->next = 1;
	begin_request(client);
	return client;
}

void sim_client_close(struct sim_client *client)
{
	if (!client)
		return;
	for (uint32_t i = 0; i < client->messages_n; i++) {
		free(client->messages[i].bytes.data);
		free(client->messages[i].results);
	}
	for (uint32_t i = 0; i < SIM_FLIGHTS_MAX; i++)
		free(client->flights[i].bytes.data);
	free(client->messages);
	free(client);
}

void sim_client_set_time(struct sim_client *client, int64_t time_ns)
{
	client->time_ns = time_ns;
}

void sim_client_flush(struct sim_client *client)
{
	struct sim_message *message;
	uint32_t rows = (uint32_t)client->request.wire.n_commands;

	if (rows == 0)
		return;
	if (client->messages_n == client->messages_max) {
		client->messages_max = client->messages_max * 2 + 64;
		client->messages = need(realloc(
			client->messages,
			client->messages_max * sizeof(*client->messages)));
	}
	message = &client->messages[client->messages_n++];
	memset(message, 0, sizeof(*message));
	message->first = client->next;
	message->rows = rows;
	message->atomic = client->request.wire.atomic;
	message->bytes = sim_request_pack(&client->request, client->next,
					  client->time_ns);
	client->next += rows;
	client->unanswered++;
	begin_request(client);
}

int sim_client_add(struct sim_client *client, const struct rk_cmd *cmd)
{
	int r;

	if (cmd->type == RK_CMD_ATOMIC)
		sim_client_flush(client);
	r = sim_request_add(&client->request, cmd);
	if (r == -ENOSPC) {
		sim_client_flush(client);
		r = sim_request_add(&client->request, cmd);
	}
	if (client->request.wire.atomic ||
	    client->request.wire.n_commands >= client->request_rows)
		sim_client_flush(client);
	return r;
}

/* The same number, another content: a session of another process. */
static struct sim_bytes forge(const struct sim_message *message)
{
	Riskd__Request *wire = riskd__request__unpack(NULL, message->bytes.size,
						      message->bytes.data);
	struct sim_bytes bytes;

	RK_ASSERT(wire);
	wire->session++;
	bytes.size = riskd__request__get_packed_size(wire);
	bytes.data = need(malloc(bytes.size));
	(void)riskd__request__pack(wire, bytes.data);
	riskd__request__free_unpacked(wire, NULL);
	return bytes;
}

static void send(struct sim_client *client, uint32_t at, bool forged,
		 struct sim_outgoing *ret_outgoing)
{
	struct sim_message *message = &client->messages[at];
	struct sim_flight *flight = client->flights;
	const struct sim_bytes *bytes = &message->bytes;

	while (flight->used)
		flight++;
	memset(flight, 0, sizeof(*flight));
	flight->used = true;
	flight->message = at;
	flight->known = message->answered;
	flight->early = at > client->answered_n && !flight->known;
	flight->late =
		flight->known && message->first + RK_ANSWERS < client->next;
	flight->forged = forged;
	flight->counted = forged              ? SIM_CLIENT_FORGED
			  : flight->known     ? SIM_CLIENT_REPEATED
			  : message->sent > 0 ? SIM_CLIENT_RESENT
					      : SIM_CLIENT_SENT;
	client->counts[flight->counted]++;
	client->counts[SIM_CLIENT_EARLY] += flight->early;
	client->counts[SIM_CLIENT_LATE] += flight->late;
	client->flights_n++;
	if (forged) {
		flight->bytes = forge(message);
		bytes = &flight->bytes;
	} else {
		message->in_flight++;
		message->sent++;
	}
	ret_outgoing->ticket = (uint64_t)(flight - client->flights) + 1;
	ret_outgoing->data = bytes->data;
	ret_outgoing->size = bytes->size;
}

/* One that was answered: of late, or so long ago that it is forgotten. */
static uint32_t pick_answered(struct sim_client *client)
{
	uint32_t recent = client->answered_n < 20 ? client->answered_n : 20;

	if (rk_prng_chance(&client->prng, 1, 3))
		return (uint32_t)rk_prng_below(&client->prng,
					       client->answered_n);
	return client->answered_n - 1 -
	       (uint32_t)rk_prng_below(&client->prng, recent);
}

/* Something else than what is due. False: there is nothing of the kind. */
static bool send_mischief(struct sim_client *client, struct sim_outgoing *out)
{
	uint32_t at = client->answered_n;

	switch (rk_prng_below(&client->prng, 5)) {
	case 0: /* before the one that is due */
		at += 1 + (uint32_t)rk_prng_below(&client->prng, 3);
		if (at >= client->messages_n || client->messages[at].answered)
			return false;
		send(client, at, false, out);
		return true;
	case 1: /* twice, although it is on its way */
		if (at >= client->messages_n ||
		    client->messages[at].in_flight == 0)
			return false;
		send(client, at, false, out);
		return true;
	case 2:
		if (at == 0)
			return false;
		send(client, pick_answered(client), true, out);
		return true;
	default:
		if (at == 0)
			return false;
		send(client, pick_answered(client), false, out);
		return true;
	}
}

/* After a crash, what was answered is asked for again: the newest first. */
static bool send_check(struct sim_client *client, struct sim_outgoing *out)
{
	if (client->checks == 0 || client->check_next == 0)
		return false;
	client->checks--;
	client->check_next--;
	send(client, client->check_next, false, out);
	return true;
}

/* What is due: the first that is neither answered nor on its way. */
static bool send_due(struct sim_client *client, struct sim_outgoing *out)
{
	uint32_t at = client->answered_n;

	while (at < client->messages_n && (client->messages[at].answered ||
					   client->messages[at].in_flight > 0))
		at++;
	/* Never so far ahead that an answer could be forgotten unseen. */
	if (at == client->messages_n ||
	    client->messages[at].first + client->messages[at].rows >
		    client->messages[client->answered_n].first + RK_ANSWERS / 2)
		return false;
	send(client, at, false, out);
	return true;
}

bool sim_client_next(struct sim_client *client,
		     struct sim_outgoing *ret_outgoing)
{
	if (client->flights_n >= client->options.pipeline)
		return false;
	if (send_check(client, ret_outgoing))
		return true;
	if (rk_prng_chance(&client->prng, client->options.mischief, 1000) &&
	    send_mischief(client, ret_outgoing))
		return true;
	return send_due(client, ret_outgoing);
}

uint32_t sim_client_unanswered(const struct sim_client *client)
{
	return client->unanswered;
}

uint64_t sim_client_acknowledged(const struct sim_client *client)
{
	const struct sim_message *message;

	if (client->answered_n == 0)
		return 0;
	message = &client->messages[client->answered_n - 1];
	return message->first + message->rows - 1;
}

uint64_t sim_client_newest(const struct sim_client *client)
{
	return client->next - 1;
}

void sim_client_answers(const struct sim_client *client,
			void (*visit)(void *context,
				      const struct sim_answer *answer),
			void *context)
{
	for (uint32_t i = 0; i < client->messages_n; i++) {
		const struct sim_message *message = &client->messages[i];

		for (uint32_t j = 0; message->answered && j < message->rows;
		     j++) {
			struct sim_answer answer = {
				.message = i,
				.client_seq = message->first + j,
				.code = message->results[j].code,
				.seq = message->results[j].seq,
			};

			visit(context, &answer);
		}
	}
}

const char *sim_client_name(const struct sim_client *client)
{
	return client->name;
}

uint64_t sim_client_count(const struct sim_client *client,
			  enum sim_client_count count)
{
	RK_ASSERT(count < SIM_CLIENT_COUNTS);
	return client->counts[count];
}

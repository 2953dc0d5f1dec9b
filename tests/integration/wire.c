/*
 * Sockets, requests and queries. See wire.h.
 */
#include "wire.h"

#include <inttypes.h>
#include <nng/protocol/pipeline0/push.h>
#include <nng/protocol/reqrep0/req.h>
#include <nng/supplemental/util/platform.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "net/close.h"

#define MESSAGE_MAX ((size_t)8 << 20)

void rk_wire_free(struct rk_wire_bytes *bytes)
{
	free(bytes->data);
	bytes->data = NULL;
	bytes->size = 0;
}

static int open_socket(enum rk_socket_name which, nng_socket *ret_socket)
{
	int r;

	if (which == RK_SOCKET_PRICES) {
		r = nng_push0_open(ret_socket);
		if (r == 0)
			r = nng_socket_set_int(*ret_socket, NNG_OPT_SENDBUF,
					       64);
		return r;
	}
	return nng_req0_open(ret_socket);
}

nng_socket rk_wire_dial(struct rk_rig *rig, enum rk_socket_name which)
{
	nng_socket socket = NNG_SOCKET_INITIALIZER;
	int r;

	CHECK(rig->sockets_n < RK_RIG_SOCKETS_MAX, "too many sockets");
	r = open_socket(which, &socket);
	CHECK(r == 0, "cannot open a socket: %s", nng_strerror(r));
	rig->sockets[rig->sockets_n++] = socket;

	r = nng_socket_set_size(socket, NNG_OPT_RECVMAXSZ, MESSAGE_MAX);
	if (r == 0)
		r = nng_socket_set_ms(socket, NNG_OPT_SENDTIMEO,
				      RK_WIRE_WAIT_MS);
	if (r == 0)
		r = nng_socket_set_ms(socket, NNG_OPT_RECVTIMEO,
				      RK_WIRE_WAIT_MS);
	if (r == 0)
		r = nng_socket_set_ms(socket, NNG_OPT_RECONNMINT,
				      rig->once ? RK_WIRE_NEVER_MS
						: RK_WIRE_AGAIN_MS);
	if (r == 0)
		r = nng_dial(socket, rig->riskd.url[which], NULL,
			     NNG_FLAG_NONBLOCK);
	CHECK(r == 0, "cannot dial %s: %s", rig->riskd.url[which],
	      nng_strerror(r));
	return socket;
}

/* What NNG does not close in time is left to itself, as librisk does. */
static void close_in_time(struct rk_rig *rig, nng_socket socket)
{
	if (rk_net_close_socket(socket))
		return;
	rig->left_open++;
	rk_harness_note("a socket was left to itself: NNG does not close it");
}

void rk_wire_close(struct rk_rig *rig, nng_socket socket)
{
	for (size_t i = 0; i < rig->sockets_n; i++) {
		if (nng_socket_id(rig->sockets[i]) != nng_socket_id(socket))
			continue;
		rig->sockets[i] = rig->sockets[--rig->sockets_n];
		break;
	}
	close_in_time(rig, socket);
}

void rk_wire_close_all(struct rk_rig *rig)
{
	while (rig->sockets_n > 0)
		close_in_time(rig, rig->sockets[--rig->sockets_n]);
}

void rk_wire_open_query(struct rk_rig *rig)
{
	struct stat found;
	const char *path = rig->riskd.url[RK_SOCKET_QUERY];
	bool ipc = strncmp(path, "ipc://", strlen("ipc://")) == 0;

	/* Not dialled before it is there: NNG would try again and again. */
	CHECK_SOON(rk_process_ended(&rig->riskd) || !ipc ||
		   stat(path + strlen("ipc://"), &found) == 0);
	CHECK(!rk_process_ended(&rig->riskd), "riskd does not start");
	rig->query = rk_wire_dial(rig, RK_SOCKET_QUERY);
	riskd__answer__free_unpacked(rk_wire_status(rig), NULL);
}

void rk_wire_send(nng_socket socket, const void *data, size_t size)
{
	nng_msg *message;
	int r = nng_msg_alloc(&message, 0);

	if (r == 0)
		r = nng_msg_append(message, data, size);
	CHECK(r == 0, "no memory for a message");
	r = nng_sendmsg(socket, message, 0);
	if (r != 0)
		nng_msg_free(message);
	CHECK(r == 0, "cannot send: %s", nng_strerror(r));
}

bool rk_wire_try(nng_socket socket, const struct rk_wire_bytes *message,
		 int wait_ms, struct rk_wire_bytes *ret_reply)
{
	nng_msg *reply;
	int r;

	r = nng_socket_set_ms(socket, NNG_OPT_RECVTIMEO, wait_ms);
	CHECK(r == 0, "cannot set a time limit");
	rk_wire_send(socket, message->data, message->size);
	r = nng_recvmsg(socket, &reply, 0);
	if (r != 0)
		return false;

	ret_reply->size = nng_msg_len(reply);
	ret_reply->data = malloc(ret_reply->size + 1);
	CHECK(ret_reply->data, "no memory");
	memcpy(ret_reply->data, nng_msg_body(reply), ret_reply->size);
	nng_msg_free(reply);
	return true;
}

/* Pack any message, send it, and give back the bytes of the reply. */
static struct rk_wire_bytes exchange(nng_socket socket,
				     const ProtobufCMessage *message)
{
	struct rk_wire_bytes bytes;
	struct rk_wire_bytes reply = {NULL, 0};
	bool answered;

	bytes.size = protobuf_c_message_get_packed_size(message);
	bytes.data = malloc(bytes.size + 1);
	CHECK(bytes.data, "no memory");
	(void)protobuf_c_message_pack(message, bytes.data);
	answered = rk_wire_try(socket, &bytes, RK_WIRE_WAIT_MS, &reply);
	rk_wire_free(&bytes);
	CHECK(answered, "no answer within %d ms", RK_WIRE_WAIT_MS);
	return reply;
}

Riskd__Reply *rk_wire_reply_of(const struct rk_wire_bytes *bytes)
{
	Riskd__Reply *reply =
		riskd__reply__unpack(NULL, bytes->size, bytes->data);

	CHECK(reply, "%zu bytes are no Reply", bytes->size);
	CHECK_EQ(reply->version, 1);
	return reply;
}

Riskd__Answer *rk_wire_answer_of(const struct rk_wire_bytes *bytes)
{
	Riskd__Answer *answer =
		riskd__answer__unpack(NULL, bytes->size, bytes->data);

	CHECK(answer, "%zu bytes are no Answer", bytes->size);
	CHECK_EQ(answer->version, 1);
	return answer;
}

Riskd__Reply *rk_wire_request(nng_socket socket, const Riskd__Request *request)
{
	struct rk_wire_bytes bytes = exchange(socket, &request->base);
	Riskd__Reply *reply = rk_wire_reply_of(&bytes);

	rk_wire_free(&bytes);
	return reply;
}

Riskd__Answer *rk_wire_query(nng_socket socket, const Riskd__Query *query)
{
	struct rk_wire_bytes bytes = exchange(socket, &query->base);
	Riskd__Answer *answer = rk_wire_answer_of(&bytes);

	rk_wire_free(&bytes);
	return answer;
}

/* Ask on the rig's own socket; the answer must be of that kind. */
static Riskd__Answer *ask(struct rk_rig *rig, Riskd__Query *query,
			  Riskd__Answer__KindCase kind)
{
	Riskd__Answer *answer;

	query->version = 1;
	answer = rk_wire_query(rig->query, query);
	CHECK(answer->code == 0, "query refused with %d: %s", answer->code,
	      answer->error);
	CHECK_EQ(answer->kind_case, kind);
	return answer;
}

Riskd__Answer *rk_wire_status(struct rk_rig *rig)
{
	Riskd__StatusQuery status = RISKD__STATUS_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;

	query.kind_case = RISKD__QUERY__KIND_STATUS;
	query.status = &status;
	return ask(rig, &query, RISKD__ANSWER__KIND_STATUS);
}

uint64_t rk_wire_counter(struct rk_rig *rig, const char *name)
{
	Riskd__Answer *answer = rk_wire_status(rig);
	const Riskd__StatusAnswer *status = answer->status;
	bool found = false;
	uint64_t value = 0;

	for (size_t i = 0; i < status->n_counters; i++) {
		if (strcmp(status->counters[i]->name, name) != 0)
			continue;
		found = true;
		value = status->counters[i]->value;
	}
	riskd__answer__free_unpacked(answer, NULL);
	CHECK(found, "Status has no counter \"%s\"", name);
	return value;
}

Riskd__Answer *rk_wire_account(struct rk_rig *rig, uint64_t account)
{
	Riskd__AccountQuery wanted = RISKD__ACCOUNT_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;

	wanted.account = account;
	query.kind_case = RISKD__QUERY__KIND_ACCOUNT;
	query.account = &wanted;
	return ask(rig, &query, RISKD__ANSWER__KIND_ACCOUNT);
}

uint64_t rk_wire_client(struct rk_rig *rig, const char *client)
{
	Riskd__ClientQuery wanted = RISKD__CLIENT_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;
	Riskd__Answer *answer;
	uint64_t newest;
	char name[24];

	(void)snprintf(name, sizeof(name), "%s", client);
	wanted.client = name;
	query.kind_case = RISKD__QUERY__KIND_CLIENT;
	query.client = &wanted;
	answer = ask(rig, &query, RISKD__ANSWER__KIND_CLIENT);
	newest = answer->client->last_client_seq;
	riskd__answer__free_unpacked(answer, NULL);
	return newest;
}

int64_t rk_wire_usd(struct rk_rig *rig, uint64_t account)
{
	Riskd__Answer *answer = rk_wire_account(rig, account);
	int64_t amount = 0;

	for (size_t i = 0; i < answer->account->n_balances; i++)
		if (answer->account->balances[i]->asset == RK_ASSET_USD)
			amount = answer->account->balances[i]->amount;
	riskd__answer__free_unpacked(answer, NULL);
	return amount;
}

struct rk_wire_price rk_wire_price(struct rk_rig *rig, uint32_t market)
{
	Riskd__MarketsQuery wanted = RISKD__MARKETS_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;
	struct rk_wire_price price;
	Riskd__Answer *answer;

	query.kind_case = RISKD__QUERY__KIND_MARKETS;
	query.markets = &wanted;
	answer = ask(rig, &query, RISKD__ANSWER__KIND_MARKETS);
	CHECK(market < answer->markets->n_markets, "no market %" PRIu32,
	      market);
	price.mark = answer->markets->markets[market]->price->mark;
	price.state = answer->markets->markets[market]->price->state;
	riskd__answer__free_unpacked(answer, NULL);
	return price;
}

static Riskd__Answer *ask_digest(struct rk_rig *rig)
{
	Riskd__DigestQuery wanted = RISKD__DIGEST_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;

	query.kind_case = RISKD__QUERY__KIND_DIGEST;
	query.digest = &wanted;
	return ask(rig, &query, RISKD__ANSWER__KIND_DIGEST);
}

void rk_wire_check_sound(struct rk_rig *rig)
{
	Riskd__Answer *status = rk_wire_status(rig);
	Riskd__Answer *digest = ask_digest(rig);
	bool balance = digest->digest->books_balance;

	/* Everything shown is durable: answers wait for it. */
	CHECK_EQ(status->status->durable_seq, status->status->last_seq);
	riskd__answer__free_unpacked(status, NULL);
	riskd__answer__free_unpacked(digest, NULL);
	CHECK(balance, "the books do not balance");
}

struct rk_wire_digests rk_wire_digests(struct rk_rig *rig)
{
	Riskd__Answer *answer = ask_digest(rig);
	struct rk_wire_digests digests;

	(void)snprintf(digests.state, sizeof(digests.state), "%s",
		       answer->digest->state);
	(void)snprintf(digests.events, sizeof(digests.events), "%s",
		       answer->digest->events);
	riskd__answer__free_unpacked(answer, NULL);
	CHECK_EQ(strlen(digests.state), 32);
	CHECK_EQ(strlen(digests.events), 32);
	return digests;
}

Riskd__Answer *rk_wire_events(nng_socket socket,
			      const struct rk_wire_range *range)
{
	Riskd__EventsQuery wanted = RISKD__EVENTS_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;
	char topic[RK_WIRE_TOPIC_SIZE];

	(void)snprintf(topic, sizeof(topic), "%s",
		       range->topic ? range->topic : "");
	wanted.from = range->from;
	wanted.topic = topic;
	wanted.wait_ms = range->wait_ms;
	wanted.limit = range->limit;
	query.version = 1;
	query.kind_case = RISKD__QUERY__KIND_EVENTS;
	query.events = &wanted;
	return rk_wire_query(socket, &query);
}

/* As bytes; how many. */
static size_t pack_quote(const struct rk_wire_quote *quote,
			 unsigned char bytes[static 128])
{
	Riskd__PriceBatch batch = RISKD__PRICE_BATCH__INIT;
	uint32_t slot = quote->slot;
	int64_t price = quote->price;

	batch.version = 1;
	batch.publisher = quote->publisher;
	batch.seq = quote->seq;
	batch.time_ns = quote->time_ns ? quote->time_ns : rk_process_now();
	batch.n_slot = 1;
	batch.slot = &slot;
	batch.n_price = 1;
	batch.price = &price;
	return riskd__price_batch__pack(&batch, bytes);
}

void rk_wire_push(nng_socket socket, const struct rk_wire_quote *quote)
{
	unsigned char bytes[128];

	rk_wire_send(socket, bytes, pack_quote(quote, bytes));
}

void rk_wire_try_push(nng_socket socket, const struct rk_wire_quote *quote)
{
	unsigned char bytes[128];

	(void)nng_send(socket, bytes, pack_quote(quote, bytes), 0);
}

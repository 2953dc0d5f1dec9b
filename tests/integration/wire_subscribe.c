/*
 * Subscribing to `events` and `public`. See wire.h.
 */
#include <nng/nng.h>
#include <nng/protocol/pubsub0/sub.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

/* As many as NNG takes: a test looks at them when it likes. */
#define BUFFER 8192

/* The subscription is in place once something comes: the heartbeat does. */
static void await_heartbeat(nng_socket socket)
{
	struct rk_wire_publication publication;

	CHECK(rk_wire_next(socket, RK_WIRE_WAIT_MS, &publication),
	      "no heartbeat within %d ms", RK_WIRE_WAIT_MS);
	rk_wire_drop(&publication);
}

nng_socket rk_wire_subscribe(struct rk_rig *rig, enum rk_socket_name which,
			     const char *topic)
{
	nng_socket socket = NNG_SOCKET_INITIALIZER;
	int r;

	CHECK(rig->sockets_n < RK_RIG_SOCKETS_MAX, "too many sockets");
	r = nng_sub0_open(&socket);
	CHECK(r == 0, "cannot open a socket: %s", nng_strerror(r));
	rig->sockets[rig->sockets_n++] = socket;

	r = nng_socket_set_int(socket, NNG_OPT_RECVBUF, BUFFER);
	if (r == 0 && rig->once)
		r = nng_socket_set_ms(socket, NNG_OPT_RECONNMINT,
				      RK_WIRE_NEVER_MS);
	if (r == 0)
		r = nng_socket_set(socket, NNG_OPT_SUB_SUBSCRIBE, "heartbeat",
				   strlen("heartbeat"));
	if (r == 0)
		r = nng_dial(socket, rig->riskd.url[which], NULL, 0);
	CHECK(r == 0, "cannot subscribe at %s: %s", rig->riskd.url[which],
	      nng_strerror(r));
	await_heartbeat(socket);

	if (strcmp(topic, "heartbeat") == 0)
		return socket;
	r = nng_socket_set(socket, NNG_OPT_SUB_UNSUBSCRIBE, "heartbeat",
			   strlen("heartbeat"));
	if (r == 0)
		r = nng_socket_set(socket, NNG_OPT_SUB_SUBSCRIBE, topic,
				   strlen(topic));
	CHECK(r == 0, "cannot subscribe to \"%s\": %s", topic, nng_strerror(r));
	return socket;
}

bool rk_wire_next(nng_socket socket, int wait_ms,
		  struct rk_wire_publication *ret_publication)
{
	nng_msg *message;
	const char *body;
	size_t topic;
	int r = nng_socket_set_ms(socket, NNG_OPT_RECVTIMEO, wait_ms);

	CHECK(r == 0, "cannot set a time limit");
	if (nng_recvmsg(socket, &message, 0) != 0)
		return false;

	body = nng_msg_body(message);
	topic = strnlen(body, nng_msg_len(message));
	CHECK(topic < nng_msg_len(message) && topic < RK_WIRE_TOPIC_SIZE,
	      "a publication without a topic and a zero byte");
	memset(ret_publication, 0, sizeof(*ret_publication));
	memcpy(ret_publication->topic, body, topic);
	ret_publication->bytes.size = nng_msg_len(message) - topic - 1;
	ret_publication->bytes.data = malloc(ret_publication->bytes.size + 1);
	CHECK(ret_publication->bytes.data, "no memory");
	memcpy(ret_publication->bytes.data, body + topic + 1,
	       ret_publication->bytes.size);
	nng_msg_free(message);

	ret_publication->batch = riskd__event_batch__unpack(
		NULL, ret_publication->bytes.size, ret_publication->bytes.data);
	CHECK(ret_publication->batch, "topic %s: no EventBatch follows",
	      ret_publication->topic);
	CHECK_EQ(ret_publication->batch->version, 1);
	return true;
}

void rk_wire_drop(struct rk_wire_publication *publication)
{
	riskd__event_batch__free_unpacked(publication->batch, NULL);
	rk_wire_free(&publication->bytes);
}

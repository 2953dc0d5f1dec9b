/*
 * Answering requests: each context receives one request, waits for the loop's
 * reply, sends it, and receives the next.
 *
 * A context is touched by one thread at a time: by NNG's until it is in the
 * ring, by the loop until the reply is sent.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "net/impl.h"

static void receive(struct rk_context *context)
{
	if (atomic_load(&context->rep->net->stopping))
		return;
	nng_ctx_recv(context->ctx, context->aio);
}

static void on_sent(struct rk_context *context)
{
	if (nng_aio_result(context->aio) != 0) {
		/* The asker is gone: so is the reply. */
		nng_msg *reply = nng_aio_get_msg(context->aio);

		if (reply)
			nng_msg_free(reply);
		atomic_fetch_add(&context->rep->net->send_errors, 1);
	}
	context->sending = false;
	receive(context);
	/* Last: from here on the loop may take the socket down. */
	atomic_fetch_sub(&context->rep->sending, 1);
}

static void on_done(void *argument)
{
	struct rk_context *context = argument;
	struct rk_rep *rep = context->rep;
	struct rk_socket *socket = &rep->net->sockets[rep->which];
	int r = nng_aio_result(context->aio);

	if (context->sending) {
		on_sent(context);
		return;
	}
	if (r == NNG_ECLOSED || r == NNG_ECANCELED)
		return;
	if (r != 0) {
		receive(context);
		return;
	}

	context->request = nng_aio_get_msg(context->aio);
	atomic_fetch_add(&socket->messages, 1);
	atomic_fetch_add(&socket->bytes, nng_msg_len(context->request));
	/* The ring holds every context, so there is always room. */
	(void)rk_ring_put(rep->ring, context);
	rep->net->wake(rep->net->wake_context);
}

int rk_rep_open(struct rk_net *net, struct rk_rep *rep,
		enum rk_net_socket which, uint32_t contexts)
{
	int r;

	rep->net = net;
	rep->which = which;
	r = rk_ring_open(contexts, &rep->ring);
	if (r < 0)
		return r;
	rep->contexts = calloc(contexts, sizeof(*rep->contexts));
	if (!rep->contexts)
		return -ENOMEM;
	rep->contexts_n = contexts;

	for (uint32_t i = 0; i < contexts; i++) {
		struct rk_context *context = &rep->contexts[i];

		context->rep = rep;
		r = nng_ctx_open(&context->ctx, net->sockets[which].nng);
		if (r != 0)
			return rk_socket_errno(r);
		context->open = true;
		r = nng_aio_alloc(&context->aio, on_done, context);
		if (r != 0)
			return rk_socket_errno(r);
	}
	return 0;
}

void rk_rep_start(struct rk_rep *rep)
{
	for (uint32_t i = 0; i < rep->contexts_n; i++)
		receive(&rep->contexts[i]);
}

void rk_rep_close(struct rk_rep *rep)
{
	for (uint32_t i = 0; i < rep->contexts_n; i++) {
		struct rk_context *context = &rep->contexts[i];

		if (context->aio) {
			nng_aio_stop(context->aio);
			nng_aio_free(context->aio);
		}
		if (context->open)
			(void)nng_ctx_close(context->ctx); /* going down */
		if (context->request)
			nng_msg_free(context->request);
	}
	free(rep->contexts);
	rk_ring_close(rep->ring);
}

bool rk_rep_take(struct rk_rep *rep, struct rk_net_message *ret_message)
{
	struct rk_context *context = rk_ring_take(rep->ring);

	if (!context)
		return false;

	ret_message->socket = rep->which;
	ret_message->data = nng_msg_body(context->request);
	ret_message->size = nng_msg_len(context->request);
	ret_message->handle = context;
	return true;
}

bool rk_rep_is_gone(const struct rk_net_message *message)
{
	const struct rk_context *context = message->handle;
	nng_pipe pipe = nng_msg_get_pipe(context->request);

	/* NNG forgets a pipe when its connection has ended. */
	return nng_socket_id(nng_pipe_socket(pipe)) < 0;
}

void rk_rep_reply(const struct rk_net_message *message, const void *data,
		  size_t size)
{
	struct rk_context *context = message->handle;
	nng_msg *reply = context->request;

	/* The request is done with: its buffer carries the reply. */
	context->request = NULL;
	nng_msg_clear(reply);
	if (nng_msg_append(reply, data, size) != 0) {
		nng_msg_free(reply);
		atomic_fetch_add(&context->rep->net->send_errors, 1);
		receive(context);
		return;
	}

	atomic_fetch_add(&context->rep->sending, 1);
	context->sending = true;
	nng_aio_set_msg(context->aio, reply);
	nng_ctx_send(context->ctx, context->aio);
}

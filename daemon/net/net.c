/*
 * All sockets together: opening, closing, publishing, counting. See net.h.
 */
#include "net/net.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/close.h"
#include "net/impl.h"

int rk_net_open(const struct rk_net_options *options, struct rk_net **ret_net,
		char *error, size_t error_size)
{
	struct rk_net *net = calloc(1, sizeof(*net));
	int r = 0;

	if (!net) {
		(void)snprintf(error, error_size, "out of memory");
		return -ENOMEM;
	}
	net->wake = options->wake;
	net->wake_context = options->wake_context;

	for (int i = 0; r == 0 && i < RK_NET_SOCKETS; i++)
		r = rk_socket_listen(net, (enum rk_net_socket)i, options, error,
				     error_size);
	if (r < 0)
		goto fail;

	r = rk_pull_open(net, options);
	if (r == 0)
		r = rk_rep_open(net, &net->ingest, RK_NET_INGEST,
				options->contexts);
	if (r == 0)
		r = rk_rep_open(net, &net->query, RK_NET_QUERY,
				options->contexts);
	if (r < 0) {
		(void)snprintf(error, error_size,
			       "cannot prepare the sockets: %s", strerror(-r));
		goto fail;
	}

	rk_pull_start(&net->pull);
	rk_rep_start(&net->ingest);
	rk_rep_start(&net->query);
	*ret_net = net;
	return 0;

fail:
	rk_net_close(net);
	return r;
}

void rk_net_stop(struct rk_net *net)
{
	atomic_store(&net->stopping, true);
}

/* True when it is closed; else it stays as it is, but calls back no more. */
static bool close_one(struct rk_socket *socket)
{
	static const nng_pipe_ev events[] = {NNG_PIPE_EV_ADD_PRE,
					     NNG_PIPE_EV_REM_POST};

	if (!socket->open)
		return true;
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		(void)nng_pipe_notify(socket->nng, events[i], NULL, NULL);
	return rk_net_close_socket(socket->nng);
}

void rk_net_close(struct rk_net *net)
{
	bool closed = true;

	if (!net)
		return;

	rk_net_stop(net);
	rk_pull_close(&net->pull);
	rk_rep_close(&net->ingest);
	rk_rep_close(&net->query);
	for (int i = 0; i < RK_NET_SOCKETS; i++)
		closed = close_one(&net->sockets[i]) && closed;
	if (closed)
		free(net); /* else a callback may still be inside */
}

bool rk_net_take(struct rk_net *net, enum rk_net_socket socket,
		 struct rk_net_message *ret_message)
{
	switch (socket) {
	case RK_NET_PRICES:
		return rk_pull_take(&net->pull, ret_message);
	case RK_NET_INGEST:
		return rk_rep_take(&net->ingest, ret_message);
	case RK_NET_QUERY:
		return rk_rep_take(&net->query, ret_message);
	case RK_NET_EVENTS:
	case RK_NET_PUBLIC:
	case RK_NET_SOCKETS:
	default:
		return false;
	}
}

void rk_net_release(struct rk_net *net, const struct rk_net_message *message)
{
	rk_pull_release(&net->pull, message->handle);
}

void rk_net_free_released(struct rk_net *net)
{
	rk_pull_free_released(&net->pull);
}

void rk_net_reply(struct rk_net *net, const struct rk_net_message *message,
		  const void *data, size_t size)
{
	(void)net;
	rk_rep_reply(message, data, size);
}

bool rk_net_is_gone(const struct rk_net *net,
		    const struct rk_net_message *message)
{
	(void)net;
	return rk_rep_is_gone(message);
}

void rk_net_publish(struct rk_net *net, enum rk_net_socket socket,
		    const char *topic, const void *data, size_t size)
{
	struct rk_socket *to = &net->sockets[socket];
	nng_msg *message;

	if (nng_msg_alloc(&message, 0) != 0) {
		atomic_fetch_add(&net->send_errors, 1);
		return;
	}
	if (nng_msg_append(message, topic, strlen(topic) + 1) != 0 ||
	    nng_msg_append(message, data, size) != 0 ||
	    nng_sendmsg(to->nng, message, NNG_FLAG_NONBLOCK) != 0) {
		nng_msg_free(message);
		atomic_fetch_add(&net->send_errors, 1);
		return;
	}
	atomic_fetch_add(&to->messages, 1);
	atomic_fetch_add(&to->bytes, size);
}

bool rk_net_idle(const struct rk_net *net)
{
	return atomic_load(&net->ingest.sending) == 0 &&
	       atomic_load(&net->query.sending) == 0;
}

void rk_net_counts(const struct rk_net *net, struct rk_net_counts *ret_counts)
{
	memset(ret_counts, 0, sizeof(*ret_counts));
	for (int i = 0; i < RK_NET_SOCKETS; i++) {
		const struct rk_socket *socket = &net->sockets[i];

		ret_counts->messages[i] = atomic_load(&socket->messages);
		ret_counts->bytes[i] = atomic_load(&socket->bytes);
		ret_counts->connections[i] = atomic_load(&socket->connections);
		ret_counts->turned_away[i] = atomic_load(&socket->turned_away);
		ret_counts->dropped[i] = atomic_load(&socket->dropped);
	}
	ret_counts->paused = atomic_load(&net->pull.pauses);
	ret_counts->send_errors = atomic_load(&net->send_errors);
}

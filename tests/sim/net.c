/*
 * The functions of net/net.h over queues in memory. See net.h.
 */
#include "net.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/assert.h"

#define SPOILED 0xdd

struct message {
	struct message *next;
	struct message *previous;
	enum rk_net_socket socket;
	uint64_t token;
	bool gone; /* its sender */
	size_t size;
	unsigned char *data;
};

/* Oldest first. */
struct queue {
	struct message *first;
	struct message *last;
	uint32_t n;
};

struct rk_net {
	struct sim_net_hooks hooks;
	struct rk_net_options options;
	struct queue waiting[RK_NET_SOCKETS];
	struct queue taken[RK_NET_SOCKETS];
	struct rk_net_counts counts;
	bool stopping;
};

/* The daemon opens its net by itself, so there is no other way to meet it. */
static struct sim_net_hooks hooks_next;
static struct rk_net *net_open;
static int error_next;

static void *need(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

static void queue_add(struct queue *queue, struct message *message)
{
	message->next = NULL;
	message->previous = queue->last;
	if (queue->last)
		queue->last->next = message;
	else
		queue->first = message;
	queue->last = message;
	queue->n++;
}

static void queue_remove(struct queue *queue, struct message *message)
{
	RK_ASSERT(queue->n > 0);
	if (message->previous)
		message->previous->next = message->next;
	else
		queue->first = message->next;
	if (message->next)
		message->next->previous = message->previous;
	else
		queue->last = message->previous;
	queue->n--;
}

/* Whoever goes on reading sees that it must not. */
static void message_free(struct message *message)
{
	memset(message->data, SPOILED, message->size);
	free(message->data);
	free(message);
}

static void queue_free(struct queue *queue)
{
	while (queue->first) {
		struct message *message = queue->first;

		queue_remove(queue, message);
		message_free(message);
	}
}

void sim_net_use(const struct sim_net_hooks *hooks)
{
	hooks_next = *hooks;
}

void sim_net_fail_open(int error)
{
	error_next = error;
}

uint32_t sim_net_waiting(enum rk_net_socket socket)
{
	return net_open ? net_open->waiting[socket].n : 0;
}

uint32_t sim_net_taken(enum rk_net_socket socket)
{
	return net_open ? net_open->taken[socket].n : 0;
}

static bool has_room(const struct rk_net *net, enum rk_net_socket socket)
{
	/* A context is in use until its reply. */
	if (socket == RK_NET_PRICES)
		return net->waiting[socket].n < net->options.ring;
	return net->waiting[socket].n + net->taken[socket].n <
	       net->options.contexts;
}

int sim_net_put(enum rk_net_socket socket, uint64_t token, const void *data,
		size_t size)
{
	struct rk_net *net = net_open;
	struct message *message;

	RK_ASSERT(socket < RK_NET_EVENTS);
	if (!net || net->stopping)
		return -ENOTCONN;
	if (size > (socket == RK_NET_PRICES ? net->options.prices_message_size
					    : net->options.message_size)) {
		net->counts.dropped[socket]++; /* NNG ends the connection */
		return -EMSGSIZE;
	}
	if (!has_room(net, socket)) {
		net->counts.paused += socket == RK_NET_PRICES;
		return -EAGAIN;
	}
	message = need(calloc(1, sizeof(*message)));
	message->socket = socket;
	message->token = token;
	message->size = size;
	message->data = need(malloc(size + !size));
	memcpy(message->data, data, size);
	queue_add(&net->waiting[socket], message);
	net->counts.messages[socket]++;
	net->counts.bytes[socket] += size;
	if (net->options.wake)
		net->options.wake(net->options.wake_context);
	return 0;
}

int rk_net_open(const struct rk_net_options *options, struct rk_net **ret_net,
		char *error, size_t error_size)
{
	struct rk_net *net;
	int r = error_next;

	error_next = 0;
	if (r < 0) {
		(void)snprintf(error, error_size, "cannot listen: %s",
			       strerror(-r));
		return r;
	}
	RK_ASSERT(!net_open);
	net = need(calloc(1, sizeof(*net)));
	net->hooks = hooks_next;
	net->options = *options;
	memset(net->options.urls, 0, sizeof(net->options.urls)); /* borrowed */
	net_open = net;
	*ret_net = net;
	return 0;
}

void rk_net_close(struct rk_net *net)
{
	if (!net)
		return;
	for (int i = 0; i < RK_NET_SOCKETS; i++) {
		queue_free(&net->waiting[i]);
		queue_free(&net->taken[i]);
	}
	if (net == net_open)
		net_open = NULL;
	free(net);
}

void rk_net_stop(struct rk_net *net)
{
	net->stopping = true;
}

bool rk_net_take(struct rk_net *net, enum rk_net_socket socket,
		 struct rk_net_message *ret_message)
{
	struct message *message = net->waiting[socket].first;

	if (!message)
		return false;
	queue_remove(&net->waiting[socket], message);
	queue_add(&net->taken[socket], message);
	ret_message->socket = socket;
	ret_message->data = message->data;
	ret_message->size = message->size;
	ret_message->handle = message;
	return true;
}

/* Taken, and not given back yet? */
static struct message *given_back(const struct rk_net *net,
				  const struct rk_net_message *message)
{
	struct message *taken = net->taken[message->socket].first;

	while (taken && taken != message->handle)
		taken = taken->next;
	RK_ASSERT(taken);
	return taken;
}

void rk_net_release(struct rk_net *net, const struct rk_net_message *message)
{
	struct message *taken = given_back(net, message);

	RK_ASSERT(taken->socket == RK_NET_PRICES);
	queue_remove(&net->taken[taken->socket], taken);
	message_free(taken);
}

/* Freed at once here: whoever goes on reading sees that it must not. */
void rk_net_free_released(struct rk_net *net)
{
	(void)net;
}

static void *copy_of(const void *data, size_t size)
{
	void *copy = need(malloc(size + !size));

	if (size > 0)
		memcpy(copy, data, size);
	return copy;
}

void rk_net_reply(struct rk_net *net, const struct rk_net_message *message,
		  const void *data, size_t size)
{
	struct message *taken = given_back(net, message);
	uint64_t token = taken->token;
	bool gone = taken->gone;
	void *copy = copy_of(data, size);

	RK_ASSERT(taken->socket != RK_NET_PRICES);
	queue_remove(&net->taken[taken->socket], taken);
	message_free(taken);
	if (net->hooks.reply && !gone)
		net->hooks.reply(net->hooks.context, token, copy, size);
	free(copy);
}

bool rk_net_is_gone(const struct rk_net *net,
		    const struct rk_net_message *message)
{
	return given_back(net, message)->gone;
}

static void mark_gone(struct message *message, uint64_t token)
{
	for (; message; message = message->next)
		message->gone = message->gone || message->token == token;
}

void sim_net_hang_up(uint64_t token)
{
	for (int i = 0; net_open && i < RK_NET_SOCKETS; i++) {
		mark_gone(net_open->waiting[i].first, token);
		mark_gone(net_open->taken[i].first, token);
	}
}

void rk_net_publish(struct rk_net *net, enum rk_net_socket socket,
		    const char *topic, const void *data, size_t size)
{
	void *copy = copy_of(data, size);

	RK_ASSERT(socket == RK_NET_EVENTS || socket == RK_NET_PUBLIC);
	net->counts.messages[socket]++;
	net->counts.bytes[socket] += size;
	if (net->hooks.publish)
		net->hooks.publish(net->hooks.context, socket, topic, copy,
				   size);
	free(copy);
}

/* A reply is with its asker as soon as it is given. */
bool rk_net_idle(const struct rk_net *net)
{
	(void)net;
	return true;
}

void rk_net_counts(const struct rk_net *net, struct rk_net_counts *ret_counts)
{
	*ret_counts = net->counts;
}

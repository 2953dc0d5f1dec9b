/*
 * Receiving prices: one message after the other into the ring.
 *
 * When the ring is full the message is parked and nothing more is received,
 * so that NNG, the kernel and at last the sender feel it. The loop goes on
 * where it stopped.
 */
#include <errno.h>

#include "net/impl.h"

/*
 * Put it into the ring, or park it until the loop has made room. A riskd that
 * stops asks for no more: its feeds never fall silent by themselves.
 */
static void hand_over(struct rk_pull *pull, nng_msg *message)
{
	struct rk_net *net = pull->net;

	if (rk_ring_put(pull->ring, message)) {
		if (!atomic_load(&net->stopping))
			rk_pull_start(pull);
	} else {
		pull->parked = message;
		atomic_fetch_add(&pull->pauses, 1);
		atomic_store(&pull->paused, true);
	}
	net->wake(net->wake_context);
}

static void on_receive(void *context)
{
	struct rk_pull *pull = context;
	struct rk_socket *socket = &pull->net->sockets[RK_NET_PRICES];
	nng_msg *message;

	/* Closed or stopped: no more receives. */
	if (nng_aio_result(pull->aio) != 0)
		return;

	message = nng_aio_get_msg(pull->aio);
	atomic_fetch_add(&socket->messages, 1);
	atomic_fetch_add(&socket->bytes, nng_msg_len(message));
	hand_over(pull, message);
}

int rk_pull_open(struct rk_net *net, const struct rk_net_options *options)
{
	struct rk_pull *pull = &net->pull;
	int r;

	pull->net = net;
	r = rk_ring_open(options->ring, &pull->ring);
	if (r < 0)
		return r;
	return rk_socket_errno(nng_aio_alloc(&pull->aio, on_receive, pull));
}

void rk_pull_start(struct rk_pull *pull)
{
	nng_recv_aio(pull->net->sockets[RK_NET_PRICES].nng, pull->aio);
}

void rk_pull_close(struct rk_pull *pull)
{
	nng_msg *message;

	if (pull->aio) {
		nng_aio_stop(pull->aio);
		nng_aio_free(pull->aio);
	}
	if (pull->parked)
		nng_msg_free(pull->parked);
	while (pull->ring && (message = rk_ring_take(pull->ring)))
		nng_msg_free(message);
	rk_pull_free_released(pull);
	rk_ring_close(pull->ring);
}

bool rk_pull_take(struct rk_pull *pull, struct rk_net_message *ret_message)
{
	/* Asked before the ring: what was parked then comes after all of it. */
	bool paused = atomic_load(&pull->paused);
	nng_msg *message = rk_ring_take(pull->ring);

	if (!message) {
		if (!paused)
			return false;
		atomic_store(&pull->paused, false);
		message = pull->parked;
		pull->parked = NULL;
		if (!atomic_load(&pull->net->stopping))
			rk_pull_start(pull);
	}

	ret_message->socket = RK_NET_PRICES;
	ret_message->data = nng_msg_body(message);
	ret_message->size = nng_msg_len(message);
	ret_message->handle = message;
	return true;
}

void rk_pull_release(struct rk_pull *pull, nng_msg *message)
{
	if (pull->released_n == RK_NET_RELEASED_MAX)
		rk_pull_free_released(pull);
	pull->released[pull->released_n++] = message;
}

void rk_pull_free_released(struct rk_pull *pull)
{
	while (pull->released_n > 0)
		nng_msg_free(pull->released[--pull->released_n]);
}

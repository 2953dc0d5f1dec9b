/*
 * Opening and listening, limits on connections and sizes, for all patterns.
 */
#include <errno.h>
#include <nng/nng.h>
#include <nng/protocol/pipeline0/pull.h>
#include <nng/protocol/pubsub0/pub.h>
#include <nng/protocol/reqrep0/rep.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "net/impl.h"

/*
 * NNG 1.5.2 takes EPIPE from a peer that is gone for "this listener was
 * closed" and never accepts on it again: one connect-and-close on an ipc://
 * address would silence the socket for ever. Our own sendmsg(), which libnng
 * finds before libc's, says ECONNRESET instead, which ends that peer alone.
 * (Later NNG versions are right without it.)
 */
__attribute__((visibility("default"))) ssize_t
sendmsg(int descriptor, const struct msghdr *message, int flags)
{
	ssize_t sent = syscall(SYS_sendmsg, descriptor, message, flags);

	if (sent < 0 && errno == EPIPE)
		errno = ECONNRESET;
	return sent;
}

/*
 * Messages queued per subscriber before the oldest is dropped: at 64 KiB each
 * it bounds what a subscriber that never reads can make us hold.
 */
#define PUB_QUEUE 1024

int rk_socket_errno(int nng_error)
{
	switch (nng_error) {
	case 0:
		return 0;
	case NNG_ENOMEM:
		return -ENOMEM;
	case NNG_EADDRINUSE:
		return -EADDRINUSE;
	case NNG_EADDRINVAL:
	case NNG_EINVAL:
	case NNG_ENOTSUP:
		return -EINVAL;
	case NNG_EPERM:
		return -EACCES;
	default:
		return -EIO;
	}
}

/* A connection wants in: count it, and turn it away above the limit. */
static void on_connect(nng_pipe pipe, nng_pipe_ev event, void *context)
{
	struct rk_socket *socket = context;

	(void)event;
	if (atomic_fetch_add(&socket->connections, 1) < socket->connections_max)
		return;
	atomic_fetch_add(&socket->turned_away, 1);
	(void)nng_pipe_close(pipe); /* it is gone either way */
}

static void on_disconnect(nng_pipe pipe, nng_pipe_ev event, void *context)
{
	struct rk_socket *socket = context;

	(void)pipe;
	(void)event;
	atomic_fetch_sub(&socket->connections, 1);
	atomic_fetch_add(&socket->dropped, 1);
}

static int open_socket(enum rk_net_socket which, nng_socket *ret_socket)
{
	switch (which) {
	case RK_NET_PRICES:
		return nng_pull0_open(ret_socket);
	case RK_NET_INGEST:
	case RK_NET_QUERY:
		return nng_rep0_open(ret_socket);
	case RK_NET_EVENTS:
	case RK_NET_PUBLIC:
		return nng_pub0_open(ret_socket);
	case RK_NET_SOCKETS:
	default:
		return NNG_EINVAL;
	}
}

/* Sizes and queues; the default of NNG accepts messages of any size. */
static int set_options(struct rk_socket *socket, enum rk_net_socket which,
		       const struct rk_net_options *options)
{
	size_t largest = which == RK_NET_PRICES ? options->prices_message_size
						: options->message_size;
	int r = nng_socket_set_size(socket->nng, NNG_OPT_RECVMAXSZ, largest);

	if (r == 0 && (which == RK_NET_EVENTS || which == RK_NET_PUBLIC))
		r = nng_socket_set_int(socket->nng, NNG_OPT_SENDBUF, PUB_QUEUE);
	if (r == 0)
		r = nng_pipe_notify(socket->nng, NNG_PIPE_EV_ADD_PRE,
				    on_connect, socket);
	if (r == 0)
		r = nng_pipe_notify(socket->nng, NNG_PIPE_EV_REM_POST,
				    on_disconnect, socket);
	return r;
}

int rk_socket_listen(struct rk_net *net, enum rk_net_socket which,
		     const struct rk_net_options *options, char *error,
		     size_t error_size)
{
	struct rk_socket *socket = &net->sockets[which];
	int r;

	socket->connections_max = options->connections;
	r = open_socket(which, &socket->nng);
	if (r == 0) {
		socket->open = true;
		r = set_options(socket, which, options);
	}
	if (r != 0) {
		(void)snprintf(error, error_size, "cannot open a socket: %s",
			       nng_strerror(r));
		return rk_socket_errno(r);
	}

	for (uint32_t i = 0; i < options->urls_n[which]; i++) {
		const char *url = options->urls[which][i];

		r = nng_listen(socket->nng, url, NULL, 0);
		if (r != 0) {
			(void)snprintf(error, error_size,
				       "cannot listen on %s: %s", url,
				       nng_strerror(r));
			return rk_socket_errno(r);
		}
	}
	return 0;
}

/*
 * Whether who asked is still there can be seen, over real sockets. A plain
 * program that prints TAP, as NNG's threads run.
 */
#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "net/net.h"

#define URL      "ipc:///tmp/riskd-test-rep-%ld"
#define NAPS_MAX 5000

static void nap(void)
{
	const struct timespec ms = {0, 1000000};

	(void)nanosleep(&ms, NULL);
}

static void wake(void *context)
{
	(void)context; /* looked for all the time */
}

static struct rk_net *listen_at(const char *url)
{
	struct rk_net_options options = {
		.message_size = 1024,
		.prices_message_size = 1024,
		.connections = 4,
		.ring = 4,
		.contexts = 1, /* the second is answered once the first is */
		.wake = wake,
	};
	struct rk_net *net;
	char error[256];

	options.urls[RK_NET_QUERY] = &url;
	options.urls_n[RK_NET_QUERY] = 1;
	if (rk_net_open(&options, &net, error, sizeof(error)) != 0) {
		(void)fprintf(stderr, "%s\n", error);
		abort();
	}
	return net;
}

static nng_socket dial(const char *url)
{
	nng_socket socket;

	if (nng_req0_open(&socket) != 0 ||
	    nng_socket_set_ms(socket, NNG_OPT_RECVTIMEO, 10000) != 0 ||
	    nng_dial(socket, url, NULL, 0) != 0)
		abort();
	return socket;
}

static void ask(nng_socket socket)
{
	char text[] = "?";

	if (nng_send(socket, text, sizeof(text), 0) != 0)
		abort();
}

static struct rk_net_message take(struct rk_net *net)
{
	struct rk_net_message message;

	for (uint32_t i = 0; i < NAPS_MAX; i++) {
		if (rk_net_take(net, RK_NET_QUERY, &message))
			return message;
		nap();
	}
	abort();
}

int main(void)
{
	struct rk_net_message message;
	struct rk_net *net;
	nng_socket client;
	bool there;
	bool gone = false;
	bool served;
	char url[64];
	char text[8] = "";
	size_t size = sizeof(text);

	(void)snprintf(url, sizeof(url), URL, (long)getpid());
	net = listen_at(url);
	client = dial(url);
	ask(client);
	message = take(net);
	there = !rk_net_is_gone(net, &message);
	(void)nng_close(client); /* that is the question */
	for (uint32_t i = 0; i < NAPS_MAX && !gone; i++) {
		gone = rk_net_is_gone(net, &message);
		nap();
	}
	rk_net_reply(net, &message, "", 0);

	client = dial(url);
	ask(client);
	message = take(net);
	there = there && !rk_net_is_gone(net, &message);
	rk_net_reply(net, &message, "yes", 4);
	served = nng_recv(client, text, &size, 0) == 0 &&
		 strcmp(text, "yes") == 0;
	(void)nng_close(client);
	rk_net_close(net);

	(void)printf("%sok 1 - who is connected is not gone\n",
		     there ? "" : "not ");
	(void)printf("%sok 2 - whose connection has ended is gone\n",
		     gone ? "" : "not ");
	(void)printf(
		"%sok 3 - a reply to nobody makes way for the next\n1..3\n",
		served ? "" : "not ");
	return there && gone && served ? EXIT_SUCCESS : EXIT_FAILURE;
}

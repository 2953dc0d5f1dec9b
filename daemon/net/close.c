/*
 * Closing in a thread of its own, which may be left behind. See close.h.
 */
#define _GNU_SOURCE /* pthread_timedjoin_np() */
#include "net/close.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define CLOSE_S 2

static void *close_socket(void *argument)
{
	nng_socket *socket = argument;

	(void)nng_close(*socket); /* only fails when it is closed */
	free(socket);
	return NULL;
}

bool rk_net_close_socket(nng_socket socket)
{
	nng_socket *copy = malloc(sizeof(*copy));
	struct timespec until = {0, 0};
	pthread_t thread;

	if (!copy)
		return false;
	*copy = socket;
	if (pthread_create(&thread, NULL, close_socket, copy) != 0) {
		free(copy);
		return false;
	}
	(void)clock_gettime(CLOCK_REALTIME, &until); /* cannot fail */
	until.tv_sec += CLOSE_S;
	if (pthread_timedjoin_np(thread, NULL, &until) == 0)
		return true;
	(void)pthread_detach(thread); /* it is joinable, so it can */
	return false;
}

/*
 * The daemon's sockets without sockets: net/net.h, linked in place of the net
 * library. The simulator puts messages in and is handed what comes out, when
 * it comes out. At most one net is open at a time.
 *
 * Memory is as with the real one: a message taken is the daemon's until it is
 * replied to or released, and spoiled then; what waits or was never replied
 * to is freed with the net, as when a process dies.
 */
#ifndef SIM_NET_H
#define SIM_NET_H

#include "net/net.h"

/* Data is borrowed for the call, in memory of exactly that size. */
struct sim_net_hooks {
	void (*reply)(void *context, uint64_t token, const void *data,
		      size_t size);
	void (*publish)(void *context, enum rk_net_socket socket,
			const char *topic, const void *data, size_t size);
	void *context;
};

/* For nets opened from now on. Borrowed until the next such call. */
void sim_net_use(const struct sim_net_hooks *hooks);

/*
 * A message for prices, ingest or query (copied); the reply comes with the
 * token. Returns 0, -ENOTCONN (no net is open, or it takes no more), -EAGAIN
 * (as many wait as it takes: the sender would have to wait) or -EMSGSIZE.
 */
int sim_net_put(enum rk_net_socket socket, uint64_t token, const void *data,
		size_t size);

/*
 * Whoever sent the messages with this token is gone: the daemon can see it, and
 * its replies come to nobody.
 */
void sim_net_hang_up(uint64_t token);

/* Messages put that were not taken yet, and those taken without a reply. */
uint32_t sim_net_waiting(enum rk_net_socket socket);
uint32_t sim_net_taken(enum rk_net_socket socket);

/* The next rk_net_open() fails so (0: does not). */
void sim_net_fail_open(int error);

#endif

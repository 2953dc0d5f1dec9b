/*
 * The sockets: bytes in, bytes out. The only folder that knows NNG.
 *
 * Messages arrive on NNG's threads, which put them in a bounded ring and call
 * wake, nothing else. Everything below is for the loop thread alone, but for
 * wake, which is called from NNG's threads.
 *
 * Patterns: `prices` PULL, `ingest` and `query` REP with many contexts,
 * `events` and `public` PUB. A sender to a full daemon feels it: the next
 * receive is posted only when there is room.
 */
#ifndef RK_NET_NET_H
#define RK_NET_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rk_net_socket {
	RK_NET_PRICES,
	RK_NET_INGEST,
	RK_NET_QUERY,
	RK_NET_EVENTS,
	RK_NET_PUBLIC,
	RK_NET_SOCKETS
};

struct rk_net_options {
	/* URLs to listen on, per socket; borrowed until rk_net_open returns. */
	const char *const *urls[RK_NET_SOCKETS];
	uint32_t urls_n[RK_NET_SOCKETS];
	size_t message_size;        /* largest on ingest and query */
	size_t prices_message_size; /* largest on prices */
	uint32_t connections;       /* per socket; more are turned away */
	uint32_t ring;              /* price messages waiting */
	uint32_t contexts;          /* requests at once, per REP socket */
	/* Called from NNG's threads when there is something to take. */
	void (*wake)(void *context);
	void *wake_context;
};

/* What came in. data is borrowed until reply or release. */
struct rk_net_message {
	enum rk_net_socket socket;
	const void *data;
	size_t size;
	void *handle; /* opaque: which message, and where the reply goes */
};

/* Counted since start. */
struct rk_net_counts {
	uint64_t messages[RK_NET_SOCKETS];
	uint64_t bytes[RK_NET_SOCKETS];
	uint64_t connections[RK_NET_SOCKETS]; /* now open */
	uint64_t turned_away[RK_NET_SOCKETS]; /* above the limit */
	uint64_t dropped[RK_NET_SOCKETS];     /* connections that ended */
	uint64_t paused;      /* times the prices ring was full */
	uint64_t send_errors; /* replies and publications not sent */
};

struct rk_net;

/*
 * Listen on everything. On failure error (of error_size bytes) names the URL
 * and the reason. Returns 0, -ENOMEM, -EADDRINUSE, -EINVAL, -EACCES or -EIO.
 * *ret_net is the caller's, released by rk_net_close().
 */
int rk_net_open(const struct rk_net_options *options, struct rk_net **ret_net,
		char *error, size_t error_size);

/* Stop NNG's threads, free what waits. Accepts NULL and half-opened ones. */
void rk_net_close(struct rk_net *net);

/* Stop taking new messages; what is in the rings can still be taken. */
void rk_net_stop(struct rk_net *net);

/*
 * The next message of prices, ingest or query: false when there is none.
 * Every message taken must be given back: prices by rk_net_release(), the
 * others by rk_net_reply().
 */
bool rk_net_take(struct rk_net *net, enum rk_net_socket socket,
		 struct rk_net_message *ret_message);

/*
 * data of prices is not used any more. Its memory goes at the next
 * rk_net_free_released(), or at once when RK_NET_RELEASED_MAX wait for that.
 */
#define RK_NET_RELEASED_MAX 8192U
void rk_net_release(struct rk_net *net, const struct rk_net_message *message);

/* At the end of a turn, when no price waits for it any more. */
void rk_net_free_released(struct rk_net *net);

/* The answer to a request: data is copied. */
void rk_net_reply(struct rk_net *net, const struct rk_net_message *message,
		  const void *data, size_t size);

/*
 * Has whoever sent a request gone away? Then nobody reads the reply, which is
 * to be given all the same. Who is connected may wait no more, too: that is
 * not to be seen.
 */
bool rk_net_is_gone(const struct rk_net *net,
		    const struct rk_net_message *message);

/* Publish topic, a zero byte, data (copied). Never waits. */
void rk_net_publish(struct rk_net *net, enum rk_net_socket socket,
		    const char *topic, const void *data, size_t size);

/* Are all replies handed over to the peers? */
bool rk_net_idle(const struct rk_net *net);

void rk_net_counts(const struct rk_net *net, struct rk_net_counts *ret_counts);

#endif

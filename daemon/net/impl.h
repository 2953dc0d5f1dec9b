/*
 * What the files of net/ share. Private to the folder.
 */
#ifndef RK_NET_IMPL_H
#define RK_NET_IMPL_H

#include <nng/nng.h>
#include <stdatomic.h>

#include "net/net.h"
#include "net/ring.h"

/* One listening socket of any pattern. */
struct rk_socket {
	nng_socket nng;
	bool open;
	uint32_t connections_max;
	_Atomic uint64_t connections;
	_Atomic uint64_t turned_away;
	_Atomic uint64_t dropped;
	_Atomic uint64_t messages;
	_Atomic uint64_t bytes;
};

/* The PULL side: one receive at a time keeps the sender's order. */
struct rk_pull {
	struct rk_net *net;
	nng_aio *aio;
	struct rk_ring *ring;
	nng_msg *parked; /* received, but the ring was full */
	_Atomic bool paused;
	_Atomic uint64_t pauses;
	/* Of the loop: given back, to be freed at the end of its turn. */
	nng_msg *released[RK_NET_RELEASED_MAX];
	uint32_t released_n;
};

/* One request at a time; a REP socket has many of these. */
struct rk_context {
	struct rk_rep *rep;
	nng_ctx ctx;
	nng_aio *aio;
	nng_msg *request;
	bool open;
	bool sending;
};

struct rk_rep {
	struct rk_net *net;
	enum rk_net_socket which;
	struct rk_context *contexts;
	uint32_t contexts_n;
	struct rk_ring *ring;
	_Atomic uint32_t sending; /* replies on their way */
};

struct rk_net {
	void (*wake)(void *context);
	void *wake_context;
	_Atomic bool stopping;
	_Atomic uint64_t send_errors;
	struct rk_socket sockets[RK_NET_SOCKETS];
	struct rk_pull pull;
	struct rk_rep ingest;
	struct rk_rep query;
};

/* 0 or -errno for an NNG error. */
int rk_socket_errno(int nng_error);

/* Listen on all URLs of one socket. See rk_net_open(). */
int rk_socket_listen(struct rk_net *net, enum rk_net_socket which,
		     const struct rk_net_options *options, char *error,
		     size_t error_size);

int rk_pull_open(struct rk_net *net, const struct rk_net_options *options);
void rk_pull_start(struct rk_pull *pull);
void rk_pull_close(struct rk_pull *pull);
bool rk_pull_take(struct rk_pull *pull, struct rk_net_message *ret_message);
void rk_pull_release(struct rk_pull *pull, nng_msg *message);
void rk_pull_free_released(struct rk_pull *pull);

int rk_rep_open(struct rk_net *net, struct rk_rep *rep,
		enum rk_net_socket which, uint32_t contexts);
void rk_rep_start(struct rk_rep *rep);
void rk_rep_close(struct rk_rep *rep);
bool rk_rep_take(struct rk_rep *rep, struct rk_net_message *ret_message);
bool rk_rep_is_gone(const struct rk_net_message *message);
void rk_rep_reply(const struct rk_net_message *message, const void *data,
		  size_t size);

#endif

/*
 * Talking to riskd as any client may: NNG and protobuf-c, nothing of ours in
 * between. Every socket dialled belongs to the rig, which closes it at the
 * end of the case.
 */
#ifndef RK_INTEGRATION_WIRE_H
#define RK_INTEGRATION_WIRE_H

#include "harness.h"
#include "riskd.pb-c.h"

#define RK_WIRE_TOPIC_SIZE 64
#define RK_WIRE_WAIT_MS    60000
#define RK_WIRE_AGAIN_MS   10
#define RK_WIRE_NEVER_MS   3600000

/* Bytes of a message; data is freed by rk_wire_free(). */
struct rk_wire_bytes {
	unsigned char *data;
	size_t size;
};
void rk_wire_free(struct rk_wire_bytes *bytes);

/* Dial one of the sockets with its counterpart: PUSH, REQ, REQ, SUB, SUB. */
nng_socket rk_wire_dial(struct rk_rig *rig, enum rk_socket_name which);
void rk_wire_close(struct rk_rig *rig, nng_socket socket);
void rk_wire_close_all(struct rk_rig *rig);

/* Dial query and wait until riskd answers: it is ready. */
void rk_wire_open_query(struct rk_rig *rig);

/* Send on any socket that sends. */
void rk_wire_send(nng_socket socket, const void *data, size_t size);

/* Send and receive the reply; false when none came within wait_ms. */
bool rk_wire_try(nng_socket socket, const struct rk_wire_bytes *message,
		 int wait_ms, struct rk_wire_bytes *ret_reply);

/* A request or query that must be answered; free_unpacked() what comes. */
Riskd__Reply *rk_wire_request(nng_socket socket, const Riskd__Request *request);
Riskd__Answer *rk_wire_query(nng_socket socket, const Riskd__Query *query);

/* The Reply or Answer in these bytes, which must be one. */
Riskd__Reply *rk_wire_reply_of(const struct rk_wire_bytes *bytes);
Riskd__Answer *rk_wire_answer_of(const struct rk_wire_bytes *bytes);

/* Status; its answer->status is there. One counter of it. */
Riskd__Answer *rk_wire_status(struct rk_rig *rig);
uint64_t rk_wire_counter(struct rk_rig *rig, const char *name);

/* Answer->account is there. */
Riskd__Answer *rk_wire_account(struct rk_rig *rig, uint64_t account);

/* Newest number that riskd has of a client; 0: it does not know it. */
uint64_t rk_wire_client(struct rk_rig *rig, const char *client);

/* What this account holds of USD, raw. */
int64_t rk_wire_usd(struct rk_rig *rig, uint64_t account);

/* Mark and state of a market's slot. */
struct rk_wire_price {
	int64_t mark;
	Riskd__PriceState state;
};
struct rk_wire_price rk_wire_price(struct rk_rig *rig, uint32_t market);

/* Riskd answers Status, and its books balance. */
void rk_wire_check_sound(struct rk_rig *rig);

/* 32 hex digits each. */
struct rk_wire_digests {
	char state[33];
	char events[33];
};
struct rk_wire_digests rk_wire_digests(struct rk_rig *rig);

/* An EventsQuery. */
struct rk_wire_range {
	uint64_t from;
	const char *topic; /* NULL: all */
	uint32_t wait_ms;
	uint32_t limit;
};
/* Its answer, whatever its code. */
Riskd__Answer *rk_wire_events(nng_socket socket,
			      const struct rk_wire_range *range);

/* Push one quote; time 0 stands for now. */
struct rk_wire_quote {
	uint32_t publisher;
	uint64_t seq;
	uint32_t slot;
	int64_t price;
	int64_t time_ns;
};
void rk_wire_push(nng_socket socket, const struct rk_wire_quote *quote);

/* The same, where nobody may take it any more. */
void rk_wire_try_push(nng_socket socket, const struct rk_wire_quote *quote);

/* Something published: batch is freed by rk_wire_drop(). */
struct rk_wire_publication {
	char topic[RK_WIRE_TOPIC_SIZE];
	struct rk_wire_bytes bytes; /* after the topic */
	Riskd__EventBatch *batch;
};
nng_socket rk_wire_subscribe(struct rk_rig *rig, enum rk_socket_name which,
			     const char *topic);
/* False when nothing came within wait_ms. */
bool rk_wire_next(nng_socket socket, int wait_ms,
		  struct rk_wire_publication *ret_publication);
void rk_wire_drop(struct rk_wire_publication *publication);

#endif

/*
 * What the files of the simulated client share. Private to them.
 */
#ifndef SIM_CLIENT_IMPL_H
#define SIM_CLIENT_IMPL_H

#include "client.h"
#include "message.h"
#include "support/prng.h"

/* How one row was answered. */
struct sim_result {
	int32_t code;
	uint64_t seq;
};

struct sim_message {
	uint64_t first; /* number of its first row */
	uint32_t rows;
	uint32_t sent;      /* times, those lost by a crash too */
	uint32_t in_flight; /* times sent without a reply yet */
	bool answered;
	bool atomic;
	struct sim_bytes bytes;
	struct sim_result *results; /* of its rows, once answered */
};

/* Something sent, until its reply. The ticket is its place, from 1. */
struct sim_flight {
	bool used;
	uint32_t message;
	bool early; /* an earlier message was not answered when it was sent */
	bool known; /* it was answered when it was sent */
	bool late;  /* it was answered too long ago to be remembered */
	bool forged;
	enum sim_client_count counted; /* as what it was sent */
	struct sim_bytes bytes;        /* of a forged one */
};

#define SIM_FLIGHTS_MAX 64

struct sim_client {
	struct sim_client_options options;
	struct rk_prng prng;
	struct sim_request request; /* that is put together */
	uint32_t request_rows;      /* wanted in it */
	uint64_t next;              /* number of its first row */
	int64_t time_ns;
	struct sim_message *messages;
	uint32_t messages_n;
	uint32_t messages_max;
	uint32_t answered_n; /* the messages before this one all are */
	uint32_t unanswered;
	uint32_t checks; /* to be sent again, the newest answered first */
	uint32_t check_next;
	struct sim_flight flights[SIM_FLIGHTS_MAX];
	uint32_t flights_n;
	uint64_t counts[SIM_CLIENT_COUNTS];
	char name[RK_NAME_SIZE];
};

#endif

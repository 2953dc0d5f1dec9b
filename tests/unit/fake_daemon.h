/*
 * A daemon that says what a test wants: the sockets of riskd inside this
 * process, without an engine. Queries are answered from the fields below,
 * requests by the test's script, events are published by the test.
 */
#ifndef TESTS_UNIT_FAKE_DAEMON_H
#define TESTS_UNIT_FAKE_DAEMON_H

#include <nng/nng.h>
#include <stdatomic.h>

#include "riskd.pb-c.h"

#define FAKE_URL        "inproc://query"
#define FAKE_EVENTS_MAX 64
#define FAKE_REQUESTS   16

struct fake_request {
	nng_msg *msg; /* keeps the way back */
	Riskd__Request *request;
};

struct fake {
	nng_socket query;
	nng_socket ingest;
	nng_socket events;
	void *threads[2]; /* nng_thread */

	/* What queries are answered with. */
	atomic_uint_fast64_t last_client_seq;
	atomic_uint client_queries;
	atomic_uint event_queries;
	atomic_uint_fast64_t newest; /* events 1..newest exist */
	atomic_uint_fast64_t oldest;
	/*
	 * The newest WhatIfQuery; it is answered with one row of "after" per
	 * account and, when something is supposed, as many of "before".
	 */
	Riskd__Query *what_if;
	uint32_t protocol; /* version in answers; 1 */

	/* Runs for each request, on a thread of the fake. */
	void (*script)(struct fake *fake, struct fake_request *request,
		       unsigned nth);
	atomic_uint requests;
	struct fake_request held[FAKE_REQUESTS]; /* for the script's use */
	unsigned held_n;
};

/* Start with no events, one market and one asset; aborts on failure. */
struct fake *fake_start(void);
void fake_stop(struct fake *fake);

/* Answer each row with this code, and release the request. */
void fake_reply(struct fake *fake, struct fake_request *request, int code,
		int repeat);
/* Answer with this, and release the request. */
void fake_reply_with(struct fake *fake, struct fake_request *request,
		     const Riskd__Reply *reply);
/* Release it without an answer. */
void fake_drop(struct fake_request *request);

/*
 * The events that exist: number n is of account (n - 1) % 2 + 1, so that
 * each account's previous event is n - 2.
 */
void fake_publish(struct fake *fake, const uint64_t *numbers, size_t n);
void fake_heartbeat(struct fake *fake, uint64_t last_event);

#endif

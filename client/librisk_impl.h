/*
 * librisk: what its files share and its users do not see.
 *
 * Names start with librisk_, which the version script keeps inside.
 */
#ifndef CLIENT_LIBRISK_IMPL_H
#define CLIENT_LIBRISK_IMPL_H

#include <nng/nng.h>
#include <nng/supplemental/util/platform.h>
#include <stdarg.h>
#include <stdatomic.h>

#include "librisk.h"
#include "librisk_cmd.h"
#include "librisk_text.h"

#define LIBRISK_CLIENT_SIZE   24
#define LIBRISK_TOPIC_SIZE    64 /* "liquidation." and a name of 23 */
#define LIBRISK_ERROR_SIZE    512
#define LIBRISK_BUFFER_MAX    8192 /* what NNG accepts for its queues */
#define LIBRISK_IN_FLIGHT_MAX 256
#define LIBRISK_MESSAGE_MAX   ((size_t)64 << 20) /* of an answer, in bytes */

struct librisk_error {
	char text[LIBRISK_ERROR_SIZE];
};

/* Write the sentence and return rc. */
int librisk_fail(struct librisk_error *error, int rc, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * A socket that dials one address. connected and lost are counted on NNG's
 * threads, hence atomic; lock and wake are for waiting while it dials.
 */
struct librisk_link {
	nng_socket socket;
	bool open;
	char *url;
	atomic_int connected; /* pipes up now: 0 or 1 */
	atomic_uint lost;     /* pipes gone so far */
	nng_mtx *lock;
	nng_cv *wake;
};

/* What a request needs to be put to a link. */
struct librisk_ask {
	struct librisk_error *error;
	struct librisk_link *query;
	int timeout_ms;
	int resend_ms;
};

struct librisk_calls; /* requests on their way, librisk_calls.c */

struct risk {
	struct librisk_error error;
	struct librisk_link query;
	struct librisk_link ingest;
	struct librisk_link prices;
	char *ingest_url; /* as the daemon told; empty: it has none */
	char *prices_url;
	char *events_url;
	char *public_url;
	struct risk_options options; /* all filled in */
	char client[LIBRISK_CLIENT_SIZE];
	Riskd__Answer *listing;
	struct librisk_calls *calls;
	uint64_t next_seq;  /* of the next row; valid when numbered */
	uint64_t last_seq;  /* first number of the newest request */
	bool numbered;      /* next_seq has been read and still holds */
	uint64_t price_seq; /* newest price message */
};

/*
 * Link: dial now and wait until it is up, but report at once when nobody
 * listens; NNG dials again by itself when the connection is lost later. open
 * opens the socket ("nng_req0_open"). url is copied.
 */
struct librisk_dial {
	int (*open)(nng_socket *socket);
	const char *url;
	int timeout_ms;
	int resend_ms;      /* REQ only; 0: not a REQ socket */
	int send_buffer;    /* 0: leave */
	int receive_buffer; /* 0: leave */
};
int librisk_link_open(struct librisk_link *link,
		      const struct librisk_dial *dial,
		      struct librisk_error *error);
void librisk_link_close(struct librisk_link *link);

/*
 * Send msg, and own it, on a link of the pattern PUSH: opened when it is not
 * open, and anew when its connection was lost, as a PUSH socket of NNG 1.5.2
 * may go on using the connection after its memory was given back
 * (nanomsg/nng 1653). Waits up to dial->timeout_ms. 0 or -errno, with error.
 */
int librisk_link_push(struct librisk_link *link,
		      const struct librisk_dial *dial, nng_msg *msg,
		      struct librisk_error *error);

/* -errno for what NNG returned. */
int librisk_errno_of(int nng_rc);

/* Sentence for a request that got no answer; returns the code. */
int librisk_no_answer(struct librisk_error *error,
		      const struct librisk_link *link, int timeout_ms,
		      int nng_rc);

/*
 * One message out on the link ask->query, one back; msg is freed in any case.
 * wait_ms is what the daemon may hold it back.
 */
int librisk_exchange(const struct librisk_ask *ask, nng_msg *msg,
		     uint32_t wait_ms, nng_msg **ret_msg);

/* Dial ingest, when that has not been done. 0 or -errno, with error. */
int librisk_ingest_open(struct risk *risk);

/* Put a query, the same. */
int librisk_query(const struct librisk_ask *ask, Riskd__Query *query,
		  uint32_t wait_ms, Riskd__Answer **ret_answer);

int librisk_events(const struct librisk_ask *ask,
		   const struct risk_events_query *what,
		   Riskd__Answer **ret_answer);

/* CLOCK_MONOTONIC and CLOCK_REALTIME in nanoseconds. */
uint64_t librisk_monotonic_ns(void);
int64_t librisk_now_ns(void);

/* A message of NNG with the packed message in it; NULL: out of memory. */
nng_msg *librisk_pack(const ProtobufCMessage *message);

/*
 * Requests on their way. put sends rows under these numbers and owns msg from
 * then on (on failure it is freed). The calls form a queue in order of put.
 */
struct librisk_answered {
	int rc; /* of the transport: 0 or -errno */
	Riskd__Reply *reply;
	uint64_t client_seq;
	size_t rows;
	bool sent_once; /* certainly not sent again by us */
	risk_reply_fn *fn;
	void *arg;
};
int librisk_calls_open(const struct risk *risk,
		       struct librisk_calls **ret_calls);
void librisk_calls_close(struct librisk_calls *calls);
size_t librisk_calls_count(struct librisk_calls *calls);
bool librisk_calls_full(struct librisk_calls *calls);

struct librisk_put {
	nng_msg *msg;
	uint64_t client_seq;
	size_t rows;
	risk_reply_fn *fn;
	void *arg;
};
void librisk_calls_put(struct librisk_calls *calls,
		       const struct librisk_put *put);

/*
 * Take the oldest call when it is done, waiting up to timeout_ms (-1: until
 * it is, which its own time-out bounds). Returns false when there is none.
 */
bool librisk_calls_take(struct librisk_calls *calls, int timeout_ms,
			struct librisk_answered *ret_answered);

#endif

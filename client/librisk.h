/*
 * librisk: the C client of riskd.
 *
 * It finds the daemon's sockets, sends commands exactly once, pushes prices,
 * asks queries and follows events without loss. The data model is that of
 * riskd.proto, as the structs protobuf-c generates (riskd.pb-c.h). Builders
 * for commands are in librisk_cmd.h, names and decimals in librisk_text.h.
 *
 * Returns: 0 is done. Positive is a code of the daemon (engine/rc.h,
 * risk_code_name()). Negative is -errno:
 *   -ECONNREFUSED  nobody answers at that address
 *   -ETIMEDOUT     no answer in time; of a command: it may have been applied
 *   -EPROTO        an answer that is not what was asked for
 *   -EINVAL        an argument that cannot work; -ENOMEM out of memory
 * ret_ arguments are written on success only. risk_error() and
 * risk_sub_error() tell the whole story of the last failure in one sentence.
 *
 * Threads: there is no global state. A handle is used by one thread at a
 * time, and so is a subscription; but a handle and each subscription made
 * from it may be used by different threads at once.
 */
#ifndef LIBRISK_H
#define LIBRISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/rc.h"
#include "riskd.pb-c.h"

#ifdef __cplusplus
extern "C" {
#endif

#define RISK_PROTOCOL_VERSION   1
#define RISK_EVENTS_WAIT_MAX_MS 20000
#define RISK_CLIENT_DEFAULT     "librisk"

struct risk;     /* a connection to one daemon */
struct risk_sub; /* a subscription to its events */

struct risk_options {
	/*
	 * Who sends the commands: 1 to 23 of A-Z a-z 0-9 . _ - /. One process
	 * at a time per name: the daemon counts commands by it. NULL: librisk.
	 */
	const char *client;
	/* What was sent in another session is never a repeat. 0: random. */
	uint64_t session;
	int timeout_ms;     /* of each call, resends included. 0: 5000 */
	int resend_ms;      /* send the same bytes again after. 0: 1000 */
	int in_flight_max;  /* of risk_send_async, 1 to 256. 0: 24 */
	int send_buffer;    /* price messages held back, 1 to 8192. 0: 8192 */
	int receive_buffer; /* event messages held back, 1 to 8192. 0: 8192 */
	bool no_listing;    /* ask for no markets before risk_refresh */
};

/*
 * Connect to the daemon whose query socket listens at query_url
 * ("ipc:///run/riskd/query.sock", "tcp://host:7181"), ask it for its other
 * addresses and for its markets. options may be NULL, and is copied. The
 * other sockets are dialled when they are first needed. A lost connection is
 * taken up again without being asked. *ret_risk is released by risk_close.
 * On failure, *ret_risk is a handle only good for risk_error and risk_close
 * (NULL when there was no memory for it).
 */
int risk_open(const char *query_url, const struct risk_options *options,
	      struct risk **ret_risk);

/* NULL is fine. Close subscriptions first. No callback runs any more. */
void risk_close(struct risk *risk);

/* The last failure in one sentence. Never NULL; good until the next call. */
const char *risk_error(const struct risk *risk);

/* The client's name as given to risk_open. Good until risk_close. */
const char *risk_client_name(const struct risk *risk);

struct risk_request {
	Riskd__Command **rows; /* borrowed for the call */
	size_t n;              /* at least 1 */
	bool atomic;           /* all or none */
	int64_t time_ns;       /* with `clock = messages`; else 0 */
	/*
	 * Number of the first row. 0: the library counts. With a count and a
	 * session of its own a program may repeat a request whose outcome it
	 * does not know, also after a restart: it is not applied twice.
	 */
	uint64_t client_seq;
};

/*
 * Send rows and wait for the reply. The same bytes are sent again each
 * resend_ms until timeout_ms have passed. 0 means that each row has its own
 * code in (*ret_reply)->results; positive, that the message as a whole was
 * refused. After -ETIMEDOUT the rows may or may not have been applied:
 * repeat them with request->client_seq = risk_last_client_seq() to know.
 * *ret_reply is the caller's: riskd__reply__free_unpacked(reply, NULL).
 */
int risk_send(struct risk *risk, const struct risk_request *request,
	      Riskd__Reply **ret_reply);

/*
 * One row, one answer: 0 and *ret_seq (place in the command log; may be
 * NULL), or the code of the refusal.
 */
int risk_send_one(struct risk *risk, Riskd__Command *row, uint64_t *ret_seq);

/* Code of the first refused row, and which; 0 when all were applied. */
int risk_first_refusal(const Riskd__Reply *reply, size_t *ret_row);

/* Number of the first row of the newest request; 0 before the first. */
uint64_t risk_last_client_seq(const struct risk *risk);

/*
 * Called from risk_collect, risk_flush or risk_send_async, in the order of
 * sending, once per request. rc and reply (borrowed for the call, NULL unless
 * rc is 0) are as those of risk_send. It must not call back into the handle.
 */
typedef void risk_reply_fn(void *arg, int rc, const Riskd__Reply *reply);

/*
 * Send without waiting for the reply. When in_flight_max requests are on
 * their way it waits for the oldest first. Rows that overtake earlier ones on
 * their way are sent again until they arrive in order; the daemon applies
 * them in the order of the calls. When one request fails for good
 * (-ETIMEDOUT), those after it end with -ECANCELED or their own reply.
 * client_seq of the request must be 0.
 */
int risk_send_async(struct risk *risk, const struct risk_request *request,
		    risk_reply_fn *fn, void *arg);

/* Runs callbacks, waiting up to timeout_ms for the first; how many ran. */
int risk_collect(struct risk *risk, int timeout_ms);

/* Run all callbacks; returns when nothing is in flight any more. */
void risk_flush(struct risk *risk);

/* Requests sent by risk_send_async whose callbacks have not run. */
size_t risk_in_flight(const struct risk *risk);

struct risk_prices {
	uint32_t publisher; /* risk_find_publisher() */
	uint64_t seq;       /* rising; 0: the library takes the time of day */
	int64_t time_ns;    /* of all quotes; 0: now */
	size_t n;           /* at least 1 */
	const uint32_t *slots;
	const int64_t *prices;   /* in the slot's decimals, above 0 */
	const int64_t *times_ns; /* per quote, or NULL */
};

/*
 * Push quotes, not acknowledged; everything is borrowed for the call. Waits
 * up to timeout_ms while the send buffer is full or the connection is lost.
 * Quotes still in the buffer are lost by risk_close and with the connection:
 * prices that must arrive are sent as a command (risk_cmd_prices).
 */
int risk_push_prices(struct risk *risk, const struct risk_prices *prices);

/*
 * Ask anything; query->version is filled in. *ret_answer, of the kind asked
 * for, is the caller's: riskd__answer__free_unpacked(answer, NULL).
 */
int risk_query(struct risk *risk, Riskd__Query *query,
	       Riskd__Answer **ret_answer);

int risk_status(struct risk *risk, Riskd__Answer **ret_answer);
int risk_markets(struct risk *risk, Riskd__Answer **ret_answer);
int risk_account(struct risk *risk, uint64_t account,
		 Riskd__Answer **ret_answer);
/* Riskiest first; ratio_above in 1e-9, limit 0: 20. May last 30 s longer. */
int risk_accounts(struct risk *risk, int64_t ratio_above, uint32_t limit,
		  Riskd__Answer **ret_answer);
/* Liquidation orders not closed; market NULL: of all. The same time. */
int risk_orders(struct risk *risk, const char *market, uint32_t limit,
		Riskd__Answer **ret_answer);
int risk_digest(struct risk *risk, Riskd__Answer **ret_answer);
/* Take a snapshot; it may last wait_ms beyond the usual time of a request. */
int risk_snapshot(struct risk *risk, uint32_t wait_ms,
		  Riskd__Answer **ret_answer);
/* Of the handle's own client. */
int risk_client(struct risk *risk, Riskd__Answer **ret_answer);

struct risk_events_query {
	uint64_t from;     /* first number wanted; 0: what comes after now */
	const char *topic; /* "" or NULL: all; else a prefix */
	uint32_t wait_ms;  /* at most 20 000; added to timeout_ms */
	uint32_t limit;    /* 0: 1000; at most 10 000 */
};

/* Events already kept, or the next ones to come (long poll). */
int risk_events(struct risk *risk, const struct risk_events_query *query,
		Riskd__Answer **ret_answer);

enum risk_stream {
	RISK_EVENTS, /* everything, with accounts */
	RISK_PUBLIC, /* liquidation. and market. only, without accounts */
};

struct risk_follow {
	enum risk_stream stream;
	const char *topic; /* prefix: "", "liquidation.", "account.42" */
	uint64_t from;     /* first event number wanted; 0: from now on */
	bool tickers;      /* also prices; not events, never caught up */
	bool heartbeats;   /* also the daemon's heartbeat, once a second */
};

/* One of the three is not NULL. Borrowed: good until the next risk_next. */
struct risk_item {
	const Riskd__Event *event;
	const Riskd__Ticker *ticker;
	const Riskd__Heartbeat *heartbeat;
	uint64_t received_ns; /* CLOCK_MONOTONIC, when it left the socket */
	bool caught_up;       /* an event read afterwards, by query */
};

/* *ret_sub is released by risk_unsubscribe, before risk_close. */
int risk_subscribe(struct risk *risk, const struct risk_follow *follow,
		   struct risk_sub **ret_sub);
void risk_unsubscribe(struct risk_sub *sub); /* NULL is fine */

/*
 * The next item, each event once, in order of number (for a prefix of several
 * topics: in order of number per topic). What the socket dropped is found out
 * by number and heartbeat and read by query. Waits up to timeout_ms (-1: for
 * ever). Returns
 *   -EAGAIN          nothing came in that time
 *   -ETIMEDOUT, -ECONNREFUSED  the daemon is silent; call again to go on
 *   -ESTALE          the daemon has other events under these numbers now (it
 *                    was started anew): subscribe again
 *   RK_REJ_EVENTS_GONE  what was missed is no longer kept: subscribe again
 */
int risk_next(struct risk_sub *sub, int timeout_ms, struct risk_item *ret_item);

const char *risk_sub_error(const struct risk_sub *sub);

struct risk_sub_stats {
	uint64_t events;    /* given out */
	uint64_t repeats;   /* received again and left out */
	uint64_t gaps;      /* found in the stream */
	uint64_t caught_up; /* events read by query */
};
void risk_sub_get_stats(const struct risk_sub *sub,
			struct risk_sub_stats *ret_stats);

#ifdef __cplusplus
}
#endif
#endif

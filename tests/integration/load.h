/*
 * Load that proves what was kept: clients whose every command follows from
 * the client and its number alone. So the state that riskd must be in is
 * known from one number per client, however often it was killed; every
 * answer that came is remembered as far back as riskd remembers it.
 *
 * Each client has accounts and a market (M-<client>) of its own and one
 * request of 128 commands on its way at a time: accounts, deposits,
 * transfers, trades with fees at one price, withdrawals, and some that must
 * be refused.
 */
#ifndef RK_INTEGRATION_LOAD_H
#define RK_INTEGRATION_LOAD_H

#include <pthread.h>

#include "session.h"

#define RK_LOAD_CLIENTS  8
#define RK_LOAD_ACCOUNTS 64 /* of each client */
#define RK_LOAD_ROWS     128
#define RK_LOAD_WINDOW   1024 /* answers that riskd keeps of a client */
#define RK_LOAD_PRICE    INT64_C(10000) /* 100.00 */

/* What a case's options need for it. */
#define RK_LOAD_LIMITS                                                         \
	"limits {\n\tmarkets = 16\n\taccounts = 16384\n\towners = 16384\n"     \
	"\tbalances = 32768\n}\n"
#define RK_LOAD_MARKETS RK_LOAD_CLIENTS

struct rk_load_answer {
	int32_t code;
	uint64_t seq;
};

/* What a client's commands have led to. */
struct rk_load_model {
	int64_t usd[RK_LOAD_ACCOUNTS];
	int64_t size[RK_LOAD_ACCOUNTS]; /* lots */
};

struct rk_load_client {
	struct rk_session session;
	uint32_t index;
	uint64_t acked;    /* newest number with an answer */
	uint64_t sent;     /* newest number ever sent */
	uint64_t restored; /* newest that riskd had at its last start */
	bool waiting;      /* a request is on its way */
	uint64_t modelled; /* newest number in the model */
	struct rk_load_model model;
	struct rk_load_answer kept[RK_LOAD_WINDOW]; /* number % WINDOW */
};

struct rk_load {
	struct rk_rig *rig;
	nng_socket prices;
	pthread_mutex_t gate; /* held while a price is sent */
	bool gone;            /* the connection that carried prices */
	struct rk_load_client client[RK_LOAD_CLIENTS];
	uint64_t acked; /* commands, of all clients */
	uint64_t seq;   /* newest that was acknowledged */
	uint64_t rate;  /* commands a second at most; 0: as fast as it goes */
	int64_t started_ns;
	int64_t priced_ns;
	uint64_t acked_at_start;
};

/* Once; the load is the caller's: it is large, make it static. */
void rk_load_init(struct rk_load *load, struct rk_rig *rig);

/* Connect to the riskd that runs now. */
void rk_load_connect(struct rk_load *load);

/*
 * Send what can be sent, take what has come, now and then push prices: never
 * waits. Returns how many requests were answered.
 */
uint32_t rk_load_step(struct rk_load *load);

/* Only push prices, which nobody acknowledges. */
void rk_load_push(struct rk_load *load);

/* Steps until that many more requests were answered. */
void rk_load_run(struct rk_load *load, uint64_t requests);

/* Take what has come without sending; waits for it a moment. */
void rk_load_drain(struct rk_load *load);

/* Steps without sending anew until nothing is on its way. */
void rk_load_settle(struct rk_load *load);

/*
 * riskd was started again: it has at least what was acknowledged and at most
 * what was sent, and its accounts are what just that leads to.
 */
void rk_load_check_state(struct rk_load *load);

/* Every answer remembered comes again, and older ones are told to be old. */
void rk_load_check_answers(struct rk_load *load);

#endif

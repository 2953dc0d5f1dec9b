/*
 * A client of `ingest`: a name, its numbers, and a request that is put
 * together row by row.
 */
#ifndef RK_INTEGRATION_SESSION_H
#define RK_INTEGRATION_SESSION_H

#include "wire.h"

#define RK_SESSION_ROWS_MAX 1024

/* Room for a row's message and what is inside of it. */
struct rk_session_row {
	Riskd__Command command;
	union {
		Riskd__CreateAccount create_account;
		Riskd__Deposit deposit;
		Riskd__Adjust adjust;
		Riskd__ReserveWithdrawal reserve;
		Riskd__ConfirmWithdrawal confirm;
		Riskd__CancelWithdrawal cancel;
		Riskd__Transfer transfer;
		Riskd__Trade trade;
		Riskd__OrderClosed order_closed;
		Riskd__HaltMarket halt;
		Riskd__PriceBatch prices;
		Riskd__AddVenue add_venue;
		Riskd__AddPublisher add_publisher;
	};
	Riskd__TradeSide sides[2];
	Riskd__OrderId orders[2];
};

struct rk_session {
	nng_socket socket;
	uint64_t next; /* number of the first row of the next request */
	char client[64];
	Riskd__Request request;
	Riskd__Command *pointers[RK_SESSION_ROWS_MAX];
	struct rk_session_row rows[RK_SESSION_ROWS_MAX];
};

/* A new client. The session is the caller's: it is large, make it static. */
void rk_session_open(struct rk_session *session, struct rk_rig *rig,
		     const char *client);

/*
 * Add an empty row of a kind; returns its message, to be filled in. A trade
 * has both sides and their order ids.
 */
void *rk_session_add(struct rk_session *session, Riskd__Command__KindCase kind);

void rk_session_account(struct rk_session *session, uint64_t account);
void rk_session_deposit(struct rk_session *session, uint64_t account,
			int64_t usd_raw);

/* The account buys (size above 0) or sells to the venue. */
struct rk_session_fill {
	uint64_t trade;
	uint32_t market;
	uint64_t account;
	int64_t price;
	int64_t size;
};
void rk_session_fill(struct rk_session *session,
		     const struct rk_session_fill *fill);

/* Send what was added and begin anew; the numbers are used up. */
Riskd__Reply *rk_session_send(struct rk_session *session);

/* The same, and every row must be done (0). */
void rk_session_commit(struct rk_session *session);

/* The bytes of what was added; they are freed by rk_wire_free(). */
struct rk_wire_bytes rk_session_pack(struct rk_session *session);

/* Begin anew with the same numbers. */
void rk_session_reset(struct rk_session *session);

/*
 * All five sockets serve who comes now. session is opened as that client,
 * creates that account (both new), and pushes a price of that for BTC-PERP.
 */
void rk_session_check_open(struct rk_session *session, struct rk_rig *rig,
			   const char *client, uint64_t number);

/* One account's balance, in whole USD, as raw. */
#define RK_USD(whole) ((int64_t)(whole)*INT64_C(100000000))

/*
 * A book for crashes: accounts first .. first + n - 1, each with 1,000 USD
 * and one BTC bought at 20,000; liquidated below about 19,095.
 */
void rk_session_longs(struct rk_session *session, uint64_t first, uint32_t n);
#define RK_LONGS_PRICE INT64_C(2000000)
#define RK_LONGS_CRASH INT64_C(1905000) /* LIQUIDATING, equity above 0 */

#endif

/*
 * What a scenario is played against: the engine in this process, or a daemon
 * of its own. Both speak in the engine's own structs, so that all that reads
 * a scenario exists once.
 */
#ifndef SCN_BACKEND_H
#define SCN_BACKEND_H

#include "engine/view.h"
#include "listing.h"

/* Who sends, unless a line says otherwise. */
#define SCN_CLIENT "scenario"

#define SCN_ROWS_MAX 64 /* positions, balances and orders of one account */

/* One message: one command, or the children of an atomic message. */
struct scn_request {
	const struct rk_cmd *cmds; /* origins are not filled in */
	uint32_t n;
	bool atomic;
	int64_t time_ns;
	const char *client;
	uint64_t number; /* of the first command */
};

struct scn_reply {
	int code; /* of the message as a whole; if not 0 it was not taken in */
	int codes[RK_ATOMIC_MAX]; /* of each command */
	uint64_t seqs[RK_ATOMIC_MAX];
	bool repeat; /* answered from memory */
	/* All that was said since the last message. Good until the next. */
	const struct rk_event *events;
	uint32_t events_n;
};

struct scn_account {
	struct rk_account_view row;
	struct rk_position_view positions[SCN_ROWS_MAX];
	struct rk_balance_view balances[SCN_ROWS_MAX];
	struct rk_order_view orders[SCN_ROWS_MAX]; /* not closed */
	struct rk_resting_view resting[SCN_ROWS_MAX];
};

struct scn_market {
	struct rk_market_view row;
	struct rk_slot_view price;
};

struct scn_asset {
	struct rk_asset_view row;
	struct rk_slot_view price; /* mark only, for a fixed price */
};

struct scn_digest {
	char events[33]; /* hex: the chain over all events */
	bool books_balance;
};

/*
 * All return 0, or a code of engine/rc.h or -errno with *error. The answers
 * they fill in are the caller's.
 */
struct scn_backend {
	const char *name;
	const char *program; /* the daemon's; NULL for the engine */
	/* Whatever it returns, *ret_self is to be closed. */
	int (*open)(const struct scn_backend *backend,
		    const struct scn_listing *listing, void **ret_self,
		    struct rk_error *error);
	/* Takes NULL. Not 0 when it did not end as it should. */
	int (*close)(void *self, struct rk_error *error);
	int (*send)(void *self, const struct scn_request *request,
		    struct scn_reply *reply, struct rk_error *error);
	/*
	 * Stop, and start again on what is listed now. What is said meanwhile
	 * is in *reply.
	 */
	int (*restart)(void *self, const struct scn_listing *listing,
		       struct scn_reply *reply, struct rk_error *error);
	int (*account)(void *self, uint64_t account, struct scn_account *answer,
		       struct rk_error *error);
	int (*market)(void *self, uint32_t market, struct scn_market *answer,
		      struct rk_error *error);
	int (*asset)(void *self, uint32_t asset, struct scn_asset *answer,
		     struct rk_error *error);
	int (*digest)(void *self, struct scn_digest *answer,
		      struct rk_error *error);
};

/* program is borrowed for as long as the backend is. */
struct scn_backend scn_backend_engine(void);
struct scn_backend scn_backend_daemon(const char *program);

#endif

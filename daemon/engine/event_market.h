/*
 * What events tell of the life of a market. Part of event.h.
 */
#ifndef RK_ENGINE_EVENT_MARKET_H
#define RK_ENGINE_EVENT_MARKET_H

#include <stdbool.h>

#include "engine/cmd_listing.h"

/* A market is in another state, or expires at another time. */
struct rk_ev_market_state {
	enum rk_market_state before;
	enum rk_market_state after;
	int64_t expiry_ns; /* after; 0: never */
	bool expired;      /* time has passed it: nobody's command */
};

/* A position was closed at the settlement price; in the settle asset. */
struct rk_ev_settled {
	rk_px price;
	rk_qty size; /* before */
	rk_amt cost; /* before */
	rk_amt realised;
	rk_amt booked;  /* realised, or 0: the account cannot hold it (N7) */
	rk_amt balance; /* after */
};

struct rk_ev_market_settled {
	rk_px price;
	uint32_t positions; /* of accounts, all closed now */
	rk_amt left;        /* in clearing, by rounding; 0 or more */
};

#endif

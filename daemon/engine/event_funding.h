/*
 * What events tell of funding. Part of event.h.
 */
#ifndef RK_ENGINE_EVENT_FUNDING_H
#define RK_ENGINE_EVENT_FUNDING_H

#include <stdbool.h>

#include "engine/units.h"

/* The index of a market moved. */
struct rk_ev_funding {
	rk_rate rate; /* long pays when above 0 */
	rk_px price;
	/*
	 * After, in 1e-18 raw settle units per raw unit of size. A position
	 * has -(index - its own) * size to settle.
	 */
	rk_i128 index;
	uint64_t samples; /* premiums in the rate; 0 also of a FUND */
	bool restarted;   /* all were settled first, the index began at 0 */
};

/* A position was settled; in the settle asset of the market. */
struct rk_ev_funding_paid {
	rk_amt amount;  /* received; below 0: paid */
	rk_amt booked;  /* amount, or 0: the account cannot hold it (N7) */
	rk_amt balance; /* after */
};

#endif

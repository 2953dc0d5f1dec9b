/*
 * What events tell of interest. Part of event.h.
 */
#ifndef RK_ENGINE_EVENT_LENDING_H
#define RK_ENGINE_EVENT_LENDING_H

#include <stdbool.h>

#include "engine/units.h"

/* The indices of an asset moved. Rates and utilisation are 1e-18. */
struct rk_ev_interest {
	uint32_t asset;
	rk_i128 borrow_rate; /* per year */
	rk_i128 supply_rate; /* per year */
	rk_i128 utilisation;
	int64_t until_ns;     /* interest is charged up to here */
	int64_t debt_index;   /* after, 1e-18 */
	int64_t supply_index; /* after, 1e-18 */
	rk_i128 earned;       /* by the debts, all together */
	rk_i128 reserve;      /* of that, what went to fees */
};

/* Interest of a balance was booked. */
struct rk_ev_interest_paid {
	uint32_t asset;
	rk_amt amount; /* received; below 0: paid */
	/* amount; at a restart less, if the account could not hold it (N7) */
	rk_amt booked;
	rk_amt balance; /* after */
};

/* All balances of an asset were settled; its indices begin at 1 again. */
struct rk_ev_restarted {
	uint32_t asset;
	rk_i128 rounding; /* what was left over of interest */
	bool held_only;   /* those who hold it: the debts go on as they are */
};

/* A debt that nobody will pay is no longer owed. */
struct rk_ev_written_off {
	uint32_t asset;
	rk_amt amount;  /* above 0 */
	rk_amt balance; /* after: 0, or what is still owed */
};

/* All who hold the asset have borne a loss together. */
struct rk_ev_loss_shared {
	uint32_t asset;
	rk_amt loss;
	int64_t supply_index; /* after, 1e-18 */
};

#endif

/*
 * The commands that say how an asset is lent, and that move its indices of
 * interest. Part of cmd.h.
 */
#ifndef RK_ENGINE_CMD_LENDING_H
#define RK_ENGINE_CMD_LENDING_H

#include <stdbool.h>

#include "engine/cmd_listing.h"

/*
 * Terms of lending an asset (rules I1 to I9 of docs/engine.md). The rate of
 * borrowing, per year of 365 days, is `base` when nothing is borrowed, and
 * has risen by slope_low where the utilisation is `kink`, and by slope_high
 * more where all is borrowed.
 */
struct rk_lending {
	bool lendable;       /* false: none of it, and all else is 0 */
	rk_rate base;        /* 0 or more; the three together at most 10 */
	rk_rate slope_low;   /* 0 or more */
	rk_rate slope_high;  /* 0 or more */
	rk_rate kink;        /* of utilisation; above 0, below 1 */
	rk_rate reserve;     /* share of interest that goes to fees; 0..1 */
	rk_amt borrow_cap;   /* of all accounts together; 0: no cap */
	rk_amt supply_cap;   /* likewise; deposits are never refused for it */
	int64_t interval_ns; /* of accrual; 1 s to 3652 days */
};

struct rk_cmd_lending {
	char asset[RK_NAME_SIZE];
	struct rk_lending terms;
};

/* Interest up to now, without waiting for the end of the interval. */
struct rk_cmd_accrue {
	uint32_t asset;
};

bool rk_lending_equal(const struct rk_lending *a, const struct rk_lending *b);

#define RK_LENDING_RATE_MAX        (10 * RK_RATE_ONE) /* per year */
#define RK_LENDING_INTERVAL_MIN_NS INT64_C(1000000000)

#endif

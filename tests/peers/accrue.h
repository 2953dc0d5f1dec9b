/*
 * What time makes of an amount that one account has lent to another, at a rate
 * of its own: a small book of the engine in which the clock goes on.
 */
#ifndef RK_TESTS_PEERS_ACCRUE_H
#define RK_TESTS_PEERS_ACCRUE_H

#include "num.h"

struct accrued {
	struct num held; /* with interest */
	struct num owed;
	struct num unit; /* finest that the engine had for it */
	int code;        /* RK_REJ_* where it was refused */
};

/* All of it is lent, and nothing is kept back: amount above 0, the rate of a
 * year a multiple of 1e-9. */
struct accrued accrue(struct num amount, struct num rate, int64_t seconds);

#endif

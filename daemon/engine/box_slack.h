/*
 * Boxes (box.h) by a short way, for accounts that are not far off a threshold
 * and of the kind there is most of: all they hold is in one asset
 * that counts for exactly itself, a raw unit of which is worth a whole number
 * of raw USD for ever, in linear markets whose margin is that of brackets
 * alone.
 *
 * While the brackets stay the same, E - t D of such an account is a sum of
 * straight lines, one for each price, but for roundings: a position's value and
 * its notional by less than a raw unit of the asset, its requirement by less
 * than 1, so that t times at most two units count. So what is left of E - t D
 * after prices have moved is known from where it was, from what it gains with a
 * unit of each price, and from so much for rounding; which is what a slack is,
 * and how far off a range may end. What an index may do was counted before, and
 * does not depend on prices.
 *
 * Slacks are in units of a power of two of those of box.c, so that nothing
 * overflows within the ranges. What is cut off each constant is less than 2 of
 * these units for each unit of price, and counted for the whole of the range.
 */
#ifndef RK_ENGINE_BOX_SLACK_H
#define RK_ENGINE_BOX_SLACK_H

#include "engine/box.h"
#include "engine/holdings.h"

/*
 * How far from the present prices all that is said here holds. The ranges of an
 * account with slacks are half as wide, so that they can stay while it gets new
 * slacks; all that may be crossed within the whole of it has a slack.
 */
#define RK_SLACK_REACH (RK_RATE_ONE / 50)

/* An account that has less is near: it gets slacks, if there is room. */
#define RK_SLACK_NEAR (RK_RATE_ONE / 2000)

/* A threshold, and what an account is off it at the present prices. */
struct rk_margin_left {
	rk_rate t;
	bool above;   /* E < t D is to be kept; else E >= t D */
	rk_i128 left; /* 1e-8 USD times RK_RATE_ONE; at least 0 */
};

struct rk_margin_lefts {
	struct rk_margin_left of[RK_SLACKS_MAX];
	uint32_t n;
	bool near; /* only if it is near: its indices may not move at all */
};

/*
 * The ranges of all prices of a box, and slacks if it is near. False: it is not
 * such an account, or as far off as that the ends cannot be told; the box is as
 * it was.
 */
bool rk_slacks_of(const struct rk_engine *engine,
		  const struct rk_holdings *holdings,
		  const struct rk_margin_lefts *lefts, struct rk_box *box);

#endif

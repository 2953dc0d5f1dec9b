/*
 * Within which prices and indices nothing about an account can become due.
 *
 * A box is a range for each slot that an account depends on: of the prices, and
 * of the indices of funding and interest (era.h). It is such that, whatever all
 * these do within their ranges, together or against each other,
 * rk_judge_next() finds the account in the state it is in. So an account need
 * not be judged before one of them has left its range (ladder.h). Why no
 * crossing can be missed:
 *
 * 1. An account stays in its state as long as equity E and maintenance D keep
 *    between two thresholds: E >= t D of the next worse state, and E < t' D of
 *    the way back. Watched, that is judged with each move, are accounts of
 *    which more than that can become due: in full liquidation, withheld, or
 *    with a debt to be converted. Of a liquidation each price says anew how
 *    much must be closed to reach the target (L2, L3): it may ask for more than
 *    is on its way already (L4), and so for another order, while the state
 *    stays what it is. What withholds an order changes with it.
 * 2. E and D are sums over lines, one for each asset, and over positions. What
 *    each adds is, by construction of the model, monotone in each price: the
 *    value of a position rises or falls with its mark, its notional rises with
 *    mark and index (falls with the mark of an inverse contract), maintenance
 *    rises with the notional in every form (G2 to G5, and Y4 between two of
 *    them), the worth of a line rises with its amount, and with the index when
 *    it is held, falls when it is owed. Rounding down or up keeps that: so at
 *    the ends of the ranges, the same functions that judge give the least and
 *    the most that each can be.
 * 3. Where two things depend on one price and pull apart, their sum is taken
 *    at an end only where it is monotone itself, with a slack for what rounding
 *    does to sums (see legs and lines in box.c). Else each is taken at its own
 *    worst end, as if they were of two prices: that only makes a box smaller.
 * 4. The sum of the least of all is not more than the least of the sum. A box
 *    is only ever given out after that sum was found on the right side of each
 *    threshold; how the size of it was guessed does not matter.
 * 5. A price of which no end was used in 4 may move that way without end.
 * 6. What funding a position has coming falls, if it is long, and rises, if it
 *    is short, with the index of its market; a debt grows with the index of
 *    what is owed, and what is held with that of what is held. Both are rounded
 *    down at each index, which keeps that, and both are only ever added to a
 *    line. So each is taken at its own worst end, like a price (2, 3). Of
 *    funding that has come so far, and of what is still to come, each rounded
 *    down, the sum is not more than that of both rounded down, and less by at
 *    most 1: that is the most.
 * 7. The ends of an index lie within its era, or are its bounds. Beyond them
 *    all who depend on it are touched, so of an end at a bound no entry is
 *    needed. The indices of interest only rise within an era, so they have no
 *    low end but where they are. The debt of an account for which riskd
 *    converts (J2) is also kept below where that would begin.
 * 8. Settling leaves the index where it is, but not what of 1 is left over: who
 *    is settled gets another box (rk_watch_settled).
 *
 * Near a threshold boxes are small, and have to be made again all the time.
 * There an account may have wider ranges, of prices within which 4 does not
 * hold, and slacks in addition (direct.h): box_slack.h tells of whom, and why
 * no crossing can be missed by them.
 *
 * Weights, debts that groups ask for (Q3: a debt stays one), thresholds and
 * ramps are taken as they are: what changes them touches the account, which
 * gets another box.
 */
#ifndef RK_ENGINE_BOX_H
#define RK_ENGINE_BOX_H

#include "engine/direct.h"
#include "engine/ladder.h"
#include "engine/records.h"

/* The most slots one account depends on: of prices, and as many indices. */
#define RK_BOX_MAX (2 * (RK_POSITIONS_MAX + RK_ASSETS_MAX))

struct rk_box {
	struct rk_range ranges[RK_BOX_MAX]; /* in order of slot */
	uint32_t n;
	/* Within the ranges, nothing is due while none of them is below 0. */
	struct rk_slack slacks[RK_SLACKS_MAX];
	uint32_t slacks_n;
};

/*
 * The box of an account as it is, at the prices and indices there are. found: a
 * price has just left the one before, so it is likely to be near a threshold.
 */
void rk_box_of(const struct rk_engine *engine, uint32_t account, bool found,
	       struct rk_box *ret_box);

/* Is it to be judged with each move of a price it depends on? */
bool rk_box_is_watched(const struct rk_engine *engine, uint32_t account);

#endif

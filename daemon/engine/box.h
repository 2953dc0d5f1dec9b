/*
 * Within which prices nothing about an account can become due.
 *
 * A box is a range of prices for each slot that an account depends on. It is
 * such that, whatever all these prices do within their ranges, together or
 * against each other, rk_judge_next() finds the account in the state it is in.
 * So an account need not be judged before a price has left its range
 * (ladder.h). Why no crossing can be missed:
 *
 * 1. An account stays in its state as long as equity E and maintenance D keep
 *    between two thresholds: E >= t D of the next worse state, and E < t' D of
 *    the way back. Watched, that is judged with each move, are accounts of
 *    which more than that can become due: in liquidation, with orders that are
 *    not closed, withheld, or with a debt to be converted.
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
 *
 * Weights, debts that groups ask for (Q3), thresholds, ramps and indices of
 * funding and interest are taken as they are: what changes them touches the
 * account, which gets another box.
 */
#ifndef RK_ENGINE_BOX_H
#define RK_ENGINE_BOX_H

#include "engine/ladder.h"
#include "engine/records.h"

/* The most slots one account depends on. */
#define RK_BOX_MAX (RK_POSITIONS_MAX + RK_ASSETS_MAX)

struct rk_box {
	struct rk_range ranges[RK_BOX_MAX]; /* in order of slot */
	uint32_t n;
};

/* The box of an account as it is, at the prices there are. */
void rk_box_of(const struct rk_engine *engine, uint32_t account,
	       struct rk_box *ret_box);

/* Is it to be judged with each move of a price it depends on? */
bool rk_box_is_watched(const struct rk_engine *engine, uint32_t account);

#endif

/*
 * Funding of perpetual contracts: what longs and shorts of a market pay each
 * other per interval. Rules F1 to F9 of docs/engine.md; sources in
 * docs/margin.md.
 *
 * A market has one index; a position remembers it as of its last settlement.
 * What lies between counts as unrealised profit does, and is booked before the
 * position changes and before anything is taken out of its account.
 */
#ifndef RK_ENGINE_FUNDING_H
#define RK_ENGINE_FUNDING_H

#include "engine/fx.h"
#include "engine/state.h"

/* A premium sum beyond this is refused; that of 2^28 samples is not. */
#define RK_PREMIUM_SUM_MAX ((rk_i128)1 << 120)

/* PREMIUM: 0 or RK_REJ_* (rule F2). */
int rk_funding_premium(struct rk_engine *engine, const struct rk_cmd *cmd);

/* FUND: 0 or RK_REJ_* (rule F4); what it leads to is left to the steps. */
int rk_funding_fund(struct rk_engine *engine, const struct rk_cmd *cmd);

/*
 * The positions of a market count toward N7 by their funding as well from now
 * on: 0, or RK_REJ_OVERFLOW when one of their accounts would pass it.
 */
int rk_funding_activate(struct rk_engine *engine, uint32_t market);

/* Find anew when the next interval of any market ends. */
void rk_funding_schedule(struct rk_engine *engine);

/*
 * One step of the funding that the present command brings about: intervals
 * that time has passed, and FUND. False when there is none left. At most two
 * events.
 */
bool rk_funding_step(struct rk_engine *engine, struct rk_evbuf *events);

/* What a position last settled at `since` has coming, rounded down. */
rk_amt rk_funding_unsettled(const struct rk_market *market, rk_qty size,
			    rk_i128 since);

/* What a position gains when the index moves so far. */
rk_i128 rk_funding_gain(rk_qty size, rk_i128 moved, enum rk_round round);

/*
 * The most that a position may ever have to settle, either way (N7): 0, or
 * RK_REJ_OVERFLOW when it cannot be told.
 */
int rk_funding_bound(const struct rk_market *market, rk_qty size,
		     rk_amt *ret_bound);

/* Book what a position has coming: 0, RK_REJ_OVERFLOW or RK_REJ_CAPACITY. */
int rk_funding_settle(struct rk_engine *engine, struct rk_evbuf *events,
		      uint32_t position);

/*
 * The same where nobody can be refused: what the account cannot hold stays in
 * clearing, and the event says so.
 */
void rk_funding_settle_or_leave(struct rk_engine *engine,
				struct rk_evbuf *events, uint32_t position);

/* The same of all positions of an account, which must stay within N7. */
int rk_funding_settle_all(struct rk_engine *engine, struct rk_evbuf *events,
			  uint32_t account);

/* How far the index moves for a rate at a price; long pays above 0. */
rk_i128 rk_funding_delta(const struct rk_market *market, rk_rate rate,
			 rk_px price);

/* The rate of an interval with these samples (rule F3). */
rk_rate rk_funding_rate(const struct rk_funding *terms, rk_i128 premium_sum,
			uint64_t premium_n);

/* The first end of an interval after a time; terms have an interval. */
int64_t rk_funding_next(const struct rk_funding *terms, int64_t time_ns);

#endif

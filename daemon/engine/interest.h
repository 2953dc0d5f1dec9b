/*
 * Interest on balances: the indices of an asset, what a balance has coming,
 * booking it. Rules I3 to I9 of docs/engine.md; sources in docs/margin.md.
 *
 * An asset has one index for what is owed and one for what is held; a balance
 * remembers the index of its side as of its last settlement. What lies between
 * counts as if it were booked, and is booked before the balance changes.
 */
#ifndef RK_ENGINE_INTEREST_H
#define RK_ENGINE_INTEREST_H

#include "engine/holdings.h"
#include "engine/state.h"

/*
 * Indices begin at 1 and are at most 2: then all is settled. That of what is
 * held falls by losses: below 1/2 all that is held is settled.
 */
#define RK_INDEX_ONE INT64_C(1000000000000000000)
#define RK_INDEX_MAX INT64_C(2000000000000000000)
#define RK_INDEX_MIN (RK_INDEX_ONE / 2)

/* All that is owed, or held, of one asset, before interest (rule I4). */
#define RK_SHARES_MAX ((rk_i128)1 << 63)

#define RK_YEAR_NS (INT64_C(31536000) * 1000000000)

/*
 * 1 + x + x^2/2 + x^3/6, rounded up, for interest x of a stretch of time; all
 * in 1e-18, x from 0 to 4.
 */
rk_i128 rk_interest_growth(rk_i128 x);

/* What `then` of a balance has become, with the index of its side. */
rk_i128 rk_interest_amount(rk_amt amount, int64_t index_then,
			   int64_t index_now);

/* What a balance has coming; below 0: owes. 0 of an asset never lent. */
rk_amt rk_interest_unsettled(const struct rk_asset *asset,
			     const struct rk_balance *balance);

/*
 * Of a debt with its interest: what was borrowed on purpose, and what losses
 * have led to (rule J1); 0 of what is held.
 */
rk_amt rk_interest_loan(const struct rk_asset *asset,
			const struct rk_balance *balance);
rk_amt rk_interest_loss(const struct rk_asset *asset,
			const struct rk_balance *balance);
/* The latter with another index of its side: it never falls as that rises. */
rk_amt rk_interest_loss_at(const struct rk_balance *balance, int64_t index);

/* The most that a balance may become before its index is 1 again (N7). */
rk_i128 rk_interest_bound(const struct rk_asset *asset,
			  const struct rk_held_balance *balance);

/*
 * A balance becomes `after`, as of the present indices: 0, or RK_REJ_OVERFLOW
 * and nothing has changed. The caller has marked the account. No more is
 * borrowed on purpose than is owed.
 */
int rk_interest_put(struct rk_engine *engine, struct rk_balance *balance,
		    rk_amt after);

/* Count all balances of an asset afresh: 0 or RK_REJ_OVERFLOW. */
int rk_interest_recount(struct rk_engine *engine, uint32_t asset);

/*
 * Book the interest of a balance, which must stay within N7: 0, or
 * RK_REJ_OVERFLOW and nothing has changed.
 */
int rk_interest_settle(struct rk_engine *engine, struct rk_evbuf *events,
		       uint32_t account, uint32_t asset);

/* Have all who have a balance of an asset judged; find: see rk_touch_found. */
void rk_interest_touch(struct rk_engine *engine, uint32_t asset);
void rk_interest_find(struct rk_engine *engine, uint32_t asset);

/* Are shares within what can be reckoned with? */
bool rk_interest_fits(const struct rk_asset *asset);

/*
 * The index of what is held falls. Below RK_INDEX_MIN all that is held will be
 * settled by the steps, and the index is 1 again.
 */
void rk_interest_lower(struct rk_engine *engine, uint32_t asset,
		       int64_t supply_index);

/* ACCRUE: 0 or RK_REJ_* (rule I5); what it leads to is left to the steps. */
int rk_interest_accrue(struct rk_engine *engine, const struct rk_cmd *cmd);

/* The first end of an interval after a time; the terms lend. */
int64_t rk_interest_next(const struct rk_lending *terms, int64_t time_ns);

/* Find anew when the next interval of any asset ends. */
void rk_interest_schedule(struct rk_engine *engine);

/* One step of what time brings about; false when there is none left. */
bool rk_interest_step(struct rk_engine *engine, struct rk_evbuf *events);

#endif

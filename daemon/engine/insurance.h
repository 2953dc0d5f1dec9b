/*
 * Insurance funds: one per asset, which takes a fee from liquidations and pays
 * what bankrupt accounts owe. Rules U1 to U7 of docs/engine.md; an example is
 * in docs/margin.md.
 *
 * What a fund holds is the house's (`insurance` of struct rk_asset) and part of
 * the books; of what it paid it remembers the sums of the last minutes, so that
 * it is never drawn empty within an hour.
 */
#ifndef RK_ENGINE_INSURANCE_H
#define RK_ENGINE_INSURANCE_H

#include "engine/state.h"

/* No fund holds more. */
#define RK_INSURANCE_MAX RK_ACCOUNT_VALUE_MAX
/* In one hour it pays no more, whatever comes in meanwhile. */
#define RK_INSURANCE_DRAWN_MAX (INT64_C(1) << 62)

#define RK_INSURANCE_MINUTE_NS INT64_C(60000000000)

/* INSURANCE and TOP_UP: 0 or RK_REJ_*. */
int rk_insurance_set(struct rk_engine *engine, const struct rk_cmd *cmd,
		     struct rk_evbuf *events);
int rk_insurance_top_up(struct rk_engine *engine, const struct rk_cmd *cmd,
			struct rk_evbuf *events);

/* What was paid in the last hour, and what may be paid now (U4). */
rk_i128 rk_insurance_drawn(const struct rk_insurance *insurance,
			   int64_t time_ns);
rk_amt rk_insurance_available(const struct rk_engine *engine, uint32_t asset);

/*
 * The fee of a fill of a liquidation order that was worth `value` (of either
 * sign) of the asset; the fill is booked. It takes no more than the account has
 * (U3).
 */
void rk_insurance_charge(struct rk_engine *engine, struct rk_evbuf *events,
			 uint32_t account, uint32_t asset, rk_amt value);

/*
 * May the asset be taken out: RK_OK, or RK_REJ_WITHDRAWALS_GATED? Looks at the
 * accounts that are bankrupt until it knows.
 */
int rk_insurance_check_gate(const struct rk_engine *engine, uint32_t asset);

/* Is it bankrupt, with a debt that a fund may pay, now or later (U5)? */
bool rk_insurance_waits(const struct rk_engine *engine,
			const struct rk_account *account);

/* Has something of that to be done in this command? */
bool rk_insurance_is_due(const struct rk_engine *engine, uint32_t account);

/*
 * Pay what is owed of an asset, at most what the fund may pay now and `most`.
 * False: nothing was paid.
 */
bool rk_insurance_pay(struct rk_engine *engine, struct rk_evbuf *events,
		      uint32_t account, uint32_t asset, rk_i128 most);

/*
 * Pay what the funds may pay now; entered: the account has only just become
 * bankrupt. True: something was paid, its figures are others.
 */
bool rk_insurance_act(struct rk_engine *engine, struct rk_evbuf *events,
		      uint32_t account, bool entered);

#endif

/*
 * Resting orders: orders of an account itself, checked before they are sent to
 * the venue and counted at the levels initial and withdrawal until they are
 * filled or cancelled. Rules O1 to O7 of docs/engine.md. What they require is
 * in worst.h; liquidation orders are another thing (order.h).
 */
#ifndef RK_ENGINE_RESTING_H
#define RK_ENGINE_RESTING_H

#include "engine/holdings.h"
#include "engine/order.h"
#include "engine/scene.h"
#include "engine/state.h"

/* How many all accounts together may have: two for each position. */
static inline uint32_t rk_resting_room(const struct rk_cmd_limits *limits)
{
	return 2 * limits->positions_max;
}

/* What, beside holdings and prices, decides whether an order is allowed. */
struct rk_resting_rules {
	enum rk_mode mode;
	enum rk_state state;
	uint32_t markets_max; /* with a position or an order */
};

/*
 * May an order be placed (O3, O4)? If so it is among the holdings; else they
 * are as they were. 0 or RK_REJ_*; its market is one.
 */
int rk_resting_check(const struct rk_scene *scene,
		     const struct rk_resting_rules *rules,
		     struct rk_holdings *holdings,
		     const struct rk_held_order *order);

/* The same for one that rests already: only whether it can be (O1). */
int rk_resting_suppose(const struct rk_scene *scene,
		       struct rk_holdings *holdings,
		       const struct rk_held_order *order);

/* The orders an account may place in a market, whatever margin says (O3). */
enum rk_resting_takes {
	RK_RESTING_TAKES_NONE,
	RK_RESTING_TAKES_REDUCING,
	RK_RESTING_TAKES_ALL,
};
enum rk_resting_takes rk_resting_takes(const struct rk_scene *scene,
				       const struct rk_resting_rules *rules,
				       const struct rk_holdings *holdings,
				       uint32_t market);

/*
 * The rate of the fee that counts when an order is placed (O8): that of a taker
 * where it may execute at once, else 0.
 */
rk_rate rk_resting_fee(const struct rk_scene *scene,
		       const struct rk_held_order *order);

/*
 * What rk_resting_check() asks last, to find how large an order may be: limit
 * of the position, bound, and margin with a fee (0 to below 1) paid. The order
 * is among `after` already.
 */
int rk_resting_check_size(const struct rk_scene *scene,
			  const struct rk_holdings *after,
			  const struct rk_held_order *order, rk_rate fee,
			  rk_i128 health_before);

/* Each applies one command: 0 or RK_REJ_*. The caller undoes a refusal. */
int rk_resting_place(struct rk_engine *engine, const struct rk_cmd *cmd,
		     struct rk_evbuf *events);
int rk_resting_cancel(struct rk_engine *engine, const struct rk_cmd *cmd,
		      struct rk_evbuf *events);

/*
 * A trade of this account, market and side names an order. One that is gone
 * is no mistake: fills come late. 0 or RK_REJ_ORDER_MISMATCH.
 */
int rk_resting_fill(struct rk_engine *engine, struct rk_evbuf *events,
		    const struct rk_order_target *target, uint64_t number,
		    const struct rk_cmd_trade *trade);

/* Liquidation begins: whoever holds orders at the venue is to cancel them. */
void rk_resting_ask_cancel(struct rk_engine *engine, struct rk_evbuf *events,
			   uint32_t account);

/*
 * Cancel the first order of an account in a market that is settled. False:
 * there is none. At most one event.
 */
bool rk_resting_end(struct rk_engine *engine, struct rk_evbuf *events,
		    uint32_t account, uint32_t market);

/* Are all orders of an account within their bound? 0 or RK_REJ_OVERFLOW. */
int rk_resting_bound_check(const struct rk_engine *engine,
			   const struct rk_account *account);

/* The same of a copy that was changed. */
int rk_resting_bound_check_holdings(const struct rk_scene *scene,
				    const struct rk_holdings *holdings);

/*
 * Put an order of a snapshot into the list of its account. 0, RK_REJ_CAPACITY
 * or RK_REJ_BAD_PARAM; account and market are known to be there.
 */
int rk_resting_load(struct rk_engine *engine, const struct rk_resting *order);

#endif

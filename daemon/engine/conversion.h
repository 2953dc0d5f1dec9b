/*
 * Conversion: which asset is sold to pay a debt that losses have led to, how
 * much of it, and for how long. Rules J2 to J5 and J7 of docs/engine.md; an
 * example is in docs/margin.md.
 */
#ifndef RK_ENGINE_CONVERSION_H
#define RK_ENGINE_CONVERSION_H

#include "engine/state.h"

/* CONVERSION: 0 or RK_REJ_*. */
int rk_conversion_set(struct rk_engine *engine, const struct rk_cmd *cmd,
		      struct rk_evbuf *events);

/* Has the account such a debt, or had it one that nothing could be sold for? */
bool rk_conversion_is_due(const struct rk_engine *engine, uint32_t account);

/* Would it have one in this asset, were the index of debts so high? */
bool rk_conversion_would_be_due(const struct rk_engine *engine,
				uint32_t account, uint32_t asset,
				int64_t debt_index);

/*
 * Open the orders that pay debts by losses beyond what these may borrow, where
 * none is open yet; tell where there is nothing to be sold, and where there is
 * again.
 */
void rk_conversion_act(struct rk_engine *engine, struct rk_evbuf *events,
		       uint32_t account, const struct rk_health *health);

/* Why a conversion order is of no use any more (rk_close_reason); 0: it is. */
uint32_t rk_conversion_over(const struct rk_engine *engine,
			    const struct rk_order *order);

#endif

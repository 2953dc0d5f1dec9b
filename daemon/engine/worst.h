/*
 * What resting orders require beside the position they belong to: the worse
 * side of what may be filled, and what their prices lose. Rule O2 of
 * docs/engine.md; at the levels initial and withdrawal only.
 */
#ifndef RK_ENGINE_WORST_H
#define RK_ENGINE_WORST_H

#include "engine/holdings.h"
#include "engine/scene.h"

struct rk_worst {
	rk_i128 initial;  /* USD, more than the position's own; 0 or more */
	rk_i128 notional; /* likewise */
	rk_i128 loss;     /* USD */
};

/*
 * n orders of one market (n above 0) beside the position that the holdings have
 * there, at the prices of the scene and with the leverage that is chosen.
 */
void rk_worst_of(const struct rk_scene *scene,
		 const struct rk_holdings *holdings,
		 const struct rk_held_order *orders, uint32_t n,
		 struct rk_worst *ret_worst);

/* What the position in a market requires initially with its orders. */
rk_i128 rk_worst_initial(const struct rk_scene *scene,
			 const struct rk_holdings *holdings, uint32_t market);

#endif

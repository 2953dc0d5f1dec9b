/*
 * Questions whose answer is a limit: up to which price an account is safe,
 * how much can be taken out, how much can be traded. Exact to the last unit,
 * as each is found by asking the margin itself at both sides of the limit.
 *
 * Why halving finds it: in one price, health is concave. Profit, collateral
 * and debts are linear in it, a part of profit and weights take more from
 * gains than from losses, and requirements rise with notional at rates that
 * rise from bracket to bracket. And what an order requires never falls as it
 * grows. So what is safe is one range, with at most one end on each side.
 * (Roundings move an end by a few units, weights by size by 1e-9 of what is
 * held: what is answered is a place where one unit further is another answer.
 * Where a market's ramp runs, or a form grows by a power, requirements may rise
 * faster below than above: then there may be two ranges, and the end that is
 * told is one of theirs. So an end is looked for in steps of twice and half the
 * price, away from where it is safe, before it is halved: it is the first that
 * such steps meet, and takes no more looks.)
 */
#ifndef RK_ENGINE_SOLVE_H
#define RK_ENGINE_SOLVE_H

#include "engine/event.h"
#include "engine/holdings.h"
#include "engine/scene.h"

/* What a price is looked for at which it is below 0. */
enum rk_solve_of {
	RK_SOLVE_HEALTH, /* health_M: the liquidation price */
	RK_SOLVE_EQUITY, /* equity: the bankruptcy price */
};

/* The last prices on both sides at which it is not safe; 0: there is none. */
struct rk_solve_prices {
	rk_px below; /* one unit above it is safe */
	rk_px above; /* one unit below it is safe */
	bool ever;   /* is there any price at which it is safe? */
};

/*
 * One slot moves, from its price_min to its price_max, all others stay. It
 * needs a mark.
 */
void rk_solve_price(const struct rk_scene *scene,
		    const struct rk_holdings *holdings, uint32_t slot,
		    enum rk_solve_of of, struct rk_solve_prices *ret_prices);

/*
 * The most of an asset that may be taken out (A6): of one that is lent also
 * what may be borrowed, of another never more than the balance; 0 when
 * prices do not allow it.
 */
rk_amt rk_solve_withdrawable(const struct rk_scene *scene,
			     const struct rk_holdings *holdings,
			     uint32_t asset);

/*
 * The largest order that may be placed at a worst price (O4), if a fee (rate
 * of the value, 0 to below 1) is paid at once (O8): one unit more is refused.
 * Halts, lots and the state of the account are not looked at.
 */
struct rk_solve_order {
	uint32_t market;
	enum rk_side side;
	rk_px price;
	rk_rate fee;
};
rk_qty rk_solve_order_size(const struct rk_scene *scene,
			   const struct rk_holdings *holdings,
			   const struct rk_solve_order *order);

#endif

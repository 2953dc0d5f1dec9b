/*
 * What one account holds, copied out of the records: what margin is computed
 * from. A copy can be changed freely, so that a question of the kind "what if"
 * is answered by the same functions that judge.
 */
#ifndef RK_ENGINE_HOLDINGS_H
#define RK_ENGINE_HOLDINGS_H

#include "engine/cmd_listing.h"

struct rk_account;
struct rk_engine;

struct rk_held_balance {
	uint32_t asset;
	rk_amt amount; /* below 0: a debt */
};

struct rk_held_position {
	uint32_t market;
	rk_qty size;
	rk_amt cost;
	rk_amt funding; /* not settled yet; below 0: to be paid */
};

/* Of a large struct, only what is in use is ever touched. */
struct rk_holdings {
	uint32_t balances_n;
	uint32_t positions_n;
	struct rk_held_balance balances[RK_ASSETS_MAX];      /* by asset */
	struct rk_held_position positions[RK_POSITIONS_MAX]; /* by market */
};

void rk_holdings_of(const struct rk_engine *engine,
		    const struct rk_account *account,
		    struct rk_holdings *ret_holdings);

/* The balance in an asset; 0 where there is none. */
rk_amt rk_holdings_balance(const struct rk_holdings *holdings, uint32_t asset);

/* Add to a balance: 0 or RK_REJ_OVERFLOW. */
int rk_holdings_credit(struct rk_holdings *holdings, uint32_t asset,
		       rk_amt delta);

#endif

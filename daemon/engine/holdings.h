/*
 * What one account holds, copied out of the records: what margin is computed
 * from. A copy can be changed freely, so that a question of the kind "what if"
 * is answered by the same functions that judge.
 */
#ifndef RK_ENGINE_HOLDINGS_H
#define RK_ENGINE_HOLDINGS_H

#include <stdbool.h>

#include "engine/cmd_listing.h"
#include "engine/event_words.h"

struct rk_account;
struct rk_engine;

struct rk_held_balance {
	uint32_t asset;
	rk_amt amount;   /* below 0: a debt; with interest */
	rk_amt interest; /* the part of it that is not settled */
	rk_amt booked;   /* what of it is in the totals of all (totals.h) */
	int64_t index;   /* when it was last settled; 0: now */
};

struct rk_held_position {
	uint32_t market;
	rk_qty size;
	rk_amt cost;
	rk_amt funding;   /* not settled yet; below 0: to be paid */
	rk_rate leverage; /* chosen for the market; 0: none */
};

/* A choice of leverage, also where there is no position yet. */
struct rk_held_leverage {
	uint32_t market;
	rk_rate leverage; /* above 0 */
};

/* A resting order: what is left of it. */
struct rk_held_order {
	uint64_t order;
	uint32_t market;
	enum rk_side side;
	bool reduce_only;
	rk_qty left;
	rk_px price; /* worst */
};

/* Of a large struct, only what is in use is ever touched. */
struct rk_holdings {
	uint32_t balances_n;
	uint32_t positions_n;
	uint32_t leverages_n;
	uint32_t orders_n;
	struct rk_held_balance balances[RK_ASSETS_MAX];      /* by asset */
	struct rk_held_position positions[RK_POSITIONS_MAX]; /* by market */
	struct rk_held_leverage leverages[RK_LEVERAGES_MAX]; /* by market */
	struct rk_held_order orders[RK_RESTING_MAX]; /* by market, number */
};

/* What maintenance is judged by: no resting orders, which never count there. */
void rk_holdings_to_judge(const struct rk_engine *engine,
			  const struct rk_account *account,
			  struct rk_holdings *ret_holdings);

/* All of it. */
void rk_holdings_of(const struct rk_engine *engine,
		    const struct rk_account *account,
		    struct rk_holdings *ret_holdings);

/* The leverage chosen for a market; 0 where there is none. */
rk_rate rk_holdings_leverage(const struct rk_holdings *holdings,
			     uint32_t market);

/*
 * Choose it, 0 for none: 0, or RK_REJ_CAPACITY for more markets than can be
 * remembered.
 */
int rk_holdings_choose(struct rk_holdings *holdings, uint32_t market,
		       rk_rate leverage);

/* The balance in an asset; 0 where there is none. */
rk_amt rk_holdings_balance(const struct rk_holdings *holdings, uint32_t asset);

/* The size of the position in a market; 0 where there is none. */
rk_qty rk_holdings_size(const struct rk_holdings *holdings, uint32_t market);

/* A resting order by its number; NULL: there is none. */
struct rk_held_order *rk_holdings_order(struct rk_holdings *holdings,
					uint64_t order);

/* Put an order where it belongs, and say where; there is room. */
struct rk_held_order *rk_holdings_add_order(struct rk_holdings *holdings,
					    const struct rk_held_order *order);

/* Take out one of its orders; all pointers to others are stale then. */
void rk_holdings_drop_order(struct rk_holdings *holdings,
			    struct rk_held_order *order);

/* Add to a balance: 0 or RK_REJ_OVERFLOW. */
int rk_holdings_credit(struct rk_holdings *holdings, uint32_t asset,
		       rk_amt delta);

#endif

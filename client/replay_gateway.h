/*
 * A simulated execution gateway: it fills liquidation orders as a venue might.
 *
 * Pure: order events and price turns go in, actions (fills, order_closed)
 * come out. A turn is one instant with prices. What happens to an order is
 * drawn from the seed and the order's id alone, so that it does not depend on
 * when a message arrived. Most orders are filled in full after one or two
 * turns; some in pieces, some only in part, some after closing was asked for
 * or confirmed, some beyond their size, some never.
 *
 * It fills at the mark, less the cost for a sale and plus it for a purchase,
 * and not beyond the order's floor price: then it waits for the next turn.
 */
#ifndef RK_CLIENT_REPLAY_GATEWAY_H
#define RK_CLIENT_REPLAY_GATEWAY_H

#include <stdbool.h>
#include <stdint.h>

#include "librisk_cmd.h"

#define RK_REPLAY_BPS_MAX 5000 /* of cost: half the price */

struct rk_replay_gateway_options {
	uint64_t seed;
	int64_t cost_bps; /* 0 to RK_REPLAY_BPS_MAX */
	bool fills;       /* else orders are only confirmed as closed */
};

enum rk_replay_action_kind {
	RK_REPLAY_ACTION_FILL,
	RK_REPLAY_ACTION_CLOSE
};

struct rk_replay_action {
	enum rk_replay_action_kind kind;
	struct risk_order_id order;
	uint64_t account;
	uint32_t market;
	bool sell;
	int64_t price;  /* FILL */
	int64_t size;   /* FILL */
	int64_t filled; /* CLOSE: in all */
};

struct rk_replay_gateway;

/* 0 and *ret_gateway, owned by the caller, or -ENOMEM. */
int rk_replay_gateway_open(const struct rk_replay_gateway_options *options,
			   struct rk_replay_gateway **ret_gateway);

/* Takes NULL. */
void rk_replay_gateway_close(struct rk_replay_gateway *gateway);

/*
 * Take in one event, each once and in order; those that are not about orders
 * change nothing. Returns 0, -ENOMEM, or -EPROTO for an order event that
 * cannot be (opened twice).
 */
int rk_replay_gateway_event(struct rk_replay_gateway *gateway,
			    const Riskd__Event *event);

/* Prices have moved: one turn has passed. */
void rk_replay_gateway_turn(struct rk_replay_gateway *gateway);

/* The mark of a market now; 0: not known, and nothing is filled there. */
typedef int64_t rk_replay_mark_fn(const void *arg, uint32_t market);

/*
 * The next thing to do now. Returns true and *ret_action, or false when
 * nothing is left to do before the next turn or event.
 */
bool rk_replay_gateway_next(struct rk_replay_gateway *gateway,
			    rk_replay_mark_fn *mark, const void *mark_arg,
			    struct rk_replay_action *ret_action);

/* The open order of an account in a market and on a side, if there is one. */
bool rk_replay_gateway_find(const struct rk_replay_gateway *gateway,
			    uint64_t account, uint32_t market, bool sell,
			    struct risk_order_id *ret_order);

/* Orders not closed, or closed with a fill still to come. */
uint32_t rk_replay_gateway_active(const struct rk_replay_gateway *gateway);

/* Orders that the daemon has not closed. */
uint32_t rk_replay_gateway_open_orders(const struct rk_replay_gateway *gateway);

/* Price of a fill: the mark less (sale) or plus so many basis points. */
int64_t rk_replay_gateway_price(int64_t mark, bool sell, int64_t cost_bps);

#endif

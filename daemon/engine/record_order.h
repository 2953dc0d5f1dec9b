/*
 * The records of orders: those that liquidation asks for, and those of the
 * accounts themselves. Private to daemon/engine.
 */
#ifndef RK_ENGINE_RECORD_ORDER_H
#define RK_ENGINE_RECORD_ORDER_H

#include "engine/event.h"

/* What an order to sell one asset for another has more (conversion.h). */
struct rk_order_conversion {
	uint32_t sell; /* RK_NONE: it is no such order */
	uint32_t buy;
	rk_amt least;    /* what all of it must bring */
	rk_amt bought;   /* so far */
	rk_amt loss;     /* debt by losses at opening */
	rk_px sell_mark; /* at opening */
	rk_px buy_mark;
};

/* Who executes an order alone, and until when; 0: nobody. */
struct rk_order_claim {
	uint32_t venue;
	int64_t until_ns; /* past: it has ended */
};

/* Size and fills of a conversion are amounts of what is sold. */
struct rk_order {
	struct rk_order_id id;
	uint32_t account;
	uint32_t market; /* RK_NO_MARKET: a conversion */
	struct rk_order_conversion conversion;
	enum rk_side side;
	rk_qty size;
	rk_qty filled;
	rk_qty reported; /* by order_closed; more than filled: fills to come */
	rk_px floor_price;
	rk_px mark;
	int64_t opened_ns;
	int64_t expiry_ns;
	struct rk_health health;
	struct rk_order_claim claim; /* none once closing is asked for */
	bool close_asked;
	bool taken_over; /* with its position: what it fills is the vault's */
	bool closed;
	uint64_t closing; /* which of all closings it was, from 1; 0: open */
	uint32_t next;    /* of the account; of the closed or the free list */
};

/* An order of the account itself at the venue: resting.h. */
struct rk_resting {
	uint64_t order;
	uint32_t account;
	uint32_t market;
	enum rk_side side;
	bool reduce_only;
	rk_qty size; /* as it was placed */
	rk_qty left;
	rk_px price;
	uint32_t next; /* of the account, or of the free list */
};

#endif

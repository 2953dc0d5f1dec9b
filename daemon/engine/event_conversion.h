/*
 * What events tell of conversion. Part of event.h.
 */
#ifndef RK_ENGINE_EVENT_CONVERSION_H
#define RK_ENGINE_EVENT_CONVERSION_H

#include "engine/cmd_conversion.h"
#include "engine/health.h"

/* An order to sell one asset for another (conversion.h). */
struct rk_ev_conversion {
	struct rk_order_id order;
	uint32_t sell;
	uint32_t buy;
	uint32_t reason; /* rk_close_reason; 0 when opened */
	rk_amt size;     /* to be sold, at most */
	rk_amt sold;     /* in all, so far */
	rk_amt least;    /* what all of it must bring */
	rk_amt bought;   /* in all, so far */
	rk_amt loss;     /* debt by losses at opening, of what is bought */
	rk_px sell_mark; /* at opening */
	rk_px buy_mark;
	int64_t expiry_ns;
	struct rk_health health; /* of the account at opening */
};

/* A debt that is to be paid by a sale, and there is nothing to be sold. */
struct rk_ev_conversion_withheld {
	uint32_t asset; /* of the debt */
	bool withheld;  /* false: no longer */
	rk_amt loss;    /* debt by losses as it is now; 0: none */
};

/* What a venue took and gave, booked. */
struct rk_ev_converted {
	uint32_t venue;
	uint32_t sell;
	uint32_t buy;
	rk_amt sold;
	rk_amt bought; /* before the fee */
	rk_amt fee;
	rk_amt sell_balance; /* after */
	rk_amt buy_balance;
	struct rk_order_id order; /* seq 0: of no order */
	bool late;                /* the order was closed before */
};

#endif

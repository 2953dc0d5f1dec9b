/*
 * What events tell of liquidation: its orders, what has to wait, what is
 * missing in the end. Part of event.h.
 */
#ifndef RK_ENGINE_EVENT_ORDER_H
#define RK_ENGINE_EVENT_ORDER_H

#include "engine/cmd_conversion.h"
#include "engine/event_words.h"
#include "engine/health.h"

struct rk_ev_order {
	struct rk_order_id order;
	enum rk_side side;
	uint32_t reason;   /* rk_order_reason when opened, else close reason */
	rk_qty size;       /* of the order, above 0 */
	rk_qty filled;     /* in all, so far */
	rk_qty fill;       /* this fill (ORDER_FILLED) */
	rk_px fill_price;  /* (ORDER_FILLED) */
	uint64_t trade;    /* (ORDER_FILLED) */
	rk_px floor_price; /* worst price: lowest for SELL, highest for BUY */
	rk_px mark;        /* at opening */
	int64_t expiry_ns; /* when closing will be asked for */
	bool late;         /* fill came after the order was closed */
	uint32_t claimed_by;      /* venue, while claimed_until_ns is not 0 */
	int64_t claimed_until_ns; /* 0: nobody has claimed it (now) */
	struct rk_health health;  /* of the account at opening */
};

struct rk_ev_withheld {
	enum rk_withheld reason; /* NONE: no longer withheld */
	struct rk_health health;
};

struct rk_ev_deficit {
	rk_usd amount; /* equity below 0, as a positive number */
};

#endif

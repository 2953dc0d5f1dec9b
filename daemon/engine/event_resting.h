/*
 * What is told of resting orders. See event.h.
 */
#ifndef RK_ENGINE_EVENT_RESTING_H
#define RK_ENGINE_EVENT_RESTING_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/event_words.h"
#include "engine/units.h"

/* A resting order: placed, cancelled or made smaller, or filled. */
struct rk_ev_resting {
	uint64_t order;
	enum rk_side side;
	bool reduce_only;
	rk_qty size; /* as it was placed */
	rk_qty left; /* that still rests; 0: it is gone */
	rk_px price; /* worst */
	rk_qty fill; /* of this trade, up to what was left (ORDER_EXECUTED) */
	uint64_t trade; /* (ORDER_EXECUTED) */
};

/* The account is being liquidated: its resting orders are to be cancelled. */
struct rk_ev_cancel_asked {
	uint32_t orders; /* that rest */
};

#endif

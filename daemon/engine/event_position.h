/*
 * What events tell of a position that a trade or a move has changed. Part of
 * event.h.
 */
#ifndef RK_ENGINE_EVENT_POSITION_H
#define RK_ENGINE_EVENT_POSITION_H

#include <stdint.h>

#include "engine/units.h"

struct rk_ev_position {
	uint64_t trade;
	rk_px price;
	rk_qty traded;   /* signed: what this account took on */
	rk_qty to_vault; /* signed: fill beyond the position */
	rk_qty size;     /* after */
	rk_amt cost;     /* after, settle asset, signed as size */
	rk_amt realised; /* profit booked to the balance, before fee */
	rk_amt fee;
	rk_amt balance; /* of the settle asset, after */
};

/* One of the two accounts: the one that gives comes first. */
struct rk_ev_moved {
	uint64_t other;
	rk_qty size; /* after; 0: it was given away */
	rk_amt cost; /* after */
};

#endif

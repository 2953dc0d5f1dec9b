/*
 * Rule: within its box nothing about an account is due. Looked at directly:
 * prices and indices of an engine are put where the box of an account ends,
 * some at this end and some at that, the account is judged there, and all is
 * put back. With slacks, prices are put anywhere between the ends.
 */
#ifndef RK_PROPERTY_BOX_CORNERS_H
#define RK_PROPERTY_BOX_CORNERS_H

#include "engine/engine.h"
#include "support/prng.h"

struct box_corners {
	uint64_t looked;  /* corners */
	uint64_t indices; /* ends of indices among them, of their own */
	uint64_t slacks;  /* of boxes with slacks: points where some is left */
	uint64_t due;     /* corners where something was: there must be none */
};

/* Some corners of the box of one account. */
void box_corners_look(struct rk_engine *engine, uint32_t account,
		      struct rk_prng *prng, struct box_corners *corners);

#endif

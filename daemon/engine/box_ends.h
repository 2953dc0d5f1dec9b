/*
 * The ends of the ranges of a box, while it is made (box.h): of prices, and of
 * the indices of funding and interest. An end that is asked for counts: it gets
 * into the box. What is asked for at no end may go that way for ever.
 */
#ifndef RK_ENGINE_BOX_ENDS_H
#define RK_ENGINE_BOX_ENDS_H

#include "engine/box.h"
#include "engine/holdings.h"

/* From the least to the most that something can be within the box. */
struct rk_span {
	rk_i128 low;
	rk_i128 high;
};

struct rk_ends {
	const struct rk_engine *engine;
	uint32_t account;
	struct rk_box *box;
	int64_t width; /* of ranges, either way, in 1e-9 of the price */
	bool whole;    /* indices may be anywhere in their eras */
};

/* The slots that the account depends on, without ranges. */
void rk_ends_slots(const struct rk_engine *engine,
		   const struct rk_holdings *holdings, struct rk_box *ret_box);

/* How many of them, which come first, are of prices. */
uint32_t rk_ends_prices(const struct rk_engine *engine,
			const struct rk_box *box);

/* No end counts yet. */
void rk_ends_clear(struct rk_ends *ends);

/* A price at its end. */
rk_px rk_ends_low(struct rk_ends *ends, uint32_t slot);
rk_px rk_ends_high(struct rk_ends *ends, uint32_t slot);

/* The least or the most funding that a position has coming. */
rk_i128 rk_ends_funding(struct rk_ends *ends,
			const struct rk_held_position *position, bool most);

/*
 * A balance with its interest. Where its index ends before that, because the
 * debt would be converted, at less.
 */
struct rk_span rk_ends_balance(struct rk_ends *ends,
			       const struct rk_held_balance *balance);

#endif

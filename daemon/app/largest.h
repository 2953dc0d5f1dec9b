/*
 * The largest orders that a query asks about: whether it can be, and how long
 * it takes.
 *
 * A limit is found by halving, which takes hundreds of looks at all that an
 * account holds, and the loop waits meanwhile. So the work is counted before it
 * is begun, in steps: one balance, position or order looked at once takes about
 * 8 ns. An account of 64 positions that is safe takes 1.5 million to tell all.
 */
#ifndef RK_APP_LARGEST_H
#define RK_APP_LARGEST_H

#include <stddef.h>

#include "app/refusal.h"
#include "codec/decode.h"

struct rk_ask;
struct rk_engine;

/* Of one query, and what a look costs besides what is held. */
#define RK_STEPS_MAX  2000000U
#define RK_STEPS_LOOK 24U

/* Halving 2^62 for the size of an order; each look asks for more. */
#define RK_LOOKS_ORDER 96U

/* Steps of one look at all that is held. */
uint64_t rk_steps_look(const struct rk_ask *ask);

/* Looks that the largest orders of one account take. */
uint64_t rk_largest_looks(const struct rk_largest *largest);

/*
 * 0; or the code of a refusal, and its text: RK_REJ_TOO_MANY,
 * RK_REJ_NO_MARKET, RK_REJ_BAD_PRICE, RK_REJ_BAD_PARAM.
 */
int rk_largest_check(const struct rk_engine *engine,
		     const struct rk_largest *largest,
		     struct rk_refusal *ret_refusal);

/* The work of an AccountQuery is not too much: 0, or RK_REJ_TOO_MANY. */
int rk_largest_check_steps(const struct rk_engine *engine, uint32_t index,
			   const struct rk_largest *largest,
			   struct rk_refusal *ret_refusal);

#endif

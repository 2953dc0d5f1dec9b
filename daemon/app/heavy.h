/*
 * Heavy queries: those that look at every account, which are accounts by risk,
 * liquidation orders, the digest, and markets while accounts are bankrupt.
 *
 * Each is a cursor. A turn lets one of them go on, and the next turn the next
 * one, for query.slice at most and a few accounts beyond; then ticks and
 * commands come first again. So what they tell is not of one moment: each row
 * carries the sequence that it was read at, and an answer the first and the
 * last. But a digest is of one state (engine/tally.h): all who asked before it
 * began get the same one, who asks later waits for the next.
 *
 * At most RK_HEAVY_MAX are answered at once, more are refused. One whose asker
 * is gone is dropped; those under way when riskd stops are refused.
 */
#ifndef RK_APP_HEAVY_H
#define RK_APP_HEAVY_H

#include "app/core.h"
#include "codec/decode.h"

#define RK_HEAVY_MAX 6

struct rk_heavy;

struct rk_heavy_counts {
	uint64_t queries;      /* taken up */
	uint64_t dropped;      /* of them: the asker was gone */
	uint64_t waiting;      /* of them: not answered yet */
	uint64_t slices;       /* turns that let one go on */
	uint64_t steps;        /* of a few accounts or units, in all slices */
	uint64_t slice_max_ns; /* longest slice */
};

/* What it reads is core->engine. Returns 0 or -ENOMEM. */
int rk_heavy_open(const struct rk_engine *engine, struct rk_heavy **ret_heavy);
/* Accepts NULL. The engine must still be there. */
void rk_heavy_close(struct rk_heavy *heavy);

/*
 * Answer a query of kind ACCOUNTS, ORDERS, DIGEST or MARKETS in the turns to
 * come, or refuse it at once: BUSY, STOPPING.
 */
void rk_heavy_ask(struct rk_core *core, uint32_t pending,
		  const struct rk_query *query);

/* Let one go on. True when any has more to do: take another turn soon. */
bool rk_heavy_turn(struct rk_core *core);

/* riskd stops: none is answered any more. */
void rk_heavy_stop(struct rk_core *core);

void rk_heavy_counts(const struct rk_heavy *heavy,
		     struct rk_heavy_counts *ret_counts);

#endif

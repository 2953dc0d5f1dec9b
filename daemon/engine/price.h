/*
 * Price slots: quotes of publishers in, one mark and one state out.
 * Rules P1 to P6 of docs/engine.md.
 */
#ifndef RK_ENGINE_PRICE_H
#define RK_ENGINE_PRICE_H

#include "engine/cmd.h"
#include "engine/event.h"

struct rk_engine;
struct rk_slot;

/* Take in one batch; moved slots wait for rk_price_aggregate(). */
void rk_price_batch(struct rk_engine *engine,
		    const struct rk_cmd_prices *prices);

/* Time has moved: slots whose quotes have aged out are put on the list. */
void rk_price_age(struct rk_engine *engine);

/* No quote so far counts any more (RESUME). */
void rk_price_forget(struct rk_engine *engine);

/* Operator's halt of a market: 0, RK_REJ_NO_MARKET or RK_REJ_NO_CHANGE. */
int rk_price_halt(struct rk_engine *engine, const struct rk_cmd *cmd);

/*
 * Aggregate the next moved slot, emit its change of state, and touch the
 * accounts that depend on it. False when no slot is left.
 */
bool rk_price_aggregate(struct rk_engine *engine, struct rk_evbuf *events);

/* Touch the accounts that depend on a slot; find them: for its price only. */
void rk_price_touch_holders(struct rk_engine *engine, uint32_t slot);
void rk_price_find_holders(struct rk_engine *engine, uint32_t slot);

/*
 * Other bounds for a slot: its quotes are weighed anew by them. While the
 * market is halted the mark stays.
 */
void rk_price_set_bounds(struct rk_engine *engine, uint32_t slot,
			 rk_px price_max, int64_t age_max_ns);

/*
 * The price of a market that is settled: it is good, and nothing moves it any
 * more. Emits the change of state. Its market is SETTLED by now.
 */
void rk_price_fix(struct rk_engine *engine, struct rk_evbuf *events,
		  uint32_t slot, rk_px price);

/* A market that never had a price takes that of its first trade (T7). */
void rk_price_seed(struct rk_engine *engine, uint32_t market, rk_px price);

#endif

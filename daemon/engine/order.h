/*
 * Liquidation orders: records from opening to closing. Rules L7 to L9 of
 * docs/engine.md. What to open is decided in liquidation.h.
 */
#ifndef RK_ENGINE_ORDER_H
#define RK_ENGINE_ORDER_H

#include "engine/state.h"

/* Everything that a new order is made of. */
struct rk_order_terms {
	uint32_t account;
	uint32_t market;
	enum rk_side side;
	rk_qty size;
	rk_px floor_price;
	rk_px mark;
	struct rk_order_conversion conversion; /* of RK_NO_MARKET */
	struct rk_health health;
};

/* Is there a record for one more order? */
bool rk_order_room(const struct rk_engine *engine);

/* Open an order; rk_order_room() must hold. */
void rk_order_open(struct rk_engine *engine, struct rk_evbuf *events,
		   const struct rk_order_terms *terms);

/* What may still be filled: 0 once closed. */
rk_qty rk_order_rest(const struct rk_order *order);

/* Record number of an order still known, or RK_NONE. */
uint32_t rk_order_lookup(const struct rk_engine *engine, struct rk_order_id id);

/* Which orders a fill may name: of this account, market and side. */
struct rk_order_target {
	uint32_t account;
	uint32_t market;
	enum rk_side side;
};

/*
 * The order that a fill names: *ret_order is its record number, or RK_NONE
 * when id names none. 0, RK_REJ_NO_ORDER or RK_REJ_ORDER_MISMATCH.
 */
int rk_order_find(const struct rk_engine *engine, struct rk_order_id id,
		  const struct rk_order_target *target, uint32_t *ret_order);

/* Is it an order to sell one asset for another? */
static inline bool rk_order_converts(const struct rk_order *order)
{
	return order->market == RK_NO_MARKET;
}

/* Book what a conversion order sold and bought: 0 or RK_REJ_OVERFLOW. */
int rk_order_convert(struct rk_engine *engine, struct rk_evbuf *events,
		     uint32_t order, rk_amt sold, rk_amt bought);

/* Book a fill of the whole trade: 0 or RK_REJ_OVERFLOW. */
int rk_order_fill(struct rk_engine *engine, struct rk_evbuf *events,
		  uint32_t order, const struct rk_cmd_trade *trade);

/* Ask whoever executes it to stop; a no-op when asked already. */
void rk_order_ask_close(struct rk_engine *engine, struct rk_evbuf *events,
			uint32_t order, enum rk_close_reason reason);

/*
 * Its position goes to the vault: ask to stop, and all that it fills from now
 * on is the vault's, whatever the account holds by then. It is not closed.
 */
void rk_order_take_over(struct rk_engine *engine, struct rk_evbuf *events,
			uint32_t order);

/* Its timer ended: expiry, or no answer to the question to close. */
void rk_order_timer(struct rk_engine *engine, struct rk_evbuf *events,
		    uint32_t order);

/* ORDER_CLOSED: 0 or RK_REJ_*. */
int rk_order_closed(struct rk_engine *engine, const struct rk_cmd *cmd,
		    struct rk_evbuf *events);

/* CLAIM: 0 or RK_REJ_*. */
int rk_order_claim(struct rk_engine *engine, const struct rk_cmd *cmd,
		   struct rk_evbuf *events);

/* Does somebody execute it alone now? */
bool rk_order_is_claimed(const struct rk_engine *engine,
			 const struct rk_order *order);

/* A claim of a snapshot: 0 or RK_REJ_BAD_PARAM. */
int rk_order_load_claim(struct rk_engine *engine, uint32_t number,
			const struct rk_order_claim *claim);

/*
 * Put an order of a snapshot into its record: open ones into the list of
 * their account, closed ones behind those closed before. 0 or
 * RK_REJ_BAD_PARAM; account and market are known to be there.
 */
int rk_order_load(struct rk_engine *engine, uint32_t number,
		  const struct rk_order *order, int64_t timer_ns);

/* All are in: are there as many records as numbers? 0 or RK_REJ_BAD_PARAM. */
int rk_order_load_end(const struct rk_engine *engine);

#endif

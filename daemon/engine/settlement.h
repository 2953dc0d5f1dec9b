/*
 * Settlement of a market: every position in it is closed at one price, which
 * the venue or the operator tells. Rules E5 to E8 of docs/engine.md.
 */
#ifndef RK_ENGINE_SETTLEMENT_H
#define RK_ENGINE_SETTLEMENT_H

#include "engine/state.h"

/* SETTLE: 0 or RK_REJ_*; the positions are closed by the steps. */
int rk_settlement_begin(struct rk_engine *engine, const struct rk_cmd *cmd);

/*
 * One step of the settlement that the present command brings about: one
 * account, then the rest. False when there is nothing left to do.
 */
bool rk_settlement_step(struct rk_engine *engine, struct rk_evbuf *events);

/*
 * Close a position at what it is worth (E6), its funding settled first; all but
 * the price is returned. The value itself is the caller's to book: its market
 * has it in clearing_cost, as cost. At most three events. May be undone.
 */
void rk_settlement_close(struct rk_engine *engine, struct rk_evbuf *events,
			 uint32_t i, rk_amt value, struct rk_ev_settled *ret);

/*
 * A fill was booked in a market that is settled already: whatever it left
 * open in the market, of these two accounts (RK_NONE: none), of the venue and
 * of the vault, is closed at once. May be undone.
 */
void rk_settlement_late(struct rk_engine *engine, struct rk_evbuf *events,
			const struct rk_cmd_trade *trade,
			const uint32_t accounts[2]);

#endif

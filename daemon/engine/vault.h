/*
 * The backstop vault: a system account that takes over what liquidation does
 * not sell in time. Rules Z1 to Z4 of docs/engine.md; an example is in
 * docs/margin.md.
 *
 * It is never judged. Its positions are in the markets (`vault_size` and
 * `vault_cost` of struct rk_market), its capital in the assets; what it has won
 * or lost is what its positions are worth less their cost, so nothing of it is
 * ever realised.
 */
#ifndef RK_ENGINE_VAULT_H
#define RK_ENGINE_VAULT_H

#include "engine/state.h"

/* No vault has more capital, or a profit or loss of more that counts. */
#define RK_VAULT_MAX        RK_ACCOUNT_VALUE_MAX
#define RK_VAULT_PROFIT_MAX RK_ACCOUNT_VALUE_MAX

/* VAULT and VAULT_TOP_UP: 0 or RK_REJ_*. */
int rk_vault_set(struct rk_engine *engine, const struct rk_cmd *cmd,
		 struct rk_evbuf *events);
int rk_vault_top_up(struct rk_engine *engine, const struct rk_cmd *cmd,
		    struct rk_evbuf *events);

/* Could these terms ever work? 0 or RK_REJ_BAD_PARAM and the field. */
int rk_vault_check(const struct rk_vault_terms *terms, const char **ret_field);

/* What the vault is to the markets that settle in an asset, at marks (Z2). */
struct rk_vault_figures {
	rk_i128 capital;
	rk_i128 profit;    /* by all its positions there, open or closed */
	rk_i128 held;      /* magnitudes of their values */
	rk_i128 lost;      /* within the hour (Z3) */
	rk_i128 hour_left; /* what it may lose yet, 0 or more */
};
void rk_vault_figures(const struct rk_engine *engine, uint32_t asset,
		      struct rk_vault_figures *ret_figures);

/* Its profit in a market since it held nothing there, and what it may still
 * lose (Z3): 0 or more. */
rk_i128 rk_vault_event_profit(const struct rk_engine *engine, uint32_t market);
rk_i128 rk_vault_event_left(const struct rk_engine *engine, uint32_t market);

/*
 * May it take this much more of a market (Z4)? `more`: what it would take of
 * others of the asset before, in raw units. *ret_held: what it would hold more
 * by this.
 */
enum rk_takeover_withheld rk_vault_refuses(const struct rk_engine *engine,
					   uint32_t market, rk_qty size,
					   rk_i128 more, rk_i128 *ret_held);

/* Its position in a market grows by a size, signed, at that cost. */
void rk_vault_book(struct rk_engine *engine, uint32_t market, rk_i128 size,
		   rk_i128 cost);
/* The same by takeover: what was lost before an empty position is past. */
void rk_vault_take(struct rk_engine *engine, uint32_t market, rk_qty size,
		   rk_i128 cost);

/* With the first step of the clock within a minute its profits are noted. */
void rk_vault_round(struct rk_engine *engine);

#endif

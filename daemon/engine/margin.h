/*
 * The margin of what an account holds: equity, requirements, health. Rules H1
 * to H7 of docs/engine.md; formulas with sources in docs/margin.md.
 *
 * Exact: computed from holdings and prices each time, nothing is kept. Each
 * figure is rounded against the account.
 */
#ifndef RK_ENGINE_MARGIN_H
#define RK_ENGINE_MARGIN_H

#include "engine/holdings.h"
#include "engine/scene.h"
#include "engine/view.h"

/* What an account is judged by. */
struct rk_judgement {
	rk_usd equity;
	rk_usd maintenance; /* R_M: equity - health_M */
	bool prices_ok;     /* every price used is OK */
};
void rk_margin_judge(const struct rk_scene *scene,
		     const struct rk_holdings *holdings,
		     struct rk_judgement *ret_judgement);

/*
 * Is health_M below 0? At prices that favour the account, where the figures
 * themselves may be too large to be told.
 */
bool rk_margin_is_below(const struct rk_scene *scene,
			const struct rk_holdings *holdings);

/* All there is to say; the same equity and maintenance. */
void rk_margin_of(const struct rk_scene *scene,
		  const struct rk_holdings *holdings,
		  struct rk_margin *ret_margin);

/*
 * What an asset counts with at each level, by groups, by its size and, if
 * `scaled`, by what all have of it, at the prices of the scene: a weight, or a
 * liability when it is owed. In 1e-9.
 */
void rk_margin_weights(const struct rk_scene *scene,
		       const struct rk_holdings *holdings, uint32_t asset,
		       bool scaled, rk_rate ret_weights[RK_LEVELS]);

/*
 * What an asset that is held weighs at maintenance by itself or by the groups
 * it is in, before its size counts (Q3). Prices make no difference. In 1e-9.
 */
rk_i128 rk_margin_group_weight(const struct rk_scene *scene,
			       const struct rk_holdings *holdings,
			       uint32_t asset);

/* What an event tells of an account, at marks. */
void rk_margin_health(const struct rk_engine *engine,
		      const struct rk_account *account,
		      struct rk_health *ret_health);

/*
 * May amount of asset be taken out (A6)? The balance is known to suffice.
 * 0, RK_REJ_MARGIN or RK_REJ_PRICE_NOT_OK.
 */
int rk_margin_check_out(const struct rk_scene *scene,
			const struct rk_holdings *holdings, uint32_t asset,
			rk_amt amount);

/*
 * Is health 0 or more at the levels from initial to `last`, judged as above
 * with nothing taken out (V1, V2)? The same answers.
 */
int rk_margin_check(const struct rk_scene *scene,
		    const struct rk_holdings *holdings, enum rk_level last);

/*
 * May an account come to hold `after` by a resting order (O4)? Health_I is 0 or
 * more then, with a fee gone as well if it is not NULL (O8), or not below what
 * it was. The same answers.
 */
int rk_margin_check_order(const struct rk_scene *scene,
			  const struct rk_holdings *after,
			  const struct rk_held_balance *fee,
			  rk_i128 health_before);

/* health_I, however far below 0, at the worse of marks and slow prices. */
rk_i128 rk_margin_health_initial(const struct rk_scene *scene,
				 const struct rk_holdings *holdings);

/* An amount that is required, in USD, rounded up. */
rk_usd rk_margin_usd(const struct rk_scene *scene, uint32_t asset,
		     rk_amt amount);

/* One position at a price: what it is worth and what it requires. */
struct rk_leg {
	rk_amt value;       /* size * price, signed, floor */
	rk_amt unrealised;  /* value - cost */
	rk_usd notional;    /* unsigned, ceil */
	rk_usd maintenance; /* ceil */
	rk_usd initial;     /* ceil */
	uint32_t bracket;
};
void rk_margin_leg(const struct rk_scene *scene,
		   const struct rk_held_position *position,
		   struct rk_leg *ret_leg);

#endif

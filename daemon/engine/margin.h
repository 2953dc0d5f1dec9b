/*
 * The margin of one account: equity, requirements, health. Rules H1 to H5 of
 * docs/engine.md; formulas with sources in docs/margin.md.
 *
 * Exact: computed from the records and present prices each time, nothing is
 * kept. Each figure is rounded against the account.
 */
#ifndef RK_ENGINE_MARGIN_H
#define RK_ENGINE_MARGIN_H

#include "engine/state.h"
#include "engine/view.h"

/* Which prices to value at. */
enum rk_prices {
	RK_PRICES_MARK,
	/*
	 * Each price that is not OK is moved by stale_band to the side that
	 * favours the account (S4): below zero even so is below zero for sure.
	 */
	RK_PRICES_FAVOURABLE,
};

/* What an account is judged by. */
struct rk_judgement {
	rk_usd equity;
	rk_usd maintenance; /* R_M */
	bool prices_ok;     /* every price used is OK */
};
void rk_margin_judge(const struct rk_engine *engine,
		     const struct rk_account *account, enum rk_prices prices,
		     struct rk_judgement *ret_judgement);

/* What an event tells of it, at marks. */
void rk_margin_health(const struct rk_engine *engine,
		      const struct rk_account *account,
		      struct rk_health *ret_health);

/* All there is to say, at marks; the same equity and maintenance. */
void rk_margin_of(const struct rk_engine *engine,
		  const struct rk_account *account,
		  struct rk_margin *ret_margin);

/*
 * May amount of asset be taken out (A6)? The balance is known to suffice.
 * 0, RK_REJ_MARGIN or RK_REJ_PRICE_NOT_OK.
 */
int rk_margin_check_out(const struct rk_engine *engine,
			const struct rk_account *account, uint32_t asset,
			rk_amt amount);

/* Does everything the account holds stay within N7? 0 or RK_REJ_OVERFLOW. */
int rk_margin_check_bound(const struct rk_engine *engine,
			  const struct rk_account *account);

/* One position at a price: what it is worth and what it requires. */
struct rk_leg {
	rk_amt value;       /* size * price, signed, floor */
	rk_amt unrealised;  /* value - cost */
	rk_usd notional;    /* unsigned, ceil */
	rk_usd maintenance; /* ceil */
	rk_usd initial;     /* ceil */
	uint32_t bracket;
};
void rk_margin_leg(const struct rk_engine *engine,
		   const struct rk_position *position, rk_px mark,
		   rk_px settle_price, struct rk_leg *ret_leg);

/* USD price of an asset: the fixed one or its index; 0 when none yet. */
rk_px rk_margin_asset_price(const struct rk_engine *engine, uint32_t asset);

/* What an amount of an asset counts for, in USD, rounded down. */
rk_usd rk_margin_asset_value(const struct rk_engine *engine, uint32_t asset,
			     rk_amt amount);

/* The bracket a notional is in: the one with the largest floor below or at it
 */
uint32_t rk_margin_bracket(const struct rk_market *market, rk_usd notional);

#endif

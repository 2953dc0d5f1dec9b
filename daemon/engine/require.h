/*
 * What one position requires, at maintenance and at initial. Rules G1 to G7 of
 * docs/engine.md; formulas with sources in docs/margin.md.
 *
 * Everything but the brackets comes from the margin terms of a market
 * (rk_margin_terms), and from its ramp while one runs (Y4). All of it rises
 * with the size and with the price, so that limits can be found by halving.
 */
#ifndef RK_ENGINE_REQUIRE_H
#define RK_ENGINE_REQUIRE_H

#include "engine/records.h"
#include "engine/scene.h"

/* A position, as far as what it requires is concerned. */
struct rk_stake {
	const struct rk_market *market;
	rk_qty size;      /* either sign */
	rk_usd notional;  /* unsigned */
	uint32_t bracket; /* that the notional is in */
};

/* The bracket a notional is in: the one with the largest floor below or at it
 */
uint32_t rk_require_bracket(const struct rk_market *market, rk_usd notional);

/* At most the notional, rounded up. No account's but its own size counts. */
rk_usd rk_require_maintenance(const struct rk_stake *stake);

/*
 * The same at initial, and not below maintenance: with the open interest of
 * the market at the prices of the scene, and with the leverage that the account
 * has chosen (0: none).
 */
rk_usd rk_require_initial(const struct rk_scene *scene,
			  const struct rk_stake *stake, rk_rate leverage);

/*
 * The open interest in USD at the prices of the scene, rounded up; INT64_MAX
 * when it is more than can be told, 0 without prices.
 */
rk_usd rk_require_open_interest(const struct rk_scene *scene,
				const struct rk_market *market);

/* sqrt(size) and notional^(4/5), in 1e-9, rounded up; for tests as well. */
rk_i128 rk_require_sqrt(rk_qty size, uint8_t decimals);
rk_i128 rk_require_power(rk_usd notional);

#endif

/*
 * Weights by size. See size.h.
 *
 * An amount is below 2^62 (N7, with a doubtful price moved to twice itself)
 * and a factor at most 1: what grows with the root is below 2^121, in 1e-27.
 */
#include "engine/size.h"

#include "engine/assert.h"
#include "engine/fx.h"

/* 1 in 1e-27, and 1.1 in 1e-36: what the root and the factor are told in. */
#define ONE   ((rk_i128)RK_FACTOR_ONE * RK_RATE_ONE)
#define WHOLE (ONE * (RK_RATE_ONE + RK_RATE_ONE / 10))

static int64_t factor_of(const struct rk_asset *asset, enum rk_level level)
{
	return level == RK_LEVEL_MAINTENANCE ? asset->size_ramp.now
					     : asset->scale.size_factor;
}

/* factor * sqrt(whole units), in 1e-27; the root is rounded up. */
static rk_i128 growth_of(const struct rk_asset *asset, enum rk_level level,
			 rk_i128 amount)
{
	rk_i128 magnitude = amount < 0 ? -amount : amount;

	RK_ASSERT(magnitude <= INT64_MAX);
	return rk_fx_root(magnitude *
			  rk_fx_pow10(18 - asset->listing.decimals)) *
	       factor_of(asset, level);
}

rk_i128 rk_size_weight(const struct rk_asset *asset, enum rk_level level,
		       rk_i128 weight, rk_i128 amount)
{
	rk_i128 sized;

	if (factor_of(asset, level) == 0)
		return weight;
	sized = rk_fx_div(WHOLE, ONE + growth_of(asset, level, amount),
			  RK_ROUND_FLOOR);
	return sized < weight ? sized : weight;
}

rk_i128 rk_size_liability(const struct rk_asset *asset, enum rk_level level,
			  rk_i128 amount)
{
	rk_i128 liability = asset->collateral.liability[level].raw;
	rk_i128 most = level == RK_LEVEL_MAINTENANCE ? RK_LIABILITY_MAX
						     : RK_LIABILITY_MOST;
	rk_i128 sized;

	if (factor_of(asset, level) == 0)
		return liability;
	sized = rk_fx_div(liability * 8, 10, RK_ROUND_CEIL) +
		rk_fx_div(growth_of(asset, level, amount), RK_FACTOR_ONE,
			  RK_ROUND_CEIL);
	if (sized > most)
		sized = most;
	return sized > liability ? sized : liability;
}

/*
 * Weights and liabilities by how much of an asset an account has itself: rule
 * W9 of docs/engine.md; the form is Drift's, and FTX's before it.
 */
#ifndef RK_ENGINE_SIZE_H
#define RK_ENGINE_SIZE_H

#include "engine/records.h"

/*
 * A weight, and a liability, of an amount in raw units, of either sign: made
 * less, and more, by the root of it where the asset has a size_factor; at
 * maintenance by what a ramp has made of that. In 1e-9.
 * At maintenance a liability is at most RK_LIABILITY_MAX, so that what N7
 * bounds can be judged; else at most RK_LIABILITY_MOST.
 */
rk_i128 rk_size_weight(const struct rk_asset *asset, enum rk_level level,
		       rk_i128 weight, rk_i128 amount);
rk_i128 rk_size_liability(const struct rk_asset *asset, enum rk_level level,
			  rk_i128 amount);

#endif

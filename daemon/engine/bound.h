/*
 * The bound on what one account may hold, so that judging it can never
 * overflow, at whatever prices. Rule N7 of docs/engine.md.
 */
#ifndef RK_ENGINE_BOUND_H
#define RK_ENGINE_BOUND_H

#include "engine/holdings.h"
#include "engine/scene.h"

/* Does everything the account holds stay within N7? 0 or RK_REJ_OVERFLOW. */
int rk_bound_check(const struct rk_engine *engine,
		   const struct rk_account *account);

/* The same of a copy that was changed. */
int rk_bound_check_holdings(const struct rk_scene *scene,
			    const struct rk_holdings *holdings);

#endif

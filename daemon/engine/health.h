/*
 * The figures of an account that events tell.
 */
#ifndef RK_ENGINE_HEALTH_H
#define RK_ENGINE_HEALTH_H

#include "engine/units.h"

/* The figures a judgement was made on. */
struct rk_health {
	rk_usd equity;
	rk_usd maintenance; /* R_M */
	rk_usd initial;     /* R_I: equity - health_I */
};

#endif

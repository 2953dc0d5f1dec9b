/*
 * What the parts of configure.c do for each other. Private to them.
 */
#ifndef RK_APP_CONFIGURE_H
#define RK_APP_CONFIGURE_H

#include "app/core.h"
#include "ops/markets.h"

/* 0, or -EINVAL after saying why it was refused. */
int rk_configure_apply(struct rk_core *core, const struct rk_cmd *cmd,
		       const char *name);

/* Say which ramps the state has, and the file nothing of. */
void rk_configure_tell_ramps(struct rk_core *core,
			     const struct rk_markets *markets);

/* Ramps that the file tells, of what is listed already. The same. */
int rk_configure_ramps(struct rk_core *core, const struct rk_markets *markets);

#endif

/*
 * A conversion that has happened: one asset out, another in. Rule J6 of
 * docs/engine.md.
 */
#ifndef RK_ENGINE_CONVERT_H
#define RK_ENGINE_CONVERT_H

#include "engine/state.h"

/* CONVERT: 0 or RK_REJ_*. */
int rk_convert(struct rk_engine *engine, const struct rk_cmd *cmd,
	       struct rk_evbuf *events);

#endif

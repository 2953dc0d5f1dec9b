/*
 * The margin terms of a market: setting them, and which can work. Rules G1 and
 * G2 of docs/engine.md. What they do is in require.h.
 */
#ifndef RK_ENGINE_TERMS_H
#define RK_ENGINE_TERMS_H

#include "engine/state.h"

int rk_terms_set(struct rk_engine *engine, const struct rk_cmd *cmd,
		 struct rk_evbuf *events);

/*
 * 0, or RK_REJ_BAD_PARAM with the field that cannot be so. Used by the engine
 * and, before start, by the configuration.
 */
int rk_terms_check(const struct rk_margin_terms *terms, const char **ret_field);

bool rk_terms_equal(const struct rk_margin_terms *a,
		    const struct rk_margin_terms *b);

#endif

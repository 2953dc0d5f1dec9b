/*
 * Exactly once: what each client has sent and what it was answered. Rules X1
 * to X4 of docs/engine.md.
 */
#ifndef RK_ENGINE_CLIENT_H
#define RK_ENGINE_CLIENT_H

#include "engine/state.h"

/* Record number of a client, or RK_NONE. */
uint32_t rk_client_find(const struct rk_engine *engine, const char *name);

/* Remember the answer to the next command of a client, new or known. */
void rk_client_answer(struct rk_engine *engine, const struct rk_origin *origin,
		      int code);

#endif

/*
 * Digests: a chain over all events, and a sum over all records of the state.
 * Both are over named fields, never over raw memory, so that padding and the
 * layout of a build do not show.
 */
#ifndef RK_ENGINE_DIGEST_H
#define RK_ENGINE_DIGEST_H

#include "engine/event.h"

/* The chain after one more event. */
struct rk_hash rk_digest_event(struct rk_hash chain,
			       const struct rk_event *event);

#endif

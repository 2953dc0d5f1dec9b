/*
 * Pairs of parameters that the engine can do, and that hardly anybody wants:
 * told at start and by --check-config, and no reason not to start. What cannot
 * work at all is refused when the files are read.
 */
#ifndef RK_OPS_MARKETS_WARN_H
#define RK_OPS_MARKETS_WARN_H

#include "ops/markets.h"

/* One sentence, naming both values and what would be right. */
struct rk_markets_listener {
	void (*tell)(void *context, const char *text);
	void *context;
};

void rk_markets_warn(const struct rk_markets *markets,
		     const struct rk_cmd_risk *risk,
		     const struct rk_markets_listener *listener);

#endif

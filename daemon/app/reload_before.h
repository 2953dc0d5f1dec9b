/*
 * What there is now, as the command that would have made it so.
 */
#ifndef RK_APP_RELOAD_BEFORE_H
#define RK_APP_RELOAD_BEFORE_H

#include "engine/cmd.h"
#include "ops/markets_diff.h"

struct rk_engine;

struct rk_reload_before {
	const char *kind; /* of what the command is about; static */
	char name[RK_NAME_SIZE];
	bool there; /* cmd says what there is; else nothing of it is */
	struct rk_cmd cmd;
	struct rk_markets_decimals decimals;
};

/*
 * Of the asset, market or group that a command of the configuration is about.
 * What is listed anew is not there; neither are names.
 */
void rk_reload_look(const struct rk_engine *engine, const struct rk_cmd *cmd,
		    struct rk_reload_before *ret_before);

#endif

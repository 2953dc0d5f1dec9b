/*
 * What the configuration says and the state does not, as commands: at start
 * one after the other to the sequencer, at a reload first to a trial.
 */
#ifndef RK_APP_CONFIGURE_H
#define RK_APP_CONFIGURE_H

#include <stdbool.h>

#include "engine/cmd.h"
#include "ops/conf.h"
#include "ops/log.h"
#include "ops/markets.h"

struct rk_engine;

/* All borrowed. */
struct rk_configuring {
	const struct rk_engine *engine; /* as apply leaves it */
	const struct rk_conf *conf;     /* wanted; its path of markets.json */
	const struct rk_markets *markets;
	bool fresh; /* there is no state yet: everything is told */
	/* The next command, about this name: 0, or -EINVAL to stop. */
	int (*apply)(void *context, const struct rk_cmd *cmd, const char *name);
	/* What people should know; an ERROR is why it stops. */
	void (*tell)(void *context, enum rk_log_level level, const char *text);
	void *context;
};

/* Does what there is fit into the limits? 0, or -EINVAL after an ERROR. */
int rk_configure_check_limits(const struct rk_configuring *c);

/*
 * Limits, risk, publishers, venues, assets, markets, what assets count for.
 * Returns 0, what apply returned, or -EINVAL after an ERROR.
 */
int rk_configure_run(const struct rk_configuring *c);

/* What its parts do for each other. */
int rk_configure_apply(const struct rk_configuring *c, const struct rk_cmd *cmd,
		       const char *name);
void rk_configure_tell(const struct rk_configuring *c, enum rk_log_level level,
		       const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The number of the i-th market of the file; false: it is not listed yet. */
bool rk_configure_find_market(const struct rk_configuring *c, uint32_t i,
			      uint32_t *ret_id);

/* Say which ramps the state has, and the file nothing of. */
void rk_configure_tell_ramps(const struct rk_configuring *c,
			     const struct rk_markets *markets);

/* Ramps that the file tells, of what is listed already. As rk_configure_run */
int rk_configure_ramps(const struct rk_configuring *c,
		       const struct rk_markets *markets);

#endif

/*
 * What differs between two configurations.
 */
#ifndef RK_OPS_CONF_DIFF_H
#define RK_OPS_CONF_DIFF_H

#include "ops/conf.h"
#include "ops/difference.h"

enum rk_conf_when {
	RK_CONF_RUNNING, /* keys that can be changed while the daemon runs */
	RK_CONF_RESTART, /* keys that are read at start only */
};

/* Keys of this kind with another value: "risk.target", "1.2", "1.25". */
void rk_conf_diff(const struct rk_conf *before, const struct rk_conf *after,
		  enum rk_conf_when when,
		  const struct rk_difference_listener *listener);

/*
 * The first key of what can be changed while the daemon runs that was named
 * and is not any more, as "risk.target"; NULL: there is none. Returns name.
 */
const char *rk_conf_lost(const struct rk_conf_named *before,
			 const struct rk_conf_named *after,
			 char name[RK_DIFFERENCE_FIELD]);

#endif

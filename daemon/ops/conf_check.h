/*
 * What the keys of riskd.conf must be to each other. Inside ops.
 */
#ifndef RK_OPS_CONF_CHECK_H
#define RK_OPS_CONF_CHECK_H

struct rk_conf;
struct rk_conf_key;
struct rk_error;

/*
 * Returns NULL when the keys fit together; else one that does not, and need
 * says what it must be.
 */
const struct rk_conf_key *rk_conf_check(const struct rk_conf *conf,
					struct rk_error *need);

#endif

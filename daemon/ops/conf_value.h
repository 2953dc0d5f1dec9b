/*
 * How a value of riskd.conf is read from text and written as text, by the
 * kind of its key. Inside ops: conf.c is what others use.
 */
#ifndef RK_OPS_CONF_VALUE_H
#define RK_OPS_CONF_VALUE_H

#include <stdbool.h>
#include <stdio.h>

struct rk_conf;
struct rk_conf_key;
struct rk_error;

bool rk_conf_value_is_list(const struct rk_conf_key *key);

/*
 * Set the key from text; of a list, append one item. Returns 0, or -EINVAL
 * with what would be right ("must be ...") in need.
 */
int rk_conf_value_set(struct rk_conf *conf, const struct rk_conf_key *key,
		      const char *text, struct rk_error *need);

/* Empty a list. */
void rk_conf_value_clear(struct rk_conf *conf, const struct rk_conf_key *key);

/* Write the value as it stands in a file after "name = ". */
void rk_conf_value_print(const struct rk_conf *conf,
			 const struct rk_conf_key *key, FILE *out);

#endif

/*
 * riskctl: commands about money of the house as JSON: terms of insurance funds
 * and of the backstop vault. Part of ctl_cmd.c.
 */
#ifndef RISKCTL_CMD_HOUSE_H
#define RISKCTL_CMD_HOUSE_H

#include <jansson.h>

#include "engine/cmd.h"

/*
 * Set the members that an INSURANCE, VAULT or TAKEOVER has. 0, or not when
 * memory is short.
 */
int ctl_cmd_put_house(json_t *object, const struct rk_cmd *cmd);

#endif

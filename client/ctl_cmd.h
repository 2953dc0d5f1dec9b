/*
 * riskctl: a command of the journal as JSON.
 */
#ifndef CLIENT_CTL_CMD_H
#define CLIENT_CTL_CMD_H

#include <jansson.h>

#include "ctl_names.h"

/*
 * The fields of a command under the names that they have in engine/cmd.h, as
 * a new reference; NULL without memory.
 *
 * Prices, sizes and amounts are decimal strings when names knows the market
 * or asset, else raw integers; rates are decimal strings. Beside each id that
 * names knows, "<field>_name" tells its name. Orders are "seq.n". Times and
 * durations are nanoseconds. Numbers beyond 2^63 are strings.
 */
json_t *ctl_cmd_fields(const struct ctl_names *names, const struct rk_cmd *cmd);

#endif

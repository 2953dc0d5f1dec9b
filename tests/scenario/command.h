/*
 * From "> deposit account=1 ..." to a command of the engine.
 */
#ifndef SCN_COMMAND_H
#define SCN_COMMAND_H

#include "world.h"

#define SCN_QUOTES_MAX 16

/* Points into itself: must not be copied. */
struct scn_command {
	struct rk_cmd cmd;
	struct rk_quote quotes[SCN_QUOTES_MAX];
};

/*
 * Take all fields of the line. Ids of trades and numbers of quotes that are
 * not written are counted in world; clock moves its time.
 * 0, or -EINVAL with line->wrong.
 */
int scn_command_build(struct scn_world *world, struct scn_line *line,
		      struct scn_command *ret_command);

#endif

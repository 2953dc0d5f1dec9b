/*
 * Why a command was refused, beyond its code: the value that was wrong, of
 * whom, and what would be right.
 */
#ifndef RK_APP_REFUSAL_H
#define RK_APP_REFUSAL_H

#include <stdbool.h>
#include <stdint.h>

struct rk_cmd;
struct rk_engine;

struct rk_refusal {
	char text[192];
};

/* Is a code about the command's own values, whatever the state is? */
bool rk_refusal_is_of_values(int code);

/*
 * Of a command that has just been refused, as the engine is now: nothing has
 * changed by it. Empty where the code says all there is to say.
 */
void rk_refusal_of(const struct rk_engine *engine, const struct rk_cmd *cmd,
		   int code, struct rk_refusal *ret_refusal);

/*
 * The most leverage that a first initial rate permits (both in 1e-9), with as
 * few digits as say it: a rate that was rounded up from 1 by a leverage permits
 * that.
 */
int64_t rk_refusal_most_leverage(int64_t initial);

#endif

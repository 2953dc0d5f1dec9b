/*
 * Queued price messages become one batch: per publisher and slot the quote
 * with the highest sequence stays, the others are counted.
 */
#ifndef RK_APP_MERGE_H
#define RK_APP_MERGE_H

#include "engine/cmd.h"

struct rk_merge;

/* Returns 0 or -ENOMEM. */
int rk_merge_open(uint32_t slots_max, uint32_t publishers_max,
		  struct rk_merge **ret_merge);
void rk_merge_close(struct rk_merge *merge);

/* Take in a message's quotes. Unknown slots and publishers are counted. */
void rk_merge_add(struct rk_merge *merge, const struct rk_cmd_prices *prices);

/* The batch so far, valid until the next add; the merge is empty again. */
struct rk_cmd_prices rk_merge_take(struct rk_merge *merge);

uint64_t rk_merge_merged(const struct rk_merge *merge);  /* quotes, in all */
uint64_t rk_merge_unknown(const struct rk_merge *merge); /* quotes, in all */

#endif

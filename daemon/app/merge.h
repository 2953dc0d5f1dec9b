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

/*
 * Take in a message's quotes at engine time now_ns. Those that the engine
 * would drop must not hide good ones: unknown slots and publishers, prices and
 * times that cannot be, are counted and left out.
 */
void rk_merge_add(struct rk_merge *merge, const struct rk_cmd_prices *prices,
		  int64_t now_ns);

/* The batch so far, valid until the next add; the merge is empty again. */
struct rk_cmd_prices rk_merge_take(struct rk_merge *merge);

uint64_t rk_merge_merged(const struct rk_merge *merge);  /* quotes, in all */
uint64_t rk_merge_unknown(const struct rk_merge *merge); /* quotes, in all */
uint64_t rk_merge_bad(const struct rk_merge *merge);     /* quotes, in all */

#endif

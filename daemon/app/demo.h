/*
 * The demo: synthetic accounts, prices that fall and rise, and a gateway that
 * fills liquidation orders. All of it goes through the sequencer as the
 * daemon's own commands, so that sockets show what they would always show.
 */
#ifndef RK_APP_DEMO_H
#define RK_APP_DEMO_H

#include "app/core.h"

struct rk_demo;

/*
 * Create accounts and their first positions in the listed markets.
 * Returns 0, -ENOMEM, or -EINVAL when there is nothing to trade.
 */
int rk_demo_open(struct rk_core *core, struct rk_demo **ret_demo);

/* Fill what was ordered since the last step, and move all prices. */
void rk_demo_step(struct rk_demo *demo, int64_t now_ns);

/* Accepts NULL. */
void rk_demo_close(struct rk_demo *demo);

#endif

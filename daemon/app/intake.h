/*
 * Messages in: requests become commands and replies, price messages become
 * one batch. See core.h for the way.
 */
#ifndef RK_APP_INTAKE_H
#define RK_APP_INTAKE_H

#include "app/core.h"

/* Handle up to max requests; true when there may be more. */
bool rk_intake_requests(struct rk_core *core, uint32_t max);

/*
 * Merge up to max price messages, or more where the last batch took long to
 * judge, and apply the batch; true: maybe more.
 */
bool rk_intake_prices(struct rk_core *core, uint32_t max);

/* Move engine time to now_ns, if that is later. */
void rk_intake_clock(struct rk_core *core, int64_t now_ns);

#endif

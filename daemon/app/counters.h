/*
 * What Status tells in numbers: counted here and there, gathered in one list.
 */
#ifndef RK_APP_COUNTERS_H
#define RK_APP_COUNTERS_H

#include "app/core.h"
#include "codec/answer.h"

#define RK_COUNTER_ROWS_MAX 96

/* Fill rows (RK_COUNTER_ROWS_MAX of them); returns how many there are. */
size_t rk_counters_fill(const struct rk_core *core, struct rk_counter *rows);

#endif

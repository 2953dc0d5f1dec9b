/*
 * The clock that tells how long something took: nanoseconds since some moment
 * of this run of the host, without the time it slept (CLOCK_MONOTONIC). Only
 * differences mean anything. What riskd decides by is engine time instead.
 */
#ifndef STORE_STOPWATCH_H
#define STORE_STOPWATCH_H

#include <stdint.h>

uint64_t rk_stopwatch_ns(void);

#endif

/*
 * Simulated time: the clock functions of app/core.h, linked in place of
 * app/clock.c. There is one time of day and one monotonic clock, as on a
 * machine, and they move only when told to.
 */
#ifndef SIM_CLOCK_H
#define SIM_CLOCK_H

#include <stdint.h>

/* A machine switched on at this time of day. */
void sim_clock_begin(int64_t real_ns);

/* Both clocks go on. */
void sim_clock_advance(uint64_t ns);

/* Somebody sets the time of day, either way; the monotonic clock goes on. */
void sim_clock_jump(int64_t ns);

/* After a loss of power the monotonic clock begins anew, near 0. */
void sim_clock_reboot(void);

int64_t sim_clock_real(void);

#endif

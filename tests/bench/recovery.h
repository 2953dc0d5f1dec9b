/* How long riskd takes from start to ready, on a state that is there. */
#ifndef BENCH_RECOVERY_H
#define BENCH_RECOVERY_H

#include "state.h"

/* Adds to what is in the state: it is of no use for other figures then. */
void bench_recovery(const struct bench *bench, struct bench_state *state);

/*
 * Commands/s of a replay without events; *ret_cpu: the same per second of
 * processor time of the thread that applies, which neighbours hardly move.
 */
double bench_replay_rate(const struct bench_state *state, double *ret_cpu);

#endif

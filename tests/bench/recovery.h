/* How long riskd takes from start to ready, on a state that is there. */
#ifndef BENCH_RECOVERY_H
#define BENCH_RECOVERY_H

#include "state.h"

/* Adds to what is in the state: it is of no use for other figures then. */
void bench_recovery(const struct bench *bench, struct bench_state *state);

/* Commands/s of a replay without events, and how many there were. */
double bench_replay_rate(const struct bench_state *state);

#endif

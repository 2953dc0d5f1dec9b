/* The real riskd, as a process of its own, on a state folder of state.h. */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include <sys/types.h>

#include "librisk.h"
#include "state.h"

/* Start it, and wait until it answers: *ret_risk is for risk_close. */
pid_t bench_process_start(const struct bench *bench,
			  const struct bench_state *state,
			  struct risk **ret_risk);
/* Processor time that a process has used so far, all threads, in us. */
double bench_process_cpu_us(pid_t pid);

/* SIGTERM, and wait for the end, which must be a good one. */
void bench_process_stop(pid_t pid);
/* SIGKILL: what is behind the newest snapshot has to be replayed. */
void bench_process_kill(pid_t pid);

#endif

/*
 * How long things took: a histogram of nanoseconds in bounded memory.
 *
 * 32 buckets per power of two, so a quantile is at most 3 % too high.
 */
#ifndef RK_CLIENT_REPLAY_LATENCY_H
#define RK_CLIENT_REPLAY_LATENCY_H

#include <stdint.h>

#define RK_REPLAY_LATENCY_BITS    5
#define RK_REPLAY_LATENCY_BUCKETS (64u << RK_REPLAY_LATENCY_BITS)

struct rk_replay_latency {
	uint64_t n;
	uint64_t buckets[RK_REPLAY_LATENCY_BUCKETS];
};

void rk_replay_latency_add(struct rk_replay_latency *latency, uint64_t ns);

/*
 * The time within which this share (in percent, 0 to 100) of the samples lie,
 * as the upper end of its bucket; 0 when there are none.
 */
uint64_t rk_replay_latency_quantile(const struct rk_replay_latency *latency,
				    uint32_t percent);

#endif

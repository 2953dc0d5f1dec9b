/*
 * Buckets by the highest bit and the five bits below it. See the header.
 */
#include "replay_latency.h"

#define SUB (1u << RK_REPLAY_LATENCY_BITS)

static uint32_t bucket_of(uint64_t ns)
{
	uint32_t shift;

	if (ns < SUB)
		return (uint32_t)ns;
	shift = 63u - (uint32_t)__builtin_clzll(ns) - RK_REPLAY_LATENCY_BITS;
	return (shift + 1) * SUB + (uint32_t)(ns >> shift & (SUB - 1));
}

static uint64_t end_of(uint32_t bucket)
{
	uint32_t shift;

	if (bucket < SUB)
		return bucket;
	shift = bucket / SUB - 1;
	return ((uint64_t)(SUB + bucket % SUB + 1) << shift) - 1;
}

void rk_replay_latency_add(struct rk_replay_latency *latency, uint64_t ns)
{
	latency->buckets[bucket_of(ns)]++;
	latency->n++;
}

uint64_t rk_replay_latency_quantile(const struct rk_replay_latency *latency,
				    uint32_t percent)
{
	/* The smallest rank that covers the share, rounded up. */
	uint64_t rank = latency->n / 100 * percent +
			(latency->n % 100 * percent + 99) / 100;
	uint64_t sum = 0;

	if (latency->n == 0)
		return 0;
	if (rank == 0)
		rank = 1;
	for (uint32_t i = 0; i < RK_REPLAY_LATENCY_BUCKETS; i++) {
		sum += latency->buckets[i];
		if (sum >= rank)
			return end_of(i);
	}
	return UINT64_MAX; /* not reached: the buckets sum up to n */
}

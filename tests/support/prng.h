/*
 * Seeded pseudo-random numbers for tests: xoshiro256** by Blackman and Vigna,
 * seeded through splitmix64. The same seed gives the same numbers on every
 * machine. Not for anything that must be secret.
 */
#ifndef RK_SUPPORT_PRNG_H
#define RK_SUPPORT_PRNG_H

#include <stdbool.h>
#include <stdint.h>

struct rk_prng {
	uint64_t word[4];
};

void rk_prng_init(struct rk_prng *prng, uint64_t seed);

uint64_t rk_prng_next(struct rk_prng *prng);

/* 0 .. bound - 1; bound above 0. */
uint64_t rk_prng_below(struct rk_prng *prng, uint64_t bound);

/* low .. high, both included; low at most high. */
int64_t rk_prng_between(struct rk_prng *prng, int64_t low, int64_t high);

/* True in count of out_of cases. */
bool rk_prng_chance(struct rk_prng *prng, uint32_t count, uint32_t out_of);

/*
 * Any 64-bit integer, but often one of those where code goes wrong: 0, 1, -1,
 * a power of two or of ten, the two ends, and their neighbours.
 */
int64_t rk_prng_edge(struct rk_prng *prng);

/* Above 0, of any magnitude: each number of bits is as likely as another. */
int64_t rk_prng_magnitude(struct rk_prng *prng, uint32_t bits_max);

#endif

/*
 * The generator itself is public domain mathematics (xoshiro256**); what is
 * ours is the bias towards edges. It knows nothing of commands: that is
 * generator.c.
 */
#include "support/prng.h"

static uint64_t rotate(uint64_t x, unsigned int bits)
{
	return x << bits | x >> (64 - bits);
}

static uint64_t splitmix(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

void rk_prng_init(struct rk_prng *prng, uint64_t seed)
{
	for (int i = 0; i < 4; i++)
		prng->word[i] = splitmix(&seed);
}

uint64_t rk_prng_next(struct rk_prng *prng)
{
	uint64_t *s = prng->word;
	uint64_t result = rotate(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

uint64_t rk_prng_below(struct rk_prng *prng, uint64_t bound)
{
	/* The bias of a plain remainder is far below what tests can see. */
	return rk_prng_next(prng) % bound;
}

int64_t rk_prng_between(struct rk_prng *prng, int64_t low, int64_t high)
{
	uint64_t width = (uint64_t)high - (uint64_t)low + 1;
	uint64_t step = rk_prng_next(prng);

	if (width != 0)
		step %= width;
	return (int64_t)((uint64_t)low + step);
}

bool rk_prng_chance(struct rk_prng *prng, uint32_t count, uint32_t out_of)
{
	return rk_prng_below(prng, out_of) < count;
}

int64_t rk_prng_magnitude(struct rk_prng *prng, uint32_t bits_max)
{
	uint64_t bits = rk_prng_below(prng, bits_max);
	uint64_t top = UINT64_C(1) << bits;

	return (int64_t)(top | (rk_prng_next(prng) & (top - 1)));
}

int64_t rk_prng_edge(struct rk_prng *prng)
{
	uint64_t value = 0;
	uint64_t ten = 1;

	switch (rk_prng_below(prng, 8)) {
	case 0:
		value = 0;
		break;
	case 1:
		value = (uint64_t)INT64_MAX;
		break;
	case 2:
		value = (uint64_t)INT64_MIN;
		break;
	case 3:
		value = UINT64_C(1) << rk_prng_below(prng, 64);
		break;
	case 4:
		for (uint64_t i = rk_prng_below(prng, 19); i > 0; i--)
			ten *= 10;
		value = ten;
		break;
	case 5:
		return rk_prng_magnitude(prng, 63);
	case 6:
		return -rk_prng_magnitude(prng, 63);
	default:
		return (int64_t)rk_prng_next(prng);
	}
	/* A neighbour is where an off-by-one shows; wrapping is meant. */
	return (int64_t)(value + rk_prng_below(prng, 3) - 1);
}

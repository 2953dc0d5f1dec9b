/*
 * SipHash-1-3, 128-bit result, fixed key. See hash.h.
 */
#include "engine/hash.h"

#include <string.h>

struct sip {
	uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t x, unsigned int bits)
{
	return x << bits | x >> (64 - bits);
}

static void sip_round(struct sip *s)
{
	s->v0 += s->v1;
	s->v1 = rotate(s->v1, 13) ^ s->v0;
	s->v0 = rotate(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = rotate(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = rotate(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = rotate(s->v1, 17) ^ s->v2;
	s->v2 = rotate(s->v2, 32);
}

static void sip_word(struct sip *s, uint64_t word)
{
	s->v3 ^= word;
	sip_round(s);
	s->v0 ^= word;
}

/* Little endian on every host, so that digests travel. */
static uint64_t load(const unsigned char *bytes, size_t n)
{
	uint64_t word = 0;

	for (size_t i = 0; i < n; i++)
		word |= (uint64_t)bytes[i] << (8 * i);
	return word;
}

/* The constants of the paper, with the chain as key. */
static struct sip begin(struct rk_hash chain)
{
	return (struct sip){
		UINT64_C(0x736f6d6570736575) ^ chain.lo,
		UINT64_C(0x646f72616e646f6d) ^ chain.hi ^ 0xee,
		UINT64_C(0x6c7967656e657261) ^ chain.lo,
		UINT64_C(0x7465646279746573) ^ chain.hi,
	};
}

static struct rk_hash end(struct sip *s)
{
	struct rk_hash hash;

	s->v2 ^= 0xee;
	for (int round = 0; round < 3; round++)
		sip_round(s);
	hash.lo = s->v0 ^ s->v1 ^ s->v2 ^ s->v3;

	s->v1 ^= 0xdd;
	for (int round = 0; round < 3; round++)
		sip_round(s);
	hash.hi = s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
	return hash;
}

struct rk_hash rk_hash_bytes(struct rk_hash chain, const void *data,
			     size_t size)
{
	const unsigned char *bytes = data;
	struct sip s = begin(chain);
	size_t i = 0;

	for (; size - i >= 8; i += 8)
		sip_word(&s, load(bytes + i, 8));
	sip_word(&s, load(bytes + i, size - i) | (uint64_t)size << 56);
	return end(&s);
}

struct rk_hash rk_hash_words(struct rk_hash chain, const uint64_t *words,
			     size_t n)
{
	struct sip s = begin(chain);

	for (size_t i = 0; i < n; i++)
		sip_word(&s, words[i]);
	sip_word(&s, (uint64_t)n * 8 << 56);
	return end(&s);
}

int rk_hash_equal(struct rk_hash a, struct rk_hash b)
{
	return a.lo == b.lo && a.hi == b.hi;
}

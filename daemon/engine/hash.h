/*
 * SipHash-1-3 with 128-bit result and a fixed key: tells records, payloads
 * and event streams apart. Not a signature: it protects against accidents,
 * not against forgers; with a known key more rounds would not change that, and
 * every event and record of a replay is hashed. Source: Aumasson and Bernstein,
 * "SipHash: a fast short-input PRF" (2012), 128-bit variant of the reference
 * implementation.
 */
#ifndef RK_ENGINE_HASH_H
#define RK_ENGINE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct rk_hash {
	uint64_t lo;
	uint64_t hi;
};

/* A hash under way. */
struct rk_hasher {
	uint64_t v0, v1, v2, v3;
	uint64_t words; /* taken in so far */
};

/* Begin one that is mixed with what came before (chain). */
struct rk_hasher rk_hasher_begin(struct rk_hash chain);

static inline uint64_t rk_hasher_rotate(uint64_t x, unsigned int bits)
{
	return x << bits | x >> (64 - bits);
}

static inline void rk_hasher_round(struct rk_hasher *h)
{
	h->v0 += h->v1;
	h->v1 = rk_hasher_rotate(h->v1, 13) ^ h->v0;
	h->v0 = rk_hasher_rotate(h->v0, 32);
	h->v2 += h->v3;
	h->v3 = rk_hasher_rotate(h->v3, 16) ^ h->v2;
	h->v0 += h->v3;
	h->v3 = rk_hasher_rotate(h->v3, 21) ^ h->v0;
	h->v2 += h->v1;
	h->v1 = rk_hasher_rotate(h->v1, 17) ^ h->v2;
	h->v2 = rk_hasher_rotate(h->v2, 32);
}

/* The 8 bytes that a word is in little endian. Inline: a fill has 36 of them */
static inline void rk_hasher_word(struct rk_hasher *h, uint64_t word)
{
	h->v3 ^= word;
	rk_hasher_round(h);
	h->v0 ^= word;
	h->words++;
}

/* The hash of all words so far; h is of no use any more. */
struct rk_hash rk_hasher_end(struct rk_hasher *h);

/* Hash of size bytes at data, mixed with what came before (chain). */
struct rk_hash rk_hash_bytes(struct rk_hash chain, const void *data,
			     size_t size);

int rk_hash_equal(struct rk_hash a, struct rk_hash b);

#endif

/*
 * SipHash-1-3, 128-bit result, fixed key. See hash.h.
 */
#include "engine/hash.h"

#include <string.h>

/* Little endian on every host, so that digests travel. */
static uint64_t load(const unsigned char *bytes, size_t n)
{
	uint64_t word = 0;

	for (size_t i = 0; i < n; i++)
		word |= (uint64_t)bytes[i] << (8 * i);
	return word;
}

/* The constants of the paper, with the chain as key. */
struct rk_hasher rk_hasher_begin(struct rk_hash chain)
{
	return (struct rk_hasher){
		UINT64_C(0x736f6d6570736575) ^ chain.lo,
		UINT64_C(0x646f72616e646f6d) ^ chain.hi ^ 0xee,
		UINT64_C(0x6c7967656e657261) ^ chain.lo,
		UINT64_C(0x7465646279746573) ^ chain.hi,
		0,
	};
}

static struct rk_hash end(struct rk_hasher *h)
{
	struct rk_hash hash;

	h->v2 ^= 0xee;
	for (int round = 0; round < 3; round++)
		rk_hasher_round(h);
	hash.lo = h->v0 ^ h->v1 ^ h->v2 ^ h->v3;

	h->v1 ^= 0xdd;
	for (int round = 0; round < 3; round++)
		rk_hasher_round(h);
	hash.hi = h->v0 ^ h->v1 ^ h->v2 ^ h->v3;
	return hash;
}

struct rk_hash rk_hasher_end(struct rk_hasher *h)
{
	/* As of so many bytes, of which none is left over. */
	rk_hasher_word(h, h->words * 8 << 56);
	return end(h);
}

struct rk_hash rk_hash_bytes(struct rk_hash chain, const void *data,
			     size_t size)
{
	const unsigned char *bytes = data;
	struct rk_hasher h = rk_hasher_begin(chain);
	size_t i = 0;

	for (; size - i >= 8; i += 8)
		rk_hasher_word(&h, load(bytes + i, 8));
	rk_hasher_word(&h, load(bytes + i, size - i) | (uint64_t)size << 56);
	return end(&h);
}

int rk_hash_equal(struct rk_hash a, struct rk_hash b)
{
	return a.lo == b.lo && a.hi == b.hi;
}

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

/* Hash of size bytes at data, mixed with what came before (chain). */
struct rk_hash rk_hash_bytes(struct rk_hash chain, const void *data,
			     size_t size);

/* The same of the n * 8 bytes that the words are in little endian. */
struct rk_hash rk_hash_words(struct rk_hash chain, const uint64_t *words,
			     size_t n);

int rk_hash_equal(struct rk_hash a, struct rk_hash b);

#endif

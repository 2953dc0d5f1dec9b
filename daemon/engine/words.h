/*
 * Words: the fields of one record on their way into a hash. Private to the
 * digest files. Fields are named one by one, never taken as raw memory, so
 * that padding and the layout of a build do not show.
 */
#ifndef RK_ENGINE_WORDS_H
#define RK_ENGINE_WORDS_H

#include "engine/event.h"

#define RK_WORDS_MAX 256

struct rk_words {
	uint64_t words[RK_WORDS_MAX];
	uint32_t n;
};

void rk_words_put(struct rk_words *w, uint64_t word);
void rk_words_put_signed(struct rk_words *w, int64_t word);
void rk_words_put_wide(struct rk_words *w, rk_i128 word);
void rk_words_put_name(struct rk_words *w, const char *name);
void rk_words_put_health(struct rk_words *w, const struct rk_health *health);

/* The hash of all words, little endian on every host, mixed with chain. */
struct rk_hash rk_words_hash(struct rk_hash chain, const struct rk_words *w);

#endif

/*
 * Words: the fields of one record on their way into a hash. Private to the
 * digest files. Fields are named one by one, never taken as raw memory, so
 * that padding and the layout of a build do not show.
 */
#ifndef RK_ENGINE_WORDS_H
#define RK_ENGINE_WORDS_H

#include "engine/event.h"

struct rk_words {
	struct rk_hasher hasher;
};

/* Begin with none; their hash is mixed with chain. */
static inline struct rk_words rk_words_begin(struct rk_hash chain)
{
	return (struct rk_words){rk_hasher_begin(chain)};
}

static inline void rk_words_put(struct rk_words *w, uint64_t word)
{
	rk_hasher_word(&w->hasher, word);
}

static inline void rk_words_put_signed(struct rk_words *w, int64_t word)
{
	rk_words_put(w, (uint64_t)word);
}

void rk_words_put_wide(struct rk_words *w, rk_i128 word);
void rk_words_put_name(struct rk_words *w, const char *name);
void rk_words_put_health(struct rk_words *w, const struct rk_health *health);

/* The hash of all of them, the same on every host. */
struct rk_hash rk_words_hash(struct rk_words *w);

#endif

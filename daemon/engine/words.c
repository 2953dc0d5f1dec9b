/*
 * Fields of a record, laid out for hashing. See words.h.
 */
#include "engine/words.h"

void rk_words_put_wide(struct rk_words *w, rk_i128 word)
{
	rk_words_put(w, (uint64_t)word);
	rk_words_put(w, (uint64_t)((rk_u128)word >> 64));
}

void rk_words_put_name(struct rk_words *w, const char *name)
{
	char padded[RK_NAME_SIZE] = {0};
	bool ended = false;

	for (size_t i = 0; i < RK_NAME_SIZE; i++) {
		ended = ended || name[i] == '\0';
		padded[i] = (char)(ended ? '\0' : name[i]);
	}
	for (size_t i = 0; i < RK_NAME_SIZE; i += 8) {
		uint64_t word = 0;

		for (size_t j = 0; j < 8; j++)
			word |= (uint64_t)(unsigned char)padded[i + j]
				<< (8 * j);
		rk_words_put(w, word);
	}
}

struct rk_hash rk_words_hash(struct rk_words *w)
{
	return rk_hasher_end(&w->hasher);
}

void rk_words_put_health(struct rk_words *w, const struct rk_health *health)
{
	rk_words_put_signed(w, health->equity.raw);
	rk_words_put_signed(w, health->maintenance.raw);
	rk_words_put_signed(w, health->initial.raw);
}

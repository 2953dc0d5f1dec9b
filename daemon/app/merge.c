/*
 * Merging of quotes. See merge.h. Where a quote of a publisher and slot stands
 * in the batch is found by direct index; a generation number saves clearing.
 */
#include "app/merge.h"

#include <errno.h>
#include <stdlib.h>

struct place {
	uint64_t generation;
	uint32_t at;
};

struct rk_merge {
	uint32_t slots_max;
	uint32_t publishers_max;
	uint64_t generation;
	uint32_t n;
	struct place *places;
	struct rk_quote *quotes;
	uint64_t merged;
	uint64_t unknown;
	uint64_t bad;
};

int rk_merge_open(uint32_t slots_max, uint32_t publishers_max,
		  struct rk_merge **ret_merge)
{
	struct rk_merge *merge = calloc(1, sizeof(*merge));
	size_t pairs = (size_t)slots_max * publishers_max;

	if (!merge)
		return -ENOMEM;
	merge->slots_max = slots_max;
	merge->publishers_max = publishers_max;
	merge->generation = 1;
	merge->places = calloc(pairs, sizeof(*merge->places));
	merge->quotes = calloc(pairs, sizeof(*merge->quotes));
	if (!merge->places || !merge->quotes) {
		rk_merge_close(merge);
		return -ENOMEM;
	}
	*ret_merge = merge;
	return 0;
}

void rk_merge_close(struct rk_merge *merge)
{
	if (!merge)
		return;
	free(merge->places);
	free(merge->quotes);
	free(merge);
}

static void add_quote(struct rk_merge *merge, const struct rk_quote *quote)
{
	struct place *place =
		&merge->places[(size_t)quote->slot * merge->publishers_max +
			       quote->publisher];

	if (place->generation != merge->generation) {
		place->generation = merge->generation;
		place->at = merge->n;
		merge->quotes[merge->n++] = *quote;
		return;
	}
	merge->merged++;
	if (quote->seq > merge->quotes[place->at].seq)
		merge->quotes[place->at] = *quote;
}

void rk_merge_add(struct rk_merge *merge, const struct rk_cmd_prices *prices,
		  int64_t now_ns)
{
	for (uint32_t i = 0; i < prices->n; i++) {
		const struct rk_quote *quote = &prices->quotes[i];

		if (quote->slot >= merge->slots_max ||
		    quote->publisher >= merge->publishers_max)
			merge->unknown++;
		else if (quote->price.raw <= 0 || quote->time_ns <= 0 ||
			 quote->time_ns > now_ns + RK_QUOTE_AHEAD_NS)
			merge->bad++;
		else
			add_quote(merge, quote);
	}
}

struct rk_cmd_prices rk_merge_take(struct rk_merge *merge)
{
	struct rk_cmd_prices prices = {merge->quotes, merge->n};

	merge->n = 0;
	merge->generation++;
	return prices;
}

uint64_t rk_merge_merged(const struct rk_merge *merge)
{
	return merge->merged;
}

uint64_t rk_merge_unknown(const struct rk_merge *merge)
{
	return merge->unknown;
}

uint64_t rk_merge_bad(const struct rk_merge *merge)
{
	return merge->bad;
}

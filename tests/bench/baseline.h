/*
 * What else could find the accounts that a price has put at risk, on the same
 * book as the engine: a scan of the postings of a market, a scan of all
 * accounts, and the maps that a team writes first. They know linear contracts
 * at one rate and one price a market, no more; each keeps all it is told
 * correct, and says how many accounts are below maintenance.
 */
#ifndef BENCH_BASELINE_H
#define BENCH_BASELINE_H

#include <stddef.h>
#include <stdint.h>

#include "book.h"

/*
 * Postings: for each market the accounts that hold it, in order, and how much
 * their health moves with a unit of its price: H[account] += w * dp.
 */
struct bench_postings;
struct bench_postings *bench_postings_open(const struct bench_book *book);
void bench_postings_close(struct bench_postings *postings);
uint32_t bench_postings_holders(const struct bench_postings *postings,
				uint32_t market);
/* The price moves by so many units; how many of the holders are below. */
uint32_t bench_postings_tick(struct bench_postings *postings, uint32_t market,
			     int64_t price);
/* Read and written by that: number, weight, and H twice. */
#define BENCH_POSTING_BYTES 28

/* All accounts, an array of structs with doubles; each is worked out anew. */
struct bench_structs;
struct bench_structs *bench_structs_open(const struct bench_book *book);
void bench_structs_close(struct bench_structs *structs);
uint32_t bench_structs_tick(struct bench_structs *structs, uint32_t market,
			    int64_t price);
size_t bench_structs_bytes(const struct bench_structs *structs);

/*
 * Hash maps by name: accounts, in each its positions by symbol, markets with
 * a list of their holders' names. Every node by malloc, every number a double.
 */
struct bench_maps;
struct bench_maps *bench_maps_open(const struct bench_book *book);
void bench_maps_close(struct bench_maps *maps);
uint32_t bench_maps_tick(struct bench_maps *maps, uint32_t market,
			 int64_t price);

/* About what the largest of the three takes, for a book of that shape. */
size_t bench_maps_size(const struct bench_shape *shape);

#endif

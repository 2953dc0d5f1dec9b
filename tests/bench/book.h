/*
 * The book that ticks are measured on: accounts that hold a few positions
 * each, most of them in few markets (Zipf), with an equity that is off
 * maintenance by a part of what they hold. Account n is the same in every
 * book of the same shape, so that engine and baselines hold the same without
 * one asking the other.
 */
#ifndef BENCH_BOOK_H
#define BENCH_BOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/cmd.h"

#define BENCH_BOOK_PRICE         INT64_C(1000000) /* 100.0000 */
#define BENCH_BOOK_TIME_NS       INT64_C(1800000000000000000)
#define BENCH_BOOK_MARKETS_MAX   512U
#define BENCH_BOOK_POSITIONS_MAX 16U
#define BENCH_BOOK_MAINTENANCE   200 /* of notional, in 1e-4 */

struct bench_shape {
	uint32_t accounts;
	uint32_t markets;
	uint32_t positions; /* of each account, in different markets */
	uint32_t quiet;     /* markets more, that none of them holds */
	double off_least;   /* equity off maintenance, as part of the gross */
	double off_most;
	/*
	 * Markets come in twos of one underlying, and one account in twenty is
	 * long in one and short in the other at some 36 times its equity.
	 */
	bool hedged;
};

struct bench_holding {
	uint32_t market;
	int64_t size; /* 1e-3; below 0: short */
};

/* One account of the book; holdings are shape.positions. */
struct bench_holder {
	uint64_t account;
	int64_t cash; /* 1e-6 */
	struct bench_holding held[BENCH_BOOK_POSITIONS_MAX];
};

struct bench_book {
	struct bench_shape shape;
	double zipf[BENCH_BOOK_MARKETS_MAX]; /* up to this market, of 1 */
};

/* That of design section 12: 50 markets, 3 positions, 0.05 % to 50 %. */
struct bench_shape bench_shape_usual(uint32_t accounts);

void bench_book_init(struct bench_book *book, const struct bench_shape *shape);

/* The other market of the same underlying. */
uint32_t bench_book_other(uint32_t market);

/* Account 1 .. shape.accounts. */
void bench_book_holder(const struct bench_book *book, uint64_t account,
		       struct bench_holder *ret_holder);
/* A market as they are held; part is 0 to below 1. */
uint32_t bench_book_market(const struct bench_book *book, double part);

/* Each command that lists what is traded, and each that makes an account. */
typedef void bench_book_fn(void *context, const struct rk_cmd *cmd);
void bench_book_list(const struct bench_book *book, bench_book_fn *fn,
		     void *context);
/* Trades are numbered by the caller; each is one side of the book alone. */
void bench_book_add(const struct bench_book *book,
		    const struct bench_holder *holder, uint64_t *trade,
		    bench_book_fn *fn, void *context);

/* SplitMix64, and a part of 1 out of it. */
uint64_t bench_draw(uint64_t *rng);
double bench_draw_part(uint64_t *rng);

#endif

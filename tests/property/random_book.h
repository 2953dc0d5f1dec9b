/*
 * Random books of many assets and markets, listed with as many decimals as is
 * asked for: weights, liabilities and parts of profit of their own, brackets,
 * linear and inverse contracts with multipliers.
 *
 * Rates stay within what makes health fall with every price that moves against
 * a position: what is gained counts for more than its margin releases.
 */
#ifndef RK_PROPERTY_RANDOM_BOOK_H
#define RK_PROPERTY_RANDOM_BOOK_H

#include "support/harness.h"
#include "support/prng.h"

#define BOOK_ASSETS     6 /* asset 0 is USD */
#define BOOK_MARKETS    6
#define BOOK_COLLATERAL 3 /* from here on no market settles in the asset */

struct random_asset {
	uint8_t decimals;
	uint8_t price_decimals;
	int64_t price;
	struct rk_collateral terms;
};

struct random_market {
	bool inverse;
	uint32_t settle;
	uint8_t price_decimals;
	uint8_t size_decimals;
	int64_t multiplier;
	uint8_t multiplier_decimals;
	int64_t price;
	int64_t size_max;
	uint32_t brackets_n;
	struct rk_bracket brackets[RK_BRACKETS_MAX];
};

struct random_book {
	struct random_asset assets[BOOK_ASSETS];
	struct random_market markets[BOOK_MARKETS];
};

/* More decimals than the book has; the numbers grow with them. */
struct finer {
	uint8_t amount;
	uint8_t price; /* of markets and assets */
	uint8_t size;
};

void random_book_make(struct random_book *book, struct rk_prng *prng);

/*
 * What most books of an exchange are: all markets linear, and settled in USD,
 * which count for themselves.
 */
void random_book_straighten(struct random_book *book);

/* An engine with this book and a quote for each price. */
void random_book_open(const struct random_book *book, struct finer finer,
		      struct rk_harness *ret_harness);
/* An account that is judged and reported only: it gets no orders. */
/* Terms of liquidation of a market; false: it keeps the usual ones. */
bool random_book_pace(struct rk_prng *prng, uint32_t market,
		      struct rk_cmd *ret_cmd);

void random_book_account(struct rk_harness *harness, uint64_t account);

/* raw * 10^more. */
int64_t random_book_more(int64_t raw, uint8_t more);

/* About so much of an asset or a market, in USD, as raw units. */
int64_t random_book_amount(const struct random_book *book, uint32_t asset,
			   double usd);
int64_t random_book_size(const struct random_book *book, uint32_t market,
			 double usd);
/* What one raw unit of an asset is worth, in 1e-8 USD, at least 1. */
int64_t random_book_unit(const struct random_book *book, uint32_t asset);

#endif

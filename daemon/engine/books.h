/*
 * The books: what the system accounts hold against the accounts of people, so
 * that every sum is 0. Rule T4 of docs/engine.md.
 */
#ifndef RK_ENGINE_BOOKS_H
#define RK_ENGINE_BOOKS_H

#include "engine/units.h"

struct rk_engine;

/* The system accounts of one asset. Sums over all commands. */
struct rk_books_asset {
	rk_i128 deposits;    /* in, from outside (adjustments above 0 too) */
	rk_i128 withdrawals; /* out */
	rk_i128 accounts;    /* sum of all balances */
	rk_i128 pending;     /* reserved withdrawals */
	rk_i128 fees;
	rk_i128 clearing; /* counterpart of profit realised, all markets */
	rk_i128 interest; /* counterpart of interest booked so far */
	rk_i128 insurance;
	rk_i128 vault;
	rk_i128 rounding;
	rk_i128 external;
};

/* The two sides of one market: each pair of sums is 0. */
struct rk_books_market {
	rk_i128 accounts_size;
	rk_i128 accounts_cost;
	rk_i128 external_size;
	rk_i128 external_cost;
	rk_i128 vault_size;
	rk_i128 vault_cost;
	rk_i128 clearing_cost;
};

int rk_view_books_asset(const struct rk_engine *engine, uint32_t asset,
			struct rk_books_asset *ret_books);
int rk_view_books_market(const struct rk_engine *engine, uint32_t market,
			 struct rk_books_market *ret_books);

/*
 * Do all books balance, counted afresh over every record? 0, or the number
 * of the first asset (1 + id) or market (-1 - id) that does not. Slow.
 */
int rk_view_check_books(const struct rk_engine *engine);

#endif

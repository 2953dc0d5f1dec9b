/*
 * An account of balances alone, each of an asset with terms of its own: what
 * weights and liability weights can be judged by.
 */
#ifndef RK_TESTS_VECTORS_HOLDINGS_H
#define RK_TESTS_VECTORS_HOLDINGS_H

#include "book.h"
#include "engine/ask.h"
#include "vec.h"

#define HOLDINGS_MAX     16
#define HOLDINGS_ACCOUNT 1
#define HOLDINGS_HOLDER  2 /* has what all others hold */
#define HOLDINGS_DEBTOR  3 /* owes what all others owe */

/* Numbers of the vector; weights must be exact in the engine. */
struct holding {
	struct dec amount; /* below 0: owed */
	struct dec price;
	struct dec weight[RK_LEVELS];
	struct dec liability[RK_LEVELS];
	struct dec slow; /* price; 0: none beside the price */
	/* From how much money on it counts less, or weighs more; 0: never. */
	struct dec scale_held;
	struct dec scale_owed;
	struct dec size_factor; /* at most 18 places; 0: none */
	/* What all accounts have, this one too; less than it: just this one. */
	struct dec held;
	struct dec owed; /* above 0 */
	/* The most that will be supposed of it, above 0; 0: the amount. */
	struct dec reach;
};

/* The same rate at all levels. */
void holding_set(struct dec rates[RK_LEVELS], struct dec rate);

/*
 * A book in which HOLDINGS_ACCOUNT has these: what is held first, then what is
 * owed, so that its state is that of the end. Returns 0 or the code of the
 * refusal, RK_REJ_OVERFLOW when no scale has room; close it in both cases.
 */
int holdings_open(struct book *book, const struct holding *holdings, size_t n);
/* The same, with room for something more; its places are the least. */
int holdings_open_with(struct book *book, const struct holding *holdings,
		       size_t n, const struct room *more);
/* The asset that holding i is listed as. */
uint32_t holdings_asset(size_t i);
/* Suppose that an account has so much more of it: 0 or the refusal's code. */
int holdings_suppose(const struct book *book, struct rk_ask *ask, size_t i,
		     struct dec amount);

/* Can the engine have these weights? */
bool holdings_fit(const struct holding *holdings, size_t n);

/* Sums over what is held and what is owed, without weights; above 0. */
struct dec holdings_assets(const struct book *book);
struct dec holdings_debts(const struct book *book);

/* The most of the first asset that the engine lets go. */
struct dec holdings_taken_most(struct book *book);
/* The same, as the engine tells when it is asked. */
struct dec holdings_withdrawable(const struct book *book);

#endif

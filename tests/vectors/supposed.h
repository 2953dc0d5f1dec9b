/*
 * Positions and resting orders of an account that is only supposed, each in a
 * market and a currency of its own: what vectors say that state what has been
 * paid, and not at which price.
 */
#ifndef RK_TESTS_VECTORS_SUPPOSED_H
#define RK_TESTS_VECTORS_SUPPOSED_H

#include "book.h"
#include "engine/ask.h"

/* Numbers of the vector. */
struct supposed {
	const char *name; /* of the market; its currency is named after it */
	struct dec size;  /* signed; 0: what was paid is realised */
	struct dec mark;
	struct dec cost;      /* what was paid for it, signed as the size */
	struct dec bids;      /* to be bought at the mark; above 0 */
	struct dec asks;      /* to be sold at the mark; above 0 */
	rk_rate rate;         /* required of its notional, initially */
	struct dec profit;    /* what a profit counts for */
	struct dec liability; /* and a loss */
	struct dec currency;  /* price of what it is counted in */
	struct dec slow;      /* slow price of that; 0: none */
};

/* One of a currency of 1 where profit and loss count in full. */
struct supposed supposed_plain(const char *name, struct dec mark);

/* What it needs beside what is in there. */
void supposed_room(struct room *room, const struct supposed *supposed);

/* List its currency and its market: 0 or the code of the refusal. */
int supposed_list(struct book *book, const struct supposed *supposed,
		  uint32_t *ret_market);
/* Suppose that an account has it, orders included: 0 or the code. */
int supposed_hold(const struct book *book, struct rk_ask *ask,
		  const struct supposed *supposed, uint32_t market);

/* Required of positions, orders left out, in money. */
struct dec supposed_required(const struct book *book, const struct rk_ask *ask);

#endif

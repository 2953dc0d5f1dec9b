/*
 * Users of @drift-labs/sdk at its two kinds of margin, in dollars of 1e-6.
 *
 * Every perp settles in dollars of its own, as the package nets no profit with
 * anything. Initial margin is strict there: the worse of the price and its
 * five-minute mean, by side; the mean is a slow price here. A profit and what
 * is required are each at the worse price of the dollar: where these differ
 * they are two markets. Orders of perps rest; as they count at both of its
 * kinds, both are asked for at initial here. Of orders for tokens the worse
 * side is chosen as the package does, and is what the book holds.
 *
 * Ratios and weights by size, and weights by all deposits, are the engine's;
 * the package cuts them to 1e-4. Where two of these limit a weight at once, or
 * one and a ratio of the user's choice, the order is another there, and the
 * package's weight is taken.
 */
#ifndef RK_TESTS_PEERS_DRIFT_H
#define RK_TESTS_PEERS_DRIFT_H

#include "desk.h"
#include "trial.h"

#define DRIFT_ROWS_MAX 10
#define DRIFT_DIGITS   30 /* of a division */

enum drift_kind {
	DRIFT_KIND_INIT,
	DRIFT_KIND_MAINT
};

struct drift_spot {
	struct desk_asset asset; /* amount: with the worse side of orders */
	struct num orders;       /* what these bring or cost in dollars */
};

struct drift_perp {
	struct num size;
	struct num worst; /* with the worse side of its orders */
	struct num mark;
	struct num cost;
	struct num profit; /* what is not realised */
	struct num bids;
	struct num asks;
	struct num rate;  /* as the package has it */
	struct num plain; /* whatever the size */
	struct num factor;
	struct num profit_weight;
	struct num dollar;    /* price of what it is counted in */
	struct num mean;      /* its slow price; 0: none */
	struct num owe_price; /* of a dollar required */
	bool together;        /* one market does for both */
};

struct drift_user {
	const struct trial *trial;
	enum drift_kind kind;
	struct drift_spot spots[DRIFT_ROWS_MAX];
	size_t spots_n;
	struct drift_perp perps[DRIFT_ROWS_MAX];
	size_t perps_n;
	struct num order_fees; /* 0.01 an open order */
	struct num units;      /* what the package's cuts may be worth */
	struct num cuts;       /* of rates and weights, in dollars */
	size_t taken;          /* weights that are the package's */
	bool too_dear;         /* one of debts, above what terms may be */
	bool too_high;         /* a margin rate above 1 */
	struct num total;      /* room that is needed */
};

/* The user in the engine. */
struct drift_seen {
	struct desk desk;
	struct rk_ask ask;
	struct rk_margin margin;
	uint32_t markets[DRIFT_ROWS_MAX]; /* those that earn */
	struct num health;
	struct num required;
};

/* So many 1e-6 dollars. */
struct num drift_dollars(struct num millionths);

void drift_read(const struct trial *trial, enum drift_kind kind,
		struct drift_user *u);
/* Look at the user; close the desk. */
void drift_look(const struct drift_user *u, struct drift_seen *seen);
/* What the package's cuts and the engine's roundings may be worth. */
struct num drift_tolerance(const struct drift_user *u,
			   const struct drift_seen *seen);

#endif

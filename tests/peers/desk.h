/*
 * A book of the engine for one case: assets, perps and what somebody holds of
 * them, all as questions about an account that is only supposed.
 *
 * The engine has 64 bits. What a unit of an asset or of a market is called is
 * free, so each is counted in that power of ten of tokens with which its
 * amount and its price are exact, or else nearest. Where they are not exact
 * they are rounded against the account, and slack says what that and the
 * engine's own roundings may make of any figure at most.
 */
#ifndef RK_TESTS_PEERS_DESK_H
#define RK_TESTS_PEERS_DESK_H

#include "engine/ask.h"
#include "num.h"
#include "vectors/book.h"

#define DESK_UNITS_MAX 20

/* How an asset or a market is counted. */
struct desk_unit {
	int places;       /* a raw amount is 10^-places tokens */
	int price_places; /* a raw price is 10^-price_places */
	uint32_t slot;
};

struct desk {
	struct book book;
	int money; /* a raw USD of the engine is 10^-money of the package's */
	struct num slack;
	int code; /* the engine's first refusal; nothing is done after it */
	struct desk_unit assets[DESK_UNITS_MAX];
	struct desk_unit perps[DESK_UNITS_MAX];
};

/* Most places of money with room for so much; at most 20. */
int desk_money_for(struct num total);
/* The same, in which factors of a power of notionals are exact. */
int desk_money_power_for(struct num total);
/* Close it in any case. */
void desk_open(struct desk *desk, int money);
void desk_close(struct desk *desk);

/* What an asset counts for at maintenance and initial; W is as I. */
struct desk_terms {
	struct num weight[2];
	struct num liability[2];
	struct num profit[2];
};
/* 1 everywhere, then to be changed. */
struct desk_terms desk_terms_plain(void);

/* Weights by what all hold or owe (W7), or by one's own size (W9). */
struct desk_scale {
	struct num held; /* from how much money on; 0: never */
	struct num owed;
	struct num all_held; /* tokens, with what the account will hold */
	struct num all_owed;
	struct num size_factor; /* 0: none */
};

struct desk_asset {
	struct num price;
	struct num amount; /* what will be held of it; of either sign */
	struct desk_terms terms;
	bool moves;           /* has a price slot */
	struct num price_max; /* when it moves */
	struct num slow;      /* slow price; 0: none */
	struct desk_scale scale;
	bool lendable; /* of what all hold what nobody owes is in its pool */
};
/* 0, the engine's own USD, when it was refused. */
uint32_t desk_asset(struct desk *desk, const struct desk_asset *asset);
/* One that positions settle in. */
uint32_t desk_settle(struct desk *desk, struct num price,
		     const struct desk_terms *terms);
/* The same, with a slow price. */
uint32_t desk_settle_slow(struct desk *desk, struct num price, struct num slow,
			  const struct desk_terms *terms);

struct desk_bracket {
	struct num floor; /* in money */
	struct num maintenance;
	struct num initial;
};

struct desk_perp {
	uint32_t settle;
	struct num size; /* what will be held of it */
	struct num most; /* the largest it may come to; 0: the size */
	struct num mark;
	struct num slow;      /* slow price; 0: none */
	struct num price_min; /* inverse ones */
	struct num price_max;
	bool inverse;
	struct num multiplier; /* inverse ones */
	uint32_t brackets_n;
	struct desk_bracket brackets[8];
	/* Rates that rise with size (G5): of tokens, or of money. */
	enum rk_growth growth;
	struct num base_share;
	struct num factor[2]; /* maintenance, initial */
};
uint32_t desk_perp(struct desk *desk, const struct desk_perp *perp);
/* One bracket for all notionals. */
void desk_one_bracket(struct desk_perp *perp, struct num maintenance,
		      struct num initial);

void desk_nobody(struct desk *desk, struct rk_ask *ret_ask);
void desk_deposit(struct desk *desk, struct rk_ask *ask, uint32_t asset,
		  struct num amount);
/* The cost is what was paid, signed as the size. */
void desk_hold(struct desk *desk, struct rk_ask *ask, uint32_t market,
	       struct num size, struct num cost);
/* What is to be got of funding, or paid, below 0; of one that is held. */
void desk_fund(struct desk *desk, struct rk_ask *ask, uint32_t market,
	       struct num funding);

/* An order at the mark that rests; size below 0 sells, 0: there is none. */
void desk_rest(struct desk *desk, struct rk_ask *ask, uint32_t market,
	       struct num size);
/* A leverage of the account's choice, initially. One above what the market
 * permits changes nothing. */
void desk_choose(struct desk *desk, struct rk_ask *ask, uint32_t market,
		 struct num leverage);

/* A figure of the engine in the package's money. */
struct num desk_usd(const struct desk *desk, rk_usd usd);
/* One unit of it. */
struct num desk_unit_of_money(const struct desk *desk);
/* Prices at which the account is liquidatable, going from safety; 0: none. */
struct num desk_liquidation(const struct rk_ask *ask,
			    const struct desk_unit *unit, bool gains);

#endif

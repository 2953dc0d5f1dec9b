/*
 * Accounts of Mango v4's HealthCache, in native units (1e-6 of a token and of
 * a dollar) and at three kinds of health: maintenance, initial and that at
 * which a liquidation ends.
 *
 * A stable price is the slow price of a token or a perp, what all accounts hold
 * and owe is held and owed by others. Orders of a perp rest in its market; but
 * where it has two prices each way of filling them is asked, as the package
 * fills them at one and values them at the other. Orders for tokens are none
 * of the engine: either outcome is asked. A perp of Mango is a book of its own,
 * whose health joins the dollars after a weight if it is above 0: here that
 * weight is one of profit, and of the rates.
 */
#ifndef RK_TESTS_PEERS_MANGO_H
#define RK_TESTS_PEERS_MANGO_H

#include "desk.h"
#include "trial.h"

#define MANGO_ROWS_MAX 8
#define MANGO_PLACES   30 /* of what has more than anybody needs */

enum mango_kind {
	MANGO_KIND_INIT,
	MANGO_KIND_MAINT,
	MANGO_KIND_END,
	MANGO_KINDS
};

struct mango_token {
	long id;
	struct num price;
	struct num slow;       /* 0: none at this kind */
	struct num held_price; /* of what is held, the lower of both */
	struct num owed_price;
	struct num weight; /* before they are scaled */
	struct num liability;
	struct desk_scale scale;
	struct num balance;
	struct num reserved; /* all that spot orders may bring */
	struct num off;      /* of its rates, as 1e-9 has them */
	bool lendable;
};

struct mango_spot {
	size_t base;
	size_t quote;
	struct num all_base; /* if all orders are filled into base */
	struct num all_quote;
};

struct mango_account {
	const struct trial *trial;
	enum mango_kind kind;
	struct mango_token tokens[MANGO_ROWS_MAX];
	size_t tokens_n;
	struct mango_spot spots[MANGO_ROWS_MAX];
	size_t spots_n;
	size_t perps_n;
	struct num gains; /* of perps that are worth something */
	struct num losses;
	struct num slack;
	int code;
};

/* Prices of one thing at this kind of health. */
struct mango_prices {
	struct num mark;
	struct num slow; /* 0: none */
	struct num low;
	struct num high;
};

/* A row of a perp, at this kind of health. */
struct mango_perp {
	struct mango_prices prices;
	struct num lots;
	struct num lot;
	struct num quote; /* with funding and what takers filled */
	struct num bids;
	struct num asks;
	struct num rate; /* of both sides */
	struct num overall;
};

/* One way in which the orders of a perp may be filled. */
struct mango_variant {
	struct num base; /* afterwards, native */
	struct num paid; /* for all of it: cost */
	struct num bids; /* what still rests */
	struct num asks;
};

/* The tokens of an account in the engine. */
struct mango_seen {
	struct desk desk;
	struct rk_margin margin;
	struct num debts; /* with perps beside the dollars */
	struct num health;
};

/* 2^48 as a number, and what counts in it. */
struct num mango_two_48(void);
/* An integer on the scale of 2^48. */
struct num mango_fixed(struct num raw);
/* To MANGO_PLACES: more digits than anybody sees. */
struct num mango_shorten(struct num a);

/* Row id of a table of the header. */
const json_t *mango_entry(const struct trial *trial, const char *table,
			  long id);
/* The account at a kind of health; what perps are worth is with the dollars. */
void mango_read(const struct trial *trial, enum mango_kind kind,
		struct mango_account *a);
/* The account as it is but for its perps and orders. */
void mango_read_tokens(const struct trial *trial, enum mango_kind kind,
		       struct mango_account *a);
struct mango_perp mango_read_perp(const struct mango_account *a,
				  const json_t *row);
bool mango_has_orders(const struct mango_perp *p);
/* All of some orders filled, at the price that is worse; below 0: sold. */
struct mango_variant mango_fill_all(const struct mango_perp *p,
				    struct num lots);

/* All that may ever be there of a token, with what others have, in money. */
struct num mango_total(const struct mango_token *token);
/* List it for so much of it: an asset of its own each time. */
uint32_t mango_list(struct mango_account *a, struct desk *desk,
		    const struct mango_token *token, struct num amount);
/* The same, and suppose it. */
void mango_put(struct mango_account *a, struct desk *desk, struct rk_ask *ask,
	       const struct mango_token *token, struct num amount);
void mango_put_variant(struct desk *desk, struct rk_ask *ask, uint32_t market,
		       const struct mango_variant *v);
/* Look at the account; close the desk. */
void mango_look(struct mango_account *a, struct mango_seen *seen);

#endif

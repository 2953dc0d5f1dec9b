/*
 * A small book in the engine, for one vector: a few markets, accounts and
 * prices, set up through commands and read through views as anyone else does.
 *
 * The engine counts USD in 1e-8. Margin does not care what a unit is worth,
 * so a book chooses its own: one unit is 10^-money of the vector's quote
 * currency. That way a vector with many decimals, and one with large sums,
 * both fit exactly.
 */
#ifndef RK_TESTS_VECTORS_BOOK_H
#define RK_TESTS_VECTORS_BOOK_H

#include "dec.h"
#include "engine/view.h"

/* Decimal places of money, prices and sizes in a book. */
struct scale {
	int money;
	int price; /* money - 8 .. money + 4: the engine has 0 to 12 */
	int size;
};

/* What a book must have room for, in the vector's own units. */
struct room {
	struct dec total;   /* positions, costs and balances of one account */
	struct dec price;   /* highest */
	struct dec size;    /* largest */
	struct scale least; /* places needed to be exact */
};

/* The finest scale that has this room, or false when there is none. */
bool book_fit(const struct room *room, struct scale *ret_scale);

struct book {
	struct scale scale;
	struct rk_engine *engine;
	void *memory;
	struct rk_event *room; /* for events */
	struct rk_event order; /* newest ORDER_OPENED */
	uint64_t orders;       /* how many were opened */
	uint64_t last_id;      /* of trades and quotes */
	int64_t time_ns;
};

/* A market of the book; sizes and prices in places of the scale. */
struct book_market {
	const char *name;
	struct dec price_max;
	struct dec size_max;
	struct rk_bracket brackets[RK_BRACKETS_MAX];
	uint32_t brackets_n;
	rk_rate close_cost;
	const char *settle; /* NULL: USD; else one of book_currency() */
};

/*
 * An empty book with USD, one publisher and one venue. Returns 0 or the code
 * of the engine's refusal; close it in both cases.
 */
int book_open(struct book *book, struct scale scale,
	      const struct rk_cmd_risk *risk);
void book_close(struct book *book);

/* Thresholds as in the shipped configuration, with this target. */
struct rk_cmd_risk book_risk(rk_rate target);

/* Each returns 0 or the code of the refusal. */
int book_apply(struct book *book, struct rk_cmd *cmd);
int book_market(struct book *book, const struct book_market *market,
		uint32_t *ret_market);
/* An asset priced at so many units of the quote currency, fixed. */
int book_asset(struct book *book, const char *name, struct dec price,
	       uint32_t *ret_asset);
/* The same, counted with so many decimals. */
int book_asset_in(struct book *book, const char *name, struct dec price,
		  uint8_t amount_decimals, uint32_t *ret_asset);
/* The margin terms of a market; money of the scale. */
int book_terms(struct book *book, const char *market,
	       const struct rk_margin_terms *terms);
/* One that is quoted, and whose slow price is another. */
struct book_slow {
	const char *name;
	struct dec price;
	struct dec slow; /* above 0 */
	uint8_t amount_decimals;
};
int book_asset_slow(struct book *book, const struct book_slow *asset,
		    uint32_t *ret_asset);
/*
 * What markets may settle in instead of USD: counted as that is, but a unit is
 * worth price units of the quote currency. slow as above; 0: none.
 */
int book_currency(struct book *book, const char *name, struct dec price,
		  struct dec slow, uint32_t *ret_asset);
int book_account(struct book *book, uint64_t account, enum rk_mode mode);
int book_adjust(struct book *book, uint64_t account, uint32_t asset,
		rk_amt amount);
/* Give the account this much money of the quote currency, of either sign. */
int book_pay(struct book *book, uint64_t account, struct dec money);
/* Have the account trade a signed size with the outside; fee in money. */
int book_trade(struct book *book, uint64_t account, uint32_t market,
	       struct dec size, struct dec price);
int book_fill(struct book *book, const struct rk_cmd_trade *trade);
/* One fresh quote; in raw units of the market's price. */
int book_mark(struct book *book, uint32_t market, rk_px price);

/* What an account looks like; it must exist. */
struct rk_account_view book_view(const struct book *book, uint64_t account);
/* Its only position, or the one in this market; a size of 0 if none. */
struct rk_position_view book_position(const struct book *book, uint64_t account,
				      uint32_t market);

/* A figure of the book as a number of the vector. */
struct dec book_money(const struct book *book, int64_t raw);

#endif

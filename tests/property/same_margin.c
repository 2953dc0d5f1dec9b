/*
 * Laws of margin over random books (random_book.h), each held by many:
 *
 *  - no health rises when a price moves against every position, nor when one
 *    moves against a balance;
 *  - fills split into parts at the same price require the same, and are worth
 *    the same but for the one rounding of each part;
 *  - a book listed with finer prices and sizes has the same figures to the
 *    last unit, and with finer amounts none that is lower, nor higher than the
 *    coarse ones were rounded;
 *  - no figure is rounded for an account, by exact fractions;
 *  - a trade moves value between its two sides and takes the fees, to the last
 *    unit, whether it opens, adds, reduces or turns over.
 *
 * same_margin [SEED [BOOKS]]; TAP output.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/ask.h"
#include "engine/rc.h"
#include "random_book.h"
#include "support/laws_health.h"

#define TRADES   12
#define PARTS    4
#define MOVES    40
#define ACCOUNTS 4 /* 1 trades with 3 at once, 2 with 4 in parts */

enum rule {
	AGAINST_POSITIONS,
	AGAINST_BALANCES,
	SPLIT_REQUIRES,
	SPLIT_WORTH,
	FINER_PRICES,
	FINER_AMOUNTS,
	CONSERVED,
	ROUNDED,
	RULES
};

static const char *const rules[RULES] = {
	[AGAINST_POSITIONS] =
		"no health rises when prices move against all positions",
	[AGAINST_BALANCES] = "no health rises when a price moves against "
			     "what is held or owed",
	[SPLIT_REQUIRES] = "fills split into parts require the same",
	[SPLIT_WORTH] = "fills split into parts are worth the same, but for a "
			"unit a part",
	[FINER_PRICES] = "finer prices and sizes give the same to the unit",
	[FINER_AMOUNTS] = "finer amounts lower nothing, and raise by roundings",
	[CONSERVED] = "a trade moves value and takes fees, to the last unit",
	[ROUNDED] = "no health is above that of exact fractions",
};

struct run {
	uint64_t seed;
	uint64_t books;
	struct rk_prng prng;
	struct random_book book;
	struct rk_harness harness;
	uint64_t trade;
	uint64_t parts; /* of all split fills of this book */
	uint64_t held[RULES];
	uint64_t broken[RULES];
};

__attribute__((format(printf, 4, 5))) static void
see(struct run *run, enum rule rule, bool holds, const char *format, ...)
{
	va_list arguments;

	run->held[rule] += holds;
	if (holds || run->broken[rule]++ >= 3)
		return;
	(void)printf("# seed %" PRIu64 " book %" PRIu64 ": %s: ", run->seed,
		     run->books, rules[rule]);
	va_start(arguments, format);
	(void)vprintf(format, arguments);
	va_end(arguments);
	(void)printf("\n");
}

static uint32_t index_of(const struct run *run, uint64_t account)
{
	uint32_t index;

	if (rk_view_find_account(run->harness.engine, account, &index) != RK_OK)
		abort();
	return index;
}

/* What an account is worth in an asset without its prices: raw units. */
static rk_i128 booked(const struct run *run, uint64_t account, uint32_t market)
{
	struct rk_balance_view balances[BOOK_ASSETS];
	struct rk_position_view positions[BOOK_MARKETS];
	uint32_t index = index_of(run, account);
	uint32_t settle = run->book.markets[market].settle;
	rk_i128 sum = 0;
	uint32_t n = rk_view_balances(run->harness.engine, index, balances,
				      BOOK_ASSETS);

	for (uint32_t i = 0; i < n; i++)
		if (balances[i].asset == settle)
			sum += balances[i].amount.raw;
	n = rk_view_positions(run->harness.engine, index, positions,
			      BOOK_MARKETS);
	for (uint32_t i = 0; i < n; i++)
		if (positions[i].market == market)
			sum -= positions[i].cost.raw;
	return sum;
}

struct fill {
	uint32_t market;
	uint64_t buyer;
	uint64_t seller;
	int64_t size;
	int64_t price;
	int64_t buyer_fee;
	int64_t seller_fee;
};

/* False: refused, and nothing was booked. */
static bool trade(struct run *run, const struct fill *fill)
{
	struct rk_cmd cmd = {
		.type = RK_CMD_TRADE,
		.trade = {.trade = ++run->trade,
			  .market = fill->market,
			  .price = {fill->price},
			  .size = {fill->size},
			  .buyer = {.account = fill->buyer,
				    .fee = {fill->buyer_fee}},
			  .seller = {.account = fill->seller,
				     .fee = {fill->seller_fee}}},
	};
	rk_i128 bought = booked(run, fill->buyer, fill->market);
	rk_i128 sold = booked(run, fill->seller, fill->market);

	if (rk_harness_apply(&run->harness, &cmd) != RK_OK)
		return false;
	bought = booked(run, fill->buyer, fill->market) - bought;
	sold = booked(run, fill->seller, fill->market) - sold;
	/* One value of the trade, with opposite signs. */
	see(run, CONSERVED,
	    bought + sold == -(rk_i128)fill->buyer_fee - fill->seller_fee,
	    "market %u: %lld and %lld", fill->market, (long long)bought,
	    (long long)sold);
	return true;
}

static int64_t any_fee(struct run *run, uint32_t market)
{
	if (rk_prng_chance(&run->prng, 1, 2))
		return 0;
	return random_book_amount(&run->book, run->book.markets[market].settle,
				  (double)rk_prng_between(&run->prng, -9, 30));
}

/* The same for both pairs of accounts; one of them gets it in parts. */
static void trade_both(struct run *run)
{
	struct fill whole = {
		.market = (uint32_t)rk_prng_below(&run->prng, BOOK_MARKETS),
	};
	const struct random_market *market = &run->book.markets[whole.market];
	bool buys = rk_prng_chance(&run->prng, 1, 2);
	struct fill part;
	int64_t left;

	whole.size = random_book_size(
		&run->book, whole.market,
		(double)rk_prng_between(&run->prng, 1, 300000));
	whole.price =
		market->price * rk_prng_between(&run->prng, 70, 140) / 100 + 1;
	whole.buyer = buys ? 1 : 3;
	whole.seller = buys ? 3 : 1;
	whole.buyer_fee = any_fee(run, whole.market);
	whole.seller_fee = any_fee(run, whole.market);
	if (!trade(run, &whole))
		return;
	part = whole;
	part.buyer++;
	part.seller++;
	left = whole.size;
	for (int i = 0; i < PARTS && left > 0; i++) {
		part.size = i == PARTS - 1
				    ? left
				    : rk_prng_between(&run->prng, 1, left);
		left -= part.size;
		/* What is within limits at once is so in parts. */
		if (!trade(run, &part))
			see(run, SPLIT_REQUIRES, false, "a part was refused");
		part.buyer_fee = 0;
		part.seller_fee = 0;
		run->parts++;
	}
}

static void deposit(struct run *run)
{
	for (uint32_t i = 0; i < BOOK_ASSETS; i++) {
		int64_t usd = rk_prng_between(&run->prng, -60000, 140000);

		for (uint64_t account = 1; account <= ACCOUNTS; account++) {
			struct rk_cmd cmd = {
				.type = RK_CMD_ADJUST,
				.amount = {account,
					   i,
					   {random_book_amount(&run->book, i,
							       (double)usd)}},
			};

			(void)rk_harness_apply(&run->harness, &cmd);
		}
	}
}

/* What a unit of everything that may be rounded is worth, in 1e-8 USD. */
static int64_t units(const struct run *run, int64_t of_each)
{
	int64_t sum = 4 * BOOK_ASSETS;

	for (uint32_t i = 0; i < BOOK_MARKETS; i++)
		sum += 2 +
		       2 * of_each *
			       random_book_unit(&run->book,
						run->book.markets[i].settle);
	return sum;
}

static bool near(int64_t a, int64_t b, int64_t within)
{
	return a - b <= within && b - a <= within;
}

static void check_split(struct run *run, uint64_t account)
{
	struct rk_account_view one;
	struct rk_account_view two;
	const struct rk_margin *a = &one.margin;
	const struct rk_margin *b = &two.margin;
	int64_t slack = units(run, (int64_t)run->parts);

	(void)rk_view_account(run->harness.engine, index_of(run, account),
			      &one);
	(void)rk_view_account(run->harness.engine, index_of(run, account + 1),
			      &two);
	see(run, SPLIT_REQUIRES,
	    one.positions_n == two.positions_n &&
		    a->notional.raw == b->notional.raw &&
		    a->withdrawal.raw == b->withdrawal.raw,
	    "account %" PRIu64, account);
	see(run, SPLIT_WORTH,
	    near(a->equity.raw, b->equity.raw, slack) &&
		    near(a->health_m.raw, b->health_m.raw, slack) &&
		    near(a->health_i.raw, b->health_i.raw, slack) &&
		    near(a->health_w.raw, b->health_w.raw, slack),
	    "account %" PRIu64 ": equity %" PRId64 " and %" PRId64
	    ", within %" PRId64,
	    account, a->equity.raw, b->equity.raw, slack);
}

/* Move one price by up to a half, to the side that loses. */
static int64_t worse(struct run *run, int64_t price, bool gains)
{
	int64_t off =
		rk_prng_chance(&run->prng, 1, 3)
			? rk_prng_between(&run->prng, 1, 3)
			: price / 100 * rk_prng_between(&run->prng, 0, 50);
	int64_t moved = gains ? price - off : price + off;

	return moved > price / 4 ? moved : price;
}

static void compare_moved(struct run *run, enum rule rule,
			  const struct rk_margin *before,
			  const struct rk_margin *after)
{
	int64_t slack = units(run, 1);

	see(run, rule,
	    after->equity.raw <= before->equity.raw + slack &&
		    after->health_m.raw <= before->health_m.raw + slack &&
		    after->health_i.raw <= before->health_i.raw + slack,
	    "health_M %" PRId64 " to %" PRId64 ", health_I %" PRId64
	    " to %" PRId64 ", within %" PRId64,
	    before->health_m.raw, after->health_m.raw, before->health_i.raw,
	    after->health_i.raw, slack);
}

static void move_positions(struct run *run, struct rk_ask *ask)
{
	struct rk_margin before;
	struct rk_margin after;

	for (int i = 0; i < MOVES; i++) {
		rk_ask_margin(ask, &before);
		for (uint32_t k = 0; k < rk_ask_positions(ask); k++) {
			struct rk_position_view view;
			struct rk_market_view market;

			rk_ask_position(ask, k, &view);
			(void)rk_view_market(run->harness.engine, view.market,
					     &market);
			(void)rk_ask_price(ask, market.slot,
					   (rk_px){worse(run, view.mark.raw,
							 view.size.raw > 0)});
		}
		rk_ask_margin(ask, &after);
		compare_moved(run, AGAINST_POSITIONS, &before, &after);
		ask->supposed_n = 0; /* from where it was, again */
	}
}

/* Assets in which nothing settles: held or owed, and that is all. */
static void move_balances(struct run *run, struct rk_ask *ask)
{
	for (uint32_t i = 0; i < rk_ask_balances(ask); i++) {
		struct rk_balance_view view;
		struct rk_asset_view asset;
		struct rk_margin before;
		struct rk_margin after;
		int64_t price;

		rk_ask_balance(ask, i, &view);
		if (view.asset < BOOK_COLLATERAL)
			continue;
		(void)rk_view_asset(run->harness.engine, view.asset, &asset);
		price = rk_view_asset_price(run->harness.engine, view.asset)
				.raw;
		rk_ask_margin(ask, &before);
		(void)rk_ask_price(
			ask, asset.slot,
			(rk_px){worse(run, price, view.amount.raw > 0)});
		rk_ask_margin(ask, &after);
		compare_moved(run, AGAINST_BALANCES, &before, &after);
		ask->supposed_n = 0;
	}
}

/* What the account holds, in a book of more decimals. */
static void hold_in(const struct rk_ask *ask, struct finer finer,
		    struct rk_ask *ret_ask)
{
	int r = RK_OK;

	for (uint32_t i = 0; r == RK_OK && i < rk_ask_balances(ask); i++) {
		struct rk_balance_view view;

		rk_ask_balance(ask, i, &view);
		if (view.amount.raw != 0)
			r = rk_ask_deposit(
				ret_ask, view.asset,
				(rk_amt){random_book_more(view.amount.raw,
							  finer.amount)});
	}
	for (uint32_t i = 0; r == RK_OK && i < rk_ask_positions(ask); i++) {
		struct rk_position_view view;

		rk_ask_position(ask, i, &view);
		r = rk_ask_hold(ret_ask,
				&(struct rk_held_position){
					.market = view.market,
					.size = {random_book_more(view.size.raw,
								  finer.size)},
					.cost = {random_book_more(
						view.cost.raw, finer.amount)}});
	}
	if (r != RK_OK) {
		(void)fprintf(stderr, "a finer book refuses: %s\n",
			      rk_rc_name(r));
		abort();
	}
}

static bool same(const struct rk_margin *a, const struct rk_margin *b)
{
	return a->equity.raw == b->equity.raw &&
	       a->maintenance.raw == b->maintenance.raw &&
	       a->initial.raw == b->initial.raw &&
	       a->withdrawal.raw == b->withdrawal.raw &&
	       a->health_m.raw == b->health_m.raw &&
	       a->health_i.raw == b->health_i.raw &&
	       a->health_w.raw == b->health_w.raw &&
	       a->notional.raw == b->notional.raw &&
	       a->assets.raw == b->assets.raw &&
	       a->liabilities.raw == b->liabilities.raw;
}

/* Not below, and at most so much above. */
static bool rises(int64_t from, int64_t to, int64_t most)
{
	return to >= from && to - from <= most;
}

static void check_finer(struct run *run, const struct rk_ask *ask,
			struct finer finer, enum rule rule)
{
	int64_t slack = units(run, 2);
	struct rk_harness other;
	struct rk_ask there;
	struct rk_margin coarse;
	struct rk_margin fine;

	random_book_open(&run->book, finer, &other);
	rk_ask_nobody(other.engine, &there);
	hold_in(ask, finer, &there);
	rk_ask_margin(ask, &coarse);
	rk_ask_margin(&there, &fine);
	if (rule == FINER_PRICES)
		see(run, rule, same(&coarse, &fine),
		    "equity %" PRId64 " and %" PRId64, coarse.equity.raw,
		    fine.equity.raw);
	else
		see(run, rule,
		    rises(coarse.equity.raw, fine.equity.raw, slack) &&
			    rises(coarse.health_m.raw, fine.health_m.raw,
				  slack) &&
			    rises(coarse.health_i.raw, fine.health_i.raw,
				  slack) &&
			    rises(coarse.health_w.raw, fine.health_w.raw,
				  slack) &&
			    rises(fine.notional.raw, coarse.notional.raw,
				  slack),
		    "health_M %" PRId64 " and %" PRId64 ", within %" PRId64,
		    coarse.health_m.raw, fine.health_m.raw, slack);
	rk_harness_fini(&other);
}

/* So many zeros at the end that a product of these decimals is exact. */
static int64_t rounded(int64_t raw, int decimals, int exact)
{
	int64_t unit = 1;

	for (; decimals > exact; decimals--)
		unit *= 10;
	return (raw / unit + 1) * unit;
}

/* One asset alone, its value exact: all that is rounded is its weight. */
static void hold_alone(struct run *run, uint64_t account, bool owed)
{
	uint32_t i = (uint32_t)rk_prng_below(&run->prng, BOOK_ASSETS);
	const struct random_asset *asset = &run->book.assets[i];
	int64_t usd = rk_prng_between(&run->prng, 1, 100000);
	int64_t amount = rounded(random_book_amount(&run->book, i, (double)usd),
				 asset->decimals + asset->price_decimals,
				 RK_USD_DECIMALS);
	struct rk_cmd cmd = {
		.type = RK_CMD_ADJUST,
		.amount = {account, i, {owed ? -amount : amount}},
	};

	random_book_account(&run->harness, account);
	(void)rk_harness_apply(&run->harness, &cmd);
}

/*
 * One position alone, bought at its mark, its value exact where the contract
 * is linear: all that is rounded is its margin.
 */
static void trade_alone(struct run *run, uint64_t account)
{
	uint32_t i = (uint32_t)rk_prng_below(&run->prng, BOOK_MARKETS);
	const struct random_market *market = &run->book.markets[i];
	const struct random_asset *settle = &run->book.assets[market->settle];
	int exact = RK_USD_DECIMALS - settle->price_decimals;
	struct rk_cmd cmd = {
		.type = RK_CMD_TRADE,
		.trade = {.trade = ++run->trade,
			  .market = i,
			  .price = {market->price},
			  .buyer = {.account = account}},
	};

	if (exact > settle->decimals)
		exact = settle->decimals;
	cmd.trade.size.raw =
		rounded(random_book_size(
				&run->book, i,
				(double)rk_prng_between(&run->prng, 1, 300000)),
			market->size_decimals + market->price_decimals +
				market->multiplier_decimals,
			exact);
	random_book_account(&run->harness, account);
	(void)rk_harness_apply(&run->harness, &cmd);
}

static void check_alone(struct run *run)
{
	struct rk_audit_text text;

	hold_alone(run, ACCOUNTS + 1, false);
	hold_alone(run, ACCOUNTS + 2, true);
	trade_alone(run, ACCOUNTS + 3);
	for (uint64_t account = ACCOUNTS + 1; account <= ACCOUNTS + 3;
	     account++)
		see(run, ROUNDED,
		    laws_check_health(run->harness.engine,
				      index_of(run, account), &text) == 0,
		    "%s", text.text);
}

static void check_book(struct run *run)
{
	struct finer prices = {
		.price = (uint8_t)rk_prng_between(&run->prng, 0, 3),
		.size = (uint8_t)rk_prng_between(&run->prng, 0, 3),
	};
	struct finer amounts = {
		.amount = (uint8_t)rk_prng_between(&run->prng, 1, 2)};

	random_book_make(&run->book, &run->prng);
	random_book_open(&run->book, (struct finer){0, 0, 0}, &run->harness);
	for (uint64_t account = 1; account <= ACCOUNTS; account++)
		random_book_account(&run->harness, account);
	run->parts = 0;
	deposit(run);
	for (int i = 0; i < TRADES; i++)
		trade_both(run);
	check_split(run, 1);
	check_split(run, 3);
	check_alone(run);
	for (uint64_t account = 1; account <= ACCOUNTS; account++) {
		uint32_t index = index_of(run, account);
		struct rk_audit_text text;
		struct rk_ask ask;

		see(run, ROUNDED,
		    laws_check_health(run->harness.engine, index, &text) == 0,
		    "%s", text.text);
		(void)rk_ask_account(run->harness.engine, index, &ask);
		move_positions(run, &ask);
		move_balances(run, &ask);
		check_finer(run, &ask, prices, FINER_PRICES);
		check_finer(run, &ask, amounts, FINER_AMOUNTS);
	}
	rk_harness_fini(&run->harness);
}

static int report(const struct run *run)
{
	int failed = 0;

	(void)printf("1..%d\n", RULES);
	for (int i = 0; i < RULES; i++) {
		bool good = run->broken[i] == 0 && run->held[i] >= run->books;

		(void)printf("# %" PRIu64 " held, %" PRIu64 " broken\n",
			     run->held[i], run->broken[i]);
		(void)printf("%s %d - %s\n", good ? "ok" : "not ok", i + 1,
			     rules[i]);
		failed += !good;
	}
	return failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	static struct run run;
	uint64_t books = argc > 2 ? strtoull(argv[2], NULL, 10) : 400;

	run.seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	rk_prng_init(&run.prng, run.seed);
	for (; run.books < books; run.books++)
		check_book(&run);
	return report(&run);
}

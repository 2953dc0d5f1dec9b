/*
 * Settling interest often or seldom comes to the same: two books with the same
 * loans, one of which books interest after each interval and the other only
 * at the end.
 *
 * Who settles once owes the exact product of all moves, rounded up once; who
 * settles often owes at most a unit more each time. What was charged is what
 * was credited, kept as fees, and left by rounding: to the last unit, and what
 * is left is never below 0.
 *
 * interest [SEED [WORLDS]], TAP output.
 */
#include "engine/interest.h"

#include <stdlib.h>

#include "engine/books.h"
#include "rules.h"
#include "support/auditor_wide.h"
#include "support/builder.h"
#include "support/prng.h"

#define COIN      1
#define ACCOUNTS  4
#define INTERVALS 100
#define PLENTY    INT64_C(1000000000000) /* cents: margin is never short */

enum rule {
	EXACT,
	NO_DRIFT,
	AGAINST,
	CONSERVED,
	BOOKS,
	RULES
};

static const char *const rules[RULES] = {
	[EXACT] = "a debt settled once is the exact product, rounded up once",
	[NO_DRIFT] = "many settlements differ by at most a unit each",
	[AGAINST] = "and never in favour of the account",
	[CONSERVED] = "charged = credited + fees + what rounding left, not < 0",
	[BOOKS] = "books balance",
};

struct world {
	struct rk_prng prng;
	struct rk_builder often;
	struct rk_builder seldom;
	int64_t balance[ACCOUNTS]; /* at first; below 0: a debt */
	uint64_t held[RULES];
	uint64_t broken[RULES];
};

static void see(struct world *w, enum rule rule, bool holds)
{
	w->held[rule] += holds;
	w->broken[rule] += !holds;
}

static void must(int code)
{
	if (code != RK_OK)
		abort(); /* the test itself is wrong */
}

static void book(struct rk_builder *b, uint64_t account, int64_t amount)
{
	must(rk_builder_apply(
		b, (struct rk_cmd){.type = RK_CMD_ADJUST,
				   .amount = {account, COIN, {amount}}}));
}

/* A cent comes and goes. */
static void settle(struct rk_builder *b)
{
	for (uint64_t i = 1; i <= ACCOUNTS; i++) {
		book(b, i, 2);
		book(b, i, -2);
	}
}

static void open_book(struct world *w, struct rk_builder *b,
		      const struct rk_lending *terms)
{
	rk_builder_init(b);
	must(rk_builder_apply(b,
			      (struct rk_cmd){.type = RK_CMD_ASSET,
					      .asset = {.name = "COIN",
							.decimals = 2,
							.fixed_price = {1}}}));
	must(rk_builder_apply(b, (struct rk_cmd){.type = RK_CMD_LENDING,
						 .lending = {"COIN", *terms}}));
	for (uint64_t i = 0; i < ACCOUNTS; i++) {
		must(rk_builder_account(b, i + 1, PLENTY));
		book(b, i + 1, w->balance[i]);
	}
}

static rk_i128 grown(const struct world *w, int64_t amount)
{
	struct rk_lending_view view;

	must(rk_view_lending(w->seldom.harness.engine, COIN, &view));
	return rk_wide_to_128(rk_wide_div(
		rk_wide_mul(rk_wide_of(amount), rk_wide_of(view.debt_index)),
		rk_wide_of(RK_INDEX_ONE), RK_WIDE_DOWN));
}

static void compare(struct world *w)
{
	struct rk_builder *const books[] = {&w->often, &w->seldom};

	for (uint32_t i = 0; i < ACCOUNTS; i++) {
		int64_t often = rk_builder_balance(&w->often, i + 1, COIN);
		int64_t seldom = rk_builder_balance(&w->seldom, i + 1, COIN);
		/* Shares of what is held are rounded up: the others lose. */
		int64_t most =
			w->balance[i] < 0 ? INTERVALS : INTERVALS * ACCOUNTS;

		if (w->balance[i] < 0)
			see(w, EXACT, seldom == grown(w, w->balance[i]));
		if (w->balance[i] < 0)
			see(w, AGAINST, often <= seldom);
		see(w, NO_DRIFT,
		    often - seldom <= most && seldom - often <= most);
	}
	for (int k = 0; k < 2; k++) {
		struct rk_books_asset sums = {.interest = 0};
		rk_i128 first = 0;

		(void)rk_view_books_asset(books[k]->harness.engine, COIN,
					  &sums);
		for (uint32_t i = 0; i < ACCOUNTS; i++)
			first += w->balance[i];
		see(w, CONSERVED,
		    sums.accounts + sums.fees + sums.interest == first &&
			    sums.interest >= 0 &&
			    sums.interest <=
				    (rk_i128)INTERVALS * (ACCOUNTS + 2));
		see(w, BOOKS,
		    rk_view_check_books(books[k]->harness.engine) == 0);
	}
}

static void play(struct world *w)
{
	/* One rate, whatever is lent: the index of debts is then the same. */
	const struct rk_lending terms = {
		.lendable = true,
		.base = {rk_prng_between(&w->prng, 1, RK_RATE_ONE / 2)},
		.kink = {RK_RATE_ONE / 2},
		.reserve = {rk_prng_between(&w->prng, 0, RK_RATE_ONE / 4)},
		.interval_ns = BUILDER_SECOND_NS};
	int64_t time_ns;

	for (uint32_t i = 0; i < ACCOUNTS; i++) {
		int64_t amount = rk_prng_between(&w->prng, 1000, PLENTY / 8);

		w->balance[i] = i % 2 == 0 ? amount + PLENTY / 8 : -amount;
	}
	open_book(w, &w->often, &terms);
	open_book(w, &w->seldom, &terms);
	for (int i = 0; i < INTERVALS; i++) {
		time_ns = rk_prng_between(&w->prng, 1, 600000) *
			  BUILDER_SECOND_NS;
		must(rk_builder_wait(&w->often, time_ns));
		must(rk_builder_wait(&w->seldom, time_ns));
		settle(&w->often);
	}
	settle(&w->seldom);
	compare(w);
	rk_builder_fini(&w->often);
	rk_builder_fini(&w->seldom);
}

int main(int argc, char **argv)
{
	static struct world w;
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	uint64_t worlds = argc > 2 ? strtoull(argv[2], NULL, 10) : 60;

	rk_prng_init(&w.prng, seed);
	for (uint64_t i = 0; i < worlds; i++)
		play(&w);
	return rules_report(&(struct rules){RULES, rules, w.held, w.broken},
			    seed);
}

/*
 * Settling funding often or seldom comes to the same: two books with the same
 * positions and the same rates, one of which settles after each interval and
 * the other only at the end.
 *
 * A position that settles once is paid the exact sum of all its intervals,
 * rounded down once; one that settles often loses at most a unit each time.
 * What is paid and received, and what rounding leaves in clearing, is 0.
 *
 * funding [SEED [WORLDS]], TAP output.
 */
#include <stdlib.h>

#include "engine/books.h"
#include "rules.h"
#include "support/auditor_wide.h"
#include "support/builder.h"
#include "support/prng.h"

#define ACCOUNTS  4
#define INTERVALS 200
#define PLENTY    INT64_C(1000000000000) /* cents: margin is never short */
#define INTERVAL  (60 * BUILDER_SECOND_NS)

enum rule {
	EXACT,
	NO_DRIFT,
	AGAINST,
	ZERO_SUM,
	BOOKS,
	RULES
};

static const char *const rules[RULES] = {
	[EXACT] = "one settlement is the exact sum, rounded down once",
	[NO_DRIFT] = "many settlements differ by at most a unit each",
	[AGAINST] = "and never in favour of the account",
	[ZERO_SUM] = "all that is paid, and clearing, is 0",
	[BOOKS] = "books balance",
};

struct world {
	struct rk_prng prng;
	struct rk_builder often;
	struct rk_builder seldom;
	int64_t size[ACCOUNTS];
	rk_i128 moved; /* sum of rate * price: 1e-9 dollars a unit */
	uint64_t settled;
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

static void both(struct world *w, struct rk_cmd cmd)
{
	must(rk_builder_apply(&w->often, cmd));
	must(rk_builder_apply(&w->seldom, cmd));
}

/* A cent goes round: everybody gives, and so settles. */
static void settle(struct rk_builder *b)
{
	for (uint64_t i = 0; i < ACCOUNTS; i++)
		must(rk_builder_apply(
			b, (struct rk_cmd){
				   .type = RK_CMD_TRANSFER,
				   .transfer = {.from = i + 1,
						.to = (i + 1) % ACCOUNTS + 1,
						.amount = {1}}}));
}

static void open_book(struct world *w, struct rk_builder *b)
{
	rk_builder_init(b);
	must(rk_builder_quote(b, 0, 100));
	for (uint64_t i = 0; i < ACCOUNTS; i++) {
		must(rk_builder_account(b, i + 1, PLENTY));
		if (w->size[i] != 0)
			must(rk_builder_trade(b, i + 1, 0, w->size[i], 100));
	}
}

/* By a FUND, or by premiums and the end of an interval. */
static void fund(struct world *w, int64_t price)
{
	int64_t rate = rk_prng_between(&w->prng, -RK_RATE_ONE / 200,
				       RK_RATE_ONE / 200);

	if (rk_prng_chance(&w->prng, 1, 2)) {
		both(w, (struct rk_cmd){
				.type = RK_CMD_FUND,
				.fund = {.rate = {rate}, .price = {price}}});
	} else {
		struct rk_cmd premium = {.type = RK_CMD_PREMIUM};
		const struct rk_event *ev;
		int64_t time_ns;

		premium.premium.index.raw = 5000;
		premium.premium.impact_bid.raw =
			rk_prng_between(&w->prng, 4900, 5100);
		premium.premium.impact_ask.raw =
			rk_prng_between(&w->prng, 4900, 5100);
		both(w, premium);
		time_ns = rk_view_time(w->often.harness.engine) + INTERVAL;
		both(w,
		     (struct rk_cmd){.type = RK_CMD_CLOCK, .clock = {time_ns}});
		ev = rk_builder_event(&w->often, RK_EVENT_FUNDING, 0);
		if (!ev || ev->funding.samples != 1 ||
		    ev->funding.price.raw != price)
			abort();
		rate = ev->funding.rate.raw;
	}
	w->moved += (rk_i128)rate * price;
}

/* Cents: a unit of size is worth 100 times its price. */
static rk_i128 exactly(const struct world *w, uint32_t account)
{
	return rk_wide_to_128(rk_wide_div(
		rk_wide_mul(rk_wide_of(-w->moved),
			    rk_wide_of((rk_i128)w->size[account] * 100)),
		rk_wide_of(RK_RATE_ONE), RK_WIDE_DOWN));
}

static void compare(struct world *w)
{
	struct rk_builder *const books[] = {&w->often, &w->seldom};

	for (uint32_t i = 0; i < ACCOUNTS; i++) {
		int64_t often = rk_builder_balance(&w->often, i + 1, 0);
		int64_t seldom = rk_builder_balance(&w->seldom, i + 1, 0);

		see(w, EXACT, seldom - PLENTY == exactly(w, i));
		see(w, NO_DRIFT, seldom - often <= (int64_t)w->settled);
		see(w, AGAINST, often <= seldom);
	}
	for (int k = 0; k < 2; k++) {
		struct rk_books_asset sums = {.clearing = 0};

		(void)rk_view_books_asset(books[k]->harness.engine, 0, &sums);
		see(w, ZERO_SUM,
		    sums.accounts + sums.clearing == ACCOUNTS * PLENTY &&
			    sums.clearing >= 0 &&
			    sums.clearing <= (rk_i128)(ACCOUNTS * w->settled));
		see(w, BOOKS,
		    rk_view_check_books(books[k]->harness.engine) == 0);
	}
}

static void play(struct world *w)
{
	struct rk_cmd terms = {
		.type = RK_CMD_FUNDING,
		.funding = {.market = "PERP",
			    .terms = {.interval_ns = INTERVAL,
				      .interest = {1234},
				      .clamp = {RK_RATE_ONE / 3000},
				      .cap = {RK_RATE_ONE / 100}}}};
	int64_t rest = 0;

	/* Longs and shorts of one book: their sizes add up to 0. */
	for (uint32_t i = 0; i + 1 < ACCOUNTS; i++) {
		w->size[i] = rk_prng_between(&w->prng, -3000, 3000);
		rest -= w->size[i];
	}
	w->size[ACCOUNTS - 1] = rest;
	w->moved = 0;
	w->settled = 1;
	open_book(w, &w->often);
	open_book(w, &w->seldom);
	both(w, terms);
	for (int i = 0; i < INTERVALS; i++) {
		int64_t price = rk_prng_between(&w->prng, 50, 150);

		must(rk_builder_quote(&w->often, 0, price));
		must(rk_builder_quote(&w->seldom, 0, price));
		fund(w, price);
		settle(&w->often);
		w->settled++;
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

/*
 * Settling at the mark changes nothing but the form of what accounts have:
 * random books of linear and inverse contracts, with multipliers, funding, a
 * venue and fills that come too late.
 *
 * settlement [SEED [WORLDS]], TAP output.
 */
#include <stdlib.h>

#include "engine/books.h"
#include "rules.h"
#include "support/builder.h"
#include "support/prng.h"

#define ACCOUNTS 4
#define TRADES   40
#define MARKET   2
#define SLOT     2
#define PLENTY   INT64_C(100000000000) /* cents: margin is never short */

enum rule {
	SAME,
	AGAINST,
	FLAT,
	ZERO_SUM,
	LATE,
	BOOKS,
	RULES
};

static const char *const rules[RULES] = {
	[SAME] = "equity after a settlement at the mark is that before",
	[AGAINST] = "and never more",
	[FLAT] = "nobody holds anything afterwards",
	[ZERO_SUM] = "what accounts and the venue gain, and clearing, is 0",
	[LATE] = "a late fill brings what it would have brought in time",
	[BOOKS] = "books balance",
};

struct world {
	struct rk_prng prng;
	struct rk_builder b;
	int64_t price;
	bool funded;
	int closed; /* positions, that of the venue too */
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

static void list(struct world *w)
{
	struct rk_cmd_market market = rk_builder_market("ENDING");
	uint64_t kind = rk_prng_below(&w->prng, 3);

	market.price_decimals = 2;
	market.size_decimals = (uint8_t)rk_prng_below(&w->prng, 4);
	market.multiplier = rk_prng_between(&w->prng, 1, 999);
	market.multiplier_decimals = 3;
	market.price_min.raw = 1000;
	market.price_max.raw = 100000;
	market.position_max.raw = 1000000;
	if (kind == 0) {
		market.multiplier = 1;
		market.multiplier_decimals = 0;
	} else if (kind == 1) {
		market.contract = RK_CONTRACT_INVERSE;
		market.multiplier *= 1000;
	}
	must(rk_builder_contract(&w->b, &market));
}

/* Within what the market believes, and not a round one. */
static void quote(struct world *w)
{
	w->price = rk_prng_between(&w->prng, 2003, 49999);
	must(rk_builder_quote(&w->b, SLOT, w->price));
}

static void trade(struct world *w, uint64_t buyer, uint64_t seller,
		  int64_t price)
{
	struct rk_cmd cmd = {.type = RK_CMD_TRADE};

	cmd.trade.trade = ++w->b.trade;
	cmd.trade.market = MARKET;
	cmd.trade.price.raw = price;
	cmd.trade.size.raw = rk_prng_between(&w->prng, 1, 900);
	cmd.trade.buyer.account = buyer;
	cmd.trade.seller.account = seller;
	must(rk_builder_apply(&w->b, cmd));
}

static void any_trade(struct world *w)
{
	uint64_t buyer = rk_prng_below(&w->prng, ACCOUNTS + 1);
	uint64_t seller = (buyer + 1 + rk_prng_below(&w->prng, ACCOUNTS)) %
			  (ACCOUNTS + 1);

	trade(w, buyer, seller, rk_prng_between(&w->prng, 2003, 49999));
}

static void fund(struct world *w)
{
	struct rk_cmd cmd = {.type = RK_CMD_FUND};

	cmd.fund.market = MARKET;
	cmd.fund.rate.raw = rk_prng_between(&w->prng, -RK_RATE_ONE / 100,
					    RK_RATE_ONE / 100);
	cmd.fund.price.raw = w->price;
	must(rk_builder_apply(&w->b, cmd));
}

static void settle(struct world *w)
{
	struct rk_cmd cmd = {.type = RK_CMD_MARKET_STATE};

	cmd.market_state.market = MARKET;
	cmd.market_state.state = RK_MARKET_SETTLING;
	must(rk_builder_apply(&w->b, cmd));
	cmd = (struct rk_cmd){.type = RK_CMD_SETTLE};
	cmd.settle.market = MARKET;
	cmd.settle.price.raw = w->price;
	must(rk_builder_apply(&w->b, cmd));
}

static int64_t equity(const struct world *w, uint64_t account)
{
	return rk_builder_view(&w->b, account).margin.equity.raw;
}

/*
 * What all accounts gained is what venue and clearing lost. A venue takes no
 * part in funding: without it, rounding alone is left, a unit a position.
 */
static bool sums_to_0(const struct world *w)
{
	const struct rk_engine *engine = w->b.harness.engine;
	struct rk_books_asset asset = {.clearing = 0};
	struct rk_books_market market = {.clearing_cost = 0};
	rk_i128 left;

	(void)rk_view_books_asset(engine, 0, &asset);
	(void)rk_view_books_market(engine, MARKET, &market);
	left = asset.clearing + market.external_cost;
	return asset.accounts + asset.clearing == ACCOUNTS * PLENTY &&
	       market.external_cost + market.clearing_cost == 0 &&
	       (w->funded || (left >= 0 && left <= w->closed));
}

static bool is_flat(const struct world *w)
{
	const struct rk_engine *engine = w->b.harness.engine;
	struct rk_books_market books = {.vault_size = 1};
	struct rk_market_view view = {.holders = 1};

	(void)rk_view_market(engine, MARKET, &view);
	(void)rk_view_books_market(engine, MARKET, &books);
	return view.holders == 0 && view.long_size == 0 &&
	       view.short_size == 0 && books.accounts_cost == 0 &&
	       books.external_size == 0 && books.vault_size == 0;
}

static void see_late(struct world *w)
{
	int64_t before = rk_builder_balance(&w->b, 1, 0);
	const struct rk_event *fill;
	const struct rk_event *closed;

	trade(w, 1, 2, rk_prng_between(&w->prng, 2003, 49999));
	fill = rk_builder_event(&w->b, RK_EVENT_POSITION, 0);
	closed = rk_builder_event(&w->b, RK_EVENT_POSITION_SETTLED, 0);
	see(w, LATE,
	    closed && closed->settled.size.raw == fill->position.size.raw &&
		    closed->settled.cost.raw == fill->position.cost.raw &&
		    rk_builder_balance(&w->b, 1, 0) ==
			    before + closed->settled.realised.raw);
}

static void play(struct world *w)
{
	int64_t before[ACCOUNTS];

	rk_builder_init(&w->b);
	list(w);
	quote(w);
	for (uint64_t i = 1; i <= ACCOUNTS; i++)
		must(rk_builder_account(&w->b, i, PLENTY));
	w->funded = rk_prng_chance(&w->prng, 1, 2);
	w->closed = ACCOUNTS + 1;
	for (int i = 0; i < TRADES; i++) {
		any_trade(w);
		if (w->funded && rk_prng_chance(&w->prng, 1, 8))
			fund(w);
	}
	quote(w);
	for (uint64_t i = 0; i < ACCOUNTS; i++)
		before[i] = equity(w, i + 1);
	settle(w);
	for (uint64_t i = 0; i < ACCOUNTS; i++) {
		see(w, SAME, before[i] == equity(w, i + 1));
		see(w, AGAINST, equity(w, i + 1) <= before[i]);
	}
	for (int i = 0; i < 3; i++) {
		see(w, FLAT, is_flat(w));
		see(w, ZERO_SUM, sums_to_0(w));
		see(w, BOOKS, rk_view_check_books(w->b.harness.engine) == 0);
		w->closed += 2;
		if (i == 0)
			see_late(w);
		else
			any_trade(w);
	}
	rk_builder_fini(&w->b);
}

int main(int argc, char **argv)
{
	static struct world w;
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	uint64_t worlds = argc > 2 ? strtoull(argv[2], NULL, 10) : 300;

	rk_prng_init(&w.prng, seed);
	for (uint64_t i = 0; i < worlds; i++)
		play(&w);
	return rules_report(&(struct rules){RULES, rules, w.held, w.broken},
			    seed);
}

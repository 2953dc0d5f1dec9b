/*
 * Funding: terms of every length, premiums near the index, and rates that now
 * and then are so large that an index has to begin anew.
 */
#include <string.h>

#include "engine/rc.h"
#include "support/generator_model.h"

static int64_t rate_within(struct rk_generator *g, int64_t most)
{
	return rk_prng_between(&g->prng, -most, most);
}

void rk_generator_funding(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_funding *terms = &cmd->funding.terms;
	struct rk_market_view view;

	if (rk_view_market(g->engine, rk_generator_market(g), &view) != RK_OK)
		return;
	(void)memcpy(cmd->funding.market, view.listing.name, RK_NAME_SIZE);
	*terms = view.funding;
	if (rk_generator_chance(g, 5))
		return; /* as it is */
	if (rk_generator_chance(g, 10)) {
		(void)memset(terms, 0, sizeof(*terms));
		return;
	}
	terms->interval_ns = SECOND_NS * rk_prng_between(&g->prng, 1, 600);
	if (rk_generator_chance(g, 20))
		terms->interval_ns += (int64_t)rk_generator_below(g, SECOND_NS);
	terms->interest.raw = rate_within(g, RK_RATE_ONE / 1000);
	terms->clamp.raw = (int64_t)rk_generator_below(g, RK_RATE_ONE / 1000);
	terms->cap.raw =
		1 + (int64_t)rk_generator_below(g, rk_generator_chance(g, 20)
							   ? RK_RATE_ONE
							   : RK_RATE_ONE / 20);
	if (rk_generator_chance(g, 10))
		terms->clamp.raw = 0;
	terms->period_ns = 0;
	if (rk_generator_chance(g, 40))
		terms->period_ns =
			terms->interval_ns * rk_prng_between(&g->prng, 1, 24);
}

/* Near a price, or nobody on that side. */
static int64_t near(struct rk_generator *g, int64_t price)
{
	if (rk_generator_chance(g, 5))
		return 0;
	return price + rk_generator_share(price,
					  rate_within(g, RK_RATE_ONE / 50),
					  RK_RATE_ONE);
}

void rk_generator_premium(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_premium *premium = &cmd->premium;
	struct rk_market_view view;
	int64_t price;

	/* Mostly of a market that takes them. */
	for (int i = 0; i < 4; i++) {
		premium->market = rk_generator_market(g);
		if (rk_view_market(g->engine, premium->market, &view) != RK_OK)
			return;
		if (view.funding.interval_ns != 0)
			break;
	}
	price = rk_generator_price(g, view.slot);
	premium->index.raw = price;
	premium->impact_bid.raw = near(g, price);
	premium->impact_ask.raw = near(g, price);
}

/* As far as it goes: the next one finds no room. */
static void fund_most(struct rk_generator *g, const struct rk_cmd_market *m,
		      struct rk_cmd_fund *fund)
{
	fund->rate.raw =
		rk_generator_chance(g, 50) ? RK_RATE_ONE : -RK_RATE_ONE;
	fund->price = m->contract == RK_CONTRACT_INVERSE ? m->price_min
							 : m->price_max;
}

void rk_generator_fund(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_fund *fund = &cmd->fund;
	bool few = rk_generator_chance(g, 60);
	struct rk_market_view view;
	struct rk_market_view other;

	fund->market = rk_generator_market(g);
	if (rk_view_market(g->engine, fund->market, &view) != RK_OK)
		return;
	/* Mostly where few are ruined by it. */
	for (int i = 0; few && i < 8; i++) {
		uint32_t market = rk_generator_market(g);

		if (rk_view_market(g->engine, market, &other) != RK_OK ||
		    other.holders > view.holders)
			continue;
		fund->market = market;
		view = other;
	}
	fund->rate.raw = rate_within(g, RK_RATE_ONE / 1000);
	fund->price.raw = rk_generator_price(g, view.slot);
	if (rk_generator_chance(g, 15))
		fund->rate.raw = rate_within(g, RK_RATE_ONE / 20);
	if (rk_generator_chance(g, few ? 90 : 3))
		fund_most(g, &view.listing, fund);
}

/* One draw after the other: compilers differ in the order within a line. */
static void spoil_terms(struct rk_generator *g, struct rk_funding *terms)
{
	int64_t *const fields[] = {&terms->interval_ns, &terms->interest.raw,
				   &terms->clamp.raw, &terms->cap.raw,
				   &terms->period_ns};
	int64_t *field = fields[rk_generator_below(g, 5)];

	if (rk_generator_chance(g, 50)) {
		*field = rk_prng_edge(&g->prng);
		return;
	}
	*field = RK_RATE_ONE * rk_prng_between(&g->prng, -1, 1);
	*field += rk_prng_between(&g->prng, -1, 1);
}

void rk_generator_spoil_funding(struct rk_generator *g, struct rk_cmd *cmd)
{
	int64_t *const prices[] = {
		&cmd->premium.index.raw, &cmd->premium.impact_bid.raw,
		&cmd->premium.impact_ask.raw, &cmd->fund.price.raw};
	int64_t *price = prices[3];

	if (cmd->type == RK_CMD_FUNDING && rk_generator_chance(g, 10))
		cmd->funding.market[0] = '!';
	else if (cmd->type == RK_CMD_FUNDING)
		spoil_terms(g, &cmd->funding.terms);
	else if (rk_generator_chance(g, 20))
		*(cmd->type == RK_CMD_FUND ? &cmd->fund.market
					   : &cmd->premium.market) =
			g->counts.markets;
	else if (cmd->type == RK_CMD_FUND && rk_generator_chance(g, 50))
		cmd->fund.rate.raw = rk_prng_edge(&g->prng);
	else {
		if (cmd->type == RK_CMD_PREMIUM)
			price = prices[rk_generator_below(g, 3)];
		*price = rk_prng_edge(&g->prng);
	}
}

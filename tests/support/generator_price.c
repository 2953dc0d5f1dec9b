/*
 * Time and prices: walks with crashes, several publishers who disagree, quotes
 * that are old, early, repeated, absurd or for nothing that exists.
 */
#include "engine/rc.h"
#include "support/generator_model.h"

static int64_t price_max_of(struct rk_generator *g, uint32_t slot)
{
	struct rk_slot_view view;
	struct rk_market_view market;
	struct rk_asset_view asset;

	if (rk_view_slot(g->engine, slot, &view) != RK_OK)
		return INT64_MAX;
	if (view.market != RK_NO_MARKET &&
	    rk_view_market(g->engine, view.market, &market) == RK_OK)
		return market.listing.price_max.raw;
	if (rk_view_asset(g->engine, view.asset, &asset) == RK_OK)
		return asset.listing.price_max.raw;
	return INT64_MAX;
}

static int64_t price_min_of(struct rk_generator *g, uint32_t slot)
{
	struct rk_slot_view view;
	struct rk_market_view market;

	if (rk_view_slot(g->engine, slot, &view) != RK_OK ||
	    view.market == RK_NO_MARKET ||
	    rk_view_market(g->engine, view.market, &market) != RK_OK)
		return 1;
	return market.listing.price_min.raw;
}

int64_t rk_generator_price(struct rk_generator *g, uint32_t slot)
{
	if (slot >= WORLD_SLOTS)
		return 1;
	if (g->price[slot] == 0)
		g->price[slot] =
			1 + price_max_of(g, slot) /
				    (int64_t)(2 + rk_generator_below(g, 30));
	return g->price[slot];
}

/* One step of the walk, in 1e-4 of the price; one in thirty is a crash. */
static void walk(struct rk_generator *g, uint32_t slot)
{
	int64_t price = rk_generator_price(g, slot);
	int64_t max = price_max_of(g, slot);
	int64_t step = rk_prng_between(&g->prng, -40, 40);

	if (rk_prng_chance(&g->prng, 1, 30))
		step = rk_prng_between(&g->prng, -3500, 3500);
	price += rk_generator_share(price, step, 10000);
	if (price < max / 200 || price < price_min_of(g, slot))
		price = max / 8 + price_min_of(g, slot);
	if (price > max / 2)
		price = max / 4 + 1;
	g->price[slot] = price;
}

static uint32_t pick_slot(struct rk_generator *g)
{
	struct rk_market_view market;
	struct rk_asset_view asset;

	if (rk_generator_chance(g, 25)) {
		uint32_t id = rk_generator_asset(g);

		/* Some assets never get a price: rule NO_PRICE needs them. */
		if (id % 5 == 4)
			id--;
		if (rk_view_asset(g->engine, id, &asset) == RK_OK &&
		    asset.slot != RK_NO_SLOT)
			return asset.slot;
	}
	/* Some markets live on the prices of their trades. */
	for (int i = 0; i < 4; i++) {
		uint32_t id = rk_generator_market(g);

		if (id % 6 != 5 &&
		    rk_view_market(g->engine, id, &market) == RK_OK)
			return market.slot;
	}
	return 0;
}

static int64_t quote_time(struct rk_generator *g)
{
	int64_t now = g->counts.time_ns;

	switch (rk_generator_below(g, 40)) {
	case 0:
		return now + SECOND_NS + rk_prng_between(&g->prng, -1, 1);
	case 1:
		return now - rk_prng_between(&g->prng, 0, 90) * SECOND_NS;
	case 2:
		return rk_prng_edge(&g->prng);
	case 3:
	case 4:
	case 5:
	case 6:
		return now - rk_prng_between(&g->prng, 0, 2 * SECOND_NS);
	default:
		return now;
	}
}

static int64_t quote_price(struct rk_generator *g, uint32_t slot)
{
	int64_t price = rk_generator_price(g, slot);
	int64_t max = price_max_of(g, slot);

	switch (rk_generator_below(g, 120)) {
	case 0:
		return max;
	case 1:
	case 2:
		return max < INT64_MAX ? max + 1 : max;
	case 3:
		return -(int64_t)rk_generator_below(g, 3);
	case 4:
		return rk_prng_edge(&g->prng);
	case 5:
		return 1;
	case 6:
		return price_min_of(g, slot) -
		       (int64_t)rk_generator_below(g, 2);
	default:
		/* Publishers differ by up to a thousandth. */
		return price +
		       rk_generator_share(price,
					  rk_prng_between(&g->prng, -10, 10),
					  10000);
	}
}

void rk_generator_prices(struct rk_generator *g, struct rk_cmd *cmd)
{
	uint32_t n = 1 + (uint32_t)rk_generator_below(g, WORLD_QUOTES);
	uint32_t publishers =
		g->counts.publishers < 3 ? g->counts.publishers : 3;
	uint32_t slot = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct rk_quote *quote = &g->quotes[i];

		if (i == 0 || rk_generator_chance(g, 70)) {
			slot = pick_slot(g);
			walk(g, slot);
		}
		quote->slot = slot;
		quote->publisher =
			(uint32_t)rk_generator_below(g, publishers + 1);
		if (quote->publisher == publishers)
			quote->publisher = rk_generator_chance(g, 20)
						   ? g->counts.publishers
						   : 0;
		quote->price.raw = quote_price(g, slot);
		quote->time_ns = quote_time(g);
		quote->seq = ++g->quote_seq;
		if (rk_generator_chance(g, 2))
			quote->seq -= rk_generator_below(g, 40);
		if (rk_generator_chance(g, 1))
			quote->slot = g->counts.slots;
	}
	cmd->prices.quotes = g->quotes;
	cmd->prices.n = n;
}

void rk_generator_clock(struct rk_generator *g, struct rk_cmd *cmd)
{
	int64_t *time = &cmd->clock.time_ns;

	*time = g->counts.time_ns;
	if (g->counts.time_ns == 0) {
		*time = INT64_C(1700000000) * SECOND_NS;
		return;
	}
	switch (rk_generator_below(g, 60)) {
	case 0:
		*time += rk_prng_between(&g->prng, 60, 600) * SECOND_NS;
		/* Nobody was there for days: interest of many intervals. */
		if (rk_generator_chance(g, 20))
			*time += rk_prng_between(&g->prng, 1, 40) * 86400 *
				 SECOND_NS;
		break;
	case 1:
		*time -= rk_prng_between(&g->prng, 1, SECOND_NS);
		break;
	case 2:
		*time = RK_TIME_MAX_NS + 1;
		break;
	case 3:
		break; /* the same time again */
	case 4:
	case 5:
	case 6:
	case 7:
		*time += rk_prng_between(&g->prng, 3, 40) * SECOND_NS;
		break;
	case 8:
	case 9:
	case 10:
		/* Whole seconds meet the ends of timers exactly. */
		*time += SECOND_NS;
		break;
	default:
		*time += rk_prng_between(&g->prng, 1, SECOND_NS);
		break;
	}
}

void rk_generator_halt(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_market_view view;

	cmd->halt.market = rk_generator_market(g);
	if (rk_view_market(g->engine, cmd->halt.market, &view) != RK_OK)
		return;
	cmd->halt.halted = !view.halted;
	/* Most of the time most markets must be open. */
	if (cmd->halt.halted && rk_generator_chance(g, 30))
		cmd->halt.halted = false;
}

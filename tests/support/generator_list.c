/*
 * Listings, limits and parameters. What is listed can mostly be traded; every
 * now and then it cannot work, has a name in use, or finds the table full.
 */
#include <stdio.h>
#include <string.h>

#include "engine/rc.h"
#include "support/generator_model.h"

/* Just above what is in use, or all there is. */
static uint32_t limit(struct rk_generator *g, uint32_t in_use, uint32_t max,
		      uint32_t slack)
{
	uint32_t wanted = in_use + (uint32_t)rk_generator_below(g, slack);

	if (rk_generator_chance(g, 40))
		return max;
	if (wanted < 1)
		wanted = 1;
	return wanted < max ? wanted : max;
}

void rk_generator_limits_cmd(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_limits max = rk_generator_limits(g->accounts);
	const struct rk_engine_counts *c = &g->counts;
	struct rk_cmd_limits *l = &cmd->limits;

	l->accounts_max = limit(g, c->accounts, max.accounts_max, 4);
	l->owners_max = limit(g, c->owners, max.owners_max, 4);
	l->assets_max = limit(g, c->assets, max.assets_max, 3);
	l->markets_max = limit(g, c->markets, max.markets_max, 3);
	l->publishers_max = limit(g, c->publishers, max.publishers_max, 3);
	l->venues_max = limit(g, c->venues, max.venues_max, 3);
	l->clients_max = limit(g, c->clients, max.clients_max, 3);
	l->positions_max = limit(g, c->positions, max.positions_max, 30);
	l->positions_per_account_max = max.positions_per_account_max;
	if (rk_generator_chance(g, 10))
		l->positions_per_account_max =
			2 + (uint32_t)rk_generator_below(g, 64);
	l->balances_max = limit(g, c->balances, max.balances_max, 30);
	l->orders_max = limit(g, c->orders_open, max.orders_max, 10);
	l->withdrawals_max = limit(g, c->withdrawals, max.withdrawals_max, 6);
}

void rk_generator_risk(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_risk *r = &cmd->risk;
	int64_t at = RK_RATE_ONE;
	int64_t step = RK_RATE_ONE / 50;

	r->target.raw = at += step + (int64_t)rk_generator_below(g, 200000000);
	r->call_enter.raw = at += 1 + (int64_t)rk_generator_below(g, 100000000);
	r->call_leave.raw = at += 1 + (int64_t)rk_generator_below(g, 100000000);
	r->warn_enter.raw = at += 1 + (int64_t)rk_generator_below(g, 400000000);
	r->warn_leave.raw = at + 1 + (int64_t)rk_generator_below(g, 200000000);
	r->order_band.raw = 1 + (int64_t)rk_generator_below(g, 200000000);
	r->stale_band.raw = 1 + (int64_t)rk_generator_below(g, 300000000);
	r->order_expiry_ns = SECOND_NS * rk_prng_between(&g->prng, 1, 30);
	r->close_timeout_ns = SECOND_NS * rk_prng_between(&g->prng, 1, 20);
	r->order_cooldown_ns = SECOND_NS / 4 * rk_prng_between(&g->prng, 1, 8);
}

static void make_name(struct rk_generator *g, const char *kind, uint32_t n,
		      char *name)
{
	if (n > 0 && rk_generator_chance(g, 8))
		n = (uint32_t)rk_generator_below(g, n);
	(void)snprintf(name, RK_NAME_SIZE, "%s-%u", kind, n);
}

void rk_generator_name(struct rk_generator *g, struct rk_cmd *cmd)
{
	if (cmd->type == RK_CMD_VENUE)
		make_name(g, "venue", g->counts.venues, cmd->name.name);
	else
		make_name(g, "publisher", g->counts.publishers, cmd->name.name);
}

void rk_generator_list_asset(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_asset *a = &cmd->asset;

	make_name(g, "ASSET", g->counts.assets, a->name);
	a->decimals = (uint8_t)rk_prng_between(&g->prng, 2, 8);
	a->price_decimals = (uint8_t)rk_generator_below(g, 7);
	if (g->counts.assets == 0 || rk_generator_chance(g, 10)) {
		a->fixed_price.raw = rk_generator_power(a->price_decimals);
		return;
	}
	a->price_age_max_ns = SECOND_NS * rk_prng_between(&g->prng, 5, 60);
	if (rk_generator_chance(g, 20)) {
		/* Worth next to nothing each: raw amounts come near 2^61. */
		a->decimals = (uint8_t)rk_prng_between(&g->prng, 6, 8);
		a->price_decimals = (uint8_t)rk_prng_between(&g->prng, 8, 12);
		a->price_max.raw = rk_prng_magnitude(&g->prng, 24) + 30;
		return;
	}
	/* Up to 100,000 USD, usually a sixteenth of that. */
	a->price_max.raw = rk_generator_power(a->price_decimals) *
			   rk_prng_between(&g->prng, 1, 100000);
}

/* Usually some basis points, sometimes enough to be felt. */
void rk_generator_fees(struct rk_generator *g, struct rk_cmd_market *m)
{
	int64_t most = rk_generator_chance(g, 30) ? 50000000 : 1000000;

	m->taker_fee.raw = 0;
	if (rk_generator_chance(g, 70))
		m->taker_fee.raw =
			(int64_t)rk_generator_below(g, (uint64_t)most);
	m->maker_fee.raw = rk_prng_between(&g->prng, -most / 4, most / 2);
}

void rk_generator_brackets(struct rk_generator *g, struct rk_cmd_market *m)
{
	int64_t floor = 0;
	int64_t rate = rk_prng_between(&g->prng, 0, 20000000);
	int64_t initial = 0;

	m->brackets_n = 1 + (uint32_t)rk_generator_below(g, 5);
	if (rk_generator_chance(g, 10))
		m->brackets_n = RK_BRACKETS_MAX;
	for (uint32_t k = 0; k < m->brackets_n; k++) {
		m->brackets[k].floor.raw = floor;
		m->brackets[k].maintenance.raw = rate;
		if (initial < rate * 3 / 2 + 1)
			initial = rate * 3 / 2 + 1;
		m->brackets[k].initial.raw = initial;
		floor += rk_prng_magnitude(&g->prng, 48);
		rate += (int64_t)rk_generator_below(g, 30000000);
	}
}

void rk_generator_list_market(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_market *m = &cmd->market;
	uint32_t asset = rk_generator_asset(g);
	struct rk_asset_view settle;
	int64_t worth;

	if (rk_view_asset(g->engine, asset, &settle) != RK_OK)
		return;
	make_name(g, "MARKET", g->counts.markets, m->name);
	(void)memcpy(m->settle, settle.listing.name, sizeof(m->settle));
	m->price_decimals = (uint8_t)rk_generator_below(g, 7);
	m->size_decimals = (uint8_t)rk_generator_below(g, 7);
	m->price_max.raw = rk_generator_power(m->price_decimals) *
			   rk_prng_between(&g->prng, 1, 100000);
	if (rk_generator_chance(g, 10))
		m->price_max.raw = rk_prng_between(&g->prng, 40, 4000);
	m->price_age_max_ns = SECOND_NS * rk_prng_between(&g->prng, 5, 60);
	m->close_cost.raw = (int64_t)rk_generator_below(g, 5000000);
	if (rk_generator_chance(g, 10))
		m->close_cost.raw = (int64_t)rk_generator_below(g, RK_RATE_ONE);
	rk_generator_fees(g, m);
	rk_generator_brackets(g, m);
	/* The worth of one whole unit at the largest prices bounds the size. */
	worth = settle.listing.fixed_price.raw;
	if (worth == 0)
		worth = settle.listing.price_max.raw;
	worth = worth / rk_generator_power(settle.listing.price_decimals) + 1;
	if (__builtin_mul_overflow(
		    worth,
		    m->price_max.raw / rk_generator_power(m->price_decimals) +
			    1,
		    &worth))
		worth = INT64_MAX;
	m->position_max.raw =
		rk_generator_share(INT64_C(11000000000),
				   rk_generator_power(m->size_decimals), worth);
	if (rk_generator_chance(g, 60))
		m->position_max.raw /= 1 + (int64_t)rk_generator_below(g, 1000);
	if (m->position_max.raw < 1)
		m->position_max.raw = 1;
	m->lot.raw = 1 + (int64_t)rk_generator_below(g, 100);
	if (m->lot.raw > m->position_max.raw)
		m->lot.raw = m->position_max.raw;
	/* Said by a MARKET, this must not count. */
	if (cmd->type == RK_CMD_MARKET && rk_generator_chance(g, 20)) {
		m->contract = (enum rk_contract)rk_generator_below(g, 3);
		m->multiplier = rk_prng_edge(&g->prng);
		m->price_min.raw = rk_prng_edge(&g->prng);
	}
}

/* The first of a few that is a coin: it has an index, and is worth something */
static bool find_coin(struct rk_generator *g, struct rk_cmd_asset *ret_coin)
{
	struct rk_asset_view view;

	for (int i = 0; i < 12; i++) {
		if (rk_view_asset(g->engine, rk_generator_asset(g), &view) !=
		    RK_OK)
			return false;
		*ret_coin = view.listing;
		if (view.slot != RK_NO_SLOT && view.listing.price_decimals <= 6)
			return true;
	}
	return false;
}

/* A position at price_min, where it weighs most, stays below the bound. */
static void make_inverse(struct rk_generator *g,
			 const struct rk_cmd_asset *coin,
			 struct rk_cmd_market *m)
{
	int64_t usd;

	m->contract = RK_CONTRACT_INVERSE;
	(void)memcpy(m->settle, coin->name, sizeof(m->settle));
	m->multiplier = rk_prng_between(&g->prng, 1, 120);
	m->multiplier_decimals = (uint8_t)rk_generator_below(g, 3);
	m->size_decimals = (uint8_t)rk_generator_below(g, 3);
	m->price_min.raw =
		m->price_max.raw / rk_prng_between(&g->prng, 10, 400) + 1;
	/* So many coins may be held, and for each price_min contracts. */
	usd = coin->price_max.raw / rk_generator_power(coin->price_decimals) +
	      1;
	m->position_max.raw = rk_generator_product(
		INT64_C(5000000000) / usd + 1, m->price_min.raw,
		m->size_decimals + m->multiplier_decimals - m->price_decimals,
		m->multiplier);
}

/* Linear, of a size that is no power of ten of anything. */
static void make_odd(struct rk_generator *g, struct rk_cmd_market *m)
{
	m->multiplier = rk_prng_between(&g->prng, 1, 5000);
	m->multiplier_decimals = (uint8_t)rk_generator_below(g, 5);
	if (rk_generator_chance(g, 30))
		m->multiplier = rk_prng_magnitude(&g->prng, 40);
	if (rk_generator_chance(g, 60))
		m->price_min.raw =
			m->price_max.raw / rk_prng_between(&g->prng, 10, 400) +
			1;
	m->position_max.raw = rk_generator_share(
		m->position_max.raw, rk_generator_power(m->multiplier_decimals),
		m->multiplier);
	if (rk_generator_chance(g, 10))
		m->multiplier = 0; /* which is 1 */
}

void rk_generator_list_contract(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_market *m = &cmd->market;
	struct rk_cmd_asset coin;

	rk_generator_list_market(g, cmd);
	if (rk_generator_chance(g, 65) && find_coin(g, &coin))
		make_inverse(g, &coin, m);
	else
		make_odd(g, m);
	if (rk_generator_chance(g, 40))
		m->position_max.raw /= 1 + (int64_t)rk_generator_below(g, 50);
	if (m->position_max.raw < 1)
		m->position_max.raw = 1;
	if (m->lot.raw > m->position_max.raw)
		m->lot.raw = m->position_max.raw;
}

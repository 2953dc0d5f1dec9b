/*
 * Another listing for what is listed already, what assets count for, and what
 * the daemon says to itself. Changes pull back as often as they push, so that a
 * book can still be traded after hundreds of them.
 */
#include <string.h>

#include "engine/rc.h"
#include "support/generator_model.h"

static int64_t scaled(struct rk_generator *g, int64_t value, int64_t least,
		      int64_t most)
{
	value = rk_generator_share(value,
				   rk_prng_between(&g->prng, least, most), 100);
	return value < 1 ? 1 : value;
}

static int64_t some_age(struct rk_generator *g)
{
	return SECOND_NS * rk_prng_between(&g->prng, 5, 60);
}

void rk_generator_change_asset(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_asset *a = &cmd->asset;
	struct rk_asset_view view;

	if (rk_view_asset(g->engine, rk_generator_asset(g), &view) != RK_OK)
		return;
	*a = view.listing;
	if (rk_generator_chance(g, 10))
		return; /* as it is */
	if (a->fixed_price.raw > 0) {
		/* Around a dollar, more finely where there are decimals. */
		a->fixed_price.raw = scaled(
			g, rk_generator_power(a->price_decimals), 80, 125);
		return;
	}
	if (rk_generator_chance(g, 40))
		a->price_age_max_ns = some_age(g);
	if (rk_generator_chance(g, 60))
		a->price_max.raw = scaled(g, a->price_max.raw, 50, 180);
	if (rk_generator_chance(g, 5))
		a->price_max.raw = scaled(g, a->price_max.raw, 1000, 1000000);
}

static void change_sizes(struct rk_generator *g, struct rk_cmd_market *m)
{
	m->position_max.raw = scaled(g, m->position_max.raw, 15, 250);
	if (rk_generator_chance(g, 5))
		m->position_max.raw =
			scaled(g, m->position_max.raw, 1000, 100000);
	if (m->lot.raw > m->position_max.raw)
		m->lot = m->position_max;
}

/* Mostly what is accepted while a ramp runs: less, or as it was before. */
static void ease_brackets(struct rk_generator *g,
			  const struct rk_market_view *view,
			  struct rk_cmd_market *m)
{
	const struct rk_form *before = &view->before;
	int64_t percent = rk_prng_between(&g->prng, 0, 100);

	if (rk_generator_chance(g, 70)) {
		for (uint32_t k = 0; k < m->brackets_n; k++)
			m->brackets[k].maintenance.raw =
				scaled(g, m->brackets[k].maintenance.raw,
				       percent, percent);
		return;
	}
	(void)memset(m->brackets, 0, sizeof(m->brackets));
	m->brackets_n = before->brackets_n;
	for (uint32_t k = 0; k < before->brackets_n; k++) {
		m->brackets[k].floor = before->floors[k];
		m->brackets[k].maintenance = before->rates[k];
		m->brackets[k].initial.raw = RK_RATE_ONE;
	}
}

void rk_generator_change_market(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_market *m = &cmd->market;
	struct rk_market_view view;

	if (rk_view_market(g->engine, rk_generator_market(g), &view) != RK_OK)
		return;
	*m = view.listing;
	if (rk_generator_chance(g, 10))
		return; /* as it is */
	if (rk_generator_chance(g, 25))
		m->price_max.raw = scaled(g, m->price_max.raw, 50, 180);
	if (rk_generator_chance(g, 5))
		m->price_max.raw = scaled(g, m->price_max.raw, 300, 3000);
	if (rk_generator_chance(g, 30))
		change_sizes(g, m);
	if (rk_generator_chance(g, 30))
		m->price_age_max_ns = some_age(g);
	if (rk_generator_chance(g, 15))
		m->close_cost.raw = (int64_t)rk_generator_below(g, 5000000);
	if (rk_generator_chance(g, 15))
		rk_generator_fees(g, m);
	if (rk_generator_chance(g, 15))
		m->lot.raw = 1 + (int64_t)rk_generator_below(g, 100);
	if (view.ramp.runs && rk_generator_chance(g, 40)) {
		ease_brackets(g, &view, m);
	} else if (rk_generator_chance(g, 30)) {
		(void)memset(m->brackets, 0, sizeof(m->brackets));
		rk_generator_brackets(g, m);
	}
}

void rk_generator_rates(struct rk_generator *g, rk_rate rates[RK_LEVELS],
			int64_t from, int64_t to)
{
	int64_t at = from;

	for (int k = 0; k < RK_LEVELS; k++) {
		int64_t percent = (int64_t)rk_generator_below(g, 35);

		if (rk_generator_chance(g, 15))
			percent = 0;
		if (rk_generator_chance(g, 3))
			percent = 100;
		at += rk_generator_share(to - at, percent, 100);
		/* Not only round numbers: those need no rounding. */
		if (at != from && at != to && rk_generator_chance(g, 50))
			at += (to > from ? 1 : -1) *
			      (int64_t)rk_generator_below(
				      g,
				      1 + (uint64_t)rk_generator_share(
						  to > from ? to - at : at - to,
						  1, 100));
		rates[k].raw = at;
	}
}

void rk_generator_collateral(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_collateral *terms = &cmd->collateral.terms;
	struct rk_asset_view view;

	if (rk_view_asset(g->engine, rk_generator_asset(g), &view) != RK_OK)
		return;
	(void)memcpy(cmd->collateral.asset, view.listing.name, RK_NAME_SIZE);
	*terms = view.collateral;
	if (rk_generator_chance(g, 5))
		return; /* as it is */
	if (rk_generator_chance(g, 35)) {
		rk_collateral_default(terms);
		return;
	}
	if (rk_generator_chance(g, 70))
		rk_generator_rates(g, terms->weight, RK_RATE_ONE, 0);
	if (rk_generator_chance(g, 70))
		rk_generator_rates(g, terms->liability, RK_RATE_ONE,
				   RK_LIABILITY_MAX);
	if (rk_generator_chance(g, 70))
		rk_generator_rates(g, terms->profit, RK_RATE_ONE, 0);
	terms->profit[RK_LEVEL_WITHDRAWAL].raw = 0;
}

/* Of an account that is there, found at some command before; or by hand. */
void rk_generator_recheck(struct rk_generator *g, struct rk_cmd *cmd)
{
	cmd->recheck.account = rk_generator_account(g);
	if (rk_generator_chance(g, 70))
		cmd->recheck.found_seq = rk_view_seq(g->engine);
}

void rk_generator_sync_stall(struct rk_generator *g, struct rk_cmd *cmd)
{
	cmd->sync_stall.age_ns =
		SECOND_NS + (int64_t)rk_generator_below(g, 29 * SECOND_NS);
}

void rk_generator_lag(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_lag *lag = &cmd->lag;

	lag->lagging = rk_generator_chance(g, 50);
	lag->window_ns =
		SECOND_NS + (int64_t)rk_generator_below(g, 29 * SECOND_NS);
	lag->judging_ns =
		(int64_t)rk_generator_below(g, (uint64_t)lag->window_ns);
	lag->age_ns = (int64_t)rk_generator_below(g, 9 * SECOND_NS);
	lag->batches = rk_generator_below(g, 1000000);
	lag->quotes = rk_generator_below(g, 1000000);
	lag->quotes_merged = rk_generator_below(g, 1000000);
	lag->judged = rk_generator_below(g, 1000000);
}

void rk_generator_skipped(struct rk_generator *g, struct rk_cmd *cmd)
{
	cmd->skipped.type = (enum rk_cmd_type)rk_prng_between(
		&g->prng, RK_CMD_CLOCK, RK_CMD_EMODE);
}

/*
 * The backstop vault: budgets, capital, and what it takes over. It is rich as a
 * rule, so that it takes much; and sometimes poor, so that all that keeps it
 * from that is met.
 */
#include <stdio.h>
#include <string.h>

#include "engine/rc.h"
#include "support/generator_model.h"

void rk_generator_vault(struct rk_generator *g, struct rk_cmd *cmd)
{
	static const int64_t shares[] = {RK_RATE_ONE / 25, RK_RATE_ONE / 10,
					 RK_RATE_ONE / 1000, RK_RATE_ONE};
	struct rk_vault_terms *terms = &cmd->vault.terms;
	struct rk_asset_view view;
	uint32_t asset = rk_generator_asset(g);

	if (rk_view_asset(g->engine, asset, &view) == RK_OK)
		(void)memcpy(cmd->vault.asset, view.listing.name, RK_NAME_SIZE);
	terms->event_budget.raw = shares[rk_generator_below(g, 4)];
	terms->hour_budget.raw = shares[rk_generator_below(g, 4)];
	if (rk_generator_chance(g, 10))
		terms->event_budget.raw = 0;
	if (rk_generator_chance(g, 15))
		terms->hour_budget.raw =
			(int64_t)rk_generator_below(g, RK_RATE_ONE / 100000);
}

void rk_generator_takeover(struct rk_generator *g, struct rk_cmd *cmd)
{
	static const int64_t shares[] = {RK_RATE_ONE * 2 / 3, RK_RATE_ONE / 2,
					 RK_RATE_ONE, RK_RATE_ONE / 10};
	struct rk_takeover_terms *terms = &cmd->takeover.terms;
	struct rk_market_view view;

	if (rk_view_market(g->engine, rk_generator_market(g), &view) == RK_OK)
		(void)memcpy(cmd->takeover.market, view.listing.name,
			     RK_NAME_SIZE);
	if (rk_generator_chance(g, 10))
		return;
	terms->enabled = true;
	terms->at.raw = shares[rk_generator_below(g, 4)];
	terms->concession_max.raw =
		(int64_t)rk_generator_below(g, RK_RATE_ONE / 50);
	terms->vault_max.raw =
		1 + (int64_t)rk_generator_below(g, (uint64_t)100000000000000);
	if (rk_generator_chance(g, 60))
		terms->vault_max.raw = INT64_MAX;
	terms->stages = 1;
	if (rk_generator_chance(g, 40))
		terms->stages = (uint8_t)rk_generator_below(g, 4);
}

void rk_generator_vault_top_up(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_top_up *top_up = &cmd->top_up;
	struct rk_vault_view vault;
	int64_t usd =
		(int64_t)rk_generator_below(g, (uint64_t)20000000 * 100000000);

	top_up->asset = rk_generator_asset(g);
	top_up->amount.raw = rk_generator_amount(g, top_up->asset, usd);
	if (rk_view_vault(g->engine, top_up->asset, &vault) != RK_OK)
		return;
	switch (rk_generator_below(g, 8)) {
	case 0:
		top_up->amount.raw = -vault.capital.raw;
		break;
	case 1:
		top_up->amount.raw = -rk_generator_share(
			vault.capital.raw, (int64_t)rk_generator_below(g, 110),
			100);
		break;
	case 2:
		top_up->amount.raw = 1 + (int64_t)rk_generator_below(g, 1000);
		break;
	default:
		break;
	}
}

static void spoil_terms(struct rk_generator *g, struct rk_takeover_terms *terms)
{
	switch (rk_generator_below(g, 5)) {
	case 0:
		terms->at.raw = rk_prng_edge(&g->prng);
		break;
	case 1:
		terms->concession_max.raw = rk_prng_edge(&g->prng);
		break;
	case 2:
		terms->vault_max.raw = rk_prng_edge(&g->prng);
		break;
	case 3:
		terms->stages = (uint8_t)rk_generator_below(g, 256);
		break;
	default:
		terms->enabled = !terms->enabled;
		break;
	}
}

void rk_generator_spoil_takeover(struct rk_generator *g, struct rk_cmd *cmd)
{
	if (cmd->type == RK_CMD_VAULT_TOP_UP) {
		if (rk_generator_chance(g, 30))
			cmd->top_up.asset += g->counts.assets;
		else
			cmd->top_up.amount.raw = rk_prng_edge(&g->prng);
		return;
	}
	if (cmd->type == RK_CMD_TAKEOVER) {
		if (rk_generator_chance(g, 20))
			cmd->takeover.market[0] = '!';
		else
			spoil_terms(g, &cmd->takeover.terms);
		return;
	}
	switch (rk_generator_below(g, 3)) {
	case 0:
		cmd->vault.asset[0] = '!';
		break;
	case 1:
		cmd->vault.terms.event_budget.raw = rk_prng_edge(&g->prng);
		break;
	default:
		cmd->vault.terms.hour_budget.raw = rk_prng_edge(&g->prng);
		break;
	}
}

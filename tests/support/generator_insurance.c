/*
 * Insurance funds: terms, and money that goes into them and out of them. Funds
 * are small as a rule, so that they are drawn to their cap, and not seldom to
 * the last unit.
 */
#include <stdio.h>
#include <string.h>

#include "engine/rc.h"
#include "support/generator_model.h"

void rk_generator_insurance(struct rk_generator *g, struct rk_cmd *cmd)
{
	static const int64_t caps[] = {RK_RATE_ONE / 4, RK_RATE_ONE / 4,
				       RK_RATE_ONE, 0};
	struct rk_insurance_terms *terms = &cmd->insurance.terms;
	struct rk_asset_view view;
	uint32_t asset = rk_generator_asset(g);

	if (rk_view_asset(g->engine, asset, &view) == RK_OK)
		(void)memcpy(cmd->insurance.asset, view.listing.name,
			     RK_NAME_SIZE);
	terms->draw_cap.raw = caps[rk_generator_below(g, 4)];
	if (rk_generator_chance(g, 20))
		terms->draw_cap.raw =
			(int64_t)rk_generator_below(g, RK_RATE_ONE);
	if (rk_generator_chance(g, 70))
		terms->liquidation_fee.raw =
			(int64_t)rk_generator_below(g, RK_RATE_ONE / 50);
	if (rk_generator_chance(g, 3))
		terms->liquidation_fee.raw = RK_RATE_ONE - 1;
	if (rk_generator_chance(g, 60))
		terms->withdrawal_gate.raw =
			(int64_t)rk_generator_below(g, RK_RATE_ONE / 10);
	if (rk_generator_chance(g, 5))
		terms->withdrawal_gate.raw = 1;
}

void rk_generator_top_up(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_top_up *top_up = &cmd->top_up;
	struct rk_insurance_view fund;
	int64_t usd =
		(int64_t)rk_generator_below(g, (uint64_t)20000 * 100000000);

	top_up->asset = rk_generator_asset(g);
	top_up->amount.raw = rk_generator_amount(g, top_up->asset, usd);
	if (rk_view_insurance(g->engine, top_up->asset, &fund) != RK_OK)
		return;
	switch (rk_generator_below(g, 8)) {
	case 0:
		top_up->amount.raw = -fund.fund.raw;
		break;
	case 1:
		top_up->amount.raw = -rk_generator_share(
			fund.fund.raw, (int64_t)rk_generator_below(g, 110),
			100);
		break;
	case 2:
		top_up->amount.raw = 1 + (int64_t)rk_generator_below(g, 1000);
		break;
	default:
		break;
	}
}

void rk_generator_spoil_insurance(struct rk_generator *g, struct rk_cmd *cmd)
{
	if (cmd->type == RK_CMD_TOP_UP) {
		if (rk_generator_chance(g, 30))
			cmd->top_up.asset += g->counts.assets;
		else
			cmd->top_up.amount.raw = rk_prng_edge(&g->prng);
		return;
	}
	switch (rk_generator_below(g, 4)) {
	case 0:
		cmd->insurance.asset[0] = '!';
		break;
	case 1:
		cmd->insurance.terms.draw_cap.raw = rk_prng_edge(&g->prng);
		break;
	case 2:
		cmd->insurance.terms.withdrawal_gate.raw =
			rk_prng_edge(&g->prng);
		break;
	default:
		cmd->insurance.terms.liquidation_fee.raw =
			rk_prng_edge(&g->prng);
		break;
	}
}

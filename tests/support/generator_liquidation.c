/*
 * Terms of liquidation: stages, cooldowns and limits about as large as the
 * positions there are, so that each of them bears on orders now and then.
 */
#include <string.h>

#include "engine/pace.h"
#include "engine/rc.h"
#include "support/generator_model.h"

#define USD    INT64_C(100000000)
#define SECOND INT64_C(1000000000)

/* Up to so many USD, mostly far less. */
static int64_t usd(struct rk_generator *g, int64_t most)
{
	most *= USD;
	for (uint64_t i = rk_generator_below(g, 6); i > 0; i--)
		most /= 10;
	return 1 + (int64_t)rk_generator_below(g, (uint64_t)most);
}

void rk_generator_liquidation(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_liquidation_terms *terms = &cmd->liquidation.terms;
	struct rk_market_view view;

	if (rk_view_market(g->engine, rk_generator_market(g), &view) != RK_OK)
		return;
	(void)memcpy(cmd->liquidation.market, view.listing.name, RK_NAME_SIZE);
	*terms = view.liquidation;
	if (rk_generator_chance(g, 5))
		return; /* as it is */
	rk_pace_usual(terms);
	if (rk_generator_chance(g, 15))
		return;
	if (rk_generator_chance(g, 80))
		terms->stage.raw =
			1 + (int64_t)rk_generator_below(g, RK_RATE_ONE);
	if (rk_generator_chance(g, 50))
		terms->stage_min.raw = usd(g, 100000);
	if (rk_generator_chance(g, 50))
		terms->cooldown_ns =
			1 + (int64_t)rk_generator_below(g, 120 * SECOND);
	if (rk_generator_chance(g, 60))
		terms->volatility.raw =
			1 + (int64_t)rk_generator_below(g, RK_RATE_ONE);
	if (rk_generator_chance(g, 5))
		terms->volatility.raw = RK_VOLATILITY_MAX;
	if (rk_generator_chance(g, 40))
		terms->dust.raw = usd(g, 10000);
	if (rk_generator_chance(g, 50))
		terms->velocity.raw = usd(g, 1000000);
	if (rk_generator_chance(g, 70))
		terms->claim_max_ns =
			1 + (int64_t)rk_generator_below(g, 60 * SECOND);
}

/*
 * An order that may be claimed, and rather one that is: few are open at a time,
 * and fewer of a market with claims.
 */
static bool pick_claimable(struct rk_generator *g,
			   struct rk_order_view *ret_order,
			   int64_t *ret_claim_max_ns)
{
	struct rk_market_view market;
	struct rk_order_view order;
	bool found = false;

	for (uint32_t i = 0; i < 24; i++) {
		if (!rk_generator_pick_order(g, &order) ||
		    rk_view_market(g->engine, order.market, &market) != RK_OK)
			continue;
		if (found && (order.closed || order.close_asked ||
			      market.liquidation.claim_max_ns == 0))
			continue;
		*ret_order = order;
		*ret_claim_max_ns = market.liquidation.claim_max_ns;
		found = true;
		if (order.claimed_until_ns != 0)
			break;
	}
	return found;
}

/* For about as long as the market permits. */
void rk_generator_claim(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_claim *claim = &cmd->claim;
	struct rk_order_view order;
	int64_t most = 0;

	claim->order.seq = 1 + rk_generator_below(g, g->counts.seq + 1);
	claim->venue = (uint32_t)rk_generator_below(g, g->counts.venues + 1);
	if (!pick_claimable(g, &order, &most))
		return;
	claim->order = order.order;
	if (order.claimed_until_ns != 0 && rk_generator_chance(g, 50))
		claim->venue = order.claimed_by;
	if (rk_generator_chance(g, 20))
		return; /* it ends */
	claim->duration_ns =
		1 + (int64_t)rk_generator_below(g, (uint64_t)most + 1);
	if (rk_generator_chance(g, 20))
		claim->duration_ns = most + 1;
}

static void spoil_claim(struct rk_generator *g, struct rk_cmd_claim *claim)
{
	switch (rk_generator_below(g, 3)) {
	case 0:
		claim->order.seq++;
		break;
	case 1:
		claim->venue += g->counts.venues;
		break;
	default:
		claim->duration_ns = rk_prng_edge(&g->prng);
		break;
	}
}

void rk_generator_spoil_liquidation(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_liquidation_terms *terms = &cmd->liquidation.terms;
	int64_t *const fields[] = {
		&terms->stage.raw,    &terms->stage_min.raw,
		&terms->cooldown_ns,  &terms->volatility.raw,
		&terms->dust.raw,     &terms->velocity.raw,
		&terms->claim_max_ns,
	};
	int64_t *field = fields[rk_generator_below(g, 7)];

	if (cmd->type == RK_CMD_CLAIM) {
		spoil_claim(g, &cmd->claim);
		return;
	}
	if (rk_generator_chance(g, 10))
		cmd->liquidation.market[0] = '!';
	else if (rk_generator_chance(g, 60))
		*field = rk_prng_edge(&g->prng);
	else
		*field = -*field;
}

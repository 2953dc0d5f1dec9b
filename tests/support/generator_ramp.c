/*
 * Ramps: short enough that they end in a run, and long enough that prices move
 * and others come meanwhile.
 */
#include <string.h>

#include "engine/rc.h"
#include "support/generator_model.h"

static void make_ramp(struct rk_generator *g, struct rk_ramp *ramp)
{
	(void)memset(ramp, 0, sizeof(*ramp));
	if (rk_generator_chance(g, 25))
		return; /* at once */
	ramp->duration_ns = SECOND_NS * rk_prng_between(&g->prng, 1, 900);
	if (rk_generator_chance(g, 20))
		ramp->duration_ns += (int64_t)rk_generator_below(g, SECOND_NS);
	if (rk_generator_chance(g, 5))
		ramp->duration_ns =
			SECOND_NS * 86400 * rk_prng_between(&g->prng, 1, 3652);
	if (rk_generator_chance(g, 30))
		return; /* the step that is meant by 0 */
	ramp->step_ns = rk_prng_between(&g->prng, SECOND_NS, ramp->duration_ns);
	if (rk_generator_chance(g, 40))
		ramp->step_ns = SECOND_NS;
}

/* Of the asset or market that is named by the draw: one that has a ramp. */
void rk_generator_ramp(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_ramp *want = &cmd->ramp;
	struct rk_market_view market;
	struct rk_asset_view asset;
	bool of_market = rk_generator_chance(g, 50);
	struct rk_ramp is;

	if (of_market) {
		if (rk_view_market(g->engine, rk_generator_market(g),
				   &market) != RK_OK)
			return;
		(void)memcpy(want->market, market.listing.name, RK_NAME_SIZE);
		is = market.ramp.ramp;
	} else {
		if (rk_view_asset(g->engine, rk_generator_asset(g), &asset) !=
		    RK_OK)
			return;
		(void)memcpy(want->asset, asset.listing.name, RK_NAME_SIZE);
		is = asset.ramp.ramp;
	}
	want->ramp = is;
	if (rk_generator_chance(g, 7))
		return; /* as it is */
	make_ramp(g, &want->ramp);
}

/* One draw after the other: compilers differ in the order within a line. */
void rk_generator_spoil_ramp(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_ramp *want = &cmd->ramp;

	switch (rk_generator_below(g, 5)) {
	case 0:
		want->asset[0] = want->asset[0] == '\0' ? 'X' : '\0';
		break;
	case 1:
		want->market[0] = want->market[0] == '\0' ? 'X' : '!';
		break;
	case 2:
		want->asset[0] = '!';
		want->market[0] = '\0';
		break;
	case 3:
		want->ramp.duration_ns = rk_prng_edge(&g->prng);
		break;
	default:
		want->ramp.step_ns = rk_prng_edge(&g->prng);
		break;
	}
}

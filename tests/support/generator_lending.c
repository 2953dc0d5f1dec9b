/*
 * Lending: terms of every kind, with rates that now and then are so high that
 * an index has to begin anew, caps that bind, and borrowers.
 */
#include <string.h>

#include "engine/rc.h"
#include "support/generator_model.h"

static int64_t up_to(struct rk_generator *g, int64_t most)
{
	return (int64_t)rk_generator_below(g, (uint64_t)most + 1);
}

/* One draw after the other: compilers differ in the order within a line. */
static void draw_terms(struct rk_generator *g, uint32_t asset,
		       struct rk_lending *terms)
{
	int64_t most = rk_generator_chance(g, 50) ? RK_LENDING_RATE_MAX / 3
						  : RK_RATE_ONE / 10;

	terms->lendable = true;
	terms->base.raw = up_to(g, most);
	terms->slope_low.raw = up_to(g, most);
	terms->slope_high.raw = up_to(g, most);
	terms->kink.raw = 1 + up_to(g, RK_RATE_ONE - 2);
	terms->reserve.raw = up_to(g, RK_RATE_ONE / 4);
	if (rk_generator_chance(g, 5))
		terms->reserve.raw = RK_RATE_ONE;
	terms->interval_ns = SECOND_NS * rk_prng_between(&g->prng, 1, 7200);
	terms->borrow_cap.raw = 0;
	terms->supply_cap.raw = 0;
	if (rk_generator_chance(g, 30))
		terms->borrow_cap.raw =
			1 +
			up_to(g, rk_generator_amount(g, asset,
						     INT64_C(100000000000000)));
	if (rk_generator_chance(g, 30))
		terms->supply_cap.raw =
			1 +
			up_to(g, rk_generator_amount(
					 g, asset, INT64_C(1000000000000000)));
}

void rk_generator_lending(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_lending *terms = &cmd->lending.terms;
	struct rk_lending_view lending;
	struct rk_asset_view view;
	uint32_t asset = rk_generator_asset(g);

	if (rk_view_asset(g->engine, asset, &view) != RK_OK ||
	    rk_view_lending(g->engine, asset, &lending) != RK_OK)
		return;
	(void)memcpy(cmd->lending.asset, view.listing.name, RK_NAME_SIZE);
	*terms = lending.terms;
	if (rk_generator_chance(g, 5))
		return; /* as it is */
	if (rk_generator_chance(g, 8)) {
		(void)memset(terms, 0, sizeof(*terms));
		return;
	}
	draw_terms(g, asset, terms);
}

void rk_generator_accrue(struct rk_generator *g, struct rk_cmd *cmd)
{
	cmd->accrue.asset = rk_generator_asset(g);
}

void rk_generator_spoil_lending(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_lending *terms = &cmd->lending.terms;
	int64_t *const fields[] = {
		&terms->base.raw,       &terms->slope_low.raw,
		&terms->slope_high.raw, &terms->kink.raw,
		&terms->reserve.raw,    &terms->borrow_cap.raw,
		&terms->supply_cap.raw, &terms->interval_ns};
	int64_t *field;

	if (cmd->type == RK_CMD_ACCRUE) {
		cmd->accrue.asset = g->counts.assets;
		return;
	}
	if (rk_generator_chance(g, 10)) {
		cmd->lending.asset[0] = '!';
		return;
	}
	if (rk_generator_chance(g, 10)) {
		terms->lendable = !terms->lendable;
		return;
	}
	field = fields[rk_generator_below(g, 8)];
	if (rk_generator_chance(g, 50)) {
		*field = rk_prng_edge(&g->prng);
		return;
	}
	*field = RK_RATE_ONE * rk_prng_between(&g->prng, -1, 11);
	*field += rk_prng_between(&g->prng, -1, 1);
}

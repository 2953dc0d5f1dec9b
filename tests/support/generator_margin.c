/*
 * Margin terms and chosen leverage: forms that now and then ask for all of a
 * notional, caps near the open interest there is, leverage near what may be.
 */
#include <string.h>

#include "engine/rc.h"
#include "support/generator_model.h"

/* Mostly small; now and then as large as can be. */
static int64_t factor(struct rk_generator *g)
{
	int64_t most = RK_FACTOR_ONE;

	if (rk_generator_chance(g, 5))
		return most;
	for (uint64_t i = rk_generator_below(g, 14); i > 0; i--)
		most /= 10;
	return 1 + (int64_t)rk_generator_below(g, (uint64_t)most);
}

static void grow(struct rk_generator *g, struct rk_margin_terms *terms)
{
	int64_t one = factor(g);
	int64_t two = factor(g);

	terms->growth =
		rk_generator_chance(g, 50) ? RK_GROWTH_SQRT : RK_GROWTH_POWER;
	terms->factor_initial = one > two ? one : two;
	terms->factor_maintenance = one > two ? two : one;
	if (rk_generator_chance(g, 10))
		terms->factor_maintenance = 0;
	terms->base_share.raw =
		RK_RATE_ONE / 10 * (int64_t)rk_generator_below(g, 11);
}

/* Less than it was: that is accepted while a ramp runs. */
static void shrink(struct rk_generator *g, const struct rk_margin_terms *was,
		   struct rk_margin_terms *terms)
{
	terms->growth = was->growth;
	terms->base_share = was->base_share;
	terms->factor_initial = was->factor_initial;
	terms->factor_maintenance = (int64_t)rk_generator_below(
		g, (uint64_t)was->factor_maintenance + 1);
}

/* Around what is open now, so that it moves between the two. */
static void scale(struct rk_generator *g, int64_t open,
		  struct rk_margin_terms *terms)
{
	if (open > INT64_MAX / 4)
		open = INT64_MAX / 4;
	terms->scale_lower.raw =
		(int64_t)rk_generator_below(g, (uint64_t)open + 2);
	terms->scale_upper.raw =
		terms->scale_lower.raw + 1 +
		(int64_t)rk_generator_below(g, (uint64_t)open * 2 + 10);
}

void rk_generator_margin(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_margin_terms *terms = &cmd->margin.terms;
	struct rk_market_view view;

	if (rk_view_market(g->engine, rk_generator_market(g), &view) != RK_OK)
		return;
	(void)memcpy(cmd->margin.market, view.listing.name, RK_NAME_SIZE);
	*terms = view.margin;
	if (rk_generator_chance(g, 5))
		return; /* as it is */
	(void)memset(terms, 0, sizeof(*terms));
	if (rk_generator_chance(g, 15))
		return;
	if (view.ramp.runs && rk_generator_chance(g, 30))
		shrink(g, &view.margin, terms);
	else if (rk_generator_chance(g, 60))
		grow(g, terms);
	if (rk_generator_chance(g, 60))
		scale(g, view.open_usd.raw, terms);
	if (rk_generator_chance(g, 30))
		terms->open_max.raw = (int64_t)rk_generator_below(g, INT64_MAX);
	else if (rk_generator_chance(g, 40) && view.open_interest < INT64_MAX)
		terms->open_max.raw = 1 + (int64_t)view.open_interest / 2;
}

/* An account and a market, mostly one in which it has a position. */
static void pick(struct rk_generator *g, struct rk_cmd_leverage *want)
{
	struct rk_position_view views[RK_POSITIONS_MAX];
	uint32_t index;
	uint32_t n;

	want->account = rk_generator_account(g);
	want->market = rk_generator_market(g);
	if (rk_generator_chance(g, 25) ||
	    rk_view_find_account(g->engine, want->account, &index) != RK_OK)
		return;
	n = rk_view_positions(g->engine, index, views, RK_POSITIONS_MAX);
	if (n > 0)
		want->market = views[rk_generator_below(g, n)].market;
}

void rk_generator_leverage(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_leverage *want = &cmd->leverage;
	struct rk_market_view view;
	int64_t most = RK_LEVERAGE_MAX;

	pick(g, want);
	if (rk_view_market(g->engine, want->market, &view) != RK_OK ||
	    rk_generator_chance(g, 15))
		return; /* none */
	if (view.listing.brackets[0].initial.raw > 0)
		most = RK_FACTOR_ONE / view.listing.brackets[0].initial.raw;
	want->leverage.raw = rk_prng_between(&g->prng, RK_RATE_ONE, most);
	if (rk_generator_chance(g, 30))
		want->leverage.raw =
			RK_RATE_ONE * (want->leverage.raw / RK_RATE_ONE);
	if (rk_generator_chance(g, 10))
		want->leverage.raw = most + rk_prng_between(&g->prng, -1, 2);
}

/* One draw after the other: compilers differ in the order within a line. */
void rk_generator_spoil_margin(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_margin_terms *terms = &cmd->margin.terms;
	int64_t *const fields[] = {
		&terms->scale_lower.raw,    &terms->scale_upper.raw,
		&terms->open_max.raw,       &terms->base_share.raw,
		&terms->factor_maintenance, &terms->factor_initial,
	};
	int64_t *field = fields[rk_generator_below(g, 6)];

	if (cmd->type == RK_CMD_LEVERAGE) {
		if (rk_generator_chance(g, 30))
			cmd->leverage.market += g->counts.markets;
		else
			cmd->leverage.leverage.raw = rk_prng_edge(&g->prng);
		return;
	}
	if (rk_generator_chance(g, 10))
		cmd->margin.market[0] = '!';
	else if (rk_generator_chance(g, 20))
		terms->growth = (enum rk_growth)rk_generator_below(g, 5);
	else if (rk_generator_chance(g, 50))
		*field = rk_prng_edge(&g->prng);
	else
		*field = -*field;
}

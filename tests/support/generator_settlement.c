/*
 * The end of markets: states that follow each other, expiries that come soon,
 * and settlements near the mark.
 */
#include "engine/rc.h"
#include "support/generator_model.h"

/* One in that state, if a few looks find one. */
static uint32_t market_in(struct rk_generator *g, enum rk_market_state state,
			  struct rk_market_view *ret_view)
{
	uint32_t market = 0;

	for (int i = 0; i < 12; i++) {
		market = rk_generator_market(g);
		if (rk_view_market(g->engine, market, ret_view) != RK_OK ||
		    ret_view->state == state)
			break;
	}
	return market;
}

static enum rk_market_state next_of(struct rk_generator *g,
				    enum rk_market_state state)
{
	uint64_t pick = rk_generator_below(g, 10);

	switch (state) {
	case RK_MARKET_OPEN:
		if (pick < 4)
			return RK_MARKET_SETTLING;
		return pick < 7 ? RK_MARKET_CLOSE_ONLY : RK_MARKET_LISTED;
	case RK_MARKET_CLOSE_ONLY:
		if (pick < 2)
			return RK_MARKET_LISTED; /* not at once */
		return pick < 4 ? RK_MARKET_SETTLING : RK_MARKET_OPEN;
	case RK_MARKET_LISTED:
		if (pick < 2)
			return RK_MARKET_CLOSE_ONLY; /* not at once */
		return pick < 4 ? RK_MARKET_SETTLING : RK_MARKET_OPEN;
	case RK_MARKET_SETTLING:
		return pick < 3 ? RK_MARKET_CLOSE_ONLY : RK_MARKET_OPEN;
	case RK_MARKET_SETTLED:
	default:
		return RK_MARKET_OPEN;
	}
}

void rk_generator_market_state(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_market_view view = {.state = RK_MARKET_OPEN};

	cmd->market_state.market =
		market_in(g,
			  rk_generator_chance(g, 40) ? RK_MARKET_SETTLING
						     : RK_MARKET_OPEN,
			  &view);
	cmd->market_state.state = next_of(g, view.state);
	if (rk_generator_chance(g, 45))
		cmd->market_state.state =
			(enum rk_market_state)(1 + rk_generator_below(g, 5));
}

void rk_generator_expiry(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_market_view view = {.expiry_ns = 0};

	cmd->expiry.market = market_in(g, RK_MARKET_OPEN, &view);
	cmd->expiry.time_ns = view.expiry_ns;
	if (rk_generator_chance(g, 5))
		return; /* as it is */
	cmd->expiry.time_ns = 0;
	if (rk_generator_chance(g, 10))
		return;
	cmd->expiry.time_ns = g->counts.time_ns +
			      rk_prng_between(&g->prng, 1, 60 * SECOND_NS);
}

/* Are there enough left in which something happens? */
static bool may_end(const struct rk_generator *g)
{
	struct rk_market_view view;
	uint32_t over = 0;

	for (uint32_t i = 0; i < g->counts.markets; i++)
		over += rk_view_market(g->engine, i, &view) == RK_OK &&
			view.state == RK_MARKET_SETTLED;
	return over * 2 <= g->counts.markets;
}

void rk_generator_settle(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_market_view view = {.slot = 0};
	int64_t price;

	cmd->settle.market = market_in(
		g, may_end(g) ? RK_MARKET_SETTLING : RK_MARKET_OPEN, &view);
	price = rk_generator_price(g, view.slot);
	if (rk_generator_chance(g, 20))
		price += rk_generator_share(price,
					    rk_prng_between(&g->prng,
							    -RK_RATE_ONE / 4,
							    RK_RATE_ONE / 4),
					    RK_RATE_ONE);
	cmd->settle.price.raw = price;
}

void rk_generator_spoil_settlement(struct rk_generator *g, struct rk_cmd *cmd)
{
	uint32_t *const markets[] = {&cmd->market_state.market,
				     &cmd->settle.market, &cmd->expiry.market};

	if (rk_generator_chance(g, 25))
		*markets[cmd->type - RK_CMD_MARKET_STATE] = g->counts.markets;
	else if (cmd->type == RK_CMD_MARKET_STATE)
		cmd->market_state.state =
			(enum rk_market_state)rk_generator_below(g, 7);
	else if (cmd->type == RK_CMD_SETTLE)
		cmd->settle.price.raw = rk_prng_edge(&g->prng);
	else
		cmd->expiry.time_ns =
			rk_generator_chance(g, 50)
				? rk_prng_edge(&g->prng)
				: g->counts.time_ns -
					  (int64_t)rk_generator_below(g, 2);
}

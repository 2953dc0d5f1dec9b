/*
 * Resting orders: placed, made smaller, cancelled and filled, mostly as an
 * account might, now and then as nobody should.
 */
#include "engine/rc.h"
#include "support/generator_model.h"

/* Now and then orders only come, until an account has all it may have. */
static bool is_filling(const struct rk_generator *g)
{
	return g->step % 16384 > 13000;
}

/* A position that many small orders fit into, in a market that takes them. */
static bool is_large(struct rk_generator *g, uint32_t index,
		     struct rk_position_view *ret_position)
{
	const int64_t room = INT64_C(4) * RK_RESTING_MAX;
	struct rk_position_view positions[8];
	uint32_t n = rk_view_positions(g->engine, index, positions, 8);

	for (uint32_t i = 0; i < n && i < 8; i++) {
		int64_t size = positions[i].size.raw;
		struct rk_market_view market;

		if ((size > room || size < -room) &&
		    rk_view_market(g->engine, positions[i].market, &market) ==
			    RK_OK &&
		    !market.halted &&
		    (market.state == RK_MARKET_OPEN ||
		     market.state == RK_MARKET_CLOSE_ONLY)) {
			*ret_position = positions[i];
			return true;
		}
	}
	return false;
}

/*
 * One account takes profit in many small steps: reduce-only orders need no
 * margin, so that it gets all the orders it may have.
 */
static uint64_t patient(struct rk_generator *g)
{
	struct rk_position_view position;
	struct rk_account_view view;
	uint64_t found = 1;
	uint32_t most = 0;

	for (uint32_t i = 0; i < g->counts.accounts; i++) {
		if (rk_view_account(g->engine, i, &view) != RK_OK ||
		    !is_large(g, i, &position))
			continue;
		if (found == 1 || view.resting_n > most) {
			found = view.account;
			most = view.resting_n;
		}
	}
	return found;
}

/* A few accounts have most of the orders. */
static uint64_t somebody(struct rk_generator *g)
{
	struct rk_account_view view;

	if (rk_generator_chance(g, 40) && g->counts.accounts > 0 &&
	    rk_view_account(
		    g->engine,
		    (uint32_t)rk_generator_below(
			    g, g->counts.accounts < 4 ? g->counts.accounts : 4),
		    &view) == RK_OK)
		return view.account;
	return rk_generator_account(g);
}

/* An order that rests. False: the account has none. */
static bool pick(struct rk_generator *g, uint64_t account,
		 struct rk_resting_view *ret_order)
{
	struct rk_resting_view orders[RK_RESTING_MAX];
	uint32_t index;
	uint32_t n;

	if (rk_view_find_account(g->engine, account, &index) != RK_OK)
		return false;
	n = rk_view_resting(g->engine, index, orders, RK_RESTING_MAX);
	if (n == 0)
		return false;
	*ret_order = orders[rk_generator_below(g, n)];
	return true;
}

static int64_t round_to_lot(int64_t size, int64_t lot)
{
	return size < lot ? lot : size - size % lot;
}

/* A position that some reduce-only order might take from. */
static void take_from_position(struct rk_generator *g,
			       struct rk_cmd_place *place, bool small)
{
	struct rk_position_view positions[8];
	uint32_t index;
	uint32_t n;
	int64_t size;

	if (rk_view_find_account(g->engine, place->account, &index) != RK_OK)
		return;
	n = rk_view_positions(g->engine, index, positions, 8);
	if (n > 8)
		n = 8;
	if (n == 0)
		return;
	n = (uint32_t)rk_generator_below(g, n);
	if (small)
		(void)is_large(g, index, &positions[n]);
	place->market = positions[n].market;
	size = positions[n].size.raw;
	place->side = size > 0 ? RK_SIDE_SELL : RK_SIDE_BUY;
	size = size < 0 ? -size : size;
	place->size.raw = rk_generator_share(
		size, rk_prng_between(&g->prng, 1, 120), 100);
	if (place->size.raw < 1)
		place->size.raw = 1;
}

/* Is it likely to be refused, whatever the order is? */
static bool is_hopeless(struct rk_generator *g,
			const struct rk_cmd_place *place)
{
	struct rk_account_view account;
	struct rk_market_view market;
	struct rk_slot_view slot;
	uint32_t index;

	if (rk_view_find_account(g->engine, place->account, &index) != RK_OK ||
	    rk_view_account(g->engine, index, &account) != RK_OK ||
	    rk_view_market(g->engine, place->market, &market) != RK_OK ||
	    rk_view_slot(g->engine, market.slot, &slot) != RK_OK)
		return true;
	return slot.state != RK_PRICE_OK ||
	       account.state >= RK_STATE_LIQUIDATING ||
	       !account.margin.prices_ok || account.margin.health_i.raw < 0;
}

/* Whose order, and where; mostly one that may be allowed. */
static void choose(struct rk_generator *g, struct rk_cmd_place *place)
{
	int tries = rk_generator_chance(g, 80) ? 24 : 1;

	for (int i = 0; i < tries; i++) {
		place->account = somebody(g);
		rk_generator_wish(g, place->account, place);
		if (!is_hopeless(g, place))
			return;
	}
}

void rk_generator_place(struct rk_generator *g, struct rk_cmd *cmd)
{
	bool small = rk_generator_chance(g, is_filling(g) ? 95 : 20);
	struct rk_cmd_place *place = &cmd->place;
	struct rk_market_view market;
	struct rk_slot_view slot;

	place->order = 1 + rk_generator_below(g, 100000);
	place->reduce_only = small || rk_generator_chance(g, 20);
	choose(g, place);
	if (small)
		place->account = patient(g);
	if (place->reduce_only && (small || rk_generator_chance(g, 90)))
		take_from_position(g, place, small);
	if (rk_view_market(g->engine, place->market, &market) != RK_OK)
		return;
	if (rk_generator_chance(g, 60))
		place->size.raw = rk_generator_share(
			place->size.raw, 1, rk_prng_between(&g->prng, 2, 400));
	if (place->size.raw < 1 || small)
		place->size.raw = 1;
	if (!place->reduce_only && rk_generator_chance(g, 90))
		place->size.raw =
			round_to_lot(place->size.raw, market.listing.lot.raw);
	place->price.raw = rk_generator_price_near(g, &market);
	/* At the mark, and one beside it. */
	if (rk_generator_chance(g, 20) &&
	    rk_view_slot(g->engine, market.slot, &slot) == RK_OK &&
	    slot.mark.raw > 1)
		place->price.raw =
			slot.mark.raw + rk_prng_between(&g->prng, -1, 1);
}

void rk_generator_cancel_order(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_cancel_order *cancel = &cmd->cancel_order;
	struct rk_resting_view order;

	cancel->account = somebody(g);
	cancel->order = 1 + rk_generator_below(g, 100000);
	for (int i = 0; i < 8; i++) {
		if (pick(g, cancel->account, &order))
			break;
		cancel->account = rk_generator_account(g);
	}
	if (!pick(g, cancel->account, &order) ||
	    (is_filling(g) && rk_generator_chance(g, 90)))
		return;
	cancel->order = order.order;
	switch (rk_generator_below(g, 6)) {
	case 0:
	case 1:
		cancel->left.raw = order.left.raw / 2;
		break;
	case 2:
		cancel->left.raw =
			order.left.raw + (int64_t)rk_generator_below(g, 3);
		break;
	case 3:
		if (rk_generator_chance(g, 40))
			cancel->left.raw = rk_prng_edge(&g->prng);
		break;
	default:
		break;
	}
}

/* All of it, a part, or more than is left. */
static int64_t part_of(struct rk_generator *g, int64_t left)
{
	switch (rk_generator_below(g, 4)) {
	case 0:
		return left;
	case 1:
		return rk_generator_share(left, 3, 2) + 1;
	default:
		return 1 +
		       rk_generator_share(
			       left, (int64_t)rk_generator_below(g, 100), 101);
	}
}

void rk_generator_execute(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_trade *trade = &cmd->trade;
	uint64_t account = somebody(g);
	struct rk_market_view market;
	struct rk_resting_view order;
	struct rk_trade_side *side;

	for (int i = 0; i < 8 && !pick(g, account, &order); i++)
		account = rk_generator_account(g);
	if (!pick(g, account, &order) || is_filling(g) ||
	    rk_view_market(g->engine, order.market, &market) != RK_OK)
		return;
	/* Of another market or side it is no fill of this order. */
	if (rk_generator_chance(g, 96)) {
		trade->market = order.market;
		trade->trade = 1 + market.last_trade;
		trade->price = order.price;
	}
	side = (order.side == RK_SIDE_BUY) == rk_generator_chance(g, 97)
		       ? &trade->buyer
		       : &trade->seller;
	trade->size.raw = part_of(g, order.left.raw);
	trade->buyer = (struct rk_trade_side){.account = 0};
	trade->seller = trade->buyer;
	side->account = account;
	side->resting = order.order;
	trade->venue =
		g->counts.venues > 0
			? (uint32_t)rk_generator_below(g, g->counts.venues)
			: 0;
	/* One that is gone, or never was. */
	if (rk_generator_chance(g, 4))
		side->resting++;
}

void rk_generator_spoil_place(struct rk_generator *g,
			      struct rk_cmd_place *place)
{
	struct rk_resting_view order;

	switch (rk_generator_below(g, 8)) {
	case 0:
		place->account = 0;
		break;
	case 1:
		place->order = rk_generator_chance(g, 50)
				       ? 0
				       : (uint64_t)INT64_MAX +
						 rk_generator_below(g, 2);
		break;
	case 2:
		place->market = g->counts.markets;
		break;
	case 3:
		place->side = (enum rk_side)rk_generator_below(g, 4);
		break;
	case 4:
		place->size.raw = rk_prng_edge(&g->prng);
		break;
	case 5:
		place->price.raw = rk_prng_edge(&g->prng);
		break;
	case 6:
		if (pick(g, place->account, &order))
			place->order = order.order;
		break;
	default:
		place->reduce_only = !place->reduce_only;
		break;
	}
}

/*
 * Trades and what the gateway says about liquidation orders: opening with much
 * leverage, reducing, flipping, and fills that are partial, late, beyond the
 * order or beyond the position.
 */
#include "engine/rc.h"
#include "support/generator_model.h"

/* How much of a market a USD amount buys at the price it is at. */
static int64_t size_for(struct rk_generator *g,
			const struct rk_market_view *market, int64_t usd)
{
	const struct rk_cmd_market *m = &market->listing;
	int64_t amount = rk_generator_amount(g, market->settle_asset, usd);
	int64_t price = rk_generator_price(g, market->slot);
	struct rk_asset_view settle;
	int exponent;
	int64_t size;

	if (rk_view_asset(g->engine, market->settle_asset, &settle) != RK_OK)
		return 1;
	exponent = m->size_decimals + m->multiplier_decimals -
		   settle.listing.decimals;
	if (m->contract == RK_CONTRACT_INVERSE)
		size = rk_generator_product(amount, price,
					    exponent - m->price_decimals,
					    m->multiplier);
	else
		size = rk_generator_product(
			       amount, 1, exponent + m->price_decimals, price) /
		       m->multiplier;
	if (size > m->position_max.raw)
		size = m->position_max.raw;
	return size < 1 ? 1 : size;
}

int64_t rk_generator_price_near(struct rk_generator *g,
				const struct rk_market_view *market)
{
	int64_t price = rk_generator_price(g, market->slot);
	int64_t max = market->listing.price_max.raw;
	int64_t min = market->listing.price_min.raw;
	int64_t off = rk_prng_between(&g->prng, -50, 50);

	if (rk_generator_chance(g, 4))
		off = rk_prng_between(&g->prng, -4000, 4000);
	price += rk_generator_share(price, off, 10000);
	if (rk_generator_chance(g, 1))
		price = rk_generator_chance(g, 50) ? min : max;
	if (price < min)
		return min;
	return price > max ? max : price;
}

/* Mostly rising; now and then again, out of order, or far below. */
static uint64_t next_id(struct rk_generator *g, uint32_t market)
{
	uint64_t *id = &g->trade_id[market % WORLD_MARKETS];

	switch (rk_generator_below(g, 40)) {
	case 0:
	case 5:
	case 6:
		return *id;
	case 1:
	case 4:
		return *id - 4093 - rk_generator_below(g, 18);
	case 2:
		return *id - rk_generator_below(g, 12);
	case 3:
		*id += 1 + rk_generator_below(g, 20);
		return *id;
	default:
		return ++*id;
	}
}

static int64_t fee_for(struct rk_generator *g,
		       const struct rk_market_view *market, int64_t usd)
{
	int64_t fee = rk_generator_amount(g, market->settle_asset, usd) / 2000;

	if (rk_generator_chance(g, 40))
		return 0;
	return rk_generator_chance(g, 20) ? -fee / 3 : fee;
}

/* What an account wants: a market, a side and a size. */
struct wish {
	uint32_t market;
	bool buy;
	int64_t size;
};

/* Add to a position, take from it, close it or turn it around. */
static void change_position(struct rk_generator *g,
			    const struct rk_position_view *position,
			    struct wish *ret_wish)
{
	int64_t size = position->size.raw;
	int64_t percent = rk_prng_between(&g->prng, 1, 160);

	ret_wish->market = position->market;
	ret_wish->buy = size < 0;
	size = size < 0 ? -size : size;
	if (rk_generator_chance(g, 25))
		percent = 100;
	if (rk_generator_chance(g, 15))
		ret_wish->buy = !ret_wish->buy;
	ret_wish->size = rk_generator_share(size, percent, 100);
	if (ret_wish->size < 1)
		ret_wish->size = 1;
}

static void make_wish(struct rk_generator *g, uint64_t account,
		      struct wish *ret_wish)
{
	struct rk_position_view positions[8];
	struct rk_account_view view;
	struct rk_market_view market;
	uint32_t index = 0;
	uint32_t n = 0;
	int64_t usd = 0;

	if (rk_view_find_account(g->engine, account, &index) == RK_OK &&
	    rk_view_account(g->engine, index, &view) == RK_OK) {
		usd = view.margin.equity.raw;
		n = rk_view_positions(g->engine, index, positions, 8);
	}
	if (n > 0 && rk_generator_chance(g, 55)) {
		change_position(g, &positions[rk_generator_below(g, n)],
				ret_wish);
		return;
	}
	ret_wish->market = rk_generator_market(g);
	ret_wish->buy = rk_generator_chance(g, 50);
	ret_wish->size = 1;
	if (rk_view_market(g->engine, ret_wish->market, &market) != RK_OK)
		return;
	if (usd <= 0)
		usd = INT64_C(1000) * 100000000;
	/* Leverage from a tenth to six, now and then to forty. */
	usd = rk_generator_share(
		usd,
		rk_prng_between(&g->prng, 1,
				rk_generator_chance(g, 15) ? 400 : 60),
		10);
	ret_wish->size = size_for(g, &market, usd);
	if (rk_generator_chance(g, 2))
		ret_wish->size = market.listing.position_max.raw;
}

void rk_generator_wish(struct rk_generator *g, uint64_t account,
		       struct rk_cmd_place *ret_wish)
{
	struct wish wish;

	make_wish(g, account, &wish);
	ret_wish->market = wish.market;
	ret_wish->side = wish.buy ? RK_SIDE_BUY : RK_SIDE_SELL;
	ret_wish->size.raw = wish.size;
}

static void other_side(struct rk_generator *g, struct rk_cmd_trade *trade,
		       struct rk_trade_side *side)
{
	trade->venue =
		g->counts.venues > 0
			? (uint32_t)rk_generator_below(g, g->counts.venues)
			: 0;
	side->account = 0;
	if (rk_generator_chance(g, 60))
		side->account = rk_generator_account(g);
}

void rk_generator_trade(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_trade *trade = &cmd->trade;
	struct rk_market_view market;
	uint64_t account = rk_generator_account(g);
	struct rk_trade_side *mine;
	struct rk_trade_side *theirs;
	struct wish wish;

	make_wish(g, account, &wish);
	mine = wish.buy ? &trade->buyer : &trade->seller;
	theirs = wish.buy ? &trade->seller : &trade->buyer;
	trade->market = wish.market;
	trade->trade = next_id(g, wish.market);
	trade->size.raw = wish.size;
	mine->account = account;
	other_side(g, trade, theirs);
	if (rk_view_market(g->engine, wish.market, &market) != RK_OK)
		return;
	trade->price.raw = rk_generator_price_near(g, &market);
	mine->fee.raw = fee_for(g, &market, INT64_C(10000000000));
	if (theirs->account != 0)
		theirs->fee.raw = fee_for(g, &market, INT64_C(10000000000));
}

bool rk_generator_pick_order(struct rk_generator *g,
			     struct rk_order_view *ret_order)
{
	struct rk_order_id id;

	if (g->orders_n == 0)
		return false;
	id = g->orders[rk_generator_below(g, g->orders_n)];
	return rk_view_order(g->engine, id, ret_order) == RK_OK;
}

static int64_t fill_size(struct rk_generator *g,
			 const struct rk_order_view *order)
{
	int64_t left = order->size.raw - order->filled.raw;

	if (left < 1)
		left = 1;
	switch (rk_generator_below(g, 10)) {
	case 0: /* beyond the order, and maybe the position */
		return left + 1 + (int64_t)rk_generator_below(g, 1000);
	case 1:
		return rk_generator_share(left, 3, 1) + 1;
	case 2:
	case 3:
	case 4:
		return left;
	default:
		return 1 +
		       rk_generator_share(
			       left, (int64_t)rk_generator_below(g, 100), 101);
	}
}

/* Turns a trade into the fill of a liquidation order, if there is one. */
void rk_generator_fill(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_trade *trade = &cmd->trade;
	struct rk_order_view order;
	struct rk_market_view market;
	struct rk_trade_side *mine;

	if (!rk_generator_pick_order(g, &order) ||
	    rk_view_market(g->engine, order.market, &market) != RK_OK)
		return;
	/* Late fills are rarer than fills in time. */
	if (order.closed && rk_generator_chance(g, 70))
		return;
	*trade = (struct rk_cmd_trade){.market = order.market};
	trade->trade = next_id(g, order.market);
	trade->price.raw = rk_generator_price_near(g, &market);
	trade->size.raw = fill_size(g, &order);
	/* Beyond it an order that was sized before it was lowered may be. */
	if (trade->size.raw > market.listing.position_max.raw &&
	    trade->size.raw > order.size.raw && rk_generator_chance(g, 90))
		trade->size.raw = market.listing.position_max.raw;
	mine = order.side == RK_SIDE_BUY ? &trade->buyer : &trade->seller;
	mine->account = order.account;
	mine->order = order.order;
	mine->fee.raw = fee_for(g, &market, INT64_C(10000000000));
	other_side(g, trade,
		   mine == &trade->buyer ? &trade->seller : &trade->buyer);
	if (rk_generator_chance(g, 6))
		mine->account = rk_generator_account(g);
}

void rk_generator_order_closed(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_order_closed *closed = &cmd->order_closed;
	struct rk_order_view order;

	closed->order.seq = 1 + rk_generator_below(g, g->counts.seq + 1);
	if (rk_generator_chance(g, 15) &&
	    rk_generator_conversion_closed(g, closed))
		return;
	if (!rk_generator_pick_order(g, &order))
		return;
	/* An order that is closed already is refused: not too often. */
	if (order.closed && rk_generator_chance(g, 50) &&
	    !rk_generator_pick_order(g, &order))
		return;
	closed->order = order.order;
	closed->filled = order.filled;
	switch (rk_generator_below(g, 12)) {
	case 0:
	case 1:
	case 2:
		closed->filled.raw += 1 + (int64_t)rk_generator_below(g, 1000);
		break;
	case 3:
		closed->filled = order.size;
		break;
	case 4:
		closed->filled.raw = rk_prng_edge(&g->prng);
		break;
	case 5:
		closed->filled.raw /= 2;
		break;
	default:
		break;
	}
}

/*
 * Conversion: terms under which losses borrow little or nothing, and what
 * venues took and gave: of orders mostly, in part, whole or beyond, in time or
 * late; and of none.
 */
#include <string.h>

#include "engine/rc.h"
#include "support/generator_model.h"

#define BALANCES 16
#define USD      INT64_C(100000000)
#define ORDERS   8

static int64_t up_to(struct rk_generator *g, int64_t most)
{
	return most <= 0 ? 0
			 : (int64_t)rk_generator_below(g, (uint64_t)most + 1);
}

void rk_generator_conversion(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_conversion *terms = &cmd->conversion.terms;
	struct rk_asset_view view;
	uint32_t asset = rk_generator_asset(g);

	if (rk_view_asset(g->engine, asset, &view) != RK_OK)
		return;
	(void)memcpy(cmd->conversion.asset, view.listing.name, RK_NAME_SIZE);
	*terms = view.conversion;
	if (rk_generator_chance(g, 5))
		return; /* as it is */
	if (rk_generator_chance(g, 8)) {
		(void)memset(terms, 0, sizeof(*terms));
		return;
	}
	terms->enabled = true;
	terms->auto_borrow.raw = 0;
	if (rk_generator_chance(g, 70))
		terms->auto_borrow.raw =
			up_to(g, rk_generator_amount(g, asset, 5000 * USD));
	terms->repay_to.raw = 0;
	if (rk_generator_chance(g, 60))
		terms->repay_to.raw = up_to(g, terms->auto_borrow.raw);
	terms->cost.raw = up_to(g, RK_RATE_ONE / 50);
	if (rk_generator_chance(g, 5))
		terms->cost.raw = RK_RATE_ONE - 1 - up_to(g, RK_RATE_ONE / 2);
	terms->band.raw = 1 + up_to(g, RK_RATE_ONE / 10);
	if (rk_generator_chance(g, 5))
		terms->band.raw = RK_RATE_ONE - 1;
}

/* What an amount of one asset is of another, at the prices now. */
static int64_t exchanged(struct rk_generator *g, uint32_t from, int64_t amount,
			 uint32_t to)
{
	struct rk_usd worth =
		rk_view_asset_value(g->engine, from, (rk_amt){amount});

	return rk_generator_amount(g, to, worth.raw);
}

/* Near the market, or well beside it; never nothing. */
static void set_bought(struct rk_generator *g, struct rk_cmd_convert *convert)
{
	int64_t fair =
		exchanged(g, convert->sell, convert->sold.raw, convert->buy);

	convert->bought.raw = rk_generator_share(
		fair, rk_prng_between(&g->prng, 900, 1020), 1000);
	if (convert->bought.raw < 1)
		convert->bought.raw = 1;
	if (rk_generator_chance(g, 40))
		convert->fee.raw = rk_generator_share(
			convert->bought.raw, rk_prng_between(&g->prng, -5, 20),
			10000);
}

static bool pick_order(struct rk_generator *g,
		       struct rk_conversion_view *ret_order)
{
	struct rk_order_id id;

	if (g->conversions_n == 0)
		return false;
	id = g->conversions[rk_generator_below(g, g->conversions_n)];
	return rk_view_conversion(g->engine, id, ret_order) == RK_OK;
}

static int64_t part_to_sell(struct rk_generator *g,
			    const struct rk_conversion_view *order)
{
	int64_t left = order->size.raw - order->sold.raw;

	if (left < 1)
		left = 1;
	switch (rk_generator_below(g, 8)) {
	case 0:
		return left + 1 + (int64_t)rk_generator_below(g, 1000);
	case 1:
	case 2:
	case 3:
		return left;
	default:
		return 1 + rk_generator_share(left, up_to(g, 100), 101);
	}
}

/* What an order asked for. False: there is none. */
static bool fill_order(struct rk_generator *g, struct rk_cmd_convert *convert)
{
	struct rk_conversion_view order;

	if (!pick_order(g, &order) ||
	    (order.closed && rk_generator_chance(g, 70)))
		return false;
	convert->account = order.account;
	convert->order = order.order;
	convert->sell = order.sell;
	convert->buy = order.buy;
	convert->sold.raw = part_to_sell(g, &order);
	set_bought(g, convert);
	return true;
}

void rk_generator_convert(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_convert *convert = &cmd->convert;
	struct rk_balance_view balances[BALANCES];
	uint32_t index;
	uint32_t n;

	if (g->counts.venues > 0)
		convert->venue =
			(uint32_t)rk_generator_below(g, g->counts.venues);
	convert->account = rk_generator_account(g);
	convert->sell = rk_generator_asset(g);
	convert->buy = rk_generator_asset(g);
	convert->sold.raw = 1 + up_to(g, 1000);
	convert->bought.raw = 1 + up_to(g, 1000);
	if ((rk_generator_chance(g, 70) && fill_order(g, convert)) ||
	    rk_view_find_account(g->engine, convert->account, &index) != RK_OK)
		return;
	n = rk_view_balances(g->engine, index, balances, BALANCES);
	if (n == 0 || n > BALANCES)
		return;
	n = (uint32_t)rk_generator_below(g, n);
	if (balances[n].amount.raw <= 0)
		return;
	convert->sell = balances[n].asset;
	convert->sold.raw = 1 + rk_generator_share(balances[n].amount.raw,
						   up_to(g, 105), 100);
	set_bought(g, convert);
}

/* Some order, and what was sold of it. False: there is none. */
bool rk_generator_conversion_closed(struct rk_generator *g,
				    struct rk_cmd_order_closed *closed)
{
	struct rk_conversion_view order;

	if (!pick_order(g, &order) || order.closed)
		return false;
	closed->order = order.order;
	closed->filled.raw = order.sold.raw;
	if (rk_generator_chance(g, 25))
		closed->filled.raw += 1 + up_to(g, 1000);
	return true;
}

static void spoil_terms(struct rk_generator *g, struct rk_conversion *terms)
{
	switch (rk_generator_below(g, 6)) {
	case 0:
		terms->enabled = !terms->enabled;
		break;
	case 1:
		terms->repay_to.raw = terms->auto_borrow.raw + 1;
		break;
	case 2:
		terms->cost.raw = RK_RATE_ONE;
		break;
	case 3:
		terms->band.raw = rk_generator_chance(g, 50) ? 0 : RK_RATE_ONE;
		break;
	case 4:
		terms->auto_borrow.raw = rk_prng_edge(&g->prng);
		break;
	default:
		terms->cost.raw = rk_prng_edge(&g->prng);
		break;
	}
}

void rk_generator_spoil_conversion(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_convert *convert = &cmd->convert;

	if (cmd->type == RK_CMD_CONVERSION) {
		if (rk_generator_chance(g, 10))
			cmd->conversion.asset[0] = '!';
		else
			spoil_terms(g, &cmd->conversion.terms);
		return;
	}
	switch (rk_generator_below(g, 9)) {
	case 0:
		convert->account = 1;
		break;
	case 1:
		convert->venue += g->counts.venues;
		break;
	case 2:
		convert->sell += g->counts.assets;
		break;
	case 3:
	case 4:
		convert->buy = convert->sell;
		break;
	case 5:
		convert->sold.raw = rk_prng_edge(&g->prng);
		break;
	case 6:
		convert->bought.raw = rk_prng_edge(&g->prng);
		break;
	case 7:
		convert->fee.raw = rk_prng_edge(&g->prng);
		break;
	default:
		convert->order.seq++;
		break;
	}
}

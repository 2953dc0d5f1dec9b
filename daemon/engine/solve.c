/*
 * Limits, found by halving. See solve.h.
 */
#include "engine/solve.h"

#include "engine/assert.h"
#include "engine/contract.h"
#include "engine/fx.h"
#include "engine/margin.h"
#include "engine/rc.h"
#include "engine/records.h"
#include "engine/suppose.h"

#define SUPPOSED_MAX 64

/* A question at one price of the slot. */
struct priced {
	struct rk_scene scene; /* the slot's price last */
	struct rk_scene_price supposed[SUPPOSED_MAX + 1];
	const struct rk_holdings *holdings;
	enum rk_solve_of of;
};

static rk_i128 figure_at(struct priced *p, int64_t price)
{
	struct rk_judgement judgement;

	p->supposed[p->scene.supposed_n - 1].mark.raw = price;
	rk_margin_judge(&p->scene, p->holdings, &judgement);
	return p->of == RK_SOLVE_EQUITY ? (rk_i128)judgement.equity.raw
					: (rk_i128)judgement.equity.raw -
						  judgement.maintenance.raw;
}

/* bad is not safe, good is: the last price seen from bad that is not. */
static int64_t last_bad(struct priced *p, int64_t bad, int64_t good)
{
	while (bad - good > 1 || good - bad > 1) {
		int64_t middle = bad + (good - bad) / 2;

		if (figure_at(p, middle) < 0)
			bad = middle;
		else
			good = middle;
	}
	return bad;
}

/* A price at which the figure is largest, within low..high. */
static int64_t best_price(struct priced *p, int64_t low, int64_t high)
{
	while (high - low > 2) {
		int64_t third = (high - low) / 3;
		int64_t a = low + third;
		int64_t b = high - third;

		if (figure_at(p, a) < figure_at(p, b))
			low = a;
		else
			high = b;
	}
	if (figure_at(p, low + 1 <= high ? low + 1 : low) >= figure_at(p, low))
		low = low + 1 <= high ? low + 1 : low;
	return figure_at(p, high) > figure_at(p, low) ? high : low;
}

void rk_solve_price(const struct rk_scene *scene,
		    const struct rk_holdings *holdings, uint32_t slot,
		    enum rk_solve_of of, struct rk_solve_prices *ret_prices)
{
	struct priced p = {.scene = *scene, .holdings = holdings, .of = of};
	int64_t min = scene->slots[slot].price_min.raw;
	int64_t max = scene->slots[slot].price_max.raw;
	int64_t safe = rk_scene_mark(scene, slot).raw;

	RK_ASSERT(scene->supposed_n <= SUPPOSED_MAX);
	RK_ASSERT(safe >= min);
	RK_ASSERT(safe <= max);

	for (uint32_t i = 0; i < scene->supposed_n; i++)
		p.supposed[i] = scene->supposed[i];
	p.supposed[scene->supposed_n].slot = slot;
	p.scene.supposed = p.supposed;
	p.scene.supposed_n = scene->supposed_n + 1;
	*ret_prices = (struct rk_solve_prices){{0}, {0}, false};

	if (figure_at(&p, safe) < 0)
		safe = best_price(&p, min, max);
	if (figure_at(&p, safe) < 0)
		return;
	ret_prices->ever = true;
	if (figure_at(&p, min) < 0)
		ret_prices->below.raw = last_bad(&p, min, safe);
	if (figure_at(&p, max) < 0)
		ret_prices->above.raw = last_bad(&p, max, safe);
}

rk_amt rk_solve_withdrawable(const struct rk_scene *scene,
			     const struct rk_holdings *holdings, uint32_t asset)
{
	int64_t most = rk_holdings_balance(holdings, asset).raw;
	int64_t good = 0;
	int64_t bad;

	if (most <= 0)
		return (rk_amt){0};
	if (rk_margin_check_out(scene, holdings, asset, (rk_amt){most}) ==
	    RK_OK)
		return (rk_amt){most};
	bad = most;
	while (bad - good > 1) {
		int64_t middle = good + (bad - good) / 2;

		if (rk_margin_check_out(scene, holdings, asset,
					(rk_amt){middle}) == RK_OK)
			good = middle;
		else
			bad = middle;
	}
	return (rk_amt){good};
}

/* A question at one size of an order. */
struct sized {
	const struct rk_scene *scene;
	const struct rk_holdings *holdings;
	const struct rk_solve_order *order;
	rk_usd health_m; /* before */
	rk_usd health_i;
};

/* False: it cannot be filled at all. */
static bool figures_after(const struct sized *s, int64_t size,
			  struct rk_margin *ret_margin)
{
	const struct rk_market *market = &s->scene->markets[s->order->market];
	struct rk_supposed_fill fill = {
		.market = s->order->market,
		.price = s->order->price,
		.part = {s->order->side == RK_SIDE_BUY ? size : -size},
	};
	struct rk_holdings after = *s->holdings;
	rk_amt floor;
	rk_amt value;

	if (rk_contract_value_both(market, s->order->price, (rk_qty){size},
				   &floor, &value) != RK_OK)
		return false;
	fill.fee.raw =
		(int64_t)rk_fx_div((rk_i128)value.raw * s->order->fee.raw,
				   RK_RATE_ONE, RK_ROUND_CEIL);
	if (rk_suppose_fill(s->scene, &after, &fill) != RK_OK)
		return false;
	rk_margin_of(s->scene, &after, ret_margin);
	return true;
}

/* Nothing gets worse by it. */
static bool no_worse(const struct sized *s, int64_t size)
{
	struct rk_margin margin;

	return figures_after(s, size, &margin) &&
	       margin.health_i.raw >= s->health_i.raw &&
	       margin.health_m.raw >= s->health_m.raw;
}

static bool enough(const struct sized *s, int64_t size)
{
	struct rk_margin margin;

	return figures_after(s, size, &margin) && margin.health_i.raw >= 0;
}

static bool passes(const struct sized *s, int64_t size)
{
	return enough(s, size) || no_worse(s, size);
}

/* From a size that is good, 0 included, to the last one that is. */
static int64_t last_good(const struct sized *s, int64_t good, int64_t bad,
			 bool (*is_good)(const struct sized *s, int64_t size))
{
	while (bad - good > 1) {
		int64_t middle = good + (bad - good) / 2;

		if (is_good(s, middle))
			good = middle;
		else
			bad = middle;
	}
	return good;
}

/* The size, 0..high, after which health_I is largest. */
static int64_t best_size(const struct sized *s, int64_t high)
{
	int64_t low = 0;

	while (high - low > 2) {
		int64_t third = (high - low) / 3;
		struct rk_margin a = {.health_i = {INT64_MIN}};
		struct rk_margin b = {.health_i = {INT64_MIN}};

		(void)figures_after(s, low + third, &a);
		(void)figures_after(s, high - third, &b);
		if (a.health_i.raw < b.health_i.raw)
			low += third;
		else
			high -= third;
	}
	return low + (high > low ? 1 : 0);
}

/* More than anybody can trade: a position may be turned round whole. */
static int64_t beyond(const struct rk_holdings *holdings, uint32_t market,
		      const struct rk_market *record)
{
	int64_t most = record->listing.position_max.raw;

	/* One that was there before position_max was lowered. */
	for (uint32_t i = 0; i < holdings->positions_n; i++)
		if (holdings->positions[i].market == market &&
		    rk_fx_magnitude(holdings->positions[i].size).raw > most)
			most = rk_fx_magnitude(holdings->positions[i].size).raw;
	return 2 * most + 1;
}

rk_qty rk_solve_order_size(const struct rk_scene *scene,
			   const struct rk_holdings *holdings,
			   const struct rk_solve_order *order)
{
	const struct rk_market *market = &scene->markets[order->market];
	struct sized s = {scene, holdings, order, {0}, {0}};
	int64_t bad = beyond(holdings, order->market, market);
	struct rk_margin before;
	int64_t best = 0;

	rk_margin_of(scene, holdings, &before);
	s.health_m = before.health_m;
	s.health_i = before.health_i;
	if (before.health_i.raw < 0) {
		/* Closing may lead to where there is enough again. */
		best = last_good(&s, 0, bad, no_worse);
		best = best_size(&s, best);
		if (!enough(&s, best))
			best = 0;
	}
	return (rk_qty){last_good(&s, best, bad, passes)};
}

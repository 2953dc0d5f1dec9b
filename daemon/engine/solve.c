/*
 * Limits, found by halving. See solve.h.
 */
#include "engine/solve.h"

#include "engine/assert.h"
#include "engine/bound.h"
#include "engine/contract.h"
#include "engine/fx.h"
#include "engine/lending.h"
#include "engine/margin.h"
#include "engine/rc.h"
#include "engine/records.h"
#include "engine/resting.h"
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

/* Half the price or twice, within low..high. */
static int64_t step_down(int64_t price, int64_t low)
{
	return price / 2 > low ? price / 2 : low;
}

static int64_t step_up(int64_t price, int64_t high)
{
	return price < high / 2 ? price * 2 : high;
}

/* The last bad price below good, seen from good; 0: there is none. */
static int64_t bad_below(struct priced *p, int64_t good, int64_t min)
{
	while (good > min) {
		int64_t next = step_down(good, min);

		if (figure_at(p, next) < 0)
			return last_bad(p, next, good);
		good = next;
	}
	return 0;
}

static int64_t bad_above(struct priced *p, int64_t good, int64_t max)
{
	while (good < max) {
		int64_t next = step_up(good, max);

		if (figure_at(p, next) < 0)
			return last_bad(p, next, good);
		good = next;
	}
	return 0;
}

/* The one of steps from low to high at which the figure is largest. */
static int64_t best_step(struct priced *p, int64_t low, int64_t high)
{
	rk_i128 most = figure_at(p, low);
	int64_t best = low;

	for (int64_t price = low; price < high;) {
		rk_i128 figure;

		price = step_up(price, high);
		figure = figure_at(p, price);
		if (figure > most) {
			most = figure;
			best = price;
		}
	}
	return best;
}

/* A price at which the figure is largest, within min..max. */
static int64_t best_price(struct priced *p, int64_t min, int64_t max)
{
	int64_t near = best_step(p, min, max);
	int64_t low = step_down(near, min);
	int64_t high = step_up(near, max);

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
	if (figure_at(p, high) > figure_at(p, low))
		low = high;
	return figure_at(p, near) > figure_at(p, low) ? near : low;
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
	ret_prices->below.raw = bad_below(&p, safe, min);
	ret_prices->above.raw = bad_above(&p, safe, max);
}

/* By margin, and by what an account may owe (N7). */
static bool may_leave(const struct rk_scene *scene,
		      const struct rk_holdings *holdings, uint32_t asset,
		      int64_t amount)
{
	return rk_suppose_taken_out(scene, holdings, asset, (rk_amt){amount}) ==
	       RK_OK;
}

/*
 * What an account from outside has is in the pool with what all others have.
 * Where nobody else has anything, what others have was not said: the pool gives
 * all that caps allow.
 */
static void join_pool(const struct rk_scene *scene, uint32_t asset,
		      rk_amt balance, struct rk_lending_room *room)
{
	const struct rk_asset *record = &scene->assets[asset];
	rk_i128 cash = rk_lending_cash(record) + balance.raw;

	if (balance.raw < 0 && record->lending.terms.borrow_cap.raw != 0)
		room->borrow = room->borrow > -(rk_i128)balance.raw
				       ? room->borrow + balance.raw
				       : 0;
	if (record->held == 0 && record->owed == 0)
		room->cash = INT64_MAX;
	else
		room->cash = cash > 0 ? cash : 0;
}

/* good may leave, bad may not: the last amount from good that may. */
static int64_t last_good(const struct rk_scene *scene,
			 const struct rk_holdings *holdings, uint32_t asset,
			 int64_t good, int64_t bad)
{
	while (bad - good > 1) {
		int64_t middle = good + (bad - good) / 2;

		if (may_leave(scene, holdings, asset, middle))
			good = middle;
		else
			bad = middle;
	}
	return good;
}

rk_amt rk_solve_withdrawable(const struct rk_scene *scene,
			     const struct rk_holdings *holdings, uint32_t asset)
{
	struct rk_lending_room room = rk_lending_room(&scene->assets[asset]);
	rk_amt balance = rk_holdings_balance(holdings, asset);
	int64_t held = balance.raw > 0 ? balance.raw : 0;
	int64_t most;

	if (scene->outside)
		join_pool(scene, asset, balance, &room);
	most = rk_lending_most_out(&room, balance).raw;
	if (most <= 0)
		return (rk_amt){0};
	if (may_leave(scene, holdings, asset, most))
		return (rk_amt){most};
	/* A first debt may bring better weights (Q3): on both sides of where
	 * it begins it is one range, and the further one counts. */
	if (most > held + 1 && may_leave(scene, holdings, asset, held + 1))
		return (rk_amt){
			last_good(scene, holdings, asset, held + 1, most)};
	return (rk_amt){last_good(scene, holdings, asset, 0,
				  most > held ? held + 1 : most)};
}

/* More than anybody can place: a position may be turned round whole. */
static int64_t beyond(const struct rk_holdings *holdings, uint32_t market,
		      const struct rk_market *record)
{
	int64_t most = record->listing.position_max.raw;
	int64_t held = rk_fx_magnitude(rk_holdings_size(holdings, market)).raw;

	/* One that was there before position_max was lowered. */
	return 2 * (held > most ? held : most) + 1;
}

/* A question at one size of an order, which is among the holdings. */
struct sized {
	const struct rk_scene *scene;
	struct rk_holdings after;
	struct rk_held_order *order;
	rk_i128 health_i; /* before */
	rk_rate fee;
};

/* Is an order of this size allowed, with its fee paid? */
static bool may_place(struct sized *s, int64_t size)
{
	s->order->left.raw = size;
	return rk_resting_check_size(s->scene, &s->after, s->order, s->fee,
				     s->health_i) == RK_OK;
}

/* The largest size from good that may be placed; bad may not. */
static int64_t largest(struct sized *s, int64_t good, int64_t bad)
{
	while (bad - good > 1) {
		int64_t middle = good + (bad - good) / 2;

		if (may_place(s, middle))
			good = middle;
		else
			bad = middle;
	}
	return good;
}

/* The least size whose fee is more than there is of its asset; or `beyond`. */
static int64_t first_debt(const struct sized *s, int64_t beyond)
{
	const struct rk_market *market = &s->scene->markets[s->order->market];
	int64_t held = rk_holdings_balance(&s->after, market->settle).raw;
	int64_t low = 0;

	if (s->fee.raw == 0 || held < 0)
		return beyond;
	while (beyond - low > 1) {
		int64_t middle = low + (beyond - low) / 2;
		rk_amt fee;

		if (rk_contract_fee(market, s->order->price, (rk_qty){middle},
				    s->fee, &fee) == RK_OK &&
		    fee.raw <= held)
			low = middle;
		else
			beyond = middle;
	}
	return beyond;
}

rk_qty rk_solve_order_size(const struct rk_scene *scene,
			   const struct rk_holdings *holdings,
			   const struct rk_solve_order *order)
{
	struct sized s = {.scene = scene,
			  .after = *holdings,
			  .health_i = rk_margin_health_initial(scene, holdings),
			  .fee = order->fee};
	int64_t debt;
	int64_t bad =
		beyond(holdings, order->market, &scene->markets[order->market]);

	if (holdings->orders_n >= RK_RESTING_MAX)
		return (rk_qty){0};
	s.order = rk_holdings_add_order(
		&s.after, &(struct rk_held_order){.market = order->market,
						  .side = order->side,
						  .left = {1},
						  .price = order->price});
	/* As above: a fee that makes a debt may bring better weights. */
	debt = first_debt(&s, bad);
	if (debt < bad && may_place(&s, debt))
		return (rk_qty){largest(&s, debt, bad)};
	return (rk_qty){largest(&s, 0, debt)};
}

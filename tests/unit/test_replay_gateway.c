/*
 * The simulated gateway against a small model of the daemon's orders: fills
 * are booked at once, an order closes when it is filled, is asked to close
 * after three turns and given up after two more.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "replay_gateway.h"
#include "replay_plan.h"

#define ORDERS      2000u
#define TURNS_MAX   40u
#define ASK_AFTER   3u
#define CLOSE_AFTER 2u
#define SIZE        1000
#define MARK        10000

enum ending {
	NOT_CLOSED,
	BY_FILL,
	BY_WORD,
	BY_TIMEOUT
};

struct modelled {
	struct risk_order_id id;
	uint64_t opened; /* turn */
	uint64_t asked;
	bool is_asked;
	bool sell;
	enum ending ending;
	int64_t filled;
	int64_t confirmed; /* -1: not */
	uint32_t fills;
	uint32_t fills_late;
	uint32_t fills_asked;
};

struct model {
	struct rk_replay_gateway *gateway;
	uint64_t turn;
	int64_t mark;
	uint32_t n;
	struct modelled orders[ORDERS];
};

static struct model model;

static int64_t mark_of(const void *arg, uint32_t market)
{
	(void)market;
	return *(const int64_t *)arg;
}

static void say(const struct modelled *order,
		Riskd__LiquidationOrder__Phase phase, int want)
{
	Riskd__Event event = RISKD__EVENT__INIT;
	Riskd__LiquidationOrder body = RISKD__LIQUIDATION_ORDER__INIT;
	Riskd__OrderId id = RISKD__ORDER_ID__INIT;

	id.seq = order->id.seq;
	id.n = order->id.n;
	body.order = &id;
	body.phase = phase;
	body.size = SIZE;
	body.filled = order->filled;
	body.side =
		order->sell ? RISKD__SIDE__SIDE_SELL : RISKD__SIDE__SIDE_BUY;
	body.floor_price = order->sell ? MARK - 500 : MARK + 500;
	event.kind_case = RISKD__EVENT__KIND_ORDER;
	event.order = &body;
	event.account = order->id.seq * 7;
	event.market_plus_one = 1 + order->id.n;
	cr_assert_eq(rk_replay_gateway_event(model.gateway, &event), want);
}

static void open_gateway(uint64_t seed, bool fills)
{
	struct rk_replay_gateway_options options = {
		.seed = seed, .cost_bps = 10, .fills = fills};

	memset(&model, 0, sizeof(model));
	model.mark = MARK;
	cr_assert_eq(rk_replay_gateway_open(&options, &model.gateway), 0);
}

static struct modelled *open_order(uint64_t seq, uint32_t n)
{
	struct modelled *order = &model.orders[model.n++];

	*order = (struct modelled){.id = {seq, n},
				   .opened = model.turn,
				   .sell = seq % 2 == 0,
				   .confirmed = -1};
	say(order, RISKD__LIQUIDATION_ORDER__PHASE__PHASE_OPENED, 0);
	return order;
}

static struct modelled *find_order(struct risk_order_id id)
{
	for (uint32_t i = 0; i < model.n; i++) {
		if (model.orders[i].id.seq == id.seq &&
		    model.orders[i].id.n == id.n)
			return &model.orders[i];
	}
	cr_assert_fail("an action for an order that never was");
	return NULL;
}

static void close_order(struct modelled *order, enum ending ending)
{
	order->ending = ending;
	say(order, RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLOSED, 0);
}

static void book(const struct rk_replay_action *action)
{
	struct modelled *order = find_order(action->order);

	cr_assert_eq(action->sell, order->sell);
	cr_assert_eq(action->account, order->id.seq * 7);
	cr_assert_eq(action->market, order->id.n);
	if (action->kind == RK_REPLAY_ACTION_CLOSE) {
		cr_assert(order->is_asked, "closed without being asked");
		cr_assert_eq(order->ending, NOT_CLOSED);
		cr_assert_eq(order->confirmed, -1, "confirmed twice");
		cr_assert_geq(action->filled, order->filled);
		order->confirmed = action->filled;
		if (order->filled >= order->confirmed)
			close_order(order, BY_WORD);
		return;
	}
	cr_assert_gt(action->size, 0);
	cr_assert_eq(action->price, order->sell ? MARK - 10 : MARK + 10);
	order->fills++;
	order->fills_late += order->ending != NOT_CLOSED;
	order->fills_asked += order->is_asked && order->ending == NOT_CLOSED;
	order->filled += action->size;
	say(order, RISKD__LIQUIDATION_ORDER__PHASE__PHASE_FILLED, 0);
	if (order->ending != NOT_CLOSED)
		return;
	if (order->filled >= SIZE)
		close_order(order, BY_FILL);
	else if (order->confirmed >= 0 && order->filled >= order->confirmed)
		close_order(order, BY_WORD);
}

static void run_timers(void)
{
	for (uint32_t i = 0; i < model.n; i++) {
		struct modelled *order = &model.orders[i];

		if (order->ending != NOT_CLOSED)
			continue;
		if (!order->is_asked &&
		    model.turn >= order->opened + ASK_AFTER) {
			order->is_asked = true;
			order->asked = model.turn;
			say(order,
			    RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLOSE_ASKED,
			    0);
		} else if (order->is_asked &&
			   model.turn >= order->asked + CLOSE_AFTER) {
			close_order(order, BY_TIMEOUT);
		}
	}
}

/* One turn; mixes what was done into hash. */
static uint64_t take_turn(uint64_t hash)
{
	struct rk_replay_action action;

	model.turn++;
	rk_replay_gateway_turn(model.gateway);
	run_timers();
	while (rk_replay_gateway_next(model.gateway, mark_of, &model.mark,
				      &action)) {
		hash = hash * 31 + action.order.seq * 7 + action.order.n +
		       (uint64_t)action.size + (uint64_t)action.filled;
		book(&action);
	}
	return hash;
}

static uint64_t run_all(uint64_t seed)
{
	uint64_t hash = 1;

	open_gateway(seed, true);
	for (uint32_t i = 0; i < ORDERS; i++) {
		open_order(1 + i / 4, i % 4);
		if (i % 50 == 49)
			hash = take_turn(hash);
	}
	for (uint32_t i = 0; i < TURNS_MAX; i++)
		hash = take_turn(hash);
	return hash;
}

Test(replay_gateway, every_order_ends_and_no_fill_is_left_over)
{
	for (uint64_t seed = 0; seed < 20; seed++) {
		run_all(seed);
		cr_assert_eq(rk_replay_gateway_active(model.gateway), 0);
		cr_assert_eq(rk_replay_gateway_open_orders(model.gateway), 0);
		for (uint32_t i = 0; i < model.n; i++) {
			const struct modelled *order = &model.orders[i];

			cr_assert_neq(order->ending, NOT_CLOSED);
			cr_assert(order->confirmed < 0 ||
					  order->filled >= order->confirmed,
				  "order %u: the fill it spoke of never came",
				  i);
		}
		rk_replay_gateway_close(model.gateway);
	}
}

Test(replay_gateway, most_fill_at_once_and_every_other_way_is_met)
{
	uint32_t whole = 0;
	uint32_t parts = 0;
	uint32_t some = 0;
	uint32_t none = 0;
	uint32_t asked = 0;
	uint32_t late = 0;
	uint32_t excess = 0;
	uint32_t endings[4] = {0};

	run_all(1);
	for (uint32_t i = 0; i < model.n; i++) {
		const struct modelled *order = &model.orders[i];

		endings[order->ending]++;
		whole += order->fills == 1 && order->filled == SIZE;
		parts += order->fills > 1 && order->filled == SIZE;
		some += order->filled > 0 && order->filled < SIZE;
		none += order->filled == 0;
		asked += order->fills_asked > 0;
		late += order->fills_late > 0;
		excess += order->filled > SIZE;
	}
	rk_replay_gateway_close(model.gateway);
	cr_assert_gt(whole, ORDERS / 2);
	cr_assert_gt(parts, ORDERS / 10);
	cr_assert_gt(some, ORDERS / 50);
	cr_assert_eq(none, 0, "each plan of seed 1 fills something");
	cr_assert_gt(asked, ORDERS / 50);
	cr_assert_gt(late, ORDERS / 100);
	cr_assert_gt(excess, ORDERS / 100);
	cr_assert_gt(endings[BY_WORD], ORDERS / 100);
	cr_assert_gt(endings[BY_TIMEOUT], ORDERS / 100);
}

Test(replay_gateway, same_seed_does_the_same_and_another_does_not)
{
	uint64_t first = run_all(7);

	rk_replay_gateway_close(model.gateway);
	cr_assert_eq(run_all(7), first);
	rk_replay_gateway_close(model.gateway);
	cr_assert_neq(run_all(8), first);
	rk_replay_gateway_close(model.gateway);
}

Test(replay_gateway, order_is_not_filled_beyond_its_floor_price)
{
	struct rk_replay_action action;

	open_gateway(1, true);
	for (uint64_t i = 0; i < 100; i++)
		open_order(2 + i * 2, 0); /* sales, floor MARK - 500 */
	model.mark = MARK - 500;          /* 10 bps less is beyond it */
	for (uint32_t i = 0; i < 3; i++) {
		rk_replay_gateway_turn(model.gateway);
		cr_assert(!rk_replay_gateway_next(model.gateway, mark_of,
						  &model.mark, &action));
	}
	model.mark = MARK;
	cr_assert(rk_replay_gateway_next(model.gateway, mark_of, &model.mark,
					 &action));
	rk_replay_gateway_close(model.gateway);
}

Test(replay_gateway, market_without_a_price_waits)
{
	struct rk_replay_action action;

	open_gateway(1, true);
	open_order(1, 0);
	model.mark = 0;
	for (uint32_t i = 0; i < 5; i++) {
		rk_replay_gateway_turn(model.gateway);
		cr_assert(!rk_replay_gateway_next(model.gateway, mark_of,
						  &model.mark, &action));
	}
	rk_replay_gateway_close(model.gateway);
}

Test(replay_gateway, without_fills_closing_is_confirmed_with_what_was_booked)
{
	struct rk_replay_action action;
	struct modelled *order;

	open_gateway(1, false);
	order = open_order(1, 0);
	order->filled = 250; /* by somebody else */
	say(order, RISKD__LIQUIDATION_ORDER__PHASE__PHASE_FILLED, 0);
	cr_assert(!rk_replay_gateway_next(model.gateway, mark_of, &model.mark,
					  &action));
	say(order, RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLOSE_ASKED, 0);
	cr_assert(rk_replay_gateway_next(model.gateway, mark_of, &model.mark,
					 &action));
	cr_assert_eq(action.kind, RK_REPLAY_ACTION_CLOSE);
	cr_assert_eq(action.filled, 250);
	cr_assert(!rk_replay_gateway_next(model.gateway, mark_of, &model.mark,
					  &action));
	rk_replay_gateway_close(model.gateway);
}

Test(replay_gateway, order_filled_in_full_is_not_confirmed_as_well)
{
	struct rk_replay_action action;
	uint32_t fills = 0;

	open_gateway(1, true);
	for (uint64_t seq = 1; seq <= 500; seq++)
		open_order(seq, 0);
	rk_replay_gateway_turn(model.gateway);
	for (uint32_t i = 0; i < model.n; i++)
		say(&model.orders[i],
		    RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLOSE_ASKED, 0);
	/* No event of the fills comes before the gateway is done. */
	while (rk_replay_gateway_next(model.gateway, mark_of, &model.mark,
				      &action)) {
		struct modelled *order = find_order(action.order);

		if (action.kind == RK_REPLAY_ACTION_FILL) {
			order->filled += action.size;
			fills++;
		} else {
			cr_assert_lt(order->filled, SIZE);
			cr_assert_geq(action.filled, order->filled);
		}
	}
	cr_assert_gt(fills, 100);
	rk_replay_gateway_close(model.gateway);
}

Test(replay_gateway, event_that_comes_twice_is_noticed)
{
	struct modelled *order;

	open_gateway(1, true);
	order = open_order(1, 0);
	say(order, RISKD__LIQUIDATION_ORDER__PHASE__PHASE_OPENED, -EPROTO);
	order->filled = SIZE;
	say(order, RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLOSED, 0);
	say(order, RISKD__LIQUIDATION_ORDER__PHASE__PHASE_OPENED, -EPROTO);
	rk_replay_gateway_close(model.gateway);
}

Test(replay_gateway, open_order_of_an_account_is_found_by_market_and_side)
{
	struct risk_order_id id;
	struct modelled *order;

	open_gateway(1, false);
	order = open_order(2, 1);
	cr_assert(rk_replay_gateway_find(model.gateway, 14, 1, true, &id));
	cr_assert_eq(id.seq, 2);
	cr_assert_eq(id.n, 1);
	cr_assert(!rk_replay_gateway_find(model.gateway, 14, 1, false, &id));
	cr_assert(!rk_replay_gateway_find(model.gateway, 14, 0, true, &id));
	cr_assert(!rk_replay_gateway_find(model.gateway, 15, 1, true, &id));
	say(order, RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLOSED, 0);
	cr_assert(!rk_replay_gateway_find(model.gateway, 14, 1, true, &id));
	rk_replay_gateway_close(model.gateway);
}

Test(replay_gateway, cost_is_taken_off_a_sale_and_put_on_a_purchase)
{
	static const struct {
		int64_t mark;
		bool sell;
		int64_t bps;
		int64_t want;
	} cases[] = {
		{10000, true, 10, 9990},
		{10000, false, 10, 10010},
		{10000, true, 0, 10000},
		{1, true, 5000, 1},
		{3, true, 5000, 2},
		{INT64_MAX / 2, true, 1, INT64_MAX / 2 - INT64_MAX / 20000},
		{123456789, false, 25, 123765430},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_assert_eq(rk_replay_gateway_price(cases[i].mark,
						     cases[i].sell,
						     cases[i].bps),
			     cases[i].want, "%zu", i);
}

Test(replay_gateway, pieces_of_a_plan_add_up_and_none_is_empty)
{
	static const int64_t sizes[] = {1, 2, 3, 4, 7, 1000, INT64_MAX / 4};

	for (uint64_t key = 0; key < 5000; key++) {
		int64_t size = sizes[key % (sizeof(sizes) / sizeof(sizes[0]))];
		struct rk_replay_plan plan;
		int64_t sum = 0;

		rk_replay_plan_draw(&plan, 3, key, size, 100);
		cr_assert_leq(plan.pieces_n, RK_REPLAY_PIECES_MAX);
		for (uint32_t i = 0; i < plan.pieces_n; i++) {
			cr_assert_gt(plan.pieces[i].size, 0);
			cr_assert_gt(plan.pieces[i].turn, 100);
			sum += plan.pieces[i].size;
		}
		cr_assert_gt(sum, 0);
		/* At most a fifth too much, or one when that is less. */
		cr_assert_leq(sum, size + size / 5 + 1);
	}
}

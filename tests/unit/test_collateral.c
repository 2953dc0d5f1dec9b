/*
 * Rules K1, K2 and H1 to H5 with weights: what an asset counts for, and when
 * that makes a difference.
 *
 * COIN (asset 1) is priced at 10 USD, without decimals; COIN-PERP (market 2)
 * settles in it. Account 1 holds 100 COIN, 1000 USD worth, and is long 10 PERP
 * bought and marked at 100: notional 1000, required 50 at M, 100 at I and W.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "engine/books.h"
#include "engine/load.h"
#include "engine/rows.h"
#include "support/builder.h"

#define COIN      1
#define COIN_PERP 2
#define COIN_SLOT 2
#define PERP_SLOT 3
#define USD       BUILDER_USD
#define PERCENT   (RK_RATE_ONE / 100)

static struct rk_builder b;

static void list_coin(struct rk_builder *book)
{
	struct rk_cmd asset = {.type = RK_CMD_ASSET,
			       .asset = {.name = "COIN",
					 .price_max = {1000},
					 .price_age_max_ns = BUILDER_AGE_NS}};
	struct rk_cmd market = {.type = RK_CMD_MARKET,
				.market = rk_builder_market("COIN-PERP")};

	(void)strcpy(market.market.settle, "COIN");
	market.market.price_max.raw = 1000;
	market.market.position_max.raw = 1000;
	cr_assert_eq(rk_builder_apply(book, asset), RK_OK);
	cr_assert_eq(rk_builder_apply(book, market), RK_OK);
}

static int coins(uint64_t account, int64_t amount)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_ADJUST,
				    .amount = {account, COIN, {amount}}});
}

static void open_book(void)
{
	rk_builder_init(&b);
	list_coin(&b);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, COIN_SLOT, 10), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, PERP_SLOT, 100), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 0), RK_OK);
	cr_assert_eq(coins(1, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
}

static void close_book(void)
{
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}

TestSuite(collateral, .init = open_book, .fini = close_book);

static struct rk_collateral terms_of(uint32_t asset)
{
	struct rk_asset_view view;

	cr_assert_eq(rk_view_asset(b.harness.engine, asset, &view), RK_OK);
	return view.collateral;
}

static struct rk_margin margin(void)
{
	return rk_builder_view(&b, 1).margin;
}

Test(collateral, a_new_asset_counts_in_full)
{
	const struct rk_collateral terms = terms_of(COIN);

	for (int k = 0; k < RK_LEVELS; k++) {
		cr_expect_eq(terms.weight[k].raw, RK_RATE_ONE);
		cr_expect_eq(terms.liability[k].raw, RK_RATE_ONE);
	}
	cr_expect_eq(terms.profit[RK_LEVEL_MAINTENANCE].raw, RK_RATE_ONE);
	cr_expect_eq(terms.profit[RK_LEVEL_INITIAL].raw, RK_RATE_ONE);
	cr_expect_eq(terms.profit[RK_LEVEL_WITHDRAWAL].raw, 0);
}

Test(collateral, the_asset_must_be_listed)
{
	struct rk_collateral terms = terms_of(COIN);

	terms.weight[RK_LEVEL_WITHDRAWAL].raw = -1;
	cr_expect_eq(rk_builder_collateral(&b, "KOIN", &terms), RK_REJ_NO_ASSET,
		     "the name is looked at first");
	cr_expect_eq(rk_builder_collateral(&b, "", &terms), RK_REJ_NO_ASSET);
	cr_expect_eq(rk_builder_collateral(&b, "COIN", &terms),
		     RK_REJ_BAD_PARAM);
}

/* One rate of otherwise good terms: what it may be, and what no more. */
struct edge {
	const char *what;
	size_t at; /* of the rate, in struct rk_collateral */
	int64_t good;
	int64_t bad;
};

#define EDGE(list, level, good, bad)                                           \
	{                                                                      \
#list " " #level,                                              \
			offsetof(struct rk_collateral, list) +                 \
				RK_LEVEL_##level * sizeof(rk_rate),            \
			good, bad                                              \
	}

static const struct edge edges[] = {
	EDGE(weight, MAINTENANCE, RK_RATE_ONE, RK_RATE_ONE + 1),
	EDGE(weight, MAINTENANCE, 80 * PERCENT, 80 * PERCENT - 1),
	EDGE(weight, INITIAL, 90 * PERCENT, 90 * PERCENT + 1),
	EDGE(weight, INITIAL, 70 * PERCENT, 70 * PERCENT - 1),
	EDGE(weight, WITHDRAWAL, 80 * PERCENT, 80 * PERCENT + 1),
	EDGE(weight, WITHDRAWAL, 0, -1),
	EDGE(liability, MAINTENANCE, RK_RATE_ONE, RK_RATE_ONE - 1),
	EDGE(liability, MAINTENANCE, 120 * PERCENT, 120 * PERCENT + 1),
	EDGE(liability, INITIAL, 110 * PERCENT, 110 * PERCENT - 1),
	EDGE(liability, INITIAL, 130 * PERCENT, 130 * PERCENT + 1),
	EDGE(liability, WITHDRAWAL, 120 * PERCENT, 120 * PERCENT - 1),
	EDGE(liability, WITHDRAWAL, RK_LIABILITY_MAX, RK_LIABILITY_MAX + 1),
	EDGE(profit, MAINTENANCE, RK_RATE_ONE, RK_RATE_ONE + 1),
	EDGE(profit, MAINTENANCE, 50 * PERCENT, 50 * PERCENT - 1),
	EDGE(profit, INITIAL, 60 * PERCENT, 60 * PERCENT + 1),
	EDGE(profit, INITIAL, 0, -1),
	EDGE(profit, WITHDRAWAL, 0, 1),
	EDGE(profit, WITHDRAWAL, 0, -1),
	/* At the ends of what a rate can be. */
	EDGE(weight, MAINTENANCE, RK_RATE_ONE, INT64_MAX),
	EDGE(weight, WITHDRAWAL, 0, INT64_MIN),
	EDGE(liability, MAINTENANCE, RK_RATE_ONE, INT64_MIN),
	EDGE(liability, WITHDRAWAL, RK_LIABILITY_MAX, INT64_MAX),
	EDGE(profit, MAINTENANCE, RK_RATE_ONE, INT64_MAX),
	EDGE(profit, INITIAL, 0, INT64_MIN),
};

static struct rk_collateral middling(void)
{
	return (struct rk_collateral){
		.weight = {{90 * PERCENT}, {80 * PERCENT}, {70 * PERCENT}},
		.liability = {{110 * PERCENT},
			      {120 * PERCENT},
			      {130 * PERCENT}},
		.profit = {{60 * PERCENT}, {50 * PERCENT}, {0}},
	};
}

Test(collateral, each_rate_has_its_edges)
{
	const struct rk_collateral before = terms_of(COIN);

	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		struct rk_collateral terms = middling();
		struct rk_collateral now;
		rk_rate *rate = (rk_rate *)((char *)&terms + edges[i].at);

		rate->raw = edges[i].bad;
		cr_expect_eq(rk_builder_collateral(&b, "COIN", &terms),
			     RK_REJ_BAD_PARAM, "%s %lld", edges[i].what,
			     (long long)edges[i].bad);
		now = terms_of(COIN);
		cr_expect(rk_collateral_equal(&now, &before));
		rate->raw = edges[i].good;
		cr_expect_eq(rk_builder_collateral(&b, "COIN", &terms), RK_OK,
			     "%s %lld", edges[i].what,
			     (long long)edges[i].good);
		cr_expect_eq(rk_builder_collateral(&b, "COIN", &before), RK_OK);
	}
}

Test(collateral, terms_as_they_are_are_no_change)
{
	struct rk_collateral terms = terms_of(COIN);
	rk_rate *const rates = (rk_rate *)&terms;

	cr_expect_eq(rk_builder_collateral(&b, "COIN", &terms),
		     RK_REJ_NO_CHANGE);
	terms = middling();
	cr_assert_eq(rk_builder_collateral(&b, "COIN", &terms), RK_OK);
	cr_expect_eq(rk_builder_collateral(&b, "COIN", &terms),
		     RK_REJ_NO_CHANGE);
	/* Each of the rates is a difference, but for the one fixed at 0. */
	for (size_t i = 0; i + 1 < 3 * RK_LEVELS; i++) {
		rates[i].raw++;
		cr_expect_eq(rk_builder_collateral(&b, "COIN", &terms), RK_OK,
			     "rate %zu", i);
	}
}

Test(collateral, the_event_names_the_asset_and_its_slot)
{
	struct rk_collateral terms = middling();

	cr_assert_eq(rk_builder_collateral(&b, "COIN", &terms), RK_OK);
	cr_assert_geq(b.harness.events_n, 1);
	cr_expect_eq(b.harness.events[0].type, RK_EVENT_COLLATERAL_SET);
	cr_expect_eq(b.harness.events[0].account, 0);
	cr_expect_eq(b.harness.events[0].market, RK_NO_MARKET);
	cr_expect_eq(b.harness.events[0].name.id, COIN);
	cr_expect_eq(b.harness.events[0].name.slot, COIN_SLOT);
	cr_expect_str_eq(b.harness.events[0].name.name, "COIN");
	terms = middling();
	cr_assert_eq(rk_builder_collateral(&b, "USD", &terms), RK_OK);
	cr_expect_eq(b.harness.events[0].name.id, 0);
	cr_expect_eq(b.harness.events[0].name.slot, RK_NO_SLOT);
}

Test(collateral, it_is_no_child_of_an_atomic_message)
{
	struct rk_cmd child = {.type = RK_CMD_COLLATERAL,
			       .collateral = {"COIN", middling()}};
	struct rk_cmd deposit = {.type = RK_CMD_DEPOSIT,
				 .amount = {1, COIN, {1}}};
	struct rk_cmd both[] = {deposit, child};
	const struct rk_collateral before = terms_of(COIN);
	struct rk_collateral now;

	cr_expect_not(rk_cmd_may_be_atomic(RK_CMD_COLLATERAL));
	cr_expect_eq(rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_ATOMIC,
							  .atomic = {both, 2}}),
		     RK_REJ_BAD_PARAM);
	now = terms_of(COIN);
	cr_expect(rk_collateral_equal(&now, &before));
	cr_expect_eq(rk_builder_balance(&b, 1, COIN), 100);
}

/* 1000 w - 50 against 0: w = 0.05 is the edge of health_M. */
Test(collateral, everybody_is_judged_at_once)
{
	struct rk_collateral terms = terms_of(COIN);

	for (int k = 0; k < RK_LEVELS; k++)
		terms.weight[k].raw = 5 * PERCENT;
	cr_assert_eq(rk_builder_collateral(&b, "COIN", &terms), RK_OK);
	/* E 1000, R_M 1000 - 0: equal is safe, and below 1.25 R. */
	cr_expect_eq(margin().health_m.raw, 0);
	cr_expect_eq(margin().maintenance.raw, 1000 * USD);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_MARGIN_CALL);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_STATE), 1);

	for (int k = 0; k < RK_LEVELS; k++)
		terms.weight[k].raw = 5 * PERCENT - 1;
	cr_assert_eq(rk_builder_collateral(&b, "COIN", &terms), RK_OK);
	/* 1000 USD in 1e-8, times 1e-9: 100 units less. */
	cr_expect_eq(margin().health_m.raw, -100);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 1);

	/* And back: at 1.2 R_M it leaves. */
	rk_collateral_default(&terms);
	cr_assert_eq(rk_builder_collateral(&b, "COIN", &terms), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_CLOSE_ASKED), 1);
}

/* Weights of an asset that nobody holds judge everybody and move nobody. */
Test(collateral, what_is_not_held_does_not_count)
{
	struct rk_collateral terms = middling();
	const struct rk_margin before = margin();
	struct rk_margin now;

	cr_assert_eq(rk_builder_collateral(&b, "USD", &terms), RK_OK);
	now = margin();
	cr_expect_eq(b.harness.events_n, 1);
	cr_expect_eq(now.health_m.raw, before.health_m.raw);
	cr_expect_eq(now.health_i.raw, before.health_i.raw);
	cr_expect_eq(now.health_w.raw, before.health_w.raw);
	cr_expect_eq(now.maintenance.raw, before.maintenance.raw);
}

/* USD 0, U 100 at a mark of 110: only profit, and of it these parts. */
Test(collateral, profit_counts_in_part)
{
	struct rk_collateral terms = terms_of(0);
	struct rk_margin m;

	cr_assert_eq(rk_builder_quote(&b, 0, 110), RK_OK);
	terms.profit[RK_LEVEL_MAINTENANCE].raw = 50 * PERCENT;
	terms.profit[RK_LEVEL_INITIAL].raw = 25 * PERCENT;
	cr_assert_eq(rk_builder_collateral(&b, "USD", &terms), RK_OK);
	m = margin();
	cr_expect_eq(m.equity.raw, 1100 * USD, "equity has no weights");
	/* Required: 5 %, 10 % and 10 % of 1100. */
	cr_expect_eq(m.assets.raw, 1050 * USD);
	cr_expect_eq(m.health_m.raw, (1000 + 50 - 55) * USD);
	cr_expect_eq(m.health_i.raw, (1000 + 25 - 110) * USD);
	cr_expect_eq(m.health_w.raw, (1000 - 110) * USD);
	cr_expect_eq(m.maintenance.raw, (1100 - 995) * USD);
	cr_expect_eq(m.initial.raw, (1100 - 915) * USD);
}

/* A loss of 100 USD counts whole whatever profit does, and weighs as a debt */
Test(collateral, a_loss_counts_in_full_and_a_debt_weighs_more)
{
	struct rk_collateral terms = middling();
	struct rk_margin m;

	cr_assert_eq(rk_builder_quote(&b, 0, 90), RK_OK);
	cr_assert_eq(rk_builder_collateral(&b, "USD", &terms), RK_OK);
	m = margin();
	cr_expect_eq(m.equity.raw, 900 * USD);
	/* Required: 45, 90, 90. The debt: 110, 120, 130. */
	cr_expect_eq(m.health_m.raw, (1000 - 110 - 45) * USD);
	cr_expect_eq(m.health_i.raw, (1000 - 120 - 90) * USD);
	cr_expect_eq(m.health_w.raw, (1000 - 130 - 90) * USD);
	cr_expect_eq(m.maintenance.raw, 55 * USD);
}

/*
 * 10 COIN-PERP bought at 100 cost 1000 COIN. At 103 U is 30 COIN, and the
 * balance is -20: what is owed is paid by the profit before anything is
 * weighed, but only by the part of it that counts.
 */
Test(collateral, profit_nets_the_balance_before_weights)
{
	struct rk_collateral terms = middling();
	struct rk_margin m;

	cr_assert_eq(rk_builder_trade(&b, 1, 0, -10, 100), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 1, 100000), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, COIN_PERP, 10, 100), RK_OK);
	cr_assert_eq(coins(1, -120), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, PERP_SLOT, 103), RK_OK);
	cr_assert_eq(rk_builder_collateral(&b, "COIN", &terms), RK_OK);
	m = margin();
	/* E: 1000 USD and 10 COIN. N 10300: required 515, 1030, 1030. */
	cr_expect_eq(m.equity.raw, 1100 * USD);
	/* M: -20 + floor(18) = -2 COIN, as a debt of 20 USD x 1.1. */
	cr_expect_eq(m.health_m.raw, (1000 - 22 - 515) * USD);
	/* I: -20 + 15 = -5; W: -20. */
	cr_expect_eq(m.health_i.raw, (1000 - 60 - 1030) * USD);
	cr_expect_eq(m.health_w.raw, (1000 - 260 - 1030) * USD);
}

/* Weighed without decimals: 0.999999999 of 10 COIN of profit is 9. */
Test(collateral, the_part_of_profit_is_rounded_down)
{
	struct rk_collateral terms = terms_of(COIN);
	struct rk_margin m;

	cr_assert_eq(rk_builder_trade(&b, 1, COIN_PERP, 10, 100), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, PERP_SLOT, 101), RK_OK);
	terms.profit[RK_LEVEL_MAINTENANCE].raw--;
	terms.profit[RK_LEVEL_INITIAL].raw--;
	cr_assert_eq(rk_builder_collateral(&b, "COIN", &terms), RK_OK);
	m = margin();
	cr_expect_eq(m.equity.raw, 1100 * USD);
	cr_expect_eq(m.assets.raw, 1090 * USD);
}

/* One COIN at a price of 10 is 10^9 units of USD: rates bite to the last. */
Test(collateral, weights_are_rounded_down_and_debts_up)
{
	struct rk_collateral terms = terms_of(COIN);
	struct rk_margin m;

	cr_assert_eq(rk_builder_trade(&b, 1, 0, -10, 100), RK_OK);
	for (int k = 0; k < RK_LEVELS; k++) {
		terms.weight[k].raw = 1;
		terms.liability[k].raw = RK_RATE_ONE + 1;
	}
	cr_assert_eq(rk_builder_collateral(&b, "COIN", &terms), RK_OK);
	/* An index of 1 USD makes 100 COIN 10^10 units, times 1e-9: 10. */
	cr_assert_eq(rk_builder_quote(&b, COIN_SLOT, 1), RK_OK);
	cr_expect_eq(margin().assets.raw, 10);
	/* And 95 COIN 9.5. */
	cr_assert_eq(coins(1, -5), RK_OK);
	cr_expect_eq(margin().assets.raw, 9);
	/* A debt of 95 counts 9.5e9 and 9.5 more. */
	cr_assert_eq(coins(1, -190), RK_OK);
	m = margin();
	cr_expect_eq(m.assets.raw, 0);
	cr_expect_eq(m.health_m.raw, -(INT64_C(9500000000) + 10));
}

/* With W at 0.5, 1000 USD count 500: 100 stay, 400 / 0.5 may go, no more. */
Test(collateral, taking_out_stops_at_the_weighted_health)
{
	struct rk_collateral terms = terms_of(COIN);
	struct rk_cmd out = {.type = RK_CMD_RESERVE,
			     .withdraw = {1, 1, COIN, {81}}};

	terms.weight[RK_LEVEL_WITHDRAWAL].raw = 50 * PERCENT;
	cr_assert_eq(rk_builder_collateral(&b, "COIN", &terms), RK_OK);
	cr_expect_eq(rk_builder_apply(&b, out), RK_REJ_MARGIN);
	out.withdraw.amount.raw = 80;
	cr_expect_eq(rk_builder_apply(&b, out), RK_OK);
	cr_expect_eq(margin().health_w.raw, 0);
}

/* health_I: 0.8 x 1000 x 0.125 is 100, so that 20 COIN must stay of it. */
Test(collateral, taking_out_stops_at_the_initial_health)
{
	struct rk_collateral terms = terms_of(COIN);
	struct rk_cmd out = {.type = RK_CMD_RESERVE,
			     .withdraw = {1, 1, COIN, {21}}};

	terms.weight[RK_LEVEL_INITIAL].raw = 125 * PERCENT / 10;
	terms.weight[RK_LEVEL_WITHDRAWAL].raw = 125 * PERCENT / 10;
	cr_assert_eq(rk_builder_collateral(&b, "COIN", &terms), RK_OK);
	cr_expect_eq(rk_builder_apply(&b, out), RK_REJ_MARGIN);
	out.withdraw.amount.raw = 20;
	cr_expect_eq(rk_builder_apply(&b, out), RK_OK);
	cr_expect_eq(margin().health_i.raw, 0);
}

/*
 * Withheld by a stale price (S4): at 11, 1100 USD count 55 of the 50 that are
 * required; a weight below 50 / 1100 starts the liquidation all the same.
 */
Test(collateral, favourable_prices_are_weighed_too)
{
	struct rk_collateral terms = terms_of(COIN);

	cr_assert_eq(rk_builder_wait(&b, BUILDER_AGE_NS / 2), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, BUILDER_AGE_NS / 2 + 1), RK_OK);
	cr_expect_not(margin().prices_ok);
	for (int k = 0; k < RK_LEVELS; k++)
		terms.weight[k].raw = RK_RATE_ONE / 22 + 1;
	cr_assert_eq(rk_builder_collateral(&b, "COIN", &terms), RK_OK);
	cr_expect_lt(margin().health_m.raw, 0);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_MARGIN_CALL);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_WITHHELD), 1);
	for (int k = 0; k < RK_LEVELS; k++)
		terms.weight[k].raw--;
	cr_assert_eq(rk_builder_collateral(&b, "COIN", &terms), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING);
}

/*
 * R_M in an order (L3, L6): with COIN at 0.08, 80 USD less a debt of 40 and
 * 50 required is -10. E 960, so R_M 970; I and W have no other terms: 1020.
 * S = 1.2 x 970 - 960 = 204 is more than all of the position relieves (60), so
 * it is closed whole. Its share of E, 960 x 50 / 970, moves the price by
 * floor(100 x 49.48.. / 1000) = 4, and the band by 5.
 */
Test(collateral, orders_are_sized_and_priced_by_r_m)
{
	struct rk_collateral terms = terms_of(COIN);
	const struct rk_event *ev;

	for (int k = 0; k < RK_LEVELS; k++)
		terms.weight[k].raw = 8 * PERCENT;
	cr_assert_eq(rk_builder_adjust(&b, 1, -4000), RK_OK);
	cr_assert_eq(rk_builder_collateral(&b, "COIN", &terms), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING,
		     "80 - 40 - 50");
	ev = rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->order.size.raw, 10);
	cr_expect_eq(ev->order.health.equity.raw, 960 * USD);
	cr_expect_eq(ev->order.health.maintenance.raw, 970 * USD);
	cr_expect_eq(ev->order.health.initial.raw, 1020 * USD);
	cr_expect_eq(ev->order.floor_price.raw, 96);
}

/* Terms never make good what is owed. */
Test(collateral, a_debt_alone_is_bankrupt_whatever_it_weighs)
{
	struct rk_collateral terms = middling();

	cr_assert_eq(rk_builder_account(&b, 2, 0), RK_OK);
	cr_assert_eq(rk_builder_collateral(&b, "COIN", &terms), RK_OK);
	cr_assert_eq(coins(2, -1), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 2).state, RK_STATE_BANKRUPT);
	cr_expect_eq(
		rk_builder_event(&b, RK_EVENT_DEFICIT, 0)->deficit.amount.raw,
		10 * USD, "the deficit is equity, and has no weight");
}

/* Two assets and no position: health_M < 0 is LIQUIDATING, without orders. */
Test(collateral, a_loan_is_judged_by_its_weights)
{
	struct rk_collateral terms = middling();

	cr_assert_eq(rk_builder_account(&b, 2, 100000), RK_OK);
	cr_assert_eq(coins(2, -90), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 2).state, RK_STATE_OK);
	cr_expect_eq(rk_builder_view(&b, 2).margin.maintenance.raw, 0);
	/* 1000 against 90 x 10 x 1.1 = 990. */
	cr_assert_eq(rk_builder_collateral(&b, "COIN", &terms), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 2).margin.health_m.raw, 10 * USD);
	cr_expect_eq(rk_builder_view(&b, 2).state, RK_STATE_MARGIN_CALL,
		     "E 100 is below 1.25 x 90");
	cr_assert_eq(coins(2, -1), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 2).margin.health_m.raw, -1 * USD);
	cr_expect_eq(rk_builder_view(&b, 2).state, RK_STATE_LIQUIDATING);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 0);
}

static struct rk_hash digest(const struct rk_builder *book, uint32_t format)
{
	return rk_rows_digest(book->harness.engine, format);
}

/* Two books that differ in terms alone: rows of format 1 do not know them. */
Test(collateral, rows_of_format_1_do_not_know_terms)
{
	struct rk_builder other;
	struct rk_collateral terms = middling();
	struct rk_hash x;
	struct rk_hash y;

	rk_builder_init(&other);
	list_coin(&other);
	rk_builder_fini(&b);
	rk_builder_init(&b);
	list_coin(&b);
	cr_assert_eq(rk_builder_collateral(&b, "COIN", &terms), RK_OK);
	terms.weight[RK_LEVEL_MAINTENANCE].raw++;
	cr_assert_eq(rk_builder_collateral(&other, "COIN", &terms), RK_OK);
	x = digest(&b, 1);
	y = digest(&other, 1);
	cr_expect(rk_hash_equal(x, y));
	x = digest(&b, RK_ROWS_FORMAT);
	y = digest(&other, RK_ROWS_FORMAT);
	cr_expect_not(rk_hash_equal(x, y));
	rk_builder_fini(&other);
}

/* Rows on their way into another engine, one cell of them made otherwise. */
struct passing {
	struct rk_harness *to;
	uint32_t format;
	const char *column; /* of the asset numbered COIN; NULL: none */
	rk_i128 value;
	int code;
};

static void pass_row(void *context, const struct rk_row *row)
{
	struct passing *p = context;
	struct rk_column columns[RK_COLUMNS_MAX];
	struct rk_load_problem problem;
	struct rk_row out = *row;

	if (p->code != RK_OK)
		return;
	/* Columns of a newer format stand behind those of the older ones. */
	out.format = p->format;
	out.n = rk_table_columns(row->table, p->format, columns);
	for (uint32_t i = 0; i < out.n; i++)
		if (p->column && row->table == RK_TABLE_ASSET &&
		    row->cells[0].integer == COIN &&
		    strcmp(columns[i].name, p->column) == 0)
			out.cells[i].integer = p->value;
	p->code = rk_load_row(p->to->engine, &out, &problem);
}

static int pass_rows(struct rk_harness *to, uint32_t format, const char *column,
		     rk_i128 value)
{
	struct rk_engine_counts counts;
	struct passing passing = {to, format, column, value, RK_OK};
	struct rk_load_problem problem;

	rk_view_counts(b.harness.engine, &counts);
	rk_harness_init(to, &counts.limits, RK_EVENTS_PER_STEP_MAX);
	rk_rows_all(b.harness.engine, pass_row, &passing);
	return passing.code != RK_OK ? passing.code
				     : rk_load_end(to->engine, &problem);
}

/* Rows of format 1 have no terms: what they lack is what it was then (R6). */
Test(collateral, rows_of_format_1_load_with_terms_as_listed)
{
	struct rk_collateral terms = middling();
	struct rk_collateral listed;
	struct rk_asset_view view;
	struct rk_harness other;
	struct rk_hash x;
	struct rk_hash y;

	rk_collateral_default(&listed);
	cr_assert_eq(rk_builder_collateral(&b, "COIN", &terms), RK_OK);
	cr_assert_eq(pass_rows(&other, 1, NULL, 0), RK_OK);
	cr_assert_eq(rk_view_asset(other.engine, COIN, &view), RK_OK);
	cr_expect(rk_collateral_equal(&view.collateral, &listed));
	x = rk_rows_digest(other.engine, 1);
	y = digest(&b, 1);
	cr_expect(rk_hash_equal(x, y));
	rk_harness_fini(&other);
	cr_assert_eq(pass_rows(&other, RK_ROWS_FORMAT, NULL, 0), RK_OK);
	cr_assert_eq(rk_view_asset(other.engine, COIN, &view), RK_OK);
	cr_expect(rk_collateral_equal(&view.collateral, &terms));
	rk_harness_fini(&other);
}

/* What no command can set is not believed of a row either. */
Test(collateral, rows_with_terms_that_cannot_be_are_refused)
{
	static const struct {
		const char *column;
		int64_t value;
	} bad[] = {
		{"weight_maintenance", RK_RATE_ONE + 1},
		{"weight_maintenance", INT64_MAX},
		{"weight_initial", RK_RATE_ONE + 1},
		{"weight_withdrawal", -1},
		{"liability_maintenance", RK_RATE_ONE - 1},
		{"liability_initial", 0},
		{"liability_withdrawal", RK_LIABILITY_MAX + 1},
		{"liability_withdrawal", INT64_MAX},
		{"profit_maintenance", RK_RATE_ONE + 1},
		{"profit_initial", -1},
	};
	struct rk_harness other;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cr_expect_neq(pass_rows(&other, RK_ROWS_FORMAT, bad[i].column,
					bad[i].value),
			      RK_OK, "%s %lld", bad[i].column,
			      (long long)bad[i].value);
		rk_harness_fini(&other);
	}
}

/*
 * All that N6 and N7 allow, on stale prices that are moved far: 2^61 raw of
 * BIG, 2^61 USD raw, twice each in favour. R of an asset without weight is
 * equity and what is required on top, which fits no 64 bits. H4 is the
 * question, and the answer must be had.
 */
Test(collateral, the_largest_account_is_judged_at_favourable_prices)
{
	const int64_t side = INT64_C(1) << 30;
	struct rk_cmd asset = {.type = RK_CMD_ASSET,
			       .asset = {.name = "BIG",
					 .decimals = 8,
					 .price_max = {1},
					 .price_age_max_ns = BUILDER_AGE_NS}};
	struct rk_cmd risk = {.type = RK_CMD_RISK};
	struct rk_engine_counts counts;
	struct rk_collateral terms;

	rk_view_counts(b.harness.engine, &counts);
	risk.risk = counts.risk;
	risk.risk.stale_band.raw = 90 * PERCENT;
	cr_assert_eq(rk_builder_apply(&b, risk), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, asset), RK_OK);
	for (int i = 0; i < 2; i++) {
		struct rk_cmd market = {.type = RK_CMD_MARKET,
					.market = rk_builder_market("BIG-A")};

		market.market.name[4] = (char)('A' + i);
		(void)strcpy(market.market.settle, "BIG");
		market.market.price_decimals = 4;
		market.market.size_decimals = 4;
		market.market.price_max.raw = side;
		market.market.position_max.raw = side - 2;
		market.market.brackets[0].maintenance.raw = 50 * PERCENT;
		market.market.brackets[0].initial.raw = 50 * PERCENT;
		cr_assert_eq(rk_builder_apply(&b, market), RK_OK);
	}
	cr_assert_eq(rk_builder_quote(&b, 4, 1), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 2, 0), RK_OK);
	for (uint32_t market = 3; market <= 4; market++) {
		cr_assert_eq(rk_builder_trade(&b, 2, market, side - 2, 1),
			     RK_OK);
		cr_assert_eq(rk_builder_quote(&b, market + 2, side), RK_OK);
	}
	cr_assert_eq(rk_builder_wait(&b, BUILDER_AGE_NS + 1), RK_OK);
	cr_assert_eq(rk_builder_view(&b, 2).state, RK_STATE_OK);
	rk_collateral_default(&terms);
	for (int k = 0; k < RK_LEVELS; k++)
		terms.weight[k].raw = 0;
	cr_assert_eq(rk_builder_collateral(&b, "BIG", &terms), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 2).state, RK_STATE_LIQUIDATING);
}

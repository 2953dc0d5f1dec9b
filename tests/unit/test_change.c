/*
 * Rules M1 to M5, D1 and D2: other listings for what is listed, and what the
 * daemon says to itself.
 *
 * Account 1 is long 10 PERP bought at 100 and marked at 100: notional 1000,
 * R 50 USD. Its balance of 100 USD is its equity.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "engine/books.h"
#include "support/builder.h"

#define COIN_SLOT 2

static struct rk_builder b;

static int market_change(struct rk_cmd_market market)
{
	return rk_builder_apply(&b,
				(struct rk_cmd){.type = RK_CMD_MARKET_CHANGE,
						.market = market});
}

static int asset_change(struct rk_cmd_asset asset)
{
	return rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_ASSET_CHANGE,
						    .asset = asset});
}

static struct rk_cmd_market perp(void)
{
	return rk_builder_market("PERP");
}

static struct rk_cmd_asset usd(void)
{
	return (struct rk_cmd_asset){
		.name = "USD", .decimals = 2, .fixed_price = {1}};
}

static struct rk_cmd_asset coin(void)
{
	return (struct rk_cmd_asset){.name = "COIN",
				     .price_max = {1000},
				     .price_age_max_ns = BUILDER_AGE_NS};
}

static void open_book(void)
{
	rk_builder_init(&b);
	cr_assert_eq(rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_ASSET,
							  .asset = coin()}),
		     RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 10000), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 10, 100), RK_OK);
}

static void close_book(void)
{
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}

TestSuite(change, .init = open_book, .fini = close_book);

static struct rk_slot_view slot(uint32_t index)
{
	struct rk_slot_view view = {.market = 0};

	cr_assert_eq(rk_view_slot(b.harness.engine, index, &view), RK_OK);
	return view;
}

static struct rk_cmd_market listed(uint32_t market)
{
	struct rk_market_view view;

	cr_assert_eq(rk_view_market(b.harness.engine, market, &view), RK_OK);
	return view.listing;
}

static int quote_as(uint32_t publisher, int64_t price)
{
	struct rk_engine_counts counts;
	struct rk_quote quote = {
		.publisher = publisher, .price = {price}, .seq = 1};
	struct rk_cmd cmd = {.type = RK_CMD_PRICES, .prices = {&quote, 1}};

	rk_view_counts(b.harness.engine, &counts);
	quote.time_ns = counts.time_ns;
	return rk_builder_apply(&b, cmd);
}

static int halt(bool halted)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_HALT, .halt = {0, halted}});
}

Test(change, the_name_must_be_listed)
{
	struct rk_cmd_market market = rk_builder_market("NONE");
	struct rk_cmd_asset asset = coin();

	asset.name[0] = 'J';
	cr_expect_eq(market_change(market), RK_REJ_NO_MARKET);
	cr_expect_eq(asset_change(asset), RK_REJ_NO_ASSET);
	(void)memset(asset.name, 'x', sizeof(asset.name));
	cr_expect_eq(asset_change(asset), RK_REJ_NO_ASSET);
}

Test(change, what_records_are_counted_in_is_for_ever)
{
	struct rk_cmd_market market = perp();
	struct rk_cmd_asset asset = coin();

	market.price_decimals = 1;
	cr_expect_eq(market_change(market), RK_REJ_BAD_PARAM);
	market = perp();
	market.size_decimals = 1;
	cr_expect_eq(market_change(market), RK_REJ_BAD_PARAM);
	market = perp();
	(void)strcpy(market.settle, "COIN");
	cr_expect_eq(market_change(market), RK_REJ_BAD_PARAM);
	(void)strcpy(market.settle, "NONE");
	cr_expect_eq(market_change(market), RK_REJ_BAD_PARAM);

	asset.decimals = 1;
	cr_expect_eq(asset_change(asset), RK_REJ_BAD_PARAM);
	asset = coin();
	asset.price_decimals = 1;
	cr_expect_eq(asset_change(asset), RK_REJ_BAD_PARAM);
	asset = coin();
	asset.fixed_price.raw = 1;
	asset.price_max.raw = 0;
	cr_expect_eq(asset_change(asset), RK_REJ_BAD_PARAM);
	asset = usd();
	asset.fixed_price.raw = 0;
	asset.price_max.raw = 10;
	asset.price_age_max_ns = 1;
	cr_expect_eq(asset_change(asset), RK_REJ_BAD_PARAM);
}

Test(change, the_same_listing_is_no_change)
{
	cr_expect_eq(market_change(perp()), RK_REJ_NO_CHANGE);
	cr_expect_eq(asset_change(coin()), RK_REJ_NO_CHANGE);
	cr_expect_eq(asset_change(usd()), RK_REJ_NO_CHANGE);
}

Test(change, any_other_field_is_a_change)
{
	struct rk_cmd_market market = perp();
	struct rk_cmd_asset asset = coin();

	market.lot.raw = 2;
	cr_expect_eq(market_change(market), RK_OK);
	market.price_max.raw--;
	cr_expect_eq(market_change(market), RK_OK);
	market.position_max.raw--;
	cr_expect_eq(market_change(market), RK_OK);
	market.price_age_max_ns--;
	cr_expect_eq(market_change(market), RK_OK);
	market.close_cost.raw++;
	cr_expect_eq(market_change(market), RK_OK);
	market.taker_fee.raw++;
	cr_expect_eq(market_change(market), RK_OK);
	market.maker_fee.raw--;
	cr_expect_eq(market_change(market), RK_OK);
	cr_expect(listed(0).taker_fee.raw == 1 &&
		  listed(0).maker_fee.raw == -1);
	market.brackets[0].initial.raw++;
	cr_expect_eq(market_change(market), RK_OK);
	market.brackets[0].maintenance.raw--;
	cr_expect_eq(market_change(market), RK_OK);
	market.brackets_n = 2;
	market.brackets[1] = market.brackets[0];
	market.brackets[1].floor.raw = 7;
	cr_expect_eq(market_change(market), RK_OK);
	market.brackets[1].floor.raw = 8;
	cr_expect_eq(market_change(market), RK_OK);
	cr_expect_eq(market_change(market), RK_REJ_NO_CHANGE);
	cr_expect_eq(listed(0).brackets[1].floor.raw, 8);

	asset.price_max.raw++;
	cr_expect_eq(asset_change(asset), RK_OK);
	asset.price_age_max_ns++;
	cr_expect_eq(asset_change(asset), RK_OK);
	cr_expect_eq(asset_change(asset), RK_REJ_NO_CHANGE);
}

Test(change, it_must_be_one_that_could_be_listed)
{
	struct rk_cmd_market market = perp();
	struct rk_cmd_asset asset = usd();

	market.lot.raw = 0;
	cr_expect_eq(market_change(market), RK_REJ_BAD_PARAM);
	market = perp();
	market.brackets_n = 17;
	cr_expect_eq(market_change(market), RK_REJ_BAD_PARAM);
	market = perp();
	market.price_max.raw = INT64_C(1) << 40;
	cr_expect_eq(market_change(market), RK_REJ_BAD_PARAM);

	/* PERP: 1e4 * 1e5 * 1e8 is 1e17 of 1.15e18; twelvefold is too much. */
	asset.fixed_price.raw = 12;
	cr_expect_eq(asset_change(asset), RK_REJ_BAD_PARAM);
	asset.fixed_price.raw = 11;
	cr_expect_eq(asset_change(asset), RK_OK);
	asset.fixed_price.raw = -1;
	cr_expect_eq(asset_change(asset), RK_REJ_BAD_PARAM);
}

Test(change, price_max_is_not_below_the_mark)
{
	struct rk_cmd_market market = perp();
	struct rk_cmd_asset asset = coin();

	market.price_max.raw = 99;
	cr_expect_eq(market_change(market), RK_REJ_BAD_PRICE);
	market.price_max.raw = 100;
	cr_expect_eq(market_change(market), RK_OK);

	cr_assert_eq(rk_builder_quote(&b, COIN_SLOT, 50), RK_OK);
	asset.price_max.raw = 49;
	cr_expect_eq(asset_change(asset), RK_REJ_BAD_PRICE);
	asset.price_max.raw = 50;
	cr_expect_eq(asset_change(asset), RK_OK);
}

/* Account 2 has COIN: at 1000 each, worth half of what N7 allows. */
static void hold_coins(void)
{
	struct rk_cmd cmd = {.type = RK_CMD_DEPOSIT,
			     .amount = {.account = 2,
					.asset = 1,
					.amount = {RK_ACCOUNT_VALUE_MAX / 2 /
						   BUILDER_USD / 1000}}};

	cr_assert_eq(rk_builder_account(&b, 2, 0), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
}

Test(change, nobody_may_come_to_hold_more_than_can_be_counted)
{
	struct rk_cmd_asset asset = coin();
	struct rk_asset_view view;

	hold_coins();
	asset.price_max.raw = 2001;
	cr_expect_eq(asset_change(asset), RK_REJ_OVERFLOW);
	cr_expect_eq(rk_view_asset(b.harness.engine, 1, &view), RK_OK);
	cr_expect_eq(view.listing.price_max.raw, 1000);
	/* The slot is as it was, too: 1000 is believed, 1001 is not. */
	cr_assert_eq(rk_builder_quote(&b, COIN_SLOT, 1001), RK_OK);
	cr_expect_eq(slot(COIN_SLOT).state, RK_PRICE_DISPUTED);
	asset.price_max.raw = 1999;
	cr_expect_eq(asset_change(asset), RK_OK);
	cr_expect_eq(slot(COIN_SLOT).mark.raw, 1001);
}

Test(change, a_refused_market_keeps_its_brackets)
{
	struct rk_cmd_market market = perp();
	struct rk_cmd cmd = {.type = RK_CMD_TRADE,
			     .trade = {.trade = 99,
				       .price = {1},
				       .size = {90000},
				       .buyer = {.account = 2}}};

	/* 90000 at 1e5 are 9e17 of 2.3e18; at 3e5 they are beyond it. */
	cr_assert_eq(rk_builder_account(&b, 2, 100000000), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	market.brackets_n = 2;
	market.brackets[1] = market.brackets[0];
	market.brackets[1].floor.raw = 1000;
	market.brackets[1].maintenance.raw = 60000000;
	cr_expect_eq(market_change(market), RK_OK);
	cr_expect_eq(rk_view_deduction(b.harness.engine, 0, 1, false),
		     (rk_i128)1000 * 10000000);
	market.brackets[1].maintenance.raw = 70000000;
	market.position_max.raw = 30000; /* 3e5 * 3e4 * 1e8 can be listed */
	market.price_max.raw = 300000;
	cr_expect_eq(market_change(market), RK_REJ_OVERFLOW);
	cr_expect_eq(listed(0).brackets[1].maintenance.raw, 60000000);
	cr_expect_eq(listed(0).price_max.raw, 10000);
	cr_expect_eq(rk_view_deduction(b.harness.engine, 0, 1, false),
		     (rk_i128)1000 * 10000000);
	market.price_max.raw = 100000;
	cr_expect_eq(market_change(market), RK_OK);
	cr_expect_eq(rk_view_deduction(b.harness.engine, 0, 1, false),
		     (rk_i128)1000 * 20000000);
}

Test(change, brackets_judge_at_once_after_the_event)
{
	struct rk_cmd_market market = perp();
	const struct rk_event *events;

	/* R = 110 of E = 100. */
	market.brackets[0].maintenance.raw = 110000000;
	market.brackets[0].initial.raw = 110000000;
	cr_assert_eq(market_change(market), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING);
	events = b.harness.events;
	cr_assert_eq(b.harness.events_n, 3);
	cr_expect_eq(events[0].type, RK_EVENT_MARKET_CHANGED);
	cr_expect_eq(events[0].market, 0);
	cr_expect_eq(events[0].name.id, 0);
	cr_expect_eq(events[0].name.slot, 0);
	cr_expect_str_eq(events[0].name.name, "PERP");
	cr_expect_eq(events[1].type, RK_EVENT_STATE);
	cr_expect_eq(events[1].state.health.maintenance.raw, 110 * BUILDER_USD);
	cr_expect_eq(events[2].type, RK_EVENT_ORDER_OPENED);

	/* Back: the account has recovered. */
	cr_assert_eq(market_change(perp()), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_CLOSE_ASKED), 1);
}

Test(change, a_fixed_price_judges_whoever_holds_the_asset)
{
	struct rk_cmd_asset asset = usd();

	asset.fixed_price.raw = 2;
	cr_assert_eq(asset_change(asset), RK_OK);
	cr_expect_eq(b.harness.events[0].type, RK_EVENT_ASSET_CHANGED);
	cr_expect_eq(b.harness.events[0].market, RK_NO_MARKET);
	cr_expect_eq(b.harness.events[0].name.slot, RK_NO_SLOT);
	cr_expect_eq(rk_builder_view(&b, 1).margin.equity.raw,
		     200 * BUILDER_USD);
	cr_expect_eq(rk_builder_view(&b, 1).margin.maintenance.raw,
		     100 * BUILDER_USD);
}

Test(change, kept_quotes_are_weighed_by_the_new_price_max)
{
	struct rk_cmd_market market = perp();

	cr_assert_eq(quote_as(1, 90), RK_OK);
	cr_assert_eq(quote_as(2, 120), RK_OK);
	cr_assert_eq(slot(0).mark.raw, 100);
	market.price_max.raw = 110;
	cr_assert_eq(market_change(market), RK_OK);
	cr_expect_eq(slot(0).state, RK_PRICE_DISPUTED);
	cr_expect_eq(slot(0).mark.raw, 100);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_PRICE_STATE), 1);
	market.price_max.raw = 120;
	cr_assert_eq(market_change(market), RK_OK);
	cr_expect_eq(slot(0).state, RK_PRICE_OK);
	cr_expect_eq(slot(0).mark.raw, 100);
}

Test(change, a_dispute_ends_when_the_price_is_believed)
{
	struct rk_cmd_market market = perp();

	cr_assert_eq(rk_builder_quote(&b, 0, 10001), RK_OK);
	cr_assert_eq(slot(0).state, RK_PRICE_DISPUTED);
	market.price_max.raw = 10001;
	cr_assert_eq(market_change(market), RK_OK);
	cr_expect_eq(slot(0).state, RK_PRICE_OK);
	cr_expect_eq(slot(0).mark.raw, 10001);
}

Test(change, kept_quotes_are_weighed_by_the_new_age)
{
	struct rk_cmd_market market = perp();

	cr_assert_eq(rk_builder_wait(&b, 10 * BUILDER_SECOND_NS), RK_OK);
	market.price_age_max_ns = 9 * BUILDER_SECOND_NS;
	cr_assert_eq(market_change(market), RK_OK);
	cr_expect_eq(slot(0).state, RK_PRICE_STALE);
	market.price_age_max_ns = 11 * BUILDER_SECOND_NS;
	cr_assert_eq(market_change(market), RK_OK);
	cr_expect_eq(slot(0).state, RK_PRICE_OK);
	/* And it ages out by the new one. */
	cr_assert_eq(rk_builder_wait(&b, BUILDER_SECOND_NS + 1), RK_OK);
	cr_expect_eq(slot(0).state, RK_PRICE_STALE);
}

Test(change, a_halted_market_keeps_its_mark)
{
	struct rk_cmd_market market = perp();

	cr_assert_eq(quote_as(1, 300), RK_OK);
	cr_assert_eq(slot(0).mark.raw, 200);
	cr_assert_eq(halt(true), RK_OK);
	cr_assert_eq(quote_as(2, 10001), RK_OK);
	cr_assert_eq(slot(0).mark.raw, 200);
	market.price_max.raw = 10001;
	cr_assert_eq(market_change(market), RK_OK);
	cr_expect_eq(slot(0).mark.raw, 200);
	cr_expect_eq(slot(0).state, RK_PRICE_HALTED);

	/* But its brackets judge: E = 1100, R = 1200, at 220 1300 and 1320. */
	market.brackets[0].maintenance.raw = 600000000;
	market.brackets[0].initial.raw = 600000000;
	cr_assert_eq(market_change(market), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 1).state, RK_STATE_LIQUIDATING);
	cr_assert_eq(halt(false), RK_OK);
	cr_expect_eq(slot(0).mark.raw, 300);
}

Test(change, a_position_beyond_position_max_may_only_shrink)
{
	struct rk_cmd_market market = perp();

	market.position_max.raw = 4;
	cr_assert_eq(market_change(market), RK_OK);
	cr_expect_eq(rk_builder_trade(&b, 1, 0, 1, 100), RK_REJ_POSITION_LIMIT);
	cr_expect_eq(rk_builder_trade(&b, 1, 0, -1, 100), RK_OK);
	cr_expect_eq(rk_builder_trade(&b, 1, 0, -10, 100), RK_REJ_BAD_SIZE,
		     "9 are left");
	cr_expect_eq(rk_builder_trade(&b, 1, 0, -9, 100), RK_OK,
		     "closed in one trade");
	cr_expect_eq(rk_builder_trade(&b, 1, 0, 5, 100), RK_REJ_BAD_SIZE);
}

Test(change, an_order_is_filled_whole_whatever_position_max_is_now)
{
	struct rk_cmd_market market = perp();
	const struct rk_event *ev;
	struct rk_order_id order;

	cr_assert_eq(rk_builder_adjust(&b, 1, -20000), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0);
	cr_assert_not_null(ev);
	cr_assert_eq(ev->order.size.raw, 10);
	order = ev->order.order;
	market.position_max.raw = 4;
	cr_assert_eq(market_change(market), RK_OK);
	/* It came too late: the position is gone, the vault takes it all. */
	cr_assert_eq(rk_builder_trade(&b, 1, 0, -10, 100), RK_OK);
	cr_expect_eq(rk_builder_fill(&b, 1, order, -11, 100), RK_REJ_BAD_SIZE);
	cr_expect_eq(rk_builder_fill(&b, 1, order, -10, 100), RK_OK);
}

Test(change, it_is_no_child_of_an_atomic_message)
{
	struct rk_cmd child = {.type = RK_CMD_MARKET_CHANGE, .market = perp()};
	struct rk_cmd cmd = {.type = RK_CMD_ATOMIC, .atomic = {&child, 1}};

	child.market.lot.raw = 2;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	child = (struct rk_cmd){.type = RK_CMD_ASSET_CHANGE, .asset = usd()};
	child.asset.fixed_price.raw = 2;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	child = (struct rk_cmd){.type = RK_CMD_LAG, .lag.window_ns = 1};
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	child = (struct rk_cmd){.type = RK_CMD_SYNC_STALL};
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
}

Test(change, a_stall_is_an_event_and_nothing_else)
{
	struct rk_cmd cmd = {.type = RK_CMD_SYNC_STALL,
			     .sync_stall = {BUILDER_SECOND_NS}};

	cr_expect_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_assert_eq(b.harness.events_n, 1);
	cr_expect_eq(b.harness.events[0].type, RK_EVENT_SYNC_STALLED);
	cr_expect_eq(b.harness.events[0].account, 0);
	cr_expect_eq(b.harness.events[0].market, RK_NO_MARKET);
	cr_expect_eq(b.harness.events[0].sync_stalled.age_ns,
		     BUILDER_SECOND_NS);
	cmd.sync_stall.age_ns = -1;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	cmd.sync_stall.age_ns = RK_DURATION_MAX_NS + 1;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	cmd.sync_stall.age_ns = RK_DURATION_MAX_NS;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_OK);
}

Test(change, a_lag_is_an_event_and_nothing_else)
{
	struct rk_cmd cmd = {.type = RK_CMD_LAG,
			     .lag = {.lagging = true,
				     .window_ns = 10 * BUILDER_SECOND_NS,
				     .judging_ns = 9 * BUILDER_SECOND_NS,
				     .age_ns = BUILDER_SECOND_NS,
				     .judged = 7}};

	cr_expect_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_assert_eq(b.harness.events_n, 1);
	cr_expect_eq(b.harness.events[0].type, RK_EVENT_LAG);
	cr_expect_eq(b.harness.events[0].account, 0);
	cr_expect_eq(b.harness.events[0].market, RK_NO_MARKET);
	cr_expect(b.harness.events[0].lag.lagging);
	cr_expect_eq(b.harness.events[0].lag.judging_ns, 9 * BUILDER_SECOND_NS);
	cr_expect_eq(b.harness.events[0].lag.judged, 7);
}

Test(change, a_lag_of_times_that_cannot_be_is_refused)
{
	const struct rk_lag good = {.window_ns = 10, .judging_ns = 10};
	struct rk_cmd cmd = {.type = RK_CMD_LAG, .lag = good};

	cr_expect_eq(rk_builder_apply(&b, cmd), RK_OK);
	cmd.lag.judging_ns = 11;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM,
		     "more than the window");
	cmd.lag.judging_ns = -1;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	cmd.lag = good;
	cmd.lag.window_ns = 0;
	cmd.lag.judging_ns = 0;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	cmd.lag.window_ns = RK_DURATION_MAX_NS + 1;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	cmd.lag = good;
	cmd.lag.age_ns = -1;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	cmd.lag.age_ns = RK_DURATION_MAX_NS + 1;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	cmd.lag.age_ns = RK_DURATION_MAX_NS;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_OK);
}

static void expect_rejected(enum rk_cmd_type type, int code)
{
	cr_assert_eq(b.harness.events_n, 1);
	cr_expect_eq(b.harness.events[0].type, RK_EVENT_REJECTED);
	cr_expect_eq(b.harness.events[0].rejected.cmd, type);
	cr_expect_eq(b.harness.events[0].rejected.code, code);
}

Test(change, a_skipped_command_is_answered_and_named)
{
	struct rk_cmd cmd = {.type = RK_CMD_SKIPPED,
			     .origin = {.client = "gateway", .client_seq = 1},
			     .skipped = {RK_CMD_TRADE}};
	struct rk_answer answer = {.code = -1};

	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_SKIPPED);
	expect_rejected(RK_CMD_TRADE, RK_REJ_SKIPPED);
	cr_expect_str_eq(b.harness.events[0].rejected.client, "gateway");
	cr_expect_eq(
		rk_engine_check_client(b.harness.engine, &cmd.origin, &answer),
		RK_REJ_REPEAT);
	cr_expect_eq(answer.code, RK_REJ_SKIPPED);
	cmd = (struct rk_cmd){.type = RK_CMD_SKIPPED,
			      .skipped = {RK_CMD_PRICES}};
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_SKIPPED);
	expect_rejected(RK_CMD_PRICES, RK_REJ_SKIPPED);
}

Test(change, only_a_command_can_have_been_skipped)
{
	struct rk_cmd cmd = {.type = RK_CMD_SKIPPED};

	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	expect_rejected(RK_CMD_SKIPPED, RK_REJ_BAD_PARAM);
	cmd.skipped.type = RK_CMD_SKIPPED;
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	cmd.skipped.type = (enum rk_cmd_type)(RK_CMD_MOVE + 100);
	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_BAD_PARAM);
	expect_rejected(RK_CMD_SKIPPED, RK_REJ_BAD_PARAM);
}

Test(change, an_atomic_message_is_skipped_child_by_child)
{
	struct rk_cmd children[] = {{.type = RK_CMD_SKIPPED,
				     .origin = {"gateway", 1, {0, 0}},
				     .skipped = {RK_CMD_DEPOSIT}},
				    {.type = RK_CMD_SKIPPED,
				     .origin = {"gateway", 2, {0, 0}},
				     .skipped = {RK_CMD_TRADE}}};
	struct rk_cmd cmd = {.type = RK_CMD_ATOMIC,
			     .origin = children[0].origin,
			     .atomic = {children, 2}};
	struct rk_answer answer = {.code = -1};

	cr_expect_eq(rk_builder_apply(&b, cmd), RK_REJ_SKIPPED);
	expect_rejected(RK_CMD_ATOMIC, RK_REJ_SKIPPED);
	cr_expect_eq(rk_view_client_seq(b.harness.engine, "gateway"), 2);
	cr_expect_eq(rk_engine_check_client(b.harness.engine,
					    &children[1].origin, &answer),
		     RK_REJ_REPEAT);
	cr_expect_eq(answer.code, RK_REJ_ATOMIC);
}

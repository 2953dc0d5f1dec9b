/*
 * Rules E1 to E8: the states of a market, and its end. Amounts are cents: at
 * 100 dollars a unit of size is worth 10,000 of them. Account 1 is long 100
 * and account 2 short 60, entered at 100; the venue holds the rest.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "engine/ask.h"
#include "engine/books.h"
#include "engine/engine.h"
#include "engine/market_state.h"
#include "support/builder.h"

#define AT(seconds) (BUILDER_START_NS + (seconds)*BUILDER_SECOND_NS)

static struct rk_builder b;

static void open_book(void)
{
	rk_builder_init(&b);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	for (uint64_t id = 1; id <= 2; id++) {
		cr_assert_eq(rk_builder_account(&b, id, 1000000), RK_OK);
		cr_assert_eq(
			rk_builder_trade(&b, id, 0, id == 1 ? 100 : -60, 100),
			RK_OK);
	}
}

static void close_book(void)
{
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}

TestSuite(settlement, .init = open_book, .fini = close_book);

static int set_state(uint32_t market, enum rk_market_state state)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_MARKET_STATE,
				    .market_state = {market, state}});
}

static int expire(uint32_t market, int64_t time_ns)
{
	return rk_builder_apply(&b,
				(struct rk_cmd){.type = RK_CMD_EXPIRY,
						.expiry = {market, time_ns}});
}

static int settle(uint32_t market, int64_t price)
{
	return rk_builder_apply(&b,
				(struct rk_cmd){.type = RK_CMD_SETTLE,
						.settle = {market, {price}}});
}

static int clock_to(int64_t time_ns)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_CLOCK, .clock = {time_ns}});
}

static int fund(int64_t rate)
{
	return rk_builder_apply(&b,
				(struct rk_cmd){.type = RK_CMD_FUND,
						.fund = {0, {rate}, {100}}});
}

static int set_funding(int64_t interval_ns)
{
	struct rk_cmd cmd = {.type = RK_CMD_FUNDING,
			     .funding = {.market = "PERP"}};

	cmd.funding.terms.interval_ns = interval_ns;
	cmd.funding.terms.cap.raw = interval_ns == 0 ? 0 : 1000000;
	return rk_builder_apply(&b, cmd);
}

static struct rk_market_view market(uint32_t id)
{
	struct rk_market_view view = {.holders = 0};

	(void)rk_view_market(b.harness.engine, id, &view);
	return view;
}

static struct rk_slot_view slot(uint32_t id)
{
	struct rk_slot_view view = {.time_ns = 0};

	(void)rk_view_slot(b.harness.engine, id, &view);
	return view;
}

static struct rk_books_market books(uint32_t id)
{
	struct rk_books_market view = {.vault_size = 1};

	(void)rk_view_books_market(b.harness.engine, id, &view);
	return view;
}

static int64_t clearing(void)
{
	struct rk_books_asset view = {.clearing = 0};

	(void)rk_view_books_asset(b.harness.engine, 0, &view);
	return (int64_t)view.clearing;
}

static void settle_at(int64_t price)
{
	cr_assert_eq(set_state(0, RK_MARKET_SETTLING), RK_OK);
	cr_assert_eq(settle(0, price), RK_OK);
}

Test(settlement, each_state_has_its_next_ones)
{
	static const struct {
		enum rk_market_state from;
		enum rk_market_state to;
		bool allowed;
	} rows[] = {
		{RK_MARKET_LISTED, RK_MARKET_OPEN, true},
		{RK_MARKET_LISTED, RK_MARKET_CLOSE_ONLY, false},
		{RK_MARKET_LISTED, RK_MARKET_SETTLING, true},
		{RK_MARKET_OPEN, RK_MARKET_LISTED, true},
		{RK_MARKET_OPEN, RK_MARKET_CLOSE_ONLY, true},
		{RK_MARKET_OPEN, RK_MARKET_SETTLING, true},
		{RK_MARKET_CLOSE_ONLY, RK_MARKET_LISTED, false},
		{RK_MARKET_CLOSE_ONLY, RK_MARKET_OPEN, true},
		{RK_MARKET_CLOSE_ONLY, RK_MARKET_SETTLING, true},
		{RK_MARKET_SETTLING, RK_MARKET_LISTED, false},
		{RK_MARKET_SETTLING, RK_MARKET_OPEN, true},
		{RK_MARKET_SETTLING, RK_MARKET_CLOSE_ONLY, true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_eq(rk_market_allowed(rows[i].from, rows[i].to),
			     rows[i].allowed, "row %zu", i);
	for (int i = RK_MARKET_LISTED; i <= RK_MARKET_SETTLED; i++) {
		cr_expect(!rk_market_allowed((enum rk_market_state)i,
					     RK_MARKET_SETTLED));
		cr_expect(!rk_market_allowed(RK_MARKET_SETTLED,
					     (enum rk_market_state)i));
	}
}

Test(settlement, a_market_is_listed_open_and_moves_by_command)
{
	const struct rk_event *ev;

	cr_expect_eq(market(0).state, RK_MARKET_OPEN);
	cr_expect_eq(set_state(9, RK_MARKET_OPEN), RK_REJ_NO_MARKET);
	cr_expect_eq(set_state(0, (enum rk_market_state)0), RK_REJ_BAD_PARAM);
	cr_expect_eq(set_state(0, (enum rk_market_state)6), RK_REJ_BAD_PARAM);
	cr_expect_eq(set_state(0, RK_MARKET_OPEN), RK_REJ_NO_CHANGE);
	cr_expect_eq(set_state(0, RK_MARKET_SETTLED), RK_REJ_MARKET_STEP);
	cr_assert_eq(set_state(0, RK_MARKET_CLOSE_ONLY), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_MARKET_STATE_SET, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->market, 0);
	cr_expect_eq(ev->market_state.before, RK_MARKET_OPEN);
	cr_expect_eq(ev->market_state.after, RK_MARKET_CLOSE_ONLY);
	cr_expect(!ev->market_state.expired);
	cr_expect_eq(set_state(0, RK_MARKET_LISTED), RK_REJ_MARKET_STEP);
	cr_expect_eq(market(0).state, RK_MARKET_CLOSE_ONLY);
}

Test(settlement, orders_are_taken_by_state)
{
	struct rk_market record = {.life = {.state = RK_MARKET_OPEN}};

	cr_expect(rk_market_takes(&record, false));
	cr_expect(rk_market_takes(&record, true));
	record.life.state = RK_MARKET_CLOSE_ONLY;
	cr_expect(!rk_market_takes(&record, false));
	cr_expect(rk_market_takes(&record, true));
	for (int i = 0; i < 3; i++) {
		static const enum rk_market_state none[] = {RK_MARKET_LISTED,
							    RK_MARKET_SETTLING,
							    RK_MARKET_SETTLED};

		record.life.state = none[i];
		cr_expect(!rk_market_takes(&record, false));
		cr_expect(!rk_market_takes(&record, true));
	}
}

Test(settlement, every_position_is_closed_at_the_price)
{
	const struct rk_event *ev;

	cr_expect_eq(settle(0, 110), RK_REJ_NOT_SETTLING);
	cr_assert_eq(set_state(0, RK_MARKET_SETTLING), RK_OK);
	cr_expect_eq(settle(9, 110), RK_REJ_NO_MARKET);
	cr_expect_eq(settle(0, 0), RK_REJ_BAD_PRICE);
	cr_expect_eq(settle(0, market(0).listing.price_max.raw + 1),
		     RK_REJ_BAD_PRICE);
	cr_assert_eq(settle(0, 110), RK_OK);

	cr_assert_eq(rk_builder_count(&b, RK_EVENT_POSITION_SETTLED), 2);
	ev = rk_builder_event(&b, RK_EVENT_POSITION_SETTLED, 0);
	cr_expect_eq(ev->account, 1);
	cr_expect_eq(ev->settled.price.raw, 110);
	cr_expect_eq(ev->settled.size.raw, 100);
	cr_expect_eq(ev->settled.cost.raw, 1000000);
	cr_expect_eq(ev->settled.realised.raw, 100000);
	cr_expect_eq(ev->settled.booked.raw, 100000);
	cr_expect_eq(ev->settled.balance.raw, 1100000);
	ev = rk_builder_event(&b, RK_EVENT_POSITION_SETTLED, 1);
	cr_expect_eq(ev->account, 2);
	cr_expect_eq(ev->settled.realised.raw, -60000);
	cr_expect_eq(ev->settled.balance.raw, 940000);
	ev = rk_builder_event(&b, RK_EVENT_MARKET_SETTLED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->market_settled.price.raw, 110);
	cr_expect_eq(ev->market_settled.positions, 2);
	cr_expect_eq(ev->market_settled.left.raw, 0);

	cr_expect_eq(rk_builder_balance(&b, 1, 0), 1100000);
	cr_expect_eq(rk_builder_balance(&b, 2, 0), 940000);
	cr_expect_eq(market(0).state, RK_MARKET_SETTLED);
	cr_expect_eq(market(0).settlement.raw, 110);
	cr_expect_eq(settle(0, 110), RK_REJ_NOT_SETTLING);
	cr_expect_eq(set_state(0, RK_MARKET_OPEN), RK_REJ_MARKET_STEP);
}

Test(settlement, sizes_are_0_and_what_the_venue_lost_is_its_cost)
{
	settle_at(110);
	cr_expect_eq(market(0).holders, 0);
	cr_expect(market(0).long_size == 0 && market(0).short_size == 0);
	cr_expect(books(0).accounts_size == 0 && books(0).accounts_cost == 0);
	cr_expect(books(0).external_size == 0 && books(0).vault_size == 0);
	/* The accounts won 400 dollars together. */
	cr_expect(books(0).external_cost == 40000);
	cr_expect(books(0).clearing_cost == -40000);
	cr_expect_eq(clearing(), -40000);
}

Test(settlement, a_venue_that_is_flat_has_its_loss_as_cost)
{
	cr_assert_eq(rk_builder_account(&b, 3, 1000000), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 3, 0, -40, 130), RK_OK);
	settle_at(110);
	/* It sold 100 at 100, bought 60 at 100 and 40 at 130. */
	cr_expect(books(0).external_cost == 120000);
	cr_expect_eq(clearing(), -120000);
}

Test(settlement, each_value_is_rounded_down_and_the_rest_stays_in_clearing)
{
	struct rk_cmd_market odd = rk_builder_market("ODD");
	const struct rk_event *ev;

	/* A thousandth of a cent and a half per unit of size at 3. */
	odd.multiplier = 5;
	odd.multiplier_decimals = 3;
	cr_assert_eq(rk_builder_contract(&b, &odd), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 2, 3), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 2, 1, 3), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 2, 2, -1, 3), RK_OK);
	cr_assert_eq(set_state(2, RK_MARKET_SETTLING), RK_OK);
	cr_assert_eq(settle(2, 3), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_POSITION_SETTLED, 0);
	cr_expect_eq(ev->settled.cost.raw, 1);
	cr_expect_eq(ev->settled.realised.raw, 0);
	ev = rk_builder_event(&b, RK_EVENT_POSITION_SETTLED, 1);
	cr_expect_eq(ev->settled.cost.raw, -1);
	cr_expect_eq(ev->settled.realised.raw, -1, "1.5 is owed: 2");
	ev = rk_builder_event(&b, RK_EVENT_MARKET_SETTLED, 0);
	cr_expect_eq(ev->market_settled.left.raw, 1);
	cr_expect_eq(clearing(), 1);
	cr_expect(books(2).clearing_cost == 0);
}

Test(settlement, an_inverse_contract_is_settled_in_coins)
{
	struct rk_cmd_market inverse = rk_builder_market("INVERSE");

	inverse.contract = RK_CONTRACT_INVERSE;
	inverse.multiplier = 100;
	cr_assert_eq(rk_builder_contract(&b, &inverse), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 2, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 2, 3, 100), RK_OK);
	cr_assert_eq(set_state(2, RK_MARKET_SETTLING), RK_OK);
	cr_assert_eq(settle(2, 120), RK_OK);
	/* -300 + 250: three units owed 100 cents each, then 83.33. */
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 1000000 + 50);
	cr_expect(books(2).external_size == 0);
}

Test(settlement, funding_is_settled_first)
{
	cr_assert_eq(fund(10000000), RK_OK); /* 1 % of 100 */
	settle_at(100);
	cr_assert_eq(rk_builder_count(&b, RK_EVENT_FUNDING_PAID), 2);
	cr_expect_eq(rk_builder_event(&b, RK_EVENT_FUNDING_PAID, 0)
			     ->funding_paid.amount.raw,
		     -10000);
	cr_expect_eq(rk_builder_event(&b, RK_EVENT_POSITION_SETTLED, 0)
			     ->settled.realised.raw,
		     0);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 990000);
	cr_expect_eq(rk_builder_balance(&b, 2, 0), 1006000);
}

Test(settlement, what_an_account_cannot_hold_stays_in_clearing)
{
	struct rk_cmd full = {.type = RK_CMD_LIMITS};
	struct rk_engine_counts counts;
	const struct rk_event *ev;

	/* No record is left for a balance that is 0 until then. */
	cr_assert_eq(rk_builder_adjust(&b, 1, -1000000), RK_OK);
	rk_view_counts(b.harness.engine, &counts);
	full.limits = counts.limits;
	full.limits.balances_max = counts.balances;
	cr_assert_eq(rk_builder_apply(&b, full), RK_OK);
	settle_at(110);
	ev = rk_builder_event(&b, RK_EVENT_POSITION_SETTLED, 0);
	cr_expect_eq(ev->account, 1);
	cr_expect_eq(ev->settled.realised.raw, 100000);
	cr_expect_eq(ev->settled.booked.raw, 0);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 0);
	cr_expect_eq(clearing(), 60000);
}

Test(settlement, the_price_stands_for_ever)
{
	settle_at(110);
	cr_assert_eq(rk_builder_quote(&b, 0, 150), RK_OK);
	cr_expect_eq(slot(0).mark.raw, 110);
	cr_expect_eq(rk_view_quotes_dropped(b.harness.engine), 1);
	cr_assert_eq(clock_to(AT(5000)), RK_OK);
	cr_expect_eq(slot(0).state, RK_PRICE_OK);
	cr_assert_eq(rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_RESUME,
							  .clock = {AT(6000)}}),
		     RK_OK);
	cr_expect_eq(slot(0).state, RK_PRICE_OK);
	cr_expect_eq(slot(0).mark.raw, 110);
}

Test(settlement, a_halt_ends_with_the_settlement)
{
	struct rk_cmd halt = {.type = RK_CMD_HALT, .halt = {0, true}};

	cr_assert_eq(rk_builder_apply(&b, halt), RK_OK);
	settle_at(110);
	cr_expect_eq(rk_builder_event(&b, RK_EVENT_PRICE_STATE, 0)
			     ->price_state.after,
		     RK_PRICE_OK);
	cr_expect(!market(0).halted);
	cr_expect_eq(rk_builder_apply(&b, halt), RK_REJ_MARKET_CLOSED);
}

Test(settlement, a_market_that_is_over_is_left_alone)
{
	struct rk_cmd change = {.type = RK_CMD_MARKET_CHANGE,
				.market = rk_builder_market("PERP")};
	struct rk_ask ask;

	settle_at(110);
	change.market.price_max.raw = 100000;
	cr_expect_eq(rk_builder_apply(&b, change), RK_REJ_MARKET_CLOSED);
	cr_expect_eq(set_funding(3600 * BUILDER_SECOND_NS),
		     RK_REJ_MARKET_CLOSED);
	cr_expect_eq(fund(1), RK_REJ_MARKET_CLOSED);
	cr_expect_eq(expire(0, AT(100)), RK_REJ_MARKET_CLOSED);
	cr_assert_eq(rk_ask_account(b.harness.engine, 1, &ask), RK_OK);
	cr_expect_eq(
		rk_ask_fill(&ask,
			    &(struct rk_supposed_fill){0, {1}, {110}, {0}, 0}),
		RK_REJ_MARKET_CLOSED);
}

Test(settlement, a_late_fill_is_booked_and_closed_at_once)
{
	const struct rk_event *ev;

	settle_at(110);
	cr_assert_eq(rk_builder_trade(&b, 2, 0, 10, 104), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_POSITION), 1);
	ev = rk_builder_event(&b, RK_EVENT_POSITION_SETTLED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->account, 2);
	cr_expect_eq(ev->settled.realised.raw, 6000);
	cr_expect_eq(rk_builder_balance(&b, 2, 0), 946000);
	cr_expect_eq(market(0).holders, 0);
	cr_expect(books(0).external_size == 0);
	cr_expect(books(0).external_cost == 46000);
}

Test(settlement, both_sides_of_a_late_fill_are_closed)
{
	struct rk_cmd cmd = {.type = RK_CMD_TRADE,
			     .trade = {.trade = 99,
				       .market = 0,
				       .price = {100},
				       .size = {5},
				       .buyer = {.account = 1},
				       .seller = {.account = 2}}};

	settle_at(110);
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_POSITION_SETTLED), 2);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 1105000);
	cr_expect_eq(rk_builder_balance(&b, 2, 0), 935000);
	cr_expect_eq(market(0).holders, 0);
}

Test(settlement, a_late_fill_that_is_refused_leaves_no_trace)
{
	struct rk_cmd children[2] = {
		{.type = RK_CMD_TRADE,
		 .trade = {.trade = 99,
			   .price = {100},
			   .size = {5},
			   .buyer = {.account = 1},
			   .seller = {.account = 2}}},
		{.type = RK_CMD_DEPOSIT, .amount = {.account = 77}},
	};
	struct rk_cmd atomic = {.type = RK_CMD_ATOMIC, .atomic = {children, 2}};
	int64_t left;

	settle_at(110);
	left = clearing();
	cr_assert_eq(rk_builder_apply(&b, atomic), RK_REJ_NO_ACCOUNT);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 1100000);
	cr_expect_eq(rk_builder_balance(&b, 2, 0), 940000);
	cr_expect_eq(clearing(), left);
	cr_expect_eq(market(0).holders, 0);
}

Test(settlement, a_dated_future_expires_by_itself)
{
	const struct rk_event *ev;

	cr_assert_eq(expire(0, AT(100)), RK_OK);
	cr_expect_eq(market(0).expiry_ns, AT(100));
	cr_expect_eq(rk_view_next_due(b.harness.engine), AT(100));
	cr_assert_eq(clock_to(AT(100) - 1), RK_OK);
	cr_expect_eq(market(0).state, RK_MARKET_OPEN);
	cr_assert_eq(clock_to(AT(100)), RK_OK);
	cr_expect_eq(market(0).state, RK_MARKET_SETTLING);
	ev = rk_builder_event(&b, RK_EVENT_MARKET_STATE_SET, 0);
	cr_expect(ev->market_state.expired);
	cr_expect_eq(ev->market_state.before, RK_MARKET_OPEN);
	cr_expect_eq(ev->market_state.expiry_ns, AT(100));
	cr_expect_neq(rk_view_next_due(b.harness.engine), AT(100));
}

Test(settlement, who_takes_a_market_back_has_the_last_word)
{
	cr_assert_eq(expire(0, AT(100)), RK_OK);
	cr_assert_eq(clock_to(AT(150)), RK_OK);
	cr_assert_eq(set_state(0, RK_MARKET_CLOSE_ONLY), RK_OK);
	cr_assert_eq(expire(1, AT(180)), RK_OK);
	cr_assert_eq(clock_to(AT(200)), RK_OK);
	cr_expect_eq(market(1).state, RK_MARKET_SETTLING);
	cr_expect_eq(market(0).state, RK_MARKET_CLOSE_ONLY);
	/* And may name another date. */
	cr_assert_eq(expire(0, AT(300)), RK_OK);
	cr_assert_eq(clock_to(AT(301)), RK_OK);
	cr_expect_eq(market(0).state, RK_MARKET_SETTLING);
}

Test(settlement, an_expiry_lies_ahead_and_may_be_changed)
{
	cr_expect_eq(expire(9, AT(100)), RK_REJ_NO_MARKET);
	cr_expect_eq(expire(0, -1), RK_REJ_BAD_PARAM);
	cr_expect_eq(expire(0, RK_TIME_MAX_NS + 1), RK_REJ_BAD_PARAM);
	cr_expect_eq(expire(0, 0), RK_REJ_NO_CHANGE);
	cr_expect_eq(expire(0, rk_view_time(b.harness.engine)),
		     RK_REJ_BAD_TIME);
	cr_assert_eq(expire(0, AT(100)), RK_OK);
	cr_expect_eq(expire(0, AT(100)), RK_REJ_NO_CHANGE);
	cr_assert_eq(expire(0, AT(200)), RK_OK);
	cr_assert_eq(expire(0, 0), RK_OK);
	cr_assert_eq(clock_to(AT(500)), RK_OK);
	cr_expect_eq(market(0).state, RK_MARKET_OPEN);
	cr_assert_eq(set_state(0, RK_MARKET_SETTLING), RK_OK);
	cr_expect_eq(expire(0, AT(600)), RK_REJ_MARKET_CLOSED);
}

Test(settlement, a_market_expires_or_has_funding)
{
	cr_assert_eq(set_funding(3600 * BUILDER_SECOND_NS), RK_OK);
	cr_expect_eq(expire(0, AT(100)), RK_REJ_EXPIRY_OR_FUNDING);
	cr_assert_eq(set_funding(0), RK_OK);
	cr_assert_eq(expire(0, AT(100)), RK_OK);
	cr_expect_eq(set_funding(3600 * BUILDER_SECOND_NS),
		     RK_REJ_EXPIRY_OR_FUNDING);
	cr_expect_eq(fund(1), RK_REJ_EXPIRY_OR_FUNDING);
}

Test(settlement, a_position_stays_where_it_is_while_its_market_settles)
{
	struct rk_cmd move = {.type = RK_CMD_MOVE, .move = {.to = 4}};

	cr_assert_eq(
		rk_builder_apply(
			&b, (struct rk_cmd){.type = RK_CMD_ACCOUNT,
					    .account = {4, 1, RK_MODE_CROSS,
							RK_ENFORCE_FULL}}),
		RK_OK);
	move.move.from = 1;
	cr_assert_eq(set_state(0, RK_MARKET_SETTLING), RK_OK);
	cr_expect_eq(rk_builder_apply(&b, move), RK_REJ_MARKET_CLOSED);
	cr_assert_eq(set_state(0, RK_MARKET_OPEN), RK_OK);
	cr_expect_neq(rk_builder_apply(&b, move), RK_REJ_MARKET_CLOSED);
}

/* Account 3 is long 10 at 100 with 60 dollars; below 95.79 it is ripe. */
static void open_weak(void)
{
	cr_assert_eq(rk_builder_account(&b, 3, 6000), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 3, 0, 10, 100), RK_OK);
}

Test(settlement, no_liquidation_order_is_opened_while_a_market_settles)
{
	open_weak();
	cr_assert_eq(set_state(0, RK_MARKET_SETTLING), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 98), RK_OK);
	cr_expect_eq(rk_builder_view(&b, 3).state, RK_STATE_LIQUIDATING);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 0);
	cr_expect_eq(
		rk_builder_event(&b, RK_EVENT_WITHHELD, 0)->withheld.reason,
		RK_WITHHELD_SETTLING);
	/* Taken back, it is judged at once. */
	cr_assert_eq(set_state(0, RK_MARKET_CLOSE_ONLY), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 1);
}

Test(settlement, open_orders_are_asked_to_close_and_gone_with_the_position)
{
	open_weak();
	cr_assert_eq(rk_builder_quote(&b, 0, 98), RK_OK);
	cr_assert_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 1);
	cr_assert_eq(set_state(0, RK_MARKET_SETTLING), RK_OK);
	cr_expect_eq(rk_builder_event(&b, RK_EVENT_ORDER_CLOSE_ASKED, 0)
			     ->order.reason,
		     RK_CLOSE_SETTLING);
	cr_assert_eq(settle(0, 90), RK_OK);
	cr_expect_eq(market(0).withheld, 0);
	cr_expect_eq(rk_builder_view(&b, 3).state, RK_STATE_BANKRUPT);
	cr_expect_eq(rk_builder_balance(&b, 3, 0), 6000 - 10000);
}

Test(settlement, a_late_fill_of_an_order_goes_to_the_vault_and_is_closed)
{
	struct rk_order_id order;

	open_weak();
	cr_assert_eq(rk_builder_quote(&b, 0, 98), RK_OK);
	order = rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0)->order.order;
	settle_at(98);
	cr_assert_eq(rk_builder_fill(&b, 3, order, -4, 97), RK_OK);
	cr_expect(books(0).vault_size == 0);
	/* Sold 4 at 97 and closed at 98: 4 dollars are lost. */
	cr_expect(books(0).vault_cost == 400);
	cr_expect(books(0).external_size == 0);
}

Test(settlement, everybody_is_judged_once_after_the_last)
{
	open_weak();
	settle_at(93);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_STATE), 1);
	cr_expect_eq(rk_builder_event(&b, RK_EVENT_STATE, 0)->account, 3);
	cr_expect_eq(rk_builder_event(&b, RK_EVENT_STATE, 0)->state.after,
		     RK_STATE_BANKRUPT);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_DEFICIT), 1);
}

Test(settlement, an_atomic_message_may_hold_nothing_but_late_fills)
{
	static struct rk_cmd children[RK_ATOMIC_MAX];
	struct rk_cmd atomic = {.type = RK_CMD_ATOMIC,
				.atomic = {children, RK_ATOMIC_MAX}};

	settle_at(110);
	for (uint32_t i = 0; i < RK_ATOMIC_MAX; i++)
		children[i] = (struct rk_cmd){
			.type = RK_CMD_TRADE,
			.trade = {.trade = 5000 + i * 70,
				  .price = {100},
				  .size = {5},
				  .buyer = {.account = 1, .fee = {1}},
				  .seller = {.account = 2, .fee = {1}}}};
	cr_assert_eq(rk_builder_apply(&b, atomic), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_POSITION_SETTLED),
		     2 * RK_ATOMIC_MAX);
	cr_expect_eq(rk_builder_balance(&b, 1, 0), 1100000 + 64 * 4999);
	cr_expect_eq(market(0).holders, 0);
}

/*
 * Events on the wire: each kind is said, with what it is about.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "codec/encode.h"
#include "riskd.pb-c.h"

static Riskd__Event *wire_of(const struct rk_event *event)
{
	unsigned char bytes[RK_ENCODED_EVENT_MAX];
	size_t n = rk_encode_event(event, false, bytes);
	Riskd__Event *wire = riskd__event__unpack(NULL, n, bytes);

	cr_assert_not_null(wire);
	return wire;
}

Test(encode, every_event_has_a_kind)
{
	static const enum rk_event_type types[] = {
#define ROW(name, number) RK_EVENT_##name,
		RK_EVENT_MAP(ROW)
#undef ROW
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct rk_event event = {
			.number = 7, .type = types[i], .market = RK_NO_MARKET};
		Riskd__Event *wire = wire_of(&event);

		cr_expect_neq(wire->kind_case, RISKD__EVENT__KIND__NOT_SET,
			      "%s", rk_event_name(types[i]));
		cr_expect_eq(wire->number, 7);
		riskd__event__free_unpacked(wire, NULL);
	}
}

Test(encode, what_is_listed_otherwise_is_told_with_id_and_name)
{
	static const struct {
		enum rk_event_type type;
		Riskd__Added__What what;
	} rows[] = {
		{RK_EVENT_ASSET_LISTED, RISKD__ADDED__WHAT__WHAT_ASSET},
		{RK_EVENT_MARKET_LISTED, RISKD__ADDED__WHAT__WHAT_MARKET},
		{RK_EVENT_ASSET_CHANGED,
		 RISKD__ADDED__WHAT__WHAT_ASSET_CHANGED},
		{RK_EVENT_MARKET_CHANGED,
		 RISKD__ADDED__WHAT__WHAT_MARKET_CHANGED},
		{RK_EVENT_COLLATERAL_SET, RISKD__ADDED__WHAT__WHAT_COLLATERAL},
		{RK_EVENT_FUNDING_SET, RISKD__ADDED__WHAT__WHAT_FUNDING},
		{RK_EVENT_MARGIN_SET, RISKD__ADDED__WHAT__WHAT_MARGIN},
		{RK_EVENT_LIQUIDATION_SET,
		 RISKD__ADDED__WHAT__WHAT_LIQUIDATION},
		{RK_EVENT_SLOW_PRICE_SET, RISKD__ADDED__WHAT__WHAT_SLOW_PRICE},
		{RK_EVENT_COLLATERAL_SCALE_SET,
		 RISKD__ADDED__WHAT__WHAT_COLLATERAL_SCALE},
		{RK_EVENT_EMODE_SET, RISKD__ADDED__WHAT__WHAT_EMODE},
		{RK_EVENT_RAMP_SET, RISKD__ADDED__WHAT__WHAT_RAMP},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rk_event event = {.type = rows[i].type,
					 .market = RK_NO_MARKET,
					 .name = {.id = 3, .name = "X"}};
		Riskd__Event *wire = wire_of(&event);

		cr_assert_eq(wire->kind_case, RISKD__EVENT__KIND_ADDED);
		cr_expect_eq(wire->added->what, rows[i].what);
		cr_expect_eq(wire->added->id, 3);
		cr_expect_str_eq(wire->added->name, "X");
		riskd__event__free_unpacked(wire, NULL);
	}
}

Test(encode, a_step_of_a_ramp_tells_what_is_in_force_and_how_far_it_is)
{
	struct rk_event event = {.type = RK_EVENT_RAMPED,
				 .market = RK_NO_MARKET,
				 .ramped = {.id = 3,
					    .terms = {.weight = {900000000},
						      .liability = {1100000000},
						      .profit = {500000000}},
					    .elapsed_ns = 60,
					    .duration_ns = 3600}};
	Riskd__Event *wire = wire_of(&event);

	cr_expect_not(rk_encode_is_public(&event), "of an asset");
	cr_assert_eq(wire->kind_case, RISKD__EVENT__KIND_RAMPED);
	cr_expect_eq(wire->market_plus_one, 0);
	cr_expect_eq(wire->ramped->asset, 3);
	cr_expect_eq(wire->ramped->weight, 900000000);
	cr_expect_eq(wire->ramped->liability, 1100000000);
	cr_expect_eq(wire->ramped->profit, 500000000);
	cr_expect_eq(wire->ramped->elapsed_ns, 60);
	cr_expect_eq(wire->ramped->duration_ns, 3600);
	cr_expect_not(wire->ramped->ended);
	riskd__event__free_unpacked(wire, NULL);

	event = (struct rk_event){.type = RK_EVENT_RAMPED,
				  .market = 1,
				  .ramped = {.id = 1,
					     .elapsed_ns = 3600,
					     .duration_ns = 3600,
					     .ended = true}};
	wire = wire_of(&event);
	cr_expect(rk_encode_is_public(&event), "of a market");
	cr_expect_eq(wire->market_plus_one, 2);
	cr_expect_eq(wire->ramped->asset, 0, "the event names the market");
	cr_expect_eq(wire->ramped->weight, 0);
	cr_expect(wire->ramped->ended);
	riskd__event__free_unpacked(wire, NULL);
}

Test(encode, what_the_vault_takes_over_is_for_its_account_alone)
{
	struct rk_event event = {
		.type = RK_EVENT_TAKEN_OVER,
		.account = 7,
		.market = 2,
		.taken_over = {RK_TAKEOVER_STAGES,
			       {93},
			       {-5},
			       {-470},
			       {4},
			       {1},
			       {1},
			       {20},
			       {300},
			       {400}},
	};
	Riskd__Event *wire = wire_of(&event);
	const Riskd__TakenOver *taken;

	cr_assert_eq(wire->kind_case, RISKD__EVENT__KIND_TAKEN_OVER);
	cr_expect_eq(wire->account, 7);
	cr_expect_eq(wire->market_plus_one, 3);
	taken = wire->taken_over;
	cr_expect_eq(taken->cause, RISKD__TAKEN_OVER__CAUSE__CAUSE_STAGES);
	cr_expect_eq(taken->price, 93);
	cr_expect_eq(taken->size, -5);
	cr_expect_eq(taken->cost, -470);
	cr_expect_eq(taken->concession, 4);
	cr_expect_eq(taken->realised, 1);
	cr_expect_eq(taken->booked, 1);
	cr_expect_eq(taken->balance, 20);
	cr_expect_eq(taken->event_left, 300);
	cr_expect_eq(taken->hour_left, 400);
	cr_expect_not(rk_encode_is_public(&event));
	riskd__event__free_unpacked(wire, NULL);
}

Test(encode, each_reason_that_withholds_a_takeover_has_its_number)
{
	for (uint32_t i = 0; i <= RK_TAKEOVER_CAPACITY; i++) {
		struct rk_event event = {
			.type = RK_EVENT_TAKEOVER_WITHHELD,
			.account = 7,
			.market = 2,
			.takeover_withheld = {(enum rk_takeover_withheld)i},
		};
		Riskd__Event *wire = wire_of(&event);

		cr_assert_eq(wire->kind_case,
			     RISKD__EVENT__KIND_TAKEOVER_WITHHELD);
		cr_expect_eq(wire->takeover_withheld->reason, i);
		cr_expect_str_neq(rk_takeover_withheld_name(
					  event.takeover_withheld.reason),
				  "UNKNOWN");
		riskd__event__free_unpacked(wire, NULL);
	}
}

Test(encode, capital_of_the_vault_is_of_no_account)
{
	struct rk_event event = {
		.type = RK_EVENT_VAULT_MOVED,
		.market = RK_NO_MARKET,
		.vault = {3, {-20}, {80}},
	};
	Riskd__Event *wire = wire_of(&event);

	cr_assert_eq(wire->kind_case, RISKD__EVENT__KIND_VAULT_MOVED);
	cr_expect_eq(wire->account, 0);
	cr_expect_eq(wire->vault_moved->asset, 3);
	cr_expect_eq(wire->vault_moved->amount, -20);
	cr_expect_eq(wire->vault_moved->capital, 80);
	riskd__event__free_unpacked(wire, NULL);
}

Test(encode, what_a_fund_pays_is_for_its_account_alone)
{
	struct rk_event event = {
		.type = RK_EVENT_INSURANCE_MOVED,
		.account = 7,
		.market = RK_NO_MARKET,
		.insurance = {3, RK_INSURANCE_DRAW, {-20}, {80}, {-5}},
	};
	Riskd__Event *wire = wire_of(&event);

	cr_assert_eq(wire->kind_case, RISKD__EVENT__KIND_INSURANCE_MOVED);
	cr_expect_eq(wire->account, 7);
	cr_expect_eq(wire->insurance_moved->asset, 3);
	cr_expect_eq(wire->insurance_moved->cause,
		     RISKD__INSURANCE_MOVED__CAUSE__CAUSE_DRAW);
	cr_expect_eq(wire->insurance_moved->amount, -20);
	cr_expect_eq(wire->insurance_moved->fund, 80);
	cr_expect_eq(wire->insurance_moved->balance, -5);
	cr_expect_not(rk_encode_is_public(&event));
	riskd__event__free_unpacked(wire, NULL);
}

Test(encode, a_lag_tells_all_that_was_measured)
{
	struct rk_event event = {
		.type = RK_EVENT_LAG,
		.market = RK_NO_MARKET,
		.lag = {true, 10, 9, 8, 7, 6, 5, 4},
	};
	Riskd__Event *wire = wire_of(&event);

	cr_assert_eq(wire->kind_case, RISKD__EVENT__KIND_LAG);
	cr_expect(wire->lag->lagging);
	cr_expect_eq(wire->lag->window_ns, 10);
	cr_expect_eq(wire->lag->judging_ns, 9);
	cr_expect_eq(wire->lag->age_ns, 8);
	cr_expect_eq(wire->lag->batches, 7);
	cr_expect_eq(wire->lag->quotes, 6);
	cr_expect_eq(wire->lag->quotes_merged, 5);
	cr_expect_eq(wire->lag->judged, 4);
	cr_expect_not(rk_encode_is_public(&event));
	riskd__event__free_unpacked(wire, NULL);
}

Test(encode, a_stall_tells_its_age)
{
	struct rk_event event = {.type = RK_EVENT_SYNC_STALLED,
				 .market = RK_NO_MARKET,
				 .sync_stalled = {1234567890}};
	Riskd__Event *wire = wire_of(&event);

	cr_assert_eq(wire->kind_case, RISKD__EVENT__KIND_SYNC_STALLED);
	cr_expect_eq(wire->sync_stalled->age_ns, 1234567890);
	riskd__event__free_unpacked(wire, NULL);
}

Test(encode, a_recheck_tells_what_it_came_to)
{
	struct rk_event event = {
		.type = RK_EVENT_RECHECKED,
		.market = RK_NO_MARKET,
		.account = 7,
		.rechecked = {77, RK_STATE_OK, RK_STATE_WARN, {{5}, {4}, {9}}}};
	Riskd__Event *wire = wire_of(&event);

	cr_expect_not(rk_encode_is_public(&event));
	cr_assert_eq(wire->kind_case, RISKD__EVENT__KIND_RECHECKED);
	cr_expect_eq(wire->account, 7);
	cr_expect_eq(wire->rechecked->found_seq, 77);
	cr_expect_eq(wire->rechecked->before, RISKD__STATE__STATE_OK);
	cr_expect_eq(wire->rechecked->after, RISKD__STATE__STATE_WARN);
	cr_expect_eq(wire->rechecked->equity, 5);
	cr_expect_eq(wire->rechecked->maintenance, 4);
	cr_expect_eq(wire->rechecked->initial, 9);
	riskd__event__free_unpacked(wire, NULL);
}

Test(encode, funding_tells_its_rate_and_its_index_in_two_parts)
{
	struct rk_event event = {.type = RK_EVENT_FUNDING,
				 .market = 1,
				 .funding = {.rate = {-100000},
					     .price = {1900},
					     .index = -1,
					     .samples = 60,
					     .restarted = true}};
	Riskd__Event *wire = wire_of(&event);

	cr_assert_eq(wire->kind_case, RISKD__EVENT__KIND_FUNDING);
	cr_expect_eq(wire->funding->rate, -100000);
	cr_expect_eq(wire->funding->price, 1900);
	cr_expect_eq(wire->funding->index_high, -1);
	cr_expect_eq(wire->funding->index_low, UINT64_MAX);
	cr_expect_eq(wire->funding->samples, 60);
	cr_expect(wire->funding->restarted);
	riskd__event__free_unpacked(wire, NULL);
}

Test(encode, funding_paid_tells_what_was_booked)
{
	struct rk_event event = {.type = RK_EVENT_FUNDING_PAID,
				 .account = 7,
				 .market = 1,
				 .funding_paid = {{-5}, {0}, {12}}};
	Riskd__Event *wire = wire_of(&event);

	cr_expect_not(rk_encode_is_public(&event));
	cr_assert_eq(wire->kind_case, RISKD__EVENT__KIND_FUNDING_PAID);
	cr_expect_eq(wire->account, 7);
	cr_expect_eq(wire->market_plus_one, 2);
	cr_expect_eq(wire->funding_paid->amount, -5);
	cr_expect_eq(wire->funding_paid->booked, 0);
	cr_expect_eq(wire->funding_paid->balance, 12);
	riskd__event__free_unpacked(wire, NULL);
}

Test(encode, a_loss_tells_who_is_rid_of_it_and_what_all_bear)
{
	struct rk_event event = {.type = RK_EVENT_WRITTEN_OFF,
				 .account = 7,
				 .market = RK_NO_MARKET,
				 .written_off = {2, {500}, {-3}}};
	Riskd__Event *wire = wire_of(&event);

	cr_expect_not(rk_encode_is_public(&event));
	cr_assert_eq(wire->kind_case, RISKD__EVENT__KIND_WRITTEN_OFF);
	cr_expect_eq(wire->written_off->asset, 2);
	cr_expect_eq(wire->written_off->amount, 500);
	cr_expect_eq(wire->written_off->balance, -3);
	riskd__event__free_unpacked(wire, NULL);
	event = (struct rk_event){.type = RK_EVENT_LOSS_SHARED,
				  .market = RK_NO_MARKET,
				  .loss_shared = {2, {500}, 12345}};
	wire = wire_of(&event);
	cr_expect_not(rk_encode_is_public(&event));
	cr_assert_eq(wire->kind_case, RISKD__EVENT__KIND_LOSS_SHARED);
	cr_expect_eq(wire->loss_shared->loss, 500);
	cr_expect_eq(wire->loss_shared->supply_index, 12345);
	riskd__event__free_unpacked(wire, NULL);
}

Test(encode, the_public_sees_a_conversion_and_nothing_of_its_account)
{
	unsigned char out[RK_ENCODED_EVENT_MAX];
	struct rk_event event = {.type = RK_EVENT_CONVERSION_OPENED,
				 .account = 7,
				 .market = RK_NO_MARKET,
				 .conversion = {.order = {12, 3},
						.sell = 1,
						.buy = 2,
						.size = {100},
						.least = {90},
						.loss = {80},
						.health = {{5}, {6}, {7}}}};
	Riskd__Event *wire = wire_of(&event);
	size_t n;

	cr_expect(rk_encode_is_public(&event));
	cr_assert_eq(wire->kind_case, RISKD__EVENT__KIND_CONVERSION);
	cr_expect_eq(wire->account, 7);
	cr_expect_eq(wire->conversion->phase,
		     RISKD__CONVERSION_ORDER__PHASE__PHASE_OPENED);
	cr_expect_eq(wire->conversion->order->seq, 12);
	cr_expect_eq(wire->conversion->order->n, 3);
	cr_expect_eq(wire->conversion->loss, 80);
	cr_expect_eq(wire->conversion->equity, 5);
	riskd__event__free_unpacked(wire, NULL);
	n = rk_encode_event(&event, true, out);
	wire = riskd__event__unpack(NULL, n, out);
	cr_assert_not_null(wire);
	cr_expect_eq(wire->account, 0);
	cr_expect_eq(wire->conversion->size, 100);
	cr_expect_eq(wire->conversion->least, 90);
	cr_expect_eq(wire->conversion->loss, 0);
	cr_expect_eq(wire->conversion->equity, 0);
	riskd__event__free_unpacked(wire, NULL);
}

Test(encode, the_public_sees_markets_and_no_assets)
{
	struct rk_event event = {.type = RK_EVENT_MARKET_CHANGED, .market = 1};

	cr_expect(rk_encode_is_public(&event));
	event.type = RK_EVENT_MARKET_LISTED;
	cr_expect(rk_encode_is_public(&event));
	event.type = RK_EVENT_FUNDING;
	cr_expect(rk_encode_is_public(&event));
	event.type = RK_EVENT_FUNDING_SET;
	cr_expect(rk_encode_is_public(&event));
	event.type = RK_EVENT_MARGIN_SET;
	cr_expect(rk_encode_is_public(&event));
	event.type = RK_EVENT_LEVERAGE_SET;
	cr_expect_not(rk_encode_is_public(&event), "it is about an account");
	event.type = RK_EVENT_ASSET_CHANGED;
	event.market = RK_NO_MARKET;
	cr_expect_not(rk_encode_is_public(&event));
	event.type = RK_EVENT_COLLATERAL_SET;
	cr_expect_not(rk_encode_is_public(&event));
	event.type = RK_EVENT_SYNC_STALLED;
	cr_expect_not(rk_encode_is_public(&event));
}

Test(encode, the_end_of_a_market_is_told_with_all_its_figures)
{
	struct rk_event event = {
		.type = RK_EVENT_MARKET_STATE_SET,
		.market = 1,
		.market_state = {RK_MARKET_OPEN, RK_MARKET_SETTLING, 77, true}};
	Riskd__Event *wire = wire_of(&event);

	cr_expect(rk_encode_is_public(&event));
	cr_assert_eq(wire->kind_case, RISKD__EVENT__KIND_MARKET_STATE_SET);
	cr_expect_eq(wire->market_state_set->before,
		     RISKD__MARKET_STATE__MARKET_STATE_OPEN);
	cr_expect_eq(wire->market_state_set->after,
		     RISKD__MARKET_STATE__MARKET_STATE_SETTLING);
	cr_expect_eq(wire->market_state_set->expiry_ns, 77);
	cr_expect(wire->market_state_set->expired);
	riskd__event__free_unpacked(wire, NULL);

	event = (struct rk_event){
		.type = RK_EVENT_POSITION_SETTLED,
		.account = 7,
		.market = 1,
		.settled = {{100}, {-5}, {-499}, {-1}, {0}, {12}}};
	wire = wire_of(&event);
	cr_expect_not(rk_encode_is_public(&event));
	cr_assert_eq(wire->kind_case, RISKD__EVENT__KIND_POSITION_SETTLED);
	cr_expect_eq(wire->position_settled->price, 100);
	cr_expect_eq(wire->position_settled->size, -5);
	cr_expect_eq(wire->position_settled->cost, -499);
	cr_expect_eq(wire->position_settled->realised, -1);
	cr_expect_eq(wire->position_settled->booked, 0);
	cr_expect_eq(wire->position_settled->balance, 12);
	riskd__event__free_unpacked(wire, NULL);

	event = (struct rk_event){.type = RK_EVENT_MARKET_SETTLED,
				  .market = 1,
				  .market_settled = {{100}, 9, {2}}};
	wire = wire_of(&event);
	cr_expect(rk_encode_is_public(&event));
	cr_assert_eq(wire->kind_case, RISKD__EVENT__KIND_MARKET_SETTLED);
	cr_expect_eq(wire->market_settled->price, 100);
	cr_expect_eq(wire->market_settled->positions, 9);
	cr_expect_eq(wire->market_settled->left, 2);
	riskd__event__free_unpacked(wire, NULL);
}

Test(encode, who_has_claimed_an_order_is_told_to_all)
{
	struct rk_event event = {.type = RK_EVENT_ORDER_CLAIMED,
				 .account = 7,
				 .market = 1,
				 .order = {.order = {5, 2},
					   .claimed_by = 3,
					   .claimed_until_ns = 99}};
	Riskd__Event *wire = wire_of(&event);

	cr_assert_eq(wire->kind_case, RISKD__EVENT__KIND_ORDER);
	cr_expect_eq(wire->order->phase,
		     RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLAIMED);
	cr_expect_eq(wire->order->order->seq, 5);
	cr_expect_eq(wire->order->claimed_by, 3);
	cr_expect_eq(wire->order->claimed_until_ns, 99);
	cr_expect(rk_encode_is_public(&event));
	riskd__event__free_unpacked(wire, NULL);
}

Test(encode, why_nothing_is_ordered_in_a_market_that_settles)
{
	struct rk_event event = {.type = RK_EVENT_WITHHELD,
				 .account = 7,
				 .market = 1,
				 .withheld = {.reason = RK_WITHHELD_SETTLING}};
	Riskd__Event *wire = wire_of(&event);

	cr_expect_eq(wire->withheld->reason,
		     RISKD__WITHHELD__REASON__REASON_SETTLING);
	riskd__event__free_unpacked(wire, NULL);
	event = (struct rk_event){.type = RK_EVENT_ORDER_CLOSE_ASKED,
				  .account = 7,
				  .market = 1,
				  .order = {.reason = RK_CLOSE_SETTLING}};
	wire = wire_of(&event);
	cr_expect_eq(wire->order->reason,
		     RISKD__LIQUIDATION_ORDER__REASON__REASON_SETTLING);
	riskd__event__free_unpacked(wire, NULL);
}

/*
 * What librisk decides without a daemon: which event comes next, which topic
 * an event belongs to, what text means, and what a command looks like on the
 * wire.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gap.h"
#include "librisk_batch.h"
#include "librisk_cmd.h"
#include "librisk_impl.h"
#include "librisk_text.h"
#include "librisk_topic.h"

static const struct gap_topic all = {GAP_ALL, 0};
static const struct gap_topic account_1 = {GAP_ACCOUNT, 1};
static const struct gap_topic account_2 = {GAP_ACCOUNT, 2};
static const struct gap_topic market_1 = {GAP_MARKET, 1};

Test(gap, all_events_follow_by_one)
{
	struct gap gap;

	librisk_gap_init(&gap, 10);
	cr_expect_eq(librisk_gap_judge(&gap, all, 10, 0), GAP_REPEAT);
	cr_expect_eq(librisk_gap_judge(&gap, all, 12, 0), GAP_MISSING);
	cr_expect_eq(librisk_gap_judge(&gap, all, 11, 0), GAP_NEXT);
	cr_expect_eq(librisk_gap_take(&gap, all, 11), 0);
	cr_expect_eq(librisk_gap_judge(&gap, all, 11, 0), GAP_REPEAT);
	cr_expect_eq(librisk_gap_judge(&gap, all, 12, 0), GAP_NEXT);
	librisk_gap_fini(&gap);
}

Test(gap, topics_are_counted_apart)
{
	struct gap gap;

	librisk_gap_init(&gap, 0);
	cr_expect_eq(librisk_gap_take(&gap, account_1, 5), 0);
	cr_expect_eq(librisk_gap_judge(&gap, account_2, 4, 0), GAP_NEXT);
	cr_expect_eq(librisk_gap_judge(&gap, account_2, 4, 3), GAP_MISSING);
	cr_expect_eq(librisk_gap_judge(&gap, market_1, 2, 0), GAP_NEXT,
		     "same id, other kind");
	cr_expect_eq(librisk_gap_judge(&gap, account_1, 9, 5), GAP_NEXT);
	cr_expect_eq(librisk_gap_judge(&gap, account_1, 9, 7), GAP_MISSING);
	cr_expect_eq(librisk_gap_judge(&gap, account_1, 5, 0), GAP_REPEAT);
	librisk_gap_fini(&gap);
}

Test(gap, what_was_before_the_start_is_not_missing)
{
	struct gap gap;

	librisk_gap_init(&gap, 100);
	cr_expect_eq(librisk_gap_judge(&gap, account_1, 101, 60), GAP_NEXT);
	cr_expect_eq(librisk_gap_judge(&gap, account_1, 103, 101), GAP_MISSING);
	cr_expect_eq(librisk_gap_judge(&gap, account_1, 99, 60), GAP_REPEAT);
	librisk_gap_fini(&gap);
}

Test(gap, reaching_a_number_settles_every_topic)
{
	struct gap gap;

	librisk_gap_init(&gap, 0);
	cr_expect_eq(librisk_gap_take(&gap, account_1, 5), 0);
	librisk_gap_reach(&gap, 8);
	cr_expect_eq(librisk_gap_judge(&gap, account_2, 8, 0), GAP_REPEAT);
	cr_expect_eq(librisk_gap_judge(&gap, account_2, 9, 7), GAP_NEXT);
	librisk_gap_reach(&gap, 3);
	cr_expect_eq(librisk_gap_judge(&gap, account_2, 8, 0), GAP_REPEAT,
		     "it never goes back");
	librisk_gap_fini(&gap);
}

Test(gap, a_topic_above_the_reached_number_stays_known)
{
	struct gap gap;

	librisk_gap_init(&gap, 0);
	cr_expect_eq(librisk_gap_take(&gap, account_1, 20), 0);
	librisk_gap_reach(&gap, 8);
	cr_expect_eq(librisk_gap_judge(&gap, account_1, 20, 0), GAP_REPEAT);
	cr_expect_eq(librisk_gap_judge(&gap, account_1, 25, 20), GAP_NEXT);
	librisk_gap_fini(&gap);
}

Test(gap, many_topics_are_remembered_and_forgotten_when_passed)
{
	struct gap gap;

	librisk_gap_init(&gap, 0);
	for (uint64_t id = 1; id <= 5000; id++) {
		struct gap_topic topic = {GAP_ACCOUNT, id};

		cr_assert_eq(librisk_gap_take(&gap, topic, id), 0);
	}
	for (uint64_t id = 1; id <= 5000; id++) {
		struct gap_topic topic = {GAP_ACCOUNT, id};

		cr_assert_eq(librisk_gap_judge(&gap, topic, id, 0), GAP_REPEAT);
		cr_assert_eq(librisk_gap_judge(&gap, topic, 6000, id),
			     GAP_NEXT);
	}
	librisk_gap_reach(&gap, 5000);
	cr_expect_eq(gap.used, 0u, "nothing is kept for what was passed");
	librisk_gap_fini(&gap);
}

/* A message with events of these numbers. */
static struct librisk_batch *make_batch(const uint64_t *numbers, size_t n)
{
	Riskd__EventBatch *message = malloc(sizeof(*message));

	riskd__event_batch__init(message);
	message->events = calloc(n, sizeof(Riskd__Event *));
	message->n_events = n;
	for (size_t i = 0; i < n; i++) {
		message->events[i] = malloc(sizeof(Riskd__Event));
		riskd__event__init(message->events[i]);
		message->events[i]->number = numbers[i];
	}
	return librisk_batch_of_message(message);
}

Test(heap, messages_of_one_turn_come_out_by_number)
{
	struct librisk_heap heap = {0};
	const uint64_t first[] = {1, 4, 9};
	const uint64_t second[] = {2, 3, 8};
	const uint64_t third[] = {5, 6, 7};

	cr_assert_eq(librisk_heap_push(&heap, make_batch(third, 3)), 0);
	cr_assert_eq(librisk_heap_push(&heap, make_batch(first, 3)), 0);
	cr_assert_eq(librisk_heap_push(&heap, make_batch(second, 3)), 0);
	for (uint64_t number = 1; number <= 9; number++) {
		struct librisk_batch *top = librisk_heap_top(&heap);

		cr_assert_eq(top->events[top->at]->number, number);
		librisk_batch_free(librisk_heap_advance(&heap));
	}
	cr_expect_null(librisk_heap_top(&heap));
	librisk_heap_fini(&heap);
}

/* A handle with a listing, as risk_open leaves it. */
struct listed {
	struct risk risk;
	Riskd__Answer answer;
	Riskd__MarketsAnswer markets;
	Riskd__Market market;
	Riskd__Market *market_list[1];
	Riskd__Asset assets[2];
	Riskd__Asset *asset_list[2];
	Riskd__Price prices[3];
};

static void price(Riskd__Price *price, uint32_t slot, uint32_t decimals)
{
	riskd__price__init(price);
	price->slot = slot;
	price->decimals = decimals;
}

static void list(struct listed *listed)
{
	static char btc_perp[] = "BTC-PERP";
	static char usd[] = "USD";
	static char btc[] = "BTC";

	memset(listed, 0, sizeof(*listed));
	riskd__answer__init(&listed->answer);
	riskd__markets_answer__init(&listed->markets);
	riskd__market__init(&listed->market);
	riskd__asset__init(&listed->assets[0]);
	riskd__asset__init(&listed->assets[1]);
	price(&listed->prices[0], 1, 2);
	price(&listed->prices[1], UINT32_MAX, 0);
	price(&listed->prices[2], 0, 4);
	listed->market.id = 7;
	listed->market.name = btc_perp;
	listed->market.price = &listed->prices[0];
	listed->assets[0].name = usd;
	listed->assets[0].price = &listed->prices[1];
	listed->assets[1].id = 1;
	listed->assets[1].name = btc;
	listed->assets[1].price = &listed->prices[2];
	listed->market_list[0] = &listed->market;
	listed->asset_list[0] = &listed->assets[0];
	listed->asset_list[1] = &listed->assets[1];
	listed->markets.n_markets = 1;
	listed->markets.markets = listed->market_list;
	listed->markets.n_assets = 2;
	listed->markets.assets = listed->asset_list;
	listed->answer.markets = &listed->markets;
	listed->risk.listing = &listed->answer;
}

Test(names, a_near_miss_is_suggested_whatever_its_case)
{
	struct listed listed;

	list(&listed);
	cr_expect_eq(risk_find_market(&listed.risk, "BTC-PERP"),
		     &listed.market);
	cr_expect_null(risk_find_market(&listed.risk, "btc-perp"));
	cr_expect_str_eq(risk_error(&listed.risk),
			 "no market named \"btc-perp\": did you mean "
			 "BTC-PERP?");
	cr_expect_null(risk_find_market(&listed.risk, "BTC-PREP"));
	cr_expect_str_eq(risk_error(&listed.risk),
			 "no market named \"BTC-PREP\": did you mean "
			 "BTC-PERP?");
	cr_expect_null(risk_find_market(&listed.risk, "GOLD"));
	cr_expect_str_eq(risk_error(&listed.risk), "no market named \"GOLD\"");
}

Test(names, ids_need_not_be_places_in_the_list)
{
	struct listed listed;

	list(&listed);
	cr_expect_eq(risk_market_by_id(&listed.risk, 7), &listed.market);
	cr_expect_null(risk_market_by_id(&listed.risk, 0));
	cr_expect_eq(risk_asset_by_id(&listed.risk, 1), &listed.assets[1]);
}

Test(names, slots_belong_to_markets_and_assets_but_not_to_fixed_prices)
{
	struct listed listed;
	struct risk_slot slot;
	uint32_t id = 99;
	uint32_t decimals = 99;

	list(&listed);
	cr_expect_eq(risk_find_slot(&listed.risk, "BTC-PERP", &id, &decimals),
		     0);
	cr_expect(id == 1 && decimals == 2);
	cr_expect_eq(risk_find_slot(&listed.risk, "BTC", &id, &decimals), 0);
	cr_expect(id == 0 && decimals == 4);
	cr_expect_eq(risk_find_slot(&listed.risk, "USD", &id, &decimals),
		     RK_REJ_NO_SLOT);
	cr_expect_str_eq(risk_error(&listed.risk),
			 "the price of USD is fixed: it takes no quotes");
	cr_expect_eq(risk_slot_by_id(&listed.risk, 1, &slot), 0);
	cr_expect(slot.is_market && !strcmp(slot.name, "BTC-PERP"));
	cr_expect_eq(risk_slot_by_id(&listed.risk, 0, &slot), 0);
	cr_expect(!slot.is_market && slot.decimals == 4);
	cr_expect_eq(risk_slot_by_id(&listed.risk, 5, &slot), RK_REJ_NO_SLOT);
}

static int want(struct listed *listed, enum risk_stream stream,
		const char *topic, struct librisk_want *ret_want)
{
	struct risk_follow follow = {.stream = stream, .topic = topic};

	return librisk_want_read(&listed->risk, &follow, ret_want);
}

Test(topic, text_is_read_strictly)
{
	static const char *const right[] = {"",
					    "account.",
					    "account.42",
					    "liquidation.",
					    "market.",
					    "system",
					    "liquidation.BTC-PERP",
					    "market.BTC-PERP"};
	static const char *const wrong[] = {"account",
					    "account.x",
					    "account.0",
					    "account.-1",
					    "systems",
					    "Account.1",
					    "liquidation.X",
					    "market",
					    "heartbeat",
					    "account.1 ",
					    "account.18446744073709551616"};
	struct listed listed;
	struct librisk_want wanted;

	list(&listed);
	for (size_t i = 0; i < sizeof(right) / sizeof(*right); i++)
		cr_expect_eq(want(&listed, RISK_EVENTS, right[i], &wanted), 0,
			     "%s", right[i]);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		listed.risk.error.text[0] = '\0';
		cr_expect_eq(want(&listed, RISK_EVENTS, wrong[i], &wanted),
			     -EINVAL, "%s", wrong[i]);
		cr_expect(strlen(risk_error(&listed.risk)) > 0, "%s", wrong[i]);
	}
}

Test(topic, the_public_stream_is_about_no_account)
{
	struct listed listed;
	struct librisk_want wanted;

	list(&listed);
	cr_expect_eq(want(&listed, RISK_PUBLIC, "account.42", &wanted),
		     -EINVAL);
	cr_expect_eq(want(&listed, RISK_PUBLIC, "system", &wanted), -EINVAL);
	cr_expect_eq(want(&listed, RISK_PUBLIC, "", &wanted), 0);
	cr_expect_not(librisk_want_counts_all(&wanted));
}

static Riskd__Event event_of(uint64_t account, uint32_t market_plus_one,
			     Riskd__Event__KindCase kind)
{
	Riskd__Event event;

	riskd__event__init(&event);
	event.number = 50;
	event.account = account;
	event.market_plus_one = market_plus_one;
	event.prev_account = 11;
	event.prev_topic = 22;
	event.kind_case = kind;
	return event;
}

Test(topic, an_order_belongs_to_its_account_and_its_market)
{
	Riskd__Event order = event_of(42, 8, RISKD__EVENT__KIND_ORDER);
	struct listed listed;
	struct librisk_want wanted;
	struct gap_topic topic;
	uint64_t prev;

	list(&listed);
	cr_assert_eq(want(&listed, RISK_EVENTS, "account.42", &wanted), 0);
	cr_expect(librisk_want_matches(&wanted, &order));
	topic = librisk_want_topic(&wanted, &order, &prev);
	cr_expect(topic.kind == GAP_ACCOUNT && topic.id == 42 && prev == 11);
	cr_assert_eq(
		want(&listed, RISK_EVENTS, "liquidation.BTC-PERP", &wanted), 0);
	cr_expect(librisk_want_matches(&wanted, &order));
	topic = librisk_want_topic(&wanted, &order, &prev);
	cr_expect(topic.kind == GAP_LIQUIDATION && topic.id == 7 && prev == 22);
	cr_assert_eq(want(&listed, RISK_EVENTS, "market.", &wanted), 0);
	cr_expect_not(librisk_want_matches(&wanted, &order));
}

Test(topic, an_exact_account_is_no_prefix_of_another)
{
	Riskd__Event event = event_of(420, 0, RISKD__EVENT__KIND_BALANCE);
	struct librisk_prefix prefixes[LIBRISK_PREFIXES_MAX];
	struct listed listed;
	struct librisk_want wanted;

	list(&listed);
	cr_assert_eq(want(&listed, RISK_EVENTS, "account.42", &wanted), 0);
	cr_expect_not(librisk_want_matches(&wanted, &event));
	cr_assert_eq(librisk_want_prefixes(&wanted, prefixes), 2u);
	cr_expect_eq(prefixes[1].n, strlen("account.42") + 1,
		     "the zero byte belongs to it");
}

Test(topic, what_is_about_no_account_goes_to_its_market_or_the_system)
{
	Riskd__Event state = event_of(0, 8, RISKD__EVENT__KIND_PRICE_STATE);
	Riskd__Event index = event_of(0, 0, RISKD__EVENT__KIND_PRICE_STATE);
	struct listed listed;
	struct librisk_want wanted;

	list(&listed);
	cr_assert_eq(want(&listed, RISK_EVENTS, "market.BTC-PERP", &wanted), 0);
	cr_expect(librisk_want_matches(&wanted, &state));
	cr_expect_not(librisk_want_matches(&wanted, &index));
	cr_assert_eq(want(&listed, RISK_EVENTS, "system", &wanted), 0);
	cr_expect_not(librisk_want_matches(&wanted, &state));
	cr_expect(librisk_want_matches(&wanted, &index));
}

Test(topic, events_read_for_the_public_stream_tell_no_account)
{
	Riskd__LiquidationOrder order;
	Riskd__Event event = event_of(42, 8, RISKD__EVENT__KIND_ORDER);
	struct listed listed;
	struct librisk_want wanted;

	list(&listed);
	riskd__liquidation_order__init(&order);
	order.equity = 5;
	order.maintenance = 6;
	order.initial = 7;
	event.order = &order;
	cr_assert_eq(want(&listed, RISK_PUBLIC, "liquidation.", &wanted), 0);
	librisk_want_blank(&wanted, &event);
	cr_expect(event.account == 0 && event.prev_account == 0);
	cr_expect(order.equity == 0 && order.maintenance == 0 &&
		  order.initial == 0);
	cr_expect_eq(event.prev_topic, 22u);
}

Test(text, decimals_are_exact_or_refused)
{
	char text[RISK_DECIMAL_SIZE];
	int64_t raw = 77;

	cr_expect_eq(risk_parse_decimal("-12.34", 3, &raw), 0);
	cr_expect_eq(raw, -12340);
	cr_expect_eq(risk_parse_decimal("1.234", 2, &raw), -EDOM);
	cr_expect_eq(risk_parse_decimal("1e3", 2, &raw), -EINVAL);
	cr_expect_eq(risk_parse_decimal("", 2, &raw), -EINVAL);
	cr_expect_eq(risk_parse_decimal("92233720368547758.08", 2, &raw),
		     -ERANGE);
	cr_expect_eq(raw, -12340, "untouched by failures");
	cr_expect_str_eq(risk_format_decimal(-150, 2, text), "-1.5");
	cr_expect_str_eq(risk_format_padded(-150, 2, 2, text), "-1.50");
	cr_expect_str_eq(risk_format_decimal(1, 200, text), "#");
}

Test(text, order_ids_are_two_numbers_with_a_point)
{
	static const char *const wrong[] = {
		"",     "1",    "1.",   ".1",           "0.0", "1.2.3",
		"1 .2", "-1.2", "1.-2", "1.4294967296", "x.1"};
	struct risk_order_id id = {0, 9};
	char text[RISK_DECIMAL_SIZE];

	cr_expect_eq(risk_parse_order_id("120.3", &id), 0);
	cr_expect(id.seq == 120 && id.n == 3);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		cr_expect_eq(risk_parse_order_id(wrong[i], &id), -EINVAL, "%s",
			     wrong[i]);
	cr_expect_eq(id.seq, 120u, "untouched by failures");
	cr_expect_str_eq(risk_format_order_id(UINT64_MAX, UINT32_MAX, text),
			 "18446744073709551615.4294967295");
}

Test(text, whole_numbers_fill_64_bits_and_no_more)
{
	uint64_t value = 5;

	cr_expect_eq(risk_parse_u64("18446744073709551615", &value), 0);
	cr_expect_eq(value, UINT64_MAX);
	cr_expect_eq(risk_parse_u64("18446744073709551616", &value), -ERANGE);
	cr_expect_eq(risk_parse_u64("1x", &value), -EINVAL);
	cr_expect_eq(risk_parse_u64("-1", &value), -EINVAL);
	cr_expect_eq(value, UINT64_MAX, "untouched by failures");
}

Test(text, words_of_enumerations_come_without_their_prefix)
{
	Riskd__Event event = event_of(1, 1, RISKD__EVENT__KIND_ORDER);
	Riskd__LiquidationOrder order;
	Riskd__Added added;

	riskd__liquidation_order__init(&order);
	order.phase = RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLOSE_ASKED;
	event.order = &order;
	cr_expect_str_eq(risk_event_name(&event), "ORDER_CLOSE_ASKED");
	order.phase = RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLAIMED;
	cr_expect_str_eq(risk_event_name(&event), "ORDER_CLAIMED");
	riskd__added__init(&added);
	added.what = RISKD__ADDED__WHAT__WHAT_MARKET_CHANGED;
	event.kind_case = RISKD__EVENT__KIND_ADDED;
	event.added = &added;
	cr_expect_str_eq(risk_event_name(&event), "MARKET_CHANGED");
	added.what = RISKD__ADDED__WHAT__WHAT_ASSET_CHANGED;
	cr_expect_str_eq(risk_event_name(&event), "ASSET_CHANGED");
	event.kind_case = RISKD__EVENT__KIND_SYNC_STALLED;
	cr_expect_str_eq(risk_event_name(&event), "SYNC_STALLED");
	event.kind_case = RISKD__EVENT__KIND_LAG;
	cr_expect_str_eq(risk_event_name(&event), "LAG");
	event.kind_case = RISKD__EVENT__KIND_INSURANCE_MOVED;
	cr_expect_str_eq(risk_event_name(&event), "INSURANCE_MOVED");
	event.kind_case = RISKD__EVENT__KIND_VAULT_MOVED;
	cr_expect_str_eq(risk_event_name(&event), "VAULT_MOVED");
	event.kind_case = RISKD__EVENT__KIND_TAKEN_OVER;
	cr_expect_str_eq(risk_event_name(&event), "TAKEN_OVER");
	event.kind_case = RISKD__EVENT__KIND_TAKEOVER_WITHHELD;
	cr_expect_str_eq(risk_event_name(&event), "TAKEOVER_WITHHELD");
	event.kind_case = RISKD__EVENT__KIND_RECHECKED;
	cr_expect_str_eq(risk_event_name(&event), "RECHECKED");
	cr_expect_str_eq(risk_state_name(RISKD__STATE__STATE_MARGIN_CALL),
			 "MARGIN_CALL");
	cr_expect_str_eq(risk_state_name((Riskd__State)99), "UNKNOWN");
	cr_expect_str_eq(risk_side_name(RISKD__SIDE__SIDE_SELL), "SELL");
	cr_expect_str_eq(risk_code_name(RK_REJ_MARGIN), "MARGIN");
}

Test(command, a_trade_survives_the_wire)
{
	struct risk_trade trade = {
		.id = 5,
		.market = 3,
		.venue = 2,
		.price = 100,
		.size = 7,
		.buyer = {.account = 42, .fee = -1},
		.seller = {.order = {120, 1}},
	};
	struct risk_cmd cmd;
	uint8_t bytes[256];
	size_t n;
	Riskd__Command *back;

	risk_cmd_trade(&cmd, &trade);
	n = riskd__command__pack(&cmd.command, bytes);
	back = riskd__command__unpack(NULL, n, bytes);
	cr_assert_not_null(back);
	cr_assert_eq(back->kind_case, RISKD__COMMAND__KIND_TRADE);
	cr_expect_eq(back->trade->trade, 5u);
	cr_expect_eq(back->trade->market, 3u);
	cr_expect_eq(back->trade->venue, 2u);
	cr_expect_eq(back->trade->price, 100);
	cr_expect_eq(back->trade->size, 7);
	cr_expect_eq(back->trade->buyer->account, 42u);
	cr_expect_eq(back->trade->buyer->fee, -1);
	cr_expect_null(back->trade->buyer->order, "none was given");
	cr_expect_eq(back->trade->seller->account, 0u);
	cr_expect_eq(back->trade->seller->order->seq, 120u);
	cr_expect_eq(back->trade->seller->order->n, 1u);
	riskd__command__free_unpacked(back, NULL);
}

/* Of an asset or of a market: the other has no name. */
Test(command, a_ramp_survives_the_wire)
{
	struct risk_cmd cmd;
	uint8_t bytes[256];
	Riskd__Command *back;
	size_t n;

	risk_cmd_ramp(&cmd, "BTC", NULL, 3600, 60);
	n = riskd__command__pack(&cmd.command, bytes);
	back = riskd__command__unpack(NULL, n, bytes);
	cr_assert_not_null(back);
	cr_assert_eq(back->kind_case, RISKD__COMMAND__KIND_SET_RAMP);
	cr_expect_str_eq(back->set_ramp->asset, "BTC");
	cr_expect_str_eq(back->set_ramp->market, "");
	cr_expect_eq(back->set_ramp->duration_ns, 3600);
	cr_expect_eq(back->set_ramp->step_ns, 60);
	riskd__command__free_unpacked(back, NULL);
	risk_cmd_ramp(&cmd, NULL, "BTC-PERP", 0, 0);
	n = riskd__command__pack(&cmd.command, bytes);
	back = riskd__command__unpack(NULL, n, bytes);
	cr_assert_not_null(back);
	cr_expect_str_eq(back->set_ramp->asset, "");
	cr_expect_str_eq(back->set_ramp->market, "BTC-PERP");
	cr_expect_eq(back->set_ramp->duration_ns, 0);
	riskd__command__free_unpacked(back, NULL);
}

Test(command, prices_without_time_and_number_take_those_of_now)
{
	const uint32_t slots[] = {1, 2};
	const int64_t prices[] = {100, 200};
	struct risk_prices batch = {
		.publisher = 4, .n = 2, .slots = slots, .prices = prices};
	struct risk_cmd cmd;
	int64_t before = librisk_now_ns();

	risk_cmd_prices(&cmd, &batch);
	cr_expect_geq(cmd.body.prices.time_ns, before);
	cr_expect_eq(cmd.body.prices.seq, (uint64_t)cmd.body.prices.time_ns);
	cr_expect_eq(cmd.body.prices.n_times_ns, 0u);
	batch.seq = 9;
	batch.time_ns = 8;
	batch.times_ns = prices;
	risk_cmd_prices(&cmd, &batch);
	cr_expect_eq(cmd.body.prices.seq, 9u);
	cr_expect_eq(cmd.body.prices.time_ns, 8);
	cr_expect_eq(cmd.body.prices.n_times_ns, 2u);
}

static int first_refusal(const int *codes, size_t n, size_t *ret_row)
{
	Riskd__Reply reply;
	Riskd__Result results[8];
	Riskd__Result *list[8];

	riskd__reply__init(&reply);
	for (size_t i = 0; i < n; i++) {
		riskd__result__init(&results[i]);
		results[i].code = codes[i];
		list[i] = &results[i];
	}
	reply.n_results = n;
	reply.results = list;
	return risk_first_refusal(&reply, ret_row);
}

Test(command, the_refusal_of_an_atomic_message_is_that_of_the_guilty_row)
{
	const int fine[] = {0, 0};
	const int plain[] = {0, RK_REJ_MARGIN, RK_REJ_BALANCE};
	const int atomic[] = {RK_REJ_ATOMIC, RK_REJ_BALANCE, RK_REJ_ATOMIC};
	size_t row = 9;

	cr_expect_eq(first_refusal(fine, 2, &row), 0);
	cr_expect_eq(row, 9u);
	cr_expect_eq(first_refusal(plain, 3, &row), RK_REJ_MARGIN);
	cr_expect_eq(row, 1u);
	cr_expect_eq(first_refusal(atomic, 3, &row), RK_REJ_BALANCE);
	cr_expect_eq(row, 1u);
}

/*
 * The figures of docs/margin.md, worked out by the engine.
 *
 * Each test plays one example of the page and looks for its rows, "| words |
 * figure |", in the page itself: neither can change without the other. The
 * rules are proven elsewhere; this only keeps the page true.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/arena.h"
#include "engine/books.h"
#include "engine/decimal.h"
#include "engine/engine.h"
#include "engine/rc.h"
#include "engine/view.h"

#define PAGE           RISKD_SOURCE_ROOT "/docs/margin.md"
#define ACCOUNT        1U
#define USD_DECIMALS   8
#define PRICE_DECIMALS 2
#define SIZE_DECIMALS  3
#define SECOND         INT64_C(1000000000)
#define START          (1000 * SECOND)
#define AGE_MAX        (5 * SECOND)

static char *page;
static void *memory;
static struct rk_engine *engine;
static struct rk_evbuf step;
static int64_t now_ns;
static uint64_t trades;
static uint64_t quotes;

static int64_t raw(const char *text, uint8_t decimals)
{
	int64_t value = 0;

	cr_assert_eq(rk_decimal_parse(text, decimals, &value), 0, "%s", text);
	return value;
}

static int64_t usd(const char *text)
{
	return raw(text, USD_DECIMALS);
}

static int apply(const struct rk_cmd *cmd)
{
	int code;

	step.n = 0;
	code = rk_engine_apply(engine, cmd, &step);
	cr_assert(!rk_engine_pending(engine));
	return code;
}

static void must(const struct rk_cmd *cmd)
{
	int code = apply(cmd);

	cr_assert_eq(code, RK_OK, "%s: %s", rk_cmd_name(cmd->type),
		     rk_rc_text(code));
}

/* The newest event of this type that the last command made; NULL: none. */
static const struct rk_event *find(enum rk_event_type type)
{
	for (uint32_t i = step.n; i-- > 0;)
		if (step.events[i].type == type)
			return &step.events[i];
	return NULL;
}

static void read_page(void)
{
	FILE *file = fopen(PAGE, "rb");
	long size;

	cr_assert_not_null(file, "cannot open %s", PAGE);
	cr_assert_eq(fseek(file, 0, SEEK_END), 0);
	size = ftell(file);
	cr_assert_gt(size, 0);
	rewind(file);
	page = calloc((size_t)size + 1, 1);
	cr_assert_not_null(page);
	cr_assert_eq(fread(page, 1, (size_t)size, file), (size_t)size);
	(void)fclose(file);
}

/* The page must have the row. */
static void row(const char *words, const char *figure)
{
	char wanted[160];

	snprintf(wanted, sizeof(wanted), "| %s | %s |", words, figure);
	cr_expect(strstr(page, wanted), "docs/margin.md lacks the row %s",
		  wanted);
}

static void row_number(const char *words, int64_t value, uint8_t decimals)
{
	char figure[RK_DECIMAL_SIZE];

	row(words, rk_decimal_format(value, decimals, figure, sizeof(figure)));
}

static void row_usd(const char *words, int64_t value)
{
	row_number(words, value, USD_DECIMALS);
}

static void row_sum(const char *words, rk_i128 value, uint8_t decimals)
{
	char figure[RK_DECIMAL_I128_SIZE];

	row(words,
	    rk_decimal_format_i128(value, decimals, 0, figure, sizeof(figure)));
}

/* The market of the page: 1 % from 0, 2 % from 100 000; twice that initial. */
static void list_market(void)
{
	struct rk_cmd cmd = {.type = RK_CMD_MARKET};
	struct rk_cmd_market *market = &cmd.market;

	snprintf(market->name, sizeof(market->name), "EX-PERP");
	snprintf(market->settle, sizeof(market->settle), "USD");
	market->price_decimals = PRICE_DECIMALS;
	market->size_decimals = SIZE_DECIMALS;
	market->lot.raw = raw("0.01", SIZE_DECIMALS);
	market->price_max.raw = raw("100000", PRICE_DECIMALS);
	market->position_max.raw = raw("1000", SIZE_DECIMALS);
	market->price_age_max_ns = AGE_MAX;
	market->close_cost.raw = raw("0.001", 9);
	market->brackets_n = 2;
	market->brackets[0].maintenance.raw = raw("0.01", 9);
	market->brackets[0].initial.raw = raw("0.02", 9);
	market->brackets[1].floor.raw = usd("100000");
	market->brackets[1].maintenance.raw = raw("0.02", 9);
	market->brackets[1].initial.raw = raw("0.04", 9);
	must(&cmd);
}

static void list_all(void)
{
	struct rk_cmd asset = {.type = RK_CMD_ASSET};
	struct rk_cmd publisher = {.type = RK_CMD_PUBLISHER};
	struct rk_cmd venue = {.type = RK_CMD_VENUE};
	struct rk_cmd account = {.type = RK_CMD_ACCOUNT};

	snprintf(asset.asset.name, sizeof(asset.asset.name), "USD");
	asset.asset.decimals = USD_DECIMALS;
	asset.asset.price_decimals = USD_DECIMALS;
	asset.asset.fixed_price.raw = usd("1");
	must(&asset);
	snprintf(publisher.name.name, sizeof(publisher.name.name), "p");
	must(&publisher);
	snprintf(venue.name.name, sizeof(venue.name.name), "v");
	must(&venue);
	list_market();
	account.account.account = ACCOUNT;
	account.account.owner = ACCOUNT;
	account.account.mode = RK_MODE_CROSS;
	account.account.enforcement = RK_ENFORCE_FULL;
	must(&account);
}

static void move_clock(int64_t by_ns)
{
	struct rk_cmd cmd = {.type = RK_CMD_CLOCK};

	now_ns += by_ns;
	cmd.clock.time_ns = now_ns;
	must(&cmd);
}

static void set_up(void)
{
	static const struct rk_cmd_limits max = {
		.accounts_max = 4,
		.owners_max = 4,
		.assets_max = 2,
		.markets_max = 2,
		.publishers_max = 1,
		.venues_max = 1,
		.clients_max = 1,
		.positions_max = 4,
		.positions_per_account_max = 4,
		.balances_max = 4,
		.orders_max = 16,
		.withdrawals_max = 4,
	};
	size_t size = (rk_engine_size(&max) + 63) / 64 * 64;
	struct rk_arena arena;

	read_page();
	memory = aligned_alloc(64, size);
	cr_assert_not_null(memory);
	memset(memory, 0, size);
	rk_arena_init(&arena, memory, size);
	cr_assert_eq(rk_engine_init(&arena, &max, &engine), RK_OK);
	step.max = 2 * RK_EVENTS_PER_STEP_MAX; /* never a second step */
	step.events = calloc(step.max, sizeof(*step.events));
	cr_assert_not_null(step.events);
	now_ns = START;
	move_clock(0);
	list_all();
}

static void tear_down(void)
{
	free(step.events);
	free(memory);
	free(page);
}

TestSuite(margin_doc, .init = set_up, .fini = tear_down);

/* Money into the account: DEPOSIT, or ADJUST for either sign. */
static void book(enum rk_cmd_type type, const char *amount)
{
	struct rk_cmd cmd = {.type = type};

	cmd.amount.account = ACCOUNT;
	cmd.amount.amount.raw = usd(amount);
	must(&cmd);
}

struct fill {
	uint32_t market; /* 0: EX-PERP */
	enum rk_side side;
	const char *size;
	const char *price;
	const char *fee;
	struct rk_order_id order;
};

/* The account trades with the venue. */
static void trade(const struct fill *fill)
{
	struct rk_cmd cmd = {.type = RK_CMD_TRADE};
	struct rk_trade_side *side = fill->side == RK_SIDE_BUY
					     ? &cmd.trade.buyer
					     : &cmd.trade.seller;

	cmd.trade.trade = ++trades;
	cmd.trade.market = fill->market;
	cmd.trade.price.raw = raw(fill->price, PRICE_DECIMALS);
	cmd.trade.size.raw = raw(fill->size, SIZE_DECIMALS);
	side->account = ACCOUNT;
	side->fee.raw = usd(fill->fee ? fill->fee : "0");
	side->order = fill->order;
	must(&cmd);
}

static void quote_slot(uint32_t slot, const char *price)
{
	struct rk_quote one = {
		.slot = slot,
		.price.raw = raw(price, PRICE_DECIMALS),
		.time_ns = now_ns,
		.seq = ++quotes,
	};
	struct rk_cmd cmd = {.type = RK_CMD_PRICES,
			     .prices = {.quotes = &one, .n = 1}};

	must(&cmd);
}

static void quote(const char *price)
{
	quote_slot(0, price);
}

static struct rk_account_view view(void)
{
	struct rk_account_view found;

	cr_assert_eq(rk_view_account(engine, 0, &found), RK_OK);
	return found;
}

/* The account of the example: long 60 at 2000, the mark falls to 1900. */
static void open_example(const char *deposit)
{
	struct fill open = {.side = RK_SIDE_BUY, .size = "60", .price = "2000"};

	quote("2000");
	book(RK_CMD_DEPOSIT, deposit);
	trade(&open);
	quote("1900");
}

static struct rk_order_id order_of_example(void)
{
	const struct rk_event *event;

	open_example("7200");
	event = find(RK_EVENT_ORDER_OPENED);
	cr_assert_not_null(event);
	return event->order.order;
}

Test(margin_doc, the_account_is_valued_as_the_page_says)
{
	struct rk_position_view position;
	struct rk_account_view account;

	open_example("7200");
	account = view();
	cr_assert_eq(rk_view_positions(engine, 0, &position, 1), 1);
	row_usd("cost", position.cost.raw);
	row_usd("unrealised profit U", position.unrealised.raw);
	row_usd("equity E", account.margin.equity.raw);
	row_usd("notional N", account.margin.notional.raw);
	row_usd("maintenance margin R", account.margin.maintenance.raw);
	row_usd("initial margin", account.margin.initial.raw);
	row_usd("withdrawal margin", account.margin.withdrawal.raw);
	row_usd("health_M", account.margin.health_m.raw);
	row_usd("health_I", account.margin.health_i.raw);
	row_usd("health_W", account.margin.health_w.raw);
}

Test(margin_doc, the_order_is_sized_over_both_brackets)
{
	const struct rk_event *event;
	struct rk_account_view account;

	open_example("7200");
	event = find(RK_EVENT_ORDER_OPENED);
	cr_assert_not_null(event);
	cr_expect_eq(event->order.side, RK_SIDE_SELL);
	row_number("size of the order", event->order.size.raw, SIZE_DECIMALS);
	row_number("floor price", event->order.floor_price.raw, PRICE_DECIMALS);
	account = view();
	cr_expect_eq(account.state, RK_STATE_LIQUIDATING);
}

Test(margin_doc, the_fill_brings_the_account_to_the_target)
{
	struct fill fill = {.side = RK_SIDE_SELL,
			    .size = "8.04",
			    .price = "1898.10",
			    .order = order_of_example()};
	struct rk_account_view account;
	const struct rk_event *event;

	trade(&fill);
	event = find(RK_EVENT_POSITION);
	cr_assert_not_null(event);
	account = view();
	row_usd("realised profit", event->position.realised.raw);
	row_usd("balance after", event->position.balance.raw);
	row_number("size left", event->position.size.raw, SIZE_DECIMALS);
	row_usd("cost left", event->position.cost.raw);
	row_usd("equity after", account.margin.equity.raw);
	row_usd("maintenance margin after", account.margin.maintenance.raw);
	row_usd("target after", account.margin.maintenance.raw / 5 +
					account.margin.maintenance.raw);
	row("state after", rk_state_name(account.state));
	event = find(RK_EVENT_ORDER_CLOSED);
	cr_assert_not_null(event);
	cr_expect_eq(event->order.reason, RK_CLOSE_FILLED);
}

Test(margin_doc, one_lot_less_is_not_enough)
{
	struct fill fill = {.side = RK_SIDE_SELL,
			    .size = "8.03",
			    .price = "1898.10",
			    .order = order_of_example()};
	struct rk_account_view account;

	trade(&fill);
	account = view();
	row_usd("equity after one lot less", account.margin.equity.raw);
	row("state after one lot less", rk_state_name(account.state));
}

Test(margin_doc, the_books_of_the_example_balance)
{
	struct fill fill = {.side = RK_SIDE_SELL,
			    .size = "8.04",
			    .price = "1898.10",
			    .order = order_of_example()};
	struct rk_books_market market;
	struct rk_books_asset asset;

	trade(&fill);
	cr_assert_eq(rk_view_books_asset(engine, 0, &asset), RK_OK);
	row_sum("balances of accounts", asset.accounts, USD_DECIMALS);
	row_sum("clearing", asset.clearing, USD_DECIMALS);
	row_sum("deposits", asset.deposits, USD_DECIMALS);
	cr_assert_eq(rk_view_books_market(engine, 0, &market), RK_OK);
	row_sum("size of accounts", market.accounts_size, SIZE_DECIMALS);
	row_sum("size of external:v", market.external_size, SIZE_DECIMALS);
	row_sum("cost of accounts", market.accounts_cost, USD_DECIMALS);
	row_sum("cost of external:v", market.external_cost, USD_DECIMALS);
	row_sum("cost of clearing", market.clearing_cost, USD_DECIMALS);
	cr_expect_eq(rk_view_check_books(engine), 0);
}

Test(margin_doc, equity_equal_to_the_margin_is_safe)
{
	struct rk_account_view account;

	open_example("7280");
	account = view();
	cr_expect_eq(account.margin.health_m.raw, 0);
	row("deposit 7280", rk_state_name(account.state));
}

Test(margin_doc, one_unit_below_the_margin_is_not)
{
	struct rk_account_view account;

	open_example("7279.99999999");
	account = view();
	cr_expect_eq(account.margin.health_m.raw, -1);
	row("deposit 7279.99999999", rk_state_name(account.state));
}

Test(margin_doc, a_stale_price_withholds_until_a_fresh_one_comes)
{
	struct rk_account_view account;
	const struct rk_event *event;

	open_example("7300");
	account = view();
	row("fresh, equity 1300", rk_state_name(account.state));
	move_clock(AGE_MAX + SECOND);
	book(RK_CMD_ADJUST, "-100");
	account = view();
	event = find(RK_EVENT_WITHHELD);
	cr_assert_not_null(event);
	cr_expect_eq(event->withheld.reason, RK_WITHHELD_PRICE);
	row("stale, equity 1200", rk_state_name(account.state));
	quote("1900");
	account = view();
	row("fresh again", rk_state_name(account.state));
	event = find(RK_EVENT_ORDER_OPENED);
	cr_assert_not_null(event);
	row_number("size of the order", event->order.size.raw, SIZE_DECIMALS);
}

Test(margin_doc, a_trade_through_zero_closes_and_opens)
{
	struct fill flip = {.side = RK_SIDE_SELL,
			    .size = "100",
			    .price = "1950",
			    .fee = "39"};
	const struct rk_event *event;

	open_example("9000");
	trade(&flip);
	event = find(RK_EVENT_POSITION);
	cr_assert_not_null(event);
	row_usd("flip: realised", event->position.realised.raw);
	row_number("flip: size", event->position.size.raw, SIZE_DECIMALS);
	row_usd("flip: cost", event->position.cost.raw);
	row_usd("flip: balance", event->position.balance.raw);
}

Test(margin_doc, the_cost_of_a_part_is_rounded_against_the_account)
{
	struct fill one = {.side = RK_SIDE_BUY, .size = "1", .price = "33.30"};
	struct fill two = {.side = RK_SIDE_BUY, .size = "2", .price = "33.35"};
	struct fill part = {
		.side = RK_SIDE_SELL, .size = "1", .price = "33.33"};
	const struct rk_event *event;

	book(RK_CMD_DEPOSIT, "100");
	trade(&one);
	trade(&two);
	trade(&part);
	event = find(RK_EVENT_POSITION);
	cr_assert_not_null(event);
	row_usd("part: realised", event->position.realised.raw);
	row_usd("part: cost left", event->position.cost.raw);
}

/* The example with weights: BTC, its terms and those of USD. */
static void set_terms(const char *asset, const struct rk_collateral *terms)
{
	struct rk_cmd cmd = {.type = RK_CMD_COLLATERAL};

	snprintf(cmd.collateral.asset, sizeof(cmd.collateral.asset), "%s",
		 asset);
	cmd.collateral.terms = *terms;
	must(&cmd);
}

static void page_terms(const char *words, const rk_rate rates[RK_LEVELS])
{
	char text[RK_LEVELS][RK_DECIMAL_SIZE];
	char figures[4 * RK_DECIMAL_SIZE];

	for (int k = 0; k < RK_LEVELS; k++)
		rk_decimal_format(rates[k].raw, 9, text[k], sizeof(text[k]));
	snprintf(figures, sizeof(figures), "%s | %s | %s", text[0], text[1],
		 text[2]);
	row(words, figures);
}

static void list_btc(void)
{
	struct rk_cmd asset = {.type = RK_CMD_ASSET};

	snprintf(asset.asset.name, sizeof(asset.asset.name), "BTC");
	asset.asset.decimals = USD_DECIMALS;
	asset.asset.price_decimals = PRICE_DECIMALS;
	asset.asset.price_max.raw = raw("1000000", PRICE_DECIMALS);
	asset.asset.price_age_max_ns = AGE_MAX;
	must(&asset);
}

static void set_example_terms(void)
{
	struct rk_collateral terms;

	rk_collateral_default(&terms);
	terms.weight[RK_LEVEL_MAINTENANCE].raw = raw("0.9", 9);
	terms.weight[RK_LEVEL_INITIAL].raw = raw("0.8", 9);
	terms.weight[RK_LEVEL_WITHDRAWAL].raw = raw("0.7", 9);
	page_terms("BTC weight", terms.weight);
	set_terms("BTC", &terms);
	rk_collateral_default(&terms);
	terms.liability[RK_LEVEL_MAINTENANCE].raw = raw("1.02", 9);
	terms.liability[RK_LEVEL_INITIAL].raw = raw("1.05", 9);
	terms.liability[RK_LEVEL_WITHDRAWAL].raw = raw("1.1", 9);
	terms.profit[RK_LEVEL_INITIAL].raw = raw("0.5", 9);
	page_terms("USD liability", terms.liability);
	page_terms("USD profit", terms.profit);
	set_terms("USD", &terms);
}

#define BTC      1
#define BTC_SLOT 1

static void deposit_btc(const char *amount)
{
	struct rk_cmd cmd = {.type = RK_CMD_DEPOSIT};

	cmd.amount.account = ACCOUNT;
	cmd.amount.asset = BTC;
	cmd.amount.amount.raw = raw(amount, USD_DECIMALS);
	must(&cmd);
}

static void open_weighted_example(void)
{
	struct fill open = {.side = RK_SIDE_BUY, .size = "10", .price = "2000"};

	list_btc();
	set_example_terms();
	quote_slot(BTC_SLOT, "30000");
	quote("2000");
	deposit_btc("2");
	book(RK_CMD_ADJUST, "-20000");
	trade(&open);
	quote("2100");
}

Test(margin_doc, what_assets_count_for_is_as_the_page_says)
{
	struct rk_margin margin;

	open_weighted_example();
	margin = view().margin;
	row_usd("weighted: equity E", margin.equity.raw);
	row_usd("counted for it (A_M)", margin.assets.raw);
	row_usd("counted against it", margin.liabilities.raw);
	row_usd("weighted: health_M", margin.health_m.raw);
	row_usd("weighted: health_I", margin.health_i.raw);
	row_usd("weighted: health_W", margin.health_w.raw);
	row_usd("weighted: R_M", margin.maintenance.raw);
	row_usd("weighted: R_I", margin.initial.raw);
}

static void take_out(const char *amount)
{
	struct rk_cmd cmd = {.type = RK_CMD_RESERVE};
	char words[64];

	cmd.withdraw.withdrawal = 1;
	cmd.withdraw.account = ACCOUNT;
	cmd.withdraw.asset = BTC;
	cmd.withdraw.amount.raw = raw(amount, USD_DECIMALS);
	snprintf(words, sizeof(words), "taking out %s BTC", amount);
	row(words, rk_rc_name(apply(&cmd)));
}

Test(margin_doc, taking_out_stops_at_the_weighted_health)
{
	open_weighted_example();
	take_out("0.85238096");
	take_out("0.85238095");
}

Test(margin_doc, collateral_that_falls_liquidates_before_equity_is_gone)
{
	const struct rk_event *event;

	open_weighted_example();
	quote_slot(BTC_SLOT, "10883.34");
	row("BTC at 10883.34: state", rk_state_name(view().state));
	row_usd("BTC at 10883.34: health_M", view().margin.health_m.raw);
	quote_slot(BTC_SLOT, "10883.33");
	event = find(RK_EVENT_ORDER_OPENED);
	cr_assert_not_null(event);
	row("BTC at 10883.33: state", rk_state_name(view().state));
	row_usd("BTC at 10883.33: health_M", view().margin.health_m.raw);
	row_usd("BTC at 10883.33: equity", view().margin.equity.raw);
	row_number("weighted: size of the order", event->order.size.raw,
		   SIZE_DECIMALS);
}

/* "at a weight of 0.3, E = 100 gives R = 70, which is WARN" */
Test(margin_doc, an_asset_of_low_weight_alone_has_an_r)
{
	struct rk_collateral terms;

	rk_collateral_default(&terms);
	for (int k = 0; k < RK_LEVELS; k++)
		terms.weight[k].raw = raw("0.3", 9);
	set_terms("USD", &terms);
	book(RK_CMD_DEPOSIT, "100");
	cr_expect_eq(view().margin.maintenance.raw, usd("70"));
	cr_expect_eq(view().state, RK_STATE_WARN);
}

#define INVERSE      1
#define INVERSE_SLOT 2

/* EX-INVERSE, of contracts worth so many USD. */
static void list_inverse(int64_t multiplier)
{
	struct rk_cmd cmd = {.type = RK_CMD_CONTRACT};
	struct rk_cmd_market *market = &cmd.market;

	list_btc();
	snprintf(market->name, sizeof(market->name), "EX-INVERSE");
	snprintf(market->settle, sizeof(market->settle), "BTC");
	market->price_decimals = PRICE_DECIMALS;
	market->size_decimals = SIZE_DECIMALS;
	market->lot.raw = raw("1", SIZE_DECIMALS);
	market->price_max.raw = raw("1000000", PRICE_DECIMALS);
	market->position_max.raw = raw("10000", SIZE_DECIMALS);
	market->price_age_max_ns = AGE_MAX;
	market->close_cost.raw = raw("0.001", 9);
	market->brackets_n = 1;
	market->brackets[0].maintenance.raw = raw("0.01", 9);
	market->brackets[0].initial.raw = raw("0.02", 9);
	market->contract = RK_CONTRACT_INVERSE;
	market->multiplier = multiplier;
	market->price_min.raw = raw("1000", PRICE_DECIMALS);
	must(&cmd);
}

static void quote_both(const char *price)
{
	quote_slot(BTC_SLOT, price);
	quote_slot(INVERSE_SLOT, price);
}

Test(margin_doc, an_inverse_contract_gains_as_its_source_says)
{
	struct fill open = {.market = INVERSE,
			    .side = RK_SIDE_BUY,
			    .size = "10000",
			    .price = "8000"};
	struct fill close = {.market = INVERSE,
			     .side = RK_SIDE_SELL,
			     .size = "10000",
			     .price = "12500"};
	const struct rk_event *event;

	list_inverse(1);
	quote_both("8000");
	deposit_btc("1");
	trade(&open);
	event = find(RK_EVENT_POSITION);
	cr_assert_not_null(event);
	row_usd("inverse: cost at 8000", event->position.cost.raw);
	trade(&close);
	event = find(RK_EVENT_POSITION);
	cr_assert_not_null(event);
	row_usd("inverse: realised at 12500", event->position.realised.raw);
}

Test(margin_doc, an_inverse_long_is_liquidated_as_the_page_says)
{
	struct fill open = {.market = INVERSE,
			    .side = RK_SIDE_BUY,
			    .size = "1000",
			    .price = "20000"};
	struct rk_position_view position;
	const struct rk_event *event;

	list_inverse(100);
	quote_both("20000");
	deposit_btc("0.5");
	trade(&open);
	quote_both("18300");
	event = find(RK_EVENT_ORDER_OPENED);
	cr_assert_not_null(event);
	cr_expect_eq(rk_view_positions(engine, 0, &position, 1), 1);
	row_usd("inverse: cost", position.cost.raw);
	row_usd("inverse: unrealised", position.unrealised.raw);
	row_usd("inverse: equity", view().margin.equity.raw);
	row_usd("inverse: notional", position.notional.raw);
	row_usd("inverse: maintenance", position.maintenance.raw);
	row("inverse: state", rk_state_name(view().state));
	row_number("inverse: size of the order", event->order.size.raw,
		   SIZE_DECIMALS);
	row_number("inverse: floor price", event->order.floor_price.raw,
		   PRICE_DECIMALS);
}

Test(margin_doc, a_short_with_its_coins_owns_the_same_at_every_price)
{
	struct fill open = {.market = INVERSE,
			    .side = RK_SIDE_SELL,
			    .size = "1000",
			    .price = "20000"};
	static const char *const prices[] = {"20000", "10000", "80000"};
	char words[64];

	list_inverse(100);
	quote_both("20000");
	deposit_btc("5");
	trade(&open);
	for (size_t i = 0; i < sizeof(prices) / sizeof(prices[0]); i++) {
		quote_both(prices[i]);
		snprintf(words, sizeof(words), "hedged: equity at %s",
			 prices[i]);
		row_usd(words, view().margin.equity.raw);
		cr_expect_eq(view().state, RK_STATE_OK);
	}
}

/*
 * Price ticks into the engine: the ladder against the scan that judges every
 * holder, on the same book. Accounts hold three positions in 50 markets, most
 * of them in few (Zipf); their equity is off maintenance by 0.05 % to 50 % of
 * what they hold. Prices walk in steps of half a basis point, or of two, one in
 * each batch; then the market that most hold falls by 5 %. All thresholds
 * count, those of warnings as well, and orders are filled at once.
 *
 * At the end a FUND of 1 bp for every market, by which each holder pays.
 *
 * In a second book markets come in twos of one underlying, which move together
 * but for a twentieth of each step, and one account in twenty is hedged: long
 * in one and short in the other, at about 36 times its equity.
 *
 * Processor time of the thread: what a tick costs, whoever else is there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "engine/arena.h"
#include "engine/audit.h"
#include "engine/engine.h"
#include "engine/rc.h"
#include "engine/view.h"

#define MARKETS     50U
#define POSITIONS   3U
#define PRICE       INT64_C(1000000) /* 100.0000 */
#define TIME_NS     INT64_C(1800000000000000000)
#define DAY_NS      INT64_C(86400000000000)
#define EVENTS      65536U
#define TICK_NS     INT64_C(100000) /* between two: 10 000 a second */
#define PER_CLOCK   100
#define FILLS       1000000U
#define HALF_BP     0.5e-4
#define AUDIT_SLICE 32
#define PERCENT     INT64_C(10000000)

struct ticks {
	struct rk_engine *engine;
	void *memory;
	struct rk_evbuf events;
	uint64_t rng;
	uint64_t seq;
	uint64_t trade;
	struct rk_cmd *fills; /* of orders that are not filled yet */
	uint32_t fills_n;
	int64_t time_ns;
	bool hedged;          /* the second book */
	double zipf[MARKETS]; /* up to this market, of 1 */
	int64_t prices[MARKETS];
};

static uint64_t draw(struct ticks *ticks)
{
	uint64_t x = ticks->rng += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* 0 to below 1. */
static double draw_part(struct ticks *ticks)
{
	return (double)(draw(ticks) >> 11) / 9007199254740992.0;
}

/* Orders are filled at once, as if there was somebody for all of it. */
static void take_orders(struct ticks *ticks)
{
	for (uint32_t i = 0; i < ticks->events.n; i++) {
		const struct rk_event *event = &ticks->events.events[i];
		struct rk_cmd *fill = &ticks->fills[ticks->fills_n];
		struct rk_trade_side *side;

		if (event->type != RK_EVENT_ORDER_OPENED)
			continue;
		if (++ticks->fills_n == FILLS)
			bench_die("too many orders");
		*fill = (struct rk_cmd){.type = RK_CMD_TRADE,
					.trade = {.market = event->market,
						  .price = event->order.mark,
						  .size = event->order.size}};
		side = event->order.side == RK_SIDE_BUY ? &fill->trade.buyer
							: &fill->trade.seller;
		side->account = event->account;
		side->order = event->order.order;
	}
}

static void apply(struct ticks *ticks, const struct rk_cmd *cmd)
{
	int code;

	ticks->events.n = 0;
	code = rk_engine_apply(ticks->engine, cmd, &ticks->events);
	if (code != RK_OK)
		bench_die("%s was refused: %s", rk_cmd_name(cmd->type),
			  rk_rc_name(code));
	take_orders(ticks);
	while (rk_engine_pending(ticks->engine)) {
		ticks->events.n = 0;
		rk_engine_resume(ticks->engine, &ticks->events);
		take_orders(ticks);
	}
}

static void fill_orders(struct ticks *ticks)
{
	while (ticks->fills_n > 0) {
		struct rk_cmd fill = ticks->fills[--ticks->fills_n];

		fill.trade.trade = ++ticks->trade;
		apply(ticks, &fill);
	}
}

static struct rk_quote quote_of(struct ticks *ticks, uint32_t market,
				int64_t price)
{
	ticks->prices[market] = price;
	return (struct rk_quote){.slot = market,
				 .price = {price},
				 .time_ns = ticks->time_ns,
				 .seq = ++ticks->seq};
}

static void quote(struct ticks *ticks, uint32_t market, int64_t price)
{
	const struct rk_quote row = quote_of(ticks, market, price);

	apply(ticks, &(struct rk_cmd){.type = RK_CMD_PRICES,
				      .prices = {.quotes = &row, .n = 1}});
}

static int64_t stepped(const struct ticks *ticks, uint32_t market, double step)
{
	return (int64_t)((double)ticks->prices[market] * (1 + step));
}

/* The other market of the same underlying. */
static uint32_t other_of(uint32_t market)
{
	return market ^ 1U;
}

/* Both markets of an underlying, in one batch. */
static void quote_both(struct ticks *ticks, uint32_t market, double step,
		       double basis)
{
	uint32_t other = other_of(market);
	struct rk_quote rows[2];

	rows[0] = quote_of(ticks, market, stepped(ticks, market, step));
	rows[1] = quote_of(ticks, other, stepped(ticks, other, step + basis));
	apply(ticks, &(struct rk_cmd){.type = RK_CMD_PRICES,
				      .prices = {.quotes = rows, .n = 2}});
}

static void list(struct ticks *ticks)
{
	struct rk_cmd cmd = {.type = RK_CMD_CLOCK, .clock = {ticks->time_ns}};
	double sum = 0;

	apply(ticks, &cmd);
	apply(ticks,
	      &(struct rk_cmd){.type = RK_CMD_PUBLISHER, .name = {"feed"}});
	apply(ticks, &(struct rk_cmd){.type = RK_CMD_VENUE, .name = {"sea"}});
	apply(ticks, &(struct rk_cmd){.type = RK_CMD_ASSET,
				      .asset = {.name = "USD",
						.decimals = 6,
						.fixed_price = {1}}});
	for (uint32_t i = 0; i < MARKETS; i++) {
		cmd = (struct rk_cmd){
			.type = RK_CMD_MARKET,
			.market = {
				.settle = "USD",
				.price_decimals = 4,
				.size_decimals = 3,
				.lot = {1},
				.price_max = {PRICE * 100},
				.position_max = {INT64_C(100000000)},
				.price_age_max_ns = DAY_NS,
				.brackets_n = 1,
				.brackets = {
					{{0}, {2 * PERCENT}, {4 * PERCENT}}}}};
		(void)snprintf(cmd.market.name, sizeof(cmd.market.name), "M%u",
			       i);
		apply(ticks, &cmd);
		quote(ticks, i, PRICE);
		sum += 1.0 / (i + 1);
		ticks->zipf[i] = sum;
	}
	for (uint32_t i = 0; i < MARKETS; i++)
		ticks->zipf[i] /= sum;
}

static uint32_t draw_market(struct ticks *ticks)
{
	double part = draw_part(ticks);
	uint32_t market = 0;

	while (market < MARKETS - 1 && ticks->zipf[market] < part)
		market++;
	return market;
}

static void take(struct ticks *ticks, uint64_t account, uint32_t market,
		 int64_t size)
{
	struct rk_cmd cmd = {.type = RK_CMD_TRADE,
			     .trade = {.trade = ++ticks->trade,
				       .market = market,
				       .price = {PRICE},
				       .size = {size < 0 ? -size : size}}};

	if (size > 0)
		cmd.trade.buyer.account = account;
	else
		cmd.trade.seller.account = account;
	apply(ticks, &cmd);
}

/* Positions of 100 to 10 100 USD; equity is off maintenance by that part. */
static void add_account(struct ticks *ticks, uint64_t account)
{
	double off = 0.0005 + draw_part(ticks) * 0.4995;
	uint32_t held[POSITIONS];
	struct rk_cmd cmd = {.type = RK_CMD_ACCOUNT,
			     .account = {.account = account,
					 .owner = account,
					 .mode = RK_MODE_CROSS,
					 .enforcement = RK_ENFORCE_FULL}};
	int64_t sizes[POSITIONS];
	double gross = 0;

	apply(ticks, &cmd);
	for (uint32_t i = 0; i < POSITIONS; i++) {
		do {
			held[i] = draw_market(ticks);
		} while ((i > 0 && held[i] == held[0]) ||
			 (i > 1 && held[i] == held[1]));
		sizes[i] = 1000 + (int64_t)(draw(ticks) % 100000);
		gross += (double)sizes[i] * (double)PRICE / 1e7;
	}
	cmd = (struct rk_cmd){.type = RK_CMD_DEPOSIT,
			      .amount = {.account = account}};
	cmd.amount.amount.raw = (int64_t)((0.02 + off) * gross * 1e6) + 1;
	apply(ticks, &cmd);
	for (uint32_t i = 0; i < POSITIONS; i++) {
		bool buys = draw(ticks) & 1;

		take(ticks, account, held[i], buys ? sizes[i] : -sizes[i]);
	}
}

/* Equity is 1.3 to 1.5 times maintenance, 2 % of both: it is warned. */
static void add_hedged(struct ticks *ticks, uint64_t account)
{
	double times = 1.3 + 0.2 * draw_part(ticks);
	uint32_t market = draw_market(ticks);
	int64_t size = 10000 + (int64_t)(draw(ticks) % 1000000);
	struct rk_cmd cmd = {.type = RK_CMD_ACCOUNT,
			     .account = {.account = account,
					 .owner = account,
					 .mode = RK_MODE_CROSS,
					 .enforcement = RK_ENFORCE_FULL}};

	apply(ticks, &cmd);
	cmd = (struct rk_cmd){.type = RK_CMD_DEPOSIT,
			      .amount = {.account = account}};
	cmd.amount.amount.raw = (int64_t)(times * 0.02 * 2 * (double)size *
					  (double)PRICE / 1e7 * 1e6);
	apply(ticks, &cmd);
	take(ticks, account, market, size);
	take(ticks, account, other_of(market), -size);
}

static void open_ticks(struct ticks *ticks, uint32_t accounts, bool hedged)
{
	const struct rk_cmd_limits limits = {
		.accounts_max = accounts,
		.owners_max = accounts,
		.assets_max = 1,
		.markets_max = MARKETS,
		.publishers_max = 1,
		.venues_max = 1,
		.clients_max = 1,
		.positions_max = accounts * POSITIONS,
		.positions_per_account_max = POSITIONS,
		.balances_max = accounts,
		.orders_max = accounts,
		.withdrawals_max = 1,
	};
	size_t size = rk_engine_size(&limits);
	struct rk_arena arena;

	memset(ticks, 0, sizeof(*ticks));
	ticks->rng = accounts;
	ticks->time_ns = TIME_NS;
	ticks->memory = bench_need(calloc(1, size + 64));
	ticks->events.max = EVENTS;
	ticks->events.events =
		bench_need(calloc(EVENTS, sizeof(*ticks->events.events)));
	ticks->fills = bench_need(calloc(FILLS, sizeof(*ticks->fills)));
	rk_arena_init(&arena,
		      (unsigned char *)ticks->memory +
			      (64 - (uintptr_t)ticks->memory % 64) % 64,
		      size);
	if (rk_engine_init(&arena, &limits, &ticks->engine) != RK_OK)
		bench_die("no engine");
	list(ticks);
	ticks->hedged = hedged;
	for (uint64_t i = 1; i <= accounts; i++) {
		if (hedged && i % 20 == 0)
			add_hedged(ticks, i);
		else
			add_account(ticks, i);
	}
}

static void close_ticks(struct ticks *ticks)
{
	free(ticks->events.events);
	free(ticks->fills);
	free(ticks->memory);
}

static void tell_time(struct ticks *ticks)
{
	ticks->time_ns += PER_CLOCK * TICK_NS;
	apply(ticks, &(struct rk_cmd){.type = RK_CMD_CLOCK,
				      .clock = {ticks->time_ns}});
	fill_orders(ticks);
}

/* So many ticks in steps of that size, to markets as they are held. */
static double walk(struct ticks *ticks, uint64_t n, double sigma)
{
	uint64_t start = bench_cpu_ns();

	for (uint64_t i = 0; i < n; i++) {
		uint32_t market = draw_market(ticks);
		double step = sigma *
			      (draw_part(ticks) + draw_part(ticks) +
			       draw_part(ticks) - 1.5) *
			      2;

		if (ticks->hedged)
			quote_both(ticks, market, step,
				   step * (draw_part(ticks) - 0.5) / 10);
		else
			quote(ticks, market, stepped(ticks, market, step));
		fill_orders(ticks);
		if (i % PER_CLOCK == 0)
			tell_time(ticks);
	}
	return (double)n / ((double)(bench_cpu_ns() - start) / 1e9);
}

static double judged(const struct ticks *ticks)
{
	struct rk_engine_counts counts;

	rk_view_counts(ticks->engine, &counts);
	return (double)counts.judged;
}

/* All accounts once, in slices as the daemon does it; in ms. */
static double audit(const struct ticks *ticks)
{
	uint32_t accounts = rk_view_accounts(ticks->engine);
	uint64_t start = bench_cpu_ns();
	struct rk_audit_finding found;
	uint32_t at = 0;

	while (at < accounts)
		if (rk_audit_next(ticks->engine, &at, at + AUDIT_SLICE, &found))
			bench_die("the audit found an account to differ");
	return (double)(bench_cpu_ns() - start) / 1e6;
}

/* What is measured, each repeat on the book as the one before left it. */
struct figures {
	double scan[BENCH_REPEATS_MAX];
	double half[BENCH_REPEATS_MAX];
	double half_judged[BENCH_REPEATS_MAX];
	double two[BENCH_REPEATS_MAX];
	double two_judged[BENCH_REPEATS_MAX];
	double boxes[BENCH_REPEATS_MAX];
	double audit[BENCH_REPEATS_MAX];
	double gap[BENCH_REPEATS_MAX];
	double gap_judged[BENCH_REPEATS_MAX];
};

static void measure(struct ticks *ticks, uint64_t n, struct figures *figures,
		    uint32_t i)
{
	double before;
	uint64_t start;

	rk_engine_set_method(ticks->engine, RK_METHOD_SCAN);
	figures->scan[i] = walk(ticks, 20, HALF_BP);
	start = bench_cpu_ns();
	rk_engine_set_method(ticks->engine, RK_METHOD_LADDER);
	figures->boxes[i] = (double)(bench_cpu_ns() - start) / 1e6;
	before = judged(ticks);
	figures->half[i] = walk(ticks, n, HALF_BP);
	figures->half_judged[i] = (judged(ticks) - before) / (double)n;
	before = judged(ticks);
	figures->two[i] = walk(ticks, n / 10, 4 * HALF_BP);
	figures->two_judged[i] = (judged(ticks) - before) / (double)n * 10;
	figures->audit[i] = audit(ticks);
	before = judged(ticks);
	start = bench_cpu_ns();
	quote(ticks, 0, ticks->prices[0] * 95 / 100);
	figures->gap[i] = (double)(bench_cpu_ns() - start) / 1e6;
	figures->gap_judged[i] = judged(ticks) - before;
	fill_orders(ticks);
}

static void tell(struct bench *bench, const char *name, const char *unit,
		 const double *values)
{
	bench_report_add(bench->report,
			 &(struct bench_row){.name = name,
					     .unit = unit,
					     .values = values,
					     .n = bench->repeats});
}

/* FUND of 1 bp for every market, in ms. */
static double fund_all(struct ticks *ticks)
{
	uint64_t start = bench_cpu_ns();

	for (uint32_t i = 0; i < MARKETS; i++)
		apply(ticks,
		      &(struct rk_cmd){.type = RK_CMD_FUND,
				       .fund = {.market = i,
						.rate = {PERCENT / 100},
						.price = {ticks->prices[i]}}});
	return (double)(bench_cpu_ns() - start) / 1e6;
}

/* With the ladder that includes the boxes that are made at once. */
static void bench_funding(struct bench *bench, struct ticks *ticks)
{
	double scan[BENCH_REPEATS_MAX];
	double ladder[BENCH_REPEATS_MAX];
	double looked[BENCH_REPEATS_MAX];

	(void)fund_all(ticks); /* eras begin */
	for (uint32_t i = 0; i < bench->repeats; i++) {
		double before;

		rk_engine_set_method(ticks->engine, RK_METHOD_SCAN);
		scan[i] = fund_all(ticks);
		rk_engine_set_method(ticks->engine, RK_METHOD_LADDER);
		before = judged(ticks);
		ladder[i] = fund_all(ticks);
		looked[i] = judged(ticks) - before;
		fill_orders(ticks);
	}
	tell(bench, "ticks.funding.scan", "ms", scan);
	tell(bench, "ticks.funding.ladder", "ms", ladder);
	tell(bench, "ticks.funding.ladder.judged", "accounts", looked);
}

/* Each repeat on the book as the one before left it. */
static void bench_hedged(struct bench *bench, uint32_t accounts)
{
	uint64_t n = bench->quick ? 5000 : 20000;
	double scan[BENCH_REPEATS_MAX];
	double ladder[BENCH_REPEATS_MAX];
	double looked[BENCH_REPEATS_MAX];
	struct ticks ticks;

	open_ticks(&ticks, accounts, true);
	for (uint32_t i = 0; i < bench->repeats; i++) {
		double before;

		rk_engine_set_method(ticks.engine, RK_METHOD_SCAN);
		scan[i] = walk(&ticks, 20, HALF_BP);
		rk_engine_set_method(ticks.engine, RK_METHOD_LADDER);
		before = judged(&ticks);
		ladder[i] = walk(&ticks, n, HALF_BP);
		looked[i] = (judged(&ticks) - before) / (double)n;
	}
	tell(bench, "ticks.hedged.scan", "/s", scan);
	tell(bench, "ticks.hedged.ladder", "/s", ladder);
	tell(bench, "ticks.hedged.ladder.judged", "per tick", looked);
	close_ticks(&ticks);
}

void bench_ticks(struct bench *bench)
{
	uint32_t accounts = bench->quick ? 100000 : 1000000;
	static struct figures figures;
	struct ticks ticks;
	double scan;

	open_ticks(&ticks, accounts, false);
	for (uint32_t i = 0; i < bench->repeats; i++)
		measure(&ticks, bench->quick ? 50000 : 200000, &figures, i);
	tell(bench, "ticks.scan.half_bp", "/s", figures.scan);
	scan = bench_percentile(figures.scan, bench->repeats, 0.5);
	bench_report_add(bench->report, &(struct bench_row){
						.name = "ticks.ladder.half_bp",
						.unit = "/s",
						.values = figures.half,
						.n = bench->repeats,
						.limit = scan,
						.limit_name = "the scan",
						.bar_kind = BENCH_BAR_LEAST,
						.bar = 500,
					});
	tell(bench, "ticks.ladder.half_bp.judged", "per tick",
	     figures.half_judged);
	tell(bench, "ticks.ladder.two_bp", "/s", figures.two);
	tell(bench, "ticks.ladder.two_bp.judged", "per tick",
	     figures.two_judged);
	tell(bench, "ticks.boxes_for_all", "ms", figures.boxes);
	tell(bench, "ticks.audit_of_all", "ms", figures.audit);
	tell(bench, "ticks.gap", "ms", figures.gap);
	tell(bench, "ticks.gap.judged", "accounts", figures.gap_judged);
	bench_funding(bench, &ticks);
	close_ticks(&ticks);
	bench_hedged(bench, accounts);
}

/*
 * An engine alone. See solo.h.
 */
#include "solo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/rc.h"
#include "engine/view.h"
#include "store/rebuild.h"

#define EVENTS    65536U
#define TICK_NS   INT64_C(100000) /* between two: 10 000 a second */
#define PER_CLOCK 100
#define FILLS     4000000U

static void take_orders(struct bench_solo *solo)
{
	for (uint32_t i = 0; i < solo->events.n; i++) {
		const struct rk_event *event = &solo->events.events[i];
		struct rk_cmd *fill = &solo->fills[solo->fills_n];
		struct rk_trade_side *side;

		if (event->type != RK_EVENT_ORDER_OPENED)
			continue;
		if (++solo->fills_n == FILLS)
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

static void begin(struct bench_solo *solo, const struct rk_cmd *cmd)
{
	int code;

	solo->events.n = 0;
	code = rk_engine_apply(solo->engine, cmd, &solo->events);
	if (code != RK_OK)
		bench_die("%s was refused: %s", rk_cmd_name(cmd->type),
			  rk_rc_name(code));
}

static void end(struct bench_solo *solo)
{
	take_orders(solo);
	while (rk_engine_pending(solo->engine)) {
		solo->events.n = 0;
		rk_engine_resume(solo->engine, &solo->events);
		take_orders(solo);
	}
}

static void apply(void *context, const struct rk_cmd *cmd)
{
	begin(context, cmd);
	end(context);
}

void bench_solo_fill(struct bench_solo *solo)
{
	while (solo->fills_n > 0) {
		struct rk_cmd fill = solo->fills[--solo->fills_n];

		fill.trade.trade = ++solo->trade;
		apply(solo, &fill);
	}
}

uint32_t bench_solo_quote_begin(struct bench_solo *solo, uint32_t market,
				int64_t price)
{
	const struct rk_quote row = {.slot = market,
				     .price = {price},
				     .time_ns = solo->time_ns,
				     .seq = ++solo->seq};

	solo->prices[market] = price;
	begin(solo, &(struct rk_cmd){.type = RK_CMD_PRICES,
				     .prices = {.quotes = &row, .n = 1}});
	return solo->events.n;
}

void bench_solo_quote_end(struct bench_solo *solo)
{
	end(solo);
}

void bench_solo_quote(struct bench_solo *solo, uint32_t market, int64_t price)
{
	(void)bench_solo_quote_begin(solo, market, price);
	end(solo);
}

static struct rk_cmd_limits limits_of(const struct bench_shape *shape)
{
	return (struct rk_cmd_limits){
		.accounts_max = shape->accounts,
		.owners_max = shape->accounts,
		.assets_max = 1,
		.markets_max = shape->markets + shape->quiet,
		.publishers_max = 1,
		.venues_max = 1,
		.clients_max = 1,
		.positions_max = shape->accounts * shape->positions,
		.positions_per_account_max = shape->positions,
		.balances_max = shape->accounts,
		.orders_max = shape->accounts,
		.withdrawals_max = 1,
	};
}

size_t bench_solo_size(const struct bench_shape *shape)
{
	const struct rk_cmd_limits limits = limits_of(shape);

	return rk_engine_size(&limits);
}

/* As riskd makes it. */
static void make_engine(struct bench_solo *solo)
{
	const struct rk_cmd_limits limits = limits_of(&solo->book.shape);

	solo->memory_size = rk_engine_size(&limits);
	if (rk_engine_make(&limits, &solo->memory, &solo->engine) < 0)
		bench_die("no engine");
}

/* Bytes of this process that are in memory. */
static size_t resident(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	unsigned long pages = 0;

	if (!file || fscanf(file, "%*u %lu", &pages) != 1)
		bench_die("/proc/self/statm cannot be read");
	(void)fclose(file); /* it was only read */
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

void bench_solo_open(struct bench_solo *solo, const struct bench_shape *shape)
{
	struct bench_holder holder;
	size_t before = resident();

	memset(solo, 0, sizeof(*solo));
	bench_book_init(&solo->book, shape);
	solo->rng = shape->accounts;
	solo->time_ns = BENCH_BOOK_TIME_NS;
	solo->events.max = EVENTS;
	solo->events.events =
		bench_need(calloc(EVENTS, sizeof(*solo->events.events)));
	solo->fills = bench_need(calloc(FILLS, sizeof(*solo->fills)));
	make_engine(solo);
	bench_book_list(&solo->book, apply, solo);
	for (uint32_t i = 0; i < shape->markets + shape->quiet; i++)
		bench_solo_quote(solo, i, BENCH_BOOK_PRICE);
	for (uint64_t i = 1; i <= shape->accounts; i++) {
		bench_book_holder(&solo->book, i, &holder);
		bench_book_add(&solo->book, &holder, &solo->trade, apply, solo);
	}
	/* With the boxes of all, which else are made as prices come. */
	rk_engine_set_method(solo->engine, RK_METHOD_LADDER);
	solo->resident = resident() - before;
}

void bench_solo_close(struct bench_solo *solo)
{
	free(solo->events.events);
	free(solo->fills);
	free(solo->memory);
}

static void tell_time(struct bench_solo *solo)
{
	solo->time_ns += PER_CLOCK * TICK_NS;
	apply(solo,
	      &(struct rk_cmd){.type = RK_CMD_CLOCK, .clock = {solo->time_ns}});
	bench_solo_fill(solo);
}

/* Both markets of an underlying in one batch, a twentieth of it as noise. */
static void quote_both(struct bench_solo *solo, uint32_t market, double step)
{
	double noise = step * (bench_draw_part(&solo->rng) - 0.5) / 10;
	const double steps[] = {step, step + noise};
	struct rk_quote rows[2];

	for (uint32_t i = 0; i < 2; i++) {
		uint32_t slot = i == 0 ? market : bench_book_other(market);
		int64_t *price = &solo->prices[slot];

		*price = (int64_t)((double)*price * (1 + steps[i]) + 0.5);
		rows[i] = (struct rk_quote){.slot = slot,
					    .price = {*price},
					    .time_ns = solo->time_ns,
					    .seq = ++solo->seq};
	}
	apply(solo, &(struct rk_cmd){.type = RK_CMD_PRICES,
				     .prices = {.quotes = rows, .n = 2}});
}

static int64_t stepped(const struct bench_solo *solo, uint32_t market,
		       double step)
{
	return (int64_t)((double)solo->prices[market] * (1 + step) + 0.5);
}

/* The sum of three is near enough to a normal one. */
static double draw_step(struct bench_solo *solo, double sigma)
{
	double step = -1.5;

	for (int k = 0; k < 3; k++)
		step += bench_draw_part(&solo->rng);
	return step * sigma * 2;
}

double bench_solo_quiet(struct bench_solo *solo, uint64_t n, double sigma,
			double *ret_part)
{
	double *took = bench_need(calloc(n, sizeof(*took)));
	size_t quiet = 0;
	double median;

	for (uint64_t i = 0; i < n; i++) {
		uint32_t market = bench_book_market(
			&solo->book, bench_draw_part(&solo->rng));
		int64_t price = stepped(solo, market, draw_step(solo, sigma));
		double judged = bench_solo_judged(solo);
		uint64_t start = bench_now_ns();

		bench_solo_quote(solo, market, price);
		took[quiet] = (double)(bench_now_ns() - start);
		quiet += bench_solo_judged(solo) <= judged;
		bench_solo_fill(solo);
		if (i % PER_CLOCK == 0)
			tell_time(solo);
	}
	*ret_part = 100.0 * (double)quiet / (double)n;
	median = quiet > 0 ? bench_percentile(took, quiet, 0.5) : 0;
	free(took);
	return median;
}

double bench_solo_walk(struct bench_solo *solo, uint64_t n, double sigma)
{
	uint64_t start = bench_cpu_ns();

	for (uint64_t i = 0; i < n; i++) {
		uint32_t market = bench_book_market(
			&solo->book, bench_draw_part(&solo->rng));
		double step = draw_step(solo, sigma);

		if (solo->book.shape.hedged)
			quote_both(solo, market, step);
		else
			bench_solo_quote(solo, market,
					 stepped(solo, market, step));
		bench_solo_fill(solo);
		if (i % PER_CLOCK == 0)
			tell_time(solo);
	}
	return (double)(bench_cpu_ns() - start);
}

double bench_solo_fund(struct bench_solo *solo)
{
	uint64_t start = bench_cpu_ns();

	for (uint32_t i = 0; i < solo->book.shape.markets; i++)
		apply(solo,
		      &(struct rk_cmd){.type = RK_CMD_FUND,
				       .fund = {.market = i,
						.rate = {RK_RATE_ONE / 10000},
						.price = {solo->prices[i]}}});
	return (double)(bench_cpu_ns() - start);
}

void bench_solo_risk(struct bench_solo *solo, const struct rk_cmd_risk *risk)
{
	apply(solo, &(struct rk_cmd){.type = RK_CMD_RISK, .risk = *risk});
}

double bench_solo_judged(const struct bench_solo *solo)
{
	struct rk_engine_counts counts;

	rk_view_counts(solo->engine, &counts);
	return (double)counts.judged;
}

struct bench_breaches bench_solo_breaches(const struct bench_solo *solo)
{
	struct bench_breaches breaches = {0, 0};
	struct rk_account_view view;

	for (uint32_t i = 0; rk_view_account(solo->engine, i, &view) == RK_OK;
	     i++) {
		/* Equity alone, or with no position, is not a breach (S2). */
		if (view.positions_n == 0 || view.margin.health_m.raw >= 0)
			continue;
		breaches.below++;
		if (view.state != RK_STATE_LIQUIDATING &&
		    view.state != RK_STATE_BANKRUPT)
			breaches.missed++;
	}
	return breaches;
}

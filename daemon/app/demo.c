/*
 * Synthetic life for `riskd --demo`. See demo.h.
 *
 * Prices walk in cycles of twenty seconds: a fall of about eight percent, calm,
 * a rise. The accounts carry leverages from 3 to 40, so each cycle
 * warns, calls and liquidates some of them.
 */
#include "app/demo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/rc.h"
#include "engine/view.h"

#define ACCOUNTS    300
#define MARKETS_MAX 64
#define FILLS_MAX   1024
#define CYCLE       200 /* steps of a tenth of a second */
#define SLIP_BPS    5
#define BPS         INT64_C(10000)
#define USD_ONE     INT64_C(100000000)

/* A liquidation order to be filled at the next step. */
struct fill {
	struct rk_order_id order;
	uint64_t account;
	uint32_t market;
	enum rk_side side;
	rk_qty size;
};

struct market {
	rk_px price;
	rk_px price_max;
	uint32_t slot;
	uint64_t trade;
	uint64_t quote;
};

struct rk_demo {
	struct rk_core *core;
	uint64_t random;
	uint32_t step;
	uint32_t markets_n;
	struct market markets[MARKETS_MAX];
	struct fill fills[FILLS_MAX];
	uint32_t fills_n;
};

/* splitmix64: the same demo every time. */
static uint64_t draw(struct rk_demo *demo, uint64_t below)
{
	uint64_t x = demo->random += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (x ^ (x >> 31)) % below;
}

static void on_event(void *context, const struct rk_event *event)
{
	struct rk_demo *demo = context;
	struct fill *fill;

	/* What does not fit expires and is ordered again. */
	if (event->type != RK_EVENT_ORDER_OPENED || demo->fills_n == FILLS_MAX)
		return;
	fill = &demo->fills[demo->fills_n++];
	fill->order = event->order.order;
	fill->account = event->account;
	fill->market = event->market;
	fill->side = event->order.side;
	fill->size = event->order.size;
}

static int apply(struct rk_demo *demo, const struct rk_cmd *cmd)
{
	return rk_sequencer_apply(demo->core->sequencer, cmd, NULL);
}

/* Some well-known prices to begin with; others start at 10. */
static rk_px first_price(const struct rk_cmd_market *listing)
{
	static const struct {
		const char *name;
		int64_t usd, cents;
	} known[] = {
		{"BTC-PERP", 64000, 0}, {"ETH-PERP", 3400, 0},
		{"SOL-PERP", 150, 0},   {"XRP-PERP", 0, 62},
		{"DOGE-PERP", 0, 13},
	};
	int64_t scale = 1;
	int64_t price = 1000;

	for (uint8_t i = 0; i < listing->price_decimals; i++)
		scale *= 10;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(listing->name, known[i].name) == 0)
			price = known[i].usd * 100 + known[i].cents;
	price = price * scale / 100;
	if (price > listing->price_max.raw)
		price = listing->price_max.raw;
	return (rk_px){price < 1 ? 1 : price};
}

static void find_markets(struct rk_demo *demo)
{
	struct rk_market_view view;

	while (demo->markets_n < MARKETS_MAX &&
	       rk_view_market(demo->core->engine, demo->markets_n, &view) ==
		       RK_OK) {
		struct market *market = &demo->markets[demo->markets_n++];

		market->price = first_price(&view.listing);
		market->price_max = view.listing.price_max;
		market->slot = view.slot;
	}
}

/* What one unit of size costs, times 10^size_decimals, in raw settle units. */
static rk_qty size_for(const struct rk_engine *engine, uint32_t market,
		       rk_px price, int64_t usd)
{
	struct rk_market_view view;
	struct rk_asset_view settle;
	rk_i128 size = (rk_i128)usd * USD_ONE;
	int exponent;

	(void)rk_view_market(engine, market, &view); /* it is listed */
	(void)rk_view_asset(engine, view.settle_asset, &settle);
	exponent = view.listing.price_decimals + view.listing.size_decimals -
		   RK_USD_DECIMALS;
	for (; exponent > 0; exponent--)
		size *= 10;
	for (; exponent < 0; exponent++)
		size /= 10;
	size /= price.raw;
	if (size > view.listing.position_max.raw / 2)
		size = view.listing.position_max.raw / 2;
	return (rk_qty){size < 1 ? 1 : (int64_t)size};
}

static void trade(struct rk_demo *demo, const struct fill *fill, rk_px price)
{
	struct rk_cmd cmd = {.type = RK_CMD_TRADE};
	struct rk_trade_side *side = fill->side == RK_SIDE_BUY
					     ? &cmd.trade.buyer
					     : &cmd.trade.seller;

	cmd.trade.trade = ++demo->markets[fill->market].trade;
	cmd.trade.market = fill->market;
	cmd.trade.price = price;
	cmd.trade.size = fill->size;
	side->account = fill->account;
	side->order = fill->order;
	(void)apply(demo, &cmd); /* a refusal is an event for all to see */
}

static void add_account(struct rk_demo *demo, uint64_t id)
{
	struct rk_cmd cmd = {.type = RK_CMD_ACCOUNT};
	uint32_t market = (uint32_t)draw(demo, demo->markets_n);
	int64_t notional = 1000 + (int64_t)draw(demo, 100000);
	int64_t leverage = 3 + (int64_t)draw(demo, 38);
	struct fill open = {.account = id, .market = market};
	struct rk_market_view view;
	rk_px price = demo->markets[market].price;

	(void)rk_view_market(demo->core->engine, market, &view); /* listed */
	cmd.account.account = id;
	cmd.account.owner = id;
	cmd.account.mode = RK_MODE_CROSS;
	cmd.account.enforcement = RK_ENFORCE_FULL;
	(void)apply(demo, &cmd);

	memset(&cmd, 0, sizeof(cmd));
	cmd.type = RK_CMD_DEPOSIT;
	cmd.amount.account = id;
	cmd.amount.asset = view.settle_asset;
	cmd.amount.amount.raw = notional * USD_ONE / leverage;
	(void)apply(demo, &cmd);

	open.side = draw(demo, 3) == 0 ? RK_SIDE_SELL : RK_SIDE_BUY;
	open.size = size_for(demo->core->engine, market, price, notional);
	trade(demo, &open, price);
}

/* Basis points that all prices drift in this step, by the cycle. */
static int64_t drift(uint32_t step)
{
	uint32_t at = step % CYCLE;

	if (at >= 10 && at < 90)
		return -10;
	if (at >= 110 && at < 190)
		return 10;
	return 0;
}

static void quote_all(struct rk_demo *demo, int64_t now_ns)
{
	struct rk_quote quotes[MARKETS_MAX];
	struct rk_cmd cmd = {.type = RK_CMD_PRICES};

	for (uint32_t i = 0; i < demo->markets_n; i++) {
		struct market *market = &demo->markets[i];
		int64_t bps = drift(demo->step) + (int64_t)draw(demo, 11) - 5;
		rk_i128 moved = (rk_i128)market->price.raw * (BPS + bps) / BPS;

		if (moved < 1)
			moved = 1;
		if (moved > market->price_max.raw)
			moved = market->price_max.raw;
		market->price.raw = (int64_t)moved;
		quotes[i] = (struct rk_quote){market->slot, 0, market->price,
					      now_ns, ++market->quote};
	}
	cmd.prices.quotes = quotes;
	cmd.prices.n = demo->markets_n;
	(void)apply(demo, &cmd); /* price batches are not refused */
}

static void fill_orders(struct rk_demo *demo)
{
	uint32_t n = demo->fills_n;

	for (uint32_t i = 0; i < n; i++) {
		const struct fill *fill = &demo->fills[i];
		int64_t sign = fill->side == RK_SIDE_SELL ? -1 : 1;
		int64_t price = demo->markets[fill->market].price.raw;

		price += sign * price * SLIP_BPS / BPS;
		trade(demo, fill, (rk_px){price < 1 ? 1 : price});
	}
	demo->fills_n = 0;
}

int rk_demo_open(struct rk_core *core, struct rk_demo **ret_demo)
{
	struct rk_demo *demo = calloc(1, sizeof(*demo));

	if (!demo)
		return -ENOMEM;
	demo->core = core;
	demo->random = 7;
	find_markets(demo);
	if (demo->markets_n == 0 || core->conf->venues.n == 0 ||
	    core->conf->publishers.n == 0) {
		rk_log_write(core->log, RK_LOG_ERROR,
			     "demo needs a market, a publisher and "
			     "a venue in the configuration");
		rk_demo_close(demo);
		return -EINVAL;
	}

	core->observe = on_event;
	core->observe_context = demo;
	for (uint64_t id = 1; id <= ACCOUNTS; id++)
		add_account(demo, id);
	rk_sequencer_end_turn(core->sequencer);
	*ret_demo = demo;
	return 0;
}

void rk_demo_step(struct rk_demo *demo, int64_t now_ns)
{
	struct rk_cmd cmd = {.type = RK_CMD_CLOCK};

	cmd.clock.time_ns = now_ns;
	(void)apply(demo, &cmd); /* the monotonic clock never steps back */
	fill_orders(demo);
	quote_all(demo, now_ns);
	demo->step++;
}

void rk_demo_close(struct rk_demo *demo)
{
	free(demo);
}

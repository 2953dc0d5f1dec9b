/*
 * Which command comes next, and who sends it. The files generator_*.c fill it
 * in.
 */
#include "support/generator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/rc.h"
#include "support/generator_model.h"

#define CLIENTS_MAX   6  /* of the engine; more than that try */
#define SETUP_LENGTH  24 /* commands that list the first things */
#define WINDOW_LENGTH 1024

struct rk_cmd_limits rk_generator_limits(uint32_t accounts)
{
	return (struct rk_cmd_limits){
		.accounts_max = accounts,
		.owners_max = accounts - accounts / 4,
		.assets_max = 112,
		.markets_max = 112,
		.publishers_max = 60,
		.venues_max = 112,
		.clients_max = CLIENTS_MAX,
		.positions_max = accounts * 2,
		.positions_per_account_max = 8,
		.balances_max = accounts * 2,
		.orders_max = 32,
		.withdrawals_max = 16,
	};
}

struct rk_generator *rk_generator_open(uint64_t seed, uint32_t accounts)
{
	struct rk_generator *g = calloc(1, sizeof(*g));

	if (g == NULL)
		abort();
	rk_prng_init(&g->prng, seed);
	g->seed = seed;
	g->accounts = accounts;
	g->withdrawal_id = 1;
	for (uint32_t i = 0; i < WORLD_MARKETS; i++)
		g->trade_id[i] = 10000;
	return g;
}

void rk_generator_close(struct rk_generator *generator)
{
	free(generator);
}

uint64_t rk_generator_below(struct rk_generator *g, uint64_t bound)
{
	return rk_prng_below(&g->prng, bound);
}

bool rk_generator_chance(struct rk_generator *g, uint32_t percent)
{
	return rk_prng_chance(&g->prng, percent, 100);
}

static uint32_t pick_hot(struct rk_generator *g, uint32_t n)
{
	uint32_t hot = n < WORLD_HOT ? n : WORLD_HOT;

	if (n == 0)
		return 0;
	if (rk_generator_chance(g, 92))
		return (uint32_t)rk_generator_below(g, hot);
	return (uint32_t)rk_generator_below(g, n);
}

static bool is_over(const struct rk_generator *g, uint32_t market)
{
	struct rk_market_view view;

	return rk_view_market(g->engine, market, &view) == RK_OK &&
	       view.state == RK_MARKET_SETTLED;
}

/* Where trading has ended, something happens now and then. */
uint32_t rk_generator_market(struct rk_generator *g)
{
	uint32_t n = g->counts.markets;
	uint32_t market = pick_hot(g, n);

	if (!is_over(g, market) || rk_generator_chance(g, 4))
		return market;
	for (uint32_t i = 1; i < n; i++)
		if (!is_over(g, (market + i) % n))
			return (market + i) % n;
	return market;
}

uint32_t rk_generator_asset(struct rk_generator *g)
{
	/* The first two assets are what most people hold. */
	if (rk_generator_chance(g, 60))
		return (uint32_t)rk_generator_below(g, 2);
	return pick_hot(g, g->counts.assets);
}

uint64_t rk_generator_account(struct rk_generator *g)
{
	struct rk_account_view view;
	uint32_t index;

	if (g->counts.accounts == 0)
		return 1;
	index = (uint32_t)rk_generator_below(g, g->counts.accounts);
	if (rk_view_account(g->engine, index, &view) != RK_OK)
		return 1;
	return view.account;
}

int64_t rk_generator_share(int64_t amount, int64_t part, int64_t whole)
{
	rk_i128 share = (rk_i128)amount * part / (whole == 0 ? 1 : whole);

	if (share > INT64_MAX)
		return INT64_MAX;
	return share < INT64_MIN ? INT64_MIN : (int64_t)share;
}

int64_t rk_generator_power(int exponent)
{
	int64_t power = 1;

	for (int i = 0; i < exponent && i < 18; i++)
		power *= 10;
	return power;
}

int64_t rk_generator_product(int64_t a, int64_t b, int exponent,
			     int64_t divisor)
{
	rk_i128 product = (rk_i128)a * b;

	for (; exponent < 0; exponent++)
		product /= 10;
	for (; exponent > 0 && product < (rk_i128)1 << 120; exponent--)
		product *= 10;
	product /= divisor == 0 ? 1 : divisor;
	return product > INT64_MAX ? INT64_MAX : (int64_t)product;
}

int64_t rk_generator_amount(struct rk_generator *g, uint32_t asset, int64_t usd)
{
	struct rk_asset_view view;
	int64_t price;
	int exponent;

	if (rk_view_asset(g->engine, asset, &view) != RK_OK)
		return usd;
	price = view.listing.fixed_price.raw;
	if (price == 0)
		price = rk_generator_price(g, view.slot);
	exponent = view.listing.decimals + view.listing.price_decimals -
		   RK_USD_DECIMALS;
	if (exponent < 0)
		return rk_generator_share(usd, 1, price) /
		       rk_generator_power(-exponent);
	return rk_generator_share(usd, rk_generator_power(exponent), price);
}

/* How often each kind comes, of the sum of all. */
static const struct {
	enum rk_cmd_type type;
	uint32_t weight;
} weights[] = {
	{RK_CMD_TRADE, 200},
	{RK_CMD_PRICES, 160},
	{RK_CMD_CLOCK, 100},
	{RK_CMD_DEPOSIT, 75},
	{RK_CMD_TRANSFER, 45},
	{RK_CMD_ATOMIC, 60},
	{RK_CMD_ORDER_CLOSED, 50},
	{RK_CMD_RESERVE, 45},
	{RK_CMD_ADJUST, 40},
	{RK_CMD_CONFIRM, 20},
	{RK_CMD_CANCEL, 20},
	{RK_CMD_HALT, 25},
	{RK_CMD_LIMITS, 14},
	{RK_CMD_ACCOUNT, 15},
	{RK_CMD_RISK, 5},
	{RK_CMD_RESUME, 3},
	{RK_CMD_PUBLISHER, 4},
	{RK_CMD_VENUE, 4},
	{RK_CMD_ASSET, 5},
	{RK_CMD_MARKET, 4},
	{RK_CMD_ASSET_CHANGE, 7},
	{RK_CMD_MARKET_CHANGE, 11},
	{RK_CMD_SYNC_STALL, 3}, /* this and LAG come from the daemon itself */
	{RK_CMD_LAG, 3},
	{RK_CMD_SKIPPED, 3},
	{RK_CMD_COLLATERAL, 5},
	{RK_CMD_CONTRACT, 4},
	{RK_CMD_FUNDING, 4},
	{RK_CMD_PREMIUM, 8},
	{RK_CMD_FUND, 11},
	{RK_CMD_MODE, 40},
	{RK_CMD_MOVE, 30},
	{RK_CMD_LENDING, 6},
	{RK_CMD_ACCRUE, 8},
	{RK_CMD_MARGIN, 4},
	{RK_CMD_LEVERAGE, 6},
	{RK_CMD_SLOW_PRICE, 6},
	{RK_CMD_COLLATERAL_SCALE, 6},
	{RK_CMD_EMODE, 8},
	{RK_CMD_MARKET_STATE, 6},
	{RK_CMD_SETTLE, 4},
	{RK_CMD_EXPIRY, 4},
	{RK_CMD_WRITE_OFF, 20},
	{RK_CMD_CONVERSION, 10},
	{RK_CMD_CONVERT, 35},
	{RK_CMD_PLACE_ORDER, 60},
	{RK_CMD_CANCEL_ORDER, 15},
	{RK_CMD_RAMP, 10},
	{RK_CMD_RECHECK, 8},
	{RK_CMD_INSURANCE, 8},
	{RK_CMD_LIQUIDATION, 8},
	{RK_CMD_CLAIM, 40},
	{RK_CMD_TOP_UP, 15},
	{RK_CMD_VAULT, 6},
	{RK_CMD_VAULT_TOP_UP, 15},
	{RK_CMD_TAKEOVER, 10},
};

/* The first commands list what the rest needs. Later ones come by weight. */
static enum rk_cmd_type pick_type(struct rk_generator *g)
{
	static const enum rk_cmd_type setup[] = {
		RK_CMD_CLOCK,     RK_CMD_RISK,      RK_CMD_ASSET,
		RK_CMD_PUBLISHER, RK_CMD_PUBLISHER, RK_CMD_PUBLISHER,
		RK_CMD_VENUE,     RK_CMD_VENUE,     RK_CMD_ASSET,
		RK_CMD_ASSET,     RK_CMD_MARKET,    RK_CMD_CONTRACT,
		RK_CMD_MARKET,    RK_CMD_CONTRACT,  RK_CMD_MARKET,
		RK_CMD_CONTRACT,  RK_CMD_MARKET,    RK_CMD_CONTRACT,
	};
	uint32_t total = 0;
	uint64_t pick;

	if (g->step < sizeof(setup) / sizeof(setup[0]))
		return setup[g->step];
	if (g->step < SETUP_LENGTH)
		return RK_CMD_MARKET;
	if (g->counts.accounts < g->accounts / 2 && rk_generator_chance(g, 10))
		return RK_CMD_ACCOUNT;
	for (size_t i = 0; i < sizeof(weights) / sizeof(weights[0]); i++)
		total += weights[i].weight;
	pick = rk_generator_below(g, total);
	for (size_t i = 0; i < sizeof(weights) / sizeof(weights[0]); i++) {
		if (pick < weights[i].weight)
			return weights[i].type;
		pick -= weights[i].weight;
	}
	return RK_CMD_PRICES;
}

static void (*const makers[])(struct rk_generator *, struct rk_cmd *) = {
	[RK_CMD_CLOCK] = rk_generator_clock,
	[RK_CMD_RESUME] = rk_generator_clock,
	[RK_CMD_LIMITS] = rk_generator_limits_cmd,
	[RK_CMD_RISK] = rk_generator_risk,
	[RK_CMD_PUBLISHER] = rk_generator_name,
	[RK_CMD_VENUE] = rk_generator_name,
	[RK_CMD_ASSET] = rk_generator_list_asset,
	[RK_CMD_MARKET] = rk_generator_list_market,
	[RK_CMD_HALT] = rk_generator_halt,
	[RK_CMD_ACCOUNT] = rk_generator_new_account,
	[RK_CMD_DEPOSIT] = rk_generator_deposit,
	[RK_CMD_ADJUST] = rk_generator_adjust,
	[RK_CMD_RESERVE] = rk_generator_reserve,
	[RK_CMD_CONFIRM] = rk_generator_settle_withdrawal,
	[RK_CMD_CANCEL] = rk_generator_settle_withdrawal,
	[RK_CMD_TRANSFER] = rk_generator_transfer,
	[RK_CMD_MODE] = rk_generator_mode,
	[RK_CMD_MOVE] = rk_generator_move,
	[RK_CMD_PLACE_ORDER] = rk_generator_place,
	[RK_CMD_CANCEL_ORDER] = rk_generator_cancel_order,
	[RK_CMD_TRADE] = rk_generator_trade,
	[RK_CMD_ORDER_CLOSED] = rk_generator_order_closed,
	[RK_CMD_PRICES] = rk_generator_prices,
	[RK_CMD_ASSET_CHANGE] = rk_generator_change_asset,
	[RK_CMD_MARKET_CHANGE] = rk_generator_change_market,
	[RK_CMD_SYNC_STALL] = rk_generator_sync_stall,
	[RK_CMD_LAG] = rk_generator_lag,
	[RK_CMD_SKIPPED] = rk_generator_skipped,
	[RK_CMD_COLLATERAL] = rk_generator_collateral,
	[RK_CMD_CONTRACT] = rk_generator_list_contract,
	[RK_CMD_FUNDING] = rk_generator_funding,
	[RK_CMD_PREMIUM] = rk_generator_premium,
	[RK_CMD_FUND] = rk_generator_fund,
	[RK_CMD_LENDING] = rk_generator_lending,
	[RK_CMD_ACCRUE] = rk_generator_accrue,
	[RK_CMD_MARGIN] = rk_generator_margin,
	[RK_CMD_LEVERAGE] = rk_generator_leverage,
	[RK_CMD_SLOW_PRICE] = rk_generator_slow_price,
	[RK_CMD_COLLATERAL_SCALE] = rk_generator_scale,
	[RK_CMD_EMODE] = rk_generator_emode,
	[RK_CMD_MARKET_STATE] = rk_generator_market_state,
	[RK_CMD_SETTLE] = rk_generator_settle,
	[RK_CMD_EXPIRY] = rk_generator_expiry,
	[RK_CMD_WRITE_OFF] = rk_generator_write_off,
	[RK_CMD_CONVERSION] = rk_generator_conversion,
	[RK_CMD_CONVERT] = rk_generator_convert,
	[RK_CMD_RAMP] = rk_generator_ramp,
	[RK_CMD_RECHECK] = rk_generator_recheck,
	[RK_CMD_INSURANCE] = rk_generator_insurance,
	[RK_CMD_LIQUIDATION] = rk_generator_liquidation,
	[RK_CMD_CLAIM] = rk_generator_claim,
	[RK_CMD_TOP_UP] = rk_generator_top_up,
	[RK_CMD_VAULT] = rk_generator_vault,
	[RK_CMD_VAULT_TOP_UP] = rk_generator_vault_top_up,
	[RK_CMD_TAKEOVER] = rk_generator_takeover,
};

static void fill_in(struct rk_generator *g, enum rk_cmd_type type,
		    struct rk_cmd *cmd)
{
	(void)memset(cmd, 0, sizeof(*cmd));
	cmd->type = type;
	makers[type](g, cmd);
	if (type == RK_CMD_TRADE && rk_generator_chance(g, 35))
		rk_generator_fill(g, cmd);
	else if (type == RK_CMD_TRADE && rk_generator_chance(g, 15))
		rk_generator_execute(g, cmd);
	if (g->step >= SETUP_LENGTH && rk_generator_chance(g, 12))
		rk_generator_spoil(g, cmd);
}

static void fill_in_atomic(struct rk_generator *g, struct rk_cmd *cmd)
{
	static const enum rk_cmd_type types[] = {
		RK_CMD_DEPOSIT,  RK_CMD_ADJUST,       RK_CMD_RESERVE,
		RK_CMD_TRANSFER, RK_CMD_TRADE,        RK_CMD_TRADE,
		RK_CMD_TRADE,    RK_CMD_CONFIRM,      RK_CMD_CANCEL,
		RK_CMD_ACCOUNT,  RK_CMD_ORDER_CLOSED, RK_CMD_MOVE,
		RK_CMD_LEVERAGE, RK_CMD_PLACE_ORDER,  RK_CMD_CANCEL_ORDER,
		RK_CMD_CONVERT,
	};
	bool skipped = rk_generator_chance(g, 2);
	uint32_t n = 1 + (uint32_t)rk_generator_below(g, WORLD_CHILDREN);

	(void)memset(cmd, 0, sizeof(*cmd));
	cmd->type = RK_CMD_ATOMIC;
	for (uint32_t i = 0; i < n; i++)
		fill_in(g,
			skipped ? RK_CMD_SKIPPED
				: types[rk_generator_below(
					  g, sizeof(types) / sizeof(types[0]))],
			&g->children[i]);
	cmd->atomic.cmds = g->children;
	cmd->atomic.n = n;
}

/* The same client and number always have the same payload. */
static void set_origin(const struct rk_generator *g, uint32_t client,
		       uint64_t number, struct rk_origin *origin)
{
	struct rk_prng prng;

	rk_prng_init(&prng, g->seed + client * UINT64_C(1000003) + number);
	(void)snprintf(origin->client, sizeof(origin->client), "client/%u",
		       client);
	origin->client_seq = number;
	origin->payload.lo = rk_prng_next(&prng);
	origin->payload.hi = rk_prng_next(&prng);
}

/* Commands that come again, too early, too late, or under another's number */
static uint64_t wrong_number(struct rk_generator *g, uint64_t newest)
{
	uint64_t back = rk_generator_below(g, WINDOW_LENGTH + 4);

	switch (rk_generator_below(g, 4)) {
	case 0:
		return newest + 2 + rk_generator_below(g, 3);
	case 1:
		back = rk_generator_below(g, 4);
		break;
	case 2:
		back = WINDOW_LENGTH - 2 + rk_generator_below(g, 4);
		break;
	default:
		break;
	}
	return newest > back ? newest - back : 0;
}

static void send_as(struct rk_generator *g, struct rk_cmd *cmd)
{
	uint32_t client = (uint32_t)rk_generator_below(g, 3);
	uint32_t n = cmd->type == RK_CMD_ATOMIC ? cmd->atomic.n : 1;
	bool other = rk_generator_chance(g, 1);
	uint64_t number;

	if (rk_generator_chance(g, 30))
		return; /* from the daemon itself */
	if (rk_generator_chance(g, 2))
		client = (uint32_t)rk_generator_below(g, WORLD_CLIENTS);
	set_origin(g, client, 0, &cmd->origin);
	number = rk_view_client_seq(g->engine, cmd->origin.client) + 1;
	if (rk_generator_chance(g, 2)) {
		number = wrong_number(g, number - 1);
		other |= rk_generator_chance(g, 30);
	}
	set_origin(g, client, number, &cmd->origin);
	if (other)
		cmd->origin.payload.lo++;
	if (rk_prng_chance(&g->prng, 1, 400))
		cmd->origin.client[6] = ' ';
	if (cmd->type != RK_CMD_ATOMIC)
		return;
	for (uint32_t i = 0; i < n; i++)
		set_origin(g, client, number + i, &g->children[i].origin);
	g->children[0].origin = cmd->origin;
	for (uint32_t i = 1; i < n; i++)
		(void)memcpy(g->children[i].origin.client, cmd->origin.client,
			     sizeof(cmd->origin.client));
}

const struct rk_cmd *rk_generator_next(struct rk_generator *generator,
				       const struct rk_engine *engine)
{
	struct rk_generator *g = generator;
	enum rk_cmd_type type;

	g->engine = engine;
	rk_view_counts(engine, &g->counts);
	type = pick_type(g);
	if (type == RK_CMD_ATOMIC)
		fill_in_atomic(g, &g->cmd);
	else
		fill_in(g, type, &g->cmd);
	g->step++;
	if (g->step > SETUP_LENGTH)
		send_as(g, &g->cmd);
	return &g->cmd;
}

static void note_event(struct rk_generator *g, const struct rk_event *ev)
{
	if (ev->type == RK_EVENT_BALANCE &&
	    ev->balance.cause == RK_BALANCE_RESERVE)
		g->withdrawals[g->withdrawals_seen++ % WORLD_WITHDRAWALS] =
			ev->balance.ref;
	/* Trade ids go on from the highest that was booked. */
	if (ev->type == RK_EVENT_POSITION &&
	    ev->position.trade > g->trade_id[ev->market % WORLD_MARKETS])
		g->trade_id[ev->market % WORLD_MARKETS] = ev->position.trade;
	if (ev->type == RK_EVENT_CONVERSION_OPENED) {
		g->conversions[g->conversions_seen++ % WORLD_ORDERS] =
			ev->conversion.order;
		if (g->conversions_n < WORLD_ORDERS)
			g->conversions_n++;
	}
	if (ev->type != RK_EVENT_ORDER_OPENED)
		return;
	g->orders[g->orders_seen++ % WORLD_ORDERS] = ev->order.order;
	if (g->orders_n < WORLD_ORDERS)
		g->orders_n++;
}

void rk_generator_note(struct rk_generator *generator,
		       const struct rk_event *events, uint32_t n)
{
	struct rk_generator *g = generator;

	for (uint32_t i = 0; i < n; i++) {
		note_event(g, &events[i]);
	}
}

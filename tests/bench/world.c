/*
 * Accounts, fills and quotes from one seed. See world.h.
 */
#include "world.h"

#include <string.h>

/* Per pair: two accounts, two deposits, one more in EUR, three trades. */
#define SETUP_PER_PAIR (5 + BENCH_POSITIONS)
#define PRICE          INT64_C(10000)     /* 100.00 */
#define DEPOSIT        INT64_C(100000000) /* 1 000 000.00 */
#define MS             INT64_C(1000000)

/* SplitMix64: one addition and some mixing per number. */
static uint64_t draw(struct bench_world *world)
{
	uint64_t x = world->rng += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

void bench_world_init(struct bench_world *world, uint32_t accounts)
{
	memset(world, 0, sizeof(*world));
	world->accounts = accounts;
	world->rng = accounts;
	world->time_ns = BENCH_TIME_NS;
}

static uint32_t market_of(uint32_t pair, uint32_t i)
{
	if (i == 2 && pair < BENCH_QUIET)
		return BENCH_MARKETS - BENCH_QUIET + pair;
	return (pair * 7 + i * 17) % (BENCH_MARKETS - BENCH_QUIET);
}

static void make_trade(struct bench_world *world, uint32_t pair, uint32_t i,
		       struct rk_cmd *cmd)
{
	uint64_t dice = draw(world);
	uint64_t first = (uint64_t)pair * 2 + 1;
	bool turned = dice & 1;

	cmd->type = RK_CMD_TRADE;
	cmd->trade.market = market_of(pair, i);
	cmd->trade.trade = ++world->trades[cmd->trade.market];
	cmd->trade.price.raw = PRICE - 8 + (int64_t)(dice >> 1 & 15);
	cmd->trade.size.raw = 1 + (int64_t)(dice >> 5 & 7);
	cmd->trade.buyer.account = turned ? first + 1 : first;
	cmd->trade.seller.account = turned ? first : first + 1;
	cmd->trade.buyer.fee.raw = 3;
	cmd->trade.seller.fee.raw = -1;
}

static void make_deposit(uint64_t account, uint32_t asset, struct rk_cmd *cmd)
{
	cmd->type = RK_CMD_DEPOSIT;
	cmd->amount.account = account;
	cmd->amount.asset = asset;
	cmd->amount.amount.raw = DEPOSIT;
}

static void make_account(uint64_t account, struct rk_cmd *cmd)
{
	cmd->type = RK_CMD_ACCOUNT;
	cmd->account.account = account;
	cmd->account.owner = account;
	cmd->account.mode = RK_MODE_CROSS;
	cmd->account.enforcement = RK_ENFORCE_FULL;
}

bool bench_world_setup(struct bench_world *world, struct rk_cmd *ret_cmd)
{
	uint64_t step = world->made % SETUP_PER_PAIR;
	uint32_t pair = (uint32_t)(world->made / SETUP_PER_PAIR);
	uint64_t first = (uint64_t)pair * 2 + 1;

	if (pair >= world->accounts / 2)
		return false;
	world->made++;
	memset(ret_cmd, 0, sizeof(*ret_cmd));
	if (step < 2)
		make_account(first + step, ret_cmd);
	else if (step < 4)
		make_deposit(first + step - 2, 0, ret_cmd);
	else if (step == 4)
		make_deposit(first, 1, ret_cmd);
	else
		make_trade(world, pair, (uint32_t)step - 5, ret_cmd);
	return true;
}

void bench_world_fill_pair(struct bench_world *world, uint32_t pair,
			   struct rk_cmd *ret_cmd)
{
	uint32_t i = (uint32_t)(draw(world) % BENCH_POSITIONS);

	memset(ret_cmd, 0, sizeof(*ret_cmd));
	make_trade(world, pair, i, ret_cmd);
	memcpy(ret_cmd->origin.client, BENCH_CLIENT, sizeof(BENCH_CLIENT));
	ret_cmd->origin.client_seq = ++world->client_seq;
	ret_cmd->origin.payload.lo = draw(world);
	ret_cmd->origin.payload.hi = world->client_seq;
}

void bench_world_fill(struct bench_world *world, struct rk_cmd *ret_cmd)
{
	uint32_t pair = (uint32_t)(draw(world) % (world->accounts / 2));

	bench_world_fill_pair(world, pair, ret_cmd);
}

void bench_world_prices(struct bench_world *world, struct rk_cmd *ret_cmd)
{
	world->quote_seq++;
	for (uint32_t i = 0; i < BENCH_QUIET; i++) {
		struct rk_quote *quote = &world->quotes[i];

		quote->slot = BENCH_MARKETS - BENCH_QUIET + i;
		quote->publisher = 0;
		quote->price.raw = PRICE - 4 + (int64_t)(draw(world) & 7);
		quote->time_ns = world->time_ns;
		quote->seq = world->quote_seq;
	}
	memset(ret_cmd, 0, sizeof(*ret_cmd));
	ret_cmd->type = RK_CMD_PRICES;
	ret_cmd->prices.quotes = world->quotes;
	ret_cmd->prices.n = BENCH_QUIET;
}

void bench_world_clock(struct bench_world *world, struct rk_cmd *ret_cmd)
{
	world->time_ns += MS;
	memset(ret_cmd, 0, sizeof(*ret_cmd));
	ret_cmd->type = RK_CMD_CLOCK;
	ret_cmd->clock.time_ns = world->time_ns;
}
